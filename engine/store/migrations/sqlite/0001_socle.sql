-- One file a commune; `commune_id` stays in every key, so that the same statements run on a shared PostgreSQL.
-- Instants that are compared are microseconds since 1970 (UTC); those that are only read back are text, exact. Money is centimes.

CREATE TABLE definition (
    commune_id TEXT NOT NULL,
    digest     TEXT NOT NULL,
    source     TEXT NOT NULL,
    vue_le     INTEGER NOT NULL,
    PRIMARY KEY (commune_id, digest)
) STRICT;

CREATE TABLE reglage (
    commune_id TEXT NOT NULL,
    cle        TEXT NOT NULL,
    valeur     TEXT NOT NULL,
    PRIMARY KEY (commune_id, cle)
) STRICT;

CREATE TABLE session (
    commune_id TEXT NOT NULL,
    jeton      BLOB NOT NULL, -- SHA-256 of the cookie's token
    auteur     TEXT NOT NULL,
    ouverte_le INTEGER NOT NULL,
    expire_le  INTEGER NOT NULL,
    PRIMARY KEY (commune_id, jeton)
) STRICT;

CREATE TABLE foyer (
    commune_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (commune_id, id)
) STRICT;

CREATE TABLE personne (
    commune_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    PRIMARY KEY (commune_id, id)
) STRICT;

CREATE TABLE lien (
    commune_id  TEXT NOT NULL,
    foyer_id    TEXT NOT NULL,
    personne_id TEXT NOT NULL,
    genre       TEXT NOT NULL,
    depuis      INTEGER NOT NULL,
    jusqu_a     INTEGER,
    PRIMARY KEY (commune_id, foyer_id, personne_id, depuis),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, personne_id) REFERENCES personne (commune_id, id)
) STRICT;
CREATE UNIQUE INDEX lien_vivant ON lien (commune_id, foyer_id, personne_id) WHERE jusqu_a IS NULL;

CREATE TABLE fait (
    n           INTEGER PRIMARY KEY, -- order in which facts were learnt
    commune_id  TEXT NOT NULL,
    foyer_id    TEXT,
    personne_id TEXT,                -- of a tie: the adult
    enfant_id   TEXT,                -- of a tie: the child
    fait        TEXT NOT NULL,
    valeur      TEXT NOT NULL,
    valable_du  TEXT NOT NULL,
    valable_au  TEXT,
    connu_le    TEXT NOT NULL,
    source      TEXT NOT NULL,
    valide_par  TEXT,
    CHECK ((foyer_id IS NULL) <> (personne_id IS NULL)),
    CHECK (enfant_id IS NULL OR personne_id IS NOT NULL),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, personne_id) REFERENCES personne (commune_id, id),
    FOREIGN KEY (commune_id, enfant_id) REFERENCES personne (commune_id, id)
) STRICT;
CREATE INDEX fait_foyer ON fait (commune_id, foyer_id);
CREATE INDEX fait_personne ON fait (commune_id, personne_id);

CREATE TABLE dossier (
    commune_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    demarche   TEXT NOT NULL,
    digest     TEXT NOT NULL,
    numero     TEXT,
    foyer_id   TEXT,
    enfant_id  TEXT,
    etape      TEXT NOT NULL,
    phase      TEXT NOT NULL,
    entree_le  INTEGER NOT NULL,
    cle_vivante TEXT,
    version    INTEGER NOT NULL,
    etat       TEXT NOT NULL, -- the whole snapshot
    PRIMARY KEY (commune_id, id),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, enfant_id) REFERENCES personne (commune_id, id)
) STRICT;
CREATE UNIQUE INDEX dossier_vivant ON dossier (commune_id, cle_vivante) WHERE cle_vivante IS NOT NULL;
CREATE UNIQUE INDEX dossier_numero ON dossier (commune_id, numero) WHERE numero IS NOT NULL;
CREATE INDEX dossier_foyer ON dossier (commune_id, foyer_id);
CREATE INDEX dossier_phase ON dossier (commune_id, phase, entree_le);

CREATE TABLE journal (
    n          INTEGER PRIMARY KEY, -- no hole: entries are only appended, in order
    commune_id TEXT NOT NULL,
    agregat    TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    entree     TEXT NOT NULL,
    trace      TEXT NOT NULL,
    empreinte  BLOB NOT NULL, -- SHA-256 of the previous entry's, the entry and its trace
    UNIQUE (commune_id, agregat, seq)
) STRICT;
CREATE TRIGGER journal_ne_change_pas BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;
CREATE TRIGGER journal_ne_s_efface_pas BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;

