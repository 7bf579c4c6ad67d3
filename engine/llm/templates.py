"""Chat templates of our own: how messages become the one text that a plain-completion model goes on with.

They are written from the models' public formats. No content can speak in a template's own tokens: what looks like one
is broken apart first, whoever wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from engine.dialogue.messages import Message, Role

TemplateName = Literal["chatml", "llama3", "mistral", "alpaca", "plain"]


@dataclass(frozen=True, slots=True)
class Template:
    """One format."""

    system: str
    """What stands around each role's content; `{}` is the content."""
    user: str
    assistant: str
    opening: str
    """What the model is to go on from."""
    stop: tuple[str, ...]
    folds_system: bool = False
    """Whether the format has no place for system messages, so that they go before the next line of the user's."""

    def around(self, role: Role) -> str:
        """What stands around a message of this role."""
        return {"system": self.system, "user": self.user, "assistant": self.assistant}[role]


TEMPLATES: dict[TemplateName, Template] = {
    "chatml": Template(
        "<|im_start|>system\n{}<|im_end|>\n",
        "<|im_start|>user\n{}<|im_end|>\n",
        "<|im_start|>assistant\n{}<|im_end|>\n",
        "<|im_start|>assistant\n",
        ("<|im_end|>", "<|im_start|>"),
    ),
    "llama3": Template(
        "<|start_header_id|>system<|end_header_id|>\n\n{}<|eot_id|>",
        "<|start_header_id|>user<|end_header_id|>\n\n{}<|eot_id|>",
        "<|start_header_id|>assistant<|end_header_id|>\n\n{}<|eot_id|>",
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
        ("<|eot_id|>", "<|start_header_id|>"),
    ),
    "mistral": Template("{}\n\n", "[INST] {}[/INST]", " {}</s>", "", ("</s>", "[INST]"), folds_system=True),
    "alpaca": Template(
        "{}\n\n",
        "### Instruction:\n{}\n\n",
        "### Response:\n{}\n\n",
        "### Response:\n",
        ("\n### Instruction:", "\n### Response:"),
    ),
    "plain": Template("{}\n\n", "Player: {}\n", "Character: {}\n", "Character:", ("\nPlayer:", "\nCharacter:")),
}
# Tokens of these and of other well-known formats: what one model reads as text, the next reads as a command.
_TOKENS = re.compile(
    r"<(?=\|[\w▁ ]{1,40}\|>)|<(?=/?s>)|<(?=(?:start|end)_of_turn>)|<(?=<SYS>>|</SYS>>)"
    r"|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS)\])"
)
_HEADINGS = re.compile(r"^(\s*)(#{2,})(?=\s*(?:instruction|response|input|system|user|assistant)\b)", re.I | re.M)
_SPEAKERS = re.compile(r"^(\s*)(player|character)(?=\s*:)", re.I | re.M)
_BREAK = "\u200b"  # a space of no width: the eye sees the same text, the tokenizer no token


def as_prompt(messages: Sequence[Message], template: TemplateName) -> str:
    """Return the one text; the model's reply is what comes next."""
    form = TEMPLATES[template]
    parts: list[str] = []
    held = ""
    for message in messages:
        content = neutralised(message.content, template)
        if form.folds_system and message.role == "system":
            held += form.system.replace("{}", content)
            continue
        if message.role == "user":
            content, held = held + content, ""
        parts.append(form.around(message.role).replace("{}", content))
    if held:
        parts.append(form.user.replace("{}", held.strip()))
    return "".join(parts) + form.opening


def neutralised(content: str, template: TemplateName) -> str:
    """Return content in which nothing is a token of a template, nor a heading of this one."""
    content = _TOKENS.sub(lambda found: found.group() + _BREAK, content)
    if template == "alpaca":
        content = _HEADINGS.sub(lambda found: found.group(1) + found.group(2)[0] + _BREAK + found.group(2)[1:], content)
    elif template == "plain":
        content = _SPEAKERS.sub(lambda found: found.group(1) + found.group(2)[0] + _BREAK + found.group(2)[1:], content)
    return content
