-- How many dossiers wait in each étape, kept with them: a list that counted them would read them all, each time it is opened.
CREATE TABLE compte_etape (
    commune_id texte NOT NULL,
    demarche   texte NOT NULL,
    etape      texte NOT NULL,
    nombre     BIGINT NOT NULL,
    PRIMARY KEY (commune_id, demarche, etape)
);
-- of every town: row security, which holds for the owner too, would show none
ALTER TABLE dossier NO FORCE ROW LEVEL SECURITY;
INSERT INTO compte_etape (commune_id, demarche, etape, nombre)
    SELECT commune_id, demarche, etape, COUNT(*) FROM dossier
    WHERE phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree')
    GROUP BY commune_id, demarche, etape;
ALTER TABLE dossier FORCE ROW LEVEL SECURITY;
CREATE FUNCTION compte_les_etapes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.etape = NEW.etape AND OLD.phase = NEW.phase AND OLD.demarche = NEW.demarche THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' AND OLD.phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree') THEN
        UPDATE compte_etape SET nombre = nombre - 1
            WHERE commune_id = OLD.commune_id AND demarche = OLD.demarche AND etape = OLD.etape;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree') THEN
        INSERT INTO compte_etape (commune_id, demarche, etape, nombre) VALUES (NEW.commune_id, NEW.demarche, NEW.etape, 1)
            ON CONFLICT (commune_id, demarche, etape) DO UPDATE SET nombre = compte_etape.nombre + 1;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER dossier_compte AFTER INSERT OR UPDATE OR DELETE ON dossier
    FOR EACH ROW EXECUTE FUNCTION compte_les_etapes();
-- In the order of the lists, and by the next legal deadline.
DROP INDEX dossier_ouvert;
CREATE INDEX dossier_ouvert ON dossier (commune_id, demarche, etape, entree_le, id)
    WHERE phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree');
CREATE INDEX dossier_limite ON dossier (commune_id, demarche, etape, limite_le)
    WHERE limite_le IS NOT NULL AND phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree');
