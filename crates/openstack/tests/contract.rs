//! The client reads what a real cloud answered. A changed field name fails here.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails says so"
)]

mod support;

use std::collections::BTreeMap;
use std::fmt::Debug;

use openstack::{ImageId, ServerId, VolumeId, VolumeSnapshotId, compute, image, network, volume};
use support::{Fake, client, run};

/// Makes one call against a recorded answer.
macro_rules! answer {
    ($name:literal, $call:expr) => {{
        let client = client(Fake::sample($name));
        let call = $call;
        match run(call(&client)) {
            Ok(answer) => answer,
            Err(error) => panic!("{}: {error}", $name),
        }
    }};
}

fn check<T: PartialEq + Debug>(what: &str, found: T, expected: T) {
    assert_eq!(found, expected, "{what}");
}

type C = openstack::Client<std::sync::Arc<Fake>>;

#[test]
fn an_image_with_data() {
    let image = answer!("glance/active", async |c: &C| image::show(c, &ImageId::from("x")).await);
    check("name", image.name.as_deref(), Some("Wizard image"));
    check("status", image.status.as_str(), "active");
    check("visibility", image.visibility.clone(), image::Visibility::Private);
    check("size", (image.size_bytes, image.virtual_size_bytes), (Some(196_616), Some(67_108_864)));
    check("smallest", (image.min_disk_gib, image.min_ram_mib), (1, 512));
    check(
        "formats",
        (image.disk_format.as_deref(), image.container_format.as_deref()),
        (Some("qcow2"), Some("bare")),
    );
    check("checksum", image.checksum.as_deref(), Some("41ce4d32ce22529a293044bc1eb4e734"));
    check(
        "hash",
        (image.hash_algo.as_deref(), image.hash_value.as_ref().map(String::len)),
        (Some("sha512"), Some(128)),
    );
    check("tags", image.tags.clone(), vec!["lts".to_owned(), "lab".to_owned()]);
    check("stores", image.stores.clone(), vec!["fast".to_owned()]);
    check(
        "created",
        image.created_at.map(|time| time.to_string()),
        Some("2026-01-01T12:00:00Z".to_owned()),
    );
    check("owner", image.owner.as_ref().map(|owner| owner.as_str().len()), Some(32));
    check("number of properties", image.properties.len(), 15);
    check("a property", image.property("os_distro"), Some("debian"));
    check("protected", (image.protected, image.hidden, image.is_changing()), (false, false, false));
}

#[test]
fn images_in_every_state() {
    let show = |name: &'static str| {
        let client = client(Fake::sample(name));
        run(image::show(&client, &ImageId::from("x"))).unwrap()
    };
    let queued = show("glance/create-full");
    check(
        "queued",
        (queued.status.as_str(), queued.size_bytes, queued.is_changing()),
        ("queued", None, false),
    );
    let bare = show("glance/create-no-formats");
    check("no formats", (bare.disk_format, bare.container_format), (None, None));
    let importing = show("client/importing");
    check("importing", (importing.status.as_str(), importing.is_changing()), ("importing", true));
    let failed = show("glance/web-failed");
    check("failed import", (failed.failed_stores(), failed.is_changing()), (vec!["fast"], false));
    let snapshot = show("nova/snapshot-saving");
    check("snapshot", (snapshot.is_snapshot(), snapshot.is_volume_snapshot()), (true, false));
    check(
        "its server",
        snapshot.source_server(),
        Some(ServerId::from("38c9707a-0000-4000-8000-000000000003")),
    );
    let of_volume = show("nova/volume-snapshot-image");
    check("of a volume", (of_volume.is_snapshot(), of_volume.is_volume_snapshot()), (true, true));
    check(
        "which volume snapshots",
        of_volume.volume_snapshots(),
        vec![VolumeSnapshotId::from("38c9707a-0000-4000-8000-00000000000e")],
    );
    let disk = of_volume.mapped_disks().remove(0);
    check(
        "its disk",
        (disk.is_root(), disk.device.as_deref(), disk.size_gib, disk.delete_with_server),
        (true, Some("/dev/sda"), Some(1), true),
    );
    check("Nova does not name its server", of_volume.source_server(), None);
    check("none of its own", snapshot.volume_snapshots(), vec![]);
    let mismatch = show("glance/after-mismatch");
    check(
        "stale checksum",
        (mismatch.status.as_str(), mismatch.checksum.is_some()),
        ("queued", true),
    );
}

