//! Server names that provoke failures, so that anyone can see how they look; `docs/devcloud.md` lists them for people.

/// How a build fails, or a rescue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// No host has room: found out while scheduling.
    NoValidHost,
    /// The network could not be set up.
    Network,
    /// A volume could not be made.
    Volume,
    /// The hypervisor could not start it.
    Spawn,
    /// A rescue image could not be started.
    Rescue,
}

const NAMES: [(&str, Failure); 5] = [
    ("fail-no-valid-host", Failure::NoValidHost),
    ("fail-network", Failure::Network),
    ("fail-volume", Failure::Volume),
    ("fail-spawn", Failure::Spawn),
    ("fail-rescue", Failure::Rescue),
];

/// The failure that a name asks for: the name itself or anything that begins with it.
pub fn asked_for(name: &str) -> Option<Failure> {
    NAMES.iter().find(|(word, _)| name.starts_with(word)).map(|(_, failure)| *failure)
}

impl Failure {
    /// The message of the fault, in Nova's words.
    pub fn message(self, server_id: &str, volume_id: &str) -> String {
        match self {
            Failure::NoValidHost => {
                "No valid host was found. There are not enough hosts available.".to_owned()
            }
            Failure::Network => format!(
                "Build of instance {server_id} aborted: Failed to allocate the network(s), not rescheduling."
            ),
            Failure::Volume => format!(
                "Build of instance {server_id} aborted: Volume {volume_id} did not finish being created even after we \
                 waited 3 seconds or 2 attempts. And its status is error."
            ),
            Failure::Spawn => format!(
                "Exceeded maximum number of retries. Exhausted all hosts available for retrying build failures for \
                 instance {server_id}."
            ),
            Failure::Rescue => format!(
                "Instance {server_id} cannot be rescued: Driver Error: Image could not be started."
            ),
        }
    }
}
