"""A nursery of victims: `mixed_calls.py HOME RECOVERY_CODE FOLDER LINES`.

Each line on standard input forks a child that makes mixed calls of the services, tells of each before and after it, and
is killed at some line. Imported files, made in FOLDER, have LINES messages. What takes long to load is loaded once.
"""

import json
import os
import random
import sys
from importlib import import_module
from pathlib import Path

from memos_engine.language.pipeline import LanguagePipeline
from memos_engine.memory_os import MemoryOS
from memos_engine.types import CancelToken, ChatEvent, MemoriesUsed, TextDelta

_WORDS = 8


def tell(*words: str) -> None:
    """One line of JSON, at once."""
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


class Victim:
    """Makes calls until it is killed."""

    def __init__(
        self, home: Path, code: str, folder: Path, lines: int, number: int, pipeline: LanguagePipeline
    ) -> None:
        self._draw = random.Random(number)
        self._folder = folder
        self._lines = lines
        self._number = number
        self._made = 0
        self._memory = MemoryOS.open(home, housekeeping=False)
        self._memory._home.pipeline = pipeline
        self._memory.access.unlock(recovery_code=code)
        self._chat = self._memory.chats.create().id
        self._kept: list[str] = []
        tell("open", self._chat)

    def run(self) -> None:
        """The loop."""
        calls = (self.remember, self.remember, self.edit, self.edit, self.forget, self.ingest, self.draft)
        if self._number % 3 == 0:
            self.chat()
        while True:
            self._draw.choice(calls)()

    def _name(self) -> str:
        self._made += 1
        return f"k{self._number}x{self._made}"

    def chat(self) -> None:
        """One turn, stopped after some words; told of when the question is kept, when the reply begins to be written,
        and at its end."""
        words, stop = 0, CancelToken()

        def hear(event: ChatEvent) -> None:
            nonlocal words
            if isinstance(event, MemoriesUsed):
                tell("asked", event.question.id, event.question.text)
            elif isinstance(event, TextDelta):
                words += 1
                if words == 1:
                    tell("writing", event.message_id)
                elif words == _WORDS:
                    stop.cancel()

        text = f"Tell me of {self._name()} and walnuts."
        reply = self._memory.chats.send(self._chat, text, on_event=hear, cancel=stop)
        tell("answered", reply.message.id, reply.message.text)

    def remember(self) -> None:
        """A memory by hand."""
        text = f"The door of {self._name()} is blue"
        item = self._memory.memories.remember(text).ids[0]
        self._kept.append(item)
        tell("remembered", item, text)

    def edit(self) -> None:
        """One of them gets another text."""
        if self._kept:
            item, text = self._draw.choice(self._kept), f"The door of {self._name()} is green"
            tell("editing", item, text)
            self._memory.memories.edit(item, text)
            tell("edited", item, text)

    def forget(self) -> None:
        """One of them goes."""
        if self._kept:
            item = self._kept.pop()
            tell("forgetting", item)
            self._memory.memories.forget([item])
            tell("forgotten", item)

    def ingest(self) -> None:
        """A file of messages."""
        name = self._name()
        file = self._folder / f"{name}.jsonl"
        entry = {"conversation": name, "speaker": "Ana", "time": "2024-05-01T10:00:00"}
        lines = [{**entry, "id": f"{name}-{at}", "text": f"I paint wall {at} of {name}."} for at in range(self._lines)]
        file.write_text("\n".join(map(json.dumps, lines)))
        tell("importing", name)
        self._memory.imports.ingest([file])
        tell("imported", name)

    def draft(self) -> None:
        """An unsent text."""
        text = f"not yet said {self._name()}"
        tell("drafting", self._chat, text)
        self._memory.chats.save_draft(self._chat, text)
        tell("drafted", self._chat, text)


def main() -> None:
    """The nursery."""
    home, code, folder, lines = sys.argv[1:]
    pipeline = LanguagePipeline()
    pipeline.parse("All is loaded at the first sentence.")
    for name in ("onnxruntime", "tokenizers", "llama_cpp", "hnswlib", "sqlcipher3"):
        import_module(name)
    for number, _ in enumerate(sys.stdin, 1):
        pid = os.fork()
        if pid == 0:
            Victim(Path(home), code, Path(folder), int(lines), number, pipeline).run()
        tell("pid", str(pid))
        os.waitpid(pid, 0)
        tell("dead", str(pid))


if __name__ == "__main__":
    main()
