//! Plays a case against a server: one request, or a few, a step.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::cas::{Cas, Demande, Document, Etape, Geste, Jour, Obtenu, RapportEtape, Relu};
use engine::commune::Commune;
use engine::decision::{Agregat, Auteur, Decision, Ecriture, Suivant};
use engine::definition::raw::cas::RawActeur;
use engine::demarche::{Acteur, Phase};
use engine::foyer::{Fait, Genre, SourceFait, Sujet, ValeurFait};
use engine::identifiant::{AgentId, CommuneSlug, DossierId, FoyerId, PersonneId, ReservationId};
use engine_store::{GenreTravail, Portee, Store};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::magasin::{coffre_connu, relit};
use tests::parcours::PDF;
use tests::serveur::{Navigateur, Serveur};
use tokio::runtime::Runtime;

use crate::Recit;
use crate::mots::{prix, refus};
use crate::ombre::{Noms, dossier_de_l_etat, renomme};

/// Longest wait for what the server does by itself.
const PATIENCE: Duration = Duration::from_secs(20);

/// A little more than the worker's lease.
const BAIL: SignedDuration = SignedDuration::from_secs(62);
/// Enough to decide what was taken, when something else is due within a lease.
const SUITE: Duration = Duration::from_secs(3);

/// Why a step was not replayed alike.
pub(crate) enum Ecart {
    /// No route does it.
    Hors(&'static str),
    /// Something else came.
    Autre(String),
}

pub(crate) fn hors<T>(raison: &'static str) -> Result<T, Ecart> {
    Err(Ecart::Hors(raison))
}

/// What a step gives, by key of `attend`.
pub(crate) type Vu = BTreeMap<&'static str, String>;

struct Foyer {
    id: FoyerId,
    parent: PersonneId,
    etat: Vec<String>,
}

/// A case being played.
pub(crate) struct Joueur<'c> {
    tokio: Arc<Runtime>,
    commune: &'c Commune,
    slug: CommuneSlug,
    serveur: Serveur,
    navigateur: Navigateur,
    /// Beside the server: what no route does is written there.
    store: Store,
    portee: Portee,
    _data: tempfile::TempDir,
    /// The cookie of each, by `foyer:…` and `agent:…`.
    cookies: BTreeMap<String, String>,
    foyers: BTreeMap<String, Foyer>,
    enfants: BTreeMap<String, (PersonneId, String)>,
    /// The case's dossiers, as the server names them, and whose.
    dossiers: BTreeMap<String, (DossierId, String)>,
    /// The same, and the booked days, from the names that memory gave them.
    noms: Noms,
    /// The booked days.
    jours: BTreeMap<(String, String, Date), String>,
    maintenant: Timestamp,
    cles: usize,
}

pub(crate) fn mot(texte: &str) -> &'static str {
    // the keys of `attend` that a step may show
    [
        "accepte",
        "refus",
        "manquants",
        "motif",
        "etat",
        "phase",
        "droits",
        "prix",
        "delai",
        "annonce",
        "lignes",
        "rendez_vous",
        "demarches",
    ]
    .into_iter()
    .find(|m| *m == texte)
    .unwrap_or_else(|| panic!("{texte}"))
}

/// Letters go somewhere.
fn courriel(famille: &Decision) -> Ecriture {
    let responsable = |e: &Ecriture| match e {
        Ecriture::Membre { personne, genre: Genre::Responsable, .. } => Some(personne.clone()),
        _ => None,
    };
    Ecriture::Fait(Fait {
        sujet: Sujet::Personne(famille.ecritures.iter().find_map(responsable).unwrap()),
        fait: "courriel".to_owned(),
        valeur: ValeurFait::Texte("famille@exemple.fr".to_owned()),
        valable_du: Date::constant(1900, 1, 1),
        valable_au: None,
        connu_le: Timestamp::MIN,
        source: SourceFait::Import("cas".to_owned()),
        valide_par: None,
    })
}

