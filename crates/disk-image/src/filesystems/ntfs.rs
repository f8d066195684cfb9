//! NTFS, as far as finding a file by its path and reading it. Compressed and encrypted files are not read.
//!
//! The layout is that of the Linux-NTFS project's documentation: records of the master file table, attributes in them,
//! lists of runs, and folders as trees sorted by upper-cased name.

use crate::guest::Part;
use crate::read::{Fields, ReadAt, ReadError};

/// A file system.
pub(crate) struct Ntfs<'a> {
    part: Part<'a>,
    cluster_bytes: u64,
    record_bytes: usize,
    table: Vec<Run>,
}

/// The number of a file's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record(u64);

/// What the root folder's record is always.
pub(crate) const ROOT: Record = Record(5);

/// A file's content.
pub(crate) struct Content<'a> {
    part: Part<'a>,
    cluster_bytes: u64,
    len_bytes: u64,
    place: Place,
}

enum Place {
    Resident(Vec<u8>),
    Runs(Vec<Run>),
}

/// Clusters one after the other, on the disk and in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    /// The first one, counted in the file.
    vcn: u64,
    clusters: u64,
    /// The first one, counted on the disk; `None` for a hole.
    lcn: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    AttributeList = 0x20,
    Data = 0x80,
    IndexRoot = 0x90,
    IndexAllocation = 0xa0,
}

/// What a file's records have, joined.
struct Attribute {
    len_bytes: u64,
    place: Place,
    /// Compressed or encrypted.
    altered: bool,
}

const MOST_EXTENSIONS: usize = 64;
const MOST_DEPTH: usize = 16;
const MOST_INDEX_BYTES: usize = 64 * 1024;

impl<'a> Ntfs<'a> {
    /// `None` when the partition holds no NTFS.
    pub(crate) fn open(part: Part<'a>) -> Result<Option<Self>, ReadError> {
        let boot = part.some(0, 512)?;
        let Some((cluster_bytes, record_bytes, table_at)) = parameters(&boot) else {
            return Ok(None);
        };
        let first = Run {
            vcn: 0,
            clusters: (record_bytes as u64).div_ceil(cluster_bytes),
            lcn: Some(table_at),
        };
        let mut ntfs = Self { part, cluster_bytes, record_bytes, table: vec![first] };
        // The table's own first record says where the rest of it is.
        let table = ntfs.attribute(Record(0), Kind::Data, "")?;
        if let Some(Attribute { place: Place::Runs(runs), .. }) = table {
            ntfs.table = runs;
        }
        Ok(Some(ntfs))
    }

    /// The file or folder at this path below the root, in whatever case; `None` when it is not there.
    pub(crate) fn find(&self, path: &str) -> Result<Option<Record>, ReadError> {
        let mut at = ROOT;
        for name in path.split('/') {
            match self.lookup(at, name)? {
                Some(found) => at = found,
                None => return Ok(None),
            }
        }
        Ok(Some(at))
    }

