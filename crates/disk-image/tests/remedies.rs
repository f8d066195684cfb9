//! The commands that are told do mend: each is run, and what it makes is a disk that clouds take, with the same content.

// Helpers of tests: what they cannot do ends the test.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod stage;

use disk_image::remedy;
use disk_image::report::{Format, Trouble, Weight};
use stage::{Stage, findings};

/// A disk with something in it, and keys for those that are encrypted.
const DISK: &str =
    "head -c 300000 /dev/urandom > disk; truncate -s 3M disk; echo ',,83,*' | sfdisk -q disk
    printf words > passphrase.txt";
const SECRET: &str = "--object secret,id=s,data=words";

/// Makes `d` with this line of shell, gives it this name, runs what is told, and compares what it makes with the disk.
#[track_caller]
fn check(line: &str, name: &str, command: &str, made: &str) {
    let stage = Stage::new();
    stage.run(DISK);
    stage.run(line);
    stage.run(&format!("mv d ./'{}'", name.replace('\'', r"'\''")));
    let before = stage.inspect(name);
    assert_eq!(remedy(&before, name).as_deref(), Some(command), "{line}");
    stage.run(command);
    let after = stage.inspect(made);
    let wrong = |found: &&disk_image::report::Finding| found.weight == Weight::Refused;
    assert_eq!(after.findings.iter().find(wrong), None, "{command}");
    let format = if after.format == Format::Raw { "raw" } else { "qcow2" };
    stage.run(&format!("qemu-img compare -q -f raw -F {format} disk ./{made}"));
}

#[test]
fn a_disk_in_several_files() {
    let command = "qemu-img convert -f qcow2 -O qcow2 'a.qcow2' 'a-new.qcow2'";
    check("qemu-img create -q -f qcow2 -F raw -b disk d", "a.qcow2", command, "a-new.qcow2");
    let line = "qemu-img convert -f raw -O qcow2 -o data_file=data disk d";
    check(line, "a.qcow2", command, "a-new.qcow2");
    let line = "qemu-img convert -f raw -O vmdk -o subformat=monolithicFlat disk d";
    check(line, "a.vmdk", "qemu-img convert -f vmdk -O qcow2 'a.vmdk' 'a.qcow2'", "a.qcow2");
    let line = "qemu-img convert -f raw -O vmdk -o subformat=twoGbMaxExtentSparse disk d";
    check(line, "a.vmdk", "qemu-img convert -f vmdk -O qcow2 'a.vmdk' 'a.qcow2'", "a.qcow2");
    let line = "qemu-img convert -f raw -O vmdk disk base.vmdk; qemu-img create -q -f vmdk -F vmdk -b base.vmdk d";
    check(line, "a.vmdk", "qemu-img convert -f vmdk -O qcow2 'a.vmdk' 'a.qcow2'", "a.qcow2");
}

#[test]
fn a_format_or_feature_that_clouds_do_not_know() {
    let line = "qemu-img convert -f raw -O qcow2 -o extended_l2=on disk d";
    let command = "qemu-img convert -f qcow2 -O qcow2 'a' 'a.qcow2'";
    check(line, "a", command, "a.qcow2");
    let command = "qemu-img convert -f qcow -O qcow2 'a.img' 'a.qcow2'";
    check("qemu-img convert -f raw -O qcow disk d", "a.img", command, "a.qcow2");
    let command = "qemu-img convert -f qed -O qcow2 'a.qed' 'a.qcow2'";
    check("qemu-img convert -f raw -O qed disk d", "a.qed", command, "a.qcow2");
    let line = "qemu-img convert -f raw -O vpc -o subformat=fixed,force_size=on disk d";
    check(line, "a.vhd", "qemu-img convert -f vpc -O qcow2 'a.vhd' 'a.qcow2'", "a.qcow2");
    let line = "printf '\\001' | dd status=none of=disk bs=1 seek=462 conv=notrunc; cp disk d";
    check(line, "a.raw", "qemu-img convert -f raw -O qcow2 'a.raw' 'a.qcow2'", "a.qcow2");
    let line = "qemu-img convert -f raw -O qcow2 disk d; qemu-img snapshot -c one d";
    let command = "qemu-img convert -f qcow2 -O qcow2 'a.qcow2' 'a-new.qcow2'";
    check(line, "a.qcow2", command, "a-new.qcow2");
}

#[test]
fn an_encrypted_disk() {
    let told = |options: &str| {
        format!(
            "qemu-img convert --object secret,id=key,file=passphrase.txt --image-opts -O qcow2 '{options}' 'a,b.qcow2'"
        )
    };
    let line =
        format!("qemu-img convert {SECRET} -f raw -O luks -o key-secret=s,iter-time=10 disk d");
    let command = told("driver=luks,file.filename=a,,b.luks,key-secret=key");
    check(&line, "a,b.luks", &command, "a,b.qcow2");
    let options = "encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10";
    let line = format!("qemu-img convert {SECRET} -f raw -O qcow2 -o {options} disk d");
    let command = told("driver=qcow2,file.filename=a,,b.img,encrypt.key-secret=key");
    check(&line, "a,b.img", &command, "a,b.qcow2");
}

