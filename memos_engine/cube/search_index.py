"""The full-text index: FTS5 tables kept by triggers, and expressions made of what a person typed.

`item_fts` holds every item (rowid = item.rowid); `reply_fts` every message that has no item: the assistant's, and turns
with memory off (rowid = message.rowid). Words are stemmed (Porter over unicode61); scripts without spaces are found by
their letter pairs in the column `parts`. FTS5's own `secure-delete` keeps removed words out of its segments.
"""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, literal_column, table, text
from sqlalchemy import select as sql_select
from sqlmodel import Session
from sqlmodel.sql.expression import SelectOfScalar

from memos_engine.cube.word_parts import folded, unspaced_runs

_TOKENS = "tokenize = \"porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'\""

_SAID = "iif(new.subject IN ('', 'me'), new.text, new.subject || ': ' || new.text)"
"""`items.indexed_text` in SQL."""

FULL_TEXT_SCHEMA = f"""
CREATE VIRTUAL TABLE item_fts USING fts5(text, parts, {_TOKENS});
INSERT INTO item_fts(item_fts, rank) VALUES ('secure-delete', 1);
CREATE VIRTUAL TABLE reply_fts USING fts5(text, parts, {_TOKENS});
INSERT INTO reply_fts(reply_fts, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER item_indexed AFTER INSERT ON item BEGIN
    INSERT INTO item_fts(rowid, text, parts)
    VALUES (new.rowid, folded({_SAID}), word_parts({_SAID}));
END;
CREATE TRIGGER item_reindexed AFTER UPDATE OF text, subject ON item
WHEN new.text <> old.text OR new.subject <> old.subject BEGIN
    UPDATE item_fts SET text = folded({_SAID}), parts = word_parts({_SAID}) WHERE rowid = new.rowid;
END;
CREATE TRIGGER item_unindexed AFTER DELETE ON item BEGIN
    DELETE FROM item_fts WHERE rowid = old.rowid;
END;
CREATE TRIGGER reply_indexed AFTER INSERT ON message WHEN new.role = 'assistant' OR NOT new.memory_on BEGIN
    INSERT INTO reply_fts(rowid, text, parts) VALUES (new.rowid, folded(new.text), word_parts(new.text));
END;
CREATE TRIGGER reply_reindexed AFTER UPDATE OF text ON message
WHEN new.text <> old.text AND (new.role = 'assistant' OR NOT new.memory_on) BEGIN
    UPDATE reply_fts SET text = folded(new.text), parts = word_parts(new.text) WHERE rowid = new.rowid;
END;
CREATE TRIGGER reply_unindexed AFTER DELETE ON message WHEN old.role = 'assistant' OR NOT old.memory_on BEGIN
    DELETE FROM reply_fts WHERE rowid = old.rowid;
END;
"""

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_MOST_ROWS = 200
_MOST_WORDS = 64
"""Words of a query that are looked at: a query of 10,000 letters is no slower than a long sentence."""

_ENDINGS = (
    "ational", "ation", "ator", "able", "ably", "alism", "ality", "ally", "ance", "ancy", "ant", "al", "edly",
    "ed", "eed", "ement", "ence", "ency", "ent", "er", "est", "es", "fulness", "ful", "ible", "ibly", "ical",
    "icate", "ic", "ies", "ing", "ingly", "ingness", "ion", "ism", "ition", "ity", "iveness", "ively", "ive",
    "ization", "izer", "ize", "less", "ly", "ment", "ness", "ousness", "ously", "ous", "s", "tional", "tion",
    "y",
)  # fmt: skip
_STARTS_OF_ENDINGS = frozenset(ending[:n] for ending in _ENDINGS for n in range(1, len(ending) + 1))


def words(query: str) -> list[str]:
    """The words of a query, folded, at most 64, in order; unspaced stretches count as one word each."""
    return _WORD.findall(folded(query))[:_MOST_WORDS]


def any_word(query_words: Sequence[str]) -> str:
    """An FTS5 expression for rows with any of the words; empty when there are none."""
    return " OR ".join(dict.fromkeys(term for word in query_words for term in _terms(word)))


def as_typed(query: str) -> str:
    """An FTS5 expression for rows that hold all words of a query that is still being typed; empty when it has no word.

    The last word is a beginning. The index holds stems, so besides longer words ("allerg" → allergic) it also matches
    the stem that the beginning is on its way past ("allergi" → allergic, whose stem is "allerg").
    """
    typed = words(query)
    if not typed:
        return ""
    clauses = [" AND ".join(_terms(word)) for word in typed[:-1]]
    clauses.append(_beginning(typed[-1]))
    return " AND ".join(f"({clause})" for clause in clauses)


