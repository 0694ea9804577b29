"""From recalled memories to the few, short, dated notes that stand beside a question."""

from collections.abc import Sequence

from memos_engine.inference.prompt import Note
from memos_engine.inference.prompt_notes import passage, quoted, tidy
from memos_engine.reader.asking import all_questions
from memos_engine.services.relevance import CLEAR, FAR_BEHIND
from memos_engine.types import Kind, Recalled


def chosen(recalled: Sequence[Recalled], most: int) -> tuple[Recalled, ...]:
    """The best `most`, without verbatim turns that tell nothing: those that a memory before them was made from, and
    those that only ask; and where one clearly answers, without those far behind it."""
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
    return tuple(item for item in kept if item.memory.pinned or item.score >= best * FAR_BEHIND)


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
