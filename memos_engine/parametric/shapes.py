"""What the generator hands to training: contexts of dated notes, each with many questions about them."""

from dataclasses import dataclass, field
from enum import StrEnum

from memos_engine.inference.prompt import Note, PromptParts, Turn


class Category(StrEnum):
    """What a question asks for, and so what answering it takes."""

    DIRECT = "direct"
    DETAIL = "detail"
    """Since when, why, how long, how many, with whom: a second thing that the note says."""
    YES_NO = "yes_no"
    WHICH = "which"
    """Which of two."""
    WHO = "who"
    """Who of several."""
    LIST = "list"
    COUNT = "count"
    THEME = "theme"
    """"What should a cook know about me?"""
    JOINED = "joined"
    """Two facts about one person."""
    TWO_PEOPLE = "two_people"
    CHAIN = "chain"
    """A fact that is found through another one."""
    CURRENT = "current"
    PAST = "past"
    TOLD_WHEN = "told_when"
    NEAR_MISS = "near_miss"
    """Told of another person, or of the same person another thing."""
    UNTOLD = "untold"
    CONFLICT = "conflict"
    FOREIGN = "foreign"
    ORDERS = "orders"
    FOLLOW_UP = "follow_up"
    TELLING = "telling"
    """The person tells something and asks nothing."""
    CHAT = "chat"
    LOOKS_PERSONAL = "looks_personal"


@dataclass(frozen=True)
class DatedNote:
    """A note as the prompt shows it; `id` is unique in its context."""

    id: str
    note: Note
    facts: tuple[str, ...] = ()
    """Kind and subject of what it tells ("job of my sister Amara"); empty for one that only distracts."""


@dataclass(frozen=True)
class Question:
    """What the person says to the notes, and the reply to learn."""

    text: str
    answer: str
    category: Category
    support: tuple[str, ...] = ()
    """Ids of the notes that the answer rests on."""
    abstains: bool = False
    values: tuple[str, ...] = ()
    """What the answer copies from its notes (or their dates), letter by letter."""
    asked: tuple[str, ...] = ()
    """What the question names and no note says."""


@dataclass(frozen=True)
class Context:
    """One state of a chat: what stands in the prompt before the question, and the questions that may follow."""

    id: str
    notes: tuple[DatedNote, ...]
    """In the order of the prompt."""
    questions: tuple[Question, ...]
    history: tuple[Turn, ...] = ()
    name: str = ""
    instructions: str = ""
    today: str = ""

    def parts(self, question: Question) -> PromptParts:
        """What the chat would build its prompt from."""
        return PromptParts(
            question=question.text,
            history=self.history,
            notes=tuple(note.note for note in reversed(self.notes)),
            instructions=self.instructions,
            name=self.name,
            today=self.today,
        )


@dataclass(frozen=True)
class Mix:
    """Shares of the sorts of context in a corpus (they are weights and need not add up to one), and how notes look."""

    facts: float = 0.44
    changes: float = 0.12
    lists: float = 0.07
    conflicts: float = 0.04
    foreign: float = 0.05
    orders: float = 0.04
    telling: float = 0.05
    chat: float = 0.15
    looks_personal: float = 0.04
    silent: float = 0.04
    """No note at all, and questions about what was never told."""
    quoted: float = 0.55
    """Share of facts that stand there in the person's own words, the others as tidy memories."""
    most_notes: int = 8
    typos: float = 0.1
    """Share of messages and questions with typing errors."""
    lower: float = 0.25
    """Share of them in lower case."""
    styled: float = 0.1
    """Share of contexts with a name, and of those with standing instructions."""
    dated: float = 0.9
    """Share of contexts that know what day it is."""
    only_kinds: frozenset[str] = frozenset()
    """Kinds of fact to tell and to ask of; empty for all. A sort of context that needs others must weigh nothing."""
    without_kinds: frozenset[str] = frozenset()
    """Kinds to leave out, so that an adapter can be asked for what it was never trained on."""
    extra: dict[str, float] = field(default_factory=dict)
    """Weights of single categories in choosing questions, over their usual 1.0."""
