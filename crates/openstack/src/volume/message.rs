//! What Cinder tells the user of work that failed after its request was accepted (3.3).
//!
//! Reference: <https://docs.openstack.org/cinder/latest/contributor/user_messages.html>.

use serde::Deserialize;

use crate::Timestamp;
use crate::call::Call;
use crate::client::Client;
use crate::decode::{self, Listing, null_as_default};
use crate::endpoint::Service;
use crate::error::ApiError;
use crate::microversion::Microversion;
use crate::transport::{Method, Transport};

const WITH_MESSAGES: Microversion = Microversion::new(3, 3);

/// One message. They are kept for 30 days.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct VolumeMessage {
    /// `VOLUME`, `VOLUME_SNAPSHOT`, …
    #[serde(default, deserialize_with = "null_as_default")]
    pub resource_type: String,
    /// What it is about.
    #[serde(default, rename = "resource_uuid", deserialize_with = "null_as_default")]
    pub resource_id: String,
    /// The cloud's words.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_message: String,
    /// When.
    #[serde(default, deserialize_with = "decode::time")]
    pub created_at: Option<Timestamp>,
}

/// The project's messages, newest first; none where the cloud is too old for them.
///
/// # Errors
/// As every call.
pub async fn messages<T: Transport>(
    client: &Client<T>,
) -> Result<Listing<VolumeMessage>, ApiError> {
    if client.volume_version().await? < WITH_MESSAGES {
        return Ok(Listing::default());
    }
    let call =
        Call::new("list the volume service's messages", Service::Volume, Method::Get, "/messages")
            .at_microversion(WITH_MESSAGES);
    client.all_pages(call, "messages").await
}
