-- Who enters, with which proofs, as whom. One that nobody activated reserves neither its name nor its address.
CREATE TABLE compte (
    commune_id     texte NOT NULL,
    id             texte NOT NULL,
    etat           texte NOT NULL CHECK (etat IN ('en_attente', 'actif', 'ferme')),
    identifiant    texte,          -- normalised
    courriel       texte NOT NULL, -- normalised
    mot_de_passe   texte,          -- PHC string of an Argon2id hash
    auteur         texte,          -- whom it makes one, as a session says it
    foyer_id       texte,          -- of that author
    personne_id    texte,
    nom            texte,          -- an agent's
    cgu_version    texte,
    cgu_le         BIGINT,
    reponses       texte,          -- what its creation collected, until it is activated
    changement     texte,          -- the address that it asks for
    second_facteur texte,
    cree_le        BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    PRIMARY KEY (commune_id, id),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, personne_id) REFERENCES personne (commune_id, id),
    CHECK (etat <> 'actif' OR auteur IS NOT NULL)
);
CREATE UNIQUE INDEX compte_identifiant ON compte (commune_id, identifiant) WHERE etat = 'actif' AND identifiant IS NOT NULL;
CREATE UNIQUE INDEX compte_courriel ON compte (commune_id, courriel) WHERE etat = 'actif';
CREATE INDEX compte_en_attente ON compte (commune_id, courriel, cree_le) WHERE etat = 'en_attente';
CREATE INDEX compte_foyer ON compte (commune_id, foyer_id) WHERE foyer_id IS NOT NULL;

-- The secret links of letters about an account: followed once.
CREATE TABLE lien_compte (
    commune_id texte NOT NULL,
    jeton      BYTEA NOT NULL, -- SHA-256 of the link's token
    compte_id  texte NOT NULL,
    genre      texte NOT NULL,
    cree_le    BIGINT NOT NULL,
    expire_le  BIGINT NOT NULL,
    utilise_le BIGINT,
    PRIMARY KEY (commune_id, jeton),
    FOREIGN KEY (commune_id, compte_id) REFERENCES compte (commune_id, id)
);
CREATE INDEX lien_compte_de ON lien_compte (commune_id, compte_id);

-- Whose session it is, and when it was last used.
ALTER TABLE session ADD COLUMN compte_id texte;
ALTER TABLE session ADD COLUMN vue_le BIGINT;
CREATE INDEX session_compte ON session (commune_id, compte_id) WHERE compte_id IS NOT NULL;
