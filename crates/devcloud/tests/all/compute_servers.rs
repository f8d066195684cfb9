//! Servers from the first request to the last trace: what they take, what they give back, what they survive.

use crate::support::servers::{NO_DISK, NVME, Scene, TINY};
use crate::support::{Answer, Cloud};
use serde_json::{Value, json};

#[tokio::test]
async fn a_server_of_an_image_gets_an_address_and_gives_it_back() {
    let scene = Scene::new().await;
    let active = scene.launched(json!({"key_name": "demo-key"}), "ACTIVE").await;
    let id = active.text("/server/id");
    let address = active.text("/server/addresses/demo-internal/0/addr");
    let port =
        scene.cloud.get(&format!("/networking/v2.0/ports?device_id={id}"), &scene.token).await;
    assert_eq!(port.text("/ports/0/fixed_ips/0/ip_address"), address);
    assert_eq!(port.text("/ports/0/status"), "ACTIVE");
    assert_eq!(port.text("/ports/0/device_owner"), "compute:dev-1a");
    let log = json!({"os-getConsoleOutput": {"length": 2}});
    let log = scene.ask("POST", &format!("/servers/{id}/action"), Some(log)).await.expect(200);
    assert!(log.text("/output").contains("one login:"), "{log:?}");
    scene.ask("DELETE", &format!("/servers/{id}"), None).await.expect(204);
    scene.gone(&id).await;
    assert_eq!(scene.ports_of(&id).await, 0);
    let actions =
        scene.ask("GET", &format!("/servers/{id}/os-instance-actions"), None).await.expect(200);
    let named: Vec<&Value> =
        actions.body["instanceActions"].as_array().unwrap().iter().map(|a| &a["action"]).collect();
    assert_eq!(named, ["delete", "create"]);
    let request = actions.text("/instanceActions/1/request_id");
    let create = scene
        .ask("GET", &format!("/servers/{id}/os-instance-actions/{request}"), None)
        .await
        .expect(200);
    assert_eq!(create.text("/instanceAction/events/0/result"), "Success");
}

#[tokio::test]
async fn a_new_boot_volume_goes_or_stays_as_it_was_told() {
    let scene = Scene::new().await;
    for delete in [true, false] {
        let change = json!({"imageRef": "", "flavorRef": NO_DISK, "block_device_mapping_v2": scene.new_volume(delete)});
        let active = scene.launched(change, "ACTIVE").await;
        let id = active.text("/server/id");
        let attached =
            scene.ask("GET", &format!("/servers/{id}/os-volume_attachments"), None).await;
        let volume = attached.text("/volumeAttachments/0/volumeId");
        let path = format!("/volume/v3/{}/volumes/{volume}", devcloud::well_known::PROJECT_DEMO);
        let in_use = scene.cloud.get(&path, &scene.token).await.expect(200);
        assert_eq!(in_use.text("/volume/status"), "in-use");
        assert_eq!(in_use.text("/volume/attachments/0/server_id"), id);
        assert_eq!(in_use.text("/volume/volume_image_metadata/image_id"), scene.image);
        assert_eq!(scene.cloud.delete(&path, &scene.token).await.status, 400);
        scene.ask("DELETE", &format!("/servers/{id}"), None).await.expect(204);
        scene.gone(&id).await;
        if delete {
            scene.cloud.until(&path, &scene.token, |answer| answer.status == 404).await;
        } else {
            let kept = scene.cloud.get(&path, &scene.token).await.expect(200);
            assert_eq!(kept.text("/volume/status"), "available");
            let again = json!([{"boot_index": 0, "uuid": volume, "source_type": "volume", "destination_type": "volume"}]);
            let change = json!({"name": "two", "imageRef": "", "flavorRef": NO_DISK, "block_device_mapping_v2": again});
            let second = scene.launched(change.clone(), "ACTIVE").await;
            assert_eq!(second.text("/server/os-extended-volumes:volumes_attached/0/id"), volume);
            let taken = scene.post(change).await.expect(400).text("/badRequest/message");
            assert!(taken.contains("the current status is in-use"), "{taken}");
        }
    }
}

