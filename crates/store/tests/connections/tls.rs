//! A way to the server that nobody else can read, and a server that is who it says.

use super::url;
use medrecord_store::{Store, migrate};
use medrecord_testkit::postgres::private::Cluster;

async fn outcome(address: &str) -> Result<(), String> {
    let store = Store::open(&url(address)).await.map_err(|error| {
        let source = std::error::Error::source(&error).map(ToString::to_string);
        format!("{error}: {}", source.unwrap_or_default())
    })?;
    store.ping().await.map_err(|error| error.to_string())?;
    store.close().await;
    Ok(())
}

#[tokio::test]
async fn each_way_of_checking_the_server_is_kept() {
    let Some(cluster) = Cluster::new() else { return };
    let authority = cluster.require_tls();
    let ca = authority.display();
    let address = |parameters: &str| cluster.url(parameters);
    for good in [
        String::new(),
        "sslmode=prefer".to_owned(),
        "sslmode=require".to_owned(),
        format!("sslmode=require&sslrootcert={ca}"),
        format!("sslmode=verify-ca&sslrootcert={ca}"),
        format!("sslmode=verify-full&sslrootcert={ca}"),
    ] {
        assert_eq!(outcome(&address(&good)).await, Ok(()), "{good}");
    }
    // The server lets nobody in without TLS.
    let refused = outcome(&address("sslmode=disable&pool_timeout=1")).await.unwrap_err();
    assert!(refused.contains("no encryption") || refused.contains("the database failed"), "{refused}");
    // An authority that nobody named; a name that the certificate does not bear.
    for bad in ["sslmode=verify-ca", "sslmode=verify-full"] {
        let refused = outcome(&address(bad)).await.unwrap_err();
        assert!(refused.contains("certificate"), "{bad}: {refused}");
    }
    let by_number = |mode: &str| {
        address(&format!("sslmode={mode}&sslrootcert={ca}")).replace("@localhost:", "@127.0.0.1:")
    };
    assert_eq!(outcome(&by_number("verify-ca")).await, Ok(()));
    let refused = outcome(&by_number("verify-full")).await.unwrap_err();
    assert!(refused.contains("certificate"), "{refused}");
}

#[tokio::test]
async fn a_practice_works_over_tls() {
    let Some(cluster) = Cluster::new() else { return };
    let ca = cluster.require_tls();
    let address = cluster.url(&format!("sslmode=verify-full&sslrootcert={}", ca.display()));
    let store = super::open(&address).await;
    migrate::deploy(&store).await.unwrap();
    super::register(&store).await.unwrap();
    assert_eq!(super::how_many(&store).await.unwrap(), 1);
    store.close().await;
}
