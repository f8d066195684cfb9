//! The object store: what the client sends to Swift, what it reads, and what it signs.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails says so"
)]

mod support;

use std::sync::Arc;

use openstack::identity::Secret;
use openstack::object_store::{
    self as swift, ContainerSettings, ManifestEntry, TempUrlDigest, http_date, temp_url,
};
use openstack::{Endpoints, ErrorKind, Marker, Method, Timestamp};
use serde_json::{Value, json};
use support::{Fake, client, header, run, session, status};

const BASE: &str = "http://127.0.0.1:8880/v1/AUTH_b8e36d91000040008000000000000002";

fn at(second: i64) -> Timestamp {
    Timestamp::from_millisecond(second * 1000)
}

#[test]
fn what_the_object_store_can_do_is_asked_as_any_page_may() {
    let fake = Fake::sample("client/swift-info");
    let info = run(swift::info(&client(Arc::clone(&fake)))).unwrap();
    assert_eq!(info.version.as_deref(), Some("2.38.3"));
    assert_eq!((info.max_object_bytes, info.listing_limit), (Some(5_368_709_122), 10_000));
    let slo = info.slo.unwrap();
    assert_eq!(
        (slo.max_segments, slo.max_manifest_bytes, slo.min_segment_bytes),
        (1000, 8 << 20, 1)
    );
    let temp_url = info.temp_url.unwrap();
    assert_eq!(
        temp_url.digests,
        [TempUrlDigest::Sha1, TempUrlDigest::Sha256, TempUrlDigest::Sha512]
    );
    assert_eq!(temp_url.best_digest(), Some(TempUrlDigest::Sha256));
    assert!(temp_url.methods.iter().any(|method| method == "GET"));

    let asked = fake.last();
    let names: Vec<&str> = asked.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((names, asked.url.ends_with("8880/info")), (vec!["Accept"], true), "{}", asked.url);
}

#[test]
fn an_object_store_that_says_little_is_an_old_one() {
    let told = |answer: Value| {
        run(swift::info(&client(Fake::new(move |_, _| Ok(support::json(answer.clone())))))).unwrap()
    };
    let bare = told(json!({"swift": {}}));
    assert_eq!((bare.slo, bare.temp_url, bare.max_object_bytes), (None, None, None));
    let old = told(json!({"slo": {}, "tempurl": {"methods": ["GET"]}}));
    assert_eq!(old.slo.map(|slo| slo.max_manifest_bytes), Some(2 << 20));
    assert_eq!(old.temp_url.unwrap().digests, [TempUrlDigest::Sha1]);
    let odd = told(json!({"tempurl": {"allowed_digests": ["sha3", "sha512"]}})).temp_url.unwrap();
    assert_eq!(odd.best_digest(), Some(TempUrlDigest::Sha512));
}

#[test]
fn a_cloud_without_an_object_store_is_told_as_such() {
    let fake = Fake::new(|_, _| panic!("nothing is sent"));
    let client = openstack::Client::new(fake, Endpoints::new(), session("t"), || {});
    assert!(!swift::is_offered(&client));
    assert_eq!(run(swift::info(&client)).unwrap_err().kind, ErrorKind::NoEndpoint);
    assert_eq!(run(swift::object_show(&client, "c", "o")).unwrap_err().kind, ErrorKind::NoEndpoint);
    let refused = swift::object_put_request(&client, "c", "o", "", None).unwrap_err();
    assert_eq!(refused.kind, ErrorKind::NoEndpoint);
}

