//! A family asks for an account: one page, the town's steps in its order, then the terms of use.

use axum::extract::FromRequest as _;
use axum::extract::{Form, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::compte::{
    self, CLE, COURRIEL, Demande, EtapeCompte, IDENTIFIANT, champs_de_l_etape, courriel_normalise,
    nom_normalise,
};
use engine::demarche::{Champ, ChampsConditions, ErreurChamp, Reponses};
use engine::foyer::ValeurFait;
use engine::identifiant::{CompteId, hexa};
use forms::formulaire::{ChampVue, Connu, ErreurVue, Formulaire, Rendu, Saisie};
use forms::vues::{CguVues, PageCreation, SectionCompte};

use super::super::dossier::champ;
use super::super::{Arret, page};
use super::{
    ENCORE, ESSAIS, MOT, Manque, cle, commet, dit, lien_d_activation, refus_du_nouveau, regle_en_mots,
    resume, tirage, vers,
};
use crate::alea::alea;
use crate::failures;
use crate::proof::{self, Depart};
use crate::rate::Genre;
use crate::routes::{Acces, Routes};
use crate::session::Visiteur;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/{slug}/compte/creation", Acces::Public, formulaire)
        .post("/{slug}/compte/creation", Acces::Public, demande)
        .get("/{slug}/compte/envoye", Acces::Public, envoye)
}

/// The steps of the town with their fields, those that have nothing to fill in left out.
fn etapes(visiteur: &Visiteur) -> Vec<(EtapeCompte, Vec<Champ>)> {
    let commune = &visiteur.commune;
    let une = |etape: &EtapeCompte| {
        let champs = champs_de_l_etape(commune, *etape);
        let montree = !champs.is_empty() || *etape == EtapeCompte::Identifiants;
        montree.then_some((*etape, champs))
    };
    commune.compte.etapes.iter().filter_map(une).collect()
}

/// What reading the page gave.
#[derive(Default)]
struct Faute {
    champs: Vec<ErreurChamp>,
    cgu: bool,
    /// Of the whole page.
    page: Option<&'static str>,
}

impl Faute {
    fn est_vide(&self) -> bool {
        self.champs.is_empty() && !self.cgu && self.page.is_none()
    }
}

/// The page, as typed.
fn rend(visiteur: &Visiteur, saisie: &Saisie, faute: &Faute) -> Result<Response, Arret> {
    let etapes = etapes(visiteur);
    let tous: Vec<Champ> = etapes.iter().flat_map(|(_, c)| c.clone()).collect();
    let (conditions, connu, ailleurs) = (ChampsConditions::default(), Connu::default(), Reponses::default());
    let formulaire = sur(visiteur, &tous, &conditions, &connu, &ailleurs);
    let mut vues: Vec<ChampVue> = formulaire.vue(saisie, &faute.champs);
    let mut erreurs = Vec::new();
    if let Some(motif) = faute.page {
        erreurs.push(ErreurVue { cible: "contenu".to_owned(), texte: motif.to_owned() });
    }
    let affiches = Formulaire::affiches(&vues);
    let mut sections = Vec::new();
    for (numero, (etape, champs)) in etapes.iter().enumerate() {
        let reste = vues.split_off(champs.len().min(vues.len()));
        let mut siens = std::mem::replace(&mut vues, reste);
        erreurs.extend(formulaire.resume(&siens));
        if *etape == EtapeCompte::Identifiants {
            let deux = champs_du_mot(visiteur, &faute.champs);
            erreurs.extend(resume(&deux));
            siens.extend(deux);
        }
        let aide = match etape {
            EtapeCompte::Identifiants if !visiteur.commune.compte.identifiant_choisi => {
                "Vous entrerez avec votre adresse électronique et ce mot de passe."
            }
            EtapeCompte::Identifiants => "Vous entrerez avec ce nom, ou avec votre adresse électronique.",
            _ => "",
        };
        sections.push(SectionCompte {
            numero: numero + 1,
            id: etape.nom().to_owned(),
            titre: etape.titre().to_owned(),
            aide: aide.to_owned(),
            champs: siens,
        });
    }
    let regles = &visiteur.commune.compte;
    let mut cgu = CguVues::nouvelles(&regles.cgu.version, &regles.cgu.texte);
    cgu.numero = sections.len() + 1;
    cgu.acceptees = saisie.texte("cgu") == regles.cgu.version;
    if faute.cgu {
        cgu.erreur = "Acceptez les conditions générales d’utilisation pour continuer.".to_owned();
        erreurs.push(ErreurVue { cible: "c-cgu".to_owned(), texte: cgu.erreur.clone() });
    }
    let etat = &visiteur.etat;
    // a page that was sent keeps its departure: correcting a word must not start the time again
    let garde = saisie.texte("_depart");
    let depart = match proof::lit_depart(&etat.liens, visiteur.slug.as_str(), garde, etat.horloge.reel()) {
        Depart::Bon | Depart::TropTot => garde.to_owned(),
        Depart::Perime => {
            let tire = hexa(&alea().map_err(|e| etat.panne(&e))?);
            proof::depart(&etat.liens, visiteur.slug.as_str(), etat.horloge.reel(), &tire)
        }
    };
    let vue = PageCreation {
        cadre: visiteur.cadre("Créer mon espace famille"),
        sections,
        cgu,
        erreurs,
        depart,
        affiches,
        action: format!("/{}/compte/creation", visiteur.slug),
        delai: regles.delai_activation.en_mots(),
    };
    let code = if faute.est_vide() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(page(etat, code, &vue))
}

