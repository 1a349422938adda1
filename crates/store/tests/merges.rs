//! Two charts of one person are merged and told apart again, alike on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::allergy::AllergyForm;
use medrecord_clinic::consultation::ConsentDecision;
use medrecord_clinic::ids::{PatientId, RecordId};
use medrecord_clinic::medical_record::RecordForm;
use medrecord_clinic::merge::MergeField;
use medrecord_clinic::patient::PatientForm;
use medrecord_clinic::search::Query;
use medrecord_clinic::time::Zone;
use medrecord_store::audit::{self, EventFilter, Verdict};
use medrecord_store::merges::{self, Decision, Merge};
use medrecord_store::{
    Refusal, allergies, chart, consents, duplicates, medical_records, medications, patients,
};
use medrecord_testkit::clinic::jane_doe;
use medrecord_testkit::visit::{Visit, checked_in};
use medrecord_testkit::{Clinic, on_both};
use serde_json::Value;

/// Jane once more, under another spelling, phone and number; invented.
async fn janet(clinic: &Clinic) -> PatientId {
    let form = PatientForm {
        first_name: "Janet".to_owned(),
        phone: "+1-555-0900".to_owned(),
        address: "1 Elm Row".to_owned(),
        ..jane_doe()
    };
    let mut desk = clinic.desk(&clinic.staff).await;
    let id = patients::register_anyway(&mut desk, &form.parse(clinic.today()).unwrap()).await.unwrap();
    desk.close().await.unwrap();
    id
}

/// A draft with a prescription for Jane's visit, an allergy, an answer about recordings.
async fn written(clinic: &Clinic) -> (Visit, RecordId) {
    let visit = checked_in(clinic).await;
    let json = serde_json::json!({
        "chiefComplaint": "Sore throat", "diagnosis": "Viral pharyngitis", "treatmentPlan": "Rest.",
        "prescriptions": [{
            "medicationName": "ibuprofen", "strength": "400 mg", "dosage": "1 tablet",
            "frequency": "three times daily", "quantity": "15", "instructions": "Take with food.",
        }],
    });
    let details = serde_json::from_value::<RecordForm>(json).unwrap().parse().unwrap();
    let mut desk = clinic.desk(&clinic.doctor).await;
    let id = medical_records::open(&mut desk, visit.appointment).await.unwrap().id;
    medical_records::save(&mut desk, id, 1, &details).await.unwrap();
    allergic(&mut desk, visit.patient, "Penicillin").await.unwrap();
    consents::record(&mut desk, visit.appointment, ConsentDecision::Granted, None).await.unwrap();
    desk.close().await.unwrap();
    (visit, id)
}

async fn allergic(
    desk: &mut medrecord_store::Desk,
    patient: PatientId,
    allergen: &str,
) -> Result<(), Refusal> {
    let form = AllergyForm { allergen: allergen.to_owned(), ..AllergyForm::default() };
    allergies::add(desk, patient, &form.parse(Zone::UTC.day_of(medrecord_testkit::clinic::start())).unwrap())
        .await
        .map(|_| ())
}

async fn sign(clinic: &Clinic, visit: &Visit, id: RecordId) {
    let mut desk = clinic.desk(&clinic.doctor).await;
    let review = medical_records::review(&mut desk, visit.appointment).await.unwrap();
    let seen = review.record.version;
    medical_records::sign(&mut desk, Zone::UTC, id, seen, &review.digest).await.unwrap();
    desk.close().await.unwrap();
}

async fn merge(clinic: &Clinic, kept: PatientId, given_up: PatientId, fields: &[MergeField]) -> Merge {
    let mut desk = clinic.desk(&clinic.staff).await;
    let seen_kept = patients::get(&mut desk, kept).await.unwrap().version;
    let seen_given_up = patients::get(&mut desk, given_up).await.unwrap().version;
    let decision = Decision {
        kept: (kept, seen_kept),
        given_up: (given_up, seen_given_up),
        from_given_up: fields.to_vec(),
        reason: "same insurance card".to_owned(),
    };
    let id = merges::merge(&mut desk, &decision).await.unwrap();
    desk.close().await.unwrap();
    let mut desk = clinic.desk(&clinic.staff).await;
    let merge = merges::list(&mut desk, 9).await.unwrap().into_iter().find(|merge| merge.id == id).unwrap();
    desk.close().await.unwrap();
    merge
}

