//! Server groups: which servers are to share a host, or not to (`nova/api/openstack/compute/server_groups.py`).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::call::{Call, page_limit};
use super::error::ComputeError;
use super::{action_schemas, quota};
use crate::body_schema::is_uuid;
use crate::records::{self, Record};

/// Servers that a group may have.
pub const MEMBERS: usize = 10;

/// The rule of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// All on one host.
    Affinity,
    /// Each on another host.
    AntiAffinity,
    /// On one host if it can be.
    SoftAffinity,
    /// Each on another host if it can be.
    SoftAntiAffinity,
}

impl Policy {
    fn word(self) -> &'static str {
        match self {
            Policy::Affinity => "affinity",
            Policy::AntiAffinity => "anti-affinity",
            Policy::SoftAffinity => "soft-affinity",
            Policy::SoftAntiAffinity => "soft-anti-affinity",
        }
    }

    fn read(word: &str) -> Option<Self> {
        [Self::Affinity, Self::AntiAffinity, Self::SoftAffinity, Self::SoftAntiAffinity]
            .into_iter()
            .find(|policy| policy.word() == word)
    }
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub project_id: String,
    /// Who made it.
    pub user_id: String,
    /// Its name; need not be unique.
    pub name: String,
    /// Its rule.
    pub policy: Policy,
    /// How many servers a host may have in spite of `anti-affinity`.
    pub max_server_per_host: Option<i64>,
    /// Ids of its servers, those that are gone not among them.
    pub members: Vec<String>,
}

impl Record for Group {
    const TABLE: &'static str = "compute_group";

    fn id(&self) -> &str {
        &self.id
    }

    fn project_id(&self) -> &str {
        &self.project_id
    }
}

/// Answers what is asked under `os-server-groups`; `None` for a path that is not there.
pub async fn route(
    call: &Call,
    method: &str,
    path: &[&str],
) -> Result<Option<Response>, ComputeError> {
    Ok(Some(match (method, path) {
        ("GET", [_]) => axum::Json(list(call).await?).into_response(),
        ("POST", [_]) => axum::Json(create(call).await?).into_response(),
        ("GET", [_, id]) => {
            let group = expect(call, id).await?;
            axum::Json(json!({"server_group": view(call, &group)})).into_response()
        }
        ("DELETE", [_, id]) => delete(call, id).await?,
        _ => return Ok(None),
    }))
}

async fn list(call: &Call) -> Result<Value, ComputeError> {
    let project = call.scope.project_id.clone();
    let everywhere = call.scope.is_admin() && call.incoming.parameter("all_projects").is_some();
    let groups = call
        .region
        .db
        .read(move |conn| match everywhere {
            true => records::all::<Group>(conn),
            false => records::of_project::<Group>(conn, &project),
        })
        .await?;
    let offset = match call.incoming.parameter("offset") {
        None => 0,
        Some(text) => text.parse::<usize>().map_err(|_| {
            ComputeError::bad_request(format!(
                "Invalid input for query parameters offset. Value: {text}. '{text}' does not match '^[0-9]*$'"
            ))
        })?,
    };
    let limit = page_limit(call)?.unwrap_or(1000).min(1000);
    let views: Vec<Value> =
        groups.iter().skip(offset).take(limit).map(|group| view(call, group)).collect();
    Ok(json!({"server_groups": views}))
}

async fn create(call: &Call) -> Result<Value, ComputeError> {
    if !call.scope.can_write() {
        return Err(ComputeError::policy("os-server-groups:create"));
    }
    let body = call.body(&action_schemas::create_group(call.version))?;
    let wanted = body.get("server_group").cloned().unwrap_or(Value::Null);
    let word = match wanted.get("policies").and_then(Value::as_array) {
        Some(list) => list.first().and_then(Value::as_str).ok_or_else(|| {
            ComputeError::bad_request(
                "Invalid input for field/attribute policies. Value: []. [] should be non-empty",
            )
        })?,
        None => wanted.get("policy").and_then(Value::as_str).unwrap_or_default(),
    };
    let Some(policy) = Policy::read(word) else {
        return Err(ComputeError::bad_request("Malformed request body"));
    };
    let rules = wanted.get("rules").and_then(Value::as_object);
    if policy != Policy::AntiAffinity && rules.is_some_and(|rules| !rules.is_empty()) {
        return Err(ComputeError::bad_request("Only anti-affinity policy supports rules."));
    }
    let most = rules.and_then(|rules| rules.get("max_server_per_host"));
    let group = Group {
        id: Uuid::new_v4().to_string(),
        project_id: call.scope.project_id.clone(),
        user_id: call.scope.user_id.clone(),
        name: wanted.get("name").and_then(Value::as_str).unwrap_or_default().trim().to_owned(),
        policy,
        max_server_per_host: most.and_then(|most| match most {
            Value::String(digits) => digits.parse().ok(),
            other => other.as_i64(),
        }),
        members: Vec::new(),
    };
    let group = call
        .region
        .db
        .write(move |tx| -> Result<Group, ComputeError> {
            quota::check_group(tx, &group.project_id)?;
            records::put(tx, &group)?;
            Ok(group)
        })
        .await?;
    Ok(json!({"server_group": view(call, &group)}))
}

