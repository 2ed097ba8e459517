-- What the agents' work lists read without opening a dossier: who has it in charge, and when silence becomes an answer.
ALTER TABLE dossier ADD COLUMN agent_id texte;
ALTER TABLE dossier ADD COLUMN limite_le BIGINT;
-- Names as an agent types them: no accents, no capitals.
ALTER TABLE fait ADD COLUMN recherche texte;
CREATE INDEX fait_recherche ON fait (commune_id, recherche) WHERE recherche IS NOT NULL;
CREATE INDEX dossier_ouvert ON dossier (commune_id, demarche, etape, phase, entree_le, id)
    WHERE phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree');
CREATE INDEX dossier_fini ON dossier (commune_id, demarche, entree_le, id)
    WHERE phase IN ('acceptee', 'refusee', 'annulee', 'expiree');
