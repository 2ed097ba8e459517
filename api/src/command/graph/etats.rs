//! The steps of a procedure, top to bottom; each transition leaves on a line of its own, so that no label hides another.

use std::fmt::Write as _;

use clap::Args;
use engine::demarche::{Acteur, Action, Demarche, Echeance, Quand};

use super::Sortie;
use super::svg::{CARACTERE, Dessin};
use crate::command::Issue;
use crate::command::target::{Ville, introuvable};
use crate::error::Fatale;

/// What `graph etats` takes.
#[derive(Debug, Clone, Args)]
pub(super) struct Etats {
    #[command(flatten)]
    ville: Ville,
    /// La démarche.
    #[arg(value_name = "DÉMARCHE")]
    demarche: String,
    /// Forme du dessin.
    #[arg(long, value_name = "FORME", default_value = "svg", value_parser = ["svg", "mermaid"])]
    format: String,
    #[command(flatten)]
    sortie: Sortie,
}

pub(super) fn run(args: &Etats) -> Result<Issue, Fatale> {
    let commune = args.ville.charge()?;
    let Some(demarche) = commune.demarche(&args.demarche) else {
        let connues = commune.demarches.iter().map(|d| d.id.as_str());
        return Err(introuvable("une démarche", &args.demarche, &commune.nom, connues));
    };
    let graphe = Graphe::de(demarche);
    args.sortie.pose(&match args.format.as_str() {
        "mermaid" => graphe.mermaid(),
        _ => graphe.svg(&format!("{} — {}", demarche.nom, commune.nom)),
    })
}

#[derive(Debug, PartialEq, Eq)]
struct Noeud {
    id: String,
    nom: String,
    phase: String,
    /// Nothing leads to it from the first step.
    morte: bool,
}

#[derive(Debug, PartialEq, Eq)]
struct Arc {
    de: usize,
    vers: usize,
    /// `parent`, `agent`, `temps`.
    qui: &'static str,
    texte: String,
}

#[derive(Debug)]
struct Graphe {
    noeuds: Vec<Noeud>,
    arcs: Vec<Arc>,
}

impl Graphe {
    fn de(demarche: &Demarche) -> Self {
        let rang = |id: &str| demarche.etapes.iter().position(|e| e.id == id);
        let mut arcs = Vec::new();
        for (de, etape) in demarche.etapes.iter().enumerate() {
            for action in &etape.actions {
                let vers = action.vers.as_deref().map_or(Some(de), rang);
                arcs.extend(vers.map(|vers| Arc { de, vers, qui: qui(action), texte: texte_action(action) }));
            }
            for echeance in &etape.echeances {
                let vers = echeance.vers.as_deref().map_or(Some(de), rang);
                arcs.extend(vers.map(|vers| Arc { de, vers, qui: "temps", texte: texte_echeance(echeance) }));
            }
        }
        let mut atteintes = vec![0];
        let mut i = 0;
        while let Some(de) = atteintes.get(i).copied() {
            for arc in arcs.iter().filter(|a| a.de == de) {
                if !atteintes.contains(&arc.vers) {
                    atteintes.push(arc.vers);
                }
            }
            i += 1;
        }
        let noeuds = demarche
            .etapes
            .iter()
            .enumerate()
            .map(|(i, e)| Noeud {
                id: e.id.clone(),
                nom: e.nom.clone(),
                phase: e.phase.nom().to_owned(),
                morte: !atteintes.contains(&i),
            })
            .collect();
        Self { noeuds, arcs }
    }

    fn mermaid(&self) -> String {
        let mut texte = String::from("stateDiagram-v2\n");
        for (i, noeud) in self.noeuds.iter().enumerate() {
            let _ = writeln!(
                texte,
                "  state \"{} ({})\" as {}",
                noeud.nom.replace('"', "'"),
                noeud.phase,
                noeud.id
            );
            if i == 0 {
                let _ = writeln!(texte, "  [*] --> {}", noeud.id);
            }
            if self.est_finale(i) {
                let _ = writeln!(texte, "  {} --> [*]", noeud.id);
            }
        }
        for arc in &self.arcs {
            if let (Some(de), Some(vers)) = (self.noeuds.get(arc.de), self.noeuds.get(arc.vers)) {
                let _ =
                    writeln!(texte, "  {} --> {} : {}", de.id, vers.id, arc.texte.replace([':', ';'], ","));
            }
        }
        let mortes: Vec<&str> = self.noeuds.iter().filter(|n| n.morte).map(|n| n.id.as_str()).collect();
        if !mortes.is_empty() {
            let _ = writeln!(
                texte,
                "  classDef morte fill:#fdeaea,stroke:#b3121d\n  class {} morte",
                mortes.join(",")
            );
        }
        texte
    }

    fn est_finale(&self, i: usize) -> bool {
        self.arcs.iter().all(|a| a.de != i || a.vers == i)
    }

