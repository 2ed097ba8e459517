//! The seeded mistakes. One line each: the code, the file, what is replaced, by what.

use crate::banc::Faute;

const fn f(code: &'static str, fichier: &'static str, ancien: &'static str, nouveau: &'static str) -> Faute {
    Faute { code, fichier, ancien, nouveau, ailleurs: "" }
}

impl Faute {
    /// The place is there.
    const fn en(self, ailleurs: &'static str) -> Self {
        Self { ailleurs, ..self }
    }
}

const fn a(
    code: &'static str,
    fichier: &'static str,
    ancien: &'static str,
    nouveau: &'static str,
    ailleurs: &'static str,
) -> Faute {
    Faute { code, fichier, ancien, nouveau, ailleurs }
}

const COMMUNE: &str = "commune.yaml";
const DONNEES: &str = "donnees.yaml";
const REPAS: &str = "baremes/repas.yaml";
const GARDERIE: &str = "baremes/garderie.yaml";
const DIVERS: &str = "baremes/divers.yaml";
const CANTINE: &str = "services/restauration.yaml";
const SOIR: &str = "services/garderie.yaml";
const REGIE: &str = "regie.yaml";
const PIECES: &str = "pieces.yaml";
const EFFORT: &str = "regles/effort.rhai";

/// Codes that one mistake is enough to show: there is one way to make it.
pub const MOINS: [&str; 3] = ["CFM03", "REF05", "SYN06"];

/// Codes of these families whose mistakes are sown in `lint_demarches.rs`.
pub const AILLEURS: [&str; 2] = ["PEN02", "SEC03"];

