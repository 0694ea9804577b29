"""What every command is given: which home, how to open it, and whether to answer in JSON."""

import functools
import inspect
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, ParamSpec

import typer

from memos_engine.errors import InputError, MemosError
from memos_engine.logs import record_fault

if TYPE_CHECKING:
    from rich.console import Console

    from memos_engine.memory_os import MemoryOS

P = ParamSpec("P")

HomeOption = Annotated[
    Path | None, typer.Option("--home", envvar="MEMOS_HOME", help="Folder of the memories.", show_envvar=True)
]
PassphraseOption = Annotated[
    Path | None, typer.Option("--passphrase-file", help="File whose first line is the passphrase.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
CubeOption = Annotated[str | None, typer.Option("--cube", help="Cube, by id or name.")]


@dataclass(frozen=True)
class Invocation:
    """The options that every command takes."""

    home: Path | None = None
    passphrase_file: Path | None = None
    as_json: bool = False

    @contextmanager
    def memory(self, *, enter: bool = True) -> Iterator["MemoryOS"]:
        """The opened memory; it is closed, and everything durable, when the command ends.

        With `enter` off nothing is made or unlocked.
        """
        from memos_engine.cli.entry import entered
        from memos_engine.memory_os import MemoryOS

        memory = MemoryOS.open(self.home, housekeeping=False)
        try:
            if enter:
                entered(memory, self.passphrase_file)
            yield memory
        except (MemosError, BrokenPipeError, typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except Exception as fault:
            record_fault(fault)
            raise
        finally:
            memory.close()

    def answer(self, document: dict[str, Any], people: Callable[["Console"], None]) -> None:
        """Write the answer: `document` as one line of JSON with `--json`, else what `people` prints."""
        if self.as_json:
            write_json(document)
        else:
            people(console())


def write_json(document: dict[str, Any]) -> None:
    """One line of JSON on standard output, at once. Half characters, as in a file name that is no UTF-8, become "?"."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n")
    sys.stdout.flush()


def console(*, stderr: bool = False) -> "Console":
    """Where people read."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def given_text(text: str) -> str:
    """`text`, or standard input when it is `-`. Raises `InputError` when that is no UTF-8."""
    if text != "-":
        return text
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig").removesuffix("\n")
    except UnicodeDecodeError:
        raise InputError("Standard input is not UTF-8.", "Convert it first.") from None


def command(
    app: typer.Typer, name: str, **settings: Any
) -> Callable[[Callable[Concatenate[Invocation, P], None]], Callable[Concatenate[Invocation, P], None]]:
    """Register a command whose first argument is the `Invocation`; the options of all commands are added to its own.

    They may stand before the command's name or behind it.
    """

    def register(
        function: Callable[Concatenate[Invocation, P], None],
    ) -> Callable[Concatenate[Invocation, P], None]:
        @functools.wraps(function)
        def run(ctx: typer.Context, home: Path | None, passphrase_file: Path | None, as_json: bool, **own: Any) -> None:
            before: Invocation = ctx.find_root().obj or Invocation()
            invocation = replace(
                before,
                home=home or before.home,
                passphrase_file=passphrase_file or before.passphrase_file,
                as_json=as_json or before.as_json,
            )
            function(invocation, **own)  # type: ignore[call-arg]

        own = list(inspect.signature(function).parameters.values())[1:]
        keyword = inspect.Parameter.KEYWORD_ONLY
        common = [
            inspect.Parameter("ctx", keyword, annotation=typer.Context),
            inspect.Parameter("home", keyword, default=None, annotation=HomeOption),
            inspect.Parameter("passphrase_file", keyword, default=None, annotation=PassphraseOption),
            inspect.Parameter("as_json", keyword, default=False, annotation=JsonOption),
        ]
        parameters = [parameter.replace(kind=keyword) for parameter in own] + common
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        app.command(name, **settings)(run)
        return function

    return register
