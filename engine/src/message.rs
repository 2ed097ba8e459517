//! The town's texts (`messages/*.tera`): what each event gives them, and how dates and amounts are said.
//!
//! [`Occasion`] is the one table of variables: loading tries every text on samples of it, and whoever sends a text gives
//! exactly these.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rules::date_fr;
use serde::Serialize;
use serde_json::{Map, Value, json};
use tera::{Context, Kwargs, State, Tera};

/// When a text is shown or sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occasion {
    /// An effect of a démarche, about a dossier.
    Dossier,
    /// A document made about a dossier.
    Document,
    /// A rule of access refuses a service to a child.
    Acces,
    /// A deadline refuses a day.
    Delai,
    /// A child came without a booking.
    Venue,
    /// An invoice is not paid.
    Impaye,
    /// An account is made for a family.
    Compte,
}

/// What a variable is: how it must be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Genre {
    /// A text.
    Texte,
    /// A text that names somebody: never in a subject.
    Personne,
    /// `2025-09-04`: through `date_longue`.
    Date,
    /// `2025-09-04T04:00:00Z`: through `instant`.
    Instant,
    /// Centimes: through `montant`.
    Montant,
}

impl Genre {
    /// The filter that says it, when it needs one.
    pub const fn filtre(self) -> Option<&'static str> {
        match self {
            Self::Texte | Self::Personne => None,
            Self::Date => Some("date_longue"),
            Self::Instant => Some("instant"),
            Self::Montant => Some("montant"),
        }
    }
}

/// A variable of a text.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// `dossier.numero`.
    pub chemin: &'static str,
    /// What it is.
    pub genre: Genre,
    /// What it is worth in each sample, an ordinary case first.
    pub exemples: [&'static str; EXEMPLES],
}

/// Samples of each occasion: ordinary, long, with what may be empty left empty.
pub const EXEMPLES: usize = 3;

/// The filters that a text may use besides tera's own.
pub const FILTRES: [&str; 3] = ["date_longue", "instant", "montant"];

const fn v(chemin: &'static str, genre: Genre, exemples: [&'static str; EXEMPLES]) -> Variable {
    Variable { chemin, genre, exemples }
}

const PRENOMS: [&str; EXEMPLES] = ["Léa", "Marie-Hélène Jean-Baptiste", "D’Artagnan"];
const NOMS: [&str; EXEMPLES] = ["Durand", "de La Rochefoucauld-Montmorency", "Ĺópez"];
const COMMUNE: Variable = v("commune.nom", Genre::Texte, ["Ville", "Saint-Remy-en-Bouzemont", "L’Île"]);
const ENFANT_PRENOM: Variable = v("enfant.prenom", Genre::Personne, PRENOMS);
const ENFANT_NOM: Variable = v("enfant.nom", Genre::Personne, NOMS);
const PRESTATION: Variable =
    v("prestation.nom", Genre::Texte, ["Repas", "Accueil du mercredi après-midi", "R"]);
const SERVICE: Variable = v("service.nom", Genre::Texte, ["Restauration", "Accueil de loisirs", "R"]);
const JOUR: Variable = v("jour", Genre::Date, ["2025-09-04", "2026-02-28", "2025-12-31"]);

