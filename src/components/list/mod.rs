//! What the long lists (images, instances) have in common: going to another view of the list, the search field, heads
//! that sort, facets, rows in a window and the keyboard in them, what is chosen, keys that compare as people order things.
//!
//! It knows the router, and no service: which rows there are is the page's own work.

mod drawn;
mod facet;
mod head;
mod keys;
mod order;
mod search;
mod select;
mod visit;
mod window;

pub use drawn::{DrawnRows, Place, RowAt, RowView};
pub use facet::{FacetChoice, facet_menu, focus_in, tick_item, toggle_value};
pub use head::{SortChoice, SortHead, TableSkeleton, sort_menu, tick_all};
pub use keys::{
    COVERED, Part, focus_in_place, go_to_row, keys_note, on_row_key, row_index, row_of,
};
pub use order::{missing_last, natural_key, turned};
pub use search::{RefreshButton, SearchField};
pub use select::{Selection, Share};
pub use visit::{Step, Visit, use_visit};
pub use window::{RowWindow, Span, Start, use_row_window};
