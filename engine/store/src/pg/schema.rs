//! The shared database's schema: migrations by its owner, and what the application checks before it serves.

use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::{Connection, PgConnection, PgPool, Row, raw_sql};

use crate::erreur::Erreur;
use crate::migration::{Une, migrateur};

pub(crate) const MIGRATIONS: [Une; 13] = [
    (1, "socle", include_str!("../../migrations/postgres/0001_socle.sql")),
    (2, "prochain", include_str!("../../migrations/postgres/0002_prochain.sql")),
    (3, "travail", include_str!("../../migrations/postgres/0003_travail.sql")),
    (4, "publication", include_str!("../../migrations/postgres/0004_publication.sql")),
    (5, "cles", include_str!("../../migrations/postgres/0005_cles.sql")),
    (6, "suivi", include_str!("../../migrations/postgres/0006_suivi.sql")),
    (7, "comptes", include_str!("../../migrations/postgres/0007_comptes.sql")),
    (8, "acces", include_str!("../../migrations/postgres/0008_acces.sql")),
    (9, "cle_enfance", include_str!("../../migrations/postgres/0009_cle_enfance.sql")),
    (10, "index", include_str!("../../migrations/postgres/0010_index.sql")),
    (11, "reprise", include_str!("../../migrations/postgres/0011_reprise.sql")),
    (12, "a_lire", include_str!("../../migrations/postgres/0012_a_lire.sql")),
    (13, "rapprochement", include_str!("../../migrations/postgres/0013_rapprochement.sql")),
];
/// After each migration: row security on every table, grants.
const SECURITE: &str = include_str!("../../migrations/postgres/securite.sql");

const ROLE: &str = "SELECT r.rolsuper OR r.rolbypassrls, EXISTS (
        SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
            AND pg_has_role(current_user, c.relowner, 'MEMBER'))
    FROM pg_roles r WHERE r.rolname = current_user";
const DURABILITE: &str = "SELECT name FROM pg_settings WHERE setting = 'off'
    AND name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name";
const APPLICATION: &str = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guichet_application')";
const FAITES: &str = "SELECT COALESCE((SELECT MAX(version) FROM public._sqlx_migrations WHERE success), 0)";
const TABLE_DES_MIGRATIONS: &str = "SELECT to_regclass('public._sqlx_migrations') IS NOT NULL";

pub(crate) fn derniere() -> i64 {
    MIGRATIONS.iter().map(|(n, ..)| *n).max().unwrap_or_default()
}

fn migrations() -> Migrator {
    migrateur(&MIGRATIONS)
}

/// Runs migrations as the owner, up to `cible` when given; returns the last one.
pub(crate) async fn migre(url: &str, cible: Option<i64>) -> Result<i64, Erreur> {
    // a migration may take longer than a request is allowed to
    let options = super::options(url)?.options([("statement_timeout", "0"), ("lock_timeout", "60s")]);
    let mut cx = PgConnection::connect_with(&options).await?;
    if !sqlx::query(APPLICATION).fetch_one(&mut cx).await?.try_get(0)? {
        return Err(Erreur::Role(
            "le rôle « guichet_application » n'existe pas dans cette base PostgreSQL : un administrateur le crée par \
             « CREATE ROLE guichet_application NOLOGIN; », et y met le rôle du serveur par « GRANT guichet_application TO \
             guichet; »"
                .to_owned(),
        ));
    }
    migrations().run_direct(cible, &mut cx, false).await?;
    raw_sql(SECURITE).execute(&mut cx).await?;
    let faites = sqlx::query(FAITES).fetch_one(&mut cx).await?.try_get(0)?;
    cx.close().await?;
    Ok(faites)
}

/// Refuses a role that row security does not bind, and a schema that is not migrated.
pub(crate) async fn verifie(base: &PgPool) -> Result<(), Erreur> {
    let mut cx = tokio::time::timeout(Duration::from_secs(10), base.acquire())
        .await
        .map_err(|_| Erreur::Occupee)??;
    let role = sqlx::query(ROLE).fetch_one(&mut *cx).await?;
    if role.try_get(0)? || role.try_get(1)? {
        return Err(Erreur::Role(
            "ce rôle PostgreSQL possède les tables ou passe outre leur cloisonnement : le serveur se connecte sous un rôle \
             sans SUPERUSER ni BYPASSRLS, membre de « guichet_application », et qui ne possède rien"
                .to_owned(),
        ));
    }
    let eteints = sqlx::query(DURABILITE).fetch_all(&mut *cx).await?;
    if let Some(reglage) = eteints.first() {
        let reglage: String = reglage.try_get(0)?;
        return Err(Erreur::Role(format!(
            "cette base PostgreSQL confirme des écritures qu'une coupure peut perdre : remettez {reglage} à « on »"
        )));
    }
    let migree: bool = sqlx::query(TABLE_DES_MIGRATIONS).fetch_one(&mut *cx).await?.try_get(0)?;
    let faites: i64 = if migree { sqlx::query(FAITES).fetch_one(&mut *cx).await?.try_get(0)? } else { 0 };
    if faites < derniere() {
        return Err(Erreur::Role(format!(
            "le schéma de la base PostgreSQL est à la version {faites}, ce programme attend la version {} : lancez \
             « guichet migrate » sous le rôle propriétaire",
            derniere()
        )));
    }
    Ok(())
}
