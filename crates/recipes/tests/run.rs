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

use openstack::compute::{BootFrom, CreateServer, Networks};
use openstack::identity::Secret;
use stage::{Stage, created};

/// What shells, Python's argument parser and JSON trip over.
const HOSTILE: &str = "-it's \"$HOME\" `id` ${x} $(id) %{y} \\n \\ !! å";
/// A script without a last line end, with a line as the here-document could end with.
const SCRIPT: &str = "#!/bin/sh\necho '$x' \"`id`\" \\\nUSER_DATA\n\n\ttab ${y}";

/// Runs both recipes of a launch, and compares what they made with what its own request made.
async fn check(stage: &Stage, server: &CreateServer) {
    let own = stage.launch(server).await;
    let place = stage.place(server);
    let launch = recipes::Launch::of(server, openstack::microversion::WANTED).unwrap();
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
    let mut server = CreateServer::new(HOSTILE, stage.flavor("gp.2x8"), boot, networks);
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
    let mut server = CreateServer::new("-", stage.flavor("gp.2x8"), boot, Networks::None);
    // gzip: goes as bytes.
    server.user_data = Some("H4sIAAAAAAAAA1NOzskvTdFNzs9Ly0znAgBSLhCTDgAAAA==".to_owned());
    check(&stage, &server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clouds_own_network_and_text_that_ends_its_line() {
    let stage = Stage::start().await;
    let boot = BootFrom::LocalDisk { image: stage.image("cirros") };
    let mut server = CreateServer::new("auto", stage.flavor("dev.tiny"), boot, Networks::None);
    server.user_data = Some(openstack::compute::user_data(&format!("{SCRIPT}\n")).unwrap());
    check(&stage, &server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_password_nothing_is_made() {
    let stage = Stage::start().await;
    let boot = BootFrom::LocalDisk { image: stage.image("cirros") };
    let mut server = CreateServer::new("x", stage.flavor("dev.tiny"), boot, Networks::None);
    server.admin_password = Some(Secret::new("secret-password".to_owned()));
    let launch = recipes::Launch::of(&server, openstack::microversion::WANTED).unwrap();
    let place = stage.place(&server);
    for recipe in [recipes::cli::recipe(&launch, &place), recipes::curl::recipe(&launch, &place)] {
        assert!(recipe.wants_password);
        let text = format!("unset ADMIN_PASS\n{}", recipe.text);
        let said = stage.try_to_run("sh", &text).await.unwrap_err();
        assert!(said.contains("ADMIN_PASS") || said.contains("password"), "{said}");
        assert_eq!(created(&stage.ids().await), 0);
    }
}