#[rustfmt::skip]
pub const FAUTES: &[Faute] = &[
    // files
    f("SYN01", COMMUNE, "[lundi, mardi, jeudi, vendredi]\n", "[lundi, mardi, jeudi, vendredi\n  jours_x‹: 1\n"),
    f("SYN01", REPAS, "axe: quotient", "axe: ‹\"quotient"),
    f("SYN01", CANTINE, "gestionnaire: scolaire\n", "‹\tgestionnaire: scolaire\n"),
    f("SYN02", COMMUNE, "fuseau: Europe/Paris", "fuseau: Europe/Paris\n‹fuseaux: Europe/Paris"),
    f("SYN02", CANTINE, "unite: repas, bareme", "unite: repas, ‹tarif: x, bareme"),
    f("SYN02", PIECES, "nom: Livret de famille,", "nom: Livret de famille, ‹format: pdf,"),
    f("SYN03", COMMUNE, "zone_scolaire: B", "zone_scolaire: B\n‹zone_scolaire: C"),
    f("SYN03", REPAS, "quotient: \"..400\", prix: 2.00", "quotient: \"..400\", ‹quotient: \"..500\", prix: 2.00"),
    f("SYN03", SOIR, "bareme: etude,", "bareme: etude, ‹bareme: etude,"),
    f("SYN04", REPAS, "prix: 2.00", "prix: ‹2.5"),
    f("SYN04", REPAS, "prix: 5.90", "prix: ‹trois"),
    f("SYN04", REPAS, "prix: 5.90", "prix: ‹5,90"),
    f("SYN04", CANTINE, "remplace_le_prix: non", "remplace_le_prix: ‹parfois"),
    f("SYN04", CANTINE, "avant: \"J 09:00\"", "avant: \"J ‹9h\""),
    f("SYN04", SOIR, "places: 32", "places: ‹beaucoup"),
    f("SYN04", COMMUNE, "secteur: public", "secteur: ‹publik"),
    f("SYN04", COMMUNE, "usage: unique", "usage: ‹uniques"),
    f("SYN04", COMMUNE, "moyens: { carte:", "moyens: { ‹cartes:"),
    f("SYN04", COMMUNE, "zonages:\n", "appels: { caisse: { url: ‹\"http://exemple.fr/\", cle: \"secret:caisse\" } }\nzonages:\n"),
    f("SYN05", COMMUNE, "insee: \"80410\"", "insee: ‹01410"),
    f("SYN05", CANTINE, "nom: Repas", "nom: ‹no"),
    f("SYN05", SOIR, "nom: Soutien", "nom: ‹16:30"),
    a("SYN06", COMMUNE, "nom: Ville d'essai", "nom: !!binary Ville d'essai", "commune.yaml|!!binary"),
    f("SYN07", COMMUNE, "langage: 1", "langage: ‹2"),
    f("SYN07", COMMUNE, "langage: 1", "langage: ‹0"),
    f("SYN07", COMMUNE, "langage: 1", "langage: ‹99"),
    f("SYN09", COMMUNE, "etapes: [identite, adresse, moyens_de_contact, identifiants]", "etapes: [identite, adresse, moyens_de_contact, identifiants]\n  ‹openid: { fournisseur: exemple }"),
    f("SYN09", COMMUNE, "moyens: { carte:", "‹portefeuille: { recharge_minimum: 12.00, par: enfant }\n  moyens: { carte:"),
    f("SYN09", REGIE, "periode: mois,", "periode: mois, ‹seuil_report: 15.00,"),
    f("SYN09", CANTINE, "unite: repas, bareme", "unite: repas, ‹compose: { lundi: repas }, bareme"),
    f("SYN08", COMMUNE, "nom: Affaires scolaires", "nom: Affaires‹\u{200b} scolaires"),
    f("SYN08", CANTINE, "nom: Repas", "nom: Re‹\u{202e}pas"),
    f("SYN08", PIECES, "nom: Livret", "nom: Liv‹\u{200d}ret"),
    // references
    f("REF01", CANTINE, "bareme: repas", "bareme: ‹repa"),
    f("REF01", CANTINE, "gestionnaire: scolaire", "gestionnaire: ‹scolair"),
    f("REF01", REPAS, "dimensions: [residence, quotient]", "dimensions: [‹domicile, residence, quotient]"),
    f("REF01", CANTINE, "si: { rang: \"3..\" }", "si: { ‹rangs: \"3..\" }"),
    f("REF01", REPAS, "jamais_moins: { residence: exterieur }", "jamais_moins: { residence: ‹dehors }"),
    f("REF01", COMMUNE, "zone_scolaire: B\n", "zone_scolaire: B\nquestions: [ { sur: ‹calendries.fermetures, question: Quand, choix: Noël } ]\n"),
    f("REF01", SOIR, "calendrier: petites_semaines", "calendrier: ‹petite_semaine"),
    f("REF01", "demarches/inscription.yaml", "effets: [ { message: { modele: refus,", "effets: [ { appeler: ‹caisse }, { message: { modele: refus,"),
    f("REF02", COMMUNE, "zonages:\n", "appels: { ‹caisse: { url: \"https://exemple.fr/\", cle: \"secret:caisse\" } }\nzonages:\n"),
    f("REF02", COMMUNE, "{ petites_semaines: [lundi, jeudi] }", "{ petites_semaines: [lundi, jeudi], ‹grandes: [mardi] }"),
    f("REF02", DONNEES, "faits:\n", "faits:\n  - { fait: ‹solitaire, sujet: enfant, type: booleen, provenance: [agent], validite: { illimitee: true }, effet: { a: jour, retroactif: non }, sensibilite: personnelle, conservation: 1 an }\n"),
    f("REF02", "baremes/oublie.yaml", "", "bareme: ‹oublie\nunite: jour\ndimensions: []\nversions: [ { depuis: 2026-09-01, source: \"Vote\", lignes: [ { prix: 3.00 } ] } ]\n"),
    f("REF02", "regles/perdu.rhai", "", "‹//! entrees: quotient: quotient\n//! sortie: montant\nquotient * 2\n"),
    a("REF03", DONNEES, "formule: \"ressources / 12\" } }", "formule: \"ronde / 12\" } }\n  - { fait: ronde, sujet: foyer, type: nombre, min: 0, pas: 1, arrondi: inferieur, derive: { formule: \"moyenne * 2\" } }", "donnees.yaml|moyenne, sujet"),
    f("REF03", DONNEES, "fait: moyenne, sujet: foyer, type: nombre, min: 0, pas: 1, arrondi: inferieur, derive: { formule: \"ressources / 12\" }", "fait: ‹moyenne, sujet: foyer, type: nombre, min: 0, pas: 1, arrondi: inferieur, derive: { formule: \"moyenne / 12\" }"),
    a("REF03", DONNEES, "derive: { formule: \"ressources / 12\" } }", "derive: { formule: \"c1 + 1\" } }\n  - { fait: c1, sujet: foyer, type: nombre, min: 0, pas: 1, arrondi: inferieur, derive: { formule: \"c2 + 1\" } }\n  - { fait: c2, sujet: foyer, type: nombre, min: 0, pas: 1, arrondi: inferieur, derive: { formule: \"moyenne + 1\" } }", "donnees.yaml|moyenne, sujet"),
    f("REF05", COMMUNE, "modele: { de: base", "modele: { de: ‹bases"),
    f("REF04", PIECES, "pieces:\n", "retire: [‹piece.certificats]\npieces:\n"),
    f("REF04", PIECES, "nom: Livret de famille,", "nom: Livret de famille, apres_element: ‹autre,"),
    f("REF04", PIECES, "nom: Dossier santé,", "nom: Dossier santé, avant_element: ‹rien,"),
    a("REF06", SOIR, "prestation: aide, nom: Soutien", "prestation: repas, nom: Soutien", "services/restauration.yaml|repas, nom: Repas"),
    a("REF06", SOIR, "service: garderie", "service: restauration", "services/restauration.yaml|restauration"),
    f("REF06", SOIR, "prestation: aide, nom: Soutien", "prestation: ‹etudesoir, nom: Soutien"),
    f("REF06", DIVERS, "baremes:\n", "baremes:\n  - { bareme: soutien, unite: creneau, dimensions: [], versions: [ { depuis: 2026-09-01, source: \"Vote\", lignes: [ { prix: 3.00 } ] } ] }\n").en("baremes/divers.yaml|soutien\n"),
    // calendar
    f("CAL01", COMMUNE, "zone_scolaire: B", "zone_scolaire: ‹D"),
    f("CAL01", COMMUNE, "fuseau: Europe/Paris", "fuseau: ‹Europe/Pari"),
    f("CAL01", COMMUNE, "fermetures: [ { du: 2026-12-24, motif: Réveillon } ]", "fermetures: [ ‹{ du: 2026-12-24, au: 2026-12-20, motif: Réveillon } ]"),
    f("CAL01", COMMUNE, "motif: Réveillon } ]", "motif: Réveillon }, ‹{ du: 2026-12-24, motif: Encore } ]"),
    f("CAL01", CANTINE, "periodes: [scolaire]", "periodes: [‹scolair]"),
    f("CAL02", SOIR, "jours: { calendrier: petites_semaines, periodes: [scolaire]", "jours: ‹{ calendrier: petites_semaines, periodes: [ascension]"),
    f("CAL02", CANTINE, "ouverture: [ { des: 2026-08-24 } ]", "ouverture: [ ‹{ des: 2026-08-23 } ]"),
    f("CAL02", SOIR, "ouverture: [ { des: 2026-08-24 } ]", "ouverture: [ ‹{ des: 2026-08-15 } ]"),
    // open questions
    f("CFM01", REPAS, "source: \"Délibération du 27 juin 2026\"", "source: ‹{ choix: \"oui\", question: \"Quand ?\" }"),
    f("CFM01", CANTINE, "source: \"Règlement inventé, article 3\"", "source: ‹{ choix: \"oui\", question: \"Où ?\" }"),
    f("CFM01", COMMUNE, "source: \"Règlement inventé\"", "source: ‹{ choix: \"oui\", question: \"Qui ?\" }"),
    f("CFM02", REPAS, "prix: 5.90", "a_demander: ‹\"Combien ?\""),
    f("CFM02", GARDERIE, "prix: 1.50", "prix: ‹{ exemple: 1.50 }"),
    f("CFM02", SOIR, "places: 32", "a_demander: ‹\"Combien de places ?\""),
    f("CFM03", COMMUNE, "source: \"Règlement inventé\"", "source: \"Règlement inventé\"\nquestions:\n  - { sur: nom, question: \"Lequel ?\", choix: un }\n  - ‹{ sur: nom, question: \"Lequel ?\", choix: deux }"),
    // account key
    f("CLE01", COMMUNE, "format: \"9999-AAA-999\"", "format: ‹\"9999\""),
    f("CLE01", COMMUNE, "cle: { format: \"9999-AAA-999\", remise: [guichet], une_par: foyer, second_facteur: naissance_enfant, essais: 5, expire: 12 mois }", "cle: ‹{ format: \"9999-AAA-999\", remise: [guichet], une_par: foyer, second_facteur: naissance_enfant, essais: 5 }"),
    f("CLE01", COMMUNE, "cle: { format: \"9999-AAA-999\", remise: [guichet], une_par: foyer, second_facteur: naissance_enfant, essais: 5, expire: 12 mois }", "cle: ‹{ format: \"9999-AAA-999\", remise: [guichet], une_par: foyer, essais: 5, expire: 12 mois }"),
    // limits
    a("LIM01", CANTINE, "{ mode: annuelle, avant: \"J 06:00\" }, ", "", "services/restauration.yaml|[ { mode: occasionnelle"),
    f("LIM01", SOIR, "limite: [ { avant: \"J 06:00\" } ] }\n        - { sinon", "limite: [ ‹{ jusqu_a: \"1 h\" } ] }\n        - { sinon"),
    f("LIM01", CANTINE, "limite: [ { avant: \"J 09:00\" } ]", "limite: [ ‹{ avant: \"P-2\" } ]"),
    a("LIM01", CANTINE, "        - { sinon: refus }\n", "", "services/restauration.yaml|- { delai: a_temps"),
    f("LIM02", CANTINE, "limite: [ { avant: \"J 09:00\" } ]", "limite: [ ‹{ avant: \"J 13:00\" } ]"),
    f("LIM02", CANTINE, "limite: [ { avant: \"J 09:00\" } ]", "limite: [ ‹{ jusqu_a: \"J\" } ]"),
    f("LIM02", CANTINE, "ouverture: [ { des: 2026-08-24 } ]", "ouverture: ‹[ { des: \"J 09:00\" } ]"),
    f("LIM04", CANTINE, "limite: [ { avant: \"J 09:00\" } ]", "limite: [ ‹{ avant: \"J-1 09:00\" } ]"),
    f("LIM04", CANTINE, "modes: [annuelle, occasionnelle]", "modes: [annuelle, occasionnelle]\n      si_jour_ferme: ‹garde"),
    f("LIM04", CANTINE, "limite: [ { avant: \"J 09:00\" } ]", "limite: [ ‹{ jusqu_a: \"72 h\" } ]"),
    f("LIM05", CANTINE, "annonces: [ { annonce: a_temps, limite: [ { avant: \"J 06:00\" } ] } ]", "annonces: [ ‹{ annonce: a_temps, limite: [ { avant: \"J 10:00\" } ] } ]"),
    f("LIM05", CANTINE, "annonces: [ { annonce: a_temps, limite: [ { avant: \"J 06:00\" } ] } ]", "annonces: [ ‹{ annonce: a_temps, limite: [ { toujours: true } ] } ]"),
    f("LIM05", SOIR, "annonces: [ { annonce: a_temps, limite: [ { avant: \"J 06:00\" } ] } ]", "annonces: [ ‹{ annonce: a_temps, limite: [ { jusqu_a: \"J\" } ] } ]"),
    f("LIM06", SOIR, "places: 32", "places: ‹0"),
    f("LIM06", SOIR, "places: 32", "places: ‹-3"),
    f("LIM06", CANTINE, "    ajustements:\n", "    capacite: [ { mode: annuelle, places: ‹0 } ]\n    ajustements:\n"),
    // penalties, privacy, secrets
    f("PEN01", CANTINE, "preuve: [pointage] }", "preuve: [pointage], compteur: { de: presence_sans_reservation, par: ‹[enfant] } }"),
    f("PEN01", CANTINE, "majore: 1.00 }", "majore: 1.00, compteur: { de: presence_sans_reservation, par: ‹[enfant] } }"),
    f("PEN01", CANTINE, "preuve: [pointage] }", "preuve: [pointage], compteur: { de: absence, par: ‹[foyer] } }"),
    a("RGP01", DONNEES, "sensibilite: financiere, conservation: 2 ans }\n  - { fait: regime", "sensibilite: financiere }\n  - { fait: regime", "donnees.yaml|quotient, sujet"),
    f("RGP01", DONNEES, "fait: regime, sujet: enfant, type: { choix: [standard, sans_porc] }, provenance: [agent], validite: { annee_scolaire: true }, perime: absent, effet: { a: jour, retroactif: non }, sensibilite: personnelle,", "fait: ‹regime, sujet: enfant, type: { choix: [standard, sans_porc] }, provenance: [agent], validite: { annee_scolaire: true }, perime: absent, effet: { a: jour, retroactif: non },"),
    f("RGP01", DONNEES, "fait: ressources, sujet: foyer, type: nombre, min: 0, pas: 1, arrondi: inferieur, provenance: [agent], validite: { illimitee: true }, effet: { a: jour, retroactif: non }, sensibilite: financiere,", "fait: ‹ressources, sujet: foyer, type: nombre, min: 0, pas: 1, arrondi: inferieur, provenance: [agent], validite: { illimitee: true }, effet: { a: jour, retroactif: non },"),
    f("SEC01", COMMUNE, "zonages:\n", "appels: { caisse: { url: \"https://exemple.fr/\", cle: ‹lune } }\nzonages:\n"),
    f("SEC01", COMMUNE, "passerelle: simulateur", "passerelle: simulateur, token: ‹a81bc81bdead4e5d"),
    f("SEC01", COMMUNE, "nom: Hors commune", "nom: ‹FR7630006000011234567890189"),
    f("SEC01", "messages/trop_tard.tera", "Bonjour, l'échéance est passée.", "Payez sur ‹FR76 3000 6000 0112 3456 7890 189 avant lundi."),
    f("SEC01", COMMUNE, "passerelle: simulateur", "passerelle: simulateur, cle: ‹sk_live_51H8abcdefghijk"),
    // scripts and expressions
    f("RHA01", DONNEES, "formule: \"ressources / 12\"", "formule: \"(ressources / 12‹\""),
    f("RHA01", EFFORT, "let base = if quotient", "let base = ‹= if quotient"),
    f("RHA01", DIVERS, "formule: \"max(1, moyenne * 0.001)\"", "formule: \"max(1, moyenne * ‹)\""),
    f("RHA02", DONNEES, "formule: \"ressources / 12\"", "formule: \"‹resources / 12\""),
    f("RHA02", DIVERS, "max(1, moyenne * 0.001)", "‹maxi(1, moyenne * 0.001)"),
    f("RHA02", EFFORT, "arrondi(borne(base", "arrondi(borne(‹bas"),
    f("RHA03", EFFORT, "let base = if", "‹eval(\"1\");\nlet base = if"),
    f("RHA03", EFFORT, "let base = if", "‹import \"x\" as y;\nlet base = if"),
    f("RHA03", EFFORT, "let base = if", "‹sleep(1);\nlet base = if"),
    f("RHA04", DIVERS, "formule: \"max(1, moyenne * 0.001)\"", "formule: \"‹moyenne > 900\""),
    f("RHA04", EFFORT, "arrondi(borne(base * 0.0042, 1.20, 6.80), 2)", "‹\"beaucoup\""),
    f("RHA04", EFFORT, "arrondi(borne(base * 0.0042, 1.20, 6.80), 2)", "base ‹/ (base - base)"),
    f("RHA05", EFFORT, "//! entrees: quotient: quotient?", "//! entrees: quotient: quotient?, ‹residence: residence"),
    f("RHA05", EFFORT, "arrondi(borne(base * 0.0042, 1.20, 6.80), 2)", "‹base * 0 + 2"),
    f("RHA05", EFFORT, "//! entrees: quotient: quotient?", "//! entrees: quotient: quotient?, ‹rang: rang?"),
    // tariffs
    a("TAR01", REPAS, "quotient: \"401..900\"", "quotient: \"402..900\"", "baremes/repas.yaml|- { residence: ville, quotient: \"..400\""),
    a("TAR01", GARDERIE, "regime: standard, quotient: \"..\"", "regime: standard, quotient: \"500..\"", "baremes/garderie.yaml|- { regime: standard"),
    a("TAR01", REPAS, "      - { residence: exterieur, prix: 5.90 }\n", "", "baremes/repas.yaml|- { residence: ville, quotient: \"..400\""),
    f("TAR02", REPAS, "- { residence: ville, quotient: \"401..900\"", "- ‹{ residence: ville, quotient: \"400..900\""),
    f("TAR02", GARDERIE, "- { regime: [sans_porc, absent], quotient", "- ‹{ regime: [sans_porc, standard, absent], quotient"),
    f("TAR02", REPAS, "- { residence: exterieur, prix", "- ‹{ residence: [ville, exterieur], prix"),
    f("TAR03", REPAS, "- { residence: ville, quotient: [\"901..\", absent], prix: 3.50 }", "- ‹{ residence: ville, quotient: [\"901..\", absent], prix: 3.40 }"),
    f("TAR03", REPAS, "- { residence: ville, quotient: \"401..900\", entre: [2.00, 3.50] }", "- ‹{ residence: ville, quotient: \"401..900\", entre: [2.50, 3.50] }"),
    f("TAR03", REPAS, "- { residence: ville, quotient: \"401..900\", entre: [2.00, 3.50] }", "- ‹{ residence: ville, quotient: \"401..900\", entre: [5.10, 5.50] }"),
    f("TAR03", GARDERIE, "- { regime: [sans_porc, absent], quotient: \"..\", prix: 1.50 }", "- { regime: [sans_porc, absent], quotient: \"..900\", prix: 1.50 }\n      - ‹{ regime: [sans_porc, absent], quotient: \"901..\", prix: 1.50 }"),
    a("TAR04", REPAS, "      - { residence: exterieur, prix: 5.90 }\n", "      - { residence: exterieur, prix: 5.90 }\n      - { sinon: true, prix: 6.00 }\n", "baremes/repas.yaml|{ sinon: true"),
    a("TAR05", REPAS, "quotient: [\"901..\", absent]", "quotient: \"901..\"", "baremes/repas.yaml|- { residence: ville, quotient: \"..400\""),
    a("TAR05", GARDERIE, "      - { quotient: absent, prix: 2.50 }\n", "", "baremes/garderie.yaml|- { regime: standard"),
    a("TAR05", DIVERS, "          - { moyenne: absent, prix: 3.00 }\n", "", "baremes/divers.yaml|- { moyenne: \"..\""),
    f("TAR04", GARDERIE, "- { quotient: absent, prix: 2.50 }", "- { quotient: absent, prix: 2.50 }\n      - ‹{ sinon: true, prix: 9.00 }"),
    f("TAR04", DIVERS, "- { moyenne: absent, prix: 3.00 }", "- { moyenne: absent, prix: 3.00 }\n          - ‹{ sinon: true, prix: 9.00 }"),
    f("TAR06", REPAS, "dimensions:", "decimales: ‹7\ndimensions:"),
    f("TAR06", DIVERS, "- { moyenne: absent, prix: 3.00 }", "- ‹{ moyenne: absent, prix: 300.00 }"),
    f("TAR06", GARDERIE, "- { quotient: absent, prix: 2.50 }", "- ‹{ quotient: absent, prix: 2.505 }"),
    f("TAR07", REPAS, "depuis: 2026-09-01", "depuis: ‹2026-10-01"),
    f("TAR07", GARDERIE, "depuis: 2026-09-01", "depuis: ‹2027-09-01"),
    f("TAR07", DIVERS, "    dimensions: []\n    versions:\n", "    dimensions: []\n    versions:\n      - { depuis: ‹2020-09-01, source: \"Vote\", lignes: [ { prix: 3.00 } ] }\n"),
    a("TAR08", CANTINE, "bareme: repas, facturation", "facturation", "services/restauration.yaml|repas, nom"),
    a("TAR08", CANTINE, "remise: 20 %", "remise: 120 %", "services/restauration.yaml|{ ajustement: fratrie"),
    a("TAR08", SOIR, "bareme: etude, facturation", "facturation", "services/garderie.yaml|etude_soir, nom"),
    f("TAR10", REPAS, "- { residence: exterieur, prix: 5.90 }", "- ‹{ residence: exterieur, prix: 3.00 }"),
    f("TAR10", REPAS, "- { residence: exterieur, prix: 5.90 }", "- ‹{ residence: exterieur, prix: 1.90 }"),
    f("TAR10", DIVERS, "prix: [4.00, 6.00]", "prix: [4.00, ‹2.00]"),
    f("TAR11", DONNEES, "type: quotient, pas: 1, arrondi: inferieur", "type: quotient, pas: ‹1"),
    a("TAR11", CANTINE, "si: { delai: tardif }, majore: 1.00", "si: { delai: tardif }, majore: 10 %", "services/restauration.yaml|retard, si"),
    a("TAR11", COMMUNE, "mode: demi_superieur, a: ligne }", "mode: demi_superieur }", "commune.yaml|{ pas: 0.01"),
    f("TAR12", CANTINE, "unite: repas, bareme", "unite: ‹heure, bareme"),
    a("TAR12", REPAS, "axe: quotient\n", "", "baremes/repas.yaml|{ residence: ville, quotient: \"401"),
    a("TAR12", GARDERIE, "assiette: quotient\n", "", "baremes/garderie.yaml|{ regime: standard"),
    f("TAR12", GARDERIE, "- { regime: standard, quotient: \"..\", taux: 0.200 %, plancher: 0.80, plafond: 2.50 }", "- ‹{ regime: standard, quotient: \"..\", taux: 0.200 %, plancher: 0.80 }"),
    f("TAR12", DIVERS, "- { moyenne: \"..\", formule: \"max(1, moyenne * 0.001)\" }", "- ‹{ moyenne: \"..\", formule: \"moyenne * 0.001 - 3\" }"),
    f("TAR13", REPAS, "depuis: 2026-09-01\n    source: \"Délibération du 27 juin 2026\"", "depuis: ‹2026-09-01"),
    f("TAR13", GARDERIE, "depuis: 2026-09-01\n    source: \"Délibération du 27 juin 2026\"", "depuis: ‹2026-09-01"),
    f("TAR13", "baremes/nouveau.yaml", "", "bareme: nouveau\nunite: jour\ndimensions: []\nversions: [ { depuis: ‹2026-09-01, lignes: [ { prix: 3.00 } ] } ]\n"),
    f("TAR14", DIVERS, "- { prix: [4.00, 6.00] }", "- ‹{ prix: [4.00] }"),
    f("TAR14", DIVERS, "- { prix: [4.00, 6.00] }", "- ‹{ prix: [4.00, 6.00, 8.00] }"),
    f("TAR14", DIVERS, "- { prix: [4.00, 6.00] }", "- ‹{ prix: 4.00 }"),
];

