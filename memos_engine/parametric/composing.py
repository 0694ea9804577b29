"""Contexts about facts: which notes stand together, and what is asked of them."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from memos_engine.parametric import changing, joining
from memos_engine.parametric.asking import Asker
from memos_engine.parametric.facts import OWN_NAME, Fact, Told, invent, may_be_about, note_of
from memos_engine.parametric.kinds import Kind, kind, told_of
from memos_engine.parametric.people import ME, Naming, Subject, cast
from memos_engine.parametric.phrasing import slots_of
from memos_engine.parametric.shapes import Category, DatedNote, Mix, Question

_FIRST_DAY = date(2021, 1, 4)
_DAYS = 2_300
_MOST_QUESTIONS = 10
_MARKED = 0.55
"""Share of the former facts whose note says until when they held."""
_TRIES = 40
"""Facts thought of for each note, before a life is full."""


@dataclass
class Page:
    """What stands before the questions of one context, as it is being put together."""

    chance: random.Random
    mix: Mix
    people: tuple[Subject, ...]
    notes: list[DatedNote] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    unsettled: list[Told] = field(default_factory=list)
    """What no longer holds, or is told in two ways."""
    last_day: date = _FIRST_DAY

    @classmethod
    def of(cls, chance: random.Random, mix: Mix) -> "Page":
        """An empty one with its people."""
        return cls(chance, mix, cast(chance, chance.randint(2, 5)))

    def day(self) -> date:
        """A day on which something is told."""
        when = _FIRST_DAY + timedelta(days=self.chance.randrange(_DAYS))
        self.last_day = max(self.last_day, when)
        return when

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of fact that its life may hold."""
        return told_of(self.mix)

    def someone(self) -> Subject:
        """The person, or one of their people."""
        return self.chance.choice((ME, ME, *self.people)) if self.people else ME

    def tell(
        self,
        *facts: Fact,
        update: bool = False,
        naming: Naming = Naming.FULL,
        dated: bool = True,
        until: date | None = None,
    ) -> list[Told]:
        """Put a note that tells `facts` (which held `until` a day) among the others."""
        note_id = f"n{len(self.notes) + 1}"
        note, told = note_of(
            facts, note_id, self.chance, self.mix, update=update, naming=naming, dated=dated, until=until
        )
        self.notes.append(note)
        self.told += told
        return list(told)

    def invent(self, about: Kind, subject: Subject, said: date | None = None) -> Fact:
        """A fact whose values no note here has."""
        return invent(about, subject, said or self.day(), self.chance, self.taken)

    @property
    def taken(self) -> set[str]:
        """All values of the facts that are here, and the names of the people."""
        values = {value for told in self.told for value in told.fact.values.values()}
        return values | {person.name for person in self.people if person.name}

    @property
    def texts(self) -> list[str]:
        """The notes' texts."""
        return [note.note.text for note in self.notes]

    @property
    def settled(self) -> list[Told]:
        """What is told and holds."""
        return [told for told in self.told if told not in self.unsettled]

    def has(self, group: str, subject: Subject) -> bool:
        """Whether something of the group is told of the subject."""
        return any(told.kind.group == group and told.subject == subject for told in self.told)

    def fill(self, many: int) -> None:
        """Tell facts of any kinds, some of them near one another, until there are `many` notes."""
        for _ in range(many * _TRIES):
            if len(self.notes) >= many:
                return
            about, subject = self._next()
            if not may_be_about(about, subject) or self.has(about.group, subject):
                continue
            fact = self.invent(about, subject)
            if self.chance.random() < 0.15:
                second = self.chance.choice(self.kinds)
                other = self.someone()
                free = not self.has(second.group, other) and (second.group, other) != (about.group, subject)
                if free and may_be_about(second, other) and OWN_NAME not in (second.name, about.name):
                    self.tell(fact, self.invent(second, other, fact.said))
                    continue
            self.tell(fact)

    def some(self) -> int:
        """How many notes: recall mostly hands over one or two."""
        most = self.mix.most_notes
        return self.chance.choices(range(1, most + 1), [1 / many for many in range(1, most + 1)])[0]

    def _next(self) -> tuple[Kind, Subject]:
        near = self.chance.random()
        if self.told and near < 0.35:
            return self.chance.choice(self.told).kind, self.someone()
        if self.told and near < 0.55:
            return self.alike(self.chance.choice(self.told))
        return self.chance.choice(self.kinds), self.someone()

    def alike(self, told: Told) -> tuple[Kind, Subject]:
        """What is told is easily taken for an answer about this kind: of the same subject, on the same theme."""
        themes = set(told.kind.themes)
        return self.chance.choice([each for each in self.kinds if themes & set(each.themes)]), told.subject


