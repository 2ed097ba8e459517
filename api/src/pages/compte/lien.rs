//! The secret links of letters: looked at without being followed, then followed once.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use engine::compte::{self, Activation, Compte, GenreLien, LienSuivi, nom_normalise};
use engine::decision::Auteur;
use engine::demarche::ErreurChamp;
use engine::foyer::{Genre, ValeurFait};
use engine::identifiant::PersonneId;
use engine_store::{EssaiFait, EtatLien, Jeton, LienDeCompte};
use forms::formulaire::{ChampVue, ErreurVue, Rendu};
use forms::vues::{CguVues, PageCompte};

use super::super::connexion::{Appareil, ouvre};
use super::super::dossier::{Paires, champ};
use super::super::{Arret, page, page_introuvable};
use super::{
    ENCORE, MOT, Manque, NOUVEAU, champs_du_nouveau, cle, commet, dit, personnels, refus_du_nouveau, resume,
    tirage, vers, vide,
};
use crate::facts;
use crate::routes::{Acces, Routes};
use crate::session::Visiteur;

pub(super) fn routes() -> Routes {
    Routes::default().get("/{slug}/compte/lien/{jeton}", Acces::Public, lien).post(
        "/{slug}/compte/lien/{jeton}",
        Acces::Public,
        suit,
    )
}

/// What somebody who opens a link sees of it.
struct Ouvert {
    jeton: Jeton,
    lien: LienDeCompte,
}

async fn lit(visiteur: &Visiteur, jeton: &str) -> Result<Ouvert, Arret> {
    let etat = &visiteur.etat;
    let absent = || Arret::from(page_introuvable(etat, &format!("/{}/compte/lien/", visiteur.slug)));
    let jeton = Jeton::lit(jeton).ok_or_else(absent)?;
    let lu = etat.store.lien_de_compte(&visiteur.slug, &jeton, etat.horloge.maintenant()).await;
    let lien = lu.map_err(|e| etat.panne(&e))?.ok_or_else(absent)?;
    match lien.etat {
        EtatLien::Ouvert => Ok(Ouvert { jeton, lien }),
        EtatLien::Utilise | EtatLien::Expire => Err(passe(visiteur, lien.genre).into()),
    }
}

/// 410: over, or followed already; the same page.
fn passe(visiteur: &Visiteur, genre: GenreLien) -> Response {
    let textes = match genre {
        GenreLien::Activation => [
            "Ce lien a déjà servi, ou son délai est passé.".to_owned(),
            "Si votre espace est actif, connectez-vous. Sinon, demandez un nouveau lien : vos réponses sont gardées.".to_owned(),
        ],
        GenreLien::MotDePasse => [
            "Ce lien a déjà servi, ou son délai est passé.".to_owned(),
            "Votre mot de passe n’a pas changé. Demandez un nouveau lien pour en choisir un autre.".to_owned(),
        ],
        GenreLien::CourrielAncien | GenreLien::CourrielNouveau => [
            "Ce lien a déjà servi, ou son délai est passé.".to_owned(),
            "Pour changer d’adresse, recommencez depuis votre compte.".to_owned(),
        ],
    };
    let mut liens = vec![vers(visiteur, "Se connecter", "connexion")];
    if matches!(genre, GenreLien::Activation | GenreLien::MotDePasse) {
        liens.push(vers(visiteur, "Demander un nouveau lien", "compte/oubli"));
    }
    dit(visiteur, StatusCode::GONE, "Ce lien n’ouvre plus", &textes, liens)
}

/// What the page of a link shows again, and what is wrong.
#[derive(Default)]
struct Reprise<'r> {
    erreurs: &'r [ErreurChamp],
    identifiant: &'r str,
    cgu: bool,
}

/// Must a login name be chosen here: none yet where the town has some, or taken meanwhile?
async fn nom_a_choisir(visiteur: &Visiteur, compte: &Compte) -> Result<bool, Arret> {
    let Some(nom) = &compte.identifiant else {
        let parent = !matches!(compte.auteur, Some(Auteur::Agent { .. }));
        return Ok(visiteur.commune.compte.identifiant_choisi && parent);
    };
    let pris = visiteur.etat.store.compte_nomme(&visiteur.slug, nom).await;
    Ok(pris.map_err(|e| visiteur.etat.panne(&e))?.is_some())
}

