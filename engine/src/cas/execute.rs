//! Runs cases: each step in order, each row of a grid in a world of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::compare::{Obtenus, compare, compare_cellule, demande};
use super::depot::Depot;
use super::monde::{Arret, Impossible, Monde, Suite, Verbe, mot_du_refus};
use super::rapport::{Assertion, Echec, Obtenu, Rapport, RapportCas, RapportEtape};
use super::{Cas, Place, lit, proprietes};
use crate::commune::Commune;
use crate::decision::Refus;
use crate::definition::arbre::{Cle, Noeud};
use crate::definition::raw::cas::{RawActeur, RawEtapeCas, RawGeste, RawGrille, RawPropriete};
use crate::foyer::Sujet;

/// Runs every case against a town.
pub fn execute(commune: &Commune, cas: &[Cas]) -> Rapport {
    joue_tous(commune, cas, &mut || None)
}

/// The same over a store: `neuf` gives an empty one for each case.
pub fn execute_sur(commune: &Commune, cas: &[Cas], neuf: &mut dyn FnMut() -> Box<dyn Depot>) -> Rapport {
    joue_tous(commune, cas, &mut || Some(neuf()))
}

fn joue_tous(commune: &Commune, cas: &[Cas], depot: &mut dyn FnMut() -> Option<Box<dyn Depot>>) -> Rapport {
    let mut rapport = Rapport::default();
    for un in cas {
        let mut fait = execute_un(commune, un, depot(), &mut rapport);
        for (i, propriete) in un.raw.proprietes.iter().enumerate() {
            fait.etapes.push(joue_propriete(commune, un, i, propriete));
        }
        rapport.cas.push(fait);
    }
    rapport
}

/// The first step that fails, leaving out those that fail anyway.
pub(super) fn premier_echec(commune: &Commune, cas: &[Cas], sauf: &BTreeSet<Place>) -> Option<Place> {
    let mut rapport = Rapport::default();
    for un in cas {
        let fait = execute_un(commune, un, None, &mut rapport);
        let rate = |e: &&RapportEtape| !e.echecs.is_empty() && !sauf.contains(&e.place);
        if let Some(etape) = fait.etapes.iter().find(rate) {
            return Some(etape.place.clone());
        }
    }
    None
}

fn execute_un(
    commune: &Commune,
    cas: &Cas,
    depot: Option<Box<dyn Depot>>,
    rapport: &mut Rapport,
) -> RapportCas {
    let mut etapes = Vec::new();
    for (i, grille) in cas.raw.grilles.iter().enumerate() {
        joue_grille(commune, cas, i, grille, rapport, &mut etapes);
    }
    let monde = Monde::nouveau(commune, cas).and_then(|mut monde| match depot {
        Some(depot) => monde.branche(depot).map(|()| monde),
        None => Ok(monde),
    });
    match monde {
        Ok(mut monde) => {
            for (i, etape) in cas.raw.etapes.iter().enumerate() {
                etapes.push(joue(&mut monde, cas, i, etape));
            }
            rapport.touches.append(&mut monde.touches);
        }
        Err(impossible) => etapes.push(jamais_joue(cas, &impossible)),
    }
    RapportCas { nom: cas.nom.clone(), fichier: cas.fichier.to_string(), etapes }
}

fn joue_propriete(
    commune: &Commune,
    cas: &Cas,
    rang: usize,
    propriete: &crate::definition::lecture::Sp<RawPropriete>,
) -> RapportEtape {
    let mut r = vierge(cas.place(propriete.span), cas.raw.horloge.0, "propriété", String::new());
    r.numero = rang + 1;
    r.couvre = cas.raw.couvre.iter().map(|c| c.0.clone()).collect();
    match proprietes::essaie(commune, cas, &propriete.valeur) {
        Ok(essai) => {
            r.assertions.push(Assertion { cle: "propriete".to_owned(), tenue: essai.contre.is_none() });
            if let Some(obtenu) = essai.contre {
                let attendu = essai.geste.clone();
                r.echecs.push(Echec { cle: "propriete".to_owned(), attendu, obtenu });
            }
            r.geste = essai.geste;
        }
        Err(impossible) => r.echecs.push(erreur_de_cas(&impossible)),
    }
    r
}

/// A case whose beginning is wrong.
fn jamais_joue(cas: &Cas, impossible: &Impossible) -> RapportEtape {
    let place = Place { fichier: cas.fichier.clone(), ligne: 1 };
    let mut etape = vierge(place, cas.raw.horloge.0, "début", String::new());
    etape.echecs.push(erreur_de_cas(impossible));
    etape
}

