//! Refusals that only programs meet.

use crate::error::Fault;
use axum::http::StatusCode;
use medrecord_clinic::ids::AppointmentId;

/// The body is no JSON, or not the shape that every body has.
pub(super) fn malformed(words: &str) -> Fault {
    Fault::new(StatusCode::BAD_REQUEST, "malformed", "Not readable", words)
}

/// The body is of another kind.
pub(super) fn not_json() -> Fault {
    let words = "Send the body as JSON, with Content-Type: application/json.";
    Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", "Not JSON", words)
}

/// An edit that does not say what it saw (RFC 6585, section 3).
pub(super) fn no_condition() -> Fault {
    let words = "Send If-Match with the ETag of what you edit, so that nobody's change is lost.";
    Fault::new(StatusCode::PRECONDITION_REQUIRED, "no_condition", "Say what you saw", words)
}

/// An entity tag that is none of ours.
pub(super) fn no_version() -> Fault {
    malformed("If-Match holds one ETag as it was given, such as \"3\" with its quotation marks.")
}

/// A key that is none.
pub(super) fn no_key() -> Fault {
    malformed("Idempotency-Key holds 1 to 255 plain characters.")
}

/// The key came with another request before.
pub(super) fn other_request() -> Fault {
    let words = "This Idempotency-Key was used for another request in the last 24 hours. Use a new one.";
    Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "key_reused", "Another request", words)
}

/// A password that is not the provider's.
pub(super) fn wrong_password() -> medrecord_clinic::field::Problems {
    let words = "This is not the password of the account that the token belongs to.";
    medrecord_clinic::field::Problems::one("password", "wrong", words)
}

/// Too many wrong passwords in a row.
pub(super) fn too_many_tries(retry_after_secs: u64) -> Fault {
    let words = format!("Too many wrong passwords. The next try counts in {retry_after_secs} seconds.");
    Fault::new(StatusCode::TOO_MANY_REQUESTS, "throttled", "Too many tries", words)
        .with("retryAfterSeconds", retry_after_secs.into())
}

/// A visit whose patient was not asked about recording, or did not agree.
pub(super) fn no_consent(visit: AppointmentId) -> Fault {
    let words = format!(
        "This visit may be recorded only with the patient's consent. Ask, then send {{\"decision\": \"granted\"}} to \
         /api/v1/appointments/{visit}/consent."
    );
    Fault::new(StatusCode::CONFLICT, "no_consent", "No consent", words)
}

/// A body that is no sound.
pub(super) fn no_sound() -> Fault {
    let words = "Send the recording itself as the body, with its Content-Type such as audio/wav.";
    Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "no_sound", "No sound", words)
}
