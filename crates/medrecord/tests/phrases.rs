//! Own phrases in a real browser: an abbreviation becomes its text while somebody types. Everybody in it is invented.
#![cfg(test)]

mod running;

use medrecord_store::seed;
use medrecord_testkit::webdriver::{Browser, Hand};
use running::{Running, medrecord};

const HISTORY: &str = "//textarea[@id='historyOfPresentIllness']";
const EXAM: &str = "//textarea[@id='physicalExamNotes']";
const BACKSPACE: &str = "\u{e003}";
/// Whether the script of the page is there: it takes a Tab for itself where a blank is left.
const HEARS: &str = "
    const field = document.querySelector('#historyOfPresentIllness');
    field.value = '___';
    field.setSelectionRange(0, 0);
    const tab = new KeyboardEvent('keydown', { key: 'Tab', bubbles: true, cancelable: true });
    const hears = !field.dispatchEvent(tab);
    field.value = '';
    return hears";

#[test]
fn a_phrase_typed_in_a_note_becomes_its_text_and_backspace_takes_it_back() {
    let Some(browser) = Browser::open(Hand::Pointer) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    for command in [&["migrate", "deploy"][..], &["seed", "--sample"]] {
        let status = medrecord(folder.path(), None).args(command).status();
        assert!(status.expect("it runs").success(), "{command:?}");
    }
    let clinic = Running::start(folder.path(), None, &["serve"]);
    prepare(&browser, &clinic.address);
    browser.see(HISTORY);
    browser.wait(HEARS);

    // A space behind it; nothing happens inside of a word, nor to what is no phrase.
    browser.write(HISTORY, "Cough. .nfl x.nfl .nothing ");
    assert_eq!(browser.value(HISTORY), "Cough. No fever, no weight loss. x.nfl .nothing");
    browser.keys(".NFL ");
    browser.keys(BACKSPACE);
    browser.keys(" stays");
    assert_eq!(browser.value(HISTORY), "Cough. No fever, no weight loss. x.nfl .nothing .NFL stays");

    // Tab behind it goes to the first blank, then from blank to blank, and then on.
    browser.write(EXAM, ".rom\t90");
    browser.keys("\t10");
    assert_eq!(browser.value(EXAM), "Flexion: 90\nExtension: 10");
    browser.keys("\t");
    browser.wait("return document.activeElement.id === 'diagnosis'");

    // What it became is saved like anything typed, and undo takes it back.
    browser.see("//*[contains(@class, 'save-state')][@data-state='saved']");
    browser.keys(".nfl ");
    browser.wait("return document.querySelector('#diagnosis').value === 'No fever, no weight loss. '");
    browser.ask("return document.execCommand('undo')");
    browser.wait("return document.querySelector('#diagnosis').value === '.nfl'");
    browser.keys(" ");
    browser.wait("return document.querySelector('#diagnosis').value === '.nfl '");

    // The list puts one in at the cursor.
    browser.press("//button[normalize-space()='Insert']");
    browser.wait("return document.querySelector('#diagnosis').value === '.nfl No fever, no weight loss.'");
    browser.see("//*[contains(@class, 'save-state')][@data-state='saved']");
    let here = browser.ask("return location.href");
    browser.go(here.as_str().expect("an address"));
    assert_eq!(browser.value(EXAM), "Flexion: 90\nExtension: 10");
    assert_eq!(browser.complaints(), [""; 0]);
}

/// Signs in, writes two phrases and begins a visit of Jane Doe.
fn prepare(browser: &Browser, address: &str) {
    browser.go(address);
    browser.write("//input[@id='email']", seed::EMAIL);
    browser.write("//input[@id='password']", seed::PASSWORD);
    browser.press("//button[normalize-space()='Sign in']");
    browser.see("//main//h1[contains(., 'today')]");
    for (abbreviation, words) in
        [("nfl", "No fever, no weight loss."), ("rom", "Flexion: ___\nExtension: ___")]
    {
        browser.go(&format!("{address}/settings/account/phrases/new"));
        browser.write("//input[@id='abbreviation']", abbreviation);
        browser.paste("//textarea[@id='words']", words);
        browser.press("//button[normalize-space()='Keep the phrase']");
        browser.see(&format!("//main//a[normalize-space()='.{abbreviation}']"));
    }
    browser.go(address);
    browser.press("//main//a[normalize-space()='Walk-in']");
    browser.write("//input[@id='q']", "doe");
    browser.press("//button[normalize-space()='Find']");
    browser.press("//a[normalize-space()='Choose']");
    browser.press("//button[normalize-space()='Check in']");
    browser.press("//tr[@data-status='checked_in']//button[normalize-space()='Start visit']");
}
