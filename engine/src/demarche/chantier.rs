//! A decision being built: every change is applied to the dossier as it is recorded, so that the snapshot cannot part from the journal.

use jiff::civil::Date;
use rules::lieu::Lieu;

use super::contexte::Contexte;
use super::definition::{Demarche, Etape, Quand};
use super::delai;
use super::dossier::{Changement, Dossier};
use super::formulaire::{Lecture, champs_manquants, erreurs_de_type};
use super::phase::Phase;
use super::reponses::Reponses;
use super::{quota, rendez_vous};
use crate::decision::{
    Agregat, Appartient, CleEffet, Decision, EcheanceAFaire, Ecriture, EffetAFaire, EntreeJournal, Garde,
    Pas, Refus, Sortie, Suivant,
};
use crate::identifiant::{Alea, PersonneId};

pub(super) struct Chantier<'a> {
    pub(super) demarche: &'a Demarche,
    pub(super) ctx: &'a Contexte<'a>,
    pub(super) alea: Alea,
    /// The dossier after the changes so far.
    pub(super) dossier: Dossier,
    /// The person that the form describes, once somebody needs them.
    pub(super) personne: Option<PersonneId>,
    version_lue: i64,
    /// Was it sent before this act?
    depose_avant: bool,
    changements: Vec<Changement>,
    ecritures: Vec<Ecriture>,
    sorties: Vec<Sortie>,
    echeances: Vec<EcheanceAFaire>,
    gardes: Vec<Garde>,
    trace: Vec<Pas>,
}

impl<'a> Chantier<'a> {
    /// On a dossier just made.
    pub(super) fn neuf(demarche: &'a Demarche, ctx: &'a Contexte<'a>, alea: Alea, dossier: Dossier) -> Self {
        let cree = Changement::Cree(Box::new(dossier.clone()));
        let mut chantier = Self::sur(demarche, ctx, &dossier);
        chantier.alea = alea;
        chantier.changements.push(cree);
        chantier
    }

    /// On a stored dossier.
    pub(super) fn sur(demarche: &'a Demarche, ctx: &'a Contexte<'a>, dossier: &Dossier) -> Self {
        Self {
            demarche,
            ctx,
            alea: Alea::nouveau(ctx.alea),
            dossier: dossier.clone(),
            personne: None,
            version_lue: dossier.version,
            depose_avant: dossier.depose_le.is_some(),
            changements: Vec::new(),
            ecritures: Vec::new(),
            sorties: Vec::new(),
            echeances: Vec::new(),
            gardes: Vec::new(),
            trace: Vec::new(),
        }
    }

    /// Records a change and applies it.
    pub(super) fn change(&mut self, changement: Changement) {
        changement.modifie(&mut self.dossier);
        self.changements.push(changement);
    }

    pub(super) fn ecrit(&mut self, ecriture: Ecriture) {
        self.ecritures.push(ecriture);
    }

    pub(super) fn ecritures(&self) -> &[Ecriture] {
        &self.ecritures
    }

    pub(super) fn envoie(&mut self, sortie: Sortie) {
        self.sorties.push(sortie);
    }

    pub(super) fn garde(&mut self, garde: Garde) {
        self.gardes.push(garde);
    }

    pub(super) fn pas(&mut self, regle: String, lieu: Option<Lieu>, resultat: impl Into<String>) {
        self.trace.push(Pas { regle, lieu, resultat: resultat.into() });
    }

    pub(super) fn prevoit(&mut self, echeance: EcheanceAFaire) {
        self.echeances.push(echeance);
    }

    /// The person that the form describes.
    pub(super) fn personne_ajoutee(&mut self) -> PersonneId {
        let alea = &mut self.alea;
        self.personne.get_or_insert_with(|| PersonneId::neuf(alea.tire())).clone()
    }

    /// Today, in the town.
    pub(super) fn aujourdhui(&self) -> Date {
        self.ctx.maintenant.to_zoned(self.ctx.fuseau.clone()).date()
    }

    /// When and where the appointment is, in words.
    pub(super) fn rendez_vous_en_mots(&self) -> Option<String> {
        let (pris, agenda) = (self.dossier.suivi.rendez_vous.as_ref()?, self.demarche.rendez_vous.as_ref()?);
        Some(format!("{}, {}", rules::date_fr::instant(pris.debut), agenda.endroit))
    }

    /// `demarche.inscription.…`
    pub(super) fn regle(&self, suite: &str) -> String {
        format!("demarche.{}.{suite}", self.demarche.id)
    }

