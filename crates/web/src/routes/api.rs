//! The routes of the JSON interface.

use super::Routes;
use crate::documents::download;
use crate::pages::prints;
use crate::policy::Policy::{May, SignedIn};
use crate::recording;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler as _;
use medrecord_clinic::access::Action;

/// The whole interface.
pub(super) fn all(routes: Routes) -> Routes {
    [people, duplicates, documents, visits, waiting, office, notes, sound, scribe]
        .into_iter()
        .fold(routes, |routes, part| part(routes))
}

fn people(routes: Routes) -> Routes {
    use crate::api::{
        allergies, audit_events, conditions, growth, medications, openapi, patients, providers,
    };
    use Action::{ReadAudit, ReadChart, ReadPatients, ReadSchedule, WriteChart, WritePatients};
    routes
        .get("/api/docs", SignedIn, openapi::docs)
        .get("/api/v1/openapi.json", SignedIn, openapi::document)
        .get("/api/v1/providers", May(ReadSchedule), providers::list)
        .get("/api/v1/providers/{id}", May(ReadSchedule), providers::get)
        .get("/api/v1/patients", May(ReadPatients), patients::list)
        .post("/api/v1/patients", May(WritePatients), patients::create)
        .get("/api/v1/patients/{id}", May(ReadPatients), patients::get)
        .patch("/api/v1/patients/{id}", May(WritePatients), patients::update)
        .get("/api/v1/patients/{id}/chart", May(ReadChart), patients::whole_chart)
        .get("/api/v1/patients/{id}/growth", May(ReadChart), growth::get)
        .get("/api/v1/search", May(ReadPatients), patients::search)
        .get("/api/v1/patients/{id}/allergies", May(ReadChart), allergies::list)
        .post("/api/v1/patients/{id}/allergies", May(WriteChart), allergies::create)
        .post("/api/v1/patients/{id}/no-known-allergies", May(WriteChart), allergies::none_known)
        .get("/api/v1/allergies/{id}", May(ReadChart), allergies::get)
        .patch("/api/v1/allergies/{id}", May(WriteChart), allergies::update)
        .post("/api/v1/allergies/{id}/status", May(WriteChart), allergies::change_status)
        .get("/api/v1/patients/{id}/conditions", May(ReadChart), conditions::list)
        .post("/api/v1/patients/{id}/conditions", May(WriteChart), conditions::create)
        .get("/api/v1/conditions/{id}", May(ReadChart), conditions::get)
        .patch("/api/v1/conditions/{id}", May(WriteChart), conditions::update)
        .post("/api/v1/conditions/{id}/status", May(WriteChart), conditions::change_status)
        .get("/api/v1/patients/{id}/medications", May(ReadChart), medications::list)
        .post("/api/v1/patients/{id}/medications", May(WriteChart), medications::create)
        .get("/api/v1/medications/{id}", May(ReadChart), medications::get)
        .patch("/api/v1/medications/{id}", May(WriteChart), medications::update)
        .post("/api/v1/medications/{id}/status", May(WriteChart), medications::change_status)
        .get("/api/v1/audit-events", May(ReadAudit), audit_events::list)
}

fn duplicates(routes: Routes) -> Routes {
    use crate::api::merges;
    use Action::{WriteChart, WritePatients};
    routes
        .get("/api/v1/patients/{id}/duplicates", May(WritePatients), merges::of_patient)
        .post("/api/v1/patients/look-alikes", May(WritePatients), merges::look_alikes)
        .get("/api/v1/duplicates", May(WritePatients), merges::pairs)
        .post("/api/v1/duplicates/apart", May(WritePatients), merges::tell_apart)
        .get("/api/v1/merges", May(WritePatients), merges::list)
        .post("/api/v1/merges", May(WriteChart), merges::merge)
        .post("/api/v1/merges/{id}/undo", May(WriteChart), merges::undo)
}

fn documents(routes: Routes) -> Routes {
    use crate::api::documents;
    use Action::{ReadChart, WriteChart};
    routes
        .get("/api/v1/patients/{id}/documents", May(ReadChart), documents::list)
        .post("/api/v1/patients/{id}/documents", May(WriteChart), documents::create)
        .get("/api/v1/documents/{id}", May(ReadChart), documents::get)
        .get("/api/v1/documents/{id}/file", May(ReadChart), download)
        .post("/api/v1/documents/{id}/error", May(WriteChart), documents::enter_in_error)
}

