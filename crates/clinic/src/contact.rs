//! E-mail addresses and phone numbers as people write them.

use crate::field::{self, Problems};
use serde::Serialize;
use std::fmt;

/// An e-mail address; two that differ only in case are the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Reads an address: something, one `@`, a host with a dot, no blanks, at most 254 characters (RFC 5321, 4.5.3.1.3).
    ///
    /// # Errors
    /// `invalid` for anything else, `required` for nothing.
    pub fn parse(field: &str, text: &str) -> Result<Self, Problems> {
        let text = field::required(field, "an e-mail address", text, 254)?;
        let sound = text.split_once('@').is_some_and(|(name, host)| {
            let labels: Vec<&str> = host.split('.').collect();
            let name_ok =
                !name.is_empty() && name.len() <= 64 && !name.starts_with('.') && !name.ends_with('.');
            let label_ok = |label: &&str| {
                !label.is_empty()
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            };
            name_ok && !name.contains("..") && labels.len() >= 2 && labels.iter().all(label_ok)
        });
        if sound && !text.contains(|c: char| c.is_whitespace() || "<>\"(),;:\\".contains(c)) {
            return Ok(Self(text));
        }
        Err(Problems::one(field, "invalid", "Enter an e-mail address such as name@example.com."))
    }

    /// The address as typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address in lower case, by which accounts are found.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A phone number, kept as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Phone(String);

impl Phone {
    /// Reads a number: an optional leading `+`, 5 to 20 digits, between them blanks and `-./()` as people write, and
    /// an extension such as `ext 12`.
    ///
    /// 15 digits are the most that ITU-T E.164 (2010) allows; five more leave room for an extension.
    ///
    /// # Errors
    /// `invalid` for anything else, `required` for nothing.
    pub fn parse(field: &str, text: &str) -> Result<Self, Problems> {
        let text = field::required(field, "a phone number", text, 40)?;
        let lower = text.to_lowercase();
        let (number, extension) = lower
            .split_once("ext")
            .or_else(|| lower.split_once('x'))
            .map_or((lower.as_str(), ""), |(number, extension)| (number, extension));
        let body = number.strip_prefix('+').unwrap_or(number);
        let digits = body.chars().filter(char::is_ascii_digit).count();
        let sound = body.chars().all(|c| c.is_ascii_digit() || " -./()".contains(c))
            && extension.chars().all(|c| c.is_ascii_digit() || " .".contains(c))
            && (5..=15).contains(&digits)
            && extension.len() <= 8;
        if sound {
            return Ok(Self(text));
        }
        Err(Problems::one(field, "invalid", "Enter a phone number such as +1-555-0100: 5 to 15 digits."))
    }

    /// The number as typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits alone, by which a number is found however it was written.
    pub fn digits(&self) -> String {
        self.0.chars().filter(char::is_ascii_digit).collect()
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_exist_pass_and_slips_do_not() {
        for good in ["doctor@example.com", "o'brien+x@mail.example.co.uk", "jürgen@müller.example"] {
            assert!(Email::parse("email", good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "doctor",
            "doctor@",
            "@example.com",
            "a@b",
            "a b@example.com",
            "a@@example.com",
            "a@-x.com",
            "a@x..com",
        ] {
            assert!(Email::parse("email", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_as_people_write_them_pass() {
        for good in ["+1-555-0100", "(030) 123 45 67", "555.0100", "+44 20 7946 0000 ext 12"] {
            assert!(Phone::parse("phone", good).is_ok(), "{good}");
        }
        for bad in ["", "12", "phone", "+1-555-0100; drop", "1234567890123456"] {
            assert!(Phone::parse("phone", bad).is_err(), "{bad}");
        }
        assert_eq!(Phone::parse("phone", "+1-555-0100").unwrap().digits(), "15550100");
    }
}
