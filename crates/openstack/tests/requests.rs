//! What the client sends: paths, queries and bodies.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails says so"
)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use openstack::compute::{
    BootFrom, CreateServer, CreateServerGroup, Feature, GroupPolicy, Networks, SnapshotDisk,
};
use openstack::image::{CreateImage, Filter, Patch, Tab, Visibility};
use openstack::{ImageId, Microversion, compute, image};
use serde_json::{Value, json};
use support::{Fake, client, header, run};

/// A filter and its query.
fn check_filter(filter: &Filter, expected: &str) {
    let fake = Fake::sample("glance/list-empty");
    run(image::list_all(&client(Arc::clone(&fake)), filter)).unwrap();
    let expected = format!("http://127.0.0.1:9292/v2/images?limit=1000{expected}");
    assert_eq!(fake.last().url, expected);
}

#[test]
fn filters() {
    let project = "p1".into();
    check_filter(&Filter::default(), "");
    check_filter(&Filter::tab(Tab::Public, &project), "&visibility=public");
    check_filter(&Filter::tab(Tab::Own, &project), "&visibility=all&owner=p1");
    check_filter(
        &Filter::tab(Tab::SharedAccepted, &project),
        "&visibility=shared&member_status=accepted",
    );
    check_filter(
        &Filter::tab(Tab::SharedPending, &project),
        "&visibility=shared&member_status=pending",
    );
    check_filter(&Filter::tab(Tab::Community, &project), "&visibility=community");
    check_filter(&Filter::tab(Tab::All, &project), "&visibility=all");
    let named = |name: &str| Filter { name: Some(name.into()), ..Filter::default() };
    check_filter(&named("Debian 12 & co"), "&name=Debian+12+%26+co");
    check_filter(&named("in:house"), "&name=in%3A%22in%3Ahouse%22");
    let queued = vec![image::ImageStatus::Queued];
    check_filter(&Filter { statuses: queued.clone(), ..Filter::default() }, "&status=queued");
    let both = vec![image::ImageStatus::Queued, image::ImageStatus::Saving];
    check_filter(
        &Filter { statuses: both, hidden: true, ..Filter::default() },
        "&status=in%3Aqueued%2Csaving&os_hidden=true",
    );
    check_filter(
        &Filter { other: vec![("os_distro".into(), "debian".into())], ..Filter::default() },
        "&os_distro=debian",
    );
}

#[test]
fn creating_an_image() {
    let mut wanted = CreateImage {
        name: "Debian".into(),
        disk_format: "qcow2".into(),
        ..CreateImage::default()
    };
    let plain = json!({"name": "Debian", "disk_format": "qcow2", "container_format": "bare", "protected": false, "min_disk": 0, "min_ram": 0});
    assert_eq!(wanted.body(), plain);
    wanted.visibility = Some(Visibility::Private);
    wanted.tags = vec!["lts".into()];
    wanted.properties.insert("os_distro".into(), "debian".into());
    // A property cannot take the place of a field.
    wanted.properties.insert("name".into(), "other".into());
    let body = wanted.body();
    assert_eq!(
        (&body["name"], &body["visibility"], &body["os_distro"], &body["tags"]),
        (&json!("Debian"), &json!("private"), &json!("debian"), &json!(["lts"]))
    );
    // A boolean, not a text as other properties are.
    wanted.hidden = true;
    assert_eq!(wanted.body()["os_hidden"], json!(true));
}

