//! Glance's answers held against samples of a real one: status, headers, keys, types, and the words of every refusal.

use crate::support::contract::Sample;
use crate::support::{Answer, Cloud};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde_json::{Value, json};

const OCTETS: &str = "application/octet-stream";
const PATCH: &str = "application/openstack-images-v2.1-json-patch";

/// A signed-in user of one cloud. Sends no `Accept`, as the recordings were made.
struct User<'a> {
    cloud: &'a Cloud,
    token: String,
}

impl<'a> User<'a> {
    async fn of(cloud: &'a Cloud, name: &str, project: &str) -> Self {
        Self { cloud, token: cloud.sign_in(name, project).await }
    }

    async fn call(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let mut request =
            self.cloud.request(method, &format!("/image{path}"), &self.token).header(ACCEPT, "");
        if !content_type.is_empty() {
            request = request.header(CONTENT_TYPE, content_type).body(body);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, "", "").await
    }

    async fn json(&self, method: &str, path: &str, body: Value) -> Answer {
        self.call(method, path, "application/json", body.to_string()).await
    }

    async fn patch(&self, id: &str, operations: Value) -> Answer {
        self.call("PATCH", &format!("/v2/images/{id}"), PATCH, operations.to_string()).await
    }

    async fn put(&self, id: &str, what: &str, body: Vec<u8>) -> Answer {
        self.call("PUT", &format!("/v2/images/{id}/{what}"), OCTETS, body).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path, "", "").await
    }

    async fn create(&self, disk_format: &str) -> String {
        let body = json!({"name": "wire", "disk_format": disk_format, "container_format": "bare"});
        self.json("POST", "/v2/images", body).await.expect(201).text("/id")
    }

    async fn until(&self, id: &str, seen: impl Fn(&Answer) -> bool) -> Answer {
        self.cloud.until(&format!("/image/v2/images/{id}"), &self.token, seen).await
    }
}

/// Holds the answer against the sample; a refusal must also say the same, ids aside.
#[track_caller]
fn check(name: &str, answer: &Answer) {
    let sample = Sample::load("glance", name);
    sample.check(answer);
    if let (Value::String(theirs), Value::String(ours)) = (sample.body(), &answer.body) {
        assert_eq!(without_ids(ours), without_ids(theirs), "{name}");
    }
}

/// Blanks out UUIDs and project ids, which differ.
fn without_ids(text: &str) -> String {
    text.split_inclusive([' ', '\n', '\''])
        .map(|word| {
            let bare = word.trim_end_matches([' ', '\n', '.', '\'']);
            let hex = bare.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
            if bare.len() >= 32 && hex && !bare.contains("xxx") {
                word.replace(bare, "ID")
            } else {
                word.to_owned()
            }
        })
        .collect()
}

/// What `qemu-img create -f qcow2 x 64M` writes.
fn qcow2() -> Vec<u8> {
    let mut disk = vec![0; 196_616];
    disk[..4].copy_from_slice(b"QFI\xfb");
    disk[7] = 3;
    disk[23] = 16;
    disk[24..32].copy_from_slice(&(64_u64 << 20).to_be_bytes());
    disk
}

#[tokio::test]
async fn what_the_service_says_of_itself() {
    let cloud = Cloud::start().await;
    let demo = User::of(&cloud, "demo", "demo").await;
    let nobody = User { cloud: &cloud, token: String::new() };
    check("versions", &nobody.get("").await);
    check("versions", &nobody.get("/").await);
    check("versions-200", &nobody.get("/versions").await);
    for (name, path) in [
        ("info-import", "/v2/info/import"),
        ("info-stores", "/v2/info/stores"),
        ("info-usage", "/v2/info/usage"),
        ("tasks-refused", "/v2/tasks"),
        ("namespaces", "/v2/metadefs/namespaces"),
        ("namespace-missing", "/v2/metadefs/namespaces/OS::Compute::LibvirtImage"),
        ("stores-detail-refused", "/v2/info/stores/detail"),
    ] {
        check(name, &demo.get(path).await);
    }
    for name in ["image", "images", "member", "task"] {
        let answer = demo.get(&format!("/v2/schemas/{name}")).await;
        let sample = Sample::load("glance", &format!("schema-{name}"));
        sample.check(&answer);
        assert_eq!(&answer.body, sample.body(), "{name}");
    }
    let refused = nobody.get("/v2/images").await;
    check("no-token", &refused);
    assert!(refused.headers.get("x-openstack-request-id").is_none());
}

