//! Listens and serves until told to stop; then lets what runs finish.

use crate::app::App;
use axum::Router;
use axum::serve::{Listener, ListenerExt as _};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;

/// How long running requests may take to finish after the server was told to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// Serves on a listener, plain or with TLS, until `stop` is done, then drains and closes the database.
///
/// # Errors
/// [`std::io::Error`] where the listener or the database fails.
pub async fn serve(
    listener: impl Listener<Addr = SocketAddr>,
    mut app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    app.load_face().await.map_err(std::io::Error::other)?;
    if let Some(code) = app.look_who_is_there().await.map_err(std::io::Error::other)? {
        tracing::warn!(page = "/setup", code, "nobody can sign in yet: set up the practice in a browser");
    }
    let journal = app.settings.data_folder.join("journal");
    app.store = app.store.with_journal(&journal).map_err(std::io::Error::other)?;
    let work = tokio::spawn(hear(app.clone()));
    let backups = tokio::spawn(crate::backups::run(app.clone()));
    let mornings = tokio::spawn(crate::downtime::run(app.clone()));
    let forgetting = tokio::spawn(crate::forgetting::run(app.clone()));
    let ended = listen(listener, crate::routes::router(app.clone()), stop).await;
    work.abort();
    backups.abort();
    mornings.abort();
    forgetting.abort();
    app.store.close().await;
    ended
}

/// Hears recordings, those that go on and those that are over, and drafts from them, for as long as this is waited for.
pub async fn hear(app: App) {
    tokio::join!(crate::worker::run(app.clone()), crate::live::run(app));
}

/// Serves the studio on a listener until `stop` is done, then drains and closes the database.
///
/// # Errors
/// As [`serve`].
pub async fn serve_studio(
    listener: TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    app.load_face().await.map_err(std::io::Error::other)?;
    let ended = listen(listener, crate::studio::router(app.clone()), stop).await;
    app.store.close().await;
    ended
}

async fn listen(
    listener: impl Listener<Addr = SocketAddr>,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let (told, tell) = tokio::sync::oneshot::channel::<()>();
    // Through this wrapper any listener tells the address of the other side.
    let server = axum::serve(listener.tap_io(|_| ()), service).with_graceful_shutdown(async move {
        stop.await;
        if told.send(()).is_err() {
            tracing::debug!("the server had ended by itself");
        }
    });
    let drained = async {
        if tell.await.is_ok() {
            tokio::time::sleep(DRAIN).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        ended = server => ended?,
        () = drained => tracing::warn!("stopped while requests were still running"),
    }
    Ok(())
}
