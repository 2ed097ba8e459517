//! The plan as whoever publishes reads it, in French; [`Plan`] itself serialises as JSON.

use rules::date_fr::date_courte;
use rust_decimal::Decimal;

use super::{DemarcheTouchee, Devenir, Ecart, Plan, Pourquoi, Prix, TarifChange};

/// Most keys written; the rest is counted.
const ECARTS_MAX: usize = 200;

impl Plan {
    /// Does nothing change?
    pub fn est_vide(&self) -> bool {
        self.avant.as_deref() == Some(self.apres.as_str())
    }

    /// Étapes that are gone with dossiers in them: the version is refused.
    pub fn blocages(&self) -> usize {
        let etapes = self.demarches.iter().flat_map(|d| &d.etapes);
        etapes.filter(|e| e.devenir == Devenir::Bloque).count()
    }

    /// (added, changed, taken away) keys.
    pub fn comptes(&self) -> (usize, usize, usize) {
        let compte = |garde: fn(&Ecart) -> bool| self.ecarts.iter().filter(|e| garde(e)).count();
        (
            compte(|e| e.avant.is_none()),
            compte(|e| e.avant.is_some() && e.apres.is_some()),
            compte(|e| e.apres.is_none()),
        )
    }

    /// One sentence for the journal of publications.
    pub fn resume(&self) -> String {
        if self.avant.is_none() {
            return "première publication".to_owned();
        }
        let (ajouts, changements, retraits) = self.comptes();
        let parties = [
            (ajouts, "ajout", "ajouts"),
            (changements, "changement", "changements"),
            (retraits, "retrait", "retraits"),
            (self.tarifs.len(), "prix", "prix"),
        ];
        let dites: Vec<String> =
            parties.into_iter().filter(|(n, ..)| *n > 0).map(|(n, un, des)| compte(n, un, des)).collect();
        let objets = self.objets();
        if objets.is_empty() { dites.join(", ") } else { format!("{} ({objets})", dites.join(", ")) }
    }

    /// The first things that change, by name.
    fn objets(&self) -> String {
        let mut noms: Vec<&str> = Vec::new();
        for ecart in &self.ecarts {
            let nom = ecart.chemin.split([' ', '[']).next().unwrap_or_default();
            if !noms.contains(&nom) {
                noms.push(nom);
            }
        }
        let reste = noms.len().saturating_sub(3);
        noms.truncate(3);
        let suite = if reste > 0 { format!("… et {reste} autres") } else { String::new() };
        format!("{}{suite}", noms.join(", "))
    }

    /// The whole plan.
    pub fn texte(&self) -> String {
        let mut t = String::new();
        let court = |d: &str| d.chars().take(12).collect::<String>();
        match &self.avant {
            None => {
                t.push_str(&format!("{} : rien n’est encore en service ; tout est nouveau.\n", self.commune))
            }
            Some(_) if self.est_vide() => {
                t.push_str(&format!("{} : rien ne change.\n", self.commune));
                return t;
            }
            Some(avant) => {
                t.push_str(&format!("{} : {} → {}\n", self.commune, court(avant), court(&self.apres)))
            }
        }
        if !self.ecarts.is_empty() {
            t.push_str("\nCe que disent les fichiers\n");
            self.ecarts.iter().take(ECARTS_MAX).for_each(|e| t.push_str(&ecart(e)));
            if self.ecarts.len() > ECARTS_MAX {
                t.push_str(&format!("  … et {} autres\n", self.ecarts.len() - ECARTS_MAX));
            }
        }
        if !self.tarifs.is_empty() {
            t.push_str("\nPrix qui changent\n");
            self.tarifs.iter().for_each(|c| t.push_str(&tarif(c)));
        }
        self.non_compares.iter().for_each(|n| t.push_str(&format!("  non comparé : {n}\n")));
        if !self.demarches.is_empty() {
            t.push_str("\nDémarches et dossiers\n");
            self.demarches.iter().for_each(|d| t.push_str(&demarche(d)));
        }
        let (ajouts, changements, retraits) = self.comptes();
        t.push_str(&format!(
            "\nPlan : {}, {}, {}, {}. Lignes déjà calculées et factures émises : 0 modifiée.\n",
            compte(ajouts, "ajout", "ajouts"),
            compte(changements, "changement", "changements"),
            compte(retraits, "retrait", "retraits"),
            compte(self.blocages(), "blocage", "blocages"),
        ));
        t
    }
}

