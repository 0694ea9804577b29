"""`make setup`: the virtual environment from the lock, what the system lacks, and the default weights.

Runs on the system's Python (3.11 or newer) with its standard library alone. Does nothing when nothing changed.
"""

import argparse
import ctypes.util
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
VENV = ROOT / ".venv"
STAMPS = ROOT / ".setup"
QT_LIBRARIES = {
    "EGL": "libegl1",
    "GL": "libgl1",
    "dbus-1": "libdbus-1-3",
    "fontconfig": "libfontconfig1",
    "glib-2.0": "libglib2.0-0",
    "xkbcommon": "libxkbcommon0",
    "xkbcommon-x11": "libxkbcommon-x11-0",
    "xcb-cursor": "libxcb-cursor0",
    "xcb-icccm": "libxcb-icccm4",
    "xcb-image": "libxcb-image0",
    "xcb-keysyms": "libxcb-keysyms1",
    "xcb-randr": "libxcb-randr0",
    "xcb-render-util": "libxcb-render-util0",
    "xcb-shape": "libxcb-shape0",
    "xcb-xkb": "libxcb-xkb1",
}
TEST_COMMANDS = {
    "Xvfb": "xvfb",
    "dbus-run-session": "dbus",
    "gnome-keyring-daemon": "gnome-keyring",
    "unshare": "util-linux",
}


def main() -> int:
    """Bring the checkout to the state that the lock and the manifest describe; 0 when it is there."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--dev", action="store_true", help="also what tests and checks need")
    dev = options.parse_args().dev
    if sys.version_info < (3, 11):  # noqa: UP036 - it runs on whatever Python the system has
        return fail(
            f"MemOS needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: make PYTHON=python3.12 run"
        )
    lock = ROOT / ("requirements-dev.lock" if dev else "requirements.lock")
    stamp, wanted = STAMPS / ("dev" if dev else "run"), fingerprint(lock)
    if stamp.exists() and stamp.read_text() == wanted and (VENV / "bin" / "python").exists():
        return 0
    missing = missing_packages(dev=dev)
    if missing and not install_packages(missing):
        return 1
    if not (VENV / "bin" / "python").exists():
        say("Making the virtual environment in .venv")
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    pip_install("the build tools", "--require-hashes", "--no-deps", "-r", str(ROOT / "requirements-build.lock"))
    pip_install(
        "the libraries (the first time, llama-cpp-python is compiled: about 4 to 8 minutes)",
        "--require-hashes", "--no-deps", "--no-build-isolation", "-r", str(lock),
    )  # fmt: skip
    pip_install("the `memos` command", "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    subprocess.run([str(VENV / "bin" / "python"), str(ROOT / "packaging" / "fetch_models.py")], check=True)
    STAMPS.mkdir(exist_ok=True)
    stamp.write_text(wanted)
    say("Ready.")
    return 0


def fingerprint(lock: Path) -> str:
    """Changes when anything that set-up depends on does."""
    digest = hashlib.sha256(sys.version.encode())
    for file in (lock, ROOT / "requirements-build.lock", ROOT / "resources" / "models.toml", Path(__file__)):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def missing_packages(*, dev: bool) -> list[str]:
    """Debian names of what the system lacks."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    missing = []
    if not (shutil.which("g++") or shutil.which("clang++")):
        missing.append("g++")
    if not (Path(sysconfig.get_path("include")) / "Python.h").exists():
        missing.append(f"{version}-dev")
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        missing.append(f"{version}-venv")
    missing += [package for name, package in QT_LIBRARIES.items() if ctypes.util.find_library(name) is None]
    if not any(Path(folder).exists() for folder in ("/usr/share/fonts/truetype", "/usr/share/fonts/opentype")):
        missing.append("fonts-dejavu-core")
    if dev:
        missing += [package for command, package in TEST_COMMANDS.items() if shutil.which(command) is None]
    return missing


def install_packages(missing: list[str]) -> bool:
    """Install Debian packages where we may; otherwise print the one command that does."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    by_hand = f"sudo apt-get update && sudo {' '.join(command)}"
    if shutil.which("apt-get") is None:
        fail(f"These are missing (by their Debian names): {' '.join(missing)}. Install them, then run make again.")
        return False
    before = [] if os.geteuid() == 0 else sudo()
    if before is None:
        fail(f"These system packages are missing. Run this, then make again:\n\n    {by_hand}\n")
        return False
    say(f"Installing system packages: {' '.join(missing)}")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-q"], command):
        if subprocess.run([*before, *step], env=env, stdout=subprocess.DEVNULL).returncode != 0:
            fail(f"That did not work. Run this, then make again:\n\n    {by_hand}\n")
            return False
    return True


def sudo() -> list[str] | None:
    """The words that run a command as root, or None when nobody is there to allow it."""
    if shutil.which("sudo") is None:
        return None
    silent = subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0
    return ["sudo"] if silent or sys.stdin.isatty() else None


def pip_install(what: str, *arguments: str) -> None:
    """Run pip, saying every fifteen seconds that it is alive; its output is shown only when it fails."""
    say(f"Installing {what}")
    done = threading.Event()
    threading.Thread(target=tell_time, args=(done,), daemon=True).start()
    command = [
        str(VENV / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        *arguments,
    ]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    done.set()
    if result.returncode != 0:
        sys.exit(f"{result.stdout}\nSet-up stopped: {what} could not be installed. Run make again to try once more.")


def tell_time(done: threading.Event) -> None:
    """Print the time that has passed until `done`."""
    began = time.monotonic()
    while not done.wait(15):
        minutes, seconds = divmod(int(time.monotonic() - began), 60)
        print(f"    still at it, {minutes}:{seconds:02d} so far", flush=True)


def say(line: str) -> None:
    """One line of what is being done."""
    print(f"==> {line}", flush=True)


def fail(line: str) -> int:
    """One line of what is wrong, on standard error; 1."""
    print(line, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
