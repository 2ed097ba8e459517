//! What a document is, by its content: its name and its declared type are whatever the sender wrote.

/// The formats that are kept.
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

    /// As `pieces.yaml` names it.
    pub(crate) const fn mot(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpeg",
            Self::Png => "png",
        }
    }

    /// Is it a photograph, written again by us, that pages may show?
    pub(crate) const fn est_image(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png)
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn un_document_se_reconnait_a_son_contenu() {
        assert_eq!(Format::reconnu(b"%PDF-1.7\n"), Some(Format::Pdf));
        assert_eq!(Format::reconnu(&[0xff, 0xd8, 0xff, 0xe0]), Some(Format::Jpeg));
        assert_eq!(Format::reconnu(b"\x89PNG\r\n\x1a\n.."), Some(Format::Png));
        for faux in [&b"<svg onload=x>"[..], b"MZ", b"", b"PK\x03\x04", b" %PDF-", b"GCF1"] {
            assert_eq!(Format::reconnu(faux), None);
        }
    }
}
