//! `cas/*.yaml`: the town's own test cases, under a virtual clock.

use jiff::civil::DateTime;
use schemars::json_schema;

use super::cas_suivi::{
    RawAvis, RawChercher, RawDemanderPieces, RawDupliquer, RawEcrire, RawLire, RawRattacher,
    RawRendezVousCas, RawSupprimer,
};
use super::valeurs::{RawDate, RawMontant, RawTaux};
use crate::definition::arbre::{Cle, Contenu, Noeud};
use crate::definition::lecture::{
    Booleen, Brut, Carte, Entier, Id, Lecture, Lire, Liste, Schema, SchemaGenerator, Sp, Texte, UnOuListe,
    bloc, variantes,
};

bloc! {
    /// Un fichier de cas : des familles, une horloge, des gestes et ce qu'on en attend.
    pub struct RawCas {
        /// Ce que le cas montre, ex. `"Ham, rentrée 2025"`.
        [requis] cas: Texte,
        /// L'heure du début, à la montre de la commune.
        [requis] horloge: RawInstant,
        /// Graine des tirages, pour rejouer à l'identique.
        [optionnel] graine: Entier,
        /// Les exigences que tout le cas montre.
        [liste] couvre: Texte,
        /// Les familles connues au départ.
        [optionnel] donnees: RawDonneesCas,
        /// Les gestes, dans l'ordre.
        [liste] etapes: RawEtapeCas,
        /// Les mêmes questions posées pour beaucoup de valeurs.
        [liste] grilles: RawGrille,
        /// Ce qui reste vrai pour toutes les familles.
        [liste] proprietes: RawPropriete,
    }
}

bloc! {
    /// Ce qui est connu au départ d'un cas.
    pub struct RawDonneesCas {
        /// Les foyers, par un nom court.
        [optionnel] foyers: Carte<RawFoyerCas>,
    }
}

bloc! {
    /// Un geste : quand, par qui, quoi, et ce qu'on en attend.
    pub struct RawEtapeCas {
        /// L'heure du geste ; sans elle, l'horloge ne bouge pas.
        [optionnel] a: RawInstant,
        /// `parent` (par défaut), `agent`, `agent.role` ou `public`.
        [optionnel] par: RawActeur,
        /// Le geste.
        [requis] fait: RawGeste,
        /// Ce qu'on attend : seules les clés écrites sont comparées.
        [optionnel] attend: RawAttend,
        /// Ce qu'on attend : rien d'autre ne doit arriver.
        [optionnel] attend_exact: RawAttend,
        /// Les exigences que ce geste montre.
        [liste] couvre: Texte,
        /// Le geste est envoyé deux fois ; le second envoi ne change rien.
        [optionnel] deux_fois: Booleen => Reservations,
    }
}

variantes! {
    /// Un geste.
    pub enum RawGeste {
        /// Réserver un jour.
        "reserver" => Reserver(RawActe),
        /// Réserver plusieurs jours ensemble : tous, ou aucun.
        "panier" => Panier(RawPanier),
        /// Annoncer une absence.
        "absence" => Absence(RawActe),
        /// Pointer une présence.
        "pointer" => Pointer(RawActe),
        /// Demander un prix.
        "prix" => Prix(RawDemandePrix),
        /// Remplir et envoyer une démarche.
        "deposer" => Deposer(RawDepot),
        /// Commencer une démarche et la garder en brouillon.
        "commencer" => Commencer(RawDepot),
        /// Faire une action de l'étape.
        "agir" => Agir(RawAgir),
        /// Donner une pièce.
        "piece" => Piece(RawDonPiece),
        /// Vérifier une pièce reçue.
        "verifier" => Verifier(RawVerifier),
        /// Écrire à l'autre : la famille au service, ou le service à la famille.
        "ecrire" => Ecrire(RawEcrire),
        /// Ouvrir un message.
        "lire" => Lire(RawLire),
        /// Prendre, changer, annuler ou constater un rendez-vous.
        "rendez_vous" => RendezVous(RawRendezVousCas),
        /// Demander des pièces à la famille.
        "demander_pieces" => DemanderPieces(RawDemanderPieces),
        /// Donner l'avis d'un agent, pour une action qui en exige un.
        "avis" => Avis(RawAvis),
        /// Chercher une démarche par des mots ; `demarches` attend celles qui sont trouvées.
        "chercher" => Chercher(RawChercher),
        /// Reprendre une démarche pour un frère ou une sœur.
        "dupliquer" => Dupliquer(RawDupliquer),
        /// Supprimer un brouillon.
        "supprimer" => Supprimer(RawSupprimer),
        /// Rattacher à un foyer une demande faite sans compte.
        "rattacher" => Rattacher(RawRattacher),
        /// Enregistrer un fait.
        "recevoir_fait" => RecevoirFait(RawRecevoirFait),
        /// Laisser passer le temps.
        "temps" => Temps(RawTemps),
        /// Demander quelles pièces une démarche réclame.
        "pieces" => Pieces(RawDemandePieces),
    }
}

