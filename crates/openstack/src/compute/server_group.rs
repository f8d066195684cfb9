//! Server groups: servers that are to be on one host, or on different ones. A server joins when it is made, never later.

use serde::Deserialize;
use serde_json::{Value, json};

use super::feature::Feature;
use crate::call::Call;
use crate::client::Client;
use crate::decode::{Listing, null_as_default};
use crate::endpoint::Service;
use crate::error::{ApiError, ErrorKind};
use crate::ids::{ServerGroupId, ServerId};
use crate::microversion::Microversion;
use crate::transport::{Method, Transport};
use crate::words::words;

words! {
    /// What a server group asks of the scheduler.
    GroupPolicy {
        /// All on one host; what does not fit there does not start.
        Affinity = "affinity",
        /// Each on a host of its own; what finds none does not start.
        AntiAffinity = "anti-affinity",
        /// On one host as far as there is room (2.15).
        SoftAffinity = "soft-affinity",
        /// On hosts of their own as far as there are (2.15).
        SoftAntiAffinity = "soft-anti-affinity",
    }
}

impl GroupPolicy {
    /// Whether servers start also where it cannot be kept.
    pub fn is_soft(&self) -> bool {
        matches!(self, Self::SoftAffinity | Self::SoftAntiAffinity)
    }
}

/// A server group.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Row")]
pub struct ServerGroup {
    /// Its id; what a server is started with ([`super::CreateServer::server_group`]).
    pub id: ServerGroupId,
    /// Its name; several may have the same.
    pub name: String,
    /// What it asks for.
    pub policy: GroupPolicy,
    /// Its servers.
    pub members: Vec<ServerId>,
    /// How many of them a host may hold under anti-affinity (2.64); 1 when `None`.
    pub most_per_host: Option<u32>,
}

/// Before 2.64 there is a list of policies, which always holds one.
#[derive(Deserialize)]
struct Row {
    id: ServerGroupId,
    #[serde(default, deserialize_with = "null_as_default")]
    name: String,
    #[serde(default)]
    policy: Option<GroupPolicy>,
    #[serde(default, deserialize_with = "null_as_default")]
    policies: Vec<GroupPolicy>,
    #[serde(default, deserialize_with = "null_as_default")]
    members: Vec<ServerId>,
    #[serde(default, deserialize_with = "null_as_default")]
    rules: Rules,
}

#[derive(Default, Deserialize)]
struct Rules {
    #[serde(default)]
    max_server_per_host: Option<u32>,
}

impl From<Row> for ServerGroup {
    fn from(row: Row) -> Self {
        let policy = row.policy.or_else(|| row.policies.into_iter().next());
        Self {
            id: row.id,
            name: row.name,
            policy: policy.unwrap_or_else(|| GroupPolicy::Other(String::new())),
            members: row.members,
            most_per_host: row.rules.max_server_per_host,
        }
    }
}

/// A server group to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateServerGroup {
    /// At most 255 characters.
    pub name: String,
    /// What it asks for.
    pub policy: GroupPolicy,
    /// For anti-affinity only: how many a host may hold (2.64).
    pub most_per_host: Option<u32>,
}

impl CreateServerGroup {
    /// The body of `POST /os-server-groups` at a microversion.
    ///
    /// # Errors
    /// In words, when something is asked for that this microversion cannot say.
    pub fn body(&self, version: Microversion) -> Result<Value, String> {
        if self.policy.is_soft() {
            Feature::SoftServerGroups.require(version)?;
        }
        if !Feature::ServerGroupRules.is_in(version) {
            if self.most_per_host.is_some() {
                Feature::ServerGroupRules.require(version)?;
            }
            let policies = [self.policy.as_str()];
            return Ok(json!({"server_group": {"name": self.name, "policies": policies}}));
        }
        let mut group = json!({"name": self.name, "policy": self.policy.as_str()});
        if let (Some(most), Some(group)) = (self.most_per_host, group.as_object_mut()) {
            group.insert("rules".to_owned(), json!({"max_server_per_host": most}));
        }
        Ok(json!({"server_group": group}))
    }
}

/// From here on a group has one policy, and rules.
const NEWEST_FORM: Microversion = Feature::ServerGroupRules.since();

/// The project's server groups.
///
/// # Errors
/// As every call.
pub async fn server_groups<T: Transport>(
    client: &Client<T>,
) -> Result<Listing<ServerGroup>, ApiError> {
    let call = Call::new("list server groups", Service::Compute, Method::Get, "/os-server-groups");
    // Pages by offset, and by default holds all of them (nova/api/openstack/compute/server_groups.py `index`).
    client.page(call.uses(NEWEST_FORM), "server_groups", None).await.map(|page| page.rows)
}

/// Makes a server group.
///
/// # Errors
/// 403 over quota, [`ErrorKind::Unsupported`] when the cloud is too old for what is asked.
pub async fn create_server_group<T: Transport>(
    client: &Client<T>,
    group: &CreateServerGroup,
) -> Result<ServerGroup, ApiError> {
    let version = client.compute_version().await?;
    let call =
        Call::new("create the server group", Service::Compute, Method::Post, "/os-server-groups")
            .uses(NEWEST_FORM);
    let body = group.body(version).map_err(|why| call.error(ErrorKind::Unsupported, why))?;
    client.json_under(call.json(&body), "server_group").await
}
