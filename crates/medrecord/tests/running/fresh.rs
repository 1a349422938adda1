//! A PostgreSQL database for one test.

use medrecord_store::server;
use std::sync::atomic::{AtomicU64, Ordering};

/// Tells the databases of one test program apart.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// A database on the test's server that goes with the test.
pub(crate) struct Fresh {
    pub(crate) url: String,
    name: String,
    admin: String,
}

impl Fresh {
    pub(crate) fn make(admin: &str) -> Self {
        let name = format!("browser_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
        let parsed = admin.parse().expect("a sound address");
        block_on(server::create(&parsed, &name, None)).expect("a fresh database");
        let (before, after) = admin.rsplit_once("/postgres").expect("the address of the database postgres");
        Self { url: format!("{before}/{name}{after}"), name, admin: admin.to_owned() }
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        let parsed = self.admin.parse().expect("a sound address");
        let _dropped = block_on(server::drop(&parsed, &self.name));
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(work)
}
