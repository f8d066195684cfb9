//! Launches that the cloud refuses or cannot carry out, by what really happens in it: somebody else was quicker and the quota
//! is gone, a volume or a network does not come to be. What is said where, and that nothing typed is lost.
//!
//! Refusals that devcloud would not come to by itself, and keys that exist, are in `launch_form.rs`; a cloud without a host,
//! in `launch.rs`.

#![allow(clippy::indexing_slicing)] // what JSON does not hold is null

use devcloud::faults::{Action, Rule};
use devcloud::service::Service;
use http::Method;
use serde_json::{Value, json};
use slipway_e2e::{Api, Disk, Outcome, Stage, Trouble, User, journey, like};

async fn form(user: &User, project: &str, image: &str) -> Outcome {
    user.sign_in("demo", "demo-secret", project).await?;
    user.click("link", like(&format!("Launch {image}"))).await?;
    user.see("heading", like(&format!("Launch from {image}"))).await?;
    user.see("radio", "gp.2x4").await?;
    Ok(())
}

/// The servers of that name, as the cloud has them.
async fn servers(stage: &Stage, name: &str) -> Result<Vec<Value>, Trouble> {
    let path = format!("/compute/v2.1/servers/detail?name={name}");
    let found = stage.api().await?.find(&path, "/servers").await?;
    Ok(found.as_array().cloned().unwrap_or_default())
}

/// As many instances as the project may have; their ids.
async fn fill_the_quota(stage: &Stage) -> Result<Vec<String>, Trouble> {
    let beside = stage.api().await?;
    let image = beside.find("/image/v2/images?name=cirros-0.6.3-x86_64", "/images/0/id").await?;
    let flavors = beside.find("/compute/v2.1/flavors", "/flavors").await?;
    let flavors = flavors.as_array().cloned().unwrap_or_default();
    let tiny = flavors.iter().find(|flavor| flavor["name"] == "dev.tiny").ok_or("no dev.tiny")?;
    let left = beside.find("/compute/v2.1/limits", "/limits/absolute").await?;
    let number = |name: &str| left[name].as_u64().unwrap_or_default();
    let free = (number("maxTotalInstances") - number("totalInstancesUsed"))
        .min(number("maxTotalCores") - number("totalCoresUsed"));
    let server = json!({"server": {
        "name": "quicker", "imageRef": image, "flavorRef": tiny["id"], "networks": "none",
        "min_count": free, "max_count": free,
    }});
    beside.ask(Method::POST, "/compute/v2.1/servers", Some(server)).await?;
    let made = servers(stage, "quicker").await?;
    let id = |server: &Value| server["id"].as_str().map(str::to_owned);
    Ok(made.iter().filter_map(id).collect())
}

/// Waits until less than so much of it is used.
async fn free_again(user: &User, beside: &Api, limits: &str, used: &str, below: u64) -> Outcome {
    let place = format!("/limits/absolute/{used}");
    user.until("the quota", async || {
        Ok(beside.find(limits, &place).await?.as_u64().is_some_and(|used| used < below))
    })
    .await
}

#[tokio::test]
async fn somebody_else_was_quicker() -> Outcome {
    journey(
        "launch-quota",
        |_| {},
        async |stage| {
            let user = &stage.user;
            form(user, "demo", "debian-12-x86_64").await?;
            user.fill("Name", "late-1").await?;
            user.fill("Size of the new volume", "23").await?;
            user.click("checkbox", like("Delete the volume")).await?;
            let quicker = fill_the_quota(stage).await?;
            user.click("button", "Launch instance").await?;
            user.read("Your quota is used up.").await?;
            user.read("Go there").await?;
            assert!(servers(stage, "late-1").await?.is_empty());
            user.holds("Name", "late-1").await?;
            user.holds("Size of the new volume", "23").await?;
            let beside = stage.api().await?;
            for id in &quicker {
                let path = format!("/compute/v2.1/servers/{id}");
                beside.ask(Method::DELETE, &path, None).await?;
            }
            free_again(user, &beside, "/compute/v2.1/limits", "totalInstancesUsed", 1).await?;
            // The same form goes through; a reload asks for the quota anew and loses nothing.
            user.reload().await?;
            user.holds("Name", "late-1").await?;
            user.holds("Size of the new volume", "23").await?;
            user.click("button", "Launch instance").await?;
            user.see("heading", "late-1").await?;
            user.read("Active").await
        },
    )
    .await
}

#[tokio::test]
async fn the_network_has_no_port_left() -> Outcome {
    journey(
        "launch-ports",
        |_| {},
        async |stage| {
            let user = &stage.user;
            form(user, "other", "debian-12-x86_64").await?;
            user.fill("Name", "portless-1").await?;
            let auth = format!("{}/identity/v3", stage.cloud.url().trim_end_matches('/'));
            let api = Api::sign_in_at(&auth, "demo", "other").await?;
            let networks = "/networking/v2.0/networks?name=other-internal";
            let id = api.find(networks, "/networks/0/id").await?;
            // Until Neutron says that there are no more.
            for _ in 0..10 {
                let port = json!({"port": {"network_id": id, "name": "quicker"}});
                let made = api.ask(Method::POST, "/networking/v2.0/ports", Some(port)).await;
                if made.is_err() {
                    break;
                }
            }
            user.click("button", "Launch instance").await?;
            user.read("Your quota is used up.").await?;
            user.read("Go there").await?;
            user.holds("Name", "portless-1").await
        },
    )
    .await
}

