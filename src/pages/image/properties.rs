//! What an image's record says, arranged by what it means to people. Pure.

use openstack::ServerId;
use openstack::Timestamp;
use openstack::image::{Image, Visibility};

use crate::components::image::{
    architecture, format_words, smallest_disk_gib, system_name, visibility_word,
};
use crate::text::{format, tr, tr_with};

/// Facts that answer one question.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The question in a word.
    pub title: &'static str,
    /// What and which value.
    pub facts: Vec<(&'static str, Value)>,
}

/// A value and how it is to be shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Words.
    Text(String),
    /// Something to paste.
    Code(String),
    /// There is none; this is why, or what that means.
    Missing(&'static str),
    /// The tags; can be changed where they stand.
    Tags,
    /// A moment.
    Moment(Timestamp),
    /// The instance it was made from.
    Instance(ServerId),
    /// Whether it is protected; can be changed where it stands.
    Protected(bool),
}

/// Who looks at the image.
#[derive(Clone, Copy, Debug)]
pub struct Viewer<'a> {
    /// The image belongs to the viewer's project.
    pub own: bool,
    /// That project's name.
    pub project: &'a str,
}

/// The record in words.
pub fn groups(image: &Image, viewer: Viewer<'_>) -> Vec<Group> {
    vec![
        Group { title: tr("System"), facts: system(image) },
        Group { title: tr("Needs"), facts: needs(image) },
        Group { title: tr("Data"), facts: data(image, viewer) },
        Group { title: tr("Keeping"), facts: keeping(image, viewer) },
    ]
}

/// Properties that no group has words for, by the API's names. What Glance writes for itself is left out.
pub fn others(image: &Image) -> Vec<(String, String)> {
    let known = |key: &str| WORDED.contains(&key) || key.starts_with("os_glance_");
    image
        .properties
        .iter()
        .filter(|(key, value)| !known(key) && !value.is_empty())
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// The whole record by the API's names; `None` where the record has null.
pub fn as_the_api_names_them(image: &Image) -> Vec<(String, Option<String>)> {
    let list = |values: &[String]| Some(values.join(", ")).filter(|text| !text.is_empty());
    let number = |value: Option<u64>| value.map(|value| value.to_string());
    let time = |value: Option<Timestamp>| value.map(|value| value.to_string());
    let mut rows: Vec<(String, Option<String>)> = [
        ("id", Some(image.id.to_string())),
        ("name", image.name.clone()),
        ("status", Some(image.status.as_str().to_owned())),
        ("visibility", Some(image.visibility.as_str().to_owned())),
        ("protected", Some(image.protected.to_string())),
        ("os_hidden", Some(image.hidden.to_string())),
        ("owner", image.owner.as_ref().map(ToString::to_string)),
        ("disk_format", image.disk_format.clone()),
        ("container_format", image.container_format.clone()),
        ("size", number(image.size_bytes)),
        ("virtual_size", number(image.virtual_size_bytes)),
        ("min_disk", Some(image.min_disk_gib.to_string())),
        ("min_ram", Some(image.min_ram_mib.to_string())),
        ("checksum", image.checksum.clone()),
        ("os_hash_algo", image.hash_algo.clone()),
        ("os_hash_value", image.hash_value.clone()),
        ("created_at", time(image.created_at)),
        ("updated_at", time(image.updated_at)),
        ("tags", list(&image.tags)),
        ("stores", list(&image.stores)),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value))
    .collect();
    rows.extend(image.properties.iter().map(|(key, value)| (key.clone(), Some(value.clone()))));
    rows
}

/// The whole record as lines of `name: value`, for pasting elsewhere.
pub fn as_text(image: &Image) -> String {
    let line = |(key, value): (String, Option<String>)| {
        format!("{key}: {}\n", value.as_deref().unwrap_or("null"))
    };
    as_the_api_names_them(image).into_iter().map(line).collect()
}

/// The properties that the groups have words for.
const WORDED: [&str; 20] = [
    "architecture",
    "description",
    "hw_architecture",
    "hw_disk_bus",
    "hw_firmware_type",
    "hw_machine_type",
    "hw_qemu_guest_agent",
    "hw_rescue_bus",
    "hw_rescue_device",
    "hw_scsi_model",
    "hw_vif_model",
    "image_type",
    "instance_uuid",
    "os_admin_user",
    "os_default_user",
    "os_distro",
    "os_require_quiesce",
    "os_secure_boot",
    "os_type",
    "os_version",
];

fn text(image: &Image, key: &str) -> Option<Value> {
    image.property(key).map(|value| Value::Text(value.to_owned()))
}

