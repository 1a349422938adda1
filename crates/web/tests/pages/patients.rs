//! Finding, registering and editing patients. All people are invented.

use crate::support::signed_in;
use axum::http::StatusCode;
use medrecord_testkit::clinic::on_both;

const JANE: [(&str, &str); 7] = [
    ("firstName", "Jane"),
    ("lastName", "Doe"),
    ("dateOfBirth", "1985-03-15"),
    ("sex", "female"),
    ("phone", "+1-555-0100"),
    ("emergencyContactName", "John Doe"),
    ("emergencyContactPhone", "+1-555-0101"),
];

/// Jane's form with some fields otherwise.
fn jane<'a>(other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = JANE.iter().filter(|(name, _)| !other.iter().any(|(changed, _)| changed == name));
    other.iter().chain(kept).copied().collect()
}

#[tokio::test]
async fn a_patient_is_registered_found_and_opened() {
    on_both(async |clinic| {
        let mut stan = signed_in(clinic, &clinic.staff).await;
        assert!(stan.get("/patients").await.says("No patients yet"));
        assert!(stan.get("/patients/new").await.says("data-watch=\"/patients/look-alikes\""));
        let answer = stan.post("/patients", &jane(&[])).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.main());
        let chart = stan.get(answer.location()).await;
        assert_eq!(chart.status, StatusCode::OK, "{}", chart.main());
        assert!(chart.says("Allergies not recorded") && chart.says("15-Mar-1985 (41 y)"), "{}", chart.text);
        for address in ["/patients", "/search?q=doe%20jane", "/search?q=15.03.1985", "/search?q=5550100"] {
            let list = stan.get(address).await;
            assert!(list.says(answer.location()) && list.says("none yet"), "{address} {}", list.main());
        }
        let found = stan.get_part("/search?q=ja", "found").await;
        assert!(found.text.trim_start().starts_with("<div id=\"found\">"), "{}", found.text);
        assert!(found.says("role=\"option\"") && found.says("1985"), "{}", found.text);
        assert!(stan.get_part("/search?q=zz", "found").await.says("Nothing found"));
    })
    .await;
}

#[tokio::test]
async fn a_wrong_form_comes_back_with_everything_typed_and_links_to_the_fields() {
    on_both(async |clinic| {
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let wrong = jane(&[("dateOfBirth", "2030-01-01"), ("phone", "12"), ("preferredName", "Jenny")]);
        let answer = stan.post("/patients", &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.says("href=\"#dateOfBirth\"") && answer.says("href=\"#phone\""), "{}", answer.main());
        assert!(answer.says("value=\"Jenny\"") && answer.says("value=\"2030-01-01\""));
        assert!(answer.says("value=\"female\" checked"));
    })
    .await;
}

#[tokio::test]
async fn a_look_alike_is_shown_while_typing_and_stops_the_registration_until_a_person_decides() {
    on_both(async |clinic| {
        let mut stan = signed_in(clinic, &clinic.staff).await;
        stan.post("/patients", &jane(&[])).await;
        let typing = [("firstName", "Jayne"), ("lastName", "Doe"), ("dateOfBirth", "15.03.1985")];
        let part = stan.post("/patients/look-alikes", &typing).await;
        assert!(
            part.says("id=\"look-alikes\"") && part.says("name spelled or sounding alike"),
            "{}",
            part.text
        );
        assert!(!part.says("<main"), "a part of the page alone");
        let half = stan.post("/patients/look-alikes", &[("firstName", "Ja")]).await;
        assert_eq!(half.status, StatusCode::OK);
        assert!(!half.says("possibly") && half.says("id=\"look-alikes\""));

        let turned = jane(&[("firstName", "Doe"), ("lastName", "Jane")]);
        let stopped = stan.post("/patients", &turned).await;
        assert_eq!(stopped.status, StatusCode::CONFLICT);
        assert!(stopped.says("very likely the same person") && stopped.says("name=\"somebodyElse\""));
        let anyway: Vec<_> = turned.into_iter().chain([("somebodyElse", "yes")]).collect();
        assert_eq!(stan.post("/patients", &anyway).await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn two_edits_of_one_patient_are_shown_side_by_side() {
    on_both(async |clinic| {
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let chart = stan.post("/patients", &jane(&[])).await.location().to_owned();
        let edit = format!("{chart}/edit");
        let page = stan.get(&edit).await;
        assert_eq!(page.after("name=\"version\" value=\""), "1");
        let first = jane(&[("version", "1"), ("phone", "+1-555-0177")]);
        assert_eq!(stan.post(&edit, &first).await.location(), chart);
        let late = jane(&[("version", "1"), ("address", "1 New Street")]);
        let conflict = stan.post(&edit, &late).await;
        assert_eq!(conflict.status, StatusCode::CONFLICT);
        assert!(conflict.says("<td>+1-555-0177</td><td>+1-555-0100</td>"), "{}", conflict.main());
        assert!(conflict.says("1 New Street"));
        assert_eq!(conflict.after("name=\"version\" value=\""), "2");
        let again = jane(&[("version", "2"), ("phone", "+1-555-0177"), ("address", "1 New Street")]);
        assert_eq!(stan.post(&edit, &again).await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_patient_is_not_found() {
    on_both(async |clinic| {
        let mut stan = signed_in(clinic, &clinic.staff).await;
        for address in
            ["/patients/nonsense", "/patients/00000000-0000-7000-8000-000000000000", "/documents/7"]
        {
            assert_eq!(stan.get(address).await.status, StatusCode::NOT_FOUND, "{address}");
        }
    })
    .await;
}