    /// The dimensions of conditions, with the answers so far.
    pub(super) fn lecture(&self) -> Result<Lecture<'a>, Refus> {
        lecture(self.demarche, &self.dossier.reponses, self.ctx)
    }

    /// Enters an étape: its échéances start to run. Its own effects are the caller's.
    pub(super) fn entre(&mut self, etape: &Etape) -> Result<(), Refus> {
        self.change(Changement::Entre {
            etape: etape.id.clone(),
            phase: etape.phase,
            le: self.ctx.maintenant,
        });
        self.pas(format!("etape.{}", etape.id), Some(etape.lieu), etape.phase.libelle());
        // an accepted dossier stands for its school year, or for the person it added; another one may follow it otherwise
        if etape.phase == Phase::Acceptee && !self.demarche.vaut_apres() && self.dossier.cle.is_some() {
            self.change(Changement::PlaceRendue);
        }
        if !etape.phase.occupe() {
            quota::rend(self);
            rendez_vous::rend(self);
        }
        for (rang, echeance) in etape.echeances.iter().enumerate() {
            let le = match &echeance.quand {
                Quand::Apres(duree) => fin_de(self.ctx, duree, self.ctx.maintenant, echeance.lieu)?,
                Quand::Le(instant) if *instant < self.ctx.maintenant => continue,
                Quand::Le(instant) => *instant,
            };
            let Ok(rang) = u16::try_from(rang) else { continue };
            let appartient = Appartient::Etape { entree: self.dossier.entree, rang };
            self.prevoit(EcheanceAFaire { dossier: self.dossier.id.clone(), le, appartient });
        }
        Ok(())
    }

    /// Takes these answers, if they are of their fields' types.
    pub(super) fn repond(&mut self, reponses: &Reponses) -> Result<(), Refus> {
        let champs = erreurs_de_type(self.demarche, reponses);
        if !champs.is_empty() {
            let refus = Refus::nouveau(self.regle("formulaire"), "Certaines réponses ne sont pas possibles.");
            return Err(Refus { champs, ..refus.lieu(self.demarche.lieu) });
        }
        if *reponses != self.dossier.reponses {
            self.change(Changement::Repondu(reponses.clone()));
        }
        Ok(())
    }

    /// Refuses while a required field that shows is not answered.
    pub(super) fn exige_champs(&self) -> Result<(), Refus> {
        let manquants = champs_manquants(self.demarche, &self.dossier.reponses, &mut self.lecture()?)
            .map_err(|e| refus_de_calcul(&self.regle("formulaire"), &e))?;
        if manquants.is_empty() {
            return Ok(());
        }
        let motif = match manquants.len() {
            1 => "Une réponse manque dans le formulaire.".to_owned(),
            n => format!("{n} réponses manquent dans le formulaire."),
        };
        Err(Refus {
            champs: manquants,
            ..Refus::nouveau(self.regle("formulaire"), motif).lieu(self.demarche.lieu)
        })
    }

    /// What was never sent may be erased, and the journal never is: until it is filed it only says that something was written.
    fn efface_le_brouillon_du_journal(&mut self) {
        if self.depose_avant {
            return;
        }
        for changement in &mut self.changements {
            match changement {
                Changement::Repondu(_) => *changement = Changement::Redige,
                Changement::Cree(neuf) => neuf.reponses = Reponses::default(),
                _ => {}
            }
        }
        if self.dossier.depose_le.is_some() {
            self.changements.push(Changement::Repondu(self.dossier.reponses.clone()));
        }
    }

    /// The decision: its effects are numbered within the journal entry that it adds.
    pub(super) fn fini(mut self, evenement: &str, detail: Option<String>) -> Decision {
        let agregat = Agregat::Dossier(self.dossier.id.clone());
        let seq = self.version_lue.saturating_add(1);
        self.dossier.version = seq;
        self.efface_le_brouillon_du_journal();
        let garde = Garde::Version { agregat: agregat.clone(), attendue: self.version_lue };
        self.gardes.insert(0, garde);
        let effets = (0_u16..)
            .zip(self.sorties)
            .map(|(rang, sortie)| EffetAFaire {
                cle: CleEffet { agregat: agregat.clone(), seq, rang },
                sortie,
            })
            .collect();
        Decision {
            entree: EntreeJournal {
                agregat,
                seq,
                le: self.ctx.maintenant,
                auteur: self.ctx.auteur.clone(),
                evenement: evenement.to_owned(),
                detail,
                changements: self.changements,
            },
            suivant: Suivant::Dossier(Box::new(self.dossier)),
            ecritures: self.ecritures,
            effets,
            echeances: self.echeances,
            gardes: self.gardes,
            trace: self.trace,
        }
    }
}

/// The dimensions of a démarche's conditions.
pub(super) fn lecture<'a>(
    demarche: &Demarche,
    reponses: &Reponses,
    ctx: &Contexte<'a>,
) -> Result<Lecture<'a>, Refus> {
    Lecture::nouvelle(demarche, reponses, ctx.valeurs, ctx.parametres, ctx.hote).map_err(|e| {
        Refus::nouveau(
            "moteur.faits",
            format!("Les informations de la famille n’ont pas pu être lues ({e})."),
        )
    })
}

/// When a delay is over, or the refusal that says why nobody knows.
pub(super) fn fin_de(
    ctx: &Contexte<'_>,
    duree: &rules::scalaire::Duree,
    depuis: jiff::Timestamp,
    lieu: Lieu,
) -> Result<jiff::Timestamp, Refus> {
    let fin = delai::fin(duree, depuis, ctx.calendrier, ctx.fuseau);
    let motif = match fin {
        Ok(Some(fin)) => return Ok(fin),
        Ok(None) => format!("L’échéance de {} n’a pas de date.", duree.en_mots()),
        Err(e) => format!("L’échéance de {} n’a pas pu être calculée : {e}.", duree.en_mots()),
    };
    Err(Refus::nouveau("moteur.echeance", motif).lieu(lieu))
}

/// A condition that cannot be computed refuses: it never counts as false.
pub(super) fn refus_de_calcul(regle: &str, erreur: &rules::expression::ErreurCalcul) -> Refus {
    Refus::nouveau(regle, format!("Une condition n’a pas pu être calculée : {erreur}."))
}
