//! One image: what is going on with it, whether its data is what was sent, what its record says, what the cloud did.
//! Who uses it and with whom it is shared stand beside; editing is a page of its own (`edit`).

mod edit;
mod facts;
mod members;
mod origin;
mod parts;
mod properties;
mod receipt;
mod status;
mod story;
mod tags;
mod tasks;
mod used;

pub use edit::EditImagePage;

use futures_util::future::join;
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};
use openstack::image::{Image, ImportTask, Member, Visibility};
use openstack::poll::Motion;
use openstack::{ApiError, ErrorKind, ImageId};

use self::facts::PropertiesPanel;
use self::members::{MembersPanel, OfferNote};
use self::parts::PartsPanel;
use self::receipt::ReceiptPanel;
use self::status::StatusPanel;
use self::tasks::TasksPanel;
use self::used::UsedPanel;
use crate::cloud::{Cloud, use_cloud};
use crate::components::OsMark;
use crate::components::image::{
    Asking, ImageActions, ImageDialogs, ImageMenu, Onlooker, display_name, is_changing, is_failed,
    local_upload, offer_commands, on_upload_step, use_image_actions, why_not_change,
    why_not_launch, why_not_share,
};
use crate::components::{ErrorNote, Page, Stale};
use crate::live::{Live, use_live};
use crate::pages::images::{LeftList, list_href};
use crate::routes;
use crate::text::tr;
use crate::ui::{
    Button, ButtonKind, ButtonLink, Copyable, Empty, Glyph, Note, Skeleton, Toasts, Tone,
};

/// An image and what the cloud did with it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    image: Image,
    tasks: Vec<ImportTask>,
    members: Vec<Member>,
}

/// The page of `/images/:id`.
#[component]
pub fn ImagePage() -> impl IntoView {
    let parameters = use_params_map();
    let id = Memo::new(move |_| parameters.with(|map| map.get(routes::ID)).unwrap_or_default());
    // Another image is another page: nothing of the one before may be left in it.
    move || view! { <Details id=ImageId::new(id.get()) /> }
}

#[component]
fn Details(id: ImageId) -> impl IntoView {
    let cloud = use_cloud();
    let fetch = move |id| {
        let cloud = cloud.clone();
        async move { look(&cloud, &id).await }
    };
    let live = use_live(Signal::stored(id.clone()), fetch, |seen: &Seen| {
        Motion::any([is_changing(&seen.image), story::any_under_way(&seen.tasks)])
    });
    on_upload_step(move || live.refresh());
    let remote = live.remote();
    let image =
        Memo::new(move |_| remote.with(|remote| remote.value().map(|seen| seen.image.clone())));
    let error = Memo::new(move |_| remote.with(|remote| remote.error.clone()));
    let actions = use_actions(live);
    offer_commands(image, actions);
    let title = Signal::derive(move || match (image.get(), error.get()) {
        (Some(image), _) => display_name(&image),
        (None, Some(error)) if is_gone(&error) => tr("No such image").to_owned(),
        (None, _) => tr("Image").to_owned(),
    });
    let has_image = Memo::new(move |_| image.with(Option::is_some));
    let distro = Memo::new(move |_| {
        image.with(|image| {
            image.as_ref().and_then(|image| image.property("os_distro").map(str::to_owned))
        })
    });
    let mark = move || view! { <Show when=move || has_image.get()><OsMark distro=distro large=true /></Show> };
    let subtitle = {
        let id = id.to_string();
        move || view! { <Copyable text=id.clone() what=tr("id") /> }
    };
    let buttons = move || {
        view! {
            <Show when=move || has_image.get()><Buttons image=image actions=actions /></Show>
        }
    };
    view! {
        <Page
            title=title
            crumbs=vec![(tr("Images").to_owned(), list_href())]
            mark=mark
            subtitle=subtitle
            actions=buttons
        >
            <Show when=move || has_image.get() fallback=move || view! { <NoImage error=error live=live /> }>
                <Trouble live=live error=error />
                <Panels id=id.clone() live=live actions=actions />
            </Show>
            <ImageDialogs actions=actions />
        </Page>
    }
}

/// The image, and its tasks where we may see them.
async fn look(cloud: &Cloud, id: &ImageId) -> Result<Seen, ApiError> {
    let (image, tasks) = join(cloud.image(id), cloud.image_tasks(id)).await;
    let image = image?;
    let tasks = match tasks {
        Ok(listing) => listing.items,
        // Older clouds have no such call, and others' images show their tasks to their owner only.
        Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Forbidden) => {
            Vec::new()
        }
        Err(error) => return Err(error),
    };
    let members = cloud.image_members(&image).await?;
    Ok(Seen { image, tasks, members })
}

fn use_actions(live: Live<Seen>) -> ImageActions {
    let (navigate, list, left) = (use_navigate(), list_href(), use_context::<LeftList>());
    use_image_actions(
        expect_context::<Toasts>(),
        move |image: Image| {
            live.amend(|seen| seen.image = image);
            live.refresh();
        },
        move |image: Image| {
            if let Some(left) = left {
                left.forget(&image.id);
            }
            navigate(&list, Default::default());
        },
    )
}

