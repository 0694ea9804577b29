"""Copying: what comes from a home is marked as sensitive, so that clipboard histories leave it out."""

from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QGuiApplication

_MARKS = {
    "x-kde-passwordManagerHint": b"secret",
    "application/x-nspasteboard-concealed-type": b"1",
    "org.nspasteboard.ConcealedType": b"1",
    "ExcludeClipboardContentFromMonitorProcessing": b"1",
    "CanIncludeInClipboardHistory": b"\0\0\0\0",
    "CanUploadToCloudClipboard": b"\0\0\0\0",
}
"""What clipboard histories of KDE, macOS and Windows look for."""


def sensitive(data: QMimeData) -> QMimeData:
    """The same data, marked."""
    for name, value in _MARKS.items():
        data.setData(name, QByteArray(value))
    return data


def copy(text: str) -> None:
    """Put text on the clipboard, marked."""
    data = QMimeData()
    data.setText(text)
    QGuiApplication.clipboard().setMimeData(sensitive(data))
