//! The digest that a dossier is pinned to: SHA-256 of the démarche's resolved canonical form.
//!
//! Names, never positions: a comment, the order of keys, another fact of the town change nothing; a field, a choice, a
//! transition, a delay, a required document do. The labels that a family reads are part of what it filled in.

use rules::condition::Condition;
use rules::faits::Symboles;
use rules::selection::{Borne, Intervalle, Motif, Selection};
use rules::valeur::{Domaine, Valeur};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::agenda::Agenda;
use super::definition::{
    Acces, Acteur, Action, ApresCloture, Champ, Demarche, Echeance, Etape, Exige, FaitVise, Obligatoire,
    Ouverture, Quand, Recopie, SujetVise, TypeChamp, Unicite, Validite, VautSilence,
};
use super::effet::{ChampsVises, Destinataire, Effet, PersonneVisee, Quoi, ServicesVises};
use crate::commune::{Piece, SiManque};
use crate::identifiant::hexa;
use crate::vocabulaire::Vocabulaire;

/// Version of the canonical form: another one is another digest for every démarche.
const FORME: u32 = 1;

/// The digest, hexadecimal. `vocabulaire` holds the form's fields after the town's facts.
pub(crate) fn empreinte(demarche: &Demarche, pieces: &[Piece], vocabulaire: &Vocabulaire) -> String {
    let c = Canonique { vocabulaire };
    let demandees = pieces.iter().filter(|p| demarche.pieces.contains(&p.id));
    let forme = json!({
        "forme": FORME,
        "demarche": c.demarche(demarche),
        "pieces": demandees.map(|p| c.piece(p)).collect::<Vec<_>>(),
    });
    condense(forme)
}

/// SHA-256, hexadecimal, of a value written with its keys in the order of their names: whether `serde_json` keeps the order
/// of insertion depends on what else the program is built with.
pub(crate) fn condense(forme: Value) -> String {
    hexa(&Sha256::digest(range(forme).to_string()))
}

fn range(valeur: Value) -> Value {
    match valeur {
        Value::Array(elements) => Value::Array(elements.into_iter().map(range).collect()),
        Value::Object(entrees) => {
            let mut entrees: Vec<(String, Value)> =
                entrees.into_iter().map(|(cle, v)| (cle, range(v))).collect();
            entrees.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(entrees.into_iter().collect())
        }
        seule => seule,
    }
}

/// With the keys that are worth something: what a démarche does not use leaves its digest as it was.
fn avec<const N: usize>(mut forme: Value, en_plus: [(&str, Value); N]) -> Value {
    if let Value::Object(entrees) = &mut forme {
        entrees.extend(en_plus.into_iter().filter(|(_, v)| !v.is_null()).map(|(cle, v)| (cle.to_owned(), v)));
    }
    forme
}

struct Canonique<'a> {
    vocabulaire: &'a Vocabulaire,
}

