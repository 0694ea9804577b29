"""The reader that asks a language model, under a JSON grammar, and believes only what the message itself says."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from memos_engine.errors import ModelError
from memos_engine.language.identify import identify
from memos_engine.reader.grounding import ungrounded
from memos_engine.reader.protocol import ME, Reader, ReadRequest
from memos_engine.reader.secrets import find_secrets
from memos_engine.reader.windows import windows
from memos_engine.reader.withholding import withhold
from memos_engine.types import Candidate, Kind

_KINDS = (Kind.FACT, Kind.PREFERENCE, Kind.EVENT, Kind.SKILL)
_MOST = 6
"""Candidates taken from one window."""

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "memories": {
                "type": "array",
                "maxItems": _MOST,
                "items": {
                    "type": "object",
                    "properties": {
                        "quote": {"type": "string"},
                        "about": {"type": "string"},
                        "note": {"type": "string"},
                        "kind": {"type": "string", "enum": [str(kind) for kind in _KINDS]},
                    },
                    "required": ["quote", "about", "note", "kind"],
                },
            }
        },
        "required": ["memories"],
    }
)
"""The JSON schema that the model's answer is held to."""

_PROMPT = """\
Read one message and list what is worth remembering about its writer or the people the writer knows.
Take only what the writer states as true: no questions, no requests, no "if", no reports of what others said, \
no stories, no moods of the moment. Most messages hold nothing: then the list is empty.
For each memory give: quote (the exact words of the message), about ("me" for the writer, else the person's name or \
relation such as "my sister"), note (one short sentence without "I", using only words of the message), kind.

Message:
{message}

Answer with JSON."""


class ModelReader:
    """Reads with `complete(prompt, json_schema) -> JSON text`, the loaded model's constrained completion.

    What the model answers is a proposal: a candidate whose quote is not verbatim in the text, whose note holds a word
    that the text does not, or whose subject is not named there, is dropped. Use it only where `probe` passes.
    """

    name = "model"

    def __init__(self, complete: Callable[[str, str], str]) -> None:
        self._complete = complete

    def read(self, text: str, *, time: datetime, speaker: str = ME, language: str | None = None) -> list[Candidate]:
        """Candidates of one text, in the order of their spans. Errors of the model pass through."""
        if not any(character.isalpha() for character in text):
            return []
        del time  # the notes keep the words of the message: nothing is resolved
        found: list[Candidate] = []
        tongue = language or identify(text)
        for start, end in windows(text):
            answer = self._complete(question_of(text[start:end]), SCHEMA)
            for entry in _entries(answer):
                candidate = _checked(entry, text, start, end, speaker, tongue)
                if candidate is not None:
                    found.append(candidate)
        found = withhold(text, found, find_secrets(text), speaker)
        return sorted(found, key=lambda candidate: (candidate.start, candidate.end))

    def read_many(self, requests: Iterable[ReadRequest]) -> Iterator[list[Candidate]]:
        """The same for many texts, one after the other."""
        for request in requests:
            yield self.read(request.text, time=request.time, speaker=request.speaker, language=request.language)


def question_of(message: str) -> str:
    """What the model is asked about one window of a text."""
    return _PROMPT.format(message=message)


def _entries(answer: str) -> list[dict[str, Any]]:
    """The objects of the model's answer; none where it is no JSON of the wanted shape (cut off, for instance)."""
    try:
        table = json.loads(answer)
    except (ValueError, RecursionError):
        return []
    entries = table.get("memories") if isinstance(table, dict) else None
    return [entry for entry in entries if isinstance(entry, dict)][:_MOST] if isinstance(entries, list) else []


def _checked(entry: dict[str, Any], text: str, start: int, end: int, speaker: str, language: str) -> Candidate | None:
    quote, about, note = (str(entry.get(name, "")).strip() for name in ("quote", "about", "note"))
    place = text.find(quote, start, end) if quote else -1
    if place < 0 or not note or len(note) > 300 or ungrounded(note, f"{text[start:end]} {speaker}"):
        return None
    if about.casefold() in ("me", "i", "writer", "user"):
        subject = speaker
    elif about and not ungrounded(about.removeprefix("my "), text[start:end]):
        subject = about
    else:
        return None
    kind = next((kind for kind in _KINDS if kind == entry.get("kind")), Kind.FACT)
    return Candidate(note, kind, subject, quote, place, place + len(quote), language=language, confidence=0.7)


_PROBE_TIME = datetime(2026, 1, 15, 12, tzinfo=UTC)
_PROBE: tuple[tuple[str, tuple[str, str] | None], ...] = (
    ("I moved to Lisbon last year and I work as a baker.", (ME, "baker")),
    ("My brother Tom is allergic to shellfish.", ("Tom", "shellfish")),
    ("I don't eat meat.", (ME, "meat")),
    ("Could you write me a poem about the sea?", None),
    ("If I won the lottery I would buy a boat.", None),
    ("My boss says I talk too much.", None),
    ("What is the capital of Peru?", None),
    ("ok thanks, that helped", None),
    ("Translate this: I live in a small house with two dogs.", None),
)
"""Messages and, of each, the subject and a word of a memory that must be found; None: nothing must be."""


def probe(reader: Reader) -> bool:
    """Whether a reader is good enough to be used: it finds what these messages tell and makes nothing of the others.

    One slip among the nine is forgiven. A `ModelError` (an answer that does not come to an end) is a slip.
    """
    slips = 0
    for text, wanted in _PROBE:
        try:
            found = reader.read(text, time=_PROBE_TIME)
        except ModelError:
            slips += 1
            if slips > 1:
                return False
            continue
        if wanted is None:
            slips += bool(found)
        else:
            subject, word = wanted
            slips += not any(
                word in candidate.text.casefold() and (candidate.subject == subject or subject in candidate.subject)
                for candidate in found
            )
        if slips > 1:
            return False
    return True
