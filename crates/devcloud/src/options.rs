//! What a devcloud can be told when it starts. The binary fills it from its command line, tests
//! fill it by hand.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::Release;

/// Everything that can be chosen at start. [`Options::new`] gives what a test wants: loopback, a
/// free port, its own data folder.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which release of OpenStack the cloud answers as.
    pub release: Release,
    /// Address to listen on. Port 0 takes a free one (`Devcloud::url` tells which).
    pub listen: SocketAddr,
    /// Folder for the databases and the bytes of images and volumes; made if it is not there.
    pub data: PathBuf,
    /// The built app (Trunk's `dist` folder) to serve at `/`; `None` serves the APIs alone.
    pub app: Option<PathBuf>,
    /// How long a token lives. Keystone's default is one hour.
    pub token_life: Duration,
    /// How many invented images are seeded besides the public catalogue, for trying the list at
    /// scale.
    pub seed_images: usize,
    /// Factor on how long state changes take: 1.0 is as lively as a fast real cloud, 0.0 is at
    /// once.
    pub pace: f64,
    /// Faults that are in the plan from the start.
    pub faults: Vec<crate::faults::Rule>,
    /// The one foreign origin that browsers may call from; `None` leaves the CORS filter out, as
    /// most clouds do.
    pub cors_origin: Option<String>,
    /// Whether an address other than loopback may be listened on. The seeded passwords are
    /// published: mind where.
    pub allow_remote: bool,
    /// Whether Glance's web-download may fetch from loopback addresses, on any port. A real cloud's
    /// may not; on a laptop the image one wants to try is often served from there.
    pub web_download_loopback: bool,
    /// The ports that web-download may fetch from. `None`: 80 and 443 as in Glance's default, and any on a loopback
    /// address; a list holds for loopback addresses too.
    pub web_download_ports: Option<Vec<u16>>,
    /// Glance's `enabled_import_methods`.
    pub import_methods: Vec<String>,
    /// Whether there is a Swift.
    pub object_store: bool,
    /// Swift's `cors_allow_origin`.
    pub object_cors: ObjectCors,
    /// Digests that TempURLs may be signed with; none of them: no TempURLs.
    pub tempurl_digests: Vec<String>,
    /// The most bytes that an account of the object store may hold.
    pub object_account_quota: Option<u64>,
    /// How often expired objects are removed.
    pub object_expirer: Duration,
}

/// Which foreign origin Swift lets in besides those that a container names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectCors {
    /// The one that the other services let in ([`Options::cors_origin`]).
    LikeTheOthers,
    /// None, as in a Swift that nobody configured for it.
    Nobody,
    /// This one.
    Only(String),
}

/// Glance's import methods, in the order in which it names them.
pub const IMPORT_METHODS: [&str; 4] =
    ["glance-direct", "web-download", "copy-image", "glance-download"];

/// The digests that TempURLs are signed with.
pub const TEMPURL_DIGESTS: [&str; 3] = ["sha1", "sha256", "sha512"];

impl Options {
    /// Loopback, a free port, no app, one hour of token life, the pace of a fast real cloud, no
    /// faults.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            release: Release::default(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            data: data.into(),
            app: None,
            token_life: Duration::from_secs(3600),
            seed_images: 0,
            pace: 1.0,
            faults: Vec::new(),
            cors_origin: None,
            allow_remote: false,
            web_download_loopback: true,
            web_download_ports: None,
            import_methods: IMPORT_METHODS.map(str::to_owned).to_vec(),
            object_store: true,
            object_cors: ObjectCors::LikeTheOthers,
            tempurl_digests: TEMPURL_DIGESTS.map(str::to_owned).to_vec(),
            object_account_quota: None,
            object_expirer: Duration::from_secs(60),
        }
    }
}