#[test]
fn lists_of_images() {
    let listing =
        answer!("client/list-public", async |c: &C| image::list_all(c, &image::Filter::default())
            .await);
    check("rows", (listing.items.len(), listing.skipped.len()), (4, 0));
    assert!(listing.items.iter().all(|image| image.visibility == image::Visibility::Public));
    let page = answer!("glance/list-page", async |c: &C| image::list_page(
        c,
        &image::Filter::default(),
        None
    )
    .await);
    check("page", page.rows.items.len(), 2);
    check(
        "marker",
        page.next.map(|next| next.as_str().to_owned()),
        Some("709965f4-0000-4000-8000-00000000000c".to_owned()),
    );
    let none =
        answer!("glance/list-empty", async |c: &C| image::list_all(c, &image::Filter::default())
            .await);
    check("none", none.items.len(), 0);
}

#[test]
fn what_glance_offers() {
    let formats = answer!("glance/schema-image", async |c: &C| image::formats(c).await);
    check("disk formats", formats.disk.len(), 11);
    assert!(
        formats.disk.contains(&"qcow2".to_owned())
            && formats.container.contains(&"bare".to_owned())
    );
    let methods = answer!("glance/info-import", async |c: &C| image::import_methods(c).await);
    assert!(methods.contains(&"web-download".to_owned()));
    let stores = answer!("glance/info-stores", async |c: &C| image::stores(c).await);
    let stores: Vec<_> =
        stores.items.iter().map(|store| (store.id.as_str(), store.is_default)).collect();
    check("stores", stores, vec![("fast", true), ("slow", false)]);
    let usage = answer!("client/usage-full", async |c: &C| image::usage(c).await).unwrap();
    check("space left", usage.size_total_mib.unwrap().left(), Some(0));
    check("images left", usage.count_total.unwrap().left(), Some(3));
    let missing = answer!("glance/show-gone", async |c: &C| image::import_methods(c).await);
    check("an old cloud", missing.len(), 0);
    check("an old cloud", answer!("glance/show-gone", async |c: &C| image::usage(c).await), None);
}

#[test]
fn members_and_tasks() {
    let members =
        answer!("glance/members", async |c: &C| image::members(c, &ImageId::from("x")).await);
    check("members", members.items[0].status.clone(), image::MemberStatus::Pending);
    let project = openstack::ProjectId::from("p");
    let member =
        answer!("glance/member", async |c: &C| image::add_member(c, &ImageId::from("x"), &project)
            .await);
    check("member", member.member_id.as_str(), "b8e36d9100004000800000000000001e");
    let failed =
        answer!("glance/web-failed-task", async |c: &C| image::tasks(c, &ImageId::from("x")).await);
    let task = &failed.items[0];
    check(
        "failed",
        (task.status.clone(), task.message.as_str()),
        (image::TaskStatus::Failure, "Task failed due to Internal Error"),
    );
    let done =
        answer!("glance/import-task", async |c: &C| image::tasks(c, &ImageId::from("x")).await);
    let older = image::ImportTask { created_at: None, ..failed.items[0].clone() };
    let newest =
        image::newest_task(&[done.items[0].clone(), older]).map(|task| task.status.clone());
    check("newest", newest, Some(image::TaskStatus::Success));
    check("done", done.items[0].status.clone(), image::TaskStatus::Success);
}

#[test]
fn flavors_keys_limits_zones() {
    let flavors = answer!("nova/flavors-detail-2.61", async |c: &C| compute::flavors(c).await);
    check("flavors", (flavors.items.len(), flavors.skipped.len()), (3, 0));
    let small = &flavors.items[2];
    check(
        "small",
        (small.name.as_str(), small.vcpus, small.ram_mib, small.disk_gib, small.swap_mib),
        ("m1.small", 1, 2048, 10, 0),
    );
    let keys = answer!("nova/keypairs", async |c: &C| compute::keypairs(c).await);
    check(
        "key",
        (keys.items[0].name.as_str(), keys.items[0].public_key.is_some()),
        ("demo-key", true),
    );
    let limits = answer!("nova/limits-2.57", async |c: &C| compute::limits(c).await);
    check(
        "limits",
        (limits.max_servers, limits.max_vcpus, limits.max_ram_mib),
        (Some(10), Some(20), Some(51_200)),
    );
    check("how many", limits.how_many(4, 8192), Some(5));
    check("groups", (limits.max_server_groups, limits.used_server_groups), (Some(10), 0));
    let groups = answer!("nova/server-groups", async |c: &C| compute::server_groups(c).await);
    check("no server group", groups.items.len(), 0);
    let zones = answer!("nova/zones", async |c: &C| compute::zones(c).await);
    check("zone", (zones.items[0].name.as_str(), zones.items[0].is_available()), ("nova", true));
}