impl<'c> Joueur<'c> {
    /// The households of the case in a new data folder, everybody's session, and a server on it.
    pub(crate) fn nouveau(
        tokio: &Arc<Runtime>,
        slug: &str,
        commune: &'c Commune,
        cas: &Cas,
        communes: &Path,
        recit: &Recit,
    ) -> Self {
        let data = tempfile::tempdir().unwrap();
        let dossier: PathBuf = data.path().join("data");
        std::fs::create_dir(&dossier).unwrap();
        std::fs::write(dossier.join("demonstration"), "0").unwrap();
        let slug = CommuneSlug::lit(slug).unwrap();
        let store = tokio.block_on(Store::sqlite(&dossier)).unwrap();
        tokio.block_on(coffre_connu(&dossier, &store, &slug));
        let portee = store.portee_de_commande(&slug, "rejeu");
        let maintenant = commune.fuseau.to_ambiguous_timestamp(cas.debut()).compatible().unwrap();
        let (mut foyers, mut enfants) = (BTreeMap::new(), BTreeMap::new());
        // memory keeps them by name
        let ecrits = cas.familles();
        assert_eq!(ecrits.len(), recit.etapes[0].len());
        for ((rang, (nom, raw)), decision) in (1..).zip(&ecrits).zip(&recit.etapes[0]) {
            let Agregat::Foyer(id) = &decision.entree.agregat else { panic!("{decision:?}") };
            let mut famille = decision.clone();
            famille.ecritures.push(courriel(decision));
            tokio.block_on(store.commet(&portee, famille, None)).unwrap();
            let membres = |voulu: Genre| {
                let un = move |e: &Ecriture| match e {
                    Ecriture::Membre { personne, genre, .. } if *genre == voulu => Some(personne.clone()),
                    _ => None,
                };
                decision.ecritures.iter().filter_map(un).collect::<Vec<_>>()
            };
            if !raw.etat.is_empty() {
                let d = dossier_de_l_etat(commune, id, rang, &raw.etat, maintenant);
                tokio.block_on(store.commet(&portee, d, None)).unwrap();
            }
            for (prenom, enfant) in raw.enfants.iter().zip(membres(Genre::Enfant)) {
                enfants.insert(prenom.clone(), (enfant, nom.clone()));
            }
            let parent = membres(Genre::Responsable).remove(0);
            foyers.insert(nom.clone(), Foyer { id: id.clone(), parent, etat: raw.etat.clone() });
        }
        let mut cookies = BTreeMap::new();
        let mut ouvre = |nom: String, auteur: Auteur| {
            let le = Timestamp::now();
            let fin = le + SignedDuration::from_hours(12);
            let jeton = tokio.block_on(store.ouvre_session(&slug, auteur, le, fin)).unwrap();
            cookies.insert(nom, format!("guichet-{slug}={}", jeton.texte()));
        };
        for (nom, f) in &foyers {
            ouvre(format!("foyer:{nom}"), Auteur::Parent { personne: f.parent.clone(), foyer: f.id.clone() });
        }
        for contact in &commune.contacts {
            let auteur = Auteur::Agent { agent: AgentId::neuf([1; 16]), roles: vec![contact.id.clone()] };
            ouvre(format!("agent:{}", contact.id), auteur);
        }
        let serveur = Serveur::lance_avec(communes, &dossier, &["--sans-surveillance"]).unwrap();
        let navigateur = serveur.navigateur();
        Self {
            tokio: Arc::clone(tokio),
            commune,
            slug,
            serveur,
            navigateur,
            store,
            portee,
            _data: data,
            cookies,
            foyers,
            enfants,
            dossiers: BTreeMap::new(),
            noms: Noms::default(),
            jours: BTreeMap::new(),
            maintenant,
            cles: 0,
        }
    }

