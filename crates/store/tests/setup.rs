//! The first run and the people of the practice, on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::contact::Email;
use medrecord_clinic::practice::{Practice, PracticeDetails, PracticeForm};
use medrecord_clinic::provider::{ProviderDetails, ProviderForm, Role};
use medrecord_clinic::time::Zone;
use medrecord_store::sessions::{Origin, sign_in};
use medrecord_store::{Refusal, passwords, practice, providers, setup};
use medrecord_testkit::Clinic;
use medrecord_testkit::clinic::{PASSWORD, on_both};

fn elm_row() -> PracticeDetails {
    let form = PracticeForm::from(&Practice::unnamed("Pacific/Auckland".parse().unwrap()));
    PracticeForm { name: "Elm Row Practice".to_owned(), ..form }.parse().unwrap()
}

/// Ann Example, an invented doctor.
fn ann(role: Role) -> ProviderDetails {
    let form = ProviderForm {
        email: "ann@example.com".to_owned(),
        first_name: "Ann".to_owned(),
        last_name: "Example".to_owned(),
        role: role.to_string(),
        ..ProviderForm::default()
    };
    form.parse().unwrap()
}

/// Takes away everybody whom the test's clinic begins with.
async fn emptied(clinic: &Clinic) {
    clinic.store.by_hand("DELETE FROM providers").await.unwrap();
}

#[tokio::test]
async fn the_first_person_sets_the_practice_up_and_nobody_after() {
    on_both(async |clinic| {
        assert!(!setup::is_needed(&clinic.store).await.unwrap(), "three people can sign in");
        emptied(clinic).await;
        assert!(setup::is_needed(&clinic.store).await.unwrap());
        let hash = passwords::hash(PASSWORD).await.unwrap();
        let comer = setup::first_comer(Some("127.0.0.1".to_owned()));
        let mut desk = clinic.store.write_desk(comer.clone()).await.unwrap();
        setup::set_up(&mut desk, &elm_row(), &ann(Role::Staff), &hash).await.unwrap();
        desk.close().await.unwrap();

        assert!(!setup::is_needed(&clinic.store).await.unwrap());
        let inside = sign_in(&clinic.store, "ann@example.com", PASSWORD, &Origin::default()).await.unwrap();
        assert_eq!(inside.session.role, Role::Admin, "somebody must run the system");
        let mut desk = clinic.store.write_desk(comer).await.unwrap();
        assert_eq!(practice::get(&mut desk, Zone::UTC).await.unwrap().name, "Elm Row Practice");
        let again = setup::set_up(&mut desk, &elm_row(), &ann(Role::Admin), &hash).await.unwrap_err();
        assert!(matches!(again, Refusal::Rule(_)), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn a_colleague_changes_role_but_the_last_administrator_stays() {
    on_both(async |clinic| {
        let hash = passwords::hash(PASSWORD).await.unwrap();
        let mut desk = clinic.desk(&clinic.admin).await;
        let id = providers::add(&mut desk, &ann(Role::Staff), &hash).await.unwrap();
        desk.close().await.unwrap();

        let ada = clinic.admin.id.unwrap();
        let mut desk = clinic.desk(&clinic.admin).await;
        let ada_as_staff =
            ProviderDetails { email: Email::parse("email", "ada2@example.com").unwrap(), ..ann(Role::Staff) };
        let last = providers::update(&mut desk, ada, 1, &ada_as_staff).await.unwrap_err();
        assert!(matches!(&last, Refusal::Invalid(problems) if problems.of("role").is_some()), "{last:?}");
        assert_eq!(providers::update(&mut desk, id, 1, &ann(Role::Admin)).await.unwrap(), 2);
        let stale = providers::update(&mut desk, id, 1, &ann(Role::Staff)).await.unwrap_err();
        assert!(matches!(stale, Refusal::Stale { current: 2, .. }), "{stale:?}");
        providers::update(&mut desk, ada, 1, &ada_as_staff).await.unwrap();
        desk.close().await.unwrap();
        let mut desk = clinic.reading_desk(&clinic.staff).await;
        for (id, role) in [(id, Role::Admin), (ada, Role::Staff)] {
            assert_eq!(providers::find(&mut desk, id).await.unwrap().unwrap().role, role);
        }
        let refused = providers::update(&mut desk, id, 2, &ann(Role::Admin)).await.unwrap_err();
        assert!(matches!(refused, Refusal::NotAllowed(_)), "{refused:?}");
    })
    .await;
}