#[component]
fn Buttons(image: Memo<Option<Image>>, actions: ImageActions) -> impl IntoView {
    let Some(first) = image.get_untracked() else { return ().into_any() };
    let href = routes::launch_from(first.id.as_str());
    let image = Signal::derive(move || image.get().unwrap_or_else(|| first.clone()));
    let why_not = Memo::new(move |_| image.with(|image| why_not_launch(image, is_failed(image))));
    let cloud = use_cloud();
    let (project, read_only) = (cloud.project().id.clone(), cloud.why_read_only());
    let may = Memo::new(move |_| {
        image.with(|image| {
            let who = Onlooker {
                own: image.owner.as_ref() == Some(&project),
                read_only: read_only.as_deref(),
            };
            // What cannot be done here the menu says with its reason.
            (why_not_change(who.own, who.read_only).is_none(), why_not_share(image, who).is_none())
        })
    });
    let edit = routes::edit_image(image.with_untracked(|image| image.id.to_string()).as_str());
    view! {
        {move || match why_not.get() {
            None => view! {
                <ButtonLink kind=ButtonKind::Primary icon=Glyph::Launch href=href.clone()>{tr("Launch")}</ButtonLink>
            }.into_any(),
            // The status panel says why; its sentence is this button's reason.
            why => view! {
                <Button icon=Glyph::Launch why_not=Signal::stored(why) reason_at=status::SENTENCE_ID>{tr("Launch")}</Button>
            }.into_any(),
        }}
        <Show when=move || may.get().0>
            <ButtonLink icon=Glyph::Edit href=edit.clone()>{tr("Edit")}</ButtonLink>
        </Show>
        <Show when=move || may.get().1>
            <Button icon=Glyph::Share on_press=move |_| actions.ask(Asking::Share, image.get_untracked())>{tr("Share")}</Button>
        </Show>
        <ImageMenu image=image actions=actions />
    }
    .into_any()
}

#[component]
fn Panels(id: ImageId, live: Live<Seen>, actions: ImageActions) -> impl IntoView {
    let remote = live.remote();
    let Some(first) = remote.with_untracked(|remote| remote.value().cloned()) else {
        return ().into_any();
    };
    let seen = Memo::new(move |before: Option<&Seen>| {
        let now = remote.with(|remote| remote.value().cloned());
        now.or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
    });
    let image = Memo::new(move |_| seen.with(|seen| seen.image.clone()));
    let tasks = Memo::new(move |_| seen.with(|seen| seen.tasks.clone()));
    let members = Memo::new(move |_| seen.with(|seen| seen.members.clone()));
    let of = id.clone();
    let upload = Memo::new(move |_| local_upload(&of));
    let receipt = Memo::new(move |_| {
        upload.with(|upload| upload.as_ref().and_then(|upload| upload.receipt.clone()))
    });
    let has_data = Memo::new(move |_| image.with(|image| !image.is_volume_snapshot()));
    let project = use_cloud().project().id.clone();
    let own = Memo::new(move |_| image.with(|image| image.owner.as_ref() == Some(&project)));
    let offered = Memo::new(move |_| {
        !own.get() && image.with(|image| image.visibility == Visibility::Shared)
    });
    view! {
        <div class="split split--panels">
            <div class="split__main">
                <Show when=move || offered.get()>
                    <OfferNote image=image members=members actions=actions />
                </Show>
                <StatusPanel image=image tasks=tasks upload=upload />
                <Show
                    when=move || has_data.get()
                    fallback=move || view! { <PartsPanel image=image /> }
                >
                    <ReceiptPanel image=image receipt=receipt />
                </Show>
                <PropertiesPanel image=image actions=actions />
                <Show when=move || !tasks.read().is_empty()><TasksPanel tasks=tasks /></Show>
            </div>
            <aside class="split__aside" aria-label=tr("Relations")>
                <UsedPanel image=image />
                <Show when=move || own.get()>
                    <MembersPanel image=image members=members actions=actions on_changed=move |()| live.refresh() />
                </Show>
            </aside>
        </div>
    }
    .into_any()
}

/// Above an image that could not be looked at again.
#[component]
fn Trouble(live: Live<Seen>, error: Memo<Option<ApiError>>) -> impl IntoView {
    let gone = Memo::new(move |_| error.with(|error| error.as_ref().is_some_and(is_gone)));
    view! {
        <Show
            when=move || gone.get()
            fallback=move || view! { <Stale remote=live.remote() on_retry=move |()| live.refresh() /> }
        >
            <Note
                tone=Tone::Warn
                title=tr("This image is no longer there")
                text=Signal::stored(Some(tr("It was deleted meanwhile, or it is no longer shared with this project. What you see is what it was.").to_owned()))
            >
                <ButtonLink small=true href=routes::IMAGES>{tr("Show images")}</ButtonLink>
            </Note>
        </Show>
    }
}

/// In place of an image that could not be fetched.
#[component]
fn NoImage(error: Memo<Option<ApiError>>, live: Live<Seen>) -> impl IntoView {
    move || {
        match error.get() {
        None => view! { <div class="panels"><Skeleton lines=8 /></div> }.into_any(),
        Some(error) if is_gone(&error) => view! {
            <div class="panels"><Empty
                title=tr("There is no image with this id")
                text=Signal::stored(Some(tr("It was deleted, it belongs to another project that does not share it with this one, or the link is mistyped. The project and region at the upper left may be others than the link was made in.").to_owned()))
            >
                <ButtonLink kind=ButtonKind::Primary href=routes::IMAGES>{tr("Show images")}</ButtonLink>
            </Empty></div>
        }
        .into_any(),
        Some(error) => view! {
            <div class="panels">
                <ErrorNote error=Signal::stored(error) on_retry=move |()| live.refresh() />
                <p><a class="link small" href=routes::IMAGES>{tr("Show all images")}</a></p>
            </div>
        }
        .into_any(),
    }
    }
}

/// Glance says 404 for what is gone, what was never there, and what we may not see; 400 for what is no id at all.
fn is_gone(error: &ApiError) -> bool {
    matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone | ErrorKind::BadRequest)
}
