//! Writes a calendar as RFC 5545 (iCalendar, 2009) asks: lines end with CRLF and are folded at 75 octets, texts are
//! escaped, instants are in UTC, so that no change of the clocks can move an entry.

use medrecord_clinic::time::Instant;
use medrecord_store::calendar_links::{Feed, FeedItem};

/// The whole calendar.
pub(super) fn text(name: &str, feed: &Feed) -> String {
    let mut out = String::with_capacity(512 * (feed.items.len() + 1));
    let name = escaped(name);
    for (property, value) in [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//MedRecord AI//Calendar without names//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        ("X-WR-CALNAME", &name),
        ("NAME", &name),
        ("REFRESH-INTERVAL;VALUE=DURATION", "PT1H"),
        ("X-PUBLISHED-TTL", "PT1H"),
    ] {
        line(&mut out, property, value);
    }
    for item in &feed.items {
        event(&mut out, item);
    }
    line(&mut out, "END", "VCALENDAR");
    out
}

fn event(out: &mut String, item: &FeedItem) {
    let whose = item.whose.as_deref().map(|name| format!(" · {name}")).unwrap_or_default();
    let (status, transparent) =
        if item.is_cancelled { ("CANCELLED", "TRANSPARENT") } else { ("CONFIRMED", "OPAQUE") };
    let changed = utc(item.changed_at);
    for (property, value) in [
        ("BEGIN", "VEVENT"),
        ("UID", &format!("{}@medrecord", item.uid)),
        // A published entry was put together when it was last changed (section 3.8.7.2), so the text stays the same.
        ("DTSTAMP", &changed),
        ("LAST-MODIFIED", &changed),
        ("SEQUENCE", &item.sequence.max(0).to_string()),
        ("DTSTART", &utc(item.slot.from)),
        ("DTEND", &utc(item.slot.until)),
        ("SUMMARY", &escaped(&format!("{}{whose}", item.kind.in_words()))),
        ("STATUS", status),
        ("TRANSP", transparent),
        ("CLASS", "PRIVATE"),
        ("END", "VEVENT"),
    ] {
        line(out, property, value);
    }
}

/// One line, folded: no piece is longer than 75 octets, and none ends within a sign (section 3.1).
fn line(out: &mut String, property: &str, value: &str) {
    const MOST: usize = 75;
    let mut used = 0;
    for sign in property.chars().chain([':']).chain(value.chars()) {
        if used + sign.len_utf8() > MOST {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(sign);
        used += sign.len_utf8();
    }
    out.push_str("\r\n");
}

/// A text as a value: what parts values is escaped, what would end a line is not let through (section 3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\\' | ';' | ',' => out.extend(['\\', sign]),
            '\n' => out.push_str("\\n"),
            sign if sign.is_control() => {}
            sign => out.push(sign),
        }
    }
    out
}

/// An instant: `20261123T090000Z`.
fn utc(at: Instant) -> String {
    at.utc().format("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use medrecord_clinic::appointment::{AppointmentType, Slot};
    use medrecord_clinic::time::{Day, Zone};
    use medrecord_store::calendar_links::FeedKind;

    fn item(from: Instant) -> FeedItem {
        FeedItem {
            uid: "0123456789abcdef0123456789abcdef".to_owned(),
            slot: Slot { from, until: from.plus_minutes(20) },
            kind: FeedKind::Visit(AppointmentType::FollowUp),
            whose: None,
            is_cancelled: false,
            sequence: 0,
            changed_at: from,
        }
    }

    /// The lines as a reader unfolds them.
    fn unfolded(text: &str) -> Vec<String> {
        text.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn every_line_ends_with_both_signs_and_none_is_longer_than_75_octets() {
        let name =
            "Praxis Grün; Weiß, Süß\\Groß und Müller 診療所 カレンダー 🩺 ".repeat(5) + "\r\nEND:VCALENDAR";
        let whose = "Ærøskøbing, Þórdís Óðinsdóttir-Łukasiewicz 山田太郎山田太郎山田太郎";
        let nine: Instant = "2026-11-23T09:00:00Z".parse().unwrap();
        let feed = Feed { items: vec![FeedItem { whose: Some(whose.to_owned()), ..item(nine) }] };
        let text = text(&name, &feed);
        assert_eq!(text.replace("\r\n", "").find(['\r', '\n']), None, "no line end but the pair");
        assert!(text.ends_with("\r\n"));
        let pieces: Vec<&str> = text.split_terminator("\r\n").collect();
        assert!(pieces.iter().all(|piece| piece.len() <= 75), "{pieces:#?}");
        assert!(pieces.iter().any(|piece| piece.len() > 71), "and folded no earlier than need be");
        let lines = unfolded(&text);
        let shown = lines.iter().find_map(|line| line.strip_prefix("X-WR-CALNAME:")).unwrap();
        let read = shown.replace("\\n", "\n").replace("\\;", ";").replace("\\,", ",").replace("\\\\", "\\");
        assert_eq!(read, name.replace('\r', ""), "what was written is read back");
        assert_eq!(
            lines.iter().filter(|line| *line == "END:VCALENDAR").count(),
            1,
            "a name ends no calendar"
        );
        let summary = lines.iter().find_map(|line| line.strip_prefix("SUMMARY:")).unwrap();
        assert_eq!(summary.replace("\\,", ","), format!("Follow-up · {whose}"));
    }

    #[test]
    fn nine_on_the_clock_is_the_right_instant_on_days_when_the_clocks_change() {
        for (zone, day, utc) in [
            ("America/Los_Angeles", "2026-11-23", "20261123T170000Z"),
            ("America/Los_Angeles", "2026-03-07", "20260307T170000Z"),
            ("America/Los_Angeles", "2026-03-08", "20260308T160000Z"),
            ("America/Los_Angeles", "2026-11-01", "20261101T170000Z"),
            ("Europe/Istanbul", "2026-11-23", "20261123T060000Z"),
            ("Pacific/Auckland", "2026-11-23", "20261122T200000Z"),
            ("Pacific/Auckland", "2026-04-05", "20260404T210000Z"),
            ("Pacific/Auckland", "2026-09-27", "20260926T200000Z"),
        ] {
            let zone: Zone = zone.parse().unwrap();
            let day: Day = day.parse().unwrap();
            let nine = zone.at(day, chrono::NaiveTime::from_hms_opt(9, 0, 0).unwrap()).unwrap();
            let text = text("x", &Feed { items: vec![item(nine)] });
            assert!(text.contains(&format!("\r\nDTSTART:{utc}\r\n")), "{} {day}: {text}", zone.name());
        }
    }

    #[test]
    fn a_cancelled_visit_says_so_and_the_same_calendar_is_the_same_text() {
        let nine: Instant = "2026-11-23T09:00:00Z".parse().unwrap();
        let cancelled = FeedItem { is_cancelled: true, sequence: 3, ..item(nine) };
        let feed = Feed { items: vec![cancelled] };
        let lines = unfolded(&text("x", &feed));
        for line in ["STATUS:CANCELLED", "TRANSP:TRANSPARENT", "SEQUENCE:3", "DTEND:20261123T092000Z"] {
            assert!(lines.iter().any(|held| held == line), "{line}: {lines:#?}");
        }
        assert_eq!(text("x", &feed), text("x", &feed));
    }
}
