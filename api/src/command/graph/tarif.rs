//! The price of a tariff along its number, one curve for each audience.

use std::collections::BTreeMap;

use clap::Args;
use engine::commune::{BaremeNomme, Commune};
use jiff::civil::Date;
use rules::bareme::Grille;
use rules::faits::{FaitId, Faits, Symboles as _};
use rules::phrase::{montant_en_lettres, nombre_en_lettres};
use rules::selection::Motif;
use rules::trace::SansTrace;
use rules::valeur::{Domaine, Valeur};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::Sortie;
use super::svg::Dessin;
use crate::command::Issue;
use crate::command::price::jour;
use crate::command::target::{Ville, introuvable};
use crate::error::Fatale;

/// What `graph tarif` takes.
#[derive(Debug, Clone, Args)]
pub(super) struct Tarif {
    #[command(flatten)]
    ville: Ville,
    /// Le barème.
    #[arg(value_name = "BARÈME")]
    bareme: String,
    /// Le jour où on le lit ; sinon, sa dernière version.
    #[arg(long, value_name = "JOUR", value_parser = jour)]
    au: Option<Date>,
    #[command(flatten)]
    sortie: Sortie,
}

/// The plot's frame: left, top, width, height.
const CADRE: (u32, u32, u32, u32) = (80, 70, 720, 380);
/// Most curves drawn.
const COURBES_MAX: usize = 18;

pub(super) fn run(args: &Tarif) -> Result<Issue, Fatale> {
    let commune = args.ville.charge()?;
    let Some(bareme) = commune.bareme(&args.bareme) else {
        let connus = commune.baremes.iter().map(|b| b.nom.as_str());
        return Err(introuvable("un barème", &args.bareme, &commune.nom, connus));
    };
    let derniere = bareme.bareme.versions().last().map(|v| v.depuis);
    let Some(le) = args.au.or(derniere) else {
        return Err(Fatale::Usage(format!("le barème `{}` n'a aucune version", bareme.nom)));
    };
    let Some((depuis, grille)) = bareme.bareme.grille(le) else {
        return Err(Fatale::Usage(format!("le barème `{}` n'a pas de prix au {le}", bareme.nom)));
    };
    let courbes = Courbes::de(&commune, bareme, grille, le)?;
    args.sortie.pose(&courbes.svg(&commune, bareme, depuis))
}

struct Courbes {
    /// Name of the number along which prices go.
    axe: String,
    /// Audiences → price at each abscissa, where there is one. Equal curves are one.
    series: Vec<(Vec<String>, Vec<Option<Decimal>>)>,
    xs: Vec<Decimal>,
    max_x: Decimal,
    max_y: Decimal,
    /// Where prices change.
    bornes: Vec<Decimal>,
}

impl Courbes {
    fn de(commune: &Commune, bareme: &BaremeNomme, grille: &Grille, le: Date) -> Result<Self, Fatale> {
        let dimensions = grille.table().dimensions();
        let nombre = dimensions.iter().find(|d| matches!(d.domaine, Domaine::Nombre { .. })).map(|d| d.fait);
        let Some(axe) = grille.axe().or(nombre) else {
            return Err(Fatale::Usage(format!(
                "le barème `{}` ne dépend d'aucun nombre : rien à tracer (guichet show montre ses lignes)",
                bareme.nom
            )));
        };
        let bornes = bornes(grille, axe);
        let haute = bornes.last().copied().unwrap_or(Decimal::from(2000));
        let max_x = (haute * Decimal::new(12, 1)).ceil().max(Decimal::ONE);
        let pas = Decimal::new(1, 2);
        let mut xs: Vec<Decimal> = (0..=240).map(|i| max_x * Decimal::from(i) / Decimal::from(240)).collect();
        xs.extend(bornes.iter().flat_map(|b| [*b - pas, *b, *b + pas]).filter(|x| !x.is_sign_negative()));
        xs.sort();
        xs.dedup();
        let publics: Vec<(FaitId, Vec<Valeur>)> = dimensions
            .iter()
            .filter(|d| d.fait != axe)
            .filter_map(|d| Some((d.fait, valeurs(&d.domaine)?)))
            .collect();
        let mut par_courbe: BTreeMap<Vec<Option<Decimal>>, Vec<String>> = BTreeMap::new();
        for cas in produit(&publics).into_iter().take(512) {
            let ys = prix(commune, bareme, axe, &cas, &xs, le);
            if ys.iter().any(Option::is_some) {
                let nom: Vec<String> = cas.iter().map(|(f, v)| commune.vocabulaire.ecrit(*f, *v)).collect();
                par_courbe.entry(ys).or_default().push(nom.join(" · "));
            }
        }
        let series: Vec<_> = par_courbe.into_iter().map(|(ys, noms)| (noms, ys)).take(COURBES_MAX).collect();
        let max_y =
            series.iter().flat_map(|(_, ys)| ys.iter().flatten()).max().copied().unwrap_or(Decimal::ONE);
        let axe = commune.vocabulaire.nom(axe).to_owned();
        Ok(Self { axe, series, xs, max_x, max_y: max_y.max(Decimal::new(1, 2)), bornes })
    }

