"""The clauses of a parsed text: predicate, subject, tense, polarity, modality."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from memos_engine.reader.lexicon import word_class

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Doc, Token

CLAUSE_DEPS = word_class("ROOT ccomp advcl relcl parataxis dep acl")
"""Dependencies (ClearNLP labels) under which a predicate heads a clause; `conj` joins one to another."""
SUBJECTS = word_class("nsubj nsubjpass expl csubj")
GETTING = frozenset(("get", "gets", "getting", "got"))
"""Auxiliaries of "get married"."""
_PREDICATES = frozenset(("VERB", "AUX"))
_SAME_IN_PAST = word_class("hurt cut put hit let set quit cost read shut split spread")
_LASTING = word_class("live work study teach run own raise look care train serve stay volunteer manage attend")
"""Verbs whose participle tells of someone's circumstances and not of how something else was done."""


class Tense(StrEnum):
    """How a clause lies in time."""

    PRESENT = "present"
    PROGRESSIVE = "progressive"
    PAST = "past"
    PAST_PROGRESSIVE = "past progressive"
    PERFECT = "perfect"
    FUTURE = "future"
    FORMER = "former"
    """"used to": was so, is no more."""
    BARE = "bare"
    """No finite verb: an imperative, or a fragment."""


@dataclass(frozen=True)
class Clause:
    """One predicate with what belongs to it. `verb` is the one that means something, `finite` the inflected one:
    in "I used to smoke" they are "smoke" and "used". For a fragment ("Allergic to nuts") both are its head."""

    verb: "Token"
    finite: "Token"
    subject: "Token | None"
    tense: Tense
    negated: bool
    modal: str
    """Lemma of a modal ("can", "would", "have to"), or empty."""
    chain: tuple["Token", ...] = field(default=())
    """Tokens from `finite` down to `verb`."""

    @property
    def lemma(self) -> str:
        """Lemma of the meaning verb, lower case."""
        return self.verb.lemma_.lower()

    @property
    def is_copula(self) -> bool:
        """Whether it says what something is."""
        return self.lemma == "be" and self.verb.pos_ in _PREDICATES

    def child(self, *deps: str) -> "Token | None":
        """The first dependent of the verb under one of `deps`."""
        return next((token for token in self.verb.children if token.dep_ in deps), None)

    def prep(self, *words: str) -> "Token | None":
        """The object of the first preposition among `words` (all: any) on the verb or its particle or complement."""
        return prep_object(self.verb, *words)

    def has(self, *lemmas: str) -> bool:
        """Whether one of `lemmas` modifies a verb of the clause directly."""
        return any(
            child.lower_ in lemmas or child.lemma_.lower() in lemmas for token in self.chain for child in token.children
        )


def prep_object(token: "Token", *words: str) -> "Token | None":
    """The object of a preposition among `words` (none given: any) that hangs on `token`, particles looked through."""
    for child in token.children:
        if child.dep_ in ("prep", "agent", "dative") and (not words or child.lower_ in words):
            inner = next((grand for grand in child.children if grand.dep_ in ("pobj", "pcomp")), None)
            if inner is not None:
                return inner
            deeper = prep_object(child, *words)
            if deeper is not None:
                return deeper
        elif child.dep_ in ("prt", "advmod", "prep") and child.i > token.i:
            deeper = prep_object(child, *words)
            if deeper is not None:
                return deeper
    return None


def clauses(doc: "Doc") -> Iterator[Clause]:
    """Every clause, in the order of their predicates, fragments of verbless sentences among them."""
    for token in doc:
        if _heads_clause(token):
            yield _clause(token)


def _heads_clause(token: "Token") -> bool:
    if token.pos_ in _PREDICATES or token.tag_.startswith("VB"):
        if is_aside(token):
            return True
        if token.dep_ in CLAUSE_DEPS:
            return not (token.dep_ == "acl" and token.tag_ in ("VB", "VBN", "VBG"))
        return token.dep_ == "conj" and _heads_clause(token.head)
    if token.dep_ == "ROOT":
        return True
    if token.dep_ in word_class("ccomp conj advcl parataxis dep relcl"):
        return any(child.dep_ in SUBJECTS or child.dep_ == "cop" for child in token.children)
    return False


