//! Instances on any cloud, on the flavor's disk and on a volume: launched, made an image of, rescued, deleted.

use std::time::Duration;

use http::Method;
use serde_json::Value;
use slipway_e2e::{Api, Ground, Outcome, Trouble, like, on_any_cloud};

/// A real control plane takes its time for each step.
const LONG: Duration = Duration::from_secs(120);

/// The one server of that name.
async fn server(api: &Api, name: &str) -> Result<Option<Value>, Trouble> {
    let url = format!("{}/servers/detail?name={name}", api.service("compute"));
    let body = api.ask(Method::GET, &url, None).await?;
    Ok(body.pointer("/servers/0").cloned())
}

async fn is(ground: &Ground, api: &Api, name: &str, status: &str) -> Outcome {
    let what = format!("{name} is {status}");
    ground
        .user
        .until_within(LONG, &what, async || {
            let Some(server) = server(api, name).await? else {
                return Err("there is no server".into());
            };
            match server.get("status").and_then(Value::as_str) {
                Some(now) if now == status => Ok(true),
                Some("ERROR") => Err(format!("it failed: {server}").into()),
                _ => Ok(false),
            }
        })
        .await
}

/// The whole life of an instance; `disk` is what the link to the launch form says of its disk.
async fn live(ground: &Ground, name: &str, disk: &str) -> Outcome {
    let (user, site) = (&ground.user, &ground.site);
    let api = site.api("demo", "demo").await?;
    let image = ground.image_id(&api, &site.image).await?;
    let name = site.name(name);

    ground.sign_in("demo", "demo").await?;
    user.open(&format!(
        "/instances/launch?image={image}&name={name}&flavor={}&network={}&{disk}",
        site.flavor, site.network
    ))
    .await?;
    user.holds("Name", &name).await?;
    user.click("button", "Launch instance").await?;
    user.see("heading", name.as_str()).await?;
    is(ground, &api, &name, "ACTIVE").await?;
    user.reads_within(LONG, "Active").await?;
    let at = user.path().await?;

    user.click("button", "More actions").await?;
    user.click("button", "Create image").await?;
    user.see("dialog", like("Create an image from")).await?;
    let taken = format!("{name}-image");
    user.fill("Name", &taken).await?;
    user.click("button", "Shut down and create image").await?;
    user.reads_within(LONG, "Image made").await?;
    user.reads_within(LONG, &format!("{name} runs again.")).await?;
    let made = api.active(&taken).await?.ok_or("the image is not active")?;
    let is_pointer = made.get("size").and_then(Value::as_u64) == Some(0);
    assert_eq!(is_pointer, disk.contains("disk=volume"), "{made}");
    is(ground, &api, &name, "ACTIVE").await?;

    user.open(&at).await?;
    user.see("heading", name.as_str()).await?;
    user.click("button", "More actions").await?;
    user.click("button", "Rescue").await?;
    user.see("dialog", like("Rescue ")).await?;
    // What says how it is to be plugged in is chosen from the start.
    user.holds("Rescue image", &site.rescue_image).await?;
    user.click("button", "Rescue instance").await?;
    user.see("dialog", format!("{name} is being rescued")).await?;
    user.click("button", "Close").await?;
    is(ground, &api, &name, "RESCUE").await?;
    user.reads_within(LONG, "It runs from a rescue image").await?;
    user.click("button", "End rescue").await?;
    user.see("dialog", like("End the rescue of")).await?;
    user.click("button", "End rescue").await?;
    is(ground, &api, &name, "ACTIVE").await?;

    user.open(&at).await?;
    user.see("heading", name.as_str()).await?;
    user.click("button", "More actions").await?;
    user.click("button", like("Delete")).await?;
    user.click("button", "Delete instance").await?;
    user.until_within(LONG, "it is gone", async || Ok(server(&api, &name).await?.is_none())).await
}

#[tokio::test]
async fn an_instance_lives_on_the_disk_of_its_flavor() -> Outcome {
    on_any_cloud("any-local", async |ground| live(ground, "local", "disk=local").await).await
}

#[tokio::test]
pub async fn an_instance_lives_on_a_volume() -> Outcome {
    on_any_cloud("any-volume", async |ground| {
        live(ground, "boot", "disk=volume&volume_size=2&delete_volume=yes").await
    })
    .await
}
