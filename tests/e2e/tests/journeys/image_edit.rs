//! One image: editing beside a colleague, sharing, protection, who uses it, volumes, downloads.

use devcloud::faults::{Action, Rule};
use devcloud::service::Service;
use devcloud::well_known::PROJECT_OTHER;
use serde_json::{Value, json};
use slipway_e2e::{Api, Outcome, Trouble, User, journey, like};

/// The image of that name, as it is in the cloud.
async fn image(api: &Api, name: &str) -> Result<Value, Trouble> {
    Ok(api.images(name).await?.into_iter().next().ok_or("no such image")?)
}

async fn id_of(api: &Api, name: &str) -> Result<String, Trouble> {
    let image = image(api, name).await?;
    Ok(image.get("id").and_then(Value::as_str).ok_or("an image without an id")?.to_owned())
}

/// Waits until the image's key has a value.
async fn sees(user: &User, api: &Api, name: &str, key: &str, value: Value) -> Outcome {
    user.until(&format!("{key} of {name} is {value}"), async || {
        Ok(image(api, name).await?.get(key) == Some(&value))
    })
    .await
}

#[tokio::test]
async fn an_edit_leaves_a_colleagues_changes_alone() -> Outcome {
    journey(
        "edit",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let colleague = stage.api().await?;
            let id = id_of(&colleague, "web-1-before-upgrade").await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open(&format!("/images/{id}")).await?;
            user.see("heading", "web-1-before-upgrade").await?;
            user.click("link", "Edit").await?;
            user.see("heading", "Edit web-1-before-upgrade").await?;
            user.fill("Name", "web-1-mine").await?;
            user.fill("Smallest disk", "25").await?;
            user.fill("Tags", "checked").await?;
            colleague
                .change_image(
                    &id,
                    json!([
                        {"op": "replace", "path": "/name", "value": "web-1-theirs"},
                        {"op": "replace", "path": "/tags", "value": ["theirs"]},
                        {"op": "add", "path": "/color", "value": "red"},
                    ]),
                )
                .await?;
            user.click("button", "Save").await?;
            user.read("Somebody else changed the same while you were editing").await?;
            user.read("web-1-theirs").await?;
            let now = image(&colleague, "web-1-theirs").await?;
            assert_ne!(now.get("min_disk"), Some(&json!(25)), "nothing was sent");
            user.click("button", like("Use mine")).await?;
            user.no_longer_read("Somebody else changed the same").await?;
            assert_eq!(user.value("Smallest disk").await?, "25");
            user.click("button", "Save").await?;
            user.see("heading", "web-1-mine").await?;
            let saved = image(&colleague, "web-1-mine").await?;
            assert_eq!(saved.get("min_disk"), Some(&json!(25)));
            assert_eq!(saved.get("color"), Some(&json!("red")));
            assert_eq!(saved.get("tags"), Some(&json!(["checked", "theirs"])));
            assert_eq!(
                saved.get("instance_uuid"),
                Some(&json!("5e1f0c52-6a43-4d0b-9a57-0d6e4f2b7c11"))
            );
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_refused_edit_says_where_and_keeps_what_was_typed() -> Outcome {
    journey(
        "edit-refused",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let colleague = stage.api().await?;
            let id = id_of(&colleague, "web-1-before-upgrade").await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open(&format!("/images/{id}/edit")).await?;
            user.fill("Smallest RAM", "much").await?;
            user.click("button", "Save").await?;
            user.read("A whole number is expected").await?;
            user.fill("Smallest RAM", "512").await?;
            user.click("button", "Add property").await?;
            user.fill("Name of the property", "stage").await?;
            user.fill("Value of stage", "golden").await?;
            let refusal = Action::Status {
                status: 403,
                message: "Attribute 'stage' is reserved.".into(),
                headers: Default::default(),
            };
            stage.cloud.faults().add(Rule::new(Service::Image, "PATCH", "/v2/images/*", refusal));
            user.click("button", "Save").await?;
            user.read("Attribute 'stage' is reserved.").await?;
            assert_eq!(user.value("Value of stage").await?, "golden");
            assert_eq!(user.value("Smallest RAM").await?, "512");
            stage.cloud.faults().clear();
            user.click("button", "Save").await?;
            user.read("is saved").await?;
            sees(user, &colleague, "web-1-before-upgrade", "stage", json!("golden")).await
        },
    )
    .await
}

#[tokio::test]
async fn a_shared_image_is_accepted_by_the_other_project() -> Outcome {
    journey(
        "share",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let colleague = stage.api().await?;
            let id = id_of(&colleague, "web-1-before-upgrade").await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open(&format!("/images/{id}")).await?;
            user.click("button", "Share").await?;
            user.read("It is private and becomes shareable first").await?;
            user.fill("Project id", "other").await?;
            user.click("button", "Share image").await?;
            user.read("That is no project id").await?;
            user.fill("Project id", PROJECT_OTHER).await?;
            user.click("button", "Share image").await?;
            user.read("is offered to project").await?;
            user.read("Waits for them").await?;
            sees(user, &colleague, "web-1-before-upgrade", "visibility", json!("shared")).await?;

            user.click("button", like("Signed in until")).await?;
            user.click("button", "Sign out").await?;
            user.see("button", "Sign in").await?;
            user.sign_in("other", "demo-secret", "other").await?;
            user.open(&format!("/images/{id}")).await?;
            user.read("Offered by project").await?;
            user.click("button", "Accept").await?;
            user.read("is in this project’s list now").await?;
            user.read("accepted").await?;
            user.see("button", "Reject").await?;
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_protected_image_says_how_it_can_be_deleted() -> Outcome {
    journey(
        "protect",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let id = id_of(&stage.api().await?, "web-1-before-upgrade").await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open(&format!("/images/{id}")).await?;
            user.click("button", like("Actions for web-1-before-upgrade")).await?;
            user.click("button", "Protect").await?;
            user.read("is protected").await?;
            user.click("button", like("Actions for web-1-before-upgrade")).await?;
            let delete = user.see("button", like("Delete")).await?;
            assert_eq!(delete.attr("aria-disabled").await?.as_deref(), Some("true"));
            user.read("Protected. Unprotect it first.").await?;
            user.click("button", "Unprotect").await?;
            user.read("can be deleted again").await?;
            user.click("button", like("Actions for web-1-before-upgrade")).await?;
            user.click("button", like("Deactivate")).await?;
            user.read("is deactivated").await?;
            user.click("button", like("Actions for web-1-before-upgrade")).await?;
            user.click("button", like("Reactivate")).await?;
            user.read("can be used again").await
        },
    )
    .await
}

#[tokio::test]
async fn who_uses_an_image_is_told_before_it_is_deleted() -> Outcome {
    journey(
        "used-by",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let id = id_of(&stage.api().await?, "web-1-before-upgrade").await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open(&format!("/images/{id}")).await?;
            user.read("Nothing yet").await?;
            user.click("link", "Launch").await?;
            user.fill("Name", "web-used").await?;
            user.click("button", like("Launch")).await?;
            user.see("heading", "web-used").await?;
            user.read("Active").await?;
            user.see("link", like("web-1-before-upgrade")).await?;
            user.open(&format!("/images/{id}")).await?;
            user.see("link", "web-used").await?;
            user.click("button", like("Actions for web-1-before-upgrade")).await?;
            user.click("button", like("Delete")).await?;
            user.read("In use by 1 instance").await?;
            user.click("button", "Keep it").await
        },
    )
    .await
}

#[tokio::test]
async fn a_volume_is_made_from_an_image_and_followed() -> Outcome {
    journey(
        "volume",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let id = id_of(&stage.api().await?, "web-1-before-upgrade").await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open(&format!("/images/{id}")).await?;
            user.click("button", like("Actions for web-1-before-upgrade")).await?;
            user.click("button", "Create volume").await?;
            user.fill("Size", "1").await?;
            user.click("button", "Create volume").await?;
            user.read("The image needs at least").await?;
            user.fill("Size", "40").await?;
            user.click("button", "Create volume").await?;
            user.read("Available").await?;
            user.click("button", like("Close")).await?;
            user.driver().refresh().await?;
            user.read("1 volume").await
        },
    )
    .await
}

