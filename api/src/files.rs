//! Documents sent by families: recognised by their first bytes, kept outside any address.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use engine::identifiant::{CommuneSlug, FichierId};
use jiff::Timestamp;

use crate::clock::Horloge;

/// How many documents this process began to receive.
static RECEPTIONS: AtomicU64 = AtomicU64::new(0);

/// Largest document, in bytes.
pub(crate) const TAILLE_MAX: usize = 5 * 1024 * 1024;

/// What a document is, by its content: the name and the declared type are whatever the sender wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// PDF
    Pdf,
    /// JPEG
    Jpeg,
    /// PNG
    Png,
}

impl Format {
    /// The format of these bytes.
    pub(crate) fn reconnu(octets: &[u8]) -> Option<Self> {
        if octets.starts_with(b"%PDF-") {
            Some(Self::Pdf)
        } else if octets.starts_with(&[0xff, 0xd8, 0xff]) {
            Some(Self::Jpeg)
        } else if octets.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else {
            None
        }
    }
}

impl Format {
    /// Its media type.
    pub(crate) const fn mime(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// The end of a file's name.
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }
}

/// Where documents are kept.
#[derive(Debug, Clone)]
pub(crate) struct Fichiers(PathBuf);

impl Fichiers {
    /// Below the data folder.
    pub(crate) fn nouveau(donnees: &std::path::Path) -> Self {
        Self(donnees.join("fichiers"))
    }

    /// A kept document.
    pub(crate) async fn lit(&self, commune: &CommuneSlug, id: &FichierId) -> std::io::Result<Vec<u8>> {
        tokio::fs::read(self.0.join(commune.as_str()).join(id.as_str())).await
    }

    /// Keeps a document, on the disk when this returns.
    pub(crate) async fn garde(
        &self,
        commune: &CommuneSlug,
        id: &FichierId,
        octets: &[u8],
    ) -> std::io::Result<()> {
        use tokio::io::AsyncWriteExt as _;
        let dossier = self.0.join(commune.as_str());
        tokio::fs::create_dir_all(&dossier).await?;
        let cible = dossier.join(id.as_str());
        // its name is its content's: a document already acknowledged is never opened for writing again
        if self.rajeunit(&cible, octets.len()).await {
            return Ok(());
        }
        // two copies of one document may arrive at once: each has its own provisional file
        let rang = RECEPTIONS.fetch_add(1, Ordering::Relaxed);
        let provisoire = dossier.join(format!("{}.{}-{rang}.recu", id.as_str(), std::process::id()));
        let mut fichier = tokio::fs::File::create(&provisoire).await?;
        fichier.write_all(octets).await?;
        fichier.sync_all().await?;
        tokio::fs::rename(&provisoire, &cible).await?;
        tokio::fs::File::open(&dossier).await?.sync_all().await
    }

    /// Is the whole document there already? Then it is as young as one just sent: the sweep leaves it alone.
    async fn rajeunit(&self, cible: &Path, taille: usize) -> bool {
        let Ok(fichier) = tokio::fs::File::open(cible).await else { return false };
        let entier = fichier.metadata().await.is_ok_and(|m| usize::try_from(m.len()) == Ok(taille));
        let fichier = fichier.into_std().await;
        entier && fichier.set_modified(Horloge::default().reel().into()).is_ok() && cible.exists()
    }

    /// Names of a town's documents last touched before `avant`, half-received ones too.
    pub(crate) async fn vieux(
        &self,
        commune: &CommuneSlug,
        avant: Timestamp,
    ) -> std::io::Result<Vec<String>> {
        let mut entrees = match tokio::fs::read_dir(self.0.join(commune.as_str())).await {
            Ok(entrees) => entrees,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(e),
        };
        let mut noms = Vec::new();
        while let Some(entree) = entrees.next_entry().await? {
            if est_vieux(&entree.metadata().await?, avant)
                && let Some(nom) = entree.file_name().to_str()
            {
                noms.push(nom.to_owned());
            }
        }
        Ok(noms)
    }

    /// Removes a document, unless it was touched again meanwhile.
    pub(crate) async fn oublie(
        &self,
        commune: &CommuneSlug,
        nom: &str,
        avant: Timestamp,
    ) -> std::io::Result<bool> {
        let chemin = self.0.join(commune.as_str()).join(nom);
        if !est_vieux(&tokio::fs::metadata(&chemin).await?, avant) {
            return Ok(false);
        }
        tokio::fs::remove_file(&chemin).await?;
        Ok(true)
    }
}

fn est_vieux(fiche: &std::fs::Metadata, avant: Timestamp) -> bool {
    let touche = fiche.modified().ok().and_then(|t| Timestamp::try_from(t).ok());
    fiche.is_file() && touche.is_some_and(|t| t < avant)
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn un_document_se_reconnait_a_son_contenu() {
        assert_eq!(Format::reconnu(b"%PDF-1.7\n"), Some(Format::Pdf));
        assert_eq!(Format::reconnu(&[0xff, 0xd8, 0xff, 0xe0]), Some(Format::Jpeg));
        assert_eq!(Format::reconnu(b"\x89PNG\r\n\x1a\n.."), Some(Format::Png));
        for faux in [&b"<svg onload=x>"[..], b"MZ", b"", b"PK\x03\x04", b" %PDF-"] {
            assert_eq!(Format::reconnu(faux), None);
        }
    }
}
