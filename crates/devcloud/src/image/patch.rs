//! `PATCH /v2/images/{id}`: the two old JSON-patch dialects that Glance speaks, and what they do to an image.
//!
//! Mirrors `RequestDeserializer.update` and `ImagesController._do_*` (glance/api/v2/images.py). Works on a copy: the caller saves it
//! when every change has passed, so a patch is done whole or not at all.

use serde_json::Value;

use super::create::{check_properties, check_tags, non_negative};
use super::fault::{Answer, Fault};
use super::policy::{Caller, may_modify, may_set_visibility};
use super::record::ImageRecord;
use super::schema;

/// The media types, as `Accept-Patch` lists them.
pub(super) const MEDIA_TYPES: &str = "application/openstack-images-v2.0-json-patch, \
     application/openstack-images-v2.1-json-patch";

/// Draft 4 is dialect v2.0 (`{"replace": "/name", "value": ...}`), draft 10 is v2.1 (`{"op": ..., "path": ...}`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    V20,
    V21,
}

impl Dialect {
    /// By the request's media type; parameters (`; charset=...`) do not count.
    pub(super) fn of(content_type: Option<&str>) -> Answer<Self> {
        let essence =
            content_type.and_then(|t| t.split(';').next()).map(str::trim).unwrap_or_default();
        match essence {
            "application/openstack-images-v2.0-json-patch" => Ok(Self::V20),
            "application/openstack-images-v2.1-json-patch" => Ok(Self::V21),
            _ => Err(Fault::patch_media_type(MEDIA_TYPES)),
        }
    }
}

/// One checked change.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    Add {
        field: String,
        value: Value,
        only_new: bool,
    },
    Replace {
        field: String,
        value: Value,
    },
    Remove {
        field: String,
    },
    /// `locations`: never allowed to a customer, and nothing that a customer's console sends.
    Locations,
}

const READ_ONLY: [&str; 13] = [
    "created_at",
    "updated_at",
    "status",
    "checksum",
    "size",
    "virtual_size",
    "direct_url",
    "self",
    "file",
    "schema",
    "id",
    "os_hash_algo",
    "os_hash_value",
];
const RESERVED: [&str; 3] = ["location", "deleted", "deleted_at"];

/// Fields that cannot be removed: attributes of Glance's own image object.
const BASE: [&str; 12] = [
    "name",
    "visibility",
    "os_hidden",
    "min_disk",
    "min_ram",
    "protected",
    "owner",
    "disk_format",
    "container_format",
    "tags",
    "member",
    "extra_properties",
];

/// Reads the body: a list of operations.
pub(super) fn parse(body: &Value, dialect: Dialect) -> Answer<Vec<Change>> {
    let Value::Array(operations) = body else {
        let words = "Request body must be a JSON array of operation objects.";
        return Err(Fault::bad_request(words));
    };
    operations.iter().map(|operation| change(operation, dialect)).collect()
}

fn change(operation: &Value, dialect: Dialect) -> Answer<Change> {
    let Value::Object(members) = operation else {
        return Err(Fault::bad_request("Operations must be JSON objects."));
    };
    let (op, pointer) = match dialect {
        Dialect::V21 => {
            let available = "It must be one of the following: add, remove, replace.";
            let op = match members.get("op") {
                Some(Value::String(op)) if OPERATIONS.contains(&op.as_str()) => op.as_str(),
                None | Some(Value::Null) => {
                    let words = format!("Unable to find `op` in JSON Schema change. {available}");
                    return Err(Fault::bad_request(words));
                }
                Some(other) => {
                    let op = other.as_str().map_or_else(|| other.to_string(), str::to_owned);
                    return Err(Fault::bad_request(format!(
                        "Invalid operation: `{op}`. {available}"
                    )));
                }
            };
            let missing = || Fault::bad_request("Unable to find 'path' in JSON Schema change");
            (op, members.get("path").ok_or_else(missing)?)
        }
        Dialect::V20 => {
            let mut given = OPERATIONS.iter().filter_map(|op| Some((*op, members.get(*op)?)));
            let found = given.next().ok_or_else(|| {
                let words = "Operation objects must contain exactly one member named \"add\", \"remove\", or \"replace\".";
                Fault::bad_request(words)
            })?;
            if given.next().is_some() {
                let words = "Operation objects must contain only one member named \"add\", \"remove\", or \"replace\".";
                return Err(Fault::bad_request(words));
            }
            found
        }
    };
    let Value::String(pointer) = pointer else {
        return Err(Fault::bad_request(format!("Pointer `{pointer}` does not start with \"/\".")));
    };
    let path = decode_pointer(pointer)?;
    let root = path.first().cloned().unwrap_or_default();
    let depth = match (root.as_str(), op) {
        ("locations", "add" | "remove") => 2,
        _ => 1,
    };
    if path.len() != depth {
        let words = format!("Invalid JSON pointer for this resource: '/{}'", path.join("/"));
        return Err(Fault::bad_request(words));
    }
    let value = match op {
        "remove" => None,
        _ => Some(members.get("value").cloned().ok_or_else(|| {
            Fault::bad_request(format!("Operation \"{op}\" requires a member named \"value\"."))
        })?),
    };
    check_field(&root)?;
    if root == "locations" {
        return Ok(Change::Locations);
    }
    if let Some(value) = &value {
        schema::check(&root, value)?;
    }
    Ok(match (op, value) {
        ("add", Some(value)) => {
            Change::Add { field: root, value, only_new: dialect == Dialect::V20 }
        }
        ("replace", Some(value)) => Change::Replace { field: root, value },
        _ => Change::Remove { field: root },
    })
}

