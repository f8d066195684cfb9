//! What the create form asks for: Glance's record, and what is wrong with properties typed by hand. Pure, as `draft`.

use std::collections::BTreeMap;

use openstack::image::{CreateImage, Visibility};

use super::draft::{Draft, LONGEST_NAME, Weight, number};
use super::entry::Entry;
use crate::text::{tr, tr_with};

/// Glance's `image_property_quota`, by default.
const MOST_PROPERTIES: usize = 128;

impl Draft {
    /// The record that the form asks for. Only meaningful without blocking problems: text that is no number counts as none.
    pub fn record(&self) -> CreateImage {
        let disk_format = if self.as_qcow2 { "qcow2" } else { self.value(Entry::DiskFormat) };
        CreateImage {
            name: self.value(Entry::Name).trim().to_owned(),
            disk_format: disk_format.to_owned(),
            container_format: None,
            visibility: Some(Visibility::from(self.value(Entry::Visibility))),
            protected: self.protected,
            hidden: false,
            min_disk_gib: number(self.value(Entry::MinDisk)).unwrap_or(0),
            min_ram_mib: number(self.value(Entry::MinRam)).unwrap_or(0),
            tags: self.tag_list(),
            properties: self.properties(),
        }
    }

    /// All properties: those of the form's own fields, those that go with them, those typed by hand.
    pub fn properties(&self) -> BTreeMap<String, String> {
        let mut properties: BTreeMap<String, String> = Entry::ALL
            .into_iter()
            .filter_map(|entry| {
                Some((entry.property()?.to_owned(), self.value(entry).trim().to_owned()))
            })
            .filter(|(_, value)| !value.is_empty())
            .collect();
        for (key, value) in self.typed_properties() {
            properties.insert(key.to_owned(), value.to_owned());
        }
        let is = |key: &str, value: &str| properties.get(key).is_some_and(|own| own == value);
        // What goes with a choice, unless the user has said otherwise. Without the model Nova picks an older controller
        // for `scsi`; UEFI needs q35 on the first cloud that Slipway is for (its documentation on UEFI).
        let goes_with = [
            (is("hw_disk_bus", "scsi"), Entry::ScsiModel, "virtio-scsi"),
            (is("hw_firmware_type", "uefi"), Entry::Machine, "q35"),
            (is("os_distro", "windows"), Entry::OsType, "windows"),
        ];
        for (holds, entry, value) in goes_with {
            if holds {
                properties.entry(entry.key().to_owned()).or_insert_with(|| value.to_owned());
            }
        }
        properties
    }

    /// What is wrong with each row of the other properties, by its number.
    pub fn property_problems(&self) -> Vec<(usize, Weight, String)> {
        let mut problems = Vec::new();
        let mut before: Vec<&str> = Vec::new();
        for (row, (key, value)) in self.others.iter().enumerate() {
            let key = key.trim();
            if key.is_empty() && value.trim().is_empty() {
                continue;
            }
            if let Some(text) = self.key_problem(key, &before) {
                problems.push((row, Weight::Wrong, text));
            } else if value.trim().is_empty() {
                let text = tr_with("Give {key} a value, or remove it.", &[("key", &key)]);
                problems.push((row, Weight::Missing, text));
            } else if value.chars().any(|c| c == '\n' || c == '\0') {
                problems.push((row, Weight::Wrong, tr("A value is one line of text.").to_owned()));
            }
            before.push(key);
        }
        let count = self.properties().len();
        if let Some(last) = self.others.len().checked_sub(1).filter(|_| count > MOST_PROPERTIES) {
            let text = tr_with(
                "At most {most} properties; these are {count}.",
                &[("most", &MOST_PROPERTIES), ("count", &count)],
            );
            problems.push((last, Weight::Wrong, text));
        }
        problems
    }

    /// Rows that hold a name and a value, trimmed.
    fn typed_properties(&self) -> impl Iterator<Item = (&str, &str)> {
        self.others
            .iter()
            .map(|(key, value)| (key.trim(), value.trim()))
            .filter(|(key, value)| !key.is_empty() && !value.is_empty())
    }

