//! `medrecord serve`: the server on the configured database.

use crate::cli::Serve;
use crate::config::Config;
use crate::{door, log, say};
use anyhow::{Result, bail};

/// Serves until the machine says stop, or prints what was asked for.
pub(crate) fn run(config: &Config, flags: &Serve) -> Result<()> {
    if flags.print_config {
        return say::table(&config.table());
    }
    config.check()?;
    log::start(config)?;
    door::wait_for(async {
        let store = door::open(config).await?;
        let pending = door::pending(&store).await?;
        if pending > 0 && flags.migrate {
            medrecord_store::migrate::deploy(&store).await.map_err(door::store_trouble)?;
        } else if pending > 0 {
            bail!(
                "{pending} migration(s) are pending; run medrecord migrate deploy, or start with --migrate"
            );
        }
        bail!("there are no pages yet")
    })
}
