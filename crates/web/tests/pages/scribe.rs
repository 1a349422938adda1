//! The scribe beside the note: nothing recorded without consent, nothing taken over without a click.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a test that cannot be set up must fail at once"
)]

use crate::support::{Server, signed_in};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use medrecord_clinic::appointment::{AppointmentType, WalkIn};
use medrecord_clinic::ids::AppointmentId;
use medrecord_clinic::medication::MedicationForm;
use medrecord_store::{appointments, medical_records, medications, patients};
use medrecord_testkit::Clinic;
use medrecord_testkit::browser::Browser;
use medrecord_testkit::clinic::{jane_doe_details, on_both};

/// An invented consultation.
const TALK: &str = "Doctor: What brings you in today?
Patient: I have had a sore throat for three days.
Doctor: Any fever?
Patient: No.
Doctor: I will start you on amoxicillin 500 milligrams three times a day for ten days.
Doctor: Come back in two weeks if it is not better.";

async fn visit(clinic: &Clinic) -> AppointmentId {
    let mut desk = clinic.desk(&clinic.doctor).await;
    let patient_id = desk.fresh_id().unwrap();
    patients::register_as(&mut desk, patient_id, "MR-1", &jane_doe_details()).await.unwrap();
    let walk_in = WalkIn {
        patient_id,
        provider_id: clinic.doctor.id.unwrap(),
        appointment_type: AppointmentType::SickVisit,
        reason_for_visit: None,
    };
    let id = appointments::walk_in(&mut desk, &walk_in).await.unwrap();
    desk.close().await.unwrap();
    id
}

async fn panel(browser: &mut Browser<Server, Body, Body>, visit: AppointmentId) -> String {
    let page = browser.get(&format!("/visits/{visit}/scribe")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    page.main().to_owned()
}

/// The id and the shown version of the first undecided item of the panel that says this.
fn item(panel: &str, text: &str) -> (String, String) {
    let at = panel.find(text).unwrap_or_else(|| panic!("{text} is not drafted: {panel}"));
    let form = panel[at..].split_once("action=\"/evidence/").unwrap().1;
    let version = form.split_once("name=\"version\" value=\"").unwrap().1;
    let until_quote = |text: &str| text.split('"').next().unwrap().to_owned();
    (until_quote(form), until_quote(version))
}

#[tokio::test]
async fn a_pasted_transcript_is_drafted_with_the_words_it_rests_on() {
    on_both(async |clinic| {
        let visit = visit(clinic).await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let answer = dora.post(&format!("/visits/{visit}/transcript"), &[("transcript", TALK)]).await;
        assert_eq!(answer.location(), format!("/visits/{visit}#scribe"));
        let page = dora.get(&format!("/visits/{visit}/scribe")).await;
        assert!(page.says("Doe, Jane · Scribe"), "{}", page.text);
        assert!(page.says("MR-1") && page.says("15-Mar-1985"), "two identifiers: {}", page.text);
        let panel = panel(&mut dora, visit).await;
        for expected in ["sore throat", "amoxicillin", "id=\"turn-4\"", "Drafted by the scribe"] {
            assert!(panel.contains(expected), "{expected}: {panel}");
        }
        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let record = medical_records::of_appointment(&mut desk, visit).await.unwrap().unwrap();
        assert!(record.prescriptions.is_empty(), "nothing enters the record by itself");
    })
    .await;
}

#[tokio::test]
async fn an_accepted_prescription_enters_the_record_marked_as_drafted() {
    on_both(async |clinic| {
        let visit = visit(clinic).await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        dora.post(&format!("/visits/{visit}/transcript"), &[("transcript", TALK)]).await;
        let panel = panel(&mut dora, visit).await;
        let prescriptions = panel.split_once("<h3>Prescriptions</h3>").unwrap().1;
        let (id, version) = item(prescriptions, "amoxicillin");
        let wish = [("act", "accept"), ("version", version.as_str())];
        let answer = dora.post(&format!("/evidence/{id}"), &wish).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.main());
        let again = dora.post(&format!("/evidence/{id}"), &wish).await;
        assert_eq!(again.status, StatusCode::CONFLICT);

        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let record = medical_records::of_appointment(&mut desk, visit).await.unwrap().unwrap();
        let rows: Vec<_> =
            record.prescriptions.iter().map(|p| (p.medication_name.as_str(), p.is_ai_extracted)).collect();
        assert_eq!(rows, [("amoxicillin", true)]);
    })
    .await;
}

