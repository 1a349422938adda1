//! Empty databases of both kinds and folders of small migrations.

use medrecord_store::migrate::Files;
use medrecord_store::url::DatabaseUrl;
use medrecord_store::{Store, server};
use medrecord_testkit::postgres;
use std::sync::atomic::{AtomicU64, Ordering};

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// A place for a database, with nothing in it.
pub(crate) struct Place {
    pub(crate) url: DatabaseUrl,
    pub(crate) folder: tempfile::TempDir,
    database: Option<String>,
}

impl Place {
    /// An SQLite file that is not there yet.
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { url: DatabaseUrl::file(folder.path().join("clinic.db")), folder, database: None }
    }

    /// An empty PostgreSQL database; `None` where no server can be had.
    pub(crate) async fn postgres() -> Option<Self> {
        let admin: DatabaseUrl = postgres::server()?.admin_url.parse().unwrap();
        let name = format!("migrate_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
        let url = server::create(&admin, &name, None).await.unwrap();
        Some(Self { url, folder: tempfile::tempdir().unwrap(), database: Some(name) })
    }

    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.url).await.unwrap()
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.database.is_some()
    }

    async fn end(self) {
        if let (Some(name), Some(server)) = (self.database, postgres::server()) {
            server::drop(&server.admin_url.parse().unwrap(), &name).await.unwrap();
        }
    }
}

/// Runs a test on an empty SQLite database and on an empty PostgreSQL one.
pub(crate) async fn on_both<F: AsyncFn(&Place)>(test: F) {
    let place = Place::sqlite();
    test(&place).await;
    place.end().await;
    if let Some(place) = Place::postgres().await {
        test(&place).await;
        place.end().await;
    }
}

/// Migrations of a test's own: name and SQL, the same for both databases.
pub(crate) fn files(place: &Place, texts: &[(&str, &str)]) -> Files {
    let folder = place.folder.path().join("migrations");
    drop(std::fs::remove_dir_all(&folder));
    for dialect in ["postgres", "sqlite"] {
        std::fs::create_dir_all(folder.join(dialect)).unwrap();
        for (name, sql) in texts {
            std::fs::write(folder.join(dialect).join(format!("{name}.sql")), sql).unwrap();
        }
    }
    Files::read(&folder).unwrap()
}