fn vierge(place: Place, a: jiff::civil::DateTime, genre: &str, geste: String) -> RapportEtape {
    RapportEtape {
        numero: 1,
        genre: genre.to_owned(),
        place,
        a,
        par: "parent".to_owned(),
        geste,
        obtenu: BTreeMap::new(),
        assertions: Vec::new(),
        echecs: Vec::new(),
        couvre: Vec::new(),
        trace: Vec::new(),
    }
}

fn erreur_de_cas(impossible: &Impossible) -> Echec {
    Echec {
        cle: "cas".to_owned(),
        attendu: "une étape qui peut se jouer".to_owned(),
        obtenu: impossible.0.clone(),
    }
}

fn joue(
    monde: &mut Monde<'_>,
    cas: &Cas,
    rang: usize,
    etape: &crate::definition::lecture::Sp<RawEtapeCas>,
) -> RapportEtape {
    let exact = etape.attend_exact.is_some();
    let attend = etape.attend_exact.as_ref().or(etape.attend.as_ref());
    let mut r = vierge(cas.place(etape.span), monde.heure(), "étape", geste_en_mots(&etape.fait.valeur));
    r.numero = rang + 1;
    r.par = etape.par.as_ref().map_or_else(|| "parent".to_owned(), |p| acteur(&p.valeur));
    let communs = cas.raw.couvre.iter();
    r.couvre = etape.couvre.iter().chain(communs).map(|c| c.0.clone()).collect();
    monde.trace.clear();
    let quand = etape.a.as_ref().map(|a| monde.instant(a.valeur.0));
    let avance = match quand {
        None => Ok(()),
        Some(instant) => instant.and_then(|i| monde.avance(i)),
    };
    if let Err(impossible) = avance {
        r.echecs.push(erreur_de_cas(&impossible));
        return r;
    }
    r.a = monde.heure();
    let droits = demande(attend.map(|a| &a.valeur), exact, "droits");
    let par = etape.par.as_ref().map(|p| &p.valeur);
    let mut obtenus = Obtenus::new();
    let fait = geste(monde, &etape.fait.valeur, par, droits, &mut obtenus);
    if let Err(impossible) = fait.and_then(|()| monde.verse()) {
        r.echecs.push(erreur_de_cas(&impossible));
        return r;
    }
    r.trace = std::mem::take(&mut monde.trace);
    match attend {
        Some(attend) => (r.assertions, r.echecs) = compare(&attend.valeur, exact, &obtenus),
        None => {
            if let Some(refus) = obtenus.get("refus") {
                let obtenu = obtenus.get("motif").map_or_else(|| refus.to_string(), ToString::to_string);
                let attendu = "un geste accepté".to_owned();
                r.echecs.push(Echec { cle: "refus".to_owned(), attendu, obtenu });
            }
        }
    }
    r.obtenu = obtenus;
    r
}

