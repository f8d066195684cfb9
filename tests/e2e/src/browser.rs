//! A chromedriver and one headless Chromium, started for one test and ended with it.
//!
//! Deliberately no browser downloads: `CHROMEDRIVER` and `CHROMIUM` name the programs, or they are on PATH
//! (`tools/setup-browsers` installs them).

use std::process::Stdio;
use std::time::Duration;

use thirtyfour::prelude::*;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::Trouble;

/// One browser window under WebDriver.
pub struct Browser {
    /// The session.
    pub driver: WebDriver,
    chromedriver: Child,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts chromedriver on a free port and opens a window 1440 wide.
    ///
    /// # Errors
    /// When chromedriver is missing, does not come up within 20 s, or refuses the session.
    pub async fn start() -> Result<Self, Trouble> {
        let program = std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned());
        let mut chromedriver = Command::new(&program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                format!("cannot start {program}: {error}. `tools/setup-browsers` installs it")
            })?;
        let output = chromedriver.stdout.take().ok_or("chromedriver has no output")?;
        let port = tokio::time::timeout(Duration::from_secs(20), port_of(output))
            .await
            .map_err(|_| "chromedriver said no port within 20 s")??;
        let profile = tempfile::tempdir()?;
        let mut capabilities = DesiredCapabilities::chrome();
        for argument in [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--force-color-profile=srgb",
            "--window-size=1440,1000",
        ] {
            capabilities.add_arg(argument)?;
        }
        capabilities.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
        if let Ok(chromium) = std::env::var("CHROMIUM") {
            capabilities.set_binary(&chromium)?;
        }
        capabilities.set("goog:loggingPrefs", serde_json::json!({ "browser": "ALL" }))?;
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await?;
        Ok(Self { driver, chromedriver, _profile: profile })
    }

    /// Closes the window and ends chromedriver.
    ///
    /// # Errors
    /// When the session could not be ended.
    pub async fn close(mut self) -> Result<(), Trouble> {
        let ended = self.driver.quit().await;
        self.chromedriver.kill().await?;
        ended.map_err(Into::into)
    }
}

async fn port_of(output: tokio::process::ChildStdout) -> Result<u16, Trouble> {
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some(rest) = line.split("started successfully on port ").nth(1) {
            let port = rest.trim_end_matches('.').trim().parse()?;
            // Keep reading: a full pipe would stall chromedriver.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(port);
        }
    }
    Err("chromedriver ended before it was ready".into())
}
