//! Documents, blocked times, settings and letters as programs handle them.

#![cfg(test)]

use crate::api_client::{client, fits, json};
use crate::paper::signed;
use axum::http::{Method, StatusCode};
use medrecord_store::audit::{self, EventFilter};
use medrecord_testkit::Clinic;
use medrecord_testkit::clinic::on_both;
use medrecord_testkit::visit;
use serde_json::{Value, json as made};

/// How often something was done to such a thing, by the trail.
async fn events(clinic: &Clinic, action: &str, entity: &str) -> usize {
    let mut desk = clinic.reading_desk(&clinic.admin).await;
    let filter = EventFilter { limit: 1_000, ..EventFilter::default() };
    let all = audit::list(&mut desk, &filter).await.unwrap();
    all.iter().filter(|event| event.action == action && event.entity == entity).count()
}

#[tokio::test]
async fn a_document_is_told_by_its_bytes_handed_out_and_taken_off() {
    on_both(async |clinic| {
        let patient = visit::checked_in(clinic).await.patient;
        let mut dora = client(clinic, &clinic.doctor).await;
        let document = dora.document().await;
        let place = format!("/api/v1/patients/{patient}/documents");
        let named = format!("{place}?fileName=..%2Fletter.pdf&description=Referral");
        let key = [("idempotency-key", "scanner-1")];
        let wrong = dora.send_bytes(Method::POST, &named, &[], b"MZ\x90\x00").await;
        assert_eq!(json(&wrong)["errors"][0]["code"], "wrong_kind", "{}", wrong.text);
        let nameless = dora.send_bytes(Method::POST, &place, &[], b"%PDF-1.7 one").await;
        assert_eq!(json(&nameless)["errors"][0]["field"], "file", "{}", nameless.text);
        let added = dora.send_bytes(Method::POST, &named, &key, b"%PDF-1.7 one").await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
        let one = json(&added);
        fits(&document, "Document", &one);
        assert_eq!((&one["fileName"], &one["mediaType"]), (&made!("letter.pdf"), &made!("application/pdf")));
        let again = dora.send_bytes(Method::POST, &named, &key, b"%PDF-1.7 one").await;
        assert_eq!(again.header("idempotency-replayed"), "true", "{}", again.text);
        let other = dora.send_bytes(Method::POST, &named, &key, b"%PDF-1.7 two").await;
        assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", other.text);

        clinic.clock.advance(1_000);
        dora.send_bytes(Method::POST, &format!("{place}?fileName=note.txt"), &[], b"Seen.").await;
        let first = json(&dora.get(&format!("{place}?limit=1&fields=fileName")).await);
        assert_eq!(first["items"], made!([{ "fileName": "note.txt" }]));
        let cursor = first["nextCursor"].as_str().unwrap();
        let rest = json(&dora.get(&format!("{place}?limit=1&cursor={cursor}")).await);
        assert_eq!((&rest["items"][0]["id"], &rest["nextCursor"]), (&one["id"], &Value::Null));

        let address = added.location().to_owned();
        let file = dora.get(&format!("{address}/file")).await;
        assert_eq!((file.status, file.text.as_str()), (StatusCode::OK, "%PDF-1.7 one"));
        assert!(file.header("content-disposition").starts_with("attachment"), "never shown within the site");
        assert_eq!(events(clinic, "export", "attachment").await, 1);
        let off = format!("{address}/error");
        let reason = made!({ "reason": "another patient's" });
        assert_eq!(dora.post(&off, &reason).await.status, StatusCode::PRECONDITION_REQUIRED);
        let silent = dora.post_seen(&off, "\"1\"", &made!({})).await;
        assert_eq!(json(&silent)["errors"][0]["field"], "reason", "{}", silent.text);
        let taken = dora.post_seen(&off, "\"1\"", &reason).await;
        assert_eq!((taken.status, taken.header("etag")), (StatusCode::OK, "\"2\""), "{}", taken.text);
        assert_eq!(json(&dora.get(&address).await)["enteredInErrorReason"], "another patient's");
        let late = dora.post_seen(&off, "\"1\"", &reason).await;
        assert_eq!(late.status, StatusCode::PRECONDITION_FAILED, "{}", late.text);
    })
    .await;
}

