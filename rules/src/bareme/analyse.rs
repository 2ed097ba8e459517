//! What a grid does along its axis and between two audiences: never cheaper when the quotient rises, outsiders never
//! below residents, the largest step, `entre` that does not meet its neighbour, amounts below zero.
//!
//! Amounts are compared as they would be billed, rounded. It is exact for voted amounts, rates and `entre` (straight
//! lines between known points); formulas are sampled, and said so; what cannot be computed is said with its reason.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Grandeur, Grille, Refus, Resultat, Tarifs};
use crate::faits::{FaitId, Faits};
use crate::montant::Arrondi;
use crate::selection::Borne;
use crate::table::Temoin;
use crate::table::axe::Axe;
use crate::trace::SansTrace;
use crate::valeur::Valeur;

/// Points of a formula that are computed in each of its bands.
const POINTS: u32 = 32;
/// How far the last, endless band is followed.
const LOIN: i64 = 10_000;
/// Combinations of the other dimensions that are followed.
const CAS_MAX: usize = 4_096;

/// What the curve of prices shows.
#[derive(Clone, Debug, PartialEq)]
pub enum ConstatCourbe {
    /// The price falls although the axis rises.
    Baisse {
        /// The case, with the first value at which it is lower.
        cas: Temoin,
        /// Just before.
        avant: Decimal,
        /// At that value.
        apres: Decimal,
    },
    /// The largest step of the grid: for information.
    PlusGrandeMarche {
        /// The case, with the first value after the step.
        cas: Temoin,
        /// Just before.
        avant: Decimal,
        /// At that value.
        apres: Decimal,
    },
    /// An end of an `entre` row is not where its neighbour is.
    EntreSansRaccord {
        /// The row.
        ligne: u32,
        /// The case, at the neighbour's side.
        cas: Temoin,
        /// The `entre` row's amount at its end.
        ici: Decimal,
        /// The neighbour's.
        voisin: Decimal,
    },
    /// The row can give an amount below zero.
    Negatif {
        /// The row.
        ligne: u32,
        /// A case.
        cas: Temoin,
    },
    /// Those who should pay at least as much pay less.
    Inversion {
        /// The case; the compared dimension has the value that should be dearer.
        cas: Temoin,
        /// What the others pay.
        bas: Decimal,
        /// What these pay.
        haut: Decimal,
    },
    /// The row was computed at some points only.
    Echantillonne {
        /// The row.
        ligne: u32,
    },
    /// The row was not analysed.
    NonAnalyse {
        /// The row.
        ligne: u32,
        /// Why.
        pourquoi: NonAnalyse,
    },
    /// Too many combinations of the other dimensions.
    TropDeCas,
}

/// Why a row was not analysed.
#[derive(Clone, Debug, PartialEq)]
pub enum NonAnalyse {
    /// It is a script.
    Script,
    /// Its base is another fact than the axis.
    AutreAssiette,
    /// Its price depends on something that the table does not hold.
    Refus(Refus),
}

/// What the analysis computes with.
#[derive(Clone, Copy)]
pub struct Regard<'a> {
    /// The other tariffs.
    pub tarifs: &'a dyn Tarifs,
    /// A day on which the grid is in force.
    pub jour: Date,
    /// The named figures in force that day.
    pub parametres: &'a [Valeur],
    /// How the amount is billed.
    pub arrondi: Arrondi,
}

/// One band of the curve: its row, and amounts at increasing values of the axis.
struct Bande {
    ligne: u32,
    points: Vec<(Decimal, Decimal)>,
}

