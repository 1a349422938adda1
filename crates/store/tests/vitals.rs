//! Vital signs are kept alike on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::vitals::{VitalsDetails, VitalsForm};
use medrecord_store::{Refusal, appointments, vitals};
use medrecord_testkit::on_both;
use medrecord_testkit::visit::checked_in;

fn line() -> VitalsForm {
    VitalsForm {
        blood_pressure: "128/82".to_owned(),
        heart_rate: "72".to_owned(),
        temperature: "37.2".to_owned(),
        respiratory_rate: "16".to_owned(),
        oxygen_saturation: "98".to_owned(),
        weight: "72.55".to_owned(),
        height: "178.1".to_owned(),
        pain_level: "0".to_owned(),
        note: "left arm".to_owned(),
    }
}

fn details() -> VitalsDetails {
    line().parse().unwrap()
}

#[tokio::test]
async fn what_was_measured_comes_back_to_the_last_place() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let mut desk = clinic.desk(&clinic.staff).await;
        vitals::take(&mut desk, visit.appointment, 0, &details()).await.unwrap();
        desk.close().await.unwrap();

        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let kept = vitals::of_appointment(&mut desk, visit.appointment).await.unwrap().unwrap();
        assert_eq!(VitalsForm::from(&kept.measured), line());
        assert_eq!(kept.bmi.map(|bmi| bmi.to_string()).as_deref(), Some("22.9"));
        assert_eq!(
            (kept.recorded_at, kept.recorded_by, kept.version),
            (clinic.clock.now(), clinic.staff.id, 1)
        );
        let begins = appointments::get(&mut desk, visit.appointment).await.unwrap().appointment_date;
        assert_eq!(vitals::trend(&mut desk, visit.patient, 10).await.unwrap(), [(begins, kept)]);
        assert_eq!(vitals::last_before(&mut desk, visit.patient, visit.appointment).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn the_second_of_two_sets_taken_at_once_is_refused() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let mut desk = clinic.desk(&clinic.staff).await;
        vitals::take(&mut desk, visit.appointment, 0, &details()).await.unwrap();
        let late = vitals::take(&mut desk, visit.appointment, 0, &details()).await;
        assert!(matches!(late, Err(Refusal::Stale { seen: 0, current: 1, .. })), "{late:?}");
        let repeated = VitalsForm { blood_pressure: "122/78".to_owned(), ..line() }.parse().unwrap();
        let kept = vitals::take(&mut desk, visit.appointment, 1, &repeated).await.unwrap();
        assert_eq!((kept.measured, kept.version), (repeated, 2));
    })
    .await;
}

#[tokio::test]
async fn the_hard_limits_are_the_same_here_and_in_the_database() {
    let limits =
        [("40/20", true), ("300/200", true), ("39/20", false), ("301/200", false), ("300/201", false)];
    for (pressure, possible) in limits {
        let form = VitalsForm { blood_pressure: pressure.to_owned(), ..VitalsForm::default() };
        assert_eq!(form.parse().is_ok(), possible, "{pressure}");
    }
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let edges = [("40/20", "25", "0.2", "20"), ("300/200", "45", "500", "260")];
        for (seen, (blood_pressure, temperature, weight, height)) in (0..).zip(edges) {
            let form = VitalsForm {
                blood_pressure: blood_pressure.to_owned(),
                temperature: temperature.to_owned(),
                weight: weight.to_owned(),
                height: height.to_owned(),
                ..VitalsForm::default()
            };
            let mut desk = clinic.desk(&clinic.staff).await;
            vitals::take(&mut desk, visit.appointment, seen, &form.parse().unwrap()).await.unwrap();
            desk.close().await.unwrap();
        }
        for slip in [
            "UPDATE vital_signs SET blood_pressure_systolic = 301",
            "UPDATE vital_signs SET blood_pressure_systolic = 100, blood_pressure_diastolic = 120",
            "UPDATE vital_signs SET pain_level = 11",
            "UPDATE vital_signs SET weight = 50001",
        ] {
            assert!(clinic.store.by_hand(slip).await.is_err(), "{slip}");
        }
    })
    .await;
}
