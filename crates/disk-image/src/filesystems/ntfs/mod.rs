//! NTFS, as far as finding a file by its path and reading it. Compressed and encrypted files are not read.
//!
//! The layout is that of the Linux-NTFS project's documentation: records of the master file table, attributes in them,
//! lists of runs, and folders as trees sorted by upper-cased name.

mod layout;

use crate::guest::Part;
use crate::read::{Fields, ReadAt, ReadError, vec_at};
use layout::{
    Attribute, Kind, Place, Run, Step, attributes, is, listed, parameters, read_attribute,
    repaired, search, upper,
};

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
        vec_at(self, offset, len)?.ok_or(ReadError::BeyondEnd { offset, wanted: len })
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

fn damaged(what: &str) -> ReadError {
    ReadError::Source(format!("{what} of the NTFS file system is damaged"))
}
