//! Rooming: one line, impossible values refused, unusual ones kept with a warning.

use crate::support::signed_in;
use axum::http::StatusCode;
use medrecord_clinic::appointment::{AppointmentType, WalkIn};
use medrecord_store::appointments;
use medrecord_testkit::on_both;
use medrecord_testkit::visit::checked_in;

#[tokio::test]
async fn staff_take_the_whole_line_and_see_what_is_unusual() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let path = format!("/appointments/{}/vitals", visit.appointment);
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let page = stan.get(&path).await;
        assert!(page.status == StatusCode::OK && page.says("No earlier value"), "{}", page.main());
        let line = [
            ("version", "0"),
            ("bloodPressure", "188/82"),
            ("heartRate", "72"),
            ("temperature", "98.6"),
            ("weight", "160 lb"),
            ("height", "5 ft 10 in"),
        ];
        let answer = stan.post(&path, &line).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, path.as_str()));
        let page = stan.get(&path).await;
        for words in
            ["Saved, but unusual", "188 mmHg is above 180", "value=\"72.57\"", "value=\"37\"", "BMI 23"]
        {
            assert!(page.says(words), "{words}: {}", page.main());
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_comes_back_with_everything_that_was_typed() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let path = format!("/appointments/{}/vitals", visit.appointment);
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let page = stan.post(&path, &[("bloodPressure", "128"), ("heartRate", "72")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("such as 128/82") && page.says("value=\"128\"") && page.says("value=\"72\""));
        let first = [("version", "0"), ("heartRate", "72")];
        assert_eq!(stan.post(&path, &first).await.status, StatusCode::SEE_OTHER);
        let late = stan.post(&path, &[("version", "0"), ("heartRate", "75")]).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(
            late.says("value=\"75\"") && late.says("72 /min") && late.says("name=\"version\" value=\"1\"")
        );
    })
    .await;
}

#[tokio::test]
async fn the_values_of_the_visit_before_stand_beside_the_boxes() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let line = [("version", "0"), ("bloodPressure", "142/91"), ("weight", "81.5")];
        stan.post(&format!("/appointments/{}/vitals", visit.appointment), &line).await;
        clinic.clock.advance(30 * 24 * 60 * 60 * 1000);
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let again = WalkIn {
            patient_id: visit.patient,
            provider_id: clinic.doctor.id.unwrap(),
            appointment_type: AppointmentType::FollowUp,
            reason_for_visit: None,
        };
        let mut desk = clinic.desk(&clinic.staff).await;
        let again = appointments::walk_in(&mut desk, &again).await.unwrap();
        desk.close().await.unwrap();
        let page = stan.get(&format!("/appointments/{again}/vitals")).await;
        for words in ["142/91 on 22-Nov-2026", "81.5 on 22-Nov-2026", "No earlier value"] {
            assert!(page.says(words), "{words}: {}", page.main());
        }
    })
    .await;
}
