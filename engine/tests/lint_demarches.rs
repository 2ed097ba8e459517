//! Checks of démarches, texts, documents and the cash office: each mistake is a substitution in a small valid town, found
//! with its code at its place, and nothing else is an error.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot read its fixture fails"
)]

mod outils;

use std::path::{Path, PathBuf};

use engine::definition::resolve::{Partage, charge, charge_avec};
use engine::definition::source::SourceSet;
use engine::diagnostic::{Diagnostic, Gravite, rendu};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The fixture town; in `fichier`, the only place of `ecrit` becomes `faux`. A file that does not exist is made.
fn temoin(substitutions: &[(&str, &str, &str)]) -> SourceSet {
    let mut lus = SourceSet::new();
    outils::lit(&fixtures().join("temoin"), &fixtures(), &mut lus);
    let mut sources = SourceSet::new();
    let mut faits = vec![false; substitutions.len()];
    for (_, f) in lus.iter() {
        let mut texte = f.texte.clone();
        for (i, (fichier, ecrit, faux)) in substitutions.iter().enumerate() {
            if f.chemin == format!("temoin/{fichier}") {
                assert_eq!(texte.matches(ecrit).count(), 1, "{fichier} : « {ecrit} »");
                texte = texte.replace(ecrit, faux);
                faits[i] = true;
            }
        }
        sources.ajoute(f.chemin.clone(), texte);
    }
    for (i, (fichier, ecrit, faux)) in substitutions.iter().enumerate() {
        if !faits[i] {
            assert!(ecrit.is_empty(), "{fichier} n'existe pas");
            sources.ajoute(format!("temoin/{fichier}"), *faux);
        }
    }
    sources
}

fn diagnostics(sources: &SourceSet) -> Vec<Diagnostic> {
    charge(sources, "temoin").diagnostics
}

fn texte(sources: &SourceSet, liste: &[Diagnostic]) -> String {
    rendu::rend(rendu::Format::Texte, liste, sources, rendu::Options::default())
}

/// `code fichier:ligne:colonne`.
fn places(sources: &SourceSet, liste: &[Diagnostic]) -> Vec<String> {
    liste.iter().map(|d| format!("{} {}", d.code, sources.lieu(d.principal))).collect()
}

#[test]
fn la_ville_temoin_est_sans_remarque() {
    let sources = temoin(&[]);
    // what waits for invoices and payments is said, and is no mistake
    let trouves: Vec<Diagnostic> =
        diagnostics(&sources).into_iter().filter(|d| d.code.nom() != "SYN09").collect();
    assert!(trouves.is_empty(), "{}", texte(&sources, &trouves));
}

#[test]
fn les_villes_n_ont_que_des_questions() {
    for slug in &outils::villes() {
        let sources = outils::sources(slug);
        let trouves: Vec<Diagnostic> = charge(&sources, slug)
            .diagnostics
            .into_iter()
            .filter(|d| !["CFM", "TAR", "LIM", "CAL", "SYN"].iter().any(|f| d.code.nom().starts_with(f)))
            .collect();
        assert!(trouves.is_empty(), "{}", texte(&sources, &trouves));
    }
}

const D: &str = "demarches/inscription.yaml";

