//! `medrecord studio`: the database itself, for administrators.

use super::serve;
use crate::cli::Studio;
use crate::config::Config;
use crate::{door, log, say};
use anyhow::{Context, Result};
use medrecord_web::{App, Settings};
use std::net::SocketAddr;

/// Serves the studio until the machine says stop.
pub(crate) fn run(config: &Config, flags: &Studio) -> Result<()> {
    config.check()?;
    log::start(config)?;
    let address: SocketAddr =
        flags.listen.replace("localhost:", "127.0.0.1:").parse().with_context(|| {
            format!("{} is not an address to listen on; write for example 127.0.0.1:5555", flags.listen)
        })?;
    door::wait_for(async {
        let store = door::open_current(config).await?;
        let listener = serve::listen(address).await?;
        let address = listener.local_addr()?;
        // Over plain HTTP on this machine; a cookie for TLS alone would never come back.
        let settings = Settings { secure: false, ..serve::settings(config)? };
        let at = if address.ip().is_loopback() {
            format!("localhost:{}", address.port())
        } else {
            address.to_string()
        };
        say::line(format!("The studio is open at http://{at} on {}", config.database()?.in_words()))?;
        say::line("Sign in as an administrator. Press Ctrl-C to close it.")?;
        if !address.ip().is_loopback() {
            say::news(
                "others on the network reach it too, without encryption; put a proxy with TLS before it",
            );
        }
        let app = App::studio(store, settings, flags.host.clone());
        let stop = serve::stop_signal()?;
        let studio = app.clone();
        medrecord_web::serve_studio(listener, app, stop).await.context("the studio failed")?;
        match studio.unsaved_changes() {
            0 => {}
            1 => say::news("one collected change is not saved; it is there again when the studio is opened"),
            count => say::news(format!(
                "{count} collected changes are not saved; they are there again when the studio is opened"
            )),
        }
        Ok(())
    })
}
