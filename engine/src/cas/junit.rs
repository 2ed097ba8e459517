//! A run as JUnit XML, for continuous integration.

use std::fmt::Write as _;

use super::rapport::Rapport;

/// One `testsuite` a case file, one `testcase` a step.
pub fn junit(rapport: &Rapport) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for cas in &rapport.cas {
        let echecs = cas.etapes.iter().filter(|e| !e.echecs.is_empty()).count();
        let (nom, fichier) = (echappe(&cas.nom), echappe(&cas.fichier));
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{nom}\" file=\"{fichier}\" tests=\"{}\" failures=\"{echecs}\">",
            cas.etapes.len()
        );
        for etape in &cas.etapes {
            let nom = echappe(&format!("{} {} : {}", etape.genre, etape.numero, etape.geste));
            let ligne = etape.place.ligne;
            let _ = write!(
                xml,
                "    <testcase classname=\"{fichier}\" name=\"{nom}\" file=\"{fichier}\" line=\"{ligne}\""
            );
            if etape.echecs.is_empty() {
                xml.push_str("/>\n");
                continue;
            }
            xml.push_str(">\n");
            for echec in &etape.echecs {
                let message = format!("{} : attendu {}, obtenu {}", echec.cle, echec.attendu, echec.obtenu);
                let trace: Vec<String> =
                    etape.trace.iter().map(|p| format!("{} : {} {}", p.regle, p.resultat, p.lieu)).collect();
                let (message, trace) = (echappe(&message), echappe(&trace.join("\n")));
                let _ = writeln!(xml, "      <failure message=\"{message}\">{trace}</failure>");
            }
            xml.push_str("    </testcase>\n");
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

/// Text or attribute; characters that XML 1.0 forbids are left out.
fn echappe(texte: &str) -> String {
    let mut sortie = String::with_capacity(texte.len());
    for c in texte.chars() {
        match c {
            '&' => sortie.push_str("&amp;"),
            '<' => sortie.push_str("&lt;"),
            '>' => sortie.push_str("&gt;"),
            '"' => sortie.push_str("&quot;"),
            '\n' => sortie.push_str("&#10;"),
            c if c < ' ' && c != '\t' => {}
            '\u{fffe}' | '\u{ffff}' => {}
            c => sortie.push(c),
        }
    }
    sortie
}