#[tokio::test]
async fn what_becomes_of_a_volume_can_be_changed_until_its_server_goes() {
    let scene = Scene::new().await;
    let change = json!({"imageRef": "", "flavorRef": NO_DISK, "block_device_mapping_v2": scene.new_volume(true)});
    let id = scene.launched(change, "ACTIVE").await.text("/server/id");
    let path = format!("/servers/{id}/os-volume_attachments");
    let attached = scene.ask("GET", &path, None).await;
    let volume = attached.text("/volumeAttachments/0/volumeId");
    let put = async |volume: &str, named: &str| {
        let body = json!({"volumeAttachment": {"volumeId": named, "delete_on_termination": false}});
        scene.ask("PUT", &format!("{path}/{volume}"), Some(body)).await
    };
    put("00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000")
        .await
        .expect(404);
    // Another volume in its place is for operators.
    put(&volume, "00000000-0000-0000-0000-000000000000").await.expect(403);
    put(&volume, &volume).await.expect(202);
    let attached = scene.ask("GET", &path, None).await;
    assert_eq!(attached.body["volumeAttachments"][0]["delete_on_termination"], false);
    scene.ask("DELETE", &format!("/servers/{id}"), None).await.expect(204);
    scene.gone(&id).await;
    let volume = format!("/volume/v3/{}/volumes/{volume}", devcloud::well_known::PROJECT_DEMO);
    let kept = scene.cloud.get(&volume, &scene.token).await.expect(200);
    assert_eq!(kept.text("/volume/status"), "available");
}

#[tokio::test]
async fn stopping_starting_and_rebooting() {
    let scene = Scene::new().await;
    let id = scene.launched(json!({}), "ACTIVE").await.text("/server/id");
    let act =
        async |body: Value| scene.ask("POST", &format!("/servers/{id}/action"), Some(body)).await;
    let refused =
        act(json!({"os-start": null})).await.expect(409).text("/conflictingRequest/message");
    assert_eq!(refused, format!("Cannot 'start' instance {id} while it is in vm_state active"));
    act(json!({"os-stop": null})).await.expect(202);
    scene.until(&id, "SHUTOFF").await;
    act(json!({"reboot": {"type": "SOFT"}})).await.expect(409);
    act(json!({"os-start": null})).await.expect(202);
    scene.until(&id, "ACTIVE").await;
    act(json!({"reboot": {"type": "HARD"}})).await.expect(202);
    scene.until(&id, "ACTIVE").await;
    let wrong =
        act(json!({"reboot": {"type": "GENTLE"}})).await.expect(400).text("/badRequest/message");
    assert!(wrong.starts_with("Invalid input for field/attribute type. Value: GENTLE."), "{wrong}");
    let unknown = act(json!({"fly": null})).await.expect(400).text("/badRequest/message");
    assert_eq!(unknown, "There is no such action: fly");
    act(json!([])).await.expect(400);
    let renamed =
        scene.ask("PUT", &format!("/servers/{id}"), Some(json!({"server": {"name": "new"}}))).await;
    assert_eq!(renamed.expect(200).text("/server/name"), "new");
}

#[tokio::test]
async fn names_that_fail() {
    let scene = Scene::new().await;
    let volume = json!({"imageRef": "", "flavorRef": NO_DISK, "block_device_mapping_v2": scene.new_volume(true)});
    for (name, words, change) in [
        (
            "fail-no-valid-host",
            "No valid host was found. There are not enough hosts available.",
            json!({}),
        ),
        ("fail-network-1", "Failed to allocate the network(s), not rescheduling.", json!({})),
        ("fail-volume", "did not finish being created", volume),
        ("fail-spawn", "Exceeded maximum number of retries.", json!({})),
    ] {
        let mut change = change;
        change["name"] = json!(name);
        let failed = scene.launched(change, "ERROR").await;
        let message = failed.text("/server/fault/message");
        assert!(message.contains(words), "{message}");
        assert_eq!(failed.body["server"]["fault"]["code"], 500);
        let id = failed.text("/server/id");
        assert_eq!(scene.ports_of(&id).await, 0, "{name}");
        scene.ask("DELETE", &format!("/servers/{id}"), None).await.expect(204);
        scene.gone(&id).await;
    }
    // What the failed builds began to take is free again.
    let volumes = format!("/volume/v3/{}/volumes", devcloud::well_known::PROJECT_DEMO);
    scene.cloud.until(&volumes, &scene.token, |answer| answer.body["volumes"] == json!([])).await;
}

