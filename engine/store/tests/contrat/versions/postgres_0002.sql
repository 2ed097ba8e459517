-- A database as the version of migration 2 left it: a family, a dossier filed and accepted, a day booked. Made by that version's
-- statements (pg_dump --inserts --no-owner) from invented people; never edited.
--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: texte; Type: DOMAIN; Schema: public; Owner: -
--

CREATE DOMAIN public.texte AS text COLLATE pg_catalog."C";


--
-- Name: ajoute_seulement(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.ajoute_seulement() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: _sqlx_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);


--
-- Name: a_faire; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.a_faire (
    commune public.texte NOT NULL,
    genre public.texte NOT NULL,
    du_le bigint NOT NULL
);


--
-- Name: cle_idempotence; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.cle_idempotence (
    commune_id public.texte NOT NULL,
    cle public.texte NOT NULL,
    corps bytea NOT NULL,
    reponse public.texte NOT NULL,
    le bigint NOT NULL
);

ALTER TABLE ONLY public.cle_idempotence FORCE ROW LEVEL SECURITY;


--
-- Name: compteur; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.compteur (
    commune_id public.texte NOT NULL,
    cle public.texte NOT NULL,
    dernier bigint NOT NULL
);

ALTER TABLE ONLY public.compteur FORCE ROW LEVEL SECURITY;


--
-- Name: courrier; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.courrier (
    commune_id public.texte NOT NULL,
    id public.texte NOT NULL,
    effet public.texte NOT NULL,
    foyer_id public.texte,
    a public.texte NOT NULL,
    objet public.texte NOT NULL,
    corps public.texte NOT NULL,
    le bigint NOT NULL
);

ALTER TABLE ONLY public.courrier FORCE ROW LEVEL SECURITY;


--
-- Name: definition; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.definition (
    commune_id public.texte NOT NULL,
    digest public.texte NOT NULL,
    source public.texte NOT NULL,
    vue_le bigint NOT NULL
);

ALTER TABLE ONLY public.definition FORCE ROW LEVEL SECURITY;


--
-- Name: dossier; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.dossier (
    commune_id public.texte NOT NULL,
    id public.texte NOT NULL,
    demarche public.texte NOT NULL,
    digest public.texte NOT NULL,
    numero public.texte,
    foyer_id public.texte,
    enfant_id public.texte,
    etape public.texte NOT NULL,
    phase public.texte NOT NULL,
    entree_le bigint NOT NULL,
    cle_vivante public.texte,
    version bigint NOT NULL,
    etat public.texte NOT NULL
);

ALTER TABLE ONLY public.dossier FORCE ROW LEVEL SECURITY;


--
-- Name: echeance; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.echeance (
    commune_id public.texte NOT NULL,
    dossier_id public.texte NOT NULL,
    appartient public.texte NOT NULL,
    du_le bigint NOT NULL,
    prise_jusqu_a bigint
);

ALTER TABLE ONLY public.echeance FORCE ROW LEVEL SECURITY;


--
-- Name: fait; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.fait (
    commune_id public.texte NOT NULL,
    n bigint NOT NULL,
    foyer_id public.texte,
    personne_id public.texte,
    enfant_id public.texte,
    fait public.texte NOT NULL,
    valeur public.texte NOT NULL,
    valable_du public.texte NOT NULL,
    valable_au public.texte,
    connu_le public.texte NOT NULL,
    source public.texte NOT NULL,
    valide_par public.texte,
    CONSTRAINT fait_check CHECK (((foyer_id IS NULL) <> (personne_id IS NULL))),
    CONSTRAINT fait_check1 CHECK (((enfant_id IS NULL) OR (personne_id IS NOT NULL)))
);

ALTER TABLE ONLY public.fait FORCE ROW LEVEL SECURITY;


--
-- Name: fait_n_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.fait ALTER COLUMN n ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.fait_n_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: foyer; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.foyer (
    commune_id public.texte NOT NULL,
    id public.texte NOT NULL,
    version bigint NOT NULL
);

ALTER TABLE ONLY public.foyer FORCE ROW LEVEL SECURITY;


--
-- Name: inscription; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.inscription (
    commune_id public.texte NOT NULL,
    id public.texte NOT NULL,
    foyer_id public.texte NOT NULL,
    enfant_id public.texte,
    service public.texte NOT NULL,
    annee_scolaire public.texte DEFAULT ''::text NOT NULL,
    du public.texte NOT NULL,
    au public.texte,
    dossier_id public.texte NOT NULL
);

ALTER TABLE ONLY public.inscription FORCE ROW LEVEL SECURITY;


--
-- Name: journal; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.journal (
    commune_id public.texte NOT NULL,
    n bigint NOT NULL,
    agregat public.texte NOT NULL,
    seq bigint NOT NULL,
    entree public.texte NOT NULL,
    trace public.texte NOT NULL,
    empreinte bytea NOT NULL
);

ALTER TABLE ONLY public.journal FORCE ROW LEVEL SECURITY;


--
-- Name: lien; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.lien (
    commune_id public.texte NOT NULL,
    foyer_id public.texte NOT NULL,
    personne_id public.texte NOT NULL,
    genre public.texte NOT NULL,
    depuis bigint NOT NULL,
    jusqu_a bigint
);

ALTER TABLE ONLY public.lien FORCE ROW LEVEL SECURITY;


--
-- Name: ligne; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.ligne (
    commune_id public.texte NOT NULL,
    id public.texte NOT NULL,
    foyer_id public.texte NOT NULL,
    enfant_id public.texte,
    reservation_id public.texte,
    prestation public.texte NOT NULL,
    jour public.texte NOT NULL,
    centimes bigint NOT NULL,
    phrase public.texte NOT NULL,
    trace public.texte NOT NULL,
    digest public.texte NOT NULL
);

ALTER TABLE ONLY public.ligne FORCE ROW LEVEL SECURITY;


--
-- Name: outbox; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.outbox (
    commune_id public.texte NOT NULL,
    agregat public.texte NOT NULL,
    seq bigint NOT NULL,
    rang bigint NOT NULL,
    sortie public.texte NOT NULL,
    cree_le bigint NOT NULL,
    du_le bigint NOT NULL,
    prise_jusqu_a bigint,
    essais bigint DEFAULT 0 NOT NULL,
    fait_le bigint,
    erreur public.texte
);

ALTER TABLE ONLY public.outbox FORCE ROW LEVEL SECURITY;


--
-- Name: personne; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.personne (
    commune_id public.texte NOT NULL,
    id public.texte NOT NULL
);

ALTER TABLE ONLY public.personne FORCE ROW LEVEL SECURITY;


