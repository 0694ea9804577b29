"""From recalled memories to the few, short, dated notes that stand beside a question."""

import re
from collections.abc import Sequence

from memos_engine.inference.prompt import Note
from memos_engine.inference.prompt_notes import LONGEST_NOTE, former, passage, quoted, tidy
from memos_engine.language.stemming import stem
from memos_engine.lifecycle.wording import content_words
from memos_engine.reader.asking import all_questions
from memos_engine.services.relevance import CLEAR, FAR_BEHIND
from memos_engine.types import Kind, Recalled

_SENTENCE = re.compile(r"[^.!?…。！？]+[.!?…。！？]*\s*")


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
    while former_ones := {item.memory.id for item in kept if item.memory.superseded_by in near} - near:
        near |= former_ones
    return tuple(item for item in kept if item.memory.id in near)


def note(item: Recalled, question: str) -> Note:
    """The memory as the model reads it beside a question: of a long one the part that is nearest to it."""
    memory = item.memory
    text = _nearest_part(memory.text, question)
    source = memory.sources[0] if memory.sources else None
    told = source.time if source else memory.created
    if memory.kind == Kind.CHUNK:
        return passage(text, (source.file if source else None) or "")
    if memory.kind == Kind.MESSAGE:
        return quoted(text, told, source.speaker if source else "me")
    until = memory.valid_to or memory.recorded_to
    if memory.is_past and until is not None:
        return former(text, told, until)
    return tidy(text, told)


def _nearest_part(text: str, question: str) -> str:
    """The sentences of a long text around the one that shares most words with the question."""
    text = " ".join(text.split())
    if len(text) <= LONGEST_NOTE:
        return text
    wanted = {stem(word) for word in content_words(question)}
    parts = [part for match in _SENTENCE.finditer(text) for part in _cut(match.span())]
    shared = [len(wanted & {stem(word) for word in content_words(text[a:b])}) for a, b in parts]
    best = first = last = shared.index(max(shared))
    while True:
        following = last + 1 < len(parts) and parts[last + 1][1] - parts[first][0] <= LONGEST_NOTE
        before = first > 0 and parts[last][1] - parts[first - 1][0] <= LONGEST_NOTE
        if not following and not before:
            break
        if following and (not before or last - best <= best - first):
            last += 1
        else:
            first -= 1
    start, end = parts[first][0], parts[last][1]
    return f"{'… ' if start else ''}{text[start:end].strip()}"


def _cut(span: tuple[int, int]) -> list[tuple[int, int]]:
    """A sentence in parts that are short enough for a note."""
    start, end = span
    half = LONGEST_NOTE // 2
    return [(place, min(place + half, end)) for place in range(start, end, half)]
