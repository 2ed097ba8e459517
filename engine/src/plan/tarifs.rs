//! The prices that change and for whom: both grids priced on every box that either of them cuts, then merged into boxes again.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rules::bareme::{Grille, Resultat};
use rules::faits::{FaitId, Faits, Symboles};
use rules::trace::SansTrace;
use rules::valeur::{Domaine, Valeur};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::commune::{BaremeNomme, Commune};
use crate::tarification;
use crate::vocabulaire::ecrit_dans;

/// A price, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Prix {
    /// Euros, rounded as the tariff says.
    Euros(Decimal),
    /// No price: the reason, in French.
    Aucun(String),
}

/// Cases whose price changes alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TarifChange {
    /// The tariff.
    pub bareme: String,
    /// First day on which it changes.
    pub depuis: Date,
    /// Last day; `None`: until a version that is not written yet.
    pub jusqu_au: Option<Date>,
    /// Who: dimension → values; empty = everybody.
    pub pour: Vec<(String, String)>,
    /// What runs.
    pub avant: Prix,
    /// What would run.
    pub apres: Prix,
    /// TAR09: more than half up or down.
    pub ecart_suspect: bool,
    /// Where the new price is written (`ham/baremes/repas.yaml:9`).
    pub lieu: String,
}

/// Most cases priced for one tariff on one day.
const CAS_MAX: usize = 50_000;

/// One value of a dimension standing for all those that both grids treat alike.
#[derive(Clone, Debug, PartialEq)]
struct Morceau {
    avant: Option<Valeur>,
    apres: Option<Valeur>,
    ordre: Option<Decimal>,
    texte: String,
}

/// A dimension cut by both grids.
struct Axe {
    nom: String,
    fait_avant: Option<FaitId>,
    fait_apres: Option<FaitId>,
    /// Distance between two neighbouring values, where there is one.
    pas: Option<Decimal>,
    morceaux: Vec<Morceau>,
}

pub(super) fn tarifs(
    avant: &Commune,
    apres: &Commune,
    aujourdhui: Date,
    non_compares: &mut Vec<String>,
) -> Vec<TarifChange> {
    let mut changes = Vec::new();
    let disparus = avant.baremes.iter().filter(|b| apres.bareme(&b.nom).is_none());
    for nomme in apres.baremes.iter().chain(disparus) {
        let (a, b) = (avant.bareme(&nomme.nom), apres.bareme(&nomme.nom));
        for (depuis, jusqu_au) in periodes(avant, apres, a, b, aujourdhui) {
            match compare((avant, a), (apres, b), depuis) {
                Some(boites) => changes.extend(boites.into_iter().map(|c| TarifChange {
                    bareme: nomme.nom.clone(),
                    depuis,
                    jusqu_au,
                    ..c
                })),
                None => non_compares.push(format!(
                    "barème « {} » à partir du {depuis} : ses dimensions ont trop de combinaisons",
                    nomme.nom
                )),
            }
        }
    }
    fusionne(changes)
}

/// The days between which neither grid changes: from today on, a past period only until today.
fn periodes(
    avant: &Commune,
    apres: &Commune,
    a: Option<&BaremeNomme>,
    b: Option<&BaremeNomme>,
    aujourdhui: Date,
) -> Vec<(Date, Option<Date>)> {
    let versions = [a, b].into_iter().flatten().flat_map(|b| b.bareme.versions().iter().map(|v| v.depuis));
    let figures = [avant, apres].into_iter().flat_map(|c| c.parametres.iter().flatten().map(|(d, _)| *d));
    let mut jours: Vec<Date> =
        versions.chain(figures).filter(|d| *d > aujourdhui).chain([aujourdhui]).collect();
    jours.sort_unstable();
    jours.dedup();
    let fins = jours.iter().skip(1).map(|d| d.yesterday().ok()).chain([None]);
    jours.iter().copied().zip(fins).collect()
}

