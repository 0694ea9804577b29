"""What the whole pipeline answers: people told in natural chat, asked about in new chats with the default model.

    memos bench memory-qa [--set main|fresh|both] [--only N] [--answers] [--adapter FILE | --bare]

`data/memory_qa.jsonl`, and `data/memory_qa_fresh.jsonl` with other people in other words, hold one invented person a
line: `sessions` of dated messages (small talk and tasks among them) and `asks`. An ask has a `category`, a `question`,
`gold` (groups of alternatives; a right answer says one of each group; empty where the answer was never told), `told`
(session and message of each note that it needs), and where they apply `trap` (values of something near) and `negated`
(the gold may stand behind a "not": "You can't eat shellfish"). `_answers.py` tells how words are compared.

Each person has a home of their own; their messages are ingested and read, then every question is asked in a new chat
that is forgotten afterwards. Model and parser are loaded once.

gold = right answers / questions that have one; abstain = replies that say that it is not known / questions never
told; gold_given = gold with the right messages handed over as the only notes (how much is the model); gold_bare =
gold without the adapter (the same as gold where there is none); false_abstain = said not to be known, though told;
trapped = questions never told that got the value of something near instead; wrong_person = questions about somebody
else that got their fact told as the asker's, which is not right; retrieved = told questions with all messages that
they need, or memories that hold the gold, among the memories used; first = one of them was the best.
"""

import json
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from _adapters import adapter_options, adapters_of, record
from _answers import contains, of_the_asker, right
from _report import finish, options

from memos_engine.inference.host import ModelHost
from memos_engine.inference.prompt import PromptParts
from memos_engine.inference.prompt_notes import quoted
from memos_engine.inference.sampling import Sampling
from memos_engine.language.pipeline import LanguagePipeline
from memos_engine.memory_os import MemoryOS
from memos_engine.parametric.registry import AdapterRegistry
from memos_engine.resources import default_weights
from memos_engine.services.home import OpenHome
from memos_engine.settings import Settings
from memos_engine.types import Recalled, Reply

DATA = Path(__file__).parent / "data"
SETS = {"main": DATA / "memory_qa.jsonl", "fresh": DATA / "memory_qa_fresh.jsonl"}
NEVER = "abstain-"
NO_NOTES = "looks-personal"
"""Questions that need no memory, and may not be met with "I don't know"."""
OTHER_PERSON = "other-person"
"""Questions about somebody else, whose fact is not the asker's."""
_LONGEST = 40
_SEED = 5


class KeptHost(ModelHost):
    """A host that outlives the homes that it serves: what they close is released at the end, by `release`."""

    def unload(self) -> None:
        """Keep the model for the next home."""

    def close(self) -> None:
        """Keep it as well."""

    def release(self) -> None:
        """Let go of the model."""
        super().close()


@dataclass(frozen=True)
class Ask:
    """A question about one person."""

    category: str
    question: str
    gold: tuple[tuple[str, ...], ...]
    trap: tuple[str, ...]
    told: tuple[tuple[int, int], ...]
    negated: bool

    @property
    def is_told(self) -> bool:
        """Whether there is an answer."""
        return bool(self.gold)

    def is_right(self, answer: str) -> bool:
        """Whether an answer is the right one."""
        return right(answer, self.gold, self.trap, negated=self.negated)

    def is_answered(self, answer: str | None) -> bool:
        """Whether an answer is the right one, told of the right person."""
        return answer is not None and self.is_right(answer) and not self.mistakes_person(answer)

    def mistakes_person(self, answer: str) -> bool:
        """Whether somebody else's fact is told of the person who asks."""
        return self.category == OTHER_PERSON and of_the_asker(answer, self.gold)


@dataclass(frozen=True)
class Person:
    """Who was told, and what is asked."""

    name: str
    sessions: tuple[tuple[str, tuple[str, ...]], ...]
    asks: tuple[Ask, ...]

    def message(self, place: tuple[int, int]) -> tuple[str, str]:
        """Text and time of a message."""
        when, texts = self.sessions[place[0]]
        return texts[place[1]], when