#[test]
fn changing_an_image() {
    let fake = Fake::sample("glance/active");
    let changes = Patch::new()
        .name("New")
        .protected(true)
        .visibility(&Visibility::Shared)
        .min_disk_gib(10)
        .min_ram_mib(512)
        .tags(&["a".to_owned()])
        .set_property("a/b~c", "v")
        .replace_property("os_version", "13")
        .remove_property("gone");
    run(image::patch(&client(Arc::clone(&fake)), &ImageId::from("i"), &changes)).unwrap();
    let sent = fake.last();
    assert_eq!(sent.method.as_str(), "PATCH");
    assert_eq!(header(&sent, "Content-Type"), Some("application/openstack-images-v2.1-json-patch"));
    let expected = json!([
        {"op": "replace", "path": "/name", "value": "New"},
        {"op": "replace", "path": "/protected", "value": true},
        {"op": "replace", "path": "/visibility", "value": "shared"},
        {"op": "replace", "path": "/min_disk", "value": 10},
        {"op": "replace", "path": "/min_ram", "value": 512},
        {"op": "replace", "path": "/tags", "value": ["a"]},
        {"op": "add", "path": "/a~1b~0c", "value": "v"},
        {"op": "replace", "path": "/os_version", "value": "13"},
        {"op": "remove", "path": "/gone"},
    ]);
    assert_eq!(fake.last_body(), expected);
    assert!(Patch::new().is_empty() && !changes.is_empty());
}

#[test]
fn paths_take_anything_in_names() {
    let fake = Fake::new(|_, _| Ok(support::status(204)));
    let client = client(Arc::clone(&fake));
    run(image::add_tag(&client, &ImageId::from("i"), "a/b ?#ö")).unwrap();
    assert!(
        fake.last().url.ends_with("/v2/images/i/tags/a%2Fb%20%3F%23%C3%B6"),
        "{}",
        fake.last().url
    );
    run(image::delete(&client, &ImageId::from(".."))).unwrap();
    assert!(fake.last().url.ends_with("/v2/images/%2E%2E"), "{}", fake.last().url);
}

#[test]
fn uploads_go_where_and_with_what() {
    let upload =
        image::upload_request(&client(Fake::sample("client/list-public")), &ImageId::from("i"))
            .unwrap();
    assert_eq!(upload.url, "http://127.0.0.1:9292/v2/images/i/file");
    assert_eq!(
        upload.headers,
        [("Content-Type".to_owned(), "application/octet-stream".to_owned())]
    );
}

#[test]
fn importing_from_a_url() {
    let fake = Fake::new(|_, _| Ok(support::status(202)));
    run(image::import_from_url(
        &client(Arc::clone(&fake)),
        &ImageId::from("i"),
        "https://x/y.qcow2",
    ))
    .unwrap();
    assert_eq!(
        fake.last_body(),
        json!({"method": {"name": "web-download", "uri": "https://x/y.qcow2"}})
    );
}

fn server(boot: BootFrom, networks: Networks) -> CreateServer {
    CreateServer::new("web", "f".into(), boot, networks)
}

fn local_disk() -> BootFrom {
    BootFrom::LocalDisk { image: "i".into() }
}

/// A server at a microversion, and the body (or the first words why there is none).
fn check_server(server: &CreateServer, minor: u32, expected: Result<Value, &str>) {
    match (server.body(Microversion::new(2, minor)), expected) {
        (Ok(found), Ok(expected)) => assert_eq!(found, expected),
        (Err(found), Err(expected)) => assert!(found.starts_with(expected), "{found}"),
        (found, expected) => panic!("{found:?} instead of {expected:?}"),
    }
}

