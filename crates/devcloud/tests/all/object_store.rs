//! The object store where no recording says it: limits, listings, nested manifests, quotas, ends, restarts.

use std::time::Duration;

use crate::support::objects::{Objects, md5, segment, sign};
use crate::support::{Answer, Cloud};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How many files the first region's objects have.
fn files(cloud: &Cloud) -> usize {
    std::fs::read_dir(cloud.folder().join("dev-1/objects")).unwrap().count()
}

#[tokio::test]
async fn what_was_put_comes_back_with_all_that_was_said_of_it() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    demo.send("PUT", "/c").await.expect(201);
    let headers = [
        ("content-type", "text/x-strange"),
        ("x-object-meta-colour", "blå"),
        ("content-disposition", "inline"),
        ("x-delete-at", "4000000000"),
    ];
    demo.with("PUT", "/c/a/b%20c%3F/%C3%A5", &headers).await.expect(201);
    let back = demo.send("GET", "/c/a/b%20c%3F/%C3%A5").await.expect(200);
    assert_eq!(back.body, "x");
    for (name, value) in headers {
        let found = String::from_utf8_lossy(back.headers[name].as_bytes()).into_owned();
        assert_eq!(found, value, "{name}");
    }
    assert_eq!(demo.names("/c").await, ["a/b c?/å"]);
    demo.with("POST", "/c/a/b%20c%3F/%C3%A5", &[("x-object-meta-size", "s")]).await.expect(202);
    let head = demo.send("HEAD", "/c/a/b%20c%3F/%C3%A5").await.expect(200);
    assert_eq!(
        (head.header("x-object-meta-size"), head.header("content-type")),
        ("s", "text/x-strange")
    );
    assert!(
        !head.headers.contains_key("x-object-meta-colour")
            && !head.headers.contains_key("x-delete-at")
    );
    let same = [("if-none-match", head.header("etag"))];
    demo.with("GET", "/c/a/b%20c%3F/%C3%A5", &same).await.expect(304);
    demo.with("GET", "/c/a/b%20c%3F/%C3%A5", &[("if-match", "other")]).await.expect(412);
    demo.with("GET", "/c/a/b%20c%3F/%C3%A5", &[("range", "bytes=1-")]).await.expect(416);
    demo.put("/c/a/b%20c%3F/%C3%A5", "new").await.expect(201);
    assert_eq!(
        (demo.bytes("/c/a/b%20c%3F/%C3%A5").await.unwrap(), files(&cloud)),
        (b"new".to_vec(), 1)
    );
    demo.send("DELETE", "/c/a/b%20c%3F/%C3%A5").await.expect(204);
    demo.send("DELETE", "/c/a/b%20c%3F/%C3%A5").await.expect(404);
    assert_eq!(files(&cloud), 0);
}

#[tokio::test]
async fn a_container_remembers_what_it_is_told_and_forgets_what_is_taken_back() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    let told = [
        ("x-container-meta-temp-url-key", "k"),
        ("x-container-meta-a", "1"),
        ("x-container-meta-b", "2"),
    ];
    demo.with("PUT", "/c", &told).await.expect(201);
    demo.with("POST", "/c", &[("x-container-meta-a", ""), ("x-remove-container-meta-b", "x")])
        .await
        .expect(204);
    let own = demo.send("HEAD", "/c").await.expect(204);
    assert_eq!(own.header("x-container-meta-temp-url-key"), "k");
    assert!(
        !own.headers.contains_key("x-container-meta-a")
            && !own.headers.contains_key("x-container-meta-b")
    );
    let viewer = Objects::of(&cloud, "viewer").await;
    let shown = viewer.send("HEAD", "/c").await.expect(204);
    assert!(!shown.headers.contains_key("x-container-meta-temp-url-key"));
    viewer.with("POST", "/c", &[("x-container-meta-a", "1")]).await.expect(403);
    viewer.send("PUT", "/d").await.expect(403);
    let long = "x".repeat(257);
    demo.with("POST", "/c", &[("x-container-meta-a", &long)]).await.expect(400);
    demo.send("PUT", &format!("/{long}")).await.expect(400);
    demo.put(&format!("/c/{}", "x".repeat(1025)), "x").await.expect(400);
    demo.send("GET", "").await.expect(200);
    let account = demo.send("GET", "?format=json").await.expect(200);
    assert_eq!((&account.body[0]["name"], &account.body[0]["count"]), (&json!("c"), &json!(0)));
}

