"""First run, unlocking and locking."""

from memos_engine.types import VaultInfo


class AccessService:
    """Whether the vault is new, locked or open, and the ways from one to the other."""

    def info(self) -> VaultInfo:
        """The vault's state and protectors."""
        raise NotImplementedError

    def initialise(self, *, use_keyring: bool, passphrase: str | None, owner: str = "") -> str:
        """Make the vault and the first cube ("Me") and open both; returns the recovery code, shown once.

        Raises `NoProtectorError` when neither protector is given or the keyring refuses.
        """
        raise NotImplementedError

    def unlock(self, *, passphrase: str | None = None, recovery_code: str | None = None) -> None:
        """Open the vault; with no argument, by the OS keyring.

        Raises `WrongSecretError`, `WaitError`, `NoProtectorError`, `DamagedError`.
        """
        raise NotImplementedError

    def lock(self) -> None:
        """End running work, close the cubes, drop keys and caches."""
        raise NotImplementedError

    def set_passphrase(self, passphrase: str | None) -> None:
        """Set, change or (None) remove the passphrase; no data is rewritten. Needs an open vault."""
        raise NotImplementedError

    def set_keyring(self, on: bool) -> None:
        """Add or remove the OS keyring as a protector."""
        raise NotImplementedError

    def new_recovery_code(self) -> str:
        """Replace the recovery code; the old one opens no more."""
        raise NotImplementedError
