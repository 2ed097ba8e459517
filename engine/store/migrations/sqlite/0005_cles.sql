-- Machines call with a key of their own; only its hash is kept, and a revoked or expired one stays in the list.
CREATE TABLE cle_machine (
    commune_id  TEXT NOT NULL,
    id          TEXT NOT NULL,
    nom         TEXT NOT NULL,
    empreinte   BLOB NOT NULL, -- SHA-256 of the key
    agent_id    TEXT NOT NULL, -- whom it acts as in the journal
    roles       TEXT NOT NULL, -- JSON list
    cree_le     INTEGER NOT NULL,
    expire_le   INTEGER NOT NULL,
    revoquee_le INTEGER,
    PRIMARY KEY (commune_id, id)
) STRICT;
CREATE UNIQUE INDEX cle_machine_empreinte ON cle_machine (commune_id, empreinte);
-- The whole answer that a key of idempotency gave, as JSON, once it was made.
ALTER TABLE cle_idempotence ADD COLUMN complete TEXT;
-- What is over is purged by age.
CREATE INDEX cle_idempotence_age ON cle_idempotence (commune_id, le);
CREATE INDEX session_fin ON session (commune_id, expire_le);
