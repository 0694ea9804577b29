"""Set-up on a machine that lacks something: a plain word on what and what to do, and the next run goes on."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOWHERE = "http://127.0.0.1:9/simple"


class Checkout:
    """A copy of what set-up reads, and ways to run it there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("packaging/set_up.py", "packaging/fetch_models.py", "resources/models.toml", "pyproject.toml"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
        for lock in ROOT.glob("*.lock"):
            shutil.copyfile(lock, folder / lock.name)
        # Whatever this system has, or whoever runs the tests, nothing may be installed on it.
        self.bin = folder / "bin"
        self.bin.mkdir()
        for name in ("sudo", "apt-get"):
            self.command(name, "exit 1")
        self.env = {**os.environ, "PIP_INDEX_URL": NOWHERE, "PIP_RETRIES": "1", "PIP_CONFIG_FILE": os.devnull}
        for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
            self.env.pop(name, None)
        self.env["PATH"] = f"{self.bin}:{self.env['PATH']}"

    def command(self, name: str, script: str) -> None:
        """A command of the system, as a shell script."""
        (self.bin / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.bin / name).chmod(0o755)

    def satisfy(self) -> None:
        """Nothing of the system's is missing."""
        file = self.folder / "packaging" / "set_up.py"
        file.write_text(file.read_text().replace("install_packages(missing_packages(dev=dev))", "pass"))

    def begin(self, *, python: str = sys.executable, **options: object) -> "subprocess.Popen[str]":
        """Set-up, under way."""
        command = [python, str(self.folder / "packaging" / "set_up.py")]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, env=self.env, **options
        )

    def run(self) -> tuple[int, str]:
        """Exit code, and what was said."""
        with self.begin() as process:
            said, wrong = process.communicate(timeout=120)
            assert "Traceback" not in wrong
            return process.returncode, said + wrong


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "checkout")


def test_without_a_network_it_says_so_and_the_next_run_goes_on(checkout: Checkout) -> None:
    checkout.satisfy()
    making = "==> Making the virtual environment in .venv\n"
    unreached = (
        "==> Installing the build tools\n\nSet-up stopped: the build tools could not be installed. "
        "The package index could not be reached: check the network, then run make again.\n"
    )
    assert checkout.run() == (1, making + unreached)
    assert checkout.run() == (1, unreached)
    shutil.rmtree(next((checkout.folder / ".venv").glob("lib/python*/site-packages/pip")))
    assert checkout.run() == (1, making + unreached)


def test_weights_that_cannot_be_fetched_are_told_plainly(checkout: Checkout) -> None:
    checkout.env["MEMOS_MODELS"] = str(checkout.folder / "models")
    leftover = checkout.folder / "models" / ".fetching" / "cut"
    leftover.mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, checkout.folder / "packaging" / "fetch_models.py"],
        env=checkout.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.endswith("could not be fetched. Check the network and run make again.\n")
    assert "Traceback" not in done.stderr
    assert not leftover.exists()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_ends_what_it_started_and_says_how_to_go_on(checkout: Checkout, ending: signal.Signals) -> None:
    checkout.satisfy()
    with checkout.begin() as process:
        assert process.stdout.readline().startswith("==> Making the virtual environment")
        process.send_signal(ending)
        _, wrong = process.communicate(timeout=60)
    assert process.returncode == 130
    assert wrong == "\nStopped. Run make again to go on from here.\n"


def test_a_folder_that_cannot_be_written_is_told(checkout: Checkout) -> None:
    checkout.satisfy()
    (checkout.folder / ".setup").write_text("whoever runs the tests may write into any folder, but not into a file")
    code, said = checkout.run()
    assert code == 1
    assert ".setup: File exists.\nIt writes into this folder: put the program where you may write" in said


def test_missing_packages_are_named_with_the_one_command(checkout: Checkout) -> None:
    file = checkout.folder / "packaging" / "set_up.py"
    file.write_text(file.read_text().replace('"EGL": "libegl1"', '"no-such-library": "libnone1"'))
    code, said = checkout.run()
    assert code == 1
    assert "    sudo apt-get update && sudo apt-get install -y --no-install-recommends" in said
    assert "libnone1" in said
    (checkout.bin / "apt-get").unlink()
    checkout.env["PATH"] = str(checkout.bin)
    code, said = checkout.run()
    assert code == 1
    assert "These are missing (by their Debian names):" in said


def test_a_second_one_waits_for_the_first(checkout: Checkout) -> None:
    checkout.satisfy()
    (checkout.folder / ".setup").mkdir()
    (checkout.folder / ".venv").write_text("no folder")
    with (checkout.folder / ".setup" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with checkout.begin() as process:
            assert process.stdout.readline() == "==> Another set-up works in this folder; waiting for its end\n"
            fcntl.flock(lock, fcntl.LOCK_UN)
            _, wrong = process.communicate(timeout=120)
    assert "Set-up stopped at the virtual environment." in wrong


def test_an_older_python_is_refused(checkout: Checkout) -> None:
    file = checkout.folder / "packaging" / "set_up.py"
    file.write_text(file.read_text().replace("OLDEST = (3, 11)", "OLDEST = (3, 99)"))
    code, said = checkout.run()
    assert code == 1
    assert "MemOS needs Python 3.99 or newer" in said