#[tokio::test]
async fn a_server_is_deleted_while_it_builds() {
    let scene = Scene::on(Cloud::with(|options| options.pace = 0.05).await).await;
    let change = json!({"imageRef": "", "flavorRef": NO_DISK, "block_device_mapping_v2": scene.new_volume(true)});
    let id = scene.post(change).await.expect(202).text("/server/id");
    scene.ask("DELETE", &format!("/servers/{id}"), None).await.expect(204);
    scene.gone(&id).await;
    assert_eq!(scene.ports_of(&id).await, 0);
}

#[tokio::test]
async fn a_build_goes_on_after_a_restart() {
    let scene = Scene::on(Cloud::with(|options| options.pace = 1000.0).await).await;
    let id = scene.post(json!({})).await.expect(202).text("/server/id");
    let scene = scene.restarted().await;
    // The step under way was to take minutes; the clock passes it.
    scene.cloud.devcloud.clock().shift(std::time::Duration::from_secs(3000));
    scene.until(&id, "ACTIVE").await;
}

#[tokio::test]
async fn nova_checks_before_it_builds() {
    let scene = Scene::new().await;
    let refused = async |change: Value, status: u16, words: &str| {
        let answer = scene.post(change.clone()).await;
        let message = answer
            .body
            .as_object()
            .and_then(|body| body.values().next())
            .cloned()
            .unwrap_or_default();
        assert_eq!(answer.status, status, "{change} {answer:?}");
        assert!(message["message"].as_str().unwrap_or("").contains(words), "{change} {answer:?}");
    };
    let disk = |change: Value| {
        let mut disk = json!({"boot_index": 0, "uuid": scene.image, "source_type": "image",
            "destination_type": "volume", "volume_size": 2});
        for (name, value) in change.as_object().unwrap() {
            disk[name] = value.clone();
        }
        disk.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        json!({"imageRef": "", "flavorRef": NO_DISK, "block_device_mapping_v2": [disk]})
    };
    let windows = scene
        .cloud
        .get("/image/v2/images?name=windows-server-2022-x86_64", &scene.token)
        .await
        .text("/images/0/id");
    refused(json!({"flavorRef": NO_DISK}), 403, "Only volume-backed servers are allowed").await;
    refused(
        json!({"imageRef": windows, "flavorRef": "f1a40000-0000-4000-8000-000000000042"}),
        202,
        "",
    )
    .await;
    refused(json!({"imageRef": windows}), 400, "Flavor's memory is too small").await;
    refused(json!({"imageRef": ""}), 400, "Missing imageRef attribute").await;
    refused(disk(json!({"volume_size": null})), 400, "need to have a non-zero size").await;
    refused(disk(json!({"volume_size": 0})), 400, "0 is less than the minimum of 1").await;
    refused(disk(json!({"boot_index": 1})), 400, "Boot sequence for the instance").await;
    refused(
        disk(json!({"destination_type": "local"})),
        400,
        "Mapping image to local is not supported.",
    )
    .await;
    refused(disk(json!({"uuid": null})), 400, "Missing device UUID.").await;
    refused(disk(json!({"uuid": "nonsense"})), 400, "failed to get image nonsense.").await;
    refused(disk(json!({"volume_type": "gold"})), 400, "Volume type gold could not be found.")
        .await;
    refused(disk(json!({"source_type": "volume"})), 400, "failed to get volume").await;
    refused(
        disk(json!({"uuid": windows, "volume_size": 20, })),
        400,
        "Flavor's memory is too small",
    )
    .await;
    refused(
        json!({"availability_zone": "moon"}),
        400,
        "The requested availability zone is not available",
    )
    .await;
    refused(json!({"availability_zone": "dev-1a:host"}), 403, "servers:create:forced_host").await;
    refused(json!({"networks": "auto"}), 409, "Multiple possible networks found").await;
    refused(
        json!({"security_groups": [{"name": "nobody"}]}),
        400,
        "Security group nobody not found",
    )
    .await;
    refused(json!({"user_data": "A".repeat(65_536)}), 400, "is too long").await;
    refused(json!({"user_data": "#cloud-config"}), 400, "is not a 'base64'").await;
    refused(json!({"min_count": 3, "max_count": 2}), 400, "min_count must be <= max_count").await;
    for count in [json!(i64::MAX), json!(u64::MAX), json!("9".repeat(30))] {
        refused(json!({"min_count": count}), 403, "exceeded").await;
    }
    refused(json!({"name": ""}), 400, "should be non-empty").await;
    refused(json!({"metadata": {"a": 1}}), 400, "1 is not of type 'string'").await;
    let external = scene
        .cloud
        .get("/networking/v2.0/networks?name=dev-1a", &scene.token)
        .await
        .text("/networks/0/id");
    refused(json!({"networks": [{"uuid": external}]}), 403, "external network").await;
    // Nodes with local disks stand in the first zone only.
    let far =
        scene.launched(json!({"flavorRef": NVME, "availability_zone": "dev-1b"}), "ERROR").await;
    assert!(far.text("/server/fault/message").starts_with("No valid host was found."));
}

