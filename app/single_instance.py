"""One window a home: a second one raises the first and ends."""

import hashlib
import os
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket


def _name(home: Path) -> str:
    owner = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    digest = hashlib.sha256(f"{owner}:{home.resolve()}".encode()).hexdigest()[:24]
    return f"memos-desktop-{digest}"


def raise_first(home: Path, wait_ms: int = 1000) -> bool:
    """Ask a window that already shows this home to come forward; False where there is none."""
    socket = QLocalSocket()
    socket.connectToServer(_name(home))
    if not socket.waitForConnected(wait_ms):
        return False
    socket.write(b"raise\n")
    answered = socket.waitForBytesWritten(wait_ms)
    socket.disconnectFromServer()
    return answered


class SingleInstance(QObject):
    """Listens for later windows of the same home; `raised` fires when one was started."""

    raised = Signal()

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)
        if not self._server.listen(_name(home)):
            QLocalServer.removeServer(_name(home))
            self._server.listen(_name(home))

    def _answer(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            self.raised.emit()

    def close(self) -> None:
        """Stop listening."""
        self._server.close()
