"""Garbage is collected on the GUI thread, and only there."""

import gc
import threading
from collections.abc import Iterator

import pytest
from srsly import msgpack_dumps, msgpack_loads

from app.collector import YOUNG, Collector


class Cycle:
    def __init__(self, died: list[int]):
        self.me = self
        self.died = died

    def __del__(self):
        self.died.append(threading.get_ident())


@pytest.fixture(autouse=True)
def usual_thresholds() -> Iterator[None]:
    """Those of Python, which the other tests of the window go without."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_cycles_of_other_threads_die_on_the_gui_thread(qtbot):
    collector, died = Collector(), []

    def litter():
        msgpack_loads(msgpack_dumps({}))  # spaCy loads its data so, which enables automatic collection
        for _ in range(YOUNG * 3):
            Cycle(died)

    worker = threading.Thread(target=litter)
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: len(died) > YOUNG)
    assert set(died) == {threading.main_thread().ident}
    collector.close()
    assert gc.get_threshold() == (700, 10, 10)
