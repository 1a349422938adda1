//! The pages as people see them, through the router, on both databases: one file a noun, one program for all.

#![expect(clippy::expect_used, reason = "a test that cannot be set up must fail at once")]

mod api_client;
mod api_document;
mod api_front_desk;
mod api_merges;
mod api_office;
mod api_patients;
mod api_recordings;
mod api_scribe;
mod api_visits;
mod api_waiting_list;
mod appointments;
mod calendar;
mod calendar_feed;
mod chart;
mod database;
mod day;
mod downtime;
mod drafting;
mod duplicates;
mod growth;
mod language;
mod larger_model;
mod letters;
mod live;
mod outage;
mod paper;
mod patients;
mod phrases;
mod practice;
mod renewals;
mod scribe;
mod sealed;
mod second_factor;
mod setup;
mod sign_in;
mod studio;
mod style;
mod support;
mod templates;
mod visit_types;
mod visits;
mod vitals;
mod waiting_list;
