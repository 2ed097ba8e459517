//! The life of an account: each act gives the account after it, as data that the store commits over the version that was read.

use jiff::Timestamp;
use jiff::civil::Date;

use super::champs::faits_declares;
use super::{
    Acceptation, AdresseDeCompte, ChangementCourriel, Compte, Empreinte, EtatCompte, GenreLien, LienNeuf,
    SecondFacteur, lettre,
};
use crate::decision::{
    Agregat, Auteur, CleEffet, Decision, Ecriture, EffetAFaire, EntreeJournal, Garde, Sortie, Suivant,
};
use crate::demarche::Reponses;
use crate::foyer::{Genre, Sujet};
use crate::identifiant::{Alea, CompteId, FoyerId, LienId, PersonneId};

/// A secret link to give by letter: its name in the letter, and what is kept of its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LienDonne {
    /// As the letter names it.
    pub id: LienId,
    /// SHA-256 of its token.
    pub empreinte: [u8; 32],
    /// Until when it opens, excluded.
    pub expire_le: Timestamp,
}

/// A secret link that somebody follows: its row decides whether it still may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LienSuivi {
    /// SHA-256 of its token.
    pub empreinte: [u8; 32],
}

/// What a family asks for.
#[derive(Clone, Debug)]
pub struct Demande {
    /// The account's identifier.
    pub id: CompteId,
    /// Login name, normalised, where the town has some.
    pub identifiant: Option<String>,
    /// Address, normalised.
    pub courriel: String,
    /// What the chosen password leaves.
    pub mot_de_passe: Empreinte,
    /// The version of the terms of use that were accepted.
    pub cgu: String,
    /// The answers of the steps.
    pub reponses: Reponses,
}

/// An act under construction.
struct Acte {
    suivant: Compte,
    auteur: Auteur,
    le: Timestamp,
    ecritures: Vec<Ecriture>,
    effets: Vec<Sortie>,
    gardes: Vec<Garde>,
}

impl Acte {
    fn sur(compte: &Compte, le: Timestamp) -> Self {
        Self {
            auteur: compte.auteur.clone().unwrap_or(Auteur::Public),
            suivant: compte.suivant(),
            le,
            ecritures: Vec::new(),
            effets: Vec::new(),
            gardes: Vec::new(),
        }
    }

    fn ecrit(&mut self, modele: &str, a: AdresseDeCompte) {
        self.effets.push(Sortie::Compte { modele: modele.to_owned(), a, lien: None });
    }

    fn donne(&mut self, genre: GenreLien, lien: LienDonne, modele: &str, a: AdresseDeCompte) {
        self.ecritures.push(Ecriture::FinLiens { compte: self.suivant.id.clone(), genres: vec![genre] });
        self.ecritures.push(Ecriture::LienCompte(Box::new(LienNeuf {
            empreinte: lien.empreinte,
            compte: self.suivant.id.clone(),
            genre,
            cree_le: self.le,
            expire_le: lien.expire_le,
        })));
        self.effets.push(Sortie::Compte { modele: modele.to_owned(), a, lien: Some(lien.id) });
    }

    fn suit(&mut self, lien: LienSuivi) {
        let compte = self.suivant.id.clone();
        self.gardes.push(Garde::Lien { empreinte: lien.empreinte, compte, le: self.le });
    }

    fn finit_les_sessions(&mut self) {
        self.ecritures.push(Ecriture::FinSessions { compte: self.suivant.id.clone(), sauf: None });
    }

    fn finit_les_liens(&mut self) {
        let genres = GenreLien::TOUS.to_vec();
        self.ecritures.push(Ecriture::FinLiens { compte: self.suivant.id.clone(), genres });
    }

    fn decide(self, evenement: &str) -> Decision {
        let agregat = Agregat::Compte(self.suivant.id.clone());
        let seq = self.suivant.version;
        let effet = |(rang, sortie)| EffetAFaire {
            cle: CleEffet { agregat: agregat.clone(), seq, rang: u16::try_from(rang).unwrap_or(u16::MAX) },
            sortie,
        };
        let mut gardes = self.gardes;
        gardes.push(Garde::Version { agregat: agregat.clone(), attendue: seq.saturating_sub(1) });
        Decision {
            effets: self.effets.into_iter().enumerate().map(effet).collect(),
            entree: EntreeJournal {
                agregat,
                seq,
                le: self.le,
                auteur: self.auteur,
                evenement: evenement.to_owned(),
                detail: None,
                changements: Vec::new(),
            },
            suivant: Suivant::Compte(Box::new(self.suivant)),
            ecritures: self.ecritures,
            echeances: Vec::new(),
            gardes,
            trace: Vec::new(),
        }
    }
}

