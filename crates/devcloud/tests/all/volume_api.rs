//! Cinder over HTTP: samples of a real one, the states of a volume, and what is refused.

use crate::support::contract::Sample;
use crate::support::{Answer, Cloud};
use serde_json::{Value, json};

fn sample(name: &str) -> Sample {
    Sample::load("cinder", name)
}

/// A request at version 3.70, or at the default one when `version` is empty.
async fn ask(
    cloud: &Cloud,
    token: &str,
    version: &str,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> Answer {
    let mut request = cloud.request(method, &format!("/volume/v3{path}"), token);
    if !version.is_empty() {
        request = request.header("OpenStack-API-Version", format!("volume {version}"));
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    Answer::of(request.send().await.unwrap()).await
}

async fn image(cloud: &Cloud, token: &str, name: &str) -> String {
    cloud.get(&format!("/image/v2/images?name={name}"), token).await.text("/images/0/id")
}

#[tokio::test]
async fn answers_as_recorded() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    sample("versions").check(&cloud.get("/volume/", "").await);
    sample("no-token").check(&cloud.get("/volume/v3/volumes", "").await);
    let project = devcloud::well_known::PROJECT_DEMO;
    for (name, version, path) in [
        ("types", "", "/types"),
        ("type-default", "", "/types/default"),
        ("volumes-empty", "", "/volumes/detail"),
        ("volumes-in-project", "", &format!("/{project}/volumes/detail")),
        ("limits", "", "/limits"),
        ("zones", "", "/os-availability-zone"),
        ("version-too-new", "9.9", "/volumes"),
    ] {
        let sample = sample(name)
            .nullable("/volume_types/*/description")
            .nullable("/volume_type/description");
        sample.check(&ask(&cloud, &token, version, "GET", path, None).await);
    }
    for (name, query) in [("quota-set-usage", "?usage=true"), ("quota-set", "")] {
        // Types have other names here.
        let mut sample = sample(name);
        for key in [
            "/quota_set/volumes_lab",
            "/quota_set/gigabytes_lab",
            "/quota_set/snapshots_lab",
            "/quota_set/volumes___DEFAULT__",
            "/quota_set/gigabytes___DEFAULT__",
            "/quota_set/snapshots___DEFAULT__",
            "/quota_set/volumes_ssd",
            "/quota_set/gigabytes_ssd",
            "/quota_set/snapshots_ssd",
            "/quota_set/volumes_hdd",
            "/quota_set/gigabytes_hdd",
            "/quota_set/snapshots_hdd",
        ] {
            sample = sample.optional(key);
        }
        sample.check(
            &ask(&cloud, &token, "", "GET", &format!("/os-quota-sets/{project}{query}"), None)
                .await,
        );
    }
}

#[tokio::test]
async fn a_volume_of_an_image_from_first_to_last() {
    let cloud = Cloud::with(|options| options.pace = 0.2).await;
    let token = cloud.sign_in("demo", "demo").await;
    let image = image(&cloud, &token, "cirros-0.6.3-x86_64").await;
    let body =
        json!({"volume": {"name": "wire", "size": 1, "imageRef": image, "volume_type": "ssd"}});
    let made = ask(&cloud, &token, "3.70", "POST", "/volumes", Some(body)).await;
    sample("volume-create").check(&made);
    let path = format!("/volumes/{}", made.text("/volume/id"));
    let look = async || ask(&cloud, &token, "3.70", "GET", &path, None).await;
    let mut seen: Vec<String> = Vec::new();
    let available = loop {
        let answer = look().await.expect(200);
        let status = answer.text("/volume/status");
        if status == "creating" {
            sample("volume-creating").check(&answer);
        }
        if seen.last() != Some(&status) {
            seen.push(status.clone());
        }
        if status == "available" {
            break answer;
        }
    };
    assert!(seen.contains(&"downloading".to_owned()), "{seen:?}");
    assert_eq!(available.text("/volume/bootable"), "true");
    // The copied properties are those of another image.
    let mut known = sample("volume-available");
    let copied =
        available.body["volume"]["volume_image_metadata"].as_object().unwrap().keys().cloned();
    let recorded =
        known.body()["volume"]["volume_image_metadata"].as_object().unwrap().keys().cloned();
    let keys: Vec<String> = copied.chain(recorded).collect();
    for key in [
        "image_id",
        "image_name",
        "checksum",
        "container_format",
        "disk_format",
        "min_disk",
        "min_ram",
        "size",
    ] {
        assert!(keys.iter().filter(|known| *known == key).count() == 2, "{key}");
    }
    known = known.optional("/volume/volume_image_metadata/*");
    known.check(&available);
    sample("volume-delete").check(&ask(&cloud, &token, "3.70", "DELETE", &path, None).await);
    let mut deleting = sample("volume-deleting");
    deleting = deleting.optional("/volume/volume_image_metadata/*");
    deleting.check(&look().await);
    let gone = loop {
        let answer = look().await;
        if answer.status != 200 {
            break answer;
        }
    };
    sample("volume-gone").check(&gone);
}

#[tokio::test]
async fn what_is_refused() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let rocky = image(&cloud, &token, "rocky-9-x86_64").await;
    let post = async |volume: Value| {
        ask(&cloud, &token, "3.70", "POST", "/volumes", Some(json!({"volume": volume}))).await
    };
    sample("over-quota").check(&post(json!({"size": 5000})).await);
    for (name, volume) in [
        ("smaller-than-min-disk", json!({"size": 1, "imageRef": rocky})),
        ("size-zero", json!({"size": 0})),
        ("type-missing", json!({"size": 1, "volume_type": "none"})),
    ] {
        let answer = post(volume).await;
        sample(name).check(&answer);
        assert_eq!(answer.body, *sample(name).body(), "{name}");
    }
    for (volume, status) in [
        (json!({}), 400),
        (json!({"size": "x"}), 400),
        (json!({"size": 1, "nonsense": 1}), 400),
        (json!({"size": 1, "name": "x".repeat(256)}), 400),
        (json!({"size": 1, "imageRef": "nonsense"}), 400),
        (json!({"size": 1, "imageRef": "00000000-0000-0000-0000-000000000000"}), 400),
        (json!({"size": 1, "availability_zone": "moon"}), 400),
        (json!({"size": 1, "source_volid": "00000000-0000-0000-0000-000000000000"}), 404),
        (json!({"size": 1, "multiattach": true}), 400),
    ] {
        let answer = post(volume.clone()).await;
        assert_eq!(answer.status, status, "{volume} {answer:?}");
    }
    let empty = cloud.request("POST", "/volume/v3/volumes", &token).body("").send().await.unwrap();
    Answer::of(empty).await.expect(400);
    ask(&cloud, &token, "", "GET", "/volumes?limit=x", None).await.expect(400);
    ask(&cloud, &token, "", "GET", "/volumes?sort=nonsense", None).await.expect(400);
    ask(&cloud, &token, "3.70", "GET", "/volumes?nonsense=1", None).await.expect(400);
    ask(&cloud, &token, "", "GET", "/nonsense", None).await.expect(404);
    let foreign = devcloud::well_known::PROJECT_OTHER;
    ask(&cloud, &token, "", "GET", &format!("/{foreign}/volumes"), None).await.expect(400);
    ask(&cloud, &token, "", "GET", &format!("/os-quota-sets/{foreign}"), None).await.expect(403);
}

