-- What is read by the one whom it is about, and was found by walking the town's.
CREATE INDEX lien_personne ON lien (commune_id, personne_id) WHERE jusqu_a IS NULL;
CREATE INDEX inscription_foyer ON inscription (commune_id, foyer_id);
CREATE INDEX inscription_enfant ON inscription (commune_id, enfant_id) WHERE enfant_id IS NOT NULL;
