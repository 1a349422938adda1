//! The files of the practice: recordings with the keys that open them, and documents, in the folders of the data folder.
//!
//! Left out: models, which can be installed again; backups; downtime packets; the keys of TLS, with which somebody could pretend to be this
//! server; the journal, whose events are in the trail; the keys of backups and databases, which lie in no folder of their own; and
//! half-written files.

use super::error::BackupError;
use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

/// Folders of the data folder that are no part of a backup.
const LEFT_OUT: [&str; 5] = ["models", "backups", "tls", "journal", "downtime"];
/// Folders of the data folder into which nothing is restored.
const UNTOUCHED: [&str; 2] = ["models", "backups"];
/// How a file is called while it is written.
const HALF: &str = "part";
const DEEPEST: usize = 8;
const LONGEST: usize = 1024;

/// A file below the data folder, its parts between /.
pub(super) type Name = String;

/// All files to keep, in order; `besides` is a folder to leave out, such as the one that backups go to.
pub(super) fn walk(data: &Path, besides: &Path) -> Result<BTreeSet<Name>, BackupError> {
    let mut found = BTreeSet::new();
    let besides = fs::canonicalize(besides).ok();
    for (name, path) in entries(data)? {
        if path.is_dir() && !LEFT_OUT.contains(&name.as_str()) {
            deeper(&path, &name, besides.as_deref(), &mut found)?;
        }
    }
    Ok(found)
}

fn deeper(
    folder: &Path,
    above: &str,
    besides: Option<&Path>,
    found: &mut BTreeSet<Name>,
) -> Result<(), BackupError> {
    if besides.is_some() && fs::canonicalize(folder).ok().as_deref() == besides {
        return Ok(());
    }
    for (name, path) in entries(folder)? {
        let name = format!("{above}/{name}");
        let Ok(kind) = fs::symlink_metadata(&path) else { continue };
        if kind.is_dir() {
            deeper(&path, &name, besides, found)?;
        } else if kind.is_file() && path.extension().is_none_or(|ending| ending != HALF) {
            found.insert(name);
        }
    }
    Ok(())
}

/// What lies in a folder, hidden files aside; nothing where there is no folder.
fn entries(folder: &Path) -> Result<Vec<(String, PathBuf)>, BackupError> {
    let listed = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        listed => listed.map_err(|error| BackupError::file(folder, error))?,
    };
    let mut found = Vec::new();
    for entry in listed {
        let entry = entry.map_err(|error| BackupError::file(folder, error))?;
        let Ok(name) = entry.file_name().into_string() else {
            return Err(BackupError::Place(format!(
                "{} has a name that is no text; rename it",
                entry.path().display()
            )));
        };
        if !name.starts_with('.') {
            found.push((name, entry.path()));
        }
    }
    Ok(found)
}

/// Where a file of a backup belongs below a folder; `None` where its name would lead anywhere else.
pub(super) fn place(folder: &Path, name: &str) -> Option<PathBuf> {
    let relative = Path::new(name);
    let parts: Vec<Component<'_>> = relative.components().collect();
    let plain = parts.iter().all(|part| match part {
        Component::Normal(part) => part.to_str().is_some_and(|part| !part.starts_with('.')),
        Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => false,
    });
    let rebuilt: Vec<String> =
        parts.iter().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    let sound = plain
        && (2..=DEEPEST).contains(&parts.len())
        && name.len() <= LONGEST
        && rebuilt.join("/") == name
        && !name.contains(['\\', '\0', ':'])
        && rebuilt.first().is_some_and(|first| !UNTOUCHED.contains(&first.as_str()));
    sound.then(|| folder.join(relative))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_out_of_the_folder_is_no_place() {
        let folder = Path::new("/data");
        assert_eq!(place(folder, "recordings/7/recording"), Some("/data/recordings/7/recording".into()));
        for name in [
            "",
            "/etc/passwd",
            "../x",
            "a/../../x",
            "a/./b",
            "a//b",
            "a/",
            "key",
            "models/x",
            "backups/x",
            ".ssh/x",
            "a/.b",
            "a\\..\\b",
            "c:/x",
            "a/b\0",
            "a/b/c/d/e/f/g/h/i",
        ] {
            assert_eq!(place(folder, name), None, "{name:?}");
        }
    }

    #[test]
    fn recordings_and_documents_are_kept_and_models_backups_keys_and_halves_are_not() {
        let folder = std::env::temp_dir().join(format!("medrecord-files-{}", std::process::id()));
        for name in [
            "documents/a",
            "recordings/7/000001.chunk",
            "recordings/7/000002.part",
            "models/m",
            "backups/b",
            "tls/authority.key",
            "journal/reading-1.1",
            "downtime/downtime_2026-11-22.html",
            "letters/out/x",
            ".restoring/x",
            "safe/y",
        ] {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        fs::write(folder.join("medrecord.db"), "").unwrap();
        let found: Vec<String> = walk(&folder, &folder.join("safe")).unwrap().into_iter().collect();
        assert_eq!(found, ["documents/a", "letters/out/x", "recordings/7/000001.chunk"]);
        assert!(walk(&folder.join("none"), &folder).unwrap().is_empty());
        fs::remove_dir_all(&folder).unwrap();
    }
}
