-- Since when a document of the dossier waits to be looked at: the agents' queue reads it without opening a dossier.
ALTER TABLE dossier ADD COLUMN a_lire_le BIGINT;
-- of every town: row security, which holds for the owner too, would show none
ALTER TABLE dossier NO FORCE ROW LEVEL SECURITY;
UPDATE dossier SET a_lire_le = entree_le
    WHERE phase IN ('deposee', 'en_instruction', 'en_attente', 'acceptee', 'suspendue')
        AND EXISTS (SELECT 1 FROM json_each(CAST(etat AS json) -> 'pieces') AS p WHERE p.value ->> 'etat' = 'a_verifier');
ALTER TABLE dossier FORCE ROW LEVEL SECURITY;
CREATE INDEX dossier_a_lire ON dossier (commune_id, a_lire_le, id) WHERE a_lire_le IS NOT NULL;
