"""What encryption costs: the same writes, reads and opens on SQLCipher and on plain SQLite, in turn.

    memos bench encryption [--turns 2000] [--rounds 7]

Recall and ingest are measured as a person has them: embedding included, through the gate and the ranked search. The
rows below them show the database's own share, without the encoder. Both databases are the same module with the same
settings; only the key is missing on one. Each pair of measurements is taken right after one another, the order
alternating, and the ratio of each round's sums goes into the median.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from _report import finish, options

from memos_engine.cube import conversations, items, messages, search_index, vectors
from memos_engine.cube.connection import plain_connect, sqlcipher_connect
from memos_engine.cube.scope import ItemScope
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ConversationRow, MessageRow
from memos_engine.encoder import SentenceEncoder
from memos_engine.governance.gate import Gate
from memos_engine.resources import default_weights
from memos_engine.retrieval.retrieval import Retrieval
from memos_engine.types import Caller, MemoryCall, Purpose
from memos_engine.vault.keys import CubeKeys

KEYS = CubeKeys(os.urandom(32), os.urandom(32), os.urandom(32))
SEALED, PLAIN = "sealed", "plain"
CONNECT = {SEALED: sqlcipher_connect, PLAIN: plain_connect}
BATCH = 64
_START = datetime(2024, 1, 1, tzinfo=UTC)


class Pair:
    """An encrypted and a plain cube, as a shelf and an open vault that the gate and the search take as theirs."""

    is_open = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stores = {
            name: CubeStore.create(folder / name, name, name, KEYS, connect=CONNECT[name]) for name in CONNECT
        }

    def get(self, cube_id: str) -> CubeStore:
        """The store of one of the two."""
        return self.stores[cube_id]

    def opens(self, _cube_id: str) -> bool:
        """Both can be read."""
        return True

    def all_open(self) -> tuple[CubeStore, ...]:
        """Both stores."""
        return tuple(self.stores.values())

    def cube_ids(self) -> tuple[str, ...]:
        """Both names."""
        return tuple(self.stores)

    def cube_locked(self, _cube_id: str) -> bool:
        """Neither is locked."""
        return False

    def close(self) -> None:
        """Close both."""
        for store in self.stores.values():
            store.close()


class Talk:
    """Invented turns: words as rare and as common as in a language (Zipf), the same for both stores."""

    def __init__(self, seed: int = 11) -> None:
        self._draw = random.Random(seed)
        syllables = ["ba", "ko", "ri", "ten", "mo", "sal", "vi", "dur", "pe", "lan", "gro", "fi", "nes", "tu", "mar"]
        self._words = ["".join(self._draw.choices(syllables, k=self._draw.randint(1, 4))) for _ in range(8_000)]
        self._weights = [1 / (place + 5) for place in range(len(self._words))]
        self._count = 0

    def text(self, words: int) -> str:
        """So many words."""
        return " ".join(self._draw.choices(self._words, self._weights, k=words))

    def turns(self, count: int) -> list[tuple[str, str, datetime]]:
        """New turns: id, text, time."""
        first, self._count = self._count, self._count + count
        return [
            (f"t{number}", self.text(self._draw.randint(8, 30)), _START + timedelta(minutes=number))
            for number in range(first, first + count)
        ]


def write_turns(
    store: CubeStore, turns: Sequence[tuple[str, str, datetime]], encode: Callable[[list[str]], Any]
) -> None:
    """One durable write of the turns with their vectors, as an import does it."""
    found = encode([text for _, text, _ in turns])
    with store.write() as session:
        talk = conversations.add(session, ConversationRow(title="Imported", imported=True))
        rows = [MessageRow(id=name, conversation_id=talk.id, text=text, time=at) for name, text, at in turns]
        messages.add_many(session, rows)
        rowids = messages.verbatim_rowids(session, [row.id for row in rows])
        vectors.put(session, list(zip(rowids, found, strict=True)), "encryption-bench")


def find_turns(store: CubeStore, query: str) -> None:
    """The database's part of a recall: the full-text match, and the best items with their sources."""
    with store.read() as session:
        found = search_index.match(session, search_index.any_word(search_index.words(query)), 50)
        rows = items.by_rowids(session, [rowid for rowid, _ in found[:20]], ItemScope())
        items.to_memories(session, rows.values(), store.cube_id)


