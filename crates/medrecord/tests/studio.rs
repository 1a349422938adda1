//! The studio in a real browser, with keys alone, on both databases: browse, uncover, filter, edit in place, read the
//! change over as SQL, save, take back; then the console, the diagram and the sizes. Everybody in it is invented.
#![cfg(test)]

#[path = "running/fresh.rs"]
mod fresh;
mod running;

use fresh::Fresh;
use medrecord_store::seed;
use medrecord_testkit::postgres;
use medrecord_testkit::webdriver::{Browser, Hand};
use running::{Running, medrecord};

const RIGHT: char = '\u{E014}';

#[test]
fn a_value_is_edited_read_over_saved_and_taken_back_on_sqlite() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("file:{}", folder.path().join("clinic.db").display());
    edit_and_ask(folder.path(), &url);
}

#[test]
fn a_value_is_edited_read_over_saved_and_taken_back_on_postgresql() {
    let Some(postgres) = postgres::server() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = Fresh::make(&postgres.admin_url);
    edit_and_ask(folder.path(), &database.url);
}

fn edit_and_ask(folder: &std::path::Path, url: &str) {
    let Some(browser) = Browser::open(Hand::Keys) else { return };
    for command in [&["migrate", "deploy"][..], &["seed", "--sample"]] {
        let status = medrecord(folder, Some(url)).args(command).status();
        assert!(status.expect("it runs").success(), "{command:?}");
    }
    let studio = Running::start(folder, Some(url), &["studio"]);
    browser.go(&studio.address);
    browser.write("//input[@id='email']", seed::EMAIL);
    browser.write("//input[@id='password']", seed::PASSWORD);
    browser.press("//button[normalize-space()='Sign in']");
    browser.see("//tr[th[normalize-space()='patients']]/td[normalize-space()='1']");
    browser.press("//main//a[normalize-space()='patients']");
    browser.see("//td[contains(., '••••••')]");
    uncover_and_filter(&browser);
    edit(&browser, &studio.address);
    ask(&browser, &studio.address);
    let killed = studio.address.clone();
    outlive(&browser, studio, (folder, url));
    // A page of the killed studio may have been fetching a count just then: its complaint says only that.
    let complaints: Vec<_> =
        browser.complaints().into_iter().filter(|said| !said.starts_with(&killed)).collect();
    assert_eq!(complaints, [""; 0]);
}

fn uncover_and_filter(browser: &Browser) {
    browser.press("//summary[contains(., 'Covered columns')]");
    browser.write("//input[@id='reason']", "checking an invented import\n");
    browser.see("//td[normalize-space()='Doe']");
    browser.press("//summary[contains(., 'Filter')]");
    browser.write("//select[@id='fc']", "last_name");
    browser.write("//select[@id='how']", "contains");
    browser.write("//input[@id='fv']", "nobody\n");
    browser.see("//*[contains(., 'No rows')]");
    browser.press("//a[starts-with(@aria-label, 'Without this filter: last_name contains')]");
    browser.see("//td[normalize-space()='Doe']");
}

fn edit(browser: &Browser, address: &str) {
    browser.go(&format!("{address}/tables/patients?cols=id,address,last_name"));
    browser.write("//td[@tabindex='0']", &format!("{RIGHT}\n"));
    browser.write("//td//input[@id='v.address']", "7 Invented Lane\n");
    browser.see("//td/ins[contains(., '7 Invented Lane')]");
    browser.press("//nav//a[starts-with(normalize-space(), 'Changes')]");
    browser.see("//pre[contains(., 'UPDATE \"patients\"')][contains(., '7 Invented Lane')]");
    browser.press("//button[starts-with(normalize-space(), 'Save 1')]");
    browser.see("//*[contains(., 'Saved 1 change')]");
    browser.go(&format!("{address}/tables/patients?f=address:is:7+Invented+Lane"));
    browser.see("//td[normalize-space()='7 Invented Lane']");
    browser.press("//nav//a[normalize-space()='Saved']");
    browser.press("//button[normalize-space()='Take back…']");
    browser.see("//pre[contains(., '\"address\" = NULL')]");
    browser.press("//button[starts-with(normalize-space(), 'Save 1')]");
    browser.see("//*[contains(., 'Saved 1 change')]");
    browser.go(&format!("{address}/tables/patients?f=address:empty:"));
    browser.see("//td[normalize-space()='Doe']");
}

fn ask(browser: &Browser, address: &str) {
    browser.press("//nav//a[normalize-space()='Console']");
    browser.write("//input[@id='reason']", "checking an invented import\n");
    browser.write("//textarea[@id='q']", "select last_name from patients");
    browser.press("//button[normalize-space()='Run']");
    browser.see("//td[normalize-space()='Doe']");
    browser.press("//button[normalize-space()='Explain']");
    browser.see("//ul[@class='plan']//strong");
    browser.go(&format!("{address}/diagram"));
    assert!(
        browser
            .leads_to("//*[local-name()='svg']//*[local-name()='a'][contains(., 'medical_records')]")
            .ends_with("/tables/medical_records")
    );
    browser.press("//nav//a[normalize-space()='Sizes']");
    browser.see("//tr[th[normalize-space()='patients']]//td[contains(., 'B')]");
}

/// A change is collected, the studio is killed and started again, and the change is there to be saved.
fn outlive(browser: &Browser, studio: Running, (folder, url): (&std::path::Path, &str)) {
    browser.go(&format!("{}/tables/patients?cols=id,address,last_name", studio.address));
    browser.write("//td[@tabindex='0']", &format!("{RIGHT}\n"));
    browser.write("//td//input[@id='v.address']", "8 Invented Lane\n");
    browser.see("//td/ins[contains(., '8 Invented Lane')]");
    assert_eq!(browser.complaints(), [""; 0]);
    drop(studio);
    let studio = Running::start(folder, Some(url), &["studio"]);
    browser.go(&format!("{}/changes", studio.address));
    browser.see("//pre[contains(., 'UPDATE \"patients\"')]");
    browser.press("//button[starts-with(normalize-space(), 'Save 1')]");
    browser.see("//*[contains(., 'Saved 1 change')]");
}
