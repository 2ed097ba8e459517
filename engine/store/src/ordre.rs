//! What the writer is asked: data, never a closure.

use engine::decision::{Appartient, CleEffet, Decision, Suivant};
use engine::demarche::Dossier;
use engine::identifiant::{CommuneSlug, DossierId};
use jiff::Timestamp;

use crate::acces::{self, Acces};
use crate::cle_enfance::{self, CleFaite, ClesNeuves, FinCle};
use crate::coffre;
use crate::commit::{self, Commis};
use crate::compte;
use crate::courrier::{self, Courrier};
use crate::cx::Cx;
use crate::definition::VersionGardee;
use crate::echeance::{self, EcheanceDue};
use crate::erreur::Erreur;
use crate::essai_cle::{self, Essai, EssaiFait};
use crate::idempotence::{self, CleIdempotence};
use crate::outbox::{self, EffetDu};
use crate::publication::{self, Publication};
use crate::reglage;
use crate::session::{self, SessionNeuve};
use crate::suivi::{self, SuiviNeuf};

/// One write.
#[derive(Clone, Debug)]
pub(crate) enum Ordre {
    /// Commits decisions: all of them, or none.
    Commettre { decisions: Vec<Decision>, cle: Option<CleIdempotence> },
    /// Writes in the journal that somebody read, or acted in somebody's name.
    Consigner(Acces),
    /// Makes keys of families; those that they replace are dead.
    FaireCles(ClesNeuves),
    /// Takes one back.
    RevoquerCle(FinCle),
    /// Tries one.
    EssayerCle(Box<Essai>),
    /// Opens a session.
    OuvrirSession(SessionNeuve),
    /// A session was used.
    VoirSession { jeton: [u8; 32], le: Timestamp },
    /// Makes a secret link.
    OuvrirSuivi(SuiviNeuf),
    /// Closes one.
    FermerSession { jeton: [u8; 32] },
    /// Takes effects that are due, until `jusqu_a`.
    PrendreEffets { maintenant: Timestamp, jusqu_a: Timestamp, nombre: u32 },
    /// An effect was executed; its letters are kept in the same transaction.
    EffetFait { cle: CleEffet, le: Timestamp, courriers: Vec<Courrier> },
    /// An effect failed: tried again from `reprise`, or left to somebody since `le`.
    EffetManque { cle: CleEffet, erreur: String, le: Timestamp, reprise: Option<Timestamp> },
    /// Takes échéances that are due, until `jusqu_a`.
    PrendreEcheances { maintenant: Timestamp, jusqu_a: Timestamp, nombre: u32 },
    /// An échéance has nothing to do any more.
    FermerEcheance { dossier: DossierId, appartient: Appartient },
    /// Keeps a version of the town and says that it was published.
    Publier { version: VersionGardee, publication: Publication },
    /// Keeps the whole answer of a request.
    GarderReponse { cle: CleIdempotence, le: Timestamp },
    /// Forgets the sessions over at `maintenant`, and the keys of acts older than `cles_avant`.
    Purger { maintenant: Timestamp, cles_avant: Timestamp },
    /// Sets a setting.
    Regler { cle: String, valeur: String },
    /// Seals what was kept in clear.
    Sceller,
    /// Says again across towns what this one has to say.
    Rappeler,
}

/// What the writer answers.
#[derive(Debug)]
pub(crate) enum Recu {
    Fait,
    Commis(Commis),
    Effets(Vec<EffetDu>),
    Echeances(Vec<EcheanceDue>),
    Purges(u64),
    Cles(Vec<CleFaite>),
    Revoquee(bool),
    Essaye(EssaiFait),
    Scelles(u64),
}

impl Ordre {
    /// The idempotency key under which it is done once.
    pub(crate) fn cle(&self) -> Option<&str> {
        match self {
            Self::Commettre { cle, .. } => cle.as_ref().map(|c| c.cle.as_str()),
            _ => None,
        }
    }