#[tokio::test]
async fn the_recorder_is_offered_only_after_consent_and_keeps_every_part() {
    on_both(async |clinic| {
        let visit = visit(clinic).await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        assert!(!panel(&mut dora, visit).await.contains("Record in this browser"));
        let early = dora.post(&format!("/visits/{visit}/recordings"), &[]).await;
        assert_eq!(early.status, StatusCode::CONFLICT);
        dora.post(&format!("/visits/{visit}/consent"), &[("decision", "granted")]).await;
        dora.post(&format!("/visits/{visit}/recordings"), &[]).await;
        let page = panel(&mut dora, visit).await;
        let id = page.split_once("data-recording=\"").unwrap().1.split('"').next().unwrap().to_owned();
        assert!(!page.contains("have arrived"), "the recorder itself shows how far it is");
        let token = dora.csrf().to_owned();
        let headers = [("x-csrf-token", token.as_str())];
        for number in [0, 1, 1] {
            let put = dora
                .send(Method::PUT, &format!("/recordings/{id}/chunks/{number}"), &headers, vec![7; 3])
                .await;
            assert_eq!(put.status, StatusCode::NO_CONTENT, "{}", put.text);
        }
        let early = dora.post(&format!("/recordings/{id}/finish"), &[("chunks", "3")]).await;
        assert_eq!(early.status, StatusCode::CONFLICT);
        let done = dora.post(&format!("/recordings/{id}/finish"), &[("chunks", "2")]).await;
        assert_eq!(done.location(), format!("/visits/{visit}#scribe"));
        let again = dora.post(&format!("/recordings/{id}/finish"), &[("chunks", "2")]).await;
        assert_eq!(again.location(), done.location(), "a browser that saw no answer asks again");
        let sound = dora.get(&format!("/recordings/{id}/audio")).await;
        assert_eq!((sound.status, sound.text.len()), (StatusCode::OK, 6));
        assert!(panel(&mut dora, visit).await.contains("waiting to be heard"));
    })
    .await;
}

#[tokio::test]
async fn an_uploaded_recording_is_kept_and_queued() {
    on_both(async |clinic| {
        let visit = visit(clinic).await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        dora.post(&format!("/visits/{visit}/consent"), &[("decision", "granted")]).await;
        let body = "--x\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"../../talk.wav\"\r\n\
                    Content-Type: audio/wav\r\n\r\nRIFF\r\n--x--\r\n";
        let address = format!("/visits/{visit}/audio?csrf={}", dora.csrf());
        let kind = [("content-type", "multipart/form-data; boundary=x")];
        let answer = dora.send(Method::POST, &address, &kind, body.as_bytes().to_vec()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.main());
        assert!(panel(&mut dora, visit).await.contains("waiting to be heard"));
        let outside =
            dora.send(Method::POST, &format!("/visits/{visit}/audio"), &kind, body.as_bytes().to_vec()).await;
        assert_eq!(outside.status, StatusCode::FORBIDDEN, "without the token");
    })
    .await;
}

