//! Clés enfance: drawn here, shown once, and only a keyed hash of them kept. What the hash is keyed by is not in the data.

use engine::cle_enfance::{CleRemise, UnePar};
use engine::commune::Commune;
use engine::foyer::{FaitsDates, Foyer, Genre, Sujet, ValeurFait};
use engine::identifiant::{Alea, CleEnfanceId, FoyerId, PersonneId};
use engine_store::{CleNeuve, Erreur, Portee, Store};
use forms::vues::LettreCle;
use jiff::Timestamp;
use rules::date_fr;

use crate::alea::alea;
use crate::facts;
use crate::links::CleDesLiens;
use crate::pages::{affiche, contact_des_cles};

/// A key that was just made: the only time that it is readable.
pub(crate) struct Faite {
    /// Which.
    pub(crate) id: CleEnfanceId,
    /// What the family types.
    pub(crate) texte: String,
    /// Whose household.
    pub(crate) foyer: FoyerId,
    /// To whom the letter is; of the household's key, its first guardian.
    pub(crate) a: PersonneId,
    /// Until when it opens.
    pub(crate) expire_le: Timestamp,
    /// Did it take the place of another one?
    pub(crate) remplace: bool,
}

/// What makes keys.
pub(crate) struct Atelier<'a> {
    /// Where they are kept.
    pub(crate) store: &'a Store,
    /// What their hashes are keyed by.
    pub(crate) liens: &'a CleDesLiens,
    /// The town.
    pub(crate) commune: &'a Commune,
    /// Who makes them.
    pub(crate) portee: &'a Portee,
    /// When.
    pub(crate) le: Timestamp,
}

impl Atelier<'_> {
    /// Keys for this household as the town gives them: one for it, or one for each guardian; `pour`: for that one only. None
    /// for a household that no key can open, as it has no guardian or no child.
    pub(crate) async fn fait(
        &self,
        remise: &CleRemise,
        foyer: &FoyerId,
        pour: Option<&PersonneId>,
    ) -> Result<Vec<Faite>, Erreur> {
        let lu = self.store.foyer(self.portee, foyer).await?;
        let membres = lu.map(|f| f.membres).unwrap_or_default();
        if !membres.iter().any(|m| m.genre == Genre::Enfant) {
            return Ok(Vec::new());
        }
        let mut responsables: Vec<PersonneId> =
            membres.into_iter().filter(|m| m.genre.est_responsable()).map(|m| m.personne).collect();
        match (remise.une_par, pour) {
            (UnePar::Foyer, _) => responsables.truncate(1),
            (UnePar::Responsable, Some(pour)) => responsables.retain(|p| p == pour),
            (UnePar::Responsable, None) => {}
        }
        let calendrier = &self.commune.calendrier;
        let expire_le = remise
            .expire
            .apres_instant(self.le, &self.commune.fuseau, calendrier)
            .map_err(|_| Erreur::Incoherence { table: "cle_enfance", colonne: "expire_le" })?;
        let mut tirage = Alea::nouveau(alea()?);
        let (mut neuves, mut faites) = (Vec::new(), Vec::new());
        for a in responsables {
            let texte = remise.format.tire(&mut tirage);
            let id = CleEnfanceId::neuf(tirage.tire());
            neuves.push(CleNeuve {
                id: id.clone(),
                empreinte: self
                    .liens
                    .empreinte_de_cle(&self.commune.slug, &texte)
                    .ok_or(Erreur::Incoherence { table: "cle_enfance", colonne: "empreinte" })?,
                foyer: foyer.clone(),
                responsable: (remise.une_par == UnePar::Responsable).then(|| a.clone()),
                ouvre: remise.ouvre.clone(),
                expire_le,
                essais: remise.essais,
            });
            faites.push(Faite { id, texte, foyer: foyer.clone(), a, expire_le, remplace: false });
        }
        let rangees = self.store.fait_cles(self.portee, neuves, self.le).await?;
        for faite in &mut faites {
            faite.remplace = rangees.iter().any(|r| r.id == faite.id && r.remplace.is_some());
        }
        Ok(faites)
    }
}

/// The letter that gives a key. `adresse`: the portal's.
pub(crate) fn lettre(
    commune: &Commune,
    adresse: &str,
    remise: &CleRemise,
    faite: &Faite,
    (foyer, faits): (&Foyer, &FaitsDates),
    le: Timestamp,
) -> LettreCle {
    let jour = le.to_zoned(commune.fuseau.clone()).date();
    let texte = |p: &PersonneId, fait| facts::texte(faits, p, fait, jour, le);
    let mut destinataire = vec![format!("{} {}", texte(&faite.a, "prenom"), texte(&faite.a, "nom"))];
    let sujets = [Sujet::Personne(faite.a.clone()), Sujet::Foyer(faite.foyer.clone())];
    let connue = sujets.iter().find_map(|s| match &faits.valeur(s, "adresse", jour, le)?.valeur {
        ValeurFait::Adresse(adresse) => Some(adresse.clone()),
        _ => None,
    });
    if let Some(connue) = connue {
        destinataire.push(connue.voie);
        destinataire.extend(connue.complement);
        destinataire.push(format!("{} {}", connue.code_postal, connue.commune));
    }
    let contact = contact_des_cles(commune);
    let service = contact.map(affiche).map(|c| [vec![c.nom], c.lignes].concat());
    let enfants = foyer.membres.iter().filter(|m| m.genre == Genre::Enfant);
    let mut enfants: Vec<String> = enfants.map(|m| texte(&m.personne, "prenom")).collect();
    enfants.sort();
    let dernier = faite.expire_le.to_zoned(commune.fuseau.clone()).date();
    LettreCle {
        commune: commune.nom.clone(),
        service: service.unwrap_or_default(),
        destinataire,
        fait_le: format!("Le {}", date_fr::date_courte(jour)),
        cle: faite.texte.clone(),
        enfants: enfants.join(", "),
        adresse: adresse.to_owned(),
        // it opens until the end of the day before
        jusqu_au: date_fr::date_courte(dernier.yesterday().unwrap_or(dernier)),
        remplace: faite.remplace,
        par_responsable: remise.une_par == UnePar::Responsable,
    }
}
