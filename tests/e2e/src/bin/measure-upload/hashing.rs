//! How fast this browser hashes on this machine with nothing else to do: the console's own hashing workers
//! (`src/hasher.rs`), given the chosen file as the console gives it to them. What is sent faster than that waits for it.

use std::time::Duration;

use serde_json::{Value, json};
use slipway_e2e::{Trouble, User};

use crate::{SEGMENT_BYTES, took};

/// Milliseconds until every worker has said its last, or words of what went wrong.
pub const HASH: &str = r#"
    const [size, segments, done] = arguments;
    const file = document.getElementById('bare').files[0];
    const script = document.querySelector('meta[name="slipway-hasher"]').content;
    const channel = new MessageChannel();
    const job = (what, port) => [[file, what, size, 0, new Uint8Array(), port], [port]];
    const jobs = segments
        ? [job('names', channel.port1), job('checkpoints', channel.port2)]
        : [[[file, 'whole'], []]];
    const hash = ([message, given]) => new Promise((resolve, reject) => {
        const worker = new Worker(script);
        worker.onerror = event => reject(event.message ?? 'the worker could not be loaded');
        worker.onmessage = ({ data }) => {
            if (data === true) worker.postMessage(message, given);
            else if (data instanceof Error) reject(data.message);
            else if (data === null || typeof data === 'string') resolve(worker);
        };
    });
    const began = performance.now();
    const over = workers => {
        done([performance.now() - began, '']);
        workers.forEach(worker => worker.terminate());
    };
    Promise.all(jobs.map(hash)).then(over, error => done([0, `${error}`]));"#;

/// The SHA-512 of the whole, in one worker: what the direct road needs.
pub async fn whole(user: &User) -> Result<Duration, Trouble> {
    hash(user, false).await
}

/// All three hashes, in two workers that share what one reads: what the segmented road needs.
pub async fn segments(user: &User) -> Result<Duration, Trouble> {
    hash(user, true).await
}

/// What [`HASH`] is told: segments of which size, and whether these are wanted.
pub fn arguments(segments: bool) -> Vec<Value> {
    vec![json!(SEGMENT_BYTES), json!(segments)]
}

async fn hash(user: &User, segments: bool) -> Result<Duration, Trouble> {
    let answer = user.driver().execute_async(HASH, arguments(segments)).await?;
    took(answer, "hashing alone")
}
