//! A new release while a tab of the old one is open: the host has none of the old files any more. What the tab has it goes on
//! with; what it misses it says, and asks to be reloaded, which waits for what is under way.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use devcloud::faults::{Action, Rule};
use slipway_e2e::{
    CONFIG, Kind, Outcome, SEGMENT, SEGMENT_PUT, Stage, Trouble, console_with, journey_with, like,
    noise, upload_journey,
};

const PAGE: &str = "index.html";
/// What is in flight stays slow to its end.
const PATIENCE: Duration = Duration::from_secs(120);

fn app(stage: &Stage) -> PathBuf {
    stage.folder.path().join("app")
}

/// Which of the app's files the page of that name needs and the others do not, by what `index.html` says.
fn own_files(page: &str, part: &str) -> Result<BTreeSet<String>, Trouble> {
    let told = page
        .split("name=\"slipway-parts\" content='")
        .nth(1)
        .and_then(|rest| rest.split('\'').next());
    let told =
        told.ok_or("the app is not cut into pages: this journey needs a release, `make build`")?;
    let parts: std::collections::BTreeMap<String, BTreeSet<String>> = serde_json::from_str(told)?;
    let of = |name: &str| parts.get(name).cloned().unwrap_or_default();
    let others: BTreeSet<String> =
        parts.keys().filter(|name| *name != part).flat_map(|name| of(name)).collect();
    Ok(of(part).difference(&others).cloned().collect())
}

/// The host's page is of another release, which has none of these files.
fn released(folder: &Path, gone: impl Fn(&str) -> bool) -> Outcome {
    let page = folder.join(PAGE);
    let text = std::fs::read_to_string(&page)?;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name != PAGE && name != CONFIG && gone(&name) {
            std::fs::rename(entry.path(), folder.join(format!("gone-{name}")))?;
        }
    }
    // It is a link to the built one, which stays as it is.
    std::fs::remove_file(&page)?;
    Ok(std::fs::write(&page, text.replace("/start-", "/start-of-next-"))?)
}

/// The release that the tab knows is there again.
fn taken_back(folder: &Path) -> Outcome {
    let page = folder.join(PAGE);
    let text = std::fs::read_to_string(&page)?;
    std::fs::write(&page, text.replace("/start-of-next-", "/start-"))?;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Some(old) = name.strip_prefix("gone-") {
            std::fs::rename(entry.path(), folder.join(old))?;
        }
    }
    Ok(())
}

fn slow() -> Rule {
    SEGMENT_PUT.meet(Action::SlowBody { bytes_per_second: 60_000 })
}

#[tokio::test]
async fn a_page_that_is_gone_asks_to_reload_when_the_upload_is_done() -> Outcome {
    upload_journey(
        "release-page",
        |_| Ok(()),
        async |stage| {
            let (user, folder) = (&stage.user, app(stage));
            // The list's own code never comes; the release follows once the upload is under way.
            let missing = own_files(&std::fs::read_to_string(folder.join(PAGE))?, "images")?;
            assert!(!missing.is_empty(), "the list has code of its own");
            for file in &missing {
                std::fs::rename(folder.join(file), folder.join(format!("gone-{file}")))?;
            }
            let file = noise(stage.folder.path(), "between.raw", 24 * SEGMENT, 6).await?;
            user.open("/images/create").await?;
            user.fill("User", "demo").await?;
            user.fill("Password", "demo-secret").await?;
            user.click("button", "Sign in").await?;
            user.click("button", "demo").await?;
            // The column of places is of the list's part as well: what does not come is said, and nothing else suffers.
            user.read("A part of the console could not be loaded").await?;
            user.click("button", "Dismiss").await?;
            user.choose_here_in_segments(&file).await?;
            stage.cloud.faults().add(slow());
            user.create().await?;
            stage.segments_begun(2).await?;
            // Nothing is known of a release yet: the network may be it.
            user.click("link", "Images").await?;
            user.read("This page could not be loaded").await?;
            released(&folder, |_| false)?;
            user.click("button", "Try again").await?;
            user.read("The console was updated").await?;
            user.read("a reload now would break it off").await?;
            user.click("button", "Reload when it is done").await?;
            user.read("The tab reloads by itself").await?;
            let api = stage.api().await?;
            assert!(api.active("between").await?.is_none(), "it is still under way");
            taken_back(&folder)?;
            stage.cloud.faults().end(&slow());
            user.until_within(PATIENCE, "between is active", async || {
                Ok(api.active("between").await?.is_some())
            })
            .await?;
            // It reloads by itself, into the page that was wanted, and is signed in.
            user.see("heading", "Images").await?;
            user.see("link", like("between")).await?;
            api.holds_the_file("between", &file).await
        },
    )
    .await
}

#[tokio::test]
async fn an_open_tab_keeps_the_pages_that_it_has() -> Outcome {
    journey_with(
        Kind::Chromium,
        "release-tab",
        |options| console_with(options, &config(), |_| true).map(drop),
        async |stage| {
            let (user, folder) = (&stage.user, app(stage));
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.see("link", like("debian-12")).await?;
            user.click("link", "Instances").await?;
            user.see("link", "Launch instance").await?;
            released(&folder, |_| true)?;
            user.click("link", "Images").await?;
            user.click("link", like("debian-12-x86_64")).await?;
            user.see("heading", like("debian-12-x86_64")).await?;
            // A worker is fetched with the first file: without it nothing is sent, and why is said.
            user.click("link", "Images").await?;
            user.see("link", like("debian-12")).await?;
            // Coming back, the list is where it was left.
            user.driver().execute("scrollTo(0, 0)", vec![]).await?;
            user.click("link", "Create image").await?;
            let file = noise(stage.folder.path(), "late.raw", SEGMENT, 7).await?;
            user.pick_file("Disk image file", &file).await?;
            user.read("The file was not looked into").await?;
            user.read("reload the tab").await?;
            taken_back(&folder)?;
            user.reload().await?;
            user.pick_file("Disk image file", &file).await?;
            user.read("late.raw").await?;
            user.no_longer_read("The file was not looked into").await
        },
    )
    .await
}

fn config() -> serde_json::Value {
    serde_json::json!({
        "clouds": [{ "id": "devcloud", "name": "devcloud", "auth_url": "/identity/v3", "region": "dev-1" }],
    })
}