#[tokio::test]
async fn a_blocked_time_takes_what_was_free_and_gives_it_back() {
    on_both(async |clinic| {
        let mut stan = client(clinic, &clinic.staff).await;
        let document = stan.document().await;
        let doctor = clinic.doctor.id.unwrap();
        let free = format!("/api/v1/providers/{doctor}/free-times?date=2026-11-23&minutes=60");
        let all = json(&stan.get(&free).await);
        fits(&document, "FreeTime", &all["items"][0]);
        assert_eq!(all["items"].as_array().unwrap().len(), 10, "from eight to six: {all}");
        let meeting = made!({
            "providerId": doctor, "kind": "meeting", "fromDate": "2026-11-23", "fromTime": "08:00",
            "untilTime": "10:00",
        });
        let blocked = stan.post("/api/v1/blocked-times", &meeting).await;
        assert_eq!(blocked.status, StatusCode::CREATED, "{}", blocked.text);
        fits(&document, "BlockedTime", &json(&blocked));
        let closed = made!({ "kind": "closed", "fromDate": "2026-12-25", "note": "Christmas" });
        stan.post("/api/v1/blocked-times", &closed).await;
        let left = json(&stan.get(&free).await);
        assert_eq!(left["items"].as_array().unwrap().len(), 8, "{left}");
        assert_eq!(left["items"][0]["startsAt"], "2026-11-23T10:00:00.000Z");
        for (query, field) in [("", "date"), ("?date=2026-11-23&minutes=4", "minutes")] {
            let wrong = stan.get(&format!("/api/v1/providers/{doctor}/free-times{query}")).await;
            assert_eq!(json(&wrong)["errors"][0]["field"], field, "{}", wrong.text);
        }

        let listed = json(&stan.get("/api/v1/blocked-times?limit=1").await);
        assert_eq!(listed["items"][0]["id"], json(&blocked)["id"]);
        let cursor = listed["nextCursor"].as_str().unwrap();
        let rest = json(&stan.get(&format!("/api/v1/blocked-times?limit=1&cursor={cursor}")).await);
        assert_eq!((&rest["items"][0]["note"], &rest["nextCursor"]), (&made!("Christmas"), &Value::Null));
        let address = format!("/api/v1/blocked-times/{}", json(&blocked)["id"].as_str().unwrap());
        let blind = stan.send(Method::DELETE, &address, &[], &Value::Null).await;
        assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED, "{}", blind.text);
        let gone = stan.send(Method::DELETE, &address, &[("if-match", "\"1\"")], &Value::Null).await;
        assert_eq!((gone.status, gone.text.as_str()), (StatusCode::NO_CONTENT, ""));
        assert_eq!(json(&stan.get(&free).await), all);
        let wrong = stan.post("/api/v1/blocked-times", &made!({ "kind": "strike" })).await;
        assert_eq!(json(&wrong)["errors"].as_array().unwrap().len(), 2, "{}", wrong.text);
    })
    .await;
}

