//! The one door: every operation on what is stored.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::decision::{Agregat, Appartient, Auteur, CleEffet, Decision, LigneFaite, ReservationFaite};
use engine::demarche::Dossier;
use engine::foyer::{FaitsDates, Foyer};
use engine::identifiant::{CommuneSlug, DossierId, FichierId, FoyerId, PersonneId, ReservationId};
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::pool::PoolConnection;
use sqlx::{Sqlite as MoteurSqlite, SqlitePool};
use tokio::sync::Mutex;

use crate::a_faire::{self, GenreTravail, TravailDu};
use crate::acces::Acces;
use crate::annuaire::Designation;
use crate::cle::CleLue;
use crate::commit::Commis;
use crate::courrier::Courrier;
use crate::definition::{Epinglee, VersionGardee};
use crate::dossier::{EnCours, FiltreDossiers, ResumeDossier};
use crate::echeance::EcheanceDue;
use crate::erreur::Erreur;
use crate::idempotence::CleIdempotence;
use crate::inscription::Inscription;
use crate::journal::{EntreeLue, RuptureJournal};
use crate::ordre::{Ordre, Recu};
use crate::outbox::{EffetDu, EffetMort};
use crate::portee::Portee;
use crate::publication::Publication;
use crate::session::{Jeton, Session, SessionNeuve};
use crate::sqlite::{Base, ouvre_a_faire};
use crate::travail::{CompteEtape, EnTravail};
use crate::{
    annuaire, cle, compteur, courrier, definition, dossier, echeance, fait, foyer, idempotence, inscription,
    journal, ligne, outbox, publication, reglage, reservation, session, travail,
};

/// Where everything is kept.
#[derive(Clone, Debug)]
pub enum Store {
    /// One file a commune, in a folder.
    Sqlite(Sqlite),
}

/// The SQLite kind of [`Store`].
#[derive(Clone, Debug)]
pub struct Sqlite {
    dossier: PathBuf,
    // opened on demand; held while one opens, so that a file has one writer
    bases: Arc<Mutex<HashMap<CommuneSlug, Base>>>,
    a_faire: SqlitePool,
}

impl Store {
    /// Opens, or makes, a data folder. Towns' files are opened when they are first asked for.
    pub async fn sqlite(dossier: &Path) -> Result<Self, Erreur> {
        std::fs::create_dir_all(dossier)?;
        let a_faire = ouvre_a_faire(&dossier.join("a_faire.db")).await?;
        Ok(Self::Sqlite(Sqlite { dossier: dossier.to_owned(), bases: Arc::default(), a_faire }))
    }

    async fn base(&self, commune: &CommuneSlug) -> Result<Base, Erreur> {
        let Self::Sqlite(s) = self;
        let mut bases = s.bases.lock().await;
        if let Some(base) = bases.get(commune) {
            return Ok(base.clone());
        }
        let base = Base::ouvre(&s.dossier.join(format!("{commune}.db")), commune.clone()).await?;
        bases.insert(commune.clone(), base.clone());
        drop(bases);
        self.rappelle(commune, &base).await?;
        self.annonce(commune, &base).await?;
        Ok(base)
    }

    async fn lecture(&self, portee: &Portee) -> Result<PoolConnection<MoteurSqlite>, Erreur> {
        self.lecture_de(portee.commune()).await
    }

    async fn lecture_de(&self, commune: &CommuneSlug) -> Result<PoolConnection<MoteurSqlite>, Erreur> {
        Ok(self.base(commune).await?.lecture.acquire().await?)
    }

    async fn demande(&self, commune: &CommuneSlug, ordre: Ordre) -> Result<Recu, Erreur> {
        self.base(commune).await?.demande(ordre).await
    }

    /// Says across towns when this one has work next.
    async fn rappelle(&self, commune: &CommuneSlug, base: &Base) -> Result<(), Erreur> {
        let Self::Sqlite(s) = self;
        let mut cx = base.lecture.acquire().await?;
        let effet = outbox::prochain(&mut cx, commune.as_str()).await?;
        let echeance = echeance::prochaine(&mut cx, commune.as_str()).await?;
        a_faire::pose(&s.a_faire, commune.as_str(), GenreTravail::Effets, effet).await?;
        a_faire::pose(&s.a_faire, commune.as_str(), GenreTravail::Echeances, echeance).await
    }

