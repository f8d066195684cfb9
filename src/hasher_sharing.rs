//! Two hashing workers and one file: one reads and gives every window to the other, which says when it is done with it.
//! Reading twice would cost as much as a further hash.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use hashing::Segments;
use js_sys::{Array, ArrayBuffer, Function, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, MessageEvent};

use crate::Page;
use crate::channel::MessagePort;
use crate::read_ahead::{Drain, ReadAhead};

/// So many windows may be with the other worker: it never waits for us, and memory stays bounded when it is the slower
/// one.
const WINDOWS_GIVEN: u32 = 3;

/// Reads, hashes, and gives away.
pub(crate) async fn read(
    page: &Page,
    file: &Blob,
    mut hasher: Segments,
    port: MessagePort,
) -> Result<(), JsValue> {
    let rest = file.slice_with_f64_and_f64(hasher.begins_at() as f64, file.size())?;
    let mut windows = ReadAhead::new(rest).giving_to(port.clone());
    let given = Given::through(&port);
    let mut window = Vec::new();
    while windows.next(&mut window).await? {
        page.tell_segments(&mut hasher, &window);
        given.one_more().await?;
    }
    port.post_message(&JsValue::NULL, &Array::new())?;
    page.tell_end(hasher);
    Ok(())
}

/// Hashes what it is given, until it is given nothing more.
pub(crate) fn take(page: &Page, hasher: Segments, port: MessagePort) -> Result<(), JsValue> {
    let (page, answers) = (page.clone(), port.clone());
    let (drain, mut window, mut hasher) = (Drain::new(), Vec::new(), Some(hasher));
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let Ok(buffer) = event.data().dyn_into::<ArrayBuffer>() else {
            if let Some(hasher) = hasher.take() {
                page.tell_end(hasher);
            }
            return;
        };
        let bytes = Uint8Array::new(&buffer);
        window.resize(bytes.length() as usize, 0);
        bytes.copy_to(&mut window);
        let done = drain.pour(&buffer).and_then(|()| {
            if let Some(hasher) = &mut hasher {
                page.tell_segments(hasher, &window);
            }
            answers.post_message(&JsValue::NULL, &Array::new())
        });
        if let Err(error) = done {
            wasm_bindgen::throw_val(error);
        }
    });
    port.set_onmessage(on_message.as_ref().unchecked_ref());
    // It lives as long as the worker.
    on_message.forget();
    Ok(())
}

/// How many windows the other worker has not answered for.
struct Given {
    count: Rc<Cell<u32>>,
    waiting: Rc<RefCell<Option<Function>>>,
}

impl Given {
    fn through(port: &MessagePort) -> Self {
        let count = Rc::new(Cell::new(0_u32));
        let waiting = Rc::new(RefCell::new(None::<Function>));
        let on_message = {
            let (count, waiting) = (Rc::clone(&count), Rc::clone(&waiting));
            Closure::<dyn FnMut(MessageEvent)>::new(move |_| {
                count.set(count.get().saturating_sub(1));
                let waiting = waiting.borrow_mut().take();
                if let Some(Err(error)) = waiting.map(|go_on| go_on.call0(&JsValue::NULL)) {
                    wasm_bindgen::throw_val(error);
                }
            })
        };
        port.set_onmessage(on_message.as_ref().unchecked_ref());
        // The last answers come when we have ended.
        on_message.forget();
        Self { count, waiting }
    }

    /// Counts one, and waits while there are too many.
    async fn one_more(&self) -> Result<(), JsValue> {
        self.count.set(self.count.get() + 1);
        while self.count.get() >= WINDOWS_GIVEN {
            let answered = Promise::new(&mut |go_on, _| {
                self.waiting.replace(Some(go_on));
            });
            JsFuture::from(answered).await?;
        }
        Ok(())
    }
}
