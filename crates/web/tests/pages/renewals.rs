//! A medication that the patient takes is renewed into the visit, from the page and from a program.

use crate::api_client::{client, fits, json};
use crate::support::signed_in;
use axum::http::StatusCode;
use medrecord_store::medications;
use medrecord_testkit::clinic::on_both;
use medrecord_testkit::visit::checked_in;
use serde_json::json as made;

const AMOXICILLIN: [(&str, &str); 5] = [
    ("medicationName", "amoxicillin"),
    ("strength", "500 mg"),
    ("dosage", "1 capsule"),
    ("frequency", "three times daily"),
    ("instructions", "With food."),
];

#[tokio::test]
async fn a_renewal_keeps_what_was_typed_and_is_checked_like_any_prescription() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let path = format!("/visits/{}", visit.appointment);
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let chart = format!("/patients/{}", visit.patient);
        dora.post(&format!("{chart}/medications"), &AMOXICILLIN).await;
        dora.post(&format!("{chart}/allergies"), &[("allergen", "Penicillin"), ("severity", "severe")]).await;

        let page = dora.get(&path).await;
        assert!(
            page.says("Takes now") && page.says("500 mg, 1 capsule, three times daily"),
            "{}",
            page.main()
        );
        let id = page.after("name=\"renew\" value=\"").to_owned();
        let wish = [
            ("version", "0"),
            ("chiefComplaint", "Sore throat"),
            ("diagnosis", "Tonsillitis"),
            ("treatmentPlan", "Antibiotic."),
            ("renew", id.as_str()),
        ];
        let answer = dora.post(&path, &wish).await;
        let row = format!("{path}#prescriptions%5B0%5D.quantity");
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, row.as_str()));
        let page = dora.get(&path).await;
        for words in
            ["value=\"Sore throat\"", "id=\"prescriptions[0].quantity\"", "value=\"500 mg\"", "in this visit"]
        {
            assert!(page.says(words), "{words}: {}", page.main());
        }
        assert!(
            !page.says("name=\"renew\""),
            "what stands in the visit is not renewed twice: {}",
            page.main()
        );
        let review = dora.get(&format!("{path}/review")).await;
        let words = "amoxicillin is prescribed, and the patient is allergic to Penicillin (severe).";
        assert!(review.says(words) && review.says("name=\"why-"), "{}", review.main());
        assert!(!review.says("Twice?"), "the line that goes on is no duplicate of itself: {}", review.main());

        let version = page.after("name=\"version\" value=\"").to_owned();
        let wish = [
            ("version", version.as_str()),
            ("diagnosis", "Pharyngitis"),
            ("prescriptions.id", ""),
            ("prescriptions.medicationName", "amoxicillin"),
            ("renew", id.as_str()),
        ];
        let again = dora.post(&path, &wish).await;
        assert_eq!(again.location(), format!("{path}#renew"));
        let page = dora.get(&path).await;
        assert!(
            page.says("stands in this visit already") && page.says("value=\"Pharyngitis\""),
            "{}",
            page.main()
        );
    })
    .await;
}

#[tokio::test]
async fn a_program_renews_a_medication_and_the_chart_leads_to_the_open_visit() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let mut client = client(clinic, &clinic.doctor).await;
        let document = client.document().await;
        let listed = format!("/api/v1/patients/{}/medications", visit.patient);
        let line =
            made!({ "medicationName": "metformin", "strength": "500 mg", "instructions": "With food." });
        assert_eq!(client.post(&listed, &line).await.status, StatusCode::CREATED);
        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let taken = medications::list(&mut desk, visit.patient).await.unwrap().remove(0).id;
        drop(desk);
        let place = format!("/api/v1/appointments/{}", visit.appointment);
        let record = json(&client.post(&format!("{place}/record"), &made!({})).await);
        let renewals = format!("/api/v1/records/{}/renewals", record["id"].as_str().unwrap());
        let nothing = client.post(&renewals, &made!({ "medicationId": "none" })).await;
        assert_eq!(json(&nothing)["errors"][0]["field"], "medicationId", "{}", nothing.text);
        let answer = client.post(&renewals, &made!({ "medicationId": taken })).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        let row = json(&answer);
        fits(&document, "Prescription", &row);
        assert_eq!((&row["action"], &row["instructions"]), (&made!("continue"), &made!("With food.")));
        let twice = client.post(&renewals, &made!({ "medicationId": taken })).await;
        assert_eq!(twice.status, StatusCode::CONFLICT, "{}", twice.text);

        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let chart = format!("/patients/{}", visit.patient);
        assert!(!dora.get(&chart).await.says("Renew in the visit"));
        clinic
            .store
            .by_hand("UPDATE appointments SET status = 'in_progress', started_at = checked_in_at")
            .await
            .unwrap();
        assert!(dora.get(&chart).await.says(&format!("/visits/{}#renew", visit.appointment)));
    })
    .await;
}