#[test]
fn starting_a_server() {
    let simple = server(local_disk(), Networks::Auto);
    check_server(
        &simple,
        96,
        Ok(
            json!({"server": {"name": "web", "flavorRef": "f", "imageRef": "i", "networks": "auto"}}),
        ),
    );
    check_server(
        &simple,
        1,
        Ok(json!({"server": {"name": "web", "flavorRef": "f", "imageRef": "i"}})),
    );
    check_server(
        &server(local_disk(), Networks::None),
        36,
        Err("no network needs compute API 2.37"),
    );

    let volume = |volume_type: Option<&str>| BootFrom::NewVolume {
        image: "i".into(),
        size_gib: 20,
        volume_type: volume_type.map(str::to_owned),
        delete_with_server: false,
    };
    let on_volume = server(volume(Some("ssd")), Networks::These(vec!["n".into()]));
    check_server(
        &on_volume,
        96,
        Ok(json!({"server": {
            "name": "web", "flavorRef": "f", "networks": [{"uuid": "n"}],
            "block_device_mapping_v2": [{
                "boot_index": 0, "source_type": "image", "destination_type": "volume", "uuid": "i",
                "volume_size": 20, "volume_type": "ssd", "delete_on_termination": false,
            }],
        }})),
    );
    check_server(&on_volume, 66, Err("a volume type needs compute API 2.67"));

    let mut full = server(local_disk(), Networks::Ports(vec!["p".into()]));
    full.key_name = Some("k".into());
    full.security_groups = vec!["default".into()];
    full.availability_zone = Some("z".into());
    full.user_data = Some("Iw==".into());
    full.config_drive = true;
    full.admin_password = Some(openstack::identity::Secret::new("pw"));
    full.metadata.insert("a".into(), "b".into());
    full.tags = vec!["t".into()];
    full.description = Some("d".into());
    full.hostname = Some("web-host".into());
    full.server_group = Some("g".into());
    full.count = 3;
    check_server(
        &full,
        96,
        Ok(json!({
            "server": {
                "name": "web", "flavorRef": "f", "imageRef": "i", "networks": [{"port": "p"}], "key_name": "k",
                "security_groups": [{"name": "default"}], "availability_zone": "z", "user_data": "Iw==",
                "config_drive": true, "adminPass": "pw", "metadata": {"a": "b"}, "tags": ["t"], "description": "d",
                "hostname": "web-host", "min_count": 3, "max_count": 3,
            },
            "os:scheduler_hints": {"group": "g"},
        })),
    );
    assert!(!format!("{full:?}").contains("pw"));
    check_server(&full, 89, Err("a host name needs compute API 2.90, this cloud has 2.89"));
    full.hostname = Some("web.example".into());
    check_server(&full, 93, Err("a host name needs compute API 2.94"));
}

/// Whether a volume goes with its server is said of every one of them.
#[test]
fn starting_a_server_on_what_is_there() {
    let volume = BootFrom::Volume { volume: "v".into(), delete_with_server: false };
    check_server(
        &server(volume, Networks::None),
        96,
        Ok(json!({"server": {"name": "web", "flavorRef": "f", "networks": "none",
        "block_device_mapping_v2": [{
            "boot_index": 0, "source_type": "volume", "destination_type": "volume", "uuid": "v",
            "delete_on_termination": false,
        }]}})),
    );
    let disk = |id: &str, boot_index, volume_type: Option<&str>| SnapshotDisk {
        snapshot: id.into(),
        boot_index,
        size_gib: volume_type.map(|_| 40),
        volume_type: volume_type.map(str::to_owned),
        delete_with_server: true,
    };
    let disks = vec![disk("s1", Some(0), Some("ssd")), disk("s2", None, None)];
    let of_snapshots = server(BootFrom::Snapshots(disks), Networks::Auto);
    check_server(
        &of_snapshots,
        96,
        Ok(json!({"server": {"name": "web", "flavorRef": "f", "networks": "auto",
        "block_device_mapping_v2": [
            {"boot_index": 0, "source_type": "snapshot", "destination_type": "volume", "uuid": "s1",
             "delete_on_termination": true, "volume_size": 40, "volume_type": "ssd"},
            {"boot_index": null, "source_type": "snapshot", "destination_type": "volume", "uuid": "s2",
             "delete_on_termination": true},
        ]}})),
    );
    check_server(&of_snapshots, 66, Err("a volume type needs compute API 2.67"));
}

/// A server group at a microversion, and the body (or the first words why there is none).
fn check_group(policy: &str, most: Option<u32>, minor: u32, expected: Result<Value, &str>) {
    let group = CreateServerGroup {
        name: "apart".into(),
        policy: GroupPolicy::from(policy),
        most_per_host: most,
    };
    match (group.body(Microversion::new(2, minor)), expected) {
        (Ok(found), Ok(expected)) => assert_eq!(found, json!({"server_group": expected})),
        (Err(found), Err(expected)) => assert!(found.starts_with(expected), "{found}"),
        (found, expected) => panic!("{found:?} instead of {expected:?}"),
    }
}

