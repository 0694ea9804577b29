"""No memory text outside encrypted files: canaries are searched for in every file that a running program could write.

Also in what other users of the machine can see of it: its arguments, and those of the processes that it starts.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CANARIES = ("zorblattina", "quuxhaven", "frobnitz", "wibblefish", "gronkulator", "plughxyzzy", "snarkledorf")


class Road:
    """The main road in a process of its own, with folders of its own for everything that it may write."""

    def __init__(self, folder: Path, before: tuple[str, ...] = ()) -> None:
        self.places = [folder / name for name in ("home", "temp", "work", "user", "backups")]
        for place in self.places:
            place.mkdir()
        notes = folder / "notes.md"
        notes.write_text("# Plans\n\nI will meet Snarkledorf in the old mill.\n")
        home, temp, work, user, _ = self.places
        env = {**os.environ, "HOME": str(user), "TMPDIR": str(temp), "PYTHONPATH": str(ROOT)}
        for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            env[name] = str(user / name.lower())
        command = [*before, sys.executable, "-u", str(Path(__file__).with_name("road.py")), str(home), str(notes)]
        self.process = subprocess.Popen(
            command, cwd=work, env=env, text=True,
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
        assert line == station, self.process.stderr.read() if self.process.stderr and not line else line

    def finish(self) -> None:
        """Go on to the end, which must be a good one, without a word on standard error."""
        _, errors = self.process.communicate("\n", timeout=120)
        assert (self.process.returncode, errors) == (0, "")

    def kill(self) -> None:
        """As the power cut does."""
        self.process.kill()
        self.process.communicate()

    def leaks(self) -> list[str]:
        """Files that hold a canary, in any case, as UTF-8 or UTF-16."""
        forms = [form for word in CANARIES for form in (word.encode(), word.encode("utf-16-le"))]
        found = []
        for place in self.places:
            for file in place.rglob("*"):
                if file.is_file():
                    content = file.read_bytes().lower()
                    found += [f"{file.relative_to(place.parent)}: {form!r}" for form in forms if form in content]
        return found

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
def road(tmp_path):
    roads = []

    def start(*before: str) -> Road:
        roads.append(Road(tmp_path, before))
        return roads[-1]

    yield start
    for made in roads:
        if made.process.poll() is None:
            made.kill()


def test_the_search_would_find_a_canary(tmp_path, road):
    road = road()
    (tmp_path / "temp" / "leak").write_text("see SNARKLEDORF there")
    assert road.leaks() == [f"temp/leak: {b'snarkledorf'!r}"]


def test_no_canary_is_readable_while_open_after_locking_or_after_the_end(road):
    road = road()
    road.reach("open")
    assert road.leaks() == []
    assert not [word for word in CANARIES if word in road.arguments()]
    road.reach("locked")
    assert road.leaks() == []
    road.finish()
    assert road.leaks() == []
    assert any(road.places[4].rglob("cube.db")), "the backup was made"


def test_no_canary_is_readable_after_a_kill(road):
    road = road()
    road.reach("open")
    road.kill()
    assert road.leaks() == []


def test_the_main_road_needs_no_network(road):
    """In a network namespace without any interface; where the kernel refuses us one, the road's audit hook alone."""
    alone = ("unshare", "--net") if os.geteuid() == 0 else ("unshare", "--map-root-user", "--net")
    allowed = subprocess.run([*alone, "true"], capture_output=True).returncode == 0
    road = road(*(alone if allowed else ()))
    road.reach("open")
    road.reach("locked")
    road.finish()
