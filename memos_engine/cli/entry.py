"""Opening the home for a command: made when there is none, unlocked when it is locked."""

import sys
from getpass import getpass
from pathlib import Path

from memos_engine.cli.invocation import console
from memos_engine.errors import DiskError, InputError, NoProtectorError, NotFoundError, WrongSecretError
from memos_engine.memory_os import MemoryOS
from memos_engine.types import SHORTEST_PASSPHRASE, Protector, VaultState

_GIVE = "Give --passphrase-file FILE."


def entered(memory: MemoryOS, passphrase_file: Path | None) -> None:
    """Open the vault of `memory`: by the passphrase file if one is given, else the OS keyring, else by asking.

    A new home is made the same way, and its recovery code shown once on standard error.
    Raises `NoProtectorError` when there is nobody to ask, and what `AccessService` raises.
    """
    info = memory.access.info()
    given = passphrase_of(passphrase_file) if passphrase_file else None
    if info.state == VaultState.NEW:
        _make(memory, given, keyring=info.keyring_available)
    elif info.state == VaultState.LOCKED:
        _unlock(memory, given, by_keyring=Protector.KEYRING in info.protectors)


def passphrase_of(file: Path) -> str:
    """The first line of a passphrase file. Raises `NotFoundError`, `DiskError`, `InputError` when it is empty."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        raise NotFoundError(f"There is no passphrase file {file}.", "Check the path.") from None
    except OSError as error:
        raise DiskError(f"The passphrase file {file} could not be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise InputError(f"The passphrase file {file} is not UTF-8.", "Save it as UTF-8.") from None
    if not lines or not lines[0]:
        raise InputError(f"The passphrase file {file} is empty.", "Write the passphrase into its first line.")
    return lines[0]


def _make(memory: MemoryOS, given: str | None, *, keyring: bool) -> None:
    if given is None and not keyring:
        given = _new_passphrase()
    code = memory.access.initialise(use_keyring=given is None, passphrase=given)
    protector = "your passphrase" if given is not None else "the keyring of your desktop"
    notes = console(stderr=True)
    notes.print(f"A new home for your memories was made in {memory.home}, opened by {protector}.", markup=False)
    notes.print(f"Recovery code, shown only now: {code}", markup=False)
    notes.print("Write it down and keep it away from this machine.", markup=False)


def _unlock(memory: MemoryOS, given: str | None, *, by_keyring: bool) -> None:
    if given is not None:
        memory.access.unlock(passphrase=given)
        return
    if by_keyring:
        try:
            memory.access.unlock()
        except (NoProtectorError, WrongSecretError):
            if not _can_ask():
                raise
        else:
            return
    memory.access.unlock(passphrase=ask_passphrase("Passphrase: "))


def ask_passphrase(prompt: str) -> str:
    """Ask at the terminal, unseen. Raises `NoProtectorError` when nobody is there."""
    if not _can_ask():
        raise NoProtectorError("A passphrase is needed, and there is no terminal to ask at.", _GIVE)
    return getpass(prompt)


def _new_passphrase() -> str:
    if not _can_ask():
        raise NoProtectorError("No keyring of a desktop works here, and no passphrase was given.", _GIVE)
    console(stderr=True).print(
        f"No keyring of a desktop works here: choose a passphrase of at least {SHORTEST_PASSPHRASE} characters."
    )
    first = getpass("New passphrase: ")
    if not first or first != getpass("Once more: "):
        raise InputError("The passphrases are empty or not the same.", "Try again.")
    return first


def _can_ask() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()
