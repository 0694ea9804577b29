"""What the whole pipeline answers: people told in natural chat, asked about in new chats with the default model.

`data/memory_qa.jsonl`, one invented person a line: `sessions` of dated messages (small talk and tasks among them),
`asks` (question, `gold` alternatives, and where it was `told`: session and message), and `never`: questions whose
answer was not told. Each person has a home of their own; their messages are ingested and read, then every question is
asked in a new chat that is forgotten afterwards.

gold = answers that contain a gold alternative, as words, not denied / questions; abstain = replies that say that it is
not known / questions never told; gold_given = gold with the right message handed over as the only note (how much is the
model); gold_bare = gold without an adapter (there is none yet: the same as gold); false_abstain = told, not answered,
and said not to be known; retrieved = told questions with the right message, or a memory that holds the gold, among the
memories used; retrieved_first = that memory ranked first.
"""

import argparse
import json
import os
import re
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from memos_engine.inference.host import ModelHost
from memos_engine.inference.prompt import Note, PromptParts
from memos_engine.inference.sampling import Sampling
from memos_engine.memory_os import MemoryOS
from memos_engine.resources import default_weights
from memos_engine.settings import Settings
from memos_engine.types import Recalled, Reply

DATA = Path(__file__).parent / "data" / "memory_qa.jsonl"
_SETTINGS = {"chat.temperature": 0.0, "chat.max_tokens": 40, "memory.remembering": "automatic"}
_DENIALS = frozenset(("not", "no", "never", "isn't", "aren't", "don't", "doesn't", "didn't", "wasn't", "without"))
_REACH = 3


def words(text: str) -> list[str]:
    """Lower-case words, apostrophes kept: "It isn't Ghent" → it, isn't, ghent."""
    return re.findall(r"\w+(?:'\w+)*", text.lower().replace("’", "'"))


def contains(answer: str, gold: list[str]) -> bool:
    """Whether an alternative stands in the answer as words, and none of the three words before denies it."""
    said = words(answer)
    for alternative in gold:
        wanted = words(alternative)
        own_denial = not _DENIALS.isdisjoint(wanted)
        for at in range(len(said) - len(wanted) + 1):
            if [*map(_stem, said[at : at + len(wanted)])] != [*map(_stem, wanted)]:
                continue
            if own_denial or _DENIALS.isdisjoint(said[max(0, at - _REACH) : at]):
                return True
    return False


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


@dataclass
class Tally:
    """Counts of one person, or of all."""

    person: str
    asks: int = 0
    gold: int = 0
    given: int = 0
    retrieved: int = 0
    first: int = 0
    false_abstain: int = 0
    never: int = 0
    abstain: int = 0
    seconds: list[float] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Count another one in."""
        for name in ("asks", "gold", "given", "retrieved", "first", "false_abstain", "never", "abstain"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.seconds += other.seconds
        self.tokens += other.tokens

    def row(self) -> dict[str, Any]:
        """A line of the table; fractions."""
        return {
            "person": self.person,
            "asks": self.asks,
            "gold": _share(self.gold, self.asks),
            "gold_given": _share(self.given, self.asks),
            "retrieved": _share(self.retrieved, self.asks),
            "retrieved_first": _share(self.first, self.asks),
            "false_abstain": _share(self.false_abstain, self.asks),
            "never": self.never,
            "abstain": _share(self.abstain, self.never),
            "tokens": round(sum(self.tokens) / max(1, len(self.tokens))),
            "seconds": round(sum(self.seconds) / max(1, len(self.seconds)), 2),
        }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 0.0


def run_person(person: dict[str, Any], host: ModelHost, home: Path, show: bool) -> Tally:
    """Tell one person's messages to a new home and ask their questions there."""
    tally = Tally(person["person"])
    memory = MemoryOS.open(home)
    try:
        memory.access.initialise(use_keyring=False, passphrase="memory-qa")
        for name, value in _SETTINGS.items():
            memory.settings.set(name, value)
        tell(memory, person, home.parent / f"{home.name}.jsonl")
        for ask in person["asks"]:
            session, number = ask["told"]
            told = person["sessions"][session]["messages"][number]
            reply = asked(memory, tally, ask["question"])
            right = contains(reply.message.text, ask["gold"])
            hits = [_holds(item, told, ask["gold"]) for item in reply.used]
            given = answer_given(host, ask["question"], told, person["sessions"][session]["time"])
            tally.asks += 1
            tally.gold += right
            tally.given += contains(given, ask["gold"])
            tally.retrieved += any(hits)
            tally.first += hits[:1] == [True]
            tally.false_abstain += reply.abstained and not right
            if show:
                _show(right, ask["question"], ask["gold"], any(hits), reply.message.text, given)
        for question in person["never"]:
            reply = asked(memory, tally, question)
            tally.never += 1
            tally.abstain += reply.abstained
            if show:
                _show(reply.abstained, question, ["–"], False, reply.message.text, "")
    finally:
        memory.close()
    return tally


