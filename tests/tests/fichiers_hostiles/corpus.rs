//! Hostile files, built here: none is downloaded, none is kept in the tree.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage};

/// What must become of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Refused.
    Refuse,
    /// Kept as another file, that we wrote.
    Refait,
    /// Kept as it is, and never shown: to be saved only.
    Garde,
}

/// A file, the name that its sender gives it, and what must become of it.
pub(crate) struct Hostile {
    pub(crate) quoi: &'static str,
    pub(crate) nom: String,
    pub(crate) octets: Vec<u8>,
    pub(crate) sort: Sort,
}

/// A photograph, more or less: noise does not compress to nothing.
pub(crate) fn photo(format: ImageFormat) -> Vec<u8> {
    let image =
        RgbImage::from_fn(64, 48, |x, y| image::Rgb([(x * 4) as u8, (y * 5) as u8, (x * y % 251) as u8]));
    let mut ecrite = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(image).write_to(&mut ecrite, format).unwrap();
    ecrite.into_inner()
}

/// The same JPEG with an EXIF segment: held upright by a quarter turn, taken at a known place.
pub(crate) fn avec_position() -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08".to_vec();
    // IFD0: orientation 6, a pointer to the GPS directory
    exif.extend(b"\0\x02\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\x88\x25\0\x04\0\0\0\x01\0\0\0\x26\0\0\0\0");
    // GPS: latitude reference N, and a text that any search finds
    exif.extend(b"\0\x01\0\x01\0\x02\0\0\0\x02N\0\0\0\0\0\0\0");
    exif.extend(b"GPS-48.8566-2.3522-CANARI");
    segment(&photo(ImageFormat::Jpeg), 0xe1, &exif)
}

/// A JPEG with one more segment after its start.
fn segment(jpeg: &[u8], marque: u8, contenu: &[u8]) -> Vec<u8> {
    let taille = u16::try_from(contenu.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, marque], &taille, contenu, &jpeg[2..]].concat()
}

fn crc(octets: &[u8]) -> u32 {
    !octets.iter().fold(!0_u32, |crc, o| {
        (0..8).fold(crc ^ u32::from(*o), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xedb8_8320 } else { c >> 1 })
    })
}

fn morceau(genre: &[u8; 4], contenu: &[u8]) -> Vec<u8> {
    let corps = [&genre[..], contenu].concat();
    [&u32::try_from(contenu.len()).unwrap().to_be_bytes()[..], &corps, &crc(&corps).to_be_bytes()].concat()
}

/// A PNG that says these dimensions, and holds next to nothing.
fn png_de(largeur: u32, hauteur: u32, profondeur: u8, couleur: u8) -> Vec<u8> {
    let mut ihdr = [largeur.to_be_bytes(), hauteur.to_be_bytes()].concat();
    ihdr.extend([profondeur, couleur, 0, 0, 0]);
    let idat = morceau(b"IDAT", b"\x78\x9c\x03\x00\x00\x00\x00\x01");
    [b"\x89PNG\r\n\x1a\n".to_vec(), morceau(b"IHDR", &ihdr), idat, morceau(b"IEND", b"")].concat()
}

/// A PNG with one more piece after its head.
fn png_avec(genre: &[u8; 4], contenu: &[u8]) -> Vec<u8> {
    let png = photo(ImageFormat::Png);
    [&png[..33], &morceau(genre, contenu), &png[33..]].concat()
}