#[test]
fn making_a_server_group() {
    let plain = json!({"name": "apart", "policy": "soft-anti-affinity"});
    check_group("soft-anti-affinity", None, 96, Ok(plain));
    let old = json!({"name": "apart", "policies": ["soft-anti-affinity"]});
    check_group("soft-anti-affinity", None, 63, Ok(old));
    check_group("soft-affinity", None, 14, Err("a soft server group needs compute API 2.15"));
    let two =
        json!({"name": "apart", "policy": "anti-affinity", "rules": {"max_server_per_host": 2}});
    check_group("anti-affinity", Some(2), 64, Ok(two));
    check_group(
        "anti-affinity",
        Some(2),
        63,
        Err("a limit of a server group needs compute API 2.64"),
    );
}

/// What is done to a server: which call sends which body.
macro_rules! check_action {
    ($answer:literal, $call:expr, $expected:expr) => {{
        let fake = Fake::sample($answer);
        let client = client(Arc::clone(&fake));
        let call = $call;
        run(call(&client)).map(drop).unwrap();
        let sent = fake.last();
        assert_eq!(sent.method.as_str(), "POST");
        assert!(sent.url.ends_with("/v2.1/servers/s/action"), "{}", sent.url);
        assert_eq!(fake.last_body(), $expected);
    }};
}

#[test]
fn what_can_be_done_to_a_server() {
    type C = openstack::Client<Arc<Fake>>;
    let id = openstack::ServerId::from("s");
    let rescue_image = ImageId::from("r");
    check_action!(
        "nova/stop",
        async |c: &C| compute::start(c, &id).await,
        json!({"os-start": null})
    );
    check_action!("nova/stop", async |c: &C| compute::stop(c, &id).await, json!({"os-stop": null}));
    check_action!(
        "nova/stop",
        async |c: &C| compute::reboot(c, &id, compute::Reboot::Soft).await,
        json!({"reboot": {"type": "SOFT"}})
    );
    check_action!(
        "nova/stop",
        async |c: &C| compute::reboot(c, &id, compute::Reboot::Hard).await,
        json!({"reboot": {"type": "HARD"}})
    );
    check_action!(
        "nova/create-image",
        async |c: &C| compute::create_image(c, &id, "copy", &BTreeMap::new()).await,
        json!({"createImage": {"name": "copy"}})
    );
    let described = BTreeMap::from([("description".to_owned(), "as of today".to_owned())]);
    check_action!(
        "nova/create-image",
        async |c: &C| compute::create_image(c, &id, "copy", &described).await,
        json!({"createImage": {"name": "copy", "metadata": {"description": "as of today"}}})
    );
    check_action!(
        "nova/rescue",
        async |c: &C| compute::rescue(c, &id, Some(&rescue_image)).await,
        json!({"rescue": {"rescue_image_ref": "r"}})
    );
    check_action!(
        "nova/rescue",
        async |c: &C| compute::rescue(c, &id, None).await,
        json!({"rescue": {}})
    );
    check_action!(
        "nova/unrescue",
        async |c: &C| compute::unrescue(c, &id).await,
        json!({"unrescue": null})
    );
    check_action!(
        "nova/console-output",
        async |c: &C| compute::console_output(c, &id, 100).await,
        json!({"os-getConsoleOutput": {"length": 100}})
    );
}

#[test]
fn keys_are_generated_at_an_older_version() {
    let fake = Fake::new(|request, _| {
        Ok(if request.method.as_str() == "GET" {
            support::sample("nova/version")
        } else {
            support::json(json!({"keypair": {"name": "k", "private_key": "PRIVATE"}}))
        })
    });
    let client = client(Arc::clone(&fake));
    let made = run(compute::generate_keypair(&client, "k")).unwrap();
    assert_eq!(header(&fake.last(), "OpenStack-API-Version"), Some("compute 2.2"));
    assert_eq!(fake.last_body(), json!({"keypair": {"name": "k", "type": "ssh"}}));
    assert!(made.private_key.reveal() == "PRIVATE" && !format!("{made:?}").contains("PRIVATE"));
    run(compute::import_keypair(&client, "k", " ssh-ed25519 AAAA me\n")).unwrap();
    assert_eq!(header(&fake.last(), "OpenStack-API-Version"), Some("compute 2.92"));
    assert_eq!(fake.last_body()["keypair"]["public_key"], "ssh-ed25519 AAAA me");
}