/// Rows whose value may be missing leave no trace; the others are always there.
fn known<const N: usize>(rows: [(&'static str, Option<Value>); N]) -> Vec<(&'static str, Value)> {
    rows.into_iter().filter_map(|(term, value)| value.map(|value| (term, value))).collect()
}

fn system(image: &Image) -> Vec<(&'static str, Value)> {
    let user = image.property("os_admin_user").or_else(|| image.property("os_default_user"));
    known([
        (
            tr("Operating system"),
            Some(system_name(image).map_or(Value::Missing(tr("Not said")), Value::Text)),
        ),
        (
            tr("Architecture"),
            Some(
                architecture(image)
                    .map_or(Value::Missing(tr("Not said")), |word| Value::Text(word.to_owned())),
            ),
        ),
        (tr("First user"), user.map(|user| Value::Code(user.to_owned()))),
        (
            tr("Guest agent"),
            image.property("hw_qemu_guest_agent").map(|word| Value::Text(yes_or_no(word))),
        ),
        (
            tr("Quiesce"),
            image.property("os_require_quiesce").map(|word| Value::Text(yes_or_no(word))),
        ),
        (tr("About"), text(image, "description")),
    ])
}

fn needs(image: &Image) -> Vec<(&'static str, Value)> {
    let disk = Some(smallest_disk_gib(image)).filter(|gib| *gib > 0);
    let ram = Some(image.min_ram_mib).filter(|mib| *mib > 0);
    let bus = image.property("hw_disk_bus").map(|bus| match image.property("hw_scsi_model") {
        Some(model) => format!("{bus}, {model}"),
        None => bus.to_owned(),
    });
    known([
        (
            tr("Smallest disk"),
            Some(disk.map_or(Value::Missing(tr("Any")), |gib| Value::Text(format::disk(gib)))),
        ),
        (
            tr("Smallest RAM"),
            Some(ram.map_or(Value::Missing(tr("Any")), |mib| Value::Text(format::ram(mib)))),
        ),
        (tr("Firmware"), firmware(image).map(Value::Text)),
        (tr("Disk bus"), bus.map(Value::Text)),
        (tr("Network card"), text(image, "hw_vif_model")),
        (tr("Rescue disk"), rescue(image).map(Value::Text)),
    ])
}

fn data(image: &Image, viewer: Viewer<'_>) -> Vec<(&'static str, Value)> {
    let waits = tr("Known when the data is there");
    let size = match (image.size_bytes, image.virtual_size_bytes) {
        _ if image.is_volume_snapshot() => {
            Value::Missing(tr("None: it points to volume snapshots"))
        }
        (None | Some(0), _) => Value::Missing(waits),
        (Some(size), Some(disk)) if disk > 0 => Value::Text(tr_with(
            "{size}, {disk} unpacked",
            &[("size", &format::bytes(size)), ("disk", &format::binary(disk))],
        )),
        (Some(size), _) => Value::Text(format::bytes(size)),
    };
    let format = format_words(image).map_or(Value::Missing(tr("None")), Value::Text);
    let stores = match (image.stores.is_empty(), image.size_bytes) {
        (false, _) => Some(Value::Text(image.stores.join(", "))),
        (true, None) => Some(Value::Missing(waits)),
        (true, Some(_)) => None,
    };
    let failed = image.failed_stores();
    let owner = match (viewer.own, &image.owner) {
        (true, _) => Value::Text(viewer.project.to_owned()),
        (false, Some(owner)) => Value::Code(owner.to_string()),
        (false, None) => Value::Missing(tr("Nobody")),
    };
    known([
        (tr("Format"), Some(format)),
        (tr("Size"), Some(size)),
        (tr("Stored in"), stores),
        (tr("Not stored in"), (!failed.is_empty()).then(|| Value::Text(failed.join(", ")))),
        (tr("Made from"), image.source_server().map(Value::Instance)),
        (tr("Owner"), Some(owner)),
    ])
}

fn keeping(image: &Image, viewer: Viewer<'_>) -> Vec<(&'static str, Value)> {
    let visibility = match (&image.visibility, viewer.own) {
        (Visibility::Shared, true) => {
            tr("Shareable: this project and those it is shared with").to_owned()
        }
        (other, own) => visibility_word(other, own),
    };
    known([
        (tr("Visibility"), Some(Value::Text(visibility))),
        (tr("Listed"), image.hidden.then(|| Value::Text(tr("No, it is hidden").to_owned()))),
        (tr("Protected"), Some(Value::Protected(image.protected))),
        (tr("Tags"), Some(Value::Tags)),
        (tr("Created"), image.created_at.map(Value::Moment)),
        (
            tr("Changed"),
            image.updated_at.filter(|time| Some(*time) != image.created_at).map(Value::Moment),
        ),
    ])
}

/// "UEFI, machine q35, secure boot".
fn firmware(image: &Image) -> Option<String> {
    let kind =
        image.property("hw_firmware_type").map(|word| match word.to_ascii_lowercase().as_str() {
            "uefi" => "UEFI".to_owned(),
            "bios" => "BIOS".to_owned(),
            _ => word.to_owned(),
        });
    let machine =
        image.property("hw_machine_type").map(|word| tr_with("machine {word}", &[("word", &word)]));
    let secure = image.property("os_secure_boot").filter(|word| *word != "disabled");
    let secure = secure.map(|word| {
        if word == "required" { tr("secure boot required") } else { tr("secure boot") }.to_owned()
    });
    let parts: Vec<String> = [kind, machine, secure].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn rescue(image: &Image) -> Option<String> {
    let device = image.property("hw_rescue_device");
    let bus = image.property("hw_rescue_bus");
    match (device, bus) {
        (Some(device), Some(bus)) => {
            Some(tr_with("{device} on {bus}", &[("device", &device), ("bus", &bus)]))
        }
        (one, other) => one.or(other).map(str::to_owned),
    }
}

fn yes_or_no(word: &str) -> String {
    match word.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" | "on" => tr("Yes").to_owned(),
        "no" | "false" | "0" | "off" => tr("No").to_owned(),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests;
