//! Slice (a) of the product over real HTTP: a meal booked at 05:59, refused at 06:01, priced with its sentence and its
//! place, by a family's pages and as JSON; nothing acknowledged is lost by a `kill -9`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use tests::arbre::racine;
use tests::parcours::{accepte, depose, entre, option, regle};
use tests::serveur::{Navigateur, Page, Serveur};

/// What a parent reads of the price, whole.
const PHRASE: &str = "Repas du jeudi 4 septembre 2025 : 3,50 €. Quotient 640 (repris de démonstration, valable jusqu’au 31 décembre 2025) : tranche « jusqu'à 900 », tarif Hamois. Règle votée : Lettre aux familles, rentrée 2025, « Nouveaux tarifs » (lignes 102-108).";

/// `ham/baremes/repas.yaml:LINE` of the row that says 3.50.
fn ligne_du_bareme() -> String {
    let texte = std::fs::read_to_string(racine().join("communes/ham/baremes/repas.yaml")).unwrap();
    let n = texte.lines().position(|l| l.contains("prix: 3.50")).unwrap() + 1;
    format!("ham/baremes/repas.yaml:{n}")
}

fn choix<'a>(page: &'a Page, enfant: &'a str, jour: &'a str, geste: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("_jeton", page.jeton().unwrap()),
        ("enfant", enfant),
        ("prestation", "repas"),
        ("jour", jour),
        ("geste", geste),
    ]
}

/// Léa, as the page posts her.
fn lea(n: &Navigateur) -> String {
    option(&n.lit("/ham/reservations").unwrap(), "enfant", "Léa")
}

#[test]
fn un_repas_est_reserve_a_5_h_59_refuse_a_6_h_01_et_survit_a_un_kill_9() {
    let donnees = tempfile::tempdir().unwrap();
    let data = donnees.path().join("data");
    let serveur = Serveur::lance(&data).unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    let parent = entre(&serveur, "durand");
    let lea = lea(&parent);
    let adresse = "/ham/reservations";

    // before the registration is accepted: refused by its rule, what was typed is kept
    let page = parent.lit(adresse).unwrap();
    let refus = parent.poste(adresse, &choix(&page, &lea, "2025-09-04", "voir")).unwrap();
    assert_eq!(refus.code, 422);
    assert!(
        refus.visible().contains("Aucune inscription acceptée à Restauration scolaire"),
        "{}",
        refus.visible()
    );
    assert!(refus.texte.contains(r#"name="jour" value="2025-09-04""#), "{}", refus.texte);

    let dossier = depose(&parent);
    accepte(&serveur, &dossier);

    regle(&parent, "2025-09-04", "05:59");
    let page = parent.lit(adresse).unwrap();
    let devis = parent.poste(adresse, &choix(&page, &lea, "2025-09-04", "voir")).unwrap();
    let vu = devis.visible();
    assert_eq!(devis.code, 200, "{vu}");
    assert!(vu.contains("Repas de Léa, jeudi 4 septembre 2025 3,50 €"), "{vu}");
    assert!(vu.contains("Date limite : réservation possible avant le jeudi 4 septembre 2025 à 6 h."), "{vu}");
    assert!(vu.contains(PHRASE), "{vu}");
    assert!(vu.contains(&ligne_du_bareme()) && vu.contains("Lettre aux familles"), "{vu}");

    // confirmed, then sent again by a nervous finger: booked once
    let confirme = choix(&devis, &lea, "2025-09-04", "reserver");
    let faite = parent.poste(adresse, &confirme).unwrap();
    assert!(faite.visible().contains("La réservation est enregistrée"), "{}", faite.visible());
    let encore = parent.poste(adresse, &confirme).unwrap();
    assert_eq!(encore.visible().matches("Réservé ").count(), 1, "{}", encore.visible());

    serveur.tue().unwrap();
    let serveur = Serveur::lance(&data).unwrap();
    let parent = entre(&serveur, "durand");
    let page = parent.lit(adresse).unwrap();
    let vu = page.visible();
    assert_eq!(vu.matches("Repas de Léa, jeudi 4 septembre 2025 Réservé 3,50 €").count(), 1, "{vu}");
    assert!(vu.contains(&ligne_du_bareme()), "{vu}");

    regle(&parent, "2025-09-04", "06:01");
    let tom = option(&page, "enfant", "Tom");
    let refus = parent.poste(adresse, &choix(&page, &lea, "2025-09-04", "reserver")).unwrap();
    assert!(refus.visible().contains("est déjà réservé"), "{}", refus.visible());
    let page = parent.lit(adresse).unwrap();
    let refus = parent.poste(adresse, &choix(&page, &tom, "2025-09-04", "reserver")).unwrap();
    let vu = refus.visible();
    assert_eq!(refus.code, 422);
    assert!(
        vu.contains("C’était possible avant le jeudi 4 septembre 2025 à 6 h. Vous pouvez encore réserver le vendredi 5 septembre 2025, avant le vendredi 5 septembre 2025 à 6 h."),
        "{vu}"
    );
    assert!(vu.contains("Règle « delai », écrite dans ham/services/restauration.yaml:"), "{vu}");
    assert!(
        vu.contains("merci de venir le chercher à la fin des cours du matin"),
        "the town's own text: {vu}"
    );

    // another family's booking does not exist
    let annuler = page.texte.split("action=\"").find(|a| a.contains("/annulation\"")).unwrap();
    let annuler = annuler.split('"').next().unwrap();
    let voisin = entre(&serveur, "martin");
    let jeton = voisin.lit(adresse).unwrap();
    assert_eq!(voisin.poste(annuler, &[("_jeton", jeton.jeton().unwrap())]).unwrap().code, 404);

    // given back too late: the town says that it stays due
    assert!(page.visible().contains("annulée maintenant, la journée reste due"), "{}", page.visible());
    let annulee = parent.poste(annuler, &[("_jeton", page.jeton().unwrap())]).unwrap();
    assert!(annulee.visible().contains("La réservation est annulée"), "{}", annulee.visible());
    assert!(
        annulee.visible().contains("Repas de Léa, jeudi 4 septembre 2025 Annulé"),
        "{}",
        annulee.visible()
    );
}
