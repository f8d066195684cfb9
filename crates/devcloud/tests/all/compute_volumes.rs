//! What becomes of a server's volume that Cinder is busy with when the server goes.

use std::time::Duration;

use crate::support::Answer;
use crate::support::servers::Scene;
use serde_json::{Value, json};

/// A server on a volume that goes with it or not, after this action on the volume has begun, is deleted; gives the volume's path.
async fn deleted_meanwhile(goes: bool, action: Value) -> (Scene, String) {
    let scene = Scene::new().await;
    let id = scene.launched_on_volume("on-volume", goes).await;
    let path = format!("/servers/{id}/os-volume_attachments");
    let volume = scene.ask("GET", &path, None).await.text("/volumeAttachments/0/volumeId");
    let path = format!("/volume/v3/volumes/{volume}");
    let scene = scene.slowed().await;
    let request = scene.cloud.request("POST", &format!("{path}/action"), &scene.token);
    let request = request.header("OpenStack-API-Version", "volume 3.70").json(&action);
    Answer::of(request.send().await.unwrap()).await.expect(202);
    scene.ask("DELETE", &format!("/servers/{id}"), None).await.expect(204);
    scene.cloud.devcloud.clock().shift(Duration::from_secs(2000));
    scene.until(&id, "DELETED").await;
    (scene, path)
}

#[tokio::test]
async fn one_that_is_read_for_an_image_stays() {
    let upload = json!({"os-volume_upload_image": {"image_name": "copy", "force": true}});
    let (scene, path) = deleted_meanwhile(true, upload).await;
    let left = scene.cloud.get(&path, &scene.token).await.expect(200);
    assert_eq!(left.text("/volume/status"), "uploading");
    assert_eq!(left.body["volume"]["attachments"], json!([]));
}

#[tokio::test]
async fn one_that_grows_is_free_after_that() {
    let (scene, path) = deleted_meanwhile(false, json!({"os-extend": {"new_size": 3}})).await;
    let grown = |answer: &Answer| answer.body["volume"]["size"] == 3;
    let free = scene.cloud.until(&path, &scene.token, grown).await;
    assert_eq!(free.text("/volume/status"), "available");
}
