//! Patients, their allergies and conditions, as programs see them.

#![cfg(test)]

use crate::api_client::{Client, client, fits, json};
use axum::http::{Method, StatusCode};
use medrecord_testkit::clinic::on_both;
use serde_json::{Value, json as made};

/// An invented person.
fn person(first: &str, last: &str, born: &str, phone: &str) -> Value {
    made!({
        "firstName": first, "lastName": last, "dateOfBirth": born, "sex": "female", "phone": phone,
        "email": null, "emergencyContactName": "Invented Relative", "emergencyContactPhone": "+1-555-0199",
    })
}

async fn register(client: &mut Client, person: &Value) -> Value {
    let answer = client.post("/api/v1/patients", person).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    json(&answer)
}

#[tokio::test]
async fn a_patient_is_registered_found_and_edited() {
    on_both(async |clinic| {
        let mut client = client(clinic, &clinic.staff).await;
        let document = client.document().await;
        let answer =
            client.post("/api/v1/patients", &person("Ida", "Invented", "1990-02-28", "+1-555-0111")).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        let new = json(&answer);
        fits(&document, "Patient", &new);
        assert_eq!(
            (&new["dateOfBirth"], &new["createdAt"]),
            (&made!("1990-02-28"), &made!("2026-11-22T09:00:00.000Z"))
        );
        let address = format!("/api/v1/patients/{}", new["id"].as_str().unwrap());
        assert_eq!((answer.header("etag"), answer.location()), ("\"1\"", address.as_str()));

        let answer = client.patch(&address, "\"1\"", &made!({ "phone": "+1-555-0122" })).await;
        assert_eq!((answer.status, answer.header("etag")), (StatusCode::OK, "\"2\""), "{}", answer.text);
        let after = json(&client.get(&address).await);
        assert_eq!((&after["phone"], &after["lastName"]), (&made!("+1-555-0122"), &made!("Invented")));

        let chart = json(&client.get(&format!("{address}/chart")).await);
        fits(&document, "Chart", &chart);
        let found = json(&client.get("/api/v1/search?q=ida+1990-02-28").await);
        assert_eq!(found["items"][0]["id"], new["id"]);
    })
    .await;
}

