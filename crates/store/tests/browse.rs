//! The studio's reading: the catalogue, pages by key, filters over links, what is covered, and who may not.

#![expect(clippy::unwrap_used, reason = "a step that fails must fail the test")]

use medrecord_clinic::ids::PatientId;
use medrecord_clinic::patient::PatientForm;
use medrecord_store::browse::{
    self, Catalogue, Cell, Column, Count, Cursor, Kind, Lens, Look, Page, Privacy, console,
};
use medrecord_store::{Desk, Refusal, patients};
use medrecord_testkit::Clinic;
use medrecord_testkit::clinic::{jane_doe, on_both};

/// Registers invented people who do not look alike.
async fn register(clinic: &Clinic, names: &[(&str, &str)]) -> Vec<PatientId> {
    let mut desk = clinic.desk(&clinic.staff).await;
    let mut ids = Vec::new();
    for (number, (first, last)) in names.iter().enumerate() {
        let form = PatientForm {
            first_name: (*first).to_owned(),
            last_name: (*last).to_owned(),
            date_of_birth: format!("19{}1-0{}-15", number + 4, number + 1),
            phone: format!("+1-555-02{number}7"),
            email: format!("{}@example.com", first.to_lowercase()),
            ..jane_doe()
        };
        let details = form.parse(clinic.today()).unwrap();
        ids.push(patients::register(&mut desk, &details).await.unwrap());
    }
    desk.close().await.unwrap();
    ids
}

const NAMES: [(&str, &str); 5] =
    [("Ann", "Abel"), ("Bea", "Bold"), ("Cid", "Cole"), ("Dan", "Dorn"), ("Eva", "O'Neill")];

async fn opened(clinic: &Clinic) -> (Desk, Catalogue) {
    let mut desk = clinic.reading_desk(&clinic.admin).await;
    let catalogue = browse::catalogue(&mut desk).await.unwrap();
    (desk, catalogue)
}

fn open_lens() -> Lens {
    Lens { uncovered: ["patients", "allergies", "appointments"].map(str::to_owned).into() }
}

async fn look(
    desk: &mut Desk,
    catalogue: &Catalogue,
    lens: &Lens,
    table: &str,
    look: &Look,
) -> Result<Page, Refusal> {
    let table = catalogue.table(table)?;
    let columns: Vec<&Column> = table.columns.iter().collect();
    browse::page(desk, (catalogue, lens), table, &columns, (look, 2)).await
}

fn filtered(filters: &[&str]) -> Look {
    Look { filters: filters.iter().map(|filter| filter.parse().unwrap()).collect(), ..Look::default() }
}

#[tokio::test]
async fn the_catalogue_tells_what_is_there_alike_on_both() {
    on_both(async |clinic| {
        let (_desk, catalogue) = opened(clinic).await;
        let patients = catalogue.table("patients").unwrap();
        assert_eq!(patients.key, ["id"]);
        assert!(patients.column("search_row").is_err());
        assert_eq!(patients.comment, "People who are cared for.");
        let kind =
            |table: &str, column: &str| catalogue.table(table).unwrap().column(column).unwrap().kind.clone();
        assert_eq!(kind("patients", "id"), Kind::Id);
        assert_eq!(kind("patients", "date_of_birth"), Kind::Day);
        assert_eq!(kind("patients", "created_at"), Kind::Instant);
        assert_eq!(kind("vital_signs", "temperature"), Kind::Decimal(1));
        assert_eq!(kind("medical_records", "is_draft"), Kind::YesNo);
        assert_eq!(kind("symptoms", "severity"), Kind::Whole);
        assert_eq!(kind("audit_events", "detail"), Kind::Json);
        let sexes = ["male", "female", "other"].map(str::to_owned).to_vec();
        assert_eq!(kind("patients", "sex"), Kind::Choice(sexes));
        let born = patients.column("date_of_birth").unwrap();
        assert!(!born.nullable && born.comment.starts_with("Birthday") && born.indexed);
        assert_eq!(patients.column("last_name").unwrap().privacy, Privacy::Personal);
        let incoming: Vec<&str> =
            catalogue.incoming(patients).map(|(table, _)| table.name.as_str()).collect();
        assert!(incoming.contains(&"allergies") && incoming.contains(&"appointments"), "{incoming:?}");
        assert_eq!(catalogue.table("allergies").unwrap().link_of("patient_id").unwrap().table, "patients");
        assert!(catalogue.tables.iter().all(|table| !table.key.is_empty()));
        assert!(matches!(catalogue.table("patients; DROP TABLE patients"), Err(Refusal::NotFound(_))));
    })
    .await;
}

