"""The vault: each protector alone opens it, a wrong one waits longer each time, and nothing is left in the clear."""

import errno
import threading

import pytest

from memos_engine.atomic_file import disk_error
from memos_engine.errors import (
    CubeLockedError,
    DamagedError,
    InputError,
    InUseError,
    LockedError,
    MemosError,
    NewerFormatError,
    NoProtectorError,
    NotFoundError,
    WaitError,
    WrongSecretError,
)
from memos_engine.types import Protector, VaultState
from memos_engine.vault.recovery_code import new_recovery_code, recovery_secret
from memos_engine.vault.tries import UNCOUNTED_WAIT_S, wait_after, wait_left
from memos_engine.vault.vault import Vault

PASSPHRASE = "correct horse ☂"


@pytest.fixture
def vault(tmp_path):
    vault = Vault(tmp_path / "home")
    vault.create(use_keyring=False, passphrase=PASSPHRASE)
    return vault


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test sets: Unix seconds in a one-element list."""
    at = [1_000_000.0]
    monkeypatch.setattr("time.time", lambda: at[0])
    return at


def test_a_new_home_says_so_and_has_no_file(tmp_path):
    assert Vault(tmp_path).info().state == VaultState.NEW
    assert list(tmp_path.iterdir()) == []


def test_without_keyring_and_passphrase_nothing_is_made(tmp_path):
    with pytest.raises(NoProtectorError) as caught:
        Vault(tmp_path / "home").create(use_keyring=False, passphrase="")
    assert "passphrase" in caught.value.hint
    assert not (tmp_path / "home").exists()


def test_a_keyring_that_does_not_work_is_refused_and_leaves_nothing(tmp_path):
    vault = Vault(tmp_path / "home")
    with pytest.raises(NoProtectorError):
        vault.create(use_keyring=True, passphrase=None)
    assert vault.info().state == VaultState.NEW


def test_the_passphrase_and_the_recovery_code_each_open_it(tmp_path):
    code = Vault(tmp_path).create(use_keyring=False, passphrase=PASSPHRASE)
    keys = Vault(tmp_path)
    keys.unlock(passphrase=PASSPHRASE)
    made = keys.add_cube("c1", "Me")
    again = Vault(tmp_path)
    again.unlock(recovery_code=code.lower().replace("-", " "))
    assert again.cube_keys("c1") == made
    assert again.cube_label("c1") == "Me"


def test_a_second_vault_is_not_made_over_the_first(vault, tmp_path):
    with pytest.raises(InputError):
        Vault(tmp_path / "home").create(use_keyring=False, passphrase="another one")


def test_a_locked_vault_gives_no_key(vault):
    vault.add_cube("c1", "Me")
    vault.lock()
    assert not vault.is_open
    for call in (vault.cube_keys, vault.cube_label):
        with pytest.raises(LockedError):
            call("c1")


def test_a_changed_passphrase_opens_and_the_old_one_does_not(vault, tmp_path, clock):
    keys = vault.add_cube("c1", "Me")
    vault.set_passphrase("another one")
    again = Vault(tmp_path / "home")
    with pytest.raises(WrongSecretError):
        again.unlock(passphrase=PASSPHRASE)
    clock[0] += 10
    again.unlock(passphrase="another one")
    assert again.cube_keys("c1") == keys


@pytest.mark.parametrize("short", ["1", "sesame!"])
def test_a_passphrase_that_is_too_short_is_refused_when_a_home_is_made_and_when_it_is_changed(vault, tmp_path, short):
    with pytest.raises(InputError, match="8 characters"):
        Vault(tmp_path / "new").create(use_keyring=False, passphrase=short)
    assert not (tmp_path / "new").exists()
    with pytest.raises(InputError, match="8 characters"):
        vault.set_passphrase(short)
    Vault(tmp_path / "home").unlock(passphrase=PASSPHRASE)


def test_the_last_protector_cannot_be_removed(vault):
    with pytest.raises(NoProtectorError):
        vault.set_passphrase(None)
    assert Protector.PASSPHRASE in vault.info().protectors


def test_a_new_recovery_code_replaces_the_old(tmp_path, clock):
    vault = Vault(tmp_path)
    old = vault.create(use_keyring=False, passphrase=PASSPHRASE)
    new = vault.new_recovery_code()
    with pytest.raises(WrongSecretError):
        Vault(tmp_path).unlock(recovery_code=old)
    clock[0] += 10
    Vault(tmp_path).unlock(recovery_code=new)


def test_the_wait_grows_with_each_failed_try_across_restarts(vault, tmp_path, clock):
    waits = []
    for _ in range(6):
        with pytest.raises(WrongSecretError):
            Vault(tmp_path / "home").unlock(passphrase="wrong")
        waits.append(Vault(tmp_path / "home").info().wait_s)
        with pytest.raises(WaitError) as caught:
            Vault(tmp_path / "home").unlock(passphrase=PASSPHRASE)
        assert caught.value.seconds == pytest.approx(waits[-1])
        clock[0] += waits[-1]
    assert waits == [1, 2, 4, 8, 16, 32]
    Vault(tmp_path / "home").unlock(passphrase=PASSPHRASE)
    assert Vault(tmp_path / "home").info().wait_s == 0


def test_the_wait_ends_somewhere_and_a_clock_set_back_does_not_stretch_it(clock):
    assert wait_after(1000) == 300
    assert wait_left(4, clock[0] + 86_400) == wait_after(4)


def test_a_cube_kept_locked_stays_so_across_restarts(vault, tmp_path):
    vault.add_cube("c1", "Me")
    vault.set_cube_locked("c1", locked=True)
    again = Vault(tmp_path / "home")
    again.unlock(passphrase=PASSPHRASE)
    with pytest.raises(CubeLockedError):
        again.cube_keys("c1")
    again.set_cube_locked("c1", locked=False)
    assert again.cube_keys("c1")


def test_a_destroyed_key_is_gone_and_the_default_moves_on(vault):
    vault.add_cube("c1", "Me")
    vault.add_cube("c2", "Work")
    vault.destroy_cube_key("c1")
    assert vault.cube_ids() == ("c2",)
    assert vault.default_cube() == "c2"
    with pytest.raises(NotFoundError):
        vault.cube_keys("c1")


def test_the_file_holds_no_name_and_no_key(vault, tmp_path):
    keys = vault.add_cube("c1", "Secret project Xylophone")
    content = (tmp_path / "home" / "vault.toml").read_text()
    assert "Xylophone" not in content
    for key in (keys.database, keys.blobs, keys.digest):
        assert key.hex() not in content
    assert (tmp_path / "home" / "vault.toml").stat().st_mode & 0o077 == 0
    assert "Xylophone" not in repr(keys)
    assert keys.database.hex() not in repr(keys)


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("format = 1", "format = 2", NewerFormatError),
        ("memory_kib = 65536", "memory_kib = 1024", DamagedError),
        ("memory_kib = 65536", "memory_kib = 999999999", DamagedError),
        ("wrapped = ", "wrong = ", DamagedError),
        ("vault_id", "[", DamagedError),
    ],
)
def test_a_damaged_or_newer_file_is_told_apart(vault, tmp_path, old, new, error):
    file = tmp_path / "home" / "vault.toml"
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(error):
        Vault(tmp_path / "home").unlock(passphrase=PASSPHRASE)


def test_codes_are_read_however_they_are_typed():
    code = new_recovery_code()
    secret = recovery_secret(code)
    assert secret is not None
    assert recovery_secret(code.lower().replace("-", "  ")) == secret
    assert recovery_secret(code.replace("O", "0").replace("I", "1").replace("B", "8")) == secret
    assert recovery_secret(code[:-1]) is None
    assert recovery_secret("") is None
    assert recovery_secret("пароль") is None


def test_a_wait_after_the_clock_was_set_back_ends_when_it_has_passed(vault, tmp_path, clock):
    for _ in range(3):
        with pytest.raises(WrongSecretError):
            Vault(tmp_path / "home").unlock(passphrase="wrong")
        clock[0] += 4
    clock[0] -= 86_400
    with pytest.raises(WaitError) as caught:
        Vault(tmp_path / "home").unlock(passphrase=PASSPHRASE)
    assert caught.value.seconds == 4
    clock[0] += 4
    Vault(tmp_path / "home").unlock(passphrase=PASSPHRASE)


@pytest.mark.parametrize("last", ["nan", "inf", "1e300"])
def test_a_last_try_that_is_no_time_locks_nobody_out(vault, tmp_path, clock, last):
    file = tmp_path / "home" / "vault.toml"
    file.write_text(file.read_text().replace("failed = 0", "failed = 1").replace("last = 0.0", f"last = {last}"))
    with pytest.raises(WaitError):
        Vault(tmp_path / "home").unlock(passphrase=PASSPHRASE)
    clock[0] += 1
    Vault(tmp_path / "home").unlock(passphrase=PASSPHRASE)


def test_the_default_is_a_cube_that_is_not_locked_where_there_is_one(vault):
    for cube_id in ("c1", "c2", "c3"):
        vault.add_cube(cube_id, cube_id)
    vault.set_cube_locked("c2", locked=True)
    vault.set_cube_locked("c1", locked=True)
    assert vault.default_cube() == "c3"
    vault.set_cube_locked("c1", locked=False)
    assert vault.default_cube() == "c3"
    vault.destroy_cube_key("c3")
    assert vault.default_cube() == "c1"


@pytest.fixture
def full_disk(vault, monkeypatch, clock):
    """The vault's file cannot be replaced any more; the waits before tries, in seconds, as they come."""
    waits: list[float] = []

    def full(_file, _vault):
        raise disk_error("vault.toml", OSError(errno.ENOSPC, "No space left on device"))

    def sleep(seconds):
        waits.append(seconds)
        clock[0] += seconds

    monkeypatch.setattr("memos_engine.vault.vault.write_vault_file", full)
    monkeypatch.setattr("time.sleep", sleep)
    return waits


