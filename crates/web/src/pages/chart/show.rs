//! The chart itself.

use super::timeline::{Line, line};
use super::trends::{Last, Titled, drawings, last_values};
use super::{head, id};
use crate::app::App;
use crate::desk::LookingUp;
use crate::error::Fault;
use crate::page::{Fragment, page, see_other_saying};
use crate::pages::growth;
use crate::pages::letters::{Item as Letter, item};
use crate::shell::{Banner, Shell};
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use medrecord_clinic::access::Action;
use medrecord_clinic::allergy::Allergy;
use medrecord_clinic::appointment::AppointmentStatus;
use medrecord_clinic::attachment::Attachment;
use medrecord_clinic::condition::ChronicCondition;
use medrecord_clinic::ids::{AppointmentId, PatientId};
use medrecord_clinic::medication::Medication;
use medrecord_clinic::patient::Patient;
use medrecord_clinic::time::{Day, Zone};
use medrecord_store::chart::{self, Consent, NEWEST, Visit};
use medrecord_store::{Desk, Refusal, attachments, letters, merges};
use serde::Deserialize;

/// How many letters the chart lists; those before are with their visits.
const LETTERS: i64 = 50;

/// Which part of the visits is asked for.
#[derive(Deserialize)]
pub(crate) struct Part {
    #[serde(default)]
    before: String,
}

/// A line of one of the chart's lists.
struct Item {
    href: String,
    name: String,
    detail: String,
    since: String,
    is_severe: bool,
}

/// A document in the list.
struct Document {
    href: String,
    error_href: String,
    name: String,
    detail: String,
    version: i32,
}

