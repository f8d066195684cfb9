//! What the rest of the app sees of one upload or import: a key, a name, and a state that changes.

use std::time::Duration;

use leptos::prelude::*;
use openstack::{ApiError, Timestamp};
use upload::import::{ImportFailure, Progress};
use upload::progress::Estimate;
use upload::{Check, LeftBehind, Outcome, Phase, SegmentsView};

use super::roads::WhyDirect;

/// One upload or import of this tab.
#[derive(Clone)]
pub struct Job {
    /// Names it within this tab.
    pub key: u32,
    /// The image's name.
    pub name: String,
    /// The scope it works in (`Cloud::key`); it goes on there when the user switches.
    pub scope: String,
    /// The project's name, for saying so when the user is elsewhere.
    pub project: String,
    /// The upload's own id, by which the tabs of this browser and the journal know it; a URL's import has none.
    pub upload: Option<String>,
    /// Outlives the page that started it.
    pub state: ArcRwSignal<JobState>,
}

/// How the data gets to the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Road {
    /// A file of this computer, in one request.
    Direct,
    /// A file of this computer, in segments through the object store.
    Segments,
    /// The cloud fetches it from a URL.
    Url,
}

impl Road {
    /// Whether a file of this computer is sent.
    pub fn is_file(self) -> bool {
        self != Self::Url
    }
}

/// Whether a job can rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pausing {
    /// It can be paused.
    Can,
    /// It is paused, and can go on.
    Paused,
    /// It travels in one piece: the cloud would keep nothing of it, so going on would mean from the beginning.
    OnePiece,
    /// Nothing is sent now, or the cloud does it by itself.
    Nothing,
}

/// Where a job is.
#[derive(Clone, Debug, PartialEq)]
pub struct JobState {
    /// The road it takes; a file may be sent in one piece after all.
    pub road: Road,
    /// Why it travels in one piece although segments were wanted.
    pub detour: Option<WhyDirect>,
    /// What it does.
    pub phase: JobPhase,
    /// Direct: of the request under way. In segments: how much is in the store, by whatever way.
    pub sent_bytes: u64,
    /// What there is to say only of segments.
    pub segments: Option<SegmentsView>,
    /// The segments stay in the object store until they expire, because the user wants it so.
    pub keep_segments: bool,
    /// Whether it can rest.
    pub pausing: Pausing,
    /// Of the file, by the hashing worker.
    pub hashed_bytes: u64,
    /// The file's size; nothing is known of a URL's.
    pub size_bytes: Option<u64>,
    /// Speed and time left.
    pub estimate: Option<Estimate>,
    /// The image, once there is a record.
    pub image_id: Option<String>,
    /// How often a request with data broke: direct, everything is then sent again; else one segment.
    pub breaks: u32,
    /// The file's SHA-512 as this browser computed it, hexadecimal.
    pub sha512: Option<String>,
    /// How long it took, once it is over.
    pub took: Option<Duration>,
    /// What went wrong on the way, the newest last and no more than [`JobState::MOST_TROUBLES`]: what the cloud's support asks for.
    pub troubles: Vec<Trouble>,
}

/// An answer that was not what was wanted, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// When, by this computer's clock.
    pub at: Timestamp,
    /// What was asked for: method and path, without the query, which may hold a signature.
    pub request: String,
    /// HTTP status; `None` when no answer came, or it was hidden from the page.
    pub status: Option<u16>,
    /// `X-OpenStack-Request-ID` or `X-Trans-Id`, where the browser lets us see it.
    pub request_id: Option<String>,
}

impl JobState {
    pub(crate) fn new(road: Road, phase: JobPhase, size_bytes: Option<u64>) -> Self {
        Self {
            road,
            detour: None,
            phase,
            sent_bytes: 0,
            segments: None,
            keep_segments: false,
            pausing: Pausing::Nothing,
            hashed_bytes: 0,
            size_bytes,
            estimate: None,
            image_id: None,
            breaks: 0,
            sha512: None,
            took: None,
            troubles: Vec::new(),
        }
    }

    /// So many troubles are kept.
    pub const MOST_TROUBLES: usize = 20;

    /// Remembers a trouble; the oldest goes when there are too many.
    pub(crate) fn note(&mut self, trouble: Trouble) {
        if self.troubles.len() >= Self::MOST_TROUBLES {
            self.troubles.remove(0);
        }
        self.troubles.push(trouble);
    }
}

/// What a job does.
#[derive(Clone, Debug, PartialEq)]
pub enum JobPhase {
    /// A file on its way.
    File(Phase),
    /// The cloud fetches.
    Fetching(Progress),
    /// The import was ended by the user; the record is being removed.
    CleaningUp,
    /// Another tab has the same upload, and goes on with it.
    Elsewhere,
    /// The import is over.
    Fetched(Fetched),
}

/// How an import ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Fetched {
    /// The image is active. Nobody here has seen the data, so nothing could be compared.
    Active,
    /// The cloud could not do it; the record is still there.
    Failed(ImportFailure),
    /// It could not be followed any more; it may go on in the cloud.
    Lost(ApiError),
    /// Ended by the user.
    Cancelled(LeftBehind),
}

/// The states of jobs as far as lists and sums are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Something is still to be done, and leaving the tab would break it off.
    UnderWay,
    /// As `UnderWay`, but the cloud does it by itself: the tab may be closed.
    InTheCloud,
    /// The image is there and was compared, where that is possible.
    Done,
    /// It went wrong.
    Failed,
    /// The user ended it.
    Cancelled,
}

impl JobPhase {
    /// Where it stands.
    pub fn standing(&self) -> Standing {
        match self {
            Self::File(Phase::Finished(Outcome::Uploaded { .. }))
            | Self::Fetched(Fetched::Active) => Standing::Done,
            Self::File(Phase::Finished(Outcome::Failed { .. }))
            | Self::Fetched(Fetched::Failed(_) | Fetched::Lost(_)) => Standing::Failed,
            Self::File(Phase::Finished(Outcome::Cancelled { .. }))
            | Self::Fetched(Fetched::Cancelled(_))
            | Self::Elsewhere => Standing::Cancelled,
            Self::Fetching(_) => Standing::InTheCloud,
            Self::File(_) | Self::CleaningUp => Standing::UnderWay,
        }
    }

    /// Whether something is lost, or not done, when this tab is closed now.
    pub fn needs_this_tab(&self) -> bool {
        match self {
            Self::File(Phase::Finished(_) | Phase::Paused | Phase::Importing(_)) => false,
            _ => self.standing() == Standing::UnderWay,
        }
    }

    /// Whether the file's and the cloud's SHA-512 were compared and are equal.
    pub fn is_verified(&self) -> bool {
        matches!(
            self,
            Self::File(Phase::Finished(Outcome::Uploaded { check: Check::Verified, .. }))
        )
    }
}