def _clause(finite: "Token") -> Clause:
    chain = [finite]
    modal = next((child.lower_ for child in finite.children if child.tag_ == "MD"), "")
    modal = {"'ll": "will", "wo": "will", "ca": "can", "'d": "would", "could": "could"}.get(modal, modal)
    if modal == "would" and _is_had(finite):
        modal = ""
    former = future = False
    while (inner := _inner(chain[-1])) is not None:
        lemma = chain[-1].lemma_.lower()
        if chain[-1].lower_ in ("used", "use") and chain[-1].tag_ in ("VBD", "VBN", "VB", "VBP"):
            former = True
        elif lemma == "go":
            future = True
        elif lemma in ("have", "get", "need", "suppose") and not modal:
            modal = "have to"
        chain.append(inner)
    shared = _shared(finite)
    if shared is not None and not modal:
        modal = next((child.lower_ for child in shared.children if child.tag_ == "MD"), "")
        modal = {"'ll": "will", "wo": "will", "ca": "can", "'d": "would"}.get(modal, modal)
    tense = Tense.FORMER if former else Tense.FUTURE if future or modal in ("will", "shall") else _tense(finite)
    if tense is Tense.BARE and shared is not None:
        tense = _tense(shared)
        if tense is Tense.BARE and finite.dep_ == "conj" and subject_of(shared) is not None:
            tense = Tense.PRESENT
    return Clause(
        verb=chain[-1],
        finite=finite,
        subject=subject_of(finite),
        tense=tense,
        negated=any(is_negated(token) for token in chain)
        or (shared is not None and is_negated(shared) and _by_or(finite)),
        modal="" if modal in ("will", "shall") else modal,
        chain=tuple(chain),
    )


def _is_had(finite: "Token") -> bool:
    """Whether a contracted "'d" is "had": "I'd been living there"."""
    return finite.tag_ == "VBN" or any(child.lower_ == "been" for child in finite.children)


def is_aside(token: "Token") -> bool:
    """Whether a participle says by the way what goes on: "I'm a widow, living in Bath", "my son, working in Dubai"."""
    lasting = token.lemma_.lower() in _LASTING if token.tag_ == "VBG" else token.lower_ in ("born", "raised", "based")
    return (
        token.tag_ in ("VBG", "VBN")
        and token.dep_ in ("advcl", "acl")
        and lasting
        and not any(child.dep_ in (*SUBJECTS, "mark", "aux", "neg") for child in token.children)
        and token.head.tag_ not in ("VBD", "VBN")
        and subject_of(token) is not None
    )


def relative_noun(token: "Token") -> "Token | None":
    """The noun before "who" or "which" where the parser took a relative clause for a question: "Iris, who's three"."""
    own = next((child for child in token.children if child.dep_ in SUBJECTS), None)
    if own is None or own.lower_ not in ("who", "which", "that") or own.tag_ not in ("WP", "WDT"):
        return None
    if own.i <= own.sent.start or token.dep_ not in ("ccomp", "relcl", "advcl", "parataxis", "conj"):
        return None
    before = own.nbor(-1)
    if before.text == "," and before.i > own.sent.start:
        before = before.nbor(-1)
    if before.pos_ not in ("NOUN", "PROPN"):
        return None
    return before.head if before.dep_ == "appos" else before


def _shared(finite: "Token") -> "Token | None":
    """The verb whose auxiliaries and subject a joined verb shares: "I don't drink or smoke", "I play and sing"."""
    if finite.dep_ != "conj" or any(child.dep_ in (*SUBJECTS, "aux", "auxpass") for child in finite.children):
        return None
    head = finite.head
    if _is_present(finite):
        return None
    if any(child.lower_ == "please" for verb in (finite, head) for child in verb.children):
        return None
    return head if head.tag_.startswith("VB") and finite.tag_ in ("VB", "VBP", "VBN", "VBG") else None


