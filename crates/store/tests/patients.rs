//! Patients are kept alike on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::duplicate::{Reason, Verdict};
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::language::Language;
use medrecord_clinic::patient::PatientForm;
use medrecord_clinic::search::Query;
use medrecord_store::patients::{Page, RegisterError};
use medrecord_store::{Refusal, chart, patients};
use medrecord_testkit::Clinic;
use medrecord_testkit::clinic::{jane_doe, jane_doe_details, on_both};

#[tokio::test]
async fn a_registered_patient_is_found_as_entered() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.staff).await;
        let id = patients::register(&mut desk, &jane_doe_details()).await.unwrap();
        desk.close().await.unwrap();

        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let jane = patients::get(&mut desk, id).await.unwrap();
        desk.close().await.unwrap();
        assert_eq!(jane.display_name(), "DOE, Jane");
        assert_eq!(jane.date_of_birth.to_string(), "15-Mar-1985");
        assert_eq!((jane.created_at, jane.version), (clinic.clock.now(), 1));
        assert_eq!(
            PatientForm::from(&jane),
            PatientForm { date_of_birth: "15-Mar-1985".to_owned(), ..jane_doe() }
        );
    })
    .await;
}

#[tokio::test]
async fn a_patient_s_language_for_papers_is_kept_changed_and_left_open() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.staff).await;
        let in_spanish = PatientForm { language: "es".to_owned(), ..jane_doe() };
        let details = in_spanish.parse(clinic.today()).unwrap();
        let id = patients::register(&mut desk, &details).await.unwrap();
        let kept = patients::get(&mut desk, id).await.unwrap();
        assert_eq!(kept.language, Some(Language::Spanish));
        assert_eq!(PatientForm::from(&kept).language, "es");
        let overview = chart::overview(&mut desk, id).await.unwrap();
        assert_eq!(overview.patient.language, Some(Language::Spanish));
        patients::update(&mut desk, id, 1, &jane_doe_details()).await.unwrap();
        assert_eq!(patients::get(&mut desk, id).await.unwrap().language, None);
        let wrong = PatientForm { language: "xx".to_owned(), ..jane_doe() };
        assert_eq!(wrong.parse(clinic.today()).unwrap_err().0[0].field, "language");
    })
    .await;
}

#[tokio::test]
async fn a_desk_that_is_dropped_keeps_nothing() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.staff).await;
        let id = patients::register(&mut desk, &jane_doe_details()).await.unwrap();
        drop(desk);

        let mut desk = clinic.reading_desk(&clinic.staff).await;
        assert_eq!(patients::find(&mut desk, id).await.unwrap(), None);
    })
    .await;
}

/// On PostgreSQL alone: SQLite lets in one writer at a time.
#[tokio::test]
async fn of_two_who_save_crosswise_one_saves_and_the_other_is_told_to_send_it_again() {
    let Some(clinic) = Clinic::on_postgres().await else { return };
    let details = jane_doe_details();
    let mut desk = clinic.desk(&clinic.staff).await;
    let jane = patients::register(&mut desk, &details).await.unwrap();
    let twin = patients::register_anyway(&mut desk, &details).await.unwrap();
    desk.close().await.unwrap();

    let (mut one, mut other) = (clinic.desk(&clinic.staff).await, clinic.desk(&clinic.doctor).await);
    patients::update(&mut one, jane, 1, &details).await.unwrap();
    patients::update(&mut other, twin, 1, &details).await.unwrap();
    let saved = tokio::join!(
        patients::update(&mut one, twin, 1, &details),
        patients::update(&mut other, jane, 1, &details)
    );
    let (Err(Refusal::Store(error)), Ok(2)) = (if saved.0.is_err() { saved } else { (saved.1, saved.0) })
    else {
        panic!("one of them is given up and the other saves")
    };
    assert!(error.is_crossed() && !error.is_unreachable(), "{error:?}");
    drop((one, other));
    clinic.end().await;
}