#[test]
fn a_compressed_disk_or_an_archive() {
    check("gzip -c disk > d", "a.raw.gz", "gunzip --keep 'a.raw.gz'", "a.raw");
    check("gzip -c disk > d", "download", "gunzip --stdout 'download' > 'disk'", "disk");
    check(
        "gzip -c < disk > d",
        "download",
        "gunzip --stdout 'download' > 'download.img'",
        "download.img",
    );
    check("xz -c disk > d", "a.raw.xz", "unxz --keep 'a.raw.xz'", "a.raw");
    check("zstd -q -c disk > d", "a.raw.zst", "unzstd --keep 'a.raw.zst'", "a.raw");
    check("bzip2 -c disk > d", "a.raw.bz2", "bunzip2 --keep 'a.raw.bz2'", "a.raw");
    let line = "cp disk b.img; tar -cf d b.img";
    check(line, "a.tar", "tar -xf 'a.tar' 'b.img'", "b.img");
    let line =
        "echo x > a.ovf; qemu-img convert -f raw -O vmdk -o subformat=streamOptimized disk b.vmdk
        tar -cf d a.ovf b.vmdk; rm b.vmdk";
    let command =
        "tar -xf 'a.ova' 'b.vmdk' && qemu-img convert -f vmdk -O qcow2 'b.vmdk' 'b.qcow2'";
    check(line, "a.ova", command, "b.qcow2");
}

#[test]
fn odd_names_are_safe_in_a_shell() {
    let line = "qemu-img convert -f raw -O qed disk d";
    let command =
        r"qemu-img convert -f qed -O qcow2 'it'\''s; $(x) `y`.qed' 'it'\''s; $(x) `y`.qcow2'";
    let stage = Stage::new();
    stage.run(DISK);
    stage.run(line);
    let report = stage.inspect("d");
    assert_eq!(remedy(&report, "it's; $(x) `y`.qed").as_deref(), Some(command));
    stage.run(&format!("mv d 'it'\\''s; $(x) `y`.qed'; {command}"));
    let made = stage.inspect("it's; $(x) `y`.qcow2");
    assert_eq!(made.format, Format::Qcow2);
    let command = "qemu-img convert -f qed -O qcow2 './-o.qed' './-o.qcow2'";
    assert_eq!(remedy(&report, "-o.qed").as_deref(), Some(command));
}

#[test]
fn what_is_marked_by_qemu_itself() {
    /// Sets a byte of the header of a sound qcow2.
    fn with(at: usize, byte: u8) -> Stage {
        let stage = Stage::new();
        stage.run("truncate -s 3M disk; qemu-img convert -f raw -O qcow2 disk a.qcow2");
        let mut bytes = stage.bytes("a.qcow2");
        bytes[at] |= byte;
        stage.write("a.qcow2", &bytes);
        stage
    }
    let stage = with(79, 1);
    assert_eq!(findings(&stage.inspect("a.qcow2")), ["Notice NotClean"]);
    let command = remedy(&stage.inspect("a.qcow2"), "a.qcow2").expect("a command");
    assert_eq!(command, "qemu-img check -f qcow2 -r all 'a.qcow2'");
    stage.run(&command);
    assert_eq!(findings(&stage.inspect("a.qcow2")), [""; 0]);

    let stage = with(79, 2);
    assert_eq!(findings(&stage.inspect("a.qcow2")), ["NeverBoots MarkedCorrupt"]);
    let command = remedy(&stage.inspect("a.qcow2"), "a.qcow2").expect("a command");
    stage.run(&command);
    assert_eq!(findings(&stage.inspect("a-new.qcow2")), [""; 0]);
}

#[test]
fn chains_that_only_their_makers_can_join() {
    let stage = Stage::new();
    stage.run("qemu-img create -q -f vpc child.vhd 3M; qemu-img create -q -f vdi child.vdi 3M");
    let mut vhd = stage.bytes("child.vhd");
    let last = vhd.len() - 512;
    // Type 4, in the footer and its copy; the parent's name, in the dynamic header.
    (vhd[63], vhd[last + 63]) = (4, 4);
    for (index, unit) in "Win's.vhd".encode_utf16().enumerate() {
        vhd[512 + 64 + 2 * index..][..2].copy_from_slice(&unit.to_be_bytes());
    }
    // The sum of all bytes but its own four, complemented.
    vhd[64..68].fill(0);
    let sum: u32 = vhd[..512].iter().map(|byte| u32::from(*byte)).sum();
    vhd[64..68].copy_from_slice(&(!sum).to_be_bytes());
    stage.write("child.vhd", &vhd);
    let report = stage.inspect("child.vhd");
    let expected = Trouble::BackingFile(Some("Win's.vhd".to_owned()));
    assert_eq!(report.findings[0].trouble, expected);
    assert_eq!(report.variant.as_deref(), Some("differencing"));
    let command = "Convert-VHD -Path 'it''s.vhd' -DestinationPath 'it''s.vhdx' -VHDType Dynamic";
    assert_eq!(remedy(&report, "it's.vhd").as_deref(), Some(command));

    let mut vdi = stage.bytes("child.vdi");
    (vdi[0x4c], vdi[0x1b8]) = (4, 1);
    stage.write("child.vdi", &vdi);
    let command = "VBoxManage clonemedium disk 'child.vdi' 'child-new.vdi' \
        && qemu-img convert -f vdi -O qcow2 'child-new.vdi' 'child.qcow2'";
    assert_eq!(remedy(&stage.inspect("child.vdi"), "child.vdi").as_deref(), Some(command));
}

#[test]
fn a_sound_file_needs_nothing() {
    let stage = Stage::new();
    for format in ["qcow2", "vmdk", "vhdx", "vdi", "vpc", "raw"] {
        stage.run(&format!("qemu-img create -q -f {format} d 3M"));
        assert_eq!(remedy(&stage.inspect("d"), "d"), None, "{format}");
    }
}
