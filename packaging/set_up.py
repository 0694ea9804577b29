"""`make setup`: the virtual environment from the lock, what the system lacks, and the default weights.

Runs on the system's Python (3.11 or newer) with its standard library alone. Does nothing when nothing changed, and
goes on where it was stopped: what was fetched or compiled is kept.
"""

import argparse
import ctypes.util
import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
ADAPTERS = sorted((ROOT / "resources" / "adapters").glob("*.gguf"))
STATE = ROOT / ".setup"
OLDEST = (3, 11)
SHOWN_LINES = 30
BUILD = {"LLAVA_BUILD": "OFF", "CMAKE_PROJECT_llama_cpp_INCLUDE": ROOT / "packaging" / "library_only.cmake"}
"""What is left out of llama-cpp-python, since nothing here uses it: three fifths of its files."""
UNREACHED = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "ReadTimeoutError", "ProxyError")
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
TRAINING = ROOT / ".venv-train"
TORCH = "torch==2.13.0"
"""Outside of the locks: which of its builds fits, and which the package index has, depends on the machine."""
TEST_COMMANDS = {
    "Xvfb": "xvfb",
    "dbus-run-session": "dbus",
    "gnome-keyring-daemon": "gnome-keyring",
    "unshare": "util-linux",
}


class StoppedError(Exception):
    """Set-up cannot go on; the text is for the person."""


def main() -> int:
    """Bring the checkout to the state that the lock and the manifest describe; 0 when it is there."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--dev", action="store_true", help="also what tests and checks need")
    options.add_argument("--train", action="store_true", help="also what the training of adapters needs")
    chosen = options.parse_args()
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    try:
        set_up(dev=chosen.dev)
        if chosen.train:
            set_up_training()
    except StoppedError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run make again to go on from here.", file=sys.stderr, flush=True)
        return 130
    except OSError as error:
        print(f"\nSet-up stopped: {error.filename or ROOT}: {error.strerror}.", file=sys.stderr)
        print("It writes into this folder: put the program where you may write, then run make again.", file=sys.stderr)
        return 1
    return 0


def set_up(*, dev: bool) -> None:
    """Do what is missing, with what tests and checks need besides (`dev`). Raises `StoppedError`, `OSError`."""
    if sys.version_info < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        found = sys.version.split()[0]
        raise StoppedError(
            f"MemOS needs Python {wanted} or newer; this is {found}. Try: make PYTHON=python{wanted} run"
        )
    lock = ROOT / ("requirements-dev.lock" if dev else "requirements.lock")
    stamp, wanted = STATE / ("dev" if dev else "run"), fingerprint(lock)
    if is_done(stamp, wanted):
        return
    with one_at_a_time():
        if is_done(stamp, wanted):
            return
        install_packages(missing_packages(dev=dev))
        make_environment()
        pip_install("the build tools", "--require-hashes", "--no-deps", "-r", str(ROOT / "requirements-build.lock"))
        pip_install(
            "the libraries (the first time, llama-cpp-python is compiled: about 2 to 5 minutes)",
            "--require-hashes", "--no-deps", "--no-build-isolation", "-r", str(lock),
        )  # fmt: skip
        pip_install("the `memos` command", "--no-deps", "--no-build-isolation", "-e", str(ROOT))
        run("Set-up stopped at the default weights.", str(ROOT / "packaging" / "fetch_models.py"), shown=True)
        if ADAPTERS:
            say("Merging the adapter into the default model")
            run("Set-up stopped at the adapter.", "-m", "memos_engine.parametric.merge")
        stamp.write_text(wanted)
    say("Ready.")


def set_up_training() -> None:
    """An environment beside the first one that has torch too: spaCy imports it wherever it finds it, which costs the
    window seconds. Raises `StoppedError`, `OSError`."""
    lock = ROOT / "requirements-train.lock"
    stamp, wanted = STATE / "train", fingerprint(lock)
    python = TRAINING / "bin" / "python"
    if is_done(stamp, wanted) and python.exists():
        return
    with one_at_a_time():
        say(f"Making the environment for training in {TRAINING.name}")
        failure = "Set-up stopped at the environment for training."
        run(failure, "-m", "venv", "--clear", "--without-pip", str(TRAINING))
        packages = next(TRAINING.glob("lib/python*/site-packages"))
        (packages / "memos.pth").write_text(f"{next(VENV.glob('lib/python*/site-packages'))}\n")
        into = ("--python", str(python))
        pip_install("torch (200 MB where a build for processors alone is at hand, else gigabytes)", TORCH, before=into)
        pip_install("the libraries of training", "--require-hashes", "--no-deps", "-r", str(lock), before=into)
        stamp.write_text(wanted)
    say("Ready to train.")


def is_done(stamp: Path, wanted: str) -> bool:
    """Whether set-up came to its end for these very files."""
    return stamp.exists() and stamp.read_text() == wanted and PYTHON.exists()


def fingerprint(lock: Path) -> str:
    """Changes when anything that set-up depends on does."""
    digest = hashlib.sha256(sys.version.encode())
    lists = (ROOT / "requirements-build.lock", ROOT / "resources" / "models.toml")
    for file in (lock, *lists, *ADAPTERS, Path(__file__)):
        digest.update(file.read_bytes())
    return digest.hexdigest()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait for another set-up of this checkout, or for what a killed one left running (it inherits the lock)."""
    STATE.mkdir(exist_ok=True)
    with (STATE / "lock").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up works in this folder; waiting for its end")
            with telling_time():
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


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


