//! Who asks: the session of the cookie, and the token of its forms.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::header::{AUTHORIZATION, COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use engine::cle_enfance::Modes as _;
use engine::commune::Commune;
use engine::compte::Compte;
use engine::decision::Auteur;
use engine::foyer::Genre;
use engine::identifiant::{CommuneSlug, FoyerId, hexa};
use engine_store::{Erreur, FoyerLu, Jeton, Portee};
use forms::formulaire::OptionVue;
use forms::vues::{Cadre, Lien, Onglet, Utilisateur};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::agents;
use crate::alea::alea;
use crate::attachment;
use crate::bookings;
use crate::facts;
use crate::failures::{self, est_api};
use crate::pages::page_interdite;
use crate::state::Etat;

/// How long a session lives.
pub(crate) const DUREE_HEURES: i64 = 12;
/// How precisely one knows when a session was last used.
const VUE_CHAQUE: SignedDuration = SignedDuration::from_mins(10);
/// How the text of a machine's key begins, so that a leaked one is recognised.
pub(crate) const PREFIXE_CLE: &str = "guichet_";

/// The town of the address, and whoever reads it.
#[derive(Clone, Debug)]
pub(crate) struct Visiteur {
    /// The process's state.
    pub(crate) etat: Arc<Etat>,
    /// The town.
    pub(crate) commune: Arc<Commune>,
    /// Its identifier.
    pub(crate) slug: CommuneSlug,
    /// Path of the request.
    pub(crate) chemin: String,
    /// The live session, if there is one.
    pub(crate) session: Option<Ouverte>,
}

/// A live session.
#[derive(Debug, Clone)]
pub(crate) struct Ouverte {
    /// What it may read and write.
    pub(crate) portee: Portee,
    jeton: Jeton,
}

/// Somebody of a household.
#[derive(Debug)]
pub(crate) struct Parent {
    /// The visitor.
    pub(crate) visiteur: Visiteur,
    /// Their session.
    pub(crate) session: Ouverte,
    /// Whose household.
    pub(crate) foyer: FoyerId,
}

/// Whoever fills in or follows a request: somebody of a household, or somebody without an account, for theirs only.
#[derive(Debug)]
pub(crate) struct Famille {
    /// The visitor.
    pub(crate) visiteur: Visiteur,
    /// Their session, or their secret link.
    pub(crate) session: Ouverte,
}

/// An agent of the town.
#[derive(Debug)]
pub(crate) struct Agent {
    /// The visitor.
    pub(crate) visiteur: Visiteur,
    /// Their session.
    pub(crate) session: Ouverte,
}

/// The cookie is of one town. Over https it is `__Host-`: no other site, and no clear connection, can set it.
fn nom_du_cookie(etat: &Etat, slug: &CommuneSlug) -> String {
    if etat.est_https() { format!("__Host-guichet-{slug}") } else { format!("guichet-{slug}") }
}

/// Over https a browser takes it only for the whole site; else it is sent to its town's paths only.
fn cookie(etat: &Etat, slug: &CommuneSlug, valeur: &str, duree: u32) -> String {
    let nom = nom_du_cookie(etat, slug);
    let ou = if etat.est_https() { "/; Secure".to_owned() } else { format!("/{slug}") };
    format!("{nom}={valeur}; Path={ou}; HttpOnly; SameSite=Lax; Max-Age={duree}")
}

/// The name of the cookie that says that an account entered from this device before.
fn nom_d_appareil(etat: &Etat, slug: &CommuneSlug) -> String {
    if etat.est_https() { format!("__Host-appareil-{slug}") } else { format!("appareil-{slug}") }
}

fn sceau_d_appareil(visiteur: &Visiteur, compte: &Compte) -> String {
    visiteur.etat.liens.sceau(&["appareil", visiteur.slug.as_str(), compte.id.as_str()])
}