#[test]
fn containers() {
    let found = run(swift::container_show(&client(Fake::sample("swift/container-head")), "wire"));
    let found = found.unwrap().unwrap();
    assert_eq!(found.allow_origin.as_deref(), Some("http://localhost:8080"));
    assert!(found.allows("http://localhost:8080") && !found.allows("http://localhost:80"));
    assert_eq!((found.objects, found.used_bytes, found.quota_bytes), (Some(0), Some(0), None));
    assert_eq!(found.temp_url_key, None);

    let kept = Fake::new(|_, _| {
        let mut answer = status(204);
        for (name, value) in [
            ("x-container-meta-temp-url-key", "first-key"),
            ("x-container-meta-temp-url-key-2", "other-key"),
            ("x-container-meta-quota-bytes", "1000"),
            ("x-container-meta-quota-count", "7"),
        ] {
            answer.headers.push((name.to_owned(), value.to_owned()));
        }
        Ok(answer)
    });
    let kept = run(swift::container_show(&client(kept), "wire")).unwrap().unwrap();
    assert_eq!(kept.temp_url_key.as_ref().map(Secret::reveal), Some("first-key"));
    assert_eq!(kept.temp_url_key_2.as_ref().map(Secret::reveal), Some("other-key"));
    assert_eq!((kept.quota_bytes, kept.quota_objects), (Some(1000), Some(7)));
    let shown = format!("{kept:?}");
    assert!(!shown.contains("first-key") && !shown.contains("other-key"), "{shown}");

    let gone = client(Fake::sample("swift/head-missing"));
    assert_eq!(run(swift::container_show(&gone, "none")).unwrap(), None);
}

#[test]
fn a_container_is_set_up() {
    let fake = Fake::sample("swift/container-put");
    let settings = ContainerSettings {
        temp_url_key: Some(Secret::new("key")),
        allow_origin: Some("https://app".into()),
        max_age_seconds: Some(86_400),
        ..ContainerSettings::default()
    };
    run(swift::container_create(&client(Arc::clone(&fake)), "a b/c", &settings)).unwrap();
    let made = fake.last();
    assert_eq!((made.method, made.url.as_str()), (Method::Put, &*format!("{BASE}/a%20b%2Fc")));
    assert_eq!(header(&made, "X-Container-Meta-Temp-URL-Key"), Some("key"));
    assert_eq!(header(&made, "X-Container-Meta-Temp-URL-Key-2"), None);
    assert_eq!(header(&made, "X-Container-Meta-Access-Control-Allow-Origin"), Some("https://app"));
    assert_eq!(header(&made, "X-Container-Meta-Access-Control-Max-Age"), Some("86400"));

    run(swift::container_update(&client(Arc::clone(&fake)), "wire", &settings)).unwrap();
    assert_eq!(fake.last().method, Method::Post);
    let full = client(Fake::sample("swift/container-not-empty"));
    let refused = run(swift::container_delete(&full, "wire")).unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Conflict);
}

#[test]
fn a_listing() {
    let fake = Fake::sample("swift/listing");
    let after = Marker::new("a&b");
    let page = run(swift::list_objects(
        &client(Arc::clone(&fake)),
        "wire",
        "s/user 1/",
        Some(&after),
        Some(5),
    ));
    let page = page.unwrap();
    assert_eq!(
        fake.last().url,
        format!("{BASE}/wire?format=json&prefix=s%2Fuser+1%2F&marker=a%26b&limit=5")
    );
    assert_eq!((page.rows.items.len(), page.rows.skipped.len()), (5, 0));
    assert_eq!(page.next, Some(Marker::new("expiring")));
    let [manifest, segment, ..] = page.rows.items.as_slice() else { panic!("two rows") };
    assert_eq!(manifest.slo_etag.as_deref(), Some("65e9445b77b106d9a2dc14db9c8c7141"));
    assert_eq!((segment.bytes, segment.slo_etag.as_deref()), (1 << 20, None));
    assert_eq!(segment.hash, "e6065c4aa2ab1603008fc18410f579d4");
    assert_eq!(segment.last_modified.unwrap().to_string(), "2026-01-01T12:00:00Z");

    let none = client(Fake::sample("swift/container-missing"));
    let none = run(swift::list_objects(&none, "none", "", None, None)).unwrap_err();
    assert_eq!(none.kind, ErrorKind::NotFound);
    let empty = client(Fake::new(|_, _| Ok(status(204))));
    assert_eq!(run(swift::list_all_objects(&empty, "wire", "")).unwrap().items, []);
}

#[test]
fn every_page_of_a_listing() {
    let fake = Fake::new(|_, before| {
        Ok(support::json(match before {
            0 => json!([{"name": "a", "bytes": 1}, {"name": "b", "bytes": 2}]),
            // One odd row costs neither the list nor the place in it.
            1 => json!([{"name": "c"}]),
            _ => json!([]),
        }))
    });
    let all = run(swift::list_all_objects(&client(Arc::clone(&fake)), "wire", "")).unwrap();
    let names: Vec<&str> = all.items.iter().map(|row| row.name.as_str()).collect();
    assert_eq!((names, all.skipped.len()), (vec!["a", "b"], 1));
    assert!(fake.urls()[2].ends_with("marker=c"), "{:?}", fake.urls());
}