def load(file: Path) -> list[Person]:
    """The people of a data file."""
    return [_person(json.loads(line)) for line in file.read_text("utf-8").splitlines()]


def _person(entry: dict[str, Any]) -> Person:
    asks = tuple(
        Ask(
            ask["category"],
            ask["question"],
            tuple(tuple(group) for group in ask["gold"]),
            tuple(ask.get("trap", ())),
            tuple((session, place) for session, place in ask["told"]),
            ask.get("negated", False),
        )
        for ask in entry["asks"]
    )
    sessions = tuple((session["time"], tuple(session["messages"])) for session in entry["sessions"])
    return Person(entry["person"], sessions, asks)


def some(people: Sequence[Person], most: int) -> list[Person]:
    """About `most` questions, of each category its share and (where there is room) one: the same ones in every run."""
    by_category: dict[str, list[Ask]] = {}
    for person in people:
        for ask in person.asks:
            by_category.setdefault(ask.category, []).append(ask)
    whole = sum(map(len, by_category.values()))
    if not 0 < most < whole:
        return list(people)
    dice = random.Random(_SEED)
    drawn = [dice.sample(asks, max(1, round(len(asks) * most / whole))) for asks in by_category.values()]
    kept = {id(ask) for asks in drawn[:most] for ask in asks}
    chosen = (replace(person, asks=tuple(ask for ask in person.asks if id(ask) in kept)) for person in people)
    return [person for person in chosen if person.asks]


@dataclass(frozen=True)
class Answered:
    """A question with what came of it."""

    ask: Ask
    reply: str
    abstained: bool
    given: str | None
    """The answer with the right notes handed over; None where that was not asked."""
    bare: str | None
    """The answer without the adapter; None where there is none."""
    retrieved: bool
    first: bool
    tokens: int
    seconds: float

    @property
    def good(self) -> bool:
        """Right, or rightly not known."""
        if not self.ask.is_told:
            return self.abstained
        refused = self.abstained and self.ask.category == NO_NOTES
        return not refused and self.ask.is_answered(self.reply)

    @property
    def wrong_person(self) -> bool:
        """The right value, of the wrong person."""
        return self.ask.mistakes_person(self.reply)

    @property
    def trapped(self) -> bool:
        """Never told, and answered with something near."""
        return not self.ask.is_told and not self.abstained and contains(self.reply, self.ask.trap)