/// The cookie that makes this device known for that account: it opens nothing, and is counted apart where a password is tried.
pub(crate) fn appareil(visiteur: &Visiteur, compte: &Compte) -> String {
    let nom = nom_d_appareil(&visiteur.etat, &visiteur.slug);
    let ou = if visiteur.etat.est_https() { "/; Secure".to_owned() } else { format!("/{}", visiteur.slug) };
    let sceau = sceau_d_appareil(visiteur, compte);
    format!("{nom}={sceau}; Path={ou}; HttpOnly; SameSite=Lax; Max-Age=15552000")
}

/// What a request says of its device.
pub(crate) fn appareils(entetes: &HeaderMap, visiteur: &Visiteur) -> Vec<String> {
    cookies(entetes, &nom_d_appareil(&visiteur.etat, &visiteur.slug)).map(str::to_owned).collect()
}

/// Did that account enter from this device before?
pub(crate) fn est_son_appareil(visiteur: &Visiteur, compte: &Compte, dits: &[String]) -> bool {
    let sceau = sceau_d_appareil(visiteur, compte);
    dits.iter().any(|dit| egaux(&sceau, dit))
}

/// The values of the cookies of that name.
fn cookies<'h>(entetes: &'h HeaderMap, nom: &str) -> impl Iterator<Item = &'h str> {
    let lignes = entetes.get_all(COOKIE).iter().filter_map(|v| v.to_str().ok());
    lignes.flat_map(|l| l.split(';')).filter_map(move |c| {
        let (n, v) = c.trim().split_once('=')?;
        (n == nom).then_some(v)
    })
}

fn jeton_du_cookie(parts: &Parts, etat: &Etat, slug: &CommuneSlug) -> Option<Jeton> {
    let nom = nom_du_cookie(etat, slug);
    let trouve = cookies(&parts.headers, &nom).next();
    Jeton::lit(trouve?)
}

/// The key that a machine shows, on the API only: `Some(None)` = it shows something else.
fn cle_de_machine(parts: &Parts) -> Option<Option<Jeton>> {
    let montree = parts.headers.get(AUTHORIZATION).filter(|_| est_api(parts.uri.path()))?;
    let texte = montree.to_str().unwrap_or_default();
    Some(texte.strip_prefix("Bearer ").and_then(|t| t.trim().strip_prefix(PREFIXE_CLE)).and_then(Jeton::lit))
}

/// Why an address has no visitor.
pub(crate) enum Inaccessible {
    /// No such town.
    Introuvable,
    /// The store failed.
    Panne(Erreur),
}

impl FromRequestParts<Arc<Etat>> for Visiteur {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, etat: &Arc<Etat>) -> Result<Self, Response> {
        if let Some(lu) = parts.extensions.get::<Self>() {
            return Ok(lu.clone());
        }
        Self::lit(parts, etat).await.map_err(|e| match e {
            Inaccessible::Introuvable => failures::introuvable(etat, parts.uri.path()),
            Inaccessible::Panne(erreur) => failures::panne(etat, parts.uri.path(), &erreur),
        })
    }
}

impl FromRequestParts<Arc<Etat>> for Parent {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, etat: &Arc<Etat>) -> Result<Self, Response> {
        let visiteur = Visiteur::from_request_parts(parts, etat).await?;
        let Some(session) = visiteur.session.clone() else { return Err(visiteur.a_l_entree()) };
        match session.portee.auteur().clone() {
            Auteur::Parent { foyer, .. } | Auteur::AuGuichet { foyer, .. } => {
                Ok(Self { visiteur, session, foyer })
            }
            _ => Err(page_interdite(&visiteur)),
        }
    }
}

impl FromRequestParts<Arc<Etat>> for Famille {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, etat: &Arc<Etat>) -> Result<Self, Response> {
        let visiteur = Visiteur::from_request_parts(parts, etat).await?;
        let Some(session) = visiteur.session.clone() else { return Err(visiteur.a_l_entree()) };
        match session.portee.auteur() {
            Auteur::Parent { .. } | Auteur::AuGuichet { .. } | Auteur::Public => {
                Ok(Self { visiteur, session })
            }
            Auteur::Agent { .. } | Auteur::Systeme => Err(page_interdite(&visiteur)),
        }
    }
}

