//! Images of servers: what the real Nova and Glance answered, and what becomes of them.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::support::contract::Sample;
use crate::support::servers::{NO_DISK, Scene, TINY};
use crate::support::{Answer, Cloud};
use serde_json::{Value, json};

fn sample(name: &str) -> Sample {
    // What an image says of itself besides differs by the image.
    Sample::load("nova", name)
        .optional("/owner_specified.openstack.md5")
        .optional("/owner_specified.openstack.sha256")
        .optional("/owner_specified.openstack.object")
        .optional("/hw_disk_bus")
        .optional("/hw_rng_model")
        .optional("/hw_vif_model")
        .optional("/hw_scsi_model")
        .optional("/hw_qemu_guest_agent")
        .optional("/os_admin_user")
        .optional("/os_type")
        .optional("/os_require_quiesce")
        .optional("/os_hash_value")
        .optional("/stores")
        .optional("/signature_verified")
        .nullable("/virtual_size")
}

fn snapshot_of(id: &str, name: &str) -> (String, Value) {
    let body = json!({"createImage": {"name": name, "metadata": {"from": "wire"}}});
    (format!("/servers/{id}/action"), body)
}

#[tokio::test]
async fn an_image_of_a_local_disk() {
    let scene = Scene::on(Cloud::with(|options| options.pace = 0.1).await).await;
    let id = scene.launched(json!({}), "ACTIVE").await.text("/server/id");
    let (path, body) = snapshot_of(&id, "wire-snapshot");
    let made = scene.ask_in("2.95", "POST", &path, Some(body.clone())).await;
    sample("create-image").check(&made);
    let image = made.text("/image_id");

    // While it is made the server says so, and takes nothing else.
    let busy = scene.act(&id, body).await.expect(409).text("/conflictingRequest/message");
    assert!(
        busy.starts_with(&format!(
            "Cannot 'createImage' instance {id} while it is in task_state image_"
        )),
        "{busy}"
    );
    let (mut tasks, mut statuses) = (Vec::new(), Vec::new());
    let last = loop {
        let (server, seen) = (scene.look(&id).await, scene.image_of(&image).await.expect(200));
        let task = server.body["server"]["OS-EXT-STS:task_state"].as_str().map(str::to_owned);
        assert_eq!(server.text("/server/status"), "ACTIVE");
        let status = seen.text("/status");
        match (task.as_deref(), status.as_str()) {
            (Some("image_uploading"), _) => {
                sample("server-uploading").check(&on_demo_net(&server));
            }
            // Nova makes the image first and says what it is a moment later; the recording is of
            // the moment between.
            (Some(_), "queued") => sample("snapshot-queued")
                .nullable("/container_format")
                .nullable("/disk_format")
                .optional("/image_location")
                .optional("/image_state")
                .check(&seen),
            _ => {}
        }
        if status == "saving" {
            sample("snapshot-saving").check(&seen);
        }
        if tasks.last() != Some(&task) {
            tasks.push(task.clone());
        }
        if statuses.last() != Some(&status) {
            statuses.push(status);
        }
        if task.is_none() {
            break seen;
        }
    };
    sample("snapshot-active").check(&last);
    let order =
        ["image_snapshot_pending", "image_snapshot", "image_pending_upload", "image_uploading"];
    let seen: Vec<&str> = tasks.iter().filter_map(|task| task.as_deref()).collect();
    assert!(seen.is_sorted_by_key(|task| order.iter().position(|known| known == task)), "{seen:?}");
    assert!(seen.contains(&"image_uploading"), "{seen:?}");
    assert!(statuses.contains(&"saving".to_owned()), "{statuses:?}");
    for (name, value) in [
        ("image_type", "snapshot"),
        ("instance_uuid", id.as_str()),
        ("base_image_ref", scene.image.as_str()),
        ("user_id", devcloud::well_known::USER_DEMO),
        ("owner_user_name", "demo"),
        ("from", "wire"),
        ("os_distro", "cirros"),
        ("visibility", "private"),
        ("disk_format", "qcow2"),
    ] {
        assert_eq!(last.body[name], value, "{name}");
    }
    // Its bytes are there, and what they are said to be.
    let base = scene.image_of(&scene.image).await;
    assert_eq!(last.body["os_hash_value"], base.body["os_hash_value"]);
    let file = scene.cloud.request("GET", &format!("/image/v2/images/{image}/file"), &scene.token);
    let bytes = file.send().await.unwrap().bytes().await.unwrap();
    assert_eq!(json!(bytes.len()), last.body["size"]);
    let actions = scene.ask("GET", &format!("/servers/{id}/os-instance-actions"), None).await;
    assert_eq!(actions.body["instanceActions"][0]["action"], "createImage");
    let request = actions.text("/instanceActions/0/request_id");
    let one = scene.ask("GET", &format!("/servers/{id}/os-instance-actions/{request}"), None).await;
    assert_eq!(one.body["instanceAction"]["events"][0]["event"], "compute_snapshot_instance");
    assert_eq!(one.body["instanceAction"]["events"][0]["result"], "Success");

    // A server of it is as one of any other image.
    let again = scene.launched(json!({"name": "again", "imageRef": image}), "ACTIVE").await;
    assert_eq!(again.text("/server/image/id"), image);
}

