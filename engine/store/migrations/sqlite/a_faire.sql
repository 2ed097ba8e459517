-- The only table across towns: which town has work due, and when. No personal data; rebuilt from the towns' files.
CREATE TABLE IF NOT EXISTS a_faire (
    commune TEXT NOT NULL,
    genre   TEXT NOT NULL,
    du_le   INTEGER NOT NULL,
    PRIMARY KEY (commune, genre)
) STRICT;
