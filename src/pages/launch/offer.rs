//! What the form is held against: the image, and what the cloud has for it. Pure.

use openstack::compute::{ComputeLimits, Flavor, Keypair, ServerGroup};
use openstack::image::{Image, MappedDisk};
use openstack::network::{Network, Room, SecurityGroup};
use openstack::volume::VolumeLimits;

use super::draft::Draft;
use super::fit::Needs;
use super::snapshots;
use crate::components::server::is_windows;

/// What the form is filled in against. An empty list or `None` means that it is not known (yet).
#[derive(Clone, Debug)]
pub struct Offer {
    /// What is launched.
    pub image: Image,
    /// What the image needs here.
    pub needs: Needs,
    /// The volume snapshots that it points to, where it is made of them alone.
    pub snapshots: Option<Vec<MappedDisk>>,
    /// The sizes.
    pub flavors: Vec<Flavor>,
    /// The architectures of this cloud.
    pub architectures: Vec<String>,
    /// The compute quota.
    pub limits: Option<ComputeLimits>,
    /// The volume quota.
    pub volume_limits: Option<VolumeLimits>,
    /// The quota of network ports.
    pub ports: Option<Room>,
    /// The networks.
    pub networks: Vec<Network>,
    /// The security groups.
    pub groups: Vec<SecurityGroup>,
    /// The user's key pairs.
    pub keys: Option<Vec<Keypair>>,
    /// The server groups.
    pub server_groups: Option<Vec<ServerGroup>>,
    /// The zones for instances.
    pub zones: Vec<String>,
    /// The zones for volumes.
    pub volume_zones: Vec<String>,
    /// The kinds of volume.
    pub volume_types: Vec<String>,
    /// Whether the cloud takes host names with dots.
    pub dots_in_host_names: bool,
}

impl Offer {
    /// An image, the smallest boot volume of the configuration in GiB, and nothing known besides.
    pub fn of(image: Image, smallest_sold_gib: u64) -> Self {
        Self {
            needs: Needs::of(&image, smallest_sold_gib),
            snapshots: snapshots::disks(&image),
            image,
            flavors: Vec::new(),
            architectures: Vec::new(),
            limits: None,
            volume_limits: None,
            ports: None,
            networks: Vec::new(),
            groups: Vec::new(),
            keys: None,
            server_groups: None,
            zones: Vec::new(),
            volume_zones: Vec::new(),
            volume_types: Vec::new(),
            dots_in_host_names: false,
        }
    }

    /// The chosen size.
    pub fn flavor(&self, draft: &Draft) -> Option<&Flavor> {
        self.flavors.iter().find(|flavor| flavor.id.as_str() == draft.flavor)
    }

    /// Whether the image says that it is Windows.
    pub fn is_windows(&self) -> bool {
        is_windows(&self.image.properties)
    }

    /// Whether a password makes sense: where no key lets anybody in.
    pub fn wants_password(&self, draft: &Draft) -> bool {
        self.is_windows() || draft.key.is_empty()
    }

    /// How many volumes, and how many GiB of them, are made from the snapshots that the image points to.
    pub fn snapshot_demand(&self) -> (u64, u64) {
        let disks = self.snapshots.as_deref().unwrap_or_default();
        (disks.len() as u64, disks.iter().filter_map(|disk| disk.size_gib).sum())
    }
}
