//! What the list can be narrowed by, and what each image counts as. Pure.

use openstack::image::Visibility;

use super::entry::{Entry, Share};
use crate::components::image::{ImageState, visibility_word};
use crate::text::tr;
use crate::ui::Shape;

/// A thing that images differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Facet {
    /// The family of the operating system.
    System,
    /// The state.
    Status,
    /// The disk format.
    Format,
    /// Who sees it.
    Visibility,
    /// Whether it refuses to be deleted.
    Protected,
    /// Whether it was made from an instance.
    Kind,
}

/// How many there are.
pub const FACETS: usize = 6;

impl Facet {
    /// In the order in which they are shown.
    pub const EACH: [Self; FACETS] =
        [Self::System, Self::Status, Self::Format, Self::Visibility, Self::Protected, Self::Kind];

    /// Its place in arrays that hold one value for each.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The name on its button.
    pub fn label(self) -> &'static str {
        match self {
            Self::System => tr("OS"),
            Self::Status => tr("Status"),
            Self::Format => tr("Format"),
            Self::Visibility => tr("Visibility"),
            Self::Protected => tr("Protected"),
            Self::Kind => tr("Kind"),
        }
    }

    /// What its choices are, for the head of its menu.
    pub fn title(self) -> &'static str {
        match self {
            Self::System => tr("Operating system"),
            Self::Status => tr("Status"),
            Self::Format => tr("Disk format"),
            Self::Visibility => tr("Visibility"),
            Self::Protected => tr("Protected"),
            Self::Kind => tr("Image or snapshot"),
        }
    }

    /// Its name in the address.
    pub const fn word(self) -> &'static str {
        match self {
            Self::System => "os",
            Self::Status => "status",
            Self::Format => "format",
            Self::Visibility => "visibility",
            Self::Protected => "protected",
            Self::Kind => "kind",
        }
    }
}

/// One value of a facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// In the address; the same in every language.
    pub key: String,
    /// On the screen.
    pub label: String,
}

impl Value {
    fn new(key: impl Into<String>, label: impl Into<String>) -> Self {
        Self { key: key.into(), label: label.into() }
    }
}

/// What an image counts as.
pub fn value_of(facet: Facet, entry: &Entry) -> Value {
    let image = &entry.image;
    match facet {
        Facet::System => match family(entry) {
            Some(family) => Value::new(family.to_lowercase(), family),
            None => Value::new("unknown", tr("Unknown")),
        },
        Facet::Status => status(entry),
        Facet::Format => match &image.disk_format {
            Some(format) => Value::new(format.to_lowercase(), format.clone()),
            None => Value::new("none", tr("None")),
        },
        Facet::Visibility => {
            let key = match &image.visibility {
                // What is shared by us and what is shared with us have different words.
                Visibility::Shared if entry.own => "shareable",
                visibility => visibility.as_str(),
            };
            Value::new(key, visibility_word(&image.visibility, entry.own))
        }
        Facet::Protected if image.protected => Value::new("yes", tr("Protected")),
        Facet::Protected => Value::new("no", tr("Not protected")),
        Facet::Kind if image.is_snapshot() => Value::new("snapshot", tr("Snapshot")),
        Facet::Kind => Value::new("image", tr("Image")),
    }
}

fn status(entry: &Entry) -> Value {
    match entry.share {
        Some(Share::Offered | Share::Rejected) => {
            let state = entry.state();
            Value::new(state.shape.name(), state.word)
        }
        _ => {
            let ImageState { shape, word } = ImageState::of(&entry.image);
            match shape {
                Shape::Unknown => Value::new(entry.image.status.as_str(), word),
                shape => Value::new(shape.name(), word),
            }
        }
    }
}

/// "Debian" of "Debian 12", "Windows" of every Windows.
fn family(entry: &Entry) -> Option<String> {
    let system = entry.system.as_deref()?;
    if system.starts_with("Windows") {
        return Some("Windows".to_owned());
    }
    let version = entry.image.property("os_version").unwrap_or_default();
    let family = system.strip_suffix(version).map_or(system, str::trim_end);
    Some(if family.is_empty() { system.to_owned() } else { family.to_owned() })
}

#[cfg(test)]
mod tests {
    use openstack::ProjectId;
    use serde_json::json;

    use super::*;

    fn check(json: serde_json::Value, facet: Facet, key: &str, label: &str) {
        let image = serde_json::from_value(json.clone()).expect("an image");
        let entry = Entry::new(image, &ProjectId::from("own"), None);
        assert_eq!(value_of(facet, &entry), Value::new(key, label), "{json}");
    }

    #[test]
    fn images_count_as_what_people_call_them() {
        let system = |distro: &str, version: &str| json!({"id": "i", "os_distro": distro, "os_version": version});
        check(system("debian", "12"), Facet::System, "debian", "Debian");
        check(system("windows", "2022"), Facet::System, "windows", "Windows");
        check(system("win2k22", ""), Facet::System, "windows", "Windows");
        check(system("opensuse", "15.6"), Facet::System, "opensuse leap", "openSUSE Leap");
        check(json!({"id": "i"}), Facet::System, "unknown", "Unknown");
        check(json!({"id": "i", "status": "killed"}), Facet::Status, "failed", "Failed");
        check(json!({"id": "i", "status": "melting"}), Facet::Status, "melting", "melting");
        check(json!({"id": "i", "disk_format": "qcow2"}), Facet::Format, "qcow2", "qcow2");
        check(json!({"id": "i"}), Facet::Format, "none", "None");
        check(
            json!({"id": "i", "visibility": "shared", "owner": "own"}),
            Facet::Visibility,
            "shareable",
            "Shareable",
        );
        check(
            json!({"id": "i", "visibility": "shared", "owner": "o"}),
            Facet::Visibility,
            "shared",
            "Shared",
        );
        check(json!({"id": "i", "protected": true}), Facet::Protected, "yes", "Protected");
        check(json!({"id": "i", "image_type": "snapshot"}), Facet::Kind, "snapshot", "Snapshot");
    }
}
