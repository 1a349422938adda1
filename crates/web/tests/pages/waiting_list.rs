//! The waiting list at the front desk: put on it, offered a freed time, booked from it; on both databases.

use crate::support::{Tab, signed_in};
use axum::http::StatusCode;
use medrecord_clinic::appointment::AppointmentForm;
use medrecord_clinic::ids::{AppointmentId, PatientId};
use medrecord_clinic::patient::PatientForm;
use medrecord_clinic::practice::Practice;
use medrecord_clinic::time::Zone;
use medrecord_store::{appointments, patients};
use medrecord_testkit::Clinic;
use medrecord_testkit::clinic::{jane_doe, on_both};

/// An invented patient of this given name.
async fn patient(clinic: &Clinic, given: &str) -> PatientId {
    let mut desk = clinic.desk(&clinic.staff).await;
    let form = PatientForm { first_name: given.to_owned(), ..jane_doe() };
    let details = form.parse(clinic.today()).expect("a sound form");
    let id = patients::register_anyway(&mut desk, &details).await.expect("a patient");
    desk.close().await.expect("kept");
    id
}

/// A follow-up with Dora Doctor tomorrow, a Monday.
async fn booked(clinic: &Clinic, patient: PatientId, time: &str) -> AppointmentId {
    let form = AppointmentForm {
        patient_id: patient.to_string(),
        provider_id: clinic.doctor.id.expect("an id").to_string(),
        date: "2026-11-23".to_owned(),
        time: time.to_owned(),
        appointment_type: "follow_up".to_owned(),
        ..AppointmentForm::default()
    };
    let details = form.parse(Zone::UTC, clinic.today()).expect("a sound form");
    let mut desk = clinic.desk(&clinic.staff).await;
    let id = appointments::book(&mut desk, &Practice::unnamed(Zone::UTC), &details).await.expect("booked");
    desk.close().await.expect("kept");
    id
}

async fn put(tab: &mut Tab, patient: PatientId, more: &[(&str, &str)]) -> StatusCode {
    let patient = patient.to_string();
    let mut typed = vec![("patientId", patient.as_str()), ("appointmentType", "follow_up")];
    typed.extend_from_slice(more);
    tab.post("/waiting-list", &typed).await.status
}

fn plain(href: &str) -> String {
    href.replace("&amp;", "&").replace("&#38;", "&")
}