async fn rend(visiteur: &Visiteur, ouvert: &Ouvert, rendu: &Reprise<'_>) -> Result<Response, Arret> {
    let compte = &ouvert.lien.compte;
    let action = format!("/{}/compte/lien/{}", visiteur.slug, ouvert.jeton.texte());
    let mut vue = match ouvert.lien.genre {
        GenreLien::Activation => activation(visiteur, compte, rendu).await?,
        GenreLien::MotDePasse => PageCompte {
            textes: vec![format!(
                "Choisissez le mot de passe avec lequel vous entrerez. Votre identifiant : {}.",
                compte.identifiant.as_ref().unwrap_or(&compte.courriel)
            )],
            champs: champs_du_nouveau(visiteur, rendu.erreurs),
            bouton: "Changer mon mot de passe".to_owned(),
            ..vide(visiteur, "Choisir un mot de passe")
        },
        GenreLien::CourrielAncien | GenreLien::CourrielNouveau => PageCompte {
            textes: vec![match &compte.changement {
                Some(c) => format!(
                    "La nouvelle adresse demandée est {}. Elle sert dès que les deux adresses ont confirmé.",
                    c.nouveau
                ),
                None => String::new(),
            }],
            bouton: "Confirmer".to_owned(),
            ..vide(visiteur, "Confirmer le changement d’adresse")
        },
    };
    vue.action = action;
    vue.erreurs = resume(&vue.champs);
    vue.erreurs.extend(resume(&vue.autres));
    if let Some(cgu) = vue.cgu.as_mut().filter(|_| rendu.cgu) {
        cgu.erreur = "Acceptez les conditions générales d’utilisation pour continuer.".to_owned();
        vue.erreurs.push(ErreurVue { cible: "c-cgu".to_owned(), texte: cgu.erreur.clone() });
    }
    let code = if vue.erreurs.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(page(&visiteur.etat, code, &vue))
}

/// To activate: the password of the creation, which whoever asked in somebody else's name does not share with them, or another one.
async fn activation(visiteur: &Visiteur, compte: &Compte, rendu: &Reprise<'_>) -> Result<PageCompte, Arret> {
    let mut champs = Vec::new();
    if nom_a_choisir(visiteur, compte).await? {
        let aide = match &compte.identifiant {
            Some(nom) => format!("« {nom} » est déjà pris : choisissez-en un autre."),
            None => "De 3 à 64 caractères : lettres, chiffres, points, tirets.".to_owned(),
        };
        let mut nom = ChampVue::seul(
            ("identifiant", "Nom d’utilisateur"),
            Rendu::Text,
            (&aide, "username"),
            rendu.erreurs,
        );
        nom.valeur = rendu.identifiant.to_owned();
        champs.push(nom);
    }
    let a_un_mot = compte.mot_de_passe.is_some();
    if a_un_mot {
        let aide = "Celui que vous avez choisi en créant votre espace.";
        champs.push(ChampVue::seul(
            (MOT, "Mot de passe"),
            Rendu::Password,
            (aide, "current-password"),
            rendu.erreurs,
        ));
    } else {
        champs.extend(champs_du_nouveau(visiteur, rendu.erreurs));
    }
    let regles = &visiteur.commune.compte;
    let accepte = compte.cgu.as_ref().is_some_and(|a| a.version == regles.cgu.version);
    // the town made it: whoever opens the link reads with what they will enter
    let textes = match &compte.auteur {
        Some(Auteur::Parent { .. }) => vec![
            format!("{} a créé votre espace : votre famille y est déjà.", visiteur.commune.nom),
            format!(
                "Choisissez votre mot de passe. Votre identifiant : {}.",
                compte.identifiant.as_ref().unwrap_or(&compte.courriel)
            ),
        ],
        _ => vec!["Une dernière chose, et votre espace est ouvert.".to_owned()],
    };
    Ok(PageCompte {
        textes: ce_qui_s_active(visiteur, compte, textes).await?,
        champs,
        autre_titre: if a_un_mot {
            "Je ne m’en souviens pas : en choisir un autre".to_owned()
        } else {
            String::new()
        },
        autres: if a_un_mot { champs_du_nouveau(visiteur, rendu.erreurs) } else { Vec::new() },
        cgu: (!accepte).then(|| CguVues::nouvelles(&regles.cgu.version, &regles.cgu.texte)),
        bouton: "Activer mon espace".to_owned(),
        ..vide(visiteur, "Activer mon espace famille")
    })
}

