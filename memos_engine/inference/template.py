"""Chat templates: the model's own jinja writes the markup, and never sees what people wrote.

The template is rendered over placeholders. What it puts around them is markup, tokenised with special tokens; the
messages themselves go in between and are tokenised as plain text, so that `<|im_start|>` in a message or a memory
arrives as these characters and can never open a role.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from memos_engine.errors import ModelRejectedError

PLAIN_TEMPLATE = (
    "{% for message in messages %}{{ message['role'] }}:\n{{ message['content'] }}\n\n{% endfor %}"
    "{% if add_generation_prompt %}assistant:\n{% endif %}"
)
"""For models that bring no template of their own."""

_LONGEST_TEMPLATE = 256 * 1024
_LONGEST_REPEAT = 10_000
_PLACEHOLDER = re.compile(r"\ue000(\d+)\ue001")


@dataclass(frozen=True)
class ChatMessage:
    """One message as templates know it; `role` is `system`, `user` or `assistant`."""

    role: str
    content: str


@dataclass(frozen=True)
class Piece:
    """A stretch of the rendered prompt: the template's markup, or plain text."""

    text: str
    markup: bool


class _Sandbox(ImmutableSandboxedEnvironment):
    """A template comes with a downloaded file: it may neither reach Python nor blow up memory by a product."""

    intercepted_binops = frozenset(("*", "**"))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Products of numbers only, and small ones."""
        if not isinstance(left, int | float) or not isinstance(right, int | float) or operator == "**":
            raise TemplateError("only numbers are multiplied")
        return super().call_binop(context, operator, left, right)


class ChatTemplate:
    """A model's chat template. Raises `ModelRejectedError` for one that cannot be read or leaves messages out."""

    def __init__(self, source: str = "", *, bos: str = "", eos: str = "") -> None:
        if len(source) > _LONGEST_TEMPLATE:
            raise ModelRejectedError("The model's chat template is too long.", "Choose another file.")
        self.source = source or PLAIN_TEMPLATE
        self._special = {"bos_token": bos, "eos_token": eos}
        sandbox = _Sandbox(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])
        sandbox.globals["range"] = _short_range
        sandbox.globals["raise_exception"] = _raise
        sandbox.globals["strftime_now"] = lambda form: datetime.now(UTC).strftime(form)
        try:
            self._template = sandbox.from_string(self.source)
        except TemplateError as error:
            raise ModelRejectedError(
                f"The model's chat template cannot be read: {str(error).rstrip('.')}.", "Choose another file."
            ) from error
        self._system_role = self._renders_all(("system", "user"))
        if not self._system_role and not self._renders_all(("user",)):
            raise ModelRejectedError("The model's chat template leaves messages out.", "Choose a chat model.")

    def render(self, messages: Sequence[ChatMessage]) -> tuple[Piece, ...]:
        """The prompt up to where the reply starts. A system message moves into the first user message where the
        template knows no system role; where it takes only turns that alternate, neighbours of one role are joined."""
        if not self._system_role:
            messages = _without_system(messages)
        rendered = self._rendered([message.role for message in messages])
        if rendered is None:
            messages = _alternating(messages)
            rendered = self._rendered([message.role for message in messages])
        if rendered is None:
            raise ModelRejectedError("The model's chat template failed.", "Choose another model.")
        pieces, at = [], 0
        for match in _PLACEHOLDER.finditer(rendered):
            pieces.append(Piece(rendered[at : match.start()], markup=True))
            pieces.append(Piece(messages[int(match[1])].content, markup=False))
            at = match.end()
        pieces.append(Piece(rendered[at:], markup=True))
        return tuple(piece for piece in pieces if piece.text)

    def _renders_all(self, roles: Sequence[str]) -> bool:
        rendered = self._rendered(roles)
        return rendered is not None and [int(number) for number in _PLACEHOLDER.findall(rendered)] == [
            *range(len(roles))
        ]

    def _rendered(self, roles: Sequence[str]) -> str | None:
        messages = [{"role": role, "content": f"\ue000{number}\ue001"} for number, role in enumerate(roles)]
        try:
            return self._template.render(messages=messages, add_generation_prompt=True, tools=None, **self._special)
        except (TemplateError, TypeError, ValueError, KeyError, AttributeError, OverflowError):
            return None


def _without_system(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    system = "\n\n".join(message.content for message in messages if message.role == "system")
    rest = [message for message in messages if message.role != "system"]
    for number, message in enumerate(rest):
        if message.role == "user" and system:
            return [*rest[:number], ChatMessage("user", f"{system}\n\n{message.content}"), *rest[number + 1 :]]
    return rest


def _alternating(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """The turns begin with the user's: an answer whose question did not fit is left out."""
    joined: list[ChatMessage] = []
    for message in messages:
        if joined and joined[-1].role == message.role:
            joined[-1] = ChatMessage(message.role, f"{joined[-1].content}\n\n{message.content}")
        elif message.role != "assistant" or any(earlier.role == "user" for earlier in joined):
            joined.append(message)
    return joined


def _short_range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > _LONGEST_REPEAT:
        raise TemplateError("a loop is too long")
    return numbers


def _raise(reason: str) -> None:
    raise TemplateError(reason)