#[test]
fn what_an_older_cloud_has() {
    let has = |newest: &'static str, feature| {
        let fake = Fake::new(move |_, _| {
            Ok(support::json(
                json!({"version": {"id": "v2.1", "version": newest, "min_version": "2.1"}}),
            ))
        });
        run(compute::has(&client(fake), feature)).unwrap()
    };
    assert!(has("2.104", Feature::RescueOnVolume) && has("2.87", Feature::RescueOnVolume));
    assert!(!has("2.86", Feature::RescueOnVolume) && !has("2.9", Feature::Tags));
    assert!(!has("", Feature::Description));
}

#[test]
fn user_data_in_base64() {
    for (text, expected) in [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
        ("#cloud-config\n", "I2Nsb3VkLWNvbmZpZwo="),
        ("ö", "w7Y="),
    ] {
        assert_eq!(compute::user_data(text).as_deref(), Ok(expected));
    }
    assert_eq!(compute::user_data("x".repeat(49_149)).map(|data| data.len()), Ok(65_532));
    assert_eq!(compute::user_data("x".repeat(49_152)), Err(65_536));
}

/// What is asked of a service that answers with what it was asked for: method, path below the host, body.
fn asked<A>(
    answer: &'static str,
    call: impl AsyncFn(&openstack::Client<Arc<Fake>>) -> Result<A, openstack::ApiError>,
) -> (String, Option<Value>, Option<String>) {
    let fake = Fake::new(move |request, _| {
        Ok(match request.url.as_str() {
            url if url.ends_with("/v3/") => support::volume_versions(),
            _ => support::sample(answer),
        })
    });
    run(call(&client(Arc::clone(&fake)))).map(drop).unwrap();
    let sent = fake.last();
    let path = sent.url.splitn(4, '/').nth(3).unwrap_or_default();
    let body = sent.body.as_ref().map(|body| serde_json::from_slice(body).unwrap());
    let version = header(&sent, "OpenStack-API-Version").map(str::to_owned);
    (format!("{} /{path}", sent.method.as_str()), body, version)
}

#[test]
fn volumes_snapshots_and_images_of_them() {
    let (volume, snapshot) = ("v".into(), openstack::VolumeSnapshotId::from("s"));
    let wanted =
        openstack::volume::CreateVolumeSnapshot { name: "before".into(), ..Default::default() };
    let (line, body, version) = asked("cinder/snapshot-create", async |c| {
        openstack::volume::create_snapshot(c, &volume, &wanted).await
    });
    assert!(line.starts_with("POST /v3") && line.ends_with("/snapshots"), "{line}");
    assert_eq!(body, Some(json!({"snapshot": {"volume_id": "v", "name": "before"}})));
    assert_eq!(version, None);

    let busy = openstack::volume::CreateVolumeSnapshot {
        description: Some("d".into()),
        in_use_too: true,
        ..wanted.clone()
    };
    let (_, body, _) = asked("cinder/snapshot-create", async |c| {
        openstack::volume::create_snapshot(c, &volume, &busy).await
    });
    assert_eq!(
        body,
        Some(
            json!({"snapshot": {"volume_id": "v", "name": "before", "description": "d", "force": true}})
        )
    );

    let (line, ..) = asked("cinder/snapshot-delete", async |c| {
        openstack::volume::delete_snapshot(c, &snapshot).await
    });
    assert!(line.starts_with("DELETE /v3") && line.ends_with("/snapshots/s"), "{line}");

    let of_snapshot = openstack::volume::CreateVolume {
        name: "copy".into(),
        size_gib: 2,
        snapshot: Some(snapshot.clone()),
        ..Default::default()
    };
    let (_, body, _) =
        asked("cinder/volume-create", async |c| openstack::volume::create(c, &of_snapshot).await);
    assert_eq!(body, Some(json!({"volume": {"name": "copy", "size": 2, "snapshot_id": "s"}})));
}

