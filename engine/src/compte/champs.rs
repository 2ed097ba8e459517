//! What each step of the creation asks, and what it becomes once the account is activated.

use jiff::Timestamp;
use jiff::civil::Date;
use rules::lieu::Lieu;

use super::regles::EtapeCompte;
use crate::cle_enfance::Modes as _;
use crate::commune::Commune;
use crate::demarche::{Champ, FaitVise, Obligatoire, Reponse, Reponses, SujetVise, TypeChamp, Validite};
use crate::foyer::{Fait, SourceFait, Sujet};
use crate::identifiant::CompteId;

/// The field of the address that letters go to.
pub const COURRIEL: &str = "courriel";
/// The field of the login name.
pub const IDENTIFIANT: &str = "identifiant";
/// The field of the key, whose text is never kept: what stands under this name is its keyed hash, in hexadecimal.
pub const CLE: &str = "cle_enfance";
/// The field of what the key is shown with: the birth of a child.
pub const NAISSANCE_ENFANT: &str = "naissance_enfant";
/// The one of the postal address, the household's.
const ADRESSE: &str = "adresse";

/// The fields of a step, passwords apart: the same in every town, but for what its vocabulary does not declare.
pub fn champs_de_l_etape(commune: &Commune, etape: EtapeCompte) -> Vec<Champ> {
    let choix = |options: &[(&str, &str)]| {
        TypeChamp::Choix(options.iter().map(|(id, nom)| ((*id).to_owned(), (*nom).to_owned())).collect())
    };
    let texte = || TypeChamp::Texte { max: Some(80) };
    let tous = match etape {
        EtapeCompte::Identite => vec![
            champ(
                "civilite",
                "Civilité",
                choix(&[("madame", "Madame"), ("monsieur", "Monsieur")]),
                false,
                "",
            ),
            champ("nom", "Nom d’usage", texte(), true, ""),
            champ("prenom", "Prénom", texte(), true, ""),
            champ("naissance", "Date de naissance", TypeChamp::Date, false, ""),
            champ(
                "commune_naissance",
                "Commune de naissance",
                TypeChamp::Commune,
                false,
                "Écrivez les premières lettres, puis choisissez dans la liste.",
            ),
        ],
        EtapeCompte::Adresse => vec![champ(ADRESSE, "Adresse du foyer", TypeChamp::Adresse, true, "")],
        EtapeCompte::MoyensDeContact => vec![
            champ(
                COURRIEL,
                "Adresse électronique",
                TypeChamp::Courriel,
                true,
                "Une adresse que vous seul lisez : le lien d’activation y est envoyé.",
            ),
            champ("telephone", "Téléphone", TypeChamp::Telephone, true, ""),
            champ(
                "contact_prefere",
                "Comment préférez-vous être joint ?",
                choix(&[("courriel", "Par courriel"), ("telephone", "Par téléphone")]),
                false,
                "",
            ),
        ],
        EtapeCompte::Identifiants if commune.compte.identifiant_choisi => vec![champ(
            IDENTIFIANT,
            "Nom d’utilisateur",
            texte(),
            true,
            "De 3 à 64 caractères : lettres, chiffres, points, tirets. S’il est déjà pris, vous en choisirez un autre en activant le compte.",
        )],
        EtapeCompte::Cle => {
            let Some(cle) = commune.cle_enfance.cle().filter(|c| c.a_la_creation) else { return Vec::new() };
            let aide = format!(
                "Comme {}. Si vous n’en avez pas encore, laissez vide : vous pourrez la saisir plus tard.",
                cle.format.exemple()
            );
            let jour = "Avec la clé : celle d’un enfant que le service connaît déjà.";
            vec![
                champ(CLE, "Clé enfance", TypeChamp::Texte { max: Some(60) }, false, &aide),
                champ(
                    NAISSANCE_ENFANT,
                    "Date de naissance d’un de vos enfants",
                    TypeChamp::Date,
                    false,
                    jour,
                ),
            ]
        }
        EtapeCompte::Identifiants => Vec::new(),
    };
    tous.into_iter().filter(|c| !est_un_fait(&c.id) || est_declare(commune, &c.id)).collect()
}

/// Is the answer something that is known of somebody? What one enters with is not.
fn est_un_fait(champ: &str) -> bool {
    ![IDENTIFIANT, CLE, NAISSANCE_ENFANT].contains(&champ)
}

fn champ(id: &str, nom: &str, genre: TypeChamp, obligatoire: bool, aide: &str) -> Champ {
    let de = if id == ADRESSE { SujetVise::Foyer } else { SujetVise::Demandeur };
    Champ {
        id: id.to_owned(),
        nom: nom.to_owned(),
        genre,
        fait: est_un_fait(id).then(|| FaitVise { de, nom: id.to_owned(), validite: Validite::Illimitee }),
        obligatoire: if obligatoire { Obligatoire::Toujours } else { Obligatoire::Jamais },
        si: None,
        aide: (!aide.is_empty()).then(|| aide.to_owned()),
        exemple: None,
        unite: None,
        motif: None,
        plusieurs: false,
        recopie: None,
        // no file wrote it
        lieu: Lieu(u32::MAX),
    }
}

/// What an account cannot do without is asked whatever the town declares.
fn est_declare(commune: &Commune, fait: &str) -> bool {
    let finit = |nom: &str| nom == fait || nom.rsplit_once('.').is_some_and(|(_, n)| n == fait);
    matches!(fait, "nom" | "prenom" | COURRIEL)
        || commune.vocabulaire.texte(fait).is_some()
        || commune.vocabulaire.iter().any(|(_, s)| finit(&s.nom))
}

/// The facts that the answers of a creation become, once the account is activated: declared, checked by nobody yet.
pub fn faits_declares(
    reponses: &Reponses,
    compte: &CompteId,
    (foyer, personne): (&Sujet, &Sujet),
    jour: Date,
    le: Timestamp,
) -> Vec<Fait> {
    let fait = |(nom, reponse): (&String, &Reponse)| {
        let Reponse::Valeur(valeur) = reponse else { return None };
        est_un_fait(nom).then(|| Fait {
            sujet: if nom == ADRESSE { foyer.clone() } else { personne.clone() },
            fait: nom.clone(),
            valeur: valeur.clone(),
            valable_du: jour,
            valable_au: None,
            connu_le: le,
            source: SourceFait::Compte(compte.clone()),
            valide_par: None,
        })
    };
    reponses.0.iter().filter_map(fait).collect()
}
