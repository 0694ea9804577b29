"""Everything as Markdown and JSON, readable by anyone: the way out."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session

from memos_engine.atomic_file import replacing
from memos_engine.cube import browsing, conversations, items, messages, versions
from memos_engine.cube.store import CubeStore
from memos_engine.governance.gate import Grant
from memos_engine.types import (
    CancelToken,
    Conversation,
    CubeInfo,
    Ending,
    Kind,
    Memory,
    MemoryFilter,
    Message,
    MessageState,
    Precision,
    Progress,
    ProgressCallback,
    Role,
    SortKey,
    Source,
    State,
)

_BATCH = 500
_HEADINGS = {
    Kind.FACT: "Facts",
    Kind.PREFERENCE: "Preferences",
    Kind.EVENT: "Events",
    Kind.SKILL: "Skills",
    Kind.PERSONA: "Persona",
    Kind.CHUNK: "From documents",
}
_DATE_FORMATS = {
    Precision.YEAR: "%Y",
    Precision.MONTH: "%B %Y",
    Precision.DAY: "%-d %B %Y",
    Precision.MINUTE: "%-d %B %Y, %H:%M",
}
_STATES = {
    State.GENERATED: "waits for your word",
    State.ARCHIVED: "in the trash",
    State.EXPIRED: "expired",
    State.MERGED: "merged into another memory",
}
_PAGED = (".pdf",)


def export_cube(
    store: CubeStore,
    cube: CubeInfo,
    grant: Grant,
    folder: Path,
    progress: ProgressCallback,
    cancel: CancelToken,
) -> None:
    """Write a cube's `memories.md`, `memories.json` and `conversations/` into `folder`. Raises `DiskError`."""
    with store.read() as session:
        memories = list(_memories(session, grant, cube.id, progress, cancel))
        _write(folder / "memories.md", _memories_page(cube, memories))
        histories = {
            memory.id: [asdict(versions.to_version(row)) for row in versions.of_item(session, memory.id)]
            for memory in memories
        }
        listed = [
            conversation
            for archived in (False, True)
            for conversation in conversations.to_conversations(
                session, conversations.listed(session, archived=archived), cube.id
            )
        ]
        told = []
        for done, conversation in enumerate(listed):
            cancel.check()
            progress(Progress(done, len(listed), "conversations"))
            rows = messages.every(session, conversation.id)
            hidden = {row.id for row in rows if not row.shown}
            said = messages.to_messages(session, rows, grant.scope)
            marked = [{**asdict(message), "shown": message.id not in hidden} for message in said]
            told.append({**asdict(conversation), "messages": marked})
            name = f"{conversation.created:%Y-%m-%d} {_file_name(conversation.title)} {conversation.id[:6]}.md"
            _write(folder / "conversations" / name, _conversation_page(conversation, said, hidden))
    table = {
        "cube": asdict(cube),
        "memories": [{**asdict(memory), "history": histories[memory.id]} for memory in memories],
        "conversations": told,
    }
    _write(folder / "memories.json", json.dumps(table, ensure_ascii=False, indent=1, default=_plain) + "\n")


def _memories(
    session: Session, grant: Grant, cube_id: str, progress: ProgressCallback, cancel: CancelToken
) -> Iterator[Memory]:
    offset = 0
    while True:
        cancel.check()
        which = MemoryFilter(sort=SortKey.OLDEST, states=(), current_only=False, offset=offset, limit=_BATCH)
        rows, total = browsing.page(session, which, grant.scope)
        progress(Progress(offset, total, "memories"))
        yield from items.to_memories(session, [row for row in rows if row.kind is not Kind.MESSAGE], cube_id)
        offset += len(rows)
        if not rows:
            return


def _memories_page(cube: CubeInfo, memories: list[Memory]) -> str:
    lines = [f"# {cube.name}", ""]
    for kind, heading in _HEADINGS.items():
        of_kind = [memory for memory in memories if memory.kind is kind]
        if not of_kind:
            continue
        lines += [f"## {heading}", ""]
        for memory in of_kind:
            lines.append(f"- {_one_line(memory.text)}{_when(memory)}{_state(memory)}")
            lines += [f"  - {_source_line(source)}" for source in memory.sources]
        lines.append("")
    return "\n".join(lines)


def _conversation_page(conversation: Conversation, said: list[Message], hidden: set[str]) -> str:
    """The branch that is shown, and behind it what was edited away or answered anew."""
    lines = [f"# {_one_line(conversation.title) or 'Conversation'}", ""]
    for message in said:
        lines += _message_lines(message) if message.id not in hidden else ()
    if hidden:
        lines += ["## Other versions, no longer shown", ""]
    for message in said:
        lines += _message_lines(message) if message.id in hidden else ()
    return "\n".join(lines)


def _message_lines(message: Message) -> list[str]:
    who = {Role.PERSON: "Me", Role.ASSISTANT: "Assistant"}.get(message.role, message.speaker)
    return [f"**{who}**, {message.time:%-d %B %Y, %H:%M} UTC{_ended(message)}", "", _text(message), ""]


def _ended(message: Message) -> str:
    if message.ending is Ending.STOPPED:
        return ", stopped by me"
    if message.ending is Ending.LENGTH:
        return ", ended at the longest length of a reply"
    return ", cut short" if message.state is MessageState.CUT else ""


def _text(message: Message) -> str:
    if message.forgotten is not None and message.is_forgotten:
        return f"*(forgotten on {message.forgotten:%-d %B %Y})*"
    return message.text


def _when(memory: Memory) -> str:
    precision = memory.valid_precision or Precision.DAY
    begins = memory.valid_from.strftime(_DATE_FORMATS[precision]) if memory.valid_from else ""
    ends = memory.valid_to.strftime(_DATE_FORMATS[precision]) if memory.valid_to else ""
    if begins and ends:
        return f" ({begins})" if begins == ends else f" ({begins} to {ends})"
    if ends:
        return f" (until {ends})"
    if begins:
        return f" ({begins})" if memory.kind is Kind.EVENT else f" (since {begins})"
    return ""


def _state(memory: Memory) -> str:
    words = [_STATES[memory.state]] if memory.state in _STATES else []
    if memory.superseded_by:
        words.append("no longer current: a newer memory replaced it")
    elif memory.is_past:
        words.append("no longer current")
    words += ["pinned"] if memory.pinned else []
    return f" *({'; '.join(words)})*" if words else ""


def _source_line(source: Source) -> str:
    place = source.file or source.conversation_title or "a conversation"
    paged = source.page and (source.file or "").lower().endswith(_PAGED)
    page = f", page {source.page}" if paged else ""
    where = f"{place}{page}, {source.time:%-d %B %Y}"
    return f"“{_one_line(source.quote)}” ({where})" if source.quote else where


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _file_name(title: str) -> str:
    """A name that every file system takes."""
    return re.sub(r"[^\w .-]", "", _one_line(title)).strip(" .")[:60] or "Conversation"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _write(file: Path, text: str) -> None:
    with replacing(file) as stream:
        stream.write(text.encode("utf-8", "replace"))
