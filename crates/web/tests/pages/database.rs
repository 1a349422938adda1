//! The page and the text that say how the database is doing.

use crate::support::{browser, signed_in};
use axum::http::{Method, StatusCode};
use medrecord_store::tokens;
use medrecord_testkit::{Clinic, on_both};

async fn token(clinic: &Clinic, actor: &medrecord_store::Actor) -> String {
    let mut desk = clinic.desk(actor).await;
    let id = actor.id.expect("a person");
    let (_, secret) = tokens::create(&mut desk, id, "monitor").await.expect("a token");
    desk.close().await.expect("kept");
    format!("Bearer {secret}")
}

#[tokio::test]
async fn an_administrator_sees_pool_and_times() {
    on_both(async |clinic| {
        let mut tab = signed_in(clinic, &clinic.admin).await;
        assert!(tab.get("/settings").await.says("href=\"/settings/database\""));
        let answer = tab.get("/settings/database").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.main());
        for words in [clinic.store.kind(), "In use", "At most", "95 of 100", "Given up"] {
            assert!(answer.says(words), "{words}: {}", answer.main());
        }
        for actor in [&clinic.doctor, &clinic.staff] {
            let mut tab = signed_in(clinic, actor).await;
            assert_eq!(tab.get("/settings/database").await.status, StatusCode::FORBIDDEN);
            assert!(!tab.get("/settings").await.says("/settings/database"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_monitor_reads_numbers_with_an_administrators_token_alone() {
    on_both(async |clinic| {
        let mut tab = browser(clinic);
        assert_eq!(tab.get("/metrics").await.status, StatusCode::UNAUTHORIZED);
        let wrong = token(clinic, &clinic.staff).await;
        let answer = tab.send(Method::GET, "/metrics", &[("authorization", &wrong)], Vec::new()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        let right = token(clinic, &clinic.admin).await;
        let answer = tab.send(Method::GET, "/metrics", &[("authorization", &right)], Vec::new()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.header("content-type").starts_with("text/plain; version=0.0.4"));
        let value = |name: &str| -> f64 {
            let line = answer.text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.unwrap_or_else(|| panic!("no {name} in {}", answer.text)).parse().expect("a number")
        };
        assert!(value("medrecord_statement_seconds_count") > 5.0);
        assert!(value("medrecord_statement_seconds_sum") > 0.0);
        let all = "medrecord_statement_seconds_bucket{le=\"+Inf\"}";
        assert!((value(all) - value("medrecord_statement_seconds_count")).abs() < 0.5);
        assert!(value("medrecord_pool_timeouts_total") < 0.5);
        // Every line is a comment or a name with a number.
        for line in answer.text.lines().filter(|line| !line.starts_with('#')) {
            let (name, number) = line.rsplit_once(' ').expect("a name and a number");
            assert!(name.starts_with("medrecord_") && number.parse::<f64>().is_ok(), "{line}");
        }
    })
    .await;
}
