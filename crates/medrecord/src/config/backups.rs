//! Settings of backups: when, where, how long, and who can open them; and of the packets for when the machines are down.

use super::Config;
use anyhow::{Context, Result};
use medrecord_clinic::time::clock_time;
use medrecord_store::backup::Recipient;
use medrecord_web::backups::Schedule;
use medrecord_web::downtime::Mornings;
use std::path::PathBuf;

impl Config {
    /// The folder in which backups lie.
    pub(crate) fn backup_dir(&self) -> Result<PathBuf> {
        Ok(PathBuf::from(self.needed("MEDRECORD_BACKUP_DIR")?))
    }

    /// How many days a backup is kept.
    pub(crate) fn backup_keep_days(&self) -> Result<u32> {
        self.days("MEDRECORD_BACKUP_KEEP_DAYS")
    }

    /// What the server does in the morning; `MEDRECORD_DOWNTIME_AT=off`, the default, writes no packet.
    pub(crate) fn downtime(&self) -> Result<Mornings> {
        Ok(Mornings {
            at: self.time_or_off("MEDRECORD_DOWNTIME_AT", "06:00", clock_time)?,
            folder: PathBuf::from(self.needed("MEDRECORD_DOWNTIME_DIR")?),
            keep_days: self.days("MEDRECORD_DOWNTIME_KEEP_DAYS")?,
        })
    }

    fn days(&self, name: &'static str) -> Result<u32> {
        let text = self.needed(name)?;
        let days = text.parse().ok().filter(|days| (1..=36_500).contains(days));
        days.with_context(|| format!("{name}={text} is no number of days from 1 on"))
    }

    fn time_or_off<T, E>(
        &self,
        name: &'static str,
        such_as: &str,
        read: fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let text = self.needed(name)?;
        if text == "off" {
            return Ok(None);
        }
        let wrong = || format!("{name}={text} is no time of day; write for example {such_as}, or off");
        Ok(Some(read(text).with_context(wrong)?))
    }

    /// Who can open a backup, where it is encrypted.
    pub(crate) fn backup_recipient(&self) -> Result<Option<Recipient>> {
        let recipient = self.text("MEDRECORD_BACKUP_RECIPIENT").map(str::parse::<Recipient>);
        recipient.transpose().context("MEDRECORD_BACKUP_RECIPIENT cannot be used")
    }

    /// What the server does by itself; `MEDRECORD_BACKUP_AT=off` leaves it to somebody else.
    pub(crate) fn backup_schedule(&self) -> Result<Schedule> {
        let at = self.time_or_off("MEDRECORD_BACKUP_AT", "02:00", clock_time)?;
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
            ("MEDRECORD_DOWNTIME_AT", "early"),
            ("MEDRECORD_DOWNTIME_KEEP_DAYS", "0"),
        ] {
            let mut sources = Sources::default();
            sources.environment.insert(name.to_owned(), value.to_owned());
            let message = format!("{:#}", Config::settle(&sources).check().unwrap_err());
            assert!(message.contains(name), "{message}");
        }
    }
}