impl FromRequestParts<Arc<Etat>> for Agent {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, etat: &Arc<Etat>) -> Result<Self, Response> {
        let visiteur = Visiteur::from_request_parts(parts, etat).await?;
        let Some(session) = visiteur.session.clone() else { return Err(visiteur.a_l_entree()) };
        match session.portee.auteur() {
            Auteur::Agent { .. } => Ok(Self { visiteur, session }),
            _ => Err(page_interdite(&visiteur)),
        }
    }
}

/// Whoever opens the page of a dossier, at the family's address or at the agents'.
pub(crate) trait Lecteur:
    FromRequestParts<Arc<Etat>, Rejection = Response> + Send + Sync + 'static
{
    /// The visitor, and their session.
    fn ouvert(&self) -> (&Visiteur, &Ouverte);
}

impl Lecteur for Famille {
    fn ouvert(&self) -> (&Visiteur, &Ouverte) {
        (&self.visiteur, &self.session)
    }
}

impl Lecteur for Agent {
    fn ouvert(&self) -> (&Visiteur, &Ouverte) {
        (&self.visiteur, &self.session)
    }
}

/// Says now and then that a session is used: its holder sees it in the list of theirs.
fn note_vue(etat: &Arc<Etat>, slug: &CommuneSlug, jeton: &Jeton, vue_le: Option<Timestamp>, reel: Timestamp) {
    if vue_le.is_some_and(|v| reel.duration_since(v) < VUE_CHAQUE) {
        return;
    }
    let (etat, slug, jeton) = (etat.clone(), slug.clone(), jeton.clone());
    tokio::spawn(async move {
        // a hint: the page does not wait for it, nor fails with it
        if let Err(erreur) = etat.store.voit_session(&slug, &jeton, reel).await {
            tracing::warn!(commune = %slug, %erreur, "session seen");
        }
    });
}

impl Visiteur {
    /// The town of the address, and the live session of its cookie.
    pub(crate) async fn lit(parts: &mut Parts, etat: &Arc<Etat>) -> Result<Self, Inaccessible> {
        let chemin = parts.uri.path().to_owned();
        let params =
            RawPathParams::from_request_parts(parts, etat).await.map_err(|_| Inaccessible::Introuvable)?;
        let nom = params.iter().find(|(n, _)| *n == "slug").map(|(_, v)| v.to_owned()).unwrap_or_default();
        let (Some(commune), Ok(slug)) = (etat.communes.get(&nom), CommuneSlug::lit(&nom)) else {
            return Err(Inaccessible::Introuvable);
        };
        let reel = etat.horloge.reel();
        // a machine's key is never completed by a browser's cookie
        let session = match (cle_de_machine(parts), jeton_du_cookie(parts, etat, &slug)) {
            (Some(None), _) | (None, None) => None,
            (Some(Some(jeton)), _) => {
                let lue = etat.store.portee_de_cle(&slug, &jeton, reel).await.map_err(Inaccessible::Panne)?;
                lue.map(|portee| Ouverte { portee, jeton })
            }
            (None, Some(jeton)) => {
                let lue = etat.store.session(&slug, &jeton, reel).await.map_err(Inaccessible::Panne)?;
                if let Some(lue) = lue.as_ref().filter(|s| s.portee.compte().is_some()) {
                    note_vue(etat, &slug, &jeton, lue.vue_le, reel);
                }
                lue.map(|s| Ouverte { portee: s.portee, jeton })
            }
        };
        Ok(Self { etat: etat.clone(), commune: commune.clone(), slug, chemin, session })
    }

    /// To the town's home, where one enters.
    pub(crate) fn a_l_entree(&self) -> Response {
        Redirect::to(&format!("/{}/?fait=entrer", self.slug)).into_response()
    }

