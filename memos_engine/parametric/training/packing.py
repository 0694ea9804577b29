"""One context and all questions put to it, as one sequence of tokens.

The tokens are those that the chat pipeline would send: the same layout, the same template, the same tokeniser. What the
questions share (system text, history, notes) stands there once; each question follows with its own answer, at the
position that it would have if it were the only one, and sees what is shared and itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from memos_engine.errors import InputError
from memos_engine.inference.prompt import PromptParts, layout, user_blocks
from memos_engine.inference.template import ChatMessage, ChatTemplate, Piece

SHARED = 0
"""The block of what every later token may see: system text, history, and the line above the notes."""

_OPENING = 2
"""Tokens that an answer begins with: "I don" against "You live"."""


class Tokeniser(Protocol):
    """What packing needs of a `LlamaSession`."""

    template: ChatTemplate

    def tokenise(self, text: str) -> list[int]:
        """Tokens of plain text."""

    def tokenise_pieces(self, pieces: Sequence[Piece]) -> list[int]:
        """Tokens of a rendered prompt."""


@dataclass(frozen=True)
class Question:
    """A prompt of the pipeline and the reply that is to be learnt."""

    parts: PromptParts
    answer: str


@dataclass(frozen=True)
class Packed:
    """A context with its questions, ready to be trained on.

    `tokens`, `positions` int64 [n]; `blocks` int32 [n]: `SHARED`, k > 0 for the k-th note, -k for the k-th question
    with its answer; `learnt` bool [n]: the tokens whose prediction counts, those of the answers and of their ends;
    `opening` bool [n]: those among them with which an answer begins.
    `isolated`: the notes do not see one another, nor what stands before them (Block-Attention, arXiv 2409.15355).
    """

    tokens: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int64]
    blocks: npt.NDArray[np.int32]
    learnt: npt.NDArray[np.bool_]
    opening: npt.NDArray[np.bool_]
    isolated: bool

    def visible(self) -> npt.NDArray[np.bool_]:
        """Who sees whom: bool [n, n], row i for what token i may attend to."""
        block = self.blocks
        order = np.arange(len(block))
        earlier = order[:, None] >= order[None, :]
        own = block[:, None] == block[None, :]
        known = block[None, :] >= SHARED
        if self.isolated:
            known = known & (block[:, None] <= SHARED)
        return np.asarray(earlier & (own | known))


def pack(questions: Sequence[Question], tokeniser: Tokeniser, *, isolated: bool) -> Packed:
    """All `questions`, whose prompts differ in the question alone, as one sequence.

    Raises `InputError` where they do not share their context.
    """
    first = questions[0].parts
    head, notes = _context(first, tokeniser)
    tokens = [*head, *(token for note in notes for token in note)]
    blocks = [SHARED] * len(head)
    for number, note in enumerate(notes, 1):
        blocks += [number] * len(note)
    positions = list(range(len(tokens)))
    learnt = [False] * len(tokens)
    opening = [False] * len(tokens)
    start = len(tokens)
    for number, question in enumerate(questions, 1):
        asked, answered = _exchange(question, tokeniser, tokens[:start])
        tokens += asked + answered
        blocks += [-number] * (len(asked) + len(answered))
        positions += range(start, start + len(asked) + len(answered))
        learnt += [False] * len(asked) + [True] * len(answered)
        opening += [place in range(len(asked), len(asked) + _OPENING) for place in range(len(asked) + len(answered))]
    return Packed(
        np.array(tokens, np.int64),
        np.array(positions, np.int64),
        np.array(blocks, np.int32),
        np.array(learnt, np.bool_),
        np.array(opening, np.bool_),
        isolated,
    )


def _context(parts: PromptParts, tokeniser: Tokeniser) -> tuple[list[int], list[list[int]]]:
    before, *notes, asked = user_blocks(parts)
    content = "".join((before, *notes, asked))
    rendered = tokeniser.template.render(layout(parts))
    place = max(number for number, piece in enumerate(rendered) if not piece.markup and piece.text == content)
    head = tokeniser.tokenise_pieces(rendered[:place])
    ends, text = [len(tokeniser.tokenise(before))], before
    for note in notes:
        text += note
        ends.append(len(tokeniser.tokenise(text)))
    whole = tokeniser.tokenise(content)
    return head + whole[: ends[0]], [whole[start:end] for start, end in pairwise(ends)]


def _exchange(question: Question, tokeniser: Tokeniser, context: Sequence[int]) -> tuple[list[int], list[int]]:
    messages = layout(question.parts)
    prompt = tokeniser.tokenise_pieces(tokeniser.template.render(messages))
    if prompt[: len(context)] != list(context):
        raise InputError("The questions of a pack do not share their context.", "Pack them apart.")
    rendered = tokeniser.template.render((*messages, ChatMessage("assistant", question.answer)))
    # The template's markup behind the answer begins with the token that ends a reply.
    end = tokeniser.tokenise_pieces(rendered[-1:])[:1]
    return prompt[len(context) :], tokeniser.tokenise(question.answer) + end
