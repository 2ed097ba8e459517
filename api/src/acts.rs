//! An act on a dossier: load what `decide` may read, decide, commit; decide again when something moved meanwhile.

use engine::annee;
use engine::commune::{Commune, Contact};
use engine::decision::{Auteur, CleUnique, Decision, Ecriture, Garde, Refus, Suivant};
use engine::demarche::{
    self, Action, Champ, Changement, Contexte, Demarche, Dossier, Evenement, Lecture, Phase, PieceDemandee,
    Reponses, Unicite, Vises, actions, agent_concerne, champs_visibles, connues, decide, demandees_de,
    recopiee, refus_de_garde, reponses_de, reutilise, service_concerne, vue,
};
use engine::foyer::{FaitsDates, Foyer};
use engine::identifiant::{DossierId, FoyerId, PersonneId};
use engine::tarification::Sujets;
use engine_store::{CleIdempotence, Commis, Erreur, FoyerLu, Portee};
use forms::formulaire::{Connu, Formulaire};
use jiff::Timestamp;
use jiff::civil::Date;
use rules::valeur::Valeur;
use sha2::{Digest, Sha256};

use crate::alea::alea;
use crate::attachment;
use crate::facts;
use crate::state::Etat;

/// Most drafts that a household holds open: a family of many children files all of a town's procedures within it.
pub(crate) const BROUILLONS_MAX: u32 = 40;

/// How many times an act is decided again when a guard fails.
pub(crate) const ESSAIS: u8 = 4;

/// Why an act did not happen.
#[derive(Debug)]
pub(crate) enum Echec {
    /// A rule says no.
    Refus(Box<Refus>),
    /// The town takes one such request, and there is one already: why, and which.
    Doublon(Box<Refus>, DossierId),
    /// There is no such dossier, for this person.
    Inconnu,
    /// The store failed.
    Store(Erreur),
}

impl From<Erreur> for Echec {
    fn from(erreur: Erreur) -> Self {
        Self::Store(erreur)
    }
}

/// A dossier with everything that its pages and its decisions read.
pub(crate) struct Lu<'a> {
    /// The town, as it is now: its texts, its calendar, its zone.
    pub(crate) commune: &'a Commune,
    /// The town that the procedure is part of: the version that the dossier is pinned to.
    fixe: &'a Commune,
    /// The procedure.
    pub(crate) demarche: &'a Demarche,
    /// The dossier; `None` before it is started.
    pub(crate) dossier: Option<Dossier>,
    /// The household.
    pub(crate) foyer: Option<Foyer>,
    /// What is known of its people.
    pub(crate) faits: FaitsDates,
    /// The same, as dimensions.
    pub(crate) valeurs: Vec<Valeur>,
    /// The town's named figures.
    pub(crate) parametres: Vec<Valeur>,
    /// The documents asked.
    pub(crate) pieces: Vec<PieceDemandee>,
    /// What the form finds already written.
    pub(crate) connu: Connu,
    /// Now.
    pub(crate) maintenant: Timestamp,
    /// Today, in the town's zone.
    pub(crate) aujourdhui: Date,
    annee_scolaire: Option<String>,
    sujets: Option<Sujets>,
    autres: Vec<Dossier>,
}

/// Does this agent examine it? What was never sent is the family's, and another service's files are not theirs.
pub(crate) fn a_instruire(etat: &Etat, commune: &Commune, dossier: &Dossier, auteur: &Auteur) -> bool {
    let demarche = etat.demarche_de(commune, &dossier.demarche);
    dossier.depose_le.is_some() && demarche.is_some_and(|d| agent_concerne(d, auteur))
}

/// Is a dossier of this démarche in the lists of whoever reads? Another service's are in no agent's, at the counter either.
pub(crate) fn est_montre(etat: &Etat, commune: &Commune, demarche: &str, auteur: &Auteur) -> bool {
    !matches!(auteur, Auteur::Agent { .. } | Auteur::AuGuichet { .. })
        || etat.demarche_de(commune, demarche).is_some_and(|d| service_concerne(d, auteur))
}

