//! Dossiers: the snapshot, and the columns that lists need.

use std::collections::HashMap;

use engine::decision::{Agregat, Auteur, CleUnique, Garde};
use engine::demarche::{Dossier, Phase};
use engine::identifiant::{AgentId, DossierId, FoyerId, PersonneId};
use jiff::Timestamp;

use crate::coffre;
use crate::cx::{Cx, Rang};
use crate::differe::{self, Ajout};
use crate::erreur::{Erreur, depassee, illisible};
use crate::foyer::{self, FoyerLu};
use crate::instant::{de_micros, en_micros};
use crate::portee::Portee;
use crate::sql::{Valeur, requete, requetes};
use crate::store::Store;

requetes! {
    LIRE = "SELECT etat, id, version FROM dossier WHERE commune_id = $1 AND id = $2 AND ($3 IS NULL OR foyer_id = $3)";
    VERSION = "SELECT version FROM dossier WHERE commune_id = $1 AND id = $2";
    // those of a batch, JSON lists: its dossiers, and whoever holds the keys that they take
    LIRE_VERSIONS = "SELECT id, version, cle_vivante FROM dossier
            WHERE commune_id = $1 AND id IN (SELECT value FROM json_each($2))
        UNION ALL SELECT id, version, cle_vivante FROM dossier
            WHERE commune_id = $1 AND cle_vivante IS NOT NULL AND cle_vivante IN (SELECT value FROM json_each($3))",
        pg: "SELECT id, version, cle_vivante FROM dossier
            WHERE commune_id = $1 AND id = ANY (ARRAY(SELECT json_array_elements_text(CAST($2 AS json))))
        UNION ALL SELECT id, version, cle_vivante FROM dossier WHERE commune_id = $1 AND cle_vivante IS NOT NULL
            AND cle_vivante = ANY (ARRAY(SELECT json_array_elements_text(CAST($3 AS json))))";
    VIVANT = "SELECT 1 FROM dossier WHERE commune_id = $1 AND cle_vivante = $2 AND id <> $3";
    QUI_OCCUPE = "SELECT id, numero FROM dossier
        WHERE commune_id = $1 AND cle_vivante = $2 AND ($3 IS NULL OR foyer_id = $3)";
    CREER = "INSERT INTO dossier
            (commune_id, id, demarche, digest, numero, foyer_id, enfant_id, etape, phase, entree_le, cle_vivante, version, etat, agent_id, limite_le,
             a_lire_le)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        ON CONFLICT (commune_id, id) DO NOTHING";
    // its version is the number of writes so far: it was decided on the one before
    MODIFIER = "UPDATE dossier SET demarche = v.column3, digest = v.column4, numero = v.column5, foyer_id = v.column6,
            enfant_id = v.column7, etape = v.column8, phase = v.column9, entree_le = CAST(v.column10 AS BIGINT),
            cle_vivante = v.column11, version = CAST(v.column12 AS BIGINT), etat = v.column13, agent_id = v.column14,
            limite_le = COALESCE(CAST(v.column15 AS BIGINT), dossier.limite_le), a_lire_le = CAST(v.column16 AS BIGINT)
        FROM (VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)) AS v
        WHERE dossier.commune_id = v.column1 AND dossier.id = v.column2
            AND dossier.version = CAST(v.column12 AS BIGINT) - 1";
    LIMITER = "UPDATE dossier SET limite_le = $3 WHERE commune_id = $1 AND id = $2";
    // a town's, and a household's: one text with « $2 IS NULL OR » would walk the town's for both
    LISTER = "SELECT id, demarche, numero, foyer_id, etape, phase, entree_le FROM dossier
        WHERE commune_id = $1 AND CAST($2 AS TEXT) IS NULL AND ($3 IS NULL OR demarche = $3)
            AND ($4 IS NULL OR phase = $4) AND ($6 = 0 OR numero IS NOT NULL) AND (numero IS NOT NULL OR phase <> 'annulee')
            AND ($9 IS NULL OR (CASE WHEN phase IN ('acceptee', 'refusee', 'annulee', 'expiree') THEN 1 ELSE 0 END, entree_le, id) > ($7, $8, $9))
        ORDER BY CASE WHEN phase IN ('acceptee', 'refusee', 'annulee', 'expiree') THEN 1 ELSE 0 END, entree_le, id LIMIT $5";
    LISTER_DU_FOYER = "SELECT id, demarche, numero, foyer_id, etape, phase, entree_le FROM dossier
        WHERE commune_id = $1 AND foyer_id = $2 AND ($3 IS NULL OR demarche = $3)
            AND ($4 IS NULL OR phase = $4) AND ($6 = 0 OR numero IS NOT NULL) AND (numero IS NOT NULL OR phase <> 'annulee')
            AND ($9 IS NULL OR (CASE WHEN phase IN ('acceptee', 'refusee', 'annulee', 'expiree') THEN 1 ELSE 0 END, entree_le, id) > ($7, $8, $9))
        ORDER BY CASE WHEN phase IN ('acceptee', 'refusee', 'annulee', 'expiree') THEN 1 ELSE 0 END, entree_le, id LIMIT $5";
    // SQLite, without statistics, would read all the town's to have them in order
    DU_FOYER = "SELECT etat, id, version FROM dossier INDEXED BY dossier_foyer WHERE commune_id = $1 AND foyer_id = $2 ORDER BY id",
        pg: "SELECT etat, id, version FROM dossier WHERE commune_id = $1 AND foyer_id = $2 ORDER BY id";
    BROUILLONS = "SELECT COUNT(*) FROM dossier
        WHERE commune_id = $1 AND foyer_id = $2 AND phase = 'brouillon'";
    // live ones by étape and definition; what is over has nothing left to do
    EN_COURS = "SELECT demarche, etape, digest, phase, COUNT(*) FROM dossier
        WHERE commune_id = $1 AND phase NOT IN ('acceptee', 'refusee', 'annulee', 'expiree')
        GROUP BY demarche, etape, digest, phase ORDER BY demarche, etape, digest, phase";
    A_REPRENDRE = "SELECT id FROM dossier WHERE commune_id = $1 AND demarche = $2 AND etape = $3 AND digest <> $4
            AND phase NOT IN ('brouillon', 'acceptee', 'refusee', 'annulee', 'expiree')
        ORDER BY id LIMIT $5";
}

