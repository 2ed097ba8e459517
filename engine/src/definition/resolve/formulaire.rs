//! The form of a démarche: screens, fields with their type, and the dimensions that they add to its conditions.

use std::mem::{Discriminant, discriminant};

use rules::faits::Symboles;
use rules::valeur::Domaine;
use rust_decimal::Decimal;

use super::commune::inconnu;
use super::demarche::Reperes;
use super::{Resolution, condition, derive, donnees, question};
use crate::commune::Condition;
use crate::definition::lecture::{Id, Liste, Sp, suggestion};
use crate::definition::raw::demarche::{RawChamp, RawDemarche, RawEcran};
use crate::definition::raw::donnees::RawFait;
use crate::definition::raw::valeurs::{RawObligatoire, RawType};
use crate::demarche::{
    Champ, ChampsConditions, Ecran, FaitVise, Motif, Obligatoire, Recopie, SujetVise, TypeChamp,
};
use crate::diagnostic::{Diagnostic, codes};
use crate::vocabulaire::{GenreTexte, Origine, Symbole};

/// The words of a field's `type`.
const TYPES: [&str; 12] = [
    "texte",
    "texte_long",
    "nombre",
    "montant",
    "date",
    "heure",
    "booleen",
    "telephone",
    "courriel",
    "commune",
    "adresse",
    "fichier",
];

/// Levels of school: shown in capitals.
const NIVEAUX: [&str; 9] = ["tps", "ps", "ms", "gs", "cp", "ce1", "ce2", "cm1", "cm2"];

/// A field typed, its conditions still to read.
struct Type<'a> {
    raw: &'a Sp<RawChamp>,
    nom: String,
    genre: TypeChamp,
    fait: Option<FaitVise>,
}

/// Compiles the screens; the vocabulary of `r` then holds the form's fields, for the conditions of the étapes.
pub(super) fn formulaire(
    r: &mut Resolution<'_>,
    reperes: &Reperes<'_>,
    raw: &RawDemarche,
) -> (Vec<Ecran>, ChampsConditions) {
    let mut conditions =
        ChampsConditions { base: u16::try_from(r.vocabulaire.len()).unwrap_or(u16::MAX), champs: Vec::new() };
    let mut ecrans: Vec<(&Sp<RawEcran>, Vec<Type<'_>>)> = Vec::new();
    let mut vus: Vec<&str> = Vec::new();
    for ecran in &raw.formulaire {
        let mut types = Vec::new();
        for champ in &ecran.champs {
            if vus.contains(&champ.champ.as_str()) {
                r.signale(donnees::double(champ.champ.span, "champ", &champ.champ));
                continue;
            }
            vus.push(&champ.champ);
            match type_champ(r, reperes, champ) {
                Some(t) => types.push(t),
                None => drop(r.illisibles.insert(champ.champ.to_string())),
            }
        }
        ecrans.push((ecran, types));
    }
    for t in ecrans.iter().flat_map(|(_, types)| types) {
        let Some(domaine) = domaine(&t.genre, plusieurs(t.raw)) else { continue };
        let symbole = Symbole {
            nom: t.raw.champ.to_string(),
            libelle: t.nom.clone(),
            domaine: domaine.clone(),
            peut_manquer: true,
            origine: Origine::Champ,
            sujet: None,
            lecture: None,
            lieu: r.pose(t.raw.champ.span, None),
        };
        if r.vocabulaire.ajoute_champ(symbole).is_some() {
            conditions.champs.push((t.raw.champ.to_string(), domaine));
        }
    }
    let sources = Sources { reperes, champs: sources(&ecrans) };
    let ecrans = ecrans.into_iter().map(|(ecran, types)| un_ecran(r, raw, ecran, types, &sources)).collect();
    (ecrans, conditions)
}

fn plusieurs(raw: &RawChamp) -> bool {
    raw.plusieurs.as_ref().is_some_and(|b| b.0)
}

fn un_ecran(
    r: &mut Resolution<'_>,
    demarche: &RawDemarche,
    raw: &Sp<RawEcran>,
    types: Vec<Type<'_>>,
    sources: &Sources<'_>,
) -> Ecran {
    let si = raw.si.as_ref().and_then(|c| condition::condition(r, c));
    let champs = types.into_iter().map(|t| un_champ(r, demarche, t, si.as_ref(), sources)).collect();
    Ecran {
        id: raw.ecran.to_string(),
        titre: raw.titre.0.clone(),
        aide: raw.aide.as_ref().map(|a| a.0.clone()),
        champs,
        lieu: r.pose(raw.ecran.span, None),
    }
}

fn un_champ(
    r: &mut Resolution<'_>,
    demarche: &RawDemarche,
    t: Type<'_>,
    ecran: Option<&Condition>,
    sources: &Sources<'_>,
) -> Champ {
    let raw = t.raw;
    question::de_source(
        r,
        &format!("demarche.{}.champ.{}", demarche.demarche.as_str(), raw.champ.as_str()),
        raw.source.as_ref(),
    );
    let propre = raw.si.as_ref().and_then(|c| condition::condition(r, c));
    // a screen that does not show hides its fields
    let si = match (ecran.cloned(), propre) {
        (Some(a), Some(b)) => Some(a.et(b)),
        (a, b) => a.or(b),
    };
    let obligatoire = match raw.obligatoire.as_ref().map(|o| &o.valeur) {
        None | Some(RawObligatoire::Booleen(false)) => Obligatoire::Jamais,
        Some(RawObligatoire::Booleen(true)) => Obligatoire::Toujours,
        Some(RawObligatoire::Si(c)) => {
            condition::condition(r, c).map_or(Obligatoire::Toujours, Obligatoire::Si)
        }
    };
    let motif = motif(r, &t);
    let recopie = recopie(r, &t, sources);
    Champ {
        id: raw.champ.to_string(),
        nom: t.nom,
        genre: t.genre,
        fait: t.fait,
        obligatoire,
        si,
        aide: raw.aide.as_ref().map(|a| a.0.clone()),
        exemple: raw.exemple.as_ref().map(|a| a.0.clone()),
        unite: raw.unite.as_ref().map(|a| a.0.clone()),
        motif,
        plusieurs: plusieurs(raw),
        recopie,
        lieu: r.pose(raw.champ.span, None),
    }
}

/// What a field may copy.
struct Sources<'a> {
    reperes: &'a Reperes<'a>,
    /// The form's fields: id, label, kind.
    champs: Vec<(String, String, Discriminant<TypeChamp>)>,
}