#[tokio::test]
async fn every_table_can_be_read_and_paged_to_its_end_and_back() {
    on_both(async |clinic| {
        register(clinic, &NAMES).await;
        let (mut desk, catalogue) = opened(clinic).await;
        for table in &catalogue.tables {
            look(&mut desk, &catalogue, &Lens::default(), &table.name, &Look::default()).await.unwrap();
            let counted = browse::count(&mut desk, (&catalogue, &Lens::default()), table, &[]).await.unwrap();
            assert!(matches!(counted, Count::Exactly(_)), "{}", table.name);
        }
        for (sort, descending) in [
            (None, false),
            (Some("last_name"), true),
            (Some("preferred_name"), false),
            (Some("deceased_on"), true),
        ] {
            let mut at = Look { sort: sort.map(str::to_owned), descending, ..Look::default() };
            let mut seen: Vec<Vec<String>> = Vec::new();
            loop {
                let page = look(&mut desk, &catalogue, &open_lens(), "patients", &at).await.unwrap();
                seen.extend(page.rows.iter().map(|row| row.key.clone()));
                if !page.later {
                    break;
                }
                at.cursor = Some(Cursor { key: seen.last().unwrap().clone(), backward: false });
            }
            let mut apart = seen.clone();
            apart.sort();
            apart.dedup();
            assert_eq!((seen.len(), apart.len()), (5, 5), "{sort:?}");
            at.cursor = Some(Cursor { key: seen[4].clone(), backward: true });
            let back = look(&mut desk, &catalogue, &open_lens(), "patients", &at).await.unwrap();
            let keys: Vec<&Vec<String>> = back.rows.iter().map(|row| &row.key).collect();
            assert_eq!(keys, [&seen[2], &seen[3]], "{sort:?}");
            assert!(back.earlier && back.later);
        }
    })
    .await;
}

