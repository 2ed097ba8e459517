//! `proprietes`: what stays true for every family, tried on the tables' bounds and on generated households.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rules::faits::{FaitId, Symboles};
use rules::selection::Motif;
use rules::valeur::{Domaine, Valeur};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use super::Cas;
use super::lit;
use super::monde::Impossible;
use super::rapport::euros;
use crate::commune::Commune;
use crate::definition::raw::cas::RawPropriete;
use crate::identifiant::Alea;
use crate::service::Tarif;
use crate::tarification::{Acte, Circonstances, Connus, prix};
use crate::vocabulaire::Origine;

/// Households generated for each property.
const FAMILLES: usize = 1_000;
/// Built-in dimensions that an act says.
const DE_L_ACTE: [&str; 4] = ["mode", "cout_reel", "arrivee", "depart"];

/// A household: a value for some facts.
type Famille = BTreeMap<FaitId, Valeur>;

/// What trying a property gave.
pub(super) struct Essai {
    /// In words, with the seed.
    pub(super) geste: String,
    /// The first family for which it does not hold, and what it pays.
    pub(super) contre: Option<String>,
}

/// Tries a property of a case.
pub(super) fn essaie(commune: &Commune, cas: &Cas, propriete: &RawPropriete) -> Result<Essai, Impossible> {
    let graine = cas.raw.graine.as_ref().map_or(0, |g| g.valeur.0);
    let mut t = Tirage::nouveau(commune, &cas.nom, graine);
    let suite = format!("{FAMILLES} familles, graine {graine}");
    match propriete {
        RawPropriete::PrixJamaisNegatif => {
            let prestations: Vec<&str> =
                commune.services.iter().flat_map(|s| s.prestations.iter().map(|p| p.id.as_str())).collect();
            let contre = (0..FAMILLES).find_map(|_| {
                let famille = t.famille();
                prestations
                    .iter()
                    .find_map(|p| t.jours(p).iter().find_map(|j| negatif(commune, p, *j, &famille)))
            });
            Ok(Essai { geste: format!("aucun prix négatif ({suite})"), contre })
        }
        RawPropriete::PrixNonDecroissant(p) => {
            let axe = lit::symbole(commune, &p.axe)?;
            let paliers = t.paliers(axe);
            let contre = (0..FAMILLES).find_map(|_| {
                let famille = t.famille();
                t.jours(&p.prestation)
                    .iter()
                    .find_map(|j| baisse(commune, &p.prestation, *j, &famille, axe, &paliers))
            });
            let geste =
                format!("{} ne baisse pas quand {} monte ({suite})", &*p.prestation.valeur, &*p.axe.valeur);
            Ok(Essai { geste, contre })
        }
        RawPropriete::ExterieurAuMoins(p) => {
            let fait = lit::symbole(commune, &p.dimension)?;
            let domaine = commune.vocabulaire.domaine(fait);
            let valeur = |mot: &str| {
                let inconnu =
                    || Impossible(format!("« {mot} » n'est pas une valeur de `{}`", &*p.dimension.valeur));
                domaine.choix(mot).ok_or_else(inconnu)
            };
            let (dedans, dehors) = (valeur(&p.dedans)?, valeur(&p.dehors)?);
            let contre = (0..FAMILLES).find_map(|_| {
                let famille = t.famille();
                t.jours(&p.prestation).iter().find_map(|j| {
                    let avec = |v: Valeur| famille.iter().map(|(f, x)| (*f, *x)).chain([(fait, v)]).collect();
                    let (ici, ailleurs): (Famille, Famille) = (avec(dedans), avec(dehors));
                    let (a, b) = (
                        paie(commune, &p.prestation, *j, &ici)?,
                        paie(commune, &p.prestation, *j, &ailleurs)?,
                    );
                    (b < a).then(|| {
                        format!(
                            "{} : {} au lieu de {} au moins",
                            en_mots(commune, &ailleurs),
                            euros(b),
                            euros(a)
                        )
                    })
                })
            });
            let geste = format!(
                "{} : {} ne paie pas moins que {} ({suite})",
                &*p.prestation.valeur, &*p.dehors.valeur, &*p.dedans.valeur
            );
            Ok(Essai { geste, contre })
        }
    }
}

