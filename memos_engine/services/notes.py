"""From recalled memories to the few, short, dated notes that stand beside a question."""

import re
from collections.abc import Sequence

from memos_engine.inference.prompt import Note
from memos_engine.inference.prompt_notes import passage, quoted, tidy
from memos_engine.types import Kind, Memory, Recalled

REQUEST = "request"
"""Tag of a verbatim turn that asks something of the program ("forget that I collect thimbles"): no answer is made of
it."""
_SENTENCE = re.compile(r"[^.!?…。！？؟\n]+[.!?…。！？؟\n]*")
_CLEAR = 0.15
"""Score from which a memory answers: below it lay 1 of 40 right ones and 6 of 16 best ones of questions never told."""
_FAR_BEHIND = 0.35


def chosen(recalled: Sequence[Recalled], most: int) -> tuple[Recalled, ...]:
    """The best `most`, without verbatim turns that tell nothing: those that a memory before them was made from, and
    those that only ask or request; and where one clearly answers, without those far behind it: a small model takes up
    what it is given (two notes: 0.85 of the told questions answered, six: 0.68)."""
    told: set[str] = set()
    kept: list[Recalled] = []
    for item in recalled:
        messages = {source.message_id for source in item.memory.sources if source.message_id}
        if item.memory.kind == Kind.MESSAGE and (messages <= told or not _tells(item.memory)):
            continue
        told |= messages
        kept.append(item)
        if len(kept) == most:
            break
    best = kept[0].score if kept else 0.0
    if best < _CLEAR:
        return tuple(kept)
    return tuple(item for item in kept if item.memory.pinned or item.score >= best * _FAR_BEHIND)


def _tells(turn: Memory) -> bool:
    """Whether a turn says something: it has a word, and a sentence that is no question, and is no request."""
    sentences = [sentence for sentence in _SENTENCE.findall(turn.text) if any(map(str.isalnum, sentence))]
    return REQUEST not in turn.tags and any(not sentence.rstrip().endswith(("?", "？", "؟")) for sentence in sentences)


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
