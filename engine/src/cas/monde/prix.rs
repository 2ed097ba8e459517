//! `prix`: what an act, or a basket, costs.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{Impossible, Monde};
use crate::cas::compare::Obtenus;
use crate::cas::execute::{montre_refus, poses};
use crate::cas::rapport::{LigneObtenue, Obtenu, PasTrace};
use crate::definition::raw::cas::RawDemandePrix;
use crate::tarification::{
    A_DEMANDER, Acte, Circonstances, Connus, Etendue, Famille, LignePricee, Panier, panier,
};

impl Monde<'_> {
    /// Prices, and says what came.
    pub(in crate::cas) fn prix(
        &mut self,
        demande: &RawDemandePrix,
        obtenus: &mut Obtenus,
    ) -> Result<(), Impossible> {
        let mut actes = Vec::new();
        if demande.actes.is_empty() {
            actes.push(self.acte(0, demande, None)?);
        }
        for (n, un) in (0..).zip(&demande.actes) {
            actes.push(self.acte(n, un, Some(demande))?);
        }
        let famille = Famille::default();
        let etendue = Etendue::Acte;
        let panier_demande = Panier { actes: &actes, contexte: &[], famille: &famille, etendue };
        match panier(self.commune, &panier_demande) {
            Ok(lignes) => self.montre_lignes(&lignes, obtenus),
            Err(refus) => {
                for r in &refus {
                    self.note_refus(r);
                }
                montre_refus(&refus, obtenus);
            }
        }
        Ok(())
    }

    fn acte(
        &self,
        numero: u32,
        demande: &RawDemandePrix,
        commun: Option<&RawDemandePrix>,
    ) -> Result<Acte, Impossible> {
        let prestation = demande.prestation.as_ref().or(commun.and_then(|c| c.prestation.as_ref()));
        let Some(prestation) = prestation else {
            return Err(Impossible("le prix de quelle prestation ?".to_owned()));
        };
        let jour = demande.jour.as_ref().or(commun.and_then(|c| c.jour.as_ref()));
        let jour = jour.map_or_else(|| self.heure().date(), |j| j.0);
        let enfant = demande.enfant.as_ref().or(commun.and_then(|c| c.enfant.as_ref()));
        let connus = match enfant {
            Some(nom) => {
                let (id, foyer) = self.enfant(nom)?;
                let foyer = self.foyer(&foyer)?;
                self.connus(foyer, Some(&id), jour).map_err(|r| {
                    Impossible(r.iter().map(|r| r.motif.to_string()).collect::<Vec<_>>().join(" "))
                })?
            }
            None => Connus::default(),
        };
        let communs = commun.map(|c| poses(self.commune, &c.faits)).transpose()?.unwrap_or_default();
        let connus = connus.avec(communs).avec(poses(self.commune, &demande.faits)?);
        let mut acte = Acte::seul(prestation, jour, Circonstances::default(), connus);
        acte.numero = numero;
        Ok(acte)
    }

    /// The lines, their sum, and the adjustments in them.
    pub(in crate::cas) fn montre_lignes(&mut self, lignes: &[LignePricee], obtenus: &mut Obtenus) {
        let mut vues = Vec::new();
        let mut somme = Some(Decimal::ZERO);
        let mut echeances = BTreeMap::<String, Decimal>::new();
        let (mut famille, mut tiers) = (Decimal::ZERO, BTreeMap::<String, Decimal>::new());
        for ligne in lignes {
            self.touches.insert(ligne.lieu);
            self.touches.extend(ligne.pas.iter().map(|p| p.lieu));
            self.trace.push(PasTrace {
                regle: format!("prix.{}", ligne.produit),
                lieu: self.commune.lieux.texte(ligne.lieu),
                resultat: ligne.phrase.clone(),
            });
            match &ligne.montant {
                Ok(m) => {
                    somme = somme.and_then(|s| s.checked_add(m.en_euros()));
                    famille = famille.saturating_add(ligne.famille.unwrap_or(*m).en_euros());
                    for (qui, part) in &ligne.tiers {
                        let du = tiers.entry(qui.clone()).or_default();
                        *du = du.saturating_add(part.en_euros());
                    }
                    vues.push(LigneObtenue {
                        ajustement: None,
                        penalite: ligne.penalite.clone(),
                        prestation: ligne.produit.clone(),
                        montant: m.en_euros(),
                    });
                }
                Err(refus) => {
                    self.touches.extend(refus.lieu);
                    somme = None;
                    if &*refus.regle == A_DEMANDER {
                        obtenus.insert("a_demander", Obtenu::Booleen(true));
                    } else {
                        montre_refus(std::slice::from_ref(refus), obtenus);
                    }
                }
            }
            for (mois, montant) in &ligne.echeances {
                let du_mois = echeances.entry((*mois).to_owned()).or_insert(Decimal::ZERO);
                *du_mois = du_mois.saturating_add(montant.en_euros());
            }
            self.touches.extend(ligne.etapes.iter().map(|e| e.lieu));
            vues.extend(ligne.etapes.iter().filter_map(|e| {
                let (prestation, montant) = (ligne.produit.clone(), e.ecart?);
                Some(LigneObtenue { ajustement: Some(e.id.clone()), penalite: None, prestation, montant })
            }));
        }
        if let Some(somme) = somme {
            obtenus.insert("prix", Obtenu::Montant(somme));
            obtenus.insert("total", Obtenu::Montant(somme));
            if !echeances.is_empty() {
                obtenus.insert("echeances", Obtenu::Sommes(echeances));
            }
            if !tiers.is_empty() {
                obtenus.insert("famille", Obtenu::Montant(famille));
                obtenus.insert("tiers", Obtenu::Sommes(tiers));
            }
        }
        obtenus.insert("lignes", Obtenu::Lignes(vues));
    }
}
