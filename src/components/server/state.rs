//! The state of a server as people should see it, and what can be done in it. Pure.

use openstack::compute::{Server, ServerStatus};

use crate::text::tr;
use crate::ui::Shape;

/// Shape and word of a server's state, and what is being done to it just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerState {
    /// The shape beside the word.
    pub shape: Shape,
    /// The word.
    pub word: String,
    /// What is being done: "networking".
    pub note: Option<String>,
}

impl ServerState {
    /// What Nova's record says.
    pub fn of(server: &Server) -> Self {
        let task = server.task_state.as_deref().filter(|task| !task.is_empty());
        // A task says more than the status: a server that is being deleted still is `ACTIVE`.
        let (shape, word) = match (task, &server.status) {
            (Some("deleting" | "soft-deleting"), _) => (Shape::Deleting, tr("Deleting")),
            (Some("powering-off"), _) => (Shape::Saving, tr("Stopping")),
            (Some("powering-on"), _) => (Shape::Uploading, tr("Starting")),
            (Some("rebooting" | "rebooting_hard"), _) => (Shape::Uploading, tr("Rebooting")),
            (Some("rescuing"), _) => (Shape::Uploading, tr("Rescue begins")),
            (Some("unrescuing"), _) => (Shape::Uploading, tr("Rescue ends")),
            (_, ServerStatus::Active) => (Shape::Active, tr("Active")),
            (_, ServerStatus::Build) => (Shape::Uploading, tr("Building")),
            (_, ServerStatus::Deleted | ServerStatus::SoftDeleted) => {
                (Shape::Deleting, tr("Deleted"))
            }
            (_, ServerStatus::Error) => (Shape::Failed, tr("Error")),
            (_, ServerStatus::Reboot | ServerStatus::HardReboot) => {
                (Shape::Uploading, tr("Rebooting"))
            }
            (_, ServerStatus::Rebuild) => (Shape::Uploading, tr("Rebuilding")),
            (_, ServerStatus::Migrating) => (Shape::Uploading, tr("Migrating")),
            (_, ServerStatus::Password) => (Shape::Uploading, tr("Setting the password")),
            (_, ServerStatus::Resize | ServerStatus::RevertResize) => {
                (Shape::Uploading, tr("Resizing"))
            }
            (_, ServerStatus::VerifyResize) => {
                (Shape::Queued, tr("Waits for a yes to its new size"))
            }
            (_, ServerStatus::Paused) => (Shape::Paused, tr("Paused")),
            (_, ServerStatus::Suspended) => (Shape::Paused, tr("Suspended")),
            (_, ServerStatus::Rescue) => (Shape::Paused, tr("Rescued")),
            (_, ServerStatus::Shutoff) => (Shape::Deactivated, tr("Stopped")),
            (_, ServerStatus::Shelved | ServerStatus::ShelvedOffloaded) => {
                (Shape::Deactivated, tr("Shelved"))
            }
            (_, ServerStatus::Unknown) => (Shape::Unknown, tr("Unknown")),
            (_, ServerStatus::Other(word)) => (Shape::Unknown, word.as_str()),
        };
        Self { shape, word: word.to_owned(), note: task.and_then(task_words) }
    }
}

/// A task in words, where the status word does not say it already.
fn task_words(task: &str) -> Option<String> {
    Some(match task {
        "deleting"
        | "soft-deleting"
        | "powering-off"
        | "powering-on"
        | "rebooting"
        | "reboot_started"
        | "reboot_pending"
        | "reboot_started_hard"
        | "rebooting_hard"
        | "rescuing"
        | "unrescuing"
        | "reboot_pending_hard" => return None,
        "scheduling" => tr("looking for a host").to_owned(),
        "networking" => tr("networking").to_owned(),
        "block_device_mapping" => tr("preparing the disk").to_owned(),
        "spawning" => tr("spawning").to_owned(),
        "image_snapshot"
        | "image_snapshot_pending"
        | "image_pending_upload"
        | "image_uploading" => tr("an image is being made of it").to_owned(),
        other => other.replace(['_', '-'], " "),
    })
}

/// Something that can be done to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// Switch it on.
    Start,
    /// Switch it off.
    Stop,
    /// Restart it, one way or the other.
    Reboot,
    /// Delete it.
    Delete,
}

