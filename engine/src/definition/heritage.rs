//! Inheritance (language.md §4.12): a model's file and the town's, merged on the spanned tree.
//!
//! Maps merge key by key, the town wins. Lists whose items have an identity key merge by identity; any other list
//! is replaced as a whole, so that a table is never half inherited. Each node keeps its place, hence its layer.

use super::arbre::{Cle, Contenu, Noeud};
use super::lecture::{Lecture, suggestion};
use crate::diagnostic::{Diagnostic, codes};

/// The keys that give an item of a list its identity, when they come first in it.
pub(super) const IDENTITES: [&str; 20] = [
    "fait",
    "piece",
    "etape",
    "action",
    "ecran",
    "champ",
    "delai",
    "annonce",
    "ajustement",
    "prestation",
    "ecole",
    "regle",
    "penalite",
    "frais",
    "critere",
    "facturation",
    "bareme",
    "evenement",
    "tiers",
    "parametre",
];

/// The word that, beside a list, removes inherited items: `retire: [etape.rendez_vous]`.
const RETIRE: &str = "retire";
/// Where a new item goes among the inherited ones.
const PLACES: [&str; 2] = ["apres_element", "avant_element"];

/// The model's tree with what the town changes.
pub(crate) fn fusionne(modele: Noeud, ville: Noeud, l: &mut Lecture) -> Noeud {
    match (modele.contenu, ville.contenu) {
        (Contenu::Carte(base), Contenu::Carte(plus)) => {
            Noeud { span: ville.span, contenu: Contenu::Carte(cartes(base, plus, l)) }
        }
        (Contenu::Liste(base), Contenu::Liste(plus)) if identifiee(&base) && identifiee(&plus) => {
            Noeud { span: ville.span, contenu: Contenu::Liste(listes(base, plus, l)) }
        }
        (_, contenu) => Noeud { span: ville.span, contenu },
    }
}

fn cartes(base: Vec<(Cle, Noeud)>, mut plus: Vec<(Cle, Noeud)>, l: &mut Lecture) -> Vec<(Cle, Noeud)> {
    let retire = plus.iter().position(|(c, _)| c.texte == RETIRE).map(|i| plus.remove(i).1);
    let mut sortie = Vec::with_capacity(base.len() + plus.len());
    for (cle, valeur) in base {
        match plus.iter().position(|(c, _)| c.texte == cle.texte) {
            Some(i) => {
                let (cle_ville, valeur_ville) = plus.remove(i);
                sortie.push((cle_ville, fusionne(valeur, valeur_ville, l)));
            }
            None => sortie.push((cle, valeur)),
        }
    }
    sortie.extend(plus);
    if let Some(noeud) = retire {
        for element in noeud.liste().unwrap_or(std::slice::from_ref(&noeud)) {
            retire_un(&mut sortie, element, l);
        }
    }
    sortie
}

/// Removes `etape.rendez_vous` from the lists of a map, at any depth of `genre.id` pairs; unknown = REF04.
fn retire_un(carte: &mut [(Cle, Noeud)], element: &Noeud, l: &mut Lecture) {
    let Some((genre, id)) = element.texte().and_then(|t| t.split_once('.')) else {
        l.inattendu(element, "élément à retirer attendu, ex. `etape.rendez_vous`", None);
        return;
    };
    let mut connus = Vec::new();
    for (_, valeur) in carte.iter_mut() {
        let Contenu::Liste(elements) = &mut valeur.contenu else { continue };
        if let Some(i) = elements.iter().position(|e| identite(e) == Some((genre, id))) {
            elements.remove(i);
            return;
        }
        let memes = elements.iter().filter_map(identite).filter(|(g, _)| *g == genre);
        connus.extend(memes.map(|(_, i)| i.to_owned()));
    }
    let message = format!("le modèle n'a pas de {genre} « {id} » à retirer");
    let d = Diagnostic::new(codes::REF04, element.span, message);
    l.signale(d.aide(suggestion(id, connus.iter().map(String::as_str))));
}

fn listes(base: Vec<Noeud>, plus: Vec<Noeud>, l: &mut Lecture) -> Vec<Noeud> {
    let mut sortie = base;
    for element in plus {
        let Some(cle) = identite(&element).map(|(g, i)| (g.to_owned(), i.to_owned())) else { continue };
        let memes = |e: &Noeud| identite(e).is_some_and(|(g, i)| g == cle.0 && i == cle.1);
        match sortie.iter().position(memes) {
            Some(i) => {
                let ancien = sortie.remove(i);
                sortie.insert(i, fusionne(ancien, element, l));
            }
            None => place(&mut sortie, element, l),
        }
    }
    sortie
}

fn place(liste: &mut Vec<Noeud>, mut element: Noeud, l: &mut Lecture) {
    let mut ou = None;
    if let Contenu::Carte(entrees) = &mut element.contenu
        && let Some(i) = entrees.iter().position(|(c, _)| PLACES.contains(&c.texte.as_str()))
    {
        ou = Some(entrees.remove(i));
    }
    let Some((cle, repere)) = ou else { return liste.push(element) };
    let voisin = liste.iter().position(|e| identite(e).is_some_and(|(_, i)| Some(i) == repere.texte()));
    match voisin {
        Some(i) if cle.texte == "avant_element" => liste.insert(i, element),
        Some(i) => liste.insert(i + 1, element),
        None => {
            let message = format!("aucun élément {} où se placer", repere.en_mots());
            l.signale(Diagnostic::new(codes::REF04, repere.span, message));
            liste.push(element);
        }
    }
}

fn identifiee(liste: &[Noeud]) -> bool {
    !liste.is_empty() && liste.iter().all(|e| identite(e).is_some())
}

/// The kind and name of an item: its first key, when it is one of [`IDENTITES`].
fn identite(element: &Noeud) -> Option<(&str, &str)> {
    let (cle, valeur) = element.carte()?.first()?;
    IDENTITES.contains(&cle.texte.as_str()).then_some(())?;
    Some((cle.texte.as_str(), valeur.texte()?))
}
