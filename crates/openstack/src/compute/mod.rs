//! Nova: flavors, key pairs, limits, zones and servers.
//!
//! Each call says which microversion it makes use of (`Call::uses`): the one that brought the newest field it reads or the newest
//! word it says, 2.94 at most. In a cloud that is older it does without them; where it cannot, a [`Feature`] says so before.
//!
//! Reference: <https://docs.openstack.org/api-ref/compute/>.

mod actions;
mod create;
mod feature;
mod flavor;
mod keypair;
mod limits;
mod server;
mod server_group;

pub use actions::{
    ActionRow, ActionStep, Reboot, action_steps, actions, console_output, console_url,
    create_image, reboot, rescue, start, stop, unrescue,
};
pub use create::{
    BootFrom, CreateServer, CreatedServer, Networks, SnapshotDisk, create, user_data,
};
pub use feature::{Feature, has};
pub use flavor::{Flavor, flavors};
pub use keypair::{
    Keypair, NewKeypair, delete_keypair, generate_keypair, import_keypair, keypairs,
};
pub use limits::{ComputeLimits, Zone, limits, zones};
pub use server::{
    Address, Fault, Server, ServerFilter, ServerFlavor, ServerStatus, VolumeAttachment, delete,
    list, set_volume_fate, show, volume_attachments,
};
pub use server_group::{
    CreateServerGroup, GroupPolicy, ServerGroup, create_server_group, server_groups,
};
