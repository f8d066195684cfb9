//! The OpenStack client of the console: pure Rust that runs natively and in the browser alike.
//!
//! It names no browser, keeps no clock and rolls no dice; the outside world comes in through [`Transport`]. It knows what
//! the services answer (tolerantly: an unknown word is `Other`, an odd row is skipped and counted) and leaves to the app
//! what to say about it: no sentence for people is made here.
//!
//! # Signing in
//! ```ignore
//! let keystone = Keystone::new(transport, "https://cloud.example/identity/v3");
//! match keystone.sign_in(&credentials, &Scope::Unscoped).await? {
//!     SignIn::Done(session) => {
//!         let projects = keystone.projects(&session.token).await?.items;
//!         let session = keystone.rescope(&session.token, &projects[0].id).await?;
//!     }
//!     SignIn::NeedsMore { receipt, .. } => { /* ask for the code; Credentials::Passcode { user, passcode, receipt } */ }
//! }
//! ```
//! `parse_credentials_file` reads a dropped `clouds.yaml` or openrc.
//!
//! # Calling
//! ```ignore
//! let endpoints = session.catalog.endpoints(region, &overrides, project_id);
//! let client = Client::new(transport, endpoints, session, move || show_sign_in_dialog());
//! let images = image::list_all(&client, &Filter::tab(Tab::Own, &project)).await?; // Listing { items, skipped }
//! let image = image::patch(&client, &id, &Patch::new().protected(true)).await?;
//! let made = compute::create(&client, &CreateServer::new("web-1", flavor, boot, Networks::Auto)).await?;
//! ```
//! Safe calls are repeated a little by themselves. A 401 calls `on_expired` **once**; every call that was refused or
//! starts meanwhile waits. [`Client::renew`] lets all of them go on, [`Client::end`] fails them with
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
mod pagination;
pub mod poll;
mod query;
mod renewal;
pub mod transport;
pub mod volume;
mod words;

pub use call::Call;
pub use client::Client;
pub use decode::{Listing, parse_time};
pub use endpoint::{Endpoints, Service};
pub use error::{ApiError, ErrorKind};
pub use ids::{
    FlavorId, ImageId, NetworkId, PortId, ProjectId, SecurityGroupId, ServerId, SubnetId, UserId,
    VolumeId, VolumeTypeId,
};
pub use microversion::Microversion;
pub use pagination::{Marker, Page};
pub use query::Query;
pub use renewal::{Generation, SignedOut};
pub use transport::{Method, Request, Response, Transport, TransportError};