#[test]
fn servers_in_every_state() {
    let show = |name: &'static str| {
        let client = client(Fake::sample(name));
        run(compute::show(&client, &ServerId::from("x"))).unwrap()
    };
    let building = show("nova/server-scheduling");
    check(
        "building",
        (building.status.as_str(), building.task_state.as_deref(), building.is_changing()),
        ("BUILD", Some("scheduling"), true),
    );
    check("no address yet", building.all_addresses().len(), 0);
    let deleted = show("nova/server-deleted");
    check("deleted", (deleted.status.as_str(), deleted.is_changing()), ("DELETED", true));
    let active = show("nova/server-active");
    check(
        "active",
        (active.status.clone(), active.is_changing()),
        (compute::ServerStatus::Active, false),
    );
    check("address", active.all_addresses()[0].addr.as_str(), "10.0.0.101");
    check("image", active.image_id.is_some(), true);
    check("flavor", active.flavor.and_then(|flavor| flavor.name).as_deref(), Some("m1.tiny"));
    // Nova writes this one without a zone.
    check(
        "launched",
        active.launched_at.map(|time| time.to_string()),
        Some("2026-01-01T12:01:00Z".to_owned()),
    );
    let on_volume = show("nova/server-on-volume");
    check("on a volume", (on_volume.boots_from_volume(), on_volume.image_id), (true, None));
    check("goes with it", on_volume.volumes[0].delete_on_termination, true);
    check("host name", on_volume.hostname.as_deref(), Some("wire-volume"));
    check(
        "no drive, no group",
        (on_volume.config_drive, on_volume.server_groups.len()),
        (false, 0),
    );
    let rescued = show("nova/server-rescued");
    check(
        "rescued",
        (rescued.status.clone(), rescued.vm_state.as_deref(), rescued.is_changing()),
        (compute::ServerStatus::Rescue, Some("rescued"), false),
    );
}

#[test]
fn what_is_done_to_servers() {
    let id = ServerId::from("x");
    let actions = answer!("nova/instance-actions", async |c: &C| compute::actions(c, &id).await);
    check("newest action", actions.items[0].action.as_str(), "unrescue");
    check("ended", actions.items[0].updated_at > actions.items[0].start_time, true);
    check("all read", actions.skipped.len(), 0);
    let attached =
        answer!("nova/volume-attachments", async |c: &C| compute::volume_attachments(c, &id).await);
    check("volume", attached.items[0].device.as_deref(), Some("/dev/sda"));
    let log =
        answer!("nova/console-output", async |c: &C| compute::console_output(c, &id, 50).await);
    check("log", log.lines().last(), Some("LAST LINE"));
    for name in ["nova/create-image", "nova/create-image-2.1"] {
        let client = client(Fake::sample(name));
        let image = run(compute::create_image(&client, &id, "copy", &BTreeMap::new())).unwrap();
        check("snapshot's id", image.as_str().len(), 36);
    }
    let password = answer!("nova/rescue", async |c: &C| compute::rescue(c, &id, None).await);
    check("rescue's password", password.map(|password| password.reveal().len()), Some(12));
    let boot = compute::BootFrom::LocalDisk { image: ImageId::from("i") };
    let server = compute::CreateServer::new("web", "f".into(), boot, compute::Networks::Auto);
    let created = answer!("nova/create-of-image", async |c: &C| compute::create(c, &server).await);
    check("server", created.id.as_str(), "38c9707a-0000-4000-8000-000000000003");
    check("password", created.admin_password.map(|password| password.reveal().len()), Some(12));
}

/// What the recorded cloud had none of, in the forms of Nova's API reference (os-server-groups 2.64 and 2.13).
#[test]
fn server_groups_old_and_new() {
    let listed = |row: serde_json::Value| {
        let fake = Fake::new(move |request, _| {
            let version = request.url.ends_with("/v2.1/");
            Ok(if version {
                support::sample("nova/version")
            } else {
                support::json(serde_json::json!({"server_groups": [row]}))
            })
        });
        let client = client(fake);
        let mut groups = run(compute::server_groups(&client)).unwrap();
        check("skipped", groups.skipped.len(), 0);
        groups.items.remove(0)
    };
    let new = listed(serde_json::json!({
        "id": "g", "name": "apart", "policy": "anti-affinity", "rules": {"max_server_per_host": 3},
        "members": ["s"], "project_id": "p", "user_id": "u",
    }));
    check("policy", (new.policy.as_str(), new.most_per_host), ("anti-affinity", Some(3)));
    check("members", new.members, vec![ServerId::from("s")]);
    let old = listed(serde_json::json!({
        "id": "g", "name": "apart", "policies": ["soft-affinity"], "members": [], "metadata": {},
    }));
    check("old policy", (old.policy.is_soft(), old.most_per_host), (true, None));
}

