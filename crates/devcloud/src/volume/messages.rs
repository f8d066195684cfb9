//! Messages for users (`GET /messages`, since 3.3): what the background work could not do, after the request was accepted.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::api::Call;
use super::error::VolumeError;
use super::snapshots::Snapshot;
use crate::clock::at_micros;
use crate::records::{self, Micros, Record};

/// The table of messages.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS volume_message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    due INTEGER,
    doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS volume_message_by_project ON volume_message (project_id);
";

/// `message_ttl`: 30 days.
const LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// One message (`cinder/message/api.py`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    id: String,
    project_id: String,
    request_id: String,
    resource_type: String,
    resource_id: String,
    event_id: String,
    user_message: String,
    created: Micros,
    until: Micros,
}

impl Record for Message {
    const TABLE: &'static str = "volume_message";

    fn id(&self) -> &str {
        &self.id
    }

    fn project_id(&self) -> &str {
        &self.project_id
    }
}

/// A kind of message: action and detail with their numbers (`cinder/message/message_field.py`).
struct Kind {
    resource: &'static str,
    action: (&'static str, &'static str),
    detail: (&'static str, &'static str),
}

const SNAPSHOT_DELETE: (&str, &str) = ("010", "delete snapshot");

/// The snapshot has volumes that depend on it.
pub fn snapshot_busy(
    conn: &Connection,
    now: Timestamp,
    snapshot: &Snapshot,
) -> rusqlite::Result<()> {
    let kind = Kind {
        resource: "VOLUME_SNAPSHOT",
        action: SNAPSHOT_DELETE,
        detail: ("015", "Snapshot is busy."),
    };
    snapshot_message(conn, now, snapshot, &kind)
}

/// The snapshot could not be deleted.
pub fn snapshot_not_deleted(
    conn: &Connection,
    now: Timestamp,
    snapshot: &Snapshot,
) -> rusqlite::Result<()> {
    let kind = Kind {
        resource: "VOLUME_SNAPSHOT",
        action: SNAPSHOT_DELETE,
        detail: ("016", "Snapshot failed to delete."),
    };
    snapshot_message(conn, now, snapshot, &kind)
}

fn snapshot_message(
    conn: &Connection,
    now: Timestamp,
    snapshot: &Snapshot,
    kind: &Kind,
) -> rusqlite::Result<()> {
    let request = snapshot.delete_request.clone().unwrap_or_default();
    keep(conn, now, &snapshot.project_id, request, &snapshot.id, kind)
}

/// A volume could not be uploaded to an image.
pub fn upload_failed(
    conn: &Connection,
    now: Timestamp,
    project_id: &str,
    request_id: String,
    volume_id: &str,
) -> rusqlite::Result<()> {
    let kind = Kind {
        resource: "VOLUME",
        action: ("003", "copy volume to image"),
        detail: ("004", "Failed to upload volume to image at backend."),
    };
    keep(conn, now, project_id, request_id, volume_id, &kind)
}

fn keep(
    conn: &Connection,
    now: Timestamp,
    project_id: &str,
    request_id: String,
    resource_id: &str,
    kind: &Kind,
) -> rusqlite::Result<()> {
    let until = now.checked_add(LIFE).unwrap_or(now);
    let message = Message {
        id: Uuid::new_v4().to_string(),
        project_id: project_id.to_owned(),
        request_id,
        resource_type: kind.resource.to_owned(),
        resource_id: resource_id.to_owned(),
        event_id: format!("VOLUME_{}_{}_{}", kind.resource, kind.action.0, kind.detail.0),
        user_message: format!("{}:{}", kind.action.1, kind.detail.1),
        created: now.as_microsecond(),
        until: until.as_microsecond(),
    };
    records::put(conn, &message)
}

/// `/messages` and `/messages/{id}`.
pub async fn answer(call: Call, id: Option<&str>) -> Result<Response, VolumeError> {
    let project = call.scope.project_id.clone();
    let all =
        call.region.db.read(move |conn| records::of_project::<Message>(conn, &project)).await?;
    let root = &call.incoming.endpoint.root;
    let Some(id) = id else {
        // Newest first.
        let mut messages: Vec<&Message> = all.iter().rev().collect();
        for (name, wanted) in &call.incoming.query {
            messages.retain(|message| match name.as_str() {
                "resource_uuid" => message.resource_id == *wanted,
                "resource_type" => message.resource_type == *wanted,
                "request_id" => message.request_id == *wanted,
                "event_id" => message.event_id == *wanted,
                "message_level" => wanted == "ERROR",
                _ => true,
            });
        }
        let views: Vec<Value> = messages.into_iter().map(|message| view(message, root)).collect();
        return Ok(axum::Json(json!({"messages": views})).into_response());
    };
    let message = all.into_iter().find(|message| message.id == id);
    let message = message.ok_or_else(|| VolumeError::missing("Message", id))?;
    if call.incoming.method != axum::http::Method::DELETE {
        return Ok(axum::Json(json!({"message": view(&message, root)})).into_response());
    }
    if !call.scope.can_write() {
        return Err(VolumeError::policy("message:delete"));
    }
    call.region
        .db
        .write(move |tx| Ok::<_, VolumeError>(records::remove::<Message>(tx, &message.id)?))
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// As `cinder/api/v3/views/messages.py` shows one.
fn view(message: &Message, root: &str) -> Value {
    let time = |micros| at_micros(micros).strftime("%Y-%m-%dT%H:%M:%S.000000").to_string();
    let link = |base: &str| format!("{base}/messages/{}", message.id);
    json!({
        "id": message.id, "event_id": message.event_id, "user_message": message.user_message,
        "message_level": "ERROR", "created_at": time(message.created),
        "guaranteed_until": time(message.until), "request_id": message.request_id,
        "resource_type": message.resource_type, "resource_uuid": message.resource_id,
        "links": [
            {"rel": "self", "href": link(&format!("{root}/v3"))},
            {"rel": "bookmark", "href": link(root)},
        ],
    })
}
