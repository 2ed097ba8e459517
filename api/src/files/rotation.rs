//! Changing the keys of documents: a new one, everything encrypted again under it, the older ones forgotten.
//!
//! Each act may be stopped and begun again, and runs beside a server that reads and writes.

use std::io::{Error, ErrorKind};

use object_store::ObjectStoreExt as _;
use object_store::path::Path as Chemin;

use super::trousseau::{self, Source};
use super::{Fichiers, TEMOIN, en_io, sceau};
use crate::error::Fatale;

/// What a pass over the documents did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bilan {
    /// Encrypted again.
    pub(crate) rechiffres: u64,
    /// Under the first key already.
    pub(crate) deja: u64,
    /// Do not open: no key given is theirs, or they were altered.
    pub(crate) illisibles: u64,
}

impl Fichiers {
    /// Adds a key, which encrypts from now on; how many there are.
    pub(crate) fn nouvelle_cle(&self) -> Result<usize, Fatale> {
        let neuf = self.cles()?.avec_une_neuve().map_err(|e| Fatale::Interne(e.to_string()))?;
        trousseau::remplace(self.fichier_des_cles()?, &neuf)?;
        Ok(neuf.combien())
    }

    /// Encrypts under the first key whatever is not: what is under an older one, or was kept in clear.
    pub(crate) async fn rechiffre(&self) -> Result<Bilan, Fatale> {
        let mut bilan = Bilan::default();
        for (commune, nom) in self.tous().await.map_err(panne)? {
            let fait = self.rechiffre_un(&commune, &nom).await;
            match fait.map_err(panne)? {
                Some(true) => bilan.rechiffres += 1,
                Some(false) => bilan.deja += 1,
                None => bilan.illisibles += 1,
            }
        }
        self.pose_temoin().await.map_err(panne)?;
        Ok(bilan)
    }

    /// Forgets every key but the first, which must open everything; `Err(bilan)`: it does not.
    pub(crate) async fn oublie_les_anciennes(&self) -> Result<Result<usize, Bilan>, Fatale> {
        let premiere = self.cles()?.premiere().nom();
        let mut bilan = Bilan::default();
        for (commune, nom) in self.tous().await.map_err(panne)? {
            match self.entete(&commune, &nom).await.map_err(panne)? {
                Some(cle) if cle == Some(premiere) => bilan.deja += 1,
                Some(_) => bilan.illisibles += 1,
                None => {}
            }
        }
        if bilan.illisibles > 0 {
            return Ok(Err(bilan));
        }
        // the first one must open it too, before the others are gone
        self.pose_temoin().await.map_err(panne)?;
        let seule = self.cles()?.sans_les_anciennes();
        let retirees = self.cles()?.combien() - 1;
        trousseau::remplace(self.fichier_des_cles()?, &seule)?;
        Ok(Ok(retirees))
    }

    fn cles(&self) -> Result<std::sync::Arc<super::Trousseau>, Fatale> {
        self.trousseau().map_err(panne)
    }

    fn fichier_des_cles(&self) -> Result<&std::path::Path, Fatale> {
        match &self.cles.source {
            Source::Fichier(chemin) => Ok(chemin),
            Source::Secrets => Err(Fatale::Usage(
                "les clés sont dans les secrets : ajoutez-y la nouvelle en tête de « cles_des_fichiers », ou retirez-en une, à la main"
                    .to_owned(),
            )),
        }
    }

    /// Every document: its town, its name.
    async fn tous(&self) -> Result<Vec<(String, String)>, Error> {
        let racine = self.magasin.list_with_delimiter(None).await.map_err(en_io)?;
        let mut tous = Vec::new();
        for commune in racine.common_prefixes {
            let objets = self.magasin.list_with_delimiter(Some(&commune)).await.map_err(en_io)?.objects;
            let nom = |c: &Chemin| c.filename().map(str::to_owned);
            let siens = objets.iter().filter_map(|o| Some((nom(&commune)?, nom(&o.location)?)));
            tous.extend(siens.filter(|(_, n)| n != TEMOIN && !super::est_provisoire(n)));
        }
        Ok(tous)
    }

