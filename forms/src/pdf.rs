//! Letters to print, as a PDF: one page each, A4, in the reader's own Helvetica.
//!
//! The page places the address where French window envelopes show it (NF Z 11-001: right half, 45 mm from the top).

use pdf_writer::{Content, Name, Pdf, Rect, Ref, Str, TextStr};
use unicode_normalization::UnicodeNormalization as _;

use crate::vues::LettreCle;

/// A4, in points.
const LARGEUR: f32 = 595.0;
const HAUTEUR: f32 = 842.0;
const MARGE: f32 = 62.0;
const NORMAL: Name<'static> = Name(b"N");
const GRAS: Name<'static> = Name(b"G");
const CORPS: f32 = 11.0;
const INTERLIGNE: f32 = 16.0;
/// Left edge of the address, and its first line from the top.
const ADRESSE_X: f32 = 312.0;
const ADRESSE_Y: f32 = 140.0;

/// The letters that give keys, one page each.
pub fn lettres_de_cles(lettres: &[LettreCle]) -> Vec<u8> {
    let pages: Vec<Vec<u8>> = lettres.iter().map(page).collect();
    document("Clés enfance", &pages)
}

fn page(l: &LettreCle) -> Vec<u8> {
    let mut p = Plume { contenu: Content::new(), y: HAUTEUR - MARGE };
    p.ligne(MARGE, (GRAS, 13.0), &l.commune);
    for ligne in &l.service {
        p.ligne(MARGE, (NORMAL, 10.0), ligne);
    }
    let bas_de_l_expediteur = p.y;
    p.y = HAUTEUR - ADRESSE_Y;
    for ligne in &l.destinataire {
        p.ligne(ADRESSE_X, (NORMAL, CORPS), ligne);
    }
    p.y = p.y.min(bas_de_l_expediteur) - INTERLIGNE;
    p.ligne(ADRESSE_X, (NORMAL, CORPS), &l.fait_le);
    p.saute(2.0);
    p.ligne(MARGE, (GRAS, CORPS), "Objet : votre clé enfance");
    p.saute(1.0);
    p.paragraphe("Bonjour,");
    let enfants = if l.enfants.is_empty() { String::new() } else { format!(" ({})", l.enfants) };
    let remplace = if l.remplace { " Elle remplace la précédente, qui ne sert plus." } else { "" };
    p.paragraphe(&format!(
        "Voici la clé qui relie votre espace famille au dossier de votre famille{enfants}.{remplace}"
    ));
    p.encadre(&l.cle);
    p.paragraphe(&format!("1. Ouvrez {}, et entrez dans votre espace, ou créez-le.", l.adresse));
    p.paragraphe("2. Choisissez « J’ai une clé », puis tapez la clé ci-dessus.");
    p.paragraphe("3. Indiquez la date de naissance d’un de vos enfants.");
    p.saute(1.0);
    let personnelle = if l.par_responsable {
        " Elle est personnelle : chaque représentant reçoit la sienne."
    } else {
        ""
    };
    p.paragraphe(&format!(
        "Elle sert une seule fois, jusqu’au {}.{personnelle} Ne la donnez à personne : le service ne vous la demandera jamais.",
        l.jusqu_au
    ));
    p.contenu.finish().to_vec()
}

/// Writes downwards.
struct Plume {
    contenu: Content,
    /// Where the last line stands, from the bottom.
    y: f32,
}

