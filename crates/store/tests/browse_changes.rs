//! The studio's writing: drafted, compared with what is there, saved together or not at all, taken back; signed stays.

#![expect(clippy::unwrap_used, reason = "a step that fails must fail the test")]

use medrecord_clinic::ids::PatientId;
use medrecord_clinic::medical_record::RecordForm;
use medrecord_clinic::patient::PatientForm;
use medrecord_clinic::search::Query;
use medrecord_clinic::time::Zone;
use medrecord_store::audit::{self, EventFilter};
use medrecord_store::browse::change::{self, Act, Change, Values};
use medrecord_store::browse::{self, Catalogue, history};
use medrecord_store::{Desk, Refusal, medical_records, patients};
use medrecord_testkit::Clinic;
use medrecord_testkit::clinic::{jane_doe_details, on_both};
use medrecord_testkit::visit::checked_in;

async fn opened(clinic: &Clinic) -> (Desk, Catalogue) {
    let mut desk = clinic.desk(&clinic.admin).await;
    let catalogue = browse::catalogue(&mut desk).await.unwrap();
    (desk, catalogue)
}

async fn jane(clinic: &Clinic) -> PatientId {
    let mut desk = clinic.desk(&clinic.staff).await;
    let id = patients::register(&mut desk, &jane_doe_details()).await.unwrap();
    desk.close().await.unwrap();
    id
}

/// A visit of Jane's with a symptom, signed by Dora.
async fn signed(clinic: &Clinic) {
    let visit = checked_in(clinic).await;
    let mut desk = clinic.desk(&clinic.doctor).await;
    let id = medical_records::open(&mut desk, visit.appointment).await.unwrap().id;
    let json = serde_json::json!({
        "chiefComplaint": "Sore throat",
        "diagnosis": "Viral pharyngitis",
        "treatmentPlan": "Rest and fluids.",
        "symptoms": [{ "symptomName": "sore throat", "severity": "6" }],
    });
    let details = serde_json::from_value::<RecordForm>(json).unwrap().parse().unwrap();
    medical_records::save(&mut desk, id, 1, &details).await.unwrap();
    let review = medical_records::review(&mut desk, visit.appointment).await.unwrap();
    medical_records::sign(&mut desk, Zone::UTC, id, 2, &review.digest).await.unwrap();
    desk.close().await.unwrap();
}

fn typed(pairs: &[(&str, Option<&str>)]) -> Values {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned))).collect()
}

/// Drafts new values for a row as it is now.
async fn edit(
    desk: &mut Desk,
    catalogue: &Catalogue,
    (table, key): (&str, &str),
    pairs: &[(&str, Option<&str>)],
) -> Result<Change, Refusal> {
    let table = catalogue.table(table)?;
    let key = [key.to_owned()];
    let seen = change::fingerprint_of(desk, catalogue, table, &key).await?;
    let drafted = change::draft_update(desk, (catalogue, table), &key, &seen, &typed(pairs)).await?;
    Ok(drafted.unwrap())
}

