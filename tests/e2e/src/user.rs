//! What a person does: open, look, click, type, wait until something is there. Every look repeats until a deadline.

use std::path::Path;
use std::time::Duration;

use thirtyfour::Key;
use thirtyfour::prelude::*;
use tokio::time::Instant;

use crate::firefox::Log;
use crate::look::{self, Name};
use crate::{Outcome, Trouble};

/// How long a person waits for something that should come: generous, as two cores may be busy.
const PATIENCE: Duration = Duration::from_secs(40);
/// Pause between two looks.
const GLANCE: Duration = Duration::from_millis(40);

/// The person in front of the browser.
pub struct User {
    driver: WebDriver,
    /// Firefox's page console; Chromium's is asked by WebDriver.
    log: Option<Log>,
    origin: String,
}

impl User {
    pub(crate) fn new(driver: WebDriver, log: Option<Log>, origin: String) -> Self {
        Self { driver, log, origin: origin.trim_end_matches('/').to_owned() }
    }

    /// The WebDriver session, for what has no word of its own here.
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Opens a path of the app, as typed into the address bar.
    pub async fn open(&self, path: &str) -> Outcome {
        Ok(self.driver.goto(format!("{}{path}", self.origin)).await?)
    }

    /// Reloads the page; WebDriver says yes to what a page that is sending warns of.
    pub async fn reload(&self) -> Outcome {
        Ok(self.driver.refresh().await?)
    }

    /// Opens the app and signs in with name and password, choosing `project` when asked.
    pub async fn sign_in(&self, user: &str, password: &str, project: &str) -> Outcome {
        self.open("/").await?;
        self.fill("User", user).await?;
        self.fill("Password", password).await?;
        self.click("button", "Sign in").await?;
        self.until(&format!("signed in as {user}"), async || {
            if self.path().await?.starts_with("/images") {
                return Ok(true);
            }
            for choice in look::all(&self.driver, "button", &look::like(project)).await? {
                choice.click().await?;
            }
            Ok(false)
        })
        .await
    }

