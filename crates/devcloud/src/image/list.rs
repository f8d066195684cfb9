//! `GET /v2/images`: the page that a query asks for.
//!
//! Two steps keep a page of a thousand out of ten thousand quick: the order is found over keys alone, then only the rows of the page
//! are read and written straight into the answer.

use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use rusqlite::Connection;
use rusqlite::types::Value;

use super::fault::{Answer, Fault};
use super::policy::{self, Caller};
use super::query::{Compare, Direction, Filter, Query, SortKey, Visibility};
use super::record::{COLUMNS, ImageRecord};
use super::view;
use crate::auth::Scope;
use crate::state::Region;

/// `GET /v2/images`.
pub(super) async fn list(
    State(region): State<Region>,
    scope: Scope,
    RawQuery(raw): RawQuery,
) -> Answer<Response> {
    let query = Query::parse(raw.as_deref().unwrap_or_default())?;
    let caller = Caller::from(&scope);
    let body = region.db.read(move |conn| Ok(page(conn, &caller, &query))).await??;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

fn page(conn: &Connection, caller: &Caller, query: &Query) -> Answer<String> {
    // One moment for the marker, the order and the rows.
    let moment = conn.unchecked_transaction()?;
    let marker =
        match &query.marker {
            // `except NotFound ... HTTPBadRequest`: a marker that is not there, or not ours to see, is a bad request.
            Some(id) => Some(policy::visible(&moment, caller, id).map_err(|fault| {
                match fault.status().as_u16() {
                    404 => Fault::bad_request(format!("No image found with ID {id}")),
                    _ => fault,
                }
            })?),
            None => None,
        };
    let (sql, parameters) = select(caller, query, marker.as_ref());
    let mut order = moment.prepare_cached(&sql)?;
    let keys: Vec<i64> = order
        .query_map(rusqlite::params_from_iter(parameters), |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut body = String::with_capacity(256 + keys.len() * 1300);
    body.push_str("{\"images\":[");
    let mut one = moment.prepare_cached(&format!("SELECT {COLUMNS} FROM image WHERE seq = ?1"))?;
    let mut last = String::new();
    for (i, key) in keys.iter().enumerate() {
        if i > 0 {
            body.push(',');
        }
        let mut rows = one.query([key])?;
        let Some(row) = rows.next()? else { continue };
        view::write_image(&mut body, &view::Parts::of_row(row)?);
        last = row.get(1)?;
    }
    body.push_str("],\"first\":");
    let link = |query: &str| match query {
        "" => "/v2/images".to_owned(),
        _ => format!("/v2/images?{query}"),
    };
    view::push_string(&mut body, &link(&query.carried));
    if !keys.is_empty() && keys.len() == query.limit {
        let joint = if query.carried.is_empty() { "" } else { "&" };
        body.push_str(",\"next\":");
        view::push_string(&mut body, &link(&format!("{}{joint}marker={last}", query.carried)));
    }
    body.push_str(",\"schema\":\"/v2/schemas/images\"}");
    Ok(body)
}

/// A statement under construction.
#[derive(Default)]
struct Sql {
    conditions: Vec<String>,
    parameters: Vec<Value>,
}

impl Sql {
    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.parameters.push(value.into());
        format!("?{}", self.parameters.len())
    }

    fn and(&mut self, condition: String) {
        self.conditions.push(condition);
    }
}

fn select(caller: &Caller, query: &Query, marker: Option<&ImageRecord>) -> (String, Vec<Value>) {
    let mut sql = Sql::default();
    visible_to(&mut sql, caller, query);
    for filter in &query.filters {
        condition(&mut sql, filter);
    }
    if let Some(marker) = marker {
        after(&mut sql, &query.sort, marker);
    }
    let order: Vec<String> = query
        .sort
        .iter()
        .map(|(key, direction)| {
            let direction = if *direction == Direction::Asc { "ASC" } else { "DESC" };
            format!("{} {direction}", column(*key))
        })
        .collect();
    let limit = sql.bind(i64::try_from(query.limit).unwrap_or(i64::MAX));
    let text = format!(
        "SELECT seq FROM image WHERE {} ORDER BY {} LIMIT {limit}",
        sql.conditions.join(" AND "),
        order.join(", ")
    );
    (text, sql.parameters)
}

/// `_select_images_query` and the visibility filters of `_image_get_all` (glance/db/sqlalchemy/api.py).
fn visible_to(sql: &mut Sql, caller: &Caller, query: &Query) {
    let me = sql.bind(caller.project_id.clone());
    if caller.is_admin {
        sql.and("1".to_owned());
    } else {
        let status = match query.member_status {
            "all" => String::new(),
            status => format!(" AND status = {}", sql.bind(status.to_owned())),
        };
        sql.and(format!(
            "(visibility IN ('public', 'community') OR owner = {me} OR (visibility = 'shared' AND seq IN \
             (SELECT image FROM image_member WHERE member = {me}{status})))"
        ));
    }
    match query.visibility {
        Visibility::All => {}
        Visibility::Only(one) => {
            let one = sql.bind(one.to_owned());
            sql.and(format!("visibility = {one}"));
        }
        Visibility::Default => sql.and(format!("(owner = {me} OR visibility <> 'community')")),
    }
}

fn condition(sql: &mut Sql, filter: &Filter) {
    let text = match filter {
        Filter::Text(column, values) => {
            let values: Vec<String> = values.iter().map(|v| sql.bind(v.clone())).collect();
            // `id` has no collation of its own.
            format!("{column} COLLATE NOCASE IN ({})", values.join(", "))
        }
        Filter::Number(column, n) => format!("{column} = {}", sql.bind(*n)),
        Filter::Min(column, n) => format!("{column} >= {}", sql.bind(*n)),
        Filter::Max(column, n) => format!("{column} <= {}", sql.bind(*n)),
        Filter::Time(column, compare, at) => {
            let operator = match compare {
                Compare::Gt => ">",
                Compare::Gte => ">=",
                Compare::Lt => "<",
                Compare::Lte => "<=",
                Compare::Neq => "<>",
                Compare::Eq => "=",
            };
            format!("{column} {operator} {}", sql.bind(*at))
        }
        Filter::Tag(tag) => {
            format!("seq IN (SELECT image FROM image_tag WHERE tag = {})", sql.bind(tag.clone()))
        }
        Filter::Property(name, value) => {
            let (name, value) = (sql.bind(name.clone()), sql.bind(value.clone()));
            format!(
                "seq IN (SELECT image FROM image_property WHERE name = {name} AND value = {value})"
            )
        }
    };
    sql.and(text);
}

fn column(key: SortKey) -> &'static str {
    match key {
        SortKey::Name => "name",
        SortKey::Status => "status",
        SortKey::ContainerFormat => "container_format",
        SortKey::DiskFormat => "disk_format",
        SortKey::Size => "size",
        SortKey::Id => "id",
        SortKey::CreatedAt => "created_at",
        SortKey::UpdatedAt => "updated_at",
    }
}