/// A dossier in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResumeDossier {
    /// Which.
    pub id: DossierId,
    /// Of which démarche.
    pub demarche: String,
    /// Its number, once filed.
    pub numero: Option<String>,
    /// Whose.
    pub foyer: Option<FoyerId>,
    /// Its étape.
    pub etape: String,
    /// That étape's phase.
    pub phase: Phase,
    /// Since when.
    pub entree_le: Timestamp,
}

/// Live dossiers of one étape, under one definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnCours {
    /// Which démarche.
    pub demarche: String,
    /// Their étape.
    pub etape: String,
    /// The definition that they are pinned to.
    pub digest: String,
    /// That étape's phase.
    pub phase: Phase,
    /// How many.
    pub nombre: i64,
}

/// Which dossiers a list holds; `None` = any. A family's scope holds its own only, whatever is asked.
#[derive(Clone, Debug, Default)]
pub struct FiltreDossiers {
    /// Of this démarche.
    pub demarche: Option<String>,
    /// In this phase.
    pub phase: Option<Phase>,
    /// Of this household.
    pub foyer: Option<FoyerId>,
    /// At most; the oldest in their étape come first, those that are over last.
    pub nombre: u32,
    /// Those that come after this one in that order.
    pub apres: Option<Curseur>,
}

/// A place in the order of lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Curseur {
    clos: bool,
    entree_le: Timestamp,
    id: DossierId,
}

impl Curseur {
    /// The place of a dossier that entered that phase then.
    pub(crate) fn a(phase: Phase, entree_le: Timestamp, id: &DossierId) -> Self {
        Self { clos: phase.est_finale(), entree_le, id: id.clone() }
    }

