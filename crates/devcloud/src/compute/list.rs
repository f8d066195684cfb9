//! `GET /servers` and `/servers/detail`: filters, sorting, pages (`nova/api/openstack/compute/servers.py`, `_get_servers`).

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::call::{Call, collection_links, page_limit, time_parameter};
use super::error::ComputeError;
use super::model::Server;
use super::view;
use crate::network;
use crate::records;

/// `max_limit`.
const PAGE_LIMIT: usize = 1000;

/// Parameters that are not compared with an attribute.
const CONTROLS: [&str; 9] = [
    "limit",
    "marker",
    "sort_key",
    "sort_dir",
    "all_tenants",
    "deleted",
    "changes-since",
    "changes-before",
    "project_id",
];

/// Parameters that are compared here.
const FILTERS: [&str; 24] = [
    "name",
    "status",
    "flavor",
    "image",
    "ip",
    "ip6",
    "tags",
    "tags-any",
    "not-tags",
    "not-tags-any",
    "uuid",
    "vm_state",
    "task_state",
    "power_state",
    "key_name",
    "user_id",
    "availability_zone",
    "config_drive",
    "reservation_id",
    "hostname",
    "display_name",
    "description",
    "locked",
    "tenant_id",
];

/// Parameters that only an operator's query may hold; for others they are ignored.
const OPERATOR: [&str; 12] = [
    "host",
    "hostname",
    "node",
    "instance_name",
    "launched_at",
    "terminated_at",
    "created_at",
    "updated_at",
    "root_device_name",
    "launch_index",
    "kernel_id",
    "ramdisk_id",
];

/// The list, with as much of each server as asked for.
pub async fn list(call: &Call, detailed: bool) -> Result<Value, ComputeError> {
    check_parameters(call)?;
    let changes_since = time_parameter(call, "changes-since")?;
    let changes_before =
        if call.since(66) { time_parameter(call, "changes-before")? } else { None };
    let everywhere = call.incoming.parameter("all_tenants").is_some_and(truthy);
    if everywhere && !call.scope.is_admin() {
        return Err(ComputeError::policy("servers:index:get_all_tenants"));
    }
    let project = call.scope.project_id.clone();
    let query = call.incoming.query.clone();
    let deleted = call.scope.is_admin() && call.incoming.parameter("deleted").is_some_and(truthy);
    let mut servers = call
        .region
        .db
        .read(move |conn| {
            let servers = match everywhere {
                true => records::all::<Server>(conn)?,
                false => records::of_project::<Server>(conn, &project)?,
            };
            let mut kept = Vec::new();
            for server in servers {
                let alive = match changes_since {
                    Some(since) => server.updated >= since,
                    None => server.deleted == deleted,
                };
                let early = changes_before.is_none_or(|before| server.updated <= before);
                if alive && early && matches_all(conn, &server, &query)? {
                    kept.push(server);
                }
            }
            Ok(kept)
        })
        .await?;
    sort(call, &mut servers)?;
    if let Some(marker) = call.incoming.parameter("marker") {
        let at = servers.iter().position(|server| server.id == marker);
        let at =
            at.ok_or_else(|| ComputeError::bad_request(format!("marker [{marker}] not found")))?;
        servers.drain(..=at);
    }
    servers.truncate(page_limit(call)?.unwrap_or(PAGE_LIMIT).min(PAGE_LIMIT));
    let path = if detailed { "servers/detail" } else { "servers" };
    let links = collection_links(
        call,
        path,
        servers.len(),
        servers.last().map(|server| server.id.clone()),
    )?;
    let frame = call.frame_parts();
    let views = call
        .region
        .db
        .read(move |conn| {
            let frame = frame.frame();
            let view = |server: &Server| match detailed {
                true => view::detail(conn, server, &frame, false),
                false => Ok(view::summary(server, &frame)),
            };
            servers.iter().map(view).collect::<rusqlite::Result<Vec<Value>>>()
        })
        .await?;
    let mut body = Map::new();
    body.insert("servers".to_owned(), json!(views));
    if let Some(links) = links {
        body.insert("servers_links".to_owned(), links);
    }
    Ok(Value::Object(body))
}

/// From 2.75 on unknown parameters are refused; before, they are ignored.
fn check_parameters(call: &Call) -> Result<(), ComputeError> {
    if !call.since(75) {
        return Ok(());
    }
    let known = |name: &str| {
        CONTROLS.contains(&name) || FILTERS.contains(&name) || OPERATOR.contains(&name)
    };
    let unknown =
        call.incoming.query.iter().map(|(name, _)| name.as_str()).find(|name| !known(name));
    match unknown {
        None => Ok(()),
        Some(name) => Err(ComputeError::bad_request(format!(
            "Additional properties are not allowed ('{name}' was unexpected)"
        ))),
    }
}

