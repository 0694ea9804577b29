"""Nearest neighbours by hnswlib for cubes that are too large to look at every vector, and their sealed snapshot.

Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using HNSW", 2016.
"""

import io
import json
import logging
import pickle
import threading
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from memos_engine.atomic_file import disk_error
from memos_engine.errors import DamagedError, NewerFormatError, NotFoundError
from memos_engine.types import CancelToken, Progress, ProgressCallback
from memos_engine.vault.sealed import seal, unseal

log = logging.getLogger(__name__)

SNAPSHOT = "vectors.hnsw"
_KIND = "vector-index"

_LINKS = 16
_BREADTH_BUILT = 100
_BREADTH_ASKED = 400
_VECTORS_A_STEP = 512
_MANY_BYTES = 1 << 20


class NearIndex:
    """An HNSW graph over the vectors of one encoder, labelled by item rowid. Thread-safe."""

    def __init__(self, graph: Any, encoder: str, revision: int) -> None:
        """Made by `empty` or `unsealed`."""
        self._graph = graph
        self._lock = threading.Lock()
        self.encoder = encoder
        self.revision = revision
        """What it holds is as it was at this revision."""
        self._labels = set(graph.get_ids_list())

    @classmethod
    def empty(cls, encoder: str, dimensions: int) -> Self:
        """A graph without vectors."""
        import hnswlib

        graph = hnswlib.Index("ip", dimensions)
        graph.init_index(_VECTORS_A_STEP, M=_LINKS, ef_construction=_BREADTH_BUILT)
        return cls(graph, encoder, 0)

    def __len__(self) -> int:
        return int(self._graph.get_current_count())

    def lacks(self, rowids: NDArray[np.int64], revisions: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these vectors are not in it, or only as they were before they were replaced."""
        labels = self._labels
        absent = np.fromiter((rowid not in labels for rowid in rowids.tolist()), dtype=bool, count=len(rowids))
        return absent | (revisions > self.revision)

    def holds_only(self, rowids: Collection[int]) -> bool:
        """Whether every vector in it is of one of these items."""
        return self._labels <= set(rowids)

    def add(
        self,
        rowids: NDArray[np.int64],
        vectors: NDArray[np.float32],
        revisions: NDArray[np.int64],
        progress: ProgressCallback,
        cancel: CancelToken | None,
    ) -> None:
        """Add vectors (or put them in the place of older ones) in the order of their revisions.

        On one core, in short steps between searches; a call that was cancelled goes on from its last step.
        """
        for at in range(0, len(rowids), _VECTORS_A_STEP):
            if cancel is not None:
                cancel.check()
            some = slice(at, at + _VECTORS_A_STEP)
            with self._lock:
                needed = len(self) + len(rowids[some])
                if needed > self._graph.get_max_elements():
                    self._graph.resize_index(needed + needed // 4)
                self._graph.add_items(vectors[some], rowids[some], num_threads=1)
                self._labels.update(rowids[some].tolist())
            self.revision = max(self.revision, int(revisions[some][-1]))
            progress(Progress(min(at + _VECTORS_A_STEP, len(rowids)), len(rowids), "vectors"))

    def nearest(
        self, vector: NDArray[np.float32], count: int, admits: Callable[[int], bool] | None
    ) -> NDArray[np.int64]:
        """Rowids of about `count` nearest vectors among those that `admits` lets through, nearest first."""
        with self._lock:
            count = min(count, len(self))
            if not count:
                return np.zeros(0, dtype=np.int64)
            self._graph.set_ef(max(_BREADTH_ASKED, count))
            try:
                found, _ = self._graph.knn_query(vector, k=count, num_threads=1, filter=admits)
            except RuntimeError:
                # hnswlib's way to say that it met fewer than `count`; the caller then looks at every vector.
                return np.zeros(0, dtype=np.int64)
        rowids: NDArray[np.int64] = found[0].astype(np.int64)
        return rowids

    def seal(self, folder: Path, key: bytes, cube_id: str) -> None:
        """Write the snapshot, sealed with the cube's blob key. Raises `DiskError`."""
        head = {"encoder": self.encoder, "revision": self.revision}
        with self._lock:
            content = json.dumps(head).encode() + b"\n" + pickle.dumps(self._graph, protocol=5)
        view = memoryview(content)
        pieces = (bytes(view[at : at + _MANY_BYTES]) for at in range(0, len(view), _MANY_BYTES))
        seal(pieces, folder / SNAPSHOT, key, cube_id=cube_id, kind=_KIND)

    @classmethod
    def unsealed(cls, folder: Path, key: bytes, cube_id: str, encoder: str) -> Self | None:
        """The snapshot's graph; None when it is missing, damaged or of another encoder: it is then made anew."""
        try:
            content = b"".join(unseal(folder / SNAPSHOT, key, cube_id=cube_id, kind=_KIND))
        except NotFoundError:
            return None
        except (DamagedError, NewerFormatError):
            log.warning("the vector index of cube %s cannot be read and is made anew", cube_id)
            return None
        line, _, rest = content.partition(b"\n")
        try:
            head = json.loads(line)
            if head["encoder"] != encoder:
                return None
            return cls(_Graphs(io.BytesIO(rest)).load(), encoder, int(head["revision"]))
        except (ValueError, LookupError, TypeError, AttributeError, EOFError, pickle.UnpicklingError):
            log.warning("the vector index of cube %s is not one of ours and is made anew", cube_id)
            return None


def discard_snapshot(folder: Path) -> None:
    """Remove the snapshot: a vector in it was erased. Raises `DiskError`."""
    try:
        (folder / SNAPSHOT).unlink(missing_ok=True)
    except OSError as error:
        raise disk_error(SNAPSHOT, error) from error


class _Graphs(pickle.Unpickler):
    """Reads a graph and nothing else: the seal says that a holder of the key wrote it, not that it is harmless."""

    _ALLOWED = frozenset(
        {("hnswlib", "Index"), ("numpy", "dtype"), ("numpy._core.numeric", "_frombuffer"), ("numpy", "ndarray")}
    )

    def find_class(self, module: str, name: str) -> Any:
        """The few classes that a graph is made of."""
        if (module, name) not in self._ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a vector index")
        return super().find_class(module, name)
