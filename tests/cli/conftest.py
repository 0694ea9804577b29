"""The command line in this process, on a home opened by a passphrase file."""

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from memos_engine.cli import run


@dataclass(frozen=True)
class Outcome:
    """What a command gave back."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, str]:
        """The JSON error on standard error."""
        return json.loads(self.err.splitlines()[-1])["error"]


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    file = tmp_path / "passphrase"
    file.write_text("open sesame\n")
    return file


@pytest.fixture
def memos(
    home: Path, passphrase_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Outcome]:
    """Runs `memos ARGUMENTS`; `stdin` is what it reads."""

    def call(*arguments: str, stdin: str | bytes = "") -> Outcome:
        content = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))
        capsys.readouterr()
        code = run(["--home", str(home), "--passphrase-file", str(passphrase_file), *arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call
