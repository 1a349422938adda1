//! The secret links to one's calendar without names: made, replaced and withdrawn. A link is shown once.

use crate::app::App;
use crate::calendar_feed::DAYS;
use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::page::{page, see_other_saying};
use crate::shell::Shell;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;
use medrecord_clinic::ids::CalendarLinkId;
use medrecord_clinic::provider::Role;
use medrecord_store::calendar_links::{self, CalendarLink};
use medrecord_store::{Desk, Refusal};
use serde::Deserialize;

const HERE: &str = "/settings/account/calendar";

/// A calendar that one may have a link to.
struct Offer {
    /// `own` or `everybody`.
    of: &'static str,
    title: &'static str,
    /// The link that there is: its id, and when it was made and read.
    link: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "pages/account/calendar.html")]
struct LinksPage {
    shell: Shell,
    offers: Vec<Offer>,
    /// A link that was just made; shown once.
    fresh: String,
    back: i64,
    ahead: i64,
}

/// Shows the links.
pub(crate) async fn show(visitor: Visitor, Reading(desk): Reading) -> Result<Response, Fault> {
    page(&template(&visitor, desk, String::new()).await?)
}

/// Which calendar.
#[derive(Deserialize)]
pub(crate) struct Asked {
    of: String,
}

/// Makes a link in place of the one there was, and shows it once.
pub(crate) async fn make(
    State(app): State<App>,
    visitor: Visitor,
    uri: Uri,
    headers: HeaderMap,
    Writing(mut desk): Writing,
    Posted(asked): Posted<Asked>,
) -> Result<Response, Fault> {
    let secret = calendar_links::make(&mut desk, asked.of == "everybody").await?;
    desk.close().await?;
    let fresh = format!("{}/calendar/{secret}.ics", origin(&app, &uri, &headers));
    let desk = app.store.read_desk(visitor.actor.clone()).await?;
    page(&template(&visitor, desk, fresh).await?)
}

/// Takes a link back.
pub(crate) async fn withdraw(Path(id): Path<String>, Writing(mut desk): Writing) -> Result<Response, Fault> {
    let id: CalendarLinkId = id.parse().map_err(|_| Refusal::NotFound("calendar link"))?;
    calendar_links::withdraw(&mut desk, id).await?;
    desk.close().await?;
    Ok(see_other_saying(HERE, "ok", "The link is withdrawn; it opens nothing any more."))
}

/// Under which address the person reached this server.
fn origin(app: &App, uri: &Uri, headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST.as_str()).or_else(|| uri.authority().map(Authority::as_str));
    let over_tls = app.settings.secure || text("x-forwarded-proto") == Some("https");
    let scheme = if over_tls { "https" } else { "http" };
    host.map(|host| format!("{scheme}://{host}")).unwrap_or_default()
}

async fn template(visitor: &Visitor, mut desk: Desk, fresh: String) -> Result<LinksPage, Fault> {
    let links = calendar_links::own(&mut desk).await?;
    desk.close().await?;
    let zone = visitor.zone();
    let words = |link: &CalendarLink| {
        let used = link
            .last_used_at
            .map_or_else(|| "never read".to_owned(), |at| format!("last read {}", zone.day_and_clock(at)));
        (link.id.to_string(), format!("made {} · {used}", zone.day_and_clock(link.created_at)))
    };
    let offer = |of: &'static str, title: &'static str, everybody: bool| Offer {
        of,
        title,
        link: links.iter().find(|link| link.is_of_everybody == everybody).map(words),
    };
    let own = (visitor.actor.role != Some(Role::Staff)).then(|| offer("own", "Your visits", false));
    let all = offer("everybody", "Everybody's visits", true);
    Ok(LinksPage {
        shell: visitor.shell(),
        offers: own.into_iter().chain([all]).collect(),
        fresh,
        back: DAYS.0,
        ahead: DAYS.1,
    })
}
