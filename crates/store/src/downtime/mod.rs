//! What a practice works with while its machines are down: who comes today and tomorrow, and of each the part of the chart
//! on which safety hangs. `folder.rs` keeps such packets in a folder.
//!
//! Nothing can be brought back from it; it is paper. What it becomes on paper is the web's to say.

use crate::appointments::{self, BoardPatient, BoardRow, Visits};
use crate::audit::{Event, Verb};
use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use crate::{allergies, conditions, medications};
use medrecord_clinic::access::Action;
use medrecord_clinic::allergy::Allergy;
use medrecord_clinic::appointment::AppointmentStatus;
use medrecord_clinic::condition::ChronicCondition;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::medication::Medication;
use medrecord_clinic::time::{Day, Instant, Zone};
use serde_json::json;

mod folder;

pub use folder::{Begun, Kept, begin, newest, prune};

/// Everything on which the practice works on.
#[derive(Debug, Clone)]
pub struct Packet {
    /// How things stood when.
    pub made_at: Instant,
    /// Today and tomorrow with their visits in the order of the clock; cancelled ones are left out.
    pub days: Vec<(Day, Vec<BoardRow>)>,
    /// Whoever comes, by name.
    pub people: Vec<Person>,
}

/// Somebody who comes, with what one must know.
#[derive(Debug, Clone)]
pub struct Person {
    /// Who it is, with two identifiers.
    pub patient: BoardPatient,
    /// Whether allergies were asked for, where none is listed.
    pub asked: appointments::AllergyState,
    /// Allergies that count.
    pub allergies: Vec<Allergy>,
    /// Problems that stand.
    pub problems: Vec<ChronicCondition>,
    /// What the patient takes.
    pub medications: Vec<Medication>,
    /// What was last signed.
    pub last: Option<LastNote>,
}

/// Assessment and plan of the newest signed note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastNote {
    /// When the visit was.
    pub visit_at: Instant,
    /// Who saw the patient.
    pub seen_by: String,
    /// What it is.
    pub diagnosis: Option<String>,
    /// Remarks on that.
    pub diagnosis_notes: Option<String>,
    /// What is done about it.
    pub plan: Option<String>,
    /// When to come again, and when sooner.
    pub follow_up: Option<String>,
}

#[derive(sqlx::FromRow)]
struct NoteRow {
    appointment_date: At,
    first_name: String,
    last_name: String,
    diagnosis: Option<String>,
    diagnosis_notes: Option<String>,
    treatment_plan: Option<String>,
    follow_up_instructions: Option<String>,
}

const LAST_NOTE: &str =
    "SELECT a.appointment_date, s.first_name, s.last_name, r.diagnosis, r.diagnosis_notes, r.treatment_plan,
        r.follow_up_instructions
    FROM appointments AS a
    JOIN medical_records AS r ON r.appointment_id = a.id
    JOIN providers AS s ON s.id = a.provider_id
    WHERE a.patient_id = $1 AND NOT r.is_draft
    ORDER BY a.appointment_date DESC, a.id DESC LIMIT 1";

/// Puts the packet of a day and the next together. The trail notes it, and of each patient on it that the chart was taken
/// out.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn packet(desk: &mut Desk, zone: Zone, today: Day) -> Result<Packet, Refusal> {
    desk.require(Action::ReadChart)?;
    let mut days = Vec::new();
    for day in [today, today.plus_days(1)] {
        let (from, until) = zone.bounds(day);
        let mut rows = appointments::visits(desk, Visits::between(from, until)).await?;
        rows.retain(|row| row.appointment.status != AppointmentStatus::Cancelled);
        days.push((day, rows));
    }
    let mut people: Vec<Person> = Vec::new();
    for row in days.iter().flat_map(|(_, rows)| rows) {
        if !people.iter().any(|known| known.patient.id == row.patient.id) {
            people.push(Person::new(row));
        }
    }
    fill_in(desk, &mut people).await?;
    people.sort_by_cached_key(|person| (person.patient.display_name().to_lowercase(), person.patient.id));
    for person in &people {
        let event = Event::new(Verb::Export, "downtime_packet").of_patient(person.patient.id);
        desk.record(event.with(json!({ "day": today.iso() })));
    }
    let made = Event::new(Verb::Export, "downtime_packet");
    desk.record(made.with(json!({ "day": today.iso(), "patients": people.len() })));
    Ok(Packet { made_at: desk.now(), days, people })
}

impl Person {
    fn new(row: &BoardRow) -> Self {
        Self {
            patient: row.patient.clone(),
            asked: row.allergies,
            allergies: Vec::new(),
            problems: Vec::new(),
            medications: Vec::new(),
            last: None,
        }
    }
}

/// What counts of the charts, and the last signed note of each.
async fn fill_in(desk: &mut Desk, people: &mut [Person]) -> Result<(), Refusal> {
    let ids: Vec<PatientId> = people.iter().map(|person| person.patient.id).collect();
    let allergies = allergies::of_patients(desk, &ids).await?;
    let problems = conditions::of_patients(desk, &ids).await?;
    let medications = medications::of_patients(desk, &ids).await?;
    for person in people {
        let id = person.patient.id;
        let own = allergies.iter().filter(|it| it.patient_id == id && it.is_active());
        person.allergies = own.cloned().collect();
        let own = problems.iter().filter(|it| it.patient_id == id && it.is_current());
        person.problems = own.cloned().collect();
        let own = medications.iter().filter(|it| it.patient_id == id && it.is_active());
        person.medications = own.cloned().collect();
        person.last = last_note(desk, id).await?;
    }
    Ok(())
}

async fn last_note(desk: &mut Desk, patient: PatientId) -> Result<Option<LastNote>, Refusal> {
    let row: Option<NoteRow> =
        on!(desk, conn => sqlx::query_as(LAST_NOTE).bind(Key::of(patient)).fetch_optional(conn).await)?;
    Ok(row.map(|row| LastNote {
        visit_at: row.appointment_date.0,
        seen_by: format!("{} {}", row.first_name, row.last_name),
        diagnosis: row.diagnosis,
        diagnosis_notes: row.diagnosis_notes,
        plan: row.treatment_plan,
        follow_up: row.follow_up_instructions,
    }))
}
