"""What of attached files stands beside a question: all of a file where it fits, else the passages that bear on it.

A file is within reach of its conversation: beside the message that it came with, and later beside questions that it may
answer. Its text is no memory, so nothing of it is recalled elsewhere.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log

from memos_engine.lifecycle.wording import key_words, stem
from memos_engine.reader.chunks import chunks
from memos_engine.services.attachments import AttachedFile
from memos_engine.support.nearness import Encode
from memos_engine.types import FileUse, Passage

SHARE = 0.5
"""Of the model's context that files may take."""
_SAMPLE = 2_000
"""Characters of a file whose tokens are counted, to know how dense it is."""
_MOST_LATER = 4
"""Passages that bear on a question beside which they stand again."""
_LOOKED_AT = 16
"""Passages whose meaning is compared with the question's: those that share most words with it."""
_ALIKE = 0.3
"""Cosine from which a passage bears on a question."""
_SAME_WORDS = 0.5
"""Share of the question's words, rare ones weighing more, from which it does."""
_SOON = 2
"""Questions within which "it" may be the file."""
_POINTS_BACK = re.compile(r"\b(?:its?|the[ym]|their|s?he|his|her|th(?:is|at|ese|ose)|there)\b", re.IGNORECASE)
_A_FILE = re.compile(
    r"\b(?:the|this|that|these|those|my)\s+(?:\w+\s+)?"
    r"(?:file|document|attachment|pdf|page|text|paper|article|report|letter|notes?|list|table)s?\b",
    re.IGNORECASE,
)
_BETWEEN = "\n[…]\n"


@dataclass(frozen=True)
class EarlierFile:
    """A file that came with an earlier message; `ago` counts the questions since, from 1."""

    file: AttachedFile
    ago: int


@dataclass(frozen=True)
class _Passage:
    file: AttachedFile
    number: int
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Asked:
    """What the model is asked, and what of files stands in it."""

    text: str
    files: tuple[FileUse, ...] = ()


def with_files(
    question: str, own: Sequence[AttachedFile], earlier: Sequence[EarlierFile], room: int, encode: Encode
) -> Asked:
    """What the model is asked: the message, and in about `room` characters the files that came with it, then of those
    that came earlier what bears on it (of one that it only speaks of, the beginning)."""
    parts = [question]
    if sum(len(file.text) for file in own) <= room:
        parts += [f"Attached file {file.name}:\n{file.text}" for file in own]
        read = [passage for file in own for passage in _passages(file)]
    else:
        read = _fitting(_of_own(question, own, encode), room)
        parts += _excerpts(read)
    room -= sum(map(len, parts[1:]))
    if earlier and room > 0:
        again = _fitting(_of_earlier(question, earlier, encode), room)
        parts += _excerpts(again)
        read += again
    return Asked("\n\n".join(parts), _uses(read))


def _uses(read: Iterable[_Passage]) -> tuple[FileUse, ...]:
    by_file: dict[AttachedFile, list[Passage]] = {}
    for passage in read:
        by_file.setdefault(passage.file, []).append(Passage(passage.number + 1, passage.start, passage.end))
    return tuple(
        FileUse(
            file.id,
            file.message_id,
            file.name,
            tuple(sorted(passages, key=lambda passage: passage.number)),
            len(_passages(file)),
        )
        for file, passages in by_file.items()
    )


def _of_own(question: str, own: Sequence[AttachedFile], encode: Encode) -> Iterable[_Passage]:
    """The beginning of each, what is likeliest to answer, and the rest."""
    passages = [passage for file in own for passage in _passages(file)]
    beginnings = [passage for passage in passages if passage.number == 0]
    ranked = [passage for passage, _ in _ranked(question, passages, encode)]
    return dict.fromkeys([*beginnings, *ranked, *passages])


def _of_earlier(question: str, earlier: Sequence[EarlierFile], encode: Encode) -> Sequence[_Passage]:
    newest = {one.file.digest or one.file.text: one for one in earlier}.values()
    passages = {one: _passages(one.file) for one in newest}
    ranked = _ranked(question, [passage for found in passages.values() for passage in found], encode)
    bearing = [passage for passage, bears in ranked if bears][:_MOST_LATER]
    if bearing:
        return bearing
    meant = [one for one in newest if _speaks_of(question, one)]
    return passages[min(meant, key=lambda one: one.ago)] if meant else []


def room_of(context: int, files: Sequence[AttachedFile], count: Callable[[str], int]) -> int:
    """Characters that `files` may take beside a question, of a model with this many tokens of context; `count` tells
    the tokens of a text. A character of the densest file, in a script of its own or full of numbers, may take a token
    or more."""
    samples = [file.text[:_SAMPLE] for file in files if file.text]
    shortest = min((len(sample) / max(1, count(sample)) for sample in samples), default=1.0)
    return int(context * SHARE * shortest)


def _speaks_of(question: str, earlier: EarlierFile) -> bool:
    """Whether it names a file (this one, by its name), or points back soon after it came."""
    name = re.sub(r"[-_]", " ", earlier.file.name.rpartition(".")[0])
    named = set(map(stem, key_words(name))) & set(map(stem, key_words(question)))
    soon = earlier.ago <= _SOON and _POINTS_BACK.search(question)
    return bool(named or soon or _A_FILE.search(question))


def _passages(file: AttachedFile) -> list[_Passage]:
    return [
        _Passage(file, number, chunk.start, chunk.end, chunk.text) for number, chunk in enumerate(chunks(file.text))
    ]


def _ranked(question: str, passages: Sequence[_Passage], encode: Encode) -> list[tuple[_Passage, bool]]:
    """The likeliest passages, best first, each with whether it bears on the question."""
    shares = _shares(question, passages)
    order = sorted(range(len(passages)), key=lambda at: -shares[at])[:_LOOKED_AT]
    meanings = encode([question, *(passages[at].text for at in order)])
    found = []
    for at, alike in zip(order, (meanings[1:] @ meanings[0]).tolist(), strict=True):
        found.append((alike + shares[at] / 2, at, alike >= _ALIKE or shares[at] >= _SAME_WORDS))
    return [(passages[at], bears) for _, at, bears in sorted(found, key=lambda one: (-one[0], one[1]))]


def _shares(question: str, passages: Sequence[_Passage]) -> list[float]:
    """How much of the question's words each passage holds, a word that few passages hold weighing more."""
    wanted = set(map(stem, key_words(question)))
    held = [wanted & set(map(stem, key_words(passage.text))) for passage in passages]
    spread = Counter(word for words in held for word in words)
    weights = {word: log(1 + (len(passages) + 1) / (spread[word] + 1)) for word in wanted}
    whole = sum(weights.values()) or 1.0
    return [sum(weights[word] for word in words) / whole for words in held]


def _fitting(chosen: Iterable[_Passage], room: int) -> list[_Passage]:
    """Of these, the likeliest first, as many as `room` takes."""
    kept = []
    for passage in chosen:
        if len(passage.text) <= room:
            room -= len(passage.text)
            kept.append(passage)
    return kept


def _excerpts(chosen: Iterable[_Passage]) -> list[str]:
    """Under each file's name its passages in their order."""
    kept: dict[str, list[_Passage]] = {}
    for passage in chosen:
        kept.setdefault(passage.file.name, []).append(passage)
    return [
        f"From the attached file {name}:\n"
        + _BETWEEN.join(passage.text for passage in sorted(passages, key=lambda passage: passage.number))
        for name, passages in kept.items()
    ]
