//! What suits whom, what is still free, and which forms are sound.

use super::*;
use uuid::Uuid;

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Somebody who waits for a follow-up with anybody, from Monday on.
fn waiting() -> Waiting {
    Waiting {
        id: Uuid::nil().into(),
        patient_id: Uuid::nil().into(),
        appointment_id: None,
        provider_id: None,
        appointment_type: AppointmentType::FollowUp,
        earliest_on: day("2026-11-23"),
        latest_on: None,
        part_of_day: DayPart::Any,
        urgency: Urgency::Routine,
        note: None,
        state: WaitingState::Waiting,
        state_reason: None,
        booked_appointment_id: None,
        ended_at: None,
        created_at: at("2026-11-20T09:00:00Z"),
        updated_at: at("2026-11-20T09:00:00Z"),
        version: 1,
        booked: None,
    }
}

fn freed(from: &str, until: &str) -> Freed {
    Freed { from: at(from), until: at(until), provider: Uuid::nil().into() }
}

#[test]
fn a_time_suits_by_provider_length_day_and_part_of_the_day() {
    let nine = freed("2026-11-23T09:00:00Z", "2026-11-23T09:20:00Z");
    let fits = |waiting: &Waiting| waiting.fits(nine, 20, Zone::UTC).is_some();
    assert!(fits(&waiting()));
    let other = ProviderId::at(Instant::from_millis(1), [1; 10]);
    for (no, why) in [
        (Waiting { provider_id: Some(other), ..waiting() }, "another provider"),
        (Waiting { earliest_on: day("2026-11-24"), ..waiting() }, "too early"),
        (Waiting { latest_on: Some(day("2026-11-22")), ..waiting() }, "too late"),
        (Waiting { part_of_day: DayPart::Afternoon, ..waiting() }, "the morning"),
        (Waiting { state: WaitingState::Booked, ..waiting() }, "no longer waits"),
    ] {
        assert!(!fits(&no), "{why}");
    }
    assert_eq!(waiting().fits(nine, 21, Zone::UTC), None, "too short");
    let wished =
        Waiting { provider_id: Some(nine.provider), latest_on: Some(day("2026-11-23")), ..waiting() };
    assert!(fits(&Waiting { part_of_day: DayPart::Morning, ..wished }));
}

#[test]
fn a_booked_visit_brings_its_length_and_is_moved_forward_only() {
    let begins = at("2026-11-24T09:00:00Z");
    let booked = BookedVisit { id: Uuid::nil().into(), begins, minutes: 40 };
    let waiting = Waiting { booked: Some(booked), ..waiting() };
    let long = freed("2026-11-23T09:00:00Z", "2026-11-23T09:40:00Z");
    let fits = |freed: Freed| waiting.fits(freed, 20, Zone::UTC);
    assert_eq!(fits(long), Some(long.from));
    assert_eq!(
        fits(freed("2026-11-23T09:00:00Z", "2026-11-23T09:30:00Z")),
        None,
        "the visit takes forty minutes"
    );
    assert_eq!(fits(freed("2026-11-24T09:00:00Z", "2026-11-24T09:40:00Z")), None, "it is when the visit is");
}

#[test]
fn noon_and_the_day_are_the_practices_own_in_every_zone() {
    for (zone, from, part, on) in [
        ("America/Los_Angeles", "2026-11-23T19:59:00Z", DayPart::Morning, "2026-11-23"),
        ("America/Los_Angeles", "2026-11-24T07:30:00Z", DayPart::Afternoon, "2026-11-23"),
        ("Europe/Istanbul", "2026-11-22T21:30:00Z", DayPart::Morning, "2026-11-23"),
        ("Pacific/Auckland", "2026-11-22T23:00:00Z", DayPart::Afternoon, "2026-11-23"),
        // Clocks go back at 02:00 on 01-Nov-2026: noon is 20:00 UTC, and 19:30 would be afternoon the day before.
        ("America/Los_Angeles", "2026-11-01T19:30:00Z", DayPart::Morning, "2026-11-01"),
        ("America/Los_Angeles", "2026-10-31T19:30:00Z", DayPart::Afternoon, "2026-10-31"),
    ] {
        let zone: Zone = zone.parse().unwrap();
        let begins = at(from);
        let freed = Freed { from: begins, until: begins.plus_minutes(20), provider: Uuid::nil().into() };
        let wish = Waiting { earliest_on: day(on), latest_on: Some(day(on)), part_of_day: part, ..waiting() };
        assert_eq!(wish.fits(freed, 20, zone), Some(begins), "{} {from}", zone.name());
        let other = if part == DayPart::Morning { DayPart::Afternoon } else { DayPart::Morning };
        let wish = Waiting { part_of_day: other, ..wish };
        assert_eq!(wish.fits(freed, 20, zone), None, "{} {from}", zone.name());
    }
}