/// A family asks for an account: it waits for the link of its letter.
pub fn demande(d: Demande, lien: LienDonne, le: Timestamp) -> Decision {
    let compte = Compte {
        id: d.id,
        etat: EtatCompte::EnAttente,
        identifiant: d.identifiant,
        courriel: d.courriel,
        mot_de_passe: Some(d.mot_de_passe),
        auteur: None,
        nom: None,
        cgu: Some(Acceptation { version: d.cgu, le }),
        reponses: Some(d.reponses),
        changement: None,
        second_facteur: None,
        a_verifier: false,
        cree_le: le,
        version: 0,
    };
    let mut acte = Acte::sur(&compte, le);
    acte.donne(GenreLien::Activation, lien, lettre::ACTIVATION, AdresseDeCompte::Actuelle);
    acte.decide("demander_compte")
}

/// The town makes an account (an agent's, or a family's that it knows): `lien` is given by letter where there is one to send.
pub fn ouvre(compte: Compte, lien: LienDonne, modele: Option<&str>, par: Auteur, le: Timestamp) -> Decision {
    let mut acte = Acte::sur(&Compte { version: 0, etat: EtatCompte::EnAttente, ..compte }, le);
    acte.auteur = par;
    acte.donne(GenreLien::Activation, lien, modele.unwrap_or_default(), AdresseDeCompte::Actuelle);
    if modele.is_none() {
        acte.effets.clear();
    }
    acte.decide("ouvrir_compte")
}

/// An account taken over from another program, with the password that it had there: it opens as before.
pub fn reprend(compte: Compte, le: Timestamp) -> Decision {
    let mut acte = Acte::sur(&Compte { version: 0, etat: EtatCompte::Actif, ..compte }, le);
    acte.auteur = Auteur::Systeme;
    acte.decide("reprendre_compte")
}

/// The password just shown, kept our way: what another program had left of it is forgotten.
pub fn rehache(compte: &Compte, mot_de_passe: Empreinte, le: Timestamp) -> Decision {
    let mut acte = Acte::sur(compte, le);
    acte.suivant.mot_de_passe = Some(mot_de_passe);
    acte.decide("reprendre_mot_de_passe")
}

/// Its holder looked at what was taken over: all is right, or goes to correct it; and accepts the terms of use (their version),
/// where that is not done yet.
pub fn verifie_famille(compte: &Compte, exact: bool, cgu: Option<String>, le: Timestamp) -> Decision {
    let mut acte = Acte::sur(compte, le);
    acte.suivant.a_verifier = false;
    if let Some(version) = cgu {
        acte.suivant.cgu = Some(Acceptation { version, le });
    }
    let mut decision = acte.decide("verifier_famille");
    decision.entree.detail = Some(if exact { "exact" } else { "a_corriger" }.to_owned());
    decision
}

/// Somebody asks for an account under an address that has one: its holder is told, and nobody else.
pub fn previent(compte: &Compte, le: Timestamp) -> Decision {
    let mut acte = Acte::sur(compte, le);
    acte.auteur = Auteur::Public;
    acte.ecrit(lettre::EXISTANT, AdresseDeCompte::Actuelle);
    acte.decide("redemander_compte")
}

/// What activation settles besides the state.
#[derive(Clone, Debug, Default)]
pub struct Activation {
    /// The password chosen now, where none was, or where it is chosen again.
    pub mot_de_passe: Option<Empreinte>,
    /// The login name chosen now.
    pub identifiant: Option<String>,
    /// The version of the terms of use accepted now.
    pub cgu: Option<String>,
}

