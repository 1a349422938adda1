//! Which statements a written note holds: a greedy search for the choice with the best word overlap.

use std::collections::HashMap;

type Counts = HashMap<(String, String), f32>;

/// 1 for the statements that a greedy search chooses, partly 1 for those that share many words.
pub(crate) fn labels(note: &str, texts: &[&str]) -> Vec<f32> {
    let wanted = [grams(note, false), grams(note, true)];
    let made: Vec<[Counts; 2]> = texts.iter().map(|t| [grams(t, false), grams(t, true)]).collect();
    let mut chosen = vec![false; texts.len()];
    let mut sum: [Counts; 2] = [Counts::new(), Counts::new()];
    let mut best = 0.0;
    loop {
        let mut next: Option<(usize, f32)> = None;
        for (k, unit) in made.iter().enumerate().filter(|(k, _)| !chosen[*k]) {
            let score = f1(&wanted[0], &sum[0], &unit[0]) + f1(&wanted[1], &sum[1], &unit[1]);
            if score > best + 1e-6 && next.is_none_or(|(_, s)| score > s) {
                next = Some((k, score));
            }
        }
        let Some((k, score)) = next else { break };
        chosen[k] = true;
        best = score;
        for (side, counts) in sum.iter_mut().enumerate() {
            for (gram, n) in &made[k][side] {
                *counts.entry(gram.clone()).or_default() += n;
            }
        }
    }
    let share = |unit: &[Counts; 2]| {
        let total: f32 = unit[1].values().sum();
        let hit: f32 = unit[1].iter().map(|(g, n)| n.min(wanted[1].get(g).copied().unwrap_or(0.0))).sum();
        if total > 0.0 { hit / total } else { 0.0 }
    };
    chosen.iter().zip(&made).map(|(c, unit)| if *c { 1.0 } else { (share(unit) * 0.8).min(0.6) }).collect()
}

/// Words or pairs of words, counted, as the scorer cuts them.
fn grams(text: &str, pairs: bool) -> Counts {
    let low = text.to_lowercase();
    let list: Vec<&str> = low.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let mut counts = Counts::new();
    for (k, word) in list.iter().enumerate() {
        let second = if pairs { list.get(k + 1).copied() } else { Some("") };
        if let Some(second) = second {
            *counts.entry(((*word).to_owned(), second.to_owned())).or_default() += 1.0;
        }
    }
    counts
}

/// F1 of a choice with one statement more.
fn f1(wanted: &Counts, sum: &Counts, more: &Counts) -> f32 {
    let mut hit = 0.0;
    for (gram, n) in wanted {
        let have = sum.get(gram).copied().unwrap_or(0.0) + more.get(gram).copied().unwrap_or(0.0);
        hit += n.min(have);
    }
    let all: f32 = wanted.values().sum();
    let have: f32 = sum.values().sum::<f32>() + more.values().sum::<f32>();
    if all + have > 0.0 { 2.0 * hit / (all + have) } else { 0.0 }
}