/// The boxes whose price differs on `jour`; `None`: too many cases.
fn compare(
    (avant, a): (&Commune, Option<&BaremeNomme>),
    (apres, b): (&Commune, Option<&BaremeNomme>),
    jour: Date,
) -> Option<Vec<TarifChange>> {
    let grille = |n: Option<&'_ BaremeNomme>| n.and_then(|n| n.bareme.grille(jour).map(|(_, g)| g.clone()));
    let (ga, gb) = (grille(a), grille(b));
    let axes = axes((avant, ga.as_ref()), (apres, gb.as_ref()));
    let taille = axes.iter().try_fold(1_usize, |n, axe| n.checked_mul(axe.morceaux.len()))?;
    if taille > CAS_MAX {
        return None;
    }
    let (pa, pb) = (tarification::parametres(avant, jour), tarification::parametres(apres, jour));
    let mut cas: BTreeMap<Vec<usize>, (Prix, Prix, String)> = BTreeMap::new();
    let mut rangs = vec![0; axes.len()];
    loop {
        let choisis = || axes.iter().zip(&rangs).filter_map(|(axe, i)| Some((axe, axe.morceaux.get(*i)?)));
        let vu = |m: &Morceau| (m.avant, m.apres);
        let de_avant: Vec<_> = choisis().map(|(x, m)| (x.fait_avant, vu(m).0)).collect();
        let de_apres: Vec<_> = choisis().map(|(x, m)| (x.fait_apres, vu(m).1)).collect();
        let (x, _) = prix(avant, a, jour, &de_avant, &pa);
        let (y, lieu) = prix(apres, b, jour, &de_apres, &pb);
        if x != y {
            cas.insert(rangs.clone(), (x, y, lieu));
        }
        if !avance(&mut rangs, &axes) {
            break;
        }
    }
    Some(boites(cas, &axes))
}

/// The next case; false after the last one.
fn avance(rangs: &mut [usize], axes: &[Axe]) -> bool {
    for (rang, axe) in rangs.iter_mut().zip(axes) {
        *rang += 1;
        if *rang < axe.morceaux.len() {
            return true;
        }
        *rang = 0;
    }
    false
}

fn axes((avant, a): (&Commune, Option<&Grille>), (apres, b): (&Commune, Option<&Grille>)) -> Vec<Axe> {
    let mut noms: Vec<String> = Vec::new();
    for (commune, grille) in [(avant, a), (apres, b)] {
        for d in grille.iter().flat_map(|g| g.table().dimensions()) {
            let nom = commune.vocabulaire.nom(d.fait).to_owned();
            if !noms.contains(&nom) {
                noms.push(nom);
            }
        }
        // a rate's base that no row speaks of is sampled
        for fait in grille.into_iter().flat_map(assiettes) {
            let nom = commune.vocabulaire.nom(fait).to_owned();
            if !noms.contains(&nom) {
                noms.push(nom);
            }
        }
    }
    noms.into_iter().map(|nom| axe(nom, (avant, a), (apres, b))).filter(|x| !x.morceaux.is_empty()).collect()
}

/// The facts that rows multiply.
fn assiettes(grille: &Grille) -> Vec<FaitId> {
    let lignes = grille.table().lignes().iter();
    let des_lignes = lignes.filter_map(|l| match &l.resultat {
        Resultat::Taux { assiette, .. } => assiette.or(grille.assiette()),
        Resultat::Entre(..) => grille.axe(),
        _ => None,
    });
    des_lignes.collect()
}

/// Where a rate's base is sampled besides the bounds of its rows.
const POINTS: [i64; 5] = [0, 300, 600, 1000, 1500];

