//! Image properties that are worth explaining, besides those with a field of their own. Pure.
//!
//! Short: the table of Glance's "useful image properties" as far as libvirt clouds heed them. A cloud that serves
//! metadata definitions adds its own.

use openstack::image::PropertyDefinition;

use crate::text::tr;

/// A property that can be explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub key: String,
    /// What it does, in a sentence.
    pub text: String,
    /// The values it can have; empty when any.
    pub values: Vec<String>,
}

const BOOL: &[&str] = &["true", "false"];
const YES: &[&str] = &["yes", "no"];
const NUMBER: &[&str] = &[];

/// Ours, by name.
pub fn ours() -> Vec<Known> {
    let known = |key: &str, values: &[&str], text: &str| Known {
        key: key.to_owned(),
        text: text.to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    };
    vec![
        known(
            "cinder_img_volume_type",
            NUMBER,
            tr("The type of volumes that are made from it, unless another is asked for."),
        ),
        known("hw_boot_menu", BOOL, tr("Shows the firmware’s boot menu for a moment.")),
        known(
            "hw_cdrom_bus",
            &["ide", "sata", "scsi", "usb", "virtio"],
            tr("How a CD drive is connected."),
        ),
        known("hw_cpu_cores", NUMBER, tr("How many cores a socket has, for licences by socket.")),
        known(
            "hw_cpu_policy",
            &["shared", "dedicated", "mixed"],
            tr("Whether virtual CPUs have host CPUs of their own."),
        ),
        known("hw_cpu_sockets", NUMBER, tr("How many sockets the guest sees.")),
        known(
            "hw_cpu_thread_policy",
            &["prefer", "isolate", "require"],
            tr("How dedicated CPUs share a core’s threads."),
        ),
        known("hw_cpu_threads", NUMBER, tr("How many threads a core has.")),
        known("hw_input_bus", &["usb", "virtio"], tr("How keyboard and tablet are connected.")),
        known("hw_mem_encryption", BOOL, tr("Asks for a host that encrypts the guest’s memory.")),
        known(
            "hw_mem_page_size",
            &["small", "large", "any", "2MB", "1GB"],
            tr("The size of memory pages on the host."),
        ),
        known("hw_numa_nodes", NUMBER, tr("How many NUMA nodes the guest sees.")),
        known("hw_pmu", BOOL, tr("Whether the guest has performance counters.")),
        known(
            "hw_pointer_model",
            &["usbtablet"],
            tr("A pointer that does not drift in the console."),
        ),
        known("hw_rng_model", &["virtio"], tr("Gives the guest randomness from the host.")),
        known("hw_serial_port_count", NUMBER, tr("How many serial ports there are.")),
        known("hw_time_hpet", BOOL, tr("A high precision timer, for old systems.")),
        known("hw_tpm_model", &["tpm-tis", "tpm-crb"], tr("The model of a virtual TPM.")),
        known(
            "hw_tpm_version",
            &["1.2", "2.0"],
            tr("The version of a virtual TPM: Windows 11 wants 2.0."),
        ),
        known(
            "hw_video_model",
            &["virtio", "vga", "cirrus", "qxl", "gop", "none", "bochs"],
            tr("The graphics card of the console."),
        ),
        known("hw_video_ram", NUMBER, tr("Memory of the graphics card, in MiB.")),
        known(
            "hw_vif_multiqueue_enabled",
            BOOL,
            tr("One network queue for each CPU: faster with many."),
        ),
        known(
            "hw_watchdog_action",
            &["disabled", "reset", "poweroff", "pause", "none"],
            tr("What happens when the guest hangs."),
        ),
        known(
            "hypervisor_type",
            &["kvm", "qemu", "vmware", "xen"],
            tr("Only hosts of this kind start it."),
        ),
        known(
            "img_config_drive",
            &["mandatory", "optional"],
            tr("Whether instances get their user data on a drive as well."),
        ),
        known(
            "img_hide_hypervisor_id",
            BOOL,
            tr("Hides from the guest that it is virtual; some drivers want that."),
        ),
        known(
            "os_command_line",
            NUMBER,
            tr("Kernel parameters, for images with a kernel beside them."),
        ),
        known(
            "os_require_quiesce",
            YES,
            tr("Snapshots fail rather than be taken without freezing the file systems."),
        ),
        known(
            "os_secure_boot",
            &["required", "disabled", "optional"],
            tr("Whether UEFI starts signed loaders only."),
        ),
        known("os_shutdown_timeout", NUMBER, tr("Seconds that a guest has for shutting down.")),
    ]
}

/// Ours and the cloud's, by name; where both explain a property, the cloud knows better which values it takes.
pub fn all(cloud: &[PropertyDefinition], has_field: impl Fn(&str) -> bool) -> Vec<Known> {
    let mut all = ours();
    for definition in cloud {
        if has_field(&definition.key) {
            continue;
        }
        match all.iter_mut().find(|known| known.key == definition.key) {
            Some(known) if !definition.values.is_empty() => {
                known.values.clone_from(&definition.values)
            }
            Some(_) => {}
            None => all.push(Known {
                key: definition.key.clone(),
                text: definition
                    .description
                    .clone()
                    .or_else(|| definition.title.clone())
                    .unwrap_or_default(),
                values: definition.values.clone(),
            }),
        }
    }
    all.sort_by(|a, b| a.key.cmp(&b.key));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::create::entry::Entry;

    #[test]
    fn ours_are_sorted_and_have_no_field_of_their_own() {
        let ours = ours();
        assert!(ours.is_sorted_by_key(|known| known.key.clone()));
        for entry in Entry::ALL {
            assert!(
                !ours.iter().any(|known| Some(known.key.as_str()) == entry.property()),
                "{entry:?}"
            );
        }
    }

    #[test]
    fn the_clouds_own_are_added() {
        let definition = |key: &str, values: &[&str]| PropertyDefinition {
            key: key.into(),
            title: Some("Title".into()),
            description: None,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        };
        let cloud = [
            definition("hw_video_model", &["virtio"]),
            definition("acme_tier", &["gold"]),
            definition("hw_disk_bus", &["virtio"]),
        ];
        let all = all(&cloud, |key| key == "hw_disk_bus");
        let find = |key: &str| all.iter().find(|known| known.key == key);
        assert_eq!(find("hw_video_model").expect("ours").values, ["virtio"]);
        assert_eq!(find("acme_tier").expect("theirs").text, "Title");
        assert!(find("hw_disk_bus").is_none());
    }
}
