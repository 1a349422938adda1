//! Every route of the server with its method and its policy, on one screen; those of the JSON interface in `api`.

use crate::app::App;
use crate::documents::{UPLOAD_LIMIT, download};
use crate::gate::{Gate, admit, nothing_here};
use crate::pages::{
    account, appointments, audit, calendar, chart, database, day as board, downtime, duplicates, export,
    growth, health, keeping, letters, patients as people, people as colleagues, practice as settings, prints,
    scribe, search, setup, sign_in, unsigned, visits as visit, vitals, waiting_list as queue,
};
use crate::policy::Policy;
use crate::policy::Policy::{May, Open, SignedIn};
use crate::{assets, calendar_feed, headers, recording};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};
use medrecord_clinic::access::Action;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};

mod api;

/// Everything that can be asked of the server.
fn all(routes: Routes) -> Routes {
    [doors, day, calendars, patients, visits, scribing, practice, api::all]
        .into_iter()
        .fold(routes, |routes, part| part(routes))
}

fn doors(routes: Routes) -> Routes {
    routes
        .get("/healthz", Open("says that the process is up, nothing else"), health::up)
        .get("/readyz", Open("says whether the database is there and current"), health::ready)
        .get(assets::ROUTE, Open("styles, scripts and drawings; nothing personal"), assets::serve)
        .get("/sign-in", Open("the way in"), sign_in::form)
        .post("/sign-in", Open("the way in"), sign_in::enter)
        .get("/sign-in/code", Open("the second half of the way in"), sign_in::code::form)
        .post("/sign-in/code", Open("the second half of the way in"), sign_in::code::enter)
        .get("/locked", Open("the way back in"), sign_in::lock::form)
        .post("/unlock", Open("the way back in"), sign_in::lock::unlock)
        .post("/lock", SignedIn, sign_in::lock::lock)
        .post("/here", SignedIn, sign_in::lock::here)
        .get("/setup", Open("the first run; gone as soon as somebody can sign in"), setup::form)
        .post("/setup", Open("the first run; gone as soon as somebody can sign in"), setup::save)
        .post("/sign-out", SignedIn, sign_in::leave)
        .post("/settings/display", SignedIn, sign_in::display)
        .get("/__routes", May(Action::ManageProviders), health::routes)
}

fn day(routes: Routes) -> Routes {
    let (read, write) = (May(Action::ReadSchedule), May(Action::WriteSchedule));
    routes
        .get("/", read, board::board)
        .get("/day-list", read, board::list)
        .get("/downtime", May(Action::ReadChart), downtime::show)
        .get("/downtime/packet", May(Action::ReadChart), downtime::packet)
        .get("/week", read, board::week)
        .get("/appointments/new", write, appointments::form)
        .post("/appointments", write, appointments::book)
        .post("/appointments/check", write, appointments::check)
        .get("/appointments/{id}", read, appointments::show)
        .get("/appointments/{id}/edit", write, appointments::edit)
        .post("/appointments/{id}/edit", write, appointments::save)
        .get("/appointments/{id}/check-in", write, appointments::check_in_form)
        .post("/appointments/{id}/check-in", write, appointments::check_in)
        .post("/appointments/{id}/step", write, appointments::step)
        .get("/unsigned", read, unsigned::list)
        .get("/walk-in", write, appointments::walk_in_form)
        .post("/walk-in", write, appointments::take_in)
}

fn calendars(routes: Routes) -> Routes {
    let (read, write) = (May(Action::ReadSchedule), May(Action::WriteSchedule));
    routes
        .get("/calendar", read, calendar::calendar)
        .get(
            "/calendar/{file}",
            Open("a calendar without names, for whoever has its secret link"),
            calendar_feed::serve,
        )
        .get("/month", read, calendar::month)
        .get("/blocked-times", read, calendar::blocked_times_page)
        .post("/blocked-times", write, calendar::block)
        .post("/blocked-times/{id}/remove", write, calendar::unblock)
        .get("/waiting-list", read, queue::list)
        .post("/waiting-list", write, queue::add)
        .get("/waiting-list/new", write, queue::blank)
        .get("/waiting-list/freed", read, queue::freed)
        .get("/waiting-list/{id}", write, queue::edit)
        .post("/waiting-list/{id}", write, queue::save)
        .post("/waiting-list/{id}/withdraw", write, queue::withdraw)
        .post("/waiting-list/{id}/back", write, queue::put_back)
        .post("/appointments/{id}/move", write, appointments::shift)
        .post("/appointments/{id}/cancel-rest", write, appointments::cancel_rest)
        .post("/appointments/series", write, appointments::book_series)
}