/// What a family pays; `None` when there is no price to compare.
fn paie(commune: &Commune, prestation: &str, jour: Date, famille: &Famille) -> Option<Decimal> {
    let connus = Connus::default().avec(famille.iter().map(|(f, v)| (*f, *v)));
    let lignes = prix(commune, &Acte::seul(prestation, jour, Circonstances::default(), connus)).ok()?;
    lignes.iter().try_fold(Decimal::ZERO, |s, l| s.checked_add(l.montant.as_ref().ok()?.en_euros()))
}

fn negatif(commune: &Commune, prestation: &str, jour: Date, famille: &Famille) -> Option<String> {
    let connus = Connus::default().avec(famille.iter().map(|(f, v)| (*f, *v)));
    let lignes = prix(commune, &Acte::seul(prestation, jour, Circonstances::default(), connus)).ok()?;
    let montants = lignes.iter().filter_map(|l| l.montant.as_ref().ok().map(|m| m.en_euros()));
    let pire = montants.min().filter(|m| m.is_sign_negative() && !m.is_zero())?;
    Some(format!("{prestation} le {jour}, {} : {}", en_mots(commune, famille), euros(pire)))
}

fn baisse(
    commune: &Commune,
    prestation: &str,
    jour: Date,
    famille: &Famille,
    axe: FaitId,
    paliers: &[Decimal],
) -> Option<String> {
    let mut avant: Option<(Decimal, Decimal)> = None;
    for palier in paliers {
        let mut une = famille.clone();
        une.insert(axe, Valeur::Nombre(*palier));
        let Some(montant) = paie(commune, prestation, jour, &une) else { continue };
        if let Some((p, m)) = avant
            && montant < m
        {
            let nom = commune.vocabulaire.nom(axe);
            return Some(format!(
                "{nom} {p} : {}, {nom} {palier} : {} ({})",
                euros(m),
                euros(montant),
                en_mots(commune, famille)
            ));
        }
        avant = Some((*palier, montant));
    }
    None
}

fn en_mots(commune: &Commune, famille: &Famille) -> String {
    let dits = famille.iter().filter(|(_, v)| **v != Valeur::Absent);
    let un = |(f, v): (&FaitId, &Valeur)| {
        format!("{} {}", commune.vocabulaire.nom(*f), commune.vocabulaire.ecrit(*f, *v))
    };
    dits.map(un).collect::<Vec<_>>().join(", ")
}

/// Households drawn from a seed.
struct Tirage<'c> {
    commune: &'c Commune,
    alea: Alea,
    /// What is drawn.
    dimensions: Vec<FaitId>,
    /// Numbers that tables speak of, with one step around each.
    bornes: BTreeMap<FaitId, Vec<Decimal>>,
}

impl<'c> Tirage<'c> {
    fn nouveau(commune: &'c Commune, nom: &str, graine: i64) -> Self {
        let empreinte = Sha256::new().chain_update(nom).chain_update(graine.to_be_bytes()).finalize();
        let mut octets = [0; 16];
        for (cible, source) in octets.iter_mut().zip(empreinte) {
            *cible = source;
        }
        let tire = |(_, s): &(FaitId, &crate::vocabulaire::Symbole)| {
            matches!(s.origine, Origine::Enregistre | Origine::Zonage(_))
                || DE_L_ACTE.contains(&s.nom.as_str())
        };
        let dimensions = commune.vocabulaire.iter().filter(tire).map(|(f, _)| f).collect();
        Self { commune, alea: Alea::nouveau(octets), dimensions, bornes: bornes(commune) }
    }

    fn nombre(&mut self) -> u64 {
        self.alea.tire().iter().take(8).fold(0, |n, o| n << 8 | u64::from(*o))
    }