impl Grille {
    /// Follows `axe` (a dimension of numbers) in each combination of the other dimensions.
    pub fn courbe(&self, axe: FaitId, regard: Regard<'_>) -> Vec<ConstatCourbe> {
        let Some(coupe) = self.table().axe(axe) else { return Vec::new() };
        let mut constats = Vec::new();
        let Some(cas) = self.combinaisons(&[axe]) else { return vec![ConstatCourbe::TropDeCas] };
        let (mut marche, mut vues) = (None::<(Decimal, ConstatCourbe)>, BTreeSet::new());
        for base in cas {
            let bandes = self.bandes(axe, coupe, &base, regard, &mut constats);
            // combinations that go through the same rows say the same thing
            if !vues.insert(bandes.iter().map(|b| b.as_ref().map(|b| b.ligne)).collect::<Vec<_>>()) {
                continue;
            }
            let au = |x: Decimal| base.iter().copied().chain([(axe, Valeur::Nombre(x))]).collect::<Temoin>();
            let rond = |m: Decimal| regard.arrondi.applique(m).unwrap_or(m);
            for bande in bandes.iter().flatten() {
                let baisse = bande.points.windows(2).find_map(|p| match p {
                    [(_, avant), (x, apres)] if rond(*apres) < rond(*avant) => Some((*x, *avant, *apres)),
                    _ => None,
                });
                constats.extend(baisse.map(|(x, avant, apres)| ConstatCourbe::Baisse {
                    cas: au(x),
                    avant: rond(avant),
                    apres: rond(apres),
                }));
            }
            for paire in bandes.windows(2) {
                let [Some(g), Some(d)] = paire else { continue };
                let (Some((x0, avant)), Some((x, apres))) =
                    (g.points.last().copied(), d.points.first().copied())
                else {
                    continue;
                };
                if g.ligne == d.ligne {
                    continue;
                }
                if rond(apres) < rond(avant) {
                    constats.push(ConstatCourbe::Baisse {
                        cas: au(x),
                        avant: rond(avant),
                        apres: rond(apres),
                    });
                }
                for (bande, ici, voisin, cote) in [(g, avant, apres, x), (d, apres, avant, x0)] {
                    if !self.raccorde(bande, x, x0, ici, voisin, regard.arrondi) {
                        constats.push(ConstatCourbe::EntreSansRaccord {
                            ligne: bande.ligne,
                            cas: au(cote),
                            ici,
                            voisin,
                        });
                    }
                }
                let ecart = rond(apres).checked_sub(rond(avant)).unwrap_or(Decimal::MAX);
                if ecart > marche.as_ref().map_or(Decimal::ZERO, |(m, _)| *m) {
                    marche = Some((
                        ecart,
                        ConstatCourbe::PlusGrandeMarche {
                            cas: au(x),
                            avant: rond(avant),
                            apres: rond(apres),
                        },
                    ));
                }
            }
        }
        constats.extend(marche.map(|(_, c)| c));
        sans_doublons(constats)
    }

    /// Does whoever has `haut` on `fait` pay at least what whoever has `bas` pays, everything else equal, all along `axe`?
    pub fn compare(
        &self,
        fait: FaitId,
        (bas, haut): (Valeur, Valeur),
        axe: Option<FaitId>,
        regard: Regard<'_>,
    ) -> Vec<ConstatCourbe> {
        let mut constats = Vec::new();
        let axe = axe.filter(|a| *a != fait).and_then(|a| Some((a, self.table().axe(a)?)));
        let exclues: Vec<FaitId> = axe.iter().map(|(a, _)| *a).chain([fait]).collect();
        let Some(cas) = self.combinaisons(&exclues) else { return vec![ConstatCourbe::TropDeCas] };
        for base in cas {
            let de = |v: Valeur| base.iter().copied().chain([(fait, v)]).collect::<Temoin>();
            let (cas_bas, cas_haut) = (de(bas), de(haut));
            let Some((axe, coupe)) = axe else {
                self.oppose(&cas_bas, &cas_haut, regard, &mut constats);
                continue;
            };
            let mut points: Vec<Valeur> = vec![Valeur::Absent];
            for cas in [&cas_bas, &cas_haut] {
                let bandes = self.bandes(axe, coupe, cas, regard, &mut constats);
                points.extend(
                    bandes.iter().flatten().flat_map(|b| b.points.iter().map(|(x, _)| Valeur::Nombre(*x))),
                );
            }
            let avant = constats.len();
            for x in points {
                if constats.len() > avant {
                    break; // one inversion a combination
                }
                let a = |cas: &Temoin| cas.iter().copied().chain([(axe, x)]).collect::<Temoin>();
                self.oppose(&a(&cas_bas), &a(&cas_haut), regard, &mut constats);
            }
        }
        sans_doublons(constats)
    }

