//! The unmodified `openstack` command-line client: snapshots of volumes, images of volumes, floating addresses.

use crate::support::cli::{Cli, column};
use serde_json::{Value, json};

/// Waits until Cinder says so.
async fn until(cli: &Cli, path: &str, seen: impl Fn(&Value) -> bool) {
    let token = cli.cloud.sign_in("demo", "demo").await;
    let path = format!("/volume/v3/{path}");
    cli.cloud.until(&path, &token, |answer| seen(&answer.body)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn snapshots_of_volumes() {
    let cli = Cli::new().await;
    cli.run("volume create --size 1 --image cirros-0.6.3-x86_64 disk");
    until(&cli, "volumes/detail?name=disk", |body| body["volumes"][0]["status"] == "available")
        .await;
    let made = cli.json("volume snapshot create --volume disk --description d --property a=b one");
    assert_eq!((&made["name"], &made["size"]), (&json!("one"), &json!(1)));
    let available = |body: &Value| body["snapshots"][0]["status"] == "available";
    until(&cli, "snapshots/detail?name=one", available).await;
    assert_eq!(column(&cli.json("volume snapshot list"), "Name"), ["one"]);
    assert_eq!(
        column(&cli.json("volume snapshot list --volume disk --long"), "Status"),
        ["available"]
    );
    cli.run("volume snapshot set --name two --property c=d one");
    let shown = cli.json("volume snapshot show two");
    assert_eq!(shown["properties"], json!({"a": "b", "c": "d"}));
    cli.run("volume snapshot unset --property a two");

    cli.run("volume create --snapshot two child");
    until(&cli, "volumes/detail?name=child", |body| body["volumes"][0]["status"] == "available")
        .await;
    let child = cli.json("volume show child");
    assert_eq!((&child["snapshot_id"], &child["bootable"]), (&shown["id"], &json!(true)));
    assert!(cli.refused("volume delete disk").contains("have snapshots"));
    cli.run("volume delete child");
    until(&cli, "volumes/detail?name=child", |body| body["volumes"] == json!([])).await;
    cli.run("volume snapshot delete two");
    until(&cli, "snapshots", |body| body["snapshots"] == json!([])).await;
    cli.run("volume set --size 2 --bootable --property x=y disk");
    until(&cli, "volumes/detail?name=disk", |body| body["volumes"][0]["size"] == 2).await;
    until(&cli, "volumes/detail?name=disk", |body| body["volumes"][0]["status"] == "available")
        .await;

    let made = cli.json("image create --volume disk --disk-format qcow2 of-volume");
    assert_eq!(made["image_name"], "of-volume");
    let token = cli.cloud.sign_in("demo", "demo").await;
    let path = "/image/v2/images?name=of-volume";
    cli.cloud.until(path, &token, |answer| answer.body["images"][0]["status"] == "active").await;
    let image = cli.json("image show of-volume");
    assert_eq!(image["virtual_size"], 2_i64 << 30);
    until(&cli, "volumes/detail?name=disk", |body| body["volumes"][0]["status"] == "available")
        .await;
    cli.run("volume delete disk");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn floating_addresses() {
    let cli = Cli::new().await;
    let router = cli.json("router show demo-router");
    let outside = router["external_gateway_info"]["network_id"].as_str().unwrap().to_owned();
    let made = cli.json(&format!("floating ip create --description mine {outside}"));
    let address = made["floating_ip_address"].as_str().unwrap().to_owned();
    cli.run("port create --network demo-internal inside");
    cli.run("port create --network dev-1a-direct direct");
    cli.run(&format!("floating ip set --port inside {address}"));
    let shown = cli.json(&format!("floating ip show {address}"));
    assert_eq!((&shown["status"], &shown["router_id"]), (&json!("ACTIVE"), &router["id"]));
    assert!(
        cli.refused(&format!("floating ip set --port direct {address}")).contains("not reachable")
    );
    let port = shown["port_id"].as_str().unwrap();
    let listed = cli.json(&format!("floating ip list --port {port}"));
    assert_eq!(column(&listed, "Floating IP Address"), [address.as_str()]);
    cli.run(&format!("floating ip unset --port {address}"));
    assert_eq!(cli.json(&format!("floating ip show {address}"))["status"], "DOWN");

    let server = "server create one --image cirros-0.6.3-x86_64 --flavor dev.tiny --network demo-internal --wait";
    assert_eq!(cli.json(server)["status"], "ACTIVE");
    cli.run(&format!("server add floating ip one {address}"));
    let server = cli.json("server show one")["addresses"].to_string();
    assert!(server.contains(&address), "{server}");
    cli.run(&format!("server remove floating ip one {address}"));
    cli.run(&format!("floating ip delete {address}"));
    assert_eq!(cli.json("floating ip list"), json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_volume_of_a_server() {
    let cli = Cli::new().await;
    let server = "server create one --image cirros-0.6.3-x86_64 --flavor dev.tiny --boot-from-volume 1 --network \
                  demo-internal --wait";
    assert_eq!(cli.json(server)["status"], "ACTIVE");
    let volume = cli.json("volume list")[0]["ID"].as_str().unwrap().to_owned();
    assert!(
        cli.refused(&format!("image create --volume {volume} x")).contains("must be available")
    );
    cli.run(&format!("image create --volume {volume} --force --disk-format qcow2 x"));
    let in_use = |body: &Value| body["volumes"][0]["status"] == "in-use";
    until(&cli, "volumes/detail", in_use).await;
    // (`volume snapshot create --force` sends no force to a cloud that knows 3.66, and asks for 3.65: a real one refuses it, too.)
    cli.run("server image create --name backup one");
    let available = |body: &Value| body["snapshots"][0]["status"] == "available";
    until(&cli, "snapshots/detail", available).await;
    assert_eq!(column(&cli.json("volume snapshot list"), "Name"), ["snapshot for backup"]);
    let image = cli.json("image show backup");
    assert_eq!((&image["size"], &image["status"]), (&json!(0), &json!("active")));
    cli.run("image delete backup");
    assert_eq!(column(&cli.json("volume snapshot list"), "Status"), ["available"]);
    // The volume goes with its server unless it has snapshots.
    cli.run("server delete one --wait");
    until(&cli, "volumes/detail", |body| body["volumes"][0]["status"] == "available").await;
}
