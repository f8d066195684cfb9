//! Bodies that Nova takes, by microversion (`nova/api/openstack/compute/schemas/`).

use crate::body_schema::{
    Format, Pattern, Schema, Type, any, array, boolean, dictionary, formatted, number, object, of,
    one_of, one_of_words, text,
};
use crate::microversion::Microversion;

/// `POST /servers`.
pub fn create_server(version: Microversion) -> Schema {
    let since = |minor: u32| version.minor >= minor;
    let mut known = vec![
        ("name", name()),
        ("imageRef", one_of(vec![formatted(Format::Uuid), text(0, 0)])),
        ("flavorRef", flavor_ref()),
        ("adminPass", of(&[Type::String])),
        ("metadata", metadata()),
        ("networks", networks(version)),
        ("OS-DCF:diskConfig", one_of_words(&["AUTO", "MANUAL"])),
        ("accessIPv4", formatted(Format::Ipv4)),
        ("accessIPv6", formatted(Format::Ipv6)),
        ("availability_zone", name()),
        ("block_device_mapping", array(object(legacy_disk(), &[]))),
        ("block_device_mapping_v2", array(object(disk(version), &[]))),
        ("config_drive", boolean()),
        ("key_name", name()),
        ("min_count", count()),
        ("max_count", count()),
        ("return_reservation_id", boolean()),
        ("security_groups", array(object(vec![("name", name())], &[]))),
        ("user_data", text(0, 65_535).in_format(Format::Base64)),
    ];
    if !since(57) {
        let file = object(
            vec![("path", of(&[Type::String])), ("contents", formatted(Format::Base64))],
            &[],
        );
        known.push(("personality", array(file)));
    }
    if since(19) {
        known.push(("description", description()));
    }
    if since(52) {
        known.push(("tags", array(tag()).at_most(50)));
    }
    if since(63) {
        known.push(("trusted_image_certificates", any()));
    }
    if since(74) {
        known.push(("host", fqdn()));
        known.push(("hypervisor_hostname", fqdn()));
    }
    if since(90) {
        known.push(("hostname", if since(94) { fqdn() } else { hostname() }));
    }
    let required: &[&str] =
        if since(37) { &["name", "flavorRef", "networks"] } else { &["name", "flavorRef"] };
    let hints = object(vec![("group", formatted(Format::Uuid))], &[]).open();
    object(
        vec![
            ("server", object(known, required)),
            ("os:scheduler_hints", hints.clone()),
            ("OS-SCH-HNT:scheduler_hints", hints),
        ],
        &["server"],
    )
}

/// `PUT /servers/{id}`.
pub fn update_server(version: Microversion) -> Schema {
    let mut known = vec![
        ("name", name()),
        ("OS-DCF:diskConfig", one_of_words(&["AUTO", "MANUAL"])),
        ("accessIPv4", formatted(Format::Ipv4)),
        ("accessIPv6", formatted(Format::Ipv6)),
    ];
    if version.minor >= 19 {
        known.push(("description", description()));
    }
    if version.minor >= 90 {
        known.push(("hostname", if version.minor >= 94 { fqdn() } else { hostname() }));
    }
    object(vec![("server", object(known, &[]))], &["server"])
}

/// `POST /os-keypairs`.
pub fn create_keypair(version: Microversion) -> Schema {
    let since = |minor: u32| version.minor >= minor;
    let special: Schema = if since(92) {
        name().matching(r"^[_\-\@\. a-zA-Z0-9]+$", |s| {
            s.chars().all(|c| plain(c) || matches!(c, '@' | '.'))
        })
    } else {
        name().matching(r"^[_\- a-zA-Z0-9]+$", |s| s.chars().all(plain))
    };
    let mut known = vec![("name", special), ("public_key", of(&[Type::String]))];
    if since(2) {
        known.push(("type", one_of_words(&["ssh", "x509"])));
    }
    if since(10) {
        known.push(("user_id", of(&[Type::String])));
    }
    let required: &[&str] = if since(92) { &["name", "public_key"] } else { &["name"] };
    object(vec![("keypair", object(known, required))], &["keypair"])
}

fn networks(version: Microversion) -> Schema {
    let id = if version.minor >= 37 { formatted(Format::Uuid) } else { of(&[Type::String]) };
    let mut known = vec![
        ("fixed_ip", formatted(Format::Ip)),
        ("port", formatted(Format::Uuid).or_null()),
        ("uuid", id),
    ];
    if version.minor == 32 || version.minor >= 42 {
        known.push(("tag", tag()));
    }
    let list = array(object(known, &[]));
    if version.minor >= 37 { one_of(vec![list, one_of_words(&["none", "auto"])]) } else { list }
}