/// Whose account it is and what it opens, said before anything is done: masked, as the letter may be in somebody else's hands.
async fn ce_qui_s_active(
    visiteur: &Visiteur,
    compte: &Compte,
    mut textes: Vec<String>,
) -> Result<Vec<String>, Arret> {
    let commune = &visiteur.commune;
    let pour = |nom: &str| format!("Cet espace est au nom de {nom} ({}).", masque_courriel(&compte.courriel));
    match &compte.auteur {
        Some(Auteur::Agent { roles, .. }) => {
            textes.push(pour(compte.nom.as_deref().unwrap_or("un agent")));
            let services: Vec<&str> =
                roles.iter().map(|r| commune.contact(r).map_or(r.as_str(), |c| c.nom.as_str())).collect();
            textes.push(format!("C’est un compte d’agent, pour : {}.", services.join(", ")));
        }
        Some(auteur) => {
            let (Some(foyer), Some(personne)) = (auteur.foyer(), auteur.personne()) else {
                return Ok(textes);
            };
            let portee = visiteur.etat.store.portee_de_commande(&visiteur.slug, "compte");
            let lu =
                visiteur.etat.store.famille(&portee, foyer).await.map_err(|e| visiteur.etat.panne(&e))?;
            let maintenant = visiteur.etat.horloge.maintenant();
            let jour = maintenant.to_zoned(commune.fuseau.clone()).date();
            let texte = |p: &PersonneId, fait| facts::texte(&lu.faits, p, fait, jour, maintenant);
            textes.push(pour(&format!("{} {}", texte(personne, "prenom"), masque(&texte(personne, "nom")))));
            let membres = lu.foyer.iter().flat_map(|f| &f.membres);
            let enfants: Vec<String> = membres
                .filter(|m| m.genre == Genre::Enfant)
                .map(|m| masque(&texte(&m.personne, "prenom")))
                .collect();
            textes.push(match enfants.len() {
                0 => "Il ouvre le dossier de votre famille, sans enfant pour l’instant.".to_owned(),
                1 => format!("Il ouvre le dossier de votre famille : un enfant ({}).", enfants.join(", ")),
                n => format!("Il ouvre le dossier de votre famille : {n} enfants ({}).", enfants.join(", ")),
            });
        }
        None => {
            let dit = |champ: &str| match compte.reponses.as_ref().and_then(|r| r.valeur(champ)) {
                Some(ValeurFait::Texte(texte)) => texte.clone(),
                _ => String::new(),
            };
            textes.push(pour(&format!("{} {}", dit("prenom"), masque(&dit("nom")))));
            textes.push("Aucune famille n’y est encore rattachée.".to_owned());
        }
    }
    textes.push("Si ce n’est pas vous, n’activez rien : fermez cette page.".to_owned());
    Ok(textes)
}

/// « D… »
fn masque(mot: &str) -> String {
    mot.chars().next().map(|c| format!("{c}…")).unwrap_or_default()
}

/// « c…@exemple.fr »
fn masque_courriel(courriel: &str) -> String {
    match courriel.split_once('@') {
        Some((nom, chez)) => format!("{}@{chez}", masque(nom)),
        None => String::new(),
    }
}

/// `GET /{slug}/compte/lien/{jeton}`: nothing is written, so that a mail program may look at the link.
async fn lien(visiteur: Visiteur, Path((_, jeton)): Path<(String, String)>) -> Result<Response, Arret> {
    let ouvert = lit(&visiteur, &jeton).await?;
    rend(&visiteur, &ouvert, &Reprise::default()).await
}

/// `POST /{slug}/compte/lien/{jeton}`
async fn suit(
    visiteur: Visiteur,
    Path((_, jeton)): Path<(String, String)>,
    parts: Parts,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let ouvert = lit(&visiteur, &jeton).await?;
    match ouvert.lien.genre {
        GenreLien::Activation => active(&visiteur, &parts, &ouvert, &paires).await,
        GenreLien::MotDePasse => change_mot(&visiteur, &ouvert, &paires).await,
        GenreLien::CourrielAncien | GenreLien::CourrielNouveau => confirme(&visiteur, &ouvert).await,
    }
}