    /// One step, then how many of its figures and words are as in memory.
    pub(crate) fn joue(
        &mut self,
        etape: &Etape,
        attendue: &RapportEtape,
        decisions: &[Decision],
    ) -> Result<usize, Ecart> {
        if let Some(a) = etape.a {
            let instant = self.commune.fuseau.to_ambiguous_timestamp(a).compatible().unwrap();
            self.avance(instant);
        }
        self.regle(self.maintenant);
        // what time decided, the server's worker did
        let siennes: Vec<&Decision> = decisions
            .iter()
            .filter(|d| d.entree.auteur != Auteur::Systeme || d.entree.evenement == "cas")
            .collect();
        let vu = match self.geste(etape, &siennes) {
            Ok(vu) => vu,
            Err(Ecart::Hors(raison)) => {
                self.ecrit_derriere(etape, &siennes)?;
                return hors(raison);
            }
            Err(autre) => return Err(autre),
        };
        let mut ecarts = Vec::new();
        for (cle, lu) in &vu {
            let attendu = attendue.obtenu.get(cle).map(Self::dit).unwrap_or_default();
            // a draft is filled in from what is known; the API is given every answer
            let rempli = *cle == "manquants" && attendu.split(", ").all(|m| lu.split(", ").any(|l| l == m));
            if attendu != *lu && !rempli {
                ecarts.push(format!("{cle}: {attendu} in memory, {lu} over HTTP"));
            }
        }
        let refus = |v: &str| vu.get("refus").is_some_and(|r| r == v);
        if refus("champs") && attendue.obtenu.get("refus").is_some_and(|r| Self::dit(r) == "condition") {
            return hors("le formulaire refuse avant la règle");
        }
        match ecarts.is_empty() {
            true => Ok(vu.len()),
            false => Err(Ecart::Autre(ecarts.join("; "))),
        }
    }

    /// As a transcript says it.
    fn dit(obtenu: &Obtenu) -> String {
        match obtenu {
            Obtenu::Liste(l) => {
                let mut l = l.clone();
                l.sort();
                l.join(", ")
            }
            autre => autre.to_string(),
        }
    }

    /// What no route does, done in the store.
    fn ecrit_derriere(&mut self, etape: &Etape, decisions: &[&Decision]) -> Result<(), Ecart> {
        for d in decisions {
            let mut d = renomme((*d).clone(), &self.noms);
            if matches!(d.entree.agregat, Agregat::Foyer(_)) {
                let seq = self.store.seq_suivant(&self.portee, &d.entree.agregat);
                d.entree.seq = self.tokio.block_on(seq).unwrap();
            }
            if let Suivant::Dossier(dossier) = &d.suivant
                && let Geste::Commencer(depot) | Geste::Deposer(depot) = &etape.geste
            {
                let qui = self.foyer_du_depot(depot).unwrap_or_default();
                self.dossiers.insert(depot.dossier.clone(), (dossier.id.clone(), format!("foyer:{qui}")));
            }
            let quoi = format!("{} {:?}", d.entree.evenement, d.entree.detail);
            if let Err(erreur) = self.tokio.block_on(self.store.commet(&self.portee, d, None)) {
                return Err(Ecart::Autre(format!("{quoi}, written behind the server: {erreur}")));
            }
        }
        Ok(())
    }

    fn regle(&self, instant: Timestamp) {
        let local = self.commune.fuseau.to_datetime(instant);
        let (date, heure) = (local.date().to_string(), local.time().to_string());
        let page = self.navigateur.brut(
            "POST",
            "/_horloge",
            &[("content-type", "application/x-www-form-urlencoded")],
            format!("date={date}&arretee=oui&heure={}", heure.replace(':', "%3A")).as_bytes(),
        );
        assert_eq!(page.unwrap().code, 303);
    }

    /// Time passes: each délai ends at its own instant, and the server does what comes of it.
    fn avance(&mut self, cible: Timestamp) {
        let echeance = |jusque: Timestamp| {
            let dus = self.tokio.block_on(self.store.travail_du(jusque)).unwrap();
            dus.into_iter().filter(|t| t.genre == GenreTravail::Echeances).map(|t| t.du_le).min()
        };
        while let Some(du_le) = echeance(cible) {
            let instant = du_le.max(self.maintenant);
            let limite = Instant::now() + PATIENCE;
            let mut prise = None;
            self.regle(instant);
            loop {
                if echeance(instant).is_none() {
                    // one that the worker took and has not decided yet is due again when its lease ends
                    let tenue = echeance(instant + BAIL).is_some();
                    let depuis: &mut Instant = prise.get_or_insert_with(Instant::now);
                    if !tenue || depuis.elapsed() > SUITE {
                        break;
                    }
                }
                assert!(Instant::now() < limite, "{}: a délai of {instant} is not over", self.slug);
                std::thread::sleep(Duration::from_millis(30));
            }
            self.maintenant = instant;
        }
        self.maintenant = cible;
    }

    pub(crate) fn appelle(
        &mut self,
        qui: &str,
        methode: &str,
        chemin: &str,
        corps: Option<&Value>,
    ) -> (u16, Value) {
        let octets = corps.map(ToString::to_string).unwrap_or_default();
        self.envoie(qui, methode, chemin, "application/json", octets.as_bytes())
    }

