//! `medrecord tls`: a local authority, and certificates that the practice's own machines trust.

use crate::cli::Tls;
use crate::config::Config;
use crate::say;
use anyhow::Result;
use medrecord_store::Clock;
use medrecord_web::tls::authority;

/// Runs the command.
pub(crate) fn run(config: &Config, command: &Tls) -> Result<()> {
    let folder = config.tls_folder()?;
    let now = Clock::System.now();
    match command {
        Tls::Init { names } => {
            authority::make(&folder, names, now)?;
            let first = names.first().map_or("localhost", String::as_str);
            let file = folder.join(authority::AUTHORITY_CERT);
            say::line(format!("made {} for {}", file.display(), names.join(", ")))?;
            say::line("1. Copy this file to each machine of the practice, on a stick, and trust it there;")?;
            say::line("   docs/tls.md says how.")?;
            say::line("2. Start the server where they reach it: medrecord serve --listen 0.0.0.0:8443")?;
            say::line(format!("3. Open https://{first}:8443 on each of them."))?;
            say::line("Keep the folder to yourself: who has its keys can pretend to be this server.")?;
        }
        Tls::Renew => {
            authority::renew(&folder, now)?;
            say::line("another certificate is made; a running server shows it within a minute")?;
        }
    }
    Ok(())
}