fn faute(champ: &str, motif: &str) -> ErreurChamp {
    ErreurChamp { champ: champ.to_owned(), motif: motif.to_owned() }
}

async fn active(
    visiteur: &Visiteur,
    parts: &Parts,
    ouvert: &Ouvert,
    paires: &[(String, String)],
) -> Result<Response, Arret> {
    let (etat, compte) = (&visiteur.etat, &ouvert.lien.compte);
    let (mot, nouveau, encore) = (champ(paires, MOT), champ(paires, NOUVEAU), champ(paires, ENCORE));
    let mut erreurs = Vec::new();
    let saisi = champ(paires, "identifiant");
    let mut activation = Activation::default();
    if nom_a_choisir(visiteur, compte).await? {
        match nom_normalise(saisi) {
            Ok(nom) => activation.identifiant = Some(nom),
            Err(e) => erreurs.push(faute("identifiant", &e.to_string())),
        }
    }
    let version = &visiteur.commune.compte.cgu.version;
    let accepte = compte.cgu.as_ref().is_some_and(|a| a.version == *version);
    let sans_cgu = !accepte && champ(paires, "cgu") != version;
    if !accepte {
        activation.cgu = Some(version.clone());
    }
    let choisit = compte.mot_de_passe.is_none() || !nouveau.is_empty();
    if choisit {
        let personnels = personnels(compte);
        erreurs.extend(refus_du_nouveau(visiteur, (NOUVEAU, nouveau), (ENCORE, encore), &personnels).await?);
    } else {
        let essai = ["activer", visiteur.slug.as_str(), compte.id.as_str()];
        let permis = etat.essais.compte(&essai).is_ok();
        let verifie = etat.mots_de_passe.verifie(mot.to_owned(), compte.mot_de_passe.as_ref()).await;
        if !(verifie.map_err(|e| etat.panne(&e))? && permis) {
            let motif = if permis {
                "Ce n’est pas le mot de passe choisi à la création."
            } else {
                "Trop d’essais : attendez un quart d’heure, ou choisissez un autre mot de passe ci-dessous."
            };
            erreurs.push(faute(MOT, motif));
        }
    }
    if !erreurs.is_empty() || sans_cgu {
        let rendu = Reprise { erreurs: &erreurs, identifiant: saisi, cgu: sans_cgu };
        return rend(visiteur, ouvert, &rendu).await;
    }
    if choisit {
        let hache = etat.mots_de_passe.hache(nouveau.to_owned()).await;
        activation.mot_de_passe = Some(hache.map_err(|e| etat.panne(&e))?);
    }
    let le = etat.horloge.maintenant();
    let jour = le.to_zoned(visiteur.commune.fuseau.clone()).date();
    let lien = LienSuivi { empreinte: ouvert.jeton.empreinte() };
    let decisions = compte::active(compte, lien, activation, &mut tirage(etat)?, (jour, le));
    match commet(visiteur, decisions).await {
        Ok(()) => {}
        Err(Manque::NomPris) => {
            let erreurs = [faute("identifiant", "Ce nom est déjà pris : choisissez-en un autre.")];
            return rend(visiteur, ouvert, &Reprise { erreurs: &erreurs, identifiant: saisi, cgu: false })
                .await;
        }
        Err(Manque::CourrielPris) => {
            let texte = "Un espace existe déjà avec cette adresse électronique : connectez-vous, ou choisissez un nouveau mot de passe.".to_owned();
            let liens = vec![
                vers(visiteur, "Se connecter", "connexion"),
                vers(visiteur, "Mot de passe oublié", "compte/oubli"),
            ];
            return Ok(dit(visiteur, StatusCode::CONFLICT, "Vous avez déjà un espace", &[texte], liens));
        }
        Err(Manque::Lien | Manque::Change) => return Ok(passe(visiteur, GenreLien::Activation)),
        Err(Manque::Store(erreur)) => return Err(etat.panne(&erreur).into()),
    }
    let portee = etat.store.portee_de_commande(&visiteur.slug, "compte");
    match etat.store.compte(&portee, &compte.id).await.map_err(|e| etat.panne(&e))? {
        Some(actif) => {
            let reponses = compte.reponses.clone().unwrap_or_default();
            let essai = cle::tente(visiteur, parts, &reponses, &actif).await.map_err(|e| etat.panne(&e))?;
            let fait = match essai {
                None => "?fait=activer",
                Some(EssaiFait::Ouverte { .. }) => "?fait=cle",
                Some(EssaiFait::Refusee) => "?fait=cle_refusee",
                Some(EssaiFait::Trop { .. }) => "?fait=cle_trop",
            };
            ouvre(visiteur, &actif, fait, Appareil::Connu).await
        }
        None => Ok(visiteur.a_l_entree()),
    }
}

