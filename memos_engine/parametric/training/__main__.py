"""`python -m memos_engine.parametric.training`: makes the corpus, trains, and writes the adapter with its card.

A run that was stopped goes on where it was when the same command is given again.
"""

import argparse
import os
from dataclasses import fields
from pathlib import Path

from memos_engine.errors import MemosError
from memos_engine.parametric.training.making import make
from memos_engine.parametric.training.plan import TrainingPlan
from memos_engine.resources import default_weights


def main(argv: list[str] | None = None) -> int:
    """Train as the arguments say; 1 where they cannot be used."""
    options = _options().parse_args(argv)
    plan = TrainingPlan(tokens=options.tokens, seed=options.seed)
    try:
        make(options.base, options.work, options.out, plan, options.processes)
    except MemosError as error:
        print(f"{error.message} {error.hint}")  # noqa: T201
        return 1
    return 0


def _options() -> argparse.ArgumentParser:
    defaults = {field.name: field.default for field in fields(TrainingPlan)}
    parser = argparse.ArgumentParser(prog="training", description="Train the adapter that answers from memory.")
    parser.add_argument("--base", type=Path, default=default_weights("chat").path, help="GGUF file of the base model")
    parser.add_argument("--work", type=Path, required=True, help="folder for the corpus and the checkpoint")
    parser.add_argument("--out", type=Path, required=True, help="the adapter's GGUF file; its card stands beside it")
    parser.add_argument("--tokens", type=int, default=defaults["tokens"])
    parser.add_argument("--seed", type=int, default=defaults["seed"])
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="how many share the work")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
