//! The downtime packet: the page that says when it was last written and gives a fresh one, and the packet itself.

use crate::app::App;
use crate::desk::LookingUp;
use crate::error::Fault;
use crate::page::page;
use crate::pages::export::{download, medication};
use crate::shell::Shell;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use medrecord_clinic::allergy::Allergy;
use medrecord_clinic::time::Zone;
use medrecord_store::appointments::{AllergyState, BoardPatient, BoardRow};
use medrecord_store::downtime::{self, LastNote, Packet, Person};

#[derive(Template)]
#[template(path = "pages/downtime/downtime.html")]
struct DowntimePage {
    shell: Shell,
    /// What the server does by itself.
    by_itself: String,
}

/// Says what there is, and leads to a fresh packet.
pub(crate) async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, Fault> {
    let by_itself = match app.mornings().and_then(|mornings| Some((mornings.at?, mornings))) {
        None => {
            "The server writes none by itself: whoever runs it can switch that on (MEDRECORD_DOWNTIME_AT)."
                .to_owned()
        }
        Some((at, mornings)) => {
            let folder = mornings.folder.clone();
            let newest = tokio::task::spawn_blocking(move || downtime::newest(&folder)).await;
            let clock = at.format("%H:%M");
            match newest {
                Ok(Ok(Some(kept))) => {
                    format!("The server writes one every morning at {clock}; the newest is of {}.", kept.day)
                }
                Ok(Ok(None)) => format!("The server writes one every morning at {clock}; none is there yet."),
                Ok(Err(_)) | Err(_) => format!(
                    "The server is to write one every morning at {clock}, but its folder cannot be read. Tell whoever runs the system."
                ),
            }
        }
    };
    page(&DowntimePage { shell: visitor.shell(), by_itself })
}

/// A fresh packet, as a file.
pub(crate) async fn packet(
    State(app): State<App>,
    visitor: Visitor,
    LookingUp(mut desk): LookingUp,
) -> Result<Response, Fault> {
    let (zone, today) = (visitor.zone(), visitor.today(&app));
    let packet = downtime::packet(&mut desk, zone, today).await?;
    desk.close().await?;
    let text = written(&packet, &app.face().name, zone, &visitor.actor.name)?;
    Ok(download("text/html; charset=utf-8", &format!("downtime_{}.html", today.iso()), text))
}

/// The packet as one page that needs nothing else.
#[derive(Template)]
#[template(path = "pages/downtime/packet.html")]
struct PacketFile<'a> {
    practice: &'a str,
    made: String,
    days: Vec<(String, Vec<Line>)>,
    people: Vec<Sheet>,
}

/// A visit of the schedule.
struct Line {
    time: String,
    who: Who,
    phone: String,
    visit: String,
    status: &'static str,
}

/// A patient with two identifiers.
struct Who {
    name: String,
    born: String,
    number: String,
}

/// What one must know of a patient.
struct Sheet {
    who: Who,
    phone: String,
    /// How allergies stand where none is listed.
    asked: &'static str,
    allergies: Vec<(String, bool)>,
    problems: Vec<String>,
    medications: Vec<String>,
    last: String,
    note: Vec<(&'static str, Vec<String>)>,
}

/// Puts a packet into words; `by` made it.
pub(crate) fn written(
    packet: &Packet,
    practice: &str,
    zone: Zone,
    by: &str,
) -> Result<String, askama::Error> {
    let day = |(day, rows): &(medrecord_clinic::time::Day, Vec<BoardRow>)| {
        (format!("{} {day}", day.weekday()), rows.iter().map(|row| line(row, zone)).collect())
    };
    let file = PacketFile {
        practice,
        made: format!("As of {}, made by {by}", zone.day_and_clock(packet.made_at)),
        days: packet.days.iter().map(day).collect(),
        people: packet.people.iter().map(|person| sheet(person, zone)).collect(),
    };
    file.render()
}

fn who(patient: &BoardPatient) -> Who {
    Who {
        name: patient.display_name(),
        born: patient.date_of_birth.to_string(),
        number: patient.record_number.clone(),
    }
}

fn line(row: &BoardRow, zone: Zone) -> Line {
    let visit = &row.appointment;
    let kind = visit.appointment_type.in_words();
    Line {
        time: zone.clock(visit.appointment_date),
        who: who(&row.patient),
        phone: row.patient.phone.clone(),
        visit: visit.reason_for_visit.as_ref().map_or(kind.to_owned(), |reason| format!("{kind}: {reason}")),
        status: visit.status.in_words(),
    }
}

fn sheet(person: &Person, zone: Zone) -> Sheet {
    let problem = |it: &medrecord_clinic::condition::ChronicCondition| it.condition_name.clone();
    let told = |it: &medrecord_clinic::medication::Medication| {
        let told = it.instructions.as_ref().map(|text| format!(". {text}")).unwrap_or_default();
        format!("{}{told}", medication(it))
    };
    Sheet {
        who: who(&person.patient),
        phone: person.patient.phone.clone(),
        asked: match person.asked {
            AllergyState::NoneKnown => "No known allergies.",
            AllergyState::NotRecorded => "NOT RECORDED: nobody has asked.",
            AllergyState::Listed(_) => "",
        },
        allergies: person.allergies.iter().map(allergy).collect(),
        problems: person.problems.iter().map(problem).collect(),
        medications: person.medications.iter().map(told).collect(),
        last: person.last.as_ref().map_or_else(
            || "No signed note yet.".to_owned(),
            |last| format!("Visit of {} with {}", zone.day_of(last.visit_at), last.seen_by),
        ),
        note: person.last.as_ref().map(note).unwrap_or_default(),
    }
}

fn allergy(allergy: &Allergy) -> (String, bool) {
    let severity = allergy.severity.map(|severity| severity.in_words().to_owned());
    let more: Vec<String> = allergy.reaction.clone().into_iter().chain(severity).collect();
    let more = if more.is_empty() { String::new() } else { format!(": {}", more.join(", ")) };
    (format!("{}{more}", allergy.allergen), allergy.is_severe())
}

fn note(last: &LastNote) -> Vec<(&'static str, Vec<String>)> {
    let parts = [
        ("Assessment", &last.diagnosis),
        ("Remarks", &last.diagnosis_notes),
        ("Plan", &last.plan),
        ("Follow-up", &last.follow_up),
    ];
    let lines = |text: &String| text.lines().map(str::to_owned).collect();
    parts.into_iter().filter_map(|(name, text)| Some((name, text.as_ref().map(lines)?))).collect()
}
