"""The recovery code: 160 random bits that a person can write down, shown once."""

import base64
import os

_BYTES = 20
_LOOKALIKES = str.maketrans({"0": "O", "1": "I", "8": "B"})


def new_recovery_code() -> str:
    """Eight groups of four letters and digits (Base32 of RFC 4648)."""
    letters = base64.b32encode(os.urandom(_BYTES)).decode()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def recovery_secret(code: str) -> bytes | None:
    """The 20 bytes of a code as typed (any case, any separators, look-alike digits), or None when it is no code."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum()).translate(_LOOKALIKES)
    try:
        secret = base64.b32decode(letters)
    except ValueError:
        return None
    return secret if len(secret) == _BYTES else None
