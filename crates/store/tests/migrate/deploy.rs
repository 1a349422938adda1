//! `deploy`, `status` and `resolve`.

use crate::support::{Place, files, on_both};
use medrecord_store::Store;
use medrecord_store::migrate::{
    Files, Purpose, Standing, State, deploy, deploy_files, resolve_applied, resolve_rolled_back, status,
};

const FIRST: (&str, &str) = ("20260101000000_create_notes", "CREATE TABLE notes (id integer NOT NULL);");
const SECOND: (&str, &str) = ("20260102000000_add_title", "ALTER TABLE notes ADD COLUMN title text;");
const BROKEN: (&str, &str) =
    ("20260103000000_break_things", "CREATE TABLE more (id integer);\n\nSELECT nothing FROM nowhere;");

async fn run(store: &Store, files: &Files) -> Result<usize, String> {
    let done = deploy_files(store, files, Purpose::Development).await;
    done.map(|done| done.steps.len()).map_err(|error| error.to_string())
}

async fn states(store: &Store, files: &Files) -> Vec<State> {
    Standing::read(store, files).await.unwrap().steps.iter().map(|step| step.state).collect()
}

#[tokio::test]
async fn what_is_pending_is_applied_once() {
    on_both(async |place| {
        let store = place.open().await;
        assert!(status(&store).await.unwrap().iter().all(|step| !step.applied));
        let done = deploy(&store).await.unwrap();
        assert!(done.len() >= 7, "{done:?}");
        assert_eq!(deploy(&store).await.unwrap(), []);
        let steps = status(&store).await.unwrap();
        assert!(steps.iter().all(|step| step.applied && step.applied_at.is_some()));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_edited_a_lost_and_a_late_file_are_refused_with_what_to_do() {
    on_both(async |place| {
        let store = place.open().await;
        assert_eq!(run(&store, &files(place, &[FIRST, SECOND])).await, Ok(2));
        let edited = files(place, &[(FIRST.0, "CREATE TABLE notes (id integer NOT NULL);\n"), SECOND]);
        let lost = files(place, &[FIRST]);
        let late = files(place, &[FIRST, ("20260101120000_come_late", "SELECT 1;"), SECOND]);
        for (files, state, words) in [
            (edited, State::Edited, "20260101000000_create_notes was changed after it was applied; restore"),
            (lost, State::Unknown, "the database has 20260102000000_add_title"),
            (late, State::Late, "20260101120000_come_late is older than"),
        ] {
            let trouble = run(&store, &files).await.unwrap_err();
            assert!(trouble.starts_with(words), "{trouble}");
            assert!(states(&store, &files).await.contains(&state));
        }
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_failing_migration_leaves_nothing_of_all_that_was_pending() {
    on_both(async |place| {
        let store = place.open().await;
        let trouble = run(&store, &files(place, &[FIRST, SECOND, BROKEN])).await.unwrap_err();
        assert!(trouble.starts_with("20260103000000_break_things failed"), "{trouble}");
        assert!(trouble.contains("nothing was changed"), "{trouble}");
        assert_eq!(trouble.contains("at line 3"), place.is_postgres(), "{trouble}");
        assert!(store.by_hand("SELECT id FROM notes").await.is_err(), "a table was left");
        let mended = files(place, &[FIRST, SECOND, (BROKEN.0, "CREATE TABLE more (id integer);")]);
        assert_eq!(run(&store, &mended).await, Ok(3));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn of_many_starters_at_once_one_applies_and_the_others_wait() {
    on_both(async |place| {
        let mut starters = Vec::new();
        for _ in 0..6 {
            let url = place.url.clone();
            starters.push(tokio::spawn(async move {
                let store = Store::open(&url).await.unwrap();
                let done = deploy(&store).await.unwrap().len();
                store.close().await;
                done
            }));
        }
        let mut counts = Vec::new();
        for starter in starters {
            counts.push(starter.await.unwrap());
        }
        let store = place.open().await;
        let all = status(&store).await.unwrap().len();
        counts.sort_unstable();
        assert_eq!(counts, [0, 0, 0, 0, 0, all]);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_row_that_would_lose_its_parent_stops_a_migration() {
    let place = Place::sqlite();
    let store = place.open().await;
    let parents = "CREATE TABLE parents (id integer PRIMARY KEY);
        CREATE TABLE children (id integer PRIMARY KEY, parent integer REFERENCES parents (id) ON DELETE CASCADE);
        INSERT INTO parents VALUES (1); INSERT INTO children VALUES (7, 1);";
    let rebuild = "CREATE TABLE new_parents (id integer PRIMARY KEY, name text);
        INSERT INTO new_parents (id) SELECT id FROM parents;
        DROP TABLE parents;
        ALTER TABLE new_parents RENAME TO parents;";
    let first = ("20260101000000_create_parents", parents);
    let second = ("20260102000000_rebuild_parents", rebuild);
    assert_eq!(run(&store, &files(&place, &[first, second])).await, Ok(2));
    assert_eq!(store.by_hand("UPDATE children SET id = 8").await.unwrap(), 1, "the children are still there");
    let third = ("20260103000000_lose_parents", "-- changes: parents\nDELETE FROM parents;");
    let trouble = run(&store, &files(&place, &[first, second, third])).await.unwrap_err();
    assert!(trouble.contains("row 8 of children would point to a row of parents"), "{trouble}");
    let refused = store.by_hand("INSERT INTO children VALUES (9, 99)").await;
    assert!(refused.is_err(), "foreign keys hold again after a migration");
    store.close().await;
}

#[tokio::test]
async fn a_migration_outside_a_transaction_is_told_apart_when_it_does_not_end() {
    let Some(place) = Place::postgres().await else { return };
    let store = place.open().await;
    let index = "-- no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY notes_id_key ON notes (id);";
    let second = ("20260102000000_index_notes", index);
    let rows = ("20260101120000_write_notes", "INSERT INTO notes VALUES (1), (1);");
    let all = files(&place, &[FIRST, rows, second]);
    let trouble = run(&store, &all).await.unwrap_err();
    assert!(trouble.starts_with("20260102000000_index_notes failed at line 2"), "{trouble}");
    assert_eq!(states(&store, &all).await, [State::Applied, State::Applied, State::Unfinished]);
    assert!(run(&store, &all).await.unwrap_err().contains("migrate resolve"));

    store.by_hand("DROP INDEX notes_id_key").await.unwrap();
    store.by_hand("DELETE FROM notes").await.unwrap();
    resolve_rolled_back(&store, &all, second.0).await.unwrap();
    assert_eq!(run(&store, &all).await, Ok(1));
    store.close().await;
}

#[tokio::test]
async fn the_history_can_be_mended_but_not_bent() {
    on_both(async |place| {
        let store = place.open().await;
        let both = files(place, &[FIRST, SECOND]);
        store.by_hand("CREATE TABLE notes (id integer NOT NULL)").await.unwrap();
        assert!(resolve_applied(&store, &both, "20260101000000_nothing").await.is_err());
        resolve_applied(&store, &both, FIRST.0).await.unwrap();
        assert_eq!(run(&store, &both).await, Ok(1));
        for name in [FIRST.0, SECOND.0] {
            let again = resolve_applied(&store, &both, name).await.unwrap_err().to_string();
            assert!(again.ends_with("is applied already"), "{again}");
            let bent = resolve_rolled_back(&store, &both, name).await.unwrap_err().to_string();
            assert!(bent.contains("undone by a new migration"), "{bent}");
        }
        let fewer = files(place, &[FIRST]);
        resolve_rolled_back(&store, &fewer, SECOND.0).await.unwrap();
        assert_eq!(run(&store, &fewer).await, Ok(0));
        store.close().await;
    })
    .await;
}
