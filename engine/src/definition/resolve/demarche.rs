//! `demarches/*.yaml`: procedures with every name resolved.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rules::repere::{Ancre, Repere, premier_instant};
use rules::scalaire::Heure;

use super::agenda;
use super::commune::inconnu;
use super::etape::etapes;
use super::fichiers::Fichiers;
use super::formulaire::formulaire;
use super::{Resolution, condition, derive, donnees, question, texte_source};
use crate::commune::Piece;
use crate::definition::arbre::Noeud;
use crate::definition::lecture::{Entier, Sp, Texte};
use crate::definition::raw::commune::RawCommune;
use crate::definition::raw::demarche::{RawDemarche, RawSilence};
use crate::definition::raw::valeurs::{RawCondition, RawRangee};
use crate::definition::source::Span;
use crate::demarche::{
    Acces, ApresCloture, Demarche, Etape, Ouverture, Quota, Silence, Unicite, VautSilence, empreinte,
};
use crate::diagnostic::{Diagnostic, codes};

/// What the démarches of a town may name besides its vocabulary.
pub(super) struct Reperes<'a> {
    /// The files.
    pub fichiers: &'a Fichiers,
    /// The compiled documents.
    pub pieces: &'a [Piece],
    /// The town's zone.
    pub fuseau: &'a TimeZone,
    /// Contacts and roles.
    pub contacts: Vec<&'a str>,
    /// Systems that `appeler` calls.
    pub appels: Vec<&'a str>,
}

/// The ids of contacts and roles.
pub(super) fn contacts(raw: &RawCommune) -> Vec<&str> {
    let de_contacts = raw.contacts.iter().flat_map(|c| c.valeur.iter()).map(|(cle, _)| cle.texte.as_str());
    let de_roles = raw.roles.iter().flat_map(|c| c.valeur.iter()).map(|(cle, _)| cle.texte.as_str());
    de_contacts.chain(de_roles).collect()
}

/// The words of `un_dossier_par`.
const UNICITES: [(&str, Unicite); 5] = [
    ("foyer", Unicite::Foyer),
    ("demandeur", Unicite::Demandeur),
    ("enfant", Unicite::Enfant),
    ("annee_scolaire", Unicite::AnneeScolaire),
    ("personne_ajoutee", Unicite::PersonneAjoutee),
];

/// Compiles every procedure.
pub(super) fn resout(r: &mut Resolution<'_>, reperes: &Reperes<'_>) -> Vec<Demarche> {
    let mut demarches: Vec<Demarche> = Vec::new();
    for raw in &reperes.fichiers.demarches {
        if demarches.iter().any(|d| d.id == raw.demarche.as_str()) {
            r.signale(donnees::double(raw.demarche.span, "démarche", &raw.demarche));
            continue;
        }
        // the form's fields are dimensions of this procedure's conditions only
        let ville = r.vocabulaire.clone();
        demarches.extend(une(r, reperes, raw));
        r.vocabulaire = ville;
        r.illisibles.clear();
    }
    demarches
}

fn une(r: &mut Resolution<'_>, reperes: &Reperes<'_>, raw: &Sp<RawDemarche>) -> Option<Demarche> {
    let id = raw.demarche.to_string();
    let sur = format!("demarche.{id}");
    question::de_source(r, &sur, raw.source.as_ref());
    question::de_liste(r, &sur, &raw.questions);
    question::de_source(r, &format!("{sur}.silence"), raw.silence.source.as_ref());
    let source = raw.source.as_ref().map(|s| texte_source(s));
    let lieu = r.pose(raw.demarche.span, source.as_ref());
    let instruit_par = contact(r, reperes, &raw.instruit_par);
    let acces = match derive::mot(r, &raw.acces, &["compte", "public"]).as_deref() {
        Some("public") => Acces::Public,
        _ => Acces::Compte,
    };
    let un_dossier_par = raw.un_dossier_par.iter().filter_map(|u| {
        let connus: Vec<&str> = UNICITES.iter().map(|(mot, _)| *mot).collect();
        let mot = derive::mot(r, u, &connus)?;
        UNICITES.iter().find(|(m, _)| *m == mot).map(|(_, unicite)| *unicite)
    });
    let un_dossier_par = un_dossier_par.collect();
    let (ecrans, champs_conditions) = formulaire(r, reperes, raw);
    let ouverture = ouvertures(r, reperes, raw);
    let pieces = pieces(r, reperes, raw);
    let etapes = etapes(r, reperes, raw, &ecrans);
    let silence = silence(r, &raw.silence, source.as_ref());
    let quota = raw.quota.as_ref().and_then(|q| quota(r, q));
    let rendez_vous = raw.rendez_vous.as_ref().and_then(|v| agenda::agenda(r, v));
    let reprise = reprise(r, raw, &etapes);
    let mut demarche = Demarche {
        id,
        nom: raw.nom.0.clone(),
        instruit_par,
        acces,
        un_dossier_par,
        description: raw.description.as_ref().map(|d| d.0.clone()),
        mots: raw.mots.iter().map(|m| m.0.clone()).collect(),
        aide: raw.aide.as_ref().map(|a| a.0.clone()),
        quota,
        rendez_vous,
        echanges: raw.echanges.as_ref().is_some_and(|e| e.0),
        duree: raw.duree.as_ref().map(|d| d.0.en_mots()),
        ouverture,
        formulaire: ecrans,
        pieces,
        etapes,
        silence,
        source: source.as_deref().map(str::to_owned),
        champs_conditions,
        reprise,
        lieu,
        digest: String::new(),
    };
    demarche.digest = empreinte(&demarche, reperes.pieces, &r.vocabulaire);
    Some(demarche)
}

