//! The launch as `openstack server create`.
//!
//! Held against python-openstackclient 10.5 (`openstackclient/compute/v2/server.py`), by running it. Things that people read
//! are named (size, network, groups) where their name is the only one of its kind; images go by their id.

use serde_json::{Map, Value};

use crate::asked::{Asked, Networks, text_of};
use crate::shell::quote;
use crate::user_data;
use crate::{Launch, Place, Recipe};

/// Between two options.
const NEXT: &str = " \\\n  ";
/// The keys of a block device, in the order of Nova's reference.
const DEVICE_KEYS: [&str; 8] = [
    "uuid",
    "source_type",
    "destination_type",
    "boot_index",
    "volume_size",
    "volume_type",
    "delete_on_termination",
    "tag",
];

/// The command line, with what has to be written before it.
pub fn recipe(launch: &Launch, place: &Place) -> Recipe {
    let Asked { user_data, name, other, .. } = &launch.asked;
    let mut words = vec!["openstack".to_owned()];
    if let Some(region) = &place.region {
        words.push(option("--os-region-name", region));
    }
    words.push(format!("--os-compute-api-version {}", launch.version));
    words.push("server create".to_owned());
    let mut lines = vec![words.join(" ")];
    let mut left_out = other.clone();
    lines.extend(options(&launch.asked, place, &mut left_out));
    // The name is the only word without an option: one that begins with a dash would be read as one.
    let dashes = if name.starts_with('-') { "-- " } else { "" };
    lines.push(format!("{dashes}{}", quote(name)));
    let command = lines.join(NEXT);
    let text = match user_data {
        None => command,
        Some(data) => format!("{}{command}\nrm -f \"$user_data\"", write_file(data)),
    };
    Recipe::new(text, launch, left_out)
}

fn options(asked: &Asked, place: &Place, left_out: &mut Vec<String>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut add = |flag: &str, value: &str| lines.push(option(flag, value));
    if let Some(image) = &asked.image {
        add("--image", image);
    }
    for fields in &asked.devices {
        add("--block-device", &device(fields, left_out));
    }
    // Nova lets no two sizes have the same name.
    add("--flavor", place.flavor.as_deref().unwrap_or(&asked.flavor));
    match &asked.networks {
        Networks::Unsaid => {}
        // `--network auto` would be a network called so.
        Networks::Word(word) => add("--nic", word),
        Networks::These(nics) => {
            for fields in nics {
                let (flag, value) = nic(fields, place, left_out);
                add(flag, &value);
            }
        }
    }
    for group in &asked.groups {
        add("--security-group", group);
    }
    if let Some(key) = &asked.key {
        add("--key-name", key);
    }
    if let Some(zone) = &asked.zone {
        add("--availability-zone", zone);
    }
    for (hint, value) in &asked.hints {
        add("--hint", &format!("{hint}={value}"));
    }
    if let Some(description) = &asked.description {
        add("--description", description);
    }
    if let Some(hostname) = &asked.hostname {
        add("--hostname", hostname);
    }
    for (key, value) in &asked.metadata {
        add("--property", &format!("{key}={value}"));
    }
    for tag in &asked.tags {
        add("--tag", tag);
    }
    if asked.count > 1 {
        add("--min", &asked.count.to_string());
        add("--max", &asked.count.to_string());
    }
    if asked.config_drive {
        lines.push("--use-config-drive".to_owned());
    }
    if asked.password {
        // With "=" as it may begin with a dash; the shell stops here when it is not set.
        lines.push("--password=\"${ADMIN_PASS:?}\"".to_owned());
    }
    if asked.user_data.is_some() {
        lines.push("--user-data \"$user_data\"".to_owned());
    }
    lines
}

/// With "=" where the value would be taken for an option.
fn option(flag: &str, value: &str) -> String {
    let between = if value.starts_with('-') { '=' } else { ' ' };
    format!("{flag}{between}{}", quote(value))
}

/// The client splits at commas: a volume type with one in its name is refused by it, loudly.
fn device(fields: &Map<String, Value>, left_out: &mut Vec<String>) -> String {
    left_out.extend(fields.keys().filter(|key| !DEVICE_KEYS.contains(&key.as_str())).cloned());
    let word = |key: &str| match fields.get(key)? {
        // What is never booted from is left out.
        Value::Null => None,
        Value::String(text) => Some(format!("{key}={text}")),
        value => Some(format!("{key}={value}")),
    };
    DEVICE_KEYS.into_iter().filter_map(word).collect::<Vec<_>>().join(",")
}

fn nic(
    fields: &Map<String, Value>,
    place: &Place,
    left_out: &mut Vec<String>,
) -> (&'static str, String) {
    const KEYS: [(&str, &str); 4] =
        [("uuid", "net-id"), ("port", "port-id"), ("fixed_ip", "v4-fixed-ip"), ("tag", "tag")];
    if let (Some(id), 1) = (text_of(fields, "uuid"), fields.len()) {
        let name = place.networks.get(&id).filter(|name| can_be_named(name));
        return ("--network", name.cloned().unwrap_or(id));
    }
    if let (Some(id), 1) = (text_of(fields, "port"), fields.len()) {
        return ("--port", id);
    }
    left_out
        .extend(fields.keys().filter(|key| KEYS.iter().all(|(known, _)| known != *key)).cloned());
    let word = |(key, flag): (&str, &str)| {
        let value = text_of(fields, key)?;
        let flag = if key == "fixed_ip" && value.contains(':') { "v6-fixed-ip" } else { flag };
        Some(format!("{flag}={value}"))
    };
    ("--nic", KEYS.into_iter().filter_map(word).collect::<Vec<_>>().join(","))
}

/// The client splits at these signs.
fn can_be_named(name: &str) -> bool {
    !name.is_empty() && !name.contains([',', '='])
}

/// User data goes by a file, readable for nobody else.
fn write_file(data: &[u8]) -> String {
    let write = match user_data::readable(data) {
        Some(text) if text.ends_with('\n') => {
            let end = user_data::end_of(text);
            format!("cat >\"$user_data\" <<'{end}'\n{text}{end}\n")
        }
        Some(text) => format!("printf %s {} >\"$user_data\"\n", quote(text)),
        None => {
            let lines = user_data::lines_of_base64(data);
            format!("base64 -d >\"$user_data\" <<'USER_DATA'\n{lines}USER_DATA\n")
        }
    };
    format!("user_data=$(mktemp)\n{write}")
}
