//! What the rest of the app sees of one image that the cloud makes of an instance or a volume.

use leptos::prelude::*;
use openstack::ApiError;

use super::remembered::Remembered;

/// One image being made.
#[derive(Clone)]
pub struct Capture {
    /// Names it within this tab.
    pub key: u32,
    /// What the image is to be called.
    pub name: String,
    /// What it is made of.
    pub of: Origin,
    /// The scope it is made in (`Cloud::key`).
    pub scope: String,
    /// The project's name.
    pub project: String,
    /// Outlives the page that started it.
    pub state: ArcRwSignal<CaptureState>,
}

/// What an image is made of, with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An instance.
    Instance {
        /// Its id.
        id: String,
        /// Its name.
        name: String,
    },
    /// A volume.
    Volume {
        /// Its name.
        name: String,
    },
}

impl Origin {
    /// What it is called.
    pub fn name(&self) -> &str {
        match self {
            Self::Instance { name, .. } | Self::Volume { name } => name,
        }
    }
}

/// Where it is.
#[derive(Clone, Debug, PartialEq)]
pub struct CaptureState {
    /// What it does.
    pub phase: Phase,
    /// What we did to the instance besides.
    pub switched: Switched,
    /// The image, once there is a record.
    pub image_id: Option<String>,
}

/// What is being done.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// The instance shuts down.
    Stopping,
    /// The cloud is asked for the image.
    Asking,
    /// Its answer was lost: the image is looked for.
    Searching,
    /// The cloud writes it.
    Copying,
    /// The image is there; the volume snapshots that it points to are still being taken.
    Snapshots,
    /// The image is there; the instance is being started again.
    StartingAgain,
    /// It is over.
    Over(End),
}

/// What we did to the instance.
#[derive(Clone, Debug, PartialEq)]
pub enum Switched {
    /// Nothing.
    Untouched,
    /// Shut down, and it stays so.
    Off,
    /// Shut down, and it is to be started again.
    OffForNow,
    /// Started again; it is on its way.
    Starting,
    /// It runs again.
    On,
    /// It could not be started again.
    NotStarted(Option<ApiError>),
}

/// How it ended.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// The image is active.
    Made,
    /// The cloud refused to shut the instance down; nothing was changed.
    NotAsked(ApiError),
    /// The instance did not shut down.
    RunsOn,
    /// The cloud refused to make the image.
    Refused(ApiError),
    /// Nobody knows whether the cloud makes the image.
    Unclear(Box<Unclear>),
    /// The cloud could not make it; its word for the image's state.
    Failed(String),
    /// A volume snapshot that the image points to failed.
    SnapshotFailed(String),
    /// It could not be followed any more; the cloud may go on.
    Lost(ApiError),
    /// The user called it off before the image was asked for.
    CalledOff,
    /// The tab was closed on the way.
    Interrupted(Box<Remembered>),
}

/// An order whose asking for the image was not answered, and of which no image was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Unclear {
    /// The order.
    pub begun: Remembered,
    /// What came instead of the answer; `None` where only the image was looked for.
    pub lost: Option<ApiError>,
    /// Why the images could not be looked at; `None` when they were, and it was not among them.
    pub unread: Option<ApiError>,
}

/// The states of captures as far as lists and sums are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Closing the tab would leave an order half done.
    NeedsTab,
    /// The cloud does the rest by itself.
    InTheCloud,
    /// The image is there.
    Done,
    /// It went wrong, or was left half done.
    Failed,
    /// The user ended it.
    CalledOff,
}

impl CaptureState {
    /// At its beginning.
    pub(super) fn new(phase: Phase) -> Self {
        Self { phase, switched: Switched::Untouched, image_id: None }
    }

    /// Where it stands.
    pub fn standing(&self) -> Standing {
        match (&self.phase, &self.switched) {
            (Phase::Over(End::Made), Switched::NotStarted(_)) => Standing::Failed,
            (Phase::Over(End::Made), _) => Standing::Done,
            (Phase::Over(End::CalledOff), _) => Standing::CalledOff,
            (Phase::Over(_), _) => Standing::Failed,
            (Phase::Stopping | Phase::Asking, _) | (_, Switched::OffForNow) => Standing::NeedsTab,
            _ => Standing::InTheCloud,
        }
    }

    /// Whether it can still be called off: no image was asked for yet.
    pub fn can_be_called_off(&self) -> bool {
        self.phase == Phase::Stopping
    }

    /// Whether nobody knows if the cloud makes the image: then it can be looked for again.
    pub fn is_unclear(&self) -> bool {
        matches!(self.phase, Phase::Over(End::Unclear(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tab_is_needed_until_the_instance_is_started_again() {
        let check = |phase: Phase, switched: Switched, expected: Standing| {
            let state = CaptureState { switched, ..CaptureState::new(phase) };
            assert_eq!(state.standing(), expected, "{state:?}");
        };
        check(Phase::Stopping, Switched::Untouched, Standing::NeedsTab);
        check(Phase::Copying, Switched::OffForNow, Standing::NeedsTab);
        check(Phase::Searching, Switched::OffForNow, Standing::NeedsTab);
        check(Phase::Searching, Switched::Untouched, Standing::InTheCloud);
        check(Phase::Copying, Switched::Off, Standing::InTheCloud);
        check(Phase::Copying, Switched::Untouched, Standing::InTheCloud);
        check(Phase::StartingAgain, Switched::Starting, Standing::InTheCloud);
        check(Phase::Over(End::Made), Switched::On, Standing::Done);
        check(Phase::Over(End::Made), Switched::NotStarted(None), Standing::Failed);
        check(Phase::Over(End::RunsOn), Switched::Untouched, Standing::Failed);
    }
}
