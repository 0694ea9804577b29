"""What the sentences of a reply rest on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Support:
    """One sentence of a reply: characters `[start, end)` of the message's text (Markdown, as kept)."""

    start: int
    end: int
    memory_ids: tuple[str, ...] = ()
    """The memories that say what it says, the surest first; several where each says a part."""
    unsupported: bool = False
    """It claims something about the person, or somebody of theirs, that no memory says and that the person did not say
    in this conversation."""
