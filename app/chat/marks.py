"""Marks in a reply: behind each sentence, the memories that it rests on, or that none supports what it claims."""

from app.chat.markdown import MEMORY, UNSUPPORTED
from memos_engine.types import Message, UsedMemory

NO_SUPPORT = "No memory of yours says this, and you did not say it here."


def number(used: tuple[UsedMemory, ...], memory_id: str) -> int:
    """The number of a memory among those that a reply used, from 1; 0 for another one."""
    return next((place for place, one in enumerate(used, 1) if one.memory_id == memory_id), 0)


def with_marks(message: Message) -> str:
    """The Markdown of a reply with a link behind each sentence that its support check has a word on."""
    text = message.text
    for support in reversed(message.support):
        marks = [
            _link(str(number(message.used, one)), f"{MEMORY}{one}", _words(message.used, one))
            for one in support.memory_ids
            if number(message.used, one)
        ]
        if support.unsupported:
            marks.append(_link("?", UNSUPPORTED, NO_SUPPORT))
        if marks and not _within_code(text, support.end):
            text = text[: support.end] + " ".join(["", *marks]) + text[support.end :]
    return text


def _link(words: str, address: str, title: str) -> str:
    title = " ".join(title.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'[\\[{words}\\]](<{address}> "{title}")'


def _words(used: tuple[UsedMemory, ...], memory_id: str) -> str:
    return next((one.text for one in used if one.memory_id == memory_id), "")


def _within_code(text: str, at: int) -> bool:
    """Whether what is put here would be shown as code."""
    fences = text[:at].count("```")
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return fences % 2 == 1 or line.replace("```", "").count("`") % 2 == 1
