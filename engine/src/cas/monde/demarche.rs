//! The steps of a case about dossiers: filed, acted on, given documents, looked at.

use std::collections::{BTreeMap, BTreeSet};

use rules::faits::FaitId;
use rules::valeur::Valeur;

use super::{Arret, Impossible, Monde};
use crate::cas::compare::Obtenus;
use crate::cas::lit;
use crate::cas::rapport::Obtenu;
use crate::decision::{Auteur, Decision, Ecriture, Refus, Sortie};
use crate::definition::lecture::{Booleen, Brut, Carte, Sp};
use crate::definition::raw::cas::{
    RawActeur, RawAgir, RawDemandePieces, RawDepot, RawDonPiece, RawPieceDonnee, RawVerifier,
};
use crate::demarche::{
    Acteur, Action, Contexte, Demarche, Dossier, EtatPiece, Evenement, PieceDonnee, Quoi, Reponses, actions,
    decide, demandees_de, pieces_pour, reponses_de, reutilise, vue,
};
use crate::identifiant::{AgentId, DossierId, FichierId, FoyerId, PersonneId};
use crate::tarification::{Connus, Sujets};

/// What a step about a dossier left: the dossier, and the decisions that it took.
pub(in crate::cas) struct Suite {
    pub(in crate::cas) dossier: DossierId,
    pub(in crate::cas) decisions: Vec<Decision>,
}

