//! The agents' work lists: dossiers that wait for somebody, by étape, the oldest first.

use engine::demarche::{Dossier, Phase};
use engine::identifiant::{AgentId, DossierId, FoyerId, PersonneId};
use jiff::Timestamp;

use crate::cx::{Cx, Rang};
use crate::dossier::{Curseur, lit_etat};
use crate::erreur::{Erreur, illisible};
use crate::instant::de_micros;
use crate::portee::Portee;
use crate::sql::{Requete, requete, requetes};
use crate::store::Store;

requetes! {
    // each value is one read at the edge of an index, however many wait: the list of phases that are over is the index's own,
    // word for word; silence runs in three of the others
    COMPTES = "SELECT demarche, etape, nombre,
            (SELECT MIN(d.entree_le) FROM dossier d WHERE d.commune_id = c.commune_id AND d.demarche = c.demarche AND d.etape = c.etape
                AND d.phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree')),
            (SELECT MIN(d.limite_le) FROM dossier d WHERE d.commune_id = c.commune_id AND d.demarche = c.demarche AND d.etape = c.etape
                AND d.limite_le IS NOT NULL AND d.phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree')
                AND d.phase IN ('deposee', 'en_attente', 'en_instruction'))
        FROM compte_etape c WHERE commune_id = $1 AND nombre > 0 ORDER BY demarche, etape";
    OUVERTS = "SELECT id, demarche, numero, foyer_id, enfant_id, etape, phase, entree_le, agent_id, limite_le FROM dossier
        WHERE commune_id = $1 AND demarche = $2 AND etape = $3
            AND phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree') AND (entree_le, id) > ($4, $5)
        ORDER BY entree_le, id LIMIT $6";
    FINIS = "SELECT id, demarche, numero, foyer_id, enfant_id, etape, phase, entree_le, agent_id, limite_le FROM dossier
        WHERE commune_id = $1 AND demarche = $2 AND phase IN ('acceptee', 'refusee', 'annulee', 'expiree')
            AND (entree_le, id) < ($3, $4)
        ORDER BY entree_le DESC, id DESC LIMIT $5";
    // in the order of the index: those of other services are passed over
    A_LIRE = "SELECT etat, id, version, a_lire_le FROM dossier
        WHERE commune_id = $1 AND a_lire_le IS NOT NULL AND (a_lire_le, id) > ($2, $3)
            AND demarche IN (SELECT value FROM json_each($4))
        ORDER BY a_lire_le, id LIMIT $5",
        pg: "SELECT etat, id, version, a_lire_le FROM dossier
        WHERE commune_id = $1 AND a_lire_le IS NOT NULL AND (a_lire_le, id) > ($2, $3)
            AND demarche = ANY (ARRAY(SELECT json_array_elements_text(CAST($4 AS json))))
        ORDER BY a_lire_le, id LIMIT $5";
    NUMERO = "SELECT id, demarche, numero, foyer_id, enfant_id, etape, phase, entree_le, agent_id, limite_le FROM dossier
        WHERE commune_id = $1 AND numero = $2";
}

/// How many dossiers are in an étape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompteEtape {
    /// Of which démarche.
    pub demarche: String,
    /// In which étape.
    pub etape: String,
    /// How many.
    pub nombre: i64,
    /// Since when the oldest is in it.
    pub depuis: Timestamp,
    /// When silence first becomes an answer for one of those in which it runs.
    pub limite_le: Option<Timestamp>,
}

/// A dossier in a work list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnTravail {
    /// Which.
    pub id: DossierId,
    /// Of which démarche.
    pub demarche: String,
    /// Its number.
    pub numero: Option<String>,
    /// Whose.
    pub foyer: Option<FoyerId>,
    /// The child that it is about.
    pub enfant: Option<PersonneId>,
    /// Its étape.
    pub etape: String,
    /// That étape's phase.
    pub phase: Phase,
    /// Since when.
    pub entree_le: Timestamp,
    /// Who took it in charge.
    pub agent: Option<AgentId>,
    /// When the town's silence becomes an answer.
    pub limite_le: Option<Timestamp>,
}

impl EnTravail {
    /// Its place in the order of lists.
    pub fn curseur(&self) -> Curseur {
        Curseur::a(self.phase, self.entree_le, &self.id)
    }
}

impl Store {
    /// The dossiers of this town that wait for somebody, counted by étape.
    pub async fn travail(&self, portee: &Portee) -> Result<Vec<CompteEtape>, Erreur> {
        comptes(&mut self.lecture(portee).await?, portee).await
    }

    /// The dossiers of a démarche's étape, the oldest first, after `apres`.
    pub async fn ouverts(
        &self,
        portee: &Portee,
        etape: (&str, &str),
        apres: Option<&Curseur>,
        nombre: u32,
    ) -> Result<Vec<EnTravail>, Erreur> {
        ouverts(&mut self.lecture(portee).await?, portee, etape, apres, nombre).await
    }

    /// The decided dossiers of a démarche, the last decided first, before `avant`.
    pub async fn finis(
        &self,
        portee: &Portee,
        demarche: &str,
        avant: Option<&Curseur>,
        nombre: u32,
    ) -> Result<Vec<EnTravail>, Erreur> {
        finis(&mut self.lecture(portee).await?, portee, demarche, avant, nombre).await
    }

    /// The dossiers of these démarches that hold a document which nobody looked at yet, the one that waits longest first, after
    /// `apres`: each with its place in that order.
    pub async fn a_lire(
        &self,
        portee: &Portee,
        demarches: &[&str],
        apres: Option<&Curseur>,
        nombre: u32,
    ) -> Result<Vec<(Dossier, Curseur)>, Erreur> {
        a_lire(&mut self.lecture(portee).await?, portee, demarches, apres, nombre).await
    }

