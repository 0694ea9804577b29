"""What kinds of memory are called."""

from memos_engine.types import Kind

_NAMES = {Kind.CHUNK: "passage"}


def kind_name(kind: Kind) -> str:
    """ "fact", "event", …; a part of a document is a "passage"."""
    return _NAMES.get(kind, str(kind))
