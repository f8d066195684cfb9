//! What was filled in on the launch page, kept for this tab: it survives a reload, a wrong click, going back and a token that
//! has run out. Only what the user has changed is kept, so that the rest follows the cloud; the password never is.

use serde::{Deserialize, Serialize};

use super::draft::Given;
use super::link;
use crate::storage::{self, Keep};

/// Values by the names that a link has for them.
type Values = Vec<(String, Vec<String>)>;

/// What is kept of one form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// Whose it is, and in which project: nobody else of this tab must see it.
    owner: String,
    /// What the form has last written into the address bar.
    address: Values,
    /// What was changed.
    values: Values,
}

impl Kept {
    /// What is to be kept: whose it is, what stands in the address bar, what was changed.
    pub fn new(owner: &str, address: &Given, given: &Given) -> Self {
        Self { owner: owner.to_owned(), address: named(address), values: named(given) }
    }

    /// Reads it; nothing when it is somebody else's, or of a shape that this version does not know.
    fn read(text: &str, owner: &str) -> Option<Self> {
        let kept: Self = serde_json::from_str(text).ok()?;
        (kept.owner == owner).then_some(kept)
    }
}

fn named(given: &Given) -> Values {
    given.iter().map(|(part, values)| (part.parameter().to_owned(), values.clone())).collect()
}

/// Names of another version are left out.
fn given(values: &Values) -> Given {
    link::read(|name| values.iter().find(|(key, _)| key == name).map(|(_, all)| all.clone()))
}

/// Where the form begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// What is filled in already.
    pub given: Given,
    /// It was typed here before, and the address does not say so: the user should know where it comes from.
    pub restored: bool,
}

/// Which of the two wins, the address or what was kept: what was kept where the address is this form's own (it may be a
/// moment behind and cannot carry everything) or says nothing; the address where it was made elsewhere.
pub fn begin(linked: Given, kept: Option<Kept>) -> Beginning {
    match kept.filter(|kept| !kept.values.is_empty()) {
        Some(kept) if linked == given(&kept.address) => {
            Beginning { given: given(&kept.values), restored: linked.is_empty() }
        }
        Some(kept) if linked.is_empty() => Beginning { given: given(&kept.values), restored: true },
        _ => Beginning { given: linked, restored: false },
    }
}

/// Reads what was kept of the form of an image.
pub fn take_up(image: &str, owner: &str) -> Option<Kept> {
    storage::read(Keep::Tab, &form_name(image)).and_then(|text| Kept::read(&text, owner))
}

/// Keeps it, or forgets it when nothing was changed.
pub fn put_by(image: &str, kept: &Kept) {
    if kept.values.is_empty() {
        return forget(image);
    }
    match serde_json::to_string(kept) {
        Ok(text) => storage::write(Keep::Tab, &form_name(image), Some(&text)),
        Err(error) => leptos::logging::error!("the form could not be kept: {error}"),
    }
}

/// Forgets it.
pub fn forget(image: &str) {
    storage::write(Keep::Tab, &form_name(image), None);
}

/// How an instance was launched, so that it can be launched again: its image, and everything that was filled in.
#[derive(Serialize, Deserialize)]
struct Launched {
    image: String,
    kept: Kept,
}

/// Remembers how an instance was launched.
pub fn remember(server: &str, image: &str, owner: &str, whole: &Given) {
    let kept = Kept::new(owner, &Given::new(), whole);
    let launched = Launched { image: image.to_owned(), kept };
    match serde_json::to_string(&launched) {
        Ok(text) => storage::write(Keep::Tab, &launched_name(server), Some(&text)),
        Err(error) => leptos::logging::error!("the launch could not be remembered: {error}"),
    }
}

/// How this tab launched an instance: the image, and everything that was filled in (user data of any length, but no
/// password). `None` for one that was launched elsewhere, or by somebody else ([`owner`]).
pub fn launched(server: &str, owner: &str) -> Option<(String, Given)> {
    let text = storage::read(Keep::Tab, &launched_name(server))?;
    let launched: Launched = serde_json::from_str(&text).ok()?;
    (launched.kept.owner == owner).then(|| (launched.image, given(&launched.kept.values)))
}

/// Whose a form is: a user's, in a project of a cloud.
pub fn owner(cloud: &crate::cloud::Cloud) -> String {
    format!("{}/{}", cloud.key(), cloud.user().id)
}

fn form_name(image: &str) -> String {
    format!("slipway.launch.{image}")
}

fn launched_name(server: &str) -> String {
    format!("slipway.launched.{server}")
}

#[cfg(test)]
mod tests {
    use super::super::draft::Part;
    use super::*;

    fn given_of(pairs: &[(Part, &str)]) -> Given {
        pairs.iter().map(|(part, value)| (*part, vec![(*value).to_owned()])).collect()
    }

    #[test]
    fn what_was_typed_comes_back_for_its_owner_only() {
        let typed = given_of(&[(Part::Name, "web"), (Part::UserData, "#!/bin/sh")]);
        let kept = Kept::new("u", &Given::new(), &typed);
        let text = serde_json::to_string(&kept).expect("text");
        assert_eq!(Kept::read(&text, "u"), Some(kept.clone()));
        assert_eq!(Kept::read(&text, "somebody else"), None);
        assert_eq!(Kept::read("{\"owner\":\"u\",\"values\":3}", "u"), None);
        assert_eq!(given(&kept.values), typed);
    }

    #[test]
    fn a_bare_link_brings_back_what_was_typed_and_says_so() {
        let typed = given_of(&[(Part::Name, "web")]);
        let kept = Kept::new("u", &typed, &typed);
        let begun = begin(Given::new(), Some(kept));
        assert_eq!(begun, Beginning { given: typed, restored: true });
    }

    #[test]
    fn a_reload_brings_back_also_what_the_address_has_not() {
        let long = "x".repeat(link::LONGEST_USER_DATA + 1);
        let typed = given_of(&[(Part::Name, "web-12"), (Part::UserData, &long)]);
        let address = given_of(&[(Part::Name, "web-1")]);
        let begun = begin(address.clone(), Some(Kept::new("u", &address, &typed)));
        assert_eq!(begun, Beginning { given: typed, restored: false });
    }

    #[test]
    fn a_link_of_somebody_else_wins() {
        let (linked, typed) = (given_of(&[(Part::Name, "db")]), given_of(&[(Part::Name, "web")]));
        let begun = begin(linked.clone(), Some(Kept::new("u", &typed, &typed)));
        assert_eq!(begun, Beginning { given: linked.clone(), restored: false });
        assert_eq!(begin(linked.clone(), None), Beginning { given: linked, restored: false });
    }
}
