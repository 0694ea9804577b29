"""The passages of a page, those apart that no answer may quote."""

import re
from collections.abc import Iterator, Sequence

from memos_engine.reader.chunks import Chunk, chunks
from memos_engine.reader.secrets import SecretSpan, find_secrets

_BREAK = re.compile(r"\n|(?<=[.!?…])\s")


def passages(text: str) -> Iterator[tuple[Chunk, bool]]:
    """The passages of a page in order, each with whether it holds a secret.

    The line or sentence that a secret stands in is a passage by itself: what is written around it may be quoted.
    """
    secrets = find_secrets(text)
    for chunk in chunks(text):
        at = chunk.start
        for start, end in _told(chunk, [each for each in secrets if each.start < chunk.end and chunk.start < each.end]):
            yield from _part(text, at, start, holds_secret=False)
            yield from _part(text, start, end, holds_secret=True)
            at = end
        yield from _part(text, at, chunk.end, holds_secret=False)


def _told(chunk: Chunk, secrets: Sequence[SecretSpan]) -> list[tuple[int, int]]:
    """Where in the page, but within this passage, the lines or sentences stand that tell a secret; in order, apart."""
    breaks = [chunk.start + found.end() for found in _BREAK.finditer(chunk.text)]
    told: list[tuple[int, int]] = []
    for secret in secrets:
        ends = max(secret.end, secret.told_to)
        start = max((each for each in breaks if each <= secret.start), default=chunk.start)
        end = min((each for each in breaks if each >= ends), default=chunk.end)
        if told and start <= told[-1][1]:
            told[-1] = (told[-1][0], max(end, told[-1][1]))
        else:
            told.append((start, end))
    return told


def _part(text: str, start: int, end: int, *, holds_secret: bool) -> Iterator[tuple[Chunk, bool]]:
    words = text[start:end]
    start, end = start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
    if start < end:
        yield Chunk(start, end, text[start:end]), holds_secret
