//! `document: modele`: a document made from a text of the town, kept with the dossier once.

use engine::demarche::{DOCUMENT_FAIT, DocumentFait, Dossier, Evenement};
use engine::identifiant::{FichierId, PersonneId};
use engine_store::{EffetDu, Erreur};
use forms::lettre::{self, Depot, Nomme, Titre, VariablesDocument};
use forms::vues::PageDocument;
use rules::date_fr;

use super::{Manque, identite};
use crate::acts::{self, Echec, Lu};
use crate::state::Etat;

/// Makes it. Done twice, it finds the first.
pub(super) async fn garde(
    etat: &Etat,
    lu: &Lu<'_>,
    du: &EffetDu,
    modele: &str,
) -> Result<Result<(), Manque>, Erreur> {
    let cle = &du.effet.cle;
    let Some(dossier) = &lu.dossier else {
        return Ok(Err(Manque::Definitif("le document ne concerne aucun dossier".to_owned())));
    };
    if dossier.documents.iter().any(|d| (d.entree, d.rang) == (cle.seq, cle.rang)) {
        return Ok(Ok(()));
    }
    let services = services(etat, lu, du, dossier).await?;
    let vue = match page(lu, dossier, du, modele, services) {
        Ok(vue) => vue,
        Err(manque) => return Ok(Err(manque)),
    };
    let Ok(html) = etat.gabarits.rend(&vue) else {
        return Ok(Err(Manque::Definitif("le document ne se met pas en page".to_owned())));
    };
    let Ok(fichier) = garde_html(etat, du, dossier, html.as_bytes()).await else {
        return Ok(Err(Manque::Passager("le disque ne garde pas le document".to_owned())));
    };
    let fait = DocumentFait {
        entree: cle.seq,
        rang: cle.rang,
        modele: modele.to_owned(),
        titre: vue.titre,
        fichier,
        le: du.cree_le,
    };
    let une_fois = format!("document:{}", identite(&lu.commune.slug, cle, modele));
    let evenement = Evenement::GarderDocument(fait);
    match acts::agit(etat, lu.commune, &du.portee, &dossier.id, &evenement, Some(&une_fois)).await {
        Ok(_) => Ok(Ok(())),
        Err(Echec::Store(erreur)) => Err(erreur),
        Err(Echec::Refus(refus)) if &*refus.regle == DOCUMENT_FAIT => Ok(Ok(())),
        Err(_) => Ok(Err(Manque::Passager("le dossier ne peut pas recevoir le document".to_owned()))),
    }
}

async fn garde_html(
    etat: &Etat,
    du: &EffetDu,
    dossier: &Dossier,
    html: &[u8],
) -> Result<FichierId, std::io::Error> {
    let commune = du.portee.commune();
    let fichier = etat.fichiers.nomme(commune, &dossier.id, html)?;
    etat.fichiers.garde(commune, &fichier, html).await?;
    Ok(fichier)
}

/// The services that the child, or the household, is registered to for the dossier's year, in words.
async fn services(etat: &Etat, lu: &Lu<'_>, du: &EffetDu, dossier: &Dossier) -> Result<String, Erreur> {
    let Some(foyer) = &dossier.foyer else { return Ok(String::new()) };
    let inscriptions = etat.store.inscriptions(&du.portee, foyer).await?;
    let siennes: Vec<&str> = inscriptions
        .iter()
        .filter(|i| i.enfant == dossier.enfant && i.annee_scolaire == dossier.annee_scolaire)
        .filter(|i| i.au.is_none_or(|au| au >= lu.aujourdhui))
        .map(|i| i.service.as_str())
        .collect();
    let ouverts = lu.commune.services.iter().filter(|s| siennes.contains(&s.id.as_str()));
    Ok(ouverts.map(|s| s.nom.as_str()).collect::<Vec<_>>().join(", "))
}

/// The document, dated by the decision: made again, it is the same to the byte.
fn page(
    lu: &Lu<'_>,
    dossier: &Dossier,
    du: &EffetDu,
    modele: &str,
    services: String,
) -> Result<PageDocument, Manque> {
    // the text as it is now: it is not part of what a dossier is pinned to
    let message = lu.commune.message(modele);
    let message = message.ok_or_else(|| Manque::Definitif(format!("le texte « {modele} » n'existe plus")))?;
    let Some(depose_le) = dossier.depose_le else {
        return Err(Manque::Definitif("le document concerne une demande qui n'est pas déposée".to_owned()));
    };
    let nomme = |personne: Option<&PersonneId>| {
        let texte = |fait| personne.map(|p| lu.texte(p, fait)).unwrap_or_default();
        Nomme { prenom: texte("prenom"), nom: texte("nom") }
    };
    let contact = lu.contact();
    let variables = VariablesDocument {
        demandeur: nomme(dossier.demandeur.as_ref()),
        enfant: nomme(dossier.enfant.as_ref()),
        demarche: Titre { nom: lu.demarche.nom.clone() },
        dossier: Depot {
            numero: dossier.numero.clone().unwrap_or_default(),
            annee: dossier.annee_scolaire.clone().unwrap_or_default(),
            depose_le: depose_le.to_string(),
        },
        services,
        fait_le: du.cree_le.to_string(),
        service: Titre { nom: contact.map(|c| c.nom.clone()).unwrap_or_default() },
        commune: Titre { nom: lu.commune.nom.clone() },
    };
    let rend = |t: &str| {
        lettre::rend(t, &variables, &lu.commune.fuseau)
            .map_err(|_| Manque::Definitif(format!("le texte « {modele} » ne s'écrit pas")))
    };
    let corps = rend(&message.corps)?;
    let coordonnees =
        contact.map(|c| [Some(&c.nom), c.adresse.as_ref(), c.telephone.as_ref(), c.horaires.as_ref()]);
    Ok(PageDocument {
        titre: rend(&message.objet)?,
        commune: lu.commune.nom.clone(),
        service: coordonnees.into_iter().flatten().flatten().cloned().collect(),
        numero: variables.dossier.numero.clone(),
        demarche: lu.demarche.nom.clone(),
        fait_le: date_fr::date_longue(du.cree_le.to_zoned(lu.commune.fuseau.clone()).date()),
        paragraphes: corps
            .split("\n\n")
            .map(str::trim)
            .filter(|p| !p.is_empty())
            .map(str::to_owned)
            .collect(),
    })
}
