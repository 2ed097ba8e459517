//! Two households become one: who of the declared one is somebody whom the town knows, and what is known of them then.
//!
//! Nobody and nothing is lost: whoever is not recognised joins the known household, and what was declared is known of it too,
//! with who said it. What the town verified holds all the same: it is said again, after what was declared.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Fait, FaitsDates, Foyer, Genre, Membre, SourceFait, Sujet, ValeurFait, cle_de_recherche};
use crate::decision::{Agregat, Auteur, Decision, Ecriture, EntreeJournal, Garde, Suivant};
use crate::identifiant::{FoyerId, PersonneId};

/// What a declared person is in the household that the town knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rapprochement {
    /// This one: the same names and birth, or, for an adult, the same names and a proof (birth, address or telephone).
    Meme(PersonneId),
    /// Perhaps this one: an agent says.
    Incertain(PersonneId),
    /// Somebody whom the town did not know there.
    Nouveau,
}

/// What merging two households, or two sheets of one person, writes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fusion {
    /// Who each person is from now on, where it is another sheet.
    pub memes: BTreeMap<PersonneId, PersonneId>,
    /// Whoever may be somebody whom the town knows: (declared, known).
    pub incertains: Vec<(PersonneId, PersonneId)>,
    /// Who leaves the declared household.
    pub quittent: Vec<PersonneId>,
    /// Who joins the known one.
    pub rejoignent: Vec<Membre>,
    /// What is known of the known household from now on, in the order to write it.
    pub faits: Vec<Fait>,
}

impl Fusion {
    /// The household `declare` joins `connu`; `qui`: who declared it, and who they are there.
    pub fn de_foyers(
        declare: (&Foyer, &FaitsDates),
        connu: (&Foyer, &FaitsDates),
        qui: (&PersonneId, &PersonneId),
        le: Timestamp,
    ) -> Self {
        let mut fusion = Self::default();
        fusion.memes.insert(qui.0.clone(), qui.1.clone());
        for (personne, sort) in rapproche(declare, connu, qui) {
            match sort {
                Rapprochement::Meme(connue) => {
                    fusion.memes.insert(personne, connue);
                }
                Rapprochement::Incertain(connue) => fusion.incertains.push((personne, connue)),
                Rapprochement::Nouveau => {}
            }
        }
        for membre in &declare.0.membres {
            fusion.quittent.push(membre.personne.clone());
            if !fusion.memes.contains_key(&membre.personne) && !connu.0.contient(&membre.personne) {
                fusion.rejoignent.push(membre.clone());
            }
        }
        let foyers = Some((&declare.0.id, &connu.0.id));
        fusion.faits = repris(declare.1, connu.1, (foyers, &fusion.memes), le);
        fusion
    }

    /// Two sheets of one person of a household become the second.
    pub fn de_personnes(
        faits: &FaitsDates,
        doublon: &PersonneId,
        connue: &PersonneId,
        le: Timestamp,
    ) -> Self {
        let memes = BTreeMap::from([(doublon.clone(), connue.clone())]);
        let faits = repris(faits, faits, (None, &memes), le);
        Self { memes, quittent: vec![doublon.clone()], faits, ..Self::default() }
    }
}

