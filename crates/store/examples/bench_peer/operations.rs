//! The benchmark's operations, each as the product does it: a desk, the permission, the use case, the audit event.

use crate::Failed;
use medrecord_clinic::appointment::{Appointment, AppointmentStatus, AppointmentType};
use medrecord_clinic::ids::{AppointmentId, PatientId, ProviderId};
use medrecord_clinic::medical_record::{Note, RecordDetails};
use medrecord_clinic::prescription::PrescriptionDetails;
use medrecord_clinic::provider::Role;
use medrecord_clinic::search::Query;
use medrecord_clinic::symptom::SymptomDetails;
use medrecord_clinic::time::{Day, Zone};
use medrecord_clinic::vitals::{
    BloodPressure, Celsius, Centimetres, HeartRate, Kilograms, OxygenSaturation, VitalsDetails,
};
use medrecord_store::appointments::{self, AppointmentFilter};
use medrecord_store::{Actor, Desk, Store, Via, chart, medical_records, patients, vitals};
use serde::Deserialize;
use serde_json::{Value, json};

/// What the calls ask for, as the benchmark's own list says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Keys {
    patients: Vec<PatientId>,
    write_patients: Vec<PatientId>,
    prov_days: Vec<(ProviderId, String)>,
    prefixes: Vec<String>,
    fragments: Vec<String>,
    keyset: Keyset,
    deep_offset: u32,
    provider: ProviderId,
}

#[derive(Deserialize)]
struct Keyset {
    id: PatientId,
}

#[derive(Clone, Copy)]
pub(crate) enum Operation {
    Chart,
    Day,
    FirstPage,
    DeepPage,
    NextPage,
    Prefix,
    Fragment,
    Visit,
    Patient,
}

impl Operation {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "O1" | "O1j" => Self::Chart,
            "O2" => Self::Day,
            "O3a" => Self::FirstPage,
            "O3b" => Self::DeepPage,
            "O3c" => Self::NextPage,
            "O4a" => Self::Prefix,
            "O4b" => Self::Fragment,
            "O5" => Self::Visit,
            "O6" => Self::Patient,
            _ => return None,
        })
    }
}

/// The open database, who asks, and what for.
pub(crate) struct Practice {
    store: Store,
    actor: Actor,
    keys: Keys,
    audited: bool,
}

fn at<T>(list: &[T], number: usize) -> Result<&T, Failed> {
    list.get(number % list.len().max(1)).ok_or_else(|| "an empty list of keys".into())
}

impl Practice {
    pub(crate) async fn open(url: &str, keys: Keys, audited: bool) -> Result<Self, Failed> {
        let mut store = Store::open(&url.parse()?).await?;
        if audited {
            // As the server does it; on a disk, as the server's data folder is.
            store = store.with_journal(std::path::Path::new("journal"))?;
        }
        let actor = Actor::provider(keys.provider, "Doc1 Tor1", Role::Provider, Via::Api);
        Ok(Self { store, actor, keys, audited })
    }

    /// Waits until all that was read is in the trail.
    pub(crate) async fn settle(&self) {
        self.store.settle().await;
    }

    /// Ends a look: with its audit events, unless the benchmark is told to leave them out.
    async fn end(&self, desk: Desk) -> Result<(), Failed> {
        if self.audited {
            desk.close().await?;
        }
        Ok(())
    }

    /// One call; ends with the answer's JSON text.
    pub(crate) async fn call(&self, operation: Operation, number: usize) -> Result<String, Failed> {
        match operation {
            Operation::Chart => self.chart(number).await,
            Operation::Day => self.day(number).await,
            Operation::FirstPage => self.list(None).await,
            Operation::NextPage => self.list(Some(self.keys.keyset.id)).await,
            Operation::DeepPage => self.deep_page().await,
            Operation::Prefix => self.search(at(&self.keys.prefixes, number)?).await,
            Operation::Fragment => self.search(at(&self.keys.fragments, number)?).await,
            Operation::Visit => self.visit(number).await,
            Operation::Patient => self.patient(number).await,
        }
    }

    async fn chart(&self, number: usize) -> Result<String, Failed> {
        let mut desk = self.store.read_desk(self.actor.clone()).await?;
        let text = chart::json(&mut desk, *at(&self.keys.patients, number)?).await?;
        self.end(desk).await?;
        Ok(text)
    }

    async fn day(&self, number: usize) -> Result<String, Failed> {
        let (provider, day) = at(&self.keys.prov_days, number)?;
        let day: Day = day.parse().map_err(|_| "a day of the keys cannot be read")?;
        let (from, until) = Zone::UTC.bounds(day);
        let filter = AppointmentFilter {
            from: Some(from),
            until: Some(until),
            provider: Some(*provider),
            limit: 200,
            ..AppointmentFilter::default()
        };
        let mut desk = self.store.read_desk(self.actor.clone()).await?;
        let visits = appointments::list(&mut desk, &filter).await?;
        let ids: Vec<PatientId> = visits.iter().map(|visit| visit.patient_id).collect();
        let people = patients::many(&mut desk, &ids).await?;
        self.end(desk).await?;
        let mut rows = Vec::with_capacity(visits.len());
        for visit in &visits {
            let mut row = serde_json::to_value(visit)?;
            if let Some(p) = people.iter().find(|p| p.id == visit.patient_id) {
                let patient = json!({ "id": p.id, "firstName": p.first_name, "lastName": p.last_name });
                row.as_object_mut().map(|row| row.insert("patient".to_owned(), patient));
            }
            rows.push(row);
        }
        Ok(Value::from(rows).to_string())
    }

