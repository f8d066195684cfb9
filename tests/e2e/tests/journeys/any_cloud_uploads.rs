//! Files on their way into any cloud: in one piece, in parts, and in one piece because parts cannot go.

use slipway_e2e::{Ground, Outcome, SEGMENT, like, noise, on_any_cloud};

/// The image has the file's bytes, and nothing of the upload is left in the store.
async fn arrived(ground: &Ground, name: &str, file: &std::path::Path) -> Outcome {
    let api = ground.site.api("demo", "demo").await?;
    api.holds_the_file(name, file).await?;
    ground.user.until("the store is empty", async || Ok(api.objects("").await?.is_empty())).await
}

#[tokio::test]
async fn a_file_goes_in_one_piece() -> Outcome {
    on_any_cloud("any-direct", async |ground| {
        let user = &ground.user;
        let name = ground.site.name("direct");
        let file = noise(ground.folder.path(), "direct.raw", 9 * SEGMENT + 77, 5).await?;
        ground.sign_in("demo", "demo").await?;
        user.choose_file_direct(&file).await?;
        user.fill("Name", &name).await?;
        user.create().await?;
        user.verified().await?;
        ground.site.api("demo", "demo").await?.holds_the_file(&name, &file).await
    })
    .await
}

#[tokio::test]
pub async fn a_file_goes_in_parts_where_they_can_go() -> Outcome {
    on_any_cloud("any-parts", async |ground| {
        let user = &ground.user;
        let name = ground.site.name("parts");
        let file = noise(ground.folder.path(), "parts.raw", 9 * SEGMENT + 77, 6).await?;
        ground.sign_in("demo", "demo").await?;
        if ground.site.fetches_parts {
            user.choose_file_in_segments(&file).await?;
        } else {
            // Glance does not fetch from the store: the canary finds it out, and the page says so.
            user.try_file_in_segments(&file).await?;
            user.read("the image service would not begin to fetch").await?;
            user.see("radio", like("One request with the whole file")).await?;
        }
        user.fill("Name", &name).await?;
        user.create().await?;
        user.verified().await?;
        arrived(ground, &name, &file).await
    })
    .await
}