    fn envoie(&mut self, qui: &str, methode: &str, chemin: &str, genre: &str, corps: &[u8]) -> (u16, Value) {
        self.cles += 1;
        let cle = format!("rejeu-{}", self.cles);
        let cookie = self.cookies.get(qui).unwrap_or_else(|| panic!("no session for {qui}"));
        let mut entetes = vec![("cookie", cookie.as_str()), ("idempotency-key", cle.as_str())];
        if !corps.is_empty() {
            entetes.push(("content-type", genre));
        }
        let adresse = format!("/{}/api/v1{chemin}", self.slug);
        let page = self.navigateur.brut(methode, &adresse, &entetes, corps).unwrap();
        (page.code, serde_json::from_str(&page.texte).unwrap_or_else(|e| panic!("{e}: {}", page.texte)))
    }

    fn foyer_du_depot(&self, depot: &Demande) -> Option<String> {
        let de_l_enfant = depot.enfant.as_ref().and_then(|e| self.enfants.get(e));
        depot.foyer.clone().or(de_l_enfant.map(|(_, f)| f.clone()))
    }

    fn geste(&mut self, etape: &Etape, decisions: &[&Decision]) -> Result<Vu, Ecart> {
        let par = etape.par.as_ref();
        match &etape.geste {
            Geste::Commencer(d) => self.depose(d, par, false, decisions),
            Geste::Deposer(d) => self.depose(d, par, true, decisions),
            Geste::Agir { dossier, action, motif, reponses } => {
                let (id, famille) = self.dossier(dossier)?;
                let qui = self.acteur(par, &famille, &id)?;
                let chemin = format!("/dossiers/{id}/actions/{action}");
                let (code, corps) = self.appelle(
                    &qui,
                    "POST",
                    &chemin,
                    Some(&json!({ "motif": motif, "reponses": reponses })),
                );
                self.suite(code, &corps, etape, &famille)
            }
            Geste::Piece { dossier, piece } => {
                let (id, famille) = self.dossier(dossier)?;
                let qui = self.acteur(par, &famille, &id)?;
                let (code, corps) = self.piece(&qui, &id, piece);
                self.suite(code, &corps, etape, &famille)
            }
            Geste::Temps(None) => hors("les courriels de toute la commune"),
            Geste::Temps(Some(nom)) => {
                let (id, famille) = self.dossier(nom)?;
                if famille == "foyer:" {
                    return hors("une démarche sans compte");
                }
                let (code, corps) = self.appelle(&famille, "GET", &format!("/dossiers/{id}"), None);
                let mut vu = self.suite(code, &corps, etape, &famille)?;
                vu.remove("accepte");
                Ok(vu)
            }
            Geste::Reserver(j) => self.reserve(j, par, decisions),
            Geste::Absence(j) => self.annule(j, par),
            Geste::Prix(None) => hors("le prix d'une situation qui n'est celle de personne"),
            Geste::Prix(Some(j)) => {
                let (id, foyer) = self.enfants[&j.enfant].clone();
                let chemin = format!("/prix?enfant={id}&prestation={}&jour={}", j.prestation, j.jour);
                match self.appelle(&format!("foyer:{foyer}"), "GET", &chemin, None) {
                    (200, corps) => Ok(prix(corps["lignes"].as_array().unwrap())),
                    (_, corps) => Ok(refus(&corps)),
                }
            }
            Geste::Autre("recevoir_fait") => hors("recevoir un fait"),
            Geste::Autre("pieces") => hors("les pièces d'une situation qui n'est celle de personne"),
            Geste::Autre("panier") => hors("réserver plusieurs jours ensemble"),
            Geste::Autre("pointer") => hors("pointer une présence"),
            Geste::Autre(nom) => hors(nom),
            _ => self.suit(etape, decisions),
        }
    }

    pub(crate) fn enfant(&self, nom: &str) -> &PersonneId {
        &self.enfants[nom].0
    }

    /// A dossier that the server made, by its name in the case and by the one that memory gave it.
    pub(crate) fn connait(&mut self, nom: &str, id: DossierId, famille: &str, monde: Option<DossierId>) {
        self.noms.dossiers.extend(monde.map(|m| (m, id.clone())));
        self.dossiers.insert(nom.to_owned(), (id, famille.to_owned()));
    }

