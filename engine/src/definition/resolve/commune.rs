//! The town itself: every block put together.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rules::ajustement::{ArrondiA, Niveau};
use rules::faits::Symboles;
use rules::montant::Arrondi;
use rules::scalaire::JourAnnuel;
use rules::valeur::Valeur;

use super::fichiers::Fichiers;
use super::index::Index;
use super::{
    Resolution, appel, bareme, calendrier, cle_enfance, compte, demarche, derive, donnees, piece, question,
    regie, script, service,
};
use crate::commune::{Commune, Contact, DateDuPrix, Ecole, Exigence, Message, Portail, Zonage, Zone};
use crate::definition::lecture::{Sp, Texte, suggestion};
use crate::definition::raw::commune::{RawCommune, RawZone};
use crate::definition::raw::valeurs::{RawArrondi, RawType, montant, nombre};
use crate::definition::source::Span;
use crate::demarche::Demarche;
use crate::diagnostic::{Diagnostic, codes};
use crate::garde_alternee::Semaine53;

/// The only version of the language.
const LANGAGE: i64 = 1;
/// Who answers families where the town does not say another.
const LA_MAIRIE: &str = "la mairie";

impl Fichiers {
    /// Resolves everything; `None` when there is no `commune.yaml` or no calendar to run with.
    pub(crate) fn resout(&self, r: &mut Resolution<'_>, slug: &str) -> Option<Commune> {
        let raw = self.commune.as_ref()?;
        entete(r, raw, slug);
        let calendrier = calendrier::resout(r, raw)?;
        let fuseau = fuseau(r, raw)?;
        let periodes = std::iter::once("scolaire".to_owned())
            .chain(calendrier.scolaire().liste().iter().map(rules::calendrier::Vacances::id))
            .collect();
        r.scripts = self.scripts.iter().map(|(c, f)| (c.clone(), Span::new(*f, 0, 0))).collect();
        donnees::vocabulaire(r, self, periodes);
        let scripts_compiles = script::resout(r, self);
        let derives = derive::resout(r, self);
        let parametres = parametres(r, self);
        let mut index = Index::nouveau(r, self);
        let mut baremes = bareme::resout(r, &mut index, self);
        let services = service::resout(r, self, &mut index);
        baremes.append(&mut index.ajoutes());
        let pieces = piece::resout(r, self);
        let reperes = demarche::Reperes {
            fichiers: self,
            pieces: &pieces,
            fuseau: &fuseau,
            contacts: demarche::contacts(raw),
            appels: appel::noms(raw),
        };
        let demarches = demarche::resout(r, &reperes);
        let regie = regie::resout(r, &reperes);
        let messages = self.messages(r);
        let modes_cle = cle_enfance::modes(r, &raw.compte.cle_enfance);
        let compte = compte::resout(r, &raw.compte, slug);
        let appels = appel::resout(r, raw);
        let exigences = self.exigences(r);
        let arrondi = arrondi(r, &raw.paiement.arrondi);
        let zonages = zonages(r, raw);
        let date_du_prix = date_du_prix(r, raw);
        let inscriptions = inscriptions(r, raw);
        let portail = portail(r, raw, &demarches);
        Some(Commune {
            slug: slug.to_owned(),
            nom: raw.nom.0.clone(),
            insee: raw.insee.0.clone(),
            fuseau,
            calendrier,
            semaine_53: raw.garde_alternee.as_ref().and_then(|g| Semaine53::lit(g.semaine_53.as_str())),
            inscriptions,
            contacts: contacts(raw),
            appels,
            vocabulaire: r.vocabulaire.clone(),
            zonages,
            ecoles: raw.ecoles.iter().map(ecole).collect(),
            baremes,
            parts: index.parts,
            produits: index.produits,
            scripts: index.scripts,
            scripts_compiles,
            parametres,
            derives,
            services,
            pieces,
            textes_de_pieces: piece::textes(self),
            demarches,
            regie,
            messages,
            arrondi,
            date_du_prix,
            organisme: raw.organisme.as_ref().map_or_else(|| LA_MAIRIE.to_owned(), |o| o.0.clone()),
            portail,
            compte,
            cle_enfance: modes_cle,
            questions: r.questions.clone(),
            exigences,
            lieux: r.lieux.clone(),
            digest: self.digest.clone(),
        })
    }

