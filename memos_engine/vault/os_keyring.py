"""The OS keyring: Secret Service, KWallet, Keychain or Credential Manager through the `keyring` library.

A backend that keeps secrets in a plain file, or none at all, counts as no keyring.
"""

import base64
from typing import TYPE_CHECKING

from memos_engine.errors import NoProtectorError
from memos_engine.vault.keys import KEY_BYTES

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "MemOS Desktop"
_HINT = "Unlock or start the keyring of your desktop, or use a passphrase."
_TRUSTED_BACKENDS = ("SecretService", "libsecret", "kwallet", "macOS", "Windows")


def backend_name() -> str:
    """Name of the OS keyring that would be used; empty when none works here."""
    backend = _backend()
    return str(backend.name) if backend else ""


def store(entry: str, secret: bytes) -> None:
    """Keep `secret` under the name `entry`, and read it back. Raises `NoProtectorError`."""
    backend = _backend()
    if backend is None:
        raise NoProtectorError("No OS keyring works here.", "Choose a passphrase instead.")
    try:
        backend.set_password(SERVICE, entry, base64.b64encode(secret).decode())
    except Exception as error:
        raise NoProtectorError(f"The keyring ({backend.name}) refused: {type(error).__name__}.", _HINT) from error
    if fetch(entry) != secret:
        raise NoProtectorError(f"The keyring ({backend.name}) did not keep the secret.", _HINT)


def fetch(entry: str) -> bytes:
    """The secret under the name `entry`. Raises `NoProtectorError` when the keyring is absent, locked, or lacks it."""
    backend = _backend()
    if backend is None:
        raise NoProtectorError("No OS keyring works here.", "Use your passphrase or recovery code.")
    try:
        found = backend.get_password(SERVICE, entry)
    except Exception as error:
        raise NoProtectorError(f"The keyring ({backend.name}) is locked or does not answer.", _HINT) from error
    secret = base64.b64decode(found) if found else b""
    if len(secret) != KEY_BYTES:
        raise NoProtectorError(
            f"The keyring ({backend.name}) no longer has the secret of this home.",
            "Use your passphrase or recovery code.",
        )
    return secret


def discard(entry: str) -> None:
    """Remove the secret under the name `entry`, if the keyring has it. Raises `NoProtectorError` when it refuses."""
    backend = _backend()
    if backend is None:
        return
    try:
        if backend.get_password(SERVICE, entry) is not None:
            backend.delete_password(SERVICE, entry)
    except Exception as error:
        raise NoProtectorError(f"The keyring ({backend.name}) did not remove the secret.", _HINT) from error


def _backend() -> "KeyringBackend | None":
    import keyring
    from keyring.backends import chainer

    chosen = keyring.get_keyring()
    candidates = chosen.backends if isinstance(chosen, chainer.ChainerBackend) else [chosen]
    for candidate in candidates:
        if type(candidate).__module__.removeprefix("keyring.backends.") in _TRUSTED_BACKENDS:
            return candidate
    return None
