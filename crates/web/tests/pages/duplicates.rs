//! Duplicates as people work them: compared, merged, told apart, taken back, on both databases.

use crate::support::signed_in;
use axum::http::StatusCode;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::patient::PatientForm;
use medrecord_store::patients;
use medrecord_testkit::Clinic;
use medrecord_testkit::clinic::{jane_doe, on_both};

/// Jane Doe under some name and phone; invented.
pub(crate) async fn jane(clinic: &Clinic, first: &str, phone: &str) -> PatientId {
    let form = PatientForm { first_name: first.to_owned(), phone: phone.to_owned(), ..jane_doe() };
    let mut desk = clinic.desk(&clinic.staff).await;
    let details = form.parse(clinic.today()).expect("a sound form");
    let id = patients::register_anyway(&mut desk, &details).await.expect("registered");
    desk.close().await.expect("kept");
    id
}

#[tokio::test]
async fn two_charts_are_compared_merged_and_the_merge_taken_back() {
    on_both(async |clinic| {
        let (one, other) = (jane(clinic, "Jane", "555-0100").await, jane(clinic, "Janet", "555-0900").await);
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let list = stan.get("/duplicates").await;
        assert_eq!(list.status, StatusCode::OK, "{}", list.main());
        for text in ["very likely the same person", "of 100", "same birth date", "Compare", "Not the same"] {
            assert!(list.says(text), "{text}: {}", list.main());
        }
        let side = stan.get(&format!("/duplicates/compare?kept={one}&other={other}")).await;
        for text in ["555-0100", "555-0900", "the same in both", "Keep the other chart instead"] {
            assert!(side.says(text), "{text}: {}", side.main());
        }
        let (one_text, other_text) = (one.to_string(), other.to_string());
        let mut fields = vec![
            ("kept", one_text.as_str()),
            ("other", other_text.as_str()),
            ("keptVersion", "1"),
            ("otherVersion", "1"),
            ("phone", "other"),
        ];
        let unsaid = stan.post("/duplicates/merge", &fields).await;
        assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", unsaid.main());
        fields.push(("reason", "same card"));
        let merged = stan.post("/duplicates/merge", &fields).await;
        assert_eq!(merged.location(), format!("/patients/{one}"));
        assert!(stan.get(&format!("/patients/{one}")).await.says("555-0900"));
        let alias = stan.get(&format!("/patients/{other}")).await;
        assert_eq!(alias.location(), format!("/patients/{one}"), "the old address leads on");
        let again = stan.post("/duplicates/merge", &fields).await;
        assert_eq!(again.location(), "/duplicates");
        let list = stan.get("/duplicates").await;
        assert!(list.says("same card") && list.says("Take back"), "{}", list.main());
        let undo = list.after("<form method=\"post\" action=\"/merges/").to_owned();
        assert_eq!(stan.post(&format!("/merges/{undo}"), &[]).await.location(), "/duplicates");
        let list = stan.get("/duplicates").await;
        assert!(list.says("both charts are as they were") && list.says("taken back "), "{}", list.main());
        assert!(stan.get(&format!("/patients/{other}")).await.says("555-0900"));
        assert!(stan.get(&format!("/patients/{one}")).await.says("555-0100"));
    })
    .await;
}

#[tokio::test]
async fn a_pair_that_was_told_apart_is_not_shown_again() {
    on_both(async |clinic| {
        let (one, other) = (jane(clinic, "Jane", "555-0100").await, jane(clinic, "Janet", "555-0900").await);
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let (one, other) = (one.to_string(), other.to_string());
        let fields = [("kept", other.as_str()), ("other", one.as_str())];
        assert_eq!(stan.post("/duplicates/apart", &fields).await.location(), "/duplicates");
        assert!(stan.get("/duplicates").await.says("Nobody looks alike"));
        let nobody = stan.get("/duplicates/compare?kept=x&other=y").await;
        assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    })
    .await;
}