def install_packages(missing: list[str]) -> None:
    """Install Debian packages where we may. Raises `StoppedError` with the one command that does."""
    if not missing:
        return
    if shutil.which("apt-get") is None:
        raise StoppedError(
            f"These are missing (by their Debian names): {' '.join(missing)}. Install them, then run make again."
        )
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    by_hand = f"\n\n    sudo apt-get update && sudo {' '.join(command)}\n"
    before = [] if os.geteuid() == 0 else sudo()
    if before is None:
        raise StoppedError(f"These system packages are missing. Run this, then make again:{by_hand}")
    say(f"Installing system packages: {' '.join(missing)}")
    for step in (["apt-get", "update", "-q"], command):
        # sudo hands no environment on.
        whole = [*before, "env", "DEBIAN_FRONTEND=noninteractive", *step]
        if subprocess.run(whole, stdout=subprocess.DEVNULL).returncode != 0:
            raise StoppedError(f"That did not work. Run this, then make again:{by_hand}")


def sudo() -> list[str] | None:
    """The words that run a command as root, or None when nobody is there to allow it."""
    if shutil.which("sudo") is None:
        return None
    silent = subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0
    return ["sudo"] if silent or sys.stdin.isatty() else None


def make_environment() -> None:
    """The virtual environment; anew where it was left half-made or is another Python's."""
    if PYTHON.exists():
        told = subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True, text=True)
        if told.returncode == 0 and f"(python {sys.version_info.major}.{sys.version_info.minor})" in told.stdout:
            return
    say("Making the virtual environment in .venv")
    run("Set-up stopped at the virtual environment.", "-m", "venv", "--clear", str(VENV), python=sys.executable)


def pip_install(what: str, *arguments: str, before: tuple[str, ...] = ()) -> None:
    """Run pip, with options `before` its command, saying every fifteen seconds that it is alive."""
    say(f"Installing {what}")
    with telling_time():
        run(
            f"Set-up stopped: {what.partition(' (')[0]} could not be installed.",
            *("-m", "pip", *before, "install", "--quiet", "--disable-pip-version-check", *arguments),
        )


def run(failure: str, *arguments: str, python: str = str(PYTHON), shown: bool = False) -> None:
    """Run Python, with all that it starts, for as long as we live. Its output is kept, and its end told where it
    failed; or it is shown as it comes."""
    log = STATE / "log"
    with log.open("w+", errors="replace") as output:
        kept = None if shown else output
        # The lock stays open in it: see `one_at_a_time`.
        process = subprocess.Popen(
            [python, *arguments], stdout=kept, stderr=kept, close_fds=False, start_new_session=True, env=environment()
        )
        try:
            code = process.wait()
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        output.seek(0)
        said = output.read()
    if code == 0:
        return
    if any(name in said for name in UNREACHED):
        raise StoppedError(f"{failure} The package index could not be reached: check the network, then run make again.")
    lines = said.splitlines()
    if len(lines) > SHOWN_LINES:
        lines = [f"[… all of it stands in {log}]", *lines[-SHOWN_LINES:]]
    print("\n".join(lines), file=sys.stderr)
    raise StoppedError(f"{failure} Run make again to try once more.")


def environment() -> dict[str, str]:
    """Ours, and what a build is told by it (scikit-build-core's `cmake.define`)."""
    defined = [os.environ.get("SKBUILD_CMAKE_DEFINE", ""), *(f"{name}={value}" for name, value in BUILD.items())]
    return {**os.environ, "SKBUILD_CMAKE_DEFINE": ";".join(filter(None, defined))}


@contextmanager
def telling_time() -> Iterator[None]:
    """Print the time that has passed every fifteen seconds, until the block ends."""
    done, began = threading.Event(), time.monotonic()

    def tell() -> None:
        while not done.wait(15):
            minutes, seconds = divmod(int(time.monotonic() - began), 60)
            print(f"    still at it, {minutes}:{seconds:02d} so far", flush=True)

    threading.Thread(target=tell, daemon=True).start()
    try:
        yield
    finally:
        done.set()


def say(line: str) -> None:
    """One line of what is being done."""
    print(f"==> {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
