//! The records that wait for this person's signature, oldest first.

use crate::app::App;
use crate::desk::LookingUp;
use crate::error::Fault;
use crate::page::page;
use crate::pages::day::Waiting;
use crate::shell::Shell;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use medrecord_clinic::access::Action;
use medrecord_store::appointments;

#[derive(Template)]
#[template(path = "pages/unsigned/unsigned.html")]
struct UnsignedPage {
    shell: Shell,
    records: Vec<Waiting>,
}

/// More than anybody should have; the list then says that there are more.
const MOST: i64 = 200;

/// Shows what waits for the signature of whoever asks.
pub(crate) async fn list(
    State(app): State<App>,
    visitor: Visitor,
    LookingUp(mut desk): LookingUp,
) -> Result<Response, Fault> {
    let waiting = match desk.provider() {
        Ok(me) if visitor.may(Action::SignRecord) => appointments::unsigned(&mut desk, me, MOST).await?,
        _ => Vec::new(),
    };
    desk.close().await?;
    let (zone, today) = (visitor.zone(), visitor.today(&app));
    let records = waiting.iter().map(|record| Waiting::of(record, zone, today, visitor.text())).collect();
    page(&UnsignedPage { shell: visitor.shell(), records })
}
