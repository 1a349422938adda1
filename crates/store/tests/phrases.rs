//! Phrases are kept alike on both databases: one's own for oneself, those of the practice for all who write notes.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::phrase::{PhraseDetails, PhraseForm};
use medrecord_store::{Refusal, phrases};
use medrecord_testkit::clinic::on_both;

fn phrase(abbreviation: &str, words: &str, shared: &str) -> PhraseDetails {
    let form = PhraseForm { abbreviation: abbreviation.into(), words: words.into(), shared: shared.into() };
    form.parse().unwrap()
}

#[tokio::test]
async fn a_phrase_comes_back_as_it_was_kept_changes_and_goes() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.doctor).await;
        let fever = phrases::add(&mut desk, &phrase(".nfl", "No fever,\nno weight loss.", "")).await.unwrap();
        phrases::add(&mut desk, &phrase(".abd", "Abdomen: ___", "")).await.unwrap();
        let offered = phrases::offered(&mut desk).await.unwrap();
        let abbreviations: Vec<&str> = offered.iter().map(|one| one.abbreviation.as_str()).collect();
        assert_eq!(abbreviations, [".abd", ".nfl"]);
        let kept = phrases::get(&mut desk, fever).await.unwrap();
        assert_eq!(
            (kept.words.as_str(), kept.is_shared, kept.version),
            ("No fever,\nno weight loss.", false, 1)
        );
        let other = phrase(".fever", "No fever.", "");
        assert_eq!(phrases::update(&mut desk, fever, 1, &other).await.unwrap(), 2);
        for late in [
            phrases::update(&mut desk, fever, 1, &other).await.map(drop),
            phrases::remove(&mut desk, fever, 1).await,
        ] {
            assert!(matches!(late, Err(Refusal::Stale { seen: 1, current: 2, .. })), "{late:?}");
        }
        phrases::remove(&mut desk, fever, 2).await.unwrap();
        let gone = phrases::get(&mut desk, fever).await;
        assert!(matches!(gone, Err(Refusal::NotFound(_))), "{gone:?}");
        desk.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn those_of_the_practice_are_offered_to_all_and_changed_by_its_admins_alone() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.admin).await;
        let shared = phrases::add(&mut desk, &phrase(".nfl", "No fever.", "yes")).await.unwrap();
        phrases::add(&mut desk, &phrase(".own", "The admin's.", "")).await.unwrap();
        desk.close().await.unwrap();

        let mut desk = clinic.desk(&clinic.doctor).await;
        let own = phrases::add(&mut desk, &phrase(".nfl", "No fever, says the doctor.", "")).await.unwrap();
        let offered = phrases::offered(&mut desk).await.unwrap();
        assert_eq!(offered.len(), 2, "{offered:?}");
        assert!(offered.iter().all(|one| one.abbreviation == ".nfl" && one.is_shared == (one.id == shared)));
        let refused = [
            phrases::add(&mut desk, &phrase(".new", "For all.", "yes")).await.map(drop),
            phrases::update(&mut desk, shared, 1, &phrase(".nfl", "Mine now.", "")).await.map(drop),
            phrases::update(&mut desk, own, 1, &phrase(".all", "For all.", "yes")).await.map(drop),
            phrases::remove(&mut desk, shared, 1).await,
        ];
        assert!(refused.iter().all(|one| matches!(one, Err(Refusal::NotAllowed(_)))), "{refused:?}");
        desk.close().await.unwrap();

        let mut desk = clinic.desk(&clinic.admin).await;
        let strange = phrases::get(&mut desk, own).await;
        assert!(matches!(strange, Err(Refusal::NotFound(_))), "{strange:?}");
        assert_eq!(phrases::update(&mut desk, shared, 1, &phrase(".nf", "No fever.", "")).await.unwrap(), 2);
        assert!(!phrases::get(&mut desk, shared).await.unwrap().is_shared);
        desk.close().await.unwrap();
        let mut desk = clinic.desk(&clinic.staff).await;
        let staff = phrases::offered(&mut desk).await;
        assert!(matches!(staff, Err(Refusal::NotAllowed(_))), "{staff:?}");
    })
    .await;
}

#[tokio::test]
async fn an_abbreviation_is_taken_once_a_person_and_once_in_the_practice() {
    on_both(async |clinic| {
        for shared in ["", "yes"] {
            let mut desk = clinic.desk(&clinic.admin).await;
            phrases::add(&mut desk, &phrase(".nfl", "No fever.", shared)).await.unwrap();
            desk.close().await.unwrap();
            let mut desk = clinic.desk(&clinic.admin).await;
            let twice = phrases::add(&mut desk, &phrase(".NFL", "Again.", shared)).await;
            let Err(Refusal::Invalid(problems)) = twice else { panic!("taken twice: {twice:?}") };
            assert!(problems.of("abbreviation").is_some(), "{problems:?}");
        }
    })
    .await;
}
