"""The interactive chat at a terminal: prompt_toolkit for the line, nothing of it written to disk."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.history import InMemoryHistory

from memos_engine.cli.invocation import console
from memos_engine.cli.turns import Turns
from memos_engine.errors import InputError, MemosError
from memos_engine.types import MemoryFilter

if TYPE_CHECKING:
    from memos_engine.memory_os import MemoryOS

_HELP = """\
/memories [WORDS]   what is remembered (about these words)
/undo               take back the last change of memories
/edit N TEXT        change memory N: below the last reply, or of the last list
/forget N           erase memory N, likewise, for good
/new                begin a new conversation
/temporary          begin one of which nothing is read, written or kept
/quit               leave (or Ctrl+D); Ctrl+C stops a reply"""
_LISTED = 30


class TerminalChat:
    """Reads lines until the person leaves; a line that begins with / is a command, everything else is said."""

    def __init__(self, memory: "MemoryOS", turns: Turns) -> None:
        self._memory = memory
        self._turns = turns
        self._out = console()
        self._listed: tuple[str, ...] = ()
        self._commands: dict[str, Callable[[str], None]] = {
            "/help": lambda _: self._out.print(_HELP, markup=False),
            "/memories": self._list,
            "/undo": self._undo,
            "/edit": self._edit,
            "/forget": self._forget,
            "/new": lambda _: self._begin(temporary=False),
            "/temporary": lambda _: self._begin(temporary=True),
        }

    def run(self) -> None:
        """The loop."""
        self._out.print("Write to begin; /help shows what else there is. Nothing leaves this machine.", style="dim")
        session: PromptSession[str] = PromptSession(history=InMemoryHistory())
        while True:
            try:
                line = session.prompt("temporary> " if self._turns.conversation.temporary else "you> ")
            except KeyboardInterrupt:
                continue
            except EOFError:
                return
            if line.strip() in ("/quit", "/exit"):
                return
            if line.strip():
                self.take(line)

    def take(self, line: str) -> None:
        """One line: a command, or something said. What goes wrong is told, and the chat goes on."""
        word, _, rest = line.strip().partition(" ")
        try:
            if word in self._commands:
                self._commands[word](rest.strip())
            elif word.startswith("/") and word[1:].isalpha() and not rest:
                raise InputError(f"There is no command {word}.", "/help shows them.")
            else:
                self._turns.say(line)
                self._listed = self._turns.numbered()
        except MemosError as error:
            self._out.print(f"{error.message} {error.hint}".strip(), style="red", markup=False)

    def _list(self, words: str) -> None:
        page = self._memory.memories.browse(MemoryFilter(query=words, limit=_LISTED))
        self._listed = tuple(item.id for item in page.memories)
        for number, item in enumerate(page.memories, 1):
            self._out.print(f"[{number}] {item.text}", markup=False)
        if page.total > len(page.memories):
            self._out.print(f"… {page.total - len(page.memories)} more")
        if not page.memories:
            self._out.print("Nothing is remembered yet." if not words else "Nothing is remembered about that.")

    def _undo(self, _: str) -> None:
        changes = self._memory.memories.undo()
        self._out.print(f"Taken back: {changes.label or len(changes.memories)}", markup=False)

    def _edit(self, rest: str) -> None:
        number, _, text = rest.partition(" ")
        self._memory.memories.edit(self._numbered(number), text.strip())
        self._out.print("Changed.")

    def _forget(self, rest: str) -> None:
        self._memory.memories.forget([self._numbered(rest)])
        self._out.print("Forgotten.")

    def _begin(self, *, temporary: bool) -> None:
        cube = self._turns.conversation.cube_id or None
        fresh = self._memory.chats.create(cube_id=None if temporary else cube, temporary=temporary)
        self._turns = Turns(self._memory, fresh)
        self._out.print("A temporary conversation: nothing is kept." if temporary else "A new conversation.")

    def _numbered(self, number: str) -> str:
        if not number.isdecimal() or not 1 <= int(number) <= len(self._listed):
            raise InputError(
                "There is no such number below the last reply or in the last list.",
                "/memories lists what is remembered.",
            )
        return self._listed[int(number) - 1]
