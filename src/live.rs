//! Looking at the cloud again and again, politely.
//!
//! Old data stays while new data comes and after a failure. Nothing is asked while the tab is
//! hidden; on return it is asked at once if it is due. Everything ends with the component.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{AbortHandle, Abortable};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::poll::{Motion, Pace};
use openstack::{ApiError, ErrorKind};

use crate::clock;
use crate::remote::{Dated, Remote};

/// Something remote that is looked at again and again.
pub struct Live<T: 'static> {
    remote: RwSignal<Remote<T>>,
    again: Callback<()>,
}

impl<T> Clone for Live<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Live<T> {}

impl<T: Clone + Send + Sync + 'static> Live<T> {
    /// What is known of it.
    pub fn remote(self) -> Signal<Remote<T>> {
        self.remote.into()
    }

    /// Looks now, and quickly for a while: the user did something. Nothing happens when its page has gone meanwhile.
    pub fn refresh(self) {
        self.again.try_run(());
    }

    /// Changes the data at hand at once, before the cloud is asked: the answer of a PATCH, a deleted
    /// row. The next look puts right whatever was wrong about it.
    pub fn amend(self, change: impl FnOnce(&mut T)) {
        self.remote.update(|remote| {
            if let Some(data) = &mut remote.data {
                change(&mut data.value);
            }
        });
    }
}

type Answer<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

/// What one live thing needs besides its signals; on this thread only.
struct Loop<K: 'static, T: 'static> {
    key: Rc<dyn Fn() -> K>,
    fetch: Rc<dyn Fn(K) -> Answer<T>>,
    motion: Rc<dyn Fn(&T) -> Motion>,
    remote: RwSignal<Remote<T>>,
    pace: Pace,
    timer: Option<TimeoutHandle>,
    under_way: Option<AbortHandle>,
    /// When the next look is due, in milliseconds of the clock.
    due: f64,
}

impl<K, T> Drop for Loop<K, T> {
    fn drop(&mut self) {
        self.stop();
    }
}

impl<K, T> Loop<K, T> {
    fn stop(&mut self) {
        if let Some(timer) = self.timer.take() {
            timer.clear();
        }
        if let Some(under_way) = self.under_way.take() {
            under_way.abort();
        }
    }
}

/// Fetches `key` now, again when it changes, and then as `motion` asks for. Data of another key is
/// dropped at once: it is about something else.
pub fn use_live<K, T, F>(
    key: impl Into<Signal<K>>,
    fetch: impl Fn(K) -> F + 'static,
    motion: impl Fn(&T) -> Motion + 'static,
) -> Live<T>
where
    K: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, ApiError>> + 'static,
{
    use_live_from(None, key, fetch, motion)
}

/// As [`use_live`], with what is known of it from before.
pub fn use_live_from<K, T, F>(
    known: Option<Dated<T>>,
    key: impl Into<Signal<K>>,
    fetch: impl Fn(K) -> F + 'static,
    motion: impl Fn(&T) -> Motion + 'static,
) -> Live<T>
where
    K: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, ApiError>> + 'static,
{
    let key = key.into();
    let remote = RwSignal::new(Remote { data: known, ..Remote::default() });
    let state = StoredValue::new_local(Loop {
        key: Rc::new(move || key.get_untracked()),
        fetch: Rc::new(move |key| Box::pin(fetch(key)) as Answer<T>),
        motion: Rc::new(motion),
        remote,
        pace: Pace::new(),
        timer: None,
        under_way: None,
        due: 0.0,
    });
    Effect::new(move |previous: Option<K>| {
        let key = key.get();
        if previous.as_ref().is_some_and(|previous| *previous != key) {
            remote.set(Remote::default());
        }
        look(state);
        key
    });
    let shown = window_event_listener_untyped("visibilitychange", move |_| {
        let due = state
            .try_with_value(|state| state.due <= js_sys::Date::now() && state.under_way.is_none());
        if due == Some(true) && !document().hidden() {
            look(state);
        }
    });
    on_cleanup(move || {
        shown.remove();
        state.try_update_value(Loop::stop);
    });
    let again = Callback::new(move |()| {
        state.try_update_value(|state| state.pace.restart());
        look(state);
    });
    Live { remote, again }
}

fn look<K, T>(state: StoredValue<Loop<K, T>, LocalStorage>)
where
    K: Clone + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
{
    let started = state.try_update_value(|state| {
        state.stop();
        let (handle, registration) = AbortHandle::new_pair();
        state.under_way = Some(handle);
        let answer = (state.fetch)((state.key)());
        (Abortable::new(answer, registration), state.remote)
    });
    let Some((answer, remote)) = started else { return };
    spawn_local(async move {
        remote.try_update(|remote| remote.refreshing = true);
        // Ended because a newer look began or the component went away.
        let Ok(answer) = answer.await else { return };
        let delay = state.try_update_value(|state| {
            state.under_way = None;
            next_delay(state, &answer)
        });
        remote.try_update(|remote| remote.settle(answer, clock::now()));
        if let Some(Some(delay)) = delay {
            schedule(state, delay);
        }
    });
}

/// `None` when looking again would be in vain.
fn next_delay<K, T>(state: &mut Loop<K, T>, answer: &Result<T, ApiError>) -> Option<Duration> {
    match answer {
        Ok(value) => {
            let since_start = Duration::from_millis(js_sys::Date::now().max(0.0) as u64);
            Some(state.pace.after_answer((state.motion)(value), since_start))
        }
        Err(error) => match error.kind {
            ErrorKind::SignedOut | ErrorKind::NoEndpoint | ErrorKind::Unsupported => None,
            _ => Some(state.pace.after_failure(error.retry_after)),
        },
    }
}

fn schedule<K, T>(state: StoredValue<Loop<K, T>, LocalStorage>, delay: Duration)
where
    K: Clone + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
{
    let ring = move || {
        // A hidden tab waits until it is shown.
        if !document().hidden() {
            look(state);
        }
    };
    match set_timeout_with_handle(ring, delay) {
        Ok(timer) => {
            state.try_update_value(|state| {
                state.due = js_sys::Date::now() + delay.as_secs_f64() * 1000.0;
                state.timer = Some(timer);
            });
        }
        Err(error) => leptos::logging::error!("the browser gives no timer: {error:?}"),
    }
}
