//! Editing an image: every field that can be changed, sent as the difference only.
//!
//! Before anything is sent the image is read once more (`change`): what somebody else changed meanwhile stays, and where
//! both changed the same, the user chooses. The page makes no image and moves no data.

mod change;
mod conflict;
mod fields;
mod form;
mod known;
mod properties;
mod words;

use std::collections::BTreeSet;

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};
use openstack::image::Image;
use openstack::{ApiError, ImageId};

use self::change::{
    Conflict, Part, Values, changed, conflicts, merged, patch, refused_part, values,
};
use self::conflict::Conflicts;
use self::fields::{Keeping, KnownFields, Needs};
use self::form::Form;
use self::properties::OtherProperties;
use self::words::{anchor, part_words, value_words};
use crate::cloud::{Cloud, use_cloud};
use crate::components::image::{display_name, why_not_change};
use crate::components::{ErrorNote, Page};
use crate::pages::images::list_href;
use crate::routes;
use crate::text::{errors, tr, tr_with};
use crate::ui::{
    Button, ButtonKind, ButtonLink, Note, Panel, Section, Skeleton, Toast, Toasts, Tone,
};

/// The page of `/images/:id/edit`.
#[component]
pub fn EditImagePage() -> impl IntoView {
    let parameters = use_params_map();
    let id = Memo::new(move |_| parameters.with(|map| map.get(routes::ID)).unwrap_or_default());
    move || view! { <Loaded id=ImageId::new(id.get()) /> }
}

#[component]
fn Loaded(id: ImageId) -> impl IntoView {
    let cloud = use_cloud();
    let image = LocalResource::new({
        let id = id.clone();
        move || {
            let (cloud, id) = (cloud.clone(), id.clone());
            async move { cloud.image(&id).await }
        }
    });
    let name = move || match image.get() {
        Some(Ok(image)) => display_name(&image),
        _ => tr("Image").to_owned(),
    };
    let title = Signal::derive(move || tr_with("Edit {name}", &[("name", &name())]));
    let crumbs = vec![
        (tr("Images").to_owned(), list_href()),
        (tr("Image").to_owned(), routes::image(id.as_str())),
    ];
    view! {
        <Page title=title crumbs=crumbs>
            {move || match image.get() {
                None => view! { <div class="panels"><Skeleton lines=8 /></div> }.into_any(),
                Some(Err(error)) => view! {
                    <div class="panels"><ErrorNote error=Signal::stored(error) on_retry=move |()| image.refetch() /></div>
                }.into_any(),
                Some(Ok(image)) => view! { <EditForm image=image /> }.into_any(),
            }}
        </Page>
    }
}

/// What all parts of the form look at. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Edit {
    form: Form,
    /// What the form's changes are counted from.
    base: RwSignal<Values>,
    /// What the user changed.
    changes: Memo<BTreeSet<Part>>,
    problems: Memo<Vec<(Part, String)>>,
    /// The user has tried to save.
    tried: RwSignal<bool>,
    busy: RwSignal<bool>,
    /// Why the cloud refused, and which part is to blame.
    refused: RwSignal<Option<(ApiError, Option<Part>)>>,
    /// What the user and somebody else changed.
    open: RwSignal<Vec<Conflict>>,
    /// What only somebody else changed; the form shows it by now.
    meanwhile: RwSignal<Vec<Part>>,
    /// What stands in the way of saving, above the form.
    summary: NodeRef<html::Div>,
}

impl Edit {
    fn of(image: &Image) -> Self {
        let base = RwSignal::new(values(image));
        let form = base.with_untracked(Form::new);
        Self {
            form,
            base,
            changes: Memo::new(move |_| base.with(|base| changed(base, &form.values(base)))),
            problems: Memo::new(move |_| form.problems()),
            tried: RwSignal::new(false),
            busy: RwSignal::new(false),
            refused: RwSignal::new(None),
            open: RwSignal::new(Vec::new()),
            meanwhile: RwSignal::new(Vec::new()),
            summary: NodeRef::new(),
        }
    }

    /// Leads to what stands in the way of saving.
    fn look_up(self) {
        // It is drawn by now or on the next frame.
        request_animation_frame(move || {
            if let Some(Some(summary)) = self.summary.try_get_untracked() {
                drop(summary.focus());
            }
        });
    }