#[tokio::test]
async fn the_life_of_an_image() {
    let cloud = Cloud::start().await;
    let demo = User::of(&cloud, "demo", "demo").await;
    let full = Sample::load("glance", "create-full");
    let request: Value =
        serde_json::from_str(include_str!("../../../../tests/contract/glance/create-full.json"))
            .unwrap();
    let created = demo.json("POST", "/v2/images", request["request"]["body"].clone()).await;
    full.check(&created);
    for key in [
        "name",
        "visibility",
        "status",
        "os_distro",
        "description",
        "tags",
        "min_ram",
        "hw_rng_model",
    ] {
        assert_eq!(created.body[key], full.body()[key], "{key}");
    }
    assert_eq!(
        created.header("openstack-image-import-methods"),
        "glance-direct,web-download,copy-image,glance-download"
    );
    let id = created.text("/id");
    let image = format!("/v2/images/{id}");
    assert_eq!(created.header("location"), cloud.url(&format!("/image{image}")));

    check("upload", &demo.put(&id, "file", qcow2()).await);
    let active = demo.get(&image).await;
    check("active", &active);
    assert_eq!(active.body["virtual_size"], 64 << 20);
    assert_eq!(active.body["stores"], "fast");
    check("upload-again", &demo.put(&id, "file", qcow2()).await);
    let range = demo
        .cloud
        .request("GET", &format!("/image{image}/file"), &demo.token)
        .header("range", "bytes=0-15");
    let range = Answer::of(range.send().await.unwrap()).await;
    check_headers("download-range", &range);
    assert_eq!(range.header("content-range"), "bytes 0-15/196616");
    let whole = demo.get(&format!("{image}/file")).await;
    check_headers("download", &whole);
    assert_eq!(whole.header("content-md5"), active.text("/checksum"));

    let request: Value =
        serde_json::from_str(include_str!("../../../../tests/contract/glance/patch.json")).unwrap();
    check("patch", &demo.patch(&id, request["request"]["body"].clone()).await);
    let one =
        |op: &str, path: &str, value: Value| json!([{"op": op, "path": path, "value": value}]);
    for (name, operations) in [
        ("patch-replace-missing", one("replace", "/not_there", json!("x"))),
        ("patch-remove-missing", json!([{"op": "remove", "path": "/not_there"}])),
        ("patch-format-of-active", one("replace", "/disk_format", json!("raw"))),
        ("patch-read-only", one("replace", "/size", json!(1))),
        ("patch-publish", one("replace", "/visibility", json!("public"))),
        ("patch-community", one("replace", "/visibility", json!("community"))),
        ("patch-wrong-type", one("add", "/min_disk", json!("7"))),
        ("patch-number-property", one("add", "/owner_extra", json!(7))),
    ] {
        check(name, &demo.patch(&id, operations).await);
    }
    let wrong = demo.json("PATCH", &image, one("add", "/name", json!("x"))).await;
    check("patch-media-type", &wrong);
    assert_eq!(
        wrong.header("accept-patch"),
        "application/openstack-images-v2.0-json-patch, application/openstack-images-v2.1-json-patch"
    );

    let tag = format!("{image}/tags/extra");
    check("tag-add", &demo.call("PUT", &tag, "", "").await);
    check("tag-remove", &demo.delete(&tag).await);
    check("tag-missing", &demo.delete(&tag).await);
    check("deactivate", &demo.call("POST", &format!("{image}/actions/deactivate"), "", "").await);
    check("deactivate", &demo.call("POST", &format!("{image}/actions/deactivate"), "", "").await);
    check("download-deactivated", &demo.get(&format!("{image}/file")).await);
    check("reactivate", &demo.call("POST", &format!("{image}/actions/reactivate"), "", "").await);
    demo.patch(&id, one("replace", "/protected", json!(true))).await.expect(200);
    check("delete-protected", &demo.delete(&image).await);
    demo.patch(&id, one("replace", "/protected", json!(false))).await.expect(200);
    check("delete", &demo.delete(&image).await);
    check("show-gone", &demo.get(&image).await);
    check("delete-gone", &demo.delete(&image).await);
}

/// A body of bytes has no JSON to compare.
#[track_caller]
fn check_headers(name: &str, answer: &Answer) {
    let found = Sample::load("glance", name).differences(answer);
    let found: Vec<_> = found.into_iter().filter(|d| !d.starts_with("/ ")).collect();
    assert!(found.is_empty(), "{name}: {found:?}");
}

