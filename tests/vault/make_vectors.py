"""Writes vectors.json anew: `python tests/vault/make_vectors.py`. Only for a new format version."""

import json
from pathlib import Path
from unittest.mock import patch

from memos_engine.vault import keys, sealed
from memos_engine.vault.recovery_code import recovery_secret

HERE = Path(__file__).parent


def counted(length: int) -> bytes:
    """Bytes that look like nothing else: 0, 1, 2, …"""
    return bytes(number % 251 for number in range(length))


def main() -> None:
    """Make every vector with fixed nonces and salts."""
    cost = keys.Argon2Parameters()
    passphrase, code = "correct horse ☂ battery", "AEPG-GEHK-BIKQ-JBQK-7FNJ-DETT-CPAK-RHXQ"
    salt, master, data_key = counted(16), bytes(range(32)), bytes(range(100, 132))
    secret = recovery_secret(code)
    assert secret
    derived = keys.cube_keys(data_key, "c0ffee")
    with patch("os.urandom", counted):
        wrapped = keys.wrap(master, data_key, "memos/cube-key/1 c0ffee")
        blobs = []
        for length in (0, 1, 65536, 65537):
            file = HERE / "vector.tmp"
            sealed.seal([counted(length)], file, derived.blobs, cube_id="c0ffee", kind="vector-index")
            blobs.append(
                {
                    "length": length,
                    "size": file.stat().st_size,
                    "head": file.read_bytes()[:64].hex(),
                    "tail": file.read_bytes()[-32:].hex(),
                }
            )
            file.unlink()
    vectors = {
        "passphrase": {
            "passphrase": passphrase,
            "salt": salt.hex(),
            "memory_kib": cost.memory_kib,
            "passes": cost.passes,
            "lanes": cost.lanes,
            "key": keys.passphrase_key(passphrase, salt, cost).hex(),
        },
        "recovery": {
            "code": code,
            "secret": secret.hex(),
            "salt": salt.hex(),
            "key": keys.derived_key(secret, salt, b"memos/recovery/1").hex(),
        },
        "keyring": {
            "secret": master.hex(),
            "salt": salt.hex(),
            "key": keys.derived_key(master, salt, b"memos/keyring/1").hex(),
        },
        "wrap": {
            "key": master.hex(),
            "content": data_key.hex(),
            "purpose": "memos/cube-key/1 c0ffee",
            "wrapped": wrapped.hex(),
        },
        "cube": {
            "data_key": data_key.hex(),
            "id": "c0ffee",
            "database": derived.database.hex(),
            "blobs": derived.blobs.hex(),
            "digest": derived.digest.hex(),
        },
        "blobs": blobs,
    }
    (HERE / "vectors.json").write_text(json.dumps(vectors, indent=1) + "\n")


if __name__ == "__main__":
    main()
