//! The way of a server from the request to running, step by step. Pure.
//!
//! Nova tells where it is by `task_state` alone, and only at the moments when somebody looks; so a step counts as done as
//! soon as a later one is seen.

use openstack::Timestamp;
use openstack::compute::{Server, ServerStatus};

use crate::text::tr;

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

impl Step {
    /// Nova's own name of it (nova/compute/task_states.py).
    pub const fn task(self) -> &'static str {
        match self {
            Self::Scheduling => "scheduling",
            Self::Networking => "networking",
            Self::BlockDevice => "block_device_mapping",
            Self::Spawning => "spawning",
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
    /// It went wrong here or in a step beside it: nobody has seen which, and the cloud does not say.
    Unknown,
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

/// What was seen of a build: each step with the moment of its first sight, by the cloud's clock (Nova writes the record at
/// each change of `task_state`, and dates it).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen(Vec<(Step, Timestamp)>);

impl Seen {
    /// The furthest step.
    pub fn furthest(&self) -> Option<Step> {
        self.0.iter().map(|(step, _)| *step).max()
    }

    /// With what the record says now.
    #[must_use]
    pub fn with(&self, server: &Server) -> Self {
        let mut seen = self.clone();
        let now = step(server, seen.furthest());
        if let (Some(now), Some(then)) = (now, server.updated.or(server.created))
            && seen.furthest() != Some(now)
        {
            seen.0.push((now, then));
        }
        seen
    }

    fn at(&self, step: Step) -> Option<Timestamp> {
        self.0.iter().find(|(seen, _)| *seen == step).map(|(_, then)| *then)
    }
}

/// One step of a build, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub step: Step,
    /// How far it is.
    pub progress: Progress,
    /// When it began.
    pub began: Option<Timestamp>,
    /// When it ended, well or not.
    pub ended: Option<Timestamp>,
}

impl Line {
    /// How long it took, in seconds; `None` while one of the ends is not known.
    pub fn seconds(&self) -> Option<u64> {
        let (began, ended) = self.began.zip(self.ended)?;
        u64::try_from(ended.as_second() - began.as_second()).ok()
    }
}

/// All steps. `on_host` is when the host took over, as the action's event says: the end of scheduling, exactly.
pub fn timeline(server: &Server, seen: &Seen, on_host: Option<Timestamp>) -> [Line; 4] {
    let progress = progress(server, seen.furthest(), on_host.is_some());
    let began = |step: Step| match step {
        Step::Scheduling => server.created,
        Step::Networking => on_host.or_else(|| seen.at(step)),
        _ => seen.at(step),
    };
    let over = server.launched_at.or_else(|| server.fault.as_ref().and_then(|fault| fault.created));
    let next = |step: Step| Step::EACH.into_iter().find(|each| *each > step);
    progress.map(|(step, progress)| {
        let ended = match progress {
            Progress::Ahead | Progress::Now | Progress::Unknown => None,
            Progress::Failed => over,
            Progress::Done => next(step).map_or(over, began),
        };
        let unseen = matches!(progress, Progress::Ahead | Progress::Unknown);
        let began = if unseen { None } else { began(step) };
        Line { step, progress, began, ended }
    })
}

/// How far each step is. How far a failed build came is known by what was seen; to whoever comes later, only whether a host
/// had it.
fn progress(server: &Server, furthest: Option<Step>, had_host: bool) -> [(Step, Progress); 4] {
    let at = step(server, furthest);
    let had_host = had_host || !server.availability_zone.is_empty();
    let failed = match furthest.max(step_of_fault(server)) {
        Some(Step::Scheduling) | None if had_host => None,
        Some(furthest) => Some(furthest),
        None => Some(Step::Scheduling),
    };
    Step::EACH.map(|each| {
        let progress = match (&server.status, at, failed) {
            (ServerStatus::Error, _, None) if each == Step::Scheduling => Progress::Done,
            (ServerStatus::Error, _, None) => Progress::Unknown,
            (ServerStatus::Error, _, Some(failed)) if each < failed => Progress::Done,
            (ServerStatus::Error, _, Some(failed)) if each == failed => Progress::Failed,
            (ServerStatus::Error, ..) => Progress::Ahead,
            (_, Some(now), _) if each == now => Progress::Now,
            (_, Some(now), _) if each > now => Progress::Ahead,
            _ => Progress::Done,
        };
        (each, progress)
    })
}

/// The step that a fault's words name; seen or not, it came that far (`_prep_block_device` and `_allocate_network` of
/// nova/compute/manager.py, with Cinder's words for a quota).
fn step_of_fault(server: &Server) -> Option<Step> {
    let said = server.fault.as_ref()?.message.to_lowercase();
    let says = |words: &str| said.contains(words);
    if says("block device") || says("volume") {
        Some(Step::BlockDevice)
    } else if says("allocate the network") {
        Some(Step::Networking)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Progress::{Ahead, Done, Failed, Now, Unknown};
    use super::*;

    fn server(status: &str, task: Option<&str>, zone: &str) -> Server {
        serde_json::from_value(json!({
            "id": "s", "status": status, "OS-EXT-STS:task_state": task, "OS-EXT-AZ:availability_zone": zone,
        }))
        .expect("a server")
    }

    fn check(server: &Server, furthest: Option<Step>, expected: [Progress; 4]) {
        assert_eq!(
            progress(server, furthest, false).map(|(_, progress)| progress),
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
        check(&server("ERROR", None, "dev-1a"), None, [Done, Unknown, Unknown, Unknown]);
        check(
            &server("ERROR", None, "dev-1a"),
            Some(Step::BlockDevice),
            [Done, Done, Failed, Ahead],
        );
    }

    #[test]
    fn a_fault_that_names_its_step_stands_there() {
        let failed = |message: &str| Server {
            fault: serde_json::from_value(json!({"code": 500, "message": message}))
                .expect("a fault"),
            ..server("ERROR", None, "dev-1a")
        };
        let volume = failed("Build of instance s aborted: Volume v did not finish being created");
        check(&volume, Some(Step::Networking), [Done, Done, Failed, Ahead]);
        check(&volume, None, [Done, Done, Failed, Ahead]);
        let network = failed(
            "Build of instance s aborted: Failed to allocate the network(s), not rescheduling.",
        );
        check(&network, None, [Done, Failed, Ahead, Ahead]);
        let other = failed("Exceeded maximum number of retries.");
        check(&other, None, [Done, Unknown, Unknown, Unknown]);
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn record(status: &str, task: Option<&str>, updated: &str) -> Server {
        serde_json::from_value(json!({
            "id": "s", "status": status, "OS-EXT-STS:task_state": task, "OS-EXT-AZ:availability_zone": "dev-1a",
            "created": "2026-11-22T10:00:00Z", "updated": updated,
            "OS-SRV-USG:launched_at": (status == "ACTIVE").then_some("2026-11-22T10:00:30.000000"),
        }))
        .expect("a server")
    }

    #[test]
    fn steps_have_their_times() {
        let mut seen = Seen::default();
        for (task, then) in [
            ("scheduling", "2026-11-22T10:00:00Z"),
            ("networking", "2026-11-22T10:00:03Z"),
            ("networking", "2026-11-22T10:00:04Z"),
            ("block_device_mapping", "2026-11-22T10:00:06Z"),
            ("spawning", "2026-11-22T10:00:20Z"),
        ] {
            seen = seen.with(&record("BUILD", Some(task), then));
        }
        let lines = timeline(&record("ACTIVE", None, "2026-11-22T10:00:30Z"), &seen, None);
        assert_eq!(lines.map(|line| line.seconds()), [Some(3), Some(3), Some(14), Some(10)]);
        // The host says when it took over.
        let on_host = Some(at("2026-11-22T10:00:02Z"));
        let lines = timeline(&record("ACTIVE", None, "2026-11-22T10:00:30Z"), &seen, on_host);
        assert_eq!(lines[0].seconds(), Some(2));
        // Whoever comes late knows the ends only.
        let late =
            timeline(&record("ACTIVE", None, "2026-11-22T10:00:30Z"), &Seen::default(), on_host);
        assert_eq!(late.map(|line| line.seconds()), [Some(2), None, None, None]);
    }
}