    fn oppose(&self, bas: &Temoin, haut: &Temoin, regard: Regard<'_>, constats: &mut Vec<ConstatCourbe>) {
        let prix =
            |cas: &Temoin| self.prix_au(cas, None, regard).ok().and_then(|(_, m)| regard.arrondi.applique(m));
        if let (Some(b), Some(h)) = (prix(bas), prix(haut))
            && h < b
        {
            constats.push(ConstatCourbe::Inversion { cas: haut.clone(), bas: b, haut: h });
        }
    }

    /// Each possible combination of the dimensions that are not `sauf`.
    fn combinaisons(&self, sauf: &[FaitId]) -> Option<Vec<Temoin>> {
        let mut cas: Vec<Temoin> = vec![Vec::new()];
        for d in self.table().dimensions().iter().filter(|d| !sauf.contains(&d.fait)) {
            let axe = self.table().axe(d.fait)?;
            let classes = (0..axe.classes())
                .filter(|c| if *c == axe.absente() { d.peut_manquer } else { axe.possible(*c) });
            let exemples: Vec<Valeur> = classes.filter_map(|c| axe.exemple(c)).collect();
            if cas.len().saturating_mul(exemples.len()) > CAS_MAX {
                return None;
            }
            cas = cas
                .iter()
                .flat_map(|c| exemples.iter().map(move |e| c.iter().copied().chain([(d.fait, *e)]).collect()))
                .collect();
        }
        Some(cas)
    }

    /// The bands of one combination, in the order of the axis; `None` where there is no price or no analysis.
    fn bandes(
        &self,
        axe: FaitId,
        coupe: &Axe,
        base: &Temoin,
        regard: Regard<'_>,
        constats: &mut Vec<ConstatCourbe>,
    ) -> Vec<Option<Bande>> {
        let classes = (0..coupe.absente()).filter(|c| coupe.possible(*c));
        classes.map(|c| self.bande(axe, coupe, c, base, regard, constats)).collect()
    }

    fn bande(
        &self,
        axe: FaitId,
        coupe: &Axe,
        classe: u32,
        base: &Temoin,
        regard: Regard<'_>,
        constats: &mut Vec<ConstatCourbe>,
    ) -> Option<Bande> {
        let exemple = coupe.exemple(classe)?;
        let cas = |v: Valeur| base.iter().copied().chain([(axe, v)]).collect::<Temoin>();
        let valeurs = en_faits(&cas(exemple));
        let ligne = self
            .table()
            .cherche(&Faits { valeurs: &valeurs, parametres: regard.parametres }, regard.tarifs.hote())
            .ok()?;
        let nombre = |b: Option<Borne<Valeur>>| {
            b.and_then(|b| if let Valeur::Nombre(n) = b.valeur { Some(n) } else { None })
        };
        let i = coupe.intervalle(classe, classe);
        let (Valeur::Nombre(dedans), de) = (exemple, nombre(i.de)) else { return None };
        let de = de.unwrap_or(dedans);
        let a = nombre(i.a).or_else(|| de.checked_add(Decimal::from(LOIN)))?;
        let mut non = |pourquoi| {
            constats.push(ConstatCourbe::NonAnalyse { ligne, pourquoi });
            None
        };
        let xs: Vec<Decimal> = match &self.table().ligne(ligne)?.resultat {
            Resultat::NonOffert | Resultat::ADemander(_) => return None,
            Resultat::Script(_) => return non(NonAnalyse::Script),
            Resultat::Taux { assiette, .. } if assiette.or(self.assiette()) != Some(axe) => {
                return non(NonAnalyse::AutreAssiette);
            }
            // between a floor's and a ceiling's corners, a rate is a straight line
            Resultat::Taux { taux, plancher, plafond, .. } => {
                let coin = |g: &Option<Grandeur>| match g {
                    Some(Grandeur::Montant(m)) => m.checked_div(*taux).filter(|x| *x > de && *x < a),
                    _ => None,
                };
                [de].into_iter().chain(coin(plancher)).chain(coin(plafond)).chain([a]).collect()
            }
            Resultat::Prix(_) | Resultat::Exemple(_) | Resultat::Parts(_) | Resultat::Entre(..) => {
                vec![de, a]
            }
            Resultat::Formule(_) | Resultat::Comme { .. } => {
                constats.push(ConstatCourbe::Echantillonne { ligne });
                let largeur = a.checked_sub(de)?.checked_div(Decimal::from(POINTS))?;
                (0..=POINTS).filter_map(|k| largeur.checked_mul(Decimal::from(k))?.checked_add(de)).collect()
            }
        };
        let mut points = Vec::with_capacity(xs.len());
        for x in xs {
            match self.prix_au(&cas(Valeur::Nombre(x)), Some(ligne), regard) {
                Ok((_, m)) => points.push((x, m)),
                Err(Refus::Negatif { .. }) => {
                    constats.push(ConstatCourbe::Negatif { ligne, cas: cas(Valeur::Nombre(x)) });
                    return None;
                }
                Err(refus) => {
                    constats.push(ConstatCourbe::NonAnalyse { ligne, pourquoi: NonAnalyse::Refus(refus) });
                    return None;
                }
            }
        }
        Some(Bande { ligne, points })
    }

