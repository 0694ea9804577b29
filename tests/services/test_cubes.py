"""Cubes as a person handles them, on a real vault."""

from pathlib import Path

import pytest

from memos_engine.cube import items
from memos_engine.cube.tables import ItemRow
from memos_engine.errors import CubeLockedError, InputError, LockedError, NotFoundError, WrongSecretError
from memos_engine.lifecycle import move
from memos_engine.services.cubes import CubeService
from memos_engine.services.home import OpenHome
from memos_engine.types import MemoryChanges


@pytest.fixture
def open_home(home: Path):
    opened = OpenHome(home)
    opened.vault.create(use_keyring=False, passphrase="correct horse")
    opened.shelf.create("Me")
    yield opened
    opened.shelf.close_all()


@pytest.fixture
def cubes(open_home: OpenHome) -> CubeService:
    return CubeService(open_home)


def test_the_first_cube_is_the_default_and_names_are_found_in_any_case(cubes: CubeService):
    made = cubes.create("Work", "what my job needs")
    assert [info.name for info in cubes.list()] == ["Me", "Work"]
    assert cubes.list()[0].default
    assert cubes.get("wORK") == cubes.get(made.id) == made
    assert made.description == "what my job needs"


@pytest.mark.parametrize("name", ["", "  ", "me", "x" * 81, "a\nb\0"])
def test_a_name_that_is_taken_or_no_name_is_refused(cubes: CubeService, name: str):
    with pytest.raises(InputError):
        cubes.create(name)
    assert len(cubes.list()) == 1


def test_an_unknown_cube_is_not_found(cubes: CubeService):
    with pytest.raises(NotFoundError):
        cubes.get("nowhere")


def test_renaming_holds_while_the_cube_is_locked_too(cubes: CubeService):
    made = cubes.create("Work")
    assert cubes.rename("Work", " Job ").cubes == (made.id,)
    cubes.lock("Job")
    assert cubes.get(made.id).name == "Job"
    cubes.create("Work")


def test_a_locked_cube_tells_nothing_and_opens_with_the_passphrase_alone(cubes: CubeService, open_home: OpenHome):
    made = cubes.create("Work")
    with open_home.shelf.get(made.id).write() as session:
        item_id = items.add(session, ItemRow(text="a secret")).id
    assert cubes.get("Work").items == 1
    cubes.lock("Work")
    locked = cubes.get("Work")
    assert (locked.locked, locked.items, locked.created) == (True, 0, None)
    with pytest.raises(CubeLockedError):
        open_home.shelf.get(made.id)
    with pytest.raises(NotFoundError):
        open_home.shelf.find_item(item_id)
    with pytest.raises(InputError):
        cubes.unlock("Work")
    cubes.unlock("Work", "correct horse")
    assert open_home.shelf.find_item(item_id).cube_id == made.id


def test_locking_the_default_cube_makes_another_open_one_the_default(cubes: CubeService, open_home: OpenHome):
    me, work = cubes.get("Me"), cubes.create("Work")
    assert set(cubes.lock("Me").cubes) == {me.id, work.id}
    assert cubes.get("Work").default
    assert open_home.shelf.default().cube_id == work.id
    cubes.unlock("Me", "correct horse")
    assert cubes.get("Work").default


def test_the_last_open_cube_can_be_neither_locked_nor_destroyed(cubes: CubeService, open_home: OpenHome):
    with pytest.raises(InputError, match="last open cube"):
        cubes.lock("Me")
    cubes.create("Work")
    cubes.lock("Me")
    for call in (cubes.lock, cubes.destroy):
        with pytest.raises(InputError, match="last open cube"):
            call("Work")
    assert [(info.name, info.locked) for info in cubes.list()] == [("Work", False), ("Me", True)]
    assert open_home.shelf.default().header().name == "Work"


def test_a_wrong_passphrase_leaves_the_cube_locked(cubes: CubeService):
    cubes.create("Work")
    cubes.lock("Work")
    with pytest.raises(WrongSecretError):
        cubes.unlock("Work", "wrong horse")
    assert cubes.get("Work").locked


def test_a_destroyed_cube_leaves_no_key_and_no_file(cubes: CubeService, open_home: OpenHome):
    made = cubes.create("Work")
    cubes.set_default("Work")
    folder = open_home.shelf.folder(made.id)
    assert folder.exists()
    cubes.destroy("Work")
    assert not folder.exists()
    assert [info.name for info in cubes.list()] == ["Me"]
    assert cubes.list()[0].default
    with pytest.raises(NotFoundError):
        open_home.vault.cube_keys(made.id)
    with pytest.raises(InputError):
        cubes.destroy("Me")


def test_each_change_is_told(cubes: CubeService, open_home: OpenHome):
    told: list[MemoryChanges] = []
    open_home.subscribe(told.append)
    made = cubes.create("Work")
    cubes.set_chats_may_read("Work", False)
    assert not cubes.get("Work").chats_may_read
    assert [changes.cubes for changes in told] == [(made.id,), (made.id,)]


def test_nothing_opens_while_the_vault_is_locked(cubes: CubeService, open_home: OpenHome):
    work = cubes.create("Work").id
    open_home.lock()
    for call in (cubes.list, lambda: cubes.get("Work"), lambda: cubes.create("Home"), lambda: cubes.destroy(work)):
        with pytest.raises(LockedError):
            call()
    assert (open_home.path / "cubes" / work / "cube.db").exists()


def test_who_still_holds_a_cube_that_was_locked_reads_and_writes_nothing(
    open_home: OpenHome, cubes: CubeService
) -> None:
    held = open_home.shelf.get(cubes.create("Work").id)
    cubes.lock("Work")
    with pytest.raises(CubeLockedError), held.read():
        pytest.fail("read")
    with pytest.raises(CubeLockedError), held.write():
        pytest.fail("written")
    for call in (held.stamp, held.scrub, held.check):
        with pytest.raises(CubeLockedError):
            call()
    cubes.unlock("Work", "correct horse")
    with open_home.shelf.get(held.cube_id).read():
        pass


def test_a_move_that_was_cut_is_finished_when_its_cube_is_unlocked(
    open_home: OpenHome, cubes: CubeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, work = open_home.shelf.default(), cubes.create("Work")
    (memory_id,) = open_home.lifecycle.remember("The door is blue", cube_id=here.cube_id).ids
    with monkeypatch.context() as patch:
        patch.setattr(move, "let_go", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            open_home.lifecycle.move([memory_id], work.id)
    cubes.lock("Work")
    open_home.lifecycle.recover()
    cubes.unlock("Work", "correct horse")
    assert open_home.shelf.find_item(memory_id).cube_id == work.id
    with here.read() as session:
        assert not items.by_ids(session, [memory_id])
