//! Who a page is about: from what the store knows to the banner and the lines that people read.

use crate::shell::{Allergies, AllergyLine, Banner, PatientLine};
use crate::text::{Text, words};
use crate::urls;
use medrecord_clinic::allergy::Allergy;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::patient::Patient;
use medrecord_clinic::time::{Day, Zone};
use medrecord_store::{Desk, Refusal, chart};

/// The banner of a patient in a language; the look is noted in the audit trail.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub(crate) async fn banner_of(
    desk: &mut Desk,
    patient: PatientId,
    (zone, today): (Zone, Day),
    text: Text,
) -> Result<Banner, Refusal> {
    let chart::Banner { patient, allergies, none_known_by } = chart::banner(desk, patient).await?;
    let asked = patient.no_known_allergies_at.map(|at| {
        let day = text.day(zone.day_of(at));
        match none_known_by {
            Some(name) => text.with("name", name).with("day", day).say("banner-asked-by"),
            None => day,
        }
    });
    let allergies = match asked {
        _ if !allergies.is_empty() => {
            Allergies::Listed(allergies.iter().map(|one| allergy(one, text)).collect())
        }
        Some(asked) => Allergies::NoneKnown(asked),
        None => Allergies::NotAsked,
    };
    Ok(Banner {
        href: urls::chart(patient.id),
        surname: patient.last_name.clone(),
        given: patient.first_name.clone(),
        preferred: patient.preferred_name.clone(),
        born: text.day(patient.date_of_birth),
        age: text.age(patient.date_of_birth, patient.deceased_on.unwrap_or(today)),
        sex: text.say(words::sex(patient.sex)).into_owned(),
        number: patient.record_number.clone(),
        phone: Some(patient.phone.clone()),
        marks: patient
            .deceased_on
            .map(|day| text.with("day", text.day(day)).say("banner-deceased"))
            .into_iter()
            .collect(),
        allergies,
    })
}

fn allergy(allergy: &Allergy, text: Text) -> AllergyLine {
    let severity = allergy.severity.map(|severity| text.say(words::severity(severity)).into_owned());
    let detail: Vec<String> = allergy.reaction.clone().into_iter().chain(severity).collect();
    AllergyLine { allergen: allergy.allergen.clone(), detail: detail.join(", "), severe: allergy.is_severe() }
}

/// A patient in a list, with two identifiers; `href` is where the name leads.
pub(crate) fn line_of(patient: &Patient, href: String, today: Day, text: Text) -> PatientLine {
    PatientLine {
        href,
        surname: patient.last_name.clone(),
        given: patient.first_name.clone(),
        born: text.day(patient.date_of_birth),
        age: text.age(patient.date_of_birth, patient.deceased_on.unwrap_or(today)),
        number: patient.record_number.clone(),
    }
}
