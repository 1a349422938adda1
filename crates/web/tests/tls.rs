//! TLS in the server itself: who trusts the authority reaches the server, a new certificate is taken up while it runs, and
//! whoever does not finish a handshake holds up nobody.
#![cfg(test)]

use medrecord_clinic::time::{Instant, Zone};
use medrecord_testkit::Clinic;
use medrecord_web::tls::{Held, TlsListener, authority, redirect};
use medrecord_web::{App, Settings, serve};
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

const PATIENCE: Duration = Duration::from_mins(1);

/// A machine that trusts the authority of a folder.
fn trusting(folder: &Path) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    let path = folder.join(authority::AUTHORITY_CERT);
    roots.add(CertificateDer::from_pem_file(path).unwrap()).unwrap();
    let provider = Arc::new(ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    // A connection that is taken up again shows no certificate.
    config.resumption = Resumption::disabled();
    TlsConnector::from(Arc::new(config))
}

/// Asks for a page over TLS; gives the server's certificate and its answer, or why there was none.
async fn ask(
    machine: &TlsConnector,
    (name, at): (&str, SocketAddr),
    path: &str,
) -> std::io::Result<(Vec<u8>, String)> {
    let talk = async {
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let mut stream = machine.connect(name, TcpStream::connect(at).await?).await?;
        let shown = stream.get_ref().1.peer_certificates().unwrap().first().unwrap().to_vec();
        let request = format!("GET {path} HTTP/1.1\r\nHost: clinic.local\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        // Some end the stream without saying so; what was answered counts.
        let _ended = stream.read_to_end(&mut answer).await;
        Ok((shown, String::from_utf8_lossy(&answer).into_owned()))
    };
    tokio::time::timeout(PATIENCE, talk).await.unwrap()
}

fn app(clinic: &Clinic) -> App {
    let settings = Settings {
        secure: true,
        development: false,
        data_folder: clinic.folder().to_owned(),
        zone: Zone::UTC,
        speech_model: "base".to_owned(),
        endpoint: None,
    };
    App::new(clinic.store.clone(), settings)
}

/// The real day: certificates are checked against the machine's clock.
fn today() -> Instant {
    medrecord_store::Clock::System.now()
}

fn held(folder: &Path) -> Arc<Held> {
    Held::load(&folder.join(authority::SERVER_CERT), &folder.join(authority::SERVER_KEY)).unwrap()
}

#[tokio::test]
async fn a_machine_that_trusts_the_authority_reaches_the_server_and_a_new_certificate_is_taken_up() {
    let clinic = Clinic::on_sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    authority::make(folder, &["clinic.local".to_owned()], today()).unwrap();
    let certificate = held(folder);
    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = plain.local_addr().unwrap();
    let listener = TlsListener::new(plain, &certificate).unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, app(&clinic), async move {
        let _told = stopped.await;
    }));
    let machine = trusting(folder);

    // Somebody who connects and says nothing holds up nobody.
    let silent = TcpStream::connect(at).await.unwrap();
    let (first, answer) = ask(&machine, ("clinic.local", at), "/sign-in").await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age="), "{answer}");
    ask(&machine, ("127.0.0.1", at), "/healthz").await.unwrap();
    let other = ask(&machine, ("elsewhere.example", at), "/healthz").await.unwrap_err();
    assert!(other.to_string().contains("not valid for name"), "{other}");
    let stranger = tempfile::tempdir().unwrap();
    authority::make(stranger.path(), &["clinic.local".to_owned()], today()).unwrap();
    ask(&trusting(stranger.path()), ("clinic.local", at), "/healthz").await.unwrap_err();

    assert!(!certificate.reload().unwrap(), "nothing changed");
    authority::renew(folder, today()).unwrap();
    assert!(certificate.reload().unwrap());
    let (second, _) = ask(&machine, ("clinic.local", at), "/healthz").await.unwrap();
    assert_ne!(first, second, "the new one is shown");
    fs::write(folder.join(authority::SERVER_KEY), "no key").unwrap();
    let error = certificate.reload().unwrap_err();
    assert!(error.to_string().contains("server.key"), "{error}");
    let (third, _) = ask(&machine, ("clinic.local", at), "/healthz").await.unwrap();
    assert_eq!(second, third, "the one before stays");

    drop(silent);
    stop.send(()).unwrap();
    tokio::time::timeout(PATIENCE, server).await.unwrap().unwrap().unwrap();
}

#[test]
fn an_authority_is_made_once_keeps_its_keys_to_itself_and_renews_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let made = today();
    let names = ["clinic.local".to_owned(), "192.168.1.10".to_owned()];
    let wrong = authority::make(folder, &["no such name".to_owned()], made).unwrap_err();
    assert!(wrong.to_string().starts_with("no such name is neither"), "{wrong}");
    assert!(!authority::is_in(folder));
    authority::make(folder, &names, made).unwrap();
    let again = authority::make(folder, &names, made).unwrap_err();
    assert!(again.to_string().starts_with("there is an authority already"), "{again}");
    #[cfg(unix)]
    for key in ["authority.key", authority::SERVER_KEY] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(folder.join(key)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{key}");
    }
    let days = |days: i64| made.plus_minutes(days * 24 * 60);
    assert!(!authority::renew_if_old(folder, days(299)).unwrap());
    let before = fs::read(folder.join(authority::SERVER_CERT)).unwrap();
    assert!(authority::renew_if_old(folder, days(300)).unwrap());
    assert_ne!(before, fs::read(folder.join(authority::SERVER_CERT)).unwrap());
    assert!(!authority::renew_if_old(folder, days(301)).unwrap());
}

#[tokio::test]
async fn the_plain_port_leads_to_the_secure_one_and_takes_nothing() {
    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = plain.local_addr().unwrap();
    let leading = tokio::spawn(async move { redirect(plain, "https://clinic.local:8443/").await });
    for (line, expected) in [
        ("GET /patients?after=1", "location: https://clinic.local:8443/patients?after=1"),
        ("POST /sign-in", "HTTP/1.1 403"),
    ] {
        let mut stream = TcpStream::connect(at).await.unwrap();
        let request = format!("{line} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        tokio::time::timeout(PATIENCE, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
        assert!(answer.contains(expected), "{answer}");
    }
    leading.abort();
}
