//! What is done to several images at once, to which of them it can be done, and why not to the others. Pure.

use std::sync::Arc;

use openstack::image::{ImageStatus, Visibility};

use super::super::entry::{Entry, Share};
use crate::text::{format, tr, tr_with};

/// What is done to several images at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// Refuse to be deleted.
    Protect,
    /// Allow to be deleted again.
    Unprotect,
    /// Offer to another project.
    Share,
    /// Take the offer to another project back.
    Unshare,
    /// Put a tag on.
    Tag,
    /// Close the data.
    Deactivate,
    /// Open the data again.
    Reactivate,
    /// Take what other projects offer.
    Accept,
    /// Refuse what other projects offer.
    Reject,
    /// Delete for good.
    Delete,
}

/// Why something cannot be done to an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Obstacle {
    /// It belongs to another project.
    NotOwn,
    /// It is protected.
    Protected,
    /// It is so already.
    Already,
    /// Only active images can be deactivated.
    NotActive,
    /// Only deactivated images can be reactivated.
    NotDeactivated,
    /// No other project shares it with this one.
    NotOffered,
    /// Nobody but this project sees it, or everybody does.
    NotShareable,
}

impl Obstacle {
    /// "2 are protected".
    pub fn words(self, count: usize) -> String {
        let count = format::thousands(count as u64);
        let values: [(&str, &dyn std::fmt::Display); 1] = [("count", &count)];
        let one = count == "1";
        match (self, one) {
            (Self::NotOwn, true) => tr("1 belongs to another project").to_owned(),
            (Self::NotOwn, false) => tr_with("{count} belong to other projects", &values),
            (Self::Protected, true) => tr("1 is protected: unprotect it first").to_owned(),
            (Self::Protected, false) => {
                tr_with("{count} are protected: unprotect them first", &values)
            }
            (Self::Already, true) => tr("1 is so already").to_owned(),
            (Self::Already, false) => tr_with("{count} are so already", &values),
            (Self::NotActive, true) => tr("1 is not active").to_owned(),
            (Self::NotActive, false) => tr_with("{count} are not active", &values),
            (Self::NotDeactivated, true) => tr("1 is not deactivated").to_owned(),
            (Self::NotDeactivated, false) => tr_with("{count} are not deactivated", &values),
            (Self::NotOffered, true) => {
                tr("1 is not shared with this project by another").to_owned()
            }
            (Self::NotOffered, false) => {
                tr_with("{count} are not shared with this project by another", &values)
            }
            (Self::NotShareable, true) => {
                tr("1 is public or community: everybody sees it already").to_owned()
            }
            (Self::NotShareable, false) => {
                tr_with("{count} are public or community: everybody sees them already", &values)
            }
        }
    }
}

impl Deed {
    /// Why it cannot be done to an image.
    pub fn obstacle(self, entry: &Entry) -> Option<Obstacle> {
        let image = &entry.image;
        let answers = matches!(self, Self::Accept | Self::Reject);
        if !answers && !entry.own {
            return Some(Obstacle::NotOwn);
        }
        match self {
            Self::Delete if image.protected => Some(Obstacle::Protected),
            Self::Protect if image.protected => Some(Obstacle::Already),
            Self::Unprotect if !image.protected => Some(Obstacle::Already),
            Self::Deactivate if image.status == ImageStatus::Deactivated => Some(Obstacle::Already),
            Self::Deactivate if image.status != ImageStatus::Active => Some(Obstacle::NotActive),
            Self::Reactivate if image.status != ImageStatus::Deactivated => {
                Some(Obstacle::NotDeactivated)
            }
            Self::Share | Self::Unshare
                if matches!(image.visibility, Visibility::Public | Visibility::Community) =>
            {
                Some(Obstacle::NotShareable)
            }
            Self::Accept | Self::Reject => match (self, entry.share) {
                (_, None) => Some(Obstacle::NotOffered),
                (Self::Accept, Some(Share::Accepted)) | (Self::Reject, Some(Share::Rejected)) => {
                    Some(Obstacle::Already)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The verb on its button.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Protect => tr("Protect"),
            Self::Unprotect => tr("Unprotect"),
            Self::Share => tr("Share"),
            Self::Unshare => tr("Stop sharing"),
            Self::Tag => tr("Add a tag"),
            Self::Deactivate => tr("Deactivate"),
            Self::Reactivate => tr("Reactivate"),
            Self::Accept => tr("Accept"),
            Self::Reject => tr("Reject"),
            Self::Delete => tr("Delete"),
        }
    }

    /// "Delete 3 images", as the question and on the button that does it.
    pub fn question(self, count: usize) -> String {
        let images = format::count(count, "image", "images");
        let values: [(&str, &dyn std::fmt::Display); 1] = [("images", &images)];
        match self {
            Self::Protect => tr_with("Protect {images}", &values),
            Self::Unprotect => tr_with("Unprotect {images}", &values),
            Self::Share => tr_with("Share {images}", &values),
            Self::Unshare => tr_with("Stop sharing {images}", &values),
            Self::Tag => tr_with("Add a tag to {images}", &values),
            Self::Deactivate => tr_with("Deactivate {images}", &values),
            Self::Reactivate => tr_with("Reactivate {images}", &values),
            Self::Accept => tr_with("Accept {images}", &values),
            Self::Reject => tr_with("Reject {images}", &values),
            Self::Delete => tr_with("Delete {images}", &values),
        }
    }

    /// What follows from it.
    pub fn consequence(self) -> &'static str {
        match self {
            Self::Protect => {
                tr("A protected image refuses to be deleted until somebody unprotects it.")
            }
            Self::Unprotect => tr("An unprotected image can be deleted."),
            Self::Share => tr(
                "They are offered to the project, which sees them in its lists when it has accepted. Private ones become shareable.",
            ),
            Self::Unshare => {
                tr("The project sees them no longer. What it has made from them stays as it is.")
            }
            Self::Tag => tr("Other tags stay as they are."),
            Self::Deactivate => tr(
                "Nobody can launch or download them until they are reactivated. In some clouds only operators may do this.",
            ),
            Self::Reactivate => {
                tr("They can be used again. In some clouds only operators may do this.")
            }
            Self::Accept => tr("They appear in this project’s lists, and can be launched."),
            Self::Reject => tr(
                "They leave this project’s lists. They stay under Shared with me and can be accepted later.",
            ),
            Self::Delete => tr(
                "The data is removed for good. Instances and volumes that were made from it stay as they are.",
            ),
        }
    }

    /// "3 images were deleted".
    pub fn done(self, count: usize) -> String {
        let images = format::count(count, "image", "images");
        let values: [(&str, &dyn std::fmt::Display); 1] = [("images", &images)];
        match self {
            Self::Protect => tr_with("Protected {images}", &values),
            Self::Unprotect => tr_with("Unprotected {images}", &values),
            Self::Share => tr_with("Shared {images}", &values),
            Self::Unshare => tr_with("Stopped sharing {images}", &values),
            Self::Tag => tr_with("Tagged {images}", &values),
            Self::Deactivate => tr_with("Deactivated {images}", &values),
            Self::Reactivate => tr_with("Reactivated {images}", &values),
            Self::Accept => tr_with("Accepted {images}", &values),
            Self::Reject => tr_with("Rejected {images}", &values),
            Self::Delete => tr_with("Deleted {images}", &values),
        }
    }
}

/// A deed and the images chosen for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What is to be done.
    pub deed: Deed,
    /// To these.
    pub can: Vec<Arc<Entry>>,
    /// Not to so many, for this reason.
    pub cannot: Vec<(Obstacle, usize)>,
}

