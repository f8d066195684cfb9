//! How many servers may still be started, and where.

use serde::Deserialize;

use crate::call::Call;
use crate::client::Client;
use crate::decode::{self, Listing};
use crate::endpoint::Service;
use crate::error::ApiError;
use crate::transport::{Method, Transport};

/// The project's compute quota and use. A limit of `None` is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct ComputeLimits {
    /// Servers at most.
    #[serde(default, rename = "maxTotalInstances", deserialize_with = "decode::limit")]
    pub max_servers: Option<u64>,
    /// Virtual processors at most.
    #[serde(default, rename = "maxTotalCores", deserialize_with = "decode::limit")]
    pub max_vcpus: Option<u64>,
    /// Memory at most.
    #[serde(default, rename = "maxTotalRAMSize", deserialize_with = "decode::limit")]
    pub max_ram_mib: Option<u64>,
    /// Key pairs at most.
    #[serde(default, rename = "maxTotalKeypairs", deserialize_with = "decode::limit")]
    pub max_keypairs: Option<u64>,
    /// Server groups at most.
    #[serde(default, rename = "maxServerGroups", deserialize_with = "decode::limit")]
    pub max_server_groups: Option<u64>,
    /// Servers in one group at most.
    #[serde(default, rename = "maxServerGroupMembers", deserialize_with = "decode::limit")]
    pub max_group_members: Option<u64>,
    /// Key-value pairs of one server at most.
    #[serde(default, rename = "maxServerMeta", deserialize_with = "decode::limit")]
    pub max_metadata: Option<u64>,
    /// Servers in use.
    #[serde(default, rename = "totalInstancesUsed")]
    pub used_servers: u64,
    /// Virtual processors in use.
    #[serde(default, rename = "totalCoresUsed")]
    pub used_vcpus: u64,
    /// Memory in use.
    #[serde(default, rename = "totalRAMUsed")]
    pub used_ram_mib: u64,
    /// Server groups in use.
    #[serde(default, rename = "totalServerGroupsUsed")]
    pub used_server_groups: u64,
}

impl ComputeLimits {
    /// How many servers of a size may still be started; `None` without any limit.
    pub fn how_many(&self, vcpus: u64, ram_mib: u64) -> Option<u64> {
        let fits = |max: Option<u64>, used: u64, each: u64| {
            max.filter(|_| each > 0).map(|max| max.saturating_sub(used) / each)
        };
        [
            fits(self.max_servers, self.used_servers, 1),
            fits(self.max_vcpus, self.used_vcpus, vcpus),
            fits(self.max_ram_mib, self.used_ram_mib, ram_mib),
        ]
        .into_iter()
        .flatten()
        .min()
    }
}

/// An availability zone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Zone {
    /// Its name, which is its id.
    #[serde(rename = "zoneName")]
    pub name: String,
    #[serde(default, rename = "zoneState")]
    state: ZoneState,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct ZoneState {
    available: bool,
}

impl Default for ZoneState {
    fn default() -> Self {
        Self { available: true }
    }
}

impl Zone {
    /// Whether new servers can go there.
    pub fn is_available(&self) -> bool {
        self.state.available
    }
}

#[derive(Deserialize)]
struct Limits {
    absolute: ComputeLimits,
}

/// The project's compute quota and use.
///
/// # Errors
/// As every call.
pub async fn limits<T: Transport>(client: &Client<T>) -> Result<ComputeLimits, ApiError> {
    let call = Call::new("read the compute quota", Service::Compute, Method::Get, "/limits");
    let limits: Limits = client.json_under(call, "limits").await?;
    Ok(limits.absolute)
}

/// The availability zones.
///
/// # Errors
/// As every call.
pub async fn zones<T: Transport>(client: &Client<T>) -> Result<Listing<Zone>, ApiError> {
    let call = Call::new(
        "list availability zones",
        Service::Compute,
        Method::Get,
        "/os-availability-zone",
    );
    client.all_pages(call, "availabilityZoneInfo").await
}
