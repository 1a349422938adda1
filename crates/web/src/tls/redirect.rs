//! A plain port that says nothing but where the secure one is.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use std::io;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Leads everybody who asks a plain port for a page to the same page at `base`, such as `https://clinic.example`.
/// Never ends by itself.
///
/// # Errors
/// [`io::Error`] where the listener fails.
pub async fn redirect(plain: TcpListener, base: &str) -> io::Result<()> {
    let base: Arc<str> = base.trim_end_matches('/').into();
    axum::serve(plain, Router::new().fallback(lead).with_state(base)).await
}

async fn lead(State(base): State<Arc<str>>, request: Request) -> Response {
    if !request.method().is_safe() {
        // What was sent has crossed the network in the clear already.
        return (StatusCode::FORBIDDEN, "Nothing is taken here; this practice answers over https alone.\n")
            .into_response();
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    Redirect::permanent(&format!("{base}{path}")).into_response()
}