def _is_present(joined: "Token") -> bool:
    """Whether a joined base form is a present of its own: "I was hit by a car and still walk with a cane"."""
    head = joined.head
    helped = any(c.dep_ == "aux" and (c.tag_ == "MD" or c.lower_ in ("to", "do", "does", "did")) for c in head.children)
    meant = any(c.dep_ == "xcomp" and c.i > head.i for c in head.children)
    told = joined.dep_ == "conj" and joined.tag_ in ("VB", "VBP") and head.tag_ in ("VBN", "VBD")
    return told and not helped and not meant and joined.lower_ not in _SAME_IN_PAST


def _by_or(finite: "Token") -> bool:
    return any(child.dep_ == "cc" and child.lower_ in ("or", "nor") for child in finite.head.children)


def _inner(token: "Token") -> "Token | None":
    """The infinitive that carries the meaning behind "used to", "going to", "have to"."""
    opens = (
        (token.lower_ in ("used", "use") and token.tag_ != "VBZ")
        or (token.lower_ in ("going", "gon") and any(child.lemma_ == "be" for child in token.children))
        or (token.lemma_.lower() in ("have", "get", "need") and token.tag_ != "VBN")
        or (token.lower_ == "supposed" and any(child.dep_ == "auxpass" for child in token.children))
    )
    if not opens or any(child.dep_ in ("dobj", "prep") for child in token.children if child.i > token.i):
        return None
    for child in token.children:
        if child.dep_ in ("xcomp", "ccomp") and any(grand.lower_ in ("to", "na") for grand in child.lefts):
            return child
    return None


def _tense(finite: "Token") -> Tense:
    if finite.lower_ == "got" and any(child.lower_ in ("have", "'ve", "has", "'s", "ve") for child in finite.children):
        return Tense.PRESENT
    became = next((child for child in finite.children if child.dep_ == "auxpass" and child.lower_ in GETTING), None)
    if became is not None and became.lower_ in ("getting", "got"):
        return Tense.PROGRESSIVE if became.lower_ == "getting" else Tense.PAST
    auxiliaries = [child for child in finite.children if child.dep_ in ("aux", "auxpass")]
    if finite.lower_ == "quit" and not auxiliaries and finite.tag_ in ("VBP", "VB") and finite.dep_ != "xcomp":
        return Tense.PAST
    lemmas = {child.lemma_.lower() if child.lower_ not in ("'ve", "ve") else "have" for child in auxiliaries}
    past = any(child.tag_ == "VBD" for child in auxiliaries)
    if any(child.lower_ == "'d" for child in auxiliaries) and _is_had(finite):
        return Tense.PAST_PROGRESSIVE if finite.tag_ == "VBG" else Tense.PAST
    if is_aside(finite):
        return Tense.PROGRESSIVE if finite.tag_ == "VBG" else Tense.BARE
    if "have" in lemmas and finite.tag_ in ("VBN", "VBD", "VBG", "VB"):
        return Tense.PAST if past and "do" not in lemmas else Tense.PERFECT
    if finite.tag_ == "VBG":
        if not auxiliaries:
            return Tense.BARE
        return Tense.PAST_PROGRESSIVE if past else Tense.PROGRESSIVE
    if finite.tag_ == "VBD" or past:
        return Tense.PAST
    if finite.tag_ in ("VBP", "VBZ") or "do" in lemmas:
        return Tense.PRESENT
    if finite.tag_ == "VBN" and auxiliaries:
        return Tense.PRESENT
    if finite.tag_ == "VBN" and any(child.dep_ == "nsubj" for child in finite.children):
        return Tense.PAST
    if finite.tag_ == "MD":
        return Tense.PRESENT
    if finite.tag_ == "VB" and (auxiliaries or any(child.dep_ in SUBJECTS for child in finite.children)):
        return Tense.PRESENT
    if finite.dep_ == "conj" and finite.lower_ in _SAME_IN_PAST and finite.head.tag_ == "VBD":
        return Tense.PAST
    if _is_present(finite) and subject_of(finite) is not None:
        return Tense.PRESENT
    return Tense.BARE


