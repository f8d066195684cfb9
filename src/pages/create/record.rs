//! What the create form asks for: Glance's record, and the same as a command line. Pure, as `draft`.

use std::collections::BTreeMap;

use openstack::image::{CreateImage, Visibility};

use super::draft::{Draft, LONGEST_NAME, Source, number};
use crate::text::shell;

/// Glance's `image_property_quota`, by default.
const MOST_PROPERTIES: usize = 128;

impl Draft {
    /// The record that the form asks for. Only meaningful without blocking problems: text that is no number counts as none.
    pub fn record(&self) -> CreateImage {
        CreateImage {
            name: self.name.trim().to_owned(),
            disk_format: self.disk_format.clone(),
            container_format: None,
            visibility: Some(Visibility::from(self.visibility.as_str())),
            protected: self.protected,
            min_disk_gib: number(&self.min_disk).unwrap_or(0),
            min_ram_mib: number(&self.min_ram).unwrap_or(0),
            tags: self.tag_list(),
            properties: self.properties().unwrap_or_else(|_| self.named_properties()),
        }
    }

    /// The same as `openstack` command line.
    pub fn command_line(&self) -> String {
        let record = self.record();
        let mut words = vec!["openstack image create".to_owned()];
        if let (Source::File, Some(file)) = (self.source, &self.file) {
            words.push(format!("--file {}", shell::quote(&file.name)));
        }
        words.push(format!("--disk-format {}", shell::quote(&record.disk_format)));
        words.push("--container-format bare".to_owned());
        words.push(format!("--{}", self.visibility));
        if record.protected {
            words.push("--protected".to_owned());
        }
        if record.min_disk_gib > 0 {
            words.push(format!("--min-disk {}", record.min_disk_gib));
        }
        if record.min_ram_mib > 0 {
            words.push(format!("--min-ram {}", record.min_ram_mib));
        }
        for (key, value) in &record.properties {
            words.push(format!("--property {}", shell::quote(&format!("{key}={value}"))));
        }
        for tag in &record.tags {
            words.push(format!("--tag {}", shell::quote(tag)));
        }
        let name = shell::quote(&record.name);
        words.push(name.clone());
        let create = words.join(" \\\n  ");
        match self.source {
            Source::File => create,
            Source::Url => format!(
                "{create}\nopenstack image import \\\n  --method web-download \\\n  --uri {} \\\n  {name}",
                shell::quote(&self.url)
            ),
        }
    }

    /// The tags, without empty ones and doubles.
    pub(super) fn tag_list(&self) -> Vec<String> {
        let mut tags: Vec<String> = Vec::new();
        for tag in self.tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
            if !tags.iter().any(|known| known == tag) {
                tags.push(tag.to_owned());
            }
        }
        tags
    }

    fn named_properties(&self) -> BTreeMap<String, String> {
        let text = [
            ("os_distro", &self.os_distro),
            ("os_version", &self.os_version),
            ("architecture", &self.architecture),
            ("description", &self.description),
            ("hw_firmware_type", &self.firmware),
            ("hw_disk_bus", &self.disk_bus),
            ("hw_vif_model", &self.vif_model),
            ("os_admin_user", &self.admin_user),
        ];
        let mut properties: BTreeMap<String, String> = text
            .into_iter()
            .filter(|(_, value)| !value.trim().is_empty())
            .map(|(key, value)| (key.to_owned(), value.trim().to_owned()))
            .collect();
        let mut also = |key: &str, value: &str| properties.insert(key.to_owned(), value.to_owned());
        if self.os_distro == "windows" {
            also("os_type", "windows");
        }
        // virtio-scsi is a bus and a controller model; without the model Nova picks an older one.
        if self.disk_bus == "scsi" {
            also("hw_scsi_model", "virtio-scsi");
        }
        // UEFI needs q35 on the first cloud that Slipway is for (its documentation on UEFI).
        if self.firmware == "uefi" {
            also("hw_machine_type", "q35");
        }
        if self.guest_agent {
            also("hw_qemu_guest_agent", "yes");
        }
        if self.rescue {
            also("hw_rescue_device", "cdrom");
            also("hw_rescue_bus", "scsi");
        }
        properties
    }

    /// All properties, or what is wrong with the ones typed by hand.
    pub(super) fn properties(&self) -> Result<BTreeMap<String, String>, String> {
        let mut properties = self.named_properties();
        for line in self.other.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (key, value) = line
                .split_once('=')
                .ok_or_else(|| format!("“{line}” has no “=”. Write key=value, one a line."))?;
            let (key, value) = (key.trim(), value.trim());
            if key.is_empty() {
                return Err(format!("“{line}” has no name before the “=”."));
            }
            if key.chars().count() > LONGEST_NAME {
                return Err(format!("A property’s name has at most {LONGEST_NAME} characters."));
            }
            if key.starts_with("os_glance") {
                return Err(format!(
                    "{key}: names that begin with os_glance belong to the image service."
                ));
            }
            if BASE_FIELDS.contains(&key) {
                return Err(format!("{key} is a field of the image itself, not a property."));
            }
            if properties.insert(key.to_owned(), value.to_owned()).is_some() {
                return Err(format!("{key} is set twice."));
            }
        }
        if properties.len() > MOST_PROPERTIES {
            return Err(format!(
                "At most {MOST_PROPERTIES} properties; these are {}.",
                properties.len()
            ));
        }
        Ok(properties)
    }
}

/// Fields of Glance’s image schema; as a property they would be refused or change the record itself.
const BASE_FIELDS: &[&str] = &[
    "id",
    "name",
    "status",
    "visibility",
    "protected",
    "os_hidden",
    "checksum",
    "os_hash_algo",
    "os_hash_value",
    "owner",
    "size",
    "virtual_size",
    "container_format",
    "disk_format",
    "created_at",
    "updated_at",
    "tags",
    "direct_url",
    "min_ram",
    "min_disk",
    "self",
    "file",
    "stores",
    "schema",
    "locations",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::create::draft::tests::draft;

    #[test]
    fn the_record_holds_what_the_form_says() {
        let mut form = draft();
        form.tags = "a, b,,a".into();
        form.firmware = "uefi".into();
        form.other = "my_key = my value\n".into();
        form.min_disk = "3".into();
        let record = form.record();
        assert_eq!(record.tags, ["a", "b"]);
        assert_eq!(record.min_disk_gib, 3);
        let property = |key: &str| record.properties.get(key).map(String::as_str);
        assert_eq!(property("hw_machine_type"), Some("q35"));
        assert_eq!(property("my_key"), Some("my value"));
        assert_eq!(property("os_distro"), None);
    }

    #[test]
    fn the_command_line_can_be_pasted() {
        let mut form = draft();
        form.name = "it's mine".into();
        form.protected = true;
        assert_eq!(
            form.command_line(),
            "openstack image create \\\n  --file disk.qcow2 \\\n  --disk-format raw \\\n  --container-format bare \\\n  --private \\\n  --protected \\\n  --property architecture=x86_64 \\\n  'it'\\''s mine'"
        );
        form.source = Source::Url;
        form.url = "https://x.example/a?b=c&d".into();
        assert!(
            form.command_line()
                .ends_with("--uri 'https://x.example/a?b=c&d' \\\n  'it'\\''s mine'")
        );
    }
}