--
-- Name: place; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.place (
    commune_id public.texte NOT NULL,
    cle public.texte NOT NULL,
    prises bigint NOT NULL,
    CONSTRAINT place_prises_check CHECK ((prises >= 0))
);

ALTER TABLE ONLY public.place FORCE ROW LEVEL SECURITY;


--
-- Name: reglage; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.reglage (
    commune_id public.texte NOT NULL,
    cle public.texte NOT NULL,
    valeur public.texte NOT NULL
);

ALTER TABLE ONLY public.reglage FORCE ROW LEVEL SECURITY;


--
-- Name: reservation; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.reservation (
    commune_id public.texte NOT NULL,
    id public.texte NOT NULL,
    foyer_id public.texte NOT NULL,
    enfant_id public.texte NOT NULL,
    prestation public.texte NOT NULL,
    jour public.texte NOT NULL,
    vivante bigint NOT NULL,
    version bigint NOT NULL,
    etat public.texte NOT NULL
);

ALTER TABLE ONLY public.reservation FORCE ROW LEVEL SECURITY;


--
-- Name: session; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.session (
    commune_id public.texte NOT NULL,
    jeton bytea NOT NULL,
    auteur public.texte NOT NULL,
    ouverte_le bigint NOT NULL,
    expire_le bigint NOT NULL
);

ALTER TABLE ONLY public.session FORCE ROW LEVEL SECURITY;


--
-- Data for Name: _sqlx_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public._sqlx_migrations VALUES (1, 'socle', '2026-11-22 05:54:55.515884+00', true, '\x1ef09354bc4f5b43d91b66149f90c7ba73f23b679859bee5435fe23b4d564f93e8064a60d22dc4e47da8e59b30e718a9', 1);
INSERT INTO public._sqlx_migrations VALUES (2, 'prochain', '2026-11-22 05:54:55.517765+00', true, '\x1b3d7ffe655a609b8350f36fcbf0bd8f30c521cedefb6c9d55b75559a91f479b82238d67e3c832698fd1b04c25ded960', 1);


--
-- Data for Name: a_faire; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: cle_idempotence; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.cle_idempotence VALUES ('ancienne', '69t6akrym14vvkvf4j8kj8a5ms:api:1795326825157793853', '\x417dca3b1e38dea472df41712197c4b8c065174143e15018dc314d4b03631831', '5wecnbesp5a035bttz6gfhawns', 1756713600187716);
INSERT INTO public.cle_idempotence VALUES ('ancienne', '69t6akrym14vvkvf4j8kj8a5ms:api:dossier_sante5wecnbesp5a035bttz6gfhawns', '\xacf3d597c03df3f1637ccb1caefa651a82cbc85ff539c0a93c3bde443a4c7919', '5wecnbesp5a035bttz6gfhawns', 1756713600307831);
INSERT INTO public.cle_idempotence VALUES ('ancienne', '69t6akrym14vvkvf4j8kj8a5ms:api:procedures_obligatoires5wecnbesp5a035bttz6gfhawns', '\xaa0e9e4180b0c140a06e36881e20348a2b2212999ce2bc282e573673be4128be', '5wecnbesp5a035bttz6gfhawns', 1756713600407769);
INSERT INTO public.cle_idempotence VALUES ('ancienne', '69t6akrym14vvkvf4j8kj8a5ms:api:attestation_caf5wecnbesp5a035bttz6gfhawns', '\xf4b5c086b454885c66ef7df4243faff1246595611e93353517d70f4ce9ec5f96', '5wecnbesp5a035bttz6gfhawns', 1756713600509796);
INSERT INTO public.cle_idempotence VALUES ('ancienne', '69t6akrym14vvkvf4j8kj8a5ms:api:1795326825572167266', '\x8adefc7da146e8ae2536300115c221a6d20973be30f0ed7b37df2a98ef041919', '5wecnbesp5a035bttz6gfhawns', 1756713600583531);
INSERT INTO public.cle_idempotence VALUES ('ancienne', '4mpjfbsanr6txzzame9cvrtyqc:api:1795326825636383605', '\x03a26595f1bfae4157359eed4dc95413adf27634e52a90e87160cbb0d2185e25', '5wecnbesp5a035bttz6gfhawns', 1756713600664310);
INSERT INTO public.cle_idempotence VALUES ('ancienne', '69t6akrym14vvkvf4j8kj8a5ms:api:1795326825768246619', '\x4b885d2d8dc8d998e567a2fddaabcf13653b4efe77bd2639d45d45815c3e2d49', '33b5944qeesw47wa8aqk6pw7pq', 1756958340037065);


--
-- Data for Name: compteur; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.compteur VALUES ('ancienne', 'dossier-2025', 1);


--
-- Data for Name: courrier; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: definition; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: dossier; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.dossier VALUES ('ancienne', '5wecnbesp5a035bttz6gfhawns', 'inscription', 'a19313029a34a98d33fdee5ad4bfe258ed6fb79bdc8bf66db81c6166b1dbf9d9', '2025-00001', '3yp8t7sq52pve8tnwgf32trz72', '3hhkmw5ctzdhaax0r9f5r597hv', 'validee', 'acceptee', 1756713600664310, '25eba48b3d0430df8ae756846040926c51f854be87ba5164df683c8daa646054', 6, '{"id":"5wecnbesp5a035bttz6gfhawns","demarche":"inscription","digest":"a19313029a34a98d33fdee5ad4bfe258ed6fb79bdc8bf66db81c6166b1dbf9d9","numero":"2025-00001","foyer":"3yp8t7sq52pve8tnwgf32trz72","demandeur":"69t6akrym14vvkvf4j8kj8a5ms","enfant":"3hhkmw5ctzdhaax0r9f5r597hv","annee_scolaire":"2025-2026","etape":"validee","phase":"acceptee","entree":3,"entree_le":"2025-09-01T08:00:00.664310807Z","depots":1,"depose_le":"2025-09-01T08:00:00.583531017Z","dernier_depot_le":"2025-09-01T08:00:00.583531017Z","cree_le":"2025-09-01T08:00:00.18771603Z","reponses":{"classe":{"valeur":{"choix":"cp"}},"ecole":{"valeur":{"choix":"jean_zay"}},"regime":{"valeur":{"choix":"standard"}},"services":{"valeur":{"ensemble":["restauration"]}}},"pieces":{"attestation_caf":{"fichiers":["5jdyawq2a360f1nsybxdc06eyk"],"recue_le":"2025-09-01T08:00:00.509796099Z","etat":"a_verifier"},"dossier_sante":{"fichiers":["5jdyawq2a360f1nsybxdc06eyk"],"recue_le":"2025-09-01T08:00:00.307831748Z","etat":"a_verifier"},"procedures_obligatoires":{"fichiers":["5jdyawq2a360f1nsybxdc06eyk"],"recue_le":"2025-09-01T08:00:00.407769477Z","etat":"a_verifier"}},"cle":"25eba48b3d0430df8ae756846040926c51f854be87ba5164df683c8daa646054","rejet_implicite_le":null,"motif":null,"affecte_a":null,"version":6}');


