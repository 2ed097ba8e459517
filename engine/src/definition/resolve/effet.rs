//! The closed set of effects, each checked against what it names.

use super::commune::inconnu;
use super::demarche::Reperes;
use super::{Resolution, derive, donnees};
use crate::definition::arbre::Noeud;
use crate::definition::lecture::{Brut, Id, Lecture, Liste, Sp, Texte, suggestion};
use crate::definition::raw::donnees::RawFait;
use crate::definition::raw::effet::{RawEffet, RawEnvoi};
use crate::definition::raw::valeurs::RawType;
use crate::definition::source::Span;
use crate::demarche::{
    Champ, ChampsVises, Destinataire, Ecran, Effet, FaitVise, PersonneVisee, Quoi, ServicesVises, SujetVise,
    TypeChamp, genre_de_lien,
};
use crate::diagnostic::{Diagnostic, codes};

/// What the effects of a démarche may name.
pub(super) struct Portee<'a> {
    /// The town.
    pub reperes: &'a Reperes<'a>,
    /// The form.
    pub ecrans: &'a [Ecran],
    /// The démarche.
    pub demarche: &'a Id,
}

impl Portee<'_> {
    fn champs(&self) -> impl Iterator<Item = &Champ> {
        self.ecrans.iter().flat_map(|e| e.champs.iter())
    }
}

/// Compiles a list of effects; one that is wrong is reported and left out.
pub(super) fn effets(r: &mut Resolution<'_>, p: &Portee<'_>, raws: &Liste<RawEffet>) -> Vec<Effet> {
    let mut effets = Vec::new();
    for raw in raws {
        if let Some(quoi) = quoi(r, p, raw) {
            effets.push(Effet { quoi, lieu: r.pose(raw.span, None) });
        }
    }
    effets
}

fn quoi(r: &mut Resolution<'_>, p: &Portee<'_>, raw: &Sp<RawEffet>) -> Option<Quoi> {
    Some(match &raw.valeur {
        RawEffet::EnregistrerFaits(ids) => Quoi::EnregistrerFaits(champs_vises(r, p, ids)?),
        RawEffet::AjouterPersonne(noeud) => Quoi::AjouterPersonne { lien: lien(r, p, noeud)? },
        RawEffet::RetirerPersonne(noeud) => Quoi::RetirerPersonne(partante(r, p, noeud)?),
        RawEffet::RattacherCompte => Quoi::RattacherCompte,
        RawEffet::OuvrirService(service) => {
            Quoi::OuvrirServices(ServicesVises::Liste(vec![id_de_service(r, service)?]))
        }
        RawEffet::OuvrirServices(services) => Quoi::OuvrirServices(services_vises(r, p, services)?),
        RawEffet::FermerService(service) => Quoi::FermerService(id_de_service(r, service)?),
        RawEffet::OuvrirDemarche(id) => {
            let connues: Vec<&str> =
                p.reperes.fichiers.demarches.iter().map(|d| d.demarche.as_str()).collect();
            if !connues.contains(&id.as_str()) {
                r.signale(inconnu(id.span, "démarche inconnue", id.as_str(), &connues));
                return None;
            }
            Quoi::OuvrirDemarche(id.to_string())
        }
        RawEffet::Message(envoi) => {
            let (modele, a) = message(r, p.reperes, envoi)?;
            Quoi::Message { modele, a }
        }
        RawEffet::Document(id) => texte_connu(r, p.reperes, id).then(|| Quoi::Document(id.to_string()))?,
        RawEffet::Facturer(n) => Quoi::Facturer(argument(r, n)?),
        RawEffet::Crediter(n) => Quoi::Crediter(argument(r, n)?),
        RawEffet::Rembourser(n) => Quoi::Rembourser(argument(r, n)?),
        RawEffet::Planifier(n) => Quoi::Planifier(argument(r, n)?),
        RawEffet::NoterCritere(n) => Quoi::NoterCritere(argument(r, n)?),
        RawEffet::AttribuerCle(_) => Quoi::AttribuerCle,
        RawEffet::Adherer(id) => Quoi::Adherer(adhesion(r, p, id)?),
        RawEffet::Appeler(id) => {
            let connus = &p.reperes.appels;
            if !connus.contains(&id.as_str()) {
                r.signale(inconnu(id.span, "appel inconnu de commune.yaml", id.as_str(), connus));
                return None;
            }
            Quoi::Appeler(id.to_string())
        }
        RawEffet::AvertirSuspension(_) | RawEffet::ProposerSuspension(_) => {
            let d = Diagnostic::new(
                codes::SYN04,
                raw.span,
                "une suspension se décide dans `impayes`, pas dans une démarche",
            );
            r.signale(d.aide("déplacez cet effet dans regie.yaml"));
            return None;
        }
    })
}

