"""Keys: how one secret becomes another (Argon2id, HKDF), and how a key is wrapped under a key (AES-256-GCM).

Formats and constants are those of FORMAT.md.
"""

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
SALT_BYTES = 16
NONCE_BYTES = 12


@dataclass(frozen=True, repr=False)
class CubeKeys:
    """The three 256-bit keys of a cube: of its database, its sealed blobs, and its keyed digests."""

    database: bytes
    blobs: bytes
    digest: bytes


@dataclass(frozen=True)
class Argon2Parameters:
    """Cost of turning a passphrase into a key (RFC 9106): memory in KiB, passes, lanes."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 2

    @property
    def plausible(self) -> bool:
        """Whether they lie between what we write and what a machine can bear: a hostile file must not exhaust it."""
        return 64 * 1024 <= self.memory_kib <= 4 * 1024 * 1024 and 3 <= self.passes <= 64 and 1 <= self.lanes <= 16


def random_key() -> bytes:
    """A fresh 256-bit key."""
    return os.urandom(KEY_BYTES)


def passphrase_key(passphrase: str, salt: bytes, parameters: Argon2Parameters) -> bytes:
    """The 256-bit key of a passphrase (UTF-8, NFC as given) by Argon2id."""
    return Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=parameters.passes,
        lanes=parameters.lanes,
        memory_cost=parameters.memory_kib,
    ).derive(passphrase.encode())


def derived_key(secret: bytes, salt: bytes, info: bytes) -> bytes:
    """A 256-bit key from a key by HKDF-SHA256 (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=info).derive(secret)


def cube_keys(data_key: bytes, cube_id: str) -> CubeKeys:
    """The keys of a cube from its random data key."""
    database, blobs, digest = (
        derived_key(data_key, cube_id.encode(), f"memos/cube/{purpose}/1".encode())
        for purpose in ("database", "blobs", "digest")
    )
    return CubeKeys(database, blobs, digest)


def wrap(key: bytes, content: bytes, purpose: str) -> bytes:
    """`content` sealed under `key`: 12 random bytes of nonce, ciphertext, tag. `purpose` must match on opening."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, purpose.encode())


def unwrap(key: bytes, wrapped: bytes, purpose: str) -> bytes | None:
    """What `wrap` sealed, or None when key, purpose or content do not match."""
    try:
        return AESGCM(key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], purpose.encode())
    except (InvalidTag, ValueError):
        return None