const DOSSIER: &[Variable] = &[
    v("demandeur.prenom", Genre::Personne, PRENOMS),
    v("demandeur.nom", Genre::Personne, NOMS),
    ENFANT_PRENOM,
    ENFANT_NOM,
    v("demarche.nom", Genre::Texte, ["Inscription", "Dossier de l’enfant et inscription aux services", "I"]),
    v("dossier.numero", Genre::Texte, ["2025-00042", "2025-99999", ""]),
    v("motif", Genre::Texte, ["Il manque une page.", "Ligne un.\nLigne deux.", ""]),
    SERVICE,
    // the acknowledgement of receipt that the law asks for, as a block (code des relations entre le public et
    // l'administration, R112-11-1)
    v("accuse", Genre::Texte, ["Demande reçue le jeudi 4 septembre 2025.", "Reçue.\nService : Enfance.", ""]),
    // how to contest a refusal (L232-3, R421-1 of the code de justice administrative)
    v("recours", Genre::Texte, ["Vous pouvez contester cette décision.", "Ligne un.\nLigne deux.", ""]),
    // where the dossier is followed
    v("lien", Genre::Texte, ["https://exemple.fr/dossiers/a", "/ville/suivi/0123456789abcdef", ""]),
    COMMUNE,
];
const DOCUMENT: &[Variable] = &[
    v("demandeur.prenom", Genre::Personne, PRENOMS),
    v("demandeur.nom", Genre::Personne, NOMS),
    ENFANT_PRENOM,
    ENFANT_NOM,
    v("demarche.nom", Genre::Texte, ["Inscription", "Dossier de l’enfant et inscription aux services", "I"]),
    v("dossier.numero", Genre::Texte, ["2025-00042", "2025-99999", "2025-00001"]),
    v("dossier.annee", Genre::Texte, ["2025-2026", "2026-2027", ""]),
    v(
        "dossier.depose_le",
        Genre::Instant,
        ["2025-09-04T04:00:00Z", "2026-03-29T01:00:00Z", "2025-12-31T23:00:00Z"],
    ),
    v("services", Genre::Texte, ["Restauration", "Restauration, Accueil de loisirs, Garderie", ""]),
    v("fait_le", Genre::Instant, ["2025-09-04T04:00:00Z", "2026-03-29T01:00:00Z", "2025-12-31T23:00:00Z"]),
    SERVICE,
    COMMUNE,
];
const ACCES: &[Variable] = &[ENFANT_PRENOM, ENFANT_NOM, SERVICE, PRESTATION, JOUR, COMMUNE];
const DELAI: &[Variable] = &[
    ENFANT_PRENOM,
    ENFANT_NOM,
    SERVICE,
    PRESTATION,
    JOUR,
    v("echeance", Genre::Instant, ["2025-09-04T04:00:00Z", "2026-03-29T01:00:00Z", "2025-12-31T23:00:00Z"]),
    COMMUNE,
];
const IMPAYE: &[Variable] = &[
    v("payeur.prenom", Genre::Personne, PRENOMS),
    v("payeur.nom", Genre::Personne, NOMS),
    v("facture.numero", Genre::Texte, ["2025-000123", "2025-999999", "2025-000001"]),
    v("facture.reste", Genre::Montant, ["350", "123456", "1"]),
    v("facture.echeance", Genre::Date, ["2025-10-31", "2026-02-28", "2025-12-31"]),
    COMMUNE,
];
const COMPTE: &[Variable] = &[
    v("demandeur.prenom", Genre::Personne, PRENOMS),
    v("demandeur.nom", Genre::Personne, NOMS),
    v(
        "lien",
        Genre::Texte,
        ["https://exemple.fr/a", "https://exemple.fr/activation/0123456789", "https://e.fr/"],
    ),
    v("identifiant", Genre::Personne, ["lea.durand", "marie-helene.jean-baptiste@exemple.fr", "dartagnan"]),
    v("expire", Genre::Instant, ["2025-09-04T04:00:00Z", "2026-03-29T01:00:00Z", "2025-12-31T23:00:00Z"]),
    COMMUNE,
];

impl Occasion {
    /// All of them.
    pub const TOUTES: [Self; 7] =
        [Self::Dossier, Self::Document, Self::Acces, Self::Delai, Self::Venue, Self::Impaye, Self::Compte];

