//! Which sizes fit, case by case.

use openstack::compute::{ComputeLimits, Flavor};
use serde_json::json;

use super::super::draft::BootDisk;
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

fn needs() -> Needs {
    Needs { architecture: None, ram_mib: 2048, local_gib: 40, volume_gib: 40 }
}

fn check(flavor: &Flavor, disk: BootDisk, limits: Option<ComputeLimits>, expected: Option<&str>) {
    let found = misfit(flavor, &needs(), disk, limits.as_ref(), &[]).map(Misfit::words);
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
    assert_eq!(local_disk_reason(&flavor("m1.large", 4, 8192, 80), &needs()), None);
    assert_eq!(local_disk_reason(&none, &needs()).as_deref(), Some("gp.2x4 has no local disk."));
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

#[test]
fn the_architecture_is_the_sizes_own_or_the_clouds() {
    let check = |specs: serde_json::Value, image: &str, cloud: &[&str], expected: Option<&str>| {
        let mut flavor = flavor("r.2x4", 2, 4096, 0);
        flavor.extra_specs = serde_json::from_value(specs).expect("specs");
        let image: Image =
            serde_json::from_value(json!({"id": "i", "status": "active", "architecture": image}))
                .expect("an image");
        let cloud: Vec<String> = cloud.iter().map(|name| (*name).to_owned()).collect();
        let needs = Needs::of(&image, 0);
        let found = misfit(&flavor, &needs, BootDisk::NewVolume, None, &cloud);
        assert_eq!(found.map(Misfit::words).as_deref(), expected);
    };
    let none = || json!({});
    check(none(), "x86_64", &["x86_64"], None);
    check(none(), "amd64", &["x86_64"], None);
    check(none(), "i386", &["x86_64"], None);
    check(none(), "aarch64", &[], None);
    check(none(), "aarch64", &["x86_64"], Some("x86_64; the image is for aarch64"));
    let arm = || json!({"capabilities:cpu_info:arch": "s== arm64", "hw:cpu_policy": "shared"});
    check(arm(), "aarch64", &["x86_64"], None);
    check(arm(), "x86_64", &["x86_64"], Some("aarch64; the image is for x86_64"));
}

#[test]
fn the_form_begins_with_a_size_that_is_pleasant_to_use() {
    let flavors = [
        flavor("tiny", 1, 64, 1),
        flavor("gp.1x2", 1, 2048, 0),
        flavor("gp.2x8", 2, 8192, 0),
        flavor("gp.4x16", 4, 16384, 0),
    ];
    let volume = BootDisk::NewVolume;
    let check = |fits: [bool; 4], windows: bool, expected: Option<usize>| {
        assert_eq!(usual(&flavors, &fits, windows, volume), expected);
    };
    check([true; 4], false, Some(1));
    check([true; 4], true, Some(2));
    check([true, false, false, true], false, Some(3));
    check([true, false, false, false], false, Some(0));
    check([true, true, false, false], true, Some(1));
    check([false; 4], false, None);
    let local = [flavor("m1.small", 1, 2048, 20), flavor("gp.2x4", 2, 4096, 0)];
    assert_eq!(usual(&local, &[true; 2], false, volume), Some(1), "its disk would lie idle");
    assert_eq!(usual(&local, &[true; 2], false, BootDisk::Local), Some(0));
    assert_eq!(usual(&local, &[true, false], false, volume), Some(0));
}