fn champs_du_mot(visiteur: &Visiteur, erreurs: &[ErreurChamp]) -> Vec<ChampVue> {
    let regle = regle_en_mots(visiteur);
    vec![
        ChampVue::seul((MOT, "Mot de passe"), Rendu::Password, (&regle, "new-password"), erreurs),
        ChampVue::seul(
            (ENCORE, "Le même mot de passe, encore une fois"),
            Rendu::Password,
            ("", "new-password"),
            erreurs,
        ),
    ]
}

fn sur<'f>(
    visiteur: &'f Visiteur,
    champs: &'f [Champ],
    conditions: &'f ChampsConditions,
    connu: &'f Connu,
    ailleurs: &'f Reponses,
) -> Formulaire<'f> {
    let maintenant = visiteur.etat.horloge.maintenant();
    Formulaire {
        champs,
        conditions,
        valeurs: &[],
        ailleurs,
        parametres: &[],
        hote: &*visiteur.commune,
        aujourdhui: maintenant.to_zoned(visiteur.commune.fuseau.clone()).date(),
        connu,
    }
}

/// `GET /{slug}/compte/creation`
async fn formulaire(visiteur: Visiteur) -> Result<Response, Arret> {
    if visiteur.famille().is_some() || visiteur.est_agent() {
        return Ok(Redirect::to(&format!("/{}/", visiteur.slug)).into_response());
    }
    rend(&visiteur, &Saisie::default(), &Faute::default())
}

fn texte(reponses: &Reponses, champ: &str) -> String {
    match reponses.valeur(champ) {
        Some(ValeurFait::Texte(t)) => t.clone(),
        _ => String::new(),
    }
}