def in_turn(pair: Pair, work: Callable[[CubeStore], None], number: int, spent: dict[str, float]) -> None:
    """Do the same on both stores, the other one first every second time, and add the seconds to `spent`."""
    for name in (SEALED, PLAIN) if number % 2 else (PLAIN, SEALED):
        start = time.perf_counter()
        work(pair.get(name))
        spent[name] += time.perf_counter() - start


def measure(turns: int, rounds: int) -> list[dict[str, Any]]:
    """One row for each kind of work: milliseconds a unit on both, and the overhead (fraction; median of the rounds)."""
    encoder = SentenceEncoder.open(default_weights("encoder").path)
    ready = np.random.default_rng(5).normal(size=(BATCH, 384)).astype(np.float32)
    talk = Talk()
    with tempfile.TemporaryDirectory(prefix="memos-bench-") as folder:
        pair = Pair(Path(folder))
        shelf: Any = pair
        gate, retrieval = Gate(shelf, shelf), Retrieval(shelf, lambda: encoder)
        for _ in range(0, turns, BATCH):
            some = talk.turns(BATCH)
            encoded = encoder.encode([text for _, text, _ in some])
            for store in pair.all_open():
                write_turns(store, some, lambda _, ready_made=encoded: ready_made)
        for name in pair.cube_ids():
            retrieval.catch_up(name)

        def recall(query: str) -> Callable[[CubeStore], None]:
            return lambda store: _recalled(gate, retrieval, store.cube_id, query)

        def opened(store: CubeStore) -> None:
            CubeStore.open(store.folder, store.cube_id, KEYS, connect=CONNECT[store.cube_id]).close()

        def said(turn: tuple[str, str, datetime]) -> Callable[[CubeStore], None]:
            return lambda store: write_turns(store, [turn], lambda _: ready[:1])

        def works() -> dict[str, list[Callable[[CubeStore], None]]]:
            queries = [talk.text(8) for _ in range(20)]
            imports = [talk.turns(BATCH) for _ in range(4)]
            return {
                "recall": [recall(query) for query in queries],
                "recall, database only": [lambda store, q=query: find_turns(store, q) for query in queries],
                "ingest of 64 turns": [
                    lambda store, t=some: write_turns(store, t, encoder.encode) for some in imports[:2]
                ],
                "ingest of 64 turns, database only": [
                    lambda store, t=some: write_turns(store, t, lambda _: ready) for some in imports[2:]
                ],
                "one durable turn, database only": [said(turn) for turn in talk.turns(20)],
                "open and close": [opened] * 5,
            }

        for name in pair.cube_ids():
            _recalled(gate, retrieval, name, talk.text(8))
        spent: dict[str, list[dict[str, float]]] = {}
        units: dict[str, int] = {}
        for _ in range(rounds):
            for kind, pieces in works().items():
                sums = {SEALED: 0.0, PLAIN: 0.0}
                for number, piece in enumerate(pieces):
                    in_turn(pair, piece, number, sums)
                spent.setdefault(kind, []).append(sums)
                units[kind] = len(pieces)
            for name in pair.cube_ids():
                retrieval.catch_up(name)
        retrieval.close_all()
        pair.close()
    encoder.close()
    return [_row(kind, sums, units[kind]) for kind, sums in spent.items()]


def _recalled(gate: Gate, retrieval: Retrieval, cube_id: str, query: str) -> None:
    found = retrieval.recall(gate.admit(MemoryCall(Caller.COMMAND, Purpose.SEARCH, query, (cube_id,))))
    if not found:
        raise SystemExit("the search found nothing: the benchmark is broken")


def _row(kind: str, sums: list[dict[str, float]], units: int) -> dict[str, Any]:
    return {
        "work": kind,
        "sealed_ms": round(statistics.median(one[SEALED] for one in sums) / units * 1000, 3),
        "plain_ms": round(statistics.median(one[PLAIN] for one in sums) / units * 1000, 3),
        "overhead": round(statistics.median(one[SEALED] / one[PLAIN] for one in sums) - 1, 4),
    }


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = options("encryption", __doc__)
    parser.add_argument("--turns", type=int, default=2_000, help="turns in each cube before measuring")
    parser.add_argument("--rounds", type=int, default=7)
    chosen = parser.parse_args(argv)
    rows = measure(chosen.turns, chosen.rounds)
    overhead = {row["work"]: row["overhead"] for row in rows}
    figures = {"recall_overhead": overhead["recall"], "ingest_overhead": overhead["ingest of 64 turns"]}
    finish("encryption", rows, figures, only_json=chosen.json)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
