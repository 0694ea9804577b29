"""Pages cut into passages, with what tells a secret apart from the rest."""

from hypothesis import given
from hypothesis import strategies as st

from memos_engine.reader.chunks import chunks
from memos_engine.reader.passages import passages
from memos_engine.reader.secrets import find_secrets

KEY = "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEA7bzqcv\n" * 100 + "-----END RSA PRIVATE KEY-----"


def told(text: str) -> list[tuple[str, bool]]:
    return [(chunk.text, holds_secret) for chunk, holds_secret in passages(text)]


def test_the_line_of_a_secret_stands_alone() -> None:
    page = "# The house\nBins go out on Tuesday.\nWifi password: hunter2xyz\nThe heating is in the hall."
    assert told(page) == [
        ("# The house\nBins go out on Tuesday.", False),
        ("Wifi password: hunter2xyz", True),
        ("The heating is in the hall.", False),
    ]


def test_the_sentence_of_a_secret_stands_alone_and_what_tells_of_it_behind_too() -> None:
    assert told("The dog is Rex. The door code is 4711. He bites.") == [
        ("The dog is Rex.", False),
        ("The door code is 4711.", True),
        ("He bites.", False),
    ]
    assert told("hunter2\nis my password. He bites.") == [("hunter2\nis my password.", True), ("He bites.", False)]


def test_a_key_of_many_lines_is_withheld_to_its_end_though_it_fills_passages() -> None:
    page = f"Before.\n\n{KEY}\n\nAfter."
    found = told(page)
    assert [text for text, holds_secret in found if not holds_secret] == ["Before.", "After."]
    assert len(found) > 3


def test_a_page_without_secrets_is_cut_as_ever() -> None:
    page = "\n\n".join(f"Paragraph {number}. It says little." for number in range(200))
    assert [chunk for chunk, _ in passages(page)] == list(chunks(page))


@given(
    st.lists(
        st.sampled_from(["My pin is 4821.", "The cat is old.", "\n", "\n\n", "pw: hunter2", " ", "4821 is my pin"])
    ).map("".join)
)
def test_nothing_is_lost_and_no_secret_stands_in_what_may_be_quoted(page: str) -> None:
    found = list(passages(page))
    assert "".join("".join(chunk.text.split()) for chunk, _ in found) == "".join(page.split())
    assert all(page[chunk.start : chunk.end] == chunk.text for chunk, _ in found)
    held = [(chunk.start, chunk.end) for chunk, holds_secret in found if holds_secret]
    for secret in find_secrets(page):
        left = page[secret.start : secret.end].split()
        within = [page[max(a, secret.start) : min(b, secret.end)] for a, b in held]
        assert "".join(left) == "".join("".join(part.split()) for part in within)
