//! What this tab knows of an image beyond the cloud's record, because it sends the data itself.

use leptos::prelude::*;
use openstack::ImageId;

use super::ImageState;
use crate::captures::{Capture, Captures};
use crate::text::transfers::TransferWords;
use crate::text::{format, uploads as words};
use crate::uploads::{Job, JobState, Standing, Uploads};

/// An upload of this tab, as the pages about its image show it.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalUpload {
    /// Takes the place of the record's state while it goes on; `None` when it is over.
    pub under_way: Option<UnderWay>,
    /// The file's digest, once it is computed.
    pub receipt: Option<Receipt>,
}

/// An upload that goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct UnderWay {
    /// Shape and word: Sending, Offline, Comparing.
    pub state: ImageState,
    /// How far it is, from 0 to 1, where that is known.
    pub share: Option<f64>,
    /// "61 %".
    pub percent: Option<String>,
}

/// The digest of the file as this browser read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// As Glance names it: `sha512`.
    pub algorithm: String,
    /// Lower-case hex.
    pub value: String,
    /// How many bytes were read.
    pub size_bytes: u64,
}

/// What this tab knows of an image's upload. Follows it where it is read in a reactive scope.
pub fn local_upload(id: &ImageId) -> Option<LocalUpload> {
    let job = use_context::<Uploads>()?.job_of(id.as_str())?;
    Some(job.state.with(read))
}

/// What this tab's upload of an image does, with figures and what it means: more than a list shows, so that a list does not
/// carry the words. Follows it where it is read in a reactive scope.
pub fn upload_words(id: &ImageId) -> Option<TransferWords> {
    let job = use_context::<Uploads>()?.job_of(id.as_str())?;
    job.state.with(|state| {
        let sends = state.phase.standing() == Standing::UnderWay;
        sends.then(|| words::under_way(state))
    })
}

/// Calls `changed` each time an upload of this tab begins, gets its record, goes over to its next step, or ends: then the
/// cloud's record is worth a look, whatever it said before.
pub fn on_upload_step(changed: impl Fn() + 'static) {
    let Some(uploads) = use_context::<Uploads>() else { return };
    let making = use_context::<Captures>().map(Captures::list);
    let steps = Memo::new(move |_| {
        let jobs = uploads.jobs().get();
        let step = |job: &Job| {
            job.state.with(|state| (state.image_id.clone(), words::step(&state.phase).1))
        };
        let jobs = jobs.iter().map(step).collect::<Vec<_>>();
        // What the cloud makes of an instance or a volume begins here too.
        let made =
            |one: &Capture| one.state.with(|state| (state.image_id.clone(), state.standing()));
        let making = making.map(|making| making.read().iter().map(made).collect::<Vec<_>>());
        (jobs, making)
    });
    Effect::new(move |before: Option<()>| {
        // Read, not only tracked: a memo that nobody has read follows nothing.
        steps.with(|_| ());
        if before.is_some() {
            changed();
        }
    });
}

fn read(state: &JobState) -> LocalUpload {
    // What the cloud does by itself, its own record tells best.
    let under_way = (state.phase.standing() == Standing::UnderWay).then(|| {
        let (shape, word) = words::step(&state.phase);
        let share = words::share(state);
        UnderWay {
            state: ImageState { shape, word: word.to_owned() },
            share,
            percent: share.map(format::percent),
        }
    });
    let receipt = state.sha512.clone().zip(state.size_bytes).map(|(value, size_bytes)| Receipt {
        algorithm: "sha512".to_owned(),
        value,
        size_bytes,
    });
    LocalUpload { under_way, receipt }
}
