//! What an image, a member or a task looks like in an answer: the keys, and their order, of the recorded cloud.

use rusqlite::Row;
use serde_json::{Map, Value, json};

use super::record::{ImageRecord, isotime};

/// The image as `GET /v2/images/{id}` shows it.
pub(super) fn image(record: &ImageRecord) -> String {
    let mut out = String::with_capacity(1400);
    let properties = serde_json::to_string(&record.properties).unwrap_or_else(|_| "{}".to_owned());
    let tags = serde_json::to_string(&record.tags).unwrap_or_else(|_| "[]".to_owned());
    write_image(&mut out, &Parts::of(record, &properties, &tags));
    out
}

/// What a view is written from: straight out of a row, so that a page of a thousand is not copied field by field.
pub(super) struct Parts<'a> {
    id: &'a str,
    /// Strings in the order of `TEXTS`.
    texts: [Option<&'a str>; 9],
    numbers: [Option<i64>; 4],
    protected: bool,
    os_hidden: bool,
    created_at: i64,
    updated_at: i64,
    stores: std::borrow::Cow<'a, str>,
    tags: &'a str,
    properties: &'a str,
}

impl<'a> Parts<'a> {
    fn of(r: &'a ImageRecord, properties: &'a str, tags: &'a str) -> Self {
        Self {
            id: &r.id,
            texts: [
                r.name.as_deref(),
                r.disk_format.as_deref(),
                r.container_format.as_deref(),
                Some(&r.visibility),
                Some(&r.status),
                r.checksum.as_deref(),
                r.owner.as_deref(),
                r.os_hash_algo.as_deref(),
                r.os_hash_value.as_deref(),
            ],
            numbers: [r.size, r.virtual_size, Some(r.min_ram), Some(r.min_disk)],
            protected: r.protected,
            os_hidden: r.os_hidden,
            created_at: r.created_at,
            updated_at: r.updated_at,
            stores: r.stores.join(",").into(),
            tags,
            properties,
        }
    }

    /// From a row with `record::COLUMNS`.
    pub(super) fn of_row(row: &'a Row<'_>) -> rusqlite::Result<Self> {
        let text = |i: usize| row.get_ref(i)?.as_str_or_null().map_err(rusqlite::Error::from);
        let must = |i: usize| row.get_ref(i)?.as_str().map_err(rusqlite::Error::from);
        Ok(Self {
            id: must(1)?,
            texts: [
                text(2)?,
                text(6)?,
                text(7)?,
                text(4)?,
                text(3)?,
                text(14)?,
                text(5)?,
                text(15)?,
                text(16)?,
            ],
            numbers: [row.get(8)?, row.get(9)?, row.get(11)?, row.get(10)?],
            protected: row.get(12)?,
            os_hidden: row.get(13)?,
            created_at: row.get(17)?,
            updated_at: row.get(18)?,
            stores: must(19)?.into(),
            tags: must(20)?,
            properties: must(21)?,
        })
    }
}

/// Writes one image; `properties` and `tags` are JSON already.
pub(super) fn write_image(out: &mut String, p: &Parts<'_>) {
    let [name, disk_format, container_format, visibility, status, checksum, owner, algo, value] =
        p.texts;
    let [size, virtual_size, min_ram, min_disk] = p.numbers;
    out.push('{');
    let inner = p.properties.trim_start_matches('{').trim_end_matches('}');
    // Only the object's own braces go: inside them stands nothing, or a text that begins and ends with a quote.
    if !inner.is_empty() {
        out.push_str(inner);
        out.push(',');
    }
    field_text(out, "name", name);
    field_text(out, "disk_format", disk_format);
    field_text(out, "container_format", container_format);
    field_text(out, "visibility", visibility);
    field_number(out, "size", size);
    field_number(out, "virtual_size", virtual_size);
    field_text(out, "status", status);
    field_text(out, "checksum", checksum);
    field_raw(out, "protected", if p.protected { "true" } else { "false" });
    field_number(out, "min_ram", min_ram);
    field_number(out, "min_disk", min_disk);
    field_text(out, "owner", owner);
    field_raw(out, "os_hidden", if p.os_hidden { "true" } else { "false" });
    field_text(out, "os_hash_algo", algo);
    field_text(out, "os_hash_value", value);
    field_text(out, "id", Some(p.id));
    field_text(out, "created_at", Some(&isotime(p.created_at)));
    field_text(out, "updated_at", Some(&isotime(p.updated_at)));
    field_raw(out, "tags", p.tags);
    for (key, suffix) in [("self", ""), ("file", "/file")] {
        out.push_str(&format!("\"{key}\":\"/v2/images/{}{suffix}\",", p.id));
    }
    out.push_str("\"schema\":\"/v2/schemas/image\"");
    if !p.stores.is_empty() {
        out.push_str(",\"stores\":");
        push_string(out, &p.stores);
    }
    out.push('}');
}

