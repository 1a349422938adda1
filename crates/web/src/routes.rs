//! Every route of the server with its method and its policy, on one screen.

use crate::app::App;
use crate::gate::{Gate, admit, nothing_here};
use crate::pages::{health, sign_in};
use crate::policy::Policy;
use crate::policy::Policy::{May, Open, SignedIn};
use crate::{assets, headers};
use axum::Router;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};
use medrecord_clinic::access::Action;
use tower_http::compression::CompressionLayer;

/// Everything that can be asked of the server.
fn all(routes: Routes) -> Routes {
    [doors, day, patients, visits, scribe, practice, api]
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
        .post("/sign-out", SignedIn, sign_in::leave)
        .post("/settings/display", SignedIn, sign_in::display)
        .get("/__routes", May(Action::ManageProviders), health::routes)
}

fn day(routes: Routes) -> Routes {
    routes
}

fn patients(routes: Routes) -> Routes {
    routes
}

fn visits(routes: Routes) -> Routes {
    routes
}

fn scribe(routes: Routes) -> Routes {
    routes
}

fn practice(routes: Routes) -> Routes {
    routes
}

fn api(routes: Routes) -> Routes {
    routes
}

/// Collects routes; adding one without a policy does not compile.
struct Routes {
    app: App,
    router: Router<App>,
    listing: Vec<(&'static str, &'static str, Policy)>,
}

#[expect(dead_code, reason = "not every method is used yet")]
impl Routes {
    fn new(app: App) -> Self {
        Self { app, router: Router::new(), listing: Vec::new() }
    }

    fn get<T: 'static>(self, path: &'static str, policy: Policy, handler: impl Handler<T, App>) -> Self {
        self.add(("GET", MethodFilter::GET), path, policy, handler)
    }

    fn post<T: 'static>(self, path: &'static str, policy: Policy, handler: impl Handler<T, App>) -> Self {
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
        let gate = Gate { app: self.app.clone(), policy };
        let guarded: MethodRouter<App> = on(filter, handler).layer(from_fn_with_state(gate, admit));
        self.router = self.router.route(path, guarded);
        self.listing.push((method, path, policy));
        self
    }
}

/// The whole server as a service.
pub fn router(app: App) -> Router {
    let tls = app.settings.secure;
    let gate = Gate { app: app.clone(), policy: Open("says that there is no such page") };
    all(Routes::new(app.clone()))
        .router
        .fallback(nothing_here.layer(from_fn_with_state(gate, admit)))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(tls, headers::secure))
        .with_state(app)
}

/// Every route as `METHOD path  # policy`, one a line.
pub fn listing(app: App) -> Vec<String> {
    let routes = all(Routes::new(app));
    routes.listing.iter().map(|(method, path, policy)| format!("{method} {path}  # {policy}")).collect()
}
