//! A small authority of the practice's own: it vouches for this server's names and for nothing else.
//!
//! Its certificate is installed once on each machine of the practice; the server's own is renewed by itself. The
//! authority is constrained to the names it was made for, so that its key, if stolen, vouches for no other site.

use super::files::TlsError;
use medrecord_clinic::time::{Day, Instant, Zone};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SanType, date_time_ymd,
};
use std::fmt;
use std::fs;
use std::io::Write as _;
use std::net::IpAddr;
use std::path::Path;

/// The authority's certificate, for the practice's machines.
pub const AUTHORITY_CERT: &str = "authority.pem";
/// The server's certificate.
pub const SERVER_CERT: &str = "server.pem";
/// The server's key.
pub const SERVER_KEY: &str = "server.key";
const AUTHORITY_KEY: &str = "authority.key";
/// The names, one a line, after the day on which the server's certificate was made.
const NAMES: &str = "names.txt";

/// Machines take the authority in once; ten years are this project's own choice.
const AUTHORITY_DAYS: i64 = 3650;
/// Apple's systems trust a server's certificate for at most 398 days (Apple support article 102028, 2020).
const SERVER_DAYS: i64 = 397;
/// A certificate of this age is made anew.
const RENEW_AFTER_DAYS: i64 = 300;

/// Whether a folder holds an authority.
pub fn is_in(folder: &Path) -> bool {
    folder.join(AUTHORITY_KEY).exists()
}

/// Makes an authority for these names and addresses, beside those of the machine itself, and the server's first
/// certificate.
///
/// # Errors
/// [`TlsError`] where there is one already, a name is none, or the folder cannot be written.
pub fn make(folder: &Path, names: &[String], now: Instant) -> Result<(), TlsError> {
    if is_in(folder) {
        let words =
            "there is an authority already in {}; renew its certificate, or take the folder away first";
        return Err(TlsError::new(words.replace("{}", &folder.display().to_string())));
    }
    check_names(names)?;
    fs::create_dir_all(folder).map_err(|error| at(folder, &error))?;
    let day = Zone::UTC.day_of(now);
    // With a name and an address among them, the authority is constrained in both.
    let mut all = names.to_vec();
    all.extend(["localhost", "127.0.0.1"].map(str::to_owned).into_iter().filter(|own| !names.contains(own)));
    let names = &all;
    let params = authority(names, day)?;
    let key = KeyPair::generate().map_err(|error| wrong(&error))?;
    let cert = params.self_signed(&key).map_err(|error| wrong(&error))?;
    write(folder, AUTHORITY_CERT, &cert.pem(), Kept::Public)?;
    serve_with(folder, names, day, &Issuer::new(params, &key))?;
    // Last, so that a half-made folder does not count.
    write(folder, AUTHORITY_KEY, &key.serialize_pem(), Kept::Secret)
}

/// Makes another certificate of the server for the names it had, with a key of its own.
///
/// # Errors
/// [`TlsError`] where the folder holds no authority or cannot be written.
pub fn renew(folder: &Path, now: Instant) -> Result<(), TlsError> {
    let (_, names) = names_in(folder)?;
    let day = Zone::UTC.day_of(now);
    let pem = fs::read_to_string(folder.join(AUTHORITY_KEY)).map_err(|error| at(folder, &error))?;
    let key = KeyPair::from_pem(&pem).map_err(|error| wrong(&error))?;
    serve_with(folder, &names, day, &Issuer::new(authority(&names, day)?, &key))
}

/// The same where the certificate has reached the age for it; says whether it had.
///
/// # Errors
/// As [`renew`].
pub fn renew_if_old(folder: &Path, now: Instant) -> Result<bool, TlsError> {
    let (made, _) = names_in(folder)?;
    let old = made.plus_days(RENEW_AFTER_DAYS) <= Zone::UTC.day_of(now);
    if old {
        renew(folder, now)?;
    }
    Ok(old)
}

