"""First run, unlocking and locking."""

from collections.abc import Iterator
from contextlib import contextmanager

from memos_engine.services.home import OpenHome
from memos_engine.types import VaultInfo

FIRST_CUBE = "Me"


class AccessService:
    """Whether the vault is new, locked or open, and the ways from one to the other."""

    def __init__(self, home: OpenHome) -> None:
        self._home = home

    def info(self) -> VaultInfo:
        """The vault's state and protectors. Raises `DamagedError`, `NewerFormatError`."""
        return self._home.vault.info()

    def initialise(self, *, use_keyring: bool, passphrase: str | None) -> str:
        """Make the vault and the first cube ("Me") and open both; returns the recovery code, shown once.

        Raises `NoProtectorError` when neither protector is given or the keyring refuses, `InputError` when there is a
        vault already, `DiskError`.
        """
        with self._claimed():
            code = self._home.vault.create(use_keyring=use_keyring, passphrase=passphrase)
            self._open_content()
        return code

    def unlock(self, *, passphrase: str | None = None, recovery_code: str | None = None) -> None:
        """Open the vault; with no argument, by the OS keyring.

        Raises `WrongSecretError`, `WaitError`, `NoProtectorError`, `DamagedError`, and `InUseError` while another
        program restores or deletes the home.
        """
        if self._home.vault.is_open:
            self._home.vault.unlock(passphrase=passphrase, recovery_code=recovery_code)
            return
        with self._claimed():
            self._home.vault.unlock(passphrase=passphrase, recovery_code=recovery_code)
            self._open_content()

    def lock(self) -> None:
        """End running work, close the cubes, drop keys and caches."""
        self._home.lock()

    def set_passphrase(self, passphrase: str | None) -> None:
        """Set, change or (None) remove the passphrase; no data is rewritten. Needs an open vault."""
        self._home.vault.set_passphrase(passphrase)

    def set_keyring(self, on: bool) -> None:
        """Add or remove the OS keyring as a protector."""
        self._home.vault.set_keyring(on)

    def new_recovery_code(self) -> str:
        """Replace the recovery code; the old one opens no more."""
        return self._home.vault.new_recovery_code()

    @contextmanager
    def _claimed(self) -> Iterator[None]:
        """Hold the home from here on. When the block fails, what it opened is closed and locked again: an open vault
        always has usable cubes."""
        was_open = self._home.vault.is_open
        try:
            self._home.claim()
            yield
        except BaseException:
            if not was_open:
                self._home.lock()
            raise

    def _open_content(self) -> None:
        """A vault without a cube is one whose making was interrupted: the first cube is made now."""
        if not self._home.vault.cube_ids():
            self._home.shelf.create(FIRST_CUBE)
        self._home.open_content()
