//! What the clinic's words are called: the name of the text for each value of a list.

use super::Key;
use medrecord_clinic::allergy::AllergySeverity;
use medrecord_clinic::appointment::AppointmentStatus;
use medrecord_clinic::patient::Sex;
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
        for each in Role::ALL {
            assert_eq!(Text::ENGLISH.say(role(each)), each.as_str());
        }
    }
}
