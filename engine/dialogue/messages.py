"""The messages of a chat, as every layer above passes them around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat completion request."""

    role: Role
    content: str

    def as_json(self) -> dict[str, str]:
        """The message as the API takes it."""
        return {"role": self.role, "content": self.content}
