//! What the structures of NTFS say, from bytes that were read already.

use super::Record;
use crate::read::Fields;

const MOST_EXTENSIONS: usize = 64;

pub(super) enum Place {
    Resident(Vec<u8>),
    Runs(Vec<Run>),
}

/// Clusters one after the other, on the disk and in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// The first one, counted in the file.
    pub(super) vcn: u64,
    pub(super) clusters: u64,
    /// The first one, counted on the disk; `None` for a hole.
    pub(super) lcn: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    AttributeList = 0x20,
    Data = 0x80,
    IndexRoot = 0x90,
    IndexAllocation = 0xa0,
}

/// What a file's records have, joined.
pub(super) struct Attribute {
    pub(super) len_bytes: u64,
    pub(super) place: Place,
    /// Compressed or encrypted.
    pub(super) altered: bool,
}

/// Bytes of a cluster and of a record, and the cluster where the file table begins.
pub(super) fn parameters(boot: &[u8]) -> Option<(u64, usize, u64)> {
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
pub(super) fn repaired(mut bytes: Vec<u8>, magic: &[u8]) -> Option<Vec<u8>> {
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
pub(super) fn attributes(record: &[u8]) -> impl Iterator<Item = &[u8]> {
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

pub(super) fn is(attribute: &[u8], kind: Kind, name: &str) -> bool {
    let named = || {
        let (units, at) = (usize::from(*attribute.get(9)?), usize::from(attribute.le16(10)?));
        let bytes = attribute.get(at..at.checked_add(units * 2)?)?;
        Some(units == name.len() && bytes.iter().step_by(2).eq(name.as_bytes()))
    };
    attribute.le32(0) == Some(kind as u32) && named().unwrap_or(false)
}

pub(super) fn read_attribute(attribute: &[u8]) -> Option<Attribute> {
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
pub(super) fn runs(list: &[u8], first_vcn: u64) -> Vec<Run> {
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

/// Records other than `base` that an attribute list names for this kind.
pub(super) fn listed(list: &[u8], kind: Kind, base: Record) -> Vec<u64> {
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
pub(super) enum Step {
    Found(u64),
    Below(u64),
    Absent,
}

/// Looks through a node, whose header `node` begins with.
pub(super) fn search(node: &[u8], wanted: &[u16]) -> Step {
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
pub(super) fn upper(unit: u16) -> u16 {
    let Some(character) = char::from_u32(u32::from(unit)) else { return unit };
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) => u16::try_from(u32::from(one)).unwrap_or(unit),
        _ => unit,
    }
}
