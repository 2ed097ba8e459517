//! When an act is possible: the windows that plannings print and that decisions refuse by.

use jiff::Timestamp;
use jiff::civil::Date;
use rules::faits::Symboles;
use rules::lieu::Lieu;
use rules::limite::{Fenetre, Moment};
use rules::repere::{self, Echeance, SiJourFerme};
use rules::table::{Manque, Table};

use super::{Etat, Venue, jour, phrases};
use crate::commune::Commune;
use crate::decision::Refus;
use crate::service::{Limite, Prestation, RegleService, Service, Sinon, Verdict};
use crate::tarification::{self, Circonstances, Valeurs};

/// When a day can be booked.
#[derive(Clone, Debug)]
pub struct Echeances {
    /// The service day.
    pub jour: Date,
    /// When booking opens, and where that is written; `None` = it always was.
    pub ouverture: Option<(Fenetre, Lieu)>,
    /// The town's delays, in order: the first that holds names the `delai`.
    pub delais: Vec<DelaiPossible>,
    /// When none holds.
    pub sinon: Option<Sinon>,
}

/// One named delay, or one announcement of absence.
#[derive(Clone, Debug)]
pub struct DelaiPossible {
    /// `a_temps`…
    pub id: String,
    /// From when, until when.
    pub fenetre: Fenetre,
    /// The row that says so.
    pub lieu: Lieu,
}

impl Echeances {
    /// The delay that an act received then meets; `None` = too late for each.
    pub fn delai(&self, recu_le: Timestamp) -> Option<&DelaiPossible> {
        self.delais.iter().find(|d| d.fenetre.moment(recu_le) == Moment::Ouvert)
    }

    /// The last instant at which some delay holds.
    pub fn derniere(&self) -> Option<&Echeance> {
        self.delais.iter().filter_map(|d| d.fenetre.ferme.as_ref()).max_by_key(|e| e.instant)
    }

    /// Is it open by then?
    pub fn est_ouvert(&self, recu_le: Timestamp) -> bool {
        self.ouverture.as_ref().is_none_or(|(f, _)| f.moment(recu_le) == Moment::Ouvert)
    }
}

/// What the limits of one service day are computed with.
pub(super) struct Cadre<'a> {
    pub commune: &'a Commune,
    pub service: &'a Service,
    pub prestation: &'a Prestation,
    pub jour: Date,
    pub si_jour_ferme: SiJourFerme,
}

impl<'a> Cadre<'a> {
    pub(super) fn nouveau(
        commune: &'a Commune,
        prestation: &str,
        jour: Date,
    ) -> Option<(Self, Option<&'a RegleService>)> {
        let (service, prestation) = commune.prestation(prestation)?;
        let regles = service.regles(jour);
        let si_jour_ferme =
            regles.and_then(|r| r.reservation.as_ref()).map_or(SiJourFerme::Garde, |r| r.si_jour_ferme);
        Some((Self { commune, service, prestation, jour, si_jour_ferme }, regles))
    }

    /// The values that the rules of this day read, from what is known on `lu` at `recu_le`.
    pub(super) fn valeurs(
        &self,
        etat: &Etat<'_>,
        mode: Option<&str>,
        lu: Date,
        recu_le: Timestamp,
    ) -> Result<Valeurs, Vec<Refus>> {
        let connus = etat.faits.connus(self.commune, lu, recu_le)?;
        let circonstances = Circonstances { mode: mode.map(str::to_owned), ..Circonstances::default() };
        let mut acte = tarification::Acte::seul(&self.prestation.id, self.jour, circonstances, connus);
        acte.enfant = etat.numero;
        let tous: Vec<&tarification::Acte> = std::iter::once(&acte).chain(&etat.autres).collect();
        tarification::valeurs(self.commune, &etat.famille, &tous, &acte).map_err(|r| vec![r])
    }