    /// The frame of a page, with the reader's own navigation.
    pub(crate) fn cadre(&self, titre: &str) -> Cadre {
        let mut cadre = self.etat.cadre_de(&self.commune, titre, &self.chemin);
        let onglet = |titre: &str, suite: &str| {
            let href = format!("/{}/{suite}", self.slug);
            Onglet { titre: titre.to_owned(), actif: self.chemin.starts_with(&href), href }
        };
        let jour = self.commune.fuseau.to_datetime(self.etat.horloge.maintenant()).date();
        // where nothing is booked by day, the tab would lead to an empty list
        let reserver = || {
            let offert = self.commune.services.iter().any(|s| bookings::se_reserve(s, jour));
            offert.then(|| onglet("Réserver", "reservations"))
        };
        match self.session.as_ref().map(|s| s.portee.auteur()) {
            Some(Auteur::Agent { .. }) => {
                let bureau = format!("/{}/agent/", self.slug);
                if self.chemin != bureau && self.chemin.starts_with(&bureau) {
                    cadre.fil.push(Lien { titre: "Demandes".to_owned(), href: bureau.clone() });
                }
                cadre.onglets.push(onglet("Demandes", "agent/"));
                cadre.onglets.push(onglet("Documents", "agent/documents"));
                cadre.onglets.push(onglet("Au guichet", "agent/guichet"));
                if let Some(auteur) = self.session.as_ref().map(|s| s.portee.auteur())
                    && attachment::rattache(&self.commune, auteur)
                {
                    let modes = &self.commune.cle_enfance;
                    if modes.rattache_par().is_some() {
                        cadre.onglets.push(onglet("Comptes à rattacher", "agent/rattachements"));
                    }
                    if modes.precree().is_some() {
                        cadre.onglets.push(onglet("Espaces à ouvrir", "agent/comptes"));
                    }
                    if modes.cle().is_some() {
                        cadre.onglets.push(onglet("Clés", "agent/cles"));
                    }
                }
                if self.session.as_ref().is_some_and(|s| agents::administre(s.portee.auteur())) {
                    cadre.onglets.push(onglet("Agents", "agent/agents"));
                }
                // the desk's own pages are below its address
                let ailleurs =
                    cadre.onglets.iter().any(|o| o.actif && o.href.starts_with(&bureau) && o.href != bureau);
                for demandes in cadre.onglets.iter_mut().filter(|o| o.href == bureau) {
                    demandes.actif &= !ailleurs;
                }
                cadre.utilisateur = Some(Utilisateur { nom: "Espace agent".to_owned(), role: String::new() });
            }
            Some(Auteur::Parent { .. }) => {
                cadre.onglets.push(onglet("Mes demandes", "demandes"));
                cadre.onglets.push(onglet("Mon foyer", "foyer"));
                cadre.onglets.push(onglet("Mes pièces", "pieces"));
                cadre.onglets.extend(reserver());
                cadre.utilisateur = Some(Utilisateur { nom: "Mon espace".to_owned(), role: String::new() });
            }
            Some(Auteur::AuGuichet { .. }) => {
                cadre.onglets.push(onglet("Mes demandes", "demandes"));
                cadre.onglets.push(onglet("Mon foyer", "foyer"));
                cadre.onglets.push(onglet("Mes pièces", "pieces"));
                cadre.onglets.extend(reserver());
                cadre.utilisateur = Some(Utilisateur {
                    nom: "Espace de la famille".to_owned(),
                    role: "au guichet".to_owned(),
                });
                cadre.guichet = true;
            }
            _ => {}
        }
        cadre
    }

    /// The same without its path: what a page that must not say it asks for.
    pub(crate) fn cadre_sans_chemin(&self, titre: &str) -> Cadre {
        let mut cadre = self.cadre(titre);
        cadre.chemin = format!("/{}/", self.slug);
        cadre
    }

    /// The session of somebody of a household, with the household.
    pub(crate) fn famille(&self) -> Option<(Ouverte, FoyerId)> {
        let session = self.session.clone()?;
        let foyer = session.portee.auteur().foyer()?.clone();
        Some((session, foyer))
    }

