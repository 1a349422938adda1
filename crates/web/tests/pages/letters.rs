//! Letters: written from the signed record, kept, printed, taken out as a PDF, withdrawn. All people are invented.

use crate::paper::signed;
use crate::support::{Tab, signed_in};
use axum::http::StatusCode;
use medrecord_clinic::ids::AppointmentId;
use medrecord_store::medical_records;
use medrecord_testkit::visit::{Visit, checked_in};
use medrecord_testkit::{on_both, pdf};

/// Keeps a letter and returns where it is.
async fn kept(tab: &mut Tab, visit: AppointmentId, kind: &str, fields: &[(&str, &str)]) -> String {
    let path = format!("/visits/{visit}/letters/{kind}");
    tab.get(&path).await;
    let answer = tab.post(&path, fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.main());
    answer.location().split('?').next().expect("a place").to_owned()
}

const FIELDS: [(&str, &str); 3] =
    [("to", "Dr Roe\nElm Row"), ("subject", "About Jane"), ("text", "First.\n\nSecond & last.")];

#[tokio::test]
async fn letters_come_from_the_signed_record_and_are_kept_as_changed() {
    on_both(async |clinic| {
        let Visit { appointment, patient } = signed(clinic).await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        for (kind, text) in [
            ("referral", "Diagnosis: Viral pharyngitis"),
            ("sick-note", "was seen at this practice on 22-Nov-2026"),
            ("plain-summary", "ibuprofen 400 mg: Take with food."),
        ] {
            let path = format!("/visits/{appointment}/letters/{kind}");
            let edit = dora.get(&path).await;
            assert!(edit.status == StatusCode::OK && edit.says(text), "{kind}: {}", edit.main());
            let empty = dora.post(&path, &[("subject", "x"), ("text", " ")]).await;
            assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(
                empty.says("Enter the text of the letter.") && empty.says("value=\"x\""),
                "{}",
                empty.main()
            );
            let letter = kept(&mut dora, appointment, kind, &FIELDS).await;
            for page in [letter.clone(), format!("{letter}/print")] {
                let page = dora.get(&page).await;
                assert_eq!(page.status, StatusCode::OK, "{}", page.main());
                assert!(page.says("Second &#38; last.") && page.says("Dr Roe<br>Elm Row"), "{}", page.main());
                assert!(page.says("DOE, Jane · born 15-Mar-1985"), "two identifiers: {}", page.main());
            }
        }
        let unknown = dora.get(&format!("/visits/{appointment}/letters/poem")).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        for page in [format!("/visits/{appointment}"), format!("/patients/{patient}")] {
            let page = dora.get(&page).await;
            for kind in ["Referral</a>", "Sick note</a>", "Visit in plain words</a>"] {
                assert!(page.says(kind), "{kind}: {}", page.main());
            }
            assert!(page.says("To Dr Roe. About Jane"), "{}", page.main());
        }
        let mut ada = signed_in(clinic, &clinic.admin).await;
        let trail = ada.get(&format!("/audit?patient={patient}")).await;
        for done in ["kept a referral", "printed a sick note", "looked at a summary in plain words"] {
            assert!(trail.says(done), "{done}: {}", trail.main());
        }
    })
    .await;
}

#[tokio::test]
async fn a_kept_letter_is_the_same_pdf_each_time_whatever_changes_around_it() {
    on_both(async |clinic| {
        let Visit { appointment, .. } = signed(clinic).await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let fields =
            [("to", "Dr Żaneta Łukaszewicz"), ("subject", "About Jane"), ("text", "Erdős.\n\nStraße.")];
        let letter = kept(&mut dora, appointment, "referral", &fields).await;
        let file = dora.get(&format!("{letter}/pdf")).await;
        assert_eq!(file.status, StatusCode::OK, "{}", file.text);
        assert_eq!(file.header("content-type"), "application/pdf");
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"referral-2026-11-22.pdf\"");
        let pages = pdf::pages(&file.bytes);
        assert_eq!(pages.len(), 1);
        for words in [
            "MedRecord AI practice",
            "Dr Żaneta Łukaszewicz",
            "22-Nov-2026",
            "About Jane",
            "Erdős.",
            "Straße.",
            "DOE, Jane · born 15-Mar-1985 · Record ",
            "Dora Doctor",
            "Licence",
            "Page 1 of 1",
        ] {
            assert!(pages.concat().contains(words), "{words}: {}", pages.concat());
        }
        clinic.store.by_hand("UPDATE patients SET first_name = 'Joan'").await.expect("another name");
        clinic
            .store
            .by_hand("UPDATE providers SET license_number = 'D-9', last_name = 'Other'")
            .await
            .expect("changed");
        assert_eq!(dora.get(&format!("{letter}/pdf")).await.bytes, file.bytes);
        let mut ada = signed_in(clinic, &clinic.admin).await;
        assert!(ada.get("/audit").await.says("took out the PDF of a referral"));
    })
    .await;
}