#[tokio::test]
async fn the_second_of_two_edits_of_the_same_version_is_refused() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.staff).await;
        let id = patients::register(&mut desk, &jane_doe_details()).await.unwrap();
        let moved = PatientForm { address: "1 New Street".to_owned(), ..jane_doe() };
        let details = moved.parse(clinic.today()).unwrap();
        assert_eq!(patients::update(&mut desk, id, 1, &details).await.unwrap(), 2);
        let late = patients::update(&mut desk, id, 1, &jane_doe_details()).await;
        assert!(matches!(late, Err(Refusal::Stale { seen: 1, current: 2, .. })), "{late:?}");
        let jane = patients::get(&mut desk, id).await.unwrap();
        assert_eq!(jane.address.as_deref(), Some("1 New Street"));
    })
    .await;
}

#[tokio::test]
async fn a_record_number_is_given_once() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.staff).await;
        let first = desk.fresh_id().unwrap();
        patients::register_as(&mut desk, first, "MR-1", &jane_doe_details()).await.unwrap();
        let second = desk.fresh_id().unwrap();
        let taken = patients::register_as(&mut desk, second, "MR-1", &jane_doe_details()).await;
        assert!(matches!(taken, Err(Refusal::Rule(_))), "{taken:?}");
    })
    .await;
}

/// Registers an invented person without looking for duplicates.
async fn register(clinic: &Clinic, first: &str, last: &str, born: &str, phone: &str) -> PatientId {
    let form = PatientForm {
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        date_of_birth: born.to_owned(),
        phone: phone.to_owned(),
        email: String::new(),
        ..jane_doe()
    };
    let mut desk = clinic.desk(&clinic.staff).await;
    let id = patients::register_anyway(&mut desk, &form.parse(clinic.today()).unwrap()).await.unwrap();
    desk.close().await.unwrap();
    id
}

fn names(page: &Page) -> Vec<String> {
    page.items.iter().map(|item| item.patient.display_name()).collect()
}

