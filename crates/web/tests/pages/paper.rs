//! What leaves the practice on paper or as a file, the one search box, and the trail in plain words.

use crate::support::signed_in;
use axum::http::StatusCode;
use medrecord_clinic::medical_record::RecordForm;
use medrecord_clinic::time::Zone;
use medrecord_store::medical_records;
use medrecord_testkit::visit::{Visit, checked_in};
use medrecord_testkit::{Clinic, on_both};

/// Jane Doe's signed visit; invented.
pub(crate) async fn signed(clinic: &Clinic) -> Visit {
    let visit = checked_in(clinic).await;
    let json = serde_json::json!({
        "chiefComplaint": "Sore throat <b>", "diagnosis": "Viral pharyngitis", "treatmentPlan": "Rest and fluids.",
        "followUpInstructions": "Come back in a week if it is not better.",
        "prescriptions": [{
            "medicationName": "ibuprofen", "strength": "400 mg", "dosage": "1 tablet",
            "frequency": "three times daily", "quantity": "15", "instructions": "Take with food.",
        }],
    });
    let form: RecordForm = serde_json::from_value(json).expect("a form");
    let details = form.parse().expect("a sound form");
    let mut desk = clinic.desk(&clinic.doctor).await;
    let id = medical_records::open(&mut desk, visit.appointment).await.expect("open").id;
    medical_records::save(&mut desk, id, 1, &details).await.expect("saved");
    let review = medical_records::review(&mut desk, visit.appointment).await.expect("reviewed");
    medical_records::sign(&mut desk, Zone::UTC, id, 2, &review.digest).await.expect("signed");
    desk.close().await.expect("kept");
    visit
}

#[tokio::test]
async fn the_whole_chart_is_one_click_and_one_file() {
    on_both(async |clinic| {
        let Visit { patient, .. } = signed(clinic).await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let chart = stan.get(&format!("/patients/{patient}")).await;
        assert!(chart.says("chart.html") && chart.says("chart.json"), "{}", chart.main());
        let file = stan.get(&format!("/patients/{patient}/chart.html")).await;
        assert_eq!(file.status, StatusCode::OK, "{}", file.text);
        assert!(file.header("content-disposition").starts_with("attachment; filename=\"chart-"));
        for text in
            ["DOE, Jane", "15-Mar-1985", "Viral pharyngitis", "ibuprofen", "Fingerprint", "Not recorded"]
        {
            assert!(file.says(text), "{text}: {}", file.text);
        }
        assert!(!file.says("throat <b>") && !file.says("<script") && !file.says("/assets/"), "{}", file.text);
        let json = stan.get(&format!("/patients/{patient}/chart.json")).await;
        let value: serde_json::Value = serde_json::from_str(&json.text).expect("sound JSON");
        assert_eq!(value["patient"]["lastName"], "Doe");
        assert_eq!(stan.get("/patients/nobody/chart.json").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn one_box_finds_words_in_charts_things_to_do_and_recent_charts() {
    on_both(async |clinic| {
        let Visit { patient, appointment } = signed(clinic).await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let found = dora.get_part("/search?q=pharyngitis", "found").await;
        assert!(found.says("<mark>pharyngitis</mark>") && found.says("15-Mar-1985"), "{}", found.text);
        assert!(found.says(&format!("/visits/{appointment}")));
        let whole = dora.get("/search?q=pharyngitis").await;
        assert!(whole.says("In charts") && whole.says("<mark>pharyngitis</mark>"), "{}", whole.main());
        let deed = dora.get_part("/search?q=walk", "found").await;
        assert!(deed.says("href=\"/walk-in\""), "{}", deed.text);
        assert!(
            !dora.get_part("/search?q=audit", "found").await.says("href=\"/audit\""),
            "not for this role"
        );
        assert!(!dora.get_part("/search?q=", "found").await.says("Opened last"));
        dora.get(&format!("/patients/{patient}")).await;
        assert!(dora.get_part("/search?q=", "found").await.says("Opened last"));
        assert!(dora.get_part("/search?q=zzzz", "found").await.says("Nothing found."));
    })
    .await;
}

#[tokio::test]
async fn the_trail_is_read_and_taken_out_per_patient_and_per_person() {
    on_both(async |clinic| {
        let Visit { patient, .. } = signed(clinic).await;
        let mut ada = signed_in(clinic, &clinic.admin).await;
        ada.get(&format!("/patients/{patient}")).await;
        let trail = ada.get(&format!("/audit?patient={patient}")).await;
        assert!(trail.says("opened the chart") && trail.says("signed the note"), "{}", trail.main());
        assert!(trail.says(&format!("/audit.csv?patient={patient}")));
        let dora = clinic.doctor.id.expect("an id");
        let hers = ada.get(&format!("/audit?actor={dora}")).await;
        assert!(hers.says("What one person did") && !hers.says("Ada Admin</a>"), "{}", hers.main());
        let file = ada.get(&format!("/audit.csv?actor={dora}")).await;
        assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
        assert!(file.says("\"Dora Doctor\",\"provider\",\"signed the note\",\"done\""), "{}", file.text);
        assert!(ada.get("/audit").await.says("took the audit trail out"));
        let mut stan = signed_in(clinic, &clinic.staff).await;
        assert_eq!(stan.get("/audit.csv").await.status, StatusCode::FORBIDDEN);
    })
    .await;
}