/// A zip with an empty file of each of these names.
fn zip(noms: impl Iterator<Item = String>) -> Vec<u8> {
    let mut octets = Vec::new();
    for nom in noms {
        octets.extend(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        octets.extend(u16::try_from(nom.len()).unwrap().to_le_bytes());
        octets.extend([0, 0]);
        octets.extend(nom.as_bytes());
    }
    octets
}

fn pdf(corps: &str) -> Vec<u8> {
    format!("%PDF-1.7\n1 0 obj\n<</Type/Catalog {corps}>>\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
        .into_bytes()
}

/// All of them.
pub(crate) fn corpus() -> Vec<Hostile> {
    use Sort::{Garde, Refait, Refuse};
    let (jpeg, png) = (photo(ImageFormat::Jpeg), photo(ImageFormat::Png));
    let simple = pdf("");
    let mut tous: Vec<(&'static str, &str, Vec<u8>, Sort)> = vec![
        (
            "svg script",
            "a.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(),
            Refuse,
        ),
        (
            "svg named png",
            "a.png",
            b"<?xml version='1.0'?><svg><script>alert(1)</script></svg>".to_vec(),
            Refuse,
        ),
        ("html named jpg", "a.jpg", b"<!doctype html><script>alert(1)</script>".to_vec(), Refuse),
        ("html after a BOM", "a.pdf", b"\xef\xbb\xbf<html>".to_vec(), Refuse),
        ("xml bomb", "a.xml", b"<!DOCTYPE a [<!ENTITY b \"bbbb\">]><a>&b;</a>".to_vec(), Refuse),
        ("javascript", "a.js", b"alert(document.cookie)".to_vec(), Refuse),
        ("shell", "a.sh", b"#!/bin/sh\nrm -rf /\n".to_vec(), Refuse),
        ("windows program", "a.pdf.exe", b"MZ\x90\0\x03\0\0\0".to_vec(), Refuse),
        ("linux program", "a", b"\x7fELF\x02\x01\x01\0".to_vec(), Refuse),
        ("php", "a.php.jpg", b"<?php system($_GET['c']);".to_vec(), Refuse),
        ("zip", "a.zip", zip(["a.txt".to_owned()].into_iter()), Refuse),
        ("zip slip", "a.zip", zip(["../../../etc/cron.d/x".to_owned()].into_iter()), Refuse),
        ("zip of 100,000 entries", "a.zip", zip((0..100_000).map(|n| format!("{n}"))), Refuse),
        ("zip bomb", "42.zip", [zip(["0".to_owned()].into_iter()), vec![0; 42_000]].concat(), Refuse),
        (
            "docx",
            "a.docx",
            zip(["[Content_Types].xml".to_owned(), "word/document.xml".to_owned()].into_iter()),
            Refuse,
        ),
        (
            "docm",
            "a.docm",
            zip(["word/document.xml".to_owned(), "word/vbaProject.bin".to_owned()].into_iter()),
            Refuse,
        ),
        ("docm named pdf", "a.pdf", zip(["word/vbaProject.bin".to_owned()].into_iter()), Refuse),
        ("doc", "a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), Refuse),
        ("rtf", "a.rtf", b"{\\rtf1{\\object}}".to_vec(), Refuse),
        ("gif and javascript", "a.gif", b"GIF89a/*\0\0*/=1;alert(1)//".to_vec(), Refuse),
        ("bmp", "a.bmp", b"BM\x46\0\0\0\0\0".to_vec(), Refuse),
        ("tiff, little", "a.tif", b"II*\0\x08\0\0\0".to_vec(), Refuse),
        ("tiff, big", "a.tif", b"MM\0*\0\0\0\x08".to_vec(), Refuse),
        ("webp", "a.webp", b"RIFF\x1a\0\0\0WEBPVP8L".to_vec(), Refuse),
        ("avif", "a.avif", b"\0\0\0\x1cftypavif\0\0\0\0".to_vec(), Refuse),
        ("heic", "IMG_0001.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), Refuse),
        ("mp4", "a.mp4", b"\0\0\0\x18ftypmp42".to_vec(), Refuse),
        ("gzip bomb", "a.gz", [b"\x1f\x8b\x08\0".to_vec(), vec![0; 42_000]].concat(), Refuse),
        ("7z", "a.7z", b"7z\xbc\xaf\x27\x1c".to_vec(), Refuse),
        ("rar", "a.rar", b"Rar!\x1a\x07\x01\0".to_vec(), Refuse),
        ("empty", "a.pdf", Vec::new(), Refuse),
        ("one byte", "a.pdf", b"%".to_vec(), Refuse),
        ("nothing but zeroes", "a.jpg", vec![0; 4096], Refuse),
        ("a blank before", "a.pdf", b" %PDF-1.4\n%%EOF".to_vec(), Refuse),
        ("html before", "a.pdf", b"<html><script>1</script>%PDF-1.4\n%%EOF".to_vec(), Refuse),
        ("encrypted document of ours", "a.pdf", b"GCF1aaaaaaaabbbbbbbbbbbbbbbbbbbcccc".to_vec(), Refuse),
        (
            "5 MB and one byte",
            "a.pdf",
            [b"%PDF-1.4\n".to_vec(), vec![b' '; 5 * 1024 * 1024 - 8]].concat(),
            Refuse,
        ),
        ("png 30,000 squared", "a.png", png_de(30_000, 30_000, 8, 6), Refuse),
        ("png 30,000 squared, black and white", "a.png", png_de(30_000, 30_000, 1, 0), Refuse),
        ("png of 2^31", "a.png", png_de(0x7fff_ffff, 0x7fff_ffff, 16, 6), Refuse),
        ("png 12,001 wide", "a.png", png_de(12_001, 1, 8, 2), Refuse),
        ("png 6,000 squared", "a.png", png_de(6_000, 6_000, 16, 6), Refuse),
        ("png of nothing", "a.png", png_de(0, 10, 8, 2), Refuse),
        ("png without a line", "a.png", png_de(10, 10, 8, 2), Refuse),
        ("png cut short", "a.png", png[..png.len() / 2].to_vec(), Refuse),
        ("png head only", "a.png", png[..33].to_vec(), Refuse),
        (
            "png and html",
            "a.png",
            [b"\x89PNG\r\n\x1a\n".to_vec(), b"<script>alert(1)</script>".to_vec()].concat(),
            Refuse,
        ),
        ("jpeg start only", "a.jpg", jpeg[..3].to_vec(), Refuse),
        ("jpeg cut short", "a.jpg", jpeg[..jpeg.len() / 2].to_vec(), Refuse),
        ("jpeg without its last byte", "a.jpg", jpeg[..jpeg.len() - 1].to_vec(), Refuse),
        (
            "jpeg and html",
            "a.jpg",
            [vec![0xff, 0xd8, 0xff], b"<script>alert(1)</script>".to_vec()].concat(),
            Refuse,
        ),
        (
            "jpeg of 65,500 squared",
            "a.jpg",
            b"\xff\xd8\xff\xc0\0\x11\x08\xff\xdc\xff\xdc\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xd9"
                .to_vec(),
            Refuse,
        ),
        ("jpeg whose segment has no end", "a.jpg", b"\xff\xd8\xff\xe1\xff\xffExif".to_vec(), Refuse),
        ("pdf with javascript", "a.pdf", pdf("/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"), Refuse),
        ("pdf with hidden javascript", "a.pdf", pdf("/OpenAction<</S/J#61va#53cript>>"), Refuse),
        ("pdf with short javascript", "a.pdf", pdf("/AA<</O<</JS(1)>>>>"), Refuse),
        ("pdf that launches", "a.pdf", pdf("/OpenAction<</S/Launch/F(cmd.exe)>>"), Refuse),
        ("pdf with a file inside", "a.pdf", pdf("/Names<</EmbeddedFiles<<>>>>"), Refuse),
        ("pdf with a stream inside", "a.pdf", pdf("/X<</Type/EmbeddedFile>>"), Refuse),
        ("pdf with media", "a.pdf", pdf("/Annots[<</Subtype/RichMedia>>]"), Refuse),
        ("pdf that goes elsewhere", "a.pdf", pdf("/OpenAction<</S/GoToE>>"), Refuse),
        ("jpeg with its place", "IMG.jpg", avec_position(), Refait),
        ("jpeg with a comment", "a.jpg", segment(&jpeg, 0xfe, b"<script>alert(1)</script>"), Refait),
        ("jpeg then a zip", "a.jpg", [jpeg.clone(), zip(["x".to_owned()].into_iter())].concat(), Refait),
        ("jpeg then html", "a.html", [jpeg.clone(), b"<script>alert(1)</script>".to_vec()].concat(), Refait),
        ("jpeg then php", "a.php", [jpeg.clone(), b"<?php phpinfo();".to_vec()].concat(), Refait),
        ("png with a text", "a.png", png_avec(b"tEXt", b"Comment\0<script>alert(1)</script>"), Refait),
        (
            "png with a text bomb",
            "a.png",
            png_avec(b"zTXt", &[b"a\0\0".to_vec(), vec![0x78; 4000]].concat()),
            Refait,
        ),
        ("png then html", "a.png", [png.clone(), b"<script>alert(1)</script>".to_vec()].concat(), Refait),
        ("pdf then html", "a.html", [simple.clone(), b"<script>alert(1)</script>".to_vec()].concat(), Garde),
        ("pdf then a zip", "a.zip", [simple.clone(), zip(["x".to_owned()].into_iter())].concat(), Garde),
    ];
    for (quoi, nom) in [
        ("a name that climbs", "../../../../etc/passwd"),
        ("a name of windows", "..\\..\\boot.ini"),
        ("a name turned over", "facture\u{202e}fdp.exe"),
        ("a name with a zero", "a.pdf\0.exe"),
        ("a name that is a command", "$(reboot).pdf"),
        ("a name with markup", "<img src=x onerror=alert(1)>.pdf"),
    ] {
        tous.push((quoi, nom, simple.clone(), Garde));
    }
    let mut corpus: Vec<Hostile> = tous
        .into_iter()
        .map(|(quoi, nom, octets, sort)| Hostile { quoi, nom: nom.to_owned(), octets, sort })
        .collect();
    let crlf = "a\r\nSet-Cookie: a=b\r\n.pdf".to_owned();
    corpus.push(Hostile { quoi: "a name of several lines", nom: crlf, octets: simple.clone(), sort: Garde });
    corpus.push(Hostile {
        quoi: "a name of 300 letters",
        nom: "é".repeat(300) + ".pdf",
        octets: simple,
        sort: Garde,
    });
    corpus
}
