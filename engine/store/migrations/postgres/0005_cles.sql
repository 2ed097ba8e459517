-- Machines call with a key of their own; only its hash is kept, and a revoked or expired one stays in the list.
CREATE TABLE cle_machine (
    commune_id  texte NOT NULL,
    id          texte NOT NULL,
    nom         texte NOT NULL,
    empreinte   BYTEA NOT NULL, -- SHA-256 of the key
    agent_id    texte NOT NULL, -- whom it acts as in the journal
    roles       texte NOT NULL, -- JSON list
    cree_le     BIGINT NOT NULL,
    expire_le   BIGINT NOT NULL,
    revoquee_le BIGINT,
    PRIMARY KEY (commune_id, id)
);
CREATE UNIQUE INDEX cle_machine_empreinte ON cle_machine (commune_id, empreinte);
-- The whole answer that a key of idempotency gave, as JSON, once it was made.
ALTER TABLE cle_idempotence ADD COLUMN complete texte;
-- What is over is purged by age.
CREATE INDEX cle_idempotence_age ON cle_idempotence (commune_id, le);
CREATE INDEX session_fin ON session (commune_id, expire_le);
