//! The image schema: what a field may hold, and the words in which Python's `jsonschema` refuses it.
//!
//! The schemas themselves are served as recorded (`schemas/*.json`).

use serde_json::Value;

use super::fault::{Answer, Fault};
use crate::body_schema::repr;

/// Visibilities, in the schema's order.
pub(super) const VISIBILITIES: [&str; 4] = ["community", "public", "private", "shared"];
/// Disk formats that are taken (Glance's default list).
pub(super) const DISK_FORMATS: [&str; 11] =
    ["ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop"];
/// Container formats that are taken (Glance's default list).
pub(super) const CONTAINER_FORMATS: [&str; 8] =
    ["ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed"];

/// The schema with this name, as JSON text.
pub(super) fn text(name: &str) -> Option<&'static str> {
    Some(match name {
        "image" => include_str!("schemas/image.json"),
        "images" => include_str!("schemas/images.json"),
        "member" => include_str!("schemas/member.json"),
        "members" => include_str!("schemas/members.json"),
        "task" => include_str!("schemas/task.json"),
        "tasks" => include_str!("schemas/tasks.json"),
        _ => return None,
    })
}

/// What a base field's schema says; the rest are properties, hence strings.
enum Rule {
    Text { max: usize },
    NullableText { max: usize },
    Integer,
    Boolean,
    OneOf(&'static [&'static str]),
    NullableOneOf(&'static [&'static str]),
    Uuid,
    Tags,
    List,
}

fn rule(field: &str) -> Option<(Rule, &'static str)> {
    let hash = "Hexdigest of the image contents using the algorithm specified by the os_hash_algo";
    const STATUSES: [&str; 9] = [
        "queued",
        "saving",
        "active",
        "killed",
        "deleted",
        "uploading",
        "importing",
        "pending_delete",
        "deactivated",
    ];
    Some(match field {
        "id" => (Rule::Uuid, "An identifier for the image"),
        "name" => (Rule::NullableText { max: 255 }, "Descriptive name for the image"),
        "status" => (Rule::OneOf(&STATUSES), "Status of the image"),
        "visibility" => (Rule::OneOf(&VISIBILITIES), "Scope of image accessibility"),
        "protected" => (Rule::Boolean, "If true, image will not be deletable."),
        "os_hidden" => {
            (Rule::Boolean, "If true, image will not appear in default image list response.")
        }
        "checksum" => (Rule::NullableText { max: 32 }, "md5 hash of image contents."),
        "os_hash_algo" => {
            (Rule::NullableText { max: 64 }, "Algorithm to calculate the os_hash_value")
        }
        "os_hash_value" => (Rule::NullableText { max: 128 }, hash),
        "owner" => (Rule::NullableText { max: 255 }, "Owner of the image"),
        "container_format" => (Rule::NullableOneOf(&CONTAINER_FORMATS), "Format of the container"),
        "disk_format" => (Rule::NullableOneOf(&DISK_FORMATS), "Format of the disk"),
        "tags" => (Rule::Tags, "List of strings related to the image"),
        "min_ram" => (Rule::Integer, "Amount of ram (in MB) required to boot image."),
        "min_disk" => (Rule::Integer, "Amount of disk space (in GB) required to boot image."),
        "created_at" => (Rule::Text { max: usize::MAX }, "Date and time of image registration"),
        "updated_at" => {
            (Rule::Text { max: usize::MAX }, "Date and time of the last image modification")
        }
        "locations" => {
            (Rule::List, "A set of URLs to access the image file kept in external store")
        }
        _ => return None,
    })
}

