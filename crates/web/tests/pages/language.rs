//! In which language pages speak: as the person chose, else as the browser asks, else English.

use crate::support::{Tab, browser, signed_in};
use axum::http::{Method, StatusCode};
use medrecord_clinic::language::Language;
use medrecord_store::{Actor, providers};
use medrecord_testkit::Clinic;
use medrecord_testkit::browser::Answer;
use medrecord_testkit::clinic::on_both;

/// Lets one of the clinic's people read Spanish.
pub(crate) async fn reads_spanish(clinic: &Clinic, who: &Actor) {
    let mut desk = clinic.desk(who).await;
    providers::set_own_language(&mut desk, Some(Language::Spanish)).await.expect("a language");
    desk.close().await.expect("kept");
}

async fn asked(tab: &mut Tab, path: &str, languages: &str) -> Answer {
    tab.send(Method::GET, path, &[("accept-language", languages)], Vec::new()).await
}

#[tokio::test]
async fn the_way_in_speaks_the_language_that_the_browser_asks_for() {
    on_both(async |clinic| {
        let mut browser = browser(clinic);
        let page = asked(&mut browser, "/sign-in", "es-MX,es;q=0.9,en;q=0.8").await;
        assert!(page.text.contains("<html lang=\"es\""), "{}", page.text);
        assert!(page.says("<h1>Iniciar sesión</h1>") && page.says("Contraseña"), "{}", page.main());
        assert!(!page.text.contains("<main id=\"main\" class=\"sign-in\" tabindex=\"-1\" lang"));
        for languages in ["en-US,es;q=0.5", "de-DE", ""] {
            let page = asked(&mut browser, "/sign-in", languages).await;
            assert!(page.text.contains("<html lang=\"en\""), "{languages}");
            assert!(page.says("<h1>Sign in</h1>"), "{languages}: {}", page.main());
        }
    })
    .await;
}

#[tokio::test]
async fn a_person_chooses_a_language_and_every_page_follows() {
    on_both(async |clinic| {
        let mut ada = signed_in(clinic, &clinic.admin).await;
        let account = ada.get("/settings/account").await;
        assert!(account.says("<option value=\"es\">Español</option>"), "{}", account.main());
        let answer = ada.post("/settings/account/language", &[("language", "es")]).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/settings/account"));
        let account = ada.get("/settings/account").await;
        for text in [
            "<html lang=\"es\"",
            ">Pacientes</a>",
            ">Cerrar sesión</button>",
            "Dónde tiene la sesión abierta",
            "<option value=\"es\" selected>Español</option>",
            "El idioma quedó guardado.",
            "22-nov-2026",
        ] {
            assert!(account.text.contains(text), "{text}: {}", account.text);
        }
        // What is not translated yet says which language it is in.
        let people = ada.get("/settings/people").await;
        assert!(people.text.contains("tabindex=\"-1\" lang=\"en\">"), "{}", people.text);
        // The choice is the person's and not the browser's.
        let mut other = signed_in(clinic, &clinic.admin).await;
        let again = asked(&mut other, "/settings/account", "en").await;
        assert!(again.text.contains("<html lang=\"es\""), "{}", again.text);
        ada.post("/settings/account/language", &[("language", "")]).await;
        assert!(ada.get("/settings/account").await.says("As the browser asks"));
    })
    .await;
}

#[tokio::test]
async fn a_language_that_is_not_spoken_here_is_refused() {
    on_both(async |clinic| {
        let mut ada = signed_in(clinic, &clinic.admin).await;
        let answer = ada.post("/settings/account/language", &[("language", "xx")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert!(ada.get("/settings/account").await.text.contains("<html lang=\"en\""));
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_reader_s_language() {
    on_both(async |clinic| {
        reads_spanish(clinic, &clinic.admin).await;
        let mut ada = signed_in(clinic, &clinic.admin).await;
        let wrong =
            [("current", "wrong"), ("password", "four plain words here"), ("passwordAgain", "others")];
        let answer = ada.post("/settings/account/password", &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        for text in [
            "Revise esto antes de guardar",
            "Esta no es su contraseña actual.",
            "Las dos contraseñas son distintas; escriba la misma dos veces.",
        ] {
            assert!(answer.says(text), "{text}: {}", answer.main());
        }
        ada.post("/lock", &[("next", "/")]).await;
        let locked = ada.get("/locked").await;
        assert!(locked.says("<h1>Bloqueada</h1>") && locked.says("Contraseña de Ada"), "{}", locked.main());
    })
    .await;
}
