//! The waiting list and the times that are offered to it, alike on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::appointment::{AppointmentForm, Step};
use medrecord_clinic::blocked_time::BlockedTimeForm;
use medrecord_clinic::ids::{AppointmentId, PatientId, WaitingId};
use medrecord_clinic::patient::PatientForm;
use medrecord_clinic::practice::Practice;
use medrecord_clinic::time::Zone;
use medrecord_clinic::waiting_list::{WaitingForm, WaitingState};
use medrecord_store::audit::{self, EventFilter};
use medrecord_store::merges::{self, Decision};
use medrecord_store::waiting_list::{self, Offer, Place};
use medrecord_store::{Desk, Refusal, appointments, blocked_times, export, patients, providers};
use medrecord_testkit::clinic::{Clinic, jane_doe, on_both};

/// An invented patient of this given name.
async fn patient(clinic: &Clinic, given: &str) -> PatientId {
    let mut desk = clinic.desk(&clinic.staff).await;
    let form = PatientForm { first_name: given.to_owned(), ..jane_doe() };
    let id = patients::register_anyway(&mut desk, &form.parse(clinic.today()).unwrap()).await.unwrap();
    desk.close().await.unwrap();
    id
}

fn wish(patient: PatientId) -> WaitingForm {
    WaitingForm {
        patient_id: patient.to_string(),
        appointment_type: "follow_up".to_owned(),
        ..WaitingForm::default()
    }
}

async fn put(clinic: &Clinic, form: &WaitingForm) -> Result<WaitingId, Refusal> {
    let mut desk = clinic.desk(&clinic.staff).await;
    let id = waiting_list::add(&mut desk, &form.parse(clinic.today())?).await?;
    desk.close().await?;
    Ok(id)
}

/// A follow-up with Dora Doctor tomorrow, a Monday.
async fn book(desk: &mut Desk, clinic: &Clinic, patient: PatientId, time: &str) -> AppointmentId {
    let details = booking(clinic, patient, time).parse(Zone::UTC, clinic.today()).unwrap();
    appointments::book(desk, &Practice::unnamed(Zone::UTC), &details).await.unwrap()
}

fn booking(clinic: &Clinic, patient: PatientId, time: &str) -> AppointmentForm {
    AppointmentForm {
        patient_id: patient.to_string(),
        provider_id: clinic.doctor.id.unwrap().to_string(),
        date: "2026-11-23".to_owned(),
        time: time.to_owned(),
        appointment_type: "follow_up".to_owned(),
        ..AppointmentForm::default()
    }
}

async fn cancel(clinic: &Clinic, visit: AppointmentId) {
    let mut desk = clinic.desk(&clinic.staff).await;
    let seen = appointments::get(&mut desk, visit).await.unwrap().version;
    let step = Step::Cancel("patient called".to_owned());
    appointments::advance(&mut desk, Zone::UTC, visit, seen, &step).await.unwrap();
    desk.close().await.unwrap();
}

async fn offers(clinic: &Clinic) -> Vec<Offer> {
    let mut desk = clinic.reading_desk(&clinic.staff).await;
    let until = desk.now().plus_minutes(7 * 24 * 60);
    let offers = waiting_list::offers(&mut desk, Zone::UTC, until).await.unwrap();
    desk.close().await.unwrap();
    offers
}

/// The clock of each offered time, and whom it suits.
fn said(offers: &[Offer]) -> Vec<(String, Vec<PatientId>)> {
    let who = |offer: &Offer| offer.fits.iter().map(|fit| fit.listed.patient.id).collect();
    offers.iter().map(|offer| (offer.freed.slot().in_words(Zone::UTC), who(offer))).collect()
}

