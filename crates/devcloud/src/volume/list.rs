//! `GET /volumes` and `/volumes/detail`: filters, sorting, pages.

use std::cmp::Ordering;

use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::api::{Call, mine};
use super::error::VolumeError;
use super::model::Volume;
use super::view::{self, Moment};

/// `osapi_max_limit`.
const PAGE_LIMIT: usize = 1000;

/// The project's volumes, with as much of each as asked for.
pub async fn list(call: Call, detailed: bool) -> Result<Response, VolumeError> {
    let mut volumes = mine(&call).await?;
    let query = &call.incoming.query;
    let unknown: Vec<&str> = query
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| !CONTROLS.contains(name) && !FILTERS.contains(name))
        .collect();
    if call.version.minor >= 31 && !unknown.is_empty() {
        let message = format!("Invalid filters {} are found in query options.", unknown.join(","));
        return Err(VolumeError::bad_request(message));
    }
    volumes.retain(|volume| {
        query
            .iter()
            .filter(|(name, _)| FILTERS.contains(&name.as_str()))
            .all(|(name, wanted)| matches(volume, name, wanted))
    });
    sort(&mut volumes, &call)?;
    let total = volumes.len();
    if let Some(marker) = call.incoming.parameter("marker") {
        match volumes.iter().position(|volume| volume.id == marker) {
            Some(at) => drop(volumes.drain(..=at)),
            None => return Err(VolumeError::missing("Volume", marker)),
        }
    }
    let number = |name: &str| match call.incoming.parameter(name) {
        None => Ok(None),
        Some(text) => match text.parse::<i64>() {
            Ok(number) if number >= 0 => Ok(usize::try_from(number).ok()),
            Ok(_) => Err(VolumeError::bad_request(format!("{name} param must be positive"))),
            Err(_) => Err(VolumeError::bad_request(format!("{name} param must be an integer"))),
        },
    };
    if let Some(offset) = number("offset")? {
        volumes.drain(..offset.min(volumes.len()));
    }
    let asked = number("limit")?;
    let limit = asked.unwrap_or(PAGE_LIMIT).min(PAGE_LIMIT);
    volumes.truncate(limit);
    let root = &call.incoming.endpoint.root;
    let views: Vec<Value> = volumes
        .iter()
        .map(|volume| match detailed {
            true => view::detail(volume, &call.region, call.version, root, Moment::Read),
            false => view::summary(volume, root),
        })
        .collect();
    let mut body = Map::new();
    body.insert("volumes".to_owned(), json!(views));
    if let Some(last) = volumes.last().filter(|_| asked.is_some() && volumes.len() == limit) {
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        out.extend_pairs(query.iter().filter(|(name, _)| name != "marker" && name != "offset"));
        out.append_pair("marker", &last.id);
        let path = if detailed { "volumes/detail" } else { "volumes" };
        let href = format!("{root}/v3/{}/{path}?{}", call.scope.project_id, out.finish());
        body.insert("volumes_links".to_owned(), json!([{"rel": "next", "href": href}]));
    }
    let counted =
        call.incoming.parameter("with_count").is_some_and(|flag| flag.eq_ignore_ascii_case("true"));
    if counted && call.version.minor >= 45 {
        body.insert("count".to_owned(), json!(total));
    }
    Ok(axum::Json(Value::Object(body)).into_response())
}

const CONTROLS: [&str; 8] =
    ["limit", "marker", "offset", "sort", "sort_key", "sort_dir", "all_tenants", "with_count"];

/// `resource_filters.json` for volumes, and what comes with newer versions.
const FILTERS: [&str; 9] = [
    "name",
    "status",
    "metadata",
    "bootable",
    "availability_zone",
    "id",
    "volume_type",
    "size",
    "name~",
];

fn matches(volume: &Volume, name: &str, wanted: &str) -> bool {
    match name {
        "name" => volume.name.as_deref() == Some(wanted),
        "name~" => volume.name.as_deref().is_some_and(|name| name.contains(wanted)),
        "status" => volume.status.word() == wanted,
        "bootable" => wanted.eq_ignore_ascii_case(if volume.bootable { "true" } else { "false" }),
        "availability_zone" => volume.zone == wanted,
        "id" => volume.id == wanted,
        "volume_type" => volume.volume_type == wanted,
        "size" => volume.size_gib.to_string() == wanted,
        // A Python dictionary in the query: `{'key': 'value'}`.
        "metadata" => {
            let pairs =
                wanted.trim_matches(['{', '}']).split(',').filter_map(|pair| pair.split_once(':'));
            let bare = |part: &str| part.trim().trim_matches(['\'', '"']).to_owned();
            pairs
                .into_iter()
                .all(|(key, value)| volume.metadata.get(&bare(key)) == Some(&bare(value)))
        }
        _ => true,
    }
}

fn sort(volumes: &mut [Volume], call: &Call) -> Result<(), VolumeError> {
    let Some(sort) =
        call.incoming.parameter("sort").or_else(|| call.incoming.parameter("sort_key"))
    else {
        return Ok(());
    };
    let direction = call.incoming.parameter("sort_dir").unwrap_or("desc");
    let keys: Vec<(&str, &str)> = sort
        .split(',')
        .map(|key| key.trim().split_once(':').unwrap_or((key.trim(), direction)))
        .collect();
    const SORTABLE: [&str; 8] = [
        "id",
        "name",
        "size",
        "status",
        "availability_zone",
        "bootable",
        "created_at",
        "updated_at",
    ];
    if keys
        .iter()
        .any(|(key, direction)| !SORTABLE.contains(key) || !["asc", "desc"].contains(direction))
    {
        return Err(VolumeError::invalid_input("Sort key supplied is invalid."));
    }
    volumes.sort_by(|a, b| {
        for (key, direction) in &keys {
            let order = match *key {
                "name" => a.name.cmp(&b.name),
                "size" => a.size_gib.cmp(&b.size_gib),
                "status" => a.status.word().cmp(b.status.word()),
                "availability_zone" => a.zone.cmp(&b.zone),
                "bootable" => a.bootable.cmp(&b.bootable),
                "created_at" => a.created.cmp(&b.created),
                "updated_at" => a.updated.cmp(&b.updated),
                _ => a.id.cmp(&b.id),
            };
            let order = if *direction == "desc" { order.reverse() } else { order };
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    });
    Ok(())
}
