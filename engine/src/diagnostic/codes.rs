//! The registry of check codes: the only place where a code is made. Each has a page in `engine/errors/`.

use super::Gravite;

/// What a code is: its name, its usual severity and one line of French.
#[derive(Debug)]
pub struct Fiche {
    /// `TAR01`: three letters for the family, two digits.
    pub code: &'static str,
    /// Severity of a diagnostic of this code, unless it says another.
    pub gravite: Gravite,
    /// Title of its page.
    pub titre: &'static str,
    /// Its page, in Markdown: why, an example, how to correct it.
    pub page: &'static str,
}

/// A code of the registry; compares by name.
#[derive(Clone, Copy)]
pub struct Code(&'static Fiche);

impl Code {
    /// The code of this name, for `guichet explain`.
    pub fn trouve(nom: &str) -> Option<Self> {
        REGISTRE.iter().copied().find(|c| c.nom().eq_ignore_ascii_case(nom))
    }

    /// `TAR01`.
    pub fn nom(self) -> &'static str {
        self.0.code
    }

    /// Its usual severity.
    pub fn gravite(self) -> Gravite {
        self.0.gravite
    }

    /// One line of French.
    pub fn titre(self) -> &'static str {
        self.0.titre
    }

    /// Its page, in Markdown (`guichet explain`).
    pub fn page(self) -> &'static str {
        self.0.page
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.nom())
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.nom())
    }
}

impl PartialEq for Code {
    fn eq(&self, autre: &Self) -> bool {
        self.nom() == autre.nom()
    }
}

impl Eq for Code {}

impl PartialOrd for Code {
    fn partial_cmp(&self, autre: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(autre))
    }
}

impl Ord for Code {
    fn cmp(&self, autre: &Self) -> std::cmp::Ordering {
        self.nom().cmp(autre.nom())
    }
}

macro_rules! registre {
    ($($code:ident $gravite:ident $titre:literal;)*) => {
        $(
            #[doc = $titre]
            pub const $code: Code =
                Code(&Fiche {
                    code: stringify!($code),
                    gravite: Gravite::$gravite,
                    titre: $titre,
                    page: include_str!(concat!("../../errors/", stringify!($code), ".md")),
                });
        )*

        /// Every code, in the order of its name.
        pub const REGISTRE: &[Code] = &[$($code),*];
    };
}

