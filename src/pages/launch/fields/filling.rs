//! Filling in the form: what follows from the image, what a link or an earlier visit says, and each section's default when it
//! is known; and the rows that come and go.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::super::draft::{BootDisk, Draft, Part};
use super::super::keep::Beginning;
use super::super::words;
use super::{Fields, Nic, Pair};

impl Fields {
    /// Fills in what follows from the image alone, and what a link or an earlier visit says. Called once, when the image is
    /// known and before anything is drawn.
    pub fn begin_with_image(self, beginning: Beginning) {
        self.offer.with_untracked(|offer| {
            let Some(offer) = offer else { return };
            let name = words::suggested_name(offer.image.name.as_deref().unwrap_or_default());
            let mut start =
                Draft { name, volume_gib: offer.needs.volume_gib.to_string(), ..Draft::default() };
            if offer.image.is_volume_snapshot() {
                start.disk = BootDisk::AsImageSays;
                // As the record says, so that nothing changes for who does not look.
                let disks = offer.snapshots.as_deref().unwrap_or_default();
                start.delete_volume = disks.iter().any(|disk| disk.delete_with_server);
            }
            for part in Part::LINKED {
                self.show(part, &start);
            }
            self.start.set(start);
        });
        self.given.set_value(beginning.given.keys().copied().collect());
        self.restored.set(beginning.restored);
        for (part, values) in &beginning.given {
            self.put(*part, values);
        }
    }

    /// Fills in a part as soon as its section knows what is most likely right, once. What a link says stays; a name in it
    /// becomes the id that `id_of` finds.
    pub fn begin(self, part: Part, default: &[String], id_of: impl Fn(&str) -> Option<String>) {
        if self.begun.try_update_value(|begun| begun.insert(part)) != Some(true) {
            return;
        }
        self.start.update(|start| start.take(part, default));
        if !self.given.with_value(|given| given.contains(&part)) {
            return self.put(part, default);
        }
        let values = untrack(|| self.draft()).values(part);
        let ids: Vec<String> =
            values.iter().map(|value| id_of(value).unwrap_or_else(|| value.clone())).collect();
        if ids != values {
            self.put(part, &ids);
        }
    }

    /// Everything as the form itself fills it in.
    pub fn start_over(self) {
        let start = self.start.get_untracked();
        for part in Part::LINKED {
            self.show(part, &start);
        }
        // What is not known yet gets its default, too.
        self.given.update_value(BTreeSet::clear);
        self.password.set(String::new());
        self.tried.set(false);
        self.refused.set(None);
        self.restored.set(false);
    }

    /// A row for another network, at the end; gives its number.
    pub fn add_nic(self, value: String) -> u32 {
        let id = self.next_id();
        self.nics.update(|nics| nics.push(Nic { id, value: RwSignal::new(value) }));
        id
    }

    /// A row for another name and value; gives its number.
    pub fn add_pair(self, key: String, value: String) -> u32 {
        let id = self.next_id();
        let pair = Pair { id, key: RwSignal::new(key), value: RwSignal::new(value) };
        self.metadata.update(|pairs| pairs.push(pair));
        id
    }

    fn next_id(self) -> u32 {
        let mut id = 0;
        self.next_row.update_value(|next| {
            id = *next;
            *next += 1;
        });
        id
    }

    fn put(self, part: Part, values: &[String]) {
        let mut draft = untrack(|| self.draft());
        draft.take(part, values);
        self.show(part, &draft);
    }

    /// Shows one part of a draft in its field.
    fn show(self, part: Part, draft: &Draft) {
        match part {
            Part::Image => {}
            Part::Name => self.name.set(draft.name.clone()),
            Part::Count => self.count.set(draft.count.clone()),
            Part::Zone => self.zone.set(draft.zone.clone()),
            Part::Size => self.flavor.set(draft.flavor.clone()),
            Part::Disk => self.disk.set(draft.disk),
            Part::VolumeSize => self.volume_gib.set(draft.volume_gib.clone()),
            Part::VolumeType => self.volume_type.set(draft.volume_type.clone()),
            Part::DeleteVolume => self.delete_volume.set(draft.delete_volume),
            Part::Network => {
                self.nics.update(Vec::clear);
                for value in &draft.networks {
                    self.add_nic(value.clone());
                }
            }
            Part::Key => self.key.set(draft.key.clone()),
            Part::Password => self.password.set(draft.password.reveal().to_owned()),
            Part::Groups => self.groups.set(draft.groups.clone()),
            Part::UserData => self.user_data.set(draft.user_data.clone()),
            Part::ServerGroup => self.server_group.set(draft.server_group.clone()),
            Part::HostName => self.host_name.set(draft.host_name.clone()),
            Part::Description => self.description.set(draft.description.clone()),
            Part::Tags => self.tags.set(draft.tags.clone()),
            Part::Metadata => {
                self.metadata.update(Vec::clear);
                for (key, value) in &draft.metadata {
                    self.add_pair(key.clone(), value.clone());
                }
            }
            Part::ConfigDrive => self.config_drive.set(draft.config_drive),
        }
    }
}