bloc! {
    /// Un jour réservé, une absence, une présence.
    pub struct RawActe {
        /// L'enfant, par son nom court.
        [requis] enfant: Id,
        /// La prestation.
        [requis] prestation: Id,
        /// Le jour.
        [requis] jour: RawDate,
        /// Le mode de réservation.
        [optionnel] mode: Id,
        /// Le motif de l'absence.
        [optionnel] motif: Id,
        /// Le canal de l'annonce.
        [optionnel] canal: Id,
        /// L'heure d'arrivée.
        [optionnel] arrivee: Texte,
        /// L'heure de départ.
        [optionnel] depart: Texte,
    }
}

bloc! {
    /// Des jours réservés ensemble, pour les enfants d'un même foyer.
    pub struct RawPanier {
        /// Les jours.
        [liste requise] actes: RawActe,
    }
}

bloc! {
    /// Une démarche remplie.
    pub struct RawDepot {
        /// La démarche.
        [requis] demarche: Id,
        /// Le nom court du dossier dans ce cas.
        [requis] dossier: Id,
        /// Le foyer qui la fait.
        [optionnel] foyer: Id,
        /// L'enfant concerné.
        [optionnel] enfant: Id,
        /// Les réponses.
        [optionnel] champs: Carte<Brut>,
        /// Les champs dont la case « identique à » est cochée.
        [liste] recopie: Id,
        /// Les pièces jointes.
        [liste] pieces: RawPieceDonnee,
    }
}

bloc! {
    /// Une action sur un dossier.
    pub struct RawAgir {
        /// Le dossier.
        [requis] dossier: Id,
        /// L'action.
        [requis] action: Id,
        /// Le motif que la famille lira.
        [optionnel] motif: Texte,
        /// Les réponses changées avec elle.
        [optionnel] champs: Carte<Brut>,
    }
}

bloc! {
    /// Une pièce donnée à un dossier.
    pub struct RawDonPiece {
        /// Le dossier.
        [requis] dossier: Id,
        /// La pièce.
        [requis] piece: Id,
        /// La date écrite sur le document.
        [optionnel] date: RawDate,
    }
}

bloc! {
    /// Ce qu'un agent dit d'une pièce reçue.
    pub struct RawVerifier {
        /// Le dossier.
        [requis] dossier: Id,
        /// La pièce.
        [requis] piece: Id,
        /// Elle convient, ou non.
        [requis] accepte: Booleen,
        /// Pourquoi elle ne convient pas.
        [optionnel] motif: Texte,
    }
}

bloc! {
    /// Un fait que la commune apprend.
    pub struct RawRecevoirFait {
        /// Le foyer concerné.
        [optionnel] foyer: Id,
        /// L'enfant concerné.
        [optionnel] enfant: Id,
        /// Le fait.
        [requis] fait: Id,
        /// Sa valeur.
        [requis] valeur: Brut,
        /// Premier jour où il vaut ; sans lui, le jour de sa réception.
        [optionnel] depuis: RawDate,
        /// Dernier jour où il vaut ; sans lui, selon sa validité.
        [optionnel] jusqu_a: RawDate,
    }
}

bloc! {
    /// Le temps passe.
    pub struct RawTemps {
        /// Le dossier que l'on regarde.
        [optionnel] dossier: Id,
    }
}

