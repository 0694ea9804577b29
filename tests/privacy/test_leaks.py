"""No memory text outside encrypted files: canaries are searched for in every file that a running program could write.

Also in what other users of the machine can see of it: its arguments, and those of the processes that it starts. Both
roads, the engine's and the window's, end at the first connection that anyone in them opens.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .connections import EXIT, KILLED
from .places import CANARIES, Places

ENGINE, WINDOW = "road.py", "window_road.py"


class Road:
    """A road in a process of its own, with folders of its own for everything that it may write."""

    def __init__(self, folder: Path, script: str, before: tuple[str, ...]) -> None:
        self.places = Places(folder)
        letters = folder / "snarkledorf"
        letters.mkdir()
        (letters / "notes.md").write_text("# Plans\n\nI will meet Snarkledorf in the old mill.\n")
        walk = (sys.executable, "-u", str(Path(__file__).with_name(script)), str(folder))
        self.process = subprocess.Popen(
            [*before, *walk], cwd=self.places.work, env=self.places.environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def reach(self, station: str) -> None:
        """Go on to the next station, which must be this one."""
        assert self.process.stdin
        assert self.process.stdout
        if self.process.poll() is None and station != "open":
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        line = self.process.stdout.readline().strip()
        assert line == station, line or self._why_it_ended()

    def _why_it_ended(self) -> str:
        _, errors = self.process.communicate(timeout=60)
        known = {EXIT: "Python opened a connection", KILLED: "a library made an internet socket"}
        return f"{known.get(self.process.returncode, self.process.returncode)}\n{errors}"

    def finish(self) -> None:
        """Go on to the end, which must be a good one, without a word on standard error."""
        _, errors = self.process.communicate("\n", timeout=120)
        assert (self.process.returncode, errors) == (0, "")

    def kill(self) -> None:
        """As the power cut does."""
        self.process.kill()
        self.process.communicate()

    def told(self) -> list[str]:
        """What it tells others: canaries in files and in arguments, and files where none is to be."""
        arguments = self.arguments()
        return [*self.places.leaks(), *self.places.strays(), *(word for word in CANARIES if word in arguments)]

    def arguments(self) -> str:
        """Command lines of the process and of all that it started."""
        lines = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                if self.process.pid in (int(entry.name), int(stat[1])):
                    lines.append((entry / "cmdline").read_bytes().decode(errors="replace").lower())
            except (FileNotFoundError, ProcessLookupError):
                continue
        return "\n".join(lines)


@pytest.fixture
def road(tmp_path: Path) -> Iterator[Callable[..., Road]]:
    """Sets out on the road of a script."""
    roads: list[Road] = []

    def start(script: str, *before: str) -> Road:
        roads.append(Road(tmp_path, script, before))
        return roads[-1]

    yield start
    for made in roads:
        if made.process.poll() is None:
            made.kill()


@pytest.fixture
def alone() -> tuple[str, ...]:
    """The command before which a program runs in a network namespace without any interface."""
    command = ("unshare", "--net") if os.geteuid() == 0 else ("unshare", "--map-root-user", "--net")
    try:
        refused = subprocess.run([*command, "true"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no network namespace can be made: there is no unshare(1) here")
    if refused.returncode:
        pytest.skip(f"no network namespace can be made: {refused.stderr.strip()}")
    return command


def test_the_search_would_find_a_canary(tmp_path: Path):
    places = Places(tmp_path)
    (places.temp / "leak").write_text("see SNARKLEDORF there")
    (places.user / "Zorblattina").mkdir()
    (places.backups / "wide").write_bytes("to plughxyzzy".encode("utf-16-le"))
    assert sorted(places.leaks()) == [
        f"backups/wide: {'plughxyzzy'.encode('utf-16-le')!r}",
        f"temp/leak: {b'snarkledorf'!r}",
        f"user/Zorblattina: {b'zorblattina'!r}",
    ]
    assert places.strays() == [str(places.temp / "leak")]


def test_no_canary_is_readable_while_open_after_locking_or_after_the_end(road: Callable[..., Road]):
    road = road(ENGINE)
    road.reach("open")
    assert road.told() == []
    road.reach("locked")
    assert road.told() == []
    road.finish()
    assert road.told() == []
    assert any(road.places.backups.rglob("cube.db")), "the backup was made"


def test_no_canary_is_readable_after_a_kill(road: Callable[..., Road]):
    road = road(ENGINE)
    road.reach("open")
    road.kill()
    assert road.told() == []


def test_the_window_leaves_no_canary_readable_while_open_after_locking_or_after_a_kill(road: Callable[..., Road]):
    road = road(WINDOW)
    for station in ("open", "locked", "again"):
        road.reach(station)
        assert road.told() == [], station
    road.kill()
    assert road.told() == []


def test_the_main_road_needs_no_network(road: Callable[..., Road], alone: tuple[str, ...]):
    road = road(ENGINE, *alone)
    road.reach("open")
    road.reach("locked")
    road.finish()
