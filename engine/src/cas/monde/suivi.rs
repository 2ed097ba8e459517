//! The steps of a case that follow a dossier: messages, appointments, documents asked, copies.

use super::demarche::Cible;
use super::{Arret, Impossible, Monde, Suite};
use crate::cas::compare::Obtenus;
use crate::cas::rapport::Obtenu;
use crate::decision::{Auteur, Suivant};
use crate::definition::lecture::{Booleen, Sp};
use crate::definition::raw::cas::{RawActeur, RawDepot};
use crate::definition::raw::cas_suivi::{
    RawAvis, RawDemanderPieces, RawDupliquer, RawEcrire, RawLire, RawRattacher, RawRendezVousCas,
    RawSupprimer,
};
use crate::demarche::{Cote, Demarche, Dossier, Echange, Evenement, Reponses, Vises, recopiee};
use crate::identifiant::{FoyerId, PersonneId};

impl Monde<'_> {
    fn un_evenement(
        &mut self,
        nom: &str,
        par: Option<&RawActeur>,
        evenement: &Evenement,
    ) -> Result<Suite, Arret> {
        let (id, _, auteur) = self.sur(nom, par)?;
        let mut decisions = Vec::new();
        self.fait_sur(&id, evenement, &auteur, &mut decisions)?;
        Ok(Suite { dossier: id, decisions })
    }

    /// `ecrire`.
    pub(in crate::cas) fn ecrit_un_message(
        &mut self,
        e: &RawEcrire,
        par: Option<&RawActeur>,
    ) -> Result<Suite, Arret> {
        self.un_evenement(&e.dossier, par, &Evenement::Ecrire { texte: e.texte.0.clone() })
    }

    /// `lire`.
    pub(in crate::cas) fn lit_un_message(
        &mut self,
        l: &RawLire,
        par: Option<&RawActeur>,
    ) -> Result<Suite, Arret> {
        let n = u32::try_from(l.message.0).unwrap_or(0);
        self.un_evenement(&l.dossier, par, &Evenement::LireEchange { n })
    }

    /// `rendez_vous`.
    pub(in crate::cas) fn rendez_vous(
        &mut self,
        r: &RawRendezVousCas,
        par: Option<&RawActeur>,
    ) -> Result<Suite, Arret> {
        let evenement = match (&r.debut, &r.annule, &r.tenu) {
            (Some(debut), None, None) => Evenement::PrendreRendezVous { debut: debut.0 },
            (None, Some(Sp { valeur: Booleen(true), .. }), None) => Evenement::AnnulerRendezVous,
            (None, None, Some(tenu)) => Evenement::ConstaterRendezVous { tenu: tenu.0 },
            _ => return Err(Impossible("dites `debut`, `annule: oui` ou `tenu`".into()).into()),
        };
        self.un_evenement(&r.dossier, par, &evenement)
    }

    /// `demander_pieces`.
    pub(in crate::cas) fn demande_des_pieces(
        &mut self,
        d: &RawDemanderPieces,
        par: Option<&RawActeur>,
    ) -> Result<Suite, Arret> {
        let pieces = d.pieces.iter().map(|p| p.to_string()).collect();
        self.un_evenement(&d.dossier, par, &Evenement::DemanderPieces { pieces, texte: d.texte.0.clone() })
    }

    /// `avis`.
    pub(in crate::cas) fn rend_un_avis(
        &mut self,
        a: &RawAvis,
        par: Option<&RawActeur>,
    ) -> Result<Suite, Arret> {
        let evenement = Evenement::RendreAvis { favorable: a.favorable.0, texte: a.texte.0.clone() };
        self.un_evenement(&a.dossier, par, &evenement)
    }

    /// `supprimer`.
    pub(in crate::cas) fn supprime(
        &mut self,
        s: &RawSupprimer,
        par: Option<&RawActeur>,
    ) -> Result<Suite, Arret> {
        self.un_evenement(&s.dossier, par, &Evenement::SupprimerBrouillon)
    }

    /// `dupliquer`.
    pub(in crate::cas) fn duplique(
        &mut self,
        d: &RawDupliquer,
        par: Option<&RawActeur>,
    ) -> Result<Suite, Arret> {
        let source = self.dossier(&d.de)?;
        let source = self.dossiers.get(&source).cloned();
        let source = source.ok_or_else(|| Impossible(format!("le dossier `{}` a disparu", d.de.as_str())))?;
        let demarche = self.demarche(&source.demarche)?;
        let (enfant, foyer) = self.enfant(&d.enfant)?;
        let auteur = self.auteur(par, Some(&foyer), demarche)?;
        let foyer = source.foyer.clone();
        let cible = Cible { foyer: foyer.as_ref(), enfant: Some(&enfant) };
        let evenement = Evenement::Dupliquer { source: Box::new(source), enfant: Some(enfant.clone()) };
        let decision = self.decide(demarche, None, cible, &evenement, &auteur)?;
        self.applique(&decision)?;
        let Suivant::Dossier(neuf) = &decision.suivant else {
            return Err(Impossible("la copie n'a pas créé de dossier".into()).into());
        };
        let id = neuf.id.clone();
        self.noms.insert(d.dossier.to_string(), id.clone());
        Ok(Suite { dossier: id, decisions: vec![decision] })
    }

    /// `rattacher`.
    pub(in crate::cas) fn rattache(&mut self, r: &RawRattacher) -> Result<Suite, Arret> {
        let id = self.dossier(&r.dossier)?;
        let f = self.foyer(&r.foyer)?;
        let foyer = f.foyer.id.clone();
        let auteur = Auteur::Parent { personne: f.parent.clone(), foyer: foyer.clone() };
        let mut decisions = Vec::new();
        self.fait_sur(&id, &Evenement::Rattacher { foyer }, &auteur, &mut decisions)?;
        Ok(Suite { dossier: id, decisions })
    }

    /// The boxes « identique » of a deposit, ticked.
    pub(super) fn recopie(
        &self,
        demarche: &Demarche,
        depot: &RawDepot,
        (foyer, enfant): (Option<&FoyerId>, Option<&PersonneId>),
        reponses: &mut Reponses,
    ) -> Result<(), Impossible> {
        let demandeur = self.foyers.values().find(|f| Some(&f.foyer.id) == foyer).map(|f| &f.parent);
        for nom in &depot.recopie {
            let Some(champ) = demarche.champ(nom) else {
                return Err(Impossible(format!("la démarche n'a pas de champ `{}`", nom.as_str())));
            };
            let vises = Vises { foyer, demandeur, enfant };
            let jour = self.heure().date();
            let copie = recopiee(champ, reponses, &self.dates, vises, jour, self.maintenant);
            reponses.0.extend(copie.map(|r| (nom.to_string(), r)));
        }
        Ok(())
    }
}

/// Messages, appointment, documents received, fields answered.
pub(super) fn montre_le_suivi(dossier: &Dossier, obtenus: &mut Obtenus) {
    let suivi = &dossier.suivi;
    let rendez_vous = suivi.rendez_vous.as_ref().map_or_else(|| "aucun".to_owned(), |r| r.debut.to_string());
    obtenus.insert("rendez_vous", Obtenu::Mot(rendez_vous));
    let attend = |e: &Echange| match e.de {
        Cote::Famille => "agent".to_owned(),
        Cote::Service => "parent".to_owned(),
    };
    let non_lus = suivi.echanges.iter().filter(|e| e.lu_le.is_none()).map(attend).collect();
    obtenus.insert("non_lus", Obtenu::Liste(non_lus));
    obtenus.insert("remplis", Obtenu::Liste(dossier.reponses.0.keys().cloned().collect()));
    obtenus.insert("recues", Obtenu::Liste(dossier.pieces.keys().cloned().collect()));
}
