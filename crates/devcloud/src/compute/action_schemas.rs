//! Bodies that Nova takes for servers that are there, and for what stands beside them (`nova/api/openstack/compute/schemas/`).

use super::schemas::{metadata, name, tag};
use crate::body_schema::{
    Format, Schema, Type, any, array, formatted, number, object, of, one_of_words,
};
use crate::microversion::Microversion;

/// What can be done to a server.
const ACTIONS: [&str; 8] = [
    "os-start",
    "os-stop",
    "reboot",
    "createImage",
    "rescue",
    "unrescue",
    "os-getConsoleOutput",
    "os-getVNCConsole",
];

/// The body of one action; `None` for an action that is not known.
pub fn action(wanted: &str) -> Option<Schema> {
    let action = ACTIONS.into_iter().find(|action| *action == wanted)?;
    let body = match action {
        // Nova takes anything for these.
        "os-start" | "os-stop" | "unrescue" => any(),
        "reboot" => object(
            vec![("type", one_of_words(&["HARD", "Hard", "hard", "SOFT", "Soft", "soft"]))],
            &["type"],
        ),
        "os-getConsoleOutput" => {
            let length =
                of(&[Type::Integer, Type::String, Type::Null]).matching("^-?[0-9]+$", |s| {
                    let digits = s.strip_prefix('-').unwrap_or(s);
                    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
                });
            object(vec![("length", length)], &[])
        }
        "createImage" => object(vec![("name", name()), ("metadata", metadata())], &["name"]),
        "rescue" => object(
            vec![("adminPass", of(&[Type::String])), ("rescue_image_ref", formatted(Format::Uuid))],
            &[],
        )
        .or_null(),
        _ => object(vec![("type", one_of_words(&["novnc", "xvpvnc"]))], &["type"]),
    };
    Some(object(vec![(action, body)], &[action]))
}

/// Pairs under this name: `metadata` for several, `meta` for one.
pub fn metadata_body(name: &'static str) -> Schema {
    object(vec![(name, metadata())], &[name])
}

/// `PUT /servers/{id}/tags`.
pub fn tags_body() -> Schema {
    object(vec![("tags", array(tag()).at_most(50))], &["tags"])
}

/// `POST /os-server-groups`.
pub fn create_group(version: Microversion) -> Schema {
    let policies: &[&str] = match version.minor {
        0..15 => &["anti-affinity", "affinity"],
        _ => &["anti-affinity", "affinity", "soft-anti-affinity", "soft-affinity"],
    };
    let group = if version.minor >= 64 {
        let rules = object(vec![("max_server_per_host", number(1, None))], &[]);
        let known = vec![("name", name()), ("policy", one_of_words(policies)), ("rules", rules)];
        object(known, &["name", "policy"])
    } else {
        let policies = array(one_of_words(policies)).at_most(1);
        object(vec![("name", name()), ("policies", policies)], &["name", "policies"])
    };
    object(vec![("server_group", group)], &["server_group"])
}

/// `POST /servers/{id}/remote-consoles`.
pub fn remote_console() -> Schema {
    let console = object(
        vec![
            ("protocol", one_of_words(&["vnc", "spice", "serial", "mks"])),
            ("type", one_of_words(&["novnc", "xvpvnc", "spice-html5", "serial", "webmks"])),
        ],
        &["protocol", "type"],
    );
    object(vec![("remote_console", console)], &["remote_console"])
}
