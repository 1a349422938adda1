//! A real browser: Chromium, driven through `chromedriver` by the `WebDriver` protocol, with the pointer or with keys alone.
//!
//! Elements are named by `XPath`, since a person finds them by their words. Nothing sleeps for a fixed time: each step
//! looks again until what it needs is there, and fails after [`PATIENCE`] with the page that was open instead.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on must fail at once")]

mod driver;

use driver::Driver;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long something on a page may take, on a machine that does much else.
pub const PATIENCE: Duration = Duration::from_mins(1);
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// More stops than any page has.
const MOST_STOPS: usize = 600;
const TAB: char = '\u{E004}';
const ENTER: char = '\u{E007}';
const ALT: char = '\u{E00A}';

/// With what the person at the browser works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// Points and clicks.
    Pointer,
    /// Tab, Enter and the letters; no pointer is near.
    Keys,
}

/// An open browser with a profile of its own; it ends when this is dropped.
pub struct Browser {
    driver: Driver,
    hand: Hand,
}

/// A tab of the browser.
pub struct Tab(Value);

const FIND: &str = "const found = document.evaluate(arguments[0], document, null, 9, null).singleNodeValue;";

impl Browser {
    /// Starts one; `None` where this machine has no Chromium or no chromedriver, which the suite says aloud.
    ///
    /// # Panics
    /// Where there is none although `MEDRECORD_REQUIRE_BROWSER` demands one.
    pub fn open(hand: Hand) -> Option<Self> {
        let profile = tempfile::tempdir().expect("a temporary folder");
        match Driver::start(profile) {
            Ok(driver) => Some(Self { driver, hand }),
            Err(reason) if required() => {
                panic!("a browser is required (MEDRECORD_REQUIRE_BROWSER) but did not start: {reason}")
            }
            Err(reason) => {
                // Not eprintln: the test runner hides what passing tests print, and this must be seen.
                let _unseen = writeln!(std::io::stderr(), "browser: not run ({reason})");
                None
            }
        }
    }

    /// Kills the browser as a power cut does, and starts it again over what it had kept on disk.
    #[must_use]
    pub fn killed_and_opened_again(self) -> Self {
        let profile = self.driver.kill().expect("the browser is killed");
        Self { driver: Driver::start(profile).expect("the browser starts again"), hand: self.hand }
    }

    /// Opens a further tab and goes on there; gives the tab that was left and the new one.
    pub fn new_tab(&self) -> (Tab, Tab) {
        let left = self.driver.get("window").expect("the tab has a handle");
        let new = self.driver.post("window/new", &json!({ "type": "tab" })).expect("a new tab");
        let new = Tab(new.get("handle").cloned().unwrap_or_default());
        self.go_to(&new);
        (Tab(left), new)
    }

    /// Goes on in a tab that is open.
    pub fn go_to(&self, tab: &Tab) {
        self.driver.post("window", &json!({ "handle": tab.0 })).expect("the tab is there");
    }

    /// Chooses a file in a file box.
    pub fn choose_file(&self, xpath: &str, file: &Path) {
        let element = self.element(xpath);
        let typed = json!({ "text": file.display().to_string() });
        self.driver.post(&format!("element/{element}/value"), &typed).expect("the file is chosen");
    }

    /// What a script of the page's own kind yields; a word, a number or the like.
    pub fn ask(&self, script: &str) -> Value {
        self.script(script, &json!([])).unwrap_or_default()
    }

    /// Waits until a script yields true.
    pub fn wait(&self, script: &str) {
        self.until(script, || (self.ask(script) == Value::Bool(true)).then_some(()));
    }

    /// Opens an address.
    pub fn go(&self, url: &str) {
        self.driver.post("url", &json!({ "url": url })).expect("the address opens");
    }

    /// Waits until the element is there to be seen.
    pub fn see(&self, xpath: &str) {
        self.element(xpath);
    }

    /// Waits until the element can no longer be seen.
    pub fn miss(&self, xpath: &str) {
        self.until(&format!("no {xpath}"), || self.look(xpath).is_none().then_some(()));
    }

    /// The words of an element, once it can be seen.
    pub fn text(&self, xpath: &str) -> String {
        self.read(xpath, "textContent")
    }

    /// The value of a control, once it can be seen.
    pub fn value(&self, xpath: &str) -> String {
        self.read(xpath, "value")
    }

    /// Where a link leads, once it can be seen.
    pub fn leads_to(&self, xpath: &str) -> String {
        self.read(xpath, "getAttribute('href')")
    }

