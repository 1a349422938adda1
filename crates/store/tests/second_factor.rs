//! The second factor, and sessions that are held, are kept alike on both databases.

#![expect(clippy::unwrap_used, reason = "a step that fails must fail the test")]

use medrecord_store::second_factors::{self, shown};
use medrecord_store::sessions::{
    self, Hold, Origin, ProveError, Session, SignedIn, give_code, lock, resume, sign_in, unlock,
};
use medrecord_store::{Refusal, Via, tokens};
use medrecord_testkit::clinic::{Clinic, PASSWORD, on_both};

async fn enter(clinic: &Clinic) -> SignedIn {
    sign_in(&clinic.store, "dora@example.com", PASSWORD, &Origin::default()).await.unwrap()
}

/// Sets up the second factor of Dora Doctor; gives the secret and the recovery codes.
async fn enrol(clinic: &Clinic) -> (String, Vec<String>) {
    let mut desk = clinic.desk(&clinic.doctor).await;
    let secret = second_factors::begin(&mut desk).await.unwrap();
    let code = shown(&secret, clinic.clock.now()).unwrap();
    let codes = second_factors::confirm(&mut desk, &code).await.unwrap();
    desk.close().await.unwrap();
    (secret, codes)
}

fn now_shown(clinic: &Clinic, secret: &str) -> String {
    shown(secret, clinic.clock.now()).unwrap()
}

async fn hold_of(clinic: &Clinic, token: &str) -> Option<Hold> {
    resume(&clinic.store, token).await.unwrap().unwrap().hold
}