async fn unmerge(clinic: &Clinic, merge: &Merge) -> Result<merges::Undone, Refusal> {
    let mut desk = clinic.desk(&clinic.staff).await;
    let undone = merges::unmerge(&mut desk, merge.id).await?;
    desk.close().await?;
    Ok(undone)
}

/// The whole chart, without what counts and dates the writes to the patient's own row.
async fn whole(clinic: &Clinic, patient: PatientId) -> Value {
    let mut desk = clinic.desk(&clinic.doctor).await;
    let text = chart::json(&mut desk, patient).await.unwrap();
    desk.close().await.unwrap();
    let mut value: Value = serde_json::from_str(&text).unwrap();
    for name in ["version", "updatedAt"] {
        value.as_object_mut().unwrap().remove(name);
    }
    value
}

async fn proven(clinic: &Clinic, id: RecordId) -> bool {
    let mut desk = clinic.desk(&clinic.doctor).await;
    let proven = medical_records::verify_digest(&mut desk, id).await.unwrap();
    desk.close().await.unwrap();
    proven
}

#[tokio::test]
async fn a_merge_moves_everything_keeps_signatures_provable_and_is_taken_back_exactly() {
    on_both(async |clinic| {
        let (visit, record) = written(clinic).await;
        sign(clinic, &visit, record).await;
        let (jane, janet) = (visit.patient, janet(clinic).await);
        let mut desk = clinic.desk(&clinic.doctor).await;
        allergies::none_known(&mut desk, janet).await.unwrap();
        desk.close().await.unwrap();
        let before = (whole(clinic, jane).await, whole(clinic, janet).await);

        let merge = merge(clinic, janet, jane, &[MergeField::FirstName, MergeField::Phone]).await;
        assert_eq!((merge.kept.id, merge.given_up.id, merge.undone.is_some()), (janet, jane, false));
        let one = whole(clinic, janet).await;
        assert_eq!((&one["firstName"], &one["address"]), (&Value::from("Jane"), &Value::from("1 Elm Row")));
        for list in ["allergies", "medications", "appointments"] {
            assert_eq!(one[list].as_array().unwrap().len(), 1, "{list}");
        }
        assert!(one["noKnownAllergiesAt"].is_null(), "penicillin came with the other chart");
        assert!(proven(clinic, record).await, "with the patient of its day");
        let mut desk = clinic.desk(&clinic.doctor).await;
        assert_eq!(merges::survivor(&mut desk, jane).await.unwrap(), Some(janet));
        let number = merge.given_up.record_number.clone();
        let found = patients::search(&mut desk, &Query::parse(&number), None, 9).await.unwrap();
        assert_eq!(found.items[0].patient.id, janet, "the old number leads to the chart that stays");
        let late = allergic(&mut desk, jane, "Latex").await;
        assert!(matches!(late, Err(Refusal::Rule(_))), "{late:?}");
        drop(desk);
        let mut desk = clinic.desk(&clinic.doctor).await;
        let late = allergies::none_known(&mut desk, jane).await;
        assert!(matches!(late, Err(Refusal::Rule(_))), "{late:?}");
        let alias = patients::get(&mut desk, jane).await.unwrap();
        let form = PatientForm { phone: "+1-555-0777".to_owned(), ..PatientForm::from(&alias) };
        let details = form.parse(clinic.today()).unwrap();
        let late = patients::update(&mut desk, jane, alias.version, &details).await;
        assert!(matches!(late, Err(Refusal::Rule(_))), "nobody would see it: {late:?}");
        drop(desk);

        let undone = unmerge(clinic, &merge).await.unwrap();
        assert_eq!((undone.fields_left, undone.rows_left), (vec![], vec![]));
        assert_eq!((whole(clinic, jane).await, whole(clinic, janet).await), before);
        assert!(proven(clinic, record).await);
        let again = unmerge(clinic, &merge).await;
        assert!(matches!(again, Err(Refusal::Rule(_))), "{again:?}");
        let mut desk = clinic.desk(&clinic.admin).await;
        assert!(matches!(audit::verify(&mut desk).await.unwrap(), Verdict::Sound(_)));
        assert_eq!(merges::survivor(&mut desk, jane).await.unwrap(), None);
        assert!(merges::list(&mut desk, 9).await.unwrap()[0].undone.is_some());
        desk.close().await.unwrap();
        let mut desk = clinic.desk(&clinic.admin).await;
        let filter = EventFilter { actor: clinic.admin.id, limit: 9, ..EventFilter::default() };
        let trail = audit::list(&mut desk, &filter).await.unwrap();
        let named =
            trail.iter().find(|event| event.entity == "patient_merge").unwrap().detail.clone().unwrap();
        assert!(named.to_string().contains(&jane.to_string()), "who was shown is noted: {named}");
    })
    .await;
}