fn waiting(routes: Routes) -> Routes {
    use crate::api::waiting_list;
    use Action::{ReadSchedule, WriteSchedule};
    routes
        .get("/api/v1/waiting-list", May(ReadSchedule), waiting_list::list)
        .post("/api/v1/waiting-list", May(WriteSchedule), waiting_list::create)
        .get("/api/v1/waiting-list/freed-times", May(ReadSchedule), waiting_list::freed)
        .get("/api/v1/waiting-list/{id}", May(ReadSchedule), waiting_list::get)
        .patch("/api/v1/waiting-list/{id}", May(WriteSchedule), waiting_list::update)
        .post("/api/v1/waiting-list/{id}/booked", May(WriteSchedule), waiting_list::booked)
        .post("/api/v1/waiting-list/{id}/withdraw", May(WriteSchedule), waiting_list::withdraw)
        .post("/api/v1/waiting-list/{id}/undo", May(WriteSchedule), waiting_list::undo)
}

fn office(routes: Routes) -> Routes {
    use crate::api::{blocked_times, letters, practice, visit_types};
    use crate::pages::letters::download;
    use Action::{ReadChart, ReadSchedule, WriteChart, WriteSchedule, WriteSettings};
    routes
        .get("/api/v1/blocked-times", May(ReadSchedule), blocked_times::list)
        .post("/api/v1/blocked-times", May(WriteSchedule), blocked_times::create)
        .delete("/api/v1/blocked-times/{id}", May(WriteSchedule), blocked_times::remove)
        .get("/api/v1/providers/{id}/free-times", May(ReadSchedule), blocked_times::free)
        .get("/api/v1/practice", SignedIn, practice::get)
        .patch("/api/v1/practice", May(WriteSettings), practice::update)
        .get("/api/v1/visit-types", May(ReadSchedule), visit_types::list)
        .patch("/api/v1/visit-types/{kind}", May(WriteSettings), visit_types::update)
        .get("/api/v1/appointments/{id}/prescription", May(ReadChart), prints::prescription)
        .get("/api/v1/appointments/{id}/prescription/pdf", May(ReadChart), prints::papers::prescription)
        .get("/api/v1/appointments/{id}/summary", May(ReadChart), prints::summary)
        .get("/api/v1/appointments/{id}/summary/pdf", May(ReadChart), prints::papers::summary)
        .get("/api/v1/appointments/{id}/letters/{kind}", May(ReadChart), letters::start)
        .post("/api/v1/appointments/{id}/letters/{kind}", May(WriteChart), letters::keep)
        .get("/api/v1/appointments/{id}/letters", May(ReadChart), letters::of_visit)
        .get("/api/v1/patients/{id}/letters", May(ReadChart), letters::list)
        .get("/api/v1/letters/{id}", May(ReadChart), letters::get)
        .get("/api/v1/letters/{id}/pdf", May(ReadChart), download)
        .post("/api/v1/letters/{id}/withdraw", May(WriteChart), letters::withdraw)
}

fn visits(routes: Routes) -> Routes {
    use crate::api::{appointments, front_desk, vitals};
    use Action::{ReadChart, ReadSchedule, WriteSchedule, WriteVitals};
    routes
        .get("/api/v1/appointments", May(ReadSchedule), appointments::list)
        .post("/api/v1/appointments", May(WriteSchedule), appointments::create)
        .get("/api/v1/appointments/{id}", May(ReadSchedule), appointments::get)
        .patch("/api/v1/appointments/{id}", May(WriteSchedule), appointments::update)
        .post("/api/v1/appointments/{id}/check-in", May(WriteSchedule), front_desk::check_in)
        .post("/api/v1/appointments/series/plan", May(ReadSchedule), front_desk::plan)
        .post("/api/v1/appointments/series", May(WriteSchedule), front_desk::book)
        .get("/api/v1/appointments/{id}/series", May(ReadSchedule), front_desk::series)
        .post("/api/v1/appointments/{id}/cancel-rest", May(WriteSchedule), front_desk::cancel_rest)
        .post("/api/v1/walk-ins", May(WriteSchedule), appointments::walk_in)
        .get("/api/v1/appointments/{id}/vitals", May(ReadChart), vitals::get)
        .post("/api/v1/appointments/{id}/vitals", May(WriteVitals), vitals::create)
        .patch("/api/v1/appointments/{id}/vitals", May(WriteVitals), vitals::update)
}

