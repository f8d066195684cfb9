//! Rescuing servers: what the real Nova answered, which images will do, and what becomes of the server.

use std::time::Duration;

use crate::support::contract::Sample;
use crate::support::servers::Scene;
use crate::support::{Answer, Cloud};
use serde_json::{Value, json};

fn sample(name: &str) -> Sample {
    // The recorded cloud's network has another name, and our server other pairs and no key.
    Sample::load("nova", name)
        .optional("/server/addresses/demo-net")
        .optional("/server/addresses/demo-internal")
        .optional("/server/metadata/made")
        .nullable("/server/key_name")
}

async fn rescue_image(scene: &Scene, name: &str, properties: Value) -> String {
    let mut body = json!({"name": name, "disk_format": "iso", "container_format": "bare", "visibility": "private"});
    for (name, value) in properties.as_object().unwrap() {
        body[name] = value.clone();
    }
    let made = scene.cloud.post("/image/v2/images", &scene.token, body).await.expect(201);
    let id = made.text("/id");
    let mut disk = vec![0; 64 << 10];
    disk[32_768..32_774].copy_from_slice(b"\x01CD001");
    let upload = scene.cloud.request("PUT", &format!("/image/v2/images/{id}/file"), &scene.token);
    let upload = upload.header("content-type", "application/octet-stream").body(disk);
    Answer::of(upload.send().await.unwrap()).await.expect(204);
    id
}

