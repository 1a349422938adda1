//! Each address of the site as a function; templates and redirects use these.

use medrecord_clinic::ids::{
    AppointmentId, BlockedTimeId, LetterId, MergeId, PatientId, ProviderId, RecordingId, WaitingId,
};
use medrecord_clinic::time::{Day, Instant};
use uuid::Uuid;

/// The day board.
pub(crate) const DAY: &str = "/";

/// The practice's settings.
pub(crate) const SETTINGS: &str = "/settings";

/// The day board of a day, of one provider or of all.
pub(crate) fn day(day: Day, provider: Option<ProviderId>) -> String {
    day_page(day, provider, None)
}

/// One page of the day board, where the day has very many visits.
pub(crate) fn day_page(day: Day, provider: Option<ProviderId>, page: Option<i64>) -> String {
    let page = page.map(|page| page.to_string());
    with_query("/", &[("on", Some(day.iso())), ("provider", text(provider)), ("page", page)])
}

/// Where a booking is posted.
pub(crate) const BOOK: &str = "/appointments";

/// The booking form, filled in as far as it is known.
pub(crate) fn book(patient: Option<PatientId>, day: Option<Day>, provider: Option<ProviderId>) -> String {
    let (patient, provider) = (text(patient), text(provider));
    let query = [("patient", patient), ("date", day.map(Day::iso)), ("provider", provider)];
    with_query("/appointments/new", &query)
}

/// The form to take in whoever came without an appointment.
pub(crate) fn walk_in(patient: Option<PatientId>) -> String {
    with_query("/walk-in", &[("patient", text(patient))])
}

fn text(id: Option<impl std::fmt::Display>) -> Option<String> {
    id.map(|id| id.to_string())
}