async fn change_mot(
    visiteur: &Visiteur,
    ouvert: &Ouvert,
    paires: &[(String, String)],
) -> Result<Response, Arret> {
    let (etat, compte) = (&visiteur.etat, &ouvert.lien.compte);
    let (nouveau, encore) = (champ(paires, NOUVEAU), champ(paires, ENCORE));
    let erreurs =
        refus_du_nouveau(visiteur, (NOUVEAU, nouveau), (ENCORE, encore), &personnels(compte)).await?;
    if !erreurs.is_empty() {
        return rend(visiteur, ouvert, &Reprise { erreurs: &erreurs, ..Reprise::default() }).await;
    }
    let empreinte = etat.mots_de_passe.hache(nouveau.to_owned()).await.map_err(|e| etat.panne(&e))?;
    let lien = LienSuivi { empreinte: ouvert.jeton.empreinte() };
    let decision = compte::change_mot_de_passe(compte, empreinte, Some(lien), etat.horloge.maintenant());
    match commet(visiteur, vec![decision]).await {
        Ok(()) => {
            // under each name that it enters by, from its own device too, and where the password is asked again
            for nom in compte.identifiant.iter().chain([&compte.courriel]) {
                for d_ou in ["entrer", "appareil"] {
                    etat.essais.reussit(&[d_ou, visiteur.slug.as_str(), nom]);
                }
            }
            etat.essais.reussit(&["compte", visiteur.slug.as_str(), compte.id.as_str()]);
            Ok(Redirect::to(&format!("/{}/connexion?fait=mot_de_passe", visiteur.slug)).into_response())
        }
        Err(Manque::Store(erreur)) => Err(etat.panne(&erreur).into()),
        Err(_) => Ok(passe(visiteur, GenreLien::MotDePasse)),
    }
}

async fn confirme(visiteur: &Visiteur, ouvert: &Ouvert) -> Result<Response, Arret> {
    let (etat, compte) = (&visiteur.etat, &ouvert.lien.compte);
    let le = etat.horloge.maintenant();
    let jour = le.to_zoned(visiteur.commune.fuseau.clone()).date();
    let lien = LienSuivi { empreinte: ouvert.jeton.empreinte() };
    let genre = ouvert.lien.genre;
    let Some(decision) = compte::confirme_courriel(compte, genre, lien, (jour, le)) else {
        return Ok(passe(visiteur, genre));
    };
    let liens = vec![vers(visiteur, "Revenir à l’accueil", "")];
    match commet(visiteur, vec![decision]).await {
        Ok(()) => {
            let finit = compte.changement.as_ref().is_some_and(|c| c.ancien_confirme || c.nouveau_confirme);
            let texte = if finit {
                "Les deux adresses ont confirmé : la nouvelle adresse sert dès maintenant."
            } else {
                "C’est noté. L’autre adresse doit confirmer aussi : ouvrez le lien qu’elle a reçu."
            };
            Ok(dit(visiteur, StatusCode::OK, "Adresse confirmée", &[texte.to_owned()], liens))
        }
        Err(Manque::CourrielPris) => {
            let texte = "Cette adresse ne peut pas être prise pour ce compte.".to_owned();
            Ok(dit(visiteur, StatusCode::CONFLICT, "Adresse refusée", &[texte], liens))
        }
        Err(Manque::Store(erreur)) => Err(etat.panne(&erreur).into()),
        Err(_) => Ok(passe(visiteur, genre)),
    }
}
