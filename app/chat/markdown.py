"""Markdown to what the thread shows: prose as rich text, code as blocks of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

MEMORY, UNSUPPORTED = "memory:", "unsupported:"
"""Addresses of the links that mark what a sentence rests on: the first with a memory's id."""
LONGEST_PROSE = 20_000
"""Characters of prose in one widget; longer messages are shown as several."""


@dataclass(frozen=True)
class Prose:
    """Rich text."""

    html: str


@dataclass(frozen=True)
class Code:
    """A code block and the language that it says it is in."""

    language: str
    text: str


Segment = Prose | Code


@dataclass(frozen=True)
class Placed:
    """A segment and the line of the source on which it begins."""

    segment: Segment
    line: int


class _Renderer(RendererHTML):
    """HTML for QTextDocument. Images are not fetched: a link with the alternative text stands in their place."""

    def image(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType) -> str:
        """The picture as a link."""
        token = tokens[idx]
        address = escape(str(token.attrGet("src") or ""), quote=True)
        return f'<a href="{address}">[picture: {escape(token.content or "no description")}]</a>'

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Marks have a look of their own."""
        address = str(tokens[idx].attrGet("href") or "")
        look = "mark" if address.startswith(MEMORY) else "doubt" if address == UNSUPPORTED else ""
        if look:
            tokens[idx].attrSet("class", look)
        return self.renderToken(tokens, idx, options, env)

    def s_open(self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType) -> str:
        """QTextDocument knows no <s> of HTML 5."""
        return "<span style='text-decoration: line-through'>"

    def s_close(self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType) -> str:
        """The end of it."""
        return "</span>"


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True}, renderer_cls=_Renderer)
    return parser.enable(["table", "strikethrough", "linkify"])


def segments(text: str, longest: int = LONGEST_PROSE) -> list[Placed]:
    """The segments of a Markdown text, prose in pieces of at most about `longest` characters of source."""
    parser = _parser()
    env: dict[str, Any] = {}
    found: list[Placed] = []
    waiting: list[Token] = []
    size, first_line = 0, 0

    def flush() -> None:
        nonlocal size
        if waiting:
            html = parser.renderer.render(waiting, parser.options, env)
            found.append(Placed(Prose(html), first_line))
            waiting.clear()
        size = 0

    for block in _blocks(parser.parse(text, env)):
        line = block[0].map[0] if block[0].map else first_line
        if len(block) == 1 and block[0].type in {"fence", "code_block"}:
            flush()
            language = block[0].info.split()[0] if block[0].info.split() else ""
            found.append(Placed(Code(language, block[0].content.rstrip("\n")), line))
            continue
        if size > longest:
            flush()
        if not waiting:
            first_line = line
        waiting += block
        size += sum(len(token.content) for token in block)
    flush()
    return found


def _blocks(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Top-level blocks, each with the tokens inside it."""
    block: list[Token] = []
    depth = 0
    for token in tokens:
        block.append(token)
        depth += token.nesting
        if depth == 0:
            yield block
            block = []
    if block:
        yield block


class GrowingText:
    """A Markdown text that grows at its end: only what may still change is parsed again.

    All but the last segment are settled as soon as a later one begins, so a paint costs by the length of the last
    segment and not of the whole text.
    """

    PIECE = 1_200

    def __init__(self) -> None:
        self.text = ""
        self.settled: list[Segment] = []
        self._from = 0

    def add(self, text: str) -> tuple[int, list[Segment]]:
        """Append; returns how many segments stay as they were, and all segments now."""
        self.text += text
        kept = len(self.settled)
        tail = self.text[self._from :]
        placed = segments(tail, self.PIECE)
        if len(placed) > 1:
            lines = tail.splitlines(keepends=True)
            self._from += sum(len(line) for line in lines[: placed[-1].line])
            self.settled += [one.segment for one in placed[:-1]]
        now = self.settled + [one.segment for one in (placed[-1:] if len(placed) > 1 else placed)]
        return kept, now
