"""What in a message is not the person speaking: code, logs, quoted lines, markup, text handed over to work on."""

import re

_FENCE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|\"\"\".*?(?:\"\"\"|\Z)", re.DOTALL)
_INLINE_CODE = re.compile(r"`[^`\n]{1,400}`")
_QUOTED_LINE = re.compile(r"^[ \t]*(?:>|\|).*$", re.MULTILINE)
_MARKUP = re.compile(
    r"<\|[^|>\n]{1,40}\|>(?:\s*(?:system|assistant|user|tool)\b)?|</?s>|\[/?INST\]|<</?SYS>>|</?[a-z][^<>\n]{0,200}>"
)
_URL = re.compile(r"https?://\S+|www\.\S+")
_LOG_LINE = re.compile(
    r"^[ \t]*(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*|(?:Traceback|File \"|at [\w.$]+\(|ERROR|WARN(?:ING)?|INFO|DEBUG)\b.*"
    r"|[$#] .*|(?:From|To|Subject|Sent|Date|Cc): .*|\w+(?:\.\w+)*(?:Error|Exception): .*)$",
    re.MULTILINE,
)
_CODE_LINE = re.compile(
    r"^[ \t]*(?:(?:def|class|import|from|return|const|let|var|function|public|private|#include|SELECT|INSERT|UPDATE)\b"
    r".*[(){};=*].*|.*[;{}][ \t]*|[\w.]+\s*=\s*[\w\"'\[({].*|</?\w+.*>)$",
    re.MULTILINE,
)
_DOUBLE = re.compile(r"[\"“„«]([^\"“”„«»\n]{1,2000})[\"”“»]")
_SINGLE = re.compile(r"(?<![\w'’])['‘]([^'‘’\n]*(?:\w['’]\w[^'‘’\n]*)*)['’](?!\w)")
_HANDED_OVER = re.compile(
    r"\b(?:translate|proofread|rewrite|rephrase|paraphrase|summari[sz]e|correct|fix|improve|edit|shorten|analy[sz]e|check|"
    r"reword|classify|polish|review|explain|continue|complete|text|email|letter|paragraph|sentence|message|poem|essay|"
    r"story|lyrics|joke|bio|following|dialogue|article|passage|cover letter|speech|tweet|post|caption)\b"
    r"[^\n.!?:]{0,120}:",
    re.IGNORECASE,
)

Spans = list[tuple[int, int]]


def hidden(text: str) -> Spans:
    """`[start, end)` spans that the parser never sees: code, logs, quoted lines, markup, and what follows a colon
    behind a request to work on it ("Translate this: …"), up to the next blank line."""
    spans = [
        found.span()
        for pattern in (_FENCE, _INLINE_CODE, _QUOTED_LINE, _MARKUP, _URL, _LOG_LINE, _CODE_LINE)
        for found in pattern.finditer(text)
    ]
    for found in _HANDED_OVER.finditer(text):
        blank = re.compile(r"\n[ \t]*\n").search(text, _first_word(text, found.end()))
        spans.append((found.end(), blank.start() if blank else len(text)))
    return sorted(span for span in spans if span[0] < span[1])


def _first_word(text: str, at: int) -> int:
    found = re.compile(r"\S").search(text, at)
    return found.start() if found else len(text)


def quoted(text: str) -> Spans:
    """`[start, end)` spans inside quotation marks: someone's words, or a title."""
    double = [found.span(1) for found in _DOUBLE.finditer(text)]
    return double + [found.span(1) for found in _SINGLE.finditer(text) if " " in found[1]]
