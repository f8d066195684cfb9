//! Listings of containers and objects (swift/container/backend.py, `list_objects_iter`; middleware/listing_formats.py).

use axum::body::Body;
use axum::http::{Response, StatusCode};
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::call::Call;
use super::info::LISTING_LIMIT;
use super::reply::{Answer, Refusal, with_body};
use super::store::{self, Container, Object, Totals};

/// What part of a listing is asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Query {
    prefix: String,
    marker: String,
    end_marker: String,
    delimiter: String,
    limit: usize,
    reverse: bool,
}

impl Query {
    pub(super) fn of(call: &Call) -> Answer<Self> {
        let text = |name| call.asked(name).unwrap_or_default().to_owned();
        // What is no number counts as not given (swift/common/request_helpers.py, `constrain_req_limit`).
        let limit =
            call.asked("limit").and_then(|limit| limit.parse().ok()).unwrap_or(LISTING_LIMIT);
        if limit > LISTING_LIMIT {
            let words = format!("Maximum limit is {LISTING_LIMIT}");
            return Err(Refusal::html(StatusCode::PRECONDITION_FAILED, words));
        }
        Ok(Self {
            prefix: text("prefix"),
            marker: text("marker"),
            end_marker: text("end_marker"),
            delimiter: text("delimiter"),
            limit,
            reverse: call.switched_on("reverse"),
        })
    }

    /// Where to begin: the name, and whether itself counts.
    fn from(&self) -> (String, bool) {
        if self.reverse {
            // Behind every name that begins with the prefix.
            let last = format!("{}{}", self.prefix, char::MAX);
            return match self.marker.is_empty() || self.marker > last {
                true => (last, true),
                false => (self.marker.clone(), false),
            };
        }
        match self.marker < self.prefix || self.marker.is_empty() {
            true => (self.prefix.clone(), true),
            false => (self.marker.clone(), false),
        }
    }

    /// Whether the end marker is reached.
    fn ended(&self, name: &str) -> bool {
        match (self.end_marker.as_str(), self.reverse) {
            ("", _) => false,
            (end, false) => name >= end,
            (end, true) => name <= end,
        }
    }

    /// The part of a name that is shown for all names that share it.
    fn subdir<'a>(&self, name: &'a str) -> Option<&'a str> {
        if self.delimiter.is_empty() {
            return None;
        }
        let rest = name.strip_prefix(self.prefix.as_str())?;
        let at = rest.find(self.delimiter.as_str())?;
        name.get(..self.prefix.len() + at + self.delimiter.len())
    }
}

/// The objects of a container, as they stand in JSON.
pub(super) fn objects(
    conn: &Connection,
    container: i64,
    query: &Query,
) -> rusqlite::Result<Vec<Value>> {
    let mut entries = Vec::new();
    let mut last_subdir = String::new();
    let (from, inclusive) = query.from();
    store::each_object(conn, container, &from, inclusive, query.reverse, |object| {
        if entries.len() >= query.limit
            || !object.name.starts_with(&query.prefix)
            || query.ended(&object.name)
        {
            return false;
        }
        match query.subdir(&object.name) {
            // A marker that is a subdir itself has shown it already.
            Some(subdir) if subdir == last_subdir || subdir == query.marker => {}
            Some(subdir) => {
                entries.push(json!({"subdir": subdir}));
                last_subdir = subdir.to_owned();
            }
            None => entries.push(entry(&object)),
        }
        true
    })?;
    Ok(entries)
}

fn entry(object: &Object) -> Value {
    let mut entry = json!({
        "bytes": object.size(), "hash": object.md5, "name": object.name, "content_type": object.content_type,
        "last_modified": object.created.iso(),
    });
    if let (Some(slo), Some(entry)) = (&object.slo, entry.as_object_mut()) {
        entry.insert(String::from("slo_etag"), json!(format!("\"{}\"", slo.etag)));
    }
    entry
}

/// The containers of an account.
pub(super) fn containers(
    conn: &Connection,
    project: &str,
    query: &Query,
) -> rusqlite::Result<Vec<(Container, Totals)>> {
    let order = if query.reverse { "DESC" } else { "ASC" };
    let sql = format!(
        "SELECT id, name, created, updated, meta FROM object_container WHERE project_id = ?1 ORDER BY name {order}"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let rows = statement.query_map(params![project], store::container_row)?;
    let mut found = Vec::new();
    for container in rows {
        let container = container?;
        let behind = match (query.marker.as_str(), query.reverse) {
            ("", _) => true,
            (marker, false) => container.name.as_str() > marker,
            (marker, true) => container.name.as_str() < marker,
        };
        if !behind || !container.name.starts_with(&query.prefix) || query.ended(&container.name) {
            continue;
        }
        if found.len() >= query.limit {
            break;
        }
        let totals = store::container_totals(conn, container.id)?;
        found.push((container, totals));
    }
    Ok(found)
}

/// `format` decides, then `Accept`; text without either.
pub(super) fn as_json(call: &Call) -> bool {
    match call.asked("format") {
        Some(format) => format == "json",
        None => call.accepts_json(),
    }
}

/// The answer to a `HEAD`.
pub(super) fn head(status: StatusCode, json: bool) -> Response<Body> {
    with_body(status, kind(json), String::new())
}

/// A page: 200, or 204 for a text without a line.
pub(super) fn page(entries: &[Value], json: bool) -> Response<Body> {
    if json {
        let array: Vec<String> = entries.iter().map(Value::to_string).collect();
        let text = format!("[{}]", array.join(", "));
        return with_body(StatusCode::OK, kind(true), text);
    }
    let mut text = String::new();
    for entry in entries {
        let name = entry.get("name").or_else(|| entry.get("subdir"));
        text.push_str(name.and_then(Value::as_str).unwrap_or_default());
        text.push('\n');
    }
    let status = if text.is_empty() { StatusCode::NO_CONTENT } else { StatusCode::OK };
    with_body(status, kind(false), text)
}

fn kind(json: bool) -> &'static str {
    if json { "application/json; charset=utf-8" } else { "text/plain; charset=utf-8" }
}
