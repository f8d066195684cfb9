//! The volume snapshots that an image of an instance on a volume points to. Nova does not wait for them: the image is active
//! before they are there.

use openstack::image::Image;
use openstack::volume::{VolumeSnapshot, VolumeSnapshotStatus};

use super::looks::Looks;
use super::state::End;
use crate::cloud::Cloud;

/// Follows those of an image until all are there, or one is not to be.
pub(super) async fn follow(cloud: &Cloud, image: &Image) -> End {
    let wanted = image.volume_snapshots();
    let mut looks = Looks::new();
    loop {
        let found = match looks.judge(cloud.volume_snapshots().await) {
            Some(Ok(Some(found))) => found.items,
            // A list is never gone.
            Some(Ok(None)) => Vec::new(),
            Some(Err(error)) => return End::Lost(error),
            None => {
                looks.pause().await;
                continue;
            }
        };
        let own: Vec<VolumeSnapshot> =
            found.into_iter().filter(|one| wanted.contains(&one.id)).collect();
        match judge(&own) {
            Judged::There => return End::Made,
            Judged::Failed(name) => return End::SnapshotFailed(name),
            Judged::Wait => looks.pause().await,
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Judged {
    There,
    Wait,
    Failed(String),
}

/// What the snapshots of an image come to.
fn judge(own: &[VolumeSnapshot]) -> Judged {
    let failed = own.iter().find(|one| one.status == VolumeSnapshotStatus::Error);
    if let Some(failed) = failed {
        let name = if failed.name.is_empty() { failed.id.to_string() } else { failed.name.clone() };
        return Judged::Failed(name);
    }
    // One that somebody has deleted meanwhile is not waited for.
    match own.iter().any(|one| one.status.is_changing()) {
        true => Judged::Wait,
        false => Judged::There,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn snapshot(status: &str) -> VolumeSnapshot {
        serde_json::from_value(
            json!({"id": "x", "name": "snapshot for golden", "status": status, "volume_id": "v", "size": 20}),
        )
        .expect("a snapshot")
    }

    #[test]
    fn the_image_can_be_used_when_all_its_snapshots_are_there() {
        let check = |statuses: &[&str], expected: Judged| {
            let own: Vec<_> = statuses.iter().map(|status| snapshot(status)).collect();
            assert_eq!(judge(&own), expected, "{statuses:?}");
        };
        check(&["available", "available"], Judged::There);
        check(&["available", "creating"], Judged::Wait);
        check(&["creating", "error"], Judged::Failed("snapshot for golden".into()));
        check(&["available"], Judged::There);
        check(&[], Judged::There);
    }
}
