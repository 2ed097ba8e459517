//! What the checks of tariffs share: the grids of the town, and the days on which a grid can change.

use jiff::civil::Date;
use rules::bareme::{Grandeur, Grille, Regard, Resultat};
use rules::table::Temoin;
use rules::valeur::Valeur;

use super::Examen;
use crate::commune::{BaremeNomme, Commune};
use crate::definition::lecture::Sp;
use crate::definition::raw::bareme::RawBareme;

/// One grid on one day, with what its file says.
pub(super) struct Vue<'a> {
    pub nomme: &'a BaremeNomme,
    pub raw: &'a Sp<RawBareme>,
    pub grille: &'a Grille,
    pub jour: Date,
    pub parametres: Vec<Valeur>,
}

impl Vue<'_> {
    /// What the analysis computes with.
    pub(super) fn regard<'v>(&'v self, commune: &'v Commune) -> Regard<'v> {
        Regard {
            tarifs: commune,
            jour: self.jour,
            parametres: &self.parametres,
            arrondi: self.nomme.arrondi.unwrap_or(commune.arrondi.arrondi),
        }
    }
}

/// Every grid of the town, on each day from which it may give other prices.
pub(super) fn vues<'a>(examen: &Examen<'a>) -> Vec<Vue<'a>> {
    let commune = examen.commune;
    let mut vues = Vec::new();
    for nomme in &commune.baremes {
        let Some(raw) = examen.fichiers.baremes.get(usize::from(nomme.bareme.id().0)) else { continue };
        for (i, version) in nomme.bareme.versions().iter().enumerate() {
            let Some(grille) = &version.grille else { continue };
            let fin = nomme.bareme.versions().get(i + 1).map_or(Date::MAX, |v| v.depuis);
            for jour in jours(commune, grille, version.depuis, fin) {
                vues.push(Vue { nomme, raw, grille, jour, parametres: parametres(commune, jour) });
            }
        }
    }
    vues
}

/// The first day of the grid, and those on which something that it reads changes.
fn jours(commune: &Commune, grille: &Grille, depuis: Date, fin: Date) -> Vec<Date> {
    let parametre = |g: &Option<Grandeur>| !matches!(g, None | Some(Grandeur::Montant(_)));
    let ailleurs = grille.table().lignes().iter().any(|l| match &l.resultat {
        Resultat::Formule(_) | Resultat::Comme { .. } => true,
        Resultat::Taux { plancher, plafond, .. } => parametre(plancher) || parametre(plafond),
        _ => false,
    });
    let mut jours = vec![depuis];
    if ailleurs {
        let baremes = commune.baremes.iter().flat_map(|b| b.bareme.versions().iter().map(|v| v.depuis));
        let figures = commune.parametres.iter().flatten().map(|(d, _)| *d);
        jours.extend(baremes.chain(figures).filter(|d| *d > depuis && *d < fin));
        jours.sort_unstable();
        jours.dedup();
    }
    jours
}

/// The named figures in force on `jour`.
fn parametres(commune: &Commune, jour: Date) -> Vec<Valeur> {
    let en_vigueur = |v: &Vec<(Date, Valeur)>| {
        v.iter().rev().find(|(d, _)| *d <= jour).map_or(Valeur::Absent, |(_, v)| *v)
    };
    commune.parametres.iter().map(en_vigueur).collect()
}

/// `residence : dos, quotient : 900.5`.
pub(super) fn temoin_en_mots(commune: &Commune, temoin: &Temoin) -> String {
    let nom = |f| commune.vocabulaire.symbole(f).map_or("", |s| s.nom.as_str());
    let un = |(f, v): &(_, Valeur)| format!("{} : {}", nom(*f), commune.vocabulaire.ecrit(*f, *v));
    temoin.iter().map(un).collect::<Vec<_>>().join(", ")
}