    fn messages(&self, r: &mut Resolution<'_>) -> Vec<Message> {
        let mut messages = Vec::new();
        for (id, fichier) in &self.messages {
            let texte = r.sources.fichier(*fichier).map_or("", |f| &f.texte);
            let lieu = r.pose(Span::new(*fichier, 0, 0), None);
            let entete = texte.split_once("{# objet:").and_then(|(_, t)| t.split_once("#}"));
            let Some((objet, corps)) = entete else {
                let d = Diagnostic::new(
                    codes::TXT03,
                    Span::new(*fichier, 0, 0),
                    format!("le message `{id}` n'a pas d'objet"),
                );
                r.signale(d.aide("première ligne : `{# objet: Réservation impossible #}`"));
                continue;
            };
            messages.push(Message {
                id: id.clone(),
                objet: objet.trim().into(),
                corps: corps.trim_start().into(),
                lieu,
            });
        }
        messages
    }

    fn exigences(&self, r: &mut Resolution<'_>) -> Vec<Exigence> {
        let mut liste: Vec<Exigence> = Vec::new();
        for e in self.exigences.iter().flat_map(|e| e.exigences.iter()) {
            if liste.iter().any(|autre| autre.id == e.id.0) {
                r.signale(donnees::double(e.id.span, "exigence", &e.id.0));
            }
            liste.push(Exigence {
                id: e.id.0.clone(),
                citation: e.citation.0.clone(),
                document: e.document.0.clone(),
                ligne: e.ligne.as_ref().and_then(|l| u32::try_from(l.valeur.0).ok()),
                attend: e.attend.as_ref().map(|a| a.to_string()),
                lieu: r.pose(e.span, None),
            });
        }
        liste
    }
}

fn entete(r: &mut Resolution<'_>, raw: &Sp<RawCommune>, slug: &str) {
    question::de_source(r, "commune", raw.source.as_ref());
    question::de_liste(r, "commune", &raw.questions);
    question::de_source(r, "commune.calendriers", raw.calendriers.source.as_ref());
    question::de_liste(r, "commune.calendriers", &raw.calendriers.questions);
    question::de_source(r, "commune.compte", raw.compte.source.as_ref());
    question::de_liste(r, "commune.compte", &raw.compte.questions);
    question::de_source(r, "commune.paiement", raw.paiement.source.as_ref());
    question::de_liste(r, "commune.paiement", &raw.paiement.questions);
    for e in &raw.ecoles {
        question::de_source(r, &format!("commune.ecoles.{}", e.ecole.as_str()), e.source.as_ref());
    }
    for (cle, c) in raw.contacts.iter().flat_map(|c| c.valeur.iter()) {
        question::de_source(r, &format!("commune.contacts.{}", cle.texte), c.source.as_ref());
    }
    if raw.commune.0 != slug {
        let message = format!("`commune: {}` ne dit pas le nom du dossier, `{slug}`", raw.commune.0);
        r.signale(
            Diagnostic::new(codes::SYN04, raw.commune.span, message).correction(raw.commune.span, slug),
        );
    }
    if raw.langage.valeur.0 != LANGAGE {
        let message = format!("langage {} inconnu de ce moteur", raw.langage.valeur.0);
        r.signale(Diagnostic::new(codes::SYN07, raw.langage.span, message).aide("écrivez `langage: 1`"));
    }
}

fn fuseau(r: &mut Resolution<'_>, raw: &RawCommune) -> Option<TimeZone> {
    match TimeZone::get(&raw.fuseau.0) {
        Ok(f) => Some(f),
        Err(_) => {
            let message = format!("fuseau horaire inconnu : « {} »", raw.fuseau.0);
            r.signale(Diagnostic::new(codes::CAL01, raw.fuseau.span, message).aide("ex. `Europe/Paris`"));
            None
        }
    }
}

