//! The pages, a folder a noun: its handlers and its templates side by side.

pub(crate) mod account;
pub(crate) mod appointments;
pub(crate) mod audit;
pub(crate) mod calendar;
pub(crate) mod chart;
pub(crate) mod database;
pub(crate) mod day;
pub(crate) mod downtime;
pub(crate) mod duplicates;
pub(crate) mod export;
pub(crate) mod growth;
pub(crate) mod health;
pub(crate) mod keeping;
pub(crate) mod letters;
pub(crate) mod patients;
pub(crate) mod people;
pub(crate) mod practice;
pub(crate) mod prints;
pub(crate) mod scribe;
pub(crate) mod search;
pub(crate) mod setup;
pub(crate) mod sign_in;
pub(crate) mod unsigned;
pub(crate) mod visits;
pub(crate) mod vitals;
pub(crate) mod waiting_list;