CREATE TABLE outbox (
    commune_id   TEXT NOT NULL,
    agregat      TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    rang         INTEGER NOT NULL,
    sortie       TEXT NOT NULL,
    cree_le      INTEGER NOT NULL,
    du_le        INTEGER NOT NULL,
    prise_jusqu_a INTEGER,
    essais       INTEGER NOT NULL DEFAULT 0,
    fait_le      INTEGER,
    erreur       TEXT,
    PRIMARY KEY (commune_id, agregat, seq, rang)
) STRICT;
CREATE INDEX outbox_a_faire ON outbox (commune_id, du_le) WHERE fait_le IS NULL;

CREATE TABLE echeance (
    commune_id   TEXT NOT NULL,
    dossier_id   TEXT NOT NULL,
    appartient   TEXT NOT NULL,
    du_le        INTEGER NOT NULL,
    prise_jusqu_a INTEGER,
    PRIMARY KEY (commune_id, dossier_id, appartient),
    FOREIGN KEY (commune_id, dossier_id) REFERENCES dossier (commune_id, id)
) STRICT;
CREATE INDEX echeance_due ON echeance (commune_id, du_le);

CREATE TABLE courrier (
    commune_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    effet      TEXT NOT NULL, -- the effect that sent it: once
    foyer_id   TEXT,
    a          TEXT NOT NULL,
    objet      TEXT NOT NULL,
    corps      TEXT NOT NULL,
    le         INTEGER NOT NULL,
    PRIMARY KEY (commune_id, id),
    UNIQUE (commune_id, effet, a)
) STRICT;

CREATE TABLE inscription (
    commune_id     TEXT NOT NULL,
    id             TEXT NOT NULL,
    foyer_id       TEXT NOT NULL,
    enfant_id      TEXT, -- absent: the whole household
    service        TEXT NOT NULL,
    annee_scolaire TEXT NOT NULL DEFAULT '',
    du             TEXT NOT NULL,
    au             TEXT,
    dossier_id     TEXT NOT NULL,
    PRIMARY KEY (commune_id, id),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, enfant_id) REFERENCES personne (commune_id, id),
    FOREIGN KEY (commune_id, dossier_id) REFERENCES dossier (commune_id, id)
) STRICT;
CREATE UNIQUE INDEX inscription_vivante ON inscription (commune_id, foyer_id, COALESCE(enfant_id, ''), service, annee_scolaire) WHERE au IS NULL;

CREATE TABLE reservation (
    commune_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    foyer_id   TEXT NOT NULL,
    enfant_id  TEXT NOT NULL,
    prestation TEXT NOT NULL,
    jour       TEXT NOT NULL,
    vivante    INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    etat       TEXT NOT NULL,
    PRIMARY KEY (commune_id, id),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, enfant_id) REFERENCES personne (commune_id, id)
) STRICT;
CREATE UNIQUE INDEX reservation_vivante ON reservation (commune_id, enfant_id, prestation, jour) WHERE vivante = 1;
CREATE INDEX reservation_foyer ON reservation (commune_id, foyer_id, jour);

CREATE TABLE ligne (
    commune_id     TEXT NOT NULL,
    id             TEXT NOT NULL,
    foyer_id       TEXT NOT NULL,
    enfant_id      TEXT,
    reservation_id TEXT,
    prestation     TEXT NOT NULL,
    jour           TEXT NOT NULL,
    centimes       INTEGER NOT NULL,
    phrase         TEXT NOT NULL,
    trace          TEXT NOT NULL,
    digest         TEXT NOT NULL,
    PRIMARY KEY (commune_id, id),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, enfant_id) REFERENCES personne (commune_id, id),
    FOREIGN KEY (commune_id, reservation_id) REFERENCES reservation (commune_id, id)
) STRICT;
CREATE INDEX ligne_foyer ON ligne (commune_id, foyer_id, jour);

CREATE TABLE compteur (
    commune_id TEXT NOT NULL,
    cle        TEXT NOT NULL,
    dernier    INTEGER NOT NULL,
    PRIMARY KEY (commune_id, cle)
) STRICT;

CREATE TABLE place (
    commune_id TEXT NOT NULL,
    cle        TEXT NOT NULL,
    prises     INTEGER NOT NULL CHECK (prises >= 0),
    PRIMARY KEY (commune_id, cle)
) STRICT;

CREATE TABLE cle_idempotence (
    commune_id TEXT NOT NULL,
    cle        TEXT NOT NULL,
    corps      BLOB NOT NULL, -- SHA-256 of the request
    reponse    TEXT NOT NULL,
    le         INTEGER NOT NULL,
    PRIMARY KEY (commune_id, cle)
) STRICT;
