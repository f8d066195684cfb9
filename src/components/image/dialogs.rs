//! The one dialog of a page with images: it deletes, shares, makes a volume, or saves to this computer. Its code comes behind
//! the list of images, which needs none of it to be drawn.

use leptos::context::Provider;
use leptos::prelude::*;

use super::actions::{Asking, ImageActions};
use super::delete::DeleteImage;
use super::display_name;
use super::download::DownloadImage;
use super::share::ShareImage;
use super::volume::VolumeFromImage;
use crate::lazy::{self, LazyPiece};
use crate::text::tr_with;
use crate::ui::Dialog;

/// The dialog. Once in a page.
#[component]
pub fn ImageDialogs(
    /// The page's actions.
    actions: ImageActions,
) -> impl IntoView {
    view! {
        <Provider value=actions><LazyPiece piece=&lazy::IMAGE_DIALOG wanted=actions.open /></Provider>
    }
}

/// What [`ImageDialogs`] draws once its code is here; the actions are in context.
#[component]
pub fn ImageDialog() -> impl IntoView {
    let actions = expect_context::<ImageActions>();
    let title = Signal::derive(move || {
        actions.asked.with(|asked| {
            let Some((asking, image)) = asked else { return String::new() };
            let name = display_name(image);
            let values: [(&str, &dyn std::fmt::Display); 1] = [("name", &name)];
            match asking {
                Asking::Delete => tr_with("Delete {name}?", &values),
                Asking::Share => tr_with("Share {name}", &values),
                Asking::Volume => tr_with("Create a volume from {name}", &values),
                Asking::Download => tr_with("Download {name}", &values),
            }
        })
    });
    view! {
        <Dialog open=actions.open title=title>
            {move || actions.asked.get().map(|(asking, image)| match asking {
                Asking::Delete => view! { <DeleteImage actions=actions image=image /> }.into_any(),
                Asking::Share => view! { <ShareImage actions=actions image=image /> }.into_any(),
                Asking::Volume => view! { <VolumeFromImage actions=actions image=image /> }.into_any(),
                Asking::Download => view! { <DownloadImage actions=actions image=image /> }.into_any(),
            })}
        </Dialog>
    }
}
