//! Creating images, what is sent: real files made by qemu-img, real trouble on the way.

use std::time::Duration;

use devcloud::Release;
use devcloud::faults::{Action, Rule};
use devcloud::service::Service;
use slipway_e2e::{Outcome, Stage, journey, like, qcow2, release, serve_file};

/// Signs in and picks a real qcow2 on the create page.
async fn pick(stage: &Stage, file: &str, data_mib: usize) -> Outcome {
    let user = &stage.user;
    let path = qcow2(stage.folder.path(), file, data_mib).await?;
    user.sign_in("demo", "demo-secret", "demo").await?;
    user.open("/images/create").await?;
    user.see("heading", "Create image").await?;
    user.pick_file("Disk image file", &path).await?;
    user.read(file).await
}

fn put(action: Action) -> Rule {
    Rule::new(Service::Image, "PUT", "/v2/images/*/file", action)
}

#[tokio::test]
async fn a_real_qcow2_becomes_a_verified_active_image() -> Outcome {
    journey(
        "upload",
        |_| {},
        async |stage| {
            let user = &stage.user;
            pick(stage, "golden.qcow2", 8).await?;
            user.holds("Name", "golden").await?;
            user.holds("Disk format", "qcow2").await?;
            user.click("button", "Create image").await?;
            user.see("heading", "golden").await?;
            user.read("SHA-512 equal").await?;
            user.at("the image's page", |path| path.starts_with("/images/") && path.len() > 30)
                .await?;
            user.read("Active").await?;
            // It is there for a browser that knows nothing of the upload.
            user.driver().refresh().await?;
            user.read("Active").await?;
            user.open("/images?tab=private").await?;
            user.see("link", "golden").await?;
            Ok(())
        },
    )
    .await
}

#[tokio::test]
pub async fn bytes_that_are_not_the_format_end_as_this_release_has_it() -> Outcome {
    journey(
        "mismatch",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let path = stage.folder.path().join("notes.qcow2");
            tokio::fs::write(&path, vec![b'x'; 100_000]).await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open("/images/create").await?;
            user.pick_file("Disk image file", &path).await?;
            // It is said before the first byte, but the cloud decides.
            user.read("does not look like qcow2").await?;
            user.click("button", "Create image").await?;
            if release()? == Release::Caracal {
                // An older Glance looks at no bytes: it is the launch that fails.
                return user.verified().await;
            }
            user.read("refused it (415)").await?;
            user.click("link", "Images").await?;
            user.see("link", like("debian-12")).await?;
            user.gone("link", "notes").await
        },
    )
    .await
}

#[tokio::test]
async fn a_file_over_the_quota_is_refused_before_a_byte_is_sent() -> Outcome {
    journey(
        "quota",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let path = qcow2(stage.folder.path(), "large.qcow2", 70).await?;
            user.sign_in("other", "demo-secret", "other").await?;
            user.open("/images/create").await?;
            user.read("Left of the image quota").await?;
            user.pick_file("Disk image file", &path).await?;
            user.read("of the project’s quota are left").await
        },
    )
    .await
}

#[tokio::test]
async fn a_413_of_the_cloud_is_said_in_words() -> Outcome {
    journey(
        "413",
        |_| {},
        async |stage| {
            let user = &stage.user;
            pick(stage, "fail-quota.qcow2", 1).await?;
            user.click("button", "Create image").await?;
            user.until_within(Duration::from_secs(60), "the failure", async || {
                Ok(user.page_text().await?.contains("takes no more data (413)"))
            })
            .await?;
            user.open("/images?tab=private").await?;
            user.see("link", like("web-1-before-upgrade")).await?;
            user.gone("link", "fail-quota").await
        },
    )
    .await
}

