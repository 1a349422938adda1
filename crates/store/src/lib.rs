//! What is kept: the only crate that knows the database.