/// The yes-or-no fact of the household that says that it joined.
fn adhesion(r: &mut Resolution<'_>, p: &Portee<'_>, id: &Sp<Id>) -> Option<FaitVise> {
    let nom = derive::mot(r, id, &["facture_en_ligne", "prelevement"])?;
    let mut faits = p.reperes.fichiers.donnees.iter().flat_map(|d| d.faits.iter());
    let declare = faits.find(|f| f.fait.as_str() == nom && f.sujet.as_str() == "foyer" && f.derive.is_none());
    let booleen = |f: &&Sp<RawFait>| matches!(&f.genre.valeur, RawType::Mot(m) if m.as_str() == "booleen");
    let Some(declare) = declare.filter(booleen) else {
        let message = format!("`adherer: {nom}` demande un fait `{nom}` du foyer, de type booleen");
        let aide = format!("dans donnees.yaml : `- {{ fait: {nom}, sujet: foyer, type: booleen, .. }}`");
        r.signale(Diagnostic::new(codes::REF01, id.span, message).aide(aide));
        return None;
    };
    Some(FaitVise { de: SujetVise::Foyer, nom, validite: donnees::validite(r, declare) })
}

/// Is it a text of the town? One that is not is reported.
fn texte_connu(r: &mut Resolution<'_>, reperes: &Reperes<'_>, id: &Sp<Id>) -> bool {
    let connus: Vec<&str> = reperes.fichiers.messages.keys().map(String::as_str).collect();
    let existe = connus.contains(&id.as_str());
    if !existe {
        r.signale(inconnu(id.span, "message inconnu de messages/", id.as_str(), &connus));
    }
    existe
}

/// A message and who receives it, both known.
pub(super) fn message(
    r: &mut Resolution<'_>,
    reperes: &Reperes<'_>,
    envoi: &RawEnvoi,
) -> Option<(String, Destinataire)> {
    let existe = texte_connu(r, reperes, &envoi.modele);
    let a = match envoi.a.as_str() {
        "demandeur" => Destinataire::Demandeur,
        "payeur" => Destinataire::Payeur,
        "responsables" => Destinataire::Responsables,
        autre if reperes.contacts.contains(&autre) => Destinataire::Agents(autre.to_owned()),
        autre => {
            let mots: Vec<&str> = ["demandeur", "payeur", "responsables"]
                .into_iter()
                .chain(reperes.contacts.iter().copied())
                .collect();
            r.signale(inconnu(envoi.a.span, "destinataire inconnu", autre, &mots));
            return None;
        }
    };
    existe.then(|| (envoi.modele.to_string(), a))
}

fn champs_vises(
    r: &mut Resolution<'_>,
    p: &Portee<'_>,
    ids: &Sp<crate::definition::lecture::UnOuListe<Id>>,
) -> Option<ChampsVises> {
    if let [seul] = &***ids
        && seul.as_str() == "tous"
    {
        return Some(ChampsVises::Tous);
    }
    let mut bon = true;
    for id in ids.iter() {
        match p.champs().find(|c| c.id == id.as_str()) {
            None if r.illisibles.contains(id.as_str()) => bon = false,
            None => {
                let connus: Vec<&str> = p.champs().map(|c| c.id.as_str()).collect();
                r.signale(inconnu(id.span, "champ inconnu du formulaire", id.as_str(), &connus));
                bon = false;
            }
            Some(champ) if champ.fait.is_none() => {
                let message = format!("le champ `{}` ne remplit aucun fait de donnees.yaml", champ.id);
                let d = Diagnostic::new(codes::FRM01, id.span, message);
                r.signale(d.aide("donnez-lui `fait:` à la place de `type:`, ou retirez-le d'ici"));
                bon = false;
            }
            Some(_) => {}
        }
    }
    bon.then(|| ChampsVises::Liste(ids.iter().map(|i| i.to_string()).collect()))
}

/// `champ.nom`: the field of that name.
fn champ_vise<'p>(r: &mut Resolution<'_>, p: &'p Portee<'_>, span: Span, texte: &str) -> Option<&'p Champ> {
    let Some(nom) = texte.strip_prefix("champ.") else {
        let d = Diagnostic::new(
            codes::SYN04,
            span,
            format!("champ attendu, ex. `champ.lien` — trouvé « {texte} »"),
        );
        r.signale(d);
        return None;
    };
    let trouve = p.champs().find(|c| c.id == nom);
    if trouve.is_none() && !r.illisibles.contains(nom) {
        let connus: Vec<String> = p.champs().map(|c| format!("champ.{}", c.id)).collect();
        let d = Diagnostic::new(codes::REF01, span, format!("champ inconnu du formulaire : « {nom} »"));
        r.signale(d.aide(suggestion(texte, connus.iter().map(String::as_str))));
    }
    trouve
}

