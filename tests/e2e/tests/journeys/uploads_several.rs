//! Several uploads in parts at once: they take their turns (`docs/uploads.md`).

use std::time::Duration;

use devcloud::faults::Action;
use slipway_e2e::{Outcome, SEGMENT, SEGMENT_PUT, noise, upload_journey};

const SEGMENTS: usize = 8;

#[tokio::test]
async fn several_uploads_take_their_turns_and_all_arrive() -> Outcome {
    upload_journey(
        "end-several",
        |_| Ok(()),
        async |stage| {
            let user = &stage.user;
            let mut files = Vec::new();
            // So slow that none of them is through before the last one begins.
            let slow = SEGMENT_PUT.meet(Action::SlowBody { bytes_per_second: 60_000 });
            stage.cloud.faults().add(slow.clone());
            for name in ["first", "second", "third", "fourth"] {
                let seed = u64::try_from(name.len())? + u64::from(name.as_bytes()[0]);
                let path =
                    noise(stage.folder.path(), &format!("{name}.raw"), SEGMENTS * SEGMENT, seed)
                        .await?;
                if files.is_empty() {
                    user.choose_segments(&path).await?;
                } else {
                    user.choose_another_in_segments(&path).await?;
                }
                user.create().await?;
                user.see("heading", name).await?;
                files.push((name, path));
            }
            user.reads("Waits for its turn").await?;
            stage.cloud.faults().end(&slow);
            let api = stage.api().await?;
            for (name, path) in &files {
                user.until_within(Duration::from_secs(120), name, async || {
                    Ok(api.active(name).await?.is_some())
                })
                .await?;
                api.holds_the_file(name, path).await?;
            }
            // Segments of those that ended while others were under way may stay until they expire; nothing else does.
            for prefix in ["lease/", "m/"] {
                user.until(prefix, async || Ok(api.objects(prefix).await?.is_empty())).await?;
            }
            Ok(())
        },
    )
    .await
}
