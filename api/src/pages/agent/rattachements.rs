//! The accounts whose household the town does not know yet: attached to one that it knows, accepted as new, or refused.

use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::cle_enfance::{Modes as _, Rattachement, ReponseRattachement, repond};
use engine::compte::EtatCompte;
use engine::foyer::{FaitsDates, Foyer, Genre, Rapprochement, Sujet, ValeurFait, rapproche};
use engine::identifiant::{FoyerId, PersonneId};
use engine_store::{Erreur, FoyerLu};
use forms::vues::{AttenteVue, FoyerRessemblant, PageRattachements};
use jiff::civil::Date;
use rules::date_fr;

use crate::attachment;
use crate::facts;
use crate::pages::connexion::Retour;
use crate::pages::dossier::{champ, cle};
use crate::pages::{Arret, page, page_interdite, page_introuvable};
use crate::session::Agent;

/// Most accounts on a page: those that wait longest.
const ATTENTES: u32 = 30;
/// Most households that a name finds.
const FAMILLES: usize = 10;

type Paires = Form<Vec<(String, String)>>;

/// What was typed about one of them.
#[derive(Default)]
struct Saisie<'s> {
    foyer: &'s str,
    nom: Option<&'s str>,
    motif: &'s str,
    faute: &'s str,
    refus: &'s str,
}

/// The pages of a town where no agent attaches do not exist, and another service's agent does not.
fn verifie(agent: &Agent) -> Result<(), Arret> {
    let visiteur = &agent.visiteur;
    if visiteur.commune.cle_enfance.rattache_par().is_none() {
        return Err(page_introuvable(&visiteur.etat, &visiteur.chemin).into());
    }
    if attachment::rattache(&visiteur.commune, agent.session.portee.auteur()) {
        return Ok(());
    }
    Err(page_interdite(visiteur).into())
}

/// `GET /{slug}/agent/rattachements`
pub(super) async fn rattachements(agent: Agent, retour: Retour) -> Result<Response, Arret> {
    verifie(&agent)?;
    montre(&agent, &Saisie::default(), &retour).await
}

async fn montre(agent: &Agent, saisie: &Saisie<'_>, retour: &Retour) -> Result<Response, Arret> {
    let visiteur = &agent.visiteur;
    let lues = async {
        let mut attentes = Vec::new();
        for une in visiteur.etat.store.rattachements(&agent.session.portee, ATTENTES).await? {
            attentes.extend(attente(agent, &une, saisie).await?);
        }
        Ok::<_, Erreur>(attentes)
    };
    let mut cadre = visiteur.cadre("Comptes à rattacher");
    cadre.avis = retour.avis();
    let vue = PageRattachements {
        cadre,
        attentes: lues.await.map_err(|e| visiteur.etat.panne(&e))?,
        refus: saisie.refus.to_owned(),
        jeton: agent.session.jeton_de_formulaire(),
        action: format!("/{}/agent/rattachements", visiteur.slug),
    };
    let faux = !saisie.refus.is_empty() || !saisie.faute.is_empty();
    let code = if faux { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(page(&visiteur.etat, code, &vue))
}

/// A child as the page says it, and as two households have the same.
struct Enfant {
    prenom: String,
    naissance: Option<Date>,
}

impl Enfant {
    fn dit(&self) -> String {
        match self.naissance {
            Some(jour) => format!("{} ({})", self.prenom, date_fr::date_courte(jour)),
            None => self.prenom.clone(),
        }
    }
}

/// A household read for these pages.
struct Lu<'a> {
    agent: &'a Agent,
    foyer: Foyer,
    faits: FaitsDates,
}

impl Lu<'_> {
    fn texte(&self, personne: &PersonneId, fait: &str) -> String {
        let maintenant = self.agent.visiteur.etat.horloge.maintenant();
        facts::texte(&self.faits, personne, fait, super::aujourdhui(self.agent), maintenant)
    }

    fn nom(&self, personne: &PersonneId) -> String {
        let (prenom, nom) = (self.texte(personne, "prenom"), self.texte(personne, "nom"));
        format!("{prenom} {nom}").trim().to_owned()
    }

    fn enfants(&self) -> Vec<Enfant> {
        let siens = self.foyer.membres.iter().filter(|m| m.genre == Genre::Enfant);
        let mut enfants: Vec<Enfant> = siens
            .map(|m| Enfant {
                prenom: self.texte(&m.personne, "prenom"),
                naissance: match self
                    .faits
                    .de(&Sujet::Personne(m.personne.clone()), "naissance")
                    .last()
                    .map(|f| &f.valeur)
                {
                    Some(ValeurFait::Date(jour)) => Some(*jour),
                    _ => None,
                },
            })
            .collect();
        enfants.sort_by(|a, b| (a.naissance, &a.prenom).cmp(&(b.naissance, &b.prenom)));
        enfants
    }
}

