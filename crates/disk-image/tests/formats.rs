//! Every format and option that `qemu-img` makes is told as what it is, with the disk's size that `qemu-img` tells.

// What a test made cannot be too short.
#![allow(clippy::indexing_slicing)]

mod stage;

use disk_image::report::{Format, Seen};
use stage::{Stage, findings};

/// Makes `d` by `qemu-img create` with these options. A case: QEMU's format, options, our format, its variant, findings.
fn check(format: &str, options: &str, expected: Format, variant: &str, troubles: &[&str]) {
    let stage = Stage::new();
    stage.run("qemu-img create -q -f raw base.raw 3M; qemu-img create -q -f vmdk base.vmdk 3M");
    let secret = "--object secret,id=s,data=secret-words";
    stage.run(&format!("qemu-img create -q {secret} -f {format} {options}"));
    let report = stage.inspect("d");
    let case = format!("-f {format} {options}");
    assert_eq!(report.format, expected, "{case}");
    assert_eq!(report.variant.as_deref().unwrap_or_default(), variant, "{case}");
    assert_eq!(findings(&report), troubles, "{case}");
    let size = stage.virtual_size(format, "d");
    assert_eq!(report.virtual_size_bytes, Some(size), "{case}");
}

#[test]
fn qcow2() {
    let check = |options: &str, variant: &str, troubles: &[&str]| {
        check("qcow2", options, Format::Qcow2, variant, troubles);
    };
    check("d 3M", "version 3", &[]);
    check("d 0", "version 3", &[]);
    check("d 8T", "version 3", &[]);
    check("d 3000001", "version 3", &[]);
    check("-o compat=0.10 d 3M", "version 2", &[]);
    check("-o compression_type=zstd d 3M", "version 3", &[]);
    check("-o preallocation=metadata d 300M", "version 3", &[]);
    check("-o preallocation=falloc d 3M", "version 3", &[]);
    check("-o preallocation=full d 3M", "version 3", &[]);
    check("-o lazy_refcounts=on d 3M", "version 3", &[]);
    check("-o refcount_bits=1 d 3M", "version 3", &[]);
    check("-o refcount_bits=64 d 3M", "version 3", &[]);
    check("-o cluster_size=512 d 3M", "version 3", &[]);
    check("-o cluster_size=2M d 3M", "version 3", &[]);
    let backed = &["Refused BackingFile(Some(\"base.raw\"))"];
    check("-b base.raw -F raw d", "version 3", backed);
    check("-o compat=0.10 -b base.raw -F raw d 9M", "version 2", backed);
    let elsewhere = &["Refused DataElsewhere([\"data\"])"];
    check("-o data_file=data d 3M", "version 3", elsewhere);
    check("-o data_file=data,data_file_raw=on d 3M", "version 3", elsewhere);
    let extended = &["Refused UnknownFeatures([\"extended L2 entries\"])"];
    check("-o extended_l2=on d 3M", "version 3", extended);
    let preallocated = "-o extended_l2=on,cluster_size=128k,preallocation=metadata d 30M";
    check(preallocated, "version 3", extended);
    let encrypted = &["NeverBoots Encrypted"];
    check(
        "-o encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10 d 3M",
        "version 3",
        encrypted,
    );
    check("-o encrypt.format=aes,encrypt.key-secret=s d 3M", "version 3", encrypted);
}

#[test]
fn qcow() {
    let check =
        |options, troubles: &[&str]| check("qcow", options, Format::Qcow2, "version 1", troubles);
    check("d 3M", &["Refused UnknownVersion(1)"]);
    let backed = ["Refused BackingFile(Some(\"base.raw\"))", "Refused UnknownVersion(1)"];
    check("-b base.raw -F raw d", &backed);
    let encrypted = ["Refused UnknownVersion(1)", "NeverBoots Encrypted"];
    check("-o encrypt.format=aes,encrypt.key-secret=s d 3M", &encrypted);
}

