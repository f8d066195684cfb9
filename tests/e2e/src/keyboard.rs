//! The user without a mouse: keys, and where the focus is.

use std::time::Duration;

use thirtyfour::common::keys::TypingData;
use thirtyfour::prelude::*;

use crate::look::Name;
use crate::{Outcome, Trouble, User};

/// What has the focus, as assistive technology is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Focus {
    /// Its role.
    pub role: String,
    /// Its name.
    pub name: String,
    /// Whether it can be seen that it has the focus.
    pub ring: bool,
}

/// More steps than the fullest page has.
const MOST_STEPS: usize = 400;

impl User {
    /// Presses keys, one after the other: `Key::Tab`, or a text.
    pub async fn press(&self, keys: impl Into<TypingData>) -> Outcome {
        Ok(self.driver().action_chain().send_keys(keys).perform().await?)
    }

    /// Presses a key while another is held: `press_with(Key::Control, 'k')`.
    pub async fn press_with(&self, held: Key, key: char) -> Outcome {
        let chain = self.driver().action_chain().key_down(held.clone()).key_down(key).key_up(key);
        Ok(chain.key_up(held).perform().await?)
    }

    /// What has the focus now; `None` when it is nothing but the page.
    pub async fn focus(&self) -> Result<Option<Focus>, Trouble> {
        // A ring is an outline or a shadow of the element, of what it stands in (the frame around a field) or of the
        // label that is drawn in its place.
        let script = r#"
            const e = document.activeElement;
            if (!e || e === document.body || e === document.documentElement) return null;
            const drawn = e => { const s = getComputedStyle(e); return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none'; };
            const near = [e, e.parentElement, e.parentElement?.parentElement, e.nextElementSibling, ...(e.labels || [])];
            return [e, near.some(x => x && drawn(x))];"#;
        let found = self.driver().execute(script, vec![]).await?;
        if found.json().is_null() {
            return Ok(None);
        }
        let ring = found.json().get(1).and_then(serde_json::Value::as_bool).unwrap_or(false);
        let element = self.driver().active_element().await?;
        let mut role = crate::look::computed(&element, "role").await?;
        // ARIA has no role for a password: Chromium says it is a textbox, Firefox says nothing.
        if role.is_empty() && element.attr("type").await?.as_deref() == Some("password") {
            role = "textbox".to_owned();
        }
        let name = crate::look::computed(&element, "label").await?;
        Ok(Some(Focus { role, name, ring }))
    }

    /// Waits until the focus is on an element of that role and name.
    pub async fn focused(&self, role: &str, name: impl Into<Name>) -> Outcome {
        let name = name.into();
        self.until(&format!("the focus on {role} {name:?}"), async || match self.focus().await? {
            Some(focus) if focus.role == role && name.fits(&focus.name) => Ok(true),
            other => Err(format!("it is on {other:?}").into()),
        })
        .await
    }

    /// Goes from stop to stop with the Tab key until the focus is on an element of that role and name. Every stop on the way
    /// has to show that it has the focus, and has to have a name.
    pub async fn tab_to(&self, role: &str, name: impl Into<Name>) -> Outcome {
        let name = name.into();
        let mut passed = Vec::new();
        for _ in 0..MOST_STEPS {
            self.press(Key::Tab).await?;
            let Some(focus) = self.focus().await? else {
                // Past the last stop come the browser's own bars. A person tabs on through them and back into the page;
                // Firefox under remote control has none to tab through, and draws no ring in a page that it has left.
                self.driver().execute("window.focus()", vec![]).await?;
                continue;
            };
            if !focus.ring {
                // Firefox may draw it a moment after the key was taken.
                let drawn = async || Ok(self.focus().await?.is_none_or(|focus| focus.ring));
                let what = format!("a ring around {focus:?}");
                self.until_within(Duration::from_secs(2), &what, drawn).await?;
            }
            if focus.name.trim().is_empty() {
                return Err(format!("a stop without a name: {focus:?}, after {passed:?}").into());
            }
            if focus.role == role && name.fits(&focus.name) {
                return Ok(());
            }
            passed.push(format!("{} {}", focus.role, focus.name));
            // Twice around: it is not there.
            let again = passed
                .first()
                .map_or(0, |first| passed.iter().filter(|stop| *stop == first).count());
            if again > 2 {
                break;
            }
        }
        Err(format!("the Tab key leads to no {role} {name:?}; it led to {passed:#?}").into())
    }

    /// Goes there with the Tab key, and presses Enter.
    pub async fn tab_and_enter(&self, role: &str, name: impl Into<Name>) -> Outcome {
        self.tab_to(role, name).await?;
        self.press(Key::Enter).await
    }
}
