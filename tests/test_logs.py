"""The log of a home."""

import logging
from pathlib import Path

import pytest

from memos_engine.logs import LOG_FILE, close_log, open_log


def test_a_log_that_a_full_disk_does_not_take_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / LOG_FILE).symlink_to("/dev/full")
    handler = open_log(tmp_path)
    logging.getLogger("memos_engine").warning("the disk is full")
    close_log(handler)
    assert capsys.readouterr().err == ""
