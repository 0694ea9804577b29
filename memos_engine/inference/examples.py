"""What a small model is shown before the chat: how a question is answered from notes, and how it is not.

Measured with SmolLM2-135M (greedy; 60 questions about ten invented people, 40 told and 20 never told; notes as the
pipeline makes them, the right one mostly among the best; answered / said not to be known):

    notes in the system text            0.48 / 0.05     the same, told to answer from them        0.50 / 0.25
    notes beside the question           0.48 / 0.00     as earlier turns of the chat              worse, drifts
    first-person quotes                 0.40 / 0.00     the reply begun ("You told me: “")        0.53 / 0.10
    three examples, six notes           0.40 / 0.00     three examples of one note, one note      0.45 / 0.65
    four examples, two notes            0.78 / 0.00     six examples (two unanswered), two notes  0.85 / 0.30
    six examples, six notes             0.68 / 0.25     ten examples (three unanswered), two      0.80 / 0.05
    six examples, two notes with dates  0.83 / 0.15     the same, every second one unanswered     ~0.1 / ~0.9

Larger models need none of this and are told in words.

Where the person tells something and asks nothing, the same model answers "I don't know, you haven't told me." to half
of it. Shown how one takes note of things (`TELLING`, right before the message), it does so.
"""

from dataclasses import dataclass

UNKNOWN = "I don't know, you haven't told me."
SYSTEM = (
    "You are a helpful assistant. You answer the user's questions about themselves from their notes. "
    f"If the notes do not say it, you answer: {UNKNOWN}"
)
TOLD = "3 June 2024"
"""When the notes of the examples were told."""
LARGEST_SHOWN = 1_000_000_000
"""Weights up to which a model is shown the examples."""
MOST_NOTES = 3
"""Notes that such a model can keep apart."""


@dataclass(frozen=True)
class Example:
    """Notes, what is said beside them, and the answer."""

    notes: tuple[str, ...]
    question: str
    answer: str


EXAMPLES = (
    Example(("I was born in Oslo", "Has a garden with a pond"), "What is my neighbour called?", UNKNOWN),
    Example(
        ("my aunt Rosa is a judge", "Has a garden with a pond"), "What does my aunt do?", "Your aunt Rosa is a judge."
    ),
    Example(("my aunt Rosa is a judge", "Speaks Norwegian"), "How much does my phone cost?", UNKNOWN),
    Example(
        ("I got a parrot, she's called Zsa Zsa", "Speaks Norwegian"),
        "What is my parrot called?",
        "Your parrot is called Zsa Zsa.",
    ),
    Example(("Born in Oslo", "I collect old maps"), "What do I collect?", "You collect old maps."),
    Example(
        ("Gets up at six every day", "my uncle repairs clocks in Malmö"),
        "In which city does my uncle repair clocks?",
        "Your uncle repairs clocks in Malmö.",
    ),
)

TELLING = (
    Example((), "Hello!", "Hello! How can I help you?"),
    Example((), "I bought a green kettle today.", "A green kettle, nice! I'll keep that in mind."),
    Example((), "my tooth hurts so much", "I'm sorry to hear that. I hope it gets better soon."),
    Example(
        (),
        "My uncle Paul lives in Malmö and he repairs clocks.",
        "Good to know. I'll remember that.",
    ),
    Example((), "Please be brief.", "Sure, I'll be brief."),
    Example((), "thank you", "You're welcome!"),
)