#[test]
fn vmdk() {
    let check = |options: &str, expected, variant: &str, troubles: &[&str]| {
        check("vmdk", options, expected, variant, troubles)
    };
    check("d 3M", Format::Vmdk, "monolithicSparse", &[]);
    check("d 5G", Format::Vmdk, "monolithicSparse", &[]);
    check("-o compat6 d 3M", Format::Vmdk, "monolithicSparse", &[]);
    check("-o zeroed_grain=on d 3M", Format::Vmdk, "monolithicSparse", &[]);
    check("-o adapter_type=lsilogic d 3M", Format::Vmdk, "monolithicSparse", &[]);
    check("-o subformat=streamOptimized d 3M", Format::Vmdk, "streamOptimized", &[]);
    let elsewhere = |kind, files: &[&str]| {
        let options = format!("-o subformat={kind} d 3G");
        let found = format!("Refused DataElsewhere({files:?})");
        check(&options, Format::VmdkDescriptor, kind, &[&found]);
    };
    elsewhere("monolithicFlat", &["d-flat"]);
    elsewhere("twoGbMaxExtentFlat", &["d-f001", "d-f002"]);
    elsewhere("twoGbMaxExtentSparse", &["d-s001", "d-s002"]);
    let child = &["NeverBoots BackingFile(Some(\"base.vmdk\"))"];
    check("-b base.vmdk -F vmdk d", Format::Vmdk, "monolithicSparse", child);
}

#[test]
fn vhd() {
    let check = |options: &str, expected, variant: &str, troubles: &[&str]| {
        check("vpc", options, expected, variant, troubles)
    };
    check("d 3M", Format::Vhd, "dynamic", &[]);
    check("d 200G", Format::Vhd, "dynamic", &[]);
    check("-o force_size=on d 3000320", Format::Vhd, "dynamic", &[]);
    let fixed = &["Notice SeenAsRaw"];
    check("-o subformat=fixed d 3M", Format::VhdFixed, "fixed", fixed);
    check("-o subformat=fixed,force_size=on d 3000320", Format::VhdFixed, "fixed", fixed);
}

#[test]
fn vhdx() {
    let check = |options, variant| check("vhdx", options, Format::Vhdx, variant, &[]);
    check("d 3M", "dynamic");
    check("d 3T", "dynamic");
    check("-o subformat=fixed d 3M", "fixed");
    check("-o block_size=1M d 3M", "dynamic");
    check("-o subformat=fixed,block_size=1M d 9M", "fixed");
    check("-o block_size=256M,log_size=2M d 3G", "dynamic");
}

#[test]
fn the_others() {
    check("vdi", "d 3M", Format::Vdi, "dynamic", &[]);
    check("vdi", "d 3000001", Format::Vdi, "dynamic", &[]);
    check("vdi", "-o static=on d 3M", Format::Vdi, "static", &[]);
    check("qed", "d 3M", Format::Qed, "", &["Refused BannedFormat"]);
    let backed = &["Refused BannedFormat", "Refused BackingFile(Some(\"base.raw\"))"];
    check("qed", "-b base.raw -F raw d", Format::Qed, "", backed);
    check("raw", "d 3M", Format::Unknown, "", &[]);
    check("raw", "d 3000001", Format::Unknown, "", &[]);
    let locked = &["NeverBoots Encrypted"];
    check("luks", "-o key-secret=s,iter-time=10 d 3M", Format::Luks, "version 1", locked);
}

/// `qemu-img convert` pads the description with zeros: no text to the cloud, which then takes it for a raw disk.
#[test]
fn a_vmdk_description_with_zeros_behind_it() {
    let stage = Stage::new();
    stage.run(
        "echo x > disk; truncate -s 3M disk
        qemu-img convert -f raw -O vmdk -o subformat=monolithicFlat disk d",
    );
    let report = stage.inspect("d");
    assert_eq!(report.format, Format::VmdkDescriptor);
    assert_eq!(report.seen_as, [Seen::Raw]);
    assert_eq!(findings(&report), ["NeverBoots DataElsewhere([\"d-flat\"])"]);
    assert_eq!(report.virtual_size_bytes, Some(stage.virtual_size("vmdk", "d")));
}

