"""The bars on the score of what was recalled for a chat, in one place: they stand on one scale and on each other.

Measured on chats of invented people (`memos bench memory-qa` tells what became of them).
"""

RELATED = 0.13
"""Below it a memory has most likely nothing to do with the question: small talk and tasks stay below it, questions
about what was told lie above."""

CLEAR = 0.15
"""From it on a memory answers: below lay 1 of 40 right ones and 6 of 16 best ones of questions never told."""

SURE = 0.2
"""A best hit from it on needs no company."""

FAR_BEHIND = 0.35
"""Share of a clear best hit's score below which another only distracts: a small model takes up what it is given (two
notes: 0.85 of the told questions answered, six: 0.68)."""
