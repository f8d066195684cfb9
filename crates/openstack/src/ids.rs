//! Newtypes for identifiers, so that an image's id cannot be given where a server's belongs.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// From the text that the cloud or the address bar gave.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    )+};
}

ids! {
    /// A Glance image.
    ImageId,
    /// A Nova server.
    ServerId,
    /// A Nova flavor.
    FlavorId,
    /// A Keystone project.
    ProjectId,
    /// A Keystone user.
    UserId,
    /// A Nova server group.
    ServerGroupId,
    /// A Neutron network.
    NetworkId,
    /// A Neutron subnet.
    SubnetId,
    /// A Neutron port.
    PortId,
    /// A Neutron router.
    RouterId,
    /// A floating address of Neutron.
    FloatingIpId,
    /// A Neutron security group.
    SecurityGroupId,
    /// A Cinder volume.
    VolumeId,
    /// A Cinder volume type.
    VolumeTypeId,
    /// A snapshot of a Cinder volume.
    VolumeSnapshotId,
}
