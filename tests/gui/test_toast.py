"""The note at the lower edge: it says what happened, in the words that the buttons have for it."""

import pytest

from app.widgets.toast import done


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("Remove 2 memories", "Moved 2 memories to the trash"),
        ("Forget 1 memory", "Forgot 1 memory for good"),
        ("Refuse 1 memory", "Not remembered: 1 memory"),
        ("Remember 3 memories", "Remembered 3 memories"),
        ("Keep one of two memories", "Kept one of two memories"),
        ("Empty the trash", "Emptied the trash"),
        ("Undo: Remove 2 memories", "Undone: Remove 2 memories"),
        ("Import notes.md", "Imported notes.md"),
    ],
)
def test_an_operation_is_told_as_what_it_did(label: str, said: str):
    assert done(label) == said