/// Does one act, and says what came of it.
fn geste(
    monde: &mut Monde<'_>,
    geste: &RawGeste,
    par: Option<&RawActeur>,
    droits: bool,
    obtenus: &mut Obtenus,
) -> Result<(), Impossible> {
    let suite: Result<Suite, Arret> = match geste {
        RawGeste::Commencer(depot) => monde.depose(&depot.valeur, par, false),
        RawGeste::Deposer(depot) => monde.depose(&depot.valeur, par, true),
        RawGeste::Agir(agir) => monde.agit(&agir.valeur, par),
        RawGeste::Piece(don) => monde.donne_piece(&don.valeur, par),
        RawGeste::Verifier(v) => monde.verifie_piece(&v.valeur, par),
        RawGeste::Ecrire(e) => monde.ecrit_un_message(&e.valeur, par),
        RawGeste::Lire(l) => monde.lit_un_message(&l.valeur, par),
        RawGeste::RendezVous(r) => monde.rendez_vous(&r.valeur, par),
        RawGeste::DemanderPieces(d) => monde.demande_des_pieces(&d.valeur, par),
        RawGeste::Avis(a) => monde.rend_un_avis(&a.valeur, par),
        RawGeste::Chercher(c) => {
            let trouvees = crate::demarche::cherche(monde.commune, &c.mots.0).unwrap_or_default();
            let ids = trouvees.into_iter().map(|d| d.id.clone()).collect();
            obtenus.insert("demarches", Obtenu::Liste(ids));
            return Ok(());
        }
        RawGeste::Dupliquer(d) => monde.duplique(&d.valeur, par),
        RawGeste::Supprimer(s) => monde.supprime(&s.valeur, par),
        RawGeste::Rattacher(r) => monde.rattache(&r.valeur),
        RawGeste::Temps(temps) => {
            match &temps.dossier {
                Some(nom) => {
                    let suite = Suite { dossier: monde.dossier(nom)?, decisions: Vec::new() };
                    monde.montre(&suite, droits, obtenus);
                }
                None => {
                    let courriels = monde.courriels_nouveaux(None);
                    obtenus.insert("courriels", Obtenu::Liste(courriels));
                }
            }
            return Ok(());
        }
        RawGeste::RecevoirFait(recu) => {
            monde.recoit(&recu.valeur)?;
            obtenus.insert("accepte", Obtenu::Booleen(true));
            return Ok(());
        }
        RawGeste::Pieces(demande) => {
            let poses = poses(monde.commune, &demande.faits)?;
            match monde.pieces_pour(&demande.valeur, &poses) {
                Ok(pieces) => drop(obtenus.insert("pieces", Obtenu::Liste(pieces))),
                Err(arret) => refuse(monde, arret, obtenus)?,
            }
            return Ok(());
        }
        RawGeste::Prix(demande) => return monde.prix(&demande.valeur, obtenus),
        RawGeste::Reserver(a) => return monde.jour(Verbe::Reserver, a, par, obtenus),
        RawGeste::Panier(p) => return monde.panier(&p.actes, par, obtenus),
        RawGeste::Absence(a) => return monde.jour(Verbe::Absence, a, par, obtenus),
        RawGeste::Pointer(a) => return monde.jour(Verbe::Pointer, a, par, obtenus),
    };
    match suite {
        Ok(suite) => {
            obtenus.insert("accepte", Obtenu::Booleen(true));
            monde.montre(&suite, droits, obtenus);
        }
        Err(arret) => refuse(monde, arret, obtenus)?,
    }
    Ok(())
}

/// What a refusal shows.
fn refuse(monde: &mut Monde<'_>, arret: Arret, obtenus: &mut Obtenus) -> Result<(), Impossible> {
    let refus = match arret {
        Arret::Impossible(impossible) => return Err(impossible),
        Arret::Refus(refus) => *refus,
    };
    monde.note_refus(&refus);
    montre_refus(&[refus], obtenus);
    Ok(())
}

/// All the rules that refuse; the sentence and the message are the first one's.
pub(super) fn montre_refus(refus: &[Refus], obtenus: &mut Obtenus) {
    obtenus.insert("accepte", Obtenu::Booleen(false));
    let mots = refus.iter().map(|r| mot_du_refus(r).to_owned()).collect();
    obtenus.insert("refus", Obtenu::Liste(mots));
    if let Some(premier) = refus.first() {
        obtenus.insert("motif", Obtenu::Mot(premier.motif.to_string()));
    }
    if let Some(message) = refus.iter().find_map(|r| r.message.as_deref()) {
        obtenus.insert("message", Obtenu::Mot(message.to_owned()));
    }
    let manquants: Vec<String> =
        refus.iter().flat_map(|r| r.champs.iter()).map(|c| c.champ.clone()).collect();
    if !manquants.is_empty() {
        obtenus.insert("manquants", Obtenu::Liste(manquants));
    }
}

/// Facts and dimensions given by name.
pub(super) fn poses(
    commune: &Commune,
    faits: &[(Cle, Noeud)],
) -> Result<Vec<(rules::faits::FaitId, rules::valeur::Valeur)>, Impossible> {
    let un = |(cle, noeud): &(Cle, Noeud)| {
        let fait = lit::symbole(commune, &cle.texte)?;
        Ok((fait, lit::valeur(commune, fait, noeud)?))
    };
    faits.iter().map(un).collect()
}

fn joue_grille(
    commune: &Commune,
    cas: &Cas,
    rang: usize,
    grille: &crate::definition::lecture::Sp<RawGrille>,
    rapport: &mut Rapport,
    etapes: &mut Vec<RapportEtape>,
) {
    for (i, ligne) in grille.lignes.iter().enumerate() {
        let genre = format!("grille {}, ligne", rang + 1);
        let mut r = vierge(cas.place(ligne.span), cas.raw.horloge.0, &genre, String::new());
        r.numero = i + 1;
        r.couvre = grille.couvre.iter().chain(cas.raw.couvre.iter()).map(|c| c.0.clone()).collect();
        match Monde::nouveau(commune, cas) {
            Ok(mut monde) => {
                if let Err(impossible) = joue_ligne(&mut monde, grille, &ligne.valeur.0, &mut r) {
                    r.echecs.push(erreur_de_cas(&impossible));
                }
                r.trace = std::mem::take(&mut monde.trace);
                rapport.touches.append(&mut monde.touches);
            }
            Err(impossible) => r.echecs.push(erreur_de_cas(&impossible)),
        }
        etapes.push(r);
    }
}