#[test]
fn networks() {
    let networks = answer!("neutron/networks", async |c: &C| network::networks(c).await);
    let seen: Vec<_> =
        networks.items.iter().map(|net| (net.name.as_str(), net.shared, net.external)).collect();
    check(
        "networks",
        seen,
        vec![("demo-net", false, false), ("public", false, true), ("shared", true, false)],
    );
    let subnets = answer!("neutron/subnets", async |c: &C| network::subnets(c).await);
    check("subnet", subnets.items[0].cidr.as_str(), "10.0.0.0/24");
    let ports = answer!("neutron/ports", async |c: &C| network::ports(c, None).await);
    check("port", ports.items[0].fixed_ips[0].ip_address.as_str(), "10.0.0.1");
    let groups =
        answer!("neutron/security-groups", async |c: &C| network::security_groups(c).await);
    check("group", groups.items[0].name.as_str(), "default");
    check(
        "ssh, http",
        (groups.items[0].lets_in_tcp(22), groups.items[0].lets_in_tcp(80)),
        (true, false),
    );
}

#[test]
fn volumes() {
    let types = answer!("cinder/types", async |c: &C| volume::types(c).await);
    check("type", types.items[0].name.as_str(), "lab");
    let default = answer!("cinder/type-default", async |c: &C| volume::default_type(c).await);
    check("default", default.map(|kind| kind.name), Some("lab".to_owned()));
    let limits = answer!("cinder/limits", async |c: &C| volume::limits(c).await);
    check(
        "limits",
        (limits.max_volumes, limits.max_gib, limits.how_many(300)),
        (Some(10), Some(1000), Some(3)),
    );
    let zones = answer!("cinder/zones", async |c: &C| volume::zones(c).await);
    check("zone", (zones.items[0].name.as_str(), zones.items[0].is_available()), ("nova", true));
    let id = VolumeId::from("x");
    let created = answer!("cinder/volume-create", async |c: &C| volume::show(c, &id).await);
    check("creating", (created.status.is_changing(), created.bootable), (true, false));
    let ready = answer!("cinder/volume-available", async |c: &C| volume::show(c, &id).await);
    check("ready", (ready.status.as_str(), ready.bootable, ready.size_gib), ("available", true, 1));
    check(
        "of which image",
        ready.image_id(),
        Some(ImageId::from("38c9707a-0000-4000-8000-000000000001")),
    );
}

#[test]
fn snapshots_of_volumes() {
    let show = |name: &'static str| {
        let client = client(Fake::sample(name));
        run(volume::snapshot(&client, &VolumeSnapshotId::from("x"))).unwrap()
    };
    let making = show("cinder/snapshot-creating");
    check("making", (making.status.as_str(), making.status.is_changing()), ("creating", true));
    let ready = show("cinder/snapshot-available");
    check("ready", (ready.name.as_str(), ready.size_gib), ("wire", 1));
    check(
        "not changing",
        (ready.status.as_str(), ready.status.is_changing()),
        ("available", false),
    );
    check("of", ready.volume_id.as_str(), "8f795e66-0000-4000-8000-000000000003");
    check("going", show("cinder/snapshot-deleting").status.is_changing(), true);
    let volume =
        answer!("cinder/volume-available", async |c: &C| volume::show(c, &VolumeId::from("x"))
            .await);
    check("its zone", volume.availability_zone.as_deref(), Some("nova"));
    check("system", volume.os_distro(), Some("cirros"));
    check("no child", ready.children(std::slice::from_ref(&volume)).count(), 0);
    let child = volume::Volume { snapshot_id: Some(ready.id.clone()), ..volume };
    check("a child", ready.children(&[child]).count(), 1);
    let limits = answer!("cinder/limits", async |c: &C| volume::limits(c).await);
    check("left", limits.snapshots_left(), Some(10));
    let wanted = volume::ImageOfVolume {
        name: "copy".into(),
        disk_format: "qcow2".into(),
        visibility: image::Visibility::Private,
        protected: false,
        in_use_too: false,
    };
    let client = client(Fake::new(|request, _| {
        let versions = request.url.ends_with("/v3/");
        Ok(if versions {
            support::volume_versions()
        } else {
            support::sample("cinder/volume-upload")
        })
    }));
    let image = run(volume::upload_to_image(&client, &VolumeId::from("x"), &wanted)).unwrap();
    check("its image", image.as_str(), "8f795e66-0000-4000-8000-000000000005");
}

