//! The launch for other tools: what the page shows, pasted into a terminal, makes the instance that its button makes.
//!
//! Every field and every hostile letter is tried in the crate `recipes`; here it is that the page hands over its own form.

#![allow(clippy::indexing_slicing)] // what JSON does not hold is null

use std::collections::BTreeMap;

use serde_json::{Value, json};
use slipway_e2e::{Outcome, Stage, Trouble, User, journey, like, pasted};
use thirtyfour::By;

const PASSWORD: &str = "s3cret \"word\" $x";

async fn command(user: &User) -> Result<String, Trouble> {
    Ok(user.see("group", "Command line").await?.text().await?)
}

#[tokio::test]
async fn the_button_and_the_commands_make_the_same() -> Outcome {
    journey(
        "launch-commands",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.click("link", like("Launch debian-12-x86_64")).await?;
            user.see("heading", like("Launch from debian-12")).await?;
            let name = "it's \"mine\" & $yours";
            user.fill("Size of the new volume", "0").await?;
            user.read("Appears once the form is complete.").await?;
            user.fill("Name", name).await?;
            user.fill("Size of the new volume", "21").await?;
            user.choose("Volume type", "hdd").await?;
            user.click("checkbox", like("Delete the volume")).await?;
            user.choose("Availability zone", "dev-1a").await?;
            user.click("button", "Add a network").await?;
            user.choose("Network 2", "dev-1a-direct").await?;
            user.choose("Key pair", "No key pair").await?;
            user.fill("Root password", PASSWORD).await?;
            user.driver().find(By::XPath("//summary[contains(., 'More')]")).await?.click().await?;
            user.fill("Description", "-x `id` ${HOME}").await?;
            user.fill("Tags", "red, it's blue").await?;
            user.click("checkbox", like("Give it its data on a config drive")).await?;

            user.read("--use-config-drive").await?;
            let openstack = command(user).await?;
            user.read("The password is not shown: put it into a variable first").await?;
            user.click("tab", "Terraform").await?;
            user.read("Terraform asks for it, and keeps it in its state.").await?;
            user.read("this tool cannot say it: description.").await?;
            let terraform = user.see("group", "Configuration").await?.text().await?;
            user.click("tab", "curl").await?;
            user.read("Presumes curl").await?;
            let curl = command(user).await?;
            for text in [&openstack, &terraform, &curl] {
                assert!(!text.contains("s3cret"), "{text}");
            }
            assert!(terraform.contains("volume_size           = 21"), "{terraform}");
            user.click("button", "Launch instance").await?;
            user.see("heading", name).await?;
            for text in [openstack, curl] {
                pasted(stage, &format!("ADMIN_PASS='{PASSWORD}'\n{text}")).await?;
            }
            let made = made(stage).await?;
            assert_eq!(made.len(), 3, "{made:?}");
            assert_eq!(made[0], made[1]);
            assert_eq!(made[0], made[2]);
            assert_eq!(made[0]["name"], name);
            let tags = made[0]["tags"].to_string();
            assert!(tags.contains("it's blue") && tags.contains("red"), "{tags}");
            Ok(())
        },
    )
    .await
}

/// Every server once it runs, without what is its own.
async fn made(stage: &Stage) -> Result<Vec<BTreeMap<String, Value>>, Trouble> {
    const OF_ITS_OWN: &[&str] = &[
        "id",
        "links",
        "created",
        "updated",
        "hostId",
        "OS-SRV-USG:launched_at",
        "addresses",
        "os-extended-volumes:volumes_attached",
    ];
    let beside = stage.api().await?;
    let list = beside.find("/compute/v2.1/servers", "/servers").await?;
    let mut all = Vec::new();
    for row in list.as_array().into_iter().flatten() {
        let id = row["id"].as_str().ok_or("an id")?;
        beside.is(id, "ACTIVE").await?;
        let path = format!("/compute/v2.1/servers/{id}");
        let mut server: BTreeMap<String, Value> =
            serde_json::from_value(beside.find(&path, "/server").await?)?;
        let volume = &server["os-extended-volumes:volumes_attached"][0];
        let volume_id = volume["id"].as_str().ok_or("a volume")?;
        let cinder = beside.find(&format!("/volume/v3/volumes/{volume_id}"), "/volume").await?;
        let goes = volume["delete_on_termination"].clone();
        let cards = beside.find(&format!("{path}/os-interface"), "/interfaceAttachments").await?;
        let networks = cards.as_array().into_iter().flatten().map(|card| card["net_id"].clone());
        server.insert("networks".into(), networks.collect());
        server.insert("volume".into(), json!([cinder["size"], cinder["volume_type"], goes]));
        server.retain(|key, _| !OF_ITS_OWN.contains(&key.as_str()));
        all.push(server);
    }
    Ok(all)
}
