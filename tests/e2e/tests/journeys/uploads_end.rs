//! How uploads in parts end: imports that fail, cancelling at any time, hidden tabs.
//! Rows 16, 18, 21 and 30 of the fault matrix (`docs/uploads.md`).

use std::path::{Path, PathBuf};

use devcloud::faults::{Action, Rule};
use slipway_e2e::{
    IMPORT, MANIFEST, Outcome, SEGMENT, SEGMENT_PUT, Stage, Trouble, WEB_DOWNLOAD, noise, refused,
    upload_journey,
};

const SEGMENTS: usize = 8;

fn slow() -> Rule {
    SEGMENT_PUT.meet(Action::SlowBody { bytes_per_second: 500_000 })
}

/// A file, chosen to be sent in parts.
async fn choose(stage: &Stage, name: &str) -> Result<PathBuf, Trouble> {
    let seed = name.bytes().map(u64::from).sum();
    let file = noise(stage.folder.path(), &format!("{name}.raw"), SEGMENTS * SEGMENT, seed).await?;
    stage.user.choose_segments(&file).await?;
    Ok(file)
}

async fn arrived(stage: &Stage, name: &str, file: &Path) -> Outcome {
    stage.user.verified().await?;
    let api = stage.api().await?;
    api.holds_the_file(name, file).await?;
    assert_eq!(stage.sent(), SEGMENTS as u64, "requests with a segment");
    stage.no_objects_are_left(&api).await
}

#[tokio::test]
async fn a_lost_reply_of_a_manifest_is_looked_up() -> Outcome {
    upload_journey(
        "end-manifest",
        |_| Ok(()),
        async |stage| {
            let file = choose(stage, "joined").await?;
            stage.cloud.faults().add(MANIFEST.meet(Action::DropReply).once());
            stage.user.create().await?;
            arrived(stage, "joined", &file).await
        },
    )
    .await
}

#[tokio::test]
async fn an_import_that_fails_once_is_tried_again_and_no_part_is_sent_twice() -> Outcome {
    upload_journey(
        "end-import",
        |_| Ok(()),
        async |stage| {
            let file = choose(stage, "fetched").await?;
            stage.cloud.faults().add(WEB_DOWNLOAD.meet(refused(503)).once());
            stage.user.create().await?;
            arrived(stage, "fetched", &file).await
        },
    )
    .await
}

#[tokio::test]
async fn a_lost_reply_of_the_import_is_looked_up() -> Outcome {
    upload_journey(
        "end-import-reply",
        |_| Ok(()),
        async |stage| {
            let file = choose(stage, "heard").await?;
            stage.cloud.faults().add(IMPORT.meet(Action::DropReply).once());
            stage.user.create().await?;
            arrived(stage, "heard", &file).await
        },
    )
    .await
}

#[tokio::test]
async fn an_import_that_always_fails_keeps_the_parts_and_can_be_tried_again() -> Outcome {
    upload_journey(
        "end-import-fails",
        |_| Ok(()),
        async |stage| {
            let user = &stage.user;
            let file = choose(stage, "refused").await?;
            let never = WEB_DOWNLOAD.meet(refused(503));
            stage.cloud.faults().add(never.clone());
            user.create().await?;
            user.reads("could not make an image of them").await?;
            let api = stage.api().await?;
            assert!(api.active("refused").await?.is_none());
            assert_eq!(api.objects("s/").await?.len(), SEGMENTS, "the parts are kept");
            stage.cloud.faults().end(&never);
            user.click("button", "Try refused again").await?;
            arrived(stage, "refused", &file).await
        },
    )
    .await
}

/// Cancels and says yes.
async fn cancel(stage: &Stage, name: &str) -> Outcome {
    stage.user.click("button", format!("Cancel {name}")).await?;
    stage.user.click("button", "Cancel the upload").await?;
    stage.user.reads("Cancelled").await
}

/// No record and no lease; what is left of the parts is said, with its date.
async fn cancelled(stage: &Stage, name: &str) -> Outcome {
    let api = stage.api().await?;
    let user = &stage.user;
    user.until("no record", async || Ok(api.images(name).await?.is_empty())).await?;
    user.until("no lease", async || Ok(api.objects("lease/").await?.is_empty())).await?;
    user.until("no manifest", async || Ok(api.objects("m/").await?.is_empty())).await?;
    if !api.objects("s/").await?.is_empty() {
        user.reads("stays in the object store until").await?;
    }
    Ok(())
}

