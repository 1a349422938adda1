//! The production mark, and `reset`.

use crate::support::on_both;
use medrecord_store::migrate::{
    Files, Purpose, deploy_files, mark_production, production_since, reset, status,
};

#[tokio::test]
async fn a_production_database_is_never_reset() {
    on_both(async |place| {
        let store = place.open().await;
        let files = Files::built_in();
        deploy_files(&store, &files, Purpose::Production).await.unwrap();
        let since = production_since(&store).await.unwrap().expect("marked");
        mark_production(&store).await.unwrap();
        assert_eq!(production_since(&store).await.unwrap(), Some(since), "a mark is set once");
        let refused = reset(&store, &files).await.unwrap_err().to_string();
        assert!(refused.contains("never reset"), "{refused}");
        for sql in ["DELETE FROM database_marks", "UPDATE database_marks SET mark = 'x'"] {
            let refused = store.by_hand(sql).await.unwrap_err();
            assert!(refused.violates("database_marks_append_only"), "{refused:?}");
        }
        assert!(status(&store).await.unwrap().iter().all(|step| step.applied));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_development_database_that_is_used_in_production_is_marked_then() {
    on_both(async |place| {
        let store = place.open().await;
        let files = Files::built_in();
        deploy_files(&store, &files, Purpose::Development).await.unwrap();
        assert_eq!(production_since(&store).await.unwrap(), None);
        let marked = deploy_files(&store, &files, Purpose::Production).await.unwrap().marked;
        assert!(marked.is_some(), "and says so");
        let again = deploy_files(&store, &files, Purpose::Production).await.unwrap().marked;
        assert_eq!(again, None, "once");
        assert!(production_since(&store).await.unwrap().is_some());
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_reset_makes_everything_anew_whatever_was_there() {
    on_both(async |place| {
        let store = place.open().await;
        let files = Files::built_in();
        deploy_files(&store, &files, Purpose::Development).await.unwrap();
        store.by_hand("CREATE TABLE stray (id integer PRIMARY KEY)").await.unwrap();
        store.by_hand("CREATE VIEW strays AS SELECT id FROM stray").await.unwrap();
        store.by_hand("INSERT INTO audit_lanes (lane, head_hash) VALUES (99, 'x')").await.ok();
        let steps = reset(&store, &files).await.unwrap();
        assert!(steps.iter().all(|step| step.applied));
        assert!(store.by_hand("INSERT INTO stray VALUES (1)").await.is_err(), "the stray table is gone");
        assert_eq!(status(&store).await.unwrap(), steps);
        reset(&store, &files).await.expect("twice is fine");
        store.close().await;
    })
    .await;
}