fn with_query(path: &str, pairs: &[(&str, Option<String>)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Where to sign in, and where to go on to afterwards.
pub(crate) fn sign_in(next: &str) -> String {
    leading_to("/sign-in", next)
}

/// The page that asks for the second factor, and leads on to an address.
pub(crate) fn sign_in_code(next: &str) -> String {
    leading_to("/sign-in/code", next)
}

/// The page that asks for the password again, and leads on to an address.
pub(crate) fn locked(next: &str) -> String {
    leading_to("/locked", next)
}

fn leading_to(page: &str, next: &str) -> String {
    if next == "/" || !is_local(next) {
        return page.to_owned();
    }
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("{page}?{query}")
}

/// Whether an address stays on this server, so that a link cannot send people elsewhere after signing in.
pub(crate) fn is_local(address: &str) -> bool {
    address.starts_with('/') && !address.starts_with("//") && !address.contains(['\\', '\n', '\r'])
}

/// The list of patients.
pub(crate) const PATIENTS: &str = "/patients";

/// The work list of people who look alike.
pub(crate) const DUPLICATES: &str = "/duplicates";

/// Two charts side by side, the one that is kept first.
pub(crate) fn compare(kept: PatientId, other: PatientId) -> String {
    format!("/duplicates/compare?kept={kept}&other={other}")
}

/// Where a merge is taken back.
pub(crate) fn undo_merge(merge: MergeId) -> String {
    format!("/merges/{merge}/undo")
}

/// The registration form.
pub(crate) const REGISTER: &str = "/patients/new";

/// Where people on file who look like the one being typed are shown.
pub(crate) const LOOK_ALIKES: &str = "/patients/look-alikes";

/// What was found for some words, from the patient after `after` on.
pub(crate) fn found(words: &str, after: Option<PatientId>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("q", words);
    if let Some(after) = after {
        query.append_pair("after", &after.to_string());
    }
    format!("/search?{}", query.finish())
}

/// The list of patients from the one after `after` on.
pub(crate) fn patients_after(after: PatientId) -> String {
    format!("/patients?after={after}")
}

/// Where a patient's details are edited.
pub(crate) fn edit_patient(patient: PatientId) -> String {
    format!("/patients/{patient}/edit")
}

/// A list of a patient's chart: `allergies`, `conditions`, `medications` or `documents`.
pub(crate) fn chart_list(patient: PatientId, list: &str) -> String {
    format!("/patients/{patient}/{list}")
}

/// One line of such a list.
pub(crate) fn chart_item(list: &str, id: impl std::fmt::Display) -> String {
    format!("/{list}/{id}")
}

/// The chart with the visits before one.
pub(crate) fn older_visits(patient: PatientId, before: AppointmentId) -> String {
    format!("/patients/{patient}?before={before}#visits")
}

/// A patient's chart.
pub(crate) fn chart(patient: PatientId) -> String {
    format!("/patients/{patient}")
}

/// A patient's growth charts.
pub(crate) fn growth(patient: PatientId) -> String {
    format!("/patients/{patient}/growth")
}

/// An appointment.
pub(crate) fn appointment(appointment: AppointmentId) -> String {
    format!("/appointments/{appointment}")
}

/// Where a patient is checked in with a word about phone, address and consent.
pub(crate) fn check_in(appointment: AppointmentId) -> String {
    format!("/appointments/{appointment}/check-in")
}

/// The calendar of a day or, as `week`, of its week.
pub(crate) fn calendar(day: Day, provider: Option<ProviderId>, view: Option<&str>) -> String {
    let view = view.map(str::to_owned);
    with_query("/calendar", &[("on", Some(day.iso())), ("provider", text(provider)), ("view", view)])
}

/// The month that a day belongs to.
pub(crate) fn month(day: Day, provider: Option<ProviderId>) -> String {
    with_query("/month", &[("on", Some(day.iso())), ("provider", text(provider))])
}

/// Leave, meetings, breaks and closed days.
pub(crate) const BLOCKED_TIMES: &str = "/blocked-times";

/// Where a blocked time is taken back.
pub(crate) fn unblock(blocked: BlockedTimeId) -> String {
    format!("/blocked-times/{blocked}/remove")
}

/// The waiting list.
pub(crate) const WAITING_LIST: &str = "/waiting-list";

/// The waiting list for one provider or for all, from a place on.
pub(crate) fn waiting_list(provider: Option<ProviderId>, after: Option<String>) -> String {
    with_query(WAITING_LIST, &[("provider", text(provider)), ("after", after)])
}

/// The form that puts a patient on the waiting list, because of a booked visit where one is named.
pub(crate) fn wait(patient: PatientId, visit: Option<AppointmentId>) -> String {
    with_query("/waiting-list/new", &[("patient", text(Some(patient))), ("appointment", text(visit))])
}

/// An entry of the waiting list.
pub(crate) fn waiting(waiting: WaitingId) -> String {
    format!("/waiting-list/{waiting}")
}

/// Those whom a freed time suits.
pub(crate) fn suited(provider: ProviderId, from: Instant, until: Instant) -> String {
    let (from, until) = (Some(from.to_string()), Some(until.to_string()));
    with_query("/waiting-list/freed", &[("provider", text(Some(provider))), ("from", from), ("until", until)])
}

/// The booking form for somebody on the waiting list, at a time where one is chosen; `path` books anew or moves a visit,
/// `entry` is the entry with the version that was looked at.
pub(crate) fn book_from_list(path: &str, pairs: &[(&str, Option<String>)], entry: &str) -> String {
    and(&with_query(path, pairs), "waiting", entry)
}

/// Where a move in the calendar is posted.
pub(crate) fn shift(appointment: AppointmentId) -> String {
    format!("/appointments/{appointment}/move")
}

/// Where the visits of a row are planned and booked.
pub(crate) const SERIES: &str = "/appointments/series";

/// Where this visit and the later ones of its row are cancelled.
pub(crate) fn cancel_rest(appointment: AppointmentId) -> String {
    format!("/appointments/{appointment}/cancel-rest")
}

/// The booking form at a time of the calendar.
pub(crate) fn book_at(day: Day, clock: &str, provider: ProviderId) -> String {
    let (time, provider) = (Some(clock.to_owned()), text(Some(provider)));
    with_query("/appointments/new", &[("date", Some(day.iso())), ("time", time), ("provider", provider)])
}

/// An address with one more pair in its query.
pub(crate) fn and(address: &str, name: &str, value: &str) -> String {
    let pair: String = form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}{pair}")
}

/// The week that a day belongs to.
pub(crate) fn week(day: Day, provider: Option<ProviderId>) -> String {
    with_query("/week", &[("on", Some(day.iso())), ("provider", text(provider))])
}

/// The day as a list on paper.
pub(crate) fn day_list(day: Day, provider: Option<ProviderId>) -> String {
    with_query("/day-list", &[("on", Some(day.iso())), ("provider", text(provider))])
}

/// Where the steps of an appointment are posted.
pub(crate) fn step(appointment: AppointmentId) -> String {
    format!("/appointments/{appointment}/step")
}

/// Where an appointment is moved or changed.
pub(crate) fn edit_appointment(appointment: AppointmentId) -> String {
    format!("/appointments/{appointment}/edit")
}

/// Vital signs of an appointment.
pub(crate) fn rooming(appointment: AppointmentId) -> String {
    format!("/appointments/{appointment}/vitals")
}

/// The visit: the record of an appointment.
pub(crate) fn visit(appointment: AppointmentId) -> String {
    format!("/visits/{appointment}")
}

/// A letter that was kept.
pub(crate) fn letter(letter: LetterId) -> String {
    format!("/letters/{letter}")
}

/// The audit trail, all of it or what concerns one patient or one person, at `path`: the page or the file.
pub(crate) fn audit(path: &str, patient: Option<PatientId>, actor: Option<ProviderId>) -> String {
    with_query(path, &[("patient", text(patient)), ("actor", text(actor))])
}

/// The audit trail before an event.
pub(crate) fn audit_before(
    patient: Option<PatientId>,
    actor: Option<ProviderId>,
    (before, id): (Instant, Uuid),
) -> String {
    let rest = [("before", Some(before.to_string())), ("id", Some(id.to_string()))];
    let [patient, actor] = [("patient", text(patient)), ("actor", text(actor))];
    let [before, id] = rest;
    with_query("/audit", &[patient, actor, before, id])
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