#[tokio::test]
async fn a_pdf_that_cannot_show_a_sign_is_not_made_and_says_which() {
    on_both(async |clinic| {
        let Visit { appointment, .. } = signed(clinic).await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let fields = [("subject", "About Jane"), ("text", "Interpreter: 王偉.")];
        let letter = kept(&mut dora, appointment, "sick-note", &fields).await;
        let refused = dora.get(&format!("{letter}/pdf")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.says("王 (U+738B), 偉 (U+5049)") && refused.says("Print the page"),
            "{}",
            refused.main()
        );
        assert!(dora.get(&format!("{letter}/print")).await.says("王偉"), "the browser can");
    })
    .await;
}

#[tokio::test]
async fn a_withdrawn_letter_stays_and_says_so_wherever_it_is_shown() {
    on_both(async |clinic| {
        let Visit { appointment, patient } = signed(clinic).await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let letter = kept(&mut stan, appointment, "referral", &FIELDS).await;
        assert!(stan.get(&letter).await.says("Withdraw it"));
        let done = stan.post(&format!("{letter}/withdraw"), &[("reason", "Wrong <doctor>")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
        let page = stan.get(&letter).await;
        assert!(page.says("Withdrawn 22-Nov-2026") && page.says("Wrong &#60;doctor&#62;"), "{}", page.main());
        assert!(!page.says("Withdraw it") && page.says("Second &#38; last."), "{}", page.main());
        let file = stan.get(&format!("{letter}/pdf")).await;
        assert!(pdf::pages(&file.bytes).concat().contains("Wrong <doctor>"));
        assert!(stan.get(&format!("/patients/{patient}")).await.says("<strong>Withdrawn.</strong>"));
        let chart = stan.get(&format!("/patients/{patient}/chart.html")).await;
        assert!(chart.says("Second &#38; last.") && chart.says("Withdrawn 22-Nov-2026"), "{}", chart.text);
        let twice = stan.post(&format!("{letter}/withdraw"), &[("reason", "Again")]).await;
        assert!(twice.says("withdrawn already"), "{}", twice.main());
    })
    .await;
}

#[tokio::test]
async fn prescription_and_summary_are_pdfs_with_all_that_their_pages_say() {
    on_both(async |clinic| {
        let Visit { appointment, .. } = signed(clinic).await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        for (paper, words) in [
            (
                "prescription",
                ["1. ibuprofen 400 mg", "Take with food.", "Quantity 15", "1 tablet three times daily"],
            ),
            (
                "summary",
                ["Viral pharyngitis", "Sore throat <b>", "Start: ibuprofen 400 mg", "Rest and fluids."],
            ),
        ] {
            let place = format!("/visits/{appointment}/{paper}");
            assert!(dora.get(&place).await.says(&format!("href=\"{place}/pdf?language=en\"")), "{paper}");
            let file = dora.get(&format!("{place}/pdf")).await;
            assert_eq!(file.header("content-type"), "application/pdf", "{}", file.text);
            let said = pdf::pages(&file.bytes).concat();
            for words in words.iter().chain(&[
                "MedRecord AI practice",
                "DOE, Jane",
                "Born 15-Mar-1985",
                "Allergies not recorded",
                "Dora Doctor",
                "Signed 22-Nov-2026",
                "Page 1 of 1",
            ]) {
                assert!(said.contains(words), "{paper}, {words}: {said}");
            }
            assert_eq!(dora.get(&format!("{place}/pdf")).await.bytes, file.bytes);
        }
        let spanish = dora.get(&format!("/visits/{appointment}/prescription/pdf?language=es")).await;
        let said = pdf::pages(&spanish.bytes).concat();
        for words in ["Receta médica (Prescription)", "Cantidad (Quantity) 15", "Página 1 de 1", "Expediente"]
        {
            assert!(said.contains(words), "{words}: {said}");
        }
        let mut ada = signed_in(clinic, &clinic.admin).await;
        assert!(ada.get("/audit").await.says("printed the prescription"));
    })
    .await;
}

#[tokio::test]
async fn a_letter_is_not_written_from_a_draft() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        medical_records::open(&mut desk, visit.appointment).await.expect("open");
        desk.close().await.expect("kept");
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let path = format!("/visits/{}/letters/referral", visit.appointment);
        for refused in [dora.get(&path).await, dora.post(&path, &FIELDS).await] {
            assert!(refused.says("Sign the record first"), "{}", refused.main());
        }
    })
    .await;
}
