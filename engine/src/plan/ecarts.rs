//! The keys whose resolved value changes: what files and models give once merged, never their layout.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Version;
use super::liste::{meme, nom, paires};
use crate::definition::arbre::{Cle, Contenu, Noeud, abrege};
use crate::definition::effectif::Effectif;
use crate::definition::source::SourceSet;

/// A value as a version says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ecrit {
    /// Short text of the value.
    pub valeur: String,
    /// `ham/baremes/repas.yaml:9`
    pub lieu: String,
}

/// A key that changes: added (`avant` is none), taken away (`apres` is none) or changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ecart {
    /// `bareme.repas › versions[2025-09-01] › lignes[residence: exterieur] › prix`
    pub chemin: String,
    /// What runs.
    pub avant: Option<Ecrit>,
    /// What would run.
    pub apres: Option<Ecrit>,
}

/// Files that say how a town is proved, not how it runs.
const HORS_SERVICE: [&str; 2] = ["cas/", "exigences.yaml"];

/// Longest label of an item without a name.
const LIBELLE: usize = 60;

pub(super) fn ecarts(avant: Version<'_>, apres: Version<'_>) -> Vec<Ecart> {
    let slug = apres.commune.slug.as_str();
    let (ea, eb) = (Effectif::lit(avant.sources, slug), Effectif::lit(apres.sources, slug));
    let mut comparaison = Comparaison { avant: &ea, apres: &eb, ecarts: Vec::new() };
    let (arbres_avant, arbres_apres) = (ea.arbres(), eb.arbres());
    let chemins = arbres_apres.keys().chain(arbres_avant.keys().filter(|c| !arbres_apres.contains_key(*c)));
    for chemin in chemins.filter(|c| !HORS_SERVICE.iter().any(|h| c.starts_with(h))) {
        let (a, b) = (arbres_avant.get(chemin), arbres_apres.get(chemin));
        let racine = b.or(a).and_then(nom).map(|(genre, nom)| format!("{genre}.{nom}"));
        let racine = racine.unwrap_or_else(|| chemin.trim_end_matches(".yaml").to_owned());
        comparaison.compare(&racine, a, b);
    }
    let mut ecarts = comparaison.ecarts;
    textes(avant, apres, &mut ecarts);
    ecarts
}

struct Comparaison<'c, 's> {
    avant: &'c Effectif<'s>,
    apres: &'c Effectif<'s>,
    ecarts: Vec<Ecart>,
}

impl Comparaison<'_, '_> {
    fn compare(&mut self, chemin: &str, avant: Option<&Noeud>, apres: Option<&Noeud>) {
        match (avant, apres) {
            (Some(a), Some(b)) if meme(a, b) => {}
            (Some(a), Some(b)) => match (&a.contenu, &b.contenu) {
                (Contenu::Carte(a), Contenu::Carte(b)) => self.cartes(chemin, a, b),
                (Contenu::Liste(a), Contenu::Liste(b)) if blocs(a) || blocs(b) => {
                    self.listes(chemin, a, b);
                }
                _ => self.note(chemin, Some(a), Some(b)),
            },
            (a, b) => self.note(chemin, a, b),
        }
    }

    fn cartes(&mut self, chemin: &str, avant: &[(Cle, Noeud)], apres: &[(Cle, Noeud)]) {
        let trouve = |entrees: &[(Cle, Noeud)], cle: &str| entrees.iter().position(|(c, _)| c.texte == cle);
        let cles = apres.iter().chain(avant.iter().filter(|(c, _)| trouve(apres, &c.texte).is_none()));
        for (cle, _) in cles {
            let valeur = |entrees: &'_ [(Cle, Noeud)]| {
                trouve(entrees, &cle.texte).and_then(|i| entrees.get(i).cloned())
            };
            let (a, b) = (valeur(avant), valeur(apres));
            let suite = format!("{chemin} › {}", cle.texte);
            self.compare(&suite, a.as_ref().map(|(_, n)| n), b.as_ref().map(|(_, n)| n));
        }
    }

    fn listes(&mut self, chemin: &str, avant: &[Noeud], apres: &[Noeud]) {
        for (i, j) in paires(avant, apres) {
            let (a, b) = (i.and_then(|i| avant.get(i)), j.and_then(|j| apres.get(j)));
            let libelle = b.or(a).map(|n| libelle(n, a, b)).unwrap_or_default();
            self.compare(&format!("{chemin}[{libelle}]"), a, b);
        }
    }

    fn note(&mut self, chemin: &str, avant: Option<&Noeud>, apres: Option<&Noeud>) {
        let ecrit = |e: &Effectif<'_>, n: &Noeud| Ecrit { valeur: court(n), lieu: e.lieu(n.span) };
        self.ecarts.push(Ecart {
            chemin: chemin.to_owned(),
            avant: avant.map(|n| ecrit(self.avant, n)),
            apres: apres.map(|n| ecrit(self.apres, n)),
        });
    }
}

