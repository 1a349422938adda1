//! Rooming: all vital signs of a visit on one line, with the last values beside and warnings that do not refuse.

use crate::desk::{Reading as ReadDesk, Writing};
use crate::error::Fault;
use crate::form::Form;
use crate::page::{conflict, page, refused, see_other_saying};
use crate::pages::visits::{Frame, appointment_id};
use crate::shell::Shell;
use crate::text::{Key, Text};
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path};
use axum::response::Response;
use medrecord_clinic::time::Zone;
use medrecord_clinic::vitals::{VitalSigns, VitalsForm, Warning, warnings};
use medrecord_store::{Desk, Refusal, vitals};
use serde::Deserialize;
use std::borrow::Cow;

#[derive(Template)]
#[template(path = "pages/vitals/vitals.html")]
struct VitalsPage {
    shell: Shell,
    frame: Frame,
    form: Form,
    version: i32,
    fields: Vec<Field>,
    bmi: Option<String>,
    warnings: Vec<Warning>,
    /// What somebody else measured meanwhile; with it the form can only be sent knowingly.
    other: Option<Vec<Reading>>,
    locked: bool,
    /// Whether the first box takes the focus: where nothing is taken yet.
    takes_focus: bool,
}

/// One box of the line.
struct Field {
    name: &'static str,
    label: Cow<'static, str>,
    unit: Cow<'static, str>,
    last: String,
}

/// One measurement in words.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) label: Cow<'static, str>,
    pub(crate) value: String,
    pub(crate) unit: Cow<'static, str>,
}

/// What was typed, with the version that was shown.
#[derive(Deserialize)]
pub(crate) struct Line {
    #[serde(default)]
    version: i32,
    #[serde(flatten)]
    form: VitalsForm,
}

/// The pain's unit, which is words and no sign.
const OF_TEN: &str = "of 10";

const BOXES: [(&str, Key, &str); 8] = [
    ("bloodPressure", Key("vital-blood-pressure"), "mmHg"),
    ("heartRate", Key("vital-pulse"), "/min"),
    ("temperature", Key("vital-temperature"), "°C"),
    ("respiratoryRate", Key("vital-breathing"), "/min"),
    ("oxygenSaturation", Key("vital-oxygen"), "%"),
    ("weight", Key("vital-weight"), "kg"),
    // Before the height, which most people have on file.
    ("painLevel", Key("vital-pain"), OF_TEN),
    ("height", Key("vital-height"), "cm"),
];

/// Shows the line, with what was measured so far and the last values.
pub(crate) async fn form(
    visitor: Visitor,
    Path(id): Path<String>,
    ReadDesk(mut desk): ReadDesk,
) -> Result<Response, Fault> {
    let id = appointment_id(&id)?;
    let frame = Frame::load(&mut desk, &visitor, id).await?;
    let taken = vitals::of_appointment(&mut desk, id).await?;
    let last = vitals::last_before(&mut desk, frame.patient.id, id).await?;
    let locked = is_signed(&mut desk, &frame).await?;
    desk.close().await?;
    let typed = taken.as_ref().map(|taken| VitalsForm::from(&taken.measured)).unwrap_or_default();
    let day = visitor.zone().day_of(frame.appointment.appointment_date);
    let born = frame.patient.date_of_birth;
    let warnings =
        taken.as_ref().map(|taken| warnings(&taken.measured, born, day, last.as_ref())).unwrap_or_default();
    page(&VitalsPage {
        shell: visitor.shell(),
        form: shown(&typed),
        version: taken.as_ref().map_or(0, |taken| taken.version),
        fields: fields(last.as_ref(), visitor.zone()),
        bmi: taken.as_ref().and_then(|taken| taken.bmi).map(|bmi| bmi.to_string()),
        warnings,
        other: None,
        takes_focus: taken.is_none() && !locked,
        locked,
        frame,
    })
}

