//! Who a page is about: from what the store knows to the banner and the lines that people read.

use crate::shell::{Allergies, AllergyLine, Banner, PatientLine};
use crate::urls;
use medrecord_clinic::allergy::Allergy;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::patient::{Patient, Sex};
use medrecord_clinic::time::{Day, Zone};
use medrecord_store::{Desk, Refusal, chart};

/// The banner of a patient; the look is noted in the audit trail.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub(crate) async fn banner_of(
    desk: &mut Desk,
    patient: PatientId,
    zone: Zone,
    today: Day,
) -> Result<Banner, Refusal> {
    let chart::Banner { patient, allergies, none_known_by } = chart::banner(desk, patient).await?;
    let asked = patient.no_known_allergies_at.map(|at| {
        let by = none_known_by.map(|name| format!("asked by {name}, ")).unwrap_or_default();
        format!("{by}{}", zone.day_of(at))
    });
    let allergies = match asked {
        _ if !allergies.is_empty() => Allergies::Listed(allergies.iter().map(allergy).collect()),
        Some(asked) => Allergies::NoneKnown(asked),
        None => Allergies::NotAsked,
    };
    Ok(Banner {
        href: urls::chart(patient.id),
        surname: patient.last_name.clone(),
        given: patient.first_name.clone(),
        preferred: patient.preferred_name.clone(),
        born: patient.date_of_birth.to_string(),
        age: patient.date_of_birth.age_text(patient.deceased_on.unwrap_or(today)),
        sex: sex(patient.sex).to_owned(),
        number: patient.record_number.clone(),
        phone: Some(patient.phone.clone()),
        marks: patient.deceased_on.map(|day| format!("Deceased {day}")).into_iter().collect(),
        allergies,
    })
}

fn allergy(allergy: &Allergy) -> AllergyLine {
    let severity = allergy.severity.map(|severity| severity.in_words().to_owned());
    let detail: Vec<String> = allergy.reaction.clone().into_iter().chain(severity).collect();
    AllergyLine { allergen: allergy.allergen.clone(), detail: detail.join(", "), severe: allergy.is_severe() }
}

/// A patient in a list, with two identifiers; `href` is where the name leads.
pub(crate) fn line_of(patient: &Patient, href: String, today: Day) -> PatientLine {
    PatientLine {
        href,
        surname: patient.last_name.clone(),
        given: patient.first_name.clone(),
        born: patient.date_of_birth.to_string(),
        age: patient.date_of_birth.age_text(patient.deceased_on.unwrap_or(today)),
        number: patient.record_number.clone(),
    }
}

/// The sex in words for people.
pub(crate) fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "Female",
        Sex::Male => "Male",
        Sex::Other => "Other",
    }
}
