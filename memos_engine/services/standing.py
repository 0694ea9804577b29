"""The preferences about replies ("keep answers short"): they hold for every reply, not only where recalled."""

from collections.abc import Sequence

from sqlalchemy import String, cast
from sqlmodel import col, select

from memos_engine.cube import items
from memos_engine.cube.tables import ItemRow
from memos_engine.governance.gate import Grant
from memos_engine.inference import prompt_notes
from memos_engine.reader.wishes import REPLIES
from memos_engine.services.home import OpenHome
from memos_engine.types import Kind, Memory

_MOST = 6
_NAME = "name"


def standing(home: OpenHome, grant: Grant) -> tuple[Memory, ...]:
    """The preferences about replies that a call may read: of pinned ones and then of the newest at most `_MOST`.

    Oldest first, so that a new one leaves what stands before it in the prompt as it is.
    """
    tagged = cast(col(ItemRow.tags), String).contains(f'"{REPLIES}"')
    found: list[Memory] = []
    for cube_id in grant.cube_ids:
        with home.shelf.get(cube_id).read() as session:
            rows = select(ItemRow).where(
                *grant.scope.where(), tagged, col(ItemRow.kind) == Kind.PREFERENCE, col(ItemRow.subject) == "me"
            )
            newest = rows.order_by(col(ItemRow.pinned).desc(), col(ItemRow.created).desc()).limit(_MOST)
            found += items.to_memories(session, session.exec(newest).all(), cube_id)
    found.sort(key=lambda memory: (memory.pinned, memory.created), reverse=True)
    return tuple(sorted(found[:_MOST], key=lambda memory: (memory.created, memory.id)))


def instructions(own: str, wishes: Sequence[Memory]) -> str:
    """The standing instructions of a prompt: the person's own, then what they said in chats."""
    return prompt_notes.wishes(own, [memory.text for memory in wishes if memory.slot != _NAME])


def name(own: str, wishes: Sequence[Memory]) -> str:
    """How the person wants to be called: by the setting, else as they said."""
    return own or next((memory.value for memory in reversed(wishes) if memory.slot == _NAME), "")
