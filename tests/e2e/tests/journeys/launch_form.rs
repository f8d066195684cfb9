//! The launch form: its state is a link, nothing typed into it is lost, and what the cloud refuses is said at its field.

use devcloud::faults::{Action, Rule};
use devcloud::service::Service;
use serde_json::{Value, json};
use slipway_e2e::{Outcome, Stage, Trouble, User, journey, like};
use thirtyfour::{By, Key};

/// A key of ssh-keygen's; nobody has its private half.
const PUBLIC_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKQqPsroFA5SyJNrO6LzM8ZRcwSXAF/i6xyxdGubn/Bh kim@laptop";

async fn form(user: &User) -> Outcome {
    user.sign_in("demo", "demo-secret", "demo").await?;
    user.click("link", like("Launch debian-12-x86_64")).await?;
    user.see("heading", like("Launch from debian-12")).await?;
    user.see("radio", "gp.2x4").await?;
    Ok(())
}

fn refusal(status: u16, message: &str) -> Rule {
    let action =
        Action::Status { status, message: message.to_owned(), headers: Default::default() };
    Rule::new(Service::Compute, "POST", "/v2.1/servers", action)
}

/// What is said about the field with that label, as a screen reader reads it.
async fn said_at(user: &User, label: &str) -> Result<String, Trouble> {
    let field = user.field(label).await?;
    let script = "return (arguments[0].getAttribute('aria-describedby') || '').split(' ')
        .map(id => document.getElementById(id)?.innerText || '').join(' ')";
    let said = user.driver().execute(script, vec![field.to_json()?]).await?;
    Ok(said.convert::<String>()?)
}

/// The servers of that name, as the cloud has them, with all that newer versions of Nova tell.
async fn servers(stage: &Stage, name: &str) -> Result<Vec<Value>, Trouble> {
    let path = format!("/compute/v2.1/servers/detail?name={name}");
    let found = stage.api().await?.find(&path, "/servers").await?;
    Ok(found.as_array().cloned().unwrap_or_default())
}

#[tokio::test]
async fn the_form_is_a_link_and_survives_a_reload() -> Outcome {
    journey(
        "launch-link",
        |_| {},
        async |stage| {
            let user = &stage.user;
            form(user).await?;
            user.fill("Name", "shared & linked").await?;
            user.fill("How many", "2").await?;
            user.read("They are called shared & linked-1 and shared & linked-2.").await?;
            user.fill("Size of the new volume", "25").await?;
            user.click("checkbox", like("Delete the volume")).await?;
            user.at("the link", |path| {
                path.contains("name=shared%20%26%20linked")
                    && path.contains("count=2")
                    && path.contains("volume_size=25")
                    && path.contains("delete_volume=yes")
            })
            .await?;
            // What no address carries: the password, never; long user data, only in this tab.
            user.choose("Key pair", "No key pair").await?;
            user.fill("Root password", "s3cret-word").await?;
            user.at("no key", |path| path.contains("key=")).await?;
            assert!(!user.path().await?.contains("s3cret"));
            user.reload().await?;
            user.holds("Name", "shared & linked").await?;
            user.holds("How many", "2").await?;
            user.holds("Size of the new volume", "25").await?;
            user.holds("Key pair", "").await?;
            user.holds("Root password", "").await?;
            // Somewhere else and back.
            user.click("link", "Instances").await?;
            user.see("heading", "Instances").await?;
            user.driver().back().await?;
            user.holds("Name", "shared & linked").await?;
            // The bare link brings it back as well, and says so.
            user.click("link", "Images").await?;
            user.click("link", like("Launch debian-12-x86_64")).await?;
            user.read("What you filled in before is here again").await?;
            user.holds("Name", "shared & linked").await?;
            user.click("button", "Start over").await?;
            user.holds("How many", "1").await
        },
    )
    .await
}

