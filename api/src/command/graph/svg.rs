//! A drawing as SVG: readable alone, by a screen reader too.

use std::fmt::Write as _;

/// Width of one character of the labels, in pixels: monospaced enough to place them.
pub(super) const CARACTERE: u32 = 7;

/// A drawing being written.
#[derive(Debug)]
pub(super) struct Dessin {
    corps: String,
    largeur: u32,
    hauteur: u32,
    titre: String,
    description: String,
}

impl Dessin {
    pub(super) fn nouveau(titre: &str, description: &str) -> Self {
        Self {
            corps: String::new(),
            largeur: 0,
            hauteur: 0,
            titre: titre.to_owned(),
            description: description.to_owned(),
        }
    }

    /// The drawing is at least that large.
    pub(super) fn etend(&mut self, x: u32, y: u32) {
        self.largeur = self.largeur.max(x);
        self.hauteur = self.hauteur.max(y);
    }

    pub(super) fn texte(&mut self, x: u32, y: u32, classe: &str, texte: &str) {
        let long = u32::try_from(texte.chars().count()).unwrap_or(0);
        if !classe.contains("fin") && !classe.contains("milieu") {
            self.etend(x + long * CARACTERE + 8, y + 8);
        }
        let _ =
            writeln!(self.corps, "<text x=\"{x}\" y=\"{y}\" class=\"{classe}\">{}</text>", echappe(texte));
    }

    pub(super) fn boite(&mut self, (x, y): (u32, u32), (l, h): (u32, u32), classe: &str) {
        self.etend(x + l + 8, y + h + 8);
        let _ = writeln!(
            self.corps,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{l}\" height=\"{h}\" rx=\"6\" class=\"{classe}\"/>"
        );
    }

    /// A broken line through these points; with `fleche`, an arrow at its end.
    pub(super) fn ligne(&mut self, points: &[(u32, u32)], classe: &str, fleche: bool) {
        for (x, y) in points {
            self.etend(x + 8, y + 8);
        }
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
        let fin = if fleche { " marker-end=\"url(#fleche)\"" } else { "" };
        let _ = writeln!(self.corps, "<polyline points=\"{}\" class=\"{classe}\"{fin}/>", points.join(" "));
    }

    /// The whole file.
    pub(super) fn fin(&self) -> String {
        let Self { corps, largeur, hauteur, titre, description } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {largeur} {hauteur}\" width=\"{largeur}\" height=\"{hauteur}\" \
             role=\"img\" aria-labelledby=\"titre description\">\n\
             <title id=\"titre\">{}</title>\n<desc id=\"description\">{}</desc>\n{STYLE}\n\
             <rect width=\"{largeur}\" height=\"{hauteur}\" fill=\"#fff\"/>\n{corps}</svg>\n",
            echappe(titre),
            echappe(description)
        )
    }
}

const STYLE: &str = "<style>\n\
text { font: 12px 'DejaVu Sans Mono', 'Liberation Mono', monospace; fill: #1e1e1e }\n\
.titre { font-size: 17px; font-weight: bold } .fort { font-weight: bold } .pale { fill: #595959 }\n\
.milieu { text-anchor: middle } .fin { text-anchor: end }\n\
.etape { fill: #f2f5fc; stroke: #26478d; stroke-width: 1.5 } .finale { fill: #eef6ee; stroke: #1d6b2f; stroke-width: 1.5 }\n\
.morte { fill: #fdeaea; stroke: #b3121d; stroke-width: 2.5 } .rouge { fill: #b3121d }\n\
.jour { fill: #f2f5fc; stroke: #8fa3cf } .ferme { fill: #f3f3f3; stroke: #cfcfcf }\n\
polyline { fill: none; stroke-width: 1.5; stroke: #6a6a6a }\n\
.parent { stroke: #0f5cc0 } .agent { stroke: #1d6b2f } .temps { stroke: #a34a00; stroke-dasharray: 5 3 }\n\
text.parent { fill: #0f5cc0; stroke: none } text.agent { fill: #1d6b2f; stroke: none } text.temps { fill: #a34a00; stroke: none }\n\
.grille { stroke: #e2e2e2; stroke-width: 1 } .axe { stroke: #1e1e1e } .courbe { stroke-width: 2.5 }\n\
.c0 { stroke: #0f5cc0 } .c1 { stroke: #b3121d } .c2 { stroke: #1d6b2f } .c3 { stroke: #a34a00 } .c4 { stroke: #6d2aa0 } .c5 { stroke: #00707a }\n\
.d1 { stroke-dasharray: 9 4 } .d2 { stroke-dasharray: 3 3 }\n\
</style>\n\
<defs><marker id=\"fleche\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">\
<path d=\"M0,0 L8,4 L0,8 z\" fill=\"context-stroke\"/></marker></defs>";

fn echappe(texte: &str) -> String {
    texte.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
