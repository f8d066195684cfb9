//! An older cloud: what Caracal answers where the newest release answers otherwise. Each case is asked of both, so that a
//! difference that is none is found.

use crate::support::servers::Scene;
use crate::support::{Answer, Cloud};
use devcloud::Release;
use serde_json::{Value, json};

/// A qcow2 of 2 MiB without data: version 2, its tables behind the header.
fn qcow2() -> Vec<u8> {
    let mut header = Vec::new();
    header.extend_from_slice(b"QFI\xfb");
    header.extend_from_slice(&2_u32.to_be_bytes());
    header.extend_from_slice(&[0; 12]);
    header.extend_from_slice(&16_u32.to_be_bytes());
    header.extend_from_slice(&(2_u64 << 20).to_be_bytes());
    header.resize(1 << 10, 0);
    header
}

async fn cloud(release: Release) -> Cloud {
    Cloud::with(|options| options.release = release).await
}

/// A new image of that disk format, and the answer to an upload of these bytes.
async fn uploaded(cloud: &Cloud, token: &str, format: &str, bytes: Vec<u8>) -> (String, Answer) {
    let record = json!({"name": "one", "disk_format": format, "container_format": "bare"});
    let id = cloud.post("/image/v2/images", token, record).await.expect(201).text("/id");
    let request = cloud.request("PUT", &format!("/image/v2/images/{id}/file"), token);
    let request = request.header("content-type", "application/octet-stream").body(bytes);
    (id, Answer::of(request.send().await.unwrap()).await)
}

#[tokio::test]
async fn the_version_documents_say_what_is_spoken() {
    for (release, compute, image, old) in [
        (Release::Newest, "2.104", "v2.17", "DEPRECATED"),
        (Release::Caracal, "2.96", "v2.15", "SUPPORTED"),
    ] {
        let cloud = cloud(release).await;
        let one = cloud.get("/compute/v2.1/", "").await.expect(200);
        assert_eq!(one.text("/version/version"), compute);
        assert_eq!(one.text("/version/min_version"), "2.1");
        let all = cloud.get("/compute/", "").await.expect(200);
        assert_eq!(all.text("/versions/0/status"), old);
        assert_eq!(all.text("/versions/1/version"), compute);
        let volume = cloud.get("/volume/v3/", "").await.expect(200);
        assert_eq!(volume.text("/versions/0/version"), "3.71");
        let images = cloud.get("/image/versions", "").await.expect(200);
        let listed = images.body["versions"].as_array().unwrap();
        let current = listed.iter().filter(|version| version["status"] == "CURRENT");
        assert_eq!(current.map(|version| &version["id"]).collect::<Vec<_>>(), [image]);
        let newer = listed.iter().any(|version| version["id"] == "v2.17");
        assert_eq!(newer, release == Release::Newest);
    }
}

#[tokio::test]
async fn a_microversion_from_the_future_is_not_acceptable() {
    for (release, asked, most) in
        [(Release::Newest, "2.105", "2.104"), (Release::Caracal, "2.97", "2.96")]
    {
        let scene = Scene::on(cloud(release).await).await;
        let refused = scene.ask_in(asked, "GET", "/servers/detail", None).await.expect(406);
        let message = format!(
            "Version {asked} is not supported by the API. Minimum is 2.1 and maximum is {most}."
        );
        assert_eq!(refused.body, json!({"computeFault": {"code": 406, "message": message}}));
        assert_eq!(refused.header("openstack-api-version"), format!("compute {asked}"));
        scene.ask_in(most, "GET", "/servers/detail", None).await.expect(200);
    }
}

#[tokio::test]
async fn a_server_of_the_latest_version_has_no_newer_fields() {
    for (release, newer) in [(Release::Newest, true), (Release::Caracal, false)] {
        let scene = Scene::on(cloud(release).await).await;
        let id = scene.launched(json!({}), "ACTIVE").await.text("/server/id");
        let server =
            scene.ask_in("latest", "GET", &format!("/servers/{id}"), None).await.expect(200);
        let fields = &server.body["server"];
        assert!(fields.get("pinned_availability_zone").is_some(), "2.96 in {release}");
        assert_eq!(fields.get("scheduler_hints").is_some(), newer, "2.100 in {release}");
        assert_eq!(fields["image"].get("properties").is_some(), newer, "2.98 in {release}");
    }
}

#[tokio::test]
async fn nothing_is_refused_for_what_its_bytes_are() {
    for (release, refused) in [(Release::Newest, true), (Release::Caracal, false)] {
        let cloud = cloud(release).await;
        let token = cloud.sign_in("demo", "demo").await;
        let (id, answer) = uploaded(&cloud, &token, "qcow2", vec![7; 4096]).await;
        assert_eq!(answer.status, if refused { 415 } else { 204 }, "{release}");
        let image = cloud.get(&format!("/image/v2/images/{id}"), &token).await;
        assert_eq!(image.text("/status"), if refused { "queued" } else { "active" });
        assert_eq!(image.body["virtual_size"], Value::Null);

        // What is what it says has its virtual size in both.
        let (id, answer) = uploaded(&cloud, &token, "qcow2", qcow2()).await;
        assert_eq!(answer.status, 204, "{answer:?}");
        let image = cloud.get(&format!("/image/v2/images/{id}"), &token).await;
        assert_eq!(image.body["virtual_size"], 2 << 20);
    }
}

