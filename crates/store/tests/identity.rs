//! Signing in, sessions and tokens are kept alike on both databases.

#![expect(clippy::unwrap_used, reason = "a step that fails must fail the test")]

use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::language::Language;
use medrecord_clinic::provider::Role;
use medrecord_store::audit::{self, EventFilter};
use medrecord_store::passwords::{self, Verified};
use medrecord_store::sessions::{self, EndReason, Origin, SignInError, SignedIn, sign_in};
use medrecord_store::{Actor, Refusal, Via, providers, tokens};
use medrecord_testkit::clinic::{Clinic, on_both};

const PASSWORD: &str = "four words make sense";

fn desk_pc() -> Origin {
    Origin { address: Some("192.0.2.7".to_owned()), user_agent: Some("Test/1".to_owned()) }
}

fn stranger() -> Origin {
    Origin { address: Some("203.0.113.9".to_owned()), user_agent: None }
}

fn dora(clinic: &Clinic) -> ProviderId {
    clinic.doctor.id.unwrap()
}

async fn give_password(clinic: &Clinic, hash: &str) {
    let mut desk = clinic.desk(&clinic.admin).await;
    providers::set_password(&mut desk, dora(clinic), hash, None).await.unwrap();
    desk.close().await.unwrap();
}

async fn enter(clinic: &Clinic) -> SignedIn {
    sign_in(&clinic.store, " Dora@Example.com ", PASSWORD, &desk_pc()).await.unwrap()
}

#[tokio::test]
async fn the_own_language_is_kept_and_every_open_session_follows() {
    on_both(async |clinic| {
        give_password(clinic, &passwords::hash(PASSWORD).await.unwrap()).await;
        let SignedIn { token, session } = enter(clinic).await;
        assert_eq!(session.language, None);
        let mut desk = clinic.desk(&clinic.doctor).await;
        providers::set_own_language(&mut desk, Some(Language::Spanish)).await.unwrap();
        desk.close().await.unwrap();
        let session = sessions::resume(&clinic.store, &token).await.unwrap().unwrap();
        assert_eq!(session.language, Some(Language::Spanish));
        assert_eq!(enter(clinic).await.session.language, Some(Language::Spanish));
        let mut desk = clinic.desk(&Actor::machine("server", Via::System)).await;
        let nobody = providers::set_own_language(&mut desk, None).await;
        assert!(matches!(nobody, Err(Refusal::NobodySignedIn)), "{nobody:?}");
    })
    .await;
}

#[tokio::test]
async fn who_signs_in_gets_a_session_that_ends_when_signing_out() {
    on_both(async |clinic| {
        give_password(clinic, &passwords::hash(PASSWORD).await.unwrap()).await;
        let SignedIn { token, session } = enter(clinic).await;
        assert_eq!((token.len(), session.csrf.len()), (64, 64));
        assert_eq!((session.name.as_str(), session.role), ("Dora Doctor", Role::Provider));
        let found = sessions::resume(&clinic.store, &token).await.unwrap();
        assert_eq!(found.as_ref(), Some(&session));
        assert_eq!(sessions::resume(&clinic.store, "nonsense").await.unwrap(), None);
        sessions::end(&clinic.store, &session, EndReason::SignOut).await.unwrap();
        assert_eq!(sessions::resume(&clinic.store, &token).await.unwrap(), None);

        let mut desk = clinic.reading_desk(&clinic.admin).await;
        let trail =
            audit::list(&mut desk, &EventFilter { limit: 3, ..EventFilter::default() }).await.unwrap();
        let actions: Vec<&str> = trail.iter().map(|entry| entry.action.as_str()).collect();
        assert!(actions.contains(&"sign_in") && actions.contains(&"sign_out"), "{actions:?}");
    })
    .await;
}

