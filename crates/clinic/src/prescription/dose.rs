//! How a dose is written so that nobody misreads it.
//!
//! Sources: The Joint Commission, Official "Do Not Use" List, 2004, revised 2018; Institute for Safe Medication
//! Practices, List of Error-Prone Abbreviations, Symbols, and Dose Designations, 2021.

/// What is dangerous about the writing of a dose, each as a sentence with the way out; empty where nothing is.
pub fn dose_advice(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, after) in numbers(text) {
        if let Some(bare) = number.strip_prefix('.').filter(|places| !places.is_empty()) {
            found.push(format!("Write 0.{bare} instead of .{bare}: a point alone is overlooked."));
        }
        if let Some((whole, places)) = number.split_once('.')
            && !places.is_empty()
            && places.chars().all(|c| c == '0')
        {
            found.push(format!("Write {whole} instead of {number}: {whole}.0 is read as {whole}0."));
        }
        let unit: String = after.chars().take_while(|c| c.is_alphabetic()).collect();
        if ["mg", "g", "mcg", "ml", "kg", "units"].contains(&unit.to_lowercase().as_str()) {
            found.push(format!("Leave a space between {number} and {unit}."));
        }
    }
    found.extend(text.split(|c: char| c.is_whitespace() || ",;()".contains(c)).filter_map(abbreviation));
    found
}

/// Abbreviations that are mistaken for others, with what to write; matched as whole words.
fn abbreviation(word: &str) -> Option<String> {
    let letters: String = word.chars().filter(|c| !".0123456789".contains(*c)).collect();
    let instead = match letters.as_str() {
        "U" | "u" | "IU" | "iu" => "units",
        "QD" | "qd" | "Qd" => "daily",
        "QOD" | "qod" => "every other day",
        "MS" | "MSO" => "morphine sulfate",
        "MgSO" => "magnesium sulfate",
        "µg" | "μg" => "mcg",
        "cc" | "CC" => "mL",
        "HS" | "hs" | "qhs" => "at bedtime",
        "OD" | "OS" | "OU" => "right eye, left eye or both eyes",
        "BIW" | "TIW" | "biw" | "tiw" => "how often a week in words",
        _ => return None,
    };
    let shown = word.trim_matches('.');
    Some(format!("Write {instead} instead of {shown}: it is easily misread."))
}

/// The numbers of a text, each with what follows it at once.
fn numbers(text: &str) -> Vec<(String, String)> {
    let signs: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut number = String::new();
    for (at, sign) in signs.iter().enumerate() {
        if sign.is_ascii_digit() || (*sign == '.' && signs.get(at + 1).is_some_and(char::is_ascii_digit)) {
            number.push(*sign);
            continue;
        }
        if !number.is_empty() {
            found.push((std::mem::take(&mut number), signs.iter().skip(at).collect()));
        }
    }
    if !number.is_empty() {
        found.push((number, String::new()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_written_doses_pass() {
        let good = [
            "500 mg",
            "0.5 mg",
            "2.5 mL twice daily",
            "10 units",
            "1 tablet",
            "62.5 mcg",
            "",
            "at night.",
            "1.5",
        ];
        for text in good {
            assert_eq!(dose_advice(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn what_is_misread_is_named_with_the_way_out() {
        let cases = [
            (".5 mg", "Write 0.5 instead"),
            ("5.0 mg", "Write 5 instead"),
            ("5mg", "Leave a space"),
            ("10 U", "Write units"),
            ("10U", "Write units"),
            ("400 IU", "Write units"),
            ("1 tab QD", "Write daily"),
            ("q.o.d.", "Write every other day"),
            ("MSO4 10 mg", "Write morphine"),
            ("50 µg", "Write mcg"),
            ("5 cc", "Write mL"),
        ];
        for (text, advice) in cases {
            let found = dose_advice(text);
            assert!(found.iter().any(|line| line.starts_with(advice)), "{text}: {found:?}");
        }
    }
}
