//! Patients are kept alike on both databases.

use medrecord_clinic::patient::PatientForm;
use medrecord_store::{Refusal, patients};
use medrecord_testkit::clinic::{jane_doe, jane_doe_details, on_both};

#[tokio::test]
async fn a_registered_patient_is_found_as_entered() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.staff).await;
        let id = patients::register(&mut desk, &jane_doe_details()).await.unwrap();
        desk.close().await.unwrap();

        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let jane = patients::get(&mut desk, id).await.unwrap();
        desk.close().await.unwrap();
        assert_eq!(jane.display_name(), "DOE, Jane");
        assert_eq!(jane.date_of_birth.to_string(), "15-Mar-1985");
        assert_eq!((jane.created_at, jane.version), (clinic.clock.now(), 1));
        assert_eq!(
            PatientForm::from(&jane),
            PatientForm { date_of_birth: "15-Mar-1985".to_owned(), ..jane_doe() }
        );
    })
    .await;
}

#[tokio::test]
async fn a_desk_that_is_dropped_keeps_nothing() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.staff).await;
        let id = patients::register(&mut desk, &jane_doe_details()).await.unwrap();
        drop(desk);

        let mut desk = clinic.reading_desk(&clinic.staff).await;
        assert_eq!(patients::find(&mut desk, id).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn the_second_of_two_edits_of_the_same_version_is_refused() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.staff).await;
        let id = patients::register(&mut desk, &jane_doe_details()).await.unwrap();
        let moved = PatientForm { address: "1 New Street".to_owned(), ..jane_doe() };
        let details = moved.parse(clinic.today()).unwrap();
        assert_eq!(patients::update(&mut desk, id, 1, &details).await.unwrap(), 2);
        let late = patients::update(&mut desk, id, 1, &jane_doe_details()).await;
        assert!(matches!(late, Err(Refusal::Stale { seen: 1, current: 2, .. })), "{late:?}");
        let jane = patients::get(&mut desk, id).await.unwrap();
        assert_eq!(jane.address.as_deref(), Some("1 New Street"));
    })
    .await;
}

#[tokio::test]
async fn a_record_number_is_given_once() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.staff).await;
        let first = desk.fresh_id().unwrap();
        patients::register_as(&mut desk, first, "MR-1", &jane_doe_details()).await.unwrap();
        let second = desk.fresh_id().unwrap();
        let taken = patients::register_as(&mut desk, second, "MR-1", &jane_doe_details()).await;
        assert!(matches!(taken, Err(Refusal::Rule(_))), "{taken:?}");
    })
    .await;
}
