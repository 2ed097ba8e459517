//! The town's vocabulary: its facts and the built-in dimensions, interned, with their domains.

use std::collections::{BTreeMap, BTreeSet};

use rules::faits::{FaitId, Symboles};
use rules::lieu::Lieu;
use rules::scalaire::MOIS;
use rules::valeur::{Domaine, UniteDuree, Valeur};
use rust_decimal::Decimal;

use crate::demarche::Validite;

/// Days of the week, Monday first, as towns write them.
pub const JOURS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

/// Where a fact's value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origine {
    /// Typed by the engine: day of the week, delay, occurrence…
    Integree,
    /// Zone of the household's address.
    Zonage(String),
    /// Recorded, dated, sourced.
    Enregistre,
    /// Computed from others, in the order of `Commune::derives`.
    Derive,
    /// A field of the démarche being read, never a fact.
    Champ,
}

/// How a recorded fact is read on a day: `validite`, `perime`, `effet`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lecture {
    /// The word of its `type`: quotient, montant, choix…
    pub genre: String,
    /// How long it holds from the day it takes effect.
    pub validite: Validite,
    /// Once it is over, is its last value kept (`perime: garde`) or is it absent?
    pub garde: bool,
    /// From when a newly received value counts.
    pub effet: Effet,
    /// The day of the year whose value serves until a declared change, even once it is over.
    pub reference: Option<rules::scalaire::JourAnnuel>,
    /// Does a value received late also count for the days before it was received?
    pub retroactif: bool,
}

/// From when a newly received value counts, from the day it is received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effet {
    /// That day.
    Jour,
    /// The first day of the next month.
    MoisSuivant,
    /// The first day of the next period of the school calendar.
    PeriodeSuivante,
}

/// One name of the vocabulary.
#[derive(Clone, Debug)]
pub struct Symbole {
    /// As conditions write it.
    pub nom: String,
    /// As families read it.
    pub libelle: String,
    /// What it may be worth.
    pub domaine: Domaine,
    /// May it be `absent`?
    pub peut_manquer: bool,
    /// Where its value comes from.
    pub origine: Origine,
    /// foyer, enfant, responsable, personne; `None` for built-in dimensions.
    pub sujet: Option<String>,
    /// How a recorded fact is read on a day; `None` for what is not recorded.
    pub lecture: Option<Lecture>,
    /// Where it is declared.
    pub lieu: Lieu,
}

/// The names, in the order of [`FaitId`].
#[derive(Clone, Debug, Default)]
pub struct Vocabulaire {
    symboles: Vec<Symbole>,
    par_nom: BTreeMap<String, FaitId>,
    parametres: Vec<String>,
    textes: BTreeMap<String, Texte>,
    /// (whose, name) of the facts that the town takes over from another program.
    reprenables: BTreeSet<(String, String)>,
    sensibilites: BTreeMap<&'static str, BTreeSet<String>>,
}

/// What a free text is: how it is typed in and checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GenreTexte {
    /// One line.
    Texte,
    /// Several lines.
    TexteLong,
    /// A phone number.
    Telephone,
    /// An e-mail address.
    Courriel,
    /// A French commune.
    Commune,
    /// A postal address, which zones read.
    Adresse,
}

impl GenreTexte {
    /// As written in a `type:`.
    pub const MOTS: [(&'static str, Self); 6] = [
        ("texte", Self::Texte),
        ("texte_long", Self::TexteLong),
        ("telephone", Self::Telephone),
        ("courriel", Self::Courriel),
        ("commune", Self::Commune),
        ("adresse", Self::Adresse),
    ];

    /// The kind of that name.
    pub fn lit(mot: &str) -> Option<Self> {
        Self::MOTS.iter().find(|(m, _)| *m == mot).map(|(_, genre)| *genre)
    }
}

/// A fact that is a free text: families fill it, rules never read it.
#[derive(Clone, Debug)]
pub struct Texte {
    /// As families read it.
    pub libelle: String,
    /// How it is typed in.
    pub genre: GenreTexte,
    /// Whose.
    pub sujet: String,
    /// Where it is declared.
    pub lieu: Lieu,
}

impl Vocabulaire {
    /// Adds a name; `None` when it is taken (or when there are more than 65 535 names).
    pub fn ajoute(&mut self, symbole: Symbole) -> Option<FaitId> {
        if self.par_nom.contains_key(&symbole.nom) {
            return None;
        }
        let id = FaitId(u16::try_from(self.symboles.len()).ok()?);
        self.par_nom.insert(symbole.nom.clone(), id);
        self.symboles.push(symbole);
        Some(id)
    }