impl Deed {
    /// Why it cannot be done now; the states are those of nova/compute/api.py `check_instance_state`.
    pub fn reason_against(self, server: &Server) -> Option<&'static str> {
        use ServerStatus::{Active, Build, Error, Paused, Rescue, Shutoff, Suspended};
        if server.locked {
            return Some(tr("It is locked against changes."));
        }
        let task = server.task_state.as_deref();
        if matches!(task, Some("deleting" | "soft-deleting")) {
            return Some(tr("It is being deleted."));
        }
        // Deleting is allowed at any moment.
        if self == Self::Delete {
            return None;
        }
        if server.status == Build {
            return Some(tr("It is still being built."));
        }
        if task.is_some() {
            return Some(tr("Something is being done to it; wait for the end of it."));
        }
        let status = &server.status;
        // Neither stop nor any reboot takes `RESCUED` (nova/compute/vm_states.py).
        if *status == Rescue {
            return Some(tr("It is rescued: end the rescue first."));
        }
        match self {
            Self::Start if *status == Shutoff => None,
            Self::Start if *status == Active => Some(tr("It is running.")),
            Self::Start => Some(tr("Only a stopped instance can be started.")),
            Self::Stop if matches!(status, Active | Error) => None,
            Self::Stop if *status == Shutoff => Some(tr("It is stopped.")),
            Self::Stop => Some(tr("Only a running instance can be stopped.")),
            Self::Reboot if matches!(status, Active | Error | Paused | Shutoff | Suspended) => None,
            Self::Reboot => Some(tr("Its state does not allow a reboot.")),
            Self::Delete => None,
        }
    }

    /// Why its system cannot be asked to restart, where it can be restarted at all: only one that runs listens
    /// (nova/compute/api.py `soft_reboot`).
    pub fn reason_against_asking(server: &Server) -> Option<&'static str> {
        (server.status != ServerStatus::Active)
            .then(|| tr("Only a running system can be asked to restart."))
    }

    /// Nova's `task_state` while it is under way.
    pub const fn task(self) -> &'static str {
        match self {
            Self::Start => "powering-on",
            Self::Stop => "powering-off",
            Self::Reboot => "rebooting",
            Self::Delete => "deleting",
        }
    }

    /// The verb.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Start => tr("Start"),
            Self::Stop => tr("Stop"),
            Self::Reboot => tr("Reboot"),
            Self::Delete => tr("Delete"),
        }
    }
}

/// The likely next action with a server in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Do something to it.
    Do(Deed),
    /// Look how its start goes.
    ShowStart,
    /// Look what went wrong.
    ShowWhy,
    /// Look at it.
    Open,
}

impl Next {
    /// What fits the state.
    pub fn of(server: &Server) -> Self {
        match server.status {
            ServerStatus::Shutoff if Deed::Start.reason_against(server).is_none() => {
                Self::Do(Deed::Start)
            }
            ServerStatus::Build => Self::ShowStart,
            ServerStatus::Error => Self::ShowWhy,
            _ => Self::Open,
        }
    }

    /// The words on its button.
    pub fn label(self) -> &'static str {
        match self {
            Self::Do(deed) => deed.verb(),
            Self::ShowStart => tr("Show start"),
            Self::ShowWhy => tr("Show why"),
            Self::Open => tr("Open"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn server(status: &str, task: Option<&str>) -> Server {
        serde_json::from_value(json!({"id": "s", "status": status, "OS-EXT-STS:task_state": task}))
            .expect("a server")
    }

    fn check(status: &str, task: Option<&str>, word: &str, note: Option<&str>) {
        let state = ServerState::of(&server(status, task));
        assert_eq!((state.word.as_str(), state.note.as_deref()), (word, note), "{status} {task:?}");
    }

    #[test]
    fn a_task_says_more_than_the_status() {
        check("BUILD", Some("scheduling"), "Building", Some("looking for a host"));
        check("BUILD", None, "Building", None);
        check("ACTIVE", None, "Active", None);
        check("ACTIVE", Some("deleting"), "Deleting", None);
        check("ACTIVE", Some("powering-off"), "Stopping", None);
        check("SHUTOFF", Some("powering-on"), "Starting", None);
        check("REBOOT", Some("rebooting"), "Rebooting", None);
        check("ACTIVE", Some("image_uploading"), "Active", Some("an image is being made of it"));
        check("ACTIVE", Some("some_new_task"), "Active", Some("some new task"));
        check("TELEPORTING", None, "TELEPORTING", None);
    }

    fn check_deeds(server: &Server, possible: &[Deed]) {
        let each = [Deed::Start, Deed::Stop, Deed::Reboot, Deed::Delete];
        let found: Vec<_> =
            each.into_iter().filter(|deed| deed.reason_against(server).is_none()).collect();
        assert_eq!(found, possible, "{:?} {:?}", server.status, server.task_state);
    }

    #[test]
    fn what_can_be_done_follows_the_state() {
        use Deed::{Delete, Reboot, Start, Stop};
        check_deeds(&server("ACTIVE", None), &[Stop, Reboot, Delete]);
        check_deeds(&server("SHUTOFF", None), &[Start, Reboot, Delete]);
        check_deeds(&server("BUILD", Some("spawning")), &[Delete]);
        check_deeds(&server("ERROR", None), &[Stop, Reboot, Delete]);
        check_deeds(&server("VERIFY_RESIZE", None), &[Delete]);
        check_deeds(&server("RESCUE", None), &[Delete]);
        check_deeds(&server("ACTIVE", Some("deleting")), &[]);
        assert_eq!(Deed::reason_against_asking(&server("ACTIVE", None)), None);
        assert!(Deed::reason_against_asking(&server("SHUTOFF", None)).is_some());
        let mut locked = server("ACTIVE", None);
        locked.locked = true;
        check_deeds(&locked, &[]);
    }

    #[test]
    fn the_next_thing_to_do() {
        let check = |status, task, expected| assert_eq!(Next::of(&server(status, task)), expected);
        check("SHUTOFF", None, Next::Do(Deed::Start));
        check("SHUTOFF", Some("powering-on"), Next::Open);
        check("BUILD", Some("spawning"), Next::ShowStart);
        check("ERROR", None, Next::ShowWhy);
        check("ACTIVE", None, Next::Open);
    }
}
