"""The memories that bear on nearly everything a person asks about themselves: pinned ones, and those about health.

"What should a cook know about me?" shares neither words nor meaning with "Allergic to peanuts" in a small encoder's
eyes. Where a question is about the person and the ranking is unsure of what it found, these stand beside it.
"""

import re
from collections.abc import Sequence

from sqlalchemy import String, cast, or_
from sqlmodel import col, select

from memos_engine.cube import items
from memos_engine.cube.tables import ItemRow
from memos_engine.governance.gate import Grant
from memos_engine.services.home import OpenHome
from memos_engine.services.relevance import RELATED, SURE
from memos_engine.types import Kind, Memory, Recalled

_MOST = 3
_OPEN = re.compile(r"\b(?:about|for|with|to|of|like|suits?|know) (?:me|myself)\b", re.IGNORECASE)
_MINE = re.compile(r"\b(?:my|mine|myself|i)\b", re.IGNORECASE)
_WHY = {"always": 1.0}


def is_open(question: str) -> bool:
    """Whether it asks for whatever bears on the person ("What should a cook know about me?"): neither words nor meaning
    tell which memories answer it."""
    return _OPEN.search(question) is not None


def _is_about_me(question: str) -> bool:
    return is_open(question) or _MINE.search(question) is not None


def related(question: str, recalled: Sequence[Recalled]) -> list[Recalled]:
    """What was recalled, without what has nothing to do with a question that is not about the person."""
    if _is_about_me(question):
        return list(recalled)
    return [item for item in recalled if item.score >= RELATED]


def with_core(
    home: OpenHome, grant: Grant, question: str, chosen: Sequence[Recalled], most: int
) -> tuple[Recalled, ...]:
    """`chosen`; where the question is about the person and no hit is sure, with core memories before the unlikely hits,
    `most` in all."""
    if not _is_about_me(question) or (chosen and chosen[0].score >= SURE):
        return tuple(chosen)
    there = {item.memory.id: item for item in chosen}
    core = [there.get(memory.id, Recalled(memory, RELATED, dict(_WHY))) for memory in _core(home, grant)][:_MOST]
    likely = [item for item in chosen if item.score >= RELATED]
    in_order = dict.fromkeys(item.memory.id for item in (*likely, *core, *chosen))
    found = {item.memory.id: item for item in (*core, *chosen)}
    return tuple(found[memory_id] for memory_id in in_order)[:most]


def _core(home: OpenHome, grant: Grant) -> list[Memory]:
    wanted = or_(col(ItemRow.pinned), cast(col(ItemRow.sensitivity), String).contains('"health"'))
    told = col(ItemRow.kind).not_in((Kind.MESSAGE, Kind.CHUNK))
    found: list[Memory] = []
    for cube_id in grant.cube_ids:
        with home.shelf.get(cube_id).read() as session:
            rows = select(ItemRow).where(*grant.scope.where(), wanted, told, col(ItemRow.subject) == "me")
            newest = rows.order_by(col(ItemRow.pinned).desc(), col(ItemRow.created).desc()).limit(_MOST * 2)
            found += items.to_memories(session, session.exec(newest).all(), cube_id)
    return sorted(found, key=lambda memory: (memory.pinned, memory.created), reverse=True)
