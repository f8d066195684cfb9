//! The properties that have a field of their own in the form. Pure.

use crate::text::tr;

/// A property with a field.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// As the API names it.
    pub key: &'static str,
    /// What can be chosen; free text when empty.
    pub values: &'static [&'static str],
}

/// What is known of the system in it.
pub const SYSTEM: [Known; 6] = [
    Known { key: "os_distro", values: &[] },
    Known { key: "os_version", values: &[] },
    Known { key: "architecture", values: &[] },
    Known { key: "os_admin_user", values: &[] },
    Known { key: "hw_qemu_guest_agent", values: &["yes", "no"] },
    Known { key: "description", values: &[] },
];

/// What its instances get.
pub const HARDWARE: [Known; 8] = [
    Known { key: "hw_firmware_type", values: &["bios", "uefi"] },
    Known { key: "hw_machine_type", values: &["q35", "pc"] },
    Known { key: "os_secure_boot", values: &["disabled", "optional", "required"] },
    Known { key: "hw_disk_bus", values: &["virtio", "scsi", "sata", "ide", "usb"] },
    Known { key: "hw_scsi_model", values: &["virtio-scsi", "lsilogic"] },
    Known { key: "hw_vif_model", values: &["virtio", "e1000", "e1000e", "rtl8139", "vmxnet3"] },
    Known { key: "hw_rescue_device", values: &["disk", "cdrom", "floppy"] },
    Known { key: "hw_rescue_bus", values: &["virtio", "scsi", "sata", "ide", "usb"] },
];

/// All of them.
pub fn all_known() -> impl Iterator<Item = Known> {
    SYSTEM.into_iter().chain(HARDWARE)
}

/// The label of its field.
pub fn label(key: &str) -> &'static str {
    match key {
        "os_distro" => tr("Operating system"),
        "os_version" => tr("Version"),
        "architecture" => tr("Architecture"),
        "os_admin_user" => tr("First user"),
        "hw_qemu_guest_agent" => tr("Guest agent"),
        "description" => tr("About"),
        "hw_firmware_type" => tr("Firmware"),
        "hw_machine_type" => tr("Machine type"),
        "os_secure_boot" => tr("Secure boot"),
        "hw_disk_bus" => tr("Disk bus"),
        "hw_scsi_model" => tr("SCSI controller"),
        "hw_vif_model" => tr("Network card"),
        "hw_rescue_device" => tr("Rescue as"),
        "hw_rescue_bus" => tr("Rescue bus"),
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::image::property_meaning;

    #[test]
    fn each_field_has_a_label_and_a_meaning() {
        for Known { key, .. } in all_known() {
            assert!(!label(key).is_empty() && property_meaning(key).is_some(), "{key}");
        }
    }
}
