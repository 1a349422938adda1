//! TLS in the server itself, so that a practice needs no proxy: browsers give the microphone to secure pages alone.
//!
//! [`Held`] keeps the certificate and takes up a new one while the server runs, [`TlsListener`] speaks TLS to whoever
//! connects, [`authority`] makes certificates that the practice's own machines trust.

pub mod authority;
mod files;
mod listener;
mod redirect;

pub use files::{Held, TlsError, keep_current};
pub use listener::TlsListener;
pub use redirect::redirect;
