//! Rebuilds the crate when a migration is added or changed; the files are built into the binary.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
