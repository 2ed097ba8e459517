//! `==`, `<`, `in`: both sides brought to one type.

use std::sync::Arc;

use jiff::civil::Date;

use super::{Arbre, Booleen, Choix, Comparaison, DateExpr, Etendue, Heure, Lecture, Lu};
use crate::faits::FaitId;
use crate::syntaxe;

impl Lecture<'_> {
    pub(super) fn compare(&mut self, op: Comparaison, a: &rhai::Expr, b: &rhai::Expr, ici: Etendue) -> Lu {
        let (a, b) = (self.lit(a), self.lit(b));
        let etendue = ici.avec(a.etendue).avec(b.etendue);
        let arbre = self.comparaison(op, a, b, etendue).map_or(Arbre::Inconnu, Arbre::Booleen);
        Lu::new(arbre, etendue)
    }

    fn comparaison(&mut self, op: Comparaison, a: Lu, b: Lu, etendue: Etendue) -> Option<Booleen> {
        let (a, b) = self.ensemble_lisible(a, b)?;
        let egalite = match op {
            Comparaison::Egal => Some(true),
            Comparaison::Different => Some(false),
            _ => None,
        };
        match (a.arbre, b.arbre) {
            (Arbre::Nombre(x), Arbre::Nombre(y)) => Some(Booleen::Nombres(op, Box::new((x, y)))),
            (Arbre::Date(x), Arbre::Date(y)) => Some(Booleen::Dates(op, Box::new((x, y)))),
            (Arbre::Heure(x), Arbre::Heure(y)) => Some(Booleen::Heures(op, x, y)),
            (Arbre::Booleen(x), Arbre::Booleen(y)) => match egalite {
                Some(egal) => Some(Booleen::Booleens(egal, Box::new((x, y)))),
                None => self.sans_ordre(etendue, "deux conditions"),
            },
            (Arbre::Choix(x, noms_x), Arbre::Choix(y, noms_y)) => {
                if noms_x != noms_y {
                    let message =
                        "ces deux choix n'ont pas les mêmes valeurs possibles : ils ne se comparent pas";
                    self.erreur("RHA04", etendue, message, None);
                    return None;
                }
                match egalite {
                    Some(egal) => Some(Booleen::Choix(egal, Box::new((x, y)))),
                    None => self.sans_ordre(etendue, "deux choix"),
                }
            }
            (Arbre::Ensemble(..), _) | (_, Arbre::Ensemble(..)) => {
                let aide = "écrivez « \"valeur\" in ensemble »".to_owned();
                self.erreur("RHA04", etendue, "un ensemble ne se compare pas", Some(aide));
                None
            }
            (Arbre::Texte(_), Arbre::Texte(_)) => {
                self.erreur(
                    "RHA04",
                    etendue,
                    "deux textes écrits ne se comparent pas : l'un des deux est une information",
                    None,
                );
                None
            }
            (x, y) => {
                self.erreur(
                    "RHA04",
                    etendue,
                    format!("{} ne se compare pas à {}", x.article(), y.article()),
                    None,
                );
                None
            }
        }
    }

    fn sans_ordre(&mut self, etendue: Etendue, quoi: &str) -> Option<Booleen> {
        self.erreur("RHA04", etendue, format!("{quoi} n'ont pas d'ordre : seuls == et != ont un sens"), None);
        None
    }

    /// Both sides, a written text read in the other side's domain; `None` when one was already reported.
    fn ensemble_lisible(&mut self, a: Lu, b: Lu) -> Option<(Lu, Lu)> {
        if matches!(a.arbre, Arbre::Inconnu) || matches!(b.arbre, Arbre::Inconnu) {
            return None;
        }
        match (&a.arbre, &b.arbre) {
            (Arbre::Texte(_), Arbre::Texte(_)) => Some((a, b)),
            (Arbre::Texte(_), modele) => Some((self.comme(&a, &modele.clone())?, b)),
            (modele, Arbre::Texte(_)) => {
                let b = self.comme(&b, &modele.clone())?;
                Some((a, b))
            }
            _ => Some((a, b)),
        }
    }

    /// A written text, read in the domain of what it is compared with.
    fn comme(&mut self, texte: &Lu, modele: &Arbre) -> Option<Lu> {
        let arbre = match modele {
            Arbre::Choix(_, noms) => {
                Arbre::Choix(Choix::Constante(self.nom_ecrit(texte, noms)?), noms.clone())
            }
            Arbre::Date(_) => Arbre::Date(DateExpr::Constante(self.date_ecrite(texte)?)),
            Arbre::Heure(_) => Arbre::Heure(self.heure_ecrite(texte)?),
            Arbre::Booleen(_) => {
                let aide = "écrivez « true » ou « false », sans guillemets".to_owned();
                self.erreur("RHA04", texte.etendue, "une condition ne se compare pas à un texte", Some(aide));
                return None;
            }
            Arbre::Nombre(_) => {
                let aide = "écrivez le nombre sans guillemets".to_owned();
                self.erreur("RHA04", texte.etendue, "un nombre ne se compare pas à un texte", Some(aide));
                return None;
            }
            _ => texte.arbre.clone(),
        };
        Some(Lu::new(arbre, texte.etendue))
    }

    /// The index of a written choice.
    fn nom_ecrit(&mut self, lu: &Lu, noms: &Arc<[Box<str>]>) -> Option<u16> {
        let Arbre::Texte(texte) = &lu.arbre else { return None };
        if let Some(i) = noms.iter().position(|n| n == texte) {
            return u16::try_from(i).ok();
        }
        let aide = if **texte == *"absent" {
            Some("l'absence s'écrit « !est_connu(…) »".to_owned())
        } else {
            let possibles = || format!("les valeurs possibles sont : {}", noms.join(", "));
            syntaxe::vouliez_vous_dire(texte, noms.iter().map(|n| &**n)).or_else(|| Some(possibles()))
        };
        self.erreur("RHA02", lu.etendue, format!("« {texte} » n'est pas une valeur possible ici"), aide);
        None
    }

    /// `"2025-09-01"`.
    pub(super) fn date_ecrite(&mut self, lu: &Lu) -> Option<Date> {
        let Arbre::Texte(texte) = &lu.arbre else { return None };
        // jiff also reads `20250901`: one way to write a date
        if texte.len() == 10
            && let Ok(date) = texte.parse()
        {
            return Some(date);
        }
        let aide = "une date s'écrit \"2025-09-01\"".to_owned();
        self.erreur("RHA04", lu.etendue, format!("« {texte} » n'est pas une date"), Some(aide));
        None
    }

    /// `"16:30"`, up to `"24:00"`.
    pub(super) fn heure_ecrite(&mut self, lu: &Lu) -> Option<Heure> {
        let Arbre::Texte(texte) = &lu.arbre else { return None };
        let minutes = (|| {
            let (h, m) = texte.split_once(':')?;
            let deux = |t: &str| {
                (t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit())).then(|| t.parse::<u16>().ok())?
            };
            let (h, m) = (deux(h)?, deux(m)?);
            (m < 60 && h * 60 + m <= 1440).then_some(h * 60 + m)
        })();
        if minutes.is_none() {
            let aide = "une heure s'écrit \"06:00\"".to_owned();
            self.erreur("RHA04", lu.etendue, format!("« {texte} » n'est pas une heure"), Some(aide));
        }
        minutes.map(Heure::Constante)
    }

    /// `x in [a, b]`, or `"lundi" in jours_fixes`.
    pub(super) fn dans(&mut self, x: &rhai::Expr, liste: &rhai::Expr, ici: Etendue) -> Lu {
        let x = self.lit(x);
        let etendue = ici.avec(x.etendue);
        let rhai::Expr::Array(elements, _) = liste else {
            let liste = self.lit(liste);
            let etendue = etendue.avec(liste.etendue);
            let arbre = self.dans_ensemble(&x, liste, etendue).map_or(Arbre::Inconnu, Arbre::Booleen);
            return Lu::new(arbre, etendue);
        };
        let mut tous = etendue;
        let mut elements_lus = Vec::with_capacity(elements.len());
        for element in elements.iter() {
            let lu = self.lit(element);
            tous = tous.avec(lu.etendue);
            elements_lus.push(lu);
        }
        let arbre = self.dans_liste(x, elements_lus, tous).map_or(Arbre::Inconnu, Arbre::Booleen);
        Lu::new(arbre, tous)
    }

    fn dans_ensemble(&mut self, x: &Lu, liste: Lu, etendue: Etendue) -> Option<Booleen> {
        match (&x.arbre, liste.arbre) {
            (Arbre::Inconnu, _) | (_, Arbre::Inconnu) => None,
            (Arbre::Texte(_), Arbre::Ensemble(fait, noms)) => {
                let i = self.nom_ecrit(x, &noms)?;
                self.bit(fait, i, etendue)
            }
            (autre, Arbre::Ensemble(..)) => {
                let aide = "écrivez « \"valeur\" in ensemble »".to_owned();
                let message =
                    format!("on cherche dans un ensemble une valeur écrite, ceci est {}", autre.article());
                self.erreur("RHA04", x.etendue, message, Some(aide));
                None
            }
            (_, autre) => {
                let aide = "écrivez « x in [a, b] »".to_owned();
                let message = format!("« in » attend une liste ou un ensemble, ceci est {}", autre.article());
                self.erreur("RHA04", liste.etendue, message, Some(aide));
                None
            }
        }
    }

    fn bit(&mut self, fait: FaitId, indice: u16, etendue: Etendue) -> Option<Booleen> {
        let bits = 1_u64.checked_shl(indice.into());
        if bits.is_none() {
            self.erreur("RHA04", etendue, "un ensemble a au plus 64 valeurs", None);
        }
        bits.map(|bits| Booleen::Contient(fait, bits))
    }

    fn dans_liste(&mut self, x: Lu, elements: Vec<Lu>, etendue: Etendue) -> Option<Booleen> {
        if elements.is_empty() {
            self.erreur("RHA04", etendue, "la liste après « in » est vide", None);
            return None;
        }
        if matches!(x.arbre, Arbre::Texte(_)) {
            let message = "une valeur écrite ne se cherche pas dans une liste écrite : à gauche de « in », une information";
            self.erreur("RHA04", x.etendue, message, None);
            return None;
        }
        // all elements are read, so that each mistake is reported
        let lus: Vec<Option<Arbre>> = elements
            .into_iter()
            .map(|element| {
                let lu = match element.arbre {
                    Arbre::Texte(_) => self.comme(&element, &x.arbre)?,
                    Arbre::Inconnu => return None,
                    _ => element,
                };
                let meme = match (&x.arbre, &lu.arbre) {
                    (Arbre::Choix(_, a), Arbre::Choix(_, b)) => a == b,
                    (Arbre::Inconnu, _)
                    | (Arbre::Nombre(_), Arbre::Nombre(_))
                    | (Arbre::Date(_), Arbre::Date(_))
                    | (Arbre::Heure(_), Arbre::Heure(_)) => true,
                    _ => false,
                };
                if !meme {
                    let message = format!("{} ne se compare pas à {}", x.arbre.article(), lu.arbre.article());
                    self.erreur("RHA04", lu.etendue, message, None);
                    return None;
                }
                Some(lu.arbre)
            })
            .collect();
        let lus: Vec<Arbre> = lus.into_iter().collect::<Option<_>>()?;
        Some(match x.arbre {
            Arbre::Nombre(x) => Booleen::NombreDans(Box::new((
                x,
                extraits(lus, |a| match a {
                    Arbre::Nombre(n) => Some(n),
                    _ => None,
                }),
            ))),
            Arbre::Date(x) => Booleen::DateDans(Box::new((
                x,
                extraits(lus, |a| match a {
                    Arbre::Date(d) => Some(d),
                    _ => None,
                }),
            ))),
            Arbre::Heure(x) => Booleen::HeureDans(
                x,
                extraits(lus, |a| match a {
                    Arbre::Heure(h) => Some(h),
                    _ => None,
                }),
            ),
            Arbre::Choix(x, _) => Booleen::ChoixDans(Box::new((
                x,
                extraits(lus, |a| match a {
                    Arbre::Choix(c, _) => Some(c),
                    _ => None,
                }),
            ))),
            _ => return None,
        })
    }
}

fn extraits<T>(arbres: Vec<Arbre>, un: impl FnMut(Arbre) -> Option<T>) -> Box<[T]> {
    arbres.into_iter().filter_map(un).collect()
}