fn field_text(out: &mut String, key: &str, value: Option<&str>) {
    field_start(out, key);
    match value {
        Some(text) => push_string(out, text),
        None => out.push_str("null"),
    }
    out.push(',');
}

fn field_number(out: &mut String, key: &str, value: Option<i64>) {
    match value {
        Some(number) => field_raw(out, key, &number.to_string()),
        None => field_raw(out, key, "null"),
    }
}

fn field_raw(out: &mut String, key: &str, value: &str) {
    field_start(out, key);
    out.push_str(value);
    out.push(',');
}

fn field_start(out: &mut String, key: &str) {
    out.push('"');
    out.push_str(key);
    out.push_str("\":");
}

/// A JSON string.
pub(super) fn push_string(out: &mut String, text: &str) {
    out.push_str(&Value::from(text).to_string());
}

/// A member as every member call shows it.
pub(super) fn member(
    image_id: &str,
    member_id: &str,
    status: &str,
    created: i64,
    updated: i64,
) -> Value {
    json!({
        "member_id": member_id,
        "image_id": image_id,
        "status": status,
        "created_at": isotime(created),
        "updated_at": isotime(updated),
        "schema": "/v2/schemas/member",
    })
}

/// A row of `image_task`, as the calls about tasks show it.
#[derive(Debug, Clone)]
pub(super) struct TaskRecord {
    pub(super) id: String,
    pub(super) image_id: String,
    pub(super) status: String,
    pub(super) owner: String,
    pub(super) user_id: String,
    pub(super) request_id: String,
    pub(super) input: Value,
    pub(super) message: String,
    pub(super) created_at: i64,
    pub(super) updated_at: i64,
    pub(super) expires_at: Option<i64>,
}

impl TaskRecord {
    pub(super) const COLUMNS: &str = "id, image_id, status, owner, user_id, request_id, input, message, created_at, \
         updated_at, expires_at";

    pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let input: String = row.get(6)?;
        Ok(Self {
            id: row.get(0)?,
            image_id: row.get(1)?,
            status: row.get(2)?,
            owner: row.get(3)?,
            user_id: row.get(4)?,
            request_id: row.get(5)?,
            input: serde_json::from_str(&input).unwrap_or(Value::Null),
            message: row.get(7)?,
            created_at: row.get(8)?,
            updated_at: row.get(9)?,
            expires_at: row.get(10)?,
        })
    }

    fn result(&self) -> Value {
        match self.status.as_str() {
            "success" => json!({ "image_id": self.image_id }),
            _ => Value::Null,
        }
    }

    /// In `GET /v2/images/{id}/tasks`: the database's own form of times, and no `self`.
    pub(super) fn of_image(&self) -> Value {
        let time = |seconds| isotime(seconds).replace('Z', ".000000");
        json!({
            "id": self.id,
            "type": "api_image_import",
            "status": self.status,
            "owner": self.owner,
            "expires_at": self.expires_at.map(time),
            "created_at": time(self.created_at),
            "updated_at": time(self.updated_at),
            "deleted_at": null,
            "deleted": false,
            "image_id": self.image_id,
            "request_id": self.request_id,
            "user_id": self.user_id,
            "input": self.input,
            "result": self.result(),
            "message": self.message,
        })
    }

    /// In `GET /v2/tasks` (a stub) and `GET /v2/tasks/{id}` (`whole`).
    pub(super) fn of_admin(&self, whole: bool) -> Value {
        let mut view = Map::new();
        let mut put = |key: &str, value: Value| {
            view.insert(key.to_owned(), value);
        };
        put("id", json!(self.id));
        put("type", json!("api_image_import"));
        put("status", json!(self.status));
        put("owner", json!(self.owner));
        put("created_at", json!(isotime(self.created_at)));
        put("updated_at", json!(isotime(self.updated_at)));
        put("self", json!(format!("/v2/tasks/{}", self.id)));
        put("schema", json!("/v2/schemas/task"));
        if let Some(expires) = self.expires_at {
            put("expires_at", json!(isotime(expires)));
        }
        if whole {
            put("image_id", json!(self.image_id));
            put("request_id", json!(self.request_id));
            put("user_id", json!(self.user_id));
            put("input", self.input.clone());
            put("result", self.result());
            put("message", json!(self.message));
        }
        Value::Object(view)
    }
}
