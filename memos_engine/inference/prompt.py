"""The prompt: what stands where, and how it is made to fit.

The stable parts come first and are byte for byte the same from turn to turn (system text with the standing
instructions, for small models the worked examples, then the history as it was said), so that the model's state for them
can be reused. Notes from memory stand next to the question, the best one nearest to it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from memos_engine.errors import TooLargeError
from memos_engine.inference.examples import EXAMPLES, SYSTEM, TELLING, TOLD, Example
from memos_engine.inference.fallback import Fallback
from memos_engine.inference.template import ChatMessage

CUT = "\n[… {characters:,} characters left out …]\n"
_EXAMPLES_SHARE = 1 / 3
_LONGEST_NAME = 80
_COUNTED_ANYWAY = 100_000
"""Characters of history that are counted whatever the budget: it is no matter of time."""
_MOST_CHARACTERS = 16
"""Of a token: no usual vocabulary covers more by one. Spares counting what cannot fit."""

CountTokens = Callable[[tuple[ChatMessage, ...]], int]
"""Tokens of a whole chat, markup included, up to where the reply starts."""


@dataclass(frozen=True)
class Turn:
    """An earlier message of the conversation; `role` is `user` or `assistant`."""

    role: str
    text: str


@dataclass(frozen=True)
class Note:
    """A memory for the prompt: its text, when it was said ("3 March 2026"), and whether it is quoted word for word."""

    text: str
    when: str = ""
    quote: bool = False


@dataclass(frozen=True)
class PromptParts:
    """What a prompt is built from. `instructions` are the person's standing ones, `name` how they want to be called;
    `notes` best first; `today` a date in words."""

    question: str
    history: tuple[Turn, ...] = ()
    notes: tuple[Note, ...] = ()
    instructions: str = ""
    name: str = ""
    today: str = ""
    examples: bool = False
    """Whether the model is small enough to need worked examples."""
    asks: bool = True
    """Whether the person asks for something; else they only tell, and a small model is shown how to take note."""


@dataclass(frozen=True)
class Prompt:
    """Messages ready for the model's template, and what did not fit. `reply_start` opens the reply, as part of it."""

    messages: tuple[ChatMessage, ...]
    tokens: int = 0
    reply_start: str = ""
    dropped_turns: int = 0
    dropped_notes: int = 0
    trimmed: bool = False
    """The middle of the question (or of the standing instructions) was left out; the text says so."""
    notes: tuple[Note, ...] = field(default=(), compare=False)
    """Those that are in it."""
    fallback: Fallback | None = field(default=None, compare=False)
    """How the reply begins where what it says first does not stand."""

    @property
    def complete(self) -> bool:
        """Whether everything fitted."""
        return not (self.dropped_turns or self.dropped_notes or self.trimmed)


def layout(parts: PromptParts) -> tuple[ChatMessage, ...]:
    """The messages of a prompt in which everything fits."""
    system = [SYSTEM]
    if parts.name:
        system.append(f"The user is called {parts.name[:_LONGEST_NAME]}.")
    if parts.today and not parts.examples:
        system.append(f"Today is {parts.today}.")
    if parts.instructions:
        system.append(parts.instructions)
    return (
        ChatMessage("system", "\n".join(system)),
        *(_shown(EXAMPLES) if parts.examples else ()),
        *(ChatMessage(turn.role, turn.text) for turn in parts.history),
        *(_shown(TELLING) if parts.examples and not parts.asks else ()),
        ChatMessage("user", "".join(user_blocks(parts))),
    )


def user_blocks(parts: PromptParts) -> tuple[str, ...]:
    """The last message of a prompt in blocks whose texts join to it: what stands above the notes, each note, and the
    question. A note's block begins with its line break, so that its tokens are the same wherever it stands."""
    return _blocks(parts.question, [_line(note) for note in reversed(parts.notes)])


def _shown(examples: Sequence[Example]) -> Iterator[ChatMessage]:
    for example in examples:
        notes = [_line(Note(note, TOLD)) for note in example.notes]
        yield ChatMessage("user", "".join(_blocks(example.question, notes)))
        yield ChatMessage("assistant", example.answer)


