//! How many keys or clicks the work of a day takes from the day board, counted in a real browser: `docs/screens.md`
//! names the figures.
//!
//! Counted is every press of a key but those that type a name, a value or a password: a shortcut is one, Tab is one, Enter
//! is one. With the pointer every click counts, and typing does not. Everybody in it is invented.
#![cfg(test)]

#[path = "running/fresh.rs"]
mod fresh;
mod running;

use medrecord_store::seed;
use medrecord_testkit::postgres;
use medrecord_testkit::webdriver::{Browser, Hand};
use running::{Running, medrecord};
use std::cell::Cell;

const SAID: &str = "Doctor: What brings you in today?
Patient: I have had a sore throat for four days, and it hurts when I swallow.
Doctor: Your tonsils are red and swollen, with white patches.
Doctor: This looks like strep throat.
Doctor: I am going to start you on amoxicillin 500 mg, one capsule three times a day for ten days.
Doctor: Come back in one week if it is not better.";

/// A person at a browser, whose keys or clicks are counted.
struct Counted<'a> {
    browser: &'a Browser,
    count: Cell<u32>,
}

impl<'a> Counted<'a> {
    fn new(browser: &'a Browser) -> Self {
        Self { browser, count: Cell::new(0) }
    }

    fn one(&self) {
        self.count.set(self.count.get() + 1);
    }

    fn alt(&self, key: char) {
        // Before the scripts of a page are there, its shortcuts are not.
        self.browser.wait("return document.readyState === 'complete'");
        self.one();
        self.browser.alt(key);
    }

    /// A key such as Tab or Enter, or a letter that chooses.
    fn key(&self, key: &str) {
        self.one();
        self.browser.keys(key);
    }

    fn click(&self, xpath: &str) {
        self.one();
        self.browser.press(xpath);
    }

    /// What is typed into the box that has the focus.
    fn types(&self, text: &str) {
        self.browser.keys(text);
    }

    /// Waits until the element with the focus fits the selector.
    fn focus_is_on(&self, selector: &str) {
        self.browser.wait(&format!("return document.activeElement.matches('{selector}')"));
    }

    #[track_caller]
    fn took(&self, what: &str, most: u32) {
        assert!(self.count.get() <= most, "{what} took {} and may take {most}", self.count.get());
        self.count.set(0);
    }
}

#[test]
fn the_work_of_a_day_takes_no_more_keys_than_promised() {
    day(Hand::Keys, None);
}

#[test]
fn the_work_of_a_day_takes_no_more_clicks_than_promised() {
    day(Hand::Pointer, None);
}

#[test]
fn the_work_of_a_day_takes_no_more_keys_than_promised_on_postgresql() {
    let Some(postgres) = postgres::server() else { return };
    let database = fresh::Fresh::make(&postgres.admin_url);
    day(Hand::Keys, Some(&database.url));
}