    /// The dossier of that number.
    pub async fn dossier_numero(&self, portee: &Portee, numero: &str) -> Result<Option<EnTravail>, Erreur> {
        par_numero(&mut self.lecture(portee).await?, portee, numero).await
    }
}

/// The dossiers that wait for somebody, counted. A family's scope counts nothing.
pub(crate) async fn comptes(cx: &mut Cx, portee: &Portee) -> Result<Vec<CompteEtape>, Erreur> {
    if portee.filtre().is_some() {
        return Ok(Vec::new());
    }
    let rangs = requete(COMPTES).bind(portee.commune().as_str()).fetch_all(cx).await?;
    rangs
        .iter()
        .map(|r| {
            Ok(CompteEtape {
                demarche: r.try_get(0)?,
                etape: r.try_get(1)?,
                nombre: r.try_get(2)?,
                depuis: de_micros(r.try_get(3)?, "dossier", "entree_le")?,
                limite_le: limite(r.try_get(4)?)?,
            })
        })
        .collect()
}

/// One étape's dossiers, the oldest first, after `apres`.
pub(crate) async fn ouverts(
    cx: &mut Cx,
    portee: &Portee,
    (demarche, etape): (&str, &str),
    apres: Option<&Curseur>,
    nombre: u32,
) -> Result<Vec<EnTravail>, Erreur> {
    if portee.filtre().is_some() {
        return Ok(Vec::new());
    }
    let requete = requete(OUVERTS).bind(portee.commune().as_str()).bind(demarche).bind(etape);
    lignes(cx, requete, apres.map_or((i64::MIN, ""), Curseur::bornes), nombre).await
}

/// One démarche's decided dossiers, the last decided first, before `avant`.
pub(crate) async fn finis(
    cx: &mut Cx,
    portee: &Portee,
    demarche: &str,
    avant: Option<&Curseur>,
    nombre: u32,
) -> Result<Vec<EnTravail>, Erreur> {
    if portee.filtre().is_some() {
        return Ok(Vec::new());
    }
    let requete = requete(FINIS).bind(portee.commune().as_str()).bind(demarche);
    lignes(cx, requete, avant.map_or((i64::MAX, ""), Curseur::bornes), nombre).await
}

/// Those that hold a document to look at, the one that waits longest first, after `apres`. A family's scope reads none.
pub(crate) async fn a_lire(
    cx: &mut Cx,
    portee: &Portee,
    demarches: &[&str],
    apres: Option<&Curseur>,
    nombre: u32,
) -> Result<Vec<(Dossier, Curseur)>, Erreur> {
    if portee.filtre().is_some() {
        return Ok(Vec::new());
    }
    let (depuis, id) = apres.map_or((i64::MIN, ""), Curseur::bornes);
    let rangs = requete(A_LIRE)
        .bind(portee.commune().as_str())
        .bind(depuis)
        .bind(id.to_owned())
        .bind(serde_json::to_string(demarches)?)
        .bind(i64::from(nombre))
        .fetch_all(&mut *cx)
        .await?;
    let lit = |r: &Rang| {
        let dossier = lit_etat(cx, portee.commune().as_str(), r)?;
        let place = Curseur::attend(de_micros(r.try_get(3)?, "dossier", "a_lire_le")?, &dossier.id);
        Ok((dossier, place))
    };
    rangs.iter().map(lit).collect()
}

/// A page of a list, from a place.
async fn lignes(
    cx: &mut Cx,
    requete: Requete<'_>,
    (instant, id): (i64, &str),
    nombre: u32,
) -> Result<Vec<EnTravail>, Erreur> {
    let rangs = requete.bind(instant).bind(id.to_owned()).bind(i64::from(nombre)).fetch_all(cx).await?;
    rangs.iter().map(lit).collect()
}

/// The dossier of that number: what is read over the telephone.
pub(crate) async fn par_numero(
    cx: &mut Cx,
    portee: &Portee,
    numero: &str,
) -> Result<Option<EnTravail>, Erreur> {
    if portee.filtre().is_some() {
        return Ok(None);
    }
    let rang = requete(NUMERO).bind(portee.commune().as_str()).bind(numero).fetch_optional(cx).await?;
    rang.as_ref().map(lit).transpose()
}

fn phase(nom: &str) -> Result<Phase, Erreur> {
    Phase::lit(nom).ok_or(Erreur::Incoherence { table: "dossier", colonne: "phase" })
}

fn limite(micros: Option<i64>) -> Result<Option<Timestamp>, Erreur> {
    micros.map(|l| de_micros(l, "dossier", "limite_le")).transpose()
}

fn lit(rang: &Rang) -> Result<EnTravail, Erreur> {
    let (foyer, enfant, agent): (Option<String>, Option<String>, Option<String>) =
        (rang.try_get(3)?, rang.try_get(4)?, rang.try_get(8)?);
    Ok(EnTravail {
        id: DossierId::lit(&rang.try_get::<String>(0)?).map_err(illisible("dossier", "id"))?,
        demarche: rang.try_get(1)?,
        numero: rang.try_get(2)?,
        foyer: foyer.map(|f| FoyerId::lit(&f)).transpose().map_err(illisible("dossier", "foyer_id"))?,
        enfant: enfant.map(|e| PersonneId::lit(&e)).transpose().map_err(illisible("dossier", "enfant_id"))?,
        etape: rang.try_get(5)?,
        phase: phase(&rang.try_get::<String>(6)?)?,
        entree_le: de_micros(rang.try_get(7)?, "dossier", "entree_le")?,
        agent: agent.map(|a| AgentId::lit(&a)).transpose().map_err(illisible("dossier", "agent_id"))?,
        limite_le: limite(rang.try_get(9)?)?,
    })
}
