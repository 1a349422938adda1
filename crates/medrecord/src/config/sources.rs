//! Where settings are read from: flags, the environment, `.env` files and `medrecord.toml`.

use super::{Origin, SETTINGS};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

/// Everything that was said about settings, before it is settled.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// Flags of this command.
    pub flags: BTreeMap<&'static str, String>,
    /// The environment.
    pub environment: BTreeMap<String, String>,
    /// Files, the strongest first, with their names.
    pub files: Vec<(String, BTreeMap<String, String>)>,
}

impl Sources {
    /// Reads everything but the flags: the environment, and the files of the working folder.
    pub(crate) fn read(flags: BTreeMap<&'static str, String>) -> Result<Self> {
        let text = |name: &str| std::env::var_os(name)?.into_string().ok();
        let environment =
            SETTINGS.iter().filter_map(|name| Some(((*name).to_owned(), text(name)?))).collect();
        let mut sources = Self { flags, environment, files: Vec::new() };
        let folder = Path::new("");
        let own = (MEDRECORD_TOML.to_owned(), toml_file(&folder.join(MEDRECORD_TOML))?);
        let plain = env_file(&folder.join(".env"))?;
        let said = sources.find("MEDRECORD_ENV").map(|(value, _)| value);
        let said = said.or_else(|| plain.get("MEDRECORD_ENV").cloned());
        let said = said.or_else(|| own.1.get("MEDRECORD_ENV").cloned());
        if said.as_deref() == Some("development") {
            for name in [".env.development.local", ".env.development"] {
                sources.files.push((name.to_owned(), env_file(&folder.join(name))?));
            }
            sources.files.push((".env".to_owned(), plain));
        }
        sources.files.push(own);
        Ok(sources)
    }

    /// The first source's word on a setting; empty words do not count.
    pub(crate) fn find(&self, name: &'static str) -> Option<(String, Origin)> {
        let filled = |text: &&String| !text.trim().is_empty();
        let flag = self.flags.get(name).filter(filled).map(|text| (text, Origin::Flag));
        let said = || self.environment.get(name).filter(filled).map(|text| (text, Origin::Environment));
        let written = || {
            self.files.iter().find_map(|(file, values)| {
                values.get(name).filter(filled).map(|text| (text, Origin::File(file.clone())))
            })
        };
        flag.or_else(said).or_else(written).map(|(text, origin)| (text.clone(), origin))
    }
}

const MEDRECORD_TOML: &str = "medrecord.toml";

/// A file of `NAME=value` lines; empty where there is none.
fn env_file(path: &Path) -> Result<BTreeMap<String, String>> {
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    let wrong = || format!("{} cannot be read; write one NAME=value a line", path.display());
    dotenvy::from_path_iter(path).with_context(wrong)?.collect::<Result<_, _>>().with_context(wrong)
}

/// `medrecord.toml`: `listen = "…"` stands for `MEDRECORD_LISTEN`; empty where there is none.
fn toml_file(path: &Path) -> Result<BTreeMap<String, String>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
    };
    let table: toml::Table = text.parse().with_context(|| format!("{} is not TOML", path.display()))?;
    let mut values = BTreeMap::new();
    for (key, value) in table {
        let known = SETTINGS.iter().find(|name| key == name.trim_start_matches("MEDRECORD_").to_lowercase());
        let Some(name) = known else {
            bail!(
                "{} has a setting {key}, which there is not; see medrecord serve --print-config",
                path.display()
            );
        };
        let toml::Value::String(text) = value else {
            bail!("{}: write {key} = \"…\" with quotes", path.display());
        };
        values.insert((*name).to_owned(), text);
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medrecord_toml_has_short_names_and_an_unknown_one_is_refused() {
        let folder = std::env::temp_dir().join(format!("medrecord-config-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join(MEDRECORD_TOML);
        std::fs::write(&file, "listen = \"0.0.0.0:80\"\ndatabase_url = \"file:x.db\"\n").unwrap();
        let read = toml_file(&file).unwrap();
        assert_eq!(read.get("MEDRECORD_LISTEN").map(String::as_str), Some("0.0.0.0:80"));
        assert_eq!(read.get("DATABASE_URL").map(String::as_str), Some("file:x.db"));
        std::fs::write(&file, "lisen = \"x\"\n").unwrap();
        assert!(toml_file(&file).unwrap_err().to_string().contains("lisen"));
        assert!(toml_file(&folder.join("none.toml")).unwrap().is_empty());
        std::fs::write(
            folder.join(".env"),
            "# a comment\nMEDRECORD_LOG=debug\nDATABASE_URL=\"file:a b.db\"\n",
        )
        .unwrap();
        assert_eq!(env_file(&folder.join(".env")).unwrap().get("DATABASE_URL").unwrap(), "file:a b.db");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
