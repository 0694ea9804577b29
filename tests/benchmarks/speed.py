"""How fast recall, import, unlocking and the start are, and what they need of memory.

    memos bench speed [--sizes 1000 10000 100000]

Texts are generated; above 10,000 their vectors are too (the encoder would need a quarter of an hour). Every recall goes
the way of `memos recall`, its query embedded. The window starts offscreen, as a process of its own, on a home with
10,000 items; a stand-in for the OS keyring opens it, as a keyring would.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from _report import finish, options

from memos_engine.cube import conversations, messages, vectors
from memos_engine.cube.tables import ConversationRow, MessageRow
from memos_engine.memory_os import MemoryOS
from memos_engine.services.home import OpenHome
from memos_engine.services.recall import command_call
from memos_engine.types import Role

PASSPHRASE = "a benchmark, not a secret"
DIMENSIONS = 384
_QUERIES = 200
_ROWS_A_WRITE = 2_000
_START = datetime(2024, 1, 1, tzinfo=UTC)

_PEOPLE = ("Ana", "Bram", "Chloe", "Dimitri", "Emeka", "Farah", "Goran", "Hana", "Ines", "Jonas", "Kofi", "Leila")
_VERBS = ("visited", "painted", "repaired", "sold", "borrowed", "planted", "cooked", "measured", "forgot", "collected")
_PLACES = ("Ghent", "Porto", "Utrecht", "Lagos", "Kyoto", "Oslo", "Lima", "Tartu", "Graz", "Bergen", "Leuven", "Cork")
_SYLLABLES = ("ba", "ko", "ri", "ten", "mo", "sal", "vi", "dur", "pe", "lan", "gro", "fi", "nes", "tu", "mar")


def sentences(count: int, seed: int = 7) -> Iterator[str]:
    """Invented sentences with words as rare and as common as in a language (Zipf), a few words for every letter."""
    dice = random.Random(seed)
    things = ["".join(dice.choices(_SYLLABLES, k=dice.randint(2, 4))) for _ in range(20_000)]
    weights = [1.0 / rank for rank in range(1, len(things) + 1)]
    for number in range(count):
        one, two, three, four = dice.choices(things, weights, k=4)
        yield (
            f"{dice.choice(_PEOPLE)} {dice.choice(_VERBS)} the {one} {two} in {dice.choice(_PLACES)} because the "
            f"{three} was {four}, on day {number % 365}."
        )


def questions(count: int) -> list[str]:
    """Questions about the sentences."""
    said = list(sentences(5 * count))[::5]
    return [f"What did {text.split()[0]} do with the {' '.join(text.split()[3:5])} and why?" for text in said]


class Keyring:
    """Stands in for the OS keyring: one file in the benchmark's own temporary folder."""

    name = "stand-in"
    priority = 1

    def get_password(self, service: str, entry: str) -> str | None:
        """The secret, or None."""
        file = Path(os.environ["MEMOS_BENCH_KEYRING"]) / entry.replace("/", "_")
        return file.read_text() if file.exists() else None

    def set_password(self, service: str, entry: str, secret: str) -> None:
        """Keep the secret."""
        (Path(os.environ["MEMOS_BENCH_KEYRING"]) / entry.replace("/", "_")).write_text(secret)


