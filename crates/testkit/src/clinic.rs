//! A practice for a test: a database of its own, a clock that stands still, and one person of each role.
//!
//! All people here are invented.

#![expect(clippy::expect_used, reason = "a test that cannot be set up must fail at once")]

use crate::postgres;
use medrecord_clinic::contact::Email;
use medrecord_clinic::patient::{PatientDetails, PatientForm};
use medrecord_clinic::provider::Role;
use medrecord_clinic::time::{Day, Instant};
use medrecord_store::providers::{self, NewProvider};
use medrecord_store::url::DatabaseUrl;
use medrecord_store::{Actor, Chance, Clock, Desk, Store, Via, migrate, passwords, server};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::OnceCell;

/// A practice with a database of its own.
pub struct Clinic {
    /// The open database.
    pub store: Store,
    /// The clock that the store asks; it stands at Sunday, 22 November 2026, 09:00 UTC until it is moved.
    pub clock: Clock,
    /// Ada Admin.
    pub admin: Actor,
    /// Dora Doctor.
    pub doctor: Actor,
    /// Stan Staff.
    pub staff: Actor,
    folder: tempfile::TempDir,
    database: Option<String>,
}

/// The password of everybody in a test.
pub const PASSWORD: &str = "a sentence only tests know";
static NUMBER: AtomicU64 = AtomicU64::new(0);
static PASSWORD_HASH: OnceCell<String> = OnceCell::const_new();
static SQLITE_TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();
static POSTGRES_TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// Runs a test on a fresh SQLite database and on a fresh PostgreSQL one.
///
/// Without a PostgreSQL server the second half is left out, which the suite says aloud.
pub async fn on_both<F: AsyncFn(&Clinic)>(test: F) {
    let clinic = Clinic::on_sqlite().await;
    test(&clinic).await;
    clinic.end().await;
    if let Some(clinic) = Clinic::on_postgres().await {
        test(&clinic).await;
        clinic.end().await;
    }
}

impl Clinic {
    /// A practice on a fresh SQLite file.
    pub async fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("clinic.db");
        let bytes = SQLITE_TEMPLATE.get_or_init(sqlite_template).await;
        std::fs::write(&file, bytes).expect("the template can be copied");
        Self::open(&DatabaseUrl::file(file), folder, None).await
    }

    /// A practice on a fresh PostgreSQL database; `None` where no server can be had.
    pub async fn on_postgres() -> Option<Self> {
        let admin: DatabaseUrl =
            postgres::server()?.admin_url.parse().expect("the server's address is sound");
        let template = POSTGRES_TEMPLATE.get_or_init(|| postgres_template(&admin)).await;
        let name = fresh_name("clinic");
        let url = server::create(&admin, &name, Some(template)).await.expect("a fresh database");
        let folder = tempfile::tempdir().expect("a temporary folder");
        Some(Self::open(&url, folder, Some(name)).await)
    }

    /// A practice on an empty database of the test's own.
    pub async fn on_server(url: &DatabaseUrl) -> Self {
        let store = Store::open(url).await.expect("the database opens");
        migrate::deploy(&store).await.expect("the migrations apply");
        store.close().await;
        Self::open(url, tempfile::tempdir().expect("a temporary folder"), None).await
    }

    async fn open(url: &DatabaseUrl, folder: tempfile::TempDir, database: Option<String>) -> Self {
        let clock = Clock::fixed(start());
        let store =
            Store::open_with(url, clock.clone(), Chance::counted(1)).await.expect("the database opens");
        let mut people = Vec::new();
        for (first, last, role) in [
            ("Ada", "Admin", Role::Admin),
            ("Dora", "Doctor", Role::Provider),
            ("Stan", "Staff", Role::Staff),
        ] {
            people.push(hire(&store, first, last, role).await);
        }
        let [admin, doctor, staff] = people.try_into().expect("three people");
        Self { store, clock, admin, doctor, staff, folder, database }
    }

    /// A folder of the test's own, gone afterwards.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The name of the PostgreSQL database; on SQLite there is none, and the file is `clinic.db` in [`Self::folder`].
    pub fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }

    /// A desk that reads and writes, for one of the three people.
    pub async fn desk(&self, actor: &Actor) -> Desk {
        self.store.write_desk(actor.clone()).await.expect("a desk")
    }

    /// A desk that only reads.
    pub async fn reading_desk(&self, actor: &Actor) -> Desk {
        self.store.read_desk(actor.clone()).await.expect("a desk")
    }

    /// The practice's day on the standing clock, which is UTC's.
    pub fn today(&self) -> Day {
        medrecord_clinic::time::Zone::UTC.day_of(self.clock.now())
    }

    /// Closes the database and drops it.
    pub async fn end(self) {
        self.store.close().await;
        if let (Some(name), Some(server)) = (self.database, postgres::server()) {
            let admin: DatabaseUrl = server.admin_url.parse().expect("the server's address is sound");
            server::drop(&admin, &name).await.expect("the database is dropped");
        }
    }
}

/// When every test begins.
pub fn start() -> Instant {
    "2026-11-22T09:00:00Z".parse().expect("a sound instant")
}

/// The registration form of Jane Doe, the mission document's invented sample patient.
pub fn jane_doe() -> PatientForm {
    PatientForm {
        first_name: "Jane".to_owned(),
        last_name: "Doe".to_owned(),
        date_of_birth: "1985-03-15".to_owned(),
        sex: "female".to_owned(),
        phone: "+1-555-0100".to_owned(),
        email: "jane.doe@example.com".to_owned(),
        emergency_contact_name: "John Doe".to_owned(),
        emergency_contact_phone: "+1-555-0101".to_owned(),
        emergency_contact_relationship: "Spouse".to_owned(),
        ..PatientForm::default()
    }
}

/// Jane Doe's details, read.
pub fn jane_doe_details() -> PatientDetails {
    jane_doe().parse(Day::of(2026, 11, 22).expect("a day")).expect("a sound form")
}

async fn hire(store: &Store, first: &str, last: &str, role: Role) -> Actor {
    let email = format!("{}@example.com", first.to_lowercase());
    let new = NewProvider {
        email: Email::parse("email", &email).expect("a sound address"),
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        specialty: None,
        license_number: None,
        role,
    };
    let hash = PASSWORD_HASH.get_or_init(async || passwords::hash(PASSWORD).await.expect("a hash")).await;
    let mut desk = store.write_desk(Actor::machine("testkit", Via::Command)).await.expect("a desk");
    let id = providers::add(&mut desk, &new, hash).await.expect("a new provider");
    desk.close().await.expect("kept");
    Actor::provider(id, format!("{first} {last}"), role, Via::Page)
}

async fn sqlite_template() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("template.db");
    let store = Store::open(&DatabaseUrl::file(&file)).await.expect("the template opens");
    migrate::deploy(&store).await.expect("the migrations apply");
    store.close().await;
    std::fs::read(&file).expect("the template is there")
}

async fn postgres_template(admin: &DatabaseUrl) -> String {
    let name = fresh_name("template");
    let url = server::create(admin, &name, None).await.expect("a template database");
    let store = Store::open(&url).await.expect("the template opens");
    migrate::deploy(&store).await.expect("the migrations apply");
    store.close().await;
    name
}

/// A database name that no other test process uses.
fn fresh_name(kind: &str) -> String {
    format!("{kind}_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst))
}
