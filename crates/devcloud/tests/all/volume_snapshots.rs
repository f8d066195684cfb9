//! Cinder's snapshots over HTTP: samples of a real one, volumes of snapshots, quotas, what is refused.

use crate::support::Answer;
use crate::support::contract::Sample;
use crate::support::volumes::Scene;
use serde_json::{Value, json};

fn sample(name: &str) -> Sample {
    Sample::load("cinder", name)
}

#[tokio::test]
async fn a_snapshot_from_first_to_last() {
    let scene = Scene::with(0.3, "demo", "demo").await;
    let volume = scene.volume(json!({"size": 1, "name": "wire"})).await;
    let body = json!({"snapshot": {"volume_id": volume, "name": "wire"}});
    let made = scene.post("/snapshots", body).await;
    sample("snapshot-create").check(&made);
    let path = format!("/snapshots/{}", made.text("/snapshot/id"));
    sample("snapshot-creating").check(&scene.get(&path).await);
    let available = |a: &Answer| a.body["snapshot"]["status"] == "available";
    scene.until(&path, available).await;
    sample("snapshot-available").check(&scene.get(&path).await);
    let refused = scene.delete(&format!("/volumes/{volume}")).await;
    sample("volume-has-snapshot").check(&refused);
    assert_eq!(refused.body, *sample("volume-has-snapshot").body());
    sample("snapshot-delete").check(&scene.delete(&path).await);
    sample("snapshot-deleting").check(&scene.get(&path).await);
    scene.until(&path, |a| a.status == 404).await;
    sample("snapshot-gone").check(&scene.get(&path).await);
    scene.delete(&format!("/volumes/{volume}")).await.expect(202);
}

#[tokio::test]
async fn a_volume_of_a_snapshot_has_all_that_its_volume_had() {
    let scene = Scene::new().await;
    let image = scene.image("cirros-0.6.3-x86_64").await;
    let source =
        json!({"size": 2, "imageRef": image, "volume_type": "hdd", "availability_zone": "dev-1b"});
    let volume = scene.volume(source).await;
    let snapshot = scene.snapshot(&volume, "s").await;
    let child = scene.volume(json!({"snapshot_id": snapshot, "name": "child"})).await;
    let (parent, child_shown) = (
        scene.get(&format!("/volumes/{volume}")).await,
        scene.get(&format!("/volumes/{child}")).await,
    );
    for attribute in
        ["size", "volume_type", "availability_zone", "bootable", "volume_image_metadata"]
    {
        assert_eq!(
            parent.body["volume"][attribute], child_shown.body["volume"][attribute],
            "{attribute}"
        );
    }
    assert_eq!(child_shown.text("/volume/snapshot_id"), snapshot);
    assert_eq!(parent.body["volume"]["snapshot_id"], Value::Null);
    assert_eq!(child_shown.text("/volume/bootable"), "true");

    // It depends on the snapshot, which is therefore busy, and says so in a message only.
    let path = format!("/snapshots/{snapshot}");
    let request = scene.delete(&path).await.expect(202);
    let request = request.headers["x-openstack-request-id"].to_str().unwrap().to_owned();
    scene.until(&path, |a| a.body["snapshot"]["status"] == "available").await;
    let messages = scene.get(&format!("/messages?resource_uuid={snapshot}")).await.expect(200);
    assert_eq!(messages.text("/messages/0/user_message"), "delete snapshot:Snapshot is busy.");
    assert_eq!(messages.text("/messages/0/event_id"), "VOLUME_VOLUME_SNAPSHOT_010_015");
    assert_eq!(messages.text("/messages/0/request_id"), request);
    let message = format!("/messages/{}", messages.text("/messages/0/id"));
    scene.get(&message).await.expect(200);
    scene.delete(&message).await.expect(204);
    scene.get(&message).await.expect(404);

    scene.delete(&format!("/volumes/{child}")).await.expect(202);
    scene.until(&format!("/volumes/{child}"), |a| a.status == 404).await;
    scene.delete(&path).await.expect(202);
    scene.until(&path, |a| a.status == 404).await;
    scene.delete(&format!("/volumes/{volume}")).await.expect(202);
}

