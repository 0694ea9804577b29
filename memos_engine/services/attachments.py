"""Files attached to a message: their text joins that message's prompt, their names are kept."""

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from memos_engine.inference.prompt import cut_middle
from memos_engine.reader.documents import read_document
from memos_engine.types import Message

MOST_CHARACTERS = 24_000
"""Of one file; the prompt is trimmed to the model's context besides."""
_KEPT = 32


class Attachments:
    """The text of the files attached in this run, for the latest messages: never stored, so gone with the program."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, str] = OrderedDict()

    def keep(self, message_id: str, text: str) -> None:
        """Remember the attached text of a message, for its answer and for another try at it."""
        if text:
            self._texts[message_id] = text
            while len(self._texts) > _KEPT:
                self._texts.popitem(last=False)

    def with_text(self, message: Message) -> str:
        """What the model is asked: the message with the text of its files."""
        attached = self._texts.get(message.id)
        return f"{message.text}\n\n{attached}" if attached else message.text

    def clear(self) -> None:
        """Drop all (at lock)."""
        self._texts.clear()


def text_of(files: Sequence[Path]) -> str:
    """The text of the files, each under its name. Raises what `read_document` raises."""
    parts = []
    for file in files:
        document = read_document(file)
        parts.append(f"Attached file {document.name}:\n{cut_middle(document.text, MOST_CHARACTERS)}")
    return "\n\n".join(parts)
