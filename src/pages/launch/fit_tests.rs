//! Which sizes fit, case by case.

use openstack::compute::{ComputeLimits, Flavor};
use serde_json::json;

use super::super::form::BootDisk;
use super::*;

fn flavor(name: &str, vcpus: u64, ram_mib: u64, disk_gib: u64) -> Flavor {
    serde_json::from_value(
        json!({"id": name, "name": name, "vcpus": vcpus, "ram": ram_mib, "disk": disk_gib}),
    )
    .expect("a flavor")
}

fn limits(cores_left: u64, ram_left_mib: u64) -> ComputeLimits {
    serde_json::from_value(json!({
        "maxTotalInstances": 10, "totalInstancesUsed": 1,
        "maxTotalCores": 20, "totalCoresUsed": 20 - cores_left,
        "maxTotalRAMSize": 51200, "totalRAMUsed": 51200 - ram_left_mib,
    }))
    .expect("limits")
}

const NEEDS: Needs = Needs { ram_mib: 2048, local_gib: 40, volume_gib: 40 };

fn check(flavor: &Flavor, disk: BootDisk, limits: Option<ComputeLimits>, expected: Option<&str>) {
    let found = misfit(flavor, NEEDS, disk, limits.as_ref()).map(Misfit::words);
    assert_eq!(found.as_deref(), expected, "{}", flavor.name);
}

#[test]
fn a_size_fits_or_says_why_not() {
    let volume = BootDisk::NewVolume;
    check(&flavor("gp.2x4", 2, 4096, 0), volume, Some(limits(4, 8192)), None);
    check(&flavor("gp.1x1", 1, 1024, 0), volume, None, Some("1 GiB RAM; the image needs 2 GiB"));
    let large = flavor("gp.16x32", 16, 32768, 0);
    check(&large, volume, Some(limits(14, 51200)), Some("16 cores; 14 left in your quota"));
    check(&large, volume, Some(limits(20, 1536)), Some("32 GiB RAM; 1.5 GiB left in your quota"));
    check(&large, volume, None, None);
}

#[test]
fn a_local_disk_counts_only_when_it_is_booted_from() {
    let nvme = flavor("hp.2x4-nvme20", 2, 4096, 20);
    check(&nvme, BootDisk::NewVolume, None, None);
    check(&nvme, BootDisk::Local, None, Some("20 GiB local disk; the image needs 40 GiB"));
    let none = flavor("gp.2x4", 2, 4096, 0);
    check(
        &none,
        BootDisk::Local,
        None,
        Some("No local disk; choose a new volume as the boot disk"),
    );
    assert_eq!(local_disk_reason(&flavor("m1.large", 4, 8192, 80), NEEDS), None);
    assert_eq!(local_disk_reason(&none, NEEDS).as_deref(), Some("gp.2x4 has no local disk."));
}

#[test]
fn an_unlimited_quota_stops_nothing() {
    let unlimited: ComputeLimits =
        serde_json::from_value(json!({"maxTotalCores": -1, "maxTotalRAMSize": -1}))
            .expect("limits");
    check(&flavor("huge", 192, 1 << 20, 0), BootDisk::NewVolume, Some(unlimited), None);
}

#[test]
fn the_boot_volume_is_the_largest_of_its_reasons() {
    let image = |size: u64, virtual_size: u64, min_disk: u64| -> Image {
        serde_json::from_value(json!({
            "id": "i", "status": "active", "size": size, "virtual_size": virtual_size, "min_disk": min_disk,
        }))
        .expect("an image")
    };
    const GIB: u64 = 1 << 30;
    let cases = [
        (image(GIB, 2 * GIB + 1, 0), 0, 3),
        (image(5 * GIB, GIB, 0), 0, 5),
        (image(1, 1, 10), 0, 10),
        (image(1, 1, 10), 20, 20),
        (image(0, 0, 0), 0, 1),
    ];
    for (image, sold, expected) in cases {
        assert_eq!(Needs::of(&image, sold).volume_gib, expected);
    }
    assert_eq!(
        Needs::of(&image(1, 1, 10), 20).local_gib,
        10,
        "a local disk is not sold by the GiB"
    );
}

#[test]
fn sizes_go_from_small_to_large() {
    let mut flavors = [
        flavor("gp.2x8", 2, 8192, 0),
        flavor("hp.2x4-nvme50", 2, 4096, 50),
        flavor("gp.1x1", 1, 1024, 0),
        flavor("gp.2x4", 2, 4096, 0),
    ];
    sort(&mut flavors);
    let names: Vec<_> = flavors.iter().map(|flavor| flavor.name.as_str()).collect();
    assert_eq!(names, ["gp.1x1", "gp.2x4", "hp.2x4-nvme50", "gp.2x8"]);
}

#[test]
fn the_short_table_shows_enough_that_fit_and_the_chosen_one() {
    assert_eq!(shown(&[true; 10], None).len(), 10, "two rows more need no button");
    assert_eq!(shown(&[true; 18], None), (0..8).collect::<Vec<_>>());
    let mut few = [false; 18];
    few[12..].fill(true);
    assert_eq!(shown(&few, None), (0..17).collect::<Vec<_>>(), "goes on until five fit");
    assert_eq!(shown(&[true; 18], Some(15)).last(), Some(&15));
}
