//! Before and after: a deploy on data proves that no record changed, is rehearsed on a copy, and can be planned.

use crate::support::{Place, on_both};
use medrecord_store::migrate::{
    Draft, Files, Purpose, Rehearsal, copy_aside, deploy_files, has_data, plan, rehearse, write_draft,
};
use medrecord_store::{Store, population};
use std::path::PathBuf;

/// The program's own migrations and one more.
fn with_one_more(place: &Place, postgres: &str, sqlite: &str) -> Files {
    let folder: PathBuf = place.folder.path().join("more");
    drop(std::fs::remove_dir_all(&folder));
    for dialect in ["postgres", "sqlite"] {
        let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("migrations").join(dialect);
        std::fs::create_dir_all(folder.join(dialect)).unwrap();
        for entry in std::fs::read_dir(own).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), folder.join(dialect).join(entry.file_name())).unwrap();
        }
    }
    let draft =
        Draft { action: "do_more".to_owned(), postgres: postgres.to_owned(), sqlite: sqlite.to_owned() };
    write_draft(&folder, 20_990_101_000_000, &draft).unwrap();
    Files::read(&folder).unwrap()
}

/// A sample clinic of invented people, with signed records.
async fn sample(place: &Place) -> Store {
    let store = place.open().await;
    deploy_files(&store, &Files::built_in(), Purpose::Development).await.unwrap();
    assert!(!has_data(&store).await.unwrap());
    population::sample_clinic(&store, medrecord_clinic::time::Zone::UTC).await.unwrap();
    assert!(has_data(&store).await.unwrap());
    store
}

#[tokio::test]
async fn a_migration_that_would_change_a_signed_record_is_undone() {
    on_both(async |place| {
        let store = sample(place).await;
        let off = if place.is_postgres() {
            "ALTER TABLE medical_records DISABLE TRIGGER medical_records_signed;"
        } else {
            "DROP TRIGGER medical_records_signed_update;"
        };
        let one = "(SELECT id FROM medical_records WHERE is_draft = FALSE ORDER BY id LIMIT 1)";
        for (sql, words) in [
            (format!("{off} UPDATE medical_records SET diagnosis = 'other' WHERE id = {one};"), "medical_records.diagnosis of signed records"),
            ("DELETE FROM sign_in_attempts; INSERT INTO database_marks (mark, set_at) VALUES ('x', '2026-01-01T00:00:00.000Z');".to_owned(), "database_marks would have 1 rows instead of 0"),
            ("ALTER TABLE vital_signs DROP COLUMN note;".to_owned(), "vital_signs.note of signed records or of the trail would be gone"),
        ] {
            let files = with_one_more(place, &sql, &sql);
            let trouble = deploy_files(&store, &files, Purpose::Development).await.unwrap_err().to_string();
            assert!(trouble.starts_with(words) && trouble.ends_with("nothing was changed"), "{trouble}");
        }
        let plain = with_one_more(place, "CREATE TABLE more (id integer);", "CREATE TABLE more (id integer);");
        let done = deploy_files(&store, &plain, Purpose::Development).await.unwrap();
        let proven = done.proven.unwrap();
        assert!(proven.signed_records > 100 && proven.rows > 1_000, "{proven:?}");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_migration_may_change_rows_where_it_says_so() {
    on_both(async |place| {
        let store = sample(place).await;
        let sql = "INSERT INTO database_marks (mark, set_at) VALUES ('x', '2026-01-01T00:00:00.000Z');";
        let said = format!("-- changes: database_marks\n{sql}");
        deploy_files(&store, &with_one_more(place, &said, &said), Purpose::Development).await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_deploy_is_rehearsed_on_a_copy_that_is_gone_afterwards() {
    on_both(async |place| {
        let store = sample(place).await;
        let more = "CREATE TABLE more (id integer);";
        let files = with_one_more(place, more, more);
        let backups = place.folder.path().join("backups");
        let aside = copy_aside(&store, &backups, None).await.unwrap();
        if place.is_postgres() {
            // Somebody is connected, so the copy is restored from what was put aside.
            let busy = rehearse(&place.url, &files, &aside).await.unwrap();
            let Rehearsal::Ran { deployed, .. } = busy else { panic!("{busy:?}") };
            assert!(deployed.proven.unwrap().signed_records > 100);
        }
        store.close().await;
        let ran = rehearse(&place.url, &files, &aside).await.unwrap();
        let Rehearsal::Ran { deployed, .. } = ran else { panic!("{ran:?}") };
        assert!(deployed.proven.unwrap().signed_records > 100);
        let broken = with_one_more(place, "SELECT nothing;", "SELECT nothing;");
        assert!(rehearse(&place.url, &broken, &aside).await.is_err());
        let again = {
            let store = place.open().await;
            let again = copy_aside(&store, &backups, None).await.unwrap();
            store.close().await;
            again
        };
        assert_ne!(aside.path, again.path, "two copies of the same second have two names");
        let left = std::fs::read_dir(&backups).unwrap().count();
        assert_eq!(left, 2, "the copies to go back to, and nothing of the rehearsal");
        let store = place.open().await;
        assert!(
            store.by_hand("INSERT INTO more VALUES (1)").await.is_err(),
            "the live database is as it was"
        );
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_plan_says_what_would_run_on_how_many_rows() {
    on_both(async |place| {
        let store = sample(place).await;
        let sql =
            "-- Why.\nCREATE TABLE more (id integer);\n\nALTER TABLE patients DROP COLUMN preferred_name;";
        let planned = plan(&store, &with_one_more(place, sql, sql)).await.unwrap();
        assert_eq!(planned.len(), 1);
        assert!(planned[0].file.ends_with("/20990101000000_do_more.sql"));
        let lines: Vec<usize> = planned[0].statements.iter().map(|statement| statement.line).collect();
        assert_eq!(lines, [2, 4]);
        assert!(planned[0].statements[1].rows["patients"] > 10);
        assert_eq!(planned[0].findings[0].rule, "drop-column");
        assert_eq!(plan(&store, &Files::built_in()).await.unwrap(), []);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_program_reads_signed_records_again_before_it_keeps_a_migration() {
    on_both(async |place| {
        let store = place.open().await;
        let all = Files::built_in();
        let older = all.clone().up_to(20_261_123_210_000);
        deploy_files(&store, &older, Purpose::Development).await.unwrap();
        population::sample_clinic(&store, medrecord_clinic::time::Zone::UTC).await.unwrap();
        let proven = deploy_files(&store, &all, Purpose::Production).await.unwrap().proven.unwrap();
        assert!(proven.signed_records > 100);
        assert_eq!(proven.digests_recomputed, Some(proven.signed_records.min(2_000)));
        store.close().await;
    })
    .await;
}
