//! Takes one patient's whole chart out: every list with what is no longer current, every letter, every visit with its
//! record, vital signs and addenda. One event says so; what is taken out is not noted row by row.

use crate::audit::{Event, Verb};
use crate::column::Key;
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use crate::{
    allergies, appointments, attachments, conditions, letters, medical_records, medications, patients,
    providers, vitals, waiting_list,
};
use medrecord_clinic::access::Action;
use medrecord_clinic::addendum::Addendum;
use medrecord_clinic::allergy::Allergy;
use medrecord_clinic::appointment::Appointment;
use medrecord_clinic::attachment::Attachment;
use medrecord_clinic::condition::ChronicCondition;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::letter::Letter;
use medrecord_clinic::medical_record::MedicalRecord;
use medrecord_clinic::medication::Medication;
use medrecord_clinic::patient::Patient;
use medrecord_clinic::provider::Provider;
use medrecord_clinic::time::Instant;
use medrecord_clinic::vitals::VitalSigns;
use medrecord_clinic::waiting_list::Waiting;
use serde::Serialize;
use serde_json::json;

/// The whole chart of a patient.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WholeChart {
    /// What this is, and in which form; a later form gets another name.
    pub form: &'static str,
    /// When it was taken out.
    pub exported_at: Instant,
    /// By whom.
    pub exported_by: String,
    /// Who it is.
    pub patient: Patient,
    /// Allergies, those that no longer count among them.
    pub allergies: Vec<Allergy>,
    /// The problem list, what is over among it.
    pub chronic_conditions: Vec<ChronicCondition>,
    /// Medications, stopped ones among them.
    pub medications: Vec<Medication>,
    /// Documents by name; the files are downloaded from the chart.
    pub attachments: Vec<Attachment>,
    /// Letters with their words, withdrawn ones among them.
    pub letters: Vec<Letter>,
    /// Visits, the newest first.
    pub visits: Vec<WholeVisit>,
    /// Places on the waiting list, ended ones among them.
    pub waiting_list: Vec<Waiting>,
    /// Everybody who saw the patient, signed, added or wrote something, without their addresses.
    pub providers: Vec<Person>,
}

/// A visit with all that belongs to it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WholeVisit {
    /// When, with whom and why.
    pub appointment: Appointment,
    /// What was written; a draft says that it is one.
    pub medical_record: Option<MedicalRecord>,
    /// What was measured.
    pub vital_signs: Option<VitalSigns>,
    /// What was added after signing.
    pub addenda: Vec<Addendum>,
}

/// Somebody of the practice.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The id by which visits and signatures name the person.
    pub id: medrecord_clinic::ids::ProviderId,
    /// The name.
    pub name: String,
    /// Field of practice.
    pub specialty: Option<String>,
    /// Licence to practise.
    pub license_number: Option<String>,
}

/// In which way a chart is taken out, for the trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A page to read and to print.
    Page,
    /// For programs.
    Json,
}

impl Form {
    fn as_str(self) -> &'static str {
        match self {
            Self::Page => "html",
            Self::Json => "json",
        }
    }
}

const VISITS: &str =
    "SELECT id FROM appointments WHERE patient_id = $1 ORDER BY appointment_date DESC, id DESC";

/// Takes the whole chart out.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn whole(desk: &mut Desk, patient: PatientId, form: Form) -> Result<WholeChart, Refusal> {
    desk.require(Action::ReadChart)?;
    let found = patients::load(desk, patient).await?.ok_or(Refusal::NotFound("patient"))?;
    let ids: Vec<Key> =
        on!(desk, conn => sqlx::query_scalar(VISITS).bind(Key::of(patient)).fetch_all(conn).await)?;
    let mut visits = Vec::new();
    for id in ids {
        let Some(appointment) = appointments::load(desk, id.id()).await? else { continue };
        let record = medical_records::load_of(desk, appointment.id).await?.map(|loaded| loaded.record);
        let addenda = match &record {
            Some(record) => medical_records::addenda(desk, record.id).await?,
            None => Vec::new(),
        };
        let vital_signs = vitals::load(desk, appointment.id).await?;
        visits.push(WholeVisit { appointment, medical_record: record, vital_signs, addenda });
    }
    let people = providers::list(desk).await?;
    let letters = letters::load_all(desk, patient).await?;
    let whole = WholeChart {
        form: "medrecord-chart-1",
        exported_at: desk.now(),
        exported_by: desk.actor().name.clone(),
        patient: found,
        allergies: allergies::load_all(desk, patient).await?,
        chronic_conditions: conditions::list(desk, patient).await?,
        medications: medications::list(desk, patient).await?,
        attachments: attachments::load_all(desk, patient).await?,
        waiting_list: waiting_list::load_all(desk, patient)
            .await?
            .into_iter()
            .map(|one| one.waiting)
            .collect(),
        providers: concerned(people, &visits, &letters),
        letters,
        visits,
    };
    desk.record(
        Event::new(Verb::Export, "chart")
            .about(patient)
            .of_patient(patient)
            .with(json!({ "form": form.as_str(), "visits": whole.visits.len() })),
    );
    Ok(whole)
}

/// Those who saw the patient, signed, added or wrote something.
fn concerned(people: Vec<Provider>, visits: &[WholeVisit], letters: &[Letter]) -> Vec<Person> {
    let wrote = |person: &Provider| letters.iter().any(|letter| letter.kept_by == person.id);
    let concerns = |person: &Provider| {
        wrote(person)
            || visits.iter().any(|visit| {
                visit.appointment.provider_id == person.id
                    || visit
                        .medical_record
                        .as_ref()
                        .and_then(MedicalRecord::signature)
                        .is_some_and(|signature| signature.signed_by == person.id)
                    || visit.addenda.iter().any(|addendum| addendum.author_id == person.id)
            })
    };
    let person = |person: Provider| Person {
        id: person.id,
        name: person.full_name(),
        specialty: person.specialty,
        license_number: person.license_number,
    };
    people.into_iter().filter(concerns).map(person).collect()
}