/// Jane Doe waits; she takes metformin. Everything is counted from the day board on, or from the open visit.
fn day(hand: Hand, database: Option<&str>) {
    let Some(browser) = Browser::open(hand) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    for command in [&["migrate", "deploy"][..], &["seed", "--sample"]] {
        let status = medrecord(folder.path(), database).args(command).status();
        assert!(status.expect("it runs").success(), "{command:?}");
    }
    let clinic = Running::start(folder.path(), database, &["serve"]);
    let board = format!("{}/", clinic.address);
    prepare(&browser, &board);
    let counted = Counted::new(&browser);
    let tasks: [fn(&Counted<'_>, &str); 3] = if hand == Hand::Keys {
        [chart_by_keys, vitals_by_keys, booking_by_keys]
    } else {
        [chart_by_pointer, vitals_by_pointer, booking_by_pointer]
    };
    for task in tasks {
        browser.go(&board);
        browser.see("//tr[@data-status='checked_in']");
        task(&counted, &board);
    }
    browser.go(&board);
    browser.press("//tr[@data-status='checked_in']//button[normalize-space()='Start visit']");
    browser.see("//section[@id='renew']");
    if hand == Hand::Keys {
        renewal_by_keys(&counted);
    } else {
        renewal_by_pointer(&counted);
    }
    signature(&counted, hand);
    assert_eq!(browser.complaints(), [""; 0]);
}

/// Not counted: somebody signs in, takes Jane Doe in, and writes down what she takes.
fn prepare(browser: &Browser, board: &str) {
    browser.go(board);
    browser.write("//input[@id='email']", seed::EMAIL);
    browser.write("//input[@id='password']", seed::PASSWORD);
    browser.press("//button[normalize-space()='Sign in']");
    browser.press("//main//a[normalize-space()='Walk-in']");
    browser.write("//input[@id='q']", "doe");
    browser.press("//button[normalize-space()='Find']");
    browser.press("//a[normalize-space()='Choose']");
    browser.press("//button[normalize-space()='Check in']");
    let chart = browser.leads_to("//tr[@data-status='checked_in']//a[contains(., 'Doe')]");
    for (name, strength) in [("Lisinopril", "10 mg"), ("Metformin", "500 mg")] {
        browser.go(&format!("{}{}/medications/new", board.trim_end_matches('/'), chart));
        browser.write("//input[@id='medicationName']", name);
        browser.write("//input[@id='strength']", strength);
        browser.write("//input[@id='dosage']", "1 tablet");
        browser.write("//input[@id='frequency']", "daily");
        browser.write("//*[@id='instructions']", "Take in the morning.");
        browser.press("//main//form//button[contains(@class, 'button-primary')]");
        browser.see(&format!("//main//a[contains(., '{name}')]"));
    }
}

fn chart_by_keys(counted: &Counted<'_>, _: &str) {
    counted.alt('o');
    counted.browser.see("//main//h1[normalize-space()='Chart']");
    counted.took("opening the chart of whoever waits", 1);
}

fn chart_by_pointer(counted: &Counted<'_>, _: &str) {
    counted.click("//tr[@data-status='checked_in']//a[contains(., 'Doe')]");
    counted.browser.see("//main//h1[normalize-space()='Chart']");
    counted.took("opening a chart", 1);
}

/// Seven readings; the height is on file of most.
const READINGS: [&str; 7] = ["128/82", "76", "37.4", "16", "98", "84", "3"];

fn vitals_by_keys(counted: &Counted<'_>, _: &str) {
    counted.alt('v');
    counted.focus_is_on("#bloodPressure");
    for (at, reading) in READINGS.into_iter().enumerate() {
        if at > 0 {
            counted.key("\t");
        }
        counted.types(reading);
    }
    counted.key("\n");
    vitals_are_saved(counted);
}

fn vitals_by_pointer(counted: &Counted<'_>, _: &str) {
    counted.click("//tr[@data-status='checked_in']//a[normalize-space()='Vitals']");
    counted.focus_is_on("#bloodPressure");
    counted.types("128/82");
    let rest = ["heartRate", "temperature", "respiratoryRate", "oxygenSaturation", "weight", "painLevel"];
    for (id, reading) in rest.into_iter().zip(READINGS.into_iter().skip(1)) {
        counted.click(&format!("//input[@id='{id}']"));
        counted.types(reading);
    }
    counted.click("//button[normalize-space()='Save vital signs']");
    vitals_are_saved(counted);
}

fn vitals_are_saved(counted: &Counted<'_>) {
    counted.browser.see("//main//p[contains(., 'Vital signs saved.')]");
    assert_eq!(counted.browser.value("//input[@id='painLevel']"), "3");
    counted.took("taking seven vital signs", 8);
}

/// A day on which something is free whatever the hour of the test.
fn to_a_free_day(counted: &Counted<'_>, board: &str) {
    let day = counted.browser.ask("return new Date(Date.now() + 3 * 864e5).toISOString().slice(0, 10)");
    counted.browser.go(&format!("{board}?on={}", day.as_str().expect("a day")));
    counted.browser.see("//main//a[normalize-space()='Book']");
}

fn booking_by_keys(counted: &Counted<'_>, board: &str) {
    to_a_free_day(counted, board);
    counted.alt('b');
    counted.focus_is_on("#q");
    counted.types("doe");
    counted.key("\n");
    counted.focus_is_on("a[aria-label^=Choose]");
    counted.key("\n");
    counted.focus_is_on("#time");
    counted.types("10:40");
    counted.key("\n");
    counted.browser.see("//p[contains(., 'Booked for')][contains(., '10:40')]");
    counted.took("booking a visit", 4);
}

fn booking_by_pointer(counted: &Counted<'_>, board: &str) {
    to_a_free_day(counted, board);
    counted.click("//main//a[normalize-space()='Book']");
    counted.focus_is_on("#q");
    counted.types("doe");
    counted.click("//button[normalize-space()='Find']");
    counted.click("//a[normalize-space()='Choose']");
    counted.click("//button[normalize-space()='Book']");
    counted.browser.see("//p[contains(., 'Booked for')]");
    counted.took("booking the next free time", 4);
}

fn renewal_by_keys(counted: &Counted<'_>) {
    counted.alt('r');
    counted.focus_is_on("#renew");
    counted.key("m");
    counted.focus_is_on("button[data-letter=Metformin]");
    counted.key("\n");
    is_renewed(counted);
    counted.took("renewing a medication in the open visit", 3);
}

fn renewal_by_pointer(counted: &Counted<'_>) {
    counted.click("//button[@data-letter='Metformin']");
    is_renewed(counted);
    counted.took("renewing a medication in the open visit", 1);
}

fn is_renewed(counted: &Counted<'_>) {
    counted.browser.see("//main//p[contains(., 'Renewed.')]");
    assert_eq!(counted.browser.value("//input[@id='prescriptions[0].medicationName']"), "Metformin");
    assert_eq!(counted.browser.value("//input[@id='prescriptions[0].strength']"), "500 mg");
}

/// Each part of the draft is taken over, after the last the whole stands there to read, and is signed with the password.
fn signature(counted: &Counted<'_>, hand: Hand) {
    let browser = counted.browser;
    browser.press("//button[normalize-space()='Patient agrees']");
    browser.see("//button[contains(., 'withdraws the consent')]");
    browser.paste("//textarea[@id='transcript']", SAID);
    browser.press("//button[normalize-space()='Draft from this']");
    browser.see("//li[contains(@class, 'sentence')]");
    let open = "return document.querySelectorAll('#scribe form[action$=\"/accept\"] button').length";
    let parts = u32::try_from(browser.ask(open).as_u64().expect("a number")).expect("few parts");
    assert!(parts >= 4, "{parts} parts were drafted");
    for left in (0..parts).rev() {
        if hand == Hand::Keys {
            counted.alt('a');
        } else {
            counted.click("//form[contains(@action, '/accept')]//button");
        }
        browser.wait(&format!("{open} === {left}"));
    }
    browser.see("//h1[normalize-space()='Review and sign']");
    counted.focus_is_on("#password");
    counted.types(seed::PASSWORD);
    if hand == Hand::Keys {
        counted.key("\n");
    } else {
        counted.click("//button[normalize-space()='Sign the record']");
    }
    browser.see("//main//p[contains(., 'Signed. The record is locked')]");
    counted.took("signing a drafted note", parts + 1);
}
