-- The keys with which an account finds the family that the town knows. Only a keyed hash is kept: a key is short enough to be
-- dictated (37 to 41 bits), and what would find it again is not in the data.
CREATE TABLE cle_enfance (
    commune_id      TEXT NOT NULL,
    id              TEXT NOT NULL,
    empreinte       BLOB NOT NULL,
    foyer_id        TEXT NOT NULL,
    responsable_id  TEXT, -- absent: one key for the household
    ouvre           TEXT NOT NULL, -- JSON list of services; empty = all
    cree_le         INTEGER NOT NULL,
    expire_le       INTEGER NOT NULL,
    essais_restants INTEGER NOT NULL CHECK (essais_restants >= 0),
    utilisee_le     INTEGER,
    utilisee_par    TEXT, -- who, as the journal writes an author
    revoquee_le     INTEGER,
    PRIMARY KEY (commune_id, id),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, responsable_id) REFERENCES personne (commune_id, id)
) STRICT;
CREATE UNIQUE INDEX cle_enfance_empreinte ON cle_enfance (commune_id, empreinte);
CREATE UNIQUE INDEX cle_enfance_vivante ON cle_enfance (commune_id, foyer_id, COALESCE(responsable_id, ''))
    WHERE utilisee_le IS NULL AND revoquee_le IS NULL;
-- The misses of the last hour: whoever tries too often waits, after a restart too.
CREATE TABLE essai_cle (
    commune_id  TEXT NOT NULL,
    n           INTEGER NOT NULL,
    le          INTEGER NOT NULL,
    personne_id TEXT, -- absent: not yet anybody
    adresse     TEXT NOT NULL, -- keyed hash of the network address, in hexadecimal
    PRIMARY KEY (commune_id, n)
) STRICT;
CREATE INDEX essai_cle_le ON essai_cle (commune_id, le);
-- The households that new accounts declared, and what the service answered. A household that the town made has no row: it is known.
CREATE TABLE rattachement (
    commune_id    TEXT NOT NULL,
    foyer_id      TEXT NOT NULL, -- as declared
    personne_id   TEXT NOT NULL, -- who declared it
    demande_le    INTEGER NOT NULL,
    etat          TEXT NOT NULL CHECK (etat IN ('en_attente', 'accepte', 'rattache', 'refuse')),
    decide_le     INTEGER,
    motif         TEXT, -- of a refusal
    vers_foyer    TEXT, -- the household that the town knew
    vers_personne TEXT,
    PRIMARY KEY (commune_id, foyer_id),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, personne_id) REFERENCES personne (commune_id, id),
    FOREIGN KEY (commune_id, vers_foyer) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, vers_personne) REFERENCES personne (commune_id, id)
) STRICT;
CREATE INDEX rattachement_attente ON rattachement (commune_id, demande_le, foyer_id) WHERE etat = 'en_attente';
