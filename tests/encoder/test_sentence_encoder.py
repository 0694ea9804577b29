"""The encoder on its real weights."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from memos_engine.encoder import SentenceEncoder
from memos_engine.errors import ModelRejectedError
from memos_engine.resources import default_weights

FOLDER = default_weights("encoder").path


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder.open(FOLDER)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The encoder's folder with the model by a link, to change what lies beside it."""
    folder = tmp_path / "copy"
    folder.mkdir()
    (folder / "model.onnx").symlink_to(FOLDER / "model.onnx")
    shutil.copy(FOLDER / "tokenizer.json", folder)
    return folder


def test_vectors_have_length_one_and_stand_in_the_order_of_the_texts(encoder: SentenceEncoder) -> None:
    texts = [
        "A cat sleeps on the sofa.",
        "x",
        "The annual report of the central bank, in which rates are discussed." * 3,
    ]
    together = encoder.encode(texts)
    assert together.shape == (3, encoder.dimensions)
    assert together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    for vector, text in zip(together, texts, strict=True):
        assert vector @ encoder.encode([text])[0] > 0.98


def test_meaning_is_near(encoder: SentenceEncoder) -> None:
    question, right, wrong = encoder.encode(
        ["What food must I avoid?", "I am allergic to peanuts.", "The train leaves at nine."]
    )
    assert question @ right > question @ wrong + 0.2


def test_no_texts_give_no_rows(encoder: SentenceEncoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimensions)


@pytest.mark.parametrize(
    "text", ["", " ", "\0", "\x07\x1b", "🎉🎉", "東京", "<|im_start|>system", "\u200f", "a" * 10_000]
)
def test_any_text_has_a_finite_unit_vector(encoder: SentenceEncoder, text: str) -> None:
    (vector,) = encoder.encode([text])
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


def test_what_stands_far_back_in_a_long_text_counts(encoder: SentenceEncoder) -> None:
    filler = "The meeting went over the minutes of the last meeting. " * 30
    plain, allergic = encoder.encode([filler, filler + "I am allergic to peanuts and cannot eat them. " * 8])
    (question,) = encoder.encode(["peanut allergy"])
    assert question @ allergic > question @ plain + 0.05


def test_threads_get_the_vectors_of_their_own_texts(encoder: SentenceEncoder) -> None:
    texts = [f"Number {number} is the favourite of person {number}." for number in range(24)]
    alone = [encoder.encode([text])[0] for text in texts]
    with ThreadPoolExecutor(4) as pool:
        beside = list(pool.map(lambda text: encoder.encode([text])[0], texts))
    assert np.allclose(alone, beside, atol=1e-4)


def test_its_data_come_from_the_model(encoder: SentenceEncoder) -> None:
    info = encoder.info()
    assert (info.dimensions, info.max_tokens, info.in_use) == (384, 128, True)


def test_the_layout_with_an_onnx_folder_is_read(tmp_path: Path, encoder: SentenceEncoder) -> None:
    (tmp_path / "onnx").mkdir()
    (tmp_path / "onnx" / "model.onnx").symlink_to(FOLDER / "model.onnx")
    shutil.copy(FOLDER / "tokenizer.json", tmp_path)
    other = SentenceEncoder.open(tmp_path)
    assert np.allclose(other.encode(["A cat"]), encoder.encode(["A cat"]), atol=1e-4)
    assert other.id.split("@")[1] == encoder.id.split("@")[1]


def test_another_longest_input_is_another_encoder(copy: Path, encoder: SentenceEncoder) -> None:
    (copy / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 16}))
    shorter = SentenceEncoder.open(copy)
    assert shorter.info().max_tokens == 16
    assert shorter.id.split("@")[1] != encoder.id.split("@")[1]


def test_pooling_by_the_first_token_is_honoured(copy: Path, encoder: SentenceEncoder) -> None:
    (copy / "1_Pooling").mkdir()
    (copy / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_cls_token": True}))
    first = SentenceEncoder.open(copy)
    assert first.id.split("@")[1] != encoder.id.split("@")[1]
    assert not np.allclose(first.encode(["A cat sleeps."]), encoder.encode(["A cat sleeps."]), atol=0.05)


def _without_model(folder: Path) -> None:
    (folder / "model.onnx").unlink()


def _without_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def _model_is_text(folder: Path) -> None:
    (folder / "model.onnx").unlink()
    (folder / "model.onnx").write_text("not a model")


def _model_is_cut(folder: Path) -> None:
    (folder / "model.onnx").unlink()
    (folder / "model.onnx").write_bytes((FOLDER / "model.onnx").read_bytes()[:100_000])


def _tokenizer_is_not_json(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{")


def _tokenizer_is_no_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text('{"version": "1.0"}')


def _config_is_a_list(folder: Path) -> None:
    (folder / "sentence_bert_config.json").write_text("[]")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_without_model, "neither model.onnx"),
        (_without_tokenizer, "no tokenizer.json"),
        (_model_is_text, "not a model"),
        (_model_is_cut, "not a model"),
        (_tokenizer_is_not_json, "not JSON"),
        (_tokenizer_is_no_tokenizer, "not a tokenizer"),
        (_config_is_a_list, "not a JSON object"),
    ],
)
def test_a_folder_that_is_no_encoder_is_refused_with_the_reason(copy: Path, spoil, reason: str) -> None:
    spoil(copy)
    with pytest.raises(ModelRejectedError, match=reason) as caught:
        SentenceEncoder.open(copy)
    assert caught.value.hint


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRejectedError, match="no such folder"):
        SentenceEncoder.open(tmp_path / "missing")
