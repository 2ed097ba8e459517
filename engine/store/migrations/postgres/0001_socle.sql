-- Every commune in the same tables: `commune_id` comes first in every key, and row security (securite.sql) compares it with
-- the transaction's.
-- Instants that are compared are microseconds since 1970 (UTC); those that are only read back are text, exact. Money is centimes.

-- Texts sort by their bytes, as on SQLite.
CREATE DOMAIN texte AS TEXT COLLATE "C";

CREATE TABLE definition (
    commune_id texte NOT NULL,
    digest     texte NOT NULL,
    source     texte NOT NULL,
    vue_le     BIGINT NOT NULL,
    PRIMARY KEY (commune_id, digest)
);

CREATE TABLE reglage (
    commune_id texte NOT NULL,
    cle        texte NOT NULL,
    valeur     texte NOT NULL,
    PRIMARY KEY (commune_id, cle)
);

CREATE TABLE session (
    commune_id texte NOT NULL,
    jeton      BYTEA NOT NULL, -- SHA-256 of the cookie's token
    auteur     texte NOT NULL,
    ouverte_le BIGINT NOT NULL,
    expire_le  BIGINT NOT NULL,
    PRIMARY KEY (commune_id, jeton)
);

CREATE TABLE foyer (
    commune_id texte NOT NULL,
    id         texte NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (commune_id, id)
);

CREATE TABLE personne (
    commune_id texte NOT NULL,
    id         texte NOT NULL,
    PRIMARY KEY (commune_id, id)
);

CREATE TABLE lien (
    commune_id  texte NOT NULL,
    foyer_id    texte NOT NULL,
    personne_id texte NOT NULL,
    genre       texte NOT NULL,
    depuis      BIGINT NOT NULL,
    jusqu_a     BIGINT,
    PRIMARY KEY (commune_id, foyer_id, personne_id, depuis),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, personne_id) REFERENCES personne (commune_id, id)
);
CREATE UNIQUE INDEX lien_vivant ON lien (commune_id, foyer_id, personne_id) WHERE jusqu_a IS NULL;

CREATE TABLE fait (
    commune_id  texte NOT NULL,
    n           BIGINT GENERATED ALWAYS AS IDENTITY, -- order in which facts were learnt
    foyer_id    texte,
    personne_id texte,                -- of a tie: the adult
    enfant_id   texte,                -- of a tie: the child
    fait        texte NOT NULL,
    valeur      texte NOT NULL,
    valable_du  texte NOT NULL,
    valable_au  texte,
    connu_le    texte NOT NULL,
    source      texte NOT NULL,
    valide_par  texte,
    PRIMARY KEY (commune_id, n),
    CHECK ((foyer_id IS NULL) <> (personne_id IS NULL)),
    CHECK (enfant_id IS NULL OR personne_id IS NOT NULL),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, personne_id) REFERENCES personne (commune_id, id),
    FOREIGN KEY (commune_id, enfant_id) REFERENCES personne (commune_id, id)
);
CREATE INDEX fait_foyer ON fait (commune_id, foyer_id);
CREATE INDEX fait_personne ON fait (commune_id, personne_id);

CREATE TABLE dossier (
    commune_id texte NOT NULL,
    id         texte NOT NULL,
    demarche   texte NOT NULL,
    digest     texte NOT NULL,
    numero     texte,
    foyer_id   texte,
    enfant_id  texte,
    etape      texte NOT NULL,
    phase      texte NOT NULL,
    entree_le  BIGINT NOT NULL,
    cle_vivante texte,
    version    BIGINT NOT NULL,
    etat       texte NOT NULL, -- the whole snapshot
    PRIMARY KEY (commune_id, id),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, enfant_id) REFERENCES personne (commune_id, id)
);
CREATE UNIQUE INDEX dossier_vivant ON dossier (commune_id, cle_vivante) WHERE cle_vivante IS NOT NULL;
CREATE UNIQUE INDEX dossier_numero ON dossier (commune_id, numero) WHERE numero IS NOT NULL;
CREATE INDEX dossier_foyer ON dossier (commune_id, foyer_id);
CREATE INDEX dossier_phase ON dossier (commune_id, phase, entree_le);

CREATE TABLE journal (
    commune_id texte NOT NULL,
    n          BIGINT NOT NULL, -- no hole: entries are only appended, in order
    agregat    texte NOT NULL,
    seq        BIGINT NOT NULL,
    entree     texte NOT NULL,
    trace      texte NOT NULL,
    empreinte  BYTEA NOT NULL, -- SHA-256 of the previous entry's, the entry and its trace
    PRIMARY KEY (commune_id, n),
    UNIQUE (commune_id, agregat, seq)
);
CREATE FUNCTION ajoute_seulement() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER journal_ne_change_pas BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION ajoute_seulement();
CREATE TRIGGER journal_ne_se_vide_pas BEFORE TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION ajoute_seulement();