async fn lit<'a>(agent: &'a Agent, foyer: &FoyerId) -> Result<Option<Lu<'a>>, Erreur> {
    let FoyerLu { foyer, faits } = agent.visiteur.etat.store.famille(&agent.session.portee, foyer).await?;
    Ok(foyer.map(|foyer| Lu { agent, foyer, faits }))
}

async fn attente(
    agent: &Agent,
    une: &Rattachement,
    saisie: &Saisie<'_>,
) -> Result<Option<AttenteVue>, Erreur> {
    let Some(lu) = lit(agent, &une.foyer).await? else { return Ok(None) };
    let (etat, portee) = (&agent.visiteur.etat, &agent.session.portee);
    let sienne = saisie.foyer == une.foyer.as_str();
    let nom = lu.texte(&une.personne, "nom");
    let recherche = saisie.nom.filter(|_| sienne).map_or_else(|| nom.clone(), str::to_owned);
    let enfants = lu.enfants();
    let mut ressemblent = Vec::new();
    for id in etat.store.cherche_foyers(portee, &recherche, FAMILLES).await? {
        if id == une.foyer || !attachment::est_connu(&etat.store, portee, &id).await? {
            continue;
        }
        let Some(connu) = lit(agent, &id).await? else { continue };
        ressemblent.extend(semblables(&connu, &lu, &une.personne, &enfants));
    }
    // what is the same first
    ressemblent.sort_by_key(|r: &FoyerRessemblant| r.commun.is_empty());
    let contacts = ["courriel", "telephone"].map(|fait| lu.texte(&une.personne, fait));
    Ok(Some(AttenteVue {
        foyer: une.foyer.to_string(),
        nom: lu.nom(&une.personne),
        depuis: super::age(&agent.visiteur.commune.fuseau, une.demande_le, super::aujourdhui(agent)),
        enfants: enfants.iter().map(Enfant::dit).collect::<Vec<_>>().join(", "),
        contacts: contacts.into_iter().filter(|c| !c.is_empty()).collect(),
        recherche,
        ressemblent,
        motif: if sienne { saisie.motif.to_owned() } else { String::new() },
        faute: if sienne { saisie.faute.to_owned() } else { String::new() },
    }))
}

/// Each guardian of a known household, with what they share with whoever declared the other one.
fn semblables(
    connu: &Lu<'_>,
    declare: &Lu<'_>,
    qui: &PersonneId,
    enfants: &[Enfant],
) -> Vec<FoyerRessemblant> {
    let siens = connu.enfants();
    let meme_enfant =
        siens.iter().any(|e| e.naissance.is_some() && enfants.iter().any(|d| d.naissance == e.naissance));
    let pareil = |un: String, autre: String| !un.is_empty() && un.eq_ignore_ascii_case(&autre);
    let responsables = connu.foyer.membres.iter().filter(|m| m.genre.est_responsable());
    responsables
        .map(|m| {
            let commun = [
                (pareil(connu.nom(&m.personne), declare.nom(qui)), "même nom"),
                (
                    pareil(connu.texte(&m.personne, "courriel"), declare.texte(qui, "courriel")),
                    "même courriel",
                ),
                (meme_enfant, "enfant né le même jour"),
            ];
            let commun: Vec<&str> = commun.iter().filter(|(oui, _)| *oui).map(|(_, mot)| *mot).collect();
            FoyerRessemblant {
                foyer: connu.foyer.id.to_string(),
                personne: m.personne.to_string(),
                nom: connu.nom(&m.personne),
                enfants: siens.iter().map(Enfant::dit).collect::<Vec<_>>().join(", "),
                commun: commun.join(", "),
                fusion: fusion(connu, declare, (qui, &m.personne)),
            }
        })
        .collect()
}

