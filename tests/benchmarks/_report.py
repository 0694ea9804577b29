"""What every suite takes and prints: its options, a table for people, the machine, and the last line that `memos bench`
promises."""

import argparse
import json
import os
import platform
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]


def options(bench: str, about: str | None) -> argparse.ArgumentParser:
    """A parser with what every suite takes: `--json` leaves out the table."""
    parser = argparse.ArgumentParser(
        prog=f"memos bench {bench}", description=about, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="no table: the last line, which is JSON in any case")
    return parser


def table(rows: Sequence[Row], columns: Sequence[str] = ()) -> str:
    """The rows under their names, numbers to the right; `columns` to choose and order, else all that hold something."""
    named = columns or dict.fromkeys(name for row in rows for name in row)
    names = [name for name in named if columns or any(row.get(name) is not None for row in rows)]
    cells = [[_cell(row.get(name)) for name in names] for row in rows]
    widths = [max(len(name), *(len(line[place]) for line in cells), 0) for place, name in enumerate(names)]
    numeric = [any(_is_number(row.get(name)) for row in rows) for name in names]

    def line(words: Sequence[str]) -> str:
        parts = zip(words, widths, numeric, strict=True)
        return "  ".join(word.rjust(width) if right else word.ljust(width) for word, width, right in parts).rstrip()

    return "\n".join([line(names), *map(line, cells)])


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return " ".join(f"{name}:{_cell(held)}" for name, held in value.items())
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


@cache
def machine() -> dict[str, Any]:
    """What the figures were measured on: processor, cores that this process may use, memory in GB, Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"processor": _processor(), "cores": cores, "memory_gb": _memory_gb(), "python": platform.python_version()}


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def _memory_gb() -> float:
    import psutil

    return round(psutil.virtual_memory().total / 1e9, 1)


def finish(
    bench: str,
    rows: Sequence[Row],
    figures: Mapping[str, Any],
    *,
    columns: Sequence[str] = (),
    only_json: bool = False,
) -> None:
    """Print the table, the machine, and last the JSON: `{"bench", "cores", "machine", "rows", "figures"}`."""
    here = machine()
    if not only_json:
        print(f"\n{table(rows, columns)}")
        print(f"\n{here['processor']}, {here['cores']} cores, {here['memory_gb']} GB, Python {here['python']}")
    document = {"bench": bench, "cores": here["cores"], "machine": here, "rows": list(rows), "figures": dict(figures)}
    print(json.dumps(document), flush=True)
