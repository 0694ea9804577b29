"""Starting as a process: ready line, one window a home, and the terminal where there is no display."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from memos_engine.memory_os import MemoryOS

ROOT = Path(__file__).parents[2]


def environment(**changes: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY", "MEMOS_HOME"}
    }
    return {**kept, **changes}


@pytest.fixture
def locked_home(home: Path) -> Path:
    engine = MemoryOS.open(home, housekeeping=False)
    engine.access.initialise(use_keyring=False, passphrase="seven quiet herons on a wire")
    engine.close()
    return home


def test_a_second_window_raises_the_first_and_ends_with_0(locked_home: Path):
    command = [sys.executable, "-m", "app", "--home", str(locked_home), "--report-ready"]
    offscreen = environment(QT_QPA_PLATFORM="offscreen")
    with subprocess.Popen(command, cwd=ROOT, env=offscreen, stdout=subprocess.PIPE, text=True) as first:
        try:
            word, seconds = first.stdout.readline().split()
            assert word == "ready"
            assert float(seconds) < 10
            second = subprocess.run(command, cwd=ROOT, env=offscreen, capture_output=True, text=True, timeout=60)
            assert second.returncode == 0
            assert second.stdout == ""
            assert first.poll() is None
        finally:
            first.terminate()
            first.wait(30)


def test_without_a_display_the_chat_opens_in_the_terminal(locked_home: Path):
    plain = environment(MEMOS_HOME=str(locked_home))
    plain.pop("QT_QPA_PLATFORM", None)
    done = subprocess.run(
        [sys.executable, "-m", "app"], cwd=ROOT, env=plain, input="", capture_output=True, text=True, timeout=120
    )
    # The vault is locked and no passphrase can be asked for: the terminal chat's own error, and no traceback.
    assert "Traceback" not in done.stderr
    assert "passphrase" in (done.stdout + done.stderr).lower()


def test_a_home_that_cannot_be_used_is_refused_with_its_reason():
    from app.__main__ import arguments, has_display

    assert arguments(["--home", "/x"]).home == Path("/x")
    assert not arguments([]).report_ready
    assert isinstance(has_display(), bool)