#[test]
fn objects() {
    let show =
        |name: &'static str| run(swift::object_show(&client(Fake::sample(name)), "wire", "o"));
    let expiring = show("swift/expiring-head").unwrap().unwrap();
    assert_eq!(expiring.delete_at.map(Timestamp::as_second), Some(1_767_272_400));
    assert_eq!(expiring.last_modified.unwrap().to_string(), "2026-01-01T12:00:00Z");
    assert_eq!(expiring.etag.as_deref(), Some("9dd4e461268c8034f5c8564e155c67a6"));
    let manifest = show("swift/slo-head").unwrap().unwrap();
    assert!(manifest.is_slo && !expiring.is_slo);
    assert_eq!(manifest.etag.as_deref(), Some("65e9445b77b106d9a2dc14db9c8c7141"));
    assert_eq!(show("swift/head-missing").unwrap(), None);

    let fake = Fake::sample("swift/segment-put");
    let put = run(swift::object_put(
        &client(Arc::clone(&fake)),
        "wire",
        "lease/é ?#",
        b"x".to_vec(),
        &[("X-Delete-At", "1795373805"), ("If-None-Match", "*")],
    ));
    assert_eq!(put.unwrap().etag.as_deref(), Some("e6065c4aa2ab1603008fc18410f579d4"));
    let sent = fake.last();
    assert_eq!(sent.url, format!("{BASE}/wire/lease/%C3%A9%20%3F%23"));
    assert_eq!(header(&sent, "If-None-Match"), Some("*"));
    assert_eq!((sent.body.as_deref(), sent.method), (Some(b"x".as_slice()), Method::Put));

    let refused = |name: &'static str| {
        run(swift::object_put(&client(Fake::sample(name)), "c", "o", vec![], &[])).unwrap_err()
    };
    assert_eq!(refused("swift/segment-wrong-md5").status, Some(422));
    assert_eq!(refused("swift/once-again").status, Some(412));
    assert_eq!(refused("swift/delete-at-past").message, "X-Delete-At in past");
}

#[test]
fn a_segments_own_request() {
    let client = client(Fake::new(|_, _| panic!("nothing is sent")));
    let target =
        swift::object_put_request(&client, "up", "s/u/20301-x", "0f", Some(at(99))).unwrap();
    assert_eq!(target.url, format!("{BASE}/up/s/u/20301-x"));
    let headers: Vec<(&str, &str)> =
        target.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        headers,
        [("Content-Type", "application/octet-stream"), ("ETag", "0f"), ("X-Delete-At", "99")]
    );
}

#[test]
fn a_manifest() {
    let fake = Fake::sample("swift/slo-put");
    let entry = |number: u32, etag: &str| ManifestEntry {
        container: "wire".into(),
        name: format!("disk.raw_segments/{number:08}"),
        etag: etag.into(),
        size_bytes: 1 << 20,
    };
    let entries = [
        entry(0, "e6065c4aa2ab1603008fc18410f579d4"),
        entry(1, "3310df4c5ca4509740f3ada8d0c946c2"),
        entry(2, "c3cda277453831cdb8d94454ec44f7a8"),
    ];
    let etag = "65e9445b77b106d9a2dc14db9c8c7141";
    let client = client(Arc::clone(&fake));
    let made =
        run(swift::manifest_put(&client, "wire", "disk.raw", &entries, Some(etag), Some(at(5))));
    assert_eq!(made.unwrap().etag.as_deref(), Some(etag));
    let sent = fake.last();
    assert_eq!(sent.url, format!("{BASE}/wire/disk.raw?multipart-manifest=put"));
    assert_eq!((header(&sent, "ETag"), header(&sent, "X-Delete-At")), (Some(etag), Some("5")));
    // What a real Swift was sent.
    assert_eq!(fake.last_body(), recorded("swift/slo-put")["body"]);

    let refused = Fake::sample("swift/slo-wrong-etag-json");
    let refused =
        run(swift::manifest_put(&support::client(refused), "wire", "d", &entries, None, None));
    let refused = refused.unwrap_err();
    assert_eq!(refused.status, Some(400));
    assert_eq!(refused.message, "/wire/disk.raw_segments/00000000: Etag Mismatch");
}

