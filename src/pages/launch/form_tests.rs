//! The form: what is wrong with a draft, and the request of one that is right.

use openstack::compute::{ComputeLimits, Networks};
use openstack::identity::Secret;
use openstack::network::{Network, Subnet};
use openstack::{ApiError, ErrorKind, NetworkId};
use serde_json::{Value, json};

use super::super::attach::{auto_reason, default_groups, default_network, network_label};
use super::super::fit::Needs;
use super::super::zones::zone_warning;
use super::*;

fn from<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("a sample")
}

fn offer() -> Offer {
    let image: Image =
        from(json!({"id": "img", "status": "active", "min_disk": 10, "min_ram": 1024}));
    Offer {
        flavors: from(json!([
            {"id": "f0", "name": "gp.1x1", "vcpus": 1, "ram": 512, "disk": 0},
            {"id": "f1", "name": "gp.2x4", "vcpus": 2, "ram": 4096, "disk": 0},
            {"id": "f2", "name": "m1.medium", "vcpus": 2, "ram": 4096, "disk": 20},
        ])),
        limits: Some(from(json!({
            "maxTotalInstances": 10, "totalInstancesUsed": 1, "maxServerMeta": 2,
        }))),
        volume_limits: Some(from(
            json!({"maxTotalVolumeGigabytes": 100, "totalGigabytesUsed": 60, "maxTotalVolumes": 10, "totalVolumesUsed": 8}),
        )),
        ports: from(json!({"limit": 5, "used": 3})),
        networks: from(json!([
            {"id": "out", "name": "public", "router:external": true, "subnets": ["s0"]},
            {"id": "own", "name": "internal", "subnets": ["s1"]},
            {"id": "two", "name": "backup", "subnets": ["s2"], "availability_zone_hints": ["b"]},
            {"id": "three", "name": "third", "subnets": ["s3"]},
        ])),
        groups: from(json!([
            {"id": "g1", "name": "default"}, {"id": "g2", "name": "web"}, {"id": "g3", "name": "web"},
        ])),
        keys: Some(from(json!([{"name": "lena"}]))),
        server_groups: Some(from(
            json!([{"id": "sg", "name": "apart", "policy": "anti-affinity"}]),
        )),
        zones: vec!["a".to_owned(), "b".to_owned()],
        volume_types: vec!["ssd".to_owned()],
        ..Offer::of(image, 0)
    }
}

fn draft() -> Draft {
    Draft {
        name: " web-1 ".to_owned(),
        flavor: "f1".to_owned(),
        volume_gib: "20".to_owned(),
        delete_volume: true,
        networks: vec!["own".to_owned()],
        groups: vec!["g1".to_owned(), "g3".to_owned()],
        key: "lena".to_owned(),
        ..Draft::default()
    }
}

fn check(change: impl Fn(&mut Draft, &mut Offer), expected: &[(Part, &str)]) {
    let (mut draft, mut offer) = (draft(), offer());
    change(&mut draft, &mut offer);
    let found = problems(&draft, &offer);
    let found: Vec<_> =
        found.iter().map(|problem| (problem.part, problem.words.as_str())).collect();
    assert_eq!(found, expected);
    assert_eq!(request(&draft, &offer).is_err(), !expected.is_empty());
}

#[test]
fn what_is_wrong_is_said_where_it_is() {
    check(|_, _| {}, &[]);
    check(|draft, _| draft.name = "  ".into(), &[(Part::Name, "Give the instance a name.")]);
    check(|draft, _| draft.name = "å".repeat(255), &[]);
    check(
        |draft, _| draft.name = "å".repeat(256),
        &[(Part::Name, "255 characters at most; these are 256.")],
    );
    check(|draft, _| draft.count = "2".into(), &[]);
    check(
        |draft, _| draft.count = "x".into(),
        &[(Part::Count, "Give a whole number, at least 1.")],
    );
    check(
        |draft, _| draft.count = "3".into(),
        &[(Part::Count, "Your quota has room for 2 of these. Volume storage runs out first.")],
    );
    check(
        |draft, _| draft.zone = "c".into(),
        &[(Part::Zone, "There is no zone c that takes instances. Choose another.")],
    );
    check(
        |_, offer| offer.image.status = ImageStatus::Saving,
        &[(Part::Image, "The image is saving; it can be launched once it is active.")],
    );
}