def tell(memory: MemoryOS, person: dict[str, Any], file: Path) -> None:
    """Ingest the sessions as conversations and wait until the reader has read them."""
    lines = [
        {
            "id": f"{number}:{place}",
            "conversation": f"session {number}",
            "speaker": "me",
            "time": f"{session['time']}:{place:02}",
            "text": text,
        }
        for number, session in enumerate(person["sessions"], 1)
        for place, text in enumerate(session["messages"], 1)
    ]
    file.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    report = memory.imports.ingest([file])
    assert report.added == len(lines), report
    assert memory.jobs.wait_idle(300)


def asked(memory: MemoryOS, tally: Tally, question: str) -> Reply:
    """The reply to a question in a new chat, which is forgotten again."""
    conversation = memory.chats.create()
    began = time.monotonic()
    reply = memory.chats.send(conversation.id, question)
    tally.seconds.append(time.monotonic() - began)
    tally.tokens.append(reply.tokens.prompt)
    memory.chats.delete(conversation.id, forget_learned=True)
    return reply


def answer_given(host: ModelHost, question: str, told: str, when: str) -> str:
    """The model's answer with the right message as the only note."""
    day = datetime.fromisoformat(when)
    note = Note(told, f"{day.day} {day:%B %Y}", quote=True)
    sampling = Sampling(temperature=0.0, max_tokens=int(_SETTINGS["chat.max_tokens"]))
    return host.generate(host.build(PromptParts(question, notes=(note,)), sampling), sampling).text


def _holds(item: Recalled, told: str, gold: list[str]) -> bool:
    quotes = [source.quote for source in item.memory.sources]
    return any(quote and quote in told for quote in quotes) or contains(item.memory.text, gold)


def _show(right: bool, question: str, gold: list[str], hit: bool, answer: str, given: str) -> None:
    flat = [" ".join(text.split()) for text in (answer, given)]
    print(f"{'ok ' if right else '-- '} {question} [{'; '.join(gold)}] {'hit' if hit else 'miss'}")
    print(f"      {flat[0]}" + (f"\n      given: {flat[1]}" if given else ""), flush=True)


def main(argv: list[str] | None = None) -> int:
    """Run the benchmark; the last line of stdout is its JSON."""
    parser = argparse.ArgumentParser(
        prog="memory-qa", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--limit", type=int, default=0, metavar="N", help="only the first N people")
    parser.add_argument("--answers", action="store_true", help="print every question with its answers")
    parser.add_argument("--threads", type=int, default=0, help="threads for the model (0: by the machine)")
    parser.add_argument("--json", action="store_true", help="accepted: the last line is JSON in any case")
    chosen = parser.parse_args(argv)
    people = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
    people = people[: chosen.limit or None]
    _SETTINGS["model.threads"] = chosen.threads
    rows, total, began = [], Tally("all"), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="memory-qa-") as folder:
        settings = Settings(Path(folder) / "settings.toml")
        settings.set("model.threads", chosen.threads)
        host = ModelHost()
        host.load(default_weights("chat").path, settings)
        for number, person in enumerate(people):
            tally = run_person(person, host, Path(folder) / f"home-{number}", chosen.answers)
            rows.append(tally.row())
            total.add(tally)
            print("  ".join(f"{name} {value}" for name, value in rows[-1].items()), flush=True)
        host.close()
    rows.append(total.row())
    everything = rows[-1]
    print("  ".join(f"{name} {value}" for name, value in everything.items()))
    print(f"{time.monotonic() - began:.0f} s")
    names = ("gold", "abstain", "gold_given", "false_abstain", "retrieved", "retrieved_first", "tokens", "seconds")
    figures = {name: everything[name] for name in names} | {"gold_bare": everything["gold"]}
    print(json.dumps({"bench": "memory-qa", "cores": os.cpu_count(), "rows": rows, "figures": figures}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
