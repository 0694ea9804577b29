"""The contract of the command line: shapes, exit codes, errors."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from memos_engine.cli import run
from memos_engine.services import reading

Memos = Callable[..., Any]


def ids(outcome: Any) -> list[str]:
    return outcome.answer["changed"]


def test_any_command_makes_the_home_and_shows_the_recovery_code_once(memos: Memos, home: Path) -> None:
    first = memos("status", "--json")
    assert first.code == 0
    assert "Recovery code" in first.err
    assert {"home", "locked", "cubes", "model", "encoder", "queue"} <= set(first.answer)
    assert first.answer["home"] == str(home)
    (cube,) = first.answer["cubes"]
    assert {"id", "name", "locked", "items"} <= set(cube)
    assert memos("status").err == ""


def test_options_of_all_commands_stand_before_or_behind(memos: Memos) -> None:
    assert memos("--json", "status").answer["locked"] is False
    assert memos("status", "--json").answer["locked"] is False


def test_edit_sets_and_clears_when_a_memory_is_true(memos: Memos) -> None:
    (item,) = ids(memos("remember", "Works at Philips", "--json"))
    assert ids(memos("edit", item, "--valid-from", "2020-03-01", "--valid-to", "2024-06-30T12:00+00:00", "--json"))
    shown = memos("show", item, "--json").answer
    assert shown["text"] == "Works at Philips"
    assert datetime.fromisoformat(shown["valid_from"]).astimezone() == datetime(2020, 3, 1).astimezone()
    assert shown["valid_to"] == "2024-06-30T12:00:00+00:00"
    assert ids(memos("edit", item, "Worked at Philips", "--valid-to", "none", "--json"))
    shown = memos("show", item, "--json").answer
    assert (shown["text"], shown["valid_to"], shown["valid_from"] is None) == ("Worked at Philips", None, False)
    for wrong in ("soon", "2024-13-01", "2024-02-30"):
        assert memos("edit", item, "--valid-from", wrong, "--json").error["code"] == "bad_input"
    ends_first = memos("edit", item, "--valid-to", "2001-01-01", "--json")
    assert (ends_first.code, ends_first.error["code"]) == (1, "bad_input")
    assert memos("edit", item).code == 2


def test_remember_show_edit_history_undo_forget(memos: Memos) -> None:
    (item,) = ids(memos("remember", "Allergic to peanuts", "--json"))
    shown = memos("show", item, "--json").answer
    assert {"id", "text", "kind", "cube", "state", "origin", "valid_from", "valid_to", "sources", "versions"} <= set(
        shown
    )
    assert (shown["text"], shown["kind"], shown["cube"], shown["origin"]) == (
        "Allergic to peanuts",
        "fact",
        "Me",
        "hand",
    )

    assert ids(memos("edit", item, "-", "--json", stdin="Allergic to walnuts\n")) == [item]
    versions = memos("history", item, "--json").answer["versions"]
    assert [step["text"] for step in versions] == ["Allergic to peanuts", "Allergic to walnuts"]

    assert ids(memos("undo", "--json")) == [item]
    assert memos("show", item, "--json").answer["text"] == "Allergic to peanuts"

    assert item in ids(memos("forget", item, "--json"))
    gone = memos("show", item, "--json")
    assert (gone.code, gone.error["code"]) == (1, "not_found")


def test_recall_ranks_items_with_their_sources_and_reasons(memos: Memos, tmp_path: Path) -> None:
    file = tmp_path / "talk.jsonl"
    said = ["I am allergic to peanuts.", "We went to the lake.", "The train was late."]
    file.write_text(
        "\n".join(
            json.dumps(
                {"id": f"D1:{n}", "conversation": "c1", "speaker": "me", "time": f"2023-05-08T13:5{n}:00", "text": t}
            )
            for n, t in enumerate(said)
        )
    )
    report = memos("ingest", str(file), "--no-read", "--json")
    assert report.code == 0
    assert report.answer.items() >= {"added": 3, "updated": 0, "skipped": 0, "failed": [], "left_out": []}.items()

    answer = memos("recall", "peanut allergy", "-k", "2", "--json").answer
    assert len(answer["items"]) == 2
    best = answer["items"][0]
    assert {"id", "text", "score", "cube", "kind", "valid_from", "valid_to", "sources", "why"} <= set(best)
    assert best["sources"] == ["D1:0"]

    queries = '{"id": "q2", "query": "late train", "as_of": null}\n\n{"id": "q1", "query": "lake"}\n'
    lines = memos("recall", "--batch", "-", "-k", "1", stdin=queries).out.splitlines()
    answers = [json.loads(line) for line in lines]
    assert [answer["id"] for answer in answers] == ["q2", "q1"]
    assert [answer["items"][0]["sources"] for answer in answers] == [["D1:2"], ["D1:1"]]


def test_a_broken_batch_line_is_named(memos: Memos) -> None:
    outcome = memos("recall", "--batch", "-", "--json", stdin='{"id": "q1", "query": "a"}\nnonsense\n')
    assert (outcome.code, outcome.error["code"]) == (1, "file_rejected")
    assert "Line 2" in outcome.error["message"]


def test_a_broken_conversation_file_fails_with_its_line(memos: Memos, tmp_path: Path) -> None:
    file = tmp_path / "talk.jsonl"
    good = {"id": "1", "conversation": "c", "speaker": "me", "time": "2023-05-08T13:56:00", "text": "Hello"}
    file.write_text(json.dumps(good) + "\n{broken\n")
    outcome = memos("ingest", str(file), "--json")
    assert outcome.code == 1
    assert json.loads(outcome.out.splitlines()[0])["failed"][0]["line"] == 2
    assert outcome.error["code"] == "file_rejected"


def test_ingest_reads_for_memories_before_it_returns(memos: Memos, tmp_path: Path) -> None:
    file = tmp_path / "diary.md"
    file.write_text("I am allergic to peanuts.")
    assert memos("ingest", str(file), "--author", "me", "--json").answer["added"] == 1
    texts = [item["text"] for item in memos("recall", "peanuts", "--json").answer["items"]]
    assert "Allergic to peanuts" in texts


def test_a_reading_that_was_stopped_goes_on_by_ingest_resume(
    memos: Memos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "notes.md"
    file.write_text("I am allergic to peanuts.")
    with monkeypatch.context() as stopped:
        stopped.setattr(reading, "submit", lambda _home: None)
        assert memos("ingest", str(file), "--author", "me", "--json").code == 0
    assert memos("status", "--json").answer["waiting_to_read"] == 1
    assert "--resume" in memos("status").out
    memos("settings", "memory.remembering", "paused")
    assert memos("ingest", "--resume", "--json").error["code"] == "bad_input"
    memos("settings", "memory.remembering", "automatic")
    resumed = memos("ingest", "--resume", "--json")
    assert (resumed.code, resumed.answer["added"], resumed.answer["failed"]) == (0, 0, [])
    assert memos("status", "--json").answer["waiting_to_read"] == 0
    texts = [item["text"] for item in memos("recall", "allergy", "--json").answer["items"]]
    assert "Allergic to peanuts" in texts
    assert memos("ingest").code == 2
    assert memos("ingest", "--resume", "--no-read").code == 2


def test_chat_gives_the_contracts_shape_and_remembers(memos: Memos) -> None:
    memos("settings", "chat.max_tokens", "16")
    told = memos("chat", "-m", "I am allergic to peanuts.", "--json").answer
    assert set(told) >= {"reply", "conversation", "message", "used", "written", "abstained", "tokens", "ttft_ms"}
    assert all(set(found) == {"span", "memories", "unsupported"} for found in told["support"])
    assert set(told["tokens"]) == {"prompt", "reused", "generated"}
    (written,) = told["written"]
    again = memos("chat", "-m", "-", "--conversation", told["conversation"], "--json", stdin="What else?").answer
    assert again["conversation"] == told["conversation"]
    asked = memos("chat", "-m", "What are my allergies?", "--json").answer
    assert written in asked["used"]
    apart = memos("chat", "-m", "What are my allergies?", "--no-memory", "--json").answer
    assert (apart["used"], apart["written"]) == ([], [])
    gone = memos("chat", "-m", "What are my allergies?", "--temporary", "--json").answer
    assert (gone["used"], gone["written"]) == ([], [])
    lost = memos("chat", "-m", "Hello?", "--conversation", gone["conversation"], "--json")
    assert (lost.code, lost.error["code"]) == (1, "not_found")


def test_chat_for_people_streams_and_says_what_was_remembered(memos: Memos) -> None:
    memos("settings", "chat.max_tokens", "16")
    out = memos("chat", stdin="I am allergic to peanuts.\n\nWhat are my allergies?\n").out
    assert "remembered: Allergic to peanuts" in out
    assert "used: [1] Allergic to peanuts" in out


def test_a_chat_in_a_chosen_cube_remembers_there(memos: Memos) -> None:
    memos("settings", "chat.max_tokens", "16")
    memos("cube", "create", "Work")
    (item,) = memos("chat", "-m", "I work as a carpenter.", "--cube", "work", "--json").answer["written"]
    assert memos("show", item, "--json").answer["cube"] == "Work"


def test_cubes(memos: Memos) -> None:
    made = memos("cube", "create", "Work", "--json").answer
    assert made["name"] == "Work"
    (item,) = ids(memos("remember", "The code name is Bluebird", "--cube", "work", "--json"))
    assert memos("show", item, "--json").answer["cube"] == "Work"
    assert memos("cube", "lock", "Work").code == 0
    assert memos("show", item, "--json").error["code"] == "not_found"
    assert memos("recall", "code name", "--cube", "Work", "--json").error["code"] == "cube_locked"
    assert memos("cube", "unlock", "Work").code == 0
    assert memos("show", item).code == 0
    assert memos("cube", "destroy", "Work", "--json").answer["cube"] == made["id"]
    assert [cube["name"] for cube in memos("cube", "list", "--json").answer["cubes"]] == ["Me"]
    assert memos("cube", "destroy", "Me", "--json").error["code"] == "bad_input"


def test_settings_are_shown_changed_and_checked(memos: Memos) -> None:
    assert memos("settings", "chat.top_k", "--json").answer["value"] == 40
    assert memos("settings", "chat.top_k", "50", "--json").answer["value"] == 50
    assert memos("settings", "chat.top_k", "--json").answer["value"] == 50
    assert memos("settings", "chat.top_k", "-5", "--json").code == 2
    assert memos("settings", "chat.top_k", "5000", "--json").error["code"] == "bad_input"
    assert memos("settings", "no.such", "--json").error["code"] == "not_found"
    names = [entry["name"] for entry in memos("settings", "--json").answer["settings"]]
    assert "chat.temperature" in names
    assert "appearance.window" not in names


def test_models_are_listed_and_a_text_is_refused(memos: Memos, tmp_path: Path) -> None:
    assert memos("model", "list", "--json").answer["models"][0]["fit"] in ("fits", "slow")
    wrong = tmp_path / "wrong.gguf"
    wrong.write_text("not a model")
    assert memos("model", "use", str(wrong), "--json").error["code"] == "model_rejected"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nosuch",),
        ("remember",),
        ("recall",),
        ("recall", "a", "--batch", "b"),
        ("recall", "a", "-k", "0"),
        ("status", "--nosuch"),
        ("chat", "--conversation", "x", "--temporary"),
    ],
)
def test_wrong_usage_is_exit_2_with_one_line(memos: Memos, arguments: tuple[str, ...]) -> None:
    outcome = memos(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert len(outcome.err.splitlines()) == 1


def test_an_error_for_people_is_one_line_with_a_hint(memos: Memos) -> None:
    memos("status")
    outcome = memos("show", "nosuch")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("memos: There is no memory with this id.")
    assert len(outcome.err.splitlines()) == 1


def test_a_wrong_passphrase_and_none_at_all(memos: Memos, passphrase_file: Path, home: Path, capsys: Any) -> None:
    memos("status")
    passphrase_file.write_text("wrong")
    assert memos("status", "--json").error["code"] == "wrong_secret"
    passphrase_file.write_text("")
    assert memos("status", "--json").error["code"] == "bad_input"
    assert run(["--home", str(home), "--json", "status"]) == 1
    assert json.loads(capsys.readouterr().err)["error"]["code"] == "no_protector"


def test_a_fault_of_ours_shows_its_place_and_no_content(
    memos: Memos, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from memos_engine.services.memories import MemoryService

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("canary-in-the-message")

    memos("status")
    monkeypatch.setattr(MemoryService, "remember", fail)
    outcome = memos("remember", "canary-in-the-memory", "--json")
    assert (outcome.code, outcome.error["code"]) == (1, "fault")
    assert "ZeroDivisionError" in outcome.error["message"]
    log = (home / "logs" / "memos.log").read_text()
    assert "ZeroDivisionError" in log
    assert "canary" not in outcome.err + log


def test_bench_says_which_there_are(memos: Memos) -> None:
    outcome = memos("bench", "no-such-suite", "--json")
    assert (outcome.code, outcome.error["code"]) == (1, "not_found")


def test_help_is_quick_and_loads_nothing_heavy() -> None:
    script = (
        "import sys; from memos_engine.cli import run; code = run(['--help']);"
        "heavy = {'sqlalchemy', 'numpy', 'spacy', 'llama_cpp', 'onnxruntime'} & set(sys.modules);"
        "sys.exit(code or len(heavy))"
    )
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - began < 5


def test_as_a_process_of_its_own(home: Path, passphrase_file: Path) -> None:
    command = [sys.executable, "-m", "memos_engine", "--home", str(home), "--passphrase-file", str(passphrase_file)]
    made = subprocess.run([*command, "remember", "-", "--json"], input="Likes tea\n", capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    (item,) = json.loads(made.stdout)["changed"]
    lost = subprocess.run([*command, "show", "nosuch"], capture_output=True, text=True)
    assert lost.returncode == 1
    assert "Traceback" not in lost.stderr
    shown = subprocess.run([*command, "show", item, "--json"], capture_output=True, text=True)
    assert json.loads(shown.stdout)["text"] == "Likes tea"


def test_an_interrupted_command_is_a_failed_one(memos: Memos, monkeypatch: pytest.MonkeyPatch) -> None:
    from memos_engine.services.memories import MemoryService

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    memos("status")
    monkeypatch.setattr(MemoryService, "remember", interrupt)
    outcome = memos("remember", "Likes tea", "--json")
    assert (outcome.code, outcome.error["code"]) == (1, "cancelled")


def test_a_home_that_cannot_be_made_is_an_error_with_a_hint(passphrase_file: Path, capsys: Any) -> None:
    home = passphrase_file / "home"
    assert run(["--home", str(home), "--passphrase-file", str(passphrase_file), "--json", "status"]) == 1
    assert json.loads(capsys.readouterr().err)["error"]["code"] == "disk"


def test_without_a_command_the_help_is_shown(capsys: Any) -> None:
    assert run([]) == 2
    shown = capsys.readouterr()
    assert "Usage" in shown.out
    assert shown.err == ""