#[tokio::test]
async fn names_that_fail() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    for (name, made, deleted) in
        [("fail-create", "error", None), ("fail-delete", "available", Some("error_deleting"))]
    {
        let body = json!({"volume": {"name": name, "size": 1}});
        let id = ask(&cloud, &token, "", "POST", "/volumes", Some(body))
            .await
            .expect(202)
            .text("/volume/id");
        let path = format!("/volume/v3/volumes/{id}");
        cloud.until(&path, &token, |answer| answer.body["volume"]["status"] == made).await;
        cloud.delete(&path, &token).await.expect(202);
        cloud
            .until(&path, &token, |answer| match deleted {
                Some(status) => answer.body["volume"]["status"] == status,
                None => answer.status == 404,
            })
            .await;
    }
}

#[tokio::test]
async fn others_and_readers_stay_out() {
    let cloud = Cloud::start().await;
    let demo = cloud.sign_in("demo", "demo").await;
    let body = json!({"volume": {"size": 1, "name": "mine"}});
    let made = ask(&cloud, &demo, "", "POST", "/volumes", Some(body.clone())).await.expect(202);
    let path = format!("/volumes/{}", made.text("/volume/id"));
    let rename = Some(json!({"volume": {"name": "theirs"}}));
    let other = cloud.sign_in("other", "other").await;
    for (method, body) in [("GET", None), ("PUT", rename.clone()), ("DELETE", None)] {
        ask(&cloud, &other, "", method, &path, body).await.expect(404);
    }
    assert_eq!(ask(&cloud, &other, "", "GET", "/volumes", None).await.body["volumes"], json!([]));
    let viewer = cloud.sign_in("viewer", "demo").await;
    ask(&cloud, &viewer, "", "GET", &path, None).await.expect(200);
    ask(&cloud, &viewer, "", "PUT", &path, rename).await.expect(403);
    ask(&cloud, &viewer, "", "DELETE", &path, None).await.expect(403);
    let refused = ask(&cloud, &viewer, "", "POST", "/volumes", Some(body)).await.expect(403);
    assert_eq!(
        refused.text("/forbidden/message"),
        "Policy doesn't allow volume:create to be performed."
    );
}
