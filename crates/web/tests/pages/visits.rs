//! The visit from the first word to the signature, the addendum and the print.

use crate::support::{Server, signed_in};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use medrecord_store::audit::{self, EventFilter};
use medrecord_testkit::browser::{Answer, Browser};
use medrecord_testkit::clinic::{Clinic, PASSWORD, on_both};
use medrecord_testkit::visit::{Visit, checked_in};

type Doctor = Browser<Server, Body, Body>;

const NOTE: [(&str, &str); 13] = [
    ("chiefComplaint", "Sore throat"),
    ("diagnosis", "Viral pharyngitis"),
    ("treatmentPlan", "Rest and fluids."),
    ("symptoms.id", "5f6b0a52-6f7e-4d0b-9a3c-1f0d6b6f2f10"),
    ("symptoms.symptomName", "sore throat"),
    ("symptoms.severity", "6"),
    ("symptoms.negated", ""),
    ("prescriptions.id", "5f6b0a52-6f7e-4d0b-9a3c-1f0d6b6f2f11"),
    ("prescriptions.medicationName", "ibuprofen"),
    ("prescriptions.strength", "400 mg"),
    ("prescriptions.dosage", "1 tablet"),
    ("prescriptions.frequency", "three times daily"),
    ("prescriptions.instructions", "Take with food."),
];

async fn at_the_desk(clinic: &Clinic) -> (Doctor, Visit, String) {
    let visit = checked_in(clinic).await;
    let path = format!("/visits/{}", visit.appointment);
    (signed_in(clinic, &clinic.doctor).await, visit, path)
}

/// Posts the note as it was typed over a version.
async fn save(doctor: &mut Doctor, path: &str, version: &str, more: &[(&str, &str)]) -> Answer {
    let fields: Vec<(&str, &str)> =
        [("version", version)].into_iter().chain(NOTE).chain(more.iter().copied()).collect();
    doctor.post(path, &fields).await
}

/// The same as the script does it while somebody types.
async fn autosave(doctor: &mut Doctor, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).collect();
    let token = doctor.csrf().to_owned();
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("x-csrf-token", token.as_str()),
        ("x-fragment", "autosave"),
    ];
    doctor.send(Method::POST, path, &headers, body.join("&").into_bytes()).await
}

/// Signs what is written down, with whatever password.
async fn sign(doctor: &mut Doctor, path: &str, password: &str) -> Answer {
    let review = doctor.get(&format!("{path}/review")).await;
    let version = review.after("name=\"version\" value=\"").to_owned();
    let digest = review.after("name=\"digest\" value=\"").to_owned();
    let hand = [("version", version.as_str()), ("digest", digest.as_str()), ("password", password)];
    doctor.post(&format!("{path}/sign"), &hand).await
}

#[tokio::test]
async fn a_note_is_written_without_script_and_comes_back_as_typed() {
    on_both(async |clinic| {
        let (mut dora, _, path) = at_the_desk(clinic).await;
        let page = dora.get(&path).await;
        assert!(
            page.says("name=\"version\" value=\"0\"") && page.says("DOE, Jane · Visit"),
            "{}",
            page.main()
        );
        let answer = save(&mut dora, &path, "0", &[]).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, path.as_str()));
        let page = dora.get(&path).await;
        for words in
            ["value=\"Sore throat\"", "Rest and fluids.", "value=\"400 mg\"", "value=\"2\"", "Saved 09:00."]
        {
            assert!(page.says(words), "{words}: {}", page.main());
        }
        let answer = save(&mut dora, &path, "2", &[("then", "review")]).await;
        assert_eq!(answer.location(), format!("{path}/review"));
    })
    .await;
}

#[tokio::test]
async fn typing_is_saved_and_a_second_tab_is_shown_both_versions() {
    on_both(async |clinic| {
        let (mut dora, _, path) = at_the_desk(clinic).await;
        let first = autosave(&mut dora, &path, &[("version", "0"), ("diagnosis", "Common cold")]).await;
        let saved = (first.status, first.header("x-version"), first.header("x-saved-at"));
        assert_eq!(saved, (StatusCode::NO_CONTENT, "2", "09:00"));
        let second = autosave(&mut dora, &path, &[("version", "1"), ("diagnosis", "Influenza")]).await;
        assert_eq!(second.status, StatusCode::CONFLICT);
        assert!(second.text.starts_with("<div class=\"conflict\""), "{}", second.text);
        for words in ["Common cold", "Influenza", "name=\"keep\" value=\"2\""] {
            assert!(second.says(words), "{words}: {}", second.text);
        }
        let page = dora.post(&path, &[("version", "1"), ("diagnosis", "Influenza")]).await;
        assert!(page.status == StatusCode::CONFLICT && page.says("value=\"Influenza\""), "{}", page.main());
        let kept = dora.post(&path, &[("version", "1"), ("diagnosis", "Influenza"), ("keep", "2")]).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER);
        assert!(dora.get(&path).await.says("value=\"Influenza\""));
    })
    .await;
}

