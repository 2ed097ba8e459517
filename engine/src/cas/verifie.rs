//! Names and values of a case that the town does not have: reported when the folder is checked, before anything runs.

use std::collections::BTreeMap;

use super::Cas;
use super::lit::{self, Faute};
use crate::commune::Commune;
use crate::definition::arbre::{Cle, Noeud};
use crate::definition::lecture::{Id, Liste, Sp, suggestion};
use crate::definition::raw::cas::{
    RawActe, RawActeur, RawAttend, RawCas, RawDemandePrix, RawDepot, RawEtapeCas, RawGeste, RawGrille,
    RawPieceDonnee, RawPropriete,
};
use crate::definition::source::Span;
use crate::demarche::{Demarche, Phase};
use crate::diagnostic::{Code, Diagnostic, codes};

/// Who may be named in `droits`, besides the agents.
const DEMANDEURS: [&str; 2] = ["parent", "public"];
/// Shortcuts of a household's state.
const ETATS: [&str; 3] = ["dossier_complet", "inscrit", "impaye"];
/// What the town's silence is worth so far.
const SILENCES: [&str; 4] = ["aucun", "en_cours", "rejet", "acceptation"];
/// Whom a message waits for.
const LECTEURS: [&str; 2] = ["parent", "agent"];
/// What the last column of a grid may be.
const RESULTATS: [&str; 4] = ["prix", "total", "pieces", "refus"];

/// Adds what is wrong in a case.
pub(crate) fn verifie(commune: &Commune, cas: &Cas, diagnostics: &mut Vec<Diagnostic>) {
    let mut v = Verification { commune, raw: &cas.raw, dossiers: BTreeMap::new(), diagnostics };
    v.tout();
}

