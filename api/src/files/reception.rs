//! What is made of a file before it is kept: recognised, checked, and a photograph written again.

use super::{Fichiers, Format, TAILLE_MAX, image, pdf};

/// A file that may be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recu {
    /// What is kept of it.
    pub(crate) octets: Vec<u8>,
    /// What it is.
    pub(crate) format: Format,
}

/// What is wrong with a file, as its sender reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Defaut {
    /// Nothing was sent.
    #[error("Choisissez un fichier, puis envoyez-le.")]
    Vide,
    /// Too many bytes.
    #[error("Ce fichier dépasse 5 Mo : réduisez-le, ou prenez une photo moins grande.")]
    TropLourd,
    /// A photograph of a telephone that few others read.
    #[error(
        "Cette photo est au format HEIC, que le service ne peut pas lire : enregistrez-la en JPEG, ou envoyez-en une capture d’écran."
    )]
    Heic,
    /// None of the formats that are kept.
    #[error("Ce fichier n’est ni un PDF, ni une photo JPEG ou PNG : enregistrez-le dans un de ces formats.")]
    Format,
    /// One of them, which this document is not given in.
    #[error("Cette pièce ne se donne pas dans ce format : voyez les formats acceptés.")]
    AutreFormat,
    /// Too many pixels.
    #[error(
        "Cette image a trop de points pour être reçue : prenez une photo de 25 millions de pixels au plus."
    )]
    TropGrande,
    /// It stops before its end.
    #[error("Cette photo est incomplète : elle a été coupée. Reprenez-la, ou renvoyez-la.")]
    Coupee,
    /// It says that it is an image, and is not.
    #[error("Cette image ne se lit pas : reprenez la photo, ou enregistrez-la de nouveau.")]
    Illisible,
    /// A PDF with a script, an action, a file inside.
    #[error(
        "Ce PDF contient un programme ou un fichier caché, refusé par sécurité : imprimez-le en PDF (« Imprimer », puis « Enregistrer au format PDF »), ou envoyez-en une photo."
    )]
    PdfActif,
    /// A PDF part of which cannot be looked at: protected, or wrapped several times.
    #[error(
        "Ce PDF est protégé, ou fait d’une façon que le service ne peut pas vérifier : imprimez-le en PDF (« Imprimer », puis « Enregistrer au format PDF »), ou envoyez-en une photo."
    )]
    PdfFerme,
}

impl Fichiers {
    /// Checks a file for a document given in these formats; a photograph is written again. Two at a time: an image takes
    /// 250 MB while it is read.
    pub(crate) async fn recoit(&self, octets: Vec<u8>, formats: Option<&[String]>) -> Result<Recu, Defaut> {
        let format = reconnu(&octets, formats)?;
        let Ok(place) = self.atelier.clone().acquire_owned().await else { return Err(Defaut::Illisible) };
        let fait = tokio::task::spawn_blocking(move || {
            // held until it is read: whoever sent it may have left
            let _place = place;
            refait(octets, format)
        });
        // a decoder that panics has refused
        fait.await.unwrap_or(Err(Defaut::Illisible))
    }
}

fn reconnu(octets: &[u8], formats: Option<&[String]>) -> Result<Format, Defaut> {
    if octets.is_empty() {
        return Err(Defaut::Vide);
    }
    if octets.len() > TAILLE_MAX {
        return Err(Defaut::TropLourd);
    }
    let marque = octets.get(4..12).unwrap_or_default();
    if [&b"ftyphei"[..], b"ftypmif1", b"ftyphev"].iter().any(|m| marque.starts_with(m)) {
        return Err(Defaut::Heic);
    }
    let format = Format::reconnu(octets).ok_or(Defaut::Format)?;
    if formats.is_some_and(|f| f.iter().all(|f| f != format.mot())) {
        return Err(Defaut::AutreFormat);
    }
    Ok(format)
}

fn refait(octets: Vec<u8>, format: Format) -> Result<Recu, Defaut> {
    match format {
        Format::Pdf => pdf::inerte(&octets).map(|()| Recu { octets, format }),
        Format::Jpeg | Format::Png => {
            let (octets, format) = image::refait(&octets, format)?;
            Ok(Recu { octets, format })
        }
    }
}
