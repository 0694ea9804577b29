"""What goes wrong is told by its kind and place: no log, no error output and no file quotes a memory."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from .places import CANARIES, ROOT, Places

FAULTS = ("LookupError", "BufferError", "IntegrityError", "ArithmeticError", "EOFError", "RuntimeError")


def test_faults_of_every_kind_leave_no_word_of_a_memory_in_log_output_or_files(tmp_path: Path) -> None:
    places = Places(tmp_path)
    command = [sys.executable, Path(__file__).with_name("faults.py"), places.home]
    done = subprocess.run(
        command, env=places.environment(), cwd=places.work, capture_output=True, text=True, timeout=120
    )
    log = (places.home / "logs" / "memos.log").read_text()
    assert [name for name in FAULTS if name not in log] == []
    assert done.returncode == 1
    assert "RuntimeError" in done.stderr
    assert "faults.py" in done.stderr
    said = (done.stdout + done.stderr + log).lower()
    assert [word for word in CANARIES if word in said] == []
    assert places.leaks() == []
    assert places.strays() == []


def test_a_process_that_a_library_ends_leaves_no_core_file(tmp_path: Path) -> None:
    program = (
        "import os, resource\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)\n"
        "from memos_engine.logs import keep_content_out_of_crashes\n"
        "keep_content_out_of_crashes()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), flush=True)\n"
        "os.abort()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == -signal.SIGABRT
    assert done.stdout.strip() in ("(1, 1)", "(0, 0)"), "one byte also keeps it from a program that collects cores"
    assert list(tmp_path.iterdir()) == []
