//! What things are: the words and rules of the clinic.
//!
//! No input or output, no SQL, no HTTP and no clock of its own: everything here is a value or a pure function
//! that a test calls with plain values. The words are those of the data model: Provider, Patient, Allergy,
//! `ChronicCondition`, Appointment, `MedicalRecord`, Symptom, Prescription, `VitalSigns`. The crate `store`
//! keeps them, `web` shows them.

pub mod access;
pub mod addendum;
pub mod allergy;
pub mod appointment;
pub mod attachment;
pub mod blocked_time;
pub mod condition;
pub mod consultation;
pub mod contact;
pub mod draft_style;
pub mod duplicate;
pub mod field;
pub mod growth;
pub mod ids;
pub mod language;
pub mod letter;
pub mod medical_record;
pub mod medication;
pub mod merge;
pub mod note_template;
pub mod patient;
pub mod phrase;
pub mod practice;
pub mod prescription;
pub mod provider;
pub mod quality;
pub mod search;
pub mod symptom;
pub mod time;
pub mod visit_type;
pub mod vitals;
pub mod waiting_list;
