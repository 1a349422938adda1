//! What people and machines see: pages and JSON over HTTP.
