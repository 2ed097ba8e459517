//! Runs a script on samples of its inputs' domains: what fails there is refused before a family meets it.

use std::sync::Arc;

use jiff::civil::Date;
use rhai::Position;
use rust_decimal::Decimal;

use super::contrat::{Entree, TypeScript};
use super::valeur::ValeurScript;
use super::{ErreurScript, HotePartage, Script, erreur};
use crate::fonctions::Hote;

/// How many sets of inputs are drawn.
const ESSAIS: usize = 200;
/// Operations after which no other set is drawn, so that a check stays short.
const BUDGET: u64 = 2_000_000;

/// A calendar for samples: Sundays are holidays, and the other days are school days.
struct CalendrierDessai;

impl Hote for CalendrierDessai {
    fn est_ferie(&self, jour: Date) -> Option<bool> {
        Some(jour.weekday() == jiff::civil::Weekday::Sunday)
    }

    fn est_ecole(&self, jour: Date) -> Option<bool> {
        Some(jour.weekday() != jiff::civil::Weekday::Sunday)
    }
}

/// The first failure as `RHA04`, or a warning when all answers are the same.
pub(super) fn essaie(script: &Script, graine: u64) -> Result<Vec<ErreurScript>, Vec<ErreurScript>> {
    let hote: HotePartage = Arc::new(CalendrierDessai);
    let mut hasard = Hasard(graine);
    let mut depense = 0;
    let mut premiere: Option<ValeurScript> = None;
    let (mut differentes, mut reponses) = (false, 0);
    for numero in 0..ESSAIS {
        let entrees: Vec<ValeurScript> =
            script.contrat.entrees.iter().map(|e| hasard.entree(e, numero)).collect();
        let (resultat, operations) = script.execute_et_compte(&entrees, &hote);
        depense += operations;
        match resultat {
            Ok(valeur) => {
                reponses += 1;
                match &premiere {
                    None => premiere = Some(valeur),
                    Some(p) => differentes |= *p != valeur,
                }
            }
            // the script's own refusal is an answer
            Err(e) if e.voulue => differentes = true,
            Err(e) => {
                let noms = script.contrat.entrees.iter().map(|e| &*e.nom);
                let pour: Vec<String> =
                    noms.zip(&entrees).map(|(nom, v)| format!("{nom} = {}", court(v))).collect();
                let aide = (!pour.is_empty()).then(|| format!("essai avec {}", pour.join(", ")));
                let lieu = match (u16::try_from(e.ligne), u16::try_from(e.colonne)) {
                    (Ok(ligne), Ok(colonne)) if ligne > 0 => Position::new(ligne, colonne),
                    _ => script.reponse(),
                };
                return Err(vec![erreur("RHA04", lieu, e.message, aide)]);
            }
        }
        if depense > BUDGET {
            break;
        }
    }
    if reponses > 1 && !differentes && !script.contrat.entrees.is_empty() {
        let message = format!("ce script a donné la même réponse aux {reponses} essais");
        let aide = Some("une ligne de barème suffit peut-être".to_owned());
        return Ok(vec![erreur("RHA05", script.reponse(), message, aide)]);
    }
    Ok(Vec::new())
}

fn court(valeur: &ValeurScript) -> String {
    match valeur {
        ValeurScript::Absent => "absent".to_owned(),
        ValeurScript::Nombre(x) => x.to_string(),
        ValeurScript::Booleen(b) => b.to_string(),
        ValeurScript::Texte(t) => format!("\"{t}\""),
        ValeurScript::Date(d) => d.to_string(),
        ValeurScript::Heure(h) => format!("{:02}:{:02}", h / 60, h % 60),
        ValeurScript::Liste(lignes) => format!("une liste de {} ligne(s)", lignes.len()),
    }
}

/// SplitMix64: the same seed draws the same samples everywhere.
struct Hasard(u64);

impl Hasard {
    fn tire(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Below `n`, which is not zero.
    fn sous(&mut self, n: u64) -> u64 {
        self.tire() % n.max(1)
    }

    fn entree(&mut self, entree: &Entree, numero: usize) -> ValeurScript {
        if entree.peut_manquer && self.sous(4) == 0 {
            return ValeurScript::Absent;
        }
        self.valeur(&entree.genre, numero)
    }

    fn valeur(&mut self, genre: &TypeScript, numero: usize) -> ValeurScript {
        match genre {
            TypeScript::Nombre { min, max } => ValeurScript::Nombre(self.nombre(*min, *max, numero)),
            TypeScript::Booleen => ValeurScript::Booleen(self.sous(2) == 0),
            TypeScript::Texte => {
                let textes = ["", "a", "École maternelle", "l'été"];
                let i = usize::try_from(self.sous(4)).unwrap_or(0);
                ValeurScript::Texte(textes.get(i).copied().unwrap_or_default().into())
            }
            TypeScript::Choix(noms) => {
                let i = usize::try_from(self.sous(u64::try_from(noms.len()).unwrap_or(1))).unwrap_or(0);
                ValeurScript::Texte(noms.get(i).cloned().unwrap_or_default())
            }
            TypeScript::Date => {
                let jours = i64::try_from(self.sous(4_018)).unwrap_or(0);
                let debut = Date::constant(2020, 1, 1);
                ValeurScript::Date(debut.checked_add(jiff::Span::new().days(jours)).unwrap_or(debut))
            }
            TypeScript::Heure => ValeurScript::Heure(u16::try_from(self.sous(1_441)).unwrap_or(0)),
            TypeScript::Liste(colonnes) => {
                let n = match numero {
                    0 => 0,
                    1 => 1,
                    _ => self.sous(32),
                };
                let ligne = |hasard: &mut Self| colonnes.iter().map(|(_, g)| hasard.valeur(g, 9)).collect();
                ValeurScript::Liste((0..n).map(|_| ligne(self)).collect())
            }
        }
    }

    /// The ends first, then centimes and whole numbers in between; an open side stops 10 000 further.
    fn nombre(&mut self, min: Option<Decimal>, max: Option<Decimal>, numero: usize) -> Decimal {
        let loin = Decimal::from(10_000);
        let bas = min.or_else(|| max.and_then(|m| m.checked_sub(loin))).unwrap_or(-loin);
        let haut = max.or_else(|| min.and_then(|m| m.checked_add(loin))).unwrap_or(loin);
        match numero {
            0 => return bas,
            1 => return haut,
            2 if bas <= Decimal::ZERO && haut >= Decimal::ZERO => return Decimal::ZERO,
            _ => {}
        }
        let part = Decimal::from(self.sous(1_000_001)) / Decimal::from(1_000_000);
        let decimales = if self.sous(2) == 0 { 0 } else { 2 };
        let tire = haut.checked_sub(bas).and_then(|e| e.checked_mul(part)).and_then(|e| bas.checked_add(e));
        tire.map_or(bas, |x| x.trunc_with_scale(decimales)).max(bas).min(haut)
    }
}
