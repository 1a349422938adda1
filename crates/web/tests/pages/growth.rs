//! Growth charts: what is drawn and said of a child, and what is not. All people are invented.

#![cfg(test)]

use crate::api_client::{client, fits, json};
use crate::support::signed_in;
use axum::http::StatusCode;
use medrecord_testkit::Clinic;
use medrecord_testkit::clinic::on_both;
use medrecord_testkit::visit::{Visit, checked_in};

const BABY: &str = "UPDATE patients SET date_of_birth = '2026-05-22', sex = 'female'";
const BOY_OF_TEN: &str = "UPDATE patients SET date_of_birth = '2016-11-22', sex = 'male'";
const NEITHER: &str = "UPDATE patients SET date_of_birth = '2016-11-22', sex = 'other'";

/// Jane, whose birth date and sex are changed, is measured on 22 November 2026.
async fn measured(clinic: &Clinic, change: &'static str, weight: &str, height: &str) -> Visit {
    let visit = checked_in(clinic).await;
    clinic.store.by_hand(change).await.expect("changed");
    let mut stan = signed_in(clinic, &clinic.staff).await;
    let path = format!("/appointments/{}/vitals", visit.appointment);
    let line = [("version", "0"), ("weight", weight), ("height", height)];
    assert_eq!(stan.post(&path, &line).await.status, StatusCode::SEE_OTHER);
    visit
}

#[tokio::test]
async fn a_baby_is_drawn_on_the_charts_of_the_who_with_percentiles() {
    on_both(async |clinic| {
        // The daily tables of the WHO give these percentiles to one decimal: 49.4, 49.9, 52.2.
        let visit = measured(clinic, BABY, "7.3", "65.8").await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let chart = format!("/patients/{}", visit.patient);
        let page = dora.get(&chart).await;
        let line = "Percentiles on 22-Nov-2026: Weight 49th, Length 50th, Weight for length 52nd.";
        assert!(page.says(&format!("{chart}/growth")) && page.says(line), "{}", page.main());
        let page = dora.get(&format!("{chart}/growth")).await;
        for words in [
            "Weight for age, birth to 2 years",
            "Length for age, birth to 2 years",
            "Weight for length, birth to 2 years",
            "WHO 2006",
            "<td class=\"nowrap\">6 m</td>",
            "<td class=\"num\">50th</td>",
            "class=\"dot\"",
            "nothing is corrected for an early birth",
        ] {
            assert!(page.says(words), "{words}: {}", page.main());
        }
        assert!(!page.says("CDC 2000") && !page.says("style="), "{}", page.main());
    })
    .await;
}

#[tokio::test]
async fn a_child_of_two_is_drawn_on_the_charts_of_the_cdc() {
    on_both(async |clinic| {
        let visit = measured(clinic, BOY_OF_TEN, "50", "138.4").await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let page = dora.get(&format!("/patients/{}/growth", visit.patient)).await;
        for words in [
            "Weight for age, 2 to 20 years",
            "BMI for age, 2 to 20 years",
            "<td class=\"nowrap\">10 y</td>",
            "98th",
        ] {
            assert!(page.says(words), "{words}: {}", page.main());
        }
        assert!(!page.says("WHO 2006"), "{}", page.main());
    })
    .await;
}

#[tokio::test]
async fn who_has_no_chart_is_told_why_and_an_adult_has_no_link() {
    on_both(async |clinic| {
        let visit = measured(clinic, NEITHER, "50", "140").await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let chart = format!("/patients/{}", visit.patient);
        let page = dora.get(&format!("{chart}/growth")).await;
        assert!(
            page.says("No growth charts are drawn") && page.says("none is chosen here"),
            "{}",
            page.main()
        );
        assert!(!page.says("<svg class=\"trend\""), "{}", page.main());
        clinic.store.by_hand("UPDATE patients SET date_of_birth = '2006-11-22'").await.expect("changed");
        assert!(!dora.get(&chart).await.says("/growth"));
        let page = dora.get(&format!("{chart}/growth")).await;
        assert!(page.says("Measured at 20 years or later"), "{}", page.main());
        let nobody = dora.get("/patients/00000000-0000-7000-8000-00000000000f/growth").await;
        assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn programs_get_the_scores_and_the_look_is_in_the_trail() {
    on_both(async |clinic| {
        let visit = measured(clinic, BABY, "7.3", "120").await;
        let mut program = client(clinic, &clinic.doctor).await;
        let document = program.document().await;
        let growth = json(&program.get(&format!("/api/v1/patients/{}/growth", visit.patient)).await);
        fits(&document, "Growth", &growth);
        let points = growth["points"].as_array().expect("points");
        for point in points {
            fits(&document, "GrowthPoint", point);
        }
        let charts: Vec<&str> = points.iter().filter_map(|point| point["chart"].as_str()).collect();
        assert_eq!(charts, ["who_weight", "who_length"], "{growth}");
        assert_eq!((&points[0]["ageDays"], &points[0]["measuredOn"]), (&184.into(), &"2026-11-22".into()));
        assert!(points[0]["zScore"].as_f64().is_some_and(|z| z.abs() < 0.02), "{growth}");
        assert_eq!(points[1]["isUnlikely"], true, "{growth}");
        assert_eq!(growth["missing"][0]["why"], "length_off_chart", "{growth}");
        let mut admin = client(clinic, &clinic.admin).await;
        let trail = json(&admin.get("/api/v1/audit-events?limit=100").await);
        let seen = trail["items"].as_array().expect("events").iter().any(|event| {
            event["entity"] == "vital_signs"
                && event["patientId"] == visit.patient.to_string()
                && event["action"] != "create"
        });
        assert!(seen, "{trail}");
    })
    .await;
}