#[tokio::test]
async fn lists_filter_sort_and_page() {
    let scene = Scene::new().await;
    let volume = scene.volume(json!({"size": 1})).await;
    let mut ids = Vec::new();
    for name in ["b", "a", "c"] {
        ids.push(scene.snapshot(&volume, name).await);
    }
    let names = async |query: &str| -> Vec<String> {
        let answer = scene.get(&format!("/snapshots/detail{query}")).await.expect(200);
        let list = answer.body["snapshots"].as_array().unwrap().clone();
        list.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("").await, ["c", "a", "b"]);
    assert_eq!(names("?sort=name:asc").await, ["a", "b", "c"]);
    assert_eq!(names("?name=a").await, ["a"]);
    assert_eq!(names(&format!("?volume_id={volume}&limit=2")).await, ["c", "a"]);
    assert_eq!(names(&format!("?marker={}", ids[1])).await, ["b"]);
    assert_eq!(names("?status=creating").await, [""; 0]);
    assert_eq!(names("?volume_id=00000000-0000-0000-0000-000000000000").await, [""; 0]);
    let page = scene.get("/snapshots?limit=1&with_count=true").await.expect(200);
    assert_eq!(page.body["count"], 3);
    assert!(page.text("/snapshots_links/0/href").contains(&ids[2]));
    assert_eq!(page.body["snapshots"][0].get("os-extended-snapshot-attributes:progress"), None);
    scene.get("/snapshots?nonsense=1").await.expect(400);
}