/// Who each declared person, but the one who declared them, is in the known household.
pub fn rapproche(
    declare: (&Foyer, &FaitsDates),
    connu: (&Foyer, &FaitsDates),
    qui: (&PersonneId, &PersonneId),
) -> BTreeMap<PersonneId, Rapprochement> {
    let (declares, connus) = (identites(declare), identites(connu));
    let (declares, connus): (Vec<_>, Vec<_>) = (
        declares.iter().filter(|d| d.personne != *qui.0).collect(),
        connus.iter().filter(|c| c.personne != *qui.1).collect(),
    );
    let mut sorts = BTreeMap::new();
    for d in &declares {
        let mut surs = connus.iter().filter(|c| d.compare(c) == Ressemblance::Sure);
        if let (Some(c), None) = (surs.next(), surs.next()) {
            sorts.insert(d.personne.clone(), Rapprochement::Meme(c.personne.clone()));
        }
    }
    // whoever is somebody else for sure is not asked about
    let pris: BTreeSet<PersonneId> = sorts
        .values()
        .filter_map(|s| if let Rapprochement::Meme(c) = s { Some(c.clone()) } else { None })
        .collect();
    for d in &declares {
        let semblable =
            connus.iter().find(|c| !pris.contains(&c.personne) && d.compare(c) != Ressemblance::Aucune);
        sorts.entry(d.personne.clone()).or_insert_with(|| {
            semblable.map_or(Rapprochement::Nouveau, |c| Rapprochement::Incertain(c.personne.clone()))
        });
    }
    sorts
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ressemblance {
    Sure,
    Possible,
    Aucune,
}

/// What tells who somebody is, without accents, capitals or spaces.
struct Identite {
    personne: PersonneId,
    enfant: bool,
    responsable: bool,
    prenom: String,
    nom: String,
    naissance: Option<Date>,
    courriel: String,
    telephone: String,
}

impl Identite {
    fn compare(&self, autre: &Self) -> Ressemblance {
        if self.enfant != autre.enfant {
            return Ressemblance::Aucune;
        }
        if self.enfant { self.compare_enfant(autre) } else { self.compare_adulte(autre) }
    }

    fn compare_enfant(&self, autre: &Self) -> Ressemblance {
        // a name that is not told is not another one
        let nom = self.nom == autre.nom || self.nom.is_empty() || autre.nom.is_empty();
        let prenom = !self.prenom.is_empty() && self.prenom == autre.prenom;
        let ne_le = self.naissance.is_some() && self.naissance == autre.naissance;
        match (prenom && nom, ne_le) {
            (true, true) => Ressemblance::Sure,
            // a date mistyped or not told; a usual first name, or a twin
            (true, false) | (false, true) => Ressemblance::Possible,
            (false, false) => Ressemblance::Aucune,
        }
    }

    fn compare_adulte(&self, autre: &Self) -> Ressemblance {
        let nommee = !self.prenom.is_empty() && !self.nom.is_empty();
        let autre_naissance =
            self.naissance.is_some() && autre.naissance.is_some() && self.naissance != autre.naissance;
        if !nommee || (&self.prenom, &self.nom) != (&autre.prenom, &autre.nom) || autre_naissance {
            return Ressemblance::Aucune;
        }
        let pareil = |a: &str, b: &str| !a.is_empty() && a == b;
        let prouve = self.naissance.is_some() && self.naissance == autre.naissance
            || pareil(&self.courriel, &autre.courriel)
            || pareil(&self.telephone, &autre.telephone);
        // a contact who is also a guardian is a question: the two have other rights
        if prouve && self.responsable == autre.responsable {
            Ressemblance::Sure
        } else {
            Ressemblance::Possible
        }
    }
}

fn identites((foyer, faits): (&Foyer, &FaitsDates)) -> Vec<Identite> {
    let dernier = |personne: &PersonneId, fait: &str| {
        faits.de(&Sujet::Personne(personne.clone()), fait).last().map(|f| f.valeur.clone())
    };
    let texte = |personne: &PersonneId, fait: &str| match dernier(personne, fait) {
        Some(ValeurFait::Texte(texte)) => texte,
        _ => String::new(),
    };
    let une = |m: &Membre| Identite {
        personne: m.personne.clone(),
        enfant: m.genre == Genre::Enfant,
        responsable: m.genre.est_responsable(),
        prenom: cle_de_recherche(&texte(&m.personne, "prenom")),
        nom: cle_de_recherche(&texte(&m.personne, "nom")),
        naissance: match dernier(&m.personne, "naissance") {
            Some(ValeurFait::Date(jour)) => Some(jour),
            _ => None,
        },
        courriel: texte(&m.personne, "courriel").trim().to_lowercase(),
        telephone: chiffres(&texte(&m.personne, "telephone")),
    };
    foyer.membres.iter().map(une).collect()
}

/// `+33 6 12…` and `06.12…` are one number.
fn chiffres(telephone: &str) -> String {
    let nus: String = telephone.chars().filter(char::is_ascii_digit).collect();
    let national = nus.strip_prefix("0033").or_else(|| nus.strip_prefix("33").filter(|n| n.len() == 9));
    national.map_or(nus.clone(), |n| format!("0{n}"))
}

impl Fait {
    /// Did somebody of the town say it, or check it?
    pub const fn est_verifie(&self) -> bool {
        self.valide_par.is_some()
            || matches!(self.source, SourceFait::Agent(_) | SourceFait::Import(_) | SourceFait::Piece(_))
    }

    /// Did the family say it, whether or not somebody checked it?
    pub const fn est_declare(&self) -> bool {
        matches!(self.source, SourceFait::Dossier(_) | SourceFait::Compte(_))
    }

    /// Does it hold before what the town knew? An account's address answered the link that was sent to it.
    fn est_prouve(&self) -> bool {
        self.fait == "courriel" && matches!(self.source, SourceFait::Compte(_))
    }
}

/// What is known of `de` becomes known of `vers` on that day: what a family was told before is not what it is told after.
fn repris(
    de: &FaitsDates,
    vers: &FaitsDates,
    (foyers, memes): (Option<(&FoyerId, &FoyerId)>, &BTreeMap<PersonneId, PersonneId>),
    le: Timestamp,
) -> Vec<Fait> {
    let personne = |p: &PersonneId| memes.get(p).unwrap_or(p).clone();
    let cible = |sujet: &Sujet| match (sujet, foyers) {
        (Sujet::Foyer(f), Some((declare, connu))) if f == declare => Sujet::Foyer(connu.clone()),
        (Sujet::Foyer(_), _) => sujet.clone(),
        (Sujet::Personne(p), _) => Sujet::Personne(personne(p)),
        (Sujet::Lien { adulte, enfant }, _) => {
            Sujet::Lien { adulte: personne(adulte), enfant: personne(enfant) }
        }
    };
    let mut faits = Vec::new();
    let noms: BTreeSet<(&Sujet, &str)> = de.iter().map(|f| (&f.sujet, f.fait.as_str())).collect();
    for (sujet, nom) in noms {
        let vise = cible(sujet);
        if vise == *sujet {
            continue;
        }
        let connus = vers.de(&vise, nom);
        let su = connus.last().map(|f| &f.valeur);
        let declares: Vec<&Fait> = de.de(sujet, nom).iter().filter(|f| Some(&f.valeur) != su).collect();
        let prouve = declares.last().is_some_and(|f| f.est_prouve());
        if declares.is_empty() {
            continue;
        }
        faits.extend(declares.into_iter().map(|f| Fait { sujet: vise.clone(), connu_le: le, ..f.clone() }));
        if !prouve {
            let redits = connus.iter().filter(|f| f.est_verifie());
            faits.extend(redits.map(|f| Fait { connu_le: le, ..f.clone() }));
        }
    }
    faits
}

/// An agent says whether two sheets of a household are one person. `foyer` as it was read, which guards the answer.
pub fn tranche(
    foyer: &Foyer,
    (declaree, connue): (&PersonneId, &PersonneId),
    meme: bool,
    auteur: &Auteur,
    le: Timestamp,
) -> Decision {
    let agregat = Agregat::Foyer(foyer.id.clone());
    Decision {
        entree: EntreeJournal {
            agregat: agregat.clone(),
            seq: foyer.version.saturating_add(1),
            le,
            auteur: auteur.clone(),
            evenement: if meme { "rapprocher" } else { "distinguer" }.to_owned(),
            detail: Some(format!("personne:{declaree}")),
            changements: Vec::new(),
        },
        suivant: Suivant::Rien,
        ecritures: vec![Ecriture::ReponseRapprochement {
            foyer: foyer.id.clone(),
            declaree: declaree.clone(),
            connue: connue.clone(),
            meme,
            le,
        }],
        effets: Vec::new(),
        echeances: Vec::new(),
        gardes: vec![Garde::Version { agregat, attendue: foyer.version }],
        trace: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifiant::CompteId;

    fn personne(n: u8) -> PersonneId {
        PersonneId::neuf([n; 16])
    }

    fn foyer(n: u8, membres: &[(u8, Genre)]) -> Foyer {
        let membres = membres.iter().map(|(n, genre)| Membre { personne: personne(*n), genre: *genre });
        Foyer { id: FoyerId::neuf([n; 16]), version: 1, membres: membres.collect() }
    }

    fn fait(sujet: Sujet, nom: &str, valeur: ValeurFait, connu: &str, source: SourceFait) -> Fait {
        Fait {
            sujet,
            fait: nom.into(),
            valeur,
            valable_du: "2025-01-01".parse().unwrap(),
            valable_au: None,
            connu_le: connu.parse().unwrap(),
            source,
            valide_par: None,
        }
    }

    /// `(person, first name, name, birth)`, imported by the town or declared by an account.
    fn gens(gens: &[(u8, &str, &str, &str)], connus: bool) -> Vec<Fait> {
        let (connu, source) = if connus {
            ("2025-01-02T00:00:00Z", SourceFait::Import("reprise".into()))
        } else {
            ("2025-08-01T00:00:00Z", SourceFait::Compte(CompteId::neuf([1; 16])))
        };
        let un = |(n, prenom, nom, naissance): &(u8, &str, &str, &str)| {
            let dit = |quoi: &str, v: ValeurFait| {
                fait(Sujet::Personne(personne(*n)), quoi, v, connu, source.clone())
            };
            let mut faits = vec![
                dit("prenom", ValeurFait::Texte((*prenom).into())),
                dit("nom", ValeurFait::Texte((*nom).into())),
            ];
            if !naissance.is_empty() {
                faits.push(dit("naissance", ValeurFait::Date(naissance.parse().unwrap())));
            }
            faits
        };
        gens.iter().flat_map(un).collect()
    }

    #[test]
    fn qui_est_le_meme_qui_est_une_question_qui_est_neuf() {
        use Genre::{Contact, Enfant, Responsable};
        let connu = foyer(1, &[(1, Responsable), (11, Enfant), (12, Enfant), (13, Enfant), (14, Contact)]);
        let sus = FaitsDates::nouveau(gens(
            &[
                (1, "Camille", "Durand", ""),
                (11, "Léa", "DURAND", "2018-05-14"),
                (12, "Tom", "Durand", "2020-02-01"),
                (13, "Zoé", "Durand", "2021-03-03"),
                (14, "Jeanne", "Petit", "1950-01-01"),
            ],
            true,
        ));
        let declare = foyer(
            2,
            &[
                (2, Responsable),
                (21, Enfant),
                (22, Enfant),
                (23, Enfant),
                (24, Contact),
                (25, Enfant),
                (26, Enfant),
            ],
        );
        let dits = FaitsDates::nouveau(gens(
            &[
                (2, "Camille", "Durand", ""),
                (21, "LEA", "Durand", "2018-05-14"),
                // mistyped by a month
                (22, "Tom", "Durand", "2020-01-01"),
                (23, "Noé", "Durand", "2023-09-09"),
                (24, "Jeanne", "Petit", "1950-01-01"),
                // the same child, declared twice
                (25, "Léa", "Dürand", "2018-05-14"),
                // a twin of Léa, who is known for sure: not a question about her
                (26, "Lou", "Durand", "2018-05-14"),
            ],
            false,
        ));
        let sorts = rapproche((&declare, &dits), (&connu, &sus), (&personne(2), &personne(1)));
        let attendus = [
            (21, Rapprochement::Meme(personne(11))),
            (22, Rapprochement::Incertain(personne(12))),
            (23, Rapprochement::Nouveau),
            (24, Rapprochement::Meme(personne(14))),
            (25, Rapprochement::Meme(personne(11))),
            (26, Rapprochement::Nouveau),
        ];
        assert_eq!(sorts, attendus.into_iter().map(|(n, r)| (personne(n), r)).collect());
        let le = "2025-09-01T08:00:00Z".parse().unwrap();
        let fusion = Fusion::de_foyers((&declare, &dits), (&connu, &sus), (&personne(2), &personne(1)), le);
        let rejoints: Vec<_> = fusion.rejoignent.iter().map(|m| m.personne.clone()).collect();
        assert_eq!(rejoints, [22, 23, 26].map(personne), "nobody is lost");
        assert_eq!(fusion.quittent.len(), 7);
        assert_eq!(fusion.incertains, [(personne(22), personne(12))]);
    }

    #[test]
    fn un_adulte_du_meme_nom_se_prouve() {
        use Genre::{CoRepresentant, Responsable};
        let connu = foyer(1, &[(1, Responsable), (11, CoRepresentant)]);
        let declare = foyer(2, &[(2, Responsable), (21, CoRepresentant)]);
        let avec = |n: u8, telephone: &str, connus: bool| {
            let mut faits = gens(&[(n, "Alex", "Morin", "")], connus);
            let source = SourceFait::Import("x".into());
            let valeur = ValeurFait::Texte(telephone.into());
            let sujet = Sujet::Personne(personne(n));
            faits.push(fait(sujet, "telephone", valeur, "2025-01-02T00:00:00Z", source));
            FaitsDates::nouveau(faits)
        };
        for (dit, attendu) in [
            ("+33 6 12 34 56 78", Rapprochement::Meme(personne(11))),
            ("06 99 99 99 99", Rapprochement::Incertain(personne(11))),
        ] {
            let (sus, dits) = (avec(11, "06.12.34.56.78", true), avec(21, dit, false));
            let sorts = rapproche((&declare, &dits), (&connu, &sus), (&personne(2), &personne(1)));
            assert_eq!(sorts.get(&personne(21)), Some(&attendu), "{dit}");
        }
    }

    #[test]
    fn ce_que_la_ville_a_verifie_tient_et_rien_ne_se_perd() {
        let connu = foyer(1, &[(1, Genre::Responsable)]);
        let declare = foyer(2, &[(2, Genre::Responsable)]);
        let (du_foyer, de_camille) =
            (|f: &Foyer| Sujet::Foyer(f.id.clone()), |n| Sujet::Personne(personne(n)));
        let texte = |t: &str| ValeurFait::Texte(t.into());
        let compte = || SourceFait::Compte(CompteId::neuf([1; 16]));
        let reprise = || SourceFait::Import("reprise".into());
        let avant = "2025-01-02T00:00:00Z";
        let sus = FaitsDates::nouveau([
            fait(du_foyer(&connu), "quotient", ValeurFait::Nombre(640.into()), avant, reprise()),
            fait(de_camille(1), "courriel", texte("vieux@exemple.fr"), avant, reprise()),
            fait(de_camille(1), "nom", texte("Durand"), avant, reprise()),
        ]);
        let dit = "2025-08-01T00:00:00Z";
        let dits = FaitsDates::nouveau([
            fait(du_foyer(&declare), "quotient", ValeurFait::Nombre(300.into()), dit, compte()),
            fait(de_camille(2), "courriel", texte("neuf@exemple.fr"), dit, compte()),
            fait(de_camille(2), "telephone", texte("0612345678"), dit, compte()),
            fait(de_camille(2), "nom", texte("Durand"), dit, compte()),
        ]);
        let le: Timestamp = "2025-09-01T08:00:00Z".parse().unwrap();
        let fusion = Fusion::de_foyers((&declare, &dits), (&connu, &sus), (&personne(2), &personne(1)), le);
        let apres = FaitsDates::nouveau(sus.iter().cloned().chain(fusion.faits.clone()));
        let jour = "2025-09-02".parse().unwrap();
        let lit = |sujet: &Sujet, nom: &str, connu_au: Timestamp| {
            apres.valeur(sujet, nom, jour, connu_au).map(|f| f.valeur.clone())
        };
        let foyer = du_foyer(&connu);
        assert_eq!(lit(&foyer, "quotient", le), Some(ValeurFait::Nombre(640.into())), "verified");
        let gardes: Vec<_> = apres.de(&foyer, "quotient").iter().map(|f| f.valeur.clone()).collect();
        assert_eq!(
            gardes,
            [640, 300, 640].map(|n: i64| ValeurFait::Nombre(n.into())),
            "both, with who said it"
        );
        let camille = de_camille(1);
        assert_eq!(lit(&camille, "courriel", le), Some(texte("neuf@exemple.fr")), "it answered its link");
        assert_eq!(lit(&camille, "telephone", le), Some(texte("0612345678")), "the town knew none");
        assert_eq!(apres.de(&camille, "nom").len(), 1, "the same is not said twice");
        let veille = "2025-08-31T08:00:00Z".parse().unwrap();
        assert_eq!(lit(&camille, "telephone", veille), None, "what was decided before replays the same");
    }
}
