//! A household as its page shows it: who is in it, and what is known of each, since when, and by whom.

use std::collections::{BTreeMap, BTreeSet};

use engine::commune::Commune;
use engine::demarche::Champ;
use engine::foyer::{Droit, Fait, FaitsDates, Foyer, Genre, Membre, SourceFait, Sujet, ValeurFait};
use engine::garde_alternee::{Semaines, chez_soi};
use engine::identifiant::PersonneId;
use jiff::Timestamp;
use jiff::civil::Date;
use rules::date_fr;

use crate::formulaire::valeur_lisible;
use crate::vues::{DoublonVu, FaitVu, LigneDoublon, MembreVu};

/// Who reads it, and when.
#[derive(Clone, Copy, Debug)]
pub struct Lecteur<'l> {
    /// The adult whose page it is; `None`: an agent.
    pub personne: Option<&'l PersonneId>,
    /// Names of the facts that are not theirs to read.
    pub caches: &'l BTreeSet<String>,
    /// Today, in the town.
    pub jour: Date,
    /// Now.
    pub connu_au: Timestamp,
}

/// Whoever is in the household: the reader first, the children, the other adults.
///
/// Of another legal guardian only the name is shown: where they live and how to reach them is theirs.
pub fn membres<'f>(
    commune: &Commune,
    foyer: &'f Foyer,
    faits: &FaitsDates,
    lecteur: Lecteur<'_>,
) -> Vec<(&'f Membre, MembreVu)> {
    let mut membres: Vec<&'f Membre> = foyer.membres.iter().collect();
    let rang = |m: &Membre| match m.genre {
        _ if Some(&m.personne) == lecteur.personne => 0,
        Genre::Enfant => 1,
        Genre::Responsable | Genre::CoRepresentant => 2,
        Genre::Contact => 3,
    };
    membres.sort_by_key(|m| (rang(m), nom(faits, &m.personne, lecteur)));
    membres.into_iter().map(|m| (m, membre(commune, faits, m, lecteur))).collect()
}

/// What is known of the household itself; nothing for another guardian than whoever holds it: where they live, what they earn.
pub fn du_foyer(commune: &Commune, foyer: &Foyer, faits: &FaitsDates, lecteur: Lecteur<'_>) -> Vec<FaitVu> {
    if lecteur.personne.is_some_and(|qui| !foyer.montre_a(qui)) {
        return Vec::new();
    }
    connus(commune, faits, &Sujet::Foyer(foyer.id.clone()), lecteur)
}

fn membre(commune: &Commune, faits: &FaitsDates, membre: &Membre, lecteur: Lecteur<'_>) -> MembreVu {
    let moi = Some(&membre.personne) == lecteur.personne;
    let autre_responsable = lecteur.personne.is_some() && membre.genre.est_responsable() && !moi;
    let sujet = Sujet::Personne(membre.personne.clone());
    let mut lignes = if autre_responsable { Vec::new() } else { connus(commune, faits, &sujet, lecteur) };
    // what ties an adult to each child
    lignes.extend(faits.iter().map(|f| &f.sujet).collect::<BTreeSet<_>>().into_iter().flat_map(
        |s| match s {
            Sujet::Lien { adulte, enfant } if *adulte == membre.personne && !autre_responsable => {
                let prenom = texte(faits, enfant, "prenom", lecteur);
                let pour = |f: FaitVu| FaitVu { libelle: format!("{} ({prenom})", f.libelle), ..f };
                connus(commune, faits, s, lecteur).into_iter().map(pour).collect()
            }
            _ => Vec::new(),
        },
    ));
    let nom = nom(faits, &membre.personne, lecteur);
    MembreVu {
        nom: if nom.is_empty() { "Nom inconnu".to_owned() } else { nom },
        role: match membre.genre {
            _ if moi => "Vous",
            Genre::Responsable if lecteur.personne.is_none() => "Responsable",
            Genre::Responsable | Genre::CoRepresentant => "Autre responsable",
            Genre::Enfant => "Enfant",
            Genre::Contact => "Contact",
        }
        .to_owned(),
        reserve: autre_responsable,
        note: String::new(),
        droits: if autre_responsable { Vec::new() } else { droits(faits, &membre.personne, lecteur) },
        faits: lignes,
    }
}

/// What somebody may, or may not, do for each child, since when, until when, and what proves it.
fn droits(faits: &FaitsDates, qui: &PersonneId, lecteur: Lecteur<'_>) -> Vec<String> {
    let tenus = engine::foyer::droits(faits, lecteur.jour, lecteur.connu_au);
    let siens = tenus.into_iter().filter(|d| d.adulte == *qui && !lecteur.caches.contains(d.droit.fait()));
    siens
        .map(|d| {
            let verbe = if d.permis { "Peut" } else { "NE PEUT PAS" };
            let enfant = texte(faits, &d.enfant, "prenom", lecteur);
            let du = date_fr::date_courte(d.du);
            let au = d.au.map(|au| format!(" jusqu’au {}", date_fr::date_courte(au))).unwrap_or_default();
            let preuve = if d.preuve.is_empty() { String::new() } else { format!(" ({})", d.preuve) };
            format!("{verbe} {} : {enfant}, depuis le {du}{au}{preuve}", d.droit.en_mots())
        })
        .collect()
}

