"""From recalled memories to the few, short, dated notes that stand beside a question."""

from collections.abc import Sequence
from datetime import datetime

from memos_engine.inference.prompt import Note
from memos_engine.types import Kind, Recalled

LONGEST_NOTE = 400
"""Characters; a longer memory is cut at a word."""
_VERBATIM = (Kind.MESSAGE, Kind.CHUNK)


def chosen(recalled: Sequence[Recalled], most: int) -> tuple[Recalled, ...]:
    """The best `most`, without the verbatim turns that one of the memories before them was made from."""
    told: set[str] = set()
    kept: list[Recalled] = []
    for item in recalled:
        messages = {source.message_id for source in item.memory.sources if source.message_id}
        if item.memory.kind == Kind.MESSAGE and messages and messages <= told:
            continue
        told |= messages
        kept.append(item)
        if len(kept) == most:
            break
    return tuple(kept)


def note(item: Recalled) -> Note:
    """The memory as the model reads it."""
    memory = item.memory
    source = memory.sources[0] if memory.sources else None
    text = shortened(" ".join(memory.text.split()), LONGEST_NOTE)
    if memory.kind not in _VERBATIM:
        return Note(text, day(source.time if source else memory.created))
    if memory.kind == Kind.CHUNK:
        return Note(f"From {source.file if source and source.file else 'a document'}: {text}", quote=True)
    speaker = source.speaker if source else "me"
    said = text if speaker == "me" else f"{speaker}: {text}"
    return Note(said, day(source.time if source else memory.created), quote=True)


def shortened(text: str, most: int) -> str:
    """`text`, cut at a word where it is longer than `most` characters."""
    if len(text) <= most:
        return text
    head, _, _ = text[:most].rpartition(" ")
    return (head or text[:most]) + " …"


def day(when: datetime) -> str:
    """A date as people say it: "3 March 2026"."""
    return f"{when.day} {when:%B %Y}"