bloc! {
    /// Une grille : un geste, des colonnes, une ligne par cas. La dernière colonne est ce qu'on attend.
    pub struct RawGrille {
        /// Le geste : `prix` ou `pieces`.
        [requis] fait: RawGeste,
        /// Les exigences qu'elle montre.
        [liste] couvre: Texte,
        /// Les colonnes ; la dernière est `prix`, `total` ou `pieces`.
        [liste requise] colonnes: Id,
        /// Les lignes.
        [liste requise] lignes: Brut,
    }
}

variantes! {
    /// Ce qui reste vrai pour toutes les familles.
    pub enum RawPropriete {
        /// Aucun prix n'est négatif.
        "prix_jamais_negatif" => PrixJamaisNegatif,
        /// Le prix ne baisse pas quand l'axe monte.
        "prix_non_decroissant" => PrixNonDecroissant(RawNonDecroissant),
        /// Celui du dehors ne paie pas moins.
        "exterieur_au_moins" => ExterieurAuMoins(RawExterieur),
    }
}

bloc! {
    /// Le prix ne baisse pas quand l'axe monte.
    pub struct RawNonDecroissant {
        /// La prestation.
        [requis] prestation: Id,
        /// Le fait qui monte.
        [requis] axe: Id,
    }
}

bloc! {
    /// Celui du dehors ne paie pas moins que celui du dedans.
    pub struct RawExterieur {
        /// La prestation.
        [requis] prestation: Id,
        /// La dimension, ex. `residence`.
        [requis] dimension: Id,
        /// La valeur du dedans.
        [requis] dedans: Id,
        /// La valeur du dehors.
        [requis] dehors: Id,
    }
}

bloc! {
    /// Ce qu'on attend d'un geste.
    pub struct RawAttend {
        /// Le geste est accepté.
        [optionnel] accepte: Booleen,
        /// La règle qui refuse, ou toutes celles qui refusent.
        [optionnel] refus: UnOuListe<Id>,
        /// Le message montré.
        [optionnel] message: Id,
        /// La commune n'a pas publié ce montant.
        [optionnel] a_demander: Booleen,
        /// Les champs ou les pièces qui manquent, tous.
        [liste] manquants: Texte,
        /// Le prix.
        [optionnel] prix: RawMontant,
        /// Le total du panier.
        [optionnel] total: RawMontant,
        /// Ce que la famille doit du total, une fois les tiers servis.
        [optionnel] famille: RawMontant,
        /// Ce qui est appelé chaque mois d'un forfait, tous les mois.
        [optionnel] echeances: Carte<RawMontant>,
        /// Ce que doit chaque tiers, tous.
        [optionnel] tiers: Carte<RawMontant>,
        /// Le délai tenu.
        [optionnel] delai: Id,
        /// L'annonce tenue.
        [optionnel] annonce: Id,
        /// L'absence est facturée : `oui`, `non`, un montant ou un taux.
        [optionnel] facture: RawFacture,
        /// Des lignes facturées, parmi les autres.
        [liste] lignes: RawLigneAttendue,
        /// Les ajustements du jour pour l'enfant, tous, avec leur somme.
        [optionnel] ajustements: Carte<RawMontant>,
        /// L'étape du dossier.
        [optionnel] etat: Id,
        /// Sa phase.
        [optionnel] phase: Id,
        /// Le silence de la commune : `en_cours`, `rejet` ou `acceptation`.
        [optionnel] silence: Id,
        /// Les courriels partis, tous.
        [liste] courriels: Id,
        /// Les documents faits, tous, par leur texte.
        [liste] documents: Id,
        /// Ce que chacun peut faire ensuite : les acteurs écrits, avec toutes leurs actions ; vide : plus personne, plus rien.
        [optionnel] droits: Carte<UnOuListe<Id>>,
        /// Les services ouverts, tous.
        [liste] ouvre: Id,
        /// Les personnes ajoutées au foyer, par leur lien.
        [liste] personnes: Id,
        /// Les démarches proposées ensuite.
        [liste] demarches: Id,
        /// Les pièces demandées, toutes.
        [liste] pieces: Id,
        /// Les champs remplis, tous.
        [liste] remplis: Id,
        /// Les pièces reçues, toutes.
        [liste] recues: Id,
        /// Le début du rendez-vous, ou `aucun`.
        [optionnel] rendez_vous: Texte,
        /// Qui n'a pas ouvert un message qui l'attend : `parent`, `agent`, une fois par message.
        [liste] non_lus: Id,
    }
}