#[tokio::test]
async fn listings_are_cut_by_every_parameter() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    demo.send("PUT", "/c").await.expect(201);
    for name in ["a", "b/1", "b/2", "b/sub/3", "b0", "ö", "z"] {
        demo.put(&format!("/c/{name}"), "x").await.expect(201);
    }
    for (query, expected) in [
        ("", "a b/1 b/2 b/sub/3 b0 z ö"),
        ("limit=2", "a b/1"),
        ("marker=b/2", "b/sub/3 b0 z ö"),
        ("marker=b/2&end_marker=z", "b/sub/3 b0"),
        ("prefix=b/", "b/1 b/2 b/sub/3"),
        ("prefix=b/&marker=b/1", "b/2 b/sub/3"),
        ("prefix=b/&marker=a", "b/1 b/2 b/sub/3"),
        ("delimiter=/", "a b/ b0 z ö"),
        ("delimiter=/&marker=b/", "b0 z ö"),
        ("delimiter=/&limit=2", "a b/"),
        ("prefix=b/&delimiter=/", "b/1 b/2 b/sub/"),
        ("reverse=true", "ö z b0 b/sub/3 b/2 b/1 a"),
        ("reverse=on&marker=b0&end_marker=a", "b/sub/3 b/2 b/1"),
        ("reverse=true&prefix=b/&delimiter=/", "b/sub/ b/2 b/1"),
        ("prefix=nothing", ""),
        ("limit=0", ""),
    ] {
        assert_eq!(demo.names(&format!("/c?{query}")).await.join(" "), expected, "{query}");
    }
    demo.send("GET", "/c?limit=10001").await.expect(412);
    demo.send("GET", "/c?prefix=nothing").await.expect(204);
    demo.send("GET", "/c?prefix=nothing&format=json").await.expect(200);
}

#[tokio::test]
async fn ten_thousand_names_fit_on_one_page() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    demo.send("PUT", "/c").await.expect(201);
    cloud.devcloud.regions()[0]
        .db
        .write(|tx| {
            let mut insert = tx.prepare(
                "INSERT INTO object (container, name, file, bytes, md5, content_type, created, headers) VALUES ((SELECT id FROM \
                 object_container), ?1, ?1, 7, 'm', 't', 0, '{}')",
            )?;
            for number in 0..10_001 {
                insert.execute([format!("s/{number:05}")])?;
            }
            Ok::<_, devcloud::db::DbError>(())
        })
        .await
        .unwrap();
    let page = demo.send("GET", "/c?format=json&prefix=s/").await.expect(200);
    assert_eq!(page.body.as_array().unwrap().len(), 10_000);
    assert_eq!(page.header("x-container-object-count"), "10001");
    assert_eq!(page.header("x-container-bytes-used"), "70007");
    let rest = demo.send("GET", "/c?format=json&marker=s/09999").await.expect(200);
    assert_eq!(rest.body.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_body_that_ends_early_leaves_nothing() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    demo.send("PUT", "/c").await.expect(201);
    demo.put("/c/kept", "old").await.expect(201);
    for name in ["kept", "new"] {
        let address = cloud.devcloud.url().replace("http://", "");
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "PUT {}/c/{name} HTTP/1.1\r\nHost: d\r\nX-Auth-Token: {}\r\nContent-Length: 100\r\n\r\nshort",
            demo.root, demo.token
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        // The end of the connection is the end of the server's work on it.
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        assert!(
            !String::from_utf8_lossy(&rest).contains("201"),
            "{}",
            String::from_utf8_lossy(&rest)
        );
    }
    assert_eq!(demo.names("/c").await, ["kept"]);
    assert_eq!(demo.bytes("/c/kept").await.unwrap(), b"old");
    let cloud = cloud.restart().await;
    assert_eq!(files(&cloud), 1);
}

