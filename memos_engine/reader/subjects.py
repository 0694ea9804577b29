"""Of whom a clause speaks: the speaker, a named person, a relation ("my sister"), a pet or a thing of theirs."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from memos_engine.reader.lexicon import word_class
from memos_engine.reader.protocol import ME

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token

RELATIONS: dict[str, str] = {
    **dict.fromkeys(
        word_class(
            "mother mom mum mama mommy mummy sister daughter wife girlfriend aunt auntie grandmother "
            "grandma gran granny nana nan nanna nanny nonna oma missus niece ex-wife ex-girlfriend "
            "stepmother stepmom stepsister stepdaughter godmother mother-in-law sister-in-law "
            "daughter-in-law fiancée granddaughter goddaughter"
        ),
        "she",
    ),
    **dict.fromkeys(
        word_class(
            "father dad papa daddy brother son husband boyfriend uncle grandfather grandpa pops opa nonno "
            "grandad granddad nephew ex-husband ex-boyfriend stepfather stepdad stepbrother stepson "
            "godfather father-in-law brother-in-law son-in-law fiancé grandson godson"
        ),
        "he",
    ),
    **dict.fromkeys(
        word_class(
            "eldest youngest oldest kiddo partner spouse half fiance fiancee child kid baby toddler "
            "teenager twin sibling cousin friend flatmate roommate housemate colleague coworker co-worker "
            "boss manager neighbour neighbor landlord landlady teacher doctor gp therapist dentist coach "
            "trainer mentor ex bestie mate buddy grandchild parent grandparent supervisor professor tutor "
            "nanny babysitter stepchild godchild girl boy in-law classmate teammate bandmate student "
            "client godparent relative family housemate carer in-laws oldest middle"
        ),
        "they",
    ),
}
"""Nouns for people in relation to someone, and the pronoun that takes them up."""
PETS = word_class(
    "dog cat puppy kitten rabbit hamster horse pony parrot budgie goldfish tortoise turtle snake "
    "lizard pet bunny canary chicken hen duck goat guinea ferret rat mouse gecko bird fish pup kitty doggo moggy "
    "labrador beagle poodle terrier spaniel dachshund greyhound whippet collie retriever husky corgi pug bulldog "
    "rottweiler chihuahua labradoodle cockapoo cavapoo schnauzer dalmatian mastiff siamese ragdoll donkey mare gelding "
    "hedgehog cockatiel parakeet chinchilla alpaca axolotl"
)
_PLURAL_OK = word_class(
    "kids children parents sons daughters twins brothers sisters friends grandparents dogs cats "
    "siblings grandchildren in-laws grandkids boys girls cousins parents-in-law"
)
_OWN_THINGS = word_class("name nickname surname birthday job hobby address school allergy religion occupation")
"""What "his", "her" and "their" are trusted with: "her name is Juno"."""
_FIRST = word_class("i we me us myself")
_THIRD = {"he": "he", "she": "she", "they": "they", "him": "he", "her": "she", "it": "it"}


class About(StrEnum):
    """What sort of subject it is."""

    ME = "me"
    PERSON = "person"
    PET = "pet"
    THING = "thing"
    OTHER = "other"
    """Something that matters only for what it is to the speaker: "Sushi is my favourite food"."""


@dataclass(frozen=True)
class Subject:
    """Whom a memory is about. `label` is its `subject` field, `phrase` how its text begins ("Sister Ana"; empty for the
    person), `tokens` the words that said it, `pronoun` what takes it up."""

    about: About
    label: str
    phrase: str
    tokens: "tuple[Token, ...]" = ()
    pronoun: str = ""
    relation: str = ""
    name: str = ""
    plural: bool = False
    company: str = ""
    """Who else is of it: "Emma" in "Emma and I broke up"."""


@dataclass
class People:
    """The persons met so far in one text, so that "she" and "my sister" find whom they mean."""

    speaker: str = ME
    met: list[Subject] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """Relation → name, from "my sister Ana" or "my wife is called Eva"."""

    def resolve(self, token: "Token | None") -> Subject | None:
        """The subject that `token` (the head of a clause's subject) stands for; None for whom no memory is kept."""
        if token is None:
            return None
        if token.lower_ in _FIRST:
            return self.me((token,))
        beside = [c for c in token.head.children if c.dep_ == token.dep_ and c.i > token.i and c.lower_ == "i"]
        joined = [child for child in token.children if child.dep_ == "conj" and child.lower_ in ("i", "me")]
        joined += beside if any(child.dep_ == "cc" for child in token.children) else []
        if joined:
            with_whom = self._named(token)
            if with_whom is not None:
                self.met.append(with_whom)
            words = (*(word for word in token.subtree if not _inside_clause(word, token)), *beside)
            return replace(self.me(words), company=_company(with_whom))
        if token.lower_ in ("both", "all"):
            of = next((grand for child in token.children if child.lower_ == "of" for grand in child.children), None)
            if of is not None and of.tag_ == "NNS":
                return self.resolve(of)
        of_us = token.lower_ in ("both", "all") and any(word.lower_ == "us" for word in token.subtree)
        if of_us:
            return self.me(tuple(token.subtree))
        if token.lower_ == "it" and any(child.dep_ in ("ccomp", "csubj") for child in token.head.children):
            return None
        if token.lower_ in _THIRD and token.pos_ == "PRON":
            return self._taken_up(_THIRD[token.lower_], token)
        found = self._named(token)
        if found is not None:
            self.met.append(found)
        return found

    def owner(self, token: "Token") -> Subject | None:
        """Whom "his", "her" or "their" means."""
        return self._taken_up({"her": "she", "his": "he", "their": "they"}.get(token.lower_, ""), token)

    def me(self, tokens: "tuple[Token, ...]" = ()) -> Subject:
        """The speaker."""
        phrase = "" if self.speaker == ME else self.speaker
        return Subject(About.ME, self.speaker, phrase, tokens)

    def notice(self, token: "Token") -> None:
        """Take note of a person mentioned outside a subject ("a gift for my nephew"), for a later "he"."""
        noun = token.lemma_.lower()
        if (noun in RELATIONS or noun in PETS) and any(child.lower_ in ("my", "our") for child in token.children):
            self.met.append(self._owned(token, noun))

    def learn_name(self, relation: str, name: str) -> None:
        """Remember that the speaker's `relation` is called `name`."""
        self.names[relation] = name

    def _taken_up(self, pronoun: str, token: "Token") -> Subject | None:
        for person in reversed(self.met):
            if pronoun == "it":
                fits = person.about is About.PET and not person.plural
            elif pronoun == "they":
                fits = person.plural or person.pronoun == "they"
            else:
                fits = person.pronoun in (pronoun, "they", "any") and not person.plural
            if fits:
                return Subject(
                    person.about,
                    person.label,
                    person.phrase,
                    (token,),
                    person.pronoun,
                    person.relation,
                    person.name,
                    person.plural,
                )
        return None

    def _named(self, token: "Token") -> Subject | None:
        owner = next((child for child in token.children if child.dep_ == "poss"), None)
        noun = token.lemma_.lower() if token.tag_ in ("NN", "NNS") else token.lower_
        mine = owner is not None and owner.lower_ in ("my", "our")
        if mine and token.pos_ == "PROPN" and noun not in RELATIONS and _relation_beside(token):
            return self._person(token)
        if owner is not None and owner.lower_ in ("my", "our"):
            return self._of_a_relation(token, noun) or self._owned(token, noun)
        if owner is not None and owner.pos_ != "PRON":
            return self._of_another(token, owner, noun)
        if owner is not None and owner.lower_ in ("her", "his", "their"):
            holder = self._taken_up({"her": "she", "his": "he", "their": "they"}[owner.lower_], owner)
            if holder is not None and noun in _OWN_THINGS:
                return self._thing_of(holder, token, noun)
            if holder is None or noun not in RELATIONS:
                return None
            whose = f"{holder.label}'s {token.lower_}"
            return Subject(
                About.PERSON, whose, _capital(whose.removeprefix("my ")), self._words(token), RELATIONS[noun], noun
            )
        opening = noun in RELATIONS and not list(token.lefts) and token.i == token.sent.start and token.pos_ != "ADJ"
        if opening and noun not in ("baby", "boy", "girl", "doctor", "teacher", "boss", "manager", "coach", "half"):
            return self._owned(token, noun)
        before = next((person for person in self.met if any(word.i == token.i for word in person.tokens)), None)
        if before is not None and before.tokens[0].doc is token.doc:
            return before
        definite = token.lower_ in word_class("kids twins baby girls boys husband wife grandkids")
        if token.lower_ in ("dog", "cat") and _only_the(token):
            return self._owned(token, noun)
        if definite and (not list(token.lefts) or (owner is None and _only_the(token) and noun != "husband")):
            return self._owned(token, noun)
        if token.lower_ in word_class("mum mom dad grandma grandpa gran granny nana") and not list(token.lefts):
            return self._owned(token, noun)
        introduced = token.pos_ == "PROPN" and _relation_beside(token) != ""
        if introduced or token.ent_type_ == "PERSON" or (token.pos_ == "PROPN" and token.ent_type_ == ""):
            return self._person(token)
        return None

    def _owned(self, token: "Token", noun: str) -> Subject:
        own = "" if self.speaker == ME else f"{self.speaker}'s "
        plural = token.tag_ in ("NNS", "NNPS") or _joined(token)
        describing = [
            child
            for child in token.children
            if child.dep_ in ("amod", "compound", "nummod")
            and child.i < token.i
            and child.lower_ not in word_class("own dear lovely dearest beloved poor")
        ]
        words = " ".join(
            word.text.lower() if word.ent_type_ == "" or word.i == token.i else word.text
            for word in [*describing, token]
        )
        if noun in RELATIONS or token.lower_ in _PLURAL_OK or noun in PETS:
            name = _appositive(token) or self.names.get(words, "")
            if name:
                self.names[words] = name
            about = About.PET if noun in PETS else About.PERSON
            others = [child.lower_ for child in token.children if child.dep_ == "conj" and child.lower_ in RELATIONS]
            phrase = f"{own}{' and '.join([words, *others])} {name}".strip()
            label = name or (f"my {words}" if not own else f"{own}{words}")
            return Subject(
                about, label, _capital(phrase), self._words(token), RELATIONS.get(noun, "any"), noun, name, plural
            )
        behind = [word for word in self._words(token) if word.i > token.i and not word.is_punct]
        phrase = " ".join([f"{own}{words}", *(word.text for word in behind)])
        return Subject(About.THING, self.speaker, _capital(phrase), self._words(token), "it", noun, "", plural)

    def _of_a_relation(self, token: "Token", noun: str) -> Subject | None:
        """ "My sister Amara's cleaner", where the parser sets the cleaner beside the sister."""
        if noun not in RELATIONS.keys() | PETS:
            return None
        for thing in token.children:
            whose = next((child for child in thing.children if child.dep_ == "poss"), None)
            if thing.dep_ != "appos" or whose is None or whose.pos_ != "PROPN" or whose.left_edge.i != token.i + 1:
                continue
            name = full_name(whose)
            label = " ".join(word.text for word in token.doc[token.left_edge.i + 1 : token.i + 1])
            self.names[label.lower()] = name
            own = "" if self.speaker == ME else f"{self.speaker}'s "
            phrase = f"{own}{label} {name}"
            about = About.PET if noun in PETS else About.PERSON
            holder = Subject(about, name, _capital(phrase), (token, whose), RELATIONS.get(noun, "any"), noun, name)
            self.met.append(holder)
            found = self._belonging(thing, holder, thing.lemma_.lower())
            return replace(found, tokens=tuple(token.subtree))
        return None

    def _of_another(self, token: "Token", owner: "Token", noun: str) -> Subject | None:
        holder = self._named(owner)
        if holder is None or holder.about not in (About.PERSON, About.PET):
            return None
        return self._belonging(token, holder, noun)

    def _belonging(self, token: "Token", holder: Subject, noun: str) -> Subject:
        if noun not in RELATIONS and noun not in PETS:
            return self._thing_of(holder, token, noun)
        name = _appositive(token)
        whose = f"{holder.label}'s {token.text}"
        phrase = f"{holder.phrase}'s {token.text} {name}".strip()
        return Subject(
            About.PERSON, name or whose, _capital(phrase), self._words(token), RELATIONS.get(noun, "any"), noun, name
        )

    def _thing_of(self, holder: Subject, token: "Token", noun: str) -> Subject:
        phrase, plural = f"{holder.phrase}'s {token.text}", token.tag_ == "NNS"
        return Subject(About.THING, holder.label, phrase, self._words(token), "it", noun, "", plural)

    def _person(self, token: "Token") -> Subject | None:
        name = full_name(token)
        known = any(name == person.name or name in person.label for person in self.met)
        introduced = _relation_beside(token)
        if introduced:
            own = "" if self.speaker == ME else f"{self.speaker}'s "
            phrase = f"{own}{introduced} {name}" if own else f"{_capital(introduced)} {name}"
            about = About.PET if introduced in PETS else About.PERSON
            pronoun = RELATIONS.get(introduced, "any")
            self.names[introduced] = name
            return Subject(about, name, phrase, self._words(token), pronoun, introduced, name)
        if not known and (" " in name or token.ent_type_ not in ("PERSON", "") or not token.text[:1].isupper()):
            return None
        if known:
            before = next(p for p in reversed(self.met) if name == p.name or name in p.label)
            return Subject(
                before.about,
                before.label,
                before.phrase,
                self._words(token),
                before.pronoun,
                before.relation,
                before.name,
            )
        return Subject(About.PERSON, name, name, self._words(token), "any", "", name)

    @staticmethod
    def _words(token: "Token") -> "tuple[Token, ...]":
        return tuple(word for word in token.subtree if not _inside_clause(word, token))


def _inside_clause(word: "Token", top: "Token") -> bool:
    while word.i != top.i:
        if word.dep_ == "relcl":
            return True
        word = word.head
    return False


def full_name(token: "Token") -> str:
    """The name that `token` is the head of, with its other parts before it."""
    parts = [child for child in token.children if child.dep_ in ("compound", "flat") and child.pos_ == "PROPN"]
    return " ".join(part.text for part in sorted([*parts, token], key=lambda part: part.i))


def _appositive(token: "Token") -> str:
    """The name set beside a noun: "my sister Ana", "my sister, Ana,"."""
    after = token.nbor(1) if token.i + 1 < len(token.doc) else token
    beside = after.pos_ == "PROPN" and after.text[:1].isupper() and after.head.i == token.head.i
    if beside and after.dep_ in ("nsubj", "nsubjpass") and token.dep_ in ("nsubj", "nsubjpass"):
        return full_name(after)
    for child in token.children:
        if child.dep_ == "appos" and child.pos_ in ("PROPN", "NOUN") and child.text[:1].isupper():
            return full_name(child)
    return ""


def _relation_beside(token: "Token") -> str:
    """The relation in "my sister Ana" or "Ana, my sister," where the name is the head."""
    noun = token.nbor(-1) if token.i else token
    known = noun.lemma_.lower() in RELATIONS.keys() | PETS
    split = known and token.head.dep_ == "relcl" and token.head.head.i == noun.i
    if split and any(child.lower_ in ("my", "our") for child in noun.children):
        return noun.lemma_.lower()
    for child in token.children:
        related = child.lemma_.lower() if child.lemma_.lower() in RELATIONS.keys() | PETS else child.lower_
        if child.dep_ in ("compound", "appos", "nmod", "amod") and related in RELATIONS.keys() | PETS:
            mine = [grand for grand in child.children if grand.lower_ in ("my", "our")]
            mine += [other for other in token.children if other.lower_ in ("my", "our")]
            if mine:
                return related
    return ""


def _only_the(token: "Token") -> bool:
    left = [child.lower_ for child in token.lefts]
    return left == ["the"] and not [child for child in token.rights if child.dep_ in ("prep", "relcl")]


def _company(subject: Subject | None) -> str:
    if subject is None:
        return ""
    return subject.phrase[:1].lower() + subject.phrase[1:] if subject.relation else subject.phrase


def _joined(token: "Token") -> bool:
    return any(child.dep_ == "conj" for child in token.children)


def _capital(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]