def subject_of(token: "Token") -> "Token | None":
    """The word that the clause of `token` speaks of: its own subject, that of the clause it is joined to, or, in a
    relative clause, the noun that it describes."""
    own = next((child for child in token.children if child.dep_ in SUBJECTS), None)
    if own is None:
        passive = next((child for child in token.children if child.dep_ == "auxpass"), token)
        own = next((child for child in passive.children if child.dep_ in SUBJECTS), None)
    if own is not None:
        if token.dep_ == "relcl" and own.tag_ in ("WP", "WDT"):
            return token.head
        relative = relative_noun(token)
        if relative is not None:
            return relative
        return own
    if any(child.lower_ == "please" for child in token.children):
        return None
    taken = taken_subject(token)
    if taken is not None:
        return taken
    spliced = _spliced_before(token)
    if spliced is not None:
        return subject_of(spliced)
    aided = any(c.dep_ == "aux" and c.tag_ in ("VBZ", "VBP", "VBD", "MD") for c in token.children)
    if (token.dep_ == "conj" and (token.tag_ != "VB" or aided or _is_present(token))) or (
        token.dep_ == "conj" and token.head.tag_ in ("VB", "VBP")
    ):
        shared = subject_of(token.head)
        alone = token.tag_ == "VBZ" and shared is not None and shared.lower_ in ("i", "we", "you")
        return None if alone else shared
    if token.dep_ == "relcl":
        return token.head
    if token.tag_ in ("VBG", "VBN") and token.dep_ == "advcl":
        return subject_of(token.head)
    if token.tag_ in ("VBG", "VBN") and token.dep_ == "acl":
        of_copula = token.head.dep_ in ("attr", "acomp") and token.head.head.lemma_ == "be"
        return subject_of(token.head.head) if of_copula else token.head
    return None


def taken_subject(token: "Token") -> "Token | None":
    """The noun before a joined verb that the parser gave to the clause before it: "Kofi plays the drums and my other
    son is learning the trumpet"."""
    if (
        token.dep_ != "conj"
        or token.tag_ not in ("VBZ", "VBP", "VBG", "VBD", "VBN")
        or token.head.pos_ not in _PREDICATES
    ):
        return None
    helped = [child for child in token.children if child.dep_ in ("aux", "auxpass") and child.i < token.i]
    first = min((child.i for child in helped), default=token.i)
    if token.tag_ in ("VBG", "VBN") and not helped:
        return None
    before = token.doc[first - 1] if first > token.sent.start else token
    if before.text == ",":
        before = before.nbor(-1)
    noun = before
    while noun.dep_ in ("appos", "compound", "pobj", "prep", "amod") and noun.head.i > token.head.i:
        noun = noun.head
    joined = noun.dep_ == "conj" and noun.pos_ in ("NOUN", "PROPN") and noun.i > token.head.i
    mine = joined and any(child.dep_ == "poss" for child in noun.children)
    return noun if mine and not any(child.dep_ == "cc" for child in noun.children) else None


def _spliced_before(token: "Token") -> "Token | None":
    """The clause before a comma whose subject a main verb shares: "He's a plumber, supports West Ham"."""
    if token.dep_ != "ROOT" or token.tag_ not in ("VBZ", "VBD") or token.i == token.sent.start:
        return None
    clause = next((c for c in token.children if c.dep_ in ("ccomp", "parataxis") and c.i < token.i), None)
    parted = clause is not None and token.doc[clause.right_edge.i + 1].text == ","
    if clause is None or not parted or any(child.dep_ in SUBJECTS for child in token.children):
        return None
    return clause if any(child.dep_ in SUBJECTS for child in clause.children) else None


