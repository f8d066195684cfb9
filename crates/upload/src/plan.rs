//! What an upload is told before it begins, and what it wants remembered so that it can go on after a crash.

/// How a file travels in segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Of the file.
    pub size_bytes: u64,
    /// Of every segment but the last. 32 MiB for files of people (`docs/uploads.md`); 4 KiB for the canary.
    pub segment_bytes: u64,
    /// The most entries in one manifest; more make a manifest of manifests.
    pub leaf_entries: usize,
    /// The user's id: the part of every name that keeps users of a project apart.
    pub user: String,
    /// Names this upload in the container: its lease and its manifests. Random, `[0-9a-f]{32}`.
    pub upload: String,
    /// The cloud's clock at the start, in seconds since 1970: segments expire by it.
    pub now_unix_s: u64,
    /// Leave the segments until they expire, so that the next upload of a slightly changed file sends the change only.
    pub keep_segments: bool,
    /// How soon to give up.
    pub patience: Patience,
    /// Chooses which segments are hashed again after a restart; any number.
    pub seed: u64,
    /// What is known of an earlier run of the same upload.
    pub resume: Option<Resume>,
}

/// How soon to give up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// A person's file: waits for networks, tokens and queues.
    Upload,
    /// The canary: one break or one minute is an answer.
    Canary,
}

/// What was remembered ([`Note`]) of a run that ended without an end: a reload, a crash, another day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resume {
    /// The image's record, if one was made.
    pub record: Option<String>,
    /// The segments hashed so far, from the first on without a gap.
    pub hashed: Vec<HashedSegment>,
    /// The whole file's SHA-512, if it was hashed to its end.
    pub sha512: Option<String>,
}

/// A segment and what its bytes hash to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashedSegment {
    /// From 0.
    pub index: u64,
    /// The plan's, or less for the last.
    pub length_bytes: u64,
    /// Lower-case hex.
    pub md5: String,
    /// Lower-case hex.
    pub blake3: String,
    /// The state of the file's SHA-512 after this segment, for going on from here. Empty when not known.
    pub checkpoint: Vec<u8>,
}

/// An object of the container, as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredObject {
    /// Its whole name.
    pub name: String,
    /// Its size.
    pub size_bytes: u64,
    /// Its MD5 in lower-case hex, as the store computed it.
    pub md5: String,
}

/// One reference in a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestEntry {
    /// The object's name in the same container.
    pub name: String,
    /// Its size.
    pub size_bytes: u64,
    /// Its ETag without quotes.
    pub etag: String,
}

/// Worth remembering: whoever drives the engine keeps it where a crash does not reach, and hands it back as [`Resume`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// There is a record now (or a new one instead of the old one).
    Record {
        /// Its id.
        id: String,
    },
    /// The record is gone.
    RecordGone,
    /// A segment was hashed.
    Segment(HashedSegment),
    /// The file was hashed to its end.
    Sha512(String),
    /// What was hashed is void: the file is another one.
    Forget,
}
