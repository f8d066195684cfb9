//! How a test names what it looks for, and how the browser is asked: the *computed* role and name of an
//! element, the ones that assistive technology gets.

use std::sync::Arc;

use thirtyfour::common::command::ExtensionCommand;
use thirtyfour::prelude::*;

use crate::Trouble;

/// The accessible name that is looked for.
#[derive(Debug, Clone)]
pub enum Name {
    /// The whole name.
    Exactly(String),
    /// A part of it.
    Like(String),
}

/// A name that holds `part`.
pub fn like(part: &str) -> Name {
    Name::Like(part.to_owned())
}

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Self::Exactly(name.to_owned())
    }
}

impl From<String> for Name {
    fn from(name: String) -> Self {
        Self::Exactly(name)
    }
}

impl Name {
    pub(crate) fn fits(&self, name: &str) -> bool {
        match self {
            Self::Exactly(wanted) => name == wanted,
            Self::Like(part) => name.contains(part.as_str()),
        }
    }
    /// The text that narrows the search in the page.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Exactly(text) | Self::Like(text) => text,
        }
    }
}

#[derive(Debug)]
struct Computed(String);

impl ExtensionCommand for Computed {
    fn parameters_json(&self) -> Option<serde_json::Value> {
        None
    }
    fn method(&self) -> http::Method {
        http::Method::GET
    }
    fn endpoint(&self) -> Arc<str> {
        self.0.as_str().into()
    }
}

pub(crate) async fn computed(element: &WebElement, what: &str) -> WebDriverResult<String> {
    let command = thirtyfour::common::command::Command::ExtensionCommand(Box::new(Computed(
        format!("/element/{}/computed{what}", element.element_id()),
    )));
    element.handle().cmd(command).await?.value()
}

/// The visible elements of that role and name, in document order. A page that changes under the look counts as
/// not found; the caller looks again.
///
/// # Errors
/// When the browser is gone.
pub(crate) async fn all(
    driver: &WebDriver,
    role: &str,
    name: &Name,
) -> Result<Vec<WebElement>, Trouble> {
    // Narrow first in the page (one round trip), then let the browser itself say role and name.
    let script = r#"
        const [role, text] = arguments;
        const tags = { option: '[role=option],option', button: 'button,summary,[role=button],input[type=submit]', link: 'a[href]', heading: 'h1,h2,h3,h4',
            textbox: 'input,textarea', searchbox: 'input[type=search]', checkbox: 'input[type=checkbox],[role=checkbox]', radio: 'input[type=radio]', combobox: 'select,[role=combobox]',
            row: 'tr,[role=row]', cell: 'td,[role=cell]', tab: '[role=tab],a,button', dialog: 'dialog,[role=dialog]', alertdialog: 'dialog', progressbar: 'progress,[role=progressbar]',
            status: 'output,[role=status]', alert: '[role=alert]', menuitem: '[role=menuitem]', region: 'section,[role=region],aside', spinbutton: 'input[type=number]' };
        const folded = text.toLowerCase().replace(/\s+/g, ' ');
        const says = e => [e.textContent, e.getAttribute('aria-label'), e.title, e.value, e.name, ...(e.labels ? [...e.labels].map(l => l.textContent) : []),
            ...((e.getAttribute('aria-labelledby') || '').split(/\s+/).map(i => document.getElementById(i)?.textContent))]
            .some(t => t && t.toLowerCase().replace(/\s+/g, ' ').includes(folded));
        const top = [...document.querySelectorAll('dialog:modal')].at(-1) || document;
        return [...top.querySelectorAll(tags[role] || `[role=${role}],${role}`), ...(top.matches?.(tags[role] || role) ? [top] : [])]
            .filter(e => e.checkVisibility({ visibilityProperty: true }) && says(e));
    "#;
    let found = driver.execute(script, vec![role.into(), name.text().into()]).await?.elements()?;
    let mut fitting = Vec::new();
    for element in found {
        let (element_role, label) =
            match (computed(&element, "role").await, computed(&element, "label").await) {
                (Ok(role), Ok(label)) => (role, label),
                // Gone between the two looks: the page is changing.
                (Err(error), _) | (_, Err(error)) if is_stale(&error) => continue,
                (Err(error), _) | (_, Err(error)) => return Err(error.into()),
            };
        if element_role == role && name.fits(&label) {
            fitting.push(element);
        }
    }
    Ok(fitting)
}

pub(crate) fn is_stale(error: &WebDriverError) -> bool {
    let text = error.to_string();
    text.contains("stale element")
        || text.contains("no such element")
        || text.contains("not interactable")
        || text.contains("click intercepted")
}
