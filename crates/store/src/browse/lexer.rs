//! Reads a statement's words, so that the console can tell what it names before the database is asked.
//!
//! It is a first look, not the wall: the wall is a connection that cannot write. What it holds by itself is that one
//! statement comes at a time and that tables with secrets are named plainly, so that the views over them are met.

/// A word of a statement: names in lower case without quotes, signs as they are; texts and numbers say only that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    Name(String),
    Sign(char),
    Literal,
}

/// The words of a statement; `None` where a quote or a comment never ends.
pub(super) fn words(sql: &str) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (word, after) = next(first, rest)?;
        words.extend(word);
        rest = after;
    }
    Some(words)
}

fn next(first: char, rest: &str) -> Option<(Option<Word>, &str)> {
    if let Some(comment) = rest.strip_prefix("--") {
        return Some((None, comment.split_once('\n').map_or("", |(_, after)| after)));
    }
    if let Some(comment) = rest.strip_prefix("/*") {
        return Some((None, after_comment(comment)?));
    }
    if first.is_alphabetic() || first == '_' {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        // E'…' and U&"…" have rules of their own for quotes; nobody needs them here.
        let odd = (after.starts_with('\'') && !name.is_empty())
            || after.starts_with("&\"")
            || after.starts_with("&'");
        return (!odd).then(|| (Some(Word::Name(name.to_lowercase())), after));
    }
    if first.is_ascii_digit() {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '.' || c == '_')).unwrap_or(rest.len());
        return Some((Some(Word::Literal), rest.split_at(end).1));
    }
    let mut inner = rest.chars();
    inner.next();
    let after = inner.as_str();
    match first {
        '\'' => quoted(after, '\'').map(|(_, after)| (Some(Word::Literal), after)),
        '"' | '`' => quoted(after, first).map(|(name, after)| (Some(Word::Name(name.to_lowercase())), after)),
        '[' => Some((Some(Word::Sign('[')), after)),
        '$' => dollar(rest),
        _ if first.is_whitespace() => Some((None, after)),
        sign => Some((Some(Word::Sign(sign)), after)),
    }
}

/// What follows a comment that may hold others.
fn after_comment(mut rest: &str) -> Option<&str> {
    let mut depth = 1;
    while depth > 0 {
        let (open, close) = (rest.find("/*"), rest.find("*/")?);
        if let Some(open) = open.filter(|open| *open < close) {
            depth += 1;
            rest = rest.get(open + 2..)?;
        } else {
            depth -= 1;
            rest = rest.get(close + 2..)?;
        }
    }
    Some(rest)
}

/// What stands up to the closing quote, doubled ones taken as one, and what follows.
fn quoted(rest: &str, quote: char) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut signs = rest.chars();
    while let Some(sign) = signs.next() {
        if sign != quote {
            text.push(sign);
            continue;
        }
        let after = signs.as_str();
        if !after.starts_with(quote) {
            return Some((text, after));
        }
        text.push(quote);
        signs.next();
    }
    None
}

/// `$1`, or a text between `$tag$` and `$tag$`.
fn dollar(rest: &str) -> Option<(Option<Word>, &str)> {
    let body = rest.get(1..)?;
    let end = body.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(body.len());
    let (tag, after) = body.split_at(end);
    if !after.starts_with('$') {
        return Some((Some(Word::Literal), after));
    }
    let mark = format!("${tag}$");
    let (_, after) = after.get(1..)?.split_once(&mark)?;
    Some((Some(Word::Literal), after))
}

/// A statement with its texts and numbers taken out, as the audit trail may keep it.
pub(super) fn without_values(sql: &str) -> String {
    let Some(words) = words(sql) else { return "not readable".to_owned() };
    let mut text = String::new();
    for word in words {
        let (part, apart) = match word {
            Word::Name(name) => (name, true),
            Word::Literal => ("?".to_owned(), true),
            Word::Sign(sign) => (sign.to_string(), false),
        };
        if apart
            && text
                .chars()
                .next_back()
                .is_some_and(|last| last.is_alphanumeric() || last == '?' || last == ',' || last == ')')
        {
            text.push(' ');
        }
        text += &part;
    }
    text.chars().take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(sql: &str) -> Vec<String> {
        let found = words(sql).unwrap().into_iter();
        found.filter_map(|word| if let Word::Name(name) = word { Some(name) } else { None }).collect()
    }

    #[test]
    fn names_are_found_whatever_stands_around_them() {
        assert_eq!(
            names("SELECT \"Id\" FROM /* a /* b */ c */ main.providers -- x\n, y"),
            ["select", "id", "from", "main", "providers", "y"]
        );
        assert_eq!(names("select 'a; drop table b', $$ c; $$, $t$ d $t$, $1"), ["select"]);
        assert_eq!(names("select 'it''s' x"), ["select", "x"]);
        for odd in [
            "select 'a",
            "select /* a",
            "select \"a",
            "select e'a\\'; drop table b'",
            "select u&\"a\"",
            "select $a$ b",
        ] {
            assert_eq!(words(odd), None, "{odd}");
        }
    }

    #[test]
    fn the_trail_keeps_no_value() {
        let kept = without_values("SELECT * FROM patients WHERE last_name = 'Doe' AND version > 3");
        assert_eq!(kept, "select*from patients where last_name=? and version>?");
    }
}
