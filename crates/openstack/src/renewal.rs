//! One token, many calls, one renewal.
//!
//! When a call is answered 401 it reports the token it used and waits. The first report of a token tells the app once
//! (it opens its dialog); everyone who reports the same token waits for the same answer. No call leads the renewal, so a
//! dropped call can never leave the others waiting.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::identity::Session;

/// Which of the successive tokens of a client a call was made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generation(u64);

/// The session was ended while someone waited for a new token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedOut;

/// What the app is told.
type OnExpired = Box<dyn Fn() + Send + Sync>;

pub(crate) struct Renewal {
    state: Mutex<State>,
    on_expired: OnExpired,
}

struct State {
    session: Arc<Session>,
    generation: u64,
    phase: Phase,
    waiting: Vec<Waker>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Valid,
    Expired,
    Ended,
}

impl Renewal {
    pub(crate) fn new(session: Session, on_expired: OnExpired) -> Self {
        let state = State {
            session: Arc::new(session),
            generation: 0,
            phase: Phase::Valid,
            waiting: Vec::new(),
        };
        Self { state: Mutex::new(state), on_expired }
    }

    pub(crate) fn session(&self) -> Arc<Session> {
        Arc::clone(&self.lock().session)
    }

    /// Waits while the token is known to be expired, so that no request is sent in vain behind the dialog.
    pub(crate) async fn current(&self) -> Result<(Arc<Session>, Generation), SignedOut> {
        Wait { renewal: self }.await
    }

    /// Reports that a token was refused, and waits for a later one.
    pub(crate) async fn after(
        &self,
        refused: Generation,
    ) -> Result<(Arc<Session>, Generation), SignedOut> {
        if self.expire(refused) {
            (self.on_expired)();
        }
        self.current().await
    }

    /// Reports that a token was refused; tells the app when it is the first to say so.
    pub(crate) fn report(&self, refused: Generation) {
        if self.expire(refused) {
            (self.on_expired)();
        }
    }

    pub(crate) fn renew(&self, session: Session) {
        let mut state = self.lock();
        if state.phase == Phase::Ended {
            return;
        }
        state.session = Arc::new(session);
        state.generation += 1;
        state.phase = Phase::Valid;
        wake_all(state);
    }

    pub(crate) fn end(&self) {
        let mut state = self.lock();
        state.phase = Phase::Ended;
        wake_all(state);
    }

    pub(crate) fn is_expired(&self) -> bool {
        self.lock().phase == Phase::Expired
    }

    /// True for the first report of the token in use.
    fn expire(&self, refused: Generation) -> bool {
        let mut state = self.lock();
        let first = state.phase == Phase::Valid && state.generation == refused.0;
        if first {
            state.phase = Phase::Expired;
        }
        first
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that runs under the lock can panic half way, so a poisoned state is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes outside the lock: a waker may poll at once.
fn wake_all(mut state: MutexGuard<'_, State>) {
    let waiting = std::mem::take(&mut state.waiting);
    drop(state);
    for waker in waiting {
        waker.wake();
    }
}

struct Wait<'a> {
    renewal: &'a Renewal,
}

impl Future for Wait<'_> {
    type Output = Result<(Arc<Session>, Generation), SignedOut>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.renewal.lock();
        match state.phase {
            Phase::Valid => {
                Poll::Ready(Ok((Arc::clone(&state.session), Generation(state.generation))))
            }
            Phase::Ended => Poll::Ready(Err(SignedOut)),
            Phase::Expired => {
                if !state.waiting.iter().any(|waker| waker.will_wake(context.waker())) {
                    state.waiting.push(context.waker().clone());
                }
                Poll::Pending
            }
        }
    }
}
