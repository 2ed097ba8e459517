//! Clés enfance, accounts to attach, the first visit.

use serde::Serialize;

use super::cadre::Cadre;
use super::public::ContactAffiche;
use crate::gabarit::Vue;

/// `/{slug}/cle`, `/{slug}/partenaire`: a parent types the key that the town gave, or what a partner's space knows them by.
#[derive(Clone, Debug, Serialize)]
pub struct PageCle {
    /// Frame.
    pub cadre: Cadre,
    /// Title.
    pub titre: String,
    /// What it does.
    pub intro: String,
    /// Label of what is typed.
    pub libelle: String,
    /// What it looks like.
    pub aide: String,
    /// Title of what helps whoever has none.
    pub sans: String,
    /// Where it is posted.
    pub action: String,
    /// The birth date typed; the key never comes back.
    pub naissance: String,
    /// Why there is no going on: of the two together, never of one.
    pub refus: String,
    /// What is missing of the key.
    pub faute_cle: String,
    /// What is missing of the birth date.
    pub faute_naissance: String,
    /// The family is attached already: nothing to type.
    pub rattachee: bool,
    /// Who gives keys, and when they answer.
    pub contact: Option<ContactAffiche>,
    /// How one gets it, a sentence.
    pub remise: String,
    /// Form token.
    pub jeton: String,
}

/// `/{slug}/agent/cles`: the agents make keys, print them, take them back.
#[derive(Clone, Debug, Serialize)]
pub struct PageCles {
    /// Frame.
    pub cadre: Cadre,
    /// The name typed.
    pub recherche: String,
    /// Was something looked for?
    pub cherche: bool,
    /// Families found.
    pub familles: Vec<FamilleACle>,
    /// One key for each guardian, or one for the household?
    pub par_responsable: bool,
    /// Form token.
    pub jeton: String,
    /// Where forms are posted.
    pub action: String,
}

/// A household with its keys.
#[derive(Clone, Debug, Serialize)]
pub struct FamilleACle {
    /// Which.
    pub foyer: String,
    /// Its guardians' names.
    pub nom: String,
    /// Its children's first names.
    pub enfants: String,
    /// Guardians to whom a key may be given.
    pub personnes: Vec<PersonneACle>,
    /// Why no key opens it; empty when one may.
    pub refus: String,
}

/// A guardian, or the household, with its last key.
#[derive(Clone, Debug, Serialize)]
pub struct PersonneACle {
    /// Which; empty for the household.
    pub personne: String,
    /// Their name.
    pub nom: String,
    /// The last key's state, in words; empty when there is none.
    pub etat: String,
    /// Tone of that.
    pub genre: super::Genre,
    /// The key that still opens, to take back; empty when there is none.
    pub cle: String,
}

/// `/{slug}/agent/comptes`: the service makes accounts for families that it knows.
#[derive(Clone, Debug, Serialize)]
pub struct PageComptes {
    /// Frame.
    pub cadre: Cadre,
    /// The name typed.
    pub recherche: String,
    /// Was something looked for?
    pub cherche: bool,
    /// Families found.
    pub familles: Vec<FamilleAOuvrir>,
    /// How long a link opens, in words.
    pub delai: String,
    /// Form token.
    pub jeton: String,
    /// Where forms are posted.
    pub action: String,
}

/// A household with its guardians' accounts.
#[derive(Clone, Debug, Serialize)]
pub struct FamilleAOuvrir {
    /// Which.
    pub foyer: String,
    /// Its guardians' names.
    pub nom: String,
    /// Its children's first names.
    pub enfants: String,
    /// Its guardians.
    pub responsables: Vec<ResponsableAOuvrir>,
}

/// A guardian, with or without an account.
#[derive(Clone, Debug, Serialize)]
pub struct ResponsableAOuvrir {
    /// Who.
    pub personne: String,
    /// Their name.
    pub nom: String,
    /// Their account's state, in words; empty when there is none.
    pub etat: String,
    /// Tone of that.
    pub genre: super::Genre,
    /// Their address: the account's, the one known, or the one typed.
    pub courriel: String,
    /// Their account is open: nothing to do.
    pub ouvert: bool,
    /// Its link waits to be followed.
    pub attend: bool,
    /// Why nothing was done.
    pub faute: String,
}

/// Keys that were just made, a letter each, to print: they are never shown again.
#[derive(Clone, Debug, Serialize)]
pub struct PageLettres {
    /// Frame.
    pub cadre: Cadre,
    /// One a page.
    pub lettres: Vec<LettreCle>,
    /// Back to the desk.
    pub retour: String,
}