    /// The children of a household, to choose from.
    pub(crate) async fn enfants(&self, portee: &Portee, foyer: &FoyerId) -> Result<Vec<OptionVue>, Erreur> {
        let maintenant = self.etat.horloge.maintenant();
        let jour = maintenant.to_zoned(self.commune.fuseau.clone()).date();
        let FoyerLu { foyer: lu, faits } = self.etat.store.famille(portee, foyer).await?;
        let membres = lu.map(|f| f.membres).unwrap_or_default();
        let enfants = membres.into_iter().filter(|m| m.genre == Genre::Enfant);
        let mut options: Vec<OptionVue> = enfants
            .map(|m| OptionVue {
                libelle: facts::texte(&faits, &m.personne, "prenom", jour, maintenant),
                valeur: m.personne.to_string(),
                choisie: false,
            })
            .collect();
        options.sort_by(|a, b| a.libelle.cmp(&b.libelle));
        Ok(options)
    }

    /// Is an agent reading?
    pub(crate) fn est_agent(&self) -> bool {
        self.session.as_ref().is_some_and(|s| matches!(s.portee.auteur(), Auteur::Agent { .. }))
    }
}

impl Ouverte {
    /// A token for one form: it proves that we made the form for this session, and makes its sending idempotent.
    ///
    /// Without randomness from the system it is empty, which no form can be sent with.
    pub(crate) fn jeton_de_formulaire(&self) -> String {
        let Ok(octets) = alea() else { return String::new() };
        let alea = hexa(&octets);
        format!("{alea}.{}", self.sceau(&alea))
    }

    /// The idempotency key of a form that we made for this session; `None` for anything else.
    pub(crate) fn cle_de_formulaire(&self, jeton: &str) -> Option<String> {
        let (alea, sceau) = jeton.split_once('.')?;
        (alea.len() == 32 && egaux(sceau, &self.sceau(alea))).then(|| alea.to_owned())
    }

    fn sceau(&self, alea: &str) -> String {
        let empreinte = Sha256::new()
            .chain_update(b"formulaire\0")
            .chain_update(self.jeton.texte())
            .chain_update(b"\0")
            .chain_update(alea)
            .finalize();
        hexa(empreinte.iter().take(16))
    }
}

/// Compares in a time that does not say where they differ.
pub(crate) fn egaux(a: &str, b: &str) -> bool {
    let ecart = a.bytes().zip(b.bytes()).fold(0_u8, |ecart, (x, y)| std::hint::black_box(ecart | (x ^ y)));
    a.len() == b.len() && ecart == 0
}

/// Sets the session's cookie and goes on.
pub(crate) fn entree(etat: &Etat, slug: &CommuneSlug, jeton: &Jeton, vers: &str) -> Response {
    pose(&cookie(etat, slug, &jeton.texte(), 43_200), vers)
}

/// Takes the session's cookie away and goes on.
pub(crate) fn sortie(etat: &Etat, slug: &CommuneSlug, vers: &str) -> Response {
    pose(&cookie(etat, slug, "", 0), vers)
}

fn pose(cookie: &str, vers: &str) -> Response {
    match HeaderValue::from_str(cookie) {
        Ok(valeur) => (AppendHeaders([(SET_COOKIE, valeur)]), Redirect::to(vers)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The session's token, to close it.
pub(crate) const fn jeton(session: &Ouverte) -> &Jeton {
    &session.jeton
}

#[cfg(test)]
mod tests {
    use super::egaux;

    #[test]
    fn deux_sceaux_sont_egaux_ou_non() {
        assert!(egaux("", "") && egaux("abc", "abc"));
        for (a, b) in [("abc", "abd"), ("abc", "ab"), ("ab", "abc"), ("", "a"), ("xbc", "abc")] {
            assert!(!egaux(a, b), "{a} {b}");
        }
    }
}
