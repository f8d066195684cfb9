//! What the long lists (images, instances) have in common: going to another view of the list, the search field, heads
//! that sort, rows in a window, keys that compare as people order things.
//!
//! It knows the router, and no service: which rows there are is the page's own work.

mod head;
mod order;
mod search;
mod visit;
mod window;

pub use head::{SortHead, TableSkeleton};
pub use order::{missing_last, natural_key, turned};
pub use search::{RefreshButton, SearchField};
pub use visit::{Step, Visit, use_visit};
pub use window::{RowWindow, Span, Start, use_row_window};
