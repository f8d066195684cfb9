//! What a devcloud can be told when it starts. The binary fills it from its command line, tests
//! fill it by hand.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// Everything that can be chosen at start. [`Options::new`] gives what a test wants: loopback, a
/// free port, its own data folder.
#[derive(Debug, Clone)]
pub struct Options {
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
}

impl Options {
    /// Loopback, a free port, no app, one hour of token life, the pace of a fast real cloud, no
    /// faults.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
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
        }
    }
}
