//! Calls of host functions: names, number of arguments, types.

use super::{AIDE_SCRIPT, Arbre, Booleen, Choix, DateExpr, Etendue, Lecture, Lu, NOMS_DES_JOURS, Nombre};
use crate::fonctions::{self, DECIMALES_MAX, SensArrondi};
use crate::syntaxe;

/// The functions of an expression, with their arguments as the help prints them.
pub(super) const FONCTIONS: [(&str, &str, usize, usize); 17] = [
    ("min", "a, b, …", 2, 8),
    ("max", "a, b, …", 2, 8),
    ("borne", "x, bas, haut", 3, 3),
    ("arrondi", "x, décimales", 2, 2),
    ("arrondi_inf", "x, décimales", 2, 2),
    ("arrondi_sup", "x, décimales", 2, 2),
    ("est_connu", "information", 1, 1),
    ("age", "naissance, au", 2, 2),
    ("jours_entre", "a, b", 2, 2),
    ("mois_entre", "a, b", 2, 2),
    ("ajoute_mois", "date, n", 2, 2),
    ("jour_semaine", "date", 1, 1),
    ("semaine_iso", "date", 1, 1),
    ("est_ferie", "date", 1, 1),
    ("est_ecole", "date", 1, 1),
    ("parametre", "\"nom\"", 1, 1),
    ("date", "\"2025-09-01\"", 1, 1),
];

