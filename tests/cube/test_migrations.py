"""Every format that was released opens, and ends as the tables that the code declares."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect
from sqlmodel import SQLModel

from memos_engine.cube import (
    conversations,
    documents,
    items,
    messages,
    migrations,
    tombstones,
    vectors,
    versions,
    waiting,
)
from memos_engine.cube.connection import make_engine, sqlcipher_connect
from memos_engine.cube.scope import ItemScope
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ConversationRow
from memos_engine.vault.keys import CubeKeys

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("v*"))


def test_there_is_a_fixture_of_every_format():
    assert [folder.name for folder in FIXTURES] == [f"v{number}" for number in range(1, migrations.FORMAT_VERSION + 1)]


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda folder: folder.name)
def test_a_fixture_opens_with_all_that_it_held(fixture: Path, tmp_path: Path, keys: CubeKeys):
    shutil.copytree(fixture, tmp_path / "c1")
    store = CubeStore.open(tmp_path / "c1", "c1", keys)
    store.check()
    assert store.header().format_version == migrations.FORMAT_VERSION
    with store.read() as session:
        memory = items.to_memory(session, items.by_id(session, "i1"), "c1")
        assert (memory.text, memory.tags, memory.versions) == ("Allergic to peanuts", ("health",), 1)
        assert memory.sources[0].quote == "I'm allergic to peanuts"
        assert [row.id for row in messages.thread(session, "talk")] == ["m1", "m2"]
        assert [row.id for row in messages.search(session, "東京", 5, ItemScope(spent=True))] == ["m2"]
        assert versions.of_item(session, "i1")[0].snapshot["text"] == "Allergic to peanuts"
        assert vectors.load_all(session, "tiny")[1].tolist() == [[0.5] * 4]
        assert [(row.name, page.text) for row, page in documents.attached(session, ["m1"])] == [
            ("list.txt", "Boxes: 12")
        ]
        assert tombstones.holds(session, "likes walnuts")
        assert [(row.id, row.text, row.files) for row in waiting.of_conversation(session, "talk")] == [
            ("w1", "Thanks!", ["/notes/list.txt"])
        ]
    with store.write() as session:
        items.add(session, items.ItemRow(text="and goes on"))
    store.close()


def described(inspector) -> dict[str, object]:
    tables = {}
    for table in SQLModel.metadata.tables:
        columns = [(c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)]
        indexes = sorted((i["name"], tuple(i["column_names"]), i["unique"]) for i in inspector.get_indexes(table))
        keys = sorted(
            (tuple(k["constrained_columns"]), k["referred_table"], str(k["options"]))
            for k in inspector.get_foreign_keys(table)
        )
        tables[table] = (columns, indexes, keys, inspector.get_pk_constraint(table)["constrained_columns"])
    return tables


def test_the_migrated_schema_is_the_declared_one(store: CubeStore, keys: CubeKeys):
    declared = create_engine("sqlite://")
    SQLModel.metadata.create_all(declared)
    migrated = make_engine(
        store.database, keys.database, sqlcipher_connect, begin="BEGIN", size=1, damaged=lambda _error: None
    )
    try:
        assert described(inspect(migrated)) == described(inspect(declared))
    finally:
        migrated.dispose()
        declared.dispose()


def test_a_step_that_fails_leaves_the_old_format(store: CubeStore, keys: CubeKeys, monkeypatch: pytest.MonkeyPatch):
    def half(connection) -> None:
        connection.exec_driver_sql("CREATE TABLE half (a)")
        raise ZeroDivisionError

    store.close()
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, half))
    monkeypatch.setattr(migrations, "FORMAT_VERSION", migrations.FORMAT_VERSION + 1)
    with pytest.raises(ZeroDivisionError):
        CubeStore.open(store.folder, "c1", keys)
    monkeypatch.undo()
    again = CubeStore.open(store.folder, "c1", keys)
    with again.read() as session:
        assert not inspect(session.connection()).has_table("half")
    again.close()


@pytest.mark.parametrize(
    ("text", "tells"), [("What should a cook know about me? ", False), ("I moved to Ghent. Which tram is it?", True)]
)
def test_questions_that_were_kept_before_are_no_longer_recalled(store: CubeStore, text: str, tells: bool):
    with store.write() as session:
        messages.add(session, messages.MessageRow(id="asked", conversation_id=talk(session), text=text))
        migrations.run_script(session.connection(), migrations.NOT_QUOTABLE)
    with store.read() as session:
        assert messages.by_id(session, "asked").quotable is tells
        assert bool(items.verbatim(session, "asked").spent_from) is not tells


def talk(session) -> str:
    return conversations.add(session, ConversationRow(id="talk")).id
