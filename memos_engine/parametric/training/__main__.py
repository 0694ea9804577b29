"""`python -m memos_engine.parametric.training`: makes the corpus, trains, and writes the adapter with its card.

A run that was stopped goes on where it was when the same command is given again.
"""

import argparse
import os
from dataclasses import fields
from pathlib import Path

from memos_engine.errors import MemosError
from memos_engine.inference.catalogue import chat_template
from memos_engine.inference.header import read_header
from memos_engine.inference.session import LlamaSession
from memos_engine.parametric.card import AdapterCard, write_card
from memos_engine.parametric.corpus import contexts, read_corpus, write_corpus
from memos_engine.parametric.training import base_model, gguf_adapter, run
from memos_engine.parametric.training.lessons import Lessons
from memos_engine.parametric.training.plan import TrainingPlan
from memos_engine.resources import default_weights

_TOKENS_OF_A_CONTEXT = 480
_YIELDING = 10
"""Niceness: whoever works on the machine goes first."""


def main(argv: list[str] | None = None) -> int:
    """Train as the arguments say; 1 where they cannot be used."""
    options = _options().parse_args(argv)
    plan = TrainingPlan(tokens=options.tokens, seed=options.seed)
    try:
        _train(options.base, options.work, options.out, plan)
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
    return parser


def _train(base: Path, work: Path, out: Path, plan: TrainingPlan) -> None:
    os.nice(_YIELDING)
    header = read_header(base)
    work.mkdir(parents=True, exist_ok=True)
    corpus = work / "corpus.jsonl"
    digest = write_corpus(corpus, contexts(plan.seed, plan.tokens // _TOKENS_OF_A_CONTEXT), plan.seed)
    tokeniser = LlamaSession(base, context=64, threads=1, template=chat_template(base))
    lessons = Lessons(tuple(read_corpus(corpus)), tokeniser, isolated=plan.isolated, seed=plan.seed)
    model = base_model.load(base, plan)
    seconds = run.train(
        model,
        lessons,
        plan,
        data=f"{header.digest} {digest}",
        checkpoint=work / "checkpoint.pt",
        on_step=_tell,
    )
    tokeniser.close()
    out.parent.mkdir(parents=True, exist_ok=True)
    gguf_adapter.write(out, base_model.adapter_of(model), alpha=plan.alpha, base=header, name=out.stem)
    write_card(out, AdapterCard.of(plan, base=header, data_digest=digest, minutes=seconds / 60))


def _tell(step: run.Step) -> None:
    left = (step.of - step.tokens) / max(step.tokens_per_s, 1e-9) / 60
    print(  # noqa: T201
        f"{step.tokens:>9,} of {step.of:,} tokens  loss {step.loss:.3f}  "
        f"{step.tokens_per_s:4.0f} tokens/s  {left:3.0f} min left",
        flush=True,
    )


if __name__ == "__main__":
    raise SystemExit(main())
