"""Words a request for a plain-completion endpoint: one text to go on with, and where to stop.

It sends nothing and reads nothing: the same client, streams and faults serve both kinds of endpoint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.dialogue.messages import Message
from engine.llm.templates import TEMPLATES, TemplateName, as_prompt

MOST_STOPS = 4
"""What OpenAI's own endpoint takes at most; others take more, none fewer."""


def body(messages: Sequence[Message], template: TemplateName, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return `prompt`, `stop` and the other parameters; the player's own stops come after the template's."""
    own = parameters.get("stop") or ()
    stops = dict.fromkeys((*TEMPLATES[template].stop, *([own] if isinstance(own, str) else own)))
    return {"prompt": as_prompt(messages, template), **parameters, "stop": list(stops)[:MOST_STOPS]}