impl Canonique<'_> {
    fn demarche(&self, d: &Demarche) -> Value {
        let en_plus = [
            ("quota", json!(d.quota.map(|q| q.places))),
            ("rendez_vous", json!(d.rendez_vous.as_ref().map(agenda))),
            ("echanges", json!(d.echanges.then_some(true))),
            ("alerte", json!(d.silence.alerte.as_ref().map(rules::scalaire::Duree::en_mots))),
        ];
        avec(self.demarche_de_toujours(d), en_plus)
    }

    fn demarche_de_toujours(&self, d: &Demarche) -> Value {
        json!({
            "id": d.id,
            "nom": d.nom,
            "instruit_par": d.instruit_par,
            "acces": match d.acces { Acces::Compte => "compte", Acces::Public => "public" },
            "un_dossier_par": d.un_dossier_par.iter().map(|u| match u {
                Unicite::Foyer => "foyer",
                Unicite::Demandeur => "demandeur",
                Unicite::Enfant => "enfant",
                Unicite::AnneeScolaire => "annee_scolaire",
                Unicite::PersonneAjoutee => "personne_ajoutee",
            }).collect::<Vec<_>>(),
            "ouverture": d.ouverture.iter().map(|o| self.ouverture(o)).collect::<Vec<_>>(),
            "formulaire": d.formulaire.iter().map(|e| json!({
                "ecran": e.id,
                "titre": e.titre,
                "champs": e.champs.iter().map(|x| self.champ(x)).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "pieces": d.pieces,
            "etapes": d.etapes.iter().map(|e| self.etape(e)).collect::<Vec<_>>(),
            "silence": {
                "delai": d.silence.delai.en_mots(),
                "vaut": match d.silence.vaut { VautSilence::Acceptation => "acceptation", VautSilence::Rejet => "rejet" },
            },
        })
    }

    fn ouverture(&self, o: &Ouverture) -> Value {
        json!({
            "si": self.facultative(o.si.as_ref()),
            "des": o.des.map(|t| t.to_string()),
            "jamais": o.jamais,
            "jusqu_a": o.jusqu_a.map(|t| t.to_string()),
            "apres": match o.apres { ApresCloture::Ferme => "ferme", ApresCloture::Accepte => "accepte" },
        })
    }

    fn champ(&self, champ: &Champ) -> Value {
        let de_toujours = json!({
            "champ": champ.id,
            "nom": champ.nom,
            "type": self.genre(&champ.genre),
            "fait": champ.fait.as_ref().map(fait),
            "obligatoire": match &champ.obligatoire {
                Obligatoire::Toujours => json!(true),
                Obligatoire::Jamais => json!(false),
                Obligatoire::Si(si) => self.condition(si),
            },
            "si": self.facultative(champ.si.as_ref()),
            "unite": champ.unite,
            "motif": champ.motif.as_ref().map(|m| m.motif.texte()),
            "plusieurs": champ.plusieurs,
        });
        avec(de_toujours, [("recopie", json!(champ.recopie.as_ref().map(recopie)))])
    }

    fn genre(&self, genre: &TypeChamp) -> Value {
        match genre {
            TypeChamp::Texte { max } => json!({ "texte": max }),
            TypeChamp::TexteLong { max } => json!({ "texte_long": max }),
            TypeChamp::Nombre(domaine) => json!({ "nombre": nombres(domaine) }),
            TypeChamp::Montant => json!("montant"),
            TypeChamp::Date => json!("date"),
            TypeChamp::Heure => json!("heure"),
            TypeChamp::Booleen => json!("booleen"),
            TypeChamp::Choix(options) => json!({ "choix": options }),
            TypeChamp::Ensemble(options) => json!({ "ensemble": options }),
            TypeChamp::Services(options) => json!({ "services": options }),
            TypeChamp::Commune => json!("commune"),
            TypeChamp::Adresse => json!("adresse"),
            TypeChamp::Telephone => json!("telephone"),
            TypeChamp::Courriel => json!("courriel"),
            TypeChamp::Fichier => json!("fichier"),
            TypeChamp::Groupe(champs) => {
                json!({ "groupe": champs.iter().map(|c| self.champ(c)).collect::<Vec<_>>() })
            }
        }
    }

    fn etape(&self, e: &Etape) -> Value {
        json!({
            "etape": e.id,
            "nom": e.nom,
            "phase": e.phase.nom(),
            "actions": e.actions.iter().map(|a| self.action(a)).collect::<Vec<_>>(),
            "echeances": e.echeances.iter().map(echeance).collect::<Vec<_>>(),
            "a_l_entree": effets(&e.a_l_entree),
        })
    }

    fn action(&self, a: &Action) -> Value {
        json!({
            "action": a.id,
            "nom": a.nom,
            "par": a.par.iter().map(|p| match p {
                Acteur::Parent => "parent".to_owned(),
                Acteur::Agent(None) => "agent".to_owned(),
                Acteur::Agent(Some(role)) => format!("agent.{role}"),
                Acteur::Systeme => "systeme".to_owned(),
            }).collect::<Vec<_>>(),
            "si": self.facultative(a.si.as_ref()),
            "exige": a.exige.iter().map(|e| match e {
                Exige::Motif => "motif",
                Exige::Pieces => "pieces",
                Exige::Champs => "champs",
                Exige::Avis => "avis",
                Exige::RendezVous => "rendez_vous",
            }).collect::<Vec<_>>(),
            "vers": a.vers,
            "effets": effets(&a.effets),
        })
    }

    fn piece(&self, p: &Piece) -> Value {
        json!({
            "piece": p.id,
            "de": p.de,
            "quand": self.condition(&p.quand),
            "si_manque": match p.si_manque {
                SiManque::Bloque => "bloque",
                SiManque::SansBlocage => "sans_blocage",
                SiManque::DesQuePossible => "des_que_possible",
            },
            "alternatives": p.alternatives.iter().map(|a| json!({
                "si": self.condition(&a.si),
                "pieces": a.pieces,
            })).collect::<Vec<_>>(),
            "provisoire": p.provisoire.as_ref().map(|p| match &p.jusqu_a {
                None => json!(p.piece),
                Some(fin) => json!({ "piece": p.piece, "jusqu_a": fin.en_mots() }),
            }),
            "age_max": p.age_max.as_ref().map(rules::scalaire::Duree::en_mots),
            "signataires": p.signataires,
            "premiere_fois": p.premiere_fois,
        })
    }

    fn facultative(&self, si: Option<&Condition>) -> Value {
        si.map_or(Value::Null, |c| self.condition(c))
    }

    fn condition(&self, si: &Condition) -> Value {
        let mut carte: Vec<Value> = si
            .cellules()
            .map(|(fait, domaine, selection)| {
                json!({ "fait": self.vocabulaire.nom(fait), "domaine": nombres(domaine), "dans": choix(domaine, selection) })
            })
            .collect();
        carte.sort_by_cached_key(|c| range(c.clone()).to_string());
        json!({ "carte": carte, "textes": si.textes().iter().map(|t| sans_espace(&t.to_string())).collect::<Vec<_>>() })
    }
}

/// The part of a domain that changes how a value is read.
fn nombres(domaine: &Domaine) -> Value {
    match domaine {
        Domaine::Nombre { pas, min, max } => json!({
            "pas": pas.map(|(pas, sens)| format!("{} {sens:?}", pas.normalize())),
            "min": min.map(|m| m.normalize().to_string()),
            "max": max.map(|m| m.normalize().to_string()),
        }),
        _ => Value::Null,
    }
}

fn choix(domaine: &Domaine, selection: &Selection) -> Value {
    let mut motifs: Vec<String> = selection.motifs.iter().map(|m| motif(domaine, m)).collect();
    motifs.sort_unstable();
    json!({ "motifs": motifs, "sauf": selection.sauf, "absent_aussi": selection.absent_aussi })
}

fn motif(domaine: &Domaine, motif: &Motif) -> String {
    match motif {
        Motif::Valeur(v) => valeur(domaine, *v),
        Motif::Nombres(i) => intervalle(i, |n| n.normalize().to_string()),
        Motif::Dates(i) => intervalle(i, ToString::to_string),
        Motif::Entiers(i) => intervalle(i, ToString::to_string),
    }
}

fn intervalle<T>(i: &Intervalle<T>, ecrit: impl Fn(&T) -> String) -> String {
    let bout = |b: &Option<Borne<T>>, exclue: &str| {
        b.as_ref().map_or_else(String::new, |b| {
            let valeur = ecrit(&b.valeur);
            if b.incluse { valeur } else { format!("{exclue}{valeur}") }
        })
    };
    format!("{}..{}", bout(&i.de, ">"), bout(&i.a, "<"))
}

fn valeur(domaine: &Domaine, valeur: Valeur) -> String {
    let noms = match domaine {
        Domaine::Choix(noms) | Domaine::Ensemble(noms) => &**noms,
        _ => &[],
    };
    match valeur {
        Valeur::Choix(i) => noms.get(usize::from(i)).map(ToString::to_string).unwrap_or_default(),
        Valeur::Ensemble(bits) => {
            let cites = noms.iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1);
            cites.map(|(_, n)| &**n).collect::<Vec<_>>().join("+")
        }
        autre => format!("{autre:?}"),
    }
}

/// An expression without the spaces that change nothing: those outside its texts.
fn sans_espace(texte: &str) -> String {
    let mut dans: Option<char> = None;
    let garde = |c: &char| match (dans, *c) {
        (None, '"' | '\'') => {
            dans = Some(*c);
            true
        }
        (Some(ouvrant), c) => {
            if c == ouvrant {
                dans = None;
            }
            true
        }
        (None, c) => !c.is_whitespace(),
    };
    texte.chars().filter(garde).collect()
}

fn fait(vise: &FaitVise) -> Value {
    let de = match vise.de {
        SujetVise::Foyer => "foyer",
        SujetVise::Demandeur => "responsable",
        SujetVise::Enfant => "enfant",
        SujetVise::PersonneAjoutee => "personne",
    };
    let validite = match &vise.validite {
        Validite::Illimitee => "illimitee".to_owned(),
        Validite::Duree(duree) => duree.en_mots(),
        Validite::JusquA(jour) => jour.en_mots(),
        Validite::AnneeScolaire => "annee_scolaire".to_owned(),
    };
    json!({ "de": de, "nom": vise.nom, "validite": validite })
}

fn recopie(recopie: &Recopie) -> Value {
    match recopie {
        Recopie::Champ { champ, .. } => json!({ "champ": champ }),
        Recopie::Fait { de, nom, .. } => json!({ "de": format!("{de:?}"), "fait": nom }),
    }
}

fn agenda(a: &Agenda) -> Value {
    json!({
        "obligatoire": a.obligatoire,
        "minutes": a.minutes,
        "places": a.places,
        "preavis": a.preavis.as_ref().map(rules::scalaire::Duree::en_mots),
        "plages": a.plages.iter().map(|p| json!({
            "jours": p.jours.iter().map(|j| j.to_monday_zero_offset()).collect::<Vec<_>>(),
            "heures": p.heures.to_string(),
            "du": p.du.to_string(),
            "au": p.au.to_string(),
        })).collect::<Vec<_>>(),
    })
}

fn echeance(e: &Echeance) -> Value {
    let quand = match &e.quand {
        Quand::Apres(duree) => json!({ "apres": duree.en_mots() }),
        Quand::Le(instant) => json!({ "le": instant.to_string() }),
    };
    json!({ "quand": quand, "vers": e.vers, "effets": effets(&e.effets) })
}

fn effets(effets: &[Effet]) -> Vec<Value> {
    effets.iter().map(|e| json!({ e.quoi.nom(): quoi(&e.quoi) })).collect()
}

fn quoi(quoi: &Quoi) -> Value {
    match quoi {
        Quoi::EnregistrerFaits(ChampsVises::Tous) => json!("tous"),
        Quoi::EnregistrerFaits(ChampsVises::Liste(champs)) => json!(champs),
        Quoi::AjouterPersonne { lien } => json!(lien),
        Quoi::RetirerPersonne(PersonneVisee::Nommee { nom, prenom }) => {
            json!({ "nom": nom, "prenom": prenom })
        }
        Quoi::RetirerPersonne(PersonneVisee::Enfant) | Quoi::RattacherCompte | Quoi::AttribuerCle => {
            Value::Null
        }
        Quoi::OuvrirServices(ServicesVises::Champ(champ)) => json!({ "champ": champ }),
        Quoi::OuvrirServices(ServicesVises::Liste(services)) => json!(services),
        Quoi::Message { modele, a } => json!({
            "modele": modele,
            "a": match a {
                Destinataire::Demandeur => "demandeur",
                Destinataire::Payeur => "payeur",
                Destinataire::Responsables => "responsables",
                Destinataire::Personne(personne) => personne.as_str(),
                Destinataire::Agents(contact) => contact,
            },
        }),
        Quoi::Adherer(vise) => json!(vise.nom),
        Quoi::FermerService(nom)
        | Quoi::OuvrirDemarche(nom)
        | Quoi::Document(nom)
        | Quoi::Facturer(nom)
        | Quoi::Crediter(nom)
        | Quoi::Rembourser(nom)
        | Quoi::Planifier(nom)
        | Quoi::NoterCritere(nom)
        | Quoi::Appeler(nom) => json!(nom),
    }
}