--
-- Data for Name: echeance; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.echeance VALUES ('ancienne', '5wecnbesp5a035bttz6gfhawns', '{"etape":{"entree":1,"rang":0}}', 1761951600000000, NULL);
INSERT INTO public.echeance VALUES ('ancienne', '5wecnbesp5a035bttz6gfhawns', '{"silence":{"depot":1}}', 1762038000000000, NULL);


--
-- Data for Name: fait; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 1, NULL, '69t6akrym14vvkvf4j8kj8a5ms', NULL, 'nom', '{"texte":"Durand"}', '2020-01-01', NULL, '2020-01-01T00:00:00Z', '{"import":"démonstration"}', NULL);
INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 2, NULL, '69t6akrym14vvkvf4j8kj8a5ms', NULL, 'prenom', '{"texte":"Camille"}', '2020-01-01', NULL, '2020-01-01T00:00:00Z', '{"import":"démonstration"}', NULL);
INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 3, NULL, '69t6akrym14vvkvf4j8kj8a5ms', NULL, 'courriel', '{"texte":"durand@exemple.fr"}', '2020-01-01', NULL, '2020-01-01T00:00:00Z', '{"import":"démonstration"}', NULL);
INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 4, NULL, '3hhkmw5ctzdhaax0r9f5r597hv', NULL, 'nom', '{"texte":"Durand"}', '2020-01-01', NULL, '2020-01-01T00:00:00Z', '{"import":"démonstration"}', NULL);
INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 5, NULL, '3hhkmw5ctzdhaax0r9f5r597hv', NULL, 'prenom', '{"texte":"Léa"}', '2020-01-01', NULL, '2020-01-01T00:00:00Z', '{"import":"démonstration"}', NULL);
INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 6, NULL, '3hhkmw5ctzdhaax0r9f5r597hv', NULL, 'naissance', '{"date":"2018-05-14"}', '2020-01-01', NULL, '2020-01-01T00:00:00Z', '{"import":"démonstration"}', NULL);
INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 7, NULL, '2a8xmy1db2xrf3ep52w6cx3md6', NULL, 'nom', '{"texte":"Durand"}', '2020-01-01', NULL, '2020-01-01T00:00:00Z', '{"import":"démonstration"}', NULL);
INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 8, NULL, '2a8xmy1db2xrf3ep52w6cx3md6', NULL, 'prenom', '{"texte":"Tom"}', '2020-01-01', NULL, '2020-01-01T00:00:00Z', '{"import":"démonstration"}', NULL);
INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 9, NULL, '2a8xmy1db2xrf3ep52w6cx3md6', NULL, 'naissance', '{"date":"2020-11-02"}', '2020-01-01', NULL, '2020-01-01T00:00:00Z', '{"import":"démonstration"}', NULL);
INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 10, '3yp8t7sq52pve8tnwgf32trz72', NULL, NULL, 'residence', '{"choix":"hamois"}', '2020-01-01', NULL, '2020-01-01T00:00:00Z', '{"import":"démonstration"}', NULL);
INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 16, '3yp8t7sq52pve8tnwgf32trz72', NULL, NULL, 'quotient', '{"nombre":"640"}', '2025-01-01', NULL, '2020-01-01T00:00:00Z', '{"import":"démonstration"}', NULL);
INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 27, NULL, '6q34azq5qv40hqe6nhrc2dcbmt', NULL, 'nom', '{"texte":"Martin"}', '2020-01-01', NULL, '2020-01-01T00:00:00Z', '{"import":"démonstration"}', NULL);
INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 28, NULL, '6q34azq5qv40hqe6nhrc2dcbmt', NULL, 'prenom', '{"texte":"Dominique"}', '2020-01-01', NULL, '2020-01-01T00:00:00Z', '{"import":"démonstration"}', NULL);
INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 29, NULL, '6q34azq5qv40hqe6nhrc2dcbmt', NULL, 'courriel', '{"texte":"martin@exemple.fr"}', '2020-01-01', NULL, '2020-01-01T00:00:00Z', '{"import":"démonstration"}', NULL);
INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 30, NULL, '5622dx33cnfq8sdcvt6njf26hn', NULL, 'nom', '{"texte":"Martin"}', '2020-01-01', NULL, '2020-01-01T00:00:00Z', '{"import":"démonstration"}', NULL);
INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 31, NULL, '5622dx33cnfq8sdcvt6njf26hn', NULL, 'prenom', '{"texte":"Zoé"}', '2020-01-01', NULL, '2020-01-01T00:00:00Z', '{"import":"démonstration"}', NULL);
INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 32, NULL, '5622dx33cnfq8sdcvt6njf26hn', NULL, 'naissance', '{"date":"2017-02-23"}', '2020-01-01', NULL, '2020-01-01T00:00:00Z', '{"import":"démonstration"}', NULL);
INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 33, '4m3xr5xxy06491693n4dm6841n', NULL, NULL, 'residence', '{"choix":"exterieur"}', '2020-01-01', NULL, '2020-01-01T00:00:00Z', '{"import":"démonstration"}', NULL);
INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 34, NULL, '3hhkmw5ctzdhaax0r9f5r597hv', NULL, 'ecole', '{"choix":"jean_zay"}', '2025-09-01', '2026-08-31', '2025-09-01T08:00:00.664310807Z', '{"dossier":"5wecnbesp5a035bttz6gfhawns"}', '4mpjfbsanr6txzzame9cvrtyqc');
INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 35, NULL, '3hhkmw5ctzdhaax0r9f5r597hv', NULL, 'classe', '{"choix":"cp"}', '2025-09-01', '2026-08-31', '2025-09-01T08:00:00.664310807Z', '{"dossier":"5wecnbesp5a035bttz6gfhawns"}', '4mpjfbsanr6txzzame9cvrtyqc');
INSERT INTO public.fait OVERRIDING SYSTEM VALUE VALUES ('ancienne', 36, NULL, '3hhkmw5ctzdhaax0r9f5r597hv', NULL, 'regime_alimentaire', '{"choix":"standard"}', '2025-09-01', '2026-08-31', '2025-09-01T08:00:00.664310807Z', '{"dossier":"5wecnbesp5a035bttz6gfhawns"}', '4mpjfbsanr6txzzame9cvrtyqc');


