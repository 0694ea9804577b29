"""Protectors: each wraps the master key under a key of its own, so that each alone opens the home."""

import os

from memos_engine.errors import InputError
from memos_engine.types import SHORTEST_PASSPHRASE, Protector
from memos_engine.vault import os_keyring
from memos_engine.vault.keys import SALT_BYTES, Argon2Parameters, derived_key, passphrase_key, random_key, wrap
from memos_engine.vault.recovery_code import recovery_secret
from memos_engine.vault.vault_file import ProtectorEntry, VaultFile


def purpose(vault: VaultFile, kind: Protector) -> str:
    """What the wrapped master key is bound to: this vault, and this kind of protector."""
    return f"memos/master/1 {vault.vault_id} {kind.value}"


def check_passphrase(passphrase: str) -> None:
    """Raise `InputError` for a passphrase that is too short to protect anything."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise InputError(
            f"The new passphrase is too short: {SHORTEST_PASSPHRASE} characters at least.",
            "Several words that you can remember are better than one that is hard to type.",
        )


def by_passphrase(vault: VaultFile, master: bytes, passphrase: str) -> ProtectorEntry:
    """The master key under a key that Argon2id makes of the passphrase. Raises as `check_passphrase`."""
    check_passphrase(passphrase)
    salt, argon2 = os.urandom(SALT_BYTES), Argon2Parameters()
    wrapped = wrap(passphrase_key(passphrase, salt, argon2), master, purpose(vault, Protector.PASSPHRASE))
    return ProtectorEntry(Protector.PASSPHRASE, salt, wrapped, argon2)


def by_keyring(vault: VaultFile, master: bytes) -> ProtectorEntry:
    """The master key under a random secret that the OS keyring keeps. Raises `NoProtectorError`."""
    salt, secret, entry = os.urandom(SALT_BYTES), random_key(), f"home {vault.vault_id}"
    os_keyring.store(entry, secret)
    wrapped = wrap(derived_key(secret, salt, b"memos/keyring/1"), master, purpose(vault, Protector.KEYRING))
    return ProtectorEntry(Protector.KEYRING, salt, wrapped, entry=entry)


def by_recovery_code(vault: VaultFile, master: bytes, code: str) -> ProtectorEntry:
    """The master key under the random bits of a recovery code."""
    salt, secret = os.urandom(SALT_BYTES), recovery_secret(code)
    assert secret is not None, "a code of our own making"
    wrapped = wrap(derived_key(secret, salt, b"memos/recovery/1"), master, purpose(vault, Protector.RECOVERY))
    return ProtectorEntry(Protector.RECOVERY, salt, wrapped)


def key_of_secret(entry: ProtectorEntry, secret: str) -> bytes | None:
    """The key that a typed passphrase or recovery code gives, or None when it is no code at all."""
    if entry.argon2:
        return passphrase_key(secret, entry.salt, entry.argon2)
    code = recovery_secret(secret)
    return derived_key(code, entry.salt, b"memos/recovery/1") if code else None
