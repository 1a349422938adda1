//! Settings of backups: when, where, how long, and who can open them.

use super::Config;
use anyhow::{Context, Result};
use medrecord_clinic::time::clock_time;
use medrecord_store::backup::Recipient;
use medrecord_web::backups::Schedule;
use std::path::PathBuf;

impl Config {
    /// The folder in which backups lie.
    pub(crate) fn backup_dir(&self) -> Result<PathBuf> {
        Ok(PathBuf::from(self.needed("MEDRECORD_BACKUP_DIR")?))
    }

    /// How many days a backup is kept.
    pub(crate) fn backup_keep_days(&self) -> Result<u32> {
        let text = self.needed("MEDRECORD_BACKUP_KEEP_DAYS")?;
        let days = text.parse().ok().filter(|days| (1..=36_500).contains(days));
        days.with_context(|| format!("MEDRECORD_BACKUP_KEEP_DAYS={text} is no number of days from 1 on"))
    }

    /// Who can open a backup, where it is encrypted.
    pub(crate) fn backup_recipient(&self) -> Result<Option<Recipient>> {
        let recipient = self.text("MEDRECORD_BACKUP_RECIPIENT").map(str::parse::<Recipient>);
        recipient.transpose().context("MEDRECORD_BACKUP_RECIPIENT cannot be used")
    }

    /// What the server does by itself; `MEDRECORD_BACKUP_AT=off` leaves it to somebody else.
    pub(crate) fn backup_schedule(&self) -> Result<Schedule> {
        let text = self.needed("MEDRECORD_BACKUP_AT")?;
        let at = if text == "off" {
            None
        } else {
            let wrong =
                || format!("MEDRECORD_BACKUP_AT={text} is no time of day; write for example 02:00, or off");
            Some(clock_time(text).with_context(wrong)?)
        };
        Ok(Schedule {
            at,
            folder: self.backup_dir()?,
            keep_days: self.backup_keep_days()?,
            recipient: self.backup_recipient()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Config, Sources};

    #[test]
    fn a_backup_setting_that_nothing_can_use_is_named_with_the_way_out() {
        for (name, value) in [
            ("MEDRECORD_BACKUP_AT", "at night"),
            ("MEDRECORD_BACKUP_KEEP_DAYS", "0"),
            ("MEDRECORD_BACKUP_KEEP_DAYS", "week"),
            ("MEDRECORD_BACKUP_RECIPIENT", "me@example.com"),
        ] {
            let mut sources = Sources::default();
            sources.environment.insert(name.to_owned(), value.to_owned());
            let message = format!("{:#}", Config::settle(&sources).check().unwrap_err());
            assert!(message.contains(name), "{message}");
        }
    }
}
