"""Files attached to a message: their text is kept with it. No memories are made of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from memos_engine.inference.prompt import cut_middle
from memos_engine.reader.documents import read_document

MOST_CHARACTERS = 400_000
"""Of one file; how much of it stands in a prompt is another matter: see `excerpts`."""


@dataclass(frozen=True)
class AttachedFile:
    """What a message keeps of a file: its name and its text."""

    name: str
    text: str
    media_type: str = ""
    digest: str = ""
    id: str = ""
    message_id: str = ""
    """Of the message that keeps it."""


def read_files(files: Sequence[Path]) -> tuple[AttachedFile, ...]:
    """The files as a message keeps them. Raises what `read_document` raises."""
    return tuple(
        AttachedFile(document.name, cut_middle(document.text, MOST_CHARACTERS), document.media_type, document.digest)
        for document in map(read_document, files)
    )