/// A letter that gives a key.
#[derive(Clone, Debug, Serialize)]
pub struct LettreCle {
    /// The town.
    pub commune: String,
    /// The service that writes: name, then how to reach it.
    pub service: Vec<String>,
    /// Name, then address, a line each.
    pub destinataire: Vec<String>,
    /// Where and when.
    pub fait_le: String,
    /// The key.
    pub cle: String,
    /// First names of the children whose birth may be asked.
    pub enfants: String,
    /// The portal's address.
    pub adresse: String,
    /// Last day, in words.
    pub jusqu_au: String,
    /// It takes the place of another one.
    pub remplace: bool,
    /// A key for each guardian: not to be lent.
    pub par_responsable: bool,
}

/// `/{slug}/agent/rattachements`: the accounts whose household the town does not know yet.
#[derive(Clone, Debug, Serialize)]
pub struct PageRattachements {
    /// Frame.
    pub cadre: Cadre,
    /// The oldest first.
    pub attentes: Vec<AttenteVue>,
    /// Why the act just tried did nothing.
    pub refus: String,
    /// Form token.
    pub jeton: String,
    /// Where forms are posted.
    pub action: String,
}

/// An account that waits.
#[derive(Clone, Debug, Serialize)]
pub struct AttenteVue {
    /// The household declared.
    pub foyer: String,
    /// Who declared it.
    pub nom: String,
    /// Since when, in words.
    pub depuis: String,
    /// The children declared, with their birth.
    pub enfants: String,
    /// How to reach them.
    pub contacts: Vec<String>,
    /// The name looked for: theirs, or the one typed.
    pub recherche: String,
    /// Households that the town knows.
    pub ressemblent: Vec<FoyerRessemblant>,
    /// The reason typed, when it is to be corrected.
    pub motif: String,
    /// What is missing of it.
    pub faute: String,
}

/// A person of a household that the town knows.
#[derive(Clone, Debug, Serialize)]
pub struct FoyerRessemblant {
    /// The household.
    pub foyer: String,
    /// The person.
    pub personne: String,
    /// Their name.
    pub nom: String,
    /// Its children, with their birth.
    pub enfants: String,
    /// What is the same, in words; empty when only the name begins alike.
    pub commun: String,
    /// What becomes of each declared person if it is them, in words.
    pub fusion: Vec<String>,
}

/// `/{slug}/premiere-visite`: which way in.
#[derive(Clone, Debug, Serialize)]
pub struct PagePremiereVisite {
    /// Frame.
    pub cadre: Cadre,
    /// The ways of this town.
    pub choix: Vec<ChoixVue>,
    /// Whom to ask.
    pub contact: Option<ContactAffiche>,
}

/// A way in.
#[derive(Clone, Debug, Serialize)]
pub struct ChoixVue {
    /// Who they are.
    pub titre: String,
    /// What happens then.
    pub texte: String,
    /// Where it goes.
    pub href: String,
    /// What the link says.
    pub lien: String,
}

fn contact() -> ContactAffiche {
    ContactAffiche { nom: "Service <b>enfance</b>".into(), lignes: vec!["01 02 03 04 05".into()] }
}

impl Vue for PageCle {
    const GABARIT: &'static str = "cle.html";

    fn samples() -> Vec<Self> {
        let page = |cadre, refus: &str, faute: &str, rattachee, contact| Self {
            cadre,
            titre: "J’ai une <b>clé</b>".into(),
            intro: "Elle relie votre espace.".into(),
            libelle: "Clé".into(),
            aide: "Comme 1234-ABC-123.".into(),
            sans: "Je n’en ai pas".into(),
            action: "/a/cle".into(),
            naissance: "2018-05-14".into(),
            refus: refus.into(),
            faute_cle: faute.into(),
            faute_naissance: faute.into(),
            rattachee,
            contact,
            remise: "Le service la remet par courrier.".into(),
            jeton: "x".into(),
        };
        let cadres = Cadre::samples().into_iter().filter(|c| c.commune.is_some());
        cadres
            .flat_map(|c| {
                [
                    page(c.clone(), "", "", false, None),
                    page(c.clone(), "<b>Non</b>", "", false, Some(contact())),
                    page(c.clone(), "", "<b>Vide</b>", false, Some(contact())),
                    page(c, "", "", true, None),
                ]
            })
            .collect()
    }
}

impl Vue for PageCles {
    const GABARIT: &'static str = "agent/cles.html";

    fn samples() -> Vec<Self> {
        let personne = |etat: &str, cle: &str| PersonneACle {
            personne: "1".into(),
            nom: "<b>Camille</b>".into(),
            etat: etat.into(),
            genre: super::Genre::Succes,
            cle: cle.into(),
        };
        let famille = |refus: &str, enfants: &str| FamilleACle {
            foyer: "1".into(),
            nom: "<b>Durand</b>".into(),
            enfants: enfants.into(),
            personnes: vec![personne("", ""), personne("ouverte", "2"), personne("utilisée", "")],
            refus: refus.into(),
        };
        let page = |cadre, cherche, familles, par_responsable| Self {
            cadre,
            recherche: "du".into(),
            cherche,
            familles,
            par_responsable,
            jeton: "x".into(),
            action: "/a/agent/cles".into(),
        };
        let vues = |c: Cadre| {
            [
                page(c.clone(), false, vec![], true),
                page(c.clone(), true, vec![], false),
                page(c, true, vec![famille("", "Léa"), famille("sans enfant", "")], true),
            ]
        };
        Cadre::samples().into_iter().flat_map(vues).collect()
    }
}

