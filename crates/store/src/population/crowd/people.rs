//! Who the crowd is: names by Zipf's law, ages of a US clinic, and now and then somebody entered twice.
//!
//! All of them are invented; names are common ones of many countries, put together by chance.

use super::illness::{self, Burden};
use crate::population::dice::Dice;
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::patient::{PatientDetails, PatientForm};
use medrecord_clinic::time::{Day, Instant};

const WOMEN: &str = "Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Karen Sarah Lisa Nancy Sandra Betty \
    Ashley Emily Kimberly Margaret Donna Michelle Carol Amanda Melissa Deborah Stephanie Rebecca Sharon Laura Cynthia \
    Dorothy Amy Kathleen Angela Shirley Emma Brenda Pamela Nicole Anna Samantha Katherine Christine Debra Rachel \
    Carolyn Janet Maria Olivia Heather Helen Catherine Diane Julie Victoria Joyce Lauren Kelly Christina Ruth Joan \
    Virginia Judith Evelyn Hannah Andrea Megan Cheryl Jacqueline Madison Teresa Abigail Sophia Martha Sara Gloria \
    Janice Kathryn Ann Isabella Judy Charlotte Julia Grace Amber Alice Jean Denise Frances Danielle Marilyn Natalie \
    Beverly Diana Brittany Theresa Kayla Alexis Doris Lori Tiffany Aisha Fatima Mei Yuki Priya Ximena Chloé Zoë Ingrid";
const MEN: &str = "James Michael Robert John David William Richard Joseph Thomas Christopher Charles Daniel Matthew \
    Anthony Mark Donald Steven Andrew Paul Joshua Kenneth Kevin Brian Timothy Ronald George Jason Edward Jeffrey Ryan \
    Jacob Nicholas Gary Eric Jonathan Stephen Larry Justin Scott Brandon Benjamin Samuel Gregory Alexander Patrick \
    Frank Raymond Jack Dennis Jerry Tyler Aaron Jose Adam Nathan Henry Zachary Douglas Peter Kyle Noah Ethan Jeremy \
    Christian Walter Keith Austin Roger Terry Sean Gerald Carl Dylan Harold Jordan Jesse Bryan Lawrence Arthur Gabriel \
    Bruce Logan Billy Joe Alan Juan Elijah Willie Albert Wayne Randy Mason Vincent Liam Roy Bobby Caleb Bradley \
    Russell Lucas Ahmed Hiroshi Wei Arjun Mateo René Søren Łukasz José";
const FAMILIES: &str = "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez \
    Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez \
    Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera \
    Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris \
    Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward \
    Richardson Watson Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo Sanders Patel \
    Myers Long Ross Foster Jimenez Powell Jenkins Perry Russell Sullivan Bell Coleman Butler Henderson Barnes Fisher \
    Vasquez Simmons Romero Jordan Patterson Alexander Hamilton Graham Reynolds Griffin Wallace Moreno West Cole Hayes \
    O'Connor Müller Schäfer Núñez Ibrahim Tanaka Kowalski Ivanova Dubois Lindqvist";
/// Behind a family name, rarely: there are far more names than a list can hold.
const ENDINGS: [&str; 16] = [
    "son", "man", "berg", "field", "ford", "wood", "ley", "worth", "stein", "well", "ton", "ham", "dale",
    "shaw", "ridge", "brook",
];
const STREETS: [&str; 8] = [
    "Main Street",
    "Oak Avenue",
    "Mill Lane",
    "Harbor Road",
    "Station Road",
    "Church Hill",
    "Park View",
    "River Bank",
];
const RELATIONS: [&str; 5] = ["Spouse", "Sibling", "Parent", "Child", "Friend"];

/// How many of the newest people somebody entered twice may be.
const REMEMBERED: usize = 64;
/// Of a thousand: within the 0.5 to 1 % of near-duplicates that registers are known for.
const TWICE: i32 = 8;