const OPERATIONS: [&str; 3] = ["add", "remove", "replace"];

fn check_field(field: &str) -> Answer<()> {
    if READ_ONLY.contains(&field) {
        return Err(Fault::forbidden(format!("Attribute '{field}' is read-only.")));
    }
    if RESERVED.contains(&field) || field.starts_with("os_glance") {
        return Err(Fault::forbidden(format!("Attribute '{field}' is reserved.")));
    }
    Ok(())
}

/// Glance's limited form of JSON pointers.
fn decode_pointer(pointer: &str) -> Answer<Vec<String>> {
    let wrong = |why: &str| Err(Fault::bad_request(format!("Pointer `{pointer}` {why}")));
    let Some(inner) = pointer.strip_prefix('/') else {
        return wrong("does not start with \"/\".");
    };
    // `/\s*?/` somewhere behind the first character: an empty segment in between.
    let segments: Vec<&str> = inner.split('/').collect();
    let middle = segments.iter().skip(1).take(segments.len().saturating_sub(2));
    if middle.into_iter().any(|s| s.trim().is_empty()) {
        return wrong("contains adjacent \"/\".");
    }
    if pointer.len() > 1 && pointer.ends_with('/') {
        return wrong("end with \"/\".");
    }
    let mut rest = pointer;
    while let Some((_, after)) = rest.split_once('~') {
        if !after.starts_with(['0', '1']) {
            return wrong("contains \"~\" not part of a recognized escape sequence.");
        }
        rest = after;
    }
    let parts = pointer.trim_start_matches('/').split('/');
    Ok(parts.map(|p| p.replace("~1", "/").replace("~0", "~").trim().to_owned()).collect())
}

/// Does one change to the copy.
pub(super) fn apply(image: &mut ImageRecord, change: &Change, caller: &Caller) -> Answer<()> {
    match change {
        Change::Locations => Err(Fault::policy("set_image_location")),
        Change::Replace { field, .. } if field == "owner" && !caller.is_admin => {
            Err(Fault::access_denied("Owner can't be updated by non admin."))
        }
        Change::Add { field, value, .. } | Change::Replace { field, value } => {
            if field == "visibility" {
                may_set_visibility(caller, image, value.as_str().unwrap_or_default())?;
            }
            may_modify(caller, image)?;
            let there = BASE.contains(&field.as_str()) || image.properties.get(field).is_some();
            match change {
                Change::Add { only_new: true, .. } if there => {
                    let words = format!("Property {field} already present.");
                    return Err(Fault::conflict_detail(words));
                }
                Change::Replace { .. } if !there => {
                    let words = format!("Property {field} does not exist.");
                    return Err(Fault::conflict_detail(words));
                }
                // `add` of the owner is not caught by Glance's check; its database refuses it to others.
                Change::Add { .. } if field == "owner" && !caller.is_admin => {
                    return Err(Fault::policy("modify_image"));
                }
                _ => {}
            }
            set(image, field, value)
        }
        Change::Remove { field } => {
            may_modify(caller, image)?;
            if BASE.contains(&field.as_str()) {
                let words = format!("Property {field} may not be removed.");
                return Err(Fault::access_denied(words));
            }
            if !image.properties.remove(field) {
                let words = format!("Property {field} does not exist.");
                return Err(Fault::conflict_detail(words));
            }
            Ok(())
        }
    }
}

