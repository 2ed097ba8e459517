//! Facts: only ever added.

use engine::foyer::{Fait, FaitsDates, Sujet, ValeurFait, cle_de_recherche};
use engine::identifiant::{AgentId, FoyerId, PersonneId};
use jiff::civil::Date;

use crate::coffre::{self, Coffre};
use crate::cx::Cx;
use crate::erreur::{Erreur, illisible};
use crate::foyer;
use crate::sql::{requete, requetes};

requetes! {
    ECRIRE = "INSERT INTO fait
            (commune_id, foyer_id, personne_id, enfant_id, fait, valeur, valable_du, valable_au, connu_le, source, valide_par, recherche)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
}

/// Facts as one statement gives them, a JSON list in the order in which they were learnt.
pub(crate) fn lus(coffre: Option<&Coffre>, commune: &str, liste: &str) -> Result<FaitsDates, Erreur> {
    let lignes: Vec<Ligne> = serde_json::from_str(liste).map_err(illisible("fait", "fait"))?;
    Ok(FaitsDates::nouveau(lignes.iter().map(|l| lit(coffre, commune, l)).collect::<Result<Vec<_>, _>>()?))
}

/// A fact of that list, column by column.
type Ligne = [Option<String>; 10];

fn lit(coffre: Option<&Coffre>, commune: &str, ligne: &Ligne) -> Result<Fait, Erreur> {
    fn presente<'t>(texte: Option<&'t str>, colonne: &'static str) -> Result<&'t str, Erreur> {
        texte.ok_or(Erreur::Incoherence { table: "fait", colonne })
    }
    fn date(texte: &str, colonne: &'static str) -> Result<Date, Erreur> {
        texte.parse().map_err(illisible("fait", colonne))
    }
    let [foyer, personne, enfant, nom, valeur, valable_du, valable_au, connu_le, source, valide_par] =
        ligne.each_ref().map(Option::as_deref);
    let (qui, quoi) = ([foyer, personne, enfant], (presente(nom, "fait")?, presente(connu_le, "connu_le")?));
    let brut = presente(valeur, "valeur")?.to_owned();
    let valeur = coffre::lis(coffre, brut, &place(commune, qui, quoi), ("fait", "valeur"))?;
    Ok(Fait {
        sujet: sujet(qui)?,
        fait: presente(nom, "fait")?.to_owned(),
        valeur: serde_json::from_str(&valeur).map_err(illisible("fait", "valeur"))?,
        valable_du: date(presente(valable_du, "valable_du")?, "valable_du")?,
        valable_au: valable_au.map(|d| date(d, "valable_au")).transpose()?,
        connu_le: presente(connu_le, "connu_le")?.parse().map_err(illisible("fait", "connu_le"))?,
        source: serde_json::from_str(presente(source, "source")?).map_err(illisible("fait", "source"))?,
        valide_par: valide_par.map(AgentId::lit).transpose().map_err(illisible("fait", "valide_par"))?,
    })
}

/// Where a fact is: whose, which, and when the town learnt it, which no two of them share but at once.
pub(crate) fn place<'p>(
    commune: &'p str,
    qui: [Option<&'p str>; 3],
    (nom, connu_le): (&'p str, &'p str),
) -> [&'p str; 7] {
    let [foyer, personne, enfant] = qui.map(Option::unwrap_or_default);
    [commune, "fait", foyer, personne, enfant, nom, connu_le]
}

fn sujet(colonnes: [Option<&str>; 3]) -> Result<Sujet, Erreur> {
    let personne = |p: &str| PersonneId::lit(p).map_err(illisible("fait", "personne_id"));
    match colonnes {
        [Some(foyer), None, None] => {
            FoyerId::lit(foyer).map(Sujet::Foyer).map_err(illisible("fait", "foyer_id"))
        }
        [None, Some(p), None] => personne(p).map(Sujet::Personne),
        [None, Some(adulte), Some(enfant)] => {
            Ok(Sujet::Lien { adulte: personne(adulte)?, enfant: personne(enfant)? })
        }
        _ => Err(Erreur::Incoherence { table: "fait", colonne: "foyer_id" }),
    }
}

/// Under what a name is looked for; `None` for any other fact.
fn recherche(fait: &Fait) -> Option<String> {
    match (&fait.sujet, fait.fait.as_str(), &fait.valeur) {
        (Sujet::Personne(_), "nom", ValeurFait::Texte(nom)) => Some(cle_de_recherche(nom)),
        _ => None,
    }
}

pub(crate) async fn ecrit(cx: &mut Cx, commune: &str, fait: &Fait) -> Result<(), Erreur> {
    let (foyer_id, personne, enfant) = match &fait.sujet {
        Sujet::Foyer(f) => (Some(f.as_str()), None, None),
        Sujet::Personne(p) => (None, Some(p.as_str()), None),
        Sujet::Lien { adulte, enfant } => (None, Some(adulte.as_str()), Some(enfant.as_str())),
    };
    let connu_le = fait.connu_le.to_string();
    let place = place(commune, [foyer_id, personne, enfant], (&fait.fait, &connu_le));
    let valeur = serde_json::to_string(&fait.valeur)?;
    let valeur = coffre::range(cx.coffre.as_ref(), valeur, &place, |c| c.garde_fait(&fait.fait))?;
    requete(ECRIRE)
        .bind(commune)
        .bind(foyer_id)
        .bind(personne)
        .bind(enfant)
        .bind(&fait.fait)
        .bind(valeur)
        .bind(fait.valable_du.to_string())
        .bind(fait.valable_au.map(|d| d.to_string()))
        .bind(&connu_le)
        .bind(serde_json::to_string(&fait.source)?)
        .bind(fait.valide_par.as_ref().map(AgentId::as_str))
        .bind(recherche(fait))
        .execute(&mut *cx)
        .await?;
    foyer::touche_sujet(cx, commune, &fait.sujet).await
}