fn patients(routes: Routes) -> Routes {
    let (find, keep) = (May(Action::ReadPatients), May(Action::WritePatients));
    let routes = routes
        .get("/patients", find, search::everybody)
        .get("/search", find, search::search)
        .get("/patients/new", keep, people::form)
        .post("/patients", keep, people::register)
        .post("/patients/look-alikes", keep, people::look_alikes)
        .get("/patients/{id}/edit", keep, people::edit)
        .post("/patients/{id}/edit", keep, people::save);
    let routes = routes
        .get("/duplicates", keep, duplicates::list)
        .get("/duplicates/compare", May(Action::WriteChart), duplicates::compare)
        .post("/duplicates/merge", May(Action::WriteChart), duplicates::merge)
        .post("/duplicates/apart", keep, duplicates::tell_apart)
        .post("/merges/{id}/undo", May(Action::WriteChart), duplicates::undo);
    charts(routes)
}

fn charts(routes: Routes) -> Routes {
    use chart::{allergies, documents, line};
    use medrecord_clinic::{allergy::Allergy, condition::ChronicCondition, medication::Medication};
    let (read, write) = (May(Action::ReadChart), May(Action::WriteChart));
    let upload = documents::add.layer(DefaultBodyLimit::max(UPLOAD_LIMIT));
    routes
        .get("/patients/{id}", read, chart::show)
        .get("/patients/{id}/growth", read, growth::show)
        .get("/patients/{id}/chart.html", read, export::html)
        .get("/patients/{id}/chart.json", read, export::json)
        .get("/patients/{id}/allergies/new", write, line::form::<Allergy>)
        .post("/patients/{id}/allergies", write, line::add::<Allergy>)
        .post("/patients/{id}/allergies/none-known", write, allergies::none_known)
        .post("/patients/{id}/allergies/not-asked", write, allergies::not_asked)
        .get("/allergies/{id}", write, line::edit::<Allergy>)
        .post("/allergies/{id}", write, line::save::<Allergy>)
        .post("/allergies/{id}/status", write, line::change_status::<Allergy>)
        .get("/patients/{id}/conditions/new", write, line::form::<ChronicCondition>)
        .post("/patients/{id}/conditions", write, line::add::<ChronicCondition>)
        .get("/conditions/{id}", write, line::edit::<ChronicCondition>)
        .post("/conditions/{id}", write, line::save::<ChronicCondition>)
        .post("/conditions/{id}/status", write, line::change_status::<ChronicCondition>)
        .get("/patients/{id}/medications/new", write, line::form::<Medication>)
        .post("/patients/{id}/medications", write, line::add::<Medication>)
        .get("/medications/{id}", write, line::edit::<Medication>)
        .post("/medications/{id}", write, line::save::<Medication>)
        .post("/medications/{id}/status", write, line::change_status::<Medication>)
        .get("/patients/{id}/documents/new", write, documents::form)
        .post("/patients/{id}/documents", write, upload)
        .get("/documents/{id}", read, download)
        .post("/documents/{id}/error", write, documents::enter_in_error)
}

fn visits(routes: Routes) -> Routes {
    routes
        .get("/appointments/{id}/vitals", May(Action::ReadChart), vitals::form)
        .post("/appointments/{id}/vitals", May(Action::WriteVitals), vitals::take)
        .get("/visits/{id}", May(Action::ReadChart), visit::show)
        .post("/visits/{id}", May(Action::WriteRecord), visit::save)
        .get("/visits/{id}/review", May(Action::SignRecord), visit::review)
        .post("/visits/{id}/sign", May(Action::SignRecord), visit::sign)
        .post("/visits/{id}/addenda", May(Action::SignRecord), visit::add)
        .get("/visits/{id}/prescription", May(Action::ReadChart), prints::prescription)
        .get("/visits/{id}/prescription/pdf", May(Action::ReadChart), prints::papers::prescription)
        .get("/visits/{id}/summary", May(Action::ReadChart), prints::summary)
        .get("/visits/{id}/summary/pdf", May(Action::ReadChart), prints::papers::summary)
        .get("/visits/{id}/letters/{kind}", May(Action::ReadChart), letters::edit)
        .post("/visits/{id}/letters/{kind}", May(Action::WriteChart), letters::keep)
        .get("/letters/{id}", May(Action::ReadChart), letters::show)
        .get("/letters/{id}/print", May(Action::ReadChart), letters::print)
        .get("/letters/{id}/pdf", May(Action::ReadChart), letters::download)
        .post("/letters/{id}/withdraw", May(Action::WriteChart), letters::withdraw)
}

