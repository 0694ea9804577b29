"""Marks in a reply: behind each sentence, the memories that it rests on, or that none supports what it claims."""

from app.chat.markdown import MEMORY, UNSUPPORTED
from memos_engine.types import Message

NO_SUPPORT = "No memory of yours says this, and you did not say it here."


def with_marks(message: Message) -> str:
    """The Markdown of a reply with a link behind each sentence that its support check has a word on."""
    text = message.text
    links = {
        one.memory_id: _link(str(number), f"{MEMORY}{one.memory_id}", one.text)
        for number, one in enumerate(message.used, 1)
    }
    for support in reversed(message.support):
        marks = [links[memory_id] for memory_id in support.memory_ids if memory_id in links]
        if support.unsupported:
            marks.append(_link("?", UNSUPPORTED, NO_SUPPORT))
        if marks and not _within_code(text, support.end):
            text = text[: support.end] + " ".join(["", *marks]) + text[support.end :]
    return text


def _link(words: str, address: str, title: str) -> str:
    title = " ".join(title.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'[\\[{words}\\]](<{address}> "{title}")'


def _within_code(text: str, at: int) -> bool:
    """Whether what is put here would be shown as code."""
    fences = text[:at].count("```")
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return fences % 2 == 1 or line.replace("```", "").count("`") % 2 == 1
