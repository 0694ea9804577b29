"""The one place that loads llama.cpp: lazily, once, and with its chatter kept off the terminal."""

import ctypes
import logging
import os
import re
from collections import deque
from functools import cache
from importlib import import_module
from typing import Any

_log = logging.getLogger(__name__)
_problems: deque[str] = deque(maxlen=20)
_WARNING, _ERROR = 3, 4
"""Levels of `ggml_log_level`."""


@cache
def llama() -> Any:
    """The C interface (module `llama_cpp.llama_cpp`). Its messages no longer reach stderr: errors are kept for
    `last_problem`, the rest is dropped."""
    # Threads that spin for their turn starve each other when other work shares the cores (2 tokens/s instead of 39).
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    # At a failed assertion it would start a debugger, which prints what is in memory and may fetch symbols by network.
    os.environ.setdefault("GGML_NO_BACKTRACE", "1")
    library = import_module("llama_cpp.llama_cpp")
    unused = import_module("llama_cpp._utils")
    for stream in (unused.outnull_file, unused.errnull_file):
        # Opened by the binding on import and never closed, which Python complains about at its end.
        stream.close()
    library.llama_log_set(_log_callback(), ctypes.c_void_p(0))
    library.llama_backend_init()
    return library


@cache
def _log_callback() -> Any:
    # Cached: llama.cpp keeps the pointer for as long as the process lives.
    library = import_module("llama_cpp.llama_cpp")

    def keep(level: int, text: bytes, _: ctypes.c_void_p) -> None:
        if level in (_WARNING, _ERROR):
            line = text.decode("utf-8", "replace").strip()
            if level == _ERROR:
                _problems.append(line)
            _log.debug("llama.cpp: %s", line)

    return library.llama_log_callback(keep)


def forget_problems() -> None:
    """Begin anew, before a call whose problems are of interest."""
    _problems.clear()


def last_problem() -> str:
    """The first error that llama.cpp reported since `forget_problems`, without the places that it came through; or
    nothing."""
    said = re.sub(r"^.*error loading model[^:]*: ", "", _problems[0]) if _problems else ""
    return re.sub(r"^(\w+: )+", "", said).rstrip(".")
