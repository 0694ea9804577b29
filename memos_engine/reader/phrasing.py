"""The text of a memory from the words of its clause: a note without "I" about the person, with a name about others.

Only words of the clause come in, inflected for a note ("I work" → "Works"), and the frame words listed here.
"""

from typing import TYPE_CHECKING

from memos_engine.reader.clauses import GETTING, SUBJECTS, Clause, Tense, opens_outcome, own_tokens
from memos_engine.reader.lexicon import CONDITIONS, word_class
from memos_engine.reader.protocol import ME
from memos_engine.reader.subjects import RELATIONS, About, Subject
from memos_engine.reader.times import When

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token

FRAME_WORDS = word_class(
    "is are was were be been has have had does do did not no will cannot can since until years "
    "old never longer used to with in at as of the from their them themselves likes dislikes "
    "prefers called name favourite wants lives live works work married single ended speaks by"
)
"""Words that a memory's text may hold beyond those of its message: see the test that holds every text to it."""

_DROPPED = word_class(
    "especially just really also actually still already now currently so too then again honestly basically "
    "literally simply sadly unfortunately luckily finally btw please though either anyways "
    "definitely totally obviously absolutely kinda recently lately thankfully apparently ofc "
    "indeed"
)
_AILING = CONDITIONS | word_class("ache pain headache cramp fever nausea rash")
_IRREGULAR = {"be": "is", "have": "has", "do": "does", "go": "goes", "'ve": "has", "'m": "is", "am": "is", "are": "is"}
_PLURAL_FORMS = {"is": "are", "has": "have", "was": "were", "does": "do"}


def third_person(verb: str) -> str:
    """The form that "he" takes of the base form `verb`: "works", "studies", "has"."""
    low = verb.lower()
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    if low.endswith(("s", "sh", "ch", "x", "z", "o")):
        return f"{low}es"
    if low.endswith("y") and low[-2:-1] not in "aeiou":
        return f"{low[:-1]}ies"
    return f"{low}s"


def tell(
    clause: Clause,
    subject: Subject,
    when: When | None = None,
    *,
    leave_out: "frozenset[Token] | set[Token]" = frozenset(),
) -> str:
    """`clause` as a note about `subject`, its time (if any) at the end in absolute words."""
    out = {token.i for token in leave_out}
    out |= {token.i for token in when.tokens} if when else set()
    rest = _complements(clause, subject, out)
    head = _predicate(clause, subject)
    before, behind = _arranged(rest, clause)
    early = _spelled(before, subject).strip()
    auxiliary, _, verb = head.partition(" ")
    if early and verb and auxiliary in ("is", "are", "was", "were", "has", "have", "will"):
        head, early = f"{auxiliary} {early} {verb}", ""
    body = " ".join(part for part in (early, head, _spelled(behind, subject)) if part)
    text = f"{subject.phrase} {body}".strip() if subject.phrase else body
    return finish(text + (when.words if when else ""))


def _arranged(tokens: "list[Token]", clause: Clause) -> "tuple[list[Token], list[Token]]":
    """Adverbs that stand before the verb ("usually", "only") stay there; other phrases put in front go to the end."""
    if clause.verb.pos_ not in ("VERB", "AUX"):
        return [], tokens
    early = [token for token in tokens if token.i < clause.verb.i]
    adverbs = [
        token
        for token in early
        if token.dep_ == "advmod"
        and (token.head in clause.chain or token.head.lower_ == "ever")
        and not clause.is_copula
    ]
    fronted = [
        child
        for verb in clause.chain
        for child in verb.children
        if child.i < clause.verb.i
        and (child.dep_ in ("prep", "advcl") or (child.dep_ == "npadvmod" and child.pos_ != "PROPN"))
    ]
    carried = {token.i for head in fronted for token in head.subtree}
    moved = [token for token in early if token not in adverbs and token.i in carried]
    return adverbs, [token for token in tokens if token.i > clause.verb.i] + moved


def finish(text: str) -> str:
    """Tidy spaces and punctuation, and a capital at the front."""
    text = text.replace('"', "") if text.count('"') % 2 else text
    text = " ".join(text.replace(" is, ", ", ").replace(" are, ", ", ").replace(" ,", ",").split()).strip(" ,;:.-–—!")
    return text[:1].upper() + text[1:]