    /// Says across towns when this one was last published.
    async fn annonce(&self, commune: &CommuneSlug, base: &Base) -> Result<(), Erreur> {
        let Self::Sqlite(s) = self;
        let publiee = publication::derniere(&mut *base.lecture.acquire().await?, commune.as_str()).await?;
        a_faire::annonce(&s.a_faire, commune.as_str(), publiee).await
    }

    // --- scopes

    /// Opens a session for somebody whose identity was just established.
    pub async fn ouvre_session(
        &self,
        commune: &CommuneSlug,
        auteur: Auteur,
        le: Timestamp,
        expire_le: Timestamp,
    ) -> Result<Jeton, Erreur> {
        let jeton = Jeton::tire()?;
        let neuve = SessionNeuve { jeton: jeton.empreinte(), auteur, le, expire_le };
        self.demande(commune, Ordre::OuvrirSession(neuve)).await?;
        Ok(jeton)
    }

    /// The live session of that cookie, in that commune.
    pub async fn session(
        &self,
        commune: &CommuneSlug,
        jeton: &Jeton,
        maintenant: Timestamp,
    ) -> Result<Option<Session>, Erreur> {
        session::lit(&mut *self.lecture_de(commune).await?, commune, jeton, maintenant).await
    }

    /// Ends a session.
    pub async fn ferme_session(&self, commune: &CommuneSlug, jeton: &Jeton) -> Result<(), Erreur> {
        self.demande(commune, Ordre::FermerSession { jeton: jeton.empreinte() }).await.map(|_| ())
    }

    /// What a live key of that commune may read and write.
    pub async fn portee_de_cle(
        &self,
        commune: &CommuneSlug,
        jeton: &Jeton,
        maintenant: Timestamp,
    ) -> Result<Option<Portee>, Erreur> {
        cle::portee(&mut *self.lecture_de(commune).await?, commune, jeton, maintenant).await
    }

    /// The town's keys, oldest first, ended ones too.
    pub async fn cles(&self, portee: &Portee) -> Result<Vec<CleLue>, Erreur> {
        cle::liste(&mut *self.lecture(portee).await?, portee.commune().as_str()).await
    }

    /// Forgets the sessions over at `maintenant` and the idempotency keys of acts older than `cles_avant`; how many rows.
    pub async fn purge(
        &self,
        commune: &CommuneSlug,
        maintenant: Timestamp,
        cles_avant: Timestamp,
    ) -> Result<u64, Erreur> {
        match self.demande(commune, Ordre::Purger { maintenant, cles_avant }).await? {
            Recu::Purges(n) => Ok(n),
            _ => Err(Erreur::Ferme),
        }
    }

    /// The scope of a command of the process itself (demonstration data, the start's recompilation), which the log records.
    pub fn portee_de_commande(&self, commune: &CommuneSlug, commande: &'static str) -> Portee {
        tracing::info!(commune = %commune, commande, "db.portee.commande");
        Portee::nouvelle(commune.clone(), Auteur::Systeme)
    }

    // --- decisions

    /// Commits a decision, once under its idempotency key. [`Erreur::Garde`]: read again and decide again.
    pub async fn commet(
        &self,
        portee: &Portee,
        decision: Decision,
        cle: Option<CleIdempotence>,
    ) -> Result<Commis, Erreur> {
        let commune = portee.commune();
        let travail = !(decision.effets.is_empty() && decision.echeances.is_empty());
        let base = self.base(commune).await?;
        let recu = base.demande(Ordre::Commettre { decision: Box::new(decision), cle }).await?;
        if travail {
            // committed already: a hint that cannot be written must not turn it into an error
            if let Err(erreur) = self.rappelle(commune, &base).await {
                tracing::warn!(commune = %commune, erreur = %erreur, "db.a_faire.pose failed");
            }
        }
        match recu {
            Recu::Commis(commis) => Ok(commis),
            _ => Err(Erreur::Ferme),
        }
    }

