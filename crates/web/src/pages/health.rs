//! Signs of life for monitors, and the list of routes for those who check policies.

use crate::app::App;
use axum::extract::State;
use axum::http::StatusCode;
use medrecord_store::migrate;

/// The process is up.
pub(crate) async fn up() -> &'static str {
    "ok\n"
}

/// The database is reachable and has every migration.
pub(crate) async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    // Asked first, for it answers at once where the server is known to be gone.
    let status = async {
        app.store.ping().await?;
        migrate::status(&app.store).await
    };
    match status.await {
        Ok(steps) if steps.iter().all(|step| step.applied) => (StatusCode::OK, "ready\n"),
        Ok(_) => (StatusCode::SERVICE_UNAVAILABLE, "migrations are pending\n"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database is not ready\n")
        }
    }
}

/// Every route with its policy.
pub(crate) async fn routes(State(app): State<App>) -> String {
    crate::routes::listing(app).join("\n") + "\n"
}
