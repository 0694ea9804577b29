"""The spaCy pipeline that the reader, queries and titles share: one per process, loaded when first used."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from memos_engine.errors import FileRejectedError
from memos_engine.resources import default_weights

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc as Doc
    from spacy.tokens import Span as Span
    from spacy.tokens import Token as Token

_BATCH = 64
_KINDS = ("noun", "verb", "adj", "adv")
_INFLECTED = frozenset(("VBZ", "VBD", "VBN", "VBG"))


class LanguagePipeline:
    """A spaCy pipeline read from a folder; nothing is loaded until the first call (about 1.3 s, 240 MB).

    Any thread may call; calls run one at a time. `folder` is what the setting `encoder.pipeline` names; None is the
    English pipeline that came along. Raises `FileRejectedError` on first use where the folder is no spaCy pipeline.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder if folder is not None else default_weights("pipeline").path
        self._lock = threading.RLock()
        self._loaded: Language | None = None
        self._words: dict[str, frozenset[str]] | None = None
        self._mistaken: dict[str, str] | None = None

    def load(self) -> None:
        """Load it now (from a background thread), so that the first message need not wait."""
        self._language()

    @property
    def language(self) -> str:
        """ISO 639-1 code of the language that the pipeline parses."""
        return str(self._language().lang)

    def tokenise(self, text: str) -> "Doc":
        """`text` cut into tokens and nothing more."""
        return self._language().make_doc(text)

    def knows(self, form: str) -> bool:
        """Whether the pipeline met a word in just this spelling."""
        return form in self._language().vocab.strings

    def is_common(self, word: str, *kinds: str) -> bool:
        """Whether `word` (in lower case, inflected or not) is a function word or, by the pipeline's dictionary, one of
        `kinds` ("noun", "verb", "adj", "adv"; none given: any). False for pipelines without a dictionary."""
        if self._language().vocab[word].is_stop:
            return True
        stems = {word} | {word.removesuffix(end) for end in ("s", "es", "d", "ed", "ing", "er")}
        stems |= {f"{word.removesuffix(end)}y" for end in ("ies", "ied")} | {f"{word.removesuffix('ing')}e"}
        return any(stems & entries for kind, entries in self._dictionary().items() if not kinds or kind in kinds)

    def compose(self, words: Sequence[str], spaces: Sequence[bool]) -> "Doc":
        """A document of given words, each followed by a space or not: for text whose spelling was evened out."""
        from spacy.tokens import Doc

        return Doc(self._language().vocab, words=list(words), spaces=list(spaces))

    def parse(self, text: "str | Doc") -> "Doc":
        """Tags, dependencies, lemmas and names of one text."""
        nlp = self._language()
        with self._lock:
            return self._mended(nlp(text))

    def parse_many(self, texts: "Iterable[str | Doc]") -> "Iterator[Doc]":
        """The same for many texts, in order, in batches (about twice as fast as one by one)."""
        nlp = self._language()
        rest = iter(texts)
        while batch := list(islice(rest, _BATCH)):
            with self._lock:
                parsed = [self._mended(doc) for doc in nlp.pipe(batch, batch_size=_BATCH)]
            yield from parsed

    def _mended(self, doc: "Doc") -> "Doc":
        if self._mistaken is None:
            self._mistaken = _mistaken_lemmas(self._dictionary().get("verb", frozenset()))
        for token in doc:
            if token.tag_ in _INFLECTED and token.lower_ in self._mistaken:
                token.lemma_ = self._mistaken[token.lower_]
        return doc

    def _dictionary(self) -> "dict[str, frozenset[str]]":
        with self._lock:
            if self._words is None:
                nlp = self._language()
                lookups = getattr(nlp.get_pipe("lemmatizer"), "lookups", None) if nlp.has_pipe("lemmatizer") else None
                table = lookups.get_table("lemma_index", {}) if lookups is not None else {}
                irregular = lookups.get_table("lemma_exc", {}) if lookups is not None else {}
                self._words = {
                    kind: frozenset((*table[kind], *irregular.get(kind, ()))) for kind in _KINDS if kind in table
                }
            return self._words

    def _language(self) -> "Language":
        with self._lock:
            if self._loaded is None:
                import spacy

                try:
                    self._loaded = spacy.load(self.folder)
                except (OSError, ValueError, ImportError) as error:
                    raise FileRejectedError(
                        f"“{self.folder.name}” cannot be loaded as a spaCy pipeline.",
                        "Choose a pipeline folder (it holds a config.cfg) in Settings, or run the set-up again.",
                    ) from error
            return self._loaded


def _mistaken_lemmas(verbs: "frozenset[str]") -> dict[str, str]:
    """Forms that the lemmatizer's rules take for those of a shorter verb, and the verbs that they are of: "hates" is of
    "hate" and not of "hat", for "-es" is written behind a hiss or an "o" only, and "hat" doubles its "t" in "hatted".
    """
    found = {}
    for verb in verbs:
        stem = verb[:-1]
        if not verb.endswith("e") or stem not in verbs or stem.endswith(("s", "x", "z", "ch", "sh", "o")):
            continue
        found[f"{verb}s"] = verb
        if len(stem) > 2 and stem[-2] in "aeiou" and stem[-3] not in "aeiou" and stem[-1] not in "aeiouwy":
            found[f"{verb}d"] = found[f"{stem}ing"] = verb
    return found
