//! The edit form's signals, and what is wrong with what stands in them.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::change::{Part, Values, is_glances_own};
use super::known::{Known, all_known};
use crate::text::{tr, tr_with};

/// Glance's schema: names, tags and keys have at most this many characters.
const LONGEST: usize = 255;
/// Glance keeps `min_disk` and `min_ram` in 32 bits.
const MOST: u64 = i32::MAX as u64;

/// What stands in the form. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Form {
    pub name: RwSignal<String>,
    pub visibility: RwSignal<String>,
    pub protected: RwSignal<bool>,
    pub hidden: RwSignal<bool>,
    pub min_disk: RwSignal<String>,
    pub min_ram: RwSignal<String>,
    pub tags: RwSignal<Vec<String>>,
    /// A tag that is typed and not yet added; it counts as added when the form is saved.
    pub new_tag: RwSignal<String>,
    pub rows: RwSignal<Vec<Row>>,
    known: StoredValue<Vec<(&'static str, RwSignal<String>)>>,
    next_row: StoredValue<u32>,
}

/// A property that has no field of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Names it within the form.
    pub number: u32,
    pub key: RwSignal<String>,
    pub value: RwSignal<String>,
    /// Added by the user: its key can be typed.
    pub added: bool,
}

impl Form {
    /// Filled with what an image says.
    pub fn new(values: &Values) -> Self {
        let text = || RwSignal::new(String::new());
        let form = Self {
            name: text(),
            visibility: text(),
            protected: RwSignal::new(false),
            hidden: RwSignal::new(false),
            min_disk: text(),
            min_ram: text(),
            tags: RwSignal::new(Vec::new()),
            new_tag: text(),
            rows: RwSignal::new(Vec::new()),
            known: StoredValue::new(
                all_known().map(|Known { key, .. }| (key, RwSignal::new(String::new()))).collect(),
            ),
            next_row: StoredValue::new(0),
        };
        form.show(values);
        form
    }

    /// The text of a known property.
    pub fn known(self, key: &str) -> RwSignal<String> {
        self.known
            .with_value(|known| {
                known.iter().find(|(own, _)| *own == key).map(|(_, signal)| *signal)
            })
            .unwrap_or_default()
    }

    /// Shows these values. What is equal is not touched, so that the cursor stays where it is.
    pub fn show(self, values: &Values) {
        let value = |part: &Part| values.get(part).cloned().unwrap_or_default();
        put(self.name, value(&Part::Name));
        put(self.visibility, value(&Part::Visibility));
        put(self.min_disk, value(&Part::MinDisk));
        put(self.min_ram, value(&Part::MinRam));
        put(self.protected, value(&Part::Protected) == "true");
        put(self.hidden, value(&Part::Hidden) == "true");
        let tag = |part: &Part| match part {
            Part::Tag(tag) => Some(tag.clone()),
            _ => None,
        };
        put(self.tags, values.keys().filter_map(tag).collect());
        self.known.with_value(|known| {
            for (key, signal) in known {
                put(*signal, value(&Part::Property((*key).to_owned())));
            }
        });
        let rest = values.iter().filter_map(|(part, value)| match part {
            Part::Property(key) if !self.is_known(key) => Some((key, value)),
            _ => None,
        });
        let mut rows = self.rows.get_untracked();
        rows.retain(|row| {
            let key = row.key.get_untracked();
            let there = values.contains_key(&Part::Property(key.trim().to_owned()));
            there || (row.added && key.trim().is_empty())
        });
        for (key, value) in rest {
            match rows.iter().find(|row| row.key.with_untracked(|own| own.trim() == key)) {
                Some(row) => put(row.value, value.clone()),
                None => rows.push(self.row(key, value, false)),
            }
        }
        put(self.rows, rows);
    }

    /// A row for one property more.
    pub fn add_row(self) {
        let row = self.row("", "", true);
        self.rows.update(|rows| rows.push(row));
    }

    /// Takes a property away.
    pub fn remove_row(self, number: u32) {
        self.rows.update(|rows| rows.retain(|row| row.number != number));
    }