/// Where a child of two homes is this week and the next, as this household says its weeks; `None`: it has one home, or the
/// household has not said.
pub fn garde(
    commune: &Commune,
    foyer: &Foyer,
    faits: &FaitsDates,
    enfant: &PersonneId,
    lecteur: Lecteur<'_>,
) -> Option<String> {
    let lit =
        |sujet: Sujet, nom| faits.valeur(&sujet, nom, lecteur.jour, lecteur.connu_au).map(|f| &f.valeur);
    if lit(Sujet::Personne(enfant.clone()), "garde_alternee") != Some(&ValeurFait::Booleen(true)) {
        return None;
    }
    let ValeurFait::Choix(dites) = lit(Sujet::Foyer(foyer.id.clone()), "semaines_garde")? else {
        return None;
    };
    let (semaines, regle) = (Semaines::lit(dites)?, commune.semaine_53?);
    let lundi = |jour: Date| {
        let recul = i64::from(jour.weekday().to_monday_zero_offset());
        jour.checked_sub(jiff::Span::new().days(recul)).ok()
    };
    let une = |jour: Date| {
        let ou = match chez_soi(semaines, regle, jour) {
            Some(true) => "dans votre foyer",
            Some(false) => "dans son autre foyer",
            None => "à dire par les deux foyers",
        };
        let debut = date_fr::date_courte(lundi(jour)?);
        Some(format!("semaine {} (à partir du {debut}) : {ou}", jour.iso_week_date().week()))
    };
    let suivante = lecteur.jour.checked_add(jiff::Span::new().weeks(1)).ok()?;
    Some(format!("Garde alternée. Cette {}. La {}.", une(lecteur.jour)?, une(suivante)?))
}

/// First and family names.
pub fn nom(faits: &FaitsDates, personne: &PersonneId, lecteur: Lecteur<'_>) -> String {
    let texte = |fait| texte(faits, personne, fait, lecteur);
    format!("{} {}", texte("prenom"), texte("nom")).trim().to_owned()
}

fn texte(faits: &FaitsDates, personne: &PersonneId, fait: &str, lecteur: Lecteur<'_>) -> String {
    let sujet = Sujet::Personne(personne.clone());
    let lu = faits.valeur(&sujet, fait, lecteur.jour, lecteur.connu_au);
    lu.map(|f| valeur_lisible(None, &f.valeur)).unwrap_or_default()
}

/// What holds today of somebody, the names aside: they are the title.
fn connus(commune: &Commune, faits: &FaitsDates, sujet: &Sujet, lecteur: Lecteur<'_>) -> Vec<FaitVu> {
    let noms: BTreeSet<&str> = faits.iter().filter(|f| f.sujet == *sujet).map(|f| f.fait.as_str()).collect();
    let mut vus: Vec<FaitVu> = noms
        .into_iter()
        .filter(|n| !matches!(*n, "nom" | "prenom") && !lecteur.caches.contains(*n))
        // told in a sentence
        .filter(|n| !Droit::faits().any(|d| d == *n))
        .filter_map(|nom| {
            let fait = faits.valeur(sujet, nom, lecteur.jour, lecteur.connu_au)?;
            let (libelle, valeur) = match zone(commune, nom, &fait.valeur) {
                Some(zone) => ("Zone du domicile".to_owned(), zone),
                None => (libelle(commune, sujet, nom), lisible(commune, nom, &fait.valeur)),
            };
            let detail =
                format!("{}{}", detail(commune, fait, lecteur), autrement(commune, faits, fait, nom));
            Some(FaitVu { libelle, valeur, detail })
        })
        .collect();
    vus.sort_by(|a, b| a.libelle.cmp(&b.libelle));
    vus
}

/// As families read it: a choice that no form of the town names is at least written as a word.
fn lisible(commune: &Commune, nom: &str, valeur: &ValeurFait) -> String {
    match (champ(commune, nom), valeur) {
        (None, ValeurFait::Choix(id)) => {
            let mots = id.replace('_', " ");
            let mut lettres = mots.chars();
            lettres.next().map(|l| l.to_uppercase().chain(lettres).collect()).unwrap_or_default()
        }
        (champ, valeur) => valeur_lisible(champ, valeur),
    }
}