/// The value of the hidden field that names the transcript.
fn shown_transcript(panel: &str) -> String {
    let rest = panel.split_once("name=\"transcript\" value=\"").unwrap().1;
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn mixed_up_voices_are_swapped_with_one_click_and_decisions_stay() {
    on_both(async |clinic| {
        let visit = visit(clinic).await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let wrong: String = TALK
            .lines()
            .map(|line| match line.split_once(": ") {
                Some(("Doctor", said)) => format!("Patient: {said}\n"),
                Some((_, said)) => format!("Doctor: {said}\n"),
                None => String::new(),
            })
            .collect();
        dora.post(&format!("/visits/{visit}/transcript"), &[("transcript", &wrong)]).await;
        let before = panel(&mut dora, visit).await;
        assert!(
            !before.contains("Prescriptions</h3>"),
            "an order is no order in a patient's mouth: {before}"
        );
        clinic.clock.advance(1_000);
        let address = format!("/visits/{visit}/speakers");
        let seen = shown_transcript(&before);
        dora.post(&address, &[("transcript", &seen)]).await;
        let after = panel(&mut dora, visit).await;
        assert!(after.contains("Prescriptions</h3>"), "{after}");
        let late = dora.post(&address, &[("transcript", &seen)]).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "an old page corrects nothing");

        let (id, version) = item(&after, "Prescriptions</h3>");
        dora.post(&format!("/evidence/{id}"), &[("act", "accept"), ("version", &version)]).await;
        clinic.clock.advance(1_000);
        let seen = shown_transcript(&panel(&mut dora, visit).await);
        dora.post(&address, &[("transcript", &seen), ("turn", "4 patient")]).await;
        let one = panel(&mut dora, visit).await;
        assert!(one.contains("Taken over"), "what was taken over stays so: {one}");
        assert!(one.contains("id=\"turn-4\" data-speaker=\"patient\""), "{one}");
        let none =
            dora.post(&address, &[("transcript", &shown_transcript(&one)), ("turn", "99 patient")]).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn staff_read_the_panel_but_cannot_draft_or_decide() {
    on_both(async |clinic| {
        let visit = visit(clinic).await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        assert!(!panel(&mut stan, visit).await.contains("Draft from this"));
        let answer = stan.post(&format!("/visits/{visit}/transcript"), &[("transcript", TALK)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        let answer = stan.post("/evidence/00000000-0000-7000-8000-000000000000", &[("act", "accept")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn silence_and_nonsense_are_refused_in_plain_words() {
    on_both(async |clinic| {
        let visit = visit(clinic).await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let empty = dora.post(&format!("/visits/{visit}/transcript"), &[("transcript", "  ")]).await;
        assert_eq!(empty.status, StatusCode::CONFLICT);
        assert!(empty.says("nothing was drafted"), "{}", empty.main());
        assert_eq!(dora.get("/visits/nonsense/scribe").await.status, StatusCode::NOT_FOUND);
        let none = "/visits/00000000-0000-7000-8000-000000000000/scribe";
        assert_eq!(dora.get(none).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_word_nobody_said_is_confirmed_before_its_item_is_taken_over() {
    on_both(async |clinic| {
        let visit = visit(clinic).await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let talk =
            "Doctor: What brings you in?\nPatient: I have a sore throat.\nDoctor: Any fever?\nPatient: Nah.";
        dora.post(&format!("/visits/{visit}/transcript"), &[("transcript", talk)]).await;
        let first = panel(&mut dora, visit).await;
        assert!(first.contains("Confirm denial “no”"), "{first}");
        let symptoms = first.split_once("<h3>Symptoms</h3>").unwrap().1;
        let (id, version) = item(symptoms, "No fever");
        let id = id.trim_end_matches("/confirm");
        let wish = [("act", "accept"), ("version", version.as_str())];
        let early = dora.post(&format!("/evidence/{id}"), &wish).await;
        assert_eq!(early.status, StatusCode::CONFLICT);
        assert!(early.says("Confirm “no”"), "{}", early.main());
        let right = [("place", "0"), ("version", version.as_str())];
        let answer = dora.post(&format!("/evidence/{id}/confirm"), &right).await;
        assert_eq!(answer.location(), format!("/visits/{visit}#item-{id}"));
        let answer = dora.post(&format!("/evidence/{id}"), &[("act", "accept"), ("version", "2")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.main());
        let made = dora.get(&format!("/visits/{visit}/made")).await;
        for expected in
            ["Digest of its weights", "patient: Nah.", "“no” confirmed", "taken over word for word by"]
        {
            assert!(made.main().contains(expected), "{expected}: {}", made.main());
        }
    })
    .await;
}

#[tokio::test]
async fn a_drafted_warning_stands_on_the_review_page_with_the_way_out() {
    on_both(async |clinic| {
        let visit = visit(clinic).await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let talk = "Doctor: What brings you in?\nPatient: I have a sore throat.\nDoctor: I'm going to prescribe amoxicillin.";
        dora.post(&format!("/visits/{visit}/transcript"), &[("transcript", talk)]).await;
        let review = dora.get(&format!("/visits/{visit}/review")).await;
        assert!(review.main().contains("bears a warning"), "{}", review.main());
        assert!(review.main().contains("Said in the visit · undecided"), "{}", review.main());
        for _ in 0..9 {
            let page = panel(&mut dora, visit).await;
            let Some((_, flagged)) = page.split_once("data-state=\"flagged\"") else { break };
            let (id, version) = item(flagged, "action=");
            let wish = [("act", "reject"), ("version", version.as_str())];
            dora.post(&format!("/evidence/{}", id.trim_end_matches("/confirm")), &wish).await;
        }
        let review = dora.get(&format!("/visits/{visit}/review")).await;
        assert!(!review.main().contains("bears a warning"), "{}", review.main());
    })
    .await;
}

#[tokio::test]
async fn what_only_the_chart_says_is_marked_so_and_confirmed_before_it_is_taken_over() {
    on_both(async |clinic| {
        let visit = visit(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let patient = appointments::get(&mut desk, visit).await.unwrap().patient_id;
        let taken = MedicationForm {
            medication_name: "Metformin".to_owned(),
            strength: "500 mg".to_owned(),
            frequency: "twice a day".to_owned(),
            ..MedicationForm::default()
        };
        medications::add(&mut desk, patient, &taken.parse(clinic.today()).unwrap()).await.unwrap();
        desk.close().await.unwrap();
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let talk = "Doctor: What brings you in?\nPatient: I need a refill.\nDoctor: We will continue your metformin.";
        dora.post(&format!("/visits/{visit}/transcript"), &[("transcript", talk)]).await;
        let wanted = |page: &str| page.split_once("<h3>Prescriptions</h3>").unwrap().1.to_owned();
        let first = wanted(&panel(&mut dora, visit).await);
        for expected in [
            "metformin, 500 mg, twice a day",
            "Only in the chart",
            "was not said in the visit: 500 mg, twice a day",
            "Confirm dose “500”",
        ] {
            assert!(first.contains(expected), "{expected}: {first}");
        }
        let (id, version) = item(&first, "metformin");
        let id = id.trim_end_matches("/confirm").to_owned();
        let early = dora
            .post(&format!("/evidence/{id}"), &[("act", "accept"), ("version", version.as_str())])
            .await;
        assert_eq!(early.status, StatusCode::CONFLICT);
        let review = dora.get(&format!("/visits/{visit}/review")).await;
        assert!(review.main().contains("Only in the chart · undecided"), "{}", review.main());
        let mut page = first;
        for _ in 0..9 {
            let Some((_, place)) = page.split_once("name=\"place\" value=\"") else { break };
            let place = place.split('"').next().unwrap().to_owned();
            let (_, version) = item(&page, "metformin");
            let word = [("place", place.as_str()), ("version", version.as_str())];
            let answer = dora.post(&format!("/evidence/{id}/confirm"), &word).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.main());
            page = wanted(&panel(&mut dora, visit).await);
        }
        let (_, version) = item(&page, "metformin");
        let wish = [("act", "accept"), ("version", version.as_str())];
        let answer = dora.post(&format!("/evidence/{id}"), &wish).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.main());
        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let record = medical_records::of_appointment(&mut desk, visit).await.unwrap().unwrap();
        assert_eq!(record.prescriptions[0].strength, "500 mg");
    })
    .await;
}
