//! One `chromedriver` with one Chromium, spoken to in plain HTTP/1.1; both end when it is dropped.

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// How long the driver may think about one request.
const ANSWER_WITHIN: Duration = Duration::from_mins(2);
const FLAGS: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
    // A microphone that beeps once a second, allowed without a question.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
];

/// The driver's process, and the browser it holds.
pub(super) struct Driver {
    port: u16,
    session: String,
    /// The browser itself, which is a child of the driver.
    browser: Option<u64>,
    _process: Process,
    /// What the browser keeps; goes with it unless the browser is killed.
    profile: Option<TempDir>,
}

/// A program that ends with its owner.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _seen = self.0.wait();
    }
}

impl Driver {
    /// Starts both over what a browser kept before, or a new folder for it; says why where that cannot be.
    pub(super) fn start(profile: TempDir) -> Result<Self, String> {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| format!("chromedriver: {error}"))?;
        let said = child.stdout.take();
        let process = Process(child);
        let mut lines = BufReader::new(said.ok_or("chromedriver says nothing")?).lines();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| port_of(&line));
        let port = port.ok_or("chromedriver names no port")?;
        // Whoever does not listen on would stop the driver at its next word.
        std::thread::spawn(move || lines.for_each(drop));
        let mut flags = FLAGS.map(str::to_owned).to_vec();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "args": flags },
            "goog:loggingPrefs": { "browser": "ALL" },
        } } });
        let opened = ask(port, "POST", "/session", Some(&wanted))?;
        let session = opened.get("sessionId").and_then(Value::as_str).ok_or("no session")?.to_owned();
        let browser = opened.pointer("/capabilities/goog:processID").and_then(Value::as_u64);
        Ok(Self { port, session, browser, _process: process, profile: Some(profile) })
    }

    /// Kills the browser with all its processes, as a power cut does; what it kept is left.
    pub(super) fn kill(mut self) -> Result<TempDir, String> {
        let browser = self.browser.ok_or("the driver does not name the browser's process")?;
        for whom in [format!("-{browser}"), browser.to_string()] {
            // The browser may lead a group of processes, or may not.
            let _sent = Command::new("kill").args(["-9", "--", &whom]).stderr(Stdio::null()).status();
        }
        self.profile.take().ok_or_else(|| "the browser has no folder".to_owned())
    }

    /// Sends a command of the session; an error is the driver's own word.
    pub(super) fn post(&self, command: &str, body: &Value) -> Result<Value, String> {
        ask(self.port, "POST", &format!("/session/{}/{command}", self.session), Some(body))
    }

    /// Asks for something of the session.
    pub(super) fn get(&self, command: &str) -> Result<Value, String> {
        ask(self.port, "GET", &format!("/session/{}/{command}", self.session), None)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Takes Chromium along, which would outlive a driver that is only killed.
        let _closed = ask(self.port, "DELETE", &format!("/session/{}", self.session), None);
    }
}

/// `ChromeDriver was started successfully on port 40123.`
fn port_of(line: &str) -> Option<u16> {
    line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok()
}

fn ask(port: u16, method: &str, path: &str, body: Option<&Value>) -> Result<Value, String> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let answer = exchange(port, method, path, &body).map_err(|error| format!("chromedriver: {error}"))?;
    let mut answer: Value = serde_json::from_slice(&answer).map_err(|error| error.to_string())?;
    let value = answer.get_mut("value").map(Value::take).unwrap_or_default();
    match value.get("error") {
        Some(error) => Err(format!("{error}: {}", value.get("message").unwrap_or(&Value::Null))),
        None => Ok(value),
    }
}

/// One request and the body of its answer.
fn exchange(port: u16, method: &str, path: &str, body: &str) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(ANSWER_WITHIN))?;
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nContent-Type: application/json; \
         charset=utf-8\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(&[head.as_bytes(), body.as_bytes()].concat())?;
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut answer = vec![0; length];
    reader.read_exact(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_the_drivers_word() {
        assert_eq!(port_of("ChromeDriver was started successfully on port 40123."), Some(40123));
        assert_eq!(port_of("Starting ChromeDriver 156.0.8078.79 on port 0"), None);
    }
}
