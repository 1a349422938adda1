//! Everything that is printed: results on standard output, news and trouble on standard error.

use anyhow::{Error, Result};
use std::io::{self, Write};

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
