//! A certificate and its key, read from files, and read anew while the server runs.

use super::authority;
use medrecord_store::Clock;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;

/// How often the files are looked at.
const LOOK_AGAIN: Duration = Duration::from_mins(1);

/// Why there is no TLS, in words for whoever runs the server.
#[derive(Debug)]
pub struct TlsError(String);

impl TlsError {
    pub(super) fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TlsError {}

/// The certificate that is shown to whoever connects, and the files it came from.
#[derive(Debug)]
pub struct Held {
    cert: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
}

impl Held {
    /// Reads a chain of certificates and the key of its first one, both in PEM.
    ///
    /// # Errors
    /// [`TlsError`] that names the file where one cannot be read, or where they do not belong together.
    pub fn load(cert: &Path, key: &Path) -> Result<Arc<Self>, TlsError> {
        let current = RwLock::new(Arc::new(read(cert, key)?));
        Ok(Arc::new(Self { cert: cert.to_owned(), key: key.to_owned(), current }))
    }

    /// Reads the files again and says whether another certificate is shown from now on. One that is unsound changes
    /// nothing.
    ///
    /// # Errors
    /// As [`Held::load`].
    pub fn reload(&self) -> Result<bool, TlsError> {
        let fresh = read(&self.cert, &self.key)?;
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let other = fresh.cert != current.cert;
        if other {
            *current = Arc::new(fresh);
        }
        Ok(other)
    }

    /// What a server needs to know of TLS.
    pub(super) fn config(self: &Arc<Self>) -> Result<ServerConfig, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let versions = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsError::new(error.to_string()))?;
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Self>::clone(self);
        let mut config = versions.with_no_client_auth().with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }

    /// The folder of the local authority, where the certificate is one of its own.
    fn folder_of_authority(&self) -> Option<&Path> {
        let folder = self.cert.parent()?;
        (self.cert.file_name()? == authority::SERVER_CERT && authority::is_in(folder)).then_some(folder)
    }
}

impl ResolvesServerCert for Held {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn read(cert: &Path, key: &Path) -> Result<CertifiedKey, TlsError> {
    let wrong = |path: &Path, error: &dyn fmt::Display| TlsError::new(format!("{}: {error}", path.display()));
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect)
        .map_err(|error| wrong(cert, &error))?;
    if chain.is_empty() {
        return Err(wrong(cert, &"there is no certificate in it; it must be PEM"));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, &error))?;
    let signing = ring::sign::any_supported_type(&secret).map_err(|error| wrong(key, &error))?;
    let held = CertifiedKey::new(chain, signing);
    held.keys_match().map_err(|error| {
        TlsError::new(format!("{} and {} do not belong together: {error}", cert.display(), key.display()))
    })?;
    Ok(held)
}

/// Takes up a new certificate within a minute after its files changed, and renews one of the local authority in time.
/// Never ends.
pub async fn keep_current(held: Arc<Held>, clock: Clock) {
    loop {
        if let Some(folder) = held.folder_of_authority()
            && let Err(error) = authority::renew_if_old(folder, clock.now())
        {
            tracing::error!(%error, "the certificate could not be renewed");
        }
        match held.reload() {
            Ok(true) => tracing::info!("a new certificate is shown from now on"),
            Ok(false) => {}
            Err(error) => {
                tracing::error!(%error, "the certificate's files are unsound; the one before stays");
            }
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
