"""Whether a window can be shown: Qt ends the process where it finds no display, so we ask before it does."""

import ctypes
import os
import socket
import sys
from pathlib import Path

_NAMED = ("WAYLAND_DISPLAY", "DISPLAY")


def is_there() -> bool:
    """Whether a display answers. Where Qt was told its platform, or where there is always one, nothing is asked."""
    if sys.platform in {"win32", "darwin"} or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return (bool(os.environ.get("WAYLAND_DISPLAY")) and _wayland_answers()) or (
        bool(os.environ.get("DISPLAY")) and _x_answers()
    )


def named() -> str:
    """The displays that the environment names, though none may answer; empty for none."""
    return " and ".join(os.environ[name] for name in _NAMED if os.environ.get(name))


def _x_answers() -> bool:
    """Connect as Qt does, with the person's authority. Where there is no library to ask by, Qt is let to try."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(None, None)
    answers = not xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return answers


def _wayland_answers() -> bool:
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    place = Path(folder) / os.environ["WAYLAND_DISPLAY"]  # an absolute name stands for itself
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
            asking.connect(str(place))
    except OSError:
        return False
    return True
