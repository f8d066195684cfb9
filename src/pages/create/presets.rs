//! Presets: a few properties set together for what an image is to be. Choosing another puts back what was there before. Pure.

use std::collections::BTreeMap;

use super::entry::Entry;

/// What the image is to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// The cloud chooses the hardware.
    #[default]
    General,
    /// Starts with UEFI.
    Uefi,
    /// Windows with the virtio drivers installed.
    Windows,
    /// A disc to rescue other instances with.
    Rescue,
}

/// A rescue image that is a disc.
const RESCUE_DISC: [(Entry, &str); 3] =
    [(Entry::DiskFormat, "iso"), (Entry::RescueDevice, "cdrom"), (Entry::RescueBus, "scsi")];

/// A rescue image that is a disk.
const RESCUE_DISK: [(Entry, &str); 2] = [(Entry::RescueDevice, "disk"), (Entry::RescueBus, "scsi")];

/// What stood in the form before a preset changed it.
pub type Before = BTreeMap<Entry, String>;

impl Preset {
    /// All, in the order shown.
    pub const ALL: [Self; 4] = [Self::General, Self::Uefi, Self::Windows, Self::Rescue];

    /// Its name where it is kept.
    pub const fn key(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Uefi => "uefi",
            Self::Windows => "windows",
            Self::Rescue => "rescue",
        }
    }

    /// The preset of that name.
    pub fn of(key: &str) -> Self {
        Self::ALL.into_iter().find(|preset| preset.key() == key).unwrap_or_default()
    }

    /// What it sets in a form whose disk format is that one, empty when it is not known yet.
    pub fn sets(self, disk_format: &str) -> &'static [(Entry, &'static str)] {
        match self {
            Self::General => &[],
            // UEFI needs q35 on the first cloud that Slipway is for (its documentation on UEFI).
            Self::Uefi => &[(Entry::Firmware, "uefi"), (Entry::Machine, "q35")],
            // virtio-scsi rather than virtio: discard works, and the drivers' disc has both.
            Self::Windows => &[
                (Entry::Distro, "windows"),
                (Entry::OsType, "windows"),
                (Entry::DiskBus, "scsi"),
                (Entry::ScsiModel, "virtio-scsi"),
                (Entry::VifModel, "virtio"),
            ],
            // For an instance on a volume Nova asks for both properties. A disc is an ISO; what is another kind of disk does not
            // start from a cdrom.
            Self::Rescue => match disk_format {
                "" | "iso" => &RESCUE_DISC,
                _ => &RESCUE_DISK,
            },
        }
    }

    /// Everything that it may have set, whatever the disk format was then.
    fn may_have_set(self) -> Vec<(Entry, &'static str)> {
        match self {
            Self::Rescue => RESCUE_DISC.iter().chain(&RESCUE_DISK).copied().collect(),
            other => other.sets("").to_vec(),
        }
    }

    /// What it sets, as `key=value`.
    pub fn words(self, disk_format: &str) -> Vec<String> {
        self.sets(disk_format)
            .iter()
            .map(|(entry, value)| format!("{}={value}", entry.key()))
            .collect()
    }
}

/// The changes that lead from one preset to another. What the user has changed since is left alone; what the old preset had
/// replaced comes back. `before` becomes what the new one replaces.
pub fn switch(
    value_of: impl Fn(Entry) -> String,
    before: &mut Before,
    from: Preset,
    to: Preset,
) -> Vec<(Entry, String)> {
    let mut now: BTreeMap<Entry, String> = BTreeMap::new();
    for (entry, value) in from.may_have_set() {
        if value_of(entry) == value
            && let Some(replaced) = before.remove(&entry)
        {
            now.insert(entry, replaced);
        }
    }
    before.clear();
    let disk_format = now.get(&Entry::DiskFormat).cloned();
    let disk_format = disk_format.unwrap_or_else(|| value_of(Entry::DiskFormat));
    for (entry, value) in to.sets(&disk_format) {
        let standing = now.get(entry).cloned().unwrap_or_else(|| value_of(*entry));
        before.insert(*entry, standing);
        now.insert(*entry, (*value).to_owned());
    }
    now.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preset_can_be_undone_and_leaves_the_users_own_alone() {
        let mut values: BTreeMap<Entry, String> =
            BTreeMap::from([(Entry::Firmware, "bios".into()), (Entry::VifModel, "e1000".into())]);
        let mut before = Before::new();
        let mut go = |values: &mut BTreeMap<Entry, String>, from, to| {
            let changes = switch(
                |entry| values.get(&entry).cloned().unwrap_or_default(),
                &mut before,
                from,
                to,
            );
            values.extend(changes);
        };
        go(&mut values, Preset::General, Preset::Uefi);
        assert_eq!(values[&Entry::Firmware], "uefi");
        assert_eq!(values[&Entry::Machine], "q35");
        go(&mut values, Preset::Uefi, Preset::Windows);
        assert_eq!(values[&Entry::Firmware], "bios");
        assert_eq!(values[&Entry::Machine], "");
        assert_eq!(values[&Entry::VifModel], "virtio");
        values.insert(Entry::DiskBus, "sata".into());
        go(&mut values, Preset::Windows, Preset::General);
        assert_eq!(values[&Entry::VifModel], "e1000");
        assert_eq!(values[&Entry::DiskBus], "sata", "changed by the user since");
        assert_eq!(values[&Entry::Distro], "");
    }

    #[test]
    fn a_rescue_image_is_a_disc_unless_it_is_another_kind_of_disk() {
        let check = |format: &str, expected: &[(Entry, &str)]| {
            let values = BTreeMap::from([(Entry::DiskFormat, format.to_owned())]);
            let value_of = |entry| values.get(&entry).cloned().unwrap_or_default();
            let mut before = Before::new();
            let changes = switch(value_of, &mut before, Preset::General, Preset::Rescue);
            let expected: Vec<_> =
                expected.iter().map(|(entry, value)| (*entry, (*value).to_owned())).collect();
            assert_eq!(changes, expected, "{format}");
            let after: BTreeMap<Entry, String> =
                values.clone().into_iter().chain(changes).collect();
            let value_of = |entry| after.get(&entry).cloned().unwrap_or_default();
            let back = switch(value_of, &mut before, Preset::Rescue, Preset::General);
            let back: BTreeMap<Entry, String> = after.clone().into_iter().chain(back).collect();
            assert_eq!(back[&Entry::DiskFormat], format, "it comes back");
            assert_eq!(back[&Entry::RescueDevice], "");
        };
        let disc = [
            (Entry::DiskFormat, "iso"),
            (Entry::RescueDevice, "cdrom"),
            (Entry::RescueBus, "scsi"),
        ];
        check("", &disc);
        check("iso", &disc);
        check("qcow2", &[(Entry::RescueDevice, "disk"), (Entry::RescueBus, "scsi")]);
    }
}
