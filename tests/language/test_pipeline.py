"""The spaCy pipeline: lazy, loaded from a folder, used from several threads."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from memos_engine.errors import FileRejectedError
from memos_engine.language.pipeline import LanguagePipeline


def test_importing_the_package_loads_no_spacy() -> None:
    code = (
        "import sys, memos_engine.reader.linguistic, memos_engine.reader.requests, memos_engine.language.dates\n"
        "heavy = ('spacy', 'dateparser', 'presidio_analyzer', 'detect_secrets', 'py3langid')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_folder_that_is_no_pipeline_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(FileRejectedError, match=tmp_path.name) as caught:
        LanguagePipeline(tmp_path).load()
    assert caught.value.hint


def test_threads_share_one_pipeline() -> None:
    pipeline = LanguagePipeline()
    texts = [f"I live in town number {number}." for number in range(24)]
    with ThreadPoolExecutor(4) as pool:
        parsed = list(pool.map(pipeline.parse, texts))
    assert [doc.text for doc in parsed] == texts
    assert all(any(token.dep_ == "nsubj" for token in doc) for doc in parsed)


def test_a_pipe_keeps_the_order() -> None:
    pipeline = LanguagePipeline()
    texts = [f"Sentence {number}." for number in range(150)]
    assert [doc.text for doc in pipeline.parse_many(texts)] == texts


def test_a_verb_has_its_own_lemma_and_not_that_of_a_shorter_one() -> None:
    pipeline = LanguagePipeline()
    for text, lemma in (("She hates mushrooms.", "hate"), ("He dines late.", "dine"), ("She planned it.", "plan")):
        assert lemma in {token.lemma_ for token in pipeline.parse(text)}


def test_common_words_are_told_from_names() -> None:
    pipeline = LanguagePipeline()
    assert all(pipeline.is_common(word) for word in ("told", "lives", "and", "garden", "studies"))
    assert not pipeline.is_common("kai")