    /// A file's content; `None` when it has none that can be read.
    pub(crate) fn content(&self, record: Record) -> Result<Option<Content<'a>>, ReadError> {
        let data = self.attribute(record, Kind::Data, "")?.filter(|data| !data.altered);
        Ok(data.map(|data| self.as_content(data)))
    }

    fn as_content(&self, attribute: Attribute) -> Content<'a> {
        Content {
            part: self.part,
            cluster_bytes: self.cluster_bytes,
            len_bytes: attribute.len_bytes,
            place: attribute.place,
        }
    }

    fn lookup(&self, folder: Record, name: &str) -> Result<Option<Record>, ReadError> {
        let wanted: Vec<u16> = name.encode_utf16().map(upper).collect();
        let Some(root) = self.attribute(folder, Kind::IndexRoot, "$I30")? else { return Ok(None) };
        let Place::Resident(root) = root.place else { return Ok(None) };
        let blocks = self.attribute(folder, Kind::IndexAllocation, "$I30")?;
        let blocks = blocks.map(|blocks| self.as_content(blocks));
        let block_bytes = root.le32(8).unwrap_or(0) as usize;
        let mut step = root.get(16..).map_or(Step::Absent, |node| search(node, &wanted));
        for _ in 0..MOST_DEPTH {
            let vcn = match step {
                Step::Found(record) => return Ok(Some(Record(record & 0xffff_ffff_ffff))),
                Step::Absent => return Ok(None),
                Step::Below(vcn) => vcn,
            };
            let Some(blocks) = blocks.as_ref().filter(|_| block_bytes <= MOST_INDEX_BYTES) else {
                return Err(damaged("a folder"));
            };
            // Blocks smaller than a cluster are counted in sectors.
            let unit =
                if block_bytes as u64 >= self.cluster_bytes { self.cluster_bytes } else { 512 };
            let block = blocks.take(vcn.saturating_mul(unit), block_bytes)?;
            let Some(block) = repaired(block, b"INDX") else { return Err(damaged("a folder")) };
            step = block.get(24..).map_or(Step::Absent, |node| search(node, &wanted));
        }
        Err(damaged("a folder"))
    }

    fn record(&self, record: Record) -> Result<Vec<u8>, ReadError> {
        let at = record.0.saturating_mul(self.record_bytes as u64);
        let mut bytes = vec![0; self.record_bytes];
        read_runs(self.part, self.cluster_bytes, &self.table, at, &mut bytes)?;
        repaired(bytes, b"FILE").ok_or_else(|| damaged("a record of the file table"))
    }

    /// The attribute of this kind and name, its pieces joined; `None` when the file has none.
    fn attribute(
        &self,
        record: Record,
        kind: Kind,
        name: &str,
    ) -> Result<Option<Attribute>, ReadError> {
        let base = self.record(record)?;
        let mut records = vec![base];
        // A file with many pieces lists which records have them.
        if kind != Kind::AttributeList
            && let Some(list) = self.attribute_in(&records, Kind::AttributeList, "")
        {
            let len = usize::try_from(list.len_bytes).unwrap_or(usize::MAX).min(MOST_INDEX_BYTES);
            let list = self.as_content(list).take(0, len)?;
            for other in listed(&list, kind, record) {
                records.push(self.record(Record(other))?);
            }
        }
        Ok(self.attribute_in(&records, kind, name))
    }

    fn attribute_in(&self, records: &[Vec<u8>], kind: Kind, name: &str) -> Option<Attribute> {
        let mut joined: Option<Attribute> = None;
        let raw = records.iter().flat_map(|record| attributes(record));
        for attribute in raw.filter(|raw| is(raw, kind, name)) {
            let Some(read) = read_attribute(attribute) else { continue };
            match (&mut joined, read.place) {
                (Some(Attribute { place: Place::Runs(runs), .. }), Place::Runs(more)) => {
                    runs.extend(more);
                }
                (Some(_), _) => {}
                (None, place) => joined = Some(Attribute { place, ..read }),
            }
        }
        joined
    }
}

impl Content<'_> {
    /// So many bytes from `offset` on; callers bound `len`.
    pub(crate) fn take(&self, offset: u64, len: usize) -> Result<Vec<u8>, ReadError> {
        crate::read::vec_at(self, offset, len)?.ok_or(ReadError::BeyondEnd { offset, wanted: len })
    }
}

impl ReadAt for Content<'_> {
    fn len_bytes(&self) -> u64 {
        self.len_bytes
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        match &self.place {
            Place::Resident(bytes) => bytes.as_slice().read_at(offset, into),
            Place::Runs(runs) => read_runs(self.part, self.cluster_bytes, runs, offset, into),
        }
    }
}

/// Bytes of a cluster and of a record, and the cluster where the file table begins.
fn parameters(boot: &[u8]) -> Option<(u64, usize, u64)> {
    if boot.get(3..11)? != b"NTFS    " {
        return None;
    }
    let sector_bytes = u64::from(boot.le16(11)?);
    let per_cluster = *boot.get(13)?;
    // Above 128 sectors it is a negative power of two.
    let per_cluster = if per_cluster <= 128 {
        u64::from(per_cluster)
    } else {
        1_u64.checked_shl(256 - u32::from(per_cluster))?
    };
    let cluster_bytes = sector_bytes.checked_mul(per_cluster)?;
    let record = i8::from_le_bytes([*boot.get(64)?]);
    let record_bytes = match record {
        1.. => cluster_bytes.checked_mul(record.unsigned_abs().into())?,
        _ => 1_u64.checked_shl(record.unsigned_abs().into())?,
    };
    let plausible = cluster_bytes.is_power_of_two()
        && (512..=2 * 1024 * 1024).contains(&cluster_bytes)
        && matches!(record_bytes, 512 | 1024 | 2048 | 4096);
    plausible.then_some((cluster_bytes, record_bytes as usize, boot.le64(48)?))
}

