//! When an image can be made of a volume. Pure; the rules are those of cinder/volume/api.py `copy_volume_to_image`.

use openstack::volume::{Volume, VolumeStatus};

use crate::text::{tr, tr_with};

/// The formats that Cinder writes (cinder/api/schemas/volume_actions.py), the most useful first.
pub(super) const FORMATS: [&str; 6] = ["qcow2", "raw", "vmdk", "vdi", "vhd", "vhdx"];

/// Whether it can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Can {
    /// At once.
    Now,
    /// An instance has it: only when the user insists, and where the cloud allows that.
    Forced,
    /// Not in this state, in words.
    Not(String),
}

/// Whether an image can be made of a volume.
pub(super) fn can(volume: &Volume) -> Can {
    match &volume.status {
        VolumeStatus::Available => Can::Now,
        VolumeStatus::InUse => Can::Forced,
        VolumeStatus::Uploading => {
            Can::Not(tr("An image is being made of it; wait for the end of it.").to_owned())
        }
        VolumeStatus::Error | VolumeStatus::ErrorDeleting => {
            Can::Not(tr("It has failed: there is nothing to copy.").to_owned())
        }
        VolumeStatus::Deleting => Can::Not(tr("It is being deleted.").to_owned()),
        other => Can::Not(tr_with(
            "It is {state}: wait until it is available.",
            &[("state", &other.as_str())],
        )),
    }
}

/// Its name, or its id where it has none.
pub(super) fn display_name(volume: &Volume) -> String {
    if volume.name.is_empty() { volume.id.to_string() } else { volume.name.clone() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_volume_that_is_held_needs_a_word() {
        let check = |status: &str, expected: fn(&Can) -> bool| {
            let volume = serde_json::from_value(json!({"id": "v", "status": status, "size": 1}));
            let found = can(&volume.expect("a volume"));
            assert!(expected(&found), "{status}: {found:?}");
        };
        check("available", |can| *can == Can::Now);
        check("in-use", |can| *can == Can::Forced);
        check("uploading", |can| matches!(can, Can::Not(_)));
        check("creating", |can| matches!(can, Can::Not(why) if why.contains("creating")));
        check("reserved", |can| matches!(can, Can::Not(_)));
    }
}
