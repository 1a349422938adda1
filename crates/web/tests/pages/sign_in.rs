//! The way in: who may pass, how long, and what a stranger sees.

use crate::support::{app, before, browser, reached, signed_in};
use axum::http::{Method, StatusCode};
use medrecord_testkit::clinic::{PASSWORD, on_both};

#[tokio::test]
async fn a_stranger_is_led_to_the_way_in_and_then_on() {
    on_both(async |clinic| {
        let mut browser = browser(clinic);
        let answer = browser.get("/__routes").await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/sign-in?next=%2F__routes"));
        let entry = [("email", "ada@example.com"), ("password", PASSWORD), ("next", "/__routes")];
        let answer = browser.post("/sign-in", &entry).await;
        assert_eq!(answer.location(), "/__routes");
        assert!(answer.header("set-cookie").contains("HttpOnly; SameSite=Lax"), "{answer:?}");
        let answer = browser.get("/__routes").await;
        assert!(answer.says("GET /healthz  # open"), "{}", answer.text);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_answer() {
    on_both(async |clinic| {
        let mut browser = browser(clinic);
        let wrong = browser.post("/sign-in", &[("email", "ada@example.com"), ("password", "wrong")]).await;
        let unknown =
            browser.post("/sign-in", &[("email", "nobody@example.com"), ("password", "wrong")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wrong.main().replace("ada@", "nobody@"), unknown.main());
    })
    .await;
}

#[tokio::test]
async fn over_tls_the_session_is_bound_to_this_host_and_never_sent_in_the_clear() {
    on_both(async |clinic| {
        let entry = [("email", "ada@example.com"), ("password", PASSWORD)];
        let answer = before(reached(clinic, true)).post("/sign-in", &entry).await;
        // RFC 6265bis, section 4.1.3.2: Secure, Path=/ and no Domain, or a browser drops it.
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("__Host-medrecord="), "{cookie}");
        assert!(cookie.contains("; Path=/;") && cookie.contains("; Secure"), "{cookie}");
        assert!(!cookie.to_lowercase().contains("domain"), "{cookie}");
        let mut plain = browser(clinic);
        let answer = plain.post("/sign-in", &entry).await;
        assert!(answer.header("set-cookie").starts_with("medrecord="), "{answer:?}");
    })
    .await;
}

#[tokio::test]
async fn signing_out_kills_the_session_on_the_server() {
    on_both(async |clinic| {
        let mut ada = signed_in(clinic, &clinic.admin).await;
        assert_eq!(ada.get("/__routes").await.status, StatusCode::OK);
        let page = ada.get("/nowhere-at-all").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        let answer = ada.post("/sign-out", &[]).await;
        assert_eq!(answer.location(), "/sign-in");
        assert_eq!(ada.get("/__routes").await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn a_form_without_the_token_or_from_another_site_is_refused() {
    on_both(async |clinic| {
        let mut ada = signed_in(clinic, &clinic.admin).await;
        assert_eq!(ada.post_raw("/sign-out", &[]).await.status, StatusCode::FORBIDDEN);
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let body = format!("csrf={}", ada.csrf()).into_bytes();
        let cross = [kind, ("sec-fetch-site", "cross-site")];
        assert_eq!(ada.send(Method::POST, "/sign-out", &cross, body).await.status, StatusCode::FORBIDDEN);
        let basic = [kind, ("authorization", "Basic YTpi")];
        let answer = ada.send(Method::POST, "/sign-out", &basic, Vec::new()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "a browser may send it by itself");
        assert_eq!(ada.get("/__routes").await.status, StatusCode::OK, "still signed in");
    })
    .await;
}

#[tokio::test]
async fn a_role_without_the_permission_is_refused_and_the_refusal_is_noted() {
    on_both(async |clinic| {
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let answer = stan.get("/__routes").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.says("Your role may not manage providers"), "{}", answer.main());
        let mut desk = clinic.reading_desk(&clinic.admin).await;
        let filter =
            medrecord_store::audit::EventFilter { actor: clinic.staff.id, limit: 10, ..Default::default() };
        let events = medrecord_store::audit::list(&mut desk, &filter).await.unwrap();
        let refused = events.iter().find(|event| event.outcome == "refused").expect("it is noted");
        let detail = refused.detail.as_ref().expect("it says more");
        assert_eq!(
            (detail["method"].as_str(), detail["route"].as_str(), detail["code"].as_str()),
            (Some("GET"), Some("/__routes"), Some("not_allowed"))
        );
    })
    .await;
}

#[tokio::test]
async fn every_answer_bears_the_security_headers_and_pages_are_not_kept() {
    on_both(async |clinic| {
        let mut browser = browser(clinic);
        for path in ["/sign-in", "/healthz", "/nowhere"] {
            let answer = browser.get(path).await;
            assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
            assert_eq!(
                (answer.header("x-content-type-options"), answer.header("cache-control")),
                ("nosniff", "no-store")
            );
        }
    })
    .await;
}

#[tokio::test]
async fn every_route_but_the_open_ones_turns_a_stranger_away() {
    on_both(async |clinic| {
        let mut browser = browser(clinic);
        for line in medrecord_web::listing(app(clinic)) {
            let (route, policy) = line.split_once("  # ").unwrap();
            let (method, path) = route.split_once(' ').unwrap();
            if policy.starts_with("open") {
                continue;
            }
            let path = path.replace("{id}", "00000000-0000-7000-8000-000000000000");
            let path = path.replace(['{', '}'], "");
            let answer = browser.send(method.parse().unwrap(), &path, &[], Vec::new()).await;
            let turned_away = matches!(answer.status, StatusCode::SEE_OTHER | StatusCode::UNAUTHORIZED);
            assert!(turned_away, "{line}: {}", answer.status);
        }
    })
    .await;
}

#[tokio::test]
async fn every_part_of_the_navigation_leads_somewhere() {
    on_both(async |clinic| {
        let mut ada = signed_in(clinic, &clinic.admin).await;
        for part in ["/", "/patients", "/unsigned", "/audit", "/settings"] {
            let page = ada.get(part).await;
            assert_eq!(page.status, StatusCode::OK, "{part}: {}", page.main());
        }
        let trail = ada.get("/audit").await;
        assert!(trail.says("Ada Admin") && trail.says("signed in"), "{}", trail.main());
        let mut stan = signed_in(clinic, &clinic.staff).await;
        assert_eq!(stan.get("/audit").await.status, StatusCode::FORBIDDEN);
        assert!(stan.get("/unsigned").await.says("Nothing waits"));
    })
    .await;
}
