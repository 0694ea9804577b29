"""How much of the evidence is found: LoCoMo (Maharana et al., ACL 2024), every turn ingested with its time and speaker.

    memos bench retrieval --data FOLDER

FOLDER holds `dev.json` and, where there is one, `corrections.json`. Each conversation gets a cube of its own; turns
come in as `memos ingest` takes them, questions as `memos recall --batch` does. Beside the engine stand BM25 alone, the
encoder alone, and reciprocal rank fusion of both, on the same cubes.
"""

import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from _report import finish, options
from sqlmodel import col, select

from memos_engine.cube import search_index, vectors
from memos_engine.cube.tables import ItemRow
from memos_engine.memory_os import MemoryOS
from memos_engine.retrieval.question import Question
from memos_engine.services.home import OpenHome
from memos_engine.services.recall import command_call
from memos_engine.types import Recalled, now

_TURN = re.compile(r"D(\d+):(\d+)")
_FIRST = 60
"""Items that are asked for at first; where they hold fewer than five sessions, all are."""
_RRF = 60.0


@dataclass(frozen=True)
class Asked:
    """A question with the turns that hold its evidence."""

    text: str
    evidence: tuple[str, ...]
    category: int


@dataclass(frozen=True)
class Talk:
    """One conversation: lines as `memos ingest` reads them, and its questions."""

    name: str
    lines: tuple[dict[str, str], ...]
    questions: tuple[Asked, ...]


def talks(folder: Path) -> list[Talk]:
    """The conversations of `dev.json`, evidence corrected where `corrections.json` lies beside it."""
    data = json.loads((folder / "dev.json").read_text(encoding="utf-8"))
    file = folder / "corrections.json"
    corrections = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    corrected = {(entry["conversation"], entry["question"]): entry["evidence"] for entry in corrections}
    found = []
    for number, entry in enumerate(data):
        lines = tuple(_lines(f"c{number}", entry["conversation"]))
        there = {line["id"] for line in lines}
        questions = []
        for place, qa in enumerate(entry["qa"]):
            stated = corrected.get((number, place), qa.get("evidence", []))
            ids = dict.fromkeys(f"D{a}:{b}" for text in stated for a, b in _TURN.findall(text))
            evidence = tuple(turn for turn in ids if turn in there)
            if evidence:
                questions.append(Asked(qa["question"], evidence, qa["category"]))
        found.append(Talk(f"c{number}", lines, tuple(questions)))
    return found


def _lines(name: str, conversation: dict[str, object]) -> Iterator[dict[str, str]]:
    sessions = sorted((key for key in conversation if re.fullmatch(r"session_\d+", key)), key=lambda key: int(key[8:]))
    for session in sessions:
        when = datetime.strptime(str(conversation[f"{session}_date_time"]), "%I:%M %p on %d %B, %Y").replace(tzinfo=UTC)
        turns: list[dict[str, str]] = conversation[session]  # type: ignore[assignment]
        for turn in turns:
            caption = f" [{turn['blip_caption']}]" if turn.get("blip_caption") else ""
            yield {
                "id": turn["dia_id"],
                "conversation": name,
                "speaker": turn["speaker"],
                "time": when.isoformat(),
                "text": turn["text"] + caption,
            }


def session_of(turn: str) -> str:
    """ "D3:11" → "3"."""
    return turn[1:].split(":")[0]


def judged(ranking: Sequence[str], asked: Asked) -> tuple[float, bool]:
    """Evidence @10 and right session @5 of one ranking of turn ids."""
    first = set(list(dict.fromkeys(ranking))[:10])
    sessions = list(dict.fromkeys(session_of(turn) for turn in ranking))[:5]
    found = sum(turn in first for turn in asked.evidence) / len(asked.evidence)
    return found, bool({session_of(turn) for turn in asked.evidence} & set(sessions))


def _sources(found: Sequence[Recalled]) -> list[str]:
    return [source.message_id for item in found for source in item.memory.sources if source.message_id]


def engine_rankings(memory: MemoryOS, cube_id: str, talk: Talk) -> list[list[str]]:
    """What the engine finds, as `memos recall --batch` asks it."""
    calls = [command_call(asked.text, limit=_FIRST, cubes=(cube_id,)) for asked in talk.questions]
    rankings = [_sources(found) for found in memory.recall.recall_batch(calls)]
    shallow = [n for n, ranking in enumerate(rankings) if len({session_of(turn) for turn in ranking}) < 5]
    deeper = [command_call(talk.questions[n].text, limit=len(talk.lines), cubes=(cube_id,)) for n in shallow]
    for n, found in zip(shallow, memory.recall.recall_batch(deeper), strict=True):
        rankings[n] = _sources(found)
    return rankings


