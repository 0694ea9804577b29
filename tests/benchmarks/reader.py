"""How well a reader reads: natural messages, and the memories that a careful person would keep of each.

`data/reader.jsonl`, one message a line: `half` (the set that it belongs to: "dev" was tuned on from the start;
"held", "fresh" in the voices of other people, "wide" with longer telling, "probe" with many that hold nothing,
"blind", "last" and "kept" were written unseen and looked at after their first run; "new" has not been used for
mending), `text`, `speaker`, `memories` (to be found) and `allowed` (right, but not required). A memory names its
`subject` (alternatives), its `words` (each a list of alternatives), `ended` where it denies or ends something, and
`time` (ISO, cut to the precision that was said).

Matching is strict: a candidate is right when it is about the right subject, holds every word (at the start of a word of
its text), has the same polarity (a denial behind all the words denies something else: "coffee with milk, no sugar"),
and, where the memory has a time, its valid time starts with it. A candidate may answer several memories ("Is a nurse
from Leeds"), a memory is found once. Inferred candidates are judged like the others.

precision = right candidates / (all candidates - merely allowed ones); recall = found memories / memories;
wrong_person, wrong_time = candidates that are right but for their subject, or but for their time / all candidates.
"""

import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from _report import finish, options

from memos_engine.language.pipeline import LanguagePipeline
from memos_engine.reader.linguistic import LinguisticReader
from memos_engine.reader.protocol import Reader, ReadRequest
from memos_engine.types import Candidate, Kind

DATA = Path(__file__).parent / "data" / "reader.jsonl"
SEEN = frozenset(("dev", "held", "fresh", "wide", "probe", "blind", "last", "kept"))
"""Sets whose failures were looked at and mended by: they stand in the table, and not in the figures."""
FIRST_RUN = {
    "fresh": (0.9286, 0.6190),
    "wide": (0.9346, 0.6087),
    "blind": (0.9091, 0.7143),
    "last": (0.9302, 0.7547),
    "kept": (0.9500, 0.7037),
    "new": (0.9697, 0.7949),
}
"""Precision and recall of the linguistic reader when it first met a set, in the order of time: what to expect of other
people's messages."""
SAID = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
"""When every message was said: a Friday."""

