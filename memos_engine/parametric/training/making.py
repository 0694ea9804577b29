"""From a base model's file to an adapter's file with its card."""

import os
import tempfile
from functools import partial
from pathlib import Path

from memos_engine.inference.catalogue import chat_template
from memos_engine.inference.header import read_header
from memos_engine.inference.session import LlamaSession
from memos_engine.parametric.card import AdapterCard, write_card
from memos_engine.parametric.corpus import contexts, read_corpus, write_corpus
from memos_engine.parametric.training import base_model, gguf_adapter, run
from memos_engine.parametric.training.lessons import Lessons
from memos_engine.parametric.training.peers import Peers, together
from memos_engine.parametric.training.plan import TrainingPlan

_CORPUS = "corpus.jsonl"
_CHECKPOINT = "checkpoint.pt"
_TOKENS_OF_A_CONTEXT = 480
_YIELDING = 10
"""Niceness: whoever works on the machine goes first."""


def make(base: Path, work: Path, out: Path, plan: TrainingPlan, processes: int) -> None:
    """Make the corpus and train in so many processes; what was stopped goes on from what is kept in `work`.

    Raises `InputError` where that is of another run, and what `read_header` raises.
    """
    os.nice(_YIELDING)
    work.mkdir(parents=True, exist_ok=True)
    corpus = work / _CORPUS
    digest = write_corpus(corpus, contexts(plan.seed, plan.tokens // _TOKENS_OF_A_CONTEXT), plan.seed)
    run.check(work / _CHECKPOINT, plan, f"{read_header(base).digest} {digest}")
    with tempfile.TemporaryDirectory() as folder:
        together(partial(_learn, base, work, out, plan, digest), processes, Path(folder) / "meeting")


def _learn(base: Path, work: Path, out: Path, plan: TrainingPlan, digest: str, peers: Peers) -> None:
    """What each process does; the first tells how far it is, and writes the adapter."""
    header = read_header(base)
    tokeniser = LlamaSession(base, context=64, threads=1, template=chat_template(base))
    corpus = tuple(read_corpus(work / _CORPUS))
    model = base_model.load(base, plan)
    base_model.compile_blocks(model)
    seconds = run.train(
        model,
        Lessons(corpus, tokeniser, isolated=plan.isolated, seed=plan.seed),
        plan,
        data=f"{header.digest} {digest}",
        checkpoint=work / _CHECKPOINT,
        on_step=_tell if peers.rank == 0 else lambda _: None,
        peers=peers,
    )
    tokeniser.close()
    if peers.rank == 0:
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
