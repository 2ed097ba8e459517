-- The secret links by which somebody without an account follows their own request.
CREATE TABLE suivi (
    commune_id texte NOT NULL,
    jeton      BYTEA NOT NULL, -- SHA-256 of the link's token
    dossier_id texte NOT NULL,
    cree_le    BIGINT NOT NULL,
    expire_le  BIGINT,
    PRIMARY KEY (commune_id, jeton),
    FOREIGN KEY (commune_id, dossier_id) REFERENCES dossier (commune_id, id)
);
