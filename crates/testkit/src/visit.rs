//! A visit for a test: Jane Doe has checked in with Dora Doctor. Both are invented.

#![expect(clippy::expect_used, reason = "a test that cannot be set up must fail at once")]

use crate::clinic::{Clinic, jane_doe_details};
use medrecord_clinic::ids::{AppointmentId, PatientId};
use medrecord_store::patients;

/// Where the visit is found.
#[derive(Debug, Clone, Copy)]
pub struct Visit {
    /// Jane Doe.
    pub patient: PatientId,
    /// Her appointment, checked in at nine.
    pub appointment: AppointmentId,
}

const CHECKED_IN: &str = "INSERT INTO appointments (id, patient_id, provider_id, appointment_date, ends_at, appointment_type, duration_minutes,
        status, checked_in_at, created_at, updated_at)
    SELECT '01990000-0000-7000-8000-000000000001', patients.id, providers.id, '2026-11-22T09:00:00.000Z', '2026-11-22T09:30:00.000Z', 'sick_visit', 30,
        'checked_in', '2026-11-22T08:55:00.000Z', '2026-11-22T08:00:00.000Z', '2026-11-22T08:55:00.000Z'
    FROM patients, providers WHERE providers.first_name = 'Dora'";

/// Registers Jane Doe, alone in the practice, and checks her in.
pub async fn checked_in(clinic: &Clinic) -> Visit {
    let mut desk = clinic.desk(&clinic.staff).await;
    let patient = patients::register(&mut desk, &jane_doe_details()).await.expect("Jane is registered");
    desk.close().await.expect("kept");
    clinic.store.by_hand(CHECKED_IN).await.expect("Jane is checked in");
    let appointment = "01990000-0000-7000-8000-000000000001".parse().expect("an id");
    Visit { patient, appointment }
}
