//! Formats that are one table of equally large blocks: VDI, VHD's dynamic kind, VHDX.
//!
//! Images of differences are not read: part of the disk lies in another file.

use super::bytes::has;
use super::tables::Tables;
use crate::formats::vhdx::BlockTable;
use crate::read::{Fields, ReadAt, ReadError};

/// Where the blocks are.
pub(crate) struct Blocks {
    kind: Kind,
    block_bytes: u32,
    blocks: u32,
    table_offset: u64,
    /// VDI: where block 0 lies. VHD: how long the bitmap before each block is. VHDX: after how many entries one for
    /// a bitmap follows.
    skip: u64,
    tables: Tables,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Vdi,
    Vhd,
    Vhdx,
}

impl Blocks {
    /// A `VirtualBox` image and the size of its disk, in bytes.
    pub(crate) fn vdi(file: &dyn ReadAt) -> Option<(Self, u64)> {
        let mut head = [0; 512];
        file.read_at(0, &mut head).ok()?;
        let (dynamic, fixed) = (1, 2);
        let kind = head.le32(0x4c)?;
        if !has(&head, 0x40, &[0x7f, 0x10, 0xda, 0xbe]) || (kind != dynamic && kind != fixed) {
            return None;
        }
        let blocks = Self {
            kind: Kind::Vdi,
            block_bytes: head.le32(0x178)?,
            blocks: head.le32(0x180)?,
            table_offset: u64::from(head.le32(0x154)?),
            skip: u64::from(head.le32(0x158)?),
            tables: Tables::default(),
        };
        blocks.checked(head.le64(0x170)?)
    }

    /// A dynamic VHD image and the size of its disk, in bytes.
    pub(crate) fn vhd(file: &dyn ReadAt) -> Option<(Self, u64)> {
        let mut footer = [0; 512];
        file.read_at(0, &mut footer).ok()?;
        if !has(&footer, 0, b"conectix") || footer.be32(60)? != 3 {
            return None;
        }
        let mut header = [0; 1024];
        file.read_at(footer.be64(16)?, &mut header).ok()?;
        if !has(&header, 0, b"cxsparse") {
            return None;
        }
        let block_bytes = header.be32(32)?;
        // One bit a sector, in whole sectors.
        let bitmap = u64::from(block_bytes / 512 / 8).next_multiple_of(512);
        let blocks = Self {
            kind: Kind::Vhd,
            block_bytes,
            blocks: header.be32(28)?,
            table_offset: header.be64(16)?,
            skip: bitmap,
            tables: Tables::default(),
        };
        blocks.checked(footer.be64(48)?)
    }

    /// A VHDX image and the size of its disk, in bytes.
    pub(crate) fn vhdx(file: &dyn ReadAt) -> Option<(Self, u64)> {
        let table = BlockTable::find(file).ok()??;
        let blocks = Self {
            kind: Kind::Vhdx,
            block_bytes: table.block_bytes,
            blocks: u32::try_from(table.disk_bytes.div_ceil(u64::from(table.block_bytes.max(1))))
                .ok()?,
            table_offset: table.offset,
            skip: table.blocks_per_bitmap,
            tables: Tables::default(),
        };
        blocks.checked(table.disk_bytes)
    }

    fn checked(self, len_bytes: u64) -> Option<(Self, u64)> {
        let covered = u64::from(self.block_bytes) * u64::from(self.blocks);
        let plausible = self.block_bytes.is_power_of_two() && self.block_bytes >= 512;
        (plausible && covered >= len_bytes).then_some((self, len_bytes))
    }

    /// Fills `into` with what the guest has at `offset`.
    pub(crate) fn read(
        &self,
        file: &dyn ReadAt,
        offset: u64,
        into: &mut [u8],
    ) -> Result<(), ReadError> {
        let block_bytes = u64::from(self.block_bytes);
        let mut offset = offset;
        let mut rest = into;
        while !rest.is_empty() {
            let inside = offset % block_bytes;
            let len = rest.len().min((block_bytes - inside) as usize);
            let Some((now, later)) = rest.split_at_mut_checked(len) else {
                return Err(ReadError::BeyondEnd { offset, wanted: len });
            };
            match self.place(file, offset / block_bytes)? {
                Some(start) => file.read_at(start.saturating_add(inside), now)?,
                None => now.fill(0),
            }
            offset = offset.saturating_add(len as u64);
            rest = later;
        }
        Ok(())
    }

    /// Where a block's data begins in the file; `None` for a block that was never written.
    fn place(&self, file: &dyn ReadAt, block: u64) -> Result<Option<u64>, ReadError> {
        if block >= u64::from(self.blocks) {
            return Err(ReadError::BeyondEnd { offset: block, wanted: 4 });
        }
        if self.kind == Kind::Vhdx {
            return self.vhdx_place(file, block);
        }
        let entry = self.tables.entry(file, self.table_offset, block)?;
        Ok(match self.kind {
            // 0xffffffff was never written, 0xfffffffe is zeros.
            Kind::Vdi => match u32::from_le_bytes(entry) {
                0xffff_fffe.. => None,
                place => {
                    Some(self.skip.saturating_add(u64::from(place) * u64::from(self.block_bytes)))
                }
            },
            _ => match u32::from_be_bytes(entry) {
                u32::MAX => None,
                sector => Some((u64::from(sector) * 512).saturating_add(self.skip)),
            },
        })
    }

    fn vhdx_place(&self, file: &dyn ReadAt, block: u64) -> Result<Option<u64>, ReadError> {
        const PRESENT: u64 = 6;
        const PARTLY_PRESENT: u64 = 7;
        let index = block + block / self.skip.max(1);
        let entry = u64::from_le_bytes(self.tables.entry(file, self.table_offset, index)?);
        match entry & 7 {
            PRESENT => Ok(Some((entry >> 20) << 20)),
            PARTLY_PRESENT => {
                Err(ReadError::Source("part of the disk lies in another file".to_owned()))
            }
            _ => Ok(None),
        }
    }
}