#[tokio::test]
async fn a_link_of_somebody_else_fills_in_the_form_by_names() -> Outcome {
    journey(
        "launch-shared",
        |_| {},
        async |stage| {
            let user = &stage.user;
            form(user).await?;
            let path = user.path().await?;
            let image = path.split_once("image=").ok_or("an image")?.1.split('&').next();
            let image = image.ok_or("an image")?.to_owned();
            user.open(&format!(
                "/instances/launch?image={image}&name=db-1&flavor=gp.2x4&network=demo-internal&key=lena&tags=a,b&metadata=role%3Ddb"
            ))
            .await?;
            user.holds("Name", "db-1").await?;
            user.until("the size that was named", async || {
                Ok(user.see("radio", "gp.2x4").await?.is_selected().await?)
            })
            .await?;
            // Key pairs belong to a user: somebody else's is said to be missing, at its field and at once.
            user.until("the key", async || {
                Ok(said_at(user, "Key pair").await?.contains("You have no key pair lena"))
            })
            .await?;
            user.holds("Tags", "a,b").await?;
            user.choose("Key pair", "demo-key").await?;
            user.click("button", "Launch instance").await?;
            user.see("heading", "db-1").await?;
            let made = servers(stage, "db-1").await?;
            assert_eq!(made[0]["metadata"], json!({"role": "db"}));
            assert_eq!(made[0]["tags"], json!(["a", "b"]));
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_launch_waits_for_what_its_link_names() -> Outcome {
    journey(
        "launch-early",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            let api = stage.api().await?;
            let images = api.images("debian-12-x86_64").await?;
            let image = images.first().and_then(|image| image["id"].as_str()).ok_or("no image")?;
            // The sizes come long after the form.
            let late = Action::Delay { ms: 4_000 };
            stage.cloud.faults().add(Rule::new(
                Service::Compute,
                "GET",
                "/v2.1/flavors/detail",
                late,
            ));
            user.open(&format!("/instances/launch?image={image}&name=early-1&flavor=gp.2x4"))
                .await?;
            user.holds("Name", "early-1").await?;
            user.click("button", "Launch instance").await?;
            user.see("heading", "early-1").await?;
            user.read("gp.2x4").await
        },
    )
    .await
}

#[tokio::test]
async fn a_refusal_stands_at_its_field_and_goes_when_that_is_changed() -> Outcome {
    journey(
        "launch-refusals",
        |_| {},
        async |stage| {
            let user = &stage.user;
            form(user).await?;
            user.fill("Name", "refused-1").await?;
            let faults = stage.cloud.faults();
            let cases = [
                (400, "Invalid key_name provided.", "Key pair"),
                (403, "Maximum number of ports exceeded", "Network"),
                (400, "Volume type ssd could not be found.", "Volume type"),
                (413, "VolumeSizeExceedsAvailableQuota: Requested volume exceeds allowed gigabytes quota.", "Size of the new volume"),
            ];
            for (status, message, label) in cases {
                faults.add(refusal(status, message));
                user.click("button", "Launch instance").await?;
                user.until(label, async || Ok(said_at(user, label).await?.contains("Request req-")))
                    .await?;
                // The focus has gone there.
                user.until("the focus", async || {
                    let role = if label.starts_with("Size") { "textbox" } else { "combobox" };
                    Ok(user.focus().await?.is_some_and(|focus| focus.role == role))
                })
                .await?;
                faults.clear();
            }
            user.fill("Size of the new volume", "30").await?;
            user.until("the refusal gone", async || {
                Ok(!said_at(user, "Size of the new volume").await?.contains("req-"))
            })
            .await?;
            // What is about no field stands on top, with the request.
            faults.add(refusal(500, "Injected."));
            user.click("button", "Launch instance").await?;
            user.read("What you filled in is still here.").await?;
            assert_eq!(user.value("Name").await?, "refused-1");
            faults.clear();
            user.click("button", "Launch instance").await?;
            user.see("heading", "refused-1").await?;
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn nothing_is_lost_when_the_token_runs_out() -> Outcome {
    journey(
        "launch-token",
        |_| {},
        async |stage| {
            let user = &stage.user;
            form(user).await?;
            user.fill("Name", "patient-1").await?;
            let expired = Action::Status {
                status: 401,
                message: "The request you have made requires authentication.".into(),
                headers: Default::default(),
            };
            let rule = Rule::new(Service::Compute, "POST", "/v2.1/servers", expired);
            stage.cloud.faults().add(rule.once());
            user.click("button", "Launch instance").await?;
            user.see("dialog", "Your sign-in has run out").await?;
            user.fill("Password", "demo-secret").await?;
            user.press(Key::Enter).await?;
            // It goes on by itself with the new token.
            user.see("heading", "patient-1").await?;
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_key_pair_is_made_or_taken_over_on_the_way() -> Outcome {
    journey(
        "launch-keys",
        |_| {},
        async |stage| {
            let user = &stage.user;
            form(user).await?;
            user.click("button", "Import").await?;
            user.see("dialog", "Import a key pair").await?;
            user.fill("Public key", "-----BEGIN OPENSSH PRIVATE KEY-----").await?;
            user.read("This is a private key: it stays with you.").await?;
            user.fill("Public key", PUBLIC_KEY).await?;
            user.read("A key of the kind ssh-ed25519.").await?;
            user.click("button", "Import key pair").await?;
            user.holds("Key pair", "kim@laptop").await?;
            // A name that is taken, here and (as the cloud knows better) there.
            user.click("button", "Generate a key").await?;
            user.see("dialog", "Generate a key pair").await?;
            user.fill("Name", "kim@laptop").await?;
            user.click("button", "Generate key pair").await?;
            user.read("You have a key pair of this name.").await?;
            let taken = Action::Status {
                status: 409,
                message: "Key pair 'fresh' already exists.".into(),
                headers: Default::default(),
            };
            let rule = Rule::new(Service::Compute, "POST", "/v2.1/os-keypairs", taken);
            stage.cloud.faults().add(rule.once());
            user.fill("Name", "fresh").await?;
            user.click("button", "Generate key pair").await?;
            user.read("already exists").await?;
            user.click("button", "Generate key pair").await?;
            user.read("fresh.pem is in your downloads").await?;
            assert!(!user.page_text().await?.contains("PRIVATE KEY"));
            user.click("button", "I have it").await?;
            user.holds("Key pair", "fresh").await?;
            user.fill("Name", "keyed-1").await?;
            user.click("button", "Launch instance").await?;
            user.see("heading", "keyed-1").await?;
            assert_eq!(servers(stage, "keyed-1").await?[0]["key_name"], "fresh");
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn several_are_named_and_no_more_are_started_than_the_quota_has() -> Outcome {
    journey(
        "launch-several",
        |_| {},
        async |stage| {
            let user = &stage.user;
            form(user).await?;
            user.fill("Name", "crew").await?;
            user.fill("How many", "500").await?;
            user.until("the quota", async || {
                Ok(said_at(user, "How many").await?.contains("Your quota has room for"))
            })
            .await?;
            user.fill("How many", "2").await?;
            user.see("heading", like("2 ×")).await?;
            user.click("button", "Launch 2 instances").await?;
            user.see("heading", "Instances").await?;
            user.see("link", "crew-1").await?;
            user.see("link", "crew-2").await?;
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn what_most_leave_alone_is_there_and_arrives() -> Outcome {
    journey(
        "launch-more",
        |_| {},
        async |stage| {
            let user = &stage.user;
            form(user).await?;
            user.fill("Name", "full-1").await?;
            user.driver().find(By::XPath("//summary[contains(., 'More')]")).await?.click().await?;
            user.click("button", "New server group").await?;
            user.see("dialog", "New server group").await?;
            user.fill("Name", "apart").await?;
            user.click("button", "Create server group").await?;
            user.until("the new group", async || Ok(!user.value("Server group").await?.is_empty()))
                .await?;
            user.fill("Host name", "a b").await?;
            user.read("Letters a to z, digits and dashes only.").await?;
            user.fill("Host name", "inside-1").await?;
            user.fill("Description", "for the journey").await?;
            user.fill("Tags", "red, blue").await?;
            user.click("checkbox", like("Give it its data on a config drive")).await?;
            user.click("button", "Launch instance").await?;
            user.see("heading", "full-1").await?;
            let made = servers(stage, "full-1").await?;
            assert_eq!(made[0]["description"], "for the journey");
            let mut tags: Vec<_> = made[0]["tags"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            // Nova promises no order.
            tags.sort_unstable();
            assert_eq!(tags, ["blue", "red"]);
            assert_eq!(made[0]["OS-EXT-SRV-ATTR:hostname"], "inside-1");
            assert_eq!(made[0]["config_drive"], "True");
            // Nova tells it of one server, not in lists.
            let path = format!("/compute/v2.1/servers/{}", made[0]["id"].as_str().ok_or("an id")?);
            let groups = stage.api().await?.find(&path, "/server/server_groups").await?;
            assert_eq!(groups.as_array().map(Vec::len), Some(1));
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn networks_are_put_in_order_by_keyboard() -> Outcome {
    journey(
        "launch-networks",
        |_| {},
        async |stage| {
            let user = &stage.user;
            form(user).await?;
            user.fill("Name", "wired-1").await?;
            user.click("button", "Add a network").await?;
            user.focused("combobox", "Network 2").await?;
            user.choose("Network 2", "-direct").await?;
            user.tab_to("button", like("Move")).await?;
            user.press(Key::Enter).await?;
            user.read("is network 1 now.").await?;
            // The focus has gone along, to the way back.
            user.focused("button", like("Move")).await?;
            user.until("the order", async || {
                let text = user.page_text().await?;
                Ok(text.contains("-direct, demo-internal"))
            })
            .await?;
            user.click("button", "Launch instance").await?;
            user.see("heading", "wired-1").await?;
            let made = servers(stage, "wired-1").await?;
            let id = made[0]["id"].as_str().ok_or("an id")?;
            user.read("Active").await?;
            let api = stage.api().await?;
            let path = format!("/compute/v2.1/servers/{id}/os-interface");
            let cards = api.find(&path, "/interfaceAttachments").await?;
            let cards = cards.as_array().cloned().unwrap_or_default();
            assert_eq!(cards.len(), 2, "{cards:?}");
            Ok(())
        },
    )
    .await
}
