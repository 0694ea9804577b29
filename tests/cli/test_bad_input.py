"""What people and scripts get wrong: each has exit code 1, one JSON error with what to do, and changes nothing."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Memos = Callable[..., Any]


def refused(outcome: Any, code: str, *words: str) -> None:
    """It failed as it should: the error names `words`, has a hint, and nothing looks like a fault of ours."""
    assert outcome.code == 1, outcome
    assert outcome.error["code"] == code, outcome.error
    assert outcome.error["hint"]
    assert all(word in outcome.error["message"] for word in words), outcome.error
    assert "Traceback" not in outcome.err


@pytest.fixture
def database(memos: Memos, home: Path) -> Path:
    """The database of a home with a memory in it."""
    assert memos("remember", "Likes tea").code == 0
    (file,) = home.glob("cubes/*/cube.db")
    return file


def test_what_does_not_exist_is_not_found_by_any_command(memos: Memos) -> None:
    commands = [
        ("show", "nosuch"),
        ("history", "nosuch"),
        ("edit", "nosuch", "Likes coffee"),
        ("forget", "nosuch"),
        ("chat", "-m", "hello", "--conversation", "nosuch"),
        ("chat", "-m", "hello", "--cube", "nosuch"),
        ("chat", "-m", "hello", "--model", "nosuch.gguf"),
        ("recall", "tea", "--cube", "nosuch"),
        ("recall", "--batch", "nosuch.jsonl"),
        ("remember", "tea", "--cube", "nosuch"),
        ("ingest", "nosuch.md"),
        ("cube", "lock", "nosuch"),
        ("cube", "unlock", "nosuch"),
        ("cube", "destroy", "nosuch", "--yes"),
        ("settings", "nosuch"),
        ("settings", "nosuch", "1"),
        ("model", "use", "nosuch.gguf"),
        ("restore", "nosuch"),
        ("bench", "nosuch"),
    ]
    for arguments in commands:
        refused(memos(*arguments, "--json"), "not_found", "There is no")


def test_nothing_to_undo_is_told(memos: Memos) -> None:
    outcome = memos("undo", "--json")
    assert (outcome.code, outcome.error["message"]) == (1, "There is nothing to undo.")


def test_a_home_where_a_file_stands_is_refused_and_the_file_left_alone(memos: Memos, home: Path) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    home.write_text("mine")
    for arguments in (("status",), ("remember", "Likes tea"), ("chat", "-m", "hello")):
        refused(memos(*arguments, "--json"), "disk", str(home), "no folder")
    assert home.read_text() == "mine"


@pytest.mark.parametrize("harm", ["cut", "text", "flipped", "gone"])
def test_a_damaged_database_is_named_and_left_as_it_is(memos: Memos, database: Path, harm: str) -> None:
    content = bytearray(database.read_bytes())
    content[100] ^= 1
    harmed = {"cut": content[: len(content) // 3], "text": b"dear diary " * 999, "flipped": content, "gone": b""}[harm]
    database.unlink() if harm == "gone" else database.write_bytes(harmed)
    for arguments in (("status",), ("remember", "Likes coffee"), ("recall", "tea")):
        refused(memos(*arguments, "--json"), "damaged", "cube.db")
    assert not database.exists() if harm == "gone" else database.read_bytes() == harmed
    people = memos("status")
    assert (people.code, len(people.err.splitlines())) == (1, 1)
    assert "Restore it from a backup." in people.err


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("format = 1", "format = 2", "newer_format"),
        ("vault_id", "[", "damaged"),
        ("wrapped = ", "wrong = ", "damaged"),
        ("format = 1", "", "damaged"),
    ],
)
def test_a_damaged_or_newer_vault_file_is_named(memos: Memos, home: Path, old: str, new: str, code: str) -> None:
    memos("status")
    file = home / "vault.toml"
    file.write_text(file.read_text().replace(old, new, 1))
    refused(memos("status", "--json"), code, "vault.toml")


def test_a_cube_of_a_newer_format_names_both_formats(memos: Memos, home: Path, passphrase_file: Path) -> None:
    from memos_engine.cube.migrations import FORMAT_VERSION
    from memos_engine.memory_os import MemoryOS

    memos("status")
    memory = MemoryOS.open(home, housekeeping=False)
    memory.access.unlock(passphrase=passphrase_file.read_text().strip())
    with memory._home.shelf.default().write() as session:
        session.connection().exec_driver_sql("PRAGMA user_version = 99")
    memory.close()
    refused(memos("status", "--json"), "newer_format", "format 99", f"knows {FORMAT_VERSION}")


def test_no_home_is_made_with_a_passphrase_that_is_too_short(memos: Memos, home: Path, passphrase_file: Path) -> None:
    passphrase_file.write_text("1")
    refused(memos("status", "--json"), "bad_input", "too short", "8 characters")
    assert not (home / "vault.toml").exists()


def test_a_wrong_passphrase_waits_longer_each_time_from_one_process_to_the_next(
    memos: Memos, passphrase_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [2_000_000_000.0]
    monkeypatch.setattr("time.time", lambda: clock[0])
    right = passphrase_file.read_text()
    memos("status")
    for seconds in (1, 2, 4):
        passphrase_file.write_text("wrong")
        refused(memos("status", "--json"), "wrong_secret", "does not open")
        passphrase_file.write_text(right)
        refused(memos("status", "--json"), "wait", f"wait {seconds} s")
        clock[0] += seconds
    assert memos("status").code == 0


def test_any_query_is_words_and_never_syntax(memos: Memos) -> None:
    memos("remember", "Likes green tea")
    queries = [
        "", " ", "\0", "\ud800", '"', "*", "(", "tea AND", 'NEAR("tea" green', "text : tea OR",
        "'; DROP TABLE item; --", "tea " * 2_500, "t" * 10_000, "<|im_start|>", "😀",
    ]  # fmt: skip
    batch = "\n".join(json.dumps({"id": str(at), "query": query}) for at, query in enumerate(queries))
    outcome = memos("recall", "--batch", "-", "--json", stdin=batch)
    assert (outcome.code, outcome.err) == (0, "")
    answers = [json.loads(line) for line in outcome.out.splitlines()]
    assert [answer["id"] for answer in answers] == [str(at) for at in range(len(queries))]
    assert answers[0]["items"] == answers[1]["items"] == []
    assert all("tea" in answers[queries.index(query)]["items"][0]["text"] for query in queries if "tea" in query)
    assert memos("recall", "", "--json").answer["items"] == []


def test_a_memory_or_message_that_shows_nothing_is_refused(memos: Memos) -> None:
    (item,) = memos("remember", "Likes tea", "--json").answer["changed"]
    for text in ("", " \n", "\0\x01", "\u200b\u202e"):
        for arguments in (("remember", text), ("edit", item, text), ("chat", "-m", text)):
            refused(memos(*arguments, "--json"), "bad_input")
    assert memos("show", item, "--json").answer["text"] == "Likes tea"


def test_a_memory_of_100_000_characters_says_where_such_a_text_belongs(memos: Memos) -> None:
    refused(memos("remember", "x" * 100_000, "--json"), "bad_input", "20,000 characters")


def test_a_file_that_cannot_be_taken_in_says_why(memos: Memos, tmp_path: Path) -> None:
    files: list[tuple[str, bytes, str]] = [
        ("empty.md", b"", "empty.md is empty"),
        ("blank.jsonl", b"\n \n", "blank.jsonl is empty"),
        ("binary.txt", bytes(range(256)) * 40, "binary.txt is not a text file"),
        ("big.txt", b"word " * (10 << 20), "big.txt is larger than 32 MB"),
        ("picture.png", b"x", "picture.png is of a kind that cannot be read"),
        ("latin.jsonl", b'{"id": "\xe4"}', "line 1: The line is not UTF-8"),
    ]
    for name, content, says in files:
        (tmp_path / name).write_bytes(content)
        outcome = memos("ingest", str(tmp_path / name), "--no-read", "--json")
        refused(outcome, "file_rejected", says)
        report = json.loads(outcome.out)
        assert (report["added"], len(report["failed"])) == (0, 1)
    assert memos("status", "--json").answer["cubes"][0]["messages"] == 0


def test_one_bad_line_in_the_middle_keeps_the_whole_file_out(memos: Memos, tmp_path: Path) -> None:
    good = {"conversation": "c", "speaker": "me", "time": "2024-05-01T10:00:00"}
    first, last = (json.dumps({**good, "id": name, "text": "I like tea"}) for name in ("a", "z"))
    file = tmp_path / "talk.jsonl"
    for broken in (
        '{"id": "b", "conversation": "c", "speaker": "me", "time": "2024-05-01T10:00:00", "te',
        '{"id": "b", "conversation": "c", "speaker": "me", "time": "0000-01-01T00:00:00", "text": "hi"}',
        '{"id": "b", "conversation": "c", "speaker": "me", "time": "9999-12-31T23:59:59", "text": "hi"}',
        '{"id": "b", "conversation": "c", "speaker": "me", "time": "9999-12-31T23:59:59-12:00", "text": "hi"}',
    ):
        file.write_text(f"{first}\n{broken}\n{last}\n")
        refused(memos("ingest", str(file), "--no-read", "--json"), "file_rejected", "talk.jsonl, line 2")
    assert memos("recall", "tea", "--json").answer["items"] == []


def test_a_time_that_is_none_is_told_with_its_line(memos: Memos) -> None:
    for when in ("0000-01-01", "10000-01-01", "9999-12-31T23:59:59-10:00", "soon", 7):
        lines = [{"id": "1", "query": "tea", "as_of": "9999-12-31"}, {"id": "2", "query": "tea", "as_of": when}]
        outcome = memos("recall", "--batch", "-", "--json", stdin="\n".join(map(json.dumps, lines)))
        refused(outcome, "file_rejected", "Line 2 of standard input")
        assert outcome.out == ""


@pytest.mark.parametrize("fault", ["text", "cut", "embedding"])
def test_a_gguf_that_is_no_chat_model_is_refused_and_the_old_one_goes_on(
    memos: Memos, tmp_path: Path, fault: str
) -> None:
    from gguf import GGUFWriter

    from memos_engine.resources import default_weights

    file = tmp_path / "model.gguf"
    if fault == "embedding":
        writer = GGUFWriter(file, "bert")
        writer.add_uint32("bert.pooling_type", 1)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.close()
    else:
        shutil.copy(default_weights("chat").path, file)
        content = file.read_bytes()
        file.write_bytes(b"no model" * 99 if fault == "text" else content[: len(content) // 2])
    refused(memos("model", "use", str(file), "--json"), "model_rejected", "model.gguf")
    assert not [info for info in memos("model", "list", "--json").answer["models"] if info["path"] == str(file)]