fn legacy_disk() -> Vec<(&'static str, Schema)> {
    let device = text(1, 255).matching("^[a-zA-Z0-9._/-]*$", |s| {
        s.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | '-'))
    });
    vec![
        ("virtual_name", text(0, 255)),
        ("volume_id", formatted(Format::Uuid)),
        ("snapshot_id", formatted(Format::Uuid)),
        ("volume_size", number(1, Some(0x7FFF_FFFF))),
        ("device_name", device),
        ("delete_on_termination", boolean()),
        ("no_device", any()),
        ("connection_info", of(&[Type::String])),
    ]
}

fn disk(version: Microversion) -> Vec<(&'static str, Schema)> {
    let mut known = legacy_disk();
    let id = text(1, 255).matching("^[a-zA-Z0-9._-]*$", |s| {
        s.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
    });
    let index = of(&[Type::Integer, Type::String, Type::Null]).matching("^-?[0-9]+$", |s| {
        let digits = s.strip_prefix('-').unwrap_or(s);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    });
    known.extend([
        ("source_type", one_of_words(&["volume", "image", "snapshot", "blank"])),
        ("uuid", id),
        ("image_id", formatted(Format::Uuid)),
        ("destination_type", one_of_words(&["local", "volume"])),
        ("guest_format", text(0, 255)),
        ("device_type", text(0, 255)),
        ("disk_bus", text(0, 255)),
        ("boot_index", index),
    ]);
    if version.minor == 32 || version.minor >= 42 {
        known.push(("tag", tag()));
    }
    if version.minor >= 67 {
        known.push(("volume_type", text(0, 255).or_null()));
    }
    known
}

/// A name.
pub fn name() -> Schema {
    text(1, 255).in_format(Format::Name)
}

fn description() -> Schema {
    text(0, 255).or_null()
}

fn flavor_ref() -> Schema {
    of(&[Type::String, Type::Integer]).non_empty()
}

fn count() -> Schema {
    number(1, None)
}

/// A tag.
pub fn tag() -> Schema {
    text(1, 60).matching("^[^,/]*$", |s| !s.contains([',', '/']))
}

fn fqdn() -> Schema {
    text(1, 255).matching("^[a-zA-Z0-9-._]*$", |s| {
        s.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
    })
}

fn hostname() -> Schema {
    text(2, 63).matching("^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$", |s| {
        let ends = |c: char| c.is_ascii_alphanumeric();
        s.len() >= 2
            && s.starts_with(ends)
            && s.ends_with(ends)
            && s.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    })
}

/// Pairs.
pub fn metadata() -> Schema {
    let keys = Pattern {
        source: "^[a-zA-Z0-9-_:. ]{1,255}$",
        matches: |key| {
            (1..=255).contains(&key.len())
                && key
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.' | ' '))
        },
    };
    dictionary(keys, text(0, 255))
}

fn plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(minor: u32, server: serde_json::Value, expected: &str) {
        let found =
            create_server(Microversion { major: 2, minor }).check(&json!({"server": server}));
        assert_eq!(found.err().unwrap_or_default(), expected);
    }

    #[test]
    fn says_what_is_wrong_with_a_server_as_recorded() {
        let body = json!({"flavorRef": "1", "imageRef": "", "name": "wire-error"});
        check(
            95,
            body.clone(),
            "Invalid input for field/attribute server. Value: {'flavorRef': '1', 'imageRef': '', 'name': 'wire-error'}. \
             'networks' is a required property",
        );
        check(36, body, "");
        check(
            95,
            json!({"flavorRef": "1", "name": "wire-error", "networks": "none", "nonsense": 1}),
            "Invalid input for field/attribute server. Value: {'flavorRef': '1', 'name': 'wire-error', 'networks': \
             'none', 'nonsense': 1}. Additional properties are not allowed ('nonsense' was unexpected)",
        );
        check(
            95,
            json!({"flavorRef": "1", "name": " x", "networks": "none"}),
            "An invalid 'name' value was provided. The name must be: printable characters. Can not start or end with \
             whitespace.",
        );
        check(
            95,
            json!({"flavorRef": "1", "name": "x", "networks": "none", "user_data": "#cloud-config"}),
            "Invalid input for field/attribute user_data. Value: #cloud-config. '#cloud-config' is not a 'base64'",
        );
    }
}