    /// The place of a dossier among those that wait to be read since then.
    pub(crate) fn attend(depuis: Timestamp, id: &DossierId) -> Self {
        Self { clos: false, entree_le: depuis, id: id.clone() }
    }

    /// The place of this one.
    pub fn de(dossier: &Dossier) -> Self {
        Self::a(dossier.phase, dossier.entree_le, &dossier.id)
    }

    /// When it entered its étape, in microseconds, and which it is: what lists compare.
    pub(crate) fn bornes(&self) -> (i64, &str) {
        (en_micros(self.entree_le), self.id.as_str())
    }

    /// As an address carries it: `0-1756720800000000-01h…`.
    pub fn texte(&self) -> String {
        format!("{}-{}-{}", u8::from(self.clos), en_micros(self.entree_le), self.id)
    }

    /// From an address; `None` for anything else.
    pub fn lit(texte: &str) -> Option<Self> {
        let mut parties = texte.splitn(3, '-');
        let clos = match parties.next()? {
            "0" => false,
            "1" => true,
            _ => return None,
        };
        let entree_le = Timestamp::from_microsecond(parties.next()?.parse().ok()?).ok()?;
        Some(Self { clos, entree_le, id: DossierId::lit(parties.next()?).ok()? })
    }
}

impl ResumeDossier {
    /// Its place in the order of lists.
    pub fn curseur(&self) -> Curseur {
        Curseur::a(self.phase, self.entree_le, &self.id)
    }
}

impl Store {
    /// A dossier of this scope.
    pub async fn dossier(&self, portee: &Portee, id: &DossierId) -> Result<Option<Dossier>, Erreur> {
        lit(&mut self.lecture(portee).await?, portee, id).await
    }

    /// A dossier of this scope, with what is known of its household.
    pub async fn dossier_et_famille(
        &self,
        portee: &Portee,
        id: &DossierId,
    ) -> Result<Option<(Dossier, FoyerLu)>, Erreur> {
        let mut cx = self.lecture(portee).await?;
        let Some(dossier) = lit(&mut cx, portee, id).await? else { return Ok(None) };
        let famille = match &dossier.foyer {
            Some(foyer) => foyer::famille(&mut cx, portee, foyer).await?,
            None => FoyerLu::default(),
        };
        Ok(Some((dossier, famille)))
    }

    /// Dossiers of this scope.
    pub async fn dossiers(
        &self,
        portee: &Portee,
        filtre: &FiltreDossiers,
    ) -> Result<Vec<ResumeDossier>, Erreur> {
        liste(&mut self.lecture(portee).await?, portee, filtre).await
    }

    /// Live dossiers by démarche, étape and definition, counted; none for a family.
    pub async fn en_cours(&self, portee: &Portee) -> Result<Vec<EnCours>, Erreur> {
        if portee.foyer().is_some() {
            return Ok(Vec::new());
        }
        en_cours(&mut self.lecture(portee).await?, portee.commune().as_str()).await
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
        a_reprendre(&mut cx, portee.commune().as_str(), demarche, etape, digest, nombre).await
    }

    /// The live dossier of this scope that holds the place of this key, and its number once it is filed.
    pub async fn qui_occupe(
        &self,
        portee: &Portee,
        cle: &str,
    ) -> Result<Option<(DossierId, Option<String>)>, Erreur> {
        let mut cx = self.lecture(portee).await?;
        let requete = requete(QUI_OCCUPE).bind(portee.commune().as_str()).bind(cle).bind(portee.filtre());
        let Some(rang) = requete.fetch_optional(&mut cx).await? else { return Ok(None) };
        let id: String = rang.try_get(0)?;
        Ok(Some((DossierId::lit(&id).map_err(illisible("dossier", "id"))?, rang.try_get(1)?)))
    }
}

