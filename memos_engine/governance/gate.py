"""The gate: the one function that every read of memory passes."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from memos_engine.cube.scope import ItemScope
from memos_engine.errors import CubeLockedError, DeniedError, LockedError, NotFoundError
from memos_engine.types import Caller, MemoryCall, Purpose, State

if TYPE_CHECKING:
    from memos_engine.cube.shelf import CubeShelf
    from memos_engine.vault.vault import Vault

_KEPT_STATES = tuple(state for state in State if state is not State.FORGOTTEN)

_ISSUED = object()


@dataclass(frozen=True)
class Grant:
    """What a call may read: these cubes, and in them what `scope` admits. Made by `Gate.admit` alone."""

    call: MemoryCall
    cube_ids: tuple[str, ...]
    """Empty: nothing may be read, and nothing is."""
    scope: ItemScope
    issued: object = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.issued is not _ISSUED:
            raise TypeError("a grant comes from the gate: Gate.admit(call)")


class Gate:
    """Decides what a `MemoryCall` may read. Permissions and the audit log will stand here too."""

    def __init__(self, shelf: "CubeShelf", vault: "Vault") -> None:
        self._shelf = shelf
        self._vault = vault

    def admit(self, call: MemoryCall) -> Grant:
        """The grant for a call.

        A call that names no cubes gets all that it may read, damaged ones left out; a cube that it names and may not
        read is an error: `NotFoundError`, `CubeLockedError`, `DeniedError`, or what says how it is damaged. Raises
        `LockedError` while the vault is locked. A temporary chat, and an answer with memory off, get an empty grant.
        """
        if not self._vault.is_open:
            raise LockedError("The memory is locked.", "Unlock it and ask again.")
        if _reads_nothing(call):
            return Grant(call, (), _scope(call), _ISSUED)
        known = self._vault.cube_ids()
        for cube_id in call.cubes:
            self._check(call, cube_id, known)
        cube_ids = call.cubes or tuple(cube_id for cube_id in known if self._may_read(call, cube_id))
        return Grant(replace(call, cubes=cube_ids), tuple(dict.fromkeys(cube_ids)), _scope(call), _ISSUED)

    def _may_read(self, call: MemoryCall, cube_id: str) -> bool:
        if not self._shelf.opens(cube_id):
            return False
        return call.caller is not Caller.CHAT or self._shelf.get(cube_id).header().chats_may_read

    def _check(self, call: MemoryCall, cube_id: str, known: tuple[str, ...]) -> None:
        if cube_id not in known:
            raise NotFoundError("There is no such cube.", "See the list of cubes.")
        if self._vault.cube_locked(cube_id):
            raise CubeLockedError("This cube is locked.", "Unlock it under Cubes.")
        self._shelf.get(cube_id)
        if not self._may_read(call, cube_id):
            raise DeniedError("Chats may not read this cube.", "Allow it under Cubes, or choose another cube.")


def _reads_nothing(call: MemoryCall) -> bool:
    answers = call.caller is Caller.CHAT or call.purpose is Purpose.ANSWER
    return answers and (call.temporary or not call.memory_on)


def _scope(call: MemoryCall) -> ItemScope:
    """States by purpose: an answer sees what holds (and what held before, where that is asked for); a search besides
    what was said, though it holds no more (in the window also what was edited away, where its chat shows it); other
    purposes all that is kept."""
    narrow = call.caller is Caller.CHAT or call.purpose in (Purpose.ANSWER, Purpose.SEARCH)
    return ItemScope(
        states=(State.ACTIVATED,) if narrow else _KEPT_STATES,
        kinds=call.kinds,
        as_of=call.as_of,
        current_only=narrow or call.as_of is not None,
        former=call.former,
        spent=call.caller is not Caller.CHAT and call.purpose is not Purpose.ANSWER,
        withdrawn=call.caller is Caller.WINDOW or not narrow,
        include_verbatim=True,
        excluded_messages=call.exclude_messages,
    )