/// The answer with the network's name of the recorded cloud: addresses stand under it.
fn on_demo_net(answer: &Answer) -> Answer {
    let mut renamed = answer.clone();
    let server = &mut renamed.body["server"];
    // Ours was made without these two.
    server["metadata"] = json!({"made": "by wire"});
    server["key_name"] = json!("demo-key");
    let addresses = server["addresses"].as_object_mut().unwrap();
    if let Some(found) = addresses.remove("demo-internal") {
        addresses.insert("demo-net".to_owned(), found);
    }
    renamed
}

#[tokio::test]
async fn before_2_45_the_image_stands_in_a_header() {
    let scene = Scene::new().await;
    let id = scene.launched(json!({}), "ACTIVE").await.text("/server/id");
    let (path, body) = snapshot_of(&id, "wire-old");
    let made = scene.ask_in("", "POST", &path, Some(body)).await;
    sample("create-image-2.1").check(&made);
    let image = made.header("location").rsplit('/').next().unwrap().to_owned();
    scene
        .cloud
        .until(&format!("/image/v2/images/{image}"), &scene.token, |seen| {
            seen.body["status"] == "active"
        })
        .await;
}

#[tokio::test]
async fn an_image_of_volumes_points_to_their_snapshots() {
    let scene = Scene::new().await;
    let id = scene.launched_on_volume("on-volume", true).await;
    let (path, body) = snapshot_of(&id, "wire-volume-snapshot");
    let made = scene.ask_in("2.95", "POST", &path, Some(body)).await;
    sample("create-image-of-volumes").check(&made);
    let image = made.text("/image_id");
    let seen = scene.image_of(&image).await;
    sample("volume-snapshot-image").optional("/from").check(&seen);
    assert_eq!((&seen.body["size"], &seen.body["status"]), (&json!(0), &json!("active")));
    let mapping: Value = serde_json::from_str(&seen.text("/block_device_mapping")).unwrap();
    let recorded: Value = serde_json::from_str(
        sample("volume-snapshot-image").body()["block_device_mapping"].as_str().unwrap(),
    )
    .unwrap();
    let keys =
        |value: &Value| value[0].as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(keys(&mapping), keys(&recorded));
    assert_eq!((&mapping[0]["volume_size"], &mapping[0]["boot_index"]), (&json!(2), &json!(0)));
    let snapshot = mapping[0]["snapshot_id"].as_str().unwrap().to_owned();
    let project = devcloud::well_known::PROJECT_DEMO;
    let path = format!("/volume/v3/{project}/snapshots/{snapshot}");
    let there = scene
        .cloud
        .until(&path, &scene.token, |seen| seen.body["snapshot"]["status"] == "available")
        .await;
    assert_eq!(there.text("/snapshot/name"), "snapshot for wire-volume-snapshot");
    assert!(scene.look(&id).await.body["server"]["OS-EXT-STS:task_state"].is_null());

    // It boots: by the image alone, and by the mapping that a launch form sends, whose size gives way to the image's.
    let mapped = json!([{"boot_index": 0, "uuid": image, "source_type": "image", "destination_type": "volume",
        "volume_size": 7, "delete_on_termination": true}]);
    for (name, change) in [
        ("by-image", json!({"imageRef": image, "flavorRef": NO_DISK})),
        (
            "by-mapping",
            json!({"imageRef": "", "flavorRef": NO_DISK, "block_device_mapping_v2": mapped}),
        ),
    ] {
        let mut change = change;
        change["name"] = json!(name);
        let active = scene.launched(change, "ACTIVE").await;
        let volume = active.text("/server/os-extended-volumes:volumes_attached/0/id");
        let volume =
            scene.cloud.get(&format!("/volume/v3/{project}/volumes/{volume}"), &scene.token).await;
        assert_eq!(volume.text("/volume/snapshot_id"), snapshot);
        assert_eq!(
            (&volume.body["volume"]["size"], &volume.body["volume"]["bootable"]),
            (&json!(2), &json!("true"))
        );
    }
    // Snapshots stay in their zone: elsewhere the build fails, in Cinder's words.
    let change = json!({"name": "far", "imageRef": image, "flavorRef": NO_DISK, "availability_zone": "dev-1b"});
    let far = scene.launched(change, "ERROR").await.text("/server/fault/message");
    assert!(far.contains("must be in the same availability zone as the snapshot"), "{far}");
    // The image's memory rule holds for what is made of it, too.
    let seen = scene.image_of(&image).await;
    assert_eq!(seen.body["min_ram"], scene.image_of(&scene.image).await.body["min_ram"]);

    // Its volume stays when the server goes, since the snapshot does.
    let volume = scene.look(&id).await.text("/server/os-extended-volumes:volumes_attached/0/id");
    scene.ask("DELETE", &format!("/servers/{id}"), None).await.expect(204);
    scene.gone(&id).await;
    let volume =
        scene.cloud.get(&format!("/volume/v3/{project}/volumes/{volume}"), &scene.token).await;
    assert_eq!(volume.expect(200).text("/volume/status"), "available");
}