fn matches_all(
    conn: &rusqlite::Connection,
    server: &Server,
    query: &[(String, String)],
) -> rusqlite::Result<bool> {
    let statuses: Vec<&str> = query
        .iter()
        .filter(|(name, _)| name == "status")
        .map(|(_, value)| value.as_str())
        .collect();
    if !statuses.is_empty()
        && !statuses.iter().any(|status| status.eq_ignore_ascii_case(server.status()))
    {
        return Ok(false);
    }
    for (name, wanted) in query {
        let fits = match name.as_str() {
            // Nova takes these two for regular expressions; whoever types a name gets the servers that hold it.
            "name" | "display_name" => holds(&server.name, wanted),
            "hostname" => holds(&server.hostname, wanted),
            "description" => server.description.as_deref().is_some_and(|text| holds(text, wanted)),
            "flavor" => server.flavor_id == *wanted,
            "image" => server.image_id.as_deref() == Some(wanted.as_str()),
            "uuid" => server.id == *wanted,
            "vm_state" => server.vm_state.word() == wanted,
            "task_state" => server.task.is_some_and(|task| task.word() == wanted),
            "power_state" => server.power_state().to_string() == *wanted,
            "key_name" => server.key_name.as_deref() == Some(wanted.as_str()),
            "user_id" => server.user_id == *wanted,
            "availability_zone" => server.zone == *wanted,
            "reservation_id" => server.reservation_id == *wanted,
            "config_drive" => server.config_drive == truthy(wanted),
            "tags" => wanted.split(',').all(|tag| server.tags.iter().any(|own| own == tag)),
            "tags-any" => wanted.split(',').any(|tag| server.tags.iter().any(|own| own == tag)),
            "not-tags" => !wanted.split(',').all(|tag| server.tags.iter().any(|own| own == tag)),
            "not-tags-any" => {
                !wanted.split(',').any(|tag| server.tags.iter().any(|own| own == tag))
            }
            "ip" | "ip6" => {
                let ports = view::ports(conn, server)?;
                ports.iter().any(|port| has_address(port, wanted))
            }
            _ => true,
        };
        if !fits {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The part of regular expressions that people use here: `^` and `$` at the ends.
fn holds(text: &str, pattern: &str) -> bool {
    let bare = pattern.trim_start_matches('^').trim_end_matches('$');
    let (text, bare) = (text.to_lowercase(), bare.to_lowercase());
    match (pattern.starts_with('^'), pattern.ends_with('$')) {
        (true, true) => text == bare,
        (true, false) => text.starts_with(&bare),
        (false, true) => text.ends_with(&bare),
        (false, false) => text.contains(&bare),
    }
}

fn has_address(port: &network::Object, wanted: &str) -> bool {
    let ips = port.get("fixed_ips").and_then(Value::as_array);
    ips.into_iter()
        .flatten()
        .filter_map(|ip| ip.get("ip_address").and_then(Value::as_str))
        .any(|ip| holds(ip, wanted))
}

fn sort(call: &Call, servers: &mut [Server]) -> Result<(), ComputeError> {
    const SORTABLE: [&str; 16] = [
        "access_ip_v4",
        "access_ip_v6",
        "availability_zone",
        "config_drive",
        "created_at",
        "display_description",
        "display_name",
        "host",
        "image_ref",
        "key_name",
        "power_state",
        "project_id",
        "updated_at",
        "user_id",
        "uuid",
        "vm_state",
    ];
    let values = |name: &str| -> Vec<&str> {
        call.incoming
            .query
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .collect()
    };
    let (mut keys, directions) = (values("sort_key"), values("sort_dir"));
    if let Some(wrong) = keys
        .iter()
        .find(|key| !SORTABLE.contains(key) && !["task_state", "launched_at"].contains(key))
    {
        return Err(ComputeError::bad_request(format!(
            "Invalid input for query parameters sort_key. Value: {wrong}. '{wrong}' is not one of {}",
            crate::body_schema::repr(&json!(SORTABLE))
        )));
    }
    if keys.is_empty() {
        keys.push("created_at");
    }
    // Newest first when nothing is said; the row's order breaks ties.
    servers.reverse();
    servers.sort_by(|a, b| {
        for (index, key) in keys.iter().enumerate() {
            let direction = directions.get(index).or(directions.first()).copied().unwrap_or("desc");
            let order = compare(a, b, key);
            let order = if direction.eq_ignore_ascii_case("asc") { order } else { order.reverse() };
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    });
    Ok(())
}

fn compare(a: &Server, b: &Server, key: &str) -> Ordering {
    match key {
        "availability_zone" => a.zone.cmp(&b.zone),
        "config_drive" => a.config_drive.cmp(&b.config_drive),
        "display_description" => a.description.cmp(&b.description),
        "display_name" => a.name.cmp(&b.name),
        "image_ref" => a.image_id.cmp(&b.image_id),
        "key_name" => a.key_name.cmp(&b.key_name),
        "power_state" => a.power_state().cmp(&b.power_state()),
        "updated_at" => a.updated.cmp(&b.updated),
        "launched_at" => a.launched.cmp(&b.launched),
        "user_id" => a.user_id.cmp(&b.user_id),
        "uuid" => a.id.cmp(&b.id),
        "vm_state" => a.vm_state.word().cmp(b.vm_state.word()),
        "task_state" => a.task.map(|task| task.word()).cmp(&b.task.map(|task| task.word())),
        _ => a.created.cmp(&b.created),
    }
}

fn truthy(word: &str) -> bool {
    matches!(word.to_ascii_lowercase().as_str(), "true" | "1" | "on" | "yes" | "t" | "y")
}
