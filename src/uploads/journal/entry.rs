//! What is remembered of an upload, as it is written down. Pure: no browser in here.
//!
//! No token, no signed URL and nothing of the file's content but its hashes is ever part of it.

use std::collections::BTreeMap;

use openstack::image::{CreateImage, Visibility};
use serde::{Deserialize, Serialize};
use upload::HashedSegment;

/// What is written down of an upload when it begins; [`upload::Note`]s are added to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Names the upload everywhere: in the container, among tabs, here. `[0-9a-f]{32}`.
    pub upload: String,
    /// The scope it works in (`Cloud::key`).
    pub scope: String,
    /// The user's id: another user of this browser must not see it.
    pub user: String,
    /// Which way the data takes.
    pub road: KeptRoad,
    /// The file.
    pub file: FileIdentity,
    /// Segments stay until they expire.
    pub keep_segments: bool,
    /// When it began, or went on for the last time, in seconds since 1970.
    pub begun_unix_s: u64,
    /// The user wants it to rest.
    #[serde(default)]
    pub paused: bool,
    /// The record's id, once there is one.
    #[serde(default)]
    pub image: Option<String>,
    /// The content's SHA-512, once it was hashed to its end.
    #[serde(default)]
    pub sha512: Option<String>,
    /// It goes on with the segments that were hashed before: their rows stay when it begins.
    #[serde(skip)]
    pub keeps_hashes: bool,
    record: Record,
}

/// Which way the data takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeptRoad {
    /// One request to Glance.
    Direct,
    /// Through the object store.
    Segmented,
}

/// What tells one file from another before it is read. A hint, no proof: hashes prove.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileIdentity {
    /// Its name, without folders.
    pub name: String,
    /// Its size.
    pub size_bytes: u64,
    /// When it was last changed, in milliseconds since 1970.
    pub last_modified_ms: i64,
    /// It is sent as qcow2 without its zeros (`SparsePlan`), which is so long.
    #[serde(default)]
    pub sparse_bytes: Option<u64>,
}

/// How a file that was chosen differs from the one that is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differs {
    /// Another size: it cannot be the same file.
    Size,
    /// It was written to since, or is a copy that did not keep the time.
    Changed,
}

impl FileIdentity {
    /// How `other` differs; `None` when it may be the same. A file may have got another name.
    pub fn differs_from(&self, other: &Self) -> Option<Differs> {
        if self.size_bytes != other.size_bytes {
            Some(Differs::Size)
        } else if self.last_modified_ms != other.last_modified_ms {
            Some(Differs::Changed)
        } else {
            None
        }
    }

    /// How much travels.
    pub fn content_bytes(&self) -> u64 {
        self.sparse_bytes.unwrap_or(self.size_bytes)
    }
}

/// [`CreateImage`] as it is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    name: String,
    disk_format: String,
    container_format: Option<String>,
    visibility: Option<String>,
    protected: bool,
    min_disk_gib: u64,
    min_ram_mib: u64,
    tags: Vec<String>,
    properties: BTreeMap<String, String>,
}

/// Segments live at most this long after the last one was named: eight days, up to the end of a bucket of seven.
const LONGEST_S: u64 = (8 + 7) * 24 * 60 * 60;

impl Entry {
    /// An upload that begins.
    pub fn new(
        upload: String,
        scope: String,
        user: String,
        road: KeptRoad,
        file: FileIdentity,
        record: &CreateImage,
        now_unix_s: u64,
    ) -> Self {
        Self {
            upload,
            scope,
            user,
            road,
            file,
            keep_segments: false,
            begun_unix_s: now_unix_s,
            paused: false,
            image: None,
            sha512: None,
            keeps_hashes: false,
            record: Record {
                name: record.name.clone(),
                disk_format: record.disk_format.clone(),
                container_format: record.container_format.clone(),
                visibility: record.visibility.as_ref().map(|it| it.as_str().to_owned()),
                protected: record.protected,
                min_disk_gib: record.min_disk_gib,
                min_ram_mib: record.min_ram_mib,
                tags: record.tags.clone(),
                properties: record.properties.clone(),
            },
        }
    }

    /// The image's name.
    pub fn name(&self) -> &str {
        &self.record.name
    }

    /// What the record is made with, should it have to be made anew.
    pub fn record(&self) -> CreateImage {
        let record = self.record.clone();
        CreateImage {
            name: record.name,
            disk_format: record.disk_format,
            container_format: record.container_format,
            visibility: record.visibility.as_deref().map(Visibility::from),
            protected: record.protected,
            hidden: false,
            min_disk_gib: record.min_disk_gib,
            min_ram_mib: record.min_ram_mib,
            tags: record.tags,
            properties: record.properties,
        }
    }

    /// Whether everything that it could go on with has expired in the cloud.
    pub fn has_expired(&self, now_unix_s: u64) -> bool {
        now_unix_s > self.begun_unix_s.saturating_add(LONGEST_S)
    }
}

/// Where a segment's row lies: rows of an upload are neighbours, in their order.
pub(super) fn row_key(upload: &str, index: u64) -> String {
    format!("{upload}/{index:012}")
}

/// From here, to there but not it: all rows of an upload. `0` is what follows `/`.
pub(super) fn row_keys(upload: &str) -> (String, String) {
    (format!("{upload}/"), format!("{upload}0"))
}

const MD5_BYTES: usize = 16;
const BLAKE3_BYTES: usize = 32;