/// What becomes of each declared person once the two households are one.
fn fusion(connu: &Lu<'_>, declare: &Lu<'_>, qui: (&PersonneId, &PersonneId)) -> Vec<String> {
    let sorts = rapproche((&declare.foyer, &declare.faits), (&connu.foyer, &connu.faits), qui);
    let dit = |(personne, sort): (&PersonneId, &Rapprochement)| {
        let nom = declare.nom(personne);
        match sort {
            Rapprochement::Meme(connue) => {
                format!("{nom} est {}, que vous connaissez : une seule fiche", connu.nom(connue))
            }
            Rapprochement::Incertain(connue) => {
                format!("{nom} est peut-être {} : vous le direz ensuite", connu.nom(connue))
            }
            Rapprochement::Nouveau => format!("{nom} rejoindra ce foyer"),
        }
    };
    sorts.iter().map(dit).collect()
}

/// `POST /{slug}/agent/rattachements`
pub(super) async fn agit(agent: Agent, Form(paires): Paires) -> Result<Response, Arret> {
    verifie(&agent)?;
    let visiteur = &agent.visiteur;
    cle(visiteur, &agent.session, &paires)?;
    let introuvable = || page_introuvable(&visiteur.etat, &visiteur.chemin);
    let Ok(foyer) = FoyerId::lit(champ(&paires, "foyer")) else { return Ok(introuvable()) };
    let (geste, motif) = (champ(&paires, "geste"), champ(&paires, "motif").trim());
    let saisie = Saisie { foyer: champ(&paires, "foyer"), motif, ..Saisie::default() };
    let reponse = match geste {
        "chercher" => {
            let saisie = Saisie { nom: Some(champ(&paires, "nom").trim()), ..saisie };
            return montre(&agent, &saisie, &Retour::default()).await;
        }
        "accepter" => ReponseRattachement::Accepte,
        "refuser" if motif.is_empty() => {
            let saisie = Saisie { faute: "Écrivez pourquoi : la famille le lira.", ..saisie };
            return montre(&agent, &saisie, &Retour::default()).await;
        }
        "refuser" => ReponseRattachement::Refuse { motif: motif.chars().take(1_000).collect() },
        "rattacher" => {
            let vers = (FoyerId::lit(champ(&paires, "vers")), PersonneId::lit(champ(&paires, "personne")));
            let (Ok(foyer), Ok(personne)) = vers else { return Ok(introuvable()) };
            let connu = responsable_connu(&agent, &foyer, &personne).await;
            if !connu.map_err(|e| visiteur.etat.panne(&e))? {
                return Ok(introuvable());
            }
            ReponseRattachement::Rattache { foyer, personne }
        }
        _ => return Ok(introuvable()),
    };
    match repondu(&agent, &foyer, reponse).await {
        Ok(true) => {
            let la = format!("/{}/agent/rattachements?fait=rattachement", visiteur.slug);
            Ok(Redirect::to(&la).into_response())
        }
        Ok(false) | Err(Erreur::Garde(_)) => {
            let saisie = Saisie {
                refus: "Ce compte vient de recevoir une réponse, ou sa famille a changé.",
                ..saisie
            };
            montre(&agent, &saisie, &Retour::default()).await
        }
        Err(erreur) => Err(visiteur.etat.panne(&erreur).into()),
    }
}

/// Is it somebody who answers for a household that the town knows?
async fn responsable_connu(agent: &Agent, foyer: &FoyerId, personne: &PersonneId) -> Result<bool, Erreur> {
    let (store, portee) = (&agent.visiteur.etat.store, &agent.session.portee);
    let sien = store
        .foyer(portee, foyer)
        .await?
        .is_some_and(|f| f.membres.iter().any(|m| m.personne == *personne && m.genre.est_responsable()));
    Ok(sien && attachment::est_connu(store, portee, foyer).await?)
}

/// Commits the answer; `false`: nothing waited for one.
async fn repondu(agent: &Agent, foyer: &FoyerId, reponse: ReponseRattachement) -> Result<bool, Erreur> {
    let (etat, portee) = (&agent.visiteur.etat, &agent.session.portee);
    let attend = etat.store.rattachement(portee, foyer).await?.is_some_and(|r| !r.est_valide());
    let Some(lu) = etat.store.foyer(portee, foyer).await?.filter(|_| attend) else { return Ok(false) };
    let comptes = etat.store.comptes_du_foyer(portee, foyer).await?;
    let compte = comptes.iter().find(|c| c.etat == EtatCompte::Actif);
    let decision = repond(&lu, compte, reponse, portee.auteur(), etat.horloge.maintenant());
    etat.store.commet(portee, decision, None).await?;
    Ok(true)
}