#[tokio::test]
async fn several_servers_at_once() {
    let scene = Scene::new().await;
    scene.post(json!({"min_count": 2, "max_count": 3})).await.expect(202);
    let names = |answer: &Answer| -> Vec<String> {
        let servers = answer.body["servers"].as_array().unwrap().iter();
        servers.map(|server| server["name"].as_str().unwrap().to_owned()).collect()
    };
    let all =
        scene.ask("GET", "/servers?sort_key=display_name&sort_dir=asc", None).await.expect(200);
    assert_eq!(names(&all), ["one-1", "one-2", "one-3"]);
    let page = scene
        .ask("GET", "/servers?sort_key=display_name&sort_dir=asc&limit=2", None)
        .await
        .expect(200);
    assert_eq!(names(&page), ["one-1", "one-2"]);
    let next = page.text("/servers_links/0/href");
    let next = next.split("/compute/v2.1").nth(1).unwrap();
    assert_eq!(names(&scene.ask("GET", next, None).await.expect(200)), ["one-3"]);
    assert_eq!(names(&scene.ask("GET", "/servers?name=one-2", None).await), ["one-2"]);
    assert!(names(&scene.ask("GET", "/servers?status=SHUTOFF", None).await).is_empty());
    scene.ask("GET", "/servers?marker=nobody", None).await.expect(400);
    scene.ask("GET", "/servers?limit=many", None).await.expect(400);
    scene.ask("GET", "/servers?nonsense=1", None).await.expect(400);
    scene.ask("GET", "/servers?all_tenants=1", None).await.expect(403);
}

#[tokio::test]
async fn a_reader_looks_and_touches_nothing() {
    let scene = Scene::new().await;
    let id = scene.launched(json!({}), "ACTIVE").await.text("/server/id");
    let viewer = scene.cloud.sign_in("viewer", "demo").await;
    scene.ask_as(&viewer, "GET", &format!("/servers/{id}"), None).await.expect(200);
    for (method, path, body, rule) in [
        ("POST", "/servers".to_owned(), Some(scene.launch(json!({}))), "servers:create"),
        ("DELETE", format!("/servers/{id}"), None, "servers:delete"),
        ("PUT", format!("/servers/{id}"), Some(json!({"server": {"name": "x"}})), "servers:update"),
        ("POST", format!("/servers/{id}/action"), Some(json!({"os-stop": null})), "servers:stop"),
    ] {
        let refused = scene.ask_as(&viewer, method, &path, body).await.expect(403);
        let expected = format!("Policy doesn't allow os_compute_api:{rule} to be performed.");
        assert_eq!(refused.text("/forbidden/message"), expected);
    }
}

