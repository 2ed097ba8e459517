//! The values that a case writes, in the domains of the town.

use std::collections::BTreeSet;

use jiff::civil::Time;
use rules::faits::{FaitId, Symboles};
use rules::scalaire::Heure;
use rules::valeur::{Domaine, UniteDuree, Valeur};

use crate::commune::Commune;
use crate::definition::arbre::Noeud;
use crate::definition::lecture::suggestion;
use crate::definition::raw::valeurs::nombre;
use crate::demarche::{Champ, Reponse, TypeChamp};
use crate::foyer::{Adresse, ValeurFait};
use crate::vocabulaire::GenreTexte;

/// Why a written value is not one, and what to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Faute {
    /// A name that does not exist, rather than a value of the wrong type.
    pub(crate) reference: bool,
    /// One French sentence.
    pub(crate) message: String,
    /// What to do.
    pub(crate) aide: Option<String>,
}

fn faute(message: impl Into<String>) -> Faute {
    Faute { reference: false, message: message.into(), aide: None }
}

fn inconnu<'a>(quoi: &str, mot: &str, connus: impl IntoIterator<Item = &'a str> + Clone) -> Faute {
    let aide = suggestion(mot, connus);
    Faute { reference: true, message: format!("{quoi} : « {mot} »"), aide: Some(aide) }
}

/// A case writes an address on one line.
fn adresse(texte: &str) -> ValeurFait {
    ValeurFait::Adresse(Adresse {
        voie: texte.to_owned(),
        complement: None,
        code_postal: String::new(),
        commune: String::new(),
        insee: None,
    })
}

/// A fact or a dimension by its name.
pub(crate) fn symbole(commune: &Commune, nom: &str) -> Result<FaitId, Faute> {
    let vocabulaire = &commune.vocabulaire;
    vocabulaire.fait(nom).ok_or_else(|| inconnu("fait ou dimension inconnu", nom, vocabulaire.noms()))
}

/// A value of a dimension, as tables read it.
pub(crate) fn valeur(commune: &Commune, fait: FaitId, noeud: &Noeud) -> Result<Valeur, Faute> {
    if noeud.texte() == Some("absent") {
        return Ok(Valeur::Absent);
    }
    let vocabulaire = &commune.vocabulaire;
    let nom = vocabulaire.nom(fait);
    let domaine = vocabulaire.domaine(fait);
    if let (Domaine::Ensemble(_), Some(elements)) = (domaine, noeud.liste()) {
        return elements.iter().try_fold(Valeur::Ensemble(0), |bits, e| {
            match (bits, valeur(commune, fait, e)?) {
                (Valeur::Ensemble(a), Valeur::Ensemble(b)) => Ok(Valeur::Ensemble(a | b)),
                _ => Err(faute(format!("`{nom}` : {} n'est pas une valeur", e.en_mots()))),
            }
        });
    }
    let Some(texte) = noeud.texte() else {
        return Err(faute(format!("`{nom}` : une valeur attendue — trouvé {}", noeud.en_mots())));
    };
    let dans = |e: String| faute(format!("`{nom}` : {e}"));
    match domaine {
        Domaine::Booleen => domaine.choix(texte).ok_or_else(|| dans("`oui` ou `non` attendu".into())),
        Domaine::Choix(noms) | Domaine::Ensemble(noms) => domaine.choix(texte).ok_or_else(|| {
            let quoi = format!("« {texte} » n'est pas une valeur de `{nom}`");
            Faute { message: quoi, ..inconnu("", texte, noms.iter().map(|n| &**n)) }
        }),
        Domaine::Nombre { min, max, .. } => {
            let n = nombre(texte).map_err(|e| dans(e.message))?;
            if min.is_some_and(|m| n < m) || max.is_some_and(|m| n > m) {
                return Err(dans(format!("« {texte} » est hors des valeurs possibles")));
            }
            Ok(Valeur::Nombre(n))
        }
        Domaine::Date => rules::scalaire::lit_date(texte).map(Valeur::Date).map_err(|e| dans(e.message)),
        Domaine::Heure => Heure::lit(texte).map(|h| Valeur::Heure(h.minutes())).map_err(|e| dans(e.message)),
        Domaine::Duree(unite) => {
            let duree = rules::scalaire::Duree::lit(texte).map_err(|e| dans(e.message))?;
            let n = match unite {
                UniteDuree::Minute => duree.en_minutes().and_then(|m| i32::try_from(m).ok()),
                UniteDuree::Jour | UniteDuree::Mois => i32::try_from(duree.n).ok(),
            };
            n.map(Valeur::Duree).ok_or_else(|| dans(format!("« {texte} » n'est pas dans la bonne unité")))
        }
    }
}

