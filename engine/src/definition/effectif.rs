//! What a town's files say in the end: its own and its model's, merged, each value with the place that it keeps.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::arbre::{Cle, Contenu, Noeud, Style};
use super::heritage::IDENTITES;
use super::resolve::arbres_fusionnes;
use super::source::{SourceSet, Span};

/// The merged trees of a town.
#[derive(Debug)]
pub struct Effectif<'s> {
    sources: &'s SourceSet,
    slug: String,
    /// Path below the town's folder → tree.
    arbres: BTreeMap<String, Noeud>,
}

/// Something with a name: a tariff, a step, a contact…
#[derive(Clone, Debug)]
pub struct Objet {
    /// Its name: `repas`.
    pub nom: String,
    /// `bareme.repas`, or the file's path.
    pub chemin: String,
    /// `ham/baremes/repas.yaml:2`.
    pub lieu: String,
    noeud: Noeud,
}

/// Widest row written on one line.
const LARGEUR: usize = 110;

impl<'s> Effectif<'s> {
    /// Reads and merges the town's files; what cannot be read is left out (`guichet check` says why).
    pub fn lit(sources: &'s SourceSet, slug: &str) -> Self {
        Self { sources, slug: slug.to_owned(), arbres: arbres_fusionnes(sources, slug) }
    }

    /// Only what holds on that day: of dated versions, each block as the latest version that writes it.
    #[must_use]
    pub fn au(mut self, jour: Date) -> Self {
        for noeud in self.arbres.values_mut() {
            en_vigueur(noeud, jour);
        }
        self
    }

    /// The merged trees, by path below the town's folder.
    pub(crate) const fn arbres(&self) -> &BTreeMap<String, Noeud> {
        &self.arbres
    }

    /// Every named thing, in the order of the files.
    pub fn objets(&self) -> Vec<Objet> {
        let mut objets = Vec::new();
        for (chemin, noeud) in &self.arbres {
            if !noeud
                .carte()
                .and_then(|c| c.first())
                .is_some_and(|(c, _)| IDENTITES.contains(&c.texte.as_str()))
            {
                objets.push(self.objet(chemin.trim_end_matches(".yaml"), chemin.clone(), noeud));
            }
            self.nommes(noeud, &mut objets);
        }
        objets
    }

    /// The things of that name (`repas`), kind and name (`bareme.repas`), or file.
    pub fn cherche(&self, mot: &str) -> Vec<Objet> {
        self.objets().into_iter().filter(|o| o.nom == mot || o.chemin == mot).collect()
    }

    fn objet(&self, nom: &str, chemin: String, noeud: &Noeud) -> Objet {
        Objet { nom: nom.to_owned(), chemin, lieu: self.lieu(noeud.span), noeud: noeud.clone() }
    }

    fn nommes(&self, noeud: &Noeud, objets: &mut Vec<Objet>) {
        match &noeud.contenu {
            Contenu::Carte(entrees) => {
                if let Some((cle, id)) = entrees.first().and_then(|(c, v)| Some((&c.texte, v.texte()?)))
                    && GENRES_NOMMES.contains(&cle.as_str())
                {
                    objets.push(self.objet(id, format!("{cle}.{id}"), noeud));
                }
                for (cle, valeur) in entrees {
                    if ["contacts", "roles", "zonages"].contains(&cle.texte.as_str()) {
                        let genre = cle.texte.trim_end_matches('s');
                        for (nom, v) in valeur.carte().unwrap_or_default() {
                            objets.push(self.objet(&nom.texte, format!("{genre}.{}", nom.texte), v));
                        }
                    }
                    self.nommes(valeur, objets);
                }
            }
            Contenu::Liste(elements) => elements.iter().for_each(|e| self.nommes(e, objets)),
            _ => {}
        }
    }

    /// `ham/baremes/repas.yaml:9`
    pub(crate) fn lieu(&self, span: Span) -> String {
        let ligne = self.sources.position(span.fichier, span.debut).ligne;
        format!("{}:{ligne}", self.sources.chemin(span.fichier))
    }

    /// The thing as its file would say it; with `origine`, the place and layer of each line.
    pub fn texte(&self, objet: &Objet, origine: bool) -> String {
        let mut lignes = Vec::new();
        ecrit(&objet.noeud, 1, &mut lignes);
        let mut texte = format!("{} — {}\n", objet.chemin, objet.lieu);
        let largeur = lignes.iter().map(|l| l.texte.chars().count()).filter(|n| *n <= 72).max().unwrap_or(0);
        for ligne in lignes {
            match ligne.span.filter(|_| origine) {
                Some(span) => {
                    texte.push_str(&format!(
                        "{:largeur$}  ← {}{}\n",
                        ligne.texte,
                        self.lieu(span),
                        self.couche(span)
                    ));
                }
                None => texte.push_str(&format!("{}\n", ligne.texte)),
            }
        }
        texte
    }

    /// « (modèle) », when the town's own files do not say it.
    fn couche(&self, span: Span) -> &'static str {
        let sienne =
            self.sources.chemin(span.fichier).strip_prefix(&self.slug).is_some_and(|c| c.starts_with('/'));
        if sienne { "" } else { "  (modèle)" }
    }
}