--
-- Data for Name: foyer; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.foyer VALUES ('ancienne', '3yp8t7sq52pve8tnwgf32trz72', 34);
INSERT INTO public.foyer VALUES ('ancienne', '4m3xr5xxy06491693n4dm6841n', 10);


--
-- Data for Name: inscription; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.inscription VALUES ('ancienne', '5x3tg9ekeg9xymf774pptwa79z', '3yp8t7sq52pve8tnwgf32trz72', '3hhkmw5ctzdhaax0r9f5r597hv', 'restauration', '2025-2026', '2025-09-01', NULL, '5wecnbesp5a035bttz6gfhawns');


--
-- Data for Name: journal; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.journal VALUES ('ancienne', 1, 'foyer:3yp8t7sq52pve8tnwgf32trz72', 1, '{"agregat":{"foyer":"3yp8t7sq52pve8tnwgf32trz72"},"seq":1,"le":"2020-01-01T00:00:00Z","auteur":"systeme","evenement":"demonstration","detail":null,"changements":[]}', '[]', '\x9b286a913f86c93c84ca38fb220f456f3e92497cf4c7ddbf4afb6809007df6f8');
INSERT INTO public.journal VALUES ('ancienne', 2, 'foyer:4m3xr5xxy06491693n4dm6841n', 1, '{"agregat":{"foyer":"4m3xr5xxy06491693n4dm6841n"},"seq":1,"le":"2020-01-01T00:00:00Z","auteur":"systeme","evenement":"demonstration","detail":null,"changements":[]}', '[]', '\xf7ed220cc764c6529df47a90c52a4a80eca05d81ce797768d50630b79954c0ba');
INSERT INTO public.journal VALUES ('ancienne', 3, 'dossier:5wecnbesp5a035bttz6gfhawns', 1, '{"agregat":{"dossier":"5wecnbesp5a035bttz6gfhawns"},"seq":1,"le":"2025-09-01T08:00:00.18771603Z","auteur":{"parent":{"personne":"69t6akrym14vvkvf4j8kj8a5ms","foyer":"3yp8t7sq52pve8tnwgf32trz72"}},"evenement":"demarrer","detail":null,"changements":[{"cree":{"id":"5wecnbesp5a035bttz6gfhawns","demarche":"inscription","digest":"a19313029a34a98d33fdee5ad4bfe258ed6fb79bdc8bf66db81c6166b1dbf9d9","numero":null,"foyer":"3yp8t7sq52pve8tnwgf32trz72","demandeur":"69t6akrym14vvkvf4j8kj8a5ms","enfant":"3hhkmw5ctzdhaax0r9f5r597hv","annee_scolaire":"2025-2026","etape":"brouillon","phase":"brouillon","entree":0,"entree_le":"2025-09-01T08:00:00.18771603Z","depots":0,"depose_le":null,"dernier_depot_le":null,"cree_le":"2025-09-01T08:00:00.18771603Z","reponses":{},"pieces":{},"cle":null,"rejet_implicite_le":null,"motif":null,"affecte_a":null,"version":0}},{"repondu":{"classe":{"valeur":{"choix":"cp"}},"ecole":{"valeur":{"choix":"jean_zay"}},"regime":{"valeur":{"choix":"standard"}},"services":{"valeur":{"ensemble":["restauration"]}}}},{"unique":"25eba48b3d0430df8ae756846040926c51f854be87ba5164df683c8daa646054"},{"entre":{"etape":"brouillon","phase":"brouillon","le":"2025-09-01T08:00:00.18771603Z"}}]}', '[{"regle":"demarche.inscription.ouverture","lieu":159,"resultat":"ouverte"},{"regle":"etape.brouillon","lieu":160,"resultat":"brouillon"}]', '\xbc3376ca63e3e7e966458c499c9eda66d4020f059a9ad1ebd13dbb8d07fe9a60');
INSERT INTO public.journal VALUES ('ancienne', 4, 'dossier:5wecnbesp5a035bttz6gfhawns', 2, '{"agregat":{"dossier":"5wecnbesp5a035bttz6gfhawns"},"seq":2,"le":"2025-09-01T08:00:00.307831748Z","auteur":{"parent":{"personne":"69t6akrym14vvkvf4j8kj8a5ms","foyer":"3yp8t7sq52pve8tnwgf32trz72"}},"evenement":"deposer_piece","detail":"dossier_sante","changements":[{"piece_recue":{"piece":"dossier_sante","recue":{"fichiers":["5jdyawq2a360f1nsybxdc06eyk"],"recue_le":"2025-09-01T08:00:00.307831748Z","etat":"a_verifier"}}}]}', '[]', '\xf5b853f3e83bf3ff6ab05fa54848341370af04f9e7e0d108e383f87deb36b5b8');
INSERT INTO public.journal VALUES ('ancienne', 5, 'dossier:5wecnbesp5a035bttz6gfhawns', 3, '{"agregat":{"dossier":"5wecnbesp5a035bttz6gfhawns"},"seq":3,"le":"2025-09-01T08:00:00.407769477Z","auteur":{"parent":{"personne":"69t6akrym14vvkvf4j8kj8a5ms","foyer":"3yp8t7sq52pve8tnwgf32trz72"}},"evenement":"deposer_piece","detail":"procedures_obligatoires","changements":[{"piece_recue":{"piece":"procedures_obligatoires","recue":{"fichiers":["5jdyawq2a360f1nsybxdc06eyk"],"recue_le":"2025-09-01T08:00:00.407769477Z","etat":"a_verifier"}}}]}', '[]', '\x53b39dfe5e3161863a479857faad4e014c3c404aa8819a28fa96a9ec560a6539');
INSERT INTO public.journal VALUES ('ancienne', 6, 'dossier:5wecnbesp5a035bttz6gfhawns', 4, '{"agregat":{"dossier":"5wecnbesp5a035bttz6gfhawns"},"seq":4,"le":"2025-09-01T08:00:00.509796099Z","auteur":{"parent":{"personne":"69t6akrym14vvkvf4j8kj8a5ms","foyer":"3yp8t7sq52pve8tnwgf32trz72"}},"evenement":"deposer_piece","detail":"attestation_caf","changements":[{"piece_recue":{"piece":"attestation_caf","recue":{"fichiers":["5jdyawq2a360f1nsybxdc06eyk"],"recue_le":"2025-09-01T08:00:00.509796099Z","etat":"a_verifier"}}}]}', '[]', '\x93a68d5498b1377111acf62eb4fd9a1f6391b5950c6ae96c942316ce4fb1ca3a');
INSERT INTO public.journal VALUES ('ancienne', 7, 'dossier:5wecnbesp5a035bttz6gfhawns', 5, '{"agregat":{"dossier":"5wecnbesp5a035bttz6gfhawns"},"seq":5,"le":"2025-09-01T08:00:00.583531017Z","auteur":{"parent":{"personne":"69t6akrym14vvkvf4j8kj8a5ms","foyer":"3yp8t7sq52pve8tnwgf32trz72"}},"evenement":"agir","detail":"deposer","changements":[{"depose":"2025-09-01T08:00:00.583531017Z"},{"entre":{"etape":"deposee","phase":"deposee","le":"2025-09-01T08:00:00.583531017Z"}},{"numerote":"2025-00001"}]}', '[{"regle":"demarche.inscription.ouverture","lieu":159,"resultat":"ouverte"},{"regle":"etape.brouillon.action.deposer","lieu":162,"resultat":"Envoyer ma demande"},{"regle":"effet.message","lieu":161,"resultat":"fait"},{"regle":"etape.deposee","lieu":164,"resultat":"demande déposée"}]', '\xa687238dd047a28b0937131a5d71c4e8a94d86647c958c3a9709745865133807');
INSERT INTO public.journal VALUES ('ancienne', 8, 'dossier:5wecnbesp5a035bttz6gfhawns', 6, '{"agregat":{"dossier":"5wecnbesp5a035bttz6gfhawns"},"seq":6,"le":"2025-09-01T08:00:00.664310807Z","auteur":{"agent":{"agent":"4mpjfbsanr6txzzame9cvrtyqc","roles":["affaires_scolaires"]}},"evenement":"agir","detail":"valider","changements":[{"entre":{"etape":"validee","phase":"acceptee","le":"2025-09-01T08:00:00.664310807Z"}}]}', '[{"regle":"etape.deposee.action.valider","lieu":165,"resultat":"Valider"},{"regle":"etape.validee","lieu":178,"resultat":"demande acceptée"},{"regle":"effet.enregistrer_faits","lieu":179,"resultat":"fait"},{"regle":"effet.ouvrir_services","lieu":180,"resultat":"fait"},{"regle":"effet.message","lieu":181,"resultat":"fait"}]', '\x26d08322324204aaf73108cef5aa831c667155e62b85b44c3823e89cacca99ce');
INSERT INTO public.journal VALUES ('ancienne', 9, 'reservation:33b5944qeesw47wa8aqk6pw7pq', 1, '{"agregat":{"reservation":"33b5944qeesw47wa8aqk6pw7pq"},"seq":1,"le":"2025-09-04T03:59:00.037065916Z","auteur":{"parent":{"personne":"69t6akrym14vvkvf4j8kj8a5ms","foyer":"3yp8t7sq52pve8tnwgf32trz72"}},"evenement":"reserver","detail":"repas","changements":[]}', '[{"regle":"reservation.delai","lieu":null,"resultat":"a_temps"},{"regle":"prix.repas","lieu":31,"resultat":"Repas du jeudi 4 septembre 2025 : 3,50 €. Quotient 640 (repris de démonstration, valable jusqu’au 31 décembre 2025) : tranche « jusqu''à 900 », tarif Hamois. Règle votée : Lettre aux familles, rentrée 2025, « Nouveaux tarifs » (lignes 102-108)."}]', '\x8a1dfc26da4c16004b7374118c42b86ef4eb05170e9ad5a9aeee260b6c02f9c8');


