"""Language identification of short and long texts."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memos_engine.language import identify as module
from memos_engine.language.identify import UNDETERMINED, identify


@pytest.mark.parametrize(
    "text",
    [
        "ok thanks", "im allergic to peanuts", "lol", "vegan btw", "gluten free", "no nuts pls", "moved to Ghent",
        "Ana moved to Rome", "Sam's bday", "My name is Jürgen and I live in Köln.", "brb", "thx!!", "Hi",
        "What does Schadenfreude mean?", "I had paella in Valencia",
    ],
)  # fmt: skip
def test_short_english_is_english(text: str) -> None:
    assert identify(text) == "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ik ben allergisch voor pinda's en woon in Gent", "nl"),
        ("Ich wohne in Berlin und esse kein Fleisch", "de"),
        ("Me llamo Ana y vivo en Madrid", "es"),
        ("Je suis végétarien depuis deux ans", "fr"),
        ("Moro no Porto desde março", "pt"),
        ("私は東京に住んでいます", "ja"),
        ("Я живу в Москве", "ru"),
        ("我住在北京", "zh"),
        ("مرحبا انا من مصر", "ar"),
        ("안녕하세요 저는 서울에 살아요", "ko"),
    ],
)
def test_other_languages_keep_their_name(text: str, language: str) -> None:
    assert identify(text) == language


@pytest.mark.parametrize("text", ["", "  ", "😀😀", "12 345", "\x00\x01", "?!"])
def test_a_text_without_letters_has_no_language(text: str) -> None:
    assert identify(text) == UNDETERMINED


@given(st.text(max_size=200))
def test_any_text_gets_a_code(text: str) -> None:
    assert identify(text).isalpha()


def test_two_threads_that_ask_first_unpack_the_classifier_once() -> None:
    module._loaded.cache_clear()
    both = threading.Barrier(2)

    def ask(_: int) -> str:
        both.wait()
        return identify("Which language is this sentence in?")

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(ask, range(2))) == ["en", "en"]
    assert module._loaded.cache_info().misses == 1
