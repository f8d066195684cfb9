//! Instances: the list and what it offers by state, what becomes of volumes and addresses, floating addresses, the console log
//! and the history, and a launch that fails and is tried again.

use devcloud::faults::{Action, Rule};
use devcloud::service::Service;
use http::Method;
use serde_json::{Value, json};
use slipway_e2e::{Api, Disk, Outcome, Stage, Trouble, journey, like};
use thirtyfour::{By, Key};

/// Signs in, with instances of these names on their local disks; their ids.
async fn with_instances(stage: &Stage, names: &[&str]) -> Result<Vec<String>, Trouble> {
    let beside = stage.api().await?;
    let mut ids = Vec::new();
    for name in names {
        ids.push(beside.instance(name, Disk::Local).await?);
    }
    stage.user.sign_in("demo", "demo-secret", "demo").await?;
    Ok(ids)
}

async fn stop(beside: &Api, id: &str) -> Outcome {
    let path = format!("/compute/v2.1/servers/{id}/action");
    beside.ask(Method::POST, &path, Some(json!({"os-stop": null}))).await?;
    beside.is(id, "SHUTOFF").await
}

#[tokio::test]
async fn the_list_is_searched_narrowed_and_walked_through() -> Outcome {
    journey(
        "instances-list",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let beside = stage.api().await?;
            let ids = with_instances(stage, &["web-1", "web-2", "db-1"]).await?;
            stop(&beside, &ids[2]).await?;
            user.open("/instances").await?;
            user.read("3 instances").await?;
            user.looks_well().await?;
            user.click("button", "Status").await?;
            user.see("checkbox", like("Active")).await?;
            user.click("checkbox", like("Stopped")).await?;
            user.at("the status in the address", |path| path.contains("status=shutoff")).await?;
            user.driver().active_element().await?.send_keys(Key::Escape + "").await?;
            user.gone("link", "web-1").await?;
            user.read("1 of 3 instances").await?;
            user.reload().await?;
            user.see("link", "db-1").await?;
            user.click("button", "Clear Status").await?;
            user.focused("button", "Status").await?;
            user.fill("Search instances", "web").await?;
            user.gone("link", "db-1").await?;
            // From row to row by the arrows, chosen by Space.
            user.click("button", "Name").await?;
            user.see("link", "web-1").await?.focus().await?;
            user.driver().active_element().await?.send_keys(Key::Down + "").await?;
            user.focused("link", "web-2").await?;
            user.driver().active_element().await?.send_keys(" ").await?;
            user.read("1 selected").await?;
            user.driver().active_element().await?.send_keys(Key::Escape + "").await?;
            user.gone("button", "Clear selection").await
        },
    )
    .await
}