    fn x(&self, x: Decimal) -> u32 {
        CADRE.0 + pixels(x, self.max_x, CADRE.2)
    }

    fn y(&self, y: Decimal) -> u32 {
        CADRE.1 + CADRE.3 - pixels(y, self.max_y * Decimal::new(11, 1), CADRE.3)
    }

    fn svg(&self, commune: &Commune, bareme: &BaremeNomme, depuis: Date) -> String {
        let titre = format!("Barème « {} », depuis le {depuis} — {}", bareme.nom, commune.nom);
        let mut dessin = Dessin::nouveau(&titre, &self.description());
        dessin.texte(24, 34, "titre", &titre);
        let (gauche, haut, large, hauteur) = CADRE;
        let (droite, bas) = (gauche + large, haut + hauteur);
        let pas = graduation(self.max_y);
        let valeurs = (0..=12).map(|i| pas * Decimal::from(i));
        for valeur in valeurs.take_while(|v| *v <= self.max_y * Decimal::new(11, 1)) {
            let y = self.y(valeur);
            dessin.ligne(&[(gauche, y), (droite, y)], "grille", false);
            dessin.texte(gauche - 8, y + 4, "fin", &montant_en_lettres(valeur));
        }
        let mut dernier = 0;
        for borne in &self.bornes {
            let x = self.x(*borne);
            dessin.ligne(&[(x, haut), (x, bas)], "grille", false);
            let mot = nombre_en_lettres(*borne);
            let demi = u32::try_from(mot.chars().count()).unwrap_or(0) * 4;
            // a bound too near the last one written keeps its line and loses its number
            if x >= dernier + demi + 6 {
                dessin.texte(x, bas + 18, "milieu", &mot);
                dernier = x + demi;
            }
        }
        dessin.ligne(&[(gauche, haut), (gauche, bas), (droite, bas)], "axe", false);
        dessin.texte(droite + 8, bas + 4, "", &self.axe);
        dessin.texte(24, haut - 12, "pale", &format!("prix par {}", bareme.unite));
        for (i, (noms, ys)) in self.series.iter().enumerate() {
            let classe = format!("courbe c{} d{}", i % 6, i / 6);
            for trait_ in traits(&self.xs, ys) {
                let points = utiles(trait_.iter().map(|(x, y)| (self.x(*x), self.y(*y))));
                dessin.ligne(&points, &classe, false);
            }
            let y = bas + 48 + u32::try_from(i).unwrap_or(0) * 22;
            dessin.ligne(&[(gauche, y - 4), (gauche + 34, y - 4)], &classe, false);
            dessin.texte(gauche + 44, y, "", &legende(noms, ys));
        }
        dessin.etend(droite + 60, bas + 40);
        dessin.fin()
    }

    fn description(&self) -> String {
        self.series.iter().map(|(noms, ys)| legende(noms, ys)).collect::<Vec<_>>().join(" ; ")
    }
}

/// A round step that cuts the axis in ten at most.
fn graduation(max: Decimal) -> Decimal {
    let rondes = (0..9).flat_map(|n| [1, 2, 5].map(|c| Decimal::new(c, 2) * Decimal::from(10_i64.pow(n))));
    rondes.into_iter().find(|pas| *pas * Decimal::TEN >= max).unwrap_or(max)
}

/// « commune : de 3,50 € à 3,90 € ».
fn legende(noms: &[String], ys: &[Option<Decimal>]) -> String {
    let connus = || ys.iter().flatten();
    let (bas, haut) =
        (connus().min().copied().unwrap_or_default(), connus().max().copied().unwrap_or_default());
    let prix = if bas == haut {
        montant_en_lettres(bas)
    } else {
        format!("de {} à {}", montant_en_lettres(bas), montant_en_lettres(haut))
    };
    let noms: Vec<&str> = noms.iter().map(String::as_str).filter(|n| !n.is_empty()).collect();
    let tous = match noms.get(..4) {
        Some(debut) if noms.len() > 4 => format!("{} et {} autres", debut.join(", "), noms.len() - 4),
        _ => noms.join(", "),
    };
    if tous.is_empty() { prix } else { format!("{tous} : {prix}") }
}