/// The values have passed the schema, so a wrong type cannot come here but as null.
fn set(image: &mut ImageRecord, field: &str, value: &Value) -> Answer<()> {
    let text = || value.as_str().map(str::to_owned);
    match field {
        "name" => image.name = text(),
        "visibility" => image.visibility = text().unwrap_or_default(),
        "owner" => image.owner = text(),
        "protected" => image.protected = value == &Value::Bool(true),
        "os_hidden" => image.os_hidden = value == &Value::Bool(true),
        "min_disk" => image.min_disk = non_negative("min_disk", value)?,
        "min_ram" => image.min_ram = non_negative("min_ram", value)?,
        "tags" => image.tags = check_tags(value)?,
        "disk_format" | "container_format" => {
            if !["queued", "importing"].contains(&image.status.as_str()) {
                return Err(Fault::forbidden(format!(
                    "Attribute {field} can be only replaced for a queued image."
                )));
            }
            match field {
                "disk_format" => image.disk_format = text(),
                _ => image.container_format = text(),
            }
        }
        // Attributes of Glance's image object that no client means.
        "member" | "extra_properties" => {
            return Err(Fault::bad_request(format!("Attribute '{field}' cannot be set.")));
        }
        _ => {
            if field.chars().count() > 255 {
                let words = "Custom property should not be greater than 255 characters.";
                return Err(Fault::bad_request(words));
            }
            let is_new = image.properties.get(field).is_none();
            image.properties.set(field, text().unwrap_or_default());
            if is_new {
                check_properties(&image.properties)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn owner() -> Caller {
        Caller {
            user_id: "u".to_owned(),
            project_id: "p".to_owned(),
            project_name: "demo".to_owned(),
            is_admin: false,
            can_write: true,
        }
    }

    fn patched(operations: Value) -> Answer<ImageRecord> {
        let mut image = ImageRecord::new("i".to_owned(), "p".to_owned(), 0);
        image.properties.set("os_version", "12");
        for change in parse(&operations, Dialect::V21)? {
            apply(&mut image, &change, &owner())?;
        }
        Ok(image)
    }

    fn refusal(operations: Value) -> (u16, String) {
        let fault = patched(operations).unwrap_err();
        (fault.status().as_u16(), format!("{fault:?}"))
    }

    #[test]
    fn changes_are_done_in_order() {
        let image = patched(json!([
            {"op": "replace", "path": "/name", "value": "Renamed"},
            {"op": "add", "path": "/os_version", "value": "12.1"},
            {"op": "add", "path": "/a~1b~0c", "value": "yes"},
            {"op": "replace", "path": "/tags", "value": ["lts", "lts"]},
            {"op": "add", "path": "/gone", "value": "x"},
            {"op": "remove", "path": "/gone"},
        ]))
        .unwrap();
        assert_eq!(image.name.as_deref(), Some("Renamed"));
        assert_eq!(image.properties.get("os_version"), Some("12.1"));
        assert_eq!(image.properties.get("a/b~c"), Some("yes"));
        assert_eq!(image.properties.get("gone"), None);
        assert_eq!(image.tags, ["lts"]);
    }

    #[test]
    fn refusals() {
        for (operation, status, words) in [
            (
                json!({"op": "replace", "path": "/not_there", "value": "x"}),
                409,
                "Property not_there does not exist.",
            ),
            (
                json!({"op": "remove", "path": "/not_there"}),
                409,
                "Property not_there does not exist.",
            ),
            (
                json!({"op": "replace", "path": "/size", "value": 1}),
                403,
                "Attribute 'size' is read-only.",
            ),
            (
                json!({"op": "add", "path": "/os_glance_x", "value": "1"}),
                403,
                "Attribute 'os_glance_x' is reserved.",
            ),
            (
                json!({"op": "replace", "path": "/visibility", "value": "public"}),
                403,
                "publicize_image",
            ),
            (
                json!({"op": "add", "path": "/min_disk", "value": "7"}),
                400,
                "'7' is not of type 'integer'",
            ),
            (
                json!({"op": "add", "path": "/owner_extra", "value": 7}),
                400,
                "7 is not of type 'string'",
            ),
            (
                json!({"op": "replace", "path": "/min_ram", "value": -1}),
                400,
                "Cannot be a negative value",
            ),
            (json!({"op": "remove", "path": "/name"}), 403, "Property name may not be removed."),
            (
                json!({"op": "replace", "path": "/owner", "value": "x"}),
                403,
                "Owner can't be updated by non admin.",
            ),
            (json!({"op": "move", "path": "/name"}), 400, "Invalid operation: `move`."),
            (json!({"path": "/name"}), 400, "Unable to find `op` in JSON Schema change."),
            (json!({"op": "add", "value": 1}), 400, "Unable to find 'path' in JSON Schema change"),
            (json!({"op": "add", "path": "name", "value": "x"}), 400, "does not start with"),
            (
                json!({"op": "add", "path": "/a/b", "value": "x"}),
                400,
                "Invalid JSON pointer for this resource: '/a/b'",
            ),
            (
                json!({"op": "add", "path": "/a~", "value": "x"}),
                400,
                "not part of a recognized escape sequence",
            ),
            (json!({"op": "add", "path": "/x"}), 400, "requires a member named"),
            (json!("x"), 400, "Operations must be JSON objects."),
        ] {
            let (found, text) = refusal(json!([operation]));
            assert_eq!(found, status, "{operation}: {text}");
            assert!(text.contains(words), "{operation}: {text}");
        }
    }

    #[test]
    fn the_old_dialect_adds_only_what_is_new() {
        let image = ImageRecord::new("i".to_owned(), "p".to_owned(), 0);
        let run = |operations: Value| {
            let mut image = image.clone();
            for change in parse(&operations, Dialect::V20)? {
                apply(&mut image, &change, &owner())?;
            }
            Ok::<_, Fault>(image)
        };
        let image =
            run(json!([{"add": "/color", "value": "red"}, {"replace": "/name", "value": "n"}]))
                .unwrap();
        assert_eq!(image.properties.get("color"), Some("red"));
        assert_eq!(
            run(json!([{"add": "/name", "value": "n"}])).unwrap_err().status().as_u16(),
            409
        );
    }
}
