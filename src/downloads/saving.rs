//! Fetching an image's data and saving it: straight to a file that the user chooses (File System Access API), or into a
//! Blob that is handed to the browser's own downloads at the end.
//!
//! The API is reached by name (`js_sys::Reflect`), as not every browser has it and web-sys calls it unstable. A piece of
//! data never enters this program's memory: only references to the browser's own buffers pass through.

use std::time::Duration;

use js_sys::{Array, Function, Object, Reflect, Uint8Array};
use leptos::prelude::{document, set_timeout, window};
use openstack::image::{self, Image};
use openstack::{ApiError, ErrorKind, Response, Service};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Blob, File, Headers, HtmlAnchorElement, RequestCache, RequestCredentials,
    RequestInit, Url,
};

use super::Failure;
use crate::cloud::Cloud;

/// So many bytes are gathered before they become a Blob, which the browser may keep on the disk.
const PART_BYTES: u64 = 16 << 20;
/// So long the browser may take before it begins to read what it was handed: Safari reads after the click has returned.
const HANDING_OVER: Duration = Duration::from_secs(60);
/// What we are doing, for errors.
const OPERATION: &str = "download the image";

/// How this browser saves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Piece by piece to a file of the user's choice.
    Disk,
    /// In memory, and to the downloads at the end.
    Memory,
}

impl Way {
    /// Firefox and Safari do not let pages write to files of the user's choice.
    pub fn of_this_browser() -> Self {
        let asks = Reflect::has(&window(), &"showSaveFilePicker".into()).unwrap_or(false);
        if asks { Self::Disk } else { Self::Memory }
    }
}

/// The data, whole.
pub(super) struct Saved {
    /// The file on the disk, or the data in memory.
    pub(super) file: File,
    /// Whether it is still to be handed over.
    pub(super) in_memory: bool,
}

impl Saved {
    /// Gives data that is in memory to the browser's downloads. Nothing for a file on the disk: it is there.
    pub(super) fn hand_over(&self) {
        if !self.in_memory {
            return;
        }
        let handed = Url::create_object_url_with_blob(&self.file).and_then(|url| {
            let link: HtmlAnchorElement = document().create_element("a")?.dyn_into()?;
            link.set_href(&url);
            link.set_download(&self.file.name());
            link.click();
            set_timeout(move || drop(Url::revoke_object_url(&url)), HANDING_OVER);
            Ok(())
        });
        if let Err(error) = handed {
            leptos::logging::error!("the browser did not take the file: {error:?}");
        }
    }
}

/// Why there is nothing.
pub(super) enum Trouble {
    /// The user closed the browser's dialog.
    NotChosen,
    /// The user ended it.
    Aborted,
    /// It went wrong.
    Failed(Failure),
}

impl From<JsValue> for Trouble {
    fn from(error: JsValue) -> Self {
        let name = Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string());
        if name.as_deref() == Some("AbortError") {
            return Self::Aborted;
        }
        let words = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
        Self::Failed(Failure::Browser(words.or_else(|| error.as_string()).unwrap_or_default()))
    }
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Self {
        match error.kind {
            ErrorKind::Aborted => Self::Aborted,
            _ => Self::Failed(Failure::Cloud(error)),
        }
    }
}

/// Asks for the file, fetches, writes; tells how many bytes are written.
pub(super) async fn save(
    cloud: &Cloud,
    image: &Image,
    file: &str,
    signal: Option<&AbortSignal>,
    mut on_progress: impl FnMut(u64),
) -> Result<Saved, Trouble> {
    // First of all, as the browser allows it only just after a press.
    let mut sink = Sink::open(file).await?;
    on_progress(0);
    let saved = fill(cloud, image, signal, &mut sink, on_progress).await;
    match saved {
        Ok(()) => sink.close(file).await,
        Err(trouble) => {
            sink.throw_away().await;
            Err(trouble)
        }
    }
}

async fn fill(
    cloud: &Cloud,
    image: &Image,
    signal: Option<&AbortSignal>,
    sink: &mut Sink,
    mut on_progress: impl FnMut(u64),
) -> Result<(), Trouble> {
    let answer = request(cloud, image, signal).await?;
    let body = Reflect::get(&answer, &"body".into())?;
    let expected = image.size_bytes.unwrap_or(0);
    let mut saved = 0;
    if !body.is_null() {
        let reader = method(&body, "getReader")?.call0(&body)?;
        loop {
            let piece = ask(&reader, "read", &[]).await.map_err(broken)?;
            if Reflect::get(&piece, &"done".into())?.is_truthy() {
                break;
            }
            let bytes: Uint8Array = Reflect::get(&piece, &"value".into())?.dyn_into()?;
            let length = u64::from(bytes.length());
            sink.write(&bytes).await?;
            saved += length;
            on_progress(saved);
        }
    }
    if saved == expected { Ok(()) } else { Err(Trouble::Failed(Failure::Short)) }
}

