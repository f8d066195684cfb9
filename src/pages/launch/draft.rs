//! What is filled in on the launch page, as text: what was typed and chosen, before anybody has looked whether it is right.
//!
//! Pure. The link and what survives a reload are made of the same values (`link.rs`, `keep.rs`); `form.rs` judges them.

use std::collections::BTreeMap;

use openstack::identity::Secret;

use super::attach::NetworkChoice;

/// Where the instance's first disk is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BootDisk {
    /// On a new volume made from the image.
    #[default]
    NewVolume,
    /// On the size's local disk.
    Local,
    /// On volumes made from the snapshots that the image points to.
    AsImageSays,
}

impl BootDisk {
    const fn word(self) -> &'static str {
        match self {
            Self::NewVolume => "volume",
            Self::Local => "local",
            Self::AsImageSays => "snapshots",
        }
    }
}

/// The parts of the form, in the order in which they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The image that is launched.
    Image,
    /// The name.
    Name,
    /// How many.
    Count,
    /// The availability zone.
    Zone,
    /// The size.
    Size,
    /// New volume or local disk.
    Disk,
    /// The boot volume's size.
    VolumeSize,
    /// The boot volume's type.
    VolumeType,
    /// Whether the volume goes with the instance.
    DeleteVolume,
    /// The networks.
    Network,
    /// The key pair.
    Key,
    /// The password.
    Password,
    /// The security groups.
    Groups,
    /// What cloud-init is given.
    UserData,
    /// The server group.
    ServerGroup,
    /// The host name.
    HostName,
    /// The description.
    Description,
    /// The tags.
    Tags,
    /// The key-value pairs.
    Metadata,
    /// The drive with the instance's data.
    ConfigDrive,
}

impl Part {
    /// What a link carries: everything that is filled in but the image, which the link is about, and the password.
    pub const LINKED: [Self; 18] = [
        Self::Name,
        Self::Count,
        Self::Zone,
        Self::Size,
        Self::Disk,
        Self::VolumeSize,
        Self::VolumeType,
        Self::DeleteVolume,
        Self::Network,
        Self::Key,
        Self::Groups,
        Self::ServerGroup,
        Self::HostName,
        Self::Description,
        Self::Tags,
        Self::Metadata,
        Self::ConfigDrive,
        Self::UserData,
    ];

    /// Its name in a link.
    pub const fn parameter(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Name => "name",
            Self::Count => "count",
            Self::Zone => "zone",
            Self::Size => "flavor",
            Self::Disk => "disk",
            Self::VolumeSize => "volume_size",
            Self::VolumeType => "volume_type",
            Self::DeleteVolume => "delete_volume",
            Self::Network => "network",
            Self::Key => "key",
            Self::Password => "password",
            Self::Groups => "security_group",
            Self::UserData => "user_data",
            Self::ServerGroup => "server_group",
            Self::HostName => "hostname",
            Self::Description => "description",
            Self::Tags => "tags",
            Self::Metadata => "metadata",
            Self::ConfigDrive => "config_drive",
        }
    }

    /// The id of the element that takes the focus when something about this part is wrong.
    pub const fn anchor(self) -> &'static str {
        match self {
            Self::Image => "launch-image",
            Self::Name => "launch-name",
            Self::Count => "launch-count",
            Self::Zone => "launch-zone",
            Self::Size => "launch-size",
            Self::Disk => "launch-disk",
            Self::VolumeSize => "launch-volume-size",
            Self::VolumeType => "launch-volume-type",
            Self::DeleteVolume => "launch-delete-volume",
            Self::Network => "launch-network",
            Self::Key => "launch-key",
            Self::Password => "launch-password",
            Self::Groups => "launch-groups",
            Self::UserData => "launch-user-data",
            Self::ServerGroup => "launch-server-group",
            Self::HostName => "launch-host-name",
            Self::Description => "launch-description",
            Self::Tags => "launch-tags",
            Self::Metadata => "launch-metadata",
            Self::ConfigDrive => "launch-config-drive",
        }
    }
}

/// Values of some parts: what a link says, or what the user has changed. A part that is there with no value was emptied on
/// purpose; one that is not there is left to the form.
pub type Given = BTreeMap<Part, Vec<String>>;

