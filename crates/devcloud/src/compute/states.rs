//! The words for what a server is (`vm_state`) and what is going on with it (`task_state`).

use serde::{Deserialize, Serialize};

/// `nova/compute/vm_states.py`, as far as servers get there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VmState {
    /// Being made.
    Building,
    /// Running.
    Active,
    /// Switched off.
    Stopped,
    /// Running of a rescue image, its own disk beside.
    Rescued,
    /// Something failed; see the fault.
    Error,
    /// Gone; the row stays for `changes-since` and the list of actions.
    Deleted,
}

impl VmState {
    /// The word in `OS-EXT-STS:vm_state`.
    pub fn word(self) -> &'static str {
        match self {
            VmState::Building => "building",
            VmState::Active => "active",
            VmState::Stopped => "stopped",
            VmState::Rescued => "rescued",
            VmState::Error => "error",
            VmState::Deleted => "deleted",
        }
    }
}

/// `nova/compute/task_states.py`, as far as servers get there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Looking for a host.
    Scheduling,
    /// Getting ports.
    Networking,
    /// Getting volumes.
    BlockDeviceMapping,
    /// Starting.
    Spawning,
    /// Switching on.
    PoweringOn,
    /// Switching off.
    PoweringOff,
    /// Soft reboot.
    Rebooting,
    /// Hard reboot.
    RebootingHard,
    /// Accepted: an image is to be made of its disk.
    ImageSnapshotPending,
    /// The host looks at the disk.
    ImageSnapshot,
    /// The host copies the disk.
    ImagePendingUpload,
    /// The copy goes to Glance.
    ImageUploading,
    /// Starting of a rescue image.
    Rescuing,
    /// Starting of its own disk again.
    Unrescuing,
    /// Going away.
    Deleting,
}

impl Task {
    /// The word in `OS-EXT-STS:task_state`.
    pub fn word(self) -> &'static str {
        match self {
            Task::Scheduling => "scheduling",
            Task::Networking => "networking",
            Task::BlockDeviceMapping => "block_device_mapping",
            Task::Spawning => "spawning",
            Task::PoweringOn => "powering-on",
            Task::PoweringOff => "powering-off",
            Task::Rebooting => "rebooting",
            Task::RebootingHard => "rebooting_hard",
            Task::ImageSnapshotPending => "image_snapshot_pending",
            Task::ImageSnapshot => "image_snapshot",
            Task::ImagePendingUpload => "image_pending_upload",
            Task::ImageUploading => "image_uploading",
            Task::Rescuing => "rescuing",
            Task::Unrescuing => "unrescuing",
            Task::Deleting => "deleting",
        }
    }
}

impl Task {
    /// Whether an image of its disk is on the way.
    pub fn is_snapshot(self) -> bool {
        matches!(
            self,
            Task::ImageSnapshotPending
                | Task::ImageSnapshot
                | Task::ImagePendingUpload
                | Task::ImageUploading
        )
    }
}
