//! Object stores that are full, closed, or half there: files travel in one piece, with the reason in words; or it is told how much is
//! missing. Rows 5, 14, 17 and 29 of the fault matrix (`docs/uploads.md`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use devcloud::faults::Action;
use devcloud::options::ObjectCors;
use serde_json::json;
use slipway_e2e::{
    Api, CONFIG, MANIFEST, Outcome, SEGMENT, Stage, Trouble, like, noise, stored_bytes,
    upload_journey,
};

const SEGMENTS: usize = 12;

async fn file(stage: &Stage) -> Result<PathBuf, Trouble> {
    noise(stage.folder.path(), "stored.raw", SEGMENTS * SEGMENT, 11).await
}

/// The page says why not in parts, with these words, and sends the file in one piece.
async fn in_one_piece_because(stage: &Stage, words: &[&str]) -> Outcome {
    let (user, file) = (&stage.user, file(stage).await?);
    user.sign_in("demo", "demo-secret", "demo").await?;
    user.try_file_in_segments(&file).await?;
    for words in words {
        user.reads(words).await?;
    }
    user.create().await?;
    user.verified().await?;
    assert_eq!(stage.sent(), 0, "requests with a segment");
    let api = stage.api().await?;
    api.holds_the_file("stored", &file).await?;
    stage.no_objects_are_left(&api).await
}

#[tokio::test]
async fn a_port_that_glance_does_not_fetch_from_is_found_out_by_the_canary() -> Outcome {
    upload_journey(
        "store-port",
        |options| {
            options.web_download_ports = Some(vec![80, 443]);
            Ok(())
        },
        async |stage| {
            in_one_piece_because(
                stage,
                &["the image service would not begin to fetch", "allowed_ports"],
            )
            .await
        },
    )
    .await
}

#[tokio::test]
async fn a_glance_that_fetches_nothing_is_told() -> Outcome {
    upload_journey(
        "store-method",
        |options| {
            options.import_methods.retain(|method| method != "web-download");
            Ok(())
        },
        async |stage| {
            in_one_piece_because(stage, &["fetches nothing by itself", "enabled_import_methods"])
                .await
        },
    )
    .await
}

#[tokio::test]
async fn a_store_without_temporary_urls_is_told() -> Outcome {
    upload_journey(
        "store-tempurl",
        |options| {
            options.tempurl_digests.clear();
            Ok(())
        },
        async |stage| {
            in_one_piece_because(
                stage,
                &["gives out no addresses for a limited time", "tempurl in the pipeline"],
            )
            .await
        },
    )
    .await
}

#[tokio::test]
async fn a_region_without_an_object_store_is_told() -> Outcome {
    upload_journey(
        "store-none",
        |options| {
            options.object_store = false;
            Ok(())
        },
        async |stage| in_one_piece_because(stage, &["no object store"]).await,
    )
    .await
}

/// A second cloud, whose console the first one serves: two origins. Swift lets in whom `cors` says.
async fn elsewhere(stage: &Stage, cors: ObjectCors) -> Result<devcloud::Devcloud, Trouble> {
    let mut options = devcloud::Options::new(stage.folder.path().join("elsewhere"));
    options.pace = 0.1;
    options.cors_origin = Some(stage.cloud.url());
    options.object_cors = cors;
    let cloud = devcloud::start(options).await?;
    let auth_url = format!("{}/identity/v3", cloud.url());
    let config = json!({
        "clouds": [{ "id": "elsewhere", "name": "Elsewhere", "auth_url": auth_url, "region": "dev-1" }],
        "upload_segment_mib": 1,
    });
    let app: &Path = &stage.folder.path().join("app");
    std::fs::write(app.join(CONFIG), config.to_string())?;
    Ok(cloud)
}