    /// The answer already given to this request under this key.
    pub async fn deja_repondu(
        &self,
        portee: &Portee,
        cle: &str,
        corps: &[u8; 32],
    ) -> Result<Option<String>, Erreur> {
        idempotence::deja(&mut *self.lecture(portee).await?, portee.commune().as_str(), cle, corps).await
    }

    /// The whole answer kept for this request under this key.
    pub async fn reponse_gardee(
        &self,
        portee: &Portee,
        cle: &str,
        corps: &[u8; 32],
    ) -> Result<Option<String>, Erreur> {
        idempotence::complete(&mut *self.lecture(portee).await?, portee.commune().as_str(), cle, corps).await
    }

    /// Keeps the whole answer of a request that was committed under this key; the first one stays.
    pub async fn garde_reponse(
        &self,
        portee: &Portee,
        cle: String,
        corps: [u8; 32],
        reponse: String,
    ) -> Result<(), Erreur> {
        self.demande(portee.commune(), Ordre::GarderReponse { cle, corps, reponse }).await.map(|_| ())
    }

    // --- reading

    /// A dossier of this scope.
    pub async fn dossier(&self, portee: &Portee, id: &DossierId) -> Result<Option<Dossier>, Erreur> {
        dossier::lit(&mut *self.lecture(portee).await?, portee, id).await
    }

    /// Dossiers of this scope.
    pub async fn dossiers(
        &self,
        portee: &Portee,
        filtre: &FiltreDossiers,
    ) -> Result<Vec<ResumeDossier>, Erreur> {
        dossier::liste(&mut *self.lecture(portee).await?, portee, filtre).await
    }

    /// The dossiers of this town that wait for somebody, counted by étape.
    pub async fn travail(&self, portee: &Portee) -> Result<Vec<CompteEtape>, Erreur> {
        travail::comptes(&mut *self.lecture(portee).await?, portee).await
    }

    /// The dossiers of a démarche's étape, the oldest first, after `apres`.
    pub async fn ouverts(
        &self,
        portee: &Portee,
        etape: (&str, &str),
        apres: Option<(Timestamp, DossierId)>,
        nombre: u32,
    ) -> Result<Vec<EnTravail>, Erreur> {
        travail::ouverts(&mut *self.lecture(portee).await?, portee, etape, apres, nombre).await
    }

    /// The decided dossiers of a démarche, the last decided first, before `avant`.
    pub async fn finis(
        &self,
        portee: &Portee,
        demarche: &str,
        avant: Option<(Timestamp, DossierId)>,
        nombre: u32,
    ) -> Result<Vec<EnTravail>, Erreur> {
        travail::finis(&mut *self.lecture(portee).await?, portee, demarche, avant, nombre).await
    }

    /// The dossier of that number.
    pub async fn dossier_numero(&self, portee: &Portee, numero: &str) -> Result<Option<EnTravail>, Erreur> {
        travail::numero(&mut *self.lecture(portee).await?, portee, numero).await
    }

    /// The names of a person, for an agent's list.
    pub async fn designation(&self, portee: &Portee, personne: &PersonneId) -> Result<Designation, Erreur> {
        annuaire::designation(&mut *self.lecture(portee).await?, portee, personne).await
    }

    /// Who answers for a household, for an agent.
    pub async fn responsables(&self, portee: &Portee, foyer: &FoyerId) -> Result<Vec<PersonneId>, Erreur> {
        annuaire::responsables(&mut *self.lecture(portee).await?, portee, foyer).await
    }

    /// The households of somebody whose family name begins like `nom`, for an agent.
    pub async fn cherche_foyers(
        &self,
        portee: &Portee,
        nom: &str,
        nombre: u32,
    ) -> Result<Vec<FoyerId>, Erreur> {
        annuaire::cherche(&mut *self.lecture(portee).await?, portee, nom, nombre).await
    }

    /// Writes in the journal that this scope read `detail` of a household, or acted in its name.
    pub async fn consigne(
        &self,
        portee: &Portee,
        foyer: &FoyerId,
        evenement: &'static str,
        detail: Option<String>,
        le: Timestamp,
    ) -> Result<(), Erreur> {
        let auteur = portee.auteur().clone();
        let acces = Acces { foyer: foyer.clone(), auteur, evenement, detail, le };
        self.demande(portee.commune(), Ordre::Consigner(acces)).await.map(|_| ())
    }