--
-- Data for Name: lien; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.lien VALUES ('ancienne', '3yp8t7sq52pve8tnwgf32trz72', '69t6akrym14vvkvf4j8kj8a5ms', 'responsable', 1577836800000000, NULL);
INSERT INTO public.lien VALUES ('ancienne', '3yp8t7sq52pve8tnwgf32trz72', '3hhkmw5ctzdhaax0r9f5r597hv', 'enfant', 1577836800000000, NULL);
INSERT INTO public.lien VALUES ('ancienne', '3yp8t7sq52pve8tnwgf32trz72', '2a8xmy1db2xrf3ep52w6cx3md6', 'enfant', 1577836800000000, NULL);
INSERT INTO public.lien VALUES ('ancienne', '4m3xr5xxy06491693n4dm6841n', '6q34azq5qv40hqe6nhrc2dcbmt', 'responsable', 1577836800000000, NULL);
INSERT INTO public.lien VALUES ('ancienne', '4m3xr5xxy06491693n4dm6841n', '5622dx33cnfq8sdcvt6njf26hn', 'enfant', 1577836800000000, NULL);


--
-- Data for Name: ligne; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.ligne VALUES ('ancienne', '3be2yb6n6jdw0me1hcvf3391qe', '3yp8t7sq52pve8tnwgf32trz72', '3hhkmw5ctzdhaax0r9f5r597hv', '33b5944qeesw47wa8aqk6pw7pq', 'repas', '2025-09-04', 350, 'Repas du jeudi 4 septembre 2025 : 3,50 €. Quotient 640 (repris de démonstration, valable jusqu’au 31 décembre 2025) : tranche « jusqu''à 900 », tarif Hamois. Règle votée : Lettre aux familles, rentrée 2025, « Nouveaux tarifs » (lignes 102-108).', '{"produit":"repas","jour":"2025-09-04","quantite":"1","unitaire":"3.50","montant":"3.50","a_demander":null,"exemple":false,"phrase":"Repas du jeudi 4 septembre 2025 : 3,50 €. Quotient 640 (repris de démonstration, valable jusqu’au 31 décembre 2025) : tranche « jusqu''à 900 », tarif Hamois. Règle votée : Lettre aux familles, rentrée 2025, « Nouveaux tarifs » (lignes 102-108).","lieu":"ham/baremes/repas.yaml:10","source":"Lettre aux familles, rentrée 2025, « Nouveaux tarifs » (lignes 102-108)","etapes":[],"faits":[{"fait":"residence","valeur":"hamois","provenance":"repris de démonstration"},{"fait":"quotient","valeur":"640","provenance":"repris de démonstration, valable jusqu’au 31 décembre 2025"}],"pas":[{"n":1,"quoi":"barème « repas », en vigueur depuis le 2025-09-01","lieu":"ham/baremes/repas.yaml:2","source":null,"avant":null,"apres":null},{"n":2,"quoi":"residence = hamois (repris de démonstration)","lieu":"ham/baremes/repas.yaml:10","source":"Lettre aux familles, rentrée 2025, « Nouveaux tarifs » (lignes 102-108)","avant":null,"apres":null},{"n":3,"quoi":"quotient = 640 (repris de démonstration, valable jusqu’au 31 décembre 2025)","lieu":"ham/baremes/repas.yaml:10","source":"Lettre aux familles, rentrée 2025, « Nouveaux tarifs » (lignes 102-108)","avant":null,"apres":null},{"n":4,"quoi":"ligne n° 1 du barème","lieu":"ham/baremes/repas.yaml:10","source":"Lettre aux familles, rentrée 2025, « Nouveaux tarifs » (lignes 102-108)","avant":null,"apres":null},{"n":5,"quoi":"prix voté","lieu":"ham/baremes/repas.yaml:10","source":"Lettre aux familles, rentrée 2025, « Nouveaux tarifs » (lignes 102-108)","avant":null,"apres":"3.50"}],"digest":"3f75cfd822dd3108980180781ffeccc374792875ecd4e74ea3da9aab8be65e9b"}', '3f75cfd822dd3108980180781ffeccc374792875ecd4e74ea3da9aab8be65e9b');


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.outbox VALUES ('ancienne', 'dossier:5wecnbesp5a035bttz6gfhawns', 5, 0, '[{"agregat":{"dossier":"5wecnbesp5a035bttz6gfhawns"},"seq":5,"rang":0},{"message":{"modele":"accuse_reception","a":"demandeur","motif":null}}]', 1756713600583531, 1756713600583531, NULL, 0, NULL, NULL);
INSERT INTO public.outbox VALUES ('ancienne', 'dossier:5wecnbesp5a035bttz6gfhawns', 6, 0, '[{"agregat":{"dossier":"5wecnbesp5a035bttz6gfhawns"},"seq":6,"rang":0},{"message":{"modele":"inscription_validee","a":"demandeur","motif":null}}]', 1756713600664310, 1756713600664310, NULL, 0, NULL, NULL);


