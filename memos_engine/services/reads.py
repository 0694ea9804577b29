"""Reading memories by their ids, as a grant of the gate admits them."""

from collections.abc import Iterable

from memos_engine.cube import items
from memos_engine.governance.gate import Grant
from memos_engine.services.home import OpenHome
from memos_engine.types import Caller, Memory, MemoryCall, Purpose


def on_show(home: OpenHome, *cubes: str) -> Grant:
    """What the window may show of these cubes (default: all that are open): every state that is kept."""
    return home.gate.admit(MemoryCall(Caller.WINDOW, Purpose.BROWSE, cubes=cubes))


def found(home: OpenHome, grant: Grant, memory_ids: Iterable[str], *, with_sources: bool = True) -> dict[str, Memory]:
    """Those of these memories that the grant admits, by id."""
    wanted = list(dict.fromkeys(memory_ids))
    memories: dict[str, Memory] = {}
    for cube_id in grant.cube_ids if wanted else ():
        with home.shelf.get(cube_id).read() as session:
            rows = items.by_ids(session, wanted, grant.scope)
            here = items.to_memories(session, rows, cube_id, with_sources)
        memories.update((memory.id, memory) for memory in here)
    return memories