    /// What is to be said at the field of a part.
    fn error(self, part: Part) -> Signal<Option<String>> {
        Signal::derive(move || {
            let own = |other: &Part| match (&part, other) {
                (Part::Tag(_), Part::Tag(_)) => true,
                (part, other) => part == other,
            };
            let refused = self.refused.with(|refused| match refused {
                Some((error, Some(at))) if own(at) => {
                    Some(errors::api(error, None).text_with_request())
                }
                _ => None,
            });
            let wrong = || {
                self.problems.with(|problems| {
                    problems.iter().find(|(at, _)| own(at)).map(|(_, text)| text.clone())
                })
            };
            refused.or_else(|| if self.tried.get() { wrong() } else { None })
        })
    }
}

#[component]
fn EditForm(image: Image) -> impl IntoView {
    let cloud = use_cloud();
    let edit = Edit::of(&image);
    let own = image.owner.as_ref() == Some(&cloud.project().id);
    let why_not = why_not_change(own, cloud.why_read_only().as_deref());
    let visibilities = fields::visibilities(&cloud.config().images.visibilities, &image.visibility);
    let id = image.id.clone();
    let back = routes::image(id.as_str());
    let (navigate, toasts) = (use_navigate(), expect_context::<Toasts>());
    let saved = {
        let (navigate, back) = (navigate.clone(), back.clone());
        Callback::new(move |()| navigate(&back, NavigateOptions::default()))
    };
    let not_saved = tr_with("{name} is not saved", &[("name", &display_name(&image))]);
    let may_save = why_not.is_none();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if !may_save || edit.busy.get_untracked() {
            return;
        }
        edit.tried.set(true);
        if !edit.problems.read_untracked().is_empty() || !edit.open.read_untracked().is_empty() {
            edit.look_up();
            return;
        }
        edit.busy.set(true);
        edit.refused.set(None);
        let (cloud, id, not_saved) = (cloud.clone(), id.clone(), not_saved.clone());
        spawn_local(async move {
            match save(&cloud, &id, edit).await {
                Saved::Done(words) => {
                    toasts.show(Toast::ok(words));
                    // Whoever has left the page is not called back.
                    saved.try_run(());
                }
                Saved::NotYet => edit.look_up(),
                Saved::Left(why) => toasts.show(Toast::danger(not_saved, why)),
            }
            edit.busy.try_set(false);
        });
    };
    let leaving = window_event_listener_untyped("beforeunload", move |event| {
        if !edit.changes.read_untracked().is_empty() {
            event.prevent_default();
        }
    });
    on_cleanup(move || leaving.remove());
    view! {
        <form class="split" novalidate on:submit=submit>
            <div class="split__main">
                <div class="stack" tabindex="-1" node_ref=edit.summary><Summary edit=edit /></div>
                <Section title=tr("What it is called and who has it")>
                    <Keeping edit=edit visibilities=visibilities />
                </Section>
                <Section title=tr("System")><KnownFields edit=edit known=&known::SYSTEM /></Section>
                <Section title=tr("What its instances get")>
                    <Needs edit=edit />
                    <KnownFields edit=edit known=&known::HARDWARE />
                </Section>
                <Section title=tr("Other properties")><OtherProperties edit=edit /></Section>
            </div>
            <aside class="split__aside" aria-label=tr("Changes")>
                <Panel title=tr("Changes")><Changes edit=edit /></Panel>
                <div class="row">
                    <Button kind=ButtonKind::Primary submit=true busy=edit.busy why_not=Signal::stored(why_not)>{tr("Save")}</Button>
                    <ButtonLink href=back>{tr("Cancel")}</ButtonLink>
                </div>
            </aside>
        </form>
    }
}

/// What came of saving.
enum Saved {
    /// It is as the user wants it; in words.
    Done(String),
    /// The form says why not.
    NotYet,
    /// The page was left before it was saved: this is why it is not.
    Left(String),
}