/// The link of the letter was followed. A family that the town does not know gets a household of its own, with what it declared: the
/// first decision makes it, the second one activates; both are committed together.
pub fn active(
    compte: &Compte,
    lien: LienSuivi,
    activation: Activation,
    alea: &mut Alea,
    (jour, le): (Date, Timestamp),
) -> Vec<Decision> {
    let mut acte = Acte::sur(compte, le);
    acte.suit(lien);
    acte.finit_les_liens();
    acte.finit_les_sessions();
    let mut decisions = Vec::new();
    if compte.auteur.is_none() {
        let (foyer, personne) = (FoyerId::neuf(alea.tire()), PersonneId::neuf(alea.tire()));
        let membre = Ecriture::Membre {
            foyer: foyer.clone(),
            personne: personne.clone(),
            genre: Genre::Responsable,
            depuis: le,
        };
        // the town's service says whether it knew this family
        let declare = Ecriture::Rattachement { foyer: foyer.clone(), personne: personne.clone(), le };
        let mut ecritures = vec![Ecriture::Foyer(foyer.clone()), membre, declare];
        let sujets = (Sujet::Foyer(foyer.clone()), Sujet::Personne(personne.clone()));
        let reponses = compte.reponses.clone().unwrap_or_default();
        let faits = faits_declares(&reponses, &compte.id, (&sujets.0, &sujets.1), jour, le);
        ecritures.extend(faits.into_iter().map(Ecriture::Fait));
        let auteur = Auteur::Parent { personne, foyer: foyer.clone() };
        let mut naissance = Decision::du_systeme(&foyer, 1, le, "activer_compte", ecritures);
        naissance.entree.auteur = auteur.clone();
        decisions.push(naissance);
        acte.auteur = auteur.clone();
        acte.suivant.auteur = Some(auteur);
    }
    let suivant = &mut acte.suivant;
    suivant.etat = EtatCompte::Actif;
    suivant.reponses = None;
    suivant.mot_de_passe = activation.mot_de_passe.or_else(|| suivant.mot_de_passe.take());
    suivant.identifiant = activation.identifiant.or_else(|| suivant.identifiant.take());
    if let Some(version) = activation.cgu {
        suivant.cgu = Some(Acceptation { version, le });
    }
    decisions.push(acte.decide("activer_compte"));
    decisions
}

/// A new link to activate an account that waits, where the first one is over or was lost. `precree`: the letter of the accounts
/// that the town makes for its families.
pub fn rappelle(compte: &Compte, lien: LienDonne, precree: &str, (par, le): (Auteur, Timestamp)) -> Decision {
    let mut acte = Acte::sur(compte, le);
    acte.auteur = par;
    let de_la_ville = matches!(compte.auteur, Some(Auteur::Parent { .. }));
    let modele = if de_la_ville { precree } else { lettre::ACTIVATION };
    acte.donne(GenreLien::Activation, lien, modele, AdresseDeCompte::Actuelle);
    acte.decide("rappeler_activation")
}

/// The password is forgotten: a link to choose another.
pub fn oublie(compte: &Compte, lien: LienDonne, le: Timestamp) -> Decision {
    let mut acte = Acte::sur(compte, le);
    acte.auteur = Auteur::Public;
    acte.donne(GenreLien::MotDePasse, lien, lettre::MOT_DE_PASSE, AdresseDeCompte::Actuelle);
    acte.decide("oublier_mot_de_passe")
}

/// A new password, by the link of a letter or by whoever has entered: every session ends, and the holder is told.
pub fn change_mot_de_passe(
    compte: &Compte,
    mot_de_passe: Empreinte,
    lien: Option<LienSuivi>,
    le: Timestamp,
) -> Decision {
    let mut acte = Acte::sur(compte, le);
    if let Some(lien) = lien {
        acte.suit(lien);
    }
    acte.suivant.mot_de_passe = Some(mot_de_passe);
    acte.finit_les_sessions();
    acte.finit_les_liens();
    acte.suivant.changement = None;
    acte.ecrit(lettre::MOT_DE_PASSE_CHANGE, AdresseDeCompte::Actuelle);
    acte.decide("changer_mot_de_passe")
}

/// Another login name.
pub fn change_identifiant(compte: &Compte, identifiant: String, le: Timestamp) -> Decision {
    let mut acte = Acte::sur(compte, le);
    acte.suivant.identifiant = Some(identifiant);
    acte.decide("changer_identifiant")
}

/// Another address is asked for: both must confirm.
pub fn demande_courriel(
    compte: &Compte,
    nouveau: String,
    [ancien, neuf]: [LienDonne; 2],
    le: Timestamp,
) -> Decision {
    let mut acte = Acte::sur(compte, le);
    acte.suivant.changement = Some(ChangementCourriel {
        nouveau,
        ancien_confirme: false,
        nouveau_confirme: false,
        expire_le: neuf.expire_le,
    });
    acte.donne(GenreLien::CourrielAncien, ancien, lettre::COURRIEL_ANCIEN, AdresseDeCompte::Actuelle);
    acte.donne(GenreLien::CourrielNouveau, neuf, lettre::COURRIEL_NOUVEAU, AdresseDeCompte::Demandee);
    acte.decide("demander_courriel")
}

