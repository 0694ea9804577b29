"""The JSON shapes that scripts rely on: fields may be added, none renamed or removed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from memos_engine.errors import MemosError
from memos_engine.types import (
    ChangeKind,
    CubeInfo,
    IngestReport,
    JobInfo,
    Memory,
    MemoryChanges,
    MemoryVersion,
    ModelInfo,
    Recalled,
    Reply,
    Source,
    Status,
    Support,
)

CubeName = Callable[[str], str]
"""The name of a cube, by its id."""


def time(value: datetime | None) -> str | None:
    """ISO 8601, in UTC."""
    return None if value is None else value.isoformat()


def error(fault: MemosError) -> dict[str, Any]:
    """On standard error."""
    return {"error": {"code": fault.code, "message": fault.message, "hint": fault.hint}}


def source(origin: Source) -> dict[str, Any]:
    """A message's span, or a file's."""
    place: dict[str, Any] = {"message": origin.message_id} if origin.message_id else {"file": origin.file}
    return {
        **place,
        "span": [origin.start, origin.end],
        "quote": origin.quote,
        "time": time(origin.time),
        "conversation": origin.conversation_id,
        "page": origin.page,
        "speaker": origin.speaker,
    }


def memory(item: Memory, cube_name: CubeName) -> dict[str, Any]:
    """One memory, as `memos show`."""
    return {
        "id": item.id,
        "text": item.text,
        "kind": item.kind.value,
        "cube": cube_name(item.cube_id),
        "state": item.state.value,
        "origin": item.origin.value,
        "valid_from": time(item.valid_from),
        "valid_to": time(item.valid_to),
        "sources": [source(origin) for origin in item.sources],
        "versions": item.versions,
        "cube_id": item.cube_id,
        "subject": item.subject,
        "valid_precision": item.valid_precision.value if item.valid_precision else None,
        "recorded_from": time(item.recorded_from),
        "recorded_to": time(item.recorded_to),
        "superseded_by": item.superseded_by,
        "inferred_from": item.parent_id,
        "confidence": item.confidence,
        "confirmed": item.confirmed,
        "pinned": item.pinned,
        "tags": list(item.tags),
        "sensitivity": list(item.sensitivity),
    }


def version(step: MemoryVersion) -> dict[str, Any]:
    """One step of a history."""
    return {
        "version": step.version,
        "text": step.text,
        "state": step.state.value,
        "valid_from": time(step.valid_from),
        "valid_to": time(step.valid_to),
        "time": time(step.time),
        "actor": step.actor,
        "reason": step.reason,
    }


def recalled(query_id: str | None, items: tuple[Recalled, ...], cube_name: CubeName) -> dict[str, Any]:
    """The answer to one query."""
    return {
        "id": query_id,
        "items": [
            {
                "id": item.memory.id,
                "text": item.memory.text,
                "score": round(item.score, 6),
                "cube": cube_name(item.memory.cube_id),
                "kind": item.memory.kind.value,
                "valid_from": time(item.memory.valid_from),
                "valid_to": time(item.memory.valid_to),
                "sources": source_ids(item.memory),
                "why": {signal: round(part, 6) for signal, part in item.why.items()},
                "cube_id": item.memory.cube_id,
            }
            for item in items
        ],
    }


def source_ids(item: Memory) -> list[str]:
    """Ids of the messages that a memory came from (of a document: the file's name), in their order, each once."""
    ids = (origin.message_id or origin.file for origin in item.sources)
    return list(dict.fromkeys(name for name in ids if name))


def changed(changes: MemoryChanges) -> dict[str, Any]:
    """What a changing command did."""
    return {"changed": list(dict.fromkeys(changes.ids)), "label": changes.label}


def support(found: Support) -> dict[str, Any]:
    """A sentence of a reply: where it stands, the memories that say it, and whether it claims what nothing supports."""
    return {"span": [found.start, found.end], "memories": list(found.memory_ids), "unsupported": found.unsupported}


def reply(turn: Reply) -> dict[str, Any]:
    """One turn of chat."""
    written = [change.memory_id for change in turn.changes.memories if change.kind == ChangeKind.ADDED]
    return {
        "reply": turn.message.text,
        "conversation": turn.conversation_id,
        "message": turn.message.id,
        "used": [item.memory.id for item in turn.used],
        "written": written,
        "abstained": turn.message.abstains,
        "tokens": {
            "prompt": turn.tokens.prompt,
            "reused": turn.tokens.reused,
            "generated": turn.tokens.generated,
        },
        "ttft_ms": round(turn.ttft_ms, 3),
        "question": turn.question.id,
        "changed": list(dict.fromkeys(turn.changes.ids)),
        "withheld": len(turn.withheld),
        "state": turn.message.state.value,
        "support": [support(found) for found in turn.message.support],
    }


def ingested(report: IngestReport) -> dict[str, Any]:
    """What an import did."""
    return {
        "added": report.added,
        "updated": report.updated,
        "skipped": report.skipped,
        "failed": [
            {"line": fault.line, "message": fault.message, "file": fault.file, "hint": fault.hint}
            for fault in report.failed
        ],
        "left_out": [{"reason": left.reason, "count": left.count} for left in report.left_out],
        "operation": report.changes.operation,
    }


def cube(info: CubeInfo) -> dict[str, Any]:
    """A cube's header."""
    return {
        "id": info.id,
        "name": info.name,
        "locked": info.locked,
        "items": info.items,
        "messages": info.messages,
        "conversations": info.conversations,
        "default": info.default,
        "chats_may_read": info.chats_may_read,
        "created": time(info.created),
        "updated": time(info.updated),
        "description": info.description,
        "format": info.format_version,
        "damaged": info.damaged or None,
    }


def job(info: JobInfo) -> dict[str, Any]:
    """A line of the list of long work."""
    return {
        "id": info.id,
        "label": info.label,
        "state": info.state.value,
        "done": info.progress.done,
        "total": info.progress.total,
        "unit": info.progress.unit,
    }


def status(state: Status) -> dict[str, Any]:
    """The answer of `memos status`."""
    return {
        "home": str(state.home),
        "locked": state.locked,
        "cubes": [cube(info) for info in state.cubes],
        "model": state.model,
        "encoder": state.encoder,
        "queue": [job(info) for info in state.queue],
        "waiting_to_read": state.waiting_to_read,
    }


def model(info: ModelInfo) -> dict[str, Any]:
    """A model's header and verdict."""
    return {
        "path": str(info.path),
        "name": info.name,
        "architecture": info.architecture,
        "parameters": info.parameters,
        "quantization": info.quantization,
        "context_length": info.context_length,
        "licence": info.licence,
        "file_size": info.file_size,
        "memory_needed": info.memory_needed,
        "memory_free": info.memory_free,
        "fit": info.fit.value,
        "reason": info.reason,
        "in_use": info.in_use,
    }