#[tokio::test]
async fn the_most_urgent_come_first_and_then_who_waits_longest_page_by_page() {
    on_both(async |clinic| {
        let mut expected = Vec::new();
        for (given, urgency) in [("Ann", "routine"), ("Bea", "soon"), ("Cleo", "urgent"), ("Dot", "soon")] {
            let id = patient(clinic, given).await;
            put(clinic, &WaitingForm { urgency: urgency.to_owned(), ..wish(id) }).await.unwrap();
            expected.push(id);
            clinic.clock.advance(60_000);
        }
        let expected = [expected[2], expected[1], expected[3], expected[0]];
        let mut desk = clinic.reading_desk(&clinic.staff).await;
        let mut seen = Vec::new();
        let mut after: Option<Place> = None;
        for _ in 0..4 {
            let page = waiting_list::list(&mut desk, None, after, 1).await.unwrap();
            let place = Place::of(&page[0].waiting);
            assert_eq!(place.to_string().parse(), Ok(place), "a place survives its text");
            after = Some(place);
            seen.push(page[0].patient.id);
        }
        assert_eq!(seen, expected);
        assert!(waiting_list::list(&mut desk, None, after, 1).await.unwrap().is_empty());
        assert!("soon~x~y".parse::<Place>().is_err());
        desk.close().await.unwrap();

        let ada = clinic.admin.id.unwrap();
        let dora = WaitingForm {
            provider_id: clinic.doctor.id.unwrap().to_string(),
            appointment_type: "sick_visit".to_owned(),
            ..wish(seen[0])
        };
        put(clinic, &dora).await.unwrap();
        let mut desk = clinic.reading_desk(&clinic.staff).await;
        let for_ada = waiting_list::list(&mut desk, Some(ada), None, 50).await.unwrap();
        assert_eq!(for_ada.len(), 4, "who wishes for anybody, and not who wishes for Dora");
        desk.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn nobody_is_put_on_the_list_twice_or_for_what_cannot_be() {
    on_both(async |clinic| {
        let jane = patient(clinic, "Jane").await;
        put(clinic, &wish(jane)).await.unwrap();
        let field = |result: Result<WaitingId, Refusal>| match result {
            Err(Refusal::Invalid(problems)) => problems.0[0].field.clone(),
            other => format!("{other:?}"),
        };
        assert_eq!(field(put(clinic, &wish(jane)).await), "appointmentType");
        let sick = WaitingForm { appointment_type: "sick_visit".to_owned(), ..wish(jane) };
        let staff = clinic.staff.id.unwrap().to_string();
        assert_eq!(
            field(put(clinic, &WaitingForm { provider_id: staff, ..sick.clone() }).await),
            "providerId"
        );
        let nil = uuid::Uuid::nil().to_string();
        let unknown = WaitingForm { patient_id: nil.clone(), ..sick.clone() };
        assert_eq!(field(put(clinic, &unknown).await), "patientId");
        let visit = WaitingForm { appointment_id: nil, ..sick.clone() };
        assert_eq!(field(put(clinic, &visit).await), "appointmentId");
        put(clinic, &sick).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_a_moved_and_a_shortened_time_are_offered_to_those_whom_they_suit() {
    on_both(async |clinic| {
        let (ann, bea) = (patient(clinic, "Ann").await, patient(clinic, "Bea").await);
        let mut desk = clinic.desk(&clinic.staff).await;
        let nine = book(&mut desk, clinic, ann, "09:00").await;
        let next = book(&mut desk, clinic, bea, "09:20").await;
        let moved = book(&mut desk, clinic, bea, "15:00").await;
        desk.close().await.unwrap();
        assert_eq!(said(&offers(clinic).await), []);
        cancel(clinic, nine).await;
        let mut desk = clinic.reading_desk(&clinic.staff).await;
        assert_eq!(waiting_list::count(&mut desk, Zone::UTC).await.unwrap(), (0, 0), "nobody waits");
        drop(desk);

        let cleo = patient(clinic, "Cleo").await;
        let morning = WaitingForm { part_of_day: "morning".to_owned(), ..wish(cleo) };
        put(clinic, &morning).await.unwrap();
        let long = patient(clinic, "Dot").await;
        let checkup = WaitingForm { appointment_type: "routine_checkup".to_owned(), ..wish(long) };
        put(clinic, &checkup).await.unwrap();
        assert_eq!(said(&offers(clinic).await), [("09:00 to 09:20".to_owned(), vec![cleo])]);
        cancel(clinic, next).await;
        let both = vec![cleo, long];
        assert_eq!(said(&offers(clinic).await), [("09:00 to 09:40".to_owned(), both)], "what touches is one");

        let mut desk = clinic.desk(&clinic.staff).await;
        let details = booking(clinic, bea, "16:00").parse(Zone::UTC, clinic.today()).unwrap();
        appointments::reschedule(&mut desk, &Practice::unnamed(Zone::UTC), moved, 1, &details).await.unwrap();
        book(&mut desk, clinic, ann, "09:00").await;
        desk.close().await.unwrap();
        let afternoon = ("15:00 to 15:20".to_owned(), vec![]);
        let rest = ("09:20 to 09:40".to_owned(), vec![cleo]);
        assert_eq!(
            said(&offers(clinic).await),
            [rest, afternoon.clone()],
            "what was taken again is no longer offered"
        );
        let mut desk = clinic.desk(&clinic.staff).await;
        assert_eq!(waiting_list::count(&mut desk, Zone::UTC).await.unwrap(), (2, 1));
        let leave = BlockedTimeForm {
            kind: "leave".to_owned(),
            from_date: "2026-11-23".to_owned(),
            until_time: "12:00".to_owned(),
            ..BlockedTimeForm::default()
        };
        blocked_times::add(&mut desk, &leave.parse(Zone::UTC).unwrap()).await.unwrap();
        desk.close().await.unwrap();
        assert_eq!(said(&offers(clinic).await), [afternoon], "a closed morning is not offered");
        clinic.clock.advance(2 * 24 * 60 * 60_000);
        assert_eq!(said(&offers(clinic).await), [], "what has passed is not offered");
    })
    .await;
}

#[tokio::test]
async fn of_two_who_book_the_same_entry_one_wins_and_the_other_books_nothing() {
    on_both(async |clinic| {
        let jane = patient(clinic, "Jane").await;
        let id = put(clinic, &wish(jane)).await.unwrap();
        let mut first = clinic.desk(&clinic.staff).await;
        let visit = book(&mut first, clinic, jane, "09:00").await;
        assert_eq!(waiting_list::booked(&mut first, id, 1, visit).await.unwrap(), 2);
        first.close().await.unwrap();
        let mut second = clinic.desk(&clinic.doctor).await;
        let other = book(&mut second, clinic, jane, "10:00").await;
        let late = waiting_list::booked(&mut second, id, 1, other).await;
        assert!(matches!(&late, Err(Refusal::Rule(words)) if words.contains("Somebody else")), "{late:?}");
        drop(second);
        let mut desk = clinic.desk(&clinic.doctor).await;
        assert!(appointments::find(&mut desk, other).await.unwrap().is_none(), "nothing of it was kept");
        let entry = waiting_list::get(&mut desk, id).await.unwrap();
        assert_eq!(
            (entry.waiting.state, entry.waiting.booked_appointment_id),
            (WaitingState::Booked, Some(visit))
        );
        assert_eq!(entry.ended_by, clinic.staff.id);
        let ann = patient_at(&mut desk, clinic, "Ann").await;
        let theirs = book(&mut desk, clinic, ann, "11:00").await;
        desk.close().await.unwrap();
        let third = put(clinic, &wish(jane)).await.unwrap();
        let mut desk = clinic.desk(&clinic.doctor).await;
        let wrong = waiting_list::booked(&mut desk, third, 1, theirs).await;
        assert!(matches!(wrong, Err(Refusal::Rule(_))), "another patient's visit: {wrong:?}");
        drop(desk);

        cancel(clinic, visit).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let wrong = waiting_list::booked(&mut desk, third, 1, visit).await;
        assert!(matches!(wrong, Err(Refusal::Rule(_))), "a cancelled visit: {wrong:?}");
        let again = waiting_list::put_back(&mut desk, Zone::UTC, id, 2).await;
        assert!(matches!(again, Err(Refusal::Rule(_))), "Jane waits by another entry: {again:?}");
    })
    .await;
}

#[tokio::test]
async fn the_times_of_somebody_who_left_are_not_offered() {
    on_both(async |clinic| {
        let jane = patient(clinic, "Jane").await;
        let mut desk = clinic.desk(&clinic.staff).await;
        let visit = book(&mut desk, clinic, jane, "09:00").await;
        desk.close().await.unwrap();
        cancel(clinic, visit).await;
        assert_eq!(said(&offers(clinic).await).len(), 1);
        let mut desk = clinic.desk(&clinic.admin).await;
        providers::disable(&mut desk, clinic.doctor.id.unwrap()).await.unwrap();
        desk.close().await.unwrap();
        assert_eq!(said(&offers(clinic).await), []);
    })
    .await;
}

async fn patient_at(desk: &mut Desk, clinic: &Clinic, given: &str) -> PatientId {
    let form = PatientForm { first_name: given.to_owned(), ..jane_doe() };
    patients::register_anyway(desk, &form.parse(clinic.today()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn an_entry_is_changed_withdrawn_and_put_back_on_the_same_day_alone() {
    on_both(async |clinic| {
        let jane = patient(clinic, "Jane").await;
        let id = put(clinic, &wish(jane)).await.unwrap();
        let mut desk = clinic.desk(&clinic.staff).await;
        let soon = WaitingForm { urgency: "soon".to_owned(), note: "after 14:00".to_owned(), ..wish(jane) };
        let soon = soon.parse(clinic.today()).unwrap();
        assert_eq!(waiting_list::update(&mut desk, id, 1, &soon).await.unwrap(), 2);
        let stale = waiting_list::update(&mut desk, id, 1, &soon).await;
        assert!(matches!(stale, Err(Refusal::Stale { current: 2, .. })), "{stale:?}");
        let bare = waiting_list::withdraw(&mut desk, id, 2, " ").await;
        assert!(matches!(bare, Err(Refusal::Invalid(_))), "{bare:?}");
        let early = waiting_list::put_back(&mut desk, Zone::UTC, id, 2).await;
        assert!(matches!(early, Err(Refusal::Rule(_))), "{early:?}");
        assert_eq!(waiting_list::withdraw(&mut desk, id, 2, "is well again").await.unwrap(), 3);
        let (from, until) = Zone::UTC.bounds(clinic.today());
        let ended = waiting_list::ended(&mut desk, from, until).await.unwrap();
        assert_eq!(ended[0].waiting.state_reason.as_deref(), Some("is well again"));
        assert_eq!(waiting_list::put_back(&mut desk, Zone::UTC, id, 3).await.unwrap(), 4);
        let back = waiting_list::get(&mut desk, id).await.unwrap();
        assert_eq!(
            (back.waiting.state, back.waiting.ended_at, back.ended_by),
            (WaitingState::Waiting, None, None)
        );
        waiting_list::withdraw(&mut desk, id, 4, "is well again").await.unwrap();
        desk.close().await.unwrap();
        clinic.clock.advance(24 * 60 * 60_000);
        let mut desk = clinic.desk(&clinic.staff).await;
        let late = waiting_list::put_back(&mut desk, Zone::UTC, id, 5).await;
        assert!(matches!(late, Err(Refusal::Rule(_))), "{late:?}");
        let unknown = waiting_list::withdraw(&mut desk, uuid::Uuid::nil().into(), 1, "x").await;
        assert!(matches!(unknown, Err(Refusal::NotFound(_))), "{unknown:?}");
        desk.close().await.unwrap();

        let mut desk = clinic.reading_desk(&clinic.admin).await;
        let filter = EventFilter { patient: Some(jane), limit: 50, ..EventFilter::default() };
        let trail = audit::list(&mut desk, &filter).await.unwrap();
        let of = |action: &str| {
            trail.iter().filter(|event| event.entity == "waiting_entry" && event.action == action).count()
        };
        assert_eq!(
            (of("create"), of("update"), of("read")),
            (1, 4, 1),
            "each change and look is in the trail"
        );
        assert!(
            trail
                .iter()
                .all(|event| !event.detail.as_ref().is_some_and(|it| it.to_string().contains("well")))
        );
    })
    .await;
}

#[tokio::test]
async fn an_entry_follows_a_merge_and_its_undoing_and_is_taken_out_with_the_chart() {
    on_both(async |clinic| {
        let (jane, janet) = (patient(clinic, "Jane").await, patient(clinic, "Janet").await);
        let mut desk = clinic.desk(&clinic.staff).await;
        let visit = book(&mut desk, clinic, jane, "15:00").await;
        desk.close().await.unwrap();
        let id = put(clinic, &wish(jane)).await.unwrap();
        let mut desk = clinic.desk(&clinic.staff).await;
        let seen = [
            patients::get(&mut desk, janet).await.unwrap().version,
            patients::get(&mut desk, jane).await.unwrap().version,
        ];
        let decision = Decision {
            kept: (janet, seen[0]),
            given_up: (jane, seen[1]),
            from_given_up: Vec::new(),
            reason: "same insurance card".to_owned(),
        };
        let merge = merges::merge(&mut desk, &decision).await.unwrap();
        desk.close().await.unwrap();
        let refused =
            put(clinic, &WaitingForm { appointment_type: "telehealth".to_owned(), ..wish(jane) }).await;
        assert!(matches!(refused, Err(Refusal::Rule(_))), "the chart is an alias now: {refused:?}");
        let earlier = WaitingForm {
            appointment_id: visit.to_string(),
            appointment_type: "sick_visit".to_owned(),
            ..wish(janet)
        };
        let since = put(clinic, &earlier).await.unwrap();
        let mut desk = clinic.desk(&clinic.doctor).await;
        let of = waiting_list::of_patient(&mut desk, janet).await.unwrap();
        assert_eq!(of.len(), 2);
        let chart = export::whole(&mut desk, janet, export::Form::Json).await.unwrap();
        assert_eq!(chart.waiting_list.len(), 2);
        merges::unmerge(&mut desk, merge).await.unwrap();
        for id in [id, since] {
            let whose = waiting_list::get(&mut desk, id).await.unwrap().patient.id;
            assert_eq!(whose, jane, "and what hangs on the visit goes back with it");
        }
        desk.close().await.unwrap();
    })
    .await;
}