#[test]
fn the_size_is_there_and_fits() {
    check(|draft, _| draft.flavor.clear(), &[(Part::Size, "Choose a size.")]);
    check(
        |draft, _| draft.flavor = "f9".into(),
        &[(Part::Size, "There is no size f9 here. Choose another.")],
    );
    check(
        |draft, _| draft.flavor = "f0".into(),
        &[(Part::Size, "gp.1x1 does not fit: 512 MiB RAM; the image needs 1 GiB.")],
    );
    check(
        |_, offer| {
            offer.limits = Some(from::<ComputeLimits>(
                json!({"maxTotalInstances": 3, "totalInstancesUsed": 3}),
            ))
        },
        &[(Part::Size, "All 3 instances of your quota are in use. Delete one, or ask for more.")],
    );
}

#[test]
fn the_boot_volume_has_room_for_the_image_and_in_the_quota() {
    let wrong = "Give a whole number of GiB, at least 10.";
    check(|draft, _| draft.volume_gib = "ten".into(), &[(Part::VolumeSize, wrong)]);
    check(|draft, _| draft.volume_gib = "0".into(), &[(Part::VolumeSize, wrong)]);
    check(
        |draft, _| draft.volume_gib = "9".into(),
        &[(Part::VolumeSize, "At least 10 GiB: the image asks for it.")],
    );
    check(
        |_, offer| offer.needs = Needs::of(&offer.image, 40),
        &[(Part::VolumeSize, "At least 40 GiB: the smallest boot volume of this cloud.")],
    );
    check(
        |draft, _| draft.volume_gib = "41".into(),
        &[(Part::VolumeSize, "40 GiB of volume storage are left in your quota.")],
    );
    check(|draft, _| (draft.disk, draft.flavor) = (BootDisk::Local, "f2".into()), &[]);
    check(
        |draft, _| draft.volume_type = "gold".into(),
        &[(Part::VolumeType, "There is no volume type gold here. Choose another.")],
    );
    check(|draft, _| draft.volume_type = "ssd".into(), &[]);
}

#[test]
fn the_networks_can_be_used_and_have_ports_left() {
    let networks = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    check(|draft, _| draft.networks.clear(), &[(Part::Network, "Choose a network.")]);
    check(|draft, _| draft.networks = networks(&["none"]), &[]);
    check(
        |draft, _| draft.networks = networks(&["auto"]),
        &[(Part::Network, "The cloud cannot choose: there are several. Choose one.")],
    );
    check(
        |draft, _| draft.networks = networks(&["out"]),
        &[(Part::Network, "public cannot be used: outside: reached through a router.")],
    );
    check(|draft, _| draft.networks = networks(&["two", "own"]), &[]);
    check(|draft, _| draft.networks = networks(&["own", ""]), &[]);
    check(
        |draft, _| draft.networks = networks(&["own", "own"]),
        &[(Part::Network, "internal is chosen twice. Choose another, or remove one.")],
    );
    check(
        |draft, _| draft.networks = networks(&["gone"]),
        &[(Part::Network, "There is no network gone in this project. Choose another.")],
    );
    check(
        |draft, _| draft.networks = networks(&["own", "two", "three"]),
        &[(
            Part::Network,
            "An instance takes a port on each network: 3 here, and 2 are left in your quota.",
        )],
    );
}

#[test]
fn what_a_link_names_has_to_be_there() {
    check(
        |draft, _| draft.key = "kim".into(),
        &[(
            Part::Key,
            "You have no key pair kim: key pairs belong to a user, not to a project. Choose one of yours, or make one.",
        )],
    );
    check(
        |draft, _| draft.groups.push("g9".into()),
        &[(Part::Groups, "There is no security group g9 in this project. It is not among these.")],
    );
    check(
        |draft, _| draft.server_group = "sg2".into(),
        &[(Part::ServerGroup, "There is no server group sg2 in this project. Choose another.")],
    );
    check(|draft, _| draft.server_group = "sg".into(), &[]);
    let unknown = |offer: &mut Offer| {
        (offer.keys, offer.server_groups) = (None, None);
        (offer.groups, offer.zones) = (Vec::new(), Vec::new());
    };
    check(
        |draft, offer| {
            unknown(offer);
            (draft.key, draft.zone) = ("kim".into(), "c".into());
        },
        &[],
    );
}

