//! Which road a file takes, and why: by its size, by what the cloud has, and by what the canary found.
//!
//! It deliberately makes no words: `text/uploads.rs` does.

use serde::{Deserialize, Serialize};

use super::canary;
use super::job::Road;
use crate::cloud::Cloud;

/// A file up to this size is sent in one piece unless the user says otherwise: it is there in a minute or two, and what a
/// break costs is less than what the detour through the object store costs.
pub const LARGE_BYTES: u64 = 1 << 30;

/// Which road a file takes unless the user says otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct RoadChoice {
    /// [`Road::Direct`] or [`Road::Segments`].
    pub road: Road,
    /// Why.
    pub why: WhyRoad,
}

impl RoadChoice {
    /// Why segments may not be chosen; `None` when they may.
    pub fn why_no_segments(&self) -> Option<&WhyDirect> {
        match &self.why {
            WhyRoad::Cannot(why) => Some(why),
            WhyRoad::Large | WhyRoad::Small => None,
        }
    }
}

/// Why a road was chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum WhyRoad {
    /// In segments: it is so large that going on after a break is worth the detour, and the cloud can do it.
    Large,
    /// In one piece: it is small. Segments may be chosen; whether this cloud can do that has not been tried yet
    /// ([`crate::uploads::probe`] does).
    Small,
    /// In one piece: segments are not possible here.
    Cannot(WhyDirect),
}

/// Why a file cannot travel in segments. Kept with the canary's result, so it holds no secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum WhyDirect {
    /// There is nothing to cut: the file is empty.
    TooSmall,
    /// The catalogue names no object store in this region.
    NoObjectStore,
    /// Glance does not fetch by itself: `web-download` is not among its import methods.
    NoImportMethod,
    /// The user may only look.
    ReadOnly,
    /// The object store lets no page of this origin in (CORS), or hides why not. An operator, or anybody with the
    /// command-line client, can open it.
    StoreClosed {
        /// What to run once in the project, one command a line.
        commands: Vec<String>,
    },
    /// The object store keeps no TempURL key for a container, or knows no digest that we can make.
    NoTempUrl,
    /// The object store joins no segments (no static large objects), or fewer than are needed.
    NoLargeObjects,
    /// The object store is not reached by HTTPS: a TempURL would be read by everybody on the way.
    Insecure,
    /// The object store refused.
    StoreRefused {
        /// HTTP status.
        status: u16,
        /// Its words.
        message: String,
    },
    /// The canary went the whole road and did not arrive.
    CanaryFailed {
        /// How far it came.
        step: CanaryStep,
        /// HTTP status of the answer, where there was one.
        status: Option<u16>,
        /// The cloud's words; may be empty.
        message: String,
    },
    /// Nothing could be found out: the cloud did not answer. Not kept; it is asked again the next time.
    Unreachable {
        /// The platform's words.
        message: String,
    },
}

/// How far the canary came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CanaryStep {
    /// Making an image record.
    Record,
    /// Opening the container: making it, its key.
    Open,
    /// Listing what is there.
    List,
    /// Sending a segment, or the note that an upload is under way.
    Segment,
    /// Joining the segments.
    Manifest,
    /// Asking Glance to fetch the object.
    Import,
    /// Glance fetching it: port filter, DNS, TLS trust, policy, staging.
    Fetch,
    /// Size or hash of the image are not those of the file: a plug-in of the cloud changes images.
    Compare,
    /// Anything else: the token, this computer.
    Other,
}

/// How a file is to be sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Way {
    /// In one request.
    Direct,
    /// In one request to the record of an earlier run, if that made one.
    DirectAgain(Earlier),
    /// In segments.
    Segments(Segmented),
}

impl Way {
    /// The earlier run that it goes on with.
    pub fn earlier(&self) -> Option<&Earlier> {
        match self {
            Self::Direct => None,
            Self::DirectAgain(earlier) => Some(earlier),
            Self::Segments(how) => how.earlier.as_ref(),
        }
    }
}

/// What is to be known of an upload in segments besides file and record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Segmented {
    /// Leave the segments in the object store until they expire, so that the next upload of a slightly changed file sends
    /// the change only.
    pub keep_segments: bool,
    /// An earlier run of the same upload that is to be gone on with.
    pub earlier: Option<Earlier>,
}

/// An earlier run of the same upload.
#[derive(Clone, Debug, PartialEq)]
pub struct Earlier {
    /// The upload's own id (`upload::Plan::upload`).
    pub upload: String,
    /// What was remembered of it.
    pub resume: upload::Resume,
}

/// Which road a file of this size takes, and why. For a large one the canary may have to go first, which takes some
/// seconds.
pub async fn choose(cloud: &Cloud, size_bytes: u64) -> RoadChoice {
    let direct = |why| RoadChoice { road: Road::Direct, why };
    if size_bytes == 0 {
        return direct(WhyRoad::Cannot(WhyDirect::TooSmall));
    }
    let small = size_bytes <= LARGE_BYTES;
    let found = match canary::known(cloud) {
        Some(found) => found,
        None if small => return direct(WhyRoad::Small),
        None => canary::try_it(cloud).await,
    };
    match found {
        Err(why) => direct(WhyRoad::Cannot(why)),
        Ok(()) if small => direct(WhyRoad::Small),
        Ok(()) => RoadChoice { road: Road::Segments, why: WhyRoad::Large },
    }
}

/// Whether files can travel in segments here, as far as is known or can be tried now. To be asked before
/// [`Way::Segments`] is taken for a file that [`choose`] would have sent in one piece.
///
/// # Errors
/// Why not.
pub async fn probe(cloud: &Cloud) -> Result<(), WhyDirect> {
    match canary::known(cloud) {
        Some(found) => found,
        None => canary::try_it(cloud).await,
    }
}

/// As [`probe`], whatever was found before: somebody has changed the cloud.
///
/// # Errors
/// Why not.
pub async fn probe_again(cloud: &Cloud) -> Result<(), WhyDirect> {
    canary::try_it(cloud).await
}
