//! The town's words, for the sentence of a line.

use std::collections::BTreeMap;

use rules::ajustement::Ligne;
use rules::bareme::PartId;
use rules::date_fr::date_longue;
use rules::faits::{FaitId, Symboles};
use rules::lieu::Lieu;
use rules::montant::Montant;
use rules::phrase::{self, Noms, Source};
use rules::selection::Selection;
use rules::trace::Pas;
use rules::valeur::{Domaine, Valeur};

use super::{Acte, FaitLu, ensemble::SANS_RESERVATION};
use crate::commune::Commune;
use crate::decision::Refus;
use crate::definition::resolve::CHOIX;
use crate::service::{NomRegle, NomsRegles, Tarif};
use crate::vocabulaire::Origine;

/// The words of one line.
pub(super) struct Mots<'a> {
    commune: &'a Commune,
    faits: &'a BTreeMap<FaitId, FaitLu>,
    regles: BTreeMap<Lieu, String>,
}

impl<'a> Mots<'a> {
    pub(super) fn nouveaux(
        commune: &'a Commune,
        noms: Option<&NomsRegles>,
        acte: &Acte,
        faits: &'a BTreeMap<FaitId, FaitLu>,
    ) -> Self {
        let mut regles = BTreeMap::new();
        let service = commune.prestation(&acte.prestation).and_then(|(s, _)| s.regles(acte.au));
        let delai = commune.vocabulaire.fait("delai");
        let sans_reservation = acte.circonstances.delai.as_deref() == Some(SANS_RESERVATION);
        if let Some(noms) = noms {
            for (i, n) in noms.ajustements.iter().enumerate() {
                let etape = service.and_then(|s| s.pipeline.ajustements.get(i));
                let du_delai = etape.is_some_and(|a| a.si.faits_lus().any(|f| Some(f) == delai));
                let texte = if sans_reservation && du_delai {
                    sans_reserver(acte.circonstances.echeance.as_deref())
                } else {
                    en_mots(n)
                };
                regles.insert(n.lieu, texte);
            }
            for n in noms.sur_periode.iter().chain(&noms.penalites).chain(&noms.frais).chain(&noms.tiers) {
                regles.insert(n.lieu, en_mots(n));
            }
        }
        Self { commune, faits, regles }
    }

    /// The sentence of the line.
    pub(super) fn phrase(
        &self,
        nom: &str,
        ligne: &Ligne,
        montant: &Result<Montant, Refus>,
        pas: &[Pas],
        tarif: &Tarif,
    ) -> String {
        match (montant, tarif) {
            (Err(refus), _) => {
                let raisons = phrase::raisons(pas, self);
                let motif =
                    refus.motif.strip_prefix(nom).and_then(|m| m.strip_prefix(" : ")).unwrap_or(&refus.motif);
                format!("{nom} du {} : {motif}{raisons}", date_longue(ligne.jour))
            }
            (Ok(montant), Tarif::Gratuit(pourquoi)) if montant.en_centimes() == 0 => {
                let pourquoi = match pourquoi.strip_prefix(CHOIX) {
                    Some(choix) => format!("gratuit, à confirmer par la commune : {choix}"),
                    None => format!("gratuit. Règle votée : {pourquoi}"),
                };
                format!("{nom} du {} : {pourquoi}.", date_longue(ligne.jour))
            }
            (Ok(montant), _) => phrase::phrase(nom, ligne.jour, *montant, pas, self),
        }
    }
}

/// « présent sans réservation (échéance : jeudi 4 septembre 2025 à 6 h) ».
fn sans_reserver(echeance: Option<&str>) -> String {
    match echeance {
        Some(echeance) => format!("présent sans réservation (échéance : {echeance})"),
        None => "présent sans réservation".to_owned(),
    }
}

fn en_mots(nom: &NomRegle) -> String {
    nom.nom.clone()
}

impl Noms for Mots<'_> {
    fn fait(&self, fait: FaitId) -> &str {
        let Some(symbole) = self.commune.vocabulaire.symbole(fait) else { return "" };
        // « Quotient 900 », whatever longer name forms show
        match &symbole.lecture {
            Some(lecture) if lecture.genre == "quotient" => "Quotient",
            _ => &symbole.libelle,
        }
    }

    fn valeur(&self, fait: FaitId, valeur: Valeur) -> Option<String> {
        let symbole = self.commune.vocabulaire.symbole(fait)?;
        let Valeur::Choix(i) = valeur else { return None };
        if let Some(zonage) = self.commune.zonages.iter().find(|z| z.fait == fait) {
            return zonage.zones.get(usize::from(i)).map(|z| z.nom.clone());
        }
        // what the line already says by its product or its day is no reason
        if symbole.origine == Origine::Integree && !["mode", "delai", "periode"].contains(&&*symbole.nom) {
            return None;
        }
        match &symbole.domaine {
            Domaine::Choix(noms) => noms.get(usize::from(i)).map(|n| n.replace('_', " ")),
            _ => None,
        }
    }

    fn provenance(&self, fait: FaitId) -> Option<&str> {
        self.faits.get(&fait)?.provenance.as_deref()
    }

    fn conditions(&self, lieu: Lieu) -> &[(FaitId, Selection)] {
        let grilles =
            self.commune.baremes.iter().flat_map(|b| b.bareme.versions()).filter_map(|v| v.grille.as_ref());
        let mut lignes = grilles.flat_map(|g| g.table().lignes());
        lignes.find(|l| l.lieu == lieu).map_or(&[], |l| &l.conditions)
    }

    fn regle(&self, lieu: Lieu) -> Option<&str> {
        self.regles.get(&lieu).map(String::as_str)
    }

    fn source(&self, lieu: Lieu) -> Option<Source<'_>> {
        let source: &str = self.commune.lieux.detail(lieu)?.source.as_deref()?;
        Some(source.strip_prefix(CHOIX).map_or(Source::Vote(source), Source::Choix))
    }

    fn part(&self, part: PartId) -> &str {
        self.commune.parts.get(usize::from(part.0)).map_or("", String::as_str)
    }
}