def use_stand_in() -> None:
    """Let the vault take the stand-in for an OS keyring, in this process."""
    import keyring

    Keyring.__module__ = "keyring.backends.SecretService"
    keyring.get_keyring = lambda: Keyring()  # type: ignore[assignment,return-value]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; the last line is the JSON that `memos bench` promises."""
    parser = options("speed", __doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--probe", choices=("window", "memory"), help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args(argv)
    use_stand_in()
    if chosen.probe == "window":
        from app.__main__ import main as window

        return window(["--home", str(chosen.home), "--report-ready"])
    if chosen.probe == "memory":
        return tell_memory(chosen.home)
    with tempfile.TemporaryDirectory(prefix="memos-bench-") as place:
        os.environ["MEMOS_BENCH_KEYRING"] = place
        rows, figures = measure(Path(place), chosen.sizes)
    finish("speed", rows, figures, only_json=chosen.json)
    return 0


def measure(place: Path, sizes: Sequence[int]) -> tuple[list[dict[str, object]], dict[str, float]]:
    """Rows and figures of all of it, in a temporary folder."""
    rows: list[dict[str, object]] = []
    figures: dict[str, float] = {}
    for size in sizes:
        folder = place / f"home-{size}"
        home = OpenHome(folder)
        memory = MemoryOS(home, housekeeping=False)
        memory.access.initialise(use_keyring=True, passphrase=PASSPHRASE)
        name = f"{size // 1000}k"
        try:
            if size <= 10_000:
                rate = ingest(memory, place, size)
                figures["ingest_per_s"] = rate
                rows.append({"what": "ingest, searchable", "items": size, "per_s": rate})
            else:
                generate(home, size)
            cube_id = home.shelf.default().cube_id
            home.retrieval.catch_up(cube_id)
            times = recall_times(memory)
            if size > 10_000:
                rows.append({"what": "recall, every vector looked at", "items": size, **spread(times)})
                began = time.perf_counter()
                home.retrieval.tend(cube_id)
                rows.append({"what": "graph built", "items": size, "s": round(time.perf_counter() - began, 1)})
                times = recall_times(memory)
            rows.append({"what": "recall", "items": size, **spread(times)})
            figures[f"recall_p50_ms_{name}"] = round(float(np.percentile(times, 50)), 1)
            figures[f"recall_p95_ms_{name}"] = round(float(np.percentile(times, 95)), 1)
            if size == 10_000:
                memory.access.lock()
                began = time.perf_counter()
                memory.access.unlock(passphrase=PASSPHRASE)
                figures["unlock_s"] = round(time.perf_counter() - began, 3)
                rows.append({"what": "unlock", "items": size, "s": figures["unlock_s"]})
        finally:
            memory.close()
        print(f"{size:,} items measured", file=sys.stderr, flush=True)
        if size == 10_000:
            figures["window_s"] = probe("window", folder, "ready")
            figures["memory_mb"] = probe("memory", folder, "memory")
            rows.append({"what": "start to usable window", "items": size, "s": figures["window_s"]})
            rows.append({"what": "memory used", "items": size, "mb": figures["memory_mb"]})
    figures["read_per_s"] = read_rate()
    rows.append({"what": "messages read", "items": 500, "per_s": figures["read_per_s"]})
    return rows, figures


def spread(times: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile, in milliseconds."""
    return {f"p{part}_ms": round(float(np.percentile(times, part)), 1) for part in (50, 95)}


def ingest(memory: MemoryOS, place: Path, size: int) -> float:
    """Items a second from a file of messages to searchable by words and meaning."""
    file = place / f"{size}.jsonl"
    with file.open("w", encoding="utf-8") as stream:
        for number, text in enumerate(sentences(size)):
            line = {
                "id": f"m{number}",
                "conversation": f"c{number // 50}",
                "speaker": "me",
                "time": (_START + timedelta(minutes=7 * number)).isoformat(),
                "text": text,
            }
            stream.write(json.dumps(line) + "\n")
    began = time.perf_counter()
    report = memory.imports.ingest([file], read=False)
    if report.added != size:
        raise SystemExit(f"{report.added} of {size} came in: {report.failed}")
    return round(size / (time.perf_counter() - began), 1)


def generate(home: OpenHome, size: int) -> None:
    """Items with generated vectors: directions around 500 topics."""
    store, encoder = home.shelf.default(), home.encoder
    random_numbers = np.random.default_rng(7)
    topics = random_numbers.standard_normal((500, encoder.dimensions)).astype(np.float32)
    said = sentences(size)
    for start in range(0, size, _ROWS_A_WRITE):
        count = min(_ROWS_A_WRITE, size - start)
        matrix = topics[random_numbers.integers(0, len(topics), count)]
        matrix = matrix + random_numbers.standard_normal(matrix.shape).astype(np.float32)
        matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
        with store.write() as session:
            place = conversations.add(session, ConversationRow(title=""))
            rows = []
            for number in range(start, start + count):
                row = MessageRow(
                    id=f"m{number}",
                    conversation_id=place.id,
                    parent_id=rows[-1].id if rows else None,
                    role=Role.PERSON,
                    text=next(said),
                    time=_START + timedelta(minutes=7 * number),
                )
                rows.append(row)
            messages.add_many(session, rows)
            rowids = messages.verbatim_rowids(session, [row.id for row in rows])
            vectors.put(session, list(zip(sorted(rowids), matrix, strict=True)), encoder.id)


def recall_times(memory: MemoryOS) -> list[float]:
    """Milliseconds of each of many recalls, after a few that are not counted."""
    times = []
    for number, question in enumerate(questions(_QUERIES + 10)):
        began = time.perf_counter()
        found = memory.recall.recall(command_call(question))
        if number >= 10:
            times.append(1000 * (time.perf_counter() - began))
        if not found:
            raise SystemExit("a recall found nothing")
    return times


def read_rate() -> float:
    """Messages a second that the reader turns into candidate memories."""
    from memos_engine.language.pipeline import LanguagePipeline
    from memos_engine.reader.linguistic import LinguisticReader
    from memos_engine.reader.protocol import ReadRequest

    reader = LinguisticReader(LanguagePipeline())
    requests = [ReadRequest(text, _START) for text in sentences(500)]
    for _ in reader.read_many(requests[:20]):
        pass
    began = time.perf_counter()
    for _ in reader.read_many(requests):
        pass
    return round(len(requests) / (time.perf_counter() - began), 1)


def tell_memory(home: Path) -> int:
    """Print the resident memory of a process that has opened a home and answered a recall."""
    import psutil

    memory = MemoryOS.open(home, housekeeping=False)
    memory.access.unlock()
    memory.recall.recall(command_call(questions(1)[0]))
    print(f"memory {psutil.Process().memory_info().rss / 1e6:.0f}")
    memory.close()
    return 0


def probe(what: str, home: Path, word: str) -> float:
    """Run this file as a process of its own that prints `word` and a number."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, __file__, "--probe", what, "--home", str(home)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, cwd=Path(__file__).parents[2]
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(word):
                return float(line.split()[1])
    finally:
        process.terminate()
        process.wait()
    raise SystemExit(f"the {what} did not report")


if __name__ == "__main__":
    sys.exit(main())