#[tokio::test]
async fn names_and_metadata_change() {
    let scene = Scene::new().await;
    let volume = scene.volume(json!({"size": 1, "metadata": {"k": "v"}})).await;
    let snapshot = scene.snapshot(&volume, "before").await;
    let path = format!("/snapshots/{snapshot}");
    let put = async |path: &str, body: Value| scene.ask("3.70", "PUT", path, Some(body)).await;
    let changed = put(&path, json!({"snapshot": {"name": "after", "description": "d"}})).await;
    assert_eq!(changed.expect(200).text("/snapshot/name"), "after");
    put(&path, json!({"snapshot": {}})).await.expect(400);
    put(&path, json!({"snapshot": {"size": 3}})).await.expect(400);
    for (owner, noun) in [(path.clone(), "Snapshot"), (format!("/volumes/{volume}"), "Volume")] {
        let pairs = format!("{owner}/metadata");
        scene.post(&pairs, json!({"metadata": {"a": "1", "b": "2"}})).await.expect(200);
        let merged = scene.post(&pairs, json!({"metadata": {"b": "3"}})).await.expect(200);
        assert_eq!(
            (merged.text("/metadata/a"), merged.text("/metadata/b")),
            ("1".into(), "3".into())
        );
        let one = scene.get(&format!("{pairs}/a")).await.expect(200);
        assert_eq!(one.body, json!({"meta": {"a": "1"}}));
        put(&format!("{pairs}/a"), json!({"meta": {"z": "1"}})).await.expect(400);
        put(&format!("{pairs}/a"), json!({"meta": {"a": "4"}})).await.expect(200);
        scene.delete(&format!("{pairs}/b")).await.expect(200);
        let gone = scene.get(&format!("{pairs}/b")).await.expect(404);
        assert!(gone.text("/itemNotFound/message").starts_with(noun));
        let all = put(&pairs, json!({"metadata": {"only": "this"}})).await.expect(200);
        assert_eq!(all.body, json!({"metadata": {"only": "this"}}));
        assert_eq!(scene.get(&pairs).await.body, all.body);
    }
    let filtered = scene.get("/snapshots?metadata={'only':'this'}").await.expect(200);
    assert_eq!(filtered.body["snapshots"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_refused() {
    let scene = Scene::new().await;
    let volume = scene.volume(json!({"size": 2})).await;
    let snapshot = scene.snapshot(&volume, "s").await;
    let unknown = "00000000-0000-0000-0000-000000000000";
    for (path, body, status, words) in [
        ("/snapshots", json!({"snapshot": {}}), 400, "'volume_id' is a required property"),
        ("/snapshots", json!({"snapshot": {"volume_id": unknown}}), 404, "Volume 0000"),
        ("/snapshots", json!({"snapshot": {"volume_id": volume, "force": false}}), 400, "3.66"),
        ("/snapshots", json!({"snapshot": {"volume_id": volume, "size": 1}}), 400, "size"),
        ("/volumes", json!({"volume": {"snapshot_id": unknown}}), 404, "Snapshot 0000"),
        (
            "/volumes",
            json!({"volume": {"snapshot_id": snapshot, "size": 1}}),
            400,
            "Volume size '1'GB cannot be smaller than the snapshot size 2GB. They must be >= original snapshot size.",
        ),
        (
            "/volumes",
            json!({"volume": {"snapshot_id": snapshot, "availability_zone": "dev-1b"}}),
            400,
            "Volume must be in the same availability zone as the snapshot",
        ),
    ] {
        let answer = scene.post(path, body.clone()).await;
        assert_eq!(answer.status, status, "{body} {answer:?}");
        let message = answer.body.to_string();
        assert!(message.contains(words), "{message}");
    }
    let slow = Scene::with(50.0, "demo", "demo").await;
    let making = slow.post("/volumes", json!({"volume": {"size": 1}})).await.expect(202);
    let id = making.text("/volume/id");
    let refused = slow.post("/snapshots", json!({"snapshot": {"volume_id": id}})).await.expect(400);
    assert_eq!(
        refused.text("/badRequest/message"),
        format!(
            "Invalid volume: Volume {id} status must be available, in-use, but current status is: creating."
        )
    );
}

#[tokio::test]
async fn quotas_count_snapshots_and_their_gigabytes() {
    let scene = Scene::with(0.0, "other", "other").await;
    let volume = scene.volume(json!({"size": 900})).await;
    let snapshot =
        async || scene.post("/snapshots", json!({"snapshot": {"volume_id": volume}})).await;
    snapshot().await.expect(202);
    let refused = snapshot().await.expect(413);
    assert_eq!(
        refused.text("/overLimit/message"),
        "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested 900G, \
         quota is 2000G and 1800G has been consumed."
    );
    let limits = scene.get("/limits").await;
    assert_eq!(limits.body["limits"]["absolute"]["totalSnapshotsUsed"], 1);
    assert_eq!(limits.body["limits"]["absolute"]["totalGigabytesUsed"], 1800);
    let small = scene.volume(json!({"size": 1})).await;
    let snapshot =
        async || scene.post("/snapshots", json!({"snapshot": {"volume_id": small}})).await;
    snapshot().await.expect(202);
    let refused = snapshot().await.expect(413);
    assert_eq!(
        refused.text("/overLimit/message"),
        "SnapshotLimitExceeded: Maximum number of snapshots allowed (2) exceeded"
    );
    let project = devcloud::well_known::PROJECT_OTHER;
    let set = scene.get(&format!("/os-quota-sets/{project}?usage=true")).await;
    assert_eq!(set.body["quota_set"]["snapshots"], json!({"limit": 2, "in_use": 2, "reserved": 0}));
    assert_eq!(set.body["quota_set"]["snapshots_ssd"]["in_use"], 2);
}

#[tokio::test]
async fn names_that_fail() {
    let scene = Scene::new().await;
    let volume = scene.volume(json!({"size": 1})).await;
    for (name, made, deleted) in
        [("fail-create", "error", None), ("fail-delete", "available", Some("error_deleting"))]
    {
        let body = json!({"snapshot": {"volume_id": volume, "name": name}});
        let id = scene.post("/snapshots", body).await.expect(202).text("/snapshot/id");
        let path = format!("/snapshots/{id}");
        scene.until(&path, |answer| answer.body["snapshot"]["status"] == made).await;
        scene.delete(&path).await.expect(202);
        scene
            .until(&path, |answer| match deleted {
                Some(status) => answer.body["snapshot"]["status"] == status,
                None => answer.status == 404,
            })
            .await;
    }
}

#[tokio::test]
async fn others_and_readers_stay_out() {
    let mut scene = Scene::new().await;
    let volume = scene.volume(json!({"size": 1})).await;
    let path = format!("/snapshots/{}", scene.snapshot(&volume, "mine").await);
    let body = json!({"snapshot": {"volume_id": volume}});
    scene.token = scene.cloud.sign_in("other", "other").await;
    scene.get(&path).await.expect(404);
    scene.delete(&path).await.expect(404);
    scene.get(&format!("{path}/metadata")).await.expect(404);
    scene.post("/snapshots", body.clone()).await.expect(404);
    assert_eq!(scene.get("/snapshots/detail").await.body["snapshots"], json!([]));
    scene.token = scene.cloud.sign_in("viewer", "demo").await;
    scene.get(&path).await.expect(200);
    scene.delete(&path).await.expect(403);
    scene.post(&format!("{path}/metadata"), json!({"metadata": {"a": "b"}})).await.expect(403);
    let refused = scene.post("/snapshots", body).await.expect(403);
    assert_eq!(
        refused.text("/forbidden/message"),
        "Policy doesn't allow volume:create_snapshot to be performed."
    );
}