impl Lecture<'_> {
    pub(super) fn fonction(&mut self, nom: &str, args: &[rhai::Expr], ici: Etendue) -> Lu {
        let Some(&(_, forme, au_moins, au_plus)) = FONCTIONS.iter().find(|f| f.0 == nom) else {
            let aide = syntaxe::vouliez_vous_dire(nom, FONCTIONS.iter().map(|f| f.0));
            let aide = aide.unwrap_or_else(|| AIDE_SCRIPT.to_owned());
            self.erreur("RHA02", ici, format!("la fonction « {nom} » n'existe pas"), Some(aide));
            return Self::inconnu(ici);
        };
        if !(au_moins..=au_plus).contains(&args.len()) {
            let combien = match args.len() {
                0 => "aucune valeur".to_owned(),
                1 => "une seule valeur".to_owned(),
                n => format!("{n} valeurs"),
            };
            let message = format!("la fonction « {nom} » reçoit ici {combien}");
            self.erreur("RHA02", ici, message, Some(format!("elle s'écrit {nom}({forme})")));
            return Self::inconnu(ici);
        }
        match (nom, args) {
            ("est_connu", [x]) => return self.est_connu(x, ici),
            ("parametre", [x]) => return self.parametre(x, ici),
            _ => {}
        }
        let mut etendue = ici;
        let mut lus = Vec::with_capacity(args.len());
        for arg in args {
            let lu = self.lit(arg);
            etendue = etendue.avec(lu.etendue);
            lus.push(lu);
        }
        let arbre = self.applique(nom, lus).unwrap_or(Arbre::Inconnu);
        Lu::new(arbre, etendue)
    }

    fn applique(&mut self, nom: &str, lus: Vec<Lu>) -> Option<Arbre> {
        Some(match nom {
            "min" => Arbre::Nombre(Nombre::Min(self.nombres(lus)?)),
            "max" => Arbre::Nombre(Nombre::Max(self.nombres(lus)?)),
            "borne" => {
                let [x, bas, haut] = <[Nombre; 3]>::try_from(self.nombres(lus)?.into_vec()).ok()?;
                Arbre::Nombre(Nombre::Borne(Box::new((x, bas, haut))))
            }
            "arrondi" => self.arrondi(lus, SensArrondi::Proche)?,
            "arrondi_inf" => self.arrondi(lus, SensArrondi::Inferieur)?,
            "arrondi_sup" => self.arrondi(lus, SensArrondi::Superieur)?,
            "age" => Arbre::Nombre(Nombre::Age(self.deux_dates(lus)?)),
            "jours_entre" => Arbre::Nombre(Nombre::JoursEntre(self.deux_dates(lus)?)),
            "mois_entre" => Arbre::Nombre(Nombre::MoisEntre(self.deux_dates(lus)?)),
            "ajoute_mois" => {
                let [jour, mois] = <[Lu; 2]>::try_from(lus).ok()?;
                let (jour, mois) = (self.date(jour), self.nombre(mois));
                Arbre::Date(DateExpr::AjouteMois(Box::new((jour?, mois?))))
            }
            "jour_semaine" => Arbre::Choix(Choix::JourSemaine(self.une_date(lus)?), NOMS_DES_JOURS.clone()),
            "semaine_iso" => Arbre::Nombre(Nombre::SemaineIso(Box::new(self.une_date(lus)?))),
            "est_ferie" => Arbre::Booleen(Booleen::EstFerie(Box::new(self.une_date(lus)?))),
            "est_ecole" => Arbre::Booleen(Booleen::EstEcole(Box::new(self.une_date(lus)?))),
            "date" => Arbre::Date(self.une_date(lus)?),
            _ => return None,
        })
    }

    fn nombres(&mut self, lus: Vec<Lu>) -> Option<Box<[Nombre]>> {
        // each is read, so that each mistake is reported
        let nombres: Vec<Option<Nombre>> = lus.into_iter().map(|lu| self.nombre(lu)).collect();
        nombres.into_iter().collect()
    }

    fn une_date(&mut self, lus: Vec<Lu>) -> Option<DateExpr> {
        let [jour] = <[Lu; 1]>::try_from(lus).ok()?;
        self.date(jour)
    }

    fn deux_dates(&mut self, lus: Vec<Lu>) -> Option<Box<(DateExpr, DateExpr)>> {
        let [a, b] = <[Lu; 2]>::try_from(lus).ok()?;
        let (a, b) = (self.date(a), self.date(b));
        Some(Box::new((a?, b?)))
    }

    /// `arrondi(x, 2)`: the number of decimals is written, so that the checker knows where digits are lost.
    fn arrondi(&mut self, lus: Vec<Lu>, sens: SensArrondi) -> Option<Arbre> {
        let [x, decimales] = <[Lu; 2]>::try_from(lus).ok()?;
        let etendue = decimales.etendue;
        let (x, decimales) = (self.nombre(x), self.nombre(decimales));
        let decimales = match decimales? {
            Nombre::Constante(n) => fonctions::entier(n).ok().and_then(|n| u32::try_from(n).ok()),
            _ => None,
        };
        match decimales.filter(|n| *n <= DECIMALES_MAX) {
            Some(n) => Some(Arbre::Nombre(Nombre::Arrondi(Box::new(x?), n, sens))),
            None => {
                let message = format!("le nombre de décimales s'écrit en chiffres, de 0 à {DECIMALES_MAX}");
                self.erreur("RHA04", etendue, message, Some("par exemple arrondi(x, 2)".to_owned()));
                None
            }
        }
    }

    /// The only place where a fact that may be absent needs no guard.
    fn est_connu(&mut self, x: &rhai::Expr, ici: Etendue) -> Lu {
        let Some((nom, etendue)) = self.nom_de_fait(x) else {
            let aide = Some("par exemple est_connu(quotient)".to_owned());
            self.erreur("RHA04", ici, "est_connu attend le nom d'une information", aide);
            return Self::inconnu(ici);
        };
        let tout = ici.avec(etendue);
        let Some(fait) = self.trouve(&nom, etendue) else { return Self::inconnu(tout) };
        self.lus.push(fait);
        Lu { si_vrai: vec![fait], ..Lu::new(Arbre::Booleen(Booleen::EstConnu(fait)), tout) }
    }

    fn parametre(&mut self, x: &rhai::Expr, ici: Etendue) -> Lu {
        let rhai::Expr::StringConstant(nom, position) = x else {
            let aide = Some("par exemple parametre(\"plafond_repas\")".to_owned());
            self.erreur("RHA04", ici, "parametre attend un nom entre guillemets", aide);
            return Self::inconnu(ici);
        };
        let etendue = self.mot(*position);
        let Some(indice) = self.symboles.parametre(nom) else {
            let aide = Some("les paramètres se déclarent dans baremes/*.yaml, clé « parametres »".to_owned());
            self.erreur("RHA02", etendue, format!("le paramètre « {nom} » n'est pas déclaré"), aide);
            return Self::inconnu(ici.avec(etendue));
        };
        Lu::new(Arbre::Nombre(Nombre::Parametre(indice)), ici.avec(etendue))
    }
}
