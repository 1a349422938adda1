//! Days, clocks and ages in the form of a language. The names of months and weekdays stand in `time.ftl`, each list in one
//! text, so that they are translated together.

use super::{Key, Text};
use chrono::Datelike;
use medrecord_clinic::time::{Age, Day, Instant, Zone};

impl Text {
    /// The clinical form of a day, whose month is a word: `14-Jul-1985`, `14-jul-1985`.
    pub fn day(self, day: Day) -> String {
        let month = self.listed(Key("time-months"), day.0.month0());
        self.with("day", format!("{:02}", day.0.day()))
            .with("month", month)
            .with("year", format!("{:04}", day.0.year()))
            .say("time-day")
    }

    /// The name of a day's weekday.
    pub fn weekday(self, day: Day) -> String {
        self.listed(Key("time-weekdays"), day.0.weekday().num_days_from_monday())
    }

    /// Day and clock in the practice at an instant.
    pub fn day_and_clock(self, zone: Zone, at: Instant) -> String {
        format!("{} {}", self.day(zone.day_of(at)), zone.clock(at))
    }

    /// The age on a day of somebody born on another.
    pub fn age(self, born: Day, on: Day) -> String {
        match born.age(on) {
            Age::Days(count) => self.with("count", count).say("time-age-days"),
            Age::Weeks(count) => self.with("count", count).say("time-age-weeks"),
            Age::Months(count) => self.with("count", count).say("time-age-months"),
            Age::Years(count) => self.with("count", count).say("time-age-years"),
        }
    }

    /// One of a text that is a list, words with blanks between them.
    fn listed(self, list: Key, at: u32) -> String {
        let at = usize::try_from(at).unwrap_or_default();
        self.say(list).split_whitespace().nth(at).unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use medrecord_clinic::language::Language;

    #[test]
    fn english_is_the_form_of_the_record_itself() {
        let mut day = Day::of(2025, 12, 25).unwrap();
        for _ in 0..400 {
            assert_eq!(Text::ENGLISH.day(day), day.to_string());
            assert_eq!(Text::ENGLISH.weekday(day), day.weekday());
            let born = Day::of(2025, 12, 25).unwrap();
            assert_eq!(Text::ENGLISH.age(born, day), born.age_text(day));
            day = day.plus_days(3);
        }
    }

    #[test]
    fn spanish_names_months_weekdays_and_ages_its_own_way() {
        let text = Text::of(Language::Spanish);
        let at: Instant = "2026-01-05T14:02:00Z".parse().unwrap();
        assert_eq!(text.day_and_clock(Zone::UTC, at), "05-ene-2026 14:02");
        assert_eq!(text.weekday(Zone::UTC.day_of(at)), "Lunes");
        let born = Day::of(2025, 12, 25).unwrap();
        for (later, age) in
            [(1, "1 día"), (11, "11 días"), (60, "8 sem."), (400, "13 meses"), (1000, "2 años")]
        {
            assert_eq!(text.age(born, born.plus_days(later)), age);
        }
    }
}
