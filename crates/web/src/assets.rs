//! Styles, scripts and drawings, inside the binary and under one address that changes with their content.
//!
//! `url("js/app.js")` is `/assets/<hash of all of them>/js/app.js`, so a browser keeps each for good and imports between
//! scripts stay relative. Register [`serve`] at [`ROUTE`]; it needs no sign-in and shows nothing personal.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Where [`serve`] belongs.
pub const ROUTE: &str = "/assets/{version}/{*path}";

const STYLES: &str = concat!(
    include_str!("../assets/css/tokens.css"),
    include_str!("../assets/css/base.css"),
    include_str!("../assets/css/layout.css"),
    include_str!("../assets/css/parts.css"),
    include_str!("../assets/css/print.css"),
);

const SCRIPT: &str = "text/javascript; charset=utf-8";
const SHEET: &str = "text/css; charset=utf-8";
const DRAWING: &str = "image/svg+xml";

macro_rules! files {
    ($($path:literal $kind:expr),* $(,)?) => {
        &[$(($path, $kind, include_bytes!(concat!("../assets/", $path)))),*]
    };
}

/// Path, content type and content of each file but the styles.
const FILES: &[(&str, &str, &[u8])] = files![
    "img/icons.svg" DRAWING,
    "img/logo.svg" DRAWING,
    "css/calendar.css" SHEET,
    "css/studio.css" SHEET,
    "js/app.js" SCRIPT,
    "js/autosave.js" SCRIPT,
    "js/calendar.js" SCRIPT,
    "js/evidence.js" SCRIPT,
    "js/finder.js" SCRIPT,
    "js/journal.js" SCRIPT,
    "js/lock.js" SCRIPT,
    "js/outage.js" SCRIPT,
    "js/phrases.js" SCRIPT,
    "js/recorder.js" SCRIPT,
    "js/refresh.js" SCRIPT,
    "js/rows.js" SCRIPT,
    "js/shell.js" SCRIPT,
    "js/studio.js" SCRIPT,
    "js/swap.js" SCRIPT,
    "js/waitclock.js" SCRIPT,
];

const VERSION: u64 = {
    let mut hash = fnv(0xcbf2_9ce4_8422_2325, STYLES.as_bytes());
    let mut files = FILES;
    while let Some(((_, _, content), rest)) = files.split_first() {
        hash = fnv(hash, content);
        files = rest;
    }
    hash
};

static FOLDER: LazyLock<String> = LazyLock::new(|| format!("/assets/{VERSION:016x}/"));
static ICONS: LazyLock<String> = LazyLock::new(|| url("img/icons.svg"));
static SQUEEZED: LazyLock<String> = LazyLock::new(|| squeeze(STYLES));

/// Gives the address of an asset, as in `url("css/app.css")`.
pub fn url(path: &str) -> String {
    format!("{}{path}", *FOLDER)
}

/// Gives the address of the sheet of drawings, to which `#clock` is added.
pub fn icons() -> &'static str {
    &ICONS
}

/// Answers with an asset; for good where the version is this build's, for this once where a page of another build asks.
pub async fn serve(Path((version, path)): Path<(String, String)>) -> Response {
    let Some((kind, content)) = find(&path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let current = version == format!("{VERSION:016x}");
    let keep = if current { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, keep),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, content).into_response()
}

fn find(path: &str) -> Option<(&'static str, &'static [u8])> {
    if path == "css/app.css" {
        return Some((SHEET, SQUEEZED.as_bytes()));
    }
    FILES.iter().find(|(name, ..)| *name == path).map(|(_, kind, content)| (*kind, *content))
}

/// Leaves out comments and spaces, which are for the reader of the source; our own styles keep none of them in texts.
fn squeeze(styles: &str) -> String {
    let mut parts = styles.split("/*");
    let mut bare = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        bare.push_str(part.split_once("*/").map_or("", |(_, after)| after));
    }
    let lines: Vec<&str> = bare.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let spaces = [(" {", "{"), ("{ ", "{"), (" }", "}"), (";}", "}"), ("; ", ";"), (": ", ":"), (", ", ",")];
    spaces.iter().fold(lines.join("\n"), |styles, (wide, narrow)| styles.replace(wide, narrow))
}

/// FNV-1a with 64 bits (RFC 9923): not against an adversary, only to tell builds apart.
const fn fnv(mut hash: u64, mut bytes: &[u8]) -> u64 {
    while let Some((byte, rest)) = bytes.split_first() {
        hash = (hash ^ *byte as u64).wrapping_mul(0x0000_0100_0000_01b3);
        bytes = rest;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fnv_gives_the_published_value() {
        assert_eq!(fnv(0xcbf2_9ce4_8422_2325, b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn comments_and_spaces_are_not_served() {
        assert_eq!(
            squeeze("/* why */\n.a :is(p, q) { b: c; }\n  d { e: f; /* g */\n}\n"),
            ".a :is(p,q){b:c}\nd{e:f;\n}"
        );
    }

    #[test]
    fn the_styles_stay_within_their_budget() {
        assert!(SQUEEZED.len() <= 30 * 1024, "{} bytes", SQUEEZED.len());
        assert_eq!(STYLES.matches('{').count(), STYLES.matches('}').count());
        assert!(!SQUEEZED.contains("!important"));
    }

    #[tokio::test]
    async fn an_asset_is_kept_for_good_only_under_its_own_version() {
        let ask = async |version: String| {
            let response = serve(Path((version, "css/app.css".to_owned()))).await;
            response.headers().get(header::CACHE_CONTROL).cloned()
        };
        let own = ask(format!("{VERSION:016x}")).await;
        assert!(own.is_some_and(|value| value.as_bytes().ends_with(b"immutable")));
        assert_eq!(ask("0".into()).await, Some(header::HeaderValue::from_static("no-cache")));
    }

    #[test]
    fn every_script_and_drawing_that_is_asked_for_is_served() {
        for (path, kind, content) in FILES {
            let text = std::str::from_utf8(content).unwrap();
            let imports = text.split("\"./").skip(1).filter_map(|part| part.split('"').next());
            for import in imports.filter(|_| *kind == SCRIPT) {
                assert!(find(&format!("js/{import}")).is_some(), "{path} imports {import}");
            }
        }
        let drawings = include_str!("../assets/img/icons.svg");
        for template in [include_str!("base.html"), include_str!("parts.html")] {
            for name in template.split("icon(\"").skip(1).filter_map(|part| part.split('"').next()) {
                assert!(drawings.contains(&format!("id=\"{name}\"")), "no drawing {name}");
            }
        }
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        assert!(find("../Cargo.toml").is_none() && find("css/tokens.css").is_none());
    }
}
