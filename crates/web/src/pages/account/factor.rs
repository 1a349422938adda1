//! One's own second factor: set up with an authenticator app, recovery codes shown once, taken away again.
//!
//! Each step but the code itself asks for the password: whoever finds an open page must not lock its owner out.

use super::{HERE, is_own_password};
use crate::app::App;
use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::form::Form;
use crate::page::{page, refused, see_other, see_other_saying};
use crate::shell::Shell;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, State};
use axum::response::Response;
use medrecord_store::audit::{Event, Verb};
use medrecord_store::second_factors;
use medrecord_store::{Desk, Refusal};
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;

const FACTOR: &str = "/settings/account/second-factor";

#[derive(Template)]
#[template(path = "pages/account/factor.html")]
struct FactorPage {
    shell: Shell,
    email: String,
    form: Form,
    /// Since when a code is asked for; empty where none is.
    since: String,
    codes_left: i64,
    /// The secret that waits for its first code, in fours; empty where none does.
    key: String,
    drawing: Drawing,
    /// Recovery codes that were just made; shown once.
    codes: Vec<String>,
}

/// A QR code as the path of an SVG drawing, one unit a module, with the quiet zone of four that ISO/IEC 18004 asks for.
#[derive(Default)]
struct Drawing {
    side: i32,
    path: String,
}

impl Drawing {
    fn of(text: &str) -> Self {
        let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else { return Self::default() };
        let mut path = String::new();
        for y in 0..code.size() {
            for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
                let _ = write!(path, "M{} {}h1v1h-1z", x + 4, y + 4);
            }
        }
        Self { side: code.size() + 8, path }
    }
}

/// Shows how it stands.
pub(crate) async fn show(visitor: Visitor, Reading(desk): Reading) -> Result<Response, Fault> {
    page(&template(&visitor, desk, Form::default()).await?)
}

/// Makes a secret for the app.
pub(crate) async fn begin(
    State(app): State<App>,
    visitor: Visitor,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let (mut form, purpose) = (Form::typed(typed), Event::new(Verb::Create, "second_factor"));
    if !is_own_password(&app, &visitor, (&mut form, "password"), purpose).await? {
        return again(&app, &visitor, form).await;
    }
    let mut desk = app.store.write_desk(visitor.actor.clone()).await?;
    second_factors::begin(&mut desk).await?;
    desk.close().await?;
    Ok(see_other(FACTOR))
}

/// Asks for a code from now on, and shows the recovery codes.
pub(crate) async fn confirm(
    State(app): State<App>,
    visitor: Visitor,
    Writing(mut desk): Writing,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let mut form = Form::typed(typed);
    match second_factors::confirm(&mut desk, form.value("code")).await {
        Ok(codes) => {
            desk.close().await?;
            once(&app, &visitor, codes).await
        }
        Err(Refusal::Invalid(problems)) => {
            drop(desk);
            form.refuse_all(&problems);
            again(&app, &visitor, form).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Makes new recovery codes and shows them.
pub(crate) async fn renew(
    State(app): State<App>,
    visitor: Visitor,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let (mut form, purpose) = (Form::typed(typed), Event::new(Verb::Update, "second_factor"));
    if !is_own_password(&app, &visitor, (&mut form, "password"), purpose).await? {
        return again(&app, &visitor, form).await;
    }
    let mut desk = app.store.write_desk(visitor.actor.clone()).await?;
    let codes = second_factors::renew_codes(&mut desk).await?;
    desk.close().await?;
    once(&app, &visitor, codes).await
}

/// Asks for no code any more.
pub(crate) async fn remove(
    State(app): State<App>,
    visitor: Visitor,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let (mut form, purpose) = (Form::typed(typed), Event::new(Verb::Delete, "second_factor"));
    if !is_own_password(&app, &visitor, (&mut form, "password"), purpose).await? {
        return again(&app, &visitor, form).await;
    }
    let mut desk = app.store.write_desk(visitor.actor.clone()).await?;
    second_factors::remove_own(&mut desk).await?;
    desk.close().await?;
    Ok(see_other_saying(HERE, "ok", "No code is asked for any more when you sign in."))
}

async fn again(app: &App, visitor: &Visitor, form: Form) -> Result<Response, Fault> {
    let desk = app.store.read_desk(visitor.actor.clone()).await?;
    refused(&template(visitor, desk, form).await?)
}

async fn once(app: &App, visitor: &Visitor, codes: Vec<String>) -> Result<Response, Fault> {
    let desk = app.store.read_desk(visitor.actor.clone()).await?;
    page(&FactorPage { codes, ..template(visitor, desk, Form::default()).await? })
}

async fn template(visitor: &Visitor, mut desk: Desk, form: Form) -> Result<FactorPage, Fault> {
    let Some(session) = &visitor.session else { return Err(Refusal::NobodySignedIn.into()) };
    let standing = second_factors::standing(&mut desk, session.provider).await?;
    let secret = second_factors::begun(&mut desk).await?.filter(|_| standing.is_none());
    desk.close().await?;
    let shell = visitor.shell();
    let drawing = secret.as_deref().map(|secret| address(&shell.practice, &session.email, secret));
    Ok(FactorPage {
        email: session.email.clone(),
        form,
        since: standing.as_ref().map(|it| visitor.zone().day_and_clock(it.since)).unwrap_or_default(),
        codes_left: standing.map_or(0, |it| it.codes_left),
        key: secret.as_deref().map(in_fours).unwrap_or_default(),
        drawing: drawing.as_deref().map(Drawing::of).unwrap_or_default(),
        codes: Vec::new(),
        shell,
    })
}

/// What authenticator apps read: `otpauth://totp/Practice:address?secret=…&issuer=Practice`.
fn address(practice: &str, email: &str, secret: &str) -> String {
    let (practice, email) = (escaped(practice), escaped(email));
    format!("otpauth://totp/{practice}:{email}?secret={secret}&issuer={practice}&digits=6&period=30")
}

fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            safe.push(char::from(byte));
        } else {
            let _ = write!(safe, "%{byte:02X}");
        }
    }
    safe
}

fn in_fours(key: &str) -> String {
    let signs: Vec<char> = key.chars().collect();
    signs.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_reads_the_practice_the_address_and_the_key() {
        assert_eq!(
            address("Birch & Sons", "ada@example.com", "ABC"),
            "otpauth://totp/Birch%20%26%20Sons:ada@example.com?secret=ABC&issuer=Birch%20%26%20Sons&digits=6&period=30"
        );
        assert_eq!(in_fours("ABCDEFGHIJ"), "ABCD EFGH IJ");
    }

    #[test]
    fn the_drawing_has_the_three_finders_of_a_qr_code() {
        let drawing = Drawing::of("otpauth://totp/x");
        assert!(drawing.side >= 29);
        let far = drawing.side - 5;
        for corner in ["M4 4h".to_owned(), format!("M{far} 4h"), format!("M4 {far}h")] {
            assert!(drawing.path.contains(&corner), "{corner}");
        }
        assert!(!drawing.path.contains(&format!("M{far} {far}h7")));
    }
}