fn scribing(routes: Routes) -> Routes {
    let chunk = recording::chunk.layer(DefaultBodyLimit::max(recording::CHUNK_LIMIT));
    let upload = scribe::upload.layer(DefaultBodyLimit::max(recording::UPLOAD_LIMIT));
    routes
        .get("/visits/{id}/scribe", May(Action::ReadChart), scribe::show)
        .post("/visits/{id}/consent", May(Action::RecordConsent), scribe::consent)
        .post("/visits/{id}/recordings", May(Action::WriteRecord), scribe::start)
        .post("/visits/{id}/audio", May(Action::WriteRecord), upload)
        .post("/visits/{id}/transcript", May(Action::WriteRecord), scribe::paste)
        .post("/visits/{id}/transcript/file", May(Action::WriteRecord), scribe::upload_text)
        .post("/visits/{id}/speakers", May(Action::WriteRecord), scribe::speakers)
        .post("/visits/{id}/accept", May(Action::WriteRecord), scribe::decide_all)
        .post("/evidence/{id}", May(Action::WriteRecord), scribe::decide)
        .post("/evidence/{id}/confirm", May(Action::WriteRecord), scribe::confirm)
        .get("/visits/{id}/made", May(Action::ReadChart), scribe::made)
        .put("/recordings/{id}/chunks/{number}", May(Action::WriteRecord), chunk)
        .post("/recordings/{id}/finish", May(Action::WriteRecord), scribe::finish)
        .post("/recordings/{id}/retry", May(Action::WriteRecord), scribe::retry)
        .post("/recordings/{id}/discard", May(Action::WriteRecord), scribe::discard)
        .get("/recordings/{id}/audio", May(Action::ReadChart), recording::listen)
}

fn practice(routes: Routes) -> Routes {
    routes
        .get("/settings", SignedIn, settings::show)
        .post("/settings", May(Action::WriteSettings), settings::save)
        .get("/settings/visit-types", May(Action::WriteSettings), settings::types::show)
        .post("/settings/visit-types", May(Action::WriteSettings), settings::types::save)
        .get("/settings/people", May(Action::ManageProviders), colleagues::list)
        .post("/settings/people", May(Action::ManageProviders), colleagues::add)
        .get("/settings/people/{id}", May(Action::ManageProviders), colleagues::show)
        .post("/settings/people/{id}", May(Action::ManageProviders), colleagues::save)
        .post("/settings/people/{id}/password", May(Action::ManageProviders), colleagues::give_password)
        .post("/settings/people/{id}/second-factor", May(Action::ManageProviders), colleagues::reset_factor)
        .post("/settings/people/{id}/disable", May(Action::ManageProviders), colleagues::disable)
        .get("/settings/account", SignedIn, account::show)
        .post("/settings/account/language", SignedIn, account::speak)
        .post("/settings/account/password", SignedIn, account::change_password)
        .post("/settings/account/sessions/end-others", SignedIn, account::end_others)
        .post("/settings/account/sessions/{id}/end", SignedIn, account::end)
        .post("/settings/account/tokens", May(Action::ManageOwnTokens), account::make_token)
        .post("/settings/account/tokens/{id}/revoke", May(Action::ManageOwnTokens), account::revoke_token)
        .get("/settings/account/calendar", May(Action::ReadSchedule), account::calendar::show)
        .post("/settings/account/calendar", May(Action::ReadSchedule), account::calendar::make)
        .post(
            "/settings/account/calendar/{id}/withdraw",
            May(Action::ReadSchedule),
            account::calendar::withdraw,
        )
        .get("/settings/account/drafting", May(Action::SignRecord), account::drafting::show)
        .get("/settings/account/style", May(Action::SignRecord), account::style::show)
        .post("/settings/account/style/words", May(Action::SignRecord), account::style::keep)
        .post("/settings/account/style/words/{id}/forget", May(Action::SignRecord), account::style::forget)
        .post("/settings/account/style/sections", May(Action::SignRecord), account::style::keep_sections)
        .post("/settings/account/style/forget", May(Action::SignRecord), account::style::forget_all)
        .get("/settings/account/templates", May(Action::WriteRecord), account::templates::list)
        .get("/settings/account/templates/new", May(Action::WriteRecord), account::templates::blank)
        .post("/settings/account/templates", May(Action::WriteRecord), account::templates::add)
        .get("/settings/account/templates/{id}", May(Action::WriteRecord), account::templates::show)
        .post("/settings/account/templates/{id}", May(Action::WriteRecord), account::templates::change)
        .post("/settings/account/templates/{id}/remove", May(Action::WriteRecord), account::templates::remove)
        .get("/settings/account/phrases", May(Action::WriteRecord), account::phrases::list)
        .get("/settings/account/phrases/new", May(Action::WriteRecord), account::phrases::blank)
        .post("/settings/account/phrases", May(Action::WriteRecord), account::phrases::add)
        .get("/settings/account/phrases/{id}", May(Action::WriteRecord), account::phrases::show)
        .post("/settings/account/phrases/{id}", May(Action::WriteRecord), account::phrases::change)
        .post("/settings/account/phrases/{id}/remove", May(Action::WriteRecord), account::phrases::remove)
        .get("/settings/account/second-factor", SignedIn, account::factor::show)
        .post("/settings/account/second-factor", SignedIn, account::factor::begin)
        .post("/settings/account/second-factor/confirm", SignedIn, account::factor::confirm)
        .post("/settings/account/second-factor/codes", SignedIn, account::factor::renew)
        .post("/settings/account/second-factor/remove", SignedIn, account::factor::remove)
        .get("/settings/database", May(Action::WriteSettings), database::show)
        .get("/settings/keeping", May(Action::WriteSettings), keeping::show)
        .post("/settings/keeping", May(Action::WriteSettings), keeping::save)
        .post("/settings/keeping/holds", May(Action::WriteSettings), keeping::hold)
        .post("/settings/keeping/holds/{id}/release", May(Action::WriteSettings), keeping::release)
        // Not for this machine alone without a token: behind a proxy everybody seems to come from this machine.
        .get("/metrics", May(Action::WriteSettings), database::metrics)
        .get("/audit", May(Action::ReadAudit), audit::list)
        .get("/audit.csv", May(Action::ReadAudit), audit::csv)
}

