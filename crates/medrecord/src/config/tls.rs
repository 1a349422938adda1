//! The settings of TLS: the certificate's files, and the plain port that leads to the secure one.

use super::Config;
use anyhow::{Context as _, Result, bail};
use medrecord_web::tls::authority;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

const FOLDER: &str = "tls";

/// The certificate of the local authority, where there is one and no other is named.
pub(super) fn defaults(config: &Config, data_dir: &Path) -> Vec<(&'static str, String)> {
    let folder = data_dir.join(FOLDER);
    let named = config.text("MEDRECORD_TLS_CERT").or_else(|| config.text("MEDRECORD_TLS_KEY")).is_some();
    if named || !authority::is_in(&folder) {
        return Vec::new();
    }
    let path = |name: &str| folder.join(name).display().to_string();
    vec![
        ("MEDRECORD_TLS_CERT", path(authority::SERVER_CERT)),
        ("MEDRECORD_TLS_KEY", path(authority::SERVER_KEY)),
    ]
}

impl Config {
    /// The folder of the local authority.
    pub(crate) fn tls_folder(&self) -> Result<PathBuf> {
        Ok(self.data_dir()?.join(FOLDER))
    }

    /// The files of certificate and key, where the server speaks TLS itself.
    pub(crate) fn tls(&self) -> Result<Option<(PathBuf, PathBuf)>> {
        match (self.text("MEDRECORD_TLS_CERT"), self.text("MEDRECORD_TLS_KEY")) {
            (None, None) => Ok(None),
            (Some(cert), Some(key)) => Ok(Some((cert.into(), key.into()))),
            (Some(_), None) => bail!("MEDRECORD_TLS_CERT needs MEDRECORD_TLS_KEY, the file with its key"),
            (None, Some(_)) => {
                bail!("MEDRECORD_TLS_KEY needs MEDRECORD_TLS_CERT, the file with its certificate")
            }
        }
    }

    /// The plain port that leads to the secure one, and where it leads.
    pub(crate) fn redirect(&self) -> Result<Option<(SocketAddr, &str)>> {
        let Some(text) = self.text("MEDRECORD_REDIRECT_FROM") else { return Ok(None) };
        let from = text.parse().with_context(|| {
            format!("MEDRECORD_REDIRECT_FROM={text} is no address and port; write for example 0.0.0.0:80")
        })?;
        match self.text("MEDRECORD_BASE_URL") {
            Some(base) if base.starts_with("https://") => Ok(Some((from, base))),
            Some(_) | None => {
                bail!("MEDRECORD_REDIRECT_FROM needs MEDRECORD_BASE_URL, such as https://clinic.local:8443")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Sources;
    use super::*;

    fn settled(pairs: &[(&str, &str)]) -> Config {
        let mut sources = Sources::default();
        for (name, value) in pairs {
            sources.environment.insert((*name).to_owned(), (*value).to_owned());
        }
        Config::settle(&sources)
    }

    #[test]
    fn a_certificate_needs_its_key_and_makes_the_server_secure() {
        let both = settled(&[("MEDRECORD_TLS_CERT", "a.pem"), ("MEDRECORD_TLS_KEY", "a.key")]);
        assert_eq!(both.tls().unwrap(), Some(("a.pem".into(), "a.key".into())));
        assert!(both.is_secure());
        let none = settled(&[("MEDRECORD_DATA_DIR", "/nowhere-at-all")]);
        assert!(none.tls().unwrap().is_none() && !none.is_secure());
        for alone in ["MEDRECORD_TLS_CERT", "MEDRECORD_TLS_KEY"] {
            let error = settled(&[(alone, "a.pem")]).check().unwrap_err().to_string();
            assert!(error.starts_with(alone), "{error}");
        }
    }

    #[test]
    fn a_plain_port_leads_only_to_a_secure_address() {
        let from = ("MEDRECORD_REDIRECT_FROM", "127.0.0.1:8080");
        let base = ("MEDRECORD_BASE_URL", "https://clinic.local:8443");
        let config = settled(&[from, base]);
        assert_eq!(config.redirect().unwrap().unwrap().1, "https://clinic.local:8443");
        assert!(settled(&[from]).check().unwrap_err().to_string().contains("MEDRECORD_BASE_URL"));
        assert!(settled(&[("MEDRECORD_REDIRECT_FROM", "80"), base]).check().is_err());
    }
}
