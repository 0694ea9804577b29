"""What is known of one model, encoder or pipeline, and the way to make it serve."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.context import AppContext
from app.models.adapter import AdapterSection
from app.models.row import BADGES, gigabytes, reason_of
from app.operations import Fault
from app.theme import Size, theme
from app.widgets.banner import Banner
from app.widgets.buttons import Button
from app.widgets.detail_panel import DetailPanel
from app.widgets.file_dialogs import choose_folder
from app.widgets.region import number
from app.widgets.task_progress import TaskProgress
from app.widgets.text import Text
from app.widgets.value_table import value_table
from memos_engine.errors import InputError
from memos_engine.resources import weights
from memos_engine.types import CancelToken, EncoderInfo, Fit, ModelInfo, ProgressCallback


class Detail(DetailPanel):
    """Name, verdict, one button, progress, and a table. `changed` fires when something else serves now."""

    changed = Signal()

    def __init__(self, context: AppContext, name: str) -> None:
        super().__init__(name)
        self.context = context
        self.name = Text("", Size.TITLE, wrap=True)
        self.verdict = Text("", wrap=True)
        self.banner = Banner()
        self.progress = TaskProgress(name)
        self.buttons = QHBoxLayout()
        theme().space(self.buttons, gap=8)
        actions = QWidget()
        actions.setLayout(self.buttons)
        head = QWidget()
        column = QVBoxLayout(head)
        theme().space(column, gap=8)
        for part in (self.name, self.verdict, self.banner, actions, self.progress):
            column.addWidget(part)
        self.add(head)
        self._table = self.add_section("About it")

    def show_table(self, *rows: tuple[str, str]) -> None:
        """Show names and values; those without a value are left out."""
        self._table.empty()
        self._table.add(value_table(rows))

    def show_fault(self, fault: Fault) -> None:
        """What went wrong, beside the button that began it."""
        self.banner.show_fault(fault)
        self.changed.emit()


class ModelDetail(Detail):
    """A chat model: what its header says, what it needs, and whether that is there."""

    loaded = Signal(Path, ModelInfo)
    """The path that was asked for, and the model that serves now."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, "Chat model")
        self._model: ModelInfo | None = None
        self._is_chosen = False
        self.use = Button("Use this model", self._use, kind="primary")
        self.release = Button("Release its memory", self._release)
        self.release.setToolTip("It is loaded again with the next question.")
        self.buttons.addWidget(self.use)
        self.buttons.addWidget(self.release)
        self.buttons.addStretch(1)
        self.adapter = AdapterSection(context)
        self.adapter.switched.connect(self.changed)
        self.add(self.adapter)

    def show_model(self, model: ModelInfo, *, chosen: bool = False) -> None:
        """Show this one; `chosen`: the settings name it."""
        if self._model is None or model.path != self._model.path:
            self.banner.clear()
        self._model, self._is_chosen = model, chosen
        self.name.setText(model.name)
        badge, role = BADGES[model.fit]
        self.verdict.setText(f"{badge}. {reason_of(model)}" if model.reason else badge)
        self.verdict.set_role("text" if role == "accent" else role)
        usable = model.fit in (Fit.FITS, Fit.SLOW)
        self.use.setEnabled(usable and not model.in_use and not self.progress.running)
        self.use.setText("In use" if model.in_use else "Load it now" if chosen else "Use this model")
        self.release.setVisible(model.in_use)
        context = f"{number(model.context_length)} tokens" if model.context_length else ""
        template = "of its own" if model.chat_template else "none: a plain one is used"
        rejected = model.fit is Fit.REJECTED
        self.show_table(
            ("Memory needed", "" if rejected else gigabytes(model.memory_needed)),
            ("Memory free", "" if rejected else gigabytes(model.memory_free)),
            ("Size of the file", gigabytes(model.file_size) if model.file_size else ""),
            ("Parameters", model.parameters),
            ("Quantisation", model.quantization),
            ("Context", context),
            ("Architecture", model.architecture),
            ("Chat template", "" if rejected else template),
            ("Licence", model.licence or ("" if rejected else "not said in the file")),
            ("Came along", "yes" if model.default else ""),
            ("File", str(model.path)),
        )
        self.adapter.show_adapter(model.adapter)

    def _use(self) -> None:
        model, models = self._model, self.context.engine.models
        if model is None:
            return
        self.banner.clear()
        task = self.context.operations.run(
            self,
            f"Load {model.name}",
            lambda progress, cancel: models.use(model.path, progress=progress, cancel=cancel),
            lambda loaded: self.loaded.emit(model.path, loaded),
            listed=True,
        )
        self.use.setEnabled(False)
        self.progress.follow(task)
        task.ended.connect(self._again)

    def _again(self) -> None:
        if self._model is not None:
            self.show_model(self._model, chosen=self._is_chosen)

    def _release(self) -> None:
        models = self.context.engine.models
        self.context.operations.run(
            self,
            "Release the model",
            lambda _progress, _cancel: models.unload(),
            lambda _: self.changed.emit(),
            long=True,
        )


