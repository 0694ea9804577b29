"""When texts of an older format are looked through for secrets: before anything else that waits."""

import logging
from functools import partial

from memos_engine.errors import CancelledError, MemosError
from memos_engine.lifecycle.guarding import look_through
from memos_engine.scheduler.queue import Priority
from memos_engine.services.home import OpenHome
from memos_engine.types import CancelToken, ProgressCallback, no_progress

_log = logging.getLogger(__name__)


def look_through_all(
    home: OpenHome, progress: ProgressCallback = no_progress, cancel: CancelToken | None = None
) -> None:
    """`look_through` in every open cube; where one cannot be written, it is done at the next opening."""
    token = cancel or CancelToken()
    for store in home.shelf.all_open():
        try:
            look_through(store, progress, token)
        except CancelledError:
            raise
        except MemosError as error:
            _log.warning("texts of an older format were not looked through: %s", error.message)


def look_through_next(home: OpenHome) -> None:
    """The same in the background, before anything else that waits there; nothing where all was looked through."""
    if any(store.header().unguarded for store in home.shelf.all_open()):
        label = "Looking for secrets in older texts"
        home.queue.submit(label, partial(look_through_all, home), priority=Priority.HIGH, once=True)
