//! What Cinder's lists have in common: filters, sorting, pages, a count (`cinder/api/common.py`).

use std::cmp::Ordering;

use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::api::Call;
use super::error::VolumeError;

/// `osapi_max_limit`.
const PAGE_LIMIT: usize = 1000;

const CONTROLS: [&str; 8] =
    ["limit", "marker", "offset", "sort", "sort_key", "sort_dir", "all_tenants", "with_count"];

/// Something that is listed.
pub trait Listed {
    /// The list's name in a path and a body.
    const COLLECTION: &'static str;
    /// What one is called in a message.
    const NOUN: &'static str;
    /// `resource_filters.json`, and what comes with newer versions.
    const FILTERS: &'static [&'static str];
    /// What it may be sorted by.
    const SORTABLE: &'static [&'static str];
    /// Its id.
    fn id(&self) -> &str;
    /// Whether it passes one of the filters.
    fn matches(&self, filter: &str, wanted: &str) -> bool;
    /// Its order by one of the sortable keys.
    fn compare(&self, other: &Self, key: &str) -> Ordering;
}

/// One page of `items` (newest first, as Cinder has them by default), each as `view` shows it.
pub fn page<T: Listed>(
    call: &Call,
    mut items: Vec<T>,
    detailed: bool,
    view: impl Fn(&T) -> Value,
) -> Result<Response, VolumeError> {
    let query = &call.incoming.query;
    let is_filter = |name: &str| T::FILTERS.contains(&name);
    let unknown: Vec<&str> = query
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| !CONTROLS.contains(name) && !is_filter(name))
        .collect();
    if call.version.minor >= 31 && !unknown.is_empty() {
        let message = format!("Invalid filters {} are found in query options.", unknown.join(","));
        return Err(VolumeError::bad_request(message));
    }
    items.retain(|item| {
        let mut filters = query.iter().filter(|(name, _)| is_filter(name));
        filters.all(|(name, wanted)| item.matches(name, wanted))
    });
    sort(&mut items, call)?;
    let total = items.len();
    if let Some(marker) = call.incoming.parameter("marker") {
        match items.iter().position(|item| item.id() == marker) {
            Some(at) => drop(items.drain(..=at)),
            None => return Err(VolumeError::missing(T::NOUN, marker)),
        }
    }
    if let Some(offset) = number(call, "offset")? {
        items.drain(..offset.min(items.len()));
    }
    let asked = number(call, "limit")?;
    let limit = asked.unwrap_or(PAGE_LIMIT).min(PAGE_LIMIT);
    items.truncate(limit);
    let mut body = Map::new();
    let views: Vec<Value> = items.iter().map(view).collect();
    body.insert(T::COLLECTION.to_owned(), json!(views));
    if let Some(last) = items.last().filter(|_| asked.is_some() && items.len() == limit) {
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        out.extend_pairs(query.iter().filter(|(name, _)| name != "marker" && name != "offset"));
        out.append_pair("marker", last.id());
        let (root, project) = (&call.incoming.endpoint.root, &call.scope.project_id);
        let path = if detailed { "/detail" } else { "" };
        let href = format!("{root}/v3/{project}/{}{path}?{}", T::COLLECTION, out.finish());
        body.insert(format!("{}_links", T::COLLECTION), json!([{"rel": "next", "href": href}]));
    }
    let counted =
        call.incoming.parameter("with_count").is_some_and(|flag| flag.eq_ignore_ascii_case("true"));
    if counted && call.version.minor >= 45 {
        body.insert("count".to_owned(), json!(total));
    }
    Ok(axum::Json(Value::Object(body)).into_response())
}

fn number(call: &Call, name: &str) -> Result<Option<usize>, VolumeError> {
    let Some(text) = call.incoming.parameter(name) else { return Ok(None) };
    match text.parse::<i64>() {
        Ok(number) if number >= 0 => Ok(usize::try_from(number).ok()),
        Ok(_) => Err(VolumeError::bad_request(format!("{name} param must be positive"))),
        Err(_) => Err(VolumeError::bad_request(format!("{name} param must be an integer"))),
    }
}

fn sort<T: Listed>(items: &mut [T], call: &Call) -> Result<(), VolumeError> {
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
    let known = |(key, direction): &(&str, &str)| {
        T::SORTABLE.contains(key) && ["asc", "desc"].contains(direction)
    };
    if !keys.iter().all(known) {
        return Err(VolumeError::invalid_input("Sort key supplied is invalid."));
    }
    items.sort_by(|a, b| {
        for (key, direction) in &keys {
            let order = a.compare(b, key);
            let order = if *direction == "desc" { order.reverse() } else { order };
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    });
    Ok(())
}

/// A filter by metadata: a Python dictionary in the query, `{'key': 'value'}`.
pub fn has_pairs(metadata: &std::collections::BTreeMap<String, String>, wanted: &str) -> bool {
    let bare = |part: &str| part.trim().trim_matches(['\'', '"']).to_owned();
    wanted
        .trim_matches(['{', '}'])
        .split(',')
        .filter_map(|pair| pair.split_once(':'))
        .all(|(key, value)| metadata.get(&bare(key)) == Some(&bare(value)))
}
