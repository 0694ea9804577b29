"""Unlocking: keyring, passphrase or recovery code, with the wait after failed tries."""

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.first_run.form import GatePage, SecretField
from app.first_run.restore import RestoreLink
from app.operations import Fault, Operations
from app.theme import theme
from app.widgets.buttons import Button
from memos_engine.errors import WaitError
from memos_engine.types import Protector, VaultInfo


class UnlockPage(GatePage):
    """`unlocked` fires when the vault is open, `replaced` when a backup took the home's place."""

    unlocked = Signal()
    replaced = Signal()

    def __init__(self, operations: Operations, info: VaultInfo, parent: QWidget | None = None) -> None:
        super().__init__("Locked", "Your chats and memories are encrypted. Unlock them to go on.", parent)
        self._operations = operations
        self._by_code = False
        self._wait_until = 0.0
        self.secret = SecretField("Passphrase")
        self.secret.returnPressed.connect(self._try)
        self.secret.textChanged.connect(self._check)
        self.unlock = Button("Unlock", self._try, kind="primary", icon="unlock")
        self.unlock.setDefault(True)
        self.by_keyring = Button("Unlock with the system’s keyring", self.try_keyring, icon="key")
        self.switch = Button("", self._switch, kind="link")
        self.restore = RestoreLink(operations)
        self.restore.restored.connect(self.replaced)
        row = QHBoxLayout()
        theme().space(row, 0, 8)
        row.addWidget(self.unlock)
        row.addWidget(self.by_keyring)
        row.addStretch(1)
        self.column.addWidget(self.secret)
        self.column.addLayout(row)
        self.column.addWidget(self.switch, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(self.restore, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addStretch(2)
        self._has_passphrase = Protector.PASSPHRASE in info.protectors
        self._has_keyring = Protector.KEYRING in info.protectors
        self.by_keyring.setVisible(self._has_keyring)
        if not self._has_passphrase:
            self._switch()
        self._name()
        self._tick_timer = QTimer(self)
        self._tick_timer.setInterval(500)
        self._tick_timer.timeout.connect(self._tick)
        if info.wait_s > 0:
            self._wait(info.wait_s)
        self._check()
        self.setFocusProxy(self.secret)

    def _name(self) -> None:
        name = "Recovery code" if self._by_code else "Passphrase"
        self.secret.setPlaceholderText(name)
        self.secret.setAccessibleName(name)
        other = "Use the passphrase instead" if self._by_code else "Use the recovery code instead"
        self.switch.setText(other)
        self.switch.setVisible(self._has_passphrase)

    def _switch(self) -> None:
        self._by_code = not self._by_code
        self.secret.clear()
        self._name()
        self.secret.setFocus()

    def _check(self) -> None:
        self.unlock.setEnabled(bool(self.secret.text()) and time.monotonic() >= self._wait_until)

    def _try(self) -> None:
        if not self.unlock.isEnabled():
            return
        given = self.secret.text()
        access = self._operations.engine.access
        if self._by_code:
            self._run(lambda: access.unlock(recovery_code=given))
        else:
            self._run(lambda: access.unlock(passphrase=given))

    def try_keyring(self) -> None:
        """Open with the key in the OS keyring."""
        self._run(lambda: self._operations.engine.access.unlock())

    def _run(self, unlock: Callable[[], object]) -> None:
        self._busy(True)
        self.banner.clear()
        self._operations.run(
            self,
            "Unlock",
            lambda _progress, _cancel: unlock(),
            lambda _nothing: self._opened(),
            self._failed,
            long=True,
        )

    def _busy(self, busy: bool) -> None:
        self.unlock.setText("Unlocking…" if busy else "Unlock")
        for part in (self.secret, self.unlock, self.by_keyring, self.switch):
            part.setEnabled(not busy)

    def _opened(self) -> None:
        self.secret.clear()
        self.unlocked.emit()

    def _failed(self, fault: Fault) -> None:
        self._busy(False)
        self.banner.show_fault(fault)
        self.secret.clear()
        self.secret.setFocus()
        if isinstance(fault.error, WaitError):
            self._wait(fault.error.seconds)
        else:
            access = self._operations.engine.access
            self._operations.run(self, "Look at the vault", lambda _progress, _cancel: access.info(), self._look)
        self._check()

    def _look(self, info: VaultInfo) -> None:
        if info.wait_s > 0:
            self._wait(info.wait_s)

    def _wait(self, seconds: float) -> None:
        self._wait_until = time.monotonic() + seconds
        self._tick_timer.start()
        self._tick()

    def _tick(self) -> None:
        left = self._wait_until - time.monotonic()
        if left <= 0:
            self._tick_timer.stop()
            self.unlock.setText("Unlock")
        else:
            self.unlock.setText(f"Wait {left:.0f} s")
        self._check()