def baseline_rankings(home: OpenHome, cube_id: str, talk: Talk) -> dict[str, list[list[str]]]:
    """BM25 over stemmed turns, cosine over turns, and reciprocal rank fusion of the two."""
    store, encoder = home.shelf.get(cube_id), home.encoder
    queries = encoder.encode([asked.text for asked in talk.questions])
    rankings: dict[str, list[list[str]]] = {"bm25": [], "dense": [], "rrf": []}
    with store.read() as session:
        rows = session.exec(select(ItemRow.rowid, ItemRow.message_id).order_by(col(ItemRow.rowid))).all()
        name = dict(rows)
        order = np.array([rowid for rowid, _ in rows])
        rowids, matrix = vectors.load_all(session, encoder.id)
        for asked, query in zip(talk.questions, queries, strict=True):
            expression = search_index.any_word(Question.read(asked.text, now()).words)
            scores = dict(search_index.match(session, expression, len(rows)))
            lexical = np.array([-scores.get(rowid, 0.0) for rowid in order.tolist()])
            dense = np.zeros(len(order))
            dense[np.searchsorted(order, rowids)] = matrix @ query
            ranks = [np.argsort(np.argsort(-values, kind="stable")) for values in (lexical, dense)]
            fused = sum((1.0 / (_RRF + rank + 1.0) for rank in ranks), np.zeros(len(order)))
            for key, values in (("bm25", lexical), ("dense", dense), ("rrf", fused)):
                ranked = order[np.argsort(-values, kind="stable")]
                rankings[key].append([str(name[rowid]) for rowid in ranked.tolist()])
    return rankings


def measured(folder: Path, say: Callable[[str], None]) -> dict[str, list[tuple[str, int, float, bool]]]:
    """Ranker → (conversation, category, evidence @10, session @5) of every question."""
    results: dict[str, list[tuple[str, int, float, bool]]] = {}
    with tempfile.TemporaryDirectory(prefix="memos-bench-") as place:
        home = OpenHome(Path(place) / "home")
        memory = MemoryOS(home, housekeeping=False)
        memory.access.initialise(use_keyring=False, passphrase="a benchmark, not a secret")
        try:
            for talk in talks(folder):
                file = Path(place) / f"{talk.name}.jsonl"
                file.write_text("".join(json.dumps(line) + "\n" for line in talk.lines), encoding="utf-8")
                cube_id = memory.cubes.create(talk.name).id
                began = time.perf_counter()
                report = memory.imports.ingest([file], cube_id=cube_id, read=False)
                took = time.perf_counter() - began
                if report.failed or report.added != len(talk.lines):
                    raise SystemExit(f"{talk.name}: {report.added} of {len(talk.lines)} turns came in: {report.failed}")
                say(f"{talk.name}: {report.added} turns, {report.added / took:.0f} a second")
                rankings = {"engine": engine_rankings(memory, cube_id, talk)}
                rankings |= baseline_rankings(home, cube_id, talk)
                for ranker, ranked in rankings.items():
                    for ranking, asked in zip(ranked, talk.questions, strict=True):
                        row = (talk.name, asked.category, *judged(ranking, asked))
                        results.setdefault(ranker, []).append(row)
        finally:
            memory.close()
    return results


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; the last line is the JSON that `memos bench` promises."""
    parser = options("retrieval", __doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with dev.json (and corrections.json)")
    chosen = parser.parse_args(argv)
    results = measured(chosen.data, lambda line: print(line, flush=True))
    rows, figures = [], {}
    categories = sorted({category for _, category, _, _ in results["engine"]})
    for ranker, judgements in results.items():
        by_category = {
            category: round(float(np.mean([found for _, c, found, _ in judgements if c == category])), 4)
            for category in categories
        }
        names = sorted({name for name, _, _, _ in judgements})
        by_talk = {n: round(float(np.mean([found for t, _, found, _ in judgements if t == n])), 4) for n in names}
        evidence = round(float(np.mean([found for _, _, found, _ in judgements])), 4)
        session = round(float(np.mean([right for _, _, _, right in judgements])), 4)
        prefix = "" if ranker == "engine" else f"{ranker}_"
        figures |= {f"{prefix}evidence_at_10": evidence, f"{prefix}session_at_5": session}
        rows.append(
            {
                "ranker": ranker,
                "questions": len(judgements),
                "evidence_at_10": evidence,
                "session_at_5": session,
                "by_category": by_category,
                "by_conversation": by_talk,
            }
        )
    columns = ("ranker", "questions", "evidence_at_10", "session_at_5", "by_category")
    finish("retrieval", rows, figures, columns=columns, only_json=chosen.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