/// The dossier `id` of this scope.
pub(crate) async fn lit<'a>(
    etat: &'a Etat,
    commune: &'a Commune,
    portee: &Portee,
    id: &DossierId,
) -> Result<Lu<'a>, Echec> {
    let lue = etat.store.dossier_et_famille(portee, id).await?.filter(|(d, _)| !d.suivi.efface);
    let (dossier, famille) = lue.ok_or(Echec::Inconnu)?;
    // what was never sent is the family's, expired or not: no agent reads it, or acts on it
    if dossier.depose_le.is_none() && matches!(portee.auteur(), Auteur::Agent { .. }) {
        return Err(Echec::Inconnu);
    }
    // another service's files are not this agent's, whatever way they ask; the version in force says whose they are
    let service = etat
        .demarche_de(commune, &dossier.demarche)
        .or(etat.definition_de(commune, &dossier).map(|(_, d)| d));
    if matches!(portee.auteur(), Auteur::Agent { .. } | Auteur::AuGuichet { .. })
        && service.is_some_and(|d| !service_concerne(d, portee.auteur()))
    {
        return Err(Echec::Inconnu);
    }
    let Some((fixe, demarche)) = etat.definition_de(commune, &dossier) else {
        return Err(Echec::Refus(Box::new(definition_absente(commune, &dossier))));
    };
    let foyer = dossier.foyer.clone();
    let enfant = dossier.enfant.clone();
    let autres = autres(etat, portee, demarche, foyer.as_ref()).await?;
    let lu =
        compose(etat, (commune, fixe), portee, demarche, Some(dossier), (foyer.as_ref(), famille), enfant);
    Ok(lu.avec(autres))
}

/// The household's requests, whose documents are good for this one: read where it asks for documents.
async fn autres(
    etat: &Etat,
    portee: &Portee,
    demarche: &Demarche,
    foyer: Option<&FoyerId>,
) -> Result<Vec<Dossier>, Erreur> {
    match foyer {
        Some(foyer) if !demarche.pieces.is_empty() => etat.store.dossiers_du_foyer(portee, foyer).await,
        _ => Ok(Vec::new()),
    }
}

/// A dossier of this procedure that is not started yet, about that child: its opening may depend on what is known of it.
pub(crate) async fn neuf<'a>(
    etat: &Etat,
    commune: &'a Commune,
    portee: &Portee,
    demarche: &'a Demarche,
    foyer: &FoyerId,
    enfant: Option<&PersonneId>,
) -> Result<Lu<'a>, Echec> {
    if let Some(refus) = attachment::cadenas(&etat.store, commune, portee, (demarche, foyer)).await? {
        return Err(Echec::Refus(Box::new(refus)));
    }
    let famille = etat.store.famille(portee, foyer).await?;
    let autres = autres(etat, portee, demarche, Some(foyer)).await?;
    let de = (Some(foyer), famille);
    Ok(compose(etat, (commune, commune), portee, demarche, None, de, enfant.cloned()).avec(autres))
}

/// Why this dossier cannot be read now.
fn definition_absente(commune: &Commune, dossier: &Dossier) -> Refus {
    if dossier.phase == Phase::Brouillon && commune.demarche(&dossier.demarche).is_none() {
        return Refus::nouveau(
            "demarche.retiree",
            "Cette démarche n’est plus proposée : ce brouillon ne peut plus être déposé.",
        );
    }
    Refus::nouveau(
        "dossier.definition",
        "Une nouvelle version du portail se met en place. Réessayez dans un instant.",
    )
}

/// The same, by somebody without an account.
pub(crate) fn neuf_public<'a>(
    etat: &Etat,
    commune: &'a Commune,
    portee: &Portee,
    demarche: &'a Demarche,
) -> Lu<'a> {
    compose(etat, (commune, commune), portee, demarche, None, (None, FoyerLu::default()), None)
}

