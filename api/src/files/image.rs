//! Photographs are decoded under limits and written again: what is kept holds no position, no hidden part, nothing after its
//! end, and stands upright.

use std::io::Cursor;

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::PngDecoder;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, Limits};

use super::TAILLE_MAX;
use super::format::Format;
use super::reception::Defaut;

/// Longest side accepted, in pixels.
const COTE_MAX: u32 = 12_000;
/// Most pixels: a progressive JPEG takes 9 bytes a pixel while it is decoded.
const PIXELS_MAX: u64 = 25_000_000;
/// Most memory that decoding takes, in bytes.
const MEMOIRE_MAX: u64 = 160 * 1024 * 1024;
/// Longest side kept: an A4 page reads at 270 dots an inch.
const COTE_GARDE: u32 = 3200;
/// Of the JPEG written, on 100: text stays sharp.
const QUALITE: u8 = 88;

/// The same image, written by us; a PNG that would be too long becomes a JPEG.
pub(super) fn refait(octets: &[u8], format: Format) -> Result<(Vec<u8>, Format), Defaut> {
    let lu = match format {
        Format::Jpeg => jpeg(octets),
        Format::Png => png(octets),
        Format::Pdf => return Err(Defaut::Illisible),
    }?;
    match format {
        Format::Png => {
            let ecrit = en_png(&lu)?;
            if ecrit.len() <= TAILLE_MAX { Ok((ecrit, Format::Png)) } else { en_jpeg(&lu) }
        }
        _ => en_jpeg(&lu),
    }
}

fn limites() -> Limits {
    let mut limites = Limits::no_limits();
    limites.max_image_width = Some(COTE_MAX);
    limites.max_image_height = Some(COTE_MAX);
    limites.max_alloc = Some(MEMOIRE_MAX);
    limites
}

fn defaut(erreur: ImageError) -> Defaut {
    match erreur {
        ImageError::Limits(_) => Defaut::TropGrande,
        _ => Defaut::Illisible,
    }
}

fn jpeg(octets: &[u8]) -> Result<DynamicImage, Defaut> {
    // a decoder fills what is missing with grey: the family must know before the agent
    if !jpeg_entier(octets) {
        return Err(Defaut::Coupee);
    }
    let mut decodeur = JpegDecoder::new(Cursor::new(octets)).map_err(defaut)?;
    decodeur.set_limits(limites()).map_err(defaut)?;
    decode(decodeur)
}

fn png(octets: &[u8]) -> Result<DynamicImage, Defaut> {
    let mut decodeur = PngDecoder::with_limits(Cursor::new(octets), limites()).map_err(defaut)?;
    decodeur.set_limits(limites()).map_err(defaut)?;
    decode(decodeur)
}

fn decode(mut decodeur: impl ImageDecoder) -> Result<DynamicImage, Defaut> {
    let (largeur, hauteur) = decodeur.dimensions();
    if u64::from(largeur) * u64::from(hauteur) > PIXELS_MAX || decodeur.total_bytes() > MEMOIRE_MAX {
        return Err(Defaut::TropGrande);
    }
    let sens = decodeur.orientation().map_err(defaut)?;
    let mut lu = DynamicImage::from_decoder(decodeur).map_err(defaut)?;
    if largeur.max(hauteur) > COTE_GARDE {
        lu = lu.thumbnail(COTE_GARDE, COTE_GARDE);
    }
    lu.apply_orientation(sens);
    Ok(lu)
}

fn en_png(lu: &DynamicImage) -> Result<Vec<u8>, Defaut> {
    let plat = match (lu.color().has_color(), lu.color().has_alpha()) {
        (false, false) => DynamicImage::ImageLuma8(lu.to_luma8()),
        (_, false) => DynamicImage::ImageRgb8(lu.to_rgb8()),
        (_, true) => DynamicImage::ImageRgba8(lu.to_rgba8()),
    };
    let mut ecrit = Cursor::new(Vec::new());
    plat.write_to(&mut ecrit, ImageFormat::Png).map_err(defaut)?;
    Ok(ecrit.into_inner())
}

fn en_jpeg(lu: &DynamicImage) -> Result<(Vec<u8>, Format), Defaut> {
    let mut ecrit = Vec::new();
    let mut encodeur = JpegEncoder::new_with_quality(&mut ecrit, QUALITE);
    let fait = if lu.color().has_color() {
        encodeur.encode_image(&lu.to_rgb8())
    } else {
        encodeur.encode_image(&lu.to_luma8())
    };
    fait.map_err(defaut)?;
    Ok((ecrit, Format::Jpeg))
}

/// Does it go to its end marker? Segments are walked, so that neither a thumbnail inside nor what follows is taken for it.
fn jpeg_entier(octets: &[u8]) -> bool {
    let mut place = 2;
    loop {
        let (Some(0xff), Some(marque)) = (octets.get(place), octets.get(place + 1)) else { return false };
        match marque {
            0xff => place += 1,
            0xd9 => return true,
            0x01 | 0xd0..=0xd8 => place += 2,
            _ => {
                let Some(taille) = octets.get(place + 2..).and_then(|o| o.first_chunk()) else {
                    return false;
                };
                place += 2 + usize::from(u16::from_be_bytes(*taille)).max(2);
                if *marque == 0xda {
                    // the scan goes on until a marker that is neither stuffing nor a restart
                    let Some(reste) = octets.get(place..) else { return false };
                    let fin = reste
                        .windows(2)
                        .position(|d| matches!(d, [0xff, m] if !matches!(m, 0 | 0xd0..=0xd7 | 0xff)));
                    let Some(fin) = fin else { return false };
                    place += fin;
                }
            }
        }
    }
}