fn joue_ligne(
    monde: &mut Monde<'_>,
    grille: &RawGrille,
    ligne: &Noeud,
    r: &mut RapportEtape,
) -> Result<(), Impossible> {
    let cellules = ligne.liste().unwrap_or_default();
    let mut geste_complete = grille.fait.valeur.clone();
    let Some(((derniere, attendu), colonnes)) =
        grille.colonnes.iter().zip(cellules).collect::<Vec<_>>().split_last().map(|(d, c)| (*d, c.to_vec()))
    else {
        return Err(Impossible("une grille a au moins une colonne et une ligne".into()));
    };
    if cellules.len() != grille.colonnes.len() {
        let (n, m) = (cellules.len(), grille.colonnes.len());
        return Err(Impossible(format!("la ligne a {n} cellules pour {m} colonnes")));
    }
    for (colonne, cellule) in colonnes {
        pose(&mut geste_complete, colonne.as_str(), colonne.span, cellule)?;
    }
    r.geste = geste_en_mots(&geste_complete);
    let mut obtenus = Obtenus::new();
    geste(monde, &geste_complete, None, false, &mut obtenus)?;
    let (cle, attendu) = cellule_attendue(derniere.as_str(), attendu)?;
    let (assertion, echec) = compare_cellule(cle, attendu, &obtenus);
    r.assertions.push(assertion);
    r.echecs.extend(echec);
    r.obtenu = obtenus;
    Ok(())
}

/// Puts the cell of a column in the act.
fn pose(
    geste: &mut RawGeste,
    colonne: &str,
    span: crate::definition::source::Span,
    cellule: &Noeud,
) -> Result<(), Impossible> {
    let cle = Cle { texte: colonne.to_owned(), span };
    match geste {
        RawGeste::Prix(prix) => {
            let mut lecture = crate::definition::lecture::Lecture::new();
            match colonne {
                "prestation" => prix.valeur.prestation = lecture.lit(cellule),
                "jour" => prix.valeur.jour = lecture.lit(cellule),
                "enfant" => prix.valeur.enfant = lecture.lit(cellule),
                _ => prix.valeur.faits.push((cle, cellule.clone())),
            }
            match lecture.fin().first() {
                Some(d) => Err(Impossible(d.message.clone())),
                None => Ok(()),
            }
        }
        RawGeste::Pieces(pieces) => {
            pieces.valeur.faits.push((cle, cellule.clone()));
            Ok(())
        }
        _ => Err(Impossible("une grille demande un `prix` ou des `pieces`".into())),
    }
}

fn cellule_attendue(colonne: &str, cellule: &Noeud) -> Result<(&'static str, Obtenu), Impossible> {
    let montant = || {
        let texte = cellule.texte().unwrap_or_default();
        crate::definition::raw::valeurs::montant(texte)
            .map_err(|e| Impossible(e.message))
            .map(Obtenu::Montant)
    };
    match colonne {
        "prix" => Ok(("prix", montant()?)),
        "total" => Ok(("total", montant()?)),
        "pieces" => {
            let mots = cellule.liste().unwrap_or_default().iter().filter_map(|n| n.texte());
            Ok(("pieces", Obtenu::Liste(mots.map(str::to_owned).collect())))
        }
        "refus" => Ok(("refus", Obtenu::Liste(vec![cellule.texte().unwrap_or_default().to_owned()]))),
        autre => Err(Impossible(format!(
            "la dernière colonne est `prix`, `total`, `pieces` ou `refus`, pas `{autre}`"
        ))),
    }
}

pub(super) fn acteur(par: &RawActeur) -> String {
    match par {
        RawActeur::Parent => "parent".to_owned(),
        RawActeur::Public => "public".to_owned(),
        RawActeur::Agent(None) => "agent".to_owned(),
        RawActeur::Agent(Some(role)) => format!("agent.{role}"),
    }
}

