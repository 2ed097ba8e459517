//! The town as the kernel asks it: tariffs, scripts, calendars.

use jiff::civil::Date;
use rules::bareme::{Bareme, BaremeId, Tarifs};
use rules::expression::Hote;
use rules::faits::Faits;
use rust_decimal::Decimal;

use crate::commune::Commune;

impl Hote for Commune {
    fn est_ferie(&self, jour: Date) -> Option<bool> {
        self.calendrier.est_ferie(jour).ok()
    }

    fn est_ecole(&self, jour: Date) -> Option<bool> {
        self.calendrier.est_ecole(jour).ok()
    }
}

impl Tarifs for Commune {
    fn bareme(&self, id: BaremeId) -> Option<&Bareme> {
        let a_sa_place = self.baremes.get(usize::from(id.0)).map(|b| &b.bareme).filter(|b| b.id() == id);
        a_sa_place.or_else(|| self.baremes.iter().map(|b| &b.bareme).find(|b| b.id() == id))
    }

    fn script(&self, script: u16, _: Option<Decimal>, _: &Faits<'_>) -> Result<Decimal, String> {
        let nom = self.scripts.get(usize::from(script)).map_or("", String::as_str);
        Err(format!("le script {nom} n’est pas chargé"))
    }

    fn hote(&self) -> &dyn Hote {
        self
    }
}
