//! The OpenStack client of the console: pure Rust that runs natively and in the browser alike.
//!
//! It names no browser, keeps no clock and rolls no dice; the outside world comes in through [`Transport`]. It knows what
//! the services answer (tolerantly: an unknown word is `Other`, an odd row is skipped and counted) and leaves to the app
//! what to say about it: no sentence for people is made here.
//!
//! # Signing in
//! ```
//! # use openstack::{ApiError, Transport, identity::{Credentials, Keystone, Scope, Session, SignIn}};
//! # async fn example<T: Transport>(transport: T, credentials: Credentials) -> Result<Option<Session>, ApiError> {
//! let keystone = Keystone::new(transport, "https://cloud.example/identity/v3");
//! let session = match keystone.sign_in(&credentials, &Scope::Unscoped).await? {
//!     SignIn::Done(session) => session,
//!     // Right but not enough: ask for the one-time code, then sign in with `Credentials::Passcode` and the receipt.
//!     SignIn::NeedsMore { receipt: _, .. } => return Ok(None),
//! };
//! let projects = keystone.projects(&session.token).await?;
//! match projects.items.first() {
//!     Some(project) => Ok(Some(keystone.rescope(&session.token, &project.id).await?)),
//!     None => Ok(None),
//! }
//! # }
//! ```
//! [`identity::parse_credentials_file`] reads a dropped `clouds.yaml` or openrc.
//!
//! # Calling
//! ```
//! # use std::collections::BTreeMap;
//! # use openstack::{ApiError, Client, FlavorId, ImageId, ProjectId, Transport, compute, identity::Session, image};
//! # use openstack::{compute::{BootFrom, CreateServer, Networks}, image::{Filter, Patch, Tab}};
//! # async fn example<T: Transport>(transport: T, session: Session, id: ImageId, flavor: FlavorId) -> Result<(), ApiError> {
//! # fn show_sign_in_dialog() {}
//! let project = ProjectId::new("…");
//! let endpoints = session.catalog.endpoints(Some("RegionOne"), &BTreeMap::new(), project.as_str());
//! let client = Client::new(transport, endpoints, session, show_sign_in_dialog);
//!
//! let images = image::list_all(&client, &Filter::tab(Tab::Own, &project)).await?;
//! let (rows, unreadable) = (images.items, images.skipped.len());
//! let image = image::patch(&client, &id, &Patch::new().protected(true)).await?;
//!
//! let boot = BootFrom::NewVolume {
//!     size_gib: image.smallest_volume_gib(), image: id, volume_type: None, delete_with_server: true,
//! };
//! let made = compute::create(&client, &CreateServer::new("web-1", flavor, boot, Networks::Auto)).await?;
//! # Ok(()) }
//! ```
//! Safe calls are repeated a little by themselves. A 401 calls the function given to [`Client::new`] **once**; every call
//! that was refused or starts meanwhile waits. [`Client::renew`] lets all of them go on, [`Client::end`] fails them with
//! [`ErrorKind::SignedOut`]. The upload's own request takes its token from [`Client::token`] and reports a 401 with
//! [`Client::token_after`].
//!
//! # Looking again
//! [`poll::Pace`] says how soon, from whether something [`poll::Motion`] is changing.

mod call;
pub mod catalog;
mod client;
pub mod compute;
mod decode;
pub mod endpoint;
mod error;
pub mod identity;
mod ids;
pub mod image;
mod microversion;
pub mod network;
pub mod object_store;
mod pagination;
pub mod poll;
mod query;
mod renewal;
pub mod time;
pub mod transport;
pub mod volume;
mod words;

pub use call::Call;
pub use client::Client;
pub use decode::{Listing, parse_time};
pub use endpoint::{Endpoints, Service};
pub use error::{ApiError, ErrorKind};
pub use ids::{
    FlavorId, FloatingIpId, ImageId, NetworkId, PortId, ProjectId, RouterId, SecurityGroupId,
    ServerGroupId, ServerId, SubnetId, UserId, VolumeId, VolumeSnapshotId, VolumeTypeId,
};
pub use microversion::Microversion;
pub use pagination::{Marker, Page};
pub use query::Query;
pub use renewal::{Generation, SignedOut};
pub use time::Timestamp;
pub use transport::{Method, Request, Response, Transport, TransportError};
