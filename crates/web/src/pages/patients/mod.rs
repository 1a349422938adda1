//! Registers patients and edits who they are; the list is in [`super::search`], the chart in [`super::chart`].

use crate::app::App;
use crate::banner;
use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::form::Form;
use crate::page::{conflict, page, refused, see_other_saying};
use crate::shell::{Banner, PatientLine, Shell};
use crate::text::{Key, Text, words};
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path, State};
use axum::response::Response;
use medrecord_clinic::duplicate::{Identity, Reason, Verdict};
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::language::Language;
use medrecord_clinic::patient::{PatientForm, Sex};
use medrecord_clinic::time::Day;
use medrecord_store::duplicates::{self, Candidate};
use medrecord_store::patients::{self, RegisterError};
use medrecord_store::{Desk, Refusal};
use std::borrow::Cow;

use super::chart::{Difference, differences, head, id};

/// Somebody on file who looks like the person being registered.
struct LookAlike {
    line: PatientLine,
    phone: String,
    is_likely: bool,
    verdict: Cow<'static, str>,
    reasons: String,
}

impl LookAlike {
    fn of(candidate: Candidate, today: Day, text: Text) -> Self {
        let verdict = candidate.likeness.verdict().unwrap_or(Verdict::Possible);
        Self {
            line: banner::line_of(&candidate.patient, urls::chart(candidate.patient.id), today, text),
            phone: candidate.patient.phone,
            is_likely: verdict == Verdict::Likely,
            verdict: text.say(words::verdict(verdict)),
            reasons: reasons(&candidate.likeness.reasons, text),
        }
    }
}

fn reasons(reasons: &[Reason], text: Text) -> String {
    reasons.iter().map(|reason| text.say(words::likeness(*reason))).collect::<Vec<_>>().join(", ")
}

#[derive(Template)]
#[template(path = "pages/patients/form.html")]
struct FormPage {
    shell: Shell,
    banner: Option<Banner>,
    title: Cow<'static, str>,
    sexes: Choices,
    languages: Choices,
    action: String,
    back: String,
    form: Form,
    look_alikes: Vec<LookAlike>,
    /// The registration waits for a person to say that it is somebody else.
    is_stopped: bool,
    differences: Vec<Difference>,
}

#[derive(Template)]
#[template(path = "pages/patients/form.html", block = "look_alikes")]
struct AlikePart {
    shell: Shell,
    look_alikes: Vec<LookAlike>,
    is_stopped: bool,
}

/// What each field is called, beside its errors and where two versions stand side by side.
pub(crate) const LABELS: [(&str, Key); 12] = [
    ("firstName", Key("patient-given")),
    ("lastName", Key("patient-family")),
    ("preferredName", Key("patient-preferred")),
    ("dateOfBirth", Key("patient-birth")),
    ("sex", Key("banner-sex")),
    ("phone", Key("banner-phone")),
    ("email", Key("patient-email")),
    ("address", Key("patient-address")),
    ("language", Key("patient-language")),
    ("emergencyContactName", Key("patient-contact")),
    ("emergencyContactPhone", Key("patient-contact-phone")),
    ("emergencyContactRelationship", Key("patient-contact-relationship")),
];

/// Values of a list, each with what it is called.
type Choices = Vec<(&'static str, Cow<'static, str>)>;

impl FormPage {
    fn register(visitor: &Visitor, form: Form) -> Self {
        let text = visitor.text();
        let languages = Language::ALL.map(|language| (language.as_str(), Cow::Borrowed(language.own_name())));
        Self {
            sexes: Sex::ALL.map(|sex| (sex.as_str(), text.say(words::sex(sex)))).into(),
            languages: std::iter::once(("", text.say("patient-language-open"))).chain(languages).collect(),
            shell: visitor.shell(),
            banner: None,
            title: text.say("patients-register"),
            action: urls::PATIENTS.to_owned(),
            back: urls::PATIENTS.to_owned(),
            form,
            look_alikes: Vec::new(),
            is_stopped: false,
            differences: Vec::new(),
        }
    }

    fn edit(visitor: &Visitor, patient: PatientId, banner: Banner, form: Form) -> Self {
        Self {
            banner: Some(banner),
            title: visitor.text().say("patient-edit"),
            action: urls::edit_patient(patient),
            back: urls::chart(patient),
            ..Self::register(visitor, form)
        }
    }
}

