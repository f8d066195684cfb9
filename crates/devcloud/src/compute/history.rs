//! What happened to a server: `os-instance-actions` with the steps of each (`nova/api/openstack/compute/instance_actions.py`).

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::call::{Call, collection_links, page_limit, time_parameter};
use super::error::ComputeError;
use super::event_model::{Action, Event};
use super::model::Server;
use super::view::{host_id, micros};
use crate::auth::Scope;
use crate::records;

/// Notes that `scope` began `action` on a server.
pub fn begin(
    conn: &Connection,
    now: Timestamp,
    server: &Server,
    scope: &Scope,
    request_id: &str,
    action: &str,
) -> rusqlite::Result<()> {
    let now = now.as_microsecond();
    let action = Action {
        id: key(&server.id, request_id),
        server_id: server.id.clone(),
        project_id: server.project_id.clone(),
        request_id: request_id.to_owned(),
        user_id: scope.user_id.clone(),
        action: action.to_owned(),
        start: now,
        updated: now,
        message: None,
        events: Vec::new(),
    };
    records::put(conn, &action)
}

/// Notes that a step of the action under way began.
pub fn begin_event(
    conn: &Connection,
    now: Timestamp,
    server: &Server,
    event: &str,
) -> rusqlite::Result<()> {
    let start = now.as_microsecond();
    let event = Event { event: event.to_owned(), start, finish: None, result: None, details: None };
    change(conn, now, server, |action| action.events.push(event))
}

/// Notes that the last step ended, with what went wrong if it did.
pub fn end_event(
    conn: &Connection,
    now: Timestamp,
    server: &Server,
    failure: Option<&str>,
) -> rusqlite::Result<()> {
    change(conn, now, server, |action| {
        if failure.is_some() {
            action.message = Some("Error".to_owned());
        }
        if let Some(event) = action.events.last_mut() {
            event.finish = Some(now.as_microsecond());
            event.result = Some(if failure.is_some() { "Error" } else { "Success" }.to_owned());
            event.details = failure.map(str::to_owned);
        }
    })
}

fn change(
    conn: &Connection,
    now: Timestamp,
    server: &Server,
    how: impl FnOnce(&mut Action),
) -> rusqlite::Result<()> {
    let Some(request_id) = &server.action_id else { return Ok(()) };
    let Some(mut action) = records::get::<Action>(conn, &key(&server.id, request_id))? else {
        return Ok(());
    };
    how(&mut action);
    action.updated = now.as_microsecond();
    records::put(conn, &action)
}

fn key(server_id: &str, request_id: &str) -> String {
    format!("{server_id}/{request_id}")
}

/// `GET /servers/{id}/os-instance-actions`: newest first, in pages from 2.58 on.
pub async fn list(call: &Call, server: &Server) -> Result<Value, ComputeError> {
    let (project, id) = (server.project_id.clone(), server.id.clone());
    let mut actions =
        call.region.db.read(move |conn| records::of_project::<Action>(conn, &project)).await?;
    actions.retain(|action| action.server_id == id);
    actions.reverse();
    let mut body = Map::new();
    if call.since(58) {
        let since = time_parameter(call, "changes-since")?;
        let before = if call.since(66) { time_parameter(call, "changes-before")? } else { None };
        actions.retain(|action| {
            since.is_none_or(|since| action.updated >= since)
                && before.is_none_or(|before| action.updated <= before)
        });
        if let Some(marker) = call.incoming.parameter("marker") {
            let at = actions.iter().position(|action| action.request_id == marker);
            let missing =
                || ComputeError::bad_request(format!("Marker {marker} could not be found."));
            actions.drain(..=at.ok_or_else(missing)?);
        }
        actions.truncate(page_limit(call)?.unwrap_or(1000).min(1000));
        let path = format!("servers/{id}/os-instance-actions", id = server.id);
        let last = actions.last().map(|action| action.request_id.clone());
        if let Some(links) = collection_links(call, &path, actions.len(), last)? {
            body.insert("links".to_owned(), links);
        }
    }
    let views: Vec<Value> =
        actions.iter().map(|action| Value::Object(summary(call, action))).collect();
    body.insert("instanceActions".to_owned(), json!(views));
    Ok(Value::Object(body))
}

/// `GET /servers/{id}/os-instance-actions/{request}`.
pub async fn show(call: &Call, server: &Server, request_id: &str) -> Result<Value, ComputeError> {
    let key = key(&server.id, request_id);
    let found = call.region.db.read(move |conn| records::get::<Action>(conn, &key)).await?;
    let action =
        found.ok_or_else(|| ComputeError::not_found(format!("Action {request_id} not found")))?;
    let mut view = summary(call, &action);
    if call.since(51) || call.scope.is_admin() {
        let event = |event: &Event| {
            let mut view = Map::new();
            view.insert("event".to_owned(), json!(event.event));
            view.insert("start_time".to_owned(), json!(micros(event.start)));
            view.insert("finish_time".to_owned(), json!(event.finish.map(micros)));
            view.insert("result".to_owned(), json!(event.result));
            if call.since(62) {
                view.insert("hostId".to_owned(), json!(host_id(server)));
            }
            if call.since(84) {
                view.insert("details".to_owned(), json!(event.details));
            }
            Value::Object(view)
        };
        view.insert(
            "events".to_owned(),
            json!(action.events.iter().rev().map(event).collect::<Vec<Value>>()),
        );
    }
    Ok(json!({"instanceAction": view}))
}

fn summary(call: &Call, action: &Action) -> Map<String, Value> {
    let mut view = Map::new();
    let pairs = [
        ("action", json!(action.action)),
        ("instance_uuid", json!(action.server_id)),
        ("request_id", json!(action.request_id)),
        ("user_id", json!(action.user_id)),
        ("project_id", json!(action.project_id)),
        ("start_time", json!(micros(action.start))),
        ("message", json!(action.message)),
    ];
    view.extend(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)));
    if call.since(58) {
        view.insert("updated_at".to_owned(), json!(micros(action.updated)));
    }
    view
}