impl Plan {
    /// Divides the chosen images.
    pub fn new(deed: Deed, chosen: &[Arc<Entry>]) -> Self {
        let mut plan = Self { deed, can: Vec::new(), cannot: Vec::new() };
        for entry in chosen {
            match deed.obstacle(entry) {
                None => plan.can.push(Arc::clone(entry)),
                Some(obstacle) => {
                    match plan.cannot.iter_mut().find(|(known, _)| *known == obstacle) {
                        Some((_, count)) => *count += 1,
                        None => plan.cannot.push((obstacle, 1)),
                    }
                }
            }
        }
        plan
    }

    /// "1 is protected: unprotect it first; 2 belong to other projects".
    pub fn left_out(&self) -> Option<String> {
        let reasons: Vec<String> =
            self.cannot.iter().map(|(obstacle, count)| obstacle.words(*count)).collect();
        (!reasons.is_empty()).then(|| reasons.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use openstack::ProjectId;
    use serde_json::{Value, json};

    use super::*;

    fn entry(mut json: Value, share: Option<Share>) -> Arc<Entry> {
        if let Some(object) = json.as_object_mut() {
            object.entry("id").or_insert("i".into());
            object.entry("status").or_insert("active".into());
            object.entry("owner").or_insert("own".into());
        }
        let image = serde_json::from_value(json).expect("an image");
        Arc::new(Entry::new(image, &ProjectId::from("own"), share))
    }

    #[test]
    fn what_cannot_be_done_has_its_reason() {
        let check = |deed: Deed, json: Value, share: Option<Share>, expected: Option<Obstacle>| {
            assert_eq!(deed.obstacle(&entry(json.clone(), share)), expected, "{deed:?} {json}");
        };
        check(Deed::Delete, json!({}), None, None);
        check(Deed::Delete, json!({"protected": true}), None, Some(Obstacle::Protected));
        check(Deed::Delete, json!({"owner": "o", "protected": true}), None, Some(Obstacle::NotOwn));
        check(Deed::Protect, json!({"protected": true}), None, Some(Obstacle::Already));
        check(Deed::Unprotect, json!({"protected": true}), None, None);
        check(Deed::Deactivate, json!({"status": "queued"}), None, Some(Obstacle::NotActive));
        check(Deed::Reactivate, json!({}), None, Some(Obstacle::NotDeactivated));
        check(Deed::Reactivate, json!({"status": "deactivated"}), None, None);
        check(Deed::Share, json!({"visibility": "private"}), None, None);
        check(Deed::Share, json!({"visibility": "community"}), None, Some(Obstacle::NotShareable));
        let theirs = json!({"owner": "o", "visibility": "shared"});
        check(Deed::Accept, theirs.clone(), Some(Share::Offered), None);
        check(Deed::Accept, theirs.clone(), None, Some(Obstacle::Already));
        check(Deed::Reject, theirs.clone(), None, None);
        check(Deed::Reject, theirs, Some(Share::Rejected), Some(Obstacle::Already));
        check(Deed::Accept, json!({}), None, Some(Obstacle::NotOffered));
    }

    #[test]
    fn a_plan_says_what_is_left_out() {
        let chosen = [
            entry(json!({}), None),
            entry(json!({"protected": true}), None),
            entry(json!({"owner": "o"}), None),
            entry(json!({"owner": "o"}), None),
        ];
        let plan = Plan::new(Deed::Delete, &chosen);
        assert_eq!(plan.can.len(), 1);
        assert_eq!(
            plan.left_out().as_deref(),
            Some("1 is protected: unprotect it first; 2 belong to other projects")
        );
        assert_eq!(plan.deed.question(plan.can.len()), "Delete 1 image");
        assert_eq!(Plan::new(Deed::Tag, &chosen[..2]).left_out(), None);
    }
}