/// What a conversion of real data makes, cut off at its end by so many bytes; what is missed of it.
#[track_caller]
fn check_cut(convert: &str, cut_bytes: usize, expected: &[&str]) {
    let stage = Stage::new();
    stage.run("head -c 5000000 /dev/urandom > data; truncate -s 3G data");
    stage.run(&format!("qemu-img convert -f raw {convert} data d"));
    assert_eq!(findings(&stage.inspect("d")), [""; 0], "{convert}, whole");
    let bytes = stage.bytes("d");
    stage.write("d", &bytes[..bytes.len() - cut_bytes]);
    assert_eq!(findings(&stage.inspect("d")), expected, "{convert}, {cut_bytes} short");
}

#[test]
fn files_that_were_cut_short() {
    let some = |missing: u64| format!("NeverBoots Truncated(Some({missing}))");
    check_cut("-O qcow2", 70_000, &[&some(70_000)]);
    check_cut("-O qcow2", 4_000_000, &[&some(4_000_000)]);
    check_cut("-O qcow2 -o cluster_size=4k", 9_000, &[&some(9_000)]);
    check_cut("-O vdi", 2_000_000, &[&some(2_000_000)]);
    check_cut("-O vmdk", 200_000, &[&some(200_000)]);
    check_cut("-O vmdk -o subformat=streamOptimized", 200_000, &[&some(200_000)]);
    check_cut("-O vpc", 100, &["Notice Damaged(\"footer\")"]);
    check_cut("-O vpc", 4_000_000, &[&some(3_999_488)]);
    check_cut("-O vhdx", 4_000_000, &[&some(4_000_000)]);
}

/// VMware's own streams say where their tables are in a footer, which `qemu-img` reads and does not write.
#[test]
fn a_vmdk_stream_with_a_footer() {
    let stage = Stage::new();
    stage.run("head -c 3000000 /dev/urandom > data");
    stage.run("qemu-img convert -f raw -O vmdk -o subformat=streamOptimized data d");
    let check = |change: fn(&mut Vec<u8>), expected: &[&str]| {
        let mut bytes = stage.bytes("d");
        let header = bytes[..512].to_vec();
        bytes[56..64].fill(0xff);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
        let marker = |number: u8, kind: u8| {
            let mut sector = vec![0; 512];
            (sector[0], sector[12]) = (number, kind);
            sector
        };
        bytes.extend([marker(1, 3), header, marker(0, 0)].concat());
        change(&mut bytes);
        stage.write("stream.vmdk", &bytes);
        let report = stage.inspect("stream.vmdk");
        assert_eq!(findings(&report), expected);
        assert_eq!(report.virtual_size_bytes, Some(3_000_320));
    };
    check(|_| {}, &[]);
    assert_eq!(stage.virtual_size("vmdk", "stream.vmdk"), 3_000_320);
    check(|bytes| bytes.truncate(bytes.len() - 512), &["Refused Truncated(None)"]);
    check(|bytes| bytes.truncate(1 << 20), &["Refused Truncated(None)"]);
    let damaged = &["Refused Damaged(\"footer\")"];
    check(|bytes| *bytes.last_mut().unwrap() = 1, damaged);
    // Another descriptor than the header's: the cloud would check one and QEMU use the other.
    check(|bytes| bytes.iter_mut().rev().nth(1024 - 28 - 1).map_or((), |byte| *byte ^= 2), damaged);
}

