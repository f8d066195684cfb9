//! One headless browser, started for one test and ended with it: Chromium under chromedriver, or with
//! `SLIPWAY_BROWSER=firefox` Firefox under `firefox.rs`.
//!
//! Deliberately no browser downloads: `CHROMEDRIVER`, `CHROMIUM` and `FIREFOX` name the programs, or they are on PATH
//! (`tools/setup-browsers` installs them).

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use thirtyfour::prelude::*;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::Trouble;
use crate::firefox::{Firefox, Log};
use crate::processes::{Process, tree};

/// Which browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Chromium, the default.
    Chromium,
    /// Firefox.
    Firefox,
}

impl Kind {
    /// What `SLIPWAY_BROWSER` says.
    ///
    /// # Errors
    /// When it names something else.
    pub fn wanted() -> Result<Self, Trouble> {
        match std::env::var("SLIPWAY_BROWSER").as_deref() {
            Err(_) | Ok("" | "chromium") => Ok(Self::Chromium),
            Ok("firefox") => Ok(Self::Firefox),
            Ok(other) => Err(format!("SLIPWAY_BROWSER is {other:?}: chromium or firefox").into()),
        }
    }
}

/// One browser window under WebDriver.
pub struct Browser {
    /// The session.
    pub driver: WebDriver,
    program: Program,
    /// A profile of its own, gone with it; nothing for one that is to last.
    _profile: Option<tempfile::TempDir>,
}

enum Program {
    Chromedriver(Child),
    Firefox(Firefox),
}

impl Browser {
    /// Opens a window 1440 wide.
    ///
    /// # Errors
    /// When the browser or its driver is missing, does not come up, or refuses the session.
    pub async fn start(kind: Kind) -> Result<Self, Trouble> {
        let profile = tempfile::tempdir()?;
        let (driver, program) = match kind {
            Kind::Chromium => {
                let (driver, chromedriver) = start_chromium(profile.path()).await?;
                (driver, Program::Chromedriver(chromedriver))
            }
            Kind::Firefox => {
                let firefox = Firefox::start(profile.path()).await?;
                let driver = WebDriver::new(&firefox.url, DesiredCapabilities::firefox()).await?;
                (driver, Program::Firefox(firefox))
            }
        };
        Ok(Self { driver, program, _profile: Some(profile) })
    }

    /// Opens Chromium in a profile that outlives it: what pages have kept is there when it is opened again.
    ///
    /// # Errors
    /// As [`Browser::start`].
    pub async fn start_in(profile: &Path) -> Result<Self, Trouble> {
        let (driver, chromedriver) = start_chromium(profile).await?;
        Ok(Self { driver, program: Program::Chromedriver(chromedriver), _profile: None })
    }

    /// Chromium's processes, the first one first; those of `chromedriver` and of other browsers are not among them.
    ///
    /// # Errors
    /// When there are none, or the browser is Firefox.
    pub fn processes(&self) -> Result<Vec<Process>, Trouble> {
        let Program::Chromedriver(chromedriver) = &self.program else {
            return Err("only Chromium's processes are known".into());
        };
        let driver = chromedriver.id().ok_or("chromedriver has ended")?;
        let mut all = tree(driver)?;
        all.retain(|process| process.id != driver);
        Ok(all)
    }

    /// Ends Chromium as a power cut does: every process at once (SIGKILL), with no time to write anything down.
    ///
    /// # Errors
    /// When it could not be ended.
    pub async fn kill(mut self) -> Result<(), Trouble> {
        self.cut_power().await?;
        if let Program::Chromedriver(chromedriver) = &mut self.program {
            chromedriver.kill().await?;
        }
        Ok(())
    }

    /// As [`Browser::kill`], for one that is only dropped afterwards.
    pub(crate) async fn cut_power(&self) -> Result<(), Trouble> {
        let ids: Vec<String> = self.processes()?.iter().map(|one| one.id.to_string()).collect();
        // One that ends with its parent, before it is its turn, is what `kill` complains of.
        Command::new("kill").arg("-9").args(&ids).stderr(Stdio::null()).status().await?;
        // There is nothing left to say goodbye to: asking would wait for an answer.
        self.driver.clone().leak()?;
        Ok(())
    }

    /// What Firefox's page writes to its console; Chromium is asked by WebDriver.
    pub(crate) fn log(&self) -> Option<Log> {
        match &self.program {
            Program::Chromedriver(_) => None,
            Program::Firefox(firefox) => Some(firefox.log.clone()),
        }
    }

    /// Closes the window and ends the browser.
    ///
    /// # Errors
    /// When the session could not be ended.
    pub async fn close(self) -> Result<(), Trouble> {
        let ended = self.driver.quit().await;
        match self.program {
            Program::Chromedriver(mut chromedriver) => chromedriver.kill().await?,
            Program::Firefox(firefox) => firefox.end().await?,
        }
        ended.map_err(Into::into)
    }
}

/// How often chromedriver is started: it takes a free port of IPv4 and ends when that of IPv6 is taken.
const MOST_STARTS: u32 = 5;

async fn start_chromedriver() -> Result<(u16, Child), Trouble> {
    let program = std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned());
    let mut starts = 0;
    loop {
        starts += 1;
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
            .map_err(|_| "chromedriver said no port within 20 s")?;
        match port {
            Ok(port) => return Ok((port, chromedriver)),
            Err(error) if starts >= MOST_STARTS => return Err(error),
            Err(_) => {}
        }
    }
}

async fn start_chromium(profile: &Path) -> Result<(WebDriver, Child), Trouble> {
    let (port, chromedriver) = start_chromedriver().await?;
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
    capabilities.add_arg(&format!("--user-data-dir={}", profile.display()))?;
    if let Ok(chromium) = std::env::var("CHROMIUM") {
        capabilities.set_binary(&chromium)?;
    }
    capabilities.set("goog:loggingPrefs", serde_json::json!({ "browser": "ALL" }))?;
    let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await?;
    Ok((driver, chromedriver))
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
