//! How an upload ends.

/// The end of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The image is active, with our data as far as can be known.
    Uploaded {
        /// The image.
        id: String,
        /// What was compared.
        check: Check,
        /// Records of earlier attempts that could not be removed.
        left: LeftBehind,
    },
    /// It did not work. The record is removed unless `left` says otherwise. [`crate::Event::Retry`] starts anew.
    Failed {
        /// Why.
        reason: Failure,
        /// What is still in the cloud.
        left: LeftBehind,
    },
    /// The user ended it.
    Cancelled {
        /// What is still in the cloud.
        left: LeftBehind,
    },
}

impl Outcome {
    /// What is still in the cloud that nobody wants.
    pub fn left(&self) -> &LeftBehind {
        match self {
            Self::Uploaded { left, .. } | Self::Failed { left, .. } | Self::Cancelled { left } => {
                left
            }
        }
    }
}

/// What was compared when the image was active.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// Size and SHA-512 are those of the file.
    Verified,
    /// The size is that of the file; the cloud hashes with something else, so the content could not be compared.
    NotComparable {
        /// Its algorithm, when it named one.
        algorithm: Option<String>,
    },
}

/// What is still in the cloud that nobody wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftBehind {
    /// Ids of image records that could not be removed.
    pub records: Vec<String>,
    /// The cloud did not answer when a record was to be made: there may be one, whose id nobody knows.
    pub perhaps_a_record: bool,
    /// Names of objects in the container that could not be removed, or are shared and stay until they expire.
    pub objects: Vec<String>,
    /// When the last of them expires by itself, in seconds since 1970.
    pub objects_expire_unix_s: Option<u64>,
}

impl LeftBehind {
    /// Whether there is nothing to tell.
    pub fn is_nothing(&self) -> bool {
        self.records.is_empty() && !self.perhaps_a_record && self.objects.is_empty()
    }
}

/// Why an upload failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The cloud refused to make the record.
    RecordRefused {
        /// HTTP status.
        status: u16,
        /// The cloud's words.
        message: String,
    },
    /// No answer when the record was to be made.
    NoReplyToCreate,
    /// The content is not what was declared, or not safe (415).
    ContentRefused {
        /// The cloud's words.
        message: String,
    },
    /// The cloud refused the data: 413 quota or size, 403 policy, 409 state, and every other status that a repetition
    /// would not change.
    Refused {
        /// HTTP status.
        status: u16,
        /// The cloud's words.
        message: String,
    },
    /// Someone deleted the image meanwhile (410, or 404 when looking).
    Gone,
    /// The connection broke too often.
    KeepsBreaking {
        /// How often.
        breaks: u32,
        /// The last answer there was, as status and words.
        last: Option<(u16, String)>,
    },
    /// The cloud could not be reached to see how the image is.
    Unreachable,
    /// The image is in a state that no upload leads to.
    OddState {
        /// Glance's word.
        status: String,
    },
    /// The file could not be read to its end, for hashing or for sending.
    HashFailed {
        /// The platform's words.
        message: String,
    },
    /// The image is not the file: it was damaged on the way, or the file changed.
    Mismatch(Mismatch),
    /// The file's bytes are not those that were hashed: it changed meanwhile.
    SourceChanged,
    /// The object store refused a step, and a repetition would not change that.
    StoreRefused {
        /// Which.
        step: StoreStep,
        /// HTTP status.
        status: u16,
        /// The store's words.
        message: String,
    },
    /// The object store gives no answer that this page may see, again and again, although the network is there.
    StoreSilent {
        /// Which.
        step: StoreStep,
        /// The container's quota, where it has one: hidden refusals are mostly that.
        quota_bytes: Option<u64>,
        /// What is still to be sent.
        missing_bytes: u64,
    },
    /// There is no room for the segments (413).
    StoreFull {
        /// What is still to be sent.
        missing_bytes: u64,
        /// The container's quota, where it has one.
        quota_bytes: Option<u64>,
        /// The store's words.
        message: String,
    },
    /// Glance refused to begin the import.
    ImportRefused {
        /// HTTP status.
        status: u16,
        /// The cloud's words.
        message: String,
    },
    /// The import failed, every time it was tried.
    ImportFailed {
        /// The task's words; empty where the cloud shows none.
        message: String,
    },
    /// The import neither ends nor fails: whoever did it in the cloud has died.
    ImportStuck,
    /// The user signed out, so nothing could be finished or removed.
    SignedOut,
}

/// What the object store was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreStep {
    /// The container, its key, what this page may do there.
    Open,
    /// What is there already.
    List,
    /// A segment.
    Segment,
    /// A manifest.
    Manifest,
    /// The note that an upload is under way.
    Lease,
}

/// What differs between the image and the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// The size.
    Size {
        /// The file's.
        ours_bytes: u64,
        /// The image's.
        theirs_bytes: Option<u64>,
    },
    /// The SHA-512, in lower-case hex.
    Sha512 {
        /// The file's.
        ours: String,
        /// The image's; missing although the cloud named the algorithm.
        theirs: Option<String>,
    },
}
