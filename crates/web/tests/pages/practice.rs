//! The practice's settings, on both databases.

use crate::support::signed_in;
use axum::http::StatusCode;
use medrecord_testkit::clinic::on_both;

const ELM_ROW: [(&str, &str); 5] = [
    ("name", "Elm Row Practice"),
    ("phone", "+1-555-0199"),
    ("timeZone", "Pacific/Honolulu"),
    ("opensAt", "07:30"),
    ("closesAt", "17:00"),
];

#[tokio::test]
async fn an_admin_names_the_practice_and_its_day_follows_the_zone() {
    on_both(async |clinic| {
        let mut ada = signed_in(clinic, &clinic.admin).await;
        assert!(ada.get("/settings").await.says("The clock here shows 22-Nov-2026 09:00"));
        let mut typed = ELM_ROW.to_vec();
        typed.push(("version", "0"));
        let answer = ada.post("/settings", &typed).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/settings"));
        let board = ada.get("/").await;
        assert!(board.says("Elm Row Practice") && board.says("Saturday 21-Nov-2026"), "{}", board.main());

        let late = ada.post("/settings", &typed).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.says("Somebody else saved these settings meanwhile"), "{}", late.main());
    })
    .await;
}

#[tokio::test]
async fn wrong_settings_come_back_as_typed_and_only_admins_may_change_them() {
    on_both(async |clinic| {
        let mut ada = signed_in(clinic, &clinic.admin).await;
        let mut typed = ELM_ROW.to_vec();
        typed.extend([("version", "0"), ("address", "1 Elm Row")]);
        typed[2].1 = "Mars/Base";
        let answer = ada.post("/settings", &typed).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.says("Enter a time zone of the IANA list") && answer.says("Mars/Base"));
        assert!(answer.says("1 Elm Row"));

        let mut stan = signed_in(clinic, &clinic.staff).await;
        let page = stan.get("/settings").await;
        assert!(page.says("An administrator can change this.") && !page.says("Save settings"));
        assert_eq!(stan.post("/settings", &typed).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn an_administrator_sets_what_is_kept_and_holds_a_patient() {
    on_both(async |clinic| {
        let mut ada = signed_in(clinic, &clinic.admin).await;
        let mut typed = ELM_ROW.to_vec();
        typed.push(("version", "0"));
        ada.post("/settings", &typed).await;
        let rules = [("audio", "30"), ("transcript", "")];
        let wrong = ada.post("/settings/keeping", &[("audio", "soon"), ("transcript", "9")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for words in ["number of days", "href=\"#audio\"", "value=\"soon\"", "value=\"9\""] {
            assert!(wrong.says(words), "{words}: {}", wrong.main());
        }
        let none =
            ada.post("/settings/keeping/holds", &[("number", "MR-none"), ("reason", "A lawsuit")]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        for words in ["No patient has this record number", "value=\"MR-none\"", "value=\"A lawsuit\""] {
            assert!(none.says(words), "{words}: {}", none.main());
        }
        let saved = ada.post("/settings/keeping", &rules).await;
        let page = ada.get("/settings/keeping").await;
        assert_eq!((saved.status, page.status), (StatusCode::SEE_OTHER, StatusCode::OK), "{}", saved.main());
        assert!(page.main().contains("value=\"30\""), "{}", page.main());
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        assert_eq!(dora.get("/settings/keeping").await.status, StatusCode::FORBIDDEN);
    })
    .await;
}
