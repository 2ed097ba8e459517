-- How many dossiers wait in each étape, kept with them: a list that counted them would read them all, each time it is opened.
CREATE TABLE compte_etape (
    commune_id texte NOT NULL,
    demarche   texte NOT NULL,
    etape      texte NOT NULL,
    nombre     BIGINT NOT NULL CHECK (nombre >= 0),
    PRIMARY KEY (commune_id, demarche, etape)
);
-- of every town: row security, which holds for the owner too, would show none
ALTER TABLE dossier NO FORCE ROW LEVEL SECURITY;
INSERT INTO compte_etape (commune_id, demarche, etape, nombre)
    SELECT commune_id, demarche, etape, COUNT(*) FROM dossier
    WHERE phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree')
    GROUP BY commune_id, demarche, etape;
ALTER TABLE dossier FORCE ROW LEVEL SECURITY;
-- one town's writer at a time; a count that row security hides, or that would fall below zero, is an error
CREATE FUNCTION compte_etape_de(de texte, la texte, l_etape texte, de_plus BIGINT) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE compte_etape SET nombre = nombre + de_plus WHERE commune_id = de AND demarche = la AND etape = l_etape;
    IF NOT FOUND THEN
        INSERT INTO compte_etape (commune_id, demarche, etape, nombre) VALUES (de, la, l_etape, de_plus);
    END IF;
END $$;
-- once a statement, whatever the number of its dossiers
CREATE FUNCTION compte_les_entrees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM compte_etape_de(commune_id, demarche, etape, COUNT(*)) FROM apres
        WHERE phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree')
        GROUP BY commune_id, demarche, etape;
    RETURN NULL;
END $$;
CREATE FUNCTION compte_les_passages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM compte_etape_de(commune_id, demarche, etape, SUM(n)::BIGINT) FROM
        (SELECT commune_id, demarche, etape, phase, 1 AS n FROM apres
            UNION ALL SELECT commune_id, demarche, etape, phase, -1 FROM avant) AS passages
        WHERE phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree')
        GROUP BY commune_id, demarche, etape HAVING SUM(n) <> 0;
    RETURN NULL;
END $$;
CREATE FUNCTION compte_les_sorties() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM compte_etape_de(commune_id, demarche, etape, -COUNT(*)) FROM avant
        WHERE phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree')
        GROUP BY commune_id, demarche, etape;
    RETURN NULL;
END $$;
CREATE TRIGGER dossier_entre AFTER INSERT ON dossier REFERENCING NEW TABLE AS apres
    FOR EACH STATEMENT EXECUTE FUNCTION compte_les_entrees();
CREATE TRIGGER dossier_avance AFTER UPDATE ON dossier REFERENCING OLD TABLE AS avant NEW TABLE AS apres
    FOR EACH STATEMENT EXECUTE FUNCTION compte_les_passages();
CREATE TRIGGER dossier_sort AFTER DELETE ON dossier REFERENCING OLD TABLE AS avant
    FOR EACH STATEMENT EXECUTE FUNCTION compte_les_sorties();
-- In the order of the lists, and by the next legal deadline.
DROP INDEX dossier_ouvert;
CREATE INDEX dossier_ouvert ON dossier (commune_id, demarche, etape, entree_le, id)
    WHERE phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree');
CREATE INDEX dossier_limite ON dossier (commune_id, demarche, etape, limite_le)
    WHERE limite_le IS NOT NULL AND phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree');
