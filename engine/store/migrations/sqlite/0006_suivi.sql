-- The secret links by which somebody without an account follows their own request.
CREATE TABLE suivi (
    commune_id TEXT NOT NULL,
    jeton      BLOB NOT NULL, -- SHA-256 of the link's token
    dossier_id TEXT NOT NULL,
    cree_le    INTEGER NOT NULL,
    expire_le  INTEGER,
    PRIMARY KEY (commune_id, jeton),
    FOREIGN KEY (commune_id, dossier_id) REFERENCES dossier (commune_id, id)
) STRICT;
