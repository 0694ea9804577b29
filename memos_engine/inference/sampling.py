"""How the next token is drawn."""

from dataclasses import dataclass

from memos_engine.errors import InputError
from memos_engine.settings import Settings


@dataclass(frozen=True)
class Sampling:
    """Sampling settings of one request; every field is checked here, since llama.cpp checks none.

    `seed` -1 draws a new seed each time. `stop` strings end the reply and are not part of it. Raises `InputError`.
    """

    temperature: float = 0.3
    top_p: float = 0.95
    top_k: int = 40
    repeat_penalty: float = 1.1
    max_tokens: int = 400
    seed: int = -1
    stop: tuple[str, ...] = ()
    adapter: float = 1.0
    """How strongly the model's adapter counts, where it has one; 0 is the bare model."""

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("temperature", self.temperature, 0.0, 10.0),
            ("top_p", self.top_p, 0.0, 1.0),
            ("top_k", self.top_k, 0, 2**31 - 1),
            ("repeat_penalty", self.repeat_penalty, 0.1, 10.0),
            ("max_tokens", self.max_tokens, 1, 2**31 - 1),
            ("seed", self.seed, -1, 2**31 - 1),
            ("adapter", self.adapter, 0.0, 4.0),
        ):
            if not low <= value <= high:
                raise InputError(f"{name} cannot be {value}.", f"Give a number from {low:g} to {high:g}.")
        if any(not stop for stop in self.stop):
            raise InputError("A stop string is empty.", "Leave it out.")

    @classmethod
    def from_settings(cls, settings: Settings) -> "Sampling":
        """What the person chose under Replies."""
        return cls(
            temperature=settings.number("chat.temperature"),
            top_p=settings.number("chat.top_p"),
            top_k=settings.whole("chat.top_k"),
            repeat_penalty=settings.number("chat.repeat_penalty"),
            max_tokens=settings.whole("chat.max_tokens"),
            seed=settings.whole("chat.seed"),
        )
