-- Two sheets of a household that may be one person: what a merge recognised, what it asks an agent, what the agent said.
CREATE TABLE rapprochement (
    commune_id  texte NOT NULL,
    foyer_id    texte NOT NULL,
    declaree_id texte NOT NULL, -- the sheet that the family declared
    connue_id   texte NOT NULL, -- the one that the town knew
    etat        texte NOT NULL CHECK (etat IN ('en_attente', 'meme', 'autre')),
    pose_le     BIGINT NOT NULL,
    decide_le   BIGINT,
    PRIMARY KEY (commune_id, foyer_id, declaree_id, connue_id),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, declaree_id) REFERENCES personne (commune_id, id),
    FOREIGN KEY (commune_id, connue_id) REFERENCES personne (commune_id, id)
);
CREATE INDEX rapprochement_attente ON rapprochement (commune_id, pose_le, foyer_id, declaree_id) WHERE etat = 'en_attente';
-- Letters follow their household.
CREATE INDEX courrier_foyer ON courrier (commune_id, foyer_id) WHERE foyer_id IS NOT NULL;
