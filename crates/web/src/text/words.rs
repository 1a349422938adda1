//! What the clinic's words are called: the name of the text for each value of a list.

use super::Key;
use medrecord_clinic::allergy::AllergySeverity;
use medrecord_clinic::appointment::{AppointmentStatus, AppointmentType};
use medrecord_clinic::duplicate::{Reason, Verdict};
use medrecord_clinic::medical_record::NoteField;
use medrecord_clinic::patient::Sex;
use medrecord_clinic::prescription::PrescriptionAction;
use medrecord_clinic::provider::Role;

/// What somebody's role is called.
pub(crate) fn role(role: Role) -> Key {
    match role {
        Role::Admin => Key("role-admin"),
        Role::Provider => Key("role-provider"),
        Role::Staff => Key("role-staff"),
    }
}

/// What a sex is called.
pub(crate) fn sex(sex: Sex) -> Key {
    match sex {
        Sex::Female => Key("sex-female"),
        Sex::Male => Key("sex-male"),
        Sex::Other => Key("sex-other"),
    }
}

/// How severe an allergy is.
pub(crate) fn severity(severity: AllergySeverity) -> Key {
    match severity {
        AllergySeverity::Mild => Key("severity-mild"),
        AllergySeverity::Moderate => Key("severity-moderate"),
        AllergySeverity::Severe => Key("severity-severe"),
        AllergySeverity::LifeThreatening => Key("severity-life-threatening"),
    }
}

/// What the status of an appointment is called, given in the schema's spelling; `None` for what is no status.
pub(crate) fn status(status: &str) -> Option<Key> {
    Some(match status.parse().ok()? {
        AppointmentStatus::Scheduled => Key("status-scheduled"),
        AppointmentStatus::CheckedIn => Key("status-checked-in"),
        AppointmentStatus::InProgress => Key("status-in-progress"),
        AppointmentStatus::Completed => Key("status-completed"),
        AppointmentStatus::Cancelled => Key("status-cancelled"),
        AppointmentStatus::NoShow => Key("status-no-show"),
    })
}

/// What a kind of visit is called.
pub(crate) fn kind(kind: AppointmentType) -> Key {
    match kind {
        AppointmentType::NewPatient => Key("kind-new-patient"),
        AppointmentType::FollowUp => Key("kind-follow-up"),
        AppointmentType::RoutineCheckup => Key("kind-routine-checkup"),
        AppointmentType::SickVisit => Key("kind-sick-visit"),
        AppointmentType::Telehealth => Key("kind-telehealth"),
    }
}

/// What happens to a medication.
pub(crate) fn action(action: PrescriptionAction) -> Key {
    match action {
        PrescriptionAction::Start => Key("action-start"),
        PrescriptionAction::Continue => Key("action-continue"),
        PrescriptionAction::Change => Key("action-change"),
        PrescriptionAction::Stop => Key("action-stop"),
    }
}

/// The heading of a section of the note.
pub(crate) fn section(field: NoteField) -> Key {
    match field {
        NoteField::ChiefComplaint => Key("section-chief-complaint"),
        NoteField::HistoryOfPresentIllness => Key("section-history"),
        NoteField::ReviewOfSystems => Key("section-systems"),
        NoteField::PhysicalExamNotes => Key("section-exam"),
        NoteField::Diagnosis => Key("section-diagnosis"),
        NoteField::DiagnosisNotes => Key("section-diagnosis-notes"),
        NoteField::TreatmentPlan => Key("section-plan"),
        NoteField::FollowUpInstructions => Key("section-follow-up"),
        NoteField::PatientEducation => Key("section-education"),
    }
}

/// How sure it is that two people are one.
pub(crate) fn verdict(verdict: Verdict) -> Key {
    match verdict {
        Verdict::Possible => Key("alike-possible"),
        Verdict::Likely => Key("alike-likely"),
    }
}

/// Why two people look like one.
pub(crate) fn likeness(reason: Reason) -> Key {
    match reason {
        Reason::SameName => Key("alike-same-name"),
        Reason::SwappedName => Key("alike-swapped-name"),
        Reason::SimilarName => Key("alike-similar-name"),
        Reason::SameFamilyName => Key("alike-same-family-name"),
        Reason::SameGivenName => Key("alike-same-given-name"),
        Reason::SameBirthDate => Key("alike-same-birth"),
        Reason::SwappedBirthDate => Key("alike-swapped-birth"),
        Reason::BirthDateSlip => Key("alike-birth-slip"),
        Reason::SamePhone => Key("alike-same-phone"),
        Reason::SameEmail => Key("alike-same-email"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;

    #[test]
    fn in_english_pages_call_things_as_files_and_interfaces_do() {
        for each in AppointmentStatus::ALL {
            assert_eq!(Text::ENGLISH.say(status(each.as_str()).unwrap()), each.in_words());
        }
        for each in AllergySeverity::ALL {
            assert_eq!(Text::ENGLISH.say(severity(each)), each.in_words());
        }
        for each in AppointmentType::ALL {
            assert_eq!(Text::ENGLISH.say(kind(each)), each.in_words());
        }
        for each in NoteField::ALL {
            assert_eq!(Text::ENGLISH.say(section(each)), each.label());
        }
        for each in [Verdict::Possible, Verdict::Likely] {
            assert_eq!(Text::ENGLISH.say(verdict(each)), each.in_words());
        }
        for each in Role::ALL {
            assert_eq!(Text::ENGLISH.say(role(each)), each.as_str());
        }
    }
}