struct Verification<'a> {
    commune: &'a Commune,
    raw: &'a RawCas,
    /// Dossiers begun so far, with their démarche.
    dossiers: BTreeMap<String, &'a Demarche>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Verification<'a> {
    fn tout(&mut self) {
        let raw = self.raw;
        self.couvre(&raw.couvre);
        for (_, foyer) in raw.donnees.iter().flat_map(|d| d.foyers.iter()).flat_map(|f| f.valeur.iter()) {
            self.faits(&foyer.faits);
            for (_, faits) in &foyer.enfants {
                self.faits(faits);
            }
            for etat in &foyer.etat {
                self.parmi("état de foyer inconnu", etat, ETATS);
            }
        }
        let mut avant = raw.horloge.0;
        for etape in &raw.etapes {
            if let Some(a) = &etape.a {
                if a.0 < avant {
                    let message = format!("l'horloge ne recule pas : il est déjà {avant}");
                    let d = Diagnostic::new(codes::SYN04, a.span, message);
                    self.diagnostics.push(d.aide("les étapes se suivent dans le temps"));
                }
                avant = avant.max(a.0);
            }
            self.etape(etape);
        }
        for grille in &raw.grilles {
            self.grille(grille);
        }
        for propriete in &raw.proprietes {
            self.propriete(propriete);
        }
    }

    fn signale(&mut self, code: Code, span: Span, faute: Faute) {
        let mut d = Diagnostic::new(code, span, faute.message);
        d.aide = faute.aide;
        self.diagnostics.push(d);
    }

    fn faute(&mut self, span: Span, faute: Faute) {
        let code = if faute.reference { codes::REF01 } else { codes::SYN04 };
        self.signale(code, span, faute);
    }

    fn inconnu<'c>(
        &mut self,
        quoi: &str,
        mot: &str,
        span: Span,
        connus: impl IntoIterator<Item = &'c str> + Clone,
    ) {
        let d = Diagnostic::new(codes::REF01, span, format!("{quoi} : « {mot} »"));
        self.diagnostics.push(d.aide(suggestion(mot, connus)));
    }

    fn parmi<'c>(&mut self, quoi: &str, mot: &Sp<Id>, connus: impl IntoIterator<Item = &'c str> + Clone) {
        if !connus.clone().into_iter().any(|c| c == mot.as_str()) {
            self.inconnu(quoi, mot.as_str(), mot.span, connus);
        }
    }

    fn couvre(&mut self, ids: &Liste<crate::definition::lecture::Texte>) {
        for id in ids {
            let exigences = &self.commune.exigences;
            if !exigences.iter().any(|e| e.id == id.0) {
                let connues: Vec<&str> = exigences.iter().map(|e| e.id.as_str()).collect();
                self.inconnu("exigence inconnue", &id.valeur.0, id.span, connues);
            }
        }
    }

    fn faits(&mut self, faits: &[(Cle, Noeud)]) {
        for (cle, noeud) in faits {
            if let Err(faute) = lit::fait(self.commune, &cle.texte, noeud) {
                let span = if faute.reference && lit::symbole(self.commune, &cle.texte).is_err() {
                    cle.span
                } else {
                    noeud.span
                };
                self.faute(span, faute);
            }
        }
    }

    fn prestation(&mut self, prestation: &Sp<Id>) {
        let connues: Vec<&str> =
            self.commune.services.iter().flat_map(|s| s.prestations.iter().map(|p| p.id.as_str())).collect();
        self.parmi("prestation inconnue", prestation, connues);
    }

    fn enfant(&mut self, enfant: &Sp<Id>) {
        let foyers = self.raw.donnees.iter().flat_map(|d| d.foyers.iter()).flat_map(|f| f.valeur.iter());
        let connus: Vec<&str> =
            foyers.flat_map(|(_, f)| f.enfants.iter().map(|(c, _)| c.texte.as_str())).collect();
        self.parmi("le cas n'a pas cet enfant", enfant, connus);
    }

    fn foyer(&mut self, foyer: &Sp<Id>) {
        let foyers = self.raw.donnees.iter().flat_map(|d| d.foyers.iter()).flat_map(|f| f.valeur.iter());
        let connus: Vec<&str> = foyers.map(|(c, _)| c.texte.as_str()).collect();
        self.parmi("le cas n'a pas ce foyer", foyer, connus);
    }

    fn etape(&mut self, etape: &'a RawEtapeCas) {
        self.couvre(&etape.couvre);
        if let Some(Sp { valeur: RawActeur::Agent(Some(role)), span }) = &etape.par
            && !self.commune.contacts.iter().any(|c| c.id == *role)
        {
            let connus: Vec<&str> = self.commune.contacts.iter().map(|c| c.id.as_str()).collect();
            self.inconnu("aucun contact de la commune n'a ce rôle", role, *span, connus);
        }
        if let (Some(_), Some(exact)) = (&etape.attend, &etape.attend_exact) {
            let message = "`attend` et `attend_exact` ne vont pas ensemble";
            self.diagnostics
                .push(Diagnostic::new(codes::SYN04, exact.span, message).aide("gardez l'un des deux"));
        }
        let sans_compte = etape.par.as_ref().is_some_and(|p| p.valeur == RawActeur::Public);
        let demarche = self.geste(&etape.fait.valeur, sans_compte);
        for attend in [&etape.attend, &etape.attend_exact].into_iter().flatten() {
            self.attend(attend, demarche);
        }
    }

    /// Checks an act; gives the démarche that it is about. Somebody without an account has no household to name.
    fn geste(&mut self, geste: &'a RawGeste, sans_compte: bool) -> Option<&'a Demarche> {
        match geste {
            RawGeste::Reserver(a) | RawGeste::Absence(a) | RawGeste::Pointer(a) => {
                self.acte(a);
                None
            }
            RawGeste::Panier(p) => {
                for a in &p.actes {
                    self.acte(a);
                }
                None
            }
            RawGeste::Prix(p) => {
                self.prix(p);
                None
            }
            RawGeste::Deposer(d) | RawGeste::Commencer(d) => self.depot(d, sans_compte),
            RawGeste::Agir(a) => {
                let demarche = self.dossier(&a.dossier)?;
                let connues: Vec<&str> =
                    demarche.etapes.iter().flat_map(|e| e.actions.iter().map(|a| a.id.as_str())).collect();
                self.parmi("la démarche n'a pas cette action", &a.action, connues);
                Some(demarche)
            }
            RawGeste::Piece(p) => {
                let demarche = self.dossier(&p.dossier)?;
                self.piece(&p.piece);
                Some(demarche)
            }
            RawGeste::Verifier(p) => {
                let demarche = self.dossier(&p.dossier)?;
                self.piece(&p.piece);
                Some(demarche)
            }
            RawGeste::Ecrire(e) => self.dossier(&e.dossier),
            RawGeste::Lire(l) => self.dossier(&l.dossier),
            RawGeste::RendezVous(r) => {
                let choix = [r.debut.is_some(), r.annule.is_some(), r.tenu.is_some()];
                if choix.iter().filter(|c| **c).count() != 1 {
                    let message = "un rendez-vous dit son `debut`, `annule` ou `tenu`, l'un des trois";
                    self.diagnostics.push(Diagnostic::new(codes::SYN04, r.span, message));
                }
                self.dossier(&r.dossier)
            }
            RawGeste::DemanderPieces(d) => {
                for piece in &d.pieces {
                    self.piece(piece);
                }
                self.dossier(&d.dossier)
            }
            RawGeste::Avis(a) => self.dossier(&a.dossier),
            RawGeste::Chercher(_) => None,
            RawGeste::Dupliquer(d) => {
                self.enfant(&d.enfant);
                let demarche = self.dossier(&d.de)?;
                self.dossiers.insert(d.dossier.to_string(), demarche);
                Some(demarche)
            }
            RawGeste::Supprimer(s) => self.dossier(&s.dossier),
            RawGeste::Rattacher(r) => {
                self.foyer(&r.foyer);
                self.dossier(&r.dossier)
            }
            RawGeste::RecevoirFait(f) => {
                if let Some(foyer) = &f.foyer {
                    self.foyer(foyer);
                }
                if let Some(enfant) = &f.enfant {
                    self.enfant(enfant);
                }
                let cle = Cle { texte: f.fait.to_string(), span: f.fait.span };
                self.faits(&[(cle, f.valeur.valeur.valeur.0.clone())]);
                None
            }
            RawGeste::Temps(t) => t.dossier.as_ref().and_then(|d| self.dossier(d)),
            RawGeste::Pieces(p) => {
                self.dimensions(&p.faits);
                self.demarche(&p.demarche)
            }
        }
    }

    fn demarche(&mut self, id: &Sp<Id>) -> Option<&'a Demarche> {
        let demarches = &self.commune.demarches;
        if demarches.is_empty() {
            // none could be read: their files say why
            return None;
        }
        self.parmi("démarche inconnue", id, demarches.iter().map(|d| d.id.as_str()).collect::<Vec<_>>());
        self.commune.demarche(id)
    }

    fn dossier(&mut self, nom: &Sp<Id>) -> Option<&'a Demarche> {
        if self.commune.demarches.is_empty() {
            return None;
        }
        let trouve = self.dossiers.get(nom.as_str()).copied();
        if trouve.is_none() {
            let connus: Vec<String> = self.dossiers.keys().cloned().collect();
            self.inconnu(
                "aucune étape d'avant ne commence ce dossier",
                nom.as_str(),
                nom.span,
                connus.iter().map(String::as_str).collect::<Vec<_>>(),
            );
        }
        trouve
    }

    fn depot(&mut self, depot: &'a RawDepot, sans_compte: bool) -> Option<&'a Demarche> {
        if let Some(foyer) = &depot.foyer {
            self.foyer(foyer);
        }
        if let Some(enfant) = &depot.enfant {
            self.enfant(enfant);
        }
        if depot.foyer.is_none() && depot.enfant.is_none() && !sans_compte {
            let message = "le dossier ne dit pas de qui il est";
            self.diagnostics.push(
                Diagnostic::new(codes::SYN04, depot.span, message).aide("ajoutez `foyer:` ou `enfant:`"),
            );
        }
        for RawPieceDonnee { piece, .. } in depot.pieces.iter().map(|p| &p.valeur) {
            self.piece(piece);
        }
        let demarche = self.demarche(&depot.demarche)?;
        self.dossiers.insert(depot.dossier.to_string(), demarche);
        for champ in &depot.recopie {
            let connus: Vec<&str> =
                demarche.champs().filter(|c| c.recopie.is_some()).map(|c| c.id.as_str()).collect();
            self.parmi("ce champ ne recopie rien", champ, connus);
        }
        for (cle, noeud) in depot.champs.iter().flat_map(|c| c.valeur.iter()) {
            match demarche.champ(&cle.texte) {
                Some(champ) => {
                    if let Err(faute) = lit::reponse(champ, &noeud.valeur) {
                        self.faute(noeud.span, faute);
                    }
                }
                None => {
                    let connus: Vec<&str> = demarche.champs().map(|c| c.id.as_str()).collect();
                    self.inconnu("la démarche n'a pas ce champ", &cle.texte, cle.span, connus);
                }
            }
        }
        Some(demarche)
    }

    fn piece(&mut self, piece: &Sp<Id>) {
        let connues: Vec<&str> = self.commune.pieces.iter().map(|p| p.id.as_str()).collect();
        self.parmi("pièce inconnue", piece, connues);
    }

    fn acte(&mut self, acte: &RawActe) {
        self.enfant(&acte.enfant);
        self.prestation(&acte.prestation);
        let dimensions = [("mode", &acte.mode), ("motif", &acte.motif), ("canal", &acte.canal)];
        for (nom, mot) in dimensions {
            if let Some(mot) = mot {
                let noeud = Noeud::texte_nu(mot.span, mot.as_str());
                self.dimension(nom, mot.span, &noeud);
            }
        }
        for (nom, heure) in [("arrivee", &acte.arrivee), ("depart", &acte.depart)] {
            if let Some(heure) = heure {
                self.dimension(nom, heure.span, &Noeud::texte_nu(heure.span, &heure.0));
            }
        }
    }

    fn prix(&mut self, prix: &RawDemandePrix) {
        if let Some(enfant) = &prix.enfant {
            self.enfant(enfant);
        }
        if let Some(prestation) = &prix.prestation {
            self.prestation(prestation);
        }
        self.dimensions(&prix.faits);
        for acte in &prix.actes {
            self.prix(acte);
        }
    }

    fn dimensions(&mut self, faits: &[(Cle, Noeud)]) {
        for (cle, noeud) in faits {
            self.dimension(&cle.texte, cle.span, noeud);
        }
    }

    fn dimension(&mut self, nom: &str, span: Span, noeud: &Noeud) {
        match lit::symbole(self.commune, nom) {
            Err(faute) => self.faute(span, faute),
            Ok(fait) => {
                if let Err(faute) = lit::valeur(self.commune, fait, noeud) {
                    self.faute(noeud.span, faute);
                }
            }
        }
    }

    fn grille(&mut self, grille: &'a RawGrille) {
        self.couvre(&grille.couvre);
        self.geste(&grille.fait.valeur, false);
        let Some((derniere, colonnes)) = grille.colonnes.elements.split_last() else { return };
        self.parmi("la dernière colonne dit ce qu'on attend", derniere, RESULTATS);
        for ligne in &grille.lignes {
            let cellules = ligne.valeur.0.liste().unwrap_or_default();
            if cellules.len() != grille.colonnes.len() {
                let (n, m) = (cellules.len(), grille.colonnes.len());
                let message = format!("la ligne a {n} cellules pour {m} colonnes");
                self.diagnostics.push(Diagnostic::new(codes::SYN04, ligne.span, message));
                continue;
            }
            for (colonne, cellule) in colonnes.iter().zip(cellules) {
                match colonne.as_str() {
                    "prestation" => {
                        let mut l = crate::definition::lecture::Lecture::new();
                        match l.lit::<Id>(cellule) {
                            Some(id) => self.prestation(&id),
                            None => self.diagnostics.extend(l.fin()),
                        }
                    }
                    "enfant" | "jour" => {}
                    nom => self.dimension(nom, colonne.span, cellule),
                }
            }
        }
    }

    fn propriete(&mut self, propriete: &RawPropriete) {
        match propriete {
            RawPropriete::PrixJamaisNegatif => {}
            RawPropriete::PrixNonDecroissant(p) => {
                self.prestation(&p.prestation);
                if let Err(faute) = lit::symbole(self.commune, &p.axe) {
                    self.faute(p.axe.span, faute);
                }
            }
            RawPropriete::ExterieurAuMoins(p) => {
                self.prestation(&p.prestation);
                for valeur in [&p.dedans, &p.dehors] {
                    let noeud = Noeud::texte_nu(valeur.span, valeur.as_str());
                    self.dimension(&p.dimension, p.dimension.span, &noeud);
                }
            }
        }
    }

    fn attend(&mut self, attend: &RawAttend, demarche: Option<&Demarche>) {
        if let Some(message) = &attend.message {
            let connus: Vec<&str> = self.commune.messages.iter().map(|m| m.id.as_str()).collect();
            self.parmi("message inconnu", message, connus);
        }
        for modele in attend.courriels.iter().chain(attend.documents.iter()) {
            let connus: Vec<&str> = self.commune.messages.iter().map(|m| m.id.as_str()).collect();
            self.parmi("message inconnu", modele, connus);
        }
        if let Some(phase) = &attend.phase {
            self.parmi("phase inconnue", phase, Phase::TOUTES.map(Phase::nom));
        }
        if let Some(silence) = &attend.silence {
            self.parmi("silence inconnu", silence, SILENCES);
        }
        for service in &attend.ouvre {
            let connus: Vec<&str> = self.commune.services.iter().map(|s| s.id.as_str()).collect();
            self.parmi("service inconnu", service, connus);
        }
        for piece in &attend.pieces {
            self.piece(piece);
        }
        for suivante in &attend.demarches {
            self.demarche(suivante);
        }
        for piece in &attend.recues {
            self.piece(piece);
        }
        for lecteur in &attend.non_lus {
            self.parmi("lecteur inconnu", lecteur, LECTEURS);
        }
        let Some(demarche) = demarche else { return };
        for champ in &attend.remplis {
            let connus: Vec<&str> = demarche.champs().map(|c| c.id.as_str()).collect();
            self.parmi("la démarche n'a pas ce champ", champ, connus);
        }
        if let Some(etat) = &attend.etat {
            let connus: Vec<&str> = demarche.etapes.iter().map(|e| e.id.as_str()).collect();
            self.parmi("la démarche n'a pas cette étape", etat, connus);
        }
        for (cle, actions) in attend.droits.iter().flat_map(|d| d.valeur.iter()) {
            let role = cle.texte.strip_prefix("agent.");
            let connu = DEMANDEURS.contains(&cle.texte.as_str())
                || role.is_some_and(|r| self.commune.contacts.iter().any(|c| c.id == r));
            if !connu {
                let contacts: Vec<String> =
                    self.commune.contacts.iter().map(|c| format!("agent.{}", c.id)).collect();
                let connus: Vec<&str> =
                    DEMANDEURS.into_iter().chain(contacts.iter().map(String::as_str)).collect();
                self.inconnu("acteur inconnu", &cle.texte, cle.span, connus);
            }
            let connues: Vec<&str> =
                demarche.etapes.iter().flat_map(|e| e.actions.iter().map(|a| a.id.as_str())).collect();
            for action in actions.valeur.iter() {
                self.parmi("la démarche n'a pas cette action", action, connues.clone());
            }
        }
    }
}
