"""The sentences of a reply in Markdown: where each stands in the text, and how it reads without its markup."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"[ \t]{0,3}(?P<fence>`{3,}|~{3,})")
_OPENING = re.compile(r"[ \t]*(?:(?:>|#{1,6}(?=\s)|[-*+•](?=\s)|\d{1,3}[.)](?=\s)|\[[ xX]\](?=\s)|\|)[ \t]*)+")
"""What stands before the first word of a quoted line, a heading, an item of a list, a row of a table."""
_RULE = re.compile(r"[\s|:*_=-]*")
_END = re.compile(r"[。！？]+[”’」』）]*|[.!?…؟]+[\"'”’»)\]*_`]*(?=\s|$)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|mt|jr|sr|vs|etc|e\.g|i\.e|approx|no|fig|a\.m|p\.m|[a-z])$", re.IGNORECASE
)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[(?P<label>[^\]]*)\]\([^)]*\)")
_BREAK = re.compile(r"</?(?:br|p|div|li|tr|td|th|h[1-6])\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_EMPHASIS = re.compile(r"(?<!\w)[*_~`]+|[*_~`]+(?!\w)|\*+|`+|~~")


@dataclass(frozen=True)
class Sentence:
    """Characters `[start, end)` of the text, and what they say without markup, on one line."""

    start: int
    end: int
    plain: str


def sentences(text: str) -> list[Sentence]:
    """The sentences in their order; code blocks, rules and whatever else holds no letter or digit have none."""
    found = []
    for block_start, block_end in _blocks(text):
        for start, end in _cut(text, block_start, block_end):
            said = plain(text[start:end])
            if any(map(str.isalnum, said)):
                found.append(Sentence(start, end, said))
    return found


def plain(markdown: str) -> str:
    """A stretch of Markdown as it is read: labels of links, no signs of emphasis, no tags, one space between words."""
    text = _TAG.sub("", _BREAK.sub(" ", _LINK.sub(r"\g<label>", _IMAGE.sub(" ", markdown))))
    return " ".join(_EMPHASIS.sub("", text).replace("|", " , ").split())


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Paragraphs, items, headings and rows, each from its first to its last word."""
    fence = ""
    open_at = open_end = -1
    at = 0
    for line in text.splitlines(keepends=True):
        start, at = at, at + len(line)
        body = line.rstrip()
        mark = _FENCE.match(line)
        if fence or mark:
            if open_at >= 0:
                yield open_at, open_end
                open_at = -1
            if not fence and mark:
                fence = mark["fence"]
            elif mark and mark["fence"].startswith(fence) and body.strip() == mark["fence"]:
                fence = ""
            continue
        opening = _OPENING.match(body)
        if open_at >= 0 and (opening or not body or _RULE.fullmatch(body)):
            yield open_at, open_end
            open_at = -1
        if not body or _RULE.fullmatch(body):
            continue
        first = opening.end() if opening else 0
        if not body[first:].strip():
            continue
        if open_at < 0:
            open_at = start + len(body) - len(body[first:].lstrip())
        open_end = start + len(body)
        if body.lstrip().startswith(("#", "|")):
            yield open_at, open_end
            open_at = -1
    if open_at >= 0:
        yield open_at, open_end


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    first = start
    for match in _END.finditer(text, start, end):
        if match.end() < end and not _ends(text, first, match, end):
            continue
        yield first, match.end()
        first = match.end()
        while first < end and text[first].isspace():
            first += 1
    if first < end:
        yield first, end


def _ends(text: str, start: int, match: re.Match[str], end: int) -> bool:
    """Whether a sign of the end ends a sentence here: not behind an abbreviation, nor before a small letter."""
    if match[0][0] in "。！？":
        return True
    after = text[match.end() : end].lstrip(" \t\r\n\"'“‘«([*_`~")
    if after[:1].islower():
        return False
    return not (match[0][0] == "." and _ABBREVIATION.search(text[max(start, match.start() - 8) : match.start()]))
