"""Who opens an internet connection is seen, whichever way; what loads a model or an encoder opens none."""

import subprocess
import sys
from pathlib import Path

import pytest

from .connections import EXIT, KILLED, opened
from .places import Places

FORBID = "from connections import forbid; forbid()\n"
ENCODER = """
from memos_engine.encoder.sentence_encoder import SentenceEncoder
from memos_engine.resources import default_weights
encoder = SentenceEncoder.open(default_weights("encoder").path)
encoder.encode(["Lives in Ghent"])
encoder.close()
"""


def run(program: str, places: Places) -> subprocess.CompletedProcess[str]:
    """Run a program, as on the machine of a person."""
    command = [sys.executable, "-c", program]
    return subprocess.run(
        command, env=places.environment(), cwd=places.work, capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Empty folders."""
    return Places(tmp_path)


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("import socket; socket.create_connection(('127.0.0.1', 9))", EXIT),
        ("import socket; socket.getaddrinfo('localhost', 80)", EXIT),
        ("import ctypes, socket; ctypes.CDLL(None).socket(socket.AF_INET, socket.SOCK_STREAM, 0)", KILLED),
        ("import ctypes, socket; ctypes.CDLL(None).socket(socket.AF_INET6, socket.SOCK_DGRAM, 0)", KILLED),
        ("import socket; socket.socketpair(socket.AF_UNIX)", 0),
    ],
)
def test_a_connection_ends_a_process_that_forbids_them(program: str, code: int, places: Places) -> None:
    assert run(FORBID + program, places).returncode == code


def test_a_local_socket_is_no_connection() -> None:
    assert opened("socket.connect", (None, "/run/bus")) is None
    assert opened("socket.connect", (None, ("192.0.2.1", 443))) == "socket.connect ('192.0.2.1', 443)"


def test_the_encoder_s_library_calls_nobody_and_writes_nothing_about_the_person(places: Places) -> None:
    done = run(FORBID + ENCODER, places)
    assert (done.returncode, done.stderr) == (0, "")
    assert places.strays() == []