pub(crate) async fn lit(cx: &mut Cx, portee: &Portee, id: &DossierId) -> Result<Option<Dossier>, Erreur> {
    let public = matches!(portee.auteur(), Auteur::Public);
    if public && portee.dossier() != Some(id) {
        return Ok(None);
    }
    let rang = requete(LIRE)
        .bind(portee.commune().as_str())
        .bind(id.as_str())
        .bind(portee.filtre().filter(|_| !public))
        .fetch_optional(&mut *cx)
        .await?;
    let Some(rang) = rang else { return Ok(None) };
    let lu = lit_etat(cx, portee.commune().as_str(), &rang)?;
    // once in a family's space, it is read there
    Ok(Some(lu).filter(|d| !public || d.foyer.is_none()))
}

/// A dossier of a row that begins by its snapshot, its name and its version.
pub(crate) fn lit_etat(cx: &Cx, commune: &str, rang: &Rang) -> Result<Dossier, Erreur> {
    let (etat, id, version): (String, String, i64) = (rang.try_get(0)?, rang.try_get(1)?, rang.try_get(2)?);
    let place = [commune, "dossier", &id, &version.to_string()];
    let etat = coffre::lis(cx.coffre.as_ref(), etat, &place, ("dossier", "etat"))?;
    serde_json::from_str(&etat).map_err(illisible("dossier", "etat"))
}

pub(crate) async fn liste(
    cx: &mut Cx,
    portee: &Portee,
    filtre: &FiltreDossiers,
) -> Result<Vec<ResumeDossier>, Erreur> {
    let foyer = portee.filtre().or_else(|| filtre.foyer.as_ref().map(FoyerId::as_str));
    let rangs = requete(if foyer.is_some() { LISTER_DU_FOYER } else { LISTER })
        .bind(portee.commune().as_str())
        .bind(foyer)
        .bind(filtre.demarche.as_deref())
        .bind(filtre.phase.map(Phase::nom))
        .bind(i64::from(filtre.nombre))
        // what a town's agents see: drafts are the families', and what is done never hides what is to do
        .bind(i64::from(portee.filtre().is_none()))
        .bind(filtre.apres.as_ref().map(|c| i64::from(c.clos)))
        .bind(filtre.apres.as_ref().map(|c| en_micros(c.entree_le)))
        .bind(filtre.apres.as_ref().map(|c| c.id.as_str()))
        .fetch_all(cx)
        .await?;
    rangs.iter().map(resume).collect()
}

fn resume(rang: &Rang) -> Result<ResumeDossier, Erreur> {
    let foyer: Option<String> = rang.try_get(3)?;
    let phase: String = rang.try_get(5)?;
    Ok(ResumeDossier {
        id: DossierId::lit(&rang.try_get::<String>(0)?).map_err(illisible("dossier", "id"))?,
        demarche: rang.try_get(1)?,
        numero: rang.try_get(2)?,
        foyer: foyer.map(|f| FoyerId::lit(&f)).transpose().map_err(illisible("dossier", "foyer_id"))?,
        etape: rang.try_get(4)?,
        phase: Phase::lit(&phase).ok_or(Erreur::Incoherence { table: "dossier", colonne: "phase" })?,
        entree_le: de_micros(rang.try_get(6)?, "dossier", "entree_le")?,
    })
}

/// Live dossiers, counted.
pub(crate) async fn en_cours(cx: &mut Cx, commune: &str) -> Result<Vec<EnCours>, Erreur> {
    let rangs = requete(EN_COURS).bind(commune).fetch_all(cx).await?;
    let lit = |r: &Rang| {
        let phase: String = r.try_get(3)?;
        Ok(EnCours {
            demarche: r.try_get(0)?,
            etape: r.try_get(1)?,
            digest: r.try_get(2)?,
            phase: Phase::lit(&phase).ok_or(Erreur::Incoherence { table: "dossier", colonne: "phase" })?,
            nombre: r.try_get(4)?,
        })
    };
    rangs.iter().map(lit).collect()
}

