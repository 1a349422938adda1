//! A note begun from the provider's own template: written in the account, offered at the visit, its blanks filled before the
//! signature.

use crate::support::signed_in;
use axum::http::StatusCode;
use medrecord_testkit::clinic::on_both;
use medrecord_testkit::visit::checked_in;

const HERE: &str = "/settings/account/templates";
const THROAT: [(&str, &str); 4] = [
    ("name", "Sore throat"),
    ("appointmentType", "sick_visit"),
    ("physicalExamNotes", "Tonsils: ___\nNeck nodes: ___"),
    ("treatmentPlan", "Rest and fluids."),
];

#[tokio::test]
async fn a_template_fills_the_empty_sections_and_its_blanks_stop_the_signature() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let path = format!("/visits/{}", visit.appointment);
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        assert!(!dora.get(&path).await.says("Fill the empty sections"), "there is none yet");
        let made = dora.post(HERE, &THROAT).await;
        assert_eq!((made.status, made.location()), (StatusCode::SEE_OTHER, HERE), "{}", made.main());
        dora.post(HERE, &[("name", "Baby"), ("appointmentType", "new_patient"), ("diagnosis", "Well")]).await;

        let page = dora.get(&path).await;
        let id = page.after("<option value=\"").to_owned();
        assert!(page.says(">Sore throat</option>") && !page.says(">Baby</option>"), "{}", page.main());
        let fields = [
            ("version", "0"),
            ("chiefComplaint", "Sore throat"),
            ("diagnosis", "Viral pharyngitis"),
            ("treatmentPlan", "Amoxicillin."),
            ("template", id.as_str()),
            ("then", "template"),
        ];
        let filled = dora.post(&path, &fields).await;
        assert_eq!((filled.status, filled.location()), (StatusCode::SEE_OTHER, path.as_str()));
        let page = dora.get(&path).await;
        for words in
            ["Filled from Sore throat: Physical exam.", "Tonsils: ___", "Amoxicillin.", "Viral pharyngitis"]
        {
            assert!(page.says(words), "{words}: {}", page.main());
        }
        assert!(!page.says("Rest and fluids."), "what was written stays");
        let review = dora.get(&format!("{path}/review")).await;
        assert!(review.says("A blank of a template (___) is left"), "{}", review.main());
        assert!(
            !review.main().contains("type=\"password\""),
            "a blank stops the signature: {}",
            review.main()
        );
        let seen = page.after("name=\"version\" value=\"").to_owned();
        let told = [
            ("version", seen.as_str()),
            ("chiefComplaint", "Sore throat"),
            ("diagnosis", "Viral pharyngitis"),
            ("treatmentPlan", "Amoxicillin."),
            ("physicalExamNotes", "Tonsils: red\nNeck nodes: none"),
        ];
        dora.post(&path, &told).await;
        let review = dora.get(&format!("{path}/review")).await;
        assert!(review.main().contains("type=\"password\"") && !review.says("___"), "{}", review.main());
    })
    .await;
}

#[tokio::test]
async fn a_template_is_changed_removed_and_refused_in_words() {
    on_both(async |clinic| {
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        assert!(dora.get(HERE).await.says("No template yet"));
        let nameless = dora.post(HERE, &[("physicalExamNotes", "Lungs: ___")]).await;
        assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nameless.says("Lungs: ___") && nameless.says("href=\"#name\""), "{}", nameless.main());
        dora.post(HERE, &THROAT).await;
        let twice = dora.post(HERE, &THROAT).await;
        assert!(twice.says("You have a template of this name"), "{}", twice.main());

        let id = dora.get(HERE).await.after("<strong><a href=\"").to_owned();
        let page = dora.get(&id).await;
        assert!(page.says("value=\"Sore throat\"") && page.says("Tonsils: ___"), "{}", page.main());
        let renamed = [("version", "1"), ("name", "Tonsils"), ("diagnosis", "___")];
        assert_eq!(dora.post(&id, &renamed).await.location(), HERE);
        let late = dora.post(&id, &[("version", "1"), ("name", "Throat"), ("diagnosis", "typed here")]).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        for words in ["changed in another tab", "typed here", "name=\"version\" value=\"2\""] {
            assert!(late.says(words), "{words}: {}", late.main());
        }
        assert_eq!(dora.post(&format!("{id}/remove"), &[("version", "2")]).await.location(), HERE);
        assert!(dora.get(HERE).await.says("No template yet"));
        for gone in [id.as_str(), "/settings/account/templates/nonsense"] {
            assert_eq!(dora.get(gone).await.status, StatusCode::NOT_FOUND, "{gone}");
        }
        let mut stan = signed_in(clinic, &clinic.staff).await;
        assert_eq!(stan.get(HERE).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}
