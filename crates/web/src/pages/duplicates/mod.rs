//! Duplicates: the work list of people who look alike, two charts side by side with each detail to choose, and merges
//! that can be taken back.

use crate::app::App;
use crate::banner::line_of;
use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::form::Form;
use crate::page::{page, refused, see_other_saying};
use crate::shell::{PatientLine, Shell};
use crate::text::{Text, words};
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path, Query, State};
use axum::response::Response;
use medrecord_clinic::access::Action;
use medrecord_clinic::field::{self, SHORT};
use medrecord_clinic::ids::{MergeId, PatientId};
use medrecord_clinic::merge::MergeField;
use medrecord_clinic::patient::Patient;
use medrecord_clinic::time::Day;
use medrecord_store::merges::{self, Decision, Merge, Pair, Undone};
use medrecord_store::{Desk, Refusal, patients};
use serde::Deserialize;

/// A pair of the work list.
struct PairLine {
    one: PatientLine,
    other: PatientLine,
    verdict: &'static str,
    score: u8,
    reasons: String,
    compare: String,
    ids: (String, String),
}

/// A merge that was made.
struct MergeLine {
    kept: PatientLine,
    given_up: PatientLine,
    when: String,
    reason: String,
    undone: Option<String>,
    undo: String,
}

#[derive(Template)]
#[template(path = "pages/duplicates/list.html")]
struct ListPage {
    shell: Shell,
    pairs: Vec<PairLine>,
    merges: Vec<MergeLine>,
    may_merge: bool,
}

/// One detail of both charts.
struct FieldLine {
    name: &'static str,
    label: &'static str,
    kept: String,
    other: String,
    differs: bool,
    takes_other: bool,
}

#[derive(Template)]
#[template(path = "pages/duplicates/merge.html")]
struct MergePage {
    shell: Shell,
    kept: PatientLine,
    other: PatientLine,
    ids: (String, String),
    versions: (i32, i32),
    registered: (String, String),
    fields: Vec<FieldLine>,
    form: Form,
    turn: String,
}

/// Two charts, the one that stays first.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Two {
    kept: String,
    other: String,
}

/// How many pairs and merges are shown; the rest follow as these are dealt with.
const MOST: usize = 50;

/// Lists who looks alike, and what was merged.
pub(crate) async fn list(
    State(app): State<App>,
    visitor: Visitor,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let today = visitor.today(&app);
    let pairs = merges::pairs(&mut desk, MOST).await?;
    let merges = merges::list(&mut desk, i64::try_from(MOST).unwrap_or(50)).await?;
    desk.close().await?;
    page(&ListPage {
        shell: visitor.shell(),
        pairs: pairs.into_iter().map(|pair| pair_line(&pair, today)).collect(),
        merges: merges.into_iter().map(|merge| merge_line(&merge, &visitor, today)).collect(),
        may_merge: visitor.may(Action::WriteChart),
    })
}

fn pair_line(pair: &Pair, today: Day) -> PairLine {
    let line = |patient: &Patient| line_of(patient, urls::chart(patient.id), today, Text::ENGLISH);
    PairLine {
        one: line(&pair.one),
        other: line(&pair.other),
        verdict: pair.likeness.verdict().map_or("", medrecord_clinic::duplicate::Verdict::in_words),
        score: pair.likeness.score,
        reasons: pair.likeness.in_words(),
        compare: urls::compare(pair.one.id, pair.other.id),
        ids: (pair.one.id.to_string(), pair.other.id.to_string()),
    }
}

fn merge_line(merge: &Merge, visitor: &Visitor, today: Day) -> MergeLine {
    let zone = visitor.zone();
    let line = |patient: &Patient| line_of(patient, urls::chart(patient.id), today, Text::ENGLISH);
    MergeLine {
        kept: line(&merge.kept),
        given_up: line(&merge.given_up),
        when: format!("{} by {}", zone.day_and_clock(merge.at), merge.by),
        reason: merge.reason.clone(),
        undone: merge.undone.as_ref().map(|(by, at)| format!("{} by {by}", zone.day_and_clock(*at))),
        undo: urls::undo_merge(merge.id),
    }
}

/// Shows two charts side by side.
pub(crate) async fn compare(
    State(app): State<App>,
    visitor: Visitor,
    Query(two): Query<Two>,
    Reading(desk): Reading,
) -> Result<Response, Fault> {
    let form = Form::default();
    page(&template(&app, &visitor, desk, &two, form).await?)
}