#[tokio::test]
async fn damage_on_the_way_is_never_called_success() -> Outcome {
    journey(
        "damage",
        |_| {},
        async |stage| {
            let user = &stage.user;
            pick(stage, "fail-hash.qcow2", 1).await?;
            user.click("button", "Create image").await?;
            user.read("SHA-512 differs from the file’s").await?;
            assert!(!user.page_text().await?.contains("Verified"));
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn cancelling_removes_the_record() -> Outcome {
    journey(
        "cancel",
        |_| {},
        async |stage| {
            let user = &stage.user;
            stage.cloud.faults().add(put(Action::SlowBody { bytes_per_second: 100_000 }));
            pick(stage, "slow.qcow2", 20).await?;
            user.click("button", "Create image").await?;
            user.see("heading", "slow").await?;
            // The upload lives on while the user moves through the app.
            user.click("link", "Instances").await?;
            user.see("heading", "Instances").await?;
            user.read("Sending").await?;
            user.click("button", "Cancel slow").await?;
            user.click("button", "Cancel the upload").await?;
            user.read("Nothing of it is stored").await?;
            user.click("link", "Images").await?;
            user.see("link", like("debian-12")).await?;
            user.gone("link", "slow").await
        },
    )
    .await
}

#[tokio::test]
async fn a_broken_line_is_mended_without_the_user() -> Outcome {
    journey(
        "reset",
        |_| {},
        async |stage| {
            let user = &stage.user;
            stage.cloud.faults().add(put(Action::ResetMidBody { bytes: 2_000_000 }).once());
            pick(stage, "again.qcow2", 6).await?;
            user.click("button", "Create image").await?;
            user.until_within(Duration::from_secs(60), "verified after the reset", async || {
                Ok(user.page_text().await?.contains("SHA-512 equal"))
            })
            .await
        },
    )
    .await
}

#[tokio::test]
async fn a_lost_reply_is_resolved_by_looking_at_the_image() -> Outcome {
    journey(
        "lost-reply",
        |_| {},
        async |stage| {
            let user = &stage.user;
            stage.cloud.faults().add(put(Action::DropReply).once());
            pick(stage, "unheard.qcow2", 4).await?;
            user.click("button", "Create image").await?;
            user.until_within(Duration::from_secs(60), "verified without the reply", async || {
                Ok(user.page_text().await?.contains("SHA-512 equal"))
            })
            .await
        },
    )
    .await
}

#[tokio::test]
async fn a_token_that_ends_during_an_upload_is_renewed_and_the_upload_goes_on() -> Outcome {
    journey(
        "upload-expiry",
        |_| {},
        async |stage| {
            let user = &stage.user;
            pick(stage, "patient.qcow2", 4).await?;
            let refused = Action::Status {
                status: 401,
                message: "Unauthorized".into(),
                headers: Default::default(),
            };
            stage.cloud.faults().add(put(refused).once());
            user.click("button", "Create image").await?;
            user.read("Sign in again as demo").await?;
            user.fill("Password", "demo-secret").await?;
            user.click("button", "Sign in").await?;
            user.read("SHA-512 equal").await
        },
    )
    .await
}

#[tokio::test]
async fn the_cloud_fetches_an_image_from_a_url() -> Outcome {
    journey(
        "url",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let path = qcow2(stage.folder.path(), "served.qcow2", 2).await?;
            let url = serve_file(&path).await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open("/images/create").await?;
            user.click("radio", "URL").await?;
            user.fill("Address", &url).await?;
            user.fill("Name", "fetched").await?;
            user.choose("Disk format", "qcow2").await?;
            user.click("button", "Create image").await?;
            user.see("heading", "fetched").await?;
            user.read("compared with nothing").await?;
            user.read("Active").await
        },
    )
    .await
}

#[tokio::test]
async fn an_import_that_fails_says_so() -> Outcome {
    journey(
        "url-fails",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let path = qcow2(stage.folder.path(), "served.qcow2", 1).await?;
            let url = serve_file(&path).await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open("/images/create").await?;
            user.click("radio", "URL").await?;
            user.fill("Address", "ftp://example.org/x").await?;
            user.read("only from http:// and https://").await?;
            user.fill("Address", &url).await?;
            user.fill("Name", "fail-import-1").await?;
            user.choose("Disk format", "qcow2").await?;
            user.click("button", "Create image").await?;
            user.read("could not import it").await
        },
    )
    .await
}
