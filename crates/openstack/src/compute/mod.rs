//! Nova: flavors, key pairs, limits, zones and servers, at microversion 2.96 or what the cloud has.
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
