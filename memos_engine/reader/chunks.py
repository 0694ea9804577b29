"""Pages cut into passages of about 120 to 200 words, at headings and paragraphs first, at sentences where they must."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

FEWEST_WORDS = 120
MOST_WORDS = 200
MOST_CHARACTERS = 1_600
"""Bounds a passage in scripts that write no spaces."""

_PARAGRAPH = re.compile(r"\S(?:.|\n(?!\s*\n))*", re.UNICODE)
_SENTENCE = re.compile(r"\S.*?(?:[.!?…]['\"”’)\]]*(?=\s)|[。！？](?=.)|$)", re.DOTALL)
_HEADING = re.compile(r"#{1,6}\s")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Chunk:
    """A passage: `text` is the page's text[start:end]."""

    start: int
    end: int
    text: str


@dataclass
class _Piece:
    start: int
    end: int
    words: int
    opens_section: bool = False
    only_heading: bool = False


def chunks(text: str) -> Iterator[Chunk]:
    """The passages of a page, in order, apart from each other; together they hold every character but white space."""
    held: list[_Piece] = []
    for piece in _pieces(text):
        words = sum(part.words for part in held)
        too_long = words + piece.words > MOST_WORDS or (held and piece.end - held[0].start > MOST_CHARACTERS)
        body_before = any(not part.only_heading for part in held)
        if held and (too_long or words >= FEWEST_WORDS or (piece.opens_section and body_before)):
            yield _chunk(text, held)
            held = []
        held.append(piece)
    if held:
        yield _chunk(text, held)


def _chunk(text: str, held: list[_Piece]) -> Chunk:
    start, end = held[0].start, held[-1].end
    return Chunk(start, end, text[start:end])


def _pieces(text: str) -> Iterator[_Piece]:
    for match in _PARAGRAPH.finditer(text):
        start, end = match.start(), match.start() + len(match.group().rstrip())
        words = len(_WORD.findall(text, start, end))
        if words <= MOST_WORDS and end - start <= MOST_CHARACTERS:
            heading = _HEADING.match(text, start) is not None
            yield _Piece(start, end, words, heading, only_heading=heading and "\n" not in text[start:end])
        else:
            yield from _split(text, start, end)


def _split(text: str, start: int, end: int) -> Iterator[_Piece]:
    """A long paragraph by sentences; a sentence that is too long itself by words, and a word by characters."""
    for sentence in _SENTENCE.finditer(text, start, end):
        for piece_start, piece_end in _within(text, sentence.start(), min(sentence.end(), end)):
            yield _Piece(piece_start, piece_end, len(_WORD.findall(text, piece_start, piece_end)))


def _within(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    first, last, words = start, start, 0
    for word in _WORD.finditer(text, start, end):
        for word_start in range(word.start(), word.end(), MOST_CHARACTERS):
            word_end = min(word_start + MOST_CHARACTERS, word.end())
            if words and (words == MOST_WORDS or word_end - first > MOST_CHARACTERS):
                yield first, last
                words = 0
            if not words:
                first = word_start
            last, words = word_end, words + 1
    if words:
        yield first, last