#[tokio::test]
async fn the_password_alone_opens_nothing_and_a_code_opens_once() {
    on_both(async |clinic| {
        let (secret, _) = enrol(clinic).await;
        let held = enter(clinic).await;
        assert_eq!(held.session.hold, Some(Hold::Code));
        assert_eq!(hold_of(clinic, &held.token).await, Some(Hold::Code));
        let give = async |held: &Session, code: &str| give_code(&clinic.store, held, code, None).await;

        // The code of the enrolment was taken already.
        let replayed = give(&held.session, &now_shown(clinic, &secret)).await.unwrap_err();
        assert!(matches!(replayed, ProveError::Wrong), "{replayed:?}");
        clinic.clock.advance(30_000);
        let code = now_shown(clinic, &secret);
        let opened = give(&held.session, &format!(" {code} ")).await.unwrap();
        assert_eq!(opened.session.hold, None);
        assert_eq!(hold_of(clinic, &opened.token).await, None);
        assert_eq!(resume(&clinic.store, &held.token).await.unwrap(), None, "the value from before is gone");

        let again = enter(clinic).await;
        assert!(matches!(give(&again.session, &code).await.unwrap_err(), ProveError::Wrong));
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_opens_once_and_new_ones_replace_the_old() {
    on_both(async |clinic| {
        let (_, codes) = enrol(clinic).await;
        assert_eq!(codes.len(), 10);
        let first = codes.first().unwrap();
        let held = enter(clinic).await.session;
        give_code(&clinic.store, &held, &first.to_lowercase(), None).await.unwrap();
        let held = enter(clinic).await.session;
        let twice = give_code(&clinic.store, &held, first, None).await.unwrap_err();
        assert!(matches!(twice, ProveError::Wrong), "{twice:?}");

        let mut desk = clinic.desk(&clinic.doctor).await;
        let me = clinic.doctor.id.unwrap();
        assert_eq!(second_factors::standing(&mut desk, me).await.unwrap().unwrap().codes_left, 9);
        let fresh = second_factors::renew_codes(&mut desk).await.unwrap();
        desk.close().await.unwrap();
        let old = give_code(&clinic.store, &held, codes.last().unwrap(), None).await.unwrap_err();
        assert!(matches!(old, ProveError::Wrong), "{old:?}");
        give_code(&clinic.store, &held, fresh.last().unwrap(), None).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_eleventh_guess_at_the_code_waits() {
    on_both(async |clinic| {
        let (secret, _) = enrol(clinic).await;
        clinic.clock.advance(60_000);
        let held = enter(clinic).await.session;
        let right = now_shown(clinic, &secret);
        let wrong = if right == "000000" { "111111" } else { "000000" };
        for _ in 0..10 {
            let refused = give_code(&clinic.store, &held, wrong, None).await.unwrap_err();
            assert!(matches!(refused, ProveError::Wrong), "{refused:?}");
        }
        let waits = give_code(&clinic.store, &held, &right, None).await.unwrap_err();
        assert!(matches!(waits, ProveError::Throttled { .. }), "{waits:?}");
    })
    .await;
}

#[tokio::test]
async fn a_factor_counts_from_its_first_code_and_an_administrator_takes_it_away() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.doctor).await;
        let secret = second_factors::begin(&mut desk).await.unwrap();
        let wrong = second_factors::confirm(&mut desk, "12345").await.unwrap_err();
        assert!(matches!(wrong, Refusal::Invalid(_)), "{wrong:?}");
        assert_eq!(second_factors::begun(&mut desk).await.unwrap(), Some(secret));
        desk.close().await.unwrap();
        assert_eq!(enter(clinic).await.session.hold, None, "not asked for before it was confirmed");

        enrol(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        assert!(matches!(second_factors::begin(&mut desk).await.unwrap_err(), Refusal::Rule(_)));
        let token = tokens::create(&mut desk, clinic.doctor.id.unwrap(), "a program").await.unwrap().1;
        desk.close().await.unwrap();
        assert!(tokens::resume(&clinic.store, &token).await.unwrap().is_some(), "tokens ask for no code");

        let held = enter(clinic).await;
        let mut desk = clinic.desk(&clinic.staff).await;
        let dora = clinic.doctor.id.unwrap();
        let refused = second_factors::reset(&mut desk, dora).await.unwrap_err();
        assert!(matches!(refused, Refusal::NotAllowed(_)), "{refused:?}");
        drop(desk);
        let mut desk = clinic.desk(&clinic.admin).await;
        second_factors::reset(&mut desk, dora).await.unwrap();
        desk.close().await.unwrap();
        assert_eq!(resume(&clinic.store, &held.token).await.unwrap(), None, "sessions are ended");
        assert_eq!(enter(clinic).await.session.hold, None);
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_a_code_is_over_after_ten_minutes() {
    on_both(async |clinic| {
        enrol(clinic).await;
        let held = enter(clinic).await;
        clinic.clock.advance(10 * 60_000);
        assert_eq!(resume(&clinic.store, &held.token).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn an_unused_session_is_locked_and_the_password_opens_it_as_it_was() {
    on_both(async |clinic| {
        let SignedIn { token, session } = enter(clinic).await;
        clinic.clock.advance(14 * 60_000);
        assert_eq!(hold_of(clinic, &token).await, None);
        clinic.clock.advance(15 * 60_000);
        let held = resume(&clinic.store, &token).await.unwrap().unwrap();
        assert_eq!(held.hold, Some(Hold::Lock));
        let wrong = unlock(&clinic.store, &held, "not it", None).await.unwrap_err();
        assert!(matches!(wrong, ProveError::Wrong), "{wrong:?}");
        unlock(&clinic.store, &held, PASSWORD, None).await.unwrap();
        let open = resume(&clinic.store, &token).await.unwrap().unwrap();
        assert_eq!((open.hold, &open.csrf), (None, &session.csrf));

        lock(&clinic.store, &open).await.unwrap();
        assert_eq!(hold_of(clinic, &token).await, Some(Hold::Lock));
        // Asking again and again keeps a locked session no longer.
        clinic.clock.advance(59 * 60_000);
        assert_eq!(hold_of(clinic, &token).await, Some(Hold::Lock));
        clinic.clock.advance(60_000);
        assert_eq!(resume(&clinic.store, &token).await.unwrap(), None);
        let mut desk = clinic.desk(&session.actor(Via::Page, None)).await;
        assert!(sessions::list_own(&mut desk).await.unwrap().is_empty());
    })
    .await;
}
