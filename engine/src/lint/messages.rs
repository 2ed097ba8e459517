//! TXT01, TXT02, TXT03, TXT04, SEC03, and references of texts: each is tried on samples of what its events give.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::Examen;
use super::gabarit::{Morceau, Nom, morceaux, noms};
use crate::compte::lettre::LETTRES;
use crate::definition::lecture::{Id, Sp, suggestion};
use crate::definition::raw::service::{RawAcces, RawDelai};
use crate::definition::raw::valeurs::RawReservationOuAucune;
use crate::definition::source::{FichierId, Span};
use crate::demarche::{Quoi, lettres};
use crate::diagnostic::{Diagnostic, Gravite, codes};
use crate::message::{self, EXEMPLES, FILTRES, Genre, Occasion};
use crate::regie::Relance;

/// Longest subject that mail programs show whole (RFC 5322 §2.1.1).
const OBJET_MAX: usize = 78;

/// What begins the header that holds the subject.
const ENTETE: &str = "{# objet:";

/// Filters of tera that a text may use.
const FILTRES_TERA: [&str; 9] =
    ["capitalize", "default", "first", "join", "last", "length", "lower", "trim", "upper"];

/// Figures typed by hand.
static CHIFFRES: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    let mois = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre";
    let motifs = [
        ("un montant", r"\d+(?:[.,]\d+)?\s?(?:€|euros?\b)".to_owned()),
        (
            "une date",
            format!(
                r"\b(?:\d{{1,2}}(?:er)?\s(?:{mois})|\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?)\b"
            ),
        ),
        ("une heure", r"\b\d{1,2}\s?(?:h(?:\s?\d{2})?|:\d{2}|heures?)\b".to_owned()),
    ];
    motifs.into_iter().filter_map(|(quoi, m)| Some((quoi, Regex::new(&m).ok()?))).collect()
});

/// Every text.
pub(super) fn controle(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    let usages = usages(examen, sortie);
    for (id, fichier) in &examen.fichiers.messages {
        let occasions = usages.get(id.as_str());
        let Some(texte) = Texte::lit(examen, id, *fichier) else { continue };
        if occasions.is_none() && examen.sain && texte.propre {
            let d = Diagnostic::new(
                codes::REF02,
                texte.span(0, 0),
                format!("le message `{id}` ne sert nulle part"),
            );
            sortie.push(d.aide("retirez le fichier, ou envoyez-le : `message: { modele: …, a: demandeur }`"));
        }
        let occasions: Vec<Occasion> = occasions.into_iter().flatten().copied().collect();
        objet(&texte, sortie);
        liens(examen, &texte, sortie);
        chiffres(&texte, sortie);
        if occasions.contains(&Occasion::Compte) {
            sans_lien(&texte, sortie);
        }
        let avant = sortie.len();
        for occasion in &occasions {
            variables(&texte, *occasion, sortie);
        }
        if sortie.len() == avant {
            essaie(examen, &texte, &occasions, sortie);
        }
    }
}

/// A text and where its parts are.
struct Texte<'a> {
    id: &'a str,
    fichier: FichierId,
    texte: &'a str,
    /// Bytes of the subject.
    objet: (usize, usize),
    /// First byte of the body.
    corps: usize,
    /// Written by the town, not by its model.
    propre: bool,
}

impl<'a> Texte<'a> {
    /// `None` without a subject: that was reported when the file was read.
    fn lit(examen: &Examen<'a>, id: &'a str, fichier: FichierId) -> Option<Self> {
        let f = examen.sources.fichier(fichier)?;
        let texte: &'a str = &f.texte;
        let debut = texte.find(ENTETE)? + ENTETE.len();
        let fin = debut + texte.get(debut..)?.find("#}")?;
        let propre = f.chemin.starts_with(&format!("{}/", examen.commune.slug));
        Some(Self { id, fichier, texte, objet: (debut, fin), corps: fin + 2, propre })
    }

    fn span(&self, debut: usize, fin: usize) -> Span {
        let n = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
        Span::new(self.fichier, n(debut), n(fin))
    }

    fn objet(&self) -> &str {
        self.texte.get(self.objet.0..self.objet.1).unwrap_or_default()
    }

    /// The subject and the body with the place where each begins.
    fn parties(&self) -> [(usize, &str); 2] {
        [(self.objet.0, self.objet()), (self.corps, self.texte.get(self.corps..).unwrap_or_default())]
    }

    /// The subject, without the spaces around it.
    fn span_objet(&self) -> Span {
        let objet = self.objet();
        let debut = self.objet.0 + (objet.len() - objet.trim_start().len());
        self.span(debut, debut + objet.trim().len())
    }
}

type Usages = BTreeMap<String, BTreeSet<Occasion>>;

