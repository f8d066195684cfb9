//! The upload engine: pure state machines that say what to do next, and never do it.
//!
//! Like `quinn-proto` it is sans-IO: the driver hands in what happened ([`Event`]) with the time, and performs what comes
//! back ([`Effect`]). There is no browser, no clock, no randomness and no OpenStack type in here, so a thousand fault
//! schedules run in a second. Words for people are made elsewhere.
//!
//! ```
//! use std::time::Duration;
//! use upload::{Effect, Event, Machine};
//!
//! let mut machine = Machine::new(4096);
//! let now = Duration::ZERO; // since any fixed moment, from a clock that never goes back
//! for effect in machine.handle(Event::Start, now) {
//!     match effect {
//!         Effect::CreateRecord { ticket } => { /* POST /v2/images; then Event::RecordCreated { ticket, id } */ }
//!         Effect::StartHash { ticket } => { /* SHA-512 in a worker; then Event::HashDone { ticket, sha512 } */ }
//!         _ => {}
//!     }
//! }
//! ```
//!
//! Every effect that is answered carries a [`Ticket`]; the answer carries it back, and late or repeated answers are
//! ignored by it. After [`Effect::Finished`] only [`Event::Retry`] does anything (in segments also [`Event::Cancel`]: it
//! removes what a failed upload kept for another try). [`Machine::view`] is what a page shows.
//!
//! What the machine promises, tested over random schedules of faults (`tests/faults.rs`, `tests/simulation.rs`): it never reports success
//! unless the cloud's size and SHA-512 equal the file's (or says that they cannot be compared), it always ends when the
//! world answers, and every record that it made and could not remove is in the outcome ([`LeftBehind`]).
//!
//! - [`Engine`]: either road behind one face; drivers hold this.
//! - [`Machine`]: the direct road, one `PUT` of the whole file.
//! - [`Segmented`]: the road in segments, which survives anything.
//! - [`import`]: following an import that the cloud does by itself.
//! - [`progress`]: speed and time left.

mod direct;
mod engine;
mod event;
pub mod import;
mod limits;
mod outcome;
mod plan;
pub mod progress;
mod segmented;
mod view;

pub use direct::Machine;
pub use engine::Engine;
pub use event::{CloudImage, CloudStatus, Effect, Event, Ticket};
pub use outcome::{Check, Failure, LeftBehind, Mismatch, Outcome, StoreStep};
pub use plan::{HashedSegment, ManifestEntry, Note, Patience, Plan, Resume, StoredObject};
pub use segmented::Segmented;
pub use view::{Phase, SegmentsView, View};