#[tokio::test]
async fn a_staged_file_of_another_format_is_imported() {
    let cloud = cloud(Release::Caracal).await;
    let token = cloud.sign_in("demo", "demo").await;
    let record = json!({"name": "one", "disk_format": "vmdk", "container_format": "bare"});
    let id = cloud.post("/image/v2/images", &token, record).await.expect(201).text("/id");
    let path = format!("/image/v2/images/{id}");
    let request = cloud.request("PUT", &format!("{path}/stage"), &token);
    let request = request.header("content-type", "application/octet-stream").body(qcow2());
    Answer::of(request.send().await.unwrap()).await.expect(204);
    let method = json!({"method": {"name": "glance-direct"}});
    cloud.post(&format!("{path}/import"), &token, method).await.expect(202);
    let done = cloud.until(&path, &token, |image| image.body["status"] == "active").await;
    assert_eq!(done.body["virtual_size"], Value::Null);
}

/// Sent in one piece of an announced length that is more than the project has left.
#[tokio::test]
async fn an_announced_length_is_not_held_against_the_quota() {
    for (release, first, second) in [(Release::Newest, 413, 204), (Release::Caracal, 204, 413)] {
        let cloud = cloud(release).await;
        let token = cloud.sign_in("other", "other").await;
        let (_, answer) = uploaded(&cloud, &token, "raw", vec![0; 65 << 20]).await;
        assert_eq!(answer.status, first, "{release}");
        let (_, answer) = uploaded(&cloud, &token, "raw", vec![0; 512]).await;
        assert_eq!(answer.status, second, "{release}");
    }
}

#[tokio::test]
async fn a_media_type_that_is_refused_is_not_explained() {
    for (release, explained) in [(Release::Newest, true), (Release::Caracal, false)] {
        let cloud = cloud(release).await;
        let token = cloud.sign_in("demo", "demo").await;
        let record = json!({"name": "one", "disk_format": "raw", "container_format": "bare"});
        let id = cloud.post("/image/v2/images", &token, record).await.expect(201).text("/id");
        let path = format!("/image/v2/images/{id}");
        for (method, path, reason) in [
            ("PUT", format!("{path}/file"), "Invalid content type"),
            ("PUT", format!("{path}/stage"), "Invalid content type"),
            ("PATCH", path, "Image PATCH expects"),
        ] {
            let refused = cloud.send(method, &path, &token, Some(json!([]))).await.expect(415);
            let text = refused.body.to_string();
            assert!(text.contains("The request media type application/json is not supported"));
            assert_eq!(text.contains(reason), explained, "{release}: {method} {path}: {text}");
        }
    }
}

#[tokio::test]
async fn networks_and_the_object_store_have_no_newer_attributes() {
    for (release, newer) in [(Release::Newest, true), (Release::Caracal, false)] {
        let cloud = cloud(release).await;
        let token = cloud.sign_in("demo", "demo").await;
        let networks = cloud.get("/networking/v2.0/networks", &token).await.expect(200);
        for network in networks.body["networks"].as_array().unwrap() {
            assert_eq!(network.get("qinq").is_some(), newer, "{release}");
        }
        let id = networks.text("/networks/0/id");
        let one = cloud.get(&format!("/networking/v2.0/networks/{id}"), &token).await;
        assert_eq!(one.body["network"].get("qinq").is_some(), newer);
        let known = if newer { 200 } else { 404 };
        cloud.get("/networking/v2.0/extensions/qinq", &token).await.expect(known);
        let project = devcloud::well_known::PROJECT_DEMO;
        for rest in ["", "/details"] {
            let path = format!("/networking/v2.0/quotas/{project}{rest}");
            let quota = cloud.get(&path, &token).await.expect(200);
            assert_eq!(quota.body["quota"].get("router_route").is_some(), newer);
            assert!(quota.body["quota"].get("router").is_some());
        }
        let info = cloud.get("/object-store/info", "").await.expect(200);
        assert_eq!(info.text("/swift/version"), if newer { "2.38.3" } else { "2.33.1" });
        assert_eq!(info.body["swift"].get("allow_open_expired").is_some(), newer);
        assert_eq!(info.body["tempurl"]["allowed_digests"], json!(["sha1", "sha256", "sha512"]));
        let removed = info.body["tempurl"]["incoming_remove_headers"].as_array().unwrap();
        assert_eq!(removed.contains(&json!("x-open-expired")), newer);
    }
}