async fn save(cloud: &Cloud, id: &ImageId, edit: Edit) -> Saved {
    let refuse = |error: ApiError| {
        let Some(changes) = edit.changes.try_get_untracked() else {
            return Saved::Left(errors::api(&error, None).text_with_request());
        };
        let part = refused_part(&error.message, &changes);
        edit.refused.set(Some((error, part)));
        Saved::NotYet
    };
    let now = match cloud.image(id).await {
        Ok(now) => now,
        Err(error) => return refuse(error),
    };
    let theirs = values(&now);
    // The page was left meanwhile: then nothing is sent.
    let Some(base) = edit.base.try_get_untracked() else {
        return Saved::Left(tr("The page was left before anything was sent.").to_owned());
    };
    let mine = untrack(|| edit.form.values(&base));
    let found = conflicts(&base, &mine, &theirs);
    if !found.is_empty() {
        let by_me = changed(&base, &mine);
        let by_others = changed(&base, &theirs).into_iter().filter(|part| !by_me.contains(part));
        edit.meanwhile.set(by_others.collect());
        edit.form.show(&merged(&base, &mine, &theirs));
        edit.base.set(with_old(theirs, &base, &found));
        edit.open.set(found);
        return Saved::NotYet;
    }
    let parts = changed(&base, &mine);
    let changes = patch(&theirs, &mine, &parts);
    let name = display_name(&now);
    if changes.is_empty() {
        return Saved::Done(tr_with("{name} is as you want it already", &[("name", &name)]));
    }
    match cloud.change_image(id, &changes).await {
        Ok(image) => Saved::Done(tr_with("{name} is saved", &[("name", &display_name(&image))])),
        Err(error) => refuse(error),
    }
}

/// `now`, but for the parts that are still to be decided: those as they were.
fn with_old(mut now: Values, old: &Values, undecided: &[Conflict]) -> Values {
    for Conflict { part, .. } in undecided {
        match old.get(part) {
            Some(value) => now.insert(part.clone(), value.clone()),
            None => now.remove(part),
        };
    }
    now
}

/// Above the form: what stands in the way of saving.
#[component]
fn Summary(edit: Edit) -> impl IntoView {
    let wrong = move || {
        let problems = if edit.tried.get() { edit.problems.get() } else { Vec::new() };
        (!problems.is_empty()).then(|| {
            let rows = problems.into_iter().map(|(part, text)| {
                view! { <li><a class="link" href=format!("#{}", anchor(&part)) rel="external">{part_words(&part)}</a>": "{text}</li> }
            });
            view! {
                <Note tone=Tone::Danger title=tr("Not saved: something has to be mended first")>
                    <ul class="edit__problems">{rows.collect_view()}</ul>
                </Note>
            }
        })
    };
    let refused = move || {
        edit.refused.get().map(|(error, part)| {
            let words = errors::api(
                &error,
                Some(tr("Nothing was changed, and what you typed is still here.")),
            );
            // At its field it is told in full.
            let text = match &part {
                Some(part) => tr_with(
                    "See {part}. Nothing was changed, and what you typed is still here.",
                    &[("part", &part_words(part))],
                ),
                None => words.text_with_request(),
            };
            view! { <Note tone=Tone::Danger title=words.title text=Some(text) /> }
        })
    };
    let meanwhile = move || {
        let parts = edit.meanwhile.get();
        (!parts.is_empty()).then(|| {
            let names = parts.iter().map(part_words).collect::<Vec<_>>().join(", ");
            let text = tr_with("{parts}. The form shows it as it is now; it stays so when you save.", &[("parts", &names)]);
            view! { <Note title=tr("Somebody else also changed, while you were editing") text=Some(text) /> }
        })
    };
    view! {
        {wrong}
        {refused}
        <Conflicts edit=edit />
        {meanwhile}
    }
}

/// What will be sent.
#[component]
fn Changes(edit: Edit) -> impl IntoView {
    move || {
        let parts = edit.changes.get();
        if parts.is_empty() {
            return view! { <p class="muted">{tr("Nothing is changed yet. Only what you change is sent.")}</p> }.into_any();
        }
        let base = edit.base.get();
        let mine = edit.form.values(&base);
        let rows = parts.into_iter().map(|part| {
            let value = |values: &Values| value_words(&part, values.get(&part).map(String::as_str));
            let (old, new) = (value(&base), value(&mine));
            let old = (!matches!(part, Part::Tag(_))).then(|| view! { <del>{old}</del> " " });
            view! {
                <div class="facts__row">
                    <dt class="facts__term">{part_words(&part)}</dt>
                    <dd class="facts__value">{old}<ins>{new}</ins></dd>
                </div>
            }
        });
        view! { <dl class="facts facts--plain edit__changes">{rows.collect_view()}</dl> }.into_any()
    }
}
