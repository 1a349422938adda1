//! Reads SQL as words: cuts a text into statements and a statement into tokens, each with its line.
//!
//! Enough for what migrations say on both databases: quoted names, dollar quotes, bodies of triggers. It judges
//! nothing; `lint` and `catalogue` do.

use std::iter::Peekable;
use std::str::Chars;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A keyword or a plain name.
    Word,
    /// A name in quotes, without them.
    Name,
    /// A text in quotes, with them.
    Text,
    /// Anything else, one sign or one operator.
    Sign,
}

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    /// Whether a blank stands before it.
    pub(crate) spaced: bool,
}

impl Token {
    /// Whether it is this keyword, or this sign.
    pub(crate) fn is(&self, word: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Sign) && self.text.eq_ignore_ascii_case(word)
    }
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Statement {
    /// The line on which it begins, from 1.
    pub(crate) line: usize,
    /// As it was written, without what stands before it and without the semicolon.
    pub(crate) text: String,
    pub(crate) tokens: Vec<Token>,
    /// The comments before it and within.
    pub(crate) comments: Vec<String>,
}

impl Statement {
    /// Whether it begins with these keywords.
    pub(crate) fn begins(&self, words: &[&str]) -> bool {
        self.tokens.len() >= words.len() && self.tokens.iter().zip(words).all(|(token, word)| token.is(word))
    }

    /// The place just after these keywords, wherever they stand.
    pub(crate) fn after(&self, words: &[&str]) -> Option<&[Token]> {
        (0..self.tokens.len()).find_map(|at| {
            let rest = self.tokens.get(at..)?;
            let found = rest.len() >= words.len() && rest.iter().zip(words).all(|(t, w)| t.is(w));
            found.then(|| rest.get(words.len()..)).flatten()
        })
    }

    /// Whether these keywords stand anywhere in it.
    pub(crate) fn has(&self, words: &[&str]) -> bool {
        self.after(words).is_some()
    }
}

/// Cuts a text into its statements.
pub(crate) fn statements(sql: &str) -> Vec<Statement> {
    let mut reader = Reader { signs: sql.chars().peekable(), line: 1, taken: String::new(), spaced: false };
    let mut found = Vec::new();
    let mut current = Statement::default();
    let mut depth = 0_usize;
    loop {
        let before = (reader.line, reader.taken.len());
        let Some(piece) = reader.next_piece() else { break };
        match piece {
            Piece::Blank => {}
            Piece::Comment(text) => current.comments.push(text),
            Piece::Token(token) => {
                if token.is(";") && depth == 0 {
                    reader.taken.pop();
                    finish(&mut found, &mut current, &mut reader.taken);
                    continue;
                }
                if current.tokens.is_empty() {
                    current.line = before.0;
                    reader.taken = reader.taken.split_off(before.1);
                }
                depth = deeper(&current, &token, depth);
                current.tokens.push(token);
            }
        }
    }
    finish(&mut found, &mut current, &mut reader.taken);
    found
}

/// The bodies of triggers and of SQL functions hold semicolons between BEGIN and END.
fn deeper(statement: &Statement, token: &Token, depth: usize) -> usize {
    let has_body = statement.begins(&["CREATE"])
        && statement.tokens.iter().any(|t| t.is("TRIGGER") || t.is("FUNCTION") || t.is("PROCEDURE"));
    let atomic = statement.tokens.last().is_some_and(|last| last.is("BEGIN")) && token.is("ATOMIC");
    let is_trigger = statement.tokens.iter().take(3).any(|t| t.is("TRIGGER"));
    if !has_body {
        depth
    } else if (token.is("BEGIN") && is_trigger) || atomic || (depth > 0 && token.is("CASE")) {
        depth + 1
    } else if token.is("END") {
        depth.saturating_sub(1)
    } else {
        depth
    }
}

fn finish(found: &mut Vec<Statement>, current: &mut Statement, taken: &mut String) {
    let mut done = std::mem::take(current);
    let text = std::mem::take(taken);
    if !done.tokens.is_empty() {
        text.trim_end().clone_into(&mut done.text);
        found.push(done);
    }
}

/// The tokens of a text, without its comments.
pub(crate) fn tokens(sql: &str) -> Vec<Token> {
    let mut reader = Reader { signs: sql.chars().peekable(), line: 1, taken: String::new(), spaced: false };
    let mut found = Vec::new();
    while let Some(piece) = reader.next_piece() {
        match piece {
            Piece::Token(token) => found.push(token),
            Piece::Blank | Piece::Comment(_) => {}
        }
    }
    found
}

/// One text for all ways to write the same: one blank between tokens, plain names without quotes, no comments.
pub(crate) fn plain(tokens: &[Token]) -> String {
    let mut text = String::new();
    for token in tokens {
        let glued = matches!(token.text.as_str(), "," | ")" | "." | ";") || text.ends_with(['(', '.']);
        if !text.is_empty() && !glued {
            text.push(' ');
        }
        text.push_str(&token.text);
    }
    text
}

/// The same text as it was written, each run of blanks and comments as one blank.
pub(crate) fn written(tokens: &[Token]) -> String {
    let mut text = String::new();
    for (at, token) in tokens.iter().enumerate() {
        if at > 0 && token.spaced {
            text.push(' ');
        }
        text.push_str(&token.text);
    }
    text
}