/// A segment's row: its length, both hashes, then the checkpoint; ~270 bytes. `None` when a hash is not of its length.
pub(super) fn row(segment: &HashedSegment) -> Option<Vec<u8>> {
    let mut row = segment.length_bytes.to_be_bytes().to_vec();
    for (text, length) in [(&segment.md5, MD5_BYTES), (&segment.blake3, BLAKE3_BYTES)] {
        let bytes = from_hex(text).filter(|bytes| bytes.len() == length)?;
        row.extend(bytes);
    }
    row.extend(&segment.checkpoint);
    Some(row)
}

/// A row read back; `None` when it is none.
pub(super) fn segment(index: u64, row: &[u8]) -> Option<HashedSegment> {
    let (length, rest) = row.split_first_chunk::<8>()?;
    let (md5, rest) = rest.split_first_chunk::<MD5_BYTES>()?;
    let (blake3, checkpoint) = rest.split_first_chunk::<BLAKE3_BYTES>()?;
    Some(HashedSegment {
        index,
        length_bytes: u64::from_be_bytes(*length),
        md5: to_hex(md5),
        blake3: to_hex(blake3),
        checkpoint: checkpoint.to_vec(),
    })
}

/// The segments of rows in their order, up to the first gap.
pub(super) fn without_gap(rows: impl Iterator<Item = (String, Vec<u8>)>) -> Vec<HashedSegment> {
    (0_u64..)
        .zip(rows)
        .map_while(|(index, (key, row))| {
            let (_, at) = key.rsplit_once('/')?;
            if at.parse() == Ok(index) { segment(index, &row) } else { None }
        })
        .collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    digits
        .chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect()
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
pub(in crate::uploads) mod tests {
    use super::*;

    const DAY: u64 = 24 * 60 * 60;

    /// An upload that began at that second.
    pub(in crate::uploads) fn entry(upload: &str, begun_unix_s: u64) -> Entry {
        let record = CreateImage {
            name: "golden".into(),
            disk_format: "raw".into(),
            visibility: Some(Visibility::Private),
            tags: vec!["a".into()],
            properties: [("os_distro".to_owned(), "debian".to_owned())].into(),
            ..CreateImage::default()
        };
        let file = FileIdentity {
            name: "disk.raw".into(),
            size_bytes: 100,
            last_modified_ms: 5,
            sparse_bytes: None,
        };
        Entry::new(
            upload.into(),
            "c/r/p".into(),
            "u1".into(),
            KeptRoad::Segmented,
            file,
            &record,
            begun_unix_s,
        )
    }

    #[test]
    fn what_is_written_down_is_read_back() {
        let entry = entry("ab", 7);
        let text = serde_json::to_string(&entry).unwrap();
        let read: Entry = serde_json::from_str(&text).unwrap();
        assert_eq!(read, entry);
        assert_eq!(read.record().visibility, Some(Visibility::Private));
        assert_eq!(read.record().properties["os_distro"], "debian");
        assert!(!text.to_lowercase().contains("token"), "{text}");
    }

    #[test]
    fn it_is_forgotten_when_the_last_segment_has_expired() {
        let entry = entry("ab", 100 * DAY);
        assert!(!entry.has_expired(100 * DAY));
        assert!(!entry.has_expired(115 * DAY));
        assert!(entry.has_expired(115 * DAY + 1));
        // A clock that was set back forgets nothing.
        assert!(!entry.has_expired(0));
    }

    #[test]
    fn another_file_is_told_from_the_same_one() {
        let meant = entry("ab", 0).file;
        let check = |size_bytes, last_modified_ms, expected| {
            let other = FileIdentity {
                name: "renamed.raw".into(),
                size_bytes,
                last_modified_ms,
                sparse_bytes: None,
            };
            assert_eq!(meant.differs_from(&other), expected);
        };
        check(100, 5, None);
        check(101, 5, Some(Differs::Size));
        check(100, 6, Some(Differs::Changed));
    }

    fn hashed(index: u64) -> HashedSegment {
        HashedSegment {
            index,
            length_bytes: 32 << 20,
            md5: "d41d8cd98f00b204e9800998ecf8427e".into(),
            blake3: "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262".into(),
            checkpoint: vec![1, 2, 3],
        }
    }

    #[test]
    fn a_segment_is_a_row_and_back() {
        let one = hashed(3);
        assert_eq!(segment(3, &row(&one).unwrap()).unwrap(), one);
        let bare = HashedSegment { checkpoint: Vec::new(), ..one.clone() };
        assert_eq!(segment(3, &row(&bare).unwrap()).unwrap(), bare);
        assert_eq!(row(&HashedSegment { md5: "xy".into(), ..one.clone() }), None);
        assert_eq!(row(&HashedSegment { blake3: "ab".into(), ..one }), None);
        assert_eq!(segment(0, &[1, 2, 3]), None);
    }

    #[test]
    fn rows_are_read_up_to_the_first_gap() {
        let rows = |indices: &[u64]| {
            let rows: Vec<_> =
                indices.iter().map(|at| (row_key("ab", *at), row(&hashed(*at)).unwrap())).collect();
            without_gap(rows.into_iter()).len()
        };
        assert_eq!(rows(&[]), 0);
        assert_eq!(rows(&[0, 1, 2]), 3);
        assert_eq!(rows(&[0, 1, 3]), 2);
        assert_eq!(rows(&[1, 2]), 0);
        let (from, to) = row_keys("ab");
        for index in [0, 9, 10, 999_999] {
            let key = row_key("ab", index);
            assert!(from < key && key < to, "{key}");
        }
        assert!(row_key("ab", 9) < row_key("ab", 10));
    }
}
