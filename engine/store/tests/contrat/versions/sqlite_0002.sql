-- A town's file as the version of migration 2 left it: a family, a dossier filed and accepted, a day booked. Made by that version's
-- statements from invented people; never edited.
BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO "_sqlx_migrations" VALUES(1,'socle','2026-11-22 05:53:44',1,X'B7379EB436FBB0038E875874B780FFC768E7D7118D398BCB3571634A31663F5E3FCBFA92142752AFBB7290237DE235BD',19837472);
INSERT INTO "_sqlx_migrations" VALUES(2,'prochain','2026-11-22 05:53:44',1,X'67B8A27346FB358A2C59BFBF03074FB436492B0F3B64C28A9BC4B7C70A27B9DF86E9BA4D96A18C69659386F3CBFC10B6',9611478);
CREATE TABLE cle_idempotence (
    commune_id TEXT NOT NULL,
    cle        TEXT NOT NULL,
    corps      BLOB NOT NULL, -- SHA-256 of the request
    reponse    TEXT NOT NULL,
    le         INTEGER NOT NULL,
    PRIMARY KEY (commune_id, cle)
) STRICT;
INSERT INTO "cle_idempotence" VALUES('ancienne','69t6akrym14vvkvf4j8kj8a5ms:api:1795326825157793853',X'417DCA3B1E38DEA472DF41712197C4B8C065174143E15018DC314D4B03631831','5wecnbesp5a035bttz6gfhawns',1756713600187716);
INSERT INTO "cle_idempotence" VALUES('ancienne','69t6akrym14vvkvf4j8kj8a5ms:api:dossier_sante5wecnbesp5a035bttz6gfhawns',X'ACF3D597C03DF3F1637CCB1CAEFA651A82CBC85FF539C0A93C3BDE443A4C7919','5wecnbesp5a035bttz6gfhawns',1756713600307831);
INSERT INTO "cle_idempotence" VALUES('ancienne','69t6akrym14vvkvf4j8kj8a5ms:api:procedures_obligatoires5wecnbesp5a035bttz6gfhawns',X'AA0E9E4180B0C140A06E36881E20348A2B2212999CE2BC282E573673BE4128BE','5wecnbesp5a035bttz6gfhawns',1756713600407769);
INSERT INTO "cle_idempotence" VALUES('ancienne','69t6akrym14vvkvf4j8kj8a5ms:api:attestation_caf5wecnbesp5a035bttz6gfhawns',X'F4B5C086B454885C66EF7DF4243FAFF1246595611E93353517D70F4CE9EC5F96','5wecnbesp5a035bttz6gfhawns',1756713600509796);
INSERT INTO "cle_idempotence" VALUES('ancienne','69t6akrym14vvkvf4j8kj8a5ms:api:1795326825572167266',X'8ADEFC7DA146E8AE2536300115C221A6D20973BE30F0ED7B37DF2A98EF041919','5wecnbesp5a035bttz6gfhawns',1756713600583531);
INSERT INTO "cle_idempotence" VALUES('ancienne','4mpjfbsanr6txzzame9cvrtyqc:api:1795326825636383605',X'03A26595F1BFAE4157359EED4DC95413ADF27634E52A90E87160CBB0D2185E25','5wecnbesp5a035bttz6gfhawns',1756713600664310);
INSERT INTO "cle_idempotence" VALUES('ancienne','69t6akrym14vvkvf4j8kj8a5ms:api:1795326825768246619',X'4B885D2D8DC8D998E567A2FDDAABCF13653B4EFE77BD2639D45D45815C3E2D49','33b5944qeesw47wa8aqk6pw7pq',1756958340037065);
CREATE TABLE compteur (
    commune_id TEXT NOT NULL,
    cle        TEXT NOT NULL,
    dernier    INTEGER NOT NULL,
    PRIMARY KEY (commune_id, cle)
) STRICT;
INSERT INTO "compteur" VALUES('ancienne','dossier-2025',1);
CREATE TABLE courrier (
    commune_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    effet      TEXT NOT NULL, -- the effect that sent it: once
    foyer_id   TEXT,
    a          TEXT NOT NULL,
    objet      TEXT NOT NULL,
    corps      TEXT NOT NULL,
    le         INTEGER NOT NULL,
    PRIMARY KEY (commune_id, id),
    UNIQUE (commune_id, effet, a)
) STRICT;
CREATE TABLE definition (
    commune_id TEXT NOT NULL,
    digest     TEXT NOT NULL,
    source     TEXT NOT NULL,
    vue_le     INTEGER NOT NULL,
    PRIMARY KEY (commune_id, digest)
) STRICT;
CREATE TABLE dossier (
    commune_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    demarche   TEXT NOT NULL,
    digest     TEXT NOT NULL,
    numero     TEXT,
    foyer_id   TEXT,
    enfant_id  TEXT,
    etape      TEXT NOT NULL,
    phase      TEXT NOT NULL,
    entree_le  INTEGER NOT NULL,
    cle_vivante TEXT,
    version    INTEGER NOT NULL,
    etat       TEXT NOT NULL, -- the whole snapshot
    PRIMARY KEY (commune_id, id),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, enfant_id) REFERENCES personne (commune_id, id)
) STRICT;
INSERT INTO "dossier" VALUES('ancienne','5wecnbesp5a035bttz6gfhawns','inscription','a19313029a34a98d33fdee5ad4bfe258ed6fb79bdc8bf66db81c6166b1dbf9d9','2025-00001','3yp8t7sq52pve8tnwgf32trz72','3hhkmw5ctzdhaax0r9f5r597hv','validee','acceptee',1756713600664310,'25eba48b3d0430df8ae756846040926c51f854be87ba5164df683c8daa646054',6,'{"id":"5wecnbesp5a035bttz6gfhawns","demarche":"inscription","digest":"a19313029a34a98d33fdee5ad4bfe258ed6fb79bdc8bf66db81c6166b1dbf9d9","numero":"2025-00001","foyer":"3yp8t7sq52pve8tnwgf32trz72","demandeur":"69t6akrym14vvkvf4j8kj8a5ms","enfant":"3hhkmw5ctzdhaax0r9f5r597hv","annee_scolaire":"2025-2026","etape":"validee","phase":"acceptee","entree":3,"entree_le":"2025-09-01T08:00:00.664310807Z","depots":1,"depose_le":"2025-09-01T08:00:00.583531017Z","dernier_depot_le":"2025-09-01T08:00:00.583531017Z","cree_le":"2025-09-01T08:00:00.18771603Z","reponses":{"classe":{"valeur":{"choix":"cp"}},"ecole":{"valeur":{"choix":"jean_zay"}},"regime":{"valeur":{"choix":"standard"}},"services":{"valeur":{"ensemble":["restauration"]}}},"pieces":{"attestation_caf":{"fichiers":["5jdyawq2a360f1nsybxdc06eyk"],"recue_le":"2025-09-01T08:00:00.509796099Z","etat":"a_verifier"},"dossier_sante":{"fichiers":["5jdyawq2a360f1nsybxdc06eyk"],"recue_le":"2025-09-01T08:00:00.307831748Z","etat":"a_verifier"},"procedures_obligatoires":{"fichiers":["5jdyawq2a360f1nsybxdc06eyk"],"recue_le":"2025-09-01T08:00:00.407769477Z","etat":"a_verifier"}},"cle":"25eba48b3d0430df8ae756846040926c51f854be87ba5164df683c8daa646054","rejet_implicite_le":null,"motif":null,"affecte_a":null,"version":6}');
CREATE TABLE echeance (
    commune_id   TEXT NOT NULL,
    dossier_id   TEXT NOT NULL,
    appartient   TEXT NOT NULL,
    du_le        INTEGER NOT NULL,
    prise_jusqu_a INTEGER,
    PRIMARY KEY (commune_id, dossier_id, appartient),
    FOREIGN KEY (commune_id, dossier_id) REFERENCES dossier (commune_id, id)
) STRICT;
INSERT INTO "echeance" VALUES('ancienne','5wecnbesp5a035bttz6gfhawns','{"etape":{"entree":1,"rang":0}}',1761951600000000,NULL);
INSERT INTO "echeance" VALUES('ancienne','5wecnbesp5a035bttz6gfhawns','{"silence":{"depot":1}}',1762038000000000,NULL);
CREATE TABLE fait (
    n           INTEGER PRIMARY KEY, -- order in which facts were learnt
    commune_id  TEXT NOT NULL,
    foyer_id    TEXT,
    personne_id TEXT,                -- of a tie: the adult
    enfant_id   TEXT,                -- of a tie: the child
    fait        TEXT NOT NULL,
    valeur      TEXT NOT NULL,
    valable_du  TEXT NOT NULL,
    valable_au  TEXT,
    connu_le    TEXT NOT NULL,
    source      TEXT NOT NULL,
    valide_par  TEXT,
    CHECK ((foyer_id IS NULL) <> (personne_id IS NULL)),
    CHECK (enfant_id IS NULL OR personne_id IS NOT NULL),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, personne_id) REFERENCES personne (commune_id, id),
    FOREIGN KEY (commune_id, enfant_id) REFERENCES personne (commune_id, id)
) STRICT;
INSERT INTO "fait" VALUES(1,'ancienne',NULL,'69t6akrym14vvkvf4j8kj8a5ms',NULL,'nom','{"texte":"Durand"}','2020-01-01',NULL,'2020-01-01T00:00:00Z','{"import":"démonstration"}',NULL);
INSERT INTO "fait" VALUES(2,'ancienne',NULL,'69t6akrym14vvkvf4j8kj8a5ms',NULL,'prenom','{"texte":"Camille"}','2020-01-01',NULL,'2020-01-01T00:00:00Z','{"import":"démonstration"}',NULL);
INSERT INTO "fait" VALUES(3,'ancienne',NULL,'69t6akrym14vvkvf4j8kj8a5ms',NULL,'courriel','{"texte":"durand@exemple.fr"}','2020-01-01',NULL,'2020-01-01T00:00:00Z','{"import":"démonstration"}',NULL);
INSERT INTO "fait" VALUES(4,'ancienne',NULL,'3hhkmw5ctzdhaax0r9f5r597hv',NULL,'nom','{"texte":"Durand"}','2020-01-01',NULL,'2020-01-01T00:00:00Z','{"import":"démonstration"}',NULL);
INSERT INTO "fait" VALUES(5,'ancienne',NULL,'3hhkmw5ctzdhaax0r9f5r597hv',NULL,'prenom','{"texte":"Léa"}','2020-01-01',NULL,'2020-01-01T00:00:00Z','{"import":"démonstration"}',NULL);
INSERT INTO "fait" VALUES(6,'ancienne',NULL,'3hhkmw5ctzdhaax0r9f5r597hv',NULL,'naissance','{"date":"2018-05-14"}','2020-01-01',NULL,'2020-01-01T00:00:00Z','{"import":"démonstration"}',NULL);
INSERT INTO "fait" VALUES(7,'ancienne',NULL,'2a8xmy1db2xrf3ep52w6cx3md6',NULL,'nom','{"texte":"Durand"}','2020-01-01',NULL,'2020-01-01T00:00:00Z','{"import":"démonstration"}',NULL);
INSERT INTO "fait" VALUES(8,'ancienne',NULL,'2a8xmy1db2xrf3ep52w6cx3md6',NULL,'prenom','{"texte":"Tom"}','2020-01-01',NULL,'2020-01-01T00:00:00Z','{"import":"démonstration"}',NULL);
INSERT INTO "fait" VALUES(9,'ancienne',NULL,'2a8xmy1db2xrf3ep52w6cx3md6',NULL,'naissance','{"date":"2020-11-02"}','2020-01-01',NULL,'2020-01-01T00:00:00Z','{"import":"démonstration"}',NULL);
INSERT INTO "fait" VALUES(10,'ancienne','3yp8t7sq52pve8tnwgf32trz72',NULL,NULL,'residence','{"choix":"hamois"}','2020-01-01',NULL,'2020-01-01T00:00:00Z','{"import":"démonstration"}',NULL);
INSERT INTO "fait" VALUES(16,'ancienne','3yp8t7sq52pve8tnwgf32trz72',NULL,NULL,'quotient','{"nombre":"640"}','2025-01-01',NULL,'2020-01-01T00:00:00Z','{"import":"démonstration"}',NULL);
INSERT INTO "fait" VALUES(27,'ancienne',NULL,'6q34azq5qv40hqe6nhrc2dcbmt',NULL,'nom','{"texte":"Martin"}','2020-01-01',NULL,'2020-01-01T00:00:00Z','{"import":"démonstration"}',NULL);
INSERT INTO "fait" VALUES(28,'ancienne',NULL,'6q34azq5qv40hqe6nhrc2dcbmt',NULL,'prenom','{"texte":"Dominique"}','2020-01-01',NULL,'2020-01-01T00:00:00Z','{"import":"démonstration"}',NULL);
INSERT INTO "fait" VALUES(29,'ancienne',NULL,'6q34azq5qv40hqe6nhrc2dcbmt',NULL,'courriel','{"texte":"martin@exemple.fr"}','2020-01-01',NULL,'2020-01-01T00:00:00Z','{"import":"démonstration"}',NULL);
INSERT INTO "fait" VALUES(30,'ancienne',NULL,'5622dx33cnfq8sdcvt6njf26hn',NULL,'nom','{"texte":"Martin"}','2020-01-01',NULL,'2020-01-01T00:00:00Z','{"import":"démonstration"}',NULL);
INSERT INTO "fait" VALUES(31,'ancienne',NULL,'5622dx33cnfq8sdcvt6njf26hn',NULL,'prenom','{"texte":"Zoé"}','2020-01-01',NULL,'2020-01-01T00:00:00Z','{"import":"démonstration"}',NULL);
INSERT INTO "fait" VALUES(32,'ancienne',NULL,'5622dx33cnfq8sdcvt6njf26hn',NULL,'naissance','{"date":"2017-02-23"}','2020-01-01',NULL,'2020-01-01T00:00:00Z','{"import":"démonstration"}',NULL);
INSERT INTO "fait" VALUES(33,'ancienne','4m3xr5xxy06491693n4dm6841n',NULL,NULL,'residence','{"choix":"exterieur"}','2020-01-01',NULL,'2020-01-01T00:00:00Z','{"import":"démonstration"}',NULL);
INSERT INTO "fait" VALUES(34,'ancienne',NULL,'3hhkmw5ctzdhaax0r9f5r597hv',NULL,'ecole','{"choix":"jean_zay"}','2025-09-01','2026-08-31','2025-09-01T08:00:00.664310807Z','{"dossier":"5wecnbesp5a035bttz6gfhawns"}','4mpjfbsanr6txzzame9cvrtyqc');
INSERT INTO "fait" VALUES(35,'ancienne',NULL,'3hhkmw5ctzdhaax0r9f5r597hv',NULL,'classe','{"choix":"cp"}','2025-09-01','2026-08-31','2025-09-01T08:00:00.664310807Z','{"dossier":"5wecnbesp5a035bttz6gfhawns"}','4mpjfbsanr6txzzame9cvrtyqc');
INSERT INTO "fait" VALUES(36,'ancienne',NULL,'3hhkmw5ctzdhaax0r9f5r597hv',NULL,'regime_alimentaire','{"choix":"standard"}','2025-09-01','2026-08-31','2025-09-01T08:00:00.664310807Z','{"dossier":"5wecnbesp5a035bttz6gfhawns"}','4mpjfbsanr6txzzame9cvrtyqc');
CREATE TABLE foyer (
    commune_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (commune_id, id)
) STRICT;
INSERT INTO "foyer" VALUES('ancienne','3yp8t7sq52pve8tnwgf32trz72',34);
INSERT INTO "foyer" VALUES('ancienne','4m3xr5xxy06491693n4dm6841n',10);
CREATE TABLE inscription (
    commune_id     TEXT NOT NULL,
    id             TEXT NOT NULL,
    foyer_id       TEXT NOT NULL,
    enfant_id      TEXT, -- absent: the whole household
    service        TEXT NOT NULL,
    annee_scolaire TEXT NOT NULL DEFAULT '',
    du             TEXT NOT NULL,
    au             TEXT,
    dossier_id     TEXT NOT NULL,
    PRIMARY KEY (commune_id, id),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, enfant_id) REFERENCES personne (commune_id, id),
    FOREIGN KEY (commune_id, dossier_id) REFERENCES dossier (commune_id, id)
) STRICT;
INSERT INTO "inscription" VALUES('ancienne','5x3tg9ekeg9xymf774pptwa79z','3yp8t7sq52pve8tnwgf32trz72','3hhkmw5ctzdhaax0r9f5r597hv','restauration','2025-2026','2025-09-01',NULL,'5wecnbesp5a035bttz6gfhawns');
CREATE TABLE journal (
    n          INTEGER PRIMARY KEY, -- no hole: entries are only appended, in order
    commune_id TEXT NOT NULL,
    agregat    TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    entree     TEXT NOT NULL,
    trace      TEXT NOT NULL,
    empreinte  BLOB NOT NULL, -- SHA-256 of the previous entry's, the entry and its trace
    UNIQUE (commune_id, agregat, seq)
) STRICT;
INSERT INTO "journal" VALUES(1,'ancienne','foyer:3yp8t7sq52pve8tnwgf32trz72',1,'{"agregat":{"foyer":"3yp8t7sq52pve8tnwgf32trz72"},"seq":1,"le":"2020-01-01T00:00:00Z","auteur":"systeme","evenement":"demonstration","detail":null,"changements":[]}','[]',X'9B286A913F86C93C84CA38FB220F456F3E92497CF4C7DDBF4AFB6809007DF6F8');
INSERT INTO "journal" VALUES(2,'ancienne','foyer:4m3xr5xxy06491693n4dm6841n',1,'{"agregat":{"foyer":"4m3xr5xxy06491693n4dm6841n"},"seq":1,"le":"2020-01-01T00:00:00Z","auteur":"systeme","evenement":"demonstration","detail":null,"changements":[]}','[]',X'F7ED220CC764C6529DF47A90C52A4A80ECA05D81CE797768D50630B79954C0BA');
INSERT INTO "journal" VALUES(3,'ancienne','dossier:5wecnbesp5a035bttz6gfhawns',1,'{"agregat":{"dossier":"5wecnbesp5a035bttz6gfhawns"},"seq":1,"le":"2025-09-01T08:00:00.18771603Z","auteur":{"parent":{"personne":"69t6akrym14vvkvf4j8kj8a5ms","foyer":"3yp8t7sq52pve8tnwgf32trz72"}},"evenement":"demarrer","detail":null,"changements":[{"cree":{"id":"5wecnbesp5a035bttz6gfhawns","demarche":"inscription","digest":"a19313029a34a98d33fdee5ad4bfe258ed6fb79bdc8bf66db81c6166b1dbf9d9","numero":null,"foyer":"3yp8t7sq52pve8tnwgf32trz72","demandeur":"69t6akrym14vvkvf4j8kj8a5ms","enfant":"3hhkmw5ctzdhaax0r9f5r597hv","annee_scolaire":"2025-2026","etape":"brouillon","phase":"brouillon","entree":0,"entree_le":"2025-09-01T08:00:00.18771603Z","depots":0,"depose_le":null,"dernier_depot_le":null,"cree_le":"2025-09-01T08:00:00.18771603Z","reponses":{},"pieces":{},"cle":null,"rejet_implicite_le":null,"motif":null,"affecte_a":null,"version":0}},{"repondu":{"classe":{"valeur":{"choix":"cp"}},"ecole":{"valeur":{"choix":"jean_zay"}},"regime":{"valeur":{"choix":"standard"}},"services":{"valeur":{"ensemble":["restauration"]}}}},{"unique":"25eba48b3d0430df8ae756846040926c51f854be87ba5164df683c8daa646054"},{"entre":{"etape":"brouillon","phase":"brouillon","le":"2025-09-01T08:00:00.18771603Z"}}]}','[{"regle":"demarche.inscription.ouverture","lieu":159,"resultat":"ouverte"},{"regle":"etape.brouillon","lieu":160,"resultat":"brouillon"}]',X'BC3376CA63E3E7E966458C499C9EDA66D4020F059A9AD1EBD13DBB8D07FE9A60');
INSERT INTO "journal" VALUES(4,'ancienne','dossier:5wecnbesp5a035bttz6gfhawns',2,'{"agregat":{"dossier":"5wecnbesp5a035bttz6gfhawns"},"seq":2,"le":"2025-09-01T08:00:00.307831748Z","auteur":{"parent":{"personne":"69t6akrym14vvkvf4j8kj8a5ms","foyer":"3yp8t7sq52pve8tnwgf32trz72"}},"evenement":"deposer_piece","detail":"dossier_sante","changements":[{"piece_recue":{"piece":"dossier_sante","recue":{"fichiers":["5jdyawq2a360f1nsybxdc06eyk"],"recue_le":"2025-09-01T08:00:00.307831748Z","etat":"a_verifier"}}}]}','[]',X'F5B853F3E83BF3FF6AB05FA54848341370AF04F9E7E0D108E383F87DEB36B5B8');
INSERT INTO "journal" VALUES(5,'ancienne','dossier:5wecnbesp5a035bttz6gfhawns',3,'{"agregat":{"dossier":"5wecnbesp5a035bttz6gfhawns"},"seq":3,"le":"2025-09-01T08:00:00.407769477Z","auteur":{"parent":{"personne":"69t6akrym14vvkvf4j8kj8a5ms","foyer":"3yp8t7sq52pve8tnwgf32trz72"}},"evenement":"deposer_piece","detail":"procedures_obligatoires","changements":[{"piece_recue":{"piece":"procedures_obligatoires","recue":{"fichiers":["5jdyawq2a360f1nsybxdc06eyk"],"recue_le":"2025-09-01T08:00:00.407769477Z","etat":"a_verifier"}}}]}','[]',X'53B39DFE5E3161863A479857FAAD4E014C3C404AA8819A28FA96A9EC560A6539');
INSERT INTO "journal" VALUES(6,'ancienne','dossier:5wecnbesp5a035bttz6gfhawns',4,'{"agregat":{"dossier":"5wecnbesp5a035bttz6gfhawns"},"seq":4,"le":"2025-09-01T08:00:00.509796099Z","auteur":{"parent":{"personne":"69t6akrym14vvkvf4j8kj8a5ms","foyer":"3yp8t7sq52pve8tnwgf32trz72"}},"evenement":"deposer_piece","detail":"attestation_caf","changements":[{"piece_recue":{"piece":"attestation_caf","recue":{"fichiers":["5jdyawq2a360f1nsybxdc06eyk"],"recue_le":"2025-09-01T08:00:00.509796099Z","etat":"a_verifier"}}}]}','[]',X'93A68D5498B1377111ACF62EB4FD9A1F6391B5950C6AE96C942316CE4FB1CA3A');
INSERT INTO "journal" VALUES(7,'ancienne','dossier:5wecnbesp5a035bttz6gfhawns',5,'{"agregat":{"dossier":"5wecnbesp5a035bttz6gfhawns"},"seq":5,"le":"2025-09-01T08:00:00.583531017Z","auteur":{"parent":{"personne":"69t6akrym14vvkvf4j8kj8a5ms","foyer":"3yp8t7sq52pve8tnwgf32trz72"}},"evenement":"agir","detail":"deposer","changements":[{"depose":"2025-09-01T08:00:00.583531017Z"},{"entre":{"etape":"deposee","phase":"deposee","le":"2025-09-01T08:00:00.583531017Z"}},{"numerote":"2025-00001"}]}','[{"regle":"demarche.inscription.ouverture","lieu":159,"resultat":"ouverte"},{"regle":"etape.brouillon.action.deposer","lieu":162,"resultat":"Envoyer ma demande"},{"regle":"effet.message","lieu":161,"resultat":"fait"},{"regle":"etape.deposee","lieu":164,"resultat":"demande déposée"}]',X'A687238DD047A28B0937131A5D71C4E8A94D86647C958C3A9709745865133807');
INSERT INTO "journal" VALUES(8,'ancienne','dossier:5wecnbesp5a035bttz6gfhawns',6,'{"agregat":{"dossier":"5wecnbesp5a035bttz6gfhawns"},"seq":6,"le":"2025-09-01T08:00:00.664310807Z","auteur":{"agent":{"agent":"4mpjfbsanr6txzzame9cvrtyqc","roles":["affaires_scolaires"]}},"evenement":"agir","detail":"valider","changements":[{"entre":{"etape":"validee","phase":"acceptee","le":"2025-09-01T08:00:00.664310807Z"}}]}','[{"regle":"etape.deposee.action.valider","lieu":165,"resultat":"Valider"},{"regle":"etape.validee","lieu":178,"resultat":"demande acceptée"},{"regle":"effet.enregistrer_faits","lieu":179,"resultat":"fait"},{"regle":"effet.ouvrir_services","lieu":180,"resultat":"fait"},{"regle":"effet.message","lieu":181,"resultat":"fait"}]',X'26D08322324204AAF73108CEF5AA831C667155E62B85B44C3823E89CACCA99CE');
INSERT INTO "journal" VALUES(9,'ancienne','reservation:33b5944qeesw47wa8aqk6pw7pq',1,'{"agregat":{"reservation":"33b5944qeesw47wa8aqk6pw7pq"},"seq":1,"le":"2025-09-04T03:59:00.037065916Z","auteur":{"parent":{"personne":"69t6akrym14vvkvf4j8kj8a5ms","foyer":"3yp8t7sq52pve8tnwgf32trz72"}},"evenement":"reserver","detail":"repas","changements":[]}','[{"regle":"reservation.delai","lieu":null,"resultat":"a_temps"},{"regle":"prix.repas","lieu":31,"resultat":"Repas du jeudi 4 septembre 2025 : 3,50 €. Quotient 640 (repris de démonstration, valable jusqu’au 31 décembre 2025) : tranche « jusqu''à 900 », tarif Hamois. Règle votée : Lettre aux familles, rentrée 2025, « Nouveaux tarifs » (lignes 102-108)."}]',X'8A1DFC26DA4C16004B7374118C42B86EF4EB05170E9AD5A9AEEE260B6C02F9C8');
CREATE TABLE lien (
    commune_id  TEXT NOT NULL,
    foyer_id    TEXT NOT NULL,
    personne_id TEXT NOT NULL,
    genre       TEXT NOT NULL,
    depuis      INTEGER NOT NULL,
    jusqu_a     INTEGER,
    PRIMARY KEY (commune_id, foyer_id, personne_id, depuis),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, personne_id) REFERENCES personne (commune_id, id)
) STRICT;
INSERT INTO "lien" VALUES('ancienne','3yp8t7sq52pve8tnwgf32trz72','69t6akrym14vvkvf4j8kj8a5ms','responsable',1577836800000000,NULL);
INSERT INTO "lien" VALUES('ancienne','3yp8t7sq52pve8tnwgf32trz72','3hhkmw5ctzdhaax0r9f5r597hv','enfant',1577836800000000,NULL);
INSERT INTO "lien" VALUES('ancienne','3yp8t7sq52pve8tnwgf32trz72','2a8xmy1db2xrf3ep52w6cx3md6','enfant',1577836800000000,NULL);
INSERT INTO "lien" VALUES('ancienne','4m3xr5xxy06491693n4dm6841n','6q34azq5qv40hqe6nhrc2dcbmt','responsable',1577836800000000,NULL);
INSERT INTO "lien" VALUES('ancienne','4m3xr5xxy06491693n4dm6841n','5622dx33cnfq8sdcvt6njf26hn','enfant',1577836800000000,NULL);
CREATE TABLE ligne (
    commune_id     TEXT NOT NULL,
    id             TEXT NOT NULL,
    foyer_id       TEXT NOT NULL,
    enfant_id      TEXT,
    reservation_id TEXT,
    prestation     TEXT NOT NULL,
    jour           TEXT NOT NULL,
    centimes       INTEGER NOT NULL,
    phrase         TEXT NOT NULL,
    trace          TEXT NOT NULL,
    digest         TEXT NOT NULL,
    PRIMARY KEY (commune_id, id),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, enfant_id) REFERENCES personne (commune_id, id),
    FOREIGN KEY (commune_id, reservation_id) REFERENCES reservation (commune_id, id)
) STRICT;
INSERT INTO "ligne" VALUES('ancienne','3be2yb6n6jdw0me1hcvf3391qe','3yp8t7sq52pve8tnwgf32trz72','3hhkmw5ctzdhaax0r9f5r597hv','33b5944qeesw47wa8aqk6pw7pq','repas','2025-09-04',350,'Repas du jeudi 4 septembre 2025 : 3,50 €. Quotient 640 (repris de démonstration, valable jusqu’au 31 décembre 2025) : tranche « jusqu''à 900 », tarif Hamois. Règle votée : Lettre aux familles, rentrée 2025, « Nouveaux tarifs » (lignes 102-108).','{"produit":"repas","jour":"2025-09-04","quantite":"1","unitaire":"3.50","montant":"3.50","a_demander":null,"exemple":false,"phrase":"Repas du jeudi 4 septembre 2025 : 3,50 €. Quotient 640 (repris de démonstration, valable jusqu’au 31 décembre 2025) : tranche « jusqu''à 900 », tarif Hamois. Règle votée : Lettre aux familles, rentrée 2025, « Nouveaux tarifs » (lignes 102-108).","lieu":"ham/baremes/repas.yaml:10","source":"Lettre aux familles, rentrée 2025, « Nouveaux tarifs » (lignes 102-108)","etapes":[],"faits":[{"fait":"residence","valeur":"hamois","provenance":"repris de démonstration"},{"fait":"quotient","valeur":"640","provenance":"repris de démonstration, valable jusqu’au 31 décembre 2025"}],"pas":[{"n":1,"quoi":"barème « repas », en vigueur depuis le 2025-09-01","lieu":"ham/baremes/repas.yaml:2","source":null,"avant":null,"apres":null},{"n":2,"quoi":"residence = hamois (repris de démonstration)","lieu":"ham/baremes/repas.yaml:10","source":"Lettre aux familles, rentrée 2025, « Nouveaux tarifs » (lignes 102-108)","avant":null,"apres":null},{"n":3,"quoi":"quotient = 640 (repris de démonstration, valable jusqu’au 31 décembre 2025)","lieu":"ham/baremes/repas.yaml:10","source":"Lettre aux familles, rentrée 2025, « Nouveaux tarifs » (lignes 102-108)","avant":null,"apres":null},{"n":4,"quoi":"ligne n° 1 du barème","lieu":"ham/baremes/repas.yaml:10","source":"Lettre aux familles, rentrée 2025, « Nouveaux tarifs » (lignes 102-108)","avant":null,"apres":null},{"n":5,"quoi":"prix voté","lieu":"ham/baremes/repas.yaml:10","source":"Lettre aux familles, rentrée 2025, « Nouveaux tarifs » (lignes 102-108)","avant":null,"apres":"3.50"}],"digest":"3f75cfd822dd3108980180781ffeccc374792875ecd4e74ea3da9aab8be65e9b"}','3f75cfd822dd3108980180781ffeccc374792875ecd4e74ea3da9aab8be65e9b');
CREATE TABLE outbox (
    commune_id   TEXT NOT NULL,
    agregat      TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    rang         INTEGER NOT NULL,
    sortie       TEXT NOT NULL,
    cree_le      INTEGER NOT NULL,
    du_le        INTEGER NOT NULL,
    prise_jusqu_a INTEGER,
    essais       INTEGER NOT NULL DEFAULT 0,
    fait_le      INTEGER,
    erreur       TEXT,
    PRIMARY KEY (commune_id, agregat, seq, rang)
) STRICT;
INSERT INTO "outbox" VALUES('ancienne','dossier:5wecnbesp5a035bttz6gfhawns',5,0,'[{"agregat":{"dossier":"5wecnbesp5a035bttz6gfhawns"},"seq":5,"rang":0},{"message":{"modele":"accuse_reception","a":"demandeur","motif":null}}]',1756713600583531,1756713600583531,NULL,0,NULL,NULL);
INSERT INTO "outbox" VALUES('ancienne','dossier:5wecnbesp5a035bttz6gfhawns',6,0,'[{"agregat":{"dossier":"5wecnbesp5a035bttz6gfhawns"},"seq":6,"rang":0},{"message":{"modele":"inscription_validee","a":"demandeur","motif":null}}]',1756713600664310,1756713600664310,NULL,0,NULL,NULL);
CREATE TABLE personne (
    commune_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    PRIMARY KEY (commune_id, id)
) STRICT;
INSERT INTO "personne" VALUES('ancienne','69t6akrym14vvkvf4j8kj8a5ms');
INSERT INTO "personne" VALUES('ancienne','3hhkmw5ctzdhaax0r9f5r597hv');
INSERT INTO "personne" VALUES('ancienne','2a8xmy1db2xrf3ep52w6cx3md6');
INSERT INTO "personne" VALUES('ancienne','6q34azq5qv40hqe6nhrc2dcbmt');
INSERT INTO "personne" VALUES('ancienne','5622dx33cnfq8sdcvt6njf26hn');
CREATE TABLE place (
    commune_id TEXT NOT NULL,
    cle        TEXT NOT NULL,
    prises     INTEGER NOT NULL CHECK (prises >= 0),
    PRIMARY KEY (commune_id, cle)
) STRICT;
CREATE TABLE reglage (
    commune_id TEXT NOT NULL,
    cle        TEXT NOT NULL,
    valeur     TEXT NOT NULL,
    PRIMARY KEY (commune_id, cle)
) STRICT;
INSERT INTO "reglage" VALUES('ancienne','demonstration.comptes','[{"identifiant":"durand","libelle":"Famille Durand","auteur":{"parent":{"personne":"69t6akrym14vvkvf4j8kj8a5ms","foyer":"3yp8t7sq52pve8tnwgf32trz72"}}},{"identifiant":"martin","libelle":"Famille Martin","auteur":{"parent":{"personne":"6q34azq5qv40hqe6nhrc2dcbmt","foyer":"4m3xr5xxy06491693n4dm6841n"}}},{"identifiant":"agent","libelle":"Agent de la mairie de Ham","auteur":{"agent":{"agent":"4mpjfbsanr6txzzame9cvrtyqc","roles":["affaires_scolaires"]}}}]');
CREATE TABLE reservation (
    commune_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    foyer_id   TEXT NOT NULL,
    enfant_id  TEXT NOT NULL,
    prestation TEXT NOT NULL,
    jour       TEXT NOT NULL,
    vivante    INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    etat       TEXT NOT NULL,
    PRIMARY KEY (commune_id, id),
    FOREIGN KEY (commune_id, foyer_id) REFERENCES foyer (commune_id, id),
    FOREIGN KEY (commune_id, enfant_id) REFERENCES personne (commune_id, id)
) STRICT;
INSERT INTO "reservation" VALUES('ancienne','33b5944qeesw47wa8aqk6pw7pq','3yp8t7sq52pve8tnwgf32trz72','3hhkmw5ctzdhaax0r9f5r597hv','repas','2025-09-04',1,1,'{"id":"33b5944qeesw47wa8aqk6pw7pq","foyer":"3yp8t7sq52pve8tnwgf32trz72","enfant":"3hhkmw5ctzdhaax0r9f5r597hv","prestation":"repas","jour":"2025-09-04","mode":null,"delai":"a_temps","recu_le":"2025-09-04T03:59:00.037065916Z","etat":"ferme","version":1}');
CREATE TABLE session (
    commune_id TEXT NOT NULL,
    jeton      BLOB NOT NULL, -- SHA-256 of the cookie's token
    auteur     TEXT NOT NULL,
    ouverte_le INTEGER NOT NULL,
    expire_le  INTEGER NOT NULL,
    PRIMARY KEY (commune_id, jeton)
) STRICT;
INSERT INTO "session" VALUES('ancienne',X'921DCC7954AC4CCFFA6360B64FAB118D422EB27C4E576E8D5642220D1D11C849','{"parent":{"personne":"69t6akrym14vvkvf4j8kj8a5ms","foyer":"3yp8t7sq52pve8tnwgf32trz72"}}',1795326825080656,1795370025080656);
CREATE UNIQUE INDEX lien_vivant ON lien (commune_id, foyer_id, personne_id) WHERE jusqu_a IS NULL;
CREATE INDEX fait_foyer ON fait (commune_id, foyer_id);
CREATE INDEX fait_personne ON fait (commune_id, personne_id);
CREATE UNIQUE INDEX dossier_vivant ON dossier (commune_id, cle_vivante) WHERE cle_vivante IS NOT NULL;
CREATE UNIQUE INDEX dossier_numero ON dossier (commune_id, numero) WHERE numero IS NOT NULL;
CREATE INDEX dossier_foyer ON dossier (commune_id, foyer_id);
CREATE INDEX dossier_phase ON dossier (commune_id, phase, entree_le);
CREATE TRIGGER journal_ne_change_pas BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;
CREATE TRIGGER journal_ne_s_efface_pas BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;
CREATE INDEX outbox_a_faire ON outbox (commune_id, du_le) WHERE fait_le IS NULL;
CREATE INDEX echeance_due ON echeance (commune_id, du_le);
CREATE UNIQUE INDEX inscription_vivante ON inscription (commune_id, foyer_id, COALESCE(enfant_id, ''), service, annee_scolaire) WHERE au IS NULL;
CREATE UNIQUE INDEX reservation_vivante ON reservation (commune_id, enfant_id, prestation, jour) WHERE vivante = 1;
CREATE INDEX reservation_foyer ON reservation (commune_id, foyer_id, jour);
CREATE INDEX ligne_foyer ON ligne (commune_id, foyer_id, jour);
CREATE UNIQUE INDEX journal_chaine ON journal (commune_id, n);
CREATE INDEX outbox_libre ON outbox (commune_id, du_le) WHERE fait_le IS NULL AND prise_jusqu_a IS NULL;
CREATE INDEX outbox_tenue ON outbox (commune_id, prise_jusqu_a, du_le) WHERE fait_le IS NULL AND prise_jusqu_a IS NOT NULL;
CREATE INDEX echeance_libre ON echeance (commune_id, du_le) WHERE prise_jusqu_a IS NULL;
CREATE INDEX echeance_tenue ON echeance (commune_id, prise_jusqu_a, du_le) WHERE prise_jusqu_a IS NOT NULL;
COMMIT;
