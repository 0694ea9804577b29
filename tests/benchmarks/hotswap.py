"""How long it takes to put an adapter on, to take it off, and to exchange it for another, on the loaded model.

    memos bench hotswap [--rounds 40] [--adapter FILE]

Each change goes through `ModelHost.adapt`, as in the program, and is timed until it has returned: beside the model, and
with the merged copy, which is another file. Before the rounds each adapter is put on for the first time, its file read
and checked. Baseline: the whole model loaded anew. Figures: p95_ms over all changes, beside_p95_ms, reload_ms.
"""

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from _adapters import adapter_options, adapters_of
from _report import finish, options

from memos_engine.inference.adapter_file import AdapterFile, read_adapter
from memos_engine.inference.header import read_header
from memos_engine.inference.host import ModelHost
from memos_engine.inference.template import ChatMessage
from memos_engine.parametric.merge import write_merged
from memos_engine.resources import default_weights
from memos_engine.settings import Settings

RELOADS = 5


def main(argv: list[str] | None = None) -> int:
    """Run the benchmark; the last line of stdout is its JSON."""
    parser = options("hotswap", __doc__)
    parser.add_argument("--rounds", type=int, default=40, help="how often each change is made")
    adapter_options(parser)
    chosen = parser.parse_args(argv)
    base = default_weights("chat").path
    host = ModelHost()
    with tempfile.TemporaryDirectory(prefix="hotswap-") as folder:
        settings = Settings(Path(folder) / "settings.toml")
        info = host.load(base, settings)
        offered = adapters_of(chosen).of(info)
        if offered is None or offered.file is None:
            raise SystemExit("There is no adapter for the default model: `make adapter` trains it.")
        try:
            merged = Path(folder) / "merged.gguf"
            write_merged(base, offered.file, merged)
            paths = (offered.path, other(offered.path, Path(folder)))
            rows, figures = measure(host, settings, base, paths, merged, chosen.rounds)
        finally:
            host.close()
    finish("hotswap", rows, figures, only_json=chosen.json)
    return 0


def other(adapter: Path, folder: Path) -> Path:
    """Another adapter of the same size: its name differs, and by that its digest."""
    copy = folder / "other.gguf"
    shutil.copyfile(adapter, copy)
    content = bytearray(copy.read_bytes())
    at = content.index(b"general.name") + len(b"general.name") + 4 + 8
    content[at : at + 1] = b"~"
    copy.write_bytes(content)
    return copy


def measure(
    host: ModelHost, settings: Settings, base: Path, paths: tuple[Path, Path], merged: Path, rounds: int
) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """A row for each kind of change, and the figures."""
    header = read_header(base)
    reload_ms = [timed(lambda: host.load(base, settings)) for _ in range(RELOADS)]
    ready: list[AdapterFile] = []

    def first(path: Path) -> None:
        ready.append(read_adapter(path, header))
        host.adapt(ready[-1])

    first_ms = [timed(lambda path=path: first(path)) for path in paths]
    one, two = ready
    if one.digest == two.digest:
        raise SystemExit("Both adapters are the same.")
    steps: tuple[tuple[str, AdapterFile | None, Path | None], ...] = (
        ("on", one, None),
        ("exchange", two, None),
        ("off", None, None),
        ("merged on", one, merged),
        ("merged to beside", two, None),
        ("merged again", one, merged),
        ("merged off", None, None),
    )
    changes: dict[str, list[float]] = {name: [] for name, _, _ in steps}
    host.adapt(None)
    for _ in range(rounds):
        for name, adapter, copy in steps:
            changes[name].append(timed(lambda adapter=adapter, copy=copy: host.adapt(adapter, copy)))
            say(host)
    rows = [{"change": name, **spread(times)} for name, times in changes.items()]
    rows += [{"change": "first time", **spread(first_ms)}, {"change": "model loaded anew", **spread(reload_ms)}]
    everything = [took for times in changes.values() for took in times]
    beside = [took for name, times in changes.items() if not name.startswith("merged") for took in times]
    return rows, {
        "p95_ms": spread(everything)["p95_ms"],
        "beside_p95_ms": spread(beside)["p95_ms"],
        "reload_ms": spread(reload_ms)["median_ms"],
    }


def say(host: ModelHost) -> None:
    """A token, so that there is something computed that the next change must forget."""
    host.log_likelihoods((ChatMessage("user", "Where do I live?"),), "You")


def timed(work: Callable[[], Any]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def spread(times: list[float]) -> dict[str, float]:
    """Median, 95th percentile and longest."""
    return {
        "median_ms": round(statistics.median(times), 2),
        "p95_ms": round(float(np.percentile(times, 95)), 2),
        "longest_ms": round(max(times), 2),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