#[tokio::test]
async fn a_store_that_lets_no_page_in_is_told_with_the_commands_that_open_it() -> Outcome {
    upload_journey(
        "store-cors",
        |_| Ok(()),
        async |stage| {
            let (user, file) = (&stage.user, file(stage).await?);
            let cloud = elsewhere(stage, ObjectCors::Nobody).await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.try_file_in_segments(&file).await?;
            user.reads("The object store does not let this page in").await?;
            user.reads("openstack container create slipway-uploads").await?;
            let word =
                format!("X-Container-Meta-Access-Control-Allow-Origin: {}", stage.cloud.url());
            user.reads(&word).await?;
            user.create().await?;
            user.verified().await?;
            let api = Api::sign_in(&cloud.url()).await?;
            api.holds_the_file("stored", &file).await?;
            cloud.stop().await;
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_store_of_another_origin_takes_parts_when_it_was_opened() -> Outcome {
    upload_journey(
        "store-opened",
        |_| Ok(()),
        async |stage| {
            let (user, file) = (&stage.user, file(stage).await?);
            let cloud = elsewhere(stage, ObjectCors::Nobody).await?;
            let api = Api::sign_in(&cloud.url()).await?;
            api.set_container(&[(
                "X-Container-Meta-Access-Control-Allow-Origin",
                &stage.cloud.url(),
            )])
            .await?;
            user.choose_segments(&file).await?;
            user.create().await?;
            user.verified().await?;
            api.holds_the_file("stored", &file).await?;
            stage.no_objects_are_left(&api).await?;
            cloud.stop().await;
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_refusal_that_is_hidden_from_the_page_is_diagnosed() -> Outcome {
    upload_journey(
        "store-hidden",
        |_| Ok(()),
        async |stage| {
            let (user, file) = (&stage.user, file(stage).await?);
            let cloud = elsewhere(stage, ObjectCors::LikeTheOthers).await?;
            let api = Api::sign_in(&cloud.url()).await?;
            let quota = (5 * SEGMENT).to_string();
            api.set_container(&[("X-Container-Meta-Quota-Bytes", &quota)]).await?;
            user.choose_segments(&file).await?;
            user.create().await?;
            user.reads("There is no room in the object store").await?;
            user.reads("The container may hold 5.2 MB").await?;
            assert!(api.active("stored").await?.is_none());
            cloud.stop().await;
            Ok(())
        },
    )
    .await
}

/// What is missing is said, what has arrived is kept, and no image is there.
async fn full(stage: &Stage, quota_segments: usize) -> Outcome {
    let (user, file) = (&stage.user, file(stage).await?);
    user.choose_segments(&file).await?;
    user.create().await?;
    user.reads("There is no room in the object store").await?;
    let api = stage.api().await?;
    let kept = stored_bytes(&api).await?;
    // Swift asks for room before it takes the body, so what is in flight together may go beyond; or not get in.
    let (quota, in_flight) = ((quota_segments * SEGMENT) as u64, 4 * SEGMENT as u64);
    assert!(kept < quota + in_flight, "{kept} bytes in the store");
    assert!(kept + in_flight >= quota, "{kept} bytes kept");
    user.until("no record", async || Ok(api.images("stored").await?.is_empty())).await
}

#[tokio::test]
async fn a_store_that_is_full_from_the_start_is_told() -> Outcome {
    upload_journey(
        "store-full",
        |options| {
            // Enough for the canary.
            options.object_account_quota = Some(100_000);
            Ok(())
        },
        async |stage| {
            full(stage, 0).await?;
            stage.user.reads("12.6 MB are still to be sent").await
        },
    )
    .await
}

#[tokio::test]
async fn a_store_that_is_full_at_nine_tenths_keeps_what_has_arrived() -> Outcome {
    upload_journey(
        "store-90",
        |options| {
            options.object_account_quota = Some((SEGMENTS - 1) as u64 * SEGMENT as u64);
            Ok(())
        },
        async |stage| full(stage, SEGMENTS - 1).await,
    )
    .await
}

/// What was in flight together may go beyond a quota; then the manifest is what no longer fits.
#[tokio::test]
async fn a_store_without_room_for_the_manifest_is_told() -> Outcome {
    upload_journey(
        "store-manifest",
        |_| Ok(()),
        async |stage| {
            let (user, file) = (&stage.user, file(stage).await?);
            user.choose_segments(&file).await?;
            // The canary's has passed.
            let full = Action::Status {
                status: 413,
                message: "Upload exceeds quota.".into(),
                headers: BTreeMap::new(),
            };
            stage.cloud.faults().add(MANIFEST.meet(full));
            user.create().await?;
            user.reads("There is no room in the object store to join the parts").await?;
            let api = stage.api().await?;
            assert_eq!(stored_bytes(&api).await?, (SEGMENTS * SEGMENT) as u64, "kept");
            user.until("no record", async || Ok(api.images("stored").await?.is_empty())).await
        },
    )
    .await
}

#[tokio::test]
async fn a_poisoned_segment_is_not_used() -> Outcome {
    upload_journey(
        "store-poison",
        |_| Ok(()),
        async |stage| {
            let (user, file) = (&stage.user, file(stage).await?);
            let api = stage.api().await?;
            // Sent once and kept, so that the names are known; then one of them gets other bytes.
            user.choose_segments(&file).await?;
            user.keep_segments().await?;
            user.create().await?;
            user.verified().await?;
            let name = api.objects("s/").await?.first().ok_or("nothing was kept")?.name.clone();
            api.put_object(&name, vec![0x66; SEGMENT]).await?;
            let before = stage.sent();
            user.choose_file_in_segments(&file).await?;
            user.fill("Name", "again").await?;
            user.create().await?;
            user.until("the second one", async || Ok(api.active("again").await?.is_some())).await?;
            api.holds_the_file("again", &file).await?;
            assert_eq!(stage.sent(), before + 1, "only what was poisoned is sent again");
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn the_user_chooses_the_road() -> Outcome {
    upload_journey(
        "store-choice",
        |_| Ok(()),
        async |stage| {
            let (user, file) = (&stage.user, file(stage).await?);
            user.choose_segments(&file).await?;
            user.click("radio", like("One request with the whole file")).await?;
            user.create().await?;
            user.verified().await?;
            assert_eq!(stage.sent(), 0, "in one piece, as chosen");
            user.choose_file_in_segments(&file).await?;
            user.fill("Name", "in parts").await?;
            user.create().await?;
            let api = stage.api().await?;
            user.until("in parts", async || Ok(api.active("in parts").await?.is_some())).await?;
            assert_eq!(stage.sent(), SEGMENTS as u64);
            Ok(())
        },
    )
    .await
}