_DENIAL = re.compile(r"\b(?:not|no|never|cannot|without|avoid|hardly|rarely|seldom)\b|n't\b", re.IGNORECASE)
_IDIOM = re.compile(r"\bcannot (?:stand|bear|tolerate|stomach)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Wanted:
    """A memory that a careful person would keep."""

    subject: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    ended: bool = False
    time: str = ""


@dataclass(frozen=True)
class Case:
    """One message and what should come of it."""

    id: str
    half: str
    text: str
    speaker: str
    memories: tuple[Wanted, ...]
    allowed: tuple[Wanted, ...]


@dataclass
class Tally:
    """Counts over cases."""

    cases: int = 0
    candidates: int = 0
    right: int = 0
    neutral: int = 0
    wanted: int = 0
    found: int = 0
    wrong_person: int = 0
    wrong_time: int = 0
    notes: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """The fractions that are compared from release to release."""
        judged = self.candidates - self.neutral
        return {
            "precision": round(self.right / judged, 4) if judged else 1.0,
            "recall": round(self.found / self.wanted, 4) if self.wanted else 1.0,
            "wrong_person": round(self.wrong_person / self.candidates, 4) if self.candidates else 0.0,
            "wrong_time": round(self.wrong_time / self.candidates, 4) if self.candidates else 0.0,
        }


def load(file: Path = DATA) -> list[Case]:
    """The cases of a data file."""
    return [_case(json.loads(line)) for line in file.read_text("utf-8").splitlines() if line.strip()]


def _case(entry: dict[str, Any]) -> Case:
    def wanted(of: str) -> tuple[Wanted, ...]:
        return tuple(
            Wanted(
                tuple(each["subject"]),
                tuple(tuple(word) for word in each["words"]),
                each.get("ended", False),
                each.get("time", ""),
            )
            for each in entry[of]
        )

    return Case(
        entry["id"], entry["half"], entry["text"], entry.get("speaker", "me"), wanted("memories"), wanted("allowed")
    )


def says(candidate: Candidate, wanted: Wanted) -> bool:
    """Whether the words and the polarity of a candidate are those of a wanted memory."""
    text = candidate.text.casefold()
    if not all(any(_spoken(word, text) for word in words) for words in wanted.words):
        return False
    denial = _DENIAL.search(_IDIOM.sub(lambda found: "x" * len(found[0]), candidate.text))
    if wanted.ended:
        return denial is not None or candidate.ends
    ends = [min(found.start() for word in words if (found := _spoken(word, text))) for words in wanted.words]
    denied = denial is not None and denial.start() < max(ends)
    return not denied and (candidate.kind is Kind.EVENT or not candidate.ends)


def _spoken(word: str, text: str) -> re.Match[str] | None:
    return re.search(rf"\b{re.escape(word.casefold())}", text)


def about(candidate: Candidate, wanted: Wanted) -> bool:
    """Whether the subject is one of those that will do."""
    return candidate.subject.casefold() in {subject.casefold() for subject in wanted.subject}


def timed(candidate: Candidate, wanted: Wanted) -> bool:
    """Whether the valid time (its start, or its end for what ended) is the one that was said."""
    if not wanted.time:
        return True
    moments = [moment for moment in (candidate.valid_from, candidate.valid_to) if moment is not None]
    precise = {"year": 4, "month": 7}.get(str(candidate.valid_precision), 10) >= len(wanted.time)
    return precise and any(moment.isoformat().startswith(wanted.time) for moment in moments)


def flat(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Candidates and what was inferred from them."""
    for candidate in candidates:
        yield candidate
        yield from flat(candidate.inferred)


def judge(case: Case, candidates: list[Candidate], tally: Tally) -> None:
    """Count one case in, with a note on each fault."""
    tally.cases += 1
    tally.wanted += len(case.memories)
    found: set[int] = set()
    for candidate in flat(candidates):
        if candidate.withheld:
            continue
        tally.candidates += 1
        answers = [
            place
            for place, wanted in enumerate(case.memories)
            if says(candidate, wanted) and about(candidate, wanted) and timed(candidate, wanted)
        ]
        if answers:
            found.update(answers)
            tally.right += 1
            continue
        both = (*case.memories, *case.allowed)
        if any(says(candidate, extra) and about(candidate, extra) for extra in case.allowed):
            tally.neutral += 1
            continue
        if any(says(candidate, wanted) and not about(candidate, wanted) for wanted in both):
            tally.wrong_person += 1
        elif any(says(candidate, wanted) and not timed(candidate, wanted) for wanted in both):
            tally.wrong_time += 1
        when = str(candidate.valid_from or candidate.valid_to or "")[:10]
        tally.notes.append(f"{case.id} extra   {candidate.subject}: {candidate.text} {when}   <- {case.text[:90]!r}")
    for place, wanted in enumerate(case.memories):
        if place not in found:
            words = ", ".join("|".join(word) for word in wanted.words)
            tally.notes.append(f"{case.id} missed  {wanted.subject[0]}: {words} {wanted.time}   <- {case.text[:90]!r}")
    tally.found += len(found)


def run(reader: Reader, cases: list[Case]) -> tuple[dict[str, Tally], float]:
    """Tallies by set and of those that were not mended by ("unseen"), and messages a second in a pipe."""
    requests = [ReadRequest(case.text, SAID, case.speaker) for case in cases]
    started = time.perf_counter()
    answers = list(reader.read_many(requests))
    rate = len(cases) / (time.perf_counter() - started)
    tallies: dict[str, Tally] = {}
    for case, candidates in zip(cases, answers, strict=True):
        for half in (case.half, *(("unseen",) if case.half not in SEEN else ())):
            judge(case, candidates, tallies.setdefault(half, Tally()))
    return tallies, rate


def one_by_one(reader: Reader, cases: list[Case]) -> float:
    """Messages a second, each read by itself."""
    started = time.perf_counter()
    for case in cases:
        reader.read(case.text, time=SAID, speaker=case.speaker)
    return len(cases) / (time.perf_counter() - started)


def main(argv: list[str]) -> int:
    """Print the table and, last, the figures as JSON."""
    parser = options("reader", __doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="another file of cases")
    parser.add_argument(
        "--half", default="", help="only this set (dev, held, fresh, wide, probe, blind, last, kept, new)"
    )
    parser.add_argument("--no-model", action="store_true", help="leave out the reader that asks the chat model")
    parser.add_argument("--faults", action="store_true", help="print each fault of the halves run")
    chosen = parser.parse_args(argv)
    cases = [case for case in load(chosen.data) if chosen.half in ("", case.half)]
    rows: list[dict[str, Any]] = []
    pipeline = LanguagePipeline()
    pipeline.load()
    linguistic = LinguisticReader(pipeline)
    linguistic.read("I live in Ghent.", time=SAID)
    tallies, rate = run(linguistic, cases)
    single = one_by_one(linguistic, cases)
    for half in sorted(tallies, key=lambda name: name == "unseen"):
        tally = tallies[half]
        inside = [case for case in cases if half == case.half or (half == "unseen" and case.half not in SEEN)]
        none = sum(1 for case in inside if not case.memories)
        rows.append(
            {"reader": "linguistic", "half": half, "messages": tally.cases, "without": none, "memories": tally.wanted}
            | tally.figures()
            | dict(zip(("first_precision", "first_recall"), FIRST_RUN.get(half, ("", "")), strict=True))
        )
        if chosen.faults and half != "unseen":
            print("\n".join(tally.notes))
    if not chosen.no_model:
        _model_rows(rows, cases)
    print(f"linguistic: {rate:.0f} messages/s in a pipe, {single:.0f} one by one")
    figures: dict[str, float] = dict(tallies.get("unseen", next(iter(tallies.values()))).figures())
    for half, tally in tallies.items():
        figures |= {f"{name}_{half}": value for name, value in tally.figures().items() if half != "unseen"}
    figures |= {"messages_per_s": round(rate, 1), "messages_per_s_single": round(single, 1)}
    finish("reader", rows, figures, only_json=chosen.json)
    return 0


def _model_rows(rows: list[dict[str, Any]], cases: list[Case]) -> None:
    """The model reader's row, where the default model passes its probe; else a line that says that it did not."""
    reader, close = _model_reader()
    if reader is None:
        return
    from memos_engine.reader.model_reader import probe

    try:
        if not probe(reader):
            print("model: the loaded model does not pass its probe; the reader that asks it is not used.")
            return
        tallies, _ = run(reader, cases)
        rows += [{"reader": "model", "half": half, "messages": t.cases} | t.figures() for half, t in tallies.items()]
    finally:
        close()


def _model_reader() -> tuple[Reader | None, Callable[[], None]]:
    """A reader that asks the default chat model, and what releases that model; None where its file is not there."""
    from memos_engine.inference.host import ModelHost
    from memos_engine.reader.model_reader import ModelReader
    from memos_engine.resources import default_weights
    from memos_engine.settings import Settings

    weights = default_weights("chat")
    if not weights.path.exists():
        print(f"model: {weights.name} is not in the models folder; the reader that asks it was not run.")
        return None, lambda: None
    host = ModelHost()
    with tempfile.TemporaryDirectory() as home:
        host.load(weights.path, Settings(Path(home) / "settings.toml"))
    return ModelReader(host.complete_json), host.close


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