/// The name of the zone that the household's address falls in.
fn zone(commune: &Commune, nom: &str, valeur: &ValeurFait) -> Option<String> {
    let ValeurFait::Choix(id) = valeur else { return None };
    let (fait, _) = commune.vocabulaire.iter().find(|(_, s)| s.nom == nom)?;
    let zonage = commune.zonages.iter().find(|z| z.fait == fait)?;
    zonage.zones.iter().find(|z| z.id == *id).map(|z| z.nom.clone())
}

/// The town's own name of a fact.
fn libelle(commune: &Commune, sujet: &Sujet, nom: &str) -> String {
    let de = match sujet {
        Sujet::Foyer(_) => "foyer",
        Sujet::Personne(_) => "personne",
        Sujet::Lien { .. } => "lien",
    };
    let texte = || {
        let texte = commune.vocabulaire.texte(&format!("{de}.{nom}"));
        texte.or_else(|| commune.vocabulaire.texte(nom)).map(|t| t.libelle.clone())
    };
    let symbole = commune.vocabulaire.iter().find(|(_, s)| s.nom == nom).map(|(_, s)| s.libelle.clone());
    symbole.or_else(texte).unwrap_or_else(|| nom.replace('_', " "))
}

/// A field that asks for this fact: its options have names, its amounts a unit.
fn champ<'c>(commune: &'c Commune, nom: &str) -> Option<&'c Champ> {
    let mut champs = commune.demarches.iter().flat_map(|d| d.champs());
    champs.find(|c| c.fait.as_ref().is_some_and(|f| f.nom == nom))
}

/// What the family had said otherwise, where what the town verified holds.
fn autrement(commune: &Commune, faits: &FaitsDates, tient: &Fait, nom: &str) -> String {
    if tient.est_declare() {
        return String::new();
    }
    let siens = faits.de(&tient.sujet, nom).iter();
    let dit =
        siens.rev().find(|f| f.est_declare() && f.connu_le == tient.connu_le && f.valeur != tient.valeur);
    let lu = dit.map(|f| valeur_lisible(champ(commune, nom), &f.valeur));
    lu.map(|v| format!(". La famille avait déclaré « {v} »")).unwrap_or_default()
}

/// Two sheets of a household side by side: what is told on either, what differs first.
pub fn doublon(
    commune: &Commune,
    faits: &FaitsDates,
    (declaree, connue): (&PersonneId, &PersonneId),
    lecteur: Lecteur<'_>,
) -> DoublonVu {
    let fiche = |qui: &PersonneId| -> BTreeMap<String, String> {
        let mut lus: BTreeMap<String, String> =
            connus(commune, faits, &Sujet::Personne(qui.clone()), lecteur)
                .into_iter()
                .map(|f| (f.libelle, f.valeur))
                .collect();
        lus.insert("Nom".to_owned(), nom(faits, qui, lecteur));
        lus
    };
    let (a, b) = (fiche(declaree), fiche(connue));
    let libelles: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let mut lignes: Vec<LigneDoublon> = libelles
        .into_iter()
        .map(|libelle| {
            let lit = |fiche: &BTreeMap<String, String>| fiche.get(libelle).cloned().unwrap_or_default();
            let (declaree, connue) = (lit(&a), lit(&b));
            let differe = declaree != connue && !declaree.is_empty() && !connue.is_empty();
            LigneDoublon { libelle: libelle.clone(), declaree, connue, differe }
        })
        .collect();
    lignes.sort_by_key(|l| !l.differe);
    DoublonVu {
        declaree: declaree.to_string(),
        connue: connue.to_string(),
        nom_declaree: nom(faits, declaree, lecteur),
        nom_connue: nom(faits, connue, lecteur),
        lignes,
    }
}

/// Since when, until when, and who said it.
fn detail(commune: &Commune, fait: &Fait, lecteur: Lecteur<'_>) -> String {
    let su_le = date_fr::date_courte(fait.connu_le.to_zoned(commune.fuseau.clone()).date());
    let organisme = &commune.organisme;
    let vous = if lecteur.personne.is_some() { "vous" } else { "la famille" };
    let dit = match (&fait.source, &fait.valide_par) {
        (SourceFait::Dossier(_) | SourceFait::Compte(_), Some(_)) => {
            format!("Déclaré par {vous}, vérifié par {organisme}")
        }
        (SourceFait::Dossier(_) | SourceFait::Compte(_), None) => format!("Déclaré par {vous}"),
        (SourceFait::Piece(_), _) if lecteur.personne.is_some() => "Lu sur votre document".to_owned(),
        (SourceFait::Piece(_), _) => "Lu sur un document de la famille".to_owned(),
        (SourceFait::Agent(_), _) => format!("Noté par {organisme}"),
        (SourceFait::Import(_), _) => format!("Ce que {organisme} savait déjà, repris"),
    };
    let fin = fait.valable_au.map(|au| format!(", valable jusqu’au {}", date_fr::date_courte(au)));
    format!("{dit} le {su_le}{}", fin.unwrap_or_default())
}