#[tokio::test]
async fn manifests_nest_repeat_and_take_ranges() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    demo.send("PUT", "/c").await.expect(201);
    demo.put("/c/0", "0000").await.expect(201);
    demo.put("/c/1", "1234").await.expect(201);
    let inner = json!([segment("/c/0", b"0000"), segment("/c/0", b"0000"), {"path": "/c/1", "range": "1-2"}]);
    let leaf = demo.manifest("/c/leaf", inner).await.expect(201);
    let expected = format!("{0}{0}{1}:1-2;", md5(b"0000"), md5(b"1234"));
    assert_eq!(leaf.header("etag"), format!("\"{}\"", md5(expected.as_bytes())));
    let etag = leaf.header("etag").trim_matches('"').to_owned();
    let leaf = json!({"path": "/c/leaf", "etag": etag, "size_bytes": 10});
    demo.manifest("/c/root", json!([leaf, segment("/c/1", b"1234"), leaf])).await.expect(201);
    let whole = b"000000002312340000000023".to_vec();
    assert_eq!(demo.bytes("/c/root").await.unwrap(), whole);
    for (start, end) in [(0, 23), (7, 8), (9, 13), (13, 15), (23, 23)] {
        let range = format!("bytes={start}-{end}");
        let request = demo.request("GET", "/c/root").header("range", range).send().await.unwrap();
        assert_eq!(request.status(), 206);
        assert_eq!(request.bytes().await.unwrap(), whole[start..=end], "{start}-{end}");
    }
    let kept = demo.send("GET", "/c/root?multipart-manifest=get").await.expect(200);
    assert_eq!(kept.body[0]["sub_slo"], json!(true));
    // The manifest alone goes; the segments are still whole.
    demo.send("DELETE", "/c/root").await.expect(204);
    assert_eq!(demo.bytes("/c/leaf").await.unwrap(), b"0000000023");
    demo.manifest("/c/root", json!([leaf, leaf])).await.expect(201);
    let report = demo
        .with("DELETE", "/c/root?multipart-manifest=delete", &[("accept", "application/json")])
        .await;
    assert_eq!(report.text("/Response Status"), "200 OK");
    assert_eq!(demo.names("/c").await, Vec::<String>::new());
    assert_eq!(files(&cloud), 0);
}

#[tokio::test]
async fn a_manifest_is_refused_for_what_is_wrong_with_it() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    demo.send("PUT", "/c").await.expect(201);
    demo.put("/c/s", "1234").await.expect(201);
    let wrong_size = json!([{"path": "/c/s", "size_bytes": 5}]);
    let answer = demo.manifest("/c/m", wrong_size).await.expect(400);
    assert_eq!(answer.body, "Errors:\n/c/s, Size Mismatch\n");
    let one = json!({"path": "/c/s"});
    demo.manifest("/c/m", json!(vec![&one; 1000])).await.expect(201);
    demo.manifest("/c/m", json!(vec![&one; 1001])).await.expect(413);
    let big = demo.put("/c/m?multipart-manifest=put", vec![b' '; (8 << 20) + 1]).await;
    assert_eq!((big.status, &big.body), (413, &json!("Manifest File > 8388608 bytes")));
    let request =
        demo.request("PUT", "/c/m?multipart-manifest=put").header("etag", "00").json(&json!([one]));
    Answer::of(request.send().await.unwrap()).await.expect(422);
    // Without a good token no segment can be seen: 400, not 401.
    let nobody = demo.nobody().manifest("/c/m", json!([one])).await.expect(400);
    assert_eq!(nobody.body, "Errors:\n/c/s, 401 Unauthorized\n");
    let viewer = Objects::of(&cloud, "viewer").await;
    viewer.manifest("/c/v", json!([one])).await.expect(403);
    demo.manifest("/none/m", json!([one])).await.expect(404);
}

/// What slo.py and bulk.py tell of it.
#[tokio::test]
async fn deleting_many_reports_each_and_goes_on() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    demo.send("PUT", "/c").await.expect(201);
    demo.put("/c/a%20b", "1").await.expect(201);
    demo.manifest("/c/m", json!([{"path": "/c/a b"}])).await.expect(201);
    let viewer = Objects::of(&cloud, "viewer").await;
    let check = async |who: &Objects<'_>, path: &str, errors: Value| {
        let path = format!("{path}?multipart-manifest=delete");
        let report = who.with("DELETE", &path, &[("accept", "application/json")]).await.expect(200);
        assert_eq!(report.text("/Response Status"), "400 Bad Request");
        assert_eq!(report.body["Errors"], errors);
    };
    let forbidden = json!([["/c/a%20b", "403 Forbidden"], ["/c/m", "403 Forbidden"]]);
    check(&viewer, "/c/m", forbidden).await;
    check(&demo.nobody(), "/c/m", json!([["/c/m", "401 Unauthorized"]])).await;
    check(&demo, "/c/a%20b", json!([["/c/a%20b", "Not an SLO manifest"]])).await;
    let bulk = async |who: &Objects<'_>| {
        let list = who.request("POST", "?bulk-delete").header("accept", "application/json");
        let list = list.header("content-type", "text/plain").body("/c\n/c/a%20b\n/c/m\n");
        Answer::of(list.send().await.unwrap()).await.expect(200).body
    };
    assert_eq!(bulk(&demo.nobody()).await["Errors"].as_array().unwrap().len(), 3);
    let report = bulk(&demo).await;
    assert_eq!((&report["Number Deleted"], &report["Errors"]), (&json!(3), &json!([])));
}