/// Which events use which text; a text that does not exist is reported here for services and accounts.
fn usages(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) -> Usages {
    let mut usages = Usages::new();
    let mut note = |id: &str, occasion| {
        usages.entry(id.to_owned()).or_default().insert(occasion);
    };
    for demarche in &examen.commune.demarches {
        for lettre in demarche.lettres_du_moteur() {
            if !examen.fichiers.messages.contains_key(lettre) {
                let message =
                    format!("la démarche `{}` envoie le message `{lettre}`, qui n'existe pas", demarche.id);
                let d = Diagnostic::new(codes::REF01, examen.span(demarche.lieu), message);
                sortie.push(d.aide(format!("écrivez messages/{lettre}.tera, ou prenez le modèle qui l'a")));
            }
            note(lettre, Occasion::Dossier);
        }
        for etape in &demarche.etapes {
            let actions = etape.actions.iter().flat_map(|a| &a.effets);
            let echeances = etape.echeances.iter().flat_map(|e| &e.effets);
            for effet in actions.chain(echeances).chain(&etape.a_l_entree) {
                match &effet.quoi {
                    Quoi::Message { modele, .. } => note(modele, Occasion::Dossier),
                    Quoi::Document(modele) => note(modele, Occasion::Document),
                    _ => {}
                }
            }
        }
    }
    let etapes = examen.commune.regie.iter().flat_map(|r| &r.facturations).flat_map(|f| &f.impayes);
    for relance in etapes.flat_map(|e| &e.faire) {
        if let Relance::Message { modele, .. } = relance {
            note(modele, Occasion::Impaye);
        }
    }
    for lettre in LETTRES {
        note(lettre.id, Occasion::Compte);
    }
    for lettre in lettres::LETTRES {
        note(lettre.id, Occasion::Dossier);
    }
    for (span, id, occasion) in des_services(examen) {
        if examen.fichiers.messages.contains_key(&id) {
            note(&id, occasion);
        } else {
            let connus: Vec<&str> = examen.fichiers.messages.keys().map(String::as_str).collect();
            let d = Diagnostic::new(codes::REF01, span, format!("message inconnu de messages/ : « {id} »"));
            sortie.push(d.aide(suggestion(&id, connus.iter().copied())));
        }
    }
    usages
}

/// The texts that services and accounts name.
fn des_services(examen: &Examen<'_>) -> Vec<(Span, String, Occasion)> {
    let mut cites = Vec::new();
    let mut cite =
        |id: Option<&Sp<Id>>, occasion| cites.extend(id.map(|i| (i.span, i.to_string(), occasion)));
    for s in &examen.fichiers.services {
        let versions = || s.versions.iter();
        let acces = s.acces.iter().chain(versions().filter_map(|v| v.acces.as_ref()));
        for a in acces.flat_map(|a| a.valeur.0.iter()) {
            let a: &Sp<RawAcces> = a;
            cite(a.message.as_ref(), Occasion::Acces);
        }
        let reservations = s.reservation.iter().chain(versions().filter_map(|v| v.reservation.as_ref()));
        for r in reservations {
            if let RawReservationOuAucune::Regle(regle) = &r.valeur {
                for d in &regle.delais {
                    let d: &Sp<RawDelai> = d;
                    cite(d.message.as_ref(), Occasion::Delai);
                }
            }
        }
        let venues = s.presence_sans_reservation.iter();
        for v in venues.chain(versions().filter_map(|v| v.presence_sans_reservation.as_ref())) {
            cite(v.message.as_ref(), Occasion::Venue);
        }
    }
    let absences = examen
        .fichiers
        .services
        .iter()
        .flat_map(|s| s.absence.iter().chain(s.versions.iter().filter_map(|v| v.absence.as_ref())));
    for ligne in absences.flat_map(|a| a.lignes.iter()) {
        if let Some((_, noeud)) = ligne.entree("message") {
            cites.push((noeud.span, noeud.texte().unwrap_or_default().to_owned(), Occasion::Acces));
        }
    }
    let modes = examen.fichiers.commune.iter().flat_map(|c| c.compte.cle_enfance.iter());
    for m in modes.filter_map(|m| m.compte_precree.as_ref()) {
        cites.push((m.message.span, m.message.to_string(), Occasion::Compte));
    }
    cites
}

