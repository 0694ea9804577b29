"""`vault.toml`: protectors, wrapped keys and failed tries. It holds no content and no key in the clear."""

import tomllib
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomli_w

from memos_engine.atomic_file import disk_error, replacing
from memos_engine.errors import DamagedError, NewerFormatError
from memos_engine.types import Protector
from memos_engine.vault.keys import Argon2Parameters

FORMAT = 1
_HINT = "Restore vault.toml from a backup; without it the memories cannot be opened."


@dataclass(frozen=True)
class ProtectorEntry:
    """One way to the master key. `argon2` is set for a passphrase, `entry` names the secret in the OS keyring."""

    kind: Protector
    salt: bytes
    wrapped: bytes
    argon2: Argon2Parameters | None = None
    entry: str = ""


@dataclass(frozen=True)
class CubeEntry:
    """A cube's data key, wrapped under the master key, its name, sealed likewise, and whether it is kept locked."""

    wrapped: bytes
    label: bytes
    locked: bool = False


@dataclass(frozen=True)
class VaultFile:
    """The content of `vault.toml`."""

    vault_id: str
    protectors: tuple[ProtectorEntry, ...] = ()
    cubes: dict[str, CubeEntry] = field(default_factory=dict)
    default_cube: str = ""
    failed_tries: int = 0
    last_try: float = 0.0
    """Unix time of the last failed try, in seconds."""

    def protector(self, kind: Protector) -> ProtectorEntry | None:
        """The entry of a kind, if the vault has it."""
        return next((entry for entry in self.protectors if entry.kind == kind), None)

    def with_protector(self, kind: Protector, entry: ProtectorEntry | None) -> "VaultFile":
        """A copy in which `entry` (None: nothing) stands for the kind."""
        kept = tuple(other for other in self.protectors if other.kind != kind)
        return replace(self, protectors=(*kept, entry) if entry else kept)

    def with_cube(self, cube_id: str, entry: CubeEntry | None) -> "VaultFile":
        """A copy in which `entry` (None: nothing) stands for the cube."""
        cubes = {other: kept for other, kept in self.cubes.items() if entry is not None or other != cube_id}
        return replace(self, cubes={**cubes, cube_id: entry} if entry else cubes)

    def first_open(self) -> str:
        """Id of the oldest cube that is not kept locked; empty when there is none."""
        return next((cube_id for cube_id, entry in self.cubes.items() if not entry.locked), "")


def read_vault_file(file: Path) -> VaultFile | None:
    """What the file says, or None when there is none. Raises `DamagedError`, `NewerFormatError`, `DiskError`."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise disk_error(str(file), error) from error
    return _understood(content, file.name)


@lru_cache(maxsize=2)
def _understood(content: bytes, name: str) -> VaultFile:
    """What a file of this content says: asked at each read of a cube, so the same content is parsed once."""
    try:
        table = tomllib.loads(content.decode())
        if table["format"] > FORMAT:
            raise NewerFormatError(f"{name} was written by a newer version of MemOS.", "Update MemOS.")
        return _parsed(table)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedError(f"{name} is damaged.", _HINT) from error


def write_vault_file(file: Path, vault: VaultFile) -> None:
    """Replace the file as a whole, durable on return. Raises `DiskError`."""
    with replacing(file) as stream:
        stream.write(tomli_w.dumps(_table(vault)).encode())


def _parsed(table: dict[str, Any]) -> VaultFile:
    tries = table["tries"]
    return VaultFile(
        vault_id=str(table["vault_id"]),
        protectors=tuple(_protector(entry) for entry in table["protectors"]),
        cubes={
            cube_id: CubeEntry(bytes.fromhex(entry["wrapped"]), bytes.fromhex(entry["label"]), bool(entry["locked"]))
            for cube_id, entry in table.get("cubes", {}).items()
        },
        default_cube=str(table["default_cube"]),
        failed_tries=max(0, int(tries["failed"])),
        last_try=float(tries["last"]),
    )


def _protector(entry: dict[str, Any]) -> ProtectorEntry:
    argon2 = None
    if entry["kind"] == Protector.PASSPHRASE:
        argon2 = Argon2Parameters(int(entry["memory_kib"]), int(entry["passes"]), int(entry["lanes"]))
        if not argon2.plausible:
            raise ValueError("Argon2id parameters out of range")
    return ProtectorEntry(
        kind=Protector(entry["kind"]),
        salt=bytes.fromhex(entry["salt"]),
        wrapped=bytes.fromhex(entry["wrapped"]),
        argon2=argon2,
        entry=str(entry.get("entry", "")),
    )


def _table(vault: VaultFile) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "vault_id": vault.vault_id,
        "default_cube": vault.default_cube,
        "tries": {"failed": vault.failed_tries, "last": vault.last_try},
        "protectors": [_protector_table(entry) for entry in vault.protectors],
        "cubes": {
            cube_id: {"wrapped": entry.wrapped.hex(), "label": entry.label.hex(), "locked": entry.locked}
            for cube_id, entry in vault.cubes.items()
        },
    }


def _protector_table(entry: ProtectorEntry) -> dict[str, Any]:
    table: dict[str, Any] = {"kind": entry.kind.value, "salt": entry.salt.hex(), "wrapped": entry.wrapped.hex()}
    if entry.argon2:
        table |= {
            "memory_kib": entry.argon2.memory_kib,
            "passes": entry.argon2.passes,
            "lanes": entry.argon2.lanes,
        }
    if entry.entry:
        table["entry"] = entry.entry
    return table
