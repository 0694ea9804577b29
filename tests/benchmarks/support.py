"""Which memory supports which sentence of a reply, and what nothing supports: the check against labelled replies.

    memos bench support

`data/support.jsonl` holds scenes: the memories in front, what was asked, and a reply, sentence by sentence, each with
the memories that it rests on, those on which it may be said to rest (`may`: neither right nor wrong), and whether it
claims something about the person that nothing supports. The first half was written before the check was tuned, the
second behind it: when first met it gave 0.970 / 0.914 for the marks and 1.0 / 0.643 for the verdicts. What was wrong
there has been mended since, so that only new sentences can tell more. No model answers here.
"""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from _report import finish, options

from memos_engine.encoder import SentenceEncoder
from memos_engine.language.pipeline import LanguagePipeline
from memos_engine.resources import default_weights
from memos_engine.support.check import SupportCheck
from memos_engine.support.known import Spoken
from memos_engine.types import Kind, Memory, Origin, Precision, Source, State

DATA = Path(__file__).parent / "data" / "support.jsonl"
ASKED = datetime(2026, 3, 20, 12, tzinfo=UTC)


@dataclass
class Tally:
    """What was found of what there is."""

    sentences: int = 0
    right: int = 0
    wrong: int = 0
    missed: int = 0
    verdicts_right: int = 0
    verdicts_wrong: int = 0
    verdicts_missed: int = 0
    took: list[float] = field(default_factory=list)

    def row(self, half: str) -> dict[str, Any]:
        """A line of the table."""
        return {
            "half": half,
            "sentences": self.sentences,
            "marks": self.right + self.missed,
            "mark_precision": _share(self.right, self.wrong),
            "mark_recall": _share(self.right, self.missed),
            "unsupported": self.verdicts_right + self.verdicts_missed,
            "unsupported_precision": _share(self.verdicts_right, self.verdicts_wrong),
            "unsupported_recall": _share(self.verdicts_right, self.verdicts_missed),
            "ms_a_reply": round(1000 * sum(self.took) / max(len(self.took), 1), 1),
        }


def _share(right: int, other: int) -> float:
    return round(right / (right + other), 4) if right + other else 1.0


def memory(entry: dict[str, Any]) -> Memory:
    """A memory as the cube gives it."""
    told = datetime.fromisoformat(entry["told"]).replace(tzinfo=UTC)
    start = entry.get("valid_from")
    said = entry.get("said", "")
    return Memory(
        id=entry["id"], cube_id="c", kind=Kind(entry.get("kind", "fact")), origin=Origin.WORDS, state=State.ACTIVATED,
        text=entry["text"], subject=entry.get("subject", "me"),
        valid_from=datetime.fromisoformat(start).replace(tzinfo=UTC) if start else None, valid_to=None,
        valid_precision=Precision(entry["precision"]) if start else None, recorded_from=told, recorded_to=None,
        created=told, updated=told, language="en", tags=(), pinned=False, frozen=False, priority=0, sensitivity=(),
        confidence=1.0, confirmed=False, slot=entry.get("slot", ""), value=entry.get("value", ""), parent_id=None,
        superseded_by=None, lifespan=None, use_count=0, last_used=None, versions=1,
        sources=(Source(said, 0, len(said), told, message_id="m", speaker="me"),) if said else (),
    )  # fmt: skip


def judge(check: SupportCheck, scene: dict[str, Any], tally: Tally) -> list[str]:
    """Add one scene to the tally; returns what was wrong or missed, in words."""
    sentences = scene["reply"]
    reply = scene.get("joined_by", " ").join(sentence["text"] for sentence in sentences)
    said = [Spoken(text, ASKED) for text in (*scene.get("earlier", ()), scene["asked"])]
    memories = [memory(entry) for entry in scene["memories"]]
    began = time.perf_counter()
    found = check.check(reply, ASKED, memories, said)
    tally.took.append(time.perf_counter() - began)
    faults = []
    at = 0
    for sentence in sentences:
        start = reply.index(sentence["text"], at)
        at = start + len(sentence["text"])
        here = [one for one in found if start <= one.start < at]
        marks = {memory_id for one in here for memory_id in one.memory_ids}
        wanted, may = set(sentence.get("rests_on", ())), set(sentence.get("may", ()))
        verdict, wanted_verdict = any(one.unsupported for one in here), sentence.get("unsupported", False)
        tally.sentences += 1
        tally.right += len(marks & wanted)
        tally.wrong += len(marks - wanted - may)
        tally.missed += len(wanted - marks)
        tally.verdicts_right += verdict and wanted_verdict
        tally.verdicts_wrong += verdict and not wanted_verdict
        tally.verdicts_missed += wanted_verdict and not verdict
        if marks - wanted - may or wanted - marks or verdict != wanted_verdict:
            faults.append(f"{sentence['text']}  wanted {sorted(wanted)} {'!' * wanted_verdict}  "
                          f"found {sorted(marks)} {'!' * verdict}")  # fmt: skip
    return faults


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; the last line is the JSON that `memos bench` promises."""
    parser = options("support", __doc__)
    parser.add_argument("--half", choices=("first", "second"), help="only this one")
    parser.add_argument("--faults", action="store_true", help="print what was wrong or missed")
    chosen = parser.parse_args(argv)
    check = SupportCheck(LanguagePipeline(), SentenceEncoder.open(default_weights("encoder").path).encode)
    check.check("You live here.", ASKED, [])  # what loads at the first use is not of the time
    scenes = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
    tallies: dict[str, Tally] = {}
    for scene in scenes:
        if chosen.half in (None, scene["half"]):
            faults = judge(check, scene, tallies.setdefault(scene["half"], Tally()))
            if chosen.faults:
                print(*faults, sep="\n", end="\n" if faults else "")
    rows = [tally.row(half) for half, tally in tallies.items()]
    figures = {
        f"{row['half']}_{name}": row[name] for row in rows for name in row if name.endswith(("precision", "recall"))
    }
    finish("support", rows, figures, only_json=chosen.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