    fn key_problem(&self, key: &str, before: &[&str]) -> Option<String> {
        let count = key.chars().count();
        let own_field = Entry::ALL
            .into_iter()
            .find(|entry| entry.property() == Some(key) && !self.value(*entry).trim().is_empty());
        Some(match key {
            "" => tr("This property has no name.").to_owned(),
            key if key.contains('=') => {
                tr_with("{key}: write the value into its own field, without “=”.", &[("key", &key)])
            }
            _ if count > LONGEST_NAME => tr_with(
                "A property’s name has at most {most} characters; these are {count}.",
                &[("most", &LONGEST_NAME), ("count", &count)],
            ),
            // Glance answers 403: "Attribute 'os_glance_x' is reserved."
            key if key.starts_with("os_glance") => tr_with(
                "{key}: names that begin with os_glance belong to the image service.",
                &[("key", &key)],
            ),
            key if BASE_FIELDS.contains(&key) => {
                tr_with("{key} is a field of the image itself, not a property.", &[("key", &key)])
            }
            key if own_field.is_some() => {
                tr_with("{key} is set by its own field further up.", &[("key", &key)])
            }
            key if before.contains(&key) => tr_with("{key} is set twice.", &[("key", &key)]),
            _ => return None,
        })
    }
}

/// Fields of Glance’s image schema; as a property they would be refused or change the record itself.
const BASE_FIELDS: &[&str] = &[
    "id",
    "name",
    "status",
    "visibility",
    "protected",
    "os_hidden",
    "checksum",
    "os_hash_algo",
    "os_hash_value",
    "owner",
    "size",
    "virtual_size",
    "container_format",
    "disk_format",
    "created_at",
    "updated_at",
    "tags",
    "direct_url",
    "min_ram",
    "min_disk",
    "self",
    "file",
    "stores",
    "schema",
    "locations",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::create::draft::tests::draft;

    #[test]
    fn the_record_holds_what_the_form_says() {
        let mut form = draft();
        form.values.insert(Entry::Tags, "a, b,,a".into());
        form.values.insert(Entry::Firmware, "uefi".into());
        form.values.insert(Entry::MinDisk, "3".into());
        form.others =
            vec![(" my_key ".into(), " my value ".into()), (String::new(), String::new())];
        let record = form.record();
        assert_eq!(record.tags, ["a", "b"]);
        assert_eq!(record.min_disk_gib, 3);
        let property = |key: &str| record.properties.get(key).map(String::as_str);
        assert_eq!(property("hw_machine_type"), Some("q35"));
        assert_eq!(property("my_key"), Some("my value"));
        assert_eq!(property("os_distro"), None);
        assert_eq!(property("name"), None);
    }

    #[test]
    fn what_goes_with_a_choice_gives_way_to_the_users_own() {
        let mut form = draft();
        form.values.insert(Entry::Firmware, "uefi".into());
        form.values.insert(Entry::DiskBus, "scsi".into());
        form.others = vec![("hw_machine_type".into(), "pc".into())];
        let properties = form.properties();
        assert_eq!(properties["hw_machine_type"], "pc");
        assert_eq!(properties["hw_scsi_model"], "virtio-scsi");
        assert_eq!(form.property_problems(), vec![]);
    }

    #[test]
    fn wrong_keys_are_refused_with_the_reason() {
        let check = |key: &str, part: &str| {
            let mut form = draft();
            form.others = vec![("own".into(), "1".into()), (key.into(), "2".into())];
            let problems = form.property_problems();
            assert!(
                problems
                    .iter()
                    .any(|(row, weight, text)| *row == 1 && weight.blocks() && text.contains(part)),
                "{key}: {problems:?}"
            );
        };
        check("", "no name");
        check("a=b", "without “=”");
        check("os_glance_x", "os_glance");
        check("size", "field of the image");
        check("architecture", "its own field");
        check("own", "twice");
        let mut unfinished = draft();
        unfinished.others = vec![("own".into(), " ".into())];
        assert_eq!(unfinished.property_problems()[0].1, Weight::Missing);
        assert!(!unfinished.properties().contains_key("own"));
        check(&"k".repeat(256), "255");
        let mut many = draft();
        many.others = (0..130).map(|n| (format!("k{n}"), "v".into())).collect();
        assert!(many.property_problems().iter().any(|(_, _, text)| text.contains("128")));
    }
}
