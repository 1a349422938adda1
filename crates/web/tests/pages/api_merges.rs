//! Duplicates as programs work them: found with reasons, merged under their versions, taken back, told apart.

#![cfg(test)]

use crate::api_client::{client, fits, json};
use crate::duplicates::jane;
use axum::http::StatusCode;
use medrecord_testkit::clinic::on_both;
use serde_json::{Value, json as made};

#[tokio::test]
async fn who_looks_alike_is_listed_with_score_and_reasons() {
    on_both(async |clinic| {
        let (one, other) = (jane(clinic, "Jane", "555-0100").await, jane(clinic, "Janet", "555-0900").await);
        let mut stan = client(clinic, &clinic.staff).await;
        let document = stan.document().await;
        let of_jane = format!("/api/v1/patients/{one}/duplicates");
        let found = json(&stan.get(&of_jane).await);
        fits(&document, "Candidate", &found["items"][0]);
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "nobody looks like herself: {found}");
        assert_eq!(found["items"][0]["patient"]["id"], made!(other));
        assert!(found["items"][0]["reasons"].to_string().contains("same birth date"), "{found}");

        let typed = made!({ "firstName": "Jane", "lastName": "Doe", "dateOfBirth": "1985-03-15" });
        let typed = stan.post("/api/v1/patients/look-alikes", &typed).await;
        assert_eq!(typed.status, StatusCode::OK, "{}", typed.text);
        assert_eq!(json(&typed)["items"].as_array().unwrap().len(), 2, "{}", typed.text);
        let too_little = stan.post("/api/v1/patients/look-alikes", &made!({ "firstName": "Jane" })).await;
        assert_eq!(json(&too_little)["errors"][0]["field"], "dateOfBirth", "{}", too_little.text);

        let pairs = json(&stan.get("/api/v1/duplicates?limit=5").await);
        fits(&document, "Pair", &pairs["items"][0]);
        let apart = made!({ "oneId": one, "otherId": other });
        let told = stan.post("/api/v1/duplicates/apart", &apart).await;
        assert_eq!((told.status, json(&told)), (StatusCode::OK, apart));
        for path in ["/api/v1/duplicates", of_jane.as_str()] {
            assert_eq!(json(&stan.get(path).await)["items"], made!([]), "{path}");
        }
        let nobody = "/api/v1/patients/00000000-0000-7000-8000-000000000001/duplicates";
        assert_eq!(stan.get(nobody).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn two_charts_are_merged_as_they_were_looked_at_and_taken_back() {
    on_both(async |clinic| {
        let (one, other) = (jane(clinic, "Jane", "555-0100").await, jane(clinic, "Janet", "555-0900").await);
        let mut dora = client(clinic, &clinic.doctor).await;
        let document = dora.document().await;
        let mut wish = made!({
            "keptId": one, "keptVersion": 1, "givenUpId": other, "givenUpVersion": 7,
            "fromGivenUp": ["phone"], "reason": "same card",
        });
        let stale = dora.post("/api/v1/merges", &wish).await;
        assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED, "{}", stale.text);
        wish["givenUpVersion"] = made!(1);
        wish["fromGivenUp"] = made!(["shoeSize"]);
        let unknown = dora.post("/api/v1/merges", &wish).await;
        assert_eq!(json(&unknown)["errors"][0]["field"], "fromGivenUp", "{}", unknown.text);
        let silent = dora.post("/api/v1/merges", &made!({})).await;
        assert_eq!(json(&silent)["errors"].as_array().unwrap().len(), 5, "{}", silent.text);
        wish["fromGivenUp"] = made!(["phone"]);
        let merged = dora.post("/api/v1/merges", &wish).await;
        assert_eq!(merged.status, StatusCode::CREATED, "{}", merged.text);
        let merge = json(&merged);
        fits(&document, "Merge", &merge);
        assert_eq!(merge["kept"]["phone"], "555-0900", "{merge}");

        let undo = format!("/api/v1/merges/{}/undo", merge["id"].as_str().unwrap());
        let undone = dora.post(&undo, &Value::Null).await;
        assert_eq!(undone.status, StatusCode::OK, "{}", undone.text);
        fits(&document, "Undone", &json(&undone));
        assert_eq!(dora.post(&undo, &Value::Null).await.status, StatusCode::CONFLICT, "once");
        let back = json(&dora.get(&format!("/api/v1/patients/{one}")).await);
        assert_eq!(back["phone"], "555-0100");

        clinic.clock.advance(1_000);
        for (patient, version) in [(one, "keptVersion"), (other, "givenUpVersion")] {
            wish[version] = json(&dora.get(&format!("/api/v1/patients/{patient}")).await)["version"].clone();
        }
        let again = dora.post("/api/v1/merges", &wish).await;
        assert_eq!(again.status, StatusCode::CREATED, "{}", again.text);
        let newest = json(&dora.get("/api/v1/merges?limit=1").await);
        assert_eq!(
            (&newest["items"][0]["id"], &newest["items"][0]["undoneBy"]),
            (&json(&again)["id"], &Value::Null)
        );
        let cursor = newest["nextCursor"].as_str().unwrap();
        let older = json(&dora.get(&format!("/api/v1/merges?limit=1&cursor={cursor}")).await);
        assert_eq!((&older["items"][0]["id"], &older["nextCursor"]), (&merge["id"], &Value::Null));
        assert_eq!(older["items"][0]["undoneBy"], "Dora Doctor", "{older}");
    })
    .await;
}
