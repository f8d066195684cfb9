//! What becomes of a volume snapshot that is deleted together with its image. The answer to the request says only that it
//! is tried, so it is looked at until it is gone or has come back.

use std::time::Duration;

use openstack::volume::{VolumeSnapshot, VolumeSnapshotStatus};
use openstack::{ApiError, ErrorKind, VolumeSnapshotId};

use crate::cloud::Cloud;
use crate::text::{errors, tr, tr_with};
use crate::ui::Shape;

/// Pause between two looks.
const GLANCE: Duration = Duration::from_secs(1);
/// So long it is followed.
const LOOKS: u32 = 120;
/// So many looks in a row may fail.
const PATIENCE: u32 = 3;

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// Its turn comes.
    Going,
    /// It is gone.
    Gone,
    /// The cloud tried and set it back; its own words, where it has any.
    Stayed(Option<String>),
    /// The cloud refused, or failed.
    Failed(ApiError),
    /// The cloud could not delete it, and does not say why.
    Stuck,
    /// The cloud is still at it.
    Slow,
}

impl Fate {
    /// Whether it is known to be gone, or will be.
    pub fn is_well(&self) -> bool {
        matches!(self, Self::Gone | Self::Slow)
    }

    /// Shape and word.
    pub fn state(&self) -> (Shape, &'static str) {
        match self {
            Self::Going | Self::Slow => (Shape::Deleting, tr("Deleting")),
            Self::Gone => (Shape::Done, tr("Deleted")),
            Self::Stayed(_) | Self::Failed(_) | Self::Stuck => (Shape::Failed, tr("Not deleted")),
        }
    }

    /// Why it is not gone.
    pub fn why(&self) -> Option<String> {
        match self {
            Self::Going | Self::Gone => None,
            Self::Stayed(Some(words)) => Some(tr_with(
                "The cloud set it back and says: “{words}” Most likely volumes that were made from it still need it.",
                &[("words", words)],
            )),
            Self::Stayed(None) => Some(
                tr("The cloud set it back without a reason; most likely volumes that were made from it still need it.").to_owned(),
            ),
            Self::Failed(error) => Some(errors::api(error, None).text_with_request()),
            Self::Stuck => Some(
                tr("The cloud could not delete it and does not say why; its operator can.").to_owned(),
            ),
            Self::Slow => Some(tr("It takes long; the cloud goes on.").to_owned()),
        }
    }
}

/// What a look at a snapshot that is being deleted says; `None`: look again.
fn settled(look: Result<VolumeSnapshot, ApiError>) -> Option<Fate> {
    match look {
        Ok(snapshot) => match snapshot.status {
            VolumeSnapshotStatus::Available | VolumeSnapshotStatus::Error => {
                Some(Fate::Stayed(None))
            }
            VolumeSnapshotStatus::ErrorDeleting => Some(Fate::Stuck),
            _ => None,
        },
        Err(error) if error.kind == ErrorKind::NotFound => Some(Fate::Gone),
        Err(error) => Some(Fate::Failed(error)),
    }
}

/// Deletes a volume snapshot and looks until it is known what became of it.
pub async fn delete_part(cloud: &Cloud, id: &VolumeSnapshotId) -> Fate {
    match cloud.delete_volume_snapshot(id).await {
        Ok(()) => {}
        Err(error) if error.kind == ErrorKind::NotFound => return Fate::Gone,
        Err(error) => return Fate::Failed(error),
    }
    let mut failures = 0;
    for _ in 0..LOOKS {
        gloo_timers::future::sleep(GLANCE).await;
        let look = cloud.volume_snapshot(id).await;
        if look.as_ref().is_err_and(ApiError::is_transient) && failures < PATIENCE {
            failures += 1;
            continue;
        }
        failures = 0;
        match settled(look) {
            None => {}
            Some(Fate::Stayed(_)) => return Fate::Stayed(reason(cloud, id).await),
            Some(fate) => return fate,
        }
    }
    Fate::Slow
}

/// The cloud's words; without them it has stayed all the same.
async fn reason(cloud: &Cloud, id: &VolumeSnapshotId) -> Option<String> {
    cloud.why_snapshot_stayed(id).await.unwrap_or_else(|error| {
        leptos::logging::warn!("{error}");
        None
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_snapshot_is_looked_at_until_it_rests() {
        let check = |status: &str, expected: Option<Fate>| {
            let snapshot = json!({"id": "s", "status": status, "volume_id": "v", "size": 1});
            let snapshot = serde_json::from_value(snapshot).expect("a snapshot");
            assert_eq!(settled(Ok(snapshot)), expected, "{status}");
        };
        check("deleting", None);
        check("available", Some(Fate::Stayed(None)));
        check("error_deleting", Some(Fate::Stuck));
        check("melting", None);
        let error = |kind| ApiError::local("show it", openstack::Service::Volume, kind, "");
        assert_eq!(settled(Err(error(ErrorKind::NotFound))), Some(Fate::Gone));
        let lost = settled(Err(error(ErrorKind::Server))).expect("an end");
        assert!(!lost.is_well() && lost.why().is_some());
    }
}
