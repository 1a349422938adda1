//! The database goes away and comes back while people work.

use crate::support::{app, browser, signed_in};
use axum::http::StatusCode;
use medrecord_testkit::Clinic;
use medrecord_testkit::postgres::private::Cluster;

/// A clinic on a server of its own that may be stopped.
async fn clinic() -> Option<(Cluster, Clinic)> {
    let cluster = Cluster::new()?;
    let address = cluster.url("connect_timeout=1&pool_timeout=3").parse().expect("a sound address");
    let clinic = Clinic::on_server(&address).await;
    Some((cluster, clinic))
}

const JANE: [(&str, &str); 5] = [
    ("first_name", "Jane <b>"),
    ("last_name", "Sample"),
    ("date_of_birth", "1985-03-15"),
    ("phone", "+1-555-0100"),
    ("emergency_contact_name", "John \"Jack\" Sample"),
];

#[tokio::test]
async fn a_page_waits_and_a_form_comes_back_with_everything_typed() {
    let Some((cluster, clinic)) = clinic().await else { return };
    let mut tab = signed_in(&clinic, &clinic.doctor).await;
    assert_eq!(tab.get("/").await.status, StatusCode::OK);
    cluster.crash();

    let answer = tab.get("/patients").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers["retry-after"], "2");
    assert!(answer.says("The database cannot be reached right now. Nothing was saved or lost"));
    assert!(answer.main().contains("data-when-back"), "{}", answer.main());
    assert!(answer.main().contains("href=\"/patients\""), "{}", answer.main());

    let answer = tab.post("/patients", &JANE).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    let page = answer.main();
    assert!(page.contains("action=\"/patients\"") && page.contains("Send again"), "{page}");
    assert!(page.contains("Jane &#60;b&#62;") && !page.contains("Jane <b>"), "{page}");
    assert!(page.contains("name=\"date_of_birth\" value=\"1985-03-15\""), "{page}");

    let answer = tab.post("/sign-in", &[("email", "dora@example.com"), ("password", "hush hush")]).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!answer.main().contains("hush"), "{}", answer.main());
    assert_eq!(tab.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(tab.get("/healthz").await.status, StatusCode::OK);

    cluster.start();
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    assert_eq!(tab.get("/patients").await.status, StatusCode::OK);
    let answer = tab.post("/patients", &JANE).await;
    assert_ne!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.main());
    clinic.end().await;
}

#[tokio::test]
async fn a_program_hears_when_to_come_back() {
    let Some((cluster, clinic)) = clinic().await else { return };
    let mut tab = browser(&clinic);
    cluster.stop();
    let answer = tab.get("/api/v1/patients").await;
    // Without a token nobody has to be looked up, so this is refused as always.
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let request = axum::http::Request::get("/api/v1/patients")
        .header("authorization", "Bearer mr_invented")
        .body(axum::body::Body::empty())
        .expect("a sound request");
    let answer = tower::ServiceExt::oneshot(medrecord_web::router(app(&clinic)), request).await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers()["retry-after"], "2");
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    clinic.end().await;
}
