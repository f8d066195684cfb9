//! What this browser sends at most on this machine: a bare `XMLHttpRequest` with the File, or with slices of it, and nothing
//! else going on in the page. The honest upper bound for any page.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use slipway_e2e::{Api, Outcome, Trouble, User};

use crate::{SEGMENT_BYTES, took};

const FIELD: &str = r#"
    document.getElementById('bare')?.remove();
    const field = document.createElement('input');
    field.type = 'file';
    field.id = 'bare';
    document.body.append(field);
    return field;"#;

/// Milliseconds until the last answer, or words of what went wrong.
pub const SEND: &str = r#"
    const [url, token, size, width, done] = arguments;
    const file = document.getElementById('bare').files[0];
    const put = (to, body) => new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open('PUT', to);
        request.setRequestHeader('X-Auth-Token', token);
        request.setRequestHeader('Content-Type', 'application/octet-stream');
        request.onload = () => request.status < 300 ? resolve() : reject(`${request.status} ${request.responseText}`);
        request.onerror = () => reject('the line broke');
        request.send(body);
    });
    const began = performance.now();
    let next = 0;
    const line = async () => {
        while (next * size < file.size) {
            const index = next++;
            await put(`${url}/bare-${index}`, file.slice(index * size, (index + 1) * size));
        }
    };
    const all = width ? Promise.all(Array.from({ length: width }, line)) : put(url, file);
    all.then(() => done([performance.now() - began, '']), error => done([0, `${error}`]));"#;

/// Puts the file into a field of the page that stands open.
pub async fn choose(user: &User, file: &Path) -> Outcome {
    let field = user.driver().execute(FIELD, vec![]).await?.element()?;
    field.send_keys(file.display().to_string()).await?;
    Ok(())
}

/// The whole file in one request to Glance.
pub async fn glance(user: &User, api: &Api) -> Result<Duration, Trouble> {
    let id = api.make_image("by-xhr").await?;
    let took = send(user, api, &format!("{}/{id}/file", api.images_url()), 0).await?;
    api.delete_image(&id).await?;
    Ok(took)
}

/// Segments to Swift, four at a time.
pub async fn swift(user: &User, api: &Api) -> Result<Duration, Trouble> {
    api.set_container(&[]).await?;
    send(user, api, &api.container_url(), 4).await
}

/// What [`SEND`] is told: where to, and how many segments at once (0: the whole file in one request).
pub fn arguments(api: &Api, url: &str, width: u64) -> Vec<Value> {
    vec![json!(url), json!(api.token()), json!(SEGMENT_BYTES), json!(width)]
}

async fn send(user: &User, api: &Api, url: &str, width: u64) -> Result<Duration, Trouble> {
    let answer = user.driver().execute_async(SEND, arguments(api, url, width)).await?;
    took(answer, "a bare XMLHttpRequest")
}