    /// The path and query in the address bar.
    pub async fn path(&self) -> Result<String, Trouble> {
        let url = self.driver.current_url().await?;
        Ok(match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        })
    }

    /// Waits until the address bar shows a path that `fits`.
    pub async fn at(&self, what: &str, fits: impl Fn(&str) -> bool) -> Outcome {
        self.until(what, async || Ok(fits(&self.path().await?))).await
    }

    /// Waits for an element of that role and accessible name.
    pub async fn see(&self, role: &str, name: impl Into<Name>) -> Result<WebElement, Trouble> {
        let name = name.into();
        let deadline = Instant::now() + PATIENCE;
        loop {
            match look::all(&self.driver, role, &name).await {
                Ok(found) => {
                    if let Some(element) = found.into_iter().next() {
                        return Ok(element);
                    }
                }
                Err(error) if Instant::now() >= deadline => return Err(error),
                Err(_) => {}
            }
            if Instant::now() >= deadline {
                return Err(format!("no {role} named {name:?} within {PATIENCE:?}").into());
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Waits until no element of that role and name is left.
    pub async fn gone(&self, role: &str, name: impl Into<Name>) -> Outcome {
        let name = name.into();
        self.until(&format!("{role} {name:?} gone"), async || {
            Ok(look::all(&self.driver, role, &name).await?.is_empty())
        })
        .await
    }

    /// Clicks what has that role and name, as soon as it takes clicks.
    pub async fn click(&self, role: &str, name: impl Into<Name>) -> Outcome {
        let name = name.into();
        self.until(&format!("click {role} {name:?}"), async || {
            let Some(element) = look::all(&self.driver, role, &name).await?.into_iter().next()
            else {
                return Ok(false);
            };
            match element.click().await {
                Ok(()) => Ok(true),
                Err(error) if look::is_stale(&error) => Ok(false),
                Err(error) => Err(error.into()),
            }
        })
        .await
    }

    /// The field with that label.
    pub async fn field(&self, label: &str) -> Result<WebElement, Trouble> {
        let script = r#"
            const top = [...document.querySelectorAll('dialog:modal')].at(-1) || document;
            const says = (e) => [...(e.labels || [])].map(l => l.textContent.trim().replace(/\s+/g, ' ')).concat(e.getAttribute('aria-label') || []);
            return [...top.querySelectorAll('input,textarea,select')].filter(e => says(e).some(t => t === arguments[0] || t.startsWith(arguments[0] + ' ')))
              .filter(e => e.type === 'file' || e.checkVisibility({ visibilityProperty: true }));"#;
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = self.driver.execute(script, vec![label.into()]).await?.elements()?;
            if let Some(element) = found.into_iter().next() {
                return Ok(element);
            }
            if Instant::now() >= deadline {
                return Err(format!("no field labelled {label:?} within {PATIENCE:?}").into());
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Types into the field with that label, in place of what is there.
    pub async fn fill(&self, label: &str, text: &str) -> Outcome {
        let field = self.field(label).await?;
        field.clear().await?;
        field.send_keys(text).await?;
        Ok(())
    }

    /// Types into a field that holds something and offers suggestions: what is there is chosen when it gets the focus, and
    /// replaced. (WebDriver's own way to empty a field is one that such a field does not hear of.)
    pub async fn retype(&self, label: &str, text: &str) -> Outcome {
        let field = self.field(label).await?;
        field.send_keys(Key::Control + "a").await?;
        field.send_keys(text).await?;
        Ok(())
    }

    /// What the field with that label holds.
    pub async fn value(&self, label: &str) -> Result<String, Trouble> {
        Ok(self.field(label).await?.prop("value").await?.unwrap_or_default())
    }

    /// Waits until the field with that label holds a value.
    pub async fn holds(&self, label: &str, value: &str) -> Outcome {
        self.until(&format!("{label} is {value}"), async || Ok(self.value(label).await? == value))
            .await
    }

    /// Picks the option whose text holds `option` in the list with that label.
    pub async fn choose(&self, label: &str, option: &str) -> Outcome {
        self.until(&format!("choose {option:?} in {label:?}"), async || {
            let list = self.field(label).await?;
            let script = r#"
                const [list, text] = arguments;
                const option = [...list.options].find(o => o.textContent.includes(text) && !o.disabled);
                if (!option) return false;
                list.focus();
                list.value = option.value;
                list.dispatchEvent(new Event('input', { bubbles: true }));
                list.dispatchEvent(new Event('change', { bubbles: true }));
                return true;"#;
            let done = self.driver.execute(script, vec![list.to_json()?, option.into()]).await?;
            Ok(done.convert::<bool>()?)
        })
        .await
    }

    /// Picks a file of this computer in the file field with that label.
    pub async fn pick_file(&self, label: &str, file: &Path) -> Outcome {
        self.field(label).await?.send_keys(file.display().to_string()).await?;
        Ok(())
    }

    /// Waits until the page shows `text` somewhere (what a person can read, white space folded).
    pub async fn read(&self, text: &str) -> Outcome {
        self.until(&format!("read {text:?}"), async || Ok(self.page_text().await?.contains(text)))
            .await
    }

    /// Waits until the page no longer shows `text`.
    pub async fn no_longer_read(&self, text: &str) -> Outcome {
        self.until(&format!("{text:?} gone from the page"), async || {
            Ok(!self.page_text().await?.contains(text))
        })
        .await
    }

    /// Everything a person can read on the page now.
    pub async fn page_text(&self) -> Result<String, Trouble> {
        let text = self
            .driver
            .execute("return document.body.innerText.replace(/\\s+/g, ' ')", vec![])
            .await?;
        Ok(text.convert::<String>()?)
    }

    /// Repeats `look` until it is true.
    ///
    /// # Errors
    /// After [`PATIENCE`], with `what` and the last trouble.
    pub async fn until(
        &self,
        what: &str,
        look: impl AsyncFn() -> Result<bool, Trouble>,
    ) -> Outcome {
        self.until_within(PATIENCE, what, look).await
    }

    /// As [`User::until`], with its own patience.
    pub async fn until_within(
        &self,
        patience: Duration,
        what: &str,
        look: impl AsyncFn() -> Result<bool, Trouble>,
    ) -> Outcome {
        let deadline = Instant::now() + patience;
        loop {
            let last = match look().await {
                Ok(true) => return Ok(()),
                Ok(false) => None,
                Err(trouble) => Some(trouble),
            };
            if Instant::now() >= deadline {
                return Err(match last {
                    Some(trouble) => format!("{what}: {trouble}").into(),
                    None => format!("not within {patience:?}: {what}").into(),
                });
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// What a journey came to: it also failed when the browser's log says so, and then says where a screenshot is.
    pub(crate) async fn judged(&self, name: &str, outcome: Outcome) -> Outcome {
        let outcome = match outcome {
            Ok(()) => self.no_errors_in_log().await,
            Err(trouble) => Err(trouble),
        };
        let Err(trouble) = outcome else { return Ok(()) };
        let kept = self.keep_evidence(name).await;
        Err(format!("{name}: {trouble}\n{kept}").into())
    }

    /// A panic of the app or a refusal by the Content-Security-Policy shows only in the browser's log: a journey
    /// that leaves one there has failed, whatever the page looked like.
    async fn no_errors_in_log(&self) -> Outcome {
        match self.messages().await?.into_iter().find(|message| is_bad(message)) {
            Some(message) => Err(format!("the browser's log says: {message}").into()),
            None => Ok(()),
        }
    }

    /// What the page wrote to the browser's console since the last look.
    async fn messages(&self) -> Result<Vec<String>, Trouble> {
        match &self.log {
            Some(log) => Ok(std::mem::take(&mut *log.lock().map_err(|_| "the log is broken")?)),
            None => {
                let log = self.driver.browser_log().await?;
                Ok(log.into_iter().map(|entry| entry.message).collect())
            }
        }
    }

    async fn keep_evidence(&self, name: &str) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/e2e");
        let shot = folder.join(format!("{name}.png"));
        let kept = async {
            tokio::fs::create_dir_all(&folder).await?;
            self.driver.screenshot(&shot).await?;
            let log = self.messages().await?;
            let text = self.page_text().await?;
            Ok::<_, Trouble>(format!(
                "at {}\npage: {}\nlog: {}",
                self.path().await?,
                text.chars().take(1500).collect::<String>(),
                log.join("\n     ")
            ))
        };
        match kept.await {
            Ok(text) => format!("screenshot: {}\n{text}", shot.display()),
            Err(trouble) => format!("(no evidence could be kept: {trouble})"),
        }
    }
}

/// Whether a line of the browser's log tells of a panic, of an exception that nobody caught, or of something that the page's
/// policy refused.
fn is_bad(message: &str) -> bool {
    // Chromium writes the policy's name with spaces, Firefox with hyphens.
    ["panicked at", "Uncaught", "unreachable", "Content Security Policy", "Content-Security-Policy"]
        .iter()
        .any(|sign| message.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::is_bad;

    #[test]
    fn bad_lines_are_known() {
        for (line, bad) in [
            ("panicked at src/live.rs:3:1: boom", true),
            (
                "Loading the image 'http://x/' violates the following Content Security Policy directive",
                true,
            ),
            (
                "Content-Security-Policy: The page’s settings blocked the loading of a resource (img-src)",
                true,
            ),
            ("the server responded with a status of 404 (Not Found)", false),
        ] {
            assert_eq!(is_bad(line), bad, "{line}");
        }
    }
}
