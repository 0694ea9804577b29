"""First run: what is stored and where, how it is protected, and the recovery code."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.first_run.form import GatePage, SecretField
from app.first_run.restore import RestoreLink
from app.first_run.strength import objection, strength
from app.operations import Fault, Operations
from app.theme import Size, theme
from app.widgets.buttons import Button
from app.widgets.clipboard import copy
from app.widgets.text import Text, below_box
from memos_engine.types import VaultInfo


class FirstRunPage(GatePage):
    """`finished` fires once the vault is made and the person has the recovery code."""

    finished = Signal()

    def __init__(self, operations: Operations, info: VaultInfo, parent: QWidget | None = None) -> None:
        super().__init__(
            "A chat that remembers you",
            "Chats and memories stay on this computer, encrypted, in the folder below. Nothing is sent anywhere.",
            parent,
        )
        self._operations = operations
        self._home = home = Text(str(operations.engine.home), role="muted", wrap=True, selectable=True)
        home.setAccessibleName("Folder of your memories")
        self.column.addWidget(home)
        self._choices = QWidget()
        self.column.addWidget(self._choices)
        self._build_choices(info)
        self._restore = RestoreLink(operations)
        self._restore.restored.connect(self.finished)
        self.column.addWidget(self._restore, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addStretch(2)
        self._check()
        self.setFocusProxy(self.start if info.keyring_available else self.passphrase)

    def _build_choices(self, info: VaultInfo) -> None:
        column = QVBoxLayout(self._choices)
        theme().space(column, 0, 8)
        column.addWidget(Text("How shall it open?", Size.TITLE))
        self.keyring = QCheckBox("With your login: a key in this system’s keyring")
        self.keyring.setEnabled(info.keyring_available)
        self.keyring.setChecked(info.keyring_available)
        column.addWidget(self.keyring)
        about = (
            "Opens by itself while you are logged in, and protects as far as your login does."
            if info.keyring_available
            else f"Not possible here: {info.keyring_name or 'no keyring answers'}. Choose a passphrase."
        )
        column.addLayout(below_box(Text(about, Size.SMALL, "muted", wrap=True)))
        self.with_passphrase = QCheckBox("With a passphrase")
        self.with_passphrase.setChecked(not info.keyring_available)
        self.with_passphrase.setEnabled(info.keyring_available)
        column.addWidget(self.with_passphrase)
        self.passphrase = SecretField("Passphrase")
        self.again = SecretField("The same again")
        self.verdict = Text("", Size.SMALL, "muted", wrap=True)
        for part in (self.passphrase, self.again, self.verdict):
            column.addWidget(part)
        # What is typed after Tab belongs into the second field: a space on the eye of the first would show it.
        self.setTabOrder(self.passphrase, self.again)
        self.start = Button("Begin", self._make, kind="primary")
        self.start.setDefault(True)
        column.addWidget(self.start, 0, Qt.AlignmentFlag.AlignLeft)
        for box in (self.keyring, self.with_passphrase):
            box.toggled.connect(self._check)
        for field in (self.passphrase, self.again):
            field.textChanged.connect(self._check)
            field.returnPressed.connect(self._make)

    def _check(self) -> None:
        wanted = self.with_passphrase.isChecked()
        self.passphrase.setVisible(wanted)
        self.again.setVisible(wanted)
        given = self.passphrase.text()
        against = objection(given, self.again.text()) if wanted else ""
        self.verdict.setText(against or str(strength(given)))
        self.verdict.setVisible(wanted)
        self.start.setEnabled((self.keyring.isChecked() or wanted) and not against)

    def _make(self) -> None:
        if not self.start.isEnabled():
            return
        use_keyring = self.keyring.isChecked()
        passphrase = self.passphrase.text() if self.with_passphrase.isChecked() else None
        access = self._operations.engine.access
        self.start.setEnabled(False)
        self.start.setText("Making the keys…")
        self.banner.clear()
        self._operations.run(
            self,
            "Make the vault",
            lambda _progress, _cancel: access.initialise(use_keyring=use_keyring, passphrase=passphrase),
            self._show_code,
            self._failed,
            long=True,
        )

    def _failed(self, fault: Fault) -> None:
        self.start.setText("Begin")
        self._check()
        self.banner.show_fault(fault)

    def _show_code(self, code: str) -> None:
        for field in (self.passphrase, self.again):
            field.clear()
        self._choices.hide()
        self._restore.hide()
        self._home.hide()
        self.title.setText("Your recovery code")
        self.text.setText(
            "If the keyring or the passphrase is ever lost, this code opens your memories. It is shown once, now. "
            "Write it down and keep it where you keep what matters."
        )
        shown = QFrame()
        shown.setProperty("card", True)
        row = QHBoxLayout(shown)
        theme().space(row, 16, 8)
        self.code = Text(code, Size.TITLE, wrap=True, selectable=True)
        self.code.setFont(theme().fixed_font())
        self.code.setAccessibleName(f"Recovery code: {code}")
        row.addWidget(self.code, 1)
        taken = Button("Copy", lambda: copy(code), icon="copy")
        row.addWidget(taken, 0, Qt.AlignmentFlag.AlignVCenter)
        self.written = Button("I wrote it down", self.finished.emit, kind="primary")
        at = self.column.count() - 1
        self.column.insertWidget(at, shown)
        self.column.insertWidget(at + 1, self.written, 0, Qt.AlignmentFlag.AlignLeft)
        # Not the button that leaves: a second Enter in a row would, before the code was read.
        taken.setFocus()
