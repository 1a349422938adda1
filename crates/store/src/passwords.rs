//! Passwords: hashing, checking, and what a new one must be. The text itself is never kept.
//!
//! Argon2id with 19 MiB, 2 passes and 1 lane: OWASP Password Storage Cheat Sheet (2025), first recommended
//! configuration, as OWASP ASVS 5.0 (2025), appendix C, allows. Hashes of bcrypt, which the mission's own seed
//! writes, are checked and replaced at the next sign-in.

use crate::error::StoreError;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use medrecord_clinic::field::Problems;
use tokio::sync::Semaphore;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The fewest signs of a password that stands alone: NIST SP 800-63B-4 (2025), section 3.1.1.2.
pub const FEWEST: usize = 15;
/// The most signs; the same section asks for 64 at least.
pub const MOST: usize = 256;

/// How many passwords are worked on at once; each takes 19 MiB and a core.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// Blocks of 1 KiB that are set aside for one hash; only those of [`MEMORY_KIB`] are ever touched.
///
/// An allocation of more than 32 MiB goes back to the system at once (glibc, `DEFAULT_MMAP_THRESHOLD_MAX`); smaller
/// ones stayed with the threads, and twelve people signing in left the server at 186 MB.
const RESERVED: usize = 34 * 1024;

/// A hash that no password has, so that an unknown address takes as long as a wrong password.
pub(crate) const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGF0IGFsbCEhIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Whether a password belongs to a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verified {
    /// It does not.
    No,
    /// It does.
    Yes,
    /// It does, but the hash is of an older kind and should be replaced.
    YesButOld,
}

/// Hashes a password with fresh salt, for keeping.
///
/// # Errors
/// [`StoreError::Machine`] where there are no random bytes or no memory.
pub async fn hash(text: &str) -> Result<String, StoreError> {
    let text = text.to_owned();
    aside(move || hashed(&text)).await
}

/// Checks a password against a kept hash; a hash that cannot be read belongs to no password.
///
/// # Errors
/// [`StoreError::Machine`] where the machine fails.
pub async fn verify(text: &str, hash: &str) -> Result<Verified, StoreError> {
    let (text, hash) = (text.to_owned(), hash.to_owned());
    aside(move || Ok(verified(&text, &hash))).await
}

/// Refuses a new password that is too short, too long, or among the first that a guesser tries.
///
/// `known` are words that a guesser knows of the person: address and names. Length instead of kinds of signs, and
/// no expiry: NIST SP 800-63B-4 (2025), section 3.1.1.2.
///
/// # Errors
/// [`Problems`] on the field `password`.
pub fn check_new(text: &str, known: &[&str]) -> Result<(), Problems> {
    let length = text.chars().count();
    if length < FEWEST {
        let message =
            format!("Use {FEWEST} signs or more; four words with blanks between them are easy to keep.");
        return Err(Problems::one("password", "too_short", message));
    }
    if length > MOST {
        let message = format!("Shorten the password to {MOST} signs; it has {length}.");
        return Err(Problems::one("password", "too_long", message));
    }
    if easily_guessed(text, known) {
        let message = "This password is among the first that a guesser tries; choose four unrelated words.";
        return Err(Problems::one("password", "common", message));
    }
    Ok(())
}

/// Stems of what people type when a long password is asked for; with digits and signs added they stay guessable.
const COMMON: [&str; 20] = [
    "password",
    "passwort",
    "qwertyuiop",
    "qwertzuiop",
    "qwerty",
    "asdfghjkl",
    "letmein",
    "welcome",
    "iloveyou",
    "administrator",
    "admin",
    "doctor",
    "medrecord",
    "changeme",
    "default",
    "secret",
    "abcdefghijklmnopqrstuvwxyz",
    "correcthorsebatterystaple",
    "trustno",
    "sunshine",
];

fn easily_guessed(text: &str, known: &[&str]) -> bool {
    let mut rest: String = text.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
    let mut letters: Vec<char> = text.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    let words = known.iter().flat_map(|word| word.split(|c: char| !c.is_alphabetic()));
    let words = words.map(str::to_lowercase).filter(|word| word.chars().count() > 2);
    for word in COMMON.iter().map(|&word| word.to_owned()).chain(words) {
        rest = rest.replace(&word, "");
    }
    letters.len() < 5 || rest.chars().count() < 5
}

fn hashed(text: &str) -> Result<String, StoreError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(failed)?;
    let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(std::io::Error::other)?;
    let parameters = ParamsString::try_from(&params).map_err(failed)?;
    let output = output(&Argon2::new(algorithm, version, params), text, &salt, Params::DEFAULT_OUTPUT_LEN);
    let kept = PasswordHash {
        algorithm: algorithm.ident(),
        version: Some(version.into()),
        params: parameters,
        salt: Some(Salt::new(&salt).map_err(failed)?),
        hash: Some(output.ok_or_else(|| failed("no memory for hashing a password"))?),
    };
    Ok(kept.to_string())
}

