"""The chat page: conversations on the left, the thread in the middle, what an answer used on the right."""