impl Plume {
    fn ligne(&mut self, x: f32, (police, corps): (Name<'_>, f32), texte: &str) {
        self.y -= corps * 1.4;
        self.contenu.begin_text();
        self.contenu.set_font(police, corps);
        self.contenu.next_line(x, self.y);
        self.contenu.show(Str(&win_ansi(texte)));
        self.contenu.end_text();
    }

    fn saute(&mut self, lignes: f32) {
        self.y -= INTERLIGNE * lignes;
    }

    fn paragraphe(&mut self, texte: &str) {
        for ligne in coupe(texte, LARGEUR - 2.0 * MARGE, CORPS) {
            self.ligne(MARGE, (NORMAL, CORPS), &ligne);
        }
        self.saute(0.5);
    }

    /// The key, large, in a frame of its own.
    fn encadre(&mut self, cle: &str) {
        const HAUT: f32 = 52.0;
        const TAILLE: f32 = 26.0;
        self.saute(0.5);
        self.y -= HAUT;
        self.contenu.set_line_width(1.2);
        self.contenu.rect(MARGE, self.y, LARGEUR - 2.0 * MARGE, HAUT);
        self.contenu.stroke();
        let x = (LARGEUR - largeur(cle, TAILLE) * 1.08) / 2.0;
        let bas = self.y;
        self.y = bas + 17.0 + TAILLE * 1.4;
        self.ligne(x, (GRAS, TAILLE), cle);
        self.y = bas;
        self.saute(1.0);
    }
}

fn document(titre: &str, pages: &[Vec<u8>]) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let mut suivant = 1;
    let mut neuf = || {
        let numero = Ref::new(suivant);
        suivant += 1;
        numero
    };
    let (catalogue, arbre, normal, gras, infos) = (neuf(), neuf(), neuf(), neuf(), neuf());
    let numeros: Vec<(Ref, Ref)> = pages.iter().map(|_| (neuf(), neuf())).collect();
    pdf.catalog(catalogue).pages(arbre).lang(TextStr("fr-FR")).viewer_preferences().display_doc_title(true);
    pdf.document_info(infos).title(TextStr(titre));
    let nombre = i32::try_from(pages.len()).unwrap_or(i32::MAX);
    pdf.pages(arbre).kids(numeros.iter().map(|(page, _)| *page)).count(nombre);
    for ((page, contenu), octets) in numeros.iter().zip(pages) {
        let mut p = pdf.page(*page);
        p.parent(arbre).media_box(Rect::new(0.0, 0.0, LARGEUR, HAUTEUR)).contents(*contenu);
        p.resources().fonts().pair(NORMAL, normal).pair(GRAS, gras);
        drop(p);
        pdf.stream(*contenu, octets);
    }
    for (numero, nom) in [(normal, &b"Helvetica"[..]), (gras, b"Helvetica-Bold")] {
        pdf.type1_font(numero).base_font(Name(nom)).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    pdf.finish()
}

/// As the fonts of every reader encode it; a letter that they do not have loses its accent, and nothing else is left out unseen.
fn win_ansi(texte: &str) -> Vec<u8> {
    texte
        .chars()
        .map(|c| octet(c).or_else(|| std::iter::once(c).nfd().next().and_then(octet)).unwrap_or(b'?'))
        .collect()
}

fn octet(c: char) -> Option<u8> {
    const HAUT: [(char, u8); 17] = [
        ('€', 0x80),
        ('…', 0x85),
        ('Š', 0x8a),
        ('Œ', 0x8c),
        ('Ž', 0x8e),
        ('‘', 0x91),
        ('’', 0x92),
        ('“', 0x93),
        ('”', 0x94),
        ('•', 0x95),
        ('–', 0x96),
        ('—', 0x97),
        ('š', 0x9a),
        ('œ', 0x9c),
        ('ž', 0x9e),
        ('Ÿ', 0x9f),
        ('\u{202f}', 0xa0),
    ];
    match u32::from(c) {
        0x20..=0x7e | 0xa0..=0xff => u8::try_from(u32::from(c)).ok(),
        _ => HAUT.iter().find(|(lettre, _)| *lettre == c).map(|(_, octet)| *octet),
    }
}

/// Widths of Helvetica from the space to the tilde, in thousandths of its size (Adobe's metrics).
const LARGEURS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
    500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
    556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
    278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// How wide a text is, in points: an accent is as wide as its letter.
fn largeur(texte: &str, corps: f32) -> f32 {
    let un = |c: char| {
        let nu = std::iter::once(c).nfd().next().unwrap_or(c);
        let rang = u32::from(nu).checked_sub(0x20).and_then(|r| usize::try_from(r).ok());
        f32::from(rang.and_then(|r| LARGEURS.get(r)).copied().unwrap_or(556))
    };
    texte.chars().map(un).sum::<f32>() * corps / 1000.0
}

/// Lines no wider than that; a word that is wider stands alone.
fn coupe(texte: &str, large: f32, corps: f32) -> Vec<String> {
    let mut lignes: Vec<String> = Vec::new();
    for mot in texte.split(' ') {
        match lignes.last_mut() {
            Some(ligne) if largeur(&format!("{ligne} {mot}"), corps) <= large => {
                ligne.push(' ');
                ligne.push_str(mot);
            }
            _ => lignes.push(mot.to_owned()),
        }
    }
    lignes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gabarit::Vue as _;

    #[test]
    fn une_page_par_lettre_et_rien_ne_depasse() {
        let page = crate::vues::PageLettres::samples().into_iter().next().unwrap();
        let pdf = lettres_de_cles(&page.lettres);
        assert!(pdf.starts_with(b"%PDF-1.") && pdf.ends_with(b"%%EOF"), "{}", pdf.len());
        let texte: String = pdf.iter().map(|o| char::from(*o)).collect();
        assert!(texte.contains("/Count 2") && texte.contains("(1234-ABC-123)"), "{texte}");
        for ligne in coupe(&"Une phrase assez longue pour plusieurs lignes. ".repeat(6), 471.0, CORPS) {
            assert!(largeur(&ligne, CORPS) <= 471.0, "{ligne}");
        }
        // Helvetica's own figures: 1 000 digits of 11 points
        assert!((largeur(&"0".repeat(1_000), 11.0) - 6_116.0).abs() < 0.5);
        assert_eq!(win_ansi("L’Île — œuf, Ĺópez, 中"), b"L\x92\xcele \x97 \x9cuf, L\xf3pez, ?");
    }
}
