//! Journeys that any cloud can pass: they use neither the fault plan nor the clock nor the seed of devcloud.
//!
//! Without `SLIPWAY_SITE` each plays on a devcloud of its own. With it, all play on the cloud that this file describes:
//! `tests/openstack` brings up a real one and writes it. What is made there stays there, so names are new each time.

use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::console::{config, console_with};
use crate::{Api, Browser, Kind, Outcome, Trouble, User, options, release};

/// What a journey must know of the cloud that it plays on.
#[derive(Clone, Debug)]
pub struct Site {
    /// Where the console is served.
    pub console: String,
    /// Keystone's address, with `/v3`.
    pub auth_url: String,
    /// The region's name.
    pub region: String,
    /// A small public image of a Linux, active.
    pub image: String,
    /// Another name that begins like no other public image.
    pub other_image: String,
    /// A flavor that is large enough for the image, with a disk of its own.
    pub flavor: String,
    /// A network of the project with a router.
    pub network: String,
    /// An image that rescues any instance, those on volumes too.
    pub rescue_image: String,
    /// How many images the list is tried with. They are made one by one; devcloud's list with thousands, which it can be
    /// begun with, is in `image_list.rs`.
    pub many: usize,
    /// A file at an address that Glance fetches from.
    pub fetched: String,
    /// Whether Glance fetches from the object store, as uploads in parts need.
    pub fetches_parts: bool,
    /// The end of all names that this run makes.
    suffix: String,
}

/// What a journey plays on.
pub struct Ground {
    /// The person in front of the browser.
    pub user: User,
    /// The browser.
    pub browser: Browser,
    /// A folder for files that the test makes.
    pub folder: TempDir,
    /// The cloud.
    pub site: Site,
}

impl Site {
    fn of_devcloud(url: &str) -> Self {
        Self {
            console: url.to_owned(),
            auth_url: format!("{}/identity/v3", url.trim_end_matches('/')),
            region: "dev-1".into(),
            image: "cirros-0.6.3-x86_64".into(),
            other_image: "debian-12-x86_64".into(),
            flavor: "dev.small".into(),
            network: "demo-internal".into(),
            rescue_image: "systemrescue-12.02-x86_64".into(),
            many: 200,
            fetched: format!("{}/config.json", url.trim_end_matches('/')),
            fetches_parts: true,
            suffix: String::new(),
        }
    }

    /// Reads the description of a real cloud.
    fn read(path: &PathBuf) -> Result<Self, Trouble> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let told: Value = serde_json::from_str(&text)?;
        let word = |key: &str| -> Result<String, Trouble> {
            let found = told.get(key).and_then(Value::as_str);
            Ok(found.ok_or_else(|| format!("{}: no {key}", path.display()))?.to_owned())
        };
        let run = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
        Ok(Self {
            console: word("console")?,
            auth_url: word("auth_url")?,
            region: word("region")?,
            image: word("image")?,
            other_image: word("other_image")?,
            flavor: word("flavor")?,
            network: word("network")?,
            rescue_image: word("rescue_image")?,
            many: 2_000,
            fetched: word("fetched")?,
            fetches_parts: told.get("fetches_parts").and_then(Value::as_bool).unwrap_or(true),
            suffix: format!("-{:x}", run.as_millis() & 0xff_ffff),
        })
    }

    /// A name that nothing in the cloud has yet.
    pub fn name(&self, name: &str) -> String {
        format!("{name}{}", self.suffix)
    }

    /// Asks the cloud beside the page.
    ///
    /// # Errors
    /// When it does not let the user in.
    pub async fn api(&self, user: &str, project: &str) -> Result<Api, Trouble> {
        Api::sign_in_at(&self.auth_url, user, project).await
    }
}

/// Runs one journey in Chromium on whichever cloud there is. The console cuts files into segments of 1 MiB.
///
/// # Errors
/// Whatever the journey returned, with the path of a screenshot.
pub async fn on_any_cloud<F>(name: &str, play: F) -> Outcome
where
    F: AsyncFnOnce(&Ground) -> Outcome,
{
    let folder = tempfile::tempdir()?;
    let real = std::env::var_os("SLIPWAY_SITE").filter(|_| release::asked().is_none());
    let (devcloud, site) = match real {
        Some(path) => (None, Site::read(&PathBuf::from(path))?),
        None => {
            let mut options = options(&folder)?;
            console_with(&mut options, &config("/identity/v3", 1), |_| true)?;
            let cloud = devcloud::start(options).await?;
            let site = Site::of_devcloud(&cloud.url());
            (Some(cloud), site)
        }
    };
    let browser = Browser::start(Kind::Chromium).await?;
    let user = User::new(browser.driver.clone(), browser.log(), site.console.clone());
    let ground = Ground { user, browser, folder, site };
    let outcome = play(&ground).await;
    let outcome = ground.user.judged(name, outcome).await;
    ground.browser.close().await?;
    if let Some(cloud) = devcloud {
        cloud.stop().await;
    }
    outcome
}

impl Ground {
    /// Signs in as that user, in that project, with the password of these tests.
    ///
    /// # Errors
    /// When the console does not get that far.
    pub async fn sign_in(&self, user: &str, project: &str) -> Outcome {
        self.user.sign_in(user, "demo-secret", project).await
    }

    /// The public image of that name.
    ///
    /// # Errors
    /// When there is none.
    pub async fn image_id(&self, api: &Api, name: &str) -> Result<String, Trouble> {
        let images = api.images(name).await?;
        let id = images.first().and_then(|image| image.get("id")).and_then(Value::as_str);
        Ok(id.ok_or_else(|| format!("there is no image {name}"))?.to_owned())
    }

    /// What a new application credential of the user says: its id and its secret.
    ///
    /// # Errors
    /// When Keystone refuses.
    pub async fn application_credential(&self, api: &Api) -> Result<(String, String), Trouble> {
        let url = format!("{}/users/{}/application_credentials", api.identity_url(), api.user());
        let ask = json!({ "application_credential": { "name": self.site.name("console") } });
        let made = api.ask(http::Method::POST, &url, Some(ask)).await?;
        let word = |key: &str| -> Result<String, Trouble> {
            let found = made.pointer(&format!("/application_credential/{key}"));
            Ok(found.and_then(Value::as_str).ok_or("no application credential")?.to_owned())
        };
        Ok((word("id")?, word("secret")?))
    }
}