    /// The exact price of a case, by its row or by `ligne`.
    fn prix_au(&self, cas: &Temoin, ligne: Option<u32>, regard: Regard<'_>) -> Result<(u32, Decimal), Refus> {
        let valeurs = en_faits(cas);
        let faits = Faits { valeurs: &valeurs, parametres: regard.parametres };
        let lieu = crate::lieu::Lieu::default();
        let ligne = match ligne {
            Some(l) => l,
            None => self
                .table()
                .cherche(&faits, regard.tarifs.hote())
                .map_err(|m| Refus::de_table(m, lieu, |_| lieu))?,
        };
        let prix =
            self.prix_de(ligne, regard.jour, &faits, regard.tarifs, &mut SansTrace, super::DETOURS_MAX)?;
        Ok((ligne, prix.montant))
    }

    /// Does an `entre` row reach its neighbour? Between two steps of the axis it may go one step further.
    fn raccorde(
        &self,
        bande: &Bande,
        x: Decimal,
        x0: Decimal,
        ici: Decimal,
        voisin: Decimal,
        arrondi: Arrondi,
    ) -> bool {
        let Some(Resultat::Entre(bas, haut)) = self.table().ligne(bande.ligne).map(|l| &l.resultat) else {
            return true;
        };
        let Some((de, a)) = self.tranche(bande.ligne) else { return true };
        let un_pas =
            || haut.checked_sub(*bas)?.checked_mul(x.checked_sub(x0)?)?.checked_div(a.checked_sub(de)?);
        let tolere =
            un_pas().map(|p| p.abs()).zip(arrondi.pas.checked_div(Decimal::TWO)).map(|(p, demi)| p.max(demi));
        voisin.checked_sub(ici).zip(tolere).is_some_and(|(ecart, t)| ecart.abs() <= t)
    }
}

/// A case as a flat array.
fn en_faits(cas: &Temoin) -> Vec<Valeur> {
    let taille = cas.iter().map(|(f, _)| usize::from(f.0) + 1).max().unwrap_or(0);
    let mut valeurs = vec![Valeur::Absent; taille];
    for (f, v) in cas {
        if let Some(place) = valeurs.get_mut(usize::from(f.0)) {
            *place = *v;
        }
    }
    valeurs
}

/// Notes about a row are said once.
fn sans_doublons(constats: Vec<ConstatCourbe>) -> Vec<ConstatCourbe> {
    let mut gardes: Vec<ConstatCourbe> = Vec::with_capacity(constats.len());
    for c in constats {
        if !gardes.contains(&c) {
            gardes.push(c);
        }
    }
    gardes
}