def facts(page: Page) -> list[Question]:
    """Mixed facts, with every sort of question about them."""
    page.fill(page.some())
    chained = _chain(page) if page.chance.random() < 0.15 else []
    return _distinct([*chained, *questions(page)])


def changes(page: Page) -> list[Question]:
    """A fact that changed among others; asked for now and for then."""
    about = page.chance.choice([each for each in page.kinds if each.changes])
    subject = page.someone()
    subject = subject if may_be_about(about, subject) else ME
    first = page.day()
    older = page.invent(about, subject, first)
    later = first + timedelta(days=page.chance.randint(20, 700))
    page.last_day = max(page.last_day, later)
    (old,) = page.tell(older, until=later if page.chance.random() < _MARKED else None)
    fixed = _kept(about, older)
    newer = page.invent(about, subject, later)
    newer = Fact(about, subject, {**newer.values, **fixed}, later)
    (new,) = page.tell(newer, update=True)
    page.unsettled.append(old)
    page.fill(1 + page.some())
    asker = Asker(page.chance, page.mix)
    made = [changing.current(asker, old, new) for _ in range(2)] + [changing.past(asker, old, new) for _ in range(2)]
    others = [told for told in page.told if told not in (old, new)]
    return _distinct([*filter(None, made), *questions(page, others, _MOST_QUESTIONS - 5)])


def lists(page: Page) -> list[Question]:
    """Several facts of one open kind; asked for all, for their number, for one."""
    about = page.chance.choice([each for each in page.kinds if each.open and each.list_asks])
    subject = page.someone()
    tolds = []
    for _ in range(page.chance.randint(2, 4)):
        tolds += page.tell(page.invent(about, subject))
    page.fill(min(page.mix.most_notes, len(page.notes) + page.chance.randint(0, 3)))
    asker = Asker(page.chance, page.mix)
    made: list[Question | None] = [
        joining.listing(asker, tolds, count=False),
        joining.listing(asker, tolds, count=True),
    ]
    others = [told for told in page.told if told not in tolds]
    made += [asker.yes(told, page.texts) for told in tolds[:2] if told.kind.yes]
    kept = [question for question in made if question and not question.abstains]
    return _distinct([*kept, *questions(page, others, 5)])


def conflicts(page: Page) -> list[Question]:
    """Two notes without dates that disagree, among others."""
    about = page.chance.choice([each for each in page.kinds if each.sole and each.name != OWN_NAME])
    subject = page.someone()
    subject = subject if may_be_about(about, subject) else ME
    first = page.invent(about, subject)
    (one,) = page.tell(first, dated=False)
    second = page.invent(about, subject, first.said)
    (two,) = page.tell(Fact(about, subject, {**second.values, **_kept(about, first)}, first.said), dated=False)
    page.unsettled += [one, two]
    page.fill(1 + page.some())
    asker = Asker(page.chance, page.mix)
    made = [changing.conflicting(asker, one, two) for _ in range(3)]
    others = [told for told in page.told if told not in (one, two)]
    return _distinct([*filter(None, made), *questions(page, others, 5)])


