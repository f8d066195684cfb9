//! Images on any cloud: thousands of them, editing, protecting, sharing, the quota.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use slipway_e2e::{Api, Ground, Outcome, Trouble, like, noise, on_any_cloud};

/// A real Glance makes some forty a second, on two busy cores fewer.
const LONG: Duration = Duration::from_secs(300);

/// A record with a few bytes, which make it active.
async fn small_image(ground: &Ground, api: &Api, name: &str) -> Result<(String, String), Trouble> {
    let name = ground.site.name(name);
    let id = api.make_image(&name).await?;
    api.put_image(&id, vec![7; 4096]).await?;
    Ok((id, name))
}

#[tokio::test]
async fn thousands_are_listed_searched_and_filtered() -> Outcome {
    on_any_cloud("any-thousands", async |ground| {
        let (user, site) = (&ground.user, &ground.site);
        let api = site.api("demo", "demo").await?;
        // Names with all digits, so that none is the beginning of another.
        let there = api.count_images("many-").await?;
        api.make_images("many", there..site.many).await?;
        ground.sign_in("demo", "demo").await?;
        user.until_within(LONG, "all are there", async || {
            let text = user.page_text().await?;
            Ok(text.contains("images live") && !text.contains("so far"))
        })
        .await?;
        for last in [0, site.many - 1] {
            user.fill("Search images", &format!("many-{last:05}")).await?;
            user.see("link", like(&format!("many-{last:05}"))).await?;
        }
        user.fill("Search images", &site.other_image).await?;
        user.see("link", like(&site.other_image)).await?;
        user.gone("link", like("many")).await?;
        user.open("/images").await?;
        user.click("button", "Visibility").await?;
        user.click("checkbox", like("Public")).await?;
        user.see("link", like(&site.image)).await?;
        user.gone("link", like("many")).await?;
        user.at("the facet in the address", |path| path.contains("public")).await
    })
    .await
}

#[tokio::test]
pub async fn an_image_is_edited_protected_and_deleted() -> Outcome {
    on_any_cloud("any-edit", async |ground| {
        let user = &ground.user;
        let api = ground.site.api("demo", "demo").await?;
        let (id, name) = small_image(ground, &api, "edited").await?;
        ground.sign_in("demo", "demo").await?;
        user.open(&format!("/images/{id}")).await?;
        user.see("heading", name.as_str()).await?;
        user.click("link", "Edit").await?;
        let renamed = ground.site.name("renamed");
        user.fill("Name", &renamed).await?;
        user.fill("Smallest RAM", "512").await?;
        user.click("button", "Add property").await?;
        user.fill("Name of the property", "stage").await?;
        user.fill("Value of stage", "golden ‘quoted’ \"twice\"").await?;
        user.click("button", "Save").await?;
        user.see("heading", renamed.as_str()).await?;
        let saved = api.active(&renamed).await?.ok_or("it is not active under its new name")?;
        assert_eq!(saved.get("min_ram"), Some(&json!(512)));
        assert_eq!(saved.get("stage"), Some(&json!("golden ‘quoted’ \"twice\"")));

        let actions = format!("Actions for {renamed}");
        user.click("button", like(&actions)).await?;
        user.click("button", "Protect").await?;
        user.read("is protected").await?;
        user.click("button", like(&actions)).await?;
        let delete = user.see("button", like("Delete")).await?;
        assert_eq!(delete.attr("aria-disabled").await?.as_deref(), Some("true"));
        user.click("button", "Unprotect").await?;
        user.read("can be deleted again").await?;
        user.click("button", like(&actions)).await?;
        user.click("button", like("Delete")).await?;
        user.click("button", "Delete image").await?;
        user.until("it is gone", async || Ok(api.images(&renamed).await?.is_empty())).await
    })
    .await
}

#[tokio::test]
async fn an_image_is_shared_and_accepted() -> Outcome {
    on_any_cloud("any-share", async |ground| {
        let user = &ground.user;
        let api = ground.site.api("demo", "demo").await?;
        let other = ground.site.api("demo", "other").await?;
        let (id, name) = small_image(ground, &api, "shared").await?;
        ground.sign_in("demo", "demo").await?;
        user.open(&format!("/images/{id}")).await?;
        user.see("heading", name.as_str()).await?;
        user.click("button", "Share").await?;
        user.fill("Project id", other.project()).await?;
        user.click("button", "Share image").await?;
        user.read("is offered to project").await?;
        let region = &ground.site.region;
        user.click("button", format!("Project demo, region {region}: switch")).await?;
        user.click("button", "other").await?;
        user.see("button", format!("Project other, region {region}: switch")).await?;
        user.at("the list", |path| path == "/images").await?;
        user.open(&format!("/images/{id}")).await?;
        user.read("Offered by project").await?;
        user.click("button", "Accept").await?;
        user.read("is in this project’s list now").await?;
        let members = format!("{}/{id}/members", api.images_url());
        let members = api.ask(Method::GET, &members, None).await?;
        assert_eq!(members.pointer("/members/0/status"), Some(&json!("accepted")));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_file_over_the_quota_is_refused_before_a_byte_is_sent() -> Outcome {
    on_any_cloud("any-quota", async |ground| {
        let user = &ground.user;
        let file = noise(ground.folder.path(), "large.raw", 70 << 20, 3).await?;
        ground.sign_in("other", "other").await?;
        user.open("/images/create").await?;
        user.read("Left of the image quota").await?;
        user.pick_file("Disk image file", &file).await?;
        user.read("of the project’s quota are left").await
    })
    .await
}

#[tokio::test]
pub async fn an_image_comes_from_an_address() -> Outcome {
    on_any_cloud("any-url", async |ground| {
        let user = &ground.user;
        let address = &ground.site.fetched;
        let name = ground.site.name("fetched");
        ground.sign_in("demo", "demo").await?;
        user.open("/images/create").await?;
        user.click("radio", "URL").await?;
        user.fill("Address", address).await?;
        user.fill("Name", &name).await?;
        user.choose("Disk format", "raw").await?;
        user.click("button", "Create image").await?;
        user.see("heading", name.as_str()).await?;
        user.reads("Active").await?;
        let api = ground.site.api("demo", "demo").await?;
        let image = api.active(&name).await?.ok_or("it is not active")?;
        let served = reqwest::get(address).await?.bytes().await?.len() as u64;
        assert_eq!(image.get("size").and_then(Value::as_u64), Some(served));
        Ok(())
    })
    .await
}
