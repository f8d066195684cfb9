//! The account: its containers, how much it holds, its keys.

use axum::body::Body;
use axum::http::header::{ACCEPT_RANGES, HeaderName, VARY};
use axum::http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::access::Access;
use super::call::Call;
use super::listing::{self, Query};
use super::meta::{self, Meta, OWNERS};
use super::reply::{Answer, Refusal, empty, set};
use super::store::{self, Totals};

/// `GET` and `HEAD`.
pub(super) async fn show(call: &Call, access: &Access) -> Answer {
    let query = Query::of(call)?;
    let listed = call.method == Method::GET;
    let project = call.place.project().to_owned();
    let now = call.now;
    let (account, totals, entries) = call
        .region
        .db
        .read(move |conn| {
            let account = store::account(conn, &project)?;
            let totals = store::account_totals(conn, &project)?;
            let entries = match listed {
                true => listing::containers(conn, &project, &query)?,
                false => Vec::new(),
            };
            Ok((account, totals, entries))
        })
        .await?;
    let json = listing::as_json(call);
    let mut response = if !listed {
        // An account that was never used is made up on the spot, and says 200.
        let status = if account.is_some() { StatusCode::NO_CONTENT } else { StatusCode::OK };
        listing::head(status, json)
    } else {
        let entries: Vec<Value> = entries
            .into_iter()
            .map(|(container, totals)| {
                json!({
                    "name": container.name, "count": totals.objects, "bytes": totals.bytes,
                    "last_modified": container.updated.iso(),
                })
            })
            .collect();
        listing::page(&entries, json)
    };
    head(&mut response, &totals);
    let created = account.as_ref().map_or(now, |account| account.created);
    set(&mut response, HeaderName::from_static("x-timestamp"), &created.internal());
    match account {
        Some(account) => {
            set(&mut response, ACCEPT_RANGES, "bytes");
            set(&mut response, HeaderName::from_static("x-account-project-domain-id"), "default");
            show_meta(&mut response, "account", &account.meta, access);
        }
        None => {
            set(&mut response, HeaderName::from_static("x-put-timestamp"), &created.internal());
        }
    }
    if call.asked("format").is_none() {
        set(&mut response, VARY, "Accept");
    }
    Ok(response)
}

fn head(response: &mut Response<Body>, totals: &Totals) {
    for (name, value) in [
        ("x-account-container-count", totals.containers),
        ("x-account-object-count", totals.objects),
        ("x-account-bytes-used", totals.bytes),
    ] {
        set(response, HeaderName::from_static(name), &value.to_string());
    }
}

/// Metadata as headers; keys only for those who may use them.
pub(super) fn show_meta(response: &mut Response<Body>, kind: &str, meta: &Meta, access: &Access) {
    for (name, value) in meta {
        if !access.owner && OWNERS.contains(&name.as_str()) {
            continue;
        }
        if let Ok(name) = HeaderName::try_from(format!("x-{kind}-meta-{name}")) {
            set(response, name, value);
        }
    }
}

/// `POST`: metadata.
pub(super) async fn change(call: &Call) -> Answer {
    let (headers, project, now) = (call.headers.clone(), call.place.project().to_owned(), call.now);
    call.region
        .db
        .write(move |tx| {
            let mut account = store::ensure_account(tx, &project, now)?;
            meta::merge(&mut account.meta, &headers, "account")?;
            store::save_account(tx, &project, &account)?;
            Ok::<_, Refusal>(())
        })
        .await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