/// Puts bytes into a VHDX's structure at this place and seals it again.
fn change_sealed(bytes: &mut [u8], structure: std::ops::Range<usize>, at: usize, change: &[u8]) {
    bytes[structure.start + at..][..change.len()].copy_from_slice(change);
    bytes[structure.start + 4..structure.start + 8].fill(0);
    let sum = stage::crc32c(&bytes[structure.clone()]);
    bytes[structure.start + 4..structure.start + 8].copy_from_slice(&sum.to_le_bytes());
}

/// Hyper-V leaves such files behind; `qemu-img` makes none.
#[test]
fn a_vhdx_that_is_not_whole() {
    let stage = Stage::new();
    stage.run("qemu-img create -q -f vhdx d 3M");
    let sound = stage.bytes("d");
    let check = |change: &dyn Fn(&mut Vec<u8>), expected: &[&str]| {
        let mut bytes = sound.clone();
        change(&mut bytes);
        stage.write("changed", &bytes);
        let report = stage.inspect("changed");
        assert_eq!(findings(&report), expected);
        report.variant
    };
    const HEADERS: [std::ops::Range<usize>; 2] = [65536..69632, 131_072..135_168];
    let log = |bytes: &mut Vec<u8>| {
        HEADERS.into_iter().for_each(|header| change_sealed(bytes, header, 48, b"a log's id"));
    };
    check(&log, &["NeverBoots NotClean"]);
    // The older header, with the log, does not count.
    let older = |bytes: &mut Vec<u8>| {
        change_sealed(bytes, HEADERS[0].clone(), 48, b"a log's id");
        change_sealed(bytes, HEADERS[0].clone(), 8, &[0; 8]);
    };
    check(&older, &[]);
    let headers =
        |bytes: &mut Vec<u8>| HEADERS.into_iter().for_each(|header| bytes[header].fill(1));
    check(&headers, &["NeverBoots Damaged(\"headers\")"]);
    let table = "Damaged(\"region table\")";
    check(&|bytes| bytes[196_608..200_000].fill(1), &[&format!("Refused {table}")]);
    check(&|bytes| bytes[250_000] = 1, &[&format!("NeverBoots {table}")]);

    // The file parameters' flag of a parent, and a locator in the place of the physical sector size's item.
    let find = |guid: &[u8]| sound.windows(guid.len()).position(|window| window == guid);
    let parameters = find(b"\x37\x67\xa1\xca\x36\xfa\x43\x4d").expect("file parameters");
    let sector = find(b"\xc7\x48\xa3\xcd\x5d\x44\x71\x44").expect("physical sector size");
    let metadata = find(b"metadata").expect("the metadata table");
    let parent = |bytes: &mut Vec<u8>| {
        let at = metadata
            + u32::from_le_bytes(bytes[parameters + 16..][..4].try_into().expect("four")) as usize;
        bytes[at + 4] |= 2;
        let locator = b"\x2d\x5f\xd3\xa8\x0b\xb3\x4d\x45\xab\xf7\xd3\xd8\x48\x34\xab\x0c";
        bytes[sector..sector + 16].copy_from_slice(locator);
        bytes[sector + 16..sector + 24].copy_from_slice(&[0, 0, 2, 0, 0, 1, 0, 0]);
        let text =
            |words: &str| words.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let (key, path) = (text("relative_path"), text(".\\base.vhdx"));
        let mut value = vec![0; 18];
        value.extend(1_u16.to_le_bytes());
        value.extend(32_u32.to_le_bytes());
        value.extend((32 + key.len() as u32).to_le_bytes());
        value.extend((key.len() as u16).to_le_bytes());
        value.extend((path.len() as u16).to_le_bytes());
        value.extend([key, path].concat());
        bytes[metadata + 0x20000..][..value.len()].copy_from_slice(&value);
    };
    let variant = check(&parent, &["NeverBoots BackingFile(Some(\".\\\\base.vhdx\"))"]);
    assert_eq!(variant.as_deref(), Some("differencing"));
}
