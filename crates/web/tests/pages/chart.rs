//! The chart and what is kept on it. All people are invented.

use crate::support::signed_in;
use axum::http::{Method, StatusCode};
use medrecord_store::patients;
use medrecord_testkit::Clinic;
use medrecord_testkit::clinic::{jane_doe_details, on_both};

/// Registers Jane Doe and gives the address of her chart.
async fn jane(clinic: &Clinic) -> String {
    let mut desk = clinic.desk(&clinic.staff).await;
    let id = patients::register(&mut desk, &jane_doe_details()).await.expect("registered");
    desk.close().await.expect("kept");
    format!("/patients/{id}")
}

#[tokio::test]
async fn allergies_stand_in_the_banner_in_three_states() {
    on_both(async |clinic| {
        let chart = jane(clinic).await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let page = dora.get(&chart).await;
        assert!(
            page.says("Allergies not recorded") && page.says("Asked: no known allergies"),
            "{}",
            page.text
        );
        dora.post(&format!("{chart}/allergies/none-known"), &[]).await;
        let page = dora.get(&chart).await;
        assert!(
            page.says("asked by Dora Doctor, 22-Nov-2026") && !page.says("Asked: no known"),
            "{}",
            page.text
        );

        let denial = dora.post(&format!("{chart}/allergies"), &[("allergen", "none")]).await;
        assert_eq!(denial.status, StatusCode::UNPROCESSABLE_ENTITY);
        let entry =
            [("allergen", "Penicillin"), ("reaction", "anaphylaxis"), ("severity", "life_threatening")];
        assert_eq!(dora.post(&format!("{chart}/allergies"), &entry).await.location(), chart);
        let page = dora.get(&chart).await;
        assert!(
            page.says("<strong>Penicillin</strong> <span>anaphylaxis, life-threatening</span>"),
            "{}",
            page.text
        );
        assert!(!page.says("No known allergies"));

        let allergy = format!("/allergies/{}", page.after("href=\"/allergies/"));
        let edit = dora.get(&allergy).await;
        assert!(edit.says("value=\"anaphylaxis\""), "{}", edit.main());
        let silent = [("version", "1"), ("status", "entered_in_error"), ("reason", "")];
        let refused = dora.post(&format!("{allergy}/status"), &silent).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.says("href=\"#reason\"") && refused.says("value=\"Penicillin\""),
            "{}",
            refused.main()
        );
        let reasoned = [("version", "1"), ("status", "entered_in_error"), ("reason", "another patient's")];
        assert_eq!(dora.post(&format!("{allergy}/status"), &reasoned).await.location(), chart);
        assert!(dora.get(&chart).await.says("Allergies not recorded"));
        let late = [("version", "1"), ("allergen", "Latex")];
        let conflict = dora.post(&allergy, &late).await;
        assert_eq!(conflict.status, StatusCode::CONFLICT);
        assert!(conflict.says("<td>Penicillin</td><td>Latex</td>"), "{}", conflict.main());
    })
    .await;
}

#[tokio::test]
async fn problems_and_medications_are_added_changed_and_ended() {
    on_both(async |clinic| {
        let chart = jane(clinic).await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let wrong = [("conditionName", "Asthma"), ("diagnosisDate", "soon")];
        let refused = dora.post(&format!("{chart}/conditions"), &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.says("value=\"Asthma\"") && refused.says("href=\"#diagnosisDate\""));
        dora.post(&format!("{chart}/conditions"), &[("conditionName", "Asthma")]).await;
        let problem = format!("/conditions/{}", dora.get(&chart).await.after("href=\"/conditions/"));
        dora.get(&problem).await;
        let resolved = [("version", "1"), ("status", "resolved")];
        assert_eq!(dora.post(&format!("{problem}/status"), &resolved).await.location(), chart);
        let page = dora.get(&chart).await;
        assert!(
            page.says("No problems recorded.") && page.says("resolved · until 22-Nov-2026"),
            "{}",
            page.main()
        );

        let drug = [("medicationName", "metformin"), ("strength", "500 mg"), ("frequency", "twice daily")];
        dora.post(&format!("{chart}/medications"), &drug).await;
        let page = dora.get(&chart).await;
        assert!(page.says("500 mg, twice daily"), "{}", page.main());
        let drug = format!("/medications/{}", page.after("href=\"/medications/"));
        let changed = [("version", "1"), ("medicationName", "metformin"), ("strength", "850 mg")];
        assert_eq!(dora.post(&drug, &changed).await.location(), chart);
        let stopped = [("version", "2"), ("status", "stopped"), ("reason", "nausea")];
        assert_eq!(dora.post(&format!("{drug}/status"), &stopped).await.location(), chart);
        assert!(dora.get(&chart).await.says("stopped 22-Nov-2026 · nausea"));
    })
    .await;
}

#[tokio::test]
async fn a_document_is_checked_by_its_bytes_and_only_ever_downloaded() {
    on_both(async |clinic| {
        let chart = jane(clinic).await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let page = stan.get(&format!("{chart}/documents/new")).await;
        assert!(page.says("enctype=\"multipart/form-data\""), "{}", page.main());
        let address = format!("{chart}/documents?csrf={}", stan.csrf());
        let kind = [("content-type", "multipart/form-data; boundary=cut")];
        let body = |bytes: &str| {
            format!(
                "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../letter.pdf\"\r\n\
                 Content-Type: application/pdf\r\n\r\n{bytes}\r\n--cut\r\n\
                 Content-Disposition: form-data; name=\"description\"\r\n\r\nLetter\r\n--cut--\r\n"
            )
            .into_bytes()
        };
        let refused = stan.send(Method::POST, &address, &kind, body("MZ\u{0}\u{1}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.main());
        assert!(refused.says("Choose a PDF, a picture") && refused.says("value=\"Letter\""));
        let added = stan.send(Method::POST, &address, &kind, body("%PDF-1.7 invented")).await;
        assert_eq!(added.location(), chart, "{}", added.main());
        let page = stan.get(&chart).await;
        assert!(page.says("letter.pdf") && page.says("Letter · 17 bytes"), "{}", page.main());
        let document = format!("/documents/{}", page.after("href=\"/documents/"));
        let file = stan.get(&document).await;
        assert_eq!((file.status, file.text.as_str()), (StatusCode::OK, "%PDF-1.7 invented"));
        assert_eq!(file.header("content-disposition"), "attachment; filename*=UTF-8''letter.pdf");
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        assert!(file.header("content-security-policy").contains("sandbox"));
        let wrong = [("version", "1"), ("reason", "another patient's")];
        assert_eq!(stan.post(&format!("{document}/error"), &wrong).await.location(), chart);
        assert!(stan.get(&chart).await.says("No documents."));
    })
    .await;
}
