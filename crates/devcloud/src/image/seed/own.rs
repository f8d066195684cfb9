//! Images of the projects `demo` and `other`, one for each state that a list should show, and invented ones for scale.

use std::io;

use super::{DAY, OPERATOR_PROJECT, Planned, disks, record, store, store_linked};
use crate::image::files::Files;
use crate::image::record::ImageRecord;
use crate::seed::well_known::{PROJECT_DEMO, PROJECT_OTHER};

const GIB: u64 = 1 << 30;

fn linux(image: &mut ImageRecord, distro: &str, version: &str) {
    for (name, value) in [
        ("architecture", "x86_64"),
        ("os_type", "linux"),
        ("os_distro", distro),
        ("os_version", version),
        ("hw_disk_bus", "scsi"),
        ("hw_scsi_model", "virtio-scsi"),
        ("hw_qemu_guest_agent", "yes"),
    ] {
        image.properties.set(name, value);
    }
    image.min_disk = 10;
}

pub(super) fn plan(files: &Files, now: i64, planned: &mut Vec<Planned>) -> io::Result<()> {
    let disk = |gib: u64, image: ImageRecord| {
        let bytes = disks::qcow2(gib * GIB, image.name.as_deref().unwrap_or_default());
        store(files, image, &bytes)
    };

    let mut own = record("erp-golden-2026.10", PROJECT_DEMO, now - 29 * DAY);
    own.visibility = "private".to_owned();
    linux(&mut own, "debian", "12");
    own.protected = true;
    own.tags = vec!["golden".to_owned()];
    own.properties.set("description", "Base of all ERP servers, hardened");
    planned.push(disk(20, own)?.into());

    let mut snapshot = record("web-1-before-upgrade", PROJECT_DEMO, now - 3 * DAY);
    snapshot.visibility = "private".to_owned();
    linux(&mut snapshot, "ubuntu", "24.04");
    for (name, value) in [
        ("image_type", "snapshot"),
        ("image_location", "snapshot"),
        ("image_state", "available"),
        ("instance_uuid", "5e1f0c52-6a43-4d0b-9a57-0d6e4f2b7c11"),
        ("owner_id", PROJECT_DEMO),
        ("boot_roles", "member,reader"),
    ] {
        snapshot.properties.set(name, value);
    }
    planned.push(disk(20, snapshot)?.into());

    let mut old = record("erp-golden-2025.11", PROJECT_DEMO, now - 340 * DAY);
    old.visibility = "private".to_owned();
    linux(&mut old, "debian", "11");
    let mut old = disk(20, old)?;
    old.status = "deactivated".to_owned();
    planned.push(old.into());

    let mut leftover = record("upload-that-was-broken-off", PROJECT_DEMO, now - DAY);
    leftover.visibility = "private".to_owned();
    planned.push(leftover.into());

    let mut given = record("build-agent-7", PROJECT_DEMO, now - 51 * DAY);
    linux(&mut given, "fedora", "42");
    planned.push(Planned { image: disk(10, given)?, members: vec![(PROJECT_OTHER, "accepted")] });

    let mut open = record("k3s-node-1.33", PROJECT_DEMO, now - 18 * DAY);
    open.visibility = "community".to_owned();
    linux(&mut open, "alpinelinux", "3.22");
    planned.push(disk(8, open)?.into());

    let mut offered = record("nordic-base-9", PROJECT_OTHER, now - 2 * DAY);
    linux(&mut offered, "rocky", "9.6");
    offered.properties.set("description", "Shared by project other: accept or reject it");
    planned.push(Planned { image: disk(10, offered)?, members: vec![(PROJECT_DEMO, "pending")] });

    let mut accepted = record("nordic-base-8", PROJECT_OTHER, now - 200 * DAY);
    linux(&mut accepted, "rocky", "8.10");
    planned.push(Planned { image: disk(10, accepted)?, members: vec![(PROJECT_DEMO, "accepted")] });

    let mut secret = record("payroll-private", PROJECT_OTHER, now - 90 * DAY);
    secret.visibility = "private".to_owned();
    linux(&mut secret, "debian", "12");
    planned.push(disk(10, secret)?.into());
    Ok(())
}

/// Invented images: two thirds public, the rest private to `demo`. The same count gives the same names, sizes and ages.
pub(super) fn invent(
    files: &Files,
    now: i64,
    count: usize,
    planned: &mut Vec<Planned>,
) -> io::Result<()> {
    const SYSTEMS: [(&str, &str); 8] = [
        ("debian", "12"),
        ("ubuntu", "24.04"),
        ("rocky", "9.6"),
        ("almalinux", "9.6"),
        ("ubuntu", "22.04"),
        ("windows", "2022"),
        ("fedora", "42"),
        ("opensuse", "15.6"),
    ];
    const ROLES: [&str; 6] = ["web", "db", "build", "cache", "queue", "desktop"];
    if count == 0 {
        return Ok(());
    }
    // A few files stand behind them all.
    let mut models = Vec::new();
    for (i, (distro, _)) in SYSTEMS.iter().enumerate() {
        let mut bytes = disks::qcow2((i as u64 + 1) * 5 * GIB, distro);
        bytes.resize(bytes.len() + (i + 1) * 65_536, 0);
        let image = record(&format!("scale-model-{distro}-{i}"), OPERATOR_PROJECT, now - 365 * DAY);
        let mut image = store(files, image, &bytes)?;
        image.visibility = "public".to_owned();
        image.os_hidden = true;
        models.push(image);
    }
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for number in 0..count {
        // SplitMix64: even and reproducible.
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mix = state;
        mix = (mix ^ (mix >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mix = (mix ^ (mix >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let pick = |bits: u32, of: usize| (mix >> bits) as usize % of;
        let which = pick(0, SYSTEMS.len());
        let (Some((distro, version)), Some(model)) = (SYSTEMS.get(which), models.get(which)) else {
            continue;
        };
        let role = ROLES.get(pick(8, ROLES.len())).copied().unwrap_or("web");
        let mine = number % 3 == 2;
        let owner = if mine { PROJECT_DEMO } else { OPERATOR_PROJECT };
        let age = i64::try_from((mix >> 24) % (365 * DAY as u64)).unwrap_or(0);
        let mut image =
            record(&format!("{role}-{distro}-{version}-{number:05}"), owner, now - age - 60);
        image.visibility = if mine { "private" } else { "public" }.to_owned();
        linux(&mut image, distro, version);
        image.min_ram = [512, 1024, 2048, 4096].get(pick(16, 4)).copied().unwrap_or(512);
        image.protected = pick(20, 4) == 0;
        image.tags = vec![role.to_owned()];
        let image = store_linked(&files.stored(&model.id), files, image, model)?;
        planned.push(image.into());
    }
    planned.extend(models.into_iter().map(Planned::from));
    Ok(())
}