def test_the_right_passphrase_opens_on_a_full_disk(vault, tmp_path, full_disk):
    again = Vault(tmp_path / "home")
    again.unlock(passphrase=PASSPHRASE)
    assert again.is_open
    assert full_disk == [UNCOUNTED_WAIT_S]


def test_a_full_disk_does_not_switch_off_the_wait(vault, tmp_path, full_disk):
    for _ in range(3):  # a restart each time
        with pytest.raises(WrongSecretError):
            Vault(tmp_path / "home").unlock(passphrase="wrong")
    assert full_disk == [UNCOUNTED_WAIT_S] * 3
    once = Vault(tmp_path / "home")
    for _ in range(6):
        with pytest.raises(WrongSecretError):
            once.unlock(passphrase="wrong")
    assert full_disk[3:] == [10, 10, 10, 10, 16, 32]


def test_tries_that_were_counted_before_the_disk_was_full_cost_what_they_cost(vault, tmp_path, request, clock):
    for seconds in (1, 2, 4, 8, 16, 32):
        with pytest.raises(WrongSecretError):
            Vault(tmp_path / "home").unlock(passphrase="wrong")
        clock[0] += seconds
    waits = request.getfixturevalue("full_disk")
    with pytest.raises(WrongSecretError):
        Vault(tmp_path / "home").unlock(passphrase="wrong")
    assert waits == [64]
    clock[0] -= 90
    with pytest.raises(WaitError):
        Vault(tmp_path / "home").unlock(passphrase=PASSPHRASE)


def test_tries_that_are_not_counted_are_made_one_at_a_time_by_all_programs(vault, tmp_path, full_disk, monkeypatch):
    """While one waits, another program's try is refused, not answered beside it."""
    monkeypatch.setattr("memos_engine.vault.vault._LOCK_SECONDS", 0.0)
    refused: list[Exception] = []

    def try_beside(_seconds):
        monkeypatch.setattr("time.sleep", lambda _seconds: refused.append(AssertionError("it waited beside")))
        beside = threading.Thread(target=lambda: refused.append(told(tmp_path / "home")))
        beside.start()
        beside.join()

    monkeypatch.setattr("time.sleep", try_beside)
    Vault(tmp_path / "home").unlock(passphrase=PASSPHRASE)
    assert [type(error) for error in refused] == [InUseError]


def told(home):
    try:
        Vault(home).unlock(passphrase="wrong")
    except MemosError as error:
        return error
    return None
