"""What a home does by itself after it was opened: background work, and an eye on other processes."""

import logging
import threading
from contextlib import suppress
from pathlib import Path

from memos_engine.errors import CubeLockedError, MemosError
from memos_engine.language import dates
from memos_engine.language.identify import identify
from memos_engine.scheduler.queue import Priority
from memos_engine.services import guarding, reading
from memos_engine.services.home import OpenHome
from memos_engine.services.sealed_settings import SEALED_SETTINGS
from memos_engine.settings import BY_NAME
from memos_engine.types import CancelToken, MemoryChanges, ProgressCallback, now

_log = logging.getLogger(__name__)
VAULT = "vault.toml"
_REMEMBERING = "memory.remembering"
WATCH_SECONDS = 1.0
"""How often another process's writes are looked for."""


class Housekeeping:
    """Begins with each unlock and ends before each lock."""

    def __init__(self, home: OpenHome) -> None:
        self._home = home
        self._stop = threading.Event()
        self._watch: threading.Thread | None = None
        self._settings_stamp = _stamps(home.path)
        self._vault_stamp = 0
        self._cubes: dict[str, _Cube] = {}
        self._paused = reading.paused(home)
        home.settings.listen(self._heed)
        home.when_opened(self._begin)
        home.when_cube_opened(self._tend)
        home.when_closing(self._end)

    def _begin(self) -> None:
        home = self._home
        guarding.look_through_next(home)
        reading.go_on(self._home)
        self._vault_stamp, self._cubes = _stamp(home.path / VAULT), _cubes(home)
        home.queue.submit("Keeping the house", self._keep, priority=Priority.LOW)
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._look, args=(self._stop,), name="watch", daemon=True)
        self._watch.start()

    def _heed(self, setting: str) -> None:
        """What waits is read as soon as remembering, which was paused, goes on."""
        if setting != _REMEMBERING or not self._home.vault.is_open:
            return
        was_paused, self._paused = self._paused, reading.paused(self._home)
        if was_paused:
            reading.go_on(self._home)

    def _tend(self, cube_id: str) -> None:
        """What was done in the others while this cube was locked: secrets, reading, and vectors of another encoder."""
        guarding.look_through_next(self._home)
        reading.go_on(self._home)
        self._home.tend_later(cube_id)

    def _end(self, cube_id: str | None) -> None:
        if cube_id is not None:
            return
        self._stop.set()
        if self._watch is not None and self._watch is not threading.current_thread():
            self._watch.join()
        self._watch = None

    def _keep(self, progress: ProgressCallback, cancel: CancelToken) -> None:
        """Expire, empty old trash, warm up what the next turn needs, and bring the vector indexes up to date."""
        home = self._home
        changes = home.lifecycle.expire(trash_days=home.settings.whole("memory.trash_days"))
        if changes.memories:
            home.publish(changes)
        cancel.check()
        home.pipeline.load()
        # Each first call builds tables for a tenth of a second or more, beside the first reply if not now.
        identify("Which language is this?")
        dates.resolve("the 3rd of March 2021", now())
        for store in home.shelf.all_open():
            with suppress(CubeLockedError):  # locked meanwhile
                home.retrieval.tend(store.cube_id, progress, cancel)

    def _look(self, stop: threading.Event) -> None:
        while not stop.wait(WATCH_SECONDS):
            try:
                self._hear_others()
            except MemosError as error:
                _log.warning("looking for other processes: %s", error.message)

    def _hear_others(self) -> None:
        home = self._home
        home.set_damaged_aside()
        stamp = _stamps(home.path)
        if stamp != self._settings_stamp:
            self._settings_stamp = stamp
            before = {name: home.settings.get(name) for name in BY_NAME}
            home.settings.reload()
            names = tuple(name for name, value in before.items() if home.settings.get(name) != value)
            for name in names:
                self._heed(name)
            if names:
                home.publish(MemoryChanges(settings=names, elsewhere=True))
        listed = self._differing_cubes()
        changed = tuple(store.cube_id for store in home.shelf.all_open() if store.changed_elsewhere())
        for cube_id in changed:
            home.retrieval.catch_up(cube_id)
        if changed or listed:
            home.publish(MemoryChanges(cubes=tuple(dict.fromkeys(changed + listed)), elsewhere=True))

    def _differing_cubes(self) -> tuple[str, ...]:
        """Cubes that were made, renamed, locked, unlocked, destroyed or made the default since the last look."""
        stamp = _stamp(self._home.path / VAULT)
        if stamp == self._vault_stamp:
            return ()
        before, self._cubes, self._vault_stamp = self._cubes, _cubes(self._home), stamp
        return tuple(cube_id for cube_id in before | self._cubes if before.get(cube_id) != self._cubes.get(cube_id))


_Cube = tuple[str, bool, bool]
"""Name, whether locked, whether the default."""


def _cubes(home: OpenHome) -> dict[str, _Cube]:
    """The cubes as the vault lists them, by id."""
    vault = home.vault
    default = vault.default_cube()
    return {each: (vault.cube_label(each), vault.cube_locked(each), each == default) for each in vault.cube_ids()}


def _stamps(home: Path) -> tuple[int, ...]:
    """When the files of settings were last written, in nanoseconds; 0 for one that is not there."""
    return tuple(_stamp(home / name) for name in ("settings.toml", SEALED_SETTINGS))


def _stamp(file: Path) -> int:
    """When a file was last written, in nanoseconds; 0 when there is none."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0