    /// Puts the typed tag among the others.
    pub fn add_tag(self) {
        let tag = self.new_tag.get_untracked().trim().to_owned();
        if tag.is_empty() || tag.chars().count() > LONGEST {
            return;
        }
        self.new_tag.set(String::new());
        self.tags.update(|tags| {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        });
    }

    /// What stands in the form. An emptied field of a property that `base` has empty stays so; else it is taken away.
    pub fn values(self, base: &Values) -> Values {
        let mut values = Values::from([
            (Part::Name, self.name.get().trim().to_owned()),
            (Part::Visibility, self.visibility.get()),
            (Part::Protected, self.protected.get().to_string()),
            (Part::Hidden, self.hidden.get().to_string()),
            (Part::MinDisk, number(&self.min_disk.get())),
            (Part::MinRam, number(&self.min_ram.get())),
        ]);
        // A name with spaces around it is not changed by looking at it.
        if base.get(&Part::Name).is_some_and(|name| name.trim() == self.name.get().trim()) {
            values.insert(Part::Name, base.get(&Part::Name).cloned().unwrap_or_default());
        }
        let typed = self.new_tag.get().trim().to_owned();
        let tags = self.tags.get().into_iter().chain(Some(typed).filter(|tag| !tag.is_empty()));
        values.extend(tags.map(|tag| (Part::Tag(tag), String::new())));
        self.known.with_value(|known| {
            for (key, signal) in known {
                let part = Part::Property((*key).to_owned());
                let text = signal.get();
                if !text.is_empty() || base.get(&part).is_some_and(String::is_empty) {
                    values.insert(part, text);
                }
            }
        });
        for row in self.rows.get() {
            let key = row.key.get().trim().to_owned();
            if !key.is_empty() {
                values.insert(Part::Property(key), row.value.get());
            }
        }
        values
    }

    /// What the cloud would refuse. A row's problem is at its property, whose key may be empty.
    pub fn problems(self) -> Vec<(Part, String)> {
        let mut problems = Vec::new();
        let too_long = |text: &str| text.chars().count() > LONGEST;
        let longest = || tr_with("At most {count} characters.", &[("count", &LONGEST)]);
        if too_long(&self.name.read()) {
            problems.push((Part::Name, longest()));
        }
        for (part, text) in [(Part::MinDisk, self.min_disk), (Part::MinRam, self.min_ram)] {
            let fits = text.read().trim().parse::<u64>().is_ok_and(|number| number <= MOST);
            if !fits && !text.read().trim().is_empty() {
                problems.push((part, tr("A whole number is expected; 0 for any.").to_owned()));
            }
        }
        let typed = self.new_tag.get();
        if too_long(typed.trim()) {
            problems.push((Part::Tag(typed), longest()));
        }
        let mut keys = BTreeSet::new();
        for row in self.rows.get() {
            let key = row.key.get().trim().to_owned();
            let wrong = match wrong_key(&key) {
                _ if key.is_empty() && row.value.read().is_empty() => None,
                None if !keys.insert(key.clone()) => {
                    Some(tr("There is another property of that name.").to_owned())
                }
                None if row.added && self.is_known(&key) => {
                    Some(tr("That one has a field of its own above.").to_owned())
                }
                wrong => wrong,
            };
            if let Some(wrong) = wrong {
                problems.push((Part::Property(key), wrong));
            }
        }
        problems
    }

    fn is_known(self, key: &str) -> bool {
        self.known.with_value(|known| known.iter().any(|(own, _)| *own == key))
    }

    fn row(self, key: &str, value: &str, added: bool) -> Row {
        let number = self.next_row.get_value();
        self.next_row.set_value(number.wrapping_add(1));
        Row {
            number,
            key: RwSignal::new(key.to_owned()),
            value: RwSignal::new(value.to_owned()),
            added,
        }
    }
}

fn put<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|now| *now != value) {
        signal.set(value);
    }
}

/// `007` and an empty field are numbers as well.
fn number(text: &str) -> String {
    let text = text.trim();
    match text.parse::<u64>() {
        Ok(number) => number.to_string(),
        Err(_) if text.is_empty() => "0".to_owned(),
        Err(_) => text.to_owned(),
    }
}

