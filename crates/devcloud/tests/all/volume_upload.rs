//! Volumes that become images, and the other actions of a volume: samples of a real one, the bytes, what is refused, and
//! what a restart leaves.

use crate::support::Answer;
use crate::support::contract::Sample;
use crate::support::volumes::Scene;
use md5::{Digest, Md5};
use serde_json::{Value, json};

fn sample(name: &str) -> Sample {
    Sample::load("cinder", name)
}

fn upload(name: &str, disk_format: &str) -> Value {
    json!({"os-volume_upload_image": {
        "image_name": name, "disk_format": disk_format, "container_format": "bare", "visibility": "private",
        "force": false,
    }})
}

fn hex(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn image_of(scene: &Scene, id: &str) -> Answer {
    scene.cloud.get(&format!("/image/v2/images/{id}"), &scene.token).await
}

async fn active(scene: &Scene, id: &str) -> Answer {
    let path = format!("/image/v2/images/{id}");
    scene.cloud.until(&path, &scene.token, |answer| answer.body["status"] == "active").await
}

/// These bytes of the image's file.
async fn bytes_of(scene: &Scene, id: &str, range: &str) -> Vec<u8> {
    let request = scene.cloud.request("GET", &format!("/image/v2/images/{id}/file"), &scene.token);
    let request = if range.is_empty() { request } else { request.header("range", range) };
    request.send().await.unwrap().bytes().await.unwrap().to_vec()
}

/// An active image of these bytes; its id.
async fn with_bytes(scene: &Scene, disk_format: &str, bytes: Vec<u8>) -> String {
    let body = json!({"name": "own", "disk_format": disk_format, "container_format": "bare"});
    let made = scene.cloud.post("/image/v2/images", &scene.token, body).await.expect(201);
    let id = made.text("/id");
    let put = scene.cloud.request("PUT", &format!("/image/v2/images/{id}/file"), &scene.token);
    let put = put.header("content-type", "application/octet-stream").body(bytes);
    Answer::of(put.send().await.unwrap()).await.expect(204);
    id
}

#[tokio::test]
async fn a_volume_becomes_an_image_as_recorded() {
    let scene = Scene::with(0.3, "demo", "demo").await;
    let image = scene.image("cirros-0.6.3-x86_64").await;
    let volume = scene.volume(json!({"size": 1, "name": "wire", "imageRef": image})).await;
    let path = format!("/volumes/{volume}");
    let before = scene.get(&path).await;
    let asked = scene.act(&volume, upload("wire-from-volume", "qcow2")).await;
    let known = sample("volume-upload")
        .nullable("/os-volume_upload_image/volume_type/description")
        .nullable("/os-volume_upload_image/display_description");
    known.check(&asked);
    let made = asked.text("/os-volume_upload_image/image_id");
    let uploading = scene.get(&path).await;
    assert_eq!(uploading.text("/volume/status"), "uploading");
    sample("volume-uploading").optional("/volume/volume_image_metadata/*").check(&uploading);
    assert_eq!(image_of(&scene, &made).await.text("/status"), "queued");
    scene.delete(&path).await.expect(400);

    let done = active(&scene, &made).await;
    // Its properties are those of another image.
    sample("uploaded-image").optional("/*").check(&done);
    let carried = &before.body["volume"]["volume_image_metadata"];
    for property in ["os_distro", "os_version", "architecture"] {
        assert_eq!(done.body[property], carried[property], "{property}");
    }
    for property in ["image_id", "image_name", "signature_verified"] {
        assert_eq!(done.body.get(property), None, "{property}");
    }
    assert_eq!(done.body["virtual_size"], 1 << 30);
    assert_eq!((&done.body["min_disk"], &done.body["visibility"]), (&json!(0), &json!("private")));
    let bytes = bytes_of(&scene, &made, "").await;
    assert_eq!(done.body["size"], bytes.len());
    assert_eq!(done.text("/checksum"), hex(&bytes));
    scene.until(&path, |answer| answer.body["volume"]["status"] == "available").await;
    // The image is one like any other: another volume can be made of it.
    scene.volume(json!({"size": 1, "imageRef": made})).await;
}

#[tokio::test]
async fn the_bytes_are_those_of_the_image_that_the_volume_was_made_of() {
    let scene = Scene::new().await;
    let bytes: Vec<u8> =
        (0..300_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let own = with_bytes(&scene, "raw", bytes.clone()).await;
    let volume = scene.volume(json!({"size": 1, "imageRef": own})).await;
    // Neither the image nor the volume needs to be there any more.
    scene.cloud.delete(&format!("/image/v2/images/{own}"), &scene.token).await.expect(204);
    let snapshot = scene.snapshot(&volume, "s").await;
    let child = scene.volume(json!({"snapshot_id": snapshot, "size": 2})).await;
    let clone = scene.volume(json!({"source_volid": child})).await;
    scene.delete(&format!("/volumes/{child}")).await.expect(202);
    scene.until(&format!("/volumes/{child}"), |answer| answer.status == 404).await;

    let asked = scene.act(&clone, upload("q", "qcow2")).await.expect(202);
    let qcow2 = asked.text("/os-volume_upload_image/image_id");
    let done = active(&scene, &qcow2).await;
    assert_eq!(done.body["virtual_size"], 2_i64 << 30);
    assert!(done.body["size"].as_i64().unwrap() < 2 << 20, "{done:?}");
    scene.until(&format!("/volumes/{clone}"), |a| a.body["volume"]["status"] == "available").await;

    // Through qcow2 and back to raw: the same bytes, then zeros up to the volume's size.
    let back = scene.volume(json!({"size": 2, "imageRef": qcow2})).await;
    let asked =
        scene.act(&back, json!({"os-volume_upload_image": {"image_name": "r"}})).await.expect(202);
    assert_eq!(asked.text("/os-volume_upload_image/disk_format"), "raw");
    let raw = asked.text("/os-volume_upload_image/image_id");
    let done = active(&scene, &raw).await;
    assert_eq!(done.body["size"], 2_i64 << 30);
    let mut expected = bytes;
    expected.resize(1 << 20, 0);
    assert!(bytes_of(&scene, &raw, "bytes=0-1048575").await == expected);
}

#[tokio::test]
async fn what_is_refused() {
    let scene = Scene::with(20.0, "demo", "demo").await;
    let made = scene.post("/volumes", json!({"volume": {"size": 1}})).await.expect(202);
    let volume = made.text("/volume/id");
    let refused = scene.act(&volume, upload("x", "raw")).await.expect(400);
    assert_eq!(
        refused.text("/badRequest/message"),
        format!("Invalid volume: Volume {volume} status must be available")
    );
    let forced = json!({"os-volume_upload_image": {"image_name": "x", "force": true}});
    let refused = scene.act(&volume, forced).await.expect(400);
    assert_eq!(
        refused.text("/badRequest/message"),
        format!("Invalid volume: Volume {volume} status must be available or in-use")
    );
    for (body, status) in [
        (json!({"os-volume_upload_image": {}}), 400),
        (json!({"os-volume_upload_image": {"image_name": ""}}), 400),
        (json!({"os-volume_upload_image": {"image_name": "x", "disk_format": "iso"}}), 400),
        (json!({"os-volume_upload_image": {"image_name": "x", "nonsense": 1}}), 400),
        (json!({"os-volume_upload_image": {"image_name": "x", "visibility": "public"}}), 403),
        (json!({"os-nonsense": {}}), 400),
        (json!([]), 400),
    ] {
        let answer = scene.act(&volume, body.clone()).await;
        assert_eq!(answer.status, status, "{body} {answer:?}");
    }
    // Visibility came with 3.1.
    let path = format!("/volumes/{volume}/action");
    scene.ask("3.0", "POST", &path, Some(upload("x", "raw"))).await.expect(400);
    let unknown = "00000000-0000-0000-0000-000000000000";
    scene.act(unknown, upload("x", "raw")).await.expect(404);
    let viewer = scene.cloud.sign_in("viewer", "demo").await;
    let scene = Scene { token: viewer, ..scene };
    scene.act(&volume, upload("x", "raw")).await.expect(403);
}

#[tokio::test]
async fn an_upload_that_fails_leaves_the_volume_and_a_message() {
    // A format that this back end cannot write; a name that fails; a quota of 64 MiB.
    for (project, name, disk_format) in
        [("demo", "x", "vmdk"), ("demo", "fail-503", "qcow2"), ("other", "x", "raw")]
    {
        let scene = Scene::with(0.0, project, project).await;
        let volume = scene.volume(json!({"size": 1})).await;
        let asked = scene.act(&volume, upload(name, disk_format)).await.expect(202);
        let image = asked.text("/os-volume_upload_image/image_id");
        let path = format!("/volumes/{volume}");
        scene.until(&path, |answer| answer.body["volume"]["status"] == "available").await;
        image_of(&scene, &image).await.expect(404);
        let messages = scene.get(&format!("/messages?resource_uuid={volume}")).await;
        assert_eq!(
            messages.text("/messages/0/user_message"),
            "copy volume to image:Failed to upload volume to image at backend."
        );
        // It can be tried again.
        scene.delete(&path).await.expect(202);
    }
}

#[tokio::test]
async fn a_restart_goes_on_with_uploads_and_snapshots() {
    let scene = Scene::with(0.0, "demo", "demo").await;
    let volume = scene.volume(json!({"size": 1})).await;
    let going = scene.snapshot(&volume, "going").await;
    let kept = scene.snapshot(&volume, "kept").await;
    let cloud = scene.cloud.restart_with(|options| options.pace = 100.0).await;
    let scene = Scene { token: cloud.sign_in("demo", "demo").await, cloud };
    let body = json!({"snapshot": {"volume_id": volume, "name": "coming"}});
    let coming = scene.post("/snapshots", body).await.expect(202).text("/snapshot/id");
    scene.delete(&format!("/snapshots/{going}")).await.expect(202);
    let asked = scene.act(&volume, upload("slow", "qcow2")).await.expect(202);
    let image = asked.text("/os-volume_upload_image/image_id");
    assert_eq!(
        scene.get(&format!("/snapshots/{coming}")).await.text("/snapshot/status"),
        "creating"
    );

    // Nothing was done yet; at pace 0 all of it is done at once. What was due in a minute is due then.
    let cloud = scene.cloud.restart().await;
    cloud.devcloud.clock().shift(std::time::Duration::from_secs(300));
    let scene = Scene { token: cloud.sign_in("demo", "demo").await, cloud };
    active(&scene, &image).await;
    let status = |wanted: &'static str| move |a: &Answer| a.body["snapshot"]["status"] == wanted;
    scene.until(&format!("/snapshots/{coming}"), status("available")).await;
    scene.until(&format!("/snapshots/{going}"), |answer| answer.status == 404).await;
    scene.until(&format!("/snapshots/{kept}"), status("available")).await;
    scene.until(&format!("/volumes/{volume}"), |a| a.body["volume"]["status"] == "available").await;
    scene.volume(json!({"snapshot_id": kept})).await;
}

#[tokio::test]
async fn the_image_of_a_server_on_a_volume_leads_to_its_snapshot() {
    let scene = Scene::new().await;
    let volume = scene.volume(json!({"size": 3})).await;
    let snapshot = scene.snapshot(&volume, "snapshot for x").await;
    let image = async |snapshot: &str| {
        let devices = json!([
            {"source_type": "blank", "boot_index": null},
            {"source_type": "snapshot", "boot_index": 0, "snapshot_id": snapshot},
        ]);
        let body =
            json!({"name": "x", "block_device_mapping": devices.to_string(), "bdm_v2": "True"});
        scene.cloud.post("/image/v2/images", &scene.token, body).await.expect(201).text("/id")
    };
    let made = image(&snapshot).await;
    let child = scene.volume(json!({"imageRef": made})).await;
    let shown = scene.get(&format!("/volumes/{child}")).await;
    assert_eq!(
        (shown.text("/volume/snapshot_id"), &shown.body["volume"]["size"]),
        (snapshot, &json!(3))
    );
    // Deleting the image leaves the snapshot; without the snapshot the image leads nowhere.
    scene.cloud.delete(&format!("/image/v2/images/{made}"), &scene.token).await.expect(204);
    assert_eq!(scene.get("/snapshots").await.body["snapshots"].as_array().unwrap().len(), 1);
    let unknown = "00000000-0000-0000-0000-000000000000";
    let lost = image(unknown).await;
    let refused = scene.post("/volumes", json!({"volume": {"imageRef": lost}})).await.expect(404);
    assert_eq!(
        refused.text("/itemNotFound/message"),
        format!("Nova specific image is found, but boot volume snapshot id:{unknown} not found.")
    );
}

#[tokio::test]
async fn volumes_grow_and_become_bootable() {
    let scene = Scene::new().await;
    let volume = scene.volume(json!({"size": 2})).await;
    let path = format!("/volumes/{volume}");
    scene.act(&volume, json!({"os-set_bootable": {"bootable": "True"}})).await.expect(200);
    assert_eq!(scene.get(&path).await.text("/volume/bootable"), "true");
    scene.act(&volume, json!({"os-extend": {"new_size": 5}})).await.expect(202);
    scene.until(&path, |answer| answer.body["volume"]["size"] == 5).await;
    scene.until(&path, |answer| answer.body["volume"]["status"] == "available").await;
    for (size, status, words) in [
        (
            json!(5),
            400,
            "New size for extend must be greater than current size. (current: 5, extended: 5).",
        ),
        (json!(0), 400, "less than the minimum"),
        (json!(5000), 413, "exceeds allowed gigabytes quota"),
    ] {
        let refused = scene.act(&volume, json!({"os-extend": {"new_size": size}})).await;
        assert_eq!(refused.status, status, "{refused:?}");
        assert!(refused.body.to_string().contains(words), "{refused:?}");
    }
    scene.act(&volume, json!({"os-show_image_metadata": null})).await.expect(404);
    let set = json!({"os-set_image_metadata": {"metadata": {"os_distro": "debian"}}});
    scene.act(&volume, set).await.expect(200);
    let shown = scene.act(&volume, json!({"os-show_image_metadata": null})).await.expect(200);
    assert_eq!(shown.body, json!({"metadata": {"os_distro": "debian"}}));
    assert_eq!(scene.get(&path).await.text("/volume/volume_image_metadata/os_distro"), "debian");
    let unset = json!({"os-unset_image_metadata": {"key": "os_distro"}});
    scene.act(&volume, unset.clone()).await.expect(200);
    scene.act(&volume, unset).await.expect(404);
}
