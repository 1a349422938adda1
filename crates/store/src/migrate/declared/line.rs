//! One line of the declared schema, cut into its words and attributes.

/// A field or an attribute of a block, with the comment above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: usize,
    pub(super) text: String,
    pub(super) says: String,
}

/// A block: `model Patient { … }` or `enum Sex { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) says: String,
    pub(super) lines: Vec<Line>,
}

/// Cuts the text into its blocks.
pub(super) fn blocks(text: &str) -> Result<Vec<Block>, String> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    let mut says: Vec<&str> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let (number, line) = (at + 1, line.trim());
        if let Some(comment) = line.strip_prefix("///") {
            says.push(comment.trim());
        } else if line.is_empty() || line.starts_with("//") {
            says.clear();
        } else if line == "}" {
            found.extend(open.take());
        } else if let Some(block) = &mut open {
            block.lines.push(Line { number, text: line.to_owned(), says: says.join(" ") });
            says.clear();
        } else {
            let words: Vec<&str> = line.split_whitespace().collect();
            let &[kind, name, "{"] = words.as_slice() else {
                return Err(format!("line {number} begins no model, enum, datasource or generator: {line}"));
            };
            open = Some(Block {
                kind: kind.to_owned(),
                name: name.to_owned(),
                says: says.join(" "),
                lines: Vec::new(),
            });
            says.clear();
        }
    }
    match open {
        Some(block) => Err(format!("{} {} has no closing bracket", block.kind, block.name)),
        None => Ok(found),
    }
}

impl Line {
    /// The words before the first attribute.
    pub(super) fn words(&self) -> Vec<&str> {
        self.text.split('@').next().unwrap_or_default().split_whitespace().collect()
    }

    /// Each attribute with what stands in its brackets: `("db.VarChar", "255")`.
    pub(super) fn attributes(&self) -> Vec<(&str, &str)> {
        let mut found = Vec::new();
        let mut rest = self.text.as_str();
        while let Some((_, after)) = rest.split_once('@') {
            let after = after.trim_start_matches('@');
            let end = after.find(|c: char| c == '(' || c.is_whitespace()).unwrap_or(after.len());
            let (name, after) = after.split_at_checked(end).unwrap_or((after, ""));
            let inside = if after.starts_with('(') { brackets(after) } else { "" };
            found.push((name, inside));
            rest = after.get(inside.len()..).unwrap_or_default();
        }
        found
    }
}

/// What stands between a bracket at the beginning and its partner.
fn brackets(text: &str) -> &str {
    let (mut depth, mut quoted) = (0_usize, false);
    for (at, sign) in text.char_indices() {
        match sign {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return text.get(1..at).unwrap_or_default();
                }
            }
            _ => {}
        }
    }
    text.get(1..).unwrap_or_default()
}

/// Cuts `fields: [a, b], references: [id]` at its outer commas.
pub(super) fn arguments(inside: &str) -> Vec<&str> {
    let (mut found, mut from, mut depth, mut quoted) = (Vec::new(), 0, 0_usize, false);
    for (at, sign) in inside.char_indices() {
        match sign {
            '"' => quoted = !quoted,
            '[' | '(' if !quoted => depth += 1,
            ']' | ')' if !quoted => depth = depth.saturating_sub(1),
            ',' if depth == 0 && !quoted => {
                found.push(inside.get(from..at).unwrap_or_default().trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    found.push(inside.get(from..).unwrap_or_default().trim());
    found.retain(|text| !text.is_empty());
    found
}

/// The text in quotes.
pub(super) fn unquoted(text: &str) -> &str {
    text.trim().trim_matches('"')
}