#[tokio::test]
async fn no_more_snapshots_than_cinder_gives() {
    let scene = Scene::new().await;
    let id = scene.launched_on_volume("on-volume", true).await;
    for n in 0..10 {
        let (path, body) = snapshot_of(&id, &format!("n{n}"));
        scene.ask_in("2.95", "POST", &path, Some(body)).await.expect(202);
    }
    let (path, body) = snapshot_of(&id, "one-too-many");
    let refused = scene.ask_in("2.95", "POST", &path, Some(body)).await.expect(403);
    assert_eq!(refused.text("/forbidden/message"), "Quota exceeded for resources: snapshots");
    let images = scene.cloud.get("/image/v2/images?name=one-too-many", &scene.token).await;
    assert_eq!(images.body["images"], json!([]));
}

#[tokio::test]
async fn a_snapshot_goes_on_after_a_restart() {
    let scene = Scene::new().await;
    let id = scene.launched(json!({}), "ACTIVE").await.text("/server/id");
    let slow = scene.slowed().await;
    let (path, body) = snapshot_of(&id, "interrupted");
    let image = slow.ask_in("2.95", "POST", &path, Some(body)).await.expect(202).text("/image_id");
    // Step by step to the upload, which then is cut off.
    let server = format!("/compute/v2.1/servers/{id}");
    for task in ["image_snapshot_pending", "image_snapshot", "image_pending_upload"] {
        let there = |seen: &Answer| seen.body["server"]["OS-EXT-STS:task_state"] == task;
        slow.cloud.until(&server, &slow.token, there).await;
        slow.cloud.devcloud.clock().shift(Duration::from_secs(800));
    }
    let saving = |seen: &Answer| seen.body["status"] == "saving";
    slow.cloud.until(&format!("/image/v2/images/{image}"), &slow.token, saving).await;
    let scene = slow.restarted().await;
    scene.cloud.devcloud.clock().shift(Duration::from_secs(30_000));
    let token = scene.cloud.sign_in("demo", "demo").await;
    scene
        .cloud
        .until(&server, &token, |seen| seen.body["server"]["OS-EXT-STS:task_state"].is_null())
        .await;
    let seen = scene.cloud.get(&format!("/image/v2/images/{image}"), &token).await;
    assert_eq!(seen.text("/status"), "active");
}

