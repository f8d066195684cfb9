//! Containers: made, shown, described, removed.

use axum::body::Body;
use axum::http::header::{ACCEPT_RANGES, HeaderName, LAST_MODIFIED, VARY};
use axum::http::{HeaderMap, Method, Response, StatusCode};

use super::access::Access;
use super::account::show_meta;
use super::call::Call;
use super::info::MAX_CONTAINER_NAME;
use super::listing::{self, Query};
use super::meta::{self, Meta};
use super::reply::{Answer, Refusal, empty, page, set};
use super::store::{self, Container, Totals};

/// `GET` (the listing) and `HEAD`.
pub(super) async fn show(call: &Call, access: &Access) -> Answer {
    let query = Query::of(call)?;
    let place = call.place.clone();
    let listed = call.method == Method::GET;
    let found = call
        .region
        .db
        .read(move |conn| {
            let Some(container) = store::container(conn, place.project(), &place.container)? else {
                return Ok(None);
            };
            let totals = store::container_totals(conn, container.id)?;
            let entries = match listed {
                true => listing::objects(conn, container.id, &query)?,
                false => Vec::new(),
            };
            Ok(Some((container, totals, entries)))
        })
        .await?;
    let Some((container, totals, entries)) = found else {
        return Err(Refusal::page(StatusCode::NOT_FOUND));
    };
    let json = listing::as_json(call);
    let mut response = match listed {
        true => listing::page(&entries, json),
        false => listing::head(StatusCode::NO_CONTENT, json),
    };
    describe(&mut response, &container, &totals, access);
    if call.asked("format").is_none() {
        set(&mut response, VARY, "Accept");
    }
    Ok(response)
}

fn describe(
    response: &mut Response<Body>,
    container: &Container,
    totals: &Totals,
    access: &Access,
) {
    for (name, value) in [
        ("x-container-object-count", totals.objects.to_string()),
        ("x-container-bytes-used", totals.bytes.to_string()),
        ("x-timestamp", container.created.internal()),
        ("x-storage-policy", String::from("Policy-0")),
    ] {
        set(response, HeaderName::from_static(name), &value);
    }
    set(response, LAST_MODIFIED, &container.updated.last_modified());
    set(response, ACCEPT_RANGES, "bytes");
    show_meta(response, "container", &container.meta, access);
}

/// `PUT`: 201 for a new one, 202 for one that is there, whose metadata are changed.
pub(super) async fn create(call: &Call) -> Answer {
    let length = call.place.container.len();
    if length > MAX_CONTAINER_NAME {
        let words = format!("Container name length of {length} longer than {MAX_CONTAINER_NAME}");
        return Err(Refusal::text(StatusCode::BAD_REQUEST, words));
    }
    check_quota(&call.headers)?;
    let (headers, place, now) = (call.headers.clone(), call.place.clone(), call.now);
    let status = call
        .region
        .db
        .write(move |tx| {
            store::ensure_account(tx, place.project(), now)?;
            let Some(mut container) = store::container(tx, place.project(), &place.container)?
            else {
                let mut meta = Meta::new();
                meta::merge(&mut meta, &headers, "container")?;
                store::add_container(tx, place.project(), &place.container, &meta, now)?;
                return Ok::<_, Refusal>(StatusCode::CREATED);
            };
            meta::merge(&mut container.meta, &headers, "container")?;
            store::change_container(tx, &container, now)?;
            Ok(StatusCode::ACCEPTED)
        })
        .await?;
    match status {
        StatusCode::CREATED => Ok(empty(status)),
        status => Ok(page(status)),
    }
}

/// `POST`: metadata.
pub(super) async fn change(call: &Call) -> Answer {
    check_quota(&call.headers)?;
    let (headers, place, now) = (call.headers.clone(), call.place.clone(), call.now);
    call.region
        .db
        .write(move |tx| {
            let found = store::container(tx, place.project(), &place.container)?;
            let mut container = found.ok_or_else(|| Refusal::page(StatusCode::NOT_FOUND))?;
            meta::merge(&mut container.meta, &headers, "container")?;
            store::change_container(tx, &container, now)?;
            Ok::<_, Refusal>(())
        })
        .await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// `DELETE`: only when nothing is in it, not even something that has expired and was not yet removed.
pub(super) async fn delete(call: &Call) -> Answer {
    let place = call.place.clone();
    call.region.db.write(move |tx| remove(tx, place.project(), &place.container)).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(super) fn remove(tx: &rusqlite::Transaction<'_>, project: &str, name: &str) -> Answer<()> {
    let found = store::container(tx, project, name)?;
    let container = found.ok_or_else(|| Refusal::page(StatusCode::NOT_FOUND))?;
    if store::container_totals(tx, container.id)?.objects > 0 {
        return Err(Refusal::page(StatusCode::CONFLICT));
    }
    store::remove_container(tx, container.id)?;
    Ok(())
}

/// swift/common/middleware/container_quotas.py: a quota is a whole number.
fn check_quota(headers: &HeaderMap) -> Answer<()> {
    for (name, words) in [
        ("x-container-meta-quota-bytes", "Invalid bytes quota."),
        ("x-container-meta-quota-count", "Invalid count quota."),
    ] {
        let value = headers.get(name).map(meta::text).unwrap_or_default();
        if !value.is_empty() && value.parse::<u64>().is_err() {
            return Err(Refusal::html(StatusCode::BAD_REQUEST, words).hidden());
        }
    }
    Ok(())
}