fn compose<'a>(
    etat: &Etat,
    (commune, fixe): (&'a Commune, &'a Commune),
    portee: &Portee,
    demarche: &'a Demarche,
    dossier: Option<Dossier>,
    (foyer, famille): (Option<&FoyerId>, FoyerLu),
    enfant: Option<PersonneId>,
) -> Lu<'a> {
    let maintenant = etat.horloge.maintenant();
    let aujourdhui = maintenant.to_zoned(commune.fuseau.clone()).date();
    let FoyerLu { foyer: lu_foyer, faits } = famille;
    let de = foyer.map(|foyer| Sujets {
        foyer: foyer.clone(),
        enfant,
        responsable: dossier.as_ref().and_then(|d| d.demandeur.clone()),
    });
    let reponses = dossier.as_ref().map(|d| &d.reponses);
    let vue =
        vue(fixe, demarche, (&faits, de.as_ref()), (reponses, &demandees_de(dossier.as_ref())), maintenant);
    if !vue.defauts.is_empty() {
        // a value that the town no longer declares, or a condition that cannot be computed: shown rather than hidden
        tracing::warn!(commune = commune.slug, refus = vue.defauts.len(), "family's values");
    }
    let connu =
        connu(demarche, &faits, lu_foyer.as_ref(), dossier.as_ref(), portee, (aujourdhui, maintenant));
    let annee_scolaire = annee::d_inscription(commune, aujourdhui).map(annee::nom);
    Lu {
        commune,
        fixe,
        demarche,
        dossier,
        foyer: lu_foyer,
        faits,
        valeurs: vue.valeurs,
        parametres: vue.parametres,
        pieces: vue.pieces,
        connu,
        maintenant,
        aujourdhui,
        annee_scolaire,
        sujets: de,
        autres: Vec::new(),
    }
}

/// What is known of the family, as answers of the form.
fn connu(
    demarche: &Demarche,
    faits: &FaitsDates,
    foyer: Option<&Foyer>,
    dossier: Option<&Dossier>,
    portee: &Portee,
    (jour, connu_au): (Date, Timestamp),
) -> Connu {
    let demandeur = match portee.auteur() {
        Auteur::Parent { personne, .. } | Auteur::AuGuichet { personne, .. } => Some(personne),
        _ => None,
    };
    let vises = match dossier {
        Some(d) => Vises::du_dossier(d),
        None => Vises { foyer: foyer.map(|f| &f.id), demandeur, enfant: None },
    };
    let vises = vises.pour(foyer);
    let rien = Reponses::default();
    let copies = demarche.champs().filter_map(|c| {
        let copie = recopiee(c, &rien, faits, vises, jour, connu_au)?;
        Some((c.id.clone(), copie))
    });
    Connu { copies: Reponses(copies.collect()), faits: connues(demarche, faits, vises, jour, connu_au) }
}

impl Lu<'_> {
    /// A screen of the form; `ailleurs` are the answers of the others.
    pub(crate) fn formulaire<'f>(&'f self, champs: &'f [Champ], ailleurs: &'f Reponses) -> Formulaire<'f> {
        Formulaire {
            champs,
            conditions: &self.demarche.champs_conditions,
            valeurs: &self.valeurs,
            ailleurs,
            parametres: &self.parametres,
            hote: self.commune,
            aujourdhui: self.aujourdhui,
            connu: &self.connu,
        }
    }

    /// The formats in which this document is given; `None`: the town does not know it, which the decision says.
    pub(crate) fn formats(&self, piece: &str) -> Option<&[String]> {
        self.fixe.piece(piece).map(|p| p.formats.as_slice())
    }

    /// The service that examines.
    pub(crate) fn contact(&self) -> Option<&Contact> {
        self.commune.contact(&self.demarche.instruit_par)
    }

    fn contexte<'c>(
        &'c self,
        auteur: &'c Auteur,
        pieces: &'c [PieceDemandee],
        alea: [u8; 16],
    ) -> Contexte<'c> {
        Contexte {
            maintenant: self.maintenant,
            fuseau: &self.commune.fuseau,
            calendrier: &self.commune.calendrier,
            hote: self.fixe,
            auteur,
            foyer: self.foyer.as_ref(),
            faits: &self.faits,
            valeurs: &self.valeurs,
            parametres: &self.parametres,
            pieces,
            judiciaires: self.commune.vocabulaire.de_sensibilite("judiciaire"),
            annee_scolaire: self.annee_scolaire.as_deref(),
            alea,
        }
    }

    /// The same, with the household's requests.
    fn avec(mut self, autres: Vec<Dossier>) -> Self {
        self.autres = autres;
        let mut pieces = std::mem::take(&mut self.pieces);
        self.reutilise(&mut pieces);
        Self { pieces, ..self }
    }

    /// Says which of these documents the household gave elsewhere.
    fn reutilise(&self, pieces: &mut [PieceDemandee]) {
        let enfant = self.sujets.as_ref().and_then(|s| s.enfant.as_ref());
        reutilise(self.fixe, pieces, &self.autres, (self.dossier.as_ref(), enfant), self.maintenant);
    }

    /// What `evenement` does.
    pub(crate) fn decide(&self, auteur: &Auteur, evenement: &Evenement) -> Result<Decision, Refus> {
        // the documents asked depend on the answers that come with the act
        let reponses = reponses_de(evenement, self.dossier.as_ref());
        let mut vue = vue(
            self.fixe,
            self.demarche,
            (&self.faits, self.sujets.as_ref()),
            (reponses, &demandees_de(self.dossier.as_ref())),
            self.maintenant,
        );
        self.reutilise(&mut vue.pieces);
        decide(self.demarche, self.dossier.as_ref(), evenement, &self.contexte(auteur, &vue.pieces, alea()?))
    }

    /// What this person may do.
    pub(crate) fn actions(&self, auteur: &Auteur) -> Vec<(&Action, Option<Refus>)> {
        match &self.dossier {
            Some(dossier) => actions(self.demarche, dossier, &self.contexte(auteur, &self.pieces, [0; 16])),
            None => Vec::new(),
        }
    }

    /// The fields that show, given the answers; all of them when a condition cannot be computed.
    pub(crate) fn visibles(&self, dossier: &Dossier) -> Vec<&Champ> {
        Lecture::nouvelle(self.demarche, &dossier.reponses, &self.valeurs, &self.parametres, self.fixe)
            .ok()
            .and_then(|mut lecture| champs_visibles(self.demarche, &mut lecture).ok())
            .unwrap_or_else(|| self.demarche.champs().collect())
    }

    /// The draft was last written under another form: the family reads it again before it files.
    pub(crate) fn formulaire_change(&self) -> bool {
        let brouillon = self.dossier.as_ref().filter(|d| d.phase == Phase::Brouillon);
        brouillon.is_some_and(|d| d.digest != self.demarche.digest)
    }

    /// A text known of somebody today; empty when it is not.
    pub(crate) fn texte(&self, personne: &PersonneId, fait: &str) -> String {
        facts::texte(&self.faits, personne, fait, self.aujourdhui, self.maintenant)
    }

    /// First and family names; empty when neither is known.
    pub(crate) fn nom_entier(&self, personne: &PersonneId) -> String {
        format!("{} {}", self.texte(personne, "prenom"), self.texte(personne, "nom")).trim().to_owned()
    }

    /// First name of the child that it is about; empty when it is about none.
    pub(crate) fn prenom(&self, dossier: &Dossier) -> String {
        dossier.enfant.as_ref().map(|e| self.texte(e, "prenom")).unwrap_or_default()
    }
}

