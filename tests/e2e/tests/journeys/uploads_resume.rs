//! Uploads in parts that are broken off and go on: reload, crash, another browser, another tab, pause. Rows 10, 11, 22 and 23 of the
//! fault matrix (`docs/uploads.md`).

use std::path::{Path, PathBuf};

use devcloud::faults::{Action, Rule};
use slipway_e2e::{Outcome, SEGMENT, SEGMENT_PUT, Stage, Trouble, User, noise, upload_journey};

const SEGMENTS: u64 = 24;
/// At most so many requests carry data at once.
const WIDTH: u64 = 4;

fn slow() -> Rule {
    SEGMENT_PUT.meet(Action::SlowBody { bytes_per_second: 2_000_000 })
}

async fn file(stage: &Stage) -> Result<PathBuf, Trouble> {
    noise(stage.folder.path(), "resumed.raw", usize::try_from(SEGMENTS)? * SEGMENT, 7).await
}

/// Begins slowly, up to a third of the segments; the rest will be quick.
async fn a_third(stage: &Stage, user: &User, file: &Path) -> Outcome {
    stage.cloud.faults().add(slow());
    user.choose_segments(file).await?;
    user.create().await?;
    stage.segments_begun(SEGMENTS / 3).await
}

/// It is verified, the cloud has the file's bytes, no more than what was in flight was sent twice, nothing is left.
async fn arrived(stage: &Stage, user: &User, file: &Path) -> Outcome {
    user.verified().await?;
    let api = stage.api().await?;
    api.holds_the_file("resumed", file).await?;
    let sent = stage.sent();
    assert!(sent <= SEGMENTS + WIDTH, "{sent} requests for {SEGMENTS} segments");
    stage.no_objects_are_left(&api).await
}

#[tokio::test]
async fn a_reloaded_page_goes_on_where_it_was() -> Outcome {
    upload_journey(
        "resume-reload",
        |_| Ok(()),
        async |stage| {
            let (user, file) = (&stage.user, file(stage).await?);
            a_third(stage, user, &file).await?;
            user.reload().await?;
            stage.cloud.faults().end(&slow());
            user.go_on_with(&file).await?;
            arrived(stage, user, &file).await
        },
    )
    .await
}

#[tokio::test]
async fn a_killed_browser_goes_on_where_it_was() -> Outcome {
    upload_journey(
        "resume-kill",
        |_| Ok(()),
        async |stage| {
            let file = file(stage).await?;
            let profile = tempfile::tempdir()?;
            let before = stage.with_profile(profile.path()).await?;
            before
                .does("resume-kill-before", async |user| a_third(stage, user, &file).await)
                .await?;
            before.browser.kill().await?;
            stage.cloud.faults().end(&slow());
            let after = stage.with_profile(profile.path()).await?;
            after
                .does("resume-kill-after", async |user| {
                    user.sign_in("demo", "demo-secret", "demo").await?;
                    user.go_on_with(&file).await?;
                    arrived(stage, user, &file).await
                })
                .await?;
            after.browser.close().await
        },
    )
    .await
}

#[tokio::test]
async fn another_browser_hashes_again_and_sends_only_what_is_missing() -> Outcome {
    upload_journey(
        "resume-elsewhere",
        |_| Ok(()),
        async |stage| {
            let file = file(stage).await?;
            let profile = tempfile::tempdir()?;
            let before = stage.with_profile(profile.path()).await?;
            before.does("resume-elsewhere", async |user| a_third(stage, user, &file).await).await?;
            before.browser.kill().await?;
            stage.cloud.faults().end(&slow());
            // It knows nothing of the first one but what is in the cloud.
            stage.user.choose_segments(&file).await?;
            stage.user.fill("Name", "elsewhere").await?;
            stage.user.create().await?;
            stage.user.verified().await?;
            let api = stage.api().await?;
            api.holds_the_file("elsewhere", &file).await?;
            let sent = stage.sent();
            assert!(sent <= SEGMENTS + WIDTH, "{sent} requests for {SEGMENTS} segments");
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_paused_upload_keeps_what_has_arrived() -> Outcome {
    upload_journey(
        "resume-pause",
        |_| Ok(()),
        async |stage| {
            let (user, file) = (&stage.user, file(stage).await?);
            a_third(stage, user, &file).await?;
            user.click("button", "Pause resumed").await?;
            user.reads("Paused by you").await?;
            stage.cloud.faults().end(&slow());
            let paused = stage.sent();
            // Walking about sends nothing.
            user.click("link", "Instances").await?;
            user.see("heading", "Instances").await?;
            assert_eq!(stage.sent(), paused, "nothing is sent while it rests");
            user.click("button", "Resume resumed").await?;
            arrived(stage, user, &file).await
        },
    )
    .await
}

#[tokio::test]
async fn of_two_tabs_one_sends_and_the_other_watches() -> Outcome {
    upload_journey(
        "resume-tabs",
        |_| Ok(()),
        async |stage| {
            let (user, file) = (&stage.user, file(stage).await?);
            a_third(stage, user, &file).await?;
            let first = user.driver().window().await?;
            let second = user.driver().new_tab().await?;
            user.driver().switch_to_window(second).await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.reads("another tab").await?;
            stage.cloud.faults().end(&slow());
            // What the first one sends is in the other one's list as well.
            user.driver().switch_to_window(first).await?;
            arrived(stage, user, &file).await?;
            assert!(stage.sent() <= SEGMENTS, "{} requests: both tabs have sent", stage.sent());
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn two_browsers_with_the_same_file_both_succeed() -> Outcome {
    upload_journey(
        "resume-both",
        |_| Ok(()),
        async |stage| {
            let file = file(stage).await?;
            stage.cloud.faults().add(slow());
            let other = stage.somebody_else().await?;
            stage.user.choose_segments(&file).await?;
            stage.user.fill("Name", "mine").await?;
            other
                .does("resume-both-other", async |user| {
                    user.choose_segments(&file).await?;
                    user.fill("Name", "theirs").await?;
                    stage.user.create().await?;
                    stage.segments_begun(6).await?;
                    user.create().await?;
                    stage.segments_begun(12).await?;
                    stage.cloud.faults().end(&slow());
                    user.verified().await
                })
                .await?;
            stage.user.verified().await?;
            let api = stage.api().await?;
            api.holds_the_file("mine", &file).await?;
            api.holds_the_file("theirs", &file).await?;
            other.browser.close().await
        },
    )
    .await
}
