//! What the properties of images do, in words: for the details page and for editing. Pure.
//!
//! The meanings are those of Glance's metadata definitions and of Nova's and Cinder's own documentation
//! (<https://docs.openstack.org/glance/latest/admin/useful-image-properties.html>).

use crate::text::tr;

/// The keys that have words here, for lists to choose from.
pub const KNOWN: [&str; 51] = [
    "architecture",
    "auto_disk_config",
    "base_image_ref",
    "bdm_v2",
    "block_device_mapping",
    "cinder_img_volume_type",
    "description",
    "hw_boot_menu",
    "hw_cdrom_bus",
    "hw_cpu_cores",
    "hw_cpu_max_sockets",
    "hw_cpu_policy",
    "hw_cpu_sockets",
    "hw_cpu_threads",
    "hw_disk_bus",
    "hw_disk_type",
    "hw_emulation_architecture",
    "hw_firmware_type",
    "hw_input_bus",
    "hw_machine_type",
    "hw_mem_encryption",
    "hw_mem_page_size",
    "hw_pointer_model",
    "hw_qemu_guest_agent",
    "hw_rescue_bus",
    "hw_rescue_device",
    "hw_rng_model",
    "hw_scsi_model",
    "hw_serial_port_count",
    "hw_time_hpet",
    "hw_tpm_model",
    "hw_tpm_version",
    "hw_video_model",
    "hw_video_ram",
    "hw_vif_model",
    "hw_vif_multiqueue_enabled",
    "hw_watchdog_action",
    "image_type",
    "img_config_drive",
    "instance_uuid",
    "kernel_id",
    "os_admin_user",
    "os_command_line",
    "os_default_user",
    "os_distro",
    "os_require_quiesce",
    "os_secure_boot",
    "os_shutdown_timeout",
    "os_type",
    "os_version",
    "ramdisk_id",
];

/// What a property does; `None` for one that only its owner knows.
pub fn meaning(key: &str) -> Option<&'static str> {
    Some(match key {
        "architecture" | "hw_architecture" => {
            tr("Which processors it runs on; instances go to hosts that have them.")
        }
        "auto_disk_config" => tr("Whether the disk is partitioned anew for the size (Xen only)."),
        "base_image_ref" => tr("The image that the instance of this snapshot was made from."),
        "bdm_v2" => tr("Says how `block_device_mapping` is written."),
        "block_device_mapping" => {
            tr("The volume snapshots that an instance’s disks are made from.")
        }
        "cinder_img_volume_type" => {
            tr("The type of a volume made from it, unless another is asked for.")
        }
        "description" => tr("What it is for, in the owner’s words."),
        "hw_boot_menu" => tr("Whether a boot menu is shown on the console at the start."),
        "hw_cdrom_bus" => tr("How CD drives are attached."),
        "hw_cpu_cores" => tr("Cores in each processor that the instance sees."),
        "hw_cpu_max_sockets" => tr("At most so many processors; some licences count them."),
        "hw_cpu_policy" => {
            tr("Whether its cores have host cores of their own (dedicated) or share them.")
        }
        "hw_cpu_sockets" => tr("Processors that the instance sees."),
        "hw_cpu_threads" => tr("Threads in each core that the instance sees."),
        "hw_disk_bus" => {
            tr("How disks are attached: virtio is the fastest where the system has its driver.")
        }
        "hw_disk_type" => tr("The way a VMware disk is laid out."),
        "hw_emulation_architecture" => tr("Other processors that the host imitates, slowly."),
        "hw_firmware_type" => tr("What starts the system: BIOS or UEFI."),
        "hw_input_bus" => tr("How keyboard and pointer of the console are attached."),
        "hw_machine_type" => tr("The board that is imitated: q35 is the newer one."),
        "hw_mem_encryption" => tr("Whether the instance’s memory is encrypted; few hosts can."),
        "hw_mem_page_size" => tr("The size of memory pages."),
        "hw_pointer_model" => {
            tr("The pointer of the console: usbtablet follows the mouse exactly.")
        }
        "hw_qemu_guest_agent" => {
            tr("A channel to the guest agent: for new passwords and snapshots at rest.")
        }
        "hw_rescue_bus" => tr("How the rescue disk is attached."),
        "hw_rescue_device" => tr("As what an instance gets it in a rescue: disk or cdrom."),
        "hw_rng_model" => tr("Gives the instance random numbers of the host."),
        "hw_scsi_model" => tr("The SCSI controller: virtio-scsi passes on which blocks are free."),
        "hw_serial_port_count" => tr("How many serial ports it has."),
        "hw_time_hpet" => tr("Gives the instance a high-precision timer."),
        "hw_tpm_model" | "hw_tpm_version" => {
            tr("The trusted platform module that it gets; Windows 11 wants 2.0.")
        }
        "hw_video_model" => tr("The graphics card of the console."),
        "hw_video_ram" => tr("Memory of that graphics card, in MiB."),
        "hw_vif_model" => {
            tr("The network card: virtio is the fastest where the system has its driver.")
        }
        "hw_vif_multiqueue_enabled" => tr("Network queues for each core; for fast networks."),
        "hw_watchdog_action" => tr("What is done when the system hangs."),
        "image_type" => tr("Where it comes from: `snapshot` for one made from an instance."),
        "img_config_drive" => {
            tr("Whether instances must get their settings on a drive of their own.")
        }
        "instance_uuid" => tr("The instance it was made from."),
        "kernel_id" => tr("Another image that holds its kernel."),
        "os_admin_user" | "os_default_user" => tr("Who logs in first on a new instance."),
        "os_command_line" => tr("Words for the kernel, in place of the usual ones."),
        "os_distro" => tr("Which system it is, by its short name (libosinfo)."),
        "os_require_quiesce" => tr("Whether file systems must rest while a snapshot is made."),
        "os_secure_boot" => tr("Whether only signed systems start; needs UEFI."),
        "os_shutdown_timeout" => tr("How many seconds it gets to shut down by itself."),
        "os_type" => tr("Its family: linux or windows."),
        "os_version" => tr("Its version, as its makers number it."),
        "ramdisk_id" => tr("Another image that holds its first file system."),
        key if key.starts_with("trait:") => tr("Instances go only to hosts with this trait."),
        key if key.starts_with("owner_specified.") => {
            tr("Written by a client when it uploaded the file.")
        }
        key if key.starts_with("base_image_")
            || key.starts_with("boot_")
            || key.starts_with("owner_")
            || key == "user_id" =>
        {
            tr("Written by the compute service when the snapshot was made.")
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_is_explained() {
        for key in KNOWN {
            assert!(meaning(key).is_some(), "{key}");
        }
        assert!(meaning("trait:HW_CPU_X86_AVX2").is_some());
        assert_eq!(meaning("build"), None);
    }
}