#[tokio::test]
async fn an_edit_says_what_it_saw_and_the_slower_of_two_is_told() {
    on_both(async |clinic| {
        let mut client = client(clinic, &clinic.doctor).await;
        let new = register(&mut client, &person("Ida", "Invented", "1990-02-28", "+1-555-0111")).await;
        let address = format!("/api/v1/patients/{}", new["id"].as_str().unwrap());
        let edit = made!({ "preferredName": "Idi" });
        assert_eq!(client.patch(&address, "\"1\"", &edit).await.status, StatusCode::OK);
        let stale = client.patch(&address, "\"1\"", &edit).await;
        assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
        assert_eq!(stale.header("content-type"), "application/problem+json");
        let blind = client.send(Method::PATCH, &address, &[], &edit).await;
        assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED);
        assert_eq!(client.patch(&address, "2", &edit).await.status, StatusCode::BAD_REQUEST);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_named_field_by_field() {
    on_both(async |clinic| {
        let mut client = client(clinic, &clinic.staff).await;
        let mut wrong = person("", "Invented", "1990-02-31", "12");
        wrong["shoeSize"] = made!(40);
        wrong["address"] = made!(["a"]);
        let answer = client.post("/api/v1/patients", &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let fields = |answer: &Value| -> Vec<String> {
            let errors = answer["errors"].as_array().unwrap().iter();
            errors.map(|error| error["field"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(fields(&json(&answer)), ["address", "shoeSize"]);
        let answer = client.post("/api/v1/patients", &person("", "Invented", "1990-02-31", "12")).await;
        assert_eq!(fields(&json(&answer)), ["firstName", "dateOfBirth", "phone"]);
        let plain = [("content-type", "text/plain")];
        let answer = client.send(Method::POST, "/api/v1/patients", &plain, &made!({})).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(client.post("/api/v1/patients", &made!([])).await.status, StatusCode::BAD_REQUEST);
        for query in
            ["limit=0", "limit=101", "fields=secret", "include=secret", "nothing=1", "page=1&cursor=x"]
        {
            let answer = client.get(&format!("/api/v1/patients?{query}")).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn lists_go_on_by_cursor_or_page_and_select_and_nest() {
    on_both(async |clinic| {
        let mut client = client(clinic, &clinic.staff).await;
        for (first, last, born, phone) in [
            ("Ann", "Alpha", "1950-01-01", "+1-555-0131"),
            ("Bea", "Beta", "1961-05-09", "+1-555-0142"),
            ("Cleo", "Gamma", "1972-09-17", "+1-555-0153"),
        ] {
            let new = register(&mut client, &person(first, last, born, phone)).await;
            let place = format!("/api/v1/patients/{}/allergies", new["id"].as_str().unwrap());
            let answer =
                client.post(&place, &made!({ "allergen": "Peanut", "severity": "life_threatening" })).await;
            assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        }
        let query = "limit=2&fields=lastName&include=allergies,chronicConditions";
        let first = json(&client.get(&format!("/api/v1/patients?{query}")).await);
        let names = |page: &Value| -> Vec<String> {
            let items = page["items"].as_array().unwrap().iter();
            items.map(|item| item["lastName"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(names(&first), ["Alpha", "Beta"]);
        let item = first["items"][0].as_object().unwrap();
        let keys: Vec<&str> = item.keys().map(String::as_str).collect();
        assert_eq!(keys, ["allergies", "chronicConditions", "lastName"]);
        assert_eq!(item["allergies"][0]["severity"], "life_threatening");
        let cursor = first["nextCursor"].as_str().unwrap();
        let second = json(&client.get(&format!("/api/v1/patients?limit=2&cursor={cursor}")).await);
        assert_eq!((names(&second), &second["nextCursor"]), (vec!["Gamma".to_owned()], &Value::Null));
        let paged = json(&client.get("/api/v1/patients?limit=2&page=2").await);
        assert_eq!(names(&paged), ["Gamma"]);
    })
    .await;
}

#[tokio::test]
async fn people_who_look_alike_are_shown_and_a_person_may_go_on() {
    on_both(async |clinic| {
        let mut client = client(clinic, &clinic.staff).await;
        let ida = person("Ida", "Invented", "1990-02-28", "+1-555-0111");
        let first = register(&mut client, &ida).await;
        let answer = client.post("/api/v1/patients", &ida).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        let problem = json(&answer);
        let candidate = &problem["candidates"][0];
        assert_eq!(candidate["patient"]["id"], first["id"]);
        assert!(candidate["reasons"].as_array().unwrap().contains(&made!("same birth date")), "{candidate}");
        let answer = client.post("/api/v1/patients?duplicates=seen", &ida).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    })
    .await;
}

#[tokio::test]
async fn a_request_sent_twice_under_one_key_is_carried_out_once() {
    on_both(async |clinic| {
        let mut client = client(clinic, &clinic.staff).await;
        let ida = person("Ida", "Invented", "1990-02-28", "+1-555-0111");
        let key = [("idempotency-key", "7f3c")];
        let first = client.send(Method::POST, "/api/v1/patients", &key, &ida).await;
        let again = client.send(Method::POST, "/api/v1/patients", &key, &ida).await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
        assert_eq!((again.status, &again.text), (StatusCode::CREATED, &first.text));
        assert_eq!((again.location(), again.header("etag")), (first.location(), first.header("etag")));
        assert_eq!(again.header("idempotency-replayed"), "true");
        let all = json(&client.get("/api/v1/patients").await);
        assert_eq!(all["items"].as_array().unwrap().len(), 1);
        let other = person("Bea", "Beta", "1961-05-09", "+1-555-0142");
        let reused = client.send(Method::POST, "/api/v1/patients", &key, &other).await;
        assert_eq!(reused.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn allergies_and_conditions_are_kept_and_their_status_changes() {
    on_both(async |clinic| {
        let mut client = client(clinic, &clinic.doctor).await;
        let document = client.document().await;
        let new = register(&mut client, &person("Ida", "Invented", "1990-02-28", "+1-555-0111")).await;
        let place = format!("/api/v1/patients/{}", new["id"].as_str().unwrap());
        let none = client.post(&format!("{place}/no-known-allergies"), &made!({ "asserted": true })).await;
        assert!(!json(&none)["noKnownAllergiesAt"].is_null(), "{}", none.text);

        let answer = client.post(&format!("{place}/allergies"), &made!({ "allergen": "Latex" })).await;
        let allergy = json(&answer);
        fits(&document, "Allergy", &allergy);
        let address = answer.location().to_owned();
        let edited =
            client.patch(&address, "\"1\"", &made!({ "reaction": "Rash", "severity": "mild" })).await;
        assert_eq!(json(&edited)["severity"], "mild");
        let silent =
            client.post_seen(&format!("{address}/status"), "\"2\"", &made!({ "status": "inactive" })).await;
        assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", silent.text);
        let why = made!({ "status": "inactive", "reason": "Tested, tolerated" });
        let over = client.post_seen(&format!("{address}/status"), "\"2\"", &why).await;
        assert_eq!(json(&over)["status"], "inactive");

        let drug = made!({ "medicationName": "Metformin", "strength": "500 mg", "startedOn": "2020-01-01" });
        let answer = client.post(&format!("{place}/medications"), &drug).await;
        fits(&document, "Medication", &json(&answer));
        let address = answer.location().to_owned();
        let more = client.patch(&address, "\"1\"", &made!({ "strength": "850 mg" })).await;
        assert_eq!(json(&more)["medicationName"], "Metformin", "{}", more.text);
        let why = made!({ "status": "stopped", "reason": "Not needed any more" });
        let over = client.post_seen(&format!("{address}/status"), "\"2\"", &why).await;
        assert_eq!(json(&over)["status"], "stopped", "{}", over.text);

        let asthma = made!({ "conditionName": "Asthma", "diagnosisDate": "2001-04-01" });
        let answer = client.post(&format!("{place}/conditions"), &asthma).await;
        fits(&document, "ChronicCondition", &json(&answer));
        let address = answer.location().to_owned();
        let over =
            client.post_seen(&format!("{address}/status"), "\"1\"", &made!({ "status": "resolved" })).await;
        assert_eq!(json(&over)["endedOn"], "2026-11-22", "{}", over.text);
        let list = json(&client.get(&format!("{place}/conditions")).await);
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
    })
    .await;
}
