//! One row of the day board in words: who, when, how it stands, and what can be done next.

use crate::shell::PatientLine;
use crate::text::{Text, words};
use crate::urls;
use medrecord_clinic::appointment::{Appointment, AppointmentStatus};
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::provider::Provider;
use medrecord_clinic::time::{Day, Instant, Zone};
use medrecord_store::appointments::{AllergyState, BoardPatient, BoardRow, RecordState};
use std::borrow::Cow;

/// After how many minutes a wait is marked as long; this project's own figure.
pub(super) const LONG_WAIT: i64 = 20;

/// One row of the board.
pub(super) struct Row {
    pub(super) time: String,
    pub(super) length: String,
    pub(super) patient: PatientLine,
    pub(super) sex: String,
    pub(super) phone: String,
    /// Phone and address to read out before checking in.
    pub(super) contact: Option<String>,
    pub(super) preferred: Option<String>,
    pub(super) allergies: Allergies,
    pub(super) kind: Cow<'static, str>,
    pub(super) reason: Option<String>,
    pub(super) provider: String,
    pub(super) status: &'static str,
    pub(super) status_reason: Option<String>,
    pub(super) wait: Option<Wait>,
    pub(super) late: Option<String>,
    pub(super) in_spite: Option<String>,
    pub(super) is_walk_in: bool,
    pub(super) has_vitals: bool,
    pub(super) record: &'static str,
    pub(super) steps: Steps,
    /// Whether the line that marks the present stands above this row.
    pub(super) follows_now: bool,
    /// Shortcuts to the chart and to the vital signs: of whoever is next alone.
    pub(super) keys: Keys,
}

/// The shortcuts of a row; empty on most.
#[derive(Default)]
pub(super) struct Keys {
    pub(super) chart: String,
    pub(super) vitals: &'static str,
}

/// How long somebody has waited.
pub(super) struct Wait {
    /// The arrival for the ticking clock; none once it no longer ticks.
    pub(super) since: Option<String>,
    pub(super) words: String,
    pub(super) is_long: bool,
}

/// The allergy mark of a row.
pub(super) enum Allergies {
    Listed(String),
    NoneKnown,
    NotAsked,
}

/// What can be done with a visit from the board.
#[expect(clippy::struct_excessive_bools, reason = "each is one button of the row")]
pub(super) struct Steps {
    pub(super) action: String,
    pub(super) version: i32,
    pub(super) details: String,
    pub(super) rooming: String,
    pub(super) visit: String,
    pub(super) check_in: String,
    pub(super) can_check_in: bool,
    pub(super) can_room: bool,
    pub(super) can_start: bool,
    pub(super) can_complete: bool,
    pub(super) can_open: bool,
    pub(super) can_go_back: bool,
}

/// Who looks at the board, and when.
pub(super) struct Viewer {
    pub(super) text: Text,
    pub(super) zone: Zone,
    pub(super) now: Instant,
    pub(super) today: Day,
    pub(super) day: Day,
    pub(super) may_write: bool,
    /// How many visits of the day come before those shown.
    pub(super) skipped: i64,
}