/// Puts back the two bytes at each sector's end that were replaced by a mark; `None` when the marks do not fit.
fn repaired(mut bytes: Vec<u8>, magic: &[u8]) -> Option<Vec<u8>> {
    bytes.starts_with(magic).then_some(())?;
    let (at, count) = (usize::from(bytes.le16(4)?), usize::from(bytes.le16(6)?));
    let mark: [u8; 2] = bytes.array(at)?;
    for sector in 1..count {
        let original: [u8; 2] = bytes.array(at + 2 * sector)?;
        let end = bytes.get_mut(sector * 512 - 2..sector * 512)?;
        (*end == mark).then_some(())?;
        end.copy_from_slice(&original);
    }
    Some(bytes)
}

/// The attributes in a record, each with its header.
fn attributes(record: &[u8]) -> impl Iterator<Item = &[u8]> {
    let start = record.le16(20).map_or(usize::MAX, usize::from);
    let mut rest = record.get(start..).unwrap_or_default();
    std::iter::from_fn(move || {
        let len = rest.le32(4)? as usize;
        if rest.le32(0)? == u32::MAX || len < 24 {
            return None;
        }
        let (attribute, later) = rest.split_at_checked(len)?;
        rest = later;
        Some(attribute)
    })
}

fn is(attribute: &[u8], kind: Kind, name: &str) -> bool {
    let named = || {
        let (units, at) = (usize::from(*attribute.get(9)?), usize::from(attribute.le16(10)?));
        let bytes = attribute.get(at..at.checked_add(units * 2)?)?;
        Some(units == name.len() && bytes.iter().step_by(2).eq(name.as_bytes()))
    };
    attribute.le32(0) == Some(kind as u32) && named().unwrap_or(false)
}

fn read_attribute(attribute: &[u8]) -> Option<Attribute> {
    /// Compressed in its several ways, or encrypted.
    const ALTERED: u16 = 0x40ff;
    let altered = attribute.le16(12)? & ALTERED != 0;
    if *attribute.get(8)? == 0 {
        let (len, at) = (attribute.le32(16)? as usize, usize::from(attribute.le16(20)?));
        let bytes = attribute.get(at..at.checked_add(len)?)?.to_vec();
        return Some(Attribute { len_bytes: len as u64, place: Place::Resident(bytes), altered });
    }
    let runs = runs(attribute.get(usize::from(attribute.le16(32)?)..)?, attribute.le64(16)?);
    Some(Attribute { len_bytes: attribute.le64(48)?, place: Place::Runs(runs), altered })
}

/// Run lists: a byte says how long the length and the (relative, signed) place are that follow.
fn runs(list: &[u8], first_vcn: u64) -> Vec<Run> {
    let mut runs = Vec::new();
    let (mut vcn, mut lcn, mut at) = (first_vcn, 0_i64, 0);
    while let Some(sizes) = list.get(at).copied().filter(|sizes| *sizes != 0) {
        let (len_size, place_size) = (usize::from(sizes & 0xf), usize::from(sizes >> 4));
        let len_at = at + 1;
        let place_at = len_at + len_size;
        let (Some(clusters), Some(step)) = (
            list.get(len_at..place_at).and_then(signed),
            list.get(place_at..place_at + place_size).and_then(signed),
        ) else {
            break;
        };
        let Ok(clusters) = u64::try_from(clusters) else { break };
        lcn = lcn.saturating_add(step);
        let place = if place_size == 0 { None } else { u64::try_from(lcn).ok() };
        runs.push(Run { vcn, clusters, lcn: place });
        vcn = vcn.saturating_add(clusters);
        at = place_at + place_size;
    }
    runs
}

