//! Rescue: from the choice of an image to the end of it, and the image made for it in the wizard.

use devcloud::faults::{Action, Rule};
use devcloud::service::Service;
use slipway_e2e::{Disk, Outcome, Stage, journey, like};

async fn ask(stage: &Stage, id: &str) -> Outcome {
    let user = &stage.user;
    user.open(&format!("/instances/{id}")).await?;
    user.click("button", "More actions").await?;
    user.click("button", "Rescue").await?;
    user.see("dialog", like("Rescue ")).await?;
    Ok(())
}

#[tokio::test]
async fn an_instance_is_rescued_and_put_back() -> Outcome {
    journey(
        "rescue",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let (beside, id) = stage.with_instance("web-1", Disk::Local).await?;
            ask(stage, &id).await?;
            // What was made for rescue is chosen from the start.
            user.holds("Rescue image", "systemrescue-12.02-x86_64").await?;
            user.read("It is attached as cdrom on scsi").await?;
            user.looks_well().await?;
            user.click("button", "Rescue instance").await?;
            user.see("dialog", "web-1 is being rescued").await?;
            user.read("The cloud does not tell it again").await?;
            user.see("button", "Copy password").await?;
            user.looks_well().await?;
            user.click("button", "Close").await?;
            user.read("It runs from a rescue image").await?;
            beside.is(&id, "RESCUE").await?;
            user.looks_well().await?;
            user.open("/instances").await?;
            user.read("Rescued").await?;
            user.click("link", "web-1").await?;
            user.click("button", "End rescue").await?;
            user.see("dialog", "End the rescue of web-1?").await?;
            user.click("button", "End rescue").await?;
            user.no_longer_read("It runs from a rescue image").await?;
            beside.is(&id, "ACTIVE").await?;
            assert_eq!(beside.history(&id).await?, ["create", "rescue", "unrescue"]);
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_refused_rescue_changes_nothing_and_says_why() -> Outcome {
    journey(
        "rescue-refused",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let (beside, id) = stage.with_instance("web-1", Disk::Local).await?;
            ask(stage, &id).await?;
            user.holds("Rescue image", "systemrescue-12.02-x86_64").await?;
            user.retype("Rescue image", "debian-12-x86_64").await?;
            user.read("it takes the place of the first disk").await?;
            // The page has read the console log by now, which is an action as well.
            user.read("login:").await?;
            let busy = Action::Status {
                status: 409,
                message: "Cannot 'rescue' instance while it is in task_state image_uploading"
                    .into(),
                headers: Default::default(),
            };
            let rule = Rule::new(Service::Compute, "POST", "/v2.1/servers/*/action", busy);
            stage.cloud.faults().add(Rule { count: Some(1), ..rule });
            user.click("button", "Rescue instance").await?;
            user.read("Its state does not allow that now (409)").await?;
            user.read("Request req-").await?;
            user.holds("Rescue image", "debian-12-x86_64").await?;
            assert_eq!(beside.state(&id).await?, "ACTIVE");
            user.click("button", "Rescue instance").await?;
            user.see("dialog", "web-1 is being rescued").await?;
            beside.is(&id, "RESCUE").await
        },
    )
    .await
}

#[tokio::test]
async fn the_preset_makes_an_image_that_rescues_an_instance_on_a_volume() -> Outcome {
    journey(
        "rescue-preset",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let (beside, id) = stage.with_instance("db-1", Disk::Volume).await?;
            // The mark of ISO 9660 is enough of a disc for the wizard and the cloud.
            let mut disc = vec![0_u8; 64 << 10];
            disc.get_mut(32768..32774).ok_or("room")?.copy_from_slice(b"\x01CD001");
            let path = stage.folder.path().join("mend.iso");
            tokio::fs::write(&path, disc).await?;
            user.open("/images/create?preset=rescue").await?;
            user.holds("Disk format", "iso").await?;
            user.read("hw_rescue_device=cdrom").await?;
            user.pick_file("Disk image file", &path).await?;
            user.holds("Name", "mend").await?;
            user.click("button", "Create image").await?;
            user.see("heading", "mend").await?;
            user.read("SHA-512 equal").await?;
            ask(stage, &id).await?;
            user.read("not offered").await?;
            // The first by name of those that are made for rescue.
            user.holds("Rescue image", "mend").await?;
            user.read("It is attached as cdrom on scsi").await?;
            user.looks_well().await?;
            user.click("button", "Rescue instance").await?;
            user.see("dialog", "db-1 is being rescued").await?;
            beside.is(&id, "RESCUE").await
        },
    )
    .await
}
