//! The sample clinic obeys the rules that hold for any other, on both databases.

use medrecord_clinic::appointment::AppointmentStatus;
use medrecord_clinic::time::Zone;
use medrecord_store::appointments::{self, AppointmentFilter};
use medrecord_store::audit::{self, Verdict};
use medrecord_store::population::{self, Plan};
use medrecord_store::sessions::{Origin, sign_in};
use medrecord_store::{Refusal, evidence, integrity, medical_records, seed, vitals};
use medrecord_testkit::clinic::on_both;

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
        let (mut signed, mut drafts) = (0, 0);
        for visit in today.iter().filter(|visit| visit.status == AppointmentStatus::Completed) {
            let review = medical_records::review(&mut desk, visit.id).await.unwrap();
            if review.record.is_draft() {
                drafts += 1;
            } else {
                signed += 1;
                assert!(medical_records::verify_digest(&mut desk, review.record.id).await.unwrap());
            }
        }
        assert!(signed > 8 && drafts == 1, "{signed} signed, {drafts} drafts");
        let jane = today.iter().find(|visit| visit.patient_id == seed::SAMPLE_PATIENT).unwrap();
        assert_eq!(evidence::latest(&mut desk, jane.id).await.unwrap().len(), 13);
        assert!(matches!(audit::verify(&mut desk).await.unwrap(), Verdict::Sound(_)));
        drop(desk);
        assert_eq!(population::fill_today(&clinic.store, Zone::UTC).await.unwrap(), 0);
        assert!(integrity::check(&clinic.store).await.unwrap()[0].sound);
    })
    .await;
}

#[tokio::test]
async fn generated_patients_are_the_same_for_the_same_seed_and_come_once() {
    on_both(async |clinic| {
        let plan = Plan { patients: 12, years: 1, seed: 7 };
        let mut heard = Vec::new();
        let made =
            population::generate(&clinic.store, Zone::UTC, plan, |done| heard.push(done)).await.unwrap();
        assert_eq!((made.patients, heard), (12, vec![12]));
        let again = population::generate(&clinic.store, Zone::UTC, plan, |_| {}).await;
        assert!(matches!(again, Err(Refusal::Rule(_))), "{again:?}");
        let other = Plan { seed: 8, ..plan };
        population::generate(&clinic.store, Zone::UTC, other, |_| {}).await.unwrap();
        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let all = AppointmentFilter { limit: 100, ..AppointmentFilter::default() };
        let visits = appointments::list(&mut desk, &all).await.unwrap();
        let trend = vitals::trend(&mut desk, visits[0].patient_id, 20).await.unwrap();
        assert!(!trend.is_empty());
    })
    .await;
}