#[tokio::test]
async fn an_edit_is_read_as_sql_saved_found_by_its_new_name_and_taken_back() {
    on_both(async |clinic| {
        let id = jane(clinic).await;
        let (mut desk, catalogue) = opened(clinic).await;
        let row = ("patients", id.to_string());
        let row = (row.0, row.1.as_str());
        let new = [("last_name", Some("O'Dara")), ("preferred_name", Some("Jay")), ("email", None)];
        let change = edit(&mut desk, &catalogue, row, &new).await.unwrap();
        let sql = change::written(&catalogue, &change).unwrap();
        assert!(sql.starts_with("UPDATE \"patients\" AS a SET ") && sql.contains("'O''Dara'"), "{sql}");
        assert!(sql.contains("\"search_name\" = ") && sql.contains("\"email\" = NULL"), "{sql}");
        clinic.clock.advance(60_000);
        let set = browse::save(&mut desk, &catalogue, &[change]).await.unwrap();
        desk.close().await.unwrap();

        let (mut desk, catalogue) = opened(clinic).await;
        let found = patients::get(&mut desk, id).await.unwrap();
        assert_eq!((found.last_name.as_str(), found.email, found.version), ("O'Dara", None, 2));
        let hits = patients::search(&mut desk, &Query::parse("dara"), None, 5).await;
        assert_eq!(hits.unwrap().items.len(), 1);
        let saved = history::saved_set(&mut desk, &catalogue, set).await.unwrap();
        let told: Vec<&str> = saved[0].differences().iter().map(|(name, ..)| *name).collect();
        assert_eq!(told, ["email", "last_name", "preferred_name", "search_name"]);
        assert_eq!(saved[0].by, "Ada Admin");
        let table = catalogue.table("patients").unwrap();
        let key = [id.to_string()];
        assert_eq!(history::of_row(&mut desk, &catalogue, table, &key).await.unwrap().len(), 1);
        let traces = history::traces(&mut desk, &catalogue, table, &key).await.unwrap();
        assert!(traces.iter().any(|trace| trace.action == "update" && trace.who == "Ada Admin"));
        let filter = EventFilter { patient: Some(id), limit: 5, ..EventFilter::default() };
        let trail = audit::list(&mut desk, &filter).await.unwrap();
        let detail = trail.into_iter().find(|event| event.action == "update").unwrap().detail.unwrap();
        assert_eq!(detail["columns"], serde_json::json!(["email", "last_name", "preferred_name"]));
        assert!(!detail.to_string().contains("Dara"), "{detail}");

        let back = history::undo(&mut desk, &catalogue, set).await.unwrap();
        browse::save(&mut desk, &catalogue, &back).await.unwrap();
        let again = patients::get(&mut desk, id).await.unwrap();
        assert_eq!(PatientForm::from(&again).email, "jane.doe@example.com");
        assert_eq!((again.last_name.as_str(), again.version), ("Doe", 3));
        assert!(matches!(history::undo(&mut desk, &catalogue, set).await, Err(Refusal::Rule(_))));
    })
    .await;
}

#[tokio::test]
async fn the_second_of_two_who_edit_the_same_row_is_refused() {
    on_both(async |clinic| {
        let id = jane(clinic).await.to_string();
        let (mut desk, catalogue) = opened(clinic).await;
        let first =
            edit(&mut desk, &catalogue, ("patients", &id), &[("address", Some("1 Elm Row"))]).await.unwrap();
        let second =
            edit(&mut desk, &catalogue, ("patients", &id), &[("address", Some("2 Oak Way"))]).await.unwrap();
        browse::save(&mut desk, &catalogue, &[first]).await.unwrap();
        let refused = browse::save(&mut desk, &catalogue, &[second]).await.unwrap_err();
        assert!(matches!(refused.why, Refusal::Stale { .. }), "{refused:?}");
        let table = catalogue.table("patients").unwrap();
        let old = typed(&[("address", Some("3 Ash End"))]);
        let late = change::draft_update(&mut desk, (&catalogue, table), &[id], "an older form", &old).await;
        assert!(matches!(late, Err(Refusal::Stale { .. })));
    })
    .await;
}

