//! The studio: the database to browse, edit and ask, for whoever runs the system.
//!
//! A server of its own beside the clinic's: [`router`] lists its routes, each for administrators alone; [`host`] refuses
//! names it was not started under and requests that another site sent. What is read and written, and what must not
//! be, is decided in `store::browse`; here it becomes pages. [`state`] holds what was uncovered and what was collected.

use crate::app::App;
use crate::assets;
use crate::pages::{health, sign_in};
use crate::policy::Policy::{May, Open, SignedIn};
use crate::routes::{Routes, finish};
use axum::Router;
use axum::middleware::from_fn_with_state;
use medrecord_clinic::access::Action;

mod bench;
mod cells;
mod changes;
mod console;
mod copy;
mod cover;
mod diagram;
mod edit;
mod fill;
mod grid;
mod heads;
mod host;
mod leave;
mod row;
mod seat;
mod sizes;
mod state;
mod tables;
mod view;

pub(crate) use state::Studio;

/// The studio as a service.
pub fn router(app: App) -> Router {
    let router = finish(browsing(doors(Routes::new(app.clone()))));
    router.layer(from_fn_with_state(app, host::check))
}

fn doors(routes: Routes) -> Routes {
    routes
        .get("/healthz", Open("says that the process is up, nothing else"), health::up)
        .get(assets::ROUTE, Open("styles, scripts and drawings; nothing personal"), assets::serve)
        .get("/sign-in", Open("the way in"), sign_in::form)
        .post("/sign-in", Open("the way in"), sign_in::enter)
        .get("/sign-in/code", Open("the second half of the way in"), sign_in::code::form)
        .post("/sign-in/code", Open("the second half of the way in"), sign_in::code::enter)
        .get("/locked", Open("the way back in"), sign_in::lock::form)
        .post("/unlock", Open("the way back in"), sign_in::lock::unlock)
        .post("/lock", SignedIn, sign_in::lock::lock)
        .post("/here", SignedIn, sign_in::lock::here)
        .post("/sign-out", SignedIn, leave::leave)
        .post("/settings/display", SignedIn, sign_in::display)
}

fn browsing(routes: Routes) -> Routes {
    let admin = May(Action::BrowseDatabase);
    routes
        .get("/", admin, tables::list)
        .get("/tables/{table}", admin, grid::show)
        .get("/tables/{table}/count", admin, grid::count)
        .get("/tables/{table}/find", admin, grid::find)
        .get("/tables/{table}/row", admin, row::show)
        .get("/tables/{table}/edit", admin, edit::form)
        .get("/tables/{table}/new", admin, edit::blank)
        .get("/tables/{table}/cell", admin, edit::cell)
        .post("/tables/{table}/stage", admin, edit::stage)
        .post("/tables/{table}/add", admin, edit::add)
        .post("/tables/{table}/picked", admin, copy::picked)
        .post("/cover", admin, cover::change)
        .get("/changes", admin, changes::collected)
        .post("/changes/save", admin, changes::save)
        .post("/changes/discard", admin, changes::discard)
        .get("/saved", admin, changes::saved)
        .post("/saved/undo", admin, changes::undo)
        .get("/console", admin, console::show)
        .get("/diagram", admin, diagram::show)
        .get("/sizes", admin, sizes::show)
}