def _predicate(clause: Clause, subject: Subject) -> str:
    """The inflected verb with its negation and auxiliaries."""
    mine = subject.about is About.ME
    verb, tense = clause.verb, clause.tense
    if verb.pos_ not in ("VERB", "AUX") and not verb.tag_.startswith("VB"):
        return "" if not clause.negated else "not"
    bare_copula = clause.is_copula and mine and not subject.phrase and tense in (Tense.PRESENT, Tense.BARE)
    if bare_copula and _adjectival(clause):
        return "not" if clause.negated else ""
    base = verb.lemma_.lower() if verb.lemma_ not in ("'m", "'s", "'ve") else "be"
    plural = subject.plural and not mine
    words = _inflected(clause, base, mine, plural)
    return " ".join(
        _PLURAL_FORMS.get(word, word) if plural and place == 0 else word for place, word in enumerate(words)
    )


def _inflected(clause: Clause, base: str, mine: bool, several: bool) -> list[str]:
    tense, negated, verb = clause.tense, clause.negated, clause.verb
    denial = [_denial(clause)] if negated else []
    passive = any(child.dep_ == "auxpass" for child in clause.finite.children)
    became = next((c for c in clause.finite.children if c.dep_ == "auxpass" and c.lower_ in GETTING), None)
    if became is not None:
        doing = [became.lower_] if mine or became.lower_ != "getting" else ["is", became.lower_]
        return [*denial, *doing, verb.text.lower()]
    if base == "get" and verb.lower_ == "got" and tense is Tense.PRESENT:
        return ["does not have"] if negated else ["has"]
    if clause.modal in ("can", "ca"):
        return ["cannot" if negated else "can", base]
    if clause.modal == "must":
        return ["must", base]
    if clause.modal == "have to":
        return ["does not have to" if negated else "has to", base]
    if tense is Tense.FORMER:
        return [*denial, "used to", base]
    if tense is Tense.FUTURE:
        return ["will", *denial, base] if verb.tag_ != "VBG" else ["will", *denial, "be", verb.text.lower()]
    if tense is Tense.PERFECT:
        form = verb.text.lower()
        return ["has", *denial, *(["been"] if passive or verb.tag_ == "VBG" else []), form]
    if tense is Tense.PROGRESSIVE:
        return [*denial, verb.text.lower()] if mine else ["is", *denial, verb.text.lower()]
    if tense is Tense.PAST_PROGRESSIVE:
        return ["was", *denial, verb.text.lower()]
    if passive:
        return [*(["is"] if tense is Tense.PRESENT else ["was"]), *denial, verb.text.lower()]
    if base == "be":
        return ["was" if tense is Tense.PAST else "is", *denial]
    if tense is Tense.PAST:
        return ["did", *denial, base] if negated and denial != ["never"] else [*denial, verb.text.lower()]
    if tense is Tense.PRESENT:
        if negated and denial != ["never"]:
            return ["does", *denial, base]
        said = verb.lower_ if verb.tag_ == "VBZ" and verb.is_alpha else third_person(base)
        return [*denial, base if several and base not in ("be", "have") else said]
    return [*denial, third_person(base) if verb.tag_ in ("VB", "VBP") else verb.text.lower()]


def _denial(clause: Clause) -> str:
    words = {child.lower_ for part in clause.chain for child in part.children}
    return "never" if "never" in words else "not"


def _adjectival(clause: Clause) -> bool:
    complement = clause.child("acomp", "prep", "advmod", "oprd")
    nominal = clause.child("attr")
    several = nominal is not None and nominal.tag_ == "NNS"
    return several or (nominal is None and complement is not None)


def _complements(clause: Clause, subject: Subject, out: set[int]) -> "list[Token]":
    """The tokens behind (and adverbs before) the predicate, without subject, auxiliaries, negation and chatter."""
    verbless = clause.verb.pos_ not in ("VERB", "AUX") and not clause.verb.tag_.startswith("VB")
    said = set() if verbless else {token.i for token in clause.chain}
    aside = {c.i for c in clause.verb.children if c.dep_ in ("conj", "appos")} if clause.verb.pos_ == "ADJ" else set()
    skipped = out | {token.i for token in subject.tokens} | said | aside
    kept: dict[int, Token] = {}
    for part in clause.chain:
        for token in own_tokens(part, without=skipped - {part.i}):
            if token.i in skipped or _chatter(token, clause):
                continue
            kept[token.i] = token
    tokens = _without_address(_before_dash([kept[place] for place in sorted(kept)], clause))
    while (tokens and tokens[-1].dep_ in ("cc", "punct", "mark")) or (
        tokens and tokens[-1].is_punct and tokens[-1].text not in ")%"
    ):
        tokens.pop()
    while tokens and (tokens[0].dep_ in ("cc", "mark") or (tokens[0].is_punct and tokens[0].text not in "($€£")):
        tokens.pop(0)
    return tokens


