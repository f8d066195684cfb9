//! How many ports and floating addresses the project may still have.

use serde::Deserialize;

use crate::call::Call;
use crate::client::Client;
use crate::decode;
use crate::endpoint::{Service, segment};
use crate::error::{ApiError, ErrorKind};
use crate::transport::{Method, Transport};

/// A limit and its use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Room {
    /// At most; `None` is no limit.
    #[serde(default, deserialize_with = "decode::limit")]
    pub limit: Option<u64>,
    /// In use.
    #[serde(default)]
    used: u64,
    /// About to be in use.
    #[serde(default)]
    reserved: u64,
}

impl Room {
    /// How many more there may be; `None` without a limit.
    pub fn left(&self) -> Option<u64> {
        self.limit.map(|limit| limit.saturating_sub(self.used()))
    }

    /// How many there are, and are about to be.
    pub fn used(&self) -> u64 {
        self.used.saturating_add(self.reserved)
    }
}

/// The project's network quota and use, as far as servers need it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct NetworkQuota {
    /// Ports: one for each network of each server.
    #[serde(default, rename = "port")]
    pub ports: Room,
    /// Floating addresses.
    #[serde(default, rename = "floatingip")]
    pub floating_ips: Room,
    /// Security groups.
    #[serde(default, rename = "security_group")]
    pub security_groups: Room,
}

/// The project's network quota and use; `None` where the cloud does not tell.
///
/// # Errors
/// As every call but 404 (no `quota_details` extension) and 403 (policy).
pub async fn quota<T: Transport>(client: &Client<T>) -> Result<Option<NetworkQuota>, ApiError> {
    let session = client.session();
    let Some(project) = &session.project else { return Ok(None) };
    let path = format!("/quotas/{}/details", segment(project.id.as_str()));
    let call = Call::new("read the network quota", Service::Network, Method::Get, path);
    match client.json_under(call, "quota").await {
        Ok(quota) => Ok(Some(quota)),
        Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Forbidden) => Ok(None),
        Err(error) => Err(error),
    }
}
