//! How drafts are written for a provider is kept alike on both databases, each for its owner alone.

use medrecord_clinic::draft_style::{DraftTemplate, OwnWordingDetails};
use medrecord_clinic::medical_record::NoteField;
use medrecord_store::{Refusal, appointments, draft_styles};
use medrecord_testkit::clinic::on_both;
use medrecord_testkit::visit::checked_in;

fn wording(drafted: &str, written: &str) -> OwnWordingDetails {
    OwnWordingDetails { drafted: drafted.to_owned(), written: written.to_owned() }
}

#[tokio::test]
async fn own_words_are_kept_changed_refused_and_forgotten() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.doctor).await;
        draft_styles::keep_wording(&mut desk, &wording("patient", "pt"), true).await.unwrap();
        draft_styles::keep_wording(&mut desk, &wording("patient", "Pat."), true).await.unwrap();
        draft_styles::keep_wording(&mut desk, &wording("blood pressure", "BP"), false).await.unwrap();
        let own = draft_styles::wordings(&mut desk).await.unwrap();
        let told: Vec<_> =
            own.iter().map(|one| (one.drafted.as_str(), one.written.as_str(), one.is_used)).collect();
        assert_eq!(told, [("blood pressure", "BP", false), ("patient", "Pat.", true)]);
        draft_styles::forget_wording(&mut desk, own[0].id).await.unwrap();
        let again = draft_styles::forget_wording(&mut desk, own[0].id).await;
        assert!(matches!(again, Err(Refusal::NotFound("wording"))), "{again:?}");
        desk.close().await.unwrap();

        let mut staff = clinic.desk(&clinic.staff).await;
        let refused = draft_styles::wordings(&mut staff).await;
        assert!(matches!(refused, Err(Refusal::NotAllowed { .. })), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn a_visit_is_drafted_as_its_provider_keeps_it_for_its_kind() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let kind = appointments::get(&mut desk, visit.appointment).await.unwrap().appointment_type;
        assert_eq!(draft_styles::of_visit(&mut desk, visit.appointment).await.unwrap(), <_>::default());
        let mut all = draft_styles::templates(&mut desk).await.unwrap();
        for template in &mut all {
            if template.kind == kind {
                template.left_out = vec![NoteField::PatientEducation];
                template.by_problem = true;
            } else {
                template.left_out = vec![NoteField::ReviewOfSystems];
            }
        }
        draft_styles::keep_templates(&mut desk, &all).await.unwrap();
        draft_styles::keep_templates(&mut desk, &all).await.unwrap();
        assert_eq!(draft_styles::templates(&mut desk).await.unwrap(), all);
        draft_styles::keep_wording(&mut desk, &wording("patient", "pt"), true).await.unwrap();
        draft_styles::keep_wording(&mut desk, &wording("cough", "tussis"), false).await.unwrap();
        desk.close().await.unwrap();

        // Whoever brings the words: the note is the provider's.
        let mut desk = clinic.desk(&clinic.admin).await;
        let style = draft_styles::of_visit(&mut desk, visit.appointment).await.unwrap();
        assert_eq!(style.left_out, [NoteField::PatientEducation]);
        assert!(style.by_problem);
        assert_eq!(style.wordings, [wording("patient", "pt")]);
        desk.close().await.unwrap();

        let mut desk = clinic.desk(&clinic.doctor).await;
        draft_styles::forget_all(&mut desk).await.unwrap();
        let usual: Vec<DraftTemplate> = all.iter().map(|one| DraftTemplate::usual(one.kind)).collect();
        assert_eq!(draft_styles::templates(&mut desk).await.unwrap(), usual);
        assert_eq!(draft_styles::of_visit(&mut desk, visit.appointment).await.unwrap(), <_>::default());
        desk.close().await.unwrap();
    })
    .await;
}