fn notes(routes: Routes) -> Routes {
    use crate::api::{records, renewals};
    use Action::{ReadChart, SignRecord, WriteRecord};
    routes
        .get("/api/v1/appointments/{id}/record", May(ReadChart), records::of_appointment)
        .post("/api/v1/appointments/{id}/record", May(WriteRecord), records::open)
        .get("/api/v1/records/{id}", May(ReadChart), records::get)
        .patch("/api/v1/records/{id}", May(WriteRecord), records::update)
        .get("/api/v1/records/{id}/review", May(SignRecord), records::review)
        .post("/api/v1/records/{id}/sign", May(SignRecord), records::sign)
        .get("/api/v1/records/{id}/symptoms", May(ReadChart), records::symptoms)
        .post("/api/v1/records/{id}/symptoms", May(WriteRecord), records::add_symptom)
        .get("/api/v1/records/{id}/prescriptions", May(ReadChart), records::prescriptions)
        .post("/api/v1/records/{id}/prescriptions", May(WriteRecord), records::add_prescription)
        .post("/api/v1/records/{id}/renewals", May(WriteRecord), renewals::renew)
        .get("/api/v1/records/{id}/addenda", May(ReadChart), records::addenda)
        .post("/api/v1/records/{id}/addenda", May(SignRecord), records::add_addendum)
}

fn sound(routes: Routes) -> Routes {
    use crate::api::recordings;
    use Action::{ReadChart, WriteRecord};
    let chunk = recording::chunk.layer(DefaultBodyLimit::max(recording::CHUNK_LIMIT));
    let upload = recordings::upload.layer(DefaultBodyLimit::max(recording::UPLOAD_LIMIT));
    routes
        .get("/api/v1/appointments/{id}/recordings", May(ReadChart), recordings::list)
        .post("/api/v1/appointments/{id}/recordings", May(WriteRecord), recordings::start)
        .post("/api/v1/appointments/{id}/audio", May(WriteRecord), upload)
        .get("/api/v1/recordings/{id}", May(ReadChart), recordings::get)
        .put("/api/v1/recordings/{id}/chunks/{number}", May(WriteRecord), chunk)
        .post("/api/v1/recordings/{id}/finish", May(WriteRecord), recordings::finish)
        .post("/api/v1/recordings/{id}/retry", May(WriteRecord), recordings::retry)
        .post("/api/v1/recordings/{id}/discard", May(WriteRecord), recordings::discard)
        .get("/api/v1/recordings/{id}/audio", May(ReadChart), recording::listen)
}

fn scribe(routes: Routes) -> Routes {
    use crate::api::{drafts, transcripts};
    use Action::{ReadChart, RecordConsent, WriteRecord};
    routes
        .post("/api/v1/drafts", May(WriteRecord), drafts::draft)
        .get("/api/v1/appointments/{id}/consent", May(ReadChart), drafts::consent)
        .post("/api/v1/appointments/{id}/consent", May(RecordConsent), drafts::answered)
        .get("/api/v1/appointments/{id}/transcript", May(ReadChart), transcripts::get)
        .post("/api/v1/appointments/{id}/transcript", May(WriteRecord), drafts::keep)
        .post("/api/v1/appointments/{id}/transcript/speakers", May(WriteRecord), transcripts::correct)
        .get("/api/v1/appointments/{id}/draft", May(ReadChart), drafts::of_visit)
        .post("/api/v1/appointments/{id}/draft/accept", May(WriteRecord), transcripts::accept)
        .post("/api/v1/drafted-items/{id}/decision", May(WriteRecord), drafts::decide)
        .post("/api/v1/drafted-items/{id}/confirm", May(WriteRecord), drafts::confirm)
}
