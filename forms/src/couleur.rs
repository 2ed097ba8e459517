//! A town's colours, brought to readable contrasts (WCAG 2.1: at least 4.5:1 for text).

/// The few colours that a town may set, already readable on each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    principale: Rvb,
    sur_principale: Rvb,
    lien: Rvb,
    teinte: Rvb,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rvb([u8; 3]);

const BLANC: Rvb = Rvb([255; 3]);
const ENCRE: Rvb = Rvb([0x12, 0x21, 0x2f]);
const MINIMUM: f32 = 4.5;

impl Theme {
    /// From `portail.couleurs` (`#rrggbb`). A text colour that cannot be read on the main one is replaced by white or ink,
    /// and the colour of links is darkened until it can be read on the pages' grounds. `None`: not a colour.
    pub fn nouveau(principale: &str, texte: Option<&str>) -> Option<Self> {
        let principale = Rvb::lit(principale)?;
        let texte = texte.and_then(Rvb::lit).unwrap_or(BLANC);
        let sur_principale = [texte, BLANC, ENCRE, Rvb([0; 3])]
            .into_iter()
            .find(|t| contraste(*t, principale) >= MINIMUM)
            .unwrap_or(BLANC);
        let teinte = principale.vers(BLANC, 92);
        let mut lien = principale;
        for _ in 0..40 {
            if contraste(lien, teinte) >= MINIMUM && contraste(lien, Rvb([0xef, 0xea, 0xe1])) >= MINIMUM {
                break;
            }
            lien = lien.vers(Rvb([0; 3]), 8);
        }
        Some(Self { principale, sur_principale, lien, teinte })
    }

    /// The style sheet that sets them.
    pub fn css(&self) -> String {
        format!(
            ":root{{--principale:{};--sur-principale:{};--lien:{};--teinte:{}}}\n",
            self.principale.texte(),
            self.sur_principale.texte(),
            self.lien.texte(),
            self.teinte.texte()
        )
    }
}

impl Rvb {
    fn lit(texte: &str) -> Option<Self> {
        let chiffres = texte.strip_prefix('#').filter(|c| c.len() == 6 && c.is_ascii())?;
        let n = u32::from_str_radix(chiffres, 16).ok()?;
        let [_, r, v, b] = n.to_be_bytes();
        Some(Self([r, v, b]))
    }

    fn texte(self) -> String {
        let [r, v, b] = self.0;
        format!("#{r:02x}{v:02x}{b:02x}")
    }

    /// `pour_cent` of the way to `autre`.
    fn vers(self, autre: Self, pour_cent: u16) -> Self {
        let [r, v, b] = self.0;
        let [r2, v2, b2] = autre.0;
        let melange = |a: u8, b: u8| {
            let somme = (u16::from(a) * (100 - pour_cent) + u16::from(b) * pour_cent) / 100;
            u8::try_from(somme).unwrap_or(u8::MAX)
        };
        Self([melange(r, r2), melange(v, v2), melange(b, b2)])
    }

    fn luminance(self) -> f32 {
        let [r, v, b] = self.0.map(|c| {
            let c = f32::from(c) / 255.0;
            if c <= 0.039_28 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * v + 0.0722 * b
    }
}

fn contraste(a: Rvb, b: Rvb) -> f32 {
    let (a, b) = (a.luminance(), b.luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_couleurs_sont_toujours_lisibles() {
        for principale in ["#1b4f8f", "#ffcc00", "#ffffff", "#000000", "#e2001a", "#7ab800", "#808080"] {
            let t = Theme::nouveau(principale, Some("#eeeeee")).unwrap();
            assert!(contraste(t.sur_principale, t.principale) >= MINIMUM, "{principale}");
            assert!(contraste(t.lien, t.teinte) >= MINIMUM, "{principale}");
            assert!(contraste(t.lien, BLANC) >= MINIMUM, "{principale}");
        }
        let noir_sur_blanc = contraste(BLANC, Rvb([0; 3]));
        assert!((noir_sur_blanc - 21.0).abs() < 0.01);
    }

    #[test]
    fn ce_qui_nest_pas_une_couleur_est_refuse() {
        for faux in ["1b4f8f", "#1b4f8", "bleu", "#gggggg", "#é4f8f"] {
            assert_eq!(Theme::nouveau(faux, None), None, "{faux}");
        }
        assert!(Theme::nouveau("#1b4f8f", Some("#ffffff")).unwrap().css().contains("--principale:#1b4f8f"));
    }
}