    /// Adds a field of the démarche being read. It hides the fact of the same name, which stays reachable by its subject
    /// (`foyer.situation`): what the family is answering comes before what the town knew.
    pub fn ajoute_champ(&mut self, symbole: Symbole) -> Option<FaitId> {
        let id = FaitId(u16::try_from(self.symboles.len()).ok()?);
        self.par_nom.insert(symbole.nom.clone(), id);
        self.symboles.push(symbole);
        Some(id)
    }

    /// Adds a second spelling of a name (`enfant.classe` for `classe`).
    pub fn alias(&mut self, nom: String, id: FaitId) {
        self.par_nom.entry(nom).or_insert(id);
    }

    /// Adds a fact that is a free text.
    pub fn ajoute_texte(&mut self, nom: &str, sujet: &str, libelle: &str, genre: GenreTexte, lieu: Lieu) {
        let texte = Texte { libelle: libelle.to_owned(), genre, sujet: sujet.to_owned(), lieu };
        self.textes.insert(format!("{sujet}.{nom}"), texte.clone());
        self.textes.insert(nom.to_owned(), texte);
    }

    /// Says how sensitive a fact is: one of `SENSIBILITES`.
    pub fn note_sensibilite(&mut self, nom: &str, sensibilite: &'static str) {
        self.sensibilites.entry(sensibilite).or_default().insert(nom.to_owned());
    }

    /// Names of the facts of that sensitivity (`sante`, `judiciaire`…).
    pub fn de_sensibilite(&self, sensibilite: &str) -> &BTreeSet<String> {
        static AUCUN: BTreeSet<String> = BTreeSet::new();
        self.sensibilites.get(sensibilite).unwrap_or(&AUCUN)
    }

    /// The free text of that name (`nom` or `personne.nom`).
    pub fn texte(&self, nom: &str) -> Option<&Texte> {
        self.textes.get(nom)
    }

    /// That fact may come from another program's files (`provenance: [import]`).
    pub fn ajoute_reprenable(&mut self, sujet: &str, nom: &str) {
        self.reprenables.insert((sujet.to_owned(), nom.to_owned()));
    }

    /// The facts of these subjects that may come from another program's files: (whose, name), sorted.
    pub fn reprenables<'v>(&'v self, sujets: &'v [&str]) -> impl Iterator<Item = (&'v str, &'v str)> {
        let siens = self.reprenables.iter().filter(|(sujet, _)| sujets.contains(&sujet.as_str()));
        siens.map(|(sujet, nom)| (sujet.as_str(), nom.as_str()))
    }

    /// Adds a named dated figure.
    pub fn ajoute_parametre(&mut self, nom: String) -> Option<u16> {
        let id = u16::try_from(self.parametres.len()).ok()?;
        self.parametres.push(nom);
        Some(id)
    }

    /// Everything known of a name.
    pub fn symbole(&self, id: FaitId) -> Option<&Symbole> {
        self.symboles.get(usize::from(id.0))
    }

    /// All names with their ids, in order.
    pub fn iter(&self) -> impl Iterator<Item = (FaitId, &Symbole)> {
        self.symboles.iter().enumerate().filter_map(|(i, s)| u16::try_from(i).ok().map(|i| (FaitId(i), s)))
    }

    /// How many values a line's facts hold.
    pub fn len(&self) -> usize {
        self.symboles.len()
    }

    /// No name at all.
    pub fn is_empty(&self) -> bool {
        self.symboles.is_empty()
    }

    /// The value's text, as a configurateur writes it.
    pub fn ecrit(&self, id: FaitId, valeur: Valeur) -> String {
        ecrit_dans(self.domaine(id), valeur)
    }
}

/// A value of this domain, as a configurateur writes it.
pub fn ecrit_dans(domaine: &Domaine, valeur: Valeur) -> String {
    let noms = match domaine {
        Domaine::Choix(noms) | Domaine::Ensemble(noms) => &**noms,
        _ => &[],
    };
    match valeur {
        Valeur::Absent => "absent".into(),
        Valeur::Booleen(true) => "oui".into(),
        Valeur::Booleen(false) => "non".into(),
        Valeur::Choix(i) => noms.get(usize::from(i)).map_or_else(String::new, ToString::to_string),
        Valeur::Nombre(n) => n.to_string(),
        Valeur::Date(d) => d.to_string(),
        Valeur::Heure(m) => format!("{:02}:{:02}", m / 60, m % 60),
        Valeur::Duree(n) => n.to_string(),
        Valeur::Ensemble(bits) => {
            let presents = noms.iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1);
            let liste: Vec<&str> = presents.map(|(_, n)| &**n).collect();
            format!("[{}]", liste.join(", "))
        }
    }
}