#[tokio::test]
async fn the_practice_is_seen_by_everybody_and_changed_by_admins() {
    on_both(async |clinic| {
        let mut admin = client(clinic, &clinic.admin).await;
        let document = admin.document().await;
        let seen = admin.get("/api/v1/practice").await;
        fits(&document, "Practice", &json(&seen));
        let etag = seen.header("etag").to_owned();
        let wrong = admin.patch("/api/v1/practice", &etag, &made!({ "closesAt": "07:00" })).await;
        assert_eq!(json(&wrong)["errors"][0]["field"], "closesAt", "{}", wrong.text);
        let hours = made!({ "name": "Invented practice", "closesAt": "17:00" });
        let saved = admin.patch("/api/v1/practice", &etag, &hours).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
        assert_eq!((&json(&saved)["opensAt"], &json(&saved)["closesAt"]), (&made!("08:00"), &made!("17:00")));
        let stale = admin.patch("/api/v1/practice", &etag, &hours).await;
        assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED, "{}", stale.text);
        let mut stan = client(clinic, &clinic.staff).await;
        assert_eq!(
            json(&stan.get("/api/v1/practice?fields=name").await),
            made!({ "name": "Invented practice" })
        );
        let answer = stan.patch("/api/v1/practice", "\"1\"", &hours).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn what_goes_out_comes_from_the_signed_record_and_is_noted() {
    on_both(async |clinic| {
        let appointment = signed(clinic).await.appointment;
        let place = format!("/api/v1/appointments/{appointment}");
        let mut dora = client(clinic, &clinic.doctor).await;
        let document = dora.document().await;
        for (paper, words) in [("prescription", "ibuprofen"), ("summary", "Viral pharyngitis")] {
            let page = dora.get(&format!("{place}/{paper}")).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.text);
            assert!(
                page.header("content-type").starts_with("text/html") && page.says(words),
                "{}",
                page.text
            );
        }
        assert_eq!(events(clinic, "print", "medical_record").await, 2);
        let letter = format!("{place}/letters/referral");
        let started = json(&dora.get(&letter).await);
        fits(&document, "Letter", &started);
        assert!(started["text"].as_str().unwrap().contains("Viral pharyngitis"), "{started}");
        let silent = dora.post(&letter, &made!({ "subject": "Referral" })).await;
        assert_eq!(json(&silent)["errors"][0]["field"], "text", "{}", silent.text);
        let typed =
            made!({ "to": "Dr. Bo Invented", "subject": "Referral", "text": "Dear Bo,\n\nthank you." });
        let printed = dora.post(&letter, &typed).await;
        assert_eq!(printed.status, StatusCode::OK, "{}", printed.text);
        let printed = json(&printed);
        fits(&document, "PrintedLetter", &printed);
        assert_eq!(printed["paragraphs"], made!(["Dear Bo,", "thank you."]));
        assert!(printed["html"].as_str().unwrap().contains("Dr. Bo Invented"));
        assert_eq!(events(clinic, "print", "letter").await, 1);
        assert_eq!(dora.get(&format!("{place}/letters/poem")).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_program_reads_takes_out_and_withdraws_the_letters_that_are_kept() {
    on_both(async |clinic| {
        let visit = signed(clinic).await;
        let mut dora = client(clinic, &clinic.doctor).await;
        let document = dora.document().await;
        let place = format!("/api/v1/appointments/{}/letters", visit.appointment);
        let typed =
            made!({ "to": "Dr. Bo Invented", "subject": "About Jane", "text": "Dear Bo,\n\nthank you." });
        let first = json(&dora.post(&format!("{place}/referral"), &typed).await);
        let again = json(&dora.post(&format!("{place}/referral"), &typed).await);
        assert_eq!(first["id"], again["id"], "the same letter is kept once");
        let of_visit = json(&dora.get(&place).await);
        let of_patient =
            json(&dora.get(&format!("/api/v1/patients/{}/letters?limit=1", visit.patient)).await);
        assert_eq!(of_visit["items"], of_patient["items"]);
        fits(&document, "ListedLetter", &of_visit["items"][0]);
        let own = format!("/api/v1/letters/{}", first["id"].as_str().unwrap());
        let letter = json(&dora.get(&own).await);
        fits(&document, "KeptLetter", &letter);
        assert_eq!(
            (&letter["text"], &letter["withdrawal"]),
            (&made!("Dear Bo,\n\nthank you."), &Value::Null)
        );
        let file = dora.get(&format!("{own}/pdf")).await;
        assert_eq!(file.header("content-type"), "application/pdf");
        assert!(medrecord_testkit::pdf::pages(&file.bytes).concat().contains("Dr. Bo Invented"));
        let silent = dora.post(&format!("{own}/withdraw"), &made!({ "reason": "" })).await;
        assert_eq!(json(&silent)["errors"][0]["field"], "reason", "{}", silent.text);
        let back = json(&dora.post(&format!("{own}/withdraw"), &made!({ "reason": "Wrong doctor" })).await);
        fits(&document, "KeptLetter", &back);
        assert_eq!(back["withdrawal"]["reason"], "Wrong doctor");
        let twice = dora.post(&format!("{own}/withdraw"), &made!({ "reason": "Again" })).await;
        assert_eq!(twice.status, StatusCode::CONFLICT, "{}", twice.text);
        for (verb, count) in [("create", 1), ("export", 1), ("update", 1)] {
            assert_eq!(events(clinic, verb, "letter").await, count, "{verb}");
        }
        assert_eq!(dora.get("/api/v1/letters/nobody").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_printed_by_nobody() {
    on_both(async |clinic| {
        let visit = visit::checked_in(clinic).await;
        let place = format!("/api/v1/appointments/{}", visit.appointment);
        let mut dora = client(clinic, &clinic.doctor).await;
        dora.post(&format!("{place}/record"), &Value::Null).await;
        for paper in ["prescription", "summary", "letters/sick-note"] {
            let answer = dora.get(&format!("{place}/{paper}")).await;
            assert_eq!(answer.status, StatusCode::CONFLICT, "{paper}: {}", answer.text);
            assert_eq!(answer.header("content-type"), "application/problem+json");
        }
    })
    .await;
}

#[tokio::test]
async fn a_record_and_a_visit_nest_what_was_asked_for() {
    on_both(async |clinic| {
        let appointment = signed(clinic).await.appointment;
        let mut dora = client(clinic, &clinic.doctor).await;
        let document = dora.document().await;
        let place = format!("/api/v1/appointments/{appointment}");
        let record = json(&dora.get(&format!("{place}/record")).await);
        assert!(record.get("addenda").is_none() && record.get("appointment").is_none(), "{record}");
        let address = format!("/api/v1/records/{}", record["id"].as_str().unwrap());
        let more = made!({ "reason": "Result", "text": "Culture is negative." });
        let added = dora.post(&format!("{address}/addenda"), &more).await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
        for whole in [format!("{address}?"), format!("{place}/record?")] {
            let query = format!("{whole}include=appointment,vitalSigns,addenda&fields=diagnosis");
            let record = json(&dora.get(&query).await);
            assert_eq!(record["addenda"][0]["text"], "Culture is negative.", "{record}");
            assert_eq!(record["appointment"]["id"], made!(appointment));
            assert_eq!(
                (&record["vitalSigns"], record.as_object().unwrap().len()),
                (&Value::Null, 4),
                "{record}"
            );
        }
        let query = format!("{place}?fields=id&include=prescriptions,addenda,recordings");
        let visit = json(&dora.get(&query).await);
        assert_eq!(visit["medicalRecord"]["prescriptions"][0]["medicationName"], "ibuprofen", "{visit}");
        assert_eq!(visit["medicalRecord"]["addenda"][0]["reason"], "Result", "{visit}");
        assert!(visit["medicalRecord"].get("symptoms").is_none(), "{visit}");
        assert_eq!((&visit["recordings"], visit.as_object().unwrap().len()), (&made!([]), 3), "{visit}");
        let listed = json(&dora.get("/api/v1/appointments?include=medicalRecord,symptoms,recordings").await);
        fits(&document, "Appointment", &listed["items"][0]);
        assert_eq!(listed["items"][0]["medicalRecord"]["symptoms"], made!([]), "{listed}");
    })
    .await;
}
