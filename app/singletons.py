"""Keeps None, True and False alive under PySide6 on Python before 3.12."""

import ctypes
import sys

_RESERVE = 1 << (40 if sys.maxsize > 2**32 else 28)


def keep_singletons() -> None:
    """Give None, True and False a reserve of references that no session uses up.

    PySide6 6.12.0 gives back a reference that it never took with every call that returns None (measured on CPython
    3.11.7: `sys.getrefcount(None)` falls by one with each `QLabel.setText`), and the interpreter aborts when none is
    left: after some thousand repaints. From Python 3.12 on these objects are immortal and need no help (PEP 683).
    """
    if sys.implementation.name != "cpython" or sys.version_info >= (3, 12):
        return
    for single in (None, True, False):
        # The reference count is the first field of a CPython object.
        ctypes.c_ssize_t.from_address(id(single)).value += _RESERVE
