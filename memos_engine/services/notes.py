"""From recalled memories to the few, short, dated notes that stand beside a question."""

from collections.abc import Sequence

from memos_engine.inference.prompt import Note
from memos_engine.inference.prompt_notes import passage, quoted, tidy
from memos_engine.reader.asking import all_questions
from memos_engine.types import Kind, Recalled

_CLEAR = 0.15
"""Score from which a memory answers: below it lay 1 of 40 right ones and 6 of 16 best ones of questions never told."""
_FAR_BEHIND = 0.35


def chosen(recalled: Sequence[Recalled], most: int) -> tuple[Recalled, ...]:
    """The best `most`, without verbatim turns that tell nothing: those that a memory before them was made from, and
    those that only ask; and where one clearly answers, without those far behind it: a small model takes up
    what it is given (two notes: 0.85 of the told questions answered, six: 0.68)."""
    told: set[str] = set()
    kept: list[Recalled] = []
    for item in recalled:
        messages = {source.message_id for source in item.memory.sources if source.message_id}
        if item.memory.kind == Kind.MESSAGE and (messages <= told or all_questions(item.memory.text)):
            continue
        told |= messages
        kept.append(item)
        if len(kept) == most:
            break
    best = kept[0].score if kept else 0.0
    if best < _CLEAR:
        return tuple(kept)
    return tuple(item for item in kept if item.memory.pinned or item.score >= best * _FAR_BEHIND)


def note(item: Recalled) -> Note:
    """The memory as the model reads it."""
    memory = item.memory
    source = memory.sources[0] if memory.sources else None
    told = source.time if source else memory.created
    if memory.kind == Kind.CHUNK:
        return passage(memory.text, (source.file if source else None) or "")
    if memory.kind == Kind.MESSAGE:
        return quoted(memory.text, told, source.speaker if source else "me")
    return tidy(memory.text, told)
