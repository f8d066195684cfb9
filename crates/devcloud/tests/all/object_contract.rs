//! The object store's answers against a real Swift's, in the order in which they were recorded; and which of them a page
//! of another origin could read there.

use crate::support::contract::Sample;
use crate::support::objects::{Objects, PAGE, md5, seen, segment, sign};
use crate::support::{Answer, Cloud};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::Sha512;

/// Held against the sample, and whether a page may read it.
#[track_caller]
fn check(name: &str, visible: bool, answer: &Answer) {
    Sample::load("swift", name).check(answer);
    assert_eq!(seen(answer), visible, "{name}: {answer:#?}");
}

async fn cloud() -> Cloud {
    Cloud::with(|options| options.cors_origin = Some(PAGE.into())).await
}

const SEEN: bool = true;
const HIDDEN: bool = false;

#[tokio::test]
async fn account_and_container() {
    let cloud = cloud().await;
    let demo = Objects::of(&cloud, "demo").await;
    let info = cloud.request("GET", "/object-store/info", "").header("origin", PAGE);
    let info = Answer::of(info.send().await.unwrap()).await;
    Sample::load("swift", "info").optional("/symlink").optional("/bulk_upload").check(&info);
    assert!(seen(&info));
    check("account-new", HIDDEN, &demo.send("GET", "?format=json").await);
    check("account-head-new", HIDDEN, &demo.send("HEAD", "").await);
    let key = [("X-Account-Meta-Temp-URL-Key", "lab-key")];
    check("account-post", HIDDEN, &demo.with("POST", "", &key).await);
    let owner = demo.send("HEAD", "").await;
    check("account-head-owner", HIDDEN, &owner);
    assert_eq!(owner.header("x-account-meta-temp-url-key"), "lab-key");
    let viewer = Objects::of(&cloud, "viewer").await;
    let reader = viewer.send("HEAD", "").await;
    check("account-head-reader", HIDDEN, &reader);
    assert_eq!(reader.header("x-account-meta-temp-url-key"), "");
    let headers = [
        ("X-Container-Meta-Access-Control-Allow-Origin", PAGE),
        ("X-Container-Meta-Access-Control-Expose-Headers", "X-Static-Large-Object"),
    ];
    let made = demo.with("PUT", "/wire", &headers).await;
    check("container-put", SEEN, &made);
    assert!(made.header("access-control-expose-headers").contains("x-static-large-object"));
    check("container-put-again", SEEN, &demo.send("PUT", "/wire").await);
    check("container-head", SEEN, &demo.send("HEAD", "/wire").await);
}

/// A container `wire` with three segments `disk.raw_segments/…` and the key of the recording.
async fn furnish(demo: &Objects<'_>) -> Vec<Value> {
    let key = [("X-Account-Meta-Temp-URL-Key", "lab-key")];
    demo.with("POST", "", &key).await.expect(204);
    let origin = [
        ("X-Container-Meta-Access-Control-Allow-Origin", PAGE),
        ("X-Container-Meta-Access-Control-Expose-Headers", "X-Static-Large-Object"),
    ];
    demo.with("PUT", "/wire", &origin).await.expect(201);
    let mut entries = Vec::new();
    for (index, letter) in [b'A', b'B', b'C'].into_iter().enumerate() {
        let (path, bytes) =
            (format!("/wire/disk.raw_segments/0000000{index}"), vec![letter; 1 << 20]);
        let request = demo.request("PUT", &path).header("etag", md5(&bytes));
        let put = request.header("content-type", "application/octet-stream").body(bytes.clone());
        check("segment-put", SEEN, &Answer::of(put.send().await.unwrap()).await);
        entries.push(segment(&path, &bytes));
    }
    entries
}