    /// What anybody reads.
    pub(crate) fn demande(&self, chemin: &str) -> (u16, Value) {
        let adresse = format!("/{}/api/v1{chemin}", self.slug);
        let page = self.navigateur.brut("GET", &adresse, &[], &[]).unwrap();
        (page.code, serde_json::from_str(&page.texte).unwrap_or_else(|e| panic!("{e}: {}", page.texte)))
    }

    pub(crate) fn dossier(&self, nom: &str) -> Result<(DossierId, String), Ecart> {
        match self.dossiers.get(nom) {
            Some(d) => Ok(d.clone()),
            None => hors("un dossier né d'un geste sans route"),
        }
    }

    fn demarche_de(&self, id: &DossierId) -> &'c engine::demarche::Demarche {
        let lu = self.tokio.block_on(self.store.dossier(&self.portee, id)).unwrap().unwrap();
        self.commune.demarche(&lu.demarche).unwrap()
    }

    pub(crate) fn acteur(
        &self,
        par: Option<&RawActeur>,
        famille: &str,
        id: &DossierId,
    ) -> Result<String, Ecart> {
        match par {
            None | Some(RawActeur::Parent) if famille == "foyer:" => hors("une démarche sans compte"),
            None | Some(RawActeur::Parent) => Ok(famille.to_owned()),
            Some(RawActeur::Public) => hors("une démarche sans compte"),
            Some(RawActeur::Agent(role)) => {
                let role = role.clone().unwrap_or_else(|| self.demarche_de(id).instruit_par.clone());
                Ok(format!("agent:{role}"))
            }
        }
    }

    fn depose(
        &mut self,
        depot: &Demande,
        par: Option<&RawActeur>,
        envoie: bool,
        decisions: &[&Decision],
    ) -> Result<Vu, Ecart> {
        match par {
            Some(RawActeur::Public) => return hors("une démarche sans compte"),
            Some(RawActeur::Agent(_)) => return hors("un agent dépose lui-même"),
            _ => {}
        }
        if let Some((id, famille)) = self.dossiers.get(&depot.dossier).cloned() {
            if envoie {
                return hors("enregistrer un brouillon, et l'envoyer d'un geste");
            }
            let (chemin, corps) = (format!("/dossiers/{id}/reponses"), json!({ "reponses": depot.reponses }));
            let (code, corps) = self.appelle(&famille, "POST", &chemin, Some(&corps));
            return if code == 200 { self.vu(&corps, None, &famille) } else { Ok(refus(&corps)) };
        }
        let famille = format!("foyer:{}", self.foyer_du_depot(depot).unwrap());
        let demarche = self.commune.demarche(&depot.demarche).unwrap();
        let adresse = |cle: &String| {
            demarche.champ(cle).is_some_and(|c| matches!(c.genre, engine::demarche::TypeChamp::Adresse))
        };
        if depot.reponses.keys().any(adresse) {
            return hors("une adresse écrite d'un seul tenant");
        }
        let enfant = depot.enfant.as_ref().map(|e| self.enfants[e].0.to_string());
        let demande = json!({
            "demarche": demarche.id, "enfant": enfant, "reponses": depot.reponses, "incomplet": !envoie,
        });
        let (code, corps) = self.appelle(&famille, "POST", "/dossiers", Some(&demande));
        if code != 201 {
            let vu = refus(&corps);
            // a draft with holes is only written screen by screen
            let incomplet = vu.get("refus").is_some_and(|r| r == "champs");
            return if incomplet && !decisions.is_empty() { hors("un brouillon incomplet") } else { Ok(vu) };
        }
        let id = DossierId::lit(corps["id"].as_str().unwrap()).unwrap();
        let (mut code, mut corps) = (200, corps);
        for piece in &depot.pieces {
            (code, corps) = self.piece(&famille, &id, piece);
            if code != 200 {
                break;
            }
        }
        if envoie && code == 200 {
            let etape = demarche.etape(corps["etape"].as_str().unwrap()).unwrap();
            let envoi = etape.actions.iter().find(|a| {
                let vers = a.vers.as_ref().and_then(|v| demarche.etape(v));
                a.par.contains(&Acteur::Parent)
                    && vers.is_some_and(|v| v.phase.silence_court() || v.phase == Phase::Acceptee)
            });
            let chemin = format!("/dossiers/{id}/actions/{}", envoi.unwrap().id);
            (code, corps) = self.appelle(&famille, "POST", &chemin, Some(&json!({})));
        }
        if code != 200 {
            self.oublie(&id);
            return Ok(refus(&corps));
        }
        let monde = decisions.iter().find_map(|d| match &d.suivant {
            Suivant::Dossier(d) => Some(d.id.clone()),
            _ => None,
        });
        self.connait(&depot.dossier, id, &famille, monde);
        self.vu(&corps, None, &famille)
    }

    /// In memory a request that is refused leaves no draft; here it left one.
    fn oublie(&self, id: &DossierId) {
        self.tokio.block_on(async {
            let mut dossier = self.store.dossier(&self.portee, id).await.unwrap().unwrap();
            let agregat = Agregat::Dossier(id.clone());
            dossier.phase = Phase::Annulee;
            dossier.version += 1;
            let foyer = dossier.foyer.clone().unwrap();
            let seq = self.store.seq_suivant(&self.portee, &agregat).await.unwrap();
            let mut d = Decision::du_systeme(&foyer, seq, self.maintenant, "cas", Vec::new());
            d.entree.agregat = agregat;
            d.suivant = Suivant::Dossier(Box::new(dossier));
            self.store.commet(&self.portee, d, None).await.unwrap();
        });
    }

    fn piece(&mut self, qui: &str, id: &DossierId, Document { piece, date }: &Document) -> (u16, Value) {
        let jour = date.unwrap_or_else(|| self.commune.fuseau.to_datetime(self.maintenant).date());
        let chemin = format!("/dossiers/{id}/pieces/{piece}?date={jour}");
        self.envoie(qui, "POST", &chemin, "application/pdf", PDF)
    }

    pub(crate) fn suite(
        &mut self,
        code: u16,
        corps: &Value,
        etape: &Etape,
        famille: &str,
    ) -> Result<Vu, Ecart> {
        match code {
            200 => self.vu(corps, Some(etape), famille),
            _ => Ok(refus(corps)),
        }
    }

    /// A dossier as its reader sees it; and what each may do next, when the step asks.
    pub(crate) fn vu(&mut self, corps: &Value, etape: Option<&Etape>, famille: &str) -> Result<Vu, Ecart> {
        let texte = |cle: &str| corps[cle].as_str().unwrap().to_owned();
        let mut vu = Vu::from([
            (mot("accepte"), "oui".to_owned()),
            (mot("etat"), texte("etape")),
            (mot("phase"), texte("phase")),
        ]);
        if etape.is_some_and(|e| e.droits) && famille != "foyer:" {
            let acteurs: Vec<String> =
                self.cookies.keys().filter(|c| *c == famille || c.starts_with("agent:")).cloned().collect();
            let mut droits = BTreeMap::new();
            for acteur in acteurs {
                let (_, lu) = self.appelle(&acteur, "GET", &format!("/dossiers/{}", texte("id")), None);
                let ids = |a: &Value| a["id"].as_str().unwrap().to_owned();
                let permises: Vec<&Value> = lu["actions"].as_array().into_iter().flatten().collect();
                if !permises.is_empty() {
                    let nom = acteur.strip_prefix("agent:").map_or("parent".into(), |r| format!("agent.{r}"));
                    droits.insert(nom, permises.into_iter().map(ids).collect());
                }
            }
            vu.insert(mot("droits"), Obtenu::Droits(droits).to_string());
        }
        Ok(vu)
    }

    fn famille_de(&self, a: &Jour, par: Option<&RawActeur>) -> Result<(PersonneId, String), Ecart> {
        if !matches!(par, None | Some(RawActeur::Parent)) {
            return hors("un agent réserve lui-même");
        }
        let (enfant, foyer) = self.enfants[&a.enfant].clone();
        if self.foyers[&foyer].etat.iter().any(|e| e == "impaye") {
            return hors("un impayé : rien n'est encore facturé");
        }
        Ok((enfant, format!("foyer:{foyer}")))
    }

    fn reserve(&mut self, a: &Jour, par: Option<&RawActeur>, decisions: &[&Decision]) -> Result<Vu, Ecart> {
        let (enfant, qui) = self.famille_de(a, par)?;
        if a.precise {
            return hors("réserver des heures");
        }
        let demande = json!({
            "enfant": enfant.to_string(), "prestation": a.prestation, "jour": a.jour.to_string(), "mode": a.mode,
        });
        let (code, corps) = self.appelle(&qui, "POST", "/reservations", Some(&demande));
        if code != 201 {
            return Ok(refus(&corps));
        }
        let cle = (a.enfant.clone(), a.prestation.clone(), a.jour);
        let id = corps["id"].as_str().unwrap().to_owned();
        for d in decisions {
            if let Suivant::Reservation(r) = &d.suivant {
                self.noms.jours.insert(r.id.clone(), ReservationId::lit(&id).unwrap());
            }
        }
        self.jours.insert(cle, id);
        let mut vu = Vu::from([
            (mot("accepte"), "oui".to_owned()),
            (mot("delai"), corps["delai"].as_str().unwrap().to_owned()),
        ]);
        if let Some(montant) = corps["prix"]["montant"].as_str() {
            vu.insert(mot("prix"), Obtenu::Montant(montant.parse().unwrap()).to_string());
        }
        Ok(vu)
    }

    fn annule(&mut self, a: &Jour, par: Option<&RawActeur>) -> Result<Vu, Ecart> {
        let (_, qui) = self.famille_de(a, par)?;
        if a.precise {
            return hors("une absence annoncée autrement");
        }
        let cle = (a.enfant.clone(), a.prestation.clone(), a.jour);
        let Some(id) = self.jours.get(&cle).cloned() else {
            return hors("l'absence d'un jour que le serveur ne connaît pas");
        };
        let corps = a.motif.as_ref().map(|m| json!({ "motif": m }));
        let (code, corps) = self.appelle(&qui, "DELETE", &format!("/reservations/{id}"), corps.as_ref());
        match code {
            200 => Ok(Vu::from([
                (mot("accepte"), "oui".to_owned()),
                (mot("annonce"), corps["annonce"].as_str().unwrap_or_default().to_owned()),
            ])),
            _ => Ok(refus(&corps)),
        }
    }

    /// What is stored at the end, on both sides; `None` = the same.
    pub(crate) fn fin(&mut self, recit: &Recit) -> Option<String> {
        let foyers: Vec<FoyerId> = recit.fin.foyers.iter().map(|f| f.id.clone()).collect();
        let ici = self.tokio.block_on(relit(&self.store, &self.portee, &foyers, &[])).unwrap();
        let (voulu, lu) = (bref(&recit.fin), bref(&ici));
        let manque: Vec<&String> = voulu.iter().filter(|v| !lu.contains(v)).collect();
        let _encore_la = self.serveur.pid();
        let de_trop: Vec<&String> =
            lu.iter().filter(|l| !voulu.contains(l) && !l.contains("1900-01-01")).collect();
        (!manque.is_empty()).then(|| format!("missing {manque:?}, there is {de_trop:?}"))
    }
}