fn sources(ecrans: &[(&Sp<RawEcran>, Vec<Type<'_>>)]) -> Vec<(String, String, Discriminant<TypeChamp>)> {
    let types = ecrans.iter().flat_map(|(_, types)| types);
    types.map(|t| (t.raw.champ.to_string(), t.nom.clone(), discriminant(&t.genre))).collect()
}

/// `recopie:` names a fact or a field of the same type.
fn recopie(r: &mut Resolution<'_>, t: &Type<'_>, sources: &Sources<'_>) -> Option<Recopie> {
    let ecrit = t.raw.recopie.as_ref()?;
    let (copie, genre) = match ecrit.0.strip_prefix("champ.") {
        Some(nom) => {
            let autres = sources.champs.iter().filter(|(id, ..)| *id != t.raw.champ.as_str());
            let Some((champ, libelle, genre)) = autres.clone().find(|(id, ..)| id == nom) else {
                let connus: Vec<&str> = autres.map(|(id, ..)| id.as_str()).collect();
                r.signale(inconnu(ecrit.span, "champ inconnu du formulaire", nom, &connus));
                return None;
            };
            (Recopie::Champ { champ: champ.clone(), libelle: libelle.clone() }, *genre)
        }
        None => {
            let (vise, declare) = fait_vise(r, sources.reperes, ecrit)?;
            let genre =
                self::ecrit(r, sources.reperes, t.raw, &declare.genre.valeur, ecrit.span, Some(declare))?;
            let libelle = declare.nom.as_ref().map_or_else(|| humain(&vise.nom), |n| n.0.clone());
            (Recopie::Fait { de: vise.de, nom: vise.nom, libelle }, discriminant(&genre))
        }
    };
    if genre != discriminant(&t.genre) {
        let message = format!("`{}` n'est pas du même type que le champ `{}`", ecrit.0, t.raw.champ.as_str());
        r.signale(
            Diagnostic::new(codes::SYN04, ecrit.span, message).aide("recopiez une information du même type"),
        );
        return None;
    }
    Some(copie)
}

/// FRM04: the pattern compiles, belongs to a text, and accepts its own example.
fn motif(r: &mut Resolution<'_>, t: &Type<'_>) -> Option<Motif> {
    let ecrit = t.raw.motif.as_ref()?;
    let texte = matches!(
        t.genre,
        TypeChamp::Texte { .. } | TypeChamp::TexteLong { .. } | TypeChamp::Telephone | TypeChamp::Courriel
    );
    if !texte {
        let message =
            format!("le champ `{}` n'est pas un texte : un motif n'y change rien", t.raw.champ.as_str());
        r.signale(Diagnostic::new(codes::FRM04, ecrit.span, message).aide("retirez `motif`"));
        return None;
    }
    let motif = match crate::motif::Motif::compile(&ecrit.0) {
        Ok(motif) => motif,
        Err(e) => {
            r.signale(Diagnostic::new(codes::FRM04, ecrit.span, e.to_string()));
            return None;
        }
    };
    let message = match &t.raw.exemple {
        None => format!("« {} » n’a pas la forme attendue.", t.nom),
        Some(exemple) => {
            if !motif.accepte(&exemple.0) {
                let message = format!("l'exemple « {} » n'est pas accepté par le motif", exemple.0);
                let d = Diagnostic::new(codes::FRM04, exemple.span, message);
                r.signale(d.secondaire(ecrit.span, "le motif porte sur toute la réponse"));
            }
            format!("« {} » s’écrit comme « {} ».", t.nom, exemple.0)
        }
    };
    Some(Motif { motif, message })
}

/// The dimension that a field is; a text is none.
fn domaine(genre: &TypeChamp, plusieurs: bool) -> Option<Domaine> {
    let noms = |options: &[(String, String)]| options.iter().map(|(id, _)| Box::from(id.as_str())).collect();
    Some(match genre {
        TypeChamp::Nombre(domaine) => domaine.clone(),
        TypeChamp::Montant => Domaine::Nombre { pas: None, min: Some(Decimal::ZERO), max: None },
        TypeChamp::Date => Domaine::Date,
        TypeChamp::Heure => Domaine::Heure,
        TypeChamp::Booleen => Domaine::Booleen,
        TypeChamp::Choix(options) | TypeChamp::Services(options) if !plusieurs => {
            Domaine::Choix(noms(options))
        }
        TypeChamp::Choix(options) | TypeChamp::Services(options) | TypeChamp::Ensemble(options) => {
            Domaine::Ensemble(noms(options))
        }
        TypeChamp::Texte { .. }
        | TypeChamp::TexteLong { .. }
        | TypeChamp::Commune
        | TypeChamp::Adresse
        | TypeChamp::Telephone
        | TypeChamp::Courriel
        | TypeChamp::Fichier
        | TypeChamp::Groupe(_) => return None,
    })
}

fn type_champ<'a>(r: &mut Resolution<'_>, reperes: &Reperes<'_>, raw: &'a Sp<RawChamp>) -> Option<Type<'a>> {
    let nom = raw.nom.as_ref().map(|n| n.0.clone());
    match (&raw.genre, &raw.fait) {
        (Some(genre), None) => {
            let genre = ecrit(r, reperes, raw, &genre.valeur, genre.span, None)?;
            let nom = nom.unwrap_or_else(|| {
                let message = format!("le champ `{}` n'a pas de libellé", raw.champ.as_str());
                let d = Diagnostic::new(codes::FRM03, raw.champ.span, message);
                r.signale(d.aide("ajoutez `nom:` : la famille doit lire ce qu'on lui demande"));
                humain(&raw.champ)
            });
            Some(Type { raw, nom, genre, fait: None })
        }
        (None, Some(fait)) => {
            let (vise, declare) = fait_vise(r, reperes, fait)?;
            let genre = ecrit(r, reperes, raw, &declare.genre.valeur, fait.span, Some(declare))?;
            let libelle = declare.nom.as_ref().map(|n| n.0.clone());
            let nom = nom.or(libelle).unwrap_or_else(|| {
                let message =
                    format!("ni le champ `{}` ni le fait `{}` n'a de libellé", raw.champ.as_str(), vise.nom);
                let d = Diagnostic::new(codes::FRM03, raw.champ.span, message);
                r.signale(d.aide("ajoutez `nom:` dans donnees.yaml, ou ici"));
                humain(&raw.champ)
            });
            Some(Type { raw, nom, genre, fait: Some(vise) })
        }
        (Some(genre), Some(_)) => {
            let message = "un champ prend son type de `type`, ou de son `fait` : pas des deux";
            r.signale(Diagnostic::new(codes::SYN04, genre.span, message).aide("retirez `type`"));
            None
        }
        (None, None) => {
            let message =
                format!("le champ `{}` ne dit ni son `type`, ni le `fait` qu'il remplit", raw.champ.as_str());
            r.signale(
                Diagnostic::new(codes::SYN04, raw.champ.span, message)
                    .aide("ex. `type: texte`, ou `fait: personne.nom`"),
            );
            None
        }
    }
}