#[tokio::test]
async fn rows_are_added_with_what_is_missing_filled_and_taken_away_unless_others_point_to_them() {
    on_both(async |clinic| {
        let id = jane(clinic).await;
        let (mut desk, catalogue) = opened(clinic).await;
        let allergies = catalogue.table("allergies").unwrap();
        let patient = id.to_string();
        let new = typed(&[
            ("patient_id", Some(&patient)),
            ("allergen", Some("Latex")),
            ("severity", Some("severe")),
        ]);
        let added = change::draft_insert(&mut desk, allergies, &new).unwrap();
        let key = added.key.clone();
        assert_eq!(key.len(), 1);
        let set = browse::save(&mut desk, &catalogue, &[added]).await.unwrap();
        let lens = browse::Lens { uncovered: ["allergies".to_owned()].into() };
        let row = browse::row(&mut desk, (&catalogue, &lens), allergies, &key).await.unwrap();
        let status = allergies.columns.iter().position(|column| column.name == "status").unwrap();
        assert_eq!(row.cells[status].text(), Some("active"));

        let patients_table = catalogue.table("patients").unwrap();
        let pointed = change::draft_delete(
            &mut desk,
            (&catalogue, patients_table),
            std::slice::from_ref(&patient),
            None,
        )
        .await;
        assert!(
            matches!(&pointed, Err(Refusal::Rule(words)) if words.contains("1 of allergies")),
            "{pointed:?}"
        );
        let undone = history::undo(&mut desk, &catalogue, set).await.unwrap();
        let taken_back = browse::save(&mut desk, &catalogue, &undone).await.unwrap();
        assert!(browse::row(&mut desk, (&catalogue, &lens), allergies, &key).await.is_err());
        let redone = history::undo(&mut desk, &catalogue, taken_back).await.unwrap();
        browse::save(&mut desk, &catalogue, &redone).await.unwrap();
        assert!(browse::row(&mut desk, (&catalogue, &lens), allergies, &key).await.is_ok());
        let gone = change::draft_delete(&mut desk, (&catalogue, allergies), &key, None).await.unwrap();
        assert!(matches!(gone.act, Act::Delete { .. }));
        browse::save(&mut desk, &catalogue, &[gone]).await.unwrap();
        assert!(browse::row(&mut desk, (&catalogue, &lens), allergies, &key).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn wrong_types_locked_columns_and_broken_rules_are_refused_in_words_and_nothing_is_kept() {
    on_both(async |clinic| {
        let id = jane(clinic).await.to_string();
        let (mut desk, catalogue) = opened(clinic).await;
        for (column, value) in [
            ("sex", Some("robot")),
            ("date_of_birth", Some("soon")),
            ("first_name", None),
            ("id", Some("019a2b3c-0000-7000-8000-000000000000")),
            ("version", Some("7")),
            ("search_name", Some("x")),
            ("merged_into_id", Some(id.as_str())),
        ] {
            let refused = edit(&mut desk, &catalogue, ("patients", &id), &[(column, value)]).await;
            assert!(
                matches!(&refused, Err(Refusal::Invalid(problems)) if problems.of(column).is_some()),
                "{column}"
            );
        }
        let absent = edit(&mut desk, &catalogue, ("patients", &id), &[("shoe_size", Some("7"))]).await;
        assert!(matches!(absent, Err(Refusal::NotFound(_))));
        desk.close().await.unwrap();

        let orphan = typed(&[
            ("patient_id", Some("019a2b3c-0000-7000-8000-000000000000")),
            ("allergen", Some("Latex")),
        ]);
        for (good_first, bad) in [(true, "allergies"), (false, "allergies")] {
            let (mut desk, catalogue) = opened(clinic).await;
            let mut list = Vec::new();
            if good_first {
                let good =
                    edit(&mut desk, &catalogue, ("patients", &id), &[("address", Some("1 Elm Row"))]).await;
                list.push(good.unwrap());
            }
            list.push(change::draft_insert(&mut desk, catalogue.table(bad).unwrap(), &orphan).unwrap());
            let refused = browse::save(&mut desk, &catalogue, &list).await.unwrap_err();
            assert_eq!(refused.at, list.len() - 1);
            assert!(
                matches!(&refused.why, Refusal::Rule(words) if words.contains("not there")),
                "{refused:?}"
            );
        }
        let mut desk = clinic.reading_desk(&clinic.admin).await;
        let jane = patients::get(&mut desk, id.parse().unwrap()).await.unwrap();
        assert_eq!((jane.address, jane.version), (None, 1));
    })
    .await;
}

#[tokio::test]
async fn a_signed_record_its_rows_and_the_trail_are_not_written() {
    on_both(async |clinic| {
        signed(clinic).await;
        let (mut desk, catalogue) = opened(clinic).await;
        for (table, column) in [("medical_records", "treatment_plan"), ("symptoms", "notes")] {
            let found = catalogue.table(table).unwrap();
            let lens = browse::Lens::default();
            let columns = [found.column("id").unwrap()];
            let look = browse::Look::default();
            let page =
                browse::page(&mut desk, (&catalogue, &lens), found, &columns, (&look, 50)).await.unwrap();
            for row in page.rows {
                assert!(row.locked.is_some_and(|reason| reason.contains("signed")), "{table}");
                let refused = edit(&mut desk, &catalogue, (table, &row.key[0]), &[(column, Some("x"))]).await;
                assert!(matches!(refused, Err(Refusal::Signed)), "{table}: {refused:?}");
            }
        }
        let trail = catalogue.table("audit_events").unwrap();
        let key = ["0".to_owned(), "1".to_owned()];
        let refused = change::draft_delete(&mut desk, (&catalogue, trail), &key, None).await;
        assert!(matches!(refused, Err(Refusal::Rule(_))), "{refused:?}");
        let providers = catalogue.table("providers").unwrap();
        assert!(change::draft_insert(&mut desk, providers, &Values::new()).is_err());
    })
    .await;
}
