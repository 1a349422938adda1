//! How a database goes about a statement, as a tree of steps.

use serde_json::Value;

/// One step of a plan, and the steps whose rows it takes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Step {
    /// What is done.
    pub name: String,
    /// On what, and how.
    pub detail: String,
    /// How much it costs together with its own steps, of the whole, from 0 to 100; 0 where nobody knows.
    pub share: u8,
    /// The figures, in words.
    pub figures: String,
    /// The steps whose rows it takes.
    pub steps: Vec<Self>,
}

/// From the lines of `EXPLAIN QUERY PLAN`: id, parent, words.
pub(super) fn from_sqlite(lines: &[(i64, i64, String)]) -> Vec<Step> {
    below(lines, 0)
}

fn below(lines: &[(i64, i64, String)], parent: i64) -> Vec<Step> {
    let own = lines.iter().filter(|(id, of, _)| *of == parent && *id != parent);
    own.map(|(id, _, words)| {
        let (name, detail) = words.split_once(' ').unwrap_or((words, ""));
        Step { name: name.to_owned(), detail: detail.to_owned(), steps: below(lines, *id), ..Step::default() }
    })
    .collect()
}

/// From the JSON of PostgreSQL's `EXPLAIN`.
pub(super) fn from_postgres(json: &str) -> Vec<Step> {
    let Ok(plans) = serde_json::from_str::<Value>(json) else { return Vec::new() };
    let roots = plans.as_array().into_iter().flatten().filter_map(|plan| plan.get("Plan"));
    roots.map(|plan| step(plan, weight(plan))).collect()
}

/// The time where it was measured, else the cost.
fn weight(plan: &Value) -> f64 {
    let number = |name: &str| plan.get(name).and_then(Value::as_f64);
    let loops = number("Actual Loops").unwrap_or(1.0);
    number("Actual Total Time").map(|time| time * loops).or_else(|| number("Total Cost")).unwrap_or(0.0)
}

fn step(plan: &Value, whole: f64) -> Step {
    let text = |name: &str| plan.get(name).and_then(Value::as_str);
    let number = |name: &str| plan.get(name).and_then(Value::as_f64);
    let on = text("Relation Name").map(|table| match text("Alias") {
        Some(alias) if alias != table => format!("on {table} as {alias}"),
        _ => format!("on {table}"),
    });
    let by = text("Index Name").map(|index| format!("by {index}"));
    let conditions = ["Index Cond", "Recheck Cond", "Hash Cond", "Merge Cond", "Join Filter", "Filter"];
    let conditions = conditions.iter().filter_map(|name| text(name).map(str::to_owned));
    let sorted = plan.get("Sort Key").and_then(Value::as_array).map(|keys| {
        let keys: Vec<&str> = keys.iter().filter_map(Value::as_str).collect();
        format!("by {}", keys.join(", "))
    });
    let detail: Vec<String> = on.into_iter().chain(by).chain(sorted).chain(conditions).collect();
    let mut figures = vec![format!("{:.0} rows expected", number("Plan Rows").unwrap_or(0.0))];
    if let (Some(rows), Some(time)) = (number("Actual Rows"), number("Actual Total Time")) {
        figures.push(format!("{rows:.0} found"));
        figures.push(format!("{time:.2} ms"));
    } else if let Some(cost) = number("Total Cost") {
        figures.push(format!("cost {cost:.0}"));
    }
    if let Some(loops) = number("Actual Loops").filter(|loops| *loops > 1.0) {
        figures.push(format!("{loops:.0} times"));
    }
    let share = if whole > 0.0 { (weight(plan) / whole * 100.0).clamp(0.0, 100.0).round() } else { 0.0 };
    let steps = plan.get("Plans").and_then(Value::as_array).into_iter().flatten();
    Step {
        name: text("Node Type").unwrap_or("Step").to_owned(),
        detail: detail.join(" · "),
        share: format!("{share:.0}").parse().unwrap_or(0),
        figures: figures.join(", "),
        steps: steps.map(|plan| step(plan, whole)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_plan_become_a_tree() {
        let lines = [
            (3, 0, "SCAN a".to_owned()),
            (5, 0, "SEARCH b USING INDEX i".to_owned()),
            (9, 5, "LIST SUBQUERY".to_owned()),
        ];
        let tree = from_sqlite(&lines);
        assert_eq!((tree.len(), tree[1].steps.len(), tree[1].detail.as_str()), (2, 1, "b USING INDEX i"));
        let json = r#"[{"Plan": {"Node Type": "Limit", "Total Cost": 10.0, "Plan Rows": 1, "Plans": [
            {"Node Type": "Index Scan", "Relation Name": "patients", "Alias": "a", "Index Name": "i", "Total Cost": 5.0, "Plan Rows": 9}]}}]"#;
        let tree = from_postgres(json);
        assert_eq!((tree[0].share, tree[0].steps[0].share), (100, 50));
        assert_eq!(tree[0].steps[0].detail, "on patients as a · by i");
    }
}