/// A mistake: the code, the file, what is right, what is wrong, and what is pointed at.
type Faute = (&'static str, &'static str, &'static str, &'static str, &'static str);

const R: &str = "regie.yaml";
const P: &str = "pieces.yaml";
const F: &str = "donnees.yaml";
const S: &str = "services/restauration.yaml";

const FAUTES: &[Faute] = &[
    ("WKF01", D, "phase: brouillon", "phase: deposee", "^demarche: §inscription"),
    ("WKF01", D, "phase: incomplete", "phase: brouillon", "^etape: §a_completer"),
    ("WKF01", D, ", vers: annulee }", " }", "^etape: §annulee"),
    (
        "WKF01",
        D,
        "par: agent.enfance, vers: validee,",
        "par: agent.enfance, vers: refusee,",
        "^etape: §validee",
    ),
    ("WKF02", D, "nom: Annulée, phase: annulee", "nom: Annulée, phase: en_attente", "^etape: §annulee"),
    (
        "WKF02",
        D,
        "nom: Expirée\n    phase: expiree",
        "nom: Expirée\n    phase: suspendue",
        "^etape: §expiree",
    ),
    (
        "WKF02",
        D,
        "nom: Refusée, phase: refusee",
        "nom: Refusée, phase: suspendue, echeances: [ { apres: 1 mois, vers: refusee } ]",
        "^etape: §refusee",
    ),
    (
        "WKF02",
        D,
        "\nsilence: { delai: 2 mois, vaut: rejet",
        "\n  - { etape: validee_2, nom: Acceptée, phase: acceptee }\nsilence: { delai: 2 mois, vaut: acceptation",
        "^silence: §{",
    ),
    ("WKF03", D, "nom: Annuler, par: parent", "nom: Annuler, par: parant", "§parant"),
    ("WKF03", D, "nom: Valider, par: agent.enfance", "nom: Valider, par: agent.enfence", "§agent.enfence"),
    ("WKF03", D, "nom: Annuler, par: parent", "nom: Annuler, par: []", "^action: §annuler"),
    ("WKF04", D, "action: annuler, nom: Annuler", "action: refuser, nom: Annuler", "§refuser"),
    (
        "WKF04",
        D,
        "action: annuler, nom: Annuler, par: parent",
        "action: valider, nom: Annuler, par: parent, si: { lien: contact }",
        "§valider",
    ),
    (
        "WKF04",
        D,
        "echeances: [ { apres: 60 jours, vers: expiree } ]",
        "echeances: [ { apres: 60 jours, vers: expiree }, { apres: 60 jours, vers: annulee } ]",
        "§{ apres: 60 jours, vers: annulee",
    ),
    (
        "WKF04",
        D,
        "action: annuler, nom: Annuler, par: parent",
        "action: valider, nom: Annuler, par: parent, si: \"est_connu(naissance)\"",
        "§valider",
    ),
    (
        "WKF05",
        D,
        "par: parent, vers: deposee, exige: [champs, pieces], effets: [ { message: { modele: recu, a: demandeur } } ] }\n    echeances: [ { apres: 60 jours, vers: expiree } ]",
        "par: parent, si: { lien: enfant }, vers: deposee, exige: [champs, pieces], effets: [ { message: { modele: recu, a: demandeur } } ] }\n    echeances: [ ]",
        "^etape: §brouillon",
    ),
    (
        "WKF05",
        D,
        "par: parent, vers: deposee, exige: [champs, pieces], effets: [ { message: { modele: recu, a: demandeur } } ] }\n    echeances: [ { apres: 60 jours, vers: expiree } ]",
        "par: parent, si: { residence: dedans }, vers: deposee, exige: [champs, pieces], effets: [ { message: { modele: recu, a: demandeur } } ] }\n    echeances: [ ]",
        "^etape: §brouillon",
    ),
    (
        "WKF05",
        D,
        "par: parent, vers: deposee, exige: [champs, pieces], effets: [ { message: { modele: recu, a: demandeur } } ] }\n    echeances: [ { apres: 60 jours, vers: expiree } ]",
        "par: parent, si: \"est_connu(naissance)\", vers: deposee, exige: [champs, pieces], effets: [ { message: { modele: recu, a: demandeur } } ] }\n    echeances: [ ]",
        "^etape: §brouillon",
    ),
    ("WKF06", D, "- { apres: 15 jours, effets:", "- { effets:", "§{ effets"),
    ("WKF06", D, "- { apres: 15 jours, effets:", "- { apres: 60 jours, effets:", "§{ apres"),
    ("WKF06", D, "- { apres: 15 jours, effets:", "- { apres: 3 mois, effets:", "§{ apres"),
    (
        "WKF06",
        D,
        "- { apres: 15 jours, effets:",
        "- { apres: 15 jours, le: 2026-01-01, effets:",
        "§2026-01-01",
    ),
    (
        "WKF06",
        D,
        "[ { apres: 60 jours, vers: expiree } ]",
        "[ { apres: 60 jours, vers: expiree }, { apres: 1 jours } ]",
        "§{ apres: 1 ",
    ),
    (
        "WKF07",
        D,
        "a_l_entree: [ { message: { modele: abandon, a: demandeur } } ]",
        "a_l_entree: []",
        "^echeances: [ §{ apres: 60",
    ),
    ("WKF07", D, ", { message: { modele: accord, a: demandeur } } ]", " ]", "^action: §valider"),
    ("WKF07", D, "modele: refus, a: demandeur", "modele: refus, a: enfance", "^action: §refuser"),
    (
        "WKF07",
        D,
        "exige: [motif], effets: [ { message: { modele: complement, a: demandeur } } ] }",
        "exige: [motif] }",
        "^action: §completer",
    ),
    ("WKF08", D, "vers: refusee, exige: [motif]", "vers: refusee, exige: []", "^action: §refuser"),
    (
        "WKF08",
        "messages/refus.tera",
        " : {{ motif }}",
        ".",
        "@demarches/inscription.yaml:§{ message: { modele: refus,",
    ),
    (
        "WKF08",
        "messages/refus.tera",
        "Vous pouvez demander que la décision soit revue, ou saisir le tribunal administratif.",
        "Cordialement.",
        "@demarches/inscription.yaml:§{ message: { modele: refus,",
    ),
    ("WKF10", D, "par: agent.enfance, vers: validee", "par: parent, vers: validee", "^action: §valider"),
    (
        "WKF10",
        D,
        "par: agent.enfance, vers: validee",
        "par: [agent.enfance, systeme], vers: validee",
        "^action: §valider",
    ),
    (
        "WKF10",
        D,
        "[ { apres: 60 jours, vers: expiree } ]",
        "[ { apres: 60 jours, vers: validee } ]",
        "§{ apres: 60",
    ),
    (
        "FRM01",
        D,
        "fait: personne.naissance, obligatoire: true, si: { lien: enfant }",
        "fait: personne.naissance, obligatoire: true, si: \"est_connu(naissance)\"",
        "^champ: §naissance",
    ),
    ("FRM01", D, "fait: enfant.regime,", "fait: foyer.tranche,", "§foyer.tranche"),
    (
        "FRM01",
        D,
        "      - { champ: regime, fait: enfant.regime, obligatoire: true, si: { lien: enfant } }\n",
        "",
        "@donnees.yaml:fait: §regime",
    ),
    (
        "FRM01",
        D,
        "pieces: [fiche, domicile, attestation]",
        "pieces: [fiche, domicile]",
        "@donnees.yaml:fait: §quotient",
    ),
    ("FRM01", D, "{ enregistrer_faits: tous }", "{ enregistrer_faits: [nom, badge] }", "§badge"),
    ("FRM01", D, "titre: L'enfant\n", "titre: L'enfant\n    si: { lien: enfant }\n", "^champ: §lien"),
    ("FRM02", D, "type: { choix: [enfant, contact] }", "type: { choix: [] }", "^type: §{ choix"),
    ("FRM02", D, "titre: L'enfant\n", "titre: L'enfant\n    si: { quotient: \"..<0\" }\n", "^champ: §nom"),
    (
        "FRM02",
        D,
        "obligatoire: true, si: { lien: enfant } }\n      - { champ: badge",
        "obligatoire: { residence: { sauf: [dedans, dehors] } } }\n      - { champ: badge",
        "^champ: §regime",
    ),
    ("FRM03", D, "champ: badge, nom: Numéro de badge,", "champ: badge,", "^champ: §badge"),
    ("FRM03", D, "action: annuler, nom: Annuler,", "action: annuler,", "^action: §annuler"),
    (
        "FRM03",
        F,
        "fait: regime, nom: Régime alimentaire,",
        "fait: regime,",
        "@demarches/inscription.yaml:champ: §regime",
    ),
    (
        "FRM03",
        D,
        "champ: badge, nom: Numéro de badge, type: texte, motif: \"[0-9]{4}\", exemple: \"0123\"",
        "champ: telephone, nom: Votre numéro, type: texte",
        "^champ: §telephone",
    ),
    ("FRM04", D, "motif: \"[0-9]{4}\"", "motif: \"[0-9\"", "^motif: §\"[0-9"),
    ("FRM04", D, "exemple: \"0123\"", "exemple: \"123\"", "§\"123\""),
    ("FRM04", D, "motif: \"[0-9]{4}\"", "motif: \"(?=0)[0-9]{4}\"", "^motif: §\"("),
    ("FRM04", D, "type: texte, motif", "type: date, motif", "^motif: §\"[0-9"),
    (
        "PIE01",
        D,
        "pieces: [fiche, domicile, attestation]",
        "pieces: [domicile, attestation]",
        "@pieces.yaml:piece: §fiche",
    ),
    (
        "PIE01",
        P,
        "pieces:\n",
        "pieces:\n  - { piece: photo, nom: Photo, de: enfant, quand: toujours, si_manque: bloque, formats: [jpeg] }\n",
        "§photo",
    ),
    (
        "REF01",
        S,
        "- { exige: dossier_complet, message: refus_dossier }",
        "- { exige: dossier_complet, message: refus_dossier }\n      - { exige: { piece: photo } }",
        "§photo",
    ),
    ("PIE03", P, "age_max: 3 mois, valable: annee_scolaire", "age_max: 3 mois", "§3 mois"),
    ("PIE03", P, "piece: fiche,", "piece: fiche, provisoire: { piece: domicile },", "§{ piece: domicile }"),
    (
        "PIE03",
        P,
        "fichiers: 1, valable: annee_scolaire, sensibilite: personnelle, conservation: 1 an }\n  - { piece: domicile",
        "fichiers: 1, renouvelle: annee_scolaire, valable: illimitee, sensibilite: personnelle, conservation: 1 an }\n  - { piece: domicile",
        "renouvelle: §annee_scolaire",
    ),
    ("PIE04", P, "quand: { residence: dedans }", "quand: { residence: [dedans, dehors] }", "§{ residence"),
    ("PIE04", P, "quand: { residence: dedans }", "quand: { quotient: \"..<0\" }", "§{ quotient"),
    (
        "PIE04",
        P,
        "piece: fiche,",
        "piece: fiche, alternatives: [ { si: { residence: { sauf: [dedans, dehors] } }, pieces: [domicile] } ],",
        "si: §{ residence",
    ),
    ("REF01", P, "piece: fiche,", "piece: fiche, alternatives: [ { pieces: [domicil] } ],", "§domicil]"),
    ("REF01", D, "pieces: [fiche, domicile,", "pieces: [fiche, domicil,", "§domicil,"),
    ("REF01", D, "modele: accord", "modele: acord", "§acord"),
    ("REF01", D, "vers: annulee }", "vers: anulee }", "§anulee"),
    ("REF01", D, "ouvrir_services: champ.services", "ouvrir_services: champ.service", "§champ.service"),
    ("REF01", D, "ouvrir_services: champ.services", "ouvrir_service: restaurant", "§restaurant"),
    ("REF01", D, "ouvrir_services: champ.services", "ouvrir_demarche: suite", "§suite"),
    ("REF01", D, "instruit_par: enfance", "instruit_par: enfence", "§enfence"),
    ("REF01", D, "fait: personne.nom,", "fait: personne.nm,", "§personne.nm"),
    (
        "REF01",
        D,
        "si: { lien: enfant } }\n      - { champ: regime",
        "si: { lien: enfan } }\n      - { champ: regime",
        "§enfan }",
    ),
    ("REF01", D, "choix: [enfant, contact]", "choix: [enfant, contact, voisin]", "^lien: §champ.lien"),
    ("REF01", S, "message: refus_tard", "message: refus_trop_tard", "§refus_trop_tard"),
    ("REF01", S, "facturation: cantine", "facturation: cantines", "§cantines"),
    ("REF01", F, "provenance: [attestation]", "provenance: [atestation]", "§atestation"),
    ("REF01", R, "modele: relance", "modele: relances", "§relances"),
    ("REF02", "messages/autre.tera", "", "{# objet: Autre #}\nBonjour.\n", "§{# objet"),
    (
        "REF02",
        P,
        "pieces:\n",
        "pieces:\n  - { piece: photo, nom: Photo, de: enfant, quand: toujours, si_manque: sans_blocage, formats: [jpeg] }\n",
        "§photo",
    ),
    (
        "REF02",
        R,
        "    source: \"Règlement\"",
        "    source: \"Règlement\"\n  - { facturation: vide, nom: Vide, periode: mois, mode: prepaye, source: \"Règlement\" }",
        "§vide",
    ),
    ("REF06", D, "champ: badge,", "champ: nom,", "^champ: §nom, nom: Num"),
    (
        "REF06",
        D,
        "{ etape: refusee, nom: Refusée, phase: refusee }",
        "{ etape: refusee, nom: Refusée, phase: refusee }\n  - { etape: refusee, nom: Encore, phase: refusee }",
        "etape: §refusee, nom: Enc",
    ),
    (
        "REF06",
        R,
        "    source: \"Règlement\"",
        "    source: \"Règlement\"\n  - { facturation: cantine, nom: Vide, periode: mois, mode: prepaye, source: \"Règlement\" }",
        "§cantine",
    ),
    (
        "PEN02",
        R,
        "      - { apres: 30 jours, faire: [ { avertir_suspension: { delai: 15 jours } } ] }\n",
        "",
        "^§{ apres: 45",
    ),
    (
        "PEN02",
        R,
        "avertir_suspension: { delai: 15 jours }",
        "avertir_suspension: { delai: 20 jours }",
        "^§{ apres: 45",
    ),
    ("PEN02", R, "decide_par: agent.enfance", "decide_par: systeme", "§systeme"),
    ("TXT01", "messages/recu.tera", "demandeur.prenom", "demandeur.prenon", "§demandeur.prenon"),
    ("TXT01", "messages/relance.tera", "facture.reste | montant", "facture.reste", "§facture.reste"),
    ("TXT01", "messages/refus_tard.tera", "| date_longue", "| date_long", "§date_long"),
    ("TXT01", "messages/refus_dossier.tera", "{{ enfant.prenom }}", "{{ echeance | instant }}", "§echeance"),
    (
        "TXT01",
        "messages/recu.tera",
        "{{ demandeur.prenom }}",
        "{{ demandeur.prenom | montant }}",
        "§demandeur.prenom",
    ),
    (
        "TXT01",
        "messages/accord.tera",
        "{{ dossier.numero }}",
        "{% if motif %}{{ dossier.numero }}",
        "^pour la suite.\n§",
    ),
    ("TXT03", "messages/recu.tera", "{# objet: Nous avons bien reçu votre demande #}\n", "", "^§Bonjour"),
    (
        "TXT03",
        "messages/recu.tera",
        "Nous avons bien reçu votre demande",
        "Nous avons bien reçu votre demande, et le service enfance va la lire avec la plus grande attention",
        "§Nous",
    ),
    (
        "TXT03",
        "messages/accord.tera",
        "https://temoin.fr/enfance",
        "https://temoin.example/enfance",
        "§https",
    ),
    (
        "TXT03",
        "messages/accord.tera",
        "{# objet: Votre demande est acceptée #}",
        "{# objet: #}",
        "{# objet:§ #}",
    ),
    ("TXT04", "messages/relance.tera", "{{ facture.reste | montant }}", "12,50 €", "§12,50"),
    ("TXT04", "messages/refus_tard.tera", "{{ echeance | instant }}", "6 h", "§6 h"),
    ("TXT04", "messages/refus_tard.tera", "{{ jour | date_longue }}", "le 4 septembre", "§4 septembre"),
    (
        "SEC03",
        "messages/refus_dossier.tera",
        "objet: Dossier incomplet",
        "objet: Dossier de {{ enfant.prenom }} incomplet",
        "§enfant.prenom",
    ),
    (
        "SEC03",
        "messages/recu.tera",
        "objet: Nous avons bien reçu votre demande",
        "objet: {{ demandeur.nom }}, votre demande",
        "§demandeur.nom",
    ),
    (
        "SEC03",
        "messages/relance.tera",
        "objet: Une facture",
        "objet: {{ payeur.prenom }} {{ facture.numero }}",
        "§payeur.prenom",
    ),
    ("SYN04", D, "acces: compte", "acces: comptes", "§comptes"),
    ("SYN04", D, "type: texte, motif: \"[0-9]{4}\", exemple: \"0123\"", "type: text", "§text"),
    ("SYN04", D, "vaut: rejet", "vaut: refus", "§refus"),
    ("SYN04", D, "des: 2025-07-01", "des: \"J-2\"", "§\"J-2\""),
    (
        "SYN04",
        R,
        "avertir_suspension: { delai: 15 jours }",
        "ouvrir_demarche: inscription",
        "^§{ ouvrir_demarche",
    ),
    ("LIM02", D, "des: 2025-07-01", "des: 2025-07-01, jusqu_a: 2025-06-30", "§2025-06-30"),
    ("LIM01", R, "    emise: \"1 M+1\"\n", "", "^facturation: §cantine"),
    (
        "TAR02",
        D,
        "ouverture: [ { des: 2025-07-01 } ]",
        "ouverture: [ { des: 2025-07-01 }, { residence: dehors, des: 2025-08-01 } ]",
        "§{ residence",
    ),
    (
        "PIE01",
        P,
        "si_manque: sans_blocage, formats: [pdf], fichiers: 1, valable: { jusqu_a: 12-31 }",
        "si_manque: bloque, formats: [pdf], fichiers: 1 }\n  - { piece: autre, nom: Autre, de: foyer, quand: toujours, si_manque: bloque, formats: [pdf]",
        "piece: §autre",
    ),
];

/// Where the fault is pointed at: at `§` in what is wrong; with `^`, at its first place in the file; with `@file:`, in
/// another file.
fn attendu(sources: &SourceSet, f: &Faute) -> String {
    let (code, fichier, _, faux, part) = *f;
    let (fichier, part, dans) = match (part.strip_prefix('@'), part.strip_prefix('^')) {
        (Some(autre), _) => (autre.split_once(':').unwrap().0, autre.split_once(':').unwrap().1, None),
        (_, Some(ailleurs)) => (fichier, ailleurs, None),
        _ => (fichier, part, Some(faux)),
    };
    let id = sources.trouve(&format!("temoin/{fichier}")).unwrap();
    let texte = &sources.fichier(id).unwrap().texte;
    let cherche = part.replace('§', "");
    let debut = dans.map_or(0, |faux| texte.find(faux).unwrap());
    let Some(trouve) = texte[debut..].find(&cherche) else { return format!("{code} « {cherche} » absent") };
    let octet = debut + trouve + part.find('§').unwrap_or(0);
    let p = sources.position(id, u32::try_from(octet).unwrap());
    format!("{code} temoin/{fichier}:{}:{}", p.ligne, p.colonne)
}

#[test]
fn chaque_faute_est_dite_a_sa_place_et_seule() {
    let (mut rates, mut partage) = (Vec::new(), Partage::default());
    for f in FAUTES {
        let sources = temoin(&[(f.1, f.2, f.3)]);
        let trouves = charge_avec(&sources, "temoin", &mut partage).diagnostics;
        let voulu = attendu(&sources, f);
        let lieux = places(&sources, &trouves);
        let autres = trouves.iter().filter(|d| d.gravite == Gravite::Erreur && d.code.nom() != f.0).count();
        if !lieux.contains(&voulu) || autres > 0 {
            rates.push(format!("--- {voulu} par « {} »\n{}", f.3, texte(&sources, &trouves)));
        }
    }
    assert!(rates.is_empty(), "{} fautes sur {}\n{}", rates.len(), FAUTES.len(), rates.join("\n"));
}

#[test]
fn chaque_code_a_trois_fautes() {
    for code in [
        "WKF01", "WKF02", "WKF03", "WKF04", "WKF05", "WKF06", "WKF07", "WKF08", "WKF10", "FRM01", "FRM02",
        "FRM03", "FRM04", "PIE01", "PIE03", "PIE04", "REF01", "REF02", "REF06", "PEN02", "TXT01", "TXT03",
        "TXT04", "SEC03",
    ] {
        let n = FAUTES.iter().filter(|f| f.0 == code).count();
        assert!(n >= 3, "{code} : {n}");
    }
}