/// The fact that a field fills, with its declaration.
fn fait_vise<'f>(
    r: &mut Resolution<'_>,
    reperes: &Reperes<'f>,
    ecrit: &Sp<crate::definition::lecture::Texte>,
) -> Option<(FaitVise, &'f Sp<RawFait>)> {
    let faits = || reperes.fichiers.donnees.iter().flat_map(|d| d.faits.iter());
    let (sujet, nom) = match ecrit.0.split_once('.') {
        Some((sujet, nom)) => (Some(sujet), nom),
        None => (None, ecrit.0.as_str()),
    };
    let convient = |f: &&Sp<RawFait>| {
        let declare = f.sujet.as_str();
        f.fait.as_str() == nom
            && sujet.is_none_or(|s| {
                s == declare || (declare == "personne" && matches!(s, "responsable" | "enfant"))
            })
    };
    let Some(declare) = faits().find(convient) else {
        let connus: Vec<String> =
            faits().map(|f| format!("{}.{}", f.sujet.as_str(), f.fait.as_str())).collect();
        let d = Diagnostic::new(
            codes::REF01,
            ecrit.span,
            format!("fait inconnu de donnees.yaml : « {} »", ecrit.0),
        );
        r.signale(d.aide(suggestion(&ecrit.0, connus.iter().map(String::as_str))));
        return None;
    };
    if declare.derive.is_some() {
        let message = format!("`{nom}` se calcule : une famille ne le saisit pas");
        let d = Diagnostic::new(codes::FRM01, ecrit.span, message);
        r.signale(
            d.secondaire(declare.fait.span, "calculé ici").aide("demandez les faits dont il se déduit"),
        );
        return None;
    }
    let de = match sujet.unwrap_or(declare.sujet.as_str()) {
        "foyer" => SujetVise::Foyer,
        "responsable" => SujetVise::Demandeur,
        "enfant" => SujetVise::Enfant,
        "personne" => SujetVise::PersonneAjoutee,
        autre => {
            let d = Diagnostic::new(
                codes::SYN04,
                ecrit.span,
                format!("un formulaire ne remplit pas de fait de `{autre}`"),
            );
            r.signale(d.aide("possibles : `foyer`, `responsable`, `enfant`, `personne`"));
            return None;
        }
    };
    // a mistake in it repeats what donnees.yaml reported, and is removed as a repetition
    let validite = donnees::validite(r, declare);
    Some((FaitVise { de, nom: nom.to_owned(), validite }, declare))
}