#[tokio::test]
async fn filters_find_by_any_column_and_over_links_and_take_sql_for_what_it_is() {
    on_both(async |clinic| {
        let ids = register(clinic, &NAMES).await;
        let (mut desk, catalogue) = opened(clinic).await;
        let lens = open_lens();
        for (filters, expected) in [
            (&["last_name:is:Bold"][..], 1),
            (&["last_name:contains:O"], 4),
            (&["last_name:starts:o'n"], 1),
            (&["last_name:is:' OR 1=1 --"], 0),
            (&["last_name:contains:%"], 0),
            (&["last_name:in:Bold,Cole"], 2),
            (&["last_name:notin:Bold,Cole"], 3),
            (&["preferred_name:not:x"], 5),
            (&["preferred_name:empty:", "sex:is:female"], 5),
            (&["date_of_birth:lt:2020-01-01"], 5),
            (&["created_at:gte:2026-11-22"], 5),
            (&["version:is:1"], 5),
            (&["allergies-patient_id.id:filled:"], 0),
            (&["!allergies-patient_id.id:filled:"], 5),
            (&["merged_into_id.last_name:is:Bold"], 0),
        ] {
            let table = catalogue.table("patients").unwrap();
            let parsed = filtered(filters).filters;
            let counted = browse::count(&mut desk, (&catalogue, &lens), table, &parsed).await.unwrap();
            assert_eq!(counted, Count::Exactly(expected), "{filters:?}");
        }
        let symptoms = catalogue.table("symptoms").unwrap();
        for (far, allowed) in [
            ("medical_record_id.appointment_id.patient_id.last_name:is:Bold", true),
            ("medical_record_id.appointment_id.patient_id.merged_into_id.last_name:is:Bold", false),
        ] {
            let far = filtered(&[far]).filters;
            let counted = browse::count(&mut desk, (&catalogue, &lens), symptoms, &far).await;
            assert_eq!(matches!(counted, Ok(Count::Exactly(0))), allowed, "{counted:?}");
        }
        let by_id = format!("id:is:{}", ids[0]);
        let page = look(&mut desk, &catalogue, &lens, "patients", &filtered(&[&by_id])).await.unwrap();
        assert_eq!(page.rows.len(), 1);
        for wrong in
            ["version:is:one", "sex:is:robot", "id:is:7", "date_of_birth:is:soon", "sex:contains:a:b:c"]
        {
            let refused = look(&mut desk, &catalogue, &lens, "patients", &filtered(&[wrong])).await;
            assert!(matches!(refused, Err(Refusal::Invalid(_))) || wrong.contains("contains"), "{wrong}");
        }
        for absent in ["nothing:is:1", "patient_id.x:is:1", "nowhere-patient_id.id:filled:"] {
            let refused = look(&mut desk, &catalogue, &lens, "patients", &filtered(&[absent])).await;
            assert!(matches!(refused, Err(Refusal::NotFound(_))), "{absent}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_covered_is_neither_shown_nor_guessed_by_filter_or_order() {
    on_both(async |clinic| {
        register(clinic, &NAMES).await;
        let (mut desk, catalogue) = opened(clinic).await;
        let table = catalogue.table("patients").unwrap();
        let place = table.columns.iter().position(|column| column.name == "last_name").unwrap();
        let closed = Lens::default();
        let page = look(&mut desk, &catalogue, &closed, "patients", &Look::default()).await.unwrap();
        assert!(page.rows.iter().all(|row| row.cells[place] == Cell::Covered));
        let open = look(&mut desk, &catalogue, &open_lens(), "patients", &Look::default()).await.unwrap();
        assert_eq!(open.rows[0].cells[place], Cell::Text("Abel".to_owned(), false));
        let sorted = Look { sort: Some("last_name".to_owned()), ..Look::default() };
        for sly in
            [filtered(&["last_name:starts:A"]), filtered(&["merged_into_id.last_name:is:Bold"]), sorted]
        {
            let refused = look(&mut desk, &catalogue, &closed, "patients", &sly).await;
            assert!(matches!(refused, Err(Refusal::Rule(_))), "{sly:?}");
        }
        let providers = catalogue.table("providers").unwrap();
        let hash = providers.columns.iter().position(|column| column.name == "password_hash").unwrap();
        let lens = Lens { uncovered: ["providers".to_owned()].into() };
        let page = look(&mut desk, &catalogue, &lens, "providers", &Look::default()).await.unwrap();
        assert!(page.rows.iter().all(|row| row.cells[hash] == Cell::Covered));
        let sly = filtered(&["password_hash:starts:$argon2"]);
        assert!(look(&mut desk, &catalogue, &lens, "providers", &sly).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn only_an_admin_browses_and_each_look_is_in_the_trail() {
    on_both(async |clinic| {
        let ids = register(clinic, &NAMES).await;
        for actor in [&clinic.doctor, &clinic.staff] {
            let mut desk = clinic.reading_desk(actor).await;
            assert!(matches!(browse::catalogue(&mut desk).await, Err(Refusal::NotAllowed(_))));
        }
        let (mut desk, catalogue) = opened(clinic).await;
        let table = catalogue.table("patients").unwrap();
        let key = [ids[1].to_string()];
        let row = browse::row(&mut desk, (&catalogue, &open_lens()), table, &key).await.unwrap();
        assert_eq!(row.key, key);
        for absent in [vec!["7".to_owned()], vec![], vec![key[0].clone(), key[0].clone()]] {
            let refused = browse::row(&mut desk, (&catalogue, &open_lens()), table, &absent).await;
            assert!(matches!(refused, Err(Refusal::NotFound(_))));
        }
        let found = browse::search(&mut desk, (&catalogue, &open_lens()), table, "bold").await.unwrap();
        assert_eq!(found.len(), 1);
        desk.close().await.unwrap();
        let mut desk = clinic.reading_desk(&clinic.admin).await;
        let filter =
            medrecord_store::audit::EventFilter { patient: Some(ids[1]), limit: 10, ..Default::default() };
        let trail = medrecord_store::audit::list(&mut desk, &filter).await.unwrap();
        let seen =
            trail.iter().filter(|event| event.action == "read" && event.actor_name == "Ada Admin").count();
        assert_eq!(seen, 2);
    })
    .await;
}

/// Statements that hide a table's own name from whoever reads them as the other database would, or reach it through
/// a function.
const SLY: [&str; 11] = [
    "SELECT password_hash FROM main.[providers]",
    "SELECT password_hash FROM main.'providers'",
    "SELECT 1 /* /* */ , password_hash FROM main.providers -- */",
    "SELECT 1 AS [\"], password_hash FROM main.providers --\"",
    "SELECT 1 AS `'`, password_hash FROM main.providers --'",
    "SELECT $1('), password_hash FROM main.providers -- '",
    "SELECT 1 -- \r, password_hash FROM public.providers",
    "SELECT 1 AS a\u{20ac}$$, password_hash FROM public.providers AS b\u{20ac}$$",
    "SELECT $\u{20ac}$ ' $\u{20ac}$, password_hash FROM public.providers -- '",
    "SELECT CAST(schema_to_xml_and_xmlschema('public', true, true, '') AS text)",
    "SELECT CAST(ts_rewrite(CAST('a' AS tsquery), 'SELECT CAST(''a'' AS tsquery),
        phraseto_tsquery(''simple'', password_hash) FROM public.providers LIMIT 1') AS text)",
];

#[tokio::test]
async fn no_statement_of_the_console_reaches_a_secret() {
    on_both(async |clinic| {
        let (mut desk, catalogue) = opened(clinic).await;
        let ask = console::Ask::Rows;
        for sql in SLY {
            if let Ok(answer) = console::run(&mut desk, &clinic.store, &catalogue, sql, ask).await {
                let found = answer.rows.iter().flatten().flatten().any(|text| text.contains("argon2"));
                assert!(!found, "{sql}");
            }
        }
        let plain = "SELECT email FROM providers -- and no more";
        let answer = console::run(&mut desk, &clinic.store, &catalogue, plain, ask).await.unwrap();
        assert_eq!(answer.rows.len(), 3);
        desk.close().await.unwrap();
    })
    .await;
}