def silent(page: Page) -> list[Question]:
    """No note at all, and questions about the person and theirs."""
    asker = Asker(page.chance, page.mix)
    made: list[Question | None] = []
    while len(made) < _MOST_QUESTIONS // 2:
        about, subject = page.chance.choice(page.kinds), page.someone()
        if about.name != OWN_NAME and may_be_about(about, subject):
            made.append(asker.untold(about, subject, page.day(), ()))
    made += [joining.all_about(asker, (), page.someone()) for _ in range(page.chance.randint(0, 1))]
    name = page.chance.choice(joining.themes())
    made += [joining.theme(asker, (), page.someone(), name) for _ in range(page.chance.randint(0, 1))]
    return _distinct([question for question in made if question])


def questions(page: Page, tolds: Sequence[Told] | None = None, most: int = _MOST_QUESTIONS) -> list[Question]:
    """Questions about what `tolds` tell and do not tell, the sorts in their usual shares."""
    asker = Asker(page.chance, page.mix)
    usable = [told for told in (page.told if tolds is None else tolds) if told.aspects()]
    if not usable:
        return []
    made: list[Question] = []
    for _ in range(most * 3):
        sort = page.chance.choices(*_weighted(page.mix))[0]
        question = _MAKERS[sort](page, asker, usable)
        if question is not None and _fair(question, page):
            made.append(question)
        if len(made) >= most:
            break
    return _distinct(made)


# --- the sorts of question


def _direct(page: Page, asker: Asker, usable: Sequence[Told]) -> Question | None:
    return asker.direct(page.chance.choice(usable))


def _detail(page: Page, asker: Asker, usable: Sequence[Told]) -> Question | None:
    told = page.chance.choice(usable)
    further = told.aspects()[1:]
    return asker.direct(told, page.chance.choice(further)) if further else None


def _yes_no(page: Page, asker: Asker, usable: Sequence[Told]) -> Question | None:
    return asker.yes(page.chance.choice(usable), page.texts)


def _which(page: Page, asker: Asker, usable: Sequence[Told]) -> Question | None:
    return asker.which(page.chance.choice(usable), page.texts)


def _who(page: Page, asker: Asker, usable: Sequence[Told]) -> Question | None:
    told, other = page.chance.choice(usable), page.someone()
    same = [each for each in page.told if each.kind.group == told.kind.group and each.subject == other]
    if page.chance.random() < 0.35 and other != told.subject and not same:
        return asker.of_two(told, other)
    return asker.who(told)


def _told_when(page: Page, asker: Asker, usable: Sequence[Told]) -> Question | None:
    return asker.told_when(page.chance.choice(usable))


def _theme(page: Page, asker: Asker, usable: Sequence[Told]) -> Question | None:
    if page.chance.random() < 0.3:
        return joining.all_about(asker, page.settled, page.someone())
    told = page.chance.choice(usable)
    fitting = [name for name in told.kind.themes if name in joining.themes()]
    if fitting and page.chance.random() < 0.85:
        return joining.theme(asker, page.settled, told.subject, page.chance.choice(fitting))
    return joining.theme(asker, page.settled, page.someone(), page.chance.choice(joining.themes()))


def _joined(page: Page, asker: Asker, usable: Sequence[Told]) -> Question | None:
    if len(usable) < 2:
        return None
    one, two = page.chance.sample(list(usable), 2)
    same = [told for told in usable if told.subject == one.subject and told is not one]
    return joining.joined(asker, one, page.chance.choice(same) if same else two)


def _two_people(page: Page, asker: Asker, usable: Sequence[Told]) -> Question | None:
    one = page.chance.choice(usable)
    both = [told for told in usable if told.kind is one.kind and told.subject != one.subject]
    if both:
        return joining.two_people(asker, one, page.chance.choice(both))
    other = page.someone()
    if other == one.subject or page.has(one.kind.group, other) or not may_be_about(one.kind, other):
        return None
    return joining.half_known(asker, one, other)


def _missing(page: Page, asker: Asker, usable: Sequence[Told]) -> Question | None:
    told = page.chance.choice(usable)
    same = [each for each in page.told if each.kind is told.kind and each.subject == told.subject]
    return asker.missing(told) if len(same) == 1 else None