impl<'c> Monde<'c> {
    pub(super) fn demarche(&self, id: &str) -> Result<&'c Demarche, Impossible> {
        self.commune.demarche(id).ok_or_else(|| Impossible(format!("la commune n'a pas de démarche `{id}`")))
    }

    /// The dossier of that name in the case.
    pub(in crate::cas) fn dossier(&self, nom: &str) -> Result<DossierId, Impossible> {
        self.noms
            .get(nom)
            .cloned()
            .ok_or_else(|| Impossible(format!("le dossier `{nom}` n'est pas commencé")))
    }

    /// The name of the household whose dossier it is; `None`: somebody without an account filed it.
    fn foyer_de(&self, dossier: &Dossier) -> Option<String> {
        let sien = self.foyers.iter().find(|(_, f)| Some(&f.foyer.id) == dossier.foyer.as_ref());
        sien.map(|(nom, _)| nom.clone())
    }

    pub(super) fn auteur(
        &self,
        par: Option<&RawActeur>,
        foyer: Option<&str>,
        demarche: &Demarche,
    ) -> Result<Auteur, Impossible> {
        let agent =
            |role: &str| Auteur::Agent { agent: AgentId::neuf([1; 16]), roles: vec![role.to_owned()] };
        Ok(match par {
            None | Some(RawActeur::Parent) => {
                let sans = || Impossible("ce dossier n'est à aucun foyer : dites `par: public`".into());
                let f = self.foyer(foyer.ok_or_else(sans)?)?;
                Auteur::Parent { personne: f.parent.clone(), foyer: f.foyer.id.clone() }
            }
            Some(RawActeur::Public) => Auteur::Public,
            Some(RawActeur::Agent(None)) => agent(&demarche.instruit_par),
            Some(RawActeur::Agent(Some(role))) => agent(role),
        })
    }

    /// Decides, with everything that a decision may read.
    pub(super) fn decide(
        &mut self,
        demarche: &'c Demarche,
        dossier: Option<&Dossier>,
        cible: Cible<'_>,
        evenement: &Evenement,
        auteur: &Auteur,
    ) -> Result<Decision, Refus> {
        let alea = self.alea.tire();
        self.avec_contexte(demarche, dossier, cible, evenement, auteur, alea, |ctx| {
            decide(demarche, dossier, evenement, ctx)
        })?
    }

    #[expect(clippy::too_many_arguments, reason = "everything that the context of one decision is made of")]
    fn avec_contexte<T>(
        &self,
        demarche: &'c Demarche,
        dossier: Option<&Dossier>,
        cible: Cible<'_>,
        evenement: &Evenement,
        auteur: &Auteur,
        alea: [u8; 16],
        suite: impl FnOnce(&Contexte<'_>) -> T,
    ) -> Result<T, Refus> {
        let commune = self.commune;
        let foyer = self.foyers.values().find(|f| Some(&f.foyer.id) == cible.foyer);
        if foyer.is_none() && cible.foyer.is_some() {
            return Err(Refus::nouveau("dossier.acces", "Foyer inconnu."));
        }
        let sujets = foyer.map(|foyer| Sujets {
            foyer: foyer.foyer.id.clone(),
            enfant: cible.enfant.cloned(),
            responsable: Some(foyer.parent.clone()),
        });
        let mut vue = vue(
            commune,
            demarche,
            (&self.dates, sujets.as_ref()),
            (reponses_de(evenement, dossier), &demandees_de(dossier)),
            self.maintenant,
        );
        if let Some(defaut) = vue.defauts.into_iter().next() {
            return Err(defaut);
        }
        if let Some(foyer) = foyer {
            let siens = self.dossiers.values().filter(|d| d.foyer.as_ref() == Some(&foyer.foyer.id));
            let siens: Vec<Dossier> = siens.cloned().collect();
            let qui = (dossier, cible.enfant.or(dossier.and_then(|d| d.enfant.as_ref())));
            reutilise(commune, &mut vue.pieces, &siens, qui, self.maintenant);
        }
        let ctx = Contexte {
            maintenant: self.maintenant,
            fuseau: &commune.fuseau,
            calendrier: &commune.calendrier,
            hote: &*commune.calendrier,
            auteur,
            foyer: foyer.map(|f| &f.foyer),
            faits: &self.dates,
            valeurs: &vue.valeurs,
            parametres: &vue.parametres,
            pieces: &vue.pieces,
            judiciaires: commune.vocabulaire.de_sensibilite("judiciaire"),
            annee_scolaire: vue.annee_scolaire.as_deref(),
            alea,
        };
        Ok(suite(&ctx))
    }

    /// An event on a stored dossier.
    pub(super) fn decide_dossier(
        &mut self,
        id: &DossierId,
        evenement: &Evenement,
        auteur: &Auteur,
    ) -> Result<Decision, Refus> {
        let inconnu = || Refus::nouveau("dossier.inconnu", "Ce dossier n’existe pas.");
        let dossier = self.dossiers.get(id).cloned().ok_or_else(inconnu)?;
        let demarche = self.commune.demarche(&dossier.demarche).ok_or_else(inconnu)?;
        let cible = Cible { foyer: dossier.foyer.as_ref(), enfant: dossier.enfant.as_ref() };
        self.decide(demarche, Some(&dossier), cible, evenement, auteur)
    }

    pub(super) fn fait_sur(
        &mut self,
        id: &DossierId,
        evenement: &Evenement,
        auteur: &Auteur,
        decisions: &mut Vec<Decision>,
    ) -> Result<(), Arret> {
        let decision = self.decide_dossier(id, evenement, auteur)?;
        self.applique(&decision)?;
        decisions.push(decision);
        Ok(())
    }

    /// `commencer`, `deposer`: all of it, or nothing of it. Without `envoie`, the dossier stays a draft.
    pub(in crate::cas) fn depose(
        &mut self,
        depot: &RawDepot,
        par: Option<&RawActeur>,
        envoie: bool,
    ) -> Result<Suite, Arret> {
        let avant = (self.dossiers.clone(), self.noms.clone(), self.echeances.clone(), self.numeros.clone());
        let places = self.places.clone();
        let decidees = self.decisions.len();
        let suite = self.depose_tout(depot, par, envoie);
        if suite.is_err() {
            (self.dossiers, self.noms, self.echeances, self.numeros) = avant;
            self.decisions.truncate(decidees);
            self.places = places;
        }
        suite
    }

    fn depose_tout(
        &mut self,
        depot: &RawDepot,
        par: Option<&RawActeur>,
        envoie: bool,
    ) -> Result<Suite, Arret> {
        let demarche = self.demarche(&depot.demarche)?;
        let (enfant, foyer) = self.pour_qui(depot, par)?;
        let auteur = self.auteur(par, foyer.as_deref(), demarche)?;
        let foyer_id = foyer.map(|f| self.foyer(&f).map(|f| f.foyer.id.clone())).transpose()?;
        let mut reponses = self.reponses(demarche, depot.champs.as_ref())?;
        self.recopie(demarche, depot, (foyer_id.as_ref(), enfant.as_ref()), &mut reponses)?;
        let mut decisions = Vec::new();
        let id = match self.noms.get(depot.dossier.as_str()).cloned() {
            Some(id) => {
                let mut gardees = self.dossiers.get(&id).map(|d| d.reponses.clone()).unwrap_or_default();
                gardees.0.extend(reponses.0);
                let evenement = Evenement::EnregistrerBrouillon { reponses: gardees, vue: None };
                self.fait_sur(&id, &evenement, &auteur, &mut decisions)?;
                id
            }
            None => {
                let evenement =
                    Evenement::Demarrer { foyer: foyer_id.clone(), enfant: enfant.clone(), reponses };
                let cible = Cible { foyer: foyer_id.as_ref(), enfant: enfant.as_ref() };
                let decision = self.decide(demarche, None, cible, &evenement, &auteur)?;
                self.applique(&decision)?;
                let id = match &decision.suivant {
                    crate::decision::Suivant::Dossier(d) => d.id.clone(),
                    _ => return Err(Impossible("la démarche n'a pas créé de dossier".into()).into()),
                };
                decisions.push(decision);
                self.noms.insert(depot.dossier.to_string(), id.clone());
                id
            }
        };
        for piece in &depot.pieces {
            self.donne(&id, piece, &auteur, &mut decisions)?;
        }
        if envoie {
            let action = self.action_d_envoi(demarche, &id)?.id.clone();
            let evenement = Evenement::Agir { action, motif: None, reponses: None, vue: None };
            self.fait_sur(&id, &evenement, &auteur, &mut decisions)?;
        }
        Ok(Suite { dossier: id, decisions })
    }

    /// The action by which the family sends what it wrote.
    fn action_d_envoi(&self, demarche: &'c Demarche, id: &DossierId) -> Result<&'c Action, Impossible> {
        let etape = self.dossiers.get(id).and_then(|d| demarche.etape(&d.etape));
        let envoie = |a: &&Action| {
            let vers = a.vers.as_ref().and_then(|v| demarche.etape(v));
            a.par.contains(&Acteur::Parent)
                && vers
                    .is_some_and(|v| v.phase.silence_court() || v.phase == crate::demarche::Phase::Acceptee)
        };
        etape
            .and_then(|e| e.actions.iter().find(envoie))
            .ok_or_else(|| Impossible("la famille n'a pas d'action pour envoyer ce dossier".into()))
    }

    /// The child and the household; neither for somebody without an account.
    fn pour_qui(
        &self,
        depot: &RawDepot,
        par: Option<&RawActeur>,
    ) -> Result<(Option<PersonneId>, Option<String>), Impossible> {
        if matches!(par, Some(RawActeur::Public)) {
            return Ok((None, None));
        }
        match (&depot.enfant, &depot.foyer) {
            (Some(enfant), foyer) => {
                let (id, sien) = self.enfant(enfant)?;
                Ok((Some(id), Some(foyer.as_ref().map_or(sien, |f| f.to_string()))))
            }
            (None, Some(foyer)) => Ok((None, Some(foyer.to_string()))),
            (None, None) => Err(Impossible("dites `foyer` ou `enfant`".into())),
        }
    }

    fn reponses(
        &self,
        demarche: &Demarche,
        champs: Option<&Sp<Carte<Brut>>>,
    ) -> Result<Reponses, Impossible> {
        let mut reponses = Reponses::default();
        for (cle, noeud) in champs.iter().flat_map(|c| c.valeur.iter()) {
            let Some(champ) = demarche.champ(&cle.texte) else {
                return Err(Impossible(format!("la démarche n'a pas de champ `{}`", cle.texte)));
            };
            reponses.0.insert(cle.texte.clone(), lit::reponse(champ, &noeud.valeur)?);
        }
        Ok(reponses)
    }

    fn donne(
        &mut self,
        id: &DossierId,
        piece: &RawPieceDonnee,
        auteur: &Auteur,
        decisions: &mut Vec<Decision>,
    ) -> Result<(), Arret> {
        let date = piece.date.as_ref().map_or_else(|| self.heure().date(), |d| d.0);
        let fichiers = vec![FichierId::neuf(self.alea.tire())];
        let piece = piece.piece.to_string();
        let donnee = PieceDonnee { piece, fichiers, date: Some(date), ..PieceDonnee::default() };
        self.fait_sur(id, &Evenement::DeposerPiece(donnee), auteur, decisions)
    }

    pub(super) fn sur(
        &self,
        nom: &str,
        par: Option<&RawActeur>,
    ) -> Result<(DossierId, &'c Demarche, Auteur), Impossible> {
        let id = self.dossier(nom)?;
        let inconnu = || Impossible(format!("le dossier `{nom}` a disparu"));
        let dossier = self.dossiers.get(&id).ok_or_else(inconnu)?;
        let demarche = self.demarche(&dossier.demarche)?;
        let auteur = self.auteur(par, self.foyer_de(dossier).as_deref(), demarche)?;
        Ok((id, demarche, auteur))
    }

    /// `agir`.
    pub(in crate::cas) fn agit(&mut self, agir: &RawAgir, par: Option<&RawActeur>) -> Result<Suite, Arret> {
        let (id, demarche, auteur) = self.sur(&agir.dossier, par)?;
        let reponses = match &agir.champs {
            None => None,
            Some(champs) => {
                let mut toutes = self.dossiers.get(&id).map(|d| d.reponses.clone()).unwrap_or_default();
                toutes.0.extend(self.reponses(demarche, Some(champs))?.0);
                Some(toutes)
            }
        };
        let evenement = Evenement::Agir {
            action: agir.action.to_string(),
            motif: agir.motif.as_ref().map(|m| m.0.clone()),
            reponses,
            vue: None,
        };
        let mut decisions = Vec::new();
        self.fait_sur(&id, &evenement, &auteur, &mut decisions)?;
        Ok(Suite { dossier: id, decisions })
    }

    /// `piece`.
    pub(in crate::cas) fn donne_piece(
        &mut self,
        don: &RawDonPiece,
        par: Option<&RawActeur>,
    ) -> Result<Suite, Arret> {
        let (id, _, auteur) = self.sur(&don.dossier, par)?;
        let piece = RawPieceDonnee { piece: don.piece.clone(), date: don.date.clone() };
        let mut decisions = Vec::new();
        self.donne(&id, &piece, &auteur, &mut decisions)?;
        Ok(Suite { dossier: id, decisions })
    }

    /// `verifier`.
    pub(in crate::cas) fn verifie_piece(
        &mut self,
        v: &RawVerifier,
        par: Option<&RawActeur>,
    ) -> Result<Suite, Arret> {
        let (id, _, auteur) = self.sur(&v.dossier, par)?;
        let motif = v.motif.as_ref().map_or_else(String::new, |m| m.0.clone());
        let etat = match v.accepte.valeur {
            Booleen(true) => EtatPiece::Acceptee,
            Booleen(false) => EtatPiece::Refusee(motif),
        };
        let mut decisions = Vec::new();
        let evenement = Evenement::VerifierPiece { piece: v.piece.to_string(), etat, vue: None };
        self.fait_sur(&id, &evenement, &auteur, &mut decisions)?;
        Ok(Suite { dossier: id, decisions })
    }

    /// What a step about a dossier shows.
    pub(in crate::cas) fn montre(&mut self, suite: &Suite, droits: bool, obtenus: &mut Obtenus) {
        let Some(dossier) = self.dossiers.get(&suite.dossier).cloned() else { return };
        obtenus.insert("etat", Obtenu::Mot(dossier.etape.clone()));
        obtenus.insert("phase", Obtenu::Mot(dossier.phase.nom().to_owned()));
        let silence = match self.silences.get(&suite.dossier) {
            Some(dit) => dit,
            None if dossier.depose_le.is_none() => "aucun",
            None => "en_cours",
        };
        obtenus.insert("silence", Obtenu::Mot(silence.to_owned()));
        obtenus.insert("courriels", Obtenu::Liste(self.courriels_nouveaux(Some(&suite.dossier))));
        let (mut ouvre, mut personnes) = (Vec::new(), Vec::new());
        let (mut demarches, mut documents) = (Vec::new(), Vec::new());
        for d in &suite.decisions {
            for e in &d.ecritures {
                match e {
                    Ecriture::Inscription { service, .. } => ouvre.push(service.clone()),
                    Ecriture::Membre { genre, .. } => {
                        personnes.push(self.lien(&dossier).unwrap_or_else(|| genre.nom().to_owned()));
                    }
                    _ => {}
                }
            }
            for e in &d.effets {
                match &e.sortie {
                    Sortie::OuvrirDemarche { demarche, .. } => demarches.push(demarche.clone()),
                    Sortie::Document { modele } => documents.push(modele.clone()),
                    Sortie::Message { .. } | Sortie::Compte { .. } | Sortie::Acte { .. } => {}
                }
            }
        }
        obtenus.insert("ouvre", Obtenu::Liste(ouvre));
        obtenus.insert("personnes", Obtenu::Liste(personnes));
        obtenus.insert("documents", Obtenu::Liste(documents));
        obtenus.insert("demarches", Obtenu::Liste(demarches));
        super::suivi::montre_le_suivi(&dossier, obtenus);
        if droits {
            obtenus.insert("droits", Obtenu::Droits(self.droits(&dossier)));
        }
    }

    /// The answer of the family that said who the added person is.
    fn lien(&self, dossier: &Dossier) -> Option<String> {
        let demarche = self.commune.demarche(&dossier.demarche)?;
        let effets = demarche.etapes.iter().flat_map(|e| {
            let des_actions = e.actions.iter().flat_map(|a| a.effets.iter());
            des_actions.chain(&e.a_l_entree).chain(e.echeances.iter().flat_map(|x| x.effets.iter()))
        });
        let champ = effets.into_iter().find_map(|e| match &e.quoi {
            Quoi::AjouterPersonne { lien } => Some(lien),
            _ => None,
        })?;
        dossier.reponses.choix(champ)?.first().map(|c| (*c).to_owned())
    }

    /// What each may do next: the family, and the agents of every contact.
    fn droits(&self, dossier: &Dossier) -> BTreeMap<String, BTreeSet<String>> {
        let mut droits = BTreeMap::new();
        let Some(demarche) = self.commune.demarche(&dossier.demarche) else { return droits };
        let foyer = self.foyer_de(dossier);
        let demandeur = if foyer.is_some() { RawActeur::Parent } else { RawActeur::Public };
        let agents = self.commune.contacts.iter().map(|c| RawActeur::Agent(Some(c.id.clone())));
        for acteur in std::iter::once(demandeur).chain(agents) {
            let Ok(auteur) = self.auteur(Some(&acteur), foyer.as_deref(), demarche) else { continue };
            let cible = Cible { foyer: dossier.foyer.as_ref(), enfant: dossier.enfant.as_ref() };
            let temps = Evenement::Silence { depot: 0 };
            let vues = self.avec_contexte(demarche, Some(dossier), cible, &temps, &auteur, [0; 16], |ctx| {
                let permises = actions(demarche, dossier, ctx);
                let possibles = permises
                    .into_iter()
                    .filter(|(_, refus)| !refus.as_ref().is_some_and(|r| r.regle.ends_with(".si")));
                possibles.map(|(a, _)| a.id.clone()).collect::<BTreeSet<_>>()
            });
            let nom = match &acteur {
                RawActeur::Agent(Some(role)) => format!("agent.{role}"),
                RawActeur::Public => "public".to_owned(),
                _ => "parent".to_owned(),
            };
            match vues {
                Ok(vues) if !vues.is_empty() => drop(droits.insert(nom, vues)),
                _ => {}
            }
        }
        droits
    }

    /// The documents that a démarche asks, for a family of which only these facts are known.
    pub(in crate::cas) fn pieces_pour(
        &mut self,
        demande: &RawDemandePieces,
        poses: &[(FaitId, Valeur)],
    ) -> Result<Vec<String>, Arret> {
        let demarche = self.demarche(&demande.demarche)?;
        let connus = Connus::default().avec(poses.iter().copied());
        let vue = pieces_pour(self.commune, demarche, &connus, self.maintenant);
        if let Some(defaut) = vue.defauts.into_iter().next() {
            return Err(defaut.into());
        }
        let demandees = vue.pieces;
        for p in &demandees {
            self.touches.extend(self.commune.pieces.iter().find(|q| q.id == p.piece).map(|q| q.lieu));
        }
        Ok(demandees.into_iter().map(|p| p.piece).collect())
    }
}

/// Several facts may be out of their domain: the first one says so.
pub(super) fn premier(refus: Vec<Refus>) -> Refus {
    let inconnu = || Refus::nouveau("moteur.faits", "Les informations de la famille n’ont pas pu être lues.");
    refus.into_iter().next().unwrap_or_else(inconnu)
}

/// Whose dossier it is, or will be.
#[derive(Clone, Copy)]
pub(super) struct Cible<'a> {
    pub(super) foyer: Option<&'a FoyerId>,
    pub(super) enfant: Option<&'a PersonneId>,
}

/// The word of a refusal in a case: which kind of rule refuses.
pub(in crate::cas) fn mot_du_refus(refus: &Refus) -> &str {
    mot_de_la_regle(&refus.regle)
}

/// The same, of the rule's name: `demarche.inscription.ouverture` is `pas_ouvert`.
pub fn mot_de_la_regle(regle: &str) -> &str {
    match regle.rsplit('.').next().unwrap_or_default() {
        "ouverture" => "pas_ouvert",
        "formulaire" => "champs",
        "par" => "role",
        "actions" => "action",
        "si" => "condition",
        "age_max" => "age_max",
        _ if regle.starts_with("piece.") => "pieces",
        mot => mot,
    }
}
