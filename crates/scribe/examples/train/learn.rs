//! Two linear learners with `AdaGrad` steps, in a fixed order, so that the same data give the same weights.

use medrecord_scribe::engine::weights::BITS;

const STEP: f32 = 0.15;
const DECAY: f32 = 2e-4;
/// The same for the classes of sections, which have few examples each.
const CLASS_DECAY: f32 = 1e-3;
/// How strongly a conversation of average length counts.
const SHARE: f32 = 3.0;
const PASSES: usize = 8;

/// Order of the rows in one pass: a fixed walk that mixes them.
fn walk(len: usize, pass: usize) -> impl Iterator<Item = usize> {
    let stride = (len * 618 / 1000 + pass * 2 + 1) | 1;
    let stride = (stride..stride + len.max(1)).find(|s| gcd(*s, len) == 1).unwrap_or(1);
    (0..len).map(move |k| (k * stride + pass) % len)
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Logistic regression with labels from 0 to 1.
pub(crate) fn logistic(rows: &[(Vec<u32>, f32)]) -> Vec<f32> {
    let mut weights = vec![0.0_f32; 1 << BITS];
    let mut squares = vec![1e-3_f32; 1 << BITS];
    for pass in 0..12 {
        for k in walk(rows.len(), pass) {
            let (features, label) = &rows[k];
            let sum: f32 = features.iter().map(|&f| weights[f as usize]).sum();
            let error = 1.0 / (1.0 + (-sum).exp()) - label;
            adapt(&mut weights, &mut squares, features, error, DECAY);
        }
    }
    weights
}

/// Softmax regression over classes; a long conversation counts no more than a short one, and features that only
/// one conversation has are left out.
pub(crate) fn softmax(rows: &[(Vec<u32>, usize)], classes: usize) -> Vec<Vec<f32>> {
    let mut seen = vec![0_u32; 1 << BITS];
    for (features, _) in rows {
        for &f in features {
            seen[f as usize] += 1;
        }
    }
    let rows: Vec<(Vec<u32>, usize)> = rows
        .iter()
        .map(|(features, class)| {
            (features.iter().copied().filter(|&f| seen[f as usize] > 1).collect(), *class)
        })
        .collect();
    let worth = worth(&rows, classes);
    let mut weights = vec![vec![0.0_f32; 1 << BITS]; classes];
    let mut squares = vec![vec![1e-3_f32; 1 << BITS]; classes];
    for pass in 0..PASSES {
        for k in walk(rows.len(), pass) {
            let (features, class) = &rows[k];
            let size = f32::from(u16::try_from(features.len()).unwrap_or(u16::MAX));
            let scale = SHARE / size.sqrt();
            let sums: Vec<f32> = weights
                .iter()
                .map(|w| scale * features.iter().map(|&f| w[f as usize]).sum::<f32>())
                .collect();
            let most = sums.iter().copied().fold(f32::MIN, f32::max);
            let total: f32 = sums.iter().map(|s| (s - most).exp()).sum();
            for row in 0..classes {
                let error =
                    ((sums[row] - most).exp() / total - f32::from(u8::from(row == *class))) * worth[*class];
                if error.abs() > 1e-3 {
                    adapt(&mut weights[row], &mut squares[row], features, error * scale, CLASS_DECAY);
                }
            }
        }
    }
    weights
}

/// What an example of each class counts: one over the root of the class's share, one on average.
fn worth(rows: &[(Vec<u32>, usize)], classes: usize) -> Vec<f32> {
    let mut counts = vec![0_u16; classes];
    for (_, class) in rows {
        counts[*class] += 1;
    }
    let raw: Vec<f32> = counts.iter().map(|n| 1.0 / f32::from((*n).max(1)).sqrt()).collect();
    let total: f32 = counts.iter().zip(&raw).map(|(n, w)| f32::from(*n) * w).sum();
    let size: f32 = counts.iter().map(|n| f32::from(*n)).sum();
    raw.iter().map(|w| w * size / total).collect()
}

fn adapt(weights: &mut [f32], squares: &mut [f32], features: &[u32], error: f32, decay: f32) {
    for &f in features {
        let at = f as usize;
        let slope = error + decay * weights[at];
        squares[at] += slope * slope;
        weights[at] -= STEP * slope / squares[at].sqrt();
    }
}
