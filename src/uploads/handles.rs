//! The way back to a file after the tab was closed: `FileSystemFileHandle`, which Chromium gives and keeps in IndexedDB.
//! Elsewhere a file is chosen by a plain input, and once more after a reload.
//!
//! `web-sys` has these only behind a switch for the whole build, so they are spelled out here.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, DragEvent, File};

use super::journal::FileIdentity;
use super::sending::whole;
use crate::worker::words;

#[wasm_bindgen]
extern "C" {
    /// A way back to a file.
    #[wasm_bindgen(extends = Object, typescript_type = "FileSystemFileHandle")]
    #[derive(Clone, Debug, PartialEq)]
    pub type FileHandle;
    #[wasm_bindgen(method, getter)]
    fn kind(this: &FileHandle) -> Option<String>;
    #[wasm_bindgen(method, catch, js_name = getFile)]
    fn get_file(this: &FileHandle) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = queryPermission)]
    fn query_permission(this: &FileHandle) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = requestPermission)]
    fn request_permission(this: &FileHandle) -> Result<Promise, JsValue>;

    type Picker;
    #[wasm_bindgen(method, catch, js_name = showOpenFilePicker)]
    fn show_open_file_picker(this: &Picker, options: &JsValue) -> Result<Promise, JsValue>;

    type Dropped;
    #[wasm_bindgen(method, catch, js_name = getAsFileSystemHandle)]
    fn get_as_file_system_handle(this: &Dropped) -> Result<Promise, JsValue>;
}

/// Whether the page may read the file that a handle leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// It may.
    Granted,
    /// The browser asks the user, which it does only after a click.
    Asks,
    /// The user has said no.
    Denied,
}

/// A file that was chosen, with the way back to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Picked {
    /// The file.
    pub file: File,
    /// The way back.
    pub handle: FileHandle,
}

/// Why no file was chosen in the browser's picker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotPicked {
    /// The user closed it.
    Closed,
    /// The browser shows none here; a plain input may still do.
    Refused(String),
}

/// Whether this browser has a picker that gives handles.
pub fn can_pick() -> bool {
    Reflect::get(&leptos::prelude::window(), &"showOpenFilePicker".into())
        .is_ok_and(|function| function.is_function())
}

/// Lets the user choose a file. To be called from a click.
///
/// # Errors
/// When none was chosen.
pub async fn pick() -> Result<Picked, NotPicked> {
    let refused = |error: JsValue| match error.dyn_ref::<DomException>() {
        Some(error) if error.name() == "AbortError" => NotPicked::Closed,
        _ => NotPicked::Refused(words(&error)),
    };
    let options = Object::new();
    // The folder of the last disk image, not of the last anything.
    Reflect::set(&options, &"id".into(), &"disk-image".into()).map_err(refused)?;
    let picker: Picker = leptos::prelude::window().unchecked_into();
    let chosen = picker.show_open_file_picker(&options).map_err(refused)?;
    let chosen = Array::from(&JsFuture::from(chosen).await.map_err(refused)?);
    let handle: FileHandle = chosen.get(0).unchecked_into();
    let file = handle.file().await.map_err(NotPicked::Refused)?;
    Ok(Picked { file, handle })
}

/// The way back to the first file of a drop. To be called while the drop is being handled: the browser forgets what was
/// dropped right afterwards. Give it to [`from_drop`]; `None` where the browser gives none.
pub fn dropped(event: &DragEvent) -> Option<Promise> {
    let items = event.data_transfer()?.items();
    let file = (0..items.length()).filter_map(|at| items.get(at)).find(|it| it.kind() == "file")?;
    let able = Reflect::get(&file, &"getAsFileSystemHandle".into()).ok()?;
    if !able.is_instance_of::<Function>() {
        return None;
    }
    file.unchecked_into::<Dropped>().get_as_file_system_handle().ok()
}

/// What [`dropped`] has promised; `None` for a folder.
pub async fn from_drop(promise: Promise) -> Option<FileHandle> {
    FileHandle::from_kept(JsFuture::from(promise).await.ok()?)
}

impl FileHandle {
    /// From what was kept or dropped; `None` when it is no handle of a file.
    pub fn from_kept(value: JsValue) -> Option<Self> {
        let handle = value.is_object().then(|| value.unchecked_into::<Self>())?;
        (handle.kind().as_deref() == Some("file")).then_some(handle)
    }

    /// Whether the file may be read now.
    pub async fn permission(&self) -> Permission {
        permission(self.query_permission()).await
    }

    /// Asks the user. To be called from a click.
    pub async fn ask(&self) -> Permission {
        permission(self.request_permission()).await
    }

    /// The file as it is now.
    ///
    /// # Errors
    /// In the browser's words: it was moved or removed, or may not be read.
    pub async fn file(&self) -> Result<File, String> {
        let file = self.get_file().map_err(|error| words(&error))?;
        let file = JsFuture::from(file).await.map_err(|error| words(&error))?;
        file.dyn_into().map_err(|other| words(&other))
    }
}

async fn permission(answer: Result<Promise, JsValue>) -> Permission {
    let word = match answer {
        Ok(answer) => JsFuture::from(answer).await.ok().and_then(|word| word.as_string()),
        // Without the method there is nothing to ask for.
        Err(_) => return Permission::Granted,
    };
    match word.as_deref() {
        Some("granted") => Permission::Granted,
        Some("denied") => Permission::Denied,
        // Also when the browser wanted a click and there was none.
        _ => Permission::Asks,
    }
}

/// What tells a file from another before it is read.
#[allow(clippy::cast_possible_truncation)] // A time in milliseconds fits for 290 million years.
pub fn identity(file: &File, sparse_bytes: Option<u64>) -> FileIdentity {
    FileIdentity {
        name: file.name(),
        size_bytes: whole(file.size()),
        last_modified_ms: file.last_modified() as i64,
        sparse_bytes,
    }
}