bloc! {
    /// Une ligne facturée.
    pub struct RawLigneAttendue {
        /// L'ajustement qui l'explique.
        [optionnel] ajustement: Id,
        /// La pénalité dont c'est la ligne.
        [optionnel] penalite: Id,
        /// La prestation.
        [optionnel] prestation: Id,
        /// Son montant.
        [requis] montant: RawMontant,
    }
}

/// A household: facts and zones by name, `enfants`, and `etat` shortcuts.
#[derive(Clone, Debug, PartialEq)]
pub struct RawFoyerCas {
    /// Facts and zones.
    pub faits: Vec<(Cle, Noeud)>,
    /// The children, each with their own facts.
    pub enfants: Vec<(Cle, Vec<(Cle, Noeud)>)>,
    /// `dossier_complet`, `inscrit`, `impaye`.
    pub etat: Liste<Id>,
}

impl Lire for RawFoyerCas {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        let Contenu::Carte(entrees) = &noeud.contenu else {
            l.inattendu(noeud, "foyer attendu, ex. `{ residence: commune, enfants: { lea: {} } }`", None);
            return None;
        };
        let mut foyer = Self { faits: Vec::new(), enfants: Vec::new(), etat: Liste::default() };
        for (cle, valeur) in entrees {
            match cle.texte.as_str() {
                "etat" => foyer.etat = l.lit_liste(valeur),
                "enfants" => match &valeur.contenu {
                    Contenu::Carte(enfants) => {
                        for (enfant, faits) in enfants {
                            match &faits.contenu {
                                Contenu::Carte(f) => foyer.enfants.push((enfant.clone(), f.clone())),
                                _ => l.inattendu(faits, "faits de l'enfant attendus, ex. `{}`", None),
                            }
                        }
                    }
                    _ => l.inattendu(valeur, "enfants attendus, ex. `{ lea: {} }`", None),
                },
                _ => foyer.faits.push((cle.clone(), valeur.clone())),
            }
        }
        Some(foyer)
    }
    fn nom() -> String {
        "foyer".to_owned()
    }
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "properties": { "enfants": { "type": "object" }, "etat": { "type": "array" } } })
    }
}

/// A price asked: a day, a prestation, and whatever facts and dimensions.
#[derive(Clone, Debug, PartialEq)]
pub struct RawDemandePrix {
    /// Whose, when a household of the case is priced.
    pub enfant: Option<Sp<Id>>,
    /// Which prestation; absent in a basket or when a column says it.
    pub prestation: Option<Sp<Id>>,
    /// Which day.
    pub jour: Option<Sp<RawDate>>,
    /// The basket.
    pub actes: Liste<RawDemandePrix>,
    /// Facts and dimensions.
    pub faits: Vec<(Cle, Noeud)>,
}

impl Lire for RawDemandePrix {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        let Contenu::Carte(entrees) = &noeud.contenu else {
            l.inattendu(noeud, "prix demandé, ex. `{ prestation: repas, jour: 2025-09-04 }`", None);
            return None;
        };
        let mut prix =
            Self { enfant: None, prestation: None, jour: None, actes: Liste::default(), faits: Vec::new() };
        for (cle, valeur) in entrees {
            match cle.texte.as_str() {
                "enfant" => prix.enfant = l.lit(valeur),
                "prestation" => prix.prestation = l.lit(valeur),
                "jour" => prix.jour = l.lit(valeur),
                "actes" => prix.actes = l.lit_liste(valeur),
                _ => prix.faits.push((cle.clone(), valeur.clone())),
            }
        }
        Some(prix)
    }
    fn nom() -> String {
        "prix demandé".to_owned()
    }
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object" })
    }
}

/// Which documents a démarche asks, for some facts.
#[derive(Clone, Debug, PartialEq)]
pub struct RawDemandePieces {
    /// The démarche.
    pub demarche: Sp<Id>,
    /// Facts and dimensions.
    pub faits: Vec<(Cle, Noeud)>,
}

