//! From the object store into an image: Glance fetches the TempURL as any other URL, and what may go wrong on the way.

use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use crate::support::objects::{Objects, md5, segment};
use crate::support::{Answer, Cloud};
use devcloud::faults::{Action, Rule};
use devcloud::service::Service;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

/// A large object `/c/m` of `count` times these bytes, and its URL.
async fn large(demo: &Objects<'_>, bytes: &[u8], count: usize) -> String {
    demo.with("PUT", "/c", &[("x-container-meta-temp-url-key", "k")]).await;
    demo.put("/c/s", bytes).await.expect(201);
    demo.manifest("/c/m", json!(vec![segment("/c/s", bytes); count])).await.expect(201);
    demo.cloud.url(&format!("{}{}", demo.root, demo.temp_url("GET", "/c/m", "k")))
}

/// A queued image, by id.
async fn image(demo: &Objects<'_>, name: &str) -> String {
    let fields = json!({"name": name, "disk_format": "raw", "container_format": "bare"});
    demo.cloud.post("/image/v2/images", &demo.token, fields).await.expect(201).text("/id")
}

async fn import(demo: &Objects<'_>, id: &str, uri: &str) -> Answer {
    let body = json!({"method": {"name": "web-download", "uri": uri}});
    demo.cloud.post(&format!("/image/v2/images/{id}/import"), &demo.token, body).await
}

/// The image when its import has come to an end.
async fn ended(demo: &Objects<'_>, id: &str) -> Value {
    let path = format!("/image/v2/images/{id}");
    demo.cloud
        .until(&path, &demo.token, |a| a.body.get("os_glance_import_task").is_none())
        .await
        .body
}

async fn message(demo: &Objects<'_>, id: &str) -> (String, String) {
    let tasks = demo.cloud.get(&format!("/image/v2/images/{id}/tasks"), &demo.token).await;
    (tasks.text("/tasks/0/status"), tasks.text("/tasks/0/message"))
}

#[tokio::test]
async fn a_large_object_becomes_an_image_with_the_hash_of_its_bytes() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    let bytes: Vec<u8> = (0..1_000_003_u32).map(|n| (n % 251) as u8).collect();
    let uri = large(&demo, &bytes, 3).await;
    let id = image(&demo, "disk").await;
    import(&demo, &id, &uri).await.expect(202);
    let image = ended(&demo, &id).await;
    assert_eq!((&image["status"], &image["size"]), (&json!("active"), &json!(3_000_009)));
    let whole = bytes.repeat(3);
    let expected: String =
        Sha512::digest(&whole).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        (&image["os_hash_value"], &image["checksum"]),
        (&json!(expected), &json!(md5(&whole)))
    );
    assert_eq!(message(&demo, &id).await, ("success".into(), "Copied 2 MiB".into()));
}

#[tokio::test]
async fn zeros_take_no_disk() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    let uri = large(&demo, &vec![0; 1 << 20], 200).await;
    let id = image(&demo, "zeros").await;
    import(&demo, &id, &uri).await.expect(202);
    assert_eq!(ended(&demo, &id).await["size"], json!(200 << 20));
    let file = std::fs::metadata(cloud.folder().join("dev-1/images").join(&id)).unwrap();
    assert_eq!(file.len(), 200 << 20);
    assert!(file.blocks() < 2048, "{} blocks of 512 bytes", file.blocks());
    for object in std::fs::read_dir(cloud.folder().join("dev-1/objects")).unwrap() {
        assert!(object.unwrap().metadata().unwrap().blocks() < 256);
    }
}

#[tokio::test]
async fn an_import_that_fails_goes_back_to_queued_and_may_be_tried_again() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    let uri = large(&demo, &[1; 500_000], 4).await;
    let id = image(&demo, "disk").await;
    let faults = cloud.devcloud.faults();
    let on_get = |action| Rule::new(Service::Object, "GET", "/v1/*/c/m", action).once();
    let status = |status| Action::Status { status, message: String::new(), headers: [].into() };
    // A URL that has expired, a segment that is gone, and what the network does.
    let expired = uri.replace("temp_url_expires=", "temp_url_expires=1");
    import(&demo, &id, &expired).await.expect(202);
    assert_eq!(ended(&demo, &id).await["status"], "queued");
    for action in [
        status(503),
        Action::ResetMidAnswer { bytes: 700_000 },
        Action::StallAnswer { bytes: 700_000, ms: 50 },
        Action::ResetBeforeBody,
        Action::DropReply,
    ] {
        faults.add(on_get(action.clone()));
        import(&demo, &id, &uri).await.expect(202);
        let image = ended(&demo, &id).await;
        assert_eq!(
            (&image["status"], &image["size"]),
            (&json!("queued"), &Value::Null),
            "{action:?}"
        );
        assert_eq!(image["os_glance_failed_import"], "fast");
        let expected = (String::from("failure"), String::from("Task failed due to Internal Error"));
        assert_eq!(message(&demo, &id).await, expected, "{action:?}");
    }
    demo.send("DELETE", "/c/s").await.expect(204);
    import(&demo, &id, &uri).await.expect(202);
    assert_eq!(ended(&demo, &id).await["status"], "queued");
    demo.put("/c/s", vec![1; 500_000]).await.expect(201);
    import(&demo, &id, &uri).await.expect(202);
    assert_eq!(ended(&demo, &id).await["status"], "active");
}

