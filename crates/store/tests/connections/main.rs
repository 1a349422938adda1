//! The way to the database: TLS, time limits, a server that goes away and comes back, a pooler, a schema a practice.

#![cfg(test)]

mod limits;
mod pooler;
mod replica;
mod restart;
mod schemas;
mod tls;

use medrecord_store::url::DatabaseUrl;
use medrecord_store::{Actor, Refusal, Store, Via, patients};
use medrecord_testkit::clinic::jane_doe_details;

fn url(text: &str) -> DatabaseUrl {
    text.parse().unwrap()
}

async fn open(text: &str) -> Store {
    Store::open(&url(text)).await.unwrap()
}

/// Registers one more Jane Doe, an invented patient.
async fn register(store: &Store) -> Result<(), Refusal> {
    let mut desk = store.write_desk(machine()).await?;
    patients::register_anyway(&mut desk, &jane_doe_details()).await?;
    desk.close().await
}

async fn how_many(store: &Store) -> Result<i64, Refusal> {
    let mut desk = store.read_desk(machine()).await?;
    patients::count(&mut desk).await
}

fn machine() -> Actor {
    Actor::machine("test", Via::Command)
}
