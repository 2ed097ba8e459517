//! SYN04 on words of a closed list that no rule reads yet (account, schools, payment): a letter changed in one of them would
//! wait, unseen, for the part of the program that reads it. REF01 on the services and contacts that an account names.
//! REF02 on a promise that is not made. TAR12 on units: a price per meal does not price an hour.

use rules::scalaire::JourAnnuel;

use super::Examen;
use crate::definition::arbre::Noeud;
use crate::definition::lecture::{Booleen, Id, Sp, proche, suggestion};
use crate::definition::raw::commune::{RawCompte, RawModeCle};
use crate::definition::raw::valeurs::RawValable;
use crate::definition::resolve::SENSIBILITES;
use crate::definition::source::Span;
use crate::diagnostic::{Diagnostic, Gravite, codes};

const CLASSES: [&str; 9] = ["tps", "ps", "ms", "gs", "cp", "ce1", "ce2", "cm1", "cm2"];
const PREUVES: [&str; 3] = ["echeance", "reservations", "pointage"];
const MOYENS: [&str; 7] = ["carte", "payfip", "prelevement", "especes", "cheque", "cesu", "virement"];
/// The unit of a tariff that prices several prestations, each in its own.
const UNITE_DE_LA_PRESTATION: &str = "unite";

/// Schools, accounts, means of payment, attendance, units.
pub(super) fn controle(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    let mut mots = Mots { sortie };
    if let Some(c) = &examen.fichiers.commune {
        for e in &c.ecoles {
            mots.un(&e.secteur, &["public", "prive"]);
            for (i, classe) in e.classes.iter().enumerate() {
                mots.dit(classe.as_str(), classe.span, &CLASSES, Gravite::Attention);
                if e.classes.iter().take(i).any(|autre| autre.as_str() == classe.as_str()) {
                    let message = format!("la classe `{}` est écrite deux fois", classe.as_str());
                    mots.sortie.push(Diagnostic::new(codes::REF06, classe.span, message));
                }
            }
        }
        mots.compte(&c.compte);
        if let Some(g) = &c.garde_alternee {
            mots.un(&g.chacun, &["reserve_et_paie", "paie"]);
            mots.chacun(&g.calendrier, &["iso", "publie"]);
            mots.un(&g.semaine_53, &["selon_calendrier", "demander"]);
        }
        for (cle, moyen) in c.paiement.moyens.iter().flat_map(|m| m.valeur.iter()) {
            mots.dit(&cle.texte, cle.span, &MOYENS, Gravite::Erreur);
            mots.moyen(moyen);
        }
    }
    for s in &examen.fichiers.services {
        for p in s.pointage.iter().chain(s.versions.iter().filter_map(|v| v.pointage.as_ref())) {
            mots.un(&p.fait_foi, &["pointage", "reservation"]);
        }
        for a in s.ajustements.iter().chain(s.versions.iter().flat_map(|v| v.ajustements.iter())) {
            mots.chacun(&a.preuve, &PREUVES);
        }
        for p in s.penalites.iter().chain(s.versions.iter().flat_map(|v| v.penalites.iter())) {
            mots.chacun(&p.preuve, &PREUVES);
        }
    }
    for fait in examen.fichiers.donnees.iter().flat_map(|d| d.faits.iter()) {
        mots.chacun(&fait.sensibilite, &SENSIBILITES);
        let oui = |b: &Option<Sp<Booleen>>| b.as_ref().filter(|b| !b.0).map(|b| b.span);
        for span in fait.validite.iter().flat_map(|v| [oui(&v.annee_scolaire), oui(&v.illimitee)]).flatten() {
            let d = Diagnostic::new(codes::SYN04, span, "une validité se dit par oui");
            mots.sortie
                .push(d.aide("`annee_scolaire: oui`, `illimitee: oui`, `jusqu_a: 12-31` ou `duree: 3 mois`"));
        }
    }
    for piece in examen.fichiers.pieces.iter().flat_map(|p| p.pieces.iter()) {
        if let Some(Sp { valeur: RawValable::JusquA(jour), .. }) = &piece.valable
            && let Err(e) = JourAnnuel::lit(&jour.0)
        {
            let d = Diagnostic::new(codes::SYN04, jour.span, e.to_string());
            mots.sortie.push(d.aide("ex. `jusqu_a: 12-31`"));
        }
    }
    unites(examen, sortie);
    noms(examen, sortie);
}

struct Mots<'a> {
    sortie: &'a mut Vec<Diagnostic>,
}

