//! What a page shows of an upload, whichever road it takes.

use crate::import::Progress;
use crate::outcome::Outcome;

/// What a page shows of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// What it is doing.
    pub phase: Phase,
    /// Direct: of the request in flight. In segments: how much of the file is in the store, by whatever way; never less
    /// than before.
    pub sent_bytes: u64,
    /// Of the file.
    pub size_bytes: u64,
    /// How often everything had to be sent again so far.
    pub breaks: u32,
    /// The image, once there is a record.
    pub image_id: Option<String>,
    /// What there is to say only of segments.
    pub segments: Option<SegmentsView>,
}

/// What a page shows of an upload in segments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SegmentsView {
    /// How much of the file is hashed.
    pub hashed_bytes: u64,
    /// How much has left this computer, whatever became of it: what speed is measured by.
    pub wire_bytes: u64,
    /// How much is still to leave, as far as is known: what is not hashed yet counts whole.
    pub left_bytes: u64,
    /// How much the store had already.
    pub present_bytes: u64,
    /// How much is the same as another part of the file: runs of zeros, mostly.
    pub repeated_bytes: u64,
    /// How much had to be sent again after a break.
    pub resent_bytes: u64,
    /// Requests with data in flight.
    pub in_flight: usize,
    /// How many requests with data may be in flight now.
    pub width: usize,
    /// Of every segment but the last.
    pub segment_bytes: u64,
    /// How many segments the file has.
    pub segments: u64,
    /// How many of them are in the store, by whatever way.
    pub stored: u64,
}

/// What an upload is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Not begun.
    New,
    /// The record is being made.
    Creating,
    /// Bytes are on their way.
    Sending,
    /// Every byte has left; the cloud has not answered yet.
    AwaitingReply,
    /// Waits for its turn: other uploads come first.
    Queued,
    /// Rests, because the user wants it to.
    Paused,
    /// The object store is being opened and listed.
    Preparing,
    /// The manifests are being made.
    Assembling,
    /// Glance fetches the object.
    Importing(Progress),
    /// The image is there and is the file; what helped to make it is being removed.
    Releasing,
    /// The token ran out; it goes on after signing in again.
    AwaitingSignIn,
    /// Looking how the image is: after a break or a reply.
    Checking,
    /// The network is gone; it goes on by itself.
    Offline,
    /// Everything is there; the file's own hash is still being computed.
    Verifying,
    /// A record is being removed.
    CleaningUp,
    /// Over.
    Finished(Outcome),
}
