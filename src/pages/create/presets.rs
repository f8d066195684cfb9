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

    /// What it sets.
    pub const fn sets(self) -> &'static [(Entry, &'static str)] {
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
            // Nova's stable device rescue asks for both properties.
            Self::Rescue => &[(Entry::RescueDevice, "cdrom"), (Entry::RescueBus, "scsi")],
        }
    }

    /// What it sets, as `key=value`.
    pub fn words(self) -> Vec<String> {
        self.sets().iter().map(|(entry, value)| format!("{}={value}", entry.key())).collect()
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
    for (entry, value) in from.sets() {
        if value_of(*entry) == *value {
            now.insert(*entry, before.remove(entry).unwrap_or_default());
        }
    }
    before.clear();
    for (entry, value) in to.sets() {
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
}
