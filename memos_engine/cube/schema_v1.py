"""The tables of format 1, as they were released: never changed, only migrated from."""

SCHEMA_V1 = """
CREATE TABLE header (rowid INTEGER NOT NULL, cube_id VARCHAR NOT NULL, name VARCHAR NOT NULL, owner VARCHAR NOT
    NULL, description VARCHAR NOT NULL, origin VARCHAR NOT NULL, format_version INTEGER NOT NULL, created BIGINT NOT
    NULL, updated BIGINT NOT NULL, chats_may_read BOOLEAN NOT NULL, payload_models TEXT NOT NULL, unscrubbed
    INTEGER NOT NULL, PRIMARY KEY (rowid));
CREATE TABLE import (rowid INTEGER NOT NULL, id VARCHAR NOT NULL, label VARCHAR NOT NULL, started BIGINT NOT NULL,
    completed BIGINT, PRIMARY KEY (rowid), UNIQUE (id));
CREATE TABLE move (rowid INTEGER NOT NULL, operation_id VARCHAR NOT NULL, target VARCHAR NOT NULL, item_ids TEXT NOT
    NULL, let_go BOOLEAN NOT NULL, PRIMARY KEY (rowid));
CREATE INDEX ix_move_operation_id ON move (operation_id);
CREATE TABLE operation (rowid INTEGER NOT NULL, id VARCHAR NOT NULL, label VARCHAR NOT NULL, time BIGINT NOT NULL,
    actor VARCHAR NOT NULL, undoable BOOLEAN NOT NULL, undone BOOLEAN NOT NULL, undoes VARCHAR, PRIMARY KEY (rowid),
    UNIQUE (id));
CREATE INDEX ix_operation_time ON operation (time);
CREATE TABLE tombstone (rowid INTEGER NOT NULL, item_id VARCHAR NOT NULL, time BIGINT NOT NULL, text_digest VARCHAR
    NOT NULL, source_digest VARCHAR NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, PRIMARY KEY (rowid));
CREATE INDEX ix_tombstone_source_digest ON tombstone (source_digest);
CREATE INDEX ix_tombstone_text_digest ON tombstone (text_digest);
CREATE TABLE conversation (rowid INTEGER NOT NULL, id VARCHAR NOT NULL, title VARCHAR NOT NULL, created BIGINT NOT
    NULL, updated BIGINT NOT NULL, pinned BOOLEAN NOT NULL, archived BOOLEAN NOT NULL, memory_on BOOLEAN NOT NULL,
    imported BOOLEAN NOT NULL, head_id VARCHAR, draft VARCHAR NOT NULL, import_id VARCHAR, staged BOOLEAN NOT NULL,
    PRIMARY KEY (rowid), UNIQUE (id), FOREIGN KEY(import_id) REFERENCES import (id) ON DELETE CASCADE);
CREATE INDEX ix_conversation_import_id ON conversation (import_id);
CREATE INDEX ix_conversation_staged ON conversation (staged) WHERE staged IS 1;
CREATE INDEX ix_conversation_updated ON conversation (updated);
CREATE TABLE waiting (rowid INTEGER NOT NULL, id VARCHAR NOT NULL, conversation_id VARCHAR NOT NULL, text VARCHAR NOT
    NULL, files TEXT NOT NULL, PRIMARY KEY (rowid), UNIQUE (id), FOREIGN KEY(conversation_id) REFERENCES conversation
    (id) ON DELETE CASCADE);
CREATE INDEX ix_waiting_conversation_id ON waiting (conversation_id);
CREATE TABLE document (rowid INTEGER NOT NULL, id VARCHAR NOT NULL, name VARCHAR NOT NULL, title VARCHAR NOT NULL,
    author VARCHAR NOT NULL, media_type VARCHAR NOT NULL, digest VARCHAR NOT NULL, added BIGINT NOT NULL, message_id
    VARCHAR, import_id VARCHAR, staged BOOLEAN NOT NULL, PRIMARY KEY (rowid), UNIQUE (id), FOREIGN KEY(message_id)
    REFERENCES message (id) ON DELETE CASCADE, FOREIGN KEY(import_id) REFERENCES import (id) ON DELETE CASCADE);
CREATE INDEX ix_document_digest ON document (digest);
CREATE INDEX ix_document_import_id ON document (import_id);
CREATE INDEX ix_document_message_id ON document (message_id);
CREATE INDEX ix_document_staged ON document (staged) WHERE staged IS 1;
CREATE TABLE message (rowid INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, id VARCHAR NOT NULL, conversation_id VARCHAR
    NOT NULL, parent_id VARCHAR, role VARCHAR NOT NULL, speaker VARCHAR NOT NULL, text VARCHAR NOT NULL, time BIGINT
    NOT NULL, position INTEGER NOT NULL, shown BOOLEAN NOT NULL, state VARCHAR NOT NULL, model VARCHAR NOT NULL,
    memory_on BOOLEAN NOT NULL, attachments TEXT NOT NULL, unread BOOLEAN NOT NULL, import_id VARCHAR, staged
    BOOLEAN NOT NULL, UNIQUE (id), FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE,
    FOREIGN KEY(import_id) REFERENCES import (id) ON DELETE CASCADE);
CREATE INDEX ix_message_conversation_id ON message (conversation_id);
CREATE INDEX ix_message_import_id ON message (import_id);
CREATE INDEX ix_message_parent_id ON message (parent_id);
CREATE INDEX ix_message_place ON message (conversation_id, parent_id);
CREATE INDEX ix_message_staged ON message (staged) WHERE staged IS 1;
CREATE INDEX ix_message_time ON message (time);
CREATE INDEX ix_message_unread ON message (unread);
CREATE TABLE departed (rowid INTEGER NOT NULL, item_id VARCHAR NOT NULL, message_id VARCHAR NOT NULL, PRIMARY KEY
    (rowid), FOREIGN KEY(message_id) REFERENCES message (id) ON DELETE CASCADE);
CREATE INDEX ix_departed_item_id ON departed (item_id);
CREATE INDEX ix_departed_message_id ON departed (message_id);
CREATE TABLE page (rowid INTEGER NOT NULL, document_id VARCHAR NOT NULL, number INTEGER NOT NULL, text VARCHAR NOT
    NULL, unread BOOLEAN NOT NULL, PRIMARY KEY (rowid), FOREIGN KEY(document_id) REFERENCES document (id) ON DELETE
    CASCADE);
CREATE INDEX ix_page_document_id ON page (document_id);
CREATE INDEX ix_page_number ON page (document_id, number);
CREATE INDEX ix_page_unread ON page (unread);
CREATE TABLE item (rowid INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, id VARCHAR NOT NULL, kind VARCHAR NOT NULL,
    origin VARCHAR NOT NULL, state VARCHAR NOT NULL, text VARCHAR NOT NULL, digest VARCHAR NOT NULL, subject VARCHAR
    NOT NULL, slot VARCHAR NOT NULL, value VARCHAR NOT NULL, language VARCHAR NOT NULL, tags TEXT NOT NULL,
    valid_from BIGINT, valid_to BIGINT, valid_precision VARCHAR, recorded_from BIGINT NOT NULL, recorded_to BIGINT,
    superseded_by VARCHAR, parent_id VARCHAR, created BIGINT NOT NULL, updated BIGINT NOT NULL, visibility VARCHAR
    NOT NULL, permissions TEXT NOT NULL, lifespan BIGINT, decay_days FLOAT, priority INTEGER NOT NULL, pinned
    BOOLEAN NOT NULL, frozen BOOLEAN NOT NULL, sensitivity TEXT NOT NULL, confidence FLOAT NOT NULL, confirmed
    BOOLEAN NOT NULL, use_count INTEGER NOT NULL, last_used BIGINT, message_id VARCHAR, conversation_id VARCHAR,
    position INTEGER NOT NULL, spent_from BIGINT, document_id VARCHAR, import_id VARCHAR, staged BOOLEAN NOT NULL,
    UNIQUE (id), FOREIGN KEY(message_id) REFERENCES message (id) ON DELETE CASCADE, FOREIGN KEY(document_id)
    REFERENCES document (id) ON DELETE CASCADE, FOREIGN KEY(import_id) REFERENCES import (id) ON DELETE CASCADE);
CREATE INDEX ix_item_browse ON item (staged, state, kind, recorded_to, created);
CREATE INDEX ix_item_conversation_id ON item (conversation_id);
CREATE INDEX ix_item_created ON item (created);
CREATE INDEX ix_item_digest ON item (digest);
CREATE INDEX ix_item_document_id ON item (document_id);
CREATE INDEX ix_item_import_id ON item (import_id);
CREATE INDEX ix_item_kind ON item (kind);
CREATE INDEX ix_item_message_id ON item (message_id);
CREATE INDEX ix_item_parent_id ON item (parent_id);
CREATE INDEX ix_item_place ON item (conversation_id, position);
CREATE INDEX ix_item_slot ON item (slot);
CREATE INDEX ix_item_staged ON item (staged) WHERE staged IS 1;
CREATE INDEX ix_item_state ON item (state);
CREATE INDEX ix_item_subject ON item (subject);
CREATE INDEX ix_item_subject_slot ON item (subject, slot);
CREATE INDEX ix_item_updated ON item (updated);
CREATE TABLE used_memory (rowid INTEGER NOT NULL, message_id VARCHAR NOT NULL, item_id VARCHAR NOT NULL, rank
    INTEGER NOT NULL, score FLOAT NOT NULL, why TEXT NOT NULL, PRIMARY KEY (rowid), FOREIGN KEY(message_id)
    REFERENCES message (id) ON DELETE CASCADE);
CREATE INDEX ix_used_memory_item_id ON used_memory (item_id);
CREATE INDEX ix_used_memory_message_id ON used_memory (message_id);
CREATE TABLE review (rowid INTEGER NOT NULL, id VARCHAR NOT NULL, reason VARCHAR NOT NULL, first_id VARCHAR NOT
    NULL, second_id VARCHAR, since BIGINT NOT NULL, decision VARCHAR NOT NULL, decided_by VARCHAR, PRIMARY KEY
    (rowid), UNIQUE (id), FOREIGN KEY(first_id) REFERENCES item (id) ON DELETE CASCADE, FOREIGN KEY(second_id)
    REFERENCES item (id) ON DELETE CASCADE);
CREATE INDEX ix_review_decided_by ON review (decided_by);
CREATE INDEX ix_review_first_id ON review (first_id);
CREATE INDEX ix_review_second_id ON review (second_id);
CREATE TABLE source (rowid INTEGER NOT NULL, item_id VARCHAR NOT NULL, message_id VARCHAR, document_id VARCHAR, page
    INTEGER, start INTEGER NOT NULL, "end" INTEGER NOT NULL, time BIGINT NOT NULL, quote VARCHAR NOT NULL, speaker
    VARCHAR NOT NULL, title VARCHAR NOT NULL, file VARCHAR NOT NULL, kept_from VARCHAR NOT NULL, added_by VARCHAR,
    removed_by VARCHAR, PRIMARY KEY (rowid), FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE, FOREIGN
    KEY(message_id) REFERENCES message (id) ON DELETE CASCADE, FOREIGN KEY(document_id) REFERENCES document (id) ON
    DELETE CASCADE);
CREATE INDEX ix_source_added_by ON source (added_by);
CREATE INDEX ix_source_document_id ON source (document_id);
CREATE INDEX ix_source_item_id ON source (item_id);
CREATE INDEX ix_source_message_id ON source (message_id);
CREATE INDEX ix_source_removed_by ON source (removed_by);
CREATE TABLE vector (encoder VARCHAR NOT NULL, rowid INTEGER NOT NULL, revision INTEGER NOT NULL, data BLOB NOT
    NULL, PRIMARY KEY (encoder, rowid), FOREIGN KEY(rowid) REFERENCES item (rowid) ON DELETE CASCADE);
CREATE INDEX ix_vector_item ON vector (rowid);
CREATE INDEX ix_vector_stamp ON vector (encoder, revision, rowid);
CREATE TABLE version (rowid INTEGER NOT NULL, item_id VARCHAR NOT NULL, version INTEGER NOT NULL, operation_id
    VARCHAR, time BIGINT NOT NULL, actor VARCHAR NOT NULL, reason VARCHAR NOT NULL, snapshot TEXT NOT NULL, PRIMARY
    KEY (rowid), FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE);
CREATE INDEX ix_version_item_id ON version (item_id);
CREATE INDEX ix_version_number ON version (item_id, version);
CREATE INDEX ix_version_operation_id ON version (operation_id);
"""
