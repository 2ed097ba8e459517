//! The columns of each file, from the town's own facts.

use engine::commune::Commune;
use engine::demarche::{Champ, FaitVise, Obligatoire, SujetVise, TypeChamp, Validite};
use engine::vocabulaire::GenreTexte;
use rules::lieu::Lieu;
use rules::valeur::Domaine;

/// What a file holds: its name says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fichier {
    /// Households: address, quotient…
    Familles,
    /// Legal guardians.
    Responsables,
    /// Children.
    Enfants,
    /// Others: authorised to pick up, to call.
    Contacts,
    /// With what guardians enter.
    Comptes,
    /// What a partner's space knows guardians by.
    Partenaires,
}

impl Fichier {
    /// All of them, in the order in which they are read.
    pub const TOUS: [Self; 6] =
        [Self::Familles, Self::Responsables, Self::Enfants, Self::Contacts, Self::Comptes, Self::Partenaires];

    /// Name of the file, without `.csv`.
    pub const fn nom(self) -> &'static str {
        match self {
            Self::Familles => "familles",
            Self::Responsables => "responsables",
            Self::Enfants => "enfants",
            Self::Contacts => "contacts",
            Self::Comptes => "comptes",
            Self::Partenaires => "partenaires",
        }
    }

    /// The file of that name.
    pub fn lit(nom: &str) -> Option<Self> {
        Self::TOUS.into_iter().find(|f| f.nom() == nom)
    }

    /// Columns that are no fact, those that must be there first with `true`.
    pub(super) const fn fixes(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Familles => &[("famille", true)],
            Self::Responsables => &[("famille", true), ("personne", true), ("role", false)],
            Self::Enfants | Self::Contacts => &[("famille", true), ("personne", true)],
            Self::Comptes => {
                &[("personne", true), ("courriel", true), ("identifiant", false), ("mot_de_passe", false)]
            }
            Self::Partenaires => &[("personne", true), ("code", true)],
        }
    }

    /// Facts without which a line is nobody.
    const fn exiges(self) -> &'static [&'static str] {
        match self {
            Self::Familles | Self::Comptes | Self::Partenaires => &[],
            Self::Responsables | Self::Contacts => &["nom", "prenom"],
            Self::Enfants => &["nom", "prenom", "naissance"],
        }
    }

    /// Whose facts its columns are.
    const fn sujets(self) -> &'static [&'static str] {
        match self {
            Self::Familles => &["foyer"],
            Self::Responsables => &["personne", "responsable"],
            Self::Enfants => &["personne", "enfant"],
            Self::Contacts => &["personne"],
            Self::Comptes | Self::Partenaires => &[],
        }
    }
}

/// The facts that the file of this town may say, as fields.
pub(super) fn champs(commune: &Commune, fichier: Fichier) -> Vec<Champ> {
    let reprenables = commune.vocabulaire.reprenables(fichier.sujets());
    reprenables.filter_map(|(sujet, nom)| champ(commune, fichier, sujet, nom)).collect()
}

fn champ(commune: &Commune, fichier: Fichier, sujet: &str, nom: &str) -> Option<Champ> {
    let vocabulaire = &commune.vocabulaire;
    let (libelle, genre, validite) = match vocabulaire.texte(&format!("{sujet}.{nom}")) {
        Some(texte) => (texte.libelle.clone(), de_texte(texte.genre), Validite::Illimitee),
        None => {
            let (_, symbole) = vocabulaire
                .iter()
                .find(|(_, s)| s.sujet.as_deref() == Some(sujet) && s.lecture.is_some() && s.nom == nom)?;
            let validite = symbole.lecture.as_ref()?.validite.clone();
            (symbole.libelle.clone(), de_domaine(&symbole.domaine)?, validite)
        }
    };
    let de = if fichier == Fichier::Familles { SujetVise::Foyer } else { SujetVise::PersonneAjoutee };
    Some(Champ {
        id: nom.to_owned(),
        nom: libelle,
        genre,
        fait: Some(FaitVise { de, nom: nom.to_owned(), validite }),
        obligatoire: if fichier.exiges().contains(&nom) {
            Obligatoire::Toujours
        } else {
            Obligatoire::Jamais
        },
        si: None,
        aide: None,
        exemple: None,
        unite: None,
        motif: None,
        plusieurs: false,
        recopie: None,
        // no file of the town wrote it
        lieu: Lieu(u32::MAX),
    })
}

const fn de_texte(genre: GenreTexte) -> TypeChamp {
    match genre {
        GenreTexte::Texte => TypeChamp::Texte { max: None },
        GenreTexte::TexteLong => TypeChamp::TexteLong { max: None },
        GenreTexte::Telephone => TypeChamp::Telephone,
        GenreTexte::Courriel => TypeChamp::Courriel,
        GenreTexte::Commune => TypeChamp::Commune,
        GenreTexte::Adresse => TypeChamp::Adresse,
    }
}

/// `None`: no column says such a fact.
fn de_domaine(domaine: &Domaine) -> Option<TypeChamp> {
    Some(match domaine {
        Domaine::Booleen => TypeChamp::Booleen,
        Domaine::Choix(noms) => {
            TypeChamp::Choix(noms.iter().map(|n| (n.to_string(), n.to_string())).collect())
        }
        Domaine::Nombre { .. } => TypeChamp::Nombre(domaine.clone()),
        Domaine::Date => TypeChamp::Date,
        Domaine::Heure => TypeChamp::Heure,
        Domaine::Ensemble(_) | Domaine::Duree(_) => return None,
    })
}

/// Parts of an address: the household's are columns of their own name, another one's follow the fact's (`domicile.voie`).
pub(super) const PARTIES: [&str; 4] = ["voie", "complement", "code_postal", "commune"];

/// The columns of a field, with what the form calls each.
pub(super) fn colonnes(fichier: Fichier, champ: &Champ) -> Vec<(String, String)> {
    if !matches!(champ.genre, TypeChamp::Adresse) {
        return vec![(champ.id.clone(), champ.id.clone())];
    }
    let une = |partie: &&str| {
        let nom = format!("{}.{partie}", champ.id);
        let colonne = if fichier == Fichier::Familles { (*partie).to_owned() } else { nom.clone() };
        (colonne, nom)
    };
    PARTIES.iter().map(une).collect()
}
