//! Trying a key: one order of the town's writer, so that two tries at once are two tries, one after the other.
//!
//! Whatever is wrong (no such key, used, expired, dead, another town's, another child's birth) the answer is one and the
//! same, after the same readings. A miss counts against who tries, where they try from, the town, and the key that was right.

use engine::cle_enfance::{PLAFOND_FREINE, PLAFONDS, ReponseRattachement};
use engine::decision::{Agregat, Auteur};
use engine::foyer::{FaitsDates, Foyer, Genre, Sujet, ValeurFait, cle_de_recherche};
use engine::identifiant::{CleEnfanceId, CommuneSlug, CompteId, FoyerId, PersonneId, hexa};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::cle_enfance;
use crate::cx::Cx;
use crate::erreur::{Erreur, illisible};
use crate::foyer::{self, FoyerLu};
use crate::instant::{de_micros, en_micros};
use crate::ordre::{Ordre, Recu};
use crate::portee::Portee;
use crate::sql::{requete, requetes};
use crate::store::Store;
use crate::{compte, rattachement};

requetes! {
    OUBLIER = "DELETE FROM essai_cle WHERE commune_id = $1 AND le <= $2";
    COMPTER = "SELECT COUNT(*), MIN(le) FROM essai_cle WHERE commune_id = $1 AND le > $2
        AND ($3 IS NULL OR personne_id = $3) AND ($4 IS NULL OR adresse = $4)";
    NOTER = "INSERT INTO essai_cle (commune_id, n, le, personne_id, adresse)
        SELECT $1, COALESCE(MAX(n), 0) + 1, $2, $3, $4 FROM essai_cle WHERE commune_id = $1";
    CHERCHER = "SELECT id, foyer_id, responsable_id, ouvre FROM cle_enfance WHERE commune_id = $1 AND empreinte = $2
        AND utilisee_le IS NULL AND revoquee_le IS NULL AND expire_le > $3 AND essais_restants > 0";
    MANQUER = "UPDATE cle_enfance SET essais_restants = essais_restants - 1
        WHERE commune_id = $1 AND id = $2 AND essais_restants > 0";
    UTILISER = "UPDATE cle_enfance SET utilisee_le = $3, utilisee_par = $4
        WHERE commune_id = $1 AND id = $2 AND utilisee_le IS NULL AND revoquee_le IS NULL";
}

/// A try.
#[derive(Clone, PartialEq, Eq)]
pub struct Essai {
    /// Keyed hash of the normal form of what was typed.
    pub empreinte: [u8; 32],
    /// The birth of a child of the household.
    pub naissance: Date,
    /// Who tries, as their account is until now; [`Auteur::Public`]: nobody yet.
    pub auteur: Auteur,
    /// Their account, which becomes that person's; none in the demonstration.
    pub compte: Option<CompteId>,
    /// « Camille Durand », as the account says: whose key it is, where the household has one for all.
    pub nom: String,
    /// Keyed hash of the network address.
    pub adresse: [u8; 32],
    /// By the town's clock: whether the key still opens.
    pub le: Timestamp,
    /// By the machine's: how often it was tried.
    pub reel: Timestamp,
}

/// Nothing of it is printed.
impl std::fmt::Debug for Essai {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Essai").finish_non_exhaustive()
    }
}

/// What a try gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EssaiFait {
    /// The key is used up: whoever tried is this person from now on.
    Ouverte {
        /// Which key.
        cle: CleEnfanceId,
        /// The household that the town knows.
        foyer: FoyerId,
        /// Who they are in it.
        personne: PersonneId,
        /// Ids of the services that it opens; empty = all.
        ouvre: Vec<String>,
    },
    /// Something is wrong.
    Refusee,
    /// Too many misses: nothing was compared.
    Trop {
        /// Until when.
        jusqu_a: Timestamp,
        /// The whole town waits: somebody looks for keys.
        commune: bool,
    },
}

impl Store {
    /// Tries a key in that town, for whoever that scope is.
    pub async fn essaie_cle(&self, commune: &CommuneSlug, essai: Essai) -> Result<EssaiFait, Erreur> {
        match self.demande(commune, Ordre::EssayerCle(Box::new(essai))).await? {
            Recu::Essaye(fait) => Ok(fait),
            _ => Err(Erreur::Ferme),
        }
    }
}

/// A key that still opens.
struct Vivante {
    id: CleEnfanceId,
    foyer: FoyerId,
    responsable: Option<PersonneId>,
    ouvre: Vec<String>,
}