CREATE TABLE outbox (
    commune_id   texte NOT NULL,
    agregat      texte NOT NULL,
    seq          BIGINT NOT NULL,
    rang         BIGINT NOT NULL,
    sortie       texte NOT NULL,
    cree_le      BIGINT NOT NULL,
    du_le        BIGINT NOT NULL,
    prise_jusqu_a BIGINT,
    essais       BIGINT NOT NULL DEFAULT 0,
    fait_le      BIGINT,
    erreur       texte,
    PRIMARY KEY (commune_id, agregat, seq, rang)
);
CREATE INDEX outbox_a_faire ON outbox (commune_id, du_le) WHERE fait_le IS NULL;

CREATE TABLE echeance (
    commune_id   texte NOT NULL,
    dossier_id   texte NOT NULL,
    appartient   texte NOT NULL,
    du_le        BIGINT NOT NULL,
    prise_jusqu_a BIGINT,
    PRIMARY KEY (commune_id, dossier_id, appartient),
    FOREIGN KEY (commune_id, dossier_id) REFERENCES dossier (commune_id, id)
);
CREATE INDEX echeance_due ON echeance (commune_id, du_le);

CREATE TABLE courrier (
    commune_id texte NOT NULL,
    id         texte NOT NULL,
    effet      texte NOT NULL, -- the effect that sent it: once
    foyer_id   texte,
    a          texte NOT NULL,
    objet      texte NOT NULL,
    corps      texte NOT NULL,
    le         BIGINT NOT NULL,
    PRIMARY KEY (commune_id, id),
    UNIQUE (commune_id, effet, a)
);

CREATE TABLE inscription (
    commune_id     texte NOT NULL,
    id             texte NOT NULL,
    foyer_id       texte NOT NULL,
    enfant_id      texte, -- absent: the whole household
    service        texte NOT NULL,
    annee_scolaire texte NOT NULL DEFAULT '',
    du             texte NOT NULL,
    au             texte,
    dossier_id     texte NOT NULL,
    PRIMARY KEY (commune_id, id),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, enfant_id) REFERENCES personne (commune_id, id),
    FOREIGN KEY (commune_id, dossier_id) REFERENCES dossier (commune_id, id)
);
CREATE UNIQUE INDEX inscription_vivante ON inscription (commune_id, foyer_id, COALESCE(enfant_id, ''), service, annee_scolaire) WHERE au IS NULL;

CREATE TABLE reservation (
    commune_id texte NOT NULL,
    id         texte NOT NULL,
    foyer_id   texte NOT NULL,
    enfant_id  texte NOT NULL,
    prestation texte NOT NULL,
    jour       texte NOT NULL,
    vivante    BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    etat       texte NOT NULL,
    PRIMARY KEY (commune_id, id),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, enfant_id) REFERENCES personne (commune_id, id)
);
CREATE UNIQUE INDEX reservation_vivante ON reservation (commune_id, enfant_id, prestation, jour) WHERE vivante = 1;
CREATE INDEX reservation_foyer ON reservation (commune_id, foyer_id, jour);

CREATE TABLE ligne (
    commune_id     texte NOT NULL,
    id             texte NOT NULL,
    foyer_id       texte NOT NULL,
    enfant_id      texte,
    reservation_id texte,
    prestation     texte NOT NULL,
    jour           texte NOT NULL,
    centimes       BIGINT NOT NULL,
    phrase         texte NOT NULL,
    trace          texte NOT NULL,
    digest         texte NOT NULL,
    PRIMARY KEY (commune_id, id),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, enfant_id) REFERENCES personne (commune_id, id),
    FOREIGN KEY (commune_id, reservation_id) REFERENCES reservation (commune_id, id)
);
CREATE INDEX ligne_foyer ON ligne (commune_id, foyer_id, jour);

CREATE TABLE compteur (
    commune_id texte NOT NULL,
    cle        texte NOT NULL,
    dernier    BIGINT NOT NULL,
    PRIMARY KEY (commune_id, cle)
);

CREATE TABLE place (
    commune_id texte NOT NULL,
    cle        texte NOT NULL,
    prises     BIGINT NOT NULL CHECK (prises >= 0),
    PRIMARY KEY (commune_id, cle)
);

CREATE TABLE cle_idempotence (
    commune_id texte NOT NULL,
    cle        texte NOT NULL,
    corps      BYTEA NOT NULL, -- SHA-256 of the request
    reponse    texte NOT NULL,
    le         BIGINT NOT NULL,
    PRIMARY KEY (commune_id, cle)
);

-- The only table across towns: which town has work due, and when. No personal data: no row security.
CREATE TABLE a_faire (
    commune texte NOT NULL,
    genre   texte NOT NULL,
    du_le   BIGINT NOT NULL,
    PRIMARY KEY (commune, genre)
);
