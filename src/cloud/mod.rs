//! The cloud as a page uses it: one project in one region, one async function for each thing a user
//! wants, in a file per service.
//!
//! A `Cloud` is cheap to clone and belongs to one scope for good: work that goes on in the background
//! (uploads) keeps its own clone and is not moved when the user switches project. Pages get theirs
//! from [`use_cloud`] and are made anew when the scope changes. Nothing here touches a signal.

mod belongings;
mod compute;
mod create;
mod floating;
mod identity;
mod image_lists;
mod image_use;
mod images;
mod launch;
mod network;
mod snapshot_image;
mod volumes;

use std::sync::Arc;

use leptos::prelude::use_context;
use openstack::Client;
use openstack::identity::{Project, Session, User};

pub use belongings::{Belongings, ServerNet};
pub use identity::Entry;
pub use image_use::ImageUse;
pub use snapshot_image::{Origin, SnapshotImage, SnapshotPart};

use crate::config::{CloudConfig, Config};
use crate::fetch::FetchTransport;
use crate::text::tr_with;

/// One project in one region.
#[derive(Clone)]
pub struct Cloud(Arc<Scope>);

struct Scope {
    client: Client<FetchTransport>,
    config: Arc<Config>,
    cloud: CloudConfig,
    region: Option<String>,
    user: User,
    project: Project,
    reader_only: bool,
}

impl PartialEq for Cloud {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// The cloud that the page at hand is about.
///
/// Only pages behind the sign-in (`app.rs` wraps them) may call it; it is there for all of them.
#[allow(clippy::expect_used)] // `app::Signed` provides it around every page that calls this.
pub fn use_cloud() -> Cloud {
    use_context::<Cloud>().expect("the page is behind the sign-in")
}

impl Cloud {
    /// A scope for a project's session. `None` when the session is for no project. `on_expired` is
    /// called once each time the cloud refuses the token.
    pub fn new(
        config: Arc<Config>,
        cloud: CloudConfig,
        region: Option<String>,
        session: Session,
        on_expired: impl Fn() + Send + Sync + 'static,
    ) -> Option<Self> {
        let project = session.project.clone()?;
        let user = session.user.clone();
        let reader_only = session.is_reader_only();
        // The addresses of the configuration hold for its own region.
        let home = cloud.region.is_none() || cloud.region == region;
        let overrides = if home { cloud.endpoints.clone() } else { Default::default() };
        let endpoints =
            session.catalog.endpoints(region.as_deref(), &overrides, project.id.as_str());
        let client = Client::new(FetchTransport, endpoints, session, on_expired);
        Some(Self(Arc::new(Scope { client, config, cloud, region, user, project, reader_only })))
    }

    /// The client, for the functions of this folder and for the upload's own request.
    pub fn client(&self) -> &Client<FetchTransport> {
        &self.0.client
    }

    /// How this console is set up: prices, image policy, smallest boot volume.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The cloud of the configuration it is in.
    pub fn settings(&self) -> &CloudConfig {
        &self.0.cloud
    }

    /// The region, when the catalog has any.
    pub fn region(&self) -> Option<&str> {
        self.0.region.as_deref()
    }

    /// Who is signed in.
    pub fn user(&self) -> &User {
        &self.0.user
    }

    /// The project.
    pub fn project(&self) -> &Project {
        &self.0.project
    }

    /// Why nothing can be changed here, when the user may only look. Give it to `why_not` of buttons.
    pub fn why_read_only(&self) -> Option<String> {
        self.0.reader_only.then(|| {
            tr_with(
                "You may only look at {project}: your role there is reader.",
                &[("project", &self.0.project.name)],
            )
        })
    }

    /// Something that differs between any two scopes, for keys of what is remembered.
    pub fn key(&self) -> String {
        format!(
            "{}/{}/{}",
            self.0.cloud.id,
            self.0.region.as_deref().unwrap_or("-"),
            self.0.project.id
        )
    }
}
