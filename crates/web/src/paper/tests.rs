//! Papers are written, read back, and held to what they promise. All names are invented.

use super::*;
use medrecord_testkit::pdf;

/// A letter of an invented practice about an invented person.
fn paper(parts: Vec<Part>) -> Paper {
    Paper {
        title: "Referral of ŁUKASZEWICZ, Żaneta".to_owned(),
        t: Text::ENGLISH,
        author: "Dora Doctor".to_owned(),
        made_at: Instant::from_millis(1_795_359_600_000),
        size: Size::A4,
        parts,
        foot: "ŁUKASZEWICZ, Żaneta · born 15-Mar-1985 · Record MR-000001".to_owned(),
    }
}

fn lines(page: &str) -> Vec<&str> {
    page.lines().map(str::trim_end).collect()
}

#[test]
fn names_of_every_latin_script_are_drawn_and_read_back() {
    let names = "Łukaszewicz Żaneta, Erdős Pál, Şahin Gül, Nguyễn Thị Hạnh, Þórður Æsir, Çelik Ğ, Müller Straße, Ștefan \
                 Ţ, Ærø, Ŋgũgĩ, Ọ̀ṣun, José Ñandú, Čapek Ďurič, Łódź";
    let greek = "Ελένη Παπαδοπούλου, Анна Иванова: 37,5 °C ≥ 37 µg ½ • – „gut“";
    let file = paper(vec![
        Part::Letterhead(vec!["Praxis Größe".to_owned(), "Elm Row 1".to_owned()]),
        Part::Heading(names.to_owned()),
        Part::Text(format!("{names}\n{greek}")),
    ])
    .pdf()
    .unwrap();
    let pages = pdf::pages(&file);
    assert_eq!(pages.len(), 1);
    let said = pages[0].replace(" \n", " ").replace('\n', " ");
    assert_eq!(said.matches(names).count(), 2, "{said}");
    assert!(said.contains(greek) && said.contains("Praxis Größe Elm Row 1"), "{said}");
    assert!(said.contains("Page 1 of 1") && said.contains("Żaneta · born 15-Mar-1985"), "{said}");
}

#[test]
fn what_has_no_shape_is_named_and_nothing_is_made() {
    for (text, signs) in [
        ("Wei 王偉 said", vec!['王', '偉']),
        ("yes ✓ and ✓", vec!['✓']),
        ("שרה", vec!['ש', 'ר', 'ה']),
        ("at home \u{1f600}", vec!['\u{1f600}']),
        ("own \u{e000}", vec!['\u{e000}']),
    ] {
        let made = paper(vec![Part::Text(text.to_owned())]).pdf();
        assert_eq!(made.unwrap_err(), PaperError::Undrawable(signs), "{text}");
    }
    let soft = "non\u{2011}break\u{ad}ing\u{2009}blank\u{202f}and\ttab \u{200b}\u{feff}gone";
    let file = paper(vec![Part::Text(soft.to_owned())]).pdf().unwrap();
    let page = &pdf::pages(&file)[0];
    assert!(page.contains("non-breaking blank\u{a0}and tab gone"), "{page}");
}

#[test]
fn a_long_letter_breaks_between_lines_that_keep_company() {
    for count in (40..90).step_by(3) {
        // Paragraphs of two, three, four and five lines in turn, so that the break falls everywhere.
        let paragraph = |nth: usize| {
            let lines: Vec<String> =
                (0..2 + nth % 4).map(|line| format!("{nth}/{line} of {}", 2 + nth % 4)).collect();
            lines.join("\n")
        };
        let text: Vec<String> = (0..count / 2).map(paragraph).collect();
        let parts = vec![
            Part::Heading("About".to_owned()),
            Part::Text(text.join("\n\n")),
            Part::Signature(vec!["Dora Doctor".to_owned(), "Licence D-1".to_owned()]),
        ];
        let pages = pdf::pages(&paper(parts).pdf().unwrap());
        let total = pages.len();
        for (nth, page) in pages.iter().enumerate() {
            let lines = lines(page);
            assert!(lines.contains(&format!("Page {} of {total}", nth + 1).as_str()), "{page}");
            assert!(page.contains("Record MR-000001"), "whose it is stands on every page: {page}");
            let text: Vec<&&str> = lines.iter().filter(|line| line.contains('/')).collect();
            let of = |line: &str| line.split('/').next().unwrap().to_owned();
            for edge in [text.first(), text.last()].into_iter().flatten() {
                let company = text.iter().filter(|line| of(line) == of(edge)).count();
                assert!(company >= 2, "{edge} stands alone on page {} of {total}: {page}", nth + 1);
            }
        }
        let last = pages.last().unwrap();
        assert!(last.contains("Licence D-1") && last.contains('/'), "a signature has text above it: {last}");
        let all: String = pages.concat();
        assert_eq!(all.matches(" of ").count() - total, (0..count / 2).map(|nth| 2 + nth % 4).sum::<usize>());
    }
}

#[test]
fn lines_are_broken_by_the_widths_of_the_type_and_no_word_leaves_the_sheet() {
    let words = "mm iii WWW mm iii WWW ".repeat(60);
    let endless = "Donaudampfschifffahrtsgesellschaft".repeat(12);
    let faces = face::Faces::load().unwrap();
    let parts = [Part::Text(format!("{words}\n{endless}"))];
    let set = lines::set(&faces, &parts, Size::Letter);
    let all: Vec<_> = set.iter().flatten().collect();
    assert!(all.len() > 6);
    for line in &all {
        assert!(faces.width(&line.text, line.style) <= Size::Letter.width(), "{}", line.text);
    }
    let again: String = all.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(again.replace(' ', ""), format!("{words}{endless}").replace(' ', ""), "nothing is lost");
    let full = all.iter().filter(|line| line.goes_on).count();
    let wide = all.iter().filter(|line| faces.width(&line.text, line.style) > 0.85 * Size::Letter.width());
    assert!(wide.count() + 2 >= full, "lines are filled");
}

#[test]
fn the_same_paper_gives_the_same_file_which_says_what_it_is() {
    let parts = || vec![Part::Heading("About".to_owned()), Part::Text("Dear colleague.".to_owned())];
    let file = paper(parts()).pdf().unwrap();
    assert_eq!(file, paper(parts()).pdf().unwrap());
    let said = pdf::metadata(&file);
    for words in [
        "Referral of ŁUKASZEWICZ, Żaneta",
        "Dora Doctor",
        "<rdf:li>en</rdf:li>",
        "2026-11-22T",
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let text = String::from_utf8_lossy(&file);
    assert!(text.contains("/Lang(en)") && text.contains("/StructTreeRoot"), "tagged, in its language");
}