/// `POST /{slug}/compte/creation`: the same answer, after the same work, whether the address has an account or not.
async fn demande(visiteur: Visiteur, requete: Request) -> Result<Response, Arret> {
    let etat = visiteur.etat.clone();
    let (extensions, entetes) = (requete.extensions().clone(), requete.headers().clone());
    let Form(paires) = Form::<Vec<(String, String)>>::from_request(requete, &())
        .await
        .map_err(IntoResponse::into_response)?;
    let fini = || Redirect::to(&format!("/{}/compte/envoye", visiteur.slug)).into_response();
    if !champ(&paires, "site_web").is_empty() {
        // no person sees that field
        return Ok(fini());
    }
    let (mot, encore) = (champ(&paires, MOT).to_owned(), champ(&paires, ENCORE).to_owned());
    let (depart, preuve) = (champ(&paires, "_depart").to_owned(), champ(&paires, "_preuve").to_owned());
    let sans_mot: Vec<(String, String)> =
        paires.into_iter().filter(|(nom, _)| nom != MOT && nom != ENCORE).collect();
    let gardees: Vec<(String, String)> = sans_mot.iter().filter(|(nom, _)| nom != CLE).cloned().collect();
    let saisie = Saisie::postee(sans_mot);
    let reel = etat.horloge.reel();
    let mut faute = Faute::default();
    match proof::lit_depart(&etat.liens, visiteur.slug.as_str(), &depart, reel) {
        Depart::Bon => {}
        Depart::TropTot => {
            faute.page = Some("Vous êtes allé très vite : vérifiez vos réponses, puis envoyez de nouveau.")
        }
        Depart::Perime => {
            faute.page = Some(
                "Cette page était ouverte depuis longtemps : vérifiez vos réponses, puis envoyez de nouveau.",
            )
        }
    }
    let champs: Vec<Champ> = etapes(&visiteur).into_iter().flat_map(|(_, c)| c).collect();
    let (conditions, connu, ailleurs) = (ChampsConditions::default(), Connu::default(), Reponses::default());
    let lecture = sur(&visiteur, &champs, &conditions, &connu, &ailleurs).lit(&saisie);
    faute.champs = lecture.erreurs;
    let mut reponses = lecture.reponses;
    cle::scelle(&visiteur, &mut reponses, &mut faute.champs);
    // what was typed is shown again, but the key
    let saisie = Saisie::postee(gardees);
    let (courriel, identifiant) = noms(&visiteur, &reponses, &mut faute.champs);
    let personnels: Vec<String> =
        ["nom", "prenom", COURRIEL, IDENTIFIANT].iter().map(|c| texte(&reponses, c)).collect();
    faute.champs.extend(refus_du_nouveau(&visiteur, (MOT, &mot), (ENCORE, &encore), &personnels).await?);
    let version = &visiteur.commune.compte.cgu.version;
    faute.cgu = saisie.texte("cgu") != version;
    if !faute.est_vide() {
        if !mot.is_empty() && !faute.champs.iter().any(|e| e.champ == MOT || e.champ == ENCORE) {
            let motif =
                "Écrivez de nouveau votre mot de passe : il n’est jamais gardé dans la page.".to_owned();
            faute.champs.push(ErreurChamp { champ: MOT.to_owned(), motif });
        }
        return rend(&visiteur, &saisie, &faute);
    }
    let prouve = etat.preuves.depense(&depart, &preuve, reel);
    if !prouve
        && !etat.est_demonstration()
        && let Err(attente) = etat.cadence.prend_de(Genre::SansPreuve, &extensions, &entetes)
    {
        return Ok(failures::trop_souvent(&etat, &visiteur.chemin, attente));
    }
    let mot_de_passe = etat.mots_de_passe.hache(mot).await.map_err(|e| etat.panne(&e))?;
    // not more letters to one address than its holder can read, whoever asks: the answer is the same
    if etat.essais.compte(&["creer", visiteur.slug.as_str(), &courriel]).is_err() {
        return Ok(fini());
    }
    let le = etat.horloge.maintenant();
    for _ in 0..ESSAIS {
        let connu = etat.store.compte_nomme(&visiteur.slug, &courriel).await.map_err(|e| etat.panne(&e))?;
        let decision = match &connu {
            Some(compte) => compte::previent(compte, le),
            None => {
                let demande = Demande {
                    id: CompteId::neuf(tirage(&etat)?.tire()),
                    identifiant: identifiant.clone(),
                    courriel: courriel.clone(),
                    mot_de_passe: mot_de_passe.clone(),
                    cgu: version.clone(),
                    reponses: reponses.clone(),
                };
                compte::demande(demande, lien_d_activation(&visiteur, le)?, le)
            }
        };
        match commet(&visiteur, vec![decision]).await {
            Ok(()) => return Ok(fini()),
            Err(Manque::Store(erreur)) => return Err(etat.panne(&erreur).into()),
            Err(_) => {}
        }
    }
    Err(etat.panne(&engine_store::Erreur::Occupee).into())
}

/// The address and the login name, as they are compared; what is wrong with them joins the others.
fn noms(
    visiteur: &Visiteur,
    reponses: &Reponses,
    erreurs: &mut Vec<ErreurChamp>,
) -> (String, Option<String>) {
    let mut note = |champ: &str, motif: String| {
        if !erreurs.iter().any(|e| e.champ == champ) {
            erreurs.push(ErreurChamp { champ: champ.to_owned(), motif });
        }
    };
    let courriel = courriel_normalise(&texte(reponses, COURRIEL)).unwrap_or_else(|e| {
        note(COURRIEL, e.to_string());
        String::new()
    });
    if !visiteur.commune.compte.identifiant_choisi {
        return (courriel, None);
    }
    match nom_normalise(&texte(reponses, IDENTIFIANT)) {
        Ok(nom) => (courriel, Some(nom)),
        Err(e) => {
            note(IDENTIFIANT, e.to_string());
            (courriel, None)
        }
    }
}

/// `GET /{slug}/compte/envoye`
async fn envoye(visiteur: Visiteur) -> Response {
    let delai = visiteur.commune.compte.delai_activation.en_mots();
    let textes = [
        format!(
            "Un courriel vient de partir à l’adresse que vous avez donnée. Ouvrez son lien dans les {delai} pour activer votre espace."
        ),
        "Rien ne vient ? Regardez dans les courriers indésirables, puis demandez un nouveau lien.".to_owned(),
    ];
    let liens = vec![
        vers(&visiteur, "Demander un nouveau lien", "compte/oubli"),
        vers(&visiteur, "Revenir à l’accueil", ""),
    ];
    dit(&visiteur, StatusCode::OK, "Regardez vos courriels", &textes, liens)
}
