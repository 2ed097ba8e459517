//! Why there is no price, in words that the family reads.

use jiff::civil::Date;
use rules::bareme::Refus as SansPrix;
use rules::date_fr;
use rules::lieu::Lieu;

use super::A_DEMANDER;
use crate::commune::Commune;
use crate::decision::Refus;

/// The refusal of the price of `produit` on `jour`.
pub(super) fn refus(commune: &Commune, produit: &str, jour: Date, cause: &SansPrix) -> Refus {
    let nom = commune.prestation(produit).map_or(produit, |(_, p)| p.nom.as_str());
    let (regle, motif, lieu): (&str, String, Lieu) = match cause {
        SansPrix::AucuneVersion { lieu, .. } => {
            let jour = date_fr::date_longue(jour);
            ("aucun_tarif", format!("{nom} : aucun tarif voté n’est en vigueur le {jour}."), *lieu)
        }
        SansPrix::FaitManquant { lieu, fait } => {
            let symbole = commune.vocabulaire.symbole(*fait);
            let libelle = symbole.map_or("", |s| s.libelle.as_str());
            let motif = format!("{nom} : le prix dépend de « {libelle} », que la commune ne connaît pas.");
            let mut refus = Refus::nouveau("fait_manquant", motif).lieu(*lieu);
            refus.fait_manquant = symbole.map(|s| s.nom.as_str().into());
            return refus;
        }
        SansPrix::ADemander { lieu, question } => {
            let question = question.trim_end_matches('.');
            (A_DEMANDER, format!("{nom} : le montant n’est pas publié ({question})."), *lieu)
        }
        SansPrix::CasNonPrevu { lieu } => {
            ("cas_non_prevu", format!("{nom} : la grille votée ne prévoit pas ce cas."), *lieu)
        }
        SansPrix::DeuxLignes { a, .. } => {
            ("deux_lignes", format!("{nom} : deux lignes de la grille votée prévoient ce cas."), *a)
        }
        SansPrix::NonOffert { lieu } => {
            ("non_offert", format!("{nom} : cette prestation n’est pas proposée dans ce cas."), *lieu)
        }
        SansPrix::TypeInattendu { lieu, .. }
        | SansPrix::LigneInconnue { lieu }
        | SansPrix::BaremeInconnu { lieu }
        | SansPrix::Cercle { lieu }
        | SansPrix::Calcul { lieu, .. }
        | SansPrix::Script { lieu, .. }
        | SansPrix::Depassement { lieu }
        | SansPrix::HorsTranche { lieu }
        | SansPrix::Negatif { lieu }
        | SansPrix::SansArrondi { lieu }
        | SansPrix::SansProportion { lieu }
        | SansPrix::PartInconnue { lieu } => {
            ("calcul", format!("{nom} : le prix ne peut pas être calculé ({cause})."), *lieu)
        }
    };
    Refus::nouveau(regle, motif).lieu(lieu)
}