#[tokio::test]
async fn a_large_object_breaks_off_at_a_segment_that_is_gone_or_another() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    demo.send("PUT", "/c").await.expect(201);
    for name in ["0", "1"] {
        demo.put(&format!("/c/{name}"), vec![7; 1000]).await.expect(201);
    }
    let entries = json!([segment("/c/0", &[7; 1000]), segment("/c/1", &[7; 1000])]);
    demo.manifest("/c/m", entries).await.expect(201);
    demo.put("/c/1", vec![8; 1000]).await.expect(201);
    assert!(demo.bytes("/c/m").await.unwrap_err().status().is_none(), "the body must break off");
    demo.send("DELETE", "/c/1").await.expect(204);
    assert!(demo.bytes("/c/m").await.unwrap_err().status().is_none());
    demo.send("HEAD", "/c/m").await.expect(200);
    demo.put("/c/1", vec![7; 1000]).await.expect(201);
    assert_eq!(demo.bytes("/c/m").await.unwrap().len(), 2000);
    demo.send("DELETE", "/c/0").await.expect(204);
    demo.send("GET", "/c/m").await.expect(409);
}

#[tokio::test]
async fn a_containers_key_reaches_no_other_container() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    demo.with("PUT", "/c", &[("x-container-meta-temp-url-key-2", "k")]).await.expect(201);
    demo.send("PUT", "/d").await.expect(201);
    demo.put("/c/s", "1").await.expect(201);
    demo.put("/d/s", "1").await.expect(201);
    demo.manifest("/c/here", json!([{"path": "/c/s"}])).await.expect(201);
    demo.manifest("/c/there", json!([{"path": "/d/s"}])).await.expect(201);
    let nobody = demo.nobody();
    nobody.send("GET", &nobody.temp_url("GET", "/c/here", "k")).await.expect(200);
    nobody.send("GET", &nobody.temp_url("GET", "/c/there", "k")).await.expect(409);
    nobody.send("GET", &nobody.temp_url("GET", "/d/s", "k")).await.expect(401);
    // What is signed says nothing of the query: deleting a manifest may mean its segments too.
    for query in ["multipart-manifest=delete", "multipart-manifest=delete&async=yes"] {
        let url = format!("{}&{query}", nobody.temp_url("DELETE", "/c/there", "k"));
        nobody.send("DELETE", &url).await;
        assert_eq!(demo.names("/d").await, ["s"], "{query}");
        demo.manifest("/c/there", json!([{"path": "/d/s"}])).await.expect(201);
    }
    demo.with("POST", "", &[("x-account-meta-temp-url-key", "whole")]).await.expect(204);
    nobody.send("GET", &nobody.temp_url("GET", "/c/there", "whole")).await.expect(200);
    // The end is looked at when the request begins, on the cloud's clock.
    let url = nobody.temp_url("GET", "/c/here", "k");
    cloud.devcloud.clock().shift(Duration::from_secs(601));
    nobody.send("GET", &url).await.expect(401);
}

#[tokio::test]
async fn a_date_and_a_digest_in_other_letters_are_read() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    demo.with("PUT", "/c", &[("x-container-meta-temp-url-key", "k")]).await.expect(201);
    demo.put("/c/s", "1").await.expect(201);
    let signed = demo.root.strip_prefix("/object-store").unwrap();
    let hex = sign("k", &format!("GET\n4102444800\n{signed}/c/s"));
    let bytes: Vec<u8> =
        (0..64).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE, bytes);
    let url = format!("/c/s?temp_url_sig=sha256:{base64}&temp_url_expires=2100-01-01T00:00:00Z");
    demo.nobody().send("GET", &url).await.expect(200);
}

#[tokio::test]
async fn an_object_that_ends_is_gone_at_once_and_leaves_the_listing_later() {
    let cloud = Cloud::with(|options| options.object_expirer = Duration::from_millis(20)).await;
    let demo = Objects::of(&cloud, "demo").await;
    demo.send("PUT", "/c").await.expect(201);
    demo.with("PUT", "/c/soon", &[("x-delete-after", "60")]).await.expect(201);
    demo.put("/c/stays", "x").await.expect(201);
    cloud.devcloud.clock().shift(Duration::from_secs(61));
    demo.send("GET", "/c/soon").await.expect(404);
    demo.manifest("/c/m", json!([{"path": "/c/soon"}])).await.expect(400);
    let path = format!("{}/c?format=json", demo.root);
    let later = cloud.until(&path, &demo.token, |a| a.body.as_array().unwrap().len() == 1).await;
    assert_eq!(later.body[0]["name"], "stays");
    assert_eq!(files(&cloud), 1);
}

