-- An account taken over from another program: 1 until its holder has looked at what was taken over of the family.
ALTER TABLE compte ADD COLUMN a_verifier BIGINT NOT NULL DEFAULT 0 CHECK (a_verifier IN (0, 1));
