//! Fetching a model from the hub that publishes it.

use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ureq::http::StatusCode;
use ureq::tls::{RootCerts, TlsConfig};

use super::{InstallError, Installed, ModelFile, Progress, SpeechModel, Stage, file, part};

/// Fetches the model's first file that is published.
pub(super) fn model(
    folder: &Path,
    model: &'static SpeechModel,
    progress: &mut dyn FnMut(Progress),
) -> Result<Installed, InstallError> {
    let published = model.files.iter().find_map(|file| file.url.map(|url| (file, url)));
    let (file, url) = published.ok_or_else(|| InstallError::Download {
        model: model.name,
        url: String::new(),
        why: "it is not published anywhere".to_owned(),
    })?;
    Fetch { folder, model, file, url }.run(progress)
}

struct Fetch<'a> {
    folder: &'a Path,
    model: &'static SpeechModel,
    file: &'static ModelFile,
    url: &'a str,
}

impl Fetch<'_> {
    fn run(&self, progress: &mut dyn FnMut(Progress)) -> Result<Installed, InstallError> {
        fs::create_dir_all(self.folder).map_err(|source| file::trouble(self.folder, source))?;
        let kept_part = self.folder.join(format!("{}.download", self.file.name));
        let kept = kept_part.metadata().map_or(0, |there| there.len());
        if kept < self.file.bytes {
            self.get(&kept_part, kept, progress)?;
        }
        let total = self.file.bytes;
        let sha256 =
            file::sha256(&kept_part, &mut |done| progress(Progress { stage: Stage::Check, done, total }))?;
        if sha256 != self.file.sha256 {
            fs::remove_file(&kept_part).map_err(|source| file::trouble(&kept_part, source))?;
            let (model, url, expected) = (self.model.name, self.url.to_owned(), self.file.sha256);
            return Err(InstallError::WrongDownload { model, url, sha256, expected });
        }
        let path = self.folder.join(self.file.name);
        part::put(&kept_part, &path)?;
        Ok(Installed { model: self.model, file: self.file, path })
    }

    /// Fetches what is missing behind the first `kept` bytes.
    fn get(
        &self,
        kept_part: &Path,
        kept: u64,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), InstallError> {
        let mut request = agent().get(self.url);
        if kept > 0 {
            request = request.header("Range", format!("bytes={kept}-"));
        }
        let response = request.call().map_err(|error| self.failed(&error))?;
        let goes_on = response.status() == StatusCode::PARTIAL_CONTENT;
        let mut done = if goes_on { kept } else { 0 };
        let failed = |source| file::trouble(kept_part, source);
        let mut options = OpenOptions::new();
        options.create(true).write(true).append(goes_on).truncate(!goes_on);
        let mut out = options.open(kept_part).map_err(failed)?;
        // One byte more than expected is enough to see that it is another file.
        let mut body = response.into_body().into_reader().take(self.file.bytes - done + 1);
        let mut piece = vec![0; 1 << 16];
        loop {
            let read = body.read(&mut piece).map_err(|error| self.failed(&error))?;
            if read == 0 {
                break;
            }
            out.write_all(piece.get(..read).unwrap_or_default()).map_err(failed)?;
            done += read as u64;
            progress(Progress { stage: Stage::Download, done, total: self.file.bytes });
        }
        out.sync_all().map_err(failed)?;
        if done < self.file.bytes {
            return Err(self.failed(&"the connection ended early; the same command goes on from there"));
        }
        Ok(())
    }

    fn failed(&self, why: &dyn std::fmt::Display) -> InstallError {
        InstallError::Download { model: self.model.name, url: self.url.to_owned(), why: why.to_string() }
    }
}

fn agent() -> ureq::Agent {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    ureq::Agent::config_builder()
        .tls_config(tls)
        .timeout_connect(Some(Duration::from_secs(20)))
        .timeout_recv_response(Some(Duration::from_mins(1)))
        .user_agent(concat!("medrecord/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;
    use std::thread::JoinHandle;

    /// The SHA-256 of "an invented model file".
    static FILE: ModelFile = ModelFile {
        name: "invented.bin",
        bytes: 22,
        sha256: "9ad50c92315f5c856a23350d9bd38de33c822f7cefd15e011da43376aa886a90",
        url: None,
    };
    static PACKAGES: super::super::Packages = super::super::Packages { wheels: &[], weights_sha256: "" };
    static MODEL: SpeechModel =
        SpeechModel { name: "invented", summary: "", files: &[], packages: &PACKAGES };

    /// Answers one request with these bytes and returns its head.
    fn serve(answer: &'static str) -> (String, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/invented.bin", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let head: Vec<String> = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
            stream.write_all(answer.as_bytes()).unwrap();
            head.join("\n").to_lowercase()
        });
        (url, server)
    }

    fn fetch(folder: &Path, url: &str) -> Result<Installed, InstallError> {
        Fetch { folder, model: &MODEL, file: &FILE, url }.run(&mut |_| {})
    }

    #[test]
    fn a_download_that_was_cut_goes_on_where_it_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let (url, server) =
            serve("HTTP/1.1 200 OK\r\nContent-Length: 22\r\nConnection: close\r\n\r\nan inven");
        assert!(matches!(fetch(folder.path(), &url), Err(InstallError::Download { .. })));
        server.join().unwrap();
        let (url, server) = serve("HTTP/1.1 206 Partial Content\r\nContent-Length: 14\r\n\r\nted model file");
        let installed = fetch(folder.path(), &url).unwrap();
        assert!(server.join().unwrap().contains("range: bytes=8-"));
        assert_eq!(fs::read(installed.path).unwrap(), b"an invented model file");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_server_that_begins_anew_is_taken_from_its_beginning() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("invented.bin.download"), "an in").unwrap();
        let (url, server) = serve("HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\nan invented model file");
        assert!(fetch(folder.path(), &url).is_ok());
        server.join().unwrap();
    }

    #[test]
    fn another_file_is_thrown_away() {
        let folder = tempfile::tempdir().unwrap();
        let (url, server) = serve("HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\nan INVENTED model file");
        assert!(matches!(fetch(folder.path(), &url), Err(InstallError::WrongDownload { .. })));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        server.join().unwrap();
    }

    #[test]
    fn a_hub_out_of_reach_names_the_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let words = fetch(folder.path(), "http://127.0.0.1:1/invented.bin").unwrap_err().to_string();
        assert!(words.contains("--from FILE"), "{words}");
    }
}