def _near_miss(page: Page, asker: Asker, usable: Sequence[Told]) -> Question | None:
    told, other = page.chance.choice(usable), page.someone()
    if other == told.subject or page.has(told.kind.group, other):
        return None
    return asker.near_miss(told, other)


def _untold(page: Page, asker: Asker, usable: Sequence[Told]) -> Question | None:
    about, subject = page.chance.choice(page.kinds), page.someone()
    if page.chance.random() < 0.5:
        about, subject = page.alike(page.chance.choice(usable))
    if about.name == OWN_NAME or not may_be_about(about, subject) or page.has(about.group, subject):
        return None
    if page.chance.random() < 0.12 and not any(told.kind.group == about.group for told in page.told):
        return asker.nobody(about, page.chance.choice(usable), page.taken)
    return asker.untold(about, subject, usable[0].fact.said, page.taken)


_Maker = Callable[[Page, Asker, Sequence[Told]], Question | None]
_MAKERS: dict[Category, _Maker] = {
    Category.DIRECT: _direct,
    Category.DETAIL: _detail,
    Category.YES_NO: _yes_no,
    Category.WHICH: _which,
    Category.WHO: _who,
    Category.TOLD_WHEN: _told_when,
    Category.THEME: _theme,
    Category.JOINED: _joined,
    Category.TWO_PEOPLE: _two_people,
    Category.COUNT: _missing,
    Category.NEAR_MISS: _near_miss,
    Category.UNTOLD: _untold,
}
_USUAL = {
    Category.DIRECT: 3.0,
    Category.DETAIL: 4.2,
    Category.YES_NO: 1.3,
    Category.WHICH: 0.8,
    Category.WHO: 1.2,
    Category.TOLD_WHEN: 0.3,
    Category.THEME: 0.8,
    Category.JOINED: 0.6,
    Category.TWO_PEOPLE: 0.6,
    Category.COUNT: 0.6,
    Category.NEAR_MISS: 1.6,
    Category.UNTOLD: 1.6,
}


def _weighted(mix: Mix) -> tuple[list[Category], list[float]]:
    return list(_USUAL), [weight * mix.extra.get(sort.value, 1.0) for sort, weight in _USUAL.items()]


def _chain(page: Page) -> list[Question]:
    named = [person for person in page.people if person.relation and person.name]
    free = [person for person in named if not any(told.subject == person for told in page.told)]
    if not free or all(each.name != OWN_NAME for each in page.kinds):
        return []
    subject = page.chance.choice(free)
    (name,) = page.tell(page.invent(kind(OWN_NAME), subject))
    about = page.chance.choice([each for each in page.kinds if each.who == "all"])
    (told,) = page.tell(page.invent(about, subject), naming=Naming.NAME)
    asker = Asker(page.chance, page.mix)
    return [made for made in (joining.chained(asker, name, told) for _ in range(3)) if made]


def _kept(about: Kind, fact: Fact) -> dict[str, str]:
    """Slots that say of what the fact is ("the cat Miso"), not what changed about it."""
    asked = frozenset().union(*map(slots_of, about.was_asks))
    always = frozenset.intersection(*map(slots_of, about.aspects[0].questions))
    return {slot: fact.values[slot] for slot in (asked | always) - {about.key} if slot in about.slots}


def _fair(question: Question, page: Page) -> bool:
    """Whether what it names in vain really stands in no note."""
    joint = "\n".join(page.texts).lower()
    return not any(value.lower() in joint for value in question.asked)


def _distinct(made: Sequence[Question]) -> list[Question]:
    seen: dict[str, Question] = {}
    for question in made:
        seen.setdefault(question.text.lower(), question)
    return list(seen.values())


def shuffled(page: Page) -> Iterator[DatedNote]:
    """The notes in the order of the prompt: by no order that a question could be read from."""
    order = list(page.notes)
    page.chance.shuffle(order)
    return iter(order)
