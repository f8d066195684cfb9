//! What can happen to an upload, and what it wants done.

use std::time::Duration;

use crate::outcome::Outcome;
use crate::plan::{HashedSegment, ManifestEntry, Note, StoredObject};

/// Names one effect; its answer carries it back. An answer with an old ticket is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub(crate) u32);

/// The states of an image that matter to an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CloudStatus {
    /// `queued`: a record without data.
    Queued,
    /// `saving`: data is being received.
    Saving,
    /// `importing`: the cloud fetches it, or copies it into its store.
    Importing,
    /// `active`: ready.
    Active,
    /// Any other word.
    Other(String),
}

impl From<&str> for CloudStatus {
    fn from(word: &str) -> Self {
        match word {
            "queued" => Self::Queued,
            "saving" => Self::Saving,
            "importing" => Self::Importing,
            "active" => Self::Active,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// How the cloud describes the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudImage {
    /// Its state.
    pub status: CloudStatus,
    /// `size`.
    pub size_bytes: Option<u64>,
    /// `os_hash_algo`.
    pub hash_algo: Option<String>,
    /// `os_hash_value`.
    pub hash_value: Option<String>,
    /// Whether it names an import (`os_glance_import_task`): under way, or waiting in the cloud.
    pub has_import_task: bool,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Begin. Only the first one counts.
    Start,
    /// The record was made.
    RecordCreated {
        /// Of [`Effect::CreateRecord`].
        ticket: Ticket,
        /// The image's id.
        id: String,
    },
    /// Making the record was answered, but not with a record.
    RecordRefused {
        /// Of [`Effect::CreateRecord`].
        ticket: Ticket,
        /// HTTP status.
        status: u16,
        /// The cloud's words.
        message: String,
    },
    /// No answer came, so nobody knows whether there is a record.
    RecordUnknown {
        /// Of [`Effect::CreateRecord`].
        ticket: Ticket,
    },
    /// Bytes of the body left.
    SendProgress {
        /// Of [`Effect::Send`] or [`Effect::SendSegment`].
        ticket: Ticket,
        /// So far in this request.
        sent_bytes: u64,
    },
    /// The request was answered, with any status.
    SendDone {
        /// Of [`Effect::Send`] or [`Effect::SendSegment`].
        ticket: Ticket,
        /// HTTP status.
        status: u16,
        /// The cloud's words.
        message: String,
        /// `Retry-After`, where the browser lets us see it.
        retry_after: Option<Duration>,
    },
    /// The request ended without an answer.
    SendBroken {
        /// Of [`Effect::Send`] or [`Effect::SendSegment`].
        ticket: Ticket,
    },
    /// The request ended without an answer, and the file can no longer be read: it was changed, moved or unplugged.
    SourceLost {
        /// Of [`Effect::Send`] or [`Effect::SendSegment`].
        ticket: Ticket,
        /// The platform's words.
        message: String,
    },
    /// The file's hash.
    HashDone {
        /// Of [`Effect::StartHash`] or [`Effect::HashSegments`].
        ticket: Ticket,
        /// Lower-case hex.
        sha512: String,
    },
    /// The file could not be read to its end, or the worker died.
    HashFailed {
        /// Of [`Effect::StartHash`] or [`Effect::HashSegments`].
        ticket: Ticket,
        /// The platform's words.
        message: String,
    },
    /// The image as the cloud describes it.
    Image {
        /// Of [`Effect::LookAtImage`].
        ticket: Ticket,
        /// The description.
        image: CloudImage,
    },
    /// The cloud says that there is no such image (404).
    ImageGone {
        /// Of [`Effect::LookAtImage`].
        ticket: Ticket,
    },
    /// Looking at the image failed in any other way.
    LookFailed {
        /// Of [`Effect::LookAtImage`].
        ticket: Ticket,
    },
    /// There is a new token.
    TokenRenewed {
        /// Of [`Effect::AwaitToken`].
        ticket: Ticket,
    },
    /// The record is removed; also when it was gone already (404).
    RecordDeleted {
        /// Of [`Effect::DeleteRecord`].
        ticket: Ticket,
    },
    /// The record could not be removed.
    DeleteFailed {
        /// Of [`Effect::DeleteRecord`].
        ticket: Ticket,
    },
    /// A step that has nothing to tell was done: [`Effect::OpenStore`], [`Effect::PutLease`], [`Effect::PutManifest`],
    /// [`Effect::StartImport`], [`Effect::DeleteObject`] (also when the object was gone already), [`Effect::Wait`].
    Done {
        /// Of the effect.
        ticket: Ticket,
    },
    /// A step was answered, but not with what was asked for.
    Refused {
        /// Of the effect.
        ticket: Ticket,
        /// HTTP status.
        status: u16,
        /// The cloud's words.
        message: String,
        /// `Retry-After`, where the browser lets us see it.
        retry_after: Option<Duration>,
    },
    /// A step was not answered: the line broke, or the answer was hidden from the page.
    NoReply {
        /// Of the effect.
        ticket: Ticket,
    },
    /// What is in the container.
    Listed {
        /// Of [`Effect::ListObjects`].
        ticket: Ticket,
        /// Every object whose name begins with what was asked for.
        objects: Vec<StoredObject>,
    },
    /// An object as the store describes it.
    Object {
        /// Of [`Effect::LookAtObject`].
        ticket: Ticket,
        /// Its size; of a manifest: of all it refers to.
        size_bytes: u64,
        /// Its ETag without quotes.
        etag: String,
    },
    /// The store says that there is no such object (404).
    ObjectGone {
        /// Of [`Effect::LookAtObject`].
        ticket: Ticket,
    },
    /// What the container allows, where that can be seen.
    StoreState {
        /// Of [`Effect::LookAtStore`].
        ticket: Ticket,
        /// `X-Container-Meta-Quota-Bytes`.
        quota_bytes: Option<u64>,
        /// `X-Container-Bytes-Used`; hidden from a page of another origin.
        used_bytes: Option<u64>,
    },
    /// A segment was hashed.
    SegmentHashed {
        /// Of [`Effect::HashSegments`] or [`Effect::HashSample`].
        ticket: Ticket,
        /// Which, and to what.
        segment: HashedSegment,
    },
    /// The import as the image's newest task describes it.
    Task {
        /// Of [`Effect::LookAtTask`].
        ticket: Ticket,
        /// `pending`, `processing`, `success`, `failure`; empty where the cloud shows no tasks.
        status: String,
        /// Its words.
        message: String,
    },
    /// How many requests with data may be in flight from now on. 0: others come first.
    Allot {
        /// The number.
        width: usize,
    },
    /// The user wants it to rest.
    Pause,
    /// The user wants it to go on.
    Resume,
    /// The user signed out: nothing more can be asked of the cloud.
    SignedOut,
    /// The platform says that the network is gone.
    Offline,
    /// The platform says that the network is back.
    Online,
    /// Time passed. Send it every few seconds until the end; without it a dead connection is not noticed.
    Tick,
    /// The user ended it.
    Cancel,
    /// The user wants a failed or cancelled upload done again.
    Retry,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Make an image record.
    CreateRecord {
        /// To be answered with.
        ticket: Ticket,
    },
    /// `PUT` the whole file to the record, with the token of the moment.
    Send {
        /// To be answered with.
        ticket: Ticket,
        /// The record.
        id: String,
    },
    /// Give the request up. Its answer is not waited for.
    AbortSend {
        /// Of [`Effect::Send`] or [`Effect::SendSegment`].
        ticket: Ticket,
    },
    /// Compute the file's SHA-512.
    StartHash {
        /// To be answered with.
        ticket: Ticket,
    },
    /// Stop computing.
    StopHash,
    /// `GET` the image.
    LookAtImage {
        /// To be answered with.
        ticket: Ticket,
        /// The record.
        id: String,
        /// Not before this much time.
        after: Duration,
    },
    /// The token was refused: get another one.
    AwaitToken {
        /// To be answered with.
        ticket: Ticket,
    },
    /// `DELETE` the record.
    DeleteRecord {
        /// To be answered with.
        ticket: Ticket,
        /// The record.
        id: String,
        /// Not before this much time.
        after: Duration,
    },
    /// The container is there (or is made now), may be used by this page, and has a key for TempURLs.
    OpenStore {
        /// To be answered with.
        ticket: Ticket,
    },
    /// `HEAD` the container: what does it allow?
    LookAtStore {
        /// To be answered with.
        ticket: Ticket,
    },
    /// List the container.
    ListObjects {
        /// To be answered with.
        ticket: Ticket,
        /// What the names begin with.
        prefix: String,
    },
    /// `PUT` an empty object that says: this upload is under way.
    PutLease {
        /// To be answered with.
        ticket: Ticket,
        /// Its name.
        name: String,
        /// `X-Delete-At`, seconds since 1970.
        delete_at_unix_s: u64,
    },
    /// Hash the file segment by segment, and as a whole.
    HashSegments {
        /// To be answered with, many times.
        ticket: Ticket,
        /// The first segment.
        from: u64,
        /// The state of the SHA-512 before it; empty for the first.
        checkpoint: Vec<u8>,
    },
    /// Hash one segment again, also while [`Effect::HashSegments`] goes on.
    HashSample {
        /// To be answered with.
        ticket: Ticket,
        /// Which.
        index: u64,
    },
    /// `PUT` a slice of the file as an object.
    SendSegment {
        /// To be answered with.
        ticket: Ticket,
        /// The object's name.
        name: String,
        /// Where the slice begins.
        offset_bytes: u64,
        /// How long it is.
        length_bytes: u64,
        /// What the store shall find (`ETag`).
        md5: String,
        /// `X-Delete-At`, seconds since 1970.
        delete_at_unix_s: u64,
    },
    /// `HEAD` an object.
    LookAtObject {
        /// To be answered with.
        ticket: Ticket,
        /// Its name.
        name: String,
        /// Not before this much time.
        after: Duration,
    },
    /// `PUT` a static large object.
    PutManifest {
        /// To be answered with.
        ticket: Ticket,
        /// Its name.
        name: String,
        /// What it is made of.
        entries: Vec<ManifestEntry>,
        /// What the store shall find (`ETag`): the MD5 of the entries' ETags.
        etag: String,
        /// `X-Delete-At`, seconds since 1970.
        delete_at_unix_s: u64,
    },
    /// Let Glance fetch the object by a TempURL that is made now.
    StartImport {
        /// To be answered with.
        ticket: Ticket,
        /// The record.
        id: String,
        /// The object.
        object: String,
    },
    /// The newest task of the image.
    LookAtTask {
        /// To be answered with.
        ticket: Ticket,
        /// The record.
        id: String,
    },
    /// `DELETE` an object; of a manifest only itself.
    DeleteObject {
        /// To be answered with.
        ticket: Ticket,
        /// Its name.
        name: String,
        /// Not before this much time.
        after: Duration,
    },
    /// Nothing, for a while.
    Wait {
        /// To be answered with.
        ticket: Ticket,
        /// How long.
        after: Duration,
    },
    /// Remember this; not answered.
    Note(Note),
    /// It is over.
    Finished(Outcome),
}