--
-- Data for Name: personne; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.personne VALUES ('ancienne', '69t6akrym14vvkvf4j8kj8a5ms');
INSERT INTO public.personne VALUES ('ancienne', '3hhkmw5ctzdhaax0r9f5r597hv');
INSERT INTO public.personne VALUES ('ancienne', '2a8xmy1db2xrf3ep52w6cx3md6');
INSERT INTO public.personne VALUES ('ancienne', '6q34azq5qv40hqe6nhrc2dcbmt');
INSERT INTO public.personne VALUES ('ancienne', '5622dx33cnfq8sdcvt6njf26hn');


--
-- Data for Name: place; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: reglage; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.reglage VALUES ('ancienne', 'demonstration.comptes', '[{"identifiant":"durand","libelle":"Famille Durand","auteur":{"parent":{"personne":"69t6akrym14vvkvf4j8kj8a5ms","foyer":"3yp8t7sq52pve8tnwgf32trz72"}}},{"identifiant":"martin","libelle":"Famille Martin","auteur":{"parent":{"personne":"6q34azq5qv40hqe6nhrc2dcbmt","foyer":"4m3xr5xxy06491693n4dm6841n"}}},{"identifiant":"agent","libelle":"Agent de la mairie de Ham","auteur":{"agent":{"agent":"4mpjfbsanr6txzzame9cvrtyqc","roles":["affaires_scolaires"]}}}]');


--
-- Data for Name: reservation; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.reservation VALUES ('ancienne', '33b5944qeesw47wa8aqk6pw7pq', '3yp8t7sq52pve8tnwgf32trz72', '3hhkmw5ctzdhaax0r9f5r597hv', 'repas', '2025-09-04', 1, 1, '{"id":"33b5944qeesw47wa8aqk6pw7pq","foyer":"3yp8t7sq52pve8tnwgf32trz72","enfant":"3hhkmw5ctzdhaax0r9f5r597hv","prestation":"repas","jour":"2025-09-04","mode":null,"delai":"a_temps","recu_le":"2025-09-04T03:59:00.037065916Z","etat":"ferme","version":1}');


--
-- Data for Name: session; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.session VALUES ('ancienne', '\x921dcc7954ac4ccffa6360b64fab118d422eb27c4e576e8d5642220d1d11c849', '{"parent":{"personne":"69t6akrym14vvkvf4j8kj8a5ms","foyer":"3yp8t7sq52pve8tnwgf32trz72"}}', 1795326825080656, 1795370025080656);


--
-- Name: fait_n_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.fait_n_seq', 36, true);


--
-- Name: _sqlx_migrations _sqlx_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);


--
-- Name: a_faire a_faire_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.a_faire
    ADD CONSTRAINT a_faire_pkey PRIMARY KEY (commune, genre);


--
-- Name: cle_idempotence cle_idempotence_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.cle_idempotence
    ADD CONSTRAINT cle_idempotence_pkey PRIMARY KEY (commune_id, cle);


--
-- Name: compteur compteur_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.compteur
    ADD CONSTRAINT compteur_pkey PRIMARY KEY (commune_id, cle);


--
-- Name: courrier courrier_commune_id_effet_a_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.courrier
    ADD CONSTRAINT courrier_commune_id_effet_a_key UNIQUE (commune_id, effet, a);


--
-- Name: courrier courrier_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.courrier
    ADD CONSTRAINT courrier_pkey PRIMARY KEY (commune_id, id);


--
-- Name: definition definition_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.definition
    ADD CONSTRAINT definition_pkey PRIMARY KEY (commune_id, digest);


--
-- Name: dossier dossier_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.dossier
    ADD CONSTRAINT dossier_pkey PRIMARY KEY (commune_id, id);


--
-- Name: echeance echeance_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.echeance
    ADD CONSTRAINT echeance_pkey PRIMARY KEY (commune_id, dossier_id, appartient);


--
-- Name: fait fait_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.fait
    ADD CONSTRAINT fait_pkey PRIMARY KEY (commune_id, n);


--
-- Name: foyer foyer_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.foyer
    ADD CONSTRAINT foyer_pkey PRIMARY KEY (commune_id, id);


--
-- Name: inscription inscription_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.inscription
    ADD CONSTRAINT inscription_pkey PRIMARY KEY (commune_id, id);


--
-- Name: journal journal_commune_id_agregat_seq_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.journal
    ADD CONSTRAINT journal_commune_id_agregat_seq_key UNIQUE (commune_id, agregat, seq);


--
-- Name: journal journal_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.journal
    ADD CONSTRAINT journal_pkey PRIMARY KEY (commune_id, n);


--
-- Name: lien lien_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lien
    ADD CONSTRAINT lien_pkey PRIMARY KEY (commune_id, foyer_id, personne_id, depuis);