#[tokio::test]
async fn what_create_refuses() {
    let cloud = Cloud::start().await;
    let demo = User::of(&cloud, "demo", "demo").await;
    let with = |key: &str, value: Value| {
        let mut body = json!({"name": "wire", "disk_format": "qcow2", "container_format": "bare"});
        body[key] = value;
        demo.json("POST", "/v2/images", body)
    };
    let sample: Value = serde_json::from_str(include_str!(
        "../../../../tests/contract/glance/create-long-name.json"
    ))
    .unwrap();
    let long = &sample["request"]["body"]["name"];
    for (name, key, value) in [
        ("create-public", "visibility", json!("public")),
        ("create-unknown-format", "disk_format", json!("nonsense")),
        ("create-negative", "min_disk", json!(-1)),
        ("create-long-name", "name", json!(long)),
        ("create-read-only", "status", json!("active")),
        ("create-number-property", "os_distro", json!(5)),
        ("create-reserved", "os_glance_x", json!("y")),
        ("create-no-uuid", "id", json!("not-a-uuid")),
    ] {
        check(name, &with(key, value).await);
    }
    let created = with("name", json!("wire")).await;
    check("create-small", &created);
    check("create-duplicate", &with("id", created.body["id"].clone()).await);
    let none = demo.json("POST", "/v2/images", json!({"name": "no formats"})).await;
    check("create-no-formats", &none);
    check("upload-no-formats", &demo.put(&none.text("/id"), "file", qcow2()).await);
}

#[tokio::test]
async fn what_uploads_refuse() {
    let cloud = Cloud::start().await;
    let demo = User::of(&cloud, "demo", "demo").await;
    let id = demo.create("qcow2").await;
    let image = format!("/v2/images/{id}");
    check("download-queued", &demo.get(&format!("{image}/file")).await);
    check(
        "upload-media-type",
        &demo.json("PUT", &format!("{image}/file"), json!({"not": "octets"})).await,
    );
    check("upload-raw-as-qcow2", &demo.put(&id, "file", vec![0; 2 << 20]).await);
    check("after-mismatch", &demo.get(&image).await);
    check("upload-after-mismatch", &demo.put(&id, "file", qcow2()).await);
    demo.delete(&image).await.expect(204);

    let id = demo.create("raw").await;
    check("upload", &demo.put(&id, "file", qcow2()).await);
    let raw = demo.get(&format!("/v2/images/{id}")).await;
    check("active-raw", &raw);
    assert_eq!(raw.body["virtual_size"], 196_616, "a disguised disk is as large as its bytes");

    check("upload-qcow2-as-iso", &demo.put(&demo.create("iso").await, "file", qcow2()).await);
    let sample: Value = serde_json::from_str(include_str!(
        "../../../../tests/contract/glance/upload-vmdk-descriptor.json"
    ))
    .unwrap();
    let descriptor = sample["request"]["body"].as_str().unwrap().as_bytes().to_vec();
    check(
        "upload-vmdk-descriptor",
        &demo.put(&demo.create("vmdk").await, "file", descriptor).await,
    );
    let mut backed = qcow2();
    backed[15] = 0x70;
    check("upload-backing-file", &demo.put(&demo.create("qcow2").await, "file", backed).await);
    let id = demo.create("qcow2").await;
    check("upload-empty", &demo.put(&id, "file", Vec::new()).await);
    check("after-empty", &demo.get(&format!("/v2/images/{id}")).await);
}