/// Shows the registration form.
pub(crate) async fn form(visitor: Visitor) -> Result<Response, Fault> {
    page(&FormPage::register(&visitor, Form::default()))
}

/// Shows people on file who look like the one being typed.
pub(crate) async fn look_alikes(
    visitor: Visitor,
    State(app): State<App>,
    Reading(mut desk): Reading,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let form: PatientForm = Form::typed(typed).read();
    let found = match Identity::typed(&form) {
        None => Vec::new(),
        Some(identity) => duplicates::candidates(&mut desk, &identity).await?,
    };
    desk.close().await?;
    let today = visitor.today(&app);
    let look_alikes =
        found.into_iter().map(|candidate| LookAlike::of(candidate, today, visitor.text())).collect();
    page(&AlikePart { shell: visitor.shell(), look_alikes, is_stopped: false })
}

/// Registers a patient, unless people on file look alike and nobody has said that it is somebody else.
pub(crate) async fn register(
    visitor: Visitor,
    State(app): State<App>,
    Writing(mut desk): Writing,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let mut form = Form::typed(typed);
    let today = visitor.today(&app);
    let details = match form.read::<PatientForm>().parse(today) {
        Ok(details) => details,
        Err(problems) => {
            form.refuse_all_in(visitor.text(), &problems, &LABELS);
            return refused(&FormPage::register(&visitor, form));
        }
    };
    let registered = if form.holds("somebodyElse", "yes") {
        patients::register_anyway(&mut desk, &details).await.map_err(RegisterError::from)
    } else {
        patients::register(&mut desk, &details).await
    };
    match registered {
        Ok(id) => {
            desk.close().await?;
            Ok(see_other_saying(&urls::chart(id), "ok", &visitor.text().say("patient-registered")))
        }
        Err(RegisterError::Duplicates(found)) => {
            desk.close().await?;
            let look_alikes =
                found.into_iter().map(|candidate| LookAlike::of(candidate, today, visitor.text())).collect();
            conflict(&FormPage { look_alikes, is_stopped: true, ..FormPage::register(&visitor, form) })
        }
        Err(RegisterError::Refused(refusal)) => Err(refusal.into()),
    }
}

/// Shows the form with what is on file.
pub(crate) async fn edit(
    visitor: Visitor,
    Path(patient): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let patient: PatientId = id(&patient, "patient")?;
    let banner = head(&mut desk, &visitor, patient).await?;
    let form = on_file(&mut desk, patient, visitor.text()).await?;
    desk.close().await?;
    page(&FormPage::edit(&visitor, patient, banner, form))
}

async fn on_file(desk: &mut Desk, patient: PatientId, text: Text) -> Result<Form, Refusal> {
    let found = patients::get(desk, patient).await?;
    let mut form = Form::of(&PatientForm::from(&found)).with("version", found.version.to_string());
    form.put("dateOfBirth", text.day(found.date_of_birth));
    Ok(form)
}

/// Saves who the patient is; where somebody else did so meanwhile, shows both.
pub(crate) async fn save(
    visitor: Visitor,
    State(app): State<App>,
    Path(patient): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let patient: PatientId = id(&patient, "patient")?;
    let mut form = Form::typed(typed);
    let seen: i32 = form.value("version").parse().unwrap_or(0);
    let details = match form.read::<PatientForm>().parse(visitor.today(&app)) {
        Ok(details) => details,
        Err(problems) => {
            form.refuse_all_in(visitor.text(), &problems, &LABELS);
            let banner = head(&mut desk, &visitor, patient).await?;
            desk.close().await?;
            return refused(&FormPage::edit(&visitor, patient, banner, form));
        }
    };
    match patients::update(&mut desk, patient, seen, &details).await {
        Ok(_) => {
            desk.close().await?;
            Ok(see_other_saying(&urls::chart(patient), "ok", &visitor.text().say("patient-saved")))
        }
        Err(Refusal::Stale { .. }) => {
            let current = on_file(&mut desk, patient, visitor.text()).await?;
            let banner = head(&mut desk, &visitor, patient).await?;
            desk.close().await?;
            let labels = LABELS.map(|(field, label)| (field, visitor.text().say(label)));
            let differences = differences(labels, &current, &form);
            form.put("version", current.value("version"));
            conflict(&FormPage { differences, ..FormPage::edit(&visitor, patient, banner, form) })
        }
        Err(refusal) => Err(refusal.into()),
    }
}