/// The sort value with null as Glance's `_paginate_query` compares it: as an empty text or zero.
fn comparable(key: SortKey) -> String {
    let name = column(key);
    match key {
        SortKey::Name | SortKey::ContainerFormat | SortKey::DiskFormat => {
            format!("coalesce({name}, '') COLLATE NOCASE")
        }
        SortKey::Size => format!("coalesce({name}, 0)"),
        _ => name.to_owned(),
    }
}

fn value_of(key: SortKey, image: &ImageRecord) -> Value {
    let text = |value: &Option<String>| Value::from(value.clone().unwrap_or_default());
    match key {
        SortKey::Name => text(&image.name),
        SortKey::Status => Value::from(image.status.clone()),
        SortKey::ContainerFormat => text(&image.container_format),
        SortKey::DiskFormat => text(&image.disk_format),
        SortKey::Size => Value::from(image.size.unwrap_or(0)),
        SortKey::Id => Value::from(image.id.clone()),
        SortKey::CreatedAt => Value::from(image.created_at),
        SortKey::UpdatedAt => Value::from(image.updated_at),
    }
}

/// Only what comes behind the marker in this order.
fn after(sql: &mut Sql, sort: &[(SortKey, Direction)], marker: &ImageRecord) {
    let mut alternatives = Vec::new();
    let mut equal = String::new();
    for (i, (key, direction)) in sort.iter().enumerate() {
        let value = sql.bind(value_of(*key, marker));
        let name = comparable(*key);
        let operator = if *direction == Direction::Asc { ">" } else { "<" };
        alternatives.push(format!("({equal}{name} {operator} {value})"));
        equal.push_str(&format!("{name} = {value} AND "));
        // The first column once more and by itself, so that an index on it can be entered at the marker.
        if i == 0
            && !matches!(
                key,
                SortKey::Name | SortKey::ContainerFormat | SortKey::DiskFormat | SortKey::Size
            )
        {
            sql.and(format!("{name} {operator}= {value}"));
        }
    }
    sql.and(format!("({})", alternatives.join(" OR ")));
}
