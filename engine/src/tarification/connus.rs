//! What is known of a family on a service day: recorded facts after `validite`, `perime` and `effet`, and zones.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rules::date_fr;
use rules::faits::{FaitId, Symboles};
use rules::valeur::Valeur;

use crate::annee;
use crate::commune::{Commune, Zonage};
use crate::decision::Refus;
use crate::demarche::Validite;
use crate::foyer::{Adresse, Fait, FaitsDates, SourceFait, Sujet, ValeurFait};
use crate::identifiant::{FoyerId, PersonneId};
use crate::vocabulaire::{Effet, Lecture, Origine, Symbole};

/// The fact that holds the household's address, of which zones are read.
const ADRESSE: &str = "adresse";

/// Whose facts a line reads.
#[derive(Clone, Debug)]
pub struct Sujets {
    /// The household that pays.
    pub foyer: FoyerId,
    /// The child (facts of `enfant` and of `personne`).
    pub enfant: Option<PersonneId>,
    /// The guardian who acts.
    pub responsable: Option<PersonneId>,
}

impl Sujets {
    fn de(&self, sujet: &str) -> Option<Sujet> {
        match sujet {
            "foyer" => Some(Sujet::Foyer(self.foyer.clone())),
            "enfant" | "personne" => self.enfant.clone().map(Sujet::Personne),
            "responsable" => self.responsable.clone().map(Sujet::Personne),
            _ => None,
        }
    }
}

/// Where the facts of a family are read from.
#[derive(Clone, Copy, Debug)]
pub enum FaitsFamille<'a> {
    /// Recorded facts, dated.
    Dates {
        /// All of them.
        faits: &'a FaitsDates,
        /// Whose.
        sujets: &'a Sujets,
    },
    /// Names and values that hold on any day.
    Simples(&'a BTreeMap<String, ValeurFait>),
}

impl FaitsFamille<'_> {
    /// What is known at `connu_au` to hold on `jour`.
    pub fn connus(&self, commune: &Commune, jour: Date, connu_au: Timestamp) -> Result<Connus, Vec<Refus>> {
        match self {
            Self::Dates { faits, sujets } => Connus::dates(commune, faits, sujets, jour, connu_au),
            Self::Simples(faits) => Connus::simples(commune, faits),
        }
    }
}

/// Values of the recorded facts of one line on its day; what is not there is `absent`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Connus {
    valeurs: BTreeMap<FaitId, (Valeur, Option<String>)>,
}

impl Connus {
    /// From names and values, for a simulation or a town's case: facts, zones (`residence`) or an address, and built-in
    /// dimensions (`mode`, `cout_reel`, `enfants_inscrits`…). An unknown name or a value outside its domain is a refusal.
    pub fn simples(commune: &Commune, faits: &BTreeMap<String, ValeurFait>) -> Result<Self, Vec<Refus>> {
        let (mut valeurs, mut refus) = (BTreeMap::new(), Vec::new());
        for (nom, valeur) in faits {
            if let (ADRESSE, ValeurFait::Adresse(a)) = (nom.as_str(), valeur) {
                valeurs.extend(commune.zonages.iter().map(|z| (z.fait, (zone(z, a), None))));
                continue;
            }
            match un_simple(commune, nom, valeur) {
                Ok(Some((id, v))) => drop(valeurs.insert(id, (v, None))),
                Ok(None) => {}
                Err(r) => refus.push(r),
            }
        }
        if refus.is_empty() { Ok(Self { valeurs }) } else { Err(refus) }
    }