/// The type as written, in the form or in donnees.yaml (`fait`: its declaration there).
fn ecrit(
    r: &mut Resolution<'_>,
    reperes: &Reperes<'_>,
    champ: &RawChamp,
    genre: &RawType,
    span: crate::definition::source::Span,
    fait: Option<&RawFait>,
) -> Option<TypeChamp> {
    match genre {
        RawType::Mot(mot) => un_mot(r, mot.as_str(), span, fait.map(|f| f.fait.as_str())),
        RawType::Liste(cle, liste) => {
            if liste.is_empty() {
                // an empty list of a fact is reported in donnees.yaml
                if !liste.incomplete && fait.is_none() {
                    let message = format!("`{}` : la liste des choix est vide", champ.champ.as_str());
                    r.signale(Diagnostic::new(codes::FRM02, span, message));
                }
                return None;
            }
            match cle.texte.as_str() {
                "services" => Some(TypeChamp::Services(services(r, reperes, champ, liste)?)),
                "ensemble" => {
                    Some(TypeChamp::Ensemble(options(r, champ, fait, liste.iter().map(|i| i.as_str()))))
                }
                _ => Some(TypeChamp::Choix(options(r, champ, fait, liste.iter().map(|i| i.as_str())))),
            }
        }
        RawType::DeLaCommune(liste) => {
            let ecoles = reperes.fichiers.commune.iter().flat_map(|c| c.ecoles.iter());
            match liste.as_str() {
                "ecoles" => {
                    Some(TypeChamp::Choix(ecoles.map(|e| (e.ecole.to_string(), e.nom.0.clone())).collect()))
                }
                "classes" => {
                    let mut classes: Vec<&str> =
                        ecoles.flat_map(|e| e.classes.iter()).map(|c| c.as_str()).collect();
                    classes.sort_unstable();
                    classes.dedup();
                    Some(TypeChamp::Choix(options(r, champ, fait, classes.into_iter())))
                }
                // reported in donnees.yaml when it comes from there
                autre if fait.is_none() => {
                    r.signale(inconnu(
                        liste.span,
                        "liste de la commune inconnue",
                        autre,
                        &["ecoles", "classes"],
                    ));
                    None
                }
                _ => None,
            }
        }
    }
}