    /// Does it mostly append rows, which wait to be sent together?
    pub(crate) const fn ajoute(&self) -> bool {
        matches!(self, Self::Commettre { .. } | Self::GarderReponse { .. })
    }

    /// The dossiers that it writes.
    pub(crate) fn dossiers(&self) -> impl Iterator<Item = &Dossier> {
        let decisions: &[Decision] = match self {
            Self::Commettre { decisions, .. } => decisions,
            _ => &[],
        };
        decisions.iter().filter_map(|d| match &d.suivant {
            Suivant::Dossier(dossier) => Some(&**dossier),
            Suivant::Reservation(_) | Suivant::Compte(_) | Suivant::Rien => None,
        })
    }

    /// Writes it, in the batch's transaction.
    pub(crate) async fn execute(&self, cx: &mut Cx, slug: &CommuneSlug) -> Result<Recu, Erreur> {
        let commune = slug.as_str();
        match self {
            Self::Commettre { decisions, cle } => {
                return commit::commet(cx, commune, decisions, cle.as_ref()).await.map(Recu::Commis);
            }
            Self::PrendreEffets { maintenant, jusqu_a, nombre } => {
                return outbox::prend(cx, slug, *maintenant, *jusqu_a, *nombre).await.map(Recu::Effets);
            }
            Self::PrendreEcheances { maintenant, jusqu_a, nombre } => {
                return echeance::prend(cx, slug, *maintenant, *jusqu_a, *nombre).await.map(Recu::Echeances);
            }
            Self::FaireCles(neuves) => return cle_enfance::fait(cx, commune, neuves).await.map(Recu::Cles),
            Self::RevoquerCle(fin) => {
                return cle_enfance::revoque(cx, commune, fin).await.map(Recu::Revoquee);
            }
            Self::Sceller => return coffre::scelle_le_passe(cx, commune).await.map(Recu::Scelles),
            Self::EssayerCle(essai) => return essai_cle::essaie(cx, slug, essai).await.map(Recu::Essaye),
            Self::Consigner(acces) => acces::ecrit(cx, commune, acces).await?,
            Self::Purger { maintenant, cles_avant } => {
                let sessions = session::purge(cx, commune, *maintenant).await?;
                let cles = idempotence::purge(cx, commune, *cles_avant).await?;
                let comptes = compte::purge(cx, commune, *cles_avant).await?;
                return Ok(Recu::Purges(sessions.saturating_add(cles).saturating_add(comptes)));
            }
            Self::GarderReponse { cle, le } => idempotence::garde_complete(cx, commune, cle, *le)?,
            Self::OuvrirSuivi(neuf) => suivi::ouvre(cx, commune, neuf).await?,
            Self::VoirSession { jeton, le } => session::vue(cx, commune, jeton, *le).await?,
            Self::OuvrirSession(neuve) => session::ouvre(cx, commune, neuve).await?,
            Self::FermerSession { jeton } => session::ferme(cx, commune, jeton).await?,
            Self::EffetFait { cle, le, courriers } => {
                if outbox::fait(cx, commune, cle, *le).await? {
                    for lettre in courriers {
                        courrier::ecrit(cx, commune, cle, lettre).await?;
                    }
                }
            }
            Self::EffetManque { cle, erreur, le, reprise } => {
                outbox::manque(cx, commune, cle, *le, *reprise, erreur).await?
            }
            Self::FermerEcheance { dossier, appartient } => {
                echeance::ferme(cx, commune, dossier, *appartient).await?
            }
            Self::Publier { version, publication } => {
                publication::ecrit(cx, commune, version, publication).await?;
            }
            // what every batch says at its end
            Self::Rappeler => {}
            Self::Regler { cle, valeur } => reglage::ecrit(cx, commune, cle, valeur).await?,
        }
        Ok(Recu::Fait)
    }
}
