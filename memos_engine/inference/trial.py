"""A model file is tried once in a process of its own: where llama.cpp meets what it did not expect, it ends the process
that it runs in, and that must not be the program.

The process gets a path and two numbers on its standard input and answers in lines of JSON; it knows of no memory. What
came of it is remembered by the file's digest, size and time of change, and the version of the library.
"""

import json
import logging
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from memos_engine.atomic_file import replacing
from memos_engine.errors import DiskError, ModelError, ModelRejectedError, NotEnoughMemoryError
from memos_engine.types import CancelToken, ModelInfo, Progress, ProgressCallback

_log = logging.getLogger(__name__)
_SECONDS = 60
_SLOWEST_DISK = 20_000_000
"""Bytes a second: a trial may read the whole file from a disk as slow as this."""
_MOST_KEPT = 64
_LINES_OF_THE_END = 5


def rejection(name: str) -> ModelRejectedError:
    """The refusal of a file that makes llama.cpp end the process."""
    return ModelRejectedError(
        f"{name} makes the model library stop: it is damaged, or of a kind that the library does not know.",
        "Fetch the file again, or choose another one.",
    )


class Trials:
    """Which files were tried, and the way to try another. May be used from any thread."""

    def __init__(self, file: Path | None = None) -> None:
        """`file` keeps the verdicts (digests and sizes, no names); without one they last as long as the process."""
        self._file = file
        self._lock = threading.Lock()
        self._verdicts: dict[str, dict[str, Any]] | None = None

    def verdict(self, info: ModelInfo) -> bool | None:
        """Whether the library runs this file; None where it was not tried."""
        with self._lock:
            kept = self._read().get(info.digest)
        if kept is None:
            return None
        runs = bool(kept["runs"])
        with suppress(OSError):  # gone meanwhile
            if kept == {**_identity(info), "runs": runs}:
                return runs
        return None

    def require(
        self, info: ModelInfo, *, context: int, threads: int, progress: ProgressCallback, cancel: CancelToken
    ) -> None:
        """Try the file with `context` tokens and `threads`, unless it was tried before.

        Raises `ModelRejectedError` for one that the library refuses, or that makes it stop; `NotEnoughMemoryError`,
        `CancelledError`, `ModelError`. None of these but the stop is remembered.
        """
        runs = self.verdict(info)
        if runs is None:
            runs = _Trial(info.path, context, threads).run(progress, cancel)
            self._keep(info, runs)
        if not runs:
            raise rejection(info.path.name)

    def _keep(self, info: ModelInfo, runs: bool) -> None:
        with self._lock:
            verdicts = self._read()
            verdicts.pop(info.digest, None)
            verdicts[info.digest] = {**_identity(info), "runs": runs}
            for digest in [*verdicts][:-_MOST_KEPT]:
                del verdicts[digest]
            if self._file is not None:
                try:
                    with replacing(self._file) as stream:
                        stream.write(json.dumps(verdicts, indent=1).encode())
                except DiskError as error:
                    _log.warning("the verdict of a trial is not kept: %s", error.message)

    def _read(self) -> dict[str, dict[str, Any]]:
        if self._verdicts is None:
            self._verdicts = {}
            if self._file is not None:
                with suppress(OSError, ValueError):  # not there, or not ours: the files are tried again
                    found = json.loads(self._file.read_bytes())
                    entries = found.items() if isinstance(found, dict) else ()
                    self._verdicts = {key: kept for key, kept in entries if isinstance(kept, dict) and "runs" in kept}
        return self._verdicts


def _identity(info: ModelInfo) -> dict[str, Any]:
    status = info.path.stat()
    return {"size": status.st_size, "changed_ns": status.st_mtime_ns, "library": version("llama-cpp-python")}


@dataclass(frozen=True)
class _Trial:
    path: Path
    context: int
    threads: int

    def run(self, progress: ProgressCallback, cancel: CancelToken) -> bool:
        """Whether the library went on living. Raises what the process refused, and `CancelledError`."""
        cancel.check()
        ends = deque[str](maxlen=_LINES_OF_THE_END)
        answer: dict[str, Any] = {}
        with self._process() as process, _ended_by(process, cancel, self._longest()) as late:
            assert process.stdin is not None
            assert process.stdout is not None
            with suppress(BrokenPipeError):  # it ended already, and is told from how it did
                process.stdin.write(json.dumps([str(self.path.absolute()), self.context, self.threads]) + "\n")
                process.stdin.flush()
            for line in process.stdout:
                said = _parsed(line)
                if said is None:
                    ends.append(line.strip())
                elif "percent" in said:
                    progress(Progress(int(said["percent"]), 100, "%", "trying the model"))
                else:
                    answer = said
            code = process.wait()
        if not answer:
            cancel.check()
        return self._judge(answer, code, ends, late=late.is_set())

    def _judge(self, answer: dict[str, Any], code: int, ends: deque[str], *, late: bool) -> bool:
        name = self.path.name
        if "refused" in answer:
            raise ModelRejectedError(str(answer["refused"]), str(answer.get("hint", "")))
        if answer:
            return True
        _log.warning("the trial of a model ended with %d: %s", code, " / ".join(ends))
        if late:
            raise ModelRejectedError(
                f"{name} gave no answer within {self._longest() // 60} minutes.", "Choose a smaller model."
            )
        if code == -signal.SIGKILL:
            raise NotEnoughMemoryError(
                f"The system ended the trial of {name}, as it does when memory runs out.",
                "Close other programs, choose a smaller model, or a shorter context in Settings.",
            )
        if code > 0:
            raise ModelError(
                f"{name} could not be tried (code {code}).", "This is a fault of the program; see the log."
            )
        return False

    def _process(self) -> "subprocess.Popen[str]":
        try:
            return subprocess.Popen(
                [sys.executable, "-m", "memos_engine.inference.trial_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=Path(__file__).parents[2],
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            raise ModelError(f"{self.path.name} could not be tried: {error.strerror}.", "Try again.") from error

    def _longest(self) -> int:
        return _SECONDS + self.path.stat().st_size // _SLOWEST_DISK


@contextmanager
def _ended_by(process: "subprocess.Popen[str]", cancel: CancelToken, seconds: float) -> Iterator[threading.Event]:
    """Ends the process at a cancel, after `seconds` (the event is set then), and with the block."""
    late = threading.Event()

    def out_of_time() -> None:
        late.set()
        process.kill()

    clock = threading.Timer(seconds, out_of_time)
    clock.daemon = True
    clock.start()
    unhook = cancel.on_cancel(process.kill)
    try:
        yield late
    finally:
        unhook()
        clock.cancel()
        process.kill()
        if process.stdin is not None:
            with suppress(BrokenPipeError):  # what it did not read
                process.stdin.close()


def _parsed(line: str) -> dict[str, Any] | None:
    """What the process said, or None for a line that somebody else wrote there."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None
