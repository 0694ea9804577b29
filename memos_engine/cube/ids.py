"""Opaque ids, normalised text, and keyed digests."""

import hashlib
import secrets
import string
import unicodedata

from sqlmodel import Session

from memos_engine.vault.keys import CubeKeys

_ALPHABET = string.ascii_lowercase + string.digits


def new_id() -> str:
    """A fresh opaque id: 14 random letters and digits (72 bits), the first a letter."""
    return secrets.choice(string.ascii_lowercase) + "".join(secrets.choice(_ALPHABET) for _ in range(13))


def normalise(text: str) -> str:
    """What two texts share that say the same in the same words: letter case, spaces, form of letters, end marks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(" .!?…\"'“”‘’")


def keyed_digest(key: bytes, text: str) -> str:
    """A digest of the normalised text that tells nothing without the key (keyed BLAKE2b, 160 bits, hex)."""
    return hashlib.blake2b(normalise(text).encode("utf-8", "replace"), key=key, digest_size=20).hexdigest()


def session_keys(session: Session) -> CubeKeys:
    """The keys of the cube that a session of `CubeStore` belongs to."""
    keys: CubeKeys = session.info["keys"]
    return keys


def text_digest(session: Session, text: str) -> str:
    """`keyed_digest` with the key of the session's cube."""
    return keyed_digest(session_keys(session).digest, text)
