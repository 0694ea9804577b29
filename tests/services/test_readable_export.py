"""The readable page of an export: sentences for people, no names of the program's states."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from memos_engine.services.readable_export import _message_lines, _source_line, _state, _when
from memos_engine.types import (
    Ending,
    Kind,
    Memory,
    Message,
    MessageState,
    Precision,
    Role,
    Source,
    State,
)

SPRING, AUTUMN = datetime(2019, 4, 5, tzinfo=UTC), datetime(2023, 10, 1, tzinfo=UTC)


@pytest.fixture
def memory(homes: Any) -> Memory:
    home = homes.open()
    (memory_id,) = home.memories.remember("Lives in Ghent").ids
    return home.memories.get(memory_id)


def test_a_page_of_an_export_is_plain_language(homes: Any, tmp_path: Path):
    home = homes.open()
    ids = [home.memories.remember(text).ids[0] for text in ("Likes tea", "Owns a canoe", "Plays the cello")]
    home.memories.remove([ids[1]])
    home.memories.pin([ids[2]], True)
    page = (home.archives.export(tmp_path / "out") / "Me" / "memories.md").read_text()
    assert "- Likes tea\n" in page
    assert "- Owns a canoe *(in the trash)*" in page
    assert "- Plays the cello *(pinned)*" in page
    assert "[" not in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.ACTIVATED, ""),
        (State.GENERATED, " *(waits for your word)*"),
        (State.ARCHIVED, " *(in the trash)*"),
        (State.MERGED, " *(merged into another memory)*"),
        (State.EXPIRED, " *(expired)*"),
    ],
)
def test_states_are_told_in_words(memory: Memory, state: State, words: str):
    assert _state(replace(memory, state=state)) == words


def test_what_holds_no_longer_says_so(memory: Memory):
    assert "a newer memory replaced it" in _state(replace(memory, superseded_by="other"))
    ended = replace(memory, recorded_from=SPRING, valid_to=AUTUMN)
    assert _state(ended) == " *(no longer current)*"


@pytest.mark.parametrize(
    ("kind", "begins", "ends", "words"),
    [
        (Kind.FACT, SPRING, None, " (since 5 April 2019)"),
        (Kind.FACT, None, AUTUMN, " (until 1 October 2023)"),
        (Kind.FACT, SPRING, AUTUMN, " (5 April 2019 to 1 October 2023)"),
        (Kind.EVENT, SPRING, None, " (5 April 2019)"),
        (Kind.EVENT, SPRING, SPRING, " (5 April 2019)"),
        (Kind.FACT, None, None, ""),
    ],
)
def test_times_are_told_as_people_say_them(
    memory: Memory, kind: Kind, begins: datetime | None, ends: datetime | None, words: str
):
    told = replace(memory, kind=kind, valid_from=begins, valid_to=ends, valid_precision=Precision.DAY)
    assert _when(told) == words


def test_only_a_file_with_pages_has_its_page_named():
    assert _source_line(Source("Figs", 0, 4, SPRING, file="notes.md", page=1)) == "“Figs” (notes.md, 5 April 2019)"
    assert _source_line(Source("Figs", 0, 4, SPRING, file="a.pdf", page=3)) == "“Figs” (a.pdf, page 3, 5 April 2019)"
    assert _source_line(Source("", 0, 0, SPRING, conversation_title="Moving")) == "Moving, 5 April 2019"


def test_a_reply_says_how_it_ended_and_a_forgotten_message_that_it_was():
    reply = Message("m", "c", None, Role.ASSISTANT, "", "Once", SPRING, MessageState.CUT, ending=Ending.STOPPED)
    assert _message_lines(reply)[0] == "**Assistant**, 5 April 2019, 00:00 UTC, stopped by me"
    assert _message_lines(replace(reply, ending=None))[0].endswith(", cut short")
    gone = Message("m", "c", None, Role.PERSON, "me", "….", SPRING, forgotten=AUTUMN)
    assert _message_lines(gone)[2] == "*(forgotten on 1 October 2023)*"