def is_negated(token: "Token") -> bool:
    """Whether "not", "never", "no longer" (or "nothing", "no meat" as its object) denies `token`."""
    for child in token.children:
        if child.dep_ == "neg" or child.lower_ in word_class("never n't not neither"):
            return True
        if child.lower_ == "longer" and any(grand.lower_ == "no" for grand in child.children):
            return True
        first = next((other for other in token.children if other.dep_ == child.dep_), child)
        if (
            child.dep_ in ("dobj", "attr")
            and child == first
            and not opens_outcome(child.left_edge.nbor(-1) if child.left_edge.i else child)
            and any(grand.lower_ == "no" and grand.dep_ == "det" for grand in child.children)
        ):
            return True
    return False


def opens_outcome(token: "Token") -> bool:
    """Whether "so" begins what follows from a clause: "she hates coriander so no curry"."""
    return token.lower_ == "so" and token.i + 1 < len(token.doc) and token.nbor(1).lower_ == "no"


def has_ended(clause: Clause) -> bool:
    """Whether it says that something is no longer so: "no longer", "not … any more", "used to"."""
    if clause.tense is Tense.FORMER:
        return True
    words = [token.lower_ for part in clause.chain for token in own_tokens(part)]
    joined = " ".join(words)
    return (
        "no longer" in joined
        or (clause.negated and any(w in words for w in ("anymore", "longer")))
        or (clause.negated and "any more" in joined)
    )


def own_tokens(head: "Token", *, without: "frozenset[int] | set[int]" = frozenset()) -> "list[Token]":
    """The tokens under `head` in order, without other clauses (joined, adverbial, complement) and their connectives."""
    kept: list[Token] = []

    def walk(token: "Token") -> None:
        kept.append(token)
        for child in token.children:
            if child.i in without:
                continue
            if (
                child.dep_ in ("ccomp", "advcl", "parataxis")
                and _heads_clause(child)
                and not _is_purpose(child)
                and not _is_done_to(child)
            ):
                continue
            if child.dep_ == "conj" and _heads_clause(child) and _heads_clause(token):
                continue
            if child.dep_ == "conj" and (_set_against(child) or _is_taken(child, head)):
                continue
            if child.dep_ == "cc" and any(
                other.dep_ == "conj" and other.i > child.i and (_set_against(other) or _is_taken(other, head))
                for other in token.children
            ):
                continue
            if (
                child.dep_ in ("cc", "punct", "preconj")
                and _heads_clause(token)
                and token is head
                and child.i > token.i
                and _joins_clause(child)
            ):
                continue
            walk(child)

    walk(head)
    return sorted(kept, key=lambda token: token.i)


def _is_taken(noun: "Token", head: "Token") -> bool:
    """Whether a joined noun is the subject of a clause that is joined to that of `head`."""
    return noun.pos_ in ("NOUN", "PROPN") and any(
        child.dep_ == "conj" and child.i > noun.i and taken_subject(child) == noun for child in head.children
    )


def _set_against(token: "Token") -> bool:
    """Whether a joined phrase is denied: "cats but not dogs"."""
    return token.pos_ not in _PREDICATES and any(
        child.dep_ == "neg" and child.lower_ == "not" for child in token.children
    )


def _is_purpose(token: "Token") -> bool:
    """Whether an adverbial clause is an infinitive of its holder's subject: "is coming to stay"."""
    return (
        token.dep_ == "advcl"
        and token.tag_ == "VB"
        and any(child.dep_ == "aux" and child.lower_ == "to" for child in token.children)
        and not any(child.dep_ in SUBJECTS or child.dep_ == "mark" for child in token.children)
    )


def _is_done_to(token: "Token") -> bool:
    """Whether it is what someone had done: "had my hip replaced"."""
    return token.dep_ == "ccomp" and token.tag_ == "VBN" and token.head.lemma_ in ("have", "get")


def _joins_clause(token: "Token") -> bool:
    return any(
        sibling.dep_ in ("conj", "parataxis") and sibling.i > token.i and _heads_clause(sibling)
        for sibling in token.head.children
    )
