"""Secrets are recognised, and what touches them is withheld."""

from collections.abc import Callable

import pytest

from memos_engine.reader.secrets import SECRET, SecretSpan, _joined, find_secrets
from memos_engine.types import Candidate


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("my card is 4111 1111 1111 1111 ok", "4111 1111 1111 1111"),
        ("My IBAN is DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00"),
        ("my password is hunter2", "hunter2"),
        ("The wifi password is: correct-horse", "correct-horse"),
        ("my pin is 4821", "4821"),
        ("my PIN code for the bank is 4821", "4821"),
        ("my social security number is 536-90-4399", "536-90-4399"),
        ("key AKIAIOSFODNN7EXAMPLQ here", "AKIAIOSFODNN7EXAMPLQ"),
        ("token ghp_16C7e42F292c6912E7710c838347Ae178B4a please", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
        ("the door code is 9911", "9911"),
        ("password: S3cr3t!", "S3cr3t"),
        ("my password is swordfish and I have a dog", "swordfish"),
        ("I changed my netflix password to hunter2", "hunter2"),
        ("hunter2 is my password", "hunter2"),
        ("The code for my locker is 4711", "4711"),
        ("my passphrase is correct horse battery staple. I live in Rome", "correct horse battery staple"),
    ],
)
def test_a_secret_is_found_where_it_stands(text: str, secret: str) -> None:
    assert [text[span.start : span.end] for span in find_secrets(text)] == [secret]


@pytest.mark.parametrize(
    "text",
    [
        "I moved in 2019 with 3 cats",
        "my phone number is 0612345678",
        "My password is wrong",
        "I forgot my password",
        "my passport is expired",
        "The order number is 3829",
        "call me at 5 on 12/05/2024",
        "I earn 48000 a year",
        "my pin is missing",
        "my pin is gold",
        "my password is really long",
        "my password is easy to guess",
        "The zip code is 4711",
        "version 1.2.3 of https://example.org/a/very/long/path/without/secrets",
    ],
)
def test_ordinary_numbers_and_words_are_no_secret(text: str) -> None:
    assert find_secrets(text) == []


def test_a_candidate_that_touches_a_secret_is_withheld(read: Callable[..., list[Candidate]]) -> None:
    (card,) = read("My card number is 4111 1111 1111 1111.")
    assert card.withheld
    assert SECRET in card.sensitivity
    both = read("I live in Ghent. My password is hunter2.")
    assert [(each.text, each.withheld) for each in both] == [("Lives in Ghent", False), ("Password is hunter2", True)]


@pytest.mark.parametrize(
    ("text", "offered", "kept"),
    [
        ("My password is hunter2 and I live in Rome", "Password is hunter2", ["Lives in Rome"]),
        ("I live in Rome, btw my password is hunter2", "Password is hunter2", ["Lives in Rome"]),
        ("the wifi password is correct-horse", "Wifi password is correct-horse", []),
        ("My alarm code is 9911, and I am allergic to nuts", "Alarm code is 9911", ["Allergic to nuts"]),
        ("I changed my pin to 5523", "I changed my pin to 5523", []),
        ("hunter2 is my password", "hunter2 is my password", []),
        ("here's my card: 4111 1111 1111 1111", "Here's my card: 4111 1111 1111 1111", []),
        ("4111 1111 1111 1111", "4111 1111 1111 1111", []),
        (
            "My IBAN is DE89 3704 0044 0532 0130 00 and I work at Shell",
            "IBAN is DE89 3704 0044 0532 0130 00",
            ["Works at Shell"],
        ),
        (
            "Use the token ghp_16C7e42F292c6912E7710c838347Ae178B4a please",
            "Use the token ghp_16C7e42F292c6912E7710c838347Ae178B4a",
            [],
        ),
    ],
)
def test_each_secret_is_offered_as_it_was_said(
    read: Callable[..., list[Candidate]], text: str, offered: str, kept: list[str]
) -> None:
    found = read(text)
    (secret,) = [candidate for candidate in found if candidate.withheld]
    assert secret.text == offered
    assert SECRET in secret.sensitivity
    assert text[secret.start : secret.end] == secret.quote
    assert [candidate.text for candidate in found if not candidate.withheld] == kept


@pytest.mark.parametrize("text", ['Fix this:\npassword = "hunter2"', "“my password is hunter2” is a line of the film"])
def test_secrets_in_pasted_or_quoted_text_are_not_offered(read: Callable[..., list[Candidate]], text: str) -> None:
    assert find_secrets(text)
    assert read(text) == []


def test_a_secret_counts_wherever_it_stands_again_and_however_long_the_text() -> None:
    key = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
    text = f"{key}\n" + "Some words of no weight, 1. " * 400 + f"and {key} again"
    assert [text[span.start : span.end] for span in find_secrets(text)] == [key, key]
    for at in range(3_900, 4_100, 7):
        text = "word " * (at // 5) + "My password for the old site is hunter2. " + "word " * 500
        assert [text[span.start : span.end] for span in find_secrets(text)] == ["hunter2"]


@pytest.mark.parametrize("token", ["a", "9", "-", "a1", "12345 6789 ", "password for ", "1\n"])
def test_what_looks_for_secrets_comes_to_an_end_with_any_text(token: str) -> None:
    """Long runs, with which an expression that can match in many ways has not ended within minutes."""
    text = "password for 1" + token * (20_000 // len(token))
    assert find_secrets(f"My pin is 4821. {text}")[0].what == "pin"


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        ("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "-----END OPENSSH PRIVATE KEY-----"),
        ("-----BEGIN PGP PRIVATE KEY BLOCK-----", "-----END PGP PRIVATE KEY BLOCK-----"),
        ("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----", "---- END SSH2 ENCRYPTED PRIVATE KEY ----"),
        ("PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1", "Private-MAC: 1f0c9d"),
    ],
)
def test_a_private_key_is_one_secret_from_head_to_foot(head: str, foot: str) -> None:
    body = "mQ+abc/defghij klm\n" * 20
    text = f"Here it is:\n{head}\n{body}{foot}\nkeep it."
    (key,) = find_secrets(text)
    assert (text[key.start : key.end], key.what) == (f"{head}\n{body}{foot}", "private key")
    (cut,) = find_secrets(text[: text.index(foot)])
    assert cut.end == text.index(foot)


def test_what_tells_of_a_secret_behind_it_is_kept_where_two_finds_overlap() -> None:
    number = SecretSpan(0, 16, "payment card number")
    told = SecretSpan(4, 16, "PIN", told_to=30)
    assert _joined([number, told]) == [SecretSpan(0, 16, "payment card number", told_to=30)]