    fn parmi(&mut self, n: usize) -> usize {
        let n = u64::try_from(n.max(1)).unwrap_or(1);
        usize::try_from(self.nombre() % n).unwrap_or(0)
    }

    fn famille(&mut self) -> Famille {
        let mut famille = Famille::new();
        for fait in self.dimensions.clone() {
            let Some(symbole) = self.commune.vocabulaire.symbole(fait) else { continue };
            if symbole.peut_manquer && self.parmi(10) == 0 {
                continue;
            }
            let valeur = self.valeur(fait, &symbole.domaine);
            famille.extend(valeur.map(|v| (fait, v)));
        }
        famille
    }

    fn valeur(&mut self, fait: FaitId, domaine: &Domaine) -> Option<Valeur> {
        Some(match domaine {
            Domaine::Booleen => Valeur::Booleen(self.parmi(2) == 0),
            Domaine::Choix(noms) => Valeur::Choix(u16::try_from(self.parmi(noms.len())).ok()?),
            Domaine::Nombre { pas, min, max } => {
                let bornes = self.bornes.get(&fait).cloned().unwrap_or_default();
                let n = if !bornes.is_empty() && self.parmi(2) == 0 {
                    bornes.get(self.parmi(bornes.len())).copied()?
                } else {
                    let pas = pas.map_or(Decimal::new(1, 2), |(p, _)| p);
                    Decimal::from(self.parmi(300_000)).checked_mul(pas)?
                };
                let dedans = min.is_none_or(|m| n >= m) && max.is_none_or(|m| n <= m);
                Valeur::Nombre(dedans.then_some(n)?)
            }
            Domaine::Heure => Valeur::Heure(u16::try_from(self.parmi(1_440)).ok()?),
            Domaine::Date | Domaine::Duree(_) | Domaine::Ensemble(_) => return None,
        })
    }

    /// Increasing values of an axis: its bounds, one step around each, and far beyond.
    fn paliers(&self, axe: FaitId) -> Vec<Decimal> {
        let mut paliers: BTreeSet<Decimal> = self.bornes.get(&axe).into_iter().flatten().copied().collect();
        paliers.insert(Decimal::ZERO);
        if let Some(dernier) = paliers.last().and_then(|d| d.checked_add(Decimal::ONE_THOUSAND)) {
            paliers.insert(dernier);
        }
        paliers.into_iter().collect()
    }

    /// The first day of each version of the prestation's tariff.
    fn jours(&self, prestation: &str) -> Vec<Date> {
        let Some((_, p)) = self.commune.prestation(prestation) else { return Vec::new() };
        let Tarif::Bareme(nom) = &p.tarif else { return Vec::new() };
        let versions = self.commune.bareme(nom).map(|b| b.bareme.versions()).unwrap_or_default();
        versions.iter().map(|v| v.depuis).collect()
    }
}

fn bornes(commune: &Commune) -> BTreeMap<FaitId, Vec<Decimal>> {
    let mut bornes: BTreeMap<FaitId, BTreeSet<Decimal>> = BTreeMap::new();
    let grilles =
        commune.baremes.iter().flat_map(|b| b.bareme.versions().iter().filter_map(|v| v.grille.as_ref()));
    for (fait, selection) in grilles.flat_map(|g| g.table().lignes()).flat_map(|l| &l.conditions) {
        let pas = match commune.vocabulaire.domaine(*fait) {
            Domaine::Nombre { pas, .. } => pas.map_or(Decimal::new(1, 2), |(p, _)| p),
            _ => continue,
        };
        for motif in &selection.motifs {
            let Motif::Nombres(i) = motif else { continue };
            for b in [i.de, i.a].into_iter().flatten() {
                let autour = [b.valeur.checked_sub(pas), Some(b.valeur), b.valeur.checked_add(pas)];
                let positifs = autour.into_iter().flatten().filter(|v| !v.is_sign_negative());
                bornes.entry(*fait).or_default().extend(positifs);
            }
        }
    }
    bornes.into_iter().map(|(f, b)| (f, b.into_iter().collect())).collect()
}