    /// From the facts recorded: what was known at `connu_au` to hold on `jour`.
    pub fn dates(
        commune: &Commune,
        faits: &FaitsDates,
        sujets: &Sujets,
        jour: Date,
        connu_au: Timestamp,
    ) -> Result<Self, Vec<Refus>> {
        let (mut valeurs, mut refus) = (BTreeMap::new(), Vec::new());
        for (id, symbole) in commune.vocabulaire.iter() {
            let Some((sujet, lecture)) = symbole.sujet.as_deref().zip(symbole.lecture.as_ref()) else {
                continue;
            };
            let Some(sujet) = sujets.de(sujet) else { continue };
            let Some((fait, fin)) = lit(commune, faits.de(&sujet, &symbole.nom), lecture, jour, connu_au)
            else {
                continue;
            };
            match fait.valeur.en_valeur(&symbole.domaine) {
                Some(v) => drop(valeurs.insert(id, (v, Some(provenance(commune, fait, fin))))),
                None => refus.push(hors_domaine(symbole)),
            }
        }
        let foyer = Sujet::Foyer(sujets.foyer.clone());
        for zonage in &commune.zonages {
            // a zone that an agent settled wins over what the address says
            let symbole = commune.vocabulaire.symbole(zonage.fait);
            let reglee = symbole.and_then(|s| faits.valeur(&foyer, &s.nom, jour, connu_au).map(|f| (s, f)));
            if let Some((s, fait)) = reglee {
                match fait.valeur.en_valeur(&s.domaine) {
                    Some(v) => drop(valeurs.insert(zonage.fait, (v, Some(provenance(commune, fait, None))))),
                    None => refus.push(hors_domaine(s)),
                }
                continue;
            }
            let dite = faits.valeur(&foyer, ADRESSE, jour, connu_au);
            if let Some(Fait { valeur: ValeurFait::Adresse(a), .. }) = dite {
                valeurs.insert(zonage.fait, (zone(zonage, a), None));
            }
        }
        if refus.is_empty() { Ok(Self { valeurs }) } else { Err(refus) }
    }

    /// With these values instead of what is recorded: a simulation, a zone said without an address.
    #[must_use]
    pub fn avec(mut self, poses: impl IntoIterator<Item = (FaitId, Valeur)>) -> Self {
        for (fait, valeur) in poses {
            self.valeurs.insert(fait, (valeur, None));
        }
        self
    }

    /// The value of a fact and where it comes from.
    pub fn valeur(&self, fait: FaitId) -> (Valeur, Option<&str>) {
        self.valeurs.get(&fait).map_or((Valeur::Absent, None), |(v, p)| (*v, p.as_deref()))
    }

    /// All of them, by id.
    pub(super) fn iter(&self) -> impl Iterator<Item = (FaitId, Valeur)> {
        self.valeurs.iter().map(|(f, (v, _))| (*f, *v))
    }
}

/// `None`: a free text, that rules never read.
fn un_simple(commune: &Commune, nom: &str, valeur: &ValeurFait) -> Result<Option<(FaitId, Valeur)>, Refus> {
    let Some(id) = commune.vocabulaire.fait(nom) else {
        if commune.vocabulaire.texte(nom).is_some() {
            return Ok(None);
        }
        return Err(Refus::nouveau("fait_inconnu", format!("« {nom} » n’est pas une information connue.")));
    };
    let Some(symbole) = commune.vocabulaire.symbole(id) else { return Ok(None) };
    if symbole.origine == Origine::Derive {
        let motif = format!("« {} » se calcule : on ne peut pas le donner.", symbole.libelle);
        return Err(Refus::nouveau("fait_calcule", motif).lieu(symbole.lieu));
    }
    let v = valeur.en_valeur(&symbole.domaine).ok_or_else(|| hors_domaine(symbole))?;
    Ok(Some((id, v)))
}

fn hors_domaine(symbole: &Symbole) -> Refus {
    let motif = format!("La valeur de « {} » n’est pas de celles que la commune déclare.", symbole.libelle);
    let mut refus = Refus::nouveau("fait_hors_domaine", motif).lieu(symbole.lieu);
    refus.fait_manquant = Some(symbole.nom.as_str().into());
    refus
}

/// The fact that rules read on `jour`, and its last day. The newest knowledge in force wins and closes the older ones;
/// once it is over, it is absent, or kept when the town says `perime: garde`.
fn lit<'f>(
    commune: &Commune,
    faits: &'f [Fait],
    lecture: &Lecture,
    jour: Date,
    connu_au: Timestamp,
) -> Option<(&'f Fait, Option<Date>)> {
    if let Some(lu) = tient(commune, faits, lecture, jour, connu_au) {
        return Some(lu);
    }
    // what held on the day of reference serves until a change that is declared after it
    let reference = lecture.reference?;
    let derniere = (reference.en(jour.year()).filter(|r| *r <= jour))
        .or_else(|| jour.year().checked_sub(1).and_then(|a| reference.en(a)))?;
    let suivante = derniere.tomorrow().ok().and_then(|d| reference.des(d))?.yesterday().ok();
    let change = |f: &Fait| {
        f.connu_le <= connu_au
            && debut(commune, f.valable_du, lecture.effet).is_some_and(|du| derniere < du && du <= jour)
    };
    if faits.iter().any(change) {
        return None;
    }
    tient(commune, faits, lecture, derniere, connu_au).map(|(fait, _)| (fait, suivante))
}