/// Lines without a hole: a step goes up at its bound.
fn traits(xs: &[Decimal], ys: &[Option<Decimal>]) -> Vec<Vec<(Decimal, Decimal)>> {
    let mut traits = vec![Vec::new()];
    for (x, y) in xs.iter().zip(ys) {
        match (y, traits.last_mut()) {
            (Some(y), Some(dernier)) => dernier.push((*x, *y)),
            _ => traits.push(Vec::new()),
        }
    }
    traits.retain(|t| t.len() > 1);
    traits
}

/// The points where the line turns.
fn utiles(points: impl Iterator<Item = (u32, u32)>) -> Vec<(u32, u32)> {
    let mut gardes: Vec<(u32, u32)> = Vec::new();
    for point in points {
        if let [.., (_, avant), (_, dernier)] = gardes.as_slice()
            && avant == dernier
            && *dernier == point.1
        {
            gardes.pop();
        }
        gardes.push(point);
    }
    gardes
}

fn pixels(valeur: Decimal, max: Decimal, large: u32) -> u32 {
    let part = valeur.checked_div(max).unwrap_or_default() * Decimal::from(large);
    part.trunc().to_u32().unwrap_or(0).min(large)
}

/// The bounds that rows write on the axis, sorted.
fn bornes(grille: &Grille, axe: FaitId) -> Vec<Decimal> {
    let lignes = grille.table().lignes().iter();
    let selections = lignes.flat_map(|l| l.conditions.iter().filter(|(f, _)| *f == axe)).map(|(_, s)| s);
    let mut bornes: Vec<Decimal> = selections
        .flat_map(|s| s.motifs.iter())
        .flat_map(|m| match m {
            Motif::Nombres(i) => [i.de.as_ref().map(|b| b.valeur), i.a.as_ref().map(|b| b.valeur)],
            Motif::Valeur(Valeur::Nombre(n)) => [Some(*n), None],
            _ => [None, None],
        })
        .flatten()
        .collect();
    bornes.sort();
    bornes.dedup();
    bornes
}

/// Every value of a closed dimension; `None` for an open one, which stays unknown.
fn valeurs(domaine: &Domaine) -> Option<Vec<Valeur>> {
    match domaine {
        Domaine::Choix(noms) => Some(noms.iter().filter_map(|n| domaine.choix(n)).collect()),
        Domaine::Booleen => Some(vec![Valeur::Booleen(false), Valeur::Booleen(true)]),
        _ => None,
    }
}

fn produit(publics: &[(FaitId, Vec<Valeur>)]) -> Vec<Vec<(FaitId, Valeur)>> {
    let mut cas = vec![Vec::new()];
    for (fait, valeurs) in publics {
        cas = cas
            .iter()
            .flat_map(|c: &Vec<_>| {
                valeurs.iter().map(move |v| c.iter().copied().chain(std::iter::once((*fait, *v))).collect())
            })
            .collect();
    }
    cas
}

fn prix(
    commune: &Commune,
    bareme: &BaremeNomme,
    axe: FaitId,
    cas: &[(FaitId, Valeur)],
    xs: &[Decimal],
    le: Date,
) -> Vec<Option<Decimal>> {
    let mut valeurs = vec![Valeur::Absent; commune.vocabulaire.len()];
    let pose = |valeurs: &mut Vec<Valeur>, fait: FaitId, v| {
        if let Some(place) = valeurs.get_mut(usize::from(fait.0)) {
            *place = v;
        }
    };
    for (fait, v) in cas {
        pose(&mut valeurs, *fait, *v);
    }
    let arrondi = bareme.arrondi.unwrap_or(commune.arrondi.arrondi);
    let parametres: Vec<Valeur> = commune
        .parametres
        .iter()
        .map(|versions| versions.iter().rev().find(|(d, _)| *d <= le).map_or(Valeur::Absent, |(_, v)| *v))
        .collect();
    xs.iter()
        .map(|x| {
            pose(&mut valeurs, axe, Valeur::Nombre(*x));
            let faits = Faits { valeurs: &valeurs, parametres: &parametres };
            let prix = bareme.bareme.prix(le, &faits, commune, &mut SansTrace).ok()?;
            arrondi.applique(prix.montant)
        })
        .collect()
}
