"""Whether ordinary chat is as good as before: how likely good replies are, simple tasks, and memories out of place.

    memos bench chat-quality [--only N] [--answers] [--adapter FILE | --bare]

Prompts are laid out as the chat lays them out, the examples for a small model included; replies are greedy.

`data/dialogues.jsonl`: short ordinary dialogues; perplexity = exp(-mean log-likelihood of a reply's tokens), over every
reply, given the turns before it, laid out without examples, as with an adapter (as_sent: with them, where the chat has
them). `data/instructions.jsonl`: tasks with an answer that can be checked: `gold`
alternatives (`least` of them), or a regular expression to `match`; instructions = answers that pass, alone and with
`data/unrelated_notes.jsonl` beside them. uncalled = replies, to tasks and to first turns of dialogues with three
unrelated notes in the prompt, that bring one up: they hold a `telling` word of a note, or two of its content words, and
neither the question nor the reply without notes holds them. Words are compared, no model is asked.
"""

import json
import math
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from _adapters import adapter_options, adapters_of, record
from _answers import clauses, first_said, right, words
from _report import finish, options

from memos_engine.inference.host import ModelHost
from memos_engine.inference.prompt import Note, PromptParts, Turn, layout
from memos_engine.inference.prompt_notes import quoted, tidy
from memos_engine.inference.sampling import Sampling
from memos_engine.resources import default_weights
from memos_engine.settings import Settings

DATA = Path(__file__).parent / "data"
NOTES_A_PROMPT = 3
_SAMPLING = Sampling(temperature=0.0, max_tokens=40)
_SEED = 3


@dataclass(frozen=True)
class Task:
    """Something asked whose answer can be checked; one without `gold` and `match` only wants a reply."""

    ask: str
    gold: tuple[str, ...] = ()
    least: int = 1
    match: str = ""

    @property
    def is_checked(self) -> bool:
        """Whether there is a right answer."""
        return bool(self.gold or self.match)

    def passes(self, answer: str) -> bool:
        """Whether the answer is right."""
        if self.match:
            return re.search(self.match, answer) is not None
        if self.least == 1:
            return right(answer, [self.gold])
        said = clauses(answer)
        return sum(first_said(said, [one]) is not None for one in self.gold) >= self.least


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


def dialogues() -> list[tuple[str, ...]]:
    """The dialogues: what the person and the assistant say, in turn."""
    return [tuple(entry["turns"]) for entry in _lines("dialogues.jsonl")]


def tasks() -> list[Task]:
    """The tasks that can be checked."""
    return [
        Task(entry["ask"], tuple(entry.get("gold", ())), entry.get("least", 1), entry.get("match", ""))
        for entry in _lines("instructions.jsonl")
    ]


@dataclass(frozen=True)
class Unrelated:
    """A memory that has nothing to do with any of the prompts; one word of `telling` gives it away."""

    note: Note
    telling: frozenset[str]

    @property
    def content(self) -> frozenset[str]:
        """Its words that carry meaning."""
        return frozenset(word for word in words(self.note.text) if len(word) > 3) - _stop_words() | self.telling

    def stands_in(self, reply: str, expected: str) -> bool:
        """Whether a reply brings it up; what `expected` (the question, the reply without notes) holds does not
        count."""
        said = set(words(reply)) - set(words(expected))
        return bool(said & self.telling) or len(said & self.content) > 1


def notes() -> list[Unrelated]:
    """The memories that are beside every prompt, some at a time."""
    return [
        Unrelated(
            (quoted if entry["quote"] else tidy)(entry["text"], datetime.fromisoformat(entry["time"])),
            frozenset(word for told in entry["telling"] for word in words(told)),
        )
        for entry in _lines("unrelated_notes.jsonl")
    ]


@cache
def _stop_words() -> frozenset[str]:
    from spacy.lang.en.stop_words import STOP_WORDS

    return frozenset(word for stop in STOP_WORDS for word in words(stop))


@dataclass(frozen=True)
class Answered:
    """The replies to one prompt without notes and with them."""

    task: Task
    alone: str
    noted: str
    beside: tuple[Unrelated, ...]

    @property
    def uncalled(self) -> bool:
        """Whether a note is brought up without cause."""
        expected = f"{self.task.ask} {self.alone}"
        return any(unrelated.stands_in(self.noted, expected) for unrelated in self.beside)


