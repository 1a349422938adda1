//! The first run, the people of the practice, and one's own account.

use crate::support::{app, before, browser, signed_in};
use axum::http::StatusCode;
use medrecord_clinic::provider::ProviderForm;
use medrecord_store::{Actor, Via, providers};
use medrecord_testkit::clinic::{PASSWORD, on_both};

const FIRST: [(&str, &str); 9] = [
    ("name", "Elm Row Practice"),
    ("timeZone", "Pacific/Honolulu"),
    ("opensAt", "08:00"),
    ("closesAt", "18:00"),
    ("firstName", "Ann"),
    ("lastName", "Example"),
    ("email", "ann@example.com"),
    ("password", "a sentence Ann alone knows"),
    ("passwordAgain", "a sentence Ann alone knows"),
];

/// How the kinds of visit are used: 50 minutes each.
const KINDS: [(&str, &str); 15] = [
    ("follow_up.minutes", "50"),
    ("follow_up.place", "1"),
    ("follow_up.isOffered", "true"),
    ("sick_visit.minutes", "50"),
    ("sick_visit.place", "2"),
    ("sick_visit.isOffered", "true"),
    ("routine_checkup.minutes", "50"),
    ("routine_checkup.place", "3"),
    ("routine_checkup.isOffered", "true"),
    ("new_patient.minutes", "50"),
    ("new_patient.place", "4"),
    ("new_patient.isOffered", "true"),
    ("telehealth.minutes", "50"),
    ("telehealth.place", "5"),
    ("telehealth.isOffered", "true"),
];