#[expect(clippy::struct_excessive_bools, reason = "each shows or hides one button of the template")]
#[derive(Template)]
#[template(path = "pages/chart/chart.html")]
struct ChartPage {
    shell: Shell,
    banner: Banner,
    id: PatientId,
    edit: String,
    may_write: bool,
    may_edit: bool,
    allergies: Vec<Item>,
    past_allergies: Vec<Item>,
    may_assert_none: bool,
    may_withdraw_none: bool,
    problems: Vec<Item>,
    past_problems: Vec<Item>,
    medications: Vec<Item>,
    /// Where they are renewed: the visit that is going on.
    renew: Option<String>,
    past_medications: Vec<Item>,
    last: Vec<Last>,
    drawings: Vec<Titled>,
    /// Where the growth charts are, for a patient under 20, and the newest percentiles.
    growth: Option<(String, String)>,
    documents: Vec<Document>,
    letters: Vec<Letter>,
    consent: &'static str,
    consent_on: String,
    facts: Vec<(&'static str, String)>,
    visits: Visits,
}

/// The visits that are shown, and the way to those before.
struct Visits {
    lines: Vec<Line>,
    older: Option<String>,
    newest: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/chart/visits.html")]
struct VisitsPart {
    shell: Shell,
    visits: Visits,
}

/// Shows a patient's chart with the newest visits, or those before one.
pub(crate) async fn show(
    visitor: Visitor,
    State(app): State<App>,
    Path(patient): Path<String>,
    Query(part): Query<Part>,
    fragment: Fragment,
    LookingUp(mut desk): LookingUp,
) -> Result<Response, Fault> {
    let patient: PatientId = id(&patient, "patient")?;
    if let Some(survivor) = merges::survivor(&mut desk, patient).await? {
        desk.close().await?;
        let words = "The chart that you asked for was merged into this one.";
        return Ok(see_other_saying(&urls::chart(survivor), "warn", words));
    }
    let before: Option<AppointmentId> = part.before.parse().ok();
    if fragment.is("visits") {
        let visits = visits_of(&mut desk, patient, before, visitor.zone()).await?;
        desk.close().await?;
        return page(&VisitsPart { shell: visitor.shell(), visits });
    }
    let overview = chart::overview(&mut desk, patient).await?;
    let banner = head(&mut desk, &visitor, patient).await?;
    let documents = attachments::list(&mut desk, patient).await?;
    let kept = letters::page(&mut desk, patient, None, LETTERS).await?;
    let older = match before {
        Some(_) => Some(visits_of(&mut desk, patient, before, visitor.zone()).await?),
        None => None,
    };
    desk.close().await?;
    let chart = chart_page(&visitor, visitor.today(&app), banner, (overview, documents), older);
    page(&ChartPage { letters: kept.iter().map(item).collect(), ..chart })
}

async fn visits_of(
    desk: &mut Desk,
    patient: PatientId,
    before: Option<AppointmentId>,
    zone: Zone,
) -> Result<Visits, Refusal> {
    let visits = match before {
        Some(before) => chart::older(desk, patient, before, u32::try_from(NEWEST).unwrap_or(20)).await?,
        None => chart::overview(desk, patient).await?.visits,
    };
    let newest = before.map(|_| format!("{}#visits", urls::chart(patient)));
    Ok(shown(patient, &visits, newest, zone))
}

/// A full part may have older visits behind it; an empty one says so.
fn shown(patient: PatientId, visits: &[Visit], newest: Option<String>, zone: Zone) -> Visits {
    let last = visits.last().filter(|_| visits.len() >= NEWEST);
    Visits {
        lines: visits.iter().map(|visit| line(visit, zone)).collect(),
        older: last.map(|visit| urls::older_visits(patient, visit.id)),
        newest,
    }
}

fn chart_page(
    visitor: &Visitor,
    today: Day,
    banner: Banner,
    (overview, documents): (chart::Overview, Vec<Attachment>),
    older: Option<Visits>,
) -> ChartPage {
    let zone = visitor.zone();
    let may_write = visitor.may(Action::WriteChart);
    let patient = &overview.patient;
    let (allergies, past_allergies): (Vec<_>, Vec<_>) =
        overview.allergies.iter().partition(|allergy| allergy.is_active());
    let (problems, past_problems): (Vec<_>, Vec<_>) =
        overview.chronic_conditions.iter().partition(|condition| condition.is_current());
    let (medications, past_medications): (Vec<_>, Vec<_>) =
        overview.medications.iter().partition(|medication| medication.is_active());
    let (consent, consent_on) = consent(overview.recording_consent.as_ref(), zone);
    let asserted = patient.no_known_allergies_at.is_some();
    ChartPage {
        shell: visitor.shell(),
        id: patient.id,
        edit: urls::edit_patient(patient.id),
        may_write,
        may_edit: visitor.may(Action::WritePatients),
        may_assert_none: may_write && allergies.is_empty() && !asserted,
        may_withdraw_none: may_write && asserted,
        allergies: allergies.into_iter().map(allergy).collect(),
        past_allergies: past_allergies.into_iter().map(allergy).collect(),
        problems: problems.into_iter().map(problem).collect(),
        past_problems: past_problems.into_iter().map(problem).collect(),
        renew: open_visit(&overview.visits)
            .filter(|_| visitor.may(Action::WriteRecord) && !medications.is_empty()),
        medications: medications.into_iter().map(medication).collect(),
        past_medications: past_medications.into_iter().map(medication).collect(),
        last: last_values(&overview.visits, zone, today),
        drawings: drawings(&overview.visits, zone),
        growth: growing(patient, &overview.visits, zone, today),
        documents: documents
            .into_iter()
            .filter(|document| document.entered_in_error_at.is_none())
            .map(|document| in_list(document, zone))
            .collect(),
        letters: Vec::new(),
        consent,
        consent_on,
        facts: facts(patient),
        visits: older.unwrap_or_else(|| shown(patient.id, &overview.visits, None, zone)),
        banner,
    }
}

/// The way to the growth charts, for a patient who still grows; what is measured is at hand already.
fn growing(patient: &Patient, visits: &[Visit], zone: Zone, today: Day) -> Option<(String, String)> {
    let (born, sex) = (patient.date_of_birth, patient.sex);
    (born.age_on(today) < growth::GROWN)
        .then(|| (urls::growth(patient.id), growth::in_a_line(visits, born, sex, zone)))
}

/// The part of the visit page where medications are renewed, of the newest visit that goes on and is not signed.
fn open_visit(visits: &[Visit]) -> Option<String> {
    let open = visits.iter().find(|visit| {
        let draft = visit.medical_record.as_ref().is_none_or(|record| record.is_draft);
        draft && visit.status == AppointmentStatus::InProgress
    });
    open.map(|visit| format!("{}#renew", urls::visit(visit.id)))
}

fn since(day: Option<Day>) -> String {
    day.map(|day| format!("since {day}")).unwrap_or_default()
}

fn joined(parts: impl IntoIterator<Item = Option<String>>) -> String {
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn allergy(allergy: &Allergy) -> Item {
    let severity = allergy.severity.map(|severity| severity.in_words().to_owned());
    let status = (!allergy.is_active()).then(|| allergy.status.in_words().to_owned());
    Item {
        href: urls::chart_item("allergies", allergy.id),
        name: allergy.allergen.clone(),
        detail: joined([allergy.reaction.clone(), severity, status, allergy.status_reason.clone()]),
        since: since(allergy.onset_date),
        is_severe: allergy.is_active() && allergy.is_severe(),
    }
}

fn problem(condition: &ChronicCondition) -> Item {
    let status = condition.status.clone().filter(|status| status != "active");
    let ended = condition.ended_on.map(|day| format!("until {day}"));
    let status = status.map(|status| status.replace('_', " "));
    Item {
        href: urls::chart_item("conditions", condition.id),
        name: condition.condition_name.clone(),
        detail: joined([status, ended, condition.status_reason.clone(), condition.notes.clone()]),
        since: since(condition.diagnosis_date),
        is_severe: false,
    }
}

fn medication(medication: &Medication) -> Item {
    let stopped = medication.stopped_on.map(|day| format!("stopped {day}"));
    let told = medication.instructions.clone().filter(|_| medication.is_active());
    let purpose = medication.indication.as_ref().map(|indication| format!("for {indication}"));
    Item {
        href: urls::chart_item("medications", medication.id),
        name: medication.medication_name.clone(),
        detail: joined([Some(medication.how()), purpose, stopped, medication.stop_reason.clone(), told]),
        since: since(medication.started_on),
        is_severe: false,
    }
}

fn in_list(document: Attachment, zone: Zone) -> Document {
    let href = urls::chart_item("documents", document.id);
    Document {
        error_href: format!("{href}/error"),
        href,
        detail: joined([
            document.description.clone(),
            Some(document.size()),
            Some(format!("added {}", zone.day_of(document.created_at))),
        ]),
        name: document.file_name,
        version: document.version,
    }
}

fn consent(consent: Option<&Consent>, zone: Zone) -> (&'static str, String) {
    let on = consent.map(|consent| zone.day_of(consent.asked_at).to_string()).unwrap_or_default();
    let words = match consent.map(|consent| consent.decision.as_str()) {
        Some("granted") => "Recording visits: agreed",
        Some("refused") => "Recording visits: refused",
        Some("withdrawn") => "Recording visits: withdrawn",
        Some(_) | None => "Recording visits: not asked yet",
    };
    (words, on)
}

fn facts(patient: &Patient) -> Vec<(&'static str, String)> {
    let relationship = patient.emergency_contact_relationship.as_ref();
    let emergency = format!(
        "{}{}, {}",
        patient.emergency_contact_name,
        relationship.map(|who| format!(" ({who})")).unwrap_or_default(),
        patient.emergency_contact_phone
    );
    [
        ("Phone", Some(patient.phone.clone())),
        ("E-mail", patient.email.clone()),
        ("Address", patient.address.clone()),
        ("Language for papers", patient.language.map(|language| language.own_name().to_owned())),
        ("Emergency", Some(emergency)),
    ]
    .into_iter()
    .filter_map(|(label, value)| value.map(|value| (label, value)))
    .collect()
}