/// The answer with the data in it. A token that has run out is renewed once, as for every other call.
async fn request(
    cloud: &Cloud,
    image: &Image,
    signal: Option<&AbortSignal>,
) -> Result<web_sys::Response, Trouble> {
    let client = cloud.client();
    let url = image::download_url(client, &image.id)?;
    let local = |kind| ApiError::local(OPERATION, Service::Image, kind, "");
    let (token, generation) = client.token().await.map_err(|_| local(ErrorKind::SignedOut))?;
    let answer = fetch(&url, token.reveal(), signal).await?;
    let answer = match answer.status() {
        401 => {
            let renewed = client.token_after(generation).await;
            let (token, _) = renewed.map_err(|_| local(ErrorKind::SignedOut))?;
            fetch(&url, token.reveal(), signal).await?
        }
        _ => answer,
    };
    if answer.status() == 200 || answer.status() == 206 {
        return Ok(answer);
    }
    let text = JsFuture::from(answer.text()?).await?.as_string().unwrap_or_default();
    let request_id = answer.headers().get("x-openstack-request-id")?;
    let headers =
        request_id.map(|id| ("x-openstack-request-id".to_owned(), id)).into_iter().collect();
    let response = Response { status: answer.status(), headers, body: text.into_bytes() };
    Err(ApiError::from_response(OPERATION, Service::Image, &response).into())
}

async fn fetch(
    url: &str,
    token: &str,
    signal: Option<&AbortSignal>,
) -> Result<web_sys::Response, Trouble> {
    let headers = Headers::new()?;
    headers.append("X-Auth-Token", token)?;
    let options = RequestInit::new();
    options.set_headers(&headers);
    options.set_credentials(RequestCredentials::Omit);
    options.set_cache(RequestCache::NoStore);
    options.set_signal(signal);
    let answer =
        JsFuture::from(window().fetch_with_str_and_init(url, &options)).await.map_err(broken)?;
    Ok(answer.dyn_into()?)
}

/// A connection that breaks says so in words of the browser's own.
fn broken(error: JsValue) -> Trouble {
    match Trouble::from(error) {
        Trouble::Failed(Failure::Browser(words)) => {
            ApiError::local(OPERATION, Service::Image, ErrorKind::Unreachable, words).into()
        }
        other => other,
    }
}

/// Where the data goes.
enum Sink {
    Disk { handle: JsValue, stream: JsValue },
    Memory { parts: Array, gathered: Array, gathered_bytes: u64 },
}

impl Sink {
    async fn open(file: &str) -> Result<Self, Trouble> {
        if Way::of_this_browser() == Way::Memory {
            return Ok(Self::Memory {
                parts: Array::new(),
                gathered: Array::new(),
                gathered_bytes: 0,
            });
        }
        let options = Object::new();
        Reflect::set(&options, &"suggestedName".into(), &file.into())?;
        let handle = ask(&window(), "showSaveFilePicker", &[options.into()]).await;
        let handle = handle.map_err(|error| match Trouble::from(error) {
            Trouble::Aborted => Trouble::NotChosen,
            other => other,
        })?;
        let stream = ask(&handle, "createWritable", &[]).await?;
        Ok(Self::Disk { handle, stream })
    }

    async fn write(&mut self, bytes: &Uint8Array) -> Result<(), Trouble> {
        match self {
            Self::Disk { stream, .. } => {
                ask(stream, "write", &[bytes.into()]).await?;
            }
            Self::Memory { parts, gathered, gathered_bytes } => {
                gathered.push(bytes);
                *gathered_bytes += u64::from(bytes.length());
                if *gathered_bytes >= PART_BYTES {
                    parts.push(&Blob::new_with_u8_array_sequence(gathered)?.into());
                    *gathered = Array::new();
                    *gathered_bytes = 0;
                }
            }
        }
        Ok(())
    }

    /// All of it is there.
    async fn close(self, name: &str) -> Result<Saved, Trouble> {
        match self {
            Self::Disk { handle, stream } => {
                ask(&stream, "close", &[]).await?;
                let file = ask(&handle, "getFile", &[]).await?.dyn_into()?;
                Ok(Saved { file, in_memory: false })
            }
            Self::Memory { parts, gathered, .. } => {
                parts.push(&Blob::new_with_u8_array_sequence(&gathered)?.into());
                Ok(Saved { file: File::new_with_blob_sequence(&parts, name)?, in_memory: true })
            }
        }
    }

    /// The browser writes to a place of its own until the file is closed; of an abandoned one it leaves the empty file that
    /// it made when the user chose its name.
    async fn throw_away(self) {
        if let Self::Disk { handle, stream } = self {
            // A stream that broke by itself is thrown away already.
            drop(ask(&stream, "abort", &[]).await);
            let file = ask(&handle, "getFile", &[]).await.and_then(|file| file.dyn_into::<File>());
            if file.is_ok_and(|file| file.size() < 1.0) {
                // Not every browser can.
                drop(ask(&handle, "remove", &[]).await);
            }
        }
    }
}

fn method(of: &JsValue, name: &str) -> Result<Function, JsValue> {
    Reflect::get(of, &name.into())?.dyn_into()
}

/// Calls a method and waits for its promise.
async fn ask(of: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let arguments: Array = arguments.iter().collect();
    let answer = method(of, name)?.apply(of, &arguments)?;
    JsFuture::from(js_sys::Promise::resolve(&answer)).await
}