def _blocks(question: str, notes: Sequence[str]) -> tuple[str, ...]:
    if not notes:
        return ("", question)
    return ("My notes:", *(f"\n- {note}" for note in notes), f"\n\n{question}")


def _line(note: Note) -> str:
    return f"{note.when}: {note.text}" if note.when else note.text


def build(parts: PromptParts, budget: int, count: CountTokens) -> Prompt:
    """A prompt of at most `budget` tokens by `count`, with as much of `parts` as fits.

    Examples are left out where they would take more than a third of the budget. Standing instructions may take half of
    what remains and are cut in their middle beyond that. Then goes, in this order, what does not fit: the oldest turns,
    the last notes, the middle of the question. Raises `TooLargeError` when not even the markup fits.
    """
    if parts.examples and count(layout(PromptParts("", examples=True, asks=parts.asks))) > budget * _EXAMPLES_SHARE:
        parts = replace(parts, examples=False)
    near = _newest(parts.history, max(budget * _MOST_CHARACTERS, _COUNTED_ANYWAY))
    whole = _prompt(replace(parts, history=near), parts, count)
    if whole.tokens <= budget:
        return whole
    bare = replace(parts, history=(), notes=())
    empty = replace(bare, question="")
    fixed = count(layout(replace(empty, instructions="")))
    share = fixed + (budget - fixed) // 2
    if count(layout(empty)) > share:
        room = len(bare.instructions)
        kept = _most(room, lambda size: count(layout(_cut_instructions(empty, size))) <= share)
        bare = _cut_instructions(bare, kept)
    if count(layout(bare)) > budget:
        room = min(len(bare.question), budget * _MOST_CHARACTERS)
        kept = _most(room, lambda size: count(layout(_cut_question(bare, size))) <= budget)
        trimmed = _prompt(_cut_question(bare, kept), parts, count)
        if trimmed.tokens > budget:
            raise TooLargeError(
                f"The context has room for {budget} tokens, which is not enough for any question.",
                "Choose a longer context or a shorter longest reply in Settings.",
            )
        return trimmed
    notes, history = parts.notes, near
    kept = _most(len(notes), lambda size: count(layout(replace(bare, notes=notes[:size]))) <= budget)
    noted = replace(bare, notes=notes[:kept])
    kept = _most(len(history), lambda size: count(layout(replace(noted, history=_last(history, size)))) <= budget)
    return _prompt(replace(noted, history=_last(history, kept)), parts, count)


def _prompt(kept: PromptParts, parts: PromptParts, count: CountTokens) -> Prompt:
    messages = layout(kept)
    return Prompt(
        messages,
        count(messages),
        dropped_turns=len(parts.history) - len(kept.history),
        dropped_notes=len(parts.notes) - len(kept.notes),
        trimmed=kept.question != parts.question or kept.instructions != parts.instructions,
        notes=kept.notes,
    )


def _cut_question(parts: PromptParts, size: int) -> PromptParts:
    return replace(parts, question=cut_middle(parts.question, size))


def _cut_instructions(parts: PromptParts, size: int) -> PromptParts:
    return replace(parts, instructions=cut_middle(parts.instructions, size))


def cut_middle(text: str, kept: int) -> str:
    """`text` with `kept` characters, half from either end, and a line that says how much is left out between."""
    if kept >= len(text):
        return text
    head = (kept + 1) // 2
    tail = kept - head
    return text[:head] + CUT.format(characters=len(text) - kept) + (text[len(text) - tail :] if tail else "")


def _newest(history: tuple[Turn, ...], characters: int) -> tuple[Turn, ...]:
    """The newest turns of so many characters."""
    kept = 0
    for turn in reversed(history):
        characters -= len(turn.text)
        if characters < 0:
            break
        kept += 1
    return _last(history, kept)


def _last(history: tuple[Turn, ...], size: int) -> tuple[Turn, ...]:
    return history[len(history) - size :]


def _most(limit: int, fits: Callable[[int], bool]) -> int:
    # The largest size that fits (0 is taken to). Token counts are not quite monotonic; the answer was seen to fit.
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low
