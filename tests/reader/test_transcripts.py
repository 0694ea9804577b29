import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memos_engine.reader.transcripts import MOST_FAULTS, read_transcript

GOOD = {"id": "D1:3", "conversation": "c1", "speaker": "me", "time": "2023-05-08T13:56:00", "text": "Hello"}


def line(**changes: Any) -> str:
    return json.dumps({**GOOD, **changes})


def read(*lines: str) -> Any:
    return read_transcript("\n".join(lines).encode())


def test_a_line_is_a_message_and_a_time_without_zone_is_utc() -> None:
    (message,), faults = read(line(extra=1))
    assert not faults
    assert (message.id, message.conversation, message.speaker, message.text) == ("D1:3", "c1", "me", "Hello")
    assert message.time == datetime(2023, 5, 8, 13, 56, tzinfo=UTC)


def test_a_zone_is_taken_into_account() -> None:
    (message,), _ = read(line(time="2023-05-08T13:56:00+02:00"))
    assert message.time == datetime(2023, 5, 8, 11, 56, tzinfo=UTC)


def test_blank_lines_a_mark_and_wordless_messages_are_passed_over() -> None:
    messages, faults = read("\ufeff" + line(id="1"), "", line(id="2", text=" "), line(id=3))
    assert ([message.id for message in messages], faults) == (["1", "3"], [])


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ("[" * 100_000, "not JSON|nested"),
        (line(id=""), "“id”"),
        (line(id=None), "“id”"),
        (line(conversation=["c"]), "“conversation”"),
        (line(speaker="x" * 600), "“speaker”"),
        (line(text=None), "“text”"),
        (line(text="x" * 1_000_001), "longer"),
        (line(time="yesterday"), "“time”"),
        (line(time="0000-01-01T00:00:00"), "“time”"),
        (line(time="9999-12-31T23:59:59-05:00"), "“time”"),
        (line(time="9999-12-31T23:59:59"), "between the years"),
        (line(time=1683554160), "“time”"),
    ],
)
def test_a_broken_line_is_named_by_its_number(broken: str, says: str) -> None:
    import re

    messages, faults = read(line(id="1"), "", broken, line(id="2"))
    assert [fault.line for fault in faults] == [3]
    assert re.search(says, faults[0].message)
    assert len(messages) == 2


def test_bytes_that_are_no_utf8_are_a_fault_of_their_line() -> None:
    _, faults = read_transcript(line().encode() + b'\n{"id": "\xff"}')
    assert [(fault.line, fault.message) for fault in faults] == [(2, "The line is not UTF-8.")]


def test_a_wholly_broken_file_stops_after_some_faults() -> None:
    _, faults = read(*["nonsense"] * 1000)
    assert len(faults) == MOST_FAULTS


@given(st.binary(max_size=300))
def test_no_bytes_can_do_more_than_be_faulty(content: bytes) -> None:
    messages, faults = read_transcript(content)
    assert len(messages) + len(faults) <= content.count(b"\n") + 1


@given(st.text(max_size=200))
def test_every_text_can_be_stored(text: str) -> None:
    messages, faults = read(line(text=text + "x"))
    assert not faults
    assert "\0" not in messages[0].text
    messages[0].text.encode()