    /// The key that a document names; outer `None`: it was swept meanwhile.
    async fn entete(&self, commune: &str, nom: &str) -> Result<Option<Option<[u8; sceau::NOM]>>, Error> {
        let fin = u64::try_from(sceau::ENTETE).unwrap_or(u64::MAX);
        match self.magasin.get_range(&super::chemin(commune, nom), 0..fin).await.map_err(en_io) {
            Ok(octets) => Ok(Some(sceau::cle_de(&octets))),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// `Some(true)`: encrypted again; `None`: it does not open.
    async fn rechiffre_un(&self, commune: &str, nom: &str) -> Result<Option<bool>, Error> {
        let premiere = self.trousseau()?.premiere().nom();
        match self.entete(commune, nom).await? {
            None => return Ok(Some(false)),
            Some(Some(cle)) if cle == premiere => return Ok(Some(false)),
            Some(_) => {}
        }
        let clair = match self.clair(commune, nom).await {
            Ok(clair) => clair,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Some(false)),
            Err(e) if e.kind() == ErrorKind::InvalidData => return Ok(None),
            Err(e) => return Err(e),
        };
        self.scelle(commune, nom, clair).await?;
        Ok(Some(true))
    }
}

fn panne(erreur: Error) -> Fatale {
    Fatale::fichier("les documents", erreur)
}

#[cfg(test)]
mod tests {
    use engine::identifiant::{CommuneSlug, DossierId, FichierId};

    use super::super::{Fichiers, Ou};
    use super::*;

    async fn ouvre(data: &std::path::Path) -> Fichiers {
        std::fs::create_dir_all(data).unwrap();
        Fichiers::ouvre(Ou { data, url: None, cles: &[] }).await.unwrap()
    }

    /// All files of a folder, read whole.
    fn tout(dossier: &std::path::Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
        let (mut dossiers, mut lus) = (vec![dossier.to_owned()], Vec::new());
        while let Some(d) = dossiers.pop() {
            for entree in std::fs::read_dir(d).unwrap() {
                let chemin = entree.unwrap().path();
                if chemin.is_dir() {
                    dossiers.push(chemin);
                } else {
                    lus.push((chemin.clone(), std::fs::read(&chemin).unwrap()));
                }
            }
        }
        lus
    }