/// The contact or role of that name; an unknown one is reported.
pub(super) fn contact(
    r: &mut Resolution<'_>,
    reperes: &Reperes<'_>,
    id: &Sp<crate::definition::lecture::Id>,
) -> String {
    if !reperes.contacts.contains(&id.as_str()) {
        r.signale(inconnu(id.span, "contact inconnu de commune.yaml", id.as_str(), &reperes.contacts));
    }
    id.to_string()
}

fn pieces(r: &mut Resolution<'_>, reperes: &Reperes<'_>, raw: &RawDemarche) -> Vec<String> {
    let connues: Vec<&str> =
        reperes.fichiers.pieces.iter().flat_map(|p| p.pieces.iter()).map(|p| p.piece.as_str()).collect();
    for p in raw.pieces.iter().filter(|p| !connues.contains(&p.as_str())) {
        r.signale(inconnu(p.span, "pièce inconnue de pieces.yaml", p.as_str(), &connues));
    }
    raw.pieces.iter().map(|p| p.to_string()).collect()
}

fn silence(r: &mut Resolution<'_>, raw: &Sp<RawSilence>, source: Option<&crate::commune::Texte>) -> Silence {
    let propre = raw.source.as_ref().map(|s| texte_source(s));
    let vaut = match derive::mot(r, &raw.vaut, &["acceptation", "rejet"]).as_deref() {
        Some("acceptation") => VautSilence::Acceptation,
        _ => VautSilence::Rejet,
    };
    Silence {
        delai: raw.delai.0.clone(),
        vaut,
        alerte: raw.alerte.as_ref().map(|a| a.0.clone()),
        lieu: r.pose(raw.span, propre.as_ref().or(source)),
    }
}

fn quota(r: &mut Resolution<'_>, raw: &Sp<Entier>) -> Option<Quota> {
    let lieu = r.pose(raw.span, None);
    match u32::try_from(raw.valeur.0).ok().filter(|n| *n > 0) {
        Some(places) => Some(Quota { places, lieu }),
        None => {
            let d = Diagnostic::new(codes::SYN04, raw.span, "un quota est un nombre de places, au moins 1");
            r.signale(d.aide("retirez la clé si la démarche n'a pas de limite"));
            None
        }
    }
}

fn reprise(r: &mut Resolution<'_>, raw: &RawDemarche, etapes: &[Etape]) -> Vec<(String, String)> {
    let connues: Vec<&str> = etapes.iter().map(|e| e.id.as_str()).collect();
    let mut reprise = Vec::new();
    for (ancienne, nouvelle) in raw.reprise.iter().flat_map(|c| c.valeur.iter()) {
        if connues.contains(&ancienne.texte.as_str()) {
            let message = format!("`{}` est encore une étape : rien n'est à reprendre", ancienne.texte);
            r.signale(Diagnostic::new(codes::REF04, ancienne.span, message).aide("retirez cette ligne"));
        }
        if !connues.contains(&nouvelle.as_str()) {
            r.signale(inconnu(nouvelle.span, "étape inconnue", nouvelle.as_str(), &connues));
        }
        reprise.push((ancienne.texte.clone(), nouvelle.to_string()));
    }
    reprise
}