#[test]
fn the_rest_has_rules_as_well() {
    check(
        |draft, _| draft.user_data = "x".repeat(49_152),
        &[(Part::UserData, "Too long: 65,536 characters after base64; Nova takes 65,535.")],
    );
    check(|draft, _| draft.user_data = "x".repeat(49_149), &[]);
    check(
        |draft, _| draft.host_name = "a b".into(),
        &[(Part::HostName, "Letters a to z, digits and dashes only.")],
    );
    check(
        |draft, _| draft.tags = "a/b".into(),
        &[(Part::Tags, "There may be no slash in a tag: a/b.")],
    );
    check(
        |draft, _| draft.metadata = vec![("a".into(), "1".into()); 3],
        &[(Part::Metadata, "Your quota allows 2 of them; these are 3.")],
    );
    check(
        |draft, _| draft.description = "a".repeat(256),
        &[(Part::Description, "255 characters at most; these are 256.")],
    );
    check(
        |draft, _| (draft.key, draft.password) = (String::new(), Secret::new("a\tb")),
        &[(Part::Password, "There is a character in it that cannot be printed.")],
    );
    check(|draft, _| draft.password = Secret::new("a\tb"), &[]);
}

#[test]
fn a_right_draft_becomes_the_request() {
    let server = request(&draft(), &offer()).expect("nothing is wrong");
    assert_eq!(server.name, "web-1");
    assert_eq!(server.networks, Networks::These(vec![NetworkId::from("own")]));
    assert_eq!(server.security_groups, ["default", "g3"], "two groups have the same name");
    assert_eq!(
        server.boot,
        BootFrom::NewVolume {
            image: "img".into(),
            size_gib: 20,
            volume_type: None,
            delete_with_server: true
        }
    );
    assert_eq!((server.count, server.user_data, server.hostname), (1, None, None));
    let without = Draft {
        networks: vec!["none".into()],
        disk: BootDisk::Local,
        flavor: "f2".into(),
        ..draft()
    };
    let server = request(&without, &offer()).expect("nothing is wrong");
    assert_eq!(server.boot, BootFrom::LocalDisk { image: "img".into() });
    assert!(server.security_groups.is_empty(), "groups belong to a network's port");
}

#[test]
fn everything_that_is_filled_in_is_asked_for() {
    // Two instances on two networks take four ports.
    let offer = Offer { ports: None, ..offer() };
    let full = Draft {
        count: "2".into(),
        networks: vec!["two".into(), "own".into()],
        key: String::new(),
        password: Secret::new("hunter2"),
        user_data: "#!/bin/sh\n".into(),
        server_group: "sg".into(),
        description: " for the web ".into(),
        tags: "a, b, a,".into(),
        metadata: vec![("role".into(), "web".into()), (String::new(), String::new())],
        config_drive: true,
        zone: "b".into(),
        ..draft()
    };
    let server = request(&full, &offer).expect("nothing is wrong");
    assert_eq!(server.networks, Networks::These(vec!["two".into(), "own".into()]));
    assert_eq!(server.admin_password, Some(Secret::new("hunter2")));
    assert_eq!(server.user_data.as_deref(), Some("IyEvYmluL3NoCg=="));
    assert_eq!(server.server_group, Some(ServerGroupId::from("sg")));
    assert_eq!(server.description.as_deref(), Some("for the web"));
    assert_eq!(server.tags, ["a", "b"]);
    assert_eq!(server.metadata.into_iter().collect::<Vec<_>>(), [("role".into(), "web".into())]);
    assert_eq!((server.count, server.config_drive), (2, true));
    assert_eq!(server.availability_zone.as_deref(), Some("b"));
    let with_key = Draft { key: "lena".into(), ..full };
    let server = request(&with_key, &offer).expect("nothing is wrong");
    assert_eq!(server.admin_password, None, "a field that is not shown is not sent");
}

