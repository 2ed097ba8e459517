//! What every request shares.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use engine::commune::Commune;

use engine::demarche::{Demarche, Dossier, Phase};
use engine::identifiant::CommuneSlug;
use engine_store::Store;
use forms::gabarit::Gabarits;
use forms::vues::{Cadre, EnTete, Horloge as HorlogeAffichee, Lien, Onglet};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::assets;
use crate::clock::Horloge;
use crate::command::{Serve, Url, storage};
use crate::effect::{Poste, Secrets};
use crate::error::Fatale;
use crate::files::{Fichiers, Ou};
use crate::folders::Dossiers;
use crate::links::CleDesLiens;
use crate::metrics::Mesures;
use crate::pages::page_du_code;
use crate::password::MotsDePasse;
use crate::proof::Preuves;
use crate::publication::{self, Fixees, Refusee, Villes};
use crate::rate::{Cadence, Essais};
use crate::vault;

/// Shared, read by every request. Another version of a town is another `Etat`: what outlives it is behind an `Arc`.
#[derive(Clone, Debug)]
pub(crate) struct Etat {
    /// The towns served, by slug.
    pub(crate) communes: BTreeMap<String, Arc<Commune>>,
    /// The definitions that dossiers are pinned to besides, by slug.
    pub(crate) fixees: BTreeMap<String, Fixees>,
    /// Folders that are not what runs, with the reason.
    pub(crate) refusees: BTreeMap<String, Refusee>,
    /// Pages.
    pub(crate) gabarits: Arc<Gabarits>,
    /// Version of the static files.
    pub(crate) version: String,
    /// What families and agents did.
    pub(crate) store: Store,
    /// Their documents.
    pub(crate) fichiers: Fichiers,
    /// The clock.
    pub(crate) horloge: Arc<Horloge>,
    /// What the exploitant gives besides the towns' folders.
    pub(crate) secrets: Arc<Secrets>,
    /// What the secret links of letters are derived from.
    pub(crate) liens: Arc<CleDesLiens>,
    /// How letters leave.
    pub(crate) poste: Arc<Poste>,
    /// Counters.
    pub(crate) mesures: Arc<Mesures>,
    /// How often one address posts without an account.
    pub(crate) cadence: Arc<Cadence>,
    /// How often a password, a code, a letter is asked for of one account.
    pub(crate) essais: Arc<Essais>,
    /// The proofs of work already spent.
    pub(crate) preuves: Arc<Preuves>,
    /// The way to passwords' hashes.
    pub(crate) mots_de_passe: Arc<MotsDePasse>,
    /// The address that families use, when it is not the one listened to.
    url: Option<Url>,
    /// Where links of letters lead: scheme, host and port.
    adresse: String,
    /// Is it a demonstration? Then the file that says so, and keeps its clock.
    demonstration: Option<PathBuf>,
    /// Held as long as this process serves SQLite files.
    _verrou: Option<Arc<File>>,
}

impl Etat {
    /// Reads the towns, opens the data folder.
    pub(crate) async fn ouvre(args: &Serve) -> Result<Self, Fatale> {
        let demonstration = marque_de_demonstration(args)?;
        if demonstration.is_some() && args.url.is_some() {
            return Err(Fatale::Usage("--url est l'adresse publique d'un vrai service : une démonstration n'en a pas (servez un vrai dossier de données avec --production)".to_owned()));
        }
        if demonstration.is_some() && !args.listen.ip().is_loopback() {
            return Err(Fatale::DemonstrationPublique { adresse: args.listen });
        }
        let ailleurs: Vec<&Path> = args.communes.iter().chain([&args.data]).map(PathBuf::as_path).collect();
        let secrets = Secrets::lit(args.secrets.as_deref(), &ailleurs)?;
        let dossiers = Dossiers::lit(&args.communes)?;
        let horloge = Horloge::default();
        if let Some(marque) = &demonstration {
            let garde = std::fs::read_to_string(marque).map_err(|e| Fatale::chemin(marque, e))?;
            horloge.decale(garde.trim().parse().unwrap_or(0));
        }
        let poste = Poste::ouvre(&secrets, demonstration.is_some())?;
        if !poste.est_locale() && args.url.is_none() {
            return Err(Fatale::Usage("les courriels partent par SMTP : donnez --url, l'adresse publique où mènent leurs liens (https://famille.exemple.fr)".to_owned()));
        }
        let verrou = storage::verrouille(&args.data, args.base.as_deref())?.map(Arc::new);
        if args.url.as_ref().is_some_and(|u| u.https) && args.relais.is_empty() {
            tracing::warn!(
                "--url is https and no --relais is declared: all who come through the proxy share one count of posts without an account"
            );
        }
        let store = storage::ouvre(&args.data, args.base.as_deref()).await?;
        let Villes { communes, fixees, refusees } =
            publication::demarre(&store, dossiers, !args.sans_surveillance, horloge.reel()).await?;
        let fichiers = Fichiers::ouvre(Ou {
            data: &args.data,
            url: args.fichiers.as_deref(),
            cles: secrets.cles_des_fichiers(),
        })
        .await?;
        for (slug, commune) in &communes {
            let retirees = fixees.get(slug).into_iter().flat_map(Fixees::values);
            let versions = std::iter::once(commune).chain(retirees).map(|c| &**c);
            vault::confie(&store, &fichiers, slug, versions).await?;
        }
        let slugs: Vec<CommuneSlug> = communes.keys().filter_map(|s| CommuneSlug::lit(s).ok()).collect();
        let liens = CleDesLiens::des_villes(&args.data, &secrets, &store, &slugs).await?;
        Ok(Self {
            communes,
            fixees,
            refusees,
            gabarits: Arc::new(Gabarits::nouveau(assets::gabarits())?),
            version: assets::version(),
            store,
            fichiers,
            horloge: Arc::new(horloge),
            poste: Arc::new(poste),
            liens: Arc::new(liens),
            secrets: Arc::new(secrets),
            mesures: Arc::default(),
            cadence: Arc::new(Cadence::nouvelle(&args.relais)),
            essais: Arc::default(),
            preuves: Arc::default(),
            mots_de_passe: Arc::new(MotsDePasse::nouveau().map_err(|e| Fatale::Interne(e.to_string()))?),
            adresse: args.url.as_ref().map_or_else(|| format!("http://{}", args.listen), Url::adresse),
            url: args.url.clone(),
            demonstration,
            _verrou: verrou,
        })
    }