/// All those of a household, whole.
pub(crate) async fn du_foyer(cx: &mut Cx, commune: &str, foyer: &FoyerId) -> Result<Vec<Dossier>, Erreur> {
    let rangs = requete(DU_FOYER).bind(commune).bind(foyer.as_str()).fetch_all(&mut *cx).await?;
    rangs.iter().map(|r| lit_etat(cx, commune, r)).collect()
}

/// How many drafts a household has open.
pub(crate) async fn brouillons(cx: &mut Cx, commune: &str, foyer: &FoyerId) -> Result<u32, Erreur> {
    let rang = requete(BROUILLONS).bind(commune).bind(foyer.as_str()).fetch_one(cx).await?;
    Ok(u32::try_from(rang.try_get::<i64>(0)?).unwrap_or(u32::MAX))
}

/// Filed dossiers that stand in `etape` of another definition than `digest`.
pub(crate) async fn a_reprendre(
    cx: &mut Cx,
    commune: &str,
    demarche: &str,
    etape: &str,
    digest: &str,
    nombre: u32,
) -> Result<Vec<DossierId>, Erreur> {
    let rangs = requete(A_REPRENDRE)
        .bind(commune)
        .bind(demarche)
        .bind(etape)
        .bind(digest)
        .bind(i64::from(nombre))
        .fetch_all(cx)
        .await?;
    rangs
        .iter()
        .map(|r| DossierId::lit(&r.try_get::<String>(0)?).map_err(illisible("dossier", "id")))
        .collect()
}

pub(crate) async fn version(cx: &mut Cx, commune: &str, id: &DossierId) -> Result<i64, Erreur> {
    let rang = requete(VERSION).bind(commune).bind(id.as_str()).fetch_optional(cx).await?;
    rang.map_or(Ok(0), |r| r.try_get(0))
}

/// Is another one live under this key?
pub(crate) async fn vivant(cx: &mut Cx, commune: &str, cle: &str, sauf: &str) -> Result<bool, Erreur> {
    Ok(requete(VIVANT).bind(commune).bind(cle).bind(sauf).fetch_optional(cx).await?.is_some())
}

/// Writes it over the version that it was decided on, and over nothing else. `limite`: when the town's silence becomes an
/// answer, where this write arms it.
pub(crate) async fn ecrit(
    cx: &mut Cx,
    commune: &str,
    dossier: &Dossier,
    limite: Option<Timestamp>,
) -> Result<(), Erreur> {
    let vivante = dossier.cle_vivante();
    // what was read for the whole batch refuses at once; what it missed is refused by the row's version and the unique index,
    // and the batch comes back here
    if let Some(connus) = &mut cx.differes.dossiers {
        connus.passe(dossier)?;
    } else if let Some(cle) = vivante.filter(|_| cx.prudent)
        && vivant(cx, commune, cle, dossier.id.as_str()).await?
    {
        return Err(prise(cle));
    }
    if cx.differes.attend(&dossier.id) {
        differe::envoie(cx, Ajout::Dossier).await?;
    }
    let texte = |t: Option<&str>| t.map(str::to_owned).into();
    let place = [commune, "dossier", dossier.id.as_str(), &dossier.version.to_string()];
    let etat = serde_json::to_string(dossier)?;
    let etat = coffre::range(cx.coffre.as_ref(), etat, &place, |c| c.garde_dossier(dossier))?;
    let rang = vec![
        commune.to_owned().into(),
        dossier.id.as_str().to_owned().into(),
        dossier.demarche.clone().into(),
        dossier.digest.clone().into(),
        dossier.numero.clone().into(),
        texte(dossier.foyer.as_ref().map(FoyerId::as_str)),
        texte(dossier.enfant.as_ref().map(PersonneId::as_str)),
        dossier.etape.clone().into(),
        dossier.phase.nom().to_owned().into(),
        en_micros(dossier.entree_le).into(),
        texte(vivante),
        dossier.version.into(),
        etat.into(),
        texte(dossier.affecte_a.as_ref().map(AgentId::as_str)),
        limite.map(en_micros).into(),
        dossier.a_lire_le().map(en_micros).into(),
    ];
    cx.ajoute(if dossier.version == 1 { Ajout::DossierNeuf } else { Ajout::Dossier }, rang);
    Ok(())
}

