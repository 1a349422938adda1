//! The studio through its own router: who comes in, what is covered, edits collected and saved, and attacks on it.

use crate::support::{self, Server, Tab};
use axum::http::{Method, StatusCode};
use medrecord_store::patients;
use medrecord_testkit::Clinic;
use medrecord_testkit::clinic::{PASSWORD, jane_doe_details, on_both};
use medrecord_web::App;
use tower::util::BoxCloneSyncService;

/// A studio that knows nothing but what is in the database.
fn started(clinic: &Clinic) -> Server {
    let plain = support::app(clinic);
    let settings = plain.settings.as_ref().clone();
    let app = App::studio(plain.store, settings, vec!["clinic.example".to_owned()]);
    BoxCloneSyncService::new(medrecord_web::studio_router(app))
}

/// A browser before the studio, in which one of the clinic's people has signed in.
async fn studio(clinic: &Clinic, email: &str) -> Tab {
    let mut browser = Tab::new(started(clinic));
    let answer = browser.post("/sign-in", &[("email", email), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.main());
    browser.get("/nowhere").await;
    browser
}

/// An administrator at the studio, and Jane Doe's id.
async fn opened(clinic: &Clinic) -> (Tab, String) {
    let mut desk = clinic.desk(&clinic.staff).await;
    let id = patients::register(&mut desk, &jane_doe_details()).await.expect("Jane is registered");
    desk.close().await.expect("kept");
    (studio(clinic, "ada@example.com").await, id.to_string())
}

async fn uncover(browser: &mut Tab, table: &str) {
    let wish = [("table", table), ("reason", "checking an invented import"), ("back", "/")];
    assert_eq!(browser.post("/cover", &wish).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_administrator_reads_every_page_and_nobody_else_any() {
    on_both(async |clinic| {
        let (mut admin, id) = opened(clinic).await;
        let row = format!("/tables/patients/row?k={id}");
        let pages = [
            "/",
            "/tables/patients",
            "/tables/patients/count",
            "/tables/patients/find?q=x",
            row.as_str(),
            "/tables/allergies/new",
            "/changes",
            "/saved",
            "/console",
            "/diagram",
            "/diagram?all=1",
            "/sizes",
        ];
        for path in pages {
            let answer = admin.get(path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.main());
            assert!(!answer.says("Doe"), "{path} shows a name that is covered");
        }
        let front = admin.get("/").await;
        assert!(front.says("medical_records") && front.says("The note of one visit"), "{}", front.main());
        assert_eq!(admin.get("/tables/patients/count").await.text, "1");
        for somebody in ["dora@example.com", "stan@example.com"] {
            let mut browser = studio(clinic, somebody).await;
            for path in pages {
                assert_eq!(browser.get(path).await.status, StatusCode::FORBIDDEN, "{somebody} {path}");
            }
            assert_eq!(browser.post("/changes/save", &[]).await.status, StatusCode::FORBIDDEN);
        }
    })
    .await;
}

#[tokio::test]
async fn names_are_shown_for_a_reason_alone_and_covered_again() {
    on_both(async |clinic| {
        let (mut browser, _) = opened(clinic).await;
        assert!(browser.get("/tables/patients").await.says("••••••"));
        let short = [("table", "patients"), ("reason", "why"), ("back", "/")];
        assert_eq!(browser.post("/cover", &short).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            browser.get("/tables/patients?f=last_name:is:Doe").await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        uncover(&mut browser, "patients").await;
        let found =
            browser.get("/tables/patients?f=last_name:is:Doe&sort=-last_name&cols=id,last_name").await;
        assert_eq!(found.status, StatusCode::OK);
        assert!(found.says("Doe") && !found.says("jane.doe@example.com"), "{}", found.main());
        assert!(browser.get("/tables/patients?f=last_name:is:'%20OR%201=1--").await.says("No rows"));
        clinic.clock.advance(31 * 60_000);
        let mut again = studio(clinic, "ada@example.com").await;
        assert!(!again.get("/tables/patients").await.says("Doe"));
        uncover(&mut again, "patients").await;
        again.post("/cover", &[("back", "/")]).await;
        assert!(!again.get("/tables/patients").await.says("Doe"));
        assert!(!again.get("/tables/providers?cols=password_hash").await.says("argon2"));
    })
    .await;
}

#[tokio::test]
async fn addresses_that_make_no_sense_get_an_answer_a_person_can_use() {
    on_both(async |clinic| {
        let (mut browser, id) = opened(clinic).await;
        for (path, status) in [
            ("/tables/nothing".to_owned(), StatusCode::NOT_FOUND),
            ("/tables/patients;drop%20table%20patients".to_owned(), StatusCode::NOT_FOUND),
            ("/tables/sqlite_schema".to_owned(), StatusCode::NOT_FOUND),
            ("/tables/pg_class".to_owned(), StatusCode::NOT_FOUND),
            ("/tables/patients?sort=nothing".to_owned(), StatusCode::NOT_FOUND),
            ("/tables/patients?sort=id%20desc;--".to_owned(), StatusCode::NOT_FOUND),
            ("/tables/patients?cols=nothing".to_owned(), StatusCode::NOT_FOUND),
            ("/tables/patients?after=7".to_owned(), StatusCode::NOT_FOUND),
            ("/tables/patients?f=version:is:one".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
            ("/tables/patients?f=rubbish".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
            ("/tables/patients/row".to_owned(), StatusCode::NOT_FOUND),
            ("/tables/patients/row?k=7".to_owned(), StatusCode::NOT_FOUND),
            ("/tables/audit_events/new".to_owned(), StatusCode::CONFLICT),
            (format!("/tables/patients/cell?k={id}&column=version"), StatusCode::CONFLICT),
            (format!("/tables/patients/cell?k={id}&column=last_name"), StatusCode::CONFLICT),
        ] {
            let answer = browser.get(&path).await;
            assert_eq!(answer.status, status, "{path}: {}", answer.main());
        }
        let rebound = browser.send(Method::GET, "/", &[("host", "evil.example")], Vec::new()).await;
        assert_eq!(rebound.status, StatusCode::MISDIRECTED_REQUEST);
        let led = browser.send(
            Method::GET,
            "/console?q=select%201",
            &[("sec-fetch-site", "cross-site")],
            Vec::new(),
        );
        assert_eq!(led.await.status, StatusCode::FORBIDDEN);
        assert_eq!(browser.post_raw("/changes/save", &[]).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn an_edit_is_collected_read_over_as_sql_saved_and_taken_back() {
    on_both(async |clinic| {
        let (mut browser, id) = opened(clinic).await;
        uncover(&mut browser, "patients").await;
        let form = browser
            .get(&format!("/tables/patients/cell?k={id}&column=last_name&back=/tables/patients"))
            .await;
        assert!(
            form.says("id=\"editor\"") && form.says("value=\"Doe\"") && !form.says("<html"),
            "{}",
            form.text
        );
        let seen = form.after("name=\"seen\" value=\"").to_owned();
        let pairs = [
            ("k", id.as_str()),
            ("seen", seen.as_str()),
            ("back", "/tables/patients"),
            ("v.last_name", "Roe"),
        ];
        let answer = browser.post("/tables/patients/stage", &pairs).await;
        assert_eq!(answer.location(), "/tables/patients");
        assert!(browser.get("/tables/patients").await.says("<ins>→ Roe</ins>"));
        let mut other = studio(clinic, "ada@example.com").await;
        uncover(&mut other, "patients").await;
        other.post("/tables/patients/stage", &pairs).await;
        let review = browser.get("/changes").await;
        assert!(
            review.says("UPDATE &#34;patients&#34;") && review.says("Roe") && review.says("<del>Doe</del>"),
            "{}",
            review.main()
        );
        let answer = browser.post("/changes/save", &[]).await;
        assert_eq!(answer.location(), "/saved", "{}", answer.main());
        let late = other.post("/changes/save", &[]).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.says("Nothing was saved") && late.says("wrote this row"), "{}", late.main());
        assert!(browser.get("/tables/patients").await.says("Roe"));
        let saved = browser.get("/saved").await;
        let set = saved.after("name=\"set\" value=\"").to_owned();
        browser.post("/saved/undo", &[("set", &set)]).await;
        assert_eq!(browser.post("/changes/save", &[]).await.location(), "/saved");
        let row = browser.get(&format!("/tables/patients/row?k={id}")).await;
        assert!(row.says("DOE") || row.says("Doe"), "{}", row.main());
        assert!(row.says("update by Ada Admin"), "{}", row.main());
    })
    .await;
}

#[tokio::test]
async fn a_wrong_value_comes_back_with_what_is_needed_and_a_new_row_with_its_defaults() {
    on_both(async |clinic| {
        let (mut browser, id) = opened(clinic).await;
        uncover(&mut browser, "patients").await;
        uncover(&mut browser, "allergies").await;
        let form = browser.get(&format!("/tables/patients/edit?k={id}")).await;
        let seen = form.after("name=\"seen\" value=\"").to_owned();
        let wrong = [
            ("k", id.as_str()),
            ("seen", &seen),
            ("back", "/"),
            ("v.date_of_birth", "soon"),
            ("v.sex", "robot"),
        ];
        let answer = browser.post("/tables/patients/stage", &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            answer.says("date_of_birth needs a day") && answer.says("sex needs one of male"),
            "{}",
            answer.main()
        );
        let blank = browser.get(&format!("/tables/allergies/new?patient_id={id}")).await;
        assert!(blank.says("<option value=\"active\" selected>") && blank.says(&id), "{}", blank.main());
        let incomplete =
            browser.post("/tables/allergies/add", &[("v.patient_id", &id), ("v.allergen", "")]).await;
        assert_eq!(incomplete.location(), "/changes");
        browser.post("/changes/discard", &[]).await;
        let new = [
            ("v.patient_id", id.as_str()),
            ("v.allergen", "Latex"),
            ("v.status", "active"),
            ("v.severity", ""),
        ];
        assert_eq!(browser.post("/tables/allergies/add", &new).await.location(), "/changes");
        assert!(browser.get("/changes").await.says("INSERT INTO &#34;allergies&#34;"));
        assert_eq!(browser.post("/changes/save", &[]).await.location(), "/saved");
        let grid = browser.get("/tables/patients?f=allergies-patient_id.allergen:contains:lat&sort=id").await;
        assert!(grid.says(&id), "{}", grid.main());
        let copied = browser
            .post("/tables/allergies/picked", &[("view", "cols=allergen,status"), ("do", "csv")])
            .await;
        assert_eq!(copied.text, "allergen,status\r\nLatex,active\r\n");
        let copied =
            browser.post("/tables/allergies/picked", &[("view", "cols=allergen"), ("do", "json")]).await;
        assert!(copied.says("\"allergen\": \"Latex\""), "{}", copied.text);
        let copied = browser.post("/tables/allergies/picked", &[("view", ""), ("do", "sql")]).await;
        assert!(copied.text.starts_with("INSERT INTO \"allergies\" ("), "{}", copied.text);
    })
    .await;
}

#[tokio::test]
async fn a_value_for_all_picked_rows_is_collected_for_each_and_a_wrong_one_for_none() {
    on_both(async |clinic| {
        let (mut browser, jane) = opened(clinic).await;
        let john = medrecord_clinic::patient::PatientForm {
            first_name: "John".to_owned(),
            ..medrecord_testkit::clinic::jane_doe()
        };
        let mut desk = clinic.desk(&clinic.staff).await;
        let john = john.parse(clinic.today()).expect("sound");
        let john = patients::register_anyway(&mut desk, &john).await.expect("John is registered").to_string();
        desk.close().await.expect("kept");
        let picks = [format!("k={jane}"), format!("k={john}")];
        let set = |column: &'static str, to: &'static str| {
            [
                ("view", ""),
                ("do", "set"),
                ("set", column),
                ("to", to),
                ("pick", &picks[0]),
                ("pick", &picks[1]),
            ]
        };
        let covered = browser.post("/tables/patients/picked", &set("address", "1 New Street")).await;
        assert!(covered.says("Say why it must be seen"), "{}", covered.main());
        uncover(&mut browser, "patients").await;
        assert!(browser.get("/tables/patients").await.says("Set a value in the picked rows"));
        let wrong = browser.post("/tables/patients/picked", &set("date_of_birth", "soon")).await;
        assert!(wrong.says("date_of_birth needs a day"), "{}", wrong.main());
        let key = browser.post("/tables/patients/picked", &set("id", "7")).await;
        assert_ne!(key.status, StatusCode::SEE_OTHER);
        let nobody = [("view", ""), ("do", "set"), ("set", "address"), ("to", "x")];
        assert!(browser.post("/tables/patients/picked", &nobody).await.says("No row is picked"));
        assert!(!browser.get("/changes").await.says("UPDATE"), "nothing of all that was collected");

        let done = browser.post("/tables/patients/picked", &set("address", "1 New Street")).await;
        assert_eq!(done.location(), "/changes", "{}", done.main());
        assert!(browser.get("/changes").await.says("Save 2 changes"));
        assert_eq!(browser.post("/changes/save", &[]).await.location(), "/saved");
        let found = browser.get("/tables/patients?f=address:is:1%20New%20Street&cols=id,address").await;
        assert!(found.says(&jane) && found.says(&john), "{}", found.main());
    })
    .await;
}

#[tokio::test]
async fn signing_out_asks_before_it_forgets_what_is_not_saved() {
    on_both(async |clinic| {
        let (mut browser, id) = opened(clinic).await;
        uncover(&mut browser, "allergies").await;
        let new = [("v.patient_id", id.as_str()), ("v.allergen", "Latex"), ("v.status", "active")];
        browser.post("/tables/allergies/add", &new).await;
        let asked = browser.post("/sign-out", &[]).await;
        assert_eq!(asked.status, StatusCode::CONFLICT);
        assert!(asked.says("One change is not saved") && asked.says("/changes"), "{}", asked.main());
        assert!(browser.get("/changes").await.says("Save 1 change<"), "a question forgets nothing");
        assert_eq!(browser.post("/sign-out", &[("forget", "1")]).await.location(), "/sign-in");
        let mut again = studio(clinic, "ada@example.com").await;
        assert!(again.get("/changes").await.says("Nothing is collected"));
        assert_eq!(again.post("/sign-out", &[]).await.location(), "/sign-in");
    })
    .await;
}

#[tokio::test]
async fn what_is_collected_outlives_the_studio() {
    on_both(async |clinic| {
        let (mut browser, id) = opened(clinic).await;
        uncover(&mut browser, "allergies").await;
        for allergen in ["Latex", "Peanut"] {
            let new = [("v.patient_id", id.as_str()), ("v.allergen", allergen), ("v.status", "active")];
            browser.post("/tables/allergies/add", &new).await;
        }
        browser.move_to(started(clinic));
        let kept = browser.get("/changes").await;
        assert!(
            kept.says("Save 2 changes<") && !kept.says("Latex"),
            "kept, and covered again: {}",
            kept.main()
        );
        let mut stranger = studio(clinic, "ada@example.com").await;
        assert!(stranger.get("/changes").await.says("Nothing is collected"), "they go with their session");
        browser.post("/changes/discard", &[("place", "0")]).await;

        browser.move_to(started(clinic));
        let asked = browser.post("/sign-out", &[]).await;
        assert_eq!(asked.status, StatusCode::CONFLICT, "it is known before any page was opened");
        uncover(&mut browser, "allergies").await;
        let one = browser.get("/changes").await;
        assert!(one.says("Save 1 change<") && one.says("Peanut") && !one.says("Latex"), "{}", one.main());
        assert_eq!(browser.post("/changes/save", &[]).await.location(), "/saved");

        browser.move_to(started(clinic));
        assert!(browser.get("/changes").await.says("Nothing is collected"), "saved once is saved");
        assert_eq!(browser.post("/sign-out", &[]).await.location(), "/sign-in");
    })
    .await;
}

#[tokio::test]
async fn the_console_reads_for_a_reason_and_cannot_write_or_see_secrets() {
    on_both(async |clinic| {
        let (mut browser, _) = opened(clinic).await;
        let ask = |sql: &str, act: &str| {
            let query: String = form_query(&[("q", sql), ("do", act)]);
            format!("/console?{query}")
        };
        assert!(!browser.get(&ask("select last_name from patients", "")).await.says("Doe"));
        uncover(&mut browser, "(console)").await;
        assert!(browser.get(&ask("select last_name from patients", "")).await.says("Doe"));
        assert!(browser.get(&ask("select last_name from patients", "plan")).await.says("class=\"plan\""));
        assert!(browser.get(&ask("select last_name from patients", "measure")).await.says("class=\"plan\""));
        for sly in [
            "delete from patients",
            "select 1; delete from patients",
            "select 1; commit; delete from patients",
            "with gone as (delete from patients returning 1) select * from gone",
            "select password_hash from providers",
            "select * from main.providers",
            "select * from public.providers",
            "pragma query_only = off",
            "select nonsense",
            "select set_config('transaction_read_only', 'off', true)",
        ] {
            let answer = browser.get(&ask(sly, "")).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{sly}: {}", answer.main());
        }
        let all = browser.get(&ask("select * from providers", "")).await;
        assert!(all.says("ada@example.com") && !all.says("argon2"), "{}", all.main());
        let long = "with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n";
        let stopped = browser.get(&ask(long, "")).await;
        assert!(stopped.says("longer than 5 seconds"), "{}", stopped.main());
        assert_eq!(browser.get("/tables/patients/count").await.text, "1");
    })
    .await;
}

fn form_query(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[tokio::test]
async fn dark_is_chosen_and_kept_and_the_system_decides_otherwise() {
    on_both(async |clinic| {
        let (mut browser, _) = opened(clinic).await;
        let plain = browser.get("/").await;
        assert!(plain.says("content=\"light dark\"") && !plain.says(" data-theme=\""));
        let choose = async |browser: &mut Tab, theme: &str| {
            let wish = [("theme", theme), ("back", "/tables/patients")];
            let answer = browser.post("/settings/display", &wish).await;
            assert_eq!(answer.location(), "/tables/patients");
            browser.get("/tables/patients").await
        };
        assert!(choose(&mut browser, "dark").await.says(" data-theme=\"dark\""));
        assert!(browser.get("/console").await.says(" data-theme=\"dark\""));
        assert!(!choose(&mut browser, "system").await.says(" data-theme=\""));
    })
    .await;
}