    /// S21, the documents' half: 200 canaries in 1,000 files are nowhere on the disk; the keys turn, the old one goes,
    /// everything still opens; a file kept in clear before is encrypted.
    #[tokio::test]
    async fn mille_documents_changent_de_cle_et_rien_ne_se_lit_sur_le_disque() {
        let temporaire = tempfile::tempdir().unwrap();
        let data = temporaire.path().join("data");
        let fichiers = ouvre(&data).await;
        let communes = ["a", "b"].map(|c| CommuneSlug::lit(c).unwrap());
        let dossier = DossierId::neuf([1; 16]);
        let contenu =
            |i: usize| format!("%PDF-1.4\ncanari-{:03}-sante {}", i % 200, "x".repeat(i % 700)).into_bytes();
        let mut gardes = Vec::new();
        for i in 0..1000 {
            let commune = &communes[i % 2];
            let octets = contenu(i);
            let id = fichiers.nomme(commune, &dossier, &octets).unwrap();
            fichiers.garde(commune, &id, &octets).await.unwrap();
            gardes.push((commune.clone(), id, octets));
        }
        // kept in clear by a version of before
        let ancien = FichierId::neuf([9; 16]);
        std::fs::write(data.join("fichiers/a").join(ancien.as_str()), b"%PDF-1.4\ncanari-ancien").unwrap();
        assert_eq!(fichiers.lit(&communes[0], &ancien).await.unwrap(), b"%PDF-1.4\ncanari-ancien");

        let canaris = || {
            let lus = tout(&data);
            let cherche =
                |c: &str| lus.iter().filter(|(_, o)| o.windows(c.len()).any(|w| w == c.as_bytes())).count();
            (0..200).map(|i| cherche(&format!("canari-{i:03}"))).sum::<usize>() + cherche("canari-ancien")
        };
        assert_eq!(canaris(), 1, "the one kept in clear");
        // the key of the town's database turns with them, and stays the same key
        let du_coffre = fichiers.coffre(&communes[0]).await.unwrap();
        assert_eq!(fichiers.coffre(&communes[0]).await.unwrap(), du_coffre, "made once");
        assert_ne!(fichiers.coffre(&communes[1]).await.unwrap(), du_coffre);
        assert!(!tout(&data).iter().any(|(_, o)| o.windows(32).any(|w| w == du_coffre)), "never in clear");
        assert_eq!(fichiers.nouvelle_cle().unwrap(), 2);
        // before the documents are encrypted again, the old key cannot go
        let refuse = fichiers.oublie_les_anciennes().await.unwrap();
        assert_eq!(refuse, Err(Bilan { illisibles: 1003, ..Bilan::default() }));
        assert_eq!(fichiers.rechiffre().await.unwrap(), Bilan { rechiffres: 1003, ..Bilan::default() });
        assert_eq!(fichiers.rechiffre().await.unwrap(), Bilan { deja: 1003, ..Bilan::default() });
        assert_eq!(canaris(), 0);
        assert_eq!(fichiers.oublie_les_anciennes().await.unwrap(), Ok(1));
        let relu = ouvre(&data).await;
        assert_eq!(relu.coffre(&communes[0]).await.unwrap(), du_coffre);
        let demain = jiff::Timestamp::MAX;
        let oubliables = relu.vieux(&communes[0], demain).await.unwrap();
        assert!(oubliables.len() == 501 && !oubliables.iter().any(|n| n.starts_with('_')), "never swept");
        for (commune, id, octets) in &gardes {
            assert_eq!(relu.lit(commune, id).await.unwrap(), *octets);
        }
        assert_eq!(relu.lit(&communes[0], &ancien).await.unwrap(), b"%PDF-1.4\ncanari-ancien");
        // put there in clear since: not ours
        std::fs::write(data.join("fichiers/a").join(ancien.as_str()), b"%PDF-1.4\nintrus").unwrap();
        for ouvert in [&relu, &fichiers] {
            assert_eq!(ouvert.lit(&communes[0], &ancien).await.unwrap_err().kind(), ErrorKind::InvalidData);
        }
        assert_eq!(relu.rechiffre().await.unwrap(), Bilan { deja: 1002, illisibles: 1, ..Bilan::default() });
    }

    #[tokio::test]
    async fn un_nom_ne_dit_rien_d_une_commune_a_l_autre_et_d_autres_cles_arretent() {
        let temporaire = tempfile::tempdir().unwrap();
        let data = temporaire.path().join("data");
        let fichiers = ouvre(&data).await;
        let (a, b) = (CommuneSlug::lit("a").unwrap(), CommuneSlug::lit("b").unwrap());
        let (d, e) = (DossierId::neuf([1; 16]), DossierId::neuf([2; 16]));
        let noms = [(&a, &d), (&a, &e), (&b, &d)].map(|(c, d)| fichiers.nomme(c, d, b"le meme").unwrap());
        assert!(noms[0] != noms[1] && noms[0] != noms[2] && noms[1] != noms[2]);
        assert_eq!(noms[0], fichiers.nomme(&a, &d, b"le meme").unwrap());
        let autre = ouvre(&temporaire.path().join("autre")).await;
        assert_ne!(noms[0], autre.nomme(&a, &d, b"le meme").unwrap());
        // moved to another place, a document does not open
        fichiers.garde(&a, &noms[0], b"%PDF-1").await.unwrap();
        let dossier = data.join("fichiers");
        std::fs::create_dir_all(dossier.join("b")).unwrap();
        std::fs::copy(dossier.join("a").join(noms[0].as_str()), dossier.join("b").join(noms[0].as_str()))
            .unwrap();
        assert_eq!(fichiers.lit(&b, &noms[0]).await.unwrap_err().kind(), ErrorKind::InvalidData);
        std::fs::remove_file(temporaire.path().join("data.cles")).unwrap();
        let refus = Fichiers::ouvre(Ou { data: &data, url: None, cles: &[] }).await.unwrap_err().to_string();
        assert!(refus.contains("n'ouvre pas les documents déjà gardés"), "{refus}");
        let cles = ["ab".repeat(32)];
        let refus =
            Fichiers::ouvre(Ou { data: &data, url: None, cles: &cles }).await.unwrap_err().to_string();
        assert!(refus.contains("cles_des_fichiers"), "{refus}");
    }
}
