//! The pages as people see them, through the router, on both databases: one file a noun, one program for all.

mod scribe;
mod sign_in;
mod support;
mod visits;
mod vitals;
