//! Under which names the studio answers, and to whom.
//!
//! A page of another site can make a browser ask this machine, and by pointing its own name at 127.0.0.1 read the
//! answer (DNS rebinding). So only names that no stranger owns are answered: `localhost`, addresses in figures, and
//! the names the studio was started with; and nothing but the front page is opened from a link of another site.

use crate::app::App;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, Ipv6Addr};

const WRONG_NAME: &str =
    "The studio answers under localhost, an address in figures, or the name it was started with.\n";
const FROM_ELSEWHERE: &str =
    "Another site sent you here. Open the studio's front page and go on from there.\n";

/// Lets a request through that came to one of the studio's own names, from itself or from the person.
pub(super) async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    let hosts = app.studio.as_ref().map(|studio| studio.hosts.as_slice()).unwrap_or_default();
    if !is_ours(request.headers(), hosts) {
        return (StatusCode::MISDIRECTED_REQUEST, WRONG_NAME).into_response();
    }
    if request.uri().path() != "/" && is_from_elsewhere(request.headers()) {
        return (StatusCode::FORBIDDEN, FROM_ELSEWHERE).into_response();
    }
    next.run(request).await
}

fn is_ours(headers: &HeaderMap, hosts: &[String]) -> bool {
    let mut all = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (all.next().and_then(|host| host.to_str().ok()), all.next()) else {
        return false;
    };
    let name = match host.strip_prefix('[') {
        Some(rest) => return rest.split_once(']').is_some_and(|(name, _)| name.parse::<Ipv6Addr>().is_ok()),
        None => host.split(':').next().unwrap_or_default(),
    };
    let name = name.to_ascii_lowercase();
    name == "localhost"
        || name.parse::<IpAddr>().is_ok()
        || hosts.iter().any(|ours| ours.eq_ignore_ascii_case(&name))
}

fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    #[test]
    fn only_names_that_no_stranger_owns_are_answered() {
        let ours = ["studio.clinic.example".to_owned()];
        for host in
            ["localhost:5555", "127.0.0.1:5555", "[::1]:5555", "10.0.0.7", "Studio.Clinic.Example:5555"]
        {
            assert!(is_ours(&ask("host", host), &ours), "{host}");
        }
        for host in ["evil.example:5555", "localhost.evil.example", "127.0.0.1.evil.example", "", "[evil]"] {
            assert!(!is_ours(&ask("host", host), &ours), "{host}");
        }
        assert!(!is_ours(&HeaderMap::new(), &ours));
    }

    #[test]
    fn a_link_of_another_site_opens_nothing() {
        assert!(is_from_elsewhere(&ask("sec-fetch-site", "cross-site")));
        assert!(is_from_elsewhere(&ask("sec-fetch-site", "same-site")));
        assert!(!is_from_elsewhere(&ask("sec-fetch-site", "none")) && !is_from_elsewhere(&HeaderMap::new()));
    }
}
