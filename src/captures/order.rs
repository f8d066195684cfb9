//! What is to be made an image of, and how to judge what the cloud shows on the way. Pure.
//!
//! An instance may be shut down first and started again after; Nova does neither by itself, so the order is carried out from
//! here, step by step.

use std::collections::BTreeMap;

use openstack::compute::{Server, ServerStatus};
use openstack::image::{Image, ImageStatus};
use openstack::volume::VolumeStatus;

/// What happens to the instance besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// It stays as it is, running or not.
    AsItIs,
    /// It is shut down first, and stays off.
    ShutDown,
    /// It is shut down first, and started again after.
    ShutDownAndStart,
}

impl Power {
    /// Whether it is shut down first.
    pub const fn shuts_down(self) -> bool {
        !matches!(self, Self::AsItIs)
    }
}

/// An image of an instance, as the user wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceOrder {
    /// The instance's id.
    pub server: String,
    /// What it is called.
    pub server_name: String,
    /// What the image is to be called.
    pub image_name: String,
    /// Properties that the image gets besides those of the instance's own image.
    pub properties: BTreeMap<String, String>,
    /// What happens to the instance besides.
    pub power: Power,
}

/// An image of a volume, as the user wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeOrder {
    /// The volume's id.
    pub volume: String,
    /// What it is called.
    pub volume_name: String,
    /// What the image is to be called.
    pub image_name: String,
    /// The format it is written in.
    pub disk_format: String,
    /// `private`, `shared`, `community`, `public`.
    pub visibility: String,
    /// Refuse deletion.
    pub protected: bool,
    /// Also while an instance holds the volume.
    pub force: bool,
}

/// Whether an instance that was asked to shut down has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopping {
    /// It is off.
    Off,
    /// It is on its way.
    Wait,
    /// It runs on, or went wrong, and nothing is being done to it any more.
    RunsOn,
}

/// Reads that off a look at it. Nova asks the system to shut down and switches it off after a minute (`shutdown_timeout`).
pub fn stopping(server: &Server) -> Stopping {
    match (&server.status, server.task_state.as_deref()) {
        (ServerStatus::Shutoff, None) => Stopping::Off,
        (_, Some(_)) => Stopping::Wait,
        _ => Stopping::RunsOn,
    }
}

/// Whether an instance that we have switched off can be started again: not while its disk is still being read, which Nova
/// answers with 409.
pub fn can_start(server: &Server) -> bool {
    server.status == ServerStatus::Shutoff && server.task_state.is_none()
}

/// How the image is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Making {
    /// The cloud works on it.
    Wait,
    /// It is there.
    Active,
    /// It will not be: the cloud's word for its state.
    Failed(String),
}

/// Reads that off a look at the image. Nova and Cinder remove an image whose data they could not write.
pub fn making(image: Option<&Image>) -> Making {
    match image.map(|image| &image.status) {
        Some(ImageStatus::Active | ImageStatus::Deactivated) => Making::Active,
        Some(
            status @ (ImageStatus::Killed | ImageStatus::Deleted | ImageStatus::PendingDelete),
        ) => Making::Failed(status.as_str().to_owned()),
        None => Making::Failed("deleted".to_owned()),
        Some(_) => Making::Wait,
    }
}

/// Whether the source is still being read. When it is not and the image is not active either, nobody writes it any more.
pub fn is_read(status: &VolumeStatus) -> bool {
    *status == VolumeStatus::Uploading
}

/// The same of an instance (nova/compute/task_states.py).
pub fn is_copied(server: &Server) -> bool {
    server.task_state.as_deref().is_some_and(|task| task.starts_with("image_"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn server(status: &str, task: Option<&str>) -> Server {
        serde_json::from_value(json!({"id": "s", "status": status, "OS-EXT-STS:task_state": task}))
            .expect("a server")
    }

    #[test]
    fn an_instance_is_off_only_when_nothing_is_being_done_to_it() {
        let check = |status, task, expected| {
            assert_eq!(stopping(&server(status, task)), expected, "{status} {task:?}");
        };
        check("ACTIVE", Some("powering-off"), Stopping::Wait);
        check("SHUTOFF", Some("powering-off"), Stopping::Wait);
        check("SHUTOFF", None, Stopping::Off);
        check("ACTIVE", None, Stopping::RunsOn);
        check("ERROR", None, Stopping::RunsOn);
    }

    #[test]
    fn it_is_started_again_when_its_disk_was_read() {
        assert!(!can_start(&server("SHUTOFF", Some("image_uploading"))));
        assert!(can_start(&server("SHUTOFF", None)));
        assert!(!can_start(&server("ACTIVE", None)), "somebody has started it meanwhile");
        assert!(is_copied(&server("SHUTOFF", Some("image_pending_upload"))));
        assert!(!is_copied(&server("SHUTOFF", Some("powering-on"))));
    }

    #[test]
    fn an_image_is_made_when_it_is_active() {
        let image = |status: &str| -> Image {
            serde_json::from_value(json!({"id": "i", "status": status})).expect("an image")
        };
        let check =
            |status: &str, expected| assert_eq!(making(Some(&image(status))), expected, "{status}");
        check("queued", Making::Wait);
        check("saving", Making::Wait);
        check("active", Making::Active);
        check("killed", Making::Failed("killed".into()));
        assert_eq!(making(None), Making::Failed("deleted".into()));
    }
}
