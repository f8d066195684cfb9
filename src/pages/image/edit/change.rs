//! What of an image is edited, what the user changed of it, and what somebody else changed meanwhile. Pure.
//!
//! Glance knows no `If-Match`, and of RFC 6902 only `add`, `remove` and `replace`: there is no `test` to send along
//! (glance/api/v2/images.py, `_validate_json_patch`). So the image is read once more right before it is changed, compared
//! field by field with what the form started from, and only what the user changed is sent. Tags count one by one.

use std::collections::{BTreeMap, BTreeSet};

use openstack::image::{Image, Patch, Visibility};

/// Something that can be edited by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// `name`
    Name,
    /// `visibility`
    Visibility,
    /// `protected`
    Protected,
    /// `os_hidden`
    Hidden,
    /// `min_disk`
    MinDisk,
    /// `min_ram`
    MinRam,
    /// A tag; it is there or not.
    Tag(String),
    /// Any other property by its key.
    Property(String),
}

impl Part {
    /// As the API names it.
    pub fn api_name(&self) -> &str {
        match self {
            Self::Name => "name",
            Self::Visibility => "visibility",
            Self::Protected => "protected",
            Self::Hidden => "os_hidden",
            Self::MinDisk => "min_disk",
            Self::MinRam => "min_ram",
            Self::Tag(_) => "tags",
            Self::Property(key) => key,
        }
    }
}

/// The parts that are there, as text. A tag's text is empty.
pub type Values = BTreeMap<Part, String>;

/// What an image says.
pub fn values(image: &Image) -> Values {
    let fields = [
        (Part::Name, image.name.clone().unwrap_or_default()),
        (Part::Visibility, image.visibility.as_str().to_owned()),
        (Part::Protected, image.protected.to_string()),
        (Part::Hidden, image.hidden.to_string()),
        (Part::MinDisk, image.min_disk_gib.to_string()),
        (Part::MinRam, image.min_ram_mib.to_string()),
    ];
    let tags = image.tags.iter().map(|tag| (Part::Tag(tag.clone()), String::new()));
    let own = image.properties.iter().filter(|(key, _)| !is_glances_own(key));
    let properties = own.map(|(key, value)| (Part::Property(key.clone()), value.clone()));
    fields.into_iter().chain(tags).chain(properties).collect()
}

/// What Glance writes for itself and nobody may change.
pub fn is_glances_own(key: &str) -> bool {
    key.starts_with("os_glance_")
}

/// The parts that differ.
pub fn changed(from: &Values, to: &Values) -> BTreeSet<Part> {
    let all: BTreeSet<&Part> = from.keys().chain(to.keys()).collect();
    all.into_iter().filter(|part| from.get(part) != to.get(part)).cloned().collect()
}

/// A part that the user and somebody else changed, each in their way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Which.
    pub part: Part,
    /// What the user wants; `None`: gone.
    pub mine: Option<String>,
    /// What the cloud has now; `None`: gone.
    pub theirs: Option<String>,
}

/// What stands against sending the user's changes as they are.
pub fn conflicts(base: &Values, mine: &Values, theirs: &Values) -> Vec<Conflict> {
    let by_both = changed(base, mine).into_iter().filter(|part| {
        let now = theirs.get(part);
        now != base.get(part) && now != mine.get(part)
    });
    by_both
        .map(|part| Conflict {
            mine: mine.get(&part).cloned(),
            theirs: theirs.get(&part).cloned(),
            part,
        })
        .collect()
}

/// What the form should show after somebody else's changes: theirs where the user changed nothing, else the user's.
pub fn merged(base: &Values, mine: &Values, theirs: &Values) -> Values {
    let by_me = changed(base, mine);
    let mut merged = theirs.clone();
    for part in by_me {
        match mine.get(&part) {
            Some(value) => merged.insert(part, value.clone()),
            None => merged.remove(&part),
        };
    }
    merged
}

