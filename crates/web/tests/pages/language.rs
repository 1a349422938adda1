//! In which language pages speak: as the person chose, else as the browser asks, else English.

use crate::day::booked;
use crate::paper::signed;
use crate::support::{Tab, browser, signed_in};
use axum::http::{Method, StatusCode};
use medrecord_clinic::language::Language;
use medrecord_clinic::patient::PatientForm;
use medrecord_store::{Actor, patients, providers};
use medrecord_testkit::Clinic;
use medrecord_testkit::browser::Answer;
use medrecord_testkit::clinic::on_both;
use medrecord_testkit::visit::Visit;

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
        assert!(
            locked.says("<h1>Sesión bloqueada</h1>") && locked.says("Contraseña de Ada"),
            "{}",
            locked.main()
        );
    })
    .await;
}

#[tokio::test]
async fn the_day_board_is_worked_in_spanish() {
    on_both(async |clinic| {
        let id = booked(clinic, "10:00").await;
        reads_spanish(clinic, &clinic.staff).await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let board = stan.get("/").await;
        for text in [
            "<html lang=\"es\"",
            "class=\"page\" tabindex=\"-1\">",
            "Domingo 22-nov-2026",
            "Registrar llegada",
            "Programada",
            "alergias sin registrar",
            "Consulta por enfermedad",
            "1 consulta</p>",
            "15-mar-1985 (41 años)",
            "femenino",
            "Lista de espera",
        ] {
            assert!(board.text.contains(text), "{text}: {}", board.text);
        }
        assert!(board.says("Sore throat"), "what was typed stays as it was typed");
        let version = board.after("name=\"version\" value=\"").split('"').next().unwrap_or_default();
        let click = [("step", "check_in"), ("version", version), ("back", "/?on=2026-11-22")];
        let answer = stan.post(&format!("/appointments/{id}/step"), &click).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        clinic.clock.advance(12 * 60_000);
        let board = stan.get("/?on=2026-11-22").await;
        for text in [
            "Llegada registrada.",
            "En espera",
            "1 en espera, la más larga 12 min",
            "espera <span data-minutes>12",
        ] {
            assert!(board.says(text), "{text}: {}", board.main());
        }
        let door = stan.get(&format!("/appointments/{id}/check-in")).await;
        for text in
            ["Contacto y consentimiento", "Nunca se preguntó.", "No acepta", "22-nov-2026 10:00 · Consulta"]
        {
            assert!(door.says(text), "{text}: {}", door.main());
        }
        let found = stan.get("/walk-in?q=doe").await;
        assert!(found.says("aria-label=\"Elegir a Doe, Jane, nacimiento 15-mar-1985\""), "{}", found.main());
        let list = stan.get("/day-list").await;
        assert!(list.says("Volver al día") && list.says("Impreso el 22-nov-2026"), "{}", list.main());
        assert!(stan.get("/week").await.says("Semana del 16-nov-2026"));
    })
    .await;
}

/// Jane Doe's signed visit, with her language for papers.
async fn signed_in_spanish(clinic: &Clinic) -> Visit {
    let visit = signed(clinic).await;
    let mut desk = clinic.desk(&clinic.staff).await;
    let jane = patients::get(&mut desk, visit.patient).await.expect("Jane");
    let form = PatientForm { language: "es".to_owned(), ..PatientForm::from(&jane) };
    let details = form.parse(clinic.today()).expect("a sound form");
    patients::update(&mut desk, jane.id, jane.version, &details).await.expect("changed");
    desk.close().await.expect("kept");
    visit
}

#[tokio::test]
async fn a_patient_s_papers_are_in_the_patient_s_language_whoever_prints() {
    on_both(async |clinic| {
        let Visit { appointment, .. } = signed_in_spanish(clinic).await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let path = format!("/visits/{appointment}/summary");
        let summary = dora.get(&path).await;
        for text in [
            "<html lang=\"en\"",
            "<article class=\"sheet\" lang=\"es\">",
            "Back to the visit",
            "<h1>Resumen de la consulta</h1>",
            "Diagnóstico",
            "Viral pharyngitis",
            "15-mar-1985 (41 años)",
            "Alergias sin registrar",
            "Firmado el 22-nov-2026",
            "tal como se escribieron",
            "Impreso el 22-nov-2026",
            "<a class=\"button\" href=\"?language=en\">In English</a>",
        ] {
            assert!(summary.text.contains(text), "{text}: {}", summary.text);
        }
        let english = dora.get(&format!("{path}?language=en")).await;
        assert!(english.says("<h1>Visit summary</h1>") && english.says("In Español"), "{}", english.main());
        assert!(!english.text.contains("lang=\"es\""), "{}", english.text);
        let rx = dora.get(&format!("/visits/{appointment}/prescription")).await;
        for text in
            ["Receta médica (Prescription)", "ibuprofen 400 mg", "Take with food.", "Cantidad (Quantity) 15"]
        {
            assert!(rx.says(text), "{text}: {}", rx.main());
        }
    })
    .await;
}

#[tokio::test]
async fn papers_are_in_english_where_nobody_said_otherwise() {
    on_both(async |clinic| {
        let Visit { appointment, .. } = signed(clinic).await;
        reads_spanish(clinic, &clinic.doctor).await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let summary = dora.get(&format!("/visits/{appointment}/summary")).await;
        for text in [
            "<html lang=\"es\"",
            "Volver a la consulta",
            "<article class=\"sheet\" lang=\"en\">",
            "Visit summary</h1>",
        ] {
            assert!(summary.text.contains(text), "{text}: {}", summary.text);
        }
        assert!(!summary.says("as they were written"), "{}", summary.main());
    })
    .await;
}

#[tokio::test]
async fn a_patient_is_registered_in_spanish_and_errors_name_the_fields() {
    on_both(async |clinic| {
        reads_spanish(clinic, &clinic.staff).await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let wrong = [("firstName", "Ana"), ("dateOfBirth", "someday"), ("phone", "12"), ("email", "ana")];
        let answer = stan.post("/patients", &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        for text in [
            "Registrar un paciente",
            "Apellidos: falta este dato.",
            "Fecha de nacimiento: escriba una fecha como 15-mar-1985; el año lleva cuatro dígitos.",
            "Sexo: elija una opción.",
            "Teléfono: escriba un número como +1-555-0100, de 5 a 15 dígitos.",
            "Correo electrónico: escriba una dirección como nombre@example.com.",
            "Contacto de emergencia: falta este dato.",
        ] {
            assert!(answer.says(text), "{text}: {}", answer.main());
        }
        let sound = [
            ("firstName", "Ana"),
            ("lastName", "Prueba"),
            ("dateOfBirth", "15-ene-1985"),
            ("sex", "female"),
            ("phone", "555-0100"),
            ("language", "es"),
            ("emergencyContactName", "Bo Prueba"),
            ("emergencyContactPhone", "555-0101"),
        ];
        let answer = stan.post("/patients", &sound).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.main());
        let chart = stan.get(answer.location()).await;
        assert!(chart.says("El paciente quedó registrado.") && chart.says("Español"), "{}", chart.main());
        let edit = stan.get(&format!("{}/edit", answer.location())).await;
        for text in ["15-ene-1985", "<option value=\"es\" selected>Español</option>", "Guardar datos"] {
            assert!(edit.says(text), "{text}: {}", edit.main());
        }
        let found = stan.get("/search?q=ana+prueba").await;
        assert!(
            found.says("Resultados") && found.says("15-ene-1985") && found.says("Última consulta"),
            "{}",
            found.main()
        );
    })
    .await;
}
