//! One more person, or the same one with another browser: beside the one whom every [`Stage`] has.

use std::path::Path;

use crate::{Browser, Kind, Outcome, Stage, Trouble, User};

/// Someone with a Chromium.
pub struct Person {
    /// What they do and see.
    pub user: User,
    /// What they do it with.
    pub browser: Browser,
}

impl Stage {
    /// Another browser, with a profile of its own.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn somebody_else(&self) -> Result<Person, Trouble> {
        Ok(self.person(Browser::start(Kind::Chromium).await?))
    }

    /// A browser whose profile lasts: opened a second time, it has kept what the first one kept.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn with_profile(&self, profile: &Path) -> Result<Person, Trouble> {
        Ok(self.person(Browser::start_in(profile).await?))
    }

    fn person(&self, browser: Browser) -> Person {
        let user = User::new(browser.driver.clone(), browser.log(), self.cloud.url());
        Person { user, browser }
    }
}

impl Person {
    /// Lets them do something; what they saw last is kept when it goes wrong, as a journey does for its own user.
    ///
    /// # Errors
    /// Whatever `play` returns, and where the screenshot is.
    pub async fn does(&self, name: &str, play: impl AsyncFnOnce(&User) -> Outcome) -> Outcome {
        let outcome = self.user.judged(name, play(&self.user).await).await;
        if outcome.is_err() {
            self.browser.cut_power().await?;
        }
        outcome
    }
}