#[tokio::test]
async fn unknown_closed_and_wrong_get_the_same_answer() {
    on_both(async |clinic| {
        give_password(clinic, &passwords::hash(PASSWORD).await.unwrap()).await;
        let attempt = async |email: &str, password: &str| {
            sign_in(&clinic.store, email, password, &desk_pc()).await.unwrap_err()
        };
        assert!(matches!(attempt("dora@example.com", "something else").await, SignInError::Wrong));
        assert!(matches!(attempt("nobody@example.com", PASSWORD).await, SignInError::Wrong));
        assert!(matches!(attempt("dora@example.com", &"x".repeat(5000)).await, SignInError::Wrong));
        let token = enter(clinic).await.token;
        let mut desk = clinic.desk(&clinic.admin).await;
        providers::disable(&mut desk, dora(clinic)).await.unwrap();
        desk.close().await.unwrap();
        assert!(matches!(attempt("dora@example.com", PASSWORD).await, SignInError::Wrong));
        assert_eq!(sessions::resume(&clinic.store, &token).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn the_eleventh_guess_waits_but_a_known_place_stays_open() {
    on_both(async |clinic| {
        give_password(clinic, &bcrypt_of_password()).await;
        enter(clinic).await;
        clinic.clock.advance(1000);
        for _ in 0..10 {
            let wrong = sign_in(&clinic.store, "dora@example.com", "guess", &stranger()).await.unwrap_err();
            assert!(matches!(wrong, SignInError::Wrong), "{wrong:?}");
        }
        let held = sign_in(&clinic.store, "dora@example.com", PASSWORD, &stranger()).await.unwrap_err();
        assert!(matches!(held, SignInError::Throttled { retry_after_secs: 901 }), "{held:?}");
        enter(clinic).await;
        clinic.clock.advance(15 * 60 * 1000);
        sign_in(&clinic.store, "dora@example.com", PASSWORD, &stranger()).await.unwrap();
    })
    .await;
}

/// The mission's seed hashes with bcrypt; cost 4 keeps the test quick. Made once for `PASSWORD`.
fn bcrypt_of_password() -> String {
    bcrypt::hash(PASSWORD, 4).unwrap()
}

#[tokio::test]
async fn a_bcrypt_hash_lets_in_once_and_is_replaced() {
    on_both(async |clinic| {
        let old = bcrypt_of_password();
        give_password(clinic, &old).await;
        enter(clinic).await;
        enter(clinic).await;
        let mut desk = clinic.reading_desk(&clinic.admin).await;
        let filter = EventFilter { limit: 9, ..EventFilter::default() };
        let trail = audit::list(&mut desk, &filter).await.unwrap();
        let upgrades = trail
            .iter()
            .filter(|entry| entry.detail.as_ref().is_some_and(|detail| detail.get("hash").is_some()));
        assert_eq!(upgrades.count(), 1);
        assert_eq!(passwords::verify(PASSWORD, &old).await.unwrap(), Verified::YesButOld);
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_after_an_hour_unused_and_after_twelve_hours_in_any_case() {
    on_both(async |clinic| {
        give_password(clinic, &passwords::hash(PASSWORD).await.unwrap()).await;
        let minutes = |n: i64| clinic.clock.advance(n * 60_000);
        let idle = enter(clinic).await.token;
        minutes(60);
        assert_eq!(sessions::resume(&clinic.store, &idle).await.unwrap(), None);

        let busy = enter(clinic).await.token;
        for _ in 0..51 {
            minutes(14);
            assert!(sessions::resume(&clinic.store, &busy).await.unwrap().is_some());
        }
        minutes(6);
        assert_eq!(sessions::resume(&clinic.store, &busy).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_person_ends_other_browsers_and_a_new_password_does_too() {
    on_both(async |clinic| {
        let hash = passwords::hash(PASSWORD).await.unwrap();
        give_password(clinic, &hash).await;
        let (first, second, third) = (enter(clinic).await, enter(clinic).await, enter(clinic).await);
        let actor = third.session.actor(Via::Page, None);
        let mut desk = clinic.desk(&actor).await;
        assert_eq!(sessions::list_own(&mut desk).await.unwrap().len(), 3);
        sessions::end_own(&mut desk, first.session.id).await.unwrap();
        let again = sessions::end_own(&mut desk, first.session.id).await;
        assert!(matches!(again, Err(Refusal::NotFound("session"))), "{again:?}");
        let keep = third.session.id;
        assert_eq!(sessions::end_others(&mut desk, keep, EndReason::EndedElsewhere).await.unwrap(), 1);
        desk.close().await.unwrap();
        assert!(sessions::resume(&clinic.store, &second.token).await.unwrap().is_none());
        assert!(sessions::resume(&clinic.store, &third.token).await.unwrap().is_some());
        give_password(clinic, &hash).await;
        assert!(sessions::resume(&clinic.store, &third.token).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_token_opens_until_it_is_revoked_and_only_its_owner_or_an_admin_revokes_it() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.doctor).await;
        let (id, text) = tokens::create(&mut desk, dora(clinic), "lab import").await.unwrap();
        let other = tokens::create(&mut desk, clinic.staff.id.unwrap(), "x").await;
        assert!(matches!(other, Err(Refusal::NotAllowed(_))), "{other:?}");
        desk.close().await.unwrap();
        assert!(text.starts_with("mr_") && text.len() == 67);
        let holder = tokens::resume(&clinic.store, &text).await.unwrap().unwrap();
        assert_eq!((holder.provider, holder.role, holder.id), (dora(clinic), Role::Provider, id));
        assert_eq!(holder.actor(None).via, Via::Api);
        assert_eq!(tokens::resume(&clinic.store, "mr_nonsense").await.unwrap(), None);

        let mut desk = clinic.desk(&clinic.staff).await;
        assert!(matches!(tokens::revoke(&mut desk, id).await, Err(Refusal::NotAllowed(_))));
        drop(desk);
        let mut desk = clinic.desk(&clinic.admin).await;
        assert!(tokens::list(&mut desk).await.unwrap()[0].last_used_at.is_some());
        tokens::revoke(&mut desk, id).await.unwrap();
        desk.close().await.unwrap();
        assert_eq!(tokens::resume(&clinic.store, &text).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_cannot_be_disabled_and_staff_disable_nobody() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.admin).await;
        let last = providers::disable(&mut desk, clinic.admin.id.unwrap()).await;
        assert!(matches!(last, Err(Refusal::Rule(_))), "{last:?}");
        let by_email = providers::find_by_email(&mut desk, "DORA@example.com").await.unwrap().unwrap();
        assert_eq!(by_email.id, dora(clinic));
        let staff = clinic.staff.clone();
        drop(desk);
        let mut desk = clinic.desk(&staff).await;
        let refused = providers::disable(&mut desk, dora(clinic)).await;
        assert!(matches!(refused, Err(Refusal::NotAllowed(_))), "{refused:?}");
        let nobody = clinic.store.read_desk(Actor::nobody(Via::Page)).await.unwrap();
        assert!(matches!(nobody.provider(), Err(Refusal::NobodySignedIn)));
    })
    .await;
}
