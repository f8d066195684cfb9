//! The way of a server from the request to running, step by step. Pure.
//!
//! Nova tells where it is by `task_state` alone, and only at the moments when somebody looks; so a step counts as done as
//! soon as a later one is seen.

use crate::text::tr;
use openstack::compute::{Server, ServerStatus};

/// The steps, in the order in which Nova takes them (nova/compute/manager.py `_build_and_run_instance`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A host with room is looked for.
    Scheduling,
    /// Ports and addresses are made.
    Networking,
    /// Volumes are made and attached, or the image is fetched.
    BlockDevice,
    /// The machine is made and switched on.
    Spawning,
}

impl Step {
    /// All of them.
    pub const EACH: [Self; 4] =
        [Self::Scheduling, Self::Networking, Self::BlockDevice, Self::Spawning];

    /// What it is, as people say it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Scheduling => tr("Finding a host"),
            Self::Networking => tr("Networking"),
            Self::BlockDevice => tr("Preparing the boot disk"),
            Self::Spawning => tr("Switching it on"),
        }
    }
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Behind us.
    Done,
    /// Under way.
    Now,
    /// To come.
    Ahead,
    /// Here it went wrong.
    Failed,
}

/// Where a server that is being built is. `furthest` is the step seen last, so that the display never goes back.
pub fn step(server: &Server, furthest: Option<Step>) -> Option<Step> {
    if server.status != ServerStatus::Build {
        return None;
    }
    let seen = match server.task_state.as_deref() {
        Some("scheduling") => Step::Scheduling,
        Some("networking") => Step::Networking,
        Some("block_device_mapping") => Step::BlockDevice,
        Some("spawning") => Step::Spawning,
        // Between the steps Nova names none. A zone is known as soon as a host is.
        _ if server.availability_zone.is_empty() => Step::Scheduling,
        _ => Step::Networking,
    };
    Some(furthest.map_or(seen, |furthest| furthest.max(seen)))
}

/// How far each step is for a server whose furthest step is known.
pub fn progress(server: &Server, furthest: Option<Step>) -> [(Step, Progress); 4] {
    let at = step(server, furthest);
    Step::EACH.map(|each| {
        let progress = match (&server.status, at) {
            (ServerStatus::Error, _) => match furthest.unwrap_or(Step::Scheduling) {
                failed if each < failed => Progress::Done,
                failed if each == failed => Progress::Failed,
                _ => Progress::Ahead,
            },
            (_, Some(now)) if each == now => Progress::Now,
            (_, Some(now)) if each > now => Progress::Ahead,
            _ => Progress::Done,
        };
        (each, progress)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Progress::{Ahead, Done, Failed, Now};
    use super::*;

    fn server(status: &str, task: Option<&str>, zone: &str) -> Server {
        serde_json::from_value(json!({
            "id": "s", "status": status, "OS-EXT-STS:task_state": task, "OS-EXT-AZ:availability_zone": zone,
        }))
        .expect("a server")
    }

    fn check(server: &Server, furthest: Option<Step>, expected: [Progress; 4]) {
        assert_eq!(
            progress(server, furthest).map(|(_, progress)| progress),
            expected,
            "{server:?}"
        );
    }

    #[test]
    fn steps_as_nova_tells_them() {
        check(&server("BUILD", Some("scheduling"), ""), None, [Now, Ahead, Ahead, Ahead]);
        check(&server("BUILD", None, ""), None, [Now, Ahead, Ahead, Ahead]);
        check(&server("BUILD", None, "dev-1a"), None, [Done, Now, Ahead, Ahead]);
        check(
            &server("BUILD", Some("block_device_mapping"), "dev-1a"),
            None,
            [Done, Done, Now, Ahead],
        );
        check(&server("BUILD", Some("spawning"), "dev-1a"), None, [Done, Done, Done, Now]);
        check(&server("ACTIVE", None, "dev-1a"), None, [Done; 4]);
    }

    #[test]
    fn the_display_never_goes_back() {
        let between = server("BUILD", None, "dev-1a");
        check(&between, Some(Step::Spawning), [Done, Done, Done, Now]);
    }

    #[test]
    fn a_failure_stands_where_it_happened() {
        check(&server("ERROR", None, ""), None, [Failed, Ahead, Ahead, Ahead]);
        check(
            &server("ERROR", None, "dev-1a"),
            Some(Step::BlockDevice),
            [Done, Done, Failed, Ahead],
        );
    }
}
