"""The suites run, and print what `memos bench` promises: a table, and as the last line their JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("suite", "arguments", "figures"),
    [
        ("encryption", ("--turns", "64", "--rounds", "1"), {"recall_overhead", "ingest_overhead"}),
        ("memory_qa", ("--only", "2"), {"gold", "abstain", "gold_given", "gold_bare"}),
        ("support", ("--half", "first"), {"first_mark_precision", "first_unsupported_recall"}),
        ("chat_quality", ("--only", "1"), {"perplexity", "uncalled", "instructions"}),
    ],
)
def test_a_suite_prints_its_table_and_last_its_figures(
    suite: str, arguments: tuple[str, ...], figures: set[str]
) -> None:
    command = [sys.executable, str(ROOT / "tests" / "benchmarks" / f"{suite}.py"), *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    *table, last = done.stdout.splitlines()
    printed = json.loads(last)
    assert printed["bench"] == suite.replace("_", "-")
    assert printed["cores"] == printed["machine"]["cores"] > 0
    assert figures <= printed["figures"].keys()
    assert any(all(name in line for name in list(printed["rows"][0])[:2]) for line in table)
