//! The interface as a whole: what it says of itself, whom it lets in, and how it refuses.

#![cfg(test)]

use crate::api_client::{client, fits, json};
use crate::support::{app, browser, signed_in};
use axum::http::{Method, StatusCode};
use medrecord_testkit::clinic::on_both;
use serde_json::{Value, json as made};

#[tokio::test]
async fn the_document_holds_every_route_with_its_policy() {
    on_both(async |clinic| {
        let document = client(clinic, &clinic.staff).await.document().await;
        assert_eq!(document["openapi"], "3.1.0");
        let lines = medrecord_web::listing(app(clinic));
        let of_interface: Vec<_> = lines.iter().filter(|line| line.contains(" /api/v1/")).collect();
        assert!(of_interface.len() > 40, "{}", of_interface.len());
        for line in of_interface {
            let (route, policy) = line.split_once("  # ").unwrap();
            let (method, path) = route.split_once(' ').unwrap();
            let operation = &document["paths"][path][method.to_lowercase()];
            assert_eq!(operation["x-policy"], policy, "{line}");
            assert!(operation["summary"].as_str().is_some_and(|words| !words.is_empty()), "{line}");
            assert_eq!(operation.get("requestBody").is_some(), takes_a_body(method, path), "{line}");
        }
    })
    .await;
}

fn takes_a_body(method: &str, path: &str) -> bool {
    let none = ["/record", "/retry", "/discard", "/undo"].iter().any(|end| path.ends_with(end));
    !matches!(method, "GET" | "DELETE") && !none
}

#[tokio::test]
async fn every_operation_refuses_a_stranger_before_reading_what_was_sent() {
    on_both(async |clinic| {
        let document = client(clinic, &clinic.staff).await.document().await;
        let mut stranger = browser(clinic);
        for (path, item) in document["paths"].as_object().unwrap() {
            let path = path.replace("{id}", "00000000-0000-4000-8000-000000000001");
            for method in item.as_object().unwrap().keys() {
                let method: Method = method.to_uppercase().parse().unwrap();
                let kind = [("content-type", "application/json"), ("authorization", "Bearer mr_none")];
                let answer = stranger.send(method.clone(), &path, &kind, b"not json".to_vec()).await;
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
                assert_eq!(answer.header("content-type"), "application/problem+json", "{method} {path}");
                fits(&document, "Problem", &json(&answer));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_or_not_for_a_role_is_refused_in_the_same_shape() {
    on_both(async |clinic| {
        let mut client = client(clinic, &clinic.staff).await;
        let nobody = "/api/v1/patients/00000000-0000-7000-8000-000000000001";
        for (method, path, status) in [
            (Method::GET, "/api/v1/nothing", StatusCode::NOT_FOUND),
            (Method::GET, "/api/nothing", StatusCode::NOT_FOUND),
            (Method::GET, "/api/v1/patients/nonsense", StatusCode::NOT_FOUND),
            (Method::GET, nobody, StatusCode::NOT_FOUND),
            (Method::DELETE, nobody, StatusCode::METHOD_NOT_ALLOWED),
            (Method::GET, "/api/v1/audit-events", StatusCode::FORBIDDEN),
        ] {
            let answer = client.send(method.clone(), path, &[], &Value::Null).await;
            assert_eq!(answer.status, status, "{method} {path}");
            assert_eq!(answer.header("content-type"), "application/problem+json", "{method} {path}");
            assert_eq!(json(&answer)["status"], status.as_u16());
            if status == StatusCode::METHOD_NOT_ALLOWED {
                assert!(answer.header("allow").contains("PATCH"), "{}", answer.header("allow"));
            }
        }
        let torn = [("content-type", "application/json")];
        let answer = client.send(Method::POST, "/api/v1/patients", &torn, &made!("x")).await;
        assert_eq!(
            (answer.status, &json(&answer)["type"]),
            (StatusCode::BAD_REQUEST, &made!("urn:medrecord:problem:malformed"))
        );
    })
    .await;
}

#[tokio::test]
async fn the_trail_is_read_page_by_page_without_a_gap() {
    on_both(async |clinic| {
        let mut admin = client(clinic, &clinic.admin).await;
        let document = admin.document().await;
        let everybody = json(&admin.get("/api/v1/providers").await);
        for one in everybody["items"].as_array().unwrap() {
            fits(&document, "Provider", one);
        }
        let one = format!("/api/v1/providers/{}", clinic.doctor.id.unwrap());
        assert_eq!(json(&admin.get(&one).await)["lastName"], "Doctor");
        let whole = json(&admin.get("/api/v1/audit-events?limit=100").await);
        let whole = whole["items"].as_array().unwrap();
        for event in whole {
            fits(&document, "AuditEvent", event);
        }
        let before = whole.len();
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        for _ in 0..before {
            let page = json(&admin.get(&format!("/api/v1/audit-events?limit=2{cursor}")).await);
            seen.extend(page["items"].as_array().unwrap().iter().map(|event| event["id"].clone()));
            let Some(next) = page["nextCursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        for event in whole {
            assert_eq!(seen.iter().filter(|id| **id == event["id"]).count(), 1, "{event}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_explains_the_interface_to_whoever_is_signed_in() {
    on_both(async |clinic| {
        let mut browser = signed_in(clinic, &clinic.doctor).await;
        let answer = browser.get("/api/docs").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.says("/api/v1/patients/{id}/chart") && answer.says("emergencyContactRelationship"));
        let mut stranger = crate::support::browser(clinic);
        assert_eq!(stranger.get("/api/docs").await.status, StatusCode::SEE_OTHER);
    })
    .await;
}