fn compte(n: usize, un: &str, des: &str) -> String {
    format!("{n} {}", if n < 2 { un } else { des })
}

fn ecart(e: &Ecart) -> String {
    match (&e.avant, &e.apres) {
        (None, Some(b)) => format!("  + {} : {}  ({})\n", e.chemin, b.valeur, b.lieu),
        (Some(a), None) => format!("  - {} : {}  (était {})\n", e.chemin, a.valeur, a.lieu),
        (Some(a), Some(b)) => {
            format!("  ~ {} : {} → {}  ({}, était {})\n", e.chemin, a.valeur, b.valeur, b.lieu, a.lieu)
        }
        (None, None) => String::new(),
    }
}

fn tarif(c: &TarifChange) -> String {
    let pour: Vec<String> = c.pour.iter().map(|(nom, valeurs)| format!("{nom} {valeurs}")).collect();
    let pour = if pour.is_empty() { "pour tous".to_owned() } else { pour.join(", ") };
    let fin = c.jusqu_au.map(|d| format!(" jusqu’au {}", date_courte(d))).unwrap_or_default();
    let suspect = if c.ecart_suspect { "  ⚠ plus de 50 % d’écart [TAR09]" } else { "" };
    format!(
        "  {} — {pour} : {} → {} à partir du {}{fin}{suspect}  ({})\n",
        c.bareme,
        prix(&c.avant),
        prix(&c.apres),
        date_courte(c.depuis),
        c.lieu
    )
}

fn prix(prix: &Prix) -> String {
    match prix {
        Prix::Euros(montant) => euros(*montant),
        Prix::Aucun(pourquoi) => format!("aucun prix ({pourquoi})"),
    }
}

/// « 3,50 € »; more decimals where the tariff has them.
fn euros(montant: Decimal) -> String {
    let mut montant = montant;
    if montant.scale() < 2 {
        montant.rescale(2);
    }
    format!("{} €", montant.to_string().replace('.', ","))
}

fn demarche(d: &DemarcheTouchee) -> String {
    let (signe, pourquoi) = match d.pourquoi {
        Pourquoi::Ajoutee => ("+", "nouvelle"),
        Pourquoi::Modifiee => ("~", "modifiée"),
        Pourquoi::Retiree => ("-", "retirée"),
    };
    let mut t = format!("  {signe} {} ({pourquoi})\n", d.demarche);
    for e in &d.etapes {
        let dossiers = |un: &str, des: &str| {
            if e.dossiers == 1 { format!("1 {un}") } else { format!("{} {des}", e.dossiers) }
        };
        let devient = match &e.devenir {
            Devenir::Suit => {
                format!("{} → le nouveau formulaire, en le disant", dossiers("brouillon", "brouillons"))
            }
            Devenir::Reste => {
                format!("{} → l’ancienne définition, jusqu’au bout", dossiers("dossier", "dossiers"))
            }
            Devenir::Repris(vers) => format!("{} → `{vers}` de la nouvelle", dossiers("dossier", "dossiers")),
            Devenir::Bloque => {
                format!(
                    "{} sans étape d’arrivée : refusé sans « reprise » [WKF09]",
                    dossiers("dossier", "dossiers")
                )
            }
            Devenir::Perdu => format!("{} qu’on ne pourra plus déposer", dossiers("brouillon", "brouillons")),
        };
        let marque = if e.devenir == Devenir::Bloque { "!" } else { " " };
        t.push_str(&format!("   {marque} `{}` : {devient}\n", e.etape));
    }
    for p in &d.pieces {
        let obligation = if p.bloque { "obligatoire" } else { "facultative" };
        let condition = if p.sous_condition { ", selon la situation de la famille" } else { "" };
        t.push_str(&format!("     pièce « {} » désormais {obligation}{condition}", p.nom));
        t.push_str(&match p.dossiers {
            0 => " (aucun dossier en cours)\n".to_owned(),
            1 => " : 1 dossier en cours la devra\n".to_owned(),
            n => format!(" : jusqu’à {n} dossiers en cours la devront\n"),
        });
    }
    t
}