/// One of both addresses confirms; the second one changes the address. `None`: the account asks for no other address.
pub fn confirme_courriel(
    compte: &Compte,
    genre: GenreLien,
    lien: LienSuivi,
    (jour, le): (Date, Timestamp),
) -> Option<Decision> {
    let mut changement = compte.changement.clone().filter(|c| le < c.expire_le)?;
    match genre {
        GenreLien::CourrielAncien => changement.ancien_confirme = true,
        GenreLien::CourrielNouveau => changement.nouveau_confirme = true,
        GenreLien::Activation | GenreLien::MotDePasse => return None,
    }
    let mut acte = Acte::sur(compte, le);
    acte.suit(lien);
    if !(changement.ancien_confirme && changement.nouveau_confirme) {
        acte.suivant.changement = Some(changement);
        return Some(acte.decide("confirmer_courriel"));
    }
    acte.suivant.changement = None;
    acte.suivant.courriel = changement.nouveau.clone();
    // what was written to the address that it leaves opens nothing any more
    acte.finit_les_liens();
    if let Some(Auteur::Parent { personne, foyer }) = &compte.auteur {
        let valeur = crate::demarche::Reponse::Valeur(crate::foyer::ValeurFait::Texte(changement.nouveau));
        let seul = Reponses([(super::champs::COURRIEL.to_owned(), valeur)].into());
        let sujets = (Sujet::Foyer(foyer.clone()), Sujet::Personne(personne.clone()));
        let faits = faits_declares(&seul, &compte.id, (&sujets.0, &sujets.1), jour, le);
        acte.ecritures.extend(faits.into_iter().map(Ecriture::Fait));
    }
    Some(acte.decide("changer_courriel"))
}

/// Somebody entered from a device that had never entered: the holder is told.
pub fn entre_d_un_nouvel_appareil(compte: &Compte, le: Timestamp) -> Decision {
    let mut acte = Acte::sur(compte, le);
    acte.ecrit(lettre::NOUVEL_APPAREIL, AdresseDeCompte::Actuelle);
    acte.decide("entrer_nouvel_appareil")
}

/// Every session ends.
pub fn sort_partout(compte: &Compte, le: Timestamp) -> Decision {
    let mut acte = Acte::sur(compte, le);
    acte.finit_les_sessions();
    acte.decide("sortir_partout")
}

/// The second factor is confirmed, or used; the holder is told of one that is new.
pub fn regle_second_facteur(compte: &Compte, facteur: SecondFacteur, le: Timestamp) -> Decision {
    let mut acte = Acte::sur(compte, le);
    let neuf = facteur.confirme && !compte.demande_un_code();
    acte.suivant.second_facteur = Some(facteur);
    if neuf {
        acte.ecrit(lettre::CODE_CHANGE, AdresseDeCompte::Actuelle);
    }
    acte.decide(if neuf { "activer_code" } else { "second_facteur" })
}

/// No code is asked any more, until another application is set; the secret of the one before is never taken again. `par`: its
/// holder, or whoever administers the town's accounts, and then every session ends.
pub fn retire_second_facteur(compte: &Compte, par: Option<Auteur>, le: Timestamp) -> Decision {
    let mut acte = Acte::sur(compte, le);
    if let Some(avant) = &mut acte.suivant.second_facteur {
        *avant = SecondFacteur { confirme: false, secours: Vec::new(), ..avant.clone() };
    }
    if let Some(par) = par {
        acte.auteur = par;
        acte.finit_les_sessions();
    }
    acte.ecrit(lettre::CODE_CHANGE, AdresseDeCompte::Actuelle);
    acte.decide("retirer_code")
}

/// Nobody enters with it any more, from now on.
pub fn ferme(compte: &Compte, par: Auteur, le: Timestamp) -> Decision {
    let mut acte = Acte::sur(compte, le);
    acte.auteur = par;
    acte.suivant.etat = EtatCompte::Ferme;
    acte.suivant.changement = None;
    acte.finit_les_sessions();
    acte.finit_les_liens();
    acte.decide("fermer_compte")
}
