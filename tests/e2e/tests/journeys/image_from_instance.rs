//! An image from an instance, and from a volume: in the order that the user wished, told before and after, also when it is
//! refused on the way or the tab is closed.

use std::time::Duration;

use devcloud::faults::{Action, Rule};
use devcloud::service::Service;
use serde_json::Value;
use slipway_e2e::{Api, Disk, Outcome, Stage, Trouble, journey, like, pasted};

/// What is done to an instance.
const ACTION: &str = "/v2.1/servers/*/action";

fn refusal(status: u16, message: &str) -> Action {
    Action::Status { status, message: message.into(), headers: Default::default() }
}

/// The nth action from now on, once.
fn hit(stage: &Stage, nth: u64, action: Action) {
    let rule = Rule { nth, count: Some(1), ..Rule::new(Service::Compute, "POST", ACTION, action) };
    stage.cloud.faults().add(rule);
}

/// Opens the dialog in the list: the page of an instance asks for its console log, which counts as an action too.
async fn ask(stage: &Stage, name: &str) -> Outcome {
    let user = &stage.user;
    user.open("/instances").await?;
    user.click("button", like(&format!("Actions for {name}"))).await?;
    user.click("button", "Create image").await?;
    user.see("dialog", like("Create an image from")).await?;
    Ok(())
}

async fn one_image(beside: &Api, name: &str) -> Result<Value, Trouble> {
    let mut images = beside.images(name).await?;
    let image = images.pop().ok_or_else(|| format!("no image {name}"))?;
    if images.is_empty() { Ok(image) } else { Err(format!("several images {name}").into()) }
}

fn word<'a>(image: &'a Value, key: &str) -> &'a str {
    image.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[tokio::test]