class EncoderDetail(Detail):
    """The sentence encoder: what it is, and another one for everything that is remembered."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, "Sentence encoder")
        self._encoder: EncoderInfo | None = None
        self.use = Button("Use this encoder", self._use_shown, kind="primary")
        self.choose = Button("Choose a folder…", self._choose, icon="folder")
        self.buttons.addWidget(self.use)
        self.buttons.addWidget(self.choose)
        self.buttons.addStretch(1)
        self.verdict.setText(
            "It turns sentences into numbers, so that what means the same is found. With another one, everything is"
            " encoded anew in the background, while this one goes on serving."
        )

    def show_encoder(self, encoder: EncoderInfo) -> None:
        """Show this one."""
        self._encoder = encoder
        self.name.setText(encoder.name)
        self.use.setVisible(not encoder.in_use)
        entry = next((entry for entry in weights() if entry.path == encoder.path), None)
        self.show_table(
            ("In use", "yes" if encoder.in_use else "no"),
            ("Dimensions", number(encoder.dimensions)),
            ("Longest input", f"{number(encoder.max_tokens)} tokens"),
            ("Licence", entry.licence if entry else ""),
            ("Source", entry.source if entry else ""),
            ("Folder", str(encoder.path)),
        )

    def _use_shown(self) -> None:
        if self._encoder is not None:
            self._use(self._encoder.path)

    def _choose(self) -> None:
        choose_folder(self, "encoders", "Choose a sentence encoder", self._use)

    def _use(self, folder: Path) -> None:
        models = self.context.engine.models
        self.banner.clear()
        task = self.context.operations.run(
            self,
            f"Encode with {folder.name}",
            lambda progress, cancel: models.use_encoder(folder, progress=progress, cancel=cancel),
            lambda _: self.changed.emit(),
            listed=True,
        )
        self.choose.setEnabled(False)
        self.use.setEnabled(False)
        self.progress.follow(task)
        task.ended.connect(self._again)

    def _again(self) -> None:
        self.choose.setEnabled(True)
        self.use.setEnabled(True)


class PipelineDetail(Detail):
    """The language pipeline that reads messages."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, "Language pipeline")
        self.choose = Button("Choose a folder…", self._choose, icon="folder")
        self.default = Button("Use the one that came along", lambda: self._set(""))
        self.buttons.addWidget(self.choose)
        self.buttons.addWidget(self.default)
        self.buttons.addStretch(1)
        self.verdict.setText(
            "It parses what you write, so that facts are read from it. English comes along. Another language needs its"
            " own pipeline; without one, what you write is kept and found word for word."
        )

    def show_pipeline(self) -> None:
        """Show the one that is set."""
        folder = self.context.engine.settings.text("encoder.pipeline")
        came = next(entry for entry in weights() if entry.role == "pipeline")
        self.name.setText(Path(folder).name if folder else came.name)
        self.default.setVisible(bool(folder))
        self.show_table(
            ("Licence", "" if folder else came.licence),
            ("Source", "" if folder else came.source),
            ("Folder", folder or str(came.path)),
        )

    def _choose(self) -> None:
        choose_folder(self, "pipelines", "Choose a spaCy pipeline", lambda folder: self._set(str(folder)))

    def _set(self, folder: str) -> None:
        settings = self.context.engine.settings

        def work(_progress: ProgressCallback, _cancel: CancelToken) -> None:
            if folder and not (Path(folder) / "meta.json").is_file():
                raise InputError(
                    f"{Path(folder).name} holds no spaCy pipeline.",
                    "Choose the folder that has meta.json and config.cfg.",
                )
            settings.set("encoder.pipeline", folder)

        self.banner.clear()
        self.context.operations.run(
            self,
            "Set the language pipeline",
            work,
            lambda _: self.changed.emit(),
        )