/// What is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// As typed.
    pub name: String,
    /// As typed.
    pub count: String,
    /// A zone's name; any when empty.
    pub zone: String,
    /// The id of the chosen size; empty for none.
    pub flavor: String,
    /// The first disk.
    pub disk: BootDisk,
    /// The new volume's size in GiB, as typed.
    pub volume_gib: String,
    /// A type's name; the cloud's default when empty.
    pub volume_type: String,
    /// Whether the volumes go with the instance.
    pub delete_volume: bool,
    /// Ids in the order of the network cards, or one of the words of [`NetworkChoice`]; an empty one is not chosen yet.
    pub networks: Vec<String>,
    /// The ids of the chosen security groups.
    pub groups: Vec<String>,
    /// A key pair's name; empty for none.
    pub key: String,
    /// Never in a link and never kept.
    pub password: Secret,
    /// For cloud-init, as typed.
    pub user_data: String,
    /// A server group's id; empty for none.
    pub server_group: String,
    /// As typed; empty for the one that follows from the name.
    pub host_name: String,
    /// As typed.
    pub description: String,
    /// As typed, with commas between them.
    pub tags: String,
    /// Names and values, as typed.
    pub metadata: Vec<(String, String)>,
    /// Whether the instance gets its data on a drive as well.
    pub config_drive: bool,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            name: String::new(),
            count: "1".to_owned(),
            zone: String::new(),
            flavor: String::new(),
            disk: BootDisk::default(),
            volume_gib: String::new(),
            volume_type: String::new(),
            delete_volume: false,
            networks: Vec::new(),
            groups: Vec::new(),
            key: String::new(),
            password: Secret::new(""),
            user_data: String::new(),
            server_group: String::new(),
            host_name: String::new(),
            description: String::new(),
            tags: String::new(),
            metadata: Vec::new(),
            config_drive: false,
        }
    }
}

const YES: &str = "yes";
const NO: &str = "no";

impl Draft {
    /// The values of a part as a link has them; no empty ones. Nothing for the image and the password.
    pub fn values(&self, part: Part) -> Vec<String> {
        let flag = |on: bool| vec![if on { YES } else { NO }.to_owned()];
        let all = |texts: &[String]| {
            texts.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>()
        };
        let one = |text: &String| all(std::slice::from_ref(text));
        match part {
            Part::Image | Part::Password => Vec::new(),
            Part::Name => one(&self.name),
            Part::Count => one(&self.count),
            Part::Zone => one(&self.zone),
            Part::Size => one(&self.flavor),
            Part::Disk => vec![self.disk.word().to_owned()],
            Part::VolumeSize => one(&self.volume_gib),
            Part::VolumeType => one(&self.volume_type),
            Part::DeleteVolume => flag(self.delete_volume),
            Part::Network => all(&self.networks),
            Part::Key => one(&self.key),
            Part::Groups => all(&self.groups),
            Part::UserData => one(&self.user_data),
            Part::ServerGroup => one(&self.server_group),
            Part::HostName => one(&self.host_name),
            Part::Description => one(&self.description),
            Part::Tags => one(&self.tags),
            Part::Metadata => self
                .metadata
                .iter()
                .filter(|(key, value)| !key.is_empty() || !value.is_empty())
                .map(|(key, value)| format!("{key}={value}"))
                .collect(),
            Part::ConfigDrive => flag(self.config_drive),
        }
    }

    /// Puts values in, as [`Draft::values`] gave them. What makes no sense is left as it was.
    pub fn take(&mut self, part: Part, values: &[String]) {
        let one = || values.first().cloned().unwrap_or_default();
        let flag = |now: bool| match values.first().map(String::as_str) {
            Some(YES) => true,
            Some(NO) => false,
            _ => now,
        };
        match part {
            Part::Image | Part::Password => {}
            Part::Name => self.name = one(),
            Part::Count => self.count = one(),
            Part::Zone => self.zone = one(),
            Part::Size => self.flavor = one(),
            Part::Disk => {
                let known = [BootDisk::NewVolume, BootDisk::Local, BootDisk::AsImageSays];
                if let Some(disk) = known.into_iter().find(|disk| disk.word() == one()) {
                    self.disk = disk;
                }
            }
            Part::VolumeSize => self.volume_gib = one(),
            Part::VolumeType => self.volume_type = one(),
            Part::DeleteVolume => self.delete_volume = flag(self.delete_volume),
            Part::Network => self.networks = values.to_vec(),
            Part::Key => self.key = one(),
            Part::Groups => self.groups = values.to_vec(),
            Part::UserData => self.user_data = one(),
            Part::ServerGroup => self.server_group = one(),
            Part::HostName => self.host_name = one(),
            Part::Description => self.description = one(),
            Part::Tags => self.tags = one(),
            Part::Metadata => {
                let pair = |text: &String| match text.split_once('=') {
                    Some((key, value)) => (key.to_owned(), value.to_owned()),
                    None => (text.clone(), String::new()),
                };
                self.metadata = values.iter().map(pair).collect();
            }
            Part::ConfigDrive => self.config_drive = flag(self.config_drive),
        }
    }

    /// The parts that differ from another draft, with their values here.
    pub fn changed_from(&self, before: &Self) -> Given {
        Part::LINKED
            .into_iter()
            .map(|part| (part, self.values(part)))
            .filter(|(part, values)| *values != before.values(*part))
            .collect()
    }

    /// The networks, once one is chosen.
    pub fn network(&self) -> Option<NetworkChoice> {
        NetworkChoice::parse(&self.networks)
    }

    /// The tags, each once.
    pub fn tag_list(&self) -> Vec<String> {
        let mut tags: Vec<String> = Vec::new();
        for tag in self.tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
            if !tags.iter().any(|other| other == tag) {
                tags.push(tag.to_owned());
            }
        }
        tags
    }
}