    fn svg(&self, titre: &str) -> String {
        let mut dessin = Dessin::nouveau(titre, &self.description());
        dessin.texte(24, 34, "titre", titre);
        for (x, classe, mot) in
            [(24, "parent", "la famille"), (134, "agent", "un agent"), (226, "temps", "le temps")]
        {
            dessin.texte(x, 58, classe, mot);
        }
        let places = self.places();
        let etiquettes = self.arcs.iter().map(|a| a.texte.chars().count()).max().unwrap_or(0);
        let debut_voies = BOITE.0 + BOITE.1 + u32::try_from(etiquettes).unwrap_or(0) * CARACTERE + 24;
        let voies = self.voies(&places);
        for ((arc, voie), (depart, arrivee)) in self.arcs.iter().zip(&voies).zip(self.bouts(&places)) {
            let bord = BOITE.0 + BOITE.1;
            let x = debut_voies + voie * 16;
            let classe = arc.qui;
            if arc.de == arc.vers {
                dessin.texte(bord + 10, depart - 4, classe, &format!("↻ {}", arc.texte));
                dessin.ligne(&[(bord, depart), (bord + 8, depart)], classe, false);
            } else {
                dessin.ligne(&[(bord, depart), (x, depart), (x, arrivee), (bord + 1, arrivee)], classe, true);
                dessin.texte(bord + 10, depart - 4, classe, &arc.texte);
            }
        }
        for (i, (noeud, (y, h))) in self.noeuds.iter().zip(&places).enumerate() {
            let classe = match (noeud.morte, self.est_finale(i)) {
                (true, _) => "morte",
                (false, true) => "finale",
                _ => "etape",
            };
            dessin.boite((BOITE.0, *y), (BOITE.1, *h), classe);
            dessin.texte(BOITE.0 + 12, y + 20, "fort", &noeud.nom);
            dessin.texte(BOITE.0 + 12, y + 37, "pale", &format!("phase : {}", noeud.phase));
            if noeud.morte {
                dessin.texte(BOITE.0 + 12, y + 54, "rouge", "rien n'y mène");
            }
        }
        dessin.fin()
    }

    /// What a screen reader says: each transition in words.
    fn description(&self) -> String {
        let une = |a: &Arc| {
            let de = self.noeuds.get(a.de)?;
            let vers = self.noeuds.get(a.vers)?;
            Some(format!("{} : {} → {}", de.nom, a.texte, vers.nom))
        };
        self.arcs.iter().filter_map(une).collect::<Vec<_>>().join(" ; ")
    }

    /// Top and height of each box: one line for each transition that leaves or enters.
    fn places(&self) -> Vec<(u32, u32)> {
        let mut y = 80;
        let mut places = Vec::new();
        for (i, noeud) in self.noeuds.iter().enumerate() {
            let lignes = self
                .arcs
                .iter()
                .map(|a| u32::from(a.de == i) + u32::from(a.vers == i && a.de != i))
                .sum::<u32>();
            let h = (lignes * PAS + 12).max(if noeud.morte { 62 } else { 46 });
            places.push((y, h));
            y += h + 22;
        }
        places
    }

    /// Where each arc leaves and enters: leaving lines first, from the top of a box.
    fn bouts(&self, places: &[(u32, u32)]) -> Vec<(u32, u32)> {
        let haut = |i: usize| places.get(i).map_or(0, |(y, _)| *y);
        let ligne = |i: usize, n: usize| haut(i) + 20 + u32::try_from(n).unwrap_or(0) * PAS;
        let sorties = |i: usize| self.arcs.iter().filter(|a| a.de == i).count();
        self.arcs
            .iter()
            .enumerate()
            .map(|(n, arc)| {
                let avant = self.arcs.iter().take(n);
                let depart = avant.clone().filter(|a| a.de == arc.de).count();
                let arrivee = avant.filter(|a| a.vers == arc.vers && a.de != a.vers).count();
                (ligne(arc.de, depart), ligne(arc.vers, sorties(arc.vers) + arrivee))
            })
            .collect()
    }

    /// The vertical way of each arc: short ones inside, none on another's.
    fn voies(&self, places: &[(u32, u32)]) -> Vec<u32> {
        let bouts = self.bouts(places);
        let etendue = |(a, b): &(u32, u32)| ((*a).min(*b), (*a).max(*b));
        let mut ordre: Vec<usize> = (0..bouts.len()).collect();
        ordre.sort_by_key(|i| bouts.get(*i).map(|b| etendue(b).1 - etendue(b).0));
        let mut voies = vec![0; bouts.len()];
        let mut prises: Vec<Vec<(u32, u32)>> = Vec::new();
        for i in ordre {
            let Some(b) = bouts.get(i).map(etendue) else { continue };
            if self.arcs.get(i).is_some_and(|a| a.de == a.vers) {
                continue;
            }
            let libre = |v: &Vec<(u32, u32)>| v.iter().all(|(a, z)| b.1 + 6 < *a || *z + 6 < b.0);
            let voie = prises.iter().position(libre).unwrap_or_else(|| {
                prises.push(Vec::new());
                prises.len() - 1
            });
            prises.get_mut(voie).map(|v| v.push(b)).unwrap_or_default();
            if let (Some(place), Ok(n)) = (voies.get_mut(i), u32::try_from(voie)) {
                *place = n;
            }
        }
        voies
    }
}

/// Left side and width of the boxes.
const BOITE: (u32, u32) = (24, 230);
/// Height of one transition.
const PAS: u32 = 22;

fn qui(action: &Action) -> &'static str {
    match action.par.first() {
        Some(Acteur::Parent) => "parent",
        Some(Acteur::Agent(_)) => "agent",
        _ => "temps",
    }
}

fn texte_action(action: &Action) -> String {
    let si = if action.si.is_some() { " (sous condition)" } else { "" };
    format!("{}{si}", action.nom)
}

fn texte_echeance(echeance: &Echeance) -> String {
    let quand = match &echeance.quand {
        Quand::Apres(duree) => format!("après {duree}"),
        Quand::Le(instant) => format!("le {instant}"),
    };
    match (&echeance.vers, echeance.effets.len()) {
        (None, n) if n > 0 => format!("{quand} : rappel"),
        _ => quand,
    }
}
