//! The gestures that follow a dossier, by their routes.

use engine::cas::{Etape, Geste, RendezVousJoue};
use engine::decision::{Decision, Suivant};
use engine::identifiant::DossierId;
use serde_json::{Value, json};

use crate::joueur::{Ecart, Joueur, Vu, hors, mot};
use crate::mots::refus;

impl Joueur<'_> {
    /// A message, an appointment, a document asked or looked at, an opinion, a copy, a search.
    pub(crate) fn suit(&mut self, etape: &Etape, decisions: &[&Decision]) -> Result<Vu, Ecart> {
        match &etape.geste {
            Geste::Verifier { dossier, piece, accepte, motif } => {
                let corps = json!({ "accepte": accepte, "motif": motif });
                self.sur(etape, dossier, &format!("pieces/{piece}/verification"), Some(corps))
            }
            Geste::Ecrire { dossier, texte } => {
                self.sur(etape, dossier, "messages", Some(json!({ "texte": texte })))
            }
            Geste::Lire { dossier, message } => {
                self.sur(etape, dossier, &format!("messages/{message}/lecture"), None)
            }
            Geste::RendezVous { dossier, quoi } => match quoi {
                RendezVousJoue::Pris(debut) => {
                    let corps = json!({ "debut": debut.to_string() });
                    self.sur(etape, dossier, "rendez_vous", Some(corps))
                }
                RendezVousJoue::Annule => self.sur(etape, dossier, "rendez_vous/annulation", None),
                RendezVousJoue::Constate(tenu) => {
                    self.sur(etape, dossier, "rendez_vous/constat", Some(json!({ "tenu": tenu })))
                }
            },
            Geste::DemanderPieces { dossier, pieces, texte } => {
                let corps = json!({ "pieces": pieces, "texte": texte });
                self.sur(etape, dossier, "pieces_demandees", Some(corps))
            }
            Geste::Avis { dossier, favorable, texte } => {
                let corps = json!({ "favorable": favorable, "texte": texte });
                self.sur(etape, dossier, "avis", Some(corps))
            }
            Geste::Supprimer(dossier) => self.sur(etape, dossier, "suppression", None),
            Geste::Dupliquer { de, dossier, enfant } => self.copie(etape, de, (dossier, enfant), decisions),
            Geste::Chercher(mots) => {
                let mots: String = mots.bytes().map(|o| format!("%{o:02X}")).collect();
                let (_, corps) = self.demande(&format!("/demarches?q={mots}"));
                let mut ids: Vec<&str> = corps["demarches"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|d| d["id"].as_str().unwrap())
                    .collect();
                ids.sort_unstable();
                Ok(Vu::from([(mot("demarches"), ids.join(", "))]))
            }
            _ => hors("un geste inconnu"),
        }
    }

    fn sur(&mut self, etape: &Etape, nom: &str, chemin: &str, corps: Option<Value>) -> Result<Vu, Ecart> {
        let (id, famille) = self.dossier(nom)?;
        let qui = self.acteur(etape.par.as_ref(), &famille, &id)?;
        let (code, corps) = self.appelle(&qui, "POST", &format!("/dossiers/{id}/{chemin}"), corps.as_ref());
        if code == 403 {
            return hors("une route qui n'est pas celle de ce rôle");
        }
        if chemin == "suppression" && code == 200 {
            return Ok(Vu::from([(mot("accepte"), "oui".to_owned())]));
        }
        let mut vu = self.suite(code, &corps, etape, &famille)?;
        if code == 200 && chemin.starts_with("rendez_vous") {
            let debut = corps["rendez_vous"]["debut"].as_str().unwrap_or("aucun");
            vu.insert(mot("rendez_vous"), debut.to_owned());
        }
        Ok(vu)
    }

    fn copie(
        &mut self,
        etape: &Etape,
        de: &str,
        (nom, enfant): (&str, &str),
        decisions: &[&Decision],
    ) -> Result<Vu, Ecart> {
        let (source, famille) = self.dossier(de)?;
        let qui = self.acteur(etape.par.as_ref(), &famille, &source)?;
        let corps = json!({ "enfant": self.enfant(enfant).to_string() });
        let (code, corps) = self.appelle(&qui, "POST", &format!("/dossiers/{source}/copie"), Some(&corps));
        if code == 403 {
            return hors("une route qui n'est pas celle de ce rôle");
        }
        if code != 201 {
            return Ok(refus(&corps));
        }
        let id = DossierId::lit(corps["id"].as_str().unwrap()).unwrap();
        let monde = decisions.iter().find_map(|d| match &d.suivant {
            Suivant::Dossier(d) => Some(d.id.clone()),
            _ => None,
        });
        self.connait(nom, id, &famille, monde);
        self.vu(&corps, None, &famille)
    }
}