#[tokio::test]
async fn cancelled_while_it_sends_it_leaves_nothing_that_is_not_shown() -> Outcome {
    upload_journey(
        "end-cancel-send",
        |_| Ok(()),
        async |stage| {
            choose(stage, "cut").await?;
            stage.cloud.faults().add(slow());
            stage.user.create().await?;
            stage.segments_begun(4).await?;
            cancel(stage, "cut").await?;
            stage.cloud.faults().end(&slow());
            cancelled(stage, "cut").await
        },
    )
    .await
}

#[tokio::test]
async fn cancelled_while_it_rests_it_leaves_nothing_that_is_not_shown() -> Outcome {
    upload_journey(
        "end-cancel-pause",
        |_| Ok(()),
        async |stage| {
            choose(stage, "rested").await?;
            stage.cloud.faults().add(slow());
            stage.user.create().await?;
            stage.segments_begun(3).await?;
            stage.user.click("button", "Pause rested").await?;
            stage.user.reads("Paused by you").await?;
            cancel(stage, "rested").await?;
            cancelled(stage, "rested").await
        },
    )
    .await
}

#[tokio::test]
async fn cancelled_while_it_is_imported_it_leaves_nothing_that_is_not_shown() -> Outcome {
    upload_journey(
        "end-cancel-import",
        |_| Ok(()),
        async |stage| {
            choose(stage, "halted").await?;
            stage
                .cloud
                .faults()
                .add(WEB_DOWNLOAD.meet(Action::SlowBody { bytes_per_second: 200_000 }));
            stage.user.create().await?;
            stage.user.reads("Importing").await?;
            cancel(stage, "halted").await?;
            cancelled(stage, "halted").await
        },
    )
    .await
}

#[tokio::test]
async fn in_a_hidden_tab_it_goes_on() -> Outcome {
    upload_journey(
        "end-hidden",
        |_| Ok(()),
        async |stage| {
            let user = &stage.user;
            let file = choose(stage, "unseen").await?;
            stage.cloud.faults().add(slow());
            user.create().await?;
            stage.segments_begun(2).await?;
            let first = user.driver().window().await?;
            let front = user.driver().new_tab().await?;
            user.driver().switch_to_window(front).await?;
            stage.cloud.faults().end(&slow());
            let api = stage.api().await?;
            user.until("active, unseen", async || Ok(api.active("unseen").await?.is_some()))
                .await?;
            user.driver().switch_to_window(first).await?;
            arrived(stage, "unseen", &file).await
        },
    )
    .await
}

/// Row 21 of the fault matrix: what a crash left behind is offered when the user comes back, and removed on request.
#[tokio::test]
async fn what_a_crash_left_behind_is_offered_at_sign_in_and_can_be_removed() -> Outcome {
    upload_journey(
        "end-leftovers",
        |_| Ok(()),
        async |stage| {
            let file = noise(stage.folder.path(), "left.raw", SEGMENTS * SEGMENT, 9).await?;
            let slow = SEGMENT_PUT.meet(Action::SlowBody { bytes_per_second: 500_000 });
            stage.cloud.faults().add(slow.clone());
            let profile = tempfile::tempdir()?;
            let before = stage.with_profile(profile.path()).await?;
            before
                .does("end-leftovers-before", async |user| {
                    user.choose_segments(&file).await?;
                    user.create().await?;
                    stage.segments_begun(4).await
                })
                .await?;
            before.browser.kill().await?;
            stage.cloud.faults().end(&slow);
            let after = stage.with_profile(profile.path()).await?;
            after
                .does("end-leftovers-after", async |user| {
                    user.sign_in("demo", "demo-secret", "demo").await?;
                    user.click("button", "Remove left").await?;
                    user.click("button", "Remove").await?;
                    let api = stage.api().await?;
                    user.until("nothing left", async || {
                        Ok(api.images("left").await?.is_empty()
                            && api.objects("").await?.is_empty())
                    })
                    .await
                })
                .await?;
            after.browser.close().await
        },
    )
    .await
}