/// What there is, without the names drawn at random.
fn bref(relu: &Relu) -> Vec<String> {
    let connus: Vec<&PersonneId> =
        relu.foyers.iter().flat_map(|f| f.membres.iter().map(|m| &m.personne)).collect();
    let sujet = |s: &Sujet| match s {
        Sujet::Foyer(_) => "foyer".to_owned(),
        _ => format!("personne ({})", connus.len()),
    };
    let mut tout = Vec::new();
    tout.extend(relu.faits.iter().map(|f| {
        // a form writes a telephone in pairs; a case, as it likes
        let valeur = match &f.valeur {
            ValeurFait::Texte(t) => t.replace(' ', ""),
            autre => format!("{autre:?}"),
        };
        format!("{} {} = {valeur}, {} to {:?}", sujet(&f.sujet), f.fait, f.valable_du, f.valable_au)
    }));
    tout.extend(
        relu.inscriptions.iter().map(|(s, i)| format!("{} {} {} {:?}", sujet(s), i.service, i.du, i.au)),
    );
    tout.extend(relu.reservations.iter().map(|r| {
        let etat = format!("{:?}", r.etat);
        let etat = etat.split([' ', '{']).next().unwrap().to_owned();
        format!("{} {} {} {} {etat}", r.enfant, r.prestation, r.jour, r.delai)
    }));
    tout.sort();
    tout
}
