"""The one function that every read of memory passes."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import memos_engine
from memos_engine.cube.scope import ItemScope
from memos_engine.cube.shelf import CubeShelf
from memos_engine.errors import CubeLockedError, DeniedError, LockedError, NotFoundError
from memos_engine.governance.gate import Gate, Grant
from memos_engine.types import Caller, Kind, MemoryCall, Purpose, State
from memos_engine.vault.vault import Vault

PASSPHRASE = "correct horse battery staple"


class House:
    """Two cubes and their gate."""

    def __init__(self, path: Path) -> None:
        self.vault = Vault(path)
        self.vault.create(use_keyring=False, passphrase=PASSPHRASE)
        self.shelf = CubeShelf(path, self.vault)
        self.one = self.shelf.create("One").cube_id
        self.two = self.shelf.create("Two").cube_id
        self.gate = Gate(self.shelf, self.vault)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("gate") / "home")


@pytest.fixture
def house(built: House) -> Iterator[House]:
    yield built
    if not built.vault.is_open:
        built.vault.unlock(passphrase=PASSPHRASE)
    built.shelf.unlock(built.two)
    built.shelf.get(built.two).describe(chats_may_read=True)


def chat(**fields: object) -> MemoryCall:
    return MemoryCall(Caller.CHAT, Purpose.ANSWER, "a question", **fields)  # type: ignore[arg-type]


def test_a_call_that_names_no_cube_gets_all(house: House) -> None:
    grant = house.gate.admit(chat())
    assert set(grant.cube_ids) == {house.one, house.two}


def test_a_call_gets_the_cubes_that_it_names_once(house: House) -> None:
    assert house.gate.admit(chat(cubes=(house.two, house.two))).cube_ids == (house.two,)


def test_an_unknown_cube_is_not_found(house: House) -> None:
    with pytest.raises(NotFoundError):
        house.gate.admit(chat(cubes=("nowhere",)))


def test_a_locked_vault_admits_nobody(house: House) -> None:
    house.shelf.close_all()
    house.vault.lock()
    for caller in Caller:
        with pytest.raises(LockedError):
            house.gate.admit(MemoryCall(caller, Purpose.SEARCH))


def test_a_locked_cube_is_passed_over_and_refused_by_name(house: House) -> None:
    house.shelf.lock(house.two)
    assert house.gate.admit(chat()).cube_ids == (house.one,)
    with pytest.raises(CubeLockedError):
        house.gate.admit(MemoryCall(Caller.WINDOW, Purpose.BROWSE, cubes=(house.two,)))


def test_a_cube_that_chats_may_not_read_is_read_by_others_only(house: House) -> None:
    house.shelf.get(house.two).describe(chats_may_read=False)
    assert house.gate.admit(chat()).cube_ids == (house.one,)
    with pytest.raises(DeniedError):
        house.gate.admit(chat(cubes=(house.two,)))
    assert house.two in house.gate.admit(MemoryCall(Caller.WINDOW, Purpose.SEARCH)).cube_ids


@pytest.mark.parametrize("closed", [{"temporary": True}, {"memory_on": False}])
@pytest.mark.parametrize(
    ("caller", "purpose"),
    [(Caller.CHAT, Purpose.ANSWER), (Caller.CHAT, Purpose.SEARCH), (Caller.COMMAND, Purpose.ANSWER)],
)
def test_temporary_chats_and_memory_off_read_nothing(house: House, closed, caller: Caller, purpose: Purpose) -> None:
    assert house.gate.admit(MemoryCall(caller, purpose, "q", (house.one,), **closed)).cube_ids == ()


@pytest.mark.parametrize("purpose", list(Purpose))
def test_chats_see_active_memories_that_hold_whatever_they_say_they_are_for(house: House, purpose: Purpose) -> None:
    scope = house.gate.admit(MemoryCall(Caller.CHAT, purpose)).scope
    assert scope.states == (State.ACTIVATED,)
    assert scope.current_only


def test_a_question_that_looks_back_sees_memories_that_held_before_and_no_spent_words(house: House) -> None:
    scope = house.gate.admit(chat(former=True)).scope
    assert scope.states == (State.ACTIVATED,)
    assert (scope.former, scope.spent, scope.withdrawn) == (True, False, False)
    assert not house.gate.admit(chat()).scope.former


def test_browsing_sees_every_state_that_is_kept(house: House) -> None:
    scope = house.gate.admit(MemoryCall(Caller.WINDOW, Purpose.BROWSE)).scope
    assert set(scope.states) == set(State) - {State.FORGOTTEN}
    assert not scope.current_only


def test_kinds_time_and_messages_of_the_call_reach_the_scope(house: House) -> None:
    then = datetime(2024, 5, 1, tzinfo=UTC)
    scope = house.gate.admit(chat(kinds=(Kind.FACT,), as_of=then, exclude_messages=("m1",))).scope
    assert (scope.kinds, scope.as_of, scope.excluded_messages) == ((Kind.FACT,), then, ("m1",))


def test_a_grant_cannot_be_made_past_the_gate() -> None:
    with pytest.raises(TypeError, match="gate"):
        Grant(chat(), ("c1",), ItemScope())


def test_no_other_module_makes_grants() -> None:
    root = Path(memos_engine.__file__).parent
    makers = {
        file.relative_to(root).as_posix()
        for file in root.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Grant"
    }
    assert makers == {"governance/gate.py"}


UNSCOPED = {"by_id", "find", "verbatim", "with_digest", "in_slot", "children", "from_messages"}
"""Functions of `cube.items` that ask for no scope: the lifecycle's, which changes memories."""


def test_no_service_reads_a_memory_without_the_scope_of_a_grant() -> None:
    """Calls of `items.by_ids` and `by_rowids` name a scope, and a statement about items holds its conditions."""
    root = Path(memos_engine.__file__).parent / "services"
    for file in root.glob("*.py"):
        if file.name.startswith("import_"):
            continue  # an import looks at the rows that it is about to show
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute | ast.Name):
                continue
            name = ast.unparse(node.func)
            where = f"{file.name}:{node.lineno} {ast.unparse(node)}"
            if name.startswith("items."):
                assert name.removeprefix("items.") not in UNSCOPED, where
            if name in ("items.by_ids", "items.by_rowids"):
                assert len(node.args) == 3, where
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            text = ast.unparse(function)
            assert "select(ItemRow)" not in text or "scope.where()" in text, f"{file.name}: {function.name}"