/// Lists of maps are compared item by item; lists of words are one value.
fn blocs(liste: &[Noeud]) -> bool {
    liste.iter().any(|n| n.carte().is_some())
}

/// What the item is called, or what it shares with the one that it is compared with.
fn libelle(noeud: &Noeud, avant: Option<&Noeud>, apres: Option<&Noeud>) -> String {
    if let Some((_, nom)) = nom(noeud) {
        return nom.to_owned();
    }
    let autre = |cle: &Cle, v: &Noeud| match (avant, apres) {
        (Some(a), Some(b)) => [a, b].into_iter().all(|n| n.champ(&cle.texte).is_some_and(|x| meme(x, v))),
        _ => true,
    };
    let entrees = noeud.carte().unwrap_or_default().iter().filter(|(cle, v)| autre(cle, v));
    let texte = entrees.map(|(cle, v)| format!("{}: {}", cle.texte, court(v))).collect::<Vec<_>>().join(", ");
    texte.chars().take(LIBELLE).collect()
}

/// A value on one line.
fn court(noeud: &Noeud) -> String {
    match &noeud.contenu {
        Contenu::Nul => "rien".to_owned(),
        Contenu::Scalaire(s) => abrege(&s.texte),
        Contenu::Liste(elements) => {
            let tous: Vec<String> = elements.iter().map(court).collect();
            abrege(&format!("[{}]", tous.join(", ")))
        }
        Contenu::Carte(entrees) => {
            let tous: Vec<String> =
                entrees.iter().map(|(cle, v)| format!("{}: {}", cle.texte, court(v))).collect();
            abrege(&format!("{{ {} }}", tous.join(", ")))
        }
    }
}

/// Letters and scripts, whole.
fn textes(avant: Version<'_>, apres: Version<'_>, ecarts: &mut Vec<Ecart>) {
    let (a, b) = (les_textes(avant), les_textes(apres));
    for chemin in b.keys().chain(a.keys().filter(|c| !b.contains_key(*c))) {
        let (va, vb) = (a.get(chemin), b.get(chemin));
        if va.map(|t| &t.0) != vb.map(|t| &t.0) {
            let ecrit = |t: &(String, String)| Ecrit { valeur: premiere_ligne(&t.0), lieu: t.1.clone() };
            ecarts.push(Ecart { chemin: chemin.clone(), avant: va.map(ecrit), apres: vb.map(ecrit) });
        }
    }
}

/// `message.accuse`, `regles/x.rhai` → its text and its place.
fn les_textes(version: Version<'_>) -> BTreeMap<String, (String, String)> {
    let commune = version.commune;
    let messages = commune.messages.iter().map(|m| {
        (format!("message.{}", m.id), (format!("{}\n{}", m.objet, m.corps), commune.lieux.texte(m.lieu)))
    });
    messages.chain(scripts(version.sources, commune)).collect()
}

fn scripts<'a>(
    sources: &'a SourceSet,
    commune: &'a crate::commune::Commune,
) -> impl Iterator<Item = (String, (String, String))> + 'a {
    commune.scripts.iter().filter_map(move |chemin| {
        let lieu = format!("{}/{chemin}", commune.slug);
        let fichier = sources.fichier(sources.trouve(&lieu)?)?;
        Some((chemin.clone(), (fichier.texte.clone(), lieu)))
    })
}

fn premiere_ligne(texte: &str) -> String {
    let lignes = texte.lines().count();
    format!("{} ({lignes} lignes)", abrege(texte))
}
