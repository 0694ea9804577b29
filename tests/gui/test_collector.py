"""Garbage is collected on the GUI thread, and only there."""

import gc
import threading

from app.collector import YOUNG, Collector


class Cycle:
    def __init__(self, died: list[int]):
        self.me = self
        self.died = died

    def __del__(self):
        self.died.append(threading.get_ident())


def test_cycles_of_other_threads_die_on_the_gui_thread(qtbot):
    collector, died = Collector(), []

    def litter():
        for _ in range(YOUNG * 3):
            Cycle(died)

    worker = threading.Thread(target=litter)
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: len(died) > YOUNG)
    assert set(died) == {threading.main_thread().ident}
    collector.close()
    assert gc.isenabled()
