//! One `PUT` of a file or of a slice of one. `fetch` cannot tell how far a request body is, so this is an `XMLHttpRequest`: the only one
//! in the app besides `fetch.rs`, and only for image data.
//!
//! The browser streams the `Blob` from disk; nothing of it is held in memory. It deliberately decides nothing: what an
//! answer means is the engine's matter.

use wasm_bindgen::prelude::*;
use web_sys::{Blob, ProgressEvent, XmlHttpRequest};

/// What happens to a request under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendEvent {
    /// So many bytes of the body have left this computer.
    Progress(u64),
    /// The cloud has answered.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The body as text; small.
        body: String,
        /// Those that say more of a failure, where the browser lets us see them.
        headers: Vec<(String, String)>,
    },
    /// No answer came: the line broke, or the answer was hidden from us.
    Broken,
}

/// A request under way; dropping it aborts it.
pub struct Sending {
    request: XmlHttpRequest,
    _listeners: [Closure<dyn FnMut(ProgressEvent)>; 3],
}

impl Sending {
    /// Starts sending `content` to `url`.
    ///
    /// # Errors
    /// When the browser refuses the URL or a header.
    pub fn start(
        url: &str,
        headers: &[(String, String)],
        content: &Blob,
        on_event: impl Fn(SendEvent) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let request = XmlHttpRequest::new()?;
        request.open_with_async("PUT", url, true)?;
        for (name, value) in headers {
            request.set_request_header(name, value)?;
        }
        let progress = {
            let on_event = on_event.clone();
            Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
                on_event(SendEvent::Progress(whole(event.loaded())))
            })
        };
        request.upload()?.set_onprogress(Some(progress.as_ref().unchecked_ref()));
        let answered = {
            let (on_event, request) = (on_event.clone(), request.clone());
            Closure::<dyn FnMut(ProgressEvent)>::new(move |_| on_event(answer(&request)))
        };
        request.set_onload(Some(answered.as_ref().unchecked_ref()));
        let broken = Closure::<dyn FnMut(ProgressEvent)>::new(move |_| on_event(SendEvent::Broken));
        request.set_onerror(Some(broken.as_ref().unchecked_ref()));
        request.set_ontimeout(Some(broken.as_ref().unchecked_ref()));
        request.send_with_opt_blob(Some(content))?;
        Ok(Self { request, _listeners: [progress, answered, broken] })
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.request.set_onload(None);
        self.request.set_onerror(None);
        self.request.set_ontimeout(None);
        if let Ok(upload) = self.request.upload() {
            upload.set_onprogress(None);
        }
        // After the answer this does nothing.
        drop(self.request.abort());
    }
}

fn answer(request: &XmlHttpRequest) -> SendEvent {
    match request.status() {
        Ok(status) if status > 0 => SendEvent::Answered {
            status,
            body: request.response_text().ok().flatten().unwrap_or_default(),
            headers: telling(request, status),
        },
        _ => SendEvent::Broken,
    }
}

/// Asking for a header that is hidden from this page puts a line into the browser's console, so nothing is asked of a success.
fn telling(request: &XmlHttpRequest, status: u16) -> Vec<(String, String)> {
    let names: &[&str] = match status {
        200..=299 => &[],
        408 | 413 | 429 | 498 | 503 => &["x-openstack-request-id", "x-trans-id", "retry-after"],
        _ => &["x-openstack-request-id", "x-trans-id"],
    };
    let header = |name: &&str| {
        let value = request.get_response_header(name).ok().flatten()?;
        Some(((*name).to_owned(), value))
    };
    names.iter().filter_map(header).collect()
}

/// Sizes are whole numbers far below 2^53; the browser hands them out as floats.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(super) fn whole(bytes: f64) -> u64 {
    bytes as u64
}
