//! Every mutation of a town's text, from its spanned tree.

use rules::faits::Symboles;
use rules::valeur::Domaine;
use rust_decimal::Decimal;

use super::textes::{
    ancres_voisines, constantes, dates_voisines, durees_voisines, heure_de_repere, heures_voisines,
    montant_voisin, taux_voisin,
};
use super::{Classe, Mutation, bornes};
use crate::cas::Place;
use crate::commune::Commune;
use crate::definition::arbre::{self, Cle, Noeud};
use crate::definition::source::{FichierId, SourceSet, Span};

/// What no case of this part can see: texts, questions, what later parts read.
const MUETS: [&str; 22] = [
    "source",
    "questions",
    "nom",
    "titre",
    "aide",
    "conservation",
    "sensibilite",
    "provenance",
    "formats",
    "fichiers",
    "valable",
    "proprietes",
    "contacts",
    "ecoles",
    "compte",
    "paiement",
    "portail",
    "zonages",
    "attribution",
    "evenements",
    "modele",
    "tiers_payeurs",
];
/// Files that no case of this part executes.
const FICHIERS_MUETS: [&str; 2] = ["regie.yaml", "exigences.yaml"];

/// Every mutation of the town's files and of the model's that it extends.
pub(super) fn toutes(sources: &SourceSet, slug: &str, commune: &Commune) -> Vec<Mutation> {
    let mut mutations = Vec::new();
    let (mut textes, mut etendus) = (Vec::new(), Vec::new());
    for (id, fichier) in sources.iter() {
        let Some(chemin) = fichier.chemin.strip_prefix(slug).and_then(|c| c.strip_prefix('/')) else {
            continue;
        };
        let muet =
            chemin.starts_with("cas/") || FICHIERS_MUETS.contains(&chemin) || !chemin.ends_with(".yaml");
        if muet {
            continue;
        }
        let Some(noeud) = arbre::lit(sources, id, &mut Vec::new()) else { continue };
        if let Some(nom) = noeud.champ("etend").and_then(Noeud::texte).and_then(|t| t.strip_prefix("modele."))
        {
            etendus.push(format!("/demarches/{nom}.yaml"));
        }
        textes.push((id, noeud));
    }
    for (id, fichier) in sources.iter().filter(|(_, f)| f.chemin.starts_with("modeles/")) {
        if etendus.iter().any(|e| fichier.chemin.ends_with(e)) {
            textes.extend(arbre::lit(sources, id, &mut Vec::new()).map(|n| (id, n)));
        }
    }
    for (id, noeud) in &textes {
        let mut g = Generation { sources, commune, fichier: *id, racine: noeud, mutations: &mut mutations };
        g.visite(&[], noeud);
    }
    mutations
}

struct Generation<'a> {
    sources: &'a SourceSet,
    commune: &'a Commune,
    fichier: FichierId,
    racine: &'a Noeud,
    mutations: &'a mut Vec<Mutation>,
}

