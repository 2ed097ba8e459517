//! What a household of the files changes in what is known: rows and accounts, as decisions of one transaction.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{CompteRepris, Dits, FamilleReprise, PersonneReprise};
use crate::compte::{self, Compte, EtatCompte, LienDonne};
use crate::decision::{Agregat, Auteur, Decision, Ecriture, Garde};
use crate::foyer::{Fait, FaitsDates, Foyer, SourceFait, Sujet};
use crate::identifiant::{CompteId, FoyerId, PersonneId};

/// Of one import.
#[derive(Clone, Debug)]
pub struct Contexte<'c> {
    /// The program, as facts name their source.
    pub logiciel: &'c str,
    /// Who runs it, for the journal.
    pub par: &'c str,
    /// The first day on which what is said holds.
    pub jour: Date,
    /// Now.
    pub le: Timestamp,
    /// The letter that gives the link of an account without a password; `None`: none leaves.
    pub lettre: Option<&'c str>,
}

/// What an import does, or would do, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bilan {
    /// Households made.
    pub familles: usize,
    /// Households that receive something.
    pub completees: usize,
    /// Households of which all is known already.
    pub deja: usize,
    /// People made.
    pub personnes: usize,
    /// People whom the town took out of that household since: kept out.
    pub sortis: usize,
    /// Facts written, those of new people included.
    pub faits: usize,
    /// Facts that the family, or an agent, changed since: kept as they are.
    pub gardes: usize,
    /// Accounts that open with the password of the other program.
    pub ouverts: usize,
    /// Accounts whose holder chooses a password by a link.
    pub a_activer: usize,
    /// Accounts that were there.
    pub comptes_deja: usize,
    /// References of a partner's space, made to be tried once.
    pub references: usize,
    /// References that were there, or that were used.
    pub references_deja: usize,
}

impl Bilan {
    /// With another's.
    pub const fn ajoute(&mut self, autre: &Self) {
        self.familles += autre.familles;
        self.completees += autre.completees;
        self.deja += autre.deja;
        self.personnes += autre.personnes;
        self.sortis += autre.sortis;
        self.faits += autre.faits;
        self.gardes += autre.gardes;
        self.ouverts += autre.ouverts;
        self.a_activer += autre.a_activer;
        self.comptes_deja += autre.comptes_deja;
        self.references += autre.references;
        self.references_deja += autre.references_deja;
    }

    /// Does it write something?
    pub const fn change(&self) -> bool {
        self.familles + self.completees + self.references > 0
    }
}

/// What one household changes.
#[derive(Clone, Debug)]
pub struct Ecart<'f> {
    /// In one transaction; none when all is known already.
    pub decisions: Vec<Decision>,
    /// Whoever left that household, or was taken out of it, since they were known: nothing of what it says of them is written.
    pub sortis: Vec<&'f PersonneReprise>,
    /// Counted.
    pub bilan: Bilan,
}