#[tokio::test]
async fn actions_follow_the_state_and_a_busy_instance_says_so() -> Outcome {
    journey(
        "instances-actions",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let beside = stage.api().await?;
            let ids = with_instances(stage, &["web-1"]).await?;
            user.open("/instances").await?;
            user.click("button", "Actions for web-1").await?;
            user.read("It is running.").await?;
            user.click("button", "Stop").await?;
            user.see("dialog", "Stop web-1?").await?;
            user.looks_well().await?;
            let message = format!(
                "Cannot 'stop' instance {} while it is in task_state image_snapshot",
                ids[0]
            );
            let busy = Action::Status { status: 409, message, headers: Default::default() };
            let rule = Rule::new(Service::Compute, "POST", "/v2.1/servers/*/action", busy);
            stage.cloud.faults().add(rule);
            user.click("button", "Stop instance").await?;
            user.read("Something else is being done to it.").await?;
            assert_eq!(beside.state(&ids[0]).await?, "ACTIVE");
            stage.cloud.faults().clear();
            user.click("button", "Stop instance").await?;
            user.read("Stopped").await?;
            beside.is(&ids[0], "SHUTOFF").await?;
            // The likely next thing stands in the row.
            user.click("button", "Start web-1").await?;
            user.read("Active").await?;
            beside.is(&ids[0], "ACTIVE").await?;
            user.click("link", "web-1").await?;
            user.click("button", "Reboot").await?;
            user.see("dialog", "Reboot web-1?").await?;
            user.looks_well().await?;
            user.click("radio", like("Switch it off and on")).await?;
            user.click("button", "Reboot instance").await?;
            user.gone("dialog", "Reboot web-1?").await?;
            beside.is(&ids[0], "ACTIVE").await?;
            // What was done, by whom, with its steps.
            user.read("Rebooted").await?;
            user.read("4 actions").await?;
            // What opens a fold has a role of the browser's own.
            let fold = By::XPath("//summary[contains(., 'Rebooted')]");
            user.driver().find(fold).await?.click().await?;
            user.read("compute_reboot_instance").await?;
            user.read("by you").await?;
            user.looks_well().await?;
            let done = beside.history(&ids[0]).await?;
            assert_eq!(done, ["create", "stop", "start", "reboot"]);
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn several_are_stopped_and_deleted_at_once() -> Outcome {
    journey(
        "instances-several",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let beside = stage.api().await?;
            let ids = with_instances(stage, &["web-1", "web-2", "db-1"]).await?;
            stop(&beside, &ids[2]).await?;
            user.open("/instances").await?;
            user.click("checkbox", "Select all that are listed").await?;
            user.read("3 selected").await?;
            user.click("button", "Stop 2 of 3").await?;
            user.see("dialog", "Stop 2 instances?").await?;
            user.read("Left out: It is stopped").await?;
            user.looks_well().await?;
            user.click("button", "Stop 2 instances").await?;
            user.gone("dialog", "Stop 2 instances?").await?;
            for id in &ids {
                beside.is(id, "SHUTOFF").await?;
            }
            user.click("button", "Delete").await?;
            user.see("dialog", like("Delete")).await?;
            user.click("button", like("Delete 1 instance")).await?;
            user.gone("link", "db-1").await?;
            user.see("link", "web-1").await?;
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn deleting_says_what_becomes_of_the_volume_and_lets_it_be_chosen() -> Outcome {
    journey(
        "instances-delete",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let beside = stage.api().await?;
            let kept = beside.instance("keeps", Disk::Volume).await?;
            let gone = beside.instance("loses", Disk::Volume).await?;
            let volume = |id: &str| {
                let path = format!("/compute/v2.1/servers/{id}/os-volume_attachments");
                let beside = &beside;
                async move { beside.find(&path, "/volumeAttachments/0/volumeId").await }
            };
            let (kept_volume, gone_volume) = (volume(&kept).await?, volume(&gone).await?);
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open(&format!("/instances/{kept}")).await?;
            user.read("goes with the instance").await?;
            user.click("button", "More actions").await?;
            user.click("button", "Delete").await?;
            user.see("dialog", "Delete keeps?").await?;
            user.read("Boot volume, 4 GiB").await?;
            user.read("Goes with the instance, as was chosen when it was attached.").await?;
            user.looks_well().await?;
            // It was to go; now it stays.
            user.click("checkbox", like("Boot volume, 4 GiB")).await?;
            user.read("Stays, and is paid for until you delete it.").await?;
            user.click("button", "Delete instance").await?;
            user.at("the list", |path| path == "/instances").await?;
            user.gone("link", "keeps").await?;
            let path =
                |id: &Value| format!("/volume/v3/volumes/{}", id.as_str().unwrap_or_default());
            beside.until(&path(&kept_volume), "/volume/status", "available").await?;

            user.click("button", "Actions for loses").await?;
            user.click("button", "Delete").await?;
            user.read("Boot volume, 4 GiB").await?;
            user.click("button", "Delete instance").await?;
            user.gone("link", "loses").await?;
            // The row had the focus: it stays in the list's place.
            user.focused("region", "Instances").await?;
            user.until("the volume is gone", async || {
                Ok(beside.find(&path(&gone_volume), "/volume/id").await.is_err())
            })
            .await
        },
    )
    .await
}

#[tokio::test]
async fn a_refused_deletion_sets_the_fate_of_its_volume_back() -> Outcome {
    journey(
        "instances-delete-refused",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let (beside, id) = stage.with_instance("db-1", Disk::Volume).await?;
            let server = format!("/compute/v2.1/servers/{id}");
            let attached = "/server/os-extended-volumes:volumes_attached/0";
            let fate = format!("{attached}/delete_on_termination");
            let volume = beside.find(&server, &format!("{attached}/id")).await?;
            user.open(&format!("/instances/{id}")).await?;
            user.click("button", "More actions").await?;
            user.click("button", "Delete").await?;
            user.click("checkbox", like("Boot volume, 4 GiB")).await?;
            user.read("Stays, and is paid for until you delete it.").await?;
            let busy = Action::Status {
                status: 409,
                message: "Cannot 'delete' instance while it is in task_state migrating".into(),
                headers: Default::default(),
            };
            let rule = Rule::new(Service::Compute, "DELETE", "/v2.1/servers/*", busy);
            stage.cloud.faults().add(Rule { count: Some(1), ..rule });
            user.click("button", "Delete instance").await?;
            user.read("Its state does not allow that now (409)").await?;
            user.read("what becomes of its volumes is as it was before").await?;
            assert_eq!(beside.find(&server, &fate).await?, true);
            // What was chosen is still chosen.
            user.read("Stays, and is paid for until you delete it.").await?;
            user.click("button", "Delete instance").await?;
            user.at("the list", |path| path == "/instances").await?;
            let path = format!("/volume/v3/volumes/{}", volume.as_str().ok_or("a volume")?);
            beside.until(&path, "/volume/status", "available").await
        },
    )
    .await
}

#[tokio::test]
async fn a_floating_address_is_added_taken_away_and_released() -> Outcome {
    journey(
        "instances-floating",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let beside = stage.api().await?;
            let ids = with_instances(stage, &["web-1"]).await?;
            user.open(&format!("/instances/{}", ids[0])).await?;
            user.read("Not reached from the internet.").await?;
            user.click("button", "Add floating address").await?;
            user.see("dialog", like("Add a floating address to 192.168.0.")).await?;
            user.looks_well().await?;
            user.click("button", "Add address").await?;
            user.read("now leads to 192.168.0.").await?;
            let address = beside
                .find("/networking/v2.0/floatingips", "/floatingips/0/floating_ip_address")
                .await?;
            let address = address.as_str().ok_or("no address")?;
            user.read(&format!("cirros@{address}")).await?;
            user.no_longer_read("Not reached from the internet.").await?;
            user.looks_well().await?;

            user.click("button", "Take away").await?;
            user.see("dialog", like("Take ")).await?;
            user.looks_well().await?;
            user.click("button", "Take away").await?;
            user.read("the project keeps it").await?;
            // Now it is in the pool, and offered first.
            user.click("button", "Add floating address").await?;
            user.see("radio", like(address)).await?;
            user.click("button", "Add address").await?;
            user.read(&format!("cirros@{address}")).await?;

            user.click("button", "More actions").await?;
            user.click("button", "Delete").await?;
            user.click("checkbox", like(&format!("Floating address {address}"))).await?;
            user.click("button", "Delete instance").await?;
            user.at("the list", |path| path == "/instances").await?;
            user.gone("link", "web-1").await?;
            user.until("no floating address is left", async || {
                let left = beside.find("/networking/v2.0/floatingips", "/floatingips").await?;
                Ok(left.as_array().is_some_and(Vec::is_empty))
            })
            .await
        },
    )
    .await
}

#[tokio::test]
async fn the_console_log_is_as_long_as_wanted() -> Outcome {
    journey(
        "instances-console",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let ids = with_instances(stage, &["web-1"]).await?;
            user.open(&format!("/instances/{}", ids[0])).await?;
            user.read("web-1 login:").await?;
            user.read("Linux version").await?;
            user.choose("How much of the console log", "all of it").await?;
            user.read("Linux version").await?;
            user.click("checkbox", "Follow").await?;
            // Another boot is read while it is followed.
            let beside = stage.api().await?;
            let path = format!("/compute/v2.1/servers/{}/action", ids[0]);
            beside.ask(Method::POST, &path, Some(json!({"reboot": {"type": "HARD"}}))).await?;
            user.read("not the first boot").await
        },
    )
    .await
}