#[test]
fn a_time_over_noon_suits_the_afternoon_from_noon_on() {
    let lunch = freed("2026-11-23T11:30:00Z", "2026-11-23T12:30:00Z");
    let wish = Waiting { part_of_day: DayPart::Afternoon, ..waiting() };
    assert_eq!(wish.fits(lunch, 30, Zone::UTC), Some(at("2026-11-23T12:00:00Z")));
    assert_eq!(wish.fits(lunch, 31, Zone::UTC), None);
}

#[test]
fn freed_times_that_touch_are_one_and_those_of_others_are_not() {
    let other = ProviderId::at(Instant::from_millis(1), [1; 10]);
    let nine = freed("2026-11-23T09:00:00Z", "2026-11-23T09:20:00Z");
    let next = freed("2026-11-23T09:20:00Z", "2026-11-23T09:40:00Z");
    let theirs = Freed { provider: other, ..next };
    let later = freed("2026-11-23T10:00:00Z", "2026-11-23T10:20:00Z");
    let whole = freed("2026-11-23T09:00:00Z", "2026-11-23T09:40:00Z");
    assert_eq!(joined(vec![later, theirs, next, nine, nine]), [whole, theirs, later]);
}

#[test]
fn what_is_taken_of_a_freed_time_is_left_out_and_what_has_passed() {
    let hour = freed("2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z");
    let slot = |from: &str, until: &str| Slot { from: at(from), until: at(until) };
    let early = at("2026-11-22T09:00:00Z");
    assert_eq!(still_free(hour, &[], early), [hour]);
    let taken = [
        slot("2026-11-23T09:50:00Z", "2026-11-23T11:00:00Z"),
        slot("2026-11-23T09:03:00Z", "2026-11-23T09:20:00Z"),
        slot("2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z"),
    ];
    let between = freed("2026-11-23T09:20:00Z", "2026-11-23T09:50:00Z");
    assert_eq!(still_free(hour, &taken, early), [between], "three minutes are nobody's visit");
    let late = still_free(hour, &[], at("2026-11-23T09:31:07Z"));
    assert_eq!(late, [freed("2026-11-23T09:35:00Z", "2026-11-23T10:00:00Z")]);
    assert_eq!(still_free(hour, &[], at("2026-11-23T10:00:00Z")), []);
}

#[test]
fn a_form_needs_a_patient_and_a_kind_and_days_that_can_be() {
    let today = day("2026-11-22");
    let nil = Uuid::nil().to_string();
    let form =
        WaitingForm { patient_id: nil, appointment_type: "follow_up".to_owned(), ..WaitingForm::default() };
    let details = form.parse(today).unwrap();
    assert_eq!(
        (details.earliest_on, details.part_of_day, details.urgency),
        (today, DayPart::Any, Urgency::Routine)
    );
    let fields = |form: &WaitingForm| -> Vec<String> {
        form.parse(today).unwrap_err().0.into_iter().map(|problem| problem.field).collect()
    };
    assert_eq!(fields(&WaitingForm::default()), ["patientId", "appointmentType"]);
    let days = |first: &str, last: &str| WaitingForm {
        earliest_on: first.to_owned(),
        latest_on: last.to_owned(),
        ..form.clone()
    };
    assert_eq!(fields(&days("", "2026-11-21")), ["latestOn"]);
    assert_eq!(fields(&days("2026-11-25", "2026-11-24")), ["latestOn"]);
    assert_eq!(fields(&days("2036-11-25", "")), ["earliestOn"]);
    assert_eq!(fields(&days("soon", "later")), ["earliestOn", "latestOn"]);
    let wrong = WaitingForm { part_of_day: "night".to_owned(), urgency: "dire".to_owned(), ..form.clone() };
    assert_eq!(fields(&wrong), ["partOfDay", "urgency"]);
    assert_eq!(WaitingForm::of(&waiting()).parse(today).unwrap().earliest_on, day("2026-11-23"));
}

#[test]
fn it_is_taken_back_on_the_same_day_of_the_practice_alone() {
    let zone: Zone = "Pacific/Auckland".parse().unwrap();
    assert!(waiting().stays_off(at("2026-11-23T09:00:00Z"), zone).is_some(), "it still waits");
    let ended = Waiting { ended_at: Some(at("2026-11-23T10:30:00Z")), ..waiting() };
    assert_eq!(ended.stays_off(at("2026-11-23T10:59:00Z"), zone), None);
    assert!(ended.stays_off(at("2026-11-23T11:00:00Z"), zone).is_some(), "midnight in Auckland has passed");
    assert_eq!(waiting().days_waited(Zone::UTC, day("2026-11-23")), 3);
}

#[test]
fn every_word_survives() {
    for part in DayPart::ALL {
        assert_eq!(part.as_str().parse(), Ok(part));
    }
    for urgency in Urgency::ALL {
        assert_eq!(urgency.as_str().parse(), Ok(urgency));
    }
    for state in WaitingState::ALL {
        assert_eq!(state.as_str().parse(), Ok(state));
    }
    assert_eq!("never".parse::<DayPart>(), Err(NotAChoice));
}