    /// Live dossiers by démarche, étape and definition, counted; none for a family.
    pub async fn en_cours(&self, portee: &Portee) -> Result<Vec<EnCours>, Erreur> {
        if portee.foyer().is_some() {
            return Ok(Vec::new());
        }
        dossier::en_cours(&mut *self.lecture(portee).await?, portee.commune().as_str()).await
    }

    /// Filed dossiers that stand in this étape of another definition of the démarche than `digest`; none for a family.
    pub async fn dossiers_a_reprendre(
        &self,
        portee: &Portee,
        demarche: &str,
        etape: &str,
        digest: &str,
        nombre: u32,
    ) -> Result<Vec<DossierId>, Erreur> {
        if portee.foyer().is_some() {
            return Ok(Vec::new());
        }
        let mut cx = self.lecture(portee).await?;
        dossier::a_reprendre(&mut cx, portee.commune().as_str(), demarche, etape, digest, nombre).await
    }

    /// The documents that the town's journal received after its entry `apres`, in at most 1000 entries; the last entry
    /// read, or `apres` when there is none left.
    pub async fn fichiers_recus(&self, portee: &Portee, apres: i64) -> Result<(i64, Vec<FichierId>), Erreur> {
        journal::fichiers(&mut *self.lecture(portee).await?, portee.commune().as_str(), apres).await
    }

    /// How many drafts a household has open.
    pub async fn brouillons(&self, portee: &Portee, foyer: &FoyerId) -> Result<u32, Erreur> {
        dossier::brouillons(&mut *self.lecture(portee).await?, portee, foyer).await
    }

    /// A household of this scope.
    pub async fn foyer(&self, portee: &Portee, id: &FoyerId) -> Result<Option<Foyer>, Erreur> {
        foyer::lit(&mut *self.lecture(portee).await?, portee, id).await
    }

    /// Households of this scope, by id.
    pub async fn foyers(&self, portee: &Portee, nombre: u32) -> Result<Vec<FoyerId>, Erreur> {
        foyer::liste(&mut *self.lecture(portee).await?, portee, nombre).await
    }

    /// Every fact about a household and whoever is, or was, in it.
    pub async fn faits(&self, portee: &Portee, id: &FoyerId) -> Result<FaitsDates, Erreur> {
        fait::du_foyer(&mut *self.lecture(portee).await?, portee, id).await
    }

    /// A household's rights to services, ended ones too.
    pub async fn inscriptions(&self, portee: &Portee, id: &FoyerId) -> Result<Vec<Inscription>, Erreur> {
        inscription::du_foyer(&mut *self.lecture(portee).await?, portee, id).await
    }

    /// A booked day of this scope.
    pub async fn reservation(
        &self,
        portee: &Portee,
        id: &ReservationId,
    ) -> Result<Option<ReservationFaite>, Erreur> {
        reservation::lit(&mut *self.lecture(portee).await?, portee, id).await
    }

    /// A household's booked days, from `de` to `a` included; cancelled ones too.
    pub async fn reservations(
        &self,
        portee: &Portee,
        id: &FoyerId,
        de: Date,
        a: Date,
    ) -> Result<Vec<ReservationFaite>, Erreur> {
        reservation::du_foyer(&mut *self.lecture(portee).await?, portee, id, de, a).await
    }

    /// A household's priced lines, from `de` to `a` included.
    pub async fn lignes(
        &self,
        portee: &Portee,
        id: &FoyerId,
        de: Date,
        a: Date,
    ) -> Result<Vec<LigneFaite>, Erreur> {
        ligne::du_foyer(&mut *self.lecture(portee).await?, portee, id, de, a).await
    }

    /// How many places are taken under a key.
    pub async fn places_prises(&self, portee: &Portee, cle: &str) -> Result<i64, Erreur> {
        compteur::prises(&mut *self.lecture(portee).await?, portee.commune().as_str(), cle).await
    }