async fn delete(call: &Call, id: &str) -> Result<Response, ComputeError> {
    let group = expect(call, id).await?;
    if !call.scope.can_write() {
        return Err(ComputeError::policy("os-server-groups:delete"));
    }
    // Its servers stay where they are.
    let gone = call
        .region
        .db
        .write(move |tx| -> Result<bool, ComputeError> {
            Ok(records::remove::<Group>(tx, &group.id)?)
        })
        .await?;
    if gone { Ok(StatusCode::NO_CONTENT.into_response()) } else { Err(missing(id)) }
}

async fn expect(call: &Call, id: &str) -> Result<Group, ComputeError> {
    let wanted = id.to_owned();
    let found = call.region.db.read(move |conn| records::get::<Group>(conn, &wanted)).await?;
    let mine = |group: &Group| group.project_id == call.scope.project_id || call.scope.is_admin();
    found.filter(mine).ok_or_else(|| missing(id))
}

fn missing(id: &str) -> ComputeError {
    ComputeError::not_found(format!("Instance group {id} could not be found."))
}

fn view(call: &Call, group: &Group) -> Value {
    let mut view = Map::new();
    let mut put = |name: &str, value: Value| view.insert(name.to_owned(), value);
    put("id", json!(group.id));
    put("name", json!(group.name));
    if call.since(64) {
        put("policy", json!(group.policy.word()));
        let rules = group.max_server_per_host.map(|most| json!({"max_server_per_host": most}));
        put("rules", rules.unwrap_or_else(|| json!({})));
    } else {
        put("policies", json!([group.policy.word()]));
        put("metadata", json!({}));
    }
    put("members", json!(group.members));
    if call.since(13) {
        put("project_id", json!(group.project_id));
        put("user_id", json!(group.user_id));
    }
    Value::Object(view)
}

/// How many groups a project has.
pub fn count(conn: &Connection, project_id: &str) -> rusqlite::Result<i64> {
    let all = records::of_project::<Group>(conn, project_id)?;
    Ok(i64::try_from(all.len()).unwrap_or(i64::MAX))
}

/// The group that the hints of new servers name, with room for them.
pub fn hinted(
    conn: &Connection,
    project_id: &str,
    hints: &Value,
    servers: i64,
) -> Result<Option<Group>, ComputeError> {
    let Some(id) = hints.get("group").filter(|id| !id.is_null()) else { return Ok(None) };
    let id = id.as_str().filter(|id| is_uuid(id)).ok_or_else(|| {
        ComputeError::bad_request(
            "Invalid input received: Server group scheduler hint must be a UUID.",
        )
    })?;
    let group = records::get::<Group>(conn, id)?.filter(|group| group.project_id == project_id);
    let group = group.ok_or_else(|| {
        ComputeError::bad_request(format!("Instance group {id} could not be found."))
    })?;
    let more = usize::try_from(servers).unwrap_or(usize::MAX);
    if group.members.len().saturating_add(more) > MEMBERS {
        return Err(ComputeError::forbidden("Quota exceeded, too many servers in group"));
    }
    Ok(Some(group))
}

/// The group that a server is in.
pub fn of_server(
    conn: &Connection,
    project_id: &str,
    server_id: &str,
) -> rusqlite::Result<Option<Group>> {
    let groups = records::of_project::<Group>(conn, project_id)?;
    Ok(groups.into_iter().find(|group| group.members.iter().any(|member| member == server_id)))
}

/// A server that is gone is in no group.
pub fn leave(conn: &Connection, project_id: &str, server_id: &str) -> rusqlite::Result<()> {
    let Some(mut group) = of_server(conn, project_id, server_id)? else { return Ok(()) };
    group.members.retain(|member| member != server_id);
    records::put(conn, &group)
}
