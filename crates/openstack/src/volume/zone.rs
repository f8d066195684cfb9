//! The zones that a new volume can be in.

use crate::call::Call;
use crate::client::Client;
use crate::compute::Zone;
use crate::decode::Listing;
use crate::endpoint::Service;
use crate::error::ApiError;
use crate::transport::{Method, Transport};

/// The zones of the volume service; they are not Nova's, though they mostly have the same names.
///
/// # Errors
/// As every call.
pub async fn zones<T: Transport>(client: &Client<T>) -> Result<Listing<Zone>, ApiError> {
    let path = "/os-availability-zone";
    let call = Call::new("list the volume service's zones", Service::Volume, Method::Get, path);
    client.all_pages(call, "availabilityZoneInfo").await
}
