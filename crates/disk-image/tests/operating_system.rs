//! The operating system is read from real small disks, which Debian's own tools make.

// Helpers of tests: what they cannot do ends the test.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::unwrap_used)]

mod disks;

use disk_image::report::{Boot, Layout, Os, Presence, ReadFrom, Report, System, WhyNot};
use disk_image::{inspect, with_file_name};

use disks::{Counted, Folder, Partition, debian, windows};

fn look(file: &Counted) -> Report {
    inspect(file).expect("a file on this machine can be read")
}

fn found(report: &Report) -> &Os {
    match &report.system {
        System::Found(os) => os,
        other => panic!("{other:?}"),
    }
}

fn holds(layout: &Layout) -> Vec<(u32, Option<&str>)> {
    match layout {
        Layout::Gpt(partitions) | Layout::Mbr(partitions) => {
            partitions.iter().map(|one| (one.number, one.holds.as_deref())).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// The disk that most tests look at: BIOS and UEFI, Debian on ext4.
fn debian_disk(folder: &Folder) {
    folder.gpt(
        "disk.raw",
        &[
            Partition::bios_boot(),
            Partition::efi(folder.fat("esp", &["EFI/BOOT/BOOTX64.EFI", "EFI/debian/grubx64.efi"])),
            Partition::root(folder.ext4("root", "rootfs", &debian())),
        ],
    );
    folder.boot_code("disk.raw");
}

fn is_debian(report: &Report) {
    let expected = Os {
        distro: "debian".to_owned(),
        version: Some("12".to_owned()),
        name: "Debian GNU/Linux 12 (bookworm)".to_owned(),
        architecture: Some("x86_64".to_owned()),
        cloud_init: Presence::Yes,
        guest_agent: Presence::No,
        default_user: Some("ops".to_owned()),
        read_from: ReadFrom::OsRelease,
    };
    assert_eq!(found(report), &expected);
    assert_eq!(report.boot, Boot { bios: true, uefi: true });
    assert_eq!(holds(&report.layout), [(1, None), (2, Some("vfat")), (3, Some("ext4"))]);
}

#[test]
fn debian_through_every_format_in_few_reads() {
    let folder = Folder::new();
    debian_disk(&folder);
    is_debian(&look(&folder.open("disk.raw")));
    for (name, arguments) in [
        ("plain.qcow2", "-O qcow2"),
        ("old.qcow2", "-O qcow2 -o compat=0.10"),
        ("zlib.qcow2", "-O qcow2 -c"),
        ("zstd.qcow2", "-O qcow2 -c -o compression_type=zstd"),
        ("small.qcow2", "-O qcow2 -c -o cluster_size=512"),
        ("large.qcow2", "-O qcow2 -c -o cluster_size=2M"),
        ("fixed.vhd", "-O vpc -o subformat=fixed,force_size"),
        ("dynamic.vhd", "-O vpc -o subformat=dynamic,force_size"),
        ("dynamic.vdi", "-O vdi"),
        ("static.vdi", "-O vdi -o static=on"),
        ("dynamic.vhdx", "-O vhdx"),
        ("fixed.vhdx", "-O vhdx -o subformat=fixed"),
        ("sparse.vmdk", "-O vmdk"),
        ("stream.vmdk", "-O vmdk -o subformat=streamOptimized"),
    ] {
        folder.run(&format!("qemu-img convert -f raw {arguments} disk.raw {name}"));
        let file = folder.open(name);
        is_debian(&look(&file));
        let (reads, bytes) = file.counts();
        // A cluster of 512 bytes needs a read of its own, whatever the page.
        let most_reads = if name == "small.qcow2" { 200 } else { 40 };
        assert!(reads <= most_reads, "{name}: {reads} reads");
        // Clusters of 2 MiB make tables of 2 MiB, which are looked at for damage.
        let most_mib = if name == "large.qcow2" { 5 } else { 2 };
        assert!(bytes <= most_mib * 1024 * 1024, "{name}: {bytes} bytes");
    }
}

#[test]
fn qcow2_whose_data_is_elsewhere_is_not_read() {
    let folder = Folder::new();
    debian_disk(&folder);
    let check = |name: &str, command: &str, why: WhyNot| {
        folder.run(command);
        let report = look(&folder.open(name));
        assert_eq!(report.layout, Layout::Unreadable, "{name}");
        assert_eq!(report.system, System::NotTold(why), "{name}");
    };
    check("backed", "qemu-img create -q -f qcow2 -b disk.raw -F raw backed", WhyNot::Format);
    let outside = "qemu-img convert -O qcow2 -o data_file=data.raw disk.raw outside";
    check("outside", outside, WhyNot::Format);
    let wide = "qemu-img convert -O qcow2 -o extended_l2=on disk.raw wide";
    check("wide", wide, WhyNot::Format);
    let secret = "qemu-img create -q --object secret,id=s,data=x -f qcow2 -o encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10 secret 8M";
    check("secret", secret, WhyNot::Encrypted);
    let flat = "qemu-img convert -O vmdk -o subformat=monolithicFlat disk.raw flat.vmdk";
    check("flat.vmdk", flat, WhyNot::Format);
}

#[test]
fn a_file_system_without_a_table() {
    let folder = Folder::new();
    folder.ext4("bare.raw", "bare", &debian());
    let report = look(&folder.open("bare.raw"));
    assert_eq!(found(&report).version.as_deref(), Some("12"));
    assert_eq!(report.boot, Boot::default());
    match &report.layout {
        Layout::Bare(one) => assert_eq!(one.label.as_deref(), Some("bare")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn older_ext_file_systems_and_logical_partitions() {
    for kind in ["ext2", "ext3"] {
        let folder = Folder::new();
        let root = folder.ext(kind, "root", "old", &debian());
        folder.mbr("disk.raw", &[Partition::swap(), Partition::logical(root)]);
        let report = look(&folder.open("disk.raw"));
        assert_eq!(holds(&report.layout), [(1, None), (5, Some(kind))], "{kind}");
        assert_eq!(found(&report).distro, "debian", "{kind}");
    }
}

#[test]
fn user_programs_and_kernel_on_file_systems_of_their_own() {
    let folder = Folder::new();
    let (usr, root): (Vec<_>, Vec<_>) =
        debian().into_iter().partition(|(path, _)| path.starts_with("usr/"));
    let usr: Vec<_> = usr.into_iter().map(|(path, text)| (path[4..].to_owned(), text)).collect();
    folder.gpt(
        "disk.raw",
        &[
            Partition::root(folder.ext4(
                "boot",
                "boot",
                &[("vmlinuz".to_owned(), "kernel".to_owned())],
            )),
            Partition::root(folder.ext4("root", "root", &root)),
            Partition::root(folder.ext4("usr", "usr", &usr)),
        ],
    );
    let report = look(&folder.open("disk.raw"));
    let os = found(&report);
    assert_eq!((os.version.as_deref(), os.cloud_init), (Some("12"), Presence::Yes));
    assert_eq!(os.architecture.as_deref(), Some("x86_64"));
}

#[test]
fn without_cloud_init_nobody_is_made() {
    let folder = Folder::new();
    let mut tree = debian();
    tree.retain(|(path, _)| !path.contains("cloud"));
    tree.push(("usr/sbin/qemu-ga".to_owned(), String::new()));
    folder.ext4("disk.raw", "", &tree);
    let report = look(&folder.open("disk.raw"));
    let os = found(&report);
    assert_eq!((os.cloud_init, os.guest_agent), (Presence::No, Presence::Yes));
    assert_eq!(os.default_user, None);
}

#[test]
fn a_journal_that_was_not_closed() {
    // A transaction in the journal, as a machine leaves it that lost its power; with checksums as today, and as before.
    for open in ["jo -c -v 3", "jo"] {
        let folder = Folder::new();
        folder.ext4("disk.raw", "", &debian());
        folder.input("debugfs -w disk.raw", &format!("{open}\njw -b 50 /dev/zero\njc\n"));
        let report = look(&folder.open("disk.raw"));
        assert_eq!(found(&report).distro, "debian", "{open}");
    }
}

#[test]
fn file_systems_that_are_not_read_are_named_and_the_rest_still_tells() {
    let check = |kind: &str, make: &str, why: WhyNot| {
        let folder = Folder::new();
        folder.run("truncate -s 320M root");
        folder.run(make);
        folder.gpt(
            "disk.raw",
            &[
                Partition::efi(
                    folder.fat("esp", &["EFI/BOOT/BOOTAA64.EFI", "EFI/almalinux/shim.efi"]),
                ),
                Partition::root("root".to_owned()),
            ],
        );
        let report = look(&folder.open("disk.raw"));
        assert_eq!(holds(&report.layout), [(1, Some("vfat")), (2, Some(kind))], "{kind}");
        match &report.system {
            System::Guessed { os, why: said } => {
                assert_eq!((os.distro.as_str(), said), ("almalinux", &why), "{kind}");
                assert_eq!(os.architecture.as_deref(), Some("aarch64"), "{kind}");
                assert_eq!(os.read_from, ReadFrom::EfiFolders, "{kind}");
                assert_eq!(os.cloud_init, Presence::Unknown, "{kind}");
            }
            other => panic!("{kind}: {other:?}"),
        }
    };
    let named = |kind: &str| WhyNot::FileSystem(kind.to_owned());
    check("xfs", "mkfs.xfs -q -L root root", named("xfs"));
    check("btrfs", "mkfs.btrfs -q -L root root", named("btrfs"));
    check(
        "luks",
        "qemu-img create -q --object secret,id=s,data=x -f luks -o key-secret=s,iter-time=10 root 300M",
        WhyNot::Encrypted,
    );
}

#[test]
fn the_name_of_the_file_adds_what_the_disk_does_not_say() {
    let check = |efi: &[&str], file: &str, expected: Option<(&str, Option<&str>, ReadFrom)>| {
        let folder = Folder::new();
        folder.run("truncate -s 8M empty");
        let partitions =
            [Partition::efi(folder.fat("esp", efi)), Partition::root("empty".to_owned())];
        folder.gpt("disk.raw", &partitions);
        let report = with_file_name(look(&folder.open("disk.raw")), file);
        let os = match &report.system {
            System::Guessed { os, .. } => {
                assert_eq!(os.architecture.as_deref(), Some("x86_64"), "{file}");
                Some((os.distro.as_str(), os.version.as_deref(), os.read_from))
            }
            System::NotTold(_) => None,
            System::Found(os) => panic!("{file}: {os:?}"),
        };
        assert_eq!(os, expected, "{file}");
    };
    let loader = "EFI/BOOT/BOOTX64.EFI";
    let rocky = [loader, "EFI/rocky/shimx64.efi"];
    let name = "Rocky-9-GenericCloud.latest.x86_64.raw";
    check(&rocky, name, Some(("rocky", Some("9"), ReadFrom::EfiFolders)));
    check(&rocky, "debian-12.raw", Some(("rocky", None, ReadFrom::EfiFolders)));
    check(&[loader], "debian-12.raw", Some(("debian", Some("12"), ReadFrom::FileName)));
    check(&["readme"], "debian-12-amd64.raw", Some(("debian", Some("12"), ReadFrom::FileName)));
    check(&["readme"], "disk.raw", None);
}

#[test]
fn logical_volumes_are_named() {
    let folder = Folder::new();
    folder.run("truncate -s 8M pv");
    // The label that pvcreate writes to the second sector; making a real one takes root.
    folder.write_at("pv", 512, b"LABELONE\x01\0\0\0\0\0\0\0\0\0\0\0\x20\0\0\0LVM2 001");
    folder.gpt("disk.raw", &[Partition::root("pv".to_owned())]);
    let report = look(&folder.open("disk.raw"));
    assert_eq!(report.system, System::NotTold(WhyNot::FileSystem("lvm2".to_owned())));
}

#[test]
fn windows_by_its_registry() {
    let folder = Folder::new();
    folder.hive("SOFTWARE", "Windows Server 2022 Standard", "20348");
    folder.ntfs("system", &windows(), Some("SOFTWARE"));
    folder.gpt(
        "disk.raw",
        &[
            Partition::efi(
                folder.fat("esp", &["EFI/Boot/bootx64.efi", "EFI/Microsoft/Boot/bootmgfw.efi"]),
            ),
            Partition::root("system".to_owned()),
        ],
    );
    let file = folder.open("disk.raw");
    let report = look(&file);
    let expected = Os {
        distro: "windows".to_owned(),
        version: Some("2022".to_owned()),
        name: "Windows Server 2022 Standard".to_owned(),
        architecture: Some("x86_64".to_owned()),
        cloud_init: Presence::Yes,
        guest_agent: Presence::No,
        default_user: Some("Operator".to_owned()),
        read_from: ReadFrom::WindowsRegistry,
    };
    assert_eq!(found(&report), &expected);
    assert_eq!(report.boot, Boot { bios: false, uefi: true });
    let (reads, bytes) = file.counts();
    assert!(reads <= 60 && bytes <= 4 * 1024 * 1024, "{reads} reads, {bytes} bytes");
}

#[test]
fn windows_without_a_registry_is_windows_all_the_same() {
    let folder = Folder::new();
    folder.ntfs("system", &windows(), None);
    folder.mbr("disk.raw", &[Partition::root("system".to_owned())]);
    let report = look(&folder.open("disk.raw"));
    let os = found(&report);
    assert_eq!((os.distro.as_str(), os.version.as_deref()), ("windows", None));
    assert_eq!(os.read_from, ReadFrom::WindowsFiles);
}

#[test]
fn discs_tell_by_their_name_and_catalogue() {
    let folder = Folder::new();
    folder.fat("esp", &["EFI/BOOT/BOOTX64.EFI"]);
    folder.run("mkdir -p disc");
    folder.run("cp esp disc/efi.img");
    folder.write_at("disc/isolinux.bin", 0, &[0x90; 2048]);
    folder.words(&[
        "xorriso",
        "-as",
        "mkisofs",
        "-quiet",
        "-V",
        "Debian 12.5.0 amd64 n",
        "-o",
        "disk.iso",
        "-b",
        "isolinux.bin",
        "-no-emul-boot",
        "-eltorito-alt-boot",
        "-e",
        "efi.img",
        "-no-emul-boot",
        "disc",
    ]);
    let report = look(&folder.open("disk.iso"));
    let os = found(&report);
    assert_eq!((os.distro.as_str(), os.version.as_deref()), ("debian", Some("12")));
    assert_eq!(os.read_from, ReadFrom::VolumeId);
    assert_eq!(report.boot, Boot { bios: true, uefi: true });

    folder.words(&["xorriso", "-as", "mkisofs", "-quiet", "-V", "DATA", "-o", "data.iso", "disc"]);
    let report = look(&folder.open("data.iso"));
    assert_eq!(report.system, System::NotTold(WhyNot::NoRoot));
    assert_eq!(report.boot, Boot::default());
}

#[test]
fn what_has_nothing_to_boot() {
    let folder = Folder::new();
    folder.run("truncate -s 3M empty.raw");
    let report = look(&folder.open("empty.raw"));
    assert_eq!((report.layout, report.system), (Layout::None, System::NotTold(WhyNot::NoRoot)));

    folder.gpt("disk.raw", &[Partition::efi(folder.fat("esp", &["readme.txt"]))]);
    let report = look(&folder.open("disk.raw"));
    assert_eq!(report.boot, Boot::default());
    assert_eq!(report.system, System::NotTold(WhyNot::NoRoot));
}

#[test]
fn the_second_table_serves_when_the_first_is_damaged() {
    let folder = Folder::new();
    debian_disk(&folder);
    folder.write_at("disk.raw", 512 + 56, &[0xff; 16]);
    is_debian(&look(&folder.open("disk.raw")));
}
