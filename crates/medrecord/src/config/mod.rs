//! Settings: flag, then environment, then `medrecord.toml`, then default; each value knows where it came from.
//!
//! On a development machine `.env`, `.env.development` and `.env.development.local` stand between the environment
//! and `medrecord.toml`, the later over the earlier.

use anyhow::{Context, Result, anyhow, bail};
use medrecord_clinic::time::Zone;
use medrecord_store::StoreError;
use medrecord_store::url::DatabaseUrl;
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

mod backups;
mod sources;
mod tls;

pub(crate) use sources::Sources;

/// A setting's name in the environment; `medrecord.toml` has it in lower case, without `MEDRECORD_`.
pub(crate) const SETTINGS: [&str; 22] = [
    "DATABASE_URL",
    "MEDRECORD_READ_URL",
    "MEDRECORD_DATA_DIR",
    "MEDRECORD_ENV",
    "MEDRECORD_TIME_ZONE",
    "MEDRECORD_LISTEN",
    "MEDRECORD_BASE_URL",
    "MEDRECORD_TLS_CERT",
    "MEDRECORD_TLS_KEY",
    "MEDRECORD_REDIRECT_FROM",
    "MEDRECORD_LOG",
    "MEDRECORD_SPEECH_MODEL",
    "MEDRECORD_LLM_URL",
    "MEDRECORD_LLM_MODEL",
    "MEDRECORD_LLM_KEY_FILE",
    "MEDRECORD_BACKUP_AT",
    "MEDRECORD_BACKUP_DIR",
    "MEDRECORD_BACKUP_KEEP_DAYS",
    "MEDRECORD_BACKUP_RECIPIENT",
    "MEDRECORD_DOWNTIME_AT",
    "MEDRECORD_DOWNTIME_DIR",
    "MEDRECORD_DOWNTIME_KEEP_DAYS",
];

/// Those whose value may hold a password.
const SECRET: [&str; 2] = ["DATABASE_URL", "MEDRECORD_READ_URL"];

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A flag of this command.
    Flag,
    /// The environment.
    Environment,
    /// A file, by name.
    File(String),
    /// Built in.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Environment => f.write_str("environment"),
            Self::File(name) => f.write_str(name),
            Self::Default => f.write_str("default"),
        }
    }
}

/// The speech model that is used where none is named; measured in docs/scribe.md.
const SPEECH_MODEL: &str = "base";

/// All settings, each with its origin.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    values: BTreeMap<&'static str, (String, Origin)>,
}

impl Config {
    /// Settles every setting from the sources, the first that has it winning.
    pub(crate) fn settle(sources: &Sources) -> Self {
        let mut values = BTreeMap::new();
        for name in SETTINGS {
            if let Some(found) = sources.find(name) {
                values.insert(name, found);
            }
        }
        let mut config = Self { values };
        for (name, default) in defaults(&config) {
            config.values.entry(name).or_insert((default, Origin::Default));
        }
        config
    }

