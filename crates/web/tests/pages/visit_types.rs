//! How the practice uses the kinds of visit, from the settings to the booking form and to programs.

use crate::api_client::{client, fits, json};
use crate::support::signed_in;
use axum::http::StatusCode;
use medrecord_testkit::clinic::on_both;
use medrecord_testkit::visit::checked_in;
use serde_json::json as made;

const KINDS: [&str; 5] = ["follow_up", "sick_visit", "routine_checkup", "new_patient", "telehealth"];

/// The form with 25 minutes for each, telehealth first, checkups not offered.
fn typed(version: &str, minutes: &str) -> Vec<(String, String)> {
    let mut fields = vec![("version".to_owned(), version.to_owned())];
    for kind in KINDS {
        let place = if kind == "telehealth" { "1" } else { "2" };
        let offered = if kind == "routine_checkup" { "false" } else { "true" };
        for (name, value) in [("minutes", minutes), ("place", place), ("isOffered", offered)] {
            fields.push((format!("{kind}.{name}"), value.to_owned()));
        }
    }
    fields
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[tokio::test]
async fn lengths_order_and_choice_are_set_and_the_booking_form_follows() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let mut ada = signed_in(clinic, &clinic.admin).await;
        let page = ada.get("/settings/visit-types").await;
        assert!(page.says("name=\"new_patient.minutes\"") && page.says("value=\"45\""), "{}", page.main());
        let wrong = ada.post("/settings/visit-types", &borrowed(&typed("0", "4"))).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.says("The length of Follow-up is a whole number from 5 to 480."), "{}", wrong.main());
        let saved = ada.post("/settings/visit-types", &borrowed(&typed("0", "25"))).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.main());
        let late = ada.post("/settings/visit-types", &borrowed(&typed("0", "30"))).await;
        assert!(late.status == StatusCode::CONFLICT && late.says("value=\"30\""), "{}", late.main());

        let mut stan = signed_in(clinic, &clinic.staff).await;
        assert_eq!(stan.get("/settings/visit-types").await.status, StatusCode::FORBIDDEN);
        let form = stan.get(&format!("/appointments/new?patient={}&date=2026-11-24", visit.patient)).await;
        assert!(form.says("Telehealth · 25 min") && !form.says("Routine checkup"), "{}", form.main());
        let (first, later) = (form.main().find("Telehealth ·"), form.main().find("Follow-up ·"));
        assert!(first < later, "{}", form.main());
        let patient = visit.patient.to_string();
        let provider = clinic.doctor.id.unwrap().to_string();
        let booking = [
            ("patientId", patient.as_str()),
            ("providerId", provider.as_str()),
            ("appointmentType", "new_patient"),
            ("date", "2026-11-24"),
            ("time", "09:00"),
        ];
        assert_eq!(stan.post("/appointments", &booking).await.status, StatusCode::SEE_OTHER);
        assert!(stan.get("/?on=2026-11-24").await.says("25 min"));
    })
    .await;
}

#[tokio::test]
async fn a_program_reads_the_kinds_and_changes_one() {
    on_both(async |clinic| {
        let mut staff = client(clinic, &clinic.staff).await;
        let document = staff.document().await;
        let types = json(&staff.get("/api/v1/visit-types").await);
        fits(&document, "VisitTypes", &types);
        assert_eq!((&types["types"][0]["kind"], &types["version"]), (&made!("follow_up"), &made!(0)));
        let change = made!({ "minutes": 15, "place": 1 });
        let refused = staff.patch("/api/v1/visit-types/telehealth", "\"0\"", &change).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
        let mut ada = client(clinic, &clinic.admin).await;
        let answer = ada.patch("/api/v1/visit-types/telehealth", "\"0\"", &change).await;
        let types = json(&answer);
        fits(&document, "VisitTypes", &types);
        assert_eq!(
            types["types"][0],
            made!({ "kind": "telehealth", "minutes": 15, "isOffered": true }),
            "{types}"
        );
        let down = json(
            &ada.patch("/api/v1/visit-types/telehealth", "\"1\"", &made!({ "place": 5, "isOffered": false }))
                .await,
        );
        assert_eq!(
            down["types"][4],
            made!({ "kind": "telehealth", "minutes": 15, "isOffered": false }),
            "{down}"
        );
        let stale = ada.patch("/api/v1/visit-types/telehealth", "\"1\"", &change).await;
        assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED, "{}", stale.text);
        let wrong = ada.patch("/api/v1/visit-types/telehealth", "\"2\"", &made!({ "minutes": 3 })).await;
        assert_eq!(json(&wrong)["errors"][0]["field"], "telehealth.minutes", "{}", wrong.text);
        let none = ada.patch("/api/v1/visit-types/surgery", "\"2\"", &change).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND);
        let address = format!(
            "/api/v1/providers/{}/free-times?date=2026-11-24&type=telehealth",
            clinic.doctor.id.unwrap()
        );
        let free = json(&staff.get(&address).await);
        assert_eq!(free["items"][0]["endsAt"], "2026-11-24T08:15:00.000Z", "{free}");
    })
    .await;
}
