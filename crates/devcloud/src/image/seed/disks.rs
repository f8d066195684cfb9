//! Tiny disks with true headers: what lies behind the seeded images.

/// A QCOW2 v3 image of `virtual_size` bytes without any data; `label` makes its hash its own. `qemu-img check` is content with it.
pub(in crate::image) fn qcow2(virtual_size: u64, label: &str) -> Vec<u8> {
    const CLUSTER: usize = 1 << 16;
    let l1_entries = virtual_size.div_ceil(512 << 20).max(1);
    let mut disk = vec![0; 3 * CLUSTER + usize::try_from(l1_entries).unwrap_or(1) * 8];
    let mut put = |at: usize, data: &[u8]| {
        if let Some(place) = disk.get_mut(at..at + data.len()) {
            place.copy_from_slice(data);
        }
    };
    put(0, b"QFI\xfb");
    put(4, &3_u32.to_be_bytes());
    put(20, &16_u32.to_be_bytes()); // cluster_bits
    put(24, &virtual_size.to_be_bytes());
    put(36, &u32::try_from(l1_entries).unwrap_or(1).to_be_bytes());
    put(40, &(3 * CLUSTER as u64).to_be_bytes()); // L1 table
    put(48, &(CLUSTER as u64).to_be_bytes()); // refcount table
    put(56, &1_u32.to_be_bytes());
    put(96, &4_u32.to_be_bytes()); // refcount_order
    put(100, &104_u32.to_be_bytes()); // header_length
    // A header extension of a kind that readers skip.
    put(104, &0x736c_6970_u32.to_be_bytes());
    put(108, &u32::try_from(label.len()).unwrap_or(0).to_be_bytes());
    put(112, label.as_bytes());
    put(CLUSTER, &(2 * CLUSTER as u64).to_be_bytes()); // the one refcount block
    for cluster in 0..4 {
        put(2 * CLUSTER + 2 * cluster, &1_u16.to_be_bytes());
    }
    disk
}

/// One MiB with a partition table.
pub(in crate::image) fn raw(label: &str) -> Vec<u8> {
    let mut disk = vec![0; 1 << 20];
    let mut put = |at: usize, data: &[u8]| {
        if let Some(place) = disk.get_mut(at..at + data.len()) {
            place.copy_from_slice(data);
        }
    };
    // One Linux partition from sector 64 to the end.
    put(446, &[0x80, 0, 1, 1, 0x83, 0, 63, 1, 64, 0, 0, 0]);
    put(458, &(2048_u32 - 64).to_le_bytes());
    put(510, &[0x55, 0xAA]);
    put(64 * 512, label.as_bytes());
    disk
}

/// An ISO 9660 volume that says it is `volume_size` bytes long.
pub(super) fn iso(volume_size: u64, label: &str) -> Vec<u8> {
    const SECTOR: usize = 2048;
    let mut disk = vec![0; 64 << 10];
    let mut put = |at: usize, data: &[u8]| {
        if let Some(place) = disk.get_mut(at..at + data.len()) {
            place.copy_from_slice(data);
        }
    };
    let blocks = u32::try_from(volume_size / SECTOR as u64).unwrap_or(u32::MAX);
    let primary = 16 * SECTOR;
    put(primary, b"\x01CD001\x01");
    put(primary + 40, format!("{label:<32.32}").to_uppercase().as_bytes());
    put(primary + 80, &blocks.to_le_bytes());
    put(primary + 84, &blocks.to_be_bytes());
    put(primary + 128, &[0x00, 0x08, 0x08, 0x00]);
    put(17 * SECTOR, b"\xffCD001\x01");
    disk
}