/// `way` makes the browser save in one of its ways; the page must say "Saved and verified".
async fn check_download(name: &str, way: &str) -> Outcome {
    journey(
        name,
        |_| {},
        async |stage| {
            let user = &stage.user;
            let id = id_of(&stage.api().await?, "web-1-before-upgrade").await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open(&format!("/images/{id}")).await?;
            user.see("heading", "web-1-before-upgrade").await?;
            user.driver().execute(way, vec![]).await?;
            user.click("button", like("Actions for web-1-before-upgrade")).await?;
            user.click("button", "Download").await?;
            user.read("openstack image save --file web-1-before-upgrade.qcow2").await?;
            user.click("button", "Download").await?;
            user.read("Saved and verified").await?;
            user.click("link", "Images").await?;
            user.read("1 download").await
        },
    )
    .await
}

#[tokio::test]
async fn a_download_in_memory_is_compared_and_handed_over() -> Outcome {
    // As in Firefox, whose pages may not write to files.
    check_download("download-memory", "delete window.showSaveFilePicker").await
}

#[tokio::test]
async fn a_download_to_the_disk_is_written_piece_by_piece_and_compared() -> Outcome {
    // The browser's own dialog cannot be driven; the file it would give is one of the page's own storage.
    let way = "window.showSaveFilePicker = async (options) => \
               (await navigator.storage.getDirectory()).getFileHandle(options.suggestedName, { create: true })";
    check_download("download-disk", way).await
}
