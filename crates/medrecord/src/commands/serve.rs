//! `medrecord serve`: the server on the configured database.

use super::migrate::care::{Care, bring_up_to_date};
use crate::cli::Serve;
use crate::config::Config;
use crate::{door, log, say};
use anyhow::{Context, Result, bail};
use medrecord_store::url::DatabaseUrl;
use medrecord_store::{Clock, Store, migrate};
use medrecord_web::Listener;
use medrecord_web::app::{App, Settings};
use medrecord_web::tls::{Held, TlsListener, authority, keep_current, redirect};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Serves until the machine says stop, or prints what was asked for.
pub(crate) fn run(config: &Config, flags: &Serve) -> Result<()> {
    if flags.print_config {
        return say::table(&config.table());
    }
    config.check()?;
    if flags.print_routes {
        return door::wait_for(print_routes(config));
    }
    log::start(config)?;
    door::wait_for(async {
        let mut store = door::open(config).await?;
        let pending = door::pending(&store).await?;
        let purpose = super::migrate::purpose(config);
        if pending > 0 && flags.migrate {
            // Nobody may be connected while PostgreSQL copies a database, so this one lets go meanwhile.
            store.close().await;
            let files = migrate::Files::built_in();
            bring_up_to_date(config, &files, Care::Rehearse, |words| tracing::info!("{words}")).await?;
            store = door::open(config).await?;
        } else if pending > 0 {
            bail!(
                "{pending} migration(s) are pending; run medrecord migrate deploy, or start with --migrate"
            );
        } else if purpose == migrate::Purpose::Production {
            migrate::mark_production(&store).await.map_err(door::store_trouble)?;
        }
        let store = following(config, store).await?;
        let listener = listen(config.listen()?).await?;
        let clock = store.clock().clone();
        let tls = tls(config, &clock)?;
        let secure = tls.is_some();
        tracing::info!(address = %listener.local_addr()?, database = store.kind(), tls = secure, "listening");
        let app = App::new(store, settings(config)?).with_backups(config.backup_schedule()?);
        let app = app.with_mornings(config.downtime()?);
        let Some(held) = tls else { return serve(listener, app).await };
        let listener = TlsListener::new(listener, &held)?;
        let aside = tokio::spawn(keep_current(held, clock));
        let ended = tokio::select! {
            ended = serve(listener, app) => ended,
            failed = led_here(config) => failed,
        };
        aside.abort();
        ended
    })
}

/// The certificate, where the server speaks TLS itself; one of the local authority is renewed first where it is old.
fn tls(config: &Config, clock: &Clock) -> Result<Option<Arc<Held>>> {
    let Some((cert, key)) = config.tls()? else { return Ok(None) };
    let folder = config.tls_folder()?;
    if authority::is_in(&folder) {
        authority::renew_if_old(&folder, clock.now())?;
    }
    let held = Held::load(&cert, &key)
        .context("the server cannot speak TLS; correct the files or leave MEDRECORD_TLS_CERT out")?;
    Ok(Some(held))
}

/// Leads from the plain port to the secure one, where that was asked for; ends only where it fails.
async fn led_here(config: &Config) -> Result<()> {
    let Some((from, base)) = config.redirect()? else { return std::future::pending().await };
    let plain = listen(from).await?;
    tracing::info!(address = %plain.local_addr()?, to = base, "leading from the plain port");
    redirect(plain, base).await.context("the plain port failed")
}

/// Reads from the replica where one is set and there; a wrong one is refused, one that is down is no reason to stay shut.
async fn following(config: &Config, store: Store) -> Result<Store> {
    let Some(url) = config.replica()? else { return Ok(store) };
    match store.clone().with_replica(&url).await {
        Err(error) if error.is_unreachable() => {
            tracing::warn!(
                "the read replica cannot be reached; everything is read from the database until the next start"
            );
            Ok(store)
        }
        outcome => outcome.map_err(door::store_trouble),
    }
}

/// Takes an address to listen on.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{address} cannot be listened on; choose another one with --listen"))
}

/// Serves until the machine says stop; what is running then has ten seconds to finish.
pub(crate) async fn serve(listener: impl Listener<Addr = SocketAddr>, app: App) -> Result<()> {
    let stop = stop_signal()?;
    medrecord_web::serve(listener, app, stop).await.context("the server failed")?;
    tracing::info!("stopped");
    Ok(())
}

/// What the pages need to know of the settings.
pub(crate) fn settings(config: &Config) -> Result<Settings> {
    Ok(Settings {
        secure: config.is_secure(),
        development: config.is_development(),
        data_folder: config.data_dir()?,
        zone: config.zone()?,
        speech_model: config.speech_model().to_owned(),
        endpoint: config.endpoint(),
    })
}

/// The list needs no database, so it is made over an empty one that lies in memory.
async fn print_routes(config: &Config) -> Result<()> {
    let store = Store::open(&DatabaseUrl::file(":memory:")).await.map_err(door::store_trouble)?;
    for route in medrecord_web::listing(App::new(store, settings(config)?)) {
        say::line(route)?;
    }
    Ok(())
}

/// Done when the machine asks this program to end: Ctrl-C, or a service manager's TERM.
#[cfg(unix)]
pub(crate) fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    })
}

#[cfg(not(unix))]
pub(crate) fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