    async fn list(&self, after: Option<PatientId>) -> Result<String, Failed> {
        let mut desk = self.store.read_desk(self.actor.clone()).await?;
        let page = patients::list(&mut desk, after, 20).await?;
        self.end(desk).await?;
        Ok(serde_json::to_string(&page.items)?)
    }

    async fn deep_page(&self) -> Result<String, Failed> {
        let mut desk = self.store.read_desk(self.actor.clone()).await?;
        let page = patients::list_page(&mut desk, self.keys.deep_offset / 20 + 1, 20).await?;
        self.end(desk).await?;
        Ok(serde_json::to_string(&page.items)?)
    }

    async fn search(&self, typed: &str) -> Result<String, Failed> {
        let mut desk = self.store.read_desk(self.actor.clone()).await?;
        let page = patients::search(&mut desk, &Query::parse(typed), None, 20).await?;
        self.end(desk).await?;
        Ok(serde_json::to_string(&page.items)?)
    }

    async fn patient(&self, number: usize) -> Result<String, Failed> {
        let mut desk = self.store.read_desk(self.actor.clone()).await?;
        let patient = patients::get(&mut desk, *at(&self.keys.patients, number)?).await?;
        self.end(desk).await?;
        Ok(serde_json::to_string(&patient)?)
    }

    /// A visit with its record, three symptoms, two prescriptions and vital signs, in one transaction.
    async fn visit(&self, number: usize) -> Result<String, Failed> {
        let patient = *at(&self.keys.write_patients, number)?;
        let mut desk = self.store.write_desk(self.actor.clone()).await?;
        let id: AppointmentId = desk.fresh_id()?;
        let begins = "2030-01-01T09:00:00.000Z".parse().map_err(|_| "a sound instant")?;
        let visit = Appointment {
            double_booking_reason: Some("Benchmark".to_owned()),
            ..finished(id, patient, self.keys.provider, begins)
        };
        appointments::keep(&mut desk, &visit).await?;
        let record = medical_records::open(&mut desk, id).await?;
        medical_records::save(&mut desk, record.id, record.version, &written()).await?;
        vitals::take(&mut desk, id, 0, &measured()).await?;
        desk.close().await?;
        Ok(serde_json::to_string(&id)?)
    }
}

fn finished(
    id: AppointmentId,
    patient: PatientId,
    provider: ProviderId,
    at: medrecord_clinic::time::Instant,
) -> Appointment {
    Appointment {
        id,
        patient_id: patient,
        provider_id: provider,
        appointment_date: at,
        ends_at: at.plus_minutes(30),
        appointment_type: AppointmentType::SickVisit,
        reason_for_visit: Some("bench-o5".to_owned()),
        duration_minutes: 30,
        status: AppointmentStatus::Completed,
        status_reason: None,
        double_booking_reason: None,
        checked_in_at: Some(at),
        started_at: Some(at),
        completed_at: Some(at),
        created_at: at,
        updated_at: at,
        version: 1,
    }
}

fn written() -> RecordDetails {
    let symptom = |name: &str, site: Option<&str>, severity, duration: &str| SymptomDetails {
        symptom_name: name.to_owned(),
        body_site: site.map(str::to_owned),
        severity: Some(severity),
        duration: Some(duration.to_owned()),
        ..SymptomDetails::default()
    };
    let medicine = |[name, strength, dosage, frequency, instructions]: [&str; 5], quantity| {
        let text = str::to_owned;
        PrescriptionDetails {
            medication_name: text(name),
            strength: text(strength),
            dosage: text(dosage),
            frequency: text(frequency),
            quantity: Some(quantity),
            instructions: text(instructions),
            ..PrescriptionDetails::default()
        }
    };
    RecordDetails {
        note: Note {
            chief_complaint: Some("Cough".to_owned()),
            history_of_present_illness: Some("Two weeks of dry cough".to_owned()),
            diagnosis: Some("Acute bronchitis".to_owned()),
            treatment_plan: Some("Rest and fluids".to_owned()),
            ..Note::default()
        },
        symptoms: vec![
            symptom("cough", Some("chest"), 5, "2 weeks"),
            symptom("fever", None, 4, "2 days"),
            symptom("fatigue", None, 3, "1 week"),
        ],
        prescriptions: vec![
            medicine(["Amoxicillin", "500mg", "1 capsule", "three times daily", "Take with food"], 21),
            medicine(["Albuterol", "90mcg", "2 puffs", "as needed", "Inhale"], 1),
        ],
    }
}

fn measured() -> VitalsDetails {
    VitalsDetails {
        blood_pressure: Some(BloodPressure { systolic: 120, diastolic: 80 }),
        heart_rate: Some(HeartRate(72)),
        temperature: Some(Celsius(372)),
        oxygen_saturation: Some(OxygenSaturation(98)),
        weight: Some(Kilograms(7050)),
        height: Some(Centimetres(17_500)),
        ..VitalsDetails::default()
    }
}
