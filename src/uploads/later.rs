//! A value that comes later, for any number of those who wait for it.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// The value, once it is there. Clones wait for the same one.
#[derive(Clone)]
pub(super) struct Later<T>(Rc<RefCell<Inner<T>>>);

struct Inner<T> {
    value: Option<T>,
    waiting: Vec<Waker>,
}

impl<T> Later<T> {
    /// Not there yet.
    pub(super) fn new() -> Self {
        Self(Rc::new(RefCell::new(Inner { value: None, waiting: Vec::new() })))
    }

    /// It is there: everybody goes on.
    pub(super) fn set(&self, value: T) {
        let waiting = {
            let mut inner = self.0.borrow_mut();
            inner.value = Some(value);
            std::mem::take(&mut inner.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }
}

impl<T: Clone> Future for Later<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let mut inner = self.0.borrow_mut();
        if let Some(value) = inner.value.clone() {
            return Poll::Ready(value);
        }
        inner.waiting.push(context.waker().clone());
        Poll::Pending
    }
}
