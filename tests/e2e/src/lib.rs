//! The stage of the end-to-end tests: a devcloud of its own on a free port, a real headless browser, and
//! a [`User`] who finds things as people do, by role and name.
//!
//! What it does not do: no CSS selectors for finding, no fixed waits (every look is repeated until it is
//! true or a deadline has passed), no interception of requests. Trouble comes from devcloud's fault plan or
//! from names that a user can type.

mod api;
mod browser;
mod compute;
mod console;
mod files;
mod firefox;
mod ground;
mod hostile;
mod keyboard;
mod look;
mod measure;
mod person;
mod plan;
mod processes;
mod release;
mod terminal;
mod uploads;
mod user;

use std::path::PathBuf;

pub use api::{Api, CONTAINER, Object};
pub use browser::{Browser, Kind};
pub use compute::Disk;
pub use console::{CONFIG, console_with};
pub use files::{disk_with_debian, noise, qcow2, serve_file, totp_code, zeros};
pub use ground::{Ground, Site, on_any_cloud};
pub use hostile::{CLOSING, CONTROL, DATA_ADDRESS, MARKUP, SCRIPT_ADDRESS, TURNED, WORDED, long};
pub use look::{Name, like};
pub use measure::View;
pub use person::Person;
pub use plan::{
    IMPORT, LARGE_SEGMENT_PUT, LISTING, MANIFEST, RECORD, Requests, SEGMENT_PUT, WEB_DOWNLOAD,
    refused,
};
pub use processes::{Process, tree};
pub use release::{on_release, release};
pub use terminal::pasted;
pub use uploads::{SEGMENT, stored_bytes, upload_journey};
pub use user::User;

/// Why a journey stopped: said in words, with what was on the page.
pub type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// What a journey returns.
pub type Outcome = Result<(), Trouble>;

/// Everything one test needs; all of it is gone when the test ends.
pub struct Stage {
    /// The cloud that the page talks to.
    pub cloud: devcloud::Devcloud,
    /// The person in front of the browser.
    pub user: User,
    /// The browser.
    pub browser: Browser,
    /// A folder for files that the test makes.
    pub folder: tempfile::TempDir,
}

impl Stage {
    /// Signs in to the demo project, with one instance in it. Gives a client beside the page and the instance's id.
    ///
    /// # Errors
    /// When the sign-in fails, or the cloud does not make the instance.
    pub async fn with_instance(&self, name: &str, disk: Disk) -> Result<(Api, String), Trouble> {
        self.user.sign_in("demo", "demo-secret", "demo").await?;
        let beside = self.api().await?;
        let id = beside.instance(name, disk).await?;
        Ok((beside, id))
    }
}

/// The options that tests start from: a fresh data folder, the built app, state changes at a tenth of a real cloud's pace, the
/// [`release`] that is asked for.
///
/// # Errors
/// When the built app is not where `SLIPWAY_DIST` (or `dist/`) says, and when there is no such release.
pub fn options(folder: &tempfile::TempDir) -> Result<devcloud::Options, Trouble> {
    let dist = match std::env::var_os("SLIPWAY_DIST") {
        Some(dist) => PathBuf::from(dist),
        None => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../dist")),
    };
    if !dist.join("index.html").is_file() {
        return Err(format!(
            "no built app in {}: run `make build` first, or `make test`, which does",
            dist.display()
        )
        .into());
    }
    Ok(devcloud::Options {
        app: Some(dist),
        pace: 0.1,
        release: release()?,
        ..devcloud::Options::new(folder.path().join("cloud"))
    })
}

/// Runs one journey on a stage of its own. On trouble a screenshot, the page's text and the browser's log are
/// kept under `target/e2e/`, and the message says where.
///
/// # Errors
/// Whatever the journey returned, with the path of the screenshot.
pub async fn journey<F>(name: &str, adjust: impl FnOnce(&mut devcloud::Options), play: F) -> Outcome
where
    F: AsyncFnOnce(&Stage) -> Outcome,
{
    journey_in(Kind::wanted()?, name, adjust, play).await
}

/// As [`journey`], in that browser whatever `SLIPWAY_BROWSER` says.
///
/// # Errors
/// As [`journey`].
pub async fn journey_in<F>(
    kind: Kind,
    name: &str,
    adjust: impl FnOnce(&mut devcloud::Options),
    play: F,
) -> Outcome
where
    F: AsyncFnOnce(&Stage) -> Outcome,
{
    let prepare = |options: &mut devcloud::Options| {
        adjust(options);
        Ok(())
    };
    journey_with(kind, name, prepare, play).await
}

/// As [`journey_in`], on a cloud whose preparation may fail.
///
/// # Errors
/// As [`journey`], and when the preparation fails.
pub async fn journey_with<F>(
    kind: Kind,
    name: &str,
    prepare: impl FnOnce(&mut devcloud::Options) -> Outcome,
    play: F,
) -> Outcome
where
    F: AsyncFnOnce(&Stage) -> Outcome,
{
    let folder = tempfile::tempdir()?;
    let mut options = options(&folder)?;
    prepare(&mut options)?;
    let cloud = devcloud::start(options).await?;
    let browser = Browser::start(kind).await?;
    let user = User::new(browser.driver.clone(), browser.log(), cloud.url());
    let stage = Stage { cloud, user, browser, folder };
    let outcome = stage.user.judged(name, play(&stage).await).await;
    stage.browser.close().await?;
    stage.cloud.stop().await;
    outcome
}