    /// The window of the row that takes these values.
    pub(super) fn fenetre(
        &self,
        regle: &str,
        table: &Table<Limite>,
        valeurs: &Valeurs,
        lieu: Lieu,
    ) -> Result<(Fenetre, Lieu), Refus> {
        let nom = &self.prestation.nom;
        let numero = table
            .cherche(&valeurs.faits(), self.commune)
            .map_err(|manque| self.manque(regle, manque, lieu))?;
        let ligne = table.ligne(numero).ok_or_else(|| self.manque(regle, Manque::Trou, lieu))?;
        let lieu = ligne.resultat.lieu;
        let limite = match &ligne.resultat.borne {
            Verdict::Borne(limite) => limite,
            Verdict::ADemander(question) => {
                let motif =
                    format!("{nom} : la règle n’est pas publiée ({}).", question.trim_end_matches('.'));
                return Err(Refus::nouveau(tarification::A_DEMANDER, motif).lieu(lieu));
            }
        };
        let periodes = self.service.periode_de.as_ref();
        let contexte = repere::Contexte {
            jour: self.jour,
            debut_creneau: self.prestation.creneau.map(|c| c.de),
            periode: periodes.and_then(|p| p.bornes(self.jour, &self.commune.calendrier)),
            fuseau: &self.commune.fuseau,
            calendrier: &self.commune.calendrier,
            si_jour_ferme: self.si_jour_ferme,
        };
        match limite.fenetre(&contexte) {
            Ok(fenetre) => Ok((fenetre, lieu)),
            Err(e) => {
                Err(Refus::nouveau(regle, format!("{nom} : la date limite ne se calcule pas ({e})."))
                    .lieu(lieu))
            }
        }
    }

    fn manque(&self, regle: &str, manque: Manque, lieu: Lieu) -> Refus {
        let nom = &self.prestation.nom;
        let symbole = match manque {
            Manque::Absent(fait) | Manque::HorsDomaine(fait) => self.commune.vocabulaire.symbole(fait),
            _ => None,
        };
        let motif = match symbole {
            Some(s) => format!("{nom} : la date limite dépend de « {} », qui n’est pas connu.", s.libelle),
            None => format!("{nom} : la règle ne prévoit pas ce cas."),
        };
        let mut refus = Refus::nouveau(regle, motif).lieu(lieu);
        refus.fait_manquant = symbole.map(|s| s.nom.as_str().into());
        refus
    }

    /// When this day can be booked. Openings read the facts of the day of the act, delays those of the service day.
    pub(super) fn echeances(
        &self,
        regles: &RegleService,
        etat: &Etat<'_>,
        mode: Option<&str>,
        recu_le: Timestamp,
    ) -> Result<Echeances, Vec<Refus>> {
        let Some(reservation) = &regles.reservation else { return Err(vec![self.sans_reservation()]) };
        let mut refus = Vec::new();
        let aujourdhui = self.commune.fuseau.to_datetime(recu_le).date();
        let mut ouverture = None;
        if !reservation.ouverture.lignes().is_empty() {
            let valeurs = self.valeurs(etat, mode, aujourdhui, recu_le)?;
            match self.fenetre("pas_ouvert", &reservation.ouverture, &valeurs, reservation.lieu) {
                Ok(o) => ouverture = Some(o),
                Err(r) => refus.push(r),
            }
        }
        let valeurs = self.valeurs(etat, mode, self.jour, recu_le)?;
        let mut delais = Vec::new();
        for d in &reservation.delais {
            match self.fenetre("delai", &d.limite, &valeurs, d.lieu) {
                Ok((fenetre, lieu)) => delais.push(DelaiPossible { id: d.id.clone(), fenetre, lieu }),
                Err(r) => refus.push(r),
            }
        }
        let sinon = Some(reservation.sinon.clone());
        if refus.is_empty() {
            Ok(Echeances { jour: self.jour, ouverture, delais, sinon })
        } else {
            Err(refus)
        }
    }

