//! What people and machines see: pages and JSON over HTTP.
//!
//! A request meets, in order: [`headers`] (security headers), the gate of its route ([`gate`]: who is it, does the
//! route's policy let them in, is it no forgery), a handler in [`pages`] or [`api`] that opens a desk, calls one use case of
//! `store` and closes the desk; a refusal becomes an answer in [`error`] alone. No SQL here and no rule.

mod api;
pub mod app;
pub mod assets;
pub mod backups;
mod banner;
mod calendar_feed;
pub mod chart;
mod desk;
mod documents;
pub mod downtime;
mod drafting;
pub mod ears;
mod error;
mod forgetting;
pub mod form;
mod gate;
mod headers;
mod kept;
mod live;
mod outage;
mod page;
mod pages;
mod paper;
mod playing;
mod policy;
mod recording;
mod redrafting;
mod routes;
mod serve;
pub mod shell;
mod sounds;
mod studio;
pub mod text;
pub mod tls;
mod urls;
mod visitor;
mod waiting;
mod worker;

pub use app::{App, Settings};
pub use axum::serve::Listener;
pub use routes::{listing, router};
pub use serve::{hear, serve, serve_studio};
pub use studio::router as studio_router;
