"""Internet connections, refused: an audit hook sees what Python opens, a filter in the kernel what any library does.

`tests/conftest.py` fails the tests of which the hook tells one; the roads and other processes end at the first.
"""

import ctypes
import os
import platform
import signal
import socket
import struct
import sys

EXIT = 3
"""How a process ends that called `forbid`, once Python opens a connection."""
KILLED = -signal.SIGSYS
"""How it ends once a library makes an internet socket behind Python's back."""

_LOOKUPS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
_SENDS = ("socket.connect", "socket.sendto", "socket.sendmsg")


def opened(event: str, arguments: tuple[object, ...]) -> str | None:
    """What an event of an audit hook (PEP 578) tells of an internet connection; None where it is none: sockets of the
    machine itself (AF_UNIX) have a path for an address."""
    if event in _LOOKUPS:
        return f"{event} {arguments[0]!r}"
    if event in _SENDS and isinstance(arguments[1], tuple):
        return f"{event} {arguments[1]!r}"
    return None


def forbid() -> None:
    """From now on, whoever opens an internet connection ends this process: before its other threads begin."""
    # urllib3, which comes along with other libraries, makes a socket on import and connects it to nothing.
    socket.has_ipv6 = False
    sys.addaudithook(_end_at_a_connection)
    forbid_sockets()


def _end_at_a_connection(event: str, arguments: tuple[object, ...]) -> None:
    if told := opened(event, arguments):
        sys.stderr.write(f"a connection was opened: {told}\n")
        sys.stderr.flush()
        os._exit(EXIT)


_SOCKET_CALL = {"x86_64": 41, "aarch64": 198}
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_KILL, _ALLOW = 0x80000000, 0x7FFF0000
_SET_SECCOMP, _NO_NEW_PRIVILEGES, _FILTER = 22, 38, 2


def forbid_sockets() -> None:
    """From now on the kernel kills this process when any code in it makes a socket of an internet family (seccomp(2));
    raises `OSError` where the kernel does not do that."""
    steps = (
        (_LOAD, 0, 0, 0),  # which call it is
        (_IF_EQUAL, 0, 4, _SOCKET_CALL[platform.machine()]),
        (_LOAD, 0, 0, 16),  # its first argument: the family
        (_IF_EQUAL, 1, 0, socket.AF_INET),
        (_IF_EQUAL, 0, 1, socket.AF_INET6),
        (_RETURN, 0, 0, _KILL),
        (_RETURN, 0, 0, _ALLOW),
    )
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code)))
    kernel = ctypes.CDLL(None, use_errno=True)
    for call in ((_NO_NEW_PRIVILEGES, 1, 0, 0, 0), (_SET_SECCOMP, _FILTER, program, 0, 0)):
        if kernel.prctl(*call) != 0:
            raise OSError(ctypes.get_errno(), "the kernel takes no filter of calls")
