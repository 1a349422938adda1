//! The folder in which packets lie: one file a day, readable by its owner alone, the old ones removed.

use crate::private;
use medrecord_clinic::time::Day;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

const BEFORE: &str = "downtime_";
const AFTER: &str = ".html";
/// How a packet is called while it is written.
const HALF: &str = ".downtime.part";

/// A packet in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The day that it begins with.
    pub day: Day,
    /// Where it is.
    pub path: PathBuf,
}

fn name(day: Day) -> String {
    format!("{BEFORE}{}{AFTER}", day.iso())
}

/// The day of a packet of that name; `None` where it is not the name of one.
fn day_of(file: &str) -> Option<Day> {
    let day: Day = file.strip_prefix(BEFORE)?.strip_suffix(AFTER)?.parse().ok()?;
    (file == name(day)).then_some(day)
}

/// A packet that is begun: the folder takes it, and nothing is in it yet.
///
/// Begun before anybody's chart is read for it, so that a folder that takes nothing leaves no trace in the trail.
#[derive(Debug)]
pub struct Begun {
    folder: PathBuf,
    file: File,
}

/// Begins a packet in a folder, which is made where it is missing.
///
/// # Errors
/// [`io::Error`] where the folder cannot be written to.
pub fn begin(folder: &Path) -> io::Result<Begun> {
    private::create_folder(folder)?;
    let half = folder.join(HALF);
    // A half of before is begun anew, never gone on with: its rights might be another's.
    if let Err(error) = fs::remove_file(&half)
        && error.kind() != ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    Ok(Begun { folder: folder.to_owned(), file: options.open(&half)? })
}

/// A packet that is written and on the disk, but not kept yet.
#[derive(Debug)]
pub struct Written {
    folder: PathBuf,
}

impl Begun {
    /// Writes the packet.
    ///
    /// # Errors
    /// [`io::Error`] where the disk does not take it.
    pub fn write(mut self, text: &str) -> io::Result<Written> {
        self.file.write_all(text.as_bytes())?;
        self.file.sync_all()?;
        Ok(Written { folder: self.folder })
    }
}

impl Written {
    /// Keeps the packet as that of a day: whole or not at all, whenever the machine stops.
    ///
    /// # Errors
    /// [`io::Error`] where the folder does not take it.
    pub fn keep(self, day: Day) -> io::Result<PathBuf> {
        let path = self.folder.join(name(day));
        fs::rename(self.folder.join(HALF), &path)?;
        #[cfg(unix)]
        File::open(&self.folder)?.sync_all()?;
        Ok(path)
    }
}

/// The packets of a folder, the newest first; none where there is no folder.
///
/// # Errors
/// [`io::Error`] where the folder cannot be read.
fn list(folder: &Path) -> io::Result<Vec<Kept>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let day = path.file_name().and_then(|name| name.to_str()).and_then(day_of);
        found.extend(day.map(|day| Kept { day, path }));
    }
    found.sort_by_key(|kept: &Kept| std::cmp::Reverse(kept.day));
    Ok(found)
}

/// The newest packet.
///
/// # Errors
/// [`io::Error`] where the folder cannot be read.
pub fn newest(folder: &Path) -> io::Result<Option<Kept>> {
    Ok(list(folder)?.into_iter().next())
}

/// Removes packets that begin `days` days before `today` or earlier; returns how many. Other files stay.
///
/// # Errors
/// [`io::Error`] where one cannot be removed.
pub fn prune(folder: &Path, days: u32, today: Day) -> io::Result<usize> {
    let last = today.plus_days(-i64::from(days));
    let old: Vec<Kept> = list(folder)?.into_iter().filter(|kept| kept.day <= last).collect();
    for kept in &old {
        fs::remove_file(&kept.path)?;
    }
    Ok(old.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_packet_is_its_owners_alone_and_replaced_whole() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("downtime");
        assert_eq!(newest(&folder).unwrap(), None);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(HALF), "a half of before").unwrap();
        for text in ["first", "second"] {
            let path = begin(&folder).unwrap().write(text).unwrap().keep(day("2026-11-22")).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            }
        }
        assert!(!folder.join(HALF).exists());
    }

    #[test]
    fn old_packets_go_and_what_somebody_else_put_there_stays() {
        let place = tempfile::tempdir().unwrap();
        for text in ["2026-11-20", "2026-11-21", "2026-11-22"] {
            begin(place.path()).unwrap().write(text).unwrap().keep(day(text)).unwrap();
        }
        for other in ["downtime_today.html", "downtime_2026-11-1.html", "notes.html"] {
            fs::write(place.path().join(other), "").unwrap();
        }
        assert_eq!(prune(place.path(), 2, day("2026-11-22")).unwrap(), 1);
        assert_eq!(newest(place.path()).unwrap().map(|kept| kept.day), Some(day("2026-11-22")));
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 5);
    }
}