#[tokio::test]
async fn staging_and_importing() {
    let cloud = Cloud::with(|options| options.pace = 1.0).await;
    let demo = User::of(&cloud, "demo", "demo").await;
    let direct = json!({"method": {"name": "glance-direct"}});
    let id = demo.create("qcow2").await;
    let (image, import) = (format!("/v2/images/{id}"), format!("/v2/images/{id}/import"));
    check("import-not-staged", &demo.json("POST", &import, direct.clone()).await);
    check("stage", &demo.put(&id, "stage", qcow2()).await);
    check("staged", &demo.get(&image).await);
    check("stage-again", &demo.put(&id, "stage", qcow2()).await);
    check("import-accepted", &demo.json("POST", &import, direct.clone()).await);
    check("import-picked-up", &demo.get(&image).await);
    check("import-importing", &demo.until(&id, |a| a.body["status"] == "importing").await);
    let is_done = |a: &Answer| {
        a.body["status"] != "importing" && a.body.get("os_glance_import_task").is_none()
    };
    check("import-active", &demo.until(&id, is_done).await);
    let tasks = demo.get(&format!("{image}/tasks")).await;
    check("import-task", &tasks);
    assert_eq!(tasks.body["tasks"][0]["message"], "Copied 0 MiB");

    let id = demo.create("qcow2").await;
    demo.put(&id, "stage", qcow2()).await.expect(204);
    let both = json!({"method": {"name": "glance-direct"}, "stores": ["fast", "slow"]});
    demo.json("POST", &format!("/v2/images/{id}/import"), both).await.expect(202);
    let stored = demo.until(&id, is_done).await;
    check("import-both-stores", &stored);
    assert_eq!(stored.body["stores"], "fast,slow");

    let id = demo.create("qcow2").await;
    demo.put(&id, "stage", vec![0; 2 << 20]).await.expect(204);
    demo.json("POST", &format!("/v2/images/{id}/import"), direct).await.expect(202);
    let failed = |a: &Answer| {
        a.body["os_glance_failed_import"] == "fast" && a.body.get("os_glance_import_task").is_none()
    };
    let left = demo.until(&id, failed).await;
    check("import-direct-failed", &left);
    assert_eq!(left.body["status"], "importing");
    let tasks = demo.get(&format!("/v2/images/{id}/tasks")).await;
    check("import-direct-failed-task", &tasks);
    assert_eq!(tasks.body["tasks"][0]["message"], "Task failed due to Internal Error");
}

#[tokio::test]
async fn what_imports_refuse() {
    let cloud = Cloud::start().await;
    let demo = User::of(&cloud, "demo", "demo").await;
    let admin = User::of(&cloud, "admin", "demo").await;
    let id = demo.create("qcow2").await;
    let import = format!("/v2/images/{id}/import");
    let web = |uri: &str| json!({"method": {"name": "web-download", "uri": uri}});
    check(
        "import-unknown-method",
        &demo.json("POST", &import, json!({"method": {"name": "nonsense"}})).await,
    );
    check("import-no-method", &demo.json("POST", &import, json!({})).await);
    let refused = demo.json("POST", &import, web("http://192.0.2.1:5000/v3")).await;
    // The recorded cloud lets no loopback address pass; this one does, so the URL is another one.
    Sample::load("glance", "web-refused-port").check(&refused);
    check("web-malformed", &demo.json("POST", &import, web("not a url")).await);
    check("web-refused-scheme", &demo.json("POST", &import, web("ftp://127.0.0.1/x")).await);
    let none = demo.json("POST", "/v2/images", json!({"name": "no formats"})).await.text("/id");
    demo.put(&none, "stage", qcow2()).await.expect(204);
    let direct = json!({"method": {"name": "glance-direct"}});
    check(
        "import-no-formats",
        &demo.json("POST", &format!("/v2/images/{none}/import"), direct).await,
    );

    let id = demo.create("raw").await;
    demo.put(&id, "file", vec![0; 2 << 20]).await.expect(204);
    let copy = json!({"method": {"name": "copy-image"}, "stores": ["slow"]});
    let import = format!("/v2/images/{id}/import");
    check("copy-image-refused", &demo.json("POST", &import, copy.clone()).await);
    check("import-accepted", &admin.json("POST", &import, copy).await);
    let copied = demo.until(&id, |a| a.body["stores"] == "fast,slow").await;
    Sample::load("glance", "copied").optional("/os_glance_import_task").check(&copied);
    check("store-removal-refused", &demo.delete(&format!("/v2/stores/slow/{id}")).await);
    // Nobody listens on port 1 of loopback.
    let id = demo.create("qcow2").await;
    demo.json("POST", &format!("/v2/images/{id}/import"), web("http://127.0.0.1:1/x"))
        .await
        .expect(202);
    let failed = |a: &Answer| {
        a.body["os_glance_failed_import"] == "fast" && a.body.get("os_glance_import_task").is_none()
    };
    let left = demo.until(&id, failed).await;
    check("web-failed", &left);
    assert_eq!(left.body["status"], "queued");
    check("web-failed-task", &demo.get(&format!("/v2/images/{id}/tasks")).await);
}

