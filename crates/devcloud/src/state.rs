//! What a request finds: the region it came to, and where it came in.

use std::convert::Infallible;
use std::future::Future;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Options;
use crate::clock::{Clock, Pace};
use crate::db::Db;
use crate::faults::Faults;
use crate::identity::Identity;
use crate::service::Service;

/// One region of the cloud: its own database and bytes; identity, clock and faults are shared by
/// all regions.
#[derive(Clone)]
pub struct Region(Arc<RegionInner>);

/// What a [`Region`] holds.
pub struct RegionInner {
    /// `dev-1` or `dev-2`.
    pub name: &'static str,
    /// What stands before the services' paths: nothing in the first region, `/dev-2` in the second.
    pub prefix: &'static str,
    /// Its availability zones.
    pub zones: &'static [&'static str],
    /// This region's rows.
    pub db: Db,
    /// Folder for this region's bytes.
    pub files: PathBuf,
    /// Keystone, shared.
    pub identity: Identity,
    /// The cloud's clock, shared.
    pub clock: Clock,
    /// How long state changes take.
    pub pace: Pace,
    /// The fault plan, shared.
    pub faults: Faults,
    /// Work that goes on after the answer.
    pub tasks: Tasks,
    /// What the cloud was started with.
    pub options: Arc<Options>,
}

impl Region {
    pub(crate) fn new(inner: RegionInner) -> Self {
        Self(Arc::new(inner))
    }
}

impl Deref for Region {
    type Target = RegionInner;

    fn deref(&self) -> &RegionInner {
        &self.0
    }
}

impl FromRef<Region> for Identity {
    fn from_ref(region: &Region) -> Self {
        region.identity.clone()
    }
}

/// Work that goes on after the answer (a server that builds, an image that is imported). It ends
/// when the cloud stops: whatever it was at must be in the database, so that `resume` of the owning
/// service picks it up at the next start.
#[derive(Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    /// Starts `work` in the background.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tracker.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = work => {}
            }
        });
    }

    /// Breaks all work off.
    pub(crate) fn cancel(&self) {
        self.stop.cancel();
    }

    /// Breaks all work off and waits until none is left.
    pub(crate) async fn stop(&self) {
        self.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }
}

/// Where a request came in. Extract it to make links, and to name the request.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// The service that was called.
    pub service: Service,
    /// Scheme and host that the caller used, for example `http://127.0.0.1:8080`; no slash at the
    /// end.
    pub origin: String,
    /// Root of the service there, for example `http://127.0.0.1:8080/dev-2/image`; no slash at the
    /// end.
    pub root: String,
    /// `req-…`: goes out in the service's request-id headers by itself (see `dispatch.rs`).
    pub request_id: String,
}

impl<S: Sync> FromRequestParts<S> for Endpoint {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // Every request passes the dispatcher, which puts it there; the fallback serves routers
        // that are tested alone.
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self {
            service: Service::Identity,
            origin: String::new(),
            root: String::new(),
            request_id: String::from("req-none"),
        }))
    }
}