#[tokio::test]
async fn what_changed_since_a_merge_stays_where_it_belongs_when_it_is_taken_back() {
    on_both(async |clinic| {
        let (visit, record) = written(clinic).await;
        let (jane, janet) = (visit.patient, janet(clinic).await);
        let merge = merge(clinic, janet, jane, &[MergeField::FirstName, MergeField::Phone]).await;
        clinic.clock.advance(60_000);
        sign(clinic, &visit, record).await;
        let mut desk = clinic.desk(&clinic.staff).await;
        allergic(&mut desk, janet, "Latex").await.unwrap();
        let now = patients::get(&mut desk, janet).await.unwrap();
        let form = PatientForm { phone: "+1-555-0999".to_owned(), ..PatientForm::from(&now) };
        let details = form.parse(clinic.today()).unwrap();
        patients::update(&mut desk, janet, now.version, &details).await.unwrap();
        desk.close().await.unwrap();

        let undone = unmerge(clinic, &merge).await.unwrap();
        assert_eq!(undone.fields_left, [MergeField::Phone]);
        assert_eq!(undone.rows_left, [("allergies", 1)]);
        let mut desk = clinic.desk(&clinic.doctor).await;
        let now = patients::get(&mut desk, janet).await.unwrap();
        assert_eq!((now.first_name.as_str(), now.phone.as_str()), ("Janet", "+1-555-0999"));
        let hers = allergies::list(&mut desk, janet).await.unwrap();
        assert_eq!(hers.iter().map(|a| a.allergen.as_str()).collect::<Vec<_>>(), ["Latex"]);
        let taken = medications::list(&mut desk, jane).await.unwrap();
        assert_eq!(taken.len(), 1, "what was prescribed in the visit goes back with it");
        assert_eq!(medications::list(&mut desk, janet).await.unwrap(), []);
        desk.close().await.unwrap();
        assert!(proven(clinic, record).await, "signed while the charts were one");
        clinic.clock.advance(-60_000);
    })
    .await;
}

#[tokio::test]
async fn a_merge_that_is_taken_back_asserts_no_allergies_beside_one() {
    on_both(async |clinic| {
        let (visit, _) = written(clinic).await;
        let (jane, janet) = (visit.patient, janet(clinic).await);
        let mut desk = clinic.desk(&clinic.doctor).await;
        allergies::none_known(&mut desk, janet).await.unwrap();
        desk.close().await.unwrap();
        let merge = merge(clinic, janet, jane, &[]).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        allergic(&mut desk, janet, "Latex").await.unwrap();
        desk.close().await.unwrap();
        unmerge(clinic, &merge).await.unwrap();
        let mut desk = clinic.desk(&clinic.doctor).await;
        let hers = allergies::list(&mut desk, janet).await.unwrap();
        assert_eq!(hers.iter().map(|a| a.allergen.as_str()).collect::<Vec<_>>(), ["Latex"]);
        assert_eq!(patients::get(&mut desk, janet).await.unwrap().no_known_allergies_at, None);
    })
    .await;
}

