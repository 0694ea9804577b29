"""The command line: thin. Each module holds a few commands; `run` is what `memos` calls."""

from memos_engine.cli.run import run

__all__ = ["run"]
