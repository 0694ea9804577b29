"""Conversations as JSON lines: `{"id", "conversation", "speaker", "time", "text"}`, one message a line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from memos_engine.errors import FileRejectedError
from memos_engine.reader.plain_text import is_visible, storable

EARLIEST = datetime(1000, 1, 1, tzinfo=UTC)
LATEST = datetime(3000, 1, 1, tzinfo=UTC)
LONGEST_TEXT = 1_000_000
LONGEST_NAME = 500
MOST_FAULTS = 20
"""Broken lines that are told of; after them reading stops."""


@dataclass(frozen=True)
class TranscriptLine:
    """One message of a conversation file; `speaker` is "me" for the person and "assistant" for an assistant."""

    line: int
    id: str
    conversation: str
    speaker: str
    time: datetime
    text: str


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line."""

    line: int
    message: str


def read_transcript(content: bytes) -> tuple[list[TranscriptLine], list[Fault]]:
    """The messages of a conversation file, in its order, and what is wrong with it (at most `MOST_FAULTS` lines).

    Empty lines, and lines whose text shows nothing, are passed over. A time without a zone is UTC.
    """
    read: list[TranscriptLine] = []
    faults: list[Fault] = []
    for number, raw in _lines(content):
        try:
            line = _parsed(number, raw)
        except FileRejectedError as error:
            faults.append(Fault(number, error.message))
            if len(faults) == MOST_FAULTS:
                break
            continue
        if is_visible(line.text):
            read.append(line)
    return read, faults


def _lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    for number, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if raw.strip():
            yield number, raw


def _parsed(number: int, raw: bytes) -> TranscriptLine:
    try:
        entry: Any = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise FileRejectedError("The line is not UTF-8.", line=number) from None
    except RecursionError:
        raise FileRejectedError("The line is nested too deeply.", line=number) from None
    except ValueError:
        raise FileRejectedError("The line is not JSON.", line=number) from None
    if not isinstance(entry, dict):
        raise FileRejectedError("The line is not a JSON object.", line=number)
    return TranscriptLine(
        line=number,
        id=_name(entry, "id", number),
        conversation=_name(entry, "conversation", number),
        speaker=_name(entry, "speaker", number),
        time=_time(_field(entry, "time", number), number),
        text=_text(_field(entry, "text", number), number),
    )


def _field(entry: dict[str, Any], name: str, number: int) -> str:
    value = entry.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and name != "time":
        value = str(value)
    if not isinstance(value, str):
        raise FileRejectedError(f"“{name}” is missing or not a text.", line=number)
    return value


def _name(entry: dict[str, Any], name: str, number: int) -> str:
    value = storable(_field(entry, name, number)).strip()
    if not value or len(value) > LONGEST_NAME:
        raise FileRejectedError(f"“{name}” is empty or longer than {LONGEST_NAME} characters.", line=number)
    return value


def _text(value: str, number: int) -> str:
    if len(value) > LONGEST_TEXT:
        raise FileRejectedError(f"“text” is longer than {LONGEST_TEXT:,} characters.", line=number)
    return storable(value)


def _time(value: str, number: int) -> datetime:
    try:
        time = datetime.fromisoformat(value.strip())
        time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise FileRejectedError("“time” is not a time like 2023-05-08T13:56:00.", line=number) from None
    if not EARLIEST <= time < LATEST:
        raise FileRejectedError(f"“time” is not between the years {EARLIEST.year} and {LATEST.year - 1}.", line=number)
    return time
