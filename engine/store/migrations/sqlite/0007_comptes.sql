-- How many dossiers wait in each étape, kept with them: a list that counted them would read them all, each time it is opened.
CREATE TABLE compte_etape (
    commune_id TEXT NOT NULL,
    demarche   TEXT NOT NULL,
    etape      TEXT NOT NULL,
    nombre     INTEGER NOT NULL CHECK (nombre >= 0),
    PRIMARY KEY (commune_id, demarche, etape)
) STRICT;
INSERT INTO compte_etape (commune_id, demarche, etape, nombre)
    SELECT commune_id, demarche, etape, COUNT(*) FROM dossier
    WHERE phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree')
    GROUP BY commune_id, demarche, etape;
CREATE TRIGGER dossier_entre AFTER INSERT ON dossier
WHEN NEW.phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree')
BEGIN
    INSERT INTO compte_etape (commune_id, demarche, etape, nombre) VALUES (NEW.commune_id, NEW.demarche, NEW.etape, 1)
        ON CONFLICT (commune_id, demarche, etape) DO UPDATE SET nombre = nombre + 1;
END;
CREATE TRIGGER dossier_avance AFTER UPDATE OF demarche, etape, phase ON dossier
WHEN OLD.etape <> NEW.etape OR OLD.phase <> NEW.phase OR OLD.demarche <> NEW.demarche
BEGIN
    UPDATE compte_etape SET nombre = nombre - 1
        WHERE commune_id = OLD.commune_id AND demarche = OLD.demarche AND etape = OLD.etape
            AND OLD.phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree');
    INSERT INTO compte_etape (commune_id, demarche, etape, nombre) SELECT NEW.commune_id, NEW.demarche, NEW.etape, 1
        WHERE NEW.phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree')
        ON CONFLICT (commune_id, demarche, etape) DO UPDATE SET nombre = nombre + 1;
END;
CREATE TRIGGER dossier_sort AFTER DELETE ON dossier
WHEN OLD.phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree')
BEGIN
    UPDATE compte_etape SET nombre = nombre - 1
        WHERE commune_id = OLD.commune_id AND demarche = OLD.demarche AND etape = OLD.etape;
END;
-- In the order of the lists, and by the next legal deadline.
DROP INDEX dossier_ouvert;
CREATE INDEX dossier_ouvert ON dossier (commune_id, demarche, etape, entree_le, id)
    WHERE phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree');
CREATE INDEX dossier_limite ON dossier (commune_id, demarche, etape, limite_le)
    WHERE limite_le IS NOT NULL AND phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree');