#[tokio::test]
async fn what_goes_wrong_with_a_snapshot() {
    let scene = Scene::new().await;
    let id = scene.launched(json!({}), "ACTIVE").await.text("/server/id");
    // Glance does not take the bytes: the image goes, the server stays, the action tells.
    let (path, body) = snapshot_of(&id, "fail-quota");
    let image = scene.ask_in("2.95", "POST", &path, Some(body)).await.expect(202).text("/image_id");
    scene.until(&id, "ACTIVE").await;
    scene.image_of(&image).await.expect(404);
    let actions = scene.ask("GET", &format!("/servers/{id}/os-instance-actions"), None).await;
    assert_eq!(actions.body["instanceActions"][0]["message"], "Error");

    // The server is deleted meanwhile: so is its image.
    let slow = scene.slowed().await;
    let (path, body) = snapshot_of(&id, "too-late");
    let image = slow.ask_in("2.95", "POST", &path, Some(body)).await.expect(202).text("/image_id");
    slow.ask("DELETE", &format!("/servers/{id}"), None).await.expect(204);
    slow.cloud.devcloud.clock().shift(Duration::from_secs(3000));
    let token = slow.cloud.sign_in("demo", "demo").await;
    slow.cloud.until(&format!("/image/v2/images/{image}"), &token, |seen| seen.status == 404).await;
}

#[tokio::test]
async fn when_no_image_can_be_made() {
    let scene = Scene::new().await;
    let failed =
        scene.launched(json!({"name": "fail-no-valid-host"}), "ERROR").await.text("/server/id");
    let (path, body) = snapshot_of(&failed, "x");
    let refused = scene.ask_in("2.95", "POST", &path, Some(body)).await.expect(409);
    assert_eq!(
        refused.text("/conflictingRequest/message"),
        format!("Cannot 'createImage' instance {failed} while it is in vm_state error")
    );
    let id = scene.launched(json!({}), "ACTIVE").await.text("/server/id");
    let act = async |body: Value| scene.act(&id, body).await;
    act(json!({"createImage": {}})).await.expect(400);
    act(json!({"createImage": {"name": ""}})).await.expect(400);
    act(json!({"createImage": {"name": "x", "metadata": {"a": 1}}})).await.expect(400);
    act(json!({"createImage": {"name": "x", "more": 1}})).await.expect(400);
    act(json!({"createImage": null})).await.expect(400);
    let viewer = scene.cloud.sign_in("viewer", "demo").await;
    let (path, body) = snapshot_of(&id, "x");
    let refused = scene.ask_as(&viewer, "POST", &path, Some(body.clone())).await.expect(403);
    assert_eq!(
        refused.text("/forbidden/message"),
        "Policy doesn't allow os_compute_api:servers:create_image to be performed."
    );
    let other = scene.cloud.sign_in("other", "other").await;
    scene.ask_as(&other, "POST", &path, Some(body)).await.expect(404);
    // A stopped one is fine, and the better time for it.
    act(json!({"os-stop": null})).await.expect(202);
    scene.until(&id, "SHUTOFF").await;
    act(json!({"createImage": {"name": "at-rest"}})).await.expect(202);
    let stopped = scene.until(&id, "SHUTOFF").await;
    assert_eq!(stopped.body["server"]["flavor"]["id"], TINY);
}
