"""The root of the command line: `memos` itself, and the groups of commands."""

from typing import Annotated

import typer

from memos_engine import __version__
from memos_engine.cli.invocation import HomeOption, Invocation, JsonOption, PassphraseOption

app = typer.Typer(
    name="memos",
    help="A memory of your own on this machine: remember, recall, chat. Nothing leaves the machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
cube_app = typer.Typer(help="The cubes that memories are kept in.", no_args_is_help=True)
model_app = typer.Typer(help="The chat models.", no_args_is_help=True)
app.add_typer(cube_app, name="cube")
app.add_typer(model_app, name="model")


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"memos {__version__}")
        raise typer.Exit


@app.callback()
def memos(
    ctx: typer.Context,
    home: HomeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """The options of every command; they may stand before it or behind it."""
    ctx.obj = Invocation(home, passphrase_file, as_json)