/// A fact of `donnees.yaml` or a zone, as it is recorded; `None` = absent.
pub(crate) fn fait(commune: &Commune, nom: &str, noeud: &Noeud) -> Result<Option<ValeurFait>, Faute> {
    if let Some(declare) = commune.vocabulaire.texte(nom) {
        let Some(texte) = noeud.texte() else { return Err(faute(format!("`{nom}` : texte attendu"))) };
        return Ok(Some(match declare.genre {
            GenreTexte::Adresse => adresse(texte),
            _ => ValeurFait::Texte(texte.to_owned()),
        }));
    }
    let fait = symbole(commune, nom)?;
    let lue = valeur(commune, fait, noeud)?;
    Ok(en_fait(commune.vocabulaire.domaine(fait), lue))
}

/// As recorded.
fn en_fait(domaine: &Domaine, valeur: Valeur) -> Option<ValeurFait> {
    let noms = match domaine {
        Domaine::Choix(noms) | Domaine::Ensemble(noms) => &**noms,
        _ => &[],
    };
    match valeur {
        Valeur::Absent | Valeur::Duree(_) => None,
        Valeur::Booleen(b) => Some(ValeurFait::Booleen(b)),
        Valeur::Choix(i) => noms.get(usize::from(i)).map(|n| ValeurFait::Choix(n.to_string())),
        Valeur::Nombre(n) => Some(ValeurFait::Nombre(n)),
        Valeur::Date(d) => Some(ValeurFait::Date(d)),
        Valeur::Heure(m) => heure(m).map(ValeurFait::Heure),
        Valeur::Ensemble(bits) => {
            let presents = noms.iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1);
            Some(ValeurFait::Ensemble(presents.map(|(_, n)| n.to_string()).collect()))
        }
    }
}

fn heure(minutes: u16) -> Option<Time> {
    let (h, m) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
    Time::new(h, m, 0, 0).ok()
}

/// The answer to a field.
pub(crate) fn reponse(champ: &Champ, noeud: &Noeud) -> Result<Reponse, Faute> {
    match noeud.liste() {
        // a set is one answer
        Some(elements) if matches!(champ.genre, TypeChamp::Ensemble(_)) => {
            let mut noms = BTreeSet::new();
            for e in elements {
                if let ValeurFait::Ensemble(nom) = valeur_de_champ(champ, e)? {
                    noms.extend(nom);
                }
            }
            Ok(Reponse::Valeur(ValeurFait::Ensemble(noms)))
        }
        Some(elements) => {
            let valeurs = elements.iter().map(|e| valeur_de_champ(champ, e)).collect::<Result<_, _>>()?;
            Ok(Reponse::Valeurs(valeurs))
        }
        None => valeur_de_champ(champ, noeud).map(Reponse::Valeur),
    }
}

fn valeur_de_champ(champ: &Champ, noeud: &Noeud) -> Result<ValeurFait, Faute> {
    let nom = &champ.id;
    let Some(texte) = noeud.texte() else {
        return Err(faute(format!("champ `{nom}` : une valeur attendue — trouvé {}", noeud.en_mots())));
    };
    let dans = |e: String| faute(format!("champ `{nom}` : {e}"));
    Ok(match &champ.genre {
        TypeChamp::Choix(options) | TypeChamp::Services(options) | TypeChamp::Ensemble(options) => {
            if !options.iter().any(|(o, _)| o == texte) {
                let quoi = format!("« {texte} » n'est pas une réponse de `{nom}`");
                return Err(Faute {
                    message: quoi,
                    ..inconnu("", texte, options.iter().map(|(o, _)| o.as_str()))
                });
            }
            match &champ.genre {
                TypeChamp::Ensemble(_) => ValeurFait::Ensemble(BTreeSet::from([texte.to_owned()])),
                _ => ValeurFait::Choix(texte.to_owned()),
            }
        }
        TypeChamp::Nombre(_) | TypeChamp::Montant => {
            ValeurFait::Nombre(nombre(texte).map_err(|e| dans(e.message))?)
        }
        TypeChamp::Date => ValeurFait::Date(rules::scalaire::lit_date(texte).map_err(|e| dans(e.message))?),
        TypeChamp::Heure => {
            let lue = Heure::lit(texte).map_err(|e| dans(e.message))?;
            let lue = heure(lue.minutes()).ok_or_else(|| dans(format!("« {texte} » n'est pas une heure")))?;
            ValeurFait::Heure(lue)
        }
        TypeChamp::Booleen => match texte {
            "oui" | "true" => ValeurFait::Booleen(true),
            "non" | "false" => ValeurFait::Booleen(false),
            _ => return Err(dans("`oui` ou `non` attendu".into())),
        },
        TypeChamp::Adresse => adresse(texte),
        TypeChamp::Texte { .. }
        | TypeChamp::TexteLong { .. }
        | TypeChamp::Commune
        | TypeChamp::Telephone
        | TypeChamp::Courriel
        | TypeChamp::Fichier => ValeurFait::Texte(texte.to_owned()),
        TypeChamp::Groupe(_) => return Err(dans("un groupe ne s'écrit pas encore dans un cas".into())),
    })
}