fn verified(text: &str, hash: &str) -> Verified {
    if ["$2a$", "$2b$", "$2y$"].iter().any(|kind| hash.starts_with(kind)) {
        return if bcrypt::verify(text, hash).unwrap_or(false) { Verified::YesButOld } else { Verified::No };
    }
    checked(text, hash).unwrap_or(Verified::No)
}

/// `None` where the hash cannot be read.
fn checked(text: &str, hash: &str) -> Option<Verified> {
    let kept = PasswordHash::new(hash).ok()?;
    let algorithm = Algorithm::try_from(kept.algorithm.as_str()).ok()?;
    let version = kept.version.map_or(Ok(Version::V0x13), Version::try_from).ok()?;
    let params = Params::try_from(&kept).ok()?;
    let (salt, expected) = (kept.salt?, kept.hash?);
    let as_now = params.m_cost() >= MEMORY_KIB && params.t_cost() >= PASSES && params.p_cost() >= LANES;
    let argon2 = Argon2::new(algorithm, version, params);
    // Comparing two outputs takes the same time wherever they differ.
    if output(&argon2, text, salt.as_ref(), expected.len())? != expected {
        return Some(Verified::No);
    }
    Some(if as_now && algorithm == Algorithm::Argon2id { Verified::Yes } else { Verified::YesButOld })
}

fn output(argon2: &Argon2<'_>, text: &str, salt: &[u8], length: usize) -> Option<Output> {
    let blocks = argon2.params().block_count();
    let mut memory: Vec<Block> = Vec::new();
    memory.try_reserve_exact(blocks.max(RESERVED)).ok()?;
    memory.resize(blocks, Block::new());
    let mut out = vec![0; length];
    argon2.hash_password_into_with_memory(text.as_bytes(), salt, &mut out, &mut memory).ok()?;
    Output::new(&out).ok()
}

/// Runs work that takes a core and much memory beside the requests, two at a time; waits for nothing else meanwhile.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let _place = AT_ONCE.acquire().await.map_err(failed)?;
    tokio::task::spawn_blocking(work).await.map_err(failed)?
}

fn failed(error: impl std::fmt::Display) -> StoreError {
    StoreError::Machine(std::io::Error::other(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_fits_its_password_alone() {
        let kept = hash("four words make sense").await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_eq!(verify("four words make sense", &kept).await.unwrap(), Verified::Yes);
        assert_eq!(verify("four words make senses", &kept).await.unwrap(), Verified::No);
        for broken in ["", "!", "$argon2id$", "$2b$10$short"] {
            assert_eq!(verify("", broken).await.unwrap(), Verified::No, "{broken}");
        }
    }

    #[tokio::test]
    async fn older_hashes_fit_and_are_known_as_old() {
        let bcrypt = bcrypt::hash("password123", 4).unwrap();
        assert_eq!(verify("password123", &bcrypt).await.unwrap(), Verified::YesButOld);
        assert_eq!(verify("password124", &bcrypt).await.unwrap(), Verified::No);
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let weak = argon2::PasswordHasher::hash_password(&weak, b"password123").unwrap().to_string();
        assert_eq!(verify("password123", &weak).await.unwrap(), Verified::YesButOld);
    }

    #[tokio::test]
    async fn nobodys_hash_is_sound_and_as_costly_as_any() {
        let kept = PasswordHash::new(NOBODYS).unwrap();
        assert_eq!(Params::try_from(&kept).unwrap().m_cost(), MEMORY_KIB);
        assert_eq!(verify("nobody", NOBODYS).await.unwrap(), Verified::No);
    }

    #[test]
    fn a_new_password_is_long_and_not_the_first_guess() {
        let known = ["doctor@example.com", "John", "Smith"];
        for good in ["four words make sense", "blaue Ziegel am Montag", "9d2-fkq-77s-xxp-p0a"] {
            assert_eq!(check_new(good, &known), Ok(()), "{good}");
        }
        for (bad, code) in [
            ("password123", "too_short"),
            ("aaaaaaaaaaaaaaaaaaaa", "common"),
            ("passwordpassword123", "common"),
            ("JohnSmith-John-Smith!", "common"),
            ("123456789012345678", "common"),
        ] {
            assert_eq!(check_new(bad, &known).unwrap_err().0[0].code, code, "{bad}");
        }
        assert_eq!(check_new(&"word ".repeat(60), &known).unwrap_err().0[0].code, "too_long");
    }
}