impl Generation<'_> {
    fn pose(
        &mut self,
        classe: Classe,
        chemin: &[&str],
        edits: Vec<(Span, String)>,
        ancien: &str,
        nouveau: &str,
    ) {
        let Some(premier) = edits.first().map(|(s, _)| s.debut) else { return };
        let ligne = self.sources.position(self.fichier, premier).ligne;
        let place = Place { fichier: self.sources.chemin(self.fichier).into(), ligne };
        self.mutations.push(Mutation {
            classe,
            place,
            cle: chemin.join("."),
            ancien: ancien.to_owned(),
            nouveau: nouveau.to_owned(),
            equivalent: self.explication(ligne),
            edits,
        });
    }

    fn remplace(&mut self, classe: Classe, chemin: &[&str], noeud: &Noeud, nouveau: &str) {
        let ancien = noeud.texte().unwrap_or_default().to_owned();
        let span = noeud.partie(0, ancien.len());
        self.pose(classe, chemin, vec![(span, nouveau.to_owned())], &ancien, nouveau);
    }

    /// `# equivalent: parce que …` on this line.
    fn explication(&self, ligne: u32) -> Option<String> {
        let texte = &self.sources.fichier(self.fichier)?.texte;
        let ligne = texte.lines().nth(usize::try_from(ligne).ok()?.checked_sub(1)?)?;
        let (_, suite) = ligne.split_once("# equivalent:")?;
        Some(suite.trim().to_owned())
    }

    fn visite(&mut self, chemin: &[&str], noeud: &Noeud) {
        if let Some(entrees) = noeud.carte() {
            for (cle, valeur) in entrees {
                if MUETS.contains(&cle.texte.as_str()) {
                    continue;
                }
                let mut plus = chemin.to_vec();
                plus.push(&cle.texte);
                self.entree(&plus, cle, valeur);
                self.visite(&plus, valeur);
            }
        } else if let Some(elements) = noeud.liste() {
            for element in elements {
                self.visite(chemin, element);
            }
        }
    }

    fn entree(&mut self, chemin: &[&str], cle: &Cle, valeur: &Noeud) {
        let dans = |nom: &str| chemin.iter().rev().skip(1).any(|c| *c == nom);
        let texte = valeur.texte().unwrap_or_default();
        match cle.texte.as_str() {
            "lignes" => self.bornes(chemin, valeur),
            "prix" | "montant" | "majore" | "remise" | "remplace" | "plancher" | "plafond" | "taux" => {
                self.montants(chemin, valeur);
            }
            "parts" => valeur.carte().unwrap_or_default().iter().for_each(|(_, n)| self.montants(chemin, n)),
            "entre" if dans("baremes") || dans("lignes") && !dans("limite") => self.montants(chemin, valeur),
            "depuis" | "le" => self.voisines(Classe::Date, chemin, valeur, dates_voisines(texte)),
            "avant" | "jusqu_a" | "des" | "entre" if dans("limite") || dans("ouverture") => {
                self.repere(chemin, cle, valeur);
            }
            "jusqu_a" if dans("validite") => {
                self.voisines(Classe::Date, chemin, valeur, jours_annuels(texte))
            }
            "delai" | "apres" | "age_max" | "tolerance" | "prix_par" => {
                self.voisines(Classe::Duree, chemin, valeur, durees_voisines(texte));
            }
            "duree" if dans("validite") => {
                self.voisines(Classe::Duree, chemin, valeur, durees_voisines(texte));
            }
            "pas" if dans("mesure") => self.voisines(Classe::Duree, chemin, valeur, durees_voisines(texte)),
            "de" if dans("mesure") => self.plage(chemin, valeur),
            "creneau" | "plage" => self.plage(chemin, valeur),
            "pieces" if chemin.len() == 1 && self.racine.champ("demarche").is_some() => {
                self.retraits(Classe::Piece, chemin, valeur);
            }
            "si_manque" => match texte {
                "bloque" => self.remplace(Classe::Piece, chemin, valeur, "sans_blocage"),
                "sans_blocage" => self.remplace(Classe::Piece, chemin, valeur, "bloque"),
                _ => {}
            },
            "quand" if self.racine.champ("pieces").is_some() && valeur.carte().is_some() => {
                let ancien = self.sources.texte(valeur.span).to_owned();
                self.pose(Classe::Piece, chemin, vec![(valeur.span, "toujours".into())], &ancien, "toujours");
            }
            "exige" => self.retraits(Classe::Exigence, chemin, valeur),
            "acces" if valeur.liste().is_some() => self.retraits(Classe::Exigence, chemin, valeur),
            "obligatoire" if texte == "true" || texte == "oui" => {
                self.remplace(Classe::Exigence, chemin, valeur, "false");
            }
            "par" if dans("actions") => self.role(chemin, valeur),
            "instruit_par" => self.autre_contact(chemin, valeur, texte, ""),
            "vers" => self.transition(chemin, valeur, texte),
            "formule" => {
                for (debut, fin, neuf) in constantes(texte) {
                    let ancien = texte.get(debut..fin).unwrap_or_default();
                    let edits = vec![(valeur.partie(debut, fin), neuf.clone())];
                    self.pose(Classe::Constante, chemin, edits, ancien, &neuf);
                }
            }
            "facture" => {
                self.contraire(Classe::Facture, chemin, valeur, &[("oui", "non"), ("true", "false")])
            }
            "accueil" => self.contraire(
                Classe::Mot,
                chemin,
                valeur,
                &[("accepte", "refuse"), ("selon_place", "refuse")],
            ),
            "vaut" => self.contraire(Classe::Mot, chemin, valeur, &[("rejet", "acceptation")]),
            "arrondi" => self.contraire(
                Classe::Arrondi,
                chemin,
                valeur,
                &[("inferieur", "superieur"), ("proche", "inferieur")],
            ),
            "jours_service" | "periodes" => self.retraits(Classe::Mot, chemin, valeur),
            _ => {}
        }
    }

    fn voisines(&mut self, classe: Classe, chemin: &[&str], noeud: &Noeud, voisines: Vec<String>) {
        for neuf in voisines {
            self.remplace(classe, chemin, noeud, &neuf);
        }
    }

    fn contraire(&mut self, classe: Classe, chemin: &[&str], noeud: &Noeud, paires: &[(&str, &str)]) {
        let texte = noeud.texte().unwrap_or_default();
        for (a, b) in paires {
            if texte == *a {
                self.remplace(classe, chemin, noeud, b);
            } else if texte == *b {
                self.remplace(classe, chemin, noeud, a);
                return;
            }
        }
    }

    fn montants(&mut self, chemin: &[&str], noeud: &Noeud) {
        if let Some(elements) = noeud.liste() {
            for e in elements {
                self.montants(chemin, e);
            }
            return;
        }
        let texte = noeud.texte().unwrap_or_default();
        if let Some(neuf) = montant_voisin(texte) {
            self.remplace(Classe::Montant, chemin, noeud, &neuf);
        } else if let Some(neuf) = taux_voisin(texte) {
            self.remplace(Classe::Taux, chemin, noeud, &neuf);
        }
    }

    fn bornes(&mut self, chemin: &[&str], lignes: &Noeud) {
        let commune = self.commune;
        let pas = |dimension: &str| -> Option<Decimal> {
            let fait = commune.vocabulaire.fait(dimension)?;
            match commune.vocabulaire.domaine(fait) {
                Domaine::Nombre { pas, .. } => Some(pas.map_or(Decimal::new(1, 2), |(p, _)| p)),
                _ => None,
            }
        };
        for d in bornes::deplacements(lignes.liste().unwrap_or_default(), pas) {
            let mut plus = chemin.to_vec();
            plus.push(&d.cle);
            self.pose(Classe::Borne, &plus, d.edits, &d.ancien, &d.nouveau);
        }
    }

    fn repere(&mut self, chemin: &[&str], cle: &Cle, valeur: &Noeud) {
        for bout in valeur.liste().unwrap_or(std::slice::from_ref(valeur)) {
            let Some(texte) = bout.texte() else { continue };
            self.voisines(Classe::Date, chemin, bout, dates_voisines(texte));
            let (ancre, suite) = match heure_de_repere(texte) {
                Some((ancre, heure)) => {
                    for neuve in heures_voisines(heure) {
                        self.remplace(Classe::Heure, chemin, bout, &format!("{ancre} {neuve}"));
                    }
                    for date in dates_voisines(ancre) {
                        self.remplace(Classe::Date, chemin, bout, &format!("{date} {heure}"));
                    }
                    (ancre, format!(" {heure}"))
                }
                None => (texte, String::new()),
            };
            for neuve in ancres_voisines(ancre) {
                self.remplace(Classe::Duree, chemin, bout, &format!("{neuve}{suite}"));
            }
        }
        let autre = match cle.texte.as_str() {
            "avant" => "jusqu_a",
            "jusqu_a" => "avant",
            _ => return,
        };
        self.pose(Classe::Verbe, chemin, vec![(cle.span, autre.to_owned())], &cle.texte, autre);
    }

    fn plage(&mut self, chemin: &[&str], noeud: &Noeud) {
        let Some((de, a)) = noeud.texte().and_then(|t| t.split_once("..")) else { return };
        for neuve in heures_voisines(de) {
            self.remplace(Classe::Heure, chemin, noeud, &format!("{neuve}..{a}"));
        }
        for neuve in heures_voisines(a) {
            self.remplace(Classe::Heure, chemin, noeud, &format!("{de}..{neuve}"));
        }
    }

    /// The list without one of its elements, each in turn.
    fn retraits(&mut self, classe: Classe, chemin: &[&str], liste: &Noeud) {
        let Some(elements) = liste.liste() else { return };
        let en_ligne = self.sources.texte(liste.span).starts_with('[');
        for (i, element) in elements.iter().enumerate() {
            let ancien = self.sources.texte(element.span).to_owned();
            let span = if en_ligne {
                let suivant = elements.get(i + 1).map(|n| n.span.debut);
                let precedent = i.checked_sub(1).and_then(|p| elements.get(p)).map(|n| n.span.fin);
                match (suivant, precedent) {
                    (Some(fin), _) => Span::new(self.fichier, element.span.debut, fin),
                    (None, Some(debut)) => Span::new(self.fichier, debut, element.span.fin),
                    (None, None) => element.span,
                }
            } else if elements.len() > 1 {
                match self.lignes_entieres(element.span) {
                    Some(span) => span,
                    None => continue,
                }
            } else {
                continue;
            };
            self.pose(classe, chemin, vec![(span, String::new())], &ancien, "(retiré)");
        }
    }

    /// The whole lines of a span.
    fn lignes_entieres(&self, span: Span) -> Option<Span> {
        let texte = &self.sources.fichier(self.fichier)?.texte;
        let (d, f) = (usize::try_from(span.debut).ok()?, usize::try_from(span.fin).ok()?);
        let debut = texte.get(..d)?.rfind('\n').map_or(0, |n| n + 1);
        let fin = texte.get(f..)?.find('\n').map_or(texte.len(), |n| f + n + 1);
        Some(Span::new(self.fichier, u32::try_from(debut).ok()?, u32::try_from(fin).ok()?))
    }

    fn role(&mut self, chemin: &[&str], noeud: &Noeud) {
        let Some(texte) = noeud.texte() else { return };
        match texte.strip_prefix("agent") {
            None => self.remplace(Classe::Role, chemin, noeud, "agent"),
            Some(suite) => {
                self.remplace(Classe::Role, chemin, noeud, "parent");
                if let Some(contact) = suite.strip_prefix('.') {
                    self.autre_contact(chemin, noeud, contact, "agent.");
                }
            }
        }
    }

    fn autre_contact(&mut self, chemin: &[&str], noeud: &Noeud, contact: &str, prefixe: &str) {
        if let Some(autre) = self.commune.contacts.iter().find(|c| c.id != contact) {
            let neuf = format!("{prefixe}{}", autre.id);
            self.remplace(Classe::Role, chemin, noeud, &neuf);
        }
    }

    fn transition(&mut self, chemin: &[&str], noeud: &Noeud, vers: &str) {
        let ecrites = self.racine.champ("etapes").and_then(Noeud::liste).unwrap_or_default();
        let mut etapes: Vec<&str> =
            ecrites.iter().filter_map(|e| e.champ("etape").and_then(Noeud::texte)).collect();
        let demarche = self.racine.champ("demarche").and_then(Noeud::texte);
        if let Some(d) = demarche.and_then(|d| self.commune.demarche(d)) {
            etapes = d.etapes.iter().map(|e| e.id.as_str()).collect();
        }
        let Some(ici) = etapes.iter().position(|e| *e == vers) else { return };
        let suivante = etapes.iter().cycle().skip(ici + 1).find(|e| **e != vers).copied();
        if let Some(autre) = suivante.map(str::to_owned) {
            self.remplace(Classe::Transition, chemin, noeud, &autre);
        }
    }
}

/// `12-31` → `12-30` and `01-01`.
fn jours_annuels(texte: &str) -> Vec<String> {
    // a year without a 29 February
    let voisines = dates_voisines(&format!("2023-{texte}"));
    voisines.iter().filter_map(|d| d.split_once('-').map(|(_, jour)| jour.to_owned())).collect()
}