/// The kinds that can be shown by name: those that models merge by identity, and whole files.
const GENRES_NOMMES: [&str; 20] = [
    "bareme",
    "service",
    "prestation",
    "fait",
    "piece",
    "demarche",
    "etape",
    "action",
    "ecran",
    "champ",
    "delai",
    "annonce",
    "ajustement",
    "ecole",
    "penalite",
    "frais",
    "facturation",
    "evenement",
    "tiers",
    "parametre",
];

struct Ligne {
    texte: String,
    span: Option<Span>,
}

/// Where a node is: a leaf's own place, a block's first leaf's.
fn ecrit(noeud: &Noeud, niveau: usize, lignes: &mut Vec<Ligne>) {
    let marge = "  ".repeat(niveau);
    match &noeud.contenu {
        Contenu::Carte(entrees) => {
            for (cle, valeur) in entrees {
                sous(format!("{marge}{}:", cle.texte), cle.span, valeur, niveau, lignes);
            }
        }
        Contenu::Liste(elements) => {
            for element in elements {
                let debut = lignes.len();
                match en_ligne(element) {
                    Some(texte) => {
                        lignes.push(Ligne { texte: format!("{marge}- {texte}"), span: Some(element.span) })
                    }
                    None => {
                        ecrit(element, niveau + 1, lignes);
                        // the dash stands in the margin of the item's first line
                        if let Some(premiere) = lignes.get_mut(debut) {
                            let reste = premiere.texte.get(marge.len() + 2..).unwrap_or_default().to_owned();
                            premiere.texte = format!("{marge}- {reste}");
                        }
                    }
                }
            }
        }
        Contenu::Scalaire(_) | Contenu::Nul => {
            let texte = en_ligne(noeud).unwrap_or_default();
            lignes.push(Ligne { texte: format!("{marge}{texte}"), span: Some(noeud.span) });
        }
    }
}

fn sous(cle: String, span: Span, valeur: &Noeud, niveau: usize, lignes: &mut Vec<Ligne>) {
    match en_ligne(valeur) {
        Some(texte) => lignes.push(Ligne { texte: format!("{cle} {texte}"), span: Some(span) }),
        None => {
            lignes.push(Ligne { texte: cle, span: None });
            ecrit(valeur, niveau + 1, lignes);
        }
    }
}

/// A short value on one line; `None` when it is long, or holds lines of its own.
fn en_ligne(noeud: &Noeud) -> Option<String> {
    let texte = match &noeud.contenu {
        Contenu::Nul => "~".to_owned(),
        Contenu::Scalaire(s) if s.style == Style::Guillemets => format!("\"{}\"", s.texte),
        Contenu::Scalaire(s) => s.texte.trim_end().replace('\n', " "),
        Contenu::Liste(elements) => {
            let tout: Option<Vec<String>> =
                elements.iter().map(|e| en_ligne(e).filter(|_| e.carte().is_none())).collect();
            format!("[{}]", tout?.join(", "))
        }
        Contenu::Carte(entrees) => {
            let une = |(c, v): &(Cle, Noeud)| {
                // a map inside a map goes on its own lines
                let v = en_ligne(v).filter(|_| v.carte().is_none_or(|c| c.len() <= 3))?;
                Some(format!("{}: {v}", c.texte))
            };
            let meme = entrees.iter().all(|(c, _)| c.span.fichier == noeud.span.fichier);
            let tout: Option<Vec<String>> = entrees.iter().map(une).collect();
            format!("{{ {} }}", tout.filter(|_| meme)?.join(", "))
        }
    };
    let scalaire = noeud.scalaire().is_some();
    (scalaire || texte.chars().count() <= LARGEUR).then_some(texte)
}

/// Of dated versions, keeps one: each key from the latest version in force that writes it; `aucun` ends a key.
fn en_vigueur(noeud: &mut Noeud, jour: Date) {
    match &mut noeud.contenu {
        Contenu::Carte(entrees) => {
            for (cle, valeur) in entrees.iter_mut() {
                if cle.texte == "versions" {
                    fond(valeur, jour);
                }
                en_vigueur(valeur, jour);
            }
        }
        Contenu::Liste(elements) => elements.iter_mut().for_each(|e| en_vigueur(e, jour)),
        _ => {}
    }
}

fn fond(versions: &mut Noeud, jour: Date) {
    let Contenu::Liste(elements) = &mut versions.contenu else { return };
    let depuis = |n: &Noeud| rules::scalaire::lit_date(n.champ("depuis")?.texte()?).ok();
    let mut passees: Vec<(Date, Noeud)> =
        elements.drain(..).filter_map(|n| Some((depuis(&n)?, n))).filter(|(d, _)| *d <= jour).collect();
    passees.sort_by_key(|(d, _)| *d);
    let mut garde: Option<Noeud> = None;
    for (_, version) in passees {
        let Some(avant) = garde.take() else {
            garde = Some(version);
            continue;
        };
        let (Contenu::Carte(mut base), Contenu::Carte(plus)) = (avant.contenu, version.contenu) else {
            return;
        };
        for (cle, valeur) in plus {
            base.retain(|(c, _)| c.texte != cle.texte);
            if valeur.texte() != Some("aucun") {
                base.push((cle, valeur));
            }
        }
        garde = Some(Noeud { span: version.span, contenu: Contenu::Carte(base) });
    }
    elements.extend(garde);
}