/// Why a key cannot be a property's (glance/api/v2/images.py: base, read-only and reserved properties).
pub fn wrong_key(key: &str) -> Option<String> {
    const FIELDS: [&str; 29] = [
        "id",
        "name",
        "status",
        "visibility",
        "protected",
        "os_hidden",
        "owner",
        "disk_format",
        "container_format",
        "size",
        "virtual_size",
        "min_disk",
        "min_ram",
        "checksum",
        "os_hash_algo",
        "os_hash_value",
        "created_at",
        "updated_at",
        "tags",
        "stores",
        "self",
        "file",
        "schema",
        "direct_url",
        "locations",
        "location",
        "deleted",
        "deleted_at",
        "member",
    ];
    match key {
        "" => Some(tr("The property needs a name.").to_owned()),
        _ if FIELDS.contains(&key) => {
            Some(tr_with("`{key}` is a field of the image itself.", &[("key", &key)]))
        }
        _ if is_glances_own(key) => {
            Some(tr("Names that begin with `os_glance_` are the image service’s own.").to_owned())
        }
        _ if key.chars().count() > LONGEST => {
            Some(tr_with("At most {count} characters.", &[("count", &LONGEST)]))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::image::edit::change::{changed, values};

    fn base() -> Values {
        let image = serde_json::from_value(serde_json::json!({
            "id": "i", "name": " erp ", "visibility": "private", "min_disk": 10, "tags": ["a"],
            "os_distro": "debian", "os_version": "", "build": "77",
        }));
        values(&image.expect("an image"))
    }

    /// What is changed after something was done to the form.
    fn check(act: impl FnOnce(Form), expected: &[(Part, Option<&str>)]) {
        Owner::new().with(|| {
            let base = base();
            let form = Form::new(&base);
            act(form);
            let now = form.values(&base);
            let found: Vec<_> = changed(&base, &now)
                .into_iter()
                .map(|part| (part.clone(), now.get(&part).cloned()))
                .collect();
            let expected: Vec<_> = expected
                .iter()
                .map(|(part, value)| (part.clone(), value.map(str::to_owned)))
                .collect();
            assert_eq!(found, expected);
        });
    }

    #[test]
    fn a_form_says_what_was_changed_in_it() {
        let property = |key: &str| Part::Property(key.to_owned());
        check(|_| (), &[]);
        check(|form| form.show(&base()), &[]);
        check(|form| form.min_disk.set(" 010 ".to_owned()), &[]);
        check(|form| form.min_disk.set(String::new()), &[(Part::MinDisk, Some("0"))]);
        check(|form| form.known("os_distro").set(String::new()), &[(property("os_distro"), None)]);
        check(
            |form| form.known("os_version").set("12".to_owned()),
            &[(property("os_version"), Some("12"))],
        );
        check(|form| form.new_tag.set(" b ".to_owned()), &[(Part::Tag("b".to_owned()), Some(""))]);
        check(|form| form.remove_row(0), &[(property("build"), None)]);
        check(
            |form| {
                form.add_row();
                let row = form.rows.get_untracked().last().copied().expect("a row");
                row.key.set("color".to_owned());
                row.value.set("red".to_owned());
            },
            &[(property("color"), Some("red"))],
        );
    }

    #[test]
    fn what_the_cloud_would_refuse_is_said_before() {
        Owner::new().with(|| {
            let form = Form::new(&base());
            assert_eq!(form.problems(), []);
            form.min_ram.set("much".to_owned());
            form.name.set("n".repeat(256));
            form.add_row();
            let row = form.rows.get_untracked().last().copied().expect("a row");
            row.value.set("without a key".to_owned());
            let parts: Vec<Part> = form.problems().into_iter().map(|(part, _)| part).collect();
            assert_eq!(parts, [Part::Name, Part::MinRam, Part::Property(String::new())]);
        });
        for key in ["", "size", "os_glance_x", "owner"] {
            assert!(wrong_key(key).is_some(), "{key}");
        }
        assert_eq!(wrong_key("owner_specified.x"), None);
    }
}
