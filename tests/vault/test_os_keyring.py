"""The OS keyring for real: a Secret Service (gnome-keyring) on a session bus of its own; its absence, lock and refusal.

Each case is a process of its own under `dbus-run-session`: a backend is chosen once in a process, and the bus, its
keyring and their files must end with the test.
"""

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

UNLOCKED = "printf 'login password' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1"
PREPARE = """
from pathlib import Path
import sys
from memos_engine.errors import NoProtectorError, MemosError
from memos_engine.types import Protector, VaultState
from memos_engine.vault import os_keyring
from memos_engine.vault.vault import Vault
home = Path(sys.argv[1])
"""


@pytest.fixture
def session(tmp_path):
    """Runs Python code on a fresh session bus after a shell line; returns what it printed."""
    for command in ("dbus-run-session", "gnome-keyring-daemon"):
        assert shutil.which(command), f"{command} is missing: make setup-dev installs it"
    (tmp_path / "data").mkdir()
    (tmp_path / "run").mkdir(mode=0o700)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DBUS_", "PYTHON_KEYRING"))}
    env |= {
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "PYTHONPATH": str(ROOT),
    }
    env.pop("DISPLAY", None)

    def run(code: str, before: str = UNLOCKED) -> str:
        script = tmp_path / "case.py"
        script.write_text(PREPARE + textwrap.dedent(code))
        line = f"{before}; exec {sys.executable} {script} {tmp_path / 'home'}"
        done = subprocess.run(
            ["dbus-run-session", "--", "sh", "-c", line], env=env, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


def test_the_keyring_alone_opens_the_home_after_a_restart(session):
    made = session("""
        vault = Vault(home)
        assert vault.info().keyring_available, "the Secret Service is there"
        vault.create(use_keyring=True, passphrase=None)
        print(vault.add_cube("c1", "Me").database.hex())
        again = Vault(home)
        again.unlock()
        assert again.cube_keys("c1").database == vault.cube_keys("c1").database
    """)
    opened = session("""
        vault = Vault(home)
        vault.unlock()
        print(vault.cube_keys("c1").database.hex())
    """)
    assert opened == made


def test_either_of_both_opens_and_the_keyring_can_be_taken_away(session):
    assert (
        session("""
        Vault(home).create(use_keyring=True, passphrase="also this")
        Vault(home).unlock()
        vault = Vault(home)
        vault.unlock(passphrase="also this")
        vault.set_keyring(False)
        try:
            Vault(home).unlock()
        except NoProtectorError as error:
            print(error.hint)
    """)
        == "Give your passphrase."
    )


def test_a_locked_keyring_says_so_and_the_passphrase_still_opens(session):
    session("""
        Vault(home).create(use_keyring=True, passphrase="also this")
    """)
    locked = session(
        """
        try:
            Vault(home).unlock()
        except NoProtectorError as error:
            print(error.message)
        vault = Vault(home)
        vault.unlock(passphrase="also this")
        print(vault.is_open)
    """,
        before="gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1",
    )
    assert "locked or does not answer" in locked
    assert locked.endswith("True")


def test_a_keyring_that_refuses_is_an_error_and_nothing_is_made(session):
    refused = session(
        """
        try:
            Vault(home).create(use_keyring=True, passphrase=None)
        except NoProtectorError as error:
            print(error.message)
        print(Vault(home).info().state)
    """,
        before="gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1",
    )
    assert "refused" in refused
    assert refused.endswith("new")


def test_a_session_without_a_keyring_says_what_to_do(session):
    absent = session(
        """
        assert not Vault(home).info().keyring_available
        try:
            Vault(home).create(use_keyring=True, passphrase=None)
        except NoProtectorError as error:
            print(error.message, error.hint)
    """,
        before="unset DBUS_SESSION_BUS_ADDRESS",
    )
    assert absent == "No OS keyring works here. Choose a passphrase instead."


def test_a_secret_that_was_removed_from_the_keyring_is_told(session):
    gone = session("""
        vault = Vault(home)
        vault.create(use_keyring=True, passphrase="also this")
        vault.forget_keyring_entry()
        try:
            Vault(home).unlock()
        except NoProtectorError as error:
            print(error.message)
    """)
    assert "no longer has the secret" in gone