#[tokio::test]
async fn a_merge_of_what_changed_or_was_merged_is_refused() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let (jane, janet) = (visit.patient, janet(clinic).await);
        let decision = |kept, given_up| Decision {
            kept,
            given_up,
            from_given_up: Vec::new(),
            reason: "same person".to_owned(),
        };
        let refused = async |decision: Decision| {
            let mut desk = clinic.desk(&clinic.staff).await;
            merges::merge(&mut desk, &decision).await.unwrap_err()
        };
        assert!(matches!(refused(decision((janet, 1), (jane, 7))).await, Refusal::Stale { current: 1, .. }));
        assert!(matches!(refused(decision((jane, 1), (jane, 1))).await, Refusal::Rule(_)));
        let first = merge(clinic, janet, jane, &[]).await;
        assert!(matches!(refused(decision((jane, 2), (janet, 2))).await, Refusal::Rule(_)));
        let third = {
            let mut desk = clinic.desk(&clinic.staff).await;
            let details = jane_doe().parse(clinic.today()).unwrap();
            let id = patients::register_anyway(&mut desk, &details).await.unwrap();
            desk.close().await.unwrap();
            id
        };
        let second = merge(clinic, third, janet, &[]).await;
        let mut desk = clinic.desk(&clinic.staff).await;
        assert_eq!(merges::survivor(&mut desk, jane).await.unwrap(), Some(third));
        drop(desk);
        let too_early = unmerge(clinic, &first).await;
        assert!(matches!(too_early, Err(Refusal::Rule(_))), "{too_early:?}");
        unmerge(clinic, &second).await.unwrap();
        unmerge(clinic, &first).await.unwrap();
        assert_eq!(whole(clinic, jane).await["appointments"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn pairs_that_look_alike_are_listed_with_reasons_until_they_are_told_apart() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let janet = janet(clinic).await;
        let mut desk = clinic.desk(&clinic.staff).await;
        let stranger = PatientForm {
            first_name: "Otto".into(),
            last_name: "Mann".into(),
            date_of_birth: "1950-01-01".into(),
            email: String::new(),
            phone: "555-7777".into(),
            ..jane_doe()
        };
        patients::register(&mut desk, &stranger.parse(clinic.today()).unwrap()).await.unwrap();
        let pairs = merges::pairs(&mut desk, 50).await.unwrap();
        assert_eq!(pairs.len(), 1);
        let mut who = [pairs[0].one.id, pairs[0].other.id];
        who.sort();
        let mut both = [visit.patient, janet];
        both.sort();
        assert_eq!(who, both);
        assert!(pairs[0].likeness.in_words().contains("same birth date"), "{}", pairs[0].likeness.in_words());
        assert_eq!(merges::pairs(&mut desk, 0).await.unwrap(), []);
        merges::tell_apart(&mut desk, janet, visit.patient).await.unwrap();
        merges::tell_apart(&mut desk, visit.patient, janet).await.unwrap();
        assert_eq!(merges::pairs(&mut desk, 50).await.unwrap(), []);
        desk.close().await.unwrap();
    })
    .await;
}

#[test]
fn every_table_with_a_patient_is_moved_or_named_here_with_a_reason() {
    let stay = [
        "audit_events", // the trail stays as it was written
    ];
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    let mut with_patient = std::collections::BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let mut table = "";
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("CREATE TABLE ") {
                table = name.split(' ').next().unwrap();
            }
            if line.trim_start().starts_with("patient_id TEXT") && !stay.contains(&table) {
                with_patient.insert(table.to_owned());
            }
        }
    }
    let moved: std::collections::BTreeSet<String> = merges::tables().into_iter().map(str::to_owned).collect();
    assert_eq!(moved, with_patient);
}

#[tokio::test]
async fn merges_are_read_page_by_page_and_people_told_apart_are_no_candidates() {
    on_both(async |clinic| {
        let jane = checked_in(clinic).await.patient;
        let janet = janet(clinic).await;
        let mut desk = clinic.desk(&clinic.staff).await;
        let alike = duplicates::of_patient(&mut desk, jane).await.unwrap();
        assert_eq!(alike.iter().map(|other| other.patient.id).collect::<Vec<_>>(), [janet]);
        desk.close().await.unwrap();
        let first = merge(clinic, jane, janet, &[]).await;
        unmerge(clinic, &first).await.unwrap();
        clinic.clock.advance(1_000);
        let second = merge(clinic, janet, jane, &[]).await;
        unmerge(clinic, &second).await.unwrap();
        let mut desk = clinic.desk(&clinic.staff).await;
        let newest = merges::page(&mut desk, None, 1).await.unwrap();
        assert_eq!(newest.iter().map(|merge| merge.id).collect::<Vec<_>>(), [second.id]);
        let older = merges::page(&mut desk, Some((second.at, second.id)), 9).await.unwrap();
        assert_eq!(older.iter().map(|merge| merge.id).collect::<Vec<_>>(), [first.id]);
        assert_eq!(merges::get(&mut desk, first.id).await.unwrap().kept.id, jane);
        merges::tell_apart(&mut desk, janet, jane).await.unwrap();
        assert!(duplicates::of_patient(&mut desk, jane).await.unwrap().is_empty());
    })
    .await;
}