#[tokio::test]
async fn a_server_is_rescued_and_comes_back() {
    let scene = Scene::on(Cloud::with(|options| options.pace = 0.1).await).await;
    let id = scene.launched(json!({}), "ACTIVE").await.text("/server/id");
    let iso = rescue_image(
        &scene,
        "systemrescue",
        json!({"hw_rescue_device": "cdrom", "hw_rescue_bus": "scsi"}),
    )
    .await;
    let made = scene.act(&id, json!({"rescue": {"rescue_image_ref": iso}})).await;
    sample("rescue").check(&made);
    assert_eq!(made.text("/adminPass").len(), 12);
    let rescuing = scene.look(&id).await;
    assert_eq!(rescuing.text("/server/OS-EXT-STS:task_state"), "rescuing");
    sample("server-rescuing").check(&rescuing);
    let rescued = scene.until(&id, "RESCUE").await;
    assert_eq!(rescued.text("/server/OS-EXT-STS:vm_state"), "rescued");
    let rescued = scene.look(&id).await;
    sample("server-rescued").check(&rescued);
    // It still is the server of its own image.
    assert_eq!(rescued.text("/server/image/id"), scene.image);

    let twice = scene.act(&id, json!({"rescue": {}})).await;
    sample("rescue-twice").check(&twice);
    let words =
        |action: &str| format!("Cannot '{action}' instance {id} while it is in vm_state rescued");
    assert_eq!(twice.text("/conflictingRequest/message"), words("rescue"));
    for (action, body) in [
        ("start", json!({"os-start": null})),
        ("stop", json!({"os-stop": null})),
        ("reboot", json!({"reboot": {"type": "SOFT"}})),
        ("reboot", json!({"reboot": {"type": "HARD"}})),
        ("createImage", json!({"createImage": {"name": "x"}})),
    ] {
        let refused = scene.act(&id, body).await.expect(409);
        assert_eq!(refused.text("/conflictingRequest/message"), words(action));
    }

    let back = scene.act(&id, json!({"unrescue": null})).await;
    sample("unrescue").check(&back);
    let unrescuing = scene.look(&id).await;
    assert_eq!(unrescuing.text("/server/OS-EXT-STS:task_state"), "unrescuing");
    sample("server-unrescuing").check(&unrescuing);
    scene.until(&id, "ACTIVE").await;
    let again = scene.act(&id, json!({"unrescue": null})).await.expect(409);
    assert_eq!(
        again.text("/conflictingRequest/message"),
        format!("Cannot 'unrescue' instance {id} while it is in vm_state active")
    );
    let actions = scene.ask("GET", &format!("/servers/{id}/os-instance-actions"), None).await;
    let names: Vec<&str> = actions.body["instanceActions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|action| action["action"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["unrescue", "rescue", "create"]);
}

#[tokio::test]
async fn a_server_on_a_volume_wants_an_image_that_says_how_it_is_plugged() {
    let scene = Scene::new().await;
    let id = scene.launched_on_volume("on-volume", true).await;
    let refusal =
        format!("Instance {id} cannot be rescued: Cannot rescue a volume-backed instance");
    let refused = scene.act(&id, json!({"rescue": {}})).await;
    sample("rescue-on-volume-refused").check(&refused);
    assert_eq!(refused.text("/badRequest/message"), refusal);
    let half = rescue_image(&scene, "half", json!({"hw_rescue_device": "cdrom"})).await;
    let whole = rescue_image(
        &scene,
        "whole",
        json!({"hw_rescue_device": "cdrom", "hw_rescue_bus": "scsi"}),
    )
    .await;
    let with = |image: &str| json!({"rescue": {"rescue_image_ref": image}});
    let refused = scene.act(&id, with(&half)).await.expect(400);
    assert_eq!(refused.text("/badRequest/message"), refusal);
    let path = format!("/servers/{id}/action");
    let old = scene.ask_in("2.86", "POST", &path, Some(with(&whole))).await.expect(400);
    assert_eq!(old.text("/badRequest/message"), refusal);
    scene.ask_in("2.87", "POST", &path, Some(with(&whole))).await.expect(200);
    scene.until(&id, "RESCUE").await;
    sample("server-on-volume-rescued").check(&scene.look(&id).await);
}

#[tokio::test]
async fn what_a_server_cannot_be_rescued_with() {
    let scene = Scene::new().await;
    let id = scene.launched(json!({"adminPass": "its-own"}), "ACTIVE").await.text("/server/id");
    let act = async |body: Value| scene.act(&id, body).await;
    let nobody = "00000000-0000-0000-0000-000000000000";
    let refused = act(json!({"rescue": {"rescue_image_ref": nobody}})).await.expect(400);
    assert_eq!(
        refused.text("/badRequest/message"),
        format!("Requested rescue image '{nobody}' is not supported")
    );
    let on_volume = scene.launched_on_volume("on-volume", true).await;
    let made = scene
        .act(&on_volume, json!({"createImage": {"name": "points-elsewhere"}}))
        .await
        .expect(202);
    let pointer = made.text("/image_id");
    let refused = act(json!({"rescue": {"rescue_image_ref": pointer}})).await.expect(400);
    assert_eq!(
        refused.text("/badRequest/message"),
        format!("Requested rescue image '{pointer}' is not supported")
    );
    act(json!({"rescue": {"rescue_image_ref": "nonsense"}})).await.expect(400);
    act(json!({"rescue": {"more": 1}})).await.expect(400);
    // Without an image it is its own; without a password one is made, and a given one is given back.
    let made = act(json!({"rescue": {"adminPass": "secret"}})).await.expect(200);
    assert_eq!(made.text("/adminPass"), "secret");
    scene.until(&id, "RESCUE").await;
    let viewer = scene.cloud.sign_in("viewer", "demo").await;
    for (body, rule) in
        [(json!({"rescue": null}), "os-rescue"), (json!({"unrescue": null}), "os-unrescue")]
    {
        let path = format!("/servers/{id}/action");
        let refused = scene.ask_as(&viewer, "POST", &path, Some(body)).await.expect(403);
        let words = format!("Policy doesn't allow os_compute_api:{rule} to be performed.");
        assert_eq!(refused.text("/forbidden/message"), words);
    }
    // Deleting it is possible in any state.
    scene.ask("DELETE", &format!("/servers/{id}"), None).await.expect(204);
    scene.gone(&id).await;
}

#[tokio::test]
async fn a_rescue_that_fails_leaves_a_fault_and_a_hard_reboot_mends_it() {
    let scene = Scene::new().await;
    let id = scene.launched(json!({"name": "fail-rescue"}), "ACTIVE").await.text("/server/id");
    scene.act(&id, json!({"rescue": null})).await.expect(200);
    let failed = scene.until(&id, "ERROR").await;
    let fault = failed.text("/server/fault/message");
    assert!(
        fault.starts_with(&format!("Instance {id} cannot be rescued: Driver Error")),
        "{fault}"
    );
    scene.act(&id, json!({"reboot": {"type": "HARD"}})).await.expect(202);
    let active = scene.until(&id, "ACTIVE").await;
    assert!(active.body["server"]["fault"].is_null());
}

#[tokio::test]
async fn a_rescue_goes_on_after_a_restart() {
    let scene = Scene::new().await;
    let id = scene.launched(json!({}), "ACTIVE").await.text("/server/id");
    let slow = scene.slowed().await;
    slow.act(&id, json!({"rescue": null})).await.expect(200);
    let scene = slow.restarted().await;
    scene.cloud.devcloud.clock().shift(Duration::from_secs(2000));
    scene.until(&id, "RESCUE").await;
}
