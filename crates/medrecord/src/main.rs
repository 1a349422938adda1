//! The front door: commands, settings, printing and exit codes.

fn main() {}