impl Viewer {
    /// The rows, with the present marked on today's board.
    pub(super) fn rows<'a>(
        &self,
        shown: impl IntoIterator<Item = &'a BoardRow> + Clone,
        people: &[Provider],
    ) -> Vec<Row> {
        let next = shown.clone().into_iter().position(|row| row.appointment.appointment_date > self.now);
        // At the top of a later page everything is yet to come, and the present is on a page before.
        let next = next.filter(|at| self.day == self.today && (*at > 0 || self.skipped == 0));
        let mut rows: Vec<Row> = shown.into_iter().map(|row| self.row(row, people)).collect();
        if let Some(row) = next.and_then(|at| rows.get_mut(at)) {
            row.follows_now = true;
        }
        give_keys(&mut rows);
        rows
    }

    fn row(&self, row: &BoardRow, people: &[Provider]) -> Row {
        let a = &row.appointment;
        Row {
            time: self.zone.clock(a.appointment_date),
            length: format!("{} min", a.duration_minutes),
            patient: line(&row.patient, urls::chart(row.patient.id), (self.today, self.text)),
            sex: self.text.say(words::sex(row.patient.sex)).to_lowercase(),
            phone: row.patient.phone.clone(),
            contact: (self.due(a) && self.day == self.today).then(|| contact(&row.patient, self.text)),
            preferred: row.patient.preferred_name.clone(),
            allergies: match row.allergies {
                AllergyState::Listed(count) => {
                    Allergies::Listed(self.text.with("count", count).say("day-allergies"))
                }
                AllergyState::NoneKnown => Allergies::NoneKnown,
                AllergyState::NotRecorded => Allergies::NotAsked,
            },
            kind: self.text.say(words::kind(a.appointment_type)),
            reason: a.reason_for_visit.clone(),
            provider: name_of(a.provider_id, people),
            status: a.status.as_str(),
            status_reason: a.status_reason.clone(),
            wait: self.wait(a),
            late: a.late(self.now).map(minutes).filter(|_| self.day == self.today),
            in_spite: a.double_booking_reason.clone().filter(|_| !a.is_walk_in()),
            is_walk_in: a.is_walk_in(),
            has_vitals: row.has_vitals,
            record: match row.record {
                RecordState::None => "",
                RecordState::Draft => "draft",
                RecordState::Signed => "signed",
            },
            steps: self.steps(row),
            follows_now: false,
            keys: Keys::default(),
        }
    }

    /// Whether the patient can be checked in.
    fn due(&self, appointment: &Appointment) -> bool {
        let day = self.zone.day_of(appointment.appointment_date);
        day <= self.today && appointment.status == AppointmentStatus::Scheduled
    }

    fn wait(&self, appointment: &Appointment) -> Option<Wait> {
        let waited = appointment.waited(self.now)?;
        let waiting = appointment.status == AppointmentStatus::CheckedIn;
        let since = appointment.checked_in_at.filter(|_| waiting);
        Some(Wait {
            since: since.map(|at| at.to_string()),
            words: minutes(waited),
            is_long: waiting && waited >= LONG_WAIT,
        })
    }

    fn steps(&self, row: &BoardRow) -> Steps {
        let a = &row.appointment;
        let begun = matches!(a.status, AppointmentStatus::InProgress | AppointmentStatus::Completed);
        let signed = row.record == RecordState::Signed;
        Steps {
            action: urls::step(a.id),
            version: a.version,
            details: urls::appointment(a.id),
            rooming: urls::rooming(a.id),
            visit: urls::visit(a.id),
            check_in: urls::check_in(a.id),
            can_check_in: self.due(a),
            can_room: matches!(a.status, AppointmentStatus::CheckedIn | AppointmentStatus::InProgress),
            can_start: self.may_write && a.status == AppointmentStatus::CheckedIn,
            can_complete: a.status == AppointmentStatus::InProgress,
            can_open: begun || row.record != RecordState::None,
            can_go_back: a.may_go_back(self.now, self.zone) && !signed,
        }
    }
}

/// Alt+O opens the chart of whoever waits, else of whoever is seen, else of the next who is due; Alt+V takes the vital
/// signs of the first who has none.
fn give_keys(rows: &mut [Row]) {
    let standing =
        [AppointmentStatus::CheckedIn, AppointmentStatus::InProgress, AppointmentStatus::Scheduled];
    let up = standing.iter().find_map(|status| rows.iter().position(|row| row.status == status.as_str()));
    if let Some(row) = up.and_then(|at| rows.get_mut(at)) {
        "alt+o".clone_into(&mut row.keys.chart);
    }
    if let Some(row) = rows.iter_mut().find(|row| row.steps.can_room && !row.has_vitals) {
        row.keys.vitals = "alt+v";
    }
}

/// A patient in a row, with two identifiers.
pub(super) fn line(patient: &BoardPatient, href: String, (today, text): (Day, Text)) -> PatientLine {
    PatientLine {
        href,
        surname: patient.last_name.clone(),
        given: patient.first_name.clone(),
        born: text.day(patient.date_of_birth),
        age: text.age(patient.date_of_birth, today),
        number: patient.record_number.clone(),
    }
}

/// Phone and address on one line.
fn contact(patient: &BoardPatient, text: Text) -> String {
    let none = text.say("day-no-address");
    let address = patient.address.as_deref().unwrap_or(&none);
    let lines = address.lines().map(str::trim).filter(|line| !line.is_empty());
    std::iter::once(patient.phone.as_str()).chain(lines).collect::<Vec<_>>().join(" · ")
}

fn name_of(id: ProviderId, people: &[Provider]) -> String {
    people.iter().find(|person| person.id == id).map(Provider::full_name).unwrap_or_default()
}

/// Minutes as people say them: `34 min`, `1 h 05 min`; the script on the page writes the same.
pub(super) fn minutes(count: i64) -> String {
    if count < 60 { format!("{count} min") } else { format!("{} h {:02}", count / 60, count % 60) }
}