impl Lire for RawDemandePieces {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        let entrees = noeud.carte().unwrap_or_default();
        let Some((_, demarche)) = noeud.entree("demarche") else {
            l.inattendu(noeud, "démarche attendue, ex. `{ demarche: inscription }`", None);
            return None;
        };
        let faits = entrees.iter().filter(|(c, _)| c.texte != "demarche").cloned().collect();
        Some(Self { demarche: l.lit(demarche)?, faits })
    }
    fn nom() -> String {
        "pièces demandées".to_owned()
    }
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "required": ["demarche"] })
    }
}

/// A document joined: its id, or its id and the date written on it.
#[derive(Clone, Debug, PartialEq)]
pub struct RawPieceDonnee {
    /// Which.
    pub piece: Sp<Id>,
    /// Date written on it.
    pub date: Option<Sp<RawDate>>,
}

impl Lire for RawPieceDonnee {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        bloc! {
            /// Une pièce et la date écrite sur le document.
            struct RawPieceDatee {
                /// La pièce.
                [requis] piece: Id,
                /// La date écrite sur le document.
                [optionnel] date: RawDate,
            }
        }
        if noeud.texte().is_some() {
            return Some(Self { piece: l.lit(noeud)?, date: None });
        }
        let datee = RawPieceDatee::lire(noeud, l)?;
        Some(Self { piece: datee.piece, date: datee.date })
    }
    fn nom() -> String {
        "pièce".to_owned()
    }
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "string" }, { "type": "object", "required": ["piece"] }] })
    }
}

/// A local date and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawInstant(pub DateTime);

impl Lire for RawInstant {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        const ATTENDU: &str = "date et heure attendues, ex. 2025-09-04T05:59:59";
        l.feuille(noeud, ATTENDU, |texte| {
            let lu = texte.parse::<DateTime>().ok().filter(|_| texte.contains('T'));
            lu.map(Self).ok_or_else(|| {
                let message = format!("{ATTENDU} — trouvé « {texte} »");
                rules::scalaire::ErreurScalaire::entier(texte, message)
            })
        })
    }
    fn nom() -> String {
        "date et heure".to_owned()
    }
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$" })
    }
}

/// Who does a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RawActeur {
    /// The household's responsable.
    Parent,
    /// Somebody without an account.
    Public,
    /// An agent: of the démarche's contact, or of this one.
    Agent(Option<String>),
}

impl Lire for RawActeur {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        const ATTENDU: &str = "acteur attendu : `parent`, `agent`, `agent.role` ou `public`";
        l.feuille(noeud, ATTENDU, |texte| match texte {
            "parent" => Ok(Self::Parent),
            "public" => Ok(Self::Public),
            "agent" => Ok(Self::Agent(None)),
            _ => match texte.strip_prefix("agent.").map(Id::analyse) {
                Some(Ok(role)) => Ok(Self::Agent(Some(role.to_string()))),
                _ => {
                    let message = format!("{ATTENDU} — trouvé « {texte} »");
                    Err(rules::scalaire::ErreurScalaire::entier(texte, message))
                }
            },
        })
    }
    fn nom() -> String {
        "acteur".to_owned()
    }
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^(parent|public|agent(\\.[a-z][a-z0-9_]*)?)$" })
    }
}

/// What an absence costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RawFacture {
    /// All, or nothing.
    Tout(bool),
    /// This amount.
    Montant(rust_decimal::Decimal),
    /// This share.
    Taux(rust_decimal::Decimal),
}

impl Lire for RawFacture {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        match noeud.texte() {
            Some(t) if t.ends_with('%') => RawTaux::lire(noeud, l).map(|t| Self::Taux(t.0)),
            Some(t) if t.starts_with(|c: char| c.is_ascii_digit()) => {
                RawMontant::lire(noeud, l).map(|m| Self::Montant(m.0))
            }
            _ => Booleen::lire(noeud, l).map(|b| Self::Tout(b.0)),
        }
    }
    fn nom() -> String {
        "`oui`, `non`, montant ou taux".to_owned()
    }
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"] })
    }
}