@dataclass
class Bench:
    """What all homes share, and how the questions are asked."""

    host: KeptHost
    pipeline: LanguagePipeline
    folder: Path
    threads: int
    hands_over: bool
    adapters: AdapterRegistry
    asks_bare: bool
    """Whether everything is asked of the bare model, too."""
    count: int = 0
    spent: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Seconds by step."""

    def answers(self, person: Person) -> Iterator[Answered]:
        """Tell a person's messages to a new home and ask their questions there."""
        self.count += 1
        began = time.monotonic()
        home = OpenHome(self.folder / f"home-{self.count}")
        home.host, home.pipeline, home.adapters = self.host, self.pipeline, self.adapters
        memory = MemoryOS(home)
        try:
            memory.access.initialise(use_keyring=False, passphrase="memory-qa")
            for name, value in (
                ("chat.temperature", 0.0),
                ("chat.max_tokens", _LONGEST),
                ("memory.remembering", "automatic"),
                ("model.threads", self.threads),
            ):
                memory.settings.set(name, value)
            self._tell(memory, person)
            self._spend("telling", began)
            bare = self._bare(memory, person)
            for ask in person.asks:
                yield self._answered(memory, person, ask, bare.get(ask.question))
        finally:
            memory.close()

    def _tell(self, memory: MemoryOS, person: Person) -> None:
        """Ingest the sessions as conversations and wait until the reader has read them."""
        lines = [
            {
                "id": f"{number}:{place}",
                "conversation": f"session {number}",
                "speaker": "me",
                "time": f"{when}:{place:02}",
                "text": text,
            }
            for number, (when, texts) in enumerate(person.sessions, 1)
            for place, text in enumerate(texts, 1)
        ]
        file = self.folder / f"told-{self.count}.jsonl"
        file.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
        report = memory.imports.ingest([file])
        if report.added != len(lines) or not memory.jobs.wait_idle(300):
            raise SystemExit(f"{person.name}: not all was told: {report}")

    def _bare(self, memory: MemoryOS, person: Person) -> dict[str, str]:
        """Question → answer without the adapter; all at once, since what was computed is dropped at each change."""
        if not self.asks_bare:
            return {}
        memory.settings.set("model.adapter", False)
        found = {ask.question: self._asked(memory, ask, "asking bare")[0].message.text for ask in person.asks}
        memory.settings.set("model.adapter", True)
        return found

    def _asked(self, memory: MemoryOS, ask: Ask, step: str) -> tuple[Reply, float]:
        began = time.monotonic()
        conversation = memory.chats.create()
        reply = memory.chats.send(conversation.id, ask.question)
        seconds = self._spend(step, began)
        memory.chats.delete(conversation.id, forget_learned=True)
        self._spend("forgetting", began + seconds)
        return reply, seconds

    def _answered(self, memory: MemoryOS, person: Person, ask: Ask, bare: str | None) -> Answered:
        reply, seconds = self._asked(memory, ask, "asking")
        began = time.monotonic()
        given = self._given(person, ask) if self.hands_over and ask.is_told else None
        self._spend("handing over", began)
        needed = [person.message(place)[0] for place in ask.told]
        hits = [[_comes_from(item, text) for item in reply.used] for text in needed]
        return Answered(
            ask,
            reply.message.text,
            reply.message.abstains,
            given,
            bare,
            bool(needed) and (all(map(any, hits)) or _holds_gold(reply, ask)),
            any(hit[:1] == [True] for hit in hits),
            reply.tokens.prompt,
            seconds,
        )

    def _given(self, person: Person, ask: Ask) -> str:
        notes = []
        for place in ask.told:
            text, when = person.message(place)
            notes.append(quoted(text, datetime.fromisoformat(when)))
        sampling = Sampling(temperature=0.0, max_tokens=_LONGEST)
        parts = PromptParts(ask.question, notes=tuple(reversed(notes)))
        return self.host.generate(self.host.build(parts, sampling), sampling).text

    def _spend(self, step: str, began: float) -> float:
        seconds = time.monotonic() - began
        self.spent[step] += seconds
        return seconds


def _comes_from(item: Recalled, told: str) -> bool:
    return any(source.quote and source.quote in told for source in item.memory.sources)


def _holds_gold(reply: Reply, ask: Ask) -> bool:
    return ask.is_right(" ".join(f"{item.memory.text}." for item in reply.used))


def row(name: str, answered: Sequence[Answered]) -> dict[str, Any]:
    """A line of the table: fractions, mean tokens of the prompt, mean seconds."""
    told = [one for one in answered if one.ask.is_told]
    never = [one for one in answered if not one.ask.is_told]
    given = [one for one in told if one.given is not None]
    needing = [one for one in told if one.ask.told]
    return {
        "category": name,
        "questions": len(answered),
        "gold": _share([one.good for one in told]),
        "gold_given": _share([one.ask.is_answered(one.given) for one in given]),
        "gold_bare": _share([one.ask.is_answered(one.bare) for one in told if one.bare is not None]),
        "retrieved": _share([one.retrieved for one in needing]),
        "first": _share([one.first for one in needing]),
        "false_abstain": _share([one.abstained and not one.good for one in told]),
        "wrong_person": _share([one.wrong_person for one in told if one.ask.category == OTHER_PERSON]),
        "abstain": _share([one.good for one in never]),
        "trapped": _share([one.trapped for one in never if one.ask.trap]),
        "tokens": round(sum(one.tokens for one in answered) / max(1, len(answered))),
        "seconds": round(sum(one.seconds for one in answered) / max(1, len(answered)), 2),
    }