#[tokio::test]
async fn objects_and_manifests() {
    let cloud = cloud().await;
    let demo = Objects::of(&cloud, "demo").await;
    let entries = furnish(&demo).await;
    let wrong = [("etag", "00000000000000000000000000000000")];
    check("segment-wrong-md5", SEEN, &demo.with("PUT", "/wire/bad", &wrong).await);
    check("head-missing", SEEN, &demo.send("HEAD", "/wire/bad").await);
    let soon = [("x-delete-after", "3600"), ("content-type", "application/octet-stream")];
    check("expiring-put", SEEN, &demo.with("PUT", "/wire/expiring", &soon).await);
    check("expiring-head", SEEN, &demo.send("HEAD", "/wire/expiring").await);
    let past = demo.with("PUT", "/wire/past", &[("x-delete-at", "1000")]).await;
    check("delete-at-past", SEEN, &past);
    assert_eq!(past.body, "X-Delete-At in past");

    let manifest = "/wire/disk.raw?multipart-manifest=put";
    let put = |body: Value, headers: &'static [(&str, &str)], path: &'static str| {
        let mut request = demo.request("PUT", path).json(&body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        async move { Answer::of(request.send().await.unwrap()).await }
    };
    const JSON: &[(&str, &str)] = &[("accept", "application/json")];
    let mut bad = entries.clone();
    bad[0]["etag"] = json!("00000000000000000000000000000000");
    let answer = put(json!(bad), &[], manifest).await;
    check("slo-wrong-etag", HIDDEN, &answer);
    assert_eq!(answer.body, "Errors:\n/wire/disk.raw_segments/00000000, Etag Mismatch\n");
    check("slo-wrong-etag-json", HIDDEN, &put(json!(bad), JSON, manifest).await);
    let mut missing = entries.clone();
    missing.push(json!({"path": "/wire/none", "size_bytes": 5}));
    let answer = put(json!(missing), JSON, manifest).await;
    check("slo-missing-json", HIDDEN, &answer);
    assert_eq!(answer.body, json!({"Errors": [["/wire/none", "404 Not Found"]]}));
    check("slo-no-json", HIDDEN, &demo.put(manifest, "not json").await);
    let beat =
        put(json!(entries), JSON, "/wire/disk.raw?multipart-manifest=put&heartbeat=on").await;
    check("slo-heartbeat", HIDDEN, &beat);
    assert_eq!(beat.text("/Response Status"), "201 Created");
    let etags: String = entries.iter().map(|entry| entry["etag"].as_str().unwrap()).collect();
    let etag = md5(etags.as_bytes());
    let request = demo.request("PUT", manifest).json(&entries).header("etag", &etag);
    let made = Answer::of(request.send().await.unwrap()).await;
    check("slo-put", SEEN, &made);
    assert_eq!(made.header("etag"), format!("\"{etag}\""));
    let head = demo.send("HEAD", "/wire/disk.raw").await;
    check("slo-head", SEEN, &head);
    assert_eq!(head.header("content-length"), "3145728");
    check("slo-manifest", SEEN, &demo.send("GET", "/wire/disk.raw?multipart-manifest=get").await);
    let raw = "/wire/disk.raw?multipart-manifest=get&format=raw";
    let raw = demo.send("GET", raw).await;
    check("slo-manifest-raw", SEEN, &raw);
    demo.manifest("/wire/copy", raw.body).await.expect(201);
    demo.send("DELETE", "/wire/copy").await.expect(204);
    let range = demo.with("GET", "/wire/disk.raw", &[("range", "bytes=1048570-1048585")]).await;
    check("slo-range", SEEN, &range);
    assert_eq!(range.body, "AAAAAABBBBBBBBBB");

    check("listing", SEEN, &demo.send("GET", "/wire?format=json").await);
    let delimited = demo.send("GET", "/wire?format=json&delimiter=/").await;
    check("listing-delimiter", SEEN, &delimited);
    assert_eq!(delimited.body[1], json!({"subdir": "disk.raw_segments/"}));
    let page = "/wire?format=json&prefix=disk.raw_segments/&limit=2";
    check("listing-page", SEEN, &demo.send("GET", page).await);
    let next = format!("{page}&marker=disk.raw_segments/00000001");
    check("listing-next-page", SEEN, &demo.send("GET", &next).await);
    check("listing-plain", SEEN, &demo.send("GET", "/wire").await);

    check("once", SEEN, &demo.with("PUT", "/wire/once", &[("if-none-match", "*")]).await);
    check("once-again", SEEN, &demo.with("PUT", "/wire/once", &[("if-none-match", "*")]).await);
    check("container-not-empty", SEEN, &demo.send("DELETE", "/wire").await);
    let delete = "/wire/disk.raw?multipart-manifest=delete";
    let deleted = demo.with("DELETE", delete, JSON).await;
    check("slo-delete", HIDDEN, &deleted);
    assert_eq!(deleted.body["Number Deleted"], 4);
    let again = demo.with("DELETE", delete, JSON).await;
    check("slo-delete-again", HIDDEN, &again);
    assert_eq!(again.body["Number Not Found"], 1);
    let list = demo.request("POST", "?bulk-delete").header("accept", "application/json");
    let list = list
        .header("content-type", "text/plain")
        .body("/wire/once\n/wire/expiring\n/wire/nothing\n/wire\n");
    let bulk = Answer::of(list.send().await.unwrap()).await;
    check("bulk-delete", HIDDEN, &bulk);
    assert_eq!(
        (&bulk.body["Number Deleted"], &bulk.body["Number Not Found"]),
        (&json!(3), &json!(1))
    );
    check("container-gone", SEEN, &demo.send("DELETE", "/wire").await);
}

#[tokio::test]
async fn temporary_urls() {
    let cloud = cloud().await;
    let demo = Objects::of(&cloud, "demo").await;
    let entries = furnish(&demo).await;
    demo.manifest("/wire/disk.raw", json!(entries)).await.expect(201);
    let end = demo.now() + 600;
    let signed = demo.root.strip_prefix("/object-store").unwrap();
    let message = format!("GET\n{end}\n{signed}/wire/disk.raw");
    let url =
        |signature: &str| format!("/wire/disk.raw?temp_url_sig={signature}&temp_url_expires={end}");
    let nobody = demo.nobody();
    let good = sign("lab-key", &message);
    let whole = nobody.send("GET", &url(&good)).await;
    check("tempurl-sha256", SEEN, &whole);
    assert_eq!(whole.body.as_str().unwrap().len(), 3 << 20);
    let sha512 = hex::<Hmac<Sha512>>(&message);
    check("tempurl-sha512", SEEN, &nobody.send("GET", &url(&sha512)).await);
    check("tempurl-sha1", SEEN, &nobody.send("GET", &url(&hex::<Hmac<Sha1>>(&message))).await);
    check("tempurl-head", SEEN, &nobody.send("HEAD", &url(&good)).await);
    check("tempurl-other-method", HIDDEN, &nobody.put(&url(&good), "x").await);
    let before = demo.now() - 1;
    let expired = sign("lab-key", &format!("GET\n{before}\n{signed}/wire/disk.raw"));
    let expired = format!("/wire/disk.raw?temp_url_sig={expired}&temp_url_expires={before}");
    check("tempurl-expired", HIDDEN, &nobody.send("GET", &expired).await);
    check("tempurl-bad", HIDDEN, &nobody.send("GET", &url(&format!("0{good}"))).await);
    let named = nobody.send("GET", &format!("{}&filename=my%20disk.img", url(&good))).await;
    check("tempurl-filename", SEEN, &named);
    let expected = "attachment; filename=\"my disk.img\"; filename*=UTF-8''my%20disk.img";
    assert_eq!(named.header("content-disposition"), expected);
    let inline = nobody.send("GET", &format!("{}&inline", url(&good))).await;
    assert_eq!(inline.header("content-disposition"), "inline");
    let prefix = sign("lab-key", &format!("GET\n{end}\nprefix:{signed}/wire/disk.raw_segments/"));
    let prefix =
        format!("temp_url_sig={prefix}&temp_url_expires={end}&temp_url_prefix=disk.raw_segments/");
    let by_prefix = nobody.send("GET", &format!("/wire/disk.raw_segments/00000000?{prefix}")).await;
    check("tempurl-prefix", SEEN, &by_prefix);
    nobody.send("GET", &format!("/wire/disk.raw?{prefix}")).await.expect(401);
    let put = nobody.put(&nobody.temp_url("PUT", "/wire/by-tempurl", "lab-key"), "hello").await;
    check("tempurl-put", SEEN, &put);
}

fn hex<M: Mac + KeyInit>(message: &str) -> String {
    let mut mac = <M as KeyInit>::new_from_slice(b"lab-key").unwrap();
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn who_may_what() {
    let cloud = cloud().await;
    let demo = Objects::of(&cloud, "demo").await;
    let entries = furnish(&demo).await;
    demo.manifest("/wire/disk.raw", json!(entries)).await.expect(201);
    check("no-token", SEEN, &demo.nobody().send("GET", "/wire/disk.raw").await);
    let stranger = Objects::in_project(&cloud, "other", "other").await;
    check("other-project", SEEN, &stranger.send("GET", "/wire/disk.raw").await);
    let viewer = Objects::of(&cloud, "viewer").await;
    check("reader-lists", SEEN, &viewer.send("GET", "/wire?format=json").await);
    check("reader-writes", SEEN, &viewer.put("/wire/x", "x").await);
    check("missing", SEEN, &demo.send("GET", "/wire/none").await);
    check("container-missing", SEEN, &demo.send("GET", "/none?format=json").await);
    check("put-into-missing", SEEN, &demo.put("/none/x", "x").await);
}
