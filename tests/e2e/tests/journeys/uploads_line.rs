//! Uploads in parts over bad lines: what broke is sent again, and nothing else is. Rows 1, 2, 4, 5, 8 and 25 of the fault matrix
//! (`docs/uploads.md`).

use std::time::Duration;

use devcloud::faults::Action;
use slipway_e2e::{Outcome, SEGMENT, SEGMENT_PUT, Stage, noise, refused, upload_journey};

/// Chooses a raw disk of so many segments, no two of which are the same, to be sent in parts.
async fn choose(
    stage: &Stage,
    segments: usize,
) -> Result<std::path::PathBuf, slipway_e2e::Trouble> {
    let file = noise(stage.folder.path(), "line.raw", segments * SEGMENT, 1).await?;
    stage.user.choose_segments(&file).await?;
    Ok(file)
}

/// It is verified, the cloud has the file's bytes, so many requests carried a segment, and nothing is left.
async fn arrived(stage: &Stage, file: &std::path::Path, requests: u64) -> Outcome {
    stage.user.verified().await?;
    let api = stage.api().await?;
    api.holds_the_file("line", file).await?;
    assert_eq!(stage.sent(), requests, "requests with a segment");
    stage.no_objects_are_left(&api).await
}

#[tokio::test]
async fn without_trouble_every_segment_is_sent_once() -> Outcome {
    upload_journey(
        "line",
        |_| Ok(()),
        async |stage| {
            let file = choose(stage, 12).await?;
            stage.user.create().await?;
            arrived(stage, &file, 12).await
        },
    )
    .await
}

#[tokio::test]
async fn a_reset_in_a_segment_sends_that_segment_again_and_no_other() -> Outcome {
    upload_journey(
        "line-reset",
        |_| Ok(()),
        async |stage| {
            let file = choose(stage, 12).await?;
            let reset = Action::ResetMidBody { bytes: 400_000 };
            stage.cloud.faults().add(SEGMENT_PUT.meet(reset).from_nth(4).once());
            stage.user.create().await?;
            arrived(stage, &file, 13).await
        },
    )
    .await
}

#[tokio::test]
async fn a_lost_reply_of_a_segment_is_looked_up_and_not_sent_again() -> Outcome {
    upload_journey(
        "line-reply",
        |_| Ok(()),
        async |stage| {
            let file = choose(stage, 8).await?;
            stage.cloud.faults().add(SEGMENT_PUT.meet(Action::DropReply).from_nth(3).once());
            stage.user.create().await?;
            stage.user.verified().await?;
            // Chromium itself repeats once what ended without an answer on a connection that had served before.
            assert!((8..=9).contains(&stage.sent()), "{} requests", stage.sent());
            let api = stage.api().await?;
            api.holds_the_file("line", &file).await?;
            stage.no_objects_are_left(&api).await
        },
    )
    .await
}

#[tokio::test]
async fn a_store_that_is_busy_is_waited_for() -> Outcome {
    upload_journey(
        "line-503",
        |_| Ok(()),
        async |stage| {
            let file = choose(stage, 6).await?;
            stage.cloud.faults().add(SEGMENT_PUT.meet(refused(503)).from_nth(2).times(3));
            stage.user.create().await?;
            arrived(stage, &file, 9).await
        },
    )
    .await
}

#[tokio::test]
async fn tokens_that_end_on_the_way_are_renewed_once_and_no_byte_is_lost() -> Outcome {
    upload_journey(
        "line-401",
        |_| Ok(()),
        async |stage| {
            let user = &stage.user;
            let file = choose(stage, 16).await?;
            let slow = SEGMENT_PUT.meet(Action::SlowBody { bytes_per_second: 2_000_000 });
            stage.cloud.faults().add(slow.clone());
            user.create().await?;
            stage.segments_begun(4).await?;
            stage.cloud.expire_tokens().await?;
            stage.cloud.faults().end(&slow);
            user.reads("Sign in again as demo").await?;
            let before = stage.sent();
            user.fill("Password", "demo-secret").await?;
            user.click("button", "Sign in").await?;
            user.verified().await?;
            let api = stage.api().await?;
            api.holds_the_file("line", &file).await?;
            // Those that were refused, at most as many as are in flight together, are sent again.
            assert!(
                stage.sent() <= 16 + 4,
                "{} requests, {before} before the sign-in",
                stage.sent()
            );
            stage.no_objects_are_left(&api).await
        },
    )
    .await
}

#[tokio::test]
async fn offline_it_waits_and_goes_on_by_itself() -> Outcome {
    upload_journey(
        "line-offline",
        |_| Ok(()),
        async |stage| {
            let user = &stage.user;
            let file = choose(stage, 16).await?;
            let slow = SEGMENT_PUT.meet(Action::SlowBody { bytes_per_second: 2_000_000 });
            stage.cloud.faults().add(slow.clone());
            user.create().await?;
            stage.segments_begun(5).await?;
            user.network(false).await?;
            user.reads("Offline").await?;
            stage.cloud.faults().end(&slow);
            user.network(true).await?;
            let back = tokio::time::Instant::now();
            let before = stage.sent();
            user.until("the next segment", async || Ok(stage.sent() > before)).await?;
            assert!(back.elapsed() < Duration::from_secs(5), "it took {:?}", back.elapsed());
            user.verified().await?;
            let api = stage.api().await?;
            api.holds_the_file("line", &file).await?;
            assert!(stage.sent() <= 16 + 4, "{} requests with a segment", stage.sent());
            stage.no_objects_are_left(&api).await
        },
    )
    .await
}

#[tokio::test]
async fn a_slow_line_is_not_taken_for_a_broken_one() -> Outcome {
    upload_journey(
        "line-slow",
        |_| Ok(()),
        async |stage| {
            let file = choose(stage, 3).await?;
            let slow = Action::SlowBody { bytes_per_second: 64 << 10 };
            stage.cloud.faults().add(SEGMENT_PUT.meet(slow));
            stage.user.create().await?;
            arrived(stage, &file, 3).await
        },
    )
    .await
}

#[tokio::test]
async fn a_second_of_latency_breaks_nothing() -> Outcome {
    upload_journey(
        "line-latency",
        |_| Ok(()),
        async |stage| {
            let file = choose(stage, 5).await?;
            stage.cloud.faults().add(SEGMENT_PUT.meet(Action::Delay { ms: 1000 }));
            stage.cloud.faults().add(slipway_e2e::MANIFEST.meet(Action::Delay { ms: 1000 }));
            stage.cloud.faults().add(slipway_e2e::LISTING.meet(Action::Delay { ms: 1000 }));
            stage.user.create().await?;
            arrived(stage, &file, 5).await
        },
    )
    .await
}

#[tokio::test]
async fn a_clock_that_is_wrong_by_a_day_signs_addresses_that_are_good() -> Outcome {
    upload_journey(
        "line-clock",
        |_| Ok(()),
        async |stage| {
            // An address is signed for 12 hours: by this computer's clock it would be over.
            stage.cloud.clock().shift(Duration::from_secs(24 * 3600));
            let file = choose(stage, 5).await?;
            stage.user.create().await?;
            arrived(stage, &file, 5).await
        },
    )
    .await
}