--
-- Name: ligne ligne_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ligne
    ADD CONSTRAINT ligne_pkey PRIMARY KEY (commune_id, id);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (commune_id, agregat, seq, rang);


--
-- Name: personne personne_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.personne
    ADD CONSTRAINT personne_pkey PRIMARY KEY (commune_id, id);


--
-- Name: place place_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.place
    ADD CONSTRAINT place_pkey PRIMARY KEY (commune_id, cle);


--
-- Name: reglage reglage_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reglage
    ADD CONSTRAINT reglage_pkey PRIMARY KEY (commune_id, cle);


--
-- Name: reservation reservation_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reservation
    ADD CONSTRAINT reservation_pkey PRIMARY KEY (commune_id, id);


--
-- Name: session session_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (commune_id, jeton);


--
-- Name: dossier_foyer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX dossier_foyer ON public.dossier USING btree (commune_id, foyer_id);


--
-- Name: dossier_numero; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX dossier_numero ON public.dossier USING btree (commune_id, numero) WHERE (numero IS NOT NULL);


--
-- Name: dossier_phase; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX dossier_phase ON public.dossier USING btree (commune_id, phase, entree_le);


--
-- Name: dossier_vivant; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX dossier_vivant ON public.dossier USING btree (commune_id, cle_vivante) WHERE (cle_vivante IS NOT NULL);


--
-- Name: echeance_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX echeance_due ON public.echeance USING btree (commune_id, du_le);


--
-- Name: echeance_libre; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX echeance_libre ON public.echeance USING btree (commune_id, du_le) WHERE (prise_jusqu_a IS NULL);


--
-- Name: echeance_tenue; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX echeance_tenue ON public.echeance USING btree (commune_id, prise_jusqu_a, du_le) WHERE (prise_jusqu_a IS NOT NULL);


--
-- Name: fait_foyer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX fait_foyer ON public.fait USING btree (commune_id, foyer_id);


--
-- Name: fait_personne; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX fait_personne ON public.fait USING btree (commune_id, personne_id);


--
-- Name: inscription_vivante; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX inscription_vivante ON public.inscription USING btree (commune_id, foyer_id, COALESCE((enfant_id)::text, ''::text), service, annee_scolaire) WHERE (au IS NULL);


--
-- Name: lien_vivant; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX lien_vivant ON public.lien USING btree (commune_id, foyer_id, personne_id) WHERE (jusqu_a IS NULL);


--
-- Name: ligne_foyer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ligne_foyer ON public.ligne USING btree (commune_id, foyer_id, jour);


--
-- Name: outbox_a_faire; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX outbox_a_faire ON public.outbox USING btree (commune_id, du_le) WHERE (fait_le IS NULL);


--
-- Name: outbox_libre; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX outbox_libre ON public.outbox USING btree (commune_id, du_le) WHERE ((fait_le IS NULL) AND (prise_jusqu_a IS NULL));


--
-- Name: outbox_tenue; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX outbox_tenue ON public.outbox USING btree (commune_id, prise_jusqu_a, du_le) WHERE ((fait_le IS NULL) AND (prise_jusqu_a IS NOT NULL));


--
-- Name: reservation_foyer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX reservation_foyer ON public.reservation USING btree (commune_id, foyer_id, jour);


--
-- Name: reservation_vivante; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX reservation_vivante ON public.reservation USING btree (commune_id, enfant_id, prestation, jour) WHERE (vivante = 1);


--
-- Name: journal journal_ne_change_pas; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER journal_ne_change_pas BEFORE DELETE OR UPDATE ON public.journal FOR EACH ROW EXECUTE FUNCTION public.ajoute_seulement();


--
-- Name: journal journal_ne_se_vide_pas; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER journal_ne_se_vide_pas BEFORE TRUNCATE ON public.journal FOR EACH STATEMENT EXECUTE FUNCTION public.ajoute_seulement();


--
-- Name: dossier dossier_commune_id_enfant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.dossier
    ADD CONSTRAINT dossier_commune_id_enfant_id_fkey FOREIGN KEY (commune_id, enfant_id) REFERENCES public.personne(commune_id, id);


--
-- Name: dossier dossier_commune_id_foyer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.dossier
    ADD CONSTRAINT dossier_commune_id_foyer_id_fkey FOREIGN KEY (commune_id, foyer_id) REFERENCES public.foyer(commune_id, id);


--
-- Name: echeance echeance_commune_id_dossier_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.echeance
    ADD CONSTRAINT echeance_commune_id_dossier_id_fkey FOREIGN KEY (commune_id, dossier_id) REFERENCES public.dossier(commune_id, id);


--
-- Name: fait fait_commune_id_enfant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.fait
    ADD CONSTRAINT fait_commune_id_enfant_id_fkey FOREIGN KEY (commune_id, enfant_id) REFERENCES public.personne(commune_id, id);


--
-- Name: fait fait_commune_id_foyer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.fait
    ADD CONSTRAINT fait_commune_id_foyer_id_fkey FOREIGN KEY (commune_id, foyer_id) REFERENCES public.foyer(commune_id, id);


--
-- Name: fait fait_commune_id_personne_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.fait
    ADD CONSTRAINT fait_commune_id_personne_id_fkey FOREIGN KEY (commune_id, personne_id) REFERENCES public.personne(commune_id, id);


--
-- Name: inscription inscription_commune_id_dossier_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.inscription
    ADD CONSTRAINT inscription_commune_id_dossier_id_fkey FOREIGN KEY (commune_id, dossier_id) REFERENCES public.dossier(commune_id, id);


--
-- Name: inscription inscription_commune_id_enfant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.inscription
    ADD CONSTRAINT inscription_commune_id_enfant_id_fkey FOREIGN KEY (commune_id, enfant_id) REFERENCES public.personne(commune_id, id);


--
-- Name: inscription inscription_commune_id_foyer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.inscription
    ADD CONSTRAINT inscription_commune_id_foyer_id_fkey FOREIGN KEY (commune_id, foyer_id) REFERENCES public.foyer(commune_id, id);


--
-- Name: lien lien_commune_id_foyer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lien
    ADD CONSTRAINT lien_commune_id_foyer_id_fkey FOREIGN KEY (commune_id, foyer_id) REFERENCES public.foyer(commune_id, id);


--
-- Name: lien lien_commune_id_personne_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lien
    ADD CONSTRAINT lien_commune_id_personne_id_fkey FOREIGN KEY (commune_id, personne_id) REFERENCES public.personne(commune_id, id);


