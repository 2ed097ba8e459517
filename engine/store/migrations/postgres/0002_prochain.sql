-- The last entry of the chain, and the next work due, are each one seek: nothing that grows is read on every write.
CREATE INDEX outbox_libre ON outbox (commune_id, du_le) WHERE fait_le IS NULL AND prise_jusqu_a IS NULL;
CREATE INDEX outbox_tenue ON outbox (commune_id, prise_jusqu_a, du_le) WHERE fait_le IS NULL AND prise_jusqu_a IS NOT NULL;
CREATE INDEX echeance_libre ON echeance (commune_id, du_le) WHERE prise_jusqu_a IS NULL;
CREATE INDEX echeance_tenue ON echeance (commune_id, prise_jusqu_a, du_le) WHERE prise_jusqu_a IS NOT NULL;
