//! Blocked times and follow-ups in a row, alike on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::appointment::{
    AppointmentDetails, AppointmentForm, AppointmentStatus, Conflict, Rhythm, Series, Slot,
};
use medrecord_clinic::appointment::{AppointmentType, WalkIn};
use medrecord_clinic::blocked_time::{BlockedTimeDetails, BlockedTimeForm};
use medrecord_clinic::ids::{BlockedTimeId, PatientId};
use medrecord_clinic::practice::Practice;
use medrecord_clinic::time::Zone;
use medrecord_clinic::visit_type::{VisitTypes, parse_all};
use medrecord_store::appointments::{self, BookError};
use medrecord_store::{Refusal, blocked_times, patients, visit_types};
use medrecord_testkit::clinic::{Clinic, jane_doe_details, on_both};

fn practice() -> Practice {
    Practice::unnamed(Zone::UTC)
}

async fn jane(clinic: &Clinic) -> PatientId {
    let mut desk = clinic.desk(&clinic.staff).await;
    let id = desk.fresh_id().unwrap();
    patients::register_as(&mut desk, id, "MR-1", &jane_doe_details()).await.unwrap();
    desk.close().await.unwrap();
    id
}

/// A follow-up with Dora Doctor tomorrow, a Monday.
fn at(clinic: &Clinic, patient: PatientId, time: &str) -> AppointmentDetails {
    let form = AppointmentForm {
        patient_id: patient.to_string(),
        provider_id: clinic.doctor.id.unwrap().to_string(),
        date: "2026-11-23".to_owned(),
        time: time.to_owned(),
        appointment_type: "follow_up".to_owned(),
        ..AppointmentForm::default()
    };
    form.parse(Zone::UTC, clinic.today()).unwrap()
}

fn blocked(whose: &str, from: (&str, &str), until: (&str, &str)) -> BlockedTimeDetails {
    let form = BlockedTimeForm {
        provider_id: whose.to_owned(),
        kind: "leave".to_owned(),
        from_date: from.0.to_owned(),
        from_time: from.1.to_owned(),
        until_date: until.0.to_owned(),
        until_time: until.1.to_owned(),
        note: "course".to_owned(),
    };
    form.parse(Zone::UTC).unwrap()
}

async fn block(clinic: &Clinic, details: &BlockedTimeDetails) -> BlockedTimeId {
    let mut desk = clinic.desk(&clinic.staff).await;
    let id = blocked_times::add(&mut desk, details).await.unwrap();
    desk.close().await.unwrap();
    id
}

async fn against(clinic: &Clinic, details: &AppointmentDetails) -> Vec<Conflict> {
    let mut desk = clinic.reading_desk(&clinic.staff).await;
    let conflicts = appointments::against(&mut desk, &practice(), details, None).await.unwrap();
    desk.close().await.unwrap();
    conflicts
}

