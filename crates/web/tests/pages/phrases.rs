//! Phrases: written in the account, offered in the note, put in without a script too.

#![cfg(test)]

use crate::support::signed_in;
use axum::http::StatusCode;
use medrecord_testkit::clinic::on_both;
use medrecord_testkit::visit::checked_in;

const HERE: &str = "/settings/account/phrases";

#[tokio::test]
async fn a_phrase_is_offered_in_the_note_and_put_in_without_a_script() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let path = format!("/visits/{}", visit.appointment);
        let mut ada = signed_in(clinic, &clinic.admin).await;
        for (abbreviation, words) in [("nfl", "No fever, says the practice."), ("rom", "Flexion: ___")] {
            let typed = [("abbreviation", abbreviation), ("words", words), ("shared", "yes")];
            assert_eq!(ada.post(HERE, &typed).await.location(), HERE);
        }
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        dora.post(HERE, &[("abbreviation", ".nfl"), ("words", "No fever, \"no\" weight loss.")]).await;
        let page = dora.get(&path).await;
        assert!(page.says("data-phrase=\".nfl\"") && page.says("data-phrase=\".rom\""), "{}", page.main());
        assert!(page.says("data-words=\"No fever, &#34;no&#34; weight loss.\""), "{}", page.main());
        assert!(!page.says("says the practice"), "one's own hides that of the practice: {}", page.main());

        let id = page.after("<option value=\"").to_owned();
        let fields = [
            ("version", "0"),
            ("reviewOfSystems", "No cough."),
            ("phrase", id.as_str()),
            ("into", "reviewOfSystems"),
            ("then", "phrase"),
        ];
        assert_eq!(dora.post(&path, &fields).await.location(), path);
        let page = dora.get(&path).await;
        assert!(page.says(".nfl put into Review of systems."), "{}", page.text);
        assert!(page.says("No cough.\nNo fever, &#34;no&#34; weight loss."), "{}", page.main());
    })
    .await;
}

#[tokio::test]
async fn a_phrase_is_changed_removed_and_refused_in_words() {
    on_both(async |clinic| {
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        assert!(dora.get(HERE).await.says("No phrase yet"));
        let torn = dora.post(HERE, &[("abbreviation", "two words"), ("words", "x")]).await;
        assert_eq!(torn.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(torn.says("one word of letters") && torn.says("value=\"two words\""), "{}", torn.main());
        let typed = [("abbreviation", "nfl"), ("words", "No fever.")];
        dora.post(HERE, &typed).await;
        assert!(dora.post(HERE, &typed).await.says("There is a phrase with this abbreviation"));
        assert!(!dora.get(&format!("{HERE}/new")).await.says("For everybody"), "a provider shares none");

        let id = dora.get(HERE).await.after("<strong><a href=\"").to_owned();
        let changed = [("version", "1"), ("abbreviation", ".nf"), ("words", "No fever at all.")];
        assert_eq!(dora.post(&id, &changed).await.location(), HERE);
        let late =
            dora.post(&id, &[("version", "1"), ("abbreviation", ".nf"), ("words", "Typed here.")]).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        for words in ["changed in another tab", "Typed here.", "name=\"version\" value=\"2\""] {
            assert!(late.says(words), "{words}: {}", late.main());
        }
        assert_eq!(dora.post(&format!("{id}/remove"), &[("version", "2")]).await.location(), HERE);
        assert_eq!(dora.get(&id).await.status, StatusCode::NOT_FOUND);
        let shared = [("abbreviation", "all"), ("words", "x"), ("shared", "yes")];
        assert_eq!(dora.post(HERE, &shared).await.status, StatusCode::FORBIDDEN);
        let mut stan = signed_in(clinic, &clinic.staff).await;
        assert_eq!(stan.get(HERE).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}