#[tokio::test]
async fn a_row_that_cannot_be_comes_back_with_its_error_and_nothing_lost() {
    on_both(async |clinic| {
        let (mut dora, _, path) = at_the_desk(clinic).await;
        let fields = [
            ("version", "0"),
            ("diagnosis", "Viral pharyngitis"),
            ("symptoms.id", ""),
            ("symptoms.symptomName", "sore throat"),
            ("symptoms.severity", "12"),
        ];
        let page = dora.post(&path, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        for words in [
            "href=\"#symptoms[0].severity\"",
            "id=\"symptoms[0].severity\"",
            "value=\"12\"",
            "Viral pharyngitis",
        ] {
            assert!(page.says(words), "{words}: {}", page.main());
        }
        assert_eq!(autosave(&mut dora, &path, &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn an_unfinished_record_says_what_is_missing_and_offers_no_signature() {
    on_both(async |clinic| {
        let (mut dora, _, path) = at_the_desk(clinic).await;
        save(
            &mut dora,
            &path,
            "0",
            &[("prescriptions.id", ""), ("prescriptions.medicationName", "paracetamol")],
        )
        .await;
        let page = dora.get(&format!("{path}/review")).await;
        assert!(page.says("Enter how often to take it for paracetamol."), "{}", page.main());
        assert!(!page.main().contains("type=\"password\""));
    })
    .await;
}

#[tokio::test]
async fn the_password_signs_the_record_which_is_then_only_read_and_added_to() {
    on_both(async |clinic| {
        let (mut dora, visit, path) = at_the_desk(clinic).await;
        save(&mut dora, &path, "0", &[]).await;
        let early = dora.get(&format!("{path}/summary")).await;
        assert!(early.status == StatusCode::CONFLICT && early.says("drafts are not printed"));
        let wrong = sign(&mut dora, &path, "guess").await;
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.says("not your password"));
        let signed = sign(&mut dora, &path, PASSWORD).await;
        assert_eq!(
            (signed.status, signed.location()),
            (StatusCode::SEE_OTHER, path.as_str()),
            "{}",
            signed.main()
        );

        let page = dora.get(&path).await;
        assert!(
            page.says("Dora Doctor") && page.says("Fingerprint") && !page.says("id=\"note\""),
            "{}",
            page.main()
        );
        assert_eq!(save(&mut dora, &path, "3", &[]).await.status, StatusCode::CONFLICT);
        let addenda = format!("{path}/addenda");
        let empty = dora.post(&addenda, &[("reason", "Late result")]).await;
        assert!(empty.status == StatusCode::UNPROCESSABLE_ENTITY && empty.says("Enter the addendum."));
        dora.post(&addenda, &[("reason", "Late result"), ("text", "Swab negative.")]).await;
        assert!(dora.get(&path).await.says("Swab negative."));

        let rx = dora.get(&format!("{path}/prescription")).await;
        assert!(rx.says("ibuprofen 400 mg") && rx.says("Licence") && rx.says("15-Mar-1985"), "{}", rx.main());
        let summary = dora.get(&format!("{path}/summary")).await;
        assert!(summary.says("Viral pharyngitis") && summary.says("Swab negative."), "{}", summary.main());
        let mut desk = clinic.reading_desk(&clinic.admin).await;
        let filter = EventFilter { patient: Some(visit.patient), limit: 100, ..EventFilter::default() };
        let trail = audit::list(&mut desk, &filter).await.unwrap();
        assert_eq!(trail.iter().filter(|event| event.action == "print").count(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_record_that_changed_after_its_review_is_not_signed() {
    on_both(async |clinic| {
        let (mut dora, _, path) = at_the_desk(clinic).await;
        save(&mut dora, &path, "0", &[]).await;
        let review = dora.get(&format!("{path}/review")).await;
        let digest = review.after("name=\"digest\" value=\"").to_owned();
        autosave(
            &mut dora,
            &path,
            &[
                ("version", "2"),
                ("chiefComplaint", "Sore throat"),
                ("diagnosis", "Tonsillitis"),
                ("treatmentPlan", "Rest"),
            ],
        )
        .await;
        let hand = [("version", "2"), ("digest", digest.as_str()), ("password", PASSWORD)];
        let answer = dora.post(&format!("{path}/sign"), &hand).await;
        assert!(answer.status == StatusCode::CONFLICT && answer.says("Tonsillitis"), "{}", answer.main());
    })
    .await;
}

#[tokio::test]
async fn staff_read_a_draft_and_write_none() {
    on_both(async |clinic| {
        let (mut dora, _, path) = at_the_desk(clinic).await;
        save(&mut dora, &path, "0", &[]).await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let page = stan.get(&path).await;
        assert!(page.says("Draft: not signed yet.") && !page.says("<textarea"), "{}", page.main());
        assert_eq!(save(&mut stan, &path, "2", &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(stan.get(&format!("{path}/review")).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn what_speaks_against_an_allergy_is_shown_before_signing() {
    on_both(async |clinic| {
        let (mut doctor, visit, path) = at_the_desk(clinic).await;
        let add = format!("/patients/{}/allergies", visit.patient);
        doctor.post(&add, &[("allergen", "Penicillin"), ("severity", "severe")]).await;
        doctor.get(&path).await;
        save(&mut doctor, &path, "1", &[]).await;
        assert!(!doctor.get(&format!("{path}/review")).await.says("Speaks against what is prescribed"));
        let swapped: Vec<(&str, &str)> = NOTE
            .into_iter()
            .map(|(name, value)| match name {
                "prescriptions.medicationName" => (name, "amoxicillin"),
                "treatmentPlan" => (name, "NKDA. Amoxicillin."),
                _ => (name, value),
            })
            .chain([("version", "2")])
            .collect();
        doctor.post(&path, &swapped).await;
        let review = doctor.get(&format!("{path}/review")).await;
        let words = "amoxicillin is prescribed, and the patient is allergic to Penicillin (severe).";
        assert!(review.says(words), "{}", review.main());
        assert!(
            review.says("Treatment plan says that there are no allergies, but the chart lists Penicillin.")
        );
    })
    .await;
}

#[tokio::test]
async fn what_speaks_against_a_prescription_is_signed_only_with_a_reason_that_stays() {
    on_both(async |clinic| {
        let (mut dora, visit, path) = at_the_desk(clinic).await;
        let add = format!("/patients/{}/medications", visit.patient);
        for taken in ["simvastatin", "naproxen", "Wundermittel"] {
            dora.post(&add, &[("medicationName", taken)]).await;
        }
        dora.get(&path).await;
        let with = |name: &'static str, version: &'static str| {
            let note = NOTE.into_iter().map(move |(field, value)| match field {
                "prescriptions.medicationName" => (field, name),
                _ => (field, value),
            });
            note.chain([("version", version)]).collect::<Vec<_>>()
        };
        dora.post(&path, &with("ibuprofen", "1")).await;
        let review = dora.get(&format!("{path}/review")).await;
        let twice = "ibuprofen and naproxen (on the medication list) are both of the class nsaid.";
        assert!(review.says(twice), "{}", review.main());
        assert!(review.says("Wundermittel is not a name that the program knows."), "{}", review.main());
        assert!(!review.says("name=\"why-"), "a duplicate needs no reason");

        dora.post(&path, &with("Biaxin", "2")).await;
        let review = dora.get(&format!("{path}/review")).await;
        let words = "Biaxin with simvastatin (on the medication list): the statin reaches toxic levels";
        assert!(review.says(words) && review.says("J Am Med Inform Assoc 2012;19:735"), "{}", review.main());
        let why = format!("why-{}", review.after("name=\"why-"));
        let unanswered = sign(&mut dora, &path, PASSWORD).await;
        assert_eq!(unanswered.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unanswered.says("Say why it is prescribed all the same"), "{}", unanswered.main());
        let version = review.after("name=\"version\" value=\"").to_owned();
        let digest = review.after("name=\"digest\" value=\"").to_owned();
        let reason = "The statin pauses for the five days";
        let hand = [
            ("version", version.as_str()),
            ("digest", digest.as_str()),
            (why.as_str(), reason),
            ("password", PASSWORD),
        ];
        let wrong: Vec<_> =
            hand.into_iter().map(|(n, v)| if n == "password" { (n, "no") } else { (n, v) }).collect();
        let wrong = dora.post(&format!("{path}/sign"), &wrong).await;
        assert!(wrong.says(reason), "what was typed stays: {}", wrong.main());
        let signed = dora.post(&format!("{path}/sign"), &hand).await;
        assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.main());
        let record = dora.get(&path).await;
        assert!(record.says("Prescribed in spite of a warning") && record.says(reason), "{}", record.main());
    })
    .await;
}

#[tokio::test]
async fn the_navigation_counts_what_waits_and_forgets_it_when_signed() {
    on_both(async |clinic| {
        let (mut doctor, _, path) = at_the_desk(clinic).await;
        assert!(!doctor.get("/").await.text.contains("class=\"count\""));
        doctor.get(&path).await;
        save(&mut doctor, &path, "1", &[]).await;
        assert!(doctor.get("/").await.text.contains("<span class=\"count\">1<"));
        sign(&mut doctor, &path, PASSWORD).await;
        assert!(!doctor.get("/").await.text.contains("class=\"count\""));
    })
    .await;
}

#[tokio::test]
async fn a_visit_that_was_called_off_offers_no_note_to_write() {
    on_both(async |clinic| {
        let (mut dora, visit, path) = at_the_desk(clinic).await;
        assert!(dora.get(&path).await.says("id=\"note\""));
        let step = format!("/appointments/{}/step", visit.appointment);
        let off = [("step", "cancel"), ("version", "1"), ("reason", "Feels better"), ("back", "/")];
        let answer = dora.post(&step, &off).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.main());
        let page = dora.get(&path).await;
        assert!(page.says("takes no note") && !page.says("id=\"note\""), "{}", page.main());
        assert!(page.main().contains("href=\"/?on=2026-11-22\""), "{}", page.main());
    })
    .await;
}
