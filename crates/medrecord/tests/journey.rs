//! One whole visit in a real browser, the way a person does it: on SQLite with the pointer and with keys alone, on
//! PostgreSQL with keys alone.
//!
//! Sign in, see the day, check in, take vital signs, open the visit, note the consent, paste what was said, check the
//! draft against it, take it over, write, review, sign, print. Everybody in it is invented.
#![cfg(test)]

#[path = "running/fresh.rs"]
mod fresh;
mod running;

use fresh::Fresh;
use medrecord_store::seed;
use medrecord_testkit::postgres;
use medrecord_testkit::webdriver::{Browser, Hand};
use running::{Running, medrecord};

const SAID: &str = "Doctor: Good morning. What brings you in today?
Patient: I have had a sore throat for four days, and it hurts when I swallow.
Doctor: Do you have a fever?
Patient: Yes, I had a fever of 38.5 last night.
Doctor: Any cough or shortness of breath?
Patient: No cough, and no shortness of breath.
Doctor: Your tonsils are red and swollen, with white patches. The lungs are clear.
Doctor: This looks like strep throat.
Doctor: I am going to start you on amoxicillin 500 mg, one capsule three times a day for ten days.
Doctor: Come back in one week if it is not better.";

#[test]
fn a_visit_in_the_sample_clinic_is_done_with_the_pointer() {
    visit_in_the_sample_clinic(Hand::Pointer);
}

#[test]
fn a_visit_in_the_sample_clinic_is_done_with_keys_alone() {
    visit_in_the_sample_clinic(Hand::Keys);
}

/// Somebody who is due is checked in from the board.
fn visit_in_the_sample_clinic(hand: Hand) {
    let Some(browser) = Browser::open(hand) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dir = folder.path().join("demo");
    let clinic = Running::start(folder.path(), None, &["demo", "--dir", &dir.to_string_lossy()]);
    sign_in(&browser, &clinic.address);
    let due = "//tr[@data-status='scheduled'][.//button[normalize-space()='Check in']]";
    let details = browser.leads_to(&format!("{due}//a[normalize-space()='Details']"));
    browser.press(&format!("//tr[.//a[@href='{details}']]//button[normalize-space()='Check in']"));
    visit(&browser, &details);
}

#[test]
fn a_visit_on_postgresql_is_done_with_keys_alone() {
    let Some(postgres) = postgres::server() else { return };
    let Some(browser) = Browser::open(Hand::Keys) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = Fresh::make(&postgres.admin_url);
    for command in [&["migrate", "deploy"][..], &["seed", "--sample"]] {
        let status = medrecord(folder.path(), Some(&database.url)).args(command).status();
        assert!(status.expect("it runs").success(), "{command:?}");
    }
    let clinic = Running::start(folder.path(), Some(&database.url), &["serve"]);
    sign_in(&browser, &clinic.address);
    browser.press("//main//a[normalize-space()='Walk-in']");
    browser.write("//input[@id='q']", "doe");
    browser.press("//button[normalize-space()='Find']");
    browser.press("//a[normalize-space()='Choose']");
    browser.write("//input[@id='reasonForVisit']", "Sore throat");
    browser.press("//button[normalize-space()='Check in']");
    let details = browser.leads_to("//tr[@data-status='checked_in']//a[normalize-space()='Details']");
    visit(&browser, &details);
}

fn sign_in(browser: &Browser, address: &str) {
    browser.go(address);
    browser.write("//input[@id='email']", seed::EMAIL);
    browser.write("//input[@id='password']", seed::PASSWORD);
    browser.press("//button[normalize-space()='Sign in']");
    browser.see("//main//h1[contains(., 'today')]");
}

/// From somebody who has just arrived to the printed prescription; `details` is where the board's row leads.
fn visit(browser: &Browser, details: &str) {
    let row = format!("//tr[@data-status='checked_in'][.//a[@href='{details}']]");
    browser.press(&format!("{row}//a[normalize-space()='Vitals']"));
    browser.write("//input[@id='bloodPressure']", "128/82\t76\t37.4\t16\t98\t84\t3\t178");
    browser.press("//button[normalize-space()='Save vital signs']");
    browser.see("//main//p[contains(., 'Vital signs saved.')]");
    assert_eq!(browser.value("//input[@id='bloodPressure']"), "128/82");
    assert_eq!(browser.value("//input[@id='painLevel']"), "3");
    browser.press("//nav//a[normalize-space()='Day']");
    browser.press(&format!("{row}//button[normalize-space()='Start visit']"));
    browser.see("//form[@id='note']//dd[contains(., '128/82')]");
    draft(browser);
    write_and_sign(browser);
    browser.press("//main//a[normalize-space()='Prescription']");
    let medicines = browser.text("//article//ol").to_lowercase();
    assert!(
        medicines.contains("amoxicillin 500 mg") && medicines.contains("acetaminophen 500 mg"),
        "{medicines}"
    );
    // Headless, the browser prints nothing; that it was asked to is all there is to see.
    browser.ask("window.print = () => { document.body.dataset.printed = 'yes' }");
    browser.press("//main//button[normalize-space()='Print']");
    browser.see("//body[@data-printed='yes']");
    assert_eq!(browser.complaints(), [""; 0]);
}

/// Consent, the transcript, the draft beside the note, and what of it is taken over.
fn draft(browser: &Browser) {
    browser.press("//button[normalize-space()='Patient agrees']");
    browser.see("//button[contains(., 'withdraws the consent')]");
    browser.paste("//textarea[@id='transcript']", SAID);
    browser.press("//button[normalize-space()='Draft from this']");
    browser.press("//li[contains(@class, 'sentence')]/a[contains(., 'ore throat')]");
    browser.see("//li[starts-with(@id, 'turn-')][contains(@class, 'is-lit')][contains(., 'for four days')]");
    browser.press("//li[@data-state][contains(., 'lungs are clear')]//button[normalize-space()='Reject']");
    browser.see("//li[contains(., 'lungs are clear')]//button[normalize-space()='Undo']");
    for part in [
        "Chief complaint",
        "History of present illness",
        "Diagnosis",
        "Treatment plan",
        "Symptoms",
        "Prescriptions",
    ] {
        let taken = format!(
            "//div[h3[normalize-space()='{part}']]//button[starts-with(normalize-space(), 'Take over')]"
        );
        browser.press(&taken);
        browser.miss(&taken);
    }
    assert!(browser.value("//input[@id='chiefComplaint']").to_lowercase().contains("sore throat"));
    assert!(!browser.value("//textarea[@id='physicalExamNotes']").contains("lungs are clear"));
}

fn write_and_sign(browser: &Browser) {
    browser.press("//button[normalize-space()='Add a prescription']");
    // The row's first box is what happens; it has the focus and says Start.
    browser.keys("\tacetaminophen\t500 mg\t1 tablet\tevery six hours\toral\t5 days\t20\t0\tPain\tNot more than four a day.");
    browser
        .write("//textarea[@id='patientEducation']", "Drink enough, rest, and call if breathing gets hard.");
    browser.see(
        "//*[contains(@class, 'save-state')][@data-state='saved'][starts-with(normalize-space(), 'Saved')]",
    );
    browser.press("//button[normalize-space()='Review and sign']");
    browser.see("//h1[normalize-space()='Review and sign']");
    browser.see("//main//p[contains(., 'call if breathing gets hard')]");
    browser.write("//input[@id='password']", seed::PASSWORD);
    browser.press("//button[normalize-space()='Sign the record']");
    browser.see("//main//p[contains(., 'Signed. The record is locked')]");
    browser.miss("//form[@id='note']");
}
