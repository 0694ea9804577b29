"""Starting as a process: ready line, one window a home, and the terminal where there is no display."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox

from app import display
from app.__main__ import run_window
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


@pytest.mark.parametrize("below", ["", "deeper/home"])
def test_a_home_where_a_file_stands_is_refused_with_its_reason_and_what_to_do(
    tmp_path: Path, below: str, monkeypatch: pytest.MonkeyPatch
):
    (file := tmp_path / "notes.txt").write_text("mine")
    shown: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: shown.extend((box.text(), box.informativeText())))
    assert run_window(file / below, report_ready=False) == 1
    assert shown == [f"{file} is no folder: memories cannot be kept there.", "Name a folder with --home."]
    assert file.read_text() == "mine"


@pytest.mark.parametrize("dead", [{"DISPLAY": ":4711"}, {"DISPLAY": ":4711", "WAYLAND_DISPLAY": "wayland-4711"}])
def test_with_a_display_that_does_not_answer_the_chat_opens_in_the_terminal_and_says_so(
    locked_home: Path, dead: dict[str, str]
):
    plain = environment(MEMOS_HOME=str(locked_home), **dead)
    plain.pop("QT_QPA_PLATFORM", None)
    done = subprocess.run(
        [sys.executable, "-m", "app"], cwd=ROOT, env=plain, input="", capture_output=True, text=True, timeout=120
    )
    told, *rest = done.stderr.splitlines()
    assert told.endswith(":4711 does not answer: here is the same chat, in the terminal.")
    assert "passphrase" in "".join(rest).lower()
    assert done.returncode == 1


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """An X server that lets in who has its cookie: its name, and the file with the cookie."""
    if shutil.which("Xvfb") is None or shutil.which("xauth") is None:
        pytest.skip("Xvfb or xauth is not installed")
    authority = tmp_path / "authority"
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-auth", str(authority), "-screen", "0", "640x480x24"]
    cookie = "0123456789abcdef" * 2
    subprocess.run(["xauth", "-f", authority, "add", ":0", ".", cookie], check=True, capture_output=True)
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server, os.fdopen(reading) as told:
        os.close(writing)
        name = f":{told.readline().strip()}"
        subprocess.run(["xauth", "-f", authority, "add", name, ".", cookie], check=True, capture_output=True)
        yield name, authority
        server.terminate()


def test_a_display_is_there_where_it_answers_and_lets_us_in(
    screen: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    name, authority = screen
    for variable in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("DISPLAY", name)
    monkeypatch.setenv("XAUTHORITY", str(authority))
    assert display.is_there()
    monkeypatch.setenv("XAUTHORITY", str(tmp_path / "nothing"))
    assert not display.is_there()
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert display.is_there(), "who tells Qt its platform is believed"


def test_a_wayland_display_is_there_while_somebody_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for variable in ("QT_QPA_PLATFORM", "DISPLAY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert not display.is_there()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(tmp_path / "wayland-0"))
        listening.listen()
        assert display.is_there()
    assert not display.is_there()