/// The act as a line of a transcript.
fn geste_en_mots(geste: &RawGeste) -> String {
    let faits = |faits: &[(Cle, Noeud)]| {
        let un = |(c, n): &(Cle, Noeud)| format!(", {} {}", c.texte, n.texte().unwrap_or("…"));
        faits.iter().map(un).collect::<String>()
    };
    let acte = |verbe: &str, a: &crate::definition::raw::cas::RawActe| {
        let mode = a.mode.as_ref().map(|m| format!(" ({})", m.as_str())).unwrap_or_default();
        format!("{verbe} {} pour {} le {}{mode}", a.prestation.as_str(), a.enfant.as_str(), a.jour.0)
    };
    match geste {
        RawGeste::Reserver(a) => acte("réserver", a),
        RawGeste::Panier(p) => {
            let un = |a: &crate::definition::lecture::Sp<_>| acte("", a).trim_start().to_owned();
            format!("réserver ensemble {}", p.actes.iter().map(un).collect::<Vec<_>>().join(" ; "))
        }
        RawGeste::Absence(a) => acte("absence de", a),
        RawGeste::Pointer(a) => acte("pointer", a),
        RawGeste::Prix(p) => {
            let prestation = p.prestation.as_ref().map_or("panier", |p| p.as_str());
            let jour = p.jour.as_ref().map(|j| format!(" le {}", j.0)).unwrap_or_default();
            format!("prix de {prestation}{jour}{}", faits(&p.faits))
        }
        RawGeste::Deposer(d) => format!("déposer {} ({})", d.demarche.as_str(), d.dossier.as_str()),
        RawGeste::Commencer(d) => format!("commencer {} ({})", d.demarche.as_str(), d.dossier.as_str()),
        RawGeste::Agir(a) => format!("{} sur {}", a.action.as_str(), a.dossier.as_str()),
        RawGeste::Piece(p) => format!("donner {} à {}", p.piece.as_str(), p.dossier.as_str()),
        RawGeste::Verifier(v) => format!("vérifier {} de {}", v.piece.as_str(), v.dossier.as_str()),
        RawGeste::Ecrire(e) => format!("écrire dans {}", e.dossier.as_str()),
        RawGeste::Lire(l) => format!("ouvrir le message {} de {}", l.message.0, l.dossier.as_str()),
        RawGeste::RendezVous(r) => match &r.debut {
            Some(debut) => format!("rendez-vous de {} le {}", r.dossier.as_str(), debut.0),
            None => format!("rendez-vous de {}", r.dossier.as_str()),
        },
        RawGeste::DemanderPieces(d) => format!("demander des pièces à {}", d.dossier.as_str()),
        RawGeste::Avis(a) => format!("donner un avis sur {}", a.dossier.as_str()),
        RawGeste::Chercher(c) => format!("chercher « {} »", c.mots.0),
        RawGeste::Dupliquer(d) => format!("dupliquer {} ({})", d.de.as_str(), d.dossier.as_str()),
        RawGeste::Supprimer(s) => format!("supprimer {}", s.dossier.as_str()),
        RawGeste::Rattacher(r) => format!("rattacher {} à {}", r.dossier.as_str(), r.foyer.as_str()),
        RawGeste::RecevoirFait(f) => {
            format!("recevoir {} = {}", f.valeur.fait.as_str(), f.valeur.valeur.texte().unwrap_or("…"))
        }
        RawGeste::Temps(t) => match &t.dossier {
            Some(d) => format!("regarder {}", d.as_str()),
            None => "laisser passer le temps".to_owned(),
        },
        RawGeste::Pieces(p) => format!("pièces de {}{}", p.demarche.as_str(), faits(&p.faits)),
    }
}

impl Monde<'_> {
    /// `recevoir_fait`.
    fn recoit(&mut self, recu: &crate::definition::raw::cas::RawRecevoirFait) -> Result<(), Impossible> {
        let nom = recu.fait.as_str();
        let Some(valeur) = lit::fait(self.commune, nom, &recu.valeur.valeur)? else {
            return Err(Impossible(format!("`{nom}` : une valeur est attendue")));
        };
        let sujet = match (&recu.enfant, &recu.foyer) {
            (Some(enfant), None) => Sujet::Personne(self.enfant(enfant)?.0),
            (None, Some(foyer)) => {
                let f = self.foyer(foyer)?;
                match self.sujet_de(nom) {
                    Some("responsable") => Sujet::Personne(f.parent.clone()),
                    _ => Sujet::Foyer(f.foyer.id.clone()),
                }
            }
            _ => return Err(Impossible("dites `foyer` ou `enfant`, l'un des deux".into())),
        };
        let du = recu.depuis.as_ref().map_or_else(|| self.heure().date(), |d| d.0);
        let au = recu.jusqu_a.as_ref().map(|d| d.0);
        let connu_le = self.maintenant;
        let fait = super::monde::fait(sujet, nom, valeur, du, au, connu_le);
        self.retient(&fait);
        self.apprend(fait);
        Ok(())
    }
}