fn axe(nom: String, (avant, a): (&Commune, Option<&Grille>), (apres, b): (&Commune, Option<&Grille>)) -> Axe {
    let (fait_avant, fait_apres) = (avant.vocabulaire.fait(&nom), apres.vocabulaire.fait(&nom));
    let mut pas = None;
    let mut vus: Vec<(Option<Decimal>, String)> = Vec::new();
    for (commune, fait, grille) in [(avant, fait_avant, a), (apres, fait_apres, b)] {
        let (Some(fait), Some(grille)) = (fait, grille) else { continue };
        let domaine = commune.vocabulaire.domaine(fait);
        if let Domaine::Nombre { pas: Some((un, _)), .. } = domaine {
            pas = Some(*un);
        }
        let exemples = grille.table().axe(fait).map(|axe| {
            let manque = grille.table().dimensions().iter().any(|d| d.fait == fait && d.peut_manquer);
            (0..axe.classes())
                .filter(|c| if *c == axe.absente() { manque } else { axe.possible(*c) })
                .filter_map(|c| axe.exemple(c))
                .collect::<Vec<_>>()
        });
        let points = assiettes(grille).contains(&fait).then(|| POINTS.map(|p| Valeur::Nombre(p.into())));
        for v in exemples.into_iter().flatten().chain(points.into_iter().flatten()) {
            let ordre = if let Valeur::Nombre(n) = v { Some(n.normalize()) } else { None };
            let texte = ordre.map_or_else(|| ecrit_dans(domaine, v), |n| n.to_string());
            if !vus.iter().any(|(_, t)| *t == texte) {
                vus.push((ordre, texte));
            }
        }
    }
    // numbers in order, then the other values as they are declared, then `absent`
    vus.sort_by_key(|(ordre, texte)| (texte == "absent", ordre.is_none(), *ordre));
    let morceaux = vus
        .into_iter()
        .map(|(ordre, texte)| Morceau {
            avant: valeur(avant, fait_avant, ordre, &texte),
            apres: valeur(apres, fait_apres, ordre, &texte),
            ordre,
            texte,
        })
        .collect();
    Axe { nom, fait_avant, fait_apres, pas, morceaux }
}

/// The value of that text in a town; `None` when its dimension does not have it.
fn valeur(commune: &Commune, fait: Option<FaitId>, ordre: Option<Decimal>, texte: &str) -> Option<Valeur> {
    let domaine = commune.vocabulaire.domaine(fait?);
    match (ordre, domaine) {
        _ if texte == "absent" => Some(Valeur::Absent),
        (Some(n), Domaine::Nombre { .. }) => Some(Valeur::Nombre(n)),
        (_, Domaine::Date) => texte.parse().ok().map(Valeur::Date),
        (_, Domaine::Heure) => {
            let (h, m) = texte.split_once(':')?;
            Some(Valeur::Heure(h.parse::<u16>().ok()?.checked_mul(60)?.checked_add(m.parse().ok()?)?))
        }
        (_, Domaine::Duree(_)) => texte.parse().ok().map(Valeur::Duree),
        (_, Domaine::Ensemble(noms)) => {
            let cites = texte.trim_matches(['[', ']']);
            let bit = |n: &str| noms.iter().position(|x| **x == *n).map(|i| 1_u64 << i);
            cites.split(", ").filter(|n| !n.is_empty()).map(bit).sum::<Option<u64>>().map(Valeur::Ensemble)
        }
        _ => domaine.choix(texte),
    }
}

/// The rounded price of a case, and where it is written.
fn prix(
    commune: &Commune,
    nomme: Option<&BaremeNomme>,
    jour: Date,
    cas: &[(Option<FaitId>, Option<Valeur>)],
    parametres: &[Valeur],
) -> (Prix, String) {
    let Some(nomme) = nomme else {
        return (Prix::Aucun("ce barème n’existe pas".to_owned()), String::new());
    };
    let mut valeurs = vec![Valeur::Absent; commune.vocabulaire.iter().count()];
    for (fait, valeur) in cas {
        // a dimension or a value that this version does not know is not part of its rows
        if let (Some(place), Some(v)) = (fait.and_then(|f| valeurs.get_mut(usize::from(f.0))), valeur) {
            *place = *v;
        }
    }
    let faits = Faits { valeurs: &valeurs, parametres };
    match nomme.bareme.prix(jour, &faits, commune, &mut SansTrace) {
        Ok(prix) => {
            let arrondi = nomme.arrondi.unwrap_or(commune.arrondi.arrondi);
            let montant = arrondi.applique(prix.montant).unwrap_or(prix.montant);
            (Prix::Euros(montant.normalize()), commune.lieux.texte(prix.lieu))
        }
        Err(refus) => (Prix::Aucun(refus.to_string()), commune.lieux.texte(nomme.lieu)),
    }
}