/// A little-endian number of up to eight bytes.
fn signed(bytes: &[u8]) -> Option<i64> {
    let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    let mut number = if negative { [0xff; 8] } else { [0; 8] };
    number.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(i64::from_le_bytes(number))
}

fn read_runs(
    part: Part<'_>,
    cluster_bytes: u64,
    runs: &[Run],
    offset: u64,
    into: &mut [u8],
) -> Result<(), ReadError> {
    let mut offset = offset;
    let mut rest = into;
    while !rest.is_empty() {
        let vcn = offset / cluster_bytes;
        let run = runs.iter().find(|run| vcn >= run.vcn && vcn - run.vcn < run.clusters);
        let Some(run) = run else {
            return Err(ReadError::BeyondEnd { offset, wanted: rest.len() });
        };
        let inside = offset - run.vcn.saturating_mul(cluster_bytes);
        let left = run.clusters.saturating_mul(cluster_bytes).saturating_sub(inside);
        let len = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
        let Some((now, later)) = rest.split_at_mut_checked(len) else {
            return Err(damaged("a run"));
        };
        match run.lcn {
            Some(lcn) => {
                part.read_at(lcn.saturating_mul(cluster_bytes).saturating_add(inside), now)?
            }
            None => now.fill(0),
        }
        if len == 0 {
            return Err(damaged("a run"));
        }
        offset = offset.saturating_add(len as u64);
        rest = later;
    }
    Ok(())
}

/// Records other than `base` that an attribute list names for this kind.
fn listed(list: &[u8], kind: Kind, base: Record) -> Vec<u64> {
    let mut records = Vec::new();
    let mut rest = list;
    while let (Some(found), Some(len)) = (rest.le32(0), rest.le16(4)) {
        if let Some(reference) = rest.le64(16).map(|reference| reference & 0xffff_ffff_ffff)
            && found == kind as u32
            && reference != base.0
            && !records.contains(&reference)
            && records.len() < MOST_EXTENSIONS
        {
            records.push(reference);
        }
        match rest.get(usize::from(len).max(24)..) {
            Some(later) => rest = later,
            None => break,
        }
    }
    records
}

/// One step down a folder's tree.
enum Step {
    Found(u64),
    Below(u64),
    Absent,
}

/// Looks through a node, whose header `node` begins with.
fn search(node: &[u8], wanted: &[u16]) -> Step {
    const HAS_BELOW: u16 = 1;
    const LAST: u16 = 2;
    let mut rest = node.le32(0).and_then(|start| node.get(start as usize..)).unwrap_or_default();
    while let (Some(record), Some(len), Some(flags)) = (rest.le64(0), rest.le16(8), rest.le16(12)) {
        let len = usize::from(len);
        let order = match flags & LAST {
            0 => entry_name(rest).as_deref().unwrap_or_default().cmp(wanted),
            _ => std::cmp::Ordering::Greater,
        };
        match order {
            std::cmp::Ordering::Equal => return Step::Found(record),
            std::cmp::Ordering::Greater => {
                let below = len.checked_sub(8).and_then(|at| rest.le64(at));
                return below.filter(|_| flags & HAS_BELOW != 0).map_or(Step::Absent, Step::Below);
            }
            std::cmp::Ordering::Less => {}
        }
        match rest.get(len.max(16)..) {
            Some(later) => rest = later,
            None => break,
        }
    }
    Step::Absent
}

fn entry_name(entry: &[u8]) -> Option<Vec<u16>> {
    // The key is a file name attribute: its length at 64, its characters at 66, all behind a header of 16.
    let units = usize::from(*entry.get(16 + 64)?);
    let bytes = entry.get(16 + 66..16 + 66 + units * 2)?;
    Some(bytes.as_chunks::<2>().0.iter().map(|pair| upper(u16::from_le_bytes(*pair))).collect())
}

/// Upper case as far as one character stays one: what the file system's own table does for the names we look for.
fn upper(unit: u16) -> u16 {
    let Some(character) = char::from_u32(u32::from(unit)) else { return unit };
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) => u16::try_from(u32::from(one)).unwrap_or(unit),
        _ => unit,
    }
}

fn damaged(what: &str) -> ReadError {
    ReadError::Source(format!("{what} of the NTFS file system is damaged"))
}