pub(crate) async fn essaie(cx: &mut Cx, slug: &CommuneSlug, essai: &Essai) -> Result<EssaiFait, Erreur> {
    let commune = slug.as_str();
    if let Some(trop) = trop(cx, commune, essai).await? {
        return Ok(trop);
    }
    let cle = cherche(cx, commune, essai).await?;
    // read of some household whatever was typed: the time that it takes does not say which half was right
    let ici = Portee::nouvelle(slug.clone(), Auteur::Systeme);
    let de_qui = match (&cle, essai.auteur.foyer()) {
        (Some(cle), _) => Some(cle.foyer.clone()),
        (None, Some(le_sien)) => Some(le_sien.clone()),
        (None, None) => foyer::liste(cx, &ici, 1).await?.pop(),
    };
    let lu = match &de_qui {
        Some(foyer) => foyer::famille(cx, &ici, foyer).await?,
        None => FoyerLu::default(),
    };
    let juste = cle.as_ref().and_then(|cle| Some((cle, qui(cle, &lu, essai)?)));
    let Some((cle, personne)) = juste else {
        manque(cx, commune, essai, cle.as_ref()).await?;
        return Ok(EssaiFait::Refusee);
    };
    let prise = requete(UTILISER)
        .bind(commune)
        .bind(cle.id.as_str())
        .bind(en_micros(essai.le))
        .bind(serde_json::to_string(&essai.auteur)?)
        .execute(&mut *cx)
        .await?;
    if prise != 1 {
        return Err(Erreur::Incoherence { table: "cle_enfance", colonne: "utilisee_le" });
    }
    devient(cx, commune, essai, (&cle.foyer, &personne)).await?;
    let detail = Some(format!("personne:{personne}"));
    cle_enfance::consigne(cx, commune, &cle.id, (&essai.auteur, essai.le), "utiliser_cle", detail).await?;
    Ok(EssaiFait::Ouverte {
        cle: cle.id.clone(),
        foyer: cle.foyer.clone(),
        personne,
        ouvre: cle.ouvre.clone(),
    })
}

/// The account is of the household that the town knows, and the one that it had declared waits for nothing any more.
async fn devient(
    cx: &mut Cx,
    commune: &str,
    essai: &Essai,
    (foyer, personne): (&FoyerId, &PersonneId),
) -> Result<(), Erreur> {
    if let Some(declare) = essai.auteur.foyer() {
        let reponse = ReponseRattachement::Rattache { foyer: foyer.clone(), personne: personne.clone() };
        rattachement::pose(cx, commune, declare, &reponse, (&essai.auteur, essai.le)).await?;
    }
    let Some(id) = &essai.compte else { return Ok(()) };
    let Some(compte) = compte::lit(cx, commune, id).await? else {
        return Err(Erreur::Incoherence { table: "compte", colonne: "id" });
    };
    compte::ecrit(cx, commune, &compte.devient(foyer, personne)).await?;
    let (agregat, qui) = (Agregat::Compte(id.clone()), (&essai.auteur, essai.le));
    cle_enfance::ajoute(cx, commune, agregat, qui, ("utiliser_cle", Some(format!("foyer:{foyer}")))).await
}

/// Has the account, the address or the town missed too often? Each window slides: what is older than the longest is forgotten.
async fn trop(cx: &mut Cx, commune: &str, essai: &Essai) -> Result<Option<EssaiFait>, Erreur> {
    let [du_compte, de_l_adresse, de_la_commune] = PLAFONDS;
    let depuis = |minutes: u32| {
        let duree = SignedDuration::from_mins(i64::from(minutes));
        essai.reel.checked_sub(duree).unwrap_or(Timestamp::MIN)
    };
    requete(OUBLIER).bind(commune).bind(en_micros(depuis(de_la_commune.minutes))).execute(&mut *cx).await?;
    let personne = essai.auteur.personne().map(PersonneId::as_str);
    let adresse = hexa(&essai.adresse);
    let comptes = [
        (du_compte, personne, None, personne.is_some()),
        (de_l_adresse, None, Some(adresse.as_str()), true),
        (de_la_commune, None, None, true),
    ];
    for (plafond, personne, adresse, compte) in comptes {
        if !compte {
            continue;
        }
        let rang = requete(COMPTER)
            .bind(commune)
            .bind(en_micros(depuis(plafond.minutes)))
            .bind(personne)
            .bind(adresse)
            .fetch_one(&mut *cx)
            .await?;
        let (manques, plus_ancien): (i64, Option<i64>) = (rang.try_get(0)?, rang.try_get(1)?);
        if manques >= i64::from(plafond.manques) {
            if plafond == de_la_commune
                && n_a_pas_manque(cx, commune, essai, depuis(PLAFOND_FREINE.minutes)).await?
            {
                continue;
            }
            let ancien = plus_ancien.map_or(Ok(essai.reel), |m| de_micros(m, "essai_cle", "le"))?;
            let duree = SignedDuration::from_mins(i64::from(plafond.minutes));
            let jusqu_a = ancien.checked_add(duree).unwrap_or(Timestamp::MAX);
            return Ok(Some(EssaiFait::Trop { jusqu_a, commune: plafond == de_la_commune }));
        }
    }
    Ok(None)
}