/// TXT03 and SEC03: the subject says something, in a line, about nobody.
fn objet(t: &Texte<'_>, sortie: &mut Vec<Diagnostic>) {
    let objet = t.objet().trim();
    if objet.is_empty() {
        let d = Diagnostic::new(
            codes::TXT03,
            t.span(t.objet.0, t.objet.1),
            format!("l'objet du message `{}` est vide", t.id),
        );
        sortie.push(d.aide("ex. `{# objet: Réservation impossible #}`"));
    }
    let longueur = objet.chars().count();
    if longueur > OBJET_MAX {
        let message = format!("l'objet fait {longueur} caractères : au-delà de {OBJET_MAX}, il est coupé");
        let d = Diagnostic::new(codes::TXT03, t.span_objet(), message).gravite(Gravite::Attention);
        sortie.push(d.aide("gardez-y l'essentiel ; le reste va dans le texte"));
    }
    let personnelles: Vec<&str> = Occasion::TOUTES
        .iter()
        .flat_map(|o| o.variables())
        .filter(|v| v.genre == Genre::Personne)
        .map(|v| v.chemin)
        .collect();
    for (nom, debut, fin) in nommees(t.objet(), t.objet.0) {
        if personnelles.contains(&nom.as_str()) {
            let message = format!(
                "l'objet d'un courriel ne nomme personne : il se lit sans ouvrir le message (`{nom}`)"
            );
            let d = Diagnostic::new(codes::SEC03, t.span(debut, fin), message);
            sortie.push(d.aide("nommez la personne dans le texte, pas dans l'objet"));
        }
    }
}

/// TXT02: a letter about an account is there for its link.
fn sans_lien(t: &Texte<'_>, sortie: &mut Vec<Diagnostic>) {
    let [_, (debut, corps)] = t.parties();
    if !nommees(corps, debut).iter().any(|(nom, ..)| nom == "lien") {
        let message =
            format!("le message `{}` ne donne pas son lien : la famille ne pourrait rien en faire", t.id);
        let d = Diagnostic::new(codes::TXT02, t.span_objet(), message);
        sortie.push(d.aide("écrivez `{{ lien }}` seul sur une ligne du texte"));
    }
}

/// The variables of a part, each with its place in the file.
fn nommees(partie: &str, debut: usize) -> Vec<(String, usize, usize)> {
    let mut trouvees = Vec::new();
    for morceau in morceaux(partie) {
        let Morceau::Code { .. } = &morceau else { continue };
        for nom in noms(partie, &morceau) {
            if let Nom::Variable { chemin, place, .. } = nom {
                trouvees.push((chemin.to_owned(), debut + place, debut + place + chemin.len()));
            }
        }
    }
    trouvees
}

/// TXT03: a link leads to the town, or to a site that it lists.
fn liens(examen: &Examen<'_>, t: &Texte<'_>, sortie: &mut Vec<Diagnostic>) {
    let portail = examen.fichiers.commune.iter().filter_map(|c| c.portail.as_ref());
    let hotes = portail.flat_map(|p| {
        let liens = p.liens.iter().filter_map(|l| hote(&l.url.0));
        liens.chain(p.hotes.iter().map(|h| h.0.as_str()))
    });
    let hotes: Vec<&str> = hotes.collect();
    let suite = |c: char| c.is_whitespace() || matches!(c, ')' | '>' | '"' | '»' | ',');
    for schema in ["http://", "https://"] {
        for (i, _) in t.texte.match_indices(schema) {
            let url = t.texte.get(i..).unwrap_or_default();
            let url = url.get(..url.find(suite).unwrap_or(url.len())).unwrap_or_default();
            let Some(site) = hote(url).filter(|h| !h.starts_with("{{")) else { continue };
            if !hotes.contains(&site) {
                let message = format!(
                    "le message `{}` envoie vers `{site}`, qui n'est pas un site de la commune",
                    t.id
                );
                let d =
                    Diagnostic::new(codes::TXT03, t.span(i, i + url.trim_end_matches('.').len()), message);
                sortie.push(d.aide("ajoutez ce site aux `portail: liens:` de commune.yaml s'il est le sien"));
            }
        }
    }
}

fn hote(url: &str) -> Option<&str> {
    url.split_once("://")?.1.split(['/', '?', '#']).next().filter(|h| !h.is_empty())
}

/// TXT04: a figure typed by hand is not the one of the rules any more the day they change.
fn chiffres(t: &Texte<'_>, sortie: &mut Vec<Diagnostic>) {
    for (debut, partie) in t.parties() {
        for morceau in morceaux(partie) {
            let Morceau::Texte { debut: de, fin } = morceau else { continue };
            let texte = partie.get(de..fin).unwrap_or_default();
            for (quoi, motif) in CHIFFRES.iter() {
                for trouve in motif.find_iter(texte) {
                    let message =
                        format!("{quoi} à la main dans le message `{}` : « {} »", t.id, trouve.as_str());
                    let place = debut + de;
                    let d = Diagnostic::new(
                        codes::TXT04,
                        t.span(place + trouve.start(), place + trouve.end()),
                        message,
                    );
                    sortie.push(d.aide("prenez la variable de l'événement, ex. `{{ echeance | instant }}` ; sinon dites-le sans chiffre"));
                }
            }
        }
    }
}