    /// What a dossier is decided by: the definition that it is pinned to, with the town that holds it. A draft follows the
    /// live one. `None`: another process pinned it to a version that this one has not read yet.
    pub(crate) fn definition_de<'a>(
        &'a self,
        commune: &'a Commune,
        dossier: &Dossier,
    ) -> Option<(&'a Commune, &'a Demarche)> {
        let courante = commune.demarche(&dossier.demarche);
        if let Some(demarche) = courante
            && (dossier.phase == Phase::Brouillon || demarche.digest == dossier.digest)
        {
            return Some((commune, demarche));
        }
        let fixee = self.fixees.get(&commune.slug)?.get(&dossier.digest)?;
        Some((fixee, fixee.demarche(&dossier.demarche)?))
    }

    /// The procedures that the town retired and that files still follow, as they were opened.
    pub(crate) fn retirees<'a>(&'a self, commune: &'a Commune) -> impl Iterator<Item = &'a Demarche> {
        let fixees = self.fixees.get(&commune.slug).into_iter().flatten();
        let fixee =
            |(digest, c): (&String, &'a Arc<Commune>)| c.demarches.iter().find(|d| d.digest == *digest);
        fixees.filter_map(fixee).filter(|d| commune.demarche(&d.id).is_none())
    }

    /// The procedure of that name, in force or retired: who examines a file is said in one way everywhere.
    pub(crate) fn demarche_de<'a>(&'a self, commune: &'a Commune, id: &str) -> Option<&'a Demarche> {
        commune.demarche(id).or_else(|| self.retirees(commune).find(|d| d.id == id))
    }

    /// The folder of this town is not what runs.
    pub(crate) fn note_le_refus(&mut self, slug: &str, refusee: Refusee) {
        self.refusees.insert(slug.to_owned(), refusee);
    }

    /// The folder of this town is what runs.
    pub(crate) fn oublie_le_refus(&mut self, slug: &str) {
        self.refusees.remove(slug);
    }

    /// Is it a demonstration?
    pub(crate) fn est_demonstration(&self) -> bool {
        self.demonstration.is_some()
    }

    /// Where links of letters lead: scheme, host and port, without a final slash.
    pub(crate) fn adresse(&self) -> &str {
        &self.adresse
    }

    /// Do families come over https?
    pub(crate) fn est_https(&self) -> bool {
        self.url.as_ref().is_some_and(|u| u.https)
    }

    /// Sets the demonstration's clock, kept for the next run, where it goes on. `false`: this is no demonstration.
    pub(crate) async fn regle_horloge(&self, instant: Timestamp, arretee: bool) -> std::io::Result<bool> {
        let Some(marque) = &self.demonstration else { return Ok(false) };
        if arretee {
            self.horloge.arrete(instant)
        } else {
            self.horloge.regle(instant)
        }
        tokio::fs::write(marque, self.horloge.decalage_ms().to_string()).await?;
        Ok(true)
    }

    /// The frame of a page of no town.
    pub(crate) fn cadre(&self, titre: &str, chemin: &str) -> Cadre {
        Cadre {
            titre: titre.to_owned(),
            site: "Guichet".to_owned(),
            version: self.version.clone(),
            chemin: chemin.to_owned(),
            commune: None,
            utilisateur: None,
            demonstration: self.est_demonstration().then(|| self.horloge_affichee(&self.fuseau())),
            onglets: Vec::new(),
            fil: Vec::new(),
            avis: None,
            guichet: false,
        }
    }

    /// The frame of a town's page.
    pub(crate) fn cadre_de(&self, commune: &Commune, titre: &str, chemin: &str) -> Cadre {
        let slug = &commune.slug;
        let accueil = format!("/{slug}/");
        let fil = if chemin == accueil {
            Vec::new()
        } else {
            vec![Lien { titre: "Accueil".to_owned(), href: accueil.clone() }]
        };
        Cadre {
            site: format!("Espace famille de {}", commune.nom),
            commune: Some(EnTete {
                slug: slug.clone(),
                nom: commune.nom.clone(),
                initiale: commune.nom.chars().take(1).collect(),
                version: commune.digest.chars().take(12).collect(),
                liens: commune
                    .portail
                    .liens
                    .iter()
                    .map(|(titre, href)| Lien { titre: titre.clone(), href: href.clone() })
                    .collect(),
            }),
            demonstration: self.est_demonstration().then(|| self.horloge_affichee(&commune.fuseau)),
            onglets: vec![Onglet { titre: "Accueil".to_owned(), actif: chemin == accueil, href: accueil }],
            fil,
            ..self.cadre(titre, chemin)
        }
    }

    /// 500, 503 when the same request may pass a little later, 507 when there is no room to write: the cause goes to the log, never to the page.
    pub(crate) fn panne(&self, erreur: &(dyn std::error::Error + 'static)) -> Response {
        page_du_code(self, "/", code_de_panne(erreur), Vec::new())
    }

    /// The zone in which the demonstration's clock is shown and set: the towns' own, when they share one.
    pub(crate) fn fuseau(&self) -> TimeZone {
        self.communes.values().next().map_or(TimeZone::UTC, |c| c.fuseau.clone())
    }

    /// The demonstration's clock, in a town's zone.
    pub(crate) fn horloge_affichee(&self, fuseau: &TimeZone) -> HorlogeAffichee {
        let maintenant = self.horloge.maintenant().to_zoned(fuseau.clone());
        HorlogeAffichee {
            instant: forms::francais::instant(&maintenant),
            date: maintenant.date().to_string(),
            heure: maintenant.time().strftime("%H:%M:%S").to_string(),
        }
    }
}

/// 503 when it may pass, 507 when nothing can be written, 500 else: the cause goes to the log only.
pub(crate) fn code_de_panne(erreur: &(dyn std::error::Error + 'static)) -> StatusCode {
    if erreur.downcast_ref::<engine_store::Erreur>().is_some_and(engine_store::Erreur::est_attente) {
        tracing::warn!(%erreur, "request not answered in time");
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    tracing::error!(%erreur, cause = erreur.source().map(tracing::field::display), "request failed");
    let pleine = erreur.downcast_ref().is_some_and(engine_store::Erreur::est_sans_place)
        || erreur.downcast_ref().is_some_and(sans_place);
    if pleine { StatusCode::INSUFFICIENT_STORAGE } else { StatusCode::INTERNAL_SERVER_ERROR }
}

/// Is it the disk that has no room, or refuses to be written?
pub(crate) fn sans_place(erreur: &std::io::Error) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    matches!(erreur.kind(), StorageFull | QuotaExceeded | ReadOnlyFilesystem)
}

/// The file that marks a demonstration's data folder; a new folder becomes one.
fn marque_de_demonstration(args: &Serve) -> Result<Option<PathBuf>, Fatale> {
    // families' documents and letters are below it: nobody else on the machine reads them
    let mut creation = std::fs::DirBuilder::new();
    creation.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut creation, 0o700);
    creation.create(&args.data).map_err(|e| Fatale::chemin(&args.data, e))?;
    let marque = args.data.join("demonstration");
    // a shared database holds towns' real data
    let production = args.production || storage::base(args.base.as_deref())?.is_some();
    if production && marque.is_file() {
        return Err(Fatale::DemonstrationEnProduction { data: args.data.display().to_string() });
    }
    let vide = std::fs::read_dir(&args.data).map_err(|e| Fatale::chemin(&args.data, e))?.next().is_none();
    if vide && !production {
        std::fs::write(&marque, b"0").map_err(|e| Fatale::chemin(&marque, e))?;
    }
    Ok(marque.is_file().then_some(marque))
}
