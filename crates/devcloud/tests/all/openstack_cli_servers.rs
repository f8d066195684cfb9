//! The unmodified `openstack` command-line client: images of servers, rescue, server groups, what was done to a server.

use crate::support::cli::{Cli, column};
use serde_json::{Value, json};

const SERVER: &str = "--image cirros-0.6.3-x86_64 --flavor dev.tiny --network demo-internal --wait";

/// Waits until Nova says so of the one server of this name.
async fn until(cli: &Cli, name: &str, status: &str) {
    let token = cli.cloud.sign_in("demo", "demo").await;
    let path = format!("/compute/v2.1/servers/detail?name=^{name}$");
    let seen = |body: &Value| {
        let server = &body["servers"][0];
        server["status"] == status && server["OS-EXT-STS:task_state"].is_null()
    };
    cli.cloud.until(&path, &token, |answer| seen(&answer.body)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_image_of_a_server() {
    let cli = Cli::new().await;
    cli.run(&format!(
        "server create one {SERVER} --property a=b --tag blue --os-compute-api-version 2.52"
    ));
    let made = cli.json("server image create one --name of-one --property from=cli --wait");
    assert_eq!((&made["name"], &made["status"]), (&json!("of-one"), &json!("active")), "{made:#}");
    let shown = cli.json("image show of-one");
    assert_eq!(
        (&shown["properties"]["image_type"], &shown["properties"]["from"]),
        (&json!("snapshot"), &json!("cli"))
    );
    cli.run("image save of-one --file of-one.qcow2");
    let saved = std::fs::metadata(cli.file("of-one.qcow2")).unwrap().len();
    assert_eq!(json!(saved), shown["size"]);
    cli.run(&format!("server create two {}", SERVER.replace("cirros-0.6.3-x86_64", "of-one")));
    cli.run("server set --property c=d one");
    cli.run("server unset --property a one");
    assert_eq!(cli.json("server show one")["properties"], json!({"c": "d"}));
    cli.run("--os-compute-api-version 2.26 server set --tag green one");
    let shown = cli.json("--os-compute-api-version 2.26 server show one");
    assert_eq!(shown["tags"], json!(["blue", "green"]));
    assert!(cli.run("console log show one --lines 3").contains("login:"));
    let url = cli.json("console url show one");
    assert!(url["url"].as_str().unwrap().contains("vnc_auto.html"), "{url}");

    // One that boots of a volume gives an image that points to a snapshot of it.
    cli.run(&format!("server create three {SERVER} --boot-from-volume 2"));
    cli.run("server image create three --name of-three --wait");
    let shown = cli.json("image show of-three");
    assert_eq!(shown["size"], 0);
    assert_eq!(column(&cli.json("volume snapshot list"), "Name"), ["snapshot for of-three"]);
    cli.run(&format!("server create four {}", SERVER.replace("cirros-0.6.3-x86_64", "of-three")));
    assert_eq!(cli.json("server show four")["status"], "ACTIVE");
    for name in ["one", "two", "three", "four"] {
        cli.run(&format!("server delete {name} --wait"));
    }
    assert_eq!(cli.json("server list"), json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rescue() {
    let cli = Cli::new().await;
    cli.run(&format!("server create one {SERVER}"));
    cli.run("server rescue one --image cirros-0.6.3-x86_64 --password secret");
    until(&cli, "one", "RESCUE").await;
    assert!(cli.refused("server reboot one").contains("while it is in vm_state rescued"));
    cli.run("server unrescue one");
    until(&cli, "one", "ACTIVE").await;

    cli.run(&format!("server create two {SERVER} --boot-from-volume 2"));
    let iso = "--disk-format iso --container-format bare --file disk.iso";
    let mut disk = vec![0; 64 << 10];
    disk[32_768..32_774].copy_from_slice(b"\x01CD001");
    std::fs::write(cli.file("disk.iso"), disk).unwrap();
    cli.run(&format!("image create {iso} plain"));
    cli.run(&format!(
        "image create {iso} rescue --property hw_rescue_device=cdrom --property hw_rescue_bus=scsi"
    ));
    let words = "Cannot rescue a volume-backed instance";
    assert!(
        cli.refused("--os-compute-api-version 2.87 server rescue two --image plain")
            .contains(words)
    );
    assert!(
        cli.refused("--os-compute-api-version 2.86 server rescue two --image rescue")
            .contains(words)
    );
    cli.run("--os-compute-api-version 2.87 server rescue two --image rescue");
    until(&cli, "two", "RESCUE").await;
    cli.run("server unrescue two");
    until(&cli, "two", "ACTIVE").await;

    let events = cli.json("--os-compute-api-version 2.58 server event list two");
    assert_eq!(column(&events, "Action"), ["unrescue", "rescue", "create"]);
    let request = events[0]["Request ID"].as_str().unwrap();
    let event = cli.json(&format!("--os-compute-api-version 2.84 server event show two {request}"));
    assert_eq!(event["action"], "unrescue", "{event:#}");
    assert!(event.to_string().contains("compute_unrescue_instance"), "{event:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn groups_of_servers() {
    let cli = Cli::new().await;
    let old = cli.json("--os-compute-api-version 2.1 server group create old --policy affinity");
    assert_eq!(old["policies"], json!(["affinity"]), "{old:#}");
    let made = cli.json(
        "--os-compute-api-version 2.64 server group create web --policy anti-affinity --rule max_server_per_host=1",
    );
    assert_eq!(
        (&made["policy"], &made["rules"]),
        (&json!("anti-affinity"), &json!({"max_server_per_host": 1}))
    );
    let group = made["id"].as_str().unwrap();
    cli.run(&format!("server create one {SERVER} --hint group={group}"));
    cli.run(&format!("server create two {SERVER} --server-group web"));
    let shown = cli.json("--os-compute-api-version 2.71 server group show web");
    let server = cli.json("--os-compute-api-version 2.71 server show one");
    assert!(shown["members"].to_string().contains(server["id"].as_str().unwrap()), "{shown:#}");
    assert_ne!(server["hostId"], cli.json("server show two")["hostId"]);
    cli.run("server group delete old web");
    assert_eq!(cli.json("server group list"), json!([]));
}
