//! `medrecord generate`: invented patients by the thousand, for load tests.

use crate::cli::Generate;
use crate::config::Config;
use crate::{door, say};
use anyhow::Result;
use medrecord_store::population::{self, Plan};

/// Generates into the configured database, with a bar on a terminal.
pub(crate) fn run(config: &Config, flags: &Generate) -> Result<()> {
    let zone = config.zone()?;
    let plan = Plan {
        patients: usize::try_from(flags.patients).unwrap_or(usize::MAX),
        years: i32::from(flags.years),
        seed: flags.seed,
    };
    door::wait_for(async {
        let store = door::open_current(config).await?;
        let mut bar = say::Bar::new("{msg} {wide_bar} {pos}/{len}")?;
        let all = u64::from(flags.patients);
        let progress = |done| bar.show("making patients", u64::try_from(done).unwrap_or(u64::MAX), all);
        let made = if flags.beside_other_patients {
            population::generate_beside(&store, zone, plan, progress).await
        } else {
            population::generate(&store, zone, plan, progress).await
        };
        let made = made.map_err(door::trouble)?;
        bar.end();
        store.close().await;
        say::line(format!("made {} patients with {} visits, all invented", made.patients, made.visits))
    })
}
