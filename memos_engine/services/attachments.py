"""Files attached to a message: their text joins that message's prompt. No memories are made of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from memos_engine.inference.prompt import cut_middle
from memos_engine.reader.documents import read_document

MOST_CHARACTERS = 24_000
"""Of one file; the prompt is trimmed to the model's context besides."""


@dataclass(frozen=True)
class AttachedFile:
    """What a message keeps of a file: its name, and as much of its text as a prompt could hold."""

    name: str
    text: str
    media_type: str = ""
    digest: str = ""


def read_files(files: Sequence[Path]) -> tuple[AttachedFile, ...]:
    """The files as a message keeps them. Raises what `read_document` raises."""
    return tuple(
        AttachedFile(document.name, cut_middle(document.text, MOST_CHARACTERS), document.media_type, document.digest)
        for document in map(read_document, files)
    )


def with_files(text: str, files: Sequence[AttachedFile]) -> str:
    """What the model is asked: the message, then each file's text under its name."""
    return "\n\n".join([text, *(f"Attached file {file.name}:\n{file.text}" for file in files)])
