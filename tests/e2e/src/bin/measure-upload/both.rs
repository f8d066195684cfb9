//! What this browser sends at most on this machine *while it hashes the file*: the bare requests of `xhr.rs` and the bare
//! workers of `hashing.rs` at the same time, until both are done. A page that checks what arrived cannot be faster; what the
//! console's own engine costs is the rest.

use std::time::Duration;

use serde_json::{Value, json};
use slipway_e2e::{Api, Trouble, User};

use crate::{hashing, xhr};

/// The whole file in one request to Glance, beside the SHA-512 of the whole.
pub async fn glance(user: &User, api: &Api) -> Result<Duration, Trouble> {
    let id = api.make_image("by-xhr").await?;
    let sending = xhr::arguments(api, &format!("{}/{id}/file", api.images_url()), 0);
    let took = both(user, sending, hashing::arguments(false)).await?;
    api.delete_image(&id).await?;
    Ok(took)
}

/// Segments to Swift, four at a time, beside all three hashes.
pub async fn swift(user: &User, api: &Api) -> Result<Duration, Trouble> {
    api.set_container(&[]).await?;
    let sending = xhr::arguments(api, &api.container_url(), 4);
    both(user, sending, hashing::arguments(true)).await
}

async fn both(user: &User, sending: Vec<Value>, hashed: Vec<Value>) -> Result<Duration, Trouble> {
    let script = format!(
        r#"
        const [sending, hashing, done] = arguments;
        const send = new Promise(said => (function () {{ {} }})(...sending, said));
        const hash = new Promise(said => (function () {{ {} }})(...hashing, said));
        Promise.all([send, hash]).then(([sent, hashed]) =>
            done([Math.max(sent[0], hashed[0]), sent[1] || hashed[1]]));"#,
        xhr::SEND,
        hashing::HASH
    );
    let answer = user.driver().execute_async(script, vec![json!(sending), json!(hashed)]).await?;
    crate::took(answer, "requests and hashing at once")
}