def match(session: Session, expression: str, limit: int, index: str = "item_fts") -> list[tuple[int, float]]:
    """The best rows for an FTS5 expression as (rowid, bm25), best first; a smaller bm25 is better.

    Rows of an import that is not complete are left out. `index` is `item_fts` or `reply_fts`.
    """
    if not expression:
        return []
    base = {"item_fts": "item", "reply_fts": "message"}[index]
    statement = (
        f"SELECT rowid, bm25({index}) AS score FROM {index} WHERE {index} MATCH ? "
        f"AND rowid NOT IN (SELECT rowid FROM {base} WHERE staged = 1) ORDER BY score LIMIT ?"
    )
    # Thousands of rows a query: on the driver's own cursor they cost a third.
    driver: Any = session.connection().connection.driver_connection
    found: list[tuple[int, float]] = driver.execute(statement, (expression, limit)).fetchall()
    return found


def match_among(
    session: Session, expression: str, admitted: SelectOfScalar[Any], limit: int | None = None
) -> dict[int, float]:
    """As `match`, among the items whose rowids the query `admitted` names: rowid → bm25, best first.

    The plus sign keeps SQLite from asking the full-text table for one admitted row at a time.
    """
    if not expression:
        return {}
    rowid: ColumnElement[int] = literal_column("rowid")
    rank: ColumnElement[float] = literal_column("bm25(item_fts)")
    found = (
        sql_select(rowid, rank)
        .select_from(table("item_fts"))
        .where(text("item_fts MATCH :expression").bindparams(expression=expression))
        .where(literal_column("+rowid").in_(admitted))
        .order_by(rank)
        .limit(limit)
    )
    return {int(rowid): float(score) for rowid, score in session.connection().execute(found)}


def frequencies(session: Session, query_words: Sequence[str]) -> dict[str, int]:
    """In how many items each word stands (up to its stem), for callers that drop words which nearly every row has."""
    statement = text("SELECT count(*) FROM item_fts WHERE item_fts MATCH :expression")
    connection = session.connection()
    return {
        word: int(connection.execute(statement, {"expression": " AND ".join(_terms(word))}).scalar_one())
        for word in dict.fromkeys(query_words)
    }


def drop_stale_separators(connection: Any) -> None:
    """Rebuild an index whose inner nodes still hold a word that stands in no row any more.

    A separator is the shortest beginning that tells two words apart, and `secure-delete` leaves it; seldom it is a
    whole word ("peanuts" after "peanut"). `connection` is a DB-API one, within a transaction.
    """
    for index in ("item_fts", "reply_fts"):
        connection.execute(f"CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, {index}, row)")
        stale = connection.execute(
            f"SELECT 1 FROM (SELECT CAST(substr(term, 2) AS TEXT) AS term FROM {index}_idx WHERE length(term) > 4) it "
            "WHERE NOT EXISTS (SELECT 1 FROM temp.vocabulary AS v WHERE v.term >= it.term AND v.term < it.term || ?) "
            "LIMIT 1",
            ("\U0010ffff",),
        ).fetchone()
        connection.execute("DROP TABLE temp.vocabulary")
        if stale:
            connection.execute(f"INSERT INTO {index}({index}) VALUES ('optimize')")


def without_row(connection: Any, candidates: set[str]) -> set[str]:
    """Those of the words that no row of the index holds any more in this form. `connection` is a DB-API one."""

    def stands(word: str, index: str) -> bool:
        rows = connection.execute(
            f"SELECT text FROM {index} WHERE {index} MATCH ? LIMIT {_MOST_ROWS}", (" AND ".join(_terms(folded(word))),)
        )
        return any(word in row[0] for row in rows)

    return {word for word in candidates if not stands(word, "item_fts") and not stands(word, "reply_fts")}


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def _terms(word: str) -> list[str]:
    """FTS5 terms that together stand for one word: the word itself, or the phrases of its unspaced stretches."""
    runs = unspaced_runs(word)
    if not runs:
        return [_quoted(word)]
    rest = [_quoted(part) for part in _WORD.findall(re.sub("|".join(map(re.escape, runs)), " ", word))]
    return [_pairs(run) for run in runs] + rest


def _pairs(run: str) -> str:
    if len(run) == 1:
        return f"parts : {_quoted(run)} *"
    return f"parts : {_quoted(' '.join(run[i : i + 2] for i in range(len(run) - 1)))}"


def _beginning(word: str) -> str:
    if unspaced_runs(word):
        return " AND ".join(_terms(word))
    stems = [
        word[:end]
        for end in range(3, len(word))
        if word[end:] in _STARTS_OF_ENDINGS or (word[end] == word[end - 1] and word[end + 1 :] in _STARTS_OF_ENDINGS)
    ]
    return " OR ".join([f"{_quoted(word)} *", *map(_quoted, (word, *stems))])
