"""Secrets in a text: payment cards, account and identity numbers, keys, passwords, PINs.

Presidio's recognisers know number formats and their check digits; detect-secrets' plugins know keys and tokens. Both
run on their own: no engine, no name finder, nothing that asks a network (Presidio's address and URL recognisers, which
fetch a list of domains, are not used). A sentence that says "my password is …" is seen here by its words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from memos_engine.reader.lexicon import word_class

SECRET = "secret"
"""Sensitivity tag of a withheld candidate."""


@dataclass(frozen=True)
class SecretSpan:
    """A secret at `[start, end)` of the text; `what` says which kind, in words a person reads."""

    start: int
    end: int
    what: str
    told_to: int = 0
    """Where the words end that tell what it is, when they stand behind it."""


_NAMES = {
    "CREDIT_CARD": "payment card number",
    "IBAN_CODE": "account number",
    "US_SSN": "social security number",
    "US_ITIN": "taxpayer number",
    "US_PASSPORT": "passport number",
    "US_BANK_NUMBER": "account number",
    "US_DRIVER_LICENSE": "licence number",
    "UK_NINO": "national insurance number",
    "UK_NHS": "health service number",
    "ES_NIF": "national id number",
    "ES_NIE": "national id number",
    "IT_FISCAL_CODE": "national id number",
    "PL_PESEL": "national id number",
    "IN_AADHAAR": "national id number",
    "IN_PAN": "taxpayer number",
    "SG_NRIC_FIN": "national id number",
    "FI_PERSONAL_IDENTITY_CODE": "national id number",
    "AU_TFN": "taxpayer number",
    "CRYPTO": "wallet address",
}
_SURE = 0.6
"""Presidio's score from which a match counts by itself: a checksum or a format that hardly occurs otherwise."""
_HINTED = 0.05
"""… from which it counts where a word beside it says what it is."""
_HINTS = re.compile(
    r"\b(?:ssn|social security|passport|nino|national insurance|nhs|national id|id (?:card|number)|identity|bsn|tax|"
    r"licen[cs]e number|driver'?s licen[cs]e|bank account|account number|routing|iban|card number|credit card|"
    r"debit card)\b",
    re.IGNORECASE,
)
_LOCKED = r"(?:door|gate|alarm|entry|safe|unlock|lock|padlock|garage|locker|building|phone)"
_WHAT = (
    r"(?P<what>pass\s?word|passphrase|pass\s?code|pin(?:\s?(?:code|number))?|api[ _-]?key|secret(?:[ _-]key)?|"
    r"access[ _-](?:code|token)|token|pwd|passwd|pw|cvv|cvc|security code|private key|wifi key|combination|"
    rf"{_LOCKED} code|code(?=\s+(?:for|to|of|on)\s+(?:my|the|our)\s+(?:\w+\s+)?{_LOCKED}\b)|"
    r"recovery (?:code|phrase)|seed phrase|ssn|social security number|social security|passport number|"
    r"account number|bsn|national insurance number)\b"
)
_FOR = r"(?:\s+(?:for|to|of|on|at)(?:\s+\S+){1,5}?)?"
_VALUE = r"(?P<value>[\"'“]?[^\s\"'”]+(?:(?<=\d)[ -]\d+)*)"
_SAID = (
    re.compile(
        rf"\b{_WHAT}{_FOR}\s*(?:is|was|are|=|:|'s|’s)(?:\s+(?:now|set to|still|called))?\s*[:=]?\s*{_VALUE}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:changed|set|reset|switched)\s+(?:my|the|our)\s+(?:[\w'’-]+\s+){{0,2}}?{_WHAT}{_FOR}\s+to\s+"
        rf"{_VALUE}",
        re.IGNORECASE,
    ),
)
"""What it is, then the secret: "my wifi password is …", "changed my PIN to …"."""
_SAID_AFTER = re.compile(
    rf"(?P<value>(?<!\S)(?=[^\s\"'”]*\d)[^\s\"'”]+)\s+(?:is|as)\s+(?:my|the|our)\s+(?:[\w'’-]+\s+){{0,2}}?{_WHAT}",
    re.IGNORECASE,
)
"""The secret, then what it is: "hunter2 is my password"."""
_WORDS_TOO = re.compile(r"pass|pw|key|token|secret|phrase", re.IGNORECASE)
"""What may be letters alone; a PIN or a number has a digit."""
_PHRASES = re.compile(r"phrase", re.IGNORECASE)
_GOES_ON = re.compile(
    r"\s+(?!(?:and|but|so|or|btw|by the way|for|on|at|in|if|please|pls|thanks|just|also|now|lol|ok|okay)\b)[a-z]",
    re.IGNORECASE,
)
"""Behind a plain word: it is no password but says something of one ("my password is really long")."""
_NO_SECRET = word_class(
    "wrong right not too very so a an the my your his her their our correct incorrect expired "
    "changed strong weak secure forgotten lost stored saved required needed used to that it this "
    "same different good bad safe important hidden invalid valid empty missing broken usually "
    "never always written only case long short something what how why when in on of for"
)
_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:\w+ )*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [\w ]+-----|\Z)"
    r"|---- BEGIN SSH2 (?:\w+ )*PRIVATE KEY ----.*?(?:---- END [\w ]+ ----|\Z)"
    r"|PuTTY-User-Key-File-\d+:.*?(?:Private-(?:MAC|Hash): *[0-9a-fA-F]+|\Z)",
    re.DOTALL,
)
"""From its head to its foot, or to the end where it has none: PEM and OpenPGP (RFC 7468, RFC 9580), SSH2, PuTTY."""
_KEY_LIKE = re.compile(r"(?<![\w/])(?=[\w+/=-]{0,199}\d)(?=[\w+/=-]{0,199}[A-Za-z])[A-Za-z0-9_+/=-]{24,200}(?![\w/])")