/// While the town is braked: is it an account that missed less than it may then? Whoever looks for keys keeps no family out.
async fn n_a_pas_manque(
    cx: &mut Cx,
    commune: &str,
    essai: &Essai,
    depuis: Timestamp,
) -> Result<bool, Erreur> {
    let Some(personne) = essai.auteur.personne() else { return Ok(false) };
    let demande = requete(COMPTER).bind(commune).bind(en_micros(depuis));
    let rang = demande.bind(personne.as_str()).bind(None::<&str>).fetch_one(cx).await?;
    Ok(rang.try_get::<i64>(0)? < i64::from(PLAFOND_FREINE.manques))
}

async fn cherche(cx: &mut Cx, commune: &str, essai: &Essai) -> Result<Option<Vivante>, Erreur> {
    let rang = requete(CHERCHER)
        .bind(commune)
        .bind(essai.empreinte.as_slice())
        .bind(en_micros(essai.le))
        .fetch_optional(cx)
        .await?;
    let Some(rang) = rang else { return Ok(None) };
    let responsable: Option<String> = rang.try_get(2)?;
    Ok(Some(Vivante {
        id: CleEnfanceId::lit(&rang.try_get::<String>(0)?).map_err(illisible("cle_enfance", "id"))?,
        foyer: FoyerId::lit(&rang.try_get::<String>(1)?).map_err(illisible("cle_enfance", "foyer_id"))?,
        responsable: responsable
            .map(|p| PersonneId::lit(&p))
            .transpose()
            .map_err(illisible("cle_enfance", "responsable_id"))?,
        ouvre: serde_json::from_str(&rang.try_get::<String>(3)?)
            .map_err(illisible("cle_enfance", "ouvre"))?,
    }))
}

/// Who the key makes of whoever tries it; `None` when no child of the household was born that day.
fn qui(cle: &Vivante, lu: &FoyerLu, essai: &Essai) -> Option<PersonneId> {
    let foyer = lu.foyer.as_ref()?;
    let mut enfants = foyer.membres.iter().filter(|m| m.genre == Genre::Enfant);
    if !enfants.any(|e| naissance(&lu.faits, &e.personne) == Some(essai.naissance)) {
        return None;
    }
    match &cle.responsable {
        Some(responsable) => foyer.contient(responsable).then(|| responsable.clone()),
        None => parmi(foyer, &lu.faits, &essai.nom),
    }
}

/// The last birth told of somebody, whenever it was.
fn naissance(faits: &FaitsDates, personne: &PersonneId) -> Option<Date> {
    match &faits.de(&Sujet::Personne(personne.clone()), "naissance").last()?.valeur {
        ValeurFait::Date(date) => Some(*date),
        _ => None,
    }
}

/// Of a household's guardians, the one who has this name; failing that, the first.
fn parmi(foyer: &Foyer, faits: &FaitsDates, nom: &str) -> Option<PersonneId> {
    let cherche = cle_de_recherche(nom);
    let dit = |personne: &PersonneId, fait: &str| {
        let dernier = faits.de(&Sujet::Personne(personne.clone()), fait).last();
        match dernier.map(|f| &f.valeur) {
            Some(ValeurFait::Texte(texte)) => texte.clone(),
            _ => String::new(),
        }
    };
    let nomme = |p: &PersonneId| cle_de_recherche(&format!("{} {}", dit(p, "prenom"), dit(p, "nom")));
    let responsables = || foyer.membres.iter().filter(|m| m.genre.est_responsable()).map(|m| &m.personne);
    responsables().find(|p| nomme(p) == cherche).or_else(|| responsables().next()).cloned()
}

/// Counts a miss, everywhere that it counts.
async fn manque(cx: &mut Cx, commune: &str, essai: &Essai, cle: Option<&Vivante>) -> Result<(), Erreur> {
    requete(NOTER)
        .bind(commune)
        .bind(en_micros(essai.reel))
        .bind(essai.auteur.personne().map(PersonneId::as_str))
        .bind(hexa(&essai.adresse))
        .execute(&mut *cx)
        .await?;
    let qui = (&essai.auteur, essai.le);
    let Some(cle) = cle else {
        return cle_enfance::ajoute(cx, commune, Agregat::EssaisDeCle, qui, ("essayer_cle", None)).await;
    };
    requete(MANQUER).bind(commune).bind(cle.id.as_str()).execute(&mut *cx).await?;
    cle_enfance::consigne(cx, commune, &cle.id, qui, "manquer_cle", None).await
}