#[tokio::test]
async fn lists() {
    let cloud = Cloud::start().await;
    let demo = User::of(&cloud, "demo", "demo").await;
    // Properties are the images' own; the fixed keys are the contract.
    let list = demo.get("/v2/images").await;
    let sample = Sample::load("glance", "list");
    let theirs = sample.body();
    assert_eq!(list.body["first"], theirs["first"]);
    assert_eq!(list.body["schema"], theirs["schema"]);
    let images = list.body["images"].as_array().unwrap();
    assert_eq!(images.len(), 25);
    let last = images[24]["id"].as_str().unwrap();
    assert_eq!(list.body["next"], format!("/v2/images?marker={last}"));
    let page = demo.get("/v2/images?limit=2&sort=name:asc").await;
    assert_eq!(page.body["first"], "/v2/images?limit=2&sort=name%3Aasc");
    check("list-empty", &demo.get("/v2/images?limit=0").await);
    let mine = demo.get("/v2/images?visibility=private&status=queued").await;
    let created = Sample::load("glance", "create-small");
    let mut found: Vec<_> = mine.body["images"][0].as_object().unwrap().keys().collect();
    let mut known: Vec<_> = created.body().as_object().unwrap().keys().collect();
    found.sort();
    known.sort();
    assert_eq!(found, known);
    for (name, query) in [
        ("list-negative-limit", "limit=-1"),
        ("list-bad-visibility", "visibility=nonsense"),
        ("list-bad-time", "created_at=nonsense"),
        ("list-bad-sort-key", "sort=nonsense:asc"),
        ("list-bad-direction", "sort=name:up"),
        ("list-mixed-sort", "sort=name:asc&sort_key=name"),
        ("list-bad-marker", "marker=nonsense"),
    ] {
        check(name, &demo.get(&format!("/v2/images?{query}")).await);
    }
}

#[tokio::test]
async fn sharing() {
    let cloud = Cloud::start().await;
    let demo = User::of(&cloud, "demo", "demo").await;
    let other = User::of(&cloud, "other", "other").await;
    let project = devcloud::well_known::PROJECT_OTHER;
    let id = demo.create("qcow2").await;
    let (image, members) = (format!("/v2/images/{id}"), format!("/v2/images/{id}/members"));
    let offer = json!({"member": project});
    let visibility = |to: &str| json!([{"op": "replace", "path": "/visibility", "value": to}]);
    demo.patch(&id, visibility("private")).await.expect(200);
    check("member-of-private", &demo.json("POST", &members, offer.clone()).await);
    demo.patch(&id, visibility("shared")).await.expect(200);
    check("member", &demo.json("POST", &members, offer.clone()).await);
    check("member-again", &demo.json("POST", &members, offer).await);
    check("members", &demo.get(&members).await);
    let me = format!("{members}/{project}");
    let ids = |answer: &Answer| -> Vec<String> {
        answer.body["images"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(
        ids(&other.get("/v2/images?visibility=shared&member_status=pending").await).contains(&id)
    );
    let accepted = ids(&other.get("/v2/images?visibility=shared").await);
    assert!(!accepted.contains(&id), "not before it is accepted");
    other.get(&image).await.expect(200);
    check("member-owner-answers", &demo.json("PUT", &me, json!({"status": "accepted"})).await);
    check("member-accepted", &other.json("PUT", &me, json!({"status": "accepted"})).await);
    check("members", &other.get(&members).await);
    check("member", &other.get(&me).await);
    assert!(ids(&other.get("/v2/images?visibility=shared").await).contains(&id));
    other.json("PUT", &me, json!({"status": "rejected"})).await.expect(200);
    assert!(!ids(&other.get("/v2/images?visibility=shared").await).contains(&id));
    check("member-bad-status", &other.json("PUT", &me, json!({"status": "maybe"})).await);
    check("member-deletes-image", &other.delete(&image).await);
    check("member-removed", &demo.delete(&me).await);
    other.get(&image).await.expect(404);
}

#[tokio::test]
async fn quotas() {
    let cloud = Cloud::start().await;
    let other = User::of(&cloud, "other", "other").await;
    let limits = other.get("/v2/info/usage").await.body["usage"].clone();
    assert_eq!(limits["image_size_total"]["limit"], 64);
    let first = other.create("raw").await;
    other.put(&first, "file", vec![1; 60 << 20]).await.expect(204);
    let second = other.create("raw").await;
    // The words hold the numbers of the project; the sample's are others.
    let over = other.put(&second, "file", vec![1; 6 << 20]).await;
    Sample::load("glance", "quota-upload").check(&over);
    assert!(
        over.body
            .as_str()
            .unwrap()
            .contains("image_size_total is over limit of 64 due to current usage 60 and delta 6]")
    );
    let staged = other.put(&second, "stage", vec![1; 65 << 20]).await;
    Sample::load("glance", "quota-stage").check(&staged);
    let third = json!({"name": "one too many"});
    Sample::load("glance", "quota-records").check(&other.json("POST", "/v2/images", third).await);
    assert_eq!(other.get(&format!("/v2/images/{second}")).await.body["status"], "queued");
}