--
-- Name: ligne ligne_commune_id_enfant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ligne
    ADD CONSTRAINT ligne_commune_id_enfant_id_fkey FOREIGN KEY (commune_id, enfant_id) REFERENCES public.personne(commune_id, id);


--
-- Name: ligne ligne_commune_id_foyer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ligne
    ADD CONSTRAINT ligne_commune_id_foyer_id_fkey FOREIGN KEY (commune_id, foyer_id) REFERENCES public.foyer(commune_id, id);


--
-- Name: ligne ligne_commune_id_reservation_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ligne
    ADD CONSTRAINT ligne_commune_id_reservation_id_fkey FOREIGN KEY (commune_id, reservation_id) REFERENCES public.reservation(commune_id, id);


--
-- Name: reservation reservation_commune_id_enfant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reservation
    ADD CONSTRAINT reservation_commune_id_enfant_id_fkey FOREIGN KEY (commune_id, enfant_id) REFERENCES public.personne(commune_id, id);


--
-- Name: reservation reservation_commune_id_foyer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reservation
    ADD CONSTRAINT reservation_commune_id_foyer_id_fkey FOREIGN KEY (commune_id, foyer_id) REFERENCES public.foyer(commune_id, id);


--
-- Name: cle_idempotence; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.cle_idempotence ENABLE ROW LEVEL SECURITY;

--
-- Name: compteur; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.compteur ENABLE ROW LEVEL SECURITY;

--
-- Name: courrier; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.courrier ENABLE ROW LEVEL SECURITY;

--
-- Name: definition; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.definition ENABLE ROW LEVEL SECURITY;

--
-- Name: dossier; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.dossier ENABLE ROW LEVEL SECURITY;

--
-- Name: echeance; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.echeance ENABLE ROW LEVEL SECURITY;

--
-- Name: fait; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.fait ENABLE ROW LEVEL SECURITY;

--
-- Name: foyer; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.foyer ENABLE ROW LEVEL SECURITY;

--
-- Name: inscription; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.inscription ENABLE ROW LEVEL SECURITY;

--
-- Name: journal; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.journal ENABLE ROW LEVEL SECURITY;

--
-- Name: lien; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.lien ENABLE ROW LEVEL SECURITY;

--
-- Name: ligne; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.ligne ENABLE ROW LEVEL SECURITY;

--
-- Name: outbox; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.outbox ENABLE ROW LEVEL SECURITY;

--
-- Name: personne; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.personne ENABLE ROW LEVEL SECURITY;

--
-- Name: place; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.place ENABLE ROW LEVEL SECURITY;

--
-- Name: reglage; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.reglage ENABLE ROW LEVEL SECURITY;

--
-- Name: reservation; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.reservation ENABLE ROW LEVEL SECURITY;

--
-- Name: cle_idempotence sa_commune; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY sa_commune ON public.cle_idempotence USING (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text))) WITH CHECK (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text)));


--
-- Name: compteur sa_commune; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY sa_commune ON public.compteur USING (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text))) WITH CHECK (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text)));


--
-- Name: courrier sa_commune; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY sa_commune ON public.courrier USING (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text))) WITH CHECK (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text)));


--
-- Name: definition sa_commune; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY sa_commune ON public.definition USING (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text))) WITH CHECK (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text)));


--
-- Name: dossier sa_commune; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY sa_commune ON public.dossier USING (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text))) WITH CHECK (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text)));


--
-- Name: echeance sa_commune; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY sa_commune ON public.echeance USING (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text))) WITH CHECK (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text)));


--
-- Name: fait sa_commune; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY sa_commune ON public.fait USING (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text))) WITH CHECK (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text)));


--
-- Name: foyer sa_commune; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY sa_commune ON public.foyer USING (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text))) WITH CHECK (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text)));


--
-- Name: inscription sa_commune; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY sa_commune ON public.inscription USING (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text))) WITH CHECK (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text)));


--
-- Name: journal sa_commune; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY sa_commune ON public.journal USING (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text))) WITH CHECK (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text)));


--
-- Name: lien sa_commune; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY sa_commune ON public.lien USING (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text))) WITH CHECK (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text)));


--
-- Name: ligne sa_commune; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY sa_commune ON public.ligne USING (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text))) WITH CHECK (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text)));


--
-- Name: outbox sa_commune; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY sa_commune ON public.outbox USING (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text))) WITH CHECK (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text)));


--
-- Name: personne sa_commune; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY sa_commune ON public.personne USING (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text))) WITH CHECK (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text)));


--
-- Name: place sa_commune; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY sa_commune ON public.place USING (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text))) WITH CHECK (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text)));


--
-- Name: reglage sa_commune; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY sa_commune ON public.reglage USING (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text))) WITH CHECK (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text)));


--
-- Name: reservation sa_commune; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY sa_commune ON public.reservation USING (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text))) WITH CHECK (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text)));


--
-- Name: session sa_commune; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY sa_commune ON public.session USING (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text))) WITH CHECK (((commune_id)::text = NULLIF(current_setting('guichet.commune'::text, true), ''::text)));


--
-- Name: session; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.session ENABLE ROW LEVEL SECURITY;

--
-- Name: TABLE _sqlx_migrations; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public._sqlx_migrations TO guichet_application;


--
-- Name: TABLE a_faire; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.a_faire TO guichet_application;


--
-- Name: TABLE cle_idempotence; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.cle_idempotence TO guichet_application;


--
-- Name: TABLE compteur; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.compteur TO guichet_application;


--
-- Name: TABLE courrier; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.courrier TO guichet_application;


--
-- Name: TABLE definition; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.definition TO guichet_application;


--
-- Name: TABLE dossier; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.dossier TO guichet_application;


--
-- Name: TABLE echeance; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.echeance TO guichet_application;


--
-- Name: TABLE fait; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.fait TO guichet_application;


--
-- Name: TABLE foyer; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.foyer TO guichet_application;


--
-- Name: TABLE inscription; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.inscription TO guichet_application;


--
-- Name: TABLE journal; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.journal TO guichet_application;


--
-- Name: TABLE lien; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.lien TO guichet_application;


--
-- Name: TABLE ligne; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ligne TO guichet_application;


--
-- Name: TABLE outbox; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.outbox TO guichet_application;


--
-- Name: TABLE personne; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.personne TO guichet_application;


--
-- Name: TABLE place; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.place TO guichet_application;


--
-- Name: TABLE reglage; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reglage TO guichet_application;


--
-- Name: TABLE reservation; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reservation TO guichet_application;


--
-- Name: TABLE session; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.session TO guichet_application;


--
-- PostgreSQL database dump complete
--


