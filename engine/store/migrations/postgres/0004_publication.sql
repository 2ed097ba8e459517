-- What ran, since when, published by whom: append-only. The sources are in `definition`, by the digest of the town.
CREATE TABLE publication (
    commune_id texte NOT NULL,
    n          BIGINT NOT NULL,
    digest     texte NOT NULL,
    depuis     BIGINT NOT NULL,
    publiee_le BIGINT NOT NULL,
    auteur     texte NOT NULL,
    resume     texte NOT NULL,
    PRIMARY KEY (commune_id, n),
    FOREIGN KEY (commune_id, digest) REFERENCES definition (commune_id, digest)
);
CREATE TRIGGER publication_ne_change_pas BEFORE UPDATE OR DELETE ON publication
    FOR EACH ROW EXECUTE FUNCTION ajoute_seulement();
CREATE TRIGGER publication_ne_se_vide_pas BEFORE TRUNCATE ON publication
    FOR EACH STATEMENT EXECUTE FUNCTION ajoute_seulement();

-- Which source a démarche's own digest, that dossiers are pinned to, is compiled from.
CREATE TABLE demarche_definie (
    commune_id texte NOT NULL,
    digest     texte NOT NULL,
    demarche   texte NOT NULL,
    definition texte NOT NULL,
    PRIMARY KEY (commune_id, digest),
    FOREIGN KEY (commune_id, definition) REFERENCES definition (commune_id, digest)
);

-- An effect that failed too often waits for somebody: it is not due any more.
ALTER TABLE outbox ADD COLUMN mort_le BIGINT;
DROP INDEX outbox_a_faire;
DROP INDEX outbox_libre;
DROP INDEX outbox_tenue;
CREATE INDEX outbox_a_faire ON outbox (commune_id, du_le) WHERE fait_le IS NULL AND mort_le IS NULL;
CREATE INDEX outbox_libre ON outbox (commune_id, du_le) WHERE fait_le IS NULL AND mort_le IS NULL AND prise_jusqu_a IS NULL;
CREATE INDEX outbox_tenue ON outbox (commune_id, prise_jusqu_a, du_le) WHERE fait_le IS NULL AND mort_le IS NULL AND prise_jusqu_a IS NOT NULL;
CREATE INDEX outbox_mort ON outbox (commune_id, mort_le) WHERE mort_le IS NOT NULL;

-- How many dossiers of each définition stand in each étape.
CREATE INDEX dossier_etape ON dossier (commune_id, demarche, etape, digest, phase);