#[tokio::test]
async fn a_source_that_falls_silent_and_a_worker_that_dies_leave_it_importing() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    let uri = large(&demo, &[1; 1000], 2).await;
    let stall = Action::StallAnswer { bytes: 100, ms: 600_000 };
    cloud.devcloud.faults().add(Rule::new(Service::Object, "GET", "/v1/*/c/m", stall).once());
    let (silent, dead) = (image(&demo, "silent").await, image(&demo, "fail-worker").await);
    for id in [&silent, &dead] {
        import(&demo, id, &uri).await.expect(202);
        let path = format!("/image/v2/images/{id}");
        cloud.until(&path, &demo.token, |a| a.body["status"] == "importing").await;
        // Who imports again is told that it is not his turn.
        import(&demo, id, &uri).await.expect(409);
    }
    let fresh = image(&demo, "fresh").await;
    import(&demo, &fresh, &uri).await.expect(202);
    assert_eq!(ended(&demo, &fresh).await["status"], "active");
    let tasks = cloud.get(&format!("/image/v2/images/{dead}/tasks"), &demo.token).await;
    assert_eq!(
        (tasks.text("/tasks/0/status"), tasks.text("/tasks/0/message")),
        ("processing".into(), String::new())
    );
    cloud.delete(&format!("/image/v2/images/{dead}"), &demo.token).await.expect(204);
}

#[tokio::test]
async fn an_operator_may_be_as_narrow_as_glance_is_by_default() {
    let narrow = Cloud::with(|options| options.web_download_ports = Some(vec![80, 443])).await;
    let demo = Objects::of(&narrow, "demo").await;
    let uri = large(&demo, &[1; 1000], 2).await;
    let id = image(&demo, "disk").await;
    let refused = import(&demo, &id, &uri).await.expect(400);
    assert!(
        refused.body.as_str().unwrap().contains("URI for web-download does not pass filtering")
    );
    let without =
        Cloud::with(|options| options.import_methods = vec!["glance-direct".into()]).await;
    let demo = Objects::of(&without, "demo").await;
    let methods = without.get("/image/v2/info/import", &demo.token).await;
    assert_eq!(methods.body["import-methods"]["value"], json!(["glance-direct"]));
    let id = image(&demo, "disk").await;
    let refused = import(&demo, &id, "http://127.0.0.1/x").await.expect(400);
    assert!(refused.body.as_str().unwrap().contains("Unknown import method name"));
}

#[tokio::test]
async fn a_segment_on_its_way_meets_every_fault() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    demo.send("PUT", "/c").await.expect(201);
    let bytes = vec![3_u8; 2 << 20];
    let put = async |name: &str| {
        let request = demo.request("PUT", &format!("/c/{name}")).body(bytes.clone());
        request.send().await.map(|response| response.status().as_u16())
    };
    // The second segment is hit; what it leaves behind is the point.
    for (action, kept) in [
        (Action::ResetBeforeBody, false),
        (Action::ResetMidBody { bytes: 1 << 20 }, false),
        (Action::StallBody { bytes: 1 << 20, ms: 30 }, false),
        (Action::ResetAfterBody, false),
        (Action::DropReply, true),
    ] {
        let rule = Rule::new(Service::Object, "PUT", "/v1/*/c/*", action.clone());
        cloud.devcloud.faults().add(rule.from_nth(2).times(1));
        assert_eq!(put("first").await.unwrap(), 201);
        assert!(put("second").await.is_err(), "{action:?}");
        let there = demo.send("HEAD", "/c/second").await.status == 200;
        assert_eq!(there, kept, "{action:?}");
        assert_eq!(put("second").await.unwrap(), 201, "{action:?}");
        demo.send("DELETE", "/c/second").await.expect(204);
        cloud.devcloud.faults().clear();
    }
    // 2 MiB at 20 MiB/s take a tenth of a second, a stall before the answer as long as it says.
    for action in [Action::SlowBody { bytes_per_second: 20 << 20 }, Action::Delay { ms: 100 }] {
        cloud.devcloud.faults().add(Rule::new(Service::Object, "PUT", "/v1/*/c/*", action).once());
        let began = std::time::Instant::now();
        assert_eq!(put("slow").await.unwrap(), 201);
        assert!(began.elapsed() >= Duration::from_millis(95));
    }
}
