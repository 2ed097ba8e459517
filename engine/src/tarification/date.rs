//! `date_du_prix`: the day whose tariffs, rules and facts make a price.

use jiff::civil::Date;
use rules::date_fr::date_longue;
use rules::repere::{self, SiJourFerme, Verbe};

use crate::annee;
use crate::commune::{Commune, DateDuPrix};
use crate::decision::Refus;
use crate::regie::{Facturation, Periode};

/// The day whose tariffs and facts price a service day that was booked (or came unbooked) on `reserve_le`.
pub fn jour_du_prix(
    commune: &Commune,
    prestation: &str,
    jour: Date,
    reserve_le: Date,
) -> Result<Date, Refus> {
    match commune.date_du_prix {
        DateDuPrix::JourDuService => Ok(jour),
        DateDuPrix::Reservation => Ok(reserve_le),
        DateDuPrix::Facture => emise(commune, prestation, jour),
    }
}

/// The day on which the invoice of that service day is issued.
fn emise(commune: &Commune, prestation: &str, jour: Date) -> Result<Date, Refus> {
    let refus = |raison: String| {
        let motif = format!("Le prix est celui du jour de la facture : {raison}.");
        Refus::nouveau("date_du_prix", motif)
    };
    let Some((_, p)) = commune.prestation(prestation) else {
        return Err(refus(format!("la commune n’a pas de prestation « {prestation} »")));
    };
    // what is never billed has no other day than its own
    let Some(flux) = &p.facturation else { return Ok(jour) };
    let facturation = commune.regie.as_ref().and_then(|r| r.facturation(flux));
    let Some((facturation, emise)) = facturation.and_then(|f| f.emise.as_ref().map(|e| (f, e))) else {
        return Err(refus("la commune ne dit pas quand elle est émise".to_owned()).lieu(p.lieu));
    };
    let fin = dernier_jour(commune, facturation, jour).ok_or_else(|| {
        refus(format!("le calendrier ne dit pas où finit l’année du {}", date_longue(jour)))
    })?;
    let contexte = repere::Contexte {
        jour: fin,
        debut_creneau: None,
        periode: None,
        fuseau: &commune.fuseau,
        calendrier: &commune.calendrier,
        si_jour_ferme: SiJourFerme::Garde,
    };
    let le = emise.instant(Verbe::Des, &contexte);
    let le = le.map_err(|e| refus(format!("son jour ne se calcule pas ({e})")).lieu(facturation.lieu))?;
    Ok(commune.fuseau.to_datetime(le.instant).date())
}

/// The last day that the invoice of `jour` covers.
fn dernier_jour(commune: &Commune, facturation: &Facturation, jour: Date) -> Option<Date> {
    let mois = |de: i8| {
        let dernier = (jour.month() - 1) / de * de + de;
        Date::new(jour.year(), dernier, 1).ok().map(Date::last_of_month)
    };
    match facturation.periode {
        Periode::Mois => mois(1),
        Periode::Bimestre => mois(2),
        Periode::Trimestre => mois(3),
        Periode::Annee => annee::bornes(commune, jour).map(|(_, fin)| fin),
    }
}
