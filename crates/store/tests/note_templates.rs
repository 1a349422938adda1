//! Templates of notes are kept alike on both databases, each for its owner alone.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::appointment::AppointmentType;
use medrecord_clinic::medical_record::NoteField;
use medrecord_clinic::note_template::{NoteTemplateDetails, NoteTemplateForm};
use medrecord_store::{Refusal, note_templates};
use medrecord_testkit::clinic::on_both;

fn template(name: &str, kind: &str) -> NoteTemplateDetails {
    let mut form =
        NoteTemplateForm { name: name.into(), appointment_type: kind.into(), ..Default::default() };
    for section in NoteField::ALL {
        *form.note.get_mut(section) = format!("{section} ___");
    }
    form.parse().unwrap()
}

#[tokio::test]
async fn a_template_comes_back_as_it_was_kept_changes_and_goes() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.doctor).await;
        let throat = note_templates::add(&mut desk, &template("Sore throat", "sick_visit")).await.unwrap();
        note_templates::add(&mut desk, &template("Any visit", "")).await.unwrap();
        let own = note_templates::own(&mut desk).await.unwrap();
        assert_eq!(own.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Any visit", "Sore throat"]);
        let kept = note_templates::get(&mut desk, throat).await.unwrap();
        assert_eq!((kept.appointment_type, kept.version), (Some(AppointmentType::SickVisit), 1));
        for section in NoteField::ALL {
            assert_eq!(kept.note.get(section).as_deref(), Some(format!("{section} ___").as_str()));
        }
        let other = template("Tonsils", "");
        assert_eq!(note_templates::update(&mut desk, throat, 1, &other).await.unwrap(), 2);
        let changed = note_templates::get(&mut desk, throat).await.unwrap();
        assert_eq!((changed.name.as_str(), changed.appointment_type), ("Tonsils", None));
        for late in [
            note_templates::update(&mut desk, throat, 1, &other).await.map(drop),
            note_templates::remove(&mut desk, throat, 1).await,
        ] {
            assert!(matches!(late, Err(Refusal::Stale { seen: 1, current: 2, .. })), "{late:?}");
        }
        note_templates::remove(&mut desk, throat, 2).await.unwrap();
        let gone = note_templates::get(&mut desk, throat).await;
        assert!(matches!(gone, Err(Refusal::NotFound(_))), "{gone:?}");
        desk.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_name_is_taken_once_a_person_and_nobody_reaches_those_of_others() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.doctor).await;
        let id = note_templates::add(&mut desk, &template("Sore throat", "")).await.unwrap();
        desk.close().await.unwrap();
        let mut desk = clinic.desk(&clinic.doctor).await;
        let twice = note_templates::add(&mut desk, &template("Sore throat", "")).await;
        let Err(Refusal::Invalid(problems)) = twice else { panic!("taken twice: {twice:?}") };
        assert!(problems.of("name").is_some(), "{problems:?}");
        drop(desk);

        let mut desk = clinic.desk(&clinic.staff).await;
        let staff = note_templates::own(&mut desk).await;
        assert!(matches!(staff, Err(Refusal::NotAllowed { .. })), "{staff:?}");
        drop(desk);
        let mut desk = clinic.desk(&clinic.admin).await;
        if note_templates::own(&mut desk).await.is_ok() {
            let stolen = [
                note_templates::update(&mut desk, id, 1, &template("Mine", "")).await.map(drop),
                note_templates::remove(&mut desk, id, 1).await,
                note_templates::get(&mut desk, id).await.map(drop),
            ];
            assert!(stolen.iter().all(|one| matches!(one, Err(Refusal::NotFound(_)))), "{stolen:?}");
            note_templates::add(&mut desk, &template("Sore throat", "")).await.unwrap();
        }
    })
    .await;
}
