//! A clinic with its server, and a pretend browser in front of it.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use medrecord_clinic::time::Zone;
use medrecord_store::Actor;
use medrecord_testkit::Clinic;
use medrecord_testkit::browser::Browser;
use medrecord_testkit::clinic::PASSWORD;
use medrecord_web::{App, Settings};
use std::convert::Infallible;
use tower::util::BoxCloneSyncService;

/// The server as the pretend browser sees it.
pub(crate) type Server = BoxCloneSyncService<Request, Response<Body>, Infallible>;

/// A pretend browser in front of it.
pub(crate) type Tab = Browser<Server, Body, Body>;

/// The clinic's server.
pub(crate) fn app(clinic: &Clinic) -> App {
    reached(clinic, false)
}

/// The clinic's server, reached by TLS or not.
pub(crate) fn reached(clinic: &Clinic, secure: bool) -> App {
    let settings = Settings {
        secure,
        development: false,
        data_folder: clinic.folder().to_owned(),
        zone: Zone::UTC,
        speech_model: "base".to_owned(),
        endpoint: None,
    };
    App::new(clinic.store.clone(), settings)
}

/// A browser in front of the clinic's server, not signed in.
pub(crate) fn browser(clinic: &Clinic) -> Tab {
    before(app(clinic))
}

/// A browser in front of a server that the test has prepared.
pub(crate) fn before(app: App) -> Tab {
    Browser::new(BoxCloneSyncService::new(medrecord_web::router(app)))
}

/// A browser in which one of the clinic's people has signed in.
pub(crate) async fn signed_in(clinic: &Clinic, actor: &Actor) -> Tab {
    signed_in_before(app(clinic), actor).await
}

/// The same in front of a server that the test has prepared.
pub(crate) async fn signed_in_before(app: App, actor: &Actor) -> Tab {
    let first = actor.name.split(' ').next().expect("a name").to_lowercase();
    let mut browser = before(app);
    let email = format!("{first}@example.com");
    let answer = browser.post("/sign-in", &[("email", &email), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.main());
    browser.get("/nowhere").await;
    assert!(!browser.csrf().is_empty(), "a page carries the token");
    browser
}
