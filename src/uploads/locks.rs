//! One Web Lock for each upload that runs, so that the tabs of this browser do not run it twice, see it end with its tab,
//! and do not freeze it in the background (Chromium freezes no tab that holds one). And the screen's wake lock.
//!
//! The browser gives a lock back when the tab ends, however it ends. Where it has none (a page without https), every tab
//! is on its own.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::prelude::{
    ArcRwSignal, GetUntracked, Set, document, window, window_event_listener_untyped,
};
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, VisibilityState};

use crate::worker::words;

#[wasm_bindgen]
extern "C" {
    type LockManager;
    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &JsValue,
        holding: &Function,
    ) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn query(this: &LockManager) -> Result<Promise, JsValue>;

    type WakeLock;
    #[wasm_bindgen(method, catch)]
    fn request(this: &WakeLock, kind: &str) -> Result<Promise, JsValue>;
    #[derive(Clone)]
    type WakeSentinel;
    #[wasm_bindgen(method, catch)]
    fn release(this: &WakeSentinel) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn released(this: &WakeSentinel) -> bool;
}

const PREFIX: &str = "slipway.upload.";

/// The right to run an upload; dropping it lets other tabs have it.
#[derive(Debug)]
pub struct UploadLock(Option<Function>);

impl Drop for UploadLock {
    fn drop(&mut self) {
        if let Some(release) = self.0.take() {
            drop(release.call0(&JsValue::UNDEFINED));
        }
    }
}

impl UploadLock {
    /// Takes it; `None` when another tab has it.
    pub async fn try_take(upload: &str) -> Option<Self> {
        let options = Object::new();
        // An option that cannot be set on a new object does not happen.
        drop(Reflect::set(&options, &"ifAvailable".into(), &true.into()));
        take(upload, &options).await
    }
}

/// Waits until another tab gives an upload's lock back; dropping it ends the waiting.
pub struct Waiting(AbortController);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Waiting {
    /// Calls `free` with the lock once it is ours. `None` where the browser knows no locks.
    pub fn start(upload: String, free: impl FnOnce(UploadLock) + 'static) -> Option<Self> {
        manager()?;
        let controller = AbortController::new().ok()?;
        let options = Object::new();
        drop(Reflect::set(&options, &"signal".into(), &controller.signal()));
        spawn_local(async move {
            if let Some(lock) = take(&upload, &options).await {
                free(lock);
            }
        });
        Some(Self(controller))
    }
}

/// The uploads that run in any tab of this browser, ours among them.
pub async fn running() -> Vec<String> {
    let Some(Ok(asked)) = manager().map(|manager| manager.query()) else { return Vec::new() };
    let held = match JsFuture::from(asked).await {
        Ok(all) => Reflect::get(&all, &"held".into()).unwrap_or_default(),
        Err(error) => {
            leptos::logging::warn!("the browser tells no locks: {}", words(&error));
            return Vec::new();
        }
    };
    let name = |lock: JsValue| Reflect::get(&lock, &"name".into()).ok()?.as_string();
    let held = if held.is_undefined() { Array::new() } else { Array::from(&held) };
    held.iter()
        .filter_map(name)
        .filter_map(|name| name.strip_prefix(PREFIX).map(str::to_owned))
        .collect()
}

fn manager() -> Option<LockManager> {
    part("locks").map(JsCast::unchecked_into)
}

/// A part of `navigator` that is not everywhere.
fn part(name: &str) -> Option<JsValue> {
    let part = Reflect::get(&window().navigator(), &name.into()).ok()?;
    part.is_object().then_some(part)
}