registre! {
    CAL01 Erreur "Calendrier absent, incomplet ou contradictoire";
    CAL02 Attention "Ouverture un jour fermé, ou service sans aucun jour";
    CFM01 Attention "Choix à faire confirmer par la commune";
    CFM02 Attention "Montant que la commune n'a pas publié";
    CFM03 Erreur "Deux questions sur le même réglage";
    CLE01 Erreur "Clé enfance devinable";
    FRM01 Erreur "Champ ou fait que personne ne remplit, ou affiché en cercle";
    FRM02 Erreur "Choix vide, ou champ obligatoire jamais affiché";
    FRM03 Erreur "Champ ou bouton sans libellé";
    FRM04 Erreur "Motif de champ illisible, ou que son exemple ne suit pas";
    LIM01 Erreur "Échéance qui ne peut pas se calculer";
    LIM02 Erreur "Échéance après le service, ou avant l'ouverture";
    LIM04 Erreur "Échéance un jour fermé ou sur un changement d'heure";
    LIM05 Attention "Annulation possible après la dernière réservation";
    LIM06 Erreur "Capacité nulle ou négative";
    PEN01 Erreur "Pénalité ou compteur sans déclencheur ni remise à zéro";
    PEN02 Attention "Suspension sans avertissement, sans délai ou sans décision humaine";
    PIE01 Erreur "Pièce exigée que rien ne demande";
    PIE02 Erreur "Format de pièce refusé";
    PIE03 Attention "Pièce dont la fin de validité n'est pas dite";
    PIE04 Erreur "Pièce demandée jamais, ou toujours";
    PIE05 Erreur "Pièce sensible sans durée de conservation";
    REF01 Erreur "Référence à ce qui n'existe pas";
    REF02 Attention "Défini et jamais utilisé";
    REF03 Erreur "Définition en cercle";
    REF04 Erreur "Le modèle n'a pas ce qui est retiré ou placé";
    REF05 Erreur "Modèle introuvable";
    REF06 Erreur "Identifiant défini deux fois";
    RGP01 Erreur "Donnée sans sensibilité ou sans durée de conservation";
    RHA01 Erreur "Script ou expression illisible";
    RHA02 Erreur "Nom inconnu dans une expression ou un script";
    RHA03 Erreur "Construction interdite dans une expression ou un script";
    RHA04 Erreur "Expression ou script qui ne rend pas le bon type";
    RHA05 Attention "Script qui ne dépend pas de ce qu'il déclare";
    SEC01 Erreur "Secret écrit dans un fichier";
    SEC03 Erreur "Donnée personnelle montrée à tous";
    SYN01 Erreur "Le fichier n'est pas du YAML lisible";
    SYN02 Erreur "Clé inconnue";
    SYN03 Erreur "Clé écrite deux fois";
    SYN04 Erreur "Valeur d'un autre type que celui attendu, ou clé obligatoire absente";
    SYN05 Attention "Valeur que d'autres outils YAML liraient autrement";
    SYN06 Erreur "Fichier hors des limites de lecture";
    SYN07 Erreur "Version du langage inconnue";
    SYN08 Attention "Caractères invisibles ou trompeurs";
    SYN09 Attention "Clé comprise, que rien n'applique encore";
    TAR01 Erreur "Trou dans un tableau";
    TAR02 Erreur "Deux lignes pour un même cas";
    TAR03 Attention "Courbe des prix à vérifier : baisse, saut, tranches égales";
    TAR04 Erreur "Ligne qui ne prend aucun cas possible";
    TAR05 Erreur "Rien n'est prévu quand un fait n'est pas connu";
    TAR06 Erreur "Montant négatif, ou décimales non votées";
    TAR07 Erreur "Dates d'effet qui se contredisent";
    TAR08 Erreur "Prestation sans tarif, ou avec deux";
    TAR10 Attention "Ceux qui devraient payer plus paient moins";
    TAR11 Erreur "Arrondi ou ordre de calcul non dit";
    TAR12 Erreur "Calcul de prix incomplet";
    TAR13 Erreur "Tarif sans source";
    TAR14 Erreur "Grille imprimée : un prix par colonne";
    TXT01 Erreur "Message qui nomme ce que son événement ne donne pas";
    TXT02 Erreur "Message de compte sans son lien";
    TXT03 Erreur "Objet absent ou trop long, ou lien vers un autre site";
    TXT04 Attention "Montant, date ou heure écrits à la main dans un message";
    WKF01 Erreur "Étape de départ absente, ou étape que rien n'atteint";
    WKF02 Erreur "Étape sans issue";
    WKF03 Erreur "Action que personne ne peut faire";
    WKF04 Erreur "Deux issues possibles pour un même événement";
    WKF05 Attention "Conditions qui laissent un cas sans issue";
    WKF06 Erreur "Échéance sans durée, ou qui ne tombe jamais";
    WKF07 Attention "Famille jamais prévenue";
    WKF08 Attention "Refus sans motif ou sans voie de recours";
    WKF09 Erreur "Étape retirée alors que des dossiers y sont";
    WKF10 Erreur "Demande acceptée sans qu'un agent l'ait vue";
    WKF11 Erreur "Version suivie par des dossiers, et qui n'est plus là";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_codes_sont_uniques_ranges_et_bien_formes() {
        for paire in REGISTRE.windows(2) {
            assert!(paire[0] < paire[1], "{} puis {}", paire[0], paire[1]);
        }
        for code in REGISTRE {
            let (famille, numero) = code.nom().split_at(3);
            assert!(famille.bytes().all(|b| b.is_ascii_uppercase()) && numero.len() == 2, "{code}");
            assert!(numero.parse::<u8>().is_ok(), "{code}");
            assert_eq!(Code::trouve(&code.nom().to_lowercase()), Some(*code));
        }
        assert_eq!(Code::trouve("XXX99"), None);
    }
}
