"""What is believed of a model's answer. The completions here are texts that a model may send, good and bad."""

import json
from datetime import UTC, datetime

import pytest

from memos_engine.errors import ModelError
from memos_engine.reader.linguistic import LinguisticReader
from memos_engine.reader.model_reader import SCHEMA, ModelReader, probe
from memos_engine.types import Kind

SAID = datetime(2026, 3, 20, 12, tzinfo=UTC)
TEXT = "My sister Ana lives in Rome and I play chess."
SECRET_TEXT = f"{TEXT} My password is hunter2."


def _answering(*entries: dict[str, str]) -> ModelReader:
    return ModelReader(lambda _prompt, _schema: json.dumps({"memories": entries}))


def test_a_grounded_answer_becomes_a_candidate() -> None:
    reader = _answering({"quote": "I play chess", "about": "me", "note": "Plays chess", "kind": "skill"})
    (candidate,) = reader.read(TEXT, time=SAID)
    assert (candidate.text, candidate.kind, candidate.subject) == ("Plays chess", Kind.SKILL, "me")
    assert TEXT[candidate.start : candidate.end] == candidate.quote


@pytest.mark.parametrize(
    "entry",
    [
        {"quote": "I play golf", "about": "me", "note": "Plays golf", "kind": "skill"},
        {"quote": "I play chess", "about": "me", "note": "Plays chess in Berlin", "kind": "skill"},
        {"quote": "I play chess", "about": "Tom", "note": "Plays chess", "kind": "skill"},
        {"quote": "", "about": "me", "note": "Plays chess", "kind": "skill"},
        {"quote": "I play chess", "about": "me", "note": "", "kind": "skill"},
        {"about": "me"},
    ],
)
def test_what_the_message_does_not_say_is_dropped(entry: dict[str, str]) -> None:
    assert _answering(entry).read(TEXT, time=SAID) == []


@pytest.mark.parametrize("answer", ["", "{", "[]", "null", '{"memories": 3}', '{"memories": ["x"]}', "I think that"])
def test_an_answer_of_another_shape_is_no_memory(answer: str) -> None:
    assert ModelReader(lambda _prompt, _schema: answer).read(TEXT, time=SAID) == []


def test_a_secret_is_withheld() -> None:
    reader = _answering(
        {"quote": "My password is hunter2", "about": "me", "note": "Password is hunter2", "kind": "fact"}
    )
    (candidate,) = reader.read(SECRET_TEXT, time=SAID)
    assert candidate.withheld
    assert candidate.sensitivity == ("secret",)


def test_a_secret_that_the_model_passes_over_is_offered_all_the_same() -> None:
    (candidate,) = _answering().read(SECRET_TEXT, time=SAID)
    assert (candidate.text, candidate.withheld) == ("Password is hunter2", True)


def test_the_message_goes_into_the_prompt_and_the_schema_is_json() -> None:
    seen: list[str] = []

    def complete(prompt: str, schema: str) -> str:
        seen.extend((prompt, schema))
        return '{"memories": []}'

    ModelReader(complete).read(TEXT, time=SAID)
    assert TEXT in seen[0]
    assert seen[1] == SCHEMA
    assert json.loads(SCHEMA)["type"] == "object"


def test_the_probe_passes_a_good_reader_and_fails_bad_ones(reader: LinguisticReader) -> None:
    assert probe(reader)
    assert not probe(_answering())
    assert not probe(_answering({"quote": "I", "about": "me", "note": "I", "kind": "fact"}))

    def stuck(_prompt: str, _schema: str) -> str:
        raise ModelError("The answer did not come to an end.")

    assert not probe(ModelReader(stuck))