    /// What happened to an aggregate, in order; nothing when it is not of this scope.
    pub async fn journal(&self, portee: &Portee, agregat: &Agregat) -> Result<Vec<EntreeLue>, Erreur> {
        let mut cx = self.lecture(portee).await?;
        let sien = match agregat {
            Agregat::Dossier(id) => dossier::lit(&mut cx, portee, id).await?.is_some(),
            Agregat::Foyer(id) => foyer::lit(&mut cx, portee, id).await?.is_some(),
            Agregat::Reservation(id) => reservation::lit(&mut cx, portee, id).await?.is_some(),
            // who read what is the town's to show, when somebody of the household asks for it
            Agregat::Acces(id) => {
                portee.foyer().is_none() && foyer::lit(&mut cx, portee, id).await?.is_some()
            }
            // keys are the town's: no family reads them
            Agregat::Cle(_) => portee.filtre().is_none(),
        };
        if sien { journal::d_un_agregat(&mut cx, portee, agregat).await } else { Ok(Vec::new()) }
    }

    /// The rank that the next journal entry of an aggregate takes.
    pub async fn seq_suivant(&self, portee: &Portee, agregat: &Agregat) -> Result<i64, Erreur> {
        let mut cx = self.lecture(portee).await?;
        Ok(journal::dernier_seq(&mut cx, portee.commune().as_str(), agregat).await?.saturating_add(1))
    }

    /// Recomputes the hash chain of a town's journal: how many entries, or the first that does not follow.
    pub async fn verifie_journal(&self, portee: &Portee) -> Result<Result<i64, RuptureJournal>, Erreur> {
        journal::verifie(&mut *self.lecture(portee).await?, portee.commune().as_str()).await
    }

    /// Letters of this scope, the newest first.
    pub async fn courriers(&self, portee: &Portee, nombre: u32) -> Result<Vec<Courrier>, Erreur> {
        courrier::liste(&mut *self.lecture(portee).await?, portee, nombre).await
    }

    // --- work

    /// The towns that have work due at `maintenant`.
    pub async fn travail_du(&self, maintenant: Timestamp) -> Result<Vec<TravailDu>, Erreur> {
        let Self::Sqlite(s) = self;
        a_faire::dus(&s.a_faire, maintenant).await
    }

    /// Opens this town's file and says again when it has work: what a crash between two files may have lost.
    pub async fn reprend(&self, commune: &CommuneSlug) -> Result<(), Erreur> {
        let base = self.base(commune).await?;
        self.rappelle(commune, &base).await
    }

    /// Takes effects that are due; whoever took them has until `jusqu_a` to say what came of them.
    pub async fn prend_effets(
        &self,
        commune: &CommuneSlug,
        maintenant: Timestamp,
        jusqu_a: Timestamp,
        nombre: u32,
    ) -> Result<Vec<EffetDu>, Erreur> {
        match self.demande(commune, Ordre::PrendreEffets { maintenant, jusqu_a, nombre }).await? {
            Recu::Effets(effets) => Ok(effets),
            _ => Err(Erreur::Ferme),
        }
    }

    /// An effect was executed: it never is again. Its letters are kept with it.
    pub async fn effet_fait(
        &self,
        portee: &Portee,
        cle: CleEffet,
        le: Timestamp,
        courriers: Vec<Courrier>,
    ) -> Result<(), Erreur> {
        self.travaille(portee, Ordre::EffetFait { cle, le, courriers }).await
    }

    /// An effect failed at `le`; it is taken again from `reprise`, or waits for somebody.
    pub async fn effet_manque(
        &self,
        portee: &Portee,
        cle: CleEffet,
        erreur: String,
        le: Timestamp,
        reprise: Option<Timestamp>,
    ) -> Result<(), Erreur> {
        self.travaille(portee, Ordre::EffetManque { cle, erreur, le, reprise }).await
    }

    /// The effects that failed too often, the newest first; none for a family.
    pub async fn effets_morts(&self, portee: &Portee, nombre: u32) -> Result<Vec<EffetMort>, Erreur> {
        if portee.foyer().is_some() {
            return Ok(Vec::new());
        }
        outbox::morts(&mut *self.lecture(portee).await?, portee.commune().as_str(), nombre).await
    }

