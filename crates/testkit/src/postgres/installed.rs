//! What this machine has: PostgreSQL's programs, and a user who may run them where we are root.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const OLDEST_MAJOR: u32 = 15;

/// Finds the folder with `initdb` and `postgres`: where Debian puts release 15 and its successors, or on the path.
pub(super) fn programs() -> Option<PathBuf> {
    let mut majors: Vec<u32> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    majors.sort_unstable();
    let packaged = majors.iter().map(|major| PathBuf::from(format!("/usr/lib/postgresql/{major}/bin")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<_> = std::env::split_paths(&path).collect();
    packaged
        .chain(on_path)
        .filter(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .find(|folder| major(folder).is_some_and(|major| major >= OLDEST_MAJOR))
}

fn major(folder: &Path) -> Option<u32> {
    let said = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    major_in(&String::from_utf8_lossy(&said.stdout))
}

fn major_in(version: &str) -> Option<u32> {
    let number = version.split_whitespace().nth(2)?;
    number.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

/// Says who we are, as a number; "0" is root.
pub(super) fn user_id() -> Result<String, String> {
    let output = Command::new("id").arg("-u").output().map_err(|error| format!("`id -u` failed: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Finds the user and group to run a server as, for root.
pub(super) fn unprivileged_user() -> Result<(u32, u32), String> {
    let users = fs::read_to_string("/etc/passwd").map_err(|error| format!("no list of users: {error}"))?;
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| user_in(&users, name))
        .ok_or_else(|| "root needs a user `postgres` or `nobody`".to_owned())
}

fn user_in(users: &str, name: &str) -> Option<(u32, u32)> {
    let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_is_read_from_what_the_program_says() {
        assert_eq!(major_in("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major_in("postgres (PostgreSQL) 19beta1\n"), Some(19));
        assert_eq!(major_in("command not found"), None);
    }

    #[test]
    fn a_user_is_found_by_the_whole_name() {
        let users = "postgres2:x:9:9::/:/bin/sh\npostgres:x:101:104:,,,:/var/lib/postgresql:/bin/bash\n";
        assert_eq!(user_in(users, "postgres"), Some((101, 104)));
        assert_eq!(user_in(users, "nobody"), None);
    }
}