#[tokio::test]
async fn a_failed_launch_is_tried_again_with_its_settings() -> Outcome {
    journey(
        "instances-again",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let beside = stage.api().await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.click("link", like("Launch debian-12-x86_64")).await?;
            user.see("heading", like("Launch from debian-12")).await?;
            user.see("radio", "gp.2x4").await?;
            user.fill("Name", "fail-spawn").await?;
            user.fill("Size of the new volume", "23").await?;
            user.click("button", "Launch instance").await?;
            user.see("heading", "fail-spawn").await?;
            user.read("The cloud could not start it").await?;
            user.read("How far it came").await?;
            user.looks_well().await?;
            user.click("button", "Delete and try again with these settings").await?;
            user.see("dialog", "Delete fail-spawn and try again?").await?;
            user.click("button", "Delete and try again").await?;
            user.see("heading", like("Launch from debian-12")).await?;
            user.holds("Name", "fail-spawn").await?;
            user.holds("Size of the new volume", "23").await?;
            user.until("it is gone", async || {
                let left = beside.find("/compute/v2.1/servers", "/servers").await?;
                Ok(left.as_array().is_some_and(Vec::is_empty))
            })
            .await?;
            user.fill("Name", "works-1").await?;
            user.click("button", "Launch instance").await?;
            user.see("heading", "works-1").await?;
            user.read("Its system starts now").await?;
            user.read("block_device_mapping").await?;
            user.looks_well().await
        },
    )
    .await
}
