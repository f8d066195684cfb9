//! Uploads in parts of files that do not stay as they were, and of computers that do not work: told by name, never a success. Rows
//! 12, 20 and 27 of the fault matrix (`docs/uploads.md`).

use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use devcloud::faults::{Action, Rule};
use slipway_e2e::{
    CONFIG, Outcome, SEGMENT, SEGMENT_PUT, Stage, Trouble, noise, upload_journey, zeros,
};

fn slow() -> Rule {
    SEGMENT_PUT.meet(Action::SlowBody { bytes_per_second: 1_000_000 })
}

/// Begins to send a file of 24 segments, slowly, and returns when some have begun.
async fn begin(stage: &Stage) -> Result<PathBuf, Trouble> {
    let file = noise(stage.folder.path(), "moving.raw", 24 * SEGMENT, 3).await?;
    stage.cloud.faults().add(slow());
    stage.user.choose_segments(&file).await?;
    stage.user.create().await?;
    stage.segments_begun(3).await?;
    Ok(file)
}

/// It failed, the page says so with these words, and there is no image.
async fn failed(stage: &Stage, words: &str) -> Outcome {
    stage.cloud.faults().end(&slow());
    stage.user.reads(words).await?;
    let text = stage.user.page_text().await?;
    assert!(!text.contains("SHA-512 equal"), "{text}");
    let api = stage.api().await?;
    stage.user.until("no record", async || Ok(api.images("moving").await?.is_empty())).await
}

#[tokio::test]
async fn a_file_that_is_written_to_is_named_and_never_a_success() -> Outcome {
    upload_journey(
        "file-changed",
        |_| Ok(()),
        async |stage| {
            let path = begin(stage).await?;
            let mut file = std::fs::OpenOptions::new().write(true).open(&path)?;
            file.seek(SeekFrom::Start(20 * SEGMENT as u64))?;
            file.write_all(b"a running machine")?;
            drop(file);
            failed(stage, "changed").await
        },
    )
    .await
}

#[tokio::test]
async fn a_file_that_grows_is_named_and_never_a_success() -> Outcome {
    upload_journey(
        "file-grows",
        |_| Ok(()),
        async |stage| {
            let path = begin(stage).await?;
            let mut file = std::fs::OpenOptions::new().append(true).open(&path)?;
            file.write_all(&[1; 1000])?;
            drop(file);
            failed(stage, "changed").await
        },
    )
    .await
}

#[tokio::test]
async fn a_file_that_is_removed_is_named_and_never_a_success() -> Outcome {
    upload_journey(
        "file-removed",
        |_| Ok(()),
        async |stage| {
            std::fs::remove_file(begin(stage).await?)?;
            failed(stage, "file").await
        },
    )
    .await
}

#[tokio::test]
async fn another_file_of_the_same_name_is_not_mixed_with_the_first() -> Outcome {
    upload_journey(
        "file-replaced",
        |_| Ok(()),
        async |stage| {
            let user = &stage.user;
            let path = begin(stage).await?;
            user.reload().await?;
            // As long, and with other bytes: only hashing tells.
            noise(stage.folder.path(), "moving.raw", 24 * SEGMENT, 4).await?;
            stage.cloud.faults().end(&slow());
            user.go_on_with(&path).await?;
            // It is the file that was chosen, and nothing of the other one: what was hashed of that is forgotten.
            user.verified().await?;
            let api = stage.api().await?;
            api.holds_the_file("moving", &path).await?;
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn damage_in_the_cloud_is_never_called_success() -> Outcome {
    upload_journey(
        "file-damage",
        |_| Ok(()),
        async |stage| {
            let user = &stage.user;
            let file = noise(stage.folder.path(), "fail-hash.raw", 5 * SEGMENT, 5).await?;
            user.choose_segments(&file).await?;
            user.create().await?;
            user.reads("SHA-512 differs from the file’s").await?;
            assert!(!user.page_text().await?.contains("Verified"));
            let api = stage.api().await?;
            user.until("no record", async || Ok(api.images("fail-hash").await?.is_empty())).await?;
            user.reads("stays in the object store until").await
        },
    )
    .await
}

#[tokio::test]
async fn a_worker_that_does_not_start_is_told() -> Outcome {
    upload_journey(
        "file-worker",
        |options| {
            // As when a new version was put on the web host while the page was open.
            let folder = options.app.as_deref().unwrap_or(Path::new("")).to_owned();
            for entry in std::fs::read_dir(folder)? {
                let path = entry?.path();
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                if name != CONFIG && name.contains("hash") {
                    std::fs::remove_file(path)?;
                }
            }
            Ok(())
        },
        async |stage| {
            let file = noise(stage.folder.path(), "moving.raw", 3 * SEGMENT, 6).await?;
            stage.user.choose_segments(&file).await?;
            stage.user.create().await?;
            failed(stage, "computes checksums could not be loaded").await
        },
    )
    .await
}

#[tokio::test]
async fn gigabytes_of_zeros_are_two_requests() -> Outcome {
    upload_journey(
        "file-zeros",
        |options| {
            // Segments as people have them.
            let folder = options.app.as_deref().unwrap_or(Path::new(""));
            let config = folder.join(CONFIG);
            let text = std::fs::read_to_string(&config)?;
            std::fs::write(
                &config,
                text.replace("\"upload_segment_mib\": 1", "\"upload_segment_mib\": 32"),
            )?;
            Ok(())
        },
        async |stage| {
            let user = &stage.user;
            slipway_e2e::LARGE_SEGMENT_PUT.count(stage.cloud.faults());
            // 64 equal segments and a short one.
            let file = zeros(stage.folder.path(), "zeros.raw", (2 << 30) + 12_288)?;
            user.choose_segments(&file).await?;
            user.create().await?;
            user.reads_within(Duration::from_secs(240), "SHA-512 equal").await?;
            user.reads("did not have to be sent").await?;
            assert_eq!(slipway_e2e::LARGE_SEGMENT_PUT.seen(stage.cloud.faults()), 1);
            let api = stage.api().await?;
            api.holds_the_file("zeros", &file).await?;
            stage.no_objects_are_left(&api).await
        },
    )
    .await
}