/// Boxes of cases that change alike: the largest around the first one that is left, until none is.
fn boites(cas: BTreeMap<Vec<usize>, (Prix, Prix, String)>, axes: &[Axe]) -> Vec<TarifChange> {
    let mut restent = cas;
    let mut boites = Vec::new();
    while let Some((depart, (avant, apres, lieu))) =
        restent.iter().next().map(|(k, v)| (k.clone(), v.clone()))
    {
        let meme = |k: &Vec<usize>| restent.get(k).is_some_and(|(x, y, _)| (x, y) == (&avant, &apres));
        let mut boite: Vec<Vec<usize>> = depart.iter().map(|i| vec![*i]).collect();
        for (d, axe) in axes.iter().enumerate() {
            let tiennent: Vec<usize> = (0..axe.morceaux.len())
                .filter(|i| {
                    let mut tranche = boite.clone();
                    if let Some(place) = tranche.get_mut(d) {
                        *place = vec![*i];
                    }
                    produit(&tranche).iter().all(meme)
                })
                .collect();
            if let Some(place) = boite.get_mut(d) {
                *place = tiennent;
            }
        }
        for k in produit(&boite) {
            restent.remove(&k);
        }
        let pour = axes.iter().zip(&boite).filter(|(axe, choix)| choix.len() < axe.morceaux.len());
        boites.push(TarifChange {
            bareme: String::new(),
            depuis: Date::MIN,
            jusqu_au: None,
            pour: pour.map(|(axe, choix)| (axe.nom.clone(), en_mots(axe, choix))).collect(),
            ecart_suspect: suspect(&avant, &apres),
            avant,
            apres,
            lieu,
        });
    }
    boites
}

fn produit(listes: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut cas: Vec<Vec<usize>> = vec![Vec::new()];
    for liste in listes {
        cas = cas
            .iter()
            .flat_map(|c| liste.iter().map(move |i| c.iter().copied().chain([*i]).collect()))
            .collect();
    }
    cas
}

/// TAR09: more than half more or less than what runs.
fn suspect(avant: &Prix, apres: &Prix) -> bool {
    let (Prix::Euros(a), Prix::Euros(b)) = (avant, apres) else { return false };
    let ecart = b.checked_sub(*a).map(|e| e.abs());
    ecart.zip(a.checked_div(Decimal::TWO)).is_some_and(|(ecart, moitie)| ecart > moitie)
}

/// « 0–900, absent », « hamois, dos ».
fn en_mots(axe: &Axe, choix: &[usize]) -> String {
    let mut textes = Vec::new();
    let mut reste = choix.iter().copied().peekable();
    while let Some(de) = reste.next() {
        let Some(debut) = axe.morceaux.get(de) else { continue };
        let Some(bas) = debut.ordre else {
            textes.push(debut.texte.clone());
            continue;
        };
        let mut a = de;
        while reste
            .next_if(|i| *i == a + 1 && axe.morceaux.get(*i).is_some_and(|m| m.ordre.is_some()))
            .is_some()
        {
            a += 1;
        }
        let suivant = axe.morceaux.get(a + 1).and_then(|m| m.ordre);
        textes.push(match (suivant, axe.pas) {
            (None, _) => format!("{bas} et plus"),
            (Some(fin), Some(pas)) => match fin.checked_sub(pas) {
                Some(haut) if haut == bas => bas.to_string(),
                Some(haut) => format!("{bas}–{}", haut.normalize()),
                None => format!("à partir de {bas}"),
            },
            (Some(fin), None) => format!("de {bas} à moins de {fin}"),
        });
    }
    textes.join(", ")
}

/// The same change over periods that follow each other is one.
fn fusionne(changes: Vec<TarifChange>) -> Vec<TarifChange> {
    let mut gardes: Vec<TarifChange> = Vec::new();
    for change in changes {
        let suite = gardes.iter_mut().find(|g| {
            (&g.bareme, &g.pour, &g.avant, &g.apres)
                == (&change.bareme, &change.pour, &change.avant, &change.apres)
                && g.jusqu_au.and_then(|d| d.tomorrow().ok()) == Some(change.depuis)
        });
        match suite {
            Some(avant) => avant.jusqu_au = change.jusqu_au,
            None => gardes.push(change),
        }
    }
    gardes
}