/// The rule of a refusal that says nothing of the dossier: others wrote meanwhile, again and again.
pub(crate) const OCCUPE: &str = "dossier.occupe";

/// An act that was done.
pub(crate) struct Acte {
    /// On which dossier.
    pub(crate) id: DossierId,
    /// What the dossier is after it, where this very call wrote it and nobody's facts changed with it.
    suivant: Option<Dossier>,
}

/// A dossier after an act.
pub(crate) struct Apres<'a> {
    /// As it is now.
    pub(crate) lu: Lu<'a>,
    /// Did this very call do it? Else the act may have been done, and answered, before.
    pub(crate) premiere: bool,
}

/// Does `evenement` to the dossier `id`, once under `cle`.
pub(crate) async fn agit(
    etat: &Etat,
    commune: &Commune,
    portee: &Portee,
    id: &DossierId,
    evenement: &Evenement,
    cle: Option<&str>,
) -> Result<DossierId, Echec> {
    essaie(etat, commune, portee, id, evenement, cle).await.map(|(_, acte)| acte.id)
}

/// Does `evenement` to the dossier `id`, once under `cle`, and says what it is after it.
pub(crate) async fn agit_et_lit<'a>(
    etat: &'a Etat,
    commune: &'a Commune,
    portee: &Portee,
    id: &DossierId,
    evenement: &Evenement,
    cle: Option<&str>,
) -> Result<Apres<'a>, Echec> {
    let (lu, acte) = essaie(etat, commune, portee, id, evenement, cle).await?;
    apres(etat, commune, portee, lu, acte).await
}