    /// The text of a setting, if it has one.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|(text, _)| text.as_str())
    }

    pub(super) fn needed(&self, name: &str) -> Result<&str> {
        self.text(name).with_context(|| format!("{name} is not set; set it in the environment"))
    }

    /// Where the database is.
    pub(crate) fn database(&self) -> Result<DatabaseUrl> {
        self.needed("DATABASE_URL")?.parse::<DatabaseUrl>().map_err(anyhow::Error::from)
    }

    /// The read replica, if there is one.
    pub(crate) fn replica(&self) -> Result<Option<DatabaseUrl>> {
        let Some(text) = self.text("MEDRECORD_READ_URL") else { return Ok(None) };
        let url: DatabaseUrl = text.parse().map_err(|error: StoreError| {
            anyhow!(error.to_string().replacen("DATABASE_URL", "MEDRECORD_READ_URL", 1))
        })?;
        if self.database()?.sqlite_file().is_some() {
            bail!(
                "MEDRECORD_READ_URL needs a PostgreSQL server in DATABASE_URL: an SQLite file has no replica; leave the \
                 setting out"
            );
        }
        Ok(Some(url))
    }

    /// The folder for the database file, recordings, models and keys.
    pub(crate) fn data_dir(&self) -> Result<PathBuf> {
        Ok(PathBuf::from(self.needed("MEDRECORD_DATA_DIR")?))
    }

    /// The folder of the speech models.
    pub(crate) fn models_dir(&self) -> Result<PathBuf> {
        Ok(self.data_dir()?.join("models"))
    }

    /// The speech model that hears recordings, by its name in the catalogue.
    pub(crate) fn speech_model(&self) -> &str {
        self.text("MEDRECORD_SPEECH_MODEL").unwrap_or(SPEECH_MODEL)
    }

    /// The larger model that drafts; none unless both its address and its name are set.
    pub(crate) fn endpoint(&self) -> Option<medrecord_scribe::endpoint::Endpoint> {
        let (url, model) = self.text("MEDRECORD_LLM_URL").zip(self.text("MEDRECORD_LLM_MODEL"))?;
        let patience = std::time::Duration::from_mins(5);
        Some(medrecord_scribe::endpoint::Endpoint { url: url.to_owned(), model: model.to_owned(), patience })
    }

    /// Refuses a larger model that could never be asked, or not as its settings say.
    fn check_endpoint(&self) -> Result<()> {
        if self.text("MEDRECORD_LLM_KEY_FILE").is_some() {
            bail!(
                "MEDRECORD_LLM_KEY_FILE cannot be used yet: no key is sent to the model; leave the setting out"
            );
        }
        match (self.text("MEDRECORD_LLM_URL"), self.text("MEDRECORD_LLM_MODEL")) {
            (None, None) => Ok(()),
            (Some(url), Some(_)) if url.starts_with("http://") => Ok(()),
            (Some(url), Some(_)) => {
                bail!(
                    "MEDRECORD_LLM_URL={url} does not start with http://; the model is asked in the house alone"
                )
            }
            (Some(_), None) => bail!("MEDRECORD_LLM_URL needs MEDRECORD_LLM_MODEL, the model's name there"),
            (None, Some(_)) => {
                bail!("MEDRECORD_LLM_MODEL needs MEDRECORD_LLM_URL, the address up to and with /v1")
            }
        }
    }

    /// The practice's zone until it sets its own.
    pub(crate) fn zone(&self) -> Result<Zone> {
        let text = self.needed("MEDRECORD_TIME_ZONE")?;
        text.parse().with_context(|| format!("MEDRECORD_TIME_ZONE={text} is"))
    }

    /// Whether this is a development machine.
    pub(crate) fn is_development(&self) -> bool {
        self.text("MEDRECORD_ENV") == Some("development")
    }

    /// Where to listen.
    pub(crate) fn listen(&self) -> Result<SocketAddr> {
        let text = self.needed("MEDRECORD_LISTEN")?;
        let text = text.replacen("localhost:", "127.0.0.1:", 1);
        text.parse().with_context(|| {
            format!("MEDRECORD_LISTEN={text} is no address and port; write for example 127.0.0.1:8080")
        })
    }

    /// Whether people reach the server over TLS, so that cookies go over nothing else.
    pub(crate) fn is_secure(&self) -> bool {
        self.text("MEDRECORD_BASE_URL").is_some_and(|url| url.starts_with("https://"))
            || self.text("MEDRECORD_TLS_CERT").is_some()
    }

    /// Refuses values that no command could use, so that a slip shows at once.
    pub(crate) fn check(&self) -> Result<()> {
        self.database()?;
        self.replica()?;
        self.zone()?;
        self.listen()?;
        self.backup_schedule()?;
        self.downtime()?;
        self.tls()?;
        self.redirect()?;
        self.check_endpoint()?;
        match self.text("MEDRECORD_ENV") {
            Some("production" | "development") | None => {}
            Some(other) => bail!("MEDRECORD_ENV={other} is neither production nor development"),
        }
        match self.text("MEDRECORD_BASE_URL") {
            Some(url) if !url.starts_with("http://") && !url.starts_with("https://") => {
                bail!("MEDRECORD_BASE_URL={url} starts neither with https:// nor with http://")
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Each setting with its value, secrets hidden, and where it came from.
    pub(crate) fn table(&self) -> Vec<[String; 3]> {
        let mut rows = Vec::new();
        for name in SETTINGS {
            let (shown, origin) = match self.values.get(name) {
                None => ("(none)".to_owned(), Origin::Default),
                Some((text, origin)) if SECRET.contains(&name) => (hidden(text), origin.clone()),
                Some((text, origin)) => (text.clone(), origin.clone()),
            };
            rows.push([name.to_owned(), shown, origin.to_string()]);
        }
        rows
    }
}

/// A database's address in words, without user and password.
fn hidden(text: &str) -> String {
    text.parse::<DatabaseUrl>().map_or_else(|_| "(cannot be read)".to_owned(), |url| url.in_words())
}

fn defaults(config: &Config) -> Vec<(&'static str, String)> {
    let platform =
        || dirs::data_dir().map_or_else(|| PathBuf::from("medrecord-data"), |dir| dir.join("medrecord"));
    let data_dir = config.text("MEDRECORD_DATA_DIR").map_or_else(platform, PathBuf::from);
    let zone = iana_time_zone::get_timezone().ok().filter(|name| name.parse::<Zone>().is_ok());
    let mut defaults = tls::defaults(config, &data_dir);
    defaults.extend([
        ("DATABASE_URL", format!("sqlite:{}", data_dir.join("medrecord.db").display())),
        ("MEDRECORD_DATA_DIR", data_dir.display().to_string()),
        ("MEDRECORD_ENV", "production".to_owned()),
        ("MEDRECORD_TIME_ZONE", zone.unwrap_or_else(|| "UTC".to_owned())),
        ("MEDRECORD_LISTEN", "127.0.0.1:8080".to_owned()),
        ("MEDRECORD_LOG", "info".to_owned()),
        ("MEDRECORD_SPEECH_MODEL", SPEECH_MODEL.to_owned()),
        ("MEDRECORD_BACKUP_AT", "02:00".to_owned()),
        ("MEDRECORD_BACKUP_DIR", data_dir.join("backups").display().to_string()),
        ("MEDRECORD_BACKUP_KEEP_DAYS", "7".to_owned()),
        ("MEDRECORD_DOWNTIME_AT", "off".to_owned()),
        ("MEDRECORD_DOWNTIME_DIR", data_dir.join("downtime").display().to_string()),
        ("MEDRECORD_DOWNTIME_KEEP_DAYS", "2".to_owned()),
    ]);
    defaults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> Sources {
        let mut sources = Sources::default();
        sources.flags.insert("MEDRECORD_LISTEN", "127.0.0.1:1".to_owned());
        for (name, value) in [("MEDRECORD_LISTEN", "127.0.0.1:2"), ("MEDRECORD_LOG", "warn")] {
            sources.environment.insert(name.to_owned(), value.to_owned());
        }
        sources.files.push((
            ".env".to_owned(),
            [("MEDRECORD_LOG", "debug"), ("MEDRECORD_ENV", "development")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        ));
        sources
    }

    #[test]
    fn a_flag_beats_the_environment_which_beats_a_file_which_beats_the_default() {
        let config = Config::settle(&sources());
        assert_eq!(config.listen().unwrap().port(), 1);
        assert_eq!(config.text("MEDRECORD_LOG"), Some("warn"));
        assert!(config.is_development());
        let origin = |name: &str| config.table().into_iter().find(|row| row[0] == name).unwrap()[2].clone();
        assert_eq!(origin("MEDRECORD_LISTEN"), "flag");
        assert_eq!(origin("MEDRECORD_LOG"), "environment");
        assert_eq!(origin("MEDRECORD_ENV"), ".env");
        assert_eq!(origin("MEDRECORD_DATA_DIR"), "default");
    }

    #[test]
    fn a_password_is_never_shown() {
        let mut sources = sources();
        let url = "postgresql://user:hush@db.example:5432/clinic";
        sources.environment.insert("DATABASE_URL".to_owned(), url.to_owned());
        let shown = format!("{:?}", Config::settle(&sources).table());
        assert!(shown.contains("PostgreSQL database clinic on db.example:5432"), "{shown}");
        assert!(!shown.contains("hush"), "{shown}");
        // Nor in what is said of an address that cannot be read.
        let wrong = "postgresql://user:hush@db.example/clinic?connection_limits=1";
        sources.environment.insert("MEDRECORD_READ_URL".to_owned(), wrong.to_owned());
        let config = Config::settle(&sources);
        assert!(!format!("{:?}", config.table()).contains("hush"));
        let message = format!("{:#}", config.check().unwrap_err());
        assert!(message.starts_with("MEDRECORD_READ_URL has a parameter connection_limits"), "{message}");
    }

    #[test]
    fn a_value_that_nothing_can_use_is_named_with_the_way_out() {
        for (name, value) in [
            ("MEDRECORD_LISTEN", "everywhere"),
            ("MEDRECORD_ENV", "test"),
            ("MEDRECORD_TIME_ZONE", "Middle/Earth"),
            ("MEDRECORD_BASE_URL", "clinic.example"),
            ("DATABASE_URL", "mysql://x"),
            ("MEDRECORD_READ_URL", "mysql://x"),
            // The database is an SQLite file here.
            ("MEDRECORD_READ_URL", "postgresql://replica/clinic"),
        ] {
            let mut sources = Sources::default();
            sources.environment.insert(name.to_owned(), value.to_owned());
            let message = format!("{:#}", Config::settle(&sources).check().unwrap_err());
            assert!(message.contains(name), "{message}");
        }
    }

    #[test]
    fn a_larger_model_that_could_never_be_asked_is_refused_at_the_start() {
        let (url, model) = ("MEDRECORD_LLM_URL", "MEDRECORD_LLM_MODEL");
        let check = |pairs: &[(&str, &str)]| {
            let mut sources = Sources::default();
            for (name, value) in pairs {
                sources.environment.insert((*name).to_owned(), (*value).to_owned());
            }
            Config::settle(&sources).check().map_err(|error| error.to_string())
        };
        assert_eq!(check(&[(url, "http://127.0.0.1:11434/v1"), (model, "any")]), Ok(()));
        let abroad = [(url, "https://model.example/v1"), (model, "any")];
        for pairs in [&abroad[..], &abroad[..1], &abroad[1..], &[("MEDRECORD_LLM_KEY_FILE", "key")]] {
            let message = check(pairs).unwrap_err();
            assert!(message.starts_with(pairs[0].0), "{message}");
        }
    }

    #[test]
    fn the_example_has_every_setting_and_no_other() {
        let example = include_str!("../../../../.env.example");
        let lines = example.lines().map(|line| line.trim_start_matches("# "));
        let names: std::collections::BTreeSet<&str> =
            lines.filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
        let names: Vec<&str> = names.into_iter().filter(|name| !name.contains(' ')).collect();
        let mut known = SETTINGS.to_vec();
        known.sort_unstable();
        assert_eq!(names, known);
    }

    #[test]
    fn without_an_address_the_database_is_a_file_in_the_data_folder() {
        let mut sources = Sources::default();
        sources.flags.insert("MEDRECORD_DATA_DIR", "/srv/clinic".to_owned());
        let url = Config::settle(&sources).database().unwrap();
        assert_eq!(url.sqlite_file().unwrap().to_string_lossy(), "/srv/clinic/medrecord.db");
    }
}