impl Symboles for Vocabulaire {
    fn fait(&self, nom: &str) -> Option<FaitId> {
        self.par_nom.get(nom).copied()
    }

    fn domaine(&self, fait: FaitId) -> &Domaine {
        static INCONNU: Domaine = Domaine::Booleen;
        self.symbole(fait).map_or(&INCONNU, |s| &s.domaine)
    }

    fn nom(&self, fait: FaitId) -> &str {
        self.symbole(fait).map_or("", |s| &s.nom)
    }

    fn peut_manquer(&self, fait: FaitId) -> bool {
        self.symbole(fait).is_some_and(|s| s.peut_manquer)
    }

    fn noms(&self) -> Vec<&str> {
        self.par_nom.keys().map(String::as_str).collect()
    }

    fn parametre(&self, nom: &str) -> Option<u16> {
        self.parametres.iter().position(|p| p == nom).and_then(|i| u16::try_from(i).ok())
    }
}

/// A list of names as a closed domain.
pub fn choix<S: AsRef<str>>(noms: impl IntoIterator<Item = S>) -> Domaine {
    Domaine::Choix(noms.into_iter().map(|n| Box::from(n.as_ref())).collect())
}

/// What the town's files say that built-in dimensions take their values from.
#[derive(Debug, Default)]
pub struct Inventaire {
    /// Prestation ids, all services.
    pub prestations: Vec<String>,
    /// Service ids.
    pub services: Vec<String>,
    /// Booking modes, all services.
    pub modes: Vec<String>,
    /// Named delays, all services.
    pub delais: Vec<String>,
    /// Periods of the calendar: `scolaire` first, then each named holiday.
    pub periodes: Vec<String>,
    /// Reasons of absence.
    pub motifs: Vec<String>,
    /// Channels of absence.
    pub canaux: Vec<String>,
    /// Named announcements of absence.
    pub annonces: Vec<String>,
}

/// The dimensions that the engine types itself (language.md §2), always available and never `absent`
/// unless the act has none (`mode` of a service without modes, `arrivee` of a child not yet there).
pub fn dimensions_integrees(inventaire: &Inventaire) -> Vec<(&'static str, Domaine, bool)> {
    let entier = |min: i64, max: Option<i64>| Domaine::Nombre {
        pas: Some((Decimal::ONE, rules::valeur::Sens::Inferieur)),
        min: Some(Decimal::from(min)),
        max: max.map(Decimal::from),
    };
    let ensemble = |noms: &[&str]| Domaine::Ensemble(noms.iter().map(|n| Box::from(*n)).collect());
    let avec = |liste: &[String], plus: &[&str]| {
        choix(liste.iter().map(String::as_str).chain(plus.iter().copied()).collect::<Vec<_>>())
    };
    vec![
        ("jour_semaine", choix(JOURS), false),
        ("jour", Domaine::Date, false),
        ("mois", choix(MOIS), false),
        ("periode", avec(&inventaire.periodes, &[]), false),
        ("semaine_iso_parite", choix(["paire", "impaire"]), false),
        ("feries_semaine", ensemble(&JOURS), false),
        ("service", avec(&inventaire.services, &[]), false),
        ("prestation", avec(&inventaire.prestations, &[]), false),
        ("mode", avec(&inventaire.modes, &[]), inventaire.modes.is_empty()),
        ("delai", avec(&inventaire.delais, &["sans_reservation"]), false),
        ("presence", choix(["present", "absent"]), false),
        ("arrivee", Domaine::Heure, true),
        ("depart", Domaine::Heure, true),
        ("duree", Domaine::Duree(UniteDuree::Minute), true),
        ("jours_fixes", ensemble(&JOURS), false),
        ("jours_par_semaine", entier(0, Some(7)), false),
        ("occurrence", entier(1, None), false),
        ("enfants_presents", entier(0, None), false),
        ("enfants_inscrits", entier(0, None), false),
        ("enfants_foyer", entier(0, None), false),
        ("motif", avec(&inventaire.motifs, &[]), true),
        ("canal", avec(&inventaire.canaux, &["portail"]), false),
        ("annonce", avec(&inventaire.annonces, &["trop_tard", "aucune"]), false),
        ("piece", choix(["recue", "absente", "attendue"]), false),
        ("delai_piece", Domaine::Duree(UniteDuree::Jour), true),
        ("duree_serie", entier(1, None), false),
        ("rang_jour", entier(1, None), false),
        ("rang_depuis_annonce", entier(1, None), true),
        ("cout_reel", Domaine::Nombre { pas: None, min: Some(Decimal::ZERO), max: None }, true),
        ("quantite", Domaine::Nombre { pas: None, min: Some(Decimal::ZERO), max: None }, false),
    ]
}