/// Twelve unrelated mistakes of one file.
pub const DOUZE: [(&str, &str); 12] = [
    ("gestionnaire: scolaire", "gestionnaire: scolair"),
    ("unite: repas, bareme", "unite: repas, tarif: x, bareme"),
    ("periodes: [scolaire]", "periodes: [scolair]"),
    ("exige: dossier_complet", "exige: dossier_complets"),
    ("ouverture: [ { des: 2026-08-24 } ]", "ouverture: [ { des: 2026-13-24 } ]"),
    ("avant: \"J 09:00\"", "avant: \"J 9h\""),
    ("lignes: [ { annonce: a_temps, facture: non }", "lignes: [ { annonce: a_temps, facture: peut-être }"),
    ("accueil: accepte", "accueil: oui"),
    ("si: { rang: \"3..\" }", "si: { rangs: \"3..\" }"),
    ("majore: 1.00", "majore: 1"),
    ("penalite: oubli", "penalite: Oubli"),
    ("remplace_le_prix: non", "remplace_le_prix: parfois"),
];

/// Where they are said: line, code.
pub const DOUZE_LIEUX: [(u32, &str); 12] = [
    (3, "REF01"),
    (5, "SYN02"),
    (6, "CAL01"),
    (10, "SYN04"),
    (13, "SYN04"),
    (16, "SYN04"),
    (20, "SYN04"),
    (21, "SYN04"),
    (23, "REF01"),
    (24, "SYN04"),
    (26, "SYN04"),
    (26, "SYN04"),
];