fn prise(cle: &str) -> Erreur {
    Erreur::Garde(Box::new(Garde::Unique(CleUnique::Dossier(cle.to_owned()))))
}

/// The dossiers that a batch writes, as its writes leave them.
#[derive(Debug, Default)]
pub(crate) struct Connus {
    versions: HashMap<DossierId, i64>,
    /// Who holds each key.
    vivantes: HashMap<String, DossierId>,
}

impl Connus {
    /// Is it written over the version that is there, and is its key free? Then it is there.
    fn passe(&mut self, dossier: &Dossier) -> Result<(), Erreur> {
        let (id, vivante) = (&dossier.id, dossier.cle_vivante());
        if self.versions.get(id).copied().unwrap_or_default() != dossier.version.saturating_sub(1) {
            return Err(depassee(Agregat::Dossier(id.clone()), dossier.version));
        }
        if let Some(cle) = vivante
            && self.vivantes.get(cle).is_some_and(|autre| autre != id)
        {
            return Err(prise(cle));
        }
        self.versions.insert(id.clone(), dossier.version);
        self.vivantes.retain(|_, qui| qui != id);
        if let Some(cle) = vivante {
            self.vivantes.insert(cle.to_owned(), id.clone());
        }
        Ok(())
    }
}

/// A dossier that its batch did not announce was read as it is now, to be written by this order.
pub(crate) fn connait(cx: &mut Cx, dossier: &Dossier) {
    if let Some(connus) = &mut cx.differes.dossiers {
        connus.versions.insert(dossier.id.clone(), dossier.version);
    }
}

/// Reads once the versions, and the keys, of all the dossiers that a batch writes, where it has several.
pub(crate) async fn annonce<'d>(
    cx: &mut Cx,
    commune: &str,
    dossiers: impl Iterator<Item = &'d Dossier>,
) -> Result<(), Erreur> {
    let (ids, cles): (Vec<_>, Vec<_>) = dossiers.map(|d| (&d.id, d.cle_vivante())).unzip();
    if ids.len() < 2 {
        return Ok(());
    }
    let (ids, cles) =
        (serde_json::to_string(&ids)?, serde_json::to_string(&cles.iter().flatten().collect::<Vec<_>>())?);
    let rangs = requete(LIRE_VERSIONS).bind(commune).bind(ids).bind(cles).fetch_all(cx).await?;
    let mut connus = Connus::default();
    for rang in rangs {
        let id = DossierId::lit(&rang.try_get::<String>(0)?).map_err(illisible("dossier", "id"))?;
        connus.versions.insert(id.clone(), rang.try_get(1)?);
        if let Some(cle) = rang.try_get::<Option<String>>(2)? {
            connus.vivantes.insert(cle, id);
        }
    }
    cx.differes.dossiers = Some(connus);
    Ok(())
}

/// Why a row that [`ecrit`] made changed nothing: another write came before.
pub(crate) fn depasse(rang: &[Valeur<'static>]) -> Erreur {
    let (Some(Valeur::Texte(Some(id))), Some(Valeur::Entier(Some(version)))) = (rang.get(1), rang.get(11))
    else {
        return Erreur::Incoherence { table: "dossier", colonne: "id" };
    };
    DossierId::lit(id).map_or_else(illisible("dossier", "id"), |id| depassee(Agregat::Dossier(id), *version))
}

/// When the town's silence becomes an answer, for the lists of those who must answer.
pub(crate) async fn limite(cx: &mut Cx, commune: &str, id: &DossierId, le: Timestamp) -> Result<(), Erreur> {
    requete(LIMITER).bind(commune).bind(id.as_str()).bind(en_micros(le)).execute(cx).await?;
    Ok(())
}