/// Collects routes; adding one without a policy does not compile.
pub(crate) struct Routes {
    app: App,
    router: Router<App>,
    listing: Vec<(&'static str, &'static str, Policy)>,
}

impl Routes {
    pub(crate) fn new(app: App) -> Self {
        Self { app, router: Router::new(), listing: Vec::new() }
    }

    pub(crate) fn get<T: 'static>(
        self,
        path: &'static str,
        policy: Policy,
        handler: impl Handler<T, App>,
    ) -> Self {
        self.add(("GET", MethodFilter::GET), path, policy, handler)
    }

    pub(crate) fn post<T: 'static>(
        self,
        path: &'static str,
        policy: Policy,
        handler: impl Handler<T, App>,
    ) -> Self {
        self.add(("POST", MethodFilter::POST), path, policy, handler)
    }

    fn put<T: 'static>(self, path: &'static str, policy: Policy, handler: impl Handler<T, App>) -> Self {
        self.add(("PUT", MethodFilter::PUT), path, policy, handler)
    }

    fn patch<T: 'static>(self, path: &'static str, policy: Policy, handler: impl Handler<T, App>) -> Self {
        self.add(("PATCH", MethodFilter::PATCH), path, policy, handler)
    }

    fn delete<T: 'static>(self, path: &'static str, policy: Policy, handler: impl Handler<T, App>) -> Self {
        self.add(("DELETE", MethodFilter::DELETE), path, policy, handler)
    }

    fn add<T: 'static>(
        mut self,
        (method, filter): (&'static str, MethodFilter),
        path: &'static str,
        policy: Policy,
        handler: impl Handler<T, App>,
    ) -> Self {
        let gate = Gate { app: self.app.clone(), policy, route: path };
        let guarded: MethodRouter<App> = on(filter, handler).layer(from_fn_with_state(gate, admit));
        self.router = self.router.route(path, guarded);
        self.listing.push((method, path, policy));
        self
    }
}

/// The whole server as a service.
pub fn router(app: App) -> Router {
    finish(all(Routes::new(app)))
}

/// Makes a service of routes: what is not there is not found, answers are packed and bear the security headers.
pub(crate) fn finish(routes: Routes) -> Router {
    let Routes { app, router, .. } = routes;
    let tls = app.settings.secure;
    let gate = Gate { app: app.clone(), policy: Open("says that there is no such page"), route: "" };
    // Sound is compressed already, and a browser asks for parts of it.
    let text_alone = DefaultPredicate::new().and(NotForContentType::const_new("audio/"));
    router
        .fallback(nothing_here.layer(from_fn_with_state(gate, admit)))
        .layer(CompressionLayer::new().compress_when(text_alone))
        .layer(from_fn_with_state(tls, headers::secure))
        .with_state(app)
}

/// The routes of the JSON interface, for its own description.
pub(crate) fn of_interface(app: App) -> Vec<(&'static str, &'static str, Policy)> {
    api::all(Routes::new(app))
        .listing
        .into_iter()
        .filter(|(_, path, _)| path.starts_with("/api/v1/"))
        .collect()
}

/// Every route as `METHOD path  # policy`, one a line.
pub fn listing(app: App) -> Vec<String> {
    let routes = all(Routes::new(app));
    routes.listing.iter().map(|(method, path, policy)| format!("{method} {path}  # {policy}")).collect()
}
