//! The product's mark: the operator's picture, or a hull on its ramp.

use leptos::prelude::*;

use crate::session::Account;

/// The mark. Decoration: the name always stands beside it.
#[component]
pub fn Brand() -> impl IntoView {
    let config = expect_context::<Account>().config();
    match config.logo.clone() {
        Some(logo) => view! { <img class="brand__mark" src=logo alt="" /> }.into_any(),
        None => view! {
            <svg class="brand__mark" viewBox="0 0 24 24" aria-hidden="true">
                <path class="brand__ramp" d="M2.2 16.9 21.8 21" />
                <path d="M3.2 7.6 21.6 11.4c-.5 3.6-2.9 5.9-6.3 5.3L8 15.2c-3.2-.7-5-3.6-4.8-7.6z" />
                <path d="m9.6 7 .8-3.9 5.2 1.1-.8 3.9z" />
            </svg>
        }
        .into_any(),
    }
}