/// Checks one field of an image object. The words are those of `jsonschema.ValidationError`, line ends as blanks.
pub(super) fn check(field: &str, value: &Value) -> Answer<()> {
    let base = "schema['properties']";
    let Some((rule, about)) = rule(field) else {
        return match value {
            // MariaDB keeps a property in a TEXT column.
            Value::String(text) if text.len() > 65_535 => {
                Err(Fault::bad_request("A property's value must not be longer than 65535 bytes."))
            }
            Value::String(_) => Ok(()),
            _ => Err(refused(
                &format!("{} is not of type 'string'", repr(value)),
                "type",
                "schema['additionalProperties']",
                "    {'type': 'string'}",
                &[field],
                value,
            )),
        };
    };
    let place = format!("{base}['{field}']");
    let lines = |items: &[String]| shown(items, about);
    let fail = |message: String, keyword: &str, items: &[String]| {
        Err(refused(&message, keyword, &place, &lines(items), &[field], value))
    };
    let type_of = |name: &str| format!("'type': {name}");
    match rule {
        Rule::Text { max } | Rule::NullableText { max } => {
            let nullable = matches!(rule, Rule::NullableText { .. });
            let kind = if nullable { "['null', 'string']" } else { "'string'" };
            let mut items = vec![type_of(kind), String::new()];
            if max < usize::MAX {
                items.push(format!("'maxLength': {max}"));
            }
            match value {
                Value::Null if nullable => Ok(()),
                Value::String(text) if text.chars().count() <= max => Ok(()),
                Value::String(_) => {
                    fail(format!("{} is too long", repr(value)), "maxLength", &items)
                }
                _ if nullable => {
                    fail(format!("{} is not of type 'null', 'string'", repr(value)), "type", &items)
                }
                _ => fail(format!("{} is not of type 'string'", repr(value)), "type", &items),
            }
        }
        Rule::Integer => match value {
            Value::Number(n) if n.as_f64().is_some_and(|f| f.fract() == 0.0) => Ok(()),
            _ => fail(
                format!("{} is not of type 'integer'", repr(value)),
                "type",
                &[type_of("'integer'"), String::new()],
            ),
        },
        Rule::Boolean => match value {
            Value::Bool(_) => Ok(()),
            _ => fail(
                format!("{} is not of type 'boolean'", repr(value)),
                "type",
                &[type_of("'boolean'"), String::new()],
            ),
        },
        Rule::OneOf(words) | Rule::NullableOneOf(words) => {
            let nullable = matches!(rule, Rule::NullableOneOf(_));
            let mut known: Vec<String> = words.iter().map(|w| format!("'{w}'")).collect();
            let mut kind = "'string'";
            if nullable {
                known.insert(0, "None".to_owned());
                kind = "['null', 'string']";
            }
            let items = [type_of(kind), String::new(), enumeration(&known)];
            match value {
                Value::Null if nullable => Ok(()),
                Value::String(text) if words.contains(&text.as_str()) => Ok(()),
                _ => {
                    let message = format!("{} is not one of [{}]", repr(value), known.join(", "));
                    fail(message, "enum", &items)
                }
            }
        }
        Rule::Uuid => {
            let pattern = "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$";
            let items = [type_of("'string'"), String::new(), format!("'pattern': '{pattern}'")];
            match value {
                Value::String(text) if is_uuid(text) => Ok(()),
                Value::String(_) => {
                    fail(format!("{} does not match '{pattern}'", repr(value)), "pattern", &items)
                }
                _ => fail(format!("{} is not of type 'string'", repr(value)), "type", &items),
            }
        }
        Rule::Tags => {
            let Value::Array(tags) = value else {
                let items = [
                    type_of("'array'"),
                    String::new(),
                    "'items': {'type': 'string', 'maxLength': 255}".to_owned(),
                ];
                return fail(format!("{} is not of type 'array'", repr(value)), "type", &items);
            };
            for (i, tag) in tags.iter().enumerate() {
                let problem = match tag {
                    Value::String(text) if text.chars().count() <= 255 => continue,
                    Value::String(_) => (format!("{} is too long", repr(tag)), "maxLength"),
                    _ => (format!("{} is not of type 'string'", repr(tag)), "type"),
                };
                let place = format!("{base}['tags']['items']");
                let shown = "    {'type': 'string', 'maxLength': 255}";
                return Err(refused(
                    &problem.0,
                    problem.1,
                    &place,
                    shown,
                    &["tags", &i.to_string()],
                    tag,
                ));
            }
            Ok(())
        }
        Rule::List => match value {
            Value::Array(_) => Ok(()),
            _ => fail(
                format!("{} is not of type 'array'", repr(value)),
                "type",
                &[type_of("'array'"), String::new()],
            ),
        },
    }
}

/// `pformat` of a list, one item a line under the first.
fn enumeration(known: &[String]) -> String {
    let one_line = format!("'enum': [{}]", known.join(", "));
    if one_line.len() <= 66 {
        return one_line;
    }
    format!("'enum': [{}]", known.join(&format!(",\n{}", " ".repeat(14))))
}

/// `pformat` of a field's schema: one item a line, indented by four; an empty item stands for the description.
fn shown(items: &[String], about: &str) -> String {
    let items: Vec<String> = items
        .iter()
        .map(|item| match item.is_empty() {
            true => format!("'description': '{about}'"),
            false => item.clone(),
        })
        .collect();
    let one_line = format!("    {{{}}}", items.join(", "));
    if one_line.len() <= 76 {
        return one_line;
    }
    format!("    {{{}}}", items.join(",\n     "))
}

fn refused(
    message: &str,
    keyword: &str,
    place: &str,
    schema: &str,
    path: &[&str],
    value: &Value,
) -> Fault {
    let path: String = path
        .iter()
        .map(|part| match part.parse::<usize>() {
            Ok(index) => format!("[{index}]"),
            Err(_) => format!("[{}]", repr(&Value::from(*part))),
        })
        .collect();
    let reason = format!(
        "{message}\n\nFailed validating '{keyword}' in {place}:\n{schema}\n\nOn instance{path}:\n    {}",
        repr(value)
    );
    Fault::bad_request(format!("Provided object does not match schema 'image': {reason}"))
}

/// 8-4-4-4-12 hexadecimal digits.
pub(super) fn is_uuid(text: &str) -> bool {
    let mut groups = text.split('-');
    let fits = [8, 4, 4, 4, 12].iter().all(|len| {
        groups.next().is_some_and(|g| g.len() == *len && g.bytes().all(|b| b.is_ascii_hexdigit()))
    });
    fits && groups.next().is_none()
}