#[tokio::test]
async fn an_empty_practice_is_set_up_once_by_whoever_holds_the_code() {
    on_both(async |clinic| {
        clinic.store.by_hand("DELETE FROM providers").await.expect("nobody is left");
        let app = app(clinic);
        let code = app.look_who_is_there().await.expect("it looks").expect("nobody can sign in");
        let mut ann = before(app);
        assert_eq!(ann.get("/sign-in").await.location(), "/setup");
        assert!(ann.get("/setup").await.says("Set up the practice"));
        let early = ann.send(axum::http::Method::POST, "/setup", &[], Vec::new()).await;
        assert_eq!(early.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);

        let stranger = ann.post("/setup", &FIRST).await;
        assert_eq!(stranger.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(stranger.says("Enter the setup code from the server") && stranger.says("Elm Row Practice"));
        assert!(stranger.says("name=\"new_patient.minutes\"") && stranger.says("value=\"45\""));
        let mut typed = FIRST.to_vec();
        typed.push(("code", code.as_str()));
        typed.extend(KINDS);
        let short: Vec<_> = typed
            .iter()
            .map(|(name, value)| (*name, if *name == "password" { "short" } else { value }))
            .collect();
        let refused = ann.post("/setup", &short).await;
        assert!(refused.says("Use 15 signs or more") && refused.says("The two passwords differ"));

        let answer = ann.post("/setup", &typed).await;
        assert_eq!(
            (answer.status, answer.location()),
            (StatusCode::SEE_OTHER, "/patients"),
            "{}",
            answer.main()
        );
        let patients = ann.get("/patients").await;
        assert!(patients.text.contains("Elm Row Practice") && patients.says("Register a patient"));
        assert!(ann.get("/").await.says("Saturday 21-Nov-2026"), "the day is the practice's own");
        assert!(
            ann.get("/settings/visit-types").await.says("value=\"50\""),
            "the lengths are the practice's own"
        );
        assert_eq!(ann.get("/setup").await.location(), "/sign-in");
        let late = browser(clinic).send(axum::http::Method::POST, "/setup", &[], Vec::new()).await;
        assert_eq!(late.location(), "/sign-in", "nothing that was sent is looked at");
    })
    .await;
}

#[tokio::test]
async fn an_account_made_by_command_ends_the_first_run_too() {
    on_both(async |clinic| {
        let app = app(clinic);
        clinic.store.by_hand("DELETE FROM providers").await.expect("nobody is left");
        assert!(app.look_who_is_there().await.expect("it looks").is_some());
        let mut ann = before(app);
        assert_eq!(ann.get("/sign-in").await.location(), "/setup");
        let form = ProviderForm {
            email: "ann@example.com".to_owned(),
            first_name: "Ann".to_owned(),
            last_name: "Example".to_owned(),
            role: "admin".to_owned(),
            ..ProviderForm::default()
        };
        let machine = Actor::machine("command line", Via::Command);
        let mut desk = clinic.store.write_desk(machine).await.expect("a desk");
        providers::add(&mut desk, &form.parse().expect("a sound form"), "none").await.expect("added");
        desk.close().await.expect("kept");
        assert!(ann.get("/sign-in").await.says("E-mail address"));
    })
    .await;
}

#[tokio::test]
async fn an_administrator_adds_a_colleague_who_signs_in_and_changes_the_password() {
    on_both(async |clinic| {
        let mut ada = signed_in(clinic, &clinic.admin).await;
        let fields = [
            ("firstName", "Ben"),
            ("lastName", "Example"),
            ("email", "ben@example.com"),
            ("role", "staff"),
            ("password", "four words of the admin"),
        ];
        ada.get("/settings/people").await;
        let added = ada.post("/settings/people", &fields).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.main());
        assert!(ada.get("/settings/people").await.says("Ben Example"));
        let twice = ada.post("/settings/people", &fields).await;
        assert!(twice.says("Somebody already signs in with this address."), "{}", twice.main());

        let mut ben = browser(clinic);
        ben.post("/sign-in", &[("email", "ben@example.com"), ("password", "four words of the admin")]).await;
        let mut other = browser(clinic);
        other
            .post("/sign-in", &[("email", "ben@example.com"), ("password", "four words of the admin")])
            .await;
        assert_eq!(ben.get("/settings/people").await.status, StatusCode::FORBIDDEN);
        let account = ben.get("/settings/account").await;
        assert!(account.says("This browser") && account.says("End all others"), "{}", account.main());
        let change = |current| {
            [("current", current), ("password", "my own four words"), ("passwordAgain", "my own four words")]
        };
        let wrong = ben.post("/settings/account/password", &change("a guess")).await;
        assert!(wrong.says("This is not your current password."), "{}", wrong.main());
        let changed = ben.post("/settings/account/password", &change("four words of the admin")).await;
        assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.main());
        assert_eq!(other.get("/").await.status, StatusCode::SEE_OTHER, "the other session is over");
        assert!(!ben.get("/settings/account").await.says("End all others"));
    })
    .await;
}

#[tokio::test]
async fn a_token_is_shown_once_works_and_is_taken_back() {
    on_both(async |clinic| {
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        dora.get("/settings/account").await;
        let asked = |password| [("tokenName", "laboratory"), ("passwordForToken", password)];
        for password in ["", "a guess"] {
            let refused = dora.post("/settings/account/tokens", &asked(password)).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.says("This is not your password.") && !refused.says("<code>"));
        }
        let made = dora.post("/settings/account/tokens", &asked(PASSWORD)).await;
        let token = made.after("<code>").split('<').next().unwrap_or_default().to_owned();
        assert!(token.len() > 40, "{}", made.main());
        let page = dora.get("/settings/account").await;
        assert!(page.says("laboratory") && !page.text.contains(&token));

        let bearer = format!("Bearer {token}");
        let mut program = browser(clinic);
        let ask = [("authorization", bearer.as_str())];
        let get = axum::http::Method::GET;
        assert_eq!(
            program.send(get.clone(), "/api/v1/patients", &ask, Vec::new()).await.status,
            StatusCode::OK
        );
        let id = page.after("/settings/account/tokens/").split('/').next().unwrap_or_default().to_owned();
        dora.post(&format!("/settings/account/tokens/{id}/revoke"), &[]).await;
        let refused = program.send(get, "/api/v1/patients", &ask, Vec::new()).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}
