-- Who enters, with which proofs, as whom. One that nobody activated reserves neither its name nor its address.
CREATE TABLE compte (
    commune_id     TEXT NOT NULL,
    id             TEXT NOT NULL,
    etat           TEXT NOT NULL CHECK (etat IN ('en_attente', 'actif', 'ferme')),
    identifiant    TEXT,          -- normalised
    courriel       TEXT NOT NULL, -- normalised
    mot_de_passe   TEXT,          -- PHC string of an Argon2id hash
    auteur         TEXT,          -- whom it makes one, as a session says it
    foyer_id       TEXT,          -- of that author
    personne_id    TEXT,
    nom            TEXT,          -- an agent's
    cgu_version    TEXT,
    cgu_le         INTEGER,
    reponses       TEXT,          -- what its creation collected, until it is activated
    changement     TEXT,          -- the address that it asks for
    second_facteur TEXT,
    cree_le        INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    PRIMARY KEY (commune_id, id),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, personne_id) REFERENCES personne (commune_id, id),
    CHECK (etat <> 'actif' OR auteur IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX compte_identifiant ON compte (commune_id, identifiant) WHERE etat = 'actif' AND identifiant IS NOT NULL;
CREATE UNIQUE INDEX compte_courriel ON compte (commune_id, courriel) WHERE etat = 'actif';
CREATE INDEX compte_en_attente ON compte (commune_id, courriel, cree_le) WHERE etat = 'en_attente';
CREATE INDEX compte_foyer ON compte (commune_id, foyer_id) WHERE foyer_id IS NOT NULL;

-- The secret links of letters about an account: followed once.
CREATE TABLE lien_compte (
    commune_id TEXT NOT NULL,
    jeton      BLOB NOT NULL, -- SHA-256 of the link's token
    compte_id  TEXT NOT NULL,
    genre      TEXT NOT NULL,
    cree_le    INTEGER NOT NULL,
    expire_le  INTEGER NOT NULL,
    utilise_le INTEGER,
    PRIMARY KEY (commune_id, jeton),
    FOREIGN KEY (commune_id, compte_id) REFERENCES compte (commune_id, id)
) STRICT;
CREATE INDEX lien_compte_de ON lien_compte (commune_id, compte_id);

-- Whose session it is, and when it was last used.
ALTER TABLE session ADD COLUMN compte_id TEXT;
ALTER TABLE session ADD COLUMN vue_le INTEGER;
CREATE INDEX session_compte ON session (commune_id, compte_id) WHERE compte_id IS NOT NULL;