#[test]
fn an_image_of_volume_snapshots_is_launched_with_the_fate_of_its_volumes() {
    let mapping = json!([{
        "boot_index": 0, "source_type": "snapshot", "destination_type": "volume", "snapshot_id": "s1",
        "volume_size": 30, "delete_on_termination": true,
    }]);
    let image: Image = from(json!({
        "id": "img", "status": "active", "size": 0, "block_device_mapping": mapping.to_string(),
    }));
    let offer = Offer {
        needs: Needs::of(&image, 0),
        snapshots: snapshots::disks(&image),
        image,
        ..offer()
    };
    let stays = Draft { disk: BootDisk::AsImageSays, delete_volume: false, ..draft() };
    let server = request(&stays, &offer).expect("nothing is wrong");
    let BootFrom::Snapshots(disks) = server.boot else { panic!("{:?}", server.boot) };
    assert_eq!((disks.len(), disks[0].delete_with_server), (1, false));
    let unread = Offer { snapshots: None, ..offer.clone() };
    let server = request(&stays, &unread).expect("nothing is wrong");
    assert_eq!(server.boot, BootFrom::LocalDisk { image: "img".into() });
    let full = Offer {
        volume_limits: Some(from(json!({"maxTotalVolumeGigabytes": 20, "totalGigabytesUsed": 0}))),
        ..offer
    };
    let found = problems(&stays, &full);
    assert_eq!(
        found.iter().map(|problem| problem.words.as_str()).collect::<Vec<_>>(),
        ["20 GiB of volume storage are left in your quota."]
    );
}

#[test]
fn a_zone_is_warned_about_where_it_may_not_go_with_the_rest() {
    let warn = |change: &dyn Fn(&mut Draft, &mut Offer)| {
        let (mut draft, mut offer) = (draft(), offer());
        change(&mut draft, &mut offer);
        zone_warning(&draft, &offer).unwrap_or_default()
    };
    let several = |offer: &mut Offer| offer.volume_zones = vec!["a".into(), "b".into()];
    assert_eq!(warn(&|_, offer| several(offer)), "");
    assert_eq!(warn(&|draft, _| draft.zone = "a".into()), "");
    let volumes = warn(&|draft, offer| {
        several(offer);
        draft.zone = "b".into();
    });
    assert!(volumes.starts_with("This cloud has zones for volumes as well."), "{volumes}");
    let local = warn(&|draft, offer| {
        several(offer);
        (draft.zone, draft.disk) = ("b".into(), BootDisk::Local);
    });
    assert_eq!(local, "");
    let snapshots =
        warn(&|draft, _| (draft.zone, draft.disk) = ("b".into(), BootDisk::AsImageSays));
    assert!(snapshots.starts_with("Volume snapshots stay"), "{snapshots}");
    let network = warn(&|draft, _| (draft.zone, draft.networks) = ("a".into(), vec!["two".into()]));
    assert_eq!(network, "The network backup is meant for b.");
}

#[test]
fn the_form_begins_with_what_is_most_likely_right() {
    let offer = offer();
    assert_eq!(default_groups(&offer.groups).first().map(|id| id.as_str()), Some("g1"));
    assert_eq!(default_network(&offer.networks), "own");
    assert_eq!(default_network(&[]), "auto");
    let shared: Vec<Network> = from(json!([
        {"id": "s", "name": "shared", "shared": true, "subnets": ["x"]},
        {"id": "o", "name": "own", "subnets": ["y"]},
    ]));
    assert_eq!(default_network(&shared), "o");
    assert_eq!(auto_reason(&shared), Some("there are several"));
    assert_eq!(auto_reason(&shared[..1]), None);
    let subnets: Vec<Subnet> =
        from(json!([{"id": "x", "network_id": "s", "cidr": "10.20.0.0/24"}]));
    assert_eq!(network_label(&shared[0], &subnets), "shared · 10.20.0.0/24 · shared");
}

#[test]
fn a_word_in_the_first_place_makes_the_other_networks_idle() {
    let parse = |values: &[&str]| {
        NetworkChoice::parse(&values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(parse(&[]), None);
    assert_eq!(parse(&["", ""]), None);
    assert_eq!(parse(&["auto", "n1"]), Some(NetworkChoice::Auto));
    assert_eq!(parse(&["none"]), Some(NetworkChoice::None));
    assert_eq!(
        parse(&["n1", "", "n2", "auto"]),
        Some(NetworkChoice::These(vec!["n1".into(), "n2".into()]))
    );
}

#[test]
fn a_refusal_of_the_cloud_knows_its_place() {
    let error = ApiError::local(
        "launch the instance",
        openstack::Service::Compute,
        ErrorKind::BadRequest,
        "Invalid key_name provided.",
    );
    let part = super::super::refusal::part_of(&error, &draft());
    assert_eq!(part.map(Part::anchor), Some("launch-key"));
}