#[test]
fn an_image_of_a_volume() {
    let wanted = openstack::volume::ImageOfVolume {
        name: "copy".into(),
        disk_format: "qcow2".into(),
        visibility: Visibility::Private,
        protected: true,
        in_use_too: false,
    };
    let volume = "v".into();
    let upload = async |c: &openstack::Client<Arc<Fake>>| {
        openstack::volume::upload_to_image(c, &volume, &wanted).await
    };
    let (line, body, version) = asked("cinder/volume-upload", upload);
    assert!(line.starts_with("POST /v3") && line.ends_with("/volumes/v/action"), "{line}");
    assert_eq!(version.as_deref(), Some("volume 3.1"));
    let expected = json!({
        "image_name": "copy", "disk_format": "qcow2", "container_format": "bare", "force": false,
        "visibility": "private", "protected": true,
    });
    assert_eq!(body, Some(json!({"os-volume_upload_image": expected})));

    // A cloud that has no microversion yet is not asked for what it does not know.
    let fake = Fake::new(|request, _| {
        Ok(if request.url.ends_with("/v3/") {
            support::json(
                json!({"versions": [{"id": "v3.0", "version": "3.0", "min_version": "3.0"}]}),
            )
        } else {
            support::sample("cinder/volume-upload")
        })
    });
    run(upload(&client(Arc::clone(&fake)))).unwrap();
    assert_eq!(header(&fake.last(), "OpenStack-API-Version"), None);
    let body = fake.last_body();
    assert_eq!(body["os-volume_upload_image"].get("visibility"), None);
}

#[test]
fn floating_addresses() {
    let plug = |fixed: Option<&str>| openstack::network::Plug {
        port: "p".into(),
        fixed_ip: fixed.map(str::to_owned),
    };
    let (network, id) = ("n".into(), "f".into());
    let (line, body, _) = asked("neutron/floatingip-create", async |c| {
        openstack::network::create_floating_ip(c, &network, None).await
    });
    assert_eq!(line, "POST /v2.0/floatingips");
    assert_eq!(body, Some(json!({"floatingip": {"floating_network_id": "n"}})));
    let (_, body, _) = asked("neutron/floatingip-create", async |c| {
        openstack::network::create_floating_ip(c, &network, Some(&plug(Some("10.0.0.4")))).await
    });
    assert_eq!(
        body,
        Some(
            json!({"floatingip": {"floating_network_id": "n", "port_id": "p", "fixed_ip_address": "10.0.0.4"}})
        )
    );
    let (line, body, _) = asked("neutron/floatingip-create", async |c| {
        openstack::network::associate_floating_ip(c, &id, &plug(None)).await
    });
    assert_eq!(line, "PUT /v2.0/floatingips/f");
    assert_eq!(body, Some(json!({"floatingip": {"port_id": "p"}})));
    let (_, body, _) = asked("neutron/floatingip-create", async |c| {
        openstack::network::disassociate_floating_ip(c, &id).await
    });
    assert_eq!(body, Some(json!({"floatingip": {"port_id": null}})));
    let (line, ..) = asked("neutron/floatingip-delete", async |c| {
        openstack::network::delete_floating_ip(c, &id).await
    });
    assert_eq!(line, "DELETE /v2.0/floatingips/f");
}

#[test]
fn what_becomes_of_a_volume_can_be_changed() {
    let fake = Fake::new(|request, _| {
        Ok(if request.method.as_str() == "GET" {
            support::sample("nova/version")
        } else {
            support::status(202)
        })
    });
    let wanted = (openstack::ServerId::from("s"), openstack::VolumeId::from("v"));
    run(compute::set_volume_fate(&client(Arc::clone(&fake)), &wanted.0, &wanted.1, true)).unwrap();
    assert!(fake.last().url.ends_with("/v2.1/servers/s/os-volume_attachments/v"));
    assert_eq!(
        fake.last_body(),
        json!({"volumeAttachment": {"volumeId": "v", "delete_on_termination": true}})
    );
    let old = Fake::new(|_, _| {
        Ok(support::json(
            json!({"version": {"id": "v2.1", "version": "2.84", "min_version": "2.1"}}),
        ))
    });
    let refused = run(compute::set_volume_fate(&client(old), &wanted.0, &wanted.1, true));
    assert_eq!(refused.unwrap_err().kind, openstack::ErrorKind::Unsupported);
}