def answered(host: ModelHost, asked: Sequence[Task], everything: Sequence[Unrelated]) -> Iterator[Answered]:
    """Ask each twice, without notes and with some that have no word in common with it."""
    dice = random.Random(_SEED)
    for task in asked:
        taken = set(words(" ".join((task.ask, *task.gold))))
        some = tuple(dice.sample([one for one in everything if taken.isdisjoint(one.content)], NOTES_A_PROMPT))
        replies = [
            host.generate(host.build(PromptParts(task.ask, notes=held), _SAMPLING), _SAMPLING).text
            for held in ((), tuple(one.note for one in some))
        ]
        yield Answered(task, *replies, some)


def perplexity(host: ModelHost, talks: Sequence[Sequence[str]], *, as_sent: bool) -> float:
    """Of every reply's tokens, given the turns before it; with the examples for a small model where it is `as_sent`."""
    found: list[float] = []
    for talk in talks:
        turns = [Turn("assistant" if place % 2 else "user", text) for place, text in enumerate(talk)]
        for place in range(1, len(talk), 2):
            parts = PromptParts(talk[place - 1], history=tuple(turns[: place - 1]))
            messages = host.build(parts, _SAMPLING).messages if as_sent else layout(parts)
            found += host.log_likelihoods(messages, talk[place])
    return round(math.exp(-sum(found) / len(found)), 3)


def measure(host: ModelHost, only: int, show: bool) -> dict[str, Any]:
    """A row of the table."""
    talks, checked = dialogues(), tasks()
    opened = [Task(talk[0]) for talk in talks]
    if only:
        dice = random.Random(_SEED)
        talks, checked, opened = (dice.sample(some, min(only, len(some))) for some in (talks, checked, opened))
    began = time.monotonic()
    plain, sent = (perplexity(host, talks, as_sent=as_sent) for as_sent in (False, True))
    scored = time.monotonic()
    replies = []
    for one in answered(host, [*checked, *opened], notes()):
        replies.append(one)
        if show:
            _show(one)
    asked = [one for one in replies if one.task.is_checked]
    return {
        "perplexity": plain,
        "as_sent": sent,
        "tasks": len(asked),
        "instructions": _share([one.task.passes(one.alone) for one in asked]),
        "instructions_noted": _share([one.task.passes(one.noted) for one in asked]),
        "replies": len(replies),
        "uncalled": _share([one.uncalled for one in replies]),
        "scoring_s": round(scored - began, 1),
        "replying_s": round(time.monotonic() - scored, 1),
    }


def _share(marks: Sequence[bool]) -> float:
    return round(sum(marks) / len(marks), 3)


def _show(one: Answered) -> None:
    mark = "  " if not one.task.is_checked else "ok" if one.task.passes(one.alone) else "--"
    flat = [" ".join(text.split()) for text in (one.alone, one.noted)]
    held = "; ".join(unrelated.note.text for unrelated in one.beside)
    print(
        f"{mark} {one.task.ask}\n      {flat[0]}\n      {'UNCALLED' if one.uncalled else 'noted'}: {flat[1]}  [{held}]"
    )


RECORDED = ("perplexity_change", "uncalled", "instructions", "instructions_bare")
"""Figures that an adapter's card shows."""


def main(argv: list[str] | None = None) -> int:
    """Run the benchmark; the last line of stdout is its JSON."""
    parser = options("chat-quality", __doc__)
    parser.add_argument("--only", type=int, default=0, metavar="N", help="N dialogues, N tasks, N first turns")
    parser.add_argument("--answers", action="store_true", help="print every reply")
    adapter_options(parser)
    parser.add_argument("--threads", type=int, default=0, help="threads for the model (0: by the machine)")
    chosen = parser.parse_args(argv)
    host = ModelHost()
    with tempfile.TemporaryDirectory(prefix="chat-quality-") as folder:
        settings = Settings(Path(folder) / "settings.toml")
        settings.set("model.threads", chosen.threads)
        adapter = adapters_of(chosen).of(host.load(default_weights("chat").path, settings))
        try:
            rows = [{"model": "bare"} | measure(host, chosen.only, chosen.answers)]
            if adapter:
                host.adapt(adapter.file)
                rows.append({"model": "adapter"} | measure(host, chosen.only, chosen.answers))
        finally:
            host.close()
    figures = {name: rows[-1][name] for name in ("perplexity", "instructions", "instructions_noted", "uncalled")}
    if adapter:
        figures["perplexity_change"] = round(rows[1]["perplexity"] / rows[0]["perplexity"] - 1, 4)
        figures |= {f"{name}_bare": rows[0][name] for name in ("instructions", "instructions_noted", "uncalled")}
    finish("chat-quality", rows, figures, only_json=chosen.json)
    record(chosen, adapter, {name: figures[name] for name in RECORDED if name in figures})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
