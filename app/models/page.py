"""Models: chat models with what they need, the sentence encoder, the language pipeline; choose, load, cancel."""

from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QSplitter, QVBoxLayout, QWidget

from app.commands import Command
from app.context import AppContext
from app.models.detail import EncoderDetail, ModelDetail, PipelineDetail
from app.models.row import Entry, EntryDelegate, EntryRole
from app.page import Page
from app.theme import Size, theme
from app.widgets.buttons import Button
from app.widgets.file_dialogs import choose_files
from app.widgets.reader_dialog import show_licences
from app.widgets.text import Text
from memos_engine.errors import NotFoundError
from memos_engine.memory_os import MemoryOS
from memos_engine.types import EncoderInfo, MemoryChanges, ModelInfo

Shown = ModelInfo | EncoderInfo | None
"""What a line of the list stands for; None: the language pipeline."""


def _looked_at(engine: MemoryOS, paths: tuple[Path, ...]) -> dict[Path, ModelInfo]:
    """What is told of these files now, without those that are gone."""
    found: dict[Path, ModelInfo] = {}
    for path in paths:
        with suppress(NotFoundError):
            found[path] = engine.models.inspect(path)
    return found


class ModelsPage(Page):
    """Lists what can serve, says before anything loads whether it fits, and changes what serves."""

    NAME = "Models"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._given: dict[Path, ModelInfo] = {}
        self._models: tuple[ModelInfo, ...] = ()
        self._encoders: tuple[EncoderInfo, ...] = ()
        self._build()
        self.setAcceptDrops(True)

    # --- parts ------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.list = QListWidget()
        self.list.setAccessibleName("Models")
        self.list.setItemDelegate(EntryDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.currentRowChanged.connect(self._chosen)
        self.memory = Text("Looking for models…", Size.SMALL, "muted", wrap=True)
        left = QWidget()
        column = QVBoxLayout(left)
        theme().space(column, (16, 16, 8, 8), 8)
        column.addWidget(self.memory)
        column.addWidget(self.list, 1)
        self.model = ModelDetail(self.context)
        self.encoder = EncoderDetail(self.context)
        self.pipeline = PipelineDetail(self.context)
        for detail in (self.model, self.encoder, self.pipeline):
            detail.changed.connect(self.load)
        self.model.loaded.connect(self._follow)
        self._side = QWidget()
        side = QVBoxLayout(self._side)
        theme().space(side)
        for detail in (self.model, self.encoder, self.pipeline):
            detail.hide()
            side.addWidget(detail)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("models")
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(self._side)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        split.setSizes([10_000, 9_000])
        head = QHBoxLayout()
        theme().space(head, (16, 12, 16, 0), 8)
        head.addWidget(Text("Models", Size.DISPLAY))
        head.addStretch(1)
        head.addWidget(Button("Licences…", lambda: show_licences(self.context, self), kind="flat"))
        head.addWidget(Button("Choose a file…", self.choose_file, icon="folder"))
        self.column.addLayout(head)
        self.column.addWidget(split, 1)

    # --- what is shown ----------------------------------------------------------------------------------------------

    def entered(self) -> None:
        """Headers are read anew: free memory changes."""
        self.load()
        self.list.setFocus()

    def refresh(self, changes: MemoryChanges) -> None:
        """Another model or encoder was set."""
        if self.isVisible() and any(name.startswith(("model.", "encoder.", "files.")) for name in changes.settings):
            QTimer.singleShot(0, self, self.load)

    def load(self) -> None:
        """Ask which models and encoders there are, and what became of the files that were looked at."""
        engine, given = self.context.engine, tuple(self._given)

        def done(found: tuple[tuple[ModelInfo, ...], tuple[EncoderInfo, ...], dict[Path, ModelInfo]]) -> None:
            listed, encoders, still_there = found
            for path in given:
                self._given.pop(path, None)
            self._given = still_there | self._given
            self._fill(listed, encoders)

        self.context.operations.run(
            self,
            "List models",
            lambda _progress, _cancel: (engine.models.list(), engine.models.encoders(), _looked_at(engine, given)),
            done,
            key="models",
            long=True,
        )

    def _fill(self, models: tuple[ModelInfo, ...], encoders: tuple[EncoderInfo, ...]) -> None:
        shown = self._key(self.list.currentRow())
        known = {model.path for model in models}
        given = tuple(replace(model, in_use=False) for path, model in self._given.items() if path not in known)
        self._models, self._encoders = (*models, *given), encoders
        free = next((model.memory_free for model in models), 0)
        self.memory.setText(f"{free / 1e9:,.1f} GB of memory are free on this machine." if free else "")
        blocker = QSignalBlocker(self.list)
        self.list.clear()
        self._heading("Chat models")
        for model in self._models:
            self._line(Entry.of_model(model, chosen=self._is_chosen(model)))
        self._heading("Search and language")
        for encoder in encoders:
            self._line(Entry.of_encoder(encoder))
        self._line(Entry.of_pipeline(self.context.engine.settings.text("encoder.pipeline")))
        blocker.unblock()
        row = next((row for row in range(self.list.count()) if shown is not None and self._key(row) == shown), None)
        if row is None:
            serves = (row for row, model in enumerate(self._models) if model.in_use or self._is_chosen(model))
            row = 1 + next(serves, 0)
        self.list.setCurrentRow(row)
        self._chosen(row)

    def _heading(self, title: str) -> None:
        item = QListWidgetItem(title)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.addItem(item)

    def _line(self, entry: Entry) -> None:
        item = QListWidgetItem(entry.spoken)
        item.setData(EntryRole, entry)
        item.setSizeHint(QSize(theme().px(200), theme().px(48)))
        self.list.addItem(item)

    def _is_chosen(self, model: ModelInfo) -> bool:
        """Whether the settings name it: it is loaded with the next question."""
        chosen = self.context.engine.settings.text("model.path")
        return Path(chosen) == model.path if chosen else model.default

    def _shown(self, row: int) -> Shown:
        if 1 <= row <= len(self._models):
            return self._models[row - 1]
        place = row - len(self._models) - 2
        return self._encoders[place] if 0 <= place < len(self._encoders) else None

    def _key(self, row: int) -> Path | str | None:
        """What tells the line from others when the list is filled anew; None for a heading and for no line."""
        shown = self._shown(row)
        if isinstance(shown, ModelInfo | EncoderInfo):
            return shown.path
        return "pipeline" if 0 < row == self.list.count() - 1 else None

    def _chosen(self, row: int) -> None:
        shown = self._shown(row)
        if isinstance(shown, ModelInfo):
            self.model.show_model(shown, chosen=self._is_chosen(shown))
        elif isinstance(shown, EncoderInfo):
            self.encoder.show_encoder(shown)
        else:
            self.pipeline.show_pipeline()
        self.model.setVisible(isinstance(shown, ModelInfo))
        self.encoder.setVisible(isinstance(shown, EncoderInfo))
        self.pipeline.setVisible(shown is None)

    # --- what is done -----------------------------------------------------------------------------------------------

    def choose_file(self) -> None:
        """Ask for a GGUF file and look at it."""
        choose_files(
            self,
            "models",
            "Choose a chat model",
            self.look_at,
            filters="GGUF models (*.gguf);;All files (*)",
            start=self.context.engine.settings.text("files.models"),
            many=False,
        )

    def look_at(self, files: list[Path]) -> None:
        """Read the header of the first of these files, and show it in the list."""
        file, models = files[0], self.context.engine.models
        self.banner.clear()
        self.context.operations.run(
            self,
            "Read a model's header",
            lambda _p, _c: models.inspect(file),
            self._inspected,
            key="inspect",
            long=True,
        )

    def _follow(self, asked: Path, loaded: ModelInfo) -> None:
        """A model was loaded: it is the one to show, by the path under which it serves."""
        self._given.pop(asked, None)
        self._given[loaded.path] = loaded
        with QSignalBlocker(self.list):
            self.list.setCurrentRow(-1)
        self.load()

    def _inspected(self, model: ModelInfo) -> None:
        self._given[model.path] = model
        self._fill(tuple(known for known in self._models if known.path != model.path), self._encoders)
        self.list.setCurrentRow(1 + [known.path for known in self._models].index(model.path))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file may be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Look at the file that was dropped."""
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            self.look_at(files)

    def commands(self) -> list[Command]:
        """What can be done here."""
        return [
            Command("Choose a model file", self.choose_file, icon="folder", group="Models"),
            Command("Look for models again", partial(self.load), icon="again", group="Models"),
        ]
