"""Questions about one fact: direct ones, yes and no, which of two, who of several, what its note leaves open."""

import random
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from memos_engine.parametric import chatter
from memos_engine.parametric.facts import Fact, Told, invent, may_be_about
from memos_engine.parametric.kinds import Aspect, Kind
from memos_engine.parametric.marks import unmarked, values_in, without_values
from memos_engine.parametric.people import Naming, Subject
from memos_engine.parametric.phrasing import (
    View,
    names_subject,
    opens_with_subject,
    render,
    slots_of,
    with_article,
)
from memos_engine.parametric.pools import draw
from memos_engine.parametric.replies import finished, framed
from memos_engine.parametric.shapes import Category, Mix, Question

_INDIRECT = (
    "do you know {gap}?",
    "can you tell me {gap}?",
    "tell me {gap}.",
    "remind me {gap}.",
    "i'd like to know {gap}.",
    "could you remind me {gap}?",
    "i can't remember {gap}.",
    "any idea {gap}?",
    "did i tell you {gap}?",
    "somebody wants to know {gap}.",
)
_WHO = (
    "who {p}?",
    "who {p}?",
    "which of the people i know {p}?",
    "who was it again that {p}?",
    "do i know anyone who {p}?",
    "remind me who {p}.",
    "who of my family and friends {p}?",
)
_TOLD_WHEN = (
    "when did i tell you that {c}?",
    "on what day did i say that {c}?",
    "since when do you know that {c}?",
    "when did i mention that {c}?",
)


_CLAUSE_START = r"((?:[.;:,] |, and |, while |\bbut |\bnow |\bthat |\balso |\band ))"