fn contacts(raw: &RawCommune) -> Vec<Contact> {
    let de_contacts = raw.contacts.iter().flat_map(|c| c.valeur.iter()).map(|(cle, c)| Contact {
        id: cle.texte.clone(),
        nom: c.nom.0.clone(),
        telephone: c.telephone.as_ref().map(|t| t.0.clone()),
        courriel: c.courriel.as_ref().map(|t| t.0.clone()),
        adresse: c.adresse.as_ref().map(|t| t.0.clone()),
        horaires: c.horaires.as_ref().map(|t| t.0.clone()),
        telephone_ferme: c.telephone_ferme.as_ref().map(|t| t.0.clone()),
    });
    let de_roles = raw.roles.iter().flat_map(|c| c.valeur.iter()).map(|(cle, c)| Contact {
        id: cle.texte.clone(),
        nom: c.nom.0.clone(),
        telephone: None,
        courriel: None,
        adresse: None,
        horaires: None,
        telephone_ferme: None,
    });
    de_contacts.chain(de_roles).collect()
}

fn ecole(e: &Sp<crate::definition::raw::commune::RawEcole>) -> Ecole {
    Ecole {
        id: e.ecole.to_string(),
        nom: e.nom.0.clone(),
        hors_portail: e.hors_portail.as_ref().map(|h| h.0.clone()),
    }
}

/// Where and how amounts are rounded; what is not said is reported.
fn arrondi(r: &mut Resolution<'_>, raw: &Sp<RawArrondi>) -> ArrondiA {
    let arrondi = bareme::arrondi(r, raw).unwrap_or(Arrondi::CENTIME);
    let a = match &raw.a {
        None => {
            let d =
                Diagnostic::new(codes::TAR11, raw.span, "l'arrondi de la commune ne dit pas où il se fait");
            r.signale(d.aide("`a: ligne`, `a: unitaire` ou `a: facture`"));
            Niveau::Ligne
        }
        Some(a) => match a.as_str() {
            "unitaire" => Niveau::Unitaire,
            "ligne" => Niveau::Ligne,
            "facture" => Niveau::Facture,
            _ => {
                derive::mot(r, a, &["unitaire", "ligne", "facture"]);
                Niveau::Ligne
            }
        },
    };
    ArrondiA { arrondi, a }
}

/// The zones of addresses, in the order of their dimension's names.
fn zonages(r: &mut Resolution<'_>, raw: &RawCommune) -> Vec<Zonage> {
    let mut zonages = Vec::new();
    for (cle, zones) in raw.zonages.iter().flat_map(|z| z.valeur.iter()) {
        let Some(fait) = r.vocabulaire.fait(&cle.texte) else { continue };
        let mut une = |z: &Sp<RawZone>| Zone {
            id: z.zone.to_string(),
            nom: z.nom.as_ref().map_or_else(|| z.zone.to_string(), |n| n.0.clone()),
            communes: z.communes.iter().filter_map(|c| commune_et_departement(r, c)).collect(),
            insee: z.insee.iter().map(|i| i.0.clone()).collect(),
            reste: z.reste.as_ref().is_some_and(|b| b.0),
        };
        let zones = zones.valeur.0.iter().map(&mut une).collect();
        zonages.push(Zonage { fait, zones });
    }
    zonages
}

/// `Villeneuve (80)`.
fn commune_et_departement(r: &mut Resolution<'_>, texte: &Sp<Texte>) -> Option<(String, String)> {
    let lu = texte.0.strip_suffix(')').and_then(|t| t.split_once('('));
    match lu {
        Some((nom, departement)) => Some((nom.trim().to_owned(), departement.trim().to_owned())),
        None => {
            let message = format!("« {} » : la commune et son département sont attendus", texte.0);
            r.signale(Diagnostic::new(codes::SYN04, texte.span, message).aide("ex. `\"Villeneuve (80)\"`"));
            None
        }
    }
}