    /// In words, for a diagnostic.
    pub const fn nom(self) -> &'static str {
        match self {
            Self::Dossier => "une démarche",
            Self::Document => "un document à imprimer",
            Self::Acces => "une règle d'accès",
            Self::Delai => "un délai dépassé",
            Self::Venue => "un enfant venu sans réservation",
            Self::Impaye => "un impayé",
            Self::Compte => "un compte créé",
        }
    }

    /// What its texts may name.
    pub const fn variables(self) -> &'static [Variable] {
        match self {
            Self::Dossier => DOSSIER,
            Self::Document => DOCUMENT,
            Self::Acces | Self::Venue => ACCES,
            Self::Delai => DELAI,
            Self::Impaye => IMPAYE,
            Self::Compte => COMPTE,
        }
    }

    /// The variable of that path.
    pub fn variable(self, chemin: &str) -> Option<&'static Variable> {
        self.variables().iter().find(|v| v.chemin == chemin)
    }

    /// The sample of that rank.
    pub fn exemple(self, rang: usize) -> Value {
        let mut contexte = Map::new();
        for variable in self.variables() {
            let texte = variable.exemples.get(rang).copied().unwrap_or_default();
            let valeur = match variable.genre {
                Genre::Montant => json!(texte.parse::<i64>().unwrap_or_default()),
                _ => json!(texte),
            };
            match variable.chemin.split_once('.') {
                None => drop(contexte.insert(variable.chemin.to_owned(), valeur)),
                Some((de, champ)) => {
                    let bloc = contexte.entry(de).or_insert_with(|| Value::Object(Map::new()));
                    if let Value::Object(bloc) = bloc {
                        bloc.insert(champ.to_owned(), valeur);
                    }
                }
            }
        }
        Value::Object(contexte)
    }
}

/// The name under which a text is compiled: plain text, nothing is escaped.
const TEXTE: &str = "message.txt";

/// A text ready to be written. `fuseau` is the zone in which instants are said. Its error keeps the place in `texte`.
pub fn compile(texte: &str, fuseau: &TimeZone) -> Result<Tera, tera::Error> {
    let mut tera = Tera::new();
    tera.register_filter("date_longue", |texte: &str, _: Kwargs, _: &State| {
        let date = texte.parse::<Date>().map_err(|e| tera::Error::message(format!("date : {e}")))?;
        Ok::<_, tera::Error>(date_fr::date_longue(date))
    });
    let fuseau = fuseau.clone();
    tera.register_filter("instant", move |texte: &str, _: Kwargs, _: &State| {
        let instant =
            texte.parse::<Timestamp>().map_err(|e| tera::Error::message(format!("instant : {e}")))?;
        Ok::<_, tera::Error>(date_fr::instant(instant.to_zoned(fuseau.clone()).datetime()))
    });
    tera.register_filter("montant", |centimes: i64, _: Kwargs, _: &State| {
        rules::montant::Montant::centimes(centimes).to_string()
    });
    tera.add_raw_template(TEXTE, texte)?;
    Ok(tera)
}

/// The text with these variables; an unknown one is an error.
pub fn ecrit(tera: &Tera, variables: &impl Serialize) -> Result<String, tera::Error> {
    Ok(tera.render(TEXTE, &Context::from_serialize(variables)?)?.trim().to_owned())
}

/// [`compile`], then [`ecrit`].
pub fn rend(texte: &str, variables: &impl Serialize, fuseau: &TimeZone) -> Result<String, tera::Error> {
    ecrit(&compile(texte, fuseau)?, variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chaque_exemple_dit_toutes_ses_variables() {
        let fuseau = TimeZone::get("Europe/Paris").unwrap();
        for occasion in Occasion::TOUTES {
            for variable in occasion.variables() {
                let filtre = variable.genre.filtre().map_or_else(String::new, |f| format!(" | {f}"));
                let texte = format!("{{{{ {}{filtre} }}}}", variable.chemin);
                for rang in 0..EXEMPLES {
                    let ecrit = rend(&texte, &occasion.exemple(rang), &fuseau);
                    assert!(ecrit.is_ok(), "{occasion:?} {texte} : {ecrit:?}");
                }
            }
        }
        let delai = Occasion::Delai.exemple(0);
        let dit = rend("{{ jour | date_longue }}, avant {{ echeance | instant }}", &delai, &fuseau).unwrap();
        assert_eq!(dit, "jeudi 4 septembre 2025, avant jeudi 4 septembre 2025 à 6 h");
        let reste = rend("{{ facture.reste | montant }}", &Occasion::Impaye.exemple(1), &fuseau).unwrap();
        assert_eq!(reste, "1 234,56\u{a0}€".replace(' ', "\u{202f}"));
        assert!(rend("{{ inconnu }}", &delai, &fuseau).is_err());
        assert!(rend("{{ enfant.prenom | date_longue }}", &delai, &fuseau).is_err());
    }
}
