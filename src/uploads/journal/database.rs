//! IndexedDB as promises: as much of it as the journal needs, over `web-sys`. It knows nothing of uploads.
//!
//! The `idb` crate does the same; its builder brings `tokio` and `thiserror` along for what is a hundred lines here.

use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Event, IdbDatabase, IdbKeyRange, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction,
    IdbTransactionMode,
};

/// Raised when stores are added.
const VERSION: u32 = 1;

/// An open database.
#[derive(Clone, Debug)]
pub(super) struct Database(IdbDatabase);

impl Database {
    /// Opens it; makes it with these stores, whose keys are apart from their values, when it is not there.
    ///
    /// # Errors
    /// When the browser keeps no databases here, as in some private windows, or its disk is full.
    pub(super) async fn open(name: &str, stores: &'static [&'static str]) -> Result<Self, JsValue> {
        let window = leptos::prelude::window();
        let factory = window
            .indexed_db()?
            .ok_or_else(|| JsValue::from_str("this browser has no IndexedDB"))?;
        let request = factory.open_with_u32(name, VERSION)?;
        let upgrade = {
            let request = request.clone();
            Closure::once(move |_: Event| make(&request, stores))
        };
        request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
        let opened = answer(&request).await;
        request.set_onupgradeneeded(None);
        let database: IdbDatabase = opened?.unchecked_into();
        // A newer release in another tab wants to change the stores: it must not wait for this tab to be closed.
        let ours = database.clone();
        let give_way = Closure::<dyn FnMut()>::new(move || ours.close());
        database.set_onversionchange(Some(give_way.as_ref().unchecked_ref()));
        give_way.forget();
        Ok(Self(database))
    }

    /// Begins to write; the transaction ends by itself when nothing more is asked of it.
    pub(super) fn write(&self, stores: &[&str]) -> Result<Transaction, JsValue> {
        self.begin(stores, IdbTransactionMode::Readwrite)
    }

    /// Begins to read.
    pub(super) fn read(&self, stores: &[&str]) -> Result<Transaction, JsValue> {
        self.begin(stores, IdbTransactionMode::Readonly)
    }

    fn begin(&self, stores: &[&str], mode: IdbTransactionMode) -> Result<Transaction, JsValue> {
        let names: Array = stores.iter().map(|name| JsValue::from_str(name)).collect();
        self.0.transaction_with_str_sequence_and_mode(&names, mode).map(Transaction)
    }
}

/// Reads or writes that happen together or not at all.
pub(super) struct Transaction(IdbTransaction);

impl Transaction {
    /// A store.
    pub(super) fn store(&self, name: &str) -> Result<IdbObjectStore, JsValue> {
        self.0.object_store(name)
    }

    /// Waits until everything is written.
    pub(super) async fn done(self) -> Result<(), JsValue> {
        let transaction = &self.0;
        let ended = Promise::new(&mut |resolve: Function, reject: Function| {
            transaction.set_oncomplete(Some(&resolve));
            transaction.set_onabort(Some(&reject));
        });
        match JsFuture::from(ended).await {
            Ok(_) => Ok(()),
            Err(_) => Err(transaction
                .error()
                .map_or_else(|| JsValue::from_str("the browser gave it up"), JsValue::from)),
        }
    }
}

/// What a request answers.
pub(super) async fn answer(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let answered = Promise::new(&mut |resolve: Function, reject: Function| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    match JsFuture::from(answered).await {
        Ok(_) => request.result(),
        Err(_) => Err(request.error()?.map_or(JsValue::UNDEFINED, JsValue::from)),
    }
}

/// From one key to another, without that.
pub(super) fn range(from: &str, to: &str) -> Result<JsValue, JsValue> {
    let range =
        IdbKeyRange::bound_with_lower_open_and_upper_open(&from.into(), &to.into(), false, true)?;
    Ok(range.into())
}

fn make(request: &IdbOpenDbRequest, stores: &[&str]) {
    let Ok(database) = request.result() else { return };
    let database: IdbDatabase = database.unchecked_into();
    for store in stores {
        if let Err(error) = database.create_object_store(store) {
            leptos::logging::error!("{store} could not be made: {error:?}");
        }
    }
}