/// What was asked when the sample was recorded.
fn recorded(sample: &str) -> Value {
    let path = format!("{}/../../tests/contract/{sample}.json", env!("CARGO_MANIFEST_DIR"));
    let mut sample: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    sample["request"].take()
}

/// URLs that a real Swift took, word for word: in the samples, signatures and times are blanked out.
#[test]
fn signed_urls() {
    const ACCOUNT: &str = "http://127.0.0.1:8880/v1/AUTH_46252803802a441ab7b00fd84c4f8152";
    let check = |name: &str, method: Method, digest: TempUrlDigest, signature: &str| {
        let key = Secret::new("lab-key");
        let made = temp_url(ACCOUNT, "wire", name, &key, method, at(1_795_370_806), digest);
        let taken =
            format!("{ACCOUNT}/wire/{name}?temp_url_sig={signature}&temp_url_expires=1795370806");
        assert_eq!(made.reveal(), taken);
        assert!(!format!("{made:?}").contains("sig"));
    };
    check("disk.raw", Method::Get, TempUrlDigest::Sha1, "abb6f2bd65e38d86e87b8c39bce7fa88f2ed3c19");
    check(
        "disk.raw",
        Method::Get,
        TempUrlDigest::Sha256,
        "22fac4739fd9578de923e143c3078e850593557c3fdd49300f2a93a5596a2fde",
    );
    check(
        "disk.raw",
        Method::Get,
        TempUrlDigest::Sha512,
        "6bba687f039a7dec1d3746d4f3bc3c7c64072eba39c55099e6f5f364ee56a63bbe113a3c8bda81abd48e4aa888916337ce83694f64e53c9d8cbacdcc7a63e990",
    );
    check(
        "by-tempurl",
        Method::Put,
        TempUrlDigest::Sha256,
        "efd9be99eca7eeff49a86f320efc6fe8300e0cacf5f7c6f83481ed8711d1bde5",
    );
}

/// A gateway's prefix and what percent-encoding does to a name are not signed.
#[test]
fn what_is_signed_is_what_swift_sees() {
    let made = |base: &str, name: &str| {
        let key = Secret::new("k");
        let (expires, digest) = (at(7), TempUrlDigest::Sha256);
        temp_url(base, "c", name, &key, Method::Get, expires, digest).reveal().to_owned()
    };
    let signature = |url: &str| url.split_once("temp_url_sig=").unwrap().1.to_owned();
    let plain = made("https://swift.example/v1/AUTH_p", "a b/é");
    assert!(plain.starts_with("https://swift.example/v1/AUTH_p/c/a%20b/%C3%A9?temp_url_sig="));
    let behind = made("https://app.example/object-store/v1/AUTH_p/", "a b/é");
    assert!(behind.starts_with("https://app.example/object-store/v1/AUTH_p/c/a%20b"));
    assert_eq!(signature(&plain), signature(&behind));
    // RFC 4231 gives no such text; this one is from `openssl dgst -sha256 -hmac k`.
    assert_eq!(signature(&plain), format!("{PLAIN_SIGNATURE}&temp_url_expires=7"));
}

const PLAIN_SIGNATURE: &str = "78f8364589a73a702dd7d1779d9a76e0f37230626bab9611bd07629b17d50360";

#[test]
fn dates_of_headers() {
    let check = |text: &str, expected: Option<&str>| {
        assert_eq!(http_date(text).map(|time| time.to_string()).as_deref(), expected, "{text}");
    };
    check("Sun, 22 Nov 2026 17:56:46 GMT", Some("2026-11-22T17:56:46Z"));
    check("Thu, 01 Jan 1970 00:00:00 GMT", Some("1970-01-01T00:00:00Z"));
    check("Sun, 22 Nov 2026 17:56:46 +0100", None);
    check("Sunday, 22-Nov-26 17:56:46 GMT", None);
    check("22 Nov 2026", None);
    check("", None);
}