async fn it_is_shut_down_copied_and_started_again_while_the_user_walks_on() -> Outcome {
    journey(
        "image-from-instance",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let (beside, id) = stage.with_instance("web-1", Disk::Local).await?;
            // Long enough to walk away.
            hit(stage, 2, Action::Delay { ms: 2500 });
            ask(stage, "web-1").await?;
            user.read("A real image of its local disk").await?;
            user.read("Shut it down first (recommended)").await?;
            user.fill("Name", "golden").await?;
            user.fill("Description", "before the upgrade").await?;
            user.click("button", "Shut down and create image").await?;
            user.read("Leave the tab open").await?;
            user.click("button", "Close").await?;
            user.click("link", "Images").await?;
            user.read("Image made").await?;
            user.read("web-1 runs again.").await?;
            beside.is(&id, "ACTIVE").await?;
            assert_eq!(beside.history(&id).await?, ["create", "stop", "createImage", "start"]);
            let image = one_image(&beside, "golden").await?;
            assert_eq!(word(&image, "status"), "active");
            assert_eq!(word(&image, "description"), "before the upgrade");
            // The list has learnt of it by itself.
            user.see("link", "golden").await?;
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn an_instance_on_a_volume_gives_an_image_of_size_0_and_says_so_before() -> Outcome {
    journey(
        "image-from-volume-instance",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let (beside, id) = stage.with_instance("db-1", Disk::Volume).await?;
            ask(stage, "db-1").await?;
            user.read("the image itself has size 0 and points to a snapshot").await?;
            user.read("instances from this image start only in dev-1a").await?;
            user.click("radio", like("Leave it running")).await?;
            user.fill("Name", "db-golden").await?;
            user.read("“snapshot for db-golden”").await?;
            user.click("button", "Create image").await?;
            // It ends on the image's page.
            user.see("heading", "db-golden").await?;
            user.read("Image made").await?;
            let image = one_image(&beside, "db-golden").await?;
            assert_eq!(image.get("size").and_then(Value::as_u64), Some(0));
            let snapshots = beside.volume_snapshots().await?;
            assert!(
                snapshots.iter().any(|one| word(one, "name") == "snapshot for db-golden"),
                "{snapshots:?}"
            );
            assert_eq!(beside.history(&id).await?, ["create", "createImage"]);
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_refusal_is_told_and_the_instance_is_started_again() -> Outcome {
    journey(
        "image-refused",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let (beside, id) = stage.with_instance("web-1", Disk::Local).await?;
            hit(stage, 2, refusal(403, "Quota exceeded for resources: snapshots."));
            ask(stage, "web-1").await?;
            user.fill("Name", "kept").await?;
            user.click("button", "Shut down and create image").await?;
            user.read("There is no image").await?;
            user.read("Your quota is used up.").await?;
            user.read("Request req-").await?;
            user.read("web-1 runs again.").await?;
            beside.is(&id, "ACTIVE").await?;
            assert_eq!(user.value("Name").await?, "kept");
            assert!(beside.images("kept").await?.is_empty());
            // And while something else is done to it.
            stage.cloud.faults().clear();
            hit(
                stage,
                1,
                refusal(409, "Cannot 'createImage' instance while it is in task_state rebooting"),
            );
            user.click("radio", like("Leave it running")).await?;
            user.click("button", "Create image").await?;
            user.read("Its state does not allow that now (409)").await?;
            assert_eq!(user.value("Name").await?, "kept");
            user.click("button", "Create image").await?;
            user.see("heading", "kept").await?;
            user.read("Active").await
        },
    )
    .await
}

#[tokio::test]
async fn an_answer_that_was_lost_makes_no_second_image() -> Outcome {
    journey(
        "image-answer-lost",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let (beside, id) = stage.with_instance("web-1", Disk::Local).await?;
            // The cloud makes it, and nobody hears the answer. Browsers ask once more by themselves then.
            hit(stage, 1, Action::DropReply);
            ask(stage, "web-1").await?;
            user.click("radio", like("Leave it running")).await?;
            user.fill("Name", "found").await?;
            user.click("button", "Create image").await?;
            user.see("heading", "found").await?;
            user.read("Image made").await?;
            assert_eq!(word(&one_image(&beside, "found").await?, "status"), "active");
            assert_eq!(beside.history(&id).await?, ["create", "createImage"]);
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn what_nobody_knows_is_not_called_refused_and_can_be_looked_for_again() -> Outcome {
    journey(
        "image-unclear",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let (beside, id) = stage.with_instance("web-1", Disk::Local).await?;
            hit(stage, 2, Action::ResetMidAnswer { bytes: 5 });
            ask(stage, "web-1").await?;
            user.fill("Name", "unclear").await?;
            // Neither the answer nor the images are to be seen.
            let blind = refusal(403, "You are not authorized to complete list_image action.");
            stage.cloud.faults().add(Rule::new(Service::Image, "GET", "/v2/images", blind));
            user.click("button", "Shut down and create image").await?;
            user.read("Nobody knows whether there will be an image").await?;
            user.read("could not be looked up").await?;
            user.no_longer_read("No image was made").await?;
            // What was shut down for it runs again all the same.
            user.read("web-1 runs again.").await?;
            beside.is(&id, "ACTIVE").await?;
            assert_eq!(user.value("Name").await?, "unclear");
            stage.cloud.faults().clear();
            user.click("button", "Look again").await?;
            user.see("heading", "unclear").await?;
            user.read("Image made").await?;
            assert_eq!(word(&one_image(&beside, "unclear").await?, "status"), "active");
            assert_eq!(beside.history(&id).await?, ["create", "stop", "createImage", "start"]);
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_closed_tab_is_told_of_and_gone_on_with() -> Outcome {
    journey(
        "image-interrupted",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let (beside, id) = stage.with_instance("web-1", Disk::Local).await?;
            // The image is asked for, and nobody hears the answer.
            hit(stage, 2, Action::Delay { ms: 60_000 });
            ask(stage, "web-1").await?;
            user.fill("Name", "golden").await?;
            user.click("button", "Shut down and create image").await?;
            user.read("Asking for the image").await?;
            user.reload().await?;
            user.read("Interrupted").await?;
            user.read("is probably still off").await?;
            user.read("makes no second one").await?;
            assert_eq!(beside.state(&id).await?, "SHUTOFF");
            stage.cloud.faults().clear();
            user.click("button", "Go on").await?;
            user.read("Image made").await?;
            beside.is(&id, "ACTIVE").await?;
            assert_eq!(word(&one_image(&beside, "golden").await?, "status"), "active");
            // It is over: nothing is told after the next reload.
            user.reload().await?;
            user.see("heading", "Instances").await?;
            tokio::time::timeout(Duration::from_secs(5), async {
                user.no_longer_read("Interrupted").await
            })
            .await?
        },
    )
    .await
}

#[tokio::test]
async fn the_wizard_makes_the_same_from_a_link_and_so_does_its_command() -> Outcome {
    journey(
        "image-from-instance-wizard",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let (beside, id) = stage.with_instance("web-1", Disk::Local).await?;
            user.open("/images/create").await?;
            user.click("radio", "Instance").await?;
            user.fill("Which instance", "web-1").await?;
            user.read("A real image of its local disk").await?;
            user.at("a link to it", |path| path.ends_with(&format!("instance={id}"))).await?;
            user.reload().await?;
            user.fill("Name", "it's \"mine\"").await?;
            user.fill("Description", "two words, $HOME and `ls`").await?;
            user.read("openstack server start").await?;
            user.looks_well().await?;
            let command = user.see("region", "Command line").await?.text().await?;
            user.click("button", "Shut down and create image").await?;
            user.see("heading", "it's \"mine\"").await?;
            user.read("web-1 runs again.").await?;
            pasted(stage, &command).await?;
            beside.is(&id, "ACTIVE").await?;
            let images = beside.images("it's \"mine\"").await?;
            let [first, second] = images.as_slice() else {
                return Err(format!("{} images", images.len()).into());
            };
            for key in ["status", "description", "disk_format", "image_type", "visibility"] {
                assert_eq!(first.get(key), second.get(key), "{key}");
            }
            let once = ["create", "stop", "createImage", "start"];
            let twice: Vec<&str> = once.into_iter().chain(once.into_iter().skip(1)).collect();
            assert_eq!(beside.history(&id).await?, twice);
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_volume_becomes_an_image_and_so_does_its_command() -> Outcome {
    journey(
        "image-from-volume",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            let beside = stage.api().await?;
            let id = beside.volume("data-1").await?;
            user.open("/images/create?source=volume").await?;
            user.fill("Which volume", "data-1").await?;
            user.read("at most 2 GiB").await?;
            user.at("a link to it", |path| path.ends_with(&format!("volume={id}"))).await?;
            user.fill("Name", "from data").await?;
            user.choose("Disk format", "qcow2").await?;
            user.click("checkbox", like("Protect from deletion")).await?;
            user.looks_well().await?;
            let command = user.see("region", "Command line").await?.text().await?;
            user.click("button", "Create image").await?;
            user.see("heading", "from data").await?;
            user.read("Image made").await?;
            beside
                .until(&format!("/volume/v3/volumes/{id}"), "/volume/status", "available")
                .await?;
            pasted(stage, &command).await?;
            user.until("two active images", async || {
                let images = beside.images("from data").await?;
                Ok(images.iter().filter(|image| word(image, "status") == "active").count() == 2)
            })
            .await?;
            let images = beside.images("from data").await?;
            for key in ["disk_format", "visibility", "protected", "os_distro", "container_format"] {
                let values: Vec<_> = images.iter().map(|image| image.get(key)).collect();
                assert_eq!(values.first(), values.get(1), "{key}");
            }
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_volume_in_use_is_taken_only_when_the_user_insists() -> Outcome {
    journey(
        "image-from-held-volume",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let (beside, server) = stage.with_instance("db-1", Disk::Volume).await?;
            let path = format!("/compute/v2.1/servers/{server}");
            let place = "/server/os-extended-volumes:volumes_attached/0/id";
            let volume = beside.find(&path, place).await?;
            let volume = volume.as_str().ok_or("a volume")?.to_owned();
            user.open(&format!("/images/create?source=volume&volume={volume}")).await?;
            user.read("The instance db-1 has it").await?;
            user.fill("Name", "insisted").await?;
            user.click("button", "Create image").await?;
            user.read("Without this the cloud refuses it.").await?;
            assert!(beside.images("insisted").await?.is_empty());
            // As most clouds do, whatever is insisted on.
            let message = "Invalid volume: Volume status must be available";
            let refused = refusal(400, message);
            let rule = Rule::new(Service::Volume, "POST", "/v3/**/action", refused);
            stage.cloud.faults().add(Rule { count: Some(1), ..rule });
            user.click("checkbox", like("Copy it while it is in use")).await?;
            user.click("button", "Create image").await?;
            user.read("Volume status must be available").await?;
            user.read("Request req-").await?;
            assert_eq!(user.value("Name").await?, "insisted");
            // What is better for it is one press away.
            user.click("link", "Image of the instance").await?;
            user.read("the image itself has size 0").await
        },
    )
    .await
}
