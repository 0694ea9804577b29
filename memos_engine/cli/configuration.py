"""Commands for settings, models and benchmarks."""

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from memos_engine.cli import shapes
from memos_engine.cli.files import shown_progress
from memos_engine.cli.invocation import Invocation, command
from memos_engine.cli.root import app, model_app
from memos_engine.errors import NotFoundError
from memos_engine.settings import BY_NAME, SETTINGS, Setting, Value
from memos_engine.types import ModelInfo

if TYPE_CHECKING:
    from rich.console import Console


SHOWN = tuple(setting for setting in SETTINGS if not setting.hidden)


def _told(setting: Setting) -> str:
    """A setting in the help of `memos settings`."""
    default = f"; {setting.default_typed} by default" if setting.default_typed else ""
    return f"[bold]{setting.name}[/bold] ({setting.takes}{default}): {setting.text}"


@command(app, "settings", epilog="\n\n".join(map(_told, SHOWN)))
def settings(
    invocation: Invocation,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="A setting, as section.name.")] = None,
    value: Annotated[str | None, typer.Argument(metavar="[VALUE]", help="Its new value.")] = None,
) -> None:
    """Show the settings (sealed ones by their name only), or one of them, or change it."""
    with invocation.memory(enter=name in BY_NAME and BY_NAME[name].sealed) as memory:
        if name is None:
            shown = [setting for setting in SHOWN if memory.settings.is_readable(setting.name)]
            values = [(setting, memory.settings.get(setting.name)) for setting in shown]
            document = {"settings": [_setting(setting, held) for setting, held in values]}

            def people(out: "Console") -> None:
                for setting, held in values:
                    out.print(f"{setting.name} = {held}    {setting.text} ({setting.takes})", markup=False)

            invocation.answer(document, people)
            return
        held = memory.settings.get(name) if value is None else memory.settings.set(name, value)
        invocation.answer(_setting(BY_NAME[name], held), lambda out: out.print(f"{name} = {held}", markup=False))


def _setting(setting: Setting, value: Value) -> dict[str, Any]:
    return {
        "name": setting.name,
        "value": value,
        "default": setting.default,
        "title": setting.title,
        "text": setting.text,
        "choices": list(setting.choices),
        "minimum": setting.minimum,
        "maximum": setting.maximum,
        "unit": setting.unit,
    }


@command(model_app, "list")
def list_models(invocation: Invocation) -> None:
    """List the chat models at hand."""
    with invocation.memory(enter=False) as memory:
        models = memory.models.list()

        def people(out: "Console") -> None:
            for info in models:
                _print_model(out, info)

        invocation.answer({"models": [shapes.model(info) for info in models]}, people)


@command(model_app, "use")
def use_model(
    invocation: Invocation, file: Annotated[Path, typer.Argument(metavar="FILE", help="A GGUF file.")]
) -> None:
    """Check and load a model, and make it the chat model from now on."""
    with invocation.memory(enter=False) as memory, shown_progress("Loading") as progress:
        info = memory.models.use(file, progress=progress)
        invocation.answer(shapes.model(info), lambda out: _print_model(out, info))


def _print_model(out: "Console", info: ModelInfo) -> None:
    mark = "*" if info.in_use else " "
    out.print(
        f"{mark} {info.name}  {info.parameters} {info.quantization}  {info.fit.value}: {info.reason}", markup=False
    )
    out.print(f"    {info.path}", markup=False)


@command(app, "bench", context_settings={"ignore_unknown_options": True})
def bench(
    invocation: Invocation,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A suite of tests/benchmarks.")],
    arguments: Annotated[list[str] | None, typer.Argument(metavar="...", help="Handed to the suite.")] = None,
) -> None:
    """Run a benchmark from a checkout, as a process of its own."""
    folder = Path(__file__).parents[2] / "tests" / "benchmarks"
    suites = {file.stem.replace("_", "-"): file for file in sorted(folder.glob("[!_]*.py"))}
    if not suites:
        raise NotFoundError("There are no benchmarks here: they come with a checkout.", "Run it from the source tree.")
    if name not in suites:
        raise NotFoundError(f"There is no benchmark “{name}”.", f"There are: {', '.join(suites)}.")
    arguments = [*(arguments or ()), *(("--json",) if invocation.as_json else ())]
    root = folder.parents[1]
    path = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")]))
    command_line = [sys.executable, str(suites[name]), *arguments]
    done = subprocess.run(command_line, check=False, env={**os.environ, "PYTHONPATH": path})
    raise typer.Exit(done.returncode if done.returncode in (0, 2) else 1)