fn ouvertures(r: &mut Resolution<'_>, reperes: &Reperes<'_>, raw: &RawDemarche) -> Vec<Ouverture> {
    let mut ouvertures: Vec<(Ouverture, Span)> = Vec::new();
    for rangee in &raw.ouverture {
        question::de_source(
            r,
            &format!("demarche.{}.ouverture", raw.demarche.as_str()),
            rangee.source.as_ref(),
        );
        question::de_liste(r, &format!("demarche.{}.ouverture", raw.demarche.as_str()), &rangee.questions);
        let Some(nouvelle) = ouverture(r, reperes, rangee) else { continue };
        for (autre, span) in &ouvertures {
            let (a, b) = (nouvelle.si.clone().unwrap_or_default(), autre.si.clone().unwrap_or_default());
            if a.recoupe(&b, |f| rules::faits::Symboles::peut_manquer(&r.vocabulaire, f)) == Some(true) {
                let message = "deux lignes d'ouverture prennent les mêmes familles";
                let d = Diagnostic::new(codes::TAR02, rangee.span, message);
                r.signale(
                    d.secondaire(*span, "déjà prises ici")
                        .aide("donnez à chaque ligne des conditions qui excluent l'autre"),
                );
            }
        }
        ouvertures.push((nouvelle, rangee.span));
    }
    if raw.ouverture.is_empty() && !raw.ouverture.incomplete {
        let span = raw.ouverture.span.unwrap_or(raw.demarche.span);
        let d = Diagnostic::new(codes::SYN04, span, "la démarche n'est jamais ouverte");
        r.signale(d.aide("ex. `ouverture: [ { des: 2025-07-01 } ]`"));
    }
    ouvertures.into_iter().map(|(o, _)| o).collect()
}

/// One row: conditions, and `des`, `jusqu_a`, `apres`, or `jamais`.
fn ouverture(r: &mut Resolution<'_>, reperes: &Reperes<'_>, rangee: &Sp<RawRangee>) -> Option<Ouverture> {
    const RESULTATS: [&str; 4] = ["des", "jusqu_a", "apres", "jamais"];
    let conditions: Vec<_> =
        rangee.entrees.iter().filter(|(c, _)| !RESULTATS.contains(&c.texte.as_str())).cloned().collect();
    let si = match conditions.is_empty() {
        true => None,
        false => Some(condition::condition(r, &RawCondition::Carte(conditions))?),
    };
    let mut instant = |cle: &str, sans_heure: Heure| match rangee.entree(cle) {
        None => Some(None),
        Some((_, noeud)) => absolu(r, reperes.fuseau, noeud, sans_heure).map(Some),
    };
    let (des, jusqu_a) = (instant("des", Heure::DEBUT_DE_JOUR)?, instant("jusqu_a", Heure::FIN_DE_JOUR)?);
    if let (Some(d), Some(f), Some((_, noeud))) = (des, jusqu_a, rangee.entree("jusqu_a"))
        && f <= d
    {
        r.signale(Diagnostic::new(codes::LIM02, noeud.span, "la démarche ferme avant d'ouvrir"));
    }
    let apres = match rangee.entree("apres") {
        None => ApresCloture::Ferme,
        Some((_, noeud)) => {
            let mot = r.lecture.lit(noeud)?;
            match derive::mot(r, &mot, &["ferme", "accepte"])?.as_str() {
                "accepte" => ApresCloture::Accepte,
                _ => ApresCloture::Ferme,
            }
        }
    };
    let jamais = match rangee.entree("jamais") {
        None => None,
        Some((_, noeud)) => Some(r.lecture.lit::<Texte>(noeud)?.0.clone()),
    };
    if let (Some(_), Some((cle, _))) =
        (&jamais, ["des", "jusqu_a", "apres"].into_iter().find_map(|c| rangee.entree(c)))
    {
        let message = format!("`jamais` et `{}` sur la même ligne", cle.texte);
        r.signale(
            Diagnostic::new(codes::SYN04, cle.span, message)
                .aide("la démarche est ouverte à ces familles, ou elle ne l'est pas"),
        );
    }
    Some(Ouverture { si, des, jusqu_a, apres, jamais, lieu: r.pose(rangee.span, None) })
}

/// A date, or a date and a time, as an instant of the town's zone. Without a time, `sans_heure`.
pub(super) fn absolu(
    r: &mut Resolution<'_>,
    fuseau: &TimeZone,
    noeud: &Noeud,
    sans_heure: Heure,
) -> Option<Timestamp> {
    let attendu = "date attendue, ex. `2025-07-01` ou `\"2025-07-01 08:00\"`";
    let repere = r.lecture.feuille(noeud, attendu, Repere::lit)?;
    let Ancre::Absolu { date, .. } = repere.ancre() else {
        r.lecture.inattendu(
            noeud,
            attendu,
            Some("une démarche n'a pas de jour de service : la date est entière"),
        );
        return None;
    };
    let local = repere.heure().unwrap_or(sans_heure).le(*date);
    let instant = local.and_then(|l| premier_instant(fuseau, l));
    if instant.is_none() {
        r.lecture.inattendu(noeud, attendu, Some("cette date est hors du calendrier"));
    }
    instant
}
