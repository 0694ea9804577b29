"""From recalled memories to the few, short, dated notes that stand beside a question."""

from collections.abc import Sequence

from memos_engine.inference.prompt import Note
from memos_engine.inference.prompt_notes import former, passage, quoted, tidy
from memos_engine.reader.asking import all_questions
from memos_engine.services.relevance import CLEAR, FAR_BEHIND
from memos_engine.types import Kind, Recalled


def chosen(recalled: Sequence[Recalled], most: int) -> tuple[Recalled, ...]:
    """The best `most`, without verbatim turns that tell nothing: those that a memory before them was made from, and
    those that only ask; and where one clearly answers, without those far behind it, but for what held before it."""
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
    if best < CLEAR:
        return tuple(kept)
    near = {item.memory.id for item in kept if item.memory.pinned or item.score >= best * FAR_BEHIND}
    return tuple(item for item in kept if item.memory.id in near or _precedes(item, kept, near))


def _precedes(item: Recalled, others: Sequence[Recalled], near: set[str]) -> bool:
    """Whether one of `near` took its place, or took that of what did."""
    successors = {other.memory.id: other.memory.superseded_by for other in others}
    later = item.memory.superseded_by
    while later is not None and later not in near:
        later = successors.get(later)
    return later is not None


def note(item: Recalled) -> Note:
    """The memory as the model reads it."""
    memory = item.memory
    source = memory.sources[0] if memory.sources else None
    told = source.time if source else memory.created
    if memory.kind == Kind.CHUNK:
        return passage(memory.text, (source.file if source else None) or "")
    if memory.kind == Kind.MESSAGE:
        return quoted(memory.text, told, source.speaker if source else "me")
    until = memory.valid_to or memory.recorded_to
    if memory.is_past and until is not None:
        return former(memory.text, told, until)
    return tidy(memory.text, told)