/// Signs that belong together where they stand together.
const OPERATORS: &str = "<>=!|:~&";

fn token(kind: Kind, text: String) -> Piece {
    Piece::Token(Token { kind, text, spaced: false })
}

enum Piece {
    Blank,
    Comment(String),
    Token(Token),
}

struct Reader<'a> {
    signs: Peekable<Chars<'a>>,
    line: usize,
    taken: String,
    spaced: bool,
}

impl Reader<'_> {
    fn take(&mut self) -> Option<char> {
        let sign = self.signs.next()?;
        self.line += usize::from(sign == '\n');
        self.taken.push(sign);
        Some(sign)
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let mut text = String::new();
        while let Some(sign) = self.signs.peek().copied().filter(|sign| wanted(*sign)) {
            text.push(sign);
            self.take();
        }
        text
    }

    fn next_piece(&mut self) -> Option<Piece> {
        let spaced = self.spaced;
        let mut piece = self.read_piece()?;
        self.spaced = !matches!(piece, Piece::Token(_));
        if let Piece::Token(token) = &mut piece {
            token.spaced = spaced;
        }
        Some(piece)
    }

    fn read_piece(&mut self) -> Option<Piece> {
        let first = self.take()?;
        let next = self.signs.peek().copied();
        Some(match first {
            sign if sign.is_whitespace() => Piece::Blank,
            '-' if next == Some('-') => {
                Piece::Comment(self.take_while(|sign| sign != '\n').trim_start_matches('-').trim().to_owned())
            }
            '/' if next == Some('*') => {
                Piece::Comment(self.until("*/").trim_matches(['*', '/', ' ']).to_owned())
            }
            '\'' => token(Kind::Text, format!("'{}", self.quoted('\''))),
            '"' | '`' => {
                let mut name = self.quoted(first);
                name.pop();
                token(Kind::Name, name)
            }
            '$' if next.is_some_and(|sign| sign == '$' || sign.is_alphabetic() || sign == '_') => {
                let tag = format!("${}", self.take_while(|sign| sign.is_alphanumeric() || sign == '_'));
                self.take();
                let body = self.until(&format!("{tag}$"));
                token(Kind::Text, format!("{tag}${body}"))
            }
            sign if sign.is_alphanumeric() || sign == '_' => {
                let rest = self.take_while(|s| s.is_alphanumeric() || s == '_' || s == '$');
                token(Kind::Word, format!("{sign}{rest}"))
            }
            sign if OPERATORS.contains(sign) => {
                let rest = self.take_while(|s| OPERATORS.contains(s));
                token(Kind::Sign, format!("{sign}{rest}"))
            }
            sign => token(Kind::Sign, sign.to_string()),
        })
    }

    /// The rest of a quoted text with its closing quote; a doubled quote stands for one of its own.
    fn quoted(&mut self, quote: char) -> String {
        let mut text = String::new();
        while let Some(sign) = self.take() {
            text.push(sign);
            if sign == quote {
                if self.signs.peek() == Some(&quote) {
                    self.take();
                    text.push(quote);
                } else {
                    break;
                }
            }
        }
        text
    }

    fn until(&mut self, end: &str) -> String {
        let mut text = String::new();
        while let Some(sign) = self.take() {
            text.push(sign);
            if text.ends_with(end) {
                break;
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_end_where_the_database_ends_them() {
        let sql = "-- why; because\nCREATE TABLE a (\n  b text DEFAULT ';' -- what; it is\n);\n\
            CREATE FUNCTION f() RETURNS trigger AS $x$ BEGIN; END; $x$ LANGUAGE plpgsql;\n\
            CREATE TRIGGER t BEFORE UPDATE ON a WHEN CASE WHEN 1 THEN 1 END BEGIN\n  SELECT CASE WHEN 1 THEN 2 END; SELECT 2;\nEND;\n\
            CREATE TRIGGER t BEFORE UPDATE ON \"a b\" EXECUTE FUNCTION f('it''s');\nSELECT 1";
        let found = statements(sql);
        let lines: Vec<usize> = found.iter().map(|statement| statement.line).collect();
        assert_eq!(lines, [2, 5, 6, 9, 10]);
        assert_eq!(found[0].comments, ["why; because", "what; it is"]);
        assert!(found[0].text.starts_with("CREATE TABLE a (") && found[0].text.ends_with(')'));
        assert!(found[2].text.ends_with("END"), "{}", found[2].text);
        assert!(found[3].tokens.iter().any(|token| token.kind == Kind::Name && token.text == "a b"));
        assert_eq!(found[4].text, "SELECT 1");
    }

    #[test]
    fn two_ways_to_write_the_same_are_the_same() {
        assert_eq!(written(&tokens("CHECK (length(a)\n  <= 255)")), "CHECK (length(a) <= 255)");
        let one = plain(&tokens("CREATE INDEX \"a_idx\"   ON a( b , lower( c ) ) -- why"));
        assert_eq!(one, plain(&tokens("CREATE INDEX a_idx ON a (b, lower (c))")));
    }
}