/// `07-01`; a day that cannot be read was reported.
fn inscriptions(r: &mut Resolution<'_>, raw: &RawCommune) -> Option<JourAnnuel> {
    let jour = raw.calendriers.inscriptions.as_ref()?;
    match JourAnnuel::lit(&jour.0) {
        Ok(j) => Some(j),
        Err(e) => {
            r.signale(Diagnostic::new(codes::SYN04, jour.span, e.message).aide("ex. `inscriptions: 07-01`"));
            None
        }
    }
}

fn date_du_prix(r: &mut Resolution<'_>, raw: &RawCommune) -> DateDuPrix {
    match raw.paiement.date_du_prix.as_str() {
        "reservation" => DateDuPrix::Reservation,
        "facture" => DateDuPrix::Facture,
        "jour_du_service" => DateDuPrix::JourDuService,
        _ => {
            derive::mot(r, &raw.paiement.date_du_prix, &["jour_du_service", "reservation", "facture"]);
            DateDuPrix::JourDuService
        }
    }
}

fn portail(r: &mut Resolution<'_>, raw: &RawCommune, demarches: &[Demarche]) -> Portail {
    let Some(p) = &raw.portail else { return Portail::default() };
    let connues: Vec<&str> = demarches.iter().map(|d| d.id.as_str()).collect();
    let mut ordre: Vec<String> = Vec::new();
    for id in &p.demarches {
        if !connues.contains(&id.as_str()) {
            r.signale(inconnu(id.span, "démarche inconnue", id.as_str(), &connues));
        }
        if ordre.iter().any(|d| *d == id.as_str()) {
            r.signale(donnees::double(id.span, "démarche", id));
        }
        ordre.push(id.to_string());
    }
    Portail {
        principale: p.couleurs.as_ref().map(|c| c.principale.0.clone()),
        texte: p.couleurs.as_ref().map(|c| c.texte.0.clone()),
        liens: p.liens.iter().map(|l| (l.titre.0.clone(), l.url.0.clone())).collect(),
        demarches: ordre,
    }
}

fn parametres(r: &mut Resolution<'_>, f: &Fichiers) -> Vec<Vec<(Date, Valeur)>> {
    let mut sortie = Vec::new();
    for p in &f.parametres {
        if r.vocabulaire.parametre(&p.parametre) != u16::try_from(sortie.len()).ok() {
            continue;
        }
        let figure = match &p.genre.valeur {
            RawType::Mot(mot) if mot.as_str() == "montant" => montant,
            RawType::Mot(mot) if mot.as_str() == "nombre" => nombre,
            _ => {
                let message =
                    format!("`{}` : une figure nommée est un montant ou un nombre", p.parametre.as_str());
                r.signale(Diagnostic::new(codes::SYN04, p.genre.span, message).aide("ex. `type: montant`"));
                nombre
            }
        };
        let mut versions: Vec<(Date, Valeur)> = Vec::new();
        for v in &p.versions {
            question::de_source(r, &format!("parametre.{}", p.parametre.as_str()), v.source.as_ref());
            let texte = &v.valeur.valeur.0;
            match figure(texte) {
                Ok(n) => versions.push((v.depuis.0, Valeur::Nombre(n))),
                Err(e) => r.signale(Diagnostic::new(codes::SYN04, v.valeur.valeur.span, e.message)),
            }
        }
        versions.sort_by_key(|(d, _)| *d);
        sortie.push(versions);
    }
    sortie
}

/// The suggestion line for a word among those known.
pub(super) fn inconnu(span: Span, quoi: &str, mot: &str, connus: &[&str]) -> Diagnostic {
    Diagnostic::new(codes::REF01, span, format!("{quoi} : « {mot} »"))
        .aide(suggestion(mot, connus.iter().copied()))
}