async fn take(upload: &str, options: &JsValue) -> Option<UploadLock> {
    let Some(manager) = manager() else { return Some(UploadLock(None)) };
    let tell: Rc<RefCell<Option<Function>>> = Rc::default();
    let tell_no = Rc::clone(&tell);
    let told = {
        let tell = Rc::clone(&tell);
        Promise::new(&mut |resolve: Function, _: Function| *tell.borrow_mut() = Some(resolve))
    };
    // The lock is held until the promise that this returns is resolved.
    let holding = Closure::once_into_js(move |lock: JsValue| -> Promise {
        let mut release = JsValue::NULL;
        let held = Promise::new(&mut |resolve: Function, _: Function| release = resolve.into());
        let taken = !lock.is_null() && !lock.is_undefined();
        if let Some(tell) = tell.borrow_mut().take() {
            let told = if taken { release } else { JsValue::NULL };
            drop(tell.call1(&JsValue::UNDEFINED, &told));
        }
        if taken { held } else { Promise::resolve(&JsValue::NULL) }
    });
    let name = format!("{PREFIX}{upload}");
    let asked = match manager.request(&name, options, holding.unchecked_ref()) {
        Ok(asked) => asked,
        Err(error) => {
            // A page that may not have locks, as in a sandbox: as if there were none.
            leptos::logging::warn!("no lock is given: {}", words(&error));
            return Some(UploadLock(None));
        }
    };
    spawn_local(async move {
        // The asking was given up, or refused; else it ends with the lock.
        if JsFuture::from(asked).await.is_err()
            && let Some(tell) = tell_no.borrow_mut().take()
        {
            drop(tell.call1(&JsValue::UNDEFINED, &JsValue::NULL));
        }
    });
    let release = JsFuture::from(told).await.ok()?;
    release.dyn_into::<Function>().ok().map(|release| UploadLock(Some(release)))
}

thread_local! {
    /// Whether the browser was asked to keep the screen awake and did not.
    static REFUSED: ArcRwSignal<bool> = ArcRwSignal::new(false);
}

/// Whether the computer may fall asleep although something is being sent, as the browser does not keep it awake.
pub fn sleep_is_not_kept_off() -> ArcRwSignal<bool> {
    REFUSED.with(ArcRwSignal::clone)
}

fn tell_refused(refused: bool) {
    let told = sleep_is_not_kept_off();
    if told.get_untracked() != refused {
        told.set(refused);
    }
}

/// Keeps the screen, and with it many computers, awake while it is wanted. The browser takes it away whenever the tab is
/// hidden; it is taken again when the tab is back.
#[derive(Clone, Default)]
pub struct Awake(Rc<RefCell<AwakeState>>);

#[derive(Default)]
struct AwakeState {
    wanted: bool,
    asking: bool,
    sentinel: Option<WakeSentinel>,
    listening: bool,
}

impl Awake {
    /// Wants it, or no longer.
    pub fn set(&self, wanted: bool) {
        let changed = std::mem::replace(&mut self.0.borrow_mut().wanted, wanted) != wanted;
        if !changed {
            return;
        }
        if !std::mem::replace(&mut self.0.borrow_mut().listening, true) {
            let awake = self.clone();
            // As long as the tab: there is one of these in it.
            let _ = window_event_listener_untyped("visibilitychange", move |_| awake.settle());
        }
        self.settle();
    }

    fn settle(&self) {
        let state = self.0.borrow();
        let held = state.sentinel.as_ref().is_some_and(|sentinel| !sentinel.released());
        let (wanted, asking) = (state.wanted, state.asking);
        drop(state);
        let visible = document().visibility_state() == VisibilityState::Visible;
        if wanted && !held && !asking && visible {
            self.ask();
        } else if !wanted
            && held
            && let Some(sentinel) = self.0.borrow_mut().sentinel.take()
        {
            drop(sentinel.release());
        }
    }

    fn ask(&self) {
        let Some(lock) = part("wakeLock").map(JsCast::unchecked_into::<WakeLock>) else {
            return tell_refused(true);
        };
        let Ok(asked) = lock.request("screen") else { return tell_refused(true) };
        self.0.borrow_mut().asking = true;
        let awake = self.clone();
        spawn_local(async move {
            let answer = JsFuture::from(asked).await;
            awake.0.borrow_mut().asking = false;
            // Refused on a low battery, or hidden meanwhile: the upload goes on as long as the computer does.
            let hidden = document().visibility_state() != VisibilityState::Visible;
            tell_refused(answer.is_err() && !hidden);
            if let Ok(sentinel) = answer {
                awake.0.borrow_mut().sentinel = Some(sentinel.unchecked_into());
                awake.settle();
            }
        });
    }
}
