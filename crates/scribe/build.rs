//! Looks for what speech needs to be built, and says what to install.
//!
//! whisper.cpp is compiled by the build script of a dependency, whose own words on a missing tool are hard to find
//! in pages of output. This script needs nothing compiled before it; where cargo has a core to spare for it, it speaks
//! first.

use std::env::var_os;
use std::ffi::{OsStr, OsString};
use std::process::{Command, Stdio};

fn main() {
    for name in ["PATH", "CMAKE", "CXX"] {
        println!("cargo::rerun-if-env-changed={name}");
    }
    if var_os("CARGO_FEATURE_SPEECH").is_none() {
        return;
    }
    let mut missing = Vec::new();
    if !answers(&var_os("CMAKE").unwrap_or_else(|| OsString::from("cmake"))) {
        missing.push("cmake");
    }
    // Visual C++ is found through the registry, not the path.
    let visual = var_os("CARGO_CFG_TARGET_ENV").is_some_and(|env| env == "msvc");
    if !visual && !answers(&var_os("CXX").unwrap_or_else(|| OsString::from("c++"))) {
        missing.push("a C++ compiler");
    }
    if !missing.is_empty() {
        println!(
            "cargo::error=speech needs {} to be built. Debian, Ubuntu: apt-get install cmake g++ · Fedora: dnf install \
             cmake gcc-c++ · macOS: xcode-select --install, brew install cmake. Without speech nothing of this is \
             needed: add --no-default-features",
            missing.join(" and ")
        );
    }
}

fn answers(program: &OsStr) -> bool {
    // The variable may hold options behind the program's name.
    let words = program.to_string_lossy().into_owned();
    let Some(name) = words.split_whitespace().next() else { return false };
    let outcome = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    outcome.is_ok_and(|status| status.success())
}