impl Vue for PageComptes {
    const GABARIT: &'static str = "agent/comptes.html";

    fn samples() -> Vec<Self> {
        let responsable = |etat: &str, ouvert, attend, faute: &str| ResponsableAOuvrir {
            personne: "2".into(),
            nom: "<b>Camille</b> Durand".into(),
            etat: etat.into(),
            genre: super::Genre::Alerte,
            courriel: "a@exemple.fr".into(),
            ouvert,
            attend,
            faute: faute.into(),
        };
        let famille = |enfants: &str| FamilleAOuvrir {
            foyer: "1".into(),
            nom: "<b>Camille</b> Durand".into(),
            enfants: enfants.into(),
            responsables: vec![
                responsable("", false, false, "Écrivez <b>l’adresse</b>."),
                responsable("Espace ouvert", true, false, ""),
                responsable("à activer", false, true, ""),
            ],
        };
        let page = |cadre, cherche, familles| Self {
            cadre,
            recherche: "du".into(),
            cherche,
            familles,
            delai: "24 heures".into(),
            jeton: "x".into(),
            action: "/a/agent/comptes".into(),
        };
        let vues = |c: Cadre| {
            [
                page(c.clone(), false, vec![]),
                page(c.clone(), true, vec![]),
                page(c, true, vec![famille("Léa"), famille("")]),
            ]
        };
        Cadre::samples().into_iter().flat_map(vues).collect()
    }
}

impl Vue for PageLettres {
    const GABARIT: &'static str = "agent/lettres.html";

    fn samples() -> Vec<Self> {
        let lettre = |remplace, enfants: &str| LettreCle {
            commune: "Ambreville".into(),
            service: vec!["Enfance".into(), "1 rue de l’Église".into()],
            destinataire: vec!["<b>Camille</b> Durand".into(), "2 rue des Lilas".into()],
            fait_le: "Ambreville, le 4 septembre 2025".into(),
            cle: "1234-ABC-123".into(),
            enfants: enfants.into(),
            adresse: "https://f.fr/a".into(),
            jusqu_au: "4 septembre 2026".into(),
            remplace,
            par_responsable: remplace,
        };
        let page = |cadre| Self {
            cadre,
            lettres: vec![lettre(false, "Léa, Tom"), lettre(true, "")],
            retour: "/a/agent/cles".into(),
        };
        Cadre::samples().into_iter().map(page).collect()
    }
}

impl Vue for PageRattachements {
    const GABARIT: &'static str = "agent/rattachements.html";

    fn samples() -> Vec<Self> {
        let semblable = |commun: &str| FoyerRessemblant {
            foyer: "2".into(),
            personne: "3".into(),
            nom: "<b>Camille</b> Durand".into(),
            enfants: "Léa, née le 14 mai 2018".into(),
            commun: commun.into(),
            fusion: if commun.is_empty() { vec![] } else { vec!["<b>Léa</b> : la même".into()] },
        };
        let attente = |ressemblent, enfants: &str, faute: &str| AttenteVue {
            foyer: "1".into(),
            nom: "<b>Alex</b> Petit".into(),
            depuis: "depuis hier".into(),
            enfants: enfants.into(),
            contacts: vec!["a@exemple.fr".into()],
            recherche: "petit".into(),
            ressemblent,
            motif: "x".into(),
            faute: faute.into(),
        };
        let page = |cadre, attentes, refus: &str| Self {
            cadre,
            attentes,
            refus: refus.into(),
            jeton: "x".into(),
            action: "/a/agent/rattachements".into(),
        };
        let vues = |c: Cadre| {
            let pleine = vec![
                attente(vec![], "", ""),
                attente(vec![semblable(""), semblable("même enfant")], "Léa", "Dites <b>pourquoi</b>."),
            ];
            [page(c.clone(), vec![], ""), page(c, pleine, "<b>Déjà</b> répondu.")]
        };
        Cadre::samples().into_iter().flat_map(vues).collect()
    }
}

impl Vue for PagePremiereVisite {
    const GABARIT: &'static str = "premiere_visite.html";

    fn samples() -> Vec<Self> {
        let choix = ChoixVue {
            titre: "J’ai une <b>clé</b>".into(),
            texte: "Tapez-la.".into(),
            href: "/a/cle".into(),
            lien: "Entrer ma clé".into(),
        };
        let sans = ChoixVue { href: String::new(), ..choix.clone() };
        let page = |cadre, contact| Self { cadre, choix: vec![choix.clone(), sans.clone()], contact };
        Cadre::samples().into_iter().flat_map(|c| [page(c.clone(), None), page(c, Some(contact()))]).collect()
    }
}
