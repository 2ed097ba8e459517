//! The town as the kernel asks it: tariffs, scripts, calendars.

use std::sync::Arc;

use jiff::civil::Date;
use rules::bareme::{Bareme, BaremeId, Tarifs};
use rules::calendrier::Calendrier;
use rules::expression::Hote;
use rules::faits::{FaitId, Faits, Symboles};
use rules::script::{HotePartage, Script, ValeurScript};
use rules::valeur::{Domaine, Valeur};
use rust_decimal::Decimal;

use crate::commune::Commune;

/// The amount so far, for a script that changes a line's price.
const COURANT: &str = "courant";

impl Hote for Commune {
    fn est_ferie(&self, jour: Date) -> Option<bool> {
        self.calendrier.est_ferie(jour).ok()
    }

    fn est_ecole(&self, jour: Date) -> Option<bool> {
        self.calendrier.est_ecole(jour).ok()
    }
}

/// The calendar alone, shared with a running script.
struct Jours(Arc<Calendrier>);

impl Hote for Jours {
    fn est_ferie(&self, jour: Date) -> Option<bool> {
        self.0.est_ferie(jour).ok()
    }

    fn est_ecole(&self, jour: Date) -> Option<bool> {
        self.0.est_ecole(jour).ok()
    }
}

impl Tarifs for Commune {
    fn bareme(&self, id: BaremeId) -> Option<&Bareme> {
        let a_sa_place = self.baremes.get(usize::from(id.0)).map(|b| &b.bareme).filter(|b| b.id() == id);
        a_sa_place.or_else(|| self.baremes.iter().map(|b| &b.bareme).find(|b| b.id() == id))
    }

    fn script(&self, script: u16, courant: Option<Decimal>, faits: &Faits<'_>) -> Result<Decimal, String> {
        let Some(script) = self.scripts_compiles.get(usize::from(script)) else {
            return Err("ce script n’est pas chargé".to_owned());
        };
        match execute(self, script, courant, faits)? {
            ValeurScript::Nombre(n) => Ok(n),
            _ => Err(format!("{} ne répond pas par un montant", script.nom())),
        }
    }

    fn hote(&self) -> &dyn Hote {
        self
    }
}

/// The value of a derived fact that the script at `chemin` computes.
pub(crate) fn fait_par_script(
    commune: &Commune,
    chemin: &str,
    fait: FaitId,
    faits: &Faits<'_>,
) -> Result<Valeur, String> {
    let place = commune.scripts.iter().position(|s| s == chemin);
    let Some(script) = place.and_then(|i| commune.scripts_compiles.get(i)) else {
        return Err(format!("le script {chemin} n’est pas chargé"));
    };
    let domaine = commune.vocabulaire.domaine(fait);
    let valeur = match execute(commune, script, None, faits)? {
        ValeurScript::Absent => Some(Valeur::Absent),
        ValeurScript::Nombre(n) => Some(Valeur::Nombre(n)),
        ValeurScript::Booleen(b) => Some(Valeur::Booleen(b)),
        ValeurScript::Texte(t) => domaine.choix(&t),
        ValeurScript::Date(d) => Some(Valeur::Date(d)),
        ValeurScript::Heure(h) => Some(Valeur::Heure(h)),
        ValeurScript::Liste(_) => None,
    };
    valeur.ok_or_else(|| format!("{chemin} répond hors de ce que le fait déclare"))
}

fn execute(
    commune: &Commune,
    script: &Script,
    courant: Option<Decimal>,
    faits: &Faits<'_>,
) -> Result<ValeurScript, String> {
    let mut entrees = Vec::new();
    for entree in &script.contrat().entrees {
        if let (COURANT, Some(montant)) = (&*entree.nom, courant) {
            entrees.push(ValeurScript::Nombre(montant));
            continue;
        }
        let fait =
            commune.vocabulaire.fait(&entree.nom).or_else(|| commune.vocabulaire.fait(&entree.declare));
        let Some(fait) = fait else {
            return Err(format!(
                "{} lit « {} », qui n’est pas une information connue",
                script.nom(),
                entree.nom
            ));
        };
        entrees.push(pour_script(commune.vocabulaire.domaine(fait), faits.valeur(fait)));
    }
    let hote: HotePartage = Arc::new(Jours(Arc::clone(&commune.calendrier)));
    script.execute(&entrees, &hote).map_err(|e| format!("{} : {e}", script.nom()))
}

fn pour_script(domaine: &Domaine, valeur: Valeur) -> ValeurScript {
    let nom = |i: usize| match domaine {
        Domaine::Choix(noms) | Domaine::Ensemble(noms) => noms.get(i).cloned(),
        _ => None,
    };
    match valeur {
        Valeur::Absent => ValeurScript::Absent,
        Valeur::Booleen(b) => ValeurScript::Booleen(b),
        Valeur::Choix(i) => nom(usize::from(i)).map_or(ValeurScript::Absent, ValeurScript::Texte),
        Valeur::Nombre(n) => ValeurScript::Nombre(n),
        Valeur::Date(d) => ValeurScript::Date(d),
        Valeur::Heure(h) => ValeurScript::Heure(h),
        Valeur::Duree(n) => ValeurScript::Nombre(n.into()),
        Valeur::Ensemble(bits) => {
            let presents = (0..64).filter(|i| bits >> i & 1 == 1).filter_map(nom);
            ValeurScript::Liste(presents.map(|n| vec![ValeurScript::Texte(n)]).collect())
        }
    }
}
