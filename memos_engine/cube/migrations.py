"""The schema, as small numbered steps: `user_version` tells how many a database has taken.

To add one: write a function, append it to `STEPS`, keep a fixture of the version before under tests/cube/fixtures.
"""

from collections.abc import Callable

from sqlalchemy.engine import Connection

from memos_engine.cube.holding import HOLDING_SCHEMA, HOLDING_TRIGGERS, WEIGH_AGAIN
from memos_engine.cube.schema_v1 import SCHEMA_V1
from memos_engine.cube.search_index import FULL_TEXT_SCHEMA
from memos_engine.errors import DamagedError, NewerFormatError


def _first_release(connection: Connection) -> None:
    run_script(connection, SCHEMA_V1)
    run_script(connection, FULL_TEXT_SCHEMA)


def _endings_of_replies(connection: Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE message ADD COLUMN ending VARCHAR")


def _files_of_replies(connection: Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE message ADD COLUMN read_files TEXT NOT NULL DEFAULT '[]'")


def _support_of_replies(connection: Connection) -> None:
    run_script(connection, _SUPPORT_SCHEMA)


_SUPPORT_SCHEMA = """\
CREATE TABLE support (rowid INTEGER NOT NULL, message_id VARCHAR NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT
    NULL, item_id VARCHAR, rank INTEGER NOT NULL, PRIMARY KEY (rowid), FOREIGN KEY(message_id) REFERENCES message (id)
    ON DELETE CASCADE);
CREATE INDEX ix_support_item_id ON support (item_id);
CREATE INDEX ix_support_message_id ON support (message_id);
"""


def _quotable_messages(connection: Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE message ADD COLUMN quotable BOOLEAN DEFAULT '1' NOT NULL")
    for name in HOLDING_TRIGGERS:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    run_script(connection, HOLDING_SCHEMA)
    run_script(connection, NOT_QUOTABLE)
    connection.exec_driver_sql(WEIGH_AGAIN)


def _unguarded_texts(connection: Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE header ADD COLUMN unguarded INTEGER NOT NULL DEFAULT 0")
    connection.exec_driver_sql("UPDATE header SET unguarded = coalesce((SELECT max(rowid) FROM item), 0)")


NOT_QUOTABLE = """\
UPDATE message SET quotable = 0 WHERE role = 'person' AND import_id IS NULL
    AND id NOT IN (SELECT message_id FROM source WHERE message_id IS NOT NULL)
    AND (rtrim(text) GLOB '*[?？؟]' AND rtrim(text, ' ?？؟') NOT GLOB '*[.!?]*'
        OR id IN (SELECT message_id FROM item WHERE kind = 'message' AND tags LIKE '%"request"%'));
"""
"""Of messages that were kept before, those that a question mark ends, and the tagged ones."""

Step = Callable[[Connection], None]

STEPS: tuple[Step, ...] = (
    _first_release,
    _endings_of_replies,
    _files_of_replies,
    _support_of_replies,
    _quotable_messages,
    _unguarded_texts,
)

FORMAT_VERSION = len(STEPS)


def version(connection: Connection) -> int:
    """How many steps the database has taken; 0 for an empty one."""
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def check_version(connection: Connection, name: str) -> bool:
    """Whether the database needs `migrate`. Raises `NewerFormatError`, and `DamagedError` for one without tables."""
    taken = version(connection)
    if taken > FORMAT_VERSION:
        raise NewerFormatError(
            f"{name} was written by a newer version of the program (format {taken}; this one knows {FORMAT_VERSION}).",
            "Update the program.",
        )
    if taken < 1:
        raise DamagedError(f"{name} holds no memories: it is empty or not one of ours.", "Restore it from a backup.")
    return taken < FORMAT_VERSION


def migrate(connection: Connection) -> None:
    """Take the steps that are missing, inside the caller's transaction: all of them or none."""
    for number, step in enumerate(STEPS[version(connection) :], version(connection) + 1):
        step(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {number}")
    connection.exec_driver_sql(f"UPDATE header SET format_version = {FORMAT_VERSION}")


def run_script(connection: Connection, script: str) -> None:
    """Run the statements of an SQL script within the transaction."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if line.endswith(";") and ("CREATE TRIGGER" not in statement or line == "END;"):
            connection.exec_driver_sql(statement)
            statement = ""