def _share(marks: Sequence[bool]) -> float | None:
    return round(sum(marks) / len(marks), 3) if marks else None


def _show(one: Answered) -> None:
    gold = " & ".join("/".join(group) for group in one.ask.gold) or "never told"
    flat = [" ".join((text or "").split()) for text in (one.reply, one.given, one.bare)]
    mark = "ok" if one.good else "--"
    print(f"{mark} {one.ask.category}: {one.ask.question} [{gold}] {'found' if one.retrieved else ''}")
    print("\n".join(f"      {name}{text}" for name, text in zip(("", "given: ", "bare: "), flat, strict=True) if text))


def run(bench: Bench, people: Sequence[Person], answers: bool) -> list[dict[str, Any]]:
    """Ask everybody; a row for each category and one for all."""
    answered: list[Answered] = []
    for number, person in enumerate(people, 1):
        for one in bench.answers(person):
            answered.append(one)
            if answers:
                _show(one)
        good = sum(one.good for one in answered)
        print(f"{number}/{len(people)} people, {good} of {len(answered)} right", file=sys.stderr, flush=True)
    categories = sorted({one.ask.category for one in answered}, key=lambda name: (name.startswith(NEVER), name))
    rows = [row(name, [one for one in answered if one.ask.category == name]) for name in categories]
    return [*rows, row("all", answered)]


RECORDED = ("gold", "gold_bare", "gold_given", "abstain", "wrong_person")
"""Figures that an adapter's card shows."""


def main(argv: list[str] | None = None) -> int:
    """Run the benchmark; the last line of stdout is its JSON."""
    parser = options("memory-qa", __doc__)
    parser.add_argument("--set", choices=(*SETS, "both"), default="main", help="which people (default: main)")
    parser.add_argument(
        "--only", type=int, default=0, metavar="N", help="about N questions, of each category its share"
    )
    parser.add_argument("--answers", action="store_true", help="print every question with its answers")
    parser.add_argument("--no-given", action="store_true", help="do not ask with the right notes handed over")
    parser.add_argument("--no-bare", action="store_true", help="do not ask the bare model beside the adapter")
    adapter_options(parser)
    parser.add_argument("--threads", type=int, default=0, help="threads for the model (0: by the machine)")
    chosen = parser.parse_args(argv)
    names = list(SETS) if chosen.set == "both" else [chosen.set]
    rows, figures, began = [], {}, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="memory-qa-") as folder:
        settings = Settings(Path(folder) / "settings.toml")
        settings.set("model.threads", chosen.threads)
        host, pipeline = KeptHost(), LanguagePipeline()
        adapters = adapters_of(chosen)
        adapter = adapters.of(host.load(default_weights("chat").path, settings))
        bench = Bench(
            host,
            pipeline,
            Path(folder),
            chosen.threads,
            not chosen.no_given,
            adapters,
            bool(adapter and not chosen.no_bare),
        )
        try:
            for name in names:
                found = run(bench, some(load(SETS[name]), chosen.only), chosen.answers)
                rows += [{"set": name} | one for one in found]
                figures |= _figures("" if name == names[0] else f"{name}_", found[-1], adapted=adapter is not None)
        finally:
            host.release()
    steps = ", ".join(f"{step} {seconds:.0f} s" for step, seconds in bench.spent.items())
    print(f"\n{time.monotonic() - began:.0f} s: {steps}")
    finish("memory-qa", rows, figures, only_json=chosen.json)
    record(chosen, adapter, {name: figures[name] for name in RECORDED if name in figures})
    return 0


def _figures(prefix: str, everything: dict[str, Any], *, adapted: bool) -> dict[str, Any]:
    kept = ("gold", "abstain", "gold_given", "false_abstain", "wrong_person", "trapped", "retrieved", "first", "tokens")
    figures = {f"{prefix}{name}": everything[name] for name in kept}
    bare = everything["gold_bare"] if adapted else everything["gold"]
    return figures if bare is None else figures | {f"{prefix}gold_bare": bare}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