/// One of the crowd.
pub(super) struct Person {
    pub(super) id: PatientId,
    pub(super) number: String,
    pub(super) details: PatientDetails,
    pub(super) registered: Instant,
    pub(super) burdens: Vec<Burden>,
    pub(super) female: bool,
}

impl Person {
    pub(super) fn age_on(&self, day: Day) -> i32 {
        i32::try_from(self.details.date_of_birth.age_on(day)).unwrap_or(0)
    }
}

/// Words, the first the commonest: the chance of the n-th falls as 1 / (n + 2).
struct Weighted {
    words: Vec<&'static str>,
    sums: Vec<i32>,
}

impl Weighted {
    fn new(list: &'static str) -> Self {
        let words: Vec<&str> = list.split_whitespace().collect();
        let mut sum = 0;
        let weights = (2..).zip(&words).map(|(rank, _)| {
            sum += 1_000_000 / rank;
            sum
        });
        let sums = weights.collect();
        Self { words, sums }
    }

    fn draw(&self, dice: &mut Dice) -> &'static str {
        let at = dice.between(0, self.sums.last().copied().unwrap_or(1) - 1);
        let index = self.sums.partition_point(|sum| *sum <= at);
        self.words.get(index).copied().unwrap_or("Doe")
    }
}

/// Invents people one after the other.
pub(super) struct Inventor {
    women: Weighted,
    men: Weighted,
    families: Weighted,
    newest: Vec<(PatientForm, bool)>,
    today: Day,
}

impl Inventor {
    pub(super) fn new(today: Day) -> Self {
        let (women, men) = (Weighted::new(WOMEN), Weighted::new(MEN));
        Self { women, men, families: Weighted::new(FAMILIES), newest: Vec::new(), today }
    }

    /// The person of that place in the list; `registered` turns the day into an instant.
    pub(super) fn person(
        &mut self,
        dice: &mut Dice,
        (at, seed): (usize, u64),
        (days, registered): (i64, &dyn Fn(Day) -> Instant),
    ) -> Result<Person, Problems> {
        let again = !self.newest.is_empty() && dice.between(1, 1000) <= TWICE;
        let (form, female) = match dice.pick(&self.newest).filter(|_| again) {
            Some((known, female)) => (misheard(dice, known), *female),
            None => self.fresh(dice, at),
        };
        let slot = at % REMEMBERED;
        if slot < self.newest.len() {
            self.newest.remove(slot);
        }
        self.newest.insert(slot.min(self.newest.len()), (form.clone(), female));
        let details = form.parse(self.today)?;
        let first_day = self.today.plus_days(-days).max(details.date_of_birth.plus_days(7)).min(self.today);
        let registered = registered(first_day);
        let years = i32::try_from(details.date_of_birth.age_on(self.today)).unwrap_or(0);
        Ok(Person {
            id: dice.id(registered),
            number: format!("GEN-{seed}-{:06}", at + 1),
            burdens: illness::of(dice, years),
            details,
            registered,
            female,
        })
    }

    fn fresh(&self, dice: &mut Dice, at: usize) -> (PatientForm, bool) {
        // Near the population of the US: 22 % under 18, 60 % to 64, 18 % above (US Census Bureau, 2020 census).
        let years = match dice.between(1, 100) {
            ..=22 => dice.between(0, 17),
            23..=82 => dice.between(18, 64),
            _ => dice.between(65, 94),
        };
        let born = self.today.plus_days(-i64::from(years) * 1461 / 4 - i64::from(dice.between(1, 360)));
        let female = dice.percent(52);
        let given = if female { &self.women } else { &self.men };
        let (first_name, last_name) = (given.draw(dice).to_owned(), self.family(dice));
        let ascii = |text: &str| -> String {
            text.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect()
        };
        // No telephone has the area code 555 (North American Numbering Plan).
        let mut phone = || format!("+1-555-{:03}-{:04}", dice.between(200, 999), dice.between(0, 9999));
        let (phone, other_phone) = (phone(), phone());
        let email = format!("{}.{}{at}@example.com", ascii(&first_name), ascii(&last_name));
        let form = PatientForm {
            date_of_birth: born.iso(),
            sex: if dice.between(1, 200) == 1 {
                "other"
            } else if female {
                "female"
            } else {
                "male"
            }
            .to_owned(),
            phone,
            email: if dice.percent(80) { email } else { String::new() },
            address: format!("{} {}, Springfield", dice.between(1, 9999), dice.word(&STREETS)),
            emergency_contact_name: format!(
                "{} {last_name}",
                (if female { &self.men } else { &self.women }).draw(dice)
            ),
            emergency_contact_phone: other_phone,
            emergency_contact_relationship: dice.word(&RELATIONS),
            first_name,
            last_name,
            ..PatientForm::default()
        };
        (form, female)
    }