#[tokio::test]
async fn blocked_time_speaks_against_a_booking_until_it_is_taken_back() {
    on_both(async |clinic| {
        let jane = jane(clinic).await;
        let dora = clinic.doctor.id.unwrap().to_string();
        let leave = block(clinic, &blocked(&dora, ("2026-11-23", "10:00"), ("", "12:00"))).await;
        let ada = clinic.admin.id.unwrap().to_string();
        block(clinic, &blocked(&ada, ("2026-11-23", ""), ("", ""))).await;
        assert_eq!(against(clinic, &at(clinic, jane, "09:40")).await, [], "it ends when the leave begins");
        assert_eq!(against(clinic, &at(clinic, jane, "12:00")).await, []);
        let found = against(clinic, &at(clinic, jane, "09:50")).await;
        let slot = blocked(&dora, ("2026-11-23", "10:00"), ("", "12:00")).slot;
        let why = "Leave: course".to_owned();
        assert_eq!(found, [Conflict::Blocked { slot, why, everybody: false }], "and not somebody else's");

        let mut desk = clinic.desk(&clinic.staff).await;
        let refused = appointments::book(&mut desk, &practice(), &at(clinic, jane, "11:00")).await;
        assert!(matches!(refused, Err(BookError::Conflicts(_))), "{refused:?}");
        let details = at(clinic, jane, "11:00");
        appointments::book_anyway(&mut desk, &details, "on call").await.unwrap();
        let day = (at(clinic, jane, "00:00").appointment_date, at(clinic, jane, "23:59").appointment_date);
        let provider = clinic.doctor.id.unwrap();
        let taken = appointments::taken(&mut desk, provider, day, None).await.unwrap();
        assert!(taken.contains(&slot), "free times lie around it: {taken:?}");
        let stale = blocked_times::remove(&mut desk, leave, 7).await;
        assert!(matches!(stale, Err(Refusal::Stale { current: 1, .. })), "{stale:?}");
        blocked_times::remove(&mut desk, leave, 1).await.unwrap();
        let unknown = blocked_times::remove(&mut desk, uuid::Uuid::nil().into(), 1).await;
        assert!(matches!(unknown, Err(Refusal::NotFound(_))), "{unknown:?}");
        desk.close().await.unwrap();
        assert_eq!(against(clinic, &at(clinic, jane, "10:00")).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_closed_practice_blocks_everybody_and_is_listed_where_it_touches() {
    on_both(async |clinic| {
        let jane = jane(clinic).await;
        block(clinic, &blocked("", ("2026-11-23", ""), ("2026-11-24", ""))).await;
        let found = against(clinic, &at(clinic, jane, "10:00")).await;
        assert!(matches!(found.as_slice(), [Conflict::Blocked { everybody: true, .. }]), "{found:?}");
        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let Slot { from, until } = blocked("", ("2026-11-24", ""), ("2026-11-25", "")).slot;
        assert_eq!(blocked_times::list(&mut desk, from, until).await.unwrap().len(), 1);
        let later = blocked("", ("2026-11-25", ""), ("2026-11-25", "")).slot;
        assert_eq!(blocked_times::list(&mut desk, later.from, later.until).await.unwrap(), []);
        desk.close().await.unwrap();
        let unknown = blocked(&uuid::Uuid::nil().to_string(), ("2026-11-25", ""), ("", ""));
        let mut desk = clinic.desk(&clinic.staff).await;
        let refused = blocked_times::add(&mut desk, &unknown).await;
        assert!(matches!(refused, Err(Refusal::Invalid(_))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn a_row_of_follow_ups_is_planned_with_its_conflicts_and_booked_whole_or_not_at_all() {
    on_both(async |clinic| {
        let jane = jane(clinic).await;
        let dora = clinic.doctor.id.unwrap().to_string();
        block(clinic, &blocked(&dora, ("2026-11-30", ""), ("", ""))).await;
        let series = Series { rhythm: Rhythm::Days(7), times: 3 };
        let first = at(clinic, jane, "10:00");
        let mut desk = clinic.desk(&clinic.staff).await;
        let plan = appointments::plan_series(&mut desk, &practice(), &first, series).await.unwrap();
        let counts: Vec<usize> = plan.iter().map(|visit| visit.conflicts.len()).collect();
        assert_eq!(counts, [0, 1, 0]);
        let visits: Vec<AppointmentDetails> = plan.into_iter().filter_map(|visit| visit.details).collect();
        let refused = appointments::book_series(&mut desk, &practice(), &visits, None).await;
        assert!(matches!(refused, Err(BookError::Conflicts(_))), "{refused:?}");
        drop(desk);

        let mut desk = clinic.desk(&clinic.staff).await;
        let reason = Some("only day that suits");
        let ids = appointments::book_series(&mut desk, &practice(), &visits, reason).await.unwrap();
        desk.close().await.unwrap();
        let mut desk = clinic.desk(&clinic.staff).await;
        let row = appointments::series_of(&mut desk, ids[1]).await.unwrap();
        assert_eq!(row.iter().map(|visit| visit.id).collect::<Vec<_>>(), ids);
        let second = appointments::get(&mut desk, ids[1]).await.unwrap();
        assert_eq!(second.double_booking_reason.as_deref(), reason);
        let third = appointments::get(&mut desk, ids[2]).await.unwrap();
        assert_eq!(third.double_booking_reason, None, "nothing speaks against it");
        let alone = appointments::book(&mut desk, &practice(), &at(clinic, jane, "15:00")).await.unwrap();
        assert_eq!(appointments::series_of(&mut desk, alone).await.unwrap(), []);

        let count = appointments::cancel_rest(&mut desk, &practice(), ids[1], "moved away").await.unwrap();
        assert_eq!(count, 2);
        let row = appointments::series_of(&mut desk, ids[0]).await.unwrap();
        let stand: Vec<AppointmentStatus> = row.iter().map(|visit| visit.status).collect();
        let cancelled = AppointmentStatus::Cancelled;
        assert_eq!(stand, [AppointmentStatus::Scheduled, cancelled, cancelled]);
        let (from, until) = (first.appointment_date, first.appointment_date.plus_minutes(24 * 60));
        let busy = appointments::busy(&mut desk, from, until).await.unwrap();
        assert_eq!(busy.iter().map(|visit| visit.minutes).collect::<Vec<_>>(), [20, 20]);
        desk.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_practices_lengths_order_and_choice_are_kept_and_used() {
    on_both(async |clinic| {
        let jane = jane(clinic).await;
        let mut desk = clinic.desk(&clinic.admin).await;
        assert_eq!(visit_types::get(&mut desk).await.unwrap(), VisitTypes::default());
        let mut forms = VisitTypes::default().forms();
        for (kind, form) in &mut forms {
            form.place = if *kind == AppointmentType::SickVisit { "1" } else { "2" }.to_owned();
            form.minutes = "35".to_owned();
            form.is_offered = (*kind != AppointmentType::Telehealth).to_string();
        }
        let types = parse_all(&forms).unwrap();
        assert_eq!(visit_types::save(&mut desk, 0, &types).await.unwrap(), 1);
        assert_eq!(visit_types::get(&mut desk).await.unwrap(), VisitTypes::of(types.clone(), 1));
        let late = visit_types::save(&mut desk, 0, &types).await;
        assert!(matches!(late, Err(Refusal::Stale { seen: 0, current: 1, .. })), "{late:?}");
        assert_eq!(visit_types::save(&mut desk, 1, &types).await.unwrap(), 2);
        desk.close().await.unwrap();

        let mut desk = clinic.desk(&clinic.staff).await;
        let refused = visit_types::save(&mut desk, 2, &types).await;
        assert!(matches!(refused, Err(Refusal::NotAllowed(_))), "{refused:?}");
        let walk_in = WalkIn {
            patient_id: jane,
            provider_id: clinic.doctor.id.unwrap(),
            appointment_type: AppointmentType::SickVisit,
            reason_for_visit: None,
        };
        let came = appointments::walk_in(&mut desk, &walk_in).await.unwrap();
        assert_eq!(appointments::get(&mut desk, came).await.unwrap().duration_minutes, 35);
    })
    .await;
}