/// The dossier after `acte`, which was decided on `lu`: read again only where something else than the dossier changed.
pub(crate) async fn apres<'a>(
    etat: &'a Etat,
    commune: &'a Commune,
    portee: &Portee,
    lu: Lu<'_>,
    acte: Acte,
) -> Result<Apres<'a>, Echec> {
    let connu = acte.suivant.and_then(|d| Some((etat.definition_de(commune, &d)?, d)));
    let Some(((fixe, demarche), dossier)) = connu else {
        return Ok(Apres { lu: lit(etat, commune, portee, &acte.id).await?, premiere: false });
    };
    let famille = FoyerLu { foyer: lu.foyer, faits: lu.faits };
    let (foyer, enfant) = (dossier.foyer.clone(), dossier.enfant.clone());
    let de = (foyer.as_ref(), famille);
    let autres = lu.autres;
    let lu = compose(etat, (commune, fixe), portee, demarche, Some(dossier), de, enfant).avec(autres);
    Ok(Apres { lu, premiere: true })
}

/// Decides until no guard fails; what it was decided on, and what was done.
async fn essaie<'a>(
    etat: &'a Etat,
    commune: &'a Commune,
    portee: &Portee,
    id: &DossierId,
    evenement: &Evenement,
    cle: Option<&str>,
) -> Result<(Lu<'a>, Acte), Echec> {
    for _ in 0..ESSAIS {
        let lu = lit(etat, commune, portee, id).await?;
        match commet(etat, portee, &lu, evenement, cle).await {
            Err(Echec::Store(Erreur::Garde(_))) => {}
            autre => return autre.map(|acte| (lu, acte)),
        }
    }
    Err(Echec::Refus(Box::new(Refus::nouveau(
        OCCUPE,
        "Ce dossier est en train d’être modifié par quelqu’un d’autre. Réessayez dans un instant.",
    ))))
}

/// Moves a filed dossier to the live version of its démarche, where `reprise` says.
pub(crate) async fn reprend(
    etat: &Etat,
    commune: &Commune,
    portee: &Portee,
    demarche: &Demarche,
    id: &DossierId,
) -> Result<(), Echec> {
    for _ in 0..ESSAIS {
        let lu = lit(etat, commune, portee, id).await?;
        let Some(dossier) = &lu.dossier else { return Err(Echec::Inconnu) };
        let alea = alea().map_err(Erreur::from)?;
        let decision = demarche::reprend(demarche, dossier, &lu.contexte(portee.auteur(), &lu.pieces, alea))
            .map_err(|refus| Echec::Refus(Box::new(refus)))?;
        match etat.store.commet(portee, decision, None).await {
            Err(Erreur::Garde(_)) => {}
            autre => return autre.map(|_| ()).map_err(Echec::Store),
        }
    }
    Err(Echec::Inconnu)
}

/// Decides and commits.
pub(crate) async fn commet(
    etat: &Etat,
    portee: &Portee,
    lu: &Lu<'_>,
    evenement: &Evenement,
    cle: Option<&str>,
) -> Result<Acte, Echec> {
    let corps = empreinte(lu, evenement);
    let cle = cle.map(|c| format!("{}:{c}", qui(portee.auteur())));
    let mut decision = match lu.decide(portee.auteur(), evenement) {
        Ok(decision) => decision,
        Err(refus) => {
            // the same click sent twice: what the first one did is what refuses it now
            if let Some(cle) = &cle
                && let Some(reponse) = etat.store.deja_repondu(portee, cle, &corps).await?
            {
                return deja(&reponse);
            }
            return Err(Echec::Refus(Box::new(refus)));
        }
    };
    let suivant = match &decision.suivant {
        Suivant::Dossier(d) => {
            if let (None, Some(foyer)) = (&lu.dossier, &d.foyer) {
                // counted where it is written: two that start at once do not pass together
                let garde = Garde::Brouillons { foyer: foyer.clone(), max: BROUILLONS_MAX };
                decision.gardes.push(garde);
            }
            (**d).clone()
        }
        _ => return Err(Echec::Inconnu),
    };
    let id = suivant.id.clone();
    // whoever is read beside the dossier stays as read
    let meme_famille = suivant.foyer.as_ref() == lu.foyer.as_ref().map(|f| &f.id);
    let seul = meme_famille && !suivant.suivi.efface && !decision.ecritures.iter().any(est_de_la_famille);
    let cle = cle.map(|cle| CleIdempotence { cle, corps, reponse: id.to_string() });
    match etat.store.commet(portee, decision, cle).await {
        Ok(Commis::Ecrit { numero }) => {
            let suivant = Some(suivant).filter(|_| seul);
            let suivant = match numero {
                Some(numero) => suivant.and_then(|d| Changement::Numerote(numero).applique(Some(d))),
                None => suivant,
            };
            Ok(Acte { id, suivant })
        }
        Ok(Commis::Deja { reponse }) => deja(&reponse),
        Err(Erreur::Garde(garde)) => match occupe(etat, portee, lu, &garde).await? {
            Some(pourquoi) => Err(pourquoi),
            None => Err(Echec::Store(Erreur::Garde(garde))),
        },
        Err(erreur) => Err(Echec::Store(erreur)),
    }
}

