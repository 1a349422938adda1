//! Everything that is printed: results on standard output, news, progress and trouble on standard error.

use anyhow::{Error, Result};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// How often work that is not watched on a terminal says how far it is.
const TELL_EVERY: Duration = Duration::from_secs(5);

/// Prints a result, one line.
pub(crate) fn line(text: impl AsRef<str>) -> Result<()> {
    writeln!(io::stdout(), "{}", text.as_ref())?;
    Ok(())
}

/// Prints news about the work, one line; scripts that read results do not see it.
pub(crate) fn news(text: impl AsRef<str>) {
    // Where standard error is closed there is nobody to tell.
    let _ignored = writeln!(io::stderr(), "{}", text.as_ref());
}

/// Prints why something was refused or failed.
pub(crate) fn trouble(error: &Error) {
    news(format!("error: {error:#}"));
}

/// How far long work is: a bar on a terminal, a plain line every few seconds elsewhere.
pub(crate) struct Bar {
    bar: ProgressBar,
    told: Instant,
}

impl Bar {
    /// A bar drawn by a template of indicatif.
    pub(crate) fn new(template: &str) -> Result<Self> {
        let bar = ProgressBar::new(0);
        bar.set_style(ProgressStyle::with_template(template)?);
        Ok(Self { bar, told: Instant::now() })
    }

    /// Shows that so much of `total` of the work `what` is done.
    pub(crate) fn show(&mut self, what: &'static str, done: u64, total: u64) {
        self.bar.set_message(what);
        self.bar.set_length(total);
        self.bar.set_position(done);
        if self.bar.is_hidden() && self.told.elapsed() >= TELL_EVERY {
            self.told = Instant::now();
            news(so_far(what, done, total));
        }
    }

    /// Takes the bar away.
    pub(crate) fn end(self) {
        self.bar.finish_and_clear();
    }
}

fn so_far(what: &str, done: u64, total: u64) -> String {
    match done.saturating_mul(100).checked_div(total) {
        Some(percent) => format!("{what}: {} %", percent.min(100)),
        None => what.to_owned(),
    }
}

/// Prints rows as aligned columns, the last one as long as it likes.
pub(crate) fn table<const N: usize>(rows: &[[String; N]]) -> Result<()> {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        line(cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}

/// Whether whoever read the results stopped reading, as `head` does; no trouble of ours.
pub(crate) fn is_closed_pipe(error: &Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_is_told_in_hundredths_where_the_whole_is_known() {
        assert_eq!(so_far("fetching", 1, 3), "fetching: 33 %");
        assert_eq!(so_far("fetching", 4, 3), "fetching: 100 %");
        assert_eq!(so_far("checking", 7, 0), "checking");
    }
}
