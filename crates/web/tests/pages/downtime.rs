//! The packet for when the machines are down: its page, the file, and who may have it.

use crate::support::signed_in;
use axum::http::StatusCode;
use medrecord_testkit::clinic::on_both;
use medrecord_testkit::visit::checked_in;

#[tokio::test]
async fn the_downtime_packet_is_one_file_that_needs_nothing_else() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let chart = format!("/patients/{}", visit.patient);
        let penicillin = [("allergen", "Penicillin <b>"), ("severity", "severe")];
        dora.post(&format!("{chart}/allergies"), &penicillin).await;
        dora.post(
            &format!("{chart}/medications"),
            &[("medicationName", "metformin"), ("strength", "500 mg")],
        )
        .await;
        assert!(dora.get("/day-list").await.says("href=\"/downtime\""));
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let page = stan.get("/downtime").await;
        assert!(
            page.says("The server writes none by itself") && page.says("href=\"/downtime/packet\""),
            "{}",
            page.main()
        );

        let packet = stan.get("/downtime/packet").await;
        assert_eq!(packet.status, StatusCode::OK);
        assert_eq!(packet.header("content-disposition"), "attachment; filename=\"downtime_2026-11-22.html\"");
        assert_eq!(packet.header("cache-control"), "no-store");
        for words in [
            "Sunday 22-Nov-2026",
            "Monday 23-Nov-2026",
            "DOE, Jane",
            "15-Mar-1985",
            "+1-555-0100",
            "class=\"severe\">Penicillin &#60;b&#62;",
            "metformin 500 mg",
            "No signed note yet.",
            "made by Stan Staff",
        ] {
            assert!(packet.text.contains(words), "{words}: {}", packet.text);
        }
        for elsewhere in ["src=", "href=\"/", "href=\"http", "<script", "@import"] {
            assert!(!packet.text.contains(elsewhere), "{elsewhere}");
        }
        let mut ada = signed_in(clinic, &clinic.admin).await;
        let trail = ada.get(&format!("/audit?patient={}", visit.patient)).await;
        assert!(trail.says("took out a downtime packet"), "{}", trail.main());
    })
    .await;
}