_STRETCH, _OVERLAP = 4_000, 400
"""Characters."""


def find_secrets(text: str) -> list[SecretSpan]:
    """The secrets of `text` in order, overlaps joined. Cheap where the text has neither digits nor a telling word, and
    in proportion to its length."""
    found = [SecretSpan(*block.span(), "private key") for block in _PRIVATE_KEY.finditer(text)]
    for start, end in _stretches(text):
        found += [
            SecretSpan(start + span.start, start + span.end, span.what, span.told_to and start + span.told_to)
            for span in _within(text[start:end])
        ]
    return _joined(sorted(found, key=lambda span: (span.start, -span.end)))


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Where to look at a time: what looks for numbers compares every find with every other. They overlap, so that each
    secret stands whole in one, and end between words."""
    start = 0
    while len(text) - start > _STRETCH:
        end = text.rfind(" ", start + _STRETCH // 2, start + _STRETCH) + 1 or start + _STRETCH
        yield start, end
        start = text.find(" ", end - _OVERLAP, end) + 1 or end - _OVERLAP
    yield start, len(text)


def _within(text: str) -> list[SecretSpan]:
    found = _said(text)
    if any(character.isdigit() for character in text):
        found += _numbers(text)
        found += _keys(text)
    elif "://" in text:
        found += _keys(text)
    return found


def _said(text: str) -> list[SecretSpan]:
    found = []
    for match in (match for pattern in _SAID for match in pattern.finditer(text)):
        what, value = match["what"], match["value"].strip("\"'“”.,;!?)")
        start = text.index(value, match.start("value"))
        if _PHRASES.search(what):
            value = re.split(r"[.,;!?\n]|\s+(?:and|but)\s", text[start:], maxsplit=1)[0].strip()
            if len(value.split()) < 3:
                continue
        elif not value or value.lower() in _NO_SECRET:
            continue
        elif not any(character.isdigit() for character in value):
            plain = value.isalpha() and (value.islower() or value.istitle())
            if not _WORDS_TOO.search(what) or (plain and _GOES_ON.match(text, start + len(value))):
                continue
        found.append(SecretSpan(start, start + len(value), " ".join(what.lower().split())))
    for match in _SAID_AFTER.finditer(text):
        found.append(SecretSpan(*match.span("value"), " ".join(match["what"].lower().split()), match.end()))
    return found


def _numbers(text: str) -> list[SecretSpan]:
    hinted = _HINTS.search(text) is not None
    found = []
    for recogniser in _recognisers():
        for match in recogniser.analyze(text, recogniser.supported_entities, None) or ():
            score = float(match.score)
            if match.entity_type == "IN_PAN" and score < _SURE:
                continue
            if score >= _SURE or (hinted and score >= _HINTED and _near_hint(text, match.start, match.end)):
                if sum(character.isdigit() for character in text[match.start : match.end]) < 6:
                    continue
                found.append(SecretSpan(match.start, match.end, _NAMES.get(match.entity_type, "identity number")))
    return found


def _near_hint(text: str, start: int, end: int) -> bool:
    return _HINTS.search(text[max(0, start - 60) : end + 40]) is not None


def _keys(text: str) -> list[SecretSpan]:
    found = []
    for line in re.finditer(r".+", text):
        values = {value for plugin in _plugins() for value in plugin.analyze_string(line[0]) if len(value) >= 8}
        for value in values:
            for match in re.finditer(re.escape(value), line[0]):
                found.append(SecretSpan(line.start() + match.start(), line.start() + match.end(), "key"))
    for match in _KEY_LIKE.finditer(text):
        if _is_random(match[0]):
            found.append(SecretSpan(match.start(), match.end(), "key"))
    return found


def _is_random(value: str) -> bool:
    """Whether a long run of letters and digits looks drawn by a machine: its entropy a character, as the plugins do."""
    return _entropy().calculate_shannon_entropy(value) > 3.9 and sum(c.isdigit() for c in value) >= 3


def _joined(spans: list[SecretSpan]) -> list[SecretSpan]:
    kept: list[SecretSpan] = []
    for span in spans:
        if kept and span.start < kept[-1].end:
            first = kept[-1]
            kept[-1] = replace(first, end=max(first.end, span.end), told_to=max(first.told_to, span.told_to))
            continue
        kept.append(span)
    return kept


@cache
def _recognisers() -> tuple[Any, ...]:
    from presidio_analyzer import predefined_recognizers as known

    names = (
        "CreditCardRecognizer",
        "IbanRecognizer",
        "UsSsnRecognizer",
        "UsItinRecognizer",
        "UsPassportRecognizer",
        "UkNinoRecognizer",
        "NhsRecognizer",
        "EsNifRecognizer",
        "EsNieRecognizer",
        "ItFiscalCodeRecognizer",
        "PlPeselRecognizer",
        "InAadhaarRecognizer",
        "InPanRecognizer",
        "SgFinRecognizer",
        "FiPersonalIdentityCodeRecognizer",
        "AuTfnRecognizer",
        "UsBankRecognizer",
        "CryptoRecognizer",
    )
    return tuple(getattr(known, name)() for name in names if hasattr(known, name))


@cache
def _plugins() -> tuple[Any, ...]:
    from detect_secrets.plugins.aws import AWSKeyDetector
    from detect_secrets.plugins.basic_auth import BasicAuthDetector
    from detect_secrets.plugins.github_token import GitHubTokenDetector
    from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
    from detect_secrets.plugins.jwt import JwtTokenDetector
    from detect_secrets.plugins.openai import OpenAIDetector
    from detect_secrets.plugins.sendgrid import SendGridDetector
    from detect_secrets.plugins.slack import SlackDetector
    from detect_secrets.plugins.stripe import StripeDetector

    kinds = (
        AWSKeyDetector,
        BasicAuthDetector,
        GitHubTokenDetector,
        GitLabTokenDetector,
        JwtTokenDetector,
        OpenAIDetector,
        SendGridDetector,
        SlackDetector,
        StripeDetector,
    )
    return tuple(kind() for kind in kinds)


@cache
def _entropy() -> Any:
    from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString

    return Base64HighEntropyString(limit=3.9)
