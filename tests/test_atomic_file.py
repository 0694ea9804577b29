"""Files that are replaced as a whole."""

import errno

import pytest

from memos_engine.atomic_file import disk_error, replacing
from memos_engine.errors import DiskError


def test_the_new_content_takes_the_place_of_the_old(tmp_path):
    file = tmp_path / "deep" / "file"
    for content in (b"old", b"new"):
        with replacing(file) as stream:
            stream.write(content)
    assert file.read_bytes() == b"new"
    assert list(file.parent.iterdir()) == [file]
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("failure", [ValueError("ours"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_content_and_nothing_beside(tmp_path, failure):
    file = tmp_path / "file"
    file.write_bytes(b"old")

    def write_half() -> None:
        with replacing(file) as stream:
            stream.write(b"half of the n")
            raise failure

    with pytest.raises(type(failure)):
        write_half()
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_the_reason_and_what_to_do_are_said(number):
    error = disk_error("vault.toml", OSError(number, "system words"))
    assert isinstance(error, DiskError)
    assert error.message.startswith("vault.toml could not be written")
    assert error.hint