#[tokio::test]
async fn nothing_of_another_project_is_seen_or_touched() {
    let scene = Scene::new().await;
    let id = scene.launched(json!({}), "ACTIVE").await.text("/server/id");
    let other = scene.cloud.sign_in("other", "other").await;
    let stop = Some(json!({"os-stop": null}));
    for (method, path, body) in [
        ("GET", format!("/servers/{id}"), None),
        ("DELETE", format!("/servers/{id}"), None),
        ("PUT", format!("/servers/{id}"), Some(json!({"server": {"name": "x"}}))),
        ("POST", format!("/servers/{id}/action"), stop),
        ("GET", format!("/servers/{id}/os-interface"), None),
        ("GET", format!("/servers/{id}/os-volume_attachments"), None),
        ("GET", format!("/servers/{id}/os-instance-actions"), None),
        ("GET", format!("/servers/{id}/os-security-groups"), None),
        ("GET", format!("/servers/{id}/ips"), None),
    ] {
        scene.ask_as(&other, method, &path, body).await.expect(404);
    }
    let list = scene.ask_as(&other, "GET", "/servers/detail", None).await.expect(200);
    assert_eq!(list.body["servers"], json!([]));
    // Nor can he plug into the project's network, or use its keys.
    let body = json!({"server": {"name": "x", "imageRef": scene.image, "flavorRef": TINY,
        "networks": [{"uuid": scene.network}]}});
    scene.ask_as(&other, "POST", "/servers", Some(body)).await.expect(400);
    let keys = scene.ask_as(&other, "GET", "/os-keypairs", None).await.expect(200);
    assert_eq!(keys.body["keypairs"], json!([]));
}

#[tokio::test]
async fn key_pairs_are_imported() {
    let scene = Scene::new().await;
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKQqPsroFA5SyJNrO6LzM8ZRcwSXAF/i6xyxdGubn/Bh me";
    let post = async |change: Value| {
        let mut keypair = json!({"name": "mine", "public_key": key});
        for (name, value) in change.as_object().unwrap() {
            keypair[name] = value.clone();
        }
        scene.ask("POST", "/os-keypairs", Some(json!({"keypair": keypair}))).await
    };
    let made = post(json!({})).await.expect(201);
    assert_eq!(
        made.text("/keypair/fingerprint"),
        "ab:0f:00:5c:e2:58:ae:89:30:6f:a0:b3:be:b2:49:0e"
    );
    assert_eq!(made.text("/keypair/type"), "ssh");
    let twice = post(json!({})).await.expect(409).text("/conflictingRequest/message");
    assert_eq!(twice, "Key pair 'mine' already exists.");
    post(json!({"name": "a/b"})).await.expect(400);
    let wrong = post(json!({"name": "b", "public_key": "nonsense"}))
        .await
        .expect(400)
        .text("/badRequest/message");
    assert_eq!(wrong, "Keypair data is invalid: failed to generate fingerprint");
    scene.ask("GET", "/os-keypairs/mine", None).await.expect(200);
    scene.ask("DELETE", "/os-keypairs/mine", None).await.expect(204);
    scene.ask("GET", "/os-keypairs/mine", None).await.expect(404);
}

#[tokio::test]
async fn bad_requests_get_an_answer_in_words() {
    let scene = Scene::new().await;
    let raw = async |body: &'static str, kind: &str| {
        let request = scene.cloud.request("POST", "/compute/v2.1/servers", &scene.token);
        let request = request.header("content-type", kind).body(body);
        Answer::of(request.send().await.unwrap()).await
    };
    raw("{", "application/json").await.expect(400);
    raw("", "application/json").await.expect(400);
    raw("null", "application/json").await.expect(400);
    raw("[1]", "application/json").await.expect(400);
    raw("<server/>", "application/xml").await.expect(415);
    let long = "x".repeat(200_000);
    let body = scene.launch(json!({"name": long}));
    scene.ask("POST", "/servers", Some(body)).await.expect(413);
    scene.ask("GET", "/nonsense", None).await.expect(404);
    scene.ask("PATCH", "/servers", None).await.expect(404);
    scene.ask("GET", "/flavors/nobody", None).await.expect(404);
    scene.ask("GET", "/flavors?minRam=x", None).await.expect(400);
    scene.ask("GET", "/servers?changes-since=yesterday", None).await.expect(400);
}