    /// How many effects of a town failed too often.
    pub async fn nombre_d_effets_morts(&self, commune: &CommuneSlug) -> Result<i64, Erreur> {
        outbox::nombre_de_morts(&mut *self.lecture_de(commune).await?, commune.as_str()).await
    }

    /// Takes échéances that are due, until `jusqu_a`.
    pub async fn prend_echeances(
        &self,
        commune: &CommuneSlug,
        maintenant: Timestamp,
        jusqu_a: Timestamp,
        nombre: u32,
    ) -> Result<Vec<EcheanceDue>, Erreur> {
        match self.demande(commune, Ordre::PrendreEcheances { maintenant, jusqu_a, nombre }).await? {
            Recu::Echeances(echeances) => Ok(echeances),
            _ => Err(Erreur::Ferme),
        }
    }

    /// An échéance has nothing to do any more (its étape is over).
    pub async fn ferme_echeance(
        &self,
        portee: &Portee,
        dossier: DossierId,
        appartient: Appartient,
    ) -> Result<(), Erreur> {
        self.travaille(portee, Ordre::FermerEcheance { dossier, appartient }).await
    }

    async fn travaille(&self, portee: &Portee, ordre: Ordre) -> Result<(), Erreur> {
        let base = self.base(portee.commune()).await?;
        base.demande(ordre).await?;
        self.rappelle(portee.commune(), &base).await
    }

    // --- definitions and settings

    /// Keeps a version of the town and writes it in the journal of publications; every process that serves it is told.
    pub async fn publie(
        &self,
        portee: &Portee,
        version: VersionGardee,
        publication: Publication,
    ) -> Result<(), Erreur> {
        let base = self.base(portee.commune()).await?;
        base.demande(Ordre::Publier { version, publication }).await?;
        self.annonce(portee.commune(), &base).await
    }

    /// The journal of publications, the newest first.
    pub async fn publications(&self, portee: &Portee, nombre: u32) -> Result<Vec<Publication>, Erreur> {
        publication::liste(&mut *self.lecture(portee).await?, portee.commune().as_str(), nombre).await
    }

    /// The publication in force at `maintenant`.
    pub async fn en_vigueur(
        &self,
        portee: &Portee,
        maintenant: Timestamp,
    ) -> Result<Option<Publication>, Erreur> {
        publication::en_vigueur(&mut *self.lecture(portee).await?, portee.commune().as_str(), maintenant)
            .await
    }

    /// When the next publication takes force, after `maintenant`.
    pub async fn prochaine_publication(
        &self,
        portee: &Portee,
        maintenant: Timestamp,
    ) -> Result<Option<Timestamp>, Erreur> {
        publication::prochaine(&mut *self.lecture(portee).await?, portee.commune().as_str(), maintenant).await
    }

    /// When each town was last published, across towns: a process reads again the towns that changed.
    pub async fn publications_annoncees(&self) -> Result<Vec<(CommuneSlug, Timestamp)>, Erreur> {
        let Self::Sqlite(s) = self;
        a_faire::publications(&s.a_faire).await
    }

    /// What the town's dossiers are pinned to.
    pub async fn epinglees(&self, portee: &Portee) -> Result<Vec<Epinglee>, Erreur> {
        definition::epinglees(&mut *self.lecture(portee).await?, portee.commune().as_str()).await
    }

    /// The source of a definition.
    pub async fn definition(&self, portee: &Portee, digest: &str) -> Result<Option<String>, Erreur> {
        definition::lit(&mut *self.lecture(portee).await?, portee.commune().as_str(), digest).await
    }

    /// A setting of this town's store.
    pub async fn reglage(&self, portee: &Portee, cle: &str) -> Result<Option<String>, Erreur> {
        reglage::lit(&mut *self.lecture(portee).await?, portee.commune().as_str(), cle).await
    }

    /// Changes a setting.
    pub async fn regle(&self, portee: &Portee, cle: String, valeur: String) -> Result<(), Erreur> {
        self.demande(portee.commune(), Ordre::Regler { cle, valeur }).await.map(|_| ())
    }
}
