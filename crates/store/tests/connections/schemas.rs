//! Two practices on one server, each in its own schema, never see each other.

use super::{how_many, open, register, url};
use medrecord_store::{Store, migrate, server};
use medrecord_testkit::postgres;

struct Shared {
    admin: String,
    name: String,
}

impl Shared {
    async fn new(name: &str) -> Option<Self> {
        let admin = postgres::server()?.admin_url;
        let name = format!("{name}_{}", std::process::id());
        server::create(&url(&admin), &name, None).await.unwrap();
        Some(Self { admin, name })
    }

    fn address(&self, schema: &str) -> String {
        let (before, _) = self.admin.rsplit_once('/').unwrap();
        format!("{before}/{}?schema={schema}", self.name)
    }

    async fn practice(&self, schema: &str) -> Store {
        open(&self.address(schema)).await
    }

    async fn end(self) {
        server::drop(&url(&self.admin), &self.name).await.unwrap();
    }
}

#[tokio::test]
async fn two_practices_on_one_server_never_see_each_other() {
    let Some(shared) = Shared::new("two_practices").await else { return };
    let (north, south) = (shared.practice("north").await, shared.practice("south").await);
    let (one, other) = tokio::join!(migrate::deploy(&north), migrate::deploy(&south));
    assert_eq!(one.unwrap(), other.unwrap());
    register(&north).await.unwrap();
    register(&north).await.unwrap();
    register(&south).await.unwrap();
    assert_eq!((how_many(&north).await.unwrap(), how_many(&south).await.unwrap()), (2, 1));

    // The end of one is not felt by the other: neither rows nor indexes nor the extensions go with it.
    north.by_hand("DROP SCHEMA north CASCADE").await.unwrap();
    register(&south).await.unwrap();
    assert_eq!(how_many(&south).await.unwrap(), 2);
    assert!(how_many(&north).await.is_err());
    let index = "SELECT 'south.patients_search_name_trgm_idx'::regclass";
    south.by_hand(index).await.unwrap();
    north.close().await;
    south.close().await;
    shared.end().await;
}

#[tokio::test]
async fn a_practice_without_tables_does_not_fall_back_on_those_of_another() {
    let Some(shared) = Shared::new("fall_back").await else { return };
    let public = shared.practice("public").await;
    migrate::deploy(&public).await.unwrap();
    register(&public).await.unwrap();
    let new = shared.practice("West_2").await;
    assert!(migrate::status(&new).await.unwrap().iter().all(|step| !step.applied));
    assert!(how_many(&new).await.is_err());
    migrate::deploy(&new).await.unwrap();
    assert_eq!((how_many(&new).await.unwrap(), how_many(&public).await.unwrap()), (0, 1));
    public.close().await;
    new.close().await;
    shared.end().await;
}

/// The same rules, triggers, constraints and indexes as in `public`, for whoever compares the two.
#[tokio::test]
async fn a_signed_record_is_locked_in_every_schema() {
    let Some(shared) = Shared::new("locked").await else { return };
    let store = shared.practice("east").await;
    migrate::deploy(&store).await.unwrap();
    // Nothing at all may have landed in public but what the extensions brought.
    let stray = "DO $$ BEGIN IF EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public') THEN
        RAISE 'a table lies in public'; END IF; END $$";
    store.by_hand(stray).await.unwrap();
    let trigger = "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_trigger
        WHERE tgname = 'medical_records_signed' AND tgrelid = 'east.medical_records'::regclass) THEN
        RAISE 'no lock'; END IF; END $$";
    store.by_hand(trigger).await.unwrap();
    let moved = "UPDATE audit_events SET lane = 1";
    register(&store).await.unwrap();
    assert!(store.by_hand(moved).await.unwrap_err().violates("audit_events_append_only"));
    store.close().await;
    shared.end().await;
}