/// TXT01: variables that the event gives, filters that exist, each variable through its own.
fn variables(t: &Texte<'_>, occasion: Occasion, sortie: &mut Vec<Diagnostic>) {
    let chemins = || occasion.variables().iter().map(|v| v.chemin);
    for (debut, partie) in t.parties() {
        let locales = super::gabarit::locales(partie);
        for morceau in morceaux(partie) {
            for nom in noms(partie, &morceau) {
                let (texte, place, faute) = match &nom {
                    Nom::Filtre { nom, place } if !FILTRES.contains(nom) && !FILTRES_TERA.contains(nom) => {
                        let aide = suggestion(nom, FILTRES.into_iter().chain(FILTRES_TERA));
                        (*nom, *place, (format!("filtre inconnu : `{nom}`"), aide))
                    }
                    Nom::Variable { chemin, place, filtre, ecrite } => {
                        let racine = chemin.split('.').next().unwrap_or_default();
                        if locales.contains(&racine) {
                            continue;
                        }
                        let faute = match occasion.variable(chemin) {
                            Some(v) if *ecrite => match (v.genre.filtre(), *filtre) {
                                (Some(f), autre) if autre != Some(f) => Some((
                                    format!("`{chemin}` s'écrit avec le filtre `{f}`"),
                                    format!("écrivez `{{{{ {chemin} | {f} }}}}`"),
                                )),
                                (None, Some(f)) if FILTRES.contains(&f) => Some((
                                    format!(
                                        "`{chemin}` n'est ni une date, ni un montant : le filtre `{f}` échoue"
                                    ),
                                    format!("écrivez `{{{{ {chemin} }}}}`"),
                                )),
                                _ => None,
                            },
                            Some(_) => None,
                            None if !*ecrite && chemins().any(|c| c.split('.').next() == Some(*chemin)) => {
                                None
                            }
                            None => Some((
                                format!(
                                    "`{chemin}` n'existe pas dans un message envoyé par {}",
                                    occasion.nom()
                                ),
                                suggestion(chemin, chemins()),
                            )),
                        };
                        let Some(faute) = faute else { continue };
                        (*chemin, *place, faute)
                    }
                    Nom::Filtre { .. } => continue,
                };
                let ou = t.span(debut + place, debut + place + texte.len());
                sortie.push(Diagnostic::new(codes::TXT01, ou, faute.0).aide(faute.1));
            }
        }
    }
}

/// TXT01: what only writing the text can tell, on every sample of every event.
fn essaie(examen: &Examen<'_>, t: &Texte<'_>, occasions: &[Occasion], sortie: &mut Vec<Diagnostic>) {
    let fuseau = &examen.commune.fuseau;
    let compile = |texte: &str| message::compile(texte, fuseau);
    let erreur = |e: &tera::Error| match e.kind() {
        tera::ErrorKind::SyntaxError(r) | tera::ErrorKind::RenderingError(r) => {
            (r.message().to_owned(), Some((r.span().start_line, r.span().start_col)))
        }
        autre => (autre.to_string().lines().next().unwrap_or_default().to_owned(), None),
    };
    // the header is a comment of the whole file, so places are the file's
    for (dans_l_objet, texte) in [(true, t.objet()), (false, t.texte)] {
        let faute = match compile(texte) {
            Err(e) => Some(erreur(&e)),
            Ok(pret) => occasions
                .iter()
                .flat_map(|o| (0..EXEMPLES).map(|rang| o.exemple(rang)))
                .find_map(|contexte| message::ecrit(&pret, &contexte).err())
                .map(|e| erreur(&e)),
        };
        let Some((dit, place)) = faute else { continue };
        let ou = match place.filter(|_| !dans_l_objet) {
            Some((ligne, colonne)) => {
                let i = octet(t.texte, ligne, colonne);
                t.span(i, i)
            }
            None if dans_l_objet => t.span_objet(),
            None => t.span(t.corps, t.corps),
        };
        let message = format!("le message `{}` ne s'écrit pas : {dit}", t.id);
        let d = Diagnostic::new(codes::TXT01, ou, message);
        sortie.push(d.aide("une variable : `{{ nom }}` ; une condition : `{% if motif %} … {% endif %}`"));
        return;
    }
}

/// The byte of a line (1-based) and a column (0-based, in characters).
fn octet(texte: &str, ligne: usize, colonne: usize) -> usize {
    let debut: usize = texte.split_inclusive('\n').take(ligne.saturating_sub(1)).map(str::len).sum();
    let reste = texte.get(debut..).unwrap_or_default();
    debut + reste.char_indices().nth(colonne).map_or(reste.len(), |(i, _)| i)
}
