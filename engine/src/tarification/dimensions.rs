//! The values that the rules of one act read, in the order of the vocabulary.

use jiff::civil::{Date, Weekday};
use rules::calendrier::Periode;
use rules::expression::Hote;
use rules::faits::{FaitId, Symboles};
use rules::mesure::ErreurMesure;
use rules::scalaire::MOIS;
use rules::valeur::Valeur;
use rust_decimal::Decimal;

use super::{Acte, Famille, ensemble, ville};
use crate::annee;
use crate::commune::Commune;
use crate::decision::Refus;
use crate::derive::{self, CauseDerive};
use crate::vocabulaire::JOURS;

/// The values of one line and the named figures in force that day.
#[derive(Clone, Debug)]
pub(crate) struct Valeurs {
    /// By `FaitId`.
    pub(crate) faits: Vec<Valeur>,
    /// By number.
    pub(crate) parametres: Vec<Valeur>,
}

impl Valeurs {
    /// As rules read them.
    pub(crate) fn faits(&self) -> rules::faits::Faits<'_> {
        rules::faits::Faits { valeurs: &self.faits, parametres: &self.parametres }
    }

    /// One of a dimension's names. A name that the dimension does not have leaves it absent.
    pub(crate) fn choix(&mut self, commune: &Commune, dimension: &str, nom: Option<&str>) {
        let id = commune.vocabulaire.fait(dimension);
        let valeur = id.zip(nom).and_then(|(id, nom)| commune.vocabulaire.domaine(id).choix(nom));
        self.pose(id, valeur.unwrap_or(Valeur::Absent));
    }

    /// A value of a built-in dimension.
    pub(crate) fn valeur(&mut self, commune: &Commune, dimension: &str, valeur: Valeur) {
        self.pose(commune.vocabulaire.fait(dimension), valeur);
    }

    fn pose(&mut self, id: Option<FaitId>, valeur: Valeur) {
        if let Some(case) = id.and_then(|id| self.faits.get_mut(usize::from(id.0))) {
            *case = valeur;
        }
    }
}

/// Everything that the rules may read about `acte`, derived facts included. `actes` are the family's acts it is one of.
pub(crate) fn valeurs(
    commune: &Commune,
    famille: &Famille,
    actes: &[&Acte],
    acte: &Acte,
) -> Result<Valeurs, Refus> {
    let mut v = Valeurs {
        faits: vec![Valeur::Absent; commune.vocabulaire.len()],
        parametres: parametres(commune, acte.au),
    };
    du_jour(commune, acte.jour, &mut v);
    de_lacte(commune, acte, &mut v);
    ensemble::pose(commune, famille, actes, acte, &mut v.faits);
    for (id, valeur) in acte.connus.iter() {
        v.pose(Some(id), valeur);
    }
    mesure(commune, acte, &mut v);
    derives(commune, &mut v.faits, &v.parametres, acte.jour).map_err(|e| {
        let symbole = commune.vocabulaire.symbole(e.id);
        let nom = symbole.map_or("", |s| s.libelle.as_str());
        let cause = match &e.cause {
            CauseDerive::Table(_) => "aucune ligne de son tableau ne prévoit ce cas".to_owned(),
            CauseDerive::Calcul(c) => c.to_string(),
            CauseDerive::Script(motif) => motif.clone(),
        };
        let mut refus =
            Refus::nouveau("fait_calcule", format!("« {nom} » ne peut pas être calculé : {cause}."));
        refus.lieu = symbole.map(|s| s.lieu);
        refus.fait_manquant = symbole.map(|s| s.nom.as_str().into());
        refus
    })?;
    Ok(v)
}

/// Fills the derived facts from the others on `jour`; those after the one that fails stay as they were.
pub fn derives(
    commune: &Commune,
    valeurs: &mut [Valeur],
    parametres: &[Valeur],
    jour: Date,
) -> Result<(), derive::ErreurDerive> {
    let scripts = |chemin: &str, fait, faits: &rules::faits::Faits<'_>| {
        ville::fait_par_script(commune, chemin, fait, faits)
    };
    let hote = (commune as &dyn Hote, &scripts as derive::Scripts<'_>);
    derive::remplit(&commune.derives, valeurs, parametres, jour, annee::rentree(commune, jour), hote)
}

/// The named figures in force on `jour`; absent before their first version.
pub fn parametres(commune: &Commune, jour: Date) -> Vec<Valeur> {
    let en_vigueur = |versions: &Vec<(Date, Valeur)>| {
        versions.iter().rev().find(|(depuis, _)| *depuis <= jour).map_or(Valeur::Absent, |(_, v)| *v)
    };
    commune.parametres.iter().map(en_vigueur).collect()
}

