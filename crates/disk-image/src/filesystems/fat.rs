//! FAT12, FAT16, FAT32, as far as listing folders goes: what the EFI partition tells is in its names.

use crate::guest::Part;
use crate::guest::bytes::{has, text};
use crate::read::{Fields, ReadError};

/// A FAT file system.
pub(crate) struct Fat<'a> {
    part: Part<'a>,
    bits: u32,
    cluster_bytes: u64,
    table_at: u64,
    data_at: u64,
    clusters: u32,
    root: Folder,
}

/// Where a folder lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Folder {
    /// The root of FAT12 and FAT16: a stretch of its own.
    Fixed { at: u64, len: usize },
    /// A chain of clusters.
    Chain(u32),
}

/// Something in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// `None` for a file.
    pub(crate) folder: Option<Folder>,
}

/// A folder is read up to here; the ones on an EFI partition have a dozen names.
const MOST_FOLDER_BYTES: usize = 128 * 1024;

struct Parameters {
    sector_bytes: u64,
    cluster_bytes: u64,
    reserved: u64,
    tables: u64,
    root_entries: u64,
    sectors: u64,
    table_sectors: u64,
}

impl Parameters {
    /// `None` when this boot sector is not that of a FAT file system.
    fn read(boot: &[u8]) -> Option<Self> {
        let jump = matches!((boot.first()?, boot.get(2)?), (0xeb, 0x90) | (0xe9, _));
        let sector_bytes = u64::from(boot.le16(11)?);
        let per_cluster = *boot.get(13)?;
        let media = *boot.get(21)?;
        let small_sectors = u64::from(boot.le16(19)?);
        let small_table = u64::from(boot.le16(22)?);
        let parameters = Self {
            sector_bytes,
            cluster_bytes: sector_bytes * u64::from(per_cluster),
            reserved: u64::from(boot.le16(14)?),
            tables: u64::from(*boot.get(16)?),
            root_entries: u64::from(boot.le16(17)?),
            sectors: if small_sectors == 0 { u64::from(boot.le32(32)?) } else { small_sectors },
            table_sectors: if small_table == 0 { u64::from(boot.le32(36)?) } else { small_table },
        };
        let plausible = jump
            && matches!(sector_bytes, 512 | 1024 | 2048 | 4096)
            && per_cluster.is_power_of_two()
            && matches!(media, 0xf0 | 0xf8..)
            && parameters.reserved != 0
            && matches!(parameters.tables, 1 | 2)
            && parameters.table_sectors != 0;
        plausible.then_some(parameters)
    }
}

/// Whether this is the beginning of a FAT file system, and its label.
pub(crate) fn label(head: &[u8]) -> Option<Option<String>> {
    Parameters::read(head)?;
    let wide = head.le16(22)? == 0;
    let label = text(head, if wide { 71 } else { 43 }, 11).filter(|label| label != "NO NAME");
    Some(label)
}

impl<'a> Fat<'a> {
    /// `None` when the partition holds no FAT file system.
    pub(crate) fn open(part: Part<'a>) -> Result<Option<Self>, ReadError> {
        let boot = part.some(0, 512)?;
        Ok(Self::from_boot(part, &boot))
    }

    fn from_boot(part: Part<'a>, boot: &[u8]) -> Option<Self> {
        let told = Parameters::read(boot)?;
        let table_at = told.reserved * told.sector_bytes;
        let root_at = table_at + told.tables * told.table_sectors * told.sector_bytes;
        let root_bytes = (told.root_entries * 32).next_multiple_of(told.sector_bytes);
        let data_at = root_at + root_bytes;
        let data_bytes = (told.sectors * told.sector_bytes).checked_sub(data_at)?;
        let clusters = u32::try_from(data_bytes / told.cluster_bytes).ok()?;
        // The number of clusters alone decides (Microsoft's specification, 3.5).
        let bits = match clusters {
            0..4085 => 12,
            4085..65525 => 16,
            _ => 32,
        };
        let root = if bits == 32 {
            Folder::Chain(boot.le32(44)?)
        } else {
            Folder::Fixed { at: root_at, len: root_bytes as usize }
        };
        Some(Self {
            part,
            bits,
            cluster_bytes: told.cluster_bytes,
            table_at,
            data_at,
            clusters,
            root,
        })
    }