/// Sends the booking form that a link leads to, as it stands.
async fn send_as_it_stands(tab: &mut Tab, link: &str, action: &str) -> medrecord_testkit::browser::Answer {
    let form = tab.get(&plain(link)).await;
    assert_eq!(form.status, StatusCode::OK, "{}", form.main());
    let value = |name: &str| form.after(&format!("name=\"{name}\" value=\"")).to_owned();
    let input = |name: &str| form.after(&format!("name=\"{name}\" type=\"text\" value=\"")).to_owned();
    let date = form.after("name=\"date\" type=\"date\" value=\"").to_owned();
    let chosen = form.main();
    let selected = |name: &str| {
        let select = chosen.split(&format!("<select id=\"{name}\"")).nth(1).unwrap_or_default();
        let option = select.split(" selected>").next().unwrap_or_default();
        option.rsplit("<option value=\"").next().unwrap_or_default().trim_end_matches('"').to_owned()
    };
    let fields = [
        ("patientId", value("patientId")),
        ("version", value("version")),
        ("waiting", value("waiting")),
        ("appointmentType", selected("appointmentType")),
        ("providerId", selected("providerId")),
        ("date", date),
        ("time", input("time")),
        ("durationMinutes", input("durationMinutes")),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    tab.post(action, &fields).await
}

#[tokio::test]
async fn a_cancelled_visit_leads_to_those_whom_its_time_suits_and_one_click_books_them() {
    on_both(async |clinic| {
        let (ann, bea) = (patient(clinic, "Ann").await, patient(clinic, "Bea").await);
        let visit = booked(clinic, ann, "09:00").await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        assert!(
            stan.get("/").await.says("Waiting list") && stan.get("/calendar").await.says("/waiting-list")
        );
        let chart = stan.get(&format!("/patients/{bea}")).await;
        assert!(chart.says(&format!("/waiting-list/new?patient={bea}")), "{}", chart.main());
        assert_eq!(stan.get(&format!("/waiting-list/new?patient={bea}")).await.status, StatusCode::OK);
        let urgent = [("urgency", "urgent"), ("note", "call after noon")];
        assert_eq!(put(&mut stan, bea, &urgent).await, StatusCode::SEE_OTHER);
        let list = stan.get("/waiting-list").await;
        for words in ["Urgent", "call after noon", "Follow-up with anybody", "since today", "+1-555-0100"] {
            assert!(list.says(words), "{words}: {}", list.main());
        }
        assert!(stan.get("/").await.says("Waiting list: 1"), "the board says how many wait");

        let step = [("step", "cancel"), ("version", "1"), ("reason", "Patient called"), ("back", "/")];
        let answer = stan.post(&format!("/appointments/{visit}/step"), &step).await;
        let offer = answer.location().to_owned();
        assert!(offer.starts_with("/waiting-list/freed?"), "{offer}");
        let page = stan.get(&offer).await;
        assert!(
            page.says("Cancelled. It can be taken back today.") && page.says("Book 09:00"),
            "{}",
            page.main()
        );
        assert!(stan.get("/").await.says("Waiting list: 1 freed time suits"));
        assert!(stan.get("/calendar").await.says("1 freed time suits"));
        assert!(stan.get("/waiting-list").await.says("suits 1 person"));

        let link = page.main().split("/appointments/new?").nth(1).expect("a link").to_owned();
        let link = format!("/appointments/new?{}", link.split('"').next().expect("its end"));
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let done = send_as_it_stands(&mut stan, &link, "/appointments").await;
        assert_eq!(done.location(), "/?on=2026-11-23", "{}", done.main());
        assert!(stan.get("/waiting-list").await.says("Booked at 09:00 by Stan Staff"));

        let late = send_as_it_stands(&mut dora, &link.replace("09%3A00", "10%3A00"), "/appointments").await;
        assert_eq!(late.location(), "/waiting-list", "{}", late.main());
        assert!(dora.get("/waiting-list").await.says("Nothing was booked here."));
        let board = dora.get("/?on=2026-11-23").await;
        assert!(board.says("09:00") && !board.says("10:00"), "{}", board.main());
    })
    .await;
}

#[tokio::test]
async fn a_booked_visit_is_moved_forward_into_a_freed_time() {
    on_both(async |clinic| {
        let (ann, bea) = (patient(clinic, "Ann").await, patient(clinic, "Bea").await);
        let early = booked(clinic, ann, "09:00").await;
        let late = booked(clinic, bea, "16:00").await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let details = stan.get(&format!("/appointments/{late}")).await;
        assert!(details.says("Wants an earlier time"), "{}", details.main());
        let form = stan.get(&format!("/waiting-list/new?patient={bea}&appointment={late}")).await;
        assert!(
            form.says("Wants this visit earlier") && form.says("value=\"2026-11-23\""),
            "{}",
            form.main()
        );
        let visit = late.to_string();
        let wants = [("appointmentId", visit.as_str()), ("latestOn", "2026-11-23")];
        assert_eq!(put(&mut stan, bea, &wants).await, StatusCode::SEE_OTHER);
        assert_eq!(put(&mut stan, bea, &wants).await, StatusCode::UNPROCESSABLE_ENTITY, "she waits already");

        let step = [("step", "cancel"), ("version", "1"), ("reason", "Patient called"), ("back", "/")];
        let offer = stan.post(&format!("/appointments/{early}/step"), &step).await.location().to_owned();
        let page = stan.get(&offer).await;
        assert!(page.says("Move to 09:00") && page.says("booked 23-Nov-2026 16:00"), "{}", page.main());
        let edit = format!("/appointments/{late}/edit");
        let link = page.main().split(&format!("{edit}?")).nth(1).expect("a link").to_owned();
        let link = format!("{edit}?{}", link.split('"').next().expect("its end"));
        let moved = send_as_it_stands(&mut stan, &link, &edit).await;
        assert_eq!(moved.location(), "/?on=2026-11-23", "{}", moved.main());
        assert!(stan.get("/?on=2026-11-23").await.says("Saved for 23-Nov-2026 09:00."));
        assert!(stan.get("/waiting-list").await.says("Nobody waits"));
    })
    .await;
}

#[tokio::test]
async fn a_visit_that_is_moved_away_offers_the_time_that_it_leaves() {
    on_both(async |clinic| {
        let (ann, bea) = (patient(clinic, "Ann").await, patient(clinic, "Bea").await);
        let visit = booked(clinic, ann, "09:00").await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        put(&mut stan, bea, &[]).await;
        let (patient, doctor) = (ann.to_string(), clinic.doctor.id.expect("an id").to_string());
        let moved = [
            ("patientId", patient.as_str()),
            ("providerId", &doctor),
            ("date", "2026-11-23"),
            ("time", "15:00"),
            ("appointmentType", "follow_up"),
            ("version", "1"),
        ];
        let answer = stan.post(&format!("/appointments/{visit}/edit"), &moved).await;
        assert!(answer.location().starts_with("/waiting-list/freed?"), "{}", answer.location());
        let offer = answer.location().to_owned();
        let page = stan.get(&offer).await;
        assert!(page.says("Saved for 23-Nov-2026 15:00.") && page.says("Book 09:00"), "{}", page.main());
        booked(clinic, ann, "09:00").await;
        assert!(stan.get(&offer).await.says("Nothing of this time is free"));
        assert_eq!(stan.get("/waiting-list/freed?provider=x").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn an_entry_is_changed_taken_off_and_put_back_and_a_second_hand_is_told() {
    on_both(async |clinic| {
        let bea = patient(clinic, "Bea").await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        put(&mut stan, bea, &[]).await;
        let booking = stan.get(&format!("/appointments/new?patient={bea}")).await;
        assert!(booking.says("On the waiting list: Follow-up, since 22-Nov-2026"), "{}", booking.main());
        let again = stan.get(&format!("/waiting-list/new?patient={bea}")).await;
        assert!(again.says("On the list already"), "{}", again.main());
        let list = stan.get("/waiting-list").await;
        let id = list.after("/waiting-list/").split('"').next().expect("an id").to_owned();
        let id = id.split('/').next().expect("an id");
        let entry = format!("/waiting-list/{id}");
        let form = stan.get(&entry).await;
        assert!(
            form.says("Change the entry of the waiting list") && form.says("Take off the list"),
            "{}",
            form.main()
        );
        let patient = bea.to_string();
        let mut typed = vec![
            ("patientId", patient.as_str()),
            ("appointmentType", "follow_up"),
            ("urgency", "soon"),
            ("partOfDay", "morning"),
            ("version", "1"),
        ];
        assert_eq!(stan.post(&entry, &typed).await.location(), "/waiting-list");
        assert!(stan.get("/waiting-list").await.says(", morning"));
        assert_eq!(stan.post(&entry, &typed).await.status, StatusCode::CONFLICT, "somebody changed it");
        typed.extend_from_slice(&[("latestOn", "2026-11-01")]);
        assert_eq!(stan.post(&entry, &typed).await.status, StatusCode::UNPROCESSABLE_ENTITY);

        let bare = [("version", "2"), ("reason", "")];
        stan.post(&format!("{entry}/withdraw"), &bare).await;
        assert!(stan.get("/waiting-list").await.says("Enter the reason"));
        let off = [("version", "2"), ("reason", "is well again")];
        stan.post(&format!("{entry}/withdraw"), &off).await;
        let list = stan.get("/waiting-list").await;
        assert!(list.says("Taken off at 09:00 by Stan Staff: is well again"), "{}", list.main());
        stan.post(&format!("{entry}/withdraw"), &off).await;
        assert!(stan.get("/waiting-list").await.says("Somebody else changed this entry meanwhile."));
        assert_eq!(stan.get(&entry).await.location(), "/waiting-list");
        stan.post(&format!("{entry}/back"), &[("version", "3")]).await;
        assert!(stan.get("/waiting-list").await.says("Back on the waiting list."));
        assert_eq!(stan.get("/waiting-list/nonsense").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