class Asker:
    """Makes questions, each in a wording of its own, with one source of chance and one mix."""

    def __init__(self, chance: random.Random, mix: Mix) -> None:
        self.chance = chance
        self.mix = mix

    # --- clauses

    def clause(self, told: Told, aspect: Aspect | None = None, *, naming: Naming | None = None) -> str:
        """What a note tells, said to the person; the values still in their marks."""
        chosen = aspect or told.aspects()[0]
        fitting = [answer for answer in chosen.answers if slots_of(answer) <= told.slots]
        fitting = [answer for answer in fitting if opens_with_subject(answer)] or fitting
        return self.say(self.chance.choice(fitting), told.fact, View.REPLY, naming or told.naming)

    def summary(self, told: Told) -> list[str]:
        """All that a note tells, in as few clauses as there are: the fullest answer, then what it leaves out."""
        fullest = {
            max((text for text in aspect.answers if self._states(text, told)), key=lambda text: len(slots_of(text)))
            for aspect in told.aspects()
        }
        kept = [text for text in sorted(fullest) if not any(slots_of(text) < slots_of(other) for other in fullest)]
        return [self.say(text, told.fact, View.REPLY, told.naming) for text in kept]

    @staticmethod
    def _states(text: str, told: Told) -> bool:
        return slots_of(text) <= told.slots and opens_with_subject(text)

    def say(self, template: str, fact: Fact, view: View, naming: Naming, more: Mapping[str, str] | None = None) -> str:
        """`template` about `fact`, not yet finished."""
        return render(template, fact.subject, {**fact.values, **(more or {})}, view, self.chance, naming)

    def naming(self, told: Told) -> Naming:
        """How a question may name the subject so that the note's wording still tells who it is."""
        if told.naming in (Naming.NAME, Naming.RELATION):
            return told.naming
        return self.chance.choice(told.subject.namings())

    def taken_up(self, raw: str, told: Told) -> str:
        """`raw` with a pronoun where it names the subject again: "your aunt lived in Porto; now she lives in Ghent"."""
        if told.subject.is_me:
            return raw
        first, after = raw, ""
        for naming in sorted(told.subject.namings(), key=lambda each: -len(told.subject.said("reply", each))):
            name = told.subject.said("reply", naming)
            at = raw.lower().find(name.lower())
            if at >= 0:
                first, after = raw[: at + len(name)], raw[at + len(name) :]
                break
        for naming in sorted(told.subject.namings(), key=lambda each: -len(told.subject.said("reply", each))):
            name = re.escape(told.subject.said("reply", naming))
            pronouns = told.subject.pronouns("reply")
            after = re.sub(rf"{_CLAUSE_START}{name}'s\b", rf"\1{pronouns['their']}", after, flags=re.IGNORECASE)
            after = re.sub(rf"{_CLAUSE_START}{name}(?= )", rf"\1{pronouns['they']}", after, flags=re.IGNORECASE)
        return first + after

    def asked(self, raw: str) -> str:
        """The question as the person types it."""
        return chatter.asked(chatter.reworded(raw, self.chance), self.chance, self.mix)

    def question(
        self,
        asked: str,
        answer: str,
        category: Category,
        support: Sequence[str],
        *,
        abstains: bool = False,
        missing: Collection[str] = (),
    ) -> Question:
        """A finished question with its finished answer."""
        return Question(
            self.asked(asked),
            finished(answer),
            category,
            tuple(dict.fromkeys(support)),
            abstains,
            values_in(answer),
            tuple(missing),
        )

    # --- what a note answers

    def direct(self, told: Told, aspect: Aspect | None = None, category: Category | None = None) -> Question:
        """One aspect, asked directly or indirectly."""
        aspects = told.aspects()
        aspect = aspect or self.chance.choice((aspects[0], *aspects))
        naming = self.naming(told)
        usual = Category.DIRECT if aspect is told.kind.aspects[0] else Category.DETAIL
        answer = framed("answer", self.chance, c=self.clause(told, aspect, naming=naming), when=told.when)
        return self.question(self.wording(told, aspect, naming), answer, category or usual, (told.note,))

    def wording(self, told: Told, aspect: Aspect, naming: Naming) -> str:
        """A question for `aspect` that names nothing which the note does not."""
        fitting = [question for question in aspect.questions if slots_of(question) <= told.slots]
        if slots_of(aspect.gap) <= told.slots and (not fitting or self.chance.random() < 0.2):
            gap = self.say(aspect.gap, told.fact, View.SAID, naming)
            return self.chance.choice(_INDIRECT).replace("{gap}", gap)
        return self.say(self.chance.choice(fitting or aspect.questions), told.fact, View.SAID, naming)

    def yes(self, told: Told, taken: Collection[str]) -> Question | None:
        """A question to be answered with yes or no; `taken` are values that must not be named in vain."""
        fitting = [template for template in told.kind.yes if slots_of(template) <= told.slots]
        if not fitting or not told.aspects():
            return None
        template, naming = self.chance.choice(fitting), self.naming(told)
        clause = self.clause(told, told.aspects()[0], naming=naming)
        if self.chance.random() < 0.5 or told.kind.key not in slots_of(template):
            asked = self.say(template, told.fact, View.SAID, naming)
            return self.question(
                asked, framed("yes", self.chance, c=clause, when=told.when), Category.YES_NO, (told.note,)
            )
        other = self._other(told, taken)
        if other is None:
            return None
        asked = self.say(template, told.fact, View.SAID, naming, {told.kind.key: other})
        if told.kind.sole:
            return self.question(
                asked, framed("no", self.chance, c=clause), Category.YES_NO, (told.note,), missing=(other,)
            )
        noun = told.kind.item == f"{{{told.kind.key}}}" or told.kind.slots[told.kind.key].startswith("@")
        answer = framed("not_that_one", self.chance, near=clause, asked=other if noun else "")
        return self.question(asked, answer, Category.YES_NO, (told.note,), abstains=True, missing=(other,))

    def which(self, told: Told, taken: Collection[str]) -> Question | None:
        """Which of two values it is."""
        key = told.kind.key
        fitting = [template for template in told.kind.yes if key in slots_of(template) <= told.slots]
        other = self._other(told, taken) if fitting else None
        if other is None:
            return None
        template, naming = self.chance.choice(fitting), self.naming(told)
        one, two = self.chance.sample((told.fact.values[key], other), 2)
        joined = f"{one} or {with_article(two)} {two}" if f"{{a {key}}}" in template else f"{one} or {two}"
        asked = self.say(template, told.fact, View.SAID, naming, {key: joined})
        answer = framed("answer", self.chance, c=self.clause(told, told.aspects()[0], naming=naming), when=told.when)
        return self.question(asked, answer, Category.WHICH, (told.note,), missing=(other,))

    def who(self, told: Told) -> Question | None:
        """Who it is of those that the notes speak of."""
        template = told.kind.who_ask
        if not template or told.subject.is_me or not slots_of(template) <= told.slots or not told.aspects():
            return None
        predicate = self.say(template, told.fact, View.SAID, Naming.FULL)
        clause = self.clause(told, naming=told.naming)
        asked = self.chance.choice(_WHO).replace("{p}", predicate)
        return self.question(asked, framed("answer", self.chance, c=clause), Category.WHO, (told.note,))

    def of_two(self, told: Told, other: Subject) -> Question | None:
        """Which of two people it is, or whether it is the one who is named."""
        template = told.kind.who_ask
        if not template or told.subject.is_me or other.is_me or not slots_of(template) <= told.slots:
            return None
        if not told.aspects():
            return None
        predicate = self.say(template, told.fact, View.SAID, Naming.FULL)
        one, two = told.subject.said("said", told.naming), other.said("said")
        clause = self.clause(told, naming=told.naming)
        kind = self.chance.random()
        if kind < 0.5:
            pair = " or ".join(self.chance.sample((one, two), 2))
            asked = self.chance.choice(("who {p}, {pair}?", "{pair}: who {p}?", "is it {pair} who {p}?"))
            answer = framed("answer", self.chance, c=clause, when=told.when)
            return self.question(
                asked.replace("{p}", predicate).replace("{pair}", pair), answer, Category.WHO, (told.note,)
            )
        asked = f"is it {one if kind < 0.75 else two} who {predicate}?"
        frame = "yes" if kind < 0.75 else "no"
        return self.question(asked, framed(frame, self.chance, c=clause), Category.WHO, (told.note,))

    def told_when(self, told: Told) -> Question | None:
        """When the person told it: the note's date."""
        if not told.when or not told.aspects():
            return None
        aspect = told.aspects()[0]
        fitting = [answer for answer in aspect.answers if slots_of(answer) <= told.slots and opens_with_subject(answer)]
        template, naming = self.chance.choice(fitting), self.naming(told)
        asked = self.chance.choice(_TOLD_WHEN).replace("{c}", self.say(template, told.fact, View.SAID, naming))
        clause = self.say(template, told.fact, View.REPLY, naming)
        return self.question(
            asked, framed("told_when", self.chance, when=told.when, c=clause), Category.TOLD_WHEN, (told.note,)
        )

    # --- what it leaves open

    def missing(self, told: Told) -> Question | None:
        """An aspect of the fact that its note does not tell."""
        gaps = told.gaps()
        if not gaps or not told.aspects():
            return None
        aspect, naming = self.chance.choice(gaps), self.naming(told)
        gap = self.say(aspect.gap, told.fact, View.REPLY, naming)
        near = self.clause(told, naming=naming) if self.chance.random() < 0.6 else ""
        answer = self.taken_up(self.unknown(gap, near), told)
        support = (told.note,) if near else ()
        return self.question(self.wording(told, aspect, naming), answer, Category.NEAR_MISS, support, abstains=True)

    def near_miss(self, told: Told, other: Subject) -> Question | None:
        """The same of someone else, of whom it was not told."""
        if not told.aspects() or not may_be_about(told.kind, other):
            return None
        aspect = self.chance.choice(told.aspects())
        usable = told.slots - {aspect.of}
        fitting = [text for text in aspect.questions if slots_of(text) <= usable and names_subject(text)]
        if not fitting or not slots_of(aspect.gap) <= usable:
            return None
        fact = Fact(told.kind, other, told.fact.values, told.fact.said)
        naming = self.chance.choice(other.namings())
        asked = self.say(self.chance.choice(fitting), fact, View.SAID, naming)
        gap = self.say(aspect.gap, fact, View.REPLY, naming)
        if self.chance.random() < 0.2 and not other.is_me:
            answer = framed("unknown_about", self.chance, who=other.said("reply", naming))
            return self.question(asked, answer, Category.NEAR_MISS, (), abstains=True)
        near = self.clause(told) if self.chance.random() < 0.5 else ""
        return self.question(
            asked, self.unknown(gap, near), Category.NEAR_MISS, (told.note,) if near else (), abstains=True
        )

    def untold(self, kind: Kind, subject: Subject, around: date, taken: Collection[str]) -> Question | None:
        """Something that no note tells; dates that the question names lie around a day."""
        fact = invent(kind, subject, around, self.chance, taken)
        aspect = self.chance.choice(kind.aspects)
        named = slots_of(aspect.gap)
        fitting = [text for text in aspect.questions if names_subject(text) and named <= slots_of(text)]
        if not fitting:
            return None
        template, naming = self.chance.choice(fitting), self.chance.choice(subject.namings())
        missing = [fact.values[slot] for slot in sorted(slots_of(template) | named)]
        asked = self.say(template, fact, View.SAID, naming)
        if self.chance.random() < 0.25:
            gap = self.say(aspect.gap, fact, View.SAID, naming)
            asked = self.chance.choice(_INDIRECT).replace("{gap}", gap)
        answer = self.unknown(self.say(aspect.gap, fact, View.REPLY, naming))
        if not subject.is_me and self.chance.random() < 0.15:
            answer = framed("unknown_about", self.chance, who=subject.said("reply", naming))
        shown = [value for value in missing if value in asked or value in answer]
        return self.question(asked, unmarked(answer), Category.UNTOLD, (), abstains=True, missing=shown)

    def nobody(self, kind: Kind, told: Told, taken: Collection[str]) -> Question | None:
        """Who does what nobody does, by the notes."""
        if not kind.who_ask:
            return None
        fact = invent(kind, told.subject, told.fact.said, self.chance, taken)
        predicate = render(kind.who_ask, Subject("", "Ada"), fact.values, View.SAID, self.chance)
        missing = [fact.values[slot] for slot in sorted(slots_of(kind.who_ask))]
        asked = self.chance.choice(_WHO).replace("{p}", predicate)
        answer = unmarked(framed("nobody", self.chance, p=predicate))
        return self.question(asked, answer, Category.UNTOLD, (), abstains=True, missing=missing)

    def unknown(self, gap: str, near: str = "") -> str:
        """A sentence that says what is not known, and what is known instead where `near` says it."""
        if near:
            return framed("unknown_near", self.chance, gap=without_values(gap), near=near)
        return without_values(
            framed("unknown_matter" if gap.startswith("anything") else "unknown", self.chance, gap=gap)
        )

    def _other(self, told: Told, taken: Collection[str]) -> str | None:
        key = told.kind.key
        source = told.kind.slots[key]
        if not source:
            return None
        for _ in range(20):
            value = draw(source, told.fact.said, self.chance)
            if value != told.fact.values[key] and not any(value.lower() in other.lower() for other in taken):
                return value
        return None