/// `{ lien: champ.lien }`, whose choices all say what the person is.
fn lien(r: &mut Resolution<'_>, p: &Portee<'_>, noeud: &Sp<Brut>) -> Option<String> {
    let texte = match noeud.carte() {
        Some([(cle, valeur)]) if cle.texte == "lien" => valeur.texte().map(|t| (t, valeur.span)),
        _ => None,
    };
    let Some((texte, span)) = texte else {
        r.lecture.inattendu(noeud, "`{ lien: champ.<champ> }` attendu", None);
        return None;
    };
    let champ = champ_vise(r, p, span, texte)?;
    let TypeChamp::Choix(options) = &champ.genre else {
        let d = Diagnostic::new(
            codes::SYN04,
            span,
            format!("`{}` n'est pas un choix : il ne dit pas qui est la personne", champ.id),
        );
        r.signale(d.aide("ex. `type: { choix: [enfant, co_representant, contact] }`"));
        return None;
    };
    if let Some((inconnu, _)) = options.iter().find(|(id, _)| genre_de_lien(id).is_none()) {
        let message = format!("`{}` propose « {inconnu} », qui ne dit pas ce qu'est la personne", champ.id);
        let aide = "possibles : `membre_du_foyer`, `enfant`, `responsable`, `co_representant`, `contact`";
        r.signale(Diagnostic::new(codes::REF01, span, message).aide(aide));
        return None;
    }
    Some(champ.id.clone())
}

/// `enfant`, or `{ nom: champ.nom, prenom: champ.prenom }`.
fn partante(r: &mut Resolution<'_>, p: &Portee<'_>, noeud: &Sp<Brut>) -> Option<PersonneVisee> {
    if noeud.texte() == Some("enfant") {
        return Some(PersonneVisee::Enfant);
    }
    let dit = |cle: &str| {
        let carte = noeud.carte().filter(|c| c.len() == 2)?;
        let valeur = carte.iter().find(|(c, _)| c.texte == cle).map(|(_, v)| v)?;
        Some((valeur.texte()?.to_owned(), valeur.span))
    };
    let (Some((nom, ou_nom)), Some((prenom, ou_prenom))) = (dit("nom"), dit("prenom")) else {
        let attendu = "`enfant` ou `{ nom: champ.<champ>, prenom: champ.<champ> }` attendu";
        r.lecture.inattendu(noeud, attendu, None);
        return None;
    };
    let (nom, prenom) = (champ_vise(r, p, ou_nom, &nom)?, champ_vise(r, p, ou_prenom, &prenom)?);
    Some(PersonneVisee::Nommee { nom: nom.id.clone(), prenom: prenom.id.clone() })
}

fn services_vises(r: &mut Resolution<'_>, p: &Portee<'_>, texte: &Sp<Texte>) -> Option<ServicesVises> {
    if !texte.0.starts_with("champ.") {
        return Some(ServicesVises::Liste(vec![id_de_service(r, texte)?]));
    }
    let champ = champ_vise(r, p, texte.span, &texte.0)?;
    if !matches!(champ.genre, TypeChamp::Services(_)) {
        let d = Diagnostic::new(
            codes::SYN04,
            texte.span,
            format!("`{}` n'est pas un choix de services", champ.id),
        );
        r.signale(d.aide("ex. `type: { services: [restauration] }`"));
        return None;
    }
    Some(ServicesVises::Champ(champ.id.clone()))
}

fn id_de_service(r: &mut Resolution<'_>, texte: &Sp<Texte>) -> Option<String> {
    let noeud = Noeud::texte_nu(texte.span, &texte.0);
    let mut l = Lecture::new();
    match l.lit::<Id>(&noeud) {
        Some(id) => derive::service(r, &id),
        None => {
            l.fin().into_iter().for_each(|d| r.signale(d));
            None
        }
    }
}

/// The one word that the effect takes.
fn argument(r: &mut Resolution<'_>, noeud: &Sp<Brut>) -> Option<String> {
    let texte = noeud.texte().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    if texte.is_none() {
        r.lecture.inattendu(noeud, "un nom attendu", None);
    }
    texte
}