/// What has to be sent so that the image, which is `now`, becomes what is `wanted` in those parts. Empty when it is so
/// already.
pub fn patch(now: &Values, wanted: &Values, parts: &BTreeSet<Part>) -> Patch {
    let differing = parts.iter().filter(|part| now.get(part) != wanted.get(part));
    let mut patch = Patch::new();
    let mut tags_differ = false;
    for part in differing {
        let value = wanted.get(part);
        let text = value.map(String::as_str).unwrap_or_default();
        let number = || text.trim().parse().unwrap_or(0);
        patch = match (part, value) {
            (Part::Name, _) => patch.name(text),
            (Part::Visibility, _) => patch.visibility(&Visibility::from(text)),
            (Part::Protected, _) => patch.protected(text == "true"),
            (Part::Hidden, _) => patch.hidden(text == "true"),
            (Part::MinDisk, _) => patch.min_disk_gib(number()),
            (Part::MinRam, _) => patch.min_ram_mib(number()),
            (Part::Tag(_), _) => {
                tags_differ = true;
                patch
            }
            (Part::Property(key), None) => patch.remove_property(key),
            (Part::Property(key), Some(value)) if now.contains_key(part) => {
                patch.replace_property(key, value)
            }
            (Part::Property(key), Some(value)) => patch.set_property(key, value),
        };
    }
    if !tags_differ {
        return patch;
    }
    // Those that the user did not touch stay as they are now.
    let kept = now.keys().filter(|part| !parts.contains(part));
    let added = wanted.keys().filter(|part| parts.contains(part));
    let tag = |part: &Part| match part {
        Part::Tag(tag) => Some(tag.clone()),
        _ => None,
    };
    let tags: BTreeSet<String> = kept.chain(added).filter_map(tag).collect();
    patch.tags(&tags.into_iter().collect::<Vec<_>>())
}

