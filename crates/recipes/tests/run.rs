//! The recipes run: what the `openstack` client and curl make of them is what Nova makes of the console's own request,
//! compared field by field.
//!
//! `OPENSTACK_CLI` names the client, as in devcloud's tests (`tools/setup-openstack-client` installs it).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod stage;

use openstack::Microversion;
use openstack::compute::{BootFrom, CreateServer, Networks, SnapshotDisk};
use openstack::identity::Secret;
use stage::{Stage, created};

/// What the console speaks.
const WANTED: Microversion = Microversion::new(2, 96);
/// What shells, Python's argument parser and JSON trip over.
const HOSTILE: &str = "-it's \"$HOME\" `id` ${x} $(id) %{y} \\n \\ !! å";
/// A script without a last line end, with a line as the here-document could end with.
const SCRIPT: &str = "#!/bin/sh\necho '$x' \"`id`\" \\\nUSER_DATA\n\n\ttab ${y}";

/// Runs both recipes of a launch, and compares what they made with what its own request made.
async fn check(stage: &Stage, server: &CreateServer) {
    let own = stage.launch(server).await;
    assert_eq!(own[0]["server"]["OS-EXT-SRV-ATTR:user_data"].as_str(), server.user_data.as_deref());
    assert_eq!(own.len(), server.count as usize);
    stage.delete_all_but(&[]).await;
    let place = stage.place(server);
    let launch = recipes::Launch::of(server, WANTED).unwrap();
    for (tool, recipe) in [
        ("openstack", recipes::cli::recipe(&launch, &place)),
        ("curl", recipes::curl::recipe(&launch, &place)),
    ] {
        assert!(recipe.left_out.is_empty(), "{tool} leaves out {:?}", recipe.left_out);
        assert!(!recipe.text.contains("secret-password"), "{}", recipe.text);
        let before = stage.ids().await;
        for shell in ["sh", "bash"] {
            let said = stage.run(shell, &recipe.text).await;
            let made = stage.since(&before).await;
            assert_eq!(made, own, "{tool} in {shell}\n{}\n{said}", recipe.text);
            if server.admin_password.is_some() {
                assert!(said.contains("secret-password"), "the password was not taken: {said}");
            }
            stage.delete_all_but(&before).await;
        }
    }
    stage.delete_all_but(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shortest_launch() {
    let stage = Stage::start().await;
    let image = stage.image("cirros");
    let networks = Networks::These(vec![stage.network("demo-internal")]);
    let mut server = CreateServer::new(
        "web-1",
        stage.flavor("dev.tiny"),
        BootFrom::LocalDisk { image },
        networks,
    );
    server.security_groups = vec!["default".to_owned()];
    check(&stage, &server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_at_once_and_hostile() {
    let stage = Stage::start().await;
    let boot = BootFrom::NewVolume {
        image: stage.image("debian-12"),
        size_gib: 20,
        volume_type: Some("hdd".to_owned()),
        delete_with_server: true,
    };
    let networks = ["dev-1a-direct", "demo-internal"].map(|name| stage.network(name));
    let networks = Networks::These(networks.to_vec());
    let mut server = CreateServer::new(HOSTILE, stage.flavor("gp.2x4"), boot, networks);
    server.security_groups = vec!["default".to_owned(), "allow-ssh".to_owned()];
    server.key_name = Some(stage.key().to_owned());
    server.availability_zone = Some("dev-1a".to_owned());
    server.user_data = Some(openstack::compute::user_data(SCRIPT).unwrap());
    server.config_drive = true;
    server.admin_password = Some(Secret::new("secret-password'\"$\\`".to_owned()));
    server.metadata = [("role", HOSTILE), ("-x", "two\nlines"), ("empty", "")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
    server.tags = vec!["-first".to_owned(), "it's $second".to_owned()];
    server.description = Some(HOSTILE.to_owned());
    server.hostname = Some("erp".to_owned());
    server.server_group = Some(stage.server_group().await);
    check(&stage, &server).await;
    // Nova gives one host name to one server only.
    server.hostname = None;
    server.admin_password = None;
    server.count = 2;
    check(&stage, &server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_network_and_a_volume_that_stays() {
    let stage = Stage::start().await;
    let boot = BootFrom::NewVolume {
        image: stage.image("debian-12"),
        size_gib: 20,
        volume_type: None,
        delete_with_server: false,
    };
    let mut server = CreateServer::new("-", stage.flavor("gp.2x4"), boot, Networks::None);
    // gzip: goes as bytes.
    server.user_data = Some("H4sIAAAAAAAAA1NOzskvTdFNzs9Ly0znAgBSLhCTDgAAAA==".to_owned());
    check(&stage, &server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_that_ends_its_line() {
    let stage = Stage::start().await;
    let boot = BootFrom::LocalDisk { image: stage.image("cirros") };
    let mut server = CreateServer::new("text", stage.flavor("dev.tiny"), boot, Networks::None);
    server.user_data = Some(openstack::compute::user_data(format!("{SCRIPT}\n")).unwrap());
    check(&stage, &server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_volume_that_is_there_and_snapshots() {
    let stage = Stage::start().await;
    let (volume, snapshot) = stage.bootable_volume(&stage.image("debian-12")).await;
    let boot = BootFrom::Volume { volume: volume.as_str().into(), delete_with_server: false };
    let flavor = || stage.flavor("gp.2x4");
    check(&stage, &CreateServer::new("on-volume", flavor(), boot, Networks::None)).await;
    let disk = |boot_index, volume_type: Option<&str>| SnapshotDisk {
        snapshot: snapshot.as_str().into(),
        boot_index,
        size_gib: Some(21),
        volume_type: volume_type.map(str::to_owned),
        delete_with_server: true,
    };
    let boot = BootFrom::Snapshots(vec![disk(Some(0), None), disk(None, Some("ssd"))]);
    check(&stage, &CreateServer::new("on-snapshots", flavor(), boot, Networks::None)).await;
}

/// With several networks the cloud cannot choose: its refusal shows that all three asked it to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cloud_is_asked_to_choose_the_network() {
    let stage = Stage::start().await;
    let boot = BootFrom::LocalDisk { image: stage.image("cirros") };
    let server = CreateServer::new("auto", stage.flavor("dev.tiny"), boot, Networks::Auto);
    let launch = recipes::Launch::of(&server, WANTED).unwrap();
    let place = stage.place(&server);
    for recipe in [recipes::cli::recipe(&launch, &place), recipes::curl::recipe(&launch, &place)] {
        let said = stage.try_to_run("sh", &recipe.text).await.unwrap_err();
        assert!(said.contains("Multiple possible networks found"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_password_nothing_is_made() {
    let stage = Stage::start().await;
    let boot = BootFrom::LocalDisk { image: stage.image("cirros") };
    let mut server = CreateServer::new("x", stage.flavor("dev.tiny"), boot, Networks::None);
    server.admin_password = Some(Secret::new("secret-password".to_owned()));
    let launch = recipes::Launch::of(&server, WANTED).unwrap();
    let place = stage.place(&server);
    for recipe in [recipes::cli::recipe(&launch, &place), recipes::curl::recipe(&launch, &place)] {
        assert!(recipe.wants_password);
        let text = format!("unset ADMIN_PASS\n{}", recipe.text);
        let said = stage.try_to_run("sh", &text).await.unwrap_err();
        assert!(said.contains("ADMIN_PASS") || said.contains("password"), "{said}");
        assert_eq!(created(&stage.ids().await), 0);
    }
}
