//! What can happen to an upload, and what it wants done.

use std::time::Duration;

use crate::outcome::Outcome;

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
        /// Of [`Effect::Send`].
        ticket: Ticket,
        /// So far in this request.
        sent_bytes: u64,
    },
    /// The request was answered, with any status.
    SendDone {
        /// Of [`Effect::Send`].
        ticket: Ticket,
        /// HTTP status.
        status: u16,
        /// The cloud's words.
        message: String,
    },
    /// The request ended without an answer.
    SendBroken {
        /// Of [`Effect::Send`].
        ticket: Ticket,
    },
    /// The request ended without an answer, and the file can no longer be read: it was changed, moved or unplugged.
    SourceLost {
        /// Of [`Effect::Send`].
        ticket: Ticket,
        /// The platform's words.
        message: String,
    },
    /// The file's hash.
    HashDone {
        /// Of [`Effect::StartHash`].
        ticket: Ticket,
        /// Lower-case hex.
        sha512: String,
    },
    /// The file could not be read to its end, or the worker died.
    HashFailed {
        /// Of [`Effect::StartHash`].
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
        /// Of [`Effect::Send`].
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
    /// It is over.
    Finished(Outcome),
}