/// The newest fact in force on `jour`, with its last day.
fn tient<'f>(
    commune: &Commune,
    faits: &'f [Fait],
    lecture: &Lecture,
    jour: Date,
    connu_au: Timestamp,
) -> Option<(&'f Fait, Option<Date>)> {
    let mut ferme: Option<Date> = None;
    for fait in faits.iter().rev().filter(|f| f.connu_le <= connu_au) {
        let Some(du) = debut(commune, fait.valable_du, lecture.effet).filter(|du| *du <= jour) else {
            continue;
        };
        if ferme.is_none_or(|f| du > f) {
            let fin = fait.valable_au.or_else(|| fin(commune, &lecture.validite, fait.valable_du));
            if lecture.garde || fin.is_none_or(|fin| jour <= fin) {
                return Some((fait, fin));
            }
            ferme = Some(du);
        }
    }
    None
}

/// The first day on which rules see it. `None`: the school calendar does not say when the next period begins.
fn debut(commune: &Commune, recu: Date, effet: Effet) -> Option<Date> {
    match effet {
        Effet::Jour => Some(recu),
        Effet::MoisSuivant => recu.last_of_month().tomorrow().ok(),
        Effet::PeriodeSuivante => commune.calendrier.periode(recu).ok()?.bornes().1.tomorrow().ok(),
    }
}

/// The last day on which a value received on `recu` holds; `None` = without end.
fn fin(commune: &Commune, validite: &Validite, recu: Date) -> Option<Date> {
    match validite {
        Validite::Illimitee => None,
        Validite::Duree(d) => d.apres(recu, &commune.calendrier).ok()??.yesterday().ok(),
        Validite::JusquA(j) => j.des(recu),
        // what a family says in July when it enrols for September holds until the summer after
        Validite::AnneeScolaire => {
            let pour = annee::d_inscription(commune, recu);
            annee::fin(commune, pour.unwrap_or_else(|| annee::annee_scolaire(commune, recu)))
        }
    }
}

/// « justificatif, valable jusqu'au 31 décembre 2025 ».
fn provenance(commune: &Commune, fait: &Fait, fin: Option<Date>) -> String {
    let qui = match &fait.source {
        SourceFait::Dossier(_) => "votre dossier".to_owned(),
        SourceFait::Piece(_) => "votre justificatif".to_owned(),
        SourceFait::Agent(_) => format!("saisi par {}", commune.organisme),
        SourceFait::Compte(_) => "votre compte".to_owned(),
        SourceFait::Import(nom) => format!("repris de {nom}"),
    };
    match fin {
        Some(fin) => format!("{qui}, valable jusqu’au {}", date_fr::date_courte(fin)),
        None => qui,
    }
}

/// The zone of an address: by its INSEE code, else by the commune's name and département, else the rest.
fn zone(zonage: &Zonage, adresse: &Adresse) -> Valeur {
    let ici = |(nom, departement): &(String, String)| {
        meme_nom(nom, &adresse.commune) && *departement == departement_de(adresse)
    };
    let trouvee = zonage.zones.iter().position(|z| {
        adresse.insee.as_ref().is_some_and(|i| z.insee.contains(i)) || z.communes.iter().any(ici)
    });
    let reste = || zonage.zones.iter().position(|z| z.reste);
    trouvee.or_else(reste).and_then(|i| u16::try_from(i).ok()).map_or(Valeur::Absent, Valeur::Choix)
}

/// `80`, `2A`, `974`: of the INSEE code when there is one, since a postal code does not tell the two Corsicas apart.
fn departement_de(adresse: &Adresse) -> String {
    let code = adresse.insee.as_deref().unwrap_or(&adresse.code_postal);
    let n = if code.starts_with("97") || code.starts_with("98") { 3 } else { 2 };
    code.chars().take(n).collect()
}

/// Without case, accents, hyphens and `SAINT`/`ST` spellings.
fn meme_nom(a: &str, b: &str) -> bool {
    simplifie(a) == simplifie(b)
}

fn simplifie(nom: &str) -> String {
    let lettres = nom.chars().flat_map(char::to_lowercase).map(|c| match c {
        'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' | 'ö' => 'o',
        'ù' | 'û' | 'ü' => 'u',
        'ÿ' => 'y',
        'ç' => 'c',
        c if c.is_alphanumeric() => c,
        _ => ' ',
    });
    let texte: String = lettres.collect();
    let mots = texte.split_whitespace().map(|m| match m {
        "st" => "saint",
        "ste" => "sainte",
        m => m,
    });
    mots.collect::<Vec<_>>().join(" ").replace('œ', "oe")
}