async fn template(
    app: &App,
    visitor: &Visitor,
    mut desk: Desk,
    two: &Two,
    form: Form,
) -> Result<MergePage, Fault> {
    let today = visitor.today(app);
    let (kept_id, other_id) = both(two)?;
    let kept = patients::get(&mut desk, kept_id).await?;
    let other = patients::get(&mut desk, other_id).await?;
    desk.close().await?;
    let zone = visitor.zone();
    let line = |patient: &Patient| line_of(patient, urls::chart(patient.id), today, Text::ENGLISH);
    let is_first = form.value("reason").is_empty() && !form.is_refused();
    let fields = MergeField::ALL.into_iter().map(|detail| {
        let words = |patient: &Patient| {
            if detail == MergeField::Sex {
                Text::ENGLISH.say(words::sex(patient.sex)).into_owned()
            } else {
                detail.of(patient)
            }
        };
        let (kept, other) = (words(&kept), words(&other));
        let fills_gap = is_first && kept.is_empty() && !other.is_empty();
        FieldLine {
            name: detail.as_str(),
            label: detail.in_words(),
            differs: kept != other,
            takes_other: fills_gap || form.holds(detail.as_str(), "other"),
            kept,
            other,
        }
    });
    Ok(MergePage {
        shell: visitor.shell(),
        ids: (kept_id.to_string(), other_id.to_string()),
        versions: (kept.version, other.version),
        registered: (zone.day_of(kept.created_at).to_string(), zone.day_of(other.created_at).to_string()),
        turn: urls::compare(other_id, kept_id),
        kept: line(&kept),
        other: line(&other),
        fields: fields.collect(),
        form,
    })
}

fn both(two: &Two) -> Result<(PatientId, PatientId), Refusal> {
    let id = |text: &str| text.parse().map_err(|_| Refusal::NotFound("patient"));
    Ok((id(&two.kept)?, id(&two.other)?))
}

/// Merges the two as decided.
pub(crate) async fn merge(
    State(app): State<App>,
    visitor: Visitor,
    Writing(mut desk): Writing,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let mut form = Form::typed(typed);
    let two = Two { kept: form.value("kept").to_owned(), other: form.value("other").to_owned() };
    let (kept, given_up) = both(&two)?;
    let version = |name: &str| form.value(name).parse().unwrap_or(0);
    let reason = field::required("reason", "why they are the same person", form.value("reason"), SHORT);
    let (kept_seen, given_up_seen) = (version("keptVersion"), version("otherVersion"));
    let reason = match reason {
        Ok(reason) => reason,
        Err(problems) => {
            drop(desk);
            form.refuse_all(&problems);
            let desk = app.store.read_desk(visitor.actor.clone()).await?;
            return refused(&template(&app, &visitor, desk, &two, form).await?);
        }
    };
    let decision = Decision {
        kept: (kept, kept_seen),
        given_up: (given_up, given_up_seen),
        from_given_up: MergeField::ALL
            .into_iter()
            .filter(|detail| form.holds(detail.as_str(), "other"))
            .collect(),
        reason,
    };
    match merges::merge(&mut desk, &decision).await {
        Ok(_) => {
            desk.close().await?;
            let words = "Merged. The other chart leads here now; it can be taken back under Duplicates.";
            Ok(see_other_saying(&urls::chart(kept), "ok", words))
        }
        Err(Refusal::Stale { .. }) => {
            let words = "One of the charts was changed meanwhile. Look again before merging.";
            Ok(see_other_saying(&urls::compare(kept, given_up), "alert", words))
        }
        Err(Refusal::Rule(words)) => Ok(see_other_saying(urls::DUPLICATES, "alert", &words)),
        Err(refusal) => Err(refusal.into()),
    }
}

/// Says that two who look alike are different people.
pub(crate) async fn tell_apart(
    Writing(mut desk): Writing,
    Posted(two): Posted<Two>,
) -> Result<Response, Fault> {
    let (one, other) = both(&two)?;
    merges::tell_apart(&mut desk, one, other).await?;
    desk.close().await?;
    Ok(see_other_saying(urls::DUPLICATES, "ok", "Told apart. The pair is not shown again."))
}

/// Takes a merge back.
pub(crate) async fn undo(Path(id): Path<String>, Writing(mut desk): Writing) -> Result<Response, Fault> {
    let id: MergeId = id.parse().map_err(|_| Refusal::NotFound("merge"))?;
    match merges::unmerge(&mut desk, id).await {
        Ok(undone) => {
            desk.close().await?;
            let kind =
                if undone.fields_left.is_empty() && undone.rows_left.is_empty() { "ok" } else { "warn" };
            Ok(see_other_saying(urls::DUPLICATES, kind, &said(&undone)))
        }
        Err(Refusal::Rule(words)) => Ok(see_other_saying(urls::DUPLICATES, "alert", &words)),
        Err(refusal) => Err(refusal.into()),
    }
}

/// What is to be looked at after a merge was taken back.
fn said(undone: &Undone) -> String {
    let mut words = "Taken back: both charts are as they were.".to_owned();
    if !undone.rows_left.is_empty() {
        let rows: Vec<String> = undone
            .rows_left
            .iter()
            .map(|(table, count)| format!("{count} {}", table.replace('_', " ")))
            .collect();
        words.push_str(" What was entered since the merge stays with the chart that was kept: ");
        words.push_str(&rows.join(", "));
        words.push('.');
    }
    if !undone.fields_left.is_empty() {
        let fields: Vec<String> =
            undone.fields_left.iter().map(|field| field.in_words().to_lowercase()).collect();
        words.push_str(" Changed since and so left as it is: ");
        words.push_str(&fields.join(", "));
        words.push('.');
    }
    words
}