/// The same act, done and answered before.
fn deja(reponse: &str) -> Result<Acte, Echec> {
    DossierId::lit(reponse).map(|id| Acte { id, suivant: None }).map_err(|_| Echec::Inconnu)
}

/// Does it change who is in a household, or what is known of them?
const fn est_de_la_famille(ecriture: &Ecriture) -> bool {
    matches!(
        ecriture,
        Ecriture::Fait(_) | Ecriture::Foyer(_) | Ecriture::Membre { .. } | Ecriture::FinMembre { .. }
    )
}

/// Why deciding again changes nothing: a place that is gone stays gone, a request that exists goes on existing.
async fn occupe(etat: &Etat, portee: &Portee, lu: &Lu<'_>, garde: &Garde) -> Result<Option<Echec>, Echec> {
    // of a request that exists already, more is known here than the rule: which one
    if let Some(doublon) = doublon(etat, portee, lu, garde).await? {
        return Ok(Some(doublon));
    }
    let refus = refus_de_garde(lu.demarche, lu.dossier.as_ref(), garde);
    Ok(refus.map(|refus| Echec::Refus(Box::new(refus))))
}

/// The request that already holds the place of this one, when that is what stopped it. Of another household's, nothing is said.
async fn doublon(etat: &Etat, portee: &Portee, lu: &Lu<'_>, garde: &Garde) -> Result<Option<Echec>, Echec> {
    let Garde::Unique(CleUnique::Dossier(cle)) = garde else { return Ok(None) };
    let par = &lu.demarche.un_dossier_par;
    let enfant =
        lu.sujets.as_ref().and_then(|s| s.enfant.as_ref()).filter(|_| par.contains(&Unicite::Enfant));
    let pour = enfant.map(|e| lu.texte(e, "prenom")).filter(|p| !p.is_empty());
    let pour = pour.map(|p| format!(" pour {p}")).unwrap_or_default();
    let annee = lu.annee_scolaire.as_ref().filter(|_| par.contains(&Unicite::AnneeScolaire));
    let annee = annee.map(|a| format!(", année scolaire {a}")).unwrap_or_default();
    let existe = etat.store.qui_occupe(portee, cle).await?;
    let laquelle = match &existe {
        Some((_, Some(numero))) => format!(
            "a déjà été envoyée : c’est le dossier {numero}. Suivez-le, ou complétez-le, au lieu d’en faire un second."
        ),
        Some((_, None)) => "est déjà commencée : reprenez-la où vous l’aviez laissée.".to_owned(),
        None => "a déjà été faite. Adressez-vous au service si ce n’est pas par vous.".to_owned(),
    };
    let motif = format!("La demande « {} »{pour}{annee} {laquelle}", lu.demarche.nom);
    let refus =
        Refus::nouveau(format!("demarche.{}.un_dossier_par", lu.demarche.id), motif).lieu(lu.demarche.lieu);
    Ok(Some(match existe {
        Some((dossier, _)) => Echec::Doublon(Box::new(refus), dossier),
        None => Echec::Refus(Box::new(refus)),
    }))
}

/// What the request says, hashed: the same key with another request is an error.
fn empreinte(lu: &Lu<'_>, evenement: &Evenement) -> [u8; 32] {
    let dossier = lu.dossier.as_ref().map_or_else(|| lu.demarche.id.clone(), |d| d.id.to_string());
    let corps = serde_json::to_vec(evenement).unwrap_or_default();
    Sha256::new().chain_update(dossier).chain_update([0]).chain_update(corps).finalize().into()
}

/// Whose key it is: two families' keys never meet.
pub(crate) fn qui(auteur: &Auteur) -> String {
    match auteur {
        Auteur::Parent { personne, .. } => personne.to_string(),
        Auteur::Agent { agent, .. } => agent.to_string(),
        // an agent's clicks are the agent's, for one household at a time
        Auteur::AuGuichet { agent, foyer, .. } => format!("{agent}/{foyer}"),
        Auteur::Public => "public".to_owned(),
        Auteur::Systeme => "systeme".to_owned(),
    }
}
