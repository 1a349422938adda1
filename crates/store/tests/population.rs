//! The sample clinic obeys the rules that hold for any other, on both databases.

use medrecord_clinic::appointment::AppointmentStatus;
use medrecord_clinic::consultation::Decision;
use medrecord_clinic::medical_record::Severity;
use medrecord_clinic::time::Zone;
use medrecord_store::appointments::{self, AppointmentFilter};
use medrecord_store::audit::{self, Verdict};
use medrecord_store::population::{self, Made, Plan};
use medrecord_store::sessions::{Origin, sign_in};
use medrecord_store::{Refusal, chart, evidence, integrity, medical_records, patients, seed};
use medrecord_testkit::clinic::{jane_doe_details, on_both};
use serde_json::Value;
use std::sync::Mutex;

#[tokio::test]
async fn the_sample_clinic_has_a_past_a_full_day_and_records_that_prove_themselves() {
    on_both(async |clinic| {
        let made = population::sample_clinic(&clinic.store, Zone::UTC).await.unwrap();
        assert_eq!(made.patients, 60);
        assert!(made.visits > 250, "{}", made.visits);
        sign_in(&clinic.store, seed::EMAIL, seed::PASSWORD, &Origin::default()).await.unwrap();

        let mut desk = clinic.desk(&clinic.admin).await;
        let (from, until) = Zone::UTC.bounds(clinic.today());
        let today = AppointmentFilter {
            from: Some(from),
            until: Some(until),
            limit: 100,
            ..AppointmentFilter::default()
        };
        let today = appointments::list(&mut desk, &today).await.unwrap();
        for status in AppointmentStatus::ALL {
            assert!(today.iter().any(|visit| visit.status == status), "{status}");
        }
        let (mut signed, mut drafts, mut unsigned) = (0, 0, None);
        for visit in today.iter().filter(|visit| visit.status == AppointmentStatus::Completed) {
            let review = medical_records::review(&mut desk, visit.id).await.unwrap();
            if review.record.is_draft() {
                drafts += 1;
                assert!(review.gaps.iter().all(|gap| gap.severity != Severity::Block), "{:?}", review.gaps);
                assert!(review.record.symptoms.iter().all(|row| row.is_ai_extracted));
                unsigned = Some(visit.id);
            } else {
                signed += 1;
                assert!(medical_records::verify_digest(&mut desk, review.record.id).await.unwrap());
            }
        }
        assert!(signed > 8 && drafts == 1, "{signed} signed, {drafts} drafts");
        let jane = today.iter().find(|visit| visit.patient_id == seed::SAMPLE_PATIENT).unwrap();
        let waiting = evidence::latest(&mut desk, jane.id).await.unwrap();
        assert_eq!(waiting.iter().filter(|item| item.decision == Decision::Proposed).count(), 13);
        let checked = evidence::latest(&mut desk, unsigned.unwrap()).await.unwrap();
        let decided = |as_what| checked.iter().filter(|item| item.decision == as_what).count();
        let [taken, edited, rejected] =
            [Decision::Accepted, Decision::Edited, Decision::Rejected].map(decided);
        assert_eq!((taken, edited, rejected, decided(Decision::Proposed)), (8, 2, 1, 0));
        assert!(matches!(audit::verify(&mut desk).await.unwrap(), Verdict::Sound(_)));
        drop(desk);
        assert_eq!(population::fill_today(&clinic.store, Zone::UTC).await.unwrap(), 0);
        assert!(integrity::check(&clinic.store).await.unwrap()[0].sound);
    })
    .await;
}

#[tokio::test]
async fn generated_patients_are_the_same_on_both_databases_and_come_once() {
    let told: Mutex<Vec<(Made, Vec<Value>)>> = Mutex::default();
    on_both(async |clinic| {
        let plan = Plan { patients: 60, years: 2, seed: 7 };
        let mut heard = Vec::new();
        let made =
            population::generate(&clinic.store, Zone::UTC, plan, |done| heard.push(done)).await.unwrap();
        assert_eq!((made.patients, heard), (60, vec![60]));
        assert!((200..=700).contains(&made.visits), "{}", made.visits);
        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let everybody = patients::list(&mut desk, None, 100).await.unwrap().items;
        assert_eq!(everybody.len(), 60);
        let mut charts = Vec::new();
        for listed in &everybody {
            let text = chart::json(&mut desk, listed.patient.id).await.unwrap();
            charts.push(same_numbers(text.parse().unwrap()));
        }
        told.lock().unwrap().push((made, charts));

        let again = population::generate(&clinic.store, Zone::UTC, plan, |_| {}).await;
        assert!(matches!(again, Err(Refusal::Rule(_))), "{again:?}");
        let other = Plan { seed: 8, patients: 3, years: 1 };
        population::generate(&clinic.store, Zone::UTC, other, |_| {}).await.unwrap();
    })
    .await;
    let told = told.into_inner().unwrap();
    for (made, charts) in &told {
        assert_eq!(made, &told[0].0);
        for (one, other) in charts.iter().zip(&told[0].1) {
            assert_eq!(one, other);
        }
    }
}

/// 72 and 72.0 are the same number, which JSON may write either way.
fn same_numbers(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().into(),
        Value::Array(items) => items.into_iter().map(same_numbers).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, item)| (name, same_numbers(item))).collect()
        }
        plain @ (Value::Null | Value::Bool(_) | Value::String(_)) => plain,
    }
}

#[tokio::test]
async fn generated_records_prove_themselves_and_the_real_are_left_alone() {
    on_both(async |clinic| {
        let plan = Plan { patients: 5, years: 3, seed: 1 };
        population::generate(&clinic.store, Zone::UTC, plan, |_| {}).await.unwrap();
        let mut desk = clinic.desk(&clinic.admin).await;
        let all = AppointmentFilter { limit: 100, ..AppointmentFilter::default() };
        let visits = appointments::list(&mut desk, &all).await.unwrap();
        let mut proven = 0;
        for visit in visits.iter().filter(|visit| visit.status == AppointmentStatus::Completed) {
            let record = medical_records::of_appointment(&mut desk, visit.id).await.unwrap().unwrap();
            assert!(medical_records::verify_digest(&mut desk, record.id).await.unwrap());
            proven += 1;
        }
        assert!(proven > 10, "{proven}");
        patients::register_anyway(&mut desk, &jane_doe_details()).await.unwrap();
        desk.close().await.unwrap();
        let more = Plan { seed: 2, ..plan };
        let refused = population::generate(&clinic.store, Zone::UTC, more, |_| {}).await;
        assert!(matches!(refused, Err(Refusal::Rule(_))), "{refused:?}");
        population::generate_beside(&clinic.store, Zone::UTC, more, |_| {}).await.unwrap();
    })
    .await;
}
