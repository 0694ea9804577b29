"""What holds: the SQL, the triggers and the Python say the same, whatever changes in which order."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from memos_engine.cube import branches, conversations, holding, items, messages, sources
from memos_engine.cube.scope import ItemScope
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ConversationRow, DepartedRow, ItemRow, MessageRow, SourceRow
from memos_engine.types import Kind, State, now

TOLD = datetime(2026, 1, 1, tzinfo=UTC)
PAST, AHEAD = datetime(2026, 2, 1, tzinfo=UTC), now() + timedelta(days=400)


@pytest.mark.parametrize(
    ("row", "held"),
    [
        ({}, True),
        ({"state": State.ARCHIVED}, False),
        ({"state": State.GENERATED}, False),
        ({"recorded_to": PAST}, False),
        ({"lifespan": PAST}, False),
        ({"lifespan": AHEAD}, True),
        ({"valid_to": PAST}, False),
        ({"valid_to": AHEAD}, True),
        ({"valid_to": TOLD - timedelta(days=900)}, True),  # told as over: "Lived in Porto until 2023"
        ({"valid_to": PAST, "kind": Kind.EVENT}, True),
    ],
)
def test_a_memory_holds_or_not_by_one_rule(store: CubeStore, row: dict[str, object], held: bool) -> None:
    with store.write() as session:
        made = items.add(session, ItemRow(text="x", recorded_from=TOLD, created=TOLD, **row))  # type: ignore[arg-type]
        assert holding.holds(made) is held
    with store.read() as session:
        assert bool(session.exec(select(ItemRow.id).where(*ItemScope().where())).all()) is held


def test_a_turn_is_spent_by_whatever_ends_what_it_says_and_counts_again_afterwards(store: CubeStore) -> None:
    with store.write() as session:
        conversations.add(session, ConversationRow(id="talk"))
        messages.add(session, MessageRow(id="m", conversation_id="talk", text="I live in Porto", time=TOLD))
        memory = items.add(session, ItemRow(id="i", text="Lives in Porto", recorded_from=TOLD))
        sources.add(session, "i", start=0, end=15, time=TOLD, message_id="m")
    assert counts(store)
    for change, back in (
        ({"state": State.ARCHIVED}, {"state": State.ACTIVATED}),
        ({"state": State.EXPIRED}, {"state": State.ACTIVATED}),
        ({"recorded_to": now()}, {"recorded_to": None}),
        ({"valid_to": PAST}, {"valid_to": None}),
        ({"lifespan": PAST}, {"lifespan": None}),
    ):
        for fields, counted in ((change, False), (back, True)):
            with store.write() as session:
                memory = items.by_id(session, "i")
                for name, value in fields.items():
                    setattr(memory, name, value)
                items.save(session, memory)
            assert counts(store) is counted, fields
    with store.write() as session:
        branches.show(session, "talk", None)
    assert not counts(store)
    with store.write() as session:
        branches.show(session, "talk", "m")
    assert counts(store)


def counts(store: CubeStore) -> bool:
    with store.read() as session:
        turns = select(ItemRow.id).where(*ItemScope(kinds=(Kind.MESSAGE,)).where())
        return bool(session.exec(turns).all())


def test_random_changes_leave_every_turn_as_its_memories_say(store: CubeStore) -> None:
    """Sources come and go, memories change, branches switch, memories move away: against a count from scratch."""
    draw = random.Random(6)
    with store.write() as session:
        conversations.add(session, ConversationRow(id="talk"))
        tree = [None, "m0", "m1", "m1", "m0", "m4"]
        for number, parent in enumerate(tree):
            row = MessageRow(id=f"m{number}", conversation_id="talk", parent_id=parent, text=f"t{number}", time=TOLD)
            messages.add(session, row)
        for number in range(6):
            items.add(session, ItemRow(id=f"i{number}", text=f"memory {number}", recorded_from=TOLD, created=TOLD))
    spent_seen = set()
    for _ in range(250):
        with store.write() as session:
            one_change(session, draw)
        with store.read() as session:
            for turn in session.exec(select(ItemRow).where(col(ItemRow.kind) == Kind.MESSAGE)):
                expected = spent_from(session, str(turn.message_id))
                spent_seen.add(expected)
                if expected is not None and expected <= now():
                    assert turn.spent_from is not None
                    assert turn.spent_from <= now()
                else:
                    assert turn.spent_from == expected
    assert len(spent_seen) > 3, "the test needs turns that count and turns that do not"


def one_change(session, draw: random.Random) -> None:
    memory = items.by_id(session, f"i{draw.randrange(6)}")
    message_id = f"m{draw.randrange(6)}"
    match draw.randrange(7):
        case 0:
            sources.add(session, memory.id, start=0, end=1, time=TOLD, message_id=message_id)
        case 1:
            for source in session.exec(select(SourceRow).where(col(SourceRow.item_id) == memory.id)).all()[:1]:
                session.delete(source)
        case 2:
            for source in session.exec(select(SourceRow).where(col(SourceRow.item_id) == memory.id)).all()[:1]:
                source.removed_by = None if source.removed_by else "somebody"
                session.add(source)
        case 3:
            name, value = draw.choice(
                [
                    *(("state", state) for state in State),
                    ("recorded_to", PAST), ("recorded_to", None), ("valid_to", PAST), ("valid_to", AHEAD),
                    ("valid_to", None), ("lifespan", AHEAD), ("lifespan", None),
                ]
            )  # fmt: skip
            setattr(memory, name, value)
            items.save(session, memory)
        case 4:
            branches.show(session, "talk", message_id)
        case 5:
            message = messages.by_id(session, message_id)
            message.quotable = draw.random() < 0.9
            session.add(message)
        case 6:
            gone = session.exec(select(DepartedRow).where(col(DepartedRow.message_id) == message_id)).first()
            if gone is not None:
                session.delete(gone)
            else:
                session.add(DepartedRow(item_id="elsewhere", message_id=message_id))


def spent_from(session, message_id: str) -> datetime | None:
    message = messages.by_id(session, message_id)
    departed = session.exec(select(DepartedRow).where(col(DepartedRow.message_id) == message_id)).all()
    if departed or not message.shown or not message.quotable:
        return TOLD
    over: list[datetime] = []
    for row in items.from_messages(session, [message_id]):
        if row.state in (State.ARCHIVED, State.EXPIRED, State.GENERATED) or (
            row.state is State.ACTIVATED and row.recorded_to
        ):
            over.append(TOLD)
        elif row.state is State.ACTIVATED:
            over += [time for time in (row.valid_to, row.lifespan) if time is not None]
    return min(over, default=None)
