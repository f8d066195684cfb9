//! The unmodified `openstack` command-line client against devcloud, end to end: what the people of
//! a real cloud type must work here as well.

use crate::support::cli::{Cli, column};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn identity() {
    let cli = Cli::new().await;
    let token = cli.json("token issue");
    assert_eq!(token["project_id"], devcloud::well_known::PROJECT_DEMO);
    let catalog = column(&cli.json("catalog list"), "Type");
    let expected =
        ["identity", "image", "compute", "network", "volumev3", "block-storage", "object-store"];
    assert_eq!(catalog, expected);
    assert_eq!(column(&cli.json("project list"), "Name"), ["demo", "other"]);
    assert_eq!(column(&cli.json("region list"), "Region"), ["dev-1", "dev-2"]);
    assert!(!cli.json("versions show").as_array().unwrap().is_empty());

    let credential = cli.json("application credential create robot --role member");
    assert_eq!(column(&cli.json("application credential list"), "Name"), ["robot"]);
    let text = |name: &str| credential[name].as_str().unwrap().to_owned();
    let robot = vec![
        ("OS_AUTH_TYPE", String::from("v3applicationcredential")),
        ("OS_APPLICATION_CREDENTIAL_ID", text("ID")),
        ("OS_APPLICATION_CREDENTIAL_SECRET", text("Secret")),
    ];
    let cli = cli.with(robot);
    assert!(!cli.json("image list --limit 1").as_array().unwrap().is_empty());
    let cli = cli.with(Vec::new());
    cli.run("application credential delete robot");
    assert_eq!(cli.json("application credential list"), json!([]));

    cli.run(&format!("token revoke {}", token["id"].as_str().unwrap()));
    let cli = cli.with(vec![("OS_PASSWORD", String::from("wrong"))]);
    assert!(cli.refused("token issue").contains("401"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn images() {
    let cli = Cli::new().await;
    let bytes: Vec<u8> =
        (0..3_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    std::fs::write(cli.file("disk.raw"), &bytes).unwrap();
    let made = cli.json(
        "image create mine --disk-format raw --container-format bare --file disk.raw --property os_distro=debian --min-disk 1",
    );
    assert_eq!((&made["size"], &made["status"]), (&json!(3_000_000), &json!("active")));
    assert!(column(&cli.json("image list --public"), "Name").len() > 5);
    assert!(
        column(&cli.json("image list --property os_distro=debian"), "Name")
            .contains(&String::from("mine"))
    );
    cli.run("image set mine --property os_version=12 --tag blue --name renamed --protected");
    let shown = cli.json("image show renamed");
    assert_eq!(
        (&shown["properties"]["os_version"], &shown["tags"]),
        (&json!("12"), &json!(["blue"]))
    );
    cli.run("image unset renamed --tag blue --property os_version");
    assert_eq!(cli.json("image show renamed")["tags"], json!([]));
    cli.run("image save renamed --file back.raw");
    assert!(
        std::fs::read(cli.file("back.raw")).unwrap() == bytes,
        "what comes back is what was sent"
    );
    assert!(cli.refused("image delete renamed").contains("protected"));

    let id = shown["id"].as_str().unwrap();
    let other = devcloud::well_known::PROJECT_OTHER;
    cli.run("image set renamed --unprotected --shared");
    cli.run(&format!("image add project renamed {other}"));
    let members = cli.json("image member list renamed");
    assert_eq!(
        (&members[0]["Member ID"], &members[0]["Status"]),
        (&json!(other), &json!("pending"))
    );
    let cli = cli.with(vec![
        ("OS_USERNAME", String::from("other")),
        ("OS_PROJECT_NAME", String::from("other")),
    ]);
    cli.run(&format!("image set --accept {id}"));
    assert!(column(&cli.json("image list --shared"), "ID").contains(&id.to_owned()));
    assert!(cli.refused(&format!("image delete {id}")).contains("40"), "a member may not delete");
    let cli = cli.with(Vec::new());
    cli.run(&format!("image remove project renamed {other}"));
    assert!(cli.run("image import info").contains("web-download"));
    cli.run("image delete renamed");
    cli.refused(&format!("image show {id}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_an_image_to_a_server_and_back() {
    let cli = Cli::new().await;
    let flavors = cli.json("flavor list");
    let smallest =
        flavors.as_array().unwrap().iter().min_by_key(|flavor| flavor["RAM"].as_u64()).unwrap();
    let flavor = smallest["Name"].as_str().unwrap();
    assert_eq!(cli.json(&format!("flavor show {flavor}"))["name"], flavor);
    assert!(!cli.json("subnet list").as_array().unwrap().is_empty());
    assert!(column(&cli.json("security group list"), "Name").contains(&String::from("default")));
    assert!(
        column(&cli.json("availability zone list --compute"), "Zone Name")
            .contains(&String::from("dev-1a"))
    );
    cli.run("keypair create mine");
    assert!(column(&cli.json("keypair list"), "Name").contains(&String::from("mine")));
    let images = column(&cli.json("image list --public"), "Name");
    let image = images.iter().find(|name| name.starts_with("cirros")).expect("a CirrOS image");

    let server = format!(
        "server create one --image {image} --flavor {flavor} --boot-from-volume 1 --network demo-internal --key-name mine \
         --security-group default --wait"
    );
    let server = cli.json(&server);
    assert_eq!(server["status"], "ACTIVE", "{server:#}");
    let shown = cli.json("server show one");
    let addresses = shown["addresses"].as_object().unwrap();
    assert!(!addresses.is_empty(), "{shown:#}");
    assert_eq!(column(&cli.json("server list"), "Name"), ["one"]);
    let volumes = cli.json("volume list");
    assert_eq!(volumes[0]["Status"], "in-use", "{volumes}");
    let used = cli.json("limits show --absolute");
    let used = used.as_array().unwrap().iter().find(|row| row["Name"] == "instances_used").unwrap();
    assert_eq!(used["Value"], 1);
    cli.run("console log show one");
    cli.run("server stop one");
    cli.cloud
        .until("/compute/v2.1/servers/detail", &cli.cloud.sign_in("demo", "demo").await, |answer| {
            answer.body["servers"][0]["status"] == "SHUTOFF"
        })
        .await;
    cli.run("server start one");
    cli.run("server delete one --wait");
    assert_eq!(cli.json("server list"), json!([]));

    assert!(!cli.json("volume type list").as_array().unwrap().is_empty());
    cli.run(&format!("volume create --size 1 --image {image} disk"));
    let token = cli.cloud.sign_in("demo", "demo").await;
    cli.cloud
        .until("/volume/v3/volumes/detail?name=disk", &token, |answer| {
            answer.body["volumes"][0]["status"] == "available"
        })
        .await;
    assert_eq!(cli.json("volume show disk")["size"], 1);
    cli.run("volume delete disk");
    cli.run("keypair delete mine");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn containers_and_objects() {
    let cli = Cli::new().await;
    let file = cli.file("disk.raw");
    std::fs::write(&file, vec![7; 300_000]).unwrap();
    assert_eq!(cli.json("container create console-uploads")[0]["container"], "console-uploads");
    cli.run("container set --property Temp-URL-Key=secret console-uploads");
    let put = cli.json(&format!("object create console-uploads {} --name s/disk", file.display()));
    assert_eq!(put[0]["object"], "s/disk");
    assert_eq!(column(&cli.json("container list"), "Name"), ["console-uploads"]);
    assert_eq!(column(&cli.json("object list console-uploads --prefix s/"), "Name"), ["s/disk"]);
    assert_eq!(cli.json("container show console-uploads")["bytes_used"], "300000");
    let shown = cli.json("object show console-uploads s/disk");
    assert_eq!(shown["content-length"], "300000");
    let saved = cli.file("saved");
    cli.run(&format!("object save --file {} console-uploads s/disk", saved.display()));
    assert_eq!(std::fs::read(saved).unwrap(), std::fs::read(file).unwrap());
    assert_eq!(cli.json("object store account show")["Containers"], "1");
    assert!(cli.refused("container delete console-uploads").contains("409"));
    cli.run("object delete console-uploads s/disk");
    cli.run("container delete console-uploads");
    assert_eq!(cli.json("container list"), json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_second_region_and_a_reader() {
    let cli = Cli::new().await.with(vec![("OS_REGION_NAME", String::from("dev-2"))]);
    assert_eq!(column(&cli.json("availability zone list --compute"), "Zone Name"), ["dev-2a"]);
    assert!(!cli.json("image list --limit 1").as_array().unwrap().is_empty());
    cli.run("image create there --disk-format raw --container-format bare");
    let cli = cli.with(Vec::new());
    assert!(!column(&cli.json("image list"), "Name").contains(&String::from("there")));
    let cli = cli.with(vec![("OS_USERNAME", String::from("viewer"))]);
    assert!(!cli.json("image list --limit 1").as_array().unwrap().is_empty());
    assert!(
        cli.refused("image create forbidden --disk-format raw --container-format bare")
            .contains("403")
    );
}
