//! The form: what is wrong with a draft, and the request of one that is right.

use openstack::compute::ComputeLimits;
use openstack::network::Subnet;
use openstack::{ApiError, ErrorKind, NetworkId};
use serde_json::{Value, json};

use super::super::attach::{default_groups, default_network, network_label};
use super::*;

fn from<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("a sample")
}

fn offer() -> Offer {
    let image: Image =
        from(json!({"id": "img", "status": "active", "min_disk": 10, "min_ram": 1024}));
    Offer {
        needs: Needs::of(&image, 0),
        image,
        flavors: from(json!([
            {"id": "f0", "name": "gp.1x1", "vcpus": 1, "ram": 512, "disk": 0},
            {"id": "f1", "name": "gp.2x4", "vcpus": 2, "ram": 4096, "disk": 0},
            {"id": "f2", "name": "m1.medium", "vcpus": 2, "ram": 4096, "disk": 20},
        ])),
        limits: Some(from(json!({"maxTotalInstances": 10, "totalInstancesUsed": 1}))),
        volume_limits: Some(from(
            json!({"maxTotalVolumeGigabytes": 100, "totalGigabytesUsed": 60}),
        )),
        networks: from(json!([
            {"id": "out", "name": "public", "router:external": true, "subnets": ["s0"]},
            {"id": "own", "name": "internal", "subnets": ["s1"]},
        ])),
        groups: from(json!([
            {"id": "g1", "name": "default"}, {"id": "g2", "name": "web"}, {"id": "g3", "name": "web"},
        ])),
    }
}

fn draft() -> Draft {
    Draft {
        name: " web-1 ".to_owned(),
        flavor: Some(FlavorId::from("f1")),
        disk: BootDisk::NewVolume,
        volume_gib: "20".to_owned(),
        volume_type: None,
        delete_volume: true,
        network: Some(NetworkChoice::This(NetworkId::from("own"))),
        groups: vec![SecurityGroupId::from("g1"), SecurityGroupId::from("g3")],
        key: Some("lena".to_owned()),
        zone: None,
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
    check(|draft, _| draft.flavor = None, &[(Part::Size, "Choose a size.")]);
    check(
        |draft, _| draft.flavor = Some("f0".into()),
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
    check(|draft, _| draft.network = None, &[(Part::Network, "Choose a network.")]);
    check(|draft, _| draft.network = Some(NetworkChoice::Auto), &[]);
    check(
        |draft, _| draft.network = Some(NetworkChoice::This("out".into())),
        &[(Part::Network, "This network cannot be used: outside: reached through a router.")],
    );
    check(
        |_, offer| offer.image.status = ImageStatus::Saving,
        &[(Part::Image, "The image is saving; it can be launched once it is active.")],
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
    check(|draft, _| (draft.disk, draft.flavor) = (BootDisk::Local, Some("f2".into())), &[]);
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
    let without = Draft {
        network: Some(NetworkChoice::None),
        disk: BootDisk::Local,
        flavor: Some("f2".into()),
        ..draft()
    };
    let server = request(&without, &offer()).expect("nothing is wrong");
    assert_eq!(server.boot, BootFrom::LocalDisk { image: "img".into() });
    assert!(server.security_groups.is_empty(), "groups belong to a network's port");
}

#[test]
fn the_form_begins_with_what_is_most_likely_right() {
    let offer = offer();
    assert_eq!(default_groups(&offer.groups), [SecurityGroupId::from("g1")]);
    assert_eq!(default_network(&offer.networks), NetworkChoice::This("own".into()));
    assert_eq!(default_network(&[]), NetworkChoice::Auto);
    assert_eq!(auto_reason(&offer.networks), None);
    let shared: Vec<Network> = from(json!([
        {"id": "s", "name": "shared", "shared": true, "subnets": ["x"]},
        {"id": "o", "name": "own", "subnets": ["y"]},
    ]));
    assert_eq!(default_network(&shared), NetworkChoice::This("o".into()));
    assert_eq!(auto_reason(&shared), Some("there are several"));
    let subnets: Vec<Subnet> =
        from(json!([{"id": "x", "network_id": "s", "cidr": "10.20.0.0/24"}]));
    assert_eq!(network_label(&shared[0], &subnets), "shared · 10.20.0.0/24 · shared");
}

#[test]
fn names_suit_hosts() {
    assert_eq!(suggested_name("erp golden (2026-10)"), "erp-golden-2026-10");
    assert_eq!(suggested_name("Windows Server 2022"), "Windows-Server-2022");
    assert_eq!(suggested_name("åäö"), "");
    assert_eq!(suggested_name(&"a".repeat(80)).len(), 63);
    assert_eq!(host_name("web-1"), None);
    assert_eq!(host_name("Web_1.example"), Some("web-1-example".to_owned()));
    assert_eq!(host_name("åäö"), None);
}

#[test]
fn choices_survive_the_way_through_a_select() {
    for choice in [NetworkChoice::Auto, NetworkChoice::None, NetworkChoice::This("n1".into())] {
        assert_eq!(NetworkChoice::parse(choice.value()), Some(choice));
    }
    assert_eq!(NetworkChoice::parse(""), None);
}

#[test]
fn a_refusal_of_the_cloud_knows_its_place() {
    let error = ApiError::local(
        "launch the instance",
        openstack::Service::Compute,
        ErrorKind::BadRequest,
        "Invalid key_name provided.",
    );
    let part = super::super::refusal::part_of(&error, BootDisk::NewVolume);
    assert_eq!(part.map(Part::anchor), Some("launch-key"));
}
