-- The keys with which an account finds the family that the town knows. Only a keyed hash is kept: a key is short enough to be
-- dictated (37 to 41 bits), and what would find it again is not in the data.
CREATE TABLE cle_enfance (
    commune_id      texte NOT NULL,
    id              texte NOT NULL,
    empreinte       BYTEA NOT NULL,
    foyer_id        texte NOT NULL,
    responsable_id  texte, -- absent: one key for the household
    ouvre           texte NOT NULL, -- JSON list of services; empty = all
    cree_le         BIGINT NOT NULL,
    expire_le       BIGINT NOT NULL,
    essais_restants BIGINT NOT NULL CHECK (essais_restants >= 0),
    utilisee_le     BIGINT,
    utilisee_par    texte, -- who, as the journal writes an author
    revoquee_le     BIGINT,
    PRIMARY KEY (commune_id, id),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, responsable_id) REFERENCES personne (commune_id, id)
);
CREATE UNIQUE INDEX cle_enfance_empreinte ON cle_enfance (commune_id, empreinte);
CREATE UNIQUE INDEX cle_enfance_vivante ON cle_enfance (commune_id, foyer_id, COALESCE(responsable_id, ''))
    WHERE utilisee_le IS NULL AND revoquee_le IS NULL;
-- The misses of the last hour: whoever tries too often waits, after a restart too.
CREATE TABLE essai_cle (
    commune_id  texte NOT NULL,
    n           BIGINT NOT NULL,
    le          BIGINT NOT NULL,
    personne_id texte, -- absent: not yet anybody
    adresse     texte NOT NULL, -- keyed hash of the network address, in hexadecimal
    PRIMARY KEY (commune_id, n)
);
CREATE INDEX essai_cle_le ON essai_cle (commune_id, le);
-- The households that new accounts declared, and what the service answered. A household that the town made has no row: it is known.
CREATE TABLE rattachement (
    commune_id    texte NOT NULL,
    foyer_id      texte NOT NULL, -- as declared
    personne_id   texte NOT NULL, -- who declared it
    demande_le    BIGINT NOT NULL,
    etat          texte NOT NULL CHECK (etat IN ('en_attente', 'accepte', 'rattache', 'refuse')),
    decide_le     BIGINT,
    motif         texte, -- of a refusal
    vers_foyer    texte, -- the household that the town knew
    vers_personne texte,
    PRIMARY KEY (commune_id, foyer_id),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, personne_id) REFERENCES personne (commune_id, id),
    FOREIGN KEY (commune_id, vers_foyer) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, vers_personne) REFERENCES personne (commune_id, id)
);
CREATE INDEX rattachement_attente ON rattachement (commune_id, demande_le, foyer_id) WHERE etat = 'en_attente';