/// Which of the changed parts the cloud's refusal is about, as far as its words tell.
pub fn refused_part(message: &str, parts: &BTreeSet<Part>) -> Option<Part> {
    let visibility = ["publicize_image", "communitize_image"];
    if visibility.iter().any(|rule| message.contains(rule)) {
        return Some(Part::Visibility);
    }
    let is_word = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    let named = |part: &&Part| {
        let name = part.api_name();
        message.match_indices(name).any(|(at, _)| {
            let before = message.get(..at).and_then(|text| text.chars().next_back());
            // A full stop right after a name ends the sentence.
            let mut after = message.get(at + name.len()..).unwrap_or_default().chars();
            let ends = match (after.next(), after.next()) {
                (Some('.'), None | Some(' ')) => true,
                (next, _) => !next.is_some_and(is_word),
            };
            ends && !before.is_some_and(is_word)
        })
    };
    // The longest name first: `os_version` before `name` in "… name of os_version".
    parts.iter().filter(named).max_by_key(|part| part.api_name().len()).cloned()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn base() -> Values {
        let image: Image = serde_json::from_value(json!({
            "id": "i", "name": "erp", "visibility": "private", "protected": false, "min_disk": 10, "min_ram": 0,
            "tags": ["a", "b"], "os_version": "12", "os_distro": "debian", "os_glance_import_task": "t",
        }))
        .expect("an image");
        values(&image)
    }

    /// The image with parts set (`Some`) or removed (`None`).
    fn with(changes: &[(Part, Option<&str>)]) -> Values {
        let mut values = base();
        for (part, value) in changes {
            match value {
                Some(value) => values.insert(part.clone(), (*value).to_owned()),
                None => values.remove(part),
            };
        }
        values
    }

    fn property(key: &str) -> Part {
        Part::Property(key.to_owned())
    }

    fn tag(tag: &str) -> Part {
        Part::Tag(tag.to_owned())
    }

    /// The patch for what the user made of the image, while the cloud has `theirs`.
    fn check(mine: &[(Part, Option<&str>)], theirs: &[(Part, Option<&str>)], expected: Value) {
        let (mine, theirs) = (with(mine), with(theirs));
        assert_eq!(patch(&theirs, &mine, &changed(&base(), &mine)).body(), expected);
    }

    #[test]
    fn only_what_was_changed_is_sent() {
        check(&[], &[], json!([]));
        check(&[], &[(Part::Name, Some("theirs"))], json!([]));
        check(
            &[(Part::Name, Some("erp 2")), (property("os_version"), None)],
            &[(Part::MinDisk, Some("40")), (property("new"), Some("x"))],
            json!([
                {"op": "replace", "path": "/name", "value": "erp 2"},
                {"op": "remove", "path": "/os_version"},
            ]),
        );
        check(
            &[(property("os_version"), Some("13")), (property("hw_disk_bus"), Some("scsi"))],
            &[],
            json!([
                {"op": "add", "path": "/hw_disk_bus", "value": "scsi"},
                {"op": "replace", "path": "/os_version", "value": "13"},
            ]),
        );
        check(
            &[(Part::Protected, Some("true")), (Part::MinRam, Some("512"))],
            &[],
            json!([
                {"op": "replace", "path": "/protected", "value": true},
                {"op": "replace", "path": "/min_ram", "value": 512},
            ]),
        );
    }

    #[test]
    fn what_is_so_already_is_not_sent() {
        check(&[(Part::Name, Some("same"))], &[(Part::Name, Some("same"))], json!([]));
        check(&[(property("os_version"), None)], &[(property("os_version"), None)], json!([]));
    }

    #[test]
    fn tags_of_others_stay() {
        check(
            &[(tag("a"), None), (tag("c"), Some(""))],
            &[(tag("d"), Some(""))],
            json!([{"op": "replace", "path": "/tags", "value": ["b", "c", "d"]}]),
        );
        check(&[], &[(tag("d"), Some(""))], json!([]));
    }

    #[test]
    fn a_conflict_is_what_both_changed_differently() {
        let find = |mine: &[(Part, Option<&str>)], theirs: &[(Part, Option<&str>)]| {
            conflicts(&base(), &with(mine), &with(theirs))
        };
        let name = |text| (Part::Name, Some(text));
        assert_eq!(find(&[name("mine")], &[]), []);
        assert_eq!(find(&[], &[name("theirs")]), []);
        assert_eq!(find(&[name("same")], &[name("same")]), []);
        assert_eq!(find(&[name("mine")], &[(Part::MinDisk, Some("40"))]), []);
        assert_eq!(find(&[(tag("a"), None)], &[(tag("a"), None), (tag("z"), Some(""))]), []);
        let text = |text: &str| Some(text.to_owned());
        let expected = Conflict { part: Part::Name, mine: text("mine"), theirs: text("theirs") };
        assert_eq!(find(&[name("mine")], &[name("theirs")]), [expected]);
        let version = property("os_version");
        assert_eq!(
            find(&[(version.clone(), Some("13"))], &[(version.clone(), None)]),
            [Conflict { part: version, mine: text("13"), theirs: None }]
        );
    }

    #[test]
    fn the_form_takes_what_others_changed_where_the_user_did_not() {
        let mine = with(&[(Part::Name, Some("mine")), (tag("a"), None)]);
        let theirs = with(&[
            (Part::Name, Some("theirs")),
            (Part::MinDisk, Some("40")),
            (tag("z"), Some("")),
        ]);
        let expected = with(&[
            (Part::Name, Some("mine")),
            (Part::MinDisk, Some("40")),
            (tag("a"), None),
            (tag("z"), Some("")),
        ]);
        assert_eq!(merged(&base(), &mine, &theirs), expected);
    }

    #[test]
    fn a_refusal_is_told_where_it_belongs() {
        let parts: BTreeSet<Part> = [
            Part::Name,
            Part::Visibility,
            Part::MinDisk,
            property("os_version"),
            property("stores"),
        ]
        .into();
        let check = |message: &str, expected: Option<Part>| {
            assert_eq!(refused_part(message, &parts), expected, "{message}");
        };
        check("You are not authorized to complete publicize_image action.", Some(Part::Visibility));
        check("Attribute 'stores' is read-only.", Some(property("stores")));
        check("Property os_version does not exist.", Some(property("os_version")));
        check("'x' is not of type 'integer' … On instance['min_disk']", Some(Part::MinDisk));
        check("Cannot be a negative value for min_disk.", Some(Part::MinDisk));
        check("You are not authorized to complete modify_image action.", None);
        check("The filename is wrong", None);
    }
}