#[tokio::test]
async fn somebody_who_looks_like_a_patient_on_file_is_shown_before_being_registered() {
    on_both(async |clinic| {
        let jane = register(clinic, "Jane", "Doe", "1985-03-07", "+1-555-0100").await;
        register(clinic, "Ahmed", "Khan", "1985-03-07", "+1-555-0199").await;
        for (form, verdict, reason) in [
            (
                PatientForm { first_name: "DOE".into(), last_name: "jane".into(), ..jane_doe() },
                Verdict::Likely,
                Reason::SwappedName,
            ),
            (
                PatientForm { first_name: "Jayne".into(), phone: "1".repeat(9), ..jane_doe() },
                Verdict::Possible,
                Reason::SimilarName,
            ),
            (
                PatientForm { date_of_birth: "1985-07-03".into(), phone: "1".repeat(9), ..jane_doe() },
                Verdict::Possible,
                Reason::SwappedBirthDate,
            ),
            (
                PatientForm { date_of_birth: "1985-03-17".into(), phone: "1".repeat(9), ..jane_doe() },
                Verdict::Possible,
                Reason::BirthDateSlip,
            ),
        ] {
            let form = if form.date_of_birth == "1985-03-15" {
                PatientForm { date_of_birth: "1985-03-07".into(), ..form }
            } else {
                form
            };
            let mut desk = clinic.desk(&clinic.staff).await;
            let details = form.parse(clinic.today()).unwrap();
            let Err(RegisterError::Duplicates(found)) = patients::register(&mut desk, &details).await else {
                panic!("{form:?} was registered");
            };
            let ids: Vec<PatientId> = found.iter().map(|c| c.patient.id).collect();
            assert_eq!(ids, [jane], "{form:?}");
            assert_eq!(found[0].likeness.verdict(), Some(verdict), "{form:?} {found:?}");
            assert!(found[0].likeness.reasons.contains(&reason), "{form:?} {found:?}");
            patients::register_anyway(&mut desk, &details).await.unwrap();
        }
        let stranger = PatientForm { first_name: "Ahmed".into(), last_name: "Doe".into(), ..jane_doe() };
        let mut desk = clinic.desk(&clinic.staff).await;
        let alone = PatientForm { phone: "+49 30 1234567".into(), email: String::new(), ..stranger };
        patients::register(&mut desk, &alone.parse(clinic.today()).unwrap()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn one_box_finds_whoever_was_meant() {
    on_both(async |clinic| {
        register(clinic, "José", "Müller-Lang", "1985-03-15", "+49 30 555 0100").await;
        register(clinic, "Siobhán", "O'Neill", "1990-12-01", "+353 1 555 0200").await;
        register(clinic, "Li", "Ng", "2001-01-31", "+65 5550 300").await;
        register(clinic, "A", "王小明", "1999-02-03", "+86 10 1234 5678").await;
        let lang = register(clinic, "Anna", "Lang", "1971-06-05", "+1 555 0400").await;
        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let number = patients::get(&mut desk, lang).await.unwrap().record_number;
        let plain = number.replace('-', "").to_lowercase();
        let jose = vec!["MÜLLER-LANG, José".to_owned()];
        let both = vec!["LANG, Anna".to_owned(), "MÜLLER-LANG, José".to_owned()];
        for (typed, found) in [
            ("müller", &jose),
            ("MULL", &jose),
            ("jose muller", &jose),
            ("muller, jose", &jose),
            ("15.03.1985", &jose),
            ("lang 1985-03-15", &jose),
            ("5550100", &jose),
            ("555 0100", &jose),
            ("lang", &both),
            ("ang", &both),
            ("an la", &vec!["LANG, Anna".to_owned()]),
            ("la jo", &jose),
            ("o", &vec!["O'NEILL, Siobhán".to_owned()]),
            ("小明", &vec!["王小明, A".to_owned()]),
            ("oneill", &vec!["O'NEILL, Siobhán".to_owned()]),
            ("O'Nei", &vec!["O'NEILL, Siobhán".to_owned()]),
            ("ng", &vec!["NG, Li".to_owned()]),
            ("li n", &vec!["NG, Li".to_owned()]),
            (&number, &vec!["LANG, Anna".to_owned()]),
            (&plain, &vec!["LANG, Anna".to_owned()]),
            ("zzz", &Vec::new()),
            ("%", &Vec::new()),
            ("\"", &Vec::new()),
        ] {
            let page = patients::search(&mut desk, &Query::parse(typed), None, 20).await.unwrap();
            assert_eq!(&names(&page), found, "{typed}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_phone_is_found_by_any_three_of_its_digits_and_by_the_new_ones_after_a_change() {
    on_both(async |clinic| {
        let id = register(clinic, "Anna", "Lang", "1971-06-05", "+1 555 0478").await;
        register(clinic, "Li", "Ng", "2001-01-31", "+65 5550 300").await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        for (typed, found) in
            [("047", 1), ("478", 1), ("55-504", 1), ("555 0", 2), ("4780", 0), ("ng 300", 1)]
        {
            let page = patients::search(&mut desk, &Query::parse(typed), None, 20).await.unwrap();
            assert_eq!(page.items.len(), found, "{typed}");
        }
        let anna = patients::get(&mut desk, id).await.unwrap();
        let moved = PatientForm { phone: "+1 555 9123".to_owned(), ..PatientForm::from(&anna) };
        patients::update(&mut desk, id, 1, &moved.parse(clinic.today()).unwrap()).await.unwrap();
        for (typed, found) in [("478", 0), ("912", 1)] {
            let page = patients::search(&mut desk, &Query::parse(typed), None, 20).await.unwrap();
            assert_eq!(page.items.len(), found, "{typed} after the change");
        }
        desk.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn lists_and_searches_are_paged_without_gaps_and_repeats() {
    on_both(async |clinic| {
        for number in 0..12 {
            let last = if number < 7 { "Same" } else { "Unsame" };
            register(clinic, "Eva", last, "1980-01-01", &format!("+1 555 10{number:02}")).await;
        }
        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let query = Query::parse("same");
        for how in ["list", "search"] {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let page = match how {
                    "list" => patients::list(&mut desk, after, 5).await.unwrap(),
                    _ => patients::search(&mut desk, &query, after, 5).await.unwrap(),
                };
                seen.extend(page.items.iter().map(|item| item.patient.id));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            let mut distinct = seen.clone();
            distinct.sort();
            distinct.dedup();
            assert_eq!((seen.len(), distinct.len()), (12, 12), "{how}");
        }
        let third = patients::list_page(&mut desk, 3, 5).await.unwrap();
        assert_eq!((third.items.len(), third.next), (2, None));
        assert_eq!(patients::count(&mut desk).await.unwrap(), 12);
    })
    .await;
}
