//! Keys of encrypted backups: age's, so that `age -d` opens a backup too.

use super::error::BackupError;
use age::secrecy::ExposeSecret;
use age::x25519;
use std::fmt;
use std::str::FromStr;

/// Who can open a backup: the public half of a key, `age1…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient(String);

impl FromStr for Recipient {
    type Err = BackupError;

    fn from_str(text: &str) -> Result<Self, BackupError> {
        match x25519::Recipient::from_str(text.trim()) {
            Ok(known) => Ok(Self(known.to_string())),
            Err(_) => Err(BackupError::Key(
                "the recipient is no age1… key; medrecord backup key makes one".to_owned(),
            )),
        }
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Recipient {
    /// The key itself; the text was read before.
    pub(super) fn key(&self) -> Option<x25519::Recipient> {
        x25519::Recipient::from_str(&self.0).ok()
    }
}

/// The secret halves that may open a backup; never shown.
#[derive(Clone, Default)]
pub struct Keys(Vec<x25519::Identity>);

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} key(s)", self.0.len())
    }
}

impl Keys {
    /// Reads the keys of a key file: one `AGE-SECRET-KEY-1…` a line, lines with # are remarks.
    ///
    /// # Errors
    /// [`BackupError::Key`] where it holds none.
    pub fn read(text: &str) -> Result<Self, BackupError> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys: Result<Vec<_>, _> = lines.map(x25519::Identity::from_str).collect();
        match keys {
            Ok(keys) if !keys.is_empty() => Ok(Self(keys)),
            _ => Err(BackupError::Key("the key file holds no AGE-SECRET-KEY-1… line".to_owned())),
        }
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn identities(&self) -> impl Iterator<Item = &dyn age::Identity> {
        self.0.iter().map(|key| key as &dyn age::Identity)
    }

    /// A key for this once, with which the writer proves what it wrote without holding the practice's own.
    pub(super) fn for_once() -> (Self, x25519::Recipient) {
        let key = x25519::Identity::generate();
        let recipient = key.to_public();
        (Self(vec![key]), recipient)
    }
}

/// Makes a key: the text of a key file, and its public half.
pub fn new_key() -> (String, Recipient) {
    let key = x25519::Identity::generate();
    let recipient = key.to_public().to_string();
    let text = format!("# public key: {recipient}\n{}\n", key.to_string().expose_secret());
    (text, Recipient(recipient))
}