    /// What lies in the root.
    pub(crate) fn root(&self) -> Result<Vec<Entry>, ReadError> {
        self.list(self.root)
    }

    /// What lies in a folder.
    pub(crate) fn list(&self, folder: Folder) -> Result<Vec<Entry>, ReadError> {
        let bytes = match folder {
            Folder::Fixed { at, len } => self.part.some(at, len.min(MOST_FOLDER_BYTES))?,
            Folder::Chain(first) => self.chain(first)?,
        };
        Ok(entries(&bytes))
    }

    /// What lies in the folder of this name, in whatever case; `None` when there is none.
    pub(crate) fn folder(
        &self,
        among: &[Entry],
        name: &str,
    ) -> Result<Option<Vec<Entry>>, ReadError> {
        let found = among.iter().find(|entry| entry.name.eq_ignore_ascii_case(name));
        found.and_then(|entry| entry.folder).map(|folder| self.list(folder)).transpose()
    }

    fn chain(&self, first: u32) -> Result<Vec<u8>, ReadError> {
        let mut bytes = Vec::new();
        let mut cluster = first;
        while (2..self.clusters.saturating_add(2)).contains(&cluster)
            && bytes.len() < MOST_FOLDER_BYTES
        {
            let at = self.data_at + u64::from(cluster - 2) * self.cluster_bytes;
            let len = (self.cluster_bytes as usize).min(MOST_FOLDER_BYTES);
            bytes.extend(self.part.take(at, len)?);
            cluster = self.next(cluster)?;
        }
        Ok(bytes)
    }

    /// The cluster after this one; beyond all clusters at a chain's end.
    fn next(&self, cluster: u32) -> Result<u32, ReadError> {
        let at = self.table_at + u64::from(cluster) * u64::from(self.bits) / 8;
        let entry = self.part.take(at, if self.bits == 32 { 4 } else { 2 })?;
        let next = match self.bits {
            32 => entry.le32(0).map(|next| next & 0x0fff_ffff),
            16 => entry.le16(0).map(u32::from),
            // One and a half bytes each.
            _ if cluster.is_multiple_of(2) => entry.le16(0).map(|pair| u32::from(pair & 0xfff)),
            _ => entry.le16(0).map(|pair| u32::from(pair >> 4)),
        };
        Ok(next.unwrap_or(u32::MAX))
    }
}

/// The entries of a folder, by their long names where they have one.
fn entries(folder: &[u8]) -> Vec<Entry> {
    let mut found = Vec::new();
    // Pieces of a long name come before its entry, the last piece first.
    let mut long: Vec<u16> = Vec::new();
    for entry in folder.chunks_exact(32) {
        let (Some(first), Some(attributes)) = (entry.first(), entry.get(11)) else { break };
        match (*first, *attributes) {
            (0, _) => break,
            (0xe5, _) => long.clear(),
            (_, attributes) if attributes & 0x3f == 0x0f => {
                let mut piece = long_piece(entry);
                piece.append(&mut long);
                long = piece;
                // 255 characters is the longest; more is damage.
                long.truncate(260);
            }
            (_, attributes) if attributes & 0x08 != 0 => long.clear(),
            (_, attributes) => {
                let name = if long.is_empty() { short_name(entry) } else { from_utf16(&long) };
                long.clear();
                let low = entry.le16(26).unwrap_or(0);
                let high = entry.le16(20).unwrap_or(0);
                let first = u32::from(high) << 16 | u32::from(low);
                let is_folder = attributes & 0x10 != 0;
                if !has(name.as_bytes(), 0, b".") {
                    found.push(Entry { name, folder: is_folder.then_some(Folder::Chain(first)) });
                }
            }
        }
    }
    found
}

fn long_piece(entry: &[u8]) -> Vec<u16> {
    [1..11, 14..26, 28..32]
        .into_iter()
        .filter_map(|place| entry.get(place))
        .flat_map(|bytes| bytes.as_chunks::<2>().0)
        .map(|pair| u16::from_le_bytes(*pair))
        .take_while(|unit| *unit != 0)
        .collect()
}

fn from_utf16(units: &[u16]) -> String {
    char::decode_utf16(units.iter().copied())
        .map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

fn short_name(entry: &[u8]) -> String {
    let base = text(entry, 0, 8).unwrap_or_default();
    match text(entry, 8, 3) {
        Some(extension) => format!("{base}.{extension}"),
        None => base,
    }
}