impl Mots<'_> {
    fn dit(&mut self, mot: &str, span: Span, connus: &[&str], gravite: Gravite) {
        if !connus.contains(&mot) {
            let d = Diagnostic::new(codes::SYN04, span, format!("mot inconnu : « {mot} »")).gravite(gravite);
            self.sortie.push(d.aide(suggestion(mot, connus.iter().copied())));
        }
    }

    fn un(&mut self, mot: &Sp<Id>, connus: &[&str]) {
        self.dit(mot.as_str(), mot.span, connus, Gravite::Erreur);
    }

    fn chacun<'m>(&mut self, mots: impl IntoIterator<Item = &'m Sp<Id>>, connus: &[&str]) {
        for mot in mots {
            self.un(mot, connus);
        }
    }

    /// How a means of payment is set: no block yet, its part of the program is to come.
    fn moyen(&mut self, moyen: &Noeud) {
        for (cle, valeur) in moyen.carte().unwrap_or_default() {
            let connus: &[&str] = match cle.texte.as_str() {
                "passerelle" => &["simulateur", "paybox", "payfip"],
                "lieu" => &["guichet", "poste"],
                // what a bank asks is free, a slip is not
                autre => {
                    let connues = ["passerelle", "lieu", "conseille"];
                    if proche(autre, connues).is_some() {
                        self.dit(autre, cle.span, &connues, Gravite::Erreur);
                    }
                    continue;
                }
            };
            self.dit(valeur.texte().unwrap_or_default(), valeur.span, connus, Gravite::Erreur);
        }
    }

    fn compte(&mut self, compte: &RawCompte) {
        self.chacun(&compte.etapes, &["cle", "identite", "adresse", "moyens_de_contact", "identifiants"]);
        self.un(&compte.activation.usage, &["unique"]);
        self.chacun(&compte.identifiant, &["courriel", "choisi"]);
        self.chacun(&compte.suppression_entourage, &["agent", "parent"]);
        for mode in &compte.cle_enfance {
            self.mode(mode);
        }
    }

    fn mode(&mut self, mode: &RawModeCle) {
        if let Some(cle) = &mode.cle {
            self.chacun(&cle.remise, &["courrier", "guichet", "telephone", "courriel"]);
            self.un(&cle.une_par, &["responsable", "foyer"]);
            self.chacun(&cle.second_facteur, &["naissance_enfant"]);
            self.chacun(&cle.saisie, &["creation", "plus_tard"]);
        }
        if let Some(precree) = &mode.compte_precree {
            self.chacun(&precree.mot_de_passe_provisoire, &["par_lien"]);
        }
    }
}

/// The services that a key opens, the contact that links an account; a promise that says no.
fn noms(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    let services: Vec<&str> = examen.commune.services.iter().map(|s| s.id.as_str()).collect();
    let contacts: Vec<&str> = examen.commune.contacts.iter().map(|c| c.id.as_str()).collect();
    let mut connu = |quoi: &str, mot: &Sp<Id>, noms: &[&str]| {
        if examen.sain && !noms.contains(&mot.as_str()) {
            let d = Diagnostic::new(codes::REF01, mot.span, format!("{quoi} inconnu : « {} »", mot.as_str()));
            sortie.push(d.aide(suggestion(mot.as_str(), noms.iter().copied())));
        }
    };
    for mode in examen.fichiers.commune.iter().flat_map(|c| c.compte.cle_enfance.iter()) {
        for service in mode.cle.iter().flat_map(|c| c.ouvre.iter()) {
            connu("service", service, &services);
        }
        if let Some(r) = &mode.rattachement_par_agent {
            connu("contact", &r.par, &contacts);
        }
    }
    for p in examen.fichiers.baremes.iter().filter_map(|b| b.proprietes.as_ref()) {
        if let Some(non) = p.croissant.as_ref().filter(|b| !b.0) {
            let d = Diagnostic::new(codes::REF02, non.span, "une propriété refusée ne promet rien");
            sortie.push(d.aide("`croissant: oui`, ou retirez la clé"));
        }
    }
}

fn unites(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    for p in examen.fichiers.services.iter().flat_map(|s| s.prestations.iter()) {
        let nomme = |b: &&Sp<crate::definition::raw::bareme::RawBareme>| {
            p.bareme.as_ref().is_some_and(|n| n.as_str() == b.bareme.as_str())
        };
        let Some(bareme) = examen.fichiers.baremes.iter().find(nomme) else { continue };
        let (du_bareme, de_la_prestation) = (bareme.unite.as_str(), p.unite.as_str());
        if du_bareme != UNITE_DE_LA_PRESTATION && du_bareme != de_la_prestation {
            let message = format!(
                "la prestation `{}` se compte en `{de_la_prestation}`, son barème `{}` est un prix par `{du_bareme}`",
                p.prestation.as_str(),
                bareme.bareme.as_str()
            );
            let d = Diagnostic::new(codes::TAR12, p.unite.span, message).gravite(Gravite::Attention);
            let aide = "la même unité des deux côtés ; `unite: unite` dans un barème qui sert à plusieurs prestations";
            sortie.push(d.secondaire(bareme.unite.span, "l'unité du barème").aide(aide));
        }
    }
}
