//! What a whole file is: its opening comment, and whether it may run outside a transaction.

use super::super::Dialect;
use super::super::files::File;
use super::super::statements::Statement;
use super::{Harm, Verdict};

const ALONE: &str = "-- no-transaction";

pub(super) fn judge(file: &File, all: &[Statement]) -> Vec<Verdict> {
    let mut found = Vec::new();
    let alone = file.text.starts_with(ALONE);
    let concurrently = all.iter().any(|statement| statement.has(&["INDEX", "CONCURRENTLY"]));
    if file.dialect == Dialect::Postgres && concurrently && !alone {
        found.push(Verdict {
            rule: "no-transaction",
            harm: Harm::Breaks,
            words: "CONCURRENTLY fails inside a transaction".to_owned(),
            instead: "begin the file with -- no-transaction, and put nothing else into it",
        });
    }
    if alone && all.len() > 1 {
        found.push(Verdict {
            rule: "no-transaction",
            harm: Harm::Breaks,
            words: "runs outside a transaction: if its second statement fails, the first one stands"
                .to_owned(),
            instead: "one statement a file",
        });
    }
    if let Some(statement) = all
        .iter()
        .find(|statement| ["BEGIN", "COMMIT", "ROLLBACK", "END"].iter().any(|word| statement.begins(&[word])))
    {
        found.push(Verdict {
            rule: "own-transaction",
            harm: Harm::Breaks,
            words: format!("line {} ends the transaction that holds all that is pending", statement.line),
            instead: "leave BEGIN and COMMIT out; deploy has a transaction open",
        });
    }
    if !file.text.trim_start().starts_with("--") {
        found.push(Verdict {
            rule: "no-reason",
            harm: Harm::Breaks,
            words: "does not say why it is there".to_owned(),
            instead: "begin with a comment that says why",
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrate::statements::statements;

    #[test]
    fn a_file_that_ends_the_transaction_is_named() {
        let text = "-- why\nBEGIN;\nSELECT 1;\nCOMMIT;".to_owned();
        let file = File { path: String::new(), dialect: Dialect::Sqlite, text };
        let rules: Vec<&str> = judge(&file, &statements(&file.text)).iter().map(|v| v.rule).collect();
        assert_eq!(rules, ["own-transaction"]);
    }
}
