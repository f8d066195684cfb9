//! What a crash costs: the browser is killed when half of the segments have begun, opened again, and the upload goes on.

use slipway_e2e::{Api, LARGE_SEGMENT_PUT, Stage, Trouble};

use crate::{SEGMENT_BYTES, page};

/// How many bytes were sent a second time.
pub async fn measure(stage: &Stage, api: &Api, mib: u64) -> Result<u64, Trouble> {
    let file = crate::random(stage.folder.path(), "crash.raw", mib << 20, None).await?;
    page::empty(api).await?;
    let faults = stage.cloud.faults();
    LARGE_SEGMENT_PUT.count(faults);
    let before = LARGE_SEGMENT_PUT.seen(faults);
    let segments = (mib << 20).div_ceil(SEGMENT_BYTES);
    let profile = tempfile::tempdir()?;
    let person = stage.with_profile(profile.path()).await?;
    person
        .does("bench-crash", async |user| {
            user.choose_segments(&file).await?;
            user.create().await?;
            user.until("half of the segments begun", async || {
                Ok(LARGE_SEGMENT_PUT.seen(faults) - before >= segments / 2)
            })
            .await
        })
        .await?;
    person.browser.kill().await?;
    let person = stage.with_profile(profile.path()).await?;
    person
        .does("bench-crash-resumed", async |user| {
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.go_on_with(&file).await?;
            user.verified().await
        })
        .await?;
    person.browser.close().await?;
    let sent = LARGE_SEGMENT_PUT.seen(faults) - before;
    Ok(sent.saturating_sub(segments) * SEGMENT_BYTES)
}
