//! Reads a statement's words, so that the console can tell what it names before the database is asked.
//!
//! It is a first look, not the wall: the wall is a connection that cannot write. What it holds by itself is that one
//! statement comes at a time and that tables with secrets are named plainly, so that the views over them are met.

use super::catalogue::Dialect;

/// A word of a statement: names in lower case without quotes, signs as they are; texts and numbers say only that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    Name(String),
    Sign(char),
    Literal,
}

/// The words of a statement as this database parts them: what one of them takes for a comment or a quote is a name to
/// the other. `None` where a quote or a comment never ends, or where nobody needs what stands there.
pub(super) fn words(sql: &str, dialect: Dialect) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (word, after) = next(first, rest, dialect)?;
        words.extend(word);
        rest = after;
    }
    Some(words)
}

fn next(first: char, rest: &str, dialect: Dialect) -> Option<(Option<Word>, &str)> {
    if let Some(comment) = rest.strip_prefix("--") {
        return Some((None, after_line(comment, dialect)));
    }
    if let Some(comment) = rest.strip_prefix("/*") {
        return Some((None, after_comment(comment, dialect)?));
    }
    if begins_name(first) {
        let end = rest.find(|c| !continues_name(c)).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        // E'…' and U&"…" have rules of their own for quotes; nobody needs them here.
        let odd = after.starts_with('\'') || after.starts_with("&\"") || after.starts_with("&'");
        return (!odd).then(|| (Some(Word::Name(name.to_lowercase())), after));
    }
    let mut inner = rest.chars();
    inner.next();
    let after = inner.as_str();
    if first.is_ascii_digit() || (first == '.' && after.starts_with(|c: char| c.is_ascii_digit())) {
        let end = after.find(|c| !(continues_name(c) || c == '.')).unwrap_or(after.len());
        let after = after.split_at(end).1;
        return (!after.starts_with('\'')).then_some((Some(Word::Literal), after));
    }
    match (first, dialect) {
        ('\'', _) => quoted(after, '\'').map(|(_, after)| (Some(Word::Literal), after)),
        ('"', _) | ('`', Dialect::Sqlite) => {
            quoted(after, first).map(|(name, after)| (Some(Word::Name(name.to_lowercase())), after))
        }
        ('[', Dialect::Sqlite) => {
            let (name, after) = after.split_once(']')?;
            Some((Some(Word::Name(name.to_lowercase())), after))
        }
        // Parameters, whose names have rules of their own for quotes; nothing is given for them here.
        ('$' | '@' | '#' | ':' | '?', Dialect::Sqlite) => None,
        ('$', Dialect::Postgres) => dollar(after),
        _ if first.is_ascii_whitespace() || first == '\u{b}' => Some((None, after)),
        (sign, _) => Some((Some(Word::Sign(sign)), after)),
    }
}

/// Both databases take every letter beyond ASCII, and every blank there, as part of a name.
fn begins_name(sign: char) -> bool {
    sign.is_ascii_alphabetic() || sign == '_' || !sign.is_ascii()
}

fn continues_name(sign: char) -> bool {
    begins_name(sign) || sign.is_ascii_digit() || sign == '$'
}

/// What follows a comment to the end of its line, which a carriage return ends in PostgreSQL alone.
fn after_line(rest: &str, dialect: Dialect) -> &str {
    let ends = |sign: char| sign == '\n' || (sign == '\r' && dialect == Dialect::Postgres);
    rest.split_once(ends).map_or("", |(_, after)| after)
}

/// What follows a comment, which in PostgreSQL may hold others.
fn after_comment(mut rest: &str, dialect: Dialect) -> Option<&str> {
    let mut depth = 1;
    while depth > 0 {
        let (open, close) = (rest.find("/*"), rest.find("*/")?);
        if let Some(open) = open.filter(|open| *open < close && dialect == Dialect::Postgres) {
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

/// After a `$` of PostgreSQL: the number of a parameter, or a text between `$tag$` and `$tag$`.
fn dollar(rest: &str) -> Option<(Option<Word>, &str)> {
    let number = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    if number > 0 {
        return Some((Some(Word::Literal), rest.split_at(number).1));
    }
    let (tag, text) = rest.split_once('$')?;
    if !tag.chars().all(|c| c != '$' && continues_name(c)) {
        return None;
    }
    let (_, after) = text.split_once(&format!("${tag}$"))?;
    Some((Some(Word::Literal), after))
}

/// A statement with its texts and numbers taken out, as the audit trail may keep it.
pub(super) fn without_values(sql: &str, dialect: Dialect) -> String {
    let Some(words) = words(sql, dialect) else { return "not readable".to_owned() };
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
        names_in(sql, Dialect::Postgres)
    }

    fn names_in(sql: &str, dialect: Dialect) -> Vec<String> {
        let found = words(sql, dialect).unwrap().into_iter();
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
            assert_eq!(words(odd, Dialect::Postgres), None, "{odd}");
        }
    }

    #[test]
    fn each_database_reads_quotes_and_comments_in_its_own_way() {
        // What follows a name that both see is hidden from one of them by a quote or a comment of the other.
        for (sql, sqlite, postgres) in [
            ("a /* /* */ , b -- */", Some("a b"), Some("a")),
            ("a -- \r , b", Some("a"), Some("a b")),
            ("a [\"] , b --\"", Some("a \" b"), Some("a ] , b --")),
            ("a `'` , b --'", Some("a ' b"), Some("a")),
            ("a $x$ , b $x$", None, Some("a")),
            ("a $1(') , b -- '", None, Some("a")),
            ("a $\u{20ac}$ ' $\u{20ac}$ , b -- '", None, Some("a b")),
            ("a\u{20ac}$$ , b\u{20ac}$$", Some("a\u{20ac}$$ b\u{20ac}$$"), Some("a\u{20ac}$$ b\u{20ac}$$")),
            ("1e'\\' , b -- '", None, None),
            ("a :b(') , c --'", None, Some("a b")),
        ] {
            let read = |dialect| words(sql, dialect).map(|_| names_in(sql, dialect).join(" "));
            assert_eq!(read(Dialect::Sqlite).as_deref(), sqlite, "SQLite: {sql}");
            assert_eq!(read(Dialect::Postgres).as_deref(), postgres, "PostgreSQL: {sql}");
        }
    }

    #[test]
    fn the_trail_keeps_no_value() {
        let sql = "SELECT * FROM patients WHERE last_name = 'Doe' AND version > 3";
        let kept = without_values(sql, Dialect::Sqlite);
        assert_eq!(kept, "select*from patients where last_name=? and version>?");
    }
}