/// Compares. `connu`: the household as it was read, which guards the decisions, whoever left it and what is known; `comptes`: those
/// of it, and those that it says and that are elsewhere now; `lien`: a link to give.
pub fn ecart<'f, E>(
    famille: &'f FamilleReprise,
    connu: (Option<&Foyer>, &[PersonneId], &FaitsDates),
    comptes: &[Compte],
    contexte: &Contexte<'_>,
    mut lien: impl FnMut() -> Result<LienDonne, E>,
) -> Result<Ecart<'f>, E> {
    let (foyer, partis, faits) = connu;
    let mut bilan = Bilan::default();
    let mut ecritures = Vec::new();
    if foyer.is_none() {
        bilan.familles = 1;
        ecritures.push(Ecriture::Foyer(famille.id.clone()));
    }
    let sujet = Sujet::Foyer(famille.id.clone());
    nouveaux(&sujet, &famille.faits, faits, contexte, &mut bilan, &mut ecritures);
    let dedans = |p: &PersonneReprise| foyer.is_some_and(|f| f.contient(&p.id));
    let (sortis, repris): (Vec<_>, Vec<_>) =
        famille.personnes.iter().partition(|p| !dedans(p) && partis.contains(&p.id));
    bilan.sortis = sortis.len();
    for personne in &repris {
        if !dedans(personne) {
            bilan.personnes += 1;
            ecritures.push(Ecriture::Membre {
                foyer: famille.id.clone(),
                personne: personne.id.clone(),
                genre: personne.genre,
                depuis: contexte.le,
            });
        }
        let sujet = Sujet::Personne(personne.id.clone());
        nouveaux(&sujet, &personne.faits, faits, contexte, &mut bilan, &mut ecritures);
    }
    let mut decisions = Vec::new();
    if !ecritures.is_empty() {
        decisions.push(du_foyer(&famille.id, foyer.map_or(0, |f| f.version), ecritures, contexte));
    }
    for personne in repris {
        let Some(repris) = &personne.compte else { continue };
        if comptes.iter().any(|c| c.id == repris.id || est_de(c, &personne.id)) {
            bilan.comptes_deja += 1;
            continue;
        }
        let neuf = compte_neuf(repris, &famille.id, personne, contexte);
        if neuf.mot_de_passe.is_some() {
            bilan.ouverts += 1;
            decisions.push(compte::reprend(neuf, contexte.le));
        } else {
            bilan.a_activer += 1;
            decisions.push(compte::ouvre(neuf, lien()?, contexte.lettre, Auteur::Systeme, contexte.le));
        }
    }
    match (foyer.is_some(), decisions.is_empty()) {
        (true, true) => bilan.deja = 1,
        (true, false) => bilan.completees = 1,
        (false, _) => {}
    }
    Ok(Ecart { decisions, sortis, bilan })
}

fn est_de(compte: &Compte, personne: &PersonneId) -> bool {
    compte.etat != EtatCompte::Ferme && compte.auteur.as_ref().and_then(Auteur::personne) == Some(personne)
}

/// Facts that are not known, or that the same program said otherwise. What the family or an agent said since stays.
fn nouveaux(
    sujet: &Sujet,
    dits: &Dits,
    connus: &FaitsDates,
    contexte: &Contexte<'_>,
    bilan: &mut Bilan,
    ecritures: &mut Vec<Ecriture>,
) {
    for (nom, (valeur, valable_au)) in dits {
        match connus.de(sujet, nom).last() {
            Some(fait) if fait.valeur == *valeur && tient(fait.valable_au, *valable_au) => continue,
            Some(fait) if !matches!(fait.source, SourceFait::Import(_)) => {
                bilan.gardes += 1;
                continue;
            }
            _ => {}
        }
        bilan.faits += 1;
        ecritures.push(Ecriture::Fait(Fait {
            sujet: sujet.clone(),
            fait: nom.clone(),
            valeur: valeur.clone(),
            valable_du: contexte.jour,
            valable_au: *valable_au,
            connu_le: contexte.le,
            source: SourceFait::Import(contexte.logiciel.to_owned()),
            valide_par: None,
        }));
    }
}

/// Does what is known hold as long as what is said?
fn tient(connu: Option<Date>, dit: Option<Date>) -> bool {
    match (connu, dit) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(connu), Some(dit)) => connu >= dit,
    }
}

fn du_foyer(id: &FoyerId, version: i64, ecritures: Vec<Ecriture>, contexte: &Contexte<'_>) -> Decision {
    let mut decision =
        Decision::du_systeme(id, version.saturating_add(1), contexte.le, "importer", ecritures);
    decision.entree.detail = Some(format!("{} par {}", contexte.logiciel, contexte.par));
    decision.gardes.push(Garde::Version { agregat: Agregat::Foyer(id.clone()), attendue: version });
    decision
}

fn compte_neuf(
    repris: &CompteRepris,
    foyer: &FoyerId,
    personne: &PersonneReprise,
    contexte: &Contexte<'_>,
) -> Compte {
    let qui: (CompteId, _) = (repris.id.clone(), (personne.id.clone(), foyer.clone()));
    Compte {
        identifiant: repris.identifiant.clone(),
        mot_de_passe: repris.mot_de_passe.clone(),
        a_verifier: true,
        ..Compte::de_famille(qui, repris.courriel.clone(), contexte.le)
    }
}
