"""The Models page, on the real weights."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.models.page import ModelsPage
from app.models.row import Entry, gigabytes
from memos_engine.memory_os import MemoryOS
from memos_engine.resources import default_weights
from memos_engine.types import AdapterInfo, Fit, ModelInfo


@pytest.fixture
def page(context: AppContext, show: Callable[[Any], Any], qtbot: QtBot) -> ModelsPage:
    page: ModelsPage = show(ModelsPage(context))
    qtbot.waitUntil(lambda: page.list.count() > 3, timeout=20_000)
    return page


def info(fit: Fit, **changes: Any) -> ModelInfo:
    model = ModelInfo(
        Path("/m/big.gguf"), "Big", "llama", "70B", "Q4_K_M", 8192, "MIT", 40_000_000_000, 44_000_000_000,
        8_000_000_000, fit, "needs 44.0 GB, 8.0 GB are free", True,
    )  # fmt: skip
    return replace(model, **changes)


def test_the_model_that_came_along_is_shown_with_its_header_licence_and_need(page: ModelsPage):
    assert page.model.isVisible()
    words = " ".join(text.text() for text in page.model.findChildren(type(page.model.name)))
    for part in ("SmolLM2-135M-Instruct", "Fits", "8,192 tokens", "Q4_1", "apache-2.0"):
        assert part in words
    assert page.model.use.text() == "Load it now"


@pytest.mark.parametrize(
    ("fit", "badge", "usable"),
    [
        (Fit.FITS, "Fits", True),
        (Fit.SLOW, "Slow", True),
        (Fit.TOO_LARGE, "Does not fit", False),
        (Fit.REJECTED, "Cannot be used", False),
    ],
)
def test_only_what_can_run_can_be_chosen(page: ModelsPage, fit: Fit, badge: str, usable: bool):
    page.model.show_model(info(fit))
    assert page.model.use.isEnabled() is usable
    assert page.model.verdict.text() == f"{badge}. Needs 44.0 GB, 8.0 GB are free"
    assert Entry.of_model(info(fit)).badge == badge


def test_a_file_that_is_no_model_is_listed_with_the_reason(page: ModelsPage, tmp_path: Path, qtbot: QtBot):
    file = tmp_path / "poem.gguf"
    file.write_text("Shall I compare thee")
    page.look_at([file])
    qtbot.waitUntil(lambda: page.model.name.text() == "poem.gguf" or "poem" in page.model.name.text())
    assert page.model.verdict.text().startswith("Cannot be used. ")
    assert not page.model.use.isEnabled()
    page._fill(page._models[:1], page._encoders)  # the list is read again: what was asked for stays in view
    assert page.model._model is not None
    assert page.model._model.path == file


def test_no_size_is_told_of_a_file_that_is_gone(page: ModelsPage):
    page.model.show_model(info(Fit.REJECTED, file_size=0))
    shown = [text.text() for text in page.model.findChildren(type(page.model.name)) if text.isVisible()]
    assert "File" in shown
    assert "Size of the file" not in shown


def test_a_file_that_was_looked_at_leaves_the_list_when_it_is_gone(page: ModelsPage, tmp_path: Path, qtbot: QtBot):
    file = tmp_path / "poem.gguf"
    file.write_text("Shall I compare thee")
    page.look_at([file])
    qtbot.waitUntil(lambda: file in [model.path for model in page._models])
    file.unlink()
    page.load()
    qtbot.waitUntil(lambda: file not in [model.path for model in page._models])


def test_what_was_wrong_with_one_file_is_not_said_of_the_next(page: ModelsPage, tmp_path: Path, qtbot: QtBot):
    page.look_at([tmp_path])
    qtbot.waitUntil(lambda: "is a folder" in page.banner.message)
    file = tmp_path / "poem.gguf"
    file.write_text("Shall I compare thee")
    page.look_at([file])
    qtbot.waitUntil(lambda: page.model.name.text() == "poem")
    assert not page.banner.message


def test_a_model_that_fails_to_load_says_why_and_the_old_one_goes_on(
    page: ModelsPage, engine: MemoryOS, tmp_path: Path, qtbot: QtBot
):
    whole = default_weights("chat").path
    cut = tmp_path / "cut.gguf"
    with whole.open("rb") as stream:
        cut.write_bytes(stream.read(20_000_000))
    page.model.show_model(info(Fit.FITS, path=cut, name="Cut"))
    page.model.use.click()
    qtbot.waitUntil(lambda: bool(page.model.banner.message), timeout=20_000)
    assert engine.settings.text("model.path") == ""
    assert not page.model.progress.isVisible()


def test_a_copy_of_the_model_is_loaded_with_progress_and_serves(
    page: ModelsPage, engine: MemoryOS, tmp_path: Path, qtbot: QtBot
):
    copy = tmp_path / "copy.gguf"
    shutil.copy(default_weights("chat").path, copy)
    page.look_at([copy])
    qtbot.waitUntil(lambda: page.model._model is not None and page.model._model.path == copy)
    page.model.use.click()
    assert page.context.operations.tasks[0].label.startswith("Load ")
    qtbot.waitUntil(lambda: page.model.use.text() == "In use", timeout=60_000)
    current = engine.models.current()
    assert current is not None
    assert current.path == copy
    page.model.release.click()
    qtbot.waitUntil(lambda: page.model.use.text() == "Load it now", timeout=20_000)
    assert engine.models.current() is None


def test_a_folder_that_is_no_encoder_is_refused_with_the_reason(page: ModelsPage, tmp_path: Path, qtbot: QtBot):
    page.encoder.show_encoder(page._encoders[0])
    page.list.setCurrentRow(len(page._models) + 2)
    page.encoder._use(tmp_path)
    qtbot.waitUntil(lambda: bool(page.encoder.banner.message))
    assert page.encoder.choose.isEnabled()


def test_a_folder_that_is_no_pipeline_is_refused_with_the_reason(
    page: ModelsPage, engine: MemoryOS, tmp_path: Path, qtbot: QtBot
):
    page.list.setCurrentRow(page.list.count() - 1)
    page.pipeline._set(str(tmp_path))
    qtbot.waitUntil(lambda: "no spaCy pipeline" in page.pipeline.banner.message)
    assert engine.settings.text("encoder.pipeline") == ""


def test_sizes_are_said_in_the_unit_that_fits():
    assert [gigabytes(size) for size in (97_000_000, 4_700_000_000)] == ["97 MB", "4.7 GB"]


ADAPTER = AdapterInfo(
    Path("/m/grounding.gguf"), "grounding", "Answers from memory.", 16, 9_800_000, "Apache-2.0",
    (("gold", 0.861), ("gold_bare", 0.408), ("abstain", 0.9), ("perplexity_change", 0.012)), on=True,
)  # fmt: skip


def words_of(page: ModelsPage) -> str:
    return " ".join(text.text() for text in page.model.adapter.findChildren(type(page.model.name)))


def switch_of(page: ModelsPage) -> QCheckBox:
    """The newest: that of the model which was shown before goes with the next events."""
    return page.model.adapter.findChildren(QCheckBox)[-1]


def test_a_model_s_adapter_is_shown_with_its_figures_and_can_be_switched_off(page: ModelsPage, qtbot: QtBot):
    page.model.show_model(info(Fit.FITS, adapter=ADAPTER))
    for part in ("Answers from memory.", "86%, without it 41%", "90%", "+1.2%", "9.8 MB, rank 16", "Apache-2.0"):
        assert part in words_of(page)
    switch = switch_of(page)
    assert switch.isChecked()
    with qtbot.waitSignal(page.model.adapter.switched):
        switch.click()
    assert not page.context.engine.settings.flag("model.adapter")


def test_an_adapter_that_cannot_serve_says_why(page: ModelsPage):
    page.model.show_model(info(Fit.FITS, adapter=replace(ADAPTER, on=False, problem="grounding.gguf is cut.")))
    assert "grounding.gguf is cut." in words_of(page)
    assert not switch_of(page).isEnabled()


def test_a_model_without_an_adapter_shows_none(page: ModelsPage):
    page.model.show_model(info(Fit.FITS, adapter=ADAPTER))
    page.model.show_model(info(Fit.FITS))
    assert not page.model.adapter.isVisible()
