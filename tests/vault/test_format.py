"""FORMAT.md is enough to read what the vault writes: every vector, by primitives alone."""

import base64
import hashlib
import hmac
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from memos_engine.vault import keys, sealed

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())


def hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
    """RFC 5869 with SHA-256, one block."""
    extracted = hmac.new(salt, secret, hashlib.sha256).digest()
    return hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()


def test_a_passphrase_gives_its_key_by_argon2id():
    vector = VECTORS["passphrase"]
    salt, key = bytes.fromhex(vector["salt"]), bytes.fromhex(vector["key"])
    cost = keys.Argon2Parameters(vector["memory_kib"], vector["passes"], vector["lanes"])
    assert vector["memory_kib"] >= 65536
    assert vector["passes"] >= 3
    plain = Argon2id(salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib)
    assert plain.derive(vector["passphrase"].encode()) == key
    assert keys.passphrase_key(vector["passphrase"], salt, cost) == key


def test_a_recovery_code_gives_its_key_by_hkdf():
    vector = VECTORS["recovery"]
    secret = base64.b32decode(vector["code"].replace("-", ""))
    assert secret.hex() == vector["secret"]
    assert hkdf(secret, bytes.fromhex(vector["salt"]), b"memos/recovery/1").hex() == vector["key"]


def test_a_keyring_secret_gives_its_key_by_hkdf():
    vector = VECTORS["keyring"]
    found = hkdf(bytes.fromhex(vector["secret"]), bytes.fromhex(vector["salt"]), b"memos/keyring/1")
    assert found.hex() == vector["key"]


def test_a_wrapped_key_opens_for_its_purpose_only():
    vector = VECTORS["wrap"]
    key, wrapped = bytes.fromhex(vector["key"]), bytes.fromhex(vector["wrapped"])
    content = AESGCM(key).decrypt(wrapped[:12], wrapped[12:], vector["purpose"].encode())
    assert content.hex() == vector["content"]
    assert keys.unwrap(key, wrapped, vector["purpose"]) == content
    assert keys.unwrap(key, wrapped, vector["purpose"] + "x") is None


def test_a_cubes_keys_come_from_its_data_key():
    vector = VECTORS["cube"]
    for purpose in ("database", "blobs", "digest"):
        info = f"memos/cube/{purpose}/1".encode()
        assert hkdf(bytes.fromhex(vector["data_key"]), vector["id"].encode(), info).hex() == vector[purpose]
    assert keys.cube_keys(bytes.fromhex(vector["data_key"]), vector["id"]).blobs.hex() == vector["blobs"]


@pytest.mark.parametrize("vector", VECTORS["blobs"], ids=lambda vector: f"{vector['length']} bytes")
def test_a_sealed_blob_is_laid_out_as_written(vector, tmp_path, monkeypatch):
    content = bytes(number % 251 for number in range(vector["length"]))
    blob_key = bytes.fromhex(VECTORS["cube"]["blobs"])
    header = b"MEMOSBLB\x01" + bytes(range(16))
    cipher = AESGCM(hkdf(blob_key, header[-16:], b"memos/blob/1"))
    pieces = [content[at : at + 65536] for at in range(0, len(content), 65536)] or [b""]
    expected = header + b"".join(
        cipher.encrypt(
            number.to_bytes(11, "big") + bytes([number == len(pieces) - 1]),
            piece,
            header + b"\0c0ffee\0vector-index",
        )
        for number, piece in enumerate(pieces)
    )
    assert (len(expected), expected[:64].hex(), expected[-32:].hex()) == (
        vector["size"],
        vector["head"],
        vector["tail"],
    )
    monkeypatch.setattr("os.urandom", lambda length: bytes(range(length)))
    sealed.seal([content], tmp_path / "blob", blob_key, cube_id="c0ffee", kind="vector-index")
    assert (tmp_path / "blob").read_bytes() == expected
