//! The main job: from a file to a running instance with an address.

use devcloud::faults::{Action, Rule};
use devcloud::service::Service;
use slipway_e2e::{Outcome, journey, like, qcow2};

#[tokio::test]
async fn from_a_file_to_a_running_instance() -> Outcome {
    journey(
        "launch",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let path = qcow2(stage.folder.path(), "web.qcow2", 2).await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open("/images/create").await?;
            user.pick_file("Disk image file", &path).await?;
            user.read("web.qcow2").await?;
            user.click("button", "Create image").await?;
            user.read("SHA-512 equal").await?;
            user.click("link", "Launch").await?;
            user.see("heading", like("Launch from web")).await?;
            user.fill("Name", "web-1").await?;
            user.click("button", like("Launch")).await?;
            user.see("heading", "web-1").await?;
            user.read("Active").await?;
            user.read("192.168.0.").await?;
            user.click("link", "Instances").await?;
            user.see("link", "web-1").await?;
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_cloud_without_room_says_so_on_the_instance() -> Outcome {
    journey(
        "no-valid-host",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.click("link", like("Launch debian-12-x86_64")).await?;
            user.fill("Name", "fail-no-valid-host").await?;
            user.click("button", like("Launch")).await?;
            user.see("heading", "fail-no-valid-host").await?;
            user.read("No valid host was found").await
        },
    )
    .await
}

#[tokio::test]
async fn a_refused_launch_keeps_the_form() -> Outcome {
    journey(
        "launch-refused",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let refused = Action::Status {
                status: 500,
                message: "Injected.".into(),
                headers: Default::default(),
            };
            stage.cloud.faults().add(Rule::new(Service::Compute, "POST", "/v2.1/servers", refused));
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.click("link", like("Launch debian-12-x86_64")).await?;
            user.fill("Name", "kept-1").await?;
            user.click("button", like("Launch")).await?;
            user.read("failed (500)").await?;
            assert_eq!(user.value("Name").await?, "kept-1");
            stage.cloud.faults().clear();
            user.click("button", like("Launch")).await?;
            user.see("heading", "kept-1").await?;
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn an_instance_is_stopped_started_and_deleted() -> Outcome {
    journey(
        "instance-life",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.click("link", like("Launch cirros")).await?;
            user.fill("Name", "short-lived").await?;
            user.click("button", like("Launch")).await?;
            user.see("heading", "short-lived").await?;
            user.read("Active").await?;
            user.click("button", "More actions").await?;
            user.click("button", like("Delete")).await?;
            user.click("button", "Delete instance").await?;
            user.at("the list", |path| path.starts_with("/instances") && !path.contains("short"))
                .await?;
            user.open("/instances").await?;
            user.gone("link", "short-lived").await
        },
    )
    .await
}