#[tokio::test]
async fn quotas_stop_an_upload_before_its_body() {
    let cloud = Cloud::with(|options| options.object_account_quota = Some(1000)).await;
    let demo = Objects::of(&cloud, "demo").await;
    demo.with("PUT", "/c", &[("x-container-meta-quota-bytes", "100")]).await.expect(201);
    demo.with("POST", "/c", &[("x-container-meta-quota-bytes", "many")]).await.expect(400);
    demo.put("/c/a", vec![0; 60]).await.expect(201);
    let over = demo.put("/c/b", vec![0; 41]).await.expect(413);
    assert_eq!(over.body, "Upload exceeds quota.");
    demo.put("/c/b", vec![0; 40]).await.expect(201);
    demo.with("PUT", "/few", &[("x-container-meta-quota-count", "1")]).await.expect(201);
    demo.put("/few/1", "x").await.expect(201);
    demo.put("/few/2", "x").await.expect(413);
    demo.send("PUT", "/d").await.expect(201);
    demo.put("/d/a", vec![0; 899]).await.expect(201);
    demo.put("/d/b", "x").await.expect(413);
}

#[tokio::test]
async fn what_is_not_there_is_refused_and_not_taken_for_something_else() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    demo.send("PUT", "/c").await.expect(201);
    for header in ["x-object-manifest", "x-copy-from", "x-symlink-target"] {
        demo.with("PUT", "/c/o", &[(header, "c/s")]).await.expect(501);
    }
    demo.send("PATCH", "/c/o").await.expect(405);
    demo.send("COPY", "/c/o").await.expect(405);
    assert_eq!(demo.names("/c").await, Vec::<String>::new());
    let outside = |path: &'static str| cloud.get(path, "");
    outside("/object-store/v2/AUTH_x/c").await.expect(412);
    outside("/object-store/").await.expect(412);
    outside("/object-store/v1/AUTH_x/c/%FF").await.expect(412);
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    demo.send("PUT", "/c").await.expect(201);
    demo.put("/c/s", vec![0; 300_000]).await.expect(201);
    demo.manifest("/c/m", json!([segment("/c/s", &[0; 300_000])])).await.expect(201);
    let (token, root) = (demo.token.clone(), demo.root.clone());
    let cloud = cloud.restart().await;
    let demo = Objects { cloud: &cloud, token, root };
    assert_eq!(demo.bytes("/c/m").await.unwrap(), vec![0; 300_000]);
}

#[tokio::test]
async fn each_region_has_its_own_and_a_cloud_may_have_none() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    demo.send("PUT", "/c").await.expect(201);
    let elsewhere =
        Objects { root: format!("/dev-2{}", demo.root), ..Objects::of(&cloud, "demo").await };
    elsewhere.send("GET", "/c").await.expect(404);
    let without = Cloud::with(|options| options.object_store = false).await;
    let scope = json!({"project": {"name": "demo", "domain": {"id": "default"}}});
    let types = |answer: &Answer| -> Vec<Value> {
        let catalog = answer.body["token"]["catalog"].as_array().unwrap().clone();
        catalog.into_iter().map(|entry| entry["type"].clone()).collect()
    };
    let auth = crate::support::password_auth("demo", Some(scope));
    assert!(types(&cloud.authenticate(auth.clone()).await).contains(&json!("object-store")));
    assert!(!types(&without.authenticate(auth).await).contains(&json!("object-store")));
    let gone = Objects::of(&without, "demo").await;
    gone.send("GET", "").await.expect(404);
}

#[tokio::test]
async fn what_the_cloud_cannot_do_is_not_in_its_info() {
    let cloud = Cloud::with(|options| options.tempurl_digests = vec!["sha512".into()]).await;
    let info = cloud.get("/object-store/info", "").await.expect(200);
    assert_eq!(info.body["tempurl"]["allowed_digests"], json!(["sha512"]));
    let demo = Objects::of(&cloud, "demo").await;
    demo.with("PUT", "/c", &[("x-container-meta-temp-url-key", "k")]).await.expect(201);
    demo.put("/c/s", "1").await.expect(201);
    demo.nobody().send("GET", &demo.temp_url("GET", "/c/s", "k")).await.expect(401);
    let none = Cloud::with(|options| options.tempurl_digests.clear()).await;
    let info = none.get("/object-store/info", "").await.expect(200);
    assert!(info.body.get("tempurl").is_none() && info.body.get("slo").is_some());
}