fn serve_with(
    folder: &Path,
    names: &[String],
    day: Day,
    issuer: &Issuer<'_, &KeyPair>,
) -> Result<(), TlsError> {
    let key = KeyPair::generate().map_err(|error| wrong(&error))?;
    let mut params = CertificateParams::new(names).map_err(|error| wrong(&error))?;
    params.distinguished_name = named(names.first().map_or("", String::as_str));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    last(&mut params, day, SERVER_DAYS)?;
    let cert = params.signed_by(&key, issuer).map_err(|error| wrong(&error))?;
    write(folder, SERVER_KEY, &key.serialize_pem(), Kept::Secret)?;
    write(folder, SERVER_CERT, &cert.pem(), Kept::Public)?;
    write(folder, NAMES, &format!("{}\n{}\n", day.iso(), names.join("\n")), Kept::Public)
}

fn authority(names: &[String], day: Day) -> Result<CertificateParams, TlsError> {
    let first = names.first().ok_or_else(|| TlsError::new("name at least one name of this server"))?;
    let subjects = CertificateParams::new(names).map_err(|error| wrong(&error))?.subject_alt_names;
    let permitted_subtrees = subjects.iter().filter_map(subtree).collect();
    let mut params = CertificateParams::default();
    params.distinguished_name = named(&format!("MedRecord AI authority of {first}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
    last(&mut params, day, AUTHORITY_DAYS)?;
    Ok(params)
}

fn subtree(name: &SanType) -> Option<GeneralSubtree> {
    if let SanType::DnsName(name) = name {
        return Some(GeneralSubtree::DnsName(name.as_str().to_owned()));
    }
    let SanType::IpAddress(address) = name else { return None };
    let whole = if address.is_ipv4() { 32 } else { 128 };
    Some(GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(*address, whole)))
}

fn named(name: &str) -> DistinguishedName {
    let mut whole = DistinguishedName::new();
    whole.push(DnType::CommonName, name);
    whole
}

/// From the day before, for machines whose clock is behind, to so many days after.
fn last(params: &mut CertificateParams, day: Day, days: i64) -> Result<(), TlsError> {
    let date = |day: Day| {
        let iso = day.iso();
        let mut parts = iso.split('-');
        let year = parts.next()?.parse().ok()?;
        Some(date_time_ymd(year, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    };
    let unreadable = || TlsError::new("the machine's clock shows no day that a certificate can have");
    params.not_before = date(day.plus_days(-1)).ok_or_else(unreadable)?;
    params.not_after = date(day.plus_days(days)).ok_or_else(unreadable)?;
    Ok(())
}

fn names_in(folder: &Path) -> Result<(Day, Vec<String>), TlsError> {
    let path = folder.join(NAMES);
    let text = fs::read_to_string(&path).map_err(|error| at(&path, &error))?;
    let mut lines = text.lines();
    let made = lines.next().and_then(|line| line.parse().ok()).map(Day);
    let made = made.ok_or_else(|| at(&path, &"its first line is no day"))?;
    Ok((made, lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()))
}

/// Refuses the first that is neither a name nor an address.
fn check_names(names: &[String]) -> Result<(), TlsError> {
    let fits = |name: &str| {
        let label = |label: &str| {
            !label.is_empty() && label.bytes().all(|sign| sign.is_ascii_alphanumeric() || sign == b'-')
        };
        name.parse::<IpAddr>().is_ok() || (name.len() <= 253 && name.split('.').all(label))
    };
    match names.iter().find(|name| !fits(name)) {
        None => Ok(()),
        Some(name) => Err(TlsError::new(format!(
            "{name} is neither a name such as clinic.local nor an address such as 192.168.1.10"
        ))),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    Public,
    Secret,
}

/// Writes a file whole or not at all; a secret one for its owner alone.
fn write(folder: &Path, name: &str, text: &str, kept: Kept) -> Result<(), TlsError> {
    let (path, fresh) = (folder.join(name), folder.join(format!("{name}.new")));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(if kept == Kept::Secret { 0o600 } else { 0o644 });
    }
    let done = options.open(&fresh).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    done.and_then(|()| fs::rename(&fresh, &path)).map_err(|error| at(&path, &error))
}

fn at(path: &Path, error: &dyn fmt::Display) -> TlsError {
    TlsError::new(format!("{}: {error}", path.display()))
}

fn wrong(error: &rcgen::Error) -> TlsError {
    TlsError::new(format!("the certificate could not be made: {error}"))
}