    /// The service is not booked.
    pub(super) fn sans_reservation(&self) -> Refus {
        let raison = format!("{} ne se réserve pas", self.prestation.nom);
        Refus::nouveau("reservation", phrases::impossible(phrases::RESERVATION, &raison))
            .lieu(self.service.lieu)
    }

    /// No rules are in force that day.
    pub(super) fn sans_regles(&self, acte: &str) -> Refus {
        let jour = rules::date_fr::date_longue(self.jour);
        let raison = format!("aucune règle de {} n’est en vigueur le {jour}", self.service.nom);
        Refus::nouveau("pas_en_vigueur", phrases::impossible(acte, &raison)).lieu(self.service.lieu)
    }
}

/// When a child can book that prestation that day, as plannings print it: the same computation that refuses.
pub fn echeances(
    commune: &Commune,
    etat: &Etat<'_>,
    venue: &Venue,
    recu_le: Timestamp,
) -> Result<Echeances, Vec<Refus>> {
    let Some((cadre, regles)) = Cadre::nouveau(commune, &venue.prestation, venue.jour) else {
        return Err(phrases::prestation_inconnue(&venue.prestation));
    };
    let regles = regles.ok_or_else(|| vec![cadre.sans_regles(phrases::RESERVATION)])?;
    cadre.echeances(regles, etat, venue.mode.as_deref(), recu_le)
}

/// Until when an absence can be announced, and how each announcement is called.
pub fn echeances_absence(
    commune: &Commune,
    etat: &Etat<'_>,
    venue: &Venue,
    recu_le: Timestamp,
) -> Result<Echeances, Vec<Refus>> {
    let Some((cadre, regles)) = Cadre::nouveau(commune, &venue.prestation, venue.jour) else {
        return Err(phrases::prestation_inconnue(&venue.prestation));
    };
    let Some(absence) = regles.and_then(|r| r.absence.as_ref()) else {
        let raison = format!("{} ne dit pas comment annuler", cadre.service.nom);
        let motif = phrases::impossible(phrases::ANNULATION, &raison);
        return Err(vec![Refus::nouveau("absence", motif).lieu(cadre.service.lieu)]);
    };
    let valeurs = cadre.valeurs(etat, venue.mode.as_deref(), venue.jour, recu_le)?;
    let (mut delais, mut refus) = (Vec::new(), Vec::new());
    for a in &absence.annonces {
        match cadre.fenetre("annonce", &a.limite, &valeurs, a.lieu) {
            Ok((fenetre, lieu)) => delais.push(DelaiPossible { id: a.id.clone(), fenetre, lieu }),
            Err(r) => refus.push(r),
        }
    }
    if refus.is_empty() {
        Ok(Echeances { jour: venue.jour, ouverture: None, delais, sinon: None })
    } else {
        Err(refus)
    }
}

/// How many days ahead a next possible day is looked for.
const HORIZON: usize = 60;

/// The next day after `venue.jour` that can still be booked at `recu_le`, with its deadline.
pub fn prochaine(
    commune: &Commune,
    etat: &Etat<'_>,
    venue: &Venue,
    recu_le: Timestamp,
) -> Option<(Date, Option<Echeance>)> {
    let service = commune.prestation(&venue.prestation)?.0;
    let suivants = std::iter::successors(venue.jour.tomorrow().ok(), |j| j.tomorrow().ok());
    suivants.take(HORIZON).filter(|j| jour::pourquoi_ferme(commune, service, *j).is_none()).find_map(|j| {
        let e = echeances(commune, etat, &Venue { jour: j, ..venue.clone() }, recu_le).ok()?;
        let delai = e.delai(recu_le).filter(|_| e.est_ouvert(recu_le))?;
        Some((j, delai.fenetre.ferme.clone()))
    })
}

/// Is that name one of the service's booking modes?
pub(super) fn mode_connu(commune: &Commune, mode: &str) -> bool {
    let fait = commune.vocabulaire.fait("mode");
    fait.is_some_and(|f| commune.vocabulaire.domaine(f).choix(mode).is_some())
}