#[test]
fn ways_to_a_server() {
    let routers = answer!("neutron/routers", async |c: &C| network::routers(c).await).items;
    check(
        "leads out to",
        routers[0].external_network.as_ref().map(|id| id.as_str()),
        Some("e900a902-0000-4000-8000-000000000001"),
    );
    let ports = answer!("neutron/ports", async |c: &C| network::ports(c, None).await).items;
    check("the router's port", ports[0].device_owner.as_str(), "network:router_interface");
    // A server beside the recorded router, as the recorded server was.
    let own = network::Port {
        id: "own".into(),
        device_id: "server".into(),
        device_owner: "compute:nova".into(),
        fixed_ips: vec![network::FixedIp {
            ip_address: "10.0.0.101".into(),
            ..ports[0].fixed_ips[0].clone()
        }],
        ..ports[0].clone()
    };
    let ways = network::ways_in(std::slice::from_ref(&own), &ports, &routers);
    check("one way", ways.len(), 1);
    check("to", (ways[0].plug.port.as_str(), ways[0].fixed_ip.as_str()), ("own", "10.0.0.101"));
    check("the only address is not named", ways[0].plug.fixed_ip.clone(), None);
    check("from", Some(ways[0].external.clone()), routers[0].external_network.clone());
    let elsewhere = network::Port {
        fixed_ips: vec![network::FixedIp {
            subnet_id: "other".into(),
            ip_address: "10.1.0.4".into(),
        }],
        ..own.clone()
    };
    check("no router there", network::ways_in(&[elsewhere], &ports, &routers).len(), 0);
    let leads_nowhere = network::Router { external_network: None, ..routers[0].clone() };
    check("no way out", network::ways_in(&[own], &ports, &[leads_nowhere]).len(), 0);

    let made = answer!("neutron/floatingip-create", async |c: &C| network::create_floating_ip(
        c,
        &"n".into(),
        None
    )
    .await);
    check("address", (made.address.as_str(), made.is_free()), ("203.0.113.101", true));
    let none = answer!("neutron/floatingips", async |c: &C| network::floating_ips(c).await);
    check("none", none.items.len(), 0);
    let quota = answer!("neutron/quota-details", async |c: &C| network::quota(c).await).unwrap();
    check("ports", (quota.ports.limit, quota.ports.left()), (Some(500), Some(499)));
    check("addresses", quota.floating_ips.left(), Some(50));
    let old = client(Fake::new(|_, _| Ok(support::status(404))));
    check("not told", run(network::quota(&old)).unwrap(), None);
}

/// Every recorded error body of every service has words in it, and every kind of list is read whole.
#[test]
fn every_sample_is_understood() {
    let root = format!("{}/../../tests/contract", env!("CARGO_MANIFEST_DIR"));
    let mut errors = 0;
    let mut images = 0;
    for service in ["keystone", "glance", "nova", "neutron", "cinder", "client"] {
        for file in std::fs::read_dir(format!("{root}/{service}")).unwrap() {
            let stem = file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
            let name = format!("{service}/{stem}");
            let response = support::sample(&name);
            // The answer to a HEAD has no body to put words in.
            if response.status >= 400 && !response.body.is_empty() {
                errors += 1;
                let error = openstack::ApiError::from_response(
                    "do it",
                    openstack::Service::Image,
                    &response,
                );
                assert!(
                    !error.message.is_empty() && !error.message.contains("  "),
                    "{name}: {error}"
                );
            }
            let body: Option<serde_json::Value> = serde_json::from_slice(&response.body).ok();
            let rows = body
                .and_then(|body| body.get("images").cloned())
                .and_then(|rows| rows.as_array().cloned());
            for row in rows.into_iter().flatten() {
                images += 1;
                let image: image::Image = serde_json::from_value(row).unwrap();
                assert!(!matches!(image.status, image::ImageStatus::Other(_)), "{name}: {image:?}");
                assert!(
                    image.created_at.is_some() && image.updated_at.is_some(),
                    "{name}: {image:?}"
                );
            }
        }
    }
    assert!(errors > 60 && images > 10, "{errors} errors, {images} images");
}