    /// Presses a button or follows a link.
    pub fn press(&self, xpath: &str) {
        self.reach(xpath);
        if self.hand == Hand::Keys {
            self.keys(&ENTER.to_string());
        }
    }

    /// Types into a control.
    pub fn write(&self, xpath: &str, text: &str) {
        self.reach(xpath);
        self.keys(text);
    }

    /// Pastes into a control.
    pub fn paste(&self, xpath: &str, text: &str) {
        self.reach(xpath);
        self.script("return document.execCommand('insertText', false, arguments[0])", &json!([text]))
            .expect("the text is pasted");
    }

    /// Types into whatever has the focus, a tab as the Tab key and a line's end as Enter.
    pub fn keys(&self, text: &str) {
        let pressed = text.chars().map(|key| match key {
            '\t' => TAB,
            '\n' => ENTER,
            other => other,
        });
        let strokes: Vec<Value> = pressed
            .flat_map(|key| ["keyDown", "keyUp"].map(|way| json!({ "type": way, "value": key.to_string() })))
            .collect();
        let keyboard = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] });
        self.driver.post("actions", &keyboard).expect("the keys are pressed");
    }

    /// Presses a key while Alt is held.
    pub fn alt(&self, key: char) {
        let stroke = |way: &str, key: char| json!({ "type": way, "value": key.to_string() });
        let strokes =
            [stroke("keyDown", ALT), stroke("keyDown", key), stroke("keyUp", key), stroke("keyUp", ALT)];
        let keyboard = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] });
        self.driver.post("actions", &keyboard).expect("the keys are pressed");
    }

    /// What the browser complained of since the last call: errors of scripts, refused content, broken links.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.driver.post("se/log", &json!({ "type": "browser" })).expect("the browser has a log");
        let lines = log.as_array().cloned().unwrap_or_default();
        let bad = lines.iter().filter(|line| line.get("level").and_then(Value::as_str) == Some("SEVERE"));
        bad.filter_map(|line| line.get("message").and_then(Value::as_str)).map(str::to_owned).collect()
    }

    /// Brings the pointer's click or the keyboard's focus to an element; an element that moves is tried again.
    fn reach(&self, xpath: &str) {
        match self.hand {
            Hand::Pointer => self.until(xpath, || {
                let element = self.look(xpath)?;
                // The browser's own way of scrolling stops where a bar that stays in place covers the element.
                let scroll =
                    format!("{FIND} found.scrollIntoView({{ block: 'center', behavior: 'instant' }})");
                self.script(&scroll, &json!([xpath]));
                self.driver.post(&format!("element/{element}/click"), &json!({})).ok().map(drop)
            }),
            Hand::Keys => self.tab_to(xpath),
        }
    }

    /// Presses Tab until the element has the focus, as somebody without a pointer must.
    fn tab_to(&self, xpath: &str) {
        self.element(xpath);
        let there = format!("{FIND} return found !== null && found === document.activeElement");
        for _ in 0..MOST_STOPS {
            if self.script(&there, &json!([xpath])) == Some(Value::Bool(true)) {
                return;
            }
            self.keys("\t");
        }
        self.fail(&format!("Tab never comes to {xpath}"));
    }

    fn read(&self, xpath: &str, of: &str) -> String {
        let words = format!("{FIND} return found && found.checkVisibility() ? found.{of} : null");
        self.until(xpath, || self.script(&words, &json!([xpath]))?.as_str().map(str::trim).map(str::to_owned))
    }

    fn element(&self, xpath: &str) -> String {
        self.until(xpath, || self.look(xpath))
    }

    fn look(&self, xpath: &str) -> Option<String> {
        let words = format!("{FIND} return found && found.checkVisibility() ? found : null");
        let element = self.script(&words, &json!([xpath]))?;
        element.as_object()?.values().next()?.as_str().map(str::to_owned)
    }

    fn script(&self, words: &str, arguments: &Value) -> Option<Value> {
        self.driver.post("execute/sync", &json!({ "script": words, "args": arguments })).ok()
    }

    fn until<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = look() {
                return found;
            }
            if start.elapsed() > PATIENCE {
                self.fail(&format!("waited in vain for {what}"));
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }

    fn fail(&self, what: &str) -> ! {
        let page = self.script("return location.href + '\\n' + document.body.innerText", &json!([]));
        panic!("{what}\nThe page: {}", page.as_ref().and_then(Value::as_str).unwrap_or("none"))
    }
}

#[expect(clippy::disallowed_methods, reason = "tests have no configuration but their environment")]
fn required() -> bool {
    std::env::var("MEDRECORD_REQUIRE_BROWSER").is_ok_and(|value| !value.is_empty() && value != "0")
}
