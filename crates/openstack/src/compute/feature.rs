//! What a compute API can do, by the microversion that it came with
//! (<https://docs.openstack.org/nova/latest/reference/api-microversion-history.html>).
//!
//! A form asks before it offers; [`super::CreateServer::body`] asks again before it sends.

use crate::client::Client;
use crate::error::ApiError;
use crate::microversion::Microversion;
use crate::transport::Transport;

/// Something that older compute APIs have not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Feature {
    /// Server groups that keep servers together or apart as far as there is room (`soft-affinity`).
    SoftServerGroups,
    /// A server's description.
    Description,
    /// A server without any network, or with one that the cloud chooses.
    NetworkWords,
    /// Tags given while a server is made.
    Tags,
    /// How many servers of a group one host may hold.
    ServerGroupRules,
    /// The type of a boot volume that is made with its server.
    VolumeType,
    /// What went wrong in a step of an action, also for those who are no operators.
    ActionDetails,
    /// Whether an attached volume goes with its server can be changed.
    VolumeFate,
    /// Rescue of a server on a volume.
    RescueOnVolume,
    /// A host name that differs from the server's name.
    Hostname,
    /// A host name with dots.
    FullHostname,
}

impl Feature {
    /// The microversion that it came with.
    pub const fn since(self) -> Microversion {
        let minor = match self {
            Self::SoftServerGroups => 15,
            Self::Description => 19,
            Self::NetworkWords => 37,
            Self::Tags => 52,
            Self::ServerGroupRules => 64,
            Self::VolumeType => 67,
            Self::ActionDetails => 84,
            Self::VolumeFate => 85,
            Self::RescueOnVolume => 87,
            Self::Hostname => 90,
            Self::FullHostname => 94,
        };
        Microversion::new(2, minor)
    }

    /// Whether a microversion has it.
    pub fn is_in(self, version: Microversion) -> bool {
        version >= self.since()
    }

    /// Nothing where a microversion has it, otherwise the reason in English, for the error of a call.
    pub(super) fn require(self, version: Microversion) -> Result<(), String> {
        if self.is_in(version) {
            return Ok(());
        }
        let what = match self {
            Self::SoftServerGroups => "a soft server group",
            Self::Description => "a description",
            Self::NetworkWords => "no network",
            Self::Tags => "tags",
            Self::ServerGroupRules => "a limit of a server group",
            Self::VolumeType => "a volume type",
            Self::ActionDetails => "the details of a step",
            Self::VolumeFate => "a change of what becomes of a volume",
            Self::RescueOnVolume => "the rescue of an instance on a volume",
            Self::Hostname | Self::FullHostname => "a host name",
        };
        Err(format!("{what} needs compute API {}, this cloud has {version}", self.since()))
    }
}

/// Whether this cloud's compute API can do it.
///
/// # Errors
/// When the version document cannot be read.
pub async fn has<T: Transport>(client: &Client<T>, feature: Feature) -> Result<bool, ApiError> {
    Ok(feature.is_in(client.compute_version().await?))
}