fn un_mot(
    r: &mut Resolution<'_>,
    mot: &str,
    span: crate::definition::source::Span,
    fait: Option<&str>,
) -> Option<TypeChamp> {
    if let Some(genre) = GenreTexte::lit(mot) {
        return Some(match genre {
            GenreTexte::Texte => TypeChamp::Texte { max: None },
            GenreTexte::TexteLong => TypeChamp::TexteLong { max: None },
            GenreTexte::Telephone => TypeChamp::Telephone,
            GenreTexte::Courriel => TypeChamp::Courriel,
            GenreTexte::Commune => TypeChamp::Commune,
            GenreTexte::Adresse => TypeChamp::Adresse,
        });
    }
    match (mot, fait) {
        ("montant", _) => Some(TypeChamp::Montant),
        ("date", _) => Some(TypeChamp::Date),
        ("heure", _) => Some(TypeChamp::Heure),
        ("booleen", _) => Some(TypeChamp::Booleen),
        ("fichier", None) => Some(TypeChamp::Fichier),
        ("nombre", None) => Some(TypeChamp::Nombre(Domaine::Nombre { pas: None, min: None, max: None })),
        ("nombre" | "quotient", Some(fait)) => {
            let id = r.vocabulaire.fait(fait)?;
            Some(TypeChamp::Nombre(r.vocabulaire.domaine(id).clone()))
        }
        ("duree", Some(fait)) => {
            let d = Diagnostic::new(
                codes::SYN04,
                span,
                format!("`{fait}` est une durée : aucun champ ne la saisit"),
            );
            r.signale(d.aide("déclarez un nombre, avec son unité dans le champ"));
            None
        }
        // an unknown word of donnees.yaml is reported there
        (_, Some(_)) => None,
        (inconnu, None) => {
            let d = Diagnostic::new(codes::SYN04, span, format!("type de champ inconnu : « {inconnu} »"));
            r.signale(d.aide(suggestion(inconnu, TYPES)));
            None
        }
    }
}

fn services(
    r: &mut Resolution<'_>,
    reperes: &Reperes<'_>,
    champ: &RawChamp,
    liste: &Liste<Id>,
) -> Option<Vec<(String, String)>> {
    let connus: Vec<Option<String>> = liste.iter().map(|s| derive::service(r, s)).collect();
    let connus: Vec<String> = connus.into_iter().collect::<Option<_>>()?;
    let ids: Vec<&str> = connus.iter().map(String::as_str).collect();
    let libelles = options(r, champ, None, ids.into_iter());
    let nom = |id: &str| {
        let service = reperes.fichiers.services.iter().find(|s| s.service.as_str() == id);
        service.map(|s| s.nom.0.clone())
    };
    let ecrit = |id: &str| champ.valeurs.iter().flat_map(|v| v.valeur.iter()).any(|(cle, _)| cle.texte == id);
    Some(
        libelles
            .into_iter()
            .map(|(id, libelle)| match nom(&id).filter(|_| !ecrit(&id)) {
                Some(nom) => (id, nom),
                None => (id, libelle),
            })
            .collect(),
    )
}

/// Choices with their labels: those of the field's `valeurs`, of its fact's, or the name in words.
fn options<'i>(
    r: &mut Resolution<'_>,
    champ: &RawChamp,
    fait: Option<&RawFait>,
    ids: impl Iterator<Item = &'i str> + Clone,
) -> Vec<(String, String)> {
    let du_fait = fait.and_then(|f| f.valeurs.as_ref());
    let libelles = || champ.valeurs.iter().chain(du_fait).flat_map(|v| v.valeur.iter());
    for (cle, _) in libelles().filter(|(cle, _)| !ids.clone().any(|id| id == cle.texte)) {
        let connus: Vec<&str> = ids.clone().collect();
        r.signale(inconnu(cle.span, "ce n'est pas un choix de ce champ", &cle.texte, &connus));
    }
    ids.map(|id| {
        let libelle = libelles().find(|(cle, _)| cle.texte == id).map(|(_, texte)| texte.0.clone());
        (id.to_owned(), libelle.unwrap_or_else(|| humain(id)))
    })
    .collect()
}

/// `sans_porc` → « Sans porc », `cm1` → « CM1 ».
fn humain(id: &str) -> String {
    if NIVEAUX.contains(&id) {
        return id.to_uppercase();
    }
    let mots = id.replace('_', " ");
    let mut lettres = mots.chars();
    lettres.next().map_or_else(String::new, |l| l.to_uppercase().chain(lettres).collect())
}