/// Takes the vital signs; an impossible value comes back with 422, somebody else's change with 409.
pub(crate) async fn take(
    visitor: Visitor,
    Path(id): Path<String>,
    Writing(mut desk): Writing,
    Posted(line): Posted<Line>,
) -> Result<Response, Fault> {
    let id = appointment_id(&id)?;
    let details = match line.form.parse() {
        Ok(details) => details,
        Err(problems) => {
            let mut form = shown(&line.form);
            problems.0.iter().for_each(|problem| form.refuse(&problem.field, problem.message.clone()));
            return refused(&again(&mut desk, &visitor, (id, line.version, form)).await?);
        }
    };
    match vitals::take(&mut desk, id, line.version, &details).await {
        Ok(_) => {
            desk.close().await?;
            Ok(see_other_saying(&urls::rooming(id), "ok", "Vital signs saved."))
        }
        Err(Refusal::Stale { current, .. }) => {
            let mut page = again(&mut desk, &visitor, (id, current, shown(&line.form))).await?;
            let other = vitals::of_appointment(&mut desk, id).await?;
            page.other = other.as_ref().map(|other| self::line(other, Text::ENGLISH));
            conflict(&page)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn again(
    desk: &mut Desk,
    visitor: &Visitor,
    (id, version, form): (medrecord_clinic::ids::AppointmentId, i32, Form),
) -> Result<VitalsPage, Fault> {
    let frame = Frame::load(desk, visitor, id).await?;
    let last = vitals::last_before(desk, frame.patient.id, id).await?;
    Ok(VitalsPage {
        shell: visitor.shell(),
        form,
        version,
        fields: fields(last.as_ref(), visitor.zone()),
        bmi: None,
        warnings: Vec::new(),
        other: None,
        takes_focus: false,
        locked: false,
        frame,
    })
}

async fn is_signed(desk: &mut Desk, frame: &Frame) -> Result<bool, Refusal> {
    let record = medrecord_store::medical_records::of_appointment(desk, frame.appointment.id).await?;
    Ok(record.is_some_and(|record| !record.is_draft()))
}

fn shown(typed: &VitalsForm) -> Form {
    values(typed)
        .into_iter()
        .fold(Form::default(), |form, (name, value)| form.with(name, value))
        .with("note", &*typed.note)
}

fn values(form: &VitalsForm) -> [(&'static str, &str); 8] {
    [
        ("bloodPressure", &form.blood_pressure),
        ("heartRate", &form.heart_rate),
        ("temperature", &form.temperature),
        ("respiratoryRate", &form.respiratory_rate),
        ("oxygenSaturation", &form.oxygen_saturation),
        ("weight", &form.weight),
        ("painLevel", &form.pain_level),
        ("height", &form.height),
    ]
}

fn fields(last: Option<&VitalSigns>, zone: Zone) -> Vec<Field> {
    let typed = last.map(|last| VitalsForm::from(&last.measured)).unwrap_or_default();
    let on = last.map(|last| zone.day_of(last.recorded_at).to_string()).unwrap_or_default();
    let before = values(&typed);
    let last_of = |name| {
        let value = before.iter().find(|(field, _)| *field == name).map_or("", |(_, value)| *value);
        if value.is_empty() { "No earlier value".to_owned() } else { format!("{value} on {on}") }
    };
    let field = |(name, label, unit): (_, Key, _)| {
        let (label, unit) = (Text::ENGLISH.say(label), unit_in(unit, Text::ENGLISH));
        Field { name, label, unit, last: last_of(name) }
    };
    BOXES.into_iter().map(field).collect()
}

/// The vital signs of a visit in words, body mass index included; what was not measured is left out.
pub(crate) fn line(taken: &VitalSigns, text: Text) -> Vec<Reading> {
    let typed = VitalsForm::from(&taken.measured);
    let measured = BOXES.into_iter().zip(values(&typed)).filter(|(_, (_, value))| !value.is_empty());
    let mut line: Vec<Reading> = measured
        .map(|((_, label, unit), (_, value))| Reading {
            label: text.say(label),
            value: value.to_owned(),
            unit: unit_in(unit, text),
        })
        .collect();
    line.extend(taken.bmi.map(|bmi| Reading {
        label: text.say("vital-bmi"),
        value: bmi.to_string(),
        unit: Cow::Borrowed("kg/m²"),
    }));
    line
}

fn unit_in(unit: &'static str, text: Text) -> Cow<'static, str> {
    if unit == OF_TEN { text.say("vital-of-ten") } else { Cow::Borrowed(unit) }
}