def _before_dash(tokens: "list[Token]", clause: Clause) -> "list[Token]":
    """What stands before a dash between blanks: what follows is another thought."""
    for place, token in enumerate(tokens):
        if place and token.i > clause.verb.i and token.text in ("-", "–", "—", "--") and token.nbor(-1).whitespace_:
            return tokens[:place]
        if place and token.i > clause.verb.i and (_opens_remark(token) or opens_outcome(token.nbor(-1))):
            return tokens[:place]
    return tokens


def _opens_remark(token: "Token") -> bool:
    """Whether a comma is followed by a noun that is no part of the clause: "…, stomach ache all evening"."""
    if token.text != "," or token.i + 1 >= len(token.doc):
        return False
    noun = token.nbor(1)
    while noun.dep_ in ("compound", "amod", "det") and noun.head.i > noun.i:
        noun = noun.head
    return noun.dep_ == "npadvmod" and noun.lemma_.lower() in _AILING


def _without_address(tokens: "list[Token]") -> "list[Token]":
    """`tokens` without a name at the end by which someone is spoken to: "…, Caroline"."""
    last = tokens[-1] if tokens else None
    if last is not None and len(tokens) > 2 and last.pos_ == "PROPN" and last.nbor(-1).text == ",":
        addressed = last.dep_ in word_class("npadvmod dep intj") or (
            last.dep_ == "appos" and last.ent_type_ == "PERSON" and last.head.lemma_.lower() not in RELATIONS
        )
        return tokens[:-2] if addressed else tokens
    return tokens


def _chatter(token: "Token", clause: Clause) -> bool:
    head_is_verb = token.head in clause.chain
    if token.lower_ == "even" and token.i + 1 < len(token.doc) and token.nbor(1).lower_ in ("though", "if"):
        return True
    if token.lower_ == "ever" and token.dep_ == "advmod":
        return True
    if token.dep_ in word_class("aux auxpass neg mark intj expl preconj") and (
        head_is_verb or token.dep_ in ("intj", "neg")
    ):
        return True
    if token.dep_ in SUBJECTS and head_is_verb:
        return True
    if token.tag_ == "WRB" and head_is_verb and token.dep_ == "advmod" and token.i < clause.verb.i:
        return True
    if token.dep_ == "aux" or (token.lower_ in ("never",) and head_is_verb):
        return token.lower_ != "to"
    if token.dep_ == "advmod" and head_is_verb and (token.lower_ in _DROPPED or token.lower_ in ("longer", "anymore")):
        return True
    if (
        token.lower_ in _DROPPED
        and token.pos_ in ("ADV", "INTJ", "ADJ")
        and token.dep_ in ("advmod", "npadvmod", "intj", "dep")
    ):
        return True
    return token.dep_ == "cc" and head_is_verb and token.i < clause.verb.i


def told(tokens: "list[Token]", subject: Subject) -> str:
    """`tokens` as a note about `subject` has them."""
    return _spelled(tokens, subject).strip(" ,.;:")


def _spelled(tokens: "list[Token]", subject: Subject) -> str:
    """`tokens` as written, possessives and first person seen from outside."""
    pieces: list[str] = []
    for place, token in enumerate(tokens):
        word = _seen_from_outside(token, subject)
        if word is None:
            continue
        if (
            token.is_sent_start
            and token.text[:1].isupper()
            and token.pos_ not in ("PROPN", "PRON")
            and not token.text.isupper()
        ):
            word = word[:1].lower() + word[1:]
        gap = bool(token.whitespace_) or (place + 1 < len(tokens) and tokens[place + 1].i != token.i + 1)
        pieces.append(word + (" " if gap else ""))
    return "".join(pieces)


def _seen_from_outside(token: "Token", subject: Subject) -> str | None:
    low = token.lower_
    mine = not subject.phrase
    if low in ("my", "our"):
        return None if mine or subject.about is About.THING else ("their" if subject.about is About.ME else None)
    if low in ("me", "us") and subject.about is About.ME:
        return "them"
    if low in ("myself", "ourselves"):
        return "themselves"
    if low in ("i", "we") and token.dep_ not in SUBJECTS:
        return None if mine else subject.label if subject.label != ME else None
    return token.text