fn du_jour(commune: &Commune, jour: Date, v: &mut Valeurs) {
    let nom =
        |noms: &'static [&'static str], i: i8| usize::try_from(i).ok().and_then(|i| noms.get(i)).copied();
    v.choix(commune, "jour_semaine", nom(&JOURS, jour.weekday().to_monday_zero_offset()));
    v.valeur(commune, "jour", Valeur::Date(jour));
    v.choix(commune, "mois", nom(&MOIS, jour.month() - 1));
    // beyond the published holidays nobody knows: the dimension stays absent, and rules that read it refuse
    let periode = commune.calendrier.periode(jour).ok().map(|p| match p {
        Periode::Scolaire { .. } => "scolaire".to_owned(),
        Periode::Vacances(vacances) => vacances.id(),
    });
    v.choix(commune, "periode", periode.as_deref());
    let paire = jour.iso_week_date().week() % 2 == 0;
    v.choix(commune, "semaine_iso_parite", Some(if paire { "paire" } else { "impaire" }));
    if let Ok(semaine) = commune.calendrier.feries_semaine(jour) {
        let bits =
            (0_i8..7).filter(|i| Weekday::from_monday_zero_offset(*i).is_ok_and(|j| semaine.contient(j)));
        v.valeur(commune, "feries_semaine", Valeur::Ensemble(bits.fold(0, |b, i| b | 1 << i)));
    }
}

fn de_lacte(commune: &Commune, acte: &Acte, v: &mut Valeurs) {
    let c = &acte.circonstances;
    v.choix(commune, "service", commune.prestation(&acte.prestation).map(|(s, _)| s.id.as_str()));
    v.choix(commune, "prestation", Some(&acte.prestation));
    v.choix(commune, "mode", c.mode.as_deref());
    v.choix(commune, "delai", c.delai.as_deref());
    v.choix(commune, "presence", Some(if c.absent { "absent" } else { "present" }));
    let heure = |h: Option<u16>| h.map_or(Valeur::Absent, Valeur::Heure);
    v.valeur(commune, "arrivee", heure(c.arrivee));
    v.valeur(commune, "depart", heure(c.depart));
    v.valeur(commune, "cout_reel", c.cout_reel.map_or(Valeur::Absent, Valeur::Nombre));
    v.valeur(commune, "quantite", Valeur::Nombre(c.quantite.unwrap_or(Decimal::ONE)));
}

/// The hours of presence, said by the act or among the values given.
fn heures(commune: &Commune, v: &Valeurs) -> Option<(u16, u16)> {
    let heure = |nom: &str| match commune.vocabulaire.fait(nom).map(|f| v.faits().valeur(f)) {
        Some(Valeur::Heure(h)) => Some(h),
        _ => None,
    };
    heure("arrivee").zip(heure("depart"))
}

fn mesure(commune: &Commune, acte: &Acte, v: &mut Valeurs) {
    if let Some((arrivee, depart)) = heures(commune, v) {
        v.valeur(commune, "duree", Valeur::Duree(i32::from(depart) - i32::from(arrivee)));
    }
    if let Ok(q) = quantite(commune, acte, v) {
        v.valeur(commune, "quantite", Valeur::Nombre(q));
    }
}

/// How many units: metered from the hours of presence, said by the act, or one.
pub(super) fn quantite(commune: &Commune, acte: &Acte, v: &Valeurs) -> Result<Decimal, Refus> {
    let prestation = commune.prestation(&acte.prestation).map(|(_, p)| p);
    let Some((p, mesure)) = prestation.and_then(|p| p.mesure.as_ref().map(|m| (p, m))) else {
        return Ok(match commune.vocabulaire.fait("quantite").map(|f| v.faits().valeur(f)) {
            Some(Valeur::Nombre(n)) => n,
            _ => Decimal::ONE,
        });
    };
    let refus = |motif: String| Refus::nouveau("mesure", motif).lieu(p.lieu);
    let Some((arrivee, depart)) = heures(commune, v) else {
        let motif =
            format!("« {} » se compte selon l’heure d’arrivée et l’heure de départ : elles manquent.", p.nom);
        return Err(refus(motif));
    };
    mesure.quantite(arrivee, depart).map_err(|e| {
        refus(match e {
            ErreurMesure::DepartAvantArrivee => format!("« {} » : le départ précède l’arrivée.", p.nom),
            ErreurMesure::AuDela => {
                format!("« {} » : la durée dépasse le dernier palier que la commune a voté.", p.nom)
            }
            ErreurMesure::MalDefinie => format!("« {} » : la mesure du temps est mal définie.", p.nom),
        })
    })
}
