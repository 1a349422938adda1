//! The second factor and the lock, as people meet them.

use crate::support::{Tab, browser, signed_in};
use axum::http::{Method, StatusCode};
use medrecord_store::second_factors::shown;
use medrecord_testkit::Clinic;
use medrecord_testkit::clinic::{PASSWORD, on_both};

const FACTOR: &str = "/settings/account/second-factor";

/// Sets up the second factor in an open tab; gives the secret and the page with the recovery codes.
async fn enrol(clinic: &Clinic, tab: &mut Tab) -> (String, String) {
    let begun = tab.post(FACTOR, &[("password", PASSWORD)]).await;
    assert_eq!((begun.status, begun.location()), (StatusCode::SEE_OTHER, FACTOR), "{}", begun.main());
    let page = tab.get(FACTOR).await;
    let key = page.text.split("<dt>Key</dt><dd><code>").nth(1).expect("the key is shown");
    let secret = key.split('<').next().expect("it ends").replace(' ', "");
    assert_eq!(secret.len(), 32);
    assert!(page.says("viewBox=\"0 0 ") && page.says("aria-label=\"The key as a QR code\""));
    let code = shown(&secret, clinic.clock.now()).expect("a code");
    let answer = tab.post(&format!("{FACTOR}/confirm"), &[("code", &code)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.main());
    (secret, answer.text)
}

#[tokio::test]
async fn a_code_is_asked_for_after_the_password_and_leads_on() {
    on_both(async |clinic| {
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let refused = dora.post(FACTOR, &[("password", "not mine")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.says("This is not your password."), "{}", refused.main());
        let (secret, page) = enrol(clinic, &mut dora).await;
        assert_eq!(page.matches("<li><code>").count(), 10);
        assert!(!dora.get(FACTOR).await.says("<li><code>"), "shown once");
        assert!(dora.get("/settings/account").await.says("since 22-Nov-2026"));

        let mut tab = browser(clinic);
        let entry = [("email", "dora@example.com"), ("password", PASSWORD), ("next", "/week")];
        let answer = tab.post("/sign-in", &entry).await;
        assert_eq!(answer.location(), "/sign-in/code?next=%2Fweek");
        // The password alone opens nothing, neither a page nor the interface.
        assert_eq!(tab.get("/patients").await.location(), "/sign-in/code?next=%2Fpatients");
        assert_eq!(tab.get("/api/v1/patients").await.status, StatusCode::UNAUTHORIZED);
        let wrong = tab.post("/sign-in/code", &[("code", "12345")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.main());
        clinic.clock.advance(30_000);
        let code = shown(&secret, clinic.clock.now()).expect("a code");
        let answer = tab.post("/sign-in/code", &[("code", &code), ("next", "/week")]).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/week"));
        assert_eq!(tab.get("/week").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_opens_and_an_administrator_takes_the_factor_away() {
    on_both(async |clinic| {
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let (_, page) = enrol(clinic, &mut dora).await;
        let code = page.split("<li><code>").nth(1).and_then(|rest| rest.split('<').next()).expect("a code");
        let entry = [("email", "dora@example.com"), ("password", PASSWORD)];
        let mut tab = browser(clinic);
        tab.post("/sign-in", &entry).await;
        let answer = tab.post("/sign-in/code", &[("code", code)]).await;
        assert_eq!(answer.location(), "/", "{}", answer.main());
        assert!(tab.get(FACTOR).await.says("9 recovery codes are left"));

        let mut ada = signed_in(clinic, &clinic.admin).await;
        let person = format!("/settings/people/{}", clinic.doctor.id.expect("a person"));
        assert!(ada.get(&person).await.says("Take the second factor away"));
        for own in ["", "not hers"] {
            let fields =
                [("passwordForFactor", own), ("ownPassword", own), ("password", "four words of another")];
            for path in ["second-factor", "password"] {
                let answer = ada.post(&format!("{person}/{path}"), &fields).await;
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.main());
                assert!(
                    answer.says("This is not your password") && answer.says("Take the second factor away")
                );
            }
        }
        let own = [("passwordForFactor", PASSWORD)];
        let answer = ada.post(&format!("{person}/second-factor"), &own).await;
        assert_eq!(answer.location(), "/settings/people", "{}", answer.main());
        assert!(!ada.get(&person).await.says("Take the second factor away"));
        assert_eq!(tab.get("/").await.status, StatusCode::SEE_OTHER, "the session is ended");
        assert_eq!(tab.post("/sign-in", &entry).await.location(), "/");
        let given = [("password", "four words of another"), ("ownPassword", PASSWORD)];
        let answer = ada.post(&format!("{person}/password"), &given).await;
        assert_eq!(answer.location(), "/settings/people", "{}", answer.main());
        assert_eq!(tab.get("/").await.status, StatusCode::SEE_OTHER, "the session is ended");
        let entry = [("email", "dora@example.com"), ("password", "four words of another")];
        assert_eq!(tab.post("/sign-in", &entry).await.location(), "/");

        enrol(clinic, &mut ada).await;
        let own = format!("/settings/people/{}", clinic.admin.id.expect("a person"));
        let password = [("password", "four words of another")];
        for (path, fields) in [("second-factor", &[][..]), ("password", &password[..])] {
            let answer = ada.post(&format!("{own}/{path}"), fields).await;
            assert_eq!(answer.location(), "/settings/account", "{}", answer.main());
        }
        assert!(ada.get(FACTOR).await.says("10 recovery codes are left"), "nothing was taken away");
        assert!(!ada.get(&own).await.says("Another password"));

        let mut stan = signed_in(clinic, &clinic.staff).await;
        let refused = stan.post(&format!("{person}/second-factor"), &[]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_form_that_comes_after_the_lock_is_kept_and_sent_again() {
    on_both(async |clinic| {
        let mut stan = signed_in(clinic, &clinic.staff).await;
        stan.get("/patients/new").await;
        clinic.clock.advance(20 * 60_000);
        let typed = [("firstName", "Nora"), ("lastName", "O'Neil & sons")];
        let answer = stan.post("/patients", &typed).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/locked"));
        let page = stan.get("/locked").await;
        assert!(page.says("Password of Stan Staff") && !page.says("Nora"), "{}", page.main());
        assert_eq!(stan.get("/patients").await.location(), "/locked?next=%2Fpatients");

        let wrong = stan.post_raw("/unlock", &[("password", "nonsense")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!wrong.says("Nora"));
        let back = stan.post_raw("/unlock", &[("password", PASSWORD)]).await;
        assert_eq!(back.status, StatusCode::OK);
        assert!(back.says("action=\"/patients\"") && back.says("value=\"Nora\""), "{}", back.main());
        assert!(back.says("O&#39;Neil &#38; sons"), "{}", back.main());
        // Sent again as it stands, it is looked at like any other form.
        let again = stan.post("/patients", &typed).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", again.main());
        assert!(again.says("value=\"Nora\""));
    })
    .await;
}

#[tokio::test]
async fn a_form_that_was_kept_is_offered_though_another_tab_unlocked_first() {
    on_both(async |clinic| {
        let mut stan = signed_in(clinic, &clinic.staff).await;
        clinic.clock.advance(20 * 60_000);
        stan.post("/patients", &[("firstName", "Nora")]).await;
        let page = stan.get("/locked").await;
        let token = page.after("name=\"csrf\" value=\"").to_owned();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let body = format!("password={}", PASSWORD.replace(' ', "+")).into_bytes();
        let other_tab = stan.send(Method::POST, "/unlock", &[kind, ("x-fragment", "unlock")], body).await;
        assert_eq!(other_tab.status, StatusCode::NO_CONTENT);
        let back = stan.post_raw("/unlock", &[("csrf", &token), ("password", PASSWORD)]).await;
        assert!(back.status == StatusCode::OK && back.says("value=\"Nora\""), "{}", back.main());
    })
    .await;
}

#[tokio::test]
async fn what_is_saved_while_typing_is_not_offered_again_after_the_lock() {
    on_both(async |clinic| {
        let mut stan = signed_in(clinic, &clinic.staff).await;
        clinic.clock.advance(20 * 60_000);
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let body = format!("csrf={}&firstName=Nora", stan.csrf()).into_bytes();
        stan.send(Method::POST, "/patients", &[kind, ("x-fragment", "autosave")], body).await;
        let back = stan.post_raw("/unlock", &[("password", PASSWORD)]).await;
        assert_eq!((back.status, back.location()), (StatusCode::SEE_OTHER, "/"));
    })
    .await;
}

#[tokio::test]
async fn a_covered_page_asks_for_the_password_though_the_server_never_heard_of_the_lock() {
    on_both(async |clinic| {
        let mut stan = signed_in(clinic, &clinic.staff).await;
        stan.get("/settings").await;
        let csrf = stan.csrf().to_owned();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let script = [kind, ("x-csrf-token", csrf.as_str()), ("x-fragment", "unlock")];
        let wrong = stan.send(Method::POST, "/unlock", &script, b"password=nonsense".to_vec()).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let body = format!("password={}", PASSWORD.replace(' ', "+")).into_bytes();
        let right = stan.send(Method::POST, "/unlock", &script, body).await;
        assert_eq!(right.status, StatusCode::NO_CONTENT);
    })
    .await;
}

#[tokio::test]
async fn a_page_locks_itself_and_the_same_form_is_good_afterwards() {
    on_both(async |clinic| {
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let page = stan.get("/settings").await;
        assert!(page.says("data-lock-after=\"870\""), "{}", page.text);
        let csrf = stan.csrf().to_owned();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let script = [kind, ("x-csrf-token", csrf.as_str()), ("x-fragment", "lock")];
        let locked = stan.send(Method::POST, "/lock", &script, b"next=".to_vec()).await;
        assert_eq!(locked.status, StatusCode::NO_CONTENT);
        assert_eq!(stan.get("/settings").await.location(), "/locked?next=%2Fsettings");

        let unlock = [kind, ("x-fragment", "unlock")];
        let body = |password: &str| format!("password={}", password.replace(' ', "+")).into_bytes();
        let wrong = stan.send(Method::POST, "/unlock", &unlock, body("nonsense")).await;
        assert_eq!(
            (wrong.status, wrong.text.as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, "This is not the password of Stan Staff.")
        );
        let right = stan.send(Method::POST, "/unlock", &unlock, body(PASSWORD)).await;
        assert_eq!(right.status, StatusCode::NO_CONTENT);
        assert_eq!(stan.get("/settings").await.status, StatusCode::OK);
        assert_eq!(stan.csrf(), csrf, "what was typed can still be sent");

        let answer = stan.post("/lock", &[("next", "/week")]).await;
        assert_eq!(answer.location(), "/locked?next=%2Fweek");
        let answer = stan.post_raw("/unlock", &[("password", PASSWORD), ("next", "/week")]).await;
        assert_eq!(answer.location(), "/week");
    })
    .await;
}
