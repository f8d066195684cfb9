//! The entries of the create form that hold a text: one name each, for what is typed, kept, filled from the file and sent. Pure.

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entry {
    /// The address to fetch.
    Url,
    /// The image’s name.
    Name,
    /// `qcow2`, `raw` ...; empty when not chosen.
    DiskFormat,
    /// `private`, `shared` ...
    Visibility,
    /// GiB.
    MinDisk,
    /// MiB.
    MinRam,
    /// Separated by commas.
    Tags,
    /// In words.
    Description,
    /// In libosinfo’s words; empty when not known.
    Distro,
    /// As the maker writes it.
    Version,
    /// `linux`, `windows` or empty.
    OsType,
    /// `x86_64` ...
    Architecture,
    /// Who logs in on a new instance.
    AdminUser,
    /// `bios`, `uefi` or empty.
    Firmware,
    /// `q35`, `pc` or empty.
    Machine,
    /// `virtio`, `scsi` ... or empty.
    DiskBus,
    /// `virtio-scsi` or empty.
    ScsiModel,
    /// `virtio`, `e1000` ... or empty.
    VifModel,
    /// `yes`, `no` or empty.
    GuestAgent,
    /// `cdrom`, `disk` or empty.
    RescueDevice,
    /// `scsi`, `virtio` ... or empty.
    RescueBus,
}

impl Entry {
    /// How many there are.
    pub const COUNT: usize = 21;

    /// All of them, in order.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Url,
        Self::Name,
        Self::DiskFormat,
        Self::Visibility,
        Self::MinDisk,
        Self::MinRam,
        Self::Tags,
        Self::Description,
        Self::Distro,
        Self::Version,
        Self::OsType,
        Self::Architecture,
        Self::AdminUser,
        Self::Firmware,
        Self::Machine,
        Self::DiskBus,
        Self::ScsiModel,
        Self::VifModel,
        Self::GuestAgent,
        Self::RescueDevice,
        Self::RescueBus,
    ];

    /// Its name where it is kept, and in the id of its field: the key of the property, or of the image’s own field.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Name => "name",
            Self::DiskFormat => "disk_format",
            Self::Visibility => "visibility",
            Self::MinDisk => "min_disk",
            Self::MinRam => "min_ram",
            Self::Tags => "tags",
            Self::Description => "description",
            Self::Distro => "os_distro",
            Self::Version => "os_version",
            Self::OsType => "os_type",
            Self::Architecture => "architecture",
            Self::AdminUser => "os_admin_user",
            Self::Firmware => "hw_firmware_type",
            Self::Machine => "hw_machine_type",
            Self::DiskBus => "hw_disk_bus",
            Self::ScsiModel => "hw_scsi_model",
            Self::VifModel => "hw_vif_model",
            Self::GuestAgent => "hw_qemu_guest_agent",
            Self::RescueDevice => "hw_rescue_device",
            Self::RescueBus => "hw_rescue_bus",
        }
    }

    /// The image property that it sets; `None` for the image’s own fields.
    pub const fn property(self) -> Option<&'static str> {
        match self {
            Self::Url
            | Self::Name
            | Self::DiskFormat
            | Self::Visibility
            | Self::MinDisk
            | Self::MinRam
            | Self::Tags => None,
            _ => Some(self.key()),
        }
    }

    /// The id of its field on the page.
    pub fn field_id(self) -> String {
        format!("create-{}", self.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_there_in_order_with_a_key_each() {
        for (at, entry) in Entry::ALL.into_iter().enumerate() {
            assert_eq!(entry as usize, at);
        }
        let keys: std::collections::BTreeSet<_> = Entry::ALL.map(Entry::key).into();
        assert_eq!(keys.len(), Entry::COUNT);
    }
}
