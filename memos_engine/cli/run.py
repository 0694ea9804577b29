"""From arguments to an exit code: 0 done, 1 the request failed, 2 usage. Nobody is shown a traceback."""

import json
import os
import sys
from collections.abc import Sequence

import typer

from memos_engine.cli import chat, configuration, cubes, files, memories, shapes
from memos_engine.cli.root import app
from memos_engine.errors import MemosError
from memos_engine.logs import place_of

COMMANDS = (memories, chat, cubes, files, configuration)
"""The modules whose commands are registered on `app` by importing them."""

_DONE, _FAILED, _USAGE = 0, 1, 2
_INTERRUPTED = 130
"""What typer makes of Ctrl+C."""
_STOPPED = {"code": "cancelled", "message": "Stopped.", "hint": ""}


def run(arguments: Sequence[str]) -> int:
    """Run one command line; the exit code."""
    as_json = "--json" in arguments
    try:
        result = typer.main.get_command(app).main(args=list(arguments), prog_name="memos", standalone_mode=False)
    except MemosError as error:
        _tell(shapes.error(error)["error"], as_json=as_json)
    except BrokenPipeError:
        # Whoever read standard output is gone; nothing may be flushed there at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (KeyboardInterrupt, EOFError, typer.Abort):
        _tell(_STOPPED, as_json=as_json)
    except Exception as fault:  # noqa: BLE001 - the last one who can tell the person
        if hasattr(fault, "format_message"):
            message = fault.format_message()
            if message:  # empty: the help itself was shown
                _tell({"code": "usage", "message": message, "hint": "memos --help"}, as_json=as_json)
            return _USAGE
        _tell(_our_fault(fault), as_json=as_json)
    else:
        if result == _INTERRUPTED:
            _tell(_STOPPED, as_json=as_json)
            return _FAILED
        return result if isinstance(result, int) else _DONE
    return _FAILED


def _our_fault(fault: Exception) -> dict[str, str]:
    return {
        "code": "fault",
        "message": f"This is a fault of MemOS, not yours: {type(fault).__name__} at {place_of(fault)}.",
        "hint": "Please report it; the log of the home says more, without your memories.",
    }


def _tell(error: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        sys.stderr.write(json.dumps({"error": error}, ensure_ascii=False) + "\n")
    else:
        sys.stderr.write(f"memos: {error['message']}" + (f" {error['hint']}" if error["hint"] else "") + "\n")