    fn family(&self, dice: &mut Dice) -> String {
        let name = self.families.draw(dice);
        match dice.between(1, 100) {
            ..=60 => name.to_owned(),
            61..=95 => format!("{name}{}", dice.word(&ENDINGS)),
            _ => format!("{name}-{}", self.families.draw(dice)),
        }
    }
}

/// The same person as somebody else would have entered them: one or two things differ.
fn misheard(dice: &mut Dice, known: &PatientForm) -> PatientForm {
    let mut form = known.clone();
    match dice.between(1, 4) {
        1 => form.last_name = swapped(dice, &known.last_name),
        2 => form.first_name = swapped(dice, &known.first_name),
        3 => std::mem::swap(&mut form.first_name, &mut form.last_name),
        _ => form.first_name = known.first_name.chars().take(4).collect(),
    }
    if dice.percent(50) {
        form.phone = format!("+1-555-{:03}-{:04}", dice.between(200, 999), dice.between(0, 9999));
    }
    if dice.percent(60) {
        form.email = String::new();
    }
    form
}

/// Two neighbouring letters change places, behind the first.
fn swapped(dice: &mut Dice, word: &str) -> String {
    let mut signs: Vec<char> = word.chars().collect();
    if signs.len() > 3 {
        let last = i32::try_from(signs.len()).unwrap_or(4) - 2;
        let at = usize::try_from(dice.between(1, last)).unwrap_or(1);
        signs.swap(at, at + 1);
    }
    signs.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn the_crowd_has_the_ages_the_names_and_the_doubles_it_should() {
        let today = Day::of(2026, 11, 22).unwrap();
        let mut inventor = Inventor::new(today);
        let mut dice = Dice::new(3);
        let (mut young, mut old, mut twice) = (0, 0, 0);
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        let mut births: BTreeMap<(Day, String), usize> = BTreeMap::new();
        let number = 20_000;
        for at in 0..number {
            let registered = |_: Day| Instant::from_millis(1_700_000_000_000);
            let person = inventor.person(&mut dice, (at, 3), (700, &registered)).unwrap();
            let years = person.age_on(today);
            young += usize::from(years < 18);
            old += usize::from(years >= 65);
            *names.entry(person.details.last_name.clone()).or_default() += 1;
            let contact = person.details.emergency_contact_phone.as_str().to_owned();
            let seen = births.entry((person.details.date_of_birth, contact)).or_default();
            twice += usize::from(*seen > 0);
            *seen += 1;
        }
        let percent = |part: usize| part * 100 / number;
        assert!((20..=24).contains(&percent(young)), "{}", percent(young));
        assert!((16..=20).contains(&percent(old)), "{}", percent(old));
        assert!((number / 200..=number / 100).contains(&twice), "{twice} entered twice");
        let mut counts: Vec<usize> = names.into_values().collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        assert!(
            counts.len() > 1_000 && counts[0] > 8 * counts[100],
            "{} names, {:?}",
            counts.len(),
            &counts[..5]
        );
    }
}
