//! Each address of the site as a function; templates and redirects use these.

use medrecord_clinic::ids::{AppointmentId, PatientId, RecordingId};

/// The day board.
pub(crate) const DAY: &str = "/";

/// Where to sign in, and where to go on to afterwards.
pub(crate) fn sign_in(next: &str) -> String {
    if next == "/" || !is_local(next) {
        return "/sign-in".to_owned();
    }
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("/sign-in?{query}")
}

/// Whether an address stays on this server, so that a link cannot send people elsewhere after signing in.
pub(crate) fn is_local(address: &str) -> bool {
    address.starts_with('/') && !address.starts_with("//") && !address.contains(['\\', '\n', '\r'])
}

/// A patient's chart.
pub(crate) fn chart(patient: PatientId) -> String {
    format!("/patients/{patient}")
}

/// An appointment.
pub(crate) fn appointment(appointment: AppointmentId) -> String {
    format!("/appointments/{appointment}")
}

/// Vital signs of an appointment.
pub(crate) fn rooming(appointment: AppointmentId) -> String {
    format!("/appointments/{appointment}/vitals")
}

/// The visit: the record of an appointment.
pub(crate) fn visit(appointment: AppointmentId) -> String {
    format!("/visits/{appointment}")
}

/// A recording, to listen to.
pub(crate) fn sound(recording: RecordingId) -> String {
    format!("/recordings/{recording}/audio")
}

/// The record of a visit as it would be signed.
pub(crate) fn review(appointment: AppointmentId) -> String {
    format!("/visits/{appointment}/review")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_never_leads_to_another_server() {
        for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example", "evil"] {
            assert_eq!(sign_in(elsewhere), "/sign-in", "{elsewhere}");
        }
        assert_eq!(sign_in("/patients?q=a b"), "/sign-in?next=%2Fpatients%3Fq%3Da+b");
    }
}