#[tokio::test]
async fn no_storage_is_left_for_the_boot_volume() -> Outcome {
    journey(
        "launch-storage",
        |_| {},
        async |stage| {
            let user = &stage.user;
            form(user, "demo", "debian-12-x86_64").await?;
            user.fill("Name", "cramped-1").await?;
            user.fill("Size of the new volume", "24").await?;
            user.click("checkbox", like("Delete the volume")).await?;
            let beside = stage.api().await?;
            let left = beside.find("/volume/v3/limits", "/limits/absolute").await?;
            let number = |name: &str| left[name].as_u64().unwrap_or_default();
            let free = number("maxTotalVolumeGigabytes") - number("totalGigabytesUsed");
            let volume = json!({"volume": {"name": "quicker", "size": free - 10}});
            let made = beside.ask(Method::POST, "/volume/v3/volumes", Some(volume)).await?;
            // Nova takes it, and its compute host is refused by Cinder with a 413.
            user.click("button", "Launch instance").await?;
            user.see("heading", "cramped-1").await?;
            user.read("The cloud could not start it").await?;
            user.read("exceeds allowed gigabytes quota").await?;
            let id = made["volume"]["id"].as_str().ok_or("a volume")?;
            let path = format!("/volume/v3/volumes/{id}");
            beside.until(&path, "/volume/status", "available").await?;
            beside.ask(Method::DELETE, &path, None).await?;
            free_again(user, &beside, "/volume/v3/limits", "totalGigabytesUsed", 100).await?;
            // Once more with what was asked for.
            user.click("button", "Delete and try again with these settings").await?;
            user.click("button", "Delete and try again").await?;
            user.see("heading", like("Launch from debian-12")).await?;
            user.holds("Name", "cramped-1").await?;
            user.holds("Size of the new volume", "24").await?;
            user.click("button", "Launch instance").await?;
            user.see("heading", "cramped-1").await?;
            user.read("Active").await?;
            assert_eq!(servers(stage, "cramped-1").await?.len(), 1, "the first one is gone");
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn what_failed_is_said_in_the_clouds_words() -> Outcome {
    journey(
        "launch-failures",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            for (name, said) in [
                ("fail-network", "Failed to allocate the network(s)"),
                ("fail-volume", "did not finish being created"),
                ("fail-spawn", "Exceeded maximum number of retries"),
            ] {
                user.open("/images").await?;
                user.click("link", like("Launch debian-12-x86_64")).await?;
                user.fill("Name", name).await?;
                user.click("button", "Launch instance").await?;
                user.see("heading", name).await?;
                user.read("The cloud could not start it").await?;
                user.read(said).await?;
                user.see("button", "Delete and try again with these settings").await?;
            }
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn on_a_volume_and_on_the_local_disk() -> Outcome {
    journey(
        "launch-disks",
        |_| {},
        async |stage| {
            let user = &stage.user;
            form(user, "demo", "cirros").await?;
            user.fill("Name", "local-1").await?;
            user.click("radio", "dev.small").await?;
            user.click("radio", like("The size’s local disk")).await?;
            user.click("button", "Launch instance").await?;
            user.see("heading", "local-1").await?;
            user.read("Active").await?;
            let local = servers(stage, "local-1").await?;
            assert!(local[0]["image"]["id"].is_string(), "{local:?}");
            assert_eq!(local[0]["os-extended-volumes:volumes_attached"], json!([]));
            user.open("/images").await?;
            user.click("link", like("Launch cirros")).await?;
            user.fill("Name", "volume-1").await?;
            user.click("radio", "gp.1x2").await?;
            user.click("button", "Launch instance").await?;
            user.see("heading", "volume-1").await?;
            user.read("Active").await?;
            let on_volume = servers(stage, "volume-1").await?;
            assert_eq!(on_volume[0]["image"], "");
            let volumes = on_volume[0]["os-extended-volumes:volumes_attached"].as_array();
            assert_eq!(volumes.map(Vec::len), Some(1));
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn an_instance_that_is_busy_is_left_alone() -> Outcome {
    journey(
        "instance-busy",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let id = stage.api().await?.instance("busy-1", Disk::Local).await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open(&format!("/instances/{id}")).await?;
            user.see("heading", "busy-1").await?;
            user.read("Active").await?;
            let busy = Action::Status {
                status: 409,
                message: format!(
                    "Cannot 'stop' instance {id} while it is in task_state image_uploading"
                ),
                headers: Default::default(),
            };
            let rule = Rule::new(Service::Compute, "POST", "/v2.1/servers/*/action", busy);
            stage.cloud.faults().add(rule.once());
            user.click("button", "Stop").await?;
            user.click("button", "Stop instance").await?;
            user.read("task_state image_uploading").await?;
            stage.api().await?.is(&id, "ACTIVE").await?;
            // Asked once more it goes.
            user.click("button", "Stop instance").await?;
            stage.api().await?.is(&id, "SHUTOFF").await
        },
    )
    .await
}
