"""The file of sealed settings: a home's name for its person and their standing instructions, under the master key."""

from pathlib import Path

from memos_engine.atomic_file import disk_error, replacing
from memos_engine.vault.vault import Vault

SEALED_SETTINGS = "settings.sealed"


class SealedSettings:
    """`settings.sealed` of a home, readable while its vault is open."""

    def __init__(self, home: Path, vault: Vault) -> None:
        self._file = home / SEALED_SETTINGS
        self._vault = vault

    def read(self) -> bytes:
        """The content, empty when there is none. Raises `LockedError`, `DamagedError`, `DiskError`."""
        try:
            sealed = self._file.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise disk_error(self._file.name, error) from error
        return self._vault.unseal(sealed, "settings")

    def write(self, content: bytes) -> None:
        """Replace the content, durable on return. Raises `LockedError`, `DiskError`."""
        sealed = self._vault.seal(content, "settings")
        with replacing(self._file) as stream:
            stream.write(sealed)
